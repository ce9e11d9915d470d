//! Going on without what is lost: what is there afterwards, what is kept aside, and what nobody gets back.

use crate::directory::credential;
use crate::folders::{ALL, content, copied, follow, follow_one, killed, lost, mixed, older_and_newer};
use crate::sqlite_only::{closed, reopened};
use crate::{at, commit, named, small, uin};
use credere_store::contract::{
    CredentialRow, DeploymentStore, Directory, DirectoryWrite, History, HistoryFold, Journal, KeptAnswer, NoticeKey,
    Profile, ProfilePatch, StoreError,
};
use credere_store::frame::Frame;
use credere_store::outbox::{DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use credere_store::sqlite::{Recovery, SqliteStore};
use credere_store::tail::{AcceptedLoss, Evidence, TailLost};
use std::fs;

/// What the journals of [`older_and_newer`] tell of the directory.
fn told(frame: &Frame) -> Result<Vec<DirectoryWrite>, StoreError> {
    let profile = DirectoryWrite::Profile { uin: uin(1), patch: ProfilePatch::default() };
    Ok(if frame.last_seq == 2 { vec![profile] } else { Vec::new() })
}

#[test]
fn an_accepted_loss_leaves_a_whole_folder_and_the_witness_aside() {
    let (older, newer) = older_and_newer();
    for (file, from, ends) in ALL[1..].iter().map(|file| (*file, &newer, 2)).chain([("directory.db", &older, 4)]) {
        let others = if ends == 2 { &older } else { &newer };
        let folder = mixed(&[file], from.path(), others.path());
        let recovery = Recovery::begin(folder.path(), small()).unwrap();
        assert_eq!(recovery.lost().map(|lost| (lost.ends, lost.witnesses.len())), Some((ends, 1)), "{file}");
        assert!(matches!(SqliteStore::open(folder.path(), small()), Err(StoreError::InUse(_))));
        let store = recovery.accept("aside", &told).unwrap();
        assert_eq!(store.last().unwrap().seq, ends);
        let Profile { name, member_name, member_remark, .. } = store.profile(uin(1)).unwrap().unwrap();
        assert_eq!((member_name.as_deref(), member_remark.as_deref()), (Some("of Berlin"), Some("asks much")));
        let expected = if file == "directory.db" && ends == 2 { "three" } else { "one" };
        assert_eq!(name.as_deref(), Some(expected), "{file}: as the newest directory knows it");
        assert!(store.outbox_seq().unwrap() <= ends && store.history_seq().unwrap() <= ends);
        commit(&store, &[named(1, "later")]);
        follow(&store);
        drop(store);
        assert!(folder.path().join("aside").join(file).exists(), "{file}");
        assert!(folder.path().join("aside/lost.txt").exists());
        assert_eq!(SqliteStore::look(folder.path(), small()).unwrap().last().unwrap().seq, ends + 1);
    }
}

#[test]
fn an_outbox_that_was_ahead_still_sends_what_belongs_to_the_journal() {
    let row = |seq: u64| DeliveryRow {
        key: DeliveryKey { lane: Lane::EMAIL, notice: NoticeKey { seq, place: 0 } },
        recipient: Some(uin(1)),
        kind: "suspended".into(),
        message: "{}".into(),
        at: at(1),
        state: DeliveryState::Waiting(at(2)),
        reason: None,
        attempts: 0,
        retries: 0,
        changed_at: at(1),
    };
    let folder = closed(|store| (0..2).for_each(|_| drop(commit(store, &[]))));
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    let store = reopened(folder.path()).unwrap();
    commit(&store, &[]);
    store.queue_deliveries(3, vec![row(1), row(3)]).unwrap();
    drop(store);
    fs::write(folder.path().join("journal.db"), before).unwrap();
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &told).unwrap();
    assert_eq!((store.outbox_seq().unwrap(), store.waiting_deliveries().unwrap()), (2, 1));
    assert_eq!(store.delivery(&row(1).key).unwrap(), Some(row(1)));
}

