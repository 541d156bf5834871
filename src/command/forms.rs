//! `hikitsugi forms check`: every mistake of the form files, with file, line and column, and how each form comes out on
//! paper with little, much and too much to say.

mod sample;

use std::path::Path;

use super::serve::read_folder;
use super::{Failure, serve};
use crate::domain::form::{Form, Surface};
use crate::domain::view::SheetView;
use crate::export::pdf::PdfError;
use crate::export::pdf::check::{Measured, measure};
use crate::export::pdf::font::{Fonts, Missing};
use crate::export::pdf::sheet::Paper;

/// As small as a fact may be printed on A4, in points.
const LEAST_FACT_PT: f32 = 9.0;
/// The same on a card, which is held in the hand.
const LEAST_FACT_ON_CARD_PT: f32 = 8.0;
/// As small as a name may be printed, and what to do about resuscitation, in points.
const LEAST_HEADLINE_PT: f32 = 14.0;
/// Keys of a form file whose words are never printed.
const NOT_PRINTED: [&str; 4] = ["key", "hint", "source", "issuer"];

pub fn check(folder: Option<&Path>) -> Result<(), Failure> {
    let forms = serve::read_forms(folder)?;
    let files = match folder {
        Some(folder) => read_folder(folder)?,
        None => Vec::new(),
    };
    let mut mistakes = Vec::new();
    for form in forms.iter() {
        println!(
            "{} {} {}版(発行: {})",
            form.key, form.title, form.edition, form.issuer
        );
        let file = files
            .iter()
            .find(|(_, text)| *text == form.text)
            .map_or_else(
                || format!("forms/{}.toml", form.key),
                |(file, _)| file.clone(),
            );
        let place = Place {
            file: &file,
            text: &form.text,
        };
        missing_in_words(&place, &mut mistakes);
        if !form.print.is_empty() {
            printed(form, &place, &mut mistakes);
        }
    }
    match mistakes.len() {
        0 => Ok(()),
        many => Err(Failure(format!(
            "{}\n{many}か所に直すところがあります",
            mistakes.join("\n")
        ))),
    }
}

/// Where words of a form stand.
struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    /// `file:line:column: message`, at the first place where `words` stand outside a comment, or at the key.
    fn mistake(&self, words: &str, message: &str) -> String {
        let (line, column) = self
            .find(words)
            .or_else(|| self.find("key"))
            .unwrap_or((1, 1));
        format!("{}:{line}:{column}: {message}", self.file)
    }

    fn find(&self, words: &str) -> Option<(usize, usize)> {
        (1..).zip(self.text.lines()).find_map(|(number, line)| {
            let at = line.find(words)?;
            let column = line[..at].chars().count() + 1;
            (!line.trim_start().starts_with('#')).then_some((number, column))
        })
    }
}

/// Characters of the form's own words that no font has.
fn missing_in_words(place: &Place, mistakes: &mut Vec<String>) {
    let Ok(form) = toml::from_str::<toml::Table>(place.text) else {
        return;
    };
    let mut words = String::new();
    for (key, value) in &form {
        collect(key, value, &mut words);
    }
    for missing in Fonts::embedded().missing(&words) {
        mistakes.push(place.mistake(&missing.cluster, &no_glyph(&missing)));
    }
}

fn collect(key: &str, value: &toml::Value, words: &mut String) {
    match value {
        toml::Value::String(text) if !NOT_PRINTED.contains(&key) => {
            words.push_str(text);
            words.push('\n');
        }
        toml::Value::Array(items) => items.iter().for_each(|item| collect(key, item, words)),
        toml::Value::Table(table) => {
            for (key, value) in table {
                collect(key, value, words);
            }
        }
        _ => {}
    }
}

/// `「𪚥」(U+2A6A5 CJK UNIFIED IDEOGRAPH-2A6A5)は…`
fn no_glyph(missing: &Missing) -> String {
    let points = missing.cluster.chars().map(|c| {
        let name = unicode_names2::name(c).map_or_else(String::new, |name| format!(" {name}"));
        format!("U+{:04X}{name}", u32::from(c))
    });
    let points: Vec<String> = points.collect();
    format!(
        "「{}」({})は印刷用の書体にない文字です",
        missing.cluster,
        points.join("、")
    )
}

/// Prints the form with synthetic residents, and says what comes out.
fn printed(form: &Form, place: &Place, mistakes: &mut Vec<String>) {
    let photo = Paper {
        address: sample::ADDRESS,
        photo: None,
    };
    let mut tell =
        |words: &str, view: &SheetView, may_go_on: bool| match measure(form, view, &photo) {
            Ok(measured) => {
                println!("  {words}: {}", told(form, &measured));
                if !may_go_on && measured.pages > 1 {
                    let message = format!(
                        "{words}の記録が1ページに入りません({}ページ)",
                        measured.pages
                    );
                    mistakes.push(place.mistake(&form.key, &message));
                }
                mistakes.extend(too_small(form, place, words, &measured));
            }
            Err(error) => mistakes.push(unprintable(place, words, &error)),
        };
    // What a hospital gets is as long as it is, unless its form promises one page.
    let may_go_on = form.surface == Surface::Handoff && !form.one_page;
    tell("ふつう", &sample::ordinary(), may_go_on);
    tell("多い", &sample::full(), true);
    tell("あふれる", &sample::overflowing(), true);
}

fn told(form: &Form, measured: &Measured) -> String {
    let mut words = match form.card {
        Some(_) => "1枚".to_owned(),
        None => format!("{}ページ", measured.pages),
    };
    if let Some((size, _)) = &measured.fact {
        words.push_str(&format!("、本文は{size} pt 以上"));
    }
    if let Some((size, _)) = &measured.headline {
        words.push_str(&format!("、氏名と蘇生の指示は{size} pt 以上"));
    }
    if measured.gave_way {
        words.push_str("、入らないものは「ほかはQRで」");
    }
    words
}

fn too_small(form: &Form, place: &Place, words: &str, measured: &Measured) -> Vec<String> {
    let least = match form.card {
        Some(_) => LEAST_FACT_ON_CARD_PT,
        None => LEAST_FACT_PT,
    };
    let measured = [
        (&measured.fact, least),
        (&measured.headline, LEAST_HEADLINE_PT),
    ];
    let mut found = Vec::new();
    for (smallest, least) in measured {
        if let Some((size, text)) = smallest
            && *size < least
        {
            let message = format!(
                "{words}の記録で「{text}」が{size} pt になります({least} pt 以上が必要です)"
            );
            found.push(place.mistake(text, &message));
        }
    }
    found
}

fn unprintable(place: &Place, words: &str, error: &PdfError) -> String {
    let (near, why) = match error {
        PdfError::MissingGlyph { missing, near } => (near.as_str(), no_glyph(missing)),
        PdfError::TooWide { near } | PdfError::TooTall { near } => {
            (near.as_str(), error.to_string())
        }
        _ => ("", error.to_string()),
    };
    // The name of a part begins with words of the form: its title, or its first label.
    let first = near.split_whitespace().last().unwrap_or("key");
    place.mistake(first, &format!("{words}の記録を印刷できません: {why}"))
}

#[cfg(test)]
mod tests;
