//! Frames, facts and the chain.

use crate::{Subject, commit, frames, next};
use credere_store::contract::{
    DeploymentStore, History, HistoryFold, Journal, Keys, ShardId, ShardStore, Snapshots, Store, StoreError,
};
use credere_store::frame::{Frame, Position};
use credere_store::outbox::Outbox;
use credere_store::verify::{ChainReport, verify_chain};

pub(crate) fn frames_come_back_as_they_were<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.last().unwrap(), Position::default());
    let mut written = Vec::new();
    for (events, payload) in [(1, &b"a"[..]), (3, b""), (7, &[0xff; 9_000])] {
        let frame = next(store, events, payload);
        store.append(&frame, &[]).unwrap();
        assert_eq!(store.last().unwrap(), frame.position());
        written.push(frame);
    }
    assert_eq!(frames(store, 0).unwrap(), written);
    assert_eq!(frames(store, 4).unwrap(), written[2..]);
    assert_eq!(frames(store, 11).unwrap(), []);
    for frame in &written {
        for seq in frame.first_seq..=frame.last_seq {
            assert_eq!(store.frame_with(seq).unwrap().as_ref(), Some(frame), "{seq}");
        }
    }
    assert_eq!(store.frame_with(12).unwrap(), None);
    subject.restart();
    assert_eq!(frames(subject.store(), 0).unwrap(), written);
}

pub(crate) fn a_frame_that_does_not_follow_is_refused<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let first = commit(store, &[]);
    let good = next(store, 2, b"payload");
    for wrong in [
        first.clone(),
        Frame::seal(&Position::default(), 1, first.at, b"event".to_vec()),
        Frame::seal(&Position { seq: 5, ..first.position() }, 1, first.at, b"event".to_vec()),
        Frame { payload: b"another".to_vec(), ..good.clone() },
        Frame { last_seq: 9, ..good.clone() },
    ] {
        assert!(matches!(store.append(&wrong, &[]), Err(StoreError::Corrupt(_))), "{wrong:?}");
        assert_eq!(store.last().unwrap(), first.position());
    }
    // A refusal is not a failure: the right frame goes through without opening anew.
    store.append(&good, &[]).unwrap();
    assert_eq!(frames(store, 0).unwrap(), [first, good]);
}

pub(crate) fn the_end_is_found_after_a_restart<S: Subject>() {
    let mut subject = S::fresh();
    commit(subject.store(), &[]);
    let last = commit(subject.store(), &[]);
    subject.restart();
    assert_eq!(subject.store().last().unwrap(), last.position());
    let lost = next(subject.store(), 1, b"lost");
    subject.append_and_lose(&lost, &[]);
    assert_eq!(subject.store().last().unwrap(), last.position());
    let other = commit(subject.store(), &[]);
    assert_eq!(subject.store().last().unwrap(), other.position());
}

pub(crate) fn a_walk_starts_at_a_frames_end_only<S: Subject>() {
    let subject = S::fresh();
    let frame = next(subject.store(), 5, b"five events");
    subject.store().append(&frame, &[]).unwrap();
    for nowhere in [1, 4, 6, u64::MAX] {
        assert!(matches!(frames(subject.store(), nowhere), Err(StoreError::Corrupt(_))), "{nowhere}");
    }
}

pub(crate) fn a_visitor_ends_the_walk_and_may_ask_the_store<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    for _ in 0..5 {
        commit(store, &[]);
    }
    let mut seen = 0;
    let ended = store.frames(0, u64::MAX, &mut |frame| {
        // Appending in the middle of a walk is what a follower's neighbour does.
        if frame.last_seq == 1 {
            commit(store, &[]);
        }
        seen += 1;
        if frame.last_seq == 3 { Err(StoreError::io("enough")) } else { Ok(()) }
    });
    assert!(matches!(ended, Err(StoreError::Io(fault)) if fault.text() == "enough"));
    assert_eq!(seen, 3);
    assert_eq!(store.last().unwrap().seq, 6);
}

