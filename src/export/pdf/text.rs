//! Paragraphs: from characters to glyphs, and from glyphs to lines.
//!
//! Lines break where `icu_segmenter` allows in its strict Japanese mode (no closing mark, small kana or long-vowel
//! mark begins a line), and additionally never inside `2錠`, `3か月`, `昭和8年`, a telephone number, or between a
//! check box and its label. A word longer than its line is broken between any two clusters rather than overflow.
//! Full-width punctuation is half-width in BIZ UDPGothic by design, so line edges need no trimming.
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use icu_segmenter::options::{LineBreakOptions, LineBreakStrictness};
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};

use super::element::Run;
use super::font::{Fonts, Glyph, Missing, clusters};
use crate::export::qr::{Qr, TooLong};

/// Space between Japanese and Latin letters or digits, in em. Readers of the text layer take gaps from 0.1 em as
/// a space, so it stays below.
const SCRIPT_GAP: f32 = 0.08;
/// Rounding that may not cost a line, in em.
const TOLERANCE: f32 = 1e-3;

/// Size of a reading, relative to its word.
const RUBY_SCALE: f32 = 0.5;
/// From the top of a word's letters to the baseline of its reading, in em of the word.
const RUBY_GAP: f32 = 0.06;
/// Room that a line leaves for readings, in em of the largest word that has one.
const RUBY_ROOM: f32 = 0.55;

/// What may happen after a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    Never,
    /// Only when the line has no better place: it would part a number from its counter or a box from its label.
    Hardly,
    May,
    Must,
}

/// A cluster of a shaped paragraph.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Its bytes in [`Shaped::text`].
    pub range: Range<usize>,
    /// `None` when there is nothing to draw.
    pub glyph: Option<Glyph>,
    /// Size relative to the paragraph's.
    pub scale: f32,
    /// Distance to the next cluster in em of the paragraph: the glyph's advance and the gap between scripts.
    pub advance: f32,
    /// Where the glyph stands within its advance, in em of the paragraph: a word is spread below a long reading.
    pub offset: f32,
    space: bool,
    number: bool,
    after: Break,
}

/// A paragraph turned to glyphs, independent of size and width.
#[derive(Debug)]
pub(super) struct Shaped {
    pub text: String,
    pub shapes: Vec<Shape>,
    pub rubies: Vec<Ruby>,
}

/// A reading above a word. It is no part of the text: who copies, searches or listens gets the word alone.
#[derive(Debug)]
pub(super) struct Ruby {
    /// The word's clusters.
    base: Range<usize>,
    pub reading: Shaped,
    /// In em of the paragraph.
    width: f32,
    /// Size of the word relative to the paragraph's.
    scale: f32,
}

/// A reading at its place in a line, in em of the paragraph from the line's start on the baseline.
pub(super) struct PlacedRuby<'a> {
    pub reading: &'a Shaped,
    pub x: f32,
    /// Above the baseline.
    pub rise: f32,
}

/// A line: its clusters, and its width in em without the spaces that hang at its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub shapes: Range<usize>,
    pub width: f32,
    /// Its end parts the digits of a number, because the number is wider than the line.
    pub parts_number: bool,
}

/// A cluster is wider than the whole line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooWide;

impl Shaped {
    /// Fills lines of at most `width` em. An empty paragraph has no line.
    pub fn lines(&self, width: f32) -> Result<Vec<Line>, TooWide> {
        let mut lines = Vec::new();
        let mut start = 0;
        while start < self.shapes.len() {
            let end = self.line_end(start, width)?;
            let parts_number =
                end < self.shapes.len() && self.shapes[end - 1].number && self.shapes[end].number;
            lines.push(Line {
                width: self.visible_width(start..end),
                shapes: start..end,
                parts_number,
            });
            start = end;
        }
        Ok(lines)
    }

    fn line_end(&self, start: usize, width: f32) -> Result<usize, TooWide> {
        let mut used = 0.0;
        let (mut best, mut second_best) = (None, None);
        for (at, shape) in self.shapes.iter().enumerate().skip(start) {
            if !shape.space && used + shape.ink() > width + TOLERANCE {
                return best
                    .or(second_best)
                    .or((at > start).then_some(at))
                    .ok_or(TooWide);
            }
            used += shape.advance;
            match shape.after {
                Break::Must => return Ok(at + 1),
                Break::May => best = Some(at + 1),
                Break::Hardly => second_best = Some(at + 1),
                Break::Never => {}
            }
        }
        Ok(self.shapes.len())
    }

