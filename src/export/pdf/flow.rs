//! Blocks become pages: shrunk until they fit the pages allowed, then continued on further ones.
use std::collections::VecDeque;

use super::element::{Element, Role, Text};
use super::laid::{Ink, Laid, Placed};
use super::layout::{EPSILON, Layouter, continuation, name};
use super::text::Shaper;
use super::{Page, PdfError, Section};
use crate::domain::form::SHEET_MM;

/// In millimetres.
pub(super) const PAGE_WIDTH: f32 = SHEET_MM.0 as f32;
pub(super) const PAGE_HEIGHT: f32 = SHEET_MM.1 as f32;
/// Between header or footer and the blocks, in millimetres.
const FURNITURE_GAP: f32 = 1.5;
/// Factors on text sizes, tried in order. Floors stop text from following all the way.
const SCALES: [f32; 8] = [1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7];

/// A page with everything at its place.
#[derive(Debug, Default)]
pub(super) struct PlacedPage {
    pub header: Option<Placed>,
    pub blocks: Vec<Placed>,
    pub footer: Option<Placed>,
}

/// Lays out `section`, which begins after `before` pages of its document.
pub(super) fn pages(
    shaper: &Shaper,
    section: &Section,
    before: usize,
) -> Result<Vec<PlacedPage>, PdfError> {
    let at = |scale| Flow {
        layouter: Layouter { shaper, scale },
        section,
        before,
    };
    let first = at(SCALES[0]).pages()?;
    if first.len() <= section.fit_pages {
        return Ok(first);
    }
    let smallest = at(SCALES[SCALES.len() - 1]).pages()?;
    if smallest.len() >= first.len() {
        // Shrinking saves no page: then rather large letters.
        return Ok(first);
    }
    let target = smallest.len().max(section.fit_pages);
    let (mut fails, mut fits, mut best) = (0, SCALES.len() - 1, smallest);
    while fits - fails > 1 {
        let middle = (fits + fails) / 2;
        let pages = at(SCALES[middle]).pages()?;
        if pages.len() <= target {
            (fits, best) = (middle, pages);
        } else {
            fails = middle;
        }
    }
    Ok(best)
}

struct Flow<'a, 's> {
    layouter: Layouter<'a>,
    section: &'a Section<'s>,
    before: usize,
}

/// Heights that are taken from every page.
#[derive(Clone, Copy)]
struct Reserved {
    header: f32,
    footer: f32,
    /// The line that says that a page is continued.
    continues: f32,
    /// Blocks pinned to the bottom of the first page.
    pinned: f32,
}

impl Flow<'_, '_> {
    fn width(&self) -> f32 {
        PAGE_WIDTH - self.section.margins.left - self.section.margins.right
    }

    fn lay(&self, element: &Element) -> Result<Laid, PdfError> {
        self.layouter.lay(element, self.width(), 0.0, Ink::Black)
    }

    fn gap(&self) -> f32 {
        self.layouter.squeeze(self.section.gap)
    }

    fn pages(&self) -> Result<Vec<PlacedPage>, PdfError> {
        let pinned = self.pinned()?;
        let mut reserved = self.reserved(&pinned, 1)?;
        let mut pages = self.fill(Reserved {
            continues: 0.0,
            ..reserved
        })?;
        let mut of = 1;
        // Headers may be taller when there are more pages; three rounds settle any that are not perverse.
        for _ in 0..3 {
            if pages.len() == of {
                break;
            }
            of = pages.len();
            reserved = self.reserved(&pinned, of)?;
            pages = self.fill(reserved)?;
        }
        self.close(&mut pages, pinned, reserved)?;
        Ok(pages)
    }

    fn pinned(&self) -> Result<Vec<Laid>, PdfError> {
        self.section
            .pinned
            .iter()
            .map(|block| self.lay(block))
            .collect()
    }

    fn reserved(&self, pinned: &[Laid], of: usize) -> Result<Reserved, PdfError> {
        let furniture = |draw: &Option<super::Furniture>| {
            let Some(draw) = draw else { return Ok(0.0) };
            (1..=of).try_fold(0.0_f32, |tallest, number| {
                let laid = self.lay(&draw(self.page(number, of)))?;
                Ok(tallest.max(laid.height + FURNITURE_GAP))
            })
        };
        let continues = self.lay(&continuation(&self.section.continues).into())?;
        Ok(Reserved {
            header: furniture(&self.section.header)?,
            footer: furniture(&self.section.footer)?,
            continues: continues.height + self.gap(),
            pinned: pinned.iter().map(|block| block.height + self.gap()).sum(),
        })
    }

    fn page(&self, number: usize, of: usize) -> Page {
        Page {
            number,
            of,
            overall: self.before + number,
        }
    }

