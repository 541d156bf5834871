//! What is known of people is sealed, by a key that is not in the database (security.md J-22, ASVS 11.2).

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::http::{Method, StatusCode};
use hikitsugi::domain::permit::ReadResident;
use hikitsugi::store::sheet::current;
use hikitsugi::store::{MasterKey, Store, StoreError, key};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::store::town::{Town, head};
use crate::story::directive::Home;
use crate::story::transport::taps;
use crate::support::service::Service;
use crate::support::{Bench, Folder, sheet};

/// Every value of every table of ours, as its bytes.
async fn everything(bench: &Bench) -> Vec<u8> {
    let mut all = Vec::new();
    for table in hikitsugi::store::backup::TABLES
        .iter()
        .chain(&hikitsugi::store::backup::LEFT_OUT)
    {
        if bench.is_sqlite() {
            let mut connection = SqliteConnection::connect(&bench.url).await.unwrap();
            let columns = sqlx::query("select name from pragma_table_info($1)").bind(*table);
            for column in columns.fetch_all(&mut connection).await.unwrap() {
                let column: String = column.get(0);
                let sql = format!(
                    "select cast({column} as blob) from {table} where {column} is not null"
                );
                for row in sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap()
                {
                    all.extend(row.get::<Vec<u8>, _>(0));
                    all.push(b'\n');
                }
            }
        } else {
            let mut connection = PgConnection::connect(&bench.url).await.unwrap();
            let columns = sqlx::query(
                "select column_name::text, data_type::text from information_schema.columns
                where table_schema = current_schema() and table_name = $1",
            )
            .bind(*table);
            for column in columns.fetch_all(&mut connection).await.unwrap() {
                let (column, kind): (String, String) = (column.get(0), column.get(1));
                let value = match kind.as_str() {
                    "bytea" => column.clone(),
                    _ => format!("convert_to({column}::text, 'UTF8')"),
                };
                let sql = format!("select {value} from {table} where {column} is not null");
                for row in sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap()
                {
                    all.extend(row.get::<Vec<u8>, _>(0));
                    all.push(b'\n');
                }
            }
        }
    }
    all
}

fn holds(all: &[u8], words: &[u8]) -> bool {
    let begins = |start: &usize| all[*start..].starts_with(words);
    let first = words[0];
    (0..all.len())
        .filter(|start| all[*start] == first)
        .any(|start| begins(&start))
}

