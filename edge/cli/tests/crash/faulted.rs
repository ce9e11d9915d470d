//! A disk that is full or fails while the server runs: the request says so, the server is not ready until the disk is
//! well, nothing that was answered is lost, and a repeat under the same key acts once. Each test ends with a kill, a
//! start and a proof, since damage may show only then.

use crate::acts::{Act, Operation, What};
use crate::check;
use crate::http::{Answer, Client, Request};
use crate::load::{Event, Hand, Load, Moment, Tolerance, repeat_pending, settle};
use crate::model::{CENT, Model, Profile, UNIT};
use crate::papers;
use crate::preload::Faults;
use crate::server::{Server, Setup, until, verify};
use crate::world;
use std::sync::Mutex;
use tempfile::TempDir;

/// A server with the library of faults in it, and what is known of its world.
struct Stage {
    _dir: TempDir,
    setup: Setup,
    faults: Faults,
    server: Server,
    model: Model,
    hand: Hand,
    answered: Vec<(Act, Answer)>,
}

impl Stage {
    fn new() -> Stage {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let faults = Faults::none_yet(dir.path());
        let setup = Setup { faults: Some(faults.clone()), ..Setup::on(dir.path().join("data")) };
        let server = setup.start();
        let model = world::make(&mut server.client());
        let hand = Hand::one();
        Stage { _dir: dir, setup, faults, server, model, hand, answered: Vec::new() }
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Sends an act once.
    fn send(&self, act: &Act) -> Answer {
        self.client().ask(&act.request)
    }

    /// Carries an act out that must go through.
    fn done(&mut self, act: Act) {
        let answer = self.send(&act);
        assert!(answer.status < 300, "{act:?} was answered with {}", answer.body);
        self.take(act, answer);
    }

    fn take(&mut self, act: Act, answer: Answer) {
        self.model.take(&act, &answer, &mut self.hand);
        self.answered.push((act, answer));
    }

    fn allocation(&mut self) -> Act {
        Act::allocate(self.hand.key(), 1_001, UNIT)
    }

    fn account(&mut self) -> Act {
        let number = self.hand.next_number();
        Act::open(self.hand.key(), Some(number), Profile::numbered(number, 0))
    }

    fn change_of(&self, uin: u64, version: u64) -> Act {
        Act::change(uin, self.model.accounts[&uin].clone(), Profile::numbered(uin, version))
    }

    /// The act fails while this rule holds, and the server is not ready; when it ends the server comes back by itself, has
    /// the act as a whole or not at all, and carries it out once when it is repeated.
    fn fails_and_comes_back(&mut self, rule: &str, act: Act) {
        self.faults.set(&[rule]);
        let answer = self.send(&act);
        assert!(self.faults.hits() > 0, "the fault was met: {rule}");
        assert_eq!((answer.status, answer.code()), (500, "outcome_unknown"), "{rule}: {}", answer.body);
        if rule.split(' ').nth(4) == Some("0") {
            // It cannot come back while the disk fails; and what it cannot be sure of it does not show.
            assert!(!self.server.ready(), "{rule}: not ready");
            let further = self.allocation();
            let turned_away = self.send(&further);
            assert_eq!((turned_away.status, turned_away.retry_after), (503, true), "{}", turned_away.body);
            let shown = self.client().ask(&Request::get("/v1/accounts/1001"));
            assert_eq!(shown.status, 503, "{}", shown.body);
        }
        self.faults.clear();
        self.server.until_ready();
        check::whole_or_absent(&mut self.client(), &act);
        let answer = settle(&mut self.client(), &act);
        self.take(act, answer);
        self.proves();
    }

    /// Every figure is right, and every answer is given again.
    fn proves(&mut self) {
        check::same(&mut self.client(), &self.model);
        for (act, answer) in &self.answered {
            check::replays(&mut self.client(), act, answer);
        }
        check::allocations(&mut self.client(), &self.model, 1_001);
        papers::same(&mut self.client(), &self.model);
    }

    /// SIGKILL, and a start without faults.
    fn restart(&mut self) {
        self.server.kill();
        self.server.wait();
        self.faults.clear();
        self.server = self.setup.start();
    }

    fn ends_well(mut self) {
        self.restart();
        self.proves();
        self.server.terminate();
        assert_eq!(self.server.wait().code(), Some(0), "a stopped server ends well");
        verify(&self.setup.data);
    }
}

/// An allocation after one that went through, under each of the rules.
fn allocations_fail_and_come_back(rules: &[&str]) {
    let mut stage = Stage::new();
    for rule in rules {
        let act = stage.allocation();
        stage.done(act);
        let act = stage.allocation();
        stage.fails_and_comes_back(rule, act);
    }
    stage.ends_well();
}

/// A new account and a change of a name, under each of the rules.
fn names_fail_and_come_back(rules: &[&str]) {
    let mut stage = Stage::new();
    for rule in rules {
        let act = stage.account();
        stage.fails_and_comes_back(rule, act);
        let version = stage.answered.len() as u64;
        let act = stage.change_of(1_001, version);
        stage.fails_and_comes_back(rule, act);
    }
    stage.ends_well();
}

#[test]
fn a_full_disk_under_the_journal_is_told_and_loses_nothing() {
    allocations_fail_and_come_back(&[
        "write ENOSPC journal.db-wal 0 0",
        "write ENOSPC journal.db-wal 0 0 torn",
        "write ENOSPC journal.db-wal 1 0 torn",
        "write ENOSPC journal.db-wal 0 1",
    ]);
}

#[test]
fn a_failing_disk_under_the_journal_is_told_and_loses_nothing() {
    allocations_fail_and_come_back(&[
        "write EIO journal.db-wal 0 0",
        "write EIO journal.db-wal 1 1 torn",
        "sync EIO journal.db-wal 0 0",
        "sync EIO journal.db-wal 0 1",
        "sync EIO journal.db-wal 0 2",
    ]);
}

#[test]
fn a_fault_under_the_directory_leaves_no_half_account() {
    names_fail_and_come_back(&[
        "write ENOSPC directory.db-wal 0 0",
        "write ENOSPC directory.db-wal 0 0 torn",
        "write EIO directory.db-wal 1 1",
        "sync EIO directory.db-wal 0 0",
        "sync EIO directory.db-wal 0 1",
    ]);
}

#[test]
fn a_fault_under_the_journal_takes_the_directory_back() {
    names_fail_and_come_back(&[
        "write ENOSPC journal.db-wal 0 0",
        "write EIO journal.db-wal 0 0 torn",
        "sync EIO journal.db-wal 0 0",
        "sync EIO journal.db-wal 0 1",
    ]);
}

#[test]
fn a_kill_while_the_disk_fails_leaves_nothing_half_done() {
    let mut stage = Stage::new();
    for rule in [
        "write ENOSPC journal.db-wal 0 0 torn",
        "sync EIO journal.db-wal 0 0",
        "write ENOSPC directory.db-wal 0 0 torn",
        "sync EIO directory.db-wal 0 0",
    ] {
        stage.faults.set(&[rule]);
        let act = stage.account();
        let answer = stage.send(&act);
        assert_eq!((answer.status, answer.code()), (500, "outcome_unknown"), "{rule}: {}", answer.body);
        stage.restart();
        check::whole_or_absent(&mut stage.client(), &act);
        let answer = settle(&mut stage.client(), &act);
        stage.take(act, answer);
        stage.proves();
    }
    stage.ends_well();
}

#[test]
fn a_load_lives_through_faults_that_come_and_go() {
    let mut stage = Stage::new();
    let mut hands = Hand::several(4, 7);
    for rule in [
        "write ENOSPC journal.db-wal 40 3 torn",
        "sync EIO journal.db-wal 20 2",
        "write EIO directory.db-wal 4 2",
        "sync EIO directory.db-wal 2 2",
        "write ENOSPC history.db-wal 3 4 torn",
        "write EIO *.db 0 3",
        "sync EIO *.db 0 3",
    ] {
        stage.faults.set(&[rule]);
        let shared = Mutex::new(std::mem::take(&mut stage.model));
        let event = Event { moment: Moment::Answered, after: 150, spins: 0, act: &|| {}, ends: true };
        let mut load = Load::new(&stage.server.address, &shared, event);
        load.tolerance = Tolerance::Faults;
        let answers = load.run(&mut hands);
        stage.model = shared.into_inner().expect("no hand has failed");
        assert!(!rule.contains("journal.db-wal") || stage.faults.hits() > 0, "every commit passes here: {rule}");
        stage.faults.clear();
        for hand in &mut hands {
            repeat_pending(&mut stage.server.client(), &mut stage.model, hand);
        }
        check::same(&mut stage.client(), &stage.model);
        stage.answered.extend(answers.into_iter().rev().take(20));
    }
    stage.ends_well();
}

#[test]
fn history_that_cannot_be_written_holds_writes_back_and_is_whole_afterwards() {
    for rule in ["write ENOSPC history.db* 0 0", "write EIO history.db* 0 0 torn"] {
        let mut stage = Stage::new();
        stage.faults.set(&[rule]);
        let refused = until("writes are turned away", || {
            let act = Act::allocate(stage.hand.key(), 1_001, CENT);
            let answer = stage.send(&act);
            if answer.status == 503 {
                return Some(answer);
            }
            stage.take(act, answer);
            None
        });
        assert_eq!((refused.code(), refused.retry_after), ("overloaded", true), "{}", refused.body);
        assert!(stage.faults.hits() > 0, "the fault was met");
        // Figures are not history, and are shown.
        check::same(&mut stage.client(), &stage.model);
        let address = stage.server.address.clone();
        let model = stage.model.clone();
        // A reader of history may wait; when it is answered, it is with everything.
        let reader = std::thread::spawn(move || check::allocations(&mut Client::new(&address), &model, 1_001));
        stage.faults.clear();
        reader.join().expect("history was read as a whole");
        let act = Act::allocate(stage.hand.key(), 1_001, CENT);
        let answer = settle(&mut stage.client(), &act);
        stage.take(act, answer);
        stage.proves();
        stage.ends_well();
    }
}

#[test]
fn a_kill_while_history_cannot_be_written_loses_none_of_it() {
    let mut stage = Stage::new();
    stage.faults.set(&["write ENOSPC history.db* 0 0 torn"]);
    for _ in 0..20 {
        let act = stage.allocation();
        let answer = stage.send(&act);
        if answer.status == 503 {
            break;
        }
        stage.take(act, answer);
    }
    until("the fault is met", || (stage.faults.hits() > 0).then_some(()));
    stage.restart();
    stage.proves();
    stage.ends_well();
}

#[test]
fn snapshots_that_cannot_be_written_cost_nothing_but_time() {
    for rule in ["write ENOSPC snapshots.db* 0 0 torn", "sync EIO snapshots.db* 0 0"] {
        let mut stage = Stage::new();
        stage.faults.set(&[rule]);
        // Snapshots are taken after 1,000 records, and tried again with each commit.
        for _ in 0..4 {
            let operations = (0..400)
                .map(|_| Operation { key: stage.hand.key(), what: What::Authorize { customer: 1_001, list: CENT } });
            let act = Act::batch(operations.collect());
            stage.done(act);
        }
        until("the fault is met", || (stage.faults.hits() > 0).then_some(()));
        stage.faults.clear();
        stage.proves();
        stage.ends_well();
    }
}
