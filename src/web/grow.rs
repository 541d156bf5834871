//! A page that grows while long work goes on: each piece takes the place of the one before it, without a script.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_stream::{StreamExt, once};

const MARK: &str = "<!--grows-->";

/// Where the pieces of a page stand that [`page`] sends.
pub fn here() -> Markup {
    html! { div .grow { (PreEscaped(MARK)) } }
}

/// How far the work is.
pub fn step(done: usize, all: usize, words: &str) -> Markup {
    html! {
        progress value=(done) max=(all) aria-label=(words) {}
        p { b .number { (done) " / " (all) } " " (words) }
    }
}

/// Leads the browser on by itself; somebody whose browser does not go has a link.
pub fn lead_on(to: &str, words: &str) -> Markup {
    html! {
        p { a .button href=(to) { (words) } }
        meta http-equiv="refresh" content={ "0; url=" (to) };
    }
}

/// Sends `whole` up to [`here`], then each piece as soon as it is there, and the rest when the sender is gone.
pub fn page(whole: Markup, pieces: UnboundedReceiver<Markup>) -> Response {
    let whole = whole.into_string();
    let (before, after) = whole.split_once(MARK).unwrap_or((&whole, ""));
    let pieces =
        UnboundedReceiverStream::new(pieces).map(|piece| html! { div { (piece) } }.into_string());
    let sent = once(before.to_owned())
        .chain(pieces)
        .chain(once(after.to_owned()))
        .map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // A proxy in front must not hold the pieces back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(sent)).into_response()
}
