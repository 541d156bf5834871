//! Who goes first: the crew's page has no queue; everything else shares what is left, and waits in one.
//!
//! A request takes its turn only when it is here whole, so that nobody holds a turn by sending slowly. What is bigger than
//! a form (a photograph, a scan, a list to import) is read in a queue of its own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::gate::{Full, Gate};
use super::listen::{Guest, first_bits};
use super::watch::Figures;
use super::{App, WebError};
use crate::domain::clock::Moment;

/// What is read before a request takes its turn; what is longer waits for a turn of the uploads.
const SMALL: usize = 64 * 1024;
/// The most that any route takes.
const LARGEST: usize = {
    let (import, upload) = (super::import::REPOST_MAX, super::upload::UPLOAD_MAX);
    if import > upload { import } else { upload }
};
/// A crew's tap is a few letters.
const TAP: usize = 4 * 1024;
/// So long a small body may take on a bad line.
const SMALL_WITHIN: Duration = Duration::from_secs(20);
/// So long somebody waits for a turn.
const TURN_WITHIN: Duration = Duration::from_secs(20);

/// What one process holds back or keeps free, and what it counted.
pub struct Net {
    pub figures: Figures,
    /// All pages and calls but the crew's page, what belongs to it, and the checks of the process.
    pub ordinary: Gate,
    /// Where passwords are checked or chosen: who waits there for a turn of hashing holds up no page.
    pub doors: Gate,
    /// Bodies that are larger than a form.
    pub uploads: Gate,
    /// What keeps a core busy: papers, pictures, lists to import. Fewer wait than there are ordinary turns.
    pub costly: Gate,
    /// Tokens from where many unknown ones came.
    pub lookups: Gate,
    pub strangers: Strangers,
}

impl Default for Net {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            figures: Figures::default(),
            ordinary: Gate::new("ordinary", (8 * cores).max(16), 512),
            doors: Gate::new("doors", 16, 64),
            uploads: Gate::new("uploads", 4, 32),
            costly: Gate::new("costly", (cores - 1).max(1), 8),
            lookups: Gate::new("lookups", 1, 256),
            strangers: Strangers::default(),
        }
    }
}

impl Net {
    /// Runs what keeps a core busy where it holds up nobody, in its turn.
    ///
    /// # Errors
    /// `Busy` when too much waits; `Broken` when it panics.
    pub async fn costly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WebError> {
        let _turn = self.costly.enter().await?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| WebError::Broken)
    }
}

impl From<Full> for WebError {
    fn from(Full: Full) -> Self {
        Self::Busy
    }
}

