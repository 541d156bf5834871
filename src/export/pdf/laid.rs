//! Measured boxes: what layout gives to flow and paint. Lengths are millimetres from the box's upper left corner,
//! y downwards.
use std::rc::Rc;

use super::element::Purpose;
use super::text::{Line, Shaped};
use crate::export::qr;

/// Colour of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    White,
}

/// A filled rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fill {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub ink: Ink,
}

/// What a box is to a screen reader.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tag {
    Heading(u16),
    Paragraph,
    Table,
    TableRow,
    HeadCell,
    Cell,
    Figure(String),
}

/// A line of text at its place.
#[derive(Clone, Debug)]
pub(super) struct PlacedLine {
    pub line: Line,
    pub x: f32,
    pub baseline: f32,
}

/// What a leaf box shows.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Lines {
        shaped: Rc<Shaped>,
        lines: Vec<PlacedLine>,
        size_pt: f32,
        ink: Ink,
        purpose: Purpose,
    },
    /// Upright characters from top to bottom, white, centred on `x`.
    Column {
        shaped: Rc<Shaped>,
        x: f32,
        first_baseline: f32,
        step: f32,
        size_pt: f32,
    },
    /// A line turned by 90° clockwise: it runs down from `top`, its baseline at `x`.
    Turned {
        shaped: Rc<Shaped>,
        x: f32,
        top: f32,
        size_pt: f32,
    },
    Symbol {
        symbol: Rc<qr::Qr>,
        x: f32,
        y: f32,
        module: f32,
    },
    Photo {
        image: krilla::image::Image,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
}

/// A measured box.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    pub width: f32,
    pub height: f32,
    pub tag: Option<Tag>,
    /// Drawn below all text, in order.
    pub fills: Vec<Fill>,
    pub content: Option<Content>,
    pub children: Vec<Placed>,
}

/// A box inside another.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub x: f32,
    pub y: f32,
    pub laid: Laid,
}

impl Laid {
    pub fn sized(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            ..Self::default()
        }
    }

    /// The text of each line, in reading order.
    #[cfg(test)]
    pub fn lines(&self) -> Vec<String> {
        let cut = |shaped: &Shaped, shapes: std::ops::Range<usize>| -> String {
            shaped.shapes[shapes]
                .iter()
                .map(|shape| &shaped.text[shape.range.clone()])
                .collect()
        };
        let mut all = match &self.content {
            Some(Content::Lines { shaped, lines, .. }) => lines
                .iter()
                .map(|placed| cut(shaped, placed.line.shapes.clone()))
                .collect(),
            Some(Content::Column { shaped, .. } | Content::Turned { shaped, .. }) => {
                vec![shaped.text.clone()]
            }
            _ => Vec::new(),
        };
        all.extend(self.children.iter().flat_map(|child| child.laid.lines()));
        all
    }

    pub fn place(&mut self, x: f32, y: f32, laid: Laid) {
        self.children.push(Placed { x, y, laid });
    }

    pub fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.fills.push(Fill {
            x,
            y,
            width,
            height,
            ink,
        });
    }

    /// A line centred on `y`.
    pub fn horizontal(&mut self, x: f32, y: f32, width: f32, thickness: f32) {
        self.fill(x, y - thickness / 2.0, width, thickness, Ink::Black);
    }

    /// A line centred on `x`.
    pub fn vertical(&mut self, x: f32, y: f32, height: f32, thickness: f32) {
        self.fill(x - thickness / 2.0, y, thickness, height, Ink::Black);
    }

    /// A frame whose lines are centred on the box's edges.
    pub fn frame(&mut self, thickness: f32) {
        if thickness == 0.0 {
            return;
        }
        let (half, width, height) = (thickness / 2.0, self.width, self.height);
        self.horizontal(-half, 0.0, width + thickness, thickness);
        self.horizontal(-half, height, width + thickness, thickness);
        self.vertical(0.0, -half, height + thickness, thickness);
        self.vertical(width, -half, height + thickness, thickness);
    }
}
