//! Files that are deleted, or exchanged for older copies: the start is refused and says what is missing, the proof finds
//! it, and nothing in the folder is changed by either. And who may read the folder, and what a start does without its
//! master key.

use crate::acts::Act;
use crate::check;
use crate::http::{Client, Request};
use crate::load::Hand;
use crate::model::{Model, UNIT};
use crate::preload::Faults;
use crate::server::{Server, Setup, credere, generous, run, verify};
use crate::world;
use serde_json::json;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// All files but the journal, which are witnesses of it.
const OTHERS: [&str; 5] = ["directory.db", "snapshots.db", "history.db", "keys.db", "outbox.db"];

/// The same folder twice: as it was once, and as it is now, with more of everything. Both were stopped in order.
pub(crate) struct Twice {
    pub(crate) dir: TempDir,
    pub(crate) older: PathBuf,
    pub(crate) newer: PathBuf,
    /// What the newer one holds.
    pub(crate) model: Model,
    /// What the older one holds.
    pub(crate) before: Model,
    /// A credential that both know, and that was taken back in between.
    pub(crate) revoked: String,
    copies: u32,
}

pub(crate) fn copy(from: &Path, to: &Path, also: impl Fn(&str) -> bool) {
    std::fs::create_dir(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        if also(&entry.file_name().to_string_lossy()) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("files can be copied");
        }
    }
}

/// Changes credit and names, so that journal, history and directory go on.
pub(crate) fn go_on(server: &Server, model: &mut Model, hand: &mut Hand) {
    let mut client = server.client();
    for _ in 0..3 {
        let act = Act::allocate(hand.key(), 1_001, UNIT);
        let answer = client.ask(&act.request);
        model.take(&act, &answer, hand);
        issue(&mut client);
    }
    client.list("/v1/customers/1001/allocations");
}

pub(crate) const CREDENTIALS: &str = "/v1/accounts/1001/credentials";

pub(crate) fn issue(client: &mut Client) -> String {
    let answer = client.ask(&Request::post(CREDENTIALS, json!({})));
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["secret_id"].as_str().expect("a credential has a name").to_owned()
}

impl Twice {
    pub(crate) fn new() -> Twice {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let (older, newer) = (dir.path().join("older"), dir.path().join("newer"));
        let setup = Setup::on(&newer);
        let server = setup.start();
        let mut model = world::make(&mut server.client());
        let mut hand = Hand::one();
        let revoked = issue(&mut server.client());
        server.stop();
        copy(&newer, &older, |_| true);
        let before = model.clone();
        let server = setup.start();
        go_on(&server, &mut model, &mut hand);
        let answer = server.client().ask(&Request::delete(format!("{CREDENTIALS}/{revoked}"), json!({})));
        assert_eq!(answer.status, 204, "{}", answer.body);
        server.stop();
        Twice { dir, older, newer, model, before, revoked, copies: 0 }
    }

    /// The newer folder, but these files as they were once.
    pub(crate) fn with_older(&mut self, files: &[&str]) -> PathBuf {
        self.copies += 1;
        let folder = self.dir.path().join(format!("mixed-{}", self.copies));
        copy(&self.newer, &folder, |_| true);
        for file in files {
            std::fs::copy(self.older.join(file), folder.join(file)).expect("files can be copied");
        }
        folder
    }
}

/// What is in a folder.
pub(crate) fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = std::fs::read_dir(folder).expect("the folder can be read").map(|entry| {
        let entry = entry.expect("the folder can be read");
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap_or_default())
    });
    // A log's index belongs to whoever reads the log.
    read.filter(|(name, _)| !name.ends_with("-shm")).collect()
}

