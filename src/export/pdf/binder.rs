//! The binder of a facility: a cover with what to do, an index by room and by reading, then the sheet of each resident.
//!
//! The index tells where a sheet is and nothing of what it says: it lies open on a desk.

use super::sheet::{self, Paper, foot_line, footer, shown};
use super::{
    Align, Band, Border, Document, Element, Margins, PdfError, Row, Rule, Section, Stack, Table,
    Text, Vertical, Width, card,
};
use crate::domain::clock::Moment;
use crate::domain::date;
use crate::domain::form::Form;
use crate::domain::resident::Head;
use crate::domain::view::SheetView;

/// One sheet of a binder.
pub struct Leaf<'a> {
    pub view: &'a SheetView,
    pub paper: Paper<'a>,
}

/// What goes onto the cover.
pub struct Cover<'a> {
    /// Identifies the file.
    pub id: &'a str,
    pub facility: &'a str,
    pub issued_at: Moment,
    pub issued_by: &'a str,
}

/// A drawn binder.
pub struct Drawn {
    pub pdf: Vec<u8>,
    pub pages: usize,
    /// The page on which each leaf begins, counted from 1, in the order of the leaves.
    pub begins: Vec<usize>,
}

const MARGINS: Margins = Margins {
    top: 12.0,
    right: 14.0,
    bottom: 9.0,
    left: 18.0,
};
const GAP: f32 = 3.0;
/// What somebody at the night desk does with it.
const HOW: [&str; 4] = [
    "さくいんで部屋か名前を探し、その方のページを開きます。",
    "名前・生年月日・部屋を確かめて、その方の紙を抜き、救急隊に渡します。",
    "渡したあとは、「発行した紙」の画面から新しい紙を発行して、ここに戻します。",
    "内容が変わった方の紙は、新しい紙に差し替え、古い紙を破棄します。",
];

/// Draws the sheets of `leaves`, in their order, behind a cover and an index.
///
/// # Errors
/// As [`sheet::render`], for any of the sheets.
pub fn render(form: &Form, cover: &Cover, leaves: &[Leaf]) -> Result<Drawn, PdfError> {
    let document = Document::new(
        format!("{}綴り {}", form.title, cover.facility),
        cover.facility,
        cover.id,
        cover.issued_at,
    );
    if let Some(card) = form.card {
        let (pdf, begins) = card::render(form, card, leaves, 1, &document)?;
        let pages = begins.last().copied().unwrap_or(0);
        return Ok(Drawn { pdf, pages, begins });
    }
    let sheets: Vec<Section> = leaves.iter().map(|leaf| bound(form, leaf)).collect();
    let lengths: Vec<usize> = sheets
        .iter()
        .map(Section::pages)
        .collect::<Result<_, _>>()?;
    let begins = |first: usize| -> Vec<usize> {
        let before = lengths.iter().scan(first, |page, length| {
            let begins = *page;
            *page += length;
            Some(begins)
        });
        before.collect()
    };
    // The index is as long whichever page numbers stand in it.
    let front = front(form, cover, leaves, &begins(1)).pages()?;
    let begins = begins(front + 1);
    let pages = front + lengths.iter().sum::<usize>();
    let mut document = document.with(self::front(form, cover, leaves, &begins));
    document.sections.extend(sheets);
    Ok(Drawn {
        pdf: super::render(&document)?,
        pages,
        begins,
    })
}

/// A sheet that also tells its page in the binder.
fn bound<'a>(form: &Form, leaf: &Leaf) -> Section<'a> {
    let foot = footer(&form.edition, leaf.view);
    sheet::section(form, leaf.view, &leaf.paper, None)
        .footer(move |page| foot_line(&format!("{foot}　綴り {}", page.overall), page))
}

fn front<'a>(form: &Form, cover: &Cover, leaves: &[Leaf], begins: &[usize]) -> Section<'a> {
    let printed = date::moment_text(cover.issued_at);
    let title = Row::new(3.0)
        .at(
            Width::Share(1.0),
            Vertical::Bottom,
            Stack::new(0.6)
                .with(
                    Text::heading(1, format!("{}綴り", form.title))
                        .size(24.0)
                        .leading(1.15),
                )
                .with(Text::critical(cover.facility, 14.0).leading(1.2)),
        )
        .at(
            Width::Mm(58.0),
            Vertical::Bottom,
            Stack::new(0.2)
                .with(Text::critical(format!("{}名分", leaves.len()), 14.0).align(Align::Right))
                .with(
                    Text::label(format!("{printed} 印刷"))
                        .size(8.5)
                        .align(Align::Right),
                )
                .with(Text::label(cover.issued_by).size(8.5).align(Align::Right)),
        );
    let mut how = Stack::new(0.8).with(Text::critical(
        format!("{printed}の内容です。変わったことは、紙のQRコードで確かめられます。"),
        11.0,
    ));
    for (number, sentence) in (1..).zip(HOW) {
        how = how.with(Text::value(format!("{number}. {sentence}")).size(10.5));
    }
    let mut by_reading: Vec<usize> = (0..leaves.len()).collect();
    by_reading.sort_by_cached_key(|leaf| Head::of(&leaves[*leaf].view.record).kana_key);
    let foot = format!("{}　{}綴り　{printed} 印刷", cover.facility, form.title);
    let mut section = Section::new()
        .bookmark("さくいん")
        .margins(MARGINS)
        .gap(GAP)
        .continued("(続き)さくいん")
        .block(title)
        .block(Rule {
            border: Border::Heavy,
        })
        .block(Band::framed(how))
        .block(index("部屋の順", leaves, begins, 0..leaves.len()))
        .block(index("かなの順", leaves, begins, by_reading));
    section.continues = "▼ さくいんは次のページに続きます".to_owned();
    section.footer(move |page| foot_line(&foot, page))
}

fn index(
    title: &str,
    leaves: &[Leaf],
    begins: &[usize],
    order: impl IntoIterator<Item = usize>,
) -> Element {
    let table = Table::headed(format!("さくいん({title})"))
        .column("部屋", Width::Mm(34.0))
        .column("氏名(ふりがな)", Width::Share(1.0))
        .column("生年月日", Width::Mm(47.0))
        .column("ページ", Width::Mm(15.0));
    let rows = order.into_iter().map(|leaf| {
        let view = leaves[leaf].view;
        let mut name = Text::critical(shown(view, "name"), 11.0)
            .then(format!("　{}", shown(view, "name_kana")));
        if !view.alike.is_empty() {
            name = name.then_bold("　似た名前の方がいます");
        }
        [
            Text::value(shown(view, "place")).size(10.0),
            name,
            Text::value(shown(view, "birth_date")).size(9.0),
            Text::critical(begins[leaf].to_string(), 12.0).align(Align::Right),
        ]
    });
    rows.fold(table, Table::row).into()
}

#[cfg(test)]
mod tests;
