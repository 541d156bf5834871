//! One measurement, which may also have been tried without success.

use serde_json::Value;

use super::{Answer, Inputs, Kind, Kinded, Reader, Scalar, Shown};

/// What stands where a value could not be got.
pub const UNMEASURABLE: &str = "測定不能";
const CODE: &str = "unmeasurable";

/// A single measurement: not taken, tried without success, or a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Measured<T> {
    #[default]
    NotTaken,
    /// A finding in itself, and never the same as not taken.
    Unmeasurable,
    Value(T),
}

/// Whether the person typed, or chose, that it could not be measured.
fn says_unmeasurable(text: &str) -> bool {
    matches!(text, "測定不能" | "測れない" | "測定できない" | CODE)
}

impl<T: Scalar> Answer for Measured<T> {
    /// An input and a box of the same name may both be filled in; together they contradict each other.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str) {
        let typed = reader.all(key);
        *self = match typed.as_slice() {
            [] => Self::NotTaken,
            [text] if says_unmeasurable(text) => Self::Unmeasurable,
            [text] => match T::parse(text) {
                Ok(value) => Self::Value(value),
                Err(problem) => {
                    reader.problems.add(key, problem.0);
                    Self::NotTaken
                }
            },
            _ => {
                let both = "測った値か「測定不能」の、どちらか一つにしてください";
                reader.problems.add(key, both);
                Self::NotTaken
            }
        };
    }

    fn write(&self, inputs: &mut Inputs, key: &str) {
        match self {
            Self::NotTaken => {}
            Self::Unmeasurable => inputs.set(key, CODE),
            Self::Value(value) => inputs.set(key, value.input()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::NotTaken => Value::Null,
            Self::Unmeasurable => Value::from(CODE),
            Self::Value(value) => value.json(),
        }
    }

    fn shown(&self) -> Shown {
        match self {
            Self::NotTaken => Shown::NotAsked,
            Self::Unmeasurable => Shown::Text(UNMEASURABLE.to_owned()),
            Self::Value(value) => Shown::Text(value.shown()),
        }
    }
}

impl<T: Scalar> Kinded for Measured<T> {
    const KIND: Kind = T::KIND;
}
