//! The load: several hands, each with its own connection and its own random numbers, that act until the server is gone
//! or somebody says stop. What a hand sent last and got no answer to stays in it, to be repeated.

use crate::acts::Act;
use crate::http::{Answer, BrokenOff, Client};
use crate::metering::Running;
use crate::model::Model;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One worker's part, kept from one life of the server to the next.
pub(crate) struct Hand {
    pub(crate) random: fastrand::Rng,
    number: u64,
    made: u64,
    /// Sent without an answer.
    pub(crate) pending: Option<Act>,
    /// Open authorizations of this hand: number, customer, list price.
    pub(crate) authorizations: Vec<(String, u64, i64)>,
    /// Orders of this hand that are processing.
    pub(crate) orders: Vec<(String, u64, i64)>,
    /// Resources of this hand that run.
    pub(crate) resources: Vec<Running>,
    /// Accounts that this hand has opened, with the version of their profile.
    pub(crate) accounts: Vec<(u64, u64)>,
    /// Those of them that are not bound.
    pub(crate) unbound: Vec<u64>,
}

impl Hand {
    /// So many hands, from one seed.
    pub(crate) fn several(count: u64, seed: u64) -> Vec<Hand> {
        let mut seeds = fastrand::Rng::with_seed(seed);
        let hand = |number| Hand {
            random: fastrand::Rng::with_seed(seeds.u64(..)),
            number,
            made: 0,
            pending: None,
            authorizations: Vec::new(),
            orders: Vec::new(),
            resources: Vec::new(),
            accounts: Vec::new(),
            unbound: Vec::new(),
        };
        (0..count).map(hand).collect()
    }

    /// A single one.
    pub(crate) fn one() -> Hand {
        Hand::several(1, 1).remove(0)
    }

    /// A key that was never used.
    pub(crate) fn key(&mut self) -> String {
        self.made += 1;
        format!("hand-{}-{}", self.number, self.made)
    }

    /// An account number that no other hand uses.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.made += 1;
        1_000_000 * (self.number + 1) + self.made
    }
}

/// Where in the load something happens: it is counted, not timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Right after a request was sent, before its answer.
    Sent,
    /// Right after an answer was taken.
    Answered,
}

/// What happens at one moment of the load, once.
pub(crate) struct Event<'a> {
    pub(crate) moment: Moment,
    /// So many requests are sent or answered before.
    pub(crate) after: u64,
    /// Turns of an empty loop between that and the act, so that the server is met anywhere in its work.
    pub(crate) spins: u32,
    pub(crate) act: &'a (dyn Fn() + Sync),
    /// Whether the load ends with it. A load without a server ends anyway.
    pub(crate) ends: bool,
}

/// How the load meets answers that are not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tolerance {
    /// A server that is overloaded may say so; anything else is a failure.
    Overload,
    /// Outcomes may be unknown.
    Faults,
}

/// One stretch of load.
pub(crate) struct Load<'a> {
    pub(crate) address: &'a str,
    pub(crate) model: &'a Mutex<Model>,
    pub(crate) event: Event<'a>,
    pub(crate) tolerance: Tolerance,
    stop: AtomicBool,
    sent: AtomicU64,
    answered: AtomicU64,
    answers: Mutex<Vec<(Act, Answer)>>,
}

impl<'a> Load<'a> {
    pub(crate) fn new(address: &'a str, model: &'a Mutex<Model>, event: Event<'a>) -> Load<'a> {
        Load {
            address,
            model,
            event,
            tolerance: Tolerance::Overload,
            stop: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            answers: Mutex::default(),
        }
    }

    /// Lets all hands act until the server is gone or the event ends it; gives every act that was answered, in the order of
    /// the answers.
    pub(crate) fn run(self, hands: &mut [Hand]) -> Vec<(Act, Answer)> {
        std::thread::scope(|scope| {
            for hand in hands {
                scope.spawn(|| self.act_on(hand));
            }
        });
        self.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn act_on(&self, hand: &mut Hand) {
        let mut client = Client::new(self.address);
        while !self.stop.load(SeqCst) {
            let act = match hand.pending.take() {
                Some(act) => act,
                None => {
                    let model = lock(self.model);
                    let customers: Vec<u64> = model.customers.keys().copied().collect();
                    hand.next_act(&customers, model.clock, |uin| model.accounts[&uin].clone())
                }
            };
            hand.pending = Some(act.clone());
            if client.send(&act.request).is_err() {
                return;
            }
            self.reached(Moment::Sent, self.sent.fetch_add(1, SeqCst));
            let Ok(answer) = client.receive() else { return };
            match answer.status {
                // Not decided: the same again.
                503 => {
                    assert!(answer.retry_after, "{} says when to come again", answer.body);
                    std::thread::yield_now();
                    continue;
                }
                500 if self.tolerance == Tolerance::Faults && answer.code() == "outcome_unknown" => continue,
                _ => {}
            }
            lock(self.model).take(&act, &answer, hand);
            hand.pending = None;
            lock(&self.answers).push((act, answer));
            self.reached(Moment::Answered, self.answered.fetch_add(1, SeqCst));
        }
    }

    fn reached(&self, moment: Moment, before: u64) {
        if moment == self.event.moment && before + 1 == self.event.after {
            for _ in 0..self.event.spins {
                std::hint::spin_loop();
            }
            (self.event.act)();
            if self.event.ends {
                self.stop.store(true, SeqCst);
            }
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A poisoned model means that a worker found a fault; its own panic is the one to be read.
    mutex.lock().unwrap_or_else(|_| panic!("another hand has failed"))
}

/// Sends what a hand has in flight until the answer is final.
pub(crate) fn repeat_pending(client: &mut Client, model: &mut Model, hand: &mut Hand) -> Option<(Act, Answer)> {
    let act = hand.pending.take()?;
    let answer = settle(client, &act);
    model.take(&act, &answer, hand);
    Some((act, answer))
}

/// Repeats an act until its answer is final: it is carried out, or refused by the rules.
pub(crate) fn settle(client: &mut Client, act: &Act) -> Answer {
    crate::server::until("a request has a final answer", || match client.call(&act.request) {
        Ok(answer) if answer.status == 503 || answer.code() == "outcome_unknown" => None,
        Ok(answer) => Some(answer),
        Err(BrokenOff) => None,
    })
}
