//! How a form comes out with some content: for whoever writes one.

use super::flow::{self, PlacedPage};
use super::laid::{Content, Laid};
use super::sheet::{self, Paper};
use super::text::Shaper;
use super::{PdfError, Purpose, binder::Leaf, card, handoff};
use crate::domain::form::{Form, Surface};
use crate::domain::view::SheetView;

/// What was measured on the finished pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub pages: usize,
    /// The smallest fact of the resident, in points, and its words.
    pub fact: Option<(f32, String)>,
    /// The smallest of what names the resident or says what to do about resuscitation, in points, and its words.
    pub headline: Option<(f32, String)>,
    /// A card has no room for everything and says so.
    pub gave_way: bool,
}

/// Lays the paper out as for printing.
///
/// # Errors
/// As [`sheet::render`].
pub fn measure(form: &Form, view: &SheetView, paper: &Paper) -> Result<Measured, PdfError> {
    let shaper = Shaper::new();
    let pages = match form.card {
        Some(card) => {
            let face = Leaf {
                view,
                paper: *paper,
            };
            vec![card::imposed(
                card,
                &[card::cut(&shaper, form, card, &face)?],
            )]
        }
        None if form.surface == Surface::Handoff => {
            flow::pages(&shaper, &handoff::section(form, view), 0)?
        }
        None => flow::pages(&shaper, &sheet::section(form, view, paper, None), 0)?,
    };
    let mut found = Measured {
        pages: pages.len(),
        fact: None,
        headline: None,
        gave_way: false,
    };
    pages.iter().for_each(|page| found.page(page));
    Ok(found)
}

impl Measured {
    fn page(&mut self, page: &PlacedPage) {
        let furniture = page.header.iter().chain(&page.footer);
        for placed in furniture.chain(&page.blocks) {
            self.laid(&placed.laid);
        }
    }

    fn laid(&mut self, laid: &Laid) {
        if let Some(Content::Lines {
            shaped,
            size_pt,
            purpose,
            ..
        }) = &laid.content
        {
            self.gave_way |= shaped.text.ends_with(card::MORE);
            let smallest = match purpose {
                Purpose::Label => return,
                Purpose::Fact => &mut self.fact,
                Purpose::Headline => &mut self.headline,
            };
            if smallest.as_ref().is_none_or(|(size, _)| size_pt < size) {
                *smallest = Some((*size_pt, shaped.text.clone()));
            }
        }
        for child in &laid.children {
            self.laid(&child.laid);
        }
    }
}
