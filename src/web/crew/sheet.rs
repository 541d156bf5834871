//! The crew's page: who, resuscitation, whom to call, what can hurt, and then whatever the scan form places.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::at_call;
use super::calls::{self, Call};
use super::compare::{Compared, Difference};
use super::shell::{
    PaperWord, answer, answer_live, band, band_calls, call_119, drill, facility_calls, match_code,
    strip,
};
use super::{Opening, Paper, Sheet};
use crate::domain::answer::{Field, Kind, Known, Shown, row_line};
use crate::domain::computed::Computed;
use crate::domain::date::{ago, moment_text};
use crate::domain::form::{Form, Item, Section, Style};
use crate::domain::record::{ConsentToShare, Sex};
use crate::domain::sheet::Staleness;
use crate::domain::standing::{Standing, StandingKind};
use crate::domain::view::SheetView;
use crate::web::icon::{Icon, icon};
use crate::web::scan::Tier;
use crate::web::walk::read::{alert_icon, face, lines, phone, presence_code};

pub fn opened(form: &Form, opening: &Opening) -> Response {
    let main = main(form, opening);
    match &opening.sheet {
        Some(_) if opening.tier != Tier::ContactsOnly => answer_live(&main),
        _ => answer(StatusCode::OK, &main),
    }
}

pub(super) fn main(form: &Form, opening: &Opening) -> Markup {
    match &opening.sheet {
        None => unreadable(opening),
        Some(sheet) if opening.tier == Tier::ContactsOnly => contacts_only(form, opening, sheet),
        Some(sheet) => whole(form, opening, sheet),
    }
}

fn whole(form: &Form, opening: &Opening, sheet: &Sheet) -> Markup {
    let view = &sheet.view;
    let lead = lead_length(form);
    let (leading, following) = form.sections.split_at(lead);
    let above = band_calls(&view.standing);
    let (first, further) = lead_calls(leading, view, &above);
    let asks = (opening.tier == Tier::Emergency).then_some("emergency=1");
    html! {
        main data-mark=(sheet.mark) data-ask=(asks.unwrap_or_default()) {
            (drill(opening.paper.is_drill))
            (paper_state(&opening.paper, sheet))
            (identity(sheet))
            p #live .small .num role="status" hidden {}
            @if opening.tier == Tier::Emergency {
                p .paper data-paper="changed" {
                    (icon(Icon::Info))
                    span { "同意の確認がないまま、救命のために全体を表示しています。施設があとで確認します。" }
                }
            }
            (at_call::lead(&sheet.emergency))
            (band(&view.standing))
            (calls::list(&first))
            @if !further.is_empty() { p .more { a href="#further" { "ほかの電話 " (further.len()) "件" } } }
            @for item in leading.iter().flat_map(|section| &section.items).filter(|item| item.style == Style::Alert) {
                (alerts(item, view))
            }
            (conditions(&view.standing))
            @if let Some(at_call) = sheet.emergency.open() {
                (at_call::section(at_call, &view.record.usual, opening.at, opening.tier))
            }
            (differences(&sheet.compared))
            @let with_calls = following.iter().position(has_calls).unwrap_or(following.len());
            @for part in &following[..with_calls] { (section(part, view, &above)) }
            @if !further.is_empty() {
                h2 #further { "ほかの電話 " (further.len()) "件" }
                (calls::list(&further))
            }
            @for part in &following[with_calls..] { (section(part, view, &above)) }
            (foot(opening, Some(sheet)))
        }
    }
}

/// Sections of nothing but calls and alerts at the start of a form stand above everything else, without a heading.
fn lead_length(form: &Form) -> usize {
    let is_lead = |section: &Section| {
        section
            .items
            .iter()
            .all(|item| matches!(item.style, Style::Call | Style::Alert))
    };
    form.sections
        .iter()
        .take_while(|section| is_lead(section))
        .count()
}

fn has_calls(section: &Section) -> bool {
    section.items.iter().any(|item| item.style == Style::Call)
}

