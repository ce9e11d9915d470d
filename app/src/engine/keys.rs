//! Idempotency keys: the newest in memory, older ones in the store. Memory holds two generations, one that grows and
//! one that is being sealed into the store, so that the writer never waits for a run to be written.

use credere_core::book::{ContentHash, Event, KeyHash, KeyUse, Record, Rejection, buying, metering};
use credere_core::channel::{AuthorizationId, Paying};
use credere_core::ledger::{Moment, Shard};
use credere_core::money::Amount;
use credere_store::contract::{KeyRow, Keys, StoreError};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Acquire};

/// Keys in a generation before it is sealed: 2^18, about 30 MB.
pub(crate) const GENERATION_KEYS: usize = 1 << 18;
/// How long keys are remembered at least, in seconds of business time: 31 days, a day more than the contract says of
/// operations, and a month more than of other requests.
pub(crate) const KEYS_KEPT: i64 = 31 * 86_400;
/// Records that a generation may span, so that a start need not read far back for few keys.
pub(crate) const GENERATION_RECORDS: u64 = 1_000_000;

/// What a command came to, as it is answered and remembered: short for the operations that come in millions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An authorization was opened.
    Opened(AuthorizationId),
    /// An authorization was captured.
    Captured(AuthorizationId),
    /// An authorization was released.
    Released(AuthorizationId),
    /// A usage record was settled: what is owed for it, what vouchers paid, and who pays.
    Settled {
        /// What credit pays.
        amount: Amount,
        /// What vouchers paid.
        voucher_amount: Amount,
        /// Who pays.
        paying: Paying,
    },
    /// Anything else that went through.
    Done(Box<Event>),
    /// A refusal.
    Refused(Box<Rejection>),
    /// Answered with something that is in the directory, or that follows from the request alone.
    Kept,
}

impl Answer {
    /// What the record at this position of a shard came to.
    pub(crate) fn of(shard: Shard, seq: u64, outcome: Result<&Event, &Rejection>) -> Answer {
        match outcome {
            Ok(Event::Buying(buying::Event::AuthorizationOpened(buying::AuthorizationOpened { account, .. }))) => {
                match shard.number_at(seq) {
                    Ok(opened_seq) => Answer::Opened(AuthorizationId { account: *account, opened_seq }),
                    Err(exhausted) => Answer::Refused(Box::new(exhausted.into())),
                }
            }
            Ok(Event::Buying(buying::Event::AuthorizationCaptured(buying::AuthorizationCaptured { id, .. }))) => {
                Answer::Captured(*id)
            }
            Ok(Event::Buying(buying::Event::AuthorizationReleased(buying::AuthorizationReleased { id, .. }))) => {
                Answer::Released(*id)
            }
            Ok(Event::Metering(metering::Event::UsageSettled(metering::UsageSettled { charge, .. }))) => {
                match (charge.amount(), charge.voucher_amount()) {
                    (Ok(amount), Ok(voucher_amount)) => {
                        Answer::Settled { amount, voucher_amount, paying: charge.paying }
                    }
                    (Err(_), _) | (_, Err(_)) => Answer::Refused(Box::new(Rejection::AmountOverflow)),
                }
            }
            Ok(event) => Answer::Done(Box::new(event.clone())),
            Err(rejection) => Answer::Refused(Box::new(rejection.clone())),
        }
    }

    /// The answer that [`Record::Kept`] remembers.
    pub(crate) fn kept(refused: Option<&Rejection>) -> Answer {
        refused.map_or(Answer::Kept, |rejection| Answer::Refused(Box::new(rejection.clone())))
    }

    /// Whether its key is kept for longer: a settled record may be sent again for as long as its period may be settled.
    fn is_lasting(&self) -> bool {
        matches!(self, Answer::Settled { .. })
    }

