//! What has ended, and what never was here: what a caller is told of it is what the journal has, and tells again.

use crate::world::*;
use credere_app::buying::RefundRequest;
use credere_app::{App, Caller, Done, Failure};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Rejection, buying, metering};
use credere_core::channel::{OrderId, OrderState, ResourceState, VoucherId};
use credere_core::ledger::Shard;
use credere_core::money::Amount;
use credere_store::contract::AuditFilter;
use credere_store::memory::MemoryStore;
use credere_testkit::commands;
use std::sync::Arc;

fn refused(outcome: Result<Done, Failure>) -> (Rejection, bool) {
    match outcome {
        Err(Failure::Refused { rejection, replayed }) => (rejection, replayed),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The codes that the audit has of an action, newest first.
async fn audited(app: &App, action: &str) -> Vec<Option<String>> {
    let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    app.audit(platform(), filter, None, 10).await.unwrap().into_iter().map(|entry| entry.code).collect()
}

#[tokio::test]
async fn how_an_order_ended_is_recorded_as_it_is_told() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let order = OrderId(app.command(platform(), None, order(30)).await.unwrap().seq);
    let told =
        Rejection::Buying(buying::Reason::OrderNot { state: OrderState::Delivered, needed: OrderState::Processing });
    let deliver = |app: Arc<App>| async move { app.deliver_order(platform(), Some(key(1, 1)), order).await };
    assert_eq!(refused(deliver(app.clone()).await), (told.clone(), false));
    assert_eq!(audited(&app, "deliver_order").await, [Some("order_not_processing".to_owned())]);
    app.close();
    assert_eq!(refused(deliver(start(store)).await), (told, true));
}

#[tokio::test]
async fn of_two_that_come_at_once_the_second_is_told_what_the_first_did() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let held = buying::PlaceOrder { capture: false, ..purchase(30) };
    let order = OrderId(app.command(platform(), None, held.into()).await.unwrap().seq);
    let deliver = |number| app.deliver_order(platform(), Some(key(number, 1)), order);
    let (one, other) = tokio::join!(deliver(1), deliver(2));
    let refusal = if one.is_ok() { other } else { one };
    assert_eq!(code(refusal), "order_not_processing");
    assert_eq!(audited(&app, "deliver_order").await, [Some("order_not_processing".to_owned()), None]);
}

#[tokio::test]
async fn a_refused_step_of_an_open_order_is_audited_with_its_account() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let place =
        async |asked: buying::PlaceOrder| OrderId(app.command(platform(), None, asked.into()).await.unwrap().seq);
    let held = place(buying::PlaceOrder { capture: false, ..purchase(30) }).await;
    let parked = place(buying::PlaceOrder { park: true, ..purchase(1_000) }).await;
    let reader = Caller { actor: Actor::Platform { key: 1, access: KeyAccess::Read }, ..platform() };
    let refused = [
        app.pay_order(platform(), None, held, buying::PayBy::Customer).await,
        app.deliver_order(platform(), None, parked).await,
        app.cancel_order(reader, None, held).await,
        app.refund_order(platform(), None, held, RefundRequest::of_order(Amount::whole(1))).await,
    ];
    let codes = ["order_not_payable", "order_not_processing", "read_only_key", "order_not_delivered"];
    assert_eq!(refused.map(code), codes);
    let of_customer = AuditFilter { account: Some(uin(CUSTOMER)), ..AuditFilter::default() };
    let entries = app.audit(platform(), of_customer, None, 4).await.unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["refund_order", "cancel_order", "deliver_order", "pay_order"]);
}

#[tokio::test]
async fn what_is_of_another_shard_is_not_found_and_that_is_recorded() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let elsewhere = Shard::LAST.number_at(1).unwrap();
    assert_eq!(code(app.deliver_order(platform(), None, OrderId(elsewhere)).await), "order_not_found");
    assert_eq!(audited(&app, "deliver_order").await, [Some("order_not_found".to_owned())]);
    assert_eq!(
        code(app.refund_order(platform(), None, OrderId(elsewhere), RefundRequest::of_order(Amount::whole(1))).await),
        "order_not_found"
    );
    assert_eq!(code(app.invalidate_voucher(platform(), None, VoucherId(u64::MAX)).await), "voucher_not_found");
}

#[tokio::test]
async fn a_name_is_that_of_the_newest_resource_that_had_it() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let activate = || commands::activate(uin(CUSTOMER), "vm", "cvm", Amount::whole(1));
    let terminate = |key| app.terminate_resource(platform(), key, "vm".parse().unwrap(), None);
    assert_eq!(code(terminate(None).await), "resource_not_found");
    app.command(platform(), None, activate().into()).await.unwrap();
    terminate(Some(key(1, 1))).await.unwrap();
    let ended = Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Terminated));
    assert_eq!(refused(terminate(None).await).0, ended);
    app.command(platform(), None, activate().into()).await.unwrap();
    assert!(terminate(Some(key(1, 1))).await.unwrap().replayed, "the key is of the first one's end");
    terminate(None).await.unwrap();
    let told = [Some("resource_not_active"), Some("resource_not_found")].map(|code| code.map(str::to_owned));
    let audited = audited(&app, "terminate_resource").await;
    assert_eq!(audited.into_iter().filter(Option::is_some).collect::<Vec<_>>(), told);
}
