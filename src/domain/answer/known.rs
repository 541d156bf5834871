//! One value that may be not asked or unknown.

use serde_json::Value;

use super::{Answer, Inputs, Kind, Kinded, Reader, Scalar, Shown, UNKNOWN};

/// A single answer: never asked, asked but unknown, or a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Known<T> {
    #[default]
    NotAsked,
    Unknown,
    Value(T),
}

impl<T> Known<T> {
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotAsked | Self::Unknown => None,
        }
    }
}

impl<T: PartialEq> Known<T> {
    pub fn is(&self, value: &T) -> bool {
        self.value() == Some(value)
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// Whether the person typed that nobody knows.
pub fn says_unknown(text: &str) -> bool {
    matches!(text, "不明" | "わからない" | "分からない" | "unknown")
}

impl<T: Scalar> Answer for Known<T> {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str) {
        let text = reader.text(key);
        let hint = T::HINT.map(|hint| reader.text(&format!("{key}.{hint}")));
        *self = if text.is_empty() {
            Self::NotAsked
        } else if says_unknown(&text) {
            Self::Unknown
        } else {
            match T::parse_hinted(&text, hint.as_deref().unwrap_or_default()) {
                Ok(value) => Self::Value(value),
                Err(problem) => {
                    reader.problems.add(key, problem.0);
                    Self::NotAsked
                }
            }
        };
    }

    fn write(&self, inputs: &mut Inputs, key: &str) {
        match self {
            Self::NotAsked => {}
            Self::Unknown => inputs.set(key, T::UNKNOWN_INPUT),
            Self::Value(value) => inputs.set(key, value.input()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::NotAsked => Value::Null,
            Self::Unknown => Value::from("unknown"),
            Self::Value(value) => value.json(),
        }
    }

    fn shown(&self) -> Shown {
        match self {
            Self::NotAsked => Shown::NotAsked,
            Self::Unknown => Shown::Unknown,
            Self::Value(value) => Shown::Text(value.shown()),
        }
    }
}

impl<T: Scalar> Kinded for Known<T> {
    const KIND: Kind = T::KIND;
}

impl<T: Scalar> std::fmt::Display for Known<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAsked => f.write_str(super::NOT_ASKED),
            Self::Unknown => f.write_str(UNKNOWN),
            Self::Value(value) => f.write_str(&value.shown()),
        }
    }
}
