//! The lane of long reads: bills that are summed by all values of a tag, files that are downloaded, names that are searched,
//! lists that are looked through, decisions that are taken again. Only a few are at work at once, fewer than the store
//! has connections, so that whoever reads a page never waits for them. The others wait for their turn: the keys (a
//! platform's, or an account's) one after the other, and of one key in the order in which its reads came, so that whoever
//! asks for much waits for itself. What takes many turns, a file, stands behind what waits for its first; while both wait,
//! each gets every other turn of their key. A key has at most half of the places at work, and at most so many reads at
//! work and waiting.

use crate::failure::Failure;
use credere_core::access::Asker;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Long reads at work at once, however many processors there are.
pub const AT_ONCE_MAX: usize = 4;

// The others are for short reads.
const _: () = assert!(2 * AT_ONCE_MAX <= credere_store::sqlite::READERS_OF_LISTS as usize);

/// All long reads.
pub(crate) struct LongReads {
    /// Places that one key may have at work: half of them, rounded up.
    half: usize,
    per_key: usize,
    within: Duration,
    lane: Mutex<Lane>,
}

struct Lane {
    /// Places that nobody has.
    free: usize,
    keys: HashMap<Asker, OfKey>,
    /// The keys that have reads waiting, each once, in the order in which they are served.
    line: VecDeque<Asker>,
}

/// The reads of one key; gone when there are none.
#[derive(Default)]
struct OfKey {
    /// Those that count, at work and waiting.
    counted: usize,
    at_work: usize,
    /// Those that wait for their first turn, in the order in which they came. Whoever has given up is passed over.
    first: VecDeque<Waiter>,
    /// Those under way that wait for a further one, likewise.
    further: VecDeque<Waiter>,
    /// Whether the last turn was a first one that somebody under way waited for too.
    owes_further: bool,
}

/// Whoever waits for a turn.
type Waiter = oneshot::Sender<Turn>;

impl OfKey {
    /// All that wait, those that have given up among them.
    fn waiting(&self) -> impl Iterator<Item = &Waiter> {
        self.first.iter().chain(&self.further)
    }

    /// Whoever of this key is served next: a first turn, unless the last one was such and somebody under way was left
    /// waiting by it.
    fn next(&mut self) -> Option<Waiter> {
        self.first.retain(|waiter| !waiter.is_closed());
        self.further.retain(|waiter| !waiter.is_closed());
        if self.first.is_empty() || (self.owes_further && !self.further.is_empty()) {
            self.owes_further = false;
            return self.further.pop_front();
        }
        self.owes_further = !self.further.is_empty();
        self.first.pop_front()
    }
}

/// A long read of a key; it counts until this is dropped, unless it is counted elsewhere.
pub(crate) struct LongRead {
    lane: Arc<LongReads>,
    key: Asker,
    counts: bool,
}

/// A place at work, given back when it is dropped.
pub(crate) struct Turn {
    lane: Arc<LongReads>,
    key: Asker,
}

impl LongReads {
    /// A lane for so many reads at once, and so many of one key; each waits at most so long for its first turn.
    pub(crate) fn new(at_once: usize, per_key: usize, within: Duration) -> Arc<LongReads> {
        let free = at_once.clamp(1, AT_ONCE_MAX);
        let lane = Lane { free, keys: HashMap::new(), line: VecDeque::new() };
        Arc::new(LongReads { half: free.div_ceil(2), per_key: per_key.max(1), within, lane: Mutex::new(lane) })
    }

    /// Counts one more for whoever asks.
    ///
    /// # Errors
    /// [`Failure::TooManyLongReads`] when the key has as many as it may.
    pub(crate) fn admit(self: &Arc<LongReads>, asker: Asker) -> Result<LongRead, Failure> {
        if asker == Asker::System {
            // Nobody asks: what the server does by itself is bounded by itself.
            return Ok(self.counted_elsewhere(asker));
        }
        let mut lane = self.lane.lock();
        let of_key = lane.keys.entry(asker).or_default();
        if of_key.counted >= self.per_key {
            return Err(Failure::TooManyLongReads { most: self.per_key });
        }
        of_key.counted += 1;
        Ok(LongRead { lane: self.clone(), key: asker, counts: true })
    }

    /// One more that is not counted here, since somebody else bounds how many there are.
    pub(crate) fn counted_elsewhere(self: &Arc<LongReads>, asker: Asker) -> LongRead {
        LongRead { lane: self.clone(), key: asker, counts: false }
    }

    /// Gives free places to those whose turn it is.
    fn hand_out(self: &Arc<LongReads>) {
        loop {
            let Some((key, waiter)) = self.lane.lock().next(self.half) else { return };
            // Whoever gave up at this moment gives the place back by dropping it, which hands it out again.
            drop(waiter.send(Turn { lane: self.clone(), key }));
        }
    }
}

