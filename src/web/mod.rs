//! The pages and the API: the only axum of the program.
//!
//! Read `routes` below to know what the service does. Handlers stand in a file for each feature; `page` is the shell
//! around every page, `guard` what every answer passes through, `session` how a person becomes a permit.

mod account;
mod api;
mod assets;
mod audit;
pub mod auth;
pub mod binder;
mod capability;
mod clock;
mod crew;
mod desk;
mod directive;
mod directive_paper;
mod document;
mod drill;
mod edit;
mod error;
mod facility;
mod fax;
mod figures;
mod flow;
mod gate;
mod grow;
mod guard;
pub mod handoff;
mod hospital;
mod icon;
pub mod import;
pub mod invite;
mod jahis;
mod lane;
pub mod listen;
mod load;
mod lock;
pub mod mail;
mod notice;
mod page;
mod paper;
mod people;
mod photo;
mod resident;
mod revision;
mod scan;
mod sealed;
mod second;
mod session;
mod staff;
mod transport;
mod upload;
pub mod walk;
mod watch;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::domain::clock::{Clock, Entropy, Moment};
use crate::domain::form::Forms;
use crate::domain::handoff::clock::Rules;
use crate::domain::protocol::Protocols;
use crate::store::Store;

pub use directive_paper::issue_paper;
pub use document::{Issued, issue_document, printed_document, still_true};
pub use error::WebError;
pub use gate::Gate;
pub use lane::Net;
pub use session::sha256;
pub use watch::router as watch_router;

