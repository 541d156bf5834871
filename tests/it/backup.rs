//! Backups by the command line: made while the service runs, proved, and lived with again (security.md J-12, J-22, H28).

use std::path::Path;
use std::process::{Command, Output};

use axum::body::Body;
use axum::http::Request;
use hikitsugi::command::nightly;
use hikitsugi::config::Backups;
use hikitsugi::domain::clock::Clock;
use hikitsugi::store::backup::{LEFT_OUT, TABLES};
use hikitsugi::web::watch_router;
use http_body_util::BodyExt;
use sqlx::{Connection, Row, SqliteConnection};
use tower::ServiceExt;

use crate::store::schema::is_ours;
use crate::story::directive::Home;
use crate::support::service::Service;
use crate::support::{Bench, MASTER_KEY};

fn hikitsugi(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hikitsugi"));
    command
        .args(args)
        .env_remove("HIKITSUGI_BACKUP_TO")
        .envs([MASTER_KEY]);
    command.output().unwrap()
}

/// The line that says what was done.
fn does(args: &[&str]) -> String {
    let output = hikitsugi(args);
    let told = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {told} {error}");
    told
}

/// The line that says why nothing was done.
fn refuses(args: &[&str]) -> String {
    let output = hikitsugi(args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
    assert_eq!(error.trim().lines().count(), 1, "{error}");
    error
}

/// A key of its own: where the secret part lies, and the public part.
fn key(folder: &Path, name: &str) -> (String, String) {
    let secret = folder.join(name).display().to_string();
    let told = does(&["key", "new", "--out", &secret]);
    let (_, public) = told.trim().rsplit_once(' ').unwrap();
    assert!(public.starts_with("age1"), "{told}");
    (secret, public.to_owned())
}

both_databases! {
    /// H28: somebody took an order back after the backup was made. What comes back never shows it.
    async fn h28_whatever_a_backup_says_of_resuscitation_waits_for_the_physician(bench: Bench) {
        let mut service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let id = home.id.clone();
        drop(home);
        let folder = service.bench.folder.path().to_owned();
        let (secret, public) = key(&folder, "paper.key");
        let file = folder.join("monday.hikitsugi").display().to_string();
        let url = service.bench.url.clone();
        let told = does(&["backup", &file, "--to", &public, "--database", &url]);
        assert!(told.contains("3施設、入居者1人、意思と指示"), "{told}");

        // It says nothing to who has no key.
        let bytes = std::fs::read(&file).unwrap();
        for words in ["髙﨑", "さざなみ苑", "nurse", "argon2id", "AGE-SECRET-KEY"] {
            let is_there = bytes.windows(words.len()).any(|part| part == words.as_bytes());
            assert!(!is_there, "{words}");
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "for its owner alone");
        let summary = told.split_once(": ").unwrap().1.trim().to_owned();
        assert!(does(&["verify", &file, "--key", &secret]).contains(&summary));
        let (other, _) = key(&folder, "other.key");
        assert!(refuses(&["verify", &file, "--key", &other]).contains("この鍵では開けません"));
        assert!(refuses(&["backup", &file, "--to", &public, "--database", &url]).contains("書き換えません"));
        assert!(refuses(&["backup", &file, "--to", "age1nothing", "--database", &url]).contains("公開の鍵ではありません"));

        // Into a database that holds something, nothing comes.
        service.bench.store.close().await;
        assert!(refuses(&["restore", &file, "--key", &secret, "--database", &url]).contains("空ではありません"));
        let fresh = Bench::postgres().await;
        fresh.store.close().await;
        let embedded = format!("sqlite:{}", folder.join("restored.db").display());
        // The other engine, too: a facility's file becomes a city's server, and back.
        for url in [fresh.url.as_str(), &embedded] {
            let told = does(&["restore", &file, "--key", &secret, "--database", url]);
            assert!(told.contains(&summary) && told.contains("医師の確認待ち"), "{told}");
            assert!(does(&["audit", "verify", "--database", url]).contains("切れ目なし"));
        }
        service.bench.url = embedded;
        service.restart().await;
        let care = service.sign_in("care").await;
        let page = care.see(&format!("/residents/{id}")).await;
        assert!(!page.contains("data-standing=\"order_on_file\"") && page.contains("data-standing=\"full_cpr"), "{page}");
        let page = care.see(&format!("/residents/{id}/directive")).await;
        assert!(page.contains("控えから戻したため"), "{page}");
        assert!(service.sign_in("manager").await.see("/audit").await.contains("控えから戻した"));
    }
}

/// Every byte that is changed, and every place at which a file is cut, is found before anything is restored.
#[tokio::test]
async fn a_changed_or_cut_backup_restores_nothing() {
    let service = Service::start(Bench::sqlite().await).await;
    service
        .sign_in("nurse")
        .await
        .admits("髙﨑 𠮷子", "たかさき よしこ", "203")
        .await;
    let folder = service.bench.folder.path();
    let (secret, public) = key(folder, "paper.key");
    let file = folder.join("whole").display().to_string();
    does(&[
        "backup",
        &file,
        "--to",
        &public,
        "--database",
        &service.bench.url,
    ]);
    let whole = std::fs::read(&file).unwrap();
    let broken = folder.join("broken").display().to_string();
    let target = folder.join("target.db");
    let url = format!("sqlite:{}", target.display());
    const PLACES: usize = 24;
    for number in 0..PLACES {
        let place = number * (whole.len() - 1) / (PLACES - 1);
        let mut changed = whole.clone();
        changed[place] ^= 1 << (number % 8);
        std::fs::write(&broken, &changed).unwrap();
        refuses(&["verify", &broken, "--key", &secret]);
        std::fs::write(&broken, &whole[..place]).unwrap();
        refuses(&["restore", &broken, "--key", &secret, "--database", &url]);
        assert!(!target.exists(), "{place}");
    }
    std::fs::write(&broken, [whole.as_slice(), b"x"].concat()).unwrap();
    refuses(&["verify", &broken, "--key", &secret]);
    does(&["verify", &file, "--key", &secret]);
}

/// A table that somebody adds is either kept, or left out on purpose.
#[tokio::test]
async fn every_table_is_kept_or_left_out_by_name() {
    let bench = Bench::sqlite().await;
    let mut connection = SqliteConnection::connect(&bench.url).await.unwrap();
    let rows = sqlx::query("select name from sqlite_master where type = 'table'");
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let mut there: Vec<String> = rows.iter().map(|row| row.get("name")).collect();
    there.retain(|table| is_ours(table));
    there.sort_unstable();
    let mut known: Vec<&str> = TABLES.iter().chain(&LEFT_OUT).copied().collect();
    known.sort_unstable();
    assert_eq!(there, known);
}

/// What a service does by itself each night, with two nights of trouble in between.
#[tokio::test]
async fn each_nights_backup_is_proved_copied_and_shown_to_the_operator() {
    let service = Service::start(Bench::sqlite().await).await;
    let nurse = service.sign_in("nurse").await;
    nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
    drop(nurse);
    let folder = service.bench.folder.path().to_owned();
    let (secret, public) = key(&folder, "paper.key");
    let (first, second) = (folder.join("first"), folder.join("second"));
    let wanted = Backups {
        dir: first.clone(),
        second: Some(second.clone()),
        to: vec![public],
    };
    assert!(
        nightly::Plan::of(&wanted).is_err(),
        "a folder that is not there"
    );
    std::fs::create_dir(&first).unwrap();
    std::fs::create_dir(&second).unwrap();
    let plan = nightly::Plan::of(&wanted).unwrap();
    std::fs::write(first.join("not-ours.age"), "kept").unwrap();
    let unset = service.sign_in("operator").await.see("/facilities").await;
    assert!(unset.contains("自動で取っていません"), "{unset}");

    let began = service.clock.now();
    let night = |number: i64| began.plus_days(number);
    let names = |place: &Path| {
        let files = std::fs::read_dir(place).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    for number in 0..20 {
        let outcome = nightly::round(&service.bench.store, &plan, night(number)).await;
        assert_eq!(outcome.failure, None);
        assert_eq!(outcome.good_at, Some(night(number).0));
    }
    let kept = names(&first);
    assert_eq!(kept[kept.len() - 1], "not-ours.age");
    assert_eq!(names(&second), kept[..kept.len() - 1]);
    assert!((15..=17).contains(&names(&second).len()), "{kept:?}");
    // Any of them comes back by the key that lies in the safe, and nothing plain was left behind.
    for name in names(&second) {
        let file = second.join(name).display().to_string();
        assert!(does(&["verify", &file, "--key", &secret]).contains("入居者1人"));
    }
    service.clock.set(night(19));
    let page = service.sign_in("operator").await.see("/facilities").await;
    assert!(
        page.contains("今日") && page.contains("戻し、中身と操作の記録のつながりを確かめました"),
        "{page}"
    );
    assert!(!page.contains("26時間"), "{page}");

    // The second place is gone: the first backup stands, and the operator is told why the night is not good.
    std::fs::remove_dir_all(&second).unwrap();
    let outcome = nightly::round(&service.bench.store, &plan, night(20)).await;
    let why = outcome.failure.unwrap();
    assert!(
        why.contains("second") && why.contains("フォルダーがありません"),
        "{why}"
    );
    assert_eq!(outcome.good_at, Some(night(19).0));
    let outcome = nightly::round(&service.bench.store, &plan, night(21)).await;
    assert!(outcome.is_overdue(night(21)));
    service.clock.set(night(21));
    let page = service.sign_in("operator").await.see("/facilities").await;
    assert!(
        page.contains("控えが26時間より古くなっています") && page.contains("できませんでした"),
        "{page}"
    );
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let figures = watch_router(service.app.clone())
        .oneshot(request)
        .await
        .unwrap();
    let figures = figures.into_body().collect().await.unwrap().to_bytes();
    let figures = String::from_utf8(figures.to_vec()).unwrap();
    assert!(
        figures.contains("hikitsugi_backup_age_seconds 172800\n"),
        "{figures}"
    );
    assert!(figures.contains("hikitsugi_backup_failed 1\n"), "{figures}");
}