#[test]
fn a_whole_folder_needs_no_recovery() {
    let folder = closed(follow_one);
    let recovery = Recovery::begin(folder.path(), small()).unwrap();
    assert_eq!(recovery.lost(), None);
    assert_eq!(recovery.accept("aside", &told).unwrap().last().unwrap().seq, 1);
    assert!(!folder.path().join("aside").exists());
}

/// What a journal tells of which frame 1 made a credential, 2 a name, and 3 took the credential back.
fn told_of_a_credential(frame: &Frame) -> Result<Vec<DirectoryWrite>, StoreError> {
    Ok(match frame.last_seq {
        1 => vec![DirectoryWrite::Credential(CredentialRow { sealed_key: Vec::new(), ..credential("AK1", 1) })],
        3 => vec![DirectoryWrite::CredentialRevoked { secret_id: "AK1".into() }],
        _ => Vec::new(),
    })
}

/// A folder whose journal has lost the last frame, which took a credential back, and nothing but that. `others` of the
/// files know of it, the directory in any case.
fn revoked_in_the_lost_frame(others: impl Fn(&SqliteStore)) -> tempfile::TempDir {
    let folder = closed(|store| {
        commit(store, &[DirectoryWrite::Credential(credential("AK1", 1))]);
        commit(store, &[]);
    });
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    let store = reopened(folder.path()).unwrap();
    commit(&store, &[DirectoryWrite::CredentialRevoked { secret_id: "AK1".into() }]);
    others(&store);
    drop(store);
    fs::write(folder.path().join("journal.db"), before).unwrap();
    folder
}

#[test]
fn a_credential_that_was_taken_back_in_the_one_frame_that_is_lost_opens_nothing_again() {
    let fold = |store: &SqliteStore| store.fold(HistoryFold { upto_seq: 3, ..HistoryFold::default() }).unwrap();
    let folder = revoked_in_the_lost_frame(fold);
    let found = lost(folder.path());
    let told: Vec<_> = found.witnesses.iter().map(|witness| (witness.file, witness.tells)).collect();
    assert_eq!(told, [("history.db", Evidence::Reached(3)), ("directory.db", Evidence::Reached(3))]);
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &told_of_a_credential).unwrap();
    let row = store.credential("AK1").unwrap().unwrap();
    assert_eq!((store.last().unwrap().seq, row.sealed_key), (2, Vec::new()), "it is listed, and its secret is gone");
}

#[test]
fn a_frame_that_nothing_else_knows_of_is_what_a_crash_leaves() {
    let folder = revoked_in_the_lost_frame(|_| ());
    let store = reopened(folder.path()).unwrap();
    assert_eq!(store.credential("AK1").unwrap(), Some(credential("AK1", 1)), "its end was never answered");
}

#[test]
fn a_recovery_that_stops_is_begun_again_and_loses_nothing() {
    let fold = |store: &SqliteStore| store.fold(HistoryFold { upto_seq: 3, ..HistoryFold::default() }).unwrap();
    let folder = revoked_in_the_lost_frame(fold);
    for stop_at in 1..=2 {
        let stops = |frame: &Frame| match frame.last_seq {
            seq if seq == stop_at => Err(StoreError::io("stopped")),
            _ => told_of_a_credential(frame),
        };
        let recovery = Recovery::begin(folder.path(), small()).unwrap();
        let aside = recovery.free_name("aside");
        assert!(matches!(recovery.accept(&aside, &stops), Err(StoreError::Io(fault)) if fault.text() == "stopped"));
        match reopened(folder.path()) {
            Err(StoreError::TailLost(lost)) => assert_eq!(lost.witnesses.len(), 2, "nothing has been decided"),
            other => panic!("{:?}", other.map(|store| store.last())),
        }
    }
    let kept = ["aside", "aside-2"].map(|aside| content(&folder.path().join(aside)));
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside-3", &told_of_a_credential).unwrap();
    assert_eq!(store.credential("AK1").unwrap().unwrap().sealed_key, Vec::<u8>::new());
    // Each time it was noted what is lost, before anything was changed.
    let noted = |number| store.fact(&AcceptedLoss::fact(number)).unwrap();
    assert_eq!([1, 2, 3].map(|number| noted(number).unwrap()), ["3 3", "3 3", "3 3"]);
    assert_eq!(noted(4), None);
    drop(store);
    assert!(["history.db", "directory.db"].iter().all(|file| folder.path().join("aside-3").join(file).exists()));
    assert_eq!(kept, ["aside", "aside-2"].map(|aside| content(&folder.path().join(aside))), "what was kept stays");
    assert!(reopened(folder.path()).is_ok());
}

