//! Opening a database, and being told why not.

use hikitsugi::store::{Store, StoreError};

use super::town::{Town, head};
use crate::support::{Bench, Folder, master_key};

async fn refusal(url: &str) -> StoreError {
    match Store::open(url, master_key()).await {
        Ok(_) => panic!("{url} opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn an_address_that_names_no_database_is_refused() {
    for url in [
        "",
        "hikitsugi.db",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:a.db?mode=ro",
        "mysql://localhost/a",
        "postgres://[",
    ] {
        let error = refusal(url).await;
        assert!(matches!(error, StoreError::Address(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    // Root may write anywhere but here.
    for path in ["/proc/hikitsugi.db", "/nowhere/at/all/hikitsugi.db"] {
        let error = refusal(&format!("sqlite:{path}")).await;
        assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = Folder::new();
    let path = folder.path().join("letter.txt");
    let letter = "拝啓 ".repeat(1000);
    std::fs::write(&path, &letter).unwrap();
    let error = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_second_program_on_the_same_file_is_refused_until_the_first_ends() {
    let bench = Bench::sqlite().await;
    let error = refusal(&bench.url).await;
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    bench.store.close().await;
    Store::open(&bench.url, master_key())
        .await
        .unwrap()
        .ping()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_its_password() {
    let error = refusal("postgres://nurse:hunter2@127.0.0.1:1/hikitsugi").await;
    assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_link_to_the_file_meets_the_same_lock() {
    let bench = Bench::sqlite().await;
    let link = bench.folder.path().join("other-name.db");
    std::os::unix::fs::symlink(bench.folder.path().join("test.db"), &link).unwrap();
    let error = refusal(&format!("sqlite:{}", link.display())).await;
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
}

#[tokio::test]
async fn looking_at_what_is_not_there_creates_nothing() {
    let folder = Folder::new();
    let path = folder.path().join("none.db");
    let Err(error) = Store::open_to_read(&format!("sqlite:{}", path.display()), master_key()).await
    else {
        panic!("opened");
    };
    assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

both_databases! {
    async fn a_served_database_can_be_looked_at_and_not_written(bench: Bench) {
        let town = Town::new(bench).await;
        let looking = Store::open_to_read(&town.bench.url, master_key()).await.unwrap();
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let found = hikitsugi::store::resident::get(&looking, &town.permit(), &id).await.unwrap();
        assert_eq!(found.name, "山田 花子");
        hikitsugi::store::instance::get_or_create(&looking, "name", b"", town.now()).await.unwrap_err();
        looking.close().await;
        town.admit(&head("山田 花江", "やまだ はなえ", "202")).await;
    }

    async fn the_schema_of_a_newer_version_is_left_alone(bench: Bench) {
        let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
            values (9999, 'from the future', true, $1, 0)";
        bench.store.close().await;
        if bench.is_sqlite() {
            use sqlx::Connection;
            let mut connection = sqlx::SqliteConnection::connect(&bench.url).await.unwrap();
            sqlx::query(newer).bind(vec![1_u8]).execute(&mut connection).await.unwrap();
        } else {
            use sqlx::Connection;
            let mut connection = sqlx::PgConnection::connect(&bench.url).await.unwrap();
            sqlx::query(newer).bind(vec![1_u8]).execute(&mut connection).await.unwrap();
        }
        let error = refusal(&bench.url).await;
        assert!(matches!(error, StoreError::Schema { .. }), "{error:?}");
    }

    async fn what_was_written_is_there_after_closing(bench: Bench) {
        let town = Town::new(bench).await;
        let name = "髙橋 﨑子 𠮷田\u{E0101}";
        let id = town.admit(&head(name, "たかはし さきこ", "201")).await;
        town.store().close().await;

        let again = Store::open(&town.bench.url, master_key()).await.unwrap();
        let found = hikitsugi::store::resident::get(&again, &town.permit(), &id).await.unwrap();
        assert_eq!(found.name, name);
    }

    async fn a_closed_store_writes_nothing(bench: Bench) {
        let town = Town::new(bench).await;
        town.store().close().await;
        town.try_admit(&head("山田 花子", "やまだ はなこ", "201")).await.unwrap_err();
    }

    async fn text_that_one_engine_cannot_keep_is_refused_by_both(bench: Bench) {
        let town = Town::new(bench).await;
        let refusal = town.try_admit(&head("山田\0花子", "やまだ はなこ", "201")).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Unstorable), "{refusal:?}");
        town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
    }
}
