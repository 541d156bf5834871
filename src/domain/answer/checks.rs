//! Several of a closed list, with a note.

use serde_json::{Value, json};

use super::rows::{State, read_state};
use super::{Answer, Coded, Inputs, Kind, Kinded, Reader, Shown};
use crate::domain::date::Day;
use crate::domain::text;

/// The longest note beside ticked boxes, in characters.
const NOTE_MAX: usize = 200;

/// Ticked boxes of a closed list: not asked, unknown, none (confirmed when), or some of them with a note.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Checks<E> {
    #[default]
    NotAsked,
    Unknown,
    None {
        confirmed_on: Option<Day>,
    },
    Some {
        items: Vec<E>,
        note: String,
    },
}

impl<E: Coded> Checks<E> {
    pub fn has(&self, item: E) -> bool {
        self.items().contains(&item)
    }

    /// The ticked boxes, in the order of the list.
    pub fn items(&self) -> &[E] {
        match self {
            Self::Some { items, .. } => items,
            _ => &[],
        }
    }

    pub fn note(&self) -> &str {
        match self {
            Self::Some { note, .. } => note,
            _ => "",
        }
    }
}

impl<E: Coded> Answer for Checks<E> {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str) {
        let note_key = format!("{key}.note");
        let mut note = reader.text(&note_key);
        let typed = reader.all(key);
        if let [only] = typed.as_slice()
            && super::known::says_unknown(only)
        {
            *self = Self::Unknown;
            return;
        }
        let mut items = Vec::new();
        for code in typed {
            match E::parse(&code) {
                Some(item) => items.push(item),
                None => reader.problems.add(
                    key,
                    format!("「{code}」は選べません。一覧から選んでください"),
                ),
            }
        }
        items.sort_unstable();
        items.dedup();
        let filled = !items.is_empty() || !note.is_empty();
        if let Err(problem) = text::check_line(&note, NOTE_MAX) {
            reader.problems.add(note_key, problem.0);
            note.clear();
        }
        *self = match read_state(reader, key, filled) {
            State::Some if items.is_empty() && note.is_empty() => Self::NotAsked,
            State::NotAsked => Self::NotAsked,
            State::Unknown => Self::Unknown,
            State::None(confirmed_on) => Self::None { confirmed_on },
            State::Some => Self::Some { items, note },
        };
    }

    fn write(&self, inputs: &mut Inputs, key: &str) {
        match self {
            Self::NotAsked => {}
            Self::Unknown => State::Unknown.write(inputs, key),
            Self::None { confirmed_on } => State::None(*confirmed_on).write(inputs, key),
            Self::Some { items, note } => {
                State::Some.write(inputs, key);
                for item in items {
                    inputs.push(key.to_owned(), item.choice().code.to_owned());
                }
                if !note.is_empty() {
                    inputs.set(format!("{key}.note"), note.as_str());
                }
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::NotAsked => Value::Null,
            Self::Unknown => State::Unknown.json(),
            Self::None { confirmed_on } => State::None(*confirmed_on).json(),
            Self::Some { items, note } => {
                let codes: Vec<_> = items.iter().map(|item| item.choice().code).collect();
                json!({"state": "present", "items": codes, "note": note})
            }
        }
    }

    fn shown(&self) -> Shown {
        match self {
            Self::NotAsked => Shown::NotAsked,
            Self::Unknown => Shown::Unknown,
            Self::None { confirmed_on } => Shown::None(*confirmed_on),
            Self::Some { items, note } => {
                let mut words: Vec<_> = items.iter().map(|item| item.choice().label).collect();
                if !note.is_empty() {
                    words.push(note);
                }
                Shown::Text(words.join("、"))
            }
        }
    }
}

impl<E: Coded> Kinded for Checks<E> {
    const KIND: Kind = Kind::Checks(E::CHOICES);
}
