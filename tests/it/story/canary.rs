//! A shift through the program itself, from the first sign-in to the hospital's page, with wrong turns. Afterwards its log
//! and its figures hold nothing of anybody: no word that was typed, no token, no password.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::handoff::{ADMISSION, Hospital, begun, issues, links};
use crate::support::program::{Program, wire};
use crate::support::service::{PASSWORD, Service};
use crate::support::{free_port, sheet};

/// Words that stand nowhere but in what is sent.
const BIRD: &str = "カナリア";

/// Everything that must stay inside.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn add(&mut self, secret: &str) {
        self.0.insert(secret.to_owned());
    }
}

async fn shift(service: &Service, resident: &str, secrets: &mut Secrets) {
    let stranger = service.stranger();
    // Wrong doors.
    for login in ["nurse", "canary-login"] {
        let typed = [
            ("login", login),
            ("password", "canary-password-typed-wrongly"),
        ];
        let answer = stranger.post("/signin?next=/canary-next", &typed).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let nurse = service.sign_in("nurse").await;
    secrets.add(&service.door().key("nurse").replace(' ', ""));
    let api = service.api("nurse").await;
    for path in [
        "/canary-path",
        "/residents?q=canary-query",
        "/residents/canary-id",
        "/join/canary-token",
        "/h/canary-token",
    ] {
        let answer = nurse.get(path).await;
        assert!(answer.status.as_u16() < 500, "{path}");
    }
    let answer = nurse.get_with(
        "/residents/canary-id",
        &[
            ("user-agent", "canary-agent"),
            ("referer", "https://canary-referrer/"),
            ("x-forwarded-for", "203.0.113.77"),
            ("x-request-id", "canary-request"),
        ],
    );
    assert_eq!(answer.await.status, StatusCode::NOT_FOUND);
    // Admitted, changed, said, and everything that can be wrong with it.
    let name = format!("{BIRD} 髙子");
    let other = nurse.admits(&name, "かなりあ たかこ", "鳥1").await;
    let path = format!("/api/v1/residents/{other}/sheet");
    let now = api.get(&path).await;
    let mut record = now.value()["record"].clone();
    record["message_to_ems"] = json!(format!("{BIRD}の申し送り"));
    let whole = json!({"record": record, "reason": format!("{BIRD}の理由"), "verified": true});
    let kept = api
        .json(Method::PUT, &path, &[("if-match", &now.etag())], &whole)
        .await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());
    let conflict = api
        .json(Method::PUT, &path, &[("if-match", &now.etag())], &whole)
        .await;
    assert_eq!(conflict.status, StatusCode::PRECONDITION_FAILED);
    record["sex"] = json!("canary-sex");
    record["canary-field"] = json!("canary-value");
    let wrong = api
        .json(
            Method::PUT,
            &path,
            &[("if-match", &kept.etag())],
            &json!({"record": record, "reason": ""}),
        )
        .await;
    assert!(wrong.status.is_client_error(), "{}", wrong.text());
    assert_eq!(
        api.bytes("/api/v1/residents", b"{\"name\": \"canary-json")
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    let raise = format!("/residents/{resident}/directive/raise");
    let said = nurse
        .post(
            &raise,
            &[
                ("do", "revoke"),
                ("words", "canary-words"),
                ("heard_by", BIRD),
            ],
        )
        .await;
    assert!(said.status.as_u16() < 500, "{}", said.text());
    let list = format!("氏名,フリガナ,生年月日\n{BIRD} 一,canary-kana,canary-date\n");
    let tried = nurse
        .upload(
            "/residents/import",
            "file",
            "canary-file.csv",
            list.as_bytes(),
        )
        .await;
    assert!(tried.status.as_u16() < 500, "{}", tried.text());
    let tried = nurse
        .upload(
            "/residents/import",
            "file",
            "canary-file.xlsx",
            b"PK\x03\x04canary-workbook",
        )
        .await;
    assert!(tried.status.as_u16() < 500, "{}", tried.text());
    nurse.see(&format!("/residents/{resident}")).await;
    // On paper, and at the door of an ambulance.
    let printed = sheet::issue(&api, resident).await;
    let (_, token) = printed.address().rsplit_once('/').unwrap();
    secrets.add(token);
    let lower = token.to_lowercase();
    secrets.add(&lower);
    for path in [
        format!("/q/{token}"),
        format!("/Q/{lower}"),
        format!("/q/{token}?staff"),
    ] {
        assert!(stranger.get(&path).await.status.as_u16() < 500);
    }
    let opened = stranger
        .post(&format!("/Q/{token}"), &[("emergency", "1")])
        .await;
    assert_eq!(opened.status, StatusCode::OK);
    let told = stranger
        .get_with(&format!("/q/{token}"), &[("accept", "application/json")])
        .await;
    assert_eq!(told.status, StatusCode::OK);
    let unknown = format!("/q/{}", token.chars().rev().collect::<String>());
    assert_eq!(stranger.get(&unknown).await.status, StatusCode::NOT_FOUND);
    // An emergency, a stay, the hospital's page.
    let transport = nurse
        .does(&format!("/residents/{resident}/transports"), &[])
        .await;
    let course = format!("{BIRD}の経過");
    nurse
        .post(
            &transport,
            &[
                ("do", "situation"),
                ("tap", "1"),
                ("incident_course", &course),
            ],
        )
        .await;
    let stay = begun(&nurse, resident).await;
    let document = issues(&nurse, &stay, "transfer", &ADMISSION).await;
    let told = links(&nurse, &document).await;
    secrets.add(told.address.trim_start_matches("/h/"));
    secrets.add(&told.passcode);
    secrets.add(&told.passcode.replace(' ', ""));
    let mut hospital = Hospital::at(service, &told);
    assert_eq!(
        hospital.knocks("0000 0000").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        hospital.knocks(&told.passcode).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(hospital.gets("").await.status, StatusCode::OK);
    assert_eq!(hospital.gets("/pdf").await.status, StatusCode::OK);
    secrets.add(told.sending.rsplit('/').next().unwrap());
    // Rows that no longer are what the schema promises.
    let spoil = "update sheet_revision set body";
    service.sql(
        &format!("drop trigger sheet_revision_no_update; {spoil} = x'63616e617279' where resident_id = '{other}'"),
        &format!("alter table sheet_revision disable trigger user; {spoil} = 'canary' where resident_id = '{other}'"),
    ).await;
    assert_eq!(
        nurse.get(&format!("/residents/{other}")).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    // A row that the database refuses: PostgreSQL then tells all that is in it.
    service
        .sql(
            "create trigger full before insert on scan begin select raise(abort, 'disk full'); end",
            "alter table scan add constraint disk_full check (at < 0) not valid",
        )
        .await;
    let headers = [("user-agent", "canary-agent")];
    let opened = stranger
        .post_with(&format!("/Q/{token}"), &[], &headers)
        .await;
    assert_eq!(opened.status, StatusCode::OK);
}

both_databases! {
    async fn nothing_of_anybody_is_in_the_log_or_the_figures(bench: Bench) {
        let mut service = Service::start(bench).await;
        let record = sheet::full();
        let resident = sheet::admit(&service.api("nurse").await, &record).await;
        let (figures, folder) = (free_port(), service.bench.folder.path().to_owned());
        let listen = format!("127.0.0.1:{figures}");
        let mut program = None;
        service.hands_over_to(|database| {
            let started = Program::start(database, &folder, &["--metrics-listen", &listen]);
            program.insert(started).port
        }).await;
        let mut program = program.unwrap();

        let mut secrets = Secrets::default();
        shift(&service, &resident, &mut secrets).await;
        let figures = wire::get(figures, "/metrics", "").await.text();
        assert!(program.stop().success(), "{}", program.log());

        let log = program.log();
        // What a log is for is in it.
        for line in log.lines() {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(value["level"].is_string(), "{line}");
        }
        for wanted in [
            "\"message\":\"answered\"", "\"route\":\"/q/{token}\"", "\"route\":\"/residents/{id}\"", "\"staff\":\"nurse\"",
            "\"facility\":\"sazanami\"", "\"status\":500", "request failed", "\"message\":\"stopped\"",
        ] {
            assert!(log.contains(wanted), "{wanted} in {log}");
        }
        for wanted in [
            "hikitsugi_requests_total{method=\"POST\",route=\"/Q/{token}\",status=\"2xx\"} 2",
            "hikitsugi_requests_total{method=\"GET\",route=\"/residents/{id}\",status=\"5xx\"} 1",
            "hikitsugi_request_seconds_count{lane=\"crew\"}", "hikitsugi_database_writable 1", "hikitsugi_write_failures_total",
        ] {
            assert!(figures.contains(wanted), "{wanted} in {figures}");
        }

        // And nothing else. Short words are looked for too, unless they are digits that a time or an id may hold.
        let typed = sheet::typed(&record).into_iter().filter(|word| word.chars().count() > 1 && (!word.is_ascii() || word.len() > 8));
        let people = ["佐々木", "さざなみ苑", "0463-00-1234", "203.0.113", PASSWORD, BIRD, "かなりあ", "canary", "勅使河原", "みなと総合病院"];
        let fields = ADMISSION.iter().map(|(_, value)| (*value).to_owned()).filter(|value| !value.is_ascii());
        let all = typed.chain(people.map(str::to_owned)).chain(fields).chain(secrets.0);
        for secret in all {
            assert!(secret.chars().count() > 1, "{secret}");
            for (place, text) in [("log", &log), ("figures", &figures)] {
                if let Some(line) = text.lines().find(|line| line.contains(&secret)) {
                    panic!("{secret} in the {place}: {line}");
                }
            }
        }
    }
}
