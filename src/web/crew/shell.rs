//! The shell of the crew's pages: one response with its style inside, and the parts that more than one page shows.

use std::sync::OnceLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::domain::answer::Known;
use crate::domain::phone::Phone;
use crate::domain::record::FacilityFacts;
use crate::domain::standing::{BLANK_IS_FULL, EVERYTHING_ELSE, NOT_COVERED, Standing};
use crate::domain::view::DRILL;
use crate::web::assets::{CREW_SCRIPT, CREW_STYLE};
use crate::web::icon::{Icon, icon};
use crate::web::session::sha256;

use super::calls::{Call, call, list};

/// Nothing but the inlined style, the script that asks for what is new, and pictures inside the page; no frame.
fn policy(is_live: bool) -> HeaderValue {
    static POLICIES: OnceLock<[HeaderValue; 2]> = OnceLock::new();
    let [still, live] = POLICIES.get_or_init(|| {
        let hash = |text: &str| BASE64_STANDARD.encode(sha256(text.as_bytes()));
        let style = hash(CREW_STYLE);
        let script = format!(
            "script-src 'sha256-{}'; connect-src 'self'; ",
            hash(CREW_SCRIPT)
        );
        ["", script.as_str()].map(|script| {
            HeaderValue::try_from(format!(
                "default-src 'none'; style-src 'sha256-{style}'; {script}img-src data:; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'"
            ))
            .expect("a policy of ASCII")
        })
    });
    if is_live { live } else { still }.clone()
}

/// The whole page around `main`.
pub fn answer(status: StatusCode, main: &Markup) -> Response {
    with_policy(status, false, main)
}

/// The same for a page that asks for what is new while it stands open.
pub fn answer_live(main: &Markup) -> Response {
    with_policy(StatusCode::OK, true, main)
}

fn with_policy(status: StatusCode, is_live: bool, main: &Markup) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, policy(is_live)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, document(main, is_live)).into_response()
}

/// A title without a name, because phones keep titles in their history; an icon without a request.
pub fn document(main: &Markup, is_live: bool) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="format-detection" content="telephone=no";
                title { "救急連絡シート" }
                link rel="icon" href="data:,";
                style { (PreEscaped(CREW_STYLE)) }
            }
            body {
                (main)
                @if is_live { script { (PreEscaped(CREW_SCRIPT)) } }
            }
        }
    }
}

/// The strip at the top: what the paper in the hand is worth.
pub fn strip(state: PaperWord, words: &Markup) -> Markup {
    let (name, shape) = match state {
        PaperWord::Current => ("current", Icon::Ok),
        PaperWord::Changed => ("changed", Icon::Warn),
        PaperWord::Ended => ("ended", Icon::Stop),
    };
    html! { p .paper data-paper=(name) { (icon(shape)) span { (words) } } }
}

/// Above everything on a page of a drill.
pub fn drill(is_drill: bool) -> Markup {
    html! { @if is_drill { p .drill { (icon(Icon::Info)) span { (DRILL) } } } }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperWord {
    Current,
    Changed,
    Ended,
}

/// The code by which a crew sees that page and paper belong together.
pub fn match_code(code: &str) -> Markup {
    html! { span .num { "照合番号 " span .code { (code) } } }
}

/// What to do about resuscitation, with its reason.
pub fn band(standing: &Standing) -> Markup {
    band_because(standing, Some(&standing.band().reason))
}

/// The same without the standing's own reason, which is a fact about the person; `why` says something else, or nothing.
pub fn band_because(standing: &Standing, why: Option<&str>) -> Markup {
    let band = standing.band();
    html! {
        section .cpr data-standing=(standing.code()) aria-label="心肺蘇生" {
            @if let Some(scope) = band.scope { p .scope { (scope) } }
            h2 { (icon(Icon::Heart)) span { (band.headline) } }
            p .until { (band.until) }
            @if let Some(why) = why { p .why { (why) } }
            p .area { (band.area) }
            (list(&band_calls(standing)))
            @if let Some(order) = standing.order() {
                dl .facts { @for (label, words) in &band.facts { (fact(label, words)) } }
                @if !order.treatments.is_empty() {
                    h3 { "心肺蘇生のほかの治療" }
                    dl .facts { @for (label, words) in &order.treatments { (fact(label, words)) } }
                }
                p { (BLANK_IS_FULL) "。" }
                p { (EVERYTHING_ELSE) "。" }
                p .b { (NOT_COVERED) "。" }
            }
        }
    }
}

fn fact(label: &str, words: &str) -> Markup {
    html! { div { dt { (label) } dd { (words) } } }
}

/// Whom the band tells to call: the physician first, then the backup.
pub fn band_calls(standing: &Standing) -> Vec<Call> {
    let calls = standing.band_calls().iter();
    calls
        .map(|call| Call {
            who: call.who.clone(),
            number: Some(call.phone.to_string()),
            said: String::new(),
        })
        .collect()
}

/// The facility's own numbers, the one for the night first.
pub fn facility_calls(facility: &FacilityFacts) -> Vec<Call> {
    let named = |known: &Known<Phone>, who: &str| Call {
        who: who.to_owned(),
        number: known.value().map(ToString::to_string),
        said: known.to_string(),
    };
    let day = named(&facility.facility_phone, "施設 代表");
    match facility.night_phone.value() {
        Some(_) => vec![named(&facility.night_phone, "施設 夜間"), day],
        None => vec![day],
    }
}

/// 119 stays one tap away (safety.md S13, S23).
pub fn call_119() -> Markup {
    html! {
        div .calls {
            (call(&Call {
                who: "救急車を呼ぶ".to_owned(),
                number: Some("119".to_owned()),
                said: String::new(),
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_exactly_what_stands_in_the_page() {
        let page = document(&html! { main {} }, true).into_string();
        let inside = |tag: &str| {
            let text = page.split(&format!("<{tag}>")).nth(1).unwrap();
            let text = text.split(&format!("</{tag}>")).next().unwrap();
            let hash = BASE64_STANDARD.encode(sha256(text.as_bytes()));
            (text.to_owned(), format!("{tag}-src 'sha256-{hash}'"))
        };
        let allowed = policy(true);
        let allowed = allowed.to_str().unwrap();
        let (style, style_hash) = inside("style");
        let (_, script_hash) = inside("script");
        assert!(allowed.contains(&style_hash) && allowed.contains(&script_hash));
        assert!(!style.contains('<'), "the style could end the element");
        assert!(!policy(false).to_str().unwrap().contains("script-src"));
    }

    #[test]
    fn a_page_asks_for_nothing_else() {
        let answer = answer(StatusCode::OK, &html! { main {} });
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        for is_live in [false, true] {
            let page = document(&html! { main {} }, is_live).into_string();
            for asking in ["<script src", "src=", "url(", "@import", "http:", "https:"] {
                assert!(!page.contains(asking), "{asking}");
            }
            assert_eq!(page.contains("<script"), is_live);
        }
    }
}
