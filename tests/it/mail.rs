//! Notices by e-mail, taken by a real mail server on this machine.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::support::service::Service;
use crate::support::sheet;
use crate::support::{free_port, listens};

/// The server writes every message to its standard output.
struct MailServer {
    process: Child,
    output: BufReader<ChildStdout>,
    port: u16,
}

impl MailServer {
    fn start() -> Self {
        let port = free_port();
        let mut process = Command::new("/usr/bin/python3")
            .args(["-u", "-m", "aiosmtpd", "-n", "-l"])
            .arg(format!("127.0.0.1:{port}"))
            .args(["-c", "aiosmtpd.handlers.Debugging", "stdout"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("aiosmtpd starts; tests/run installs it");
        listens(&mut process, port);
        let output = BufReader::new(process.stdout.take().unwrap());
        Self {
            process,
            output,
            port,
        }
    }

    /// The next message: its head, and its words.
    fn next(&mut self) -> (String, String) {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).unwrap();
            assert!(read > 0, "the mail server stopped: {lines:?}");
            if line.contains("END MESSAGE") {
                break;
            }
            if !line.contains("MESSAGE FOLLOWS") {
                lines.push(line.trim_end().to_owned());
            }
        }
        let at = lines.iter().position(String::is_empty).unwrap();
        let (head, body) = lines.split_at(at);
        let body = BASE64_STANDARD.decode(body.concat()).unwrap();
        (head.join("\n"), String::from_utf8(body).unwrap())
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// On one database: which of them answers makes no difference to a mail server. E-mails go out while the test waits.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_by_e_mail_without_a_word_about_anybody() {
    let mut server = MailServer::start();
    let address = format!("smtp://127.0.0.1:{}", server.port);
    let service = Service::mailing(crate::support::Bench::sqlite().await, &address).await;
    let (care, manager) = (
        service.sign_in("care").await,
        service.sign_in("manager").await,
    );
    let api = service.api("nurse").await;
    let id = sheet::admit(&api, &sheet::ordinary()).await;
    let paper = sheet::issue(&api, &id).await;
    // Nobody is named yet: nothing goes out.
    let first = care.does(&format!("/residents/{id}/transports"), &[]).await;
    care.does(&first, &[("do", "closed"), ("tap", "1")]).await;
    let wrong = [
        ("mail_to.0.address", "夜間@"),
        ("version", "0"),
        ("do", "save"),
    ];
    let refused = manager.post("/facility/flow", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("name@example.jp"));
    let named = [
        ("mail_to.0.address", "night@sazanami.example.jp"),
        ("mail_to.1.address", "kanri@sazanami.example.jp"),
        ("version", "0"),
        ("do", "save"),
    ];
    assert_eq!(
        manager.post("/facility/flow", &named).await.status,
        StatusCode::OK
    );

    // A drill tells nobody. An emergency does, once.
    let drill = care.does("/drills", &[]).await;
    care.does(&drill, &[("do", "closed"), ("tap", "1")]).await;
    service.clock.advance_minutes(1);
    let begin = format!("/residents/{id}/transports");
    let emergency = care.does(&begin, &[]).await;
    assert_eq!(care.does(&begin, &[]).await, emergency);
    let mut told = vec![server.next(), server.next()];
    care.does(&emergency, &[("do", "closed"), ("tap", "1")])
        .await;
    let objection = [
        ("do", "object"),
        ("name", "髙﨑 和夫"),
        ("relationship", "son"),
        ("words", "聞いていない"),
    ];
    care.does(&format!("/residents/{id}/directive/raise"), &objection)
        .await;
    told.extend([server.next(), server.next()]);
    // A paper that is scanned twice in a row is told once.
    service.clock.advance_minutes(1);
    let path = format!("/{}", paper.address().splitn(4, '/').nth(3).unwrap());
    for _ in 0..2 {
        let scan = Request::post(&path).body(Body::empty()).unwrap();
        assert_eq!(service.send(scan).await.status, StatusCode::OK);
    }
    told.extend([server.next(), server.next()]);

    let kinds = [
        "急変の記録が始まりました",
        "撤回・停止・異議が記録されました",
        "紙のQRコードが読み取られました",
    ];
    for (pair, kind) in told.chunks(2).zip(kinds) {
        let mut to: Vec<&str> = Vec::new();
        for (head, words) in pair {
            assert!(
                words.contains(kind) && words.contains("https://q.minato.example.jp/"),
                "{words}"
            );
            assert!(
                head.contains("From: hikitsugi@city.minato.example.jp"),
                "{head}"
            );
            to.extend(head.lines().filter(|line| line.starts_with("To: ")));
            for personal in [
                "佐藤",
                "ハル",
                "はる",
                "312",
                "髙﨑",
                "介木",
                "聞いていない",
                "さざなみ",
            ] {
                assert!(
                    !words.contains(personal) && !head.contains(personal),
                    "{personal} in {head} {words}"
                );
            }
        }
        to.sort_unstable();
        assert_eq!(
            to,
            [
                "To: kanri@sazanami.example.jp",
                "To: night@sazanami.example.jp"
            ]
        );
    }
    let audit = manager.waits_for("/audit", "お知らせのメール").await;
    assert!(!audit.contains("night@"), "addresses are in no audit");
}

/// The emergency goes on as if there were no mail server.
#[tokio::test]
async fn a_mail_server_that_is_not_there_keeps_nobody_waiting() {
    let address = format!("smtp://127.0.0.1:{}", free_port());
    let service = Service::mailing(crate::support::Bench::sqlite().await, &address).await;
    let (care, manager) = (
        service.sign_in("care").await,
        service.sign_in("manager").await,
    );
    let named = [
        ("mail_to.0.address", "night@sazanami.example.jp"),
        ("version", "0"),
        ("do", "save"),
    ];
    assert_eq!(
        manager.post("/facility/flow", &named).await.status,
        StatusCode::OK
    );
    let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
    let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
    assert!(care.see(&emergency).await.contains("119番に電話する"));
}

#[test]
fn a_wrong_mail_server_stops_the_start_without_telling_its_password() {
    for (given, words) in [
        (
            vec![
                "--smtp",
                "smtp://u:himitsu@[",
                "--mail-from",
                "a@example.jp",
            ],
            "smtp「…」は読めません",
        ),
        (
            vec!["--smtp", "smtp://u:himitsu@mail.example.jp"],
            "mail_from(差出人)も必要です",
        ),
        (
            vec!["--mail-from", "a@example.jp"],
            "smtp(メールサーバー)も必要です",
        ),
        (
            vec![
                "--smtp",
                "smtp://u:himitsu@mail.example.jp",
                "--mail-from",
                "差出人",
            ],
            "mail_from「差出人」は読めません",
        ),
    ] {
        let told = Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
            .arg("serve")
            .args(&given)
            .output()
            .unwrap();
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(told.contains(words) && !told.contains("himitsu"), "{told}");
    }
}
