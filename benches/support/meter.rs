//! Wall and CPU time. On a machine that others use too, wall time says how busy they are; CPU time and the ratios of
//! one run say what the program costs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// A running measurement.
pub struct Meter {
    cpu: Duration,
    own: Duration,
    since: Instant,
}

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: Duration,
    /// Of all threads of the process but the one that measures; zero where the system has no `/proc`.
    pub others: Duration,
    /// Of the thread that measures.
    pub own: Duration,
}

impl Cost {
    pub fn cpu(&self) -> Duration {
        self.own + self.others
    }

    /// The cost of one of `count`.
    pub fn each(&self, count: u32) -> Self {
        let count = count.max(1);
        Self {
            wall: self.wall / count,
            others: self.others / count,
            own: self.own / count,
        }
    }
}

impl Meter {
    pub fn start() -> Self {
        Self {
            cpu: all_threads(),
            own: this_thread(),
            since: now(),
        }
    }

    pub fn stop(&self) -> Cost {
        let wall = now() - self.since;
        let own = this_thread() - self.own;
        Cost {
            wall,
            own,
            others: all_threads().saturating_sub(self.cpu + own),
        }
    }
}

/// The median of each of the times.
pub fn median(costs: &[Cost]) -> Cost {
    let of = |time: fn(&Cost) -> Duration| {
        let mut times: Vec<Duration> = costs.iter().map(time).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Cost {
        wall: of(|cost| cost.wall),
        others: of(|cost| cost.others),
        own: of(|cost| cost.own),
    }
}

/// Microseconds, for a table.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::disallowed_methods, reason = "a measurement is of real time")]
fn now() -> Instant {
    Instant::now()
}

/// CPU time so far of the threads that live now.
fn all_threads() -> Duration {
    fs::read_dir("/proc/self/task").map_or(Duration::ZERO, |tasks| {
        tasks.flatten().map(|task| of_thread(&task.path())).sum()
    })
}

fn this_thread() -> Duration {
    of_thread(Path::new("/proc/thread-self"))
}

fn of_thread(folder: &Path) -> Duration {
    let nanos = fs::read_to_string(folder.join("schedstat"))
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}
