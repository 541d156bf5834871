//! The disk fails: power goes, single calls of the operating system fail, there is no room. What was acknowledged is
//! there afterwards, once and in its order; what was not is there whole or not at all (safety.md S24, security.md §5).
//!
//! More of each by command: `HIKITSUGI_CUTS=1000`, `HIKITSUGI_FAULTS=10000`, `HIKITSUGI_SEED=…`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::killed::{Program, token};
use crate::support::service::Service;
use crate::support::{Bench, Folder, MASTER_KEY, number, sheet};

/// An emergency that somebody taps in, and what they know of it.
struct Taps {
    events: String,
    emergency: String,
    token: String,
    /// How many were acknowledged, in their order.
    acknowledged: usize,
}

impl Taps {
    fn begin(program: &Program, resident: &str, token: String) -> Self {
        let begin = format!("/api/v1/residents/{resident}/transports");
        let (status, begun) = program.ask("POST", &begin, &token, "").unwrap();
        assert_eq!(status, 201, "{begun}");
        let emergency = format!("/api/v1/transports/{}", begun["id"].as_str().unwrap());
        Self {
            events: format!("{emergency}/events"),
            emergency,
            token,
            acknowledged: 0,
        }
    }

    fn words(tap: usize) -> String {
        format!("観察その{tap}。")
    }

    /// The next tap; `false` when it was not acknowledged.
    fn tap(&mut self, program: &Program) -> bool {
        let tap = self.acknowledged;
        let body = json!({"event": "observed", "words": Self::words(tap)}).to_string();
        let headers = format!("{}idempotency-key: tap-{tap}\r\n", self.token);
        let answer = program.ask("POST", &self.events, &headers, &body);
        let done = matches!(answer, Some((200 | 201, _)));
        self.acknowledged += usize::from(done);
        done
    }

    /// Sends the same tap until it is acknowledged.
    fn taps(&mut self, program: &Program) {
        let at = self.acknowledged;
        while self.acknowledged == at {
            self.tap(program);
        }
    }

