//! The whole database as lines of text, the same for both engines: what a backup holds and a restore reads.
//!
//! A header line, then for each table a line with its columns and a line for each row, then what there was of each
//! table. Everything is read in one transaction, so the lines are of one moment while the service writes.

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::audit::{self, Author, Entry};
use super::db::{Arg, Pool, Raw};
use super::writer::Tx;
use super::{Store, StoreError, directive, key};
use crate::domain::clock::Moment;
use crate::domain::permit::{OperateService, Permit};

/// How many serial numbers of each facility's year a restore leaves out: more than one issues between two backups.
const SKIPPED_SERIALS: i64 = 1000;
/// The form of the lines. A program reads only the one it knows.
const FORMAT: i64 = 1;
/// Every table that is kept, each behind those to which it refers.
pub const TABLES: [&str; 37] = [
    "facility",
    "data_key",
    "staff",
    "second_factor",
    "recovery_code",
    "resident",
    "sheet_revision",
    "sheet_draft",
    "sheet_verification",
    "document_serial",
    "document",
    "link",
    "scan",
    "attachment",
    "chain_head",
    "audit",
    "instance",
    "statement",
    "binder",
    "binder_document",
    "document_collected",
    "fax",
    "fax_event",
    "transport",
    "transport_event",
    "flow",
    "handoff",
    "handoff_part",
    "handoff_ended",
    "handoff_file",
    "handoff_document",
    "sending",
    "sending_event",
    "sending_link",
    "desk",
    "capability",
    "idempotency",
];
/// What is not: who is signed in, or was about to be. After a restore everybody gives password and digits again, and no
/// envelope opens: one that was opened after the backup would open twice.
pub const LEFT_OUT: [&str; 7] = [
    "session",
    "login_failure",
    "sending_visit",
    "remembered_device",
    "sign_in",
    "invitation",
    "sealed_account",
];

statements! {
    FORGET_OUTCOME = "delete from instance where name = 'backup'";
    KEEP_OUTCOME = "insert into instance (name, value, created_at) values ('backup', $1, $2)";
    OUTCOME = "select value from instance where name = 'backup'";
    SCHEMA = "select max(version) as version from _sqlx_migrations";
}

/// Each engine's own catalogue: the only statements that are not the same on both.
const OF_SQLITE: &str = "select name, lower(type) as kind from pragma_table_info($1)";
const OF_POSTGRES: &str = "select column_name::text as name, data_type::text as kind from information_schema.columns
    where table_schema = current_schema() and table_name = $1";

row! {
    struct Version { version: Option<i64> }
}

/// Why a backup is not written or not read.
#[derive(Debug)]
pub enum BackupError {
    Store(StoreError),
    Io(io::Error),
    /// What is wrong with the lines, or with the database they are for.
    Wrong(String),
}

impl<E: Into<StoreError>> From<E> for BackupError {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

impl std::fmt::Display for BackupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
            Self::Wrong(words) => f.write_str(words),
        }
    }
}

/// How the last backup went that the service made by itself, for whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Outcome {
    /// When it was tried, and when one last succeeded; milliseconds of the clock.
    pub at: i64,
    pub good_at: Option<i64>,
    /// The folder, and the second one.
    pub places: Vec<String>,
    /// How many backups stand in the first.
    pub generations: usize,
    /// Bytes of the last good one.
    pub size: u64,
    /// Why it failed, in words.
    pub failure: Option<String>,
}

impl Outcome {
    /// How old the last good one may become: a night may fail once, not twice.
    const MAX_AGE_HOURS: i64 = 26;

    pub fn is_overdue(&self, now: Moment) -> bool {
        self.good_at.is_none_or(|at| now.0 - at > Self::MAX_AGE_HOURS * 3_600_000)
    }
}

row! {
    struct Kept { value: Vec<u8> }
}