/// Everything but the crew's page.
pub async fn ordinary(State(app): State<App>, request: Request, next: Next) -> Response {
    match in_turn(&app, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn in_turn(app: &App, request: Request, next: Next) -> Result<Response, WebError> {
    let guest = request.extensions().get::<Arc<Guest>>().cloned();
    let is_answered = || {
        if let Some(guest) = &guest {
            guest.is_answered();
        }
    };
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_chunked = length.is_none() && request.headers().contains_key("transfer-encoding");
    let request = match length {
        _ if is_chunked => large(app, request, &is_answered).await?,
        None | Some(0) => request,
        Some(..=SMALL) => whole(request, SMALL, SMALL_WITHIN).await?,
        Some(..=LARGEST) => large(app, request, &is_answered).await?,
        Some(_) => return Err(too_large()),
    };
    is_answered();
    let gate = match is_door(request.method(), request.uri().path()) {
        true => &app.net.doors,
        false => &app.net.ordinary,
    };
    let turn = timeout(TURN_WITHIN, gate.enter()).await;
    let _turn = turn.map_err(|_| WebError::Busy)??;
    Ok(next.run(request).await)
}

/// Whether a request makes the service hash a password.
fn is_door(method: &Method, path: &str) -> bool {
    let is_here = matches!(
        path,
        "/signin" | "/unlock" | "/account/codes" | "/account/password" | "/api/v1/token"
    );
    method == Method::POST && (is_here || path.starts_with("/join/"))
}

/// Reads a large body in its turn; the request as a whole is bounded by the time that any has for its answer.
async fn large(app: &App, request: Request, is_answered: &impl Fn()) -> Result<Request, WebError> {
    let _turn = app.net.uploads.enter().await?;
    // Few have a turn, so these keep their places.
    is_answered();
    whole(request, LARGEST, Duration::MAX).await
}

async fn whole(request: Request, most: usize, within: Duration) -> Result<Request, WebError> {
    let (parts, body) = request.into_parts();
    match timeout(within, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(WebError::TooSlow),
    }
}

fn too_large() -> WebError {
    WebError::TooLarge(
        "送られた内容が大きすぎるか、途中で切れました。小さくして、もう一度送ってください"
            .to_owned(),
    )
}

/// The crew's page: at once, whatever else is going on. A body that does not come, or is no tap, asks for nothing special.
pub async fn crew(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let tap = timeout(SMALL_WITHIN, to_bytes(body, TAP)).await;
    let tap = tap.ok().and_then(Result::ok).unwrap_or_default();
    if let Some(guest) = parts.extensions.get::<Arc<Guest>>() {
        guest.is_answered();
    }
    next.run(Request::from_parts(parts, Body::from(tap))).await
}

/// Networks from which unknown tokens came. Who guesses has no chance (2^130), so this only keeps a flood from the readers
/// of the database; several processes need not know of one another.
#[derive(Default)]
pub struct Strangers {
    seen: Mutex<HashMap<(bool, u128), (Moment, u32)>>,
    refused: AtomicU64,
}

impl Strangers {
    /// Unknown tokens from one network in a minute (security.md §3.2).
    pub const MOST: u32 = 60;
    pub const MINUTE_SECONDS: u32 = 60;
    /// Networks that are remembered.
    const NETWORKS: usize = 10_000;

    /// Whether too many unknown tokens came from there.
    pub fn are_many(&self, source: &str, now: Moment) -> bool {
        let Some(network) = network(source) else {
            return false;
        };
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&network)
            .is_some_and(|(since, count)| is_within(*since, now) && *count >= Self::MOST)
    }

    /// One more unknown token; whether it was one too many.
    pub fn count(&self, source: &str, now: Moment) -> bool {
        let Some(network) = network(source) else {
            return false;
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::NETWORKS && !seen.contains_key(&network) {
            seen.retain(|_, (since, _)| is_within(*since, now));
            if seen.len() >= Self::NETWORKS {
                seen.clear();
            }
        }
        let (since, count) = seen.entry(network).or_insert((now, 0));
        if !is_within(*since, now) {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let is_many = *count > Self::MOST;
        if is_many {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        is_many
    }

    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

fn is_within(since: Moment, now: Moment) -> bool {
    now.0.abs_diff(since.0) < u64::from(Strangers::MINUTE_SECONDS) * 1000
}

/// Who gets one address gets its neighbours too.
fn network(source: &str) -> Option<(bool, u128)> {
    let address: IpAddr = source.parse().ok()?;
    Some(first_bits(address, if address.is_ipv4() { 24 } else { 48 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_tokens_are_counted_by_network_and_minute() {
        let strangers = Strangers::default();
        let at = |second: i64| Moment(second * 1000);
        for token in 0..Strangers::MOST {
            assert!(!strangers.count(&format!("203.0.113.{}", token % 200), at(0)));
        }
        assert!(strangers.are_many("203.0.113.250", at(59)));
        assert!(strangers.count("203.0.113.250", at(59)));
        assert!(!strangers.are_many("203.0.114.1", at(59)));
        assert!(!strangers.are_many("203.0.113.250", at(60)));
        assert!(!strangers.count("203.0.113.250", at(60)));
        assert_eq!(strangers.refused(), 1);
    }

    #[test]
    fn however_many_networks_ask_few_are_remembered() {
        let strangers = Strangers::default();
        for network in 0..2 * Strangers::NETWORKS as u32 {
            let address = IpAddr::from((network << 8).to_be_bytes());
            strangers.count(&address.to_string(), Moment(0));
        }
        assert!(strangers.seen.lock().unwrap().len() <= Strangers::NETWORKS);
    }
}
