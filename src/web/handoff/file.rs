//! Files of a stay: what the hospital or the facility added, and adding one.

use axum::extract::multipart::Multipart;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use crate::domain::id::HandoffId;
use crate::domain::permit::{ActionKind, Permit, ReadResident, WriteHandoff};
use crate::domain::text::check_line;
use crate::store::attachment::{self, NewAttachment};
use crate::store::handoff::{self, StayFile};
use crate::web::page::{NoticeKind, Page, Place, crumbs, notice};
use crate::web::session::{hex, sha256};
use crate::web::upload::{Kept, Uploaded, shown};
use crate::web::{App, WebError, load};

/// What a file is called where nobody said.
const UNNAMED: &str = "添付";

/// The inputs that add a file.
pub fn form(action: &str, problem: Option<&str>) -> Markup {
    html! {
        form .form method="post" action=(action) enctype="multipart/form-data" {
            div .field .invalid[problem.is_some()] {
                label for="file" { "PDFか写真" }
                p .hint #file-hint { "診療情報提供書、看護サマリー、褥瘡の写真など。10MBまで。1つずつ加えます" }
                @if let Some(words) = problem { p .error #file-error { span { (words) } } }
                input #file type="file" name="file" accept="application/pdf,image/jpeg,image/png" required
                    aria-describedby="file-hint file-error" aria-invalid=[problem.map(|_| "true")];
            }
            div .field {
                label for="label" { "何の書類か" }
                input .w-l #label name="label" maxlength="40" autocomplete="off";
            }
            button .button .outline { "ファイルを加える" }
        }
    }
}

/// The files with who added them; with links for who may open them.
pub fn list(files: &[StayFile], base: Option<&str>) -> Markup {
    html! {
        ul .papers {
            @for file in files {
                li {
                    div {
                        b { (file.label) } br;
                        span .small .muted { span .number { (load::when(file.at)) } " " (file.by_name) }
                    }
                    @if let Some(base) = base {
                        div .actions { a .button .outline .small href={ (base) "/" (file.seq) } target="_blank" rel="noopener" { "開く" span .visually-hidden { ": " (file.label) } } }
                    }
                }
            }
        }
    }
}

/// A file that was sent, as it may be kept, with what it is called.
///
/// # Errors
/// What is wrong with it, for who chose it.
pub async fn received(
    app: &App,
    form: &mut Multipart,
) -> Result<Result<(Kept, String), String>, WebError> {
    let uploaded = Uploaded::read(form, "file").await?;
    let label = uploaded.typed.get("label").trim().to_owned();
    let label = if label.is_empty() {
        UNNAMED.to_owned()
    } else {
        label
    };
    if let Err(problem) = check_line(&label, 40) {
        return Ok(Err(problem.0));
    }
    Ok(uploaded.kept(app).await?.map(|kept| (kept, label)))
}

/// A kept file under its hash.
pub fn hashed(kept: &Kept) -> String {
    hex(&sha256(&kept.bytes))
}

/// The card of the stay's page.
pub fn card(page: &Page, id: &HandoffId, files: &[StayFile], is_open: bool) -> Markup {
    html! {
        section .card {
            div .card-head { h2 #files { "受け取ったファイル" } }
            @if files.is_empty() { p { "まだありません。病院が画面から加えるか、ここで加えます。" } }
            (list(files, Some(&format!("/handoffs/{id}/files"))))
            @if is_open && page.may(ActionKind::WriteHandoff) {
                details .more { summary { "ファイルを加える" } (form(&format!("/handoffs/{id}/files"), None)) }
            }
        }
    }
}

pub async fn add(
    State(app): State<App>,
    page: Page,
    permit: Permit<WriteHandoff>,
    Path(id): Path<HandoffId>,
    mut sent: Multipart,
) -> Result<Response, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let stay = handoff::get(&app.store, &read, &id).await?;
    let (kept, label) = match received(&app, &mut sent).await? {
        Ok(received) => received,
        Err(problem) => {
            let title = "ファイルを加える";
            let again = page.show_narrow(Place::Handoffs, title, html! {
                (crumbs(&[("/handoffs", "入退院"), (&format!("/handoffs/{id}"), &format!("{}さんの入院", stay.resident_name))], title))
                h1 { (title) }
                (notice(NoticeKind::Warn, "加えていません", html! { p { (problem) } }))
                (form(&format!("/handoffs/{id}/files"), Some(&problem)))
            });
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let hash = hashed(&kept);
    let file = NewAttachment {
        id: &hash,
        media_type: kept.media_type,
        body: &kept.bytes,
        thumbnail: None,
    };
    handoff::add_file(&app.store, &permit, &id, file, &label, app.now()).await?;
    Ok(Redirect::to(&format!("/handoffs/{id}#files")).into_response())
}

pub async fn show(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path((id, seq)): Path<(HandoffId, i64)>,
) -> Result<Response, WebError> {
    let stay = handoff::get(&app.store, &permit, &id).await?;
    let files = handoff::files(&app.store, &permit, &id).await?;
    let file = files
        .into_iter()
        .find(|file| file.seq == seq)
        .ok_or(WebError::NotFound)?;
    let found = attachment::get(&app.store, &permit, &file.attachment_id).await?;
    load::note_read(&app, &permit, &stay.resident_id, "handoff.file_viewed").await?;
    Ok(shown(found, &format!("file-{}", seq + 1)))
}
