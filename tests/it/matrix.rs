//! Every route × role × {own facility, another facility, signed out, disabled, without the second factor}, generated
//! from one table (security.md rows 28, 34, 43, 55–60). A route without a row fails the build.

mod contents;
mod crossings;
mod markup;
mod routes;
mod table;
pub mod town;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode, header};
use hikitsugi::domain::permit::{ActionKind, Role, allowed};

use self::contents::{Hand, changed};
use self::table::{NOTHING, PERMISSIONS, TABLE, Who};
use self::town::{LEAVER, MSW, Place, Slot, Town, absent};
use crate::story::sealed::{opens, seals};
use crate::support::Bench;
use crate::support::picture;
use crate::support::service::{Answer, PASSWORD, Person, Service};

/// One request of a row of the table.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    sends: String,
}

/// A path with its names filled in.
fn filled(path: &str, said: &str, value: &impl Fn(Slot) -> String) -> String {
    let mut whole = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        whole.push_str(before);
        let read = &path[..path.len() - after.len() - name.len() - 2];
        match Slot::of(read, name, after) {
            Slot::Said => whole.push_str(said),
            slot => whole.push_str(&value(slot)),
        }
        rest = after;
    }
    whole + rest
}

/// The slots of a path.
fn slots(path: &str) -> Vec<Slot> {
    let mut found = Vec::new();
    for (at, _) in path.match_indices('{') {
        let (name, after) = path[at + 1..].split_once('}').unwrap();
        found.push(Slot::of(&path[..at], name, after));
    }
    found
}

/// What each row says for itself: the codes on which it depends, or nothing.
fn said(who: Who) -> Vec<&'static str> {
    match who {
        Who::By(kinds) => kinds.iter().map(|(code, _)| *code).collect(),
        _ => vec![""],
    }
}

fn asked(
    (method, path, _, sends): &(&str, &str, Who, &str),
    said: &str,
    value: impl Fn(Slot) -> String,
) -> Asked {
    let mut path = filled(path, said, &value);
    if sends.starts_with('?') {
        path.push_str(sends);
    }
    Asked {
        method: method.parse().unwrap(),
        path,
        sends: sends.replace("{kind}", said),
    }
}

const OWN: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];

/// Sends what a browser on our own page, or a program, would send.
async fn sends(person: &Person<'_>, asked: &Asked, headers: &[(&str, &str)]) -> Answer {
    const BOUNDARY: &str = "----hikitsugi";
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut headers = headers.to_vec();
    let is_api = asked.path.starts_with("/api/");
    if is_api {
        headers.push(("if-match", "\"0\""));
    }
    let body = match asked.sends.strip_prefix("file ") {
        _ if asked.sends.starts_with('?') => Vec::new(),
        Some(field) => {
            headers.push(("content-type", &multipart));
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\r\n"
            );
            let end = format!("\r\n--{BOUNDARY}--\r\n");
            [head.as_bytes(), &picture(20, 20), end.as_bytes()].concat()
        }
        None if is_api => {
            headers.push(("content-type", "application/json"));
            asked.sends.clone().into_bytes()
        }
        None if asked.method == Method::GET => Vec::new(),
        None => {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            asked.sends.clone().into_bytes()
        }
    };
    person
        .asks(asked.method.clone(), &asked.path, &headers, body)
        .await
}

/// Whether an answer asks to sign in.
fn asks_to_sign_in(answer: &Answer) -> bool {
    let to = answer.headers.get(header::LOCATION);
    answer.status == StatusCode::UNAUTHORIZED
        || to.is_some_and(|to| to.as_bytes().starts_with(b"/signin"))
}

/// Somebody who opened the facility's envelope.
async fn by_envelope(service: &Service) -> Person<'_> {
    let (login, code) = seals(&service.sign_in("manager").await).await;
    opens(service, &login, &code)
        .await
        .unwrap_or_else(|page| panic!("{page}"))
}

/// One person of each role, at a browser and with a token; さざなみ苑's, the office's and the hospital's.
pub struct Seats<'a>(pub Vec<(Role, Person<'a>, Person<'a>)>);

