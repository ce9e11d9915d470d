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
    store.keep_snapshot(&position(store, seq), &mut chunks(seq).into_iter()).unwrap();
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
