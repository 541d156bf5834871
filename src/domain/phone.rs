//! Telephone numbers and postcodes of Japan, written as people write them and dialled as telephones need them.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::text::{Problem, check_line, stored_as_text};

/// A telephone number with hyphens where the person put them, or where they usually stand, and an extension.
///
/// Numbers in Japan (also typed with +81), short numbers (119, #7119), and numbers abroad behind `+` and the country.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone {
    /// Groups of digits joined by `-`; `#` or `+` may stand in front.
    number: String,
    extension: Option<String>,
}

stored_as_text!(Phone, input);

impl Phone {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let folded = fold(&check_line(text, 60)?);
        let folded = without_notes(&folded);
        let (number, extension) = split_extension(folded)?;
        Ok(Self {
            number: read_number(number)?,
            extension,
        })
    }

    /// The number without its extension, as people read it.
    pub fn number(&self) -> &str {
        &self.number
    }

    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// What stands behind `tel:` in a link: digits, an extension dialled after a pause, `#` written `%23`.
    ///
    /// Two values that dial alike are the same line.
    pub fn dial(&self) -> String {
        let digits = self.number.replace('-', "").replace('#', "%23");
        match &self.extension {
            Some(extension) => format!("{digits},{extension}"),
            None => digits,
        }
    }

    pub fn input(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)?;
        match &self.extension {
            Some(extension) => write!(f, " 内線{extension}"),
            None => Ok(()),
        }
    }
}

/// A Japanese postcode of seven digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(u32);

stored_as_text!(Postcode, input);

impl Postcode {
    /// Reads `254-8686`, `2548686` or `〒２５４－８６８６`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let folded = fold(text);
        let folded = folded.trim_start_matches(['〒', '〶']);
        let digits = match folded.split_once('-') {
            Some((area, town)) if area.len() == 3 && town.len() == 4 => format!("{area}{town}"),
            _ => folded.to_owned(),
        };
        let complete = digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit());
        complete
            .then(|| digits.parse().ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| {
                Problem::new("郵便番号は「254-8686」のように7桁の数字で入力してください。")
            })
    }

    /// `254-8686`.
    pub fn input(&self) -> String {
        format!("{:03}-{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "〒{}", self.input())
    }
}

/// Half width, lower case, no spaces at the ends, every dash as `-`.
fn fold(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .map(|c| match c {
            '‐' | '–' | '—' | '―' | '−' | 'ー' | '─' => '-',
            '〔' | '[' | '【' => '(',
            '〕' | ']' | '】' => ')',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    folded.trim().to_owned()
}

/// The number without the marks people write around it that say nothing about how to dial.
fn without_notes(text: &str) -> &str {
    let text = ["tel", "電話", "☎", "📞"]
        .into_iter()
        .find_map(|note| text.strip_prefix(note))
        .map_or(text, |rest| rest.trim_start_matches([':', '.', ' ']));
    ["(代表)", "(代)", "代表"]
        .into_iter()
        .find_map(|note| text.strip_suffix(note))
        .unwrap_or(text)
}

/// Cuts `内線12`, `(内線 12)`, `ext.12` or `x12` off the end of folded text.
fn split_extension(text: &str) -> Result<(&str, Option<String>), Problem> {
    let found = ["内線", "extension", "ext", "x"]
        .into_iter()
        .find_map(|mark| text.split_once(mark));
    let Some((number, extension)) = found else {
        return Ok((text, None));
    };
    let extension = extension
        .trim_start_matches(['番', '号', ':', '.', ' ', '-'])
        .trim_end_matches(['番', ')', ' ']);
    let digits =
        (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return Err(Problem::new(
            "内線は6桁までの数字で入力してください(例 0463-23-1111 内線12)。",
        ));
    }
    let number = number.trim_end_matches(['(', ' ', ',', '、']);
    Ok((number, Some(extension.to_owned())))
}

fn read_number(text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::new(
            "電話番号を市外局番から入力してください(例 0463-23-1111)。",
        ));
    }
    if let Some(code) = text.strip_prefix('#') {
        return short_code(code);
    }
    let (abroad, text) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let groups = groups(text)?;
    let digits = groups.concat();
    match (abroad, digits.strip_prefix("81")) {
        (true, Some(_)) => from_country(&groups),
        (true, None) => outside_japan(&groups, &digits),
        (false, _) => inside_japan(&groups, &digits),
    }
}

