//! Editing a sheet: one section at a time into a draft, a look at what changes, then the next revision.
//!
//! A draft holds what was typed, readable or not. Two editors never overwrite each other: whoever confirms second
//! is led through what both changed.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::load::{self, Change, Loaded};
use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::walk::{
    self,
    edit::{Pages, Typed},
};
use super::{App, WebError};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::form::Section;
use crate::domain::id::ResidentId;
use crate::domain::permit::{EditSheet, Permit, ReadResident};
use crate::domain::record::Record;
use crate::domain::sheet::{changes, merge, missing};
use crate::store::{StoreError, resident, sheet};

/// What is being edited: the resident, the draft or what it would begin with, and the revision it began from.
struct Desk {
    loaded: Loaded,
    inputs: Inputs,
    base: i64,
    saved: Option<String>,
}

async fn desk(app: &App, permit: &Permit<EditSheet>, id: &ResidentId) -> Result<Desk, WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let loaded = load::resident(app, &read, id).await?;
    load::note_read(app, &read, id, "sheet.opened").await?;
    Ok(match sheet::draft(&app.store, permit, id).await? {
        Some(draft) => Desk {
            inputs: serde_json::from_slice(&draft.body)
                .map_err(|error| WebError::Store(StoreError::Unreadable(error.to_string())))?,
            base: draft.base_revision,
            saved: Some(load::when(draft.saved_at)),
            loaded,
        },
        None => Desk {
            inputs: loaded.view.record.inputs(),
            base: loaded.view.marks.revision,
            saved: None,
            loaded,
        },
    })
}

async fn save(
    app: &App,
    permit: &Permit<EditSheet>,
    id: &ResidentId,
    desk: &Desk,
) -> Result<(), WebError> {
    let body = serde_json::to_vec(&desk.inputs)
        .map_err(|error| WebError::Store(StoreError::Unreadable(error.to_string())))?;
    Ok(sheet::save_draft(&app.store, permit, id, desk.base, &body, app.now()).await?)
}

pub async fn start(
    State(app): State<App>,
    _: Permit<EditSheet>,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Redirect, WebError> {
    let head = resident::get(&app.store, &permit, &id).await?;
    Ok(Redirect::to(&format!(
        "/residents/{}/edit/{}",
        head.id,
        app.forms.emergency().sections[0].key
    )))
}

pub async fn section(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditSheet>,
    Path((id, key)): Path<(ResidentId, String)>,
) -> Result<Markup, WebError> {
    let section = app
        .forms
        .emergency()
        .section(&key)
        .ok_or(WebError::NotFound)?;
    let desk = desk(&app, &permit, &id).await?;
    // What was never typed here is not scolded: problems show once a draft was saved.
    let problems = if desk.saved.is_some() {
        Record::read(&desk.inputs).1
    } else {
        Problems::default()
    };
    Ok(section_page(&app, &page, &desk, section, &problems))
}

fn section_page(
    app: &App,
    page: &Page,
    desk: &Desk,
    section: &Section,
    problems: &Problems,
) -> Markup {
    let id = &desk.loaded.head.id;
    let form = app.forms.emergency();
    let (record, _) = Record::read(&desk.inputs);
    let open = missing(&record, form);
    let base = format!("/residents/{id}/edit");
    let pages = Pages {
        form,
        base: &base,
        current: Some(&section.key),
    };
    let photo = super::photo::address(&desk.loaded.head);
    let typed = Typed {
        inputs: &desk.inputs,
        problems,
        missing: &open,
        today: Day::of(app.now()),
        photo: photo.as_deref(),
        focus: None,
    };
    let title = format!("{}の編集 {}", section.title, desk.loaded.head.name);
    page.show(
        Place::Residents,
        &title,
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &desk.loaded.head.name)], "シートの編集"))
            (walk::read::identity_header(&desk.loaded.view, None))
            (walk::read::band_compact(&desk.loaded.view.standing))
            // Enter in an input presses the form's first button on the page: this one, before those to other sections.
            button .visually-hidden form=(walk::edit::FORM_ID) name="do" value="save" formnovalidate tabindex="-1"
                aria-hidden="true" { "下書き保存" }
            div .edit {
                (walk::edit::nav(form, &record, problems, &section.key))
                form .form id=(walk::edit::FORM_ID) method="post" action={ (base) "/" (section.key) }
                    data-keep=(if under_any(problems, section) { "typed" } else { "" })
                    autocomplete="off" spellcheck="false" {
                    (walk::edit::error_summary(problems, &desk.inputs, &pages))
                    (walk::edit::section(section, &typed))
                    @if super::directive::asks_for_talks(section) {
                        (super::directive::where_talks_belong(page, &desk.loaded))
                    }
                    (walk::edit::previous_next(form, &section.key))
                    div .bar {
                        p .bar-note {
                            @match &desk.saved { Some(at) => { "下書き保存 " (at) } None => { "まだ何も変えていません" } }
                        }
                        button .button .outline name="do" value="save" formnovalidate { "下書き保存" }
                        button .button name="do" value="confirm" { "変更を確かめる" }
                    }
                }
            }
            @if section.items.iter().any(|item| item.source.key() == "photo") {
                (super::photo::upload_form(&desk.loaded.head))
            }
        },
    )
}

