//! One SQL text, two engines.

use std::collections::BTreeMap;
use std::path::Path;

use hikitsugi::domain::answer::Inputs;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::directive::{Kind, Statement};
use hikitsugi::domain::id::BinderId;
use hikitsugi::domain::permit::RaiseProtection;
use hikitsugi::store::binder::{self, NewBinder};
use hikitsugi::store::directive::{self, NewStatement};
use hikitsugi::store::sheet;
use sqlx::{
    AssertSqlSafe, Column, Connection, Either, Executor, PgConnection, Row, SqlSafeStr,
    SqliteConnection, Statement as _,
};

use super::town::{Town, head, new_link};
use crate::support::Bench;

async fn sqlite(bench: &Bench) -> SqliteConnection {
    SqliteConnection::connect(&bench.url).await.unwrap()
}

async fn postgres(bench: &Bench) -> PgConnection {
    PgConnection::connect(&bench.url).await.unwrap()
}

#[tokio::test]
async fn every_statement_means_the_same_on_both_engines() {
    let (on_sqlite, on_postgres) = (Bench::sqlite().await, Bench::postgres().await);
    let mut sqlite = sqlite(&on_sqlite).await;
    let mut postgres = postgres(&on_postgres).await;
    let statements = hikitsugi::store::statements();
    assert!(statements.len() > 80, "{}", statements.len());
    for (file, name, sql) in statements {
        let text = || AssertSqlSafe(sql).into_sql_str();
        let one = sqlite
            .prepare(text())
            .await
            .unwrap_or_else(|error| panic!("{file} {name} on SQLite: {error}"));
        let other = postgres
            .prepare(text())
            .await
            .unwrap_or_else(|error| panic!("{file} {name} on PostgreSQL: {error}"));
        let names = |columns: Vec<&str>| columns.join(", ");
        assert_eq!(
            names(one.columns().iter().map(Column::name).collect()),
            names(other.columns().iter().map(Column::name).collect()),
            "columns of {file} {name}"
        );
        assert_eq!(
            count(one.parameters()),
            count(other.parameters()),
            "parameters of {file} {name}"
        );
    }
}

fn count<T>(parameters: Option<Either<&[T], usize>>) -> usize {
    parameters.map_or(0, |either| either.either(<[T]>::len, |count| count))
}

#[tokio::test]
async fn both_migrations_make_the_same_tables() {
    let (on_sqlite, on_postgres) = (Bench::sqlite().await, Bench::postgres().await);
    let sqlite = sqlx::query(
        "select m.name as t, c.name as c, c.type as k, c.\"notnull\" as n
        from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table'",
    )
    .fetch_all(&mut sqlite(&on_sqlite).await)
    .await
    .unwrap();
    let postgres = sqlx::query(
        "select table_name::text as t, column_name::text as c, data_type::text as k,
            (is_nullable = 'NO')::int::bigint as n
        from information_schema.columns where table_schema = current_schema()",
    )
    .fetch_all(&mut postgres(&on_postgres).await)
    .await
    .unwrap();
    let sqlite: BTreeMap<_, _> = sqlite
        .iter()
        .filter(|row| is_ours(row.get("t")))
        .map(|row| column(row.get("t"), row.get("c"), row.get("k"), row.get("n")))
        .collect();
    let postgres: BTreeMap<_, _> = postgres
        .iter()
        .filter(|row| is_ours(row.get("t")))
        .map(|row| column(row.get("t"), row.get("c"), row.get("k"), row.get("n")))
        .collect();
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    assert_eq!(sqlite, postgres);
}

/// Not the engine's own table, nor the migrations'.
pub fn is_ours(table: &str) -> bool {
    !table.starts_with("sqlite_") && !table.starts_with('_')
}

