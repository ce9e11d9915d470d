//! The memory of signatures. The official SDKs sign neither a nonce nor the action, so a captured request stays valid for
//! the length of the window, also under another action. Every signature that was proven is remembered here until it
//! expires, with whatever it came; a writing action whose signature was seen before is refused before it acts. Reads are
//! never refused: two equal reads within one second are byte-identical and both legitimate.
//!
//! Each account has a room of its own, of bounded size. What a room has no place for is forgotten from the oldest second
//! on, and from then on nothing that its account signed up to that second may write: forgetting costs the account that
//! filled its room, never another, and never lets a repetition through. The store has every row, so that a process that
//! follows this one knows them.

mod memory;

pub use memory::{ACCOUNT_MARKS_MAX, Bounds, MARKS_MAX};

use crate::error::{CloudError, ErrorCode};
use crate::sign::Proof;
use credere_app::parties::{SeenSignature, Signatures};
use credere_core::channel::Uin;
use memory::{Memory, Rows};
use parking_lot::Mutex;
use std::sync::Arc;

/// How often, in seconds, the rooms of accounts that call no more are looked through.
const SWEEP_SECONDS: i64 = 60;

/// The signatures that have not expired.
pub struct Replays {
    bounds: Bounds,
    store: Arc<dyn Signatures>,
    memory: Mutex<Memory>,
    /// Held by whoever writes to the store, so that rows are written in order and by one thread at a time. Nobody waits for
    /// the disk with the memory in hand.
    writing: Arc<tokio::sync::Mutex<()>>,
}

impl Replays {
    /// The memory that the process before this one left in the store. Where that is not known to be complete, nothing
    /// that was signed before `now`, the machine's clock in seconds, may write.
    pub fn recall(store: Arc<dyn Signatures>, bounds: Bounds, now: i64) -> Arc<Replays> {
        let rows = store.signatures().unwrap_or_else(|error| {
            tracing::warn!(%error, "the signatures that were seen before this start cannot be read");
            None
        });
        if rows.is_none() {
            tracing::info!("it is not known which requests came before this start; those signed earlier only read");
        }
        let memory = Memory::recalled(rows, bounds, now);
        let replays = Replays { bounds, store, memory: Mutex::new(memory), writing: Arc::default() };
        replays.sweep(now);
        let rows = replays.memory.lock().all_rows();
        replays.write(Rows::All(rows), now);
        Arc::new(replays)
    }

    /// Remembers a request, whatever comes of it, and waits until the store has it. `now` is the machine's clock in seconds.
    ///
    /// # Errors
    /// `RequestLimitExceeded` when the same signature was seen before, or it is not known any more whether it was. That
    /// is for a writing action to heed; the nonce of the older signature family is looked at and spent for one only.
    pub async fn admit(self: &Arc<Replays>, proof: &Proof, writes: bool, now: i64) -> Result<(), CloudError> {
        let (outcome, sweeps) = self.remember(proof, writes, now);
        if sweeps {
            let replays = self.clone();
            drop(tokio::task::spawn_blocking(move || replays.sweep(now)));
        }
        // A task of its own: the rows are written also when whoever called goes away meanwhile.
        let written = tokio::spawn(self.clone().write_in_order(now)).await;
        written.map_err(CloudError::internal)?;
        outcome
    }

    /// Remembers a request; what the store is to have of it waits to be written. Answers besides whether the rooms are to
    /// be looked through.
    fn remember(&self, proof: &Proof, writes: bool, now: i64) -> (Result<(), CloudError>, bool) {
        let mut memory = self.memory.lock();
        memory.expire(proof.caller, now);
        let (account, signed_at) = (proof.caller, proof.signed_at);
        let outcome = if memory.knows(account, signed_at) {
            let mut seen = false;
            for mark in [Some(proof.mark), proof.nonce.filter(|_| writes)].into_iter().flatten() {
                if memory.insert(account, signed_at, mark, self.bounds) {
                    memory.unstored.push(SeenSignature::Seen { account, signed_at, mark: mark.0 });
                } else {
                    seen = true;
                }
            }
            if seen { Err("a request with this signature was received before; sign a new one to act") } else { Ok(()) }
        } else {
            Err("this request may have been received before, which is not remembered any more; sign a new one to act")
        };
        let sweeps = now.abs_diff(memory.swept_at) >= SWEEP_SECONDS.unsigned_abs();
        if sweeps {
            memory.swept_at = now;
        }
        (outcome.map_err(|message| CloudError::new(ErrorCode::RequestLimitExceeded, message)), sweeps)
    }

