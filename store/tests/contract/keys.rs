//! Idempotency keys in runs.

use crate::{Behind, Subject, at, commit};
use credere_store::contract::{KeyHash, KeyRow, Keys, StoreError};

pub(crate) fn hash(number: u64) -> KeyHash {
    let mut key = KeyHash::default();
    key.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    key
}

pub(crate) fn row(number: u64) -> KeyRow {
    KeyRow { key: hash(number), seq: number, at: at(number as i64), lasting: false }
}

pub(crate) fn lasting(number: u64) -> KeyRow {
    KeyRow { lasting: true, ..row(number) }
}

/// Every third key lasts.
fn mixed(number: u64) -> KeyRow {
    KeyRow { lasting: number.is_multiple_of(3), ..row(number) }
}

pub(crate) fn find(store: &impl Keys, numbers: impl IntoIterator<Item = u64>) -> Vec<Option<u64>> {
    store.find_keys(&numbers.into_iter().map(hash).collect::<Vec<_>>()).unwrap()
}

pub(crate) fn used_keys_are_found_and_strangers_are_not<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(find(store, 1..=3), [None; 3]);
    // Runs within one group, over the end of a group, and larger than a group is meant to be.
    for (upto, run) in [(40, 1..=40), (60, 41..=60), (90, 61..=90), (400, 91..=300)] {
        store.seal_on(upto, run.rev().map(mixed).collect()).unwrap();
        assert_eq!(store.sealed_keys_seq().unwrap(), upto);
    }
    let check = |store: &S::Under| {
        assert_eq!(find(store, 1..=300), (1..=300).map(Some).collect::<Vec<_>>());
        assert_eq!(find(store, 301..=2_000), vec![None; 1_700]);
        assert_eq!(find(store, [500, 299, 501, 1]), [None, Some(299), None, Some(1)]);
        assert_eq!(store.find_keys(&[]).unwrap(), []);
    };
    check(store);
    // Neither what ends before the position, nor what leaves a gap behind it.
    assert!(matches!(store.seal_on(399, vec![row(999)]), Err(StoreError::Corrupt(_))));
    crate::reach(store, 410);
    assert!(matches!(store.seal_keys(401, 410, vec![row(999)]), Err(StoreError::Corrupt(_))));
    check(store);
    subject.restart();
    assert_eq!(subject.store().sealed_keys_seq().unwrap(), 400);
    check(subject.store());
}

pub(crate) fn many_small_runs_are_all_found<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    for number in 1..=200 {
        store.seal_on(number, vec![mixed(number)]).unwrap();
        commit(store, &[]);
    }
    store.seal_on(200, Vec::new()).unwrap();
    assert_eq!(find(store, 1..=201), (1..=200).map(Some).chain([None]).collect::<Vec<_>>());
    subject.restart();
    assert_eq!(find(subject.store(), 1..=201), (1..=200).map(Some).chain([None]).collect::<Vec<_>>());
}

pub(crate) fn a_key_used_again_later_counts_later<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    store.seal_on(50, (1..=50).map(row).collect()).unwrap();
    store.seal_on(51, vec![KeyRow { seq: 51, ..row(7) }]).unwrap();
    assert_eq!(find(store, [7, 8]), [Some(51), Some(8)]);
    store.seal_on(52, vec![KeyRow { seq: 52, ..row(7) }]).unwrap();
    assert_eq!(find(store, [7, 8]), [Some(52), Some(8)]);
    // Also where one use lasts and the other does not, whichever comes first.
    store.seal_on(54, vec![KeyRow { seq: 53, ..lasting(7) }, KeyRow { seq: 54, ..row(8) }]).unwrap();
    store.seal_on(56, vec![KeyRow { seq: 55, ..lasting(8) }, KeyRow { seq: 56, ..row(7) }]).unwrap();
    assert_eq!(find(store, [7, 8]), [Some(56), Some(55)]);
}

