//! Details without which an answer is of little use to a hospital: what surveys of real forms find missing
//! (domain/forms.md §6.5). Warnings, never errors.

use crate::domain::answer::{Answer, Known, Scalar, YesNo};
use crate::domain::record::{Choking, ImpairmentLevel};
use crate::domain::view::SheetView;

fn is_open<T: Scalar>(answer: &Known<T>) -> bool {
    answer.shown().is_not_asked()
}

/// What is still wanted of an answer that was given.
pub fn required_if_true(view: &SheetView) -> Vec<&'static str> {
    let (medical, care, usual) = (&view.record.medical, &view.record.care, &view.record.usual);
    let chokes = care.dysphagia.is(&YesNo::Yes)
        || care.choking.is(&Choking::Sometimes)
        || care.choking.is(&Choking::Always);
    let hard_to_talk = [
        &usual.communication,
        &usual.speech,
        &usual.hearing,
        &usual.vision,
    ];
    let hard_to_talk = hard_to_talk
        .into_iter()
        .any(|answer| answer.is(&ImpairmentLevel::Difficult));
    let ulcers = medical.pressure_ulcers.rows();
    let wants = [
        (
            !medical.procedures_national.items().is_empty() && medical.procedures.rows().is_empty(),
            "医療処置の詳細(内容・サイズ・頻度・次回交換日)が書かれていません",
        ),
        (
            chokes && is_open(&care.thickener),
            "むせ・嚥下の障害があるのに、水分のとろみが未確認です",
        ),
        (
            chokes
                && is_open(&care.dysphagia_diet_code_staple)
                && is_open(&care.dysphagia_diet_code_side),
            "むせ・嚥下の障害があるのに、嚥下調整食コードが未確認です",
        ),
        (
            hard_to_talk && is_open(&usual.communication_note),
            "見る・聞く・話すことが難しいのに、関わり方の特記がありません",
        ),
        (
            ulcers
                .iter()
                .any(|row| is_open(&row.site) || is_open(&row.treatment)),
            "褥瘡の部位か処置が書かれていません",
        ),
        (
            care.diet_restriction.is(&YesNo::Yes) && is_open(&care.diet_restriction_note),
            "食事制限の内容が書かれていません",
        ),
        (
            care.fluid_restriction.is(&YesNo::Yes) && is_open(&care.fluid_restriction_note),
            "水分制限の内容が書かれていません",
        ),
        (
            medical.admission_last_6m.is(&YesNo::Yes) && is_open(&medical.admission_last_6m_detail),
            "最近半年間の入院の理由・期間が書かれていません",
        ),
        (
            view.last_talk.is_none() && view.record.wishes.acp_discussions.rows().is_empty(),
            "急変時の方針について話し合った日(人生会議)の記録がありません",
        ),
    ];
    wants
        .into_iter()
        .filter(|(lacks, _)| *lacks)
        .map(|(_, words)| words)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::clock::Moment;
    use crate::domain::record::Record;
    use crate::domain::standing::Standing;

    fn wanted(record: serde_json::Value) -> Vec<&'static str> {
        let record = Record::from_json(&record).unwrap();
        let at = Moment(1_795_393_800_000);
        required_if_true(&SheetView::of(
            record,
            Default::default(),
            Standing::by_failure(),
            at,
        ))
    }

    #[test]
    fn an_answer_asks_for_its_detail_and_a_no_for_nothing() {
        let full = json!({
            "procedures_national": {"state": "present", "items": ["urinary_catheter"]}, "choking": "sometimes", "hearing": "difficult",
            "pressure_ulcers": {"state": "present", "rows": [{"site": "仙骨"}]}, "diet_restriction": "yes", "fluid_restriction": "yes",
            "admission_last_6m": "yes",
        });
        assert_eq!(wanted(full).len(), 9);
        let settled = json!({
            "procedures_national": {"state": "none"}, "choking": "never", "hearing": "no_problem", "pressure_ulcers": {"state": "none"},
            "diet_restriction": "no", "fluid_restriction": "no", "admission_last_6m": "no",
            "acp_discussions": {"state": "present", "rows": [{"held_on": "2026-10-01"}]},
        });
        assert_eq!(wanted(settled), [""; 0]);
    }
}
