//! A person's sheet as a nurse would fill it in on one day.

use super::cases::{Daily, Eats};
use super::chance::Chance;
use super::draft::Draft;
use super::illness::{Illness, Medicine};
use super::names::{self, Part};
use super::person::{Agreement, Fullness, Kin, Person};
use super::places::{self, Specialist};
use super::words;
use crate::domain::answer::Coded;
use crate::domain::date::Day;
use crate::domain::record::HighAlertDrug;

/// Writes the sheet of `person` as it stands on `on`, with ages as of that day.
pub(super) fn sheet(person: &Person, on: Day, chance: Chance) -> Draft {
    let mut pen = Pen {
        person,
        on,
        daily: daily_at(person),
        ill: Vec::new(),
        key_person: 0,
        chance,
        draft: Draft::default(),
    };
    pen.ill = pen.illnesses();
    pen.identity();
    pen.contacts();
    pen.consent();
    pen.doctors();
    pen.usual();
    pen.care();
    pen.food();
    pen.medical();
    pen.medicines();
    pen.treatment();
    pen.wishes();
    pen.insurance();
    pen.own_words();
    pen.leave_gaps();
    pen.draft
}

struct Pen<'a> {
    person: &'a Person,
    on: Day,
    daily: Daily,
    ill: Vec<&'static Illness>,
    /// The contact who is called first for decisions: a spouse of that age seldom is.
    key_person: usize,
    chance: Chance,
    draft: Draft,
}

/// A nursing home admits from 要介護3, so that the same story is further on there.
fn daily_at(person: &Person) -> Daily {
    let mut daily = person.case.daily;
    if person.home.dwelling == "special_nursing_home" && daily.care < 3 {
        daily.care = 3;
        daily.moves = match daily.moves {
            "cane" => "walker",
            "walker" => "wheelchair_self",
            other => other,
        };
    }
    daily
}

