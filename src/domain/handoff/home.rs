//! Home again: which answers of the discharge can enter the record, and how. Nothing enters by itself, and nothing of a
//! hospital's talk or order about the last stage of life can (safety.md S16).

use super::{Discharge, DischargeMedication, MedicationChange};
use crate::domain::answer::{Answer, Inputs, Known, Rows, Scalar, Shown, Text};
use crate::domain::date::Day;
use crate::domain::record::{Allergy, CurrentCondition, Infection, Medication, Record};

/// One thing that can be taken over.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The field of the record that it would change.
    pub key: &'static str,
    pub label: &'static str,
    pub before: String,
    pub after: String,
    inputs: Inputs,
}

/// Answers of both kinds that mean the same: the record's key, the discharge's key.
const SAME: [(&str, &str); 24] = [
    ("adl_mobility", "discharge_adl_mobility"),
    ("adl_transfer", "discharge_adl_transfer"),
    ("adl_bed_mobility", "discharge_adl_bed_mobility"),
    ("adl_eating", "discharge_adl_eating"),
    ("adl_dressing", "discharge_adl_dressing"),
    ("adl_grooming", "discharge_adl_grooming"),
    ("adl_bathing", "discharge_adl_bathing"),
    ("adl_toileting", "discharge_adl_toileting"),
    ("nutrition_route", "discharge_nutrition_route"),
    ("staple_form", "discharge_staple_form"),
    ("side_form", "discharge_side_form"),
    ("dysphagia_diet_code_staple", "discharge_diet_code_staple"),
    ("dysphagia_diet_code_side", "discharge_diet_code_side"),
    ("thickener", "discharge_thickener"),
    ("choking", "discharge_choking"),
    ("denture", "discharge_denture"),
    ("oral_hygiene", "discharge_oral_hygiene"),
    ("oral_care", "discharge_oral_care"),
    ("sleep", "discharge_sleep"),
    ("hypnotics", "discharge_hypnotics"),
    ("weight_kg", "discharge_weight_kg"),
    ("procedures_national", "discharge_procedures_national"),
    ("procedures", "discharge_procedures"),
    ("pressure_ulcers", "discharge_pressure_ulcers"),
];

/// What differs between the record and the discharge and can be taken over, in the order of the record's edit page.
pub fn offers(record: &Record, discharge: &Discharge) -> Vec<Offer> {
    use crate::domain::answer::Group;
    let mut offers = Vec::new();
    let mut offer = |key: &str, after: &dyn Answer| {
        let Some((field, before)) = record.get(key) else {
            return;
        };
        let (was, is) = (before.shown(), after.shown());
        if matches!(is, Shown::NotAsked | Shown::Unknown) || was == is {
            return;
        }
        let mut inputs = Inputs::default();
        after.write(&mut inputs, field.key);
        offers.push(Offer {
            key: field.key,
            label: field.label,
            before: was.line(),
            after: is.line(),
            inputs,
        });
    };
    for (to, from) in SAME {
        if let Some((_, after)) = discharge.walk().find(|(field, _)| field.key == from) {
            offer(to, after);
        }
    }
    if discharge.discharge_skin.value().is_some() {
        offer("skin_problems", &discharge.discharge_skin);
    }
    offer("medications", &medicines(&discharge.discharge_medications));
    offer("infections", &infections(record, discharge));
    offer("allergies", &allergies(record, discharge));
    offer("current_conditions", &conditions(record, discharge));
    offers
}