both_databases! {
    /// Somebody takes the disk, not the key.
    async fn a_database_without_its_key_tells_nothing_of_people_but_what_is_searched(bench: Bench) {
        let service = Service::start(bench).await;
        let before = everything(&service.bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let record = sheet::full();
        let api = service.api("nurse").await;
        let id = sheet::admit(&api, &record).await;
        let paper = json!({"form": "emergency"});
        let issued = api.json(Method::POST, &format!("/api/v1/residents/{id}/documents"), &[("idempotency-key", "once")], &paper).await;
        assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
        let emergency = home.care.does(&format!("/residents/{id}/transports"), &[]).await;
        taps(&home.care, &emergency, &[("do", "observed"), ("words", "ひみつの経過を見た")]).await;
        let secret = service.door().key("care");

        let all = everything(&service.bench).await;
        // Names and rooms are searched, so they stand there: the words are looked for in the right place.
        for searched in ["name", "floor", "room"] {
            assert!(holds(&all, record[searched].as_str().unwrap().as_bytes()), "{searched}");
        }
        let searched = ["name", "name_kana", "floor", "room"].map(|key| record[key].as_str().unwrap());
        let mut secrets = sheet::typed(&record);
        // What the facility says of itself is nobody's secret, and a few letters are found by chance.
        secrets.retain(|words| words.len() > 5);
        secrets.retain(|words| !searched.contains(&words.as_str()) && !holds(&before, words.as_bytes()));
        assert!(secrets.len() > 60, "{}", secrets.len());
        secrets.extend(["ひみつの経過を見た", "食べられなくなってからの、苦しみのない呼吸の変化", "1階 医務室の赤いファイル"].map(str::to_owned));
        for words in secrets {
            assert!(!holds(&all, words.as_bytes()), "{words}");
        }
        let digits = base32(&secret.replace(' ', ""));
        assert!(!holds(&all, &digits), "the key of somebody's digits");
        assert!(!holds(&all, b"%PDF"), "papers");
    }

    async fn a_new_master_key_takes_over_while_everything_is_read_and_written(bench: Bench) {
        bench.store.close().await;
        let file = bench.folder.path().join("master.key");
        let source = || MasterKey::File(file.clone());
        let store = Store::open(&bench.url, source()).await.unwrap();
        let mut town = Town::new(Bench { store: store.clone(), ..bench }).await;
        let resident = town.admit(&head("髙﨑 𠮷子", "たかさき よしこ", "203")).await;
        let permit = town.permit::<ReadResident>();
        let other = head("佐藤 ハル", "さとう はる", "204");
        for _ in 0..20 {
            key::add_master(&source()).unwrap();
            let (resealed, read, admitted) = tokio::join!(
                key::reseal(&store, town.now()),
                current(&store, &permit, &resident),
                town.try_admit(&other),
            );
            let resealed = resealed.unwrap();
            assert!(resealed.anew > 0 && resealed.anew == resealed.facilities, "{resealed:?}");
            assert_eq!(key::reseal(&store, town.now()).await.unwrap().anew, 0);
            read.unwrap();
            admitted.unwrap();
        }
        let listed = key::list(&store).await.unwrap();
        assert_eq!(listed.len(), 21);
        assert!(listed[0].facilities > 0 && listed[1..].iter().all(|old| old.facilities == 0), "{listed:?}");
        store.close().await;

        // What seals nothing can go.
        let text = std::fs::read_to_string(&file).unwrap();
        let newest = text.lines().next().unwrap();
        let old = text.lines().rfind(|line| line.starts_with("hikitsugi-key-")).unwrap();
        std::fs::write(&file, format!("{newest}\n")).unwrap();
        town.bench.store = Store::open(&town.bench.url, source()).await.unwrap();
        current(town.store(), &permit, &resident).await.unwrap();
        town.bench.store.close().await;
        // And the one that went opens nothing.
        let Err(error) = Store::open(&town.bench.url, MasterKey::Text(old.to_owned())).await else {
            panic!("opened with an old key");
        };
        assert!(matches!(error, StoreError::Key(_)), "{error:?}");
    }
}

/// base32 without padding, as authenticators take it.
fn base32(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::new());
    for letter in text.chars() {
        let value = LETTERS.find(letter).expect("base32");
        bits = (bits << 5) | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}

fn hikitsugi(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hikitsugi"));
    command.args(args).env_clear();
    command.output().unwrap()
}

fn told(args: &[&str]) -> String {
    let output = hikitsugi(args);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(args: &[&str]) -> String {
    let output = hikitsugi(args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
    assert_eq!(error.trim().lines().count(), 1, "{error}");
    assert!(!error.contains("hikitsugi-key-0"), "{error}");
    error
}

/// On the machine of one facility nobody sets anything: the key lies beside the database, for its owner alone.
#[tokio::test]
async fn the_key_file_is_made_once_and_a_missing_open_or_other_one_stops_the_start() {
    let folder = Folder::new();
    let path = folder.path().join("facility.db");
    let url = format!("sqlite:{}", path.display());
    let beside = PathBuf::from(format!("{}.key", path.display()));
    let town = Town::new(
        Bench::open_with(url.clone(), Folder::new(), MasterKey::File(beside.clone())).await,
    )
    .await;
    town.admit(&head("髙﨑 𠮷子", "たかさき よしこ", "203"))
        .await;
    town.bench.store.close().await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&beside), 0o600);

    let list = ["key", "list", "--database", &url];
    assert_eq!(told(&list).lines().count(), 1);
    assert!(told(&["key", "rotate", "--database", &url]).contains("1施設の鍵を"));
    assert_eq!(mode(&beside), 0o600);
    let listed = told(&list);
    assert!(
        listed.contains("使用中 1施設") && listed.contains("開くだけ 0施設"),
        "{listed}"
    );

    let kept = std::fs::read_to_string(&beside).unwrap();
    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refused(&list).contains("chmod 600"));
    std::fs::remove_file(&beside).unwrap();
    let missing = refused(&list);
    assert!(
        missing.contains("がありません") && missing.contains("写しを戻す"),
        "{missing}"
    );
    assert!(refused(&["audit", "verify", "--database", &url]).contains("がありません"));
    assert!(!beside.exists(), "another key would open nothing");

    let other = folder.path().join("other.key");
    std::fs::write(&other, format!("hikitsugi-key-{}", "0".repeat(64))).unwrap();
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).unwrap();
    let other = other.display().to_string();
    let by_file = [&list[..], &["--master-key-file", &other]].concat();
    assert!(refused(&by_file).contains("この鍵では開けません"));
    let both = [&by_file[..], &["--master-key-command", "cat"]].concat();
    assert!(refused(&both).contains("どれか1つ"));
    std::fs::write(&other, "hikitsugi-key-0123").unwrap();
    assert!(refused(&by_file).contains("64桁"));

    // A program that prints it, as a city's vault has one.
    std::fs::write(&other, &kept).unwrap();
    let vault = format!("/bin/cat {other}");
    let by_vault = ["--master-key-command", &vault];
    assert_eq!(told(&[&list[..], &by_vault].concat()), listed);
    let broken = [&list[..], &["--master-key-command", "/bin/false"]].concat();
    assert!(refused(&broken).contains("失敗しました"));
    // What it prints first takes over.
    let rotate = ["key", "rotate", "--database", &url];
    assert!(told(&[&rotate[..], &by_vault].concat()).contains("0施設の鍵を"));
}