#[test]
fn what_is_kept_aside_is_never_written_over() {
    let fold = |store: &SqliteStore| store.fold(HistoryFold { upto_seq: 3, ..HistoryFold::default() }).unwrap();
    let folder = revoked_in_the_lost_frame(fold);
    fs::create_dir(folder.path().join("aside")).unwrap();
    fs::write(folder.path().join("aside/history.db"), b"kept before").unwrap();
    let recovery = Recovery::begin(folder.path(), small()).unwrap();
    assert_eq!((recovery.free_name("aside"), recovery.free_name("other")), ("aside-2".into(), "other".into()));
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    assert!(matches!(recovery.accept("aside", &told_of_a_credential), Err(StoreError::Io(_))));
    assert_eq!(fs::read(folder.path().join("aside/history.db")).unwrap(), b"kept before");
    assert_eq!(fs::read(folder.path().join("journal.db")).unwrap(), before, "nothing was noted");
}

#[test]
fn a_log_that_is_gone_is_missed_until_the_recovery_is_done() {
    let folder = closed(|store| drop(commit(store, &[named(1, "one")])));
    let store = reopened(folder.path()).unwrap();
    commit(&store, &[named(1, "two")]);
    for (gone, file) in [("journal.db-wal", "journal.db"), ("directory.db-wal", "directory.db")] {
        let folder = copied(folder.path(), |name| name != gone);
        let before = lost(folder.path());
        let gone =
            |lost: &TailLost, file| lost.witnesses.iter().any(|one| (one.file, one.tells) == (file, Evidence::LogGone));
        assert!(gone(&before, file), "{before}");
        let stops = |_: &Frame| Err(StoreError::io("stopped"));
        let stopped = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &stops);
        assert!(matches!(stopped, Err(StoreError::Io(fault)) if fault.text() == "stopped"));
        let again = Recovery::begin(folder.path(), small()).unwrap();
        let again = again.lost().unwrap();
        assert!(folder.path().join("journal.db-wal").exists(), "what is noted is in a log");
        assert!(gone(again, file), "{again}");
        assert_eq!(gone(again, "journal.db"), file == "journal.db", "none else is missed");
    }
}

#[test]
fn witnesses_are_kept_whole_with_what_was_in_their_logs() {
    let folder = killed(|store| {
        commit(store, &[named(1, "one")]);
        commit(store, &[named(1, "two")]);
        follow(store);
    });
    let folder = copied(folder.path(), |name| name != "journal.db-wal");
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &|_| Ok(Vec::new())).unwrap();
    assert_eq!(store.last().unwrap().seq, 0);
    drop(store);
    let aside = folder.path().join("aside");
    assert!(fs::read_dir(&aside).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        !name.ends_with("-wal")
    }));
    let holds = |file: &str, text: &[u8]| {
        let bytes = fs::read(aside.join(file)).unwrap();
        bytes.windows(text.len()).any(|part| part == text)
    };
    assert!(holds("directory.db", b"two"));
    for file in ["history.db", "keys.db", "outbox.db"] {
        assert!(holds(file, b"reached"), "{file}");
    }
}

