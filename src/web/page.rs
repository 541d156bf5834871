//! The shell around every page.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use maud::{DOCTYPE, Markup, html};

use super::icon::{Icon, icon};
use super::notice::Notices;
use super::session::SignedIn;
use super::{App, WebError};
use crate::domain::permit::{ActionKind, Actor, ReadResident, Role, allowed};
use crate::store::transport::Transport;

/// The places of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One's own way in; reached by one's name, in no list.
    Account,
    Residents,
    Directives,
    Documents,
    Handoffs,
    Inbox,
    Scans,
    Import,
    Facility,
    Staff,
    Audit,
    Facilities,
    /// Reached from the masthead, on every page.
    Transports,
}

impl Place {
    const ALL: [(Self, &'static str, &'static str, ActionKind); 11] = [
        (
            Self::Residents,
            "/residents",
            "入居者",
            ActionKind::ReadResident,
        ),
        (
            Self::Directives,
            "/directives",
            "意思と指示",
            ActionKind::ReadResident,
        ),
        (
            Self::Handoffs,
            "/handoffs",
            "入退院",
            ActionKind::ReadResident,
        ),
        (Self::Inbox, "/inbox", "届いた書類", ActionKind::ReadInbox),
        (
            Self::Scans,
            "/scans",
            "読み取りの通知",
            ActionKind::ReadResident,
        ),
        (
            Self::Documents,
            "/documents",
            "発行した紙",
            ActionKind::ReadResident,
        ),
        (
            Self::Import,
            "/residents/import",
            "名簿の取り込み",
            ActionKind::ImportResidents,
        ),
        (
            Self::Facility,
            "/facility",
            "施設の情報",
            ActionKind::EditFacility,
        ),
        (Self::Staff, "/staff", "職員", ActionKind::ManageStaff),
        (Self::Audit, "/audit", "操作の記録", ActionKind::ReadAudit),
        (
            Self::Facilities,
            "/facilities",
            "施設",
            ActionKind::OperateService,
        ),
    ];
}

/// What the shell shows of the person and the facility; every signed-in page asks for it.
pub struct Page {
    pub actor: Actor,
    facility_name: String,
    notices: Notices,
    read_only: bool,
}

impl FromRequestParts<App> for Page {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let signed_in = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let notices = match signed_in.actor.permit::<ReadResident>() {
            Ok(permit) => Notices::read(app, &permit).await?,
            Err(_) => Notices::default(),
        };
        Ok(Self {
            actor: signed_in.actor,
            facility_name: signed_in.session.facility_name,
            notices,
            read_only: !app.store.is_writable(),
        })
    }
}

impl Page {
    pub fn may(&self, action: ActionKind) -> bool {
        allowed(self.actor.role, action)
    }

    pub fn facility_name(&self) -> &str {
        &self.facility_name
    }

    /// Emergencies of the facility whose record nobody ended, newest first.
    pub fn open_transports(&self) -> &[Transport] {
        &self.notices.transports
    }

    /// A page of a place, with everything inside `main`.
    pub fn show(&self, place: Place, title: &str, main: Markup) -> Markup {
        self.whole(place, title, "page", main)
    }

    /// A narrow page: text and short forms.
    pub fn show_narrow(&self, place: Place, title: &str, main: Markup) -> Markup {
        self.whole(place, title, "page narrow", main)
    }

    fn whole(&self, place: Place, title: &str, class: &str, main: Markup) -> Markup {
        document(
            title,
            html! {
                a .skip href="#main" { "本文へ移動" }
                @if self.read_only {
                    p .strip role="status" {
                        (icon(Icon::Warn)) " いまは見るだけできます。保存はできません。自動で回復を試みています。"
                    }
                }
                div #notices role="status" data-on=[(place == Place::Transports).then_some("transports")] {
                    (self.notices.strips(place == Place::Transports))
                }
                header .masthead data-by=(self.actor.staff) {
                    div .masthead-bar {
                        a .brand href="/" { "引き継ぎ" }
                        span .place { (self.facility_name) }
                        div .who {
                            a href="/account" aria-current=[(place == Place::Account).then_some("page")] { @if self.actor.role != Role::Sealed { (self.actor.role.label()) " " } (self.actor.name) }
                            form method="post" action="/lock" {
                                button .button .text .small { "ロック" }
                            }
                            form method="post" action="/signout" {
                                button .button .text .small { "ログアウト" }
                            }
                        }
                        @if self.may(ActionKind::RecordTransport) {
                            a .call119 .filled href="/transports" aria-current=[(place == Place::Transports).then_some("page")] { (icon(Icon::Warn)) "急変" }
                            a .call119 href="tel:119" { (icon(Icon::Phone)) "119番" }
                        }
                    }
                    nav .sitenav aria-label="主なページ" {
                        ul {
                            @for (known, path, label, action) in Place::ALL {
                                @if allowed(self.actor.role, action) {
                                    li {
                                        a href=(path) aria-current=[(known == place).then_some("page")] {
                                            (label)
                                            @if known == Place::Scans { span #unseen { (self.notices.count()) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                main #main class=(class) { (main) }
                footer .footer { "引き継ぎ " (env!("CARGO_PKG_VERSION")) }
            },
        )
    }
}

/// A page without a person: signing in, errors.
pub fn bare(title: &str, body: Markup) -> Markup {
    document(title, body)
}

fn document(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " - 引き継ぎ" }
                // An icon of nothing: browsers would ask for /favicon.ico otherwise.
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/assets/style.css";
                script src="/assets/app.js" defer {}
            }
            body { (body) }
        }
    }
}

/// Where the person is.
pub fn crumbs(trail: &[(&str, &str)], here: &str) -> Markup {
    html! {
        nav .crumbs aria-label="現在位置" {
            ol {
                @for (path, label) in trail { li { a href=(path) { (label) } } }
                li aria-current="page" { (here) }
            }
        }
    }
}

/// What happened or should be known, with what to do next.
pub fn notice(kind: NoticeKind, title: &str, body: Markup) -> Markup {
    let (name, shape) = match kind {
        NoticeKind::Info => ("info", Icon::Info),
        NoticeKind::Ok => ("ok", Icon::Ok),
        NoticeKind::Warn => ("warn", Icon::Warn),
    };
    html! {
        div .notice data-type=(name) role=[(kind != NoticeKind::Info).then_some("status")] {
            (icon(shape))
            div { h2 { (title) } (body) }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Info,
    Ok,
    Warn,
}
