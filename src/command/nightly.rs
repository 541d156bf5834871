//! The backup that `hikitsugi serve` makes by itself each day: written, restored from and compared, copied to a second
//! place, and the oldest ones deleted (security.md J-12, J-13).
//!
//! To prove a backup needs its key, and the owner's lies in a safe. So each backup is also sealed to a key that lives in
//! this process's memory until the very file was read back from disk, and nowhere afterwards.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use age::x25519::{Identity, Recipient};
use aws_lc_rs::digest::{Context, SHA256};

use super::Failure;
use super::backup::{proved, public, told, write_out};
use super::out::Out;
use super::system::{SystemClock, SystemEntropy};
use crate::config::Backups;
use crate::domain::clock::{Clock, Moment};
use crate::domain::date::Day;
use crate::domain::generations;
use crate::domain::permit::Actor;
use crate::store::Store;
use crate::store::backup::{self, Outcome};

const BEFORE: &str = "hikitsugi-";
const AFTER: &str = ".age";
/// How often is looked whether one is due, and how old the newest may be.
const LOOK: Duration = Duration::from_secs(600);
const EVERY_HOURS: i64 = 24;
/// How long after one that failed the next is tried.
const AGAIN_HOURS: i64 = 1;

/// What the settings ask for, with keys that were read.
pub struct Plan {
    dir: PathBuf,
    second: Option<PathBuf>,
    to: Vec<Recipient>,
}

impl Plan {
    /// # Errors
    /// A key that is none, or a folder that is not there.
    pub fn of(wanted: &Backups) -> Result<Self, Failure> {
        for folder in std::iter::once(&wanted.dir).chain(&wanted.second) {
            if !folder.is_dir() {
                return Err(Failure(format!(
                    "控えのフォルダー {} がありません。作るか、設定を直してください",
                    folder.display()
                )));
            }
        }
        let to = wanted
            .to
            .iter()
            .map(|key| public(key))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            dir: wanted.dir.clone(),
            second: wanted.second.clone(),
            to,
        })
    }

    fn places(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.dir).chain(&self.second)
    }
}

/// Makes backups when they are due, until it is dropped.
pub async fn watch(store: &Store, plan: &Plan) {
    let mut looks = tokio::time::interval(LOOK);
    let mut failed_at: Option<Moment> = None;
    loop {
        looks.tick().await;
        let now = SystemClock.now();
        let since =
            |at: Moment, hours: i64| now.0.abs_diff(at.0) < hours.unsigned_abs() * 3_600_000;
        let is_fresh = made(&plan.dir)
            .last()
            .is_some_and(|(at, _)| since(*at, EVERY_HOURS));
        if is_fresh || failed_at.is_some_and(|at| since(at, AGAIN_HOURS)) {
            continue;
        }
        failed_at = round(store, plan, now).await.failure.map(|_| now);
    }
}

/// Makes one backup and says how it went, in the log and to whoever opens the operator's page.
pub async fn round(store: &Store, plan: &Plan, now: Moment) -> Outcome {
    let path = plan.dir.join(name(now));
    let done = make(store, plan, &path, now).await;
    let good_at = match &done {
        Ok(()) => Some(now.0),
        Err(_) => last_good(store).await,
    };
    let kept = made(&plan.dir);
    let size_of =
        |at: i64| fs::metadata(plan.dir.join(name(Moment(at)))).map_or(0, |file| file.len());
    let outcome = Outcome {
        at: now.0,
        good_at,
        places: plan
            .places()
            .map(|place| place.display().to_string())
            .collect(),
        generations: kept.len(),
        size: good_at.map_or(0, size_of),
        failure: done.err().map(|Failure(words)| words),
    };
    match &outcome.failure {
        None => tracing::info!(
            generations = outcome.generations,
            size = outcome.size,
            "backup made and proved"
        ),
        Some(error) => tracing::error!(error, "backup failed"),
    }
    if let Err(error) = backup::note_outcome(store, &outcome, now).await {
        tracing::error!(%error, "how the backup went was not written down");
    }
    outcome
}

async fn last_good(store: &Store) -> Option<i64> {
    let office = Actor::console_of_all();
    let last = backup::last_outcome(store, &super::permit(&office).ok()?).await;
    last.ok().flatten()?.good_at
}

