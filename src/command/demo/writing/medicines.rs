//! Medicines and what is warned of, treatment and devices.

use super::super::cases::Eats;
use super::super::illness::Medicine;
use super::super::places;
use super::{Pen, codes, distinct};
use crate::domain::record::HighAlertDrug;

impl Pen<'_> {
    pub(super) fn medicines(&mut self) {
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
            let timing = self.timing_of(medicine);
            self.draft.row(
                "medications",
                &[
                    ("name", medicine.name),
                    ("dose", medicine.dose),
                    ("timing", &timing),
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

    /// As written; for somebody who is fed through the stomach, "after a meal" is through the stomach too.
    fn timing_of(&self, medicine: &Medicine) -> String {
        match self.daily.eats {
            Eats::Tube | Eats::OnlyTube if medicine.form == "oral" => {
                medicine.timing.replace("食後", " 胃ろうから")
            }
            _ => medicine.timing.to_owned(),
        }
    }

    pub(super) fn treatment(&mut self) {
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
}

/// Two lines of the same substance, whatever their strength: what stands before the form and the figures.
fn same_substance(a: &Medicine, b: &Medicine) -> bool {
    let stem = |name: &'static str| name.chars().take(5).collect::<String>();
    stem(a.name) == stem(b.name) && a.form == b.form
}
