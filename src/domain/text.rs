//! Text as people type it: trimmed, checked for characters that hide or reorder what is read, and otherwise kept.
//!
//! Nothing here normalises letters. 髙 﨑 𠮷 and variation sequences stay byte for byte (rule S25); folding happens
//! only in search keys, in `domain::kana`.

use std::fmt;

/// Why a typed value was not taken: a Japanese sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub String);

impl Problem {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

/// Serialises a value as the text that `$text` gives and reads it back through `parse`, the one border.
macro_rules! stored_as_text {
    ($type:ty, $text:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.$text())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use stored_as_text;

/// The name of a person, a place or a firm's contact, in the characters in which it was typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

stored_as_text!(PersonName, input);

impl PersonName {
    /// Longest name, in characters as `count` counts them.
    pub const MAX_CHARS: usize = 60;

    /// Takes one line with at least one character; spaces between the parts of a name are kept.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let name = check_line(text, Self::MAX_CHARS)?;
        if name.is_empty() {
            return Err(Problem::new("氏名を入力してください。"));
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn input(&self) -> String {
        self.0.clone()
    }
}

impl AsRef<str> for PersonName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Trims spaces (ASCII, ideographic and other white space) at both ends and writes every line end as `\n`.
///
/// A tab becomes a space, because a cell pasted from a spreadsheet brings tabs along. Nothing else changes.
pub fn clean(text: &str) -> String {
    text.trim()
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', " ")
}

/// `clean`s one line and refuses what `check_lines` refuses, and line ends. Empty text passes.
pub fn check_line(text: &str, max_chars: usize) -> Result<String, Problem> {
    let text = clean(text);
    check_length(&text, max_chars)?;
    if text.contains('\n') {
        return Err(Problem::new("改行は使えません。1行で入力してください。"));
    }
    check_characters(&text)?;
    Ok(text)
}

/// `clean`s text of several lines and refuses characters that are not seen, reorder their neighbours or have no
/// agreed meaning, each named with its code point. Empty text passes.
pub fn check_lines(text: &str, max_chars: usize) -> Result<String, Problem> {
    let text = clean(text);
    check_length(&text, max_chars)?;
    check_characters(&text)?;
    Ok(text)
}

/// Characters as a reader counts them: a variation selector belongs to the character before it.
pub fn count(text: &str) -> usize {
    text.chars().filter(|c| !is_variation_selector(*c)).count()
}

/// Selects the shape of the character before it (異体字セレクタ).
pub fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn check_length(text: &str, max_chars: usize) -> Result<(), Problem> {
    let chars = count(text);
    if chars > max_chars {
        let over = chars - max_chars;
        return Err(Problem(format!(
            "長すぎます。{max_chars}文字までのところ{chars}文字あります。{over}文字減らしてください。"
        )));
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), Problem> {
    let mut before = None;
    for (index, c) in text.chars().enumerate() {
        let stray = is_variation_selector(c)
            && before.is_none_or(|b: char| b.is_whitespace() || is_variation_selector(b));
        let what = if stray {
            Some("前に文字のない異体字の指定")
        } else {
            refused(c)
        };
        if let Some(what) = what {
            let place = index + 1;
            return Err(Problem(format!(
                "使えない文字が{place}文字目にあります(U+{:04X} {what})。消して入力し直してください。",
                u32::from(c)
            )));
        }
        before = Some(c);
    }
    Ok(())
}

/// What a refused character is, in words; `None` for a character that may stand in text.
fn refused(c: char) -> Option<&'static str> {
    match c {
        '\n' => None,
        '\u{FFFD}' => Some("文字化けの跡"),
        '\u{061C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' => Some("文字の向きを変える記号"),
        '\u{200B}'..='\u{200D}' | '\u{FEFF}' => Some("幅のない見えない文字"),
        '\u{00AD}'
        | '\u{034F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' => Some("見えない文字"),
        '\u{2028}' | '\u{2029}' => Some("行や段落の区切り"),
        '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}' => Some("見えない札の文字"),
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => {
            Some("外字")
        }
        c if is_noncharacter(c) => Some("文字ではない符号"),
        c if c.is_control() => Some("制御文字"),
        _ => None,
    }
}

fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || code & 0xFFFE == 0xFFFE
}

/// What people, files and attackers type, for tests of every border.
#[cfg(test)]
pub(crate) mod typing {
    use proptest::prelude::*;

    /// Pieces with which borders deal: digits, eras, separators, kana, marks and characters that are refused.
    const PIECES: &[&str] = &[
        "0",
        "1",
        "2",
        "12",
        "31",
        "64",
        "1989",
        "19370304",
        "120304",
        "０",
        "９",
        "元",
        "年",
        "月",
        "日",
        "昭",
        "昭和",
        "令和",
        "明",
        "大正",
        "S",
        "h",
        "Ｒ",
        "㍻",
        "西暦",
        ".",
        "/",
        "-",
        "－",
        "ー",
        ",",
        "・",
        "(",
        ")",
        "（",
        "）",
        " ",
        "\u{3000}",
        "\t",
        "\n",
        "\r\n",
        "+",
        "81",
        "+81",
        "(0)",
        "#",
        "＃7119",
        "内線",
        "ext.",
        "x",
        "tel",
        "(代)",
        "0120",
        "0463",
        "090",
        "〒",
        "254",
        "あ",
        "が",
        "っ",
        "ゝ",
        "ヴ",
        "ヷ",
        "ｶ",
        "ﾞ",
        "゛",
        "\u{3099}",
        "髙",
        "﨑",
        "𠮷",
        "葛\u{E0100}",
        "\u{E0100}",
        "\u{FE0F}",
        "\u{202E}",
        "\u{200B}",
        "\u{FEFF}",
        "\u{E000}",
        "\u{FFFF}",
        "\0",
        "ﷺ",
        "mmHg",
        "kg",
        "'",
        "<b>",
        "é",
    ];

    pub(crate) fn anything() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            9 => prop::sample::select(PIECES).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::typing::anything;
    use super::*;

    fn refusal(text: &str) -> String {
        PersonName::parse(text).expect_err("refused").0
    }

    #[test]
    fn names_keep_every_character_as_typed() {
        for name in [
            "髙﨑 𠮷男",
            "葛\u{E0100}城　花",
            "神\u{FA19}",
            "ﾏﾘｱ Ruiz",
            "渡邊󠄂",
            "が\u{3099}",
        ] {
            let parsed = PersonName::parse(&format!("\u{3000} {name}\r\n")).expect("a name");
            assert_eq!(parsed.to_string(), name);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused_by_its_code_point() {
        let cases = [
            ("花\u{202E}子", "U+202E"),
            ("花\u{2067}子", "U+2067"),
            ("花\u{200E}子", "U+200E"),
            ("花\u{061C}子", "U+061C"),
            ("花\u{200B}子", "U+200B"),
            ("花\u{200D}子", "U+200D"),
            ("\u{FEFF}花子", "U+FEFF"),
            ("花\u{7}子", "U+0007"),
            ("花\u{85}子", "U+0085"),
            ("花\u{E000}子", "U+E000"),
            ("花\u{100000}子", "U+100000"),
            ("花\u{FDD0}子", "U+FDD0"),
            ("花\u{1FFFE}子", "U+1FFFE"),
            ("花\u{E0041}子", "U+E0041"),
            ("花\u{FFFD}子", "U+FFFD"),
            ("花 \u{E0100}子", "U+E0100"),
            ("花\u{E0100}\u{E0101}子", "U+E0101"),
        ];
        for (name, code_point) in cases {
            let sentence = refusal(name);
            assert!(sentence.contains(code_point), "{name:?}: {sentence}");
            assert!(check_lines(name, 100).is_err(), "{name:?}");
        }
        assert!(refusal("花\u{202E}子").contains("2文字目"));
    }

    #[test]
    fn a_name_of_ten_thousand_characters_is_told_its_length() {
        let sentence = refusal(&"髙".repeat(10_000));
        assert_eq!(
            sentence,
            "長すぎます。60文字までのところ10000文字あります。9940文字減らしてください。"
        );
        assert!(PersonName::parse(&"葛\u{E0100}".repeat(60)).is_ok());
        assert!(PersonName::parse(&"葛\u{E0100}".repeat(61)).is_err());
    }

    #[test]
    fn a_name_is_one_line_and_not_empty() {
        assert!(refusal("").contains("入力してください"));
        assert!(refusal(" \u{3000}\n").contains("入力してください"));
        assert!(refusal("山田\n花子").contains("改行"));
        assert_eq!(
            check_lines("一行\r\n二行\r三行", 100).as_deref(),
            Ok("一行\n二行\n三行")
        );
    }

    proptest! {
        #[test]
        fn reading_any_text_never_panics_and_cleaning_settles(text in anything()) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            if let Ok(kept) = check_lines(&text, 40) {
                prop_assert_eq!(kept, once);
            }
        }

        #[test]
        fn a_name_survives_showing_and_reading(text in anything()) {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(&format!("{name}")), Ok(name.clone()));
                prop_assert_eq!(PersonName::parse(&name.input()), Ok(name.clone()));
                let json = serde_json::to_string(&name).expect("json");
                prop_assert_eq!(serde_json::from_str::<PersonName>(&json).ok(), Some(name));
            }
        }
    }
}
