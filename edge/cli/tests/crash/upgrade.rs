//! A folder of version 2 becomes one of today: what the old server showed the new one shows, its secrets open, its keys are
//! known, and wherever the upgrade is killed there is a whole folder in its place. The folder is packed in `../data`, with
//! what the old server answered; `make_v2.py` beside it has made both.

use crate::http::{Answer, Client, Request};
use crate::preload::Faults;
use crate::server::{Ended, Setup, credere, run, verify};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A folder of version 2 in a place of its own, and what the old server said of it.
struct Old {
    place: tempfile::TempDir,
    known: Value,
}

impl Old {
    fn unpacked() -> Old {
        let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/v2.zip");
        let place = tempfile::tempdir().expect("a folder can be made");
        let archive = File::open(packed).expect("the folder of version 2 is in the repository");
        let mut archive = zip::ZipArchive::new(archive).expect("it is an archive");
        archive.extract(place.path()).expect("it can be unpacked");
        let known = std::fs::read(place.path().join("known.json")).expect("what was answered is beside it");
        Old { place, known: serde_json::from_slice(&known).expect("it is JSON") }
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        self.place.path().join(format!("data{ending}"))
    }

    fn upgrade(&self) -> Ended {
        run(credere(&["upgrade"], &self.data()))
    }
}

/// A hash of every file of a folder, but for the indexes that SQLite makes of a log whenever it is looked at.
fn content(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry can be read");
        let content = std::fs::read(entry.path()).expect("a file can be read");
        (entry.file_name().to_string_lossy().into_owned(), hex(&Sha256::digest(content)))
    };
    entries.map(file).filter(|(name, _)| !name.ends_with("-shm")).collect()
}

#[test]
fn a_folder_of_version_2_is_upgraded_and_goes_on() {
    let old = Old::unpacked();
    let before = content(&old.data());
    let setup = Setup::on(old.data());
    let refused = setup.try_start().err().expect("version 2 is not served");
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.errors.contains("`credere upgrade`"), "the refusal names the way: {}", refused.errors);
    assert_eq!(content(&old.data()), before, "nothing has changed");

    old.upgrade().is(0);
    assert_eq!(content(&old.beside(".v2-backup")), before, "the backup is the folder that it was");
    assert!(!old.beside(".upgrading").exists());
    assert!(!old.data().join("signatures.log").exists(), "which signatures version 2 saw is not known");
    verify(&old.data());
    let again = old.upgrade();
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.output.contains("nothing to do"), "{}", again.output);

    let server = setup.start();
    let mut client = server.client();
    for (path, mut shown) in old.known["seen"].as_object().expect("what was seen is by path").clone() {
        by_rules_of_today(&mut shown);
        let now = client.get(&path);
        assert!(shows(&now, &shown), "GET {path}\nnow  {now:#}\nthen {shown:#}");
    }
    requests_are_known(&mut client, &old.known);
    operations_are_known(&mut client, &old.known);
    secrets_open(&server.address, &old.known);
    what_is_open_goes_on(&mut client, &old.known);
    server.stop();
    verify(&old.data());
}

/// Version 2 showed no money of anybody's.
fn own_money(account: &mut Value) {
    let of_its_own = account["credit"].is_null() && account["partner"].is_null();
    if let Some(shown) = account.as_object_mut().filter(|_| of_its_own) {
        shown.remove("finance");
    }
}

/// What is shown otherwise since: a voucher that was taken back no longer counts as issued (R119), what was given back for
/// a resource beyond all that was paid for it names none, whoever pays with its credit is the payer, not its partner, and who has
/// no credit from a partner has money of its own.
fn by_rules_of_today(shown: &mut Value) {
    own_money(shown);
    shown["data"].as_array_mut().into_iter().flatten().for_each(own_money);
    if shown["uin"] == 1001 && shown["vouchers"]["issued"] == "40.00" {
        shown["vouchers"]["issued"] = json!("30.00");
        shown["vouchers"]["remaining"] = json!("0.00");
    }
    for thing in shown["data"].as_array_mut().into_iter().flatten() {
        if thing["kind"] == "downgrade" {
            thing["resource_id"] = Value::Null;
        } else if thing["action_type"] == "prepay_modify" {
            thing["resource_id"] = json!("");
        }
        if thing["payer_uin"] == 1001 && thing["action_type"].is_string() {
            thing["payer_uin"] = json!(2001);
        }
    }
}

/// Whether everything that was shown is shown still, whatever is shown besides.
fn shows(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            let same = |(name, then): (&String, &Value)| {
                name == "request_id" || shows(now.get(name).unwrap_or(&Value::Null), then)
            };
            then.iter().all(same)
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| shows(now, then))
        }
        _ => now == then,
    }
}

