//! The rule that says when the machine's clock is believed. It may be wrong for two seconds and would then move business
//! time for ever; so it is held against the machine's steady clock, which nobody can set, and against the last record, and
//! a jump lasts until the clock is right again or somebody says that it is.

use super::machine::{Reading, micros};
use credere_core::ledger::Moment;
use std::time::Duration;

/// How far the machine's clock may step at once before that is a jump; and how far it may lie before the last record.
pub const STEP_MAX: Duration = Duration::from_secs(60);
/// How far the machine's clock may lie after the last record at a start, unless the deployment says otherwise.
pub const MAX_GAP: Duration = Duration::from_secs(31 * 86_400);
/// Business time that is behind or ahead after a step gains or loses this part of what goes by: a minute in ten.
const SLEW_PART: i64 = 10;

/// What is wrong with the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// What it would say if it had not jumped; at a start, the time of the last record.
    pub expected: Moment,
    /// What it says.
    pub found: Moment,
}

impl Jump {
    /// How far the clock is ahead of what was expected, in microseconds.
    fn off(self) -> i64 {
        self.found.micros().saturating_sub(self.expected.micros())
    }
}

/// Follows a machine's clocks, reading by reading, and gives business time: the time of day where that is right, reached
/// slowly after a step, and never going back.
#[derive(Debug, Clone)]
pub struct Timekeeper {
    /// The last reading that was right, against which the next is held.
    right: Reading,
    /// How far the time of day may be ahead of that, in microseconds.
    ahead_max: i64,
    /// Whether business time has reached the time of day since the start.
    pub(super) caught_up: bool,
    business: Moment,
    /// When that was, by the steady clock.
    business_at: Duration,
    jump: Option<Jump>,
}

impl Timekeeper {
    /// Begins with the first reading. Business time goes on from the last record, and the time of day may be `max_gap`
    /// after it, since nothing may have happened for as long.
    pub fn start(reading: Reading, last_record: Option<Moment>, max_gap: Duration) -> Timekeeper {
        let wall = last_record.unwrap_or(reading.wall);
        let mut keeper = Timekeeper {
            right: Reading { wall, ..reading },
            ahead_max: micros(max_gap.max(STEP_MAX)),
            caught_up: false,
            business: wall,
            business_at: reading.steady,
            jump: None,
        };
        keeper.observe(reading);
        keeper
    }

    /// Takes a reading and answers business time. While the clock has jumped, that goes on by the steady clock alone. A
    /// reading from before the last one tells nothing any more.
    pub fn observe(&mut self, reading: Reading) -> Moment {
        if reading.steady < self.business_at {
            return self.business;
        }
        let expected = self.expected_at(reading.steady);
        let off = Jump { expected, found: reading.wall }.off();
        if off > self.ahead_max || off < -micros(STEP_MAX) {
            self.jump = Some(Jump { expected, found: reading.wall });
        } else {
            self.believe(reading);
        }
        let gone_by = reading.steady.saturating_sub(self.business_at);
        self.business = later(self.business, gone_by);
        self.business_at = reading.steady;
        if self.jump.is_none() {
            let behind = reading.wall.micros().saturating_sub(self.business.micros());
            let most = micros(gone_by) / SLEW_PART;
            let step = if self.caught_up { behind.clamp(-most, most) } else { behind.max(-most) };
            self.business = Moment::from_micros(self.business.micros().saturating_add(step));
            self.caught_up = true;
        }
        self.business
    }

    /// Takes the reading for the time, whatever was before. Business time goes on from it, unless it is later already.
    pub fn accept(&mut self, reading: Reading) -> Moment {
        self.believe(reading);
        self.caught_up = false;
        // Others may have looked since.
        let steady = reading.steady.max(self.business_at);
        self.observe(Reading { wall: self.expected_at(steady), steady })
    }

    /// Whether a reading shows the same jump as one before: the time of day is as far off as it was then, to within a
    /// step.
    ///
    /// # Errors
    /// The [`Jump`] that it shows.
    pub fn is_same(&self, seen: Jump, reading: Reading) -> Result<(), Jump> {
        let shows = Jump { expected: self.expected_at(reading.steady), found: reading.wall };
        if shows.off().abs_diff(seen.off()) <= micros(STEP_MAX).unsigned_abs() { Ok(()) } else { Err(shows) }
    }

