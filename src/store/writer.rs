//! The one way to write.
//!
//! After a full disk or an IO error SQLite may have rolled back by itself; sqlx's own transactions then go on counting,
//! turn the next COMMIT into a RELEASE, and everything later is "committed" into a transaction that never ends and is
//! lost at exit (measured: 2,900 of 3,000 acknowledged rows). Therefore, on SQLite:
//!
//! 1. there is one write connection, and only this file holds it;
//! 2. BEGIN IMMEDIATE and COMMIT are plain statements, and COMMIT's answer is checked;
//! 3. a connection that saw any error is closed and replaced;
//! 4. before a write is acknowledged, its audit entry is read back through a reader;
//! 5. three failures in a minute turn writing off (reading goes on); it is tried again every few seconds.
//!
//! PostgreSQL keeps the same promise through its own transactions, with the same read-back and the same switch.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::{PgArguments, PgPool};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Postgres, Transaction};
use tokio::sync::OwnedMutexGuard;

use super::db::{Arg, Db, FromRow, Rows, Timed, bind};
use super::error::StoreError;
use super::key::{self, KeyId, KeyRow, Keys};
use crate::domain::clock::Moment;
use crate::domain::id::FacilityId;

statements! {
    WRITTEN = "select hash from audit where facility_id = $1 and seq = $2";
}

row! {
    struct Written { hash: Vec<u8> }
}

type Slot = Arc<tokio::sync::Mutex<Option<SqliteConnection>>>;

pub(super) struct Writer {
    engine: Engine,
    health: Mutex<Health>,
    closed: AtomicBool,
    failures: AtomicU64,
}

enum Engine {
    Sqlite {
        options: Box<SqliteConnectOptions>,
        slot: Slot,
    },
    Postgres(PgPool),
}

/// An open write transaction. Dropped without `finish` (a client that went away), it is rolled back with its connection.
pub(super) struct Tx {
    engine: TxEngine,
    at: Moment,
    keys: Arc<Keys>,
    /// Keys that were made or looked up within this transaction: others seal by them only once it is on disk.
    new_keys: Vec<KeyRow>,
    /// A statement failed: whatever the block made of it, nothing is committed.
    failed: bool,
    /// The last audit entry of each chain, to be found again before the write is acknowledged.
    entries: Vec<(FacilityId, i64, Vec<u8>)>,
}

enum TxEngine {
    Sqlite(SqliteConnection, OwnedMutexGuard<Option<SqliteConnection>>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Runs a statement and says how many rows it changed.
    pub async fn exec(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        let _timed = Timed::begin(sql);
        let outcome = match &mut self.engine {
            TxEngine::Sqlite(connection, _) => {
                sqlx::query_with(sql, bind::<SqliteArguments>(sql, args)?)
                    .execute(connection)
                    .await
                    .map(|done| done.rows_affected())
            }
            TxEngine::Postgres(tx) => sqlx::query_with(sql, bind::<PgArguments>(sql, args)?)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        };
        self.failed |= outcome.is_err();
        Ok(outcome?)
    }

    async fn fetch(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Rows, StoreError> {
        let _timed = Timed::begin(sql);
        let outcome = match &mut self.engine {
            TxEngine::Sqlite(connection, _) => {
                sqlx::query_with(sql, bind::<SqliteArguments>(sql, args)?)
                    .fetch_all(connection)
                    .await
                    .map(Rows::Sqlite)
            }
            TxEngine::Postgres(tx) => sqlx::query_with(sql, bind::<PgArguments>(sql, args)?)
                .fetch_all(&mut **tx)
                .await
                .map(Rows::Postgres),
        };
        self.failed |= outcome.is_err();
        Ok(outcome?)
    }

    pub async fn all<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.fetch(sql, args).await?;
        loop {
            match rows.read(&self.keys) {
                Err(StoreError::KeyNeeded(id)) => self.learn(id).await?,
                read => {
                    self.failed |= read.is_err();
                    return read;
                }
            }
        }
    }

    async fn learn(&mut self, id: KeyId) -> Result<(), StoreError> {
        let [facility, residents] = key::LEARN;
        let facility = self.fetch(facility, args![id.as_slice()]).await?;
        let residents = self.fetch(residents, args![id.as_slice()]).await?;
        // Not `committed`: among them may be one that this transaction made.
        self.keys.learn(id, &facility, &residents)?;
        Ok(())
    }

    pub async fn opt<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    pub async fn one<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<T, StoreError> {
        self.opt(sql, args).await?.ok_or(StoreError::NotFound)
    }

    /// The time of this write, as it was handed in.
    pub fn at(&self) -> Moment {
        self.at
    }

    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    pub fn new_keys(&self) -> &[KeyRow] {
        &self.new_keys
    }

    pub fn hold_key(&mut self, row: KeyRow) {
        self.new_keys.push(row);
    }

    /// The audit tells which entry must be found again.
    pub fn must_find(&mut self, chain: &FacilityId, seq: i64, hash: Vec<u8>) {
        self.entries.retain(|(known, _, _)| known != chain);
        self.entries.push((chain.clone(), seq, hash));
    }
}

impl Writer {
    pub fn sqlite(options: SqliteConnectOptions, first: Option<SqliteConnection>) -> Self {
        Self {
            engine: Engine::Sqlite {
                options: Box::new(options),
                slot: Arc::new(tokio::sync::Mutex::new(first)),
            },
            health: Mutex::default(),
            closed: AtomicBool::new(false),
            failures: AtomicU64::new(0),
        }
    }

