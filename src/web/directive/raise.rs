//! Raising protection: one press for anyone signed in, and nothing that was typed wrong can stop it (safety.md S11).

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{Desk, address, history};
use crate::domain::answer::Inputs;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::{
    Kind, Revocation, RevokedBy, Said, Statement, SuspendReason, Suspension,
};
use crate::domain::id::{HandoffId, ResidentId};
use crate::domain::permit::{ActionKind, Permit, RaiseProtection, ReadResident};
use crate::domain::standing::{Reason, Standing, StandingKind};
use crate::store::directive::{self, NewStatement};
use crate::store::resident::ResidentHead;
use crate::store::{document, handoff, sending};
use crate::web::document::{PaperState, who_prints};
use crate::web::icon::{Icon, icon};
use crate::web::page::{NoticeKind, Page, Place, notice};
use crate::web::walk::edit::{About, Typed, field};
use crate::web::{App, WebError, mail, walk};

/// The buttons: what is posted, the word, and when it is pressed.
const BUTTONS: [(&str, &str, &str); 5] = [
    ("revoke", "撤回", "本人がやめたいと話した"),
    ("suspend", "停止", "様子や話が変わった"),
    ("object", "異議", "家族が反対した"),
    ("admission", "入院した", "停止します"),
    ("discharge", "退院して戻った", "停止します"),
];

/// The folded form with one press each, for the resident's pages and for a row of the list.
pub fn panel(head: &ResidentHead) -> Markup {
    let id = &head.id;
    html! {
        details .raise {
            summary { (icon(Icon::Stop)) "撤回・停止・異議" span .visually-hidden { ": " (head.name) } }
            form method="post" action={ (address(id)) "/raise" } {
                p .small { "押すとすぐに記録され、心肺蘇生を行う表示になります。承認は要りません。" }
                div .field {
                    label for={ "words-" (id) } { "話された言葉(任意)" }
                    input id={ "words-" (id) } name="words" autocomplete="off";
                }
                (buttons())
                p .small { a href={ (address(id)) "/raise" } { "だれが・なぜを選んで記録する" } }
            }
        }
    }
}

/// Whether there is anything that could be withdrawn; asked where room is short.
pub fn has_something(standing: &Standing) -> bool {
    !matches!(
        standing.reasons(),
        [Reason::NothingRecorded | Reason::Revoked { .. }]
    )
}

fn buttons() -> Markup {
    html! {
        ul .raise-buttons {
            @for (code, word, when) in BUTTONS {
                li {
                    button .button .danger .solid[code == "revoke"] name="do" value=(code) {
                        span { b { (word) } small { (when) } }
                    }
                }
            }
        }
    }
}

/// The same with everything that can be said.
pub async fn form_page(
    State(app): State<App>,
    page: Page,
    _raise: Permit<RaiseProtection>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    let inputs = Inputs::from_pairs([("revoked_by".to_owned(), "resident".to_owned())]);
    let problems = Default::default();
    let typed = Typed {
        inputs: &inputs,
        problems: &problems,
        missing: &[],
        today: desk.today,
        photo: None,
        focus: None,
    };
    let ask = |kind: Kind, key: &str, hint: &'static str| {
        let known = kind.fields().iter().find(|field| field.key == key);
        let about = About {
            hint: Some(hint),
            ..About::default()
        };
        html! { @if let Some(known) = known { (field(known, about, &typed)) } }
    };
    Ok(page.show_narrow(
        Place::Residents,
        "撤回・停止・異議",
        html! {
            (desk.head_with_band("撤回・停止・異議"))
            p { "空のままでも記録できます。押すとすぐに心肺蘇生を行う表示になり、承認は要りません。" }
            form .form method="post" action={ (address(&id)) "/raise" } {
                div .field {
                    label for="words" { "話された言葉・内容" }
                    textarea #words name="words" {}
                }
                (ask(Kind::Revoked, "revoked_by", "「撤回」のとき"))
                (ask(Kind::Revoked, "name", "「撤回」が本人以外のときと、「異議」のとき"))
                (ask(Kind::ObjectionRaised, "relationship", "「異議」のとき"))
                (ask(Kind::Suspended, "reason", "「停止」のとき"))
                (buttons())
                p { a href=(address(&id)) { "やめる" } }
            }
        },
    ))
}

