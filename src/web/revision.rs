//! The history of a sheet: who changed what, when.

use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{NoticeKind, Page, Place, crumbs, notice};
use super::{App, WebError, load, walk};
use crate::domain::id::ResidentId;
use crate::domain::permit::{Permit, ReadResident};
use crate::domain::sheet::changes;
use crate::store::sheet;

const PAGE: i64 = 50;

#[derive(Deserialize)]
pub struct Before {
    before: Option<i64>,
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path(id): Path<ResidentId>,
    Query(query): Query<Before>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    let revisions = sheet::list(&app.store, &permit, &id, query.before, PAGE).await?;
    let verifications = sheet::verifications(&app.store, &permit, &id, 20).await?;
    load::note_read(&app, &permit, &id, "sheet.history_viewed").await?;
    let current = loaded.view.marks.revision;
    Ok(page.show(
        Place::Residents,
        "履歴",
        html! {
            (crumbs(&[("/residents", "入居者"), (&format!("/residents/{id}"), &loaded.head.name)], "履歴"))
            h1 { (loaded.head.name) " さんのシートの履歴" }
            (walk::read::band_compact(&loaded.view.standing))
            div .columns {
                section .card {
                    div .card-head { h2 { "版" } }
                    ol .timeline {
                        @for revision in &revisions {
                            li data-new[revision.revision == current] {
                                b { "第" (revision.revision) "版" @if revision.revision == current { "(今の版)" } }
                                @if !revision.reason.is_empty() { " " (revision.reason) }
                                br;
                                time .number { (load::when(revision.created_at)) }
                                " " (revision.author_name) "(" (revision.author_role.label()) ") "
                                a href={ "/residents/" (id) "/revisions/" (revision.revision) } {
                                    "変更点と内容を見る" span .visually-hidden { ": 第" (revision.revision) "版" }
                                }
                            }
                        }
                    }
                    @if revisions.len() == PAGE as usize {
                        @if let Some(last) = revisions.last() {
                            nav .pager { a .button .outline href={ "?before=" (last.revision) } { "前の版" } }
                        }
                    }
                }
                section .card {
                    div .card-head { h2 { "全項目の確認" } }
                    @if verifications.is_empty() { p { "確認の記録はまだありません。" } }
                    ul .plain-list {
                        @for verification in &verifications {
                            li {
                                time .number { (load::when(verification.at)) }
                                " " (verification.staff_name) "(" (verification.staff_role.label()) ") 第" (verification.revision) "版"
                            }
                        }
                    }
                }
            }
        },
    ))
}

pub async fn show(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
    Path((id, number)): Path<(ResidentId, i64)>,
) -> Result<Markup, WebError> {
    let loaded = load::resident(&app, &permit, &id).await?;
    let revision = sheet::get(&app.store, &permit, &id, number).await?;
    let record = load::read_record(&revision.body)?;
    let before = match number {
        ..=1 => Default::default(),
        _ => load::read_record(&sheet::get(&app.store, &permit, &id, number - 1).await?.body)?,
    };
    load::note_read(&app, &permit, &id, "sheet.revision_viewed").await?;
    let changed = changes(&before, &record);
    let current = loaded.view.marks.revision;
    let mut view = loaded.view;
    view.record = record;
    Ok(page.show(
        Place::Residents,
        &format!("第{number}版"),
        html! {
            (crumbs(
                &[
                    ("/residents", "入居者"),
                    (&format!("/residents/{id}"), &loaded.head.name),
                    (&format!("/residents/{id}/revisions"), "履歴"),
                ],
                &format!("第{number}版"),
            ))
            h1 { (loaded.head.name) " さん 第" (number) "版" }
            (walk::read::band_compact(&view.standing))
            p { time .number { (load::when(revision.created_at)) } " " (revision.author_name) "(" (revision.author_role.label()) ") " (revision.reason) }
            @if number != current {
                (notice(NoticeKind::Warn, "今の版ではありません", html! {
                    p { a href={ "/residents/" (id) } { "今の版(第" (current) "版)を見る" } }
                }))
            }
            @if number > 1 {
                h2 { "第" (number - 1) "版から変わったところ" }
                @if changed.is_empty() { p { "変わったところはありません。" } } @else { (walk::change::changes(&changed)) }
            }
            h2 { "この版の内容" }
            @for section in &app.forms.emergency().sections {
                (walk::read::section(&view, section, None))
            }
        },
    ))
}
