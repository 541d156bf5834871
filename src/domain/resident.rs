//! What lists and searches know of a resident, all of it taken from the record.

use super::answer::{Coded, Known, Text};
use super::date::Day;
use super::kana::{self, Kana};
use super::record::Record;

/// Where a resident is in the facility's care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    LivingIn,
    Left,
    Died,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::LivingIn, Self::Left, Self::Died];

    pub fn code(self) -> &'static str {
        match self {
            Self::LivingIn => "living_in",
            Self::Left => "left",
            Self::Died => "died",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::LivingIn => "入居中",
            Self::Left => "退居",
            Self::Died => "死亡",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// The columns that are queried. They are written together with the revision they come from and never alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The facility's own number; unique in the facility.
    pub number: Option<String>,
    pub name: String,
    pub name_kana: String,
    /// [`kana::search_key`] of the reading.
    pub kana_key: Vec<u8>,
    /// [`kana::name_key`] of the name.
    pub name_key: Vec<u8>,
    pub birth_date: Option<Day>,
    /// The code of `record::Sex`.
    pub sex: Option<String>,
    pub floor: Option<String>,
    pub room: Option<String>,
    /// Orders a list by floor, then room; numbers by their value.
    pub place_key: Vec<u8>,
    /// An attachment's id.
    pub photo_id: Option<String>,
}

impl Head {
    pub fn of(record: &Record) -> Self {
        let identity = &record.identity;
        let name = identity
            .name
            .value()
            .map(ToString::to_string)
            .unwrap_or_default();
        let name_kana = identity
            .name_kana
            .value()
            .map(Kana::to_string)
            .unwrap_or_default();
        let floor = line(&identity.floor);
        let room = line(&identity.room);
        Self {
            number: line(&identity.resident_number),
            kana_key: kana::search_key(&name_kana),
            name_key: kana::name_key(&name),
            name,
            name_kana,
            birth_date: identity.birth_date.value().copied(),
            sex: identity.sex.value().map(|sex| sex.choice().code.to_owned()),
            place_key: place_key(floor.as_deref(), room.as_deref()),
            floor,
            room,
            photo_id: identity
                .photo
                .value()
                .map(|photo| photo.as_str().to_owned()),
        }
    }
}

fn line<const MAX: usize>(answer: &Known<Text<MAX>>) -> Option<String> {
    answer.value().map(|text| text.as_str().to_owned())
}

/// A key in which 2階 comes before 10階 and room 9 before room 101; without a place comes last.
fn place_key(floor: Option<&str>, room: Option<&str>) -> Vec<u8> {
    let mut key = Vec::new();
    for part in [floor, room] {
        match part {
            Some(text) => push_natural(&mut key, text),
            None => key.push(0xff),
        }
        key.push(0);
    }
    key
}

fn push_natural(key: &mut Vec<u8>, text: &str) {
    let mut digits = String::new();
    let flush = |key: &mut Vec<u8>, digits: &mut String| {
        if !digits.is_empty() {
            let number: u64 = digits.parse().unwrap_or(u64::MAX);
            key.push(b'0');
            key.extend(number.to_be_bytes());
            digits.clear();
        }
    };
    for c in text.chars() {
        let c = match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            c => c,
        };
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            flush(key, &mut digits);
            key.extend(c.to_string().bytes());
        }
    }
    flush(key, &mut digits);
}

/// Those among `others` whose reading may be taken for `kana` (safety.md S19).
pub fn alike<'a>(kana: &str, others: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    others
        .into_iter()
        .enumerate()
        .filter(|(_, other)| kana::similar(kana, other))
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_and_rooms_come_in_the_order_people_walk() {
        let places = [
            (Some("1階"), Some("101")),
            (Some("2階"), Some("9")),
            (Some("2階"), Some("101")),
            (Some("２階"), Some("２０３")),
            (Some("10階"), Some("1")),
            (None, Some("5")),
            (None, None),
        ];
        let keys: Vec<_> = places
            .iter()
            .map(|(floor, room)| place_key(*floor, *room))
            .collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }

    #[test]
    fn s19_nearly_the_same_name_is_found() {
        let others = ["たかさき かずえ", "さとう はな", "たかさき よしろう"];
        assert_eq!(alike("たかさき かずこ", others), [0]);
    }
}