impl<'a> Seats<'a> {
    pub async fn new(service: &'a Service) -> Self {
        let mut seats = Vec::new();
        for role in Role::ALL {
            if role == Role::Sealed {
                let night = by_envelope(service).await;
                seats.push((role, night, service.stranger()));
                continue;
            }
            let login = match role {
                Role::CareWorker => "care",
                Role::Nurse => "nurse",
                Role::Manager => "manager",
                Role::Physician => "physician",
                Role::Operator => "operator",
                Role::HospitalStaff => MSW,
                Role::Sealed => unreachable!("has no password"),
            };
            let browser = service.sign_in(login).await;
            seats.push((role, browser, service.api(login).await));
        }
        Self(seats)
    }

    /// The roles that come to this path at all: who came in by an envelope has no token.
    fn at(path: &str) -> impl Iterator<Item = Role> + use<> {
        let is_call = is_call(path);
        Role::ALL
            .into_iter()
            .filter(move |role| !is_call || *role != Role::Sealed)
    }

    fn of(&self, role: Role, path: &str) -> &Person<'a> {
        let seat = self.0.iter().find(|(of, _, _)| *of == role).unwrap();
        if is_call(path) { &seat.2 } else { &seat.1 }
    }
}

fn is_call(path: &str) -> bool {
    path.starts_with("/api/")
}

/// What is not as the table says.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn note(&mut self, asked: &Asked, who: &str, answer: &Answer, words: &str) {
        let to = answer.headers.get(header::LOCATION);
        let words: String = words.chars().take(300).collect();
        self.0.push(format!(
            "{} {} as {who}: {} {} {words}",
            asked.method,
            asked.path,
            answer.status,
            to.map_or("", |to| to.to_str().unwrap()),
        ));
    }
}

fn at(place: &Place) -> impl Fn(Slot) -> String {
    |slot| place.value(slot).to_owned()
}

