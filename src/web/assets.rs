//! The stylesheet and the script, compiled in.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::WebError;

pub(super) const STYLE: &str = include_str!("assets/style.css");
/// Inlined into the crew's pages, which make no second request.
pub(super) const CREW_STYLE: &str = include_str!("assets/crew.css");
pub(super) const CREW_SCRIPT: &str = include_str!("assets/crew.js");
const SCRIPT: &str = include_str!("assets/app.js");

pub async fn serve(Path(name): Path<String>) -> Result<Response, WebError> {
    let (media_type, body) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", STYLE),
        "app.js" => ("text/javascript; charset=utf-8", SCRIPT),
        _ => return Err(WebError::NotFound),
    };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, body).into_response())
}
