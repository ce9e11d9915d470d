//! On a shard that is not the first, every number that is shown says so, is found again, and is told again under its key;
//! the same position of another shard is nothing here.

use crate::world::*;
use credere_app::audit::AuditFilter;
use credere_app::bills::{Bill, LineQuery, ReceiptRequest};
use credere_app::buying::{AuthorizationState, OperationStatus, OrdersWanted, RefundRequest};
use credere_app::idempotency::KeyMaker;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::notices::{NewWebhook, NoticeFilter};
use credere_app::vouchers::VoucherQuery;
use credere_app::{App, Failure, Quiet, check};
use credere_core::access::Action;
use credere_core::book::{buying, catalogue, parties};
use credere_core::channel::{AuthorizationId, DiscountScope, LineId, OrderId, VoucherId, WebhookId};
use credere_core::ledger::Shard;
use credere_core::money::{Amount, Rate};
use credere_store::contract::{DeploymentStore, Journal, ShardStore, Store, StoreError};
use credere_store::memory::MemoryStore;
use credere_testkit::commands;
use std::sync::Arc;

/// A store that is asked for the first shard and hands out a later one: the application works on what it is given.
struct Later(Arc<MemoryStore>);

impl Store for Later {
    fn shard(self: Arc<Self>, _: Shard) -> Result<Arc<dyn ShardStore>, StoreError> {
        Ok(self.0.clone())
    }

    fn deployment(self: Arc<Self>) -> Arc<dyn DeploymentStore> {
        self.0.clone()
    }
}

fn shard() -> Shard {
    Shard::new(3).unwrap()
}

fn on(store: &Arc<MemoryStore>) -> Arc<App> {
    start(Arc::new(Later(store.clone())))
}

/// A store with that shard, and an application on it with the small world.
async fn later() -> (Arc<MemoryStore>, Arc<App>) {
    let store = Arc::new(MemoryStore::of(shard()));
    let app = on(&store);
    furnish(&app).await;
    (store, app)
}

/// The number of the newest record.
fn newest(store: &MemoryStore) -> u64 {
    shard().number_at(store.last().unwrap().seq).unwrap()
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused { rejection, .. }) => rejection.code(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn an_order_is_found_listed_refunded_and_told_again() {
    let (store, app) = later().await;
    let bought = platform();
    let done = app.command(bought, Some(key(1, 1)), order(30)).await.unwrap();
    let id = OrderId(shard().number_at(done.seq).unwrap());
    assert_eq!((app.order_after(&done.event).unwrap().order.id, done.number().unwrap()), (id, id.0));
    assert_eq!(app.order(platform(), id).await.unwrap().order.id, id);
    let listed = app
        .orders(
            platform(),
            OrdersWanted { account: Some(uin(CUSTOMER)), ..OrdersWanted::default() },
            Some(done.seq + 1),
            9,
        )
        .await
        .unwrap();
    assert_eq!(listed.iter().map(|view| view.order.id).collect::<Vec<_>>(), [id]);
    assert_eq!(refusal(app.order(platform(), OrderId(done.seq)).await), "order_not_found");
    assert_eq!(
        refusal(app.refund_order(platform(), None, OrderId(done.seq), RefundRequest::of_order(Amount::whole(1))).await),
        "order_not_found"
    );
    let explained = app.decision(platform(), bought.request_id.to_string(), None).await.unwrap();
    assert_eq!(explained.decided.unwrap().because.len(), 2, "the decision is taken again on that shard's book");
    app.refund_order(platform(), None, id, RefundRequest::of_order(Amount::whole(10))).await.unwrap();
    app.close();
    let app = on(&store);
    let again = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert_eq!((again.replayed, again.number().unwrap(), again.event), (true, id.0, done.event));
    assert_eq!(available(&app).await, Amount::whole(80));
}

#[tokio::test]
async fn an_authorization_is_captured_and_found_and_told_again() {
    let (store, app) = later().await;
    let (OperationStatus::Approved(id), false) = operate(&app, key(1, 1), authorize(30)).await else {
        panic!("it is approved");
    };
    assert_eq!(Shard::of(id.opened_seq), Some(shard()));
    app.close();
    let app = on(&store);
    assert_eq!(operate(&app, key(1, 1), authorize(30)).await, (OperationStatus::Approved(id), true));
    assert_eq!(app.authorization(platform(), id).await.unwrap().state, AuthorizationState::Open);
    let capture = buying::Capture { authorization: id, amount: Some(Amount::whole(20)) };
    assert_eq!(operate(&app, key(2, 2), capture.into()).await, (OperationStatus::Captured(id), false));
    let view = app.authorization(platform(), id).await.unwrap();
    assert_eq!((view.id, view.state), (id, AuthorizationState::Captured));
    let elsewhere = AuthorizationId { opened_seq: id.position(), ..id };
    assert_eq!(refusal(app.authorization(platform(), elsewhere).await), "authorization_not_found");
}

#[tokio::test]
async fn a_line_is_named_in_a_receipt_by_its_number() {
    let (store, app) = later().await;
    app.command(platform(), None, order(10)).await.unwrap();
    let bought = OrderId(newest(&store));
    let now = app.now().await.unwrap();
    let record = usage(Amount::whole(20), now);
    let month = app.calendar().month(now);
    let key = KeyMaker::default().of_usage(b"key", uin(CUSTOMER), month, &[]);
    let settle = || app.settle_usage(platform(), vec![UsageRequest { key, record: record.clone() }]);
    let (UsageStatus::Settled { line: used, .. }, false) = settle().await.unwrap().remove(0) else {
        panic!("it is settled");
    };
    assert!(matches!(settle().await.unwrap()[0], (UsageStatus::Settled { line, .. }, true) if line == used));
    let bill = Bill::paid(uin(CUSTOMER), month);
    let lines = app.bill_lines(platform(), bill, LineQuery::default(), None, 9).await.unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.id, line.order)).collect();
    assert_eq!(shown, [(LineId(bought.0), Some(bought)), (used, None)]);
    app.advance_clock(platform(), None, now.plus_seconds(40 * 86_400)).await.unwrap();
    let receipt = |line| {
        let (customer, lines) = (uin(CUSTOMER), Some(vec![line]));
        app.confirm_receipt(platform(), None, ReceiptRequest { customer, month, pay_mode: None, action: None, lines })
    };
    assert_eq!(refusal(receipt(LineId(used.position())).await), "line_not_found");
    let done = receipt(used).await.unwrap();
    assert_eq!((done.receipt().unwrap().lines, done.receipt().unwrap().returned), (1, Amount::whole(20)));
    let paid = LineQuery { confirmed: Some(true), ..LineQuery::default() };
    let lines = app.bill_lines(platform(), bill, paid, None, 9).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), [used]);
    let (allocated, _) = app.allocations(platform(), uin(CUSTOMER), None, 0, 9).await.unwrap();
    assert_eq!(Shard::of(allocated[0].number), Some(shard()));
}

