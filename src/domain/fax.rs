//! Sending a paper by FAX: how far a sending is, who may say what next, and how a name is masked.
//!
//! The number is typed twice, the second time by somebody else who has not seen it: a misdialled FAX lays a resident's
//! sheet before strangers (domain/forms.md §3.5).

use super::id::StaffId;
use super::phone::Phone;
use super::text::{Problem, is_variation_selector};

/// What happened to a sending after it was prepared; nothing of it is ever taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A second person typed the same number.
    Checked,
    /// A second person typed another number. Nobody knows which of the two is right.
    Mismatched,
    Sent,
    /// The other side said on the phone that all pages are there.
    Arrived,
    /// The other side has it not, or not whole, or somebody else has it.
    Failed,
    /// It was not sent.
    Cancelled,
}

impl Event {
    pub const ALL: [Self; 6] = [
        Self::Checked,
        Self::Mismatched,
        Self::Sent,
        Self::Arrived,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Mismatched => "mismatched",
            Self::Sent => "sent",
            Self::Arrived => "arrived",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// `None` for a code that this version does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }
}

/// How far a sending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Prepared, and one person alone knows the number.
    Unchecked,
    /// Two people typed different numbers.
    Mismatched,
    Checked,
    Sent,
    Arrived,
    Failed,
    Cancelled,
}

impl State {
    /// What the events come to, oldest first.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        events
            .into_iter()
            .fold(Self::Unchecked, |state, event| match event {
                Event::Checked => Self::Checked,
                // Who finds out afterwards that the number differs does not undo the sending.
                Event::Mismatched if state == Self::Unchecked => Self::Mismatched,
                Event::Mismatched => state,
                Event::Sent => Self::Sent,
                Event::Arrived => Self::Arrived,
                Event::Failed => Self::Failed,
                Event::Cancelled => Self::Cancelled,
            })
    }

    /// Whether `event` may come next. A number over which two people differ is sent by nobody.
    pub fn allows(self, event: Event) -> bool {
        match event {
            Event::Checked | Event::Mismatched => {
                matches!(self, Self::Unchecked | Self::Mismatched)
            }
            Event::Sent => matches!(self, Self::Unchecked | Self::Checked),
            Event::Arrived | Event::Failed => self == Self::Sent,
            Event::Cancelled => {
                matches!(self, Self::Unchecked | Self::Mismatched | Self::Checked)
            }
        }
    }

    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Arrived | Self::Failed | Self::Cancelled)
    }

    /// What it waits for, or how it ended.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unchecked => "番号確認待ち",
            Self::Mismatched => "番号が一致しません",
            Self::Checked => "番号確認済み・送信待ち",
            Self::Sent => "到着確認待ち",
            Self::Arrived => "到着を確認",
            Self::Failed => "届いていない",
            Self::Cancelled => "取り消し",
        }
    }
}

/// The number of a FAX machine: one that a telephone network connects to somebody's house, without an extension.
///
/// # Errors
/// In words for the person who typed it.
pub fn number(typed: &str) -> Result<Phone, Problem> {
    if typed.trim().is_empty() {
        return Err(Problem::new("FAX番号を市外局番から入力してください。"));
    }
    let phone = Phone::parse(typed)?;
    if phone.extension().is_some() {
        return Err(Problem::new(
            "内線番号を付けずに、FAXの番号だけを入力してください。",
        ));
    }
    if !phone.is_subscribers() {
        return Err(Problem::new(
            "この番号にはFAXを送れません。送り先のFAX番号を市外局番から入力してください。",
        ));
    }
    Ok(phone)
}

/// What it means that a second person typed `again`, however the digits are grouped.
pub fn compare(first: &Phone, again: &Phone) -> Event {
    match first.dial() == again.dial() {
        true => Event::Checked,
        false => Event::Mismatched,
    }
}

/// Whether `second` may check what `first` typed: it takes two people.
pub fn may_check(first: &StaffId, second: &StaffId) -> bool {
    first != second
}

const HIDDEN: char = '●';

/// A name of which every other character is hidden, the first of each part too: 東京 太郎 is ●京 ●郎.
///
/// The form of 北多摩北部's rule for FAX (`●京●郎`, domain/forms.md §1(d)). At least half of each part is hidden; a
/// character goes or stays together with its variation selector.
pub fn masked(name: &str) -> String {
    let mut shown = String::new();
    let mut at = 0;
    let mut hides = false;
    for letter in name.chars() {
        if letter.is_whitespace() {
            at = 0;
            shown.push(letter);
        } else if is_variation_selector(letter) {
            if !hides {
                shown.push(letter);
            }
        } else {
            hides = at % 2 == 0;
            at += 1;
            shown.push(if hides { HIDDEN } else { letter });
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::text::count;

    #[test]
    fn names_are_masked_as_the_region_asks() {
        for (name, expected) in [
            ("東京太郎", "●京●郎"),
            ("東京 太郎", "●京 ●郎"),
            ("髙﨑 𠮷子", "●﨑 ●子"),
            ("林 一", "● ●"),
            ("勅使河原　喜久右衛門", "●使●原　●久●衛●"),
            ("渡邉\u{e0100} 葛\u{e0100}子", "●邉\u{e0100} ●子"),
            ("葛\u{e0100}西", "●西"),
        ] {
            assert_eq!(masked(name), expected);
        }
    }

    #[test]
    fn the_same_line_is_the_same_number_however_it_is_written() {
        let first = number("0463-21-1234").unwrap();
        for again in ["０４６３（２１）１２３４", "0463211234", "+81 463-21-1234"] {
            assert_eq!(
                compare(&first, &number(again).unwrap()),
                Event::Checked,
                "{again}"
            );
        }
        let other = number("0463-21-1243").unwrap();
        assert_eq!(compare(&first, &other), Event::Mismatched);
        for typed in ["", "119", "0463-21", "0463-21-1234 内線5", "みなと病院"] {
            assert!(number(typed).is_err(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_mask_hides_half_of_each_part_and_keeps_its_length(
            parts in prop::collection::vec("[一-龠髙﨑𠮷][\u{e0100}]?([一-龠ぁ-ん][\u{e0100}]?){0,6}", 1..4),
        ) {
            let name = parts.join(" ");
            let mask = masked(&name);
            prop_assert_eq!(count(&mask), count(&name));
            for (part, mask) in parts.iter().zip(mask.split(' ')) {
                let hidden = mask.chars().filter(|letter| *letter == HIDDEN).count();
                prop_assert_eq!(hidden, count(part).div_ceil(2));
                let shown: Vec<char> = mask.chars().filter(|letter| *letter != HIDDEN).collect();
                let mut letters = part.chars();
                prop_assert!(shown.iter().all(|letter| letters.any(|one| one == *letter)));
            }
        }

        #[test]
        fn what_was_sent_stays_sent_and_what_ended_takes_nothing_more(
            wanted in prop::collection::vec(prop::sample::select(&Event::ALL[..]), 0..12),
        ) {
            let mut events: Vec<Event> = Vec::new();
            let mut was_sent = false;
            for event in wanted {
                let before = State::of(events.iter().copied());
                prop_assert!(before.is_open() || Event::ALL.iter().all(|event| !before.allows(*event)));
                if !before.allows(event) {
                    continue;
                }
                prop_assert!(event != Event::Sent || before != State::Mismatched);
                prop_assert!(!was_sent || event != Event::Cancelled);
                was_sent |= event == Event::Sent;
                events.push(event);
            }
        }
    }
}