pub async fn post(
    State(app): State<App>,
    page: Page,
    permit: Permit<RaiseProtection>,
    Path(id): Path<ResidentId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let typed = Inputs::from_pairs(pairs);
    let (statement, unread) = heard(&typed)?;
    let new = NewStatement {
        about: None,
        statement: &statement,
    };
    let limits = Limits::default();
    let said = directive::record(&app.store, &permit, &id, new, None, limits, app.now()).await?;
    mail::tell(&app, permit.facility(), mail::Kind::ProtectionRaised);
    if unread.is_empty() {
        let to = format!("{}/said/{}", address(&id), said.seq);
        return Ok(Redirect::to(&to).into_response());
    }
    let read = page.actor.permit::<ReadResident>()?;
    let desk = Desk::open(&app, &read, &id).await?;
    Ok(said_page(&app, &page, &read, &desk, &said, &unread)
        .await?
        .into_response())
}

/// What the pressed button says, and what of the rest could not be read: that is told afterwards and stops nothing.
fn heard(typed: &Inputs) -> Result<(Statement, Vec<String>), WebError> {
    let (kind, fixed) = match typed.get("do") {
        "revoke" => (Kind::Revoked, None),
        "suspend" => (Kind::Suspended, None),
        "object" => (Kind::ObjectionRaised, None),
        reason @ ("admission" | "discharge") => (Kind::Suspended, Some(reason)),
        _ => return Err(WebError::Bad("画面のボタンから操作してください".to_owned())),
    };
    let mut inputs = Inputs::default();
    walk::post::take_fields(&mut inputs, kind.fields(), typed);
    if let Some(reason) = fixed {
        inputs.set("reason", reason);
    }
    let mut unread = Vec::new();
    let statement = match Statement::read(kind, &inputs) {
        Ok(statement) => statement,
        Err(problems) => {
            for (key, _) in problems.iter() {
                unread.push(inputs.get(key).to_owned());
                inputs.remove(key);
            }
            Statement::read(kind, &inputs).map_err(WebError::Fields)?
        }
    };
    Ok((with_defaults(statement), unread))
}

/// A bare press says: the resident withdrew it; stopped for another reason.
fn with_defaults(statement: Statement) -> Statement {
    match statement {
        Statement::Revoked(said) if said.revoked_by.value().is_none() => {
            Statement::Revoked(Box::new(Revocation {
                revoked_by: RevokedBy::Resident.into(),
                ..*said
            }))
        }
        Statement::Suspended(said) if said.reason.value().is_none() => {
            Statement::Suspended(Box::new(Suspension {
                reason: SuspendReason::Other.into(),
                ..*said
            }))
        }
        other => other,
    }
}