/// Says how a backup went.
pub async fn note_outcome(store: &Store, outcome: &Outcome, at: Moment) -> Result<(), StoreError> {
    let value = json!(outcome).to_string().into_bytes();
    let detail = json!({"failed": outcome.failure.is_some(), "generations": outcome.generations});
    in_tx!(store, at, tx => {
        tx.exec(FORGET_OUTCOME, args![]).await?;
        tx.exec(KEEP_OUTCOME, args![&value, at]).await?;
        let author = Author::program_of_all("backup");
        audit::append(tx, &author, at, Entry::new("backup.made", None, detail.clone())).await
    })
}

/// `None`: the service never made one by itself.
pub async fn last_outcome(
    store: &Store,
    _: &Permit<OperateService>,
) -> Result<Option<Outcome>, StoreError> {
    let kept: Option<Kept> = store.db().opt(OUTCOME, args![]).await?;
    let read = |kept: Kept| serde_json::from_slice(&kept.value);
    kept.map(read).transpose().map_err(|_| StoreError::Unreadable("instance.backup".to_owned()))
}

/// What there is of each table: how many rows, and a number that any other row would change. The order of rows and the
/// engine make no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary(BTreeMap<String, (u64, [u64; 4])>);

impl Summary {
    fn add(&mut self, table: &str, line: &str) {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, line.as_bytes());
        let (rows, sums) = self.0.entry(table.to_owned()).or_default();
        *rows += 1;
        for (sum, part) in sums.iter_mut().zip(digest.as_ref().chunks_exact(8)) {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(part);
            *sum = sum.wrapping_add(u64::from_be_bytes(bytes));
        }
    }

    pub fn rows(&self) -> u64 {
        self.0.values().map(|(rows, _)| rows).sum()
    }

    /// How many rows of one table.
    pub fn of(&self, table: &str) -> u64 {
        self.0.get(table).map_or(0, |(rows, _)| *rows)
    }

    fn json(&self) -> Value {
        let table = |(name, (rows, sums)): (&String, &(u64, [u64; 4]))| {
            let digest: String = sums.iter().map(|sum| format!("{sum:016x}")).collect();
            (name.clone(), json!({"rows": rows, "digest": digest}))
        };
        Value::Object(self.0.iter().map(table).collect())
    }
}

/// Writes every line of one moment. Reads only, also while another process serves the database.
///
/// # Errors
/// What failed; the lines written so far have no end and are refused by [`load`].
pub async fn dump(
    store: &Store,
    at: Moment,
    write: &mut (dyn FnMut(&str) -> io::Result<()> + Send),
) -> Result<Summary, BackupError> {
    let version: Version = store.db().one(SCHEMA, args![]).await?;
    let header = json!({
        "hikitsugi_backup": FORMAT, "program": env!("CARGO_PKG_VERSION"), "schema": version.version, "at": at.0,
    });
    write(&header.to_string()).map_err(BackupError::Io)?;
    let mut summary = Summary::default();
    let mut tables = Vec::new();
    for table in TABLES {
        let columns = columns(store, table).await?;
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("select {} from {table}", names.join(", "));
        let head = json!({"table": table, "columns": columns}).to_string();
        tables.push((table, head, sql));
    }
    let statements: Vec<String> = tables.iter().map(|(_, _, sql)| sql.clone()).collect();
    let mut begun = 0;
    let keys = store.db().keys();
    let mut each = |number: usize, mut cells: Vec<Raw>| -> Result<(), BackupError> {
        if tables[number].0 == "data_key" {
            cells = cells.into_iter().map(|cell| unlocked(keys, cell)).collect::<Result<_, _>>()?;
        }
        let line = Value::Array(cells.into_iter().map(cell).collect()).to_string();
        while begun <= number {
            write(&tables[begun].1).map_err(BackupError::Io)?;
            begun += 1;
        }
        summary.add(tables[number].0, &line);
        write(&line).map_err(BackupError::Io)
    };
    store.db().snapshot(&statements, &mut each).await?;
    write(&json!({"end": summary.json()}).to_string()).map_err(BackupError::Io)?;
    Ok(summary)
}

row! {
    struct Known { name: String, kind: String }
}

