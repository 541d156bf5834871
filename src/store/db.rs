//! One SQL text for two engines: a thin face over the two typed sqlx drivers.
//!
//! Statements are constants declared with `statements!`, so that a test prepares each one on both engines; rows are
//! structs declared with `row!`; parameters are `args![…]`. Nothing else in the program speaks to sqlx.
//!
//! Three traps this file closes:
//! - sqlx reads NULL on SQLite as `""`, `0` or `[]` into a type that is not an `Option` (sqlx #4191). A [`Cell`]
//!   refuses it: a missing value never turns into a no.
//! - SQLite takes too few parameters for NULL and ignores too many. `bind` counts them in debug builds, PostgreSQL always.
//! - A statement with RETURNING is only done when it has been read to its end, so every read fetches all rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Row, TypeInfo, ValueRef};
use tokio::time::Instant;
use tokio_stream::StreamExt;

use super::error::StoreError;
use super::key::{self, KeyId, Keys, Sealed, SealedText};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::{
    BinderId, DeskId, DocumentId, FacilityId, FaxId, HandoffId, ResidentId, SendingId, StaffId,
    TransportId,
};

/// A parameter. The `Option` is inside, so that PostgreSQL is told the type of a NULL.
#[derive(Clone, Debug)]
pub(super) enum Arg {
    I(Option<i64>),
    T(Option<String>),
    B(Option<Vec<u8>>),
    /// A text that begins like a sealed one because it is.
    S(String),
}

impl From<Sealed> for Arg {
    fn from(sealed: Sealed) -> Self {
        Self::B(Some(sealed.0))
    }
}

impl From<Option<Sealed>> for Arg {
    fn from(sealed: Option<Sealed>) -> Self {
        Self::B(sealed.map(|sealed| sealed.0))
    }
}

impl From<SealedText> for Arg {
    fn from(sealed: SealedText) -> Self {
        Self::S(sealed.0)
    }
}

macro_rules! arg_from {
    ($($type:ty => $variant:ident $convert:expr;)*) => {$(
        impl From<$type> for Arg {
            fn from(value: $type) -> Self {
                Self::$variant(Some($convert(value)))
            }
        }

        impl From<Option<$type>> for Arg {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map($convert))
            }
        }
    )*};
}

arg_from! {
    i64 => I std::convert::identity;
    Moment => I |at: Moment| at.0;
    String => T std::convert::identity;
    &String => T |text: &String| text.clone();
    &str => T str::to_owned;
    &FacilityId => T |id: &FacilityId| id.0.clone();
    &ResidentId => T |id: &ResidentId| id.0.clone();
    &StaffId => T |id: &StaffId| id.0.clone();
    &DocumentId => T |id: &DocumentId| id.0.clone();
    &BinderId => T |id: &BinderId| id.0.clone();
    &FaxId => T |id: &FaxId| id.0.clone();
    &TransportId => T |id: &TransportId| id.0.clone();
    &HandoffId => T |id: &HandoffId| id.0.clone();
    &SendingId => T |id: &SendingId| id.0.clone();
    &DeskId => T |id: &DeskId| id.0.clone();
    Day => T |day: Day| day.iso();
    Vec<u8> => B std::convert::identity;
    &Vec<u8> => B |bytes: &Vec<u8>| bytes.clone();
    &[u8] => B <[u8]>::to_vec;
    &[u8; 32] => B |hash: &[u8; 32]| hash.to_vec();
}

/// The parameters of one statement, in the order of `$1`, `$2`, …
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::db::Arg::from($value)),*]
    };
}

/// Declares the statements of a file, and `STATEMENTS` for the test that prepares them all.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

/// Declares a struct whose fields are columns of the same name.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name { $($(#[$doc])* pub $field: $type),* }

        impl $crate::store::db::FromRow for $name {
            fn from_row(row: &$crate::store::db::AnyRow<'_>) -> Result<Self, $crate::store::error::StoreError> {
                Ok(Self { $($field: $crate::store::db::Cell::read(row, stringify!($field))?),* })
            }
        }
    };
}

/// Runs a block in a write transaction: begins, commits, and runs it again when two transactions met.
///
/// A macro, because a function taking an async closure that borrows is not `Send` and no handler could call it.
/// The block may run up to five times, so it does nothing but speak to the database.
macro_rules! in_tx {
    ($store:expr, $at:expr, $tx:ident => $body:block) => {{
        let mut runs = 0;
        loop {
            runs += 1;
            let mut open = match $store.begin($at).await {
                Ok(open) => open,
                Err(error) => break Err(error),
            };
            let outcome: Result<_, $crate::store::error::StoreError> = async {
                let $tx = &mut open;
                $body
            }
            .await;
            match $store.finish(open, outcome).await {
                Err(error) if error.is_retryable() && runs < 5 => {}
                done => break done,
            }
        }
    }};
}

