//! Before and after: the sheet on the day of admission against what the hospital wrote of the discharge
//! (domain/forms.md §6.3). It says what differs and what the hospital left open, and judges nothing.

use unicode_normalization::UnicodeNormalization;

use super::{Discharge, DischargeMedication, MedicationChange};
use crate::domain::answer::{Answer, Known, Rows, Scalar, Shown};
use crate::domain::record::{AdlLevel, Medication, Record};

/// What one line of the comparison is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    Adl,
    Diet,
    Procedures,
    Medicines,
    Cognition,
    Infections,
    Skin,
    Weight,
}

impl Area {
    pub const ALL: [Self; 8] = [
        Self::Adl,
        Self::Diet,
        Self::Procedures,
        Self::Medicines,
        Self::Cognition,
        Self::Infections,
        Self::Skin,
        Self::Weight,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Adl => "ADL",
            Self::Diet => "食事・とろみ・口腔",
            Self::Procedures => "医療処置",
            Self::Medicines => "お薬",
            Self::Cognition => "認知・行動・睡眠",
            Self::Infections => "感染症・アレルギー",
            Self::Skin => "皮膚",
            Self::Weight => "体重",
        }
    }
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Same,
    Changed,
    /// More help is needed than before.
    MoreHelp,
    LessHelp,
    Started,
    Stopped,
    /// It was taken before, and the hospital's list has it not: stopped or forgotten, nobody said which.
    Missing,
    /// It is so now, and nobody knew before whether it was.
    Unclear,
    /// The hospital did not say.
    Open,
}

impl Change {
    pub fn label(self) -> &'static str {
        match self {
            Self::Same => "同じ",
            Self::Changed => "変わった",
            Self::MoreHelp => "介助が増えた",
            Self::LessHelp => "介助が減った",
            Self::Started => "始まった",
            Self::Stopped => "終わった",
            Self::Missing => "書かれていない(中止か書き漏れか確認)",
            Self::Unclear => "入院前が未確認",
            Self::Open => "病院から未確認",
        }
    }
}

/// One line: before, after, and how they stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub area: Area,
    pub label: String,
    pub before: String,
    pub after: String,
    pub change: Change,
}

/// Every line of the comparison, area by area.
pub fn difference(before: &Record, after: &Discharge) -> Vec<Line> {
    let mut lines = Vec::new();
    adl(before, after, &mut lines);
    let care = &before.care;
    let mut pair = |area, label: &str, before: &dyn Answer, after: &dyn Answer| {
        lines.push(compared(area, label, before, after));
    };
    use Area as A;
    pair(
        A::Diet,
        "栄養の経路",
        &care.nutrition_route,
        &after.discharge_nutrition_route,
    );
    pair(
        A::Diet,
        "主食",
        &care.staple_form,
        &after.discharge_staple_form,
    );
    pair(A::Diet, "副食", &care.side_form, &after.discharge_side_form);
    pair(
        A::Diet,
        "コード(主食)",
        &care.dysphagia_diet_code_staple,
        &after.discharge_diet_code_staple,
    );
    pair(
        A::Diet,
        "コード(副食)",
        &care.dysphagia_diet_code_side,
        &after.discharge_diet_code_side,
    );
    pair(
        A::Diet,
        "水分のとろみ",
        &care.thickener,
        &after.discharge_thickener,
    );
    pair(A::Diet, "むせ", &care.choking, &after.discharge_choking);
    pair(A::Diet, "義歯", &care.denture, &after.discharge_denture);
    pair(
        A::Diet,
        "口腔の清潔",
        &care.oral_hygiene,
        &after.discharge_oral_hygiene,
    );
    pair(
        A::Procedures,
        "医療処置",
        &before.medical.procedures_national,
        &after.discharge_procedures_national,
    );
    pair(
        A::Procedures,
        "処置の詳細",
        &before.medical.procedures,
        &after.discharge_procedures,
    );
    pair(
        A::Cognition,
        "行動・認知",
        &care.behavioral_issues,
        &after.cognition_at_discharge,
    );
    pair(A::Cognition, "睡眠", &care.sleep, &after.discharge_sleep);
    pair(
        A::Cognition,
        "眠剤",
        &care.hypnotics,
        &after.discharge_hypnotics,
    );
    pair(
        A::Skin,
        "褥瘡",
        &before.medical.pressure_ulcers,
        &after.discharge_pressure_ulcers,
    );
    pair(
        A::Skin,
        "その他の皮膚",
        &before.medical.skin_problems,
        &after.discharge_skin,
    );
    pair(
        A::Weight,
        "体重",
        &before.identity.weight_kg,
        &after.discharge_weight_kg,
    );
    for (label, was, new) in [
        (
            "感染症(入院中)",
            &before.medical.infections as &dyn Answer,
            &after.discharge_infections as &dyn Answer,
        ),
        (
            "アレルギー(入院中に判明)",
            &before.medical.allergies,
            &after.new_allergies,
        ),
    ] {
        lines.push(added(A::Infections, label, was, new));
    }
    medicines(
        &before.medical.medications,
        &after.discharge_medications,
        &mut lines,
    );
    lines.sort_by_key(|line| line.area);
    lines
}

