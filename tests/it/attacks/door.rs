//! Coming in by another way than the door.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::service::{Answer, PASSWORD, Person, Service, between};
use crate::support::{Bench, sheet};

const KEY: &[u8] = &[7; 32];

/// The claims of a token, which anybody who holds it can read.
fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).unwrap();
    let mut bits = 0u32;
    let mut many = 0;
    let mut bytes = Vec::new();
    for c in body.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'-' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        many += 6;
        if many >= 8 {
            many -= 8;
            bytes.push((bits >> many & 0xff) as u8);
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

async fn api_token(service: &Service, login: &str) -> String {
    service.sign_in(login).await;
    let body = json!({"login": login, "password": PASSWORD, "otp": service.door().code(login)});
    let answer = service
        .stranger()
        .json(Method::POST, "/api/v1/token", &[], &body)
        .await;
    answer.value()["access_token"].as_str().unwrap().to_owned()
}

async fn opens(service: &Service, token: &str) -> bool {
    let bearer = format!("Bearer {token}");
    let answer = service
        .stranger()
        .get_with("/api/v1/residents", &[("authorization", &bearer)])
        .await;
    assert!(
        matches!(answer.status, StatusCode::OK | StatusCode::UNAUTHORIZED),
        "{}",
        answer.text()
    );
    answer.status == StatusCode::OK
}

/// Rows of failed sign-ins that are kept.
async fn failures(bench: &Bench) -> i64 {
    const COUNT: &str = "select count(*) from login_failure";
    if bench.is_sqlite() {
        let mut hand = SqliteConnection::connect(&bench.url).await.unwrap();
        sqlx::query_scalar(COUNT)
            .fetch_one(&mut hand)
            .await
            .unwrap()
    } else {
        let mut hand = PgConnection::connect(&bench.url).await.unwrap();
        sqlx::query_scalar(COUNT)
            .fetch_one(&mut hand)
            .await
            .unwrap()
    }
}

async fn tries(service: &Service, login: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("sec-fetch-site", "same-origin")];
    all.extend(headers);
    let typed = [("login", login), ("password", "まちがったあいことばです")];
    service.stranger().post_with("/signin", &typed, &all).await
}