    /// Distributes the blocks over pages.
    fn fill(&self, reserved: Reserved) -> Result<Vec<PlacedPage>, PdfError> {
        let margins = self.section.margins;
        let top = margins.top + reserved.header;
        let bottom = PAGE_HEIGHT - margins.bottom - reserved.footer - reserved.continues;
        let mut sheet = Sheet::new(margins.left, top, bottom - reserved.pinned);
        if sheet.y > sheet.limit
            && let Some(block) = self.section.pinned.first()
        {
            return Err(PdfError::TooTall { near: name(block) });
        }
        let mut waiting: VecDeque<Element> = self.section.blocks.iter().cloned().collect();
        while let Some(block) = waiting.pop_front() {
            let laid = self.lay(&block)?;
            let gap = if sheet.placed == 0 { 0.0 } else { self.gap() };
            let room = sheet.limit - sheet.y - gap;
            if laid.height <= room + EPSILON {
                sheet.place(gap, laid);
                sheet.heading = is_heading(&block).then_some(block);
                continue;
            }
            let fresh = sheet.placed == 0;
            if let Some((first, rest)) = self.layouter.split(&block, self.width(), room, fresh)? {
                sheet.place(gap, self.lay(&first)?);
                waiting.push_front(rest);
            } else if fresh && !sheet.full.is_empty() {
                return Err(PdfError::TooTall { near: name(&block) });
            } else {
                waiting.push_front(block);
                if let Some(heading) = sheet.take_heading() {
                    waiting.push_front(heading);
                }
            }
            sheet.turn(top, bottom);
            let line = self.lay(&continuation(&self.section.continued).into())?;
            sheet.place(0.0, line);
            sheet.y += self.gap();
            sheet.placed = 0;
        }
        sheet.turn(top, bottom);
        Ok(sheet.full)
    }

    /// Adds what stands at the edges: headers, footers, pinned blocks and the lines that announce a next page.
    fn close(
        &self,
        pages: &mut [PlacedPage],
        pinned: Vec<Laid>,
        reserved: Reserved,
    ) -> Result<(), PdfError> {
        let margins = self.section.margins;
        let (of, gap) = (pages.len(), self.gap());
        let bottom = PAGE_HEIGHT - margins.bottom;
        for (at, page) in pages.iter_mut().enumerate() {
            let here = self.page(at + 1, of);
            if let Some(draw) = &self.section.header {
                page.header = Some(Placed {
                    x: margins.left,
                    y: margins.top,
                    laid: self.lay(&draw(here))?,
                });
            }
            if at + 1 < of {
                let laid = self.lay(
                    &continuation(&self.section.continues)
                        .align(super::Align::Right)
                        .into(),
                )?;
                let y = bottom - reserved.footer - laid.height;
                page.blocks.push(Placed {
                    x: margins.left,
                    y,
                    laid,
                });
            }
            if let Some(draw) = &self.section.footer {
                let laid = self.lay(&draw(here))?;
                page.footer = Some(Placed {
                    x: margins.left,
                    y: bottom - laid.height,
                    laid,
                });
            }
        }
        let announced = if of > 1 { reserved.continues } else { 0.0 };
        let mut y = bottom - reserved.footer - announced - reserved.pinned;
        for laid in pinned {
            y += gap;
            let height = laid.height;
            pages[0].blocks.push(Placed {
                x: margins.left,
                y,
                laid,
            });
            y += height;
        }
        Ok(())
    }
}

/// The page being filled, and those before it.
struct Sheet {
    full: Vec<PlacedPage>,
    page: PlacedPage,
    x: f32,
    /// Where the next block begins, before the gap above it.
    y: f32,
    limit: f32,
    /// Blocks on this page.
    placed: usize,
    /// The last block, when it is a heading: it may not close a page.
    heading: Option<Element>,
}

impl Sheet {
    fn new(x: f32, y: f32, limit: f32) -> Self {
        Self {
            full: Vec::new(),
            page: PlacedPage::default(),
            x,
            y,
            limit,
            placed: 0,
            heading: None,
        }
    }

    fn place(&mut self, gap: f32, laid: Laid) {
        let y = self.y + gap;
        self.y = y + laid.height;
        self.page.blocks.push(Placed { x: self.x, y, laid });
        self.placed += 1;
        self.heading = None;
    }

    /// Takes back the heading that stands last, if something else is left on the page.
    fn take_heading(&mut self) -> Option<Element> {
        let heading = self.heading.take().filter(|_| self.placed > 1)?;
        self.page.blocks.pop();
        Some(heading)
    }

    fn turn(&mut self, top: f32, limit: f32) {
        self.full.push(std::mem::take(&mut self.page));
        (self.y, self.limit, self.placed, self.heading) = (top, limit, 0, None);
    }
}

pub(super) fn is_heading(element: &Element) -> bool {
    matches!(
        element,
        Element::Text(Text {
            role: Role::Heading(_),
            ..
        })
    )
}