    fn visible_width(&self, range: Range<usize>) -> f32 {
        let shapes = &self.shapes[range];
        match shapes.iter().rposition(|shape| !shape.space) {
            Some(last) => {
                shapes[..last].iter().map(|s| s.advance).sum::<f32>() + shapes[last].ink()
            }
            None => 0.0,
        }
    }

    /// Room that each line leaves above its letters for readings, in em of the paragraph.
    pub fn ruby_height(&self) -> f32 {
        let tallest = self
            .rubies
            .iter()
            .fold(0.0_f32, |most, ruby| most.max(ruby.scale));
        tallest * RUBY_ROOM
    }

    /// The readings of the words that begin in a line, each in the middle above its word.
    pub fn rubies_of(&self, line: &Line) -> Vec<PlacedRuby<'_>> {
        let here = |ruby: &&Ruby| line.shapes.contains(&ruby.base.start);
        let place = |ruby: &'_ Ruby| {
            let end = ruby.base.end.min(line.shapes.end);
            let before: f32 = self.shapes[line.shapes.start..ruby.base.start]
                .iter()
                .map(|shape| shape.advance)
                .sum();
            let below = self.visible_width(ruby.base.start..end);
            (
                before + (below - ruby.width) / 2.0,
                ruby.scale * (super::layout::ASCENT + RUBY_GAP),
            )
        };
        self.rubies
            .iter()
            .filter(here)
            .map(|ruby| {
                let (x, rise) = place(ruby);
                PlacedRuby {
                    reading: &ruby.reading,
                    x,
                    rise,
                }
            })
            .collect()
    }

    /// The largest relative size in `range`.
    pub fn scale(&self, range: Range<usize>) -> f32 {
        self.shapes[range]
            .iter()
            .fold(0.0, |largest, shape| largest.max(shape.scale))
    }
}

impl Shape {
    /// Width of the glyph alone in em of the paragraph, with what a reading above it needs.
    fn ink(&self) -> f32 {
        let glyph = self.glyph.map_or(0.0, |glyph| glyph.advance * self.scale);
        glyph + 2.0 * self.offset
    }
}

/// Turns text into glyphs and symbols, each distinct one once a document.
pub(super) struct Shaper {
    pub fonts: &'static Fonts,
    segmenter: LineSegmenterBorrowed<'static>,
    shaped: RefCell<HashMap<Vec<Run>, Rc<Shaped>>>,
    symbols: RefCell<HashMap<String, Rc<Qr>>>,
}

impl Shaper {
    pub fn new() -> Self {
        let mut options = LineBreakOptions::default();
        options.strictness = Some(LineBreakStrictness::Strict);
        Self {
            fonts: Fonts::embedded(),
            segmenter: LineSegmenter::new_for_non_complex_scripts(options),
            shaped: RefCell::default(),
            symbols: RefCell::default(),
        }
    }

    pub fn shape(&self, runs: &[Run]) -> Result<Rc<Shaped>, Missing> {
        if let Some(known) = self.shaped.borrow().get(runs) {
            return Ok(known.clone());
        }
        let shaped = Rc::new(self.shape_new(runs)?);
        self.shaped
            .borrow_mut()
            .insert(runs.to_vec(), shaped.clone());
        Ok(shaped)
    }

    /// Encodes QR symbols, each distinct one once.
    pub fn symbol(&self, text: &str) -> Result<Rc<Qr>, TooLong> {
        if let Some(known) = self.symbols.borrow().get(text) {
            return Ok(known.clone());
        }
        let symbol = Rc::new(Qr::encode(text)?);
        self.symbols
            .borrow_mut()
            .insert(text.to_owned(), symbol.clone());
        Ok(symbol)
    }

    fn shape_new(&self, runs: &[Run]) -> Result<Shaped, Missing> {
        let mut text = String::new();
        let mut shapes = Vec::new();
        let mut rubies = Vec::new();
        for run in runs {
            let scale = f32::from(run.percent) / 100.0;
            let start = shapes.len();
            shapes.extend(self.clusters_of(&run.text, text.len(), run, scale)?);
            text.push_str(&run.text);
            if !run.ruby.is_empty() && shapes.len() > start {
                let reading = Shaped {
                    shapes: self.clusters_of(&run.ruby, 0, run, scale * RUBY_SCALE)?,
                    text: run.ruby.clone(),
                    rubies: Vec::new(),
                };
                let width = reading.visible_width(0..reading.shapes.len());
                spread(&mut shapes[start..], width);
                rubies.push(Ruby {
                    base: start..shapes.len(),
                    reading,
                    width,
                    scale,
                });
            }
        }
        self.set_breaks(&text, &mut shapes);
        for ruby in &rubies {
            let inside = ruby.base.start..ruby.base.end - 1;
            shapes[inside]
                .iter_mut()
                .for_each(|shape| shape.after = Break::Never);
        }
        set_script_gaps(&text, &mut shapes);
        Ok(Shaped {
            text,
            shapes,
            rubies,
        })
    }

