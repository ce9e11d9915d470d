//! A machine whose clock jumps, steps and is set right, under an application that goes by it. The auditor has its own
//! account of when the clock may be believed: it knows how far the time of day was off when it last was right, and asks
//! at every turn whether records are written, and what time it is. Besides the world of a run, which lives on a test
//! clock, every run has a machine of its own.

use crate::dice::Dice;
use crate::subject::Broken;
use credere_app::Caller;
use credere_app::clock::{Clock, Machine, Reading};
use credere_app::engine::EngineOptions;
use credere_app::parties::NewAccount;
use credere_app::{App, Failure, MasterKey, Options, Quiet, StartError};
use credere_auditor::Difference;
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Rejection, deployment};
use credere_core::channel::{AccountClass, Tier, Uin, Verification};
use credere_core::ledger::Moment;
use credere_store::contract::ProfilePatch;
use credere_store::memory::MemoryStore;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;
/// The longest gap at a start, as the server has it by default.
const GAP: i64 = 31 * DAY;
/// Jumps up to this are accepted now and then; what is further away is years of duties.
const ACCEPTED_MAX: i64 = 400 * DAY;
/// 2030-01-01 in UTC+8.
const BEGINNING: i64 = 1_893_427_200 * SECOND;

/// How a machine's run went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Writes that were refused because the clock had jumped.
    pub(crate) refused: u64,
    /// Writes that went through.
    pub(crate) written: u64,
}

/// Both clocks, in microseconds.
#[derive(Debug, Clone, Copy)]
struct Hands {
    wall: i64,
    steady: i64,
}

/// What the auditor holds the time of day against.
#[derive(Debug, Clone, Copy)]
enum Basis {
    /// The last record, `since` this moment of the steady clock.
    Record { at: i64, since: i64 },
    /// By how much the time of day was ahead of the steady clock when it was last right.
    Ahead(i64),
}

struct Run {
    dice: Dice,
    hands: Arc<Mutex<Hands>>,
    store: Arc<MemoryStore>,
    app: Arc<App>,
    runtime: Runtime,
    basis: Basis,
    stopped: bool,
    /// Business time when it was last looked at, and the steady clock then.
    business: i64,
    looked: i64,
    /// Business time may have come to the time of day at one stroke.
    at_once: bool,
    /// Whether there was something to accept, where that was just asked for.
    accepted: Option<bool>,
    tally: Tally,
    number: u64,
}

/// Lives through so many turns.
///
/// # Errors
/// What differs from the auditor's account, or what broke.
pub(crate) fn run(seed: u64, turns: u32) -> Result<Result<Tally, Vec<Difference>>, Broken> {
    let hands = Arc::new(Mutex::new(Hands { wall: BEGINNING, steady: 0 }));
    let store = Arc::new(MemoryStore::new());
    let app = start(&store, &hands, false)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut run = Run {
        dice: Dice::new(seed ^ 0x6d61_6368_696e_6573),
        hands,
        store,
        app,
        runtime,
        basis: Basis::Ahead(BEGINNING),
        stopped: false,
        business: BEGINNING,
        looked: 0,
        at_once: false,
        accepted: None,
        tally: Tally::default(),
        number: 0,
    };
    let mut outcome = Ok(());
    for turn in 0..turns {
        let did = run.turn()?;
        outcome = run.look(&format!("machine, turn {turn}: {did}"))?;
        if outcome.is_err() {
            break;
        }
    }
    run.app.close();
    Ok(outcome.map(|()| run.tally))
}

fn start(store: &Arc<MemoryStore>, hands: &Arc<Mutex<Hands>>, clock_ahead: bool) -> Result<Arc<App>, StartError> {
    let hands = hands.clone();
    let machine = Machine::new(move || {
        let Hands { wall, steady } = *hands.lock();
        Reading { wall: Moment::from_micros(wall), steady: Duration::from_micros(steady.unsigned_abs()) }
    });
    let options = Options {
        currency: "USD".into(),
        zone: "+08:00".into(),
        master_key: MasterKey::from_text(&"A".repeat(43)).map_err(StartError::Setting)?,
        platform_key: None,
        clock_ahead,
        engine: EngineOptions { clock: Clock::System, machine, ..EngineOptions::default() },
    };
    App::start(store.clone(), options, &Quiet)
}

