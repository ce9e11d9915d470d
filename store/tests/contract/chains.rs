//! Chains of images in a file: what damage and a kill leave of them.

use crate::reach;
use crate::snapshots::{changes, chunks, keep, keep_changes, newest, position};
use crate::sqlite_only::{closed, damage, overwrite, reopened};
use credere_store::contract::Snapshots;
use std::path::Path;

/// Whatever of a chain is damaged or missing, what builds on it goes with it, and what is left is found; with the whole
/// image, that is the chain before.
#[test]
fn a_chain_is_believed_up_to_its_first_damage() {
    let chain = || {
        closed(|store| {
            keep(store, 10);
            keep(store, 20);
            keep_changes(store, 30, 9);
            keep_changes(store, 40, 9);
            keep_changes(store, 50, 9);
        })
    };
    let upto = |seq: u64| match seq {
        10 => chunks(10),
        _ => (21..=seq).rev().filter(|seq| seq % 10 == 0).flat_map(|seq| changes(seq, 9)).chain(chunks(20)).collect(),
    };
    type Damage = fn(&Path);
    let cases: [(&str, u64, Damage); 8] = [
        ("nothing", 50, |_| ()),
        ("the last chunk", 40, |file| overwrite(file, b"changes 50", b"changes 60")),
        ("a chunk between", 30, |file| overwrite(file, b"changes 40", b"changes 60")),
        ("a chunk of the whole one", 10, |file| overwrite(file, b"image 20", b"image 60")),
        ("a header between", 30, |file| damage(file, "image", "bytes = bytes + 1 WHERE seq = 40")),
        ("a missing header between", 30, |file| damage(file, "image", "complete = 0 WHERE seq = 40")),
        ("a missing header of the whole one", 10, |file| damage(file, "image", "complete = 0 WHERE seq = 20")),
        ("a missing chunk", 20, |file| {
            damage(file, "chunk", "image = 99 WHERE image = (SELECT id FROM image WHERE seq = 30)")
        }),
    ];
    for (what, seq, harm) in cases {
        let folder = chain();
        harm(&folder.path().join("snapshots.db"));
        let store = reopened(folder.path()).unwrap();
        let found = newest(&store, u64::MAX).unwrap();
        assert_eq!((found.0.seq, found.1), (seq, upto(seq)), "{what}");
        // What was found damaged is gone, and what comes next builds on what is left.
        reach(&store, 60);
        store.keep_snapshot(&position(&store, 60), Some(seq), &mut changes(60, 9).into_iter()).unwrap();
        assert_eq!(newest(&store, u64::MAX).unwrap().1, [changes(60, 9), upto(seq)].concat(), "{what}");
    }
}

/// A writer that was killed within an image leaves the chain as it was before.
#[test]
fn changes_half_written_do_not_count() {
    let folder = closed(|store| {
        keep(store, 10);
        keep_changes(store, 20, 9);
        reach(store, 30);
        let panicking = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut chunks = (0..).map(|number| if number < 40 { vec![1; 1 << 20] } else { panic!("on purpose") });
            store.keep_snapshot(&position(store, 30), Some(20), &mut chunks)
        }));
        assert!(panicking.is_err());
    });
    let store = reopened(folder.path()).unwrap();
    assert_eq!(newest(&store, u64::MAX).unwrap().1, [changes(20, 9), chunks(10)].concat());
    store.keep_snapshot(&position(&store, 30), Some(20), &mut changes(30, 9).into_iter()).unwrap();
    assert_eq!(newest(&store, u64::MAX).unwrap().1, [changes(30, 9), changes(20, 9), chunks(10)].concat());
}
