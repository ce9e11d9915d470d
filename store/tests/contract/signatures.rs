//! Signatures that were seen.

use super::{Sqlite, Subject, uin};
use credere_store::contract::{SignatureRow, Signatures};
use std::fs;

fn seen(account: u64, signed_at: i64, mark: u8) -> SignatureRow {
    SignatureRow::Seen { account: uin(account), signed_at, mark: [mark; 16] }
}

pub(crate) fn signatures_come_back_after_a_restart<S: Subject>() {
    let mut subject = S::fresh();
    assert_eq!(subject.store().signatures().unwrap(), Some(Vec::new()));
    let rows: Vec<_> = (1..=200).map(|n| seen(u64::from(n), 1_700_000_000 + i64::from(n), n)).collect();
    for row in &rows {
        subject.store().note_signature(row).unwrap();
    }
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap(), Some(rows.clone()));
    subject.store().note_signature(&rows[0]).unwrap();
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap().unwrap().len(), 201);
}

pub(crate) fn replaced_signatures_are_gone<S: Subject>() {
    let mut subject = S::fresh();
    subject.store().note_signature(&seen(1, 10, 1)).unwrap();
    subject.store().replace_signatures(&[seen(2, 20, 2)]).unwrap();
    subject.store().note_signature(&seen(3, 30, 3)).unwrap();
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap(), Some(vec![seen(2, 20, 2), seen(3, 30, 3)]));
}

pub(crate) fn rows_of_every_kind_come_back<S: Subject>() {
    let mut subject = S::fresh();
    let rows = [
        SignatureRow::Forgotten { account: None, upto: -1 },
        SignatureRow::Forgotten { account: Some(uin((1 << 53) - 1)), upto: i64::MAX },
        seen(1, 0, 255),
    ];
    subject.store().replace_signatures(&rows[..1]).unwrap();
    for row in &rows[1..] {
        subject.store().note_signature(row).unwrap();
    }
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap(), Some(rows.to_vec()));
}

/// What is left of a row whose write was cut off says nothing; a file of another machine's start, one that is no such
/// file, and none at all, are not taken for complete.
#[test]
fn a_file_that_may_lack_rows_is_not_complete() {
    let mut subject = Sqlite::fresh();
    let file = subject.folder.path().join("signatures.log");
    subject.store().note_signature(&seen(1, 10, 1)).unwrap();
    subject.store().note_signature(&seen(2, 20, 2)).unwrap();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap(), Some(vec![seen(1, 10, 1)]));
    for (place, was) in [(0, "no such file"), (8, "of another start"), (40, "of an account that nobody has")] {
        let mut other = whole.clone();
        other[place] ^= 0x80;
        fs::write(&file, other).unwrap();
        assert_eq!(subject.store().signatures().unwrap(), None, "{was}");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(subject.store().signatures().unwrap(), None);
    subject.store().replace_signatures(&[]).unwrap();
    assert_eq!(subject.store().signatures().unwrap(), Some(Vec::new()));
}

#[test]
fn a_file_that_cannot_be_written_goes() {
    let mut subject = Sqlite::fresh();
    let file = subject.folder.path().join("signatures.log");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(subject.store().note_signature(&seen(1, 10, 1)).is_err());
    fs::remove_dir(&file).unwrap();
    assert!(subject.store().note_signature(&seen(1, 10, 1)).is_err());
    subject.restart();
    assert_eq!(subject.store().signatures().unwrap(), None);
}
