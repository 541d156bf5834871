//! The signed paper: one person keeps a scan of it, another compares it with the order (safety.md S12).

use axum::Form;
use axum::extract::multipart::Multipart;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Desk, address, form, history, sign};
use crate::domain::answer::{Coded, Inputs, Problems};
use crate::domain::directive::rules::may_follow;
use crate::domain::directive::state::OrderState;
use crate::domain::directive::{Kind, Said, Scan, Statement, SuspendReason, Suspension};
use crate::domain::id::{ResidentId, StatementId};
use crate::domain::permit::{
    Permit, RaiseProtection, ReadResident, RecordDirective, VerifyOriginal,
};
use crate::domain::standing::mark;
use crate::store::StoreError;
use crate::store::attachment::{self, NewAttachment};
use crate::store::directive::{self, NewStatement};
use crate::web::icon::{Icon, icon};
use crate::web::page::{NoticeKind, Page, Place, notice};
use crate::web::upload::{Uploaded, shown};
use crate::web::walk::edit::Typed;
use crate::web::{App, WebError, load, session, walk};

pub async fn upload_form(
    State(app): State<App>,
    page: Page,
    _record: Permit<RecordDirective>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let said = desk.said(number)?;
    let state = desk.state();
    let order = state.order(&said.id).ok_or(WebError::NotFound)?;
    let inputs = sign::dates(&desk, order);
    Ok(upload_page(
        &page,
        &desk,
        order,
        &inputs,
        &Problems::default(),
    ))
}

fn upload_page(
    page: &Page,
    desk: &Desk,
    order: &OrderState<'_>,
    inputs: &Inputs,
    problems: &Problems,
) -> Markup {
    let id = desk.id();
    let fields = Kind::Scanned.fields();
    let dates = fields
        .iter()
        .filter(|field| matches!(field.key, "signed_on" | "review_due_on"));
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
        &format!("原本の登録 {}", desk.loaded.head.name),
        html! {
            (desk.head_with_band("署名された原本の登録"))
            h2 { "署名された原本の登録" }
            p { "医師が署名した紙を読み取った写真かPDFを登録します。登録しただけでは効力はありません。別の看護職か管理者が原本と見比べると有効になります。登録した人は照合できません。" }
            (sign::whole_order(desk, order))
            @if order.request().is_none() {
                (notice(NoticeKind::Info, "医師へ提出されていません", html! {
                    p { "看護職か管理者が内容を確かめて提出すると、原本を登録できます。" }
                }))
            } @else {
                form .form method="post" enctype="multipart/form-data" action={ (address(id)) "/" (order.said.seq) "/scan" } autocomplete="off" {
                    input type="hidden" name="seen" value=(desk.loaded.statements());
                    (walk::edit::error_summary_among(fields, problems, inputs))
                    div .field .invalid[problems.at("original").is_some()] {
                        label for="original" { "署名された原本" span .required { "必須" } }
                        p .hint id="original-hint" { "PDF・JPEG・PNG、10MBまで。署名と日付が読めるように、1ページ全体を写します。" }
                        @if let Some(problem) = problems.at("original") {
                            p .error id="original-error" { (icon(Icon::Stop)) span { (problem) } }
                        }
                        input #original type="file" name="original" accept="application/pdf,image/jpeg,image/png"
                            aria-describedby="original-hint" required;
                        @if !problems.is_empty() { p .after { "ファイルはもう一度選んでください。" } }
                    }
                    (walk::edit::fields(dates, &["signed_on", "review_due_on"], &typed))
                    div .bar {
                        a .button .text href=(address(id)) { "やめる" }
                        button .button { "原本を登録する" }
                    }
                }
            }
        },
    )
}

