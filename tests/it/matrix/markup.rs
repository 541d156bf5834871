//! Every text of a facility is hostile, and every page shows it as it was typed (security.md rows 2 and 3).

use super::table::TABLE;
use super::town::{Slot, Town};
use super::{OWN, Seats, asked, at, said, sends};

/// Ends an attribute, opens a tag, names an element, and looks like an entity.
const HOSTILE: &str = "\"><img src=x id=\"zq\" onerror='qzv'>&lt;";

both_databases! {
    /// A24, A25: in element, attribute, title and input, for whoever looks.
    async fn no_text_of_anybody_becomes_markup(bench: Bench) {
        let town = Town::with(bench, (HOSTILE, "さぬさぬ")).await;
        let seats = Seats::new(&town.service).await;
        let stranger = town.service.stranger();
        let link = format!("/q/{}", town.home.value(Slot::Link));
        let mut pages = vec![("the crew".to_owned(), link.clone(), stranger.post(&link, &[]).await)];
        for row in TABLE.iter().filter(|row| row.0 == "GET" || row.1.ends_with("/edit/{section}")) {
            for code in said(row.2) {
                for role in Seats::at(row.1) {
                    let asked = asked(row, code, at(&town.home));
                    pages.push((format!("{role:?}"), asked.path.clone(), sends(seats.of(role, row.1), &asked, OWN).await));
                }
            }
        }
        let mut shown = 0;
        for (who, path, answer) in pages {
            let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
            let text = answer.text();
            if kind.starts_with("text/html") {
                assert!(!text.contains("<img src=x") && !text.contains("id=\"zq\""), "{path} as {who}: {text}");
                assert!(!text.contains("&amp;amp;lt;"), "{path} as {who}: {text}");
                let is_there = text.contains("&lt;img src=x id=&quot;zq&quot;");
                shown += usize::from(is_there);
                // Shown as it was typed: what was typed as an entity is not taken for one.
                assert!(!is_there || text.contains("&amp;lt;"), "{path} as {who}");
                for attribute in [" id=\"", " name=\"", " for=\"", " class=\"", " action=\"", " href=\"", " src=\""] {
                    let values = text.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
                    assert!(!values.into_iter().any(|value| value.contains("qzv") || value.contains("&lt;")), "{path} as {who}:{attribute}");
                }
            } else {
                // Nothing that is no page is taken for one.
                assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            }
        }
        assert!(shown > 50, "{shown} pages show it");
    }
}
