//! The folder as a whole: who may open it, who may read it, and files that do not go together.

use crate::keys::row;
use crate::snapshots::{keep, newest};
use crate::sqlite_only::{closed, reopened};
use crate::{Sqlite, Subject, commit, frames, named, next, noted_by_its_admin, small, uin};
use credere_store::contract::{
    DeploymentStore, Directory, History, HistoryFold, Journal, Keys, ShardStore, StoreError,
};
use credere_store::outbox::Outbox;
use credere_store::sqlite::{OpenOptions, Recovery, SqliteStore, backup, restore};
use credere_store::tail::{Evidence, TailLost};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(crate) const ALL: [&str; 6] = ["journal.db", "directory.db", "snapshots.db", "history.db", "keys.db", "outbox.db"];

/// Everything in a folder: by name a hash of the content, permissions, and when it was changed.
pub(crate) type Content = BTreeMap<String, (String, u32, SystemTime)>;

pub(crate) fn content(folder: &Path) -> Content {
    let one = |entry: fs::DirEntry| {
        let metadata = entry.metadata().unwrap();
        let name = entry.file_name().into_string().unwrap();
        let hash = blake3::hash(&fs::read(entry.path()).unwrap()).to_hex().to_string();
        (name, (hash, metadata.permissions().mode(), metadata.modified().unwrap()))
    };
    fs::read_dir(folder).unwrap().map(|entry| one(entry.unwrap())).collect()
}

pub(crate) fn copied(folder: &Path, also: impl Fn(&str) -> bool) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if also(entry.file_name().to_str().unwrap()) {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

/// Moves everything that follows the journal to the journal's end.
pub(crate) fn follow(store: &SqliteStore) {
    let end = store.last().unwrap().seq;
    store.fold(HistoryFold { upto_seq: end, ..HistoryFold::default() }).unwrap();
    store.seal_keys(store.sealed_keys_seq().unwrap(), end, vec![row(end)]).unwrap();
    store.queue_deliveries(end, Vec::new()).unwrap();
    keep(store, end);
}

/// The refusal of a folder whose files do not go together, from whoever opens it; nothing is changed by either.
pub(crate) fn lost(folder: impl AsRef<Path>) -> TailLost {
    let folder = folder.as_ref();
    let before = content(folder);
    let told = |opened: Result<SqliteStore, StoreError>| match opened {
        Err(StoreError::TailLost(lost)) => lost,
        Err(other) => panic!("refused for another reason: {other}"),
        Ok(_) => panic!("opened"),
    };
    let lost = told(reopened(folder));
    assert_eq!(told(SqliteStore::look(folder, small())), lost);
    // Permissions are seen to before anything else, and a log's index belongs to whoever reads the log.
    let of_files = |content: Content| -> BTreeMap<String, String> {
        let kept = content.into_iter().filter(|(name, _)| !name.ends_with("-shm"));
        kept.map(|(name, (hash, ..))| (name, hash)).collect()
    };
    assert_eq!(of_files(content(folder)), of_files(before));
    lost
}

#[test]
fn a_second_opener_is_turned_away_whatever_is_deleted() {
    let subject = Sqlite::fresh();
    let path = subject.folder.path();
    let turned_away = |path: &Path| {
        for refused in [SqliteStore::open(path, small()), SqliteStore::look(path, small())] {
            let refused = refused.err().unwrap();
            assert!(
                matches!(&refused, StoreError::InUse(shown) if shown.contains(path.to_str().unwrap())),
                "{refused}"
            );
        }
    };
    turned_away(path);
    commit(subject.store(), &[]);
    // Under another name it is the same folder.
    let moved = path.with_extension("moved");
    fs::rename(path, &moved).unwrap();
    turned_away(&moved);
    fs::rename(&moved, path).unwrap();
    let names: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    for name in names.iter().filter(|name| !name.ends_with("journal.db")) {
        fs::remove_file(name).unwrap();
        turned_away(path);
    }
    fs::remove_file(path.join("journal.db")).unwrap();
    assert!(matches!(SqliteStore::open(path, small()), Err(StoreError::InUse(_))));
}

#[test]
fn a_lock_goes_with_its_store_and_those_who_look_share_it() {
    let folder = closed(|store| drop(commit(store, &[])));
    let looking = SqliteStore::look(folder.path(), small()).unwrap();
    assert_eq!(SqliteStore::look(folder.path(), small()).unwrap().last().unwrap().seq, 1);
    assert!(matches!(reopened(folder.path()), Err(StoreError::InUse(_))));
    drop(looking);
    assert_eq!(reopened(folder.path()).unwrap().last().unwrap().seq, 1);
}

#[test]
fn whoever_wants_to_write_waits_for_those_who_look() {
    let folder = closed(|store| drop(commit(store, &[])));
    let looking = SqliteStore::look(folder.path(), small()).unwrap();
    let patient = OpenOptions { patience: Duration::from_secs(600), ..small() };
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| SqliteStore::open(folder.path(), patient.clone()).map(|store| store.last()));
        for _ in 0..100 {
            assert!(matches!(reopened(folder.path()), Err(StoreError::InUse(_))));
        }
        drop(looking);
        assert_eq!(opening.join().unwrap().unwrap().unwrap().seq, 1);
    });
}