/// Neither a start nor the proof takes the folder for whole; both say why, and change nothing.
pub(crate) fn refused(folder: &Path, says: &[&str]) {
    let before = content(folder);
    let ended = Setup::on(folder).try_start().err().unwrap_or_else(|| panic!("started on {}", folder.display())).is(3);
    let proof = run(credere(&["verify"], folder));
    assert_eq!(proof.code, Some(4), "{proof:?}");
    for errors in [&ended.errors, &proof.errors] {
        let line = errors.lines().rfind(|line| line.starts_with("credere: ")).unwrap_or_default();
        for part in says.iter().chain(&["credere restore", "credere recover --accept-loss"]) {
            assert!(line.contains(part), "says `{part}`: {errors}");
        }
    }
    assert!(content(folder) == before, "nothing has changed in {}", folder.display());
}

#[test]
fn an_older_journal_is_refused_by_whatever_is_left_beside_it() {
    let mut twice = Twice::new();
    let older = twice.with_older(&["journal.db"]);
    refused(&older, &["the journal ends at record", "history.db knows of record", "directory.db knows of record"]);
    for file in ["directory.db", "history.db", "snapshots.db", "outbox.db"] {
        // Nothing but this one knows, if it does.
        let others: Vec<&str> = OTHERS.into_iter().filter(|other| *other != file).chain(["journal.db"]).collect();
        let folder = twice.with_older(&others);
        if content(&folder)[file] == std::fs::read(twice.older.join(file)).expect("the file is there") {
            continue;
        }
        if matches!(file, "directory.db" | "history.db") {
            refused(&folder, &[&format!("{file} knows of record")]);
        }
    }
    // And all of them together are simply the older folder.
    let all: Vec<&str> = OTHERS.into_iter().chain(["journal.db"]).collect();
    let folder = twice.with_older(&all);
    verify(&folder);
    Setup::on(&folder).start().stop();
}

#[test]
fn an_older_directory_is_refused_and_older_copies_of_what_follows_are_filled_up() {
    let mut twice = Twice::new();
    let folder = twice.with_older(&["directory.db"]);
    refused(&folder, &["directory.db is older: it stands at record"]);
    for file in ["snapshots.db", "history.db", "keys.db", "outbox.db"] {
        let folder = twice.with_older(&[file]);
        let server = Setup::on(&folder).start();
        let mut client = server.client();
        check::same(&mut client, &twice.model);
        check::allocations(&mut client, &twice.model, 1_001);
        server.stop();
        verify(&folder);
    }
}

#[test]
fn deleted_logs_of_a_killed_server_are_missed() {
    let (dir, setup, server) = Setup::begun();
    let mut model = world::make(&mut server.client());
    let mut hand = Hand::one();
    go_on(&server, &mut model, &mut hand);
    server.end();
    let without = |name: &str, gone: &dyn Fn(&str) -> bool| {
        let folder = dir.path().join(name);
        copy(&setup.data, &folder, |file| !gone(file));
        folder
    };
    let journal = "journal.db-wal is gone";
    refused(&without("journal", &|file| file == "journal.db-wal"), &[journal, "history.db knows of record"]);
    refused(&without("directory", &|file| file == "directory.db-wal"), &["directory.db-wal is gone"]);
    refused(&without("logs", &|file| file.ends_with("-wal")), &[journal, "directory.db-wal is gone"]);
    refused(&without("all", &|file| file.contains("-wal") || file.contains("-shm")), &[journal]);
    // Whoever is only killed misses nothing.
    verify(&without("whole", &|_| false));
    let server = Setup::on(without("started", &|_| false)).start();
    check::same(&mut server.client(), &model);
    server.stop();
}

#[test]
fn nothing_that_can_be_deleted_lets_a_second_server_in() {
    let (dir, setup, server) = Setup::begun();
    world::make(&mut server.client());
    let kept_out = |setup: &Setup| {
        let ended = setup.try_start().err().unwrap_or_else(|| panic!("a second server was let in")).is(3);
        assert!(ended.errors.contains("in use by another process"), "{ended:?}");
    };
    kept_out(&setup);
    // Each for itself is a test of the store; here all of them, since whoever is kept out waits for a moment before.
    for name in content(&setup.data).keys().filter(|name| !name.ends_with(".db")) {
        std::fs::remove_file(setup.data.join(name)).expect("the file can be removed");
    }
    kept_out(&setup);
    let moved = Setup::on(dir.path().join("moved"));
    std::fs::rename(&setup.data, &moved.data).expect("the folder can be renamed");
    kept_out(&moved);
    server.end();
}

