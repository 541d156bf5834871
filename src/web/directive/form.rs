//! Taking down wishes, what the family infers, talks, orders, and what belongs to them. Problems stand at their fields,
//! all at once, and nothing typed is lost.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Desk, address, history};
use crate::domain::answer::{Answer, Field, Inputs, Problems, Scalar};
use crate::domain::directive::rules::{is_treatment, may_follow, missing};
use crate::domain::directive::{Kind, Order, Said, Speaker, Speaks, Statement};
use crate::domain::id::ResidentId;
use crate::domain::permit::{Actor, Permit, ReadResident, RecordDirective, RecordTalk};
use crate::domain::record::PhysicianRole;
use crate::domain::standing::StandingKind;
use crate::store::StoreError;
use crate::store::directive::{self, NewStatement};
use crate::web::page::{NoticeKind, Page, Place, notice};
use crate::web::walk::edit::{About, Typed, field};
use crate::web::{App, WebError, walk};

/// A part of a form: its heading, what is to be said about it, and its fields.
struct Part {
    title: &'static str,
    note: &'static str,
    keys: &'static [&'static str],
}

const ORDER: [Part; 5] = [
    Part {
        title: "指示",
        note: "心停止のときだけの指示です。窒息・転落・けがには適用されません。",
        keys: &["cpr_instruction", "scope"],
    },
    Part {
        title: "病気と想定された状態",
        note: "どの病気で、どのような経過のときの指示かを、医師の言葉で書きます。",
        keys: &[
            "basis_disease",
            "expected_event",
            "call_physician_first",
            "irreversible",
            "end_of_life_phase",
        ],
    },
    Part {
        title: "本人の意思と話し合い",
        note: "反対した人がいるあいだは、心肺蘇生を行う表示のままです。",
        keys: &[
            "person_wish_basis",
            "participants",
            "dissent",
            "discussed_on",
        ],
    },
    Part {
        title: "医師と電話",
        note: "救急隊が夜中にかける番号です。かけて、医師が出ることを確かめてください。",
        keys: &[
            "physician_name",
            "institution",
            "phone_24h",
            "phone_tested_on",
            "phone_backup",
            "phone_backup_of",
        ],
    },
    Part {
        title: "原本と期間",
        note: "期間は施設の決まりより長くできません。",
        keys: &[
            "original_location",
            "effective_from",
            "review_due_on",
            "expires_on",
        ],
    },
];

/// A form: what is taken down, and about what.
struct Sheet<'a> {
    kind: Kind,
    about: Option<&'a Said>,
}

impl Sheet<'_> {
    fn title(&self) -> &'static str {
        match self.kind {
            Kind::Order => "医師の指示書を書く",
            Kind::Submitted => "医師への提出",
            Kind::ObjectionSettled => "異議の話し合いの結果",
            Kind::PhoneTested => "医師の電話の確認",
            other => other.label(),
        }
    }

    fn path(&self, id: &ResidentId) -> String {
        let base = address(id);
        match self.about {
            Some(about) => format!("{base}/{}/{}", about.seq, self.kind.code()),
            None => format!("{base}/say/{}", self.kind.code()),
        }
    }

    fn lead(&self) -> &'static str {
        match self.kind {
            Kind::Wish => {
                "本人が話したこと、書いたことをそのまま記録します。医師の指示書ではないので、心肺蘇生は行います。「望む」か「まだ決めていない」を選ぶと、いまの医師の指示書は止まります。"
            }
            Kind::Inference => {
                "本人が話せないときに、家族が本人ならどう望むかを推し量った記録です。家族自身の希望ではなく、本人の意思の記録でもありません。画面と紙には「家族による推定」と表示します。「望む」か「まだ決めていない」を選ぶと、いまの医師の指示書は止まります。"
            }
            Kind::Talk => {
                "人生会議(ACP)やふだんの会話で話されたことの記録です。何度でも書き足せます。医師の指示にはなりません。"
            }
            Kind::Order => {
                "医師の指示を書き写す下書きです。書いただけでは効力はありません。足りない項目があっても記録できます。"
            }
            Kind::Submitted => {
                "提出すると、医師本人が署名するか、署名された原本を2人で照合できるようになります。提出した人は署名できません。"
            }
            Kind::ObjectionSettled => {
                "異議が解消しても、医師が改めて署名するまで指示書は有効になりません。"
            }
            Kind::PhoneTested => {
                "指示書の番号に実際にかけた結果を記録します。使われていない番号のときは、指示書が停止します。"
            }
            _ => "",
        }
    }

    fn button(&self) -> &'static str {
        match self.kind {
            Kind::Order => "下書きとして記録する",
            Kind::Submitted => "医師へ提出する",
            _ => "記録する",
        }
    }

    /// What the rules ask for, beyond what can be read.
    fn required(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Wish => &["stated_on"],
            Kind::Inference => &[
                "cpr",
                "inferred_by",
                "relationship",
                "why_person_cannot",
                "stated_on",
            ],
            Kind::Talk => &["held_on", "words"],
            Kind::Order => &["cpr_instruction"],
            Kind::ObjectionSettled => &["words"],
            Kind::PhoneTested => &["number", "result"],
            _ => &[],
        }
    }
}