#[test]
fn a_folder_without_its_directory_goes_on_without_names_and_secrets() {
    let folder = closed(|store| {
        commit(store, &[DirectoryWrite::Credential(credential("AK1", 1))]);
        commit(store, &[named(1, "one")]);
        follow(store);
    });
    let folder = copied(folder.path(), |name| name != "directory.db");
    let refused = lost(folder.path());
    let tells: Vec<_> = refused.witnesses.iter().map(|witness| (witness.file, witness.tells)).collect();
    assert_eq!(tells, [("directory.db", Evidence::Missing)]);
    let text = StoreError::TailLost(refused).to_string();
    for part in ["directory.db is missing", "every name and secret", "restore", "recover --accept-loss"] {
        assert!(text.contains(part), "says `{part}`: {text}");
    }
    let tells = |frame: &Frame| {
        let answer = KeptAnswer { key: [1; 16], account: None, body: Vec::new(), at: frame.at };
        let mut writes = [told_of_a_credential(frame)?, told(frame)?].concat();
        writes.push(DirectoryWrite::Answer(answer));
        Ok(writes)
    };
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &tells).unwrap();
    assert_eq!(store.last().unwrap().seq, 2);
    assert_eq!(store.credential("AK1").unwrap().unwrap().sealed_key, Vec::<u8>::new());
    assert_eq!(store.profile(uin(1)).unwrap().unwrap(), Default::default());
    assert_eq!(store.kept_answer(&[1; 16]).unwrap(), None);
    drop(store);
    assert!(reopened(folder.path()).is_ok());
}

#[test]
fn a_log_that_the_missing_directory_has_left_behind_is_not_played_into_the_new_one() {
    let folder = killed(|store| {
        commit(store, &[DirectoryWrite::Credential(credential("AK1", 1))]);
        commit(store, &[named(1, "one")]);
        follow(store);
    });
    let folder = copied(folder.path(), |name| name != "directory.db");
    let log = fs::read(folder.path().join("directory.db-wal")).unwrap();
    assert!(!log.is_empty());
    assert_eq!(lost(folder.path()).witnesses.len(), 1);
    let tells = |frame: &Frame| Ok([told_of_a_credential(frame)?, told(frame)?].concat());
    let stops = |_: &Frame| Err(StoreError::io("stopped"));
    let stopped = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &stops);
    assert!(matches!(stopped, Err(StoreError::Io(fault)) if fault.text() == "stopped"));
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("again", &tells).unwrap();
    assert_eq!(store.credential("AK1").unwrap().unwrap().sealed_key, Vec::<u8>::new());
    assert_eq!(store.profile(uin(1)).unwrap().unwrap(), Default::default());
    store.directory_entries(&mut |_| Ok(())).unwrap();
    drop(store);
    assert_eq!(fs::read(folder.path().join("aside/directory.db-wal")).unwrap(), log, "it is kept");
    assert!(reopened(folder.path()).is_ok());
}

#[test]
fn answers_that_were_kept_are_kept_as_far_as_the_journal_knows_of_them() {
    let answer = |key: u8, second: i64| KeptAnswer {
        key: [key; 16],
        account: Some(uin(u64::from(key))),
        body: vec![key; 3],
        at: at(second),
    };
    let keep = |answer: &KeptAnswer| DirectoryWrite::Answer(answer.clone());
    // Frames end at 0, 1,000 and so on microseconds.
    let (first, second, third) = (answer(1, 0), answer(2, 1_000), answer(3, 2_000));
    let folder = closed(|store| {
        commit(store, &[keep(&first)]);
        commit(store, &[keep(&second)]);
    });
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    let store = reopened(folder.path()).unwrap();
    commit(&store, &[keep(&third)]);
    // Another use of a key that is known: what it was answered then is not what the journal knows of.
    commit(&store, &[keep(&answer(2, 3_000))]);
    drop(store);
    fs::write(folder.path().join("journal.db"), before).unwrap();
    let tells = |frame: &Frame| {
        let key = u8::try_from(frame.last_seq).unwrap();
        Ok(vec![DirectoryWrite::Answer(KeptAnswer {
            account: None,
            body: Vec::new(),
            ..answer(key, frame.at.micros())
        })])
    };
    let store = Recovery::begin(folder.path(), small()).unwrap().accept("aside", &tells).unwrap();
    let found = |key: u8| store.kept_answer(&[key; 16]).unwrap();
    assert_eq!((found(1), found(2), found(3)), (Some(first), None, None));
}
