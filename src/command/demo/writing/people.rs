//! People to call: relatives, a guardian, physicians and hospitals.

use super::super::names::{self, Part};
use super::super::person::Kin;
use super::super::places::{self, Specialist};
use super::super::words;
use super::Pen;

impl Pen<'_> {
    pub(super) fn contacts(&mut self) {
        let families = match self.person.kin {
            Kin::Many => words::LARGE_FAMILIES,
            Kin::Some => words::SMALL_FAMILIES,
            Kin::One => words::LONE_RELATIVES,
            Kin::None => return self.guardian(),
        };
        let relations = *self.chance.pick(families);
        self.key_person = relations
            .iter()
            .position(|relation| *relation != "spouse")
            .unwrap_or(0);
        for (place, relation) in relations.iter().enumerate() {
            self.relative(place, relation);
        }
        for (from, to) in [
            ("name", "guarantor_name"),
            ("relationship", "guarantor_relationship"),
            ("phone_mobile", "guarantor_phone"),
        ] {
            let value = self.key_persons(from);
            self.say(to, value);
        }
        self.say("guardian_kind", "none");
        let basis = *self.chance.pick(words::SURROGATES);
        self.say("surrogate_basis", basis);
    }

    pub(super) fn key_persons(&self, cell: &str) -> String {
        self.contact(self.key_person, cell)
    }

    fn guardian(&mut self) {
        let day = self.ago(20, 150);
        self.draft.none("emergency_contacts", day);
        self.say("guardian_kind", "guardianship");
        let (surname, given) = (
            *self.chance.pick(names::SURNAMES),
            *self.chance.pick(names::DAUGHTERS),
        );
        self.say(
            "guardian_name",
            format!("{} {}(司法書士)", surname.0, given.0),
        );
        let number = self.phone_end();
        self.say("guardian_phone", format!("0463-00-{number}"));
        self.say(
            "surrogate_basis",
            "身寄りがなく、家庭裁判所が後見人を選任。医療の同意は権限に含まれません",
        );
    }

    fn relative(&mut self, place: usize, relation: &str) {
        let (name, kana) = self.name_of(relation);
        let age = self.age_of(relation).to_string();
        let old = matches!(relation, "spouse" | "sibling" | "friend");
        let hours = *self.chance.pick(if old {
            words::HOURS_OF_THE_OLD
        } else {
            words::HOURS
        });
        let mobile = format!(
            "{}-0000-{}",
            self.chance.pick(&["090", "080", "070"]),
            self.phone_end()
        );
        let (lives, can_come, home) = self.dwelling_of(place, relation);
        let at_home = old || hours.contains("勤務先") || self.chance.happens(45);
        let key = if place == self.key_person {
            "yes"
        } else {
            "no"
        };
        let confirmed = self.ago(10, 160).iso();
        self.draft.row(
            "emergency_contacts",
            &[
                ("name", &name),
                ("name_kana", &kana),
                ("relationship", relation),
                ("phone_mobile", if old { "" } else { &mobile }),
                ("phone_home", if at_home { &home } else { "" }),
                ("reachable_hours", hours),
                ("is_key_person", key),
                ("is_substitute_decision_maker", key),
                ("can_come", &can_come),
                ("cohabiting", "no"),
                ("age", &age),
                ("lives_at", &lives),
                ("last_confirmed_on", &confirmed),
            ],
        );
    }

    /// Where a relative lives, whether he or she can come, and the telephone there. A child's spouse, named after the
    /// child, lives with the child.
    fn dwelling_of(&mut self, place: usize, relation: &str) -> (String, String, String) {
        let (lives, can_come, area) = *self.chance.pick(words::HOMES_OF_KIN);
        let home = self.home_phone(area);
        if place == 0 || !relation.ends_with("_in_law") {
            return (lives.to_owned(), can_come.to_owned(), home);
        }
        let [lives, can_come, known] =
            ["lives_at", "can_come", "phone_home"].map(|cell| self.contact(place - 1, cell));
        (lives, can_come, if known.is_empty() { home } else { known })
    }

    pub(super) fn contact(&self, row: usize, cell: &str) -> String {
        self.draft
            .says(&format!("emergency_contacts.{row}.{cell}"))
            .to_owned()
    }

    fn home_phone(&mut self, area: &str) -> String {
        let end = self.phone_end();
        if area.ends_with('-') {
            format!("{area}{end}")
        } else {
            format!("{area}{}", &end[1..])
        }
    }

    fn phone_end(&mut self) -> String {
        format!("{:04}", self.chance.between(1000, 9999))
    }

    fn name_of(&mut self, relation: &str) -> (String, String) {
        let same = match relation {
            "son" | "spouse" | "daughter_in_law" => true,
            "grandchild" => self.chance.happens(70),
            "daughter" | "sibling" => self.chance.happens(30),
            _ => self.chance.happens(20),
        };
        let surname = if same {
            self.person.surname
        } else {
            *self.chance.pick(names::SURNAMES)
        };
        let list: &[Part] = match relation {
            "spouse" if self.person.man => names::WOMEN,
            "spouse" => names::MEN,
            "sibling" | "friend" => {
                if self.chance.happens(70) {
                    names::WOMEN
                } else {
                    names::MEN
                }
            }
            "son" | "son_in_law" => names::SONS,
            "grandchild" => names::GRANDCHILDREN,
            "nephew_niece" => {
                if self.chance.happens(50) {
                    names::SONS
                } else {
                    names::DAUGHTERS
                }
            }
            _ => names::DAUGHTERS,
        };
        let given = self.other_given_name(list);
        if let Some((surname, kana)) = self.spouses_surname(relation) {
            return (
                format!("{surname} {}", given.0),
                format!("{kana} {}", given.1),
            );
        }
        (
            format!("{} {}", surname.0, given.0),
            format!("{} {}", surname.1, given.1),
        )
    }

    /// Of a daughter's husband, who is named after her.
    fn spouses_surname(&self, relation: &str) -> Option<(String, String)> {
        let row = self.draft.rows("emergency_contacts").checked_sub(1)?;
        let surname = |cell| Some(self.contact(row, cell).split_once(' ')?.0.to_owned());
        (relation == "son_in_law").then_some((surname("name")?, surname("name_kana")?))
    }

    /// A given name that neither the resident nor a relative named before has.
    fn other_given_name(&mut self, list: &[Part]) -> Part {
        loop {
            let given = *self.chance.pick(list);
            let rows = self.draft.rows("emergency_contacts");
            let taken = (0..rows).any(|row| self.contact(row, "name").ends_with(given.0));
            if given.1 != self.person.given.1 && !taken {
                return given;
            }
        }
    }

    fn age_of(&mut self, relation: &str) -> i32 {
        let younger = match relation {
            "spouse" | "sibling" | "friend" => self.chance.between(-1, 5),
            "grandchild" => self.chance.between(50, 57),
            _ => self.chance.between(24, 32),
        };
        (self.age() - younger).max(20)
    }

    pub(super) fn doctors(&mut self) {
        let doctor = &self.person.home.doctor;
        let confirmed = self.ago(20, 170).iso();
        self.draft.row(
            "physicians",
            &[
                ("role", doctor.role),
                ("institution", places::CLINIC),
                ("department", "内科"),
                ("name", doctor.name),
                ("name_kana", doctor.kana),
                ("phone_24h", doctor.phone_24h),
                ("phone_day", "0463-00-3100"),
                ("visit_mode", doctor.visit_mode),
                ("visits_per_month", doctor.visits_per_month),
                ("knows_directive", "no"),
                ("last_confirmed_on", &confirmed),
            ],
        );
        let mut seen: Vec<&Specialist> = Vec::new();
        for specialist in self
            .ill
            .clone()
            .into_iter()
            .filter_map(|illness| illness.specialist)
        {
            if seen.len() < 2 && !seen.contains(&specialist) {
                seen.push(specialist);
                self.specialist(specialist);
            }
        }
        if let Some((station, phone)) = self.person.home.nurse_station {
            self.draft.row(
                "physicians",
                &[
                    ("role", "visiting_nurse_station"),
                    ("institution", station),
                    ("phone_24h", phone),
                    ("last_confirmed_on", &confirmed),
                ],
            );
        }
        self.hospitals();
    }

    fn specialist(&mut self, specialist: &Specialist) {
        let visits = *self.chance.pick(&["1", "0.5", "0.3"]);
        self.draft.row(
            "physicians",
            &[
                ("role", "specialist"),
                ("institution", specialist.institution),
                ("department", specialist.department),
                ("name", specialist.name),
                ("name_kana", specialist.kana),
                ("phone_day", specialist.phone),
                ("visit_mode", "outpatient"),
                ("visits_per_month", visits),
            ],
        );
    }

    fn hospitals(&mut self) {
        let agreed = self.ago(40, 300).iso();
        for (name, phone, hours) in [
            (places::GENERAL, "0463-00-1000", "24時間(救急外来)"),
            (places::MEMORIAL, "0463-00-2000", "平日 9時〜17時"),
        ] {
            let row = self.draft.rows("partner_hospitals");
            self.draft.row(
                "partner_hospitals",
                &[
                    ("name", name),
                    ("phone", phone),
                    ("hours", hours),
                    ("agreement_confirmed_on", &agreed),
                ],
            );
            for code in ["consultation", "admission"] {
                self.draft
                    .tick(&format!("partner_hospitals.{row}.accepts"), code);
            }
        }
    }
}
