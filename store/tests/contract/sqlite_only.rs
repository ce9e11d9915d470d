//! What can only be asked of files: formats, damage, lost files, copies. Locks, permissions, and files that do not go
//! together are in `folders`.

use crate::bills::{bill, line};
use crate::folders::{content, copied, lost};
use crate::history::allocation;
use crate::keys::{find, lasting, row};
use crate::resources::{notice, resource};
use crate::snapshots::{chunks, keep, newest, position};
use crate::vouchers::voucher;
use crate::{Behind, Sqlite, Subject, at, commit, frames, named, next, noted_by_its_admin, small, uin};
use credere_core::channel::ActionType;
use credere_core::money::Amount;
use credere_store::contract::{
    BillsHistory, DeploymentStore, Directory, DirectoryWrite, FORMAT, History, HistoryFold, Journal, KeyRow, Keys,
    LineFilter, LineRow, MeteringHistory, NoticeFilter, PartiesHistory, ProfilePatch, ReceiptRow, Snapshots,
    StandingHistory, StoreError, VoucherUseRow, VouchersHistory,
};
use credere_store::outbox::Outbox;
use credere_store::sqlite::{OpenOptions, Recovery, SqliteStore, backup, restore};
use credere_store::verify::verify_chain;
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn reopened(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, OpenOptions { create: false, ..small() })
}

/// The same, where whatever is asked is read from the file each time.
pub(crate) fn reopened_without_cache(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, OpenOptions { create: false, page_cache_bytes: 0, ..small() })
}

/// A closed store in a folder, as `fill` left it.
pub(crate) fn closed(fill: impl FnOnce(&SqliteStore)) -> tempfile::TempDir {
    let Sqlite { folder, store } = Sqlite::fresh();
    fill(store.as_ref().unwrap());
    drop(store);
    folder
}

