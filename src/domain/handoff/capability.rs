//! What a facility can take on: each procedure by day and by night (domain/forms.md §1(G), §2.7). It differs by facility
//! and never follows from the kind of facility.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{AssessedItem, Discharge, ItemVerdict};
use crate::domain::answer::{Choice, Coded, Inputs, Known, Problems, Scalar, Text, choice};
use crate::domain::record::{NationalProcedure, ProcedureCode};
use crate::domain::text::check_line;

choice! {
    /// In the order from most to least.
    pub enum Acceptance {
        Accept = "accept": "できる",
        Condition = "condition": "条件つき",
        Cannot = "cannot": "できない",
    }
}

/// One procedure of the matrix; what nobody answered is not a no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ability {
    pub day: Option<Acceptance>,
    pub night: Option<Acceptance>,
    pub condition: String,
}

/// The matrix of a facility.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capability(BTreeMap<ProcedureCode, Ability>);

/// The longest condition, in characters.
pub const CONDITION_MAX: usize = 80;

impl Capability {
    /// Reads `P01.day`, `P01.night` and `P01.condition` for each procedure.
    pub fn read(inputs: &Inputs) -> (Self, Problems) {
        let mut problems = Problems::default();
        let mut all = BTreeMap::new();
        for code in ProcedureCode::ALL {
            let key = code.choice().code;
            let mut acceptance = |name: &str| {
                let field = format!("{key}.{name}");
                let typed = inputs.get(&field);
                let read = Acceptance::ALL
                    .iter()
                    .find(|one| one.choice().code == typed)
                    .copied();
                if read.is_none() && !typed.is_empty() {
                    problems.add(field, "一覧から選んでください");
                }
                read
            };
            let (day, night) = (acceptance("day"), acceptance("night"));
            let condition = inputs.get(&format!("{key}.condition")).trim().to_owned();
            if !condition.is_empty()
                && let Err(problem) = check_line(&condition, CONDITION_MAX)
            {
                problems.add(format!("{key}.condition"), problem.0);
            }
            let ability = Ability {
                day,
                night,
                condition,
            };
            if ability != Ability::default() {
                all.insert(*code, ability);
            }
        }
        (Self(all), problems)
    }

    /// From its stored form. What this version does not know is left out: a procedure it has no word for is not taken on.
    pub fn stored(body: &str) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        let pairs = value
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(code, ability)| {
                ["day", "night", "condition"].map(|name| {
                    (
                        format!("{code}.{name}"),
                        ability[name].as_str().unwrap_or_default().to_owned(),
                    )
                })
            });
        Self::read(&Inputs::from_pairs(pairs)).0
    }

    pub fn json(&self) -> Value {
        let of = |one: Option<Acceptance>| one.map(|one| one.choice().code);
        let members = self.0.iter().map(|(code, ability)| {
            let body = json!({"day": of(ability.day), "night": of(ability.night), "condition": ability.condition});
            (code.choice().code.to_owned(), body)
        });
        Value::Object(members.collect::<Map<_, _>>())
    }

    pub fn get(&self, code: ProcedureCode) -> Option<&Ability> {
        self.0.get(&code)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every one of `wanted` can be taken on by day and by night, perhaps on a condition. What nobody answered
    /// cannot.
    pub fn takes(&self, wanted: &[ProcedureCode]) -> bool {
        let can = |one: Option<Acceptance>| one.is_some_and(|one| one != Acceptance::Cannot);
        wanted.iter().all(|code| {
            self.get(*code)
                .is_some_and(|ability| can(ability.day) && can(ability.night))
        })
    }
}

impl Ability {
    /// The lesser of day and night; `None` where either is not answered and the other is no refusal.
    pub fn verdict(&self) -> Option<Acceptance> {
        match (self.day, self.night) {
            (Some(Acceptance::Cannot), _) | (_, Some(Acceptance::Cannot)) => {
                Some(Acceptance::Cannot)
            }
            (Some(day), Some(night)) => Some(day.max(night)),
            _ => None,
        }
    }