    /// Gives the store what waits to be written, after whoever does so now.
    async fn write_in_order(self: Arc<Replays>, now: i64) {
        let one = self.writing.clone().lock_owned().await;
        // Whoever wrote meanwhile may have taken these rows along.
        let Some(rows) = self.memory.lock().due_rows(now) else { return };
        let work = tokio::task::spawn_blocking(move || {
            let _one = one;
            self.write(rows, now);
        });
        if work.await.is_err() {
            tracing::error!("signatures could not be written");
        }
    }

    fn write(&self, rows: Rows, now: i64) {
        let written = match &rows {
            Rows::More(rows) => rows.iter().try_for_each(|row| self.store.note_signature(row)),
            Rows::All(rows) => self.store.replace_signatures(rows),
        };
        self.memory.lock().written(&rows, written, now);
    }

    /// Looks through the rooms of accounts that call no more, one at a time, so that calls go on between them.
    fn sweep(&self, now: i64) {
        let accounts: Vec<Uin> = self.memory.lock().rooms.keys().copied().collect();
        for account in accounts {
            self.memory.lock().sweep_room(account, now);
        }
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        self.memory.lock().held
    }
}

impl std::fmt::Debug for Replays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replays").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::memory::ROWS_SPARE;
    use super::*;
    use crate::mark::Mark;
    use credere_app::StoreError;
    use credere_store::memory::MemoryStore;
    use std::sync::atomic::{AtomicBool, Ordering};

    const NOW: i64 = 1_700_000_000;

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    fn proof(account: u64, signed_at: i64, signature: &str) -> Proof {
        Proof {
            caller: uin(account),
            secret_id: format!("AKID{account}").parse().unwrap(),
            service: None,
            signed_at,
            mark: Mark::of(&[signature]),
            nonce: None,
            body_signed: true,
        }
    }

    fn memory(of_one: usize, of_all: usize) -> Arc<Replays> {
        Replays::recall(Arc::new(MemoryStore::new()), Bounds { of_one, of_all }, NOW)
    }

    impl Replays {
        /// The same as [`Replays::admit`] on this thread.
        fn admit_here(&self, proof: &Proof, writes: bool, now: i64) -> Result<(), CloudError> {
            let (outcome, sweeps) = self.remember(proof, writes, now);
            if sweeps {
                self.sweep(now);
            }
            let rows = self.memory.lock().due_rows(now);
            rows.into_iter().for_each(|rows| self.write(rows, now));
            outcome
        }
    }

    /// Whether a writing request is let through.
    fn admitted(replays: &Replays, proof: &Proof, now: i64) -> bool {
        let outcome = replays.admit_here(proof, true, now).map_err(|error| error.code());
        assert!(matches!(outcome, Ok(()) | Err(ErrorCode::RequestLimitExceeded)));
        replays.memory.lock().check();
        outcome.is_ok()
    }

    #[test]
    fn a_signature_is_remembered_until_it_expires() {
        let replays = memory(10, 10);
        let ahead = proof(1, NOW + 300, "x");
        assert!(admitted(&replays, &ahead, NOW));
        for now in [NOW, NOW + 1, NOW + 600] {
            assert!(!admitted(&replays, &ahead, now), "{now}");
        }
        assert_eq!(replays.held(), 1);
        // From here on it is refused before it gets here, and if the clock is set back, it is not taken for new.
        assert!(admitted(&replays, &proof(1, NOW + 601, "y"), NOW + 601));
        assert_eq!(replays.held(), 1);
        assert!(!admitted(&replays, &ahead, NOW));
    }

    #[test]
    fn a_read_is_remembered_and_its_nonce_is_not() {
        let replays = memory(10, 10);
        let with_nonce = |signature, nonce| Proof { nonce: Some(Mark::of(&[nonce])), ..proof(1, NOW, signature) };
        assert!(replays.admit_here(&with_nonce("a", "7"), false, NOW).is_ok());
        assert!(replays.admit_here(&with_nonce("a", "7"), false, NOW).is_err());
        assert!(!admitted(&replays, &with_nonce("a", "8"), NOW));
        assert!(admitted(&replays, &with_nonce("b", "7"), NOW));
        assert!(!admitted(&replays, &with_nonce("c", "7"), NOW));
        // Another account's signatures are its own.
        assert!(admitted(&replays, &proof(2, NOW, "a"), NOW));
    }

    #[test]
    fn a_full_room_forgets_its_oldest_seconds_and_lets_nothing_of_them_write() {
        let replays = memory(4, 100);
        for (second, signature) in [(1, "a"), (1, "b"), (2, "c"), (3, "d")] {
            assert!(admitted(&replays, &proof(1, NOW + second, signature), NOW));
        }
        assert!(admitted(&replays, &proof(2, NOW + 1, "elsewhere"), NOW));
        assert!(admitted(&replays, &proof(1, NOW + 3, "e"), NOW));
        // The second of a and b is gone: neither they nor anything else of it writes.
        for (second, signature) in [(1, "a"), (1, "b"), (1, "new"), (0, "newer"), (2, "c"), (3, "d"), (3, "e")] {
            assert!(!admitted(&replays, &proof(1, NOW + second, signature), NOW), "{signature}");
        }
        assert!(admitted(&replays, &proof(1, NOW + 2, "f"), NOW));
        assert!(admitted(&replays, &proof(2, NOW + 1, "there too"), NOW));
        // More in one second than fit: all of it is refused from then on.
        for n in 0..6 {
            admitted(&replays, &proof(3, NOW, &n.to_string()), NOW);
        }
        assert!(!admitted(&replays, &proof(3, NOW, "0"), NOW) && !admitted(&replays, &proof(3, NOW, "9"), NOW));
        assert!(admitted(&replays, &proof(3, NOW + 1, "10"), NOW));
    }

    #[test]
    fn where_all_is_full_the_fullest_room_gives() {
        let replays = memory(100, 20);
        assert!(admitted(&replays, &proof(1, NOW, "mine"), NOW));
        for n in 0..500 {
            admitted(&replays, &proof(2, NOW + n, "flood"), NOW);
            let refused = proof(2, NOW + n, &n.to_string());
            assert!(admitted(&replays, &refused, NOW) && !admitted(&replays, &refused, NOW), "{n}");
        }
        // Whole seconds are forgotten, and some have two.
        assert!((19..=20).contains(&replays.held()), "{}", replays.held());
        assert!(!admitted(&replays, &proof(1, NOW, "mine"), NOW));
        assert!(admitted(&replays, &proof(1, NOW, "new"), NOW));
    }

    #[test]
    fn rooms_of_accounts_that_call_no_more_go() {
        let replays = memory(10, 1_000);
        for account in 1..=50 {
            assert!(admitted(&replays, &proof(account, NOW, "x"), NOW));
        }
        assert!(admitted(&replays, &proof(99, NOW + 301, "y"), NOW + 301));
        assert_eq!(replays.memory.lock().rooms.len(), 1);
        assert!(!admitted(&replays, &proof(1, NOW, "x"), NOW), "the clock was set back");
    }

    #[test]
    fn the_process_that_follows_knows_what_was_seen_and_what_was_forgotten() {
        let store = Arc::new(MemoryStore::new());
        let bounds = Bounds { of_one: 3, of_all: 100 };
        let start = |now| Replays::recall(store.clone(), bounds, now);
        let replays = start(NOW);
        for (second, signature) in [(0, "a"), (1, "b"), (2, "c"), (3, "d")] {
            assert!(admitted(&replays, &proof(1, NOW + second, signature), NOW));
        }
        for _ in 0..2 {
            let replays = start(NOW + 5);
            for (second, signature) in [(0, "a"), (0, "new"), (1, "b"), (2, "c"), (3, "d")] {
                assert!(!admitted(&replays, &proof(1, NOW + second, signature), NOW + 5), "{signature}");
            }
        }
        assert!(admitted(&start(NOW + 5), &proof(2, NOW, "a"), NOW + 5), "another account's");
        let replays = start(NOW + 10);
        assert!(admitted(&replays, &proof(1, NOW + 1, "signed before the start"), NOW + 10));
    }

    /// A store that has lost its rows, and takes new ones only when told to.
    #[derive(Default)]
    struct Broken {
        full: AtomicBool,
        kept: MemoryStore,
        complete: AtomicBool,
    }

    impl Broken {
        fn outcome(&self) -> Result<(), StoreError> {
            let full = self.full.load(Ordering::SeqCst);
            self.complete.store(!full, Ordering::SeqCst);
            if full { Err(StoreError::full("on request")) } else { Ok(()) }
        }
    }

    impl Signatures for Broken {
        fn signatures(&self) -> Result<Option<Vec<SeenSignature>>, StoreError> {
            let rows = self.kept.signatures()?;
            Ok(rows.filter(|_| self.complete.load(Ordering::SeqCst)))
        }

        fn note_signature(&self, row: &SeenSignature) -> Result<(), StoreError> {
            self.outcome()?;
            self.kept.note_signature(row)
        }

        fn replace_signatures(&self, rows: &[SeenSignature]) -> Result<(), StoreError> {
            self.outcome()?;
            self.kept.replace_signatures(rows)
        }
    }

    /// A store whose disk does not answer until it is told to, and that notes what it is given.
    struct Slow {
        begun: std::sync::mpsc::SyncSender<()>,
        go_on: Mutex<std::sync::mpsc::Receiver<()>>,
        kept: MemoryStore,
    }

    impl Signatures for Slow {
        fn signatures(&self) -> Result<Option<Vec<SeenSignature>>, StoreError> {
            self.kept.signatures()
        }

        fn note_signature(&self, row: &SeenSignature) -> Result<(), StoreError> {
            let _ = (self.begun.send(()), self.go_on.lock().recv());
            self.kept.note_signature(row)
        }

        fn replace_signatures(&self, rows: &[SeenSignature]) -> Result<(), StoreError> {
            self.kept.replace_signatures(rows)
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_the_disk_with_the_memory_in_hand_and_every_answer_for_its_own_row() {
        let ((begun, has_begun), (go_on, waits)) = (std::sync::mpsc::sync_channel(9), std::sync::mpsc::channel());
        let store = Arc::new(Slow { begun, go_on: Mutex::new(waits), kept: MemoryStore::new() });
        let replays = Replays::recall(store.clone(), Bounds::default(), NOW);
        let admit = |account| {
            let replays = replays.clone();
            tokio::spawn(async move { replays.admit(&proof(account, NOW, "x"), true, NOW).await.is_ok() })
        };
        let first = admit(1);
        while has_begun.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        // The disk hangs, and the memory answers all the same.
        let (others, gone) = ([admit(2), admit(3)], admit(4));
        while replays.held() < 4 {
            tokio::task::yield_now().await;
        }
        assert!(!first.is_finished() && others.iter().all(|other| !other.is_finished()));
        gone.abort();
        (0..4).for_each(|_| go_on.send(()).unwrap());
        assert!(first.await.unwrap());
        for other in others {
            assert!(other.await.unwrap());
        }
        // Whoever has gone is in the store as well: it was written together with the others.
        assert_eq!(store.signatures().unwrap().map(|rows| rows.len()), Some(4));
        assert!(!admitted(&Replays::recall(store, Bounds::default(), NOW + 1), &proof(4, NOW, "x"), NOW + 1));
    }

    #[test]
    fn where_nothing_is_known_nothing_that_was_signed_before_the_start_writes() {
        let store = Arc::new(Broken::default());
        for _ in 0..2 {
            let replays = Replays::recall(store.clone(), Bounds::default(), NOW);
            assert!(!admitted(&replays, &proof(1, NOW - 1, "old"), NOW));
            assert!(replays.admit_here(&proof(2, NOW - 1, "old"), false, NOW).is_err());
        }
        let replays = Replays::recall(store, Bounds::default(), NOW);
        assert!(admitted(&replays, &proof(1, NOW, "new"), NOW));
    }

    #[test]
    fn a_store_that_takes_nothing_refuses_nobody_and_is_given_everything_later() {
        let store = Arc::new(Broken::default());
        let replays = Replays::recall(store.clone(), Bounds::default(), NOW);
        assert!(admitted(&replays, &proof(1, NOW, "a"), NOW));
        store.full.store(true, Ordering::SeqCst);
        assert!(admitted(&replays, &proof(1, NOW, "b"), NOW));
        assert!(admitted(&replays, &proof(1, NOW + 1, "c"), NOW + 1));
        assert_eq!(store.signatures().unwrap(), None);
        store.full.store(false, Ordering::SeqCst);
        assert!(admitted(&replays, &proof(1, NOW + 59, "d"), NOW + 59));
        assert_eq!(store.signatures().unwrap(), None);
        assert!(admitted(&replays, &proof(1, NOW + 60, "e"), NOW + 60));
        // The start's own row, that nothing before it is known, and the five.
        assert_eq!(store.signatures().unwrap().map(|rows| rows.len()), Some(6));
    }

    #[test]
    fn the_store_is_given_what_counts_when_it_holds_much_more() {
        let store = Arc::new(MemoryStore::new());
        let replays = Replays::recall(store.clone(), Bounds { of_one: 10, of_all: 10 }, NOW);
        for n in 0..100_000 {
            assert!(replays.admit_here(&proof(1, NOW + n, &n.to_string()), false, NOW).is_ok(), "{n}");
        }
        assert!(store.signatures().unwrap().unwrap().len() <= ROWS_SPARE + 30);
    }
}
