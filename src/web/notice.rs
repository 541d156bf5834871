//! What everybody who is signed in has to know at once: open emergencies, papers that were scanned outside one, and
//! what was withdrawn, suspended or objected to.
//!
//! It stands above every page, and the page's script asks for it again while the page stands open.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::icon::{Icon, icon};
use super::session::SignedIn;
use super::{App, WebError, load};
use crate::domain::permit::{Permit, ReadResident, Role};
use crate::store::directive::{Raised, raised_since};
use crate::store::scan::{self, Scan};
use crate::store::sealed::{self, Envelope};
use crate::store::transport::{self, Transport};

/// Emergencies, and views and statements, that are told above a page; their own pages have all of them.
const TOLD: i64 = 20;
const TOLD_FEW: i64 = 3;
/// What was raised is told for a day: everybody who works has then seen it once.
const RAISED_MINUTES: i64 = 24 * 60;

#[derive(Default)]
pub struct Notices {
    pub transports: Vec<Transport>,
    scans: Vec<Scan>,
    raised: Vec<Raised>,
    /// The sealed envelope that was opened: told to all for a day, and to whoever renews it until that is done.
    sealed: Option<Envelope>,
    by_manager: bool,
    pub unseen_scans: i64,
}

impl Notices {
    pub async fn read(app: &App, permit: &Permit<ReadResident>) -> Result<Self, WebError> {
        let store = &app.store;
        let since = app.now().plus_minutes(-RAISED_MINUTES);
        let by_manager = permit.actor().role == Role::Manager;
        let sealed = sealed::opened(store, permit).await?;
        let is_told = |one: &Envelope| by_manager || one.opened_at.is_some_and(|at| at > since);
        let unseen_scans = scan::count_unseen(store, permit).await?;
        Ok(Self {
            sealed: sealed.filter(is_told),
            by_manager,
            transports: transport::open(store, permit, TOLD).await?,
            scans: match unseen_scans {
                0 => Vec::new(),
                _ => scan::unexplained(store, permit, TOLD_FEW).await?,
            },
            raised: raised_since(store, permit, since, TOLD_FEW).await?,
            unseen_scans,
        })
    }

    /// One line each; the pages of emergencies name the open ones themselves.
    pub fn strips(&self, on_transports: bool) -> Markup {
        html! {
            @if !on_transports {
                @for one in &self.transports {
                    p .strip .sudden-strip {
                        (icon(Icon::Warn)) @if one.is_drill() { " 訓練中: " } @else { " 急変の対応中: " }
                        a href={ "/transports/" (one.id) } { (one.room.as_deref().unwrap_or_default()) " " (one.resident_name) }
                        " (" (load::when(one.at)) "から)"
                    }
                }
            }
            @if let Some(one) = &self.sealed {
                p .strip .sudden-strip {
                    (icon(Icon::Warn)) " 封筒の非常用アカウントが開かれました: " (one.opened_as.as_deref().unwrap_or_default())
                    @if let Some(at) = one.opened_at { " (" (load::when(at)) ")" }
                    @if self.by_manager { " " a href="/staff/sealed" { "確かめて作り直す" } }
                }
            }
            @for one in &self.raised {
                p .strip .sudden-strip {
                    (icon(Icon::Heart)) " " (one.kind.label()) ": "
                    a href={ "/residents/" (one.resident_id) "/directive" } { (one.room.as_deref().unwrap_or_default()) " " (one.resident_name) }
                    " (" (load::when(one.at)) " " (one.by_name) ")"
                }
            }
            @for one in &self.scans {
                p .strip {
                    (icon(Icon::Warn)) " 急変の記録がないときに、紙のQRコードが読み取られました: "
                    a href="/scans" { (one.room.as_deref().unwrap_or_default()) " " (one.resident_name) }
                    " (" (load::when(one.at)) ")"
                }
            }
        }
    }

    /// How many views nobody has taken notice of, beside the name of their page.
    pub fn count(&self) -> Markup {
        html! {
            @if self.unseen_scans > 0 {
                span .count data-tone="bad" { (self.unseen_scans) span .visually-hidden { "件の未確認" } }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    /// Where the page stands that asks.
    #[serde(default)]
    on: String,
}

/// The lines and the count, for a page that stands open; who may not see residents has none, and learns by this that the
/// session was locked or ended.
pub async fn fresh(
    State(app): State<App>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Markup, WebError> {
    let notices = match signed_in.actor.permit::<ReadResident>() {
        Ok(permit) => Notices::read(&app, &permit).await?,
        Err(_) => Notices::default(),
    };
    Ok(html! {
        div #notices { (notices.strips(asked.on == "transports")) }
        span #unseen { (notices.count()) }
    })
}
