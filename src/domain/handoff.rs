//! A stay in hospital: what goes with the resident, what comes back, and the way home (domain/forms.md).
//!
//! A stay begins with the sheet as it was on that day, which is the baseline of every comparison. Its parts are written
//! by different people and each is kept in versions; the forms place their answers beside those of the record.

mod admission;
mod assessment;
pub mod capability;
pub mod clock;
mod conference;
pub mod difference;
mod discharge;
pub mod figures;
pub mod home;
pub mod required;
pub mod sending;

pub use admission::*;
pub use assessment::*;
pub use conference::*;
pub use discharge::*;

use super::answer::{Field, Grouped, Inputs, Problems, blocks, group_json, read_group};
use super::clock::Moment;
use super::transport::at_call::AtCall;

blocks! {
    /// All answers about one stay.
    pub struct Stay {
        admission: Admission,
        sensitive: Sensitive,
        discharge: Discharge,
        conference: Conference,
        assessment: Assessment,
    }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $block:ident: $group:ty, $label:literal;)*) => {
        /// What is written and kept together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part { $($(#[$doc])* $variant,)* }

        impl Part {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            pub fn fields(self) -> &'static [Field] {
                match self { $(Self::$variant => <$group>::FIELDS,)* }
            }

            /// The part as it would be kept, from what was typed.
            ///
            /// # Errors
            /// Every problem at its key.
            pub fn body(self, inputs: &Inputs) -> Result<String, Problems> {
                match self {
                    $(Self::$variant => {
                        let (group, problems) = read_group::<$group>(inputs);
                        match problems.is_empty() {
                            true => Ok(group_json(&group).to_string()),
                            false => Err(problems),
                        }
                    })*
                }
            }
        }

        impl Stay {
            /// Puts a kept part in its place.
            ///
            /// # Errors
            /// When this version cannot read it: every problem at its key.
            pub fn put(&mut self, part: Part, body: &str) -> Result<(), Problems> {
                let value = serde_json::from_str(body).unwrap_or_default();
                let inputs = Inputs::from_json(&value);
                match part {
                    $(Part::$variant => {
                        let (group, problems) = read_group(&inputs);
                        if !problems.is_empty() {
                            return Err(problems);
                        }
                        self.$block = group;
                    })*
                }
                Ok(())
            }
        }
    };
}

parts! {
    Admission = "admission", admission: Admission, "入院・搬送";
    /// Own permission, own paper.
    Sensitive = "sensitive", sensitive: Sensitive, "取扱注意の事項";
    /// The hospital may write it too.
    Discharge = "discharge", discharge: Discharge, "退院";
    Conference = "conference", conference: Conference, "カンファレンス";
    Assessment = "assessment", assessment: Assessment, "受け入れの判断";
}

impl Part {
    /// `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.code() == code)
    }

    /// The part that a field belongs to.
    pub fn of(key: &str) -> Option<Self> {
        let has = |part: &Self| part.fields().iter().any(|field| field.key == key);
        Self::ALL.iter().copied().find(has)
    }
}

/// A stay as a form shows it.
#[derive(Clone, Debug)]
pub struct StayView {
    pub stay: Stay,
    /// The emergency that led to it.
    pub emergency: Option<AtCall>,
    /// When each part was last written, and by whom.
    pub written: Vec<(Part, Moment, String)>,
}

impl StayView {
    /// When the part of a field was last written, and by whom.
    pub fn written(&self, key: &str) -> Option<(Moment, &str)> {
        let part = Part::of(key)?;
        let mut written = self.written.iter();
        let found = written.find(|(written, ..)| *written == part);
        found.map(|(_, at, by)| (*at, by.as_str()))
    }
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Home again, in this facility.
    Returned,
    /// To another place.
    Elsewhere,
    Died,
    /// The record of the stay was a mistake.
    Mistaken,
}

impl Ending {
    pub const ALL: [Self; 4] = [Self::Returned, Self::Elsewhere, Self::Died, Self::Mistaken];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Elsewhere => "elsewhere",
            Self::Died => "died",
            Self::Mistaken => "mistaken",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Returned => "施設に戻った",
            Self::Elsewhere => "ほかへ移った",
            Self::Died => "亡くなった",
            Self::Mistaken => "入院していなかった(記録の誤り)",
        }
    }

    /// `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_stay_is_in_one_part() {
        for field in Stay::fields() {
            assert!(Part::of(field.key).is_some(), "{}", field.key);
        }
        let count: usize = Part::ALL.iter().map(|part| part.fields().len()).sum();
        assert_eq!(count, Stay::fields().count());
        for part in Part::ALL {
            assert_eq!(Part::from_code(part.code()), Some(*part));
        }
        for ending in Ending::ALL {
            assert_eq!(Ending::from_code(ending.code()), Some(ending));
        }
    }

    #[test]
    fn a_part_is_read_back_as_it_was_written() {
        let inputs = Inputs::from_pairs([
            ("hospital_name".to_owned(), "みなと総合病院".to_owned()),
            ("admitted_on".to_owned(), "R8.11.23".to_owned()),
            (
                "conference_requests".to_owned(),
                "before_discharge".to_owned(),
            ),
        ]);
        let body = Part::Admission.body(&inputs).unwrap();
        let mut stay = Stay::default();
        stay.put(Part::Admission, &body).unwrap();
        assert_eq!(
            stay.admission.admitted_on.value().unwrap().iso(),
            "2026-11-23"
        );
        assert!(
            stay.admission
                .conference_requests
                .has(ConferenceRequest::BeforeDischarge)
        );
        let wrong = Inputs::from_pairs([("admitted_on".to_owned(), "昭和65年1月1日".to_owned())]);
        assert!(
            Part::Admission
                .body(&wrong)
                .unwrap_err()
                .at("admitted_on")
                .is_some()
        );
    }
}