fn requests_are_known(client: &mut Client, known: &Value) {
    let first = Request::post("/v1/orders", known["first"].clone()).under("first-order");
    let again = client.ask(&first);
    assert!(again.replayed && again.body["id"] == known["orders"]["first"]["id"], "{again:?}");
    let refused = Request::post("/v1/orders", changed(&known["first"], "amount", "99999.00")).under("too-large");
    let again = client.ask(&refused);
    assert!(again.replayed && again.body["code"] == known["refused"], "{again:?}");
    let other = Request::post("/v1/orders", changed(&known["first"], "amount", "1.00")).under("first-order");
    assert_eq!(client.ask(&other).code(), "idempotency_key_reused");
    let new = Request::post("/v1/orders", changed(&known["first"], "amount", "1.00")).under("since-the-upgrade");
    let placed = client.ask(&new);
    assert_eq!((placed.status, placed.replayed), (201, false), "{placed:?}");
    assert!(client.ask(&new).replayed);
}

fn operations_are_known(client: &mut Client, known: &Value) {
    let all_replayed = |answer: &Answer| {
        let results = answer.body["results"].as_array().expect("a batch has results");
        results.iter().all(|result| result["replayed"] == true)
    };
    for (path, name, list) in [("/v1/authorizations", "operations", "operations"), ("/v1/usage", "records", "records")]
    {
        let again = client.ask(&Request::post(path, json!({ name: known[list] })));
        assert!(all_replayed(&again), "{path}: {}", again.body);
    }
}

fn what_is_open_goes_on(client: &mut Client, known: &Value) {
    let id = |name: &str| known["orders"][name]["id"].as_str().expect("an order has an id").to_owned();
    let delivered = client.ask(&Request::post(format!("/v1/orders/{}/deliver", id("processing")), Value::Null));
    assert_eq!(delivered.status, 200, "{}", delivered.body);
    let canceled = client.ask(&Request::post(format!("/v1/orders/{}/cancel", id("parked")), Value::Null));
    assert_eq!(canceled.status, 200, "{}", canceled.body);
    let terminated = client.ask(&Request::delete("/v1/resources/vm-1", Value::Null));
    assert_eq!(terminated.status, 200, "{}", terminated.body);
    // Whoever was suspended by force was not told so by version 2.
    let notices = client.list("/v1/notices");
    assert!(
        notices.iter().any(|notice| notice["customer_uin"] == 2003 && notice["kind"] == "suspended"),
        "{notices:?}"
    );
    let hook = known["webhook"]["id"].as_str().expect("a webhook has an id");
    let deliveries = client.list(&format!("/v1/webhooks/{hook}/deliveries"));
    assert!(!deliveries.is_empty(), "what was to be sent is to be sent still");
}

/// The reading key reads, and a credential signs.
fn secrets_open(address: &str, known: &Value) {
    let reading = known["reading"]["key"].as_str().expect("a key was shown once");
    assert_eq!(Client::with_key(address, reading).ask(&Request::get("/v1/clock")).status, 200);
    let credential = &known["credentials"]["1001"];
    let (secret_id, secret_key) = (text(&credential["secret_id"]), text(&credential["secret_key"]));
    #[expect(clippy::disallowed_methods, reason = "a signature counts by the machine's clock, also in a sandbox")]
    let at = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let second = jiff::Timestamp::from_second(i64::try_from(at).expect("a time")).expect("a time");
    let day = second.strftime("%Y-%m-%d").to_string();
    let body = r#"{"AddedCredit":0.5,"ClientUin":2001}"#;
    let asked = format!(
        "POST\n/\n\ncontent-type:application/json\nhost:{address}\n\ncontent-type;host\n{}",
        hex(&Sha256::digest(body))
    );
    let scope = format!("{day}/intlpartnersmgt/tc3_request");
    let what = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", hex(&Sha256::digest(asked)));
    let parts = [day.as_str(), "intlpartnersmgt", "tc3_request", what.as_str()];
    let proof = parts.into_iter().fold(format!("TC3{secret_key}").into_bytes(), |key, part| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length will do");
        mac.update(part.as_bytes());
        mac.finalize().into_bytes().to_vec()
    });
    let proof = format!(
        "TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={}",
        hex(&proof)
    );
    let answer = ureq::post(format!("http://{address}/"))
        .header("host", address)
        .header("content-type", "application/json")
        .header("authorization", proof)
        .header("x-tc-action", "AllocateCustomerCredit")
        .header("x-tc-version", "2022-09-28")
        .header("x-tc-timestamp", at.to_string())
        .send(body);
    let answer: Value = answer.expect("the action is answered").body_mut().read_json().expect("the answer is JSON");
    assert!(answer["Response"]["Error"].is_null(), "{answer}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn changed(body: &Value, field: &str, value: &str) -> Value {
    let mut body = body.clone();
    body[field] = json!(value);
    body
}