#[derive(Deserialize)]
pub struct Begin {
    /// The order with which a new draft begins.
    from: Option<i64>,
}

pub async fn new(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, code)): Path<(ResidentId, String)>,
    Query(begin): Query<Begin>,
) -> Result<Markup, WebError> {
    let kind = new_kind(&code)?;
    may_say(&page.actor, kind)?;
    let desk = Desk::open(&app, &permit, &id).await?;
    let before = begin.from.map(|number| desk.said(number)).transpose()?;
    let (inputs, problems) = beginning(&desk, kind, before)?;
    let sheet = Sheet { kind, about: None };
    Ok(form_page(
        &page,
        &desk,
        &sheet,
        &Asked::first(&inputs, &problems),
    ))
}

pub async fn about(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, number, code)): Path<(ResidentId, i64, String)>,
) -> Result<Markup, WebError> {
    let kind = later_kind(&code)?;
    may_say(&page.actor, kind)?;
    let desk = Desk::open(&app, &permit, &id).await?;
    let sheet = Sheet {
        kind,
        about: Some(desk.said(number)?),
    };
    let (inputs, problems) = (Inputs::default(), Problems::default());
    Ok(form_page(
        &page,
        &desk,
        &sheet,
        &Asked::first(&inputs, &problems),
    ))
}

pub async fn post_new(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, code)): Path<(ResidentId, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let kind = new_kind(&code)?;
    post(&app, &page, &permit, &id, kind, None, pairs).await
}

pub async fn post_about(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, number, code)): Path<(ResidentId, i64, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let kind = later_kind(&code)?;
    post(&app, &page, &permit, &id, kind, Some(number), pairs).await
}

fn new_kind(code: &str) -> Result<Kind, WebError> {
    Kind::from_code(code)
        .filter(|kind| {
            matches!(
                kind,
                Kind::Wish | Kind::Inference | Kind::Talk | Kind::Order
            )
        })
        .ok_or(WebError::NotFound)
}

fn later_kind(code: &str) -> Result<Kind, WebError> {
    Kind::from_code(code)
        .filter(|kind| {
            matches!(
                kind,
                Kind::Submitted | Kind::ObjectionSettled | Kind::PhoneTested
            )
        })
        .ok_or(WebError::NotFound)
}

/// Refused before anything is typed, not after.
fn may_say(actor: &Actor, kind: Kind) -> Result<(), WebError> {
    if RecordTalk::SAYS.contains(&kind) {
        actor.permit::<RecordTalk>()?;
    } else {
        actor.permit::<RecordDirective>()?;
    }
    Ok(())
}

