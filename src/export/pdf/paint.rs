//! Placed boxes become a PDF/A-2a file: tagged in reading order, reproducible, with TrueType subsets.
use std::num::NonZeroU16;

use krilla::color::luma;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{self, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Node, SpanTag, TableHeaderScope, Tag as PdfTag, TagGroup,
    TagKind, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document as PdfDocument, SerializeSettings};

use super::flow::{PAGE_HEIGHT, PAGE_WIDTH, PlacedPage};
use super::font::{Face, Fonts};
use super::laid::{Content, Fill, Ink, Laid, Placed, PlacedLine, Tag};
use super::layout::MM_PER_PT;
use super::text::{Shape, Shaped};
use super::{Document, PdfError};
use crate::domain::clock::Moment;
use crate::domain::date::Day;

/// Thickness added to fallback glyphs to make them bold, in em.
const EMBOLDEN: f32 = 0.03;
const LANGUAGE: &str = "ja-JP";

/// Writes the pages of each part under its bookmark; what the document's own sections hold is not read.
pub(super) fn paint(
    document: &Document,
    parts: &[(String, Vec<PlacedPage>)],
) -> Result<Vec<u8>, PdfError> {
    let mut pdf = PdfDocument::new_with(settings()?);
    let page_settings =
        PageSettings::from_wh(points(PAGE_WIDTH), points(PAGE_HEIGHT)).expect("A4 has an area");
    let mut tags = TagTree::new().with_lang(Some(LANGUAGE.into()));
    let mut outline = Outline::new();
    let mut page_index = 0;
    for (bookmark, pages) in parts {
        let top = XyzDestination::new(page_index, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(bookmark.clone(), top));
        let mut part = TagGroup::new(PdfTag::Section);
        for placed in pages {
            let mut page = pdf.start_page_with(page_settings.clone());
            Painter {
                surface: page.surface(),
                fonts: Fonts::embedded(),
            }
            .page(placed, &mut part.children);
            page_index += 1;
        }
        if !part.children.is_empty() {
            tags.push(part);
        }
    }
    pdf.set_tag_tree(tags);
    pdf.set_outline(outline);
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|error| PdfError::Engine {
        reason: reason(&error),
    })
}

/// The kinds of what krilla refused, without the text concerned: this goes to logs.
fn reason(error: &KrillaError) -> String {
    let KrillaError::Validation(errors) = error else {
        return error.to_string();
    };
    let kinds = errors.iter().map(|(error, _)| {
        let words = format!("{error:?}");
        words.split('(').next().unwrap_or_default().to_owned()
    });
    kinds.collect::<Vec<_>>().join(", ")
}

fn settings() -> Result<SerializeSettings, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Engine {
            reason: format!("{error:?}"),
        })?;
    Ok(SerializeSettings {
        configuration,
        enable_tagging: true,
        ..SerializeSettings::default()
    })
}

fn metadata(document: &Document) -> Metadata {
    Metadata::new()
        .title(document.title.clone())
        .authors(vec![document.author.clone()])
        .creator("hikitsugi".into())
        .language(LANGUAGE.into())
        .document_id(document.id.clone())
        .creation_date(date_time(document.created))
}

/// Wall time in Japan, which has had no summer time since 1951.
fn date_time(moment: Moment) -> DateTime {
    let day = Day::of(moment);
    let seconds = (moment.0 - day.starts_at().0) / 1000;
    let part = |value: i64| u8::try_from(value).unwrap_or(0);
    DateTime::new(u16::try_from(day.year()).unwrap_or(1970))
        .month(day.month())
        .day(day.day())
        .hour(part(seconds / 3600))
        .minute(part(seconds / 60 % 60))
        .second(part(seconds % 60))
        .utc_offset_hour(9)
        .utc_offset_minute(0)
}

fn points(mm: f32) -> f32 {
    mm / MM_PER_PT
}

struct Painter<'a> {
    surface: Surface<'a>,
    fonts: &'static Fonts,
}

