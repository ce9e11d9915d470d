//! A start gives the same state byte for byte, from a snapshot as well as from the journal alone; what does not belong
//! to the store is refused.

use crate::world::*;
use credere_app::buying::OrdersWanted;
use credere_app::check::{Broken, reindex, verify};
use credere_app::{App, MasterKey, Quiet, StartError};
use credere_core::book::{Book, Event, Record, buying, deployment};
use credere_core::channel::{VoucherId, VoucherUse};
use credere_core::money::Amount;
use credere_store::contract::{DeploymentStore, History, HistoryFold, Journal, Snapshots, Store, StoreError};
use credere_store::frame::Frame;
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use credere_store::tail::AcceptedLoss;
use std::sync::Arc;

fn pieces(book: &Book) -> Vec<Vec<u8>> {
    book.to_pieces().collect()
}

async fn busy(app: &App, rounds: u64) {
    for round in 0..rounds {
        operate(app, key(round, round), authorize(1)).await;
        app.command(platform(), None, allocate(2)).await.unwrap();
        app.command(platform(), None, order(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_restart_gives_the_same_book() {
    let folder = tempfile::tempdir().unwrap();
    let open =
        || Arc::new(SqliteStore::open(folder.path(), OpenOptions { create: true, ..Default::default() }).unwrap());
    let app = furnished(open()).await;
    busy(&app, 50).await;
    let before = app.read(pieces).await.unwrap();
    app.close();
    drop(app);
    let app = start(open());
    assert_eq!(app.read(pieces).await.unwrap(), before);
    assert_eq!(app.allocations(platform(), uin(CUSTOMER), None, 0, 1).await.unwrap().1, 51);
}

#[tokio::test]
async fn a_snapshot_and_its_tail_give_the_same_book_as_the_journal_alone() {
    let store = Arc::new(MemoryStore::new());
    let mut few = options();
    few.engine.snapshot_every = 40;
    let app = App::start(store.clone(), few, &Quiet).unwrap();
    furnish(&app).await;
    busy(&app, 60).await;
    let before = app.read(pieces).await.unwrap();
    app.close();
    let image = store.snapshot(u64::MAX, &mut |_| Ok(())).unwrap();
    assert!(image.is_some_and(|at| at.seq > 0), "no snapshot was taken");
    assert_eq!(start(store.clone()).read(pieces).await.unwrap(), before);
    let scratch = tempfile::tempdir().unwrap();
    let proof = verify(&*store, &*store, scratch.path(), &Quiet).unwrap();
    assert_eq!(proof.snapshot_seq, image.map(|at| at.seq));
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_taken_beside_a_writer_that_does_not_pause() {
    let store = Arc::new(MemoryStore::new());
    let mut few = options();
    few.engine.snapshot_every = 20;
    let app = App::start(store.clone(), few, &Quiet).unwrap();
    furnish(&app).await;
    let newest = |store: &MemoryStore| store.snapshot(u64::MAX, &mut |_| Ok(())).unwrap().map_or(0, |at| at.seq);
    let (mut round, mut seen) = (0, Vec::new());
    while seen.len() < 3 {
        round += 1;
        assert!(round < 100_000, "no snapshot was taken while the writer was busy: {seen:?}");
        operate(&app, key(round, round), authorize(1_000)).await;
        let seq = newest(&store);
        if seq > seen.last().copied().unwrap_or(0) {
            seen.push(seq);
        }
    }
    let before = app.read(pieces).await.unwrap();
    app.close();
    assert_eq!(start(store).read(pieces).await.unwrap(), before);
}

/// Images of what changed are put on the one that a start has read, and what they come to is the book.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_what_changed_goes_on_over_restarts() {
    let store = Arc::new(MemoryStore::new());
    let images = || {
        let mut heads = 0;
        let at = store.snapshot(u64::MAX, &mut |piece| {
            heads += u64::from(piece[1] == 1);
            Ok(())
        });
        (at.unwrap().map_or(0, |at| at.seq), heads)
    };
    let (mut round, mut longest) = (0, 0);
    for life in 0..5 {
        let mut few = options();
        few.engine.snapshot_every = 20;
        let app = App::start(store.clone(), few, &Quiet).unwrap();
        if life == 0 {
            furnish(&app).await;
        }
        let (newest, _) = images();
        while images().0 == newest {
            round += 1;
            assert!(round < 100_000, "no snapshot was taken");
            operate(&app, key(round, round), authorize(1_000)).await;
        }
        let before = app.read(pieces).await.unwrap();
        app.close();
        longest = longest.max(images().1);
        let again = start(store.clone());
        assert_eq!(again.read(pieces).await.unwrap(), before, "life {life}");
        again.close();
    }
    assert!(longest > 1, "every image was a whole one");
}

#[tokio::test]
async fn history_can_be_told_again() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    busy(&app, 20).await;
    let all = |app: &Arc<App>| {
        let app = app.clone();
        async move {
            let orders = app.orders(platform(), OrdersWanted::default(), None, 200).await.unwrap();
            let audit = app.audit(platform(), Default::default(), None, 500).await.unwrap();
            (orders, audit, app.allocations(platform(), uin(CUSTOMER), None, 0, 200).await.unwrap())
        }
    };
    let before = all(&app).await;
    app.close();
    assert_eq!(reindex(&*store, &*store, &Quiet).unwrap(), store.history_seq().unwrap());
    assert_eq!(all(&start(store)).await, before);
}

/// The same journal, in which the orders that wait to be delivered cost less than an amount can say once their vouchers are
/// taken off.
fn forged(store: &MemoryStore) -> Arc<MemoryStore> {
    let forged = Arc::new(MemoryStore::new());
    forged.fix_fact("zone", "+08:00").unwrap();
    let copied = store.frames(0, u64::MAX, &mut |frame| {
        let mut records = Record::read_payload(&frame.payload).unwrap();
        for record in &mut records {
            if let Record::Decided { outcome: Ok(Event::Buying(buying::Event::OrderChanged(fact))), .. } = record {
                fact.order.price.customer = Amount::from_units(i64::MIN);
                fact.order.vouchers = vec![VoucherUse { voucher: VoucherId(1), amount: Amount::whole(1) }];
            }
        }
        let payload = Record::payload(&records).unwrap();
        forged.append(&Frame::seal(&forged.last()?, records.len() as u64, frame.at, payload), &[])
    });
    copied.unwrap();
    forged
}

#[tokio::test]
async fn a_record_that_nobody_can_have_decided_is_told_as_damage() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let waits = buying::PlaceOrder { capture: false, ..purchase(1) };
    let seq = app.command(platform(), None, waits.into()).await.unwrap().seq;
    app.close();
    let forged = forged(&store);
    let told = |error: StoreError| match error {
        StoreError::Corrupt(fault) => assert!(fault.text().contains(&format!("record {seq} ")), "{fault}"),
        other => panic!("{other}"),
    };
    // As if history had been filled before the record was damaged.
    forged.fold(HistoryFold { upto_seq: forged.last().unwrap().seq, ..HistoryFold::default() }).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    match verify(&*forged, &*forged, scratch.path(), &Quiet) {
        Err(Broken::Store(error)) => told(error),
        other => panic!("{other:?}"),
    }
    told(reindex(&*forged, &*forged, &Quiet).unwrap_err());
    match App::start(forged, options(), &Quiet) {
        Err(StartError::Store(error)) => told(error),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it starts"),
    }
}

#[tokio::test]
async fn facts_and_the_master_key_are_held_to() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    start(store.clone()).close();
    let mut other = options();
    other.currency = "EUR".into();
    assert!(matches!(
        App::start(store.clone(), other, &Quiet),
        Err(StartError::Fixed { name: "currency", fixed, wanted }) if fixed == "USD" && wanted == "EUR"
    ));
    let mut other = options();
    other.master_key = MasterKey::random().unwrap();
    assert!(matches!(App::start(store.clone(), other, &Quiet), Err(StartError::WrongMasterKey)));
    let mut other = options();
    other.zone = "Mars".into();
    assert!(App::start(store, other, &Quiet).is_err());
}

/// The records by which losses were accepted: their first and last record each.
fn accepted(store: &dyn Journal) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    let read = store.frames(0, u64::MAX, &mut |frame| {
        found.extend(Record::read_payload(&frame.payload).unwrap().iter().filter_map(|record| match record.event() {
            Some(Event::Deployment(deployment::Event::LossAccepted(deployment::LossAccepted {
                from_seq,
                upto_seq,
            }))) => Some((*from_seq, *upto_seq)),
            _ => None,
        }));
        Ok(())
    });
    read.unwrap();
    found
}

#[tokio::test]
async fn a_loss_that_a_stopped_recovery_has_not_recorded_is_recorded_once_by_a_start() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    app.close();
    let first = store.last().unwrap().seq + 1;
    let mut losses = 0;
    let mut start_with = |uptos: &[u64]| {
        for upto in uptos {
            losses += 1;
            store.fix_fact(&AcceptedLoss::fact(losses), &format!("{first} {upto}")).unwrap();
        }
        start(store.clone()).close();
        accepted(&*store)
    };
    // Begun again, a recovery may know less than before.
    assert_eq!(start_with(&[first + 8, first + 3]), [(first, first + 8)]);
    assert_eq!(start_with(&[]), [(first, first + 8)], "once");
    // As if it had been stopped right after the record: that it is recorded is not noted, and the record tells.
    assert_eq!(start_with(&[first + 8]), [(first, first + 8)]);
    assert_eq!(start_with(&[first + 9]), [(first, first + 8), (first, first + 9)], "more was lost than that");
    // A journal that has lost all that it had is that of a store which was never started.
    store.fix_fact(&AcceptedLoss::fact(5), "1 7").unwrap();
    assert_eq!(start_with(&[]).len(), 2);
}
