//! What is remembered of signatures, room by room, in memory: what counts as seen, what was forgotten, and what the store
//! has yet to be given. It waits for nothing and writes nothing itself.

use crate::mark::Mark;
use crate::sign::WINDOW_SECONDS;
use credere_app::StoreError;
use credere_app::parties::SeenSignature;
use credere_core::channel::Uin;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Signatures that are remembered of one account, about 5 MiB: a hundred requests a second for the whole time that a
/// signature is valid.
pub const ACCOUNT_MARKS_MAX: usize = 65_536;
/// Signatures that are remembered of all accounts together, about 80 MiB. Beyond it the account that has most gives.
pub const MARKS_MAX: usize = 1_000_000;

/// Rows that the store may hold beyond twice those that count before it is given these alone.
pub(super) const ROWS_SPARE: usize = 65_536;
/// After a row could not be stored, so many seconds pass before the next attempt: a full disk stays full for a while.
const AGAIN_SECONDS: i64 = 60;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Signatures of one account.
    pub of_one: usize,
    /// Signatures of all accounts.
    pub of_all: usize,
}

impl Default for Bounds {
    /// [`ACCOUNT_MARKS_MAX`] and [`MARKS_MAX`].
    fn default() -> Bounds {
        Bounds { of_one: ACCOUNT_MARKS_MAX, of_all: MARKS_MAX }
    }
}

#[derive(Default)]
pub(super) struct Memory {
    pub(super) rooms: BTreeMap<Uin, Room>,
    /// Every room with how much it holds, the fullest last.
    by_size: BTreeSet<(usize, Uin)>,
    /// What all rooms hold together.
    pub(super) held: usize,
    /// Nobody writes with what was signed up to this second.
    forgotten: Option<i64>,
    pub(super) swept_at: i64,
    /// Rows that the store does not have yet.
    pub(super) unstored: Vec<SeenSignature>,
    /// Rows in the store.
    stored: usize,
    /// The store lacks rows; from this second on it is given all of them again.
    again_at: Option<i64>,
}

/// What the store is to be given.
pub(super) enum Rows {
    /// These besides what it has.
    More(Vec<SeenSignature>),
    /// These alone.
    All(Vec<SeenSignature>),
}

/// What one account signed.
#[derive(Default)]
pub(super) struct Room {
    seen: HashSet<Mark>,
    /// The same by the second in which they were signed.
    by_second: BTreeSet<(i64, Mark)>,
    /// What was signed up to this second is not known any more.
    forgotten: Option<i64>,
    /// How much of it is in the counts of the memory.
    counted: usize,
}

impl Memory {
    /// What the process before this one left in the store. `None` where that is not known to be complete: then nothing that
    /// was signed before `now` is known.
    pub(super) fn recalled(rows: Option<Vec<SeenSignature>>, bounds: Bounds, now: i64) -> Memory {
        let mut memory = Memory { swept_at: now, again_at: Some(now), ..Memory::default() };
        if rows.is_none() {
            memory.forgotten = Some(now - 1);
        }
        for row in rows.unwrap_or_default() {
            match row {
                SeenSignature::Seen { account, signed_at, mark } => {
                    memory.insert(account, signed_at, Mark(mark), bounds);
                }
                SeenSignature::Forgotten { account: None, upto } => raise(&mut memory.forgotten, upto),
                SeenSignature::Forgotten { account: Some(account), upto } => {
                    raise(&mut memory.room(account).forgotten, upto);
                }
            }
        }
        memory
    }

    fn room(&mut self, account: Uin) -> &mut Room {
        self.rooms.entry(account).or_default()
    }

    /// Whether everything that this account signed in this second is remembered.
    pub(super) fn knows(&self, account: Uin, signed_at: i64) -> bool {
        let room = self.rooms.get(&account).and_then(|room| room.forgotten);
        [self.forgotten, room].into_iter().flatten().all(|upto| signed_at > upto)
    }

    /// Remembers a mark; `false` when it is remembered already.
    pub(super) fn insert(&mut self, account: Uin, signed_at: i64, mark: Mark, bounds: Bounds) -> bool {
        let room = self.room(account);
        if !room.seen.insert(mark) {
            return false;
        }
        room.by_second.insert((signed_at, mark));
        self.count(account, |room| room.forget_beyond(bounds.of_one));
        while self.held > bounds.of_all
            && let Some(&(size, fullest)) = self.by_size.last()
        {
            self.count(fullest, |room| room.forget_beyond(size.saturating_sub(1)));
        }
        true
    }

    /// Forgets what this account signed so long ago that it is refused as expired.
    pub(super) fn expire(&mut self, account: Uin, now: i64) {
        let oldest = self.rooms.get(&account).and_then(|room| room.by_second.first());
        if oldest.is_some_and(|&(second, _)| expired(second, now)) {
            self.count(account, |room| room.expire(now));
        }
    }

