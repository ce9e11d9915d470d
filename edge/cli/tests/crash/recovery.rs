//! `credere recover`: what is lost is said, decided by a person, recorded, and survived; whoever was shut out stays
//! out, also when the recovery itself is killed at any step, or nobody reads what it prints.

use crate::check;
use crate::folders::{CREDENTIALS, Twice, content, copy, go_on, is_private, issue, refused};
use crate::http::Request;
use crate::load::Hand;
use crate::preload::Faults;
use crate::server::{Setup, credere, run, verify};
use crate::world;
use credere_core::book::{Event, Record, deployment};
use credere_store::contract::Journal;
use credere_store::sqlite::{OpenOptions, Recovery, SqliteStore};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Recovers a folder, in both steps, and gives what was printed and where the witnesses are.
fn recovered(folder: &Path) -> (String, PathBuf) {
    let before = content(folder);
    let asked = run(credere(&["recover"], folder));
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.output.contains("the journal ends at record") && asked.errors.contains("--accept-loss"), "{asked:?}");
    assert!(content(folder) == before, "asking changes nothing");
    let done = run(credere(&["recover", "--accept-loss"], folder));
    assert_eq!(done.code, Some(0), "{done:?}");
    let aside = std::fs::read_dir(folder).expect("the folder can be read").find_map(|entry| {
        let path = entry.expect("the folder can be read").path();
        path.file_name()?.to_str()?.starts_with("recovered-").then_some(path)
    });
    let aside = aside.expect("the witnesses are kept");
    is_private(&aside);
    verify(folder);
    for words in [&["recover"][..], &["recover", "--accept-loss"]] {
        let again = run(credere(words, folder));
        assert!(again.code == Some(0) && again.output.contains("nothing is missing"), "{again:?}");
        assert!(!again.output.contains("taken back"), "{again:?}");
    }
    (done.output, aside)
}

#[test]
fn a_lost_tail_that_was_accepted_is_gone_and_its_witnesses_are_kept() {
    let mut twice = Twice::new();
    let folder = twice.with_older(&["journal.db"]);
    let known = content(&folder);
    let (output, aside) = recovered(&folder);
    let kept = content(&aside);
    assert!(kept["history.db"] == known["history.db"] && kept["directory.db"] == known["directory.db"]);
    assert!(String::from_utf8_lossy(&kept["lost.txt"]).contains("history.db knows of record"));
    // It was taken back in the records that are missing, and is taken back still; what was made in them is not there.
    assert!(output.contains(&twice.revoked), "{output}");
    let server = Setup::on(&folder).start();
    let mut client = server.client();
    let told = client.ask(&Request::get("/v1/audit?action=accept_loss"));
    let by_whom = ["actor", "outcome"].map(|name| told.body["data"][0][name].clone());
    assert_eq!(by_whom, [json!("system"), json!("done")], "that it was accepted is a record: {told:?}");
    check::same(&mut client, &twice.before);
    check::allocations(&mut client, &twice.before, 1_001);
    assert_eq!(client.list(CREDENTIALS), Vec::<Value>::new());
    // The numbers of what was lost are given out again, and nothing stands in their way.
    let mut hand = Hand::one();
    let mut model = twice.before.clone();
    go_on(&server, &mut model, &mut hand);
    check::same(&mut client, &model);
    server.stop();
    verify(&folder);
}

#[test]
fn an_older_directory_that_was_accepted_lets_nobody_in_who_was_shut_out() {
    let mut twice = Twice::new();
    let folder = twice.with_older(&["directory.db"]);
    let (output, aside) = recovered(&folder);
    assert!(aside.join("directory.db").exists() && !aside.join("history.db").exists());
    // Three credentials were made since, and their secrets are nowhere.
    assert_eq!(output.matches("taken back, since its secret is lost: credential").count(), 3, "{output}");
    let server = Setup::on(&folder).start();
    let mut client = server.client();
    check::same(&mut client, &twice.model);
    assert_eq!(client.list(CREDENTIALS), Vec::<Value>::new());
    issue(&mut client);
    server.stop();
    verify(&folder);
}

#[test]
fn a_killed_server_whose_logs_were_deleted_is_brought_back() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let setup = Setup::on(dir.path().join("data"));
    setup.start().stop();
    let server = setup.start();
    world::make(&mut server.client());
    server.end();
    let folder = dir.path().join("logs");
    copy(&setup.data, &folder, |file| !file.ends_with("-wal") && !file.ends_with("-shm"));
    refused(&folder, &["journal.db-wal is gone"]);
    recovered(&folder);
    Setup::on(&folder).start().stop();
}

