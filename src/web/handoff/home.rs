//! Home again: what of the hospital's papers enters the sheet, item by item; the order stays stopped; the old papers end.

use axum::Form as Posted;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::{Loaded, load_stay};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::directive::SuspendReason;
use crate::domain::form::Source;
use crate::domain::handoff::Ending;
use crate::domain::handoff::home::{Offer, offers, spoke_of_the_end, taken};
use crate::domain::id::HandoffId;
use crate::domain::permit::{
    DecideReturn, EditSheet, IssueDocument, Permit, RaiseProtection, ReadResident,
};
use crate::domain::resident::Status;
use crate::store::document::PrintOrder;
use crate::store::handoff;
use crate::store::transport::Transport;
use crate::web::document::issue_document;
use crate::web::load::Change;
use crate::web::page::{NoticeKind, Page, Place, crumbs, notice};
use crate::web::{App, WebError, directive, load, walk};

pub async fn show(
    State(app): State<App>,
    page: Page,
    _decide: Permit<DecideReturn>,
    permit: Permit<ReadResident>,
    Path(id): Path<HandoffId>,
) -> Result<Markup, WebError> {
    let loaded = load_stay(&app, &permit, &id, false).await?;
    load::note_read(&app, &permit, &loaded.stay.resident_id, "handoff.viewed").await?;
    Ok(draw(&app, &page, &loaded, &Inputs::default(), html! {}))
}

/// The page with what was chosen so far.
fn draw(app: &App, page: &Page, loaded: &Loaded, typed: &Inputs, told: Markup) -> Markup {
    let discharge = &loaded.stay_view().stay.discharge;
    let offers = offers(&loaded.view.record, discharge);
    let id = &loaded.stay.id;
    let today = Day::of(app.now());
    let on = match typed.get("on") {
        "" => discharge
            .discharged_on
            .value()
            .copied()
            .unwrap_or(today)
            .iso(),
        typed => typed.to_owned(),
    };
    let chosen = typed.all("take");
    let issues = typed.get("revision").is_empty() || typed.get("issue") == "yes";
    page.show_narrow(
        Place::Handoffs,
        "戻ったときの確認",
        html! {
            (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{id}"), &format!("{}さんの入院", loaded.stay.resident_name))], "戻ったときの確認"))
            (walk::read::identity_header(&loaded.view, crate::web::photo::address(&loaded.head).as_deref()))
            (walk::read::band_compact(&loaded.view.standing))
            h1 { "戻ったときの確認" }
            (told)
            @if spoke_of_the_end(discharge) {
                (notice(NoticeKind::Warn, "病院での話し合い・蘇生の指示は入りません", html! {
                    p { "入院中の指示は施設では続きません。施設の医師が本人・家族と確かめ、署名し直すまで、心肺蘇生を行う表示のままです。" }
                    p { a href={ "/residents/" (loaded.stay.resident_id) "/directive" } { "意思と指示" } }
                }))
            }
            @if !loaded.stay.is_open() { p { "この入院の記録は終わっています。" } }
            @else {
                form .form method="post" {
                    input type="hidden" name="revision" value=(loaded.view.marks.revision);
                    h2 { "シートに入れるものを選ぶ" }
                    @if offers.is_empty() { p { "退院時情報収集書に、シートと違う項目はありません。" } }
                    @for offer in &offers { (choice(offer, chosen.iter().any(|key| key == offer.key))) }
                    div .field {
                        label for="on" { "戻った日" span .required { "必須" } }
                        input .w-m #on name="on" value=(on) required;
                    }
                    label .check { input type="checkbox" name="issue" value="yes" checked[issues]; span { "新しい救急連絡シートを発行する(前の紙のQRコードは無効になります)" } }
                    div .bar { button .button { "選んだものを入れて、入院を終える" } a .button .text href={ "/handoffs/" (id) } { "やめる" } }
                }
            }
        },
    )
}

fn choice(offer: &Offer, is_chosen: bool) -> Markup {
    html! {
        fieldset .field .offer {
            legend { (offer.label) }
            p { span .small .muted { "いま " } (walk::read::lines(&offer.before)) }
            p { span .small .muted { "退院時(病院) " } b { (walk::read::lines(&offer.after)) } }
            label .check { input type="checkbox" name="take" value=(offer.key) checked[is_chosen]; span { "シートに入れる" span .visually-hidden { ": " (offer.label) } } }
        }
    }
}

const CHANGED: &str =
    "シートがほかの人に変えられました。この画面を開き直し、「いま」を見て選び直してください。";

/// What stands against taking something over, in words.
fn words(problems: &Problems) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|(key, message)| {
            let top = key.split('.').next().unwrap_or(key);
            let label = Source::find(top).map_or(top, |source| source.label());
            format!("{label}: {message}")
        })
        .collect();
    format!(
        "シートに入れられません。先にシートを直してください。{}",
        lines.join("／")
    )
}