/// Overwrites the first place at which `file` holds `old`.
pub(crate) fn overwrite(file: &Path, old: &[u8], new: &[u8]) {
    let mut bytes = fs::read(file).unwrap();
    let place = bytes.windows(old.len()).position(|window| window == old).unwrap();
    bytes[place..place + new.len()].copy_from_slice(new);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_folder_without_a_store_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        matches!(reopened(folder.path()), Err(StoreError::Io(fault)) if fault.text().contains("there is no store"))
    );
    assert!(matches!(reopened(&folder.path().join("absent")), Err(StoreError::Io(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let nested = folder.path().join("a/b");
    drop(SqliteStore::open(&nested, small()).unwrap());
    assert!(reopened(&nested).is_ok());
}

#[test]
fn another_format_is_refused_and_left_as_it_is() {
    let made = closed(|store| drop(commit(store, &[named(1, "one")])));
    let place = tempfile::tempdir().unwrap();
    let made_backup = place.path().join("backup");
    backup(made.path(), &made_backup, &mut |_, _| ()).unwrap();
    for found in [1, FORMAT - 1, FORMAT + 1] {
        let (folder, copy) = (copied(made.path(), |_| true), copied(&made_backup, |name| name != "manifest"));
        for folder in [&folder, &copy] {
            let connection = Connection::open(folder.path().join("journal.db")).unwrap();
            connection.execute("UPDATE format SET number = ?", [found]).unwrap();
            drop(connection);
            // As everybody could read it, before anybody has seen to that.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let before = (content(folder.path()), content(copy.path()));
        let target = place.path().join("target");
        let refused = [
            reopened(folder.path()).err(),
            SqliteStore::open(folder.path(), small()).err(),
            SqliteStore::look(folder.path(), small()).err(),
            Recovery::begin(folder.path(), small()).err(),
            backup(folder.path(), &target, &mut |_, _| ()).err(),
            restore(copy.path(), &target, &mut |_, _| ()).err(),
        ];
        for refused in refused {
            let refused = refused.unwrap();
            assert!(matches!(&refused, StoreError::OtherFormat { found: told } if *told == found), "{refused}");
            let text = refused.to_string();
            assert!(text.contains(&format!("format {found}")) && text.contains(&format!("format {FORMAT} ")), "{text}");
        }
        assert_eq!((content(folder.path()), content(copy.path())), before, "no byte and no permission has changed");
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_journal_without_its_directory_is_refused_and_the_reverse() {
    let folder = closed(|store| drop(commit(store, &[named(1, "one")])));
    let (journal, directory) = (folder.path().join("journal.db"), folder.path().join("directory.db"));
    fs::rename(&directory, folder.path().join("aside")).unwrap();
    assert!(matches!(reopened(folder.path()), Err(StoreError::TailLost(_))));
    fs::rename(folder.path().join("aside"), &directory).unwrap();
    fs::remove_file(journal).unwrap();
    assert!(matches!(SqliteStore::open(folder.path(), small()), Err(StoreError::Corrupt(_))));
}

#[test]
fn changed_bytes_in_the_journal_are_noticed() {
    let folder = closed(|store| {
        for number in 0..50 {
            let frame = next(store, 1, format!("payload {number:03} of some length").as_bytes());
            store.append(&frame, &[]).unwrap();
        }
    });
    overwrite(&folder.path().join("journal.db"), b"payload 025", b"payload 925");
    let store = reopened(folder.path()).unwrap();
    let broken = verify_chain(&store, &mut |_, _| ()).unwrap_err();
    assert!(matches!(&broken, StoreError::Corrupt(fault) if fault.text().contains("after event 25")), "{broken}");
    assert!(matches!(frames(&store, 0), Err(StoreError::Corrupt(_))));
    assert_eq!(frames(&store, 26).unwrap().len(), 24);
}

#[test]
fn an_overwritten_page_of_the_journal_is_noticed() {
    let folder = closed(|store| {
        for _ in 0..20 {
            let frame = next(store, 1, &[5; 3_000]);
            store.append(&frame, &[]).unwrap();
        }
    });
    let journal = folder.path().join("journal.db");
    let mut bytes = fs::read(&journal).unwrap();
    let page = bytes.len() / 2 / 8192 * 8192;
    bytes[page..page + 8192].fill(0xa5);
    fs::write(&journal, bytes).unwrap();
    let read = reopened(folder.path()).and_then(|store| frames(&store, 0)).map(|frames| frames.len());
    assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
}

#[test]
fn a_changed_last_frame_is_noticed_at_opening() {
    let folder = closed(|store| {
        let frame = next(store, 1, b"the only payload");
        store.append(&frame, &[]).unwrap();
    });
    overwrite(&folder.path().join("journal.db"), b"the only payload", b"the best payload");
    assert!(matches!(reopened(folder.path()), Err(StoreError::Corrupt(_))));
}

#[test]
fn changed_bytes_in_rows_are_noticed() {
    let folder = closed(|store| {
        commit(store, &[named(1, "somebody's name"), named(2, "another name")]);
        commit(store, &[]);
        let fold = HistoryFold { upto_seq: 2, allocations: vec![allocation(2, 1)], ..HistoryFold::default() };
        store.fold_on(fold).unwrap();
        store.seal_on(2, vec![row(1), row(2)]).unwrap();
        store.fix_fact("currency", "USD").unwrap();
    });
    overwrite(&folder.path().join("directory.db"), b"somebody's name", b"somebody's fame");
    overwrite(&folder.path().join("history.db"), b"remark 2", b"remark 3");
    overwrite(&folder.path().join("keys.db"), &row(1).key, &row(9).key);
    overwrite(&folder.path().join("journal.db"), b"USD", b"EUR");
    let store = reopened(folder.path()).unwrap();
    assert!(matches!(store.profile(uin(1)), Err(StoreError::Corrupt(_))));
    assert!(store.profile(uin(2)).is_ok());
    assert!(matches!(store.allocations(uin(1), 0..u64::MAX, 0, 9), Err(StoreError::Corrupt(_))));
    // The newest keys are read when the file is opened, and sealed anew where one is damaged.
    assert_eq!(store.sealed_keys_seq().unwrap(), 0);
    assert!(matches!(store.fact("currency"), Err(StoreError::Corrupt(_))));
}

/// Changes a column of a table's rows behind the store's back, as damage would.
pub(crate) fn damage(file: &Path, table: &str, change: &str) {
    let connection = Connection::open(file).unwrap();
    assert!(connection.execute(&format!("UPDATE {table} SET {change}"), []).unwrap() > 0, "{table}");
}

#[test]
fn damage_in_any_of_historys_tables_is_noticed() {
    type Ask = fn(&SqliteStore) -> Result<(), StoreError>;
    let of = bill(2, 10);
    let asked: [(&str, &str, Ask); 11] = [
        ("line_block", "body = x'00'", |store| store.lines(bill(2, 10), &LineFilter::default(), None, 0, 9).map(drop)),
        ("line_block", "seal = seal + 1", |store| store.lines_by_seq(bill(2, 10), &[1]).map(drop)),
        ("bill_page", "body = x''", |store| store.resource_totals(bill(2, 10), None, None, 9).map(drop)),
        ("bill_page", "next_key = x'00'", |store| store.bill_totals(bill(2, 10)).map(drop)),
        ("bill_page", "first_key = x'ff'", |store| store.line_count(bill(2, 10), &LineFilter::default()).map(drop)),
        ("receipt_row", "line_seqs = x'00'", |store| store.receipts(bill(2, 10)).map(drop)),
        ("receipt_row", "returned = 1", |store| store.lines(bill(2, 10), &LineFilter::default(), None, 0, 9).map(drop)),
        ("voucher_row", "remaining = 1", |store| store.voucher(6).map(drop)),
        ("voucher_month", "uses = 9", |store| store.voucher_use_months(6).map(drop)),
        ("resource_row", "frozen = 1", |store| store.resource("ins-1").map(drop)),
        ("notice_row", "channels = 15 - channels", |store| store.notices(&NoticeFilter::default(), None, 9).map(drop)),
    ];
    for (table, change, ask) in asked {
        let folder = closed(|store| {
            (0..3).for_each(|_| drop(commit(store, &[])));
            let line_seqs = vec![1, 2, 3];
            let receipt = ReceiptRow {
                seq: 1,
                account: of.account,
                month: of.month,
                operator: uin(7),
                parts: Vec::new(),
                line_seqs,
                lines: 1,
                returned: Amount::ZERO,
                available_after: None,
                at: at(1),
            };
            let payment = VoucherUseRow {
                line_seq: 1,
                voucher: 6,
                account: uin(2),
                order_seq: None,
                product: "cvm".into(),
                action: ActionType::PostpayDeduct,
                amount: Amount::ZERO,
                month: of.month,
                at: at(1),
            };
            // Up to where the pages of its line's segment are written.
            let fold = HistoryFold {
                upto_seq: 3,
                lines: vec![line(1)],
                receipts: vec![receipt],
                vouchers: vec![voucher(6)],
                voucher_uses: vec![payment],
                resources: vec![resource(1, "ins-1", "active")],
                notices: vec![notice(1, 0)],
                ..HistoryFold::default()
            };
            store.fold_on(fold).unwrap();
        });
        ask(&reopened(folder.path()).unwrap()).unwrap();
        damage(&folder.path().join("history.db"), table, change);
        let asked = ask(&reopened(folder.path()).unwrap());
        assert!(matches!(asked, Err(StoreError::Corrupt(_))), "{table} with {change}: {asked:?}");
    }
}

#[test]
fn a_sum_that_is_damaged_or_gone_is_not_added_to() {
    for (change, more) in [
        ("UPDATE bill_page SET body = x'00'", Some(4)),
        ("DELETE FROM bill_page", Some(4)),
        ("DELETE FROM bill_page", None),
    ] {
        let folder = closed(|store| {
            (0..16).for_each(|_| drop(commit(store, &[])));
            store.fold_on(HistoryFold { upto_seq: 3, lines: vec![line(1)], ..HistoryFold::default() }).unwrap();
        });
        let changed = Connection::open(folder.path().join("history.db")).unwrap().execute(change, []).unwrap();
        assert_eq!(changed, 1);
        let store = reopened(folder.path()).unwrap();
        // While the journal passes the next large segment, the sums of those in this one are merged.
        let lines = more.into_iter().map(|seq| LineRow { seq, ..line(1) }).collect();
        let more = HistoryFold { upto_seq: 16, lines, ..HistoryFold::default() };
        assert!(matches!(store.fold_on(more), Err(StoreError::Corrupt(_))), "{change}");
        assert_eq!(store.history_seq().unwrap(), 3);
        assert!(matches!(store.lines_by_seq(bill(2, 10), &[1]), Err(StoreError::Corrupt(_))), "{change}");
    }
}

#[test]
fn what_is_read_at_the_opening_and_damaged_is_made_again() {
    for change in [
        "UPDATE bill_segment SET months = x''",
        "DELETE FROM bill_segment",
        // Lines whose sums are only in memory, and lines that are not summed yet.
        "UPDATE line_block SET body = x'00' WHERE block = 2",
        "DELETE FROM line_block WHERE block = 2",
        "UPDATE line_block SET body = x'00' WHERE block = 3",
        "DELETE FROM line_block WHERE block = 3",
    ] {
        let folder = closed(|store| {
            (0..6).for_each(|_| drop(commit(store, &[])));
            let lines = vec![line(1), line(4), line(6)];
            store.fold_on(HistoryFold { upto_seq: 6, lines, ..HistoryFold::default() }).unwrap();
        });
        assert_eq!(reopened(folder.path()).unwrap().history_seq().unwrap(), 6);
        let changed = Connection::open(folder.path().join("history.db")).unwrap().execute(change, []).unwrap();
        assert_eq!(changed, 1, "{change}");
        assert_eq!(reopened(folder.path()).unwrap().history_seq().unwrap(), 0, "{change}");
    }
}

#[test]
fn a_run_whose_kind_is_damaged_is_noticed() {
    let folder = closed(|store| {
        let kinds =
            |keys: std::ops::RangeInclusive<u64>| keys.flat_map(|number| [row(number), lasting(1_000 + number)]);
        store.seal_on(100, kinds(1..=100).collect()).unwrap();
        store.seal_on(101, kinds(101..=101).collect()).unwrap();
    });
    // Of groups that are full: the newest are read when the file is opened.
    damage(&folder.path().join("keys.db"), "key_run", "lasting = 1 - lasting WHERE keys = 100");
    let store = reopened(folder.path()).unwrap();
    assert_eq!(store.sealed_keys_seq().unwrap(), 101);
    assert!(matches!(store.find_keys(&[row(1).key]), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.find_keys(&[row(1_002).key]), Err(StoreError::Corrupt(_))));
    assert_eq!(find(&store, [101, 1_101]), [Some(101), Some(1_101)]);
}

#[test]
fn history_and_keys_of_an_older_layout_are_made_again() {
    let folder = closed(|store| {
        commit(store, &[]);
        store.fold_on(HistoryFold { upto_seq: 1, lines: vec![line(1)], ..HistoryFold::default() }).unwrap();
        store.seal_on(1, vec![row(1)]).unwrap();
    });
    for file in ["history.db", "keys.db"] {
        let connection = Connection::open(folder.path().join(file)).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
    }
    let store = reopened(folder.path()).unwrap();
    assert_eq!((store.history_seq().unwrap(), store.sealed_keys_seq().unwrap()), (0, 0));
    assert_eq!(store.bill_months(uin(2)).unwrap(), []);
    assert_eq!(find(&store, [1]), [None]);
    store.fold_on(HistoryFold { upto_seq: 1, lines: vec![line(1)], ..HistoryFold::default() }).unwrap();
    store.seal_on(1, vec![row(1)]).unwrap();
    drop(store);
    let store = reopened(folder.path()).unwrap();
    assert_eq!(store.line_count(bill(2, 10), &LineFilter::default()).unwrap(), 1);
    assert_eq!(find(&store, [1]), [Some(1)]);
}

#[test]
fn a_lost_or_ruined_file_that_can_be_made_again_is_made_again() {
    let folder = closed(|store| {
        commit(store, &[]);
        store.fold_on(HistoryFold { upto_seq: 1, ..HistoryFold::default() }).unwrap();
        store.seal_on(1, vec![row(1)]).unwrap();
        keep(store, 1);
    });
    fs::remove_file(folder.path().join("history.db")).unwrap();
    let store = reopened(folder.path()).unwrap();
    assert_eq!((store.history_seq().unwrap(), store.sealed_keys_seq().unwrap()), (0, 1));
    drop(store);
    for file in ["history.db", "keys.db", "snapshots.db"] {
        fs::write(folder.path().join(file), b"this is no database, but it is longer than nothing").unwrap();
    }
    let store = reopened(folder.path()).unwrap();
    assert_eq!((store.history_seq().unwrap(), store.sealed_keys_seq().unwrap()), (0, 0));
    assert_eq!(newest(&store, u64::MAX), None);
    assert_eq!(store.last().unwrap().seq, 1);
}

#[test]
fn a_damaged_image_is_passed_over() {
    let folder = closed(|store| [10, 20].iter().for_each(|seq| keep(store, *seq)));
    overwrite(&folder.path().join("snapshots.db"), b"image 20", b"image 30");
    let store = reopened(folder.path()).unwrap();
    assert_eq!(newest(&store, u64::MAX), Some((position(&store, 10), chunks(10))));
    keep(&store, 30);
    assert_eq!(newest(&store, u64::MAX), Some((position(&store, 30), chunks(30))));
}

#[test]
fn an_image_whose_header_is_damaged_is_no_witness_and_is_found() {
    for change in ["seq = seq + 8 WHERE seq = 20", "hash = zeroblob(32) WHERE seq = 20", "seq = 19 WHERE seq = 20"] {
        let folder = closed(|store| [10, 20].iter().for_each(|seq| keep(store, *seq)));
        damage(&folder.path().join("snapshots.db"), "image", change);
        let looking = SqliteStore::look(folder.path(), small()).unwrap();
        for not_after in [u64::MAX, 10] {
            let asked = looking.snapshot(not_after, &mut |_| Ok(()));
            assert!(matches!(asked, Err(StoreError::Corrupt(_))), "{change}: {asked:?}");
        }
        drop(looking);
        let store = reopened(folder.path()).unwrap();
        assert_eq!(newest(&store, u64::MAX), Some((position(&store, 10), chunks(10))), "{change}");
        drop(store);
        // It is gone, and does not stand in the way of a proof.
        let looking = SqliteStore::look(folder.path(), small()).unwrap();
        assert_eq!(newest(&looking, u64::MAX), Some((position(&looking, 10), chunks(10))), "{change}");
    }
}

#[test]
fn a_damaged_header_neither_stops_a_backup_nor_hides_what_the_other_image_knows() {
    let folder = closed(|store| keep(store, 10));
    let before = fs::read(folder.path().join("journal.db")).unwrap();
    let store = reopened(folder.path()).unwrap();
    keep(&store, 20);
    damage(&folder.path().join("snapshots.db"), "image", "seq = 9 WHERE seq = 10");
    let place = tempfile::tempdir().unwrap();
    backup(folder.path(), place.path().join("copy"), &mut |_, _| ()).unwrap();
    drop(store);
    fs::write(folder.path().join("journal.db"), before).unwrap();
    let lost = lost(folder.path());
    assert_eq!((lost.ends, lost.witnesses[0].file, lost.missing()), (10, "snapshots.db", 10));
    assert_eq!(lost.witnesses.len(), 1);
}

#[test]
fn a_damaged_image_is_found_by_those_who_only_look() {
    let folder = closed(|store| [10, 20].iter().for_each(|seq| keep(store, *seq)));
    overwrite(&folder.path().join("snapshots.db"), b"image 20", b"image 30");
    let looking = SqliteStore::look(folder.path(), small()).unwrap();
    assert!(matches!(looking.snapshot(u64::MAX, &mut |_| Ok(())), Err(StoreError::Corrupt(_))));
    assert_eq!(newest(&looking, 19), Some((position(&looking, 10), chunks(10))));
}

#[test]
fn where_a_file_stands_is_never_taken_from_damage() {
    type Ask = fn(&SqliteStore) -> u64;
    let folder = closed(|store| {
        (0..4).for_each(|_| drop(commit(store, &[])));
        store.fold(HistoryFold { upto_seq: 4, lines: vec![line(1)], ..HistoryFold::default() }).unwrap();
        store.seal_keys(0, 4, vec![row(1)]).unwrap();
        store.queue_deliveries(4, Vec::new()).unwrap();
    });
    let changes = ["UPDATE place SET seq = seq - 1", "DELETE FROM place"];
    let files: [(&str, Ask); 3] = [
        ("history.db", |store| store.history_seq().unwrap()),
        ("keys.db", |store| store.sealed_keys_seq().unwrap()),
        // What was told is told to nobody again: a damaged outbox is set aside, and the new one begins at the end.
        ("outbox.db", |store| 4 - store.outbox_seq().unwrap()),
    ];
    for ((file, stands), change) in files.into_iter().flat_map(|file| changes.map(|change| (file, change))) {
        let copied = copied(folder.path(), |_| true);
        Connection::open(copied.path().join(file)).unwrap().execute(change, []).unwrap();
        let looked = SqliteStore::look(copied.path(), small()).err();
        assert!(matches!(looked, Some(StoreError::Corrupt(_))), "{file} {change}: {looked:?}");
        let store = reopened(copied.path()).unwrap();
        assert_eq!(stands(&store), 0, "{file} {change}");
        assert_eq!(copied.path().join("outbox.db.damaged").exists(), file == "outbox.db");
    }
}

#[test]
fn an_image_half_written_does_not_count() {
    let folder = closed(|store| {
        keep(store, 10);
        let panicking = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut chunks = (0..).map(|number| if number < 40 { vec![1; 1 << 20] } else { panic!("on purpose") });
            store.keep_snapshot(&position(store, 20), None, &mut chunks)
        }));
        assert!(panicking.is_err());
        assert_eq!(newest(store, u64::MAX), Some((position(store, 10), chunks(10))));
    });
    let store = reopened(folder.path()).unwrap();
    assert_eq!(newest(&store, u64::MAX), Some((position(&store, 10), chunks(10))));
    keep(&store, 30);
    assert_eq!(newest(&store, u64::MAX), Some((position(&store, 30), chunks(30))));
}

#[test]
fn keys_are_found_without_any_filter_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SqliteStore::open(folder.path(), OpenOptions { key_filter_bytes: 0, ..small() }).unwrap();
    let store = open();
    let of_run = |number: u64| KeyRow { at: at(if number > 250 { 0 } else { 9 }), ..row(number) };
    for run in 0..10 {
        store.seal_on(run * 50 + 50, (run * 50 + 1..=run * 50 + 50).map(of_run).collect()).unwrap();
    }
    assert_eq!(find(&store, 1..=500), (1..=500).map(Some).collect::<Vec<_>>());
    assert_eq!(find(&store, 501..=900), vec![None; 400]);
    // The newest groups go, so that one whose filter was let go is written to again.
    store.forget_keys(at(1), at(1)).unwrap();
    store.seal_on(501, vec![row(501)]).unwrap();
    let check = |store: &SqliteStore| {
        assert_eq!(find(store, [1, 249, 251, 500, 501]), [Some(1), Some(249), None, None, Some(501)]);
    };
    check(&store);
    // Whether its filter lies on disk or is made of its runs.
    drop(store);
    let store = open();
    check(&store);
    store.seal_on(600, (502..=600).map(row).collect()).unwrap();
    drop(store);
    check(&open());
}

#[test]
fn an_erased_name_is_in_none_of_the_files() {
    let subject = Sqlite::fresh();
    commit(subject.store(), &[named(1, "Ann Unmistakable")]);
    commit(subject.store(), &[named(1, "Ann Unmistakable-Smith")]);
    commit(subject.store(), &[noted_by_its_admin(1, "our Unmistakable", "Unmistakable"), named(2, "other")]);
    let holds_the_name = || {
        let files = fs::read_dir(subject.folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(12).any(|window| window == b"Unmistakable"))
    };
    assert!(holds_the_name());
    subject.store().erase_profile(uin(1)).unwrap();
    assert!(!holds_the_name());
}

#[test]
fn what_a_crash_leaves_in_the_logs_is_there_afterwards() {
    let subject = Sqlite::fresh();
    for number in 1..=30 {
        commit(subject.store(), &[named(number, "name")]);
    }
    // A copy of the files as they lie there now is what a killed process leaves behind.
    let crashed = copied(subject.folder.path(), |name| !name.ends_with("-shm"));
    let store = reopened(crashed.path()).unwrap();
    assert_eq!(store.last().unwrap(), subject.store().last().unwrap());
    assert_eq!(store.profile(uin(30)).unwrap().unwrap().name.as_deref(), Some("name"));
    assert_eq!(verify_chain(&store, &mut |_, _| ()).unwrap().frames, 30);
}

/// Each frame says in the directory which frame it is, so that the two can be compared.
fn stamp(store: &SqliteStore) {
    let frame = next(store, 1, &[9; 500]);
    let patch = ProfilePatch { remark: Some(Some(frame.last_seq.to_string())), ..ProfilePatch::default() };
    store.append(&frame, &[DirectoryWrite::Profile { uin: uin(1), patch }]).unwrap();
}

/// Ends the load, also when the test fails.
struct StopAtEnd<'s>(&'s AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_backup_under_load_is_one_moment_of_the_store() {
    let subject = Sqlite::fresh();
    let store = subject.store();
    (0..50).for_each(|_| stamp(store));
    keep(store, 40);
    let copies = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                stamp(store);
            }
        });
        let (_stop_whatever_happens, mut reached) = (StopAtEnd(&stop), 0);
        for number in 0..4 {
            // Not before the store has gone on since the copy before.
            while store.last().unwrap().seq <= reached {
                std::thread::yield_now();
            }
            let mut told = (0, 0);
            backup(subject.folder.path(), copies.path().join(format!("copy{number}")), &mut |done, of| {
                assert!(done >= told.0 && done <= of);
                told = (done, of);
            })
            .unwrap();
            assert!(told.0 > 0 && told.0 == told.1, "{told:?}");
            reached = store.last().unwrap().seq;
        }
    });
    let original = frames(store, 0).unwrap();
    let mut ends = Vec::new();
    for number in 0..4 {
        let target = copies.path().join(format!("restored{number}"));
        restore(copies.path().join(format!("copy{number}")), &target, &mut |_, _| ()).unwrap();
        let restored = reopened(&target).unwrap();
        let end = restored.last().unwrap().seq;
        assert_eq!(frames(&restored, 0).unwrap(), original[..end as usize]);
        let profile = restored.profile(uin(1)).unwrap().unwrap();
        assert_eq!(profile.remark, Some(end.to_string()));
        assert_eq!(newest(&restored, u64::MAX), Some((position(&restored, 40), chunks(40))));
        assert_eq!(restored.history_seq().unwrap(), 0);
        stamp(&restored);
        ends.push(end);
    }
    assert!(ends.is_sorted_by(|one, next| one < next) && ends[0] >= 50, "{ends:?}");
}