/// The record with what was chosen.
///
/// # Errors
/// Every problem of the changed record at its key.
pub fn taken(
    record: &Record,
    offers: &[Offer],
    chosen: &[&str],
    discharged_on: Option<Day>,
) -> Result<Record, crate::domain::answer::Problems> {
    let mut inputs = record.inputs();
    for offer in offers.iter().filter(|offer| chosen.contains(&offer.key)) {
        inputs.replace(offer.key, offer.inputs.clone());
    }
    // The day of a value goes with it.
    if let Some(day) = discharged_on {
        for (key, of) in [
            ("medication_as_of", "medications"),
            ("weight_measured_on", "weight_kg"),
        ] {
            if chosen.contains(&of) && offers.iter().any(|offer| offer.key == of) {
                inputs.set(key, day.iso());
            }
        }
    }
    let (record, problems) = Record::read(&inputs);
    match problems.is_empty() {
        true => Ok(record),
        false => Err(problems),
    }
}

/// What is taken from now on; what was stopped is left out.
fn medicines(rows: &Rows<DischargeMedication>) -> Rows<Medication> {
    let row = |row: &DischargeMedication| Medication {
        name: row.name.clone(),
        dose: row.dose.clone(),
        timing: row.timing.clone(),
        form: row.form.clone(),
        days: row.days.clone(),
        note: note(row),
        ..Medication::default()
    };
    match rows {
        Rows::NotAsked => Rows::NotAsked,
        Rows::Unknown => Rows::Unknown,
        Rows::None { confirmed_on } => Rows::None {
            confirmed_on: *confirmed_on,
        },
        Rows::Some(rows) => {
            let taken: Vec<Medication> = rows
                .iter()
                .filter(|row| !row.change.is(&MedicationChange::Stopped))
                .map(row)
                .collect();
            match taken.is_empty() {
                true => Rows::None { confirmed_on: None },
                false => Rows::Some(taken),
            }
        }
    }
}

fn note(row: &DischargeMedication) -> Known<Text<60>> {
    let mut words: Vec<String> = Vec::new();
    if let Some(change) = row
        .change
        .value()
        .filter(|change| **change != MedicationChange::Same)
    {
        use crate::domain::answer::Coded;
        words.push(format!("退院時{}", change.choice().label));
    }
    words.extend(row.reason.value().map(|reason| reason.as_str().to_owned()));
    let line: String = words.join(" ").chars().take(60).collect();
    match line.is_empty() {
        true => Known::NotAsked,
        false => Text::parse(&line).map_or(Known::NotAsked, Known::Value),
    }
}