pub(crate) fn keys_are_forgotten_when_their_run_is_old<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    for run in [1..=20, 21..=40, 41..=60, 61..=80, 81..=100_u64] {
        let upto = *run.end();
        store.seal_on(upto, run.map(row).collect()).unwrap();
    }
    // The third run has keys on both sides: it stays whole.
    store.forget_keys(at(50), at(50)).unwrap();
    let expected: Vec<_> = (1..=100).map(|number| (number > 40).then_some(number)).collect();
    assert_eq!(find(store, 1..=100), expected);
    for _ in 0..200 {
        commit(store, &[]);
    }
    subject.restart();
    let store = subject.store();
    assert_eq!(find(store, 1..=100), expected);
    store.forget_keys(at(1_000), at(0)).unwrap();
    assert_eq!(find(store, 1..=100), vec![None; 100]);
    assert_eq!(store.sealed_keys_seq().unwrap(), 100);
    store.seal_on(120, (101..=120).map(row).collect()).unwrap();
    assert_eq!(find(store, 99..=120), [None, None].into_iter().chain((101..=120).map(Some)).collect::<Vec<_>>());
}

pub(crate) fn lasting_keys_are_forgotten_by_a_moment_of_their_own<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    // Over several groups, and with runs small enough to be merged.
    for run in 0..40 {
        let first = run * 5 + 1;
        store.seal_on(first + 4, (first..first + 5).map(mixed).collect()).unwrap();
        commit(store, &[]);
    }
    for _ in 0..200 {
        commit(store, &[]);
    }
    // What remains after a key that is old enough to be forgotten may be more than is asked for, for runs go whole; but
    // never the other kind, and never one that is young.
    store.forget_keys(at(150), at(20)).unwrap();
    let check = |store: &S::Under, before: u64, lasting_before: u64| {
        let found = find(store, 1..=200);
        for (number, found) in (1..=200).zip(&found) {
            let kept_from = if number % 3 == 0 { lasting_before } else { before };
            assert!(number < kept_from || *found == Some(number), "key {number} is gone");
        }
        found
    };
    let left = check(store, 150, 20);
    assert!((1..60).filter(|number| number % 3 != 0).all(|number| left[number - 1].is_none()));
    subject.restart();
    let store = subject.store();
    assert_eq!(check(store, 150, 20), left);
    // New ones of both kinds come in between.
    store.seal_on(230, (201..=230).map(mixed).collect()).unwrap();
    store.forget_keys(at(1_000), at(150)).unwrap();
    let left = check(store, 1_000, 150);
    assert!((1..=200).filter(|number| number % 3 != 0).all(|number| left[number - 1].is_none()));
    assert!((1..60).all(|number| left[number - 1].is_none()));
    assert_eq!(find(store, [201, 202, 204, 230]), [Some(201), None, Some(204), None]);
    store.seal_on(240, (231..=240).map(mixed).collect()).unwrap();
    assert_eq!(find(store, 231..=240), (231..=240).map(Some).collect::<Vec<_>>());
    store.forget_keys(at(0), at(1_000)).unwrap();
    let others = |number: u64| (!number.is_multiple_of(3)).then_some(number);
    assert_eq!(find(store, 231..=240), (231..=240).map(others).collect::<Vec<_>>());
    assert_eq!(check(store, 1_000, 1_000)[149..], vec![None; 51]);
}

pub(crate) fn cleared_keys_start_again<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    crate::reach(store, 10);
    store.seal_on(30, (1..=30).map(row).collect()).unwrap();
    store.clear_keys().unwrap();
    assert_eq!(store.sealed_keys_seq().unwrap(), 0);
    assert_eq!(find(store, 1..=30), vec![None; 30]);
    store.seal_on(10, (1..=10).map(row).collect()).unwrap();
    assert_eq!(find(store, 9..=11), [Some(9), Some(10), None]);
}