#[test]
fn wherever_an_upgrade_is_killed_there_is_a_whole_folder() {
    let old = Old::unpacked();
    let before = content(&old.data());
    let (data, upgrading, backup) = (old.data(), old.beside(".upgrading"), old.beside(".v2-backup"));
    let faults = Faults::none_yet(old.place.path());
    let killed = || {
        let mut command = credere(&["upgrade"], &data);
        faults.preload(&mut command);
        run(command).code.is_none()
    };
    for rule in [
        "open KILL journal.db 0 1",
        "write KILL journal.db* 5 1",
        "write KILL directory.db* 9 1",
        "write KILL outbox.db* 3 1",
        "write KILL history.db* 9 1",
        "sync KILL keys.db 0 1",
        "sync KILL data.upgrading 0 1",
        "sync KILL data.upgrading 1 1",
        "unlink KILL signatures.log 0 1",
    ] {
        faults.set(&[rule]);
        assert!(killed(), "{rule}");
        assert_eq!(content(&data), before, "{rule}: the old folder is in its place as it was");
        assert!(!backup.exists(), "{rule}");
    }
    // What a power cut leaves of files that were not flushed.
    std::fs::write(upgrading.join("journal.db"), "torn").expect("what is left can be spoilt");
    // The folders are exchanged, and the old one has not got its name yet.
    faults.set(&["unlink KILL upgrading 0 1"]);
    assert!(killed());
    verify(&data);
    assert!(content(&upgrading) == before && !backup.exists());
    old.upgrade().is(0);
    assert!(content(&backup) == before && !upgrading.exists() && !data.join("upgrading").exists());
    verify(&data);
}

#[test]
fn what_cannot_be_upgraded_is_left_as_it_is() {
    let old = Old::unpacked();
    let before = content(&old.data());
    std::fs::create_dir(old.beside(".v2-backup")).expect("a folder can be made");
    let ended = old.upgrade();
    assert!(ended.code == Some(3) && ended.errors.contains("exists already"), "{ended:?}");
    std::fs::remove_dir(old.beside(".v2-backup")).expect("a folder can be removed");
    let held = File::open(old.data().join("lock")).expect("a server of version 2 leaves its lock file");
    held.try_lock().expect("nobody else has it");
    let ended = old.upgrade();
    assert!(ended.code == Some(3) && ended.errors.contains("in use"), "{ended:?}");
    drop(held);
    let mine = old.beside(".upgrading");
    std::fs::create_dir(&mine).expect("a folder can be made");
    std::fs::write(mine.join("mine"), "").expect("a file can be made");
    let ended = old.upgrade();
    assert!(ended.code == Some(3) && ended.errors.contains("not made by an upgrade"), "{ended:?}");
    assert!(mine.join("mine").exists(), "somebody's folder stays as it is");
    assert_eq!(content(&old.data()), before);

    let connection = rusqlite::Connection::open(old.data().join("journal.db")).expect("the journal opens");
    connection.execute("UPDATE format SET number = 7", []).expect("the format can be set");
    drop(connection);
    let ended = old.upgrade();
    assert!(ended.code == Some(3) && ended.errors.contains("format 7"), "{ended:?}");
    let nowhere = run(credere(&["upgrade"], &old.beside(".nowhere")));
    assert_eq!(nowhere.code, Some(3), "{nowhere:?}");
}

#[test]
fn a_journal_that_has_lost_its_end_is_not_upgraded() {
    let old = Old::unpacked();
    let connection = rusqlite::Connection::open(old.data().join("journal.db")).expect("the journal opens");
    let newest = "DELETE FROM frame WHERE last_seq = (SELECT max(last_seq) FROM frame)";
    assert_eq!(connection.execute(newest, []).expect("a frame can be deleted"), 1);
    drop(connection);
    let before = content(&old.data());
    let ended = old.upgrade();
    assert!(ended.code == Some(3) && ended.errors.contains("history.db knows of record"), "{ended:?}");
    for part in ["outbox.db knows of record", "`credere upgrade` a copy of a backup"] {
        assert!(ended.errors.contains(part), "{part}: {ended:?}");
    }
    assert!(!ended.errors.contains("--accept-loss"), "recover does not read it: {ended:?}");
    assert_eq!(content(&old.data()), before);
    assert!(!old.beside(".upgrading").exists());
}

#[test]
fn links_and_owners_are_kept_and_folders_are_named() {
    let old = Old::unpacked();
    let data = old.data();
    std::fs::rename(data.join("master.key"), old.beside(".key")).expect("the key can be moved");
    symlink("../data.key", data.join("master.key")).expect("a link can be made");
    symlink("nowhere", data.join("dangling")).expect("a link can be made");
    std::fs::create_dir(data.join("own")).expect("a folder can be made");
    // Only root can give a folder to somebody else.
    let given = chown(&data, Some(4711), Some(4712)).is_ok();
    let ended = old.upgrade().is(0);
    assert!(ended.output.contains("`own`"), "{}", ended.output);
    let target = |name: &str| std::fs::read_link(data.join(name)).expect("it is a link");
    assert_eq!((target("master.key"), target("dangling")), ("../data.key".into(), "nowhere".into()));
    let entries = std::fs::read_dir(&data).expect("the folder is there");
    let entries = entries.map(|entry| entry.expect("an entry can be read").path());
    for path in entries.chain([data.clone()]).filter(|_| given) {
        let is = path.symlink_metadata().expect("it is there");
        assert_eq!((is.uid(), is.gid()), (4711, 4712), "{}", path.display());
    }
    verify(&data);
}
