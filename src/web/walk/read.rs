//! The read page: facts in words, lists as tables, telephone numbers to tap.

use maud::{Markup, html};

use crate::domain::answer::{Answer, Field, Kind, NOT_ASKED, Shown, UNKNOWN};
use crate::domain::computed::Computed;
use crate::domain::form::{Item, Level, Section, Style};
use crate::domain::phone::Phone;
use crate::domain::sheet::Staleness;
use crate::domain::standing::{self, Standing};
use crate::domain::view::{DRILL, SheetView};
use crate::web::icon::{Icon, icon};

/// The most columns that fit a table in a card; longer rows become a list.
const COLUMNS_MAX: usize = 4;

/// One section as a card. `edit` is the address of its edit page, for those who may edit.
///
/// What the form wants is always shown; of the rest, what nobody asked is named in one line, so that 未確認 stays
/// visible (safety.md S18) without filling the page.
pub fn section(view: &SheetView, section: &Section, edit: Option<&str>) -> Markup {
    let shown: Vec<(&Item, Shown)> = section
        .items
        .iter()
        .map(|item| (item, view.item(item)))
        .collect();
    let (silent, told): (Vec<_>, Vec<_>) = shown
        .iter()
        .partition(|(item, shown)| item.level == Level::Optional && shown.is_not_asked());
    html! {
        section .card id=(section.key) {
            div .card-head {
                h2 { (section.title) }
                @if let Some(address) = edit {
                    a .button .text .small href=(address) {
                        "編集" span .visually-hidden { ": " (section.title) }
                    }
                }
            }
            dl .facts {
                @for (item, shown) in told {
                    div .whole[matches!(shown, Shown::Rows(_))] {
                        dt { (item.label) }
                        dd { (item_fact(item, shown)) }
                    }
                }
                @if !silent.is_empty() {
                    div {
                        dt { (not_asked()) }
                        dd { (labels(silent.iter().map(|(item, _)| item.label.as_str()))) }
                    }
                }
            }
        }
    }
}

fn labels<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    labels.collect::<Vec<_>>().join("、")
}

fn item_fact(item: &Item, shown: &Shown) -> Markup {
    let kind = item.source.kind();
    match (item.style, shown) {
        (Style::Alert, Shown::Text(words)) => some(html! { (lines(words)) }),
        (_, Shown::Rows(rows)) => list(rows),
        _ => fact(kind, shown),
    }
}

/// One answer in words. 未確認, 不明 and なし each have their own word and shape.
pub fn fact(kind: Option<Kind>, shown: &Shown) -> Markup {
    match shown {
        Shown::NotAsked => not_asked(),
        Shown::Unknown => unknown(),
        Shown::None(_) => none(&shown.line()),
        Shown::Text(words) => match kind {
            Some(Kind::Phone) => phone(words),
            Some(Kind::Lines { .. } | Kind::Text { .. }) | None => lines(words),
            Some(Kind::Choice(_) | Kind::Checks(_) | Kind::Name | Kind::Kana) => html! { (words) },
            Some(_) => html! { span .number { (words) } },
        },
        Shown::Rows(rows) => list(rows),
    }
}

/// 未確認: nobody asked.
pub fn not_asked() -> Markup {
    presence("unasked", Icon::Ask, html! { (NOT_ASKED) })
}

/// 不明: somebody asked and nobody knows.
pub fn unknown() -> Markup {
    presence("unknown", Icon::Ask, html! { (UNKNOWN) })
}

fn none(words: &str) -> Markup {
    presence("none", Icon::None, html! { (words) })
}

fn some(words: Markup) -> Markup {
    presence("some", Icon::Stop, html! { span { (words) } })
}

fn presence(code: &str, shape: Icon, words: Markup) -> Markup {
    html! { span .presence data-presence=(code) { (icon(shape)) (words) } }
}

/// Text with its line ends.
pub fn lines(words: &str) -> Markup {
    html! {
        @for (at, line) in words.split('\n').enumerate() {
            @if at > 0 { br; }
            (line)
        }
    }
}

/// A number to tap; as plain text if it cannot be dialled.
pub fn phone(words: &str) -> Markup {
    match Phone::parse(words) {
        Ok(phone) => html! { a .number href={ "tel:" (phone.dial()) } { (words) } },
        Err(_) => html! { span .number { (words) } },
    }
}

type Row = Vec<(Field, Shown)>;