#[tokio::test]
async fn a_voucher_is_found_and_tells_what_it_paid() {
    let (store, app) = later().await;
    let voucher_quota = Some(Amount::whole(100));
    let quota = parties::ChangePartner { voucher_quota, ..commands::change_partner(uin(RESELLER)) };
    app.command(platform(), None, quota.into()).await.unwrap();
    let issue = voucher(&app, 10, 30).await;
    let done = app.command(platform(), None, issue.into()).await.unwrap();
    let id = VoucherId::issued_at(shard(), done.seq).unwrap();
    app.command(platform(), None, order(30)).await.unwrap();
    let bought = newest(&store);
    let read = Action::ReadVouchers;
    assert_eq!(app.voucher(platform(), read, id).await.unwrap().remaining, Amount::ZERO);
    let only = |id: VoucherId| VoucherQuery { id: Some(id.0), ..VoucherQuery::default() };
    let listed = app.vouchers(platform(), read, only(id), None, 9).await.unwrap();
    assert_eq!(listed.iter().map(|view| view.id).collect::<Vec<_>>(), [id]);
    let uses = app.voucher_uses(platform(), read, id, None, 0, 9).await.unwrap().uses;
    let [paid] = uses.as_slice() else { panic!("{uses:?}") };
    assert_eq!((paid.voucher, paid.line, paid.order), (id, LineId(bought), Some(OrderId(bought))));
    let elsewhere = VoucherId::issued_at(Shard::FIRST, done.seq).unwrap();
    assert_eq!(refusal(app.voucher(platform(), read, elsewhere).await), "voucher_not_found");
    assert_eq!(app.vouchers(platform(), read, only(elsewhere), None, 9).await.unwrap(), []);
    assert_eq!(refusal(app.invalidate_voucher(platform(), None, id).await), "voucher_not_issued");
    assert_eq!(refusal(app.invalidate_voucher(platform(), None, elsewhere).await), "voucher_not_found");
}

#[tokio::test]
async fn discounts_resources_webhooks_and_notices_say_their_shard() {
    let (store, app) = later().await;
    let discount = commands::discount(DiscountScope::Customer(uin(CUSTOMER)), uin(RESELLER), Rate::ONE);
    let set = app.command(platform(), None, discount.into()).await.unwrap().discount().unwrap();
    assert_eq!(set.id.0, newest(&store));
    app.command(platform(), None, catalogue::EndDiscount { id: set.id }.into()).await.unwrap();
    let name = || "vm".parse().unwrap();
    let activate = commands::activate(uin(CUSTOMER), "vm", "cvm", Amount::whole(1));
    app.command(platform(), None, activate.into()).await.unwrap();
    let made = newest(&store);
    app.terminate_resource(platform(), None, name(), None).await.unwrap();
    assert_eq!(app.resource(platform(), name()).await.unwrap().id.0, made);
    assert_eq!(refusal(app.terminate_resource(platform(), None, name(), None).await), "resource_not_active");
    let url = app.read_webhook_url("https://hooks.example.test/").unwrap();
    let new = NewWebhook { account: Some(uin(CUSTOMER)), url, kinds: Vec::new() };
    let hook = app.add_webhook(platform(), Some(key(1, 1)), new.clone()).await.unwrap();
    assert_eq!(hook.id, WebhookId(newest(&store)));
    assert_eq!(app.add_webhook(platform(), Some(key(1, 1)), new).await.unwrap().id, hook.id);
    assert_eq!(app.webhook(platform(), hook.id).await.unwrap().id, hook.id);
    let spending = platform();
    app.command(spending, None, order(80)).await.unwrap();
    let followed =
        app.decision(platform(), spending.request_id.to_string(), None).await.unwrap().decided.unwrap().followed;
    let told: Vec<_> = followed.iter().flat_map(|one| &one.notices).map(|(id, _)| *id).collect();
    assert!(!told.is_empty() && told.iter().all(|id| Shard::of(id.number) == Some(shard())));
    let notices = app.notices(platform(), NoticeFilter::default(), None, 9).await.unwrap();
    let center: Vec<_> = notices.iter().rev().map(|notice| notice.id).collect();
    assert_eq!(center, told);
    let audit = app.audit(platform(), AuditFilter::default(), None, 1).await.unwrap();
    assert!(audit[0].seq < 1 << 43, "the audit has journal positions");
    app.close();
    let scratch = tempfile::tempdir().unwrap();
    let proof = check::verify(&*store, &*store, scratch.path(), &Quiet).unwrap();
    assert_eq!(proof.records, store.last().unwrap().seq);
}
