//! What crews of a medical-control area may do on a physician's word (domain/emergency.md §2.2): data, one file an area.
//!
//! There is no national rule. The default, and whatever cannot be read, is that crews resuscitate and transport (S15).

use serde::Deserialize;

use super::date::Day;
use super::phone::Phone;
use super::transport::steps::{self, Steps};
use super::withhold::order_to_withhold;

/// The rules of one area.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// What a facility names its area by.
    pub key: String,
    /// The area's name for people.
    pub name: String,
    /// Whether crews can stop at all.
    pub stop_possible: bool,
    /// Whether a written document has to be there.
    #[serde(default)]
    pub written_required: bool,
    /// Minutes within which the physician has to arrive.
    #[serde(default)]
    pub physician_arrival_limit_minutes: Option<u32>,
    /// Hours within which the physician may come when the family takes over.
    #[serde(default)]
    pub family_handover_limit_hours: Option<u32>,
    #[serde(default)]
    pub family_consent_signature: bool,
    #[serde(default)]
    pub scope: Scope,
    /// What has to be true, in the area's words: the crew's checklist.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Who is called, in this order.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Whom to ask by telephone whether an ambulance is needed; those of the default area where none are named.
    #[serde(default)]
    pub advice: Vec<Advice>,
    /// Where the rules are published.
    pub source: String,
    /// When somebody last compared this file with its source.
    pub confirmed_on: String,
}

/// A telephone that advises whether to call an ambulance.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// What people call it, with its hours where it has any.
    pub name: String,
    pub phone: String,
}

/// What a crew leaves out when it stops.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    #[default]
    FullStop,
    /// Basic resuscitation goes on; only paramedics' procedures are left out.
    NoAdvancedProcedures,
}

const BUILT_IN: [(&str, &str); 5] = [
    ("default.toml", include_str!("../../protocols/default.toml")),
    ("tokyo.toml", include_str!("../../protocols/tokyo.toml")),
    (
        "kumamoto.toml",
        include_str!("../../protocols/kumamoto.toml"),
    ),
    ("kobe.toml", include_str!("../../protocols/kobe.toml")),
    (
        "kanagawa.toml",
        include_str!("../../protocols/kanagawa.toml"),
    ),
];

/// The default: crews resuscitate and transport.
const DEFAULT: &str = "default";

/// As long as a facility's answer to which area it lies in.
const KEY_MAX: usize = 40;

/// Every area that is known, and the steps of an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocols {
    areas: Vec<Protocol>,
    steps: Steps,
}

impl Default for Protocols {
    fn default() -> Self {
        Self::with_files(&[]).expect("the built-in protocols are read by a test")
    }
}