    pub fn postgres(pool: PgPool) -> Self {
        Self {
            engine: Engine::Postgres(pool),
            health: Mutex::default(),
            closed: AtomicBool::new(false),
            failures: AtomicU64::new(0),
        }
    }

    /// A writer that never writes, for a database that is only looked at.
    pub fn shut(self) -> Self {
        Self {
            closed: AtomicBool::new(true),
            ..self
        }
    }

    pub async fn begin(&self, db: &Db, at: Moment) -> Result<Tx, StoreError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(sqlx::Error::PoolClosed.into());
        }
        self.health().admit(at)?;
        let engine = match &self.engine {
            Engine::Sqlite { options, slot } => begin_sqlite(options, slot).await,
            Engine::Postgres(pool) => pool
                .begin()
                .await
                .map(TxEngine::Postgres)
                .map_err(StoreError::from),
        };
        match engine {
            Ok(engine) => Ok(Tx {
                engine,
                at,
                keys: Arc::clone(db.keys()),
                new_keys: Vec::new(),
                failed: false,
                entries: Vec::new(),
            }),
            Err(error) => {
                self.failed(at);
                Err(error)
            }
        }
    }

    /// Commits when the block succeeded, and rolls back otherwise.
    pub async fn finish<T>(
        &self,
        db: &Db,
        mut tx: Tx,
        outcome: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let at = tx.at;
        let new_keys = std::mem::take(&mut tx.new_keys);
        let done = match outcome {
            Ok(value) if !tx.failed => commit(db, tx).await.map(|()| value),
            Ok(_) => {
                roll_back(tx).await;
                Err(StoreError::Engine(Arc::new(sqlx::Error::Protocol(
                    "a failed statement was passed over".to_owned(),
                ))))
            }
            Err(error) => {
                roll_back(tx).await;
                Err(error)
            }
        };
        match &done {
            Ok(_) => {
                db.keys().committed(&new_keys);
                self.health().worked();
            }
            Err(error) if error.is_fault() && !error.is_retryable() => self.health().failed(at),
            Err(_) => {}
        }
        done
    }

    pub fn is_writable(&self) -> bool {
        self.health().is_writable()
    }

    /// Since the start.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    fn failed(&self, at: Moment) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.health().failed(at);
    }

    /// Closes the write connection, which folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Engine::Sqlite { slot, .. } = &self.engine
            && let Some(connection) = slot.lock().await.take()
        {
            discard(connection).await;
        }
    }

    fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn begin_sqlite(options: &SqliteConnectOptions, slot: &Slot) -> Result<TxEngine, StoreError> {
    let mut slot = Arc::clone(slot).lock_owned().await;
    let mut connection = match slot.take() {
        Some(connection) => connection,
        None => options.connect().await?,
    };
    match sqlx::query("begin immediate")
        .execute(&mut connection)
        .await
    {
        Ok(_) => Ok(TxEngine::Sqlite(connection, slot)),
        Err(error) => {
            discard(connection).await;
            Err(error.into())
        }
    }
}