#[tokio::test]
async fn every_route_has_one_row_and_every_row_a_route() {
    let service = Service::start(Bench::sqlite().await).await;
    let document = service.stranger().get("/api/openapi.json").await.value();
    let mut served = routes::pages();
    served.extend(routes::api(&document));
    served.retain(|(_, path)| path != NOTHING);
    let rows: Vec<routes::Route> = TABLE
        .iter()
        .map(|(method, path, _, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let known: BTreeSet<_> = rows.iter().cloned().collect();
    assert_eq!(known.len(), rows.len(), "a row stands twice");
    let without_row: Vec<_> = served.difference(&known).collect();
    let without_route: Vec<_> = known.difference(&served).collect();
    assert!(
        without_row.is_empty(),
        "routes without a row in table.rs: {without_row:?}"
    );
    assert!(
        without_route.is_empty(),
        "rows without a route: {without_route:?}"
    );
    assert_eq!(routes::made_elsewhere(), Vec::<String>::new());
}

#[test]
fn the_permission_table_is_as_written_here() {
    let letter = |role| match role {
        Role::CareWorker => 'C',
        Role::Nurse => 'N',
        Role::Manager => 'M',
        Role::Physician => 'P',
        Role::Operator => 'O',
        Role::HospitalStaff => 'H',
        Role::Sealed => 'S',
    };
    let written: BTreeMap<String, &str> = PERMISSIONS
        .iter()
        .map(|(action, who)| (format!("{action:?}"), *who))
        .collect();
    for action in ActionKind::ALL {
        let who: String = Role::ALL
            .into_iter()
            .filter(|role| allowed(*role, *action))
            .map(letter)
            .collect();
        assert_eq!(
            Some(who.as_str()),
            written.get(&format!("{action:?}")).copied(),
            "{action:?}"
        );
    }
    assert_eq!(written.len(), ActionKind::ALL.len());
}

/// Looking changes nothing but the audit (A22).
async fn no_get_writes_anything(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    /// That a hospital saw or took what lies in its inbox is told to the facility, as a scan is.
    const TOLD: (&str, &str) = ("/inbox/{facility}/{sending}", "sending_event");
    let mut wrong = Vec::new();
    let mut hand = Hand::at(&town.service.bench).await;
    let mut before = hand.contents().await;
    for row in TABLE.iter().filter(|row| row.0 == "GET") {
        for code in said(row.2) {
            for role in Seats::at(row.1) {
                sends(
                    seats.of(role, row.1),
                    &asked(row, code, at(&town.home)),
                    &[],
                )
                .await;
            }
        }
        let after = hand.contents().await;
        for table in changed(&before, &after) {
            if !(row.1.starts_with(TOLD.0) && table == TOLD.1) {
                wrong.push(format!("GET {} writes {table}", row.1));
            }
        }
        before = after;
    }
    wrong
}

/// A05, A06, A07: nobody, somebody whose digits are awaited, somebody disabled, somebody who signed out.
async fn without_a_whole_session_every_route_asks_to_sign_in(town: &Town) -> Vec<String> {
    let service = &town.service;
    let step = service
        .stranger()
        .post("/signin", &[("login", "nurse2"), ("password", PASSWORD)])
        .await;
    let step = step.cookie("-step").expect("digits are awaited");
    let (_, token) = step.split_once('=').unwrap();
    let manager = service.sign_in("manager").await;
    let disabled = service.sign_in(LEAVER).await;
    let disabled_by_call = service.api(LEAVER).await;
    manager
        .does(&format!("/staff/{LEAVER}"), &[("do", "disable")])
        .await;
    let left = service.sign_in("nurse2").await;
    left.does("/signout", &[]).await;
    let cookie = |text: &str| service.with_cookie(Some(text.to_owned()));
    let bearer = |text: &str| format!("Bearer {text}");
    let outside = [
        ("nobody", service.stranger(), String::new()),
        (
            "a made-up session",
            cookie("__Host-hikitsugi=0"),
            bearer("x.y.z"),
        ),
        ("a password alone", cookie(&step), bearer(token)),
        (
            "a password alone, renamed",
            cookie(&format!("__Host-hikitsugi={token}")),
            bearer(""),
        ),
        ("the manager who left", disabled, String::new()),
        (
            "somebody disabled, by call",
            disabled_by_call,
            String::new(),
        ),
        ("somebody who signed out", left, String::new()),
    ];
    let mut wrong = Wrong::default();
    for row in TABLE.iter().filter(|row| !row.2.is_open()) {
        for (who, person, bearer) in &outside {
            let mut headers = OWN.to_vec();
            if is_call(row.1) && !bearer.is_empty() {
                headers.push(("authorization", bearer));
            }
            let asked = asked(row, said(row.2)[0], at(&town.home));
            let answer = sends(person, &asked, &headers).await;
            if !asks_to_sign_in(&answer) || answer.text().contains(town.home.canary) {
                wrong.note(&asked, who, &answer, "");
            }
        }
    }
    wrong.0
}

/// A session opens no call, and a token no page: each has the guard of its own kind.
async fn a_cookie_opens_no_call_and_a_token_no_page(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    let mut wrong = Wrong::default();
    for row in TABLE.iter().filter(|row| !row.2.is_open()) {
        let (_, browser, program) = &seats.0[2];
        let person = if is_call(row.1) { browser } else { program };
        let asked = asked(row, said(row.2)[0], at(&town.home));
        let answer = sends(person, &asked, OWN).await;
        if !asks_to_sign_in(&answer) {
            wrong.note(&asked, "the manager with the wrong key", &answer, "");
        }
    }
    wrong.0
}

/// A09, A22: a form on another site's page, sent with our cookie.
async fn another_sites_form_is_refused_by_every_route(
    town: &Town,
    seats: &Seats<'_>,
) -> Vec<String> {
    let mut wrong = Wrong::default();
    let mut hand = Hand::at(&town.service.bench).await;
    let before = hand.contents().await;
    for row in TABLE.iter().filter(|row| row.0 != "GET") {
        // No cookie opens a paper, so nothing can be misused there.
        if row.1.starts_with("/q/") || row.1.starts_with("/Q/") {
            continue;
        }
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "https://q.minato.example.jp.evil.example")],
            &[
                ("origin", "https://q.minato.example.jp"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            for code in said(row.2) {
                let role = Role::ALL.into_iter().find(|role| row.2.allows(*role, code));
                let role = role.unwrap();
                let (_, browser, _) = seats.0.iter().find(|(of, _, _)| *of == role).unwrap();
                let asked = asked(row, code, at(&town.home));
                let answer = sends(browser, &asked, headers).await;
                if answer.status != StatusCode::FORBIDDEN || !answer.text().contains("ほかのサイト")
                {
                    wrong.note(
                        &asked,
                        &format!("{role:?} from {headers:?}"),
                        &answer,
                        &answer.text(),
                    );
                }
            }
        }
    }
    let written = changed(&before, &hand.contents().await);
    wrong.0.extend(
        written
            .iter()
            .map(|table| format!("another site wrote {table}")),
    );
    wrong.0
}

/// A23, A46, A47, rows 22–29: headers of every answer, whoever asks and whatever comes of it.
async fn every_answer_carries_every_guard(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    let mut wrong = Wrong::default();
    let stranger = town.service.stranger();
    let evil = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "PUT"),
        ("sec-fetch-site", "cross-site"),
    ];
    for row in TABLE {
        let asked = asked(row, said(row.2)[0], at(&town.home));
        let manager = seats.of(Role::Manager, row.1);
        for (who, person) in [("the manager", manager), ("nobody", &stranger)] {
            let answer = sends(person, &asked, &evil).await;
            let header = |name: &str| {
                answer
                    .headers
                    .get(name)
                    .map_or("", |value| value.to_str().unwrap())
            };
            let policy = header("content-security-policy");
            let is_bound = policy.contains("default-src 'none'") || policy.starts_with("sandbox");
            let framed = policy.contains("frame-ancestors 'none'") || policy.starts_with("sandbox");
            let has_script =
                policy.contains("unsafe") || policy.contains("http:") || policy.contains("*");
            let may_be_kept = row.1.starts_with("/assets/");
            let named = [
                (is_bound && !has_script, "policy"),
                (framed, "frames"),
                (header("x-content-type-options") == "nosniff", "nosniff"),
                (
                    header("cross-origin-opener-policy") == "same-origin",
                    "opener",
                ),
                (
                    header("cross-origin-resource-policy") == "same-origin",
                    "resource",
                ),
                (
                    ["no-referrer", "origin", "same-origin"].contains(&header("referrer-policy")),
                    "referrer",
                ),
                (header("x-robots-tag").contains("noindex"), "robots"),
                (
                    may_be_kept || header("cache-control").contains("no-store"),
                    "no-store",
                ),
                (
                    !answer
                        .headers
                        .keys()
                        .any(|name| name.as_str().starts_with("access-control")),
                    "CORS",
                ),
            ];
            for (holds, what) in named {
                if !holds {
                    wrong.note(
                        &asked,
                        who,
                        &answer,
                        &format!("{what}: {:?}", answer.headers),
                    );
                }
            }
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let is_ours = cookie.starts_with("__Host-") && cookie.contains("Path=/;")
                    || row.1.starts_with("/h/");
                let parts = ["HttpOnly", "Secure", "SameSite="];
                if !is_ours || !parts.iter().all(|part| cookie.contains(part)) {
                    wrong.note(&asked, who, &answer, cookie);
                }
            }
        }
    }
    wrong.0
}