impl Painter<'_> {
    fn page(&mut self, page: &PlacedPage, nodes: &mut Vec<Node>) {
        self.artifact(ArtifactType::Other, |painter| {
            for placed in &page.blocks {
                painter.fills(placed, 0.0, 0.0);
                painter.rubies(&placed.laid, placed.x, placed.y);
            }
        });
        for placed in &page.blocks {
            self.tagged(&placed.laid, placed.x, placed.y, nodes, false);
        }
        for (kind, furniture) in [
            (ArtifactType::Header, &page.header),
            (ArtifactType::Footer, &page.footer),
        ] {
            if let Some(placed) = furniture {
                self.artifact(kind, |painter| {
                    painter.fills(placed, 0.0, 0.0);
                    painter.rubies(&placed.laid, placed.x, placed.y);
                    painter.contents(&placed.laid, placed.x, placed.y);
                });
            }
        }
    }

    fn artifact(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        self.surface
            .start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    /// Draws all rectangles of a box and its children, one path for each change of ink.
    fn fills(&mut self, placed: &Placed, x: f32, y: f32) {
        let mut all = Vec::new();
        collect_fills(placed, x, y, &mut all);
        for group in all.chunk_by(|a, b| a.ink == b.ink) {
            self.rectangles(
                group[0].ink,
                group.iter().map(|f| (f.x, f.y, f.width, f.height)),
            );
        }
    }

    /// Draws the readings above words as outlines: they help the eye, and leave the text layer as it was typed.
    fn rubies(&mut self, laid: &Laid, x: f32, y: f32) {
        if let Some(Content::Lines {
            shaped,
            lines,
            size_pt,
            ink,
            ..
        }) = &laid.content
        {
            let em = size_pt * MM_PER_PT;
            for placed in lines {
                for ruby in shaped.rubies_of(&placed.line) {
                    let start = Point::from_xy(
                        points(x + placed.x + ruby.x * em),
                        points(y + placed.baseline - ruby.rise * em),
                    );
                    let letters = Letters::Outlined;
                    self.glyphs(
                        ruby.reading,
                        &ruby.reading.shapes,
                        start,
                        *size_pt,
                        *ink,
                        letters,
                    );
                }
            }
        }
        for child in &laid.children {
            self.rubies(&child.laid, x + child.x, y + child.y);
        }
    }

    /// Fills rectangles, given in millimetres, as one path.
    fn rectangles(&mut self, ink: Ink, rectangles: impl Iterator<Item = (f32, f32, f32, f32)>) {
        let mut path = PathBuilder::new();
        for (x, y, width, height) in rectangles {
            if let Some(rect) = Rect::from_xywh(points(x), points(y), points(width), points(height))
            {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(fill(ink)));
            self.surface.draw_path(&path);
        }
    }

    /// Draws text and figures of a box in reading order, and adds their tags to `nodes`.
    fn tagged(&mut self, laid: &Laid, x: f32, y: f32, nodes: &mut Vec<Node>, in_paragraph: bool) {
        if !has_content(laid) {
            return;
        }
        let text_only = is_text_only(laid);
        let tag = laid.tag.as_ref().map(|tag| tag_kind(tag, laid));
        let wraps = laid
            .tag
            .as_ref()
            .is_some_and(|tag| !matches!(tag, Tag::Table | Tag::TableRow));
        let leaf = text_only && (wraps || in_paragraph || laid.content.is_some());
        let mut children = Vec::new();
        if leaf {
            let actual = upright_text(laid);
            let span = SpanTag::empty().with_actual_text(actual);
            let id = self.surface.start_tagged(match actual {
                Some(_) => ContentTag::Span(span),
                None => ContentTag::Other,
            });
            self.contents(laid, x, y);
            self.surface.end_tagged();
            children.push(id.into());
        } else {
            if let Some(content) = &laid.content {
                let id = self.surface.start_tagged(ContentTag::Other);
                self.content(content, x, y);
                self.surface.end_tagged();
                children.push(id.into());
            }
            for child in &laid.children {
                self.tagged(
                    &child.laid,
                    x + child.x,
                    y + child.y,
                    &mut children,
                    in_paragraph || wraps,
                );
            }
        }
        match tag {
            Some(tag) => nodes.push(TagGroup::with_children(tag, children).into()),
            None if leaf && !in_paragraph => {
                nodes.push(TagGroup::with_children(PdfTag::P, children).into())
            }
            None => nodes.append(&mut children),
        }
    }

    fn contents(&mut self, laid: &Laid, x: f32, y: f32) {
        if let Some(content) = &laid.content {
            self.content(content, x, y);
        }
        for child in &laid.children {
            self.contents(&child.laid, x + child.x, y + child.y);
        }
    }

    fn content(&mut self, content: &Content, x: f32, y: f32) {
        match content {
            Content::Lines {
                shaped,
                lines,
                size_pt,
                ink,
                ..
            } => {
                for PlacedLine {
                    line,
                    x: left,
                    baseline,
                } in lines
                {
                    let start = Point::from_xy(points(x + left), points(y + baseline));
                    self.glyphs(
                        shaped,
                        &shaped.shapes[line.shapes.clone()],
                        start,
                        *size_pt,
                        *ink,
                        Letters::Text,
                    );
                }
            }
            Content::Column {
                shaped,
                x: middle,
                first_baseline,
                step,
                size_pt,
            } => {
                let mut baseline = y + first_baseline;
                for shape in &shaped.shapes {
                    let left = x + middle - shape.advance * size_pt * MM_PER_PT / 2.0;
                    let start = Point::from_xy(points(left), points(baseline));
                    self.glyphs(
                        shaped,
                        std::slice::from_ref(shape),
                        start,
                        *size_pt,
                        Ink::White,
                        Letters::Text,
                    );
                    baseline += step;
                }
            }
            Content::Turned {
                shaped,
                x: baseline,
                top,
                size_pt,
            } => {
                let turn =
                    Transform::from_row(0.0, 1.0, -1.0, 0.0, points(x + baseline), points(y + top));
                self.surface.push_transform(&turn);
                self.glyphs(
                    shaped,
                    &shaped.shapes,
                    Point::from_xy(0.0, 0.0),
                    *size_pt,
                    Ink::White,
                    Letters::Text,
                );
                self.surface.pop();
            }
            Content::Symbol {
                symbol,
                x: left,
                y: top,
                module,
            } => {
                let scaled = |modules: usize| modules as f32 * module;
                let rectangles = symbol.rectangles().into_iter().map(|dark| {
                    (
                        x + left + scaled(dark.x),
                        y + top + scaled(dark.y),
                        scaled(dark.width),
                        scaled(dark.height),
                    )
                });
                self.rectangles(Ink::Black, rectangles);
            }
            Content::Photo {
                image,
                x: left,
                y: top,
                width,
                height,
            } => {
                if let Some(size) = Size::from_wh(points(*width), points(*height)) {
                    let place = Transform::from_translate(points(x + left), points(y + top));
                    self.surface.push_transform(&place);
                    self.surface.draw_image(image.clone(), size);
                    self.surface.pop();
                }
            }
        }
    }

    /// Draws glyphs from `start` on their baseline, one operation for each change of font or size.
    fn glyphs(
        &mut self,
        shaped: &Shaped,
        shapes: &[Shape],
        start: Point,
        size_pt: f32,
        ink: Ink,
        letters: Letters,
    ) {
        let mut x = start.x;
        for run in shapes.chunk_by(|a, b| face(a) == face(b) && a.scale == b.scale) {
            let width: f32 = run.iter().map(|shape| shape.advance).sum();
            if let Some(face) = face(&run[0]) {
                let scale = run[0].scale;
                let glyphs: Vec<KrillaGlyph> = run
                    .iter()
                    .filter_map(|shape| krilla_glyph(shape, scale))
                    .collect();
                let size = size_pt * scale;
                self.surface.set_fill(Some(fill(ink)));
                self.surface
                    .set_stroke((face == Face::FallbackBold).then(|| stroke(ink, size * EMBOLDEN)));
                let at = Point::from_xy(x, start.y);
                self.surface.draw_glyphs(
                    at,
                    &glyphs,
                    self.fonts.krilla(face),
                    &shaped.text,
                    size,
                    letters == Letters::Outlined,
                );
            }
            x += width * size_pt;
        }
    }
}

