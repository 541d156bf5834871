//! The written steps with their buttons, whom to call, and what is noted in words.

use maud::{Markup, html};

use super::Typed;
use crate::domain::answer::{Answer, Field, Kind, Shown};
use crate::domain::clock::Moment;
use crate::domain::computed::Computed;
use crate::domain::date::{Day, clock_time};
use crate::domain::id::TransportId;
use crate::domain::protocol::Advice;
use crate::domain::standing::Standing;
use crate::domain::transport::flow::{self, Order};
use crate::domain::transport::steps::{Part, Steps};
use crate::domain::transport::{Event, Outcome, Progress};
use crate::domain::view::SheetView;
use crate::store::transport::Noted;
use crate::web::flow::OwnFlow;
use crate::web::icon::{Icon, icon};
use crate::web::load::Loaded;
use crate::web::walk::read::{fact, not_asked, phone};

/// Where a tap goes, and its number.
pub struct Form<'a> {
    pub id: &'a TransportId,
    pub tap: &'a str,
    /// Comes back to the script in large letters.
    pub large: bool,
}

impl Form<'_> {
    /// Comes back to the part of the page from which it was sent.
    pub fn around(&self, part: &str, inside: &Markup) -> Markup {
        html! {
            form method="post" action={ (address(self.id, self.large)) "#" (part) } {
                input type="hidden" name="tap" value=(self.tap);
                (inside)
            }
        }
    }
}

/// The page of an emergency.
pub fn address(id: &TransportId, large: bool) -> String {
    let size = if large { "?size=large" } else { "" };
    format!("/transports/{id}{size}")
}

/// All steps, in the order in which they are written; each can be noted at any time. What physicians wrote stands behind C:
/// their instructions, and the signed plan of this resident, if one is shown.
pub fn written(
    steps: &Steps,
    progress: &Progress,
    flow: &OwnFlow,
    plan: &Markup,
    form: Option<&Form>,
) -> Markup {
    html! {
        @for branch in steps.during() {
            (written_branch(branch, &steps.red_flags, progress, flow, form))
            @if branch.key == "c" { (instructions(flow)) (plan) }
        }
    }
}

/// D: the signed plan of the physician, word for word, where the area approved that such plans are shown. It is shown behind
/// A and B, takes none of their steps away, and says when to go back to them.
pub fn plan(
    standing: &Standing,
    flow: &OwnFlow,
    noted: &[Noted],
    progress: &Progress,
    began: Moment,
    form: Option<&Form>,
) -> Markup {
    let approved = flow.written().filter(|flow| flow.shows_plans());
    let order = standing
        .order()
        .filter(|order| !order.call_physician_first.is_empty());
    let (Some(flow), Some(order)) = (approved, order) else {
        return html! {};
    };
    let minutes = flow.wait_minutes();
    let made = Made {
        noted,
        progress,
        is_drill: false,
    };
    let callees: Vec<Callee> = standing
        .calls()
        .iter()
        .map(|call| {
            let number = Shown::Text(call.phone.to_string());
            Callee::of(Event::Physician, (call.who.clone(), number))
        })
        .collect();
    let next = callees
        .iter()
        .position(|callee| made.to(callee).next().is_none());
    html! {
        section .card .branch #d {
            div .card-head { h2 { "D 医師が署名した看取りの計画がある" } }
            p .first-step { b { "息をしていない・分からないときはA。一つでも当てはまらないときもAかB" } }
            ul .flags {
                @for condition in PLAN_CONDITIONS { li { (condition) } }
            }
            p { "119番の前に医師に電話する状態(医師が書いたとおり):" }
            blockquote { p .as-typed { (order.call_physician_first) } }
            p .small .muted { (order.physician) " " (order.institution) " " (order.signed_on) " 署名。想定された状態: " (order.expected_event) }
            ul .call-list { @for (at, callee) in callees.iter().enumerate() { (call(callee, next == Some(at), &made, form)) } }
            p { b {
                "どちらの番号にもつながらないとき、" (clock_time(began.plus_minutes(minutes))) "(気づいてから" (minutes) "分)までに医師と話せないときは、119番"
            } }
            a .call119 href="tel:119" { (icon(Icon::Phone)) "119番" }
        }
    }
}

