//! The record: everything that can be known about a resident, typed once and shown on every surface.
//!
//! Identifiers and choices are those of domain/emergency.md §1.3 (blocks A, C–G) and domain/forms.md §2.2–2.5. Block B
//! is the facility's own ([`FacilityFacts`]). When and by whom a sheet was recorded and verified is no answer but the
//! revision's own mark; the CPR standing is no answer either (safety.md: it is derived, never typed).
//!
//! To add a field, write one line in the block it belongs to; forms then place it.

mod care;
mod contacts;
mod facility;
mod identity;
mod medical;
mod usual;
mod wishes;

pub use care::*;
pub use contacts::*;
pub use facility::*;
pub use identity::*;
pub use medical::*;
pub use usual::*;
pub use wishes::*;

use super::answer::blocks;

blocks! {
    /// All answers about one resident.
    pub struct Record {
        identity: Identity,
        consent: Consent,
        contacts: Contacts,
        medical: Medical,
        usual: Usual,
        care: Care,
        wishes: Wishes,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::answer::{Grouped, Inputs, Kind};

    #[test]
    fn no_two_fields_share_a_name() {
        let mut keys: Vec<_> = Record::fields()
            .chain(FacilityFacts::FIELDS)
            .map(|field| field.key)
            .chain(
                crate::domain::computed::Computed::ALL
                    .iter()
                    .map(|computed| computed.key()),
            )
            .collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn s18_unknown_none_not_asked_and_present_stay_four_answers() {
        let shown = |value: serde_json::Value| {
            let record = Record::from_json(&json!({ "allergies": value })).unwrap();
            let again = Record::from_json(&record.json()).unwrap();
            assert_eq!(record, again);
            record.get("allergies").unwrap().1.shown().line()
        };
        assert_eq!(shown(json!(null)), "未確認");
        assert_eq!(shown(json!({"state": "unknown"})), "不明");
        assert_eq!(
            shown(json!({"state": "none", "confirmed_on": "2026-10-01"})),
            "なし(2026-10-01 確認)"
        );
        assert_eq!(
            shown(
                json!({"state": "present", "rows": [{"substance": "ペニシリン", "reaction": "発疹"}]})
            ),
            "ペニシリン 発疹"
        );
    }

    #[test]
    fn every_problem_is_named_at_once_at_its_key() {
        let problems = Record::from_json(&json!({
            "name_kana": "Tanaka",
            "birth_date": "昭和65年1月1日",
            "usual_bp": "12/74",
            "emergency_contacts": [{"name": "髙﨑 一郎", "phone_mobile": "090"}],
            "allergies": {"state": "none", "rows": [{"substance": "卵"}]},
            "alergies": "卵",
        }))
        .unwrap_err();
        for key in [
            "name_kana",
            "birth_date",
            "usual_bp",
            "emergency_contacts.0.phone_mobile",
            "allergies",
            "alergies",
        ] {
            assert!(problems.at(key).is_some(), "{key}: {problems:?}");
        }
        assert_eq!(problems.len(), 6);
    }

    #[test]
    fn a_date_is_read_with_the_era_chosen_beside_it() {
        let inputs = Inputs::from_pairs([
            ("birth_date".to_owned(), "12/3/4".to_owned()),
            ("birth_date.era".to_owned(), "S".to_owned()),
        ]);
        let (record, problems) = Record::read(&inputs);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            record.identity.birth_date.value().unwrap().iso(),
            "1937-03-04"
        );
    }

    #[test]
    fn every_choice_keeps_its_code_through_json() {
        for field in Record::fields() {
            let Kind::Choice(choices) = field.kind else {
                continue;
            };
            for choice in choices {
                let typed = json!({ field.key: choice.code });
                let record = Record::from_json(&typed).unwrap();
                assert_eq!(record.json(), typed, "{}", field.key);
            }
        }
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        fn any_key() -> impl Strategy<Value = String> {
            let keys: Vec<String> = Record::fields()
                .flat_map(|field| match field.kind {
                    Kind::Rows(fields) => fields
                        .iter()
                        .flat_map(|part| {
                            [0, 3].map(|row| format!("{}.{row}.{}", field.key, part.key))
                        })
                        .chain([format!("{}.state", field.key)])
                        .collect(),
                    Kind::Checks(_) => vec![
                        field.key.to_owned(),
                        format!("{}.state", field.key),
                        format!("{}.note", field.key),
                    ],
                    _ => vec![field.key.to_owned()],
                })
                .collect();
            proptest::sample::select(keys)
        }

        fn any_text() -> impl Strategy<Value = String> {
            let likely = proptest::sample::select(vec![
                "不明",
                "なし",
                "昭和12年3月4日",
                "S12.3.4",
                "090-1234-5678",
                "0463-23-1111 内線12",
                "128/74",
                "36.5",
                "158cm",
                "髙﨑 𠮷子",
                "たかさき よしこ",
                "yes",
                "no",
                "present",
                "none",
                "unknown",
                "drug",
                "care3",
                "254-8686",
                "2015年3月",
                "0123456789",
                "ワーファリン錠1mg",
            ])
            .prop_map(str::to_owned);
            prop_oneof![3 => likely, 1 => "\\PC{0,12}", 1 => any::<String>()]
        }

        proptest! {
            #[test]
            fn reading_anything_never_panics_and_what_was_read_reads_the_same_again(
                pairs in proptest::collection::vec((any_key(), any_text()), 0..12)
            ) {
                let (record, _) = Record::read(&Inputs::from_pairs(pairs));
                let (again, problems) = Record::read(&record.inputs());
                prop_assert!(problems.is_empty(), "{:?} in {:?}", problems, record);
                prop_assert_eq!(&again, &record);
                let (json, problems) = Record::read(&Inputs::from_json(&record.json()));
                prop_assert!(problems.is_empty(), "{:?} in {:?}", problems, record.json());
                prop_assert_eq!(&json, &record);
            }
        }
    }
}
