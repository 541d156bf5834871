//! What every request and answer passes through: sizes, time, headers, and no orders from other sites.

use std::any::Any;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, ORIGIN,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Form, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use super::{App, WebError, lane, watch};

/// The most that a request may carry, in bytes; uploads have their own, larger limit.
pub const BODY_MAX: usize = 512 * 1024;
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// No script or style but our own files, no frame around us, no form to elsewhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// For a year no browser that was here comes by plain http.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
const FIXED: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, noarchive"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    ),
];

/// Puts all guards around the routes, which wait for their turn; `open` and `papers` never do. Around `papers`, which no
/// cookie opens, stand all but the one against other sites' orders. Browsers that know no `Sec-Fetch-Site` send `Origin: null` with a form of a page without referrers, and a
/// crew's button must work on each.
pub fn wrap(routes: Router<App>, open: Router<App>, papers: Router<App>, app: App) -> Router {
    routes
        .layer(middleware::from_fn_with_state(app.clone(), keep_typed))
        .layer(middleware::from_fn_with_state(app.clone(), lane::ordinary))
        .layer(middleware::from_fn(same_site))
        .merge(open)
        .merge(papers.layer(middleware::from_fn(lane::crew)))
        .fallback(|| async { WebError::NotFound })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::custom(broken))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_WITHIN,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), headers))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), watch::request))
        .with_state(app)
}

fn broken(_panic: Box<dyn Any + Send + 'static>) -> Response {
    WebError::Broken.into_response()
}

async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    // A paper's address is a secret. Elsewhere our own pages must name their origin, or browsers that know no
    // `Sec-Fetch-Site` (over plain http, all of them) send `Origin: null` and nobody could sign in.
    let path = request.uri().path();
    let referrer = if path.starts_with("/q/") || path.starts_with("/Q/") {
        "no-referrer"
    } else if path.starts_with("/h/") || path.starts_with("/join/") {
        // As secret, and its forms are refused without their origin.
        "origin"
    } else {
        "same-origin"
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    if app.is_secure() {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Gives back what was typed when the session ended or was locked meanwhile: it is sent again when the person has signed
/// in or unlocked it.
async fn keep_typed(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    // Never a password in a page.
    let is_secret = ["/signin", "/join/", "/account/", "/unlock"]
        .iter()
        .any(|own| path.starts_with(own));
    if request.method() != Method::POST || !is_form || is_secret {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // The route's own limit is smaller or the same, and words its refusal itself.
    let Ok(typed) = axum::body::to_bytes(body, super::import::REPOST_MAX).await else {
        let words =
            "送られた内容が大きすぎるか、途中で切れました。短くして、もう一度送ってください";
        return WebError::TooLarge(words.to_owned()).into_response();
    };
    let before = parts.clone();
    let response = next
        .run(Request::from_parts(parts, Body::from(typed.clone())))
        .await;
    let to = response.headers().get(LOCATION);
    let leads_to =
        |door: &[u8]| path != "/lock" && to.is_some_and(|to| to.as_bytes().starts_with(door));
    let is_locked = leads_to(b"/unlock?");
    if !is_locked && !leads_to(b"/signin?") {
        return response;
    }
    let again = Request::builder()
        .method(Method::POST)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(typed));
    let Ok(again) = again else { return response };
    match Form::<Vec<(String, String)>>::from_request(again, &()).await {
        Ok(Form(typed)) if is_locked => {
            let page = super::lock::carrying(&app, &before, &path, &typed).await;
            page.unwrap_or(response)
        }
        Ok(Form(typed)) => super::session::ended(&path, &typed),
        Err(_) => response,
    }
}

/// Refuses changes that another site's page sends with our cookie. A bearer token is never sent by itself.
async fn same_site(request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || request.headers().contains_key(AUTHORIZATION) || is_own(request.headers()) {
        next.run(request).await
    } else {
        WebError::CrossSite.into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => match (text(ORIGIN), text(HOST)) {
            (None, _) => true,
            (Some(origin), Some(host)) => {
                origin.split_once("://").is_some_and(|(_, of)| of == host)
            }
            (Some(_), None) => false,
        },
    }
}

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers, and whether it takes writes.
pub async fn readyz(State(app): State<App>) -> Response {
    match app.store.ping().await {
        Ok(()) if app.store.is_writable() => "ready\n".into_response(),
        Ok(()) => (StatusCode::SERVICE_UNAVAILABLE, "read only\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "database does not answer\n",
            )
                .into_response()
        }
    }
}