pub(crate) fn a_long_journal_is_walked_to_its_end<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    // More bytes than any store should read at once.
    let payload = vec![7; 1_500_000];
    for _ in 0..8 {
        let frame = next(store, 1_000, &payload);
        store.append(&frame, &[]).unwrap();
    }
    let found = frames(store, 0).unwrap();
    assert_eq!(
        found.iter().map(|frame| frame.last_seq).collect::<Vec<_>>(),
        (1..=8).map(|n| n * 1_000).collect::<Vec<_>>()
    );
    assert!(found.iter().all(|frame| frame.payload == payload));
}

pub(crate) fn facts_are_fixed_once<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.fact("currency").unwrap(), None);
    assert_eq!(store.fix_fact("currency", "USD").unwrap(), "USD");
    assert_eq!(store.fix_fact("currency", "EUR").unwrap(), "USD");
    assert_eq!(store.fix_fact("zone", "UTC").unwrap(), "UTC");
    // A fact is no frame, and a frame goes through after it.
    assert_eq!(store.last().unwrap().seq, 0);
    commit(store, &[]);
    subject.restart();
    assert_eq!(subject.store().fact("currency").unwrap().as_deref(), Some("USD"));
    assert_eq!(subject.store().fact("zone").unwrap().as_deref(), Some("UTC"));
}

pub(crate) fn a_store_hands_out_its_shard_and_the_deployment<S: Subject>() {
    let subject = S::fresh();
    let store = subject.shared();
    let (shard, deployment) = (store.clone().shard(ShardId::FIRST).unwrap(), store.clone().deployment());
    let end = commit(&*store, &[]).position();
    assert_eq!((shard.id(), shard.last().unwrap()), (ShardId::FIRST, end));
    assert!(matches!(store.clone().shard(ShardId::LAST), Err(StoreError::Io(_))));
    deployment.fix_fact("currency", "USD").unwrap();
    shard.reopen().unwrap();
    assert_eq!(store.fact("currency").unwrap().as_deref(), Some("USD"));
}

pub(crate) fn the_chain_is_verified<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    assert_eq!(verify_chain(store, &mut |_, _| ()).unwrap(), ChainReport::default());
    for events in 1..=4 {
        let frame = next(store, events, b"payload");
        store.append(&frame, &[]).unwrap();
    }
    let mut told = Vec::new();
    let report = verify_chain(store, &mut |seq, of| told.push((seq, of))).unwrap();
    assert_eq!(report, ChainReport { frames: 4, end: store.last().unwrap() });
    assert_eq!(told, [(1, 10), (3, 10), (6, 10), (10, 10)]);
}

pub(crate) fn reopening_changes_nothing_that_is_durable<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let one = commit(store, &[crate::named(7, "seven")]);
    store.fix_fact("zone", "UTC").unwrap();
    store.reopen().unwrap();
    store.reopen().unwrap();
    assert_eq!(store.last().unwrap(), one.position());
    assert_eq!(store.fact("zone").unwrap().as_deref(), Some("UTC"));
    let two = commit(store, &[]);
    assert_eq!(frames(store, 0).unwrap(), [one, two]);
}

pub(crate) fn what_follows_the_journal_ends_where_a_frame_does<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let frame = next(store, 5, b"five events");
    store.append(&frame, &[]).unwrap();
    for nowhere in [4, 6] {
        let fold = HistoryFold { upto_seq: nowhere, ..HistoryFold::default() };
        assert!(matches!(store.fold(fold), Err(StoreError::Corrupt(_))), "{nowhere}");
        assert!(matches!(store.seal_keys(0, nowhere, Vec::new()), Err(StoreError::Corrupt(_))), "{nowhere}");
        assert!(matches!(store.queue_deliveries(nowhere, Vec::new()), Err(StoreError::Corrupt(_))), "{nowhere}");
        let place = Position { seq: nowhere, hash: frame.hash };
        assert!(matches!(store.keep_snapshot(&place, None, &mut std::iter::empty()), Err(StoreError::Corrupt(_))));
    }
    let other = Position { seq: 5, hash: [7; 32] };
    assert!(matches!(store.keep_snapshot(&other, None, &mut std::iter::empty()), Err(StoreError::Corrupt(_))));
    let reached = (store.history_seq(), store.sealed_keys_seq(), store.outbox_seq());
    assert_eq!((reached.0.unwrap(), reached.1.unwrap(), reached.2.unwrap()), (0, 0, 0));
    assert_eq!(crate::snapshots::newest(store, u64::MAX), None);
}
