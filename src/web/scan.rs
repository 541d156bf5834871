//! Notices of who opened a QR code, for the facility to look at.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;

use super::page::{Page, Place};
use super::{App, WebError, load};
use crate::domain::clock::Moment;
use crate::domain::permit::{ActionKind, Permit, ReadResident, ReviewScans};
use crate::store::scan;

/// How much a scan showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    Full,
    /// Without consent: contacts and the CPR default (safety.md S22).
    ContactsOnly,
    /// Without consent, opened all the same at the crew's emergency request.
    Emergency,
}

impl Tier {
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ContactsOnly => "contacts_only",
            Self::Emergency => "emergency",
        }
    }
}

/// What a scan showed, in words.
pub fn tier_label(code: &str) -> &'static str {
    match code {
        "full" => "シートを表示",
        "contacts_only" => "連絡先だけを表示(同意なし)",
        "emergency" => "救命のため表示(同意なし・要確認)",
        _ => "表示",
    }
}

pub async fn list(
    State(app): State<App>,
    page: Page,
    permit: Permit<ReadResident>,
) -> Result<Markup, WebError> {
    let scans = scan::list(&app.store, &permit, None, 200).await?;
    let unseen = scans.iter().filter(|scan| scan.seen_at.is_none()).count();
    let newest = scans.iter().map(|scan| scan.at).max();
    Ok(page.show(
        Place::Scans,
        "読み取りの通知",
        html! {
            div .title-row {
                h1 { "QRコードの読み取り" }
                @if let (Some(newest), true) = (newest, unseen > 0 && page.may(ActionKind::ReviewScans)) {
                    div .actions {
                        form method="post" action="/scans" {
                            input type="hidden" name="until" value=(newest.0);
                            button .button .outline { (unseen) "件を確認済みにする" }
                        }
                    }
                }
            }
            p { "紙のQRコードが読み取られ、内容が表示されるたびに記録されます。心当たりのない読み取りがあれば、紙を無効にして発行し直してください。" }
            @if scans.is_empty() {
                div .empty { p { "読み取りはまだありません。" } }
            } @else {
                table .stack role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            @for head in ["日時", "入居者", "紙", "表示した内容", "読み取った端末", "確認"] { th role="columnheader" scope="col" { (head) } }
                        }
                    }
                    tbody role="rowgroup" {
                        @for scan in &scans {
                            tr role="row" {
                                td role="cell" data-label="日時" { time .number { (load::when(scan.at)) } }
                                td role="cell" data-label="入居者" {
                                    a href={ "/residents/" (scan.resident_id) } { (scan.room.as_deref().unwrap_or_default()) " " (scan.resident_name) }
                                }
                                td role="cell" data-label="紙" { span .code { (scan.serial) } }
                                td role="cell" data-label="内容" { (tier_label(&scan.tier)) }
                                td role="cell" data-label="端末" { (scan.source) " " span .small { (scan.agent) } }
                                td role="cell" data-label="確認" {
                                    @match scan.seen_at {
                                        Some(at) => { time .number { (load::when(at)) } }
                                        None => { span .tag data-tone="bad" { "まだ見ていません" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
pub struct Seen {
    until: i64,
}

pub async fn mark_seen(
    State(app): State<App>,
    permit: Permit<ReviewScans>,
    Form(seen): Form<Seen>,
) -> Result<Redirect, WebError> {
    scan::mark_all_seen(&app.store, &permit, Moment(seen.until), app.now()).await?;
    Ok(Redirect::to("/scans"))
}