    /// What the store keeps of a key that came to this: where it was used. What came of it the journal knows.
    pub(crate) fn key_row(&self, key: &KeyHash, seq: u64, at: Moment) -> KeyRow {
        KeyRow { key: *key, seq, at, lasting: self.is_lasting() }
    }
}

/// The first use of a key.
#[derive(Debug, Clone)]
pub(crate) struct KeyEntry {
    pub(crate) content: ContentHash,
    pub(crate) seq: u64,
    pub(crate) at: Moment,
    pub(crate) answer: Answer,
}

/// One generation of keys, in the order of their use, and where each lies: what is added lies together, and only the places
/// are all over a table, which is small.
#[derive(Debug, Clone, Default)]
pub(crate) struct Generation {
    entries: Vec<(KeyHash, KeyEntry)>,
    places: HashTable<u32>,
    /// Places of those that are not in the table yet: few, so that whether a key comes twice in them costs little.
    fresh: HashTable<u32>,
}

impl Generation {
    /// An empty one that will not have to grow: whoever filled one fills the next.
    fn roomy() -> Generation {
        // A generation ends with the commit that fills it, which may bring a fifth more. One that has to wait until the one
        // before is sealed grows beyond that.
        let room = GENERATION_KEYS + GENERATION_KEYS / 4;
        let (entries, places) = (Vec::with_capacity(room), HashTable::with_capacity(room));
        Generation { entries, places, ..Generation::default() }
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn find(&self, places: &HashTable<u32>, key: &KeyHash) -> Option<&KeyEntry> {
        let place = places.find(hash_of(key), |place| self.entries[*place as usize].0 == *key)?;
        Some(&self.entries[*place as usize].1)
    }

    /// Adds one to those that are fresh.
    fn insert(&mut self, key: KeyHash, entry: KeyEntry) {
        if self.entries.capacity() == 0 {
            *self = Generation::roomy();
        }
        let Generation { entries, fresh, .. } = self;
        // INVARIANT: it is handed out for sealing long before it has 2^32 keys.
        let place = u32::try_from(entries.len()).expect("a generation has less than 2^32 keys");
        let of = |place: &u32| entries[*place as usize].0;
        match fresh.entry(hash_of(&key), |place| of(place) == key, |place| hash_of(&of(place))) {
            Entry::Occupied(place) => entries[*place.get() as usize].1 = entry,
            Entry::Vacant(vacant) => {
                vacant.insert(place);
                entries.push((key, entry));
            }
        }
    }

    /// Puts the places of those that are fresh into the table. Of a key that was used anew the older use stays behind in the
    /// list: the store keeps the later one of a run.
    fn settle(&mut self) {
        let Generation { entries, places, fresh } = self;
        let of = |place: &u32| entries[*place as usize].0;
        for place in fresh.drain() {
            let key = of(&place);
            match places.entry(hash_of(&key), |place| of(place) == key, |place| hash_of(&of(place))) {
                Entry::Occupied(mut older) => *older.get_mut() = place,
                Entry::Vacant(vacant) => {
                    vacant.insert(place);
                }
            }
        }
    }

    /// As the store keeps them.
    pub(crate) fn rows(&self) -> Vec<KeyRow> {
        self.entries.iter().map(|(key, entry)| entry.answer.key_row(key, entry.seq, entry.at)).collect()
    }

    /// When the newest of them was used.
    pub(crate) fn newest(&self) -> Moment {
        self.entries.last().map(|(_, entry)| entry.at).unwrap_or_default()
    }
}

fn hash_of(key: &KeyHash) -> u64 {
    FixedState::default().hash_one(key)
}

/// A generation on its way into the store.
#[derive(Debug, Clone)]
pub(crate) struct Sealing {
    /// The records whose keys it has: those after this one,
    pub(crate) after_seq: u64,
    /// up to this one.
    pub(crate) upto_seq: u64,
    pub(crate) keys: Arc<Generation>,
    /// Set once the store has them.
    pub(crate) kept: Arc<AtomicBool>,
}

/// The key that the record at this position of a shard remembers an answer under, and that answer.
pub(crate) fn key_in(shard: Shard, record: &Record, seq: u64) -> Option<(KeyUse, Answer)> {
    match record {
        Record::Decided { key: Some(key), .. } | Record::Operated { key: Some(key), .. } => {
            Some((*key, Answer::of(shard, seq, record.outcome()?)))
        }
        Record::Kept { key, refused } => Some((*key, Answer::kept(refused.as_ref()))),
        Record::Decided { key: None, .. }
        | Record::Operated { key: None, .. }
        | Record::BatchClosed { .. }
        | Record::Followed { .. } => None,
    }
}

/// The keys that are in memory.
#[derive(Debug, Default)]
pub(crate) struct KeyMemory {
    current: Generation,
    since_seq: u64,
    sealing: Option<Sealing>,
}

impl KeyMemory {
    /// Memory for the keys after `since_seq`; those before are in the store.
    pub(crate) fn since(since_seq: u64) -> KeyMemory {
        KeyMemory { since_seq, ..KeyMemory::default() }
    }

