//! Places for connections. There are so many; when all are taken, a new connection gets the place of one that holds
//! itself up: idle ones first, then those whose request has not arrived, then those that have not taken anything of their
//! answer for a while; in each case the oldest. A connection whose request is being worked on, or whose client takes its
//! answer, keeps its place.

use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What a connection does. The order is that in which places are taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// No request has begun.
    Idle,
    /// A head is arriving.
    Head,
    /// A body is arriving.
    Body,
    /// The client does not take its answer.
    Stalled,
    /// A request is worked on or answered.
    Busy,
    /// The place was taken away.
    Evicted,
}

/// How long a client has not taken anything of its answer when its place may be taken away.
const STALLED_FOR: Duration = Duration::from_secs(3);

/// Bits of a seat's state that hold the phase; the others are the milliseconds at which it began.
const PHASE_BITS: u32 = 3;

/// A connection as the others see it.
#[derive(Debug)]
pub(super) struct Seat {
    opened: Instant,
    state: AtomicU64,
    answers: AtomicU64,
    evicted: Notify,
}

impl Seat {
    /// A seat of somebody who has just come; times count from when the places were opened.
    fn new(opened: Instant) -> Seat {
        let since = Seat::pack(Phase::Idle, opened.elapsed());
        Seat { opened, state: AtomicU64::new(since), answers: AtomicU64::new(0), evicted: Notify::new() }
    }

    fn pack(phase: Phase, since: Duration) -> u64 {
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX) & (u64::MAX >> PHASE_BITS);
        (millis << PHASE_BITS) | phase as u64
    }

    fn phase_of(state: u64) -> Phase {
        match state & ((1 << PHASE_BITS) - 1) {
            0 => Phase::Idle,
            1 => Phase::Head,
            2 => Phase::Body,
            3 => Phase::Stalled,
            4 => Phase::Busy,
            _ => Phase::Evicted,
        }
    }

    /// Notes what the connection does from now on. `false` when its place is gone: then it must not begin anything.
    pub(super) fn enter(&self, phase: Phase) -> bool {
        let now = Seat::pack(phase, self.opened.elapsed());
        let changed =
            self.state.fetch_update(AcqRel, Acquire, |state| (Seat::phase_of(state) != Phase::Evicted).then_some(now));
        changed.is_ok()
    }

    /// One more answer has been handed over for writing.
    pub(super) fn answered(&self) {
        self.answers.fetch_add(1, AcqRel);
    }

    /// What the connection does.
    #[cfg(test)]
    pub(super) fn phase(&self) -> Phase {
        Seat::phase_of(self.state.load(Acquire))
    }

    /// Answers that have been handed over so far.
    pub(super) fn answers(&self) -> u64 {
        self.answers.load(Acquire)
    }
}

/// All places.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    opened: Instant,
    taken: Mutex<Taken>,
    figures: Figures,
}

#[derive(Debug, Default)]
struct Taken {
    seats: HashMap<u64, Arc<Seat>>,
    next: u64,
}

#[derive(Debug, Default)]
struct Figures {
    open: Gauge,
    accepted: Counter,
    evicted: Counter,
    refused: Counter,
}

/// A place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    pub(super) seat: Arc<Seat>,
}

impl Places {
    /// So many places, whose figures are shown by the registry.
    pub(super) fn new(most: usize, registry: &mut Registry) -> Arc<Places> {
        let figures = Figures::default();
        registry.register("credere_connections", "Open connections", figures.open.clone());
        registry.register("credere_connections_accepted", "Connections accepted", figures.accepted.clone());
        let help = "Connections closed to make room: idle, unfinished, or not taking their answer";
        registry.register("credere_connections_evicted", help, figures.evicted.clone());
        let help = "Connections turned away because every other one was being served";
        registry.register("credere_connections_refused", help, figures.refused.clone());
        Arc::new(Places { most, opened: Instant::now(), taken: Mutex::default(), figures })
    }

    /// A place for a new connection; nothing when every other one is being served.
    pub(super) fn take(self: &Arc<Places>) -> Option<Place> {
        let mut taken = self.taken.lock();
        if taken.seats.len() >= self.most && !self.evict(&mut taken) {
            self.figures.refused.inc();
            return None;
        }
        self.figures.accepted.inc();
        let number = taken.next;
        taken.next += 1;
        let seat = Arc::new(Seat::new(self.opened));
        taken.seats.insert(number, seat.clone());
        self.count(&taken);
        Some(Place { places: self.clone(), number, seat })
    }

    /// Takes one place away, where there is one to take.
    pub(super) fn make_room(&self) {
        let mut taken = self.taken.lock();
        self.evict(&mut taken);
        self.count(&taken);
    }