fn under_any(problems: &Problems, section: &Section) -> bool {
    section
        .items
        .iter()
        .any(|item| problems.under(item.source.key()))
}

/// Takes one section's inputs into the draft, then does what the pressed button says.
pub async fn post(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditSheet>,
    Path((id, key)): Path<(ResidentId, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let form = app.forms.emergency();
    let section = form.section(&key).ok_or(WebError::NotFound)?;
    let mut typed = Inputs::from_pairs(pairs);
    let order = typed.get("do").to_owned();
    typed.remove("do");
    let mut desk = desk(&app, &permit, &id).await?;
    walk::post::take(&mut desk.inputs, section, &typed);
    let anchor = walk::post::apply(&mut desk.inputs, &order);
    save(&app, &permit, &id, &desk).await?;
    let here = format!("/residents/{id}/edit/{key}");
    if let Some(anchor) = anchor {
        return Ok(Redirect::to(&format!("{here}#{anchor}")).into_response());
    }
    let (_, problems) = Record::read(&desk.inputs);
    if order == "confirm" && problems.is_empty() {
        return Ok(Redirect::to(&format!("/residents/{id}/confirm")).into_response());
    }
    let to = order.strip_prefix("go:").and_then(|key| form.section(key));
    if to.is_none() && (under_any(&problems, section) || order == "confirm") {
        desk.saved = Some(load::when(app.now()));
        return Ok(section_page(&app, &page, &desk, section, &problems).into_response());
    }
    let to = to.map_or(here, |to| format!("/residents/{id}/edit/{}", to.key));
    Ok(Redirect::to(&to).into_response())
}

pub async fn discard(
    State(app): State<App>,
    permit: Permit<EditSheet>,
    read: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
) -> Result<Redirect, WebError> {
    let head = resident::get(&app.store, &read, &id).await?;
    sheet::drop_draft(&app.store, &permit, &head.id, app.now()).await?;
    Ok(Redirect::to(&format!("/residents/{}", head.id)))
}

pub async fn review(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
) -> Result<Response, WebError> {
    let desk = desk(&app, &permit, &id).await?;
    if desk.base != desk.loaded.view.marks.revision {
        return Ok(Redirect::to(&format!("/residents/{id}/merge")).into_response());
    }
    Ok(review_page(&app, &page, &desk, &Problems::default()).into_response())
}

fn review_page(app: &App, page: &Page, desk: &Desk, more: &Problems) -> Markup {
    let id = &desk.loaded.head.id;
    let form = app.forms.emergency();
    let (record, mut problems) = Record::read(&desk.inputs);
    if problems.is_empty() {
        problems.extend(load::refusals(app, &record, Day::of(app.now())));
    }
    problems.extend(more.clone());
    let changed = changes(&desk.loaded.view.record, &record);
    let open = missing(&record, form);
    let base = format!("/residents/{id}/edit");
    let pages = Pages {
        form,
        base: &base,
        current: None,
    };
    page.show(
        Place::Residents,
        "変更の確認",
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &desk.loaded.head.name)], "変更の確認"))
            (walk::read::identity_header(&desk.loaded.view, None))
            (walk::read::band_compact(&desk.loaded.view.standing))
            h2 { "変わるところ" }
            (walk::edit::error_summary(&problems, &desk.inputs, &pages))
            @if changed.is_empty() {
                (notice(NoticeKind::Info, "今の版から変わるところはありません", html! {
                    p { "内容が今も正しいことだけを記録するときは、前の画面の「変更なし・確認のみ」を使います。" }
                }))
            } @else {
                (walk::change::changes(&changed))
            }
            @if !open.is_empty() {
                details .more {
                    summary { "確かめたい項目 " (open.len()) "件(このままでも確定できます)" }
                    (walk::edit::missing_summary(&open, &pages))
                }
            }
            form .form method="post" action={ "/residents/" (id) "/confirm" } {
                input type="hidden" name="revision" value=(desk.base);
                div .field {
                    label for="reason" { "変更の理由・きっかけ" }
                    input .w-l #reason name="reason" maxlength="100";
                }
                label .check {
                    input type="checkbox" name="verified" value="1";
                    " " span { "ほかの項目もすべて見て、正しいことを確認した(最終確認日が今日になります)" }
                }
                div .bar {
                    a .button .outline href={ "/residents/" (id) "/edit" } { "編集に戻る" }
                    button .button disabled[!problems.is_empty() || changed.is_empty()] { "この内容で確定する" }
                }
            }
        },
    )
}

