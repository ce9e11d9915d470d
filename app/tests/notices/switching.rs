//! Webhooks that are switched off, given another secret, or removed.

use crate::receiver::{Does, Receiver};
use crate::world::*;
use credere_app::Failure;
use credere_core::book::{Rejection, notices};
use credere_store::memory::MemoryStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone_until_somebody_sends_by_hand() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone(), brisk()).await;
    let back = Arc::new(AtomicBool::new(false));
    let receiver = {
        let back = back.clone();
        Receiver::new(move |_| Does::Answers(if back.load(SeqCst) { 200 } else { 410 })).await
    };
    let hook = add_hook(&app, None, &receiver, &[]).await;
    spend(&app, 80).await;
    // The first answer ends the second delivery as well.
    let rows = until(&app, &hook, |rows| rows.len() == 2 && !states(rows).contains(&"waiting")).await;
    let mut ended = states(&rows);
    ended.sort_unstable();
    assert_eq!(ended, ["failed", "skipped"]);
    assert!(app.webhook(platform(), hook.id).await.unwrap().off_since.is_some());
    app.close();

    // It stays off over a restart, and what happens meanwhile is not sent.
    let app = start_sending(store, brisk());
    spend(&app, 15).await;
    let rows = until(&app, &hook, |rows| rows.len() == 4).await;
    assert_eq!(states(&rows[..2]), ["skipped", "skipped"]);
    assert_eq!(rows[0].reason.as_deref(), Some("the webhook is switched off"));
    assert_eq!(receiver.so_far().len(), 1);

    back.store(true, SeqCst);
    app.redeliver(platform(), hook.id, Some(rows[0].notice)).await.unwrap();
    let rows = until(&app, &hook, |rows| rows[0].state.name() == "delivered").await;
    assert_eq!(rows[1].state.name(), "skipped");
    assert_eq!(app.webhook(platform(), hook.id).await.unwrap().off_since, None);
    spend(&app, 5).await;
    app.close();
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone(), brisk()).await;
    let receiver = Receiver::new(|_| Does::Answers(200)).await;
    let hook = add_hook(&app, None, &receiver, &[]).await;
    let first = hook.secret.clone().unwrap();
    let second = app.rotate_webhook_secret(platform(), None, hook.id).await.unwrap().secret.unwrap();
    app.close();
    let app = start_sending(store, brisk());
    spend(&app, 80).await;
    for got in receiver.after(2).await {
        assert_eq!(got.signatures.len(), 2);
        assert!(got.signed_by(first.expose()) && got.signed_by(second.expose()));
    }
    app.close();
}

#[tokio::test]
async fn a_removed_webhook_is_told_nothing_more() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    let receiver = Receiver::new(|_| Does::Hangs).await;
    let hook = add_hook(&app, None, &receiver, &[]).await;
    spend(&app, 80).await;
    receiver.after(1).await;
    app.remove_webhook(platform(), None, hook.id).await.unwrap();
    assert_eq!(app.webhooks(platform(), None).await.unwrap(), []);
    // It is not shown any more, and whoever asks something of it is told that it was there.
    let unseen = |outcome| {
        matches!(outcome, Err(Failure::Refused { rejection: Rejection::Notices(notices::Reason::WebhookNotFound), .. }))
    };
    let gone = |outcome| {
        matches!(outcome, Err(Failure::Refused { rejection: Rejection::Notices(notices::Reason::WebhookRemoved), .. }))
    };
    assert!(gone(app.remove_webhook(platform(), None, hook.id).await.map(|_| ())));
    assert!(unseen(app.webhook(platform(), hook.id).await.map(|_| ())));
    assert!(unseen(app.webhook_deliveries(platform(), hook.id, None, 9).await.map(|_| ())));
    assert!(gone(app.rotate_webhook_secret(platform(), None, hook.id).await.map(|_| ())));
    spend(&app, 15).await;
    app.close();
    assert_eq!(receiver.so_far().len(), 1);
    assert_eq!(app.notice_gauges().waiting, 0);
}

#[tokio::test]
async fn webhooks_are_listed_with_whose_they_are() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    let receiver = Receiver::new(|_| Does::Answers(200)).await;
    let (first, second) =
        (add_hook(&app, None, &receiver, &["resumed"]).await, add_hook(&app, Some(CUSTOMER), &receiver, &[]).await);
    let listed = app.webhooks(platform(), None).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|hook| (hook.id, hook.account)).collect();
    assert_eq!(ids, [(first.id, None), (second.id, Some(uin(CUSTOMER)))]);
    assert_eq!(
        (listed[0].url.as_str(), listed[0].kinds.as_slice()),
        (receiver.url().as_str(), &["resumed".into()][..])
    );
    assert_eq!(app.webhooks(platform(), Some(uin(CUSTOMER))).await.unwrap(), listed[1..]);
    app.close();
}