#[test]
fn a_folder_that_was_exchanged_under_the_store_is_not_opened_anew() {
    let subject = Sqlite::fresh();
    let (path, moved) = (subject.folder.path(), subject.folder.path().with_extension("moved"));
    commit(subject.store(), &[]);
    fs::rename(path, &moved).unwrap();
    assert!(matches!(subject.store().reopen(), Err(StoreError::Io(_))));
    let other = SqliteStore::open(path, small()).unwrap();
    let refused = subject.store().reopen().unwrap_err();
    assert!(matches!(&refused, StoreError::Io(fault) if fault.text().contains("another folder")), "{refused}");
    drop(other);
    fs::remove_dir_all(path).unwrap();
    fs::rename(&moved, path).unwrap();
    subject.store().reopen().unwrap();
    assert_eq!(subject.store().last().unwrap().seq, 1);
}

#[test]
fn the_folder_and_its_files_are_private_also_where_they_were_not() {
    let subject = Sqlite::fresh();
    follow_one(subject.store());
    let private = |folder: &Path| {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o7777, 0o700, "{}", folder.display());
        let files = content(folder);
        assert!(files.len() >= 3, "{:?}", files.keys());
        for (name, (_, mode, _)) in files {
            assert_eq!(mode & 0o7777, 0o600, "{name}");
        }
    };
    private(subject.folder.path());
    let logs = content(subject.folder.path()).keys().filter(|name| name.ends_with("-wal")).count();
    assert!(logs >= 2, "logs and what belongs to them are looked at too");
    // What an open store looked like before, with everything that a killed process leaves behind.
    let loose = copied(subject.folder.path(), |_| true);
    fs::write(loose.path().join("outbox.db.damaged"), b"an older one").unwrap();
    fs::write(loose.path().join("notes.txt"), b"somebody's own").unwrap();
    for entry in fs::read_dir(loose.path()).unwrap() {
        fs::set_permissions(entry.unwrap().path(), fs::Permissions::from_mode(0o644)).unwrap();
    }
    fs::set_permissions(loose.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let store = reopened(loose.path()).unwrap();
    let own = loose.path().join("notes.txt");
    assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o7777, 0o644, "what is not the store's is let be");
    fs::remove_file(own).unwrap();
    private(loose.path());
    let place = tempfile::tempdir().unwrap();
    let (copy, restored) = (place.path().join("copy"), place.path().join("restored"));
    // An empty folder that was there takes the place of none.
    fs::create_dir(&restored).unwrap();
    fs::set_permissions(&restored, fs::Permissions::from_mode(0o755)).unwrap();
    backup(loose.path(), &copy, &mut |_, _| ()).unwrap();
    restore(&copy, &restored, &mut |_, _| ()).unwrap();
    private(&copy);
    private(&restored);
    drop(store);
}

pub(crate) fn follow_one(store: &SqliteStore) {
    commit(store, &[named(1, "one")]);
    follow(store);
}

