//! The process dies between any two steps: each occurrence is queued once for each receiver, and arrives at least once
//! under one number.

use crate::receiver::{Does, PATIENCE, Receiver};
use crate::world::*;
use credere_app::App;
use credere_app::check::reindex;
use credere_app::notices::{NoticeOptions, WebhookOptions};
use credere_store::contract::{ShardId, Store, StoreError};
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A store that outlives the application.
enum Place {
    Memory(Arc<MemoryStore>),
    Folder(TempDir),
}

impl Place {
    fn both() -> [Place; 2] {
        [Place::Memory(Arc::default()), Place::Folder(tempfile::tempdir().unwrap())]
    }

    fn open(&self) -> Arc<dyn Store> {
        match self {
            Place::Memory(store) => store.clone(),
            Place::Folder(folder) => {
                let options = OpenOptions { create: true, ..OpenOptions::default() };
                // A thread of the application before may still be letting go of it.
                let since = Instant::now();
                loop {
                    match SqliteStore::open(folder.path(), options.clone()) {
                        Err(StoreError::InUse(_)) if since.elapsed() < PATIENCE => std::thread::yield_now(),
                        opened => return Arc::new(opened.unwrap()),
                    }
                }
            }
        }
    }
}

impl Place {
    /// How many hold the store while no application does.
    fn holders(&self) -> usize {
        match self {
            Place::Memory(_) => 1,
            Place::Folder(_) => 0,
        }
    }

    /// Lets an application go without closing it, and waits until all its threads have let go of the store.
    async fn kill(&self, app: Arc<App>, store: Arc<dyn Store>) {
        let (held, holders) = (Arc::downgrade(&store), self.holders());
        drop((app, store));
        let gone = async {
            while held.strong_count() > holders {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("a thread holds on to the store");
    }
}

fn ids(got: &[crate::receiver::Got]) -> BTreeSet<String> {
    got.iter().map(|one| one.id.clone()).collect()
}

#[tokio::test]
async fn what_was_decided_while_nobody_queued_is_queued_by_the_next_start() {
    for place in Place::both() {
        let receiver = Receiver::new(|_| Does::Answers(200)).await;
        let app = furnished(place.open(), brisk()).await;
        let hook = add_hook(&app, None, &receiver, &[]).await;
        app.close();
        drop(app);
        // Decided, and not queued: as if the process had died right after the commit.
        let app = start(place.open());
        spend(&app, 80).await;
        app.close();
        drop(app);
        for _ in 0..2 {
            let app = start_sending(place.open(), brisk());
            until(&app, &hook, |rows| states(rows) == ["delivered", "delivered"]).await;
            app.close();
        }
        assert_eq!((receiver.so_far().len(), ids(&receiver.so_far()).len()), (2, 2));
    }
}

#[tokio::test]
async fn what_was_queued_and_not_sent_is_sent_by_the_next_start() {
    for place in Place::both() {
        let receiver = Receiver::new(|_| Does::Answers(200)).await;
        let app = furnished(place.open(), brisk()).await;
        let hook = add_hook(&app, None, &receiver, &[]).await;
        // Nobody listens, and the next attempt is far away.
        let address = receiver.stop().await;
        app.close();
        drop(app);
        let patient = WebhookOptions { retries: "1h".parse().unwrap(), ..hooks() };
        let app = start_sending(place.open(), NoticeOptions { webhooks: patient, ..brisk() });
        spend(&app, 80).await;
        let rows = until(&app, &hook, |rows| rows.len() == 2 && rows.iter().all(|row| row.attempts == 1)).await;
        assert_eq!(states(&rows), ["waiting", "waiting"]);
        app.close();
        drop(app);
        let receiver = Receiver::at(address, |_| Does::Answers(200)).await;
        let app = start_sending(place.open(), brisk());
        for row in rows {
            app.redeliver(platform(), hook.id, Some(row.notice)).await.unwrap();
        }
        until(&app, &hook, |rows| states(rows) == ["delivered", "delivered"]).await;
        app.close();
        assert_eq!((receiver.so_far().len(), ids(&receiver.so_far()).len()), (2, 2));
    }
}

#[tokio::test]
async fn what_was_sent_and_not_written_down_is_sent_again_under_its_number() {
    for place in Place::both() {
        // The first request is taken, and the process dies before it hears of that.
        let receiver = Receiver::new(|place| if place == 0 { Does::Hangs } else { Does::Answers(200) }).await;
        let store = place.open();
        let app = furnished(store.clone(), brisk()).await;
        let hook = add_hook(&app, None, &receiver, &[]).await;
        spend(&app, 80).await;
        receiver.after(1).await;
        place.kill(app, store).await;
        let app = start_sending(place.open(), brisk());
        until(&app, &hook, |rows| states(rows) == ["delivered", "delivered"]).await;
        app.close();
        let got = receiver.so_far();
        assert_eq!((got.len(), ids(&got).len()), (3, 2));
        assert!(got[1..].iter().any(|one| one.id == got[0].id && one.body == got[0].body));
    }
}

#[tokio::test]
async fn telling_history_anew_sends_nothing_again() {
    for place in Place::both() {
        let receiver = Receiver::new(|_| Does::Answers(200)).await;
        let app = furnished(place.open(), brisk()).await;
        let hook = add_hook(&app, None, &receiver, &[]).await;
        spend(&app, 80).await;
        until(&app, &hook, |rows| states(rows) == ["delivered", "delivered"]).await;
        app.close();
        drop(app);
        let store = place.open();
        let shard = store.clone().shard(ShardId::FIRST).unwrap();
        reindex(&*shard, &*store.clone().deployment(), &credere_app::Quiet).unwrap();
        let app = start_sending(store.clone(), brisk());
        spend(&app, 15).await;
        until(&app, &hook, |rows| states(rows) == ["delivered"; 4]).await;
        app.close();
        assert_eq!(receiver.so_far().len(), 4);
        assert_eq!(shard.outbox_seq().unwrap(), shard.last().unwrap().seq);
    }
}

#[tokio::test]
async fn a_receiver_that_comes_back_gets_what_waited() {
    let receiver = Receiver::new(|_| Does::Answers(200)).await;
    let slow = WebhookOptions { retries: "20ms 20ms 20ms 20ms 1s 1s 1s 1s 1s 1s 1s".parse().unwrap(), ..hooks() };
    let app = furnished(Arc::new(MemoryStore::new()), NoticeOptions { webhooks: slow, ..brisk() }).await;
    let hook = add_hook(&app, None, &receiver, &[]).await;
    let address = receiver.stop().await;
    spend(&app, 80).await;
    until(&app, &hook, |rows| rows.len() == 2 && rows.iter().all(|row| row.attempts > 0)).await;
    let receiver = Receiver::at(address, |_| Does::Answers(200)).await;
    until(&app, &hook, |rows| states(rows) == ["delivered", "delivered"]).await;
    assert_eq!(ids(&receiver.so_far()).len(), 2);
    app.close();
}