/// The one call to make first of each item; the others stand further down, so that the alerts stay in sight. What the band
/// calls already is not repeated, and nobody else takes its place.
fn lead_calls(sections: &[Section], view: &SheetView, above: &[Call]) -> (Vec<Call>, Vec<Call>) {
    let items = sections.iter().flat_map(|section| &section.items);
    let mut leading = Vec::new();
    let mut further = Vec::new();
    for item in items.filter(|item| item.style == Style::Call) {
        let (calls, in_band) = calls::without(calls::calls(item, view), above);
        if in_band {
            further.extend(calls);
            continue;
        }
        let (first, rest) = calls::first(calls);
        leading.extend(first);
        further.extend(rest);
    }
    (leading, further)
}

fn paper_state(paper: &Paper, sheet: &Sheet) -> Markup {
    let code = match_code(&paper.match_code);
    let stale = stale(&sheet.view);
    let newer = paper.current_revision != paper.revision;
    match &sheet.compared {
        Compared::Unknown => strip(
            PaperWord::Changed,
            &html! { "紙の内容と比べられません。下は今の記録です。" br; span .small { (code) " " (stale) } },
        ),
        Compared::Differences(found) if found.is_empty() => strip(
            PaperWord::Current,
            &html! {
                "この紙は最新です " span .soft { (code) } " " (stale)
                @if newer { br; span .small .soft { "記録は印刷のあと更新されましたが、この画面の項目は紙と同じです。" } }
            },
        ),
        Compared::Differences(found) if sheet.compared.ended_order().is_some() => strip(
            PaperWord::Ended,
            &html! {
                @if let Some(ended) = sheet.compared.ended_order() {
                    strong .loud { (ended.label) "。心肺蘇生を実施してください" }
                }
                "印刷のあとで" (found.len()) "点が変わりました。" a href="#changed" { "変わった点" } br;
                span .small { (code) " " (stale) }
            },
        ),
        Compared::Differences(found) => strip(
            PaperWord::Changed,
            &html! {
                "この紙は最新ではありません。印刷のあとで" (found.len()) "点が変わりました。"
                a href="#changed" { "変わった点" } br;
                span .small { (code) " " (stale) }
            },
        ),
    }
}

/// How long nobody went through the sheet, when that is long (safety.md S21); the foot says it in full.
fn stale(view: &SheetView) -> Markup {
    let words = match view.staleness() {
        Staleness::Fresh { .. } => return html! {},
        Staleness::Amber { verified_on, today } | Staleness::Red { verified_on, today } => {
            format!("最終確認 {}", ago(verified_on, today))
        }
        Staleness::Never => Staleness::Never.words(),
    };
    html! { span .tag .old { (words) } }
}

/// Who this is, before anything medical (safety.md S19).
fn identity(sheet: &Sheet) -> Markup {
    let view = &sheet.view;
    let identity = &view.record.identity;
    let name = identity.name.to_string();
    html! {
        header .who {
            (face(&name, sheet.photo.as_deref()))
            div {
                h1 { span .kana { (identity.name_kana) } (name) }
                p .num {
                    b { (or_open("居室", &Computed::Place.shown(view))) } " "
                    b { (or_open("年齢", &Computed::Age.shown(view))) " " (sex(view)) }
                }
                p .small .num { (birth(view)) }
                p .small { (view.facility.facility_name) }
                @if !view.alike.is_empty() {
                    p { span .mark { (icon(Icon::People)) "似た名前の方あり: " (view.alike.join("、")) } }
                }
                @if !sheet.alike_known { p { span .mark { "似た名前の方がいるか、確かめられません" } } }
            }
        }
    }
}

/// An answer that names itself, or what is open.
fn or_open(label: &str, shown: &Shown) -> String {
    if shown.is_settled() {
        shown.line()
    } else {
        format!("{label} {}", shown.line())
    }
}

fn sex(view: &SheetView) -> String {
    let sex = &view.record.identity.sex;
    match sex {
        // One character alone is easily misread at night.
        Known::Value(Sex::Male | Sex::Female) => format!("{sex}性"),
        _ => format!("性別 {sex}"),
    }
}

fn birth(view: &SheetView) -> String {
    let birth_date = &view.record.identity.birth_date;
    match birth_date {
        Known::Value(day) => format!("{day}生"),
        _ => format!("生年月日 {birth_date}"),
    }
}

