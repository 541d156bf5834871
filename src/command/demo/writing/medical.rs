//! Illness, history, allergies, infections and skin.

use super::super::{places, words};
use super::{Pen, codes};
use crate::domain::date::Day;

impl Pen<'_> {
    pub(super) fn medical(&mut self) {
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
                let wavering = ["膵癌", "心不全", "褥瘡", "肺"]
                    .iter()
                    .any(|word| illness.name.contains(word));
                let status = if wavering && self.chance.happens(50) {
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
            // The first event is the illness's beginning; what else happened came after it.
            for ((name, surgery), later) in illness.past.iter().zip(0..) {
                let when = self.about(self.on.year() - (began - later).max(1));
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

    pub(super) fn skin(&mut self, confirmed: Day) {
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
}