impl Pen<'_> {
    fn say(&mut self, key: &str, value: impl Into<String>) {
        self.draft.say(key, value);
    }

    /// A day between `least` and `most` days ago, but not before moving in.
    fn ago(&mut self, least: i32, most: i32) -> Day {
        let days = self.chance.between(least, most);
        self.on
            .plus_days(-i64::from(days))
            .max(self.person.moved_in)
    }

    fn age(&self) -> i32 {
        i32::try_from(self.person.born.age_on(self.on)).unwrap_or(0)
    }

    fn illnesses(&mut self) -> Vec<&'static Illness> {
        let mut ill: Vec<&'static Illness> = self.person.case.ill.to_vec();
        ill.extend(self.person.also);
        if !self.person.only {
            let more = usize::try_from(self.chance.between(0, 4)).unwrap_or(0);
            let may = self.chance.shuffled(self.person.case.may);
            ill.extend(may.into_iter().take(more));
        }
        ill
    }

    fn identity(&mut self) {
        let person = self.person;
        self.say(
            "resident_number",
            format!("{}{:04}", person.home.number, person.number),
        );
        self.say("name", person.name());
        self.say("name_kana", person.kana());
        self.say("birth_date", person.born.iso());
        self.say("sex", if person.man { "male" } else { "female" });
        self.say("floor", person.unit.name);
        self.say("room", person.room.to_string());
        self.say("moved_in_on", person.moved_in.iso());
        let height = if person.man {
            self.chance.between(1500, 1690)
        } else {
            self.chance.between(1360, 1550)
        };
        // 体格指数 from 17 to 24, in tenths.
        let mass_index = self.chance.between(170, 240);
        let weight = i64::from(mass_index) * i64::from(height) * i64::from(height) / 1_000_000;
        self.say("height_cm", tenths(height.into()));
        self.say("weight_kg", tenths(weight));
        let measured = self.ago(0, 25);
        self.say("weight_measured_on", measured.iso());
        if self.chance.happens(60) {
            let blood = *self
                .chance
                .pick(&["A", "A", "A", "A", "O", "O", "O", "B", "B", "AB"]);
            self.say("blood_type", blood);
            self.say("blood_rh", "rh_positive");
        }
    }

    fn consent(&mut self) {
        match self.person.agreement {
            Agreement::NotAsked => {}
            Agreement::NotObtained => self.say("consent_to_share_ems", "not_obtained"),
            Agreement::Refused => {
                self.say("consent_to_share_ems", "refused");
                let day = self.ago(30, 200);
                self.say("consented_on", day.iso());
            }
            Agreement::Given => self.consent_given(),
        }
    }

    fn consent_given(&mut self) {
        let own = self.person.decides();
        let key_person = self.key_persons("name");
        let (by, relationship) = match (own, key_person.is_empty()) {
            (true, _) => (self.person.name(), String::new()),
            (false, false) => (key_person, self.key_persons("relationship")),
            (false, true) => (
                self.draft.says("guardian_name").to_owned(),
                "guardian".to_owned(),
            ),
        };
        self.say(
            "consent_to_share_ems",
            if own {
                "consented_by_resident"
            } else {
                "consented_by_representative"
            },
        );
        self.say("consent_method", if own { "written" } else { "proxy" });
        let day = self.ago(20, 330);
        self.say("consented_on", day.iso());
        self.say("consented_by_name", by);
        if !relationship.is_empty() {
            self.say("consented_by_relationship", relationship);
        }
        self.say("next_review_on", day.plus_months(12).iso());
    }

    // ---- people to call -----------------------------------------------------------------------------------------

    fn contacts(&mut self) {
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

    fn key_persons(&self, cell: &str) -> String {
        self.draft
            .says(&format!("emergency_contacts.{}.{cell}", self.key_person))
            .to_owned()
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
        let (lives, can_come, area) = *self.chance.pick(words::HOMES_OF_KIN);
        let old = matches!(relation, "spouse" | "sibling" | "friend");
        let hours = *self.chance.pick(words::HOURS);
        let mobile = format!(
            "{}-0000-{}",
            self.chance.pick(&["090", "080", "070"]),
            self.phone_end()
        );
        let home = self.home_phone(area);
        let at_home = old || self.chance.happens(45);
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
                ("can_come", can_come),
                ("cohabiting", "no"),
                ("age", &age),
                ("lives_at", lives),
                ("last_confirmed_on", &confirmed),
            ],
        );
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
        let given = *self.chance.pick(list);
        (
            format!("{} {}", surname.0, given.0),
            format!("{} {}", surname.1, given.1),
        )
    }

    fn age_of(&mut self, relation: &str) -> i32 {
        let younger = match relation {
            "spouse" | "sibling" | "friend" => self.chance.between(-1, 5),
            "grandchild" => self.chance.between(50, 57),
            _ => self.chance.between(24, 32),
        };
        (self.age() - younger).max(20)
    }

    fn doctors(&mut self) {
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

    // ---- the usual state ----------------------------------------------------------------------------------------

    fn usual(&mut self) {
        let daily = self.daily;
        let note = *self.chance.pick(self.person.case.notes);
        let deaf = self.chance.happens(30);
        for (key, value) in [
            ("usual_condition_note", note),
            ("usual_consciousness", daily.wits),
            ("usual_conversation", daily.talks),
            ("usual_mobility", daily.moves),
            ("paralysis", "none"),
            ("vision", "no_problem"),
            (
                "hearing",
                if deaf {
                    "some_difficulty"
                } else {
                    "no_problem"
                },
            ),
            (
                "speech",
                if daily.talks == "impossible" {
                    "difficult"
                } else {
                    "no_problem"
                },
            ),
            (
                "communication",
                match daily.talks {
                    "possible" => "no_problem",
                    "partial" => "some_difficulty",
                    _ => "difficult",
                },
            ),
            (
                "communication_note",
                match (deaf, daily.talks) {
                    (_, "impossible") => "言葉でのやりとりは難しく、表情と手の力で判断しています",
                    (true, _) => "右耳が聞こえやすいです。大声より、低い声でゆっくり",
                    (false, "partial") => {
                        "短い言葉で1つずつ。「はい」だけの返事は理解していないことがあります"
                    }
                    (false, _) => "普通の会話ができます。説明すれば自分で判断できます",
                },
            ),
        ] {
            self.say(key, value);
        }
        let sites = self.ticked("paralysis_site");
        self.draft.ticks("paralysis_site", &sites, self.on);
        let (glasses, aid) = (self.chance.happens(50), deaf && self.chance.happens(50));
        self.draft.yes_no("glasses", glasses);
        self.draft.yes_no("hearing_aid", aid);
        self.vitals();
        self.grades();
        for illness in self.ill.clone() {
            for (key, value) in illness
                .facts
                .iter()
                .filter(|(key, _)| !CARE_FACTS.contains(key))
            {
                self.say(key, *value);
            }
        }
    }

    fn vitals(&mut self) {
        let (high, low) = (self.chance.between(112, 138), self.chance.between(58, 78));
        self.say("usual_bp", format!("{high}/{low}"));
        let pulse = self.chance.between(62, 82);
        self.say("usual_pulse", pulse.to_string());
        let oxygen = self.chance.between(95, 98);
        self.say("usual_spo2", oxygen.to_string());
        let temperature = self.chance.between(358, 367);
        self.say("usual_temp", tenths(temperature.into()));
    }

    fn grades(&mut self) {
        let daily = self.daily;
        let level = if daily.care == 0 {
            "support2".to_owned()
        } else {
            format!("care{}", daily.care)
        };
        self.say("care_level", level);
        self.say("certification_status", "certified");
        let from = self.on.plus_months(-self.chance.between(1, 20));
        let from = Day::from_ymd(from.year(), from.month(), 1).unwrap_or(from);
        self.say("care_level_valid_from", from.iso());
        self.say(
            "care_level_valid_to",
            from.plus_months(36).plus_days(-1).iso(),
        );
        self.say(
            "disability_adl",
            match (daily.moves, daily.care) {
                ("independent", _) => "J2",
                ("cane", ..=1) => "J2",
                ("cane", _) => "A1",
                ("walker", _) => "A2",
                ("wheelchair_self", _) => "B1",
                ("wheelchair_assisted", _) => "B2",
                (_, 5) => "C2",
                _ => "C1",
            },
        );
        self.say("dementia_adl", daily.dementia);
        self.say("independence_judged_by", "physician_opinion");
    }

    // ---- care ---------------------------------------------------------------------------------------------------

    fn care(&mut self) {
        let helped = help(self.daily);
        for (key, levels) in ADL {
            self.say(key, levels[helped]);
        }
        let day = self.on;
        let aids: &[&str] = match self.daily.moves {
            "cane" => &["cane"],
            "walker" => &["walker"],
            "wheelchair_self" | "wheelchair_assisted" | "bedridden" => &["wheelchair"],
            _ => &[],
        };
        self.draft.ticks("mobility_aid_indoor", aids, day);
        let outdoors: &[&str] = if self.daily.moves == "independent" {
            &[]
        } else {
            &["wheelchair"]
        };
        self.draft.ticks("mobility_aid_outdoor", outdoors, day);
        self.say(
            "portable_toilet",
            if helped == 2 { "night" } else { "none" },
        );
        self.say(
            "diaper_use",
            ["none", "none", "night", "always", "always"][helped],
        );
        self.say("sleep", "good");
        self.draft.yes_no("hypnotics", false);
        self.say("smoking_per_day", "0");
        self.say("alcohol_go_per_day", "0");
        let assessed = self.ago(5, 60);
        self.say("care_assessed_on", assessed.iso());
        for illness in self.ill.clone() {
            for (key, value) in illness
                .facts
                .iter()
                .filter(|(key, _)| CARE_FACTS.contains(key))
            {
                self.say(key, *value);
            }
        }
        self.behaviour();
    }

    fn behaviour(&mut self) {
        let mut codes: Vec<&str> = self.ticked("behavioral_issues");
        if codes.is_empty() && matches!(self.daily.dementia, "IIb" | "IIIa") {
            let likely = [
                ["wandering", "care_refusal"],
                ["agitation", "insomnia"],
                ["care_refusal", "day_night_reversal"],
            ];
            let some = usize::try_from(self.chance.between(0, 2)).unwrap_or(0);
            codes.extend(self.chance.pick(&likely).iter().take(some));
        }
        self.draft.ticks("behavioral_issues", &codes, self.on);
    }

    /// What this person's illnesses tick under `key`.
    fn ticked(&self, key: &str) -> Vec<&'static str> {
        distinct(
            self.ill
                .iter()
                .flat_map(|illness| illness.ticks)
                .filter(|(of, _)| *of == key)
                .map(|(_, code)| *code),
        )
    }

    fn food(&mut self) {
        let thickener = match self.daily.eats {
            Eats::Chopped if self.chance.happens(40) => "thin",
            Eats::Soft if self.chance.happens(50) => "medium",
            Eats::Blended if self.chance.happens(50) => "thick",
            eats => food_of(eats).thickener,
        };
        let food = food_of(self.daily.eats);
        for (key, value) in food.answers {
            self.say(key, *value);
        }
        self.say("thickener", thickener);
        self.draft.tick("nutrition_route", food.route);
        let denture = *self
            .chance
            .pick(&["both", "both", "upper", "partial", "none"]);
        self.say("denture", denture);
        self.say("oral_hygiene", "good");
        self.say(
            "oral_care",
            ["independent", "independent", "partial", "full", "full"][help(self.daily)],
        );
        for key in ["halitosis", "teeth_dirty", "gum_swelling_bleeding"] {
            let yes = self.chance.happens(12);
            self.draft.yes_no(key, yes);
        }
        for key in ["diet_restriction", "fluid_restriction"] {
            if self.draft.says(key).is_empty() {
                self.draft.yes_no(key, false);
            }
        }
    }

    // ---- medicine -----------------------------------------------------------------------------------------------

    fn medical(&mut self) {
        let confirmed = self.ago(15, 150);
        self.allergies(confirmed);
        self.infections(confirmed);
        for illness in self.ill.clone() {
            let began = self.chance.between(illness.years.0, illness.years.1);
            let when = self.about(self.on.year() - began);
            let institution = illness
                .specialist
                .map_or(places::CLINIC, |specialist| specialist.institution);
            if !illness.name.is_empty() {
                let status = if illness.name.contains("膵癌") || self.chance.happens(8) {
                    "unstable"
                } else {
                    "stable"
                };
                self.draft.row(
                    "current_conditions",
                    &[
                        ("name", illness.name),
                        ("onset_on", &when),
                        ("status", status),
                        ("institution", institution),
                        ("icd10", illness.icd10),
                    ],
                );
            }
            for (name, surgery) in illness.past {
                let ago = (began - self.chance.between(0, 1)).max(1);
                let when = self.about(self.on.year() - ago);
                self.draft.row(
                    "past_history",
                    &[
                        ("name", name),
                        ("year", &when),
                        ("surgery", if *surgery { "yes" } else { "no" }),
                        ("institution", if began > 25 { "" } else { institution }),
                    ],
                );
            }
        }
        for key in ["current_conditions", "past_history"] {
            if self.draft.rows(key) == 0 {
                self.draft.none(key, confirmed);
            }
        }
        let kinds = codes(self.ill.iter().flat_map(|illness| illness.kinds));
        self.draft.ticks("disease_history_flags", &kinds, confirmed);
        let often = self.draft.says("admission_frequency").to_owned();
        let admitted = often == "frequent" || (often == "occasional" && self.chance.happens(40));
        self.draft.yes_no("admission_last_6m", admitted);
        if admitted {
            self.say(
                "admission_last_6m_detail",
                format!("{}に約2週間入院", places::GENERAL),
            );
        }
    }

    /// A year as people remember it: often with its month, sometimes in the era.
    fn about(&mut self, year: i32) -> String {
        let year = year.max(self.person.born.year() + 1);
        match self.chance.between(1, 10) {
            1..=5 => format!("{year}年"),
            6..=8 => format!("{year}年{}月", self.chance.between(1, 12)),
            _ => match year {
                2020.. => format!("令和{}年", year - 2018),
                1990..=2018 => format!("平成{}年", year - 1988),
                1927..=1988 => format!("昭和{}年", year - 1925),
                _ => format!("{year}年"),
            },
        }
    }

    fn allergies(&mut self, confirmed: Day) {
        let drug = self.chance.happens(26);
        let food = self.chance.happens(10);
        if drug {
            let [substance, kind, reaction, severity] = *self.chance.pick(words::ALLERGIES);
            self.draft.row(
                "allergies",
                &[
                    ("substance", substance),
                    ("kind", kind),
                    ("reaction", reaction),
                    ("severity", severity),
                ],
            );
        }
        if self
            .ill
            .iter()
            .any(|illness| illness.name == "レビー小体型認知症")
        {
            self.draft.row(
                "allergies",
                &[
                    ("substance", "抗精神病薬(ハロペリドール等)"),
                    ("kind", "drug"),
                    ("reaction", "過敏性あり。体が固まり意識が落ちた"),
                    ("severity", "severe"),
                ],
            );
        }
        if self
            .ill
            .iter()
            .any(|illness| illness.name.starts_with("パーキンソン病"))
        {
            self.draft.row(
                "allergies",
                &[
                    ("substance", "メトクロプラミド(禁忌)"),
                    ("kind", "drug"),
                    ("reaction", "パーキンソン症状が悪化"),
                    ("severity", "severe"),
                ],
            );
        }
        if food {
            let [substance, reaction, severity, label] = *self.chance.pick(words::FOOD_ALLERGIES);
            self.draft.row(
                "allergies",
                &[
                    ("substance", substance),
                    ("kind", "food"),
                    ("reaction", reaction),
                    ("severity", severity),
                ],
            );
            self.draft.tick("food_allergens", label);
            if label == "shrimp" {
                self.draft.tick("food_allergens", "crab");
            }
        } else {
            self.draft.none("food_allergens", confirmed);
        }
        if self.draft.rows("allergies") == 0 {
            self.draft.none("allergies", confirmed);
        }
    }

    fn infections(&mut self, confirmed: Day) {
        self.say("infection_screening", "tested");
        let cirrhosis = self
            .ill
            .iter()
            .any(|illness| illness.name.starts_with("C型肝硬変"));
        let found = match (cirrhosis, self.chance.happens(24)) {
            (true, _) => Some(words::INFECTIONS[0]),
            (false, true) => Some(*self.chance.pick(words::INFECTIONS)),
            (false, false) => None,
        };
        match found {
            Some([agent, note, status, isolation]) => self.draft.row(
                "infections",
                &[
                    ("agent", agent),
                    ("note", note),
                    ("status", status),
                    ("tested_on", &confirmed.iso()),
                    ("isolation", isolation),
                ],
            ),
            None => self.draft.none("infections", confirmed),
        }
        self.draft.yes_no("isolation_needed", false);
    }

    fn medicines(&mut self) {
        let mut listed: Vec<(&Medicine, &str)> = Vec::new();
        for illness in self.ill.clone() {
            let regimen = *self.chance.pick(illness.regimens);
            let prescriber = match illness.specialist {
                Some(specialist) if self.chance.happens(30) => specialist.institution,
                _ => places::CLINIC,
            };
            for medicine in regimen {
                if !listed
                    .iter()
                    .any(|(known, _)| same_substance(known, medicine))
                {
                    listed.push((medicine, prescriber));
                }
            }
        }
        // Regular medicines first, then those for a need, then the rest, as a pharmacy prints them.
        let order = |form: &str| {
            ["oral", "injection", "as_needed", "topical"]
                .iter()
                .position(|known| *known == form)
        };
        listed.sort_by_key(|(medicine, _)| order(medicine.form));
        for (medicine, prescriber) in &listed {
            let days = if medicine.form == "oral" { "28" } else { "" };
            self.draft.row(
                "medications",
                &[
                    ("name", medicine.name),
                    ("dose", medicine.dose),
                    ("timing", medicine.timing),
                    ("form", medicine.form),
                    ("days", days),
                    ("prescriber", prescriber),
                    ("note", medicine.note),
                ],
            );
        }
        let as_of = self.ago(1, 40);
        if listed.is_empty() {
            self.draft.none("medications", as_of);
        }
        let alerts = codes(
            listed
                .iter()
                .filter_map(|(medicine, _)| medicine.alert.as_ref())
                .collect::<Vec<&HighAlertDrug>>(),
        );
        self.draft.ticks("high_alert_flags", &alerts, as_of);
        self.say("medication_as_of", as_of.iso());
        self.draft
            .yes_no("medication_list_attached", listed.len() > 8);
        let own = self.daily.care <= 1 && self.daily.dementia == "none";
        self.say("medication_management", if own { "self" } else { "others" });
        self.say("medication_adherence", "as_prescribed");
        if self.draft.says("administration_method").is_empty()
            && matches!(self.daily.eats, Eats::Soft | Eats::Blended)
        {
            self.say(
                "administration_method",
                "とろみ水またはゼリーで1錠ずつ。口に残りやすい",
            );
        }
    }

    fn treatment(&mut self) {
        let confirmed = self.ago(1, 30);
        let care = codes(self.ill.iter().flat_map(|illness| illness.care));
        self.draft.ticks("special_care", &care, confirmed);
        let devices = codes(self.ill.iter().flat_map(|illness| illness.devices));
        self.draft.ticks("devices", &devices, confirmed);
        if devices.contains(&"other") {
            self.say("devices.note", "機械弁(僧帽弁)");
        }
        let treatments: Vec<_> = self
            .ill
            .iter()
            .flat_map(|illness| illness.treatments)
            .collect();
        let national = distinct(
            treatments
                .iter()
                .map(|treatment| treatment.national)
                .filter(|code| !code.is_empty()),
        );
        self.draft
            .ticks("procedures_national", &national, confirmed);
        let mut given: Vec<&str> = Vec::new();
        for treatment in treatments {
            if given.contains(&treatment.code) {
                continue;
            }
            given.push(treatment.code);
            let (last, next) = self.changes_of(treatment.changed_every_days);
            self.draft.row(
                "procedures",
                &[
                    ("code", treatment.code),
                    ("detail", treatment.detail),
                    ("size", treatment.size),
                    ("frequency", treatment.frequency),
                    ("last_changed_on", &last),
                    ("next_change_on", &next),
                ],
            );
        }
        if given.is_empty() {
            self.draft.none("procedures", confirmed);
        }
        self.skin(confirmed);
    }

    fn changes_of(&mut self, every_days: Option<i64>) -> (String, String) {
        let Some(every) = every_days else {
            return (String::new(), String::new());
        };
        let most = i32::try_from(every).unwrap_or(1) - 1;
        let last = self.ago(0, most);
        (last.iso(), last.plus_days(every).iso())
    }

    fn skin(&mut self, confirmed: Day) {
        if self.ill.iter().any(|illness| illness.name == "仙骨部褥瘡") {
            self.draft.row(
                "pressure_ulcers",
                &[
                    ("site", "仙骨部"),
                    ("design_r2020", "D3-e1s6i0g3n3p0:13"),
                    ("treatment", "1日1回 洗浄・軟膏・保護"),
                ],
            );
            self.say(
                "skin_problems",
                "両かかとに発赤なし。前腕に皮膚の裂けやすい所があります",
            );
        } else {
            self.draft.none("pressure_ulcers", confirmed);
        }
    }

    // ---- wishes and the rest ------------------------------------------------------------------------------------

    fn wishes(&mut self) {
        let message = self
            .ill
            .iter()
            .map(|illness| illness.message)
            .find(|message| !message.is_empty());
        let message = message.unwrap_or(*self.chance.pick(words::MESSAGES));
        self.say("message_to_ems", message);
        if self.chance.happens(35) {
            self.say("transport_preference", "prefer_partner_hospital");
            let treated_at = self.ill.iter().find_map(|illness| illness.specialist);
            self.say(
                "transport_hospital_name",
                treated_at.map_or(places::GENERAL, |specialist| specialist.institution),
            );
        } else {
            self.say("transport_preference", "as_ems_decides");
        }
        let family = !matches!(self.person.kin, Kin::None);
        if self.person.decides() || self.chance.happens(50) {
            let wish = *self.chance.pick(words::OWN_WISHES);
            self.say("wish_of_person", wish);
        }
        if family {
            let wish = *self.chance.pick(words::FAMILY_WISHES);
            self.say("wish_of_family", wish);
        }
        self.life();
        let talks = if family { self.chance.between(0, 2) } else { 0 };
        for talk in 0..talks {
            self.talk(talk);
        }
    }

    fn life(&mut self) {
        let work = if self.person.man {
            words::MENS_WORK
        } else {
            words::WOMENS_WORK
        };
        let story =
            [words::BIRTHPLACES, work, words::LATER_YEARS].map(|list| *self.chance.pick(list));
        self.say("life_history", format!("{}。", story.join("。")));
        let interests = *self.chance.pick(words::INTERESTS);
        self.say("interests", interests);
    }

    fn talk(&mut self, number: i32) {
        let day = self.ago(30 + number * 150, 150 + number * 150);
        let row = self.draft.rows("acp_discussions");
        let words = *self.chance.pick(words::TALKS);
        self.draft.row(
            "acp_discussions",
            &[
                ("held_on", &day.iso()),
                ("summary", words),
                ("next_on", &day.plus_months(6).iso()),
            ],
        );
        let takes_part: &[&str] = if self.person.decides() {
            &["resident", "family", "care_team"]
        } else {
            &["family", "care_team"]
        };
        for code in takes_part {
            self.draft
                .tick(&format!("acp_discussions.{row}.participants"), code);
        }
    }

    fn insurance(&mut self) {
        let poor = self.person.kin == Kin::None;
        let insurance = match (poor, self.age() >= 75) {
            (true, _) => "public_assistance",
            (false, true) => "late_elderly",
            (false, false) => "national",
        };
        self.say("insurance_type", insurance);
        let share = *self.chance.pick(&["10", "10", "10", "10", "20", "30"]);
        if !poor {
            self.say("insurance_copayment", share);
            self.say("copayment_rate", share);
        }
        self.draft
            .yes_no("limit_certificate", share == "10" && !poor);
        let registered = self.chance.happens(55);
        self.draft.yes_no("myna_card_registered", registered);
        self.say(
            "myna_card_location",
            "事務室の鍵付き引き出し(救急持ち出し袋)",
        );
        self.say("insurer_number", "149990");
        let number = self.chance.between(100_000, 999_999);
        self.say("insured_number", format!("0000{number}"));
        let mut aids = self.ticked("public_aid");
        let mut pensions = vec![*self.chance.pick(&["national_pension", "employees_pension"])];
        if poor {
            aids.insert(0, "public_assistance");
            pensions.push("public_assistance");
        }
        self.draft.ticks("public_aid", &aids, self.on);
        self.draft.ticks("income_support", &pensions, self.on);
        let certified = self.ticked("disability_certification");
        self.draft
            .ticks("disability_certification", &certified, self.on);
        self.dwelling();
    }

    fn dwelling(&mut self) {
        let home = self.person.home;
        let fact = |key: &str| {
            home.facts
                .iter()
                .find(|(known, _)| *known == key)
                .map_or("", |(_, value)| *value)
        };
        let storeys = home.units.iter().map(|unit| unit.storey).max().unwrap_or(1);
        let room_floor = self.person.unit.storey.to_string();
        let manager = fact("facility_manager_name");
        for (key, value) in [
            ("postal_code", fact("facility_postal_code")),
            ("home_address", fact("facility_address")),
            ("dwelling_kind", home.dwelling),
            ("dwelling_floors", &storeys.to_string()),
            ("room_floor", &room_floor),
            ("elevator", if storeys > 1 { "yes" } else { "no" }),
            ("care_manager_name", manager),
            ("care_manager_office", fact("facility_name")),
            ("care_manager_phone", fact("facility_phone")),
            ("dentist_name", "いそしぎ訪問歯科"),
            ("dentist_phone", "0463-00-8020"),
            ("pharmacy_name", "鴎浜いそしぎ薬局"),
            ("pharmacy_phone", "0463-00-8931"),
        ] {
            self.say(key, value);
        }
    }

    fn own_words(&mut self) {
        for (key, value) in self.person.own {
            self.say(key, *value);
        }
    }

    // ---- gaps ---------------------------------------------------------------------------------------------------

    fn leave_gaps(&mut self) {
        match self.person.fullness {
            Fullness::Complete => {}
            Fullness::Usual => self.forget_some(OPTIONAL, 30),
            Fullness::Thin => {
                self.forget_some(OPTIONAL, 75);
                self.forget_some(OFTEN_MISSING, 45);
                self.not_known();
            }
            Fullness::Bare => self.only_imported(),
        }
    }

    fn forget_some(&mut self, keys: &[&str], percent: i32) {
        for key in keys {
            if self.chance.happens(percent) {
                self.draft.forget(key);
            }
        }
    }

    fn not_known(&mut self) {
        for key in [
            "allergies",
            "infections",
            "past_history",
            "thickener",
            "usual_consciousness",
        ] {
            if self.chance.happens(25) {
                self.draft.unknown(key);
            }
        }
    }

    fn only_imported(&mut self) {
        let typed = self.draft.typed();
        let kept = |key: &str| IMPORTED.iter().any(|known| key == *known);
        for (key, _) in typed.iter().filter(|(key, _)| !kept(key)) {
            self.draft.forget(key);
        }
    }
}

