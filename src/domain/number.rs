//! Measured numbers: body height and weight, temperature, blood pressure.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::text::{Problem, stored_as_text};

/// A number with at most one decimal place, kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    tenths: i32,
}

stored_as_text!(Decimal, input);

impl Decimal {
    pub fn from_tenths(tenths: i32) -> Self {
        Self { tenths }
    }

    pub fn tenths(self) -> i32 {
        self.tenths
    }

    /// Reads a number in half or full width: `36.5`, `３６．５`, `-1`, `1,200`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        read_decimal(&fold(text))
    }

    /// As `parse`, with `unit` allowed behind the number, and refuses what lies outside `min_tenths..=max_tenths`
    /// or, without `decimals`, has a fraction.
    pub fn parse_between(
        text: &str,
        min_tenths: i32,
        max_tenths: i32,
        decimals: bool,
        unit: &str,
    ) -> Result<Self, Problem> {
        let text = fold(text);
        let unit_folded = fold(unit);
        let bare = match text.strip_suffix(&unit_folded) {
            Some(bare) if !unit_folded.is_empty() => bare,
            _ => &text,
        };
        let value = read_decimal(bare)?;
        if !decimals && value.tenths % 10 != 0 {
            return Err(Problem::new("小数は使えません。整数で入力してください。"));
        }
        if value.tenths < min_tenths || value.tenths > max_tenths {
            let (min, max) = (Self::from_tenths(min_tenths), Self::from_tenths(max_tenths));
            return Err(Problem(format!(
                "{min}から{max}{unit}までの数を入力してください。{value}{unit}は範囲の外です。"
            )));
        }
        Ok(value)
    }

    pub fn input(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.tenths < 0 { "-" } else { "" };
        let tenths = self.tenths.unsigned_abs();
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, tenth) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

/// A resting blood pressure in mmHg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BloodPressure {
    systolic: u16,
    diastolic: u16,
}

stored_as_text!(BloodPressure, input);

impl BloodPressure {
    /// `None` outside systolic 40–300, diastolic 20–200, or when the diastolic is not the lower one.
    pub fn new(systolic: u16, diastolic: u16) -> Option<Self> {
        let possible = (40..=300).contains(&systolic)
            && (20..=200).contains(&diastolic)
            && diastolic < systolic;
        possible.then_some(Self {
            systolic,
            diastolic,
        })
    }

    /// Reads `128/74`, `128-74` or `１２８／７４`, with or without `mmHg`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let folded = fold(text);
        let folded = folded.strip_suffix("mmhg").unwrap_or(&folded);
        let (high, low) = folded
            .split_once(['/', '-'])
            .and_then(|(high, low)| Some((whole(high)?, whole(low)?)))
            .ok_or_else(|| {
                Problem::new("血圧は「128/74」のように、上/下の順に整数で入力してください。")
            })?;
        Self::new(high, low).ok_or_else(|| {
            Problem::new(if !(40..=300).contains(&high) {
                "上の血圧は40から300までの数を入力してください。"
            } else if !(20..=200).contains(&low) {
                "下の血圧は20から200までの数を入力してください。"
            } else {
                "上の血圧は下の血圧より大きい数を入力してください。順番を確かめてください。"
            })
        })
    }

    pub fn systolic(self) -> u16 {
        self.systolic
    }

    pub fn diastolic(self) -> u16 {
        self.diastolic
    }

    pub fn input(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for BloodPressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.systolic, self.diastolic)
    }
}