fn list(rows: &[Row]) -> Markup {
    let columns = answered_columns(rows);
    match columns.len() {
        0 => not_asked(),
        count if count <= COLUMNS_MAX => table(rows, &columns),
        _ => cards(rows),
    }
}

/// The columns in which at least one row has an answer, by their place.
fn answered_columns(rows: &[Row]) -> Vec<(usize, Field)> {
    let first = rows.first().map_or(&[][..], Vec::as_slice);
    first
        .iter()
        .enumerate()
        .filter(|(at, _)| {
            rows.iter()
                .any(|row| row.get(*at).is_some_and(|(_, shown)| !shown.is_not_asked()))
        })
        .map(|(at, (field, _))| (at, *field))
        .collect()
}

fn table(rows: &[Row], columns: &[(usize, Field)]) -> Markup {
    html! {
        table .stack role="table" {
            thead role="rowgroup" {
                tr role="row" {
                    @for (_, field) in columns { th role="columnheader" scope="col" { (field.label) } }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for (at, field) in columns {
                            @let shown = row.get(*at).map_or(&Shown::NotAsked, |(_, shown)| shown);
                            td role="cell" data-label=(field.label) { (fact(Some(field.kind), shown)) }
                        }
                    }
                }
            }
        }
    }
}

/// Rows with many answers: the first answer names the row, the others follow with their labels.
fn cards(rows: &[Row]) -> Markup {
    html! {
        ol .plain-list {
            @for row in rows { li { (card(row)) } }
        }
    }
}

fn card(row: &Row) -> Markup {
    let (silent, told): (Vec<_>, Vec<_>) = row.iter().partition(|(_, shown)| shown.is_not_asked());
    let mut told = told.into_iter();
    html! {
        @if let Some((field, shown)) = told.next() {
            p { b { (fact(Some(field.kind), shown)) } }
        }
        dl .person-facts {
            @for (field, shown) in told {
                div { dt { (field.label) } dd { (fact(Some(field.kind), shown)) } }
            }
        }
        @if !silent.is_empty() {
            p .small { (not_asked()) " " (labels(silent.iter().map(|(field, _)| field.label))) }
        }
    }
}