    /// The clusters of `words`, which stand at byte `offset` of the paragraph.
    fn clusters_of(
        &self,
        words: &str,
        offset: usize,
        run: &Run,
        scale: f32,
    ) -> Result<Vec<Shape>, Missing> {
        let shape = |range: Range<usize>| {
            let cluster = &words[range.clone()];
            let glyph = self.fonts.resolve(cluster, run.weight)?;
            Ok(Shape {
                range: range.start + offset..range.end + offset,
                glyph,
                scale,
                advance: glyph.map_or(0.0, |glyph| glyph.advance * scale),
                offset: 0.0,
                space: cluster.chars().all(char::is_whitespace),
                number: cluster.chars().all(is_number_part),
                after: Break::Never,
            })
        };
        clusters(words).map(shape).collect()
    }

    fn set_breaks(&self, text: &str, shapes: &mut [Shape]) {
        let mut allowed = self.segmenter.segment_str(text).peekable();
        let mut kept = Kept::new();
        for shape in shapes {
            while allowed.next_if(|&at| at < shape.range.end).is_some() {}
            let here = allowed.peek() == Some(&shape.range.end);
            let keep = kept.keeps(text, &shape.range);
            shape.after = match &text[shape.range.clone()] {
                "\n" => Break::Must,
                _ if !here => Break::Never,
                _ if keep => Break::Hardly,
                _ => Break::May,
            };
        }
    }
}

/// Gives a word as much width as its reading has, the same on both sides of each character.
fn spread(word: &mut [Shape], width: f32) {
    let own: f32 = word.iter().map(|shape| shape.advance).sum();
    let air = (width - own).max(0.0) / word.len() as f32;
    for shape in word {
        shape.advance += air;
        shape.offset = air / 2.0;
    }
}

/// Decides, cluster after cluster, where a permitted break would part what belongs together.
struct Kept {
    /// Inside `☐ 糖尿病`, up to the wide space before the next box.
    checked: bool,
    /// Characters of a counter still to keep with their number.
    counter: usize,
}

impl Kept {
    fn new() -> Self {
        Self {
            checked: false,
            counter: 0,
        }
    }

    /// Whether the end of `range` may hardly become a line's end.
    fn keeps(&mut self, text: &str, range: &Range<usize>) -> bool {
        let here = text[range.clone()].chars().next().unwrap_or(' ');
        let rest = &text[range.end..];
        let mut following = rest.chars();
        let Some(next) = following.next() else {
            return false;
        };

        self.checked =
            is_box(here) || (self.checked && !matches!(here, '　' | '\n') && !is_box(next));
        if is_digit(here) && !is_digit(next) && next.is_alphabetic() {
            self.counter = counter_length(next, following.next());
        }
        let in_counter = self.counter > 0;
        self.counter = self.counter.saturating_sub(1);

        let entry = here == '・'
            && text[..range.start]
                .chars()
                .next_back()
                .is_none_or(char::is_whitespace);
        let number = is_number_part(here) && is_number_part(next) && next != '(';
        self.checked || in_counter || entry || number || in_era(&text[..range.end], rest)
    }
}

