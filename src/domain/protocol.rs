//! What crews of a medical-control area may do on a physician's word (domain/emergency.md §2.2): data, one file an area.
//!
//! There is no national rule. The default, and whatever cannot be read, is that crews resuscitate and transport (S15).

use serde::Deserialize;

use super::date::Day;

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
    /// Where the rules are published.
    pub source: String,
    /// When somebody last compared this file with its source.
    pub confirmed_on: String,
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

const BUILT_IN: [(&str, &str); 4] = [
    ("default.toml", include_str!("../../protocols/default.toml")),
    ("tokyo.toml", include_str!("../../protocols/tokyo.toml")),
    (
        "kumamoto.toml",
        include_str!("../../protocols/kumamoto.toml"),
    ),
    ("kobe.toml", include_str!("../../protocols/kobe.toml")),
];

/// The default: crews resuscitate and transport.
const DEFAULT: &str = "default";

/// Every area that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocols(Vec<Protocol>);

impl Default for Protocols {
    fn default() -> Self {
        Self::with_files(&[]).expect("the built-in protocols are read by a test")
    }
}

impl Protocols {
    /// The built-in areas, replaced and joined by `files` (name and text).
    ///
    /// # Errors
    /// Each mistake in one line, with file, line and column.
    pub fn with_files(files: &[(String, String)]) -> Result<Self, Vec<String>> {
        let mut areas: Vec<Protocol> = Vec::new();
        let mut mistakes = Vec::new();
        let built_in = BUILT_IN.iter().map(|(name, text)| (*name, *text));
        let added = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        for (name, text) in built_in.chain(added) {
            match Protocol::read(name, text) {
                Ok(area) => {
                    areas.retain(|known| known.key != area.key);
                    areas.push(area);
                }
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if mistakes.is_empty() {
            Ok(Self(areas))
        } else {
            Err(mistakes)
        }
    }

    /// The area of that key. An unknown or missing key is the default area.
    pub fn area(&self, key: Option<&str>) -> &Protocol {
        let find = |wanted: &str| self.0.iter().find(|area| area.key == wanted);
        key.and_then(find)
            .or_else(|| find(DEFAULT))
            .expect("the default area is built in and can only be replaced")
    }

    pub fn iter(&self) -> impl Iterator<Item = &Protocol> {
        self.0.iter()
    }
}

impl Protocol {
    fn read(file: &str, text: &str) -> Result<Self, String> {
        let area: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = error
                .span()
                .map_or((1, 1), |span| position(text, span.start));
            format!("{file}:{line}:{column}: {}", error.message())
        })?;
        area.check()
            .map_err(|message| format!("{file}:1:1: {message}"))?;
        Ok(area)
    }

    fn check(&self) -> Result<(), String> {
        let day = Day::parse(&self.confirmed_on)
            .map_err(|problem| format!("confirmed_on「{}」: {problem}", self.confirmed_on))?;
        if day.iso() != self.confirmed_on {
            return Err(format!(
                "confirmed_on「{}」: 2026-11-25 の形で書いてください",
                self.confirmed_on
            ));
        }
        if self.key.is_empty() || self.name.is_empty() || self.source.is_empty() {
            return Err("key, name, source を空にできません".to_owned());
        }
        if self.stop_possible && self.conditions.is_empty() {
            return Err("stop_possible = true の地域には conditions(条件)が必要です".to_owned());
        }
        if self.key == DEFAULT && self.stop_possible {
            return Err("default は「救急隊は蘇生を行い搬送する」地域です。stop_possible = true にできません".to_owned());
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

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}