    /// What was acknowledged is there, once, in its order; behind it at most the one that nobody answered.
    fn all_there(&self, program: &Program, fault: usize) {
        let (status, all) = program
            .ask("GET", &self.emergency, &self.token, "")
            .unwrap();
        assert_eq!(status, 200, "fault {fault}: {all}");
        let words = |entry: &Value| entry["words"].as_str().unwrap().to_owned();
        let noted: Vec<String> = all["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(words)
            .collect();
        let known: Vec<String> = (0..noted.len()).map(Self::words).collect();
        assert_eq!(noted, known, "fault {fault}: once, in their order");
        let one_more = self.acknowledged..=self.acknowledged + 1;
        assert!(
            one_more.contains(&noted.len()),
            "fault {fault}: {} of {}",
            noted.len(),
            self.acknowledged
        );
    }
}

/// A database with one resident, in a folder of its own, and the key of the care worker's digits.
async fn town() -> (Folder, PathBuf, String, String) {
    let service = Service::start(Bench::sqlite().await).await;
    let resident = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
    service.sign_in("care").await;
    let key = service.door().key("care");
    let fresh = "update second_factor set last_step = 0";
    service.bench.at_the_shell(fresh).await.unwrap();
    service.bench.store.close().await;
    let folder = Folder::new();
    let file = folder.path().join("before.db");
    std::fs::copy(service.bench.folder.path().join("test.db"), &file).unwrap();
    (folder, file, resident, key)
}

fn does(program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn is_whole(database: &str) {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_hikitsugi"));
    let chains = verify
        .envs([MASTER_KEY])
        .args(["audit", "verify", "--database", database])
        .output()
        .unwrap();
    assert!(
        chains.status.success(),
        "{}",
        String::from_utf8_lossy(&chains.stdout)
    );
}

/// SplitMix64: the same faults for the same seed, as far as the machine's own times let them be.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

/// A disk of its own in a file, whose power can be cut.
struct Disk {
    image: PathBuf,
    place: PathBuf,
}

impl Disk {
    /// `None` where this machine lets nobody mount, with the reason.
    fn new(folder: &Path, kind: &str) -> Result<Self, String> {
        let disk = Self {
            image: folder.join(format!("{kind}.img")),
            place: folder.join(kind),
        };
        std::fs::create_dir(&disk.place).unwrap();
        let file = std::fs::File::create(&disk.image).unwrap();
        file.set_len(320 << 20).unwrap();
        let (make, image) = (format!("mkfs.{kind}"), disk.image.to_str().unwrap());
        let force = if kind == "xfs" { "-f" } else { "-F" };
        let made = does(&make, &["-q", force, image]);
        assert!(made.status.success(), "{made:?}");
        disk.mount()?;
        Ok(disk)
    }

    fn mount(&self) -> Result<(), String> {
        let done = does(
            "mount",
            &[
                "-o",
                "loop",
                self.image.to_str().unwrap(),
                self.place.to_str().unwrap(),
            ],
        );
        done.status
            .success()
            .then_some(())
            .ok_or_else(|| String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// Nothing that was not told to stay reaches the disk any more.
    fn cut(&self) {
        let done = does(
            "xfs_io",
            &["-x", "-c", "shutdown", self.place.to_str().unwrap()],
        );
        assert!(done.status.success(), "{done:?}");
    }

    fn unmount(&self) {
        let done = does("umount", &[self.place.to_str().unwrap()]);
        assert!(done.status.success(), "{done:?}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        does("umount", &["-l", self.place.to_str().unwrap_or_default()]);
    }
}

fn power_is_cut(kind: &str, before: &Path, folder: &Path, resident: &str, key: &str) {
    let disk = match Disk::new(folder, kind) {
        Ok(disk) => disk,
        Err(why) => {
            println!("no power is cut on {kind}: this machine does not let us mount: {why}");
            return;
        }
    };
    let file = disk.place.join("test.db");
    std::fs::copy(before, &file).unwrap();
    // The copy is not the program's: it is on disk before the power can go.
    assert!(
        does("sync", &["-f", file.to_str().unwrap()])
            .status
            .success()
    );
    let database = format!("sqlite:{}", file.display());
    let cuts = usize::try_from(number("HIKITSUGI_CUTS", 60))
        .unwrap()
        .div_ceil(2);
    let mut chance = Chance(number("HIKITSUGI_SEED", 119));
    let mut program = Program::start_with(&database, &[]);
    let token = token(&program, key);
    let mut taps = Taps::begin(&program, resident, token);
    for cut in 0..cuts {
        let target = taps.acknowledged + 1 + chance.below(16);
        let (seen, is_cut) = (AtomicUsize::new(taps.acknowledged), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while seen.load(Ordering::Acquire) < target {
                    std::thread::yield_now();
                }
                disk.cut();
                is_cut.store(true, Ordering::Release);
            });
            // Until power is gone and a tap was refused: everything before was acknowledged.
            loop {
                let was_cut = is_cut.load(Ordering::Acquire);
                let done = taps.tap(&program);
                seen.store(taps.acknowledged, Ordering::Release);
                if !done {
                    break;
                }
                assert!(!was_cut, "acknowledged without power");
            }
            seen.store(target, Ordering::Release);
        });
        program.kill();
        disk.unmount();
        disk.mount().unwrap();
        program = Program::start_with(&database, &[]);
        taps.all_there(&program, cut);
        taps.taps(&program);
    }
    taps.all_there(&program, cuts);
    program.kill();
    is_whole(&database);
    println!(
        "{kind}: {cuts} cuts, {} taps acknowledged, 0 lost, 0 doubled",
        taps.acknowledged
    );
}

#[tokio::test]
async fn s24_what_was_acknowledged_outlives_a_power_cut() {
    let (folder, before, resident, key) = town().await;
    let work = move || {
        for kind in ["ext4", "xfs"] {
            power_is_cut(kind, &before, folder.path(), &resident, &key);
        }
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

/// Tells the library that stands between the program and the operating system which call fails next.
struct Calls(PathBuf);

impl Calls {
    fn tell(&self, program: &Program, command: &str) {
        let prefix = format!("{}-{}", self.0.display(), program.id());
        std::fs::write(format!("{prefix}.in"), format!("{command}\n")).unwrap();
        let answer = std::fs::read_to_string(format!("{prefix}.out")).unwrap();
        assert_eq!(answer.trim(), "0", "{command}");
    }
}

const CALLS: [&str; 5] = [
    "posix/io/rw/pwrite",
    "posix/io/sync/fsync",
    "posix/io/sync/fdatasync",
    "posix/io/rw/pread",
    "posix/io/dir/unlink",
];
const EIO: u8 = 5;
const ENOSPC: u8 = 28;

fn calls_fail(before: &Path, folder: &Path, resident: &str, key: &str) {
    const LIBRARY: &str = "/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so";
    let file = folder.join("faults.db");
    std::fs::copy(before, &file).unwrap();
    let database = format!("sqlite:{}", file.display());
    let calls = Calls(folder.join("fiu"));
    let fifo = calls.0.display().to_string();
    let environment = [("LD_PRELOAD", LIBRARY), ("FIU_CTRL_FIFO", fifo.as_str())];
    let faults = usize::try_from(number("HIKITSUGI_FAULTS", 300)).unwrap();
    let mut chance = Chance(number("HIKITSUGI_SEED", 119));
    let mut program = Program::start_with(&database, &environment);
    let token = token(&program, key);
    let mut taps = Taps::begin(&program, resident, token);
    let mut refused = 0;
    for fault in 0..faults {
        let call = CALLS[chance.below(CALLS.len())];
        let reason = if chance.below(2) == 0 { EIO } else { ENOSPC };
        let often = ["1", "0.5", "0.2"][chance.below(3)];
        calls.tell(
            &program,
            &format!("enable_random name={call},probability={often},failinfo={reason},onetime"),
        );
        let before = taps.acknowledged;
        taps.tap(&program);
        let was_refused = taps.acknowledged == before;
        refused += usize::from(was_refused);
        calls.tell(&program, &format!("disable name={call}"));
        // Three failures in a minute turn writing off for some seconds; a new process begins anew.
        if fault % 2 == 1 {
            program.kill();
            program = Program::start_with(&database, &environment);
        }
        if was_refused {
            taps.taps(&program);
        }
        taps.all_there(&program, fault);
    }
    program.kill();
    is_whole(&database);
    assert!(
        refused > faults / 20,
        "{refused} of {faults}: the calls never failed"
    );
    println!(
        "{faults} calls failed, {refused} taps refused, {} acknowledged, 0 lost, 0 doubled",
        taps.acknowledged
    );
}

#[tokio::test]
async fn s24_no_failed_call_of_the_system_loses_or_doubles_what_was_acknowledged() {
    let (folder, before, resident, key) = town().await;
    tokio::task::spawn_blocking(move || calls_fail(&before, folder.path(), &resident, &key))
        .await
        .unwrap();
}

fn disk_is_full(before: &Path, folder: &Path, resident: &str, key: &str) {
    let place = folder.join("full");
    std::fs::create_dir(&place).unwrap();
    let shown = place.to_str().unwrap();
    let room = std::fs::metadata(before).unwrap().len() + (3 << 20);
    let mounted = does(
        "mount",
        &["-t", "tmpfs", "-o", &format!("size={room}"), "tmpfs", shown],
    );
    if !mounted.status.success() {
        println!(
            "no disk is filled: this machine does not let us mount: {}",
            String::from_utf8_lossy(&mounted.stderr)
        );
        return;
    }
    let file = place.join("test.db");
    std::fs::copy(before, &file).unwrap();
    let database = format!("sqlite:{}", file.display());
    let mut program = Program::start_with(&database, &[]);
    let token = token(&program, key);
    let mut taps = Taps::begin(&program, resident, token);
    let stone = place.join("stone");
    for fault in 0..3 {
        for _ in 0..5 {
            taps.taps(&program);
        }
        let fill = vec![0; usize::try_from(room).unwrap()];
        // As much as there is room for.
        let _ = std::fs::write(&stone, &fill);
        while taps.tap(&program) {}
        assert!(!taps.tap(&program), "refused again");
        std::fs::remove_file(&stone).unwrap();
        // The same process goes on by itself.
        taps.taps(&program);
        taps.all_there(&program, fault);
    }
    program.kill();
    is_whole(&database);
    does("umount", &[shown]);
}

#[tokio::test]
async fn s24_a_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_room() {
    let (folder, before, resident, key) = town().await;
    tokio::task::spawn_blocking(move || disk_is_full(&before, folder.path(), &resident, &key))
        .await
        .unwrap();
}