/// Tenths as a decimal number.
fn tenths(value: i64) -> String {
    format!("{}.{}", value / 10, value % 10)
}

fn distinct<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for code in codes {
        if !seen.contains(&code) {
            seen.push(code);
        }
    }
    seen
}

fn codes<'a, E: Coded>(items: impl IntoIterator<Item = &'a E>) -> Vec<&'static str> {
    distinct(items.into_iter().map(|item| item.choice().code))
}

/// Two lines of the same substance, whatever their strength: what stands before the form and the figures.
fn same_substance(a: &Medicine, b: &Medicine) -> bool {
    let stem = |name: &'static str| name.chars().take(5).collect::<String>();
    stem(a.name) == stem(b.name) && a.form == b.form
}

/// How much help somebody needs, from 0 (none) to 4 (with everything).
fn help(daily: Daily) -> usize {
    match daily.moves {
        "bedridden" => 4,
        "wheelchair_assisted" => 3,
        "wheelchair_self" => 2,
        _ if daily.care >= 3 => 2,
        _ if daily.care == 2 => 1,
        _ => 0,
    }
}

/// Each act by the help it takes, in the order of `help`.
const ADL: &[(&str, [&str; 5])] = &[
    (
        "adl_mobility",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "adl_transfer",
        ["independent", "independent", "partial", "partial", "full"],
    ),
    (
        "adl_bed_mobility",
        [
            "independent",
            "independent",
            "independent",
            "partial",
            "full",
        ],
    ),
    (
        "adl_eating",
        [
            "independent",
            "independent",
            "supervision",
            "partial",
            "full",
        ],
    ),
    (
        "adl_dressing",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "adl_grooming",
        ["independent", "supervision", "partial", "partial", "full"],
    ),
    (
        "adl_bathing",
        ["supervision", "partial", "partial", "full", "full"],
    ),
    (
        "adl_toileting",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "urination",
        ["independent", "supervision", "partial", "full", "full"],
    ),
    (
        "defecation",
        ["independent", "supervision", "partial", "full", "full"],
    ),
];

