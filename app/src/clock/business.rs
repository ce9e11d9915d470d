//! Business time, as an engine and its readers ask for it; and what they are told when the machine's clock jumps.

use super::machine::{Machine, Reading};
use super::timekeeper::{Jump, Timekeeper};
use credere_core::ledger::Moment;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Where business time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock, never running backwards.
    System,
    /// The book's: moved only by advancing it.
    Test,
}

/// The clock that an engine goes by. Clones share one.
#[derive(Debug, Clone)]
pub struct BusinessClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    machine: Machine,
    /// Absent under a test clock, which no machine moves.
    keeper: Option<Mutex<Timekeeper>>,
    jumps: AtomicU64,
}

impl BusinessClock {
    /// The clock of an engine that starts; see [`Timekeeper::start`].
    pub(crate) fn start(
        clock: Clock,
        machine: Machine,
        last_record: Option<Moment>,
        max_gap: Duration,
    ) -> BusinessClock {
        let keeper = match clock {
            Clock::System => Some(Timekeeper::start(machine.read(), last_record, max_gap)),
            Clock::Test => None,
        };
        if let Some(jump) = keeper.as_ref().and_then(Timekeeper::jump) {
            tell(jump);
        }
        let jumps = AtomicU64::new(keeper.as_ref().and_then(Timekeeper::jump).map_or(0, |_| 1));
        BusinessClock(Arc::new(Inner { machine, keeper: keeper.map(Mutex::new), jumps }))
    }

    /// Whether it is a test clock.
    pub fn is_test(&self) -> bool {
        self.0.keeper.is_none()
    }

    /// Business time for whoever reads, given the time of the book's last record.
    pub fn now(&self, book: Moment) -> Moment {
        self.look().map_or(book, |(business, _)| book.max(business))
    }

    /// Business time for a record.
    ///
    /// # Errors
    /// The [`Jump`] that must be got over before.
    pub(crate) fn now_for_writing(&self, book: Moment) -> Result<Moment, Jump> {
        match self.look() {
            None => Ok(book),
            Some((business, None)) => Ok(book.max(business)),
            Some((_, Some(jump))) => Err(jump),
        }
    }

    /// What is wrong with the machine's clock now.
    pub fn jump(&self) -> Option<Jump> {
        self.look().and_then(|(_, jump)| jump)
    }

    /// The time of day for what goes by the machine's clock: windows of signatures, delays between attempts. While the
    /// clock has jumped under a running server, what it would say if it had not.
    pub fn time_of_day(&self) -> Moment {
        let Some(keeper) = &self.0.keeper else { return self.0.machine.read().wall };
        let mut keeper = keeper.lock();
        // Read under the lock, so that readings come in their order.
        let reading = self.0.machine.read();
        self.observe(&mut keeper, reading);
        match keeper.jump() {
            // At a start there is only the last record to go by, which tells no time of day.
            Some(jump) if keeper.caught_up => jump.expected,
            Some(_) | None => reading.wall,
        }
    }

    /// What business time becomes when the machine's clock is taken for the time, with the reading that this would be;
    /// changes nothing. `seen` is the jump that somebody has seen and accepts.
    ///
    /// # Errors
    /// The [`Jump`] where the clock has come to say something else since.
    pub(crate) fn when_accepted(&self, book: Moment, seen: Jump) -> Result<(Moment, Option<Reading>), Jump> {
        let Some(keeper) = &self.0.keeper else { return Ok((book, None)) };
        let keeper = keeper.lock();
        let reading = self.0.machine.read();
        keeper.is_same(seen, reading)?;
        Ok((book.max(keeper.clone().accept(reading)), Some(reading)))
    }

    /// Takes a reading of the machine's clock for the time.
    pub(crate) fn accept(&self, reading: Reading) {
        if let Some(keeper) = &self.0.keeper {
            let business = keeper.lock().accept(reading);
            tracing::warn!(business_time = %shown(business), "the machine's clock was accepted; records are written again");
        }
    }

    /// Times at which the clock was found to have jumped, since the start.
    pub(crate) fn jumps(&self) -> u64 {
        self.0.jumps.load(Relaxed)
    }

    fn look(&self) -> Option<(Moment, Option<Jump>)> {
        let mut keeper = self.0.keeper.as_ref()?.lock();
        // Read under the lock, so that readings come in their order.
        let business = self.observe(&mut keeper, self.0.machine.read());
        Some((business, keeper.jump()))
    }

    fn observe(&self, keeper: &mut Timekeeper, reading: Reading) -> Moment {
        let before = keeper.jump();
        let business = keeper.observe(reading);
        match (before, keeper.jump()) {
            (None, Some(jump)) => {
                self.0.jumps.fetch_add(1, Relaxed);
                tell(jump);
            }
            (Some(_), None) => tracing::warn!("the machine's clock is right again; records are written again"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        business
    }
}

fn tell(Jump { expected, found }: Jump) {
    tracing::error!(
        expected = %shown(expected),
        found = %shown(found),
        "THE MACHINE'S CLOCK HAS JUMPED: nothing is written until it is right again, or `credere clock accept` (or \
         `--clock-ahead` at a start) says that this is the time"
    );
}

fn shown(at: Moment) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).map_or_else(|_| at.micros().to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MAX_GAP;

    /// A machine that was started at 0 and whose clock said 1,000,000 then.
    fn reading(steady: u64, off: i64) -> Reading {
        let seconds = 1_000_000 + steady.cast_signed() + off;
        Reading { wall: Moment::from_micros(seconds * 1_000_000), steady: Duration::from_secs(steady) }
    }

    #[test]
    fn the_reading_that_is_recorded_is_the_one_that_is_accepted() {
        let readings = [reading(0, 0), reading(10, 3_600), reading(11, 86_400), reading(12, 3_602), reading(12, 3_602)];
        let readings = Mutex::new(readings.into_iter());
        let machine = Machine::new(move || readings.lock().next().unwrap());
        let clock = BusinessClock::start(Clock::System, machine, None, MAX_GAP);
        let (book, seen) = (reading(0, 0).wall, clock.jump().unwrap());
        let other = clock.when_accepted(book, seen).unwrap_err();
        assert_eq!(other.found, reading(11, 86_400).wall, "this is not what was seen");
        let (at, accepted) = clock.when_accepted(book, seen).unwrap();
        assert_eq!((at, accepted), (reading(12, 3_602).wall, Some(reading(12, 3_602))));
        clock.accept(reading(12, 3_602));
        assert_eq!(clock.now(book), at);
    }

    #[test]
    fn the_machine_is_read_while_nobody_else_can_look() {
        let clock: Arc<std::sync::OnceLock<BusinessClock>> = Arc::default();
        let machine = Machine::new({
            let clock = clock.clone();
            move || {
                if let Some(BusinessClock(inner)) = clock.get() {
                    let keeper = inner.keeper.as_ref().unwrap();
                    assert!(keeper.try_lock().is_none(), "another reading could come before this one");
                }
                reading(10, 0)
            }
        });
        let clock = clock.get_or_init(|| BusinessClock::start(Clock::System, machine, None, MAX_GAP));
        clock.time_of_day();
        clock.now(reading(0, 0).wall);
        clock.jump();
        let seen = Jump { expected: reading(10, 0).wall, found: reading(10, 0).wall };
        clock.when_accepted(reading(0, 0).wall, seen).unwrap();
    }
}