    /// A key of those before the requests that are being decided.
    pub(crate) fn older(&self, key: &KeyHash) -> Option<&KeyEntry> {
        let Generation { places, .. } = &self.current;
        self.current.find(places, key).or_else(|| {
            let sealing = &self.sealing.as_ref()?.keys;
            sealing.find(&sealing.places, key)
        })
    }

    /// A key of the requests that are being decided.
    pub(crate) fn fresh(&self, key: &KeyHash) -> Option<&KeyEntry> {
        self.current.find(&self.current.fresh, key)
    }

    /// Remembers what a record says of a key, where it has one.
    pub(crate) fn learn(&mut self, shard: Shard, record: &Record, seq: u64, at: Moment) {
        if let Some((key, answer)) = key_in(shard, record, seq) {
            self.remember(key, seq, at, answer);
        }
    }

    pub(crate) fn remember(&mut self, key: KeyUse, seq: u64, at: Moment, answer: Answer) {
        self.current.insert(key.key, KeyEntry { content: key.content, seq, at, answer });
    }

    /// The requests are decided. All of their keys at once, since each of their places lies somewhere else in a table, and
    /// looked up one right after the other they need not wait for each other.
    pub(crate) fn decided(&mut self) {
        self.current.settle();
    }

    /// Whether the growing generation is large enough for sealing and none is being sealed. It never is amid requests that
    /// are being decided.
    pub(crate) fn ripe(&self, upto_seq: u64) -> bool {
        let large = self.current.len() >= GENERATION_KEYS || upto_seq - self.since_seq >= GENERATION_RECORDS;
        large && self.sealing.is_none() && self.current.fresh.is_empty()
    }

    /// Hands out the growing generation, of the records up to this one, where it is ripe.
    pub(crate) fn take_ripe(&mut self, upto_seq: u64) -> Option<Sealing> {
        if !self.ripe(upto_seq) {
            return None;
        }
        let keys = Arc::new(std::mem::take(&mut self.current));
        let sealing = Sealing { after_seq: self.since_seq, upto_seq, keys, kept: Arc::default() };
        self.since_seq = upto_seq;
        self.sealing = Some(sealing.clone());
        Some(sealing)
    }

    /// Seals the growing generation into the store at once when it is full. Only where nothing else seals.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn seal_when_full(&mut self, store: &dyn Keys, upto_seq: u64) -> Result<(), StoreError> {
        if self.current.len() < GENERATION_KEYS {
            return Ok(());
        }
        store.seal_keys(self.since_seq, upto_seq, self.current.rows())?;
        *self = KeyMemory::since(upto_seq);
        Ok(())
    }

    /// Lets a generation go that the store has.
    pub(crate) fn let_go(&mut self) {
        if self.sealing.as_ref().is_some_and(|sealing| sealing.kept.load(Acquire)) {
            self.sealing = None;
        }
    }
}