impl Protocols {
    /// The built-in areas and steps, replaced and joined by `files` (name and text); [`steps::FILE`] has the steps.
    ///
    /// # Errors
    /// Each mistake in one line, with file, line and column. Two files of one area are a mistake: which of them rules
    /// must not depend on their names.
    pub fn with_files(files: &[(String, String)]) -> Result<Self, Vec<String>> {
        let mut areas: Vec<Protocol> = Vec::new();
        let mut mistakes = Vec::new();
        for (name, text) in BUILT_IN {
            match Protocol::read(name, text) {
                Ok(area) => areas.push(area),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let mut added: Vec<(String, &str)> = Vec::new();
        let mut steps = Steps::default();
        for (name, text) in files {
            if name.rsplit(['/', '\\']).next() == Some(steps::FILE) {
                match Steps::read(name, text) {
                    Ok(read) => steps = read,
                    Err(mistake) => mistakes.push(mistake),
                }
                continue;
            }
            match Protocol::read(name, text) {
                Ok(mut area) => {
                    if let Some((_, other)) = added.iter().find(|(key, _)| *key == area.key) {
                        mistakes.push(mistake(
                            name,
                            text,
                            "key",
                            &format!("key「{}」は {other} にもあります", area.key),
                        ));
                    }
                    added.push((area.key.clone(), name));
                    let known = areas.iter().position(|known| known.key == area.key);
                    if let Some(replaced) = known.map(|at| areas.remove(at))
                        && area.advice.is_empty()
                    {
                        area.advice = replaced.advice;
                    }
                    areas.push(area);
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if mistakes.is_empty() {
            Ok(Self { areas, steps })
        } else {
            Err(mistakes)
        }
    }

    /// The area of that key. An unknown or missing key is the default area.
    pub fn area(&self, key: Option<&str>) -> &Protocol {
        let find = |wanted: &str| self.areas.iter().find(|area| area.key == wanted);
        key.and_then(find)
            .or_else(|| find(DEFAULT))
            .expect("the default area is built in and can only be replaced")
    }

    pub fn iter(&self) -> impl Iterator<Item = &Protocol> {
        self.areas.iter()
    }

    /// The steps of an emergency.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Whom to ask in the area of that key, most useful first.
    pub fn advice(&self, key: Option<&str>) -> &[Advice] {
        match self.area(key).advice.as_slice() {
            [] => &self.area(None).advice,
            advice => advice,
        }
    }
}

impl Protocol {
    fn read(file: &str, text: &str) -> Result<Self, String> {
        let area: Self = parse(file, text)?;
        area.check()
            .map_err(|(member, message)| mistake(file, text, member, &message))?;
        Ok(area)
    }

    /// # Errors
    /// The member that is wrong, and what to write.
    fn check(&self) -> Result<(), (&'static str, String)> {
        let day = Day::parse(&self.confirmed_on).map_err(|problem| {
            (
                "confirmed_on",
                format!("confirmed_on「{}」: {problem}", self.confirmed_on),
            )
        })?;
        let wrong = |member, message: &str| Err((member, message.to_owned()));
        if day.iso() != self.confirmed_on {
            return wrong(
                "confirmed_on",
                &format!(
                    "confirmed_on「{}」: 2026-11-25 の形で書いてください",
                    self.confirmed_on
                ),
            );
        }
        let plain = |key: &str| {
            key.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if self.key.is_empty() || self.key.len() > KEY_MAX || !plain(&self.key) {
            return wrong("key", "key は英小文字・数字・_ で40字までにしてください");
        }
        if self.name.trim().is_empty() {
            return wrong("name", "name(地域の名前)を書いてください");
        }
        if self.source.trim().is_empty() {
            return wrong(
                "source",
                "source(取り決めが公表されている所)を書いてください",
            );
        }
        if self.stop_possible && self.conditions.is_empty() {
            return wrong(
                "stop_possible",
                "stop_possible = true の地域には conditions(条件)が必要です",
            );
        }
        if self.key == DEFAULT && self.stop_possible {
            return wrong(
                "stop_possible",
                "default は「救急隊は蘇生を行い搬送する」地域です。stop_possible = true にできません",
            );
        }
        for advice in &self.advice {
            if advice.name.trim().is_empty() {
                return wrong("[[advice]]", "advice の name を書いてください");
            }
            if let Err(problem) = Phone::parse(&advice.phone) {
                return wrong(
                    "[[advice]]",
                    &format!("phone「{}」: {problem}", advice.phone),
                );
            }
        }
        let shown = [("name", &self.name), ("source", &self.source)]
            .into_iter()
            .chain(self.conditions.iter().map(|words| ("conditions", words)))
            .chain(self.calls.iter().map(|words| ("calls", words)))
            .chain(
                self.advice
                    .iter()
                    .map(|advice| ("[[advice]]", &advice.name)),
            );
        for (member, words) in shown {
            if let Some(imperative) = order_to_withhold(words) {
                return wrong(
                    member,
                    &format!(
                        "「{imperative}」のような指示は書けません。条件を「…であること」の形で書いてください"
                    ),
                );
            }
        }
        Ok(())
    }

    /// What the band says of the area (safety.md S15).
    pub fn words(&self) -> String {
        if self.stop_possible {
            format!(
                "{}では、条件がそろい医師が電話で指示した場合に限り、救急隊が対応を判断します。それまで蘇生を続けます",
                self.name
            )
        } else {
            RESUSCITATE_AND_TRANSPORT.to_owned()
        }
    }

    /// The limits of the area in words, for the crew's checklist.
    pub fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        if self.written_required {
            limits.push("書面(原本)がその場にあること".to_owned());
        }
        if let Some(minutes) = self.physician_arrival_limit_minutes {
            limits.push(format!("医師が約{minutes}分以内に到着できること"));
        }
        if let Some(hours) = self.family_handover_limit_hours {
            limits.push(format!(
                "医師の到着が約{hours}時間以内のときは家族等へ引き継ぐこと"
            ));
        }
        if self.family_consent_signature {
            limits.push("引き継ぐ家族等の同意書への署名".to_owned());
        }
        if self.scope == Scope::NoAdvancedProcedures {
            limits.push("胸骨圧迫などの基本的な蘇生と搬送は続けること".to_owned());
        }
        limits
    }
}

/// The sentence of safety.md S15.
pub const RESUSCITATE_AND_TRANSPORT: &str = "この地域では救急隊は蘇生を行い搬送します";

/// A mistake at the line that begins with `member`; at the beginning when there is none.
fn mistake(file: &str, text: &str, member: &str, message: &str) -> String {
    let line = text
        .lines()
        .position(|line| line.trim_start().starts_with(member))
        .map_or(1, |index| index + 1);
    format!("{file}:{line}:1: {message}")
}

/// Reads a file's text.
///
/// # Errors
/// What is wrong, with file, line and column.
pub(super) fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        mistake_at(file, text, start, error.message())
    })
}

/// A mistake at so many bytes from the beginning.
pub(super) fn mistake_at(file: &str, text: &str, offset: usize, message: &str) -> String {
    let (line, column) = position(text, offset);
    format!("{file}:{line}:{column}: {message}")
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as somebody writes it.
    const OURS: &str = r#"key = "minato"
name = "みなと市"
stop_possible = true
physician_arrival_limit_minutes = 30
conditions = ["心肺停止であること", "本人の意思であること"]
calls = ["指示書に書かれた医師"]
source = "みなと市消防本部"
confirmed_on = "2026-11-25"
"#;

    fn with(file: &str) -> Result<Protocols, Vec<String>> {
        Protocols::with_files(&[("ours.toml".to_owned(), file.to_owned())])
    }

    #[test]
    fn the_built_in_areas_can_be_read_and_say_where_their_rules_are() {
        let protocols = Protocols::default();
        assert_eq!(protocols.iter().count(), BUILT_IN.len());
        for area in protocols.iter() {
            assert!(!area.source.is_empty() && !area.confirmed_on.is_empty());
        }
    }

    #[test]
    fn s15_without_a_known_area_crews_resuscitate_and_transport() {
        let protocols = with(OURS).unwrap();
        for key in [
            None,
            Some(""),
            Some("Minato"),
            Some("minato "),
            Some("みなと市"),
        ] {
            let area = protocols.area(key);
            assert_eq!(area.key, DEFAULT, "{key:?}");
            assert_eq!(area.words(), RESUSCITATE_AND_TRANSPORT);
        }
        assert!(protocols.area(Some("minato")).stop_possible);
    }

    #[test]
    fn s15_no_file_makes_the_default_one_where_crews_stop() {
        let errors = with(&OURS.replace("minato", DEFAULT)).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(
            errors[0].starts_with("ours.toml:3:1: default"),
            "{errors:?}"
        );
        let harmless = OURS
            .replace("minato", DEFAULT)
            .replace("stop_possible = true", "stop_possible = false");
        let protocols = with(&harmless).unwrap();
        assert_eq!(protocols.area(None).name, "みなと市");
        assert_eq!(protocols.area(None).words(), RESUSCITATE_AND_TRANSPORT);
    }

    #[test]
    fn a_file_replaces_the_area_of_its_key_and_joins_the_others() {
        let protocols = with(&OURS.replace("minato", "kobe")).unwrap();
        assert_eq!(protocols.iter().count(), BUILT_IN.len());
        assert_eq!(protocols.area(Some("kobe")).name, "みなと市");
        assert_eq!(with(OURS).unwrap().iter().count(), BUILT_IN.len() + 1);
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        for (from, to, place) in [
            (
                "stop_possible = true",
                "stop_posible = true",
                "ours.toml:3:1:",
            ),
            ("stop_possible = true\n", "", "ours.toml:1:1:"),
            ("\"2026-11-25\"", "\"2026-02-30\"", "ours.toml:8:1:"),
            ("\"2026-11-25\"", "\"令和8年11月25日\"", "ours.toml:8:1:"),
            (
                "[\"心肺停止であること\", \"本人の意思であること\"]",
                "[]",
                "ours.toml:3:1:",
            ),
            ("key = \"minato\"", "key = \"みなと\"", "ours.toml:1:1:"),
            ("\"みなと市消防本部\"", "\" \"", "ours.toml:7:1:"),
            ("= 30", "= \"30分\"", "ours.toml:4:35:"),
        ] {
            assert!(OURS.contains(from), "{from}");
            let errors = with(&OURS.replacen(from, to, 1)).unwrap_err();
            assert!(errors[0].starts_with(place), "{to}: {errors:?}");
        }
        let twice = [("a.toml", OURS), ("b.toml", OURS)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()));
        let errors = Protocols::with_files(&twice).unwrap_err();
        assert!(
            errors[0].starts_with("b.toml:1:1:") && errors[0].contains("a.toml"),
            "{errors:?}"
        );
    }

    #[test]
    fn whom_to_ask_is_named_by_the_area_or_by_the_default_one() {
        let ours =
            format!("{OURS}[[advice]]\nname = \"みなと救急相談\"\nphone = \"0463-00-7119\"\n");
        let protocols = with(&ours).unwrap();
        assert_eq!(protocols.advice(Some("minato"))[0].name, "みなと救急相談");
        for key in [None, Some("kumamoto")] {
            assert_eq!(protocols.advice(key)[0].phone, "#7119");
        }
        assert_eq!(protocols.advice(Some("kanagawa"))[1].phone, "045-232-7119");
        // A file that says nothing of it keeps what is known.
        let tokyo = with(&OURS.replace("minato", "tokyo")).unwrap();
        assert_eq!(
            tokyo.advice(Some("tokyo")),
            Protocols::default().advice(Some("tokyo"))
        );
        for (from, to) in [
            ("0463-00-7119", "夜間"),
            ("みなと救急相談", " "),
            ("みなと救急相談", "蘇生しない相談"),
        ] {
            let errors = with(&ours.replace(from, to)).unwrap_err();
            assert!(errors[0].starts_with("ours.toml:9:1: "), "{errors:?}");
        }
    }

    #[test]
    fn a_key_is_as_long_as_a_facilitys_answer_and_plain() {
        let keyed = |key: &str| with(&OURS.replace("minato", key));
        for key in ["a", "minato_2", "24", &"k".repeat(40)] {
            assert_eq!(keyed(key).unwrap().area(Some(key)).name, "みなと市");
        }
        for key in ["", "Minato", "minato-ku", "minato ku", &"k".repeat(41)] {
            let errors = keyed(key).unwrap_err();
            assert!(errors[0].starts_with("ours.toml:1:1: key"), "{errors:?}");
        }
    }

    #[test]
    fn s15_each_limit_of_an_area_is_on_the_crews_list() {
        let limits = |lines: &str| {
            let protocols = with(&format!("{OURS}{lines}")).unwrap();
            protocols.area(Some("minato")).limits()
        };
        let arrival = "医師が約30分以内に到着できること";
        assert_eq!(limits("scope = \"full_stop\""), [arrival]);
        for (line, words) in [
            ("written_required = true", "書面(原本)がその場にあること"),
            (
                "family_handover_limit_hours = 12",
                "医師の到着が約12時間以内のときは家族等へ引き継ぐこと",
            ),
            (
                "family_consent_signature = true",
                "引き継ぐ家族等の同意書への署名",
            ),
            (
                "scope = \"no_advanced_procedures\"",
                "胸骨圧迫などの基本的な蘇生と搬送は続けること",
            ),
        ] {
            let mut found = limits(line);
            found.retain(|limit| limit != arrival);
            assert_eq!(found, [words]);
        }
    }

    #[test]
    fn s02_no_file_makes_a_surface_tell_anybody_to_withhold() {
        for (from, to, line) in [
            ("心肺停止であること", "心肺蘇生を中止してください", 5),
            ("みなと市\"", "みなと市(心肺蘇生不要)\"", 2),
            (
                "指示書に書かれた医師",
                "電話せず、心肺蘇生をしないでください",
                6,
            ),
        ] {
            let errors = with(&OURS.replacen(from, to, 1)).unwrap_err();
            assert!(
                errors[0].starts_with(&format!("ours.toml:{line}:1:")),
                "{errors:?}"
            );
        }
    }
}