/// Whether letters are text of the page or shapes only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Text,
    Outlined,
}

fn face(shape: &Shape) -> Option<Face> {
    shape.glyph.map(|glyph| glyph.face)
}

/// krilla's advances are in em of the run, not of the paragraph.
fn krilla_glyph(shape: &Shape, scale: f32) -> Option<KrillaGlyph> {
    let id = GlyphId::new(shape.glyph?.id);
    Some(KrillaGlyph::new(
        id,
        shape.advance / scale,
        shape.offset / scale,
        0.0,
        0.0,
        shape.range.clone(),
        None,
    ))
}

fn color(ink: Ink) -> paint::Paint {
    match ink {
        Ink::Black => luma::Color::black().into(),
        Ink::White => luma::Color::white().into(),
    }
}

fn fill(ink: Ink) -> paint::Fill {
    paint::Fill {
        paint: color(ink),
        opacity: NormalizedF32::ONE,
        rule: paint::FillRule::NonZero,
    }
}

fn stroke(ink: Ink, width: f32) -> Stroke {
    Stroke {
        paint: color(ink),
        width,
        ..Stroke::default()
    }
}

fn collect_fills(placed: &Placed, x: f32, y: f32, all: &mut Vec<Fill>) {
    let (x, y) = (x + placed.x, y + placed.y);
    all.extend(placed.laid.fills.iter().map(|fill| Fill {
        x: x + fill.x,
        y: y + fill.y,
        ..*fill
    }));
    for child in &placed.laid.children {
        collect_fills(child, x, y, all);
    }
}

