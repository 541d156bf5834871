//! Every page that somebody can reach by links, every paper on them and every answer of the API, for residents in each
//! standing: none is an order to withhold, and none shows a standing without saying that CPR goes on (safety.md S2, S3).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use hikitsugi::domain::standing::{StandingKind, UNTIL};
use serde_json::{Value, json};

use super::api_directive::{said, signed_by};
use crate::support::Bench;
use crate::support::service::{Person, Service};
use crate::support::tools::{Pdf, bare};
use crate::wording::imperative;

/// Far more than there are; a crawl that never ends is a fault.
const MOST: usize = 4_000;

/// The resident whose history has a hole.
const UNREADABLE: usize = 6;

/// What somebody saw: its kind, and its text without marks.
struct Seen {
    path: String,
    kind: String,
    text: String,
    /// The standings that it shows.
    standings: BTreeSet<String>,
}

/// Everything that is linked from the first page on, seen by one person.
async fn crawl(person: &Person<'_>, login: &str, folder: &std::path::Path) -> Vec<Seen> {
    let mut found = Vec::new();
    let mut known: BTreeMap<String, String> =
        BTreeMap::from([("/".to_owned(), "the address".to_owned())]);
    let mut queue = VecDeque::from(["/".to_owned()]);
    while let Some(path) = queue.pop_front() {
        let mut answer = person.get(&path).await;
        if answer.status == StatusCode::SEE_OTHER {
            let to = answer.location();
            answer = person.get(&to).await;
        }
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{login} is led to {path} by {}: {}",
            known[&path],
            answer.text()
        );
        let kind = answer.headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        let text = match kind.as_str() {
            "application/pdf" => {
                let pdf = Pdf::new(folder, &format!("{login}-{}", found.len()), &answer.body);
                pdf.text()
            }
            _ if kind.starts_with("text/html") => {
                let html = answer.text();
                for link in links(&html) {
                    if known.insert(link.clone(), path.clone()).is_none() {
                        queue.push_back(link);
                    }
                }
                html
            }
            _ => answer.text(),
        };
        assert!(
            known.len() < MOST,
            "{login} is led on and on: {:?}",
            known.keys().take(50).collect::<Vec<_>>()
        );
        found.push(seen(path, kind, text));
    }
    found
}

fn seen(path: String, kind: String, text: String) -> Seen {
    let standings = text
        .split("data-standing=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned());
    let standings = standings.collect();
    let text = match kind.starts_with("text/html") {
        true => words(&text),
        false => text,
    };
    Seen {
        path,
        kind,
        text: bare(&text),
        standings,
    }
}

/// Where a page leads on this service, by GET.
fn links(html: &str) -> Vec<String> {
    let targets = html.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let target = tag.split("href=\"").nth(1)?.split('"').next()?;
        let target = target.split('#').next()?.replace("&amp;", "&");
        target.starts_with('/').then_some(target)
    });
    targets.collect()
}

/// A page's words without its tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(letter),
            _ => {}
        }
    }
    text
}

/// What stands on a surface that shows a standing.
fn headlines() -> Vec<String> {
    StandingKind::ALL
        .iter()
        .map(|kind| bare(kind.headline()))
        .collect()
}

/// Neither an order to withhold, nor a standing without its sentence.
fn fault(seen: &Seen) -> Option<String> {
    if let Some(order) = imperative(&seen.text) {
        return Some(format!("{} says {order}: {}", seen.path, seen.text));
    }
    let shows = !seen.standings.is_empty()
        || headlines()
            .iter()
            .any(|headline| seen.text.contains(headline));
    (shows && !seen.text.contains(&bare(UNTIL)))
        .then(|| format!("{} does not say until when: {}", seen.path, seen.text))
}

/// One resident in each standing, and one whose order waits for the signature; gives the ids.
async fn everybody(service: &Service) -> Vec<String> {
    let nurse = service.sign_in("nurse").await;
    let (api, physician) = (service.api("nurse").await, service.api("physician").await);
    let names = [
        ("青木 洋子", "あおき ようこ"),
        ("小川 ヨシエ", "おがわ よしえ"),
        ("齋藤 昭治", "さいとう しょうじ"),
        ("﨑山 貞夫", "さきやま さだお"),
        ("濵田 ミチ", "はまだ みち"),
        ("勅使河原 喜久右衛門", "てしがわら きくえもん"),
        ("髙﨑 𠮷子", "たかさき よしこ"),
        ("渡邉 清一郎", "わたなべ せいいちろう"),
    ];
    let mut ids = Vec::new();
    for (index, (name, kana)) in names.iter().enumerate() {
        ids.push(nurse.admits(name, kana, &format!("{}", 201 + index)).await);
        let consent = [
            ("consent_to_share_ems", "consented_by_resident"),
            ("do", "confirm"),
        ];
        nurse
            .does(&format!("/residents/{}/edit/wishes", ids[index]), &consent)
            .await;
        nurse
            .does(
                &format!("/residents/{}/confirm", ids[index]),
                &[("revision", "1"), ("reason", "")],
            )
            .await;
    }
    let path = |index: usize| format!("/api/v1/residents/{}", ids[index]);
    let wish = json!({"cpr": "no_cpr", "stated_on": "2026-11-12", "stated_how": "spoken", "words": "もう十分生きたから、静かに逝かせてほしい"});
    said(&api, &path(1), "patient_wish", None, wish).await;
    for index in 2..7 {
        signed_by(&api, &physician, &path(index)).await;
    }
    said(
        &api,
        &path(3),
        "objection_raised",
        None,
        json!({"name": "﨑山 達也", "relationship": "son", "words": "聞いていない"}),
    )
    .await;
    said(
        &api,
        &path(4),
        "suspended",
        None,
        json!({"reason": "admission"}),
    )
    .await;
    said(
        &api,
        &path(5),
        "revoked",
        None,
        json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"}),
    )
    .await;
    let (order, _) = said(
        &api,
        &path(7),
        "physician_order",
        None,
        super::api_directive::order(),
    )
    .await;
    said(&api, &path(7), "submitted", Some(&order), json!({})).await;
    let talk = json!({"held_on": "2026-11-12", "words": "孫の結婚式までは元気でいたい", "next_on": "2026-12-12"});
    said(&api, &path(2), "acp_talk", None, talk).await;
    let hole = format!(
        "insert into statement (facility_id, resident_id, seq, id, kind, at, by_id, by_name, by_role, body)
         select facility_id, resident_id, 99, 'hole', kind, at, by_id, by_name, by_role, body from statement
         where resident_id = '{}' and seq = 1",
        ids[UNREADABLE]
    );
    service.bench.at_the_shell(&hole).await.unwrap();
    ids
}

