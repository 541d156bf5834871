//! The written steps of an emergency: data, one file (domain/emergency.md §3.5: before all, A, B, C, waiting, arrival,
//! afterwards). D, a physician's signed plan, is none of them: its words are the physician's own.
//!
//! Nothing here decides anything. The steps are shown in the order in which they are written, and every one of them can
//! be noted at any time (safety.md S23).

use serde::Deserialize;

use super::Event;
use crate::domain::protocol::{mistake_at, parse};
use crate::domain::withhold::order_to_withhold;

/// The name of the file.
pub const FILE: &str = "steps.toml";
const BUILT_IN: &str = include_str!("../../../protocols/steps.toml");
/// The parts that there are; a file may put them in another order, and `after` is shown when the ambulance has left.
const KEYS: [&str; 7] = ["first", "a", "b", "c", "waiting", "crew", AFTER];
const AFTER: &str = "after";
/// The parts whose first step calls an ambulance.
const CALLING: [&str; 2] = ["a", "b"];
/// As long as a step may be, so that it is read at a glance.
const SAY_CHARS: usize = 120;

/// One written step, and what can be noted with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub say: String,
    pub notes: Vec<Event>,
}

/// Steps that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub key: String,
    pub title: String,
    pub steps: Vec<Step>,
}

/// Everything that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    parts: Vec<Part>,
    /// Any one of them is a reason to call 119 at once (domain/emergency.md §3.2).
    pub red_flags: Vec<String>,
}

