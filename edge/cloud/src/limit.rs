//! How often an account may call an action: a token bucket for each calling account and action whose burst is the limit.
//! Only authenticated calls of known actions get here, so nobody can make keys without end; buckets that have filled up
//! again say nothing and are dropped from time to time.

use crate::error::{CloudError, ErrorCode, quoted};
use credere_core::channel::Uin;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// Calls per second of an action for which no figure is published.
pub const DEFAULT_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// After so many admitted calls the buckets that are full again are dropped. A bucket is full after a second without
/// calls, so that at most this many and one second's worth are held.
const SWEEP_EVERY: u32 = 1 << 16;

/// Whose bucket: account, version and action.
type Key = (Uin, &'static str, &'static str);
type Buckets<C> = RateLimiter<Key, DefaultKeyedStateStore<Key>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The buckets of all accounts and actions.
#[derive(Debug)]
pub struct Limits<C: Clock = DefaultClock> {
    /// One set of buckets for each figure that occurs.
    by_rate: BTreeMap<NonZeroU32, Buckets<C>>,
    admitted: AtomicU32,
}

impl Limits {
    /// Full buckets for actions with these rates, on the machine's steady clock.
    pub fn new(rates: impl IntoIterator<Item = NonZeroU32>) -> Limits {
        Limits::with_clock(rates, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    /// Full buckets on another clock.
    pub fn with_clock(rates: impl IntoIterator<Item = NonZeroU32>, clock: C) -> Limits<C> {
        let buckets =
            |rate| RateLimiter::new(Quota::per_second(rate), DefaultKeyedStateStore::default(), clock.clone());
        let by_rate = rates.into_iter().map(|rate| (rate, buckets(rate))).collect();
        Limits { by_rate, admitted: AtomicU32::new(0) }
    }

    /// Takes one call out of the bucket of this account and action.
    ///
    /// # Errors
    /// `RequestLimitExceeded` when the bucket is empty; `InternalError` when the rate was not given at the start.
    pub fn admit(
        &self,
        caller: Uin,
        version: &'static str,
        action: &'static str,
        per_second: NonZeroU32,
    ) -> Result<(), CloudError> {
        let unknown = || CloudError::internal(format!("no buckets for {per_second} calls a second"));
        let buckets = self.by_rate.get(&per_second).ok_or_else(unknown)?;
        buckets.check_key(&(caller, version, action)).map_err(|_| {
            let message = format!("{} may be called {per_second} times a second by one account", quoted(action));
            CloudError::new(ErrorCode::RequestLimitExceeded, message)
        })?;
        if self.admitted.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        Ok(())
    }

    fn sweep(&self) {
        for buckets in self.by_rate.values() {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        self.by_rate.values().map(RateLimiter::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    const FIVE: NonZeroU32 = NonZeroU32::new(5).unwrap();

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    fn calls(limits: &Limits<FakeRelativeClock>, who: u64, action: &'static str, times: usize) -> usize {
        (0..times).filter(|_| limits.admit(uin(who), "2022-09-28", action, FIVE).is_ok()).count()
    }

    #[test]
    fn the_burst_is_the_limit_and_refills_evenly() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock([FIVE, DEFAULT_PER_SECOND], clock.clone());
        assert_eq!(calls(&limits, 1, "A", 8), 5);
        clock.advance(Duration::from_millis(200));
        assert_eq!(calls(&limits, 1, "A", 8), 1);
        clock.advance(Duration::from_secs(60));
        assert_eq!(calls(&limits, 1, "A", 8), 5);
        let error = limits.admit(uin(1), "2022-09-28", "A", FIVE).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RequestLimitExceeded);
        assert!(error.message().contains("`A` may be called 5 times"), "{error}");
    }

    #[test]
    fn accounts_actions_and_versions_do_not_share() {
        let limits = Limits::with_clock([FIVE], FakeRelativeClock::default());
        assert_eq!(calls(&limits, 1, "A", 6), 5);
        assert_eq!(calls(&limits, 2, "A", 6), 5);
        assert_eq!(calls(&limits, 1, "B", 6), 5);
        assert!(limits.admit(uin(1), "2021-03-31", "A", FIVE).is_ok());
    }

    #[test]
    fn a_rate_that_was_not_announced_is_a_failure() {
        let limits = Limits::with_clock([FIVE], FakeRelativeClock::default());
        let error = limits.admit(uin(1), "2022-09-28", "A", DEFAULT_PER_SECOND).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InternalError);
    }

    #[test]
    fn full_buckets_are_dropped() {
        let clock = FakeRelativeClock::default();
        let limits = Limits::with_clock([FIVE], clock.clone());
        for who in 1..=100 {
            assert_eq!(calls(&limits, who, "A", 1), 1);
        }
        assert_eq!(limits.held(), 100);
        clock.advance(Duration::from_secs(2));
        // The sweep happens by itself once enough calls went through.
        for _ in 100..SWEEP_EVERY {
            assert!(limits.admit(uin(999), "2022-09-28", "A", FIVE).is_ok());
            clock.advance(Duration::from_millis(200));
        }
        assert!(limits.held() <= 1, "{}", limits.held());
    }
}
