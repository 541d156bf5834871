//! Giving a document to a hospital: in which way, and what happened since. One append-only record for whatever way
//! (domain/forms.md §3.5).

use crate::domain::clock::Entropy;

macro_rules! codes {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal : $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// `None` for a code that this version does not know.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

codes! {
    pub enum Method {
        CrewByHand = "crew_by_hand": "手渡し(救急隊)",
        HospitalByHand = "hospital_by_hand": "手渡し(病院)",
        Meeting = "meeting": "面談",
        Fax = "fax": "FAX",
        Phone = "phone": "電話",
        Post = "post": "郵送",
        Email = "email": "電子メール",
        Ict = "ict": "ICTシステム",
        /// The page that the hospital opens with a passcode.
        Link = "link": "電子(この仕組みの画面)",
        /// The inbox of a hospital whose people have accounts.
        Inbox = "inbox": "電子(病院の受信箱)",
    }
}

codes! {
    /// Whom a line of the directory (窓口一覧) is about.
    pub enum DeskKind {
        Hospital = "hospital": "病院",
        CareTaxi = "care_taxi": "介護タクシー",
        WelfareTransport = "welfare_transport": "福祉有償運送",
    }
}

codes! {
    /// What happened after a document was given.
    pub enum Event {
        /// Somebody of the hospital opened the page with the passcode.
        Opened = "opened": "開いた",
        Printed = "printed": "PDFを開いた",
        /// The hospital said that it is there and whole.
        Received = "received": "受け取りを確認",
        Asked = "asked": "病院からの問い合わせ",
        Answered = "answered": "問い合わせに答えた",
        /// It is not there, or with somebody else.
        /// How the resident does at home again.
        Feedback = "feedback": "戻ったあとの様子を知らせた",
        Failed = "failed": "届いていない",
        NewPasscode = "new_passcode": "新しい合言葉を伝えた",
        /// Nothing of it can be read any more through the page.
        Recalled = "recalled": "取り消した",
    }
}

/// What the events come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub opened: bool,
    pub received: bool,
    pub failed: bool,
    pub recalled: bool,
    /// A question that nobody answered yet.
    pub asked: bool,
}

impl Progress {
    /// From the events, oldest first.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut progress = Self::default();
        for event in events {
            match event {
                Event::Opened | Event::Printed => progress.opened = true,
                Event::Received => {
                    progress.received = true;
                    progress.failed = false;
                }
                Event::Asked => progress.asked = true,
                Event::Answered => progress.asked = false,
                Event::Failed => progress.failed = true,
                Event::Recalled => progress.recalled = true,
                Event::NewPasscode | Event::Feedback => {}
            }
        }
        progress
    }

    /// Whether `event` may come next. What was recalled takes nothing more.
    pub fn allows(self, event: Event) -> bool {
        if self.recalled {
            return false;
        }
        match event {
            Event::Received => !self.received,
            Event::Failed => !self.received && !self.failed,
            Event::Answered => self.asked,
            Event::Opened
            | Event::Printed
            | Event::Asked
            | Event::NewPasscode
            | Event::Feedback
            | Event::Recalled => true,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self {
                recalled: true,
                opened: false,
                ..
            } => "開かれる前に取り消し",
            Self { recalled: true, .. } => "開かれたあとに取り消し",
            Self { asked: true, .. } => "問い合わせあり・返事待ち",
            Self { received: true, .. } => "受け取りを確認",
            Self { failed: true, .. } => "届いていない",
            Self { opened: true, .. } => "開かれた・確認待ち",
            _ => "到着確認待ち",
        }
    }
}

/// Wrong tries until a passcode is dead and the facility must tell another one.
pub const TRIES: i64 = 5;
/// How long a page is open to the hospital.
pub const LINK_DAYS: i64 = 30;
/// How long a browser that gave the passcode needs none again.
pub const VISIT_HOURS: i64 = 12;

/// What is told by telephone, once: eight digits in two groups.
#[derive(Clone, PartialEq, Eq)]
pub struct Passcode(String);

impl Passcode {
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut digits = String::new();
        let mut bytes = [0; 32];
        while digits.len() < 8 {
            entropy.fill(&mut bytes);
            // 250 and more would make the first digits likelier.
            let fair = bytes.iter().filter(|byte| **byte < 250);
            digits.extend(fair.map(|byte| char::from(b'0' + byte % 10)));
        }
        digits.truncate(8);
        Self(digits)
    }

    /// The digits of what was typed, in whatever width and grouping.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed
            .chars()
            .filter_map(|c| match c {
                '0'..='9' => Some(c),
                '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
                _ => None,
            })
            .collect();
        (digits.len() == 8).then_some(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is read aloud.
    pub fn grouped(&self) -> String {
        format!("{} {}", &self.0[..4], &self.0[4..])
    }
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passcode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_recalled_takes_nothing_more(events in prop::collection::vec(prop::sample::select(Event::ALL), 0..12)) {
            let mut kept: Vec<Event> = Vec::new();
            for event in events {
                let progress = Progress::of(kept.iter().copied());
                if progress.allows(event) {
                    prop_assert!(!kept.contains(&Event::Recalled));
                    prop_assert!(event != Event::Answered || kept.contains(&Event::Asked));
                    kept.push(event);
                }
            }
            prop_assert!(kept.iter().filter(|event| **event == Event::Received).count() <= 1);
        }
    }

    #[test]
    fn a_passcode_is_read_as_it_is_spoken_and_typed() {
        let code = Passcode("40917725".to_owned());
        for typed in ["4091 7725", "４０９１－７７２５", "40917725 "] {
            assert_eq!(Passcode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        for typed in ["", "4091", "409177250", "四〇九一七七二五"] {
            assert!(Passcode::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(code.grouped(), "4091 7725");
        assert_eq!(format!("{code:?}"), "Passcode(…)");
    }

    #[test]
    fn codes_are_read_back() {
        for method in Method::ALL {
            assert_eq!(Method::from_code(method.code()), Some(*method));
        }
        for event in Event::ALL {
            assert_eq!(Event::from_code(event.code()), Some(*event));
        }
    }
}
