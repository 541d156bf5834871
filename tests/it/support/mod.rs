//! What every story needs: a fresh database on either engine, a clock that stands still, chance that repeats itself.

pub mod browser;
pub mod doubles;
pub mod grey;
pub mod named;
pub mod paper;
pub mod postgres;
pub mod program;
pub mod service;
pub mod sheet;
pub mod tools;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};

use hikitsugi::store::{MasterKey, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

pub use self::doubles::FixedClock;
use self::doubles::SeededEntropy;

/// Runs one story on a fresh SQLite file and on PostgreSQL in a schema of its own.
///
/// ```ignore
/// both_databases! {
///     async fn a_nurse_signs_in(bench: Bench) { … }
/// }
/// ```
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($bench:ident: Bench) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($bench: $crate::support::Bench) $body

            #[tokio::test]
            async fn on_sqlite() {
                story($crate::support::Bench::sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                story($crate::support::Bench::postgres().await).await;
            }
        }
    )*};
}

/// Where pictures for people are kept.
pub fn screens() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("the build folder is writable");
    folder
}

/// An open, empty database, and the time and chance of one story.
pub struct Bench {
    pub store: Store,
    pub url: String,
    pub clock: FixedClock,
    pub entropy: SeededEntropy,
    /// Holds the SQLite file; other files of the story may lie there too.
    pub folder: Folder,
}

/// The key of every database of the tests; what a test starts as a process has it in its environment.
pub const MASTER_KEY: (&str, &str) = (
    "HIKITSUGI_MASTER_KEY",
    "hikitsugi-key-00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
);

pub fn master_key() -> MasterKey {
    MasterKey::Text(MASTER_KEY.1.to_owned())
}

impl Bench {
    pub async fn sqlite() -> Self {
        let folder = Folder::new();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, folder).await
    }

    pub async fn postgres() -> Self {
        Self::open(postgres::fresh_schema().await, Folder::new()).await
    }

    /// An open database that may hold something already.
    pub async fn open(url: String, folder: Folder) -> Self {
        Self::open_with(url, folder, master_key()).await
    }

    pub async fn open_with(url: String, folder: Folder, key: MasterKey) -> Self {
        let store = Store::open(&url, key).await.expect("a database opens");
        Self {
            store,
            url,
            clock: FixedClock::default(),
            entropy: SeededEntropy::default(),
            folder,
        }
    }

    /// A hand at the database, not the program's.
    pub async fn at_the_shell(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = || AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            sqlx::raw_sql(sql()).execute(&mut connection).await?;
        } else {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(sql()).execute(&mut connection).await?;
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }
}

/// A port of this machine that nobody listens on, below those that calls are made from: a call to such a port that
/// nobody answers yet can be answered by itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 12_000;
    const PORTS: u32 = 20_000;
    loop {
        let number = std::process::id().wrapping_mul(101) + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(FIRST + number % PORTS).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Waits until a program that was started listens on its port.
pub fn listens(process: &mut Child, port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = process.try_wait().expect("a child can be asked");
        assert!(ended.is_none(), "the program stopped: {ended:?}");
        std::thread::yield_now();
    }
}

/// A folder that goes away with its test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(unique("hikitsugi-test"));
        std::fs::create_dir_all(&path).expect("the temporary folder is writable");
        Self(path)
    }

    /// The same in memory where the machine has such a place: for stories of many thousand writes.
    pub fn fast() -> Self {
        let memory = Path::new("/dev/shm");
        let place = match memory.is_dir() {
            true => memory.to_owned(),
            false => std::env::temp_dir(),
        };
        let path = place.join(unique("hikitsugi-test"));
        std::fs::create_dir_all(&path).expect("the place for temporary files is writable");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays for whoever looks at the failure.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

/// A name that no other test of this run, and no other run on this machine, has.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{}-{next}", std::process::id())
}

/// How many, or which: what the environment says for `name`, or else what an ordinary run takes.
pub fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text}: no number")),
        Err(_) => otherwise,
    }
}

/// A PNG that looks a little like something.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 120])
    });
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}
