//! What the operator sees of the service: one line in the log for each request, and figures. Ids and templates only: no
//! path, no token, no name, no address.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::Instant;
use tracing::Instrument;

use super::gate::Gate;
use super::listen::Counted;
use super::{App, guard};
use crate::domain::id::new_uuid;
use crate::domain::permit::Actor;
use crate::store::backup;

/// Upper ends of the classes of durations, in milliseconds.
const CLASSES: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Figures since the start of the process.
#[derive(Default)]
pub struct Figures {
    /// By method, template of the route, and first digit of the status.
    requests: Mutex<BTreeMap<(&'static str, String, u16), u64>>,
    durations: [Durations; 3],
    pub connections: Arc<Counted>,
    /// Days until the certificate ends; `i64::MAX` without TLS.
    certificate: OnceLock<AtomicI64>,
}

#[derive(Default)]
struct Durations(Mutex<Classes>);

#[derive(Clone, Copy, Default)]
struct Classes {
    within: [u64; CLASSES.len()],
    all: u64,
    sum: Duration,
}

/// Whom a request is for: the crew's page is looked at by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Crew,
    Open,
    Ordinary,
}

impl Lane {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Crew, "crew"),
        (Self::Open, "open"),
        (Self::Ordinary, "ordinary"),
    ];

    fn of(route: &str) -> Self {
        match route {
            _ if is_crews(route) => Self::Crew,
            "/healthz" | "/readyz" | "/favicon.ico" | "/assets/{name}" | "" => Self::Open,
            _ => Self::Ordinary,
        }
    }
}

/// Whether a route is the crew's page.
fn is_crews(route: &str) -> bool {
    route.starts_with("/q/") || route.starts_with("/Q/")
}

/// Who asked, for the log: told by whoever looks at the cookie or the token.
#[derive(Clone, Default)]
pub struct Who(Arc<OnceLock<(String, String)>>);

/// Tells the log who asked, by ids.
pub fn is_asked_by(parts: &Parts, actor: &Actor) {
    if let Some(Who(who)) = parts.extensions.get() {
        let ids = (actor.staff.to_string(), actor.facility.to_string());
        let _ = who.set(ids);
    }
}

/// One line for each request, and its place in the figures.
pub async fn request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = new_uuid(app.clock.as_ref(), app.entropy.as_ref());
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("", MatchedPath::as_str).to_owned();
    let who = Who::default();
    request.extensions_mut().insert(who.clone());
    // What is logged meanwhile bears the same id.
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    let took = began.elapsed();
    app.net.figures.count(method, &route, status, took);
    let (staff, facility) = who
        .0
        .get()
        .map_or(("", ""), |(staff, facility)| (staff, facility));
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        request = id,
        method,
        route,
        status,
        ms,
        staff,
        facility,
        "answered"
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A method is free text on the wire.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

impl Figures {
    fn count(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let key = (method, route.to_owned(), status / 100);
        *lock(&self.requests).entry(key).or_default() += 1;
        let mut classes = lock(&self.durations[Lane::of(route) as usize].0);
        let is_in = |end: &u64| took <= Duration::from_millis(*end);
        if let Some(at) = CLASSES.iter().position(is_in) {
            classes.within[at] += 1;
        }
        classes.all += 1;
        classes.sum += took;
    }

