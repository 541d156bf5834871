//! All open connections: how many there may be, and which gives way when there are too many.
//!
//! Whose request is being answered stays. Everybody else only holds a place: a connection whose request is not here whole,
//! or that rests between two. When all places are taken, the one that has held its place longest gives it to the next who
//! comes, so that a thousand connections that never ask cannot keep an ambulance crew out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// What the metrics tell of connections.
#[derive(Default)]
pub struct Counted {
    pub open: AtomicUsize,
    /// Gave way to another one.
    pub gave_way: AtomicU64,
    /// Closed with an unfinished request or a broken handshake.
    pub broken: AtomicU64,
}

impl Counted {
    pub(super) fn is_broken(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) struct Crowd {
    places: Arc<Semaphore>,
    resting: Mutex<Resting>,
    counted: Arc<Counted>,
}

/// Who only holds a place, in the order since when.
#[derive(Default)]
struct Resting {
    next: u64,
    by_age: BTreeMap<u64, Arc<Notify>>,
    /// Somebody waits for a place, and nobody rested.
    is_wanted: bool,
}

impl Crowd {
    pub fn new(places: usize, counted: Arc<Counted>) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(places)),
            resting: Mutex::default(),
            counted,
        })
    }

    /// A place for one more; somebody gives way if there is none.
    pub async fn place(self: &Arc<Self>) -> Arc<Guest> {
        let places = self.places.clone();
        let place = match places.clone().try_acquire_owned() {
            Ok(place) => Some(place),
            Err(_) => {
                self.make_room();
                // Never closed, so a place always comes.
                places.acquire_owned().await.ok()
            }
        };
        self.counted.open.fetch_add(1, Ordering::Relaxed);
        let guest = Arc::new(Guest {
            crowd: self.clone(),
            _place: place,
            standing: Mutex::new((State::New, None)),
            leave: Arc::new(Notify::new()),
        });
        guest.becomes(State::New);
        guest
    }

    fn make_room(&self) {
        let mut resting = self.resting();
        match resting.by_age.pop_first() {
            Some((_, leave)) => {
                self.counted.gave_way.fetch_add(1, Ordering::Relaxed);
                leave.notify_one();
            }
            None => resting.is_wanted = true,
        }
    }

    fn resting(&self) -> MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It never asked for anything.
    New,
    /// The head of a request is here, the rest is awaited.
    Asking,
    /// Its request is here whole.
    Answered,
    /// It has its answer, or most of it.
    Resting,
}

/// One open connection.
pub struct Guest {
    crowd: Arc<Crowd>,
    _place: Option<OwnedSemaphorePermit>,
    /// With its number among those who only hold a place.
    standing: Mutex<(State, Option<u64>)>,
    leave: Arc<Notify>,
}

impl Guest {
    /// Its request is here whole: it keeps its place until it has its answer.
    pub fn is_answered(&self) {
        self.becomes(State::Answered);
    }

    pub(super) fn becomes(&self, state: State) {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut resting = self.crowd.resting();
        let (before, number) = *standing;
        if let Some(number) = number {
            // Whose place is given away already is no longer there.
            resting.by_age.remove(&number);
        }
        let number = match state {
            State::Answered => None,
            // Since the last answer, or since it came.
            State::Asking if before != State::Answered && number.is_some() => number,
            _ => Some(resting.next),
        };
        if let Some(number) = number {
            if std::mem::take(&mut resting.is_wanted) {
                self.crowd.counted.gave_way.fetch_add(1, Ordering::Relaxed);
                self.leave.notify_one();
            } else {
                resting.next = resting.next.max(number + 1);
                resting.by_age.insert(number, self.leave.clone());
            }
        }
        *standing = (state, number);
    }

    pub(super) fn state(&self) -> State {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.0
    }

    /// Until its place goes to another one.
    pub(super) async fn gives_way(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.becomes(State::Answered);
        self.crowd.counted.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Comes while all places are taken; gives the guest as soon as `leaves` has left.
    async fn comes_for(crowd: &Arc<Crowd>, leaves: Arc<Guest>) -> Arc<Guest> {
        let mut next = std::pin::pin!(crowd.place());
        tokio::select! {
            biased;
            _ = &mut next => panic!("there is no place yet"),
            () = leaves.gives_way() => {}
        }
        drop(leaves);
        next.await
    }

    #[tokio::test]
    async fn who_has_held_a_place_longest_gives_way_and_who_is_being_answered_stays() {
        let crowd = Crowd::new(3, Arc::default());
        let (first, second, third) = (
            crowd.place().await,
            crowd.place().await,
            crowd.place().await,
        );
        first.is_answered();
        // The second was answered and rests anew; the third only says that it asks, bit by bit.
        second.is_answered();
        second.becomes(State::Resting);
        third.becomes(State::Asking);
        let fourth = comes_for(&crowd, third).await;
        assert_eq!(crowd.counted.open.load(Ordering::Relaxed), 3);
        assert_eq!(crowd.counted.gave_way.load(Ordering::Relaxed), 1);
        drop((first, second, fourth));
        assert!(crowd.resting().by_age.is_empty());
        assert_eq!(crowd.counted.open.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn when_all_are_being_answered_the_first_who_is_done_gives_way() {
        let crowd = Crowd::new(2, Arc::default());
        let (first, second) = (crowd.place().await, crowd.place().await);
        first.is_answered();
        second.is_answered();
        let done = first.clone();
        let (third, ()) = tokio::join!(comes_for(&crowd, first), async {
            done.becomes(State::Resting);
            drop(done);
        });
        drop((second, third));
        assert_eq!(crowd.counted.open.load(Ordering::Relaxed), 0);
    }
}