pub async fn post(
    State(app): State<App>,
    page: Page,
    permit: Permit<DecideReturn>,
    Path(id): Path<HandoffId>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let actor = permit.actor();
    let read = actor.permit::<ReadResident>()?;
    let loaded = load_stay(&app, &read, &id, false).await?;
    let typed = Inputs::from_pairs(pairs);
    let refused = |words: &str| {
        let told = notice(
            NoticeKind::Warn,
            "まだ終えていません",
            html! { p { (words) } },
        );
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            draw(&app, &page, &loaded, &typed, told),
        )
            .into_response()
    };
    if !loaded.stay.is_open() {
        return Ok(refused("この入院の記録は終わっています。"));
    }
    let Ok(on) = Day::parse(typed.get("on")) else {
        return Ok(refused("戻った日を入力してください。例 2026-12-05"));
    };
    if on > Day::of(app.now()) {
        return Ok(refused("戻った日が先の日です。"));
    }
    if typed.get("revision") != loaded.view.marks.revision.to_string() {
        return Ok(refused(CHANGED));
    }
    let is_theirs = |transport: &Transport| transport.resident_id == loaded.stay.resident_id;
    if page.open_transports().iter().any(is_theirs) {
        // A sheet that is printed while it is open leaves the older ones valid for the crew.
        return Ok(refused(
            "急変の記録がまだ開いています。上の「急変の対応中」から終えると、新しいシートが前の紙に代わります。",
        ));
    }
    let discharge = &loaded.stay_view().stay.discharge;
    let offers = offers(&loaded.view.record, discharge);
    let chosen: Vec<&str> = typed.all("take").iter().map(String::as_str).collect();
    let known: Vec<&str> = chosen
        .into_iter()
        .filter(|key| offers.iter().any(|offer| offer.key == *key))
        .collect();
    let resident = &loaded.stay.resident_id;
    let mut changed = None;
    if !known.is_empty() {
        match taken(&loaded.view.record, &offers, &known, Some(on)) {
            Ok(record) => changed = Some(record),
            Err(problems) => return Ok(refused(&words(&problems))),
        }
    }
    // The order stops before anything else is done, so that whatever fails after it leaves full CPR (safety.md S1).
    let raise = actor.permit::<RaiseProtection>()?;
    let standing = &loaded.view.standing;
    directive::raise::stop_for_stay(&app, &raise, resident, standing, SuspendReason::Discharge)
        .await?;
    if let Some(record) = changed {
        let hospital = loaded.stay_view().stay.admission.hospital_name.to_string();
        let reason = format!("退院時の情報({hospital})から{}項目", known.len());
        let edit = actor.permit::<EditSheet>()?;
        let change = Change {
            reason: &reason,
            verified: false,
        };
        let seen = loaded.view.marks.revision;
        match load::confirm(&app, &edit, resident, seen, &record, change).await {
            Ok(_) => {}
            Err(WebError::Fields(problems)) => return Ok(refused(&words(&problems))),
            Err(WebError::Conflict { .. }) => return Ok(refused(CHANGED)),
            Err(error) => return Err(error),
        }
    }
    handoff::end(&app.store, &permit, &id, Ending::Returned, on, app.now()).await?;
    if typed.get("issue") == "yes" && loaded.head.status == Status::LivingIn {
        let issue = actor.permit::<IssueDocument>()?;
        let issued = issue_document(
            &app,
            &issue,
            resident,
            app.forms.emergency(),
            PrintOrder::default(),
        )
        .await?;
        return Ok(Redirect::to(&format!("/documents/{}?issued=1", issued.id)).into_response());
    }
    Ok(Redirect::to(&format!("/handoffs/{id}")).into_response())
}
