//! The sequences on both databases, many side by side, with the store closed and opened between them.

use std::sync::Arc;

use hikitsugi::store::Store;
use tokio::sync::Semaphore;

use super::model::{Checked, Ground, Run, Tally};
use super::steps::{Step, draw};
use crate::support::{Folder, master_key, number, postgres};

/// On both databases together. Twenty thousand take longer than everything else on a slow machine: they are a run of
/// their own (tests/it/directive.rs).
const SEQUENCES: u64 = 1_000;
/// Between two restarts.
const SIDE_BY_SIDE: u64 = 200;
/// In one SQLite file. It lies in memory, and a container gives 64 MB of it to everything that runs there.
const IN_ONE_FILE: u64 = 1_000;
/// At once.
const AT_ONCE: usize = 6;

/// One sequence, as far as it came.
struct Playing {
    seed: u64,
    steps: Vec<Step>,
    next: usize,
    run: Run,
}

impl Playing {
    async fn begin(
        store: &Store,
        ground: &Ground,
        name: &str,
        seed: u64,
        steps: Vec<Step>,
    ) -> Checked<Self> {
        let run = Run::begin(store, ground, name).await?;
        Ok(Self {
            seed,
            steps,
            next: 0,
            run,
        })
    }

    /// Plays until the store has to be opened again, or to the end; says which.
    async fn play(&mut self, store: &Store) -> Checked<bool> {
        while let Some(step) = self.steps.get(self.next) {
            self.run
                .step(store, step)
                .await
                .map_err(|why| format!("at step {}: {why}", self.next))?;
            self.next += 1;
            if matches!(self.steps.get(self.next), Some(Step::Restart)) {
                return Ok(false);
            }
        }
        self.run.end(store).await?;
        Ok(true)
    }
}

async fn open(url: &str) -> Store {
    Store::open(url, master_key())
        .await
        .expect("a database opens")
}

async fn reopen(store: Store, url: &str) -> Store {
    store.close().await;
    drop(store);
    open(url).await
}

/// Plays one sequence alone, with its restarts.
async fn alone(
    store: &mut Store,
    url: &str,
    ground: &Ground,
    name: &str,
    seed: u64,
    steps: &[Step],
) -> Checked {
    let mut playing = Playing::begin(store, ground, name, seed, steps.to_vec()).await?;
    while !playing.play(store).await? {
        *store = reopen(store.clone(), url).await;
    }
    Ok(())
}

/// Leaves out what is not needed to fail, and says what is left.
async fn shrink(store: &mut Store, url: &str, ground: &Ground, seed: u64, why: String) -> String {
    let mut steps = draw(seed);
    let mut why = why;
    let mut tries = 0;
    loop {
        let before = steps.len();
        for index in (0..steps.len()).rev() {
            let mut fewer = steps.clone();
            fewer.remove(index);
            tries += 1;
            let name = format!("{seed}-shrunk-{tries}");
            if let Err(still) = alone(store, url, ground, &name, seed, &fewer).await {
                (steps, why) = (fewer, still);
            }
        }
        if steps.len() == before {
            break;
        }
    }
    let listed: String = steps.iter().map(|step| format!("  {step:?}\n")).collect();
    format!("{why}\nthe same in {} steps:\n{listed}", steps.len())
}

async fn run(url: &str, first: u64, sequences: u64) -> Tally {
    let mut store = open(url).await;
    let ground = Ground::prepare(&store)
        .await
        .expect("the other facility is made");
    let mut tally = Tally::default();
    let mut seed = first;
    while seed < first + sequences {
        let seeds = seed..(seed + SIDE_BY_SIDE).min(first + sequences);
        seed = seeds.end;
        let mut waiting = Vec::new();
        for seed in seeds {
            let begun = Playing::begin(&store, &ground, &seed.to_string(), seed, draw(seed)).await;
            waiting.push(begun.expect("a facility and a resident are made"));
        }
        while !waiting.is_empty() {
            let gate = Arc::new(Semaphore::new(AT_ONCE));
            let tasks: Vec<_> = waiting
                .drain(..)
                .map(|mut playing| {
                    let (store, gate) = (store.clone(), Arc::clone(&gate));
                    let seed = playing.seed;
                    let task = tokio::spawn(async move {
                        let _turn = gate.acquire().await.expect("the gate stays open");
                        let outcome = playing.play(&store).await;
                        (playing, outcome)
                    });
                    (seed, task)
                })
                .collect();
            for (seed, task) in tasks {
                let failed = match task.await {
                    Ok((playing, Ok(true))) => {
                        tally.add(playing.run.tally);
                        None
                    }
                    Ok((playing, Ok(false))) => {
                        waiting.push(playing);
                        None
                    }
                    Ok((_, Err(why))) => Some(why),
                    Err(error) => Some(error.to_string()),
                };
                if let Some(why) = failed {
                    let whole: String = draw(seed)
                        .iter()
                        .map(|step| format!("  {step:?}\n"))
                        .collect();
                    let shrunk = shrink(&mut store, url, &ground, seed, why.clone()).await;
                    panic!("sequence {seed} on {url}: {why}\nthe whole sequence:\n{whole}{shrunk}");
                }
            }
            store = reopen(store, url).await;
        }
    }
    store.close().await;
    tally
}

/// Every standing was met often enough that the comparison means something.
fn worth_it(database: &str, tally: &Tally) {
    println!("{database}: {tally:?}");
    let met = |code: &str| tally.standings.get(code).copied().unwrap_or(0);
    for code in [
        "full_cpr",
        "full_cpr_by_failure",
        "full_cpr_wish_only",
        "full_cpr_invalid_order",
        "order_on_file",
        "conflict",
        "revoked",
    ] {
        assert!(
            met(code) * 100 > tally.sequences,
            "{code} was met {} times",
            met(code)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_no_order_holds_unless_the_second_opinion_says_so_on_sqlite() {
    let mut seed = number("HIKITSUGI_SEED", 119) << 32;
    let mut left = number("HIKITSUGI_SEQUENCES", SEQUENCES) / 2;
    let mut tally = Tally::default();
    while left > 0 {
        let folder = Folder::fast();
        let url = format!("sqlite:{}", folder.path().join("sequences.db").display());
        let sequences = left.min(IN_ONE_FILE);
        tally.add(run(&url, seed, sequences).await);
        seed += sequences;
        left -= sequences;
    }
    worth_it("SQLite", &tally);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_no_order_holds_unless_the_second_opinion_says_so_on_postgres() {
    let url = postgres::fresh_schema().await;
    let sequences = number("HIKITSUGI_SEQUENCES", SEQUENCES).div_ceil(2);
    let first = (number("HIKITSUGI_SEED", 119) << 32) + (1 << 31);
    let tally = run(&url, first, sequences).await;
    worth_it("PostgreSQL", &tally);
}
