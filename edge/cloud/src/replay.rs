//! The memory of writing requests that were already received. TC3 signs no nonce, so a captured request stays valid for
//! the length of the window; a writing action that shows the same mark again is refused before it acts. Reads are not
//! remembered: two equal reads within one second are byte-identical and both legitimate.

use crate::error::{CloudError, ErrorCode};
use crate::sign::WINDOW_SECONDS;
use credere_core::book::KeyUse;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};

/// How long a mark is remembered, in seconds: a timestamp may lie this window ahead when the request first arrives, and
/// is accepted until it lies the same window behind.
pub const REMEMBER_SECONDS: i64 = 2 * WINDOW_SECONDS;
/// How many marks are kept by default, about 60 MiB when all are used: 1,600 writing requests a second for the whole time.
pub const MARKS_MAX: usize = 1_000_000;

/// What a repetition of a request is recognised by: half of a SHA-256 over its parts, each with its length before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark([u8; 16]);

impl Mark {
    /// The mark as an idempotency key: what was carried out under it is known for longer than this memory lives.
    pub(crate) fn key(self) -> KeyUse {
        KeyUse { key: self.0, content: self.0 }
    }

    /// The mark of one part of a request that does several things, counted from 0.
    pub(crate) fn of_part(self, number: usize) -> Mark {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update((number as u64).to_be_bytes());
        Mark::half_of(hash)
    }

    /// The mark of these parts, in this order.
    pub fn of(parts: &[&str]) -> Mark {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Mark::half_of(hash)
    }

    fn half_of(hash: Sha256) -> Mark {
        let digest = hash.finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Mark(half)
    }
}

/// The marks of the writing requests of the last [`REMEMBER_SECONDS`].
#[derive(Debug)]
pub struct Replays {
    capacity: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    marks: HashSet<Mark>,
    /// When each mark may be forgotten, oldest first.
    order: VecDeque<(i64, Mark)>,
}

impl Replays {
    /// An empty memory that holds at most `capacity` marks.
    pub fn new(capacity: usize) -> Replays {
        Replays { capacity, seen: Mutex::default() }
    }

    /// Remembers a writing request, or refuses it when one of its marks is known. `now` is the machine's clock in seconds.
    ///
    /// # Errors
    /// `RequestLimitExceeded` when the request was received before, and when the memory is full: a mark that must be
    /// remembered is never forgotten to make room.
    pub fn admit(&self, marks: &[Mark], now: i64) -> Result<(), CloudError> {
        let mut seen = self.seen.lock();
        while let Some(&(_, mark)) = seen.order.front().filter(|(until, _)| *until < now) {
            seen.order.pop_front();
            seen.marks.remove(&mark);
        }
        if marks.iter().any(|mark| seen.marks.contains(mark)) {
            let message = "this writing request was received before; sign a new one to act again";
            return Err(CloudError::new(ErrorCode::RequestLimitExceeded, message));
        }
        if seen.marks.len() + marks.len() > self.capacity {
            let message = "too many writing requests are within the time window of their signatures; try again later";
            return Err(CloudError::new(ErrorCode::RequestLimitExceeded, message));
        }
        for &mark in marks {
            seen.marks.insert(mark);
            seen.order.push_back((now.saturating_add(REMEMBER_SECONDS), mark));
        }
        Ok(())
    }
}

impl Default for Replays {
    fn default() -> Replays {
        Replays::new(MARKS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(outcome: Result<(), CloudError>) -> Option<ErrorCode> {
        outcome.err().map(|e| e.code())
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Mark::of(&["ab", "c"]), Mark::of(&["a", "bc"]));
        assert_ne!(Mark::of(&["a", ""]), Mark::of(&["a"]));
        assert_eq!(Mark::of(&["a", "b"]), Mark::of(&["a", "b"]));
    }

    #[test]
    fn a_mark_is_remembered_for_600_seconds() {
        let replays = Replays::new(10);
        let mark = [Mark::of(&["x"])];
        assert_eq!(code(replays.admit(&mark, 1_000)), None);
        assert_eq!(code(replays.admit(&mark, 1_000)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&mark, 1_600)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[Mark::of(&["y"])], 1_600)), None);
        assert_eq!(code(replays.admit(&mark, 1_601)), None);
        assert_eq!(code(replays.admit(&mark, 1_601)), Some(ErrorCode::RequestLimitExceeded));
    }

    #[test]
    fn one_known_mark_of_two_is_enough_and_a_refusal_remembers_nothing() {
        let replays = Replays::new(10);
        let (a, b, c) = (Mark::of(&["a"]), Mark::of(&["b"]), Mark::of(&["c"]));
        assert_eq!(code(replays.admit(&[a, b], 0)), None);
        assert_eq!(code(replays.admit(&[c, b], 0)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[c], 0)), None);
    }

    #[test]
    fn a_full_memory_refuses_and_never_forgets() {
        let replays = Replays::new(2);
        let (a, b, c) = (Mark::of(&["a"]), Mark::of(&["b"]), Mark::of(&["c"]));
        assert_eq!(code(replays.admit(&[a], 0)), None);
        assert_eq!(code(replays.admit(&[b, c], 0)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[b], 1)), None);
        assert_eq!(code(replays.admit(&[c], 600)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[a], 600)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[c], 601)), None);
        assert_eq!(code(replays.admit(&[b], 601)), Some(ErrorCode::RequestLimitExceeded));
    }

    #[test]
    fn a_clock_that_steps_back_forgets_nothing() {
        let replays = Replays::new(10);
        let mark = [Mark::of(&["a"])];
        assert_eq!(code(replays.admit(&mark, 5_000)), None);
        assert_eq!(code(replays.admit(&[Mark::of(&["b"])], 10)), None);
        assert_eq!(code(replays.admit(&mark, 10)), Some(ErrorCode::RequestLimitExceeded));
        assert_eq!(code(replays.admit(&[Mark::of(&["b"])], 611)), Some(ErrorCode::RequestLimitExceeded));
    }
}
