//! The physician's own act: what was submitted in full, then the signature (safety.md S12).

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{Desk, address, form, history};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::directive::rules::may_follow;
use crate::domain::directive::state::OrderState;
use crate::domain::directive::{Kind, Said, SignaturePurpose, Statement};
use crate::domain::id::ResidentId;
use crate::domain::permit::{Permit, ReadResident, SignOrder};
use crate::domain::standing::{EVERYTHING_ELSE, ONLY_IN_ARREST, UNTIL};
use crate::store::StoreError;
use crate::store::directive::{self, NewStatement};
use crate::web::page::{NoticeKind, Page, Place, notice};
use crate::web::walk::edit::Typed;
use crate::web::{App, WebError, walk};

/// What a signature for this purpose says, and the word on its button.
fn act(purpose: SignaturePurpose) -> (Kind, &'static str) {
    match purpose {
        SignaturePurpose::Activate => (Kind::Signed, "署名する"),
        SignaturePurpose::Resume => (Kind::Resumed, "再開に署名する"),
        SignaturePurpose::Review => (Kind::Reviewed, "再確認に署名する"),
    }
}

/// Today, and the latest day of review that is allowed.
pub(super) fn dates(desk: &Desk, order: &OrderState<'_>) -> Inputs {
    let mut inputs = Inputs::default();
    inputs.set("signed_on", desk.today.input());
    let due = desk.limits.review_by(order.order, desk.today);
    inputs.set("review_due_on", due.input());
    inputs
}

pub async fn form_page(
    State(app): State<App>,
    page: Page,
    _sign: Permit<SignOrder>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let said = desk.said(number)?;
    let state = desk.state();
    let order = state.order(&said.id).ok_or(WebError::NotFound)?;
    let inputs = dates(&desk, order);
    Ok(sign_page(
        &page,
        &desk,
        order,
        &inputs,
        &Problems::default(),
    ))
}

fn sign_page(
    page: &Page,
    desk: &Desk,
    order: &OrderState<'_>,
    inputs: &Inputs,
    problems: &Problems,
) -> Markup {
    let id = desk.id();
    let (kind, button) = act(order.purpose());
    let typed = Typed {
        inputs,
        problems,
        missing: &[],
        today: desk.today,
        photo: None,
        focus: None,
    };
    page.show_narrow(
        Place::Residents,
        &format!("医師の署名 {}", desk.loaded.head.name),
        html! {
            (desk.head_with_band("医師の署名"))
            h2 { (kind.label()) }
            (walk::edit::error_summary_among(kind.fields(), problems, inputs))
            (whole_order(desk, order))
            @match order.request() {
                None => (notice(NoticeKind::Info, "署名を待っている依頼はありません", html! {
                    p { "看護職か管理者が内容を確かめて提出すると、ここで署名できます。" }
                })),
                Some(request) => {
                    p { "提出: " (history::by(request)) }
                    (history::body(id, request))
                    form .form method="post" action={ (address(id)) "/" (order.said.seq) "/sign" }
                        data-keep=(if problems.is_empty() { "" } else { "typed" }) autocomplete="off" {
                        input type="hidden" name="seen" value=(desk.loaded.statements());
                        (walk::edit::fields(kind.fields(), &["signed_on", "review_due_on"], &typed))
                        div .field .invalid[problems.at("confirm").is_some()] {
                            label .check {
                                input #confirm type="checkbox" name="confirm" value="yes" checked[inputs.get("confirm") == "yes"];
                                " " span {
                                    "私はこの指示書の全文を読みました。心停止のときだけの指示で、私が電話で確認するまで心肺蘇生が続くことを承知して署名します。"
                                }
                            }
                        }
                        div .bar {
                            a .button .text href=(address(id)) { "やめる" }
                            button .button { (button) }
                        }
                    }
                }
            }
        },
    )
}

/// Every word of the order, the wish behind it, and what it never touches.
pub(super) fn whole_order(desk: &Desk, order: &OrderState<'_>) -> Markup {
    let state = desk.state();
    let card = |title: &str, said: &Said| {
        html! {
            section .card {
                div .card-head { h3 { (title) } }
                (walk::read::answers(&said.statement.walk()))
                p .small { (history::by(said)) }
            }
        }
    };
    html! {
        div .notice data-type="info" {
            (crate::web::icon::icon(crate::web::icon::Icon::Info))
            div { p { b { (ONLY_IN_ARREST) "。" } (UNTIL) "。" } p .small { (EVERYTHING_ELSE) "。" } }
        }
        (card("医師の指示書", order.said))
        @if let Some((said, _)) = state.wish { (card("本人の意思", said)) }
        @if let Some((said, _)) = state.inference { (card("家族による本人の意思の推定", said)) }
        @for said in &order.against { (card("指示書が止まった理由", said)) }
        @for said in &state.objections { (card("解消していない異議", said)) }
    }
}

pub async fn post(
    State(app): State<App>,
    page: Page,
    sign: Permit<SignOrder>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Inputs::from_pairs(pairs);
    let desk = Desk::open(&app, &permit, &id).await?;
    let said = desk.said(number)?;
    let state = desk.state();
    let order = state.order(&said.id).ok_or(WebError::NotFound)?;
    let (kind, _) = act(order.purpose());
    let mut inputs = Inputs::default();
    walk::post::take_fields(&mut inputs, kind.fields(), &posted);
    let read = Statement::read(kind, &inputs);
    let mut problems = match &read {
        Ok(statement) => {
            let speaker = form::speaker(&page.actor);
            may_follow(
                &state,
                Some(&said.id),
                statement,
                &speaker,
                desk.limits,
                desk.today,
            )
            .err()
            .unwrap_or_default()
        }
        Err(problems) => problems.clone(),
    };
    inputs.set("confirm", posted.get("confirm"));
    if posted.get("confirm") != "yes" {
        problems.add("confirm", "全文を読んだことを確かめて、印を付けてください");
    }
    let again = |desk: &Desk, order: &OrderState<'_>, problems: &Problems| {
        Ok(sign_page(&page, desk, order, &inputs, problems).into_response())
    };
    let statement = match read {
        Ok(statement) if problems.is_empty() => statement,
        _ => return again(&desk, order, &problems),
    };
    let seen = posted.get("seen").parse().unwrap_or(-1);
    let new = NewStatement {
        about: Some(&said.id),
        statement: &statement,
    };
    let (limits, now) = (desk.limits, app.now());
    match directive::record(&app.store, &sign, &id, new, Some(seen), limits, now).await {
        Ok(said) => {
            let to = format!("{}/said/{}", address(&id), said.seq);
            Ok(Redirect::to(&to).into_response())
        }
        Err(StoreError::Refused(problems)) => again(&desk, order, &problems),
        Err(StoreError::Conflict { .. }) => {
            let desk = Desk::open(&app, &permit, &id).await?;
            let state = desk.state();
            match state.order(&said.id) {
                Some(order) => again(&desk, order, &form::faster()),
                // Withdrawn meanwhile: there is nothing left to sign, and its page says so.
                None => Ok(Redirect::to(&address(&id)).into_response()),
            }
        }
        Err(error) => Err(error.into()),
    }
}
