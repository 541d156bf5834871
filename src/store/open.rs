//! Opening a database by its address, and refusing clearly.
//!
//! - `sqlite:PATH` keeps everything in one file; a lock file beside it keeps a second process out.
//! - `postgres://…` is a server's; `?options=-csearch_path%3Dname` chooses a schema.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};

use super::error::StoreError;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Readers of an embedded database. More would wait for the same two or four cores.
const READERS: u32 = 4;
/// Connections of one process to a PostgreSQL server, whose default limit is 100 for all.
const CONNECTIONS: u32 = 16;
const STATEMENT_CACHE: usize = 200;

/// A database address.
pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains(":memory:") || path.contains('?') {
                return Err(StoreError::Address(format!(
                    "{url} にファイルの場所がありません"
                )));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return PgConnectOptions::from_str(url)
                .map(|options| Self::Postgres(Box::new(options)))
                // The address may hold a password, so it is not repeated.
                .map_err(|cause| StoreError::Address(format!("postgres:// の後: {cause}")));
        }
        Err(StoreError::Address(
            "sqlite: または postgres:// で始めてください".to_owned(),
        ))
    }
}

pub(super) struct OpenSqlite {
    pub lock: File,
    pub writer: SqliteConnectOptions,
    pub first: SqliteConnection,
    pub readers: SqlitePool,
}

pub(super) async fn sqlite(path: &Path) -> Result<OpenSqlite, StoreError> {
    let database = path.display().to_string();
    let lock = lock(path)?;
    begin(path)?;
    let writer = sqlite_writer(path);
    // Migrations run in sqlx's own transactions, on a connection that is not used again.
    let mut migrating = writer
        .connect()
        .await
        .map_err(|error| unusable(&database, error))?;
    SQLITE
        .run(&mut migrating)
        .await
        .map_err(|error| schema(&database, error))?;
    migrating
        .close()
        .await
        .map_err(|error| unusable(&database, error))?;
    let first = writer
        .connect()
        .await
        .map_err(|error| unusable(&database, error))?;
    Ok(OpenSqlite {
        lock,
        writer,
        first,
        readers: sqlite_readers(path).await?,
    })
}

/// Readers of a file that another process may be writing.
pub(super) async fn sqlite_to_read(path: &Path) -> Result<SqlitePool, StoreError> {
    let readers = sqlite_readers(path).await?;
    let newest = sqlx::query(NEWEST).fetch_one(&readers).await;
    same_schema(&SQLITE, &path.display().to_string(), newest)?;
    Ok(readers)
}

async fn sqlite_readers(path: &Path) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(READERS)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(sqlite_options(path).read_only(true))
        .await
        .map_err(|error| unusable(&path.display().to_string(), error))
}

/// How a write connection is made anew after the last one failed.
pub(super) fn sqlite_writer(path: &Path) -> SqliteConnectOptions {
    sqlite_options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
}

/// `synchronous=FULL`: with NORMAL a power cut takes the last commits, although they were acknowledged.
/// No mmap: an IO error there is a signal that ends the process, here it is an answer.
fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(STATEMENT_CACHE)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging()
}

/// Nobody else of the machine reads a file of ours.
const OWNERS: u32 = 0o600;

/// Makes the file where there is none, its owner's alone; SQLite gives its WAL the same. One that is there stays as the
/// operator set it.
fn begin(path: &Path) -> Result<(), StoreError> {
    let made = File::options()
        .write(true)
        .create_new(true)
        .mode(OWNERS)
        .open(path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(unusable(&path.display().to_string(), error))
        }
        _ => Ok(()),
    }
}

/// Holds `PATH.lock`. The operating system lets go of it when the process ends, however it ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let database = path.display().to_string();
    // Two names of one file (a link, `./`) must meet at one lock.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = path.into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(OWNERS)
        .open(&name)
        .map_err(|error| {
            let cause = format!("{} に書き込めません({error})", name.display());
            unusable(&database, cause)
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { database }),
        Err(TryLockError::Error(error)) => Err(unusable(&database, error)),
    }
}

pub(super) async fn postgres(options: PgConnectOptions) -> Result<PgPool, StoreError> {
    let (database, pool) = connect(options).await?;
    migrate_postgres(&pool)
        .await
        .map_err(|error| schema(&database, error))?;
    Ok(pool)
}

/// A server's database as it stands, whatever other processes do with it.
pub(super) async fn postgres_to_read(options: PgConnectOptions) -> Result<PgPool, StoreError> {
    let (database, pool) = connect(options).await?;
    let newest = sqlx::query(NEWEST).fetch_one(&pool).await;
    same_schema(&POSTGRES, &database, newest)?;
    Ok(pool)
}

async fn connect(options: PgConnectOptions) -> Result<(String, PgPool), StoreError> {
    let database = format!("{}:{}", options.get_host(), options.get_port());
    let options = options
        .application_name("hikitsugi")
        .statement_cache_capacity(STATEMENT_CACHE)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(|connection, _| Box::pin(settle_session(connection)))
        .connect_with(options)
        .await
        .map_err(|error| unusable(&database, error))?;
    let encoding: String = sqlx::query("select current_setting('server_encoding') as encoding")
        .fetch_one(&pool)
        .await
        .and_then(|row| row.try_get("encoding"))
        .map_err(|error| unusable(&database, error))?;
    if encoding != "UTF8" {
        let cause = format!("文字コードが {encoding} です。UTF8 で作り直してください");
        return Err(unusable(&database, cause));
    }
    Ok((database, pool))
}

/// On a connection of its own: building an index, or waiting while another process migrates, may take long.
async fn migrate_postgres(pool: &PgPool) -> Result<(), MigrateError> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0")
        .execute(&mut connection)
        .await?;
    POSTGRES.run(&mut connection).await?;
    Ok(connection.close().await?)
}

/// What is acknowledged is on disk, also where the server's default says otherwise; and no statement hangs for ever.
async fn settle_session(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set statement_timeout = '30s'; set lock_timeout = '10s'; \
         set idle_in_transaction_session_timeout = '60s'; \
         select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
    )
    .execute(connection)
    .await
    .map(|_| ())
}

const NEWEST: &str = "select max(version) as version from _sqlx_migrations";

/// Whoever only looks migrates nothing, so the schema must be this version's already.
fn same_schema<R: Row>(
    migrator: &Migrator,
    database: &str,
    newest: Result<R, sqlx::Error>,
) -> Result<(), StoreError>
where
    for<'a> &'a str: sqlx::ColumnIndex<R>,
    for<'a> Option<i64>: sqlx::Decode<'a, R::Database> + sqlx::Type<R::Database>,
{
    let newest: Option<i64> = newest
        .and_then(|row| row.try_get("version"))
        .map_err(|error| unusable(database, error))?;
    let ours = migrator.iter().map(|migration| migration.version).max();
    if newest == ours {
        return Ok(());
    }
    Err(StoreError::Schema {
        database: database.to_owned(),
        cause: format!("段階 {newest:?}(この版は {ours:?})"),
    })
}

fn unusable(database: &str, cause: impl std::fmt::Display) -> StoreError {
    StoreError::Unusable {
        database: database.to_owned(),
        cause: cause.to_string(),
    }
}

fn schema(database: &str, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            unusable(database, error)
        }
        other => StoreError::Schema {
            database: database.to_owned(),
            cause: other.to_string(),
        },
    }
}
