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

use hikitsugi::command::system::{SystemClock, SystemEntropy};
use hikitsugi::domain::handoff::sending::Method;
use hikitsugi::domain::id::{DocumentId, FacilityId, HandoffId, ResidentId, SendingId};
use hikitsugi::domain::permit::{Actor, Role};
use hikitsugi::domain::resident::{Head, Status};
use hikitsugi::store::document::{self, NewDocument, OfStay, PrintOrder};
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::handoff;
use hikitsugi::store::resident::{self, Cursor, Find};
use hikitsugi::store::sending::{self, NewSending};
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
        let sent: &[usize] = if figures { &[100, 10_000] } else { &[60, 80] };
        inbox(sent, batches).await;
    });
}

/// Documents on one page of an inbox, as the service shows them.
const INBOX_PAGE: i64 = 50;

/// The first page of a hospital's inbox and one from its middle, as it grows.
async fn inbox(sizes: &[usize], batches: usize) {
    const BATCH: u32 = 20;
    let town = Town::open("bench-inbox").await;
    let (home, hospital) = (FacilityId::from("home"), FacilityId::from("hospital"));
    town.found(&home, &[]).await;
    found_hospital(&town, &hospital).await;
    let (resident, _) = town.fill(&home, 0, 1).await.remove(0);
    let document = issued(&town, &home, &resident).await;
    let msw = Actor::console(hospital.clone(), Role::HospitalStaff);
    let permit = msw
        .permit()
        .expect("who works in a hospital reads its inbox");
    let mut ids: Vec<SendingId> = Vec::new();
    println!("\n## A hospital's inbox\n");
    println!(
        "| | documents | rows | µs | CPU µs | µs a row |\n| --- | --- | --- | --- | --- | --- |"
    );
    for size in sizes {
        while ids.len() < *size {
            ids.push(sent(&town, &home, &hospital, &document).await);
        }
        for (name, before) in [
            ("first page", None),
            ("a page from the middle", ids.get(size / 2 + 40)),
        ] {
            let (mut costs, mut rows) = (Vec::new(), 0);
            for batch in 0..=batches {
                let meter = Meter::start();
                let mut found = 0;
                for _ in 0..BATCH {
                    let page = sending::inbox(&town.store, &permit, before, INBOX_PAGE).await;
                    found += page.expect("an inbox can be read").len();
                }
                if batch > 0 {
                    costs.push(meter.stop().each(BATCH));
                    rows += found;
                }
            }
            let rows = rows as f64 / (costs.len() as f64 * f64::from(BATCH));
            print_look(name, *size, rows, median(&costs));
        }
    }
    town.close().await;
}

async fn found_hospital(town: &Town, id: &FacilityId) {
    let operator = Actor::console(FacilityId::from("city"), Role::Operator);
    let permit = operator.permit().expect("an operator adds hospitals");
    let text = FacilityText {
        name: "みなと総合病院",
        kind: "hospital",
        body: br#"{"facility_type": "hospital"}"#,
    };
    facility::create(&town.store, &permit, id, text, &[], town::now())
        .await
        .expect("a new hospital");
}

/// A paper of a stay.
async fn issued(town: &Town, home: &FacilityId, resident: &ResidentId) -> DocumentId {
    let (clock, entropy) = (SystemClock, SystemEntropy);
    let id = HandoffId::new(&clock, &entropy);
    let write = town::permit(home);
    let stay = handoff::begin(&town.store, &write, resident, None, id, town::now()).await;
    let stay = stay.expect("a stay begins");
    let document = DocumentId::new(&clock, &entropy);
    let new = NewDocument {
        id: &document,
        resident,
        serial: "2026-0001",
        form: "transfer",
        edition: "2026-11",
        revision: 1,
        statements: 0,
        valid_until: None,
        match_code: "か-482",
        order: PrintOrder::default(),
        sha256: &[7; 32],
        body: b"{}",
        pdf: b"%PDF-",
        link: None,
        stay: Some(OfStay {
            handoff: &stay,
            restricted: false,
        }),
    };
    document::issue(&town.store, &town::permit(home), new, town::now())
        .await
        .expect("a paper is kept");
    document
}

async fn sent(
    town: &Town,
    home: &FacilityId,
    hospital: &FacilityId,
    document: &DocumentId,
) -> SendingId {
    let id = SendingId::new(&SystemClock, &SystemEntropy);
    let new = NewSending {
        id: &id,
        document,
        method: Method::Inbox,
        recipient: "みなと総合病院",
        department: "入退院支援センター",
        person: "勅使河原 真理子",
        role: "MSW",
        pages: 3,
        attachments: "",
        note: "",
        fax: None,
        hospital: Some(hospital),
        link: None,
    };
    sending::send(&town.store, &town::permit(home), new, town::now())
        .await
        .expect("a paper is sent");
    id
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
