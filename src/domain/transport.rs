//! From 急変 until the ambulance has left: what somebody notes with a tap, and the written steps that are shown.
//!
//! Nothing here decides anything (safety.md S23). Nothing noted is ever changed; a wrong tap is put right by another
//! entry.

pub mod at_call;
pub mod flow;
#[cfg(test)]
pub mod sample;
pub mod steps;

use std::collections::BTreeSet;

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $code:literal : $label:literal,)*) => {
        /// What can be noted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event { $($(#[$doc])* $variant,)* }

        impl Event {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What stands on the button and in the list of what happened.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}

events! {
    Help = "help": "応援を呼んだ",
    Call119 = "call_119": "119番に電話した",
    Cpr = "cpr": "胸骨圧迫を始めた",
    Aed = "aed": "AEDを使った",
    BackBlows = "back_blows": "背中をたたいた",
    Suction = "suction": "吸引した",
    Oxygen = "oxygen": "酸素を流した",
    Bleeding = "bleeding": "傷を押さえて血を止めた",
    Position = "position": "体の向きを変えた",
    Choking = "choking": "のどに詰まった",
    Injury = "injury": "転んだ・落ちた・けが",
    /// What happened, as it is told to the crew ([`at_call::Situation`]).
    Situation = "situation": "起きたこと",
    /// What was seen and measured at one time ([`at_call::Observation`]).
    Observation = "observation": "観察",
    /// What was seen or done, in words.
    Observed = "observed": "みたこと・したこと",
    Nurse = "nurse": "看護師に電話",
    Physician = "physician": "医師に電話",
    Hospital = "hospital": "協力医療機関に電話",
    /// ＃7119 and its like.
    Advice = "advice": "救急相談に電話",
    CallManager = "call_manager": "管理者に電話",
    Colleague = "colleague": "応援の職員に電話",
    Family = "family": "家族に電話",
    Door = "door": "玄関を開け、案内の人が立った",
    Belongings = "belongings": "シートと荷物をそろえた",
    Others = "others": "ほかの入居者の見守りを頼んだ",
    CrewArrived = "crew_arrived": "救急隊が着いた",
    HandedOver = "handed_over": "シートを渡した(または読み取ってもらった)",
    /// The words say where to, and who went along.
    Departed = "departed": "救急車が出発した",
    Manager = "manager": "管理者に伝えた",
    Destination = "destination": "家族に行き先を伝えた",
    /// On what conditions and when the resident comes back to this facility.
    Return = "return": "帰れる条件と日を病院に聞いた",
    /// The words say what the facility writes down of it.
    Incident = "incident": "事故報告",
    /// How it went, looked back at ([`at_call::Review`]).
    Review = "review": "振り返り",
    /// Another entry was wrong; the words say what is right.
    Corrected = "corrected": "訂正",
    /// The words say how it ended, if anybody wrote so.
    Closed = "closed": "急変の記録を終えた",
}

impl Event {
    /// `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.code() == code)
    }

    /// A telephone call, of which it matters whether anybody answered.
    pub fn is_call(self) -> bool {
        matches!(
            self,
            Self::Nurse
                | Self::Physician
                | Self::Hospital
                | Self::Advice
                | Self::CallManager
                | Self::Colleague
                | Self::Family
        )
    }

    /// Somebody was told: 119, or one of the calls above.
    pub fn tells_somebody(self) -> bool {
        self == Self::Call119 || self.is_call()
    }

    /// What was done for the resident.
    pub fn is_care(self) -> bool {
        matches!(
            self,
            Self::Cpr
                | Self::Aed
                | Self::BackBlows
                | Self::Suction
                | Self::Oxygen
                | Self::Bleeding
                | Self::Position
        )
    }

    /// Noted by one tap and nothing else.
    pub fn is_tapped(self) -> bool {
        let says_more = matches!(
            self,
            Self::Situation | Self::Observation | Self::Review | Self::Departed | Self::Closed
        );
        !says_more && !self.is_call() && !self.needs_words()
    }

    /// Whether it says nothing without words.
    pub fn needs_words(self) -> bool {
        matches!(self, Self::Observed | Self::Corrected | Self::Incident)
    }

    /// What is done and written when the ambulance has left. It is the facility's own and is not told to the crew.
    pub fn is_afterwards(self) -> bool {
        matches!(
            self,
            Self::Manager | Self::Destination | Self::Return | Self::Incident | Self::Review
        )
    }

    /// A cause from outside, of which no order speaks (safety.md S14).
    pub fn is_external_cause(self) -> bool {
        matches!(self, Self::Choking | Self::Injury)
    }
}