/// What every handler can reach. Nothing that matters lives here: several processes can serve one database.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`], handed in when the service starts.
pub struct Parts {
    pub store: Store,
    pub forms: Forms,
    /// What crews may do, by area.
    pub protocols: Protocols,
    pub clock: Box<dyn Clock>,
    pub entropy: Box<dyn Entropy>,
    /// The address that QR codes hold: scheme, host and port, without a path.
    pub base_url: String,
    /// Signs API tokens; at least 32 bytes, kept in the database so that every process shares it.
    pub token_key: Vec<u8>,
    pub passwords: auth::Passwords,
    /// Whether the page that asks for the digits of the phone shows them: a synthetic city only, where nobody is real.
    pub shows_digits: bool,
    /// What is due by when around a stay in hospital.
    pub clocks: Rules,
    /// `None` where no mail server is set.
    pub mailer: Option<mail::Mailer>,
    /// What this process holds back, and what it counts of itself.
    pub net: Net,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Whether people reach the service over TLS; cookies are then bound to it.
    fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// Everything that the service answers.
pub fn router(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(session::home))
        .route("/signin", get(session::form).post(session::sign_in))
        .route("/signin/code", get(second::code_form).post(second::code))
        .route("/signin/setup", get(second::setup_form).post(second::setup))
        .route("/signin/sealed", get(sealed::form).post(sealed::open))
        .route("/join/{token}", get(invite::form).post(invite::accept))
        .route("/account", get(account::show))
        .route("/account/elsewhere", post(account::end_elsewhere))
        .route("/account/devices", post(account::forget_devices))
        .route("/account/codes", post(account::renew_codes))
        .route("/account/password", post(account::set_password))
        .route("/signout", post(session::sign_out))
        .route("/lock", post(lock::lock))
        .route(
            "/unlock",
            get(lock::form)
                .post(lock::unlock)
                .layer(DefaultBodyLimit::max(import::REPOST_MAX + guard::BODY_MAX)),
        )
        .route("/residents", get(resident::list))
        .route(
            "/residents/new",
            get(resident::admit_form).post(resident::admit),
        )
        .route(
            "/residents/import",
            get(import::form)
                .post(import::upload)
                .layer(DefaultBodyLimit::max(import::UPLOAD_MAX)),
        )
        .route(
            "/residents/import/check",
            post(import::check).layer(DefaultBodyLimit::max(import::REPOST_MAX)),
        )
        .route("/residents/import/done", get(import::done))
        .route("/residents/import/sample.csv", get(import::sample))
        .route("/residents/{id}", get(resident::show))
        .route(
            "/residents/{id}/move",
            get(resident::move_form).post(resident::relocate),
        )
        .route(
            "/residents/{id}/end",
            get(resident::end_form).post(resident::end),
        )
        .route(
            "/residents/{id}/photo",
            get(photo::show)
                .post(photo::upload)
                .layer(DefaultBodyLimit::max(photo::UPLOAD_MAX)),
        )
        .route("/residents/{id}/directive", get(directive::show))
        .route(
            "/residents/{id}/directive/raise",
            get(directive::raise::form_page).post(directive::raise::post),
        )
        .route(
            "/residents/{id}/directive/said/{number}",
            get(directive::raise::said),
        )
        .route(
            "/residents/{id}/directive/say/{kind}",
            get(directive::form::new).post(directive::form::post_new),
        )
        .route(
            "/residents/{id}/directive/original/{hash}",
            get(directive::original::show),
        )
        .route(
            "/residents/{id}/directive/{number}/sign",
            get(directive::sign::form_page).post(directive::sign::post),
        )
        .route(
            "/residents/{id}/directive/{number}/scan",
            get(directive::original::upload_form)
                .post(directive::original::upload)
                .layer(DefaultBodyLimit::max(upload::UPLOAD_MAX)),
        )
        .route(
            "/residents/{id}/directive/{number}/compare",
            get(directive::original::compare_form).post(directive::original::compare),
        )
        .route(
            "/residents/{id}/directive/{number}/{kind}",
            get(directive::form::about).post(directive::form::post_about),
        )
        .route("/directives", get(directive::calendar::list))
        .route("/residents/{id}/edit", get(edit::start))
        .route(
            "/residents/{id}/edit/{section}",
            get(edit::section).post(edit::post),
        )
        .route(
            "/residents/{id}/confirm",
            get(edit::review).post(edit::confirm),
        )
        .route(
            "/residents/{id}/merge",
            get(edit::merge_form).post(edit::merge_post),
        )
        .route("/residents/{id}/verify", post(edit::verify))
        .route("/residents/{id}/draft/discard", post(edit::discard))
        .route("/residents/{id}/revisions", get(revision::list))
        .route("/residents/{id}/revisions/{number}", get(revision::show))
        .route(
            "/residents/{id}/documents",
            get(document::issue_form).post(document::issue),
        )
        .route(
            "/residents/{id}/directive/papers",
            get(directive_paper::list).post(directive_paper::issue),
        )
        .route("/documents", get(document::list))
        .route("/documents/binder", get(binder::form).post(binder::issue))
        .route("/documents/binders/{id}", get(binder::show))
        .route("/documents/binders/{id}/pdf", get(binder::pdf))
        .route("/documents/{id}", get(document::show))
        .route("/documents/{id}/pdf", get(document::pdf))
        .route("/documents/{id}/withdraw", post(document::withdraw))
        .route("/documents/{id}/lost", post(document::lost))
        .route("/documents/{id}/collected", post(document::collected))
        .route("/documents/{id}/fax", get(fax::form).post(fax::prepare))
        .route("/handoffs", get(handoff::list))
        .route("/residents/{id}/handoffs", post(handoff::begin))
        .route("/handoffs/{id}", get(handoff::show))
        .route("/handoffs/{id}/end", post(handoff::end))
        .route(
            "/handoffs/{id}/files",
            post(handoff::file::add).layer(DefaultBodyLimit::max(upload::UPLOAD_MAX)),
        )
        .route("/handoffs/{id}/files/{seq}", get(handoff::file::show))
        .route(
            "/handoffs/{id}/home",
            get(handoff::show_home).post(handoff::post_home),
        )
        .route(
            "/handoffs/{id}/forms/{form}",
            get(handoff::show_form).post(handoff::post_form),
        )
        .route(
            "/handoffs/{id}/documents/{document}",
            get(handoff::show_document),
        )
        .route(
            "/handoffs/{id}/documents/{document}/json",
            get(handoff::json),
        )
        .route("/handoffs/{id}/documents/{document}/csv", get(handoff::csv))
        .route(
            "/handoffs/{id}/documents/{document}/send",
            get(handoff::send_form).post(handoff::post_send),
        )
        .route(
            "/sendings/{id}",
            get(handoff::show_sending).post(handoff::note_sending),
        )
        .route("/desks", get(desk::list).post(desk::save))
        .route("/capability", get(capability::show).post(capability::save))
        .route("/capability/search", get(capability::search))
        .route("/faxes/{id}", get(fax::show).post(fax::note))
        .route("/faxes/{id}/pdf", get(fax::pdf))
        .route("/papers/explanation.pdf", get(directive_paper::explanation))
        .route("/papers/door.pdf", get(paper::door))
        .route("/papers/blank/{form}", get(paper::blank))
        .route("/drills", get(drill::list).post(drill::begin))
        .route("/drills/{id}", get(drill::result))
        .route("/transports", get(transport::list))
        .route("/residents/{id}/transports", post(transport::begin))
        .route(
            "/transports/{id}",
            get(transport::show).post(transport::record),
        )
        .route("/notices", get(notice::fresh))
        .route("/transports/{id}/newer", get(transport::newer))
        .route("/scans", get(scan::list).post(scan::mark_seen))
        .route("/facility", get(facility::form).post(facility::save))
        .route("/facility/flow", get(flow::form).post(flow::save))
        .route("/staff", get(staff::list).post(staff::create))
        .route("/staff/sealed", get(sealed::show).post(sealed::change))
        .route("/staff/{id}", post(staff::change))
        .route(
            "/staff/{id}/invite",
            get(staff::invite_form).post(staff::invite),
        )
        .route("/audit", get(audit::list))
        .route("/facilities", get(facility::list).post(facility::create))
        .route(
            "/facilities/people",
            get(people::list).post(facility::create_by_office),
        )
        .route("/facilities/people/{facility}/{id}", post(people::change))
        .route("/facilities/operators", post(people::create_operator))
        .route("/facilities/invite", post(facility::invite_again));
    // What the crew's page needs besides, and what asks after the process.
    let open = Router::new()
        .route("/assets/{name}", get(assets::serve))
        // A PDF names no icon, and browsers ask for one.
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route("/healthz", get(guard::healthz))
        .route("/readyz", get(guard::readyz));
    // Opened by the token alone: no session, so no other site's page can misuse one.
    let papers = Router::new()
        .route("/q/{token}", get(crew::cover).post(crew::open))
        .route("/Q/{token}", get(crew::cover).post(crew::open))
        .route("/q/{token}/newer", post(crew::newer))
        .route("/Q/{token}/newer", post(crew::newer));
    // Opened by a token and a passcode; a cookie of their own, so other sites' forms are refused as elsewhere.
    let hospitals = Router::new()
        .route("/h/{token}", get(hospital::show).post(hospital::knock))
        .route("/h/{token}/say", post(hospital::say))
        .route("/h/{token}/pdf", get(hospital::pdf))
        .route("/h/{token}/json", get(hospital::json))
        .route("/h/{token}/csv", get(hospital::csv))
        .route(
            "/h/{token}/files",
            post(hospital::add_file).layer(DefaultBodyLimit::max(upload::UPLOAD_MAX)),
        )
        .route(
            "/h/{token}/discharge",
            get(hospital::discharge).post(hospital::write_discharge),
        );
    // The same for people of a hospital with accounts.
    let pages = pages
        .route("/inbox", get(hospital::inbox))
        .route("/inbox/{facility}/{sending}", get(hospital::show))
        .route("/inbox/{facility}/{sending}/say", post(hospital::say))
        .route("/inbox/{facility}/{sending}/pdf", get(hospital::pdf))
        .route("/inbox/{facility}/{sending}/json", get(hospital::json))
        .route("/inbox/{facility}/{sending}/csv", get(hospital::csv))
        .route(
            "/inbox/{facility}/{sending}/files",
            post(hospital::add_file).layer(DefaultBodyLimit::max(upload::UPLOAD_MAX)),
        )
        .route(
            "/inbox/{facility}/{sending}/discharge",
            get(hospital::discharge).post(hospital::write_discharge),
        );
    let whole = pages.merge(hospitals).merge(api::routes());
    guard::wrap(whole, open, papers, app)
}
