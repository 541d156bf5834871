//! Who holds the phone, as far as a request tells.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use crate::web::session;

/// Where a request came from and what it wants back.
pub struct Visitor {
    /// The network address.
    pub source: String,
    /// The family of device and browser: enough for a facility to know its own test from a crew's phone. The whole
    /// text would single out one phone.
    pub agent: String,
    /// A program that names JSON and not a page.
    pub wants_json: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = text(&parts.headers, &ACCEPT);
        Ok(Self {
            source: session::source(parts),
            agent: family(text(&parts.headers, &USER_AGENT)),
            wants_json: accepted.contains("application/json") && !accepted.contains("text/html"),
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Marks of devices and browsers, each list in the order in which it must be looked through: most browsers also name
/// those that they descend from.
const DEVICES: [(&str, &str); 6] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];
const BROWSERS: [(&str, &str); 8] = [
    ("Line/", "LINE"),
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
];

fn family(agent: &str) -> String {
    let named = |marks: &[(&str, &'static str)], otherwise| {
        marks
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map_or(otherwise, |(_, name)| *name)
    };
    format!(
        "{} {}",
        named(&DEVICES, "不明な端末"),
        named(&BROWSERS, "不明なアプリ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_by_its_family_and_nothing_more() {
        for (agent, family_name) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
                "iPhone Safari",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; SO-51F Build/71.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
                "Android Chrome",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/15.2.0",
                "iPhone LINE",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0",
                "Windows Edge",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_0) AppleWebKit/605.1.15",
                "iPad 不明なアプリ",
            ),
            ("<script>alert(1)</script>", "不明な端末 不明なアプリ"),
            ("", "不明な端末 不明なアプリ"),
        ] {
            assert_eq!(family(agent), family_name);
        }
    }
}
