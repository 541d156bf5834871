//! Telephone numbers and postcodes of Japan, written as people write them and dialled as telephones need them.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::answer::Known;
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

    /// Whether it is the line of some person or house. Short numbers (119, #7119) are answered by a service; behind the
    /// others are machines (020), carriers (00), recorded voices (0180) and a service that ended (0990).
    pub fn is_subscribers(&self) -> bool {
        let is_short = self.number.starts_with('#') || self.number.len() == SHORT_DIGITS;
        let digits = self.number.replace('-', "");
        let nobody = ["00", "020", "0180", "0990"];
        !is_short && !nobody.iter().any(|prefix| digits.starts_with(prefix))
    }
}

impl Known<Phone> {
    /// The number, when a named person can be reached on it (safety.md S10).
    pub fn reachable(&self) -> Option<&Phone> {
        self.value().filter(|phone| phone.is_subscribers())
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

/// Digits of a short number inside Japan: 119.
const SHORT_DIGITS: usize = 3;

/// A Japanese postcode of seven digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(u32);

stored_as_text!(Postcode, input);

impl Postcode {
    /// Reads `254-8686`, `2548686` or `〒２５４－８６８６`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let folded = fold(text);
        let folded = folded.trim_start_matches(['〒', '〶', ' ']);
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
        .find_map(|mark| text.split_once(mark))
        // Letters before the mark belong to a word, as in "fax".
        .filter(|(number, _)| !number.contains(|c: char| c.is_ascii_alphabetic()));
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
    if !abroad {
        return inside_japan(text);
    }
    let groups = groups(text)?;
    let digits = groups.concat();
    match digits.strip_prefix("81") {
        Some(national) => from_country(&groups, national),
        None => outside_japan(&groups, &digits),
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
fn from_country(groups: &[String], national: &str) -> Result<String, Problem> {
    let groups: Vec<&str> = match groups {
        [country, rest @ ..] if country == "81" => rest.iter().map(String::as_str).collect(),
        _ => vec![national],
    };
    let groups = match groups.as_slice() {
        ["0", rest @ ..] => rest,
        all => all,
    };
    let zero = if groups.first().is_some_and(|area| area.starts_with('0')) {
        ""
    } else {
        "0"
    };
    inside_japan(&format!("{zero}{}", groups.join("-")))
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

fn inside_japan(text: &str) -> Result<String, Problem> {
    let groups = groups(text)?;
    let digits = groups.concat();
    let length = digits.len();
    if length == SHORT_DIGITS && digits.starts_with('1') {
        return Ok(digits);
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
        usual_groups(&digits)
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

/// Area codes of two, three and five digits as 総務省 lists them (市外局番の一覧); every other has four. `0428:01` stands
/// for numbers that begin with 04280 or 04281: where two lengths share digits, the exchange behind them decides.
const AREA_CODES: [(usize, &str); 3] = [
    (2, "03 0420 0429:0234569 0470:019 0471 06"),
    (
        3,
        "\
    011 0154:018 0155:017 0177 0188 019:69 0223:01456789 022:27 023:269 024:59 0254:01 0255:01234569 0256:01 \
    0257:0156789 0258:01 025:23 0262 0264:016789 0278:0189 027:235 0283:0134 0286 0289:012345 0293:0156789 \
    029:28 0422:01 0428:01456 0429:178 042:34567 043:23457 044 045 046:248 0475:019 0479:019 047:2347 \
    048:23456789 0492 0499:013579 052 0539:012345678 053:45 054:2369 055:29 058:2389 0598:019 0599:019 059:23 \
    072:2346789 0734 075 076:249 077:57 078 0794:0123459 0795:01569 0796:0167 079:23 0824:01239 0829:01269 \
    082:258 0832 0836:0 0837:01789 0838:01 0839:012345789 0849 0863:6 0865:012389 0866:01 0868:019 0869:01459 \
    086:24 087:23468 088:68 0899 092:23456789 093:23456789 0945 095:38 096:23 097:56 098:89 0994:0178 099:289",
    ),
    (
        5,
        "\
    0126:7 0137:247 0139:278 0145:67 0146:6 0154:7 0155:8 0156:4 0158:67 0163:245 0164:8 0165:4568 0499:2468 \
    0576:9 0597:9 0746:8 0838:789 0839:6 0847:7 0851:23456789 0980:2 0991:23 0996:9",
    ),
];

fn area_code_length(digits: &str) -> usize {
    let begins = |entry: &str| match entry.split_once(':') {
        Some((prefix, next)) => digits
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c| next.contains(c))),
        None => digits.starts_with(entry),
    };
    AREA_CODES
        .into_iter()
        .find(|(_, codes)| codes.split(' ').any(begins))
        .map_or(4, |(length, _)| length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::text::typing::anything;
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, shown, dialled) in [
            ("0463-23-1111", "0463-23-1111", "0463231111"),
            ("0463231111", "0463-23-1111", "0463231111"),
            ("０４６３－２３－１１１１", "0463-23-1111", "0463231111"),
            ("0463ー23ー1111", "0463-23-1111", "0463231111"),
            ("(0463)23-1111", "0463-23-1111", "0463231111"),
            ("0463 23 1111", "0463-23-1111", "0463231111"),
            ("04-6323-1111", "04-6323-1111", "0463231111"),
            ("TEL:0463-23-1111(代)", "0463-23-1111", "0463231111"),
            ("+81 463 23 1111", "0463-23-1111", "0463231111"),
            ("+81463231111", "0463-23-1111", "0463231111"),
            ("+81 (0)463-23-1111", "0463-23-1111", "0463231111"),
            ("+8 1463231111", "0463-23-1111", "0463231111"),
            ("090-1234-5678", "090-1234-5678", "09012345678"),
            ("09012345678", "090-1234-5678", "09012345678"),
            ("+81 90 1234 5678", "090-1234-5678", "09012345678"),
            ("05012345678", "050-1234-5678", "05012345678"),
            ("0120123456", "0120-123-456", "0120123456"),
            ("08001234567", "0800-123-4567", "08001234567"),
            ("119", "119", "119"),
            ("＃７１１９", "#7119", "%237119"),
            (
                "0463-23-1111 内線12",
                "0463-23-1111 内線12",
                "0463231111,12",
            ),
            (
                "0463-23-1111(内線 12)",
                "0463-23-1111 内線12",
                "0463231111,12",
            ),
            (
                "0463-23-1111（内線：１２番）",
                "0463-23-1111 内線12",
                "0463231111,12",
            ),
            (
                "0463-23-1111 ext.12",
                "0463-23-1111 内線12",
                "0463231111,12",
            ),
            ("+1-212-555-0100", "+1-212-555-0100", "+12125550100"),
        ] {
            let phone = Phone::parse(typed).expect(typed);
            assert_eq!(
                (phone.to_string().as_str(), phone.dial().as_str()),
                (shown, dialled),
                "{typed}"
            );
        }
    }

    #[test]
    fn s10_short_and_service_numbers_are_no_persons_line() {
        for (typed, is_persons) in [
            ("0463-00-1199", true),
            ("03-5321-1119", true),
            ("090-0000-7119", true),
            ("0120-119-119", true),
            ("050-3000-0119", true),
            ("+81 463 23 1111", true),
            ("+1-212-555-0100", true),
            ("0463-23-1111 内線119", true),
            ("119", false),
            ("110", false),
            ("１１８", false),
            ("119 内線1", false),
            ("#7119", false),
            ("＃８０００", false),
            ("020-4123-4567", false),
            ("0077-22-1119", false),
            ("0180-99-1119", false),
            ("0990-12-1119", false),
        ] {
            let phone = Phone::parse(typed).expect(typed);
            assert_eq!(phone.is_subscribers(), is_persons, "{typed}");
            assert_eq!(Known::Value(phone).reachable().is_some(), is_persons);
        }
        assert_eq!(Known::<Phone>::Unknown.reachable(), None);
    }

    #[test]
    fn hyphens_stand_behind_the_area_code() {
        for shown in [
            "011-204-5111",
            "0123-52-3131",
            "01267-2-2111",
            "022-261-1111",
            "0223-22-1111",
            "0267-45-8111",
            "03-5321-1111",
            "04-2998-1111",
            "04-7092-1111",
            "04-7167-1111",
            "0422-45-1151",
            "042-626-3111",
            "0428-22-1111",
            "045-671-2121",
            "0466-25-1111",
            "04992-5-0240",
            "052-961-1111",
            "06-6208-8181",
            "0747-52-5501",
            "08512-2-2570",
            "082-504-2111",
            "098-866-2333",
            "0997-43-5900",
        ] {
            let typed = shown.replace('-', "");
            assert_eq!(
                Phone::parse(&typed)
                    .map(|phone| phone.to_string())
                    .as_deref(),
                Ok(shown)
            );
        }
    }

    #[test]
    fn a_number_that_cannot_be_dialled_says_why() {
        for (typed, hint) in [
            ("", "市外局番から"),
            ("23-1111", "市外局番から"),
            ("内線12", "市外局番から"),
            ("0463-23-111", "10桁です。9桁"),
            ("0463-23-11111", "10桁です。11桁"),
            ("090-1234-567", "11桁です。10桁"),
            ("0463-23-1111/090-1234-5678", "1つの欄に1つ"),
            ("娘の携帯", "「娘」"),
            ("fax 0463-23-1111", "「f」"),
            ("0463-23-1111 内線A", "内線は"),
            ("0463-23-1111 内線1234567", "内線は"),
            ("01012125550100", "国番号"),
            ("+12", "国番号"),
            ("+0000000000", "国番号"),
            ("#71190", "4桁"),
            ("0463\u{202E}231111", "U+202E"),
        ] {
            let sentence = Phone::parse(typed).expect_err(typed).0;
            assert!(sentence.contains(hint), "{typed}: {sentence}");
        }
    }

    #[test]
    fn postcodes_are_seven_digits() {
        for typed in [
            "254-8686",
            "2548686",
            "〒254-8686",
            "〒 ２５４－８６８６",
            "254ー8686",
        ] {
            let postcode = Postcode::parse(typed).expect(typed);
            assert_eq!(
                (postcode.to_string().as_str(), postcode.input().as_str()),
                ("〒254-8686", "254-8686")
            );
        }
        assert_eq!(
            Postcode::parse("001-0010").map(|p| p.input()).as_deref(),
            Ok("001-0010")
        );
        for typed in [
            "",
            "254",
            "25-48686",
            "254-868",
            "254-86866",
            "平塚市",
            "+254868",
        ] {
            assert!(Postcode::parse(typed).is_err(), "{typed}");
        }
    }

    fn number() -> impl Strategy<Value = String> {
        prop_oneof![
            "0[1-9][0-9]{8,9}",
            "0[1-9][0-9]{0,3}-[0-9]{1,4}-[0-9]{3,4}",
            "\\+(81|1|44)[- ]?[(]?[0-9]{1,4}[)]?[- ]?[0-9]{2,4}[- ]?[0-9]{3,5}( ext[0-9]{1,6})?",
            "#?[0-9]{3,5}",
            "0[1-9][0-9]{8} ?\\(?内線 ?[0-9]{1,6}\\)?",
        ]
    }

    proptest! {
        #[test]
        fn a_number_survives_showing_and_reading(typed in prop_oneof![number(), anything()]) {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert_eq!(Phone::parse(&phone.to_string()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(&phone.input()), Ok(phone.clone()));
                let dial = phone.dial();
                prop_assert!(dial.chars().all(|c| c.is_ascii_digit() || "+,%".contains(c)), "{}", dial);
                let json = serde_json::to_string(&phone).expect("json");
                prop_assert_eq!(serde_json::from_str::<Phone>(&json).ok(), Some(phone));
            }
        }

        #[test]
        fn every_number_of_ten_digits_is_grouped(typed in "0[1-9][0-9]{8}") {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert_eq!(phone.dial(), typed);
                prop_assert_eq!(phone.number().split('-').count(), 3);
            }
        }

        #[test]
        fn a_postcode_survives_showing_and_reading(typed in prop_oneof!["〒?[0-9]{3}-?[0-9]{4}", anything()]) {
            if let Ok(postcode) = Postcode::parse(&typed) {
                prop_assert_eq!(Postcode::parse(&postcode.to_string()), Ok(postcode));
                prop_assert_eq!(Postcode::parse(&postcode.input()), Ok(postcode));
            }
        }
    }
}
