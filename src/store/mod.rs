//! The only SQL of the program, on SQLite or PostgreSQL.
//!
//! Read in this order: `db` (one SQL text for two engines), `writer` (the one way to write), `audit` (what every write
//! leaves behind), then a file for each feature. Functions take a `&Permit<…>` and use its facility in the SQL, so there
//! is no way to name another facility's row. Times, ids and tokens come in as arguments. Bodies are bytes to this layer.
//!
//! What cannot have a permit takes what it holds instead: signing in a login, a session its token, the ambulance
//! crew's page a [`link::FoundLink`].

#[macro_use]
mod db;
mod error;
mod open;
mod writer;

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

pub use audit::{Author, Entry};
pub use error::StoreError;

use self::db::Db;
use self::open::Address;
use self::writer::{Tx, Writer};
use crate::domain::clock::Moment;

/// Declares the features' modules, and the list of all statements that a test prepares.
macro_rules! features {
    ($($name:ident),* $(,)?) => {
        $(pub mod $name;)*

        /// Every SQL statement of the program: file, name and text.
        pub fn statements() -> Vec<(&'static str, &'static str, &'static str)> {
            [("writer", writer::STATEMENTS), $((stringify!($name), $name::STATEMENTS)),*]
                .iter()
                .flat_map(|(file, list)| list.iter().map(|(name, sql)| (*file, *name, *sql)))
                .collect()
        }
    };
}

features! {
    audit,
    backup,
    facility,
    staff,
    session,
    factor,
    invitation,
    sealed,
    resident,
    sheet,
    directive,
    document,
    binder,
    fax,
    transport,
    drill,
    flow,
    handoff,
    sending,
    desk,
    capability,
    link,
    scan,
    attachment,
    idempotency,
    instance,
}

/// The open database. Clones are cheap and share it.
#[derive(Clone)]
pub struct Store {
    core: Arc<Core>,
    queue: audit::Queue,
}

struct Core {
    db: Db,
    writer: Writer,
    /// Held while the file is open; PostgreSQL needs none.
    lock: Mutex<Option<File>>,
}

impl Store {
    /// Opens a database by its address, creates or migrates its schema, or says why not.
    ///
    /// # Errors
    /// `Address`, `Unusable`, `Locked` or `Schema`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let core = match Address::parse(url)? {
            Address::Sqlite(path) => {
                let opened = open::sqlite(&path).await?;
                Core {
                    db: Db::Sqlite(opened.readers),
                    writer: Writer::sqlite(opened.writer, Some(opened.first)),
                    lock: Mutex::new(Some(opened.lock)),
                }
            }
            Address::Postgres(options) => {
                let pool = open::postgres(*options).await?;
                Core {
                    db: Db::Postgres(pool.clone()),
                    writer: Writer::postgres(pool),
                    lock: Mutex::new(None),
                }
            }
        };
        Ok(Self::of(core))
    }

    /// Opens a database only to look at it, also while another process serves it. Nothing is created or migrated.
    ///
    /// # Errors
    /// `Address`, `Unusable`, or `Schema` when the schema is not this version's.
    pub async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let (db, writer) = match Address::parse(url)? {
            Address::Sqlite(path) => (
                Db::Sqlite(open::sqlite_to_read(&path).await?),
                Writer::sqlite(open::sqlite_writer(&path), None),
            ),
            Address::Postgres(options) => {
                let pool = open::postgres_to_read(*options).await?;
                (Db::Postgres(pool.clone()), Writer::postgres(pool))
            }
        };
        Ok(Self::of(Core {
            db,
            writer: writer.shut(),
            lock: Mutex::new(None),
        }))
    }

    fn of(core: Core) -> Self {
        let core = Arc::new(core);
        let queue = audit::Queue::start(&core);
        Self { core, queue }
    }

    /// False after repeated failures: pages are still read, and say so. Turns true by itself when a write works again.
    pub fn is_writable(&self) -> bool {
        self.core.writer.is_writable()
    }

    /// Answers when the database can be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        instance::ping(self).await
    }

    /// Closes all connections and lets go of the file. Other clones can do nothing any more.
    pub async fn close(&self) {
        // Readers first: only a writer that is the last to leave folds the log into the file.
        match &self.core.db {
            Db::Sqlite(pool) => pool.close().await,
            Db::Postgres(pool) => pool.close().await,
        }
        self.core.writer.close().await;
        self.core
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn db(&self) -> &Db {
        &self.core.db
    }

    async fn begin(&self, at: Moment) -> Result<Tx, StoreError> {
        self.core.begin(at).await
    }

    async fn finish<T>(&self, tx: Tx, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.core.finish(tx, outcome).await
    }
}

impl Core {
    async fn begin(&self, at: Moment) -> Result<Tx, StoreError> {
        self.writer.begin(at).await
    }

    async fn finish<T>(&self, tx: Tx, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.writer.finish(&self.db, tx, outcome).await
    }
}