fn has_content(laid: &Laid) -> bool {
    laid.content.is_some() || laid.children.iter().any(|child| has_content(&child.laid))
}

/// Whether a box holds nothing but paragraphs of one group, which then need only one mark in the page.
fn is_text_only(laid: &Laid) -> bool {
    let text =
        |content: &Content| !matches!(content, Content::Symbol { .. } | Content::Photo { .. });
    laid.content.as_ref().is_none_or(text)
        && laid
            .children
            .iter()
            .all(|child| child.laid.tag.is_none() && is_text_only(&child.laid))
}

/// Characters set one below the other would be read as lines of one character each.
fn upright_text(laid: &Laid) -> Option<&str> {
    match &laid.content {
        Some(Content::Column { shaped, .. }) => Some(&shaped.text),
        _ => None,
    }
}

fn tag_kind(tag: &Tag, laid: &Laid) -> TagKind {
    match tag {
        Tag::Heading(level) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            PdfTag::Hn(level, heading_text(laid)).into()
        }
        Tag::Paragraph => PdfTag::P.into(),
        Tag::Table => PdfTag::Table.into(),
        Tag::TableRow => PdfTag::TR.into(),
        Tag::HeadCell => PdfTag::TH(TableHeaderScope::Column).into(),
        Tag::Cell => PdfTag::TD.into(),
        Tag::Figure(alt) => PdfTag::Figure(Some(alt.clone())).into(),
    }
}

fn heading_text(laid: &Laid) -> Option<String> {
    match laid.content.as_ref()? {
        Content::Lines { shaped, .. }
        | Content::Column { shaped, .. }
        | Content::Turned { shaped, .. } => Some(shaped.text.clone()),
        Content::Symbol { .. } | Content::Photo { .. } => None,
    }
}
