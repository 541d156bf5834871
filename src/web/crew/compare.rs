//! Paper against server (design.md 8, safety.md S8): what the crew's page says differently from the paper in the hand.
//!
//! Compared is what the page shows, not what the record holds: both revisions are walked by the same form, so that a
//! change counts exactly when a reader would see it. A list is told row by row, each row whole, because "medicine 3:
//! 1 tablet" says nothing without its name.

use serde_json::Value;

use crate::domain::answer::{Field, Shown, row_line};
use crate::domain::computed::Computed;
use crate::domain::date::Day;
use crate::domain::form::{Form, Item, Source, Style};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::standing::{Standing, StandingKind};
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
    /// The paper shows an order that no longer holds: said first, and louder than everything else.
    pub ends_order: bool,
}

impl Difference {
    fn new(
        key: &'static str,
        label: impl Into<String>,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        Self {
            key,
            label: label.into(),
            before: before.into(),
            after: after.into(),
            ends_order: false,
        }
    }
}

impl Compared {
    /// What ended the order that the paper shows.
    pub fn ended_order(&self) -> Option<&Difference> {
        match self {
            Self::Differences(found) => found.iter().find(|one| one.ends_order),
            Self::Unknown => None,
        }
    }
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

/// Whether a frozen paper is a card, which shows no standing and little of the sheet.
pub(in crate::web) fn is_card(printed: &Value) -> bool {
    printed["form"]["card"] == true
}

/// What a card shows differently from what its form would show now. `None` when the frozen card cannot be read.
pub(in crate::web) fn card_changes(printed: &Value, now: &SheetView) -> Option<Vec<Difference>> {
    let form = Form::parse("", printed["form"]["text"].as_str()?).ok()?;
    let before = Printed::of(printed, now)?.view;
    let mut found = Vec::new();
    for cell in form.cells() {
        let label = if cell.label.is_empty() {
            cell.source.label()
        } else {
            &cell.label
        };
        let (before, after) = (before.cell(cell), now.cell(cell));
        found.extend(difference(cell.source.key(), label, &before, &after));
    }
    // A card that names nobody tells by its place whose it is (safety.md S19).
    if form.card?.names_nobody {
        let source = Source::Computed(Computed::Place);
        let (before, after) = (before.shown(source), now.shown(source));
        found.extend(difference("place", "居室", &before, &after));
    }
    Some(found)
}

/// Compares what was frozen when the paper was printed with what is shown now, within what the tier lets be shown.
pub fn compare(form: &Form, tier: Tier, printed: Option<&[u8]>, now: &SheetView) -> Compared {
    let frozen: Option<Value> = printed.and_then(|body| serde_json::from_slice(body).ok());
    frozen
        .and_then(|frozen| {
            if is_card(&frozen) {
                // Without consent the page tells no fact that could differ, and the card shows no order.
                return match tier {
                    Tier::ContactsOnly => Some(Vec::new()),
                    _ => card_changes(&frozen, now),
                };
            }
            differences(form, tier, &Printed::of(&frozen, now)?, now)
        })
        .map_or(Compared::Unknown, Compared::Differences)
}

/// `None` when the frozen standing cannot be read.
fn differences(
    form: &Form,
    tier: Tier,
    printed: &Printed,
    now: &SheetView,
) -> Option<Vec<Difference>> {
    let mut found = Vec::new();
    let whole = tier != Tier::ContactsOnly;
    if !whole {
        found.extend(ended_without_consent(&printed.standing, &now.standing));
    }
    if whole {
        found.extend(standing_changes(&printed.standing, &now.standing)?);
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
    Some(found)
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
    /// As [`Standing::json`] gave it; an older version of the program froze only code, headline and until.
    standing: Value,
}

impl Printed {
    fn of(frozen: &Value, now: &SheetView) -> Option<Self> {
        Some(Self {
            view: SheetView {
                record: Record::from_json(&frozen["record"]).ok()?,
                facility: FacilityFacts::from_json(&frozen["facility"]).ok()?,
                last_talk: frozen["last_talk"]
                    .as_str()
                    .and_then(|day| Day::parse(day).ok()),
                ..now.clone()
            },
            standing: frozen["standing"].clone(),
        })
    }
}

const STANDING: &str = "standing";
const NO_LONGER_HOLDS: &str = "この紙の指示は、今は有効ではありません";
const WAS_REVOKED: &str = "この紙の指示は撤回されました";

/// What a crew asks of an order, as its JSON names it.
pub(super) const ORDER: [(&str, &str); 13] = [
    ("physician", "指示書の医師"),
    ("institution", "指示書の医療機関"),
    ("signed_on", "指示日"),
    ("review_due_on", "次回確認日"),
    ("valid_until", "指示書の有効期限"),
    ("expected_event", "想定された状態"),
    ("basis_disease", "もとになる病気"),
    ("person_wish", "本人の意思の確かめ方"),
    ("scope", "指示の範囲"),
    ("original_location", "原本の場所"),
    ("original_mark", "署名された原本の照合符号"),
    ("signed_by", "署名した医師"),
    ("treatments", "心肺蘇生のほかの治療"),
];

/// What is said differently about resuscitation: another standing, or the same with another order, telephone or reason.
/// `None` when the frozen standing cannot be read.
pub(in crate::web) fn standing_changes(printed: &Value, now: &Standing) -> Option<Vec<Difference>> {
    let (code, headline) = (printed["code"].as_str()?, printed["headline"].as_str()?);
    let band = now.band();
    if code != now.code() {
        let ends_order = code == StandingKind::OrderOnFile.code();
        let label = match (ends_order, now.kind()) {
            (false, _) => "心肺蘇生",
            (true, StandingKind::Revoked) => WAS_REVOKED,
            (true, _) => NO_LONGER_HOLDS,
        };
        let after = format!("{}({})", band.headline, band.reason);
        return Some(vec![Difference {
            ends_order,
            ..Difference::new(STANDING, label, headline, after)
        }]);
    }
    let current = now.json();
    let mut found = Vec::new();
    let mut add = |label: &str, before: Option<String>, after: Option<String>| {
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            found.push(Difference::new(STANDING, label, before, after));
        }
    };
    add(
        "心肺蘇生",
        Some(headline.to_owned()),
        Some(band.headline.to_owned()),
    );
    for (key, label) in ORDER {
        let fact = |standing: &Value| standing["order"].get(key).map(fact_words);
        add(label, fact(printed), fact(&current));
    }
    if !now.band_calls().is_empty() {
        add("医師の電話", call_words(printed), call_words(&current));
    }
    add("理由", reason_words(printed), reason_words(&current));
    let area = |standing: &Value| standing["area"].as_str().map(str::to_owned);
    add("この地域の救急隊", area(printed), area(&current));
    Some(found)
}

/// Without consent nothing of the person is told (safety.md S22), but the paper tells it already: whoever holds it has to
/// know that its order ended (S8).
fn ended_without_consent(printed: &Value, now: &Standing) -> Option<Difference> {
    let ended = printed["code"] == StandingKind::OrderOnFile.code()
        && now.kind() != StandingKind::OrderOnFile;
    ended.then(|| Difference {
        ends_order: true,
        ..Difference::new(
            STANDING,
            NO_LONGER_HOLDS,
            printed["headline"].as_str().unwrap_or_default(),
            Standing::withheld().band().headline,
        )
    })
}

fn fact_words(fact: &Value) -> String {
    match fact {
        Value::String(text) => {
            Day::parse(text).map_or_else(|_| text.clone(), |day| day.to_string())
        }
        Value::Array(treatments) if treatments.is_empty() => "記載なし(通常どおり)".to_owned(),
        Value::Array(treatments) => joined(treatments, |one| {
            format!("{} {}", words_of(&one["label"]), words_of(&one["text"]))
        }),
        _ => "なし".to_owned(),
    }
}

fn call_words(standing: &Value) -> Option<String> {
    let calls = standing["calls"].as_array()?;
    Some(joined(calls, |call| {
        format!("{} {}", words_of(&call["who"]), words_of(&call["phone"]))
    }))
}

/// The reasons besides the day of the order, which is a fact of its own.
fn reason_words(standing: &Value) -> Option<String> {
    let reasons: Vec<Value> = standing["reasons"]
        .as_array()?
        .iter()
        .filter(|reason| reason["code"] != "order_holds")
        .cloned()
        .collect();
    if reasons.is_empty() {
        return Some("なし".to_owned());
    }
    Some(joined(&reasons, |reason| {
        words_of(&reason["text"]).to_owned()
    }))
}

fn joined(values: &[Value], words: impl Fn(&Value) -> String) -> String {
    values.iter().map(words).collect::<Vec<_>>().join("、")
}

fn words_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn difference(key: &'static str, label: &str, before: &Shown, after: &Shown) -> Option<Difference> {
    (before != after).then(|| Difference::new(key, label, before.line(), after.line()))
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
            None => Difference::new(key, item.label.as_str(), row_line(old), "なくなりました"),
        });
    }
    found.extend(
        came.into_iter().map(|new| {
            Difference::new(key, item.label.as_str(), "ありませんでした", row_line(new))
        }),
    );
    if found.is_empty() && before != after {
        found.push(Difference::new(
            key,
            item.label.as_str(),
            "別の順番",
            "順番だけが変わりました",
        ));
    }
    found
}

/// An alert is named by its own first cell: アレルギー, not 注意.
fn changed_row(item: &Item, old: &Row, new: &Row) -> Difference {
    let (label, before, after) = match (item.style, new.first()) {
        (Style::Alert, Some((_, what))) => (what.line(), rest(old), rest(new)),
        _ => (item.label.clone(), row_line(old), row_line(new)),
    };
    Difference::new(item.source.key(), label, before, after)
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