impl Lane {
    /// Lets somebody of this key wait in one of its two queues.
    fn wait(&mut self, key: Asker, waiter: Waiter, queue: impl FnOnce(&mut OfKey) -> &mut VecDeque<Waiter>) {
        let queue = queue(self.keys.entry(key).or_default());
        queue.retain(|waiter| !waiter.is_closed());
        queue.push_back(waiter);
        if !self.line.contains(&key) {
            self.line.push_back(key);
        }
    }

    /// Takes a free place for whoever comes next, passing over keys that have their half at work.
    fn next(&mut self, half: usize) -> Option<(Asker, Waiter)> {
        while self.free > 0 {
            let may_work = |key: &Asker| self.keys.get(key).is_some_and(|of_key| of_key.at_work < half);
            let place = self.line.iter().position(may_work)?;
            let key = self.line.remove(place)?;
            let of_key = self.keys.get_mut(&key)?;
            let waiter = of_key.next();
            if of_key.waiting().next().is_some() {
                self.line.push_back(key);
            }
            if let Some(waiter) = waiter {
                of_key.at_work += 1;
                self.free -= 1;
                return Some((key, waiter));
            }
            self.forget(key);
        }
        None
    }

    /// Forgets a key that has no reads.
    fn forget(&mut self, key: Asker) {
        let idle = |of_key: &OfKey| of_key.counted == 0 && of_key.at_work == 0 && of_key.waiting().next().is_none();
        if self.keys.get(&key).is_some_and(idle) {
            self.keys.remove(&key);
        }
    }
}

impl LongRead {
    /// Waits for its first place.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] when none has become free in time.
    pub(crate) async fn turn(&self) -> Result<Turn, Failure> {
        let turn = tokio::time::timeout(self.lane.within, self.wait(|of_key| &mut of_key.first)).await;
        turn.map_err(|_| Failure::Overloaded)?
    }

    /// Waits for a further place, however long that takes: what is under way does not break off because others came.
    ///
    /// # Errors
    /// [`Failure::Internal`], which cannot happen: whoever waits is given a place or goes on waiting.
    pub(crate) async fn next_turn(&self) -> Result<Turn, Failure> {
        self.wait(|of_key| &mut of_key.further).await
    }

    async fn wait(&self, queue: impl FnOnce(&mut OfKey) -> &mut VecDeque<Waiter>) -> Result<Turn, Failure> {
        let (waiter, turn) = oneshot::channel();
        self.lane.lane.lock().wait(self.key, waiter, queue);
        self.lane.hand_out();
        turn.await.map_err(|_| Failure::Internal("a long read was forgotten while it waited"))
    }
}

impl Turn {
    /// Whether somebody waits for a place.
    pub(crate) fn wanted(&self) -> bool {
        let lane = self.lane.lane.lock();
        lane.line.iter().filter_map(|key| lane.keys.get(key)).flat_map(OfKey::waiting).any(|waiter| !waiter.is_closed())
    }
}

impl Drop for LongRead {
    fn drop(&mut self) {
        if !self.counts {
            return;
        }
        let mut lane = self.lane.lane.lock();
        if let Some(of_key) = lane.keys.get_mut(&self.key) {
            of_key.counted -= 1;
        }
        lane.forget(self.key);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut lane = self.lane.lane.lock();
            lane.free += 1;
            if let Some(of_key) = lane.keys.get_mut(&self.key) {
                of_key.at_work -= 1;
            }
            lane.forget(self.key);
        }
        self.lane.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::Uin;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Turn, Failure>> + 'a>>;

    /// Long enough for a test that never waits for it.
    const LONG: Duration = Duration::from_secs(3_600);

    fn key(number: u32) -> Asker {
        Asker::Key(number)
    }

    fn account(number: u64) -> Asker {
        Asker::Account(Uin::new(number).unwrap())
    }

