//! From 急変 until the ambulance has left: what somebody notes with a tap, and the written steps that are shown.
//!
//! Nothing here decides anything: the steps are those of domain/emergency.md §3.5, shown in the order in which they are
//! written, and every one of them can be noted at any time (safety.md S23). Nothing noted is ever changed; a wrong tap
//! is put right by another entry.

pub mod at_call;
pub mod flow;
#[cfg(test)]
pub mod sample;

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
    /// かながわ救急相談センター and its like.
    Advice = "advice": "＃7119に電話",
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

/// One written step, and what can be noted with it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub say: &'static str,
    pub notes: &'static [Event],
}

/// Steps that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    pub key: &'static str,
    pub title: &'static str,
    pub steps: &'static [Step],
}

/// What remains to be done when the ambulance has left, with or without the record ended.
pub const AFTERWARDS: Branch = Branch {
    key: "after",
    title: "救急車が出たあと",
    steps: &[
        Step {
            say: "家族に、行き先の病院と、だれがいっしょに行ったかを伝える",
            notes: &[Event::Destination],
        },
        Step {
            say: "管理者と、かかりつけの医師に伝える",
            notes: &[Event::Manager],
        },
        Step {
            say: "病院の相談員に、ここへ帰れる条件と日を聞く",
            notes: &[Event::Return],
        },
    ],
};

/// The steps for one care worker without a nurse (domain/emergency.md §3.5: before all, A, B, C, waiting, arrival). D, a
/// physician's signed plan, is not among them: it is for an area whose physicians and fire service approved it.
pub const BRANCHES: &[Branch] = &[
    Branch {
        key: "first",
        title: "まず",
        steps: &[
            Step {
                say: "大声で応援を呼ぶ。ナースコール。まわりの安全を確かめる",
                notes: &[Event::Help],
            },
            Step {
                say: "呼びかけて肩をたたく。普段の反応と比べる",
                notes: &[],
            },
            Step {
                say: "胸とおなかの動きで呼吸を見る(10秒以内)",
                notes: &[],
            },
        ],
    },
    Branch {
        key: "a",
        title: "A 反応がない。普段どおりの呼吸がない。分からない",
        steps: &[
            Step {
                say: "119番に電話する。スピーカーにする",
                notes: &[Event::Call119],
            },
            Step {
                say: "胸骨圧迫を始める",
                notes: &[Event::Cpr],
            },
            Step {
                say: "AEDを持ってきて、音声に従う",
                notes: &[Event::Aed],
            },
        ],
    },
    Branch {
        key: "b",
        title: "B 下のどれか一つでもある",
        steps: &[Step {
            say: "119番にすぐ電話する。指示書のあるなしは関係ない",
            notes: &[Event::Call119, Event::Choking, Event::Injury],
        }],
    },
    Branch {
        key: "c",
        title: "C 反応も呼吸もあり、Bが一つもない",
        steps: &[
            Step {
                say: "体温・脈拍・血圧(測れなければ2〜3回)・SpO2を測る",
                notes: &[],
            },
            Step {
                say: "下の「電話する相手」を上から順に。つながらない・迷うときは＃7119か119番",
                notes: &[],
            },
            Step {
                say: "30分後と60分後にもう一度みる。悪くなったらAかBへ",
                notes: &[],
            },
        ],
    },
    Branch {
        key: "waiting",
        title: "救急車を待つあいだ",
        steps: &[
            Step {
                say: "玄関を開け、明かりをつけ、案内の人が立つ",
                notes: &[Event::Door],
            },
            Step {
                say: "救急連絡シート、お薬手帳・いまの薬、保険証・マイナカード・診察券、眼鏡・補聴器・義歯・靴",
                notes: &[Event::Belongings],
            },
            Step {
                say: "ほかの入居者の見守りを頼む",
                notes: &[Event::Others],
            },
        ],
    },
    Branch {
        key: "crew",
        title: "救急隊が着いたら",
        steps: &[
            Step {
                say: "名前と年齢、いま起きたこと、普段と違うところ、病気と薬、お願い。この順に30秒で伝える",
                notes: &[Event::CrewArrived],
            },
            Step {
                say: "シートを渡す。QRコードを読んでもらう",
                notes: &[Event::HandedOver],
            },
        ],
    },
];

/// Any one of them is a reason to call 119 at once (domain/emergency.md §3.2).
pub const RED_FLAGS: &[&str] = &[
    "意識がない、もうろうとしている",
    "けいれんが止まらない、止まっても戻らない",
    "呼吸が苦しい、弱い、息切れ",
    "突然の激しい頭痛、高熱、ふらつき",
    "顔半分が動きにくい・ゆがむ、ろれつが回らない、見える範囲が狭い、二重に見える",
    "顔色が明らかに悪い",
    "突然の胸や背中の痛み、締め付け",
    "突然の激しい腹痛、吐血、血便・黒い便",
    "突然のしびれ、片側の力が抜ける",
    "冷や汗を伴う強い吐き気",
    "のどに詰まらせた",
    "血が止まらない、広いやけど",
    "転んだ・落ちたあとの強い衝撃",
];

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

    #[test]
    fn s13_every_branch_that_calls_an_ambulance_says_so_whatever_an_order_says() {
        for key in ["a", "b"] {
            let branch = BRANCHES.iter().find(|branch| branch.key == key);
            let steps = branch.unwrap().steps;
            assert!(steps[0].notes.contains(&Event::Call119), "{key}");
            assert!(steps[0].say.contains("119番"), "{key}");
        }
    }
}
