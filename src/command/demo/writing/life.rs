//! Wishes, a life, insurance and the dwelling.

use super::super::person::Kin;
use super::super::{places, words};
use super::Pen;

impl Pen<'_> {
    pub(super) fn wishes(&mut self) {
        let message = self
            .ill
            .iter()
            .map(|illness| illness.message)
            .find(|message| !message.is_empty());
        let deaf = self.draft.says("hearing") == "some_difficulty";
        let other = *self.chance.pick(words::MESSAGES);
        let message = message.unwrap_or(if deaf {
            words::MESSAGE_FOR_THE_DEAF
        } else {
            other
        });
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
        let in_the_war = self.person.born.year() < 1944 && self.chance.happens(35);
        let youth = if in_the_war {
            words::WARTIME_CHILDHOODS
        } else {
            words::BIRTHPLACES
        };
        let spouse = (0..self.draft.rows("emergency_contacts"))
            .any(|row| self.contact(row, "relationship") == "spouse");
        let later = match (self.person.kin, spouse) {
            (Kin::None, _) => words::LATER_YEARS_ALONE,
            (_, true) => words::LATER_YEARS_WITH_SPOUSE,
            (_, false) => words::LATER_YEARS,
        };
        let story = [youth, work, later].map(|list| *self.chance.pick(list));
        self.say("life_history", format!("{}。", story.join("。")));
        let interests = *self.chance.pick(if self.daily.talks == "impossible" {
            words::QUIET_INTERESTS
        } else {
            words::INTERESTS
        });
        self.say("interests", interests);
    }

    fn talk(&mut self, number: i32) {
        let day = self.ago(30 + number * 150, 150 + number * 150);
        let row = self.draft.rows("acp_discussions");
        let talks = if self.person.decides() {
            words::TALKS
        } else {
            words::TALKS_OF_FAMILY
        };
        let words = *self.chance.pick(talks);
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

    pub(super) fn insurance(&mut self) {
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
}
