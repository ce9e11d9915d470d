//! Idempotency keys beyond what memory holds: they leave it in runs of hundreds of thousands, past a disk that is full
//! for a while, and answer after a kill as they did before.

use crate::acts::{Act, Operation, What};
use crate::check;
use crate::load::Hand;
use crate::model::{CENT, UNIT};
use crate::preload::Faults;
use crate::server::{Setup, until, verify};
use crate::world;
use std::path::Path;

/// Enough for a run: the server seals 2^18 keys at a time.
const BATCHES: u32 = 28;
const BATCH: u32 = 10_000;

/// Mostly refused, so that the book stays small; refusals are remembered like everything else.
fn batch(number: u32) -> Act {
    let operation = |at: u32| {
        let list = if at == 0 { CENT } else { 100_000 * UNIT };
        Operation { key: format!("{number}-{at}"), what: What::Authorize { customer: 1_001, list } }
    };
    Act::batch((0..BATCH).map(operation).collect())
}

/// What the files of the sealed keys hold.
fn sealed_bytes(data: &Path) -> u64 {
    let size = |name: &str| std::fs::metadata(data.join(name)).map_or(0, |metadata| metadata.len());
    size("keys.db") + size("keys.db-wal")
}

#[test]
fn keys_that_left_memory_answer_after_a_full_disk_and_a_kill() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let faults = Faults::none_yet(dir.path());
    let setup = Setup { faults: Some(faults.clone()), snapshot_every: 1_000_000, ..Setup::on(dir.path().join("data")) };
    let server = setup.start();
    let mut client = server.client();
    let mut model = world::make(&mut client);
    let mut hand = Hand::one();
    let before = sealed_bytes(&setup.data);
    faults.set(&["write ENOSPC keys.db* 2 0 torn"]);
    let mut answered = Vec::new();
    for number in 0..BATCHES {
        let act = batch(number);
        let answer = crate::load::settle(&mut client, &act);
        model.take(&act, &answer, &mut hand);
        if number % 9 == 0 {
            answered.push((act, answer));
        }
    }
    until("the fault is met", || (faults.hits() > 0).then_some(()));
    // The full disk costs nothing but memory, and only as long as it is full.
    check::same(&mut client, &model);
    faults.clear();
    until("the run is sealed", || (sealed_bytes(&setup.data) > before + (4 << 20)).then_some(()));
    for restarted in [false, true] {
        let server = if restarted { &setup.start() } else { &server };
        let mut client = server.client();
        for (act, answer) in &answered {
            check::replays(&mut client, act, answer);
        }
        check::same(&mut client, &model);
        server.kill();
        server.wait();
    }
    verify(&setup.data);
}
