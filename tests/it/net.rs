//! Connections as they come in a bad night: slow ones, many, from nowhere, over TLS.

mod tls;

use std::future::pending;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use hikitsugi::web::listen::{Listening, Proxies};
use hikitsugi::web::{Gate, Net};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::support::Bench;
use crate::support::program::wire;
use crate::support::service::{PASSWORD, Service};
use crate::support::sheet;

/// Nothing here waits so long, unless a test sets less.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

fn patient() -> Listening {
    Listening {
        head_within: FOR_EVER,
        taken_within: FOR_EVER,
        ..Listening::default()
    }
}

async fn listening(how: Listening, net: Net) -> Service {
    Service::listening(Bench::sqlite().await, how, net, pending()).await
}

/// Reads until the server closes.
async fn is_closed(mut stream: TcpStream) -> String {
    let mut rest = Vec::new();
    // A reset is as closed as an end.
    let _ = stream.read_to_end(&mut rest).await;
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test]
async fn who_does_not_finish_a_head_is_closed_and_others_are_answered() {
    let how = Listening {
        head_within: Duration::from_millis(20),
        ..patient()
    };
    let service = listening(how, Net::default()).await;
    for begun in [
        "",
        "GET / HTTP/1.1\r\nhost: a\r\nx-slow:",
        "POST /q/abc HTTP/1.1\r\n",
    ] {
        let mut stream = wire::connect(service.port()).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let answer = is_closed(stream).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    // So is who was answered and then rests.
    let mut stream = wire::connect(service.port()).await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    assert!(is_closed(stream).await.contains("200 OK"));
}

#[tokio::test]
async fn too_large_a_body_and_too_large_a_head_are_refused_before_they_are_read() {
    let service = listening(patient(), Net::default()).await;
    let port = service.port();
    // 50 MB that never come.
    let head = "POST /signin HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 52428800\r\n\r\n";
    let mut stream = wire::connect(port).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(
        wire::read(is_closed(stream).await.as_bytes()).status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let many = "x-a: b\r\n".repeat(100);
    assert_eq!(
        wire::get(port, "/healthz", &many).await.status,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let long = format!("x-a: {}\r\n", "b".repeat(20_000));
    assert_eq!(
        wire::get(port, "/healthz", &long).await.status,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    assert_eq!(
        wire::get(port, "/healthz", "x-a: b\r\n").await.status,
        StatusCode::OK
    );
    // Two lengths could be read in two ways.
    let two = "content-length: 0\r\ncontent-length: 5\r\n";
    assert_eq!(
        wire::get(port, "/healthz", two).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn when_all_places_are_taken_the_oldest_that_never_asked_gives_way() {
    let how = Listening {
        places: 3,
        ..patient()
    };
    let service = listening(how, Net::default()).await;
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut stream = wire::connect(service.port()).await;
        stream.write_all(b"GET /q/").await.unwrap();
        slow.push(stream);
    }
    let answer = wire::get(service.port(), "/healthz", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(is_closed(slow.remove(0)).await, "");
    // The others kept their places.
    slow[0]
        .write_all(b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert!(is_closed(slow.remove(0)).await.contains("404"));
}

/// The path of a paper's link.
async fn paper(service: &Service) -> String {
    let printed = sheet::printed(service, &sheet::ordinary()).await;
    let (_, token) = printed.address().rsplit_once('/').unwrap();
    format!("/Q/{token}")
}

#[tokio::test]
async fn the_crews_page_answers_while_every_other_turn_is_taken() {
    let net = Net {
        ordinary: Gate::new("ordinary", 1, 1),
        ..Net::default()
    };
    let service = Service::listening(Bench::sqlite().await, patient(), net, pending()).await;
    let paper = paper(&service).await;
    let turn = service.app.net.ordinary.enter().await.unwrap();
    let stranger = service.stranger();
    let mut waits = std::pin::pin!(stranger.get("/signin"));
    let crew = async {
        let port = service.port();
        while service.app.net.ordinary.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        // One waits already, and the next is told to come again, in words.
        let full = wire::get(port, "/signin", "").await;
        assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            full.headers.contains_key("retry-after") && full.text().contains("混み合っています"),
            "{}",
            full.text()
        );
        for path in [paper.as_str(), "/assets/page.css", "/healthz", "/readyz"] {
            let answer = wire::get(port, path, "").await;
            assert!(
                matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND),
                "{path}: {}",
                answer.status
            );
        }
        let tap = format!(
            "POST {paper} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        let opened = wire::read(&wire::ask(port, tap.as_bytes()).await);
        assert_eq!(opened.status, StatusCode::OK);
        assert!(
            opened.text().contains("髙﨑") || opened.text().contains("心肺蘇生"),
            "{}",
            opened.text()
        );
    };
    tokio::select! {
        biased;
        _ = &mut waits => panic!("there is no turn yet"),
        () = crew => {}
    }
    drop(turn);
    assert_eq!(waits.await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tap_whose_body_never_comes_holds_up_nobody() {
    let how = Listening {
        places: 2,
        ..patient()
    };
    let service = listening(how, Net::default()).await;
    let paper = paper(&service).await;
    let mut slow = Vec::new();
    for path in [paper.as_str(), "/signin"] {
        let mut stream = wire::connect(service.port()).await;
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    assert_eq!(
        wire::get(service.port(), &paper, "").await.status,
        StatusCode::OK
    );
    // The first gave its place away while its body was awaited.
    assert_eq!(is_closed(slow.remove(0)).await, "");
}

#[tokio::test]
async fn unknown_tokens_are_slowed_by_where_they_come_from_and_a_known_one_is_not() {
    let service = listening(patient(), Net::default()).await;
    let paper = paper(&service).await;
    let token = paper.trim_start_matches("/Q/");
    let unknown = |number: usize| {
        format!(
            "/q/{}{number:02}",
            &token[..token.len() - 2].chars().rev().collect::<String>()
        )
    };
    let port = service.port();
    let mut last = StatusCode::OK;
    for number in 0..61 {
        let answer = wire::get(port, &unknown(number), "").await;
        assert!(
            answer.text().contains("登録されていません"),
            "{}",
            answer.text()
        );
        let expected = if number < 60 {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::TOO_MANY_REQUESTS
        };
        assert_eq!(answer.status, expected, "{number}");
        last = answer.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(wire::get(port, &paper, "").await.status, StatusCode::OK);
    service.clock.advance_minutes(1);
    assert_eq!(
        wire::get(port, &unknown(0), "").await.status,
        StatusCode::NOT_FOUND
    );
}

/// Tries to sign in over the wire, from where `forwarded` says.
async fn tries(service: &Service, login: &str, password: &str, forwarded: &str) -> StatusCode {
    let body = json!({"login": login, "password": password, "otp": "000000"}).to_string();
    let call = format!(
        "POST /api/v1/token HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-forwarded-for: {forwarded}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    wire::read(&wire::ask(service.port(), call.as_bytes()).await).status
}

/// From where the audit says that somebody was refused.
async fn refused_from(service: &Service) -> Vec<String> {
    let audit = service
        .api("manager")
        .await
        .get("/api/v1/audit?limit=100")
        .await
        .value();
    let entries = audit["items"].as_array().unwrap().iter();
    let refused = entries.filter(|entry| entry["action"] == "session.refused");
    refused
        .map(|entry| entry["source"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_forged_address_is_never_written_down_and_a_trusted_proxys_word_is() {
    let service = listening(patient(), Net::default()).await;
    tries(&service, "nurse", "falsch", "203.0.113.9").await;
    assert_eq!(refused_from(&service).await, ["127.0.0.1"]);
    let how = Listening {
        proxies: Proxies::parse("127.0.0.0/8").unwrap(),
        ..patient()
    };
    let service = listening(how, Net::default()).await;
    tries(&service, "nurse", "falsch", "8.8.8.8, 203.0.113.9").await;
    assert_eq!(refused_from(&service).await, ["203.0.113.9"]);
}

#[tokio::test]
async fn many_failures_from_one_network_hold_up_that_network_alone() {
    let how = Listening {
        proxies: Proxies::parse("127.0.0.1").unwrap(),
        ..patient()
    };
    let service = listening(how, Net::default()).await;
    tries(&service, "nobody", "falsch", "203.0.113.9").await;
    // Seven times twice as many: 128.
    let double = "insert into login_failure select login_key, at from login_failure where login_key <> 'nobody';".repeat(7);
    service.bench.at_the_shell(&double).await.unwrap();
    let held = tries(&service, "nurse", PASSWORD, "203.0.113.9").await;
    assert_eq!(held, StatusCode::TOO_MANY_REQUESTS);
    // The digits are wrong, the password was looked at.
    let elsewhere = tries(&service, "nurse", PASSWORD, "203.0.113.10").await;
    assert_eq!(elsewhere, StatusCode::UNAUTHORIZED);
    service.clock.advance_minutes(16);
    let later = tries(&service, "nurse", PASSWORD, "203.0.113.9").await;
    assert_eq!(later, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_is_being_answered_is_answered_when_the_service_stops() {
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        let _ = stopped.await;
    };
    let service = Service::listening(Bench::sqlite().await, patient(), Net::default(), until).await;
    let net = &service.app.net;
    let mut turns = Vec::new();
    while net.ordinary.has_room() {
        turns.push(net.ordinary.enter().await.unwrap());
    }
    let mut resting = wire::connect(service.port()).await;
    resting
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let never_asked = wire::connect(service.port()).await;
    let mut asked = wire::connect(service.port()).await;
    asked
        .write_all(b"GET /signin HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    while net.ordinary.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    assert!(is_closed(resting).await.contains("200 OK"));
    assert_eq!(is_closed(never_asked).await, "");
    turns.clear();
    let answer = wire::read(is_closed(asked).await.as_bytes());
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("ログイン"));
    assert!(
        TcpStream::connect(("127.0.0.1", service.port()))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_to_come_again_and_holds_up_no_page() {
    let service = Service::start(Bench::sqlite().await).await;
    let request = || {
        let body = "login=nurse&password=falsch";
        axum::http::Request::builder()
            .method(Method::POST)
            .uri("/signin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .unwrap()
    };
    // One is looked at and eight wait; the rest is sent away at once. Meanwhile no page waits for any of them.
    let (ordinary, doors) = (&service.app.net.ordinary, &service.app.net.doors);
    let flood = service.at_once((0..16).map(|_| request()).collect());
    let page = async {
        while doors.running() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(ordinary.running(), 0);
    };
    let (answers, ()) = tokio::join!(flood, page);
    let busy = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE)
        .inspect(|answer| {
            assert!(answer.headers.contains_key("retry-after"));
            assert!(answer.text().contains("混み合っています"));
        });
    assert!(busy.count() > 0);
    assert!(answers.iter().any(|answer| answer.status == StatusCode::OK));
}
