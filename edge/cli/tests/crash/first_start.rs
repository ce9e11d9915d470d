//! Faults while the server starts, on a folder that has data and on one that has none: the start is refused with exit
//! code 3 and a message that names the file, and the next start on a well disk finds everything.

use crate::acts::Act;
use crate::check;
use crate::load::Hand;
use crate::model::UNIT;
use crate::preload::Faults;
use crate::server::{Ended, Setup, verify};
use crate::world;

const FILES: [&str; 5] = ["journal.db", "directory.db", "snapshots.db", "history.db", "keys.db"];

/// A refused start says why, in one line after the log's, and names what it is about. The log may say something yet while
/// the process ends.
fn says(ended: &Ended, name: &str) {
    let last = ended.errors.lines().rfind(|line| line.starts_with("credere: ")).unwrap_or_default();
    assert_eq!(ended.code, Some(3), "the store cannot be used: {ended:?}");
    assert!(last.contains(name), "the message names {name}: {}", ended.errors);
    assert!(!ended.errors.contains("panicked"), "a failing disk is no bug: {}", ended.errors);
}

#[test]
fn a_fault_at_a_start_is_told_and_does_no_harm() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let faults = Faults::none_yet(dir.path());
    let setup = Setup { faults: Some(faults.clone()), ..Setup::on(dir.path().join("data")) };
    let mut server = setup.start();
    let mut model = world::make(&mut server.client());
    let mut hand = Hand::one();
    let mut met = 0;
    for file in FILES {
        for rule in ["write ENOSPC", "write EIO", "sync EIO", "read EIO", "truncate EIO"] {
            for (ending, first) in [("*", 0), ("*", 1), ("", 0), ("-wal", 0)] {
                // Something is in every log that is to be settled at the start.
                let act = Act::allocate(hand.key(), 1_001, UNIT);
                let answer = server.client().ask(&act.request);
                model.take(&act, &answer, &mut hand);
                server.end();
                faults.set(&[&format!("{rule} {file}{ending} {first} 0")]);
                let started = setup.try_start();
                let hits = faults.hits();
                faults.clear();
                match started {
                    Err(ended) => {
                        assert!(hits > 0, "nothing failed: {ended:?}");
                        says(&ended, file);
                        met += 1;
                        server = setup.start();
                    }
                    // What fails may be such that the start does without it; it must then be as if nothing had failed.
                    Ok(running) => {
                        server = running;
                        server.until_ready();
                    }
                }
                check::same(&mut server.client(), &model);
            }
        }
    }
    println!("{met} starts were refused");
    assert!(met > 30, "most faults are met");
    server.stop();
    verify(&setup.data);
}

#[test]
fn a_full_disk_at_the_very_first_start_leaves_a_folder_that_can_be_started() {
    the_very_first_start_under("write ENOSPC *.db*", 7);
}

#[test]
fn a_failing_flush_at_the_very_first_start_leaves_a_folder_that_can_be_started() {
    the_very_first_start_under("sync EIO *.db*", 5);
}

#[test]
fn a_master_key_that_could_not_be_written_is_made_again() {
    the_very_first_start_under("write ENOSPC master.key*", 1);
    the_very_first_start_under("sync EIO master.key*", 1);
}

/// Lets the fault begin at the first call, then later and later, until a start does not meet it any more.
fn the_very_first_start_under(rule: &str, step: usize) {
    for first in (0..).step_by(step) {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let faults = Faults::none_yet(dir.path());
        let setup = Setup { faults: Some(faults.clone()), ..Setup::on(dir.path().join("data")) };
        faults.set(&[&format!("{rule} {first} 0 torn")]);
        let started = setup.try_start();
        let hits = faults.hits();
        faults.clear();
        if let Err(ended) = &started {
            says(ended, if rule.contains("master.key") { "master.key" } else { ".db" });
        }
        drop(started);
        let server = setup.start();
        let model = world::make(&mut server.client());
        server.end();
        let server = setup.start();
        check::same(&mut server.client(), &model);
        server.stop();
        verify(&setup.data);
        if hits == 0 {
            assert!(first > 0, "{rule}: some start met the fault");
            return;
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let faults = Faults::none_yet(dir.path());
    let setup = Setup { faults: Some(faults.clone()), ..Setup::on(dir.path().join("data")) };
    let server = setup.start();
    let model = world::make(&mut server.client());
    server.stop();
    // As on a file system that is mounted for reading only; permissions would not stop a superuser.
    for pattern in ["in-use", "journal.db*", "directory.db*", "snapshots.db*", "history.db*", "keys.db*"] {
        faults.set(&[&format!("open EROFS {pattern} 0 0")]);
        let ended = setup.try_start().err().unwrap_or_else(|| panic!("started though {pattern} cannot be written"));
        assert!(faults.hits() > 0, "the fault was met");
        says(&ended, pattern.trim_end_matches('*'));
    }
    faults.clear();
    let server = setup.start();
    check::same(&mut server.client(), &model);
    server.stop();
    verify(&setup.data);
}