    /// Days until the certificate ends, as they are now.
    pub fn certificate_ends_in(&self, days: i64) {
        let known = self.certificate.get_or_init(|| AtomicI64::new(days));
        known.store(days, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the second listener answers, which no visitor reaches.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(guard::healthz))
        .route("/readyz", get(guard::readyz))
        .with_state(app)
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    let mut out = text(&app);
    backups(&mut out, &app).await;
    ([(CONTENT_TYPE, kind)], out.0)
}

/// How old the last good backup is that a service made of this database, and whether the last try failed.
async fn backups(out: &mut Out, app: &App) {
    let office = Actor::console_of_all();
    let Ok(permit) = office.permit() else { return };
    let Ok(Some(last)) = backup::last_outcome(&app.store, &permit).await else {
        return;
    };
    if let Some(at) = last.good_at {
        let age = (app.now().0 - at) / 1000;
        out.one(
            "hikitsugi_backup_age_seconds",
            "gauge",
            "of the last good backup",
            age,
        );
    }
    let failed = u8::from(last.failure.is_some());
    out.one(
        "hikitsugi_backup_failed",
        "gauge",
        "1 when the last try failed",
        failed,
    );
}

/// All figures in Prometheus' text format.
fn text(app: &App) -> Out {
    let figures = &app.net.figures;
    let mut out = Out::default();
    out.head(
        "hikitsugi_requests_total",
        "counter",
        "answered requests by route and class of status",
    );
    for ((method, route, class), count) in lock(&figures.requests).iter() {
        let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{class}xx\"");
        out.line("hikitsugi_requests_total", &labels, count);
    }
    durations(&mut out, figures);
    out.head(
        "hikitsugi_refused_total",
        "counter",
        "told to come again, by which limit",
    );
    for gate in app.gates() {
        out.line(
            "hikitsugi_refused_total",
            &format!("limit=\"{}\"", gate.name()),
            gate.refused(),
        );
    }
    let unknown = app.net.strangers.refused();
    out.line(
        "hikitsugi_refused_total",
        "limit=\"unknown_token\"",
        unknown,
    );
    out.head(
        "hikitsugi_running",
        "gauge",
        "what runs at this moment, by limit",
    );
    for gate in app.gates() {
        out.line(
            "hikitsugi_running",
            &format!("limit=\"{}\"", gate.name()),
            gate.running(),
        );
    }
    out.head(
        "hikitsugi_waiting",
        "gauge",
        "what waits for its turn, by limit",
    );
    for gate in app.gates() {
        out.line(
            "hikitsugi_waiting",
            &format!("limit=\"{}\"", gate.name()),
            gate.waiting(),
        );
    }
    let counted = &figures.connections;
    out.one(
        "hikitsugi_connections",
        "gauge",
        "open connections",
        counted.open.load(Ordering::Relaxed),
    );
    let gave_way = counted.gave_way.load(Ordering::Relaxed);
    out.one(
        "hikitsugi_connections_gave_way_total",
        "counter",
        "closed for others, all places taken",
        gave_way,
    );
    let broken = counted.broken.load(Ordering::Relaxed);
    out.one(
        "hikitsugi_connections_broken_total",
        "counter",
        "closed unfinished",
        broken,
    );
    let health = app.store.health();
    out.head(
        "hikitsugi_database_connections",
        "gauge",
        "for reading (SQLite), or all (PostgreSQL)",
    );
    let busy = health.connections.saturating_sub(health.idle);
    out.line("hikitsugi_database_connections", "state=\"busy\"", busy);
    out.line(
        "hikitsugi_database_connections",
        "state=\"idle\"",
        health.idle,
    );
    out.one(
        "hikitsugi_database_writable",
        "gauge",
        "0 while read-only",
        u8::from(health.writable),
    );
    out.one(
        "hikitsugi_write_failures_total",
        "counter",
        "transactions that the database failed",
        health.write_failures,
    );
    out.one(
        "hikitsugi_slow_statements_total",
        "counter",
        "statements that took long",
        health.slow,
    );
    if let Some(days) = figures.certificate.get() {
        let days = days.load(Ordering::Relaxed);
        out.one(
            "hikitsugi_certificate_days",
            "gauge",
            "until the certificate ends",
            days,
        );
    }
    out
}

fn durations(out: &mut Out, figures: &Figures) {
    const NAME: &str = "hikitsugi_request_seconds";
    out.head(
        NAME,
        "histogram",
        "until the head of the answer; crew: the page behind the QR code",
    );
    for (lane, name) in Lane::ALL {
        let classes = *lock(&figures.durations[lane as usize].0);
        let mut sum = 0;
        for (end, count) in CLASSES.iter().zip(classes.within) {
            sum += count;
            let end = Duration::from_millis(*end).as_secs_f64();
            out.line(
                &format!("{NAME}_bucket"),
                &format!("lane=\"{name}\",le=\"{end}\""),
                sum,
            );
        }
        out.line(
            &format!("{NAME}_bucket"),
            &format!("lane=\"{name}\",le=\"+Inf\""),
            classes.all,
        );
        out.line(
            &format!("{NAME}_sum"),
            &format!("lane=\"{name}\""),
            classes.sum.as_secs_f64(),
        );
        out.line(
            &format!("{NAME}_count"),
            &format!("lane=\"{name}\""),
            classes.all,
        );
    }
}

/// Prometheus' text as it grows.
#[derive(Default)]
struct Out(String);

impl Out {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name}{{{labels}}} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }
}

/// Every gate, with what it is called in the figures.
impl App {
    fn gates(&self) -> [&Gate; 6] {
        let net = &self.net;
        [
            &net.ordinary,
            &net.doors,
            &net.uploads,
            &net.costly,
            &net.lookups,
            self.passwords.gate(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_by_lane_and_class() {
        let figures = Figures::default();
        figures.count("POST", "/q/{token}", 200, Duration::from_millis(7));
        figures.count("POST", "/q/{token}", 200, Duration::from_secs(60));
        figures.count("GET", "/residents", 303, Duration::from_millis(1));
        let mut out = Out::default();
        durations(&mut out, &figures);
        for line in [
            "hikitsugi_request_seconds_bucket{lane=\"crew\",le=\"0.005\"} 0",
            "hikitsugi_request_seconds_bucket{lane=\"crew\",le=\"0.01\"} 1",
            "hikitsugi_request_seconds_bucket{lane=\"crew\",le=\"10\"} 1",
            "hikitsugi_request_seconds_bucket{lane=\"crew\",le=\"+Inf\"} 2",
            "hikitsugi_request_seconds_count{lane=\"crew\"} 2",
            "hikitsugi_request_seconds_sum{lane=\"crew\"} 60.007",
            "hikitsugi_request_seconds_bucket{lane=\"ordinary\",le=\"0.005\"} 1",
            "hikitsugi_request_seconds_count{lane=\"open\"} 0",
        ] {
            assert!(
                out.0.lines().any(|known| known == line),
                "{line}\n{}",
                out.0
            );
        }
    }

    #[test]
    fn a_method_that_somebody_made_up_is_no_label() {
        assert_eq!(known(&"SECRET".parse().unwrap()), "other");
    }
}