/// A text that a facility writes as a whole and keeps every version of, in a table of its own; further statements may
/// follow.
macro_rules! versioned {
    (table $table:literal, action $action:literal $(, $($(#[$doc:meta])* $name:ident = $sql:expr;)*)?) => {
        use serde_json::json;

        use super::audit::{self, Author, Entry};
        use super::{Store, StoreError};
        use crate::domain::clock::Moment;
        use crate::domain::permit::{EditFacility, Permit, ReadResident};

        statements! {
            NEWEST = concat!("select version, body, at, by_name from ", $table,
                " where facility_id = $1 order by version desc limit 1");
            WRITE = concat!("insert into ", $table, " (facility_id, version, body, at, by_staff, by_name)
                values ($1, $2, $3, $4, $5, $6)");
            $($($(#[$doc])* $name = $sql;)*)?
        }

        row! {
            pub struct Written {
                /// From 1.
                version: i64,
                body: String,
                at: Moment,
                by_name: String,
            }
        }

        /// The newest version; `None` when nothing was written yet.
        pub async fn newest(
            store: &Store,
            permit: &Permit<ReadResident>,
        ) -> Result<Option<Written>, StoreError> {
            let rows: Vec<Written> = store.db().all(NEWEST, args![permit.facility()]).await?;
            Ok(rows.into_iter().next())
        }

        /// Writes the version after `seen` (0: the first).
        ///
        /// # Errors
        /// `Conflict` when somebody wrote another one meanwhile.
        pub async fn write(
            store: &Store,
            permit: &Permit<EditFacility>,
            seen: i64,
            body: &str,
            at: Moment,
        ) -> Result<(), StoreError> {
            let facility = permit.facility();
            let actor = permit.actor();
            in_tx!(store, at, tx => {
                let rows: Vec<Written> = tx.all(NEWEST, args![facility]).await?;
                let current = rows.first().map_or(0, |written| written.version);
                if current != seen {
                    return Err(StoreError::Conflict { current });
                }
                let version = seen + 1;
                tx.exec(WRITE, args![facility, version, body, at, &actor.staff, &actor.name]).await?;
                let entry = Entry::new($action, None, json!({"version": version}));
                audit::append(tx, &Author::from(permit), at, entry).await
            })
        }
    };
}

/// A row of either engine, and the keys of what is sealed in it.
pub(super) struct AnyRow<'r> {
    engine: EngineRow<'r>,
    keys: &'r Keys,
}

enum EngineRow<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

macro_rules! read_cell {
    ($($read:ident -> $type:ty;)*) => {$(
        fn $read(&self, column: &str) -> Result<Option<$type>, StoreError> {
            match self.engine {
                EngineRow::Sqlite(row) => row.try_get(column),
                EngineRow::Postgres(row) => row.try_get(column),
            }
            .map_err(|error| unreadable(column, error))
        }
    )*};
}

impl AnyRow<'_> {
    read_cell! {
        integer -> i64;
        kept_text -> String;
        kept_bytes -> Vec<u8>;
    }

    fn text(&self, column: &str) -> Result<Option<String>, StoreError> {
        let kept = self.kept_text(column)?;
        kept.map(|text| self.keys.open_text(text)).transpose()
    }

    fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let kept = self.kept_bytes(column)?;
        kept.map(|bytes| self.keys.open(bytes)).transpose()
    }
}

fn unreadable(column: &str, cause: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable(format!("{column}: {cause}"))
}

/// A value in a column. Without `Option`, NULL is an error.
pub(super) trait Cell: Sized {
    fn read(row: &AnyRow<'_>, column: &str) -> Result<Self, StoreError>;
}

macro_rules! cells {
    ($($type:ty = $read:ident $convert:expr;)*) => {$(
        impl Cell for $type {
            fn read(row: &AnyRow<'_>, column: &str) -> Result<Self, StoreError> {
                Option::<$type>::read(row, column)?.ok_or_else(|| unreadable(column, "NULL"))
            }
        }

        impl Cell for Option<$type> {
            fn read(row: &AnyRow<'_>, column: &str) -> Result<Self, StoreError> {
                Ok(row.$read(column)?.map($convert))
            }
        }
    )*};
}

cells! {
    i64 = integer std::convert::identity;
    Moment = integer Moment;
    String = text std::convert::identity;
    FacilityId = text FacilityId;
    ResidentId = text ResidentId;
    StaffId = text StaffId;
    DocumentId = text DocumentId;
    BinderId = text BinderId;
    FaxId = text FaxId;
    TransportId = text TransportId;
    HandoffId = text HandoffId;
    SendingId = text SendingId;
    DeskId = text DeskId;
    Vec<u8> = bytes std::convert::identity;
}

impl Cell for Option<Day> {
    fn read(row: &AnyRow<'_>, column: &str) -> Result<Self, StoreError> {
        row.text(column)?
            .map(|text| Day::parse(&text).map_err(|cause| unreadable(column, cause)))
            .transpose()
    }
}

/// A column that holds one of few codes; an unknown code is an error, not a default.
macro_rules! code_cell {
    ($type:ty) => {
        impl $crate::store::db::Cell for $type {
            fn read(
                row: &$crate::store::db::AnyRow<'_>,
                column: &str,
            ) -> Result<Self, $crate::store::error::StoreError> {
                let code = String::read(row, column)?;
                Self::from_code(&code).ok_or_else(|| {
                    $crate::store::error::StoreError::Unreadable(format!("{column}: {code}"))
                })
            }
        }

        impl $crate::store::db::Cell for Option<$type> {
            fn read(
                row: &$crate::store::db::AnyRow<'_>,
                column: &str,
            ) -> Result<Self, $crate::store::error::StoreError> {
                match Option::<String>::read(row, column)? {
                    None => Ok(None),
                    Some(_) => <$type>::read(row, column).map(Some),
                }
            }
        }
    };
}

pub(super) trait FromRow: Sized {
    fn from_row(row: &AnyRow<'_>) -> Result<Self, StoreError>;
}

/// One row of a join read as two structs.
impl<A: FromRow, B: FromRow> FromRow for (A, B) {
    fn from_row(row: &AnyRow<'_>) -> Result<Self, StoreError> {
        Ok((A::from_row(row)?, B::from_row(row)?))
    }
}

/// Where reading happens. Writing is `writer::Writer`'s alone.
#[derive(Clone)]
pub(super) struct Db {
    pool: Pool,
    keys: Arc<Keys>,
}

#[derive(Clone)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Rows as they came; what is sealed in them is opened when they are read.
pub(super) enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Rows {
    /// # Errors
    /// `KeyNeeded` when something is sealed by a key that was not read yet.
    pub fn read<T: FromRow>(&self, keys: &Keys) -> Result<Vec<T>, StoreError> {
        let read = |engine| T::from_row(&AnyRow { engine, keys });
        match self {
            Self::Sqlite(rows) => rows
                .iter()
                .map(|row| read(EngineRow::Sqlite(row)))
                .collect(),
            Self::Postgres(rows) => rows
                .iter()
                .map(|row| read(EngineRow::Postgres(row)))
                .collect(),
        }
    }
}

row! {
    struct Kept { id: Vec<u8> }
}

impl Db {
    pub fn new(pool: Pool, keys: Arc<Keys>) -> Self {
        Self { pool, keys }
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    async fn fetch(&self, sql: &'static str, args: Vec<Arg>) -> Result<Rows, StoreError> {
        let _timed = Timed::begin(sql);
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Rows::Sqlite(
                sqlx::query_with(sql, bind::<SqliteArguments>(sql, args)?)
                    .fetch_all(pool)
                    .await?,
            ),
            Pool::Postgres(pool) => Rows::Postgres(
                sqlx::query_with(sql, bind::<PgArguments>(sql, args)?)
                    .fetch_all(pool)
                    .await?,
            ),
        })
    }

    /// All rows, in the statement's order.
    pub async fn all<T: FromRow>(
        &self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.fetch(sql, args).await?;
        loop {
            match rows.read(&self.keys) {
                Err(StoreError::KeyNeeded(id)) => self.learn(id).await?,
                read => return read,
            }
        }
    }

    async fn learn(&self, id: KeyId) -> Result<(), StoreError> {
        let [facility, residents] = key::LEARN;
        let facility = self.fetch(facility, args![id.as_slice()]).await?;
        let residents = self.fetch(residents, args![id.as_slice()]).await?;
        let learnt = self.keys.learn(id, &facility, &residents)?;
        self.keys.committed(&learnt);
        Ok(())
    }

    /// The ids of the keys that a statement selects, each with the name of the key that seals it.
    pub async fn sealed_by(&self, sql: &'static str) -> Result<Vec<(Vec<u8>, KeyId)>, StoreError> {
        let rows = self.fetch(sql, args![]).await?;
        let keys: Vec<Kept> = rows.read(&self.keys)?;
        let sealed: Vec<Vec<u8>> = match &rows {
            Rows::Sqlite(rows) => rows
                .iter()
                .map(|row| row.try_get("sealed"))
                .collect::<Result<_, _>>()?,
            Rows::Postgres(rows) => rows
                .iter()
                .map(|row| row.try_get("sealed"))
                .collect::<Result<_, _>>()?,
        };
        let named = keys.into_iter().zip(sealed);
        named
            .map(|(key, sealed)| {
                let by =
                    key::sealed_by(&sealed).ok_or_else(|| unreadable("sealed", "not sealed"))?;
                Ok((key.id, by))
            })
            .collect()
    }

    /// The first row, if there is one.
    pub async fn opt<T: FromRow>(
        &self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The one row; its absence is `NotFound`.
    pub async fn one<T: FromRow>(
        &self,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> Result<T, StoreError> {
        self.opt(sql, args).await?.ok_or(StoreError::NotFound)
    }
}

/// A statement from its beginning to its end, with the wait for a connection. One that takes long is noted by its name,
/// never with its parameters.
pub(super) struct Timed {
    sql: &'static str,
    began: Instant,
}

/// From when on a statement is noted.
const SLOW: Duration = Duration::from_millis(250);
static SLOW_STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// How many were noted since the start of the process.
pub(super) fn slow_statements() -> u64 {
    SLOW_STATEMENTS.load(Ordering::Relaxed)
}

impl Timed {
    pub fn begin(sql: &'static str) -> Self {
        Self {
            sql,
            began: Instant::now(),
        }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        if took >= SLOW {
            SLOW_STATEMENTS.fetch_add(1, Ordering::Relaxed);
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(statement = name_of(self.sql), ms, "slow statement");
        }
    }
}

/// `file.NAME` of a statement.
fn name_of(sql: &'static str) -> String {
    super::statements()
        .into_iter()
        .find(|(_, _, text)| *text == sql)
        .map_or_else(
            || sql.split_whitespace().next().unwrap_or_default().to_owned(),
            |(file, name, _)| format!("{file}.{name}"),
        )
}

impl Db {
    /// How many connections there are, and how many of them rest.
    pub fn connections(&self) -> (usize, usize) {
        match &self.pool {
            Pool::Sqlite(pool) => (pool.size() as usize, pool.num_idle()),
            Pool::Postgres(pool) => (pool.size() as usize, pool.num_idle()),
        }
    }
}

/// A cell of a table that is read whole.
pub(super) enum Raw {
    Null,
    Text(String),
    Integer(i64),
    Bytes(Vec<u8>),
}

macro_rules! raw_rows {
    ($connection:expr, $statements:expr, $each:expr) => {
        for (number, sql) in $statements.iter().enumerate() {
            let mut rows = sqlx::query(AssertSqlSafe(sql.clone())).fetch(&mut *$connection);
            while let Some(row) = rows.next().await {
                let row = row.map_err(StoreError::from)?;
                let mut cells = Vec::with_capacity(row.len());
                for place in 0..row.len() {
                    cells.push(raw_cell!(row, place).map_err(StoreError::from)?);
                }
                $each(number, cells)?;
            }
        }
    };
}

macro_rules! raw_cell {
    ($row:expr, $place:expr) => {{
        let (is_null, kind) = {
            let value = $row.try_get_raw($place).map_err(StoreError::from)?;
            (value.is_null(), value.type_info().name().to_owned())
        };
        match kind.as_str() {
            _ if is_null => Ok(Raw::Null),
            "TEXT" => $row.try_get($place).map(Raw::Text),
            "INTEGER" | "INT8" => $row.try_get($place).map(Raw::Integer),
            _ => $row.try_get($place).map(Raw::Bytes),
        }
    }};
}

impl Db {
    /// Reads the rows of several statements as they are at one moment, while others write; `each` hears the number of
    /// the statement and the cells of a row.
    ///
    /// # Errors
    /// Those of `each`, and the engine's.
    pub async fn snapshot<E: From<StoreError> + Send>(
        &self,
        statements: &[String],
        each: &mut (dyn FnMut(usize, Vec<Raw>) -> Result<(), E> + Send),
    ) -> Result<(), E> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                let mut connection = pool.acquire().await.map_err(StoreError::from)?.detach();
                raw(&mut connection, "begin").await?;
                let open = &mut connection;
                raw_rows!(open, statements, each);
                raw(&mut connection, "commit").await?;
            }
            Pool::Postgres(pool) => {
                let mut connection = pool.acquire().await.map_err(StoreError::from)?.detach();
                const BEGIN: &str = "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; \
                    begin transaction isolation level repeatable read read only";
                raw(&mut connection, BEGIN).await?;
                let open = &mut connection;
                raw_rows!(open, statements, each);
                raw(&mut connection, "commit").await?;
            }
        }
        Ok(())
    }
}

async fn raw<'c, X: sqlx::Executor<'c>>(executor: X, sql: &'static str) -> Result<(), StoreError> {
    executor.execute(sqlx::raw_sql(sql)).await?;
    Ok(())
}

/// What both drivers' arguments take.
pub(super) trait Bind: Default {
    fn bind(&mut self, arg: Arg) -> Result<(), sqlx::error::BoxDynError>;
}

macro_rules! bind_for {
    ($($arguments:ty),*) => {$(
        impl Bind for $arguments {
            fn bind(&mut self, arg: Arg) -> Result<(), sqlx::error::BoxDynError> {
                match arg {
                    Arg::I(value) => Arguments::add(self, value),
                    Arg::T(value) => Arguments::add(self, value),
                    Arg::B(value) => Arguments::add(self, value),
                    Arg::S(value) => Arguments::add(self, value),
                }
            }
        }
    )*};
}

bind_for!(SqliteArguments, PgArguments);

pub(super) fn bind<A: Bind>(sql: &str, args: Vec<Arg>) -> Result<A, StoreError> {
    debug_assert_eq!(parameters(sql), args.len(), "parameters of: {sql}");
    let mut arguments = A::default();
    for arg in args {
        if matches!(&arg, Arg::T(Some(text)) if text.contains('\0') || text.starts_with(key::SEALED_TEXT))
        {
            return Err(StoreError::Unstorable);
        }
        arguments
            .bind(arg)
            .map_err(|error| StoreError::Engine(Arc::new(sqlx::Error::Encode(error))))?;
    }
    Ok(arguments)
}

/// The highest `$n` in a statement.
fn parameters(sql: &str) -> usize {
    sql.split('$')
        .skip(1)
        .filter_map(|rest| {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            rest[..end].parse().ok()
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    row! {
        struct Text { value: String }
    }

    row! {
        struct Maybe { value: Option<String> }
    }

    row! {
        struct Number { value: i64 }
    }

    row! {
        struct Bytes { value: Vec<u8> }
    }

    async fn db() -> Db {
        let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
        let keys = Keys::new(key::MasterKey::Text(String::new()));
        Db::new(Pool::Sqlite(pool), Arc::new(keys))
    }

    #[tokio::test]
    async fn null_is_never_read_as_a_value() {
        let null = "select null as value";
        let db = db().await;
        db.one::<Text>(null, args![]).await.unwrap_err();
        db.one::<Number>(null, args![]).await.unwrap_err();
        db.one::<Bytes>(null, args![]).await.unwrap_err();
        let maybe: Maybe = db.one(null, args![]).await.unwrap();
        assert_eq!(maybe.value, None);
    }

    #[tokio::test]
    async fn a_value_of_another_kind_is_refused() {
        let db = db().await;
        db.one::<Text>("select 1 as value", args![])
            .await
            .unwrap_err();
        db.one::<Number>("select 'one' as value", args![])
            .await
            .unwrap_err();
    }

    #[test]
    fn a_slow_statement_is_called_by_its_name() {
        let (file, name, sql) = crate::store::statements()[0];
        assert_eq!(name_of(sql), format!("{file}.{name}"));
        assert_eq!(name_of("commit"), "commit");
        let noted = slow_statements();
        let began = Instant::now().checked_sub(SLOW).unwrap();
        drop(Timed { sql, began });
        assert!(slow_statements() > noted);
    }

    #[test]
    fn parameters_are_counted_by_their_highest_number() {
        assert_eq!(parameters("select 1"), 0);
        assert_eq!(parameters("select $1, $12, $2"), 12);
    }
}