fn compared(area: Area, label: &str, before: &dyn Answer, after: &dyn Answer) -> Line {
    let (was, is) = (before.shown(), after.shown());
    let change = match (&was, &is) {
        (_, Shown::NotAsked | Shown::Unknown) => Change::Open,
        (was, is) if without_day(was) == without_day(is) => Change::Same,
        (Shown::NotAsked | Shown::Unknown, _) => Change::Unclear,
        (Shown::None(_), Shown::Text(_) | Shown::Rows(_)) => Change::Started,
        (Shown::Text(_) | Shown::Rows(_), Shown::None(_)) => Change::Stopped,
        _ => Change::Changed,
    };
    Line {
        area,
        label: label.to_owned(),
        before: was.line(),
        after: is.line(),
        change,
    }
}

/// What the hospital tells of new ones only: none means that nothing came to it, never that something ended.
fn added(area: Area, label: &str, before: &dyn Answer, new: &dyn Answer) -> Line {
    let (was, is) = (before.shown(), new.shown());
    let change = match &is {
        Shown::NotAsked | Shown::Unknown => Change::Open,
        Shown::None(_) => Change::Same,
        is if without_day(&was) == without_day(is) => Change::Same,
        _ => Change::Started,
    };
    let after = match &is {
        Shown::None(_) => "新しいものはない".to_owned(),
        is => is.line(),
    };
    Line {
        area,
        label: label.to_owned(),
        before: was.line(),
        after,
        change,
    }
}

/// That there are none is the same answer on whatever day somebody confirmed it.
fn without_day(shown: &Shown) -> String {
    match shown {
        Shown::None(_) => Shown::None(None).line(),
        other => other.line(),
    }
}

fn adl(before: &Record, after: &Discharge, lines: &mut Vec<Line>) {
    let care = &before.care;
    let pairs: [(&str, &Known<AdlLevel>, &Known<AdlLevel>); 8] = [
        ("移動", &care.adl_mobility, &after.discharge_adl_mobility),
        ("移乗", &care.adl_transfer, &after.discharge_adl_transfer),
        (
            "起居動作",
            &care.adl_bed_mobility,
            &after.discharge_adl_bed_mobility,
        ),
        ("食事", &care.adl_eating, &after.discharge_adl_eating),
        ("更衣", &care.adl_dressing, &after.discharge_adl_dressing),
        ("整容", &care.adl_grooming, &after.discharge_adl_grooming),
        ("入浴", &care.adl_bathing, &after.discharge_adl_bathing),
        ("排泄", &care.adl_toileting, &after.discharge_adl_toileting),
    ];
    for (label, was, is) in pairs {
        let mut line = compared(Area::Adl, label, was, is);
        if let (Some(was), Some(is)) = (was.value(), is.value()) {
            line.change = match was.cmp(is) {
                std::cmp::Ordering::Less => Change::MoreHelp,
                std::cmp::Ordering::Equal => Change::Same,
                std::cmp::Ordering::Greater => Change::LessHelp,
            };
        }
        lines.push(line);
    }
}

