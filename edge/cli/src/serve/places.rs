//! Places for connections. There are so many; when all are taken, a new connection gets the place of one that holds
//! itself up. The idle ones go first, the oldest before the others. Then go those that keep the server waiting: for a
//! request that has not arrived, or for an answer that has not been taken for a while; whoever does so longest goes first,
//! so that somebody who has only just come does not lose its place to those who sit in theirs. A connection whose request
//! is being worked on, or whose client takes its answer, keeps its place.

use super::tls::HANDSHAKE_WITHIN;
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

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Requests have been answered, and the next one has not begun.
    Idle,
    /// Nothing of a first request has come: TLS is being set up, or the client has not begun. One that stays so for longer
    /// than it takes to set TLS up is idle.
    New,
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

impl Phase {
    /// Whether the client has a request to send, the first or one that has begun.
    fn owes_a_request(self) -> bool {
        matches!(self, Phase::New | Phase::Head | Phase::Body)
    }
}

/// How long a client has not taken anything of its answer when its place may be taken away.
const STALLED_FOR: Duration = Duration::from_secs(3);

/// Bits of a seat's state that hold the phase; the others are the milliseconds at which it began.
const PHASE_BITS: u32 = 3;

/// A time since the places were opened, as a seat's state holds it.
fn millis(since: Duration) -> u64 {
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX) & (u64::MAX >> PHASE_BITS)
}

/// Whether a time, as a seat's state holds it, is so long ago that something has lasted for this span since; never where
/// the places have not been open for so long.
fn lasted(since: u64, now: Duration, span: Duration) -> bool {
    now.checked_sub(span).is_some_and(|begun| since <= millis(begun))
}

