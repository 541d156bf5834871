//! Back-pressure: how much of one kind of work runs at once, and how much may wait for its turn.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// So much at once, and so much waiting; whoever comes then is told to come again.
pub struct Gate {
    name: &'static str,
    places: usize,
    at_once: usize,
    queued: Semaphore,
    running: Semaphore,
    refused: AtomicU64,
}

/// Too much is waiting already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A turn; the next begins when it is dropped.
pub struct Turn<'a> {
    _place: SemaphorePermit<'a>,
    _running: SemaphorePermit<'a>,
}

impl Gate {
    /// `name`: in the metrics.
    pub fn new(name: &'static str, at_once: usize, waiting: usize) -> Self {
        Self {
            name,
            places: at_once + waiting,
            at_once,
            queued: Semaphore::new(at_once + waiting),
            running: Semaphore::new(at_once),
            refused: AtomicU64::new(0),
        }
    }

    /// Waits for a turn, in the order of coming.
    ///
    /// # Errors
    /// [`Full`] at once when too many are waiting.
    pub async fn enter(&self) -> Result<Turn<'_>, Full> {
        let full = |_| {
            self.refused.fetch_add(1, Ordering::Relaxed);
            Full
        };
        let place = self.queued.try_acquire().map_err(full)?;
        let running = self.running.acquire().await.map_err(|_| Full)?;
        Ok(Turn {
            _place: place,
            _running: running,
        })
    }

    /// Whether the next who comes has a turn at once.
    pub fn has_room(&self) -> bool {
        self.running.available_permits() > 0
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn running(&self) -> usize {
        self.at_once - self.running.available_permits()
    }

    pub fn waiting(&self) -> usize {
        (self.places - self.queued.available_permits()).saturating_sub(self.running())
    }

    /// How many were told to come again.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_at_once() {
        let gate = Arc::new(Gate::new("test", 1, 1));
        let first = gate.enter().await.unwrap();
        let second = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.map(|_| ()) }
        });
        while gate.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.enter().await.err(), Some(Full));
        assert_eq!((gate.running(), gate.waiting(), gate.refused()), (1, 1, 1));
        drop(first);
        second.await.unwrap().unwrap();
        assert_eq!((gate.running(), gate.waiting()), (0, 0));
    }
}