#[derive(Deserialize)]
pub struct ConfirmForm {
    revision: i64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    verified: String,
}

pub async fn confirm(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
    Form(typed): Form<ConfirmForm>,
) -> Result<Response, WebError> {
    let desk = desk(&app, &permit, &id).await?;
    let (record, problems) = Record::read(&desk.inputs);
    if !problems.is_empty() {
        return Ok(review_page(&app, &page, &desk, &Problems::default()).into_response());
    }
    if crate::domain::text::check_line(&typed.reason, 100).is_err() {
        let mut problems = Problems::default();
        problems.add("reason", "理由は100字までの1行で書いてください");
        return Ok(review_page(&app, &page, &desk, &problems).into_response());
    }
    let change = Change {
        reason: typed.reason.trim(),
        verified: typed.verified == "1",
    };
    match load::confirm(&app, &permit, &id, typed.revision, &record, change).await {
        Ok(_) => {
            sheet::drop_draft(&app.store, &permit, &id, app.now()).await?;
            Ok(Redirect::to(&format!("/residents/{id}")).into_response())
        }
        Err(WebError::Conflict { .. }) => {
            Ok(Redirect::to(&format!("/residents/{id}/merge")).into_response())
        }
        Err(WebError::Fields(problems)) => {
            Ok(review_page(&app, &page, &desk, &problems).into_response())
        }
        Err(error) => Err(error),
    }
}

/// The three sides of a merge.
async fn sides(
    app: &App,
    permit: &Permit<EditSheet>,
    desk: &Desk,
) -> Result<(crate::domain::sheet::Merge, String), WebError> {
    let read = permit.actor().permit::<ReadResident>()?;
    let base = sheet::get(&app.store, &read, &desk.loaded.head.id, desk.base).await?;
    let base = load::read_record(&base.body)?.inputs();
    let theirs = desk.loaded.view.record.inputs();
    Ok((
        merge(&base, &desk.inputs, &theirs),
        desk.loaded.view.marks.recorded_by.clone(),
    ))
}

pub async fn merge_form(
    State(app): State<App>,
    page: Page,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
) -> Result<Response, WebError> {
    let desk = desk(&app, &permit, &id).await?;
    if desk.base == desk.loaded.view.marks.revision {
        return Ok(Redirect::to(&format!("/residents/{id}/confirm")).into_response());
    }
    let (merge, by) = sides(&app, &permit, &desk).await?;
    let current = desk.loaded.view.marks.revision;
    let title = "ほかの人の変更と合わせる";
    let body = html! {
        (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &desk.loaded.head.name)], title))
        (walk::read::identity_header(&desk.loaded.view, None))
        h2 { (title) }
        (walk::read::band_compact(&desk.loaded.view.standing))
        (notice(NoticeKind::Info, &format!("編集中に {by} さんが第{current}版を確定しました"), html! {
            p { "あなたの下書きは残っています。片方だけが変えた項目は、どちらの変更も取り込みます。"
                @if merge.conflicts.is_empty() { "同じ項目の食い違いはありません。" }
                @else { "両方が変えた項目を、1つずつ選んでください。" } }
        }))
        form .form method="post" action={ "/residents/" (id) "/merge" } {
            input type="hidden" name="revision" value=(current);
            (walk::change::conflicts(&merge, &format!("{by} 第{current}版")))
            div .bar { button .button { "合わせて、変更を確かめる" } }
        }
    };
    Ok(page.show(Place::Residents, title, body).into_response())
}

pub async fn merge_post(
    State(app): State<App>,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect, WebError> {
    let mut desk = desk(&app, &permit, &id).await?;
    let posted = Inputs::from_pairs(pairs);
    let seen = posted.get("revision").parse::<i64>().ok();
    // Somebody confirmed yet another revision while the choice was made: choose again against that one.
    if seen != Some(desk.loaded.view.marks.revision) {
        return Ok(Redirect::to(&format!("/residents/{id}/merge")));
    }
    let (merge, _) = sides(&app, &permit, &desk).await?;
    desk.inputs = merge.settle(&walk::change::settled(&posted));
    desk.base = desk.loaded.view.marks.revision;
    save(&app, &permit, &id, &desk).await?;
    Ok(Redirect::to(&format!("/residents/{id}/confirm")))
}

#[derive(Deserialize)]
pub struct VerifyForm {
    revision: i64,
}

/// 確認のみ: somebody went through the whole sheet and found it right.
pub async fn verify(
    State(app): State<App>,
    permit: Permit<EditSheet>,
    Path(id): Path<ResidentId>,
    Form(typed): Form<VerifyForm>,
) -> Result<Redirect, WebError> {
    sheet::verify(&app.store, &permit, &id, typed.revision, app.now()).await?;
    Ok(Redirect::to(&format!("/residents/{id}")))
}