struct Food {
    answers: &'static [(&'static str, &'static str)],
    route: &'static str,
    thickener: &'static str,
}

fn food_of(eats: Eats) -> Food {
    let (answers, route, thickener): (&[(&str, &str)], _, _) = match eats {
        Eats::Regular => (
            &[
                ("oral_intake", "oral"),
                ("diet_texture", "regular"),
                ("staple_form", "rice"),
                ("side_form", "regular"),
                ("choking", "never"),
                ("dysphagia", "no"),
                ("meals_per_day", "3"),
                ("meal_times", "7:30・12:00・18:00"),
            ],
            "oral",
            "none",
        ),
        Eats::Chopped => (
            &[
                ("oral_intake", "oral"),
                ("diet_texture", "chopped"),
                ("staple_form", "soft_rice"),
                ("side_form", "chopped"),
                ("dysphagia_diet_code_staple", "4"),
                ("dysphagia_diet_code_side", "4"),
                ("udf_category", "gums"),
                ("choking", "sometimes"),
                ("dysphagia", "no"),
                ("meals_per_day", "3"),
                ("meal_times", "7:30・12:00・18:00"),
            ],
            "oral",
            "none",
        ),
        Eats::Soft => (
            &[
                ("oral_intake", "oral"),
                ("diet_texture", "dysphagia"),
                ("staple_form", "porridge"),
                ("side_form", "soft"),
                ("dysphagia_diet_code_staple", "3"),
                ("dysphagia_diet_code_side", "3"),
                ("udf_category", "tongue"),
                ("choking", "sometimes"),
                ("dysphagia", "yes"),
                ("meals_per_day", "3"),
                ("meal_times", "7:30・12:00・18:00"),
            ],
            "oral",
            "thin",
        ),
        Eats::Blended => (
            &[
                ("oral_intake", "oral"),
                ("diet_texture", "blended"),
                ("staple_form", "blended_porridge"),
                ("side_form", "blended"),
                ("dysphagia_diet_code_staple", "2-1"),
                ("dysphagia_diet_code_side", "2-1"),
                ("udf_category", "no_chewing"),
                ("choking", "sometimes"),
                ("dysphagia", "yes"),
                ("meals_per_day", "3"),
                ("meal_times", "7:30・12:00・18:00"),
            ],
            "oral",
            "medium",
        ),
        Eats::Tube => (
            &[
                ("oral_intake", "partial"),
                ("diet_texture", "dysphagia"),
                ("staple_form", "none"),
                ("side_form", "jelly"),
                ("dysphagia_diet_code_side", "0j"),
                ("udf_category", "no_chewing"),
                ("choking", "sometimes"),
                ("dysphagia", "yes"),
                ("meals_per_day", "3"),
                ("meal_times", "7時・12時・17時(注入)"),
            ],
            "gastrostomy",
            "thick",
        ),
        Eats::OnlyTube => (
            &[
                ("oral_intake", "tube"),
                ("staple_form", "none"),
                ("dysphagia", "yes"),
                ("meals_per_day", "3"),
                ("meal_times", "7時・12時・17時(注入)"),
            ],
            "gastrostomy",
            "none",
        ),
    };
    Food {
        answers,
        route,
        thickener,
    }
}