/// A20, A33: what is no id, in every place of every path, is an address that does not exist.
async fn what_is_no_id_breaks_nothing_on_any_route(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    let long = "a".repeat(6_000);
    let odd = [
        "%0d%0aX-Pwned:%201",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%252e%252e%252fetc%252fpasswd",
        "..%5c..%5cwindows",
        "%00",
        "%ff%fe",
        "%c0%ae%c0%ae",
        "-1",
        "99999999999999999999",
        "0x1",
        "null",
        "'%20or%20'1'='1",
        "%25",
        "%E3%81%82",
        "%EF%BF%BF",
        long.as_str(),
    ];
    let mut wrong = Wrong::default();
    for row in TABLE {
        let parts = slots(row.1);
        for part in &parts {
            for text in odd {
                let asked = asked(row, said(row.2)[0], |slot| match slot == *part {
                    true => text.to_owned(),
                    false => town.home.value(slot).to_owned(),
                });
                for role in [Role::Manager, Role::Physician, Role::HospitalStaff] {
                    let code = said(row.2)[0];
                    if row.2.is_open() && role != Role::Manager || !row.2.allows(role, code) {
                        continue;
                    }
                    let answer = sends(seats.of(role, row.1), &asked, OWN).await;
                    let is_led = answer
                        .headers
                        .get(header::LOCATION)
                        .is_some_and(|to| to.as_bytes().starts_with(b"//"));
                    let is_told =
                        answer.headers.contains_key("x-pwned") || answer.text().contains("root:");
                    if answer.status.is_server_error() || is_led || is_told {
                        wrong.note(&asked, &format!("{role:?}"), &answer, &answer.text());
                    }
                    let is_ids = Slot::OWNED.contains(part);
                    if is_ids && !answer.status.is_client_error() {
                        wrong.note(
                            &asked,
                            &format!("{role:?}"),
                            &answer,
                            "is taken for somebody's",
                        );
                    }
                }
            }
        }
    }
    wrong.0
}