impl Default for Steps {
    fn default() -> Self {
        Self::read(FILE, BUILT_IN).expect("the built-in steps are read by a test")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSteps {
    red_flags: Vec<String>,
    part: Vec<toml::Spanned<RawPart>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    key: String,
    title: String,
    steps: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    say: String,
    #[serde(default)]
    notes: Vec<String>,
}

impl Steps {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// The first mistake in one line, with file, line and column: a file that cannot be read, a part that is missing, twice
    /// there or unknown, A or B without 119 as its first step, a step that is empty, too long or tells anybody to withhold
    /// (safety.md S2, S13).
    pub fn read(file: &str, text: &str) -> Result<Self, String> {
        let at = |offset: usize, message: &str| mistake_at(file, text, offset, message);
        let raw: RawSteps = parse(file, text)?;
        let mut parts: Vec<Part> = Vec::new();
        for raw in raw.part {
            let start = raw.span().start;
            let part = Part::read(raw.into_inner()).map_err(|message| at(start, &message))?;
            if parts.iter().any(|known| known.key == part.key) {
                return Err(at(start, &format!("key「{}」は上にもあります", part.key)));
            }
            parts.push(part);
        }
        if let Some(missing) = KEYS
            .iter()
            .find(|key| parts.iter().all(|part| part.key != **key))
        {
            return Err(at(
                0,
                &format!("key = \"{missing}\" の [[part]] がありません"),
            ));
        }
        if raw.red_flags.is_empty() {
            return Err(at(0, "red_flags(すぐ119番に電話する状態)を書いてください"));
        }
        for flag in &raw.red_flags {
            checked(flag).map_err(|message| at(0, &message))?;
        }
        Ok(Self {
            parts,
            red_flags: raw.red_flags,
        })
    }

    /// Those of an emergency that goes on, in the order in which they are written.
    pub fn during(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.key != AFTER)
    }

    /// What remains to be done when the ambulance has left, with or without the record ended.
    pub fn afterwards(&self) -> &Part {
        let mut parts = self.parts.iter();
        parts
            .find(|part| part.key == AFTER)
            .expect("a file without it is refused")
    }
}

impl Part {
    fn read(raw: RawPart) -> Result<Self, String> {
        let key = raw.key;
        if !KEYS.contains(&key.as_str()) {
            return Err(format!(
                "key「{key}」はありません。使えるもの: {}",
                KEYS.join(", ")
            ));
        }
        checked(&raw.title)?;
        let steps: Vec<Step> = raw
            .steps
            .into_iter()
            .map(|raw| Step::read(raw, key == AFTER))
            .collect::<Result<_, _>>()?;
        let calls =
            |step: &Step| step.notes.contains(&Event::Call119) && step.say.contains("119番");
        match steps.first() {
            None => return Err(format!("「{key}」に steps がありません")),
            Some(first) if CALLING.contains(&key.as_str()) && !calls(first) => {
                return Err(format!(
                    "「{key}」の最初は119番に電話する手順(notes に call_119)にしてください"
                ));
            }
            Some(_) => {}
        }
        Ok(Self {
            key,
            title: raw.title,
            steps,
        })
    }
}

impl Step {
    fn read(raw: RawStep, is_afterwards: bool) -> Result<Self, String> {
        checked(&raw.say)?;
        let note = |code: String| {
            Event::from_code(&code)
                .filter(|event| event.is_tapped() && event.is_afterwards() == is_afterwards)
                .ok_or_else(|| format!("「{}」に notes「{code}」は使えません", raw.say))
        };
        let notes = raw.notes.into_iter().map(note).collect::<Result<_, _>>()?;
        Ok(Self {
            say: raw.say,
            notes,
        })
    }
}

fn checked(words: &str) -> Result<(), String> {
    if words.trim().is_empty() || words.chars().count() > SAY_CHARS {
        return Err(format!(
            "「{words}」: 1字以上{SAY_CHARS}字までにしてください"
        ));
    }
    match order_to_withhold(words) {
        Some(imperative) => Err(format!("「{imperative}」のような指示は書けません")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_steps_can_be_read() {
        let steps = Steps::default();
        assert_eq!(steps.during().count() + 1, KEYS.len());
        assert!(!steps.afterwards().steps.is_empty());
    }

    #[test]
    fn s13_every_part_that_calls_an_ambulance_says_so_first_whatever_an_order_says() {
        let steps = Steps::default();
        for key in CALLING {
            let part = steps.during().find(|part| part.key == key).unwrap();
            assert!(part.steps[0].notes.contains(&Event::Call119), "{key}");
            assert!(part.steps[0].say.contains("119番"), "{key}");
        }
        let calls = "{ say = \"119番に電話する。スピーカーにする\", notes = [\"call_119\"] },";
        let without = BUILT_IN.replacen(calls, "", 1);
        assert_ne!(without, BUILT_IN);
        let mistake = Steps::read(FILE, &without).unwrap_err();
        assert!(mistake.contains("「a」の最初は119番"), "{mistake}");
    }

    #[test]
    fn the_order_of_the_parts_is_that_of_the_file() {
        let (before, from_waiting) =
            BUILT_IN.split_at(BUILT_IN.find("[[part]]\nkey = \"waiting\"").unwrap());
        let (flags, parts) = before.split_at(before.find("[[part]]").unwrap());
        let steps = Steps::read(FILE, &format!("{flags}{from_waiting}\n{parts}")).unwrap();
        assert_eq!(steps.during().next().unwrap().key, "waiting");
    }

    #[test]
    fn s02_a_mistake_is_named_with_its_place_and_nothing_tells_to_withhold() {
        for (from, to, place) in [
            (
                "胸骨圧迫を始める",
                "心肺蘇生をしないでください",
                "steps.toml:31:1: 「",
            ),
            ("胸骨圧迫を始める", " ", "steps.toml:31:1: 「 」"),
            ("[\"aed\"]", "[\"dance\"]", "steps.toml:31:1: "),
            ("[\"aed\"]", "[\"review\"]", "steps.toml:31:1: "),
            (
                "key = \"waiting\"",
                "key = \"wait\"",
                "steps.toml:56:1: key「wait」",
            ),
            ("key = \"waiting\"", "key = \"a\"", "steps.toml:56:1: "),
            (
                "title = \"まず\"",
                "heading = \"まず\"",
                "steps.toml:24:1: unknown field",
            ),
            ("\"のどに詰まらせた\"", "\"蘇生しない\"", "steps.toml:1:1: "),
        ] {
            assert!(BUILT_IN.contains(from), "{from}");
            let mistake = Steps::read(FILE, &BUILT_IN.replacen(from, to, 1)).unwrap_err();
            assert!(mistake.starts_with(place), "{to}: {mistake}");
        }
    }
}