/// What can hurt if it is overlooked, each with its own word and shape.
pub fn glance(view: &SheetView) -> Markup {
    let Shown::Rows(alerts) = Computed::Alerts.shown(view) else {
        return html! {};
    };
    html! {
        ul .glance {
            @for alert in &alerts {
                @if let [(_, what), (field, detail)] = alert.as_slice() {
                    li data-presence=(presence_code(detail)) {
                        h3 { (icon(alert_icon(&what.line()))) (what.line()) }
                        p {
                            @match detail {
                                Shown::Text(words) => { "あり: " (lines(words)) }
                                other => { (fact(Some(field.kind), other)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The four answers that must never be taken for one another (safety.md S18), as markup and JSON name them.
pub fn presence_code(shown: &Shown) -> &'static str {
    match shown {
        Shown::NotAsked => "unasked",
        Shown::Unknown => "unknown",
        Shown::None(_) => "none",
        Shown::Text(_) | Shown::Rows(_) => "some",
    }
}

/// The shape beside an alert's word.
pub fn alert_icon(what: &str) -> Icon {
    match what {
        "要注意薬" => Icon::Drop,
        "アレルギー" | "食物アレルギー" => Icon::Allergy,
        "感染症" => Icon::Germ,
        _ => Icon::Device,
    }
}

/// What to do about resuscitation, in the order in which it has to be read: to what an order applies, what to do, why,
/// until when, what crews of the area do; then whom to call, and the order's facts.
pub fn band(standing: &Standing) -> Markup {
    band_of_size(standing, "standing", &html! {}, true)
}

/// The same, with what can be done about it between whom to call and the order's facts.
pub fn band_with(standing: &Standing, actions: &Markup) -> Markup {
    band_of_size(standing, "standing", actions, true)
}

/// The same, smaller: on pages where something is typed or confirmed.
pub fn band_compact(standing: &Standing) -> Markup {
    band_of_size(standing, "standing compact", &html! {}, false)
}

fn band_of_size(standing: &Standing, class: &str, actions: &Markup, with_facts: bool) -> Markup {
    let band = standing.band();
    html! {
        section class=(class) data-standing=(standing.code()) aria-label="心肺蘇生" {
            @if let Some(scope) = band.scope { p .standing-scope { (icon(Icon::Warn)) span { (scope) } } }
            h2 .standing-lead { (icon(Icon::Heart)) span { (band.headline) } }
            p .standing-why { (icon(Icon::Info)) span { (band.reason) } }
            p .standing-until { (band.until) }
            p .standing-until { (band.area) }
            (calls(standing))
            (actions)
            @if with_facts && !band.facts.is_empty() {
                dl .standing-facts {
                    @for (label, words) in &band.facts { div { dt { (label) } dd { (words) } } }
                }
            }
        }
    }
}

/// The physician's number and the backup, to tap.
pub fn calls(standing: &Standing) -> Markup {
    html! {
        @if !standing.calls().is_empty() {
            ul .standing-calls {
                @for call in standing.calls() {
                    li {
                        a .number href={ "tel:" (call.phone.dial()) } {
                            (icon(Icon::Phone)) (call.phone) span .visually-hidden { " へ電話" }
                        }
                        " " span { (call.who) }
                    }
                }
            }
        }
    }
}

/// One resident's standing in a list; above the list stands [`list_note`].
pub fn band_line(standing: &Standing) -> Markup {
    let band = standing.band();
    html! {
        p .standing .line data-standing=(standing.code()) {
            (icon(Icon::Heart))
            span {
                @if let Some(scope) = band.scope { b { (scope) } br; }
                (band.headline)
            }
        }
    }
}

/// Every answer that was given, with its label.
pub fn answers(walk: &[(&'static Field, &dyn Answer)]) -> Markup {
    html! {
        dl .facts {
            @for (field, answer) in walk {
                @let shown = answer.shown();
                @if !shown.is_not_asked() {
                    div .whole[matches!(shown, Shown::Rows(_))] {
                        dt { (field.label) }
                        dd { (fact(Some(field.kind), &shown)) }
                    }
                }
            }
        }
    }
}

/// What holds for everybody in a list: until when, and what crews of the area do (safety.md S3, S15).
pub fn list_note(area: &str) -> Markup {
    html! { p .small { "どの方も、" (standing::UNTIL) "。" (area) "。" } }
}

/// Who this is, before anything medical (safety.md S19).
pub fn identity_header(view: &SheetView, photo_url: Option<&str>) -> Markup {
    let identity = &view.record.identity;
    let name = identity.name.to_string();
    let kana = identity.name_kana.value();
    html! {
        @if view.marks.is_drill { p .strip .drill { (icon(Icon::Info)) " " (DRILL) } }
        header .person {
            (face(&name, photo_url))
            div .person-body {
                h1 .person-name {
                    @if let Some(kana) = kana { span .kana { (kana) } }
                    (name)
                }
                dl .person-facts .number {
                    (person_fact("施設", &view.facility.facility_name.to_string()))
                    (person_fact("居室", &Computed::Place.shown(view).line()))
                    (person_fact("生年月日", &identity.birth_date.to_string()))
                    (person_fact("年齢", &Computed::Age.shown(view).line()))
                    (person_fact("性別", &identity.sex.to_string()))
                }
                p .person-marks {
                    (like_names(&view.alike))
                    (staleness(view.staleness()))
                }
            }
        }
    }
}

fn person_fact(label: &str, words: &str) -> Markup {
    html! { div { dt { (label) } dd { (words) } } }
}

/// The photograph, or the first character of the name with its variation selector.
pub fn face(name: &str, photo_url: Option<&str>) -> Markup {
    let initial: String = name
        .char_indices()
        .skip(1)
        .find(|(_, c)| !crate::domain::text::is_variation_selector(*c))
        .map_or(name, |(end, _)| &name[..end])
        .to_owned();
    html! {
        @match photo_url {
            Some(address) => span .face { img src=(address) alt={ (name) "さんの顔写真" }; },
            None => span .face aria-hidden="true" { (initial) },
        }
    }
}

/// A warning that others here have nearly the same name (safety.md S19).
pub fn like_names(alike: &[String]) -> Markup {
    html! {
        @if !alike.is_empty() {
            span .like-name { (icon(Icon::People)) "似た名前: " (alike.join("、")) }
        }
    }
}

/// When somebody last went through everything, in words (safety.md S21).
pub fn staleness(staleness: Staleness) -> Markup {
    let (code, shape) = match staleness {
        Staleness::Fresh { .. } => ("ok", Icon::Ok),
        Staleness::Amber { .. } => ("amber", Icon::Warn),
        Staleness::Red { .. } | Staleness::Never => ("red", Icon::Stop),
    };
    html! {
        span .fresh data-fresh=(code) { (icon(shape)) "最終確認 " (staleness.words()) }
    }
}
