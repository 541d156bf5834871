//! Papers about nobody: where things are, for the night desk, and forms to fill in by hand.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::document::{pdf_response, typeset};
use super::{App, WebError, load};
use crate::domain::form::Form;
use crate::domain::permit::{ActionKind, Permit, ReadResident, allowed};
use crate::domain::record::Record;
use crate::domain::view::SheetView;
use crate::export::pdf::{blank, door};

/// Where the papers of the facility are, on one page for the wall.
pub async fn door(
    State(app): State<App>,
    permit: Permit<ReadResident>,
) -> Result<Response, WebError> {
    let facts = load::facility_facts(&app, &permit).await?;
    let now = app.now();
    let bytes = typeset(&app, move || door::render(&facts, now)).await?;
    Ok(pdf_response("door", bytes))
}

/// A form without answers.
pub async fn blank(
    State(app): State<App>,
    permit: Permit<ReadResident>,
    Path(key): Path<String>,
) -> Result<Response, WebError> {
    let form = sheets(&app).find(|form| form.key == key);
    let form = form.ok_or(WebError::NotFound)?.clone();
    let facts = load::facility_facts(&app, &permit).await?;
    let standing = load::standing_of(&app, &Ok(Vec::new()), None, &facts);
    let view = SheetView::of(Record::default(), facts, standing, app.now());
    let bytes = typeset(&app, move || blank::render(&form, &view)).await?;
    Ok(pdf_response(&format!("blank-{key}"), bytes))
}

/// The forms that can be filled in by hand: a card has no room to write.
fn sheets(app: &App) -> impl Iterator<Item = &Form> {
    app.forms.printable().filter(|form| form.card.is_none())
}

/// What can be printed before anything happens.
pub async fn card(app: &App, permit: &Permit<ReadResident>) -> Result<Markup, WebError> {
    let facts = load::facility_facts(app, permit).await?;
    let unknown = door::unknown_places(&facts);
    let may_edit = allowed(permit.actor().role, ActionKind::EditFacility);
    let open = |path: &str, title: &str| {
        html! {
            div .actions {
                a .button .outline .small href=(path) target="_blank" rel="noopener" { "開く" span .visually-hidden { ": " (title) } }
            }
        }
    };
    Ok(html! {
        section .card #prepared {
            div .card-head { h2 { "夜の机に置く紙" } }
            ul .papers {
                li {
                    div {
                        b { "紙の置き場" } br;
                        span .small .muted { "119番に言うこと、紙や持ち物のある所。夜勤の机に貼る1枚です。入居者の情報はありません" }
                        @if !unknown.is_empty() {
                            br;
                            span .small {
                                "場所がまだ書かれていません: " (unknown.join("、")) "。紙には手で書く欄ができます。"
                                @if may_edit { a href="/facility#binder_place" { "場所を書く" } } @else { "管理者が「施設の情報」に書けます。" }
                            }
                        }
                    }
                    (open("/papers/door.pdf", "紙の置き場"))
                }
                @for form in sheets(app) {
                    li {
                        div { b { (form.title) " 手書き用" } br; span .small .muted { "印刷できないときに手で書く用紙。綴りのうしろに入れておきます" } }
                        (open(&format!("/papers/blank/{}", form.key), &format!("{} 手書き用", form.title)))
                    }
                }
            }
        }
    })
}