/// Whether somebody answered the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Answered,
    NoAnswer,
}

impl Outcome {
    pub const ALL: [Self; 2] = [Self::Answered, Self::NoAnswer];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Answered => "つながった",
            Self::NoAnswer => "つながらない",
        }
    }

    /// `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// What all entries come to. An entry that was put right counts no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    corrected: BTreeSet<i64>,
    counted: Vec<(i64, Event)>,
}

impl Progress {
    /// From the entries in their order: number, what was noted, and which entry it puts right.
    pub fn of(entries: impl IntoIterator<Item = (i64, Event, Option<i64>)>) -> Self {
        let mut progress = Self::default();
        for (seq, event, about) in entries {
            if event == Event::Corrected {
                progress.corrected.extend(about);
            }
            progress.counted.push((seq, event));
        }
        let corrected = &progress.corrected;
        progress.counted.retain(|(seq, _)| !corrected.contains(seq));
        progress
    }

    pub fn is_corrected(&self, seq: i64) -> bool {
        self.corrected.contains(&seq)
    }

    /// Whether the event was noted and not put right.
    pub fn has(&self, event: Event) -> bool {
        self.counted.iter().any(|(_, noted)| *noted == event)
    }

    /// The number of the newest entry that counts; another one with each entry.
    pub fn newest(&self) -> Option<i64> {
        self.counted.iter().map(|(seq, _)| *seq).max()
    }

    /// Until somebody ends the record; who ended it by mistake puts that right, and it goes on.
    pub fn is_open(&self) -> bool {
        !self.has(Event::Closed)
    }

    /// Whether it may be noted now.
    pub fn allows(&self, event: Event, about: Option<i64>) -> bool {
        match (event, about) {
            (Event::Corrected, Some(seq)) => {
                let noted = self.counted.iter().find(|(at, _)| *at == seq);
                noted.is_some_and(|(_, event)| *event != Event::Corrected)
            }
            (Event::Corrected, None) | (_, Some(_)) => false,
            (event, None) => self.is_open() || event.is_afterwards(),
        }
    }

    /// A cause from outside that was noted, in words.
    pub fn external_cause(&self) -> Option<&'static str> {
        let mut noted = self.counted.iter().map(|(_, event)| *event);
        noted
            .find(|event| event.is_external_cause())
            .map(Event::label)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> impl Strategy<Value = (Event, Option<i64>)> {
        let event = prop::sample::select(Event::ALL);
        (event, prop::option::of(0_i64..12))
    }

    proptest! {
        /// However people tap: what was put right counts no more, a correction cannot be put right, and a closed record
        /// takes nothing but corrections and what comes afterwards.
        #[test]
        fn whatever_is_tapped_progress_follows_what_was_not_put_right(taps in prop::collection::vec(entry(), 0..20)) {
            let mut entries = Vec::new();
            for (event, about) in taps {
                let progress = Progress::of(entries.iter().copied());
                if progress.allows(event, about) {
                    prop_assert!(progress.is_open() || event == Event::Corrected || event.is_afterwards());
                    entries.push((entries.len() as i64, event, about));
                }
            }
            let progress = Progress::of(entries.iter().copied());
            let corrections: Vec<i64> = entries.iter().filter_map(|(_, _, about)| *about).collect();
            for (seq, event, _) in &entries {
                prop_assert_eq!(progress.is_corrected(*seq), corrections.contains(seq));
                prop_assert!(*event != Event::Corrected || !corrections.contains(seq));
            }
            let closed = entries.iter().any(|(seq, event, _)| *event == Event::Closed && !corrections.contains(seq));
            prop_assert_eq!(progress.is_open(), !closed);
        }
    }

    #[test]
    fn codes_are_read_back() {
        for event in Event::ALL {
            assert_eq!(Event::from_code(event.code()), Some(*event));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
        }
        assert_eq!(Event::from_code("dance"), None);
    }

    #[test]
    fn s14_a_cause_from_outside_counts_until_it_is_put_right() {
        let noted = [(0, Event::Call119, None), (1, Event::Choking, None)];
        let progress = Progress::of(noted);
        assert_eq!(progress.external_cause(), Some("のどに詰まった"));
        let corrected = noted.into_iter().chain([(2, Event::Corrected, Some(1))]);
        assert_eq!(Progress::of(corrected).external_cause(), None);
    }
}