    /// What a future has now.
    fn now<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        match Pin::new(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    /// Lets them all wait, in this order.
    fn waiting(reads: &[LongRead]) -> Vec<Waiting<'_>> {
        let mut waiting: Vec<Waiting<'_>> = reads.iter().map(|read| Box::pin(read.turn()) as Waiting<'_>).collect();
        for wait in &mut waiting {
            assert!(now(wait).is_none());
        }
        waiting
    }

    /// Which of them have a turn, in the order in which they get one; each ends before the next begins.
    fn served(waiting: &mut [Waiting<'_>]) -> Vec<usize> {
        let mut order = Vec::new();
        while order.len() < waiting.len() {
            let left: Vec<usize> = (0..waiting.len()).filter(|place| !order.contains(place)).collect();
            let served = left.into_iter().find_map(|place| Some((place, now(&mut waiting[place])?)));
            let (place, turn) = served.unwrap();
            order.push(place);
            drop(turn.unwrap());
        }
        order
    }

    #[tokio::test]
    async fn a_key_has_only_so_many_reads_at_work_and_waiting() {
        let lane = LongReads::new(1, 2, LONG);
        let (first, _second) = (lane.admit(key(1)).unwrap(), lane.admit(key(1)).unwrap());
        assert!(matches!(lane.admit(key(1)), Err(Failure::TooManyLongReads { most: 2 })));
        assert!(lane.admit(key(2)).is_ok() && lane.admit(account(1)).is_ok() && lane.admit(Asker::System).is_ok());
        drop(first);
        assert!(lane.admit(key(1)).is_ok());
    }

    #[tokio::test]
    async fn keys_are_served_in_turn_and_each_in_the_order_in_which_it_came() {
        let lane = LongReads::new(1, 8, LONG);
        let reads = [key(1), key(1), key(1), account(1), account(1), key(2)].map(|asker| lane.admit(asker).unwrap());
        let held = lane.admit(key(1)).unwrap();
        let turn = held.turn().await.unwrap();
        let mut waiting = waiting(&reads);
        drop(turn);
        assert_eq!(served(&mut waiting), [0, 3, 5, 1, 4, 2]);
    }

    #[tokio::test]
    async fn a_key_has_half_of_the_places_and_leaves_the_others_free() {
        let lane = LongReads::new(4, 8, LONG);
        let of_one: Vec<_> = (0..4).map(|_| lane.admit(key(1)).unwrap()).collect();
        let turns = [of_one[0].turn().await.unwrap(), of_one[1].turn().await.unwrap()];
        let mut waits = waiting(&of_one[2..]);
        let other = lane.admit(key(2)).unwrap();
        let _others_turn = other.turn().await.unwrap();
        assert!(waits.iter_mut().all(|wait| now(wait).is_none()), "a place is free, and not for this key");
        drop(turns);
        assert!(waits.iter_mut().all(|wait| now(wait).is_some_and(|turn| turn.is_ok())));
    }

    #[tokio::test]
    async fn only_the_first_turn_is_waited_for_in_bounded_time() {
        let lane = LongReads::new(1, 8, Duration::ZERO);
        let file = lane.counted_elsewhere(key(1));
        drop(file.turn().await.unwrap());
        let other = lane.admit(key(2)).unwrap();
        let turn = other.turn().await.unwrap();
        assert!(matches!(lane.admit(key(3)).unwrap().turn().await, Err(Failure::Overloaded)));
        let mut further: Waiting<'_> = Box::pin(file.next_turn());
        assert!(now(&mut further).is_none());
        drop(turn);
        assert!(now(&mut further).is_some_and(|turn| turn.is_ok()));
    }

    #[tokio::test]
    async fn a_file_under_way_lets_every_other_turn_of_its_key_begin_something() {
        let lane = LongReads::new(1, 8, LONG);
        let files = [(); 3].map(|()| lane.counted_elsewhere(key(1)));
        let sums = [(); 3].map(|()| lane.admit(key(1)).unwrap());
        let held = lane.admit(key(1)).unwrap();
        let turn = held.turn().await.unwrap();
        assert!(!turn.wanted());
        let further = files.iter().map(|file| Box::pin(file.next_turn()) as Waiting<'_>);
        let mut waits: Vec<Waiting<'_>> = further.chain(sums.iter().map(|sum| Box::pin(sum.turn()) as _)).collect();
        assert!(waits.iter_mut().all(|wait| now(wait).is_none()) && turn.wanted());
        drop(turn);
        assert_eq!(
            served(&mut waits),
            [3, 0, 4, 1, 5, 2],
            "the files came first, and wait for no more than one sum each"
        );
    }

    #[tokio::test]
    async fn whoever_gave_up_is_passed_over_and_takes_no_place_with_it() {
        let lane = LongReads::new(1, 8, LONG);
        let reads = [key(1), key(1), key(2)].map(|asker| lane.admit(asker).unwrap());
        let held = lane.admit(key(3)).unwrap();
        let turn = held.turn().await.unwrap();
        let mut waiting = waiting(&reads);
        drop(waiting.remove(0));
        drop(turn);
        // The second read of the first key has been given the place, and gives up before it knows.
        drop(waiting.remove(0));
        assert!(now(&mut waiting[0]).is_some_and(|turn| turn.is_ok()));
    }

    #[tokio::test]
    async fn what_is_done_is_not_remembered() {
        let lane = LongReads::new(1, 2, LONG);
        let read = lane.admit(account(1)).unwrap();
        let turn = read.turn().await.unwrap();
        drop(read);
        drop(turn);
        let lane = lane.lane.lock();
        assert!(lane.keys.is_empty() && lane.line.is_empty() && lane.free == 1);
    }
}