/// All of them have to be true (domain/emergency.md §3.5, D).
const PLAN_CONDITIONS: [&str; 4] = [
    "下に書かれた状態のとおりである",
    "けが・窒息・転落ではない",
    "苦しそうではない",
    "家族も職員も迷っていない",
];

/// What physicians wrote for states that may come, in their words.
fn instructions(flow: &OwnFlow) -> Markup {
    let rows = flow
        .written()
        .map_or(&[][..], |flow| flow.instructions.rows());
    html! {
        @if !rows.is_empty() {
            section .card #instructions {
                div .card-head { h2 { "医師が書いた指示" } }
                p .small { "書かれたとおりです。当てはまるか迷うとき、悪くなったときは、AかBへ。" }
                dl .facts {
                    @for row in rows {
                        div {
                            dt { (row.state.shown().line()) }
                            dd {
                                "「" (row.words.shown().line()) "」"
                                @if let Some(when) = row.call_when.value() { br; b { "医師に電話: " (when.as_str()) } }
                                br; span .small .muted { (row.physician.shown().line()) " 医師 " (row.written_on.shown().line()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn written_branch(
    branch: &Part,
    red_flags: &[String],
    progress: &Progress,
    flow: &OwnFlow,
    form: Option<&Form>,
) -> Markup {
    html! {
        section .card .branch id=(branch.key) {
            div .card-head { h2 { (branch.title) } }
            @if branch.key == "b" {
                ul .flags { @for flag in red_flags { li { (flag) } } }
            }
            ol .written {
                (own_steps(flow, &branch.key, Order::Before))
                @for step in &branch.steps {
                    li {
                        p { (step.say) }
                        @if !step.notes.is_empty() {
                            @if let Some(form) = form {
                                (form.around(&branch.key, &html! {
                                    div .actions {
                                        @for event in &step.notes { (button(*event, progress)) }
                                    }
                                }))
                            }
                        }
                    }
                }
                (own_steps(flow, &branch.key, Order::Behind))
            }
        }
    }
}

fn own_steps(flow: &OwnFlow, key: &str, order: Order) -> Markup {
    html! {
        @if let Some(flow) = flow.written() {
            @for say in flow.steps_of(key, order) { li { p { (say) " " span .tag { "この施設" } } } }
        }
    }
}

fn button(event: Event, progress: &Progress) -> Markup {
    html! {
        button .button .outline name="do" value=(event.code()) {
            @if progress.has(event) { (icon(Icon::Ok)) }
            (event.label())
            @if progress.has(event) { span .small { "(記録済み・もう一度)" } }
        }
    }
}

/// Somebody to call: what the call is noted as, who it is, when they are called, and by which number.
struct Callee {
    event: Event,
    who: String,
    /// When and for what; empty where it was not said.
    remark: String,
    number: Shown,
}

impl Callee {
    fn of(event: Event, (who, number): (String, Shown)) -> Self {
        Self {
            event,
            who,
            remark: String::new(),
            number,
        }
    }

    fn written(row: &flow::Callee) -> Option<Self> {
        let remark = [
            row.when(),
            row.remark
                .value()
                .map_or_else(String::new, |remark| remark.as_str().to_owned()),
        ];
        let remark: Vec<String> = remark.into_iter().filter(|part| !part.is_empty()).collect();
        Some(Self {
            event: row.role.value()?.event(),
            who: row.who.value()?.as_str().to_owned(),
            remark: remark.join(" "),
            number: row.phone.shown(),
        })
    }
}

/// The calls that were made, without those that were put right.
struct Made<'a> {
    noted: &'a [Noted],
    progress: &'a Progress,
    /// Nobody is called.
    is_drill: bool,
}

impl<'a> Made<'a> {
    fn to<'b>(&'b self, callee: &'b Callee) -> impl Iterator<Item = &'a Noted> + 'b {
        self.noted.iter().filter(|entry| {
            entry.kind == callee.event
                && entry.who == callee.who
                && !self.progress.is_corrected(entry.seq)
        })
    }

    fn words(&self, callee: &Callee) -> String {
        let words = |entry: &Noted| {
            let outcome = entry.outcome.map_or("", Outcome::label);
            format!("{} {outcome}", clock_time(entry.at))
        };
        self.to(callee).map(words).collect::<Vec<_>>().join("、")
    }
}

/// Whom to call, in the order of calling; every number one tap, and its result another. Those that the facility wrote
/// down for this hour come first.
pub fn calls(
    view: &SheetView,
    advice: &[Advice],
    flow: &OwnFlow,
    noted: &[Noted],
    progress: &Progress,
    at: Moment,
    form: Option<&Form>,
) -> Markup {
    let made = Made {
        noted,
        progress,
        is_drill: view.marks.is_drill,
    };
    let facility = &view.facility;
    let own = flow.written().map_or(&[][..], |flow| flow.callees.rows());
    let (now, later): (Vec<_>, Vec<_>) = own.iter().partition(|row| row.is_called_at(at));
    let read = |rows: Vec<&flow::Callee>| -> Vec<Callee> {
        rows.into_iter().filter_map(Callee::written).collect()
    };
    let (now, later) = (read(now), read(later));
    let next = now
        .iter()
        .position(|callee| made.to(callee).next().is_none());
    let nobody = |callee: &Callee| {
        let last = made.to(callee).last();
        last.is_some_and(|entry| entry.outcome == Some(Outcome::NoAnswer))
    };
    let group = |event: Event, pairs: Vec<(String, Shown)>| -> Vec<Callee> {
        pairs
            .into_iter()
            .map(|pair| Callee::of(event, pair))
            .collect()
    };
    let night = vec![("夜間連絡先".to_owned(), facility.night_phone.shown())];
    let hospitals = view.record.contacts.partner_hospitals.rows().iter();
    let hospitals = hospitals.map(|row| Callee {
        event: Event::Hospital,
        who: row.name.shown().line(),
        remark: row
            .hours
            .value()
            .map_or_else(String::new, |hours| hours.as_str().to_owned()),
        number: row.phone.shown(),
    });
    let advice = advice.iter();
    let advice = advice
        .map(|one| (one.name.clone(), Shown::Text(one.phone.clone())))
        .collect();
    let physicians = pairs(Computed::DoctorPhones.shown(view));
    let family = pairs(Computed::KeyPersonPhones.shown(view));
    let nurse = group(Event::Nurse, night);
    let groups: [(Event, &str, Vec<Callee>); 5] = [
        (Event::Nurse, "施設の看護師・当番(夜間連絡先)", nurse),
        (
            Event::Physician,
            "この方の医師",
            group(Event::Physician, physicians),
        ),
        (Event::Hospital, "この方の協力医療機関", hospitals.collect()),
        (
            Event::Advice,
            "迷うとき: 救急相談",
            group(Event::Advice, advice),
        ),
        (Event::Family, "家族", group(Event::Family, family)),
    ];
    let weekday = Day::of(at).weekday();
    html! {
        section .card #calls {
            div .card-head { h2 { "電話する相手" } }
            @match flow {
                OwnFlow::Unreadable => p { "施設が決めた電話の順は、いま読めません。" },
                OwnFlow::Nothing => {},
                OwnFlow::Written(_) if own.is_empty() => {},
                OwnFlow::Written(_) => {
                    h3 { "いま電話する相手 (" (weekday) "曜日 " (clock_time(at)) ")" }
                    @if now.is_empty() { p { "この時間の相手は決められていません。下のほかの相手か、救急相談か119番へ" } }
                    @if !now.is_empty() && now.iter().all(nobody) {
                        p .first-step { b { "どなたにもつながっていません。つながらない・迷うときは救急相談か119番" } }
                    }
                    ul .call-list { @for (at, callee) in now.iter().enumerate() { (call(callee, next == Some(at), &made, form)) } }
                    @if !later.is_empty() {
                        details .more {
                            summary { "ほかの時間の相手 (" (later.len()) "人)" }
                            ul .call-list { @for callee in &later { (call(callee, false, &made, form)) } }
                        }
                    }
                }
            }
            @for (event, title, callees) in &groups {
                h3 { (title) }
                @if *event == Event::Family {
                    p .small { "「" (facility.facility_name.to_string()) "です。" (view.record.identity.name.to_string())
                        "様のことでお電話しました。いつ・どんな症状か・救急車を呼んだこと。行き先は決まりしだいお知らせします」" }
                }
                @if callees.is_empty() { p { (not_asked()) } }
                ul .call-list { @for callee in callees { (call(callee, false, &made, form)) } }
            }
        }
    }
}

fn call(callee: &Callee, is_next: bool, made: &Made, form: Option<&Form>) -> Markup {
    let called = made.words(callee);
    html! {
        li {
            p {
                @if is_next { span .tag data-tone="warn" { "つぎ" } " " }
                (callee.who)
                @if !callee.remark.is_empty() { " " span .small .muted { (callee.remark) } }
                br; b { (dial(&callee.number, made.is_drill)) }
                @if !called.is_empty() { " " span .tag data-tone="ok" { (called) } }
            }
            @if let Some(form) = form {
                (form.around("calls", &html! {
                    input type="hidden" name="who" value=(callee.who);
                    div .field {
                        label { span .small { "言われたこと(任意)" } input name="words" autocomplete="off"; }
                    }
                    div .actions {
                        @for outcome in Outcome::ALL {
                            button .button .outline .small name="do" value={ (callee.event.code()) "." (outcome.code()) } {
                                (outcome.label()) span .visually-hidden { ": " (callee.who) }
                            }
                        }
                    }
                }))
            }
        }
    }
}

/// `#7119` is no number of a subscriber and is dialled as it is.
fn dial(number: &Shown, is_drill: bool) -> Markup {
    match number {
        Shown::Text(words) if is_drill => html! { span .number { (words) } " (訓練)" },
        Shown::Text(words) if words == "#7119" => {
            html! { a .number href="tel:%237119" { "＃7119" } }
        }
        Shown::Text(words) => phone(words),
        other => fact(Some(Kind::Phone), other),
    }
}

/// Rows of somebody and a number.
fn pairs(shown: Shown) -> Vec<(String, Shown)> {
    let Shown::Rows(rows) = shown else {
        return Vec::new();
    };
    let pair = |row: Vec<(Field, Shown)>| {
        let mut cells = row.into_iter().map(|(_, shown)| shown);
        let who = cells.next().map(|who| who.line()).unwrap_or_default();
        (who, cells.next().unwrap_or(Shown::NotAsked))
    };
    rows.into_iter().map(pair).collect()
}

/// What was done for the resident, one tap each.
pub fn care(progress: &Progress, form: &Form) -> Markup {
    html! {
        section .card .branch #care {
            div .card-head { h2 { "した手当" } }
            (form.around("care", &html! {
                div .actions {
                    @for event in Event::ALL.iter().filter(|event| event.is_care()) { (button(*event, progress)) }
                }
            }))
        }
    }
}

/// One line that is noted with what is tapped.
pub struct Words {
    pub label: &'static str,
    pub hint: &'static str,
    pub event: Event,
    pub about: Option<i64>,
}

/// Where the words of an entry are put right; what has no line of its own there is put right as what was seen and done.
pub fn words_id(event: Option<Event>, about: Option<i64>) -> String {
    match (event, about) {
        (Some(Event::Departed), _) => "destination".to_owned(),
        (Some(Event::Closed), _) => "ending".to_owned(),
        (Some(Event::Incident), _) => "report".to_owned(),
        (Some(Event::Corrected), Some(about)) => format!("right-{about}"),
        _ => "words".to_owned(),
    }
}

/// The input; what was typed there and cannot be noted stands in it again, with the reason.
pub fn words(words: &Words, typed: &Typed) -> Markup {
    let id = words_id(Some(words.event), words.about);
    let is_here = id == words_id(typed.event, typed.about);
    let problem = typed.problems.at("words").filter(|_| is_here);
    let part = |name: &str| format!("{id}-{name}");
    html! {
        div .field .invalid[problem.is_some()] {
            label for=(id) { (words.label) }
            p .hint id=(part("hint")) { (words.hint) }
            @if let Some(problem) = problem { p .error id=(part("error")) { (icon(Icon::Stop)) span { (problem) } } }
            input id=(id) name="words" value=(if is_here { typed.words.as_str() } else { "" }) autocomplete="off"
                aria-describedby={ (part("hint")) " " (part("error")) } aria-invalid=[problem.map(|_| "true")];
        }
    }
}

/// What was seen and done, in words.
pub fn free(form: Option<&Form>, typed: &Typed) -> Markup {
    let Some(form) = form else { return html! {} };
    let seen = Words {
        label: "言葉で",
        hint: "例 右向きに寝かせた、家族が着いた",
        event: Event::Observed,
        about: None,
    };
    html! {
        section .card #note {
            div .card-head { h2 { "みたこと・したことを書く" } }
            (form.around("note", &html! {
                (words(&seen, typed))
                div .actions { button .button name="do" value="observed" { "いまの時刻で記録する" } }
            }))
        }
    }
}

/// The paper for the crew.
pub fn papers(loaded: &Loaded, is_open: bool) -> Markup {
    html! {
        section .card #papers {
            div .card-head { h2 { "シートを渡す" } }
            @if is_open {
                form method="post" action={ "/residents/" (loaded.head.id) "/documents" } target="_blank" rel="noopener" {
                    input type="hidden" name="form" value="emergency";
                    input type="hidden" name="then" value="pdf";
                    button .button { "いままでの経過を入れたシートを印刷する" }
                }
                p .small { "別の画面に紙が開きます。すでに渡したシートのQRコードも、そのまま使えます。" }
            }
            p { a .button .outline href={ "/residents/" (loaded.head.id) "/documents" } { "ほかの紙を印刷する" } }
            p .small { "印刷できないときは、綴りのシートかカードを渡します。" }
        }
    }
}

/// What remains to be done when the ambulance has left, and what the facility writes down of it.
pub fn afterwards(
    steps: &Steps,
    progress: &Progress,
    flow: &OwnFlow,
    form: &Form,
    typed: &Typed,
) -> Markup {
    let report = Words {
        label: "起きたこと・したこと・原因と思うこと",
        hint: "例 ベッドから降りようとして転んだ。センサーの電源が切れていた",
        event: Event::Incident,
        about: None,
    };
    html! {
        (written_branch(steps.afterwards(), &[], progress, flow, Some(form)))
        section .card #incident {
            div .card-head { h2 { "事故報告のもと" } }
            p .small { "施設の中だけの記録です。救急隊の画面には出ません。" }
            (form.around("timeline", &html! {
                (words(&report, typed))
                div .actions { button .button .outline name="do" value="incident" { "事故報告を記録する" } }
            }))
        }
    }
}

/// The ambulance leaves, and the record is ended.
pub fn end(form: &Form, typed: &Typed) -> Markup {
    let departed = Words {
        label: "行き先の病院、いっしょに乗った人、隊の名前",
        hint: "例 みなと市民病院、介木が同乗、平塚第2救急隊",
        event: Event::Departed,
        about: None,
    };
    let closed = Words {
        label: "どう終わったか(任意)",
        hint: "例 搬送した、様子をみることになった、押し間違い",
        event: Event::Closed,
        about: None,
    };
    html! {
        section .card #end {
            div .card-head { h2 { "出発・おわり" } }
            (form.around("end", &html! {
                (words(&departed, typed))
                div .actions { button .button .outline name="do" value="departed" { (Event::Departed.label()) } }
            }))
            (form.around("timeline", &html! {
                (words(&closed, typed))
                div .actions { button .button .outline name="do" value="closed" { "急変の記録を終える" } }
            }))
        }
    }
}