/// Whether a connection that has been new since then is idle by now.
fn idle_as_new(since: u64, now: Duration) -> bool {
    lasted(since, now, HANDSHAKE_WITHIN)
}

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
        let since = Seat::pack(Phase::New, opened.elapsed());
        Seat { opened, state: AtomicU64::new(since), answers: AtomicU64::new(0), evicted: Notify::new() }
    }

    fn pack(phase: Phase, since: Duration) -> u64 {
        (millis(since) << PHASE_BITS) | phase as u64
    }

    fn phase_of(state: u64) -> Phase {
        match state & ((1 << PHASE_BITS) - 1) {
            0 => Phase::Idle,
            1 => Phase::New,
            2 => Phase::Head,
            3 => Phase::Body,
            4 => Phase::Stalled,
            5 => Phase::Busy,
            _ => Phase::Evicted,
        }
    }

    /// Since when, in milliseconds after the places were opened.
    fn since_of(state: u64) -> u64 {
        state >> PHASE_BITS
    }

    /// Notes what the connection does from now on. `false` when its place is gone: then it must not begin anything.
    pub(super) fn enter(&self, phase: Phase) -> bool {
        let now = self.opened.elapsed();
        let changed = self.state.fetch_update(AcqRel, Acquire, |state| {
            let (before, since) = (Seat::phase_of(state), Seat::since_of(state));
            match before {
                Phase::Evicted => None,
                // Whoever was new for so long was idle, and its first request is no older than any other.
                Phase::New if idle_as_new(since, now) => Some(Seat::pack(phase, now)),
                // Nobody grows younger by sending a request piece by piece.
                _ if before.owes_a_request() && phase.owes_a_request() => Some((since << PHASE_BITS) | phase as u64),
                _ => Some(Seat::pack(phase, now)),
            }
        });
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
        let now = self.opened.elapsed();
        loop {
            let candidates = taken.seats.iter().filter_map(|(number, seat)| {
                let state = seat.state.load(Acquire);
                let since = Seat::since_of(state);
                let idle = match Seat::phase_of(state) {
                    Phase::Idle => true,
                    Phase::New => idle_as_new(since, now),
                    Phase::Head | Phase::Body => false,
                    Phase::Stalled if lasted(since, now, STALLED_FOR) => false,
                    Phase::Stalled | Phase::Busy | Phase::Evicted => return None,
                };
                Some((!idle, since, *number, state))
            });
            let Some((_, _, number, state)) = candidates.min() else { return false };
            let Some(seat) = taken.seats.get(&number) else { return false };
            let evicted = Seat::pack(Phase::Evicted, now);
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

    /// Places that were opened a minute ago.
    fn old_places(most: usize) -> Arc<Places> {
        let mut places = Arc::into_inner(places(most)).unwrap();
        places.opened -= Duration::from_secs(60);
        Arc::new(places)
    }

    /// As if the connection had done this since then, in seconds after the places were opened.
    fn put(place: &Place, phase: Phase, since: u64) {
        let state = Seat::pack(phase, Duration::from_secs(since));
        place.seat.state.store(state, std::sync::atomic::Ordering::Release);
    }

    #[test]
    fn an_idle_connection_goes_first_and_those_that_are_served_stay() {
        let places = places(4);
        let all: Vec<Place> = (0..4).map(|_| places.take().unwrap()).collect();
        assert!(all[0].seat.enter(Phase::Busy));
        assert!(all[1].seat.enter(Phase::Body));
        assert!(all[2].seat.enter(Phase::Head));
        assert!(all[3].seat.enter(Phase::Idle));
        let mut kept = Vec::new();
        for (gone, was) in [(3, Phase::Idle), (1, Phase::Body), (2, Phase::Head)] {
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
        let places = old_places(3);
        let all: Vec<Place> = (0..3).map(|_| places.take().unwrap()).collect();
        for (place, since) in all.iter().zip([30, 10, 20]) {
            put(place, Phase::Idle, since);
        }
        let _new = places.take().unwrap();
        assert_eq!(all.iter().map(phase).collect::<Vec<_>>(), [Phase::Idle, Phase::Evicted, Phase::Idle]);
    }

    #[test]
    fn who_has_just_come_keeps_its_place_before_those_who_sit_in_theirs() {
        let places = old_places(6);
        let all: Vec<Place> = (0..6).map(|_| places.take().unwrap()).collect();
        let sat = [
            (Phase::New, 58),
            (Phase::Body, 45),
            (Phase::Head, 55),
            (Phase::Stalled, 50),
            // Longer than TLS takes, so that it is idle by now; and one that has only just stalled.
            (Phase::New, 48),
            (Phase::Stalled, 60),
        ];
        for (place, (phase, since)) in all.iter().zip(sat) {
            put(place, phase, since);
        }
        let mut kept = Vec::new();
        for gone in [4, 1, 3, 2, 0] {
            assert_eq!(phase(&all[gone]), sat[gone].0);
            kept.push(places.take().unwrap());
            assert_eq!(phase(&all[gone]), Phase::Evicted, "{:?} since {}", sat[gone].0, sat[gone].1);
        }
        assert!(kept.iter().all(|place| phase(place) == Phase::New), "whoever came meanwhile is there");
    }

    #[test]
    fn a_request_that_comes_piece_by_piece_is_as_old_as_its_beginning() {
        let places = old_places(1);
        let place = places.take().unwrap();
        let since = || Seat::since_of(place.seat.state.load(Acquire));
        put(&place, Phase::New, 55);
        for phase in [Phase::Head, Phase::Body, Phase::Head] {
            assert!(place.seat.enter(phase));
            assert_eq!((place.seat.phase(), since()), (phase, 55_000));
        }
        assert!(place.seat.enter(Phase::Busy) && since() >= 60_000);
        put(&place, Phase::Idle, 5);
        assert!(place.seat.enter(Phase::Head) && since() >= 60_000, "the next one begins anew");
    }

    #[test]
    fn the_first_request_of_a_connection_that_was_idle_begins_when_it_begins() {
        let places = old_places(2);
        let all: Vec<Place> = (0..2).map(|_| places.take().unwrap()).collect();
        put(&all[0], Phase::New, 5);
        put(&all[1], Phase::Body, 45);
        assert!(all[0].seat.enter(Phase::Head));
        let _new = places.take().unwrap();
        assert_eq!(
            (phase(&all[0]), phase(&all[1])),
            (Phase::Head, Phase::Evicted),
            "who has sent for longer goes first"
        );
    }

    #[test]
    fn who_has_not_taken_its_answer_for_a_while_makes_room_before_those_that_are_served() {
        let places = old_places(2);
        let (stalled, served) = (places.take().unwrap(), places.take().unwrap());
        assert!(stalled.seat.enter(Phase::Stalled) && served.seat.enter(Phase::Busy));
        assert!(places.take().is_none(), "it has only just begun to stall");
        put(&stalled, Phase::Stalled, 50);
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