/// The newer folder as a killed server left it, with all its logs but the journal's, and an older journal: the last
/// that happened was that a credential was taken back.
fn killed_with_an_older_journal(twice: &Twice) -> PathBuf {
    let (killed, folder) = (twice.dir.path().join("killed"), twice.dir.path().join("torn"));
    copy(&twice.newer, &killed, |_| true);
    let server = Setup::on(&killed).start();
    let mut client = server.client();
    let kept = issue(&mut client);
    let answer = client.ask(&Request::delete(format!("{CREDENTIALS}/{kept}"), json!({})));
    assert_eq!(answer.status, 204, "{}", answer.body);
    server.end();
    copy(&killed, &folder, |name| name != "journal.db-wal" && name != "journal.db-shm");
    std::fs::copy(twice.older.join("journal.db"), folder.join("journal.db")).expect("files can be copied");
    folder
}

/// How many credentials of a folder open something.
fn open_credentials(folder: &Path) -> i64 {
    let connection = rusqlite::Connection::open(folder.join("directory.db")).expect("the directory opens");
    let sql = "SELECT count(*) FROM credential WHERE revoked_seq IS NULL";
    connection.query_row(sql, [], |row| row.get(0)).expect("the directory can be read")
}

/// The records by which losses were accepted: their first and last record each.
fn accepted(folder: &Path) -> Vec<(u64, u64)> {
    let store = SqliteStore::look(folder, OpenOptions::default()).expect("the folder can be read");
    let mut found = Vec::new();
    let read = store.frames(0, u64::MAX, &mut |frame| {
        let records = Record::read_payload(&frame.payload).expect("records are whole");
        found.extend(records.iter().filter_map(|record| match record.event() {
            Some(Event::Deployment(deployment::Event::LossAccepted(deployment::LossAccepted {
                from_seq,
                upto_seq,
            }))) => Some((*from_seq, *upto_seq)),
            _ => None,
        }));
        Ok(())
    });
    read.expect("the journal is whole");
    found
}

/// What is lost in a folder, as the record should say it. The folder is looked at in a copy.
fn missing(folder: &Path) -> (u64, u64) {
    let looked = folder.with_extension("looked");
    copy(folder, &looked, |_| true);
    let recovery = Recovery::begin(&looked, OpenOptions::default()).expect("the folder can be read");
    let lost = recovery.lost().expect("something is lost");
    (lost.ends + 1, lost.ends + lost.missing())
}

#[test]
fn a_recovery_that_is_killed_at_any_step_is_begun_again() {
    let twice = Twice::new();
    let torn = killed_with_an_older_journal(&twice);
    let expected = missing(&torn);
    assert!(expected.1 > expected.0, "{expected:?}");
    let (mut kills, mut starts) = (0, 0);
    for (rule, step) in [("rename", 1), ("unlink", 2), ("sync", 3), ("write", 25)] {
        for first in (0..).step_by(step) {
            let folder = twice.dir.path().join(format!("{rule}-{first}"));
            copy(&torn, &folder, |_| true);
            let faults = Faults::none_yet(twice.dir.path());
            faults.set(&[&format!("{rule} KILL {}/* {first} 0", folder.display())]);
            let mut command = credere(&["recover", "--accept-loss"], &folder);
            faults.preload(&mut command);
            let killed = run(command);
            if faults.hits() == 0 {
                assert!(killed.code == Some(0) && first > 0, "{rule}: {killed:?}");
                break;
            }
            assert_eq!(killed.code, None, "{rule} {first}: {killed:?}");
            let started = twice.dir.path().join(format!("{rule}-{first}-started"));
            copy(&folder, &started, |name| !name.starts_with("recovered-"));
            // Where nothing is missing any more, a start records what the recovery has not.
            if let Ok(server) = Setup::on(&started).try_start() {
                server.stop();
                assert_eq!(accepted(&started), [expected], "{rule} {first}: started");
                starts += 1;
            }
            std::fs::remove_dir_all(&started).expect("the folder can be removed");
            let again = run(credere(&["recover", "--accept-loss"], &folder));
            assert_eq!(again.code, Some(0), "{rule} {first}: {again:?}");
            verify(&folder);
            assert_eq!(open_credentials(&folder), 0, "{rule} {first}: nobody who was shut out is let in");
            assert_eq!(accepted(&folder), [expected], "{rule} {first}: the loss is recorded once");
            std::fs::remove_dir_all(&folder).expect("the folder can be removed");
            kills += 1;
        }
    }
    assert!(kills > 20 && starts > 0, "{kills} kills, {starts} starts");
}