/// Those of the record, then those of the hospital that it does not have: what the hospital does not name is not gone.
fn joined<T: Clone + PartialEq>(before: &Rows<T>, more: Vec<T>) -> Rows<T> {
    let mut rows = before.rows().to_vec();
    for row in more {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    match rows.is_empty() {
        true => Rows::NotAsked,
        false => Rows::Some(rows),
    }
}

fn infections(record: &Record, discharge: &Discharge) -> Rows<Infection> {
    let more = discharge
        .discharge_infections
        .rows()
        .iter()
        .map(|row| Infection {
            agent: row.agent.clone(),
            note: row.note.clone(),
            status: row.status.clone(),
            tested_on: row.tested_on.clone(),
            isolation: row.isolation.clone(),
        });
    let more: Vec<Infection> = more.collect();
    match more.is_empty() {
        true => Rows::NotAsked,
        false => joined(&record.medical.infections, more),
    }
}

fn allergies(record: &Record, discharge: &Discharge) -> Rows<Allergy> {
    let more = discharge.new_allergies.rows().to_vec();
    match more.is_empty() {
        true => Rows::NotAsked,
        false => joined(&record.medical.allergies, more),
    }
}

fn conditions(record: &Record, discharge: &Discharge) -> Rows<CurrentCondition> {
    let known = record.medical.current_conditions.rows();
    let more: Vec<CurrentCondition> = discharge
        .discharge_diagnoses
        .rows()
        .iter()
        .filter(|row| !known.iter().any(|one| one.name == row.name))
        .map(|row| CurrentCondition {
            name: row.name.clone(),
            status: row.status.clone(),
            onset_on: row.onset_on.clone(),
            ..CurrentCondition::default()
        })
        .collect();
    match more.is_empty() {
        true => Rows::NotAsked,
        false => joined(&record.medical.current_conditions, more),
    }
}

/// Whether the hospital says that it talked about the last stage of life, or that there was an order: a task for the
/// facility's physician, never an answer of the record.
pub fn spoke_of_the_end(discharge: &Discharge) -> bool {
    use super::HospitalDnar;
    use crate::domain::answer::YesNo;
    discharge.hospital_acp_held.is(&YesNo::Yes)
        || discharge.hospital_acp_note.value().is_some()
        || discharge.hospital_dnar.is(&HospitalDnar::Existed)
        || discharge.hospital_dnar_note.value().is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::answer::read_group;
    use crate::domain::handoff::Stay;

    fn discharge(value: Value) -> Discharge {
        let (discharge, problems) = read_group(&Inputs::from_json(&value));
        assert!(problems.is_empty(), "{problems:?}");
        discharge
    }

    #[test]
    fn both_sides_of_a_pair_are_of_one_kind() {
        for (to, from) in SAME {
            let to = Record::fields().find(|field| field.key == to).unwrap();
            let from = Stay::fields().find(|field| field.key == from).unwrap();
            assert_eq!(
                format!("{:?}", to.kind),
                format!("{:?}", from.kind),
                "{} {}",
                to.key,
                from.key
            );
        }
    }

    #[test]
    fn only_what_was_chosen_enters_and_a_list_loses_nothing_that_the_hospital_left_out() {
        let record = Record::from_json(&json!({
            "name": "髙﨑 𠮷子", "adl_mobility": "partial", "thickener": "thin",
            "allergies": {"state": "present", "rows": [{"substance": "卵", "reaction": "発疹"}]},
            "medications": {"state": "present", "rows": [{"name": "ワーファリン錠1mg", "dose": "2錠"}]},
        })).unwrap();
        let discharge = discharge(json!({
            "discharge_adl_mobility": "full", "discharge_thickener": "thin",
            "new_allergies": {"state": "present", "rows": [{"substance": "セフェム系", "reaction": "薬疹"}]},
            "discharge_medications": {"state": "present", "rows": [
                {"name": "ワーファリン錠1mg", "change": "stopped", "reason": "出血"},
                {"name": "ランソプラゾールOD錠15mg", "dose": "1錠", "timing": "朝食後", "change": "started"},
            ]},
        }));
        let offers = offers(&record, &discharge);
        assert_eq!(
            offers.iter().map(|offer| offer.key).collect::<Vec<_>>(),
            ["adl_mobility", "medications", "allergies"]
        );
        let on = Day::parse("2026-12-05").unwrap();
        let after = taken(&record, &offers, &["medications", "allergies"], Some(on)).unwrap();
        assert_eq!(after.care.adl_mobility, record.care.adl_mobility);
        assert_eq!(after.medical.allergies.rows().len(), 2);
        let [only] = after.medical.medications.rows() else {
            panic!("{after:?}")
        };
        assert_eq!(
            (
                only.name.to_string().as_str(),
                only.note.to_string().as_str()
            ),
            ("ランソプラゾールOD錠15mg", "退院時開始")
        );
        assert_eq!(after.medical.medication_as_of.value(), Some(&on));
        assert_eq!(taken(&record, &offers, &[], Some(on)).unwrap(), record);
    }

    #[test]
    fn s16_nothing_of_a_hospitals_order_or_talk_can_enter_the_record() {
        let discharge = discharge(json!({
            "hospital_dnar": "existed", "hospital_dnar_note": "主治医 田中", "hospital_acp_held": "yes",
            "hospital_acp_note": "延命を望まない", "hospital_acp_on": "2026-12-01",
        }));
        assert!(spoke_of_the_end(&discharge));
        assert!(!spoke_of_the_end(&Discharge::default()));
        assert!(offers(&Record::default(), &discharge).is_empty());
    }
}
