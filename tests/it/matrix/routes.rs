//! What the service answers, read from its sources and from its OpenAPI document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// A method in capitals, and a path with `{names}`.
pub type Route = (String, String);

const ROUTER: &str = include_str!("../../../src/web/mod.rs");
const API: &str = include_str!("../../../src/web/api/mod.rs");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The routes of the pages: every `.route("path", get(…).post(…))` of `web::router`.
pub fn pages() -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    for call in calls(ROUTER, ".route(") {
        let (path, handlers) = literal(call);
        let known = found.len();
        for method in METHODS {
            if calls(handlers, method).next().is_some() {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
        }
        assert!(found.len() > known, "{path}: no method can be read");
    }
    found
}

/// The operations of the API as its document tells of them, the document itself, and what answers where nothing is.
pub fn api(document: &Value) -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            found.insert((method.to_uppercase(), path.clone()));
        }
    }
    let mut others = 0;
    for call in calls(API, ".route(").filter(|call| call.trim_start().starts_with('"')) {
        let (path, handlers) = literal(call);
        others += 1;
        for method in METHODS {
            if calls(handlers, method).next().is_some() {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    assert_eq!(
        others, 2,
        "all other routes of the API are rows of its table"
    );
    found
}

/// The path, and the rest.
fn literal(call: &str) -> (&str, &str) {
    let call = call.trim_start();
    let call = call.strip_prefix('"').expect("a path as a literal");
    call.split_once('"').expect("the path ends")
}

/// What stands between the brackets of each call of `name`.
fn calls<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let name = name.trim_end_matches('(').to_owned();
    let starts: Vec<usize> = text
        .match_indices(&format!("{name}("))
        .map(|(at, _)| at)
        .collect();
    starts.into_iter().filter_map(move |at| {
        let before = text[..at].chars().next_back();
        let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let is_whole = name.starts_with('.') || !before.is_some_and(goes_on);
        is_whole.then(|| inside(&text[at + name.len() + 1..]))
    })
}

fn inside(rest: &str) -> &str {
    let mut open = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return &rest[..at];
        }
    }
    panic!("brackets that close: {rest}")
}

/// The places in the sources of `web` where something else than these two files could make a route.
pub fn made_elsewhere() -> Vec<String> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&root, &mut |path, text| {
        let is_router = path.ends_with("web/mod.rs")
            || path.ends_with("web/api/mod.rs")
            // The figures, on a port of their own that no visitor reaches.
            || path.ends_with("web/watch.rs");
        for way in [
            ".route(",
            ".route_service(",
            ".nest(",
            ".nest_service(",
            ".fallback_service(",
            "MethodFilter",
            "routing::any",
            "routing::on",
            " any(",
        ] {
            if text.contains(way) && !(is_router && way == ".route(") {
                found.push(format!("{}: {way}", path.display()));
            }
        }
    });
    found
}

fn read(folder: &Path, take: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, take);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            take(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn a_router_is_read_whole() {
    let text = r#".route("/a", get(x::y).post(z).layer(M::max(x))).route(
        "/b/{id}", post(async || 1))"#;
    let read: Vec<_> = calls(text, ".route(").map(literal).collect();
    assert_eq!(read[0], ("/a", ", get(x::y).post(z).layer(M::max(x))"));
    assert_eq!(read[1].0, "/b/{id}");
    assert_eq!(calls(read[0].1, "get").count(), 1);
    assert_eq!(calls(read[1].1, "get").count(), 0);
    assert!(pages().len() > 140, "{}", pages().len());
}