async fn commit(db: &Db, tx: Tx) -> Result<(), StoreError> {
    match tx.engine {
        TxEngine::Sqlite(mut connection, mut slot) => {
            let timed = Timed::begin("commit");
            let committed = sqlx::query("commit").execute(&mut connection).await;
            drop(timed);
            if committed.is_err() {
                discard(connection).await;
                return confirm(db, &tx.entries, committed.err()).await;
            }
            // The slot stays locked until the entry is found: if it is not, nobody may write on this connection.
            let confirmed = confirm(db, &tx.entries, None).await;
            match confirmed {
                Ok(()) => *slot = Some(connection),
                Err(_) => discard(connection).await,
            }
            confirmed
        }
        TxEngine::Postgres(tx_postgres) => {
            let committed = tx_postgres.commit().await;
            confirm(db, &tx.entries, committed.err()).await
        }
    }
}

/// Is the write there? With `failure`, COMMIT answered an error, and only a look tells whether it happened.
async fn confirm(
    db: &Db,
    entries: &[(FacilityId, i64, Vec<u8>)],
    failure: Option<sqlx::Error>,
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return failure.map_or(Ok(()), |error| Err(error.into()));
    }
    for (chain, seq, hash) in entries {
        let found = db
            .opt::<Written>(WRITTEN, args![chain, *seq])
            .await
            .map_err(|_| StoreError::Unconfirmed)?;
        if found.is_none_or(|found| found.hash != *hash) {
            let error = failure.unwrap_or_else(|| {
                sqlx::Error::Protocol("a committed entry cannot be read back".to_owned())
            });
            return Err(error.into());
        }
    }
    Ok(())
}

async fn roll_back(tx: Tx) {
    match tx.engine {
        TxEngine::Sqlite(mut connection, mut slot) => {
            let usable = !tx.failed
                && sqlx::query("rollback")
                    .execute(&mut connection)
                    .await
                    .is_ok();
            if usable {
                *slot = Some(connection);
            } else {
                discard(connection).await;
            }
        }
        // A rollback that fails takes its connection out of the pool.
        TxEngine::Postgres(tx) => drop(tx.rollback().await),
    }
}

/// Closes a connection and waits until its thread has let go of the file. What it had not committed is gone.
async fn discard(connection: SqliteConnection) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "closing a write connection");
    }
}

/// Counts failures by the times handed in with the writes.
#[derive(Default)]
struct Health {
    failures: Vec<Moment>,
    read_only: bool,
}

impl Health {
    const FAILURES: usize = 3;
    const WINDOW_MS: i64 = 60_000;
    /// In read-only mode one write in this time is let through, to see whether writing works again.
    const PROBE_MS: i64 = 5_000;

    fn admit(&mut self, at: Moment) -> Result<(), StoreError> {
        let Some(last) = self.failures.last().filter(|_| self.read_only) else {
            return Ok(());
        };
        // A clock that was set back must not keep the door shut.
        if (0..Self::PROBE_MS).contains(&(at.0 - last.0)) {
            return Err(StoreError::ReadOnly);
        }
        Ok(())
    }

    fn failed(&mut self, at: Moment) {
        self.failures
            .retain(|then| at.0.abs_diff(then.0) < Self::WINDOW_MS.unsigned_abs());
        self.failures.push(at);
        if self.failures.len() >= Self::FAILURES && !self.read_only {
            self.read_only = true;
            tracing::error!("writing failed three times in a minute: read-only");
        }
    }

    fn worked(&mut self) {
        self.failures.clear();
        if std::mem::take(&mut self.read_only) {
            tracing::info!("writing works again");
        }
    }

    fn is_writable(&self) -> bool {
        !self.read_only
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::instance;
    use crate::store::{MasterKey, Store};

    const FILL: &str = "insert into instance (name, value, created_at) values ($1, $2, 0)";
    const NO_MORE_PAGES: &str = "pragma max_page_count = 1";
    const PASSED_OVER: &str = "insert into instance (name, value, created_at) values (null, $1, 0)";
    const COUNT: &str = "select count(*) as rows from instance";

    row! {
        struct Count { rows: i64 }
    }

    /// A folder of its own for a test's file, removed with it.
    struct Folder(std::path::PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap_or_default();
        }
    }

