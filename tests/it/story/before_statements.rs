//! A database from before there were statements: the program of then made it (`init`, `serve`, two people at pages and
//! the API), and `before_statements.json` holds its rows. It is brought up to date, and nothing in it changes its
//! meaning.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hikitsugi::domain::id::FacilityId;
use hikitsugi::domain::permit::{Actor, ReadAudit, Role};
use hikitsugi::store::audit::{self, Verdict};
use serde_json::{Value, json};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::support::service::{Answer, Service};
use crate::support::{Bench, Folder, postgres};

/// The last schema without statements.
const BEFORE: i64 = 2;

fn rows() -> Value {
    serde_json::from_str(include_str!("before_statements.json")).unwrap()
}

/// The schema of then.
fn schema(all: &Migrator) -> Migrator {
    let then = all.iter().filter(|step| step.version <= BEFORE);
    Migrator::with_migrations(then.cloned().collect())
}

/// One statement a row, in the words of either engine.
fn inserts(bytes: impl Fn(&[u8]) -> String) -> String {
    let mut sql = String::new();
    for table in rows()["tables"].as_array().unwrap() {
        let names = table["columns"].as_array().unwrap();
        let names: Vec<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
        for row in table["rows"].as_array().unwrap() {
            let cells = row.as_array().unwrap().iter().map(|cell| match cell {
                Value::Null => "null".to_owned(),
                Value::Number(number) => number.to_string(),
                Value::String(text) => format!("'{}'", text.replace('\'', "''")),
                held => bytes(
                    &BASE64_STANDARD
                        .decode(held["bytes"].as_str().unwrap())
                        .unwrap(),
                ),
            });
            let cells: Vec<String> = cells.collect();
            let table = table["name"].as_str().unwrap();
            sql += &format!(
                "insert into {table} ({}) values ({});\n",
                names.join(", "),
                cells.join(", ")
            );
        }
    }
    sql
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn on_sqlite() -> Bench {
    let folder = Folder::new();
    let path = folder.path().join("then.db");
    let mut then = SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display()))
        .await
        .unwrap();
    schema(&sqlx::migrate!("migrations/sqlite"))
        .run(&mut then)
        .await
        .unwrap();
    let sql = inserts(|bytes| format!("x'{}'", hex(bytes)));
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut then)
        .await
        .unwrap();
    then.close().await.unwrap();
    Bench::open(format!("sqlite:{}", path.display()), folder).await
}

async fn on_postgres() -> Bench {
    let url = postgres::fresh_schema().await;
    let mut then = PgConnection::connect(&url).await.unwrap();
    schema(&sqlx::migrate!("migrations/postgres"))
        .run(&mut then)
        .await
        .unwrap();
    let sql = inserts(|bytes| format!("'\\x{}'::bytea", hex(bytes)));
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut then)
        .await
        .unwrap();
    then.close().await.unwrap();
    Bench::open(url, Folder::new()).await
}

async fn tap(service: &Service, scan_url: &str) -> Answer {
    let path = scan_url
        .strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP")
        .unwrap();
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "q.minato.example.jp")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    service.send(request.body(Body::empty()).unwrap()).await
}

async fn everything_means_what_it_meant(bench: Bench) {
    let service = Service::start(bench).await;
    // The rows are from the evening of 2026-11-25.
    service.clock.advance_minutes(4 * 24 * 60);
    let told = rows()["told"].clone();
    let text = |key: &str| told[key].as_str().unwrap().to_owned();
    let resident = format!("/api/v1/residents/{}", text("resident"));
    let nurse = service.api("old-nurse").await;

    // Every revision, the paper and its link.
    let sheet = nurse.get(&format!("{resident}/sheet")).await;
    assert_eq!(sheet.etag(), "\"2\"");
    let sheet = sheet.value();
    assert_eq!(sheet["record"]["name"], "髙﨑 𠮷子");
    assert_eq!(sheet["record"]["usual_spo2"], 96.0);
    let first = nurse
        .get(&format!("{resident}/sheet/revisions/1"))
        .await
        .value();
    assert_eq!(
        first["record"]["allergies"]["rows"][0]["substance"],
        "ペニシリン"
    );
    let pdf = nurse
        .get(&format!("/api/v1/documents/{}/pdf", text("document")))
        .await;
    assert_eq!(pdf.status, StatusCode::OK);
    assert!(pdf.body.starts_with(b"%PDF-"));
    let scanned = tap(&service, &text("scan_url")).await;
    assert_eq!(scanned.status, StatusCode::OK, "{}", scanned.text());
    let scanned = scanned.value();
    assert_eq!(scanned["standing"]["code"], "full_cpr", "{scanned}");
    assert!(!scanned.to_string().contains("撤回"));

    // What was written about wishes then is no statement now (safety.md S17).
    let standing = nurse.get(&format!("{resident}/standing")).await.value();
    assert_eq!(
        (&standing["code"], &standing["reasons"][0]["code"]),
        (&json!("full_cpr"), &json!("nothing_recorded"))
    );
    assert_eq!(
        nurse.get(&format!("{resident}/statements")).await.etag(),
        "\"0\""
    );

    // The people of then say something now, and the paper of then shows it.
    let wish = json!({"kind": "patient_wish", "body": {
        "cpr": "no_cpr", "stated_on": "2026-11-26", "stated_how": "spoken", "words": "もう十分生きたから、静かに逝かせてほしい",
    }});
    let said = nurse
        .json(
            Method::POST,
            &format!("{resident}/statements"),
            &[("if-match", "\"0\"")],
            &wish,
        )
        .await;
    assert_eq!(said.status, StatusCode::CREATED, "{}", said.text());
    let scanned = tap(&service, &text("scan_url")).await.value();
    assert_eq!(scanned["standing"]["code"], "full_cpr_wish_only");
    let now = scanned["standing"]["headline"].as_str().unwrap();
    assert!(
        scanned
            .to_string()
            .matches("心肺蘇生を実施してください(通常どおり)")
            .count()
            >= 1,
        "what was printed: {scanned}"
    );
    assert!(now.contains("医師の指示なし"));

    // The chain goes on from where it was.
    let of_then = |table: &Value| table["name"] == "resident";
    let rows = rows();
    let residents = rows["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|table| of_then(table))
        .unwrap();
    let facility = FacilityId::from(residents["rows"][0][0].as_str().unwrap());
    let manager = Actor::console(facility, Role::Manager)
        .permit::<ReadAudit>()
        .unwrap();
    let verdict = audit::verify(&service.bench.store, &manager).await.unwrap();
    assert!(
        matches!(verdict, Verdict::Whole { entries, .. } if entries > 13),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn a_database_of_then_is_brought_up_to_date_on_sqlite() {
    everything_means_what_it_meant(on_sqlite().await).await;
}

#[tokio::test]
async fn a_database_of_then_is_brought_up_to_date_on_postgres() {
    everything_means_what_it_meant(on_postgres().await).await;
}
