//! What is sent to whom, with which signature, and what becomes of failures.

use crate::receiver::{Does, Receiver};
use crate::world::*;
use credere_app::Failure;
use credere_app::notices::{NoticeOptions, Reach, WebhookOptions};
use credere_core::book::{self, Rejection};
use credere_core::channel::NoticeKind;
use credere_store::contract::NoticeFilter;
use credere_store::memory::MemoryStore;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn a_warning_reaches_everybody_who_wants_it_once() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    subscribe(&app, RESELLER, false, true).await;
    let (everything, own, unsubscribed, other) = (
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(204)).await,
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
    );
    let platforms = add_hook(&app, None, &everything, &[]).await;
    let resellers = add_hook(&app, Some(RESELLER), &own, &["credit_below_25"]).await;
    let customers = add_hook(&app, Some(CUSTOMER), &unsubscribed, &[]).await;
    let picky = add_hook(&app, None, &other, &["resumed"]).await;
    spend(&app, 80).await;

    let told = everything.after(2).await;
    let mut recipients = Vec::new();
    for got in &told {
        assert!(got.signed_by(platforms.secret.as_ref().unwrap().expose()), "{got:?}");
        assert!(!got.signed_by(resellers.secret.as_ref().unwrap().expose()));
        let message = got.message();
        assert_eq!((&message["type"], &message["data"]["id"]), (&"credit_below_25".into(), &got.id.clone().into()));
        assert_eq!(message["data"]["customer_uin"], CUSTOMER);
        assert_eq!(
            (&message["data"]["level"], &message["data"]["available"]),
            (&25.into(), &"20.00".into()),
            "{message}"
        );
        assert!(message["timestamp"].as_str().unwrap().ends_with("+08:00"));
        recipients.push(message["data"]["recipient_uin"].as_u64().unwrap());
    }
    recipients.sort_unstable();
    assert_eq!(recipients, [RESELLER, CUSTOMER]);
    let one = own.after(1).await.remove(0);
    assert!(told.iter().any(|got| got.id == one.id && got.body == one.body));

    let settled = until(&app, &platforms, |rows| rows.iter().all(|row| row.state.name() == "delivered")).await;
    assert_eq!(states(&settled), ["delivered", "delivered"]);
    let notices = app.notices(platform(), NoticeFilter::default(), None, 10).await.unwrap();
    let kinds: Vec<NoticeKind> = notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::CreditBelow25, NoticeKind::CreditBelow25]);
    for notice in &notices {
        let channels: Vec<_> = notice.deliveries.iter().map(|delivery| (delivery.channel, delivery.webhook)).collect();
        let hook = |id| ("webhook", Some(id));
        let mut wanted = vec![("message_center", None), hook(platforms.id)];
        if notice.recipient == uin(RESELLER) {
            wanted.push(hook(resellers.id));
        }
        assert_eq!(channels, wanted, "{}", notice.id);
    }
    assert_eq!(app.webhook_deliveries(platform(), customers.id, None, 9).await.unwrap(), []);
    assert_eq!(app.webhook_deliveries(platform(), picky.id, None, 9).await.unwrap(), []);
    app.close();
    assert_eq!((everything.so_far().len(), own.so_far().len()), (2, 1));
    assert_eq!((unsubscribed.so_far().len(), other.so_far().len()), (0, 0));
    let gauges = app.notice_gauges();
    assert_eq!((gauges.delivered, gauges.attempts, gauges.waiting, gauges.failed), (3, 3, 0, 0));
}

#[tokio::test]
async fn failures_are_tried_again_under_the_same_number_and_logged() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    let receiver = Receiver::new(|place| match place {
        0 => Does::Answers(500),
        1 => Does::Redirects,
        2 => Does::Answers(429),
        _ => Does::Answers(200),
    })
    .await;
    subscribe(&app, RESELLER, false, true).await;
    let hook = add_hook(&app, Some(RESELLER), &receiver, &[]).await;
    spend(&app, 80).await;
    let got = receiver.after(4).await;
    assert!(got.iter().all(|one| one.id == got[0].id && one.body == got[0].body));
    until(&app, &hook, |rows| states(rows) == ["delivered"]).await;
    let view = app.webhook_deliveries(platform(), hook.id, None, 9).await.unwrap().remove(0);
    assert_eq!((view.attempts, view.reason), (4, None));
    let log: Vec<_> = view.log.iter().map(|one| (one.number, one.status, one.error.is_some())).collect();
    assert_eq!(log, [(1, Some(500), true), (2, Some(302), true), (3, Some(429), true), (4, Some(200), false)]);
    assert_eq!(view.log[0].answer.as_deref(), Some("ok"));
    app.close();
}