#[test]
fn a_recovery_goes_through_though_nobody_reads_what_it_prints() {
    let mut twice = Twice::new();
    let folder = twice.with_older(&["journal.db"]);
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    drop(reader);
    let mut command = credere(&["recover", "--accept-loss"], &folder);
    let status = command.stdout(writer).stderr(Stdio::null()).status().expect("the binary can be run");
    assert_eq!(status.code(), Some(0));
    verify(&folder);
    let server = Setup::on(&folder).start();
    assert_eq!(server.client().list(CREDENTIALS), Vec::<Value>::new());
    server.stop();
    // A key that nobody saw was not made well: that is said.
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    drop(reader);
    let mut command = credere(&["key", "reset"], &folder);
    let output = command.stdout(writer).output().expect("the binary can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && errors.contains("could not be shown"), "{errors}");
}

#[test]
fn a_folder_without_its_directory_says_what_is_lost_and_goes_on_without_it() {
    let twice = Twice::new();
    let folder = twice.dir.path().join("without");
    copy(&twice.newer, &folder, |name| !name.starts_with("directory.db"));
    refused(&folder, &["directory.db is missing", "every name and secret"]);
    let asked = run(credere(&["recover"], &folder));
    for part in ["without its texts", "every credential, platform key and webhook", "answered 503"] {
        assert!(asked.output.contains(part), "says `{part}`: {asked:?}");
    }
    let (output, _) = recovered(&folder);
    assert!(output.contains("still there (last_full_key): platform key key_1"), "{output}");
    assert!(output.contains("credere key reset"), "{output}");
    assert_eq!(open_credentials(&folder), 0);
    let made = run(credere(&["key", "reset"], &folder));
    let key = made.output.lines().find_map(|line| line.split_once("shown this once: ")).expect("a key is printed").1;
    let server = Setup::on(&folder).start();
    let mut client = crate::http::Client::with_key(&server.address, key);
    let account = client.ask(&Request::get("/v1/accounts/1001")).body;
    assert_eq!((&account["uin"], &account["name"], &account["email"]), (&json!(1_001), &Value::Null, &Value::Null));
    let lines = |client: &mut crate::http::Client| client.list("/v1/customers/1001/allocations").len();
    assert!(lines(&mut client) > 0, "figures are what they were");
    server.stop();
    verify(&folder);
}

#[test]
fn a_killed_servers_directory_that_is_deleted_does_not_come_back_from_its_log() {
    let (dir, setup, server) = Setup::begun();
    world::make(&mut server.client());
    issue(&mut server.client());
    server.end();
    let folder = dir.path().join("without");
    copy(&setup.data, &folder, |name| name != "directory.db");
    let log = content(&folder)["directory.db-wal"].clone();
    assert!(!log.is_empty(), "there is a log to come back from");
    let done = run(credere(&["recover", "--accept-loss"], &folder));
    assert_eq!(done.code, Some(0), "{done:?}");
    verify(&folder);
    assert_eq!(open_credentials(&folder), 0);
    let made = run(credere(&["key", "reset"], &folder));
    let key = made.output.lines().find_map(|line| line.split_once("shown this once: ")).expect("a key is printed").1;
    let server = Setup::on(&folder).start();
    let mut client = crate::http::Client::with_key(&server.address, key);
    assert_eq!(client.list(CREDENTIALS), Vec::<Value>::new());
    assert_eq!(server.client().ask(&Request::get(CREDENTIALS)).status, 401, "no old key opens");
    server.stop();
    verify(&folder);
}

#[test]
fn an_answer_that_was_kept_is_kept_after_a_recovery() {
    let (_dir, setup, server) = Setup::begun();
    let mut client = server.client();
    world::make(&mut client);
    let change = Request::patch("/v1/customers/1001", json!({ "partner_warning_percent": 40 })).under("kept-1");
    let first = client.ask(&change);
    assert_eq!(first.status, 200, "{}", first.body);
    server.stop();
    let journal = std::fs::read(setup.data.join("journal.db")).expect("the journal can be read");
    let server = setup.start();
    (0..2).for_each(|_| drop(issue(&mut server.client())));
    server.stop();
    std::fs::write(setup.data.join("journal.db"), journal).expect("the journal can be put back");
    recovered(&setup.data);
    let server = setup.start();
    let again = server.client().ask(&change);
    assert_eq!((again.status, &again.body), (200, &first.body), "{}", again.body);
    server.stop();
}