    pub fn words(&self) -> String {
        let of = |one: Option<Acceptance>| one.map_or("未記入", |one| one.choice().label);
        let mut words = format!("日中 {}・夜間 {}", of(self.day), of(self.night));
        if !self.condition.is_empty() {
            words.push_str(&format!("({})", self.condition));
        }
        words
    }
}

/// What the matrix says of one thing that the resident needs after discharge. A person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub item: String,
    /// `None`: the matrix does not say.
    pub verdict: Option<Acceptance>,
    pub why: String,
}

impl Proposal {
    /// The row of the assessment that it would be.
    pub fn row(&self) -> AssessedItem {
        let verdict = self.verdict.map(|verdict| match verdict {
            Acceptance::Accept => ItemVerdict::Accept,
            Acceptance::Condition => ItemVerdict::Conditional,
            Acceptance::Cannot => ItemVerdict::Cannot,
        });
        let text = |words: &str| Text::parse(words).map_or(Known::NotAsked, Known::Value);
        AssessedItem {
            item: Text::parse(&self.item).map_or(Known::NotAsked, Known::Value),
            verdict: verdict.map_or(Known::NotAsked, Known::Value),
            condition: text(&self.why),
        }
    }
}

/// What the matrix says of everything that the hospital wrote down as needed after discharge.
pub fn proposals(discharge: &Discharge, matrix: &Capability) -> Vec<Proposal> {
    let mut wanted: Vec<(String, Vec<ProcedureCode>)> = Vec::new();
    for row in discharge.discharge_procedures.rows() {
        if let Some(code) = row.code.value() {
            let detail = row
                .detail
                .value()
                .map(|detail| format!(" {}", detail.as_str()));
            let item = format!("{}{}", code.choice().label, detail.unwrap_or_default());
            wanted.push((item, vec![*code]));
        }
    }
    for national in discharge.discharge_procedures_national.items() {
        let codes = codes_of(*national);
        let is_told = wanted
            .iter()
            .any(|(_, told)| told.iter().any(|code| codes.contains(code)));
        if !is_told {
            wanted.push((national.choice().label.to_owned(), codes.to_vec()));
        }
    }
    wanted
        .into_iter()
        .map(|(item, codes)| propose(item, &codes, matrix))
        .collect()
}

/// Where a word of the national form stands for several procedures, the least of them.
fn propose(item: String, codes: &[ProcedureCode], matrix: &Capability) -> Proposal {
    let known: Vec<(ProcedureCode, &Ability)> = codes
        .iter()
        .filter_map(|code| matrix.get(*code).map(|ability| (*code, ability)))
        .collect();
    let is_whole = !codes.is_empty() && known.len() == codes.len();
    let verdicts: Vec<Option<Acceptance>> =
        known.iter().map(|(_, ability)| ability.verdict()).collect();
    let verdict = match verdicts.iter().flatten().max() {
        Some(Acceptance::Cannot) => Some(Acceptance::Cannot),
        Some(worst) if is_whole && verdicts.iter().all(Option::is_some) => Some(*worst),
        _ => None,
    };
    let why = match known.as_slice() {
        [] => "受け入れ表に記載がありません".to_owned(),
        [(_, ability)] => format!("表: {}", ability.words()),
        several => {
            let words: Vec<String> = several
                .iter()
                .map(|(code, ability)| format!("{} {}", code.choice().label, ability.words()))
                .collect();
            format!("表: {}", words.join("／"))
        }
    };
    let why = why.chars().take(120).collect();
    Proposal { item, verdict, why }
}

/// The procedures that a word of the national form may stand for (domain/forms.md §2.7).
fn codes_of(national: NationalProcedure) -> &'static [ProcedureCode] {
    use NationalProcedure as N;
    use ProcedureCode as P;
    match national {
        N::Infusion => &[P::P04],
        N::Oxygen => &[P::P10],
        N::Suction => &[P::P07],
        N::Tracheostomy => &[P::P13],
        N::Gastrostomy | N::EnteralFeeding => &[P::P01],
        N::NasalFeeding => &[P::P02],
        N::PressureUlcer => &[P::P26],
        N::UrinaryCatheter => &[P::P05],
        N::Urostomy | N::Colostomy => &[P::P06],
        N::PainControl => &[P::P22, P::P23],
        N::BowelControl => &[P::P27, P::P28],
        N::SelfInjection => &[P::P21],
        N::Other => &[],
    }
}