/// Half width, lower case, no spaces, every minus and dash as `-`.
fn fold(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '‐' | '–' | '—' | '―' | '−' | 'ー' => '-',
            '∕' | '⁄' => '/',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

fn whole(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn read_decimal(text: &str) -> Result<Decimal, Problem> {
    let malformed = || Problem::new("数字で入力してください(例 36.5)。");
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole = ungroup(whole).ok_or_else(malformed)?;
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    let (tenth, beyond) = fraction.split_at(1);
    if beyond.bytes().any(|b| b != b'0') {
        return Err(Problem::new("小数は1桁までで入力してください(例 36.5)。"));
    }
    let sign = if negative { "-" } else { "" };
    format!("{sign}{whole}{tenth}")
        .parse()
        .map(Decimal::from_tenths)
        .map_err(|_| Problem::new("数が大きすぎます。桁を確かめてください。"))
}

/// The digits of a whole number; commas only where they mark thousands, so that `36,5` is not read as 365.
fn ungroup(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let marked = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
    let digits: String = std::iter::once(first).chain(rest).collect();
    let only_digits = !first.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (marked && only_digits).then_some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::typing::anything;
    use super::*;

    fn weight(text: &str) -> Result<String, String> {
        Decimal::parse_between(text, 100, 2_500, true, "kg")
            .map(|value| value.to_string())
            .map_err(|problem| problem.0)
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (typed, shown) in [
            ("45", "45"),
            ("45.0", "45"),
            ("45.5", "45.5"),
            ("４５．５", "45.5"),
            (" 45.50 kg ", "45.5"),
            ("45ｋｇ", "45"),
            ("45㎏", "45"),
        ] {
            assert_eq!(weight(typed).as_deref(), Ok(shown), "{typed}");
        }
        assert_eq!(Decimal::parse("1,200").map(Decimal::tenths), Ok(12_000));
        assert_eq!(Decimal::parse("-0.5").map(Decimal::tenths), Ok(-5));
    }

    #[test]
    fn what_is_no_number_or_out_of_range_says_what_to_do() {
        for (typed, hint) in [
            ("", "数字で"),
            ("軽い", "数字で"),
            ("45.", "数字で"),
            ("45,5", "数字で"),
            ("1,20", "数字で"),
            ("--45", "数字で"),
            ("45.55", "1桁まで"),
            ("9", "10から250kgまで"),
            ("450", "10から250kgまで"),
            ("99999999999999", "大きすぎ"),
        ] {
            let sentence = weight(typed).expect_err(typed);
            assert!(sentence.contains(hint), "{typed}: {sentence}");
        }
        let whole = Decimal::parse_between("36.5", 0, 500, false, "");
        assert!(whole.expect_err("a fraction").0.contains("整数"));
    }

    #[test]
    fn blood_pressure_is_upper_over_lower() {
        for typed in [
            "128/74",
            "128-74",
            "１２８／７４",
            "128 / 74 mmHg",
            "128ー74",
        ] {
            let read = BloodPressure::parse(typed).expect(typed);
            assert_eq!((read.systolic(), read.diastolic()), (128, 74), "{typed}");
        }
        for (typed, hint) in [
            ("128", "128/74"),
            ("128/74/60", "128/74"),
            ("12.8/74", "128/74"),
            ("39/30", "40から300"),
            ("301/90", "40から300"),
            ("120/19", "20から200"),
            ("250/201", "20から200"),
            ("74/128", "順番"),
            ("90/90", "順番"),
        ] {
            let sentence = BloodPressure::parse(typed).expect_err(typed).0;
            assert!(sentence.contains(hint), "{typed}: {sentence}");
        }
    }

    proptest! {
        #[test]
        fn reading_any_text_never_panics(text in anything()) {
            if let Ok(value) = Decimal::parse(&text) {
                prop_assert_eq!(Decimal::parse(&value.input()), Ok(value));
            }
            if let Ok(value) = BloodPressure::parse(&text) {
                prop_assert_eq!(BloodPressure::parse(&value.input()), Ok(value));
            }
        }

        #[test]
        fn a_number_survives_showing_and_reading(tenths: i32) {
            let value = Decimal::from_tenths(tenths);
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
            prop_assert_eq!(Decimal::parse_between(&value.input(), i32::MIN, i32::MAX, true, "℃"), Ok(value));
        }

        #[test]
        fn a_blood_pressure_survives_showing_and_reading(high in 0u16..400, low in 0u16..400) {
            let typed = BloodPressure::parse(&format!("{high}/{low}"));
            prop_assert_eq!(typed.clone().ok(), BloodPressure::new(high, low));
            if let Ok(value) = typed {
                prop_assert_eq!(BloodPressure::parse(&value.to_string()), Ok(value));
            }
        }
    }
}