fn alerts(item: &Item, view: &SheetView) -> Markup {
    let rows = match view.item(item) {
        Shown::Rows(rows) => rows,
        other => vec![vec![
            (named("what"), Shown::Text(item.label.clone())),
            (named("detail"), other),
        ]],
    };
    html! {
        section aria-label=(item.label) {
            ul .alerts {
                @for row in &rows {
                    @if let Some(((_, what), details)) = row.split_first() {
                        @for (_, detail) in details {
                            li data-presence=(presence_code(detail)) {
                                (icon(alert_icon(&what.line())))
                                h3 { (what.line()) }
                                p {
                                    @match detail {
                                        // One line for each thing: a second allergy must not hide behind the first.
                                        Shown::Text(words) => { "あり " (lines(&words.replace(" / ", "\n"))) }
                                        other => (other.line()),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn named(key: &'static str) -> Field {
    Field {
        key,
        label: key,
        kind: Kind::Text { max: 400 },
    }
}

/// What the area's crews check before a physician's word lets them stop. Where nobody spoke of it, or the area's crews
/// cannot stop, there is nothing to check.
fn conditions(standing: &Standing) -> Markup {
    let speaks = matches!(
        standing.kind(),
        StandingKind::OrderOnFile | StandingKind::FullCprWishOnly
    );
    if !speaks || standing.conditions().is_empty() {
        return html! {};
    }
    html! {
        h2 { "この地域で確かめること" }
        p .b { "すべてを確かめ、医師が電話で指示するまで、心肺蘇生を続けます。" }
        ul .check { @for one in standing.conditions() { li { (one) } } }
        @if !standing.area_calls().is_empty() { p { "連絡する相手: " (standing.area_calls().join("、")) } }
        p .small .soft { "出典: " (standing.area_source()) }
    }
}

fn differences(compared: &Compared) -> Markup {
    let Compared::Differences(found) = compared else {
        return html! {};
    };
    html! {
        @if !found.is_empty() {
            h2 #changed { "この紙から変わった点" }
            table {
                thead { tr { th scope="col" { "項目" } th scope="col" { "紙" } th scope="col" { "今" } } }
                tbody { @for one in found { (difference(one)) } }
            }
        }
    }
}

fn difference(one: &Difference) -> Markup {
    html! { tr { th scope="row" { (one.label) } td { (lines(&one.before)) } td .now { (lines(&one.after)) } } }
}

/// A section of the form: lists, then facts, then calls; what nobody asked is named in one line (safety.md S18).
fn section(section: &Section, view: &SheetView, above: &[Call]) -> Markup {
    let shown: Vec<(&Item, Shown)> = section
        .items
        .iter()
        .filter(|item| matches!(item.style, Style::Normal | Style::Large))
        .map(|item| (item, view.item(item)))
        .collect();
    let lists = shown.iter().filter_map(|(item, shown)| match shown {
        Shown::Rows(rows) => Some((*item, rows)),
        _ => None,
    });
    let told = shown
        .iter()
        .filter(|(_, shown)| !matches!(shown, Shown::Rows(_) | Shown::NotAsked));
    let silent: Vec<&str> = shown
        .iter()
        .filter(|(_, shown)| shown.is_not_asked())
        .map(|(item, _)| item.label.as_str())
        .collect();
    html! {
        h2 { (section.title) }
        @for item in section.items.iter().filter(|item| item.style == Style::Alert) { (alerts(item, view)) }
        @for (item, rows) in lists {
            h3 { (item.label) " " span .num { (rows.len()) "件" } }
            ul .list { @for row in rows { (list_row(row)) } }
        }
        dl .facts {
            @for (item, shown) in told {
                div { dt { (item.label) } dd { (fact(item, shown)) } }
            }
            @if !silent.is_empty() {
                div .silent { dt { (icon(Icon::Ask)) "未確認" } dd { (silent.join("、")) } }
            }
        }
        @for item in section.items.iter().filter(|item| item.style == Style::Call) {
            (calls::list(&calls::without(calls::calls(item, view), above).0))
        }
    }
}

/// The first answer names the row, the others follow.
fn list_row(row: &[(Field, Shown)]) -> Markup {
    let whole = row_line(row);
    let name = row
        .iter()
        .find(|(_, shown)| !shown.is_not_asked())
        .map(|(_, shown)| shown.line())
        .unwrap_or_default();
    let rest = whole.strip_prefix(&name).unwrap_or_default();
    html! { li { b { (name) } (rest) } }
}

fn fact(item: &Item, shown: &Shown) -> Markup {
    let kind = item.source.kind();
    let line = shown.line();
    let words = match (kind, shown) {
        (Some(Kind::Phone), Shown::Text(number)) => phone(number),
        _ => lines(&line),
    };
    html! { @if item.style == Style::Large { b { (words) } } @else { (words) } }
}

/// Without consent: whom to call and the default, and why that is all (safety.md S22).
fn contacts_only(form: &Form, opening: &Opening, sheet: &Sheet) -> Markup {
    let view = &sheet.view;
    let why = consent_words(view);
    let (first, further) = lead_calls(&form.sections, view, &[]);
    html! {
        main {
            (drill(opening.paper.is_drill))
            (paper_state(&opening.paper, sheet))
            (facility_and_room(&opening.paper, Some(&Computed::Place.shown(view).line())))
            (band(&Standing::withheld()))
            (calls::list(&first))
            h2 { "内容を表示していません" }
            p { (why) "電話とこの紙で確かめてください。" }
            form method="post" .ask {
                input type="hidden" name="emergency" value="1";
                button .go { "救命のため、全体の表示を求める" }
            }
            p .small { "求めたことは記録され、施設へ知らせます。" }
            @if !further.is_empty() {
                h2 { "ほかの電話 " (further.len()) "件" }
                (calls::list(&further))
            }
            (differences(&sheet.compared))
            (foot(opening, Some(sheet)))
        }
    }
}

fn consent_words(view: &SheetView) -> &'static str {
    match &view.record.consent.consent_to_share_ems {
        Known::Value(ConsentToShare::Refused) => {
            "救急隊への情報提供に同意しないという意思が記録されています。"
        }
        _ => "救急隊への情報提供の同意が、まだ確認されていません。",
    }
}

fn facility_and_room(paper: &Paper, room: Option<&str>) -> Markup {
    html! {
        header .who {
            div {
                h1 { (paper.facility.facility_name) }
                @if let Some(room) = room { p .num { b { (room) } } }
            }
        }
    }
}

/// The record cannot be read: the paper in the hand is all there is (safety.md S1).
fn unreadable(opening: &Opening) -> Markup {
    let paper = &opening.paper;
    html! {
        main {
            (drill(opening.paper.is_drill))
            (strip(PaperWord::Changed, &html! {
                "記録を読み取れません。紙の内容で活動し、電話で確かめてください。" br;
                span .small { (match_code(&paper.match_code)) }
            }))
            (facility_and_room(paper, None))
            (band(&Standing::by_failure()))
            (calls::list(&facility_calls(&paper.facility)))
            form method="post" .ask { button .go { "もう一度、表示を試す" } }
            (foot(opening, None))
        }
    }
}

fn foot(opening: &Opening, sheet: Option<&Sheet>) -> Markup {
    let paper = &opening.paper;
    html! {
        div .foot {
            p .num {
                "紙 No. " (paper.serial) " 第" (paper.revision) "版 " (moment_text(paper.issued_at)) " 印刷"
                @if let Some(day) = paper.valid_until { " " (day) "まで有効" }
            }
            @if let Some(sheet) = sheet {
                p .num {
                    "今の記録 第" (sheet.view.marks.revision) "版 " (moment_text(sheet.view.marks.recorded_at))
                    " / 最終確認 " (sheet.view.staleness().words())
                }
            }
            p .num {
                (moment_text(opening.at)) " 表示。"
                @if opening.recorded { "この表示は記録され、施設へ知らせました。" }
                @else { b { "この表示はまだ記録できていません。施設へ伝えてください。" } }
            }
        }
        (call_119())
    }
}
