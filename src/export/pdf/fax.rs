//! 送付状: what goes through the machine before a paper, so that whoever finds it knows whose it is and how much it is.
//!
//! It lies open beside a machine that many people use: it tells no medical fact and no standing, and with a masked name
//! not even whose paper is coming (domain/forms.md §1(d), §3.5).

use super::sheet::foot_line;
use super::{
    Align, Band, Border, Cell, Document, Element, Grid, Margins, PdfError, Row, Rule, Section,
    Stack, Text, Vertical, Width,
};
use crate::domain::clock::Moment;
use crate::domain::date::{self, Day};

/// Everything that a cover says.
#[derive(Clone, Debug)]
pub struct Cover<'a> {
    /// Identifies the file.
    pub id: &'a str,
    pub printed_at: Moment,
    pub to: To<'a>,
    pub from: From<'a>,
    /// Masked already, where that was asked for.
    pub name: &'a str,
    pub age: &'a str,
    pub subject: &'a str,
    pub sent: Sent<'a>,
    /// All that go through the machine, this cover too.
    pub pages: usize,
    pub first: Typed<'a>,
    /// Nobody, when no second person compared the number.
    pub second: Option<Typed<'a>>,
}

#[derive(Clone, Debug)]
pub struct To<'a> {
    pub recipient: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub number: &'a str,
}

#[derive(Clone, Debug)]
pub struct From<'a> {
    pub facility: &'a str,
    pub address: &'a str,
    pub phone: &'a str,
    pub night_phone: &'a str,
    pub fax: &'a str,
    pub sender: &'a str,
}

/// What goes along.
#[derive(Clone, Debug)]
pub enum Sent<'a> {
    Paper {
        title: &'a str,
        serial: &'a str,
        issued_at: Moment,
        pages: usize,
    },
    /// The name is masked: the paper holds it, so it does not go along.
    Nothing,
}

/// Who typed the number, and when.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    pub name: &'a str,
    pub at: Moment,
}

const MARGINS: Margins = Margins {
    top: 14.0,
    right: 16.0,
    bottom: 9.0,
    left: 18.0,
};
const GAP: f32 = 5.0;
/// Nothing that somebody has to read is smaller: a fax machine has 100 lines to the inch.
const BODY_PT: f32 = 12.5;
const LABEL_PT: f32 = 10.5;

/// The cover as an A4 page.
///
/// # Errors
/// A character that no font has.
pub fn render(cover: &Cover) -> Result<Vec<u8>, PdfError> {
    let document = Document::new(
        format!("FAX送付状 {}", cover.to.recipient),
        cover.from.facility,
        cover.id,
        cover.printed_at,
    );
    super::render(&document.with(section(cover)))
}

fn section<'a>(cover: &Cover) -> Section<'a> {
    let foot = format!(
        "{}　FAX送付状　{} 作成",
        cover.from.facility,
        date::moment_short(cover.printed_at)
    );
    let mut section = Section::new()
        .gap(GAP)
        .margins(MARGINS)
        .bookmark("FAX送付状")
        .block(title(cover))
        .block(Rule {
            border: Border::Heavy,
        })
        .block(parties(cover))
        .block(count(cover))
        .block(what(cover))
        .block(checked(cover))
        .block(arrived(cover))
        .block(astray(cover));
    section.fit_pages = 1;
    section.footer(move |page| foot_line(&foot, page))
}

fn body(words: impl Into<String>) -> Text {
    Text::value(words)
        .size(BODY_PT)
        .floor(LABEL_PT)
        .leading(1.3)
}

fn label(words: impl Into<String>) -> Text {
    Text::value(words).size(LABEL_PT).floor(LABEL_PT)
}

/// A field whose label can be read after the fax, too.
fn field(words: &str, value: impl Into<Element>) -> Cell {
    Cell::new("", Stack::new(0.6).with(label(words)).with(value))
}

fn to_write(words: &str, height: f32) -> Cell {
    Cell::new("", label(words)).min_height(height)
}

/// Large where it fits, and smaller rather than long.
fn large(words: impl Into<String>, size: f32) -> Text {
    Text::value(words)
        .size(size)
        .floor(LABEL_PT)
        .within(2, LABEL_PT)
        .leading(1.2)
        .bold()
}

fn title(cover: &Cover) -> Element {
    Row::new(3.0)
        .at(
            Width::Share(1.0),
            Vertical::Bottom,
            Text::heading(1, "FAX送付状").size(28.0).leading(1.1),
        )
        .at(
            Width::Mm(80.0),
            Vertical::Bottom,
            Stack::new(0.4)
                .with(body(Day::of(cover.printed_at).to_string()).align(Align::Right))
                .with(
                    label(format!("{} 作成", date::moment_text(cover.printed_at)))
                        .align(Align::Right),
                ),
        )
        .into()
}

fn parties(cover: &Cover) -> Element {
    let (to, from) = (&cover.to, &cover.from);
    let mut receiver = Stack::new(1.2).with(large(format!("{} 御中", to.recipient), 16.0));
    if !to.department.is_empty() {
        receiver = receiver.with(body(to.department));
    }
    if !to.person.is_empty() {
        receiver = receiver.with(body(format!("{} 様", to.person)));
    }
    receiver = receiver.with(large(format!("FAX {}", to.number), 19.0));
    let mut sender = Stack::new(0.8)
        .with(large(from.facility, 14.0))
        .with(body(from.address))
        .with(body(format!("電話 {}", from.phone)).bold());
    if !from.night_phone.is_empty() {
        sender = sender.with(body(format!("夜間 {}", from.night_phone)).bold());
    }
    sender = sender
        .with(body(format!("FAX {}", from.fax)))
        .with(body(format!("送信者 {}", from.sender)));
    Grid::new()
        .row([
            field("宛先", receiver).span(6),
            field("差出人", sender).span(6),
        ])
        .into()
}

