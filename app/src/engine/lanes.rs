//! The lane of long reads: whole bills that are summed line by line, files that are downloaded, names that are searched,
//! audits that are looked through. Only a few are at work at once, fewer than the store has connections, so that whoever
//! reads a page never waits for them; the others wait for their turn in the order in which they came. Each key (a
//! platform's, or an account's) has at most so many at work and waiting, so that no key fills the queue of all.

use crate::failure::Failure;
use credere_core::access::Actor;
use credere_core::channel::Uin;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Long reads at work at once, however many processors there are.
pub const AT_ONCE_MAX: usize = 4;

// The others are for short reads.
const _: () = assert!(2 * AT_ONCE_MAX <= credere_store::sqlite::READERS_OF_LISTS as usize);

/// How long a read waits for its turn before it is turned away as overloaded.
const TURN_WITHIN: Duration = Duration::from_secs(10);

/// Whose reads are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Platform(u32),
    Account(Uin),
}

/// All long reads.
pub(super) struct LongReads {
    places: Arc<Semaphore>,
    per_key: usize,
    of_keys: Mutex<HashMap<Key, usize>>,
}

/// A long read that counts for its key until this is dropped.
pub struct LongRead {
    lane: Arc<LongReads>,
    key: Option<Key>,
}

/// A place at work; others wait for it.
pub(crate) struct Turn(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit);

impl LongReads {
    /// A lane for so many at once, and so many of one key.
    pub(super) fn new(at_once: usize, per_key: usize) -> Arc<LongReads> {
        let places = Arc::new(Semaphore::new(at_once.clamp(1, AT_ONCE_MAX)));
        Arc::new(LongReads { places, per_key: per_key.max(1), of_keys: Mutex::default() })
    }

    /// Counts one more for whoever asks.
    ///
    /// # Errors
    /// [`Failure::TooManyLongReads`] when the key has as many as it may.
    pub(super) fn admit(self: &Arc<LongReads>, actor: Actor) -> Result<LongRead, Failure> {
        let key = match actor {
            Actor::Platform { key, .. } => Key::Platform(key),
            Actor::Account(uin) => Key::Account(uin),
            // Nobody asks: what the server does by itself is bounded by itself.
            Actor::System => return Ok(LongRead { lane: self.clone(), key: None }),
        };
        let mut of_keys = self.of_keys.lock();
        let held = of_keys.entry(key).or_default();
        if *held >= self.per_key {
            return Err(Failure::TooManyLongReads { most: self.per_key });
        }
        *held += 1;
        Ok(LongRead { lane: self.clone(), key: Some(key) })
    }
}

impl LongRead {
    /// Waits for a place.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] after ten seconds.
    pub(crate) async fn turn(&self) -> Result<Turn, Failure> {
        let place = tokio::time::timeout(TURN_WITHIN, self.lane.places.clone().acquire_owned()).await;
        place.map_err(|_| Failure::Overloaded)?.map(Turn).map_err(|_| Failure::NotReady)
    }

    /// The same for a thread of its own.
    ///
    /// # Errors
    /// As [`LongRead::turn`].
    pub(crate) fn turn_blocking(&self) -> Result<Turn, Failure> {
        tokio::runtime::Handle::current().block_on(self.turn())
    }
}

impl Drop for LongRead {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let mut of_keys = self.lane.of_keys.lock();
        if let Some(held) = of_keys.get_mut(&key) {
            *held -= 1;
            if *held == 0 {
                of_keys.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::access::KeyAccess;

    #[tokio::test]
    async fn a_key_has_only_so_many_and_nobody_else_is_held_up_by_it() {
        let lane = LongReads::new(1, 2);
        let one = Actor::Platform { key: 1, access: KeyAccess::Full };
        let (first, second) = (lane.admit(one).unwrap(), lane.admit(one).unwrap());
        assert!(matches!(lane.admit(one), Err(Failure::TooManyLongReads { most: 2 })));
        let other = lane.admit(Actor::Platform { key: 2, access: KeyAccess::Read }).unwrap();
        let account = lane.admit(Actor::Account(Uin::new(1).unwrap())).unwrap();
        let turn = first.turn().await.unwrap();
        // They wait in the order in which they came.
        let mut waiting = [Box::pin(second.turn()), Box::pin(other.turn()), Box::pin(account.turn())];
        for wait in &mut waiting {
            assert!(futures_poll(wait).is_none());
        }
        drop(turn);
        let [mut second_turn, mut other_turn, _] = waiting;
        let turn = futures_poll(&mut second_turn).unwrap().unwrap();
        assert!(futures_poll(&mut other_turn).is_none());
        drop((turn, first));
        assert!(lane.admit(one).is_ok());
        assert!(futures_poll(&mut other_turn).is_some());
    }

    #[test]
    fn what_is_done_is_not_remembered() {
        let lane = LongReads::new(1, 2);
        drop(lane.admit(Actor::Account(Uin::new(1).unwrap())).unwrap());
        assert!(lane.of_keys.lock().is_empty());
    }

    /// What a future has now.
    fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        }
    }
}