/// Facts of an illness that stand among care, written after what care usually is.
const CARE_FACTS: &[&str] = &["hypnotics", "sleep", "sleep_note"];

/// What a list of residents brings along.
const IMPORTED: &[&str] = &[
    "resident_number",
    "name",
    "name_kana",
    "birth_date",
    "sex",
    "floor",
    "room",
    "moved_in_on",
    "care_level",
    "emergency_contacts.0.name",
    "emergency_contacts.0.relationship",
    "emergency_contacts.0.phone_mobile",
];

/// What a busy home leaves for later.
const OPTIONAL: &[&str] = &[
    "blood_type",
    "blood_rh",
    "weight_kg",
    "partner_hospitals",
    "surrogate_basis",
    "food_allergens",
    "infection_screening",
    "glasses",
    "hearing_aid",
    "vision",
    "hearing",
    "speech",
    "usual_temp",
    "admission_last_6m",
    "admission_frequency",
    "admission_last_6m_detail",
    "medication_list_attached",
    "medication_adherence",
    "transport_preference",
    "transport_hospital_name",
    "wish_of_person",
    "wish_of_family",
    "next_review_on",
    "dysphagia_diet_code_staple",
    "dysphagia_diet_code_side",
    "udf_category",
    "meals_per_day",
    "meal_times",
    "oral_hygiene",
    "oral_care",
    "halitosis",
    "teeth_dirty",
    "gum_swelling_bleeding",
    "adl_bed_mobility",
    "adl_grooming",
    "adl_dressing",
    "mobility_aid_outdoor",
    "portable_toilet",
    "smoking_per_day",
    "alcohol_go_per_day",
    "procedures_national",
    "insurance_copayment",
    "limit_certificate",
    "myna_card_registered",
    "insured_number",
    "copayment_rate",
    "income_support",
    "public_aid",
    "disability_certification",
    "life_history",
    "interests",
    "dentist_name",
    "dentist_phone",
    "acp_discussions",
];

/// What surveys of real sheets find missing (domain/forms.md §6.5).
const OFTEN_MISSING: &[&str] = &[
    "allergies",
    "infections",
    "medication_as_of",
    "usual_condition_note",
    "communication",
    "paralysis",
    "thickener",
    "emergency_contacts.0.reachable_hours",
    "emergency_contacts.1",
    "physicians.0.phone_24h",
    "current_conditions.0.onset_on",
    "usual_bp",
    "usual_pulse",
    "usual_spo2",
    "care_assessed_on",
    "pressure_ulcers",
    "message_to_ems",
    "past_history",
    "high_alert_flags",
    "devices",
];