fn count(cover: &Cover) -> Element {
    let words = format!("この送付状を含めて　全 {} 枚", cover.pages);
    Band::framed(Text::critical(words, 20.0).centered().leading(1.2)).into()
}

fn what(cover: &Cover) -> Element {
    let who = match cover.age {
        "" => format!("{} 様", cover.name),
        age => format!("{} 様　{age}", cover.name),
    };
    let sent = match &cover.sent {
        Sent::Paper {
            title,
            serial,
            issued_at,
            pages,
        } => format!(
            "{title}　No. {serial}　{pages}枚\n{} 発行",
            date::moment_text(*issued_at)
        ),
        Sent::Nothing => "この送付状だけをお送りします。氏名は一部を伏せています。氏名と内容は、お電話でお伝えするか、紙を直接お渡しします。".to_owned(),
    };
    let mut grid = Grid::new()
        .row([field("どなたについて", large(who, 17.0))])
        .row([field("お送りするもの", body(sent))]);
    if !cover.subject.is_empty() {
        grid = grid.row([field("用件", body(cover.subject))]);
    }
    grid.into()
}

fn checked(cover: &Cover) -> Element {
    let typed = |typed: &Typed| body(format!("{}\n{}", typed.name, date::moment_text(typed.at)));
    let grid = Grid::headed("FAX番号の確認(2人が別々に)");
    match &cover.second {
        Some(second) => grid
            .row([
                field("1人目", typed(&cover.first)).span(6),
                field("2人目", typed(second)).span(6),
            ])
            .into(),
        None => Stack::new(1.0)
            .with(grid.row([
                to_write("1人目(機械に出た番号を見て署名)", 17.0).span(6),
                to_write("2人目(同じ)", 17.0).span(6),
            ]))
            .with(body("この番号は、まだ2人目が確かめていません。").bold())
            .into(),
    }
}

fn arrived(cover: &Cover) -> Element {
    let ask = format!(
        "全部で {} 枚あることを確かめて、{} へお電話ください。こちらからもお電話します。",
        cover.pages, cover.from.phone
    );
    Stack::new(1.0)
        .with(Text::heading(2, "届きましたら").size(14.0))
        .with(body(ask))
        .with(Grid::new().row([
            to_write("受け取った方", 16.0).span(5),
            to_write("日時", 16.0).span(4),
            to_write("枚数", 16.0).span(3),
        ]))
        .into()
}

fn astray(cover: &Cover) -> Element {
    let words = format!(
        "個人の情報が含まれています。心当たりのない方は、読まずに {} へお電話ください。お手数ですが、その後で細かく破って捨ててください。写しを取ること、ほかの人に見せることはおやめください。",
        cover.from.phone
    );
    Band::framed(
        Stack::new(0.8)
            .with(Text::heading(2, "間違って届いたとき").size(14.0))
            .with(body(words)),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::pdf::{page_count, render as print};

    const NOW: Moment = Moment(1_795_737_600_000);

    fn cover<'a>() -> Cover<'a> {
        Cover {
            id: "f",
            printed_at: NOW,
            to: To {
                recipient: "みなと市民病院",
                department: "地域医療連携室",
                person: "髙橋 誠",
                number: "0463-21-1234",
            },
            from: From {
                facility: "特別養護老人ホーム さざなみ苑",
                address: "みなと市浜町1-2-3",
                phone: "0463-00-1234",
                night_phone: "0463-00-5678",
                fax: "0463-00-1235",
                sender: "佐々木 美由紀(看護職)",
            },
            name: "髙﨑 𠮷子",
            age: "89歳",
            subject: "救急搬送の件",
            sent: Sent::Paper {
                title: "救急連絡シート",
                serial: "2026-0001",
                issued_at: NOW,
                pages: 1,
            },
            pages: 2,
            first: Typed {
                name: "佐々木 美由紀",
                at: NOW,
            },
            second: None,
        }
    }

    #[test]
    fn the_longest_texts_stay_on_one_page() {
        let (long, line) = ("髙".repeat(60), "髙﨑 ".repeat(26));
        let mut one = cover();
        one.to = To {
            recipient: &long,
            department: &long,
            person: &long,
            number: "+81 463-21-1234",
        };
        one.from = From {
            facility: &long,
            address: &line,
            phone: "0463-00-1234",
            night_phone: "0463-00-5678",
            fax: "0463-00-1235",
            sender: &long,
        };
        (one.name, one.subject) = (&long, &line);
        one.sent = Sent::Paper {
            title: &long,
            serial: "2026-10001",
            issued_at: NOW,
            pages: 12,
        };
        assert_eq!(section(&one).pages().unwrap(), 1);
    }

    #[test]
    fn pages_are_counted_in_the_bytes() {
        let bytes = render(&cover()).unwrap();
        assert_eq!(page_count(bytes), Some(1));
        let mut two = Document::new("二枚", "さざなみ苑", "f", NOW).with(section(&cover()));
        two = two.with(section(&cover()));
        assert_eq!(page_count(print(&two).unwrap()), Some(2));
        assert_eq!(page_count(b"%PDF-".to_vec()), None);
    }

    #[test]
    fn s25_a_character_that_no_font_has_is_named() {
        let mut one = cover();
        one.name = "𪛔田 花";
        let refused = render(&one).unwrap_err().to_string();
        assert!(refused.contains("U+2A6D4"), "{refused}");
    }
}
