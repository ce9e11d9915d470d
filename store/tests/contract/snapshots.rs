//! Images of the book.

use crate::{Subject, commit, reach};
use credere_store::contract::{Journal, Snapshots, StoreError};
use credere_store::frame::Position;

/// The place in the journal where the frame with this event ends.
pub(crate) fn position(store: &impl Journal, seq: u64) -> Position {
    store.frame_with(seq).unwrap().unwrap().position()
}

/// Chunks that differ by image; one of them is empty.
pub(crate) fn chunks(seq: u64) -> Vec<Vec<u8>> {
    vec![format!("image {seq}").into_bytes(), Vec::new(), vec![seq as u8; 70_000]]
}

pub(crate) fn keep(store: &(impl Snapshots + Journal), seq: u64) {
    reach(store, seq);
    store.keep_snapshot(&position(store, seq), None, &mut chunks(seq).into_iter()).unwrap();
}

/// An image of what changed since the one before; answers whether a whole one would be the shorter.
pub(crate) fn keep_changes(store: &(impl Snapshots + Journal), seq: u64, bytes: usize) -> bool {
    reach(store, seq);
    store.keep_snapshot(&position(store, seq), Some(seq - 10), &mut changes(seq, bytes).into_iter()).unwrap()
}

pub(crate) fn changes(seq: u64, bytes: usize) -> Vec<Vec<u8>> {
    vec![format!("changes {seq}").into_bytes(), vec![seq as u8; bytes]]
}

pub(crate) fn newest(store: &impl Snapshots, not_after: u64) -> Option<(Position, Vec<Vec<u8>>)> {
    let mut found = Vec::new();
    let at = store.snapshot(not_after, &mut |chunk| {
        found.push(chunk.to_vec());
        Ok(())
    });
    at.unwrap().map(|at| (at, found))
}

pub(crate) fn the_newest_image_not_after_a_position_is_visited<S: Subject>() {
    let mut subject = S::fresh();
    assert_eq!(newest(subject.store(), u64::MAX), None);
    keep(subject.store(), 10);
    keep(subject.store(), 20);
    subject.restart();
    for (not_after, seq) in [(u64::MAX, 20), (20, 20), (19, 10), (10, 10)] {
        assert_eq!(
            newest(subject.store(), not_after),
            Some((position(subject.store(), seq), chunks(seq))),
            "{not_after}"
        );
    }
    assert_eq!(newest(subject.store(), 9), None);
}

pub(crate) fn two_images_are_kept<S: Subject>() {
    let subject = S::fresh();
    for seq in [10, 20, 30] {
        keep(subject.store(), seq);
    }
    assert_eq!(newest(subject.store(), 30), Some((position(subject.store(), 30), chunks(30))));
    assert_eq!(newest(subject.store(), 29), Some((position(subject.store(), 20), chunks(20))));
    assert_eq!(newest(subject.store(), 19), None);
}

pub(crate) fn a_visitor_may_fail_and_ask_the_store<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    keep(store, 10);
    let failed = store.snapshot(10, &mut |_| {
        commit(store, &[]);
        Err(StoreError::corrupt("does not decode"))
    });
    assert!(matches!(failed, Err(StoreError::Corrupt(fault)) if fault.text() == "does not decode"));
    assert_eq!(store.last().unwrap().seq, 11);
    assert_eq!(newest(store, 10), Some((position(store, 10), chunks(10))));
}

pub(crate) fn an_image_of_changes_is_read_with_all_that_it_builds_on<S: Subject>() {
    let mut subject = S::fresh();
    keep(subject.store(), 10);
    keep_changes(subject.store(), 20, 9);
    keep_changes(subject.store(), 30, 9);
    subject.restart();
    let of_30 = [changes(30, 9), changes(20, 9), chunks(10)].concat();
    let of_20 = [changes(20, 9), chunks(10)].concat();
    for (not_after, seq, read) in [(u64::MAX, 30, &of_30), (29, 20, &of_20), (19, 10, &chunks(10))] {
        assert_eq!(newest(subject.store(), not_after).unwrap(), (position(subject.store(), seq), read.clone()));
    }
    // A whole one begins anew.
    keep(subject.store(), 40);
    assert_eq!(newest(subject.store(), 40).unwrap().1, chunks(40));
    assert_eq!(newest(subject.store(), 39).unwrap().1, of_30);
}

pub(crate) fn two_whole_images_are_kept_with_what_builds_on_them<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    keep(store, 10);
    keep_changes(store, 20, 9);
    keep(store, 30);
    keep_changes(store, 40, 9);
    assert_eq!(newest(store, 20).unwrap().1, [changes(20, 9), chunks(10)].concat());
    keep(store, 50);
    assert_eq!(newest(store, 49).unwrap().1, [changes(40, 9), chunks(30)].concat());
    assert_eq!(newest(store, 29), None);
}

pub(crate) fn changes_outweigh_the_whole_image_or_not<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    keep(store, 10);
    assert!(!keep_changes(store, 20, 40_000));
    assert!(keep_changes(store, 30, 40_000));
    keep(store, 40);
    assert!(!keep_changes(store, 50, 40_000));
}

pub(crate) fn changes_need_an_image_that_is_not_before_them<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    reach(store, 20);
    reach(store, 30);
    let keep_since = |since| store.keep_snapshot(&position(store, 30), Some(since), &mut changes(30, 9).into_iter());
    assert!(matches!(keep_since(0), Err(StoreError::Corrupt(_))));
    keep(store, 20);
    assert!(matches!(keep_since(21), Err(StoreError::Corrupt(_))));
    assert_eq!(newest(store, u64::MAX).unwrap().1, chunks(20));
    // More than what changed does no harm.
    keep_since(5).unwrap();
    assert_eq!(newest(store, u64::MAX).unwrap().1, [changes(30, 9), chunks(20)].concat());
    // One that is not after what it would build on is of no use.
    assert!(matches!(keep_since(20), Err(StoreError::Corrupt(_))));
    assert_eq!(newest(store, u64::MAX).unwrap().1, [changes(30, 9), chunks(20)].concat());
}

pub(crate) fn images_after_a_position_are_forgotten<S: Subject>() {
    let mut subject = S::fresh();
    keep(subject.store(), 10);
    keep_changes(subject.store(), 20, 10);
    keep(subject.store(), 30);
    keep_changes(subject.store(), 40, 10);
    subject.store().forget_snapshots(40).unwrap();
    assert_eq!(newest(subject.store(), 99).map(|(at, _)| at.seq), Some(40));
    subject.store().forget_snapshots(10).unwrap();
    subject.restart();
    assert_eq!(newest(subject.store(), 99), Some((position(subject.store(), 10), chunks(10))));
    // What would build on one of those is refused, and a whole one is kept.
    let at = position(subject.store(), 40);
    let refused = subject.store().keep_snapshot(&at, Some(30), &mut chunks(40).into_iter());
    assert!(matches!(refused, Err(StoreError::Corrupt(_))));
    keep(subject.store(), 40);
    assert_eq!(newest(subject.store(), 99), Some((position(subject.store(), 40), chunks(40))));
    subject.store().forget_snapshots(0).unwrap();
    assert_eq!(newest(subject.store(), 99), None);
}
