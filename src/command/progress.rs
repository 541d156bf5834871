//! A line on the terminal while something takes longer than two seconds.

use std::io::{IsTerminal, Write};
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
}

impl Progress {
    pub fn start(words: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self {
                work: None,
                thread: None,
            };
        }
        let (sender, receiver) = mpsc::channel();
        let thread =
            std::thread::spawn(move || show(&receiver, &mut std::io::stderr(), words, PATIENCE));
        Self {
            work: Some(sender),
            thread: Some(thread),
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
fn show(work: &Receiver<()>, out: &mut impl Write, words: &str, patience: Duration) {
    let mut wait = patience;
    let mut drawn = 0_usize;
    while work.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let at = drawn % BAR;
        let bar: String = (0..BAR)
            .map(|cell| if cell == at { '■' } else { '□' })
            .collect();
        let _ = write!(out, "\r\u{1b}[K{bar} {words}…");
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

    #[test]
    fn work_that_is_done_in_time_shows_nothing() {
        let (sender, receiver) = mpsc::channel();
        drop(sender);
        let mut out = Vec::new();
        show(&receiver, &mut out, "確かめています", PATIENCE);
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
        show(&receiver, &mut out, "確かめています", Duration::ZERO);
        let text = String::from_utf8(out.0).unwrap();
        assert!(text.contains("□ 確かめています…"), "{text}");
        assert!(text.ends_with("\r\u{1b}[K"), "{text}");
    }
}
