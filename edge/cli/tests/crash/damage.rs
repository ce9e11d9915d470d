//! Files that are not as they were written: the proof finds it, the server refuses to start on it or does without the
//! damaged file where it can be made again, and nobody is ever shown a figure that is not right.

use crate::acts::{Act, Operation, What};
use crate::check;
use crate::folders::copy;
use crate::http::{Client, Request};
use crate::kill::seed_of;
use crate::load::Hand;
use crate::model::{CENT, Model, UNIT};
use crate::server::{Ended, Setup, credere, run, verify};
use crate::world::{self, PRODUCT};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with data in it, stopped in order.
struct Stopped {
    dir: TempDir,
    setup: Setup,
    model: Model,
    copies: u32,
}

const REMARK_OF: &str = "the-key-of-a-known-record";

impl Stopped {
    /// With so many further authorizations, and a snapshot now and then or none.
    fn new(authorizations: u32, snapshot_every: u32) -> Stopped {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let setup = Setup { snapshot_every, ..Setup::on(dir.path().join("data")) };
        let server = setup.start();
        let mut client = server.client();
        let mut model = world::make(&mut client);
        let mut hand = Hand::one();
        let mut acts = vec![Act::allocate(REMARK_OF.to_owned(), 1_001, UNIT)];
        let key = |at: u32| format!("authorization-{at}");
        let one = |at: u32| Operation { key: key(at), what: What::Authorize { customer: 1_001, list: CENT } };
        acts.extend((0..authorizations).step_by(300).map(|from| Act::batch((from..from + 300).map(one).collect())));
        for act in acts {
            let answer = client.ask(&act.request);
            model.take(&act, &answer, &mut hand);
        }
        server.stop();
        Stopped { dir, setup, model, copies: 0 }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.setup.data.join(name)
    }

    /// A copy of the folder, to be damaged.
    fn copy(&mut self) -> Setup {
        self.copies += 1;
        let data = self.dir.path().join(format!("copy-{}", self.copies));
        copy(&self.setup.data, &data, |_| true);
        Setup { data, ..self.setup.clone() }
    }
}

