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
pub mod key;
mod open;
mod writer;

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

pub use audit::{Author, Entry};
pub use error::StoreError;
pub use key::MasterKey;

use self::db::{Db, Pool};
use self::key::Keys;
use self::open::Address;
use self::writer::{Tx, Writer};
use crate::domain::clock::Moment;

/// Declares the features' modules, and the list of all statements that a test prepares.
macro_rules! features {
    ($($name:ident),* $(,)?) => {
        $(pub mod $name;)*

        /// Every SQL statement of the program: file, name and text.
        pub fn statements() -> Vec<(&'static str, &'static str, &'static str)> {
            [("writer", writer::STATEMENTS), ("key", key::STATEMENTS), $((stringify!($name), $name::STATEMENTS)),*]
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

/// What [`Store::health`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    pub writable: bool,
    /// Transactions that failed by the database's fault.
    pub write_failures: u64,
    /// Connections for reading on SQLite, all of them on PostgreSQL; and how many of them rest.
    pub connections: usize,
    pub idle: usize,
    /// Statements that took long, of all databases of this process.
    pub slow: u64,
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
    /// `Address`, `Unusable`, `Locked`, `Schema`, or `Key` when the master key does not open what is sealed.
    pub async fn open(url: &str, key: MasterKey) -> Result<Self, StoreError> {
        let keys = Arc::new(Keys::new(key));
        let core = match Address::parse(url)? {
            Address::Sqlite(path) => {
                let opened = open::sqlite(&path).await?;
                Core {
                    db: Db::new(Pool::Sqlite(opened.readers), keys),
                    writer: Writer::sqlite(opened.writer, Some(opened.first)),
                    lock: Mutex::new(Some(opened.lock)),
                }
            }
            Address::Postgres(options) => {
                let pool = open::postgres(*options).await?;
                Core {
                    db: Db::new(Pool::Postgres(pool.clone()), keys),
                    writer: Writer::postgres(pool),
                    lock: Mutex::new(None),
                }
            }
        };
        Self::of(core).settled(true).await
    }

    /// Opens a database only to look at it, also while another process serves it. Nothing is created or migrated.
    ///
    /// # Errors
    /// `Address`, `Unusable`, `Key`, or `Schema` when the schema is not this version's.
    pub async fn open_to_read(url: &str, key: MasterKey) -> Result<Self, StoreError> {
        let keys = Arc::new(Keys::new(key));
        let (db, writer) = match Address::parse(url)? {
            Address::Sqlite(path) => (
                Db::new(Pool::Sqlite(open::sqlite_to_read(&path).await?), keys),
                Writer::sqlite(open::sqlite_writer(&path), None),
            ),
            Address::Postgres(options) => {
                let pool = open::postgres_to_read(*options).await?;
                (
                    Db::new(Pool::Postgres(pool.clone()), keys),
                    Writer::postgres(pool),
                )
            }
        };
        let core = Core {
            db,
            writer: writer.shut(),
            lock: Mutex::new(None),
        };
        Self::of(core).settled(false).await
    }

    async fn settled(self, may_make: bool) -> Result<Self, StoreError> {
        if let Err(error) = key::settle(&self, may_make).await {
            self.close().await;
            return Err(error);
        }
        Ok(self)
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

    /// How the database does, for the operator.
    pub fn health(&self) -> Health {
        let (connections, idle) = self.core.db.connections();
        Health {
            writable: self.is_writable(),
            write_failures: self.core.writer.failures(),
            connections,
            idle,
            slow: db::slow_statements(),
        }
    }

    /// Answers when the database can be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        instance::ping(self).await
    }

    /// Closes all connections and lets go of the file. Other clones can do nothing any more.
    pub async fn close(&self) {
        // Readers first: only a writer that is the last to leave folds the log into the file.
        match self.core.db.pool() {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
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
        self.writer.begin(&self.db, at).await
    }

    async fn finish<T>(&self, tx: Tx, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.writer.finish(&self.db, tx, outcome).await
    }
}