    async fn store(name: &str) -> (Store, Folder) {
        let name = format!("hikitsugi-writer-{}-{name}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).unwrap();
        let url = format!("sqlite:{}", folder.0.join("test.db").display());
        let key = MasterKey::fresh().unwrap();
        (Store::open(&url, key).await.unwrap(), folder)
    }

    async fn rows(store: &Store) -> i64 {
        let count: Count = store.db().one(COUNT, args![]).await.unwrap();
        count.rows
    }

    /// One write that meets a full disk: the connection may take no further page.
    async fn fill_the_disk(store: &Store, at: Moment) -> Result<(), StoreError> {
        in_tx!(store, at, tx => {
            // Answers with the pages there are; the file is never made smaller by it.
            tx.exec(NO_MORE_PAGES, args![]).await?;
            tx.exec(FILL, args!["big", vec![0; 1 << 20]]).await?;
            Ok(())
        })
    }

    #[tokio::test]
    async fn s24_a_full_disk_loses_nothing_and_heals() {
        let (store, _folder) = store("full").await;
        for minute in 0..5 {
            let at = Moment(0).plus_minutes(2 * minute);
            let refusal = fill_the_disk(&store, at).await.unwrap_err();
            assert!(refusal.is_fault(), "{refusal:?}");
            // Two minutes apart, failures do not add up, and the next write has a sound connection.
            let name = format!("kept-{minute}");
            instance::get_or_create(&store, &name, b"value", at)
                .await
                .unwrap();
            assert_eq!(rows(&store).await, minute + 1);
        }
        assert!(store.is_writable());
    }

    #[tokio::test]
    async fn three_failures_in_a_minute_turn_writing_off_until_it_works_again() {
        let (store, _folder) = store("read-only").await;
        for second in 0..3 {
            assert!(store.is_writable());
            fill_the_disk(&store, Moment(second * 1000))
                .await
                .unwrap_err();
        }
        assert!(!store.is_writable());
        store.ping().await.unwrap();
        let write = |at| instance::get_or_create(&store, "name", b"value", Moment(at));
        let refusal = write(3000).await.unwrap_err();
        assert!(matches!(refusal, StoreError::ReadOnly), "{refusal:?}");
        assert_eq!(rows(&store).await, 0);
        // Five seconds after the last failure one write is let through, and it works.
        write(7000).await.unwrap();
        assert!(store.is_writable());
        assert_eq!(rows(&store).await, 1);
    }

    #[tokio::test]
    async fn a_statement_that_failed_is_not_passed_over() {
        let (store, _folder) = store("failed").await;
        let outcome: Result<(), StoreError> = in_tx!(store, Moment(0), tx => {
            tx.exec(FILL, args!["first", b"1".to_vec()]).await?;
            // A block that forgets to look.
            drop(tx.exec(PASSED_OVER, args![b"2".to_vec()]).await);
            Ok(())
        });
        outcome.unwrap_err();
        assert_eq!(rows(&store).await, 0);
    }

    #[tokio::test]
    async fn a_refusal_is_no_failure() {
        let (store, _folder) = store("refusal").await;
        for _ in 0..9 {
            let outcome: Result<(), StoreError> = in_tx!(store, Moment(0), tx => {
                tx.exec(FILL, args!["first", b"1".to_vec()]).await?;
                Err(StoreError::NotFound)
            });
            assert!(matches!(outcome, Err(StoreError::NotFound)));
        }
        assert!(store.is_writable());
        assert_eq!(rows(&store).await, 0);
    }

    #[tokio::test]
    async fn a_dropped_transaction_leaves_nothing_behind() {
        let (store, _folder) = store("dropped").await;
        let mut tx = store.begin(Moment(0)).await.unwrap();
        tx.exec(FILL, args!["half", b"1".to_vec()]).await.unwrap();
        drop(tx);
        instance::get_or_create(&store, "whole", b"1", Moment(0))
            .await
            .unwrap();
        assert_eq!(rows(&store).await, 1);
    }
}