/// A column and what it holds: `text`, `integer` or `bytes`.
type Kinds = Vec<(String, &'static str)>;

/// By name: the order in which migrations added them is no matter.
async fn columns(store: &Store, table: &str) -> Result<Kinds, StoreError> {
    let sql = match store.db().pool() {
        Pool::Sqlite(_) => OF_SQLITE,
        Pool::Postgres(_) => OF_POSTGRES,
    };
    let known: Vec<Known> = store.db().all(sql, args![table]).await?;
    let mut columns = Kinds::new();
    for Known { name, kind } in known {
        let kind = match kind.as_str() {
            "text" => "text",
            "integer" | "bigint" => "integer",
            "blob" | "bytea" => "bytes",
            other => return Err(StoreError::Unreadable(format!("{table}.{name}: {other}"))),
        };
        columns.push((name, kind));
    }
    columns.sort_unstable();
    Ok(columns)
}

/// The facilities' keys are sealed by the backup's own lock: who has its key needs no master key.
fn unlocked(keys: &key::Keys, raw: Raw) -> Result<Raw, StoreError> {
    match raw {
        Raw::Bytes(bytes) => Ok(Raw::Bytes(key::for_backup(keys, bytes)?)),
        other => Ok(other),
    }
}

fn cell(raw: Raw) -> Value {
    match raw {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::String(text),
        Raw::Integer(number) => json!(number),
        Raw::Bytes(bytes) => json!({"b": BASE64_STANDARD.encode(bytes)}),
    }
}

/// What the loaded rows are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be lived with from this moment: what was withdrawn since the backup is not in it, so every order waits for its
    /// physician again (security.md H28).
    Restore(Moment),
    /// To be looked at and thrown away.
    Verify(Moment),
}

/// Reads lines into an empty database, all of them or none.
///
/// # Errors
/// `Wrong` when the lines are not whole, not ours, of another schema, or the database is not empty.
pub async fn load(
    store: &Store,
    purpose: Purpose,
    read: &mut (dyn FnMut() -> io::Result<Option<String>> + Send),
) -> Result<Summary, BackupError> {
    let mut next = || -> Result<Value, BackupError> {
        let line = read().map_err(BackupError::Io)?;
        let line = line.ok_or_else(|| wrong("途中で切れています"))?;
        serde_json::from_str(&line).map_err(|_| wrong("読めない行があります"))
    };
    let header = next()?;
    if header["hikitsugi_backup"] != FORMAT {
        return Err(wrong("hikitsugi の控えではないか、新しい版の控えです"));
    }
    let ours: Version = store.db().one(SCHEMA, args![]).await?;
    if header["schema"].as_i64() != ours.version {
        return Err(wrong(&format!(
            "控えは版 {} (段階 {})のものです。その版のプログラムで戻してから、新しい版にしてください",
            header["program"].as_str().unwrap_or("不明"),
            header["schema"]
        )));
    }
    let (Purpose::Restore(at) | Purpose::Verify(at)) = purpose;
    let mut tx = store.begin(at).await?;
    let outcome = fill(&mut tx, purpose, &mut next).await;
    let (outcome, failure) = match outcome {
        Ok(summary) => (Ok(summary), None),
        Err(BackupError::Store(error)) => (Err(error), None),
        Err(other) => (Err(StoreError::Exists), Some(other)),
    };
    let done = store.finish(tx, outcome).await;
    match failure {
        Some(failure) => Err(failure),
        None => Ok(done?),
    }
}

fn wrong(words: &str) -> BackupError {
    BackupError::Wrong(words.to_owned())
}

row! {
    struct Count { number: i64 }
}