/// The name in one width and without spaces. Nothing else is folded: 1.5mg is not 15mg.
fn named<T: Scalar>(name: &Known<T>) -> String {
    let whole = name.to_string();
    whole.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn words(parts: &[&dyn Answer]) -> String {
    let answered = parts
        .iter()
        .map(|part| part.shown())
        .filter(|shown| !shown.is_not_asked());
    answered
        .map(|shown| shown.line())
        .collect::<Vec<_>>()
        .join(" ")
}

/// By the name as written: another name for the same substance shows as one that ended and one that began.
fn medicines(before: &Rows<Medication>, after: &Rows<DischargeMedication>, lines: &mut Vec<Line>) {
    if matches!(after, Rows::NotAsked | Rows::Unknown) {
        lines.push(compared(Area::Medicines, "お薬", before, after));
        return;
    }
    let is_before = |row: &Medication| words(&[&row.dose, &row.timing]);
    let is_after = |row: &DischargeMedication| words(&[&row.dose, &row.timing]);
    let mut line = |label: String, before: String, after: String, change| {
        lines.push(Line {
            area: Area::Medicines,
            label,
            before,
            after,
            change,
        });
    };
    let was_known = !matches!(before, Rows::NotAsked | Rows::Unknown);
    for row in after.rows() {
        let was = before
            .rows()
            .iter()
            .find(|was| named(&was.name) == named(&row.name));
        let reason = words(&[&row.reason]);
        let told = match reason.is_empty() {
            true => is_after(row),
            false => format!("{}({reason})", is_after(row)),
        };
        let said = row.change.value();
        let change = match (said, was) {
            (Some(MedicationChange::Stopped), _) => Change::Stopped,
            (_, None) if !was_known => Change::Unclear,
            (_, None) => Change::Started,
            (Some(MedicationChange::Changed), _) => Change::Changed,
            (_, Some(was)) if is_before(was) == is_after(row) => Change::Same,
            (_, Some(_)) => Change::Changed,
        };
        let before = match was {
            Some(was) => is_before(was),
            None if was_known => "飲んでいなかった".to_owned(),
            None => before.shown().line(),
        };
        line(row.name.to_string(), before, told, change);
    }
    for row in before.rows() {
        if !after
            .rows()
            .iter()
            .any(|is| named(&is.name) == named(&row.name))
        {
            line(
                row.name.to_string(),
                is_before(row),
                "退院時の処方にない".to_owned(),
                Change::Missing,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::answer::{Inputs, read_group};

    fn discharge(value: serde_json::Value) -> Discharge {
        let (discharge, problems) = read_group(&Inputs::from_json(&value));
        assert!(problems.is_empty(), "{problems:?}");
        discharge
    }

    fn find<'a>(lines: &'a [Line], label: &str) -> &'a Line {
        lines.iter().find(|line| line.label == label).unwrap()
    }

    #[test]
    fn what_the_hospital_left_open_is_said_and_never_taken_for_the_same() {
        let record =
            Record::from_json(&json!({"adl_mobility": "partial", "thickener": "thin"})).unwrap();
        let lines = difference(&record, &Discharge::default());
        assert!(
            lines.iter().all(|line| line.change == Change::Open),
            "{lines:?}"
        );
        for area in Area::ALL {
            assert!(lines.iter().any(|line| line.area == area), "{area:?}");
        }
    }

    #[test]
    fn that_nothing_new_was_found_never_reads_as_the_end_of_an_allergy() {
        let record = Record::from_json(&json!({
            "allergies": {"state": "present", "rows": [{"substance": "鶏卵"}]},
            "infections": {"state": "present", "rows": [{"agent": "mrsa"}]},
        }));
        let record = record.unwrap();
        let none = json!({"state": "none", "confirmed_on": "2026-11-20"});
        let found = json!({"state": "present", "rows": [{"substance": "造影剤"}]});
        for (after, change) in [(&none, Change::Same), (&found, Change::Started)] {
            let lines = difference(&record, &discharge(json!({"new_allergies": after})));
            let line = find(&lines, "アレルギー(入院中に判明)");
            assert_eq!(line.change, change);
            assert!(line.before.contains("鶏卵"), "{line:?}");
        }
        let lines = difference(&record, &discharge(json!({"discharge_infections": none})));
        assert_eq!(find(&lines, "感染症(入院中)").change, Change::Same);
    }

    #[test]
    fn more_help_a_new_tube_and_each_medicine_are_told() {
        let record = Record::from_json(&json!({
            "adl_mobility": "supervision", "adl_eating": "full", "thickener": "thin", "weight_kg": "48.2",
            "procedures_national": {"state": "none", "confirmed_on": "2026-10-01"},
            "medications": {"state": "present", "rows": [
                {"name": "アムロジピンOD錠5mg", "dose": "1錠", "timing": "朝食後"},
                {"name": "ワーファリン錠1mg", "dose": "2錠", "timing": "夕食後"},
                {"name": "酸化マグネシウム錠330mg", "dose": "3錠", "timing": "毎食後"},
            ]},
        })).unwrap();
        let after = discharge(json!({
            "discharge_adl_mobility": "full", "discharge_adl_eating": "partial", "discharge_thickener": "thin",
            "discharge_weight_kg": "44.0",
            "discharge_procedures_national": {"state": "present", "items": ["urinary_catheter"]},
            "discharge_medications": {"state": "present", "rows": [
                {"name": "ｱﾑﾛｼﾞﾋﾟﾝOD錠5mg", "dose": "1錠", "timing": "朝食後"},
                {"name": "ワーファリン錠1mg", "dose": "2錠", "timing": "夕食後", "change": "stopped", "reason": "消化管出血"},
                {"name": "ランソプラゾールOD錠15mg", "dose": "1錠", "timing": "朝食後"},
            ]},
        }));
        let lines = difference(&record, &after);
        for (label, change) in [
            ("移動", Change::MoreHelp),
            ("食事", Change::LessHelp),
            ("水分のとろみ", Change::Same),
            ("体重", Change::Changed),
            ("医療処置", Change::Started),
            ("ワーファリン錠1mg", Change::Stopped),
            ("ランソプラゾールOD錠15mg", Change::Started),
            ("酸化マグネシウム錠330mg", Change::Missing),
            ("ｱﾑﾛｼﾞﾋﾟﾝOD錠5mg", Change::Same),
        ] {
            assert_eq!(find(&lines, label).change, change, "{label}");
        }
        assert!(
            find(&lines, "ワーファリン錠1mg")
                .after
                .contains("消化管出血")
        );
    }

    #[test]
    fn s18_what_nobody_knew_before_is_not_called_new() {
        let after = discharge(json!({
            "discharge_adl_mobility": "full",
            "discharge_procedures_national": {"state": "present", "items": ["suction"]},
            "discharge_medications": {"state": "present", "rows": [{"name": "アムロジピン錠5mg"}]},
        }));
        let lines = difference(&Record::default(), &after);
        for label in ["移動", "医療処置", "アムロジピン錠5mg"] {
            let line = find(&lines, label);
            assert_eq!(
                (line.change, line.before.as_str()),
                (Change::Unclear, "未確認"),
                "{label}"
            );
        }
    }

    #[test]
    fn strengths_that_differ_by_a_point_are_two_medicines() {
        let record = Record::from_json(&json!({
            "medications": {"state": "present", "rows": [{"name": "ハロペリドール錠1.5mg", "dose": "1錠", "timing": "夕食後"}]},
        })).unwrap();
        let after = discharge(json!({
            "discharge_medications": {"state": "present", "rows": [{"name": "ハロペリドール錠15mg", "dose": "1錠", "timing": "夕食後"}]},
        }));
        let lines = difference(&record, &after);
        assert_eq!(find(&lines, "ハロペリドール錠15mg").change, Change::Started);
        assert_eq!(
            find(&lines, "ハロペリドール錠1.5mg").change,
            Change::Missing
        );
    }
}