    /// Changes a room and keeps count.
    fn count(&mut self, account: Uin, change: impl FnOnce(&mut Room)) {
        let room = self.rooms.entry(account).or_default();
        change(room);
        let (before, after) = (room.counted, room.by_second.len());
        room.counted = after;
        self.by_size.remove(&(before, account));
        self.by_size.insert((after, account));
        self.held = self.held - before + after;
    }

    /// Lets a room go in which nothing is left. What it forgot counts for everybody from then on, and hurts nobody, since it
    /// has expired: only a clock that is set back could make it valid again.
    pub(super) fn sweep_room(&mut self, account: Uin, now: i64) {
        self.count(account, |room| room.expire(now));
        let idle = |room: &Room| room.by_second.is_empty() && room.forgotten.is_none_or(|upto| expired(upto, now));
        if self.rooms.get(&account).is_some_and(idle) {
            self.by_size.remove(&(0, account));
            let upto = self.rooms.remove(&account).and_then(|room| room.forgotten);
            upto.into_iter().for_each(|upto| raise(&mut self.forgotten, upto));
        }
    }

    /// What the store is to be given now: what it does not have yet, or everything when it lacks more or holds too many.
    pub(super) fn due_rows(&mut self, now: i64) -> Option<Rows> {
        if self.unstored.is_empty() {
            return None;
        }
        let unstored = std::mem::take(&mut self.unstored);
        let full = self.stored > 2 * self.held + ROWS_SPARE;
        match self.again_at {
            // The store is given everything later, these among it.
            Some(at) if now < at && at - now <= AGAIN_SECONDS => None,
            None if !full => Some(Rows::More(unstored)),
            _ => Some(Rows::All(self.all_rows())),
        }
    }

    pub(super) fn all_rows(&self) -> Vec<SeenSignature> {
        let forgotten = |account, upto: Option<i64>| upto.map(|upto| SeenSignature::Forgotten { account, upto });
        let mut rows: Vec<SeenSignature> = forgotten(None, self.forgotten).into_iter().collect();
        for (&account, room) in &self.rooms {
            rows.extend(forgotten(Some(account), room.forgotten));
            let seen = |&(signed_at, mark): &(i64, Mark)| SeenSignature::Seen { account, signed_at, mark: mark.0 };
            rows.extend(room.by_second.iter().map(seen));
        }
        rows
    }

    /// A row that is not stored is no reason to refuse a read. It is told, and the store counts as incomplete until it
    /// has been given everything again.
    pub(super) fn written(&mut self, rows: &Rows, outcome: Result<(), StoreError>, now: i64) {
        self.stored = match rows {
            Rows::More(rows) => self.stored + rows.len(),
            Rows::All(rows) => rows.len(),
        };
        self.again_at = match outcome {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "a signature is not stored; after a restart, what was signed before it only reads");
                Some(now.saturating_add(AGAIN_SECONDS))
            }
        };
    }
}

impl Room {
    fn expire(&mut self, now: i64) {
        while self.by_second.first().is_some_and(|&(second, _)| expired(second, now)) {
            self.forget_oldest();
        }
    }

    /// Forgets whole seconds, the oldest first, until no more than `most` marks are left.
    fn forget_beyond(&mut self, most: usize) {
        while self.by_second.len() > most {
            self.forget_oldest();
        }
    }

    /// Forgets the oldest second.
    fn forget_oldest(&mut self) {
        let Some(&(oldest, _)) = self.by_second.first() else { return };
        raise(&mut self.forgotten, oldest);
        while let Some((_, mark)) = self.by_second.first().copied().filter(|(second, _)| *second == oldest) {
            self.by_second.pop_first();
            self.seen.remove(&mark);
        }
    }
}

fn raise(forgotten: &mut Option<i64>, upto: i64) {
    *forgotten = Some(forgotten.map_or(upto, |before| before.max(upto)));
}

/// Whether a signature of this second is refused as too old.
fn expired(signed_at: i64, now: i64) -> bool {
    signed_at.saturating_add(WINDOW_SECONDS) < now
}

#[cfg(test)]
impl Memory {
    /// The counts are those of the rooms.
    pub(super) fn check(&self) {
        let sizes: BTreeSet<_> = self.rooms.iter().map(|(uin, room)| (room.by_second.len(), *uin)).collect();
        assert_eq!(self.by_size, sizes);
        assert_eq!(self.held, sizes.iter().map(|(size, _)| size).sum::<usize>());
        assert!(self.rooms.values().all(|room| room.seen.len() == room.by_second.len()));
    }
}