/// Nobody but the owner may enter the folder or read what is in it.
pub(crate) fn is_private(folder: &Path) {
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o7777;
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    let names = content(folder);
    assert!(!names.is_empty(), "{}", folder.display());
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn folders_and_files_are_private_whatever_the_umask() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let setup = Setup { generous: true, ..Setup::on(dir.path().join("data")) };
    let server = setup.start();
    world::make(&mut server.client());
    is_private(&setup.data);
    let (backup, restored) = (dir.path().join("backup"), dir.path().join("restored"));
    let words = backup.to_string_lossy().into_owned();
    for (word, folder) in [("backup", &setup.data), ("restore", &restored)] {
        run(generous(&credere(&[word, &words], folder))).is(0);
    }
    is_private(&backup);
    is_private(&restored);
    server.end();
    // A folder of before.
    for entry in std::fs::read_dir(&setup.data).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let mode = if path.ends_with("master.key") { 0o600 } else { 0o644 };
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("permissions can be given");
    }
    std::fs::set_permissions(&setup.data, PermissionsExt::from_mode(0o755)).expect("permissions can be given");
    let server = setup.start();
    is_private(&setup.data);
    server.stop();
    is_private(&setup.data);
}

#[test]
fn a_backup_is_proven_where_nothing_can_be_written() {
    let (dir, setup, server) = Setup::begun();
    world::make(&mut server.client());
    let backup = dir.path().join("backup");
    run(credere(&["backup", &backup.to_string_lossy()], &setup.data)).is(0);
    server.stop();
    let faults = Faults::none_yet(dir.path());
    for folder in [&backup, &setup.data] {
        faults.set(&[&format!("open EROFS {}/* 0 0", folder.display())]);
        let before = content(folder);
        let mut command = credere(&["verify"], folder);
        faults.preload(&mut command);
        run(command).is(0);
        assert!(content(folder) == before, "nothing has changed in {}", folder.display());
        assert_eq!(faults.hits(), 0, "nothing was even tried");
    }
}

#[test]
fn a_backup_whose_files_do_not_go_together_is_not_restored() {
    let twice = Twice::new();
    let [older, newer] = [(&twice.older, "backup-older"), (&twice.newer, "backup-newer")].map(|(folder, name)| {
        let backup = twice.dir.path().join(name);
        run(credere(&["backup", &backup.to_string_lossy()], folder)).is(0);
        backup
    });
    for file in ["directory.db", "journal.db"] {
        let (mixed, target) = (twice.dir.path().join(format!("backup-{file}")), twice.dir.path().join("target"));
        copy(&newer, &mixed, |_| true);
        std::fs::copy(older.join(file), mixed.join(file)).expect("files can be copied");
        let ended = run(credere(&["restore", &mixed.to_string_lossy()], &target)).is(3);
        assert!(ended.errors.contains("do not go together"), "{ended:?}");
        assert!(!target.exists(), "nothing was made of it");
        assert_eq!(run(credere(&["verify"], &mixed)).code, Some(4));
    }
}

#[test]
fn a_start_without_its_master_key_makes_no_other() {
    let (dir, setup, server) = Setup::begun();
    let model = world::make(&mut server.client());
    server.stop();
    let (key, aside) = (setup.data.join("master.key"), dir.path().join("aside.key"));
    std::fs::rename(&key, &aside).expect("the key can be moved");
    for _ in 0..2 {
        let ended = setup.try_start().err().unwrap_or_else(|| panic!("started without its master key")).is(2);
        assert!(ended.errors.contains("master.key is missing"), "{ended:?}");
        assert!(!key.exists() && !setup.data.join("master.key.new").exists(), "none was made");
    }
    std::fs::rename(&aside, &key).expect("the key can be moved");
    let server = setup.start();
    check::same(&mut server.client(), &model);
    server.stop();
}