async fn scan(service: &Service, path: &str, accept: &str) -> Value {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "q.minato.example.jp")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    match accept {
        "application/json" => answer.value(),
        _ => Value::String(answer.text()),
    }
}

/// Every standing of a JSON answer says until when.
fn look_at_json(path: &str, value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            let own = usize::from(members.contains_key("code") && members.contains_key("headline"));
            if own == 1 {
                assert!(value.to_string().contains(UNTIL), "{path}: {value}");
            }
            own + members
                .values()
                .map(|value| look_at_json(path, value))
                .sum::<usize>()
        }
        Value::Array(items) => items.iter().map(|value| look_at_json(path, value)).sum(),
        _ => 0,
    }
}

#[tokio::test]
async fn s02_s03_nothing_that_anybody_sees_is_an_order_to_withhold_and_no_link_is_refused() {
    let service = Service::start(Bench::sqlite().await).await;
    service.employs_physician("physician", "神谷 修一").await;
    let ids = everybody(&service).await;
    let api = service.api("nurse").await;
    let nurse = service.sign_in("nurse").await;
    let mut faults = Vec::new();

    let mut crew = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let issued = crate::support::sheet::issue(&api, id).await;
        let address = issued.address().to_owned();
        crew.push(address[address.find("/Q/").unwrap()..].to_owned());
        // A paper to sign shows what was said: there is none of a history that cannot be read.
        let papers = ["directive_consent", "directive_review", "acp_log"];
        for paper in papers.iter().filter(|_| index != UNREADABLE) {
            let path = format!("/residents/{id}/directive/papers");
            nurse.does(&path, &[("paper", paper)]).await;
        }
    }
    let mut bound = vec![("form", "emergency")];
    bound.extend(ids[..2].iter().map(|id| ("resident", id.as_str())));
    bound.push(("sure", "yes"));
    let bound = nurse.post("/documents/binder", &bound).await.text();
    assert!(bound.contains("発行した紙を開く"), "{bound}");

    let mut codes = BTreeSet::new();
    for (path, id) in crew[2..].iter().zip(&ids[2..]) {
        let page = scan(&service, path, "text/html").await;
        let shown = seen(
            path.clone(),
            "text/html".to_owned(),
            page.as_str().unwrap().to_owned(),
        );
        codes.extend(shown.standings.iter().cloned());
        faults.extend(fault(&shown));
        let json = scan(&service, path, "application/json").await;
        faults.extend(imperative(&json.to_string()).map(|order| format!("{path} says {order}")));
        assert!(look_at_json(path, &json) > 0, "{path} tells no standing");
        for path in ["", "/standing", "/statements", "/sheet"] {
            let path = format!("/api/v1/residents/{id}{path}");
            let json = api.get(&path).await;
            let json = match json.status {
                StatusCode::OK => json.value(),
                // What cannot be read is said as such, and with what to do.
                _ => Value::String(json.text()),
            };
            faults
                .extend(imperative(&json.to_string()).map(|order| format!("{path} says {order}")));
            look_at_json(&path, &json);
        }
    }

    let mut pages = 0;
    let mut papers = 0;
    for login in ["nurse", "care", "manager", "physician", "operator"] {
        let person = service.sign_in(login).await;
        for seen in crawl(&person, login, service.bench.folder.path()).await {
            pages += usize::from(seen.kind.starts_with("text/html"));
            papers += usize::from(seen.kind == "application/pdf");
            codes.extend(seen.standings.iter().cloned());
            faults.extend(fault(&seen).map(|fault| format!("{login}: {fault}")));
        }
    }
    println!("{pages} pages, {papers} papers");
    assert!(
        faults.is_empty(),
        "{} faults, for example {:#?}",
        faults.len(),
        &faults[..faults.len().min(5)]
    );
    assert!(pages > 500 && papers > 20, "{pages} pages, {papers} papers");
    let all: BTreeSet<String> = StandingKind::ALL
        .iter()
        .map(|kind| kind.code().to_owned())
        .collect();
    assert_eq!(codes, all);
}