#[tokio::test]
async fn after_its_last_attempt_a_delivery_is_given_up_and_can_be_sent_by_hand() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    let receiver = Receiver::new(|place| Does::Answers(if place < 7 { 503 } else { 200 })).await;
    subscribe(&app, RESELLER, false, true).await;
    let hook = add_hook(&app, Some(RESELLER), &receiver, &[]).await;
    spend(&app, 80).await;
    let row = until(&app, &hook, |rows| states(rows) == ["failed"]).await.remove(0);
    assert_eq!((row.attempts, row.reason.as_deref()), (7, Some("the receiver answered 503")));
    assert_eq!(receiver.so_far().len(), 7);
    let again = app.redeliver(platform(), hook.id, Some(row.notice)).await.unwrap();
    assert_eq!(again.log.len(), 7);
    until(&app, &hook, |rows| states(rows) == ["delivered"]).await;
    assert_eq!(receiver.after(8).await[7].id, receiver.so_far()[0].id);
    let unknown = credere_app::notices::NoticeId { number: 1, place: 9 };
    let none = app.redeliver(platform(), hook.id, Some(unknown)).await;
    assert!(matches!(
        none,
        Err(Failure::Refused { rejection: Rejection::Notices(book::notices::Reason::DeliveryNotFound), .. })
    ));
    app.close();
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_nobody_else() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store, brisk()).await;
    let (hanging, prompt) = (Receiver::new(|_| Does::Hangs).await, Receiver::new(|_| Does::Answers(200)).await);
    let stuck = add_hook(&app, None, &hanging, &[]).await;
    add_hook(&app, None, &prompt, &[]).await;
    // Two recipients at each of two levels.
    spend(&app, 80).await;
    spend(&app, 15).await;
    assert_eq!(prompt.after(4).await.len(), 4);
    // One at a time, and the others wait for it.
    assert_eq!(hanging.after(1).await.len(), 1);
    assert_eq!(states(&until(&app, &stuck, |rows| rows.len() == 4).await), ["waiting"; 4]);
    app.close();
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_a_failure() {
    let webhooks = WebhookOptions { timeout: Duration::from_millis(50), ..hooks() };
    let app = furnished(Arc::new(MemoryStore::new()), NoticeOptions { webhooks, ..brisk() }).await;
    let receiver = Receiver::new(|place| if place == 0 { Does::Hangs } else { Does::Answers(200) }).await;
    subscribe(&app, RESELLER, false, true).await;
    let hook = add_hook(&app, Some(RESELLER), &receiver, &[]).await;
    spend(&app, 80).await;
    until(&app, &hook, |rows| states(rows) == ["delivered"]).await;
    let view = app.webhook_deliveries(platform(), hook.id, None, 9).await.unwrap().remove(0);
    assert_eq!(view.log[0].error.as_deref(), Some("the receiver did not answer in time"));
    assert_eq!(view.log[0].status, None);
    app.close();
}

#[tokio::test]
async fn a_private_address_is_not_called_once_the_deployment_forbids_it() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone(), brisk()).await;
    let receiver = Receiver::new(|_| Does::Answers(200)).await;
    subscribe(&app, RESELLER, false, true).await;
    let by_number = add_hook(&app, Some(RESELLER), &receiver, &[]).await;
    let named = format!("http://localhost:{}/", receiver.address.port());
    let url = app.read_webhook_url(&named).unwrap();
    let new = credere_app::notices::NewWebhook { account: None, url, kinds: Vec::new() };
    let by_name = app.add_webhook(platform(), None, new).await.unwrap();
    app.close();

    let webhooks = WebhookOptions { reach: Reach { private: false, http: true }, ..hooks() };
    let app = start_sending(store, NoticeOptions { webhooks, ..brisk() });
    assert!(app.read_webhook_url(&named).is_err());
    spend(&app, 80).await;
    let rows = until(&app, &by_number, |rows| states(rows) == ["failed"]).await;
    assert!(rows[0].reason.as_deref().unwrap().contains("not public"), "{rows:?}");
    until(&app, &by_name, |rows| states(rows) == ["failed", "failed"]).await;
    assert_eq!(receiver.so_far(), []);
    app.close();
}

#[tokio::test]
async fn what_befalls_a_resource_is_told_to_its_account_and_its_partner() {
    let app = furnished(Arc::new(MemoryStore::new()), brisk()).await;
    let (platforms, accounts, partners) = (
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
    );
    // Subscriptions are about notices, not about resources.
    let kinds = ["resource.suspended", "resource.resumed"];
    add_hook(&app, None, &platforms, &kinds).await;
    add_hook(&app, Some(CUSTOMER), &accounts, &kinds).await;
    add_hook(&app, Some(RESELLER), &partners, &kinds).await;
    run_up_arrears(&app).await;
    let now = app.now().await.unwrap();
    app.advance_clock(platform(), None, now.plus_seconds(3 * 3_600)).await.unwrap();
    for receiver in [&platforms, &accounts, &partners] {
        let message = receiver.after(1).await[0].message();
        assert_eq!((&message["type"], &message["data"]["state"]), (&"resource.suspended".into(), &"suspended".into()));
        assert_eq!(message["data"]["resource_id"], "ins-1");
        assert_eq!(
            (&message["data"]["account_uin"], &message["data"]["product_code"]),
            (&CUSTOMER.into(), &"cvm".into())
        );
    }
    pay_arrears(&app).await;
    for receiver in [&platforms, &accounts, &partners] {
        let message = receiver.after(2).await[1].message();
        assert_eq!((&message["type"], &message["data"]["state"]), (&"resource.resumed".into(), &"active".into()));
    }
    app.close();
}