/// Every procedure in the order of the list.
pub fn procedures() -> impl Iterator<Item = (ProcedureCode, &'static Choice)> {
    ProcedureCode::ALL.iter().map(|code| (*code, code.choice()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matrix(pairs: &[(&str, &str)]) -> Capability {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let (matrix, problems) = Capability::read(&Inputs::from_pairs(pairs));
        assert!(problems.is_empty(), "{problems:?}");
        matrix
    }

    fn discharge(pairs: &[(&str, &str)]) -> Discharge {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let (discharge, problems) = crate::domain::answer::read_group(&Inputs::from_pairs(pairs));
        assert!(problems.is_empty(), "{problems:?}");
        discharge
    }

    #[test]
    fn what_nobody_answered_is_neither_yes_nor_no() {
        let matrix = matrix(&[
            ("P01.day", "accept"),
            ("P05.day", "accept"),
            ("P05.night", "condition"),
            ("P08.night", "cannot"),
        ]);
        assert_eq!(matrix.get(ProcedureCode::P01).unwrap().verdict(), None);
        assert_eq!(
            matrix.get(ProcedureCode::P05).unwrap().verdict(),
            Some(Acceptance::Condition)
        );
        assert_eq!(
            matrix.get(ProcedureCode::P08).unwrap().verdict(),
            Some(Acceptance::Cannot)
        );
        assert!(matrix.takes(&[ProcedureCode::P05]));
        assert!(!matrix.takes(&[ProcedureCode::P05, ProcedureCode::P01]));
        assert!(!matrix.takes(&[ProcedureCode::P34]));
        assert_eq!(Capability::stored(&matrix.json().to_string()), matrix);
    }

    #[test]
    fn each_thing_that_is_needed_is_proposed_once_with_what_the_matrix_says() {
        let matrix = matrix(&[
            ("P05.day", "accept"),
            ("P05.night", "condition"),
            ("P05.condition", "交換は病院で"),
            ("P07.day", "accept"),
            ("P07.night", "cannot"),
        ]);
        let discharge = discharge(&[
            ("discharge_procedures.0.code", "P05"),
            ("discharge_procedures.0.detail", "14Fr"),
            ("discharge_procedures_national", "urinary_catheter"),
            ("discharge_procedures_national", "suction"),
            ("discharge_procedures_national", "pain_control"),
        ]);
        let proposals = proposals(&discharge, &matrix);
        let found: Vec<_> = proposals
            .iter()
            .map(|one| (one.item.as_str(), one.verdict))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "カテーテル(尿道・コンドーム)の管理 14Fr",
                    Some(Acceptance::Condition)
                ),
                ("喀痰吸引", Some(Acceptance::Cannot)),
                ("痛みコントロール", None),
            ]
        );
        assert_eq!(
            proposals[0].why,
            "表: 日中 できる・夜間 条件つき(交換は病院で)"
        );
        assert_eq!(proposals[2].row().verdict, Known::NotAsked);
    }

    proptest! {
        #[test]
        fn a_matrix_is_read_back_as_it_was_written(
            cells in prop::collection::vec((0_usize..42, 0_usize..4, 0_usize..4, "[ぁ-ん]{0,8}"), 0..12)
        ) {
            let acceptance = |at: usize| ["", "accept", "condition", "cannot"][at].to_owned();
            let pairs = cells.into_iter().flat_map(|(code, day, night, condition)| {
                let code = ProcedureCode::ALL[code].choice().code;
                [(format!("{code}.day"), acceptance(day)), (format!("{code}.night"), acceptance(night)), (format!("{code}.condition"), condition)]
            });
            let (matrix, _) = Capability::read(&Inputs::from_pairs(pairs));
            prop_assert_eq!(Capability::stored(&matrix.json().to_string()), matrix);
        }
    }
}