fn is_box(c: char) -> bool {
    matches!(c, '☐' | '☑' | '☒' | '□' | '■')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// Digits and what stands between them in telephone numbers, dates and times.
fn is_number_part(c: char) -> bool {
    is_digit(c)
        || matches!(
            c,
            '+' | '-' | '(' | ')' | '/' | ':' | '.' | ',' | '‐' | '–' | '−' | '－' | '／'
        )
}

/// How many characters after a number belong to it: 錠 1, か月 2, 時間 2, 日分 2.
fn counter_length(first: char, second: Option<char>) -> usize {
    let two = matches!(first, 'か' | 'カ' | 'ヵ' | 'ヶ' | 'ケ' | '箇')
        || second.is_some_and(|c| matches!(c, '間' | '分' | '目' | '齢' | '％'));
    1 + usize::from(two && second.is_some())
}

/// Whether the place between `before` and `after` is inside `昭和8`.
fn in_era(before: &str, after: &str) -> bool {
    ["明治", "大正", "昭和", "平成", "令和"].iter().any(|era| {
        let (first, second) = era.split_at("令".len());
        let digit = |text: &str| text.starts_with(|c| is_digit(c) || c == '元');
        (before.ends_with(era) && digit(after))
            || (before.ends_with(first) && after.strip_prefix(second).is_some_and(digit))
    })
}

/// Adds a little air between Japanese and Latin neighbours.
fn set_script_gaps(text: &str, shapes: &mut [Shape]) {
    let script = |shape: &Shape| {
        text[shape.range.clone()]
            .chars()
            .next()
            .map_or(Script::Other, Script::of)
    };
    for at in 1..shapes.len() {
        let pair = (script(&shapes[at - 1]), script(&shapes[at]));
        if matches!(
            pair,
            (Script::Japanese, Script::Latin) | (Script::Latin, Script::Japanese)
        ) {
            let scale = shapes[at - 1].scale.min(shapes[at].scale);
            shapes[at - 1].advance += SCRIPT_GAP * scale;
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Japanese,
    Latin,
    Other,
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' | 'A'..='Z' | 'a'..='z' | 'À'..='ɏ' | 'Ḁ'..='ỿ' => Self::Latin,
            '々'..='〇'
            | 'ぁ'..='ゟ'
            | 'ァ'..='ヺ'
            | 'ー'..='ヿ'
            | '㐀'..='鿿'
            | '豈'..='﫿'
            | '\u{20000}'..='\u{3FFFF}' => Self::Japanese,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::font::Weight;
    use super::*;

    fn wrapped(text: &str, em: f32) -> Vec<String> {
        let run = Run {
            text: text.into(),
            weight: Weight::Regular,
            percent: 100,
            ruby: String::new(),
        };
        let shaped = Shaper::new().shape(&[run]).unwrap();
        let lines = shaped.lines(em).unwrap();
        let cut = |line: &Line| {
            let shapes = &shaped.shapes[line.shapes.clone()];
            shaped.text[shapes[0].range.start..shapes[shapes.len() - 1].range.end].to_owned()
        };
        lines.iter().map(cut).collect()
    }

    #[test]
    fn no_line_begins_with_what_may_not_begin_one() {
        for text in [
            "あいうえお、かき",
            "あいうえおっかき",
            "あいうえおーかき",
            "あいうえお」かき",
            "あいうえおゃかき",
        ] {
            let lines = wrapped(text, 5.2);
            assert!(lines.len() > 1, "{text}");
            assert!(
                !lines[1].starts_with(['、', 'っ', 'ー', '」', 'ゃ']),
                "{lines:?}"
            );
        }
        assert!(!wrapped("ああああ「いい」", 5.0)[0].ends_with('「'));
    }

    #[test]
    fn a_number_keeps_its_counter() {
        assert_eq!(wrapped("毎食後2錠内服", 4.0), ["毎食後", "2錠内服"]);
        assert_eq!(wrapped("おおよそ3か月前", 5.4), ["おおよそ", "3か月前"]);
        assert_eq!(wrapped("あああ30日分を", 4.8), ["あああ", "30日分を"]);
        assert_eq!(wrapped("生年月日昭和8年", 6.3), ["生年月日", "昭和8年"]);
    }

    #[test]
    fn a_telephone_number_stays_whole() {
        assert_eq!(wrapped("電話090-1234-5678", 9.8), ["電話", "090-1234-5678"]);
        assert_eq!(
            wrapped("電話(03)1234-5678へ", 10.2),
            ["電話", "(03)1234-5678へ"]
        );
    }

    #[test]
    fn a_line_tells_when_it_parts_a_number() {
        let run = Run {
            text: "電話090-1234-5678".into(),
            weight: Weight::Regular,
            percent: 100,
            ruby: String::new(),
        };
        let shaped = Shaper::new().shape(&[run]).unwrap();
        let parts = |em| {
            shaped
                .lines(em)
                .unwrap()
                .iter()
                .any(|line| line.parts_number)
        };
        assert!(parts(8.0));
        assert!(!parts(10.0));
    }

    #[test]
    fn a_check_box_keeps_its_label() {
        assert_eq!(
            wrapped("☑ 糖尿病　☐ 高血圧", 6.0),
            ["☑ 糖尿病　", "☐ 高血圧"]
        );
        assert_eq!(wrapped("あああ☐ いいい", 5.2), ["あああ", "☐ いいい"]);
        assert_eq!(
            wrapped("☑ 透析　☐ インスリン", 7.5),
            ["☑ 透析　", "☐ インスリン"]
        );
    }

    #[test]
    fn nothing_is_lost_when_a_word_is_longer_than_its_line() {
        for (text, em) in [
            ("abcdefghijklmnopqrstuvwxyz0123456789", 5.0),
            ("1234567890123456789錠", 3.0),
            ("、、、、、、、、、、", 2.0),
        ] {
            let lines = wrapped(text, em);
            assert!(lines.len() > 1);
            assert_eq!(lines.concat(), text);
        }
    }

    #[test]
    fn newlines_are_kept_and_an_empty_line_is_a_line() {
        assert_eq!(wrapped("一\n\n二", 10.0), ["一\n", "\n", "二"]);
        assert_eq!(wrapped("", 10.0), [""; 0]);
    }

    #[test]
    fn spaces_hang_over_the_edge() {
        assert_eq!(wrapped("一二三 四", 3.1), ["一二三 ", "四"]);
    }

    #[test]
    fn a_letter_wider_than_its_line_is_an_error() {
        let run = Run {
            text: "漢".into(),
            weight: Weight::Regular,
            percent: 100,
            ruby: String::new(),
        };
        assert_eq!(
            Shaper::new().shape(&[run]).unwrap().lines(0.5),
            Err(TooWide)
        );
    }

    fn read(marked: &str, em: f32) -> (Rc<Shaped>, Vec<Line>) {
        let text = super::super::Text::value("").furigana(marked);
        let shaped = Shaper::new().shape(&text.runs).unwrap();
        let lines = shaped.lines(em).unwrap();
        (shaped, lines)
    }

    #[test]
    fn a_reading_belongs_to_the_kanji_before_it() {
        let text = super::super::Text::value("").furigana("お医者《いしゃ》さんを呼《よ》ぶ");
        let runs: Vec<(&str, &str)> = text
            .runs
            .iter()
            .map(|run| (run.text.as_str(), run.ruby.as_str()))
            .collect();
        assert_eq!(
            runs,
            [
                ("お", ""),
                ("医者", "いしゃ"),
                ("さんを", ""),
                ("呼", "よ"),
                ("ぶ", "")
            ]
        );
    }

    #[test]
    fn a_reading_is_no_part_of_the_text_and_stands_in_the_middle_above_its_word() {
        let (shaped, lines) = read("お医者《いしゃ》さん", 30.0);
        assert_eq!(shaped.text, "お医者さん");
        let rubies = shaped.rubies_of(&lines[0]);
        let ruby = &rubies[0];
        assert_eq!((rubies.len(), ruby.reading.text.as_str()), (1, "いしゃ"));
        let word = shaped.shapes[0].advance;
        let below = shaped.visible_width(1..3);
        let width = ruby.reading.visible_width(0..3);
        assert!(width < below);
        assert!((ruby.x - word - (below - width) / 2.0).abs() < 1e-4);
        assert!(ruby.rise > super::super::layout::ASCENT);
    }

    #[test]
    fn a_long_reading_spreads_its_word_and_touches_no_other() {
        let (plain, _) = read("志を、持つ", 30.0);
        let (shaped, lines) = read("志《こころざし》を、持《も》つ", 30.0);
        let rubies = shaped.rubies_of(&lines[0]);
        let width = rubies[0].reading.visible_width(0..5);
        assert!(width > plain.shapes[0].advance);
        assert!((shaped.shapes[0].advance - width).abs() < 1e-4);
        assert!(rubies[0].x.abs() < 1e-4 && rubies[0].x + width < rubies[1].x);
    }

    #[test]
    fn a_word_with_a_reading_stays_on_one_line() {
        let (shaped, lines) = read("ああああ救急車《きゅうきゅうしゃ》をよぶ", 6.0);
        assert_eq!(lines[1].shapes.start, 4);
        assert!(shaped.rubies_of(&lines[0]).is_empty());
        assert_eq!(shaped.rubies_of(&lines[1]).len(), 1);
        assert!(shaped.ruby_height() > 0.5);
        assert!(read("かな", 6.0).0.ruby_height() == 0.0);
    }
}