    /// What the time of day would be at this moment of the steady clock, going by the last reading that was right.
    fn expected_at(&self, steady: Duration) -> Moment {
        later(self.right.wall, steady.saturating_sub(self.right.steady))
    }

    fn believe(&mut self, reading: Reading) {
        self.right = reading;
        self.ahead_max = micros(STEP_MAX);
        self.jump = None;
    }

    /// What was wrong with the last reading.
    pub fn jump(&self) -> Option<Jump> {
        self.jump
    }
}

fn later(at: Moment, by: Duration) -> Moment {
    Moment::from_micros(at.micros().saturating_add(micros(by)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: i64 = 365 * 86_400;

    fn at(seconds: i64) -> Moment {
        Moment::from_micros(seconds * 1_000_000)
    }

    /// A machine that was started at 0 and whose clock said 1,000,000 then.
    fn reading(steady: u64, off: i64) -> Reading {
        Reading { wall: at(1_000_000 + steady.cast_signed() + off), steady: Duration::from_secs(steady) }
    }

    fn running() -> Timekeeper {
        Timekeeper::start(reading(0, 0), None, MAX_GAP)
    }

    #[test]
    fn business_time_is_the_time_of_day() {
        let mut keeper = running();
        for steady in [0, 1, 5, 86_400, 90 * 86_400] {
            assert_eq!(keeper.observe(reading(steady, 0)), reading(steady, 0).wall);
            assert_eq!(keeper.jump(), None);
        }
    }

    #[test]
    fn a_clock_that_is_wrong_for_two_seconds_moves_nothing() {
        for off in [20 * YEAR, -20 * YEAR, 61, -61] {
            let mut keeper = running();
            keeper.observe(reading(10, 0));
            assert_eq!(keeper.observe(reading(11, off)), reading(11, 0).wall, "{off}");
            assert_eq!(keeper.jump(), Some(Jump { expected: reading(11, 0).wall, found: reading(11, off).wall }));
            keeper.observe(reading(12, off));
            assert!(keeper.jump().is_some(), "{off}");
            assert_eq!(keeper.observe(reading(13, 0)), reading(13, 0).wall, "{off}");
            assert_eq!(keeper.jump(), None, "{off}");
        }
    }

    #[test]
    fn a_jump_lasts_until_it_is_accepted_and_time_goes_on_from_there() {
        let mut keeper = running();
        keeper.observe(reading(10, 3_600));
        keeper.observe(reading(86_400, 3_600));
        assert!(keeper.jump().is_some(), "a clock that stays wrong does not become right by itself");
        assert_eq!(keeper.accept(reading(86_400, 3_600)), reading(86_400, 3_600).wall);
        assert_eq!(keeper.observe(reading(86_401, 3_600)), reading(86_401, 3_600).wall);
        assert_eq!(keeper.jump(), None);
        keeper.observe(reading(86_402, 0));
        assert!(keeper.jump().is_some(), "and back is a jump again");
    }

    #[test]
    fn a_reading_that_comes_late_tells_nothing() {
        let mut keeper = running();
        let business = keeper.observe(reading(10, 0));
        for late in [reading(4, 0), reading(9, 30), reading(5, YEAR)] {
            assert_eq!(keeper.observe(late), business);
            assert_eq!(keeper.jump(), None);
        }
        assert_eq!(keeper.observe(reading(11, 0)), reading(11, 0).wall, "nothing has gone by twice");
    }

    #[test]
    fn what_is_accepted_is_the_reading_that_was_seen_also_when_others_have_looked_since() {
        let mut keeper = running();
        keeper.observe(reading(10, 3_600));
        let seen = keeper.jump().unwrap();
        let accepted = reading(20, 3_605);
        assert_eq!(keeper.is_same(seen, accepted), Ok(()));
        keeper.observe(reading(25, 3_605));
        assert_eq!(keeper.accept(accepted), reading(25, 3_605).wall);
        assert_eq!(keeper.observe(reading(26, 3_605)), reading(26, 3_605).wall);
        assert_eq!(keeper.jump(), None);
    }

    #[test]
    fn a_clock_that_says_something_else_than_was_seen_is_not_accepted() {
        let mut keeper = running();
        keeper.observe(reading(10, 3_600));
        let seen = keeper.jump().unwrap();
        for (off, same) in [(3_540, true), (3_660, true), (3_661, false), (3_539, false), (0, false), (YEAR, false)] {
            let later = reading(86_400, off);
            let shows = Jump { expected: reading(86_400, 0).wall, found: later.wall };
            assert_eq!(keeper.is_same(seen, later), if same { Ok(()) } else { Err(shows) }, "{off}");
        }
    }

    #[test]
    fn a_step_is_met_by_running_faster_or_slower_never_back() {
        for (off, reached) in [(60, 600), (-60, 600), (3, 30), (-1, 10)] {
            let mut keeper = running();
            let mut before = keeper.observe(reading(0, 0));
            for steady in 1..reached {
                let now = keeper.observe(reading(steady, off));
                let gained = now.micros() - before.micros() - 1_000_000;
                assert_eq!(gained, off.signum() * 100_000, "a tenth at most: {off} at {steady}");
                before = now;
            }
            let past =
                [reached, reached + 1].map(|steady| keeper.observe(reading(steady, off)) == reading(steady, off).wall);
            assert_eq!(past, [true, true], "{off}");
            assert_eq!(keeper.jump(), None);
        }
    }

    #[test]
    fn many_looks_within_a_moment_gain_nothing() {
        let mut keeper = running();
        let first = keeper.observe(reading(1, 30));
        assert!((0..1_000).all(|_| keeper.observe(reading(1, 30)) == first));
    }

    #[test]
    fn a_start_takes_up_where_the_last_record_left_off() {
        let last = reading(0, 0).wall;
        let day = 86_400;
        for (after, jumped) in
            [(0, false), (30, false), (31 * day, false), (31 * day + 1, true), (-60, false), (-61, true)]
        {
            let mut keeper = Timekeeper::start(reading(0, after), Some(last), MAX_GAP);
            assert_eq!(keeper.jump().is_some(), jumped, "{after}");
            let business = keeper.observe(reading(0, after));
            assert_eq!(business, if jumped { last } else { last.max(reading(0, after).wall) }, "{after}");
        }
        let mut ahead = Timekeeper::start(reading(0, -50), Some(last), MAX_GAP);
        assert_eq!(ahead.observe(reading(100, -50)), at(1_000_000 + 90), "business time waits by running slower");
    }

    #[test]
    fn after_a_start_that_was_right_the_gap_counts_no_more() {
        let mut keeper = Timekeeper::start(reading(0, 0), Some(at(999_000)), MAX_GAP);
        keeper.observe(reading(1, 3_600));
        assert!(keeper.jump().is_some());
    }

    #[test]
    fn a_start_with_a_wrong_clock_goes_on_when_the_clock_is_set() {
        let last = reading(0, 0).wall;
        let mut keeper = Timekeeper::start(reading(0, 20 * YEAR), Some(last), MAX_GAP);
        assert!(keeper.jump().is_some());
        assert_eq!(keeper.observe(reading(5, 3_600)), reading(5, 3_600).wall, "it had been down for an hour");
        assert_eq!(keeper.jump(), None);
    }

    #[test]
    fn a_book_that_is_ahead_goes_on_slowly_once_that_is_accepted() {
        let last = reading(0, 20 * YEAR).wall;
        let mut keeper = Timekeeper::start(reading(0, 0), Some(last), MAX_GAP);
        assert!(keeper.jump().is_some());
        assert_eq!(keeper.accept(reading(0, 0)), last, "business time never goes back");
        assert_eq!(keeper.observe(reading(10, 0)), Moment::from_micros(last.micros() + 9_000_000));
        assert_eq!(keeper.jump(), None);
    }
}