/// Sends bytes as they are, and gives all that comes back until the other side hangs up.
async fn raw(port: u16, bytes: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    // The other side may hang up before it has read all of it.
    let sent = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    if sent.is_ok() {
        let read = stream.read_to_end(&mut answer).await;
        drop(read);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

both_databases! {
    /// A05: added and not come yet, or let in anew and not come yet.
    async fn an_invited_person_is_nobody_until_the_page_was_used(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let new = [("name", "新田 一"), ("login", "nitta"), ("role", "nurse")];
        let invited = manager.post("/staff", &new).await;
        assert_eq!(invited.status, StatusCode::OK, "{}", invited.text());
        let path = format!("/join/{}", between(&invited.text(), "/join/", "<"));
        for password in ["", " ", PASSWORD, "nitta", "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$x"] {
            let answer = service.stranger().post("/signin", &[("login", "nitta"), ("password", password)]).await;
            assert!(answer.cookie("").is_none() && answer.cookie("-step").is_none(), "{password}");
            assert!(answer.text().contains("違います"), "{password}: {}", answer.text());
            let body = json!({"login": "nitta", "password": password});
            let answer = service.stranger().json(Method::POST, "/api/v1/token", &[], &body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{password}");
        }
        // Whoever is shut out meanwhile does not come by the page either.
        let listed = manager.see("/staff").await;
        let (before, _) = listed.split_once("新田 一").unwrap();
        let (_, after) = listed.split_at(before.len());
        let id = between(after, "action=\"/staff/", "\"").split('/').next().unwrap().to_owned();
        manager.does(&format!("/staff/{id}"), &[("do", "disable")]).await;
        let chosen = [("password", PASSWORD), ("again", PASSWORD)];
        for answer in [service.stranger().get(&path).await, service.stranger().post(&path, &chosen).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }

    /// A11: the signature is ours, the algorithm is one, and every claim is there and of its kind.
    async fn only_our_own_token_with_every_claim_opens_a_call(bench: Bench) {
        let service = Service::start(bench).await;
        let token = api_token(&service, "nurse").await;
        let claims = claims(&token);
        let signed = |header: Header, claims: &Value, key: &[u8]| {
            jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key)).unwrap()
        };
        let ours = || Header::new(Algorithm::HS256);
        assert!(opens(&service, &signed(ours(), &claims, KEY)).await, "signed anew by ourselves: the rest differs in one thing");
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            claims
        };
        let mut forged = vec![
            signed(Header::new(Algorithm::HS384), &claims, KEY),
            signed(Header::new(Algorithm::HS512), &claims, KEY),
            signed(ours(), &claims, b""),
            signed(ours(), &claims, &[0; 32]),
        ];
        for name in ["iss", "aud", "sub", "iat", "exp"] {
            forged.push(signed(ours(), &without(name), KEY));
            for value in [json!("9999999999"), json!(null), json!([]), json!({}), json!(true), json!(-1), json!(9.9e99)] {
                // Any number is a time to have been made; it decides nothing.
                if !(name == "iat" && value == json!(-1)) {
                    forged.push(signed(ours(), &with(name, value), KEY));
                }
            }
        }
        forged.push(signed(ours(), &with("exp", claims["iat"].clone()), KEY));
        forged.push(signed(ours(), &with("sub", json!("nurse")), KEY));
        // `kid` and `jku` name keys of the forger, whose signature they would fit.
        let mut led = ours();
        led.kid = Some("../../../dev/null".to_owned());
        led.jku = Some("https://evil.example/keys".to_owned());
        forged.push(signed(led, &claims, b""));
        let parts: Vec<&str> = token.split('.').collect();
        // {"alg":"none"} and {"alg":"None"}, with and without a signature.
        for head in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJOb25lIn0"] {
            forged.push(format!("{head}.{}.", parts[1]));
            forged.push(format!("{head}.{}.{}", parts[1], parts[2]));
        }
        forged.push(format!("{}.{}.", parts[0], parts[1]));
        forged.push(format!("{}.{}", parts[0], parts[1]));
        for (number, forged) in forged.iter().enumerate() {
            assert!(!opens(&service, forged).await, "{number}: {forged}");
        }
        assert!(opens(&service, &token).await);
    }

    /// A14, A44: failures are counted for the login, wherever they say they come from.
    async fn a_forged_address_opens_no_second_window(bench: Bench) {
        let service = Service::start(bench).await;
        for number in 0..10 {
            let from = format!("203.0.113.{number}");
            let headers = [("x-forwarded-for", from.as_str()), ("x-real-ip", &from), ("forwarded", &from), ("user-agent", &from)];
            assert!(tries(&service, "care", &headers).await.text().contains("違います"));
        }
        let typed = [("login", "care"), ("password", PASSWORD)];
        let own = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", "2001:db8::1")];
        let answer = service.stranger().post_with("/signin", &typed, &own).await;
        assert!(answer.text().contains("15分"), "{}", answer.text());
    }

    /// A50: a flood of logins that nobody has leaves nothing behind that stays, and no row for anybody.
    async fn made_up_logins_leave_nothing_that_stays(bench: Bench) {
        let service = Service::start(bench).await;
        for number in 0..12 {
            tries(&service, &format!("nobody-{number}"), &[]).await;
        }
        assert_eq!(failures(&service.bench).await, 12);
        service.clock.advance_minutes(16);
        tries(&service, "somebody-else", &[]).await;
        assert_eq!(failures(&service.bench).await, 1, "the window is over for all of them");
        let long = "x".repeat(101);
        tries(&service, &long, &[]).await;
        assert_eq!(failures(&service.bench).await, 1);
    }

    /// A19: links lead to the address that the operator set, and the audit names the address from which somebody came.
    async fn no_header_changes_where_a_link_leads_or_whence_somebody_came(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let api = service.api("nurse").await;
        let id = sheet::admit(&api, &sheet::bare()).await;
        const EVIL: [(&str, &str); 7] = [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-real-ip", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=http"),
            ("x-original-url", "/facilities"),
            ("x-rewrite-url", "/facilities"),
        ];
        let mut headers = vec![("sec-fetch-site", "same-origin")];
        headers.extend(EVIL);
        let invited = manager.post_with("/staff/care/invite", &[], &headers).await.text();
        let body = json!({"form": "emergency"});
        let issued = api.json(Method::POST, &format!("/api/v1/residents/{id}/documents"), &EVIL, &body).await;
        let page = manager.get_with("/residents", &EVIL).await;
        // Another host altogether, as whoever sends the request may say.
        let asked = Request::get("/signin").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
        let hosted = service.send(asked).await;
        let audit = manager.see("/audit").await;
        for text in [&invited, &issued.text(), &page.text(), &hosted.text(), &audit] {
            assert!(!text.to_lowercase().contains("evil.example") && !text.contains("203.0.113.9"), "{text}");
        }
        assert!(between(&invited, "id=\"invitation\">", "<").starts_with(&service.base_url));
        let scan_url = issued.value()["scan_url"].as_str().unwrap().to_lowercase();
        assert!(scan_url.starts_with(&service.base_url), "{scan_url}");
        assert!(hosted.status == StatusCode::OK && page.status == StatusCode::OK);
    }

    /// A21: after signing in one is on a page of ours.
    async fn nothing_leads_elsewhere_after_signing_in(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        service.sign_in("care").await;
        for next in [
            "//evil", "//evil/residents", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example", "/%2F/evil.example",
            "/\t/evil.example", "\t//evil.example", "javascript:alert(1)", "/..//evil.example", "@evil.example", ".evil.example",
            "/residents\r\nSet-Cookie: a=b", "/residents?next=//evil.example", "/residents#//evil.example", "/〱evil.example",
        ] {
            let answer = remembered(&service, next).await;
            assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/"), "{next:?}");
            let query = crate::support::service::urlencoded(&[("next", next)]);
            for path in ["/signin", "/signin/code", "/signin/setup"] {
                let answer = nurse.get(&format!("{path}?{query}")).await;
                let to = answer.headers.get(header::LOCATION).map(|to| to.to_str().unwrap());
                assert!(to.is_none_or(|to| to == "/" || to.starts_with("/signin")), "{path} {next:?}: {to:?}");
                assert!(!answer.text().contains("evil.example"), "{path} {next:?}: {}", answer.text());
            }
        }
    }

    /// A46: a path that ends like a picture is no other page, and is kept by nobody.
    async fn a_false_ending_is_another_address(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let id = sheet::admit(&api, &sheet::ordinary()).await;
        let paper = sheet::issue(&api, &id).await;
        let link = paper.address().rsplit('/').next().unwrap();
        let name = sheet::ordinary()["name"].as_str().unwrap().to_owned();
        for page in [format!("/residents/{id}"), "/residents".to_owned(), format!("/q/{link}"), format!("/api/v1/residents/{id}")] {
            for ending in ["/x.css", ".css", "/..%2fstyle.css", "%2fx.js", ";x.css", "%0a.css", "%3fx.css", "%23x.css", "/"] {
                let path = format!("{page}{ending}");
                let whole = if path.starts_with("/api/") { &api } else { &nurse };
                let whole = whole.get(&path).await;
                assert!(!whole.text().contains(&name), "{path}");
                assert_eq!(whole.status, StatusCode::NOT_FOUND, "{path}");
                assert_eq!(whole.headers[header::CACHE_CONTROL], "no-store", "{path}");
                let opened = service.stranger().post(&path, &[]).await;
                assert!(!opened.text().contains(&name), "{path}");
            }
        }
    }

    /// A48: whatever follows every link, with or without a body, uses nothing up and reads about nobody.
    async fn a_scanner_that_follows_every_link_uses_nothing_up(bench: Bench) {
        let service = Service::start(bench).await;
        let (manager, api) = (service.sign_in("manager").await, service.api("nurse").await);
        let id = sheet::admit(&api, &sheet::ordinary()).await;
        let paper = sheet::issue(&api, &id).await;
        let link = format!("/q/{}", paper.address().rsplit('/').next().unwrap());
        let invited = manager.post("/staff/care/invite", &[]).await.text();
        let join = format!("/join/{}", between(&invited, "/join/", "<"));
        let name = sheet::ordinary()["name"].as_str().unwrap().to_owned();
        let bot = [("user-agent", "Slackbot-LinkExpanding 1.0"), ("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender")];
        for _ in 0..3 {
            for method in [Method::GET, Method::HEAD] {
                for path in [&link, &join] {
                    let answer = service.stranger().asks(method.clone(), path, &bot, Vec::new()).await;
                    assert_eq!(answer.status, StatusCode::OK, "{path}");
                    assert!(!answer.text().contains(&name), "{path}");
                }
            }
        }
        assert!(!manager.see("/scans").await.contains(paper.serial()), "nobody read it");
        assert!(service.stranger().post(&link, &[]).await.text().contains(&name));
        service.joins("care", &invited).await;
    }

    /// A47: signing out has the browser forget what it kept.
    async fn signing_out_empties_the_browser(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let page = nurse.get("/residents").await;
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        let out = nurse.post("/signout", &[]).await;
        assert_eq!(out.headers["clear-site-data"], "\"cache\"");
        let cookie = out.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-hikitsugi=;") && cookie.contains("Max-Age=0"), "{cookie}");
    }

    /// A41: many press 急変 at the same moment.
    async fn eight_who_begin_one_emergency_begin_one(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let id = sheet::admit(&api, &sheet::ordinary()).await;
        let token = api_token(&service, "care").await;
        let begin = |what: &str| {
            Request::post(format!("/api/v1/residents/{id}/{what}"))
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .body(Body::from("{}"))
                .unwrap()
        };
        for what in ["transports", "handoffs"] {
            let answers = service.at_once((0..8).map(|_| begin(what)).collect()).await;
            let mut ids: Vec<String> = answers.iter().map(|answer| answer.value()["id"].to_string()).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 1, "{what}: {ids:?}");
            let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
            // Of a stay each call may be told that it was made; there is one.
            assert!(made == 1 || what == "handoffs", "{what}: {made}");
        }
    }

    /// A38: the reader gets words, the causes stay in the log.
    async fn a_failure_tells_the_reader_nothing_of_its_cause(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let id = sheet::admit(&api, &sheet::ordinary()).await;
        service.bench.store.close().await;
        let page = format!("/residents/{id}");
        let answers = [
            nurse.get(&page).await, nurse.post("/residents/new", &[("name", "x")]).await, api.get("/api/v1/residents").await,
            service.stranger().get("/q/0TV5Z8K3M9QW2XR7CDH4EJ6PYB").await, service.stranger().get("/h/0TV5Z8K3M9QW2XR7CDH4EJ6PYB").await,
            service.stranger().post("/signin", &[("login", "nurse"), ("password", PASSWORD)]).await, service.stranger().get("/readyz").await,
        ];
        for answer in answers {
            let text = answer.text();
            for word in ["sql", "SQL", "postgres", "select ", "panicked", "src/", ".rs", "/tmp", "Pool", "os error"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
        assert!(nurse.get(&page).await.status.is_server_error());
    }
}

/// Signs in at a browser that is remembered, and wants to go on to `next`.
async fn remembered(service: &Service, next: &str) -> Answer {
    let person: Person<'_> = service.remembered("care");
    let typed = [("login", "care"), ("password", PASSWORD), ("next", next)];
    person.post("/signin", &typed).await
}

/// A18: where two lengths contradict each other, or one is no number, there is one answer and the line is cut.
#[tokio::test]
async fn two_lengths_are_never_two_requests() {
    let service = Service::listen(Bench::sqlite().await).await;
    let port = service.port();
    let head = "POST /signin HTTP/1.1\r\nHost: q.minato.example.jp\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let inner = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for (name, lengths, body) in [
        (
            "CL.TE",
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
            format!("0\r\n\r\n{inner}"),
        ),
        (
            "TE.CL",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
            format!("0\r\n\r\n{inner}"),
        ),
        (
            "two lengths",
            "Content-Length: 0\r\nContent-Length: 5\r\n",
            inner.to_owned(),
        ),
        (
            "a list of lengths",
            "Content-Length: 0, 5\r\n",
            inner.to_owned(),
        ),
        (
            "a signed length",
            "Content-Length: +0\r\n",
            inner.to_owned(),
        ),
        (
            "a hexadecimal length",
            "Content-Length: 0x0\r\n",
            inner.to_owned(),
        ),
        (
            "a folded header",
            "Content-Length: 0\r\n Transfer-Encoding: chunked\r\n",
            inner.to_owned(),
        ),
        (
            "a space before the colon",
            "Content-Length : 5\r\n",
            inner.to_owned(),
        ),
        (
            "an unknown coding",
            "Transfer-Encoding: xchunked\r\n",
            inner.to_owned(),
        ),
        (
            "chunked, then another",
            "Transfer-Encoding: chunked, identity\r\n",
            format!("0\r\n\r\n{inner}"),
        ),
        ("a bare CR", "X: a\rContent-Length: 5\r\n", inner.to_owned()),
        (
            "a chunk of no number",
            "Transfer-Encoding: chunked\r\n",
            format!("zz\r\n\r\n{inner}"),
        ),
    ] {
        let answer = raw(port, format!("{head}{lengths}\r\n{body}").as_bytes()).await;
        assert!(
            !answer.contains("ok\n"),
            "{name}: the inner request was answered: {answer}"
        );
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{name}: {answer}");
    }
    let plain = raw(port, inner.as_bytes()).await;
    assert!(
        plain.contains("ok\n"),
        "the same request alone is answered: {plain}"
    );
}