impl Run {
    /// Something happens to the machine, or its application.
    fn turn(&mut self) -> Result<&'static str, Broken> {
        Ok(match self.dice.weighted(&[8, 4, 3, 4, 2, 2]) {
            0 => {
                let by = if self.dice.chance(1, 3) { DAY } else { MINUTE };
                let by = self.dice.between(1, 3 * by);
                let mut hands = self.hands.lock();
                *hands = Hands { wall: hands.wall + by, steady: hands.steady + by };
                "time passes"
            }
            1 => {
                let step = self.dice.between(-MINUTE, MINUTE);
                self.set(self.right() + step);
                "a step from where it was right"
            }
            2 => {
                let furthest = if self.dice.chance(1, 2) { ACCEPTED_MAX } else { 20 * 365 * DAY };
                let by = self.dice.between(MINUTE + 1, furthest);
                let by = if self.dice.chance(1, 2) { by } else { -by };
                self.set(self.right() + by);
                "a jump"
            }
            3 => {
                self.set(self.right());
                "set right"
            }
            4 if self.far() <= ACCEPTED_MAX => {
                let accepted = match self.runtime.block_on(self.app.accept_clock(platform(), None)) {
                    Ok(_) => true,
                    Err(Failure::Refused {
                        rejection: Rejection::Deployment(deployment::Reason::ClockIsRight),
                        ..
                    }) => false,
                    Err(failure) => return Err(failure.into()),
                };
                self.accepted = Some(accepted);
                self.believe_after(accepted);
                "accepted"
            }
            4 => "too far to be accepted",
            _ => {
                let ahead = self.dice.chance(1, 2) && self.far() <= ACCEPTED_MAX;
                let last = self.runtime.block_on(self.app.read(|book| book.now()))?.micros();
                self.app.close();
                self.app = start(&self.store, &self.hands, ahead)?;
                let hands = *self.hands.lock();
                (self.basis, self.business, self.looked) =
                    (Basis::Record { at: last, since: hands.steady }, last, hands.steady);
                self.at_once = true;
                self.believe_after(ahead);
                if ahead { "started again, with --clock-ahead" } else { "started again" }
            }
        })
    }

    /// Where the time of day would be right.
    fn right(&self) -> i64 {
        let steady = self.hands.lock().steady;
        match self.basis {
            Basis::Record { at, since } => at + steady - since,
            Basis::Ahead(by) => steady + by,
        }
    }

    /// How far it is from there.
    fn far(&self) -> i64 {
        let wall = self.hands.lock().wall;
        (wall - self.right()).abs()
    }

    fn set(&self, wall: i64) {
        self.hands.lock().wall = wall;
    }

    fn believe_after(&mut self, accepted: bool) {
        if accepted {
            let hands = *self.hands.lock();
            self.basis = Basis::Ahead(hands.wall - hands.steady);
            self.at_once = true;
        }
    }

    /// Everything that can be seen of the clock, and a write.
    fn look(&mut self, turn: &str) -> Result<Result<(), Vec<Difference>>, Broken> {
        let hands = *self.hands.lock();
        let off = hands.wall - self.right();
        let ahead_max = match self.basis {
            Basis::Record { .. } => GAP,
            Basis::Ahead(_) => MINUTE,
        };
        let was_stopped = self.stopped;
        self.stopped = off > ahead_max || off < -MINUTE;
        let mut all = Vec::new();
        let mut expect = |what: &str, expected: String, found: String| {
            if expected != found {
                all.push(Difference { what: format!("{turn}: {what}"), expected, found });
            }
        };
        if let Some(accepted) = self.accepted.take() {
            expect("whether there was something to accept", was_stopped.to_string(), accepted.to_string());
        }
        let jump = self.app.engine().clock().jump().is_some();
        expect("whether the clock has jumped", self.stopped.to_string(), jump.to_string());
        expect("readiness", (!self.stopped).to_string(), self.app.engine().ready().to_string());

        let now = self.runtime.block_on(self.app.now())?.micros();
        let (passed, gained) = (hands.steady - self.looked, now - self.business);
        if gained < 0 {
            expect("business time", format!("not before {}", self.business), now.to_string());
        } else if self.stopped {
            expect("what business time gained by the steady clock", passed.to_string(), gained.to_string());
        } else {
            self.basis = Basis::Ahead(hands.wall - hands.steady);
            // What it lacks, or has too much, without any hurry.
            let lacks = hands.wall - (self.business + passed);
            let most = passed / 10;
            let hurry = if self.at_once { lacks.max(-most) } else { lacks.clamp(-most, most) };
            expect("what business time gained", (passed + hurry).to_string(), gained.to_string());
            self.at_once = false;
        }
        (self.business, self.looked) = (now, hands.steady);

        let written = self.write();
        match (self.stopped, written) {
            (true, Err(Failure::ClockJumped)) => {
                self.tally.refused += 1;
                let before = self.app.engine().gauges().durable_seq;
                let again = self.write();
                let after = self.app.engine().gauges().durable_seq;
                expect("a second write", "ClockJumped".to_owned(), again.map_or_else(name, |_| "done").to_owned());
                expect("records", before.to_string(), after.to_string());
            }
            (false, Ok(at)) => {
                self.tally.written += 1;
                expect("the time of a record", now.to_string(), at.to_string());
            }
            (stopped, written) => {
                let expected = if stopped { "ClockJumped" } else { "done" };
                expect("a write", expected.to_owned(), written.map_or_else(name, |_| "done").to_owned());
            }
        }
        Ok(if all.is_empty() { Ok(()) } else { Err(all) })
    }

    /// Opens an account; answers the time of its record.
    fn write(&mut self) -> Result<i64, Failure> {
        self.number += 1;
        let profile = ProfilePatch { name: Some(Some("a name".to_owned())), ..ProfilePatch::default() };
        let account = NewAccount {
            uin: Uin::new(self.number).ok(),
            class: AccountClass::External,
            verification: Verification::None,
            tier: Tier::None,
            site: None,
            profile,
        };
        let opened = self.runtime.block_on(self.app.open_account(platform(), None, account))?;
        Ok(opened.at.micros())
    }
}

fn name(failure: Failure) -> &'static str {
    match failure {
        Failure::ClockJumped => "ClockJumped",
        _ => "another failure",
    }
}

fn platform() -> Caller {
    Caller {
        request_id: Uuid::from_u128(1),
        actor: Actor::Platform { key: 1, access: KeyAccess::Full },
        face: Face::Platform,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_jump_are_believed_when_they_are_right_and_only_then() {
        let mut all = Tally::default();
        for seed in 0..20 {
            let tally = run(seed, 120).unwrap().unwrap_or_else(|differences| panic!("seed {seed}: {differences:#?}"));
            all = Tally { refused: all.refused + tally.refused, written: all.written + tally.written };
        }
        assert!(all.refused > 200 && all.written > 200, "both are seen: {all:?}");
    }
}