    /// Connections that are open.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.taken.lock().seats.len()
    }

    fn evict(&self, taken: &mut Taken) -> bool {
        // Whoever has stalled since then may go.
        let stalled = Seat::pack(Phase::Stalled, self.opened.elapsed().saturating_sub(STALLED_FOR));
        loop {
            let states = taken.seats.iter().map(|(number, seat)| (seat.state.load(Acquire), *number));
            let owing = states.filter(|(state, _)| match Seat::phase_of(*state) {
                Phase::Idle | Phase::Head | Phase::Body => true,
                Phase::Stalled => *state <= stalled,
                Phase::Busy | Phase::Evicted => false,
            });
            let by_age = |(state, number): &(u64, u64)| (Seat::phase_of(*state), *state, *number);
            let Some((state, number)) = owing.min_by_key(by_age) else { return false };
            let Some(seat) = taken.seats.get(&number) else { return false };
            let evicted = Seat::pack(Phase::Evicted, self.opened.elapsed());
            // Its next request may have begun in this moment; then another one is looked for.
            if seat.state.compare_exchange(state, evicted, AcqRel, Acquire).is_ok() {
                seat.evicted.notify_one();
                taken.seats.remove(&number);
                self.figures.evicted.inc();
                return true;
            }
        }
    }

    fn count(&self, taken: &Taken) {
        self.figures.open.set(i64::try_from(taken.seats.len()).unwrap_or(i64::MAX));
    }
}

impl Place {
    /// Resolves when the place was taken away.
    pub(super) async fn evicted(&self) {
        self.seat.evicted.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.seats.remove(&self.number);
        self.places.count(&taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize) -> Arc<Places> {
        Places::new(most, &mut Registry::default())
    }

    fn phase(place: &Place) -> Phase {
        place.seat.phase()
    }

    #[test]
    fn the_oldest_idle_connection_goes_first_and_those_that_are_served_stay() {
        let places = places(4);
        let all: Vec<Place> = (0..4).map(|_| places.take().unwrap()).collect();
        assert!(all[0].seat.enter(Phase::Busy));
        assert!(all[1].seat.enter(Phase::Body));
        assert!(all[2].seat.enter(Phase::Head));
        let mut kept = Vec::new();
        for (gone, was) in [(3, Phase::Idle), (2, Phase::Head), (1, Phase::Body)] {
            assert_eq!(phase(&all[gone]), was);
            let new = places.take().unwrap();
            assert_eq!(phase(&all[gone]), Phase::Evicted);
            assert!(!all[gone].seat.enter(Phase::Busy), "what has no place begins nothing");
            assert!(new.seat.enter(Phase::Busy));
            kept.push(new);
        }
        assert!(places.take().is_none(), "everybody is being served");
        assert_eq!(places.figures.evicted.get(), 3);
        assert_eq!(places.figures.refused.get(), 1);
        drop(kept.pop());
        assert!(places.take().is_some());
    }

    #[test]
    fn among_idle_ones_age_decides() {
        let places = places(3);
        let all: Vec<Place> = (0..3).map(|_| places.take().unwrap()).collect();
        for (at, place) in all.iter().enumerate() {
            let since = Duration::from_secs([30, 10, 20][at]);
            place.seat.state.store(Seat::pack(Phase::Idle, since), std::sync::atomic::Ordering::Release);
        }
        let _new = places.take().unwrap();
        assert_eq!(all.iter().map(phase).collect::<Vec<_>>(), [Phase::Idle, Phase::Evicted, Phase::Idle]);
    }

    #[test]
    fn who_has_not_taken_its_answer_for_a_while_makes_room_before_those_that_are_served() {
        let mut places = Arc::into_inner(places(2)).unwrap();
        places.opened -= 2 * STALLED_FOR;
        let places = Arc::new(places);
        let (stalled, served) = (places.take().unwrap(), places.take().unwrap());
        assert!(stalled.seat.enter(Phase::Stalled) && served.seat.enter(Phase::Busy));
        assert!(places.take().is_none(), "it has only just begun to stall");
        let long_ago = Seat::pack(Phase::Stalled, STALLED_FOR);
        stalled.seat.state.store(long_ago, std::sync::atomic::Ordering::Release);
        assert!(places.take().is_some());
        assert_eq!((phase(&stalled), phase(&served)), (Phase::Evicted, Phase::Busy));
    }

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let places = places(1);
        drop(places.take().unwrap());
        let one = places.take().unwrap();
        assert!(one.seat.enter(Phase::Busy));
        assert!(places.take().is_none());
        assert_eq!(places.figures.open.get(), 1);
        drop(one);
        assert_eq!(places.figures.open.get(), 0);
    }

    #[tokio::test]
    async fn whoever_loses_its_place_is_told() {
        let places = places(1);
        let old = places.take().unwrap();
        let new = places.take().unwrap();
        old.evicted().await;
        drop(old);
        assert_eq!(places.figures.open.get(), 1, "the place that was passed on is not freed twice");
        drop(new);
        places.make_room();
    }
}