async fn post(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
    kind: Kind,
    number: Option<i64>,
    pairs: Vec<(String, String)>,
) -> Result<Response, WebError> {
    may_say(&page.actor, kind)?;
    let posted = Inputs::from_pairs(pairs);
    let pressed = posted.get("do");
    let mut inputs = Inputs::default();
    walk::post::take_fields(&mut inputs, kind.fields(), &posted);
    let desk = Desk::open(app, permit, id).await?;
    let about = number.map(|number| desk.said(number)).transpose()?;
    let sheet = Sheet { kind, about };
    let focus = walk::post::apply_to(kind.fields(), &mut inputs, pressed);
    if focus.is_some() {
        let none = Problems::default();
        let asked = Asked {
            focus: focus.as_deref(),
            ..Asked::again(&inputs, &none)
        };
        return Ok(form_page(page, &desk, &sheet, &asked).into_response());
    }
    let complete = kind == Kind::Order && pressed == "submit";
    let (statement, problems) = read(&desk, &page.actor, &sheet, &inputs, complete);
    let Some(statement) = statement.filter(|_| problems.is_empty()) else {
        let asked = Asked::again(&inputs, &problems);
        return Ok(form_page(page, &desk, &sheet, &asked).into_response());
    };
    let seen = posted.get("seen").parse().unwrap_or(-1);
    match say(app, &page.actor, &desk, &sheet, &statement, seen).await {
        Ok(said) if complete => {
            let next = format!("{}/{}/{}", address(id), said.seq, Kind::Submitted.code());
            Ok(Redirect::to(&next).into_response())
        }
        Ok(said) => {
            let stops = matches!(kind, Kind::Wish | Kind::Inference | Kind::Submitted)
                || kind == Kind::PhoneTested;
            let was_held = desk.loaded.view.standing.kind() == StandingKind::OrderOnFile;
            let next = match stops && was_held {
                // It may have ended an order: then papers have to be collected.
                true => format!("{}/said/{}", address(id), said.seq),
                false => address(id),
            };
            Ok(Redirect::to(&next).into_response())
        }
        Err(error @ (StoreError::Conflict { .. } | StoreError::Refused(_))) => {
            let desk = Desk::open(app, permit, id).await?;
            let problems = match error {
                StoreError::Refused(problems) => problems,
                _ => faster(),
            };
            let about = number.map(|number| desk.said(number)).transpose()?;
            let sheet = Sheet { kind, about };
            let asked = Asked::again(&inputs, &problems);
            Ok(form_page(page, &desk, &sheet, &asked).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody said something while this was typed.
pub(super) fn faster() -> Problems {
    let mut problems = Problems::default();
    problems.add(
        "about",
        "入力している間に、ほかの人が記録しました。上の表示を確かめてから、もう一度押してください。入力はまだ記録されていません",
    );
    problems
}

/// What was typed, with every problem there is: what cannot be read and what the rules say of the rest.
fn read(
    desk: &Desk,
    actor: &Actor,
    sheet: &Sheet<'_>,
    inputs: &Inputs,
    complete: bool,
) -> (Option<Statement>, Problems) {
    let (statement, mut problems) = match Statement::read(sheet.kind, inputs) {
        Ok(statement) => (Some(statement), Problems::default()),
        Err(problems) => {
            let mut rest = inputs.clone();
            for field in sheet.kind.fields() {
                if problems.under(field.key) {
                    rest.replace(field.key, Inputs::default());
                }
            }
            (Statement::read(sheet.kind, &rest).ok(), problems)
        }
    };
    if let Some(statement) = &statement {
        let speaker = speaker(actor);
        let about = sheet.about.map(|about| &about.id);
        let state = desk.state();
        let rules = may_follow(&state, about, statement, &speaker, desk.limits, desk.today);
        let mut said = rules.err().unwrap_or_default();
        if let (true, Statement::Order(order)) = (complete, statement) {
            said.extend(missing(order, desk.limits, desk.today));
        }
        for (key, message) in said.iter() {
            if !problems.under(key) {
                problems.add(key, message);
            }
        }
    }
    (statement, in_order(sheet.kind, &problems))
}

/// Problems in the order in which the form asks.
fn in_order(kind: Kind, problems: &Problems) -> Problems {
    let keys: Vec<&str> = match kind {
        Kind::Order => ORDER
            .iter()
            .flat_map(|part| part.keys.iter().copied())
            .collect(),
        kind => kind.fields().iter().map(|field| field.key).collect(),
    };
    let place = |key: &str| {
        let top = key.split('.').next().unwrap_or(key);
        keys.iter()
            .position(|known| *known == top)
            .unwrap_or(usize::MAX)
    };
    let mut found: Vec<(&str, &str)> = problems.iter().collect();
    found.sort_by_key(|(key, _)| place(key));
    let mut sorted = Problems::default();
    for (key, message) in found {
        sorted.add(key, message);
    }
    sorted
}

pub(super) fn speaker(actor: &Actor) -> Speaker {
    Speaker {
        staff: actor.staff.clone(),
        name: actor.name.clone(),
        role: actor.role,
    }
}

async fn say(
    app: &App,
    actor: &Actor,
    desk: &Desk,
    sheet: &Sheet<'_>,
    statement: &Statement,
    seen: i64,
) -> Result<Said, StoreError> {
    let new = NewStatement {
        about: sheet.about.map(|about| &about.id),
        statement,
    };
    let denied = |_| StoreError::NotFound;
    let (store, id, limits, now) = (&app.store, desk.id(), desk.limits, app.now());
    if RecordTalk::SAYS.contains(&sheet.kind) {
        let permit = actor.permit::<RecordTalk>().map_err(denied)?;
        directive::record(store, &permit, id, new, Some(seen), limits, now).await
    } else {
        let permit = actor.permit::<RecordDirective>().map_err(denied)?;
        directive::record(store, &permit, id, new, Some(seen), limits, now).await
    }
}

/// What a form begins with: an earlier order with all that it lacks, or what the sheet already knows.
fn beginning(
    desk: &Desk,
    kind: Kind,
    before: Option<&Said>,
) -> Result<(Inputs, Problems), WebError> {
    match (kind, before.map(|said| &said.statement)) {
        (Kind::Order, Some(Statement::Order(order))) => {
            let statement = Statement::Order(order.clone());
            let lacks = missing(order, desk.limits, desk.today);
            Ok((statement.inputs(), in_order(kind, &lacks)))
        }
        (_, Some(_)) => Err(WebError::NotFound),
        (Kind::Order, None) => Ok((from_sheet(desk), Problems::default())),
        (_, None) => Ok((Inputs::default(), Problems::default())),
    }
}

fn from_sheet(desk: &Desk) -> Inputs {
    let mut inputs = Inputs::default();
    let rows = desk.loaded.view.record.contacts.physicians.rows();
    let reachable = |nurses: bool| {
        rows.iter().find(|row| {
            row.role.is(&PhysicianRole::VisitingNurseStation) == nurses
                && row.phone_24h.reachable().is_some()
        })
    };
    if let Some(physician) = reachable(false) {
        physician.name.write(&mut inputs, "physician_name");
        physician.institution.write(&mut inputs, "institution");
        physician.phone_24h.write(&mut inputs, "phone_24h");
    }
    if let Some(station) = reachable(true) {
        station.phone_24h.write(&mut inputs, "phone_backup");
        if let Some(name) = station.institution.value() {
            let name: String = name.as_str().chars().take(40).collect();
            inputs.set("phone_backup_of", name);
        }
    }
    let (from, limits) = (desk.today, desk.limits);
    inputs.set("effective_from", from.input());
    inputs.set(
        "review_due_on",
        limits.review_by(&Order::default(), from).input(),
    );
    inputs.set("expires_on", limits.expires_by(from).input());
    inputs
}

/// What a form shows.
struct Asked<'a> {
    inputs: &'a Inputs,
    problems: &'a Problems,
    focus: Option<&'a str>,
    /// Whether it holds what is written down nowhere else.
    typed: bool,
}

impl<'a> Asked<'a> {
    fn first(inputs: &'a Inputs, problems: &'a Problems) -> Self {
        Self {
            inputs,
            problems,
            focus: None,
            typed: false,
        }
    }

    fn again(inputs: &'a Inputs, problems: &'a Problems) -> Self {
        Self {
            typed: true,
            ..Self::first(inputs, problems)
        }
    }
}

fn form_page(page: &Page, desk: &Desk, sheet: &Sheet<'_>, asked: &Asked<'_>) -> Markup {
    let id = desk.id();
    let title = sheet.title();
    let typed = Typed {
        inputs: asked.inputs,
        problems: asked.problems,
        missing: &[],
        today: desk.today,
        photo: None,
        focus: asked.focus,
    };
    let lacks = match sheet.about.map(|about| &about.statement) {
        Some(Statement::Order(order)) if sheet.kind == Kind::Submitted => {
            missing(order, desk.limits, desk.today)
        }
        _ => Problems::default(),
    };
    page.show_narrow(
        Place::Residents,
        &format!("{title} {}", desk.loaded.head.name),
        html! {
            (desk.head_with_band(title))
            h2 { (title) }
            p { (sheet.lead()) }
            @if sheet.kind == Kind::Submitted { (warn_of_other(desk, sheet)) }
            @if let Some(about) = sheet.about { (about_card(desk, sheet.kind, about)) }
            @if !lacks.is_empty() {
                @if let Some(about) = sheet.about { (still_missing(id, about, &lacks)) }
            } @else {
                form .form id=(walk::edit::FORM_ID) method="post" action=(sheet.path(id))
                    data-keep=(if asked.typed { "typed" } else { "" }) autocomplete="off" spellcheck="false" {
                    // Enter in an input presses the first button.
                    button .visually-hidden name="do" value="save" tabindex="-1" aria-hidden="true" { (sheet.button()) }
                    input type="hidden" name="seen" value=(desk.loaded.statements());
                    (walk::edit::error_summary_among(sheet.kind.fields(), asked.problems, asked.inputs))
                    (inputs(sheet, &typed))
                    div .bar {
                        a .button .text href=(address(id)) { "やめる" }
                        @if sheet.kind == Kind::Order {
                            button .button .outline name="do" value="save" { (sheet.button()) }
                            button .button name="do" value="submit" { "記録して提出へ進む" }
                        } @else {
                            button .button name="do" value="save" { (sheet.button()) }
                        }
                    }
                }
            }
        },
    )
}

fn about_card(desk: &Desk, kind: Kind, about: &Said) -> Markup {
    html! {
        section .card {
            div .card-head { h3 { (about.statement.kind().label()) } }
            (walk::read::answers(&about.statement.walk()))
            p .small { (history::by(about)) }
        }
        @if let (Kind::PhoneTested, Statement::Order(order)) = (kind, &about.statement) {
            ul .standing-calls {
                @for (phone, words) in [(&order.phone_24h, "24時間電話"), (&order.phone_backup, "つながらないときの電話")] {
                    @if let Some(phone) = phone.value() { li { (walk::read::phone(&phone.shown())) " " span { (words) } } }
                }
            }
        }
        @if !desk.lives_in() { p { "入居中の方ではないので、記録できません。" } }
    }
}

/// Submitting this order ends another that holds: said before it is done.
fn warn_of_other(desk: &Desk, sheet: &Sheet<'_>) -> Markup {
    let state = desk.state();
    let other = state.orders.iter().find(|order| {
        Some(&order.said.id) != sheet.about.map(|about| &about.id)
            && order.activation.is_some()
            && order.against.is_empty()
    });
    html! {
        @if let Some(other) = other {
            (notice(NoticeKind::Warn, "いまの指示書は、提出すると効力がなくなります", html! {
                p { (other.order.physician_name) "医師の指示書が有効です。提出したときから、新しい指示書に医師が署名するまで、心肺蘇生を行う表示になります。" }
            }))
        }
    }
}

fn still_missing(id: &ResidentId, about: &Said, lacks: &Problems) -> Markup {
    html! {
        (notice(NoticeKind::Warn, &format!("足りない項目が{}件あり、提出できません", lacks.len()), html! {
            ul {
                @for (key, message) in lacks.iter() {
                    li { a href={ (address(id)) "/say/" (Kind::Order.code()) "?from=" (about.seq) "#" (key) } { (message) } }
                }
            }
        }))
        div .actions {
            a .button href={ (address(id)) "/say/" (Kind::Order.code()) "?from=" (about.seq) } { "書き足す" }
            a .button .text href=(address(id)) { "やめる" }
        }
    }
}

fn inputs(sheet: &Sheet<'_>, typed: &Typed<'_>) -> Markup {
    let known = |key: &str| sheet.kind.fields().iter().find(|field| field.key == key);
    let ask = |field_of: &Field| {
        let about = About {
            required: sheet.required().contains(&field_of.key),
            hint: hint(sheet.kind, field_of.key),
            in_row: false,
        };
        field(field_of, about, typed)
    };
    let plain = || {
        sheet
            .kind
            .fields()
            .iter()
            .filter(|field| !is_treatment(field.key))
    };
    html! {
        @if sheet.kind == Kind::Order {
            @for part in &ORDER {
                section .part {
                    h3 { (part.title) }
                    p .hint { (part.note) }
                    @for field in part.keys.iter().filter_map(|key| known(key)) { (ask(field)) }
                }
            }
        } @else {
            @for field in plain() { (ask(field)) }
        }
        (treatments(sheet, typed))
    }
}

fn treatments(sheet: &Sheet<'_>, typed: &Typed<'_>) -> Markup {
    let fields: Vec<&Field> = sheet
        .kind
        .fields()
        .iter()
        .filter(|field| is_treatment(field.key))
        .collect();
    let some = fields
        .iter()
        .any(|field| !typed.inputs.get(field.key).is_empty() || typed.problems.under(field.key));
    let about = About {
        in_row: true,
        ..About::default()
    };
    html! {
        @if !fields.is_empty() {
            details .part open[some] {
                summary { "心肺蘇生のほかの治療(1つずつ)" }
                p .hint { "未確認のままの治療は、ふつうに行います。心肺蘇生の答えから、ほかの治療は決まりません。" }
                div .row-fields { @for known in fields { (field(known, about, typed)) } }
            }
        }
    }
}

fn hint(kind: Kind, key: &str) -> Option<&'static str> {
    Some(match (kind, key) {
        (Kind::Wish, "words") => "話したとおりに。書面だけのときは空でもかまいません",
        (Kind::Wish | Kind::Inference, "cpr") => "これだけでは心肺蘇生を行う表示のままです",
        (Kind::Inference, "inferred_by") => "本人をよく知る家族の氏名",
        (Kind::Talk, "next_on") => "その日になると「意思と指示」の一覧に出ます",
        (Kind::Order, "scope") => "例 老衰による心停止のときの心肺蘇生のみ",
        (Kind::Order, "basis_disease") => "例 慢性心不全(ステージD)",
        (Kind::Order, "expected_event") => "例 食事がとれなくなり、呼吸が静かに弱くなって止まる",
        (Kind::Order, "call_physician_first") => {
            "医師の文章のまま。地域の承認を「急変の手順」に記録した施設だけで、急変の画面に出ます。例 食べられなくなってからの、苦しみのない呼吸の変化"
        }
        (Kind::Order, "end_of_life_phase") => "看取り期は再確認の間隔が短くなります",
        (Kind::Order, "person_wish_basis") => "分からないときは「不明」を選びます",
        (Kind::Order, "dissent") => "いないときは「なし」を選び、確認した日を入れます",
        (Kind::Order, "phone_24h") => "夜中でも医師が出る番号。施設の代表番号ではありません",
        (Kind::Order, "original_location") => {
            "救急隊に見せる紙がある場所。例 1階 医務室の赤いファイル"
        }
        _ => return None,
    })
}