/// Row 34: what the table does not name is not answered, whatever the method.
async fn every_other_method_is_refused(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (method, path, _, _) in TABLE {
        known.entry(path).or_default().insert(method);
    }
    let mut wrong = Wrong::default();
    for (path, methods) in known {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
        ] {
            if methods.contains(method) {
                continue;
            }
            let asked = asked(
                &(method, path, Who::Anybody, ""),
                "assessment",
                at(&town.home),
            );
            let person = seats.of(Role::Manager, path);
            let answer = sends(person, &asked, OWN).await;
            if answer.status != StatusCode::METHOD_NOT_ALLOWED || answer.body.len() > 2000 {
                wrong.note(&asked, "the manager", &answer, "");
            }
        }
    }
    wrong.0
}

/// A01, A02, S26: whatever role asks, what another facility has is like what nobody has.
async fn what_another_facility_has_is_like_what_nobody_has(
    town: &Town,
    seats: &Seats<'_>,
) -> Vec<String> {
    let mut wrong = Wrong::default();
    for row in TABLE.iter().filter(|row| !row.2.is_open()) {
        let owned: Vec<Slot> = slots(row.1)
            .into_iter()
            .filter(|slot| Slot::OWNED.contains(slot))
            .collect();
        for chosen in 1..1 << owned.len() {
            let theirs: Vec<Slot> = (0..owned.len())
                .filter(|at| chosen >> at & 1 == 1)
                .map(|at| owned[at])
                .collect();
            let with = |other: &dyn Fn(Slot) -> String, code: &str| {
                asked(row, code, |slot| match theirs.contains(&slot) {
                    true => other(slot),
                    false => town.home.value(slot).to_owned(),
                })
            };
            for code in said(row.2) {
                for role in Seats::at(row.1) {
                    let person = seats.of(role, row.1);
                    let asked = with(&at(&town.next), code);
                    let one = sends(person, &asked, OWN).await;
                    let nobodys = with(&|slot| absent(slot).to_owned(), code);
                    let none = sends(person, &nobodys, OWN).await;
                    let expected = match row.2.allows(role, code) {
                        true => one.status == StatusCode::NOT_FOUND,
                        false => {
                            matches!(one.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
                        }
                    };
                    if !expected {
                        wrong.note(&asked, &format!("{role:?} with {theirs:?}"), &one, "");
                    }
                    let bare = |answer: &Answer| {
                        let mut text = answer.text();
                        for slot in &theirs {
                            text = text.replace(town.next.value(*slot), "ID");
                            text = text.replace(absent(*slot), "ID");
                        }
                        (answer.status, text)
                    };
                    if bare(&one) != bare(&none) {
                        let words = format!("is not like {}", none.status);
                        wrong.note(&asked, &format!("{role:?} with {theirs:?}"), &one, &words);
                    }
                }
            }
        }
    }
    wrong.0
}

/// A02, A04: an id of another facility in a form, a search or a call does what an id that nobody has does.
async fn what_is_named_in_a_body_is_ones_own(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    const NAMED: [(&str, &str, &str); 11] = [
        ("POST", "/residents/{id}/handoffs", "transport={transport}"),
        (
            "POST",
            "/documents/{id}/collected",
            "outcome=collected&resident={resident}",
        ),
        (
            "POST",
            "/documents/binder",
            "form=emergency&sure=yes&resident={resident}",
        ),
        ("GET", "/audit", "?resident={resident}"),
        ("GET", "/residents", "?after={resident}"),
        (
            "GET",
            "/documents",
            "?resident={resident}&issued={document}",
        ),
        ("GET", "/api/v1/audit", "?resident={resident}"),
        ("GET", "/api/v1/residents", "?after={resident}"),
        (
            "POST",
            "/api/v1/residents/{id}/handoffs",
            r#"{"transport":"{transport}"}"#,
        ),
        (
            "POST",
            "/api/v1/residents",
            r#"{"name":"x","facility_id":"{facility}"}"#,
        ),
        (
            "POST",
            "/api/v1/residents/{id}/statements",
            r#"{"kind":"submitted","about":"{resident}"}"#,
        ),
    ];
    let mut wrong = Wrong::default();
    for (method, path, names) in NAMED {
        let with = |value: &dyn Fn(Slot) -> String| {
            let named = names
                .replace("{resident}", &value(Slot::Resident))
                .replace("{transport}", &value(Slot::Transport))
                .replace("{document}", &value(Slot::Document))
                .replace("{facility}", &value(Slot::From));
            let row = (method, path, Who::Anybody, named.as_str());
            (
                asked(&row, "", at(&town.home)),
                value(Slot::Resident),
                value(Slot::Transport),
                value(Slot::From),
            )
        };
        for role in [
            Role::CareWorker,
            Role::Nurse,
            Role::Manager,
            Role::Physician,
        ] {
            let mut answers = Vec::new();
            for (asked, resident, transport, facility) in
                [with(&at(&town.next)), with(&|slot| absent(slot).to_owned())]
            {
                let answer = sends(seats.of(role, path), &asked, OWN).await;
                let mut text = answer.text();
                for id in [resident, transport, facility] {
                    text = text.replace(&id, "ID");
                }
                answers.push((asked, answer, text));
            }
            let [(asked, one, text), (_, none, nobodys)] = &answers[..] else {
                unreachable!()
            };
            if (one.status, text) != (none.status, nobodys) || text.contains(town.next.canary) {
                let words = format!("is not like {}", none.status);
                wrong.note(asked, &format!("{role:?}"), one, &words);
            }
        }
    }
    wrong.0
}

/// Row 55: each role in its own facility. Last, for this one does what it asks.
async fn who_may_is_let_in_and_nobody_else(town: &Town, seats: &Seats<'_>) -> Vec<String> {
    let mut wrong = Wrong::default();
    for row in TABLE {
        for code in said(row.2) {
            for role in Seats::at(row.1) {
                let asked = asked(row, code, at(&town.home));
                let answer = sends(seats.of(role, row.1), &asked, OWN).await;
                let fails = answer.status.is_server_error()
                    || answer.status == StatusCode::METHOD_NOT_ALLOWED
                    || answer.status == StatusCode::NOT_FOUND;
                let right = match row.2 {
                    Who::Anybody | Who::Holder => !fails,
                    _ if row.2.allows(role, code) => {
                        !fails
                            && answer.status != StatusCode::FORBIDDEN
                            && !asks_to_sign_in(&answer)
                    }
                    _ => answer.status == StatusCode::FORBIDDEN,
                };
                if !right {
                    wrong.note(&asked, &format!("{role:?}"), &answer, &answer.text());
                }
            }
        }
    }
    wrong.0
}

both_databases! {
    async fn every_route_and_role_is_as_the_table_says(bench: Bench) {
        let town = Town::new(bench).await;
        let seats = Seats::new(&town.service).await;
        let wrong = [
            no_get_writes_anything(&town, &seats).await,
            every_answer_carries_every_guard(&town, &seats).await,
            without_a_whole_session_every_route_asks_to_sign_in(&town).await,
            a_cookie_opens_no_call_and_a_token_no_page(&town, &seats).await,
            another_sites_form_is_refused_by_every_route(&town, &seats).await,
            every_other_method_is_refused(&town, &seats).await,
            what_is_no_id_breaks_nothing_on_any_route(&town, &seats).await,
            what_another_facility_has_is_like_what_nobody_has(&town, &seats).await,
            what_is_named_in_a_body_is_ones_own(&town, &seats).await,
            who_may_is_let_in_and_nobody_else(&town, &seats).await,
        ]
        .concat();
        assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    }
}
