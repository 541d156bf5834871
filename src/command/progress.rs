//! A line on the terminal while something takes longer than two seconds.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long work may take before anything is shown.
const PATIENCE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(250);
const BAR: usize = 12;

/// Says that work goes on, until it is dropped. Without a terminal on stderr it says nothing.
pub struct Progress {
    work: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    done: Arc<AtomicUsize>,
}

impl Progress {
    /// Work whose end nobody knows.
    pub fn start(words: &'static str) -> Self {
        Self::of(0, words)
    }

    /// Work of `all` parts; [`Progress::done`] tells how many of them are behind.
    pub fn of(all: usize, words: &'static str) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        if !std::io::stderr().is_terminal() {
            return Self {
                work: None,
                thread: None,
                done,
            };
        }
        let (sender, receiver) = mpsc::channel();
        let line = Line {
            words,
            all,
            done: done.clone(),
        };
        let thread =
            std::thread::spawn(move || show(&receiver, &mut std::io::stderr(), &line, PATIENCE));
        Self {
            work: Some(sender),
            thread: Some(thread),
            done,
        }
    }

    pub fn done(&self, parts: usize) {
        self.done.store(parts, Ordering::Relaxed);
    }
}

/// What is shown.
struct Line {
    words: &'static str,
    /// Zero: nobody knows.
    all: usize,
    done: Arc<AtomicUsize>,
}

impl Line {
    fn drawn(&self, turn: usize) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let is_full = |cell: usize| match self.all {
            0 => cell == turn % BAR,
            all => cell < done * BAR / all,
        };
        let bar: String = (0..BAR)
            .map(|cell| if is_full(cell) { '■' } else { '□' })
            .collect();
        match self.all {
            0 => format!("{bar} {}…", self.words),
            all => format!("{bar} {done} / {all} {}…", self.words),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Draws until the work lets go of its end, then wipes the line.
fn show(work: &Receiver<()>, out: &mut impl Write, line: &Line, patience: Duration) {
    let mut wait = patience;
    let mut drawn = 0_usize;
    while work.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let _ = write!(out, "\r\u{1b}[K{}", line.drawn(drawn));
        let _ = out.flush();
        drawn += 1;
        wait = TICK;
    }
    if drawn > 0 {
        let _ = write!(out, "\r\u{1b}[K");
        let _ = out.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(done: usize, all: usize) -> Line {
        Line {
            words: "確かめています",
            all,
            done: Arc::new(AtomicUsize::new(done)),
        }
    }

    #[test]
    fn known_work_shows_how_much_of_it_is_done() {
        assert_eq!(
            line(0, 300).drawn(7),
            "□□□□□□□□□□□□ 0 / 300 確かめています…"
        );
        assert_eq!(
            line(150, 300).drawn(7),
            "■■■■■■□□□□□□ 150 / 300 確かめています…"
        );
        assert_eq!(
            line(300, 300).drawn(7),
            "■■■■■■■■■■■■ 300 / 300 確かめています…"
        );
    }

    #[test]
    fn work_that_is_done_in_time_shows_nothing() {
        let (sender, receiver) = mpsc::channel();
        drop(sender);
        let mut out = Vec::new();
        show(&receiver, &mut out, &line(0, 0), PATIENCE);
        assert_eq!(out, b"");
    }

    #[test]
    fn a_line_names_its_part_and_is_wiped_in_the_end() {
        /// Lets go of the sender when the line was drawn once.
        struct Once(Vec<u8>, Option<Sender<()>>);

        impl Write for Once {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.1 = None;
                self.0.write(bytes)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        let (sender, receiver) = mpsc::channel();
        let mut out = Once(Vec::new(), Some(sender));
        show(&receiver, &mut out, &line(0, 0), Duration::ZERO);
        let text = String::from_utf8(out.0).unwrap();
        assert!(text.contains("□ 確かめています…"), "{text}");
        assert!(text.ends_with("\r\u{1b}[K"), "{text}");
    }
}
