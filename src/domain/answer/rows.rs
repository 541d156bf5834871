//! Repeated rows: contacts, medicines, physicians, conditions.

use serde_json::{Map, Value, json};

use super::{Answer, Group, Grouped, Inputs, Kind, Kinded, Known, Problems, Reader, Shown};
use crate::domain::date::Day;

/// The most rows one list may have; more is a mistake of a program, not of a person.
pub const ROWS_MAX: usize = 60;

/// A list of things: not asked, unknown, none (confirmed when), or rows in the order of importance.
///
/// Inputs are named `key.0.field`; `key.state` and `key.confirmed_on` say what a list without rows means.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rows<T> {
    #[default]
    NotAsked,
    Unknown,
    None {
        confirmed_on: Option<Day>,
    },
    Some(Vec<T>),
}

impl<T> Rows<T> {
    pub fn rows(&self) -> &[T] {
        match self {
            Self::Some(rows) => rows,
            _ => &[],
        }
    }
}

/// What a list says before its rows are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    NotAsked,
    Unknown,
    None(Option<Day>),
    Some,
}

impl State {
    pub(super) fn write(self, inputs: &mut Inputs, key: &str) {
        let code = match self {
            Self::NotAsked => return,
            Self::Unknown => "unknown",
            Self::None(confirmed_on) => {
                if let Some(day) = confirmed_on {
                    inputs.set(format!("{key}.confirmed_on"), day.input());
                }
                "none"
            }
            Self::Some => "present",
        };
        inputs.set(format!("{key}.state"), code);
    }

    pub(super) fn json(self) -> Value {
        match self {
            Self::NotAsked => Value::Null,
            Self::Unknown => json!({"state": "unknown"}),
            Self::None(day) => json!({"state": "none", "confirmed_on": day.map(|day| day.iso())}),
            Self::Some => json!({"state": "present"}),
        }
    }
}

/// Reads `key.state` against what else was `filled` in; a contradiction is a problem, never resolved silently.
pub(super) fn read_state(reader: &mut Reader<'_>, key: &str, filled: bool) -> State {
    let state_key = format!("{key}.state");
    let mut confirmed_on = Known::<Day>::NotAsked;
    confirmed_on.read(reader, &format!("{key}.confirmed_on"));
    let said = reader.text(&state_key);
    match (said.as_str(), filled) {
        ("" | "present", true) => State::Some,
        ("" | "not_asked", false) => State::NotAsked,
        ("unknown", false) => State::Unknown,
        ("none", false) => State::None(confirmed_on.value().copied()),
        ("present", false) => {
            reader
                .problems
                .add(key, "「あり」のときは内容を入力してください");
            State::NotAsked
        }
        ("unknown" | "none" | "not_asked", true) => {
            reader.problems.add(
                key,
                "内容が入力されています。「あり」を選ぶか、内容を消してください",
            );
            State::Some
        }
        _ => {
            reader.problems.add(
                state_key,
                format!("「{said}」は選べません。未確認・不明・なし・ありから選んでください"),
            );
            State::NotAsked
        }
    }
}

impl<T: Grouped> Answer for Rows<T> {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str) {
        let bare = reader.text(key);
        let numbers = reader.rows(key);
        if super::known::says_unknown(&bare) && numbers.is_empty() {
            *self = Self::Unknown;
            return;
        }
        if !bare.is_empty() {
            reader.problems.add(
                key,
                format!("「{bare}」は1件ずつの形になっていません。1件ずつ入力してください"),
            );
        }
        if numbers.len() > ROWS_MAX {
            reader
                .problems
                .add(key, format!("{ROWS_MAX}件までにしてください"));
        }
        let mut rows = Vec::new();
        let mut filled = false;
        for number in numbers {
            let row_key = format!("{key}.{number}");
            reader.pass_over(&format!("{row_key}.row"));
            let before = reader.problems.len();
            let mut row = T::default();
            for (index, field) in T::FIELDS.iter().enumerate() {
                row.answer_mut(index)
                    .read(reader, &format!("{row_key}.{}", field.key));
            }
            filled |= row != T::default() || reader.problems.len() > before;
            if row != T::default() {
                rows.push(row);
            }
        }
        *self = match read_state(reader, key, filled) {
            State::Some if rows.is_empty() => Self::NotAsked,
            State::NotAsked => Self::NotAsked,
            State::Unknown => Self::Unknown,
            State::None(confirmed_on) => Self::None { confirmed_on },
            State::Some => Self::Some(rows),
        };
    }

    fn write(&self, inputs: &mut Inputs, key: &str) {
        match self {
            Self::NotAsked => {}
            Self::Unknown => State::Unknown.write(inputs, key),
            Self::None { confirmed_on } => State::None(*confirmed_on).write(inputs, key),
            Self::Some(rows) => {
                State::Some.write(inputs, key);
                for (number, row) in rows.iter().enumerate() {
                    for (field, answer) in row.walk() {
                        answer.write(inputs, &format!("{key}.{number}.{}", field.key));
                    }
                }
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::NotAsked => Value::Null,
            Self::Unknown => State::Unknown.json(),
            Self::None { confirmed_on } => State::None(*confirmed_on).json(),
            Self::Some(rows) => {
                let rows: Vec<Value> = rows.iter().map(group_json).collect();
                json!({"state": "present", "rows": rows})
            }
        }
    }

    fn shown(&self) -> Shown {
        match self {
            Self::NotAsked => Shown::NotAsked,
            Self::Unknown => Shown::Unknown,
            Self::None { confirmed_on } => Shown::None(*confirmed_on),
            Self::Some(rows) => Shown::Rows(
                rows.iter()
                    .map(|row| {
                        row.walk()
                            .map(|(field, answer)| (*field, answer.shown()))
                            .collect()
                    })
                    .collect(),
            ),
        }
    }
}

/// A group as a JSON object; what was not asked is left out.
/// Reads a whole group; the problems name what could not be read, and every key that no answer asked for.
pub(crate) fn read_group<T: Grouped>(inputs: &Inputs) -> (T, Problems) {
    let mut group = T::default();
    let mut reader = Reader::new(inputs);
    for (index, field) in T::FIELDS.iter().enumerate() {
        group.answer_mut(index).read(&mut reader, field.key);
    }
    (group, reader.finish())
}

/// What the inputs of a whole group hold.
pub(crate) fn group_inputs(group: &impl Group) -> Inputs {
    let mut inputs = Inputs::default();
    for (field, answer) in group.walk() {
        answer.write(&mut inputs, field.key);
    }
    inputs
}

pub(crate) fn group_json(group: &impl Group) -> Value {
    let mut members = Map::new();
    for (field, answer) in group.walk() {
        let value = answer.json();
        if !value.is_null() {
            members.insert(field.key.to_owned(), value);
        }
    }
    Value::Object(members)
}

impl<T: Grouped> Kinded for Rows<T> {
    const KIND: Kind = Kind::Rows(T::FIELDS);
}