fn change(path: &Path, edit: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("the file is there");
    edit(&mut bytes);
    std::fs::write(path, bytes).expect("the file can be written");
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn proof(data: &Path) -> Ended {
    run(credere(&["verify"], data))
}

/// The start is refused as the store's fault, with a message.
fn refused(setup: &Setup, contains: &str) {
    let ended =
        setup.try_start().err().unwrap_or_else(|| panic!("the server starts on {}", setup.data.display())).is(3);
    let last = ended.errors.lines().last().unwrap_or_default();
    assert!(last.starts_with("credere: ") && last.contains(contains), "says `{contains}`: {last}");
}

/// The proof finds something, and says what.
fn found_broken(data: &Path) {
    let ended = proof(data);
    assert!(matches!(ended.code, Some(3 | 4)), "verify finds it: {ended:?}");
    assert!(ended.errors.lines().last().is_some_and(|line| line.starts_with("credere: ")), "and says so: {ended:?}");
    assert!(!ended.errors.contains("panicked"), "damage is no bug: {}", ended.errors);
}

#[test]
fn a_flipped_byte_in_a_journal_record_is_found_and_refused() {
    let mut stopped = Stopped::new(300, 1_000_000);
    let setup = stopped.copy();
    change(&setup.data.join("journal.db"), |bytes| {
        // SQLite may have left copies in parts of pages that are not in use: all are changed.
        let mut changed = 0;
        while let Some(at) = find(bytes, REMARK_OF.as_bytes()) {
            bytes[at] ^= 1;
            changed += 1;
        }
        assert!(changed > 0, "the record is in the journal");
    });
    let ended = proof(&setup.data).is(4);
    assert!(ended.errors.contains("damaged"), "{ended:?}");
    refused(&setup, "damaged");
}

#[test]
fn a_flipped_byte_anywhere_in_the_journal_is_found_or_harmless() {
    let mut random = fastrand::Rng::with_seed(seed_of("journal damage"));
    let mut stopped = Stopped::new(300, 1_000_000);
    let length = std::fs::metadata(stopped.file("journal.db")).expect("the file is there").len();
    let mut found = 0;
    for _ in 0..25 {
        let setup = stopped.copy();
        let (at, bit) = (random.u64(..length), random.u8(..8));
        println!("bit {bit} of byte {at} of {length}");
        change(&setup.data.join("journal.db"), |bytes| bytes[at as usize] ^= 1 << bit);
        let ended = proof(&setup.data);
        assert!(matches!(ended.code, Some(0 | 3 | 4)), "{ended:?}");
        found += u32::from(ended.code != Some(0));
        match setup.try_start() {
            Ok(server) => {
                server.until_ready();
                check::same(&mut server.client(), &stopped.model);
                server.stop();
            }
            Err(ended) => assert_eq!(ended.code, Some(3), "{ended:?}"),
        }
    }
    assert!(found > 5, "most bytes matter, {found} were found");
}

#[test]
fn a_journal_that_was_cut_off_is_refused() {
    let mut stopped = Stopped::new(300, 1_000_000);
    for quarters in [3, 1] {
        let setup = stopped.copy();
        change(&setup.data.join("journal.db"), |bytes| bytes.truncate(bytes.len() / 4 * quarters));
        found_broken(&setup.data);
        refused(&setup, "journal.db");
    }
    let setup = stopped.copy();
    std::fs::remove_file(setup.data.join("journal.db")).expect("the file is there");
    refused(&setup, "journal.db");
    let setup = stopped.copy();
    std::fs::remove_file(setup.data.join("directory.db")).expect("the file is there");
    refused(&setup, "directory.db");
}

#[test]
fn a_damaged_snapshot_is_passed_over() {
    let mut random = fastrand::Rng::with_seed(seed_of("snapshot damage"));
    let mut stopped = Stopped::new(2_400, 1_000);
    assert!(proof(&stopped.setup.data).output.contains("equal to the replay"), "there is a snapshot");
    let length = std::fs::metadata(stopped.file("snapshots.db")).expect("the file is there").len();
    // All pages but the first are images' chunks or few; any of their bytes may be hit.
    for round in 0..16 {
        let setup = stopped.copy();
        let at = if round == 0 { 20 } else { random.u64(..length) };
        println!("byte {at} of {length}");
        change(&setup.data.join("snapshots.db"), |bytes| bytes[at as usize] ^= 0xff);
        let server = setup.start();
        check::same(&mut server.client(), &stopped.model);
        server.stop();
        verify(&setup.data);
    }
}

#[test]
fn files_that_can_be_made_again_are_made_again() {
    let mut stopped = Stopped::new(300, 1_000);
    for file in ["snapshots.db", "history.db", "keys.db"] {
        for how in ["gone", "emptied", "overwritten"] {
            let setup = stopped.copy();
            let path = setup.data.join(file);
            match how {
                "gone" => std::fs::remove_file(&path).expect("the file is there"),
                "emptied" => change(&path, Vec::clear),
                _ => change(&path, |bytes| bytes.fill(b'x')),
            }
            let server = setup.start();
            let mut client = server.client();
            check::same(&mut client, &stopped.model);
            check::allocations(&mut client, &stopped.model, 1_001);
            server.stop();
            verify(&setup.data);
        }
    }
}

#[test]
fn another_format_is_refused_and_left_alone() {
    let mut stopped = Stopped::new(0, 1_000_000);
    for found in [1, 2, 4] {
        let setup = stopped.copy();
        let path = setup.data.join("journal.db");
        let connection = Connection::open(&path).expect("the journal opens");
        let changed = connection.execute("UPDATE format SET number = ?", [found]).expect("the number can be changed");
        assert_eq!(changed, 1);
        drop(connection);
        let before = std::fs::read(&path).expect("the file is there");
        let (its, ours) = (format!("has format {found}"), "format 3 only");
        let ended = proof(&setup.data).is(3);
        assert!(ended.errors.contains(&its) && ended.errors.contains(ours), "{ended:?}");
        refused(&setup, &its);
        assert!(std::fs::read(&path).is_ok_and(|after| after == before), "nothing was written");
    }
}

#[test]
fn a_second_process_is_kept_out() {
    let (_dir, setup, server) = Setup::begun();
    let shown = setup.data.display().to_string();
    refused(&setup, &shown);
    for words in [["verify"], ["reindex"]] {
        let ended = run(credere(&words, &setup.data)).is(3);
        assert!(ended.errors.contains(&shown) && ended.errors.contains("in use"), "{ended:?}");
    }
    assert!(server.ready(), "the first one is not disturbed");
    // The lock is gone with its process, however that ended.
    server.end();
    setup.start().stop();
}

/// A folder with a bill of five lines, an order, and a credential and a platform key that were taken back.
fn with_a_bill() -> Stopped {
    let stopped = Stopped::new(0, 1_000_000);
    let server = stopped.setup.start();
    let mut client = server.client();
    let now = client.get("/v1/clock")["now"].clone();
    let record = |key: u32| {
        json!({
            "key": format!("record-{key}"), "account_uin": 1_001, "product_code": PRODUCT, "amount": "1.00",
            "period_start": now, "period_end": now, "region": "a-region-of-its-own"
        })
    };
    let records: Vec<Value> = (1..=5).map(record).collect();
    let settled = client.ask(&Request::post("/v1/usage", json!({ "records": records })));
    assert_eq!(settled.status, 200, "{}", settled.body);
    let order = json!({ "account_uin": 1_001, "product_code": PRODUCT, "kind": "purchase", "amount": "1.00" });
    assert_eq!(client.ask(&Request::post("/v1/orders", order)).status, 201);
    let made = client.ask(&Request::post("/v1/accounts/1001/credentials", json!({})));
    let id = made.body["secret_id"].as_str().unwrap_or_default();
    assert_eq!(client.ask(&Request::delete(format!("/v1/accounts/1001/credentials/{id}"), Value::Null)).status, 204);
    let key = client.ask(&Request::post("/v1/keys", json!({ "name": "old", "access": "read" })));
    let id = key.body["id"].as_str().unwrap_or_default();
    assert_eq!(client.ask(&Request::delete(format!("/v1/keys/{id}"), Value::Null)).status, 204);
    assert_eq!(client.get(&bill_of(&mut server.client()))["total"], "6.00");
    server.stop();
    verify(&stopped.setup.data);
    stopped
}

fn bill_of(client: &mut Client) -> String {
    let now = client.get("/v1/clock")["now"].clone();
    format!("/v1/bills/1001/{}", &now.as_str().expect("a time is a text")[..7])
}

/// What is asked for where nothing must be shown, in place of what.
type Ask = fn(&mut Client) -> String;

#[test]
fn what_is_damaged_is_found_and_not_shown() {
    let mut stopped = with_a_bill();
    let credentials: Ask = |_| "/v1/accounts/1001/credentials".to_owned();
    let damages: [(&str, &str, Ask); 5] = [
        ("history.db", "UPDATE audit_row SET actor = 'platform:key_9'", |_| "/v1/audit".to_owned()),
        ("history.db", "DELETE FROM order_row", |_| "/v1/orders?account_uin=1001".to_owned()),
        ("history.db", "DELETE FROM order_row", |_| "/v1/orders?state=delivered".to_owned()),
        ("directory.db", "UPDATE credential SET revoked_seq = NULL", credentials),
        ("directory.db", "UPDATE platform_key SET name = 'other'", |_| "/v1/keys".to_owned()),
    ];
    for (file, damage, asked) in damages {
        let setup = stopped.copy();
        let changed = Connection::open(setup.data.join(file)).and_then(|file| file.execute(damage, []));
        assert!(changed.is_ok_and(|rows| rows > 0), "{damage}");
        // And again: what is looked at is not mended on the way.
        for _ in 0..2 {
            let ended = proof(&setup.data);
            assert_eq!(ended.code, Some(4), "{damage}: {ended:?}");
            assert!(ended.errors.contains(file), "{damage}: {ended:?}");
        }
        let server = match setup.try_start() {
            Ok(server) => server,
            // Without its keys the server does not even start.
            Err(ended) => {
                assert!(ended.code == Some(3) && damage.contains("platform_key"), "{damage}: {ended:?}");
                continue;
            }
        };
        server.until_ready();
        let mut client = server.client();
        let path = asked(&mut client);
        let answer = client.ask(&Request::get(path));
        assert_eq!((answer.status, answer.code()), (503, "store_damaged"), "{damage}: {}", answer.body);
        server.stop();
    }
}

#[test]
fn lines_that_are_damaged_are_found_and_told_again() {
    let mut stopped = with_a_bill();
    for damage in [
        "UPDATE line_block SET body = x'00'",
        "UPDATE line_block SET block = block + 1",
        "DELETE FROM line_block",
        "DELETE FROM tally",
    ] {
        let setup = stopped.copy();
        let changed = Connection::open(setup.data.join("history.db")).and_then(|file| file.execute(damage, []));
        assert!(changed.is_ok_and(|rows| rows > 0), "{damage}");
        // And again: what is looked at is not mended on the way.
        for _ in 0..2 {
            let ended = proof(&setup.data);
            assert_eq!(ended.code, Some(4), "{damage}: {ended:?}");
            assert!(ended.errors.contains("history.db"), "{damage}: {ended:?}");
        }
        // The newest lines are read at a start: history is made anew where they are not what was written.
        let server = setup.start();
        let mut client = server.client();
        let bill = bill_of(&mut client);
        assert_eq!(client.get(&bill)["total"], "6.00", "{damage}");
        server.stop();
        verify(&setup.data);
    }
}

#[test]
fn what_stands_nowhere_else_is_read_by_the_proof() {
    let mut stopped = Stopped::new(0, 1_000_000);
    for (file, row) in [
        ("directory.db", "kept_answer (shard, key, body, at, seq, seal) VALUES (0, zeroblob(16), x'00', 1, 1, 1)"),
        ("outbox.db", "lane_off (shard, channel, target, since, seal) VALUES (0, 'email', 0, 1, 1)"),
    ] {
        let setup = stopped.copy();
        let written =
            Connection::open(setup.data.join(file)).and_then(|file| file.execute(&format!("INSERT INTO {row}"), []));
        assert_eq!(written, Ok(1), "{row}");
        let ended = proof(&setup.data);
        assert_eq!(ended.code, Some(4), "{row}: {ended:?}");
        assert!(ended.errors.contains(file), "{row}: {ended:?}");
    }
}

#[test]
fn history_that_is_told_anew_is_whole_again() {
    let mut stopped = with_a_bill();
    let setup = stopped.copy();
    let changed =
        Connection::open(setup.data.join("history.db")).and_then(|file| file.execute("DELETE FROM order_row", []));
    assert!(changed.is_ok_and(|rows| rows > 0));
    found_broken(&setup.data);
    run(credere(&["reindex"], &setup.data)).is(0);
    verify(&setup.data);
}
