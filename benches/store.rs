//! What a save costs beside a bare commit, and whether lists and searches stay flat as a city grows.
//!
//! `cargo bench --bench store`

#[path = "support/meter.rs"]
mod meter;
#[path = "support/run.rs"]
mod run;
#[path = "support/town.rs"]
mod town;

use std::path::Path;

use hikitsugi::domain::id::{FacilityId, ResidentId};
use hikitsugi::domain::resident::{Head, Status};
use hikitsugi::store::resident::{self, Cursor, Find};
use hikitsugi::store::sheet::{self, NewRevision};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use meter::{Cost, Meter, median, micros};
use town::Town;

/// Residents of one facility where a city has many.
const BEDS: usize = 100;
/// Residents on one page of the list, as the service shows them.
const PAGE: i64 = 60;

fn main() {
    let figures = run::wants_figures();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let sizes: &[usize] = if figures {
        &[100, 10_000, 100_000]
    } else {
        &[100, 200]
    };
    let (saves, batches) = if figures { (300, 15) } else { (3, 2) };
    runtime.block_on(async {
        save(saves).await;
        lists("100 residents a facility", BEDS, sizes, batches).await;
        lists("one facility", usize::MAX, sizes, batches).await;
    });
}

/// Confirms a sheet (head, revision, verification, audit chain, read-back), and commits the same bytes bare, by turns.
async fn save(count: usize) {
    let town = Town::open("bench-save").await;
    let facility = FacilityId::from("home");
    town.found(&facility, &[]).await;
    let known = town.fill(&facility, 0, BEDS).await;
    let permit = town::permit(&facility);
    let body = include_bytes!("support/dense.json");
    let mut bare = Bare::open(Path::new(env!("CARGO_TARGET_TMPDIR"))).await;

    let (mut bares, mut saves) = (Vec::new(), Vec::new());
    for turn in 0..count {
        let meter = Meter::start();
        bare.commit(body).await;
        bares.push(meter.stop());

        let (id, head) = &known[turn % known.len()];
        let revision = i64::try_from(turn / known.len()).expect("few turns") + 1;
        let sheet = NewRevision {
            body,
            reason: "服薬の変更",
            verified: true,
        };
        let meter = Meter::start();
        sheet::confirm(&town.store, &permit, id, revision, head, sheet, town::now())
            .await
            .expect("nobody else writes");
        saves.push(meter.stop());
    }
    let (bare_cost, save_cost) = (median(&bares), median(&saves));
    println!(
        "## One write of {} bytes, by turns, median of {count}\n",
        body.len()
    );
    println!("| | ms | CPU µs | of the bare commit |\n| --- | --- | --- | --- |");
    for (name, cost) in [
        ("bare SQLite commit", bare_cost),
        ("save of a sheet", save_cost),
    ] {
        println!(
            "| {name} | {:.2} | {:.0} | {:.2} |",
            micros(cost.wall) / 1e3,
            micros(cost.cpu()),
            cost.wall.as_secs_f64() / bare_cost.wall.as_secs_f64()
        );
    }
    bare.connection.close().await.expect("the bare file closes");
    town.close().await;
}

/// SQLite with the store's settings and nothing else: one table, one row a commit.
struct Bare {
    connection: SqliteConnection,
}

impl Bare {
    async fn open(folder: &Path) -> Self {
        let path = folder.join("bare.db");
        for end in ["", "-wal", "-shm"] {
            let file = folder.join(format!("bare.db{end}"));
            if file.exists() {
                std::fs::remove_file(file).expect("the file of the run before can go");
            }
        }
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16384")
            .disable_statement_logging()
            .connect()
            .await
            .expect("a fresh file opens");
        sqlx::query("create table t (id integer primary key, body blob not null) strict")
            .execute(&mut connection)
            .await
            .expect("a new table");
        Self { connection }
    }