pub async fn upload(
    State(app): State<App>,
    page: Page,
    record: Permit<RecordDirective>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let said = desk.said(number)?;
    let state = desk.state();
    let order = state.order(&said.id).ok_or(WebError::NotFound)?;
    let uploaded = Uploaded::read(&mut form, "original").await?;
    let mut inputs = Inputs::default();
    let fields = Kind::Scanned.fields();
    walk::post::take_fields(&mut inputs, fields, &uploaded.typed);
    let seen = uploaded.typed.get("seen").parse().unwrap_or(-1);
    let kept = uploaded.kept(&app).await?;
    let hash = match &kept {
        Ok(kept) => session::hex(&session::sha256(&kept.bytes)),
        Err(_) => String::new(),
    };
    inputs.set("purpose", order.purpose().choice().code);
    inputs.set("original", hash.clone());
    let (statement, problems) = check(&desk, &page, &said.id, &inputs, kept.as_ref().err());
    let again = |problems: &Problems| {
        Ok(upload_page(&page, &desk, order, &inputs, problems).into_response())
    };
    let (Some(statement), Ok(kept), true) = (statement, kept, problems.is_empty()) else {
        return again(&problems);
    };
    let file = NewAttachment {
        id: &hash,
        media_type: kept.media_type,
        body: &kept.bytes,
        thumbnail: None,
    };
    attachment::keep_original(&app.store, &record, &id, file, app.now()).await?;
    let new = NewStatement {
        about: Some(&said.id),
        statement: &statement,
    };
    let (limits, now) = (desk.limits, app.now());
    match directive::record(&app.store, &record, &id, new, Some(seen), limits, now).await {
        Ok(_) => Ok(Redirect::to(&format!("{}#order-{number}", address(&id))).into_response()),
        Err(StoreError::Refused(problems)) => again(&problems),
        Err(StoreError::Conflict { .. }) => {
            let desk = Desk::open(&app, &permit, &id).await?;
            let state = desk.state();
            match state.order(&said.id) {
                Some(order) => {
                    Ok(upload_page(&page, &desk, order, &inputs, &form::faster()).into_response())
                }
                None => Ok(Redirect::to(&address(&id)).into_response()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Everything that is wrong with an upload at once: the file, the dates, and what the rules say.
fn check(
    desk: &Desk,
    page: &Page,
    order: &StatementId,
    inputs: &Inputs,
    file: Option<&String>,
) -> (Option<Statement>, Problems) {
    let mut problems = Problems::default();
    if let Some(message) = file {
        problems.add("original", message);
    }
    let statement = match Statement::read(Kind::Scanned, inputs) {
        Ok(statement) => Some(statement),
        Err(unread) => {
            problems.extend(unread);
            None
        }
    };
    if let Some(statement) = &statement {
        let speaker = form::speaker(&page.actor);
        let state = desk.state();
        let said = may_follow(
            &state,
            Some(order),
            statement,
            &speaker,
            desk.limits,
            desk.today,
        );
        for (key, message) in said.err().unwrap_or_default().iter() {
            if !problems.under(key) {
                problems.add(key, message);
            }
        }
    }
    (statement, problems)
}

/// The kept file, for who may read the resident: a picture to look at, a PDF only to download.
pub async fn show(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path((id, hash)): Path<(ResidentId, String)>,
) -> Result<Response, WebError> {
    let log = directive::log(&app.store, &permit, &id).await?;
    let of_resident = log.iter().any(|said| match &said.statement {
        Statement::Scanned(scan) => scan
            .original
            .value()
            .is_some_and(|original| original.as_str() == hash),
        _ => false,
    });
    if !of_resident {
        return Err(WebError::NotFound);
    }
    let found = attachment::get(&app.store, &permit, &hash).await?;
    load::note_read(&app, &permit, &id, "directive.original_viewed").await?;
    let name = format!("original-{}", &hash[..16.min(hash.len())]);
    Ok(shown(found, &name))
}

/// A scan that waits for its second person, with its order.
fn waiting(desk: &Desk, number: i64) -> Result<(&Said, &Scan, StatementId), WebError> {
    let said = desk.said(number)?;
    match (&said.statement, &said.about) {
        (Statement::Scanned(scan), Some(order)) => Ok((said, scan, order.clone())),
        _ => Err(WebError::NotFound),
    }
}

pub async fn compare_form(
    State(app): State<App>,
    page: Page,
    _verify: Permit<VerifyOriginal>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    compare_page(&app, &page, &permit, &desk, number, &Problems::default()).await
}

async fn compare_page(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    desk: &Desk,
    number: i64,
    problems: &Problems,
) -> Result<Markup, WebError> {
    let (said, scan, order) = waiting(desk, number)?;
    let id = desk.id();
    let state = desk.state();
    let waits = state
        .order(&order)
        .is_some_and(|order| order.scan.is_some_and(|scan| scan.id == said.id));
    let own = said.by.staff == page.actor.staff;
    let hash = scan.original.value().map(|hash| hash.as_str());
    let is_picture = match hash {
        Some(hash) => attachment::get(&app.store, permit, hash).await?.media_type == "image/jpeg",
        None => false,
    };
    Ok(page.show(
        Place::Residents,
        &format!("原本の照合 {}", desk.loaded.head.name),
        html! {
            (desk.head_with_band("原本の照合"))
            h2 { "署名された原本と指示書を見比べる" }
            p { "紙の原本を手に取り、下の写しと指示書を1項目ずつ見比べます。氏名・生年月日・指示・医師の署名・日付・電話番号が同じことを確かめてください。" }
            (walk::edit::error_summary_among(&[], problems, &Inputs::default()))
            div .columns .compare {
                section .card {
                    div .card-head { h3 { "署名された原本" } }
                    @if let Some(hash) = hash {
                        @if is_picture {
                            a .scan-link href={ (address(id)) "/original/" (hash) } {
                                img .scan src={ (address(id)) "/original/" (hash) } alt="署名された原本の写し。押すと大きく開きます";
                            }
                        } @else {
                            p { a .button .outline href={ (address(id)) "/original/" (hash) } download { "PDFを開いて見る" } }
                        }
                        p .small { span .code { "照合符号 " (mark(hash)) } }
                    }
                    dl .facts {
                        div { dt { "署名の目的" } dd { (scan.purpose) } }
                        div { dt { "署名日" } dd .number { (scan.signed_on) } }
                        div { dt { "次回確認日" } dd .number { (scan.review_due_on) } }
                    }
                    p .small { (history::by(said)) }
                }
                @if let Some(order) = state.order(&order) {
                    section .card {
                        div .card-head { h3 { "記録した指示書" } }
                        dl .facts {
                            div { dt { "氏名" } dd { (desk.loaded.head.name) } }
                            div { dt { "生年月日" } dd .number { (desk.loaded.view.record.identity.birth_date) } }
                        }
                        (walk::read::answers(&order.said.statement.walk()))
                    }
                }
            }
            @if !waits {
                (notice(NoticeKind::Info, "照合を待っている原本ではありません", html! {
                    p { "もう照合されたか、そのあとに停止・撤回されました。" }
                    p { a href=(address(id)) { "意思と指示へ" } }
                }))
            } @else if own {
                (notice(NoticeKind::Info, "別の職員が照合します", html! {
                    p { "あなたが登録した原本です。登録した人は照合できません。別の看護職か管理者に、原本を見せて頼んでください。" }
                    p { a href=(address(id)) { "意思と指示へ" } }
                }))
            } @else {
                form .form method="post" action={ (address(id)) "/" (number) "/compare" } {
                    input type="hidden" name="seen" value=(desk.loaded.statements());
                    div .bar {
                        p .bar-note { "一致すると、この指示書が医師の指示として表示されます。1つでも違えば停止します。" }
                        a .button .text href=(address(id)) { "あとで" }
                        button .button .danger name="do" value="different" { "違う・読めない(停止する)" }
                        button .button name="do" value="same" { "すべて一致した" }
                    }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
pub struct Compared {
    r#do: String,
    #[serde(default)]
    seen: String,
}

pub async fn compare(
    State(app): State<App>,
    page: Page,
    verify: Permit<VerifyOriginal>,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
    Form(pressed): Form<Compared>,
) -> Result<Response, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let (said, _, _) = waiting(&desk, number)?;
    let (limits, now) = (desk.limits, app.now());
    let result = match pressed.r#do.as_str() {
        "same" => {
            let inputs = Inputs::from_pairs([("compared".to_owned(), "yes".to_owned())]);
            let statement = Statement::read(Kind::Verified, &inputs).map_err(WebError::Fields)?;
            let new = NewStatement {
                about: Some(&said.id),
                statement: &statement,
            };
            let seen = pressed.seen.parse().unwrap_or(-1);
            directive::record(&app.store, &verify, &id, new, Some(seen), limits, now).await
        }
        "different" => {
            let raise = page.actor.permit::<RaiseProtection>()?;
            let statement = Statement::Suspended(Box::new(Suspension {
                reason: SuspendReason::Contradiction.into(),
                ..Suspension::default()
            }));
            let new = NewStatement {
                about: None,
                statement: &statement,
            };
            directive::record(&app.store, &raise, &id, new, None, limits, now).await
        }
        _ => return Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    };
    let problems = match result {
        Ok(said) => {
            let to = format!("{}/said/{}", address(&id), said.seq);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(StoreError::Refused(problems)) => problems,
        Err(StoreError::Conflict { .. }) => form::faster(),
        Err(error) => return Err(error.into()),
    };
    let desk = Desk::open(&app, &permit, &id).await?;
    Ok(compare_page(&app, &page, &permit, &desk, number, &problems)
        .await?
        .into_response())
}
