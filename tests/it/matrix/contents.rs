//! What a database holds, as a text for each table: two that are equal mean that nothing was written.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::support::Bench;

/// Where every look at a resident is written down.
const NOTED: [&str; 2] = ["audit", "chain_head"];
const TABLES_OF_SQLITE: &str = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";
const TABLES_OF_POSTGRES: &str =
    "select tablename::text from pg_tables where schemaname = current_schema() order by tablename";

/// A hand at the database that stays there.
pub enum Hand {
    Sqlite(SqliteConnection, String),
    Postgres(PgConnection, String),
}

impl Hand {
    pub async fn at(bench: &Bench) -> Self {
        if bench.is_sqlite() {
            let mut hand = SqliteConnection::connect(&bench.url).await.unwrap();
            let tables = sqlx::query(TABLES_OF_SQLITE);
            let mut each = Vec::new();
            for row in tables.fetch_all(&mut hand).await.unwrap() {
                let table: String = row.get(0);
                let columns =
                    AssertSqlSafe(format!("select name from pragma_table_info('{table}')"));
                let columns = sqlx::query(columns).fetch_all(&mut hand).await.unwrap();
                let columns: Vec<String> = columns
                    .iter()
                    .map(|row| format!("substr(quote(\"{}\"), 1, 400)", row.get::<String, _>(0)))
                    .collect();
                each.push(format!(
                    "select '{table}', coalesce(group_concat({}, '|'), '') from \"{table}\"",
                    columns.join(" || ',' || ")
                ));
            }
            Self::Sqlite(hand, each.join(" union all "))
        } else {
            let mut hand = PgConnection::connect(&bench.url).await.unwrap();
            let tables = sqlx::query(TABLES_OF_POSTGRES).fetch_all(&mut hand).await;
            let each: Vec<String> = tables
                .unwrap()
                .iter()
                .map(|row| row.get::<String, _>(0))
                .map(|table| {
                    format!("select '{table}', coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from \"{table}\" t")
                })
                .collect();
            Self::Postgres(hand, each.join(" union all "))
        }
    }

    pub async fn contents(&mut self) -> BTreeMap<String, String> {
        let mut contents: BTreeMap<String, String> = match self {
            Self::Sqlite(hand, sql) => {
                let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                    .fetch_all(hand)
                    .await;
                rows.unwrap()
                    .iter()
                    .map(|row| (row.get(0), row.get(1)))
                    .collect()
            }
            Self::Postgres(hand, sql) => {
                let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                    .fetch_all(hand)
                    .await;
                rows.unwrap()
                    .iter()
                    .map(|row| (row.get(0), row.get(1)))
                    .collect()
            }
        };
        assert!(contents.len() > 30, "{contents:?}");
        contents.retain(|table, _| !NOTED.contains(&table.as_str()));
        contents
    }
}

/// The tables that are not the same.
pub fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let tables = after.iter();
    tables
        .filter(|(table, text)| before.get(*table) != Some(text))
        .map(|(table, _)| table.clone())
        .collect()
}
