//! Paper against server (design.md 8, safety.md S8): what the crew's page says differently from the paper in the hand.
//!
//! Compared is what the page shows, not what the record holds: both revisions are walked by the same form, so that a
//! change counts exactly when a reader would see it. A list is told row by row, each row whole, because "medicine 3:
//! 1 tablet" says nothing without its name.

use serde_json::Value;

use crate::domain::answer::{Field, Shown, row_line};
use crate::domain::computed::Computed;
use crate::domain::form::{Form, Item, Source, Style};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::Standing;
use crate::domain::view::SheetView;
use crate::web::scan::Tier;

/// What the paper and the record say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    Differences(Vec<Difference>),
    /// What was printed cannot be read; nothing may be claimed.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub key: &'static str,
    pub label: String,
    /// On the paper.
    pub before: String,
    /// Now.
    pub after: String,
}

/// Who the person is: told by every page, and not placed by the form.
const IDENTITY: [(&str, &str); 6] = [
    ("name", "氏名"),
    ("name_kana", "ふりがな"),
    ("birth_date", "生年月日"),
    ("sex", "性別"),
    ("place", "居室"),
    ("facility_name", "施設名"),
];

/// Compares what was frozen when the paper was printed with what is shown now, within what the tier lets be shown.
pub fn compare(form: &Form, tier: Tier, printed: Option<&[u8]>, now: &SheetView) -> Compared {
    let Some(printed) = printed.and_then(|body| Printed::read(body, now)) else {
        return Compared::Unknown;
    };
    let mut found = Vec::new();
    let whole = tier != Tier::ContactsOnly;
    if whole {
        found.extend(printed.standing_difference(&now.standing));
        for (key, label) in IDENTITY {
            if let Some(source) = Source::find(key) {
                let (before, after) = (printed.view.shown(source), now.shown(source));
                found.extend(difference(key, label, &before, &after));
            }
        }
    }
    let items = form
        .items()
        .filter(|item| whole || item.style == Style::Call)
        .filter(|item| !is_mark(item.source));
    for item in items {
        found.extend(item_differences(item, &printed.view, now));
    }
    Compared::Differences(found)
}

/// Marks of the revision itself: they differ by nature, and the page tells them elsewhere.
fn is_mark(source: Source) -> bool {
    matches!(
        source,
        Source::Computed(Computed::Recorded | Computed::Verified | Computed::LikeNames)
    )
}

/// The paper's sheet, seen as if it were today so that no age differs by the calendar alone.
struct Printed {
    view: SheetView,
    standing_code: String,
    standing_headline: String,
}

impl Printed {
    fn read(body: &[u8], now: &SheetView) -> Option<Self> {
        let frozen: Value = serde_json::from_slice(body).ok()?;
        let standing = |member: &str| Some(frozen["standing"][member].as_str()?.to_owned());
        Some(Self {
            view: SheetView {
                record: Record::from_json(&frozen["record"]).ok()?,
                facility: FacilityFacts::from_json(&frozen["facility"]).ok()?,
                ..now.clone()
            },
            standing_code: standing("code")?,
            standing_headline: standing("headline")?,
        })
    }

    fn standing_difference(&self, now: &Standing) -> Option<Difference> {
        (self.standing_code != now.code()).then(|| Difference {
            key: "standing",
            label: "心肺蘇生".to_owned(),
            before: self.standing_headline.clone(),
            after: now.band().headline.to_owned(),
        })
    }
}

fn difference(key: &'static str, label: &str, before: &Shown, after: &Shown) -> Option<Difference> {
    (before != after).then(|| Difference {
        key,
        label: label.to_owned(),
        before: before.line(),
        after: after.line(),
    })
}

fn item_differences(item: &Item, printed: &SheetView, now: &SheetView) -> Vec<Difference> {
    match (printed.item(item), now.item(item)) {
        (Shown::Rows(before), Shown::Rows(after)) => row_differences(item, &before, &after),
        (before, after) => difference(item.source.key(), &item.label, &before, &after)
            .into_iter()
            .collect(),
    }
}

type Row = Vec<(Field, Shown)>;

/// Rows that stayed are passed over; of the rest, those with the same first cell are one row that changed.
fn row_differences(item: &Item, before: &[Row], after: &[Row]) -> Vec<Difference> {
    let mut came: Vec<&Row> = after.iter().collect();
    let gone: Vec<&Row> = before
        .iter()
        .filter(|row| take(&mut came, |other| other == *row).is_none())
        .collect();
    let key = item.source.key();
    let mut found = Vec::new();
    for old in gone {
        let same = take(&mut came, |new| first_cell(new) == first_cell(old));
        found.push(match same {
            Some(new) => changed_row(item, old, new),
            None => Difference {
                key,
                label: item.label.clone(),
                before: row_line(old),
                after: "なくなりました".to_owned(),
            },
        });
    }
    found.extend(came.into_iter().map(|new| Difference {
        key,
        label: item.label.clone(),
        before: "ありませんでした".to_owned(),
        after: row_line(new),
    }));
    if found.is_empty() && before != after {
        found.push(Difference {
            key,
            label: item.label.clone(),
            before: "別の順番".to_owned(),
            after: "順番だけが変わりました".to_owned(),
        });
    }
    found
}

/// An alert is named by its own first cell: アレルギー, not 注意.
fn changed_row(item: &Item, old: &Row, new: &Row) -> Difference {
    let (label, before, after) = match (item.style, new.first()) {
        (Style::Alert, Some((_, what))) => (what.line(), rest(old), rest(new)),
        _ => (item.label.clone(), row_line(old), row_line(new)),
    };
    Difference {
        key: item.source.key(),
        label,
        before,
        after,
    }
}

fn rest(row: &Row) -> String {
    let cells: Vec<String> = row.iter().skip(1).map(|(_, shown)| shown.line()).collect();
    cells.join(" ")
}

fn first_cell(row: &Row) -> Option<&Shown> {
    row.first().map(|(_, shown)| shown)
}

fn take<'a>(rows: &mut Vec<&'a Row>, wanted: impl Fn(&Row) -> bool) -> Option<&'a Row> {
    let at = rows.iter().position(|row| wanted(row))?;
    Some(rows.remove(at))
}