#[test]
fn looking_at_a_backup_changes_nothing_in_it() {
    let subject = Sqlite::fresh();
    follow_one(subject.store());
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("a copy, 100% (#1?)");
    backup(subject.folder.path(), &copy, &mut |_, _| ()).unwrap();
    let before = content(&copy);
    let store = SqliteStore::look(&copy, small()).unwrap();
    assert_eq!(frames(&store, 0).unwrap(), frames(subject.store(), 0).unwrap());
    assert_eq!(store.profile(uin(1)).unwrap().unwrap().name.as_deref(), Some("one"));
    assert_eq!(newest(&store, 1), newest(subject.store(), 1));
    assert_eq!(store.outbox_seq().unwrap(), 1);
    assert_eq!((store.history_seq().unwrap(), store.sealed_keys_seq().unwrap()), (0, 0));
    let frame = next(&store, 1, b"more");
    assert!(store.append(&frame, &[]).is_err());
    assert!(store.fold(HistoryFold { upto_seq: 1, ..HistoryFold::default() }).is_err());
    assert!(store.fix_fact("zone", "UTC").is_err());
    drop(store);
    assert_eq!(content(&copy), before);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn looking_at_a_stopped_store_changes_nothing_and_mends_nothing() {
    let folder = closed(follow_one);
    let before = content(folder.path());
    let store = SqliteStore::look(folder.path(), small()).unwrap();
    assert_eq!((store.history_seq().unwrap(), store.sealed_keys_seq().unwrap(), store.last().unwrap().seq), (1, 1, 1));
    assert!(store.clear_history().is_err() || store.history_seq().is_err());
    drop(store);
    assert_eq!(content(folder.path()), before);
    for file in ["history.db", "keys.db", "outbox.db", "snapshots.db"] {
        let damaged = copied(folder.path(), |_| true);
        fs::write(damaged.path().join(file), vec![7; 8192]).unwrap();
        let before = content(damaged.path());
        let refused = SqliteStore::look(damaged.path(), small()).err();
        assert!(
            matches!(&refused, Some(StoreError::Corrupt(fault)) if fault.text().contains(file)),
            "{file}: {refused:?}"
        );
        assert_eq!(content(damaged.path()), before);
    }
}

/// A folder with events 1 and 2, the second with a name, and the same folder with events 3 and 4 on top, each with a
/// name, and everything that follows the journal at its end.
pub(crate) fn older_and_newer() -> (tempfile::TempDir, tempfile::TempDir) {
    let folder = closed(|store| {
        commit(store, &[]);
        commit(store, &[named(1, "one"), noted_by_its_admin(1, "of Berlin", "asks much")]);
        follow(store);
    });
    let older = copied(folder.path(), |_| true);
    let store = reopened(folder.path()).unwrap();
    commit(&store, &[named(1, "two")]);
    commit(&store, &[named(1, "three")]);
    follow(&store);
    drop(store);
    (older, folder)
}

/// Takes these files from one folder and all others from another.
pub(crate) fn mixed(these: &[&str], from: &Path, others: &Path) -> tempfile::TempDir {
    let folder = copied(others, |name| !these.contains(&name));
    for file in these {
        fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

#[test]
fn every_file_that_is_ahead_of_the_journal_refuses_the_opening() {
    let (older, newer) = older_and_newer();
    for file in &ALL[1..] {
        let folder = mixed(&[file], newer.path(), older.path());
        let lost = lost(folder.path());
        assert_eq!((lost.ends, lost.missing()), (2, 2), "{file}");
        let told: Vec<_> = lost.witnesses.iter().map(|witness| (witness.file, witness.tells)).collect();
        assert_eq!(told, [(*file, Evidence::Reached(4))]);
        let text = StoreError::TailLost(lost).to_string();
        for part in [*file, "record 2", "record 4", "credere restore", "credere recover --accept-loss"] {
            assert!(text.contains(part), "says `{part}`: {text}");
        }
    }
    let torn = mixed(&["journal.db"], older.path(), newer.path());
    let copied = backup(torn.path(), torn.path().join("copy"), &mut |_, _| ());
    assert!(matches!(copied, Err(StoreError::TailLost(_))), "it would look whole as a backup");
    let lost = lost(torn.path());
    assert_eq!(lost.witnesses.len(), 5, "all of them are named: {lost}");
    // Files that are behind are filled up again, and an outbox that is behind tells what it has not told.
    for file in &ALL[2..] {
        let folder = mixed(&[file], older.path(), newer.path());
        assert_eq!(reopened(folder.path()).unwrap().last().unwrap().seq, 4, "{file}");
    }
}

#[test]
fn a_folder_whose_files_do_not_go_together_is_not_backed_up_whoever_has_claimed_it() {
    let (older, newer) = older_and_newer();
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("copy");
    let refused = |folder: &Path, file: &str| {
        // As `recover` does that only asks.
        let asking = Recovery::begin(folder, small()).unwrap();
        assert!(asking.lost().is_some());
        for _ in 0..2 {
            match backup(folder, &target, &mut |_, _| ()) {
                Err(StoreError::TailLost(lost)) => assert!(lost.to_string().contains(file), "{file}: {lost}"),
                other => panic!("{file}: {other:?}"),
            }
            assert!(!target.exists());
        }
    };
    for file in &ALL[1..] {
        refused(mixed(&[file], newer.path(), older.path()).path(), file);
    }
    refused(mixed(&["directory.db"], older.path(), newer.path()).path(), "directory.db is older");
    refused(copied(newer.path(), |name| name != "directory.db").path(), "directory.db is missing");
    let killed = killed(|store| drop(commit(store, &[])));
    refused(copied(killed.path(), |name| name != "journal.db-wal").path(), "journal.db-wal is gone");
}

#[test]
fn an_older_directory_is_refused() {
    let (older, newer) = older_and_newer();
    let lost = lost(mixed(&["directory.db"], older.path(), newer.path()).path());
    let told: Vec<_> = lost.witnesses.iter().map(|witness| (witness.file, witness.tells)).collect();
    assert_eq!(told, [("directory.db", Evidence::Behind { at: 2, newest: 4 })]);
    assert_eq!(lost.missing(), 0);
}

#[test]
fn a_directory_that_the_journal_did_not_change_since_is_no_older_one() {
    let folder = closed(|store| drop(commit(store, &[named(1, "one")])));
    let older = copied(folder.path(), |_| true);
    let store = reopened(folder.path()).unwrap();
    (0..5).for_each(|_| drop(commit(&store, &[])));
    drop(store);
    let store = reopened(mixed(&["directory.db"], older.path(), folder.path()).path()).unwrap();
    assert_eq!(store.profile(uin(1)).unwrap().unwrap().name.as_deref(), Some("one"));
}

#[test]
fn a_journal_that_went_another_way_is_refused_by_every_file() {
    let (older, newer) = older_and_newer();
    // As long, and longer.
    for more in [2, 5] {
        let other = copied(older.path(), |_| true);
        let store = reopened(other.path()).unwrap();
        for _ in 0..more {
            store.append(&next(&store, 1, b"another event"), &[named(1, "another")]).unwrap();
        }
        follow(&store);
        drop(store);
        for file in &ALL[1..] {
            let lost = lost(mixed(&[file], newer.path(), other.path()).path());
            let told: Vec<_> = lost.witnesses.iter().map(|witness| (witness.file, witness.tells)).collect();
            assert_eq!(told, [(*file, Evidence::AnotherJournal(4))], "{more}");
        }
    }
}

#[test]
fn one_frame_that_a_crash_lost_is_taken_back_and_two_are_not() {
    let folder = closed(|store| drop(commit(store, &[named(1, "one")])));
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    for lost_frames in [1, 2] {
        let store = reopened(folder.path()).unwrap();
        (0..lost_frames).for_each(|_| drop(commit(&store, &[named(1, "never")])));
        drop(store);
        fs::write(folder.path().join("journal.db"), &before).unwrap();
        if lost_frames == 2 {
            assert_eq!(lost(folder.path()).missing(), 2);
            continue;
        }
        let store = reopened(folder.path()).unwrap();
        assert_eq!(store.profile(uin(1)).unwrap().unwrap().name.as_deref(), Some("one"));
        drop(store);
        reopened(folder.path()).unwrap();
    }
}

/// What a killed process leaves behind.
pub(crate) fn killed(fill: impl FnOnce(&SqliteStore)) -> tempfile::TempDir {
    let subject = Sqlite::fresh();
    fill(subject.store());
    copied(subject.folder.path(), |name| !name.ends_with("-shm"))
}

#[test]
fn a_log_that_was_deleted_is_missed_also_where_nothing_else_tells() {
    let folder = killed(|store| drop(commit(store, &[named(1, "one")])));
    assert_eq!(reopened(copied(folder.path(), |_| true).path()).unwrap().last().unwrap().seq, 1);
    for log in ["journal.db-wal", "directory.db-wal", "-wal"] {
        let without = copied(folder.path(), |name| !name.ends_with(log));
        let lost = lost(without.path());
        let gone: Vec<_> =
            lost.witnesses.iter().filter(|one| one.tells == Evidence::LogGone).map(|one| one.file).collect();
        let expected: Vec<_> =
            ["journal.db", "directory.db"].into_iter().filter(|file| format!("{file}-wal").ends_with(log)).collect();
        assert_eq!(gone, expected);
    }
    // A store that was closed in order has no logs.
    let folder = closed(|store| drop(commit(store, &[])));
    assert!(content(folder.path()).keys().all(|name| !name.ends_with("-wal")));
    assert_eq!(reopened(folder.path()).unwrap().last().unwrap().seq, 1);
}

#[test]
fn a_folder_without_journal_is_not_taken_for_a_new_one_while_anything_remembers() {
    let (_, newer) = older_and_newer();
    for file in &ALL[1..] {
        let folder = copied(newer.path(), |name| name == *file);
        let refused = SqliteStore::open(folder.path(), small()).err().unwrap();
        assert!(
            matches!(&refused, StoreError::Corrupt(fault) if fault.text().contains("journal.db is missing")),
            "{refused}"
        );
        assert!(!folder.path().join("journal.db").exists());
    }
}

#[test]
fn a_backup_whose_files_were_exchanged_is_neither_restored_nor_proven() {
    let (older, newer) = older_and_newer();
    let place = tempfile::tempdir().unwrap();
    let [first, second] = [(&older, "first"), (&newer, "second")].map(|(folder, name)| {
        let copy = place.path().join(name);
        backup(folder.path(), &copy, &mut |_, _| ()).unwrap();
        copy
    });
    let refused = |these: &[&str], from: &Path, others: &Path, tells: &str| {
        let copy = mixed(these, from, others);
        let target = place.path().join("target");
        let error = restore(copy.path(), &target, &mut |_, _| ()).unwrap_err();
        assert!(matches!(&error, StoreError::TailLost(_)), "{error}");
        assert!(error.to_string().contains(tells), "{error}");
        assert!(!target.exists());
        assert!(matches!(SqliteStore::look(copy.path(), small()), Err(StoreError::TailLost(_))));
    };
    refused(&["directory.db"], &first, &second, "directory.db is older");
    refused(&["directory.db"], &second, &first, "directory.db knows of record 4");
    refused(&["journal.db"], &first, &second, "manifest knows of record 4");
    // A quiet server's backup: nothing but the manifest knows.
    refused(
        &["journal.db", "directory.db", "snapshots.db", "outbox.db"],
        &first,
        &second,
        "manifest knows of record 4",
    );
    // A backup of a backup is refused for the same, and for a file that has gone.
    let again = |copy: &Path| backup(copy, place.path().join("again"), &mut |_, _| ()).unwrap_err().to_string();
    let all = &["journal.db", "directory.db", "snapshots.db", "outbox.db"];
    assert!(again(mixed(all, &first, &second).path()).contains("manifest knows of record 4"));
    let text = again(copied(&second, |name| name != "outbox.db").path());
    assert!(text.contains("holds no outbox.db"), "{text}");
    assert!(!place.path().join("again").exists());
    backup(&second, place.path().join("again"), &mut |_, _| ()).unwrap();
    fs::remove_file(first.join("manifest")).unwrap();
    let error = restore(&first, place.path().join("target"), &mut |_, _| ()).unwrap_err();
    assert!(matches!(&error, StoreError::Io(fault) if fault.text().contains("manifest")), "{error}");
}

#[test]
fn a_backup_that_is_opened_as_a_store_is_no_backup_any_more() {
    let (_, newer) = older_and_newer();
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("copy");
    backup(newer.path(), &copy, &mut |_, _| ()).unwrap();
    let store = reopened(&copy).unwrap();
    assert!(!copy.join("manifest").exists());
    commit(&store, &[]);
    drop(store);
    assert_eq!(reopened(&copy).unwrap().last().unwrap().seq, 5);
}
