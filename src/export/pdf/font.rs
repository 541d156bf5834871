//! The bundled fonts: which glyph draws which characters, and which characters nothing can draw.
//!
//! A *cluster* is what one glyph shows: a base character and, optionally, a variation selector (邉 and U+E0101)
//! or a combining voicing mark (か and U+3099). A variation sequence is drawn in its own shape or not at all:
//! a name's shape is never quietly exchanged for another (safety rule S25).
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use skrifa::charmap::{Charmap, MapVariant};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_normalization::char::compose;

use super::unhinted::unhinted;

static REGULAR: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../forms/fonts/BIZUDPGothic-Bold.ttf");
static FALLBACK: &[u8] = include_bytes!("../../../forms/fonts/HikitsugiFallback-Regular.ttf");

/// Heaviness of text as asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    #[default]
    Regular,
    Bold,
}

/// A font file that draws a glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    Regular,
    Bold,
    /// Rare characters. It has one weight.
    Fallback,
    /// The rare characters, thickened when drawn.
    FallbackBold,
}

/// A glyph of a face. `advance` is in em.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    pub face: Face,
    pub id: u32,
    pub advance: f32,
}

/// A cluster that no bundled font can draw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Missing {
    /// The characters as typed.
    pub cluster: String,
}

impl Missing {
    /// `U+2A6A5`, or `U+9089 U+E0120` for a sequence.
    pub fn code_points(&self) -> String {
        let points: Vec<String> = self
            .cluster
            .chars()
            .map(|c| format!("U+{:04X}", u32::from(c)))
            .collect();
        points.join(" ")
    }
}

impl fmt::Display for Missing {
    /// `「𪚥」(U+2A6A5)`; a sequence also shows its base, because its selector cannot be seen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "「{}」({})", self.cluster, self.code_points())
    }
}

struct Source {
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units_per_em: f32,
    krilla: krilla::text::Font,
}

impl Source {
    fn parse(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("a bundled font is well formed");
        Self {
            charmap: font.charmap(),
            metrics: font.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units_per_em: f32::from(
                font.metrics(Size::unscaled(), LocationRef::default())
                    .units_per_em,
            ),
            krilla: krilla::text::Font::new(
                unhinted(bytes).map_or_else(|| bytes.into(), Into::into),
                0,
            )
            .expect("a bundled font is well formed"),
        }
    }

    fn map(&self, base: char, selector: Option<char>) -> Option<GlyphId> {
        let Some(selector) = selector else {
            return self.charmap.map(base);
        };
        match self.charmap.map_variant(base, selector)? {
            MapVariant::UseDefault => self.charmap.map(base),
            MapVariant::Variant(glyph) => Some(glyph),
        }
    }

    fn glyph(&self, face: Face, base: char, selector: Option<char>) -> Option<Glyph> {
        let id = self.map(base, selector)?;
        let advance = self.metrics.advance_width(id)? / self.units_per_em;
        Some(Glyph {
            face,
            id: id.to_u32(),
            advance,
        })
    }
}

/// The fonts of the printed sheets.
pub struct Fonts {
    regular: Source,
    bold: Source,
    fallback: Source,
}

impl Fonts {
    /// The fonts compiled into the program, parsed once.
    pub fn embedded() -> &'static Self {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        FONTS.get_or_init(|| Self {
            regular: Source::parse(REGULAR),
            bold: Source::parse(BOLD),
            fallback: Source::parse(FALLBACK),
        })
    }

    /// Each cluster of `text` that cannot be printed, once, in order of appearance. Empty means that the text
    /// can be printed. Ask when a name is saved and before printing.
    pub fn missing(&self, text: &str) -> Vec<Missing> {
        let mut found: Vec<Missing> = Vec::new();
        for range in clusters(text) {
            if let Err(missing) = self.resolve(&text[range], Weight::Regular)
                && !found.contains(&missing)
            {
                found.push(missing);
            }
        }
        found
    }

    /// The glyph for one cluster, or `None` for a cluster with nothing to see (a line break, a joiner).
    pub(super) fn resolve(&self, cluster: &str, weight: Weight) -> Result<Option<Glyph>, Missing> {
        let missing = || Missing {
            cluster: cluster.to_owned(),
        };
        let mut chars = cluster.chars();
        let Some(first) = chars.next() else {
            return Ok(None);
        };
        let second = chars.next();
        let (base, selector) = match second {
            Some(mark) if is_voicing_mark(mark) => {
                (compose(first, mark).ok_or_else(missing)?, None)
            }
            Some(style) if is_presentation_selector(style) => (first, None),
            selector => (first, selector),
        };
        if is_invisible(base) {
            return Ok(None);
        }
        if is_private(base) {
            return Err(missing());
        }
        let base = if base == '\t' { ' ' } else { base };
        let (source, face, fallback) = match weight {
            Weight::Regular => (&self.regular, Face::Regular, Face::Fallback),
            Weight::Bold => (&self.bold, Face::Bold, Face::FallbackBold),
        };
        source
            .glyph(face, base, selector)
            .or_else(|| self.fallback.glyph(fallback, base, selector))
            .map(Some)
            .ok_or_else(missing)
    }

    /// The font that krilla draws and subsets.
    pub(super) fn krilla(&self, face: Face) -> krilla::text::Font {
        match face {
            Face::Regular => self.regular.krilla.clone(),
            Face::Bold => self.bold.krilla.clone(),
            Face::Fallback | Face::FallbackBold => self.fallback.krilla.clone(),
        }
    }
}