#[test]
fn copies_overwrite_nothing_and_need_a_source() {
    let folder = closed(stamp);
    let place = tempfile::tempdir().unwrap();
    let (copy, nothing) = (place.path().join("copy"), place.path().join("nothing"));
    backup(folder.path(), &copy, &mut |_, _| ()).unwrap();
    let kept = fs::read(copy.join("journal.db")).unwrap();
    assert!(matches!(backup(folder.path(), &copy, &mut |_, _| ()), Err(StoreError::Io(_))));
    assert!(matches!(restore(&copy, &copy, &mut |_, _| ()), Err(StoreError::Io(_))));
    assert!(matches!(restore(&copy, folder.path(), &mut |_, _| ()), Err(StoreError::Io(_))));
    assert!(matches!(backup(&nothing, place.path().join("x"), &mut |_, _| ()), Err(StoreError::Io(_))));
    assert!(matches!(restore(&nothing, place.path().join("x"), &mut |_, _| ()), Err(StoreError::Io(_))));
    assert_eq!(fs::read(copy.join("journal.db")).unwrap(), kept);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    // An empty folder is as good as none.
    fs::create_dir(&nothing).unwrap();
    restore(&copy, &nothing, &mut |_, _| ()).unwrap();
    assert_eq!(reopened(&nothing).unwrap().last().unwrap(), reopened(folder.path()).unwrap().last().unwrap());
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let folder = closed(|store| {
        for number in 0..9 {
            let frame = next(store, 1, format!("payload {number}").as_bytes());
            store.append(&frame, &[]).unwrap();
        }
    });
    let place = tempfile::tempdir().unwrap();
    let (copy, target) = (place.path().join("copy"), place.path().join("target"));
    backup(folder.path(), &copy, &mut |_, _| ()).unwrap();
    overwrite(&copy.join("journal.db"), b"payload 4", b"payload 5");
    let refused = restore(&copy, &target, &mut |_, _| ()).unwrap_err();
    assert!(matches!(&refused, StoreError::Corrupt(fault) if fault.text().contains("after event 4")), "{refused}");
    assert!(!target.exists());
}

/// SQLite would look for all rows of the shard in such an index, which are all rows, and then sort them, whenever the newest
/// few in order of position are asked for.
#[test]
fn no_index_of_a_table_in_order_of_position_begins_with_the_shard() {
    let folder = closed(|_| ());
    let connection = Connection::open(folder.path().join("history.db")).unwrap();
    let sql = "SELECT i.name, i.sql FROM sqlite_schema AS i JOIN sqlite_schema AS t ON t.name = i.tbl_name
        WHERE i.type = 'index' AND i.sql IS NOT NULL AND t.type = 'table' AND t.sql LIKE '%INTEGER PRIMARY KEY%'";
    let mut statement = connection.prepare(sql).unwrap();
    let indexes: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!indexes.is_empty());
    for (name, sql) in indexes {
        assert!(!sql.contains("(shard"), "{name}: {sql}");
    }
}
