//! Room that many callers share, of which one caller may hold at most half: requests at once, bytes in flight, files
//! that are being downloaded. Whoever asks for too much is kept from its own half only, so nobody is held up by one
//! caller alone. What a share is taken for is the taker's business.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many callers are remembered before those that hold nothing are forgotten.
const CALLERS_AT_LEAST: usize = 1_024;

/// The room. `K` says who a caller is.
pub struct Shares<K> {
    all: Arc<Semaphore>,
    total: usize,
    half: usize,
    callers: Mutex<Callers<K>>,
}

struct Callers<K> {
    /// Each caller's own half; gone when nothing of it is held or waited for.
    halves: HashMap<K, Weak<Semaphore>>,
    /// So many callers are remembered before the next tidying.
    tidied_at: usize,
}

/// A part of the room, given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    of_caller: OwnedSemaphorePermit,
    of_all: OwnedSemaphorePermit,
}

impl<K> fmt::Debug for Shares<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shares").field("left", &self.all.available_permits()).field("total", &self.total).finish()
    }
}

impl<K: Eq + Hash> Shares<K> {
    /// Room for `total` units; one caller gets half of them, rounded up.
    pub fn new(total: usize) -> Shares<K> {
        let total = total.min(Semaphore::MAX_PERMITS);
        let callers = Callers { halves: HashMap::new(), tidied_at: CALLERS_AT_LEAST };
        Shares { all: Arc::new(Semaphore::new(total)), total, half: total.div_ceil(2), callers: Mutex::new(callers) }
    }

    /// Units that are held now.
    pub fn held(&self) -> usize {
        self.total.saturating_sub(self.all.available_permits())
    }

    /// The most units that one caller can hold.
    pub fn half(&self) -> usize {
        self.half
    }

    /// So many units for the caller, or nothing when the room, or its half of it, does not have them now.
    pub fn try_take(&self, caller: K, units: u32) -> Option<Share> {
        let of_caller = self.half_of(caller).try_acquire_many_owned(units).ok()?;
        let of_all = self.all.clone().try_acquire_many_owned(units).ok()?;
        Some(Share { of_caller, of_all })
    }

    /// The same, once the units are there; those who wait are served in their order. `None` when there can never be so
    /// many. Whoever waits bounds the wait.
    pub async fn take(&self, caller: K, units: u32) -> Option<Share> {
        if usize::try_from(units).map_or(true, |units| units > self.half) {
            return None;
        }
        let of_caller = self.half_of(caller).acquire_many_owned(units).await.ok()?;
        let of_all = self.all.clone().acquire_many_owned(units).await.ok()?;
        Some(Share { of_caller, of_all })
    }

    fn half_of(&self, caller: K) -> Arc<Semaphore> {
        let mut callers = self.callers.lock();
        if let Some(half) = callers.halves.get(&caller).and_then(Weak::upgrade) {
            return half;
        }
        if callers.halves.len() >= callers.tidied_at {
            callers.halves.retain(|_, half| half.strong_count() > 0);
            callers.tidied_at = CALLERS_AT_LEAST.max(callers.halves.len() * 2);
        }
        let half = Arc::new(Semaphore::new(self.half));
        callers.halves.insert(caller, Arc::downgrade(&half));
        half
    }
}

impl Share {
    /// Puts another share of the same caller to this one.
    pub fn join(&mut self, more: Share) {
        // INVARIANT: a caller that holds something has one semaphore, so both shares are of the same two.
        self.of_caller.merge(more.of_caller);
        self.of_all.merge(more.of_all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_gets_half_and_the_others_the_rest() {
        let shares = Shares::new(8);
        let mut first = shares.try_take("a", 3).unwrap();
        assert!(shares.try_take("a", 2).is_none());
        first.join(shares.try_take("a", 1).unwrap());
        assert!(shares.try_take("a", 1).is_none());
        let second = shares.try_take("b", 4).unwrap();
        assert!(shares.try_take("c", 1).is_none(), "nothing is left");
        drop(first);
        assert!(shares.try_take("a", 4).is_some());
        drop(second);
        assert_eq!((shares.held(), shares.half()), (0, 4));
    }

    #[test]
    fn room_for_one_can_be_used_and_for_none_cannot() {
        assert!(Shares::new(1).try_take("a", 1).is_some());
        assert!(Shares::new(0).try_take("a", 1).is_none());
    }

    #[tokio::test]
    async fn whoever_waits_is_served_when_something_is_given_back() {
        let shares = Shares::new(2);
        assert!(shares.take("a", 2).await.is_none(), "one caller never gets so many");
        let held = shares.take("a", 1).await.unwrap();
        let (got, ()) = tokio::join!(shares.take("a", 1), async { drop(held) });
        assert!(got.is_some());
    }

    #[test]
    fn callers_that_hold_nothing_are_forgotten() {
        let shares = Shares::new(8);
        let held = shares.try_take(0, 1).unwrap();
        for caller in 1..CALLERS_AT_LEAST * 4 {
            drop(shares.try_take(caller, 1));
        }
        assert!(shares.callers.lock().halves.len() <= CALLERS_AT_LEAST);
        assert!(shares.callers.lock().halves.contains_key(&0));
        drop(held);
    }
}