/// Byte ranges of the clusters of `text`, without gaps.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, base) = chars.next()?;
        let mut end = start + base.len_utf8();
        if let Some(&(at, next)) = chars.peek()
            && !base.is_control()
            && (is_selector(next) || is_voicing_mark(next) && compose(base, next).is_some())
        {
            chars.next();
            end = at + next.len_utf8();
        }
        Some(start..end)
    })
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Text or emoji style: the same character either way, and ink is black anyway.
fn is_presentation_selector(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

/// Combining marks that make another letter of the one before (dakuten, accents typed apart).
fn is_voicing_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{0300}'..='\u{036F}')
}

/// Characters that have no ink: line breaks, joiners, marks of direction, byte-order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Private use: what the writer saw cannot be known, and PDF/A refuses it.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(cluster: &str, weight: Weight) -> Face {
        Fonts::embedded()
            .resolve(cluster, weight)
            .unwrap()
            .unwrap()
            .face
    }

    #[test]
    fn s25_names_of_rare_shapes_can_be_printed() {
        let names = "髙橋﨑山𠮷野槗本𠅘邉󠄀邊󠄁渡邉辻󠄀葛󠄀濵田栁澤神󠄀𠮟𡈽𣘺 Nguyễn Thị Ánh 陈 ｶﾅ ☐☑☒☎ ②⑳㊞㈱℃㎎ H₂O m² ①";
        assert_eq!(Fonts::embedded().missing(names), []);
    }

    #[test]
    fn s25_what_cannot_be_printed_is_named() {
        let missing = Fonts::embedded().missing("甲𪚥乙😀丙𪚥 邉\u{E01EF}\u{7}");
        let named: Vec<String> = missing.iter().map(Missing::to_string).collect();
        assert_eq!(
            named,
            [
                "「𪚥」(U+2A6A5)",
                "「😀」(U+1F600)",
                "「邉\u{E01EF}」(U+9089 U+E01EF)",
                "「\u{7}」(U+0007)"
            ]
        );
    }

    #[test]
    fn each_face_draws_what_it_is_for() {
        assert_eq!(face("薬", Weight::Regular), Face::Regular);
        assert_eq!(face("薬", Weight::Bold), Face::Bold);
        assert_eq!(face("𠮷", Weight::Regular), Face::Fallback);
        assert_eq!(face("☑", Weight::Bold), Face::FallbackBold);
    }

    #[test]
    fn a_variation_sequence_has_a_shape_of_its_own() {
        let fonts = Fonts::embedded();
        let plain = fonts.resolve("邉", Weight::Regular).unwrap();
        assert_ne!(
            fonts.resolve("邉\u{E0102}", Weight::Regular).unwrap(),
            plain
        );
        assert_eq!(
            fonts.resolve("☎\u{FE0E}", Weight::Regular),
            fonts.resolve("☎", Weight::Regular)
        );
    }

    #[test]
    fn a_voicing_mark_typed_apart_makes_the_voiced_letter() {
        let fonts = Fonts::embedded();
        let typed_apart = "か\u{3099}";
        assert_eq!(clusters(typed_apart).count(), 1);
        assert_eq!(
            fonts.resolve(typed_apart, Weight::Regular),
            fonts.resolve("が", Weight::Regular)
        );
    }
}