async fn fill(
    tx: &mut Tx,
    purpose: Purpose,
    next: &mut (dyn FnMut() -> Result<Value, BackupError> + Send),
) -> Result<Summary, BackupError> {
    for table in TABLES {
        let sql = once(format!("select count(*) as number from {table}"));
        let there: Count = tx.one(sql, args![]).await?;
        // The service makes a key for its tokens when it starts; that of the backup takes its place.
        if table == "instance" {
            tx.exec("delete from instance", args![]).await?;
        } else if there.number > 0 {
            return Err(wrong("戻す先のデータベースが空ではありません。新しい場所に戻してください"));
        }
    }
    let mut summary = Summary::default();
    let mut table = String::new();
    let mut sql = "";
    let mut kinds: Vec<Kind> = Vec::new();
    let mut sealed_key = None;
    let said = loop {
        let line = next()?;
        match &line {
            Value::Array(cells) if cells.len() == kinds.len() && !kinds.is_empty() => {
                let args = cells.iter().zip(&kinds);
                let args: Option<Vec<Arg>> = args.map(|(cell, kind)| arg(cell, *kind)).collect();
                let mut args = args.ok_or_else(|| wrong("読めない値があります"))?;
                if let Some(Arg::B(Some(sealed))) = sealed_key.and_then(|place| args.get_mut(place)) {
                    *sealed = key::from_backup(tx.keys(), sealed)?.0;
                }
                tx.exec(sql, args).await?;
                summary.add(&table, &line.to_string());
            }
            Value::Object(object) if object.contains_key("end") => break object["end"].clone(),
            Value::Object(object) => {
                let name = object["table"].as_str().unwrap_or_default();
                let columns: Option<Vec<(&str, Kind)>> =
                    object["columns"].as_array().and_then(|all| all.iter().map(column).collect());
                let columns = columns.filter(|all| TABLES.contains(&name) && !all.is_empty());
                let columns = columns.ok_or_else(|| wrong("知らない表があります"))?;
                name.clone_into(&mut table);
                let is_sealed = |(column, _): &(&str, Kind)| *column == "sealed";
                sealed_key = columns.iter().position(is_sealed).filter(|_| name == "data_key");
                kinds = columns.iter().map(|(_, kind)| *kind).collect();
                let columns: Vec<&str> = columns.into_iter().map(|(name, _)| name).collect();
                let places: Vec<String> =
                    (1..=columns.len()).map(|place| format!("${place}")).collect();
                sql = once(format!(
                    "insert into {name} ({}) values ({})",
                    columns.join(", "),
                    places.join(", ")
                ));
            }
            _ => return Err(wrong("読めない行があります")),
        }
    };
    if said != summary.json() {
        return Err(wrong("行の数か中身が、控えの終わりに書かれたものと違います"));
    }
    if let Purpose::Restore(at) = purpose {
        // Papers were issued since the backup, and no number may name two.
        let skip = format!("update document_serial set last = last + {SKIPPED_SERIALS}");
        tx.exec(once(skip), args![]).await?;
        directive::on_restore(tx, at).await?;
    }
    Ok(summary)
}

/// A statement of a table: some of them, once in the life of a command.
fn once(sql: String) -> &'static str {
    sql.leak()
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Bytes,
}

fn column(pair: &Value) -> Option<(&str, Kind)> {
    let name = pair[0].as_str()?;
    let kind = match pair[1].as_str()? {
        "text" => Kind::Text,
        "integer" => Kind::Integer,
        "bytes" => Kind::Bytes,
        _ => return None,
    };
    let is_plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    is_plain.then_some((name, kind))
}

fn arg(cell: &Value, kind: Kind) -> Option<Arg> {
    match (cell, kind) {
        (Value::Null, Kind::Text) => Some(Arg::T(None)),
        (Value::Null, Kind::Integer) => Some(Arg::I(None)),
        (Value::Null, Kind::Bytes) => Some(Arg::B(None)),
        (Value::String(text), Kind::Text) if text.starts_with(key::SEALED_TEXT) => {
            Some(Arg::S(text.clone()))
        }
        (Value::String(text), Kind::Text) => Some(Arg::from(text)),
        (Value::Number(number), Kind::Integer) => number.as_i64().map(Arg::from),
        (Value::Object(object), Kind::Bytes) => {
            let bytes = BASE64_STANDARD.decode(object.get("b")?.as_str()?).ok()?;
            Some(Arg::from(bytes))
        }
        _ => None,
    }
}