fn short_code(code: &str) -> Result<String, Problem> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(format!("#{code}"));
    }
    Err(Problem::new(
        "「#」で始まる番号は「#7119」のように4桁の数字で入力してください。",
    ))
}

/// The runs of digits between hyphens, brackets, points and spaces.
fn groups(text: &str) -> Result<Vec<String>, Problem> {
    let stray = text
        .chars()
        .find(|c| !c.is_ascii_digit() && !matches!(c, '-' | '(' | ')' | '.' | ' '));
    if let Some(stray) = stray {
        return Err(Problem(format!(
            "電話番号は数字とハイフンで、1つの欄に1つ入力してください(「{stray}」は使えません)。"
        )));
    }
    let runs = text.split(|c: char| !c.is_ascii_digit());
    Ok(runs
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect())
}

/// +81 463 23 1111, also with the zero that it replaces: +81 (0)463 …
fn from_country(groups: &[String]) -> Result<String, Problem> {
    let mut groups: Vec<String> = groups.to_vec();
    groups[0].drain(..2);
    groups.retain(|group| !group.is_empty());
    if groups.first().is_some_and(|group| group == "0") {
        groups.remove(0);
    }
    if let Some(area) = groups.first_mut().filter(|area| !area.starts_with('0')) {
        area.insert(0, '0');
    }
    let digits = groups.concat();
    inside_japan(&groups, &digits)
}

/// Up to 15 digits with the country's (ITU-T E.164).
fn outside_japan(groups: &[String], digits: &str) -> Result<String, Problem> {
    if !(7..=15).contains(&digits.len()) || digits.starts_with('0') {
        return Err(Problem::new(
            "国外の番号は「+1-212-555-0100」のように、+と国番号から15桁までで入力してください。",
        ));
    }
    Ok(format!("+{}", groups.join("-")))
}

fn inside_japan(groups: &[String], digits: &str) -> Result<String, Problem> {
    let length = digits.len();
    if length == 3 && digits.starts_with('1') {
        return Ok(digits.to_owned());
    }
    if !digits.starts_with('0') {
        return Err(Problem::new(
            "市外局番から入力してください(例 0463-23-1111)。",
        ));
    }
    if digits.starts_with("010") {
        return Err(Problem::new(
            "国外の番号は010を付けず、+と国番号から入力してください。",
        ));
    }
    let mobile = ["020", "050", "060", "070", "080", "090"]
        .into_iter()
        .any(|prefix| digits.starts_with(prefix));
    let (kind, expected) = if mobile {
        ("050・060・070・080・090で始まる番号", 11)
    } else {
        ("固定電話の番号", 10)
    };
    if length != expected {
        return Err(Problem(format!(
            "{kind}は{expected}桁です。{length}桁入力されています。桁を確かめてください。"
        )));
    }
    let grouped_by_hand = (2..=3).contains(&groups.len()) && groups[0].len() >= 2;
    Ok(if grouped_by_hand {
        groups.join("-")
    } else {
        usual_groups(digits)
    })
}

/// Hyphens where they usually stand: behind the area code, and before the last four digits.
fn usual_groups(digits: &str) -> String {
    let (first, last) = match digits {
        d if d.starts_with("0800") => (4, 4),
        d if d.len() == 11 => (3, 4),
        d if ["0120", "0570", "0990"]
            .iter()
            .any(|free| d.starts_with(free)) =>
        {
            (4, 3)
        }
        d => (area_code_length(d), 4),
    };
    let (area, rest) = digits.split_at(first);
    let (exchange, line) = rest.split_at(rest.len() - last);
    format!("{area}-{exchange}-{line}")
}

fn area_code_length(digits: &str) -> usize {
    if ["03", "06"].iter().any(|area| digits.starts_with(area)) {
        2
    } else {
        4
    }
}