pub async fn said(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Markup, WebError> {
    let desk = Desk::open(&app, &permit, &id).await?;
    // A log that cannot be read still took it down: the page says so without showing it.
    match desk.said(number) {
        Ok(said) => {
            let said = said.clone();
            said_page(&app, &page, &permit, &desk, &said, &[]).await
        }
        Err(error) if desk.is_readable() => Err(error),
        Err(_) => Ok(page.show_narrow(
            Place::Residents,
            "記録しました",
            html! {
                (desk.head("記録しました"))
                (walk::read::band(&desk.loaded.view.standing))
                (notice(NoticeKind::Ok, "記録しました", html! { p { "前の記録を読み取れないため、内容はここに表示できません。" } }))
            },
        )),
    }
}

/// What was recorded, what holds now, and what to do with the papers.
async fn said_page(
    app: &App,
    page: &Page,
    permit: &Permit<ReadResident>,
    desk: &Desk,
    said: &Said,
    unread: &[String],
) -> Result<Markup, WebError> {
    let id = desk.id();
    let now = app.now();
    let papers = document::list(&app.store, permit, id, 100).await?;
    let live: Vec<_> = papers
        .iter()
        .filter(|paper| {
            PaperState::of(paper, now) == PaperState::Live && paper.issued_at <= said.at
        })
        .collect();
    let may_issue = page.may(ActionKind::IssueDocument) && desk.lives_in();
    let given = given_to_hospitals(app, permit, id).await?;
    let title = format!("{}を記録しました", said.statement.kind().label());
    Ok(page.show_narrow(
        Place::Residents,
        &title,
        html! {
            (desk.head("記録しました"))
            (notice(NoticeKind::Ok, &title, html! {
                p { (history::by(said)) }
                (history::body(id, said))
            }))
            @if !unread.is_empty() {
                (notice(NoticeKind::Warn, "次の入力は記録に入っていません", html! {
                    @for words in unread { p { (walk::read::lines(words)) } }
                    p { "長すぎるか、使えない文字があります。人生会議の記録に分けて書き留めてください。" }
                }))
            }
            (walk::read::band(&desk.loaded.view.standing))
            @if let Some((stay, hospitals)) = &given {
                (notice(NoticeKind::Warn, "病院へ電話してください", html! {
                    p { "入院の書類をもう渡しています(" (hospitals.join("、")) ")。書類には前の内容が載っています。変わったことを電話で伝えてください。" }
                    p { a href={ "/handoffs/" (stay) "#documents" } { "渡した書類と病院の電話" } }
                }))
            }
            section .card #papers {
                div .card-head { h2 { "紙を取り替えてください" } }
                @if live.is_empty() {
                    p { "いま使われている紙はありません。コピーが残っていれば回収してください。" }
                } @else {
                    p { "次の紙には前の内容が載っています。コピーも含めて回収し、発行し直してください。" }
                    ul .plain-list {
                        @for paper in &live {
                            li {
                                a href={ "/documents/" (paper.id) } { span .code { "No. " (paper.serial) } }
                                " " span .small .number { (Day::of(paper.issued_at)) " 発行" }
                            }
                        }
                    }
                }
                @if may_issue {
                    div .actions { a .button href={ "/residents/" (id) "/documents" } { "紙を発行し直す" } }
                } @else if desk.lives_in() {
                    (who_prints(page))
                }
            }
            div .actions { a .button .outline href=(address(id)) { "意思と指示へ" } a .button .text href="/residents" { "入居者の一覧へ" } }
        },
    ))
}

/// The open stay and the hospitals that have a paper of it, which no link can take back.
async fn given_to_hospitals(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
) -> Result<Option<(HandoffId, Vec<String>)>, WebError> {
    let stays = handoff::of_resident(&app.store, permit, id, 1).await?;
    let Some(open) = stays.into_iter().find(|stay| stay.is_open()) else {
        return Ok(None);
    };
    let given = sending::of_handoff(&app.store, permit, &open.id, 50).await?;
    let mut hospitals: Vec<String> = given.into_iter().map(|(sent, _)| sent.recipient).collect();
    hospitals.sort_unstable();
    hospitals.dedup();
    Ok((!hospitals.is_empty()).then_some((open.id, hospitals)))
}

/// Stops whatever order there is because its resident went to hospital or came back, until a physician looks at it anew
/// (safety.md S16). Where there is none, nothing is written.
pub async fn stop_for_stay(
    app: &App,
    permit: &Permit<RaiseProtection>,
    resident: &ResidentId,
    standing: &Standing,
    reason: SuspendReason,
) -> Result<(), WebError> {
    use StandingKind as K;
    if !matches!(
        standing.kind(),
        K::OrderOnFile | K::FullCprInvalidOrder | K::Conflict
    ) {
        return Ok(());
    }
    let statement = Statement::Suspended(Box::new(Suspension {
        reason: reason.into(),
        ..Suspension::default()
    }));
    let new = NewStatement {
        about: None,
        statement: &statement,
    };
    let limits = Limits::default();
    directive::record(&app.store, permit, resident, new, None, limits, app.now()).await?;
    mail::tell(app, permit.facility(), mail::Kind::ProtectionRaised);
    Ok(())
}