    async fn commit(&mut self, body: &[u8]) {
        for sql in [
            "begin immediate",
            "insert into t (body) values ($1)",
            "commit",
        ] {
            let mut query = sqlx::query(sql);
            if sql.starts_with("insert") {
                query = query.bind(body);
            }
            query
                .execute(&mut self.connection)
                .await
                .expect("a bare statement works");
        }
    }
}

/// A resident to look for.
struct Known {
    facility: FacilityId,
    id: ResidentId,
    head: Head,
}

/// What people look at.
#[derive(Clone, Copy)]
enum Look {
    FirstPage,
    PageByKana,
    TwoKana,
    WholeReading,
    Surname,
}

impl Look {
    const ALL: [(Self, &str); 5] = [
        (Self::FirstPage, "first page by room"),
        (Self::PageByKana, "a page by reading, from the middle"),
        (Self::TwoKana, "search: two kana"),
        (Self::WholeReading, "search: a whole reading"),
        (Self::Surname, "search: a surname in kanji"),
    ];

    /// Looks as somebody who has `known` in mind would; gives the rows found.
    async fn look(self, town: &Town, known: &Known) -> usize {
        let kana = &known.head.kana_key;
        let cursor = Cursor {
            key: kana.clone(),
            id: known.id.clone(),
        };
        let surname = known.head.name.split(' ').next().unwrap_or_default();
        let name_key = hikitsugi::domain::kana::name_key(surname);
        let (find, after) = match self {
            Self::FirstPage => (Find::ByPlace, None),
            Self::PageByKana => (Find::ByKana, Some(&cursor)),
            Self::TwoKana => (Find::KanaPrefix(&kana[..2]), None),
            Self::WholeReading => (Find::KanaPrefix(kana), None),
            Self::Surname => (Find::NamePrefix(&name_key), None),
        };
        let permit = town::permit(&known.facility);
        resident::list(&town.store, &permit, find, Status::LivingIn, after, PAGE)
            .await
            .expect("a list can be read")
            .len()
    }
}

/// Lists and searches in a database that grows from size to size, `beds` residents in each facility.
async fn lists(title: &str, beds: usize, sizes: &[usize], batches: usize) {
    const BATCH: u32 = 20;
    let town = Town::open("bench-lists").await;
    let mut chance = Chance(119);
    let mut known: Vec<Known> = Vec::new();
    println!("\n## Lists and searches: {title}\n");
    println!(
        "| | residents | rows | µs | CPU µs | µs a row |\n| --- | --- | --- | --- | --- | --- |"
    );
    for size in sizes {
        grow(&town, &mut known, beds, *size).await;
        for (look, name) in Look::ALL {
            let (mut costs, mut rows) = (Vec::new(), 0);
            for batch in 0..=batches {
                let meter = Meter::start();
                let mut found = 0;
                for _ in 0..BATCH {
                    found += look.look(&town, &known[chance.below(known.len())]).await;
                }
                // The first batch warms the caches.
                if batch > 0 {
                    costs.push(meter.stop().each(BATCH));
                    rows += found;
                }
            }
            print_look(
                name,
                *size,
                rows as f64 / (costs.len() as f64 * f64::from(BATCH)),
                median(&costs),
            );
        }
    }
    town.close().await;
}

async fn grow(town: &Town, known: &mut Vec<Known>, beds: usize, size: usize) {
    while known.len() < size {
        let from = known.len();
        let facility = FacilityId(format!("home-{:04}", from / beds));
        if from.is_multiple_of(beds) {
            town.found(&facility, &[]).await;
        }
        let people = town.fill(&facility, from, beds.min(size - from)).await;
        known.extend(people.into_iter().map(|(id, head)| Known {
            facility: facility.clone(),
            id,
            head,
        }));
    }
}

fn print_look(name: &str, size: usize, rows: f64, cost: Cost) {
    println!(
        "| {name} | {size} | {rows:.0} | {:.0} | {:.0} | {:.1} |",
        micros(cost.wall),
        micros(cost.cpu()),
        micros(cost.wall) / rows.max(1.0)
    );
}

/// The same choices in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}