async fn make(store: &Store, plan: &Plan, path: &Path, now: Moment) -> Result<(), Failure> {
    let passing = Identity::generate();
    let mut keys = plan.to.clone();
    keys.push(passing.to_public());
    let out = Out::prepare(path, &SystemEntropy)?;
    let summary = write_out(store, &keys, out).await?;
    if proved(path, &passing, &plan.dir).await? != summary {
        return Err(Failure("控えから戻したものが、控えと違います".to_owned()));
    }
    tracing::info!(
        rows = summary.rows(),
        holds = told(&summary),
        "restored and compared"
    );
    if let Some(second) = &plan.second {
        copy(path, second)?;
    }
    for place in plan.places() {
        forget_old(place, now)?;
    }
    Ok(())
}

/// Copies a backup, which may be larger than the memory, and reads the copy back.
fn copy(path: &Path, folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure(format!("{} に写せません: {error}", folder.display()));
    let to = folder.join(path.file_name().unwrap_or_default());
    let mut out = Out::prepare(&to, &SystemEntropy)?;
    let mut from = File::open(path).map_err(failed)?;
    io::copy(&mut from, out.file()).map_err(|error| out.failed(&error))?;
    out.finish()?;
    if digest(path).map_err(failed)? != digest(&to).map_err(failed)? {
        return Err(Failure(format!(
            "{} に写したものが、元と違います",
            folder.display()
        )));
    }
    Ok(())
}

fn digest(path: &Path) -> io::Result<Vec<u8>> {
    let mut digest = Context::new(&SHA256);
    let mut file = BufReader::new(File::open(path)?);
    loop {
        let part = file.fill_buf()?;
        let length = part.len();
        if length == 0 {
            return Ok(digest.finish().as_ref().to_vec());
        }
        digest.update(part);
        file.consume(length);
    }
}

fn forget_old(folder: &Path, now: Moment) -> Result<(), Failure> {
    let made = made(folder);
    let times: Vec<Moment> = made.iter().map(|(at, _)| *at).collect();
    let old = generations::to_delete(&times, now);
    for (_, path) in made.iter().filter(|(at, _)| old.contains(at)) {
        fs::remove_file(path).map_err(|error| {
            Failure(format!("古い控え {} を消せません: {error}", path.display()))
        })?;
    }
    Ok(())
}

/// `hikitsugi-20261128T0200.age`, by the clock of Japan.
fn name(at: Moment) -> String {
    let day = Day::of(at);
    let minutes = (at.0 - day.starts_at().0) / 60_000;
    let (year, month, date) = (day.year(), day.month(), day.day());
    format!(
        "{BEFORE}{year:04}{month:02}{date:02}T{:02}{:02}{AFTER}",
        minutes / 60,
        minutes % 60
    )
}

/// When a backup of this name was begun; `None` for any other file.
fn begun(name: &str) -> Option<Moment> {
    let digits = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    let (day, time) = digits
        .split_once('T')
        .filter(|(day, time)| day.len() == 8 && time.len() == 4)?;
    let number = |text: &str| text.parse::<u16>().ok();
    let day = Day::from_ymd(
        i32::from(number(day.get(..4)?)?),
        u8::try_from(number(day.get(4..6)?)?).ok()?,
        u8::try_from(number(day.get(6..)?)?).ok()?,
    )?;
    let (hours, minutes) = (number(time.get(..2)?)?, number(time.get(2..)?)?);
    Some(
        day.starts_at()
            .plus_minutes(i64::from(hours) * 60 + i64::from(minutes)),
    )
}

/// The backups of a folder that have such a name, the oldest first.
fn made(folder: &Path) -> Vec<(Moment, PathBuf)> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut made: Vec<(Moment, PathBuf)> = files
        .filter_map(|file| Some((begun(file.file_name().to_str()?)?, file.path())))
        .collect();
    made.sort();
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_no_other_file_has_such_a_name() {
        let at = Moment(1_795_860_000_000);
        let minute = Moment(at.0 - at.0.rem_euclid(60_000));
        assert_eq!(begun(&name(at)), Some(minute));
        for other in [
            "hikitsugi-.age",
            "hikitsugi-2026112T02000.age",
            "hikitsugi-20261328T0200.age",
            "hikitsugi.db",
            "hikitsugi-20261128T0200.age.part",
            "x-20261128T0200.age",
            "hikitsugi-２０２６１１T0200.age",
        ] {
            assert_eq!(begun(other), None, "{other}");
        }
    }
}