fn column(
    table: String,
    column: String,
    kind: String,
    not_null: i64,
) -> ((String, String), (&'static str, bool)) {
    let kind = match kind.to_lowercase().as_str() {
        "text" => "text",
        "integer" | "bigint" => "integer",
        "blob" | "bytea" => "bytes",
        other => panic!("{table}.{column} is {other}"),
    };
    ((table, column), (kind, not_null == 1))
}

/// Lists and searches stay flat only as long as an index gives them their order.
#[tokio::test]
async fn no_statement_reads_or_sorts_a_whole_table() {
    // Small, or asked for as a whole: facilities, chains, the installation's own values; old keys are few.
    let small = ["f", "facility", "chain_head", "instance"];
    let bench = Bench::sqlite().await;
    let mut connection = sqlite(&bench).await;
    let mut looked = 0;
    for (file, name, sql) in hikitsugi::store::statements() {
        let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for step in plan {
            let step: String = step.get("detail");
            looked += 1;
            let scanned = step
                .strip_prefix("SCAN ")
                .and_then(|rest| rest.split(' ').next());
            if let Some(table) = scanned {
                // An index of the few who drive people home, and of nothing else.
                let few = step.ends_with("USING INDEX desk_of_the_way_home");
                assert!(few || small.contains(&table), "{file} {name}: {step}");
            }
            if step.contains("TEMP B-TREE") {
                let few = matches!(
                    (file, name),
                    // Drafts of one sheet, one facility's statuses, and the papers of one file.
                    ("sheet", "DRAFTS_OF_OTHERS") | ("facility", "LIST") | ("binder", "PAPERS")
                );
                assert!(few, "{file} {name}: {step}");
            }
        }
    }
    assert!(looked > 80, "{looked}");
}

both_databases! {
    async fn what_was_said_cannot_be_changed_at_the_shell(bench: Bench) {
        let town = Town::new(bench).await;
        let resident = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        town.issue(&resident, 1, new_link()).await.unwrap();
        let permit = town.permit();
        sheet::verify(town.store(), &permit, &resident, 1, town.now()).await.unwrap();
        let revoked = Statement::read(Kind::Revoked, &Inputs::from_json(&serde_json::json!({"revoked_by": "resident"}))).unwrap();
        let new = NewStatement { about: None, statement: &revoked };
        let raise = town.permit::<RaiseProtection>();
        directive::record(town.store(), &raise, &resident, new, None, Limits::default(), town.now()).await.unwrap();
        let new = NewBinder { id: &BinderId::from("b"), pages: 1, sha256: &[7; 32], pdf: b"%PDF-" };
        binder::issue(town.store(), &town.permit(), new, &[], town.now()).await.unwrap();
        let bound = "insert into binder_document select facility_id, 'b', id, 1 from document";
        town.bench.at_the_shell(bound).await.unwrap();
        for sql in [
            "update binder set pdf = pdf",
            "delete from binder",
            "update binder_document set page = 2",
            "delete from binder_document",
            "update sheet_revision set body = body",
            "delete from sheet_revision",
            "update sheet_verification set at = 0",
            "delete from sheet_verification",
            "update statement set kind = 'acp_talk'",
            "delete from statement",
            "update audit set at = 0",
            "delete from audit",
            "update document set pdf = pdf",
            "update document set serial = 'x'",
            "delete from document",
        ] {
            let refusal = town.bench.at_the_shell(sql).await.unwrap_err();
            assert!(refusal.to_string().contains("append-only"), "{sql}: {refusal}");
        }
    }
}

/// Transactions of the driver are what loses acknowledged writes (store/writer.rs), and reads of its own would skip
/// the refusal of NULL (store/db.rs).
#[test]
fn only_the_facade_speaks_to_the_driver() {
    let allowed = ["db.rs", "writer.rs", "open.rs", "error.rs"];
    let mut seen = 0;
    walk(Path::new("src"), &mut |path, text| {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.starts_with("src/store") && allowed.contains(&name) {
            seen += 1;
            return;
        }
        let speaks = text.lines().find(|line| {
            !line.trim_start().starts_with("//")
                && line.contains("sqlx::")
                && !line.contains("sqlx::Error::PoolClosed")
        });
        assert_eq!(speaks, None, "{}", path.display());
    });
    assert_eq!(seen, allowed.len());
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
