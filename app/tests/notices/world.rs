//! A reseller with a customer that is told of its credit, on whichever store.

use crate::receiver::{PATIENCE, Receiver};
pub(crate) use crate::support::*;
use credere_app::App;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::notices::{AddedWebhook, DeliveryView, NewWebhook, NoticeOptions, Reach, WebhookOptions};
use credere_core::book::{self, Command, KeyUse};
use credere_core::channel::Subscription;
use credere_core::money::Amount;
use credere_store::contract::Store;
use credere_testkit::commands;
use std::sync::Arc;
use std::time::Duration;

/// Private addresses, and a schedule that is over in no time.
pub(crate) fn hooks() -> WebhookOptions {
    WebhookOptions {
        reach: Reach { private: true, http: true },
        timeout: PATIENCE,
        retries: "10ms 10ms 10ms 10ms 10ms 10ms".parse().unwrap(),
        authorities: None,
    }
}

pub(crate) fn brisk() -> NoticeOptions {
    NoticeOptions { mail: None, webhooks: hooks() }
}

/// The application with the threads that queue and send.
pub(crate) fn start_sending(store: Arc<dyn Store>, options: NoticeOptions) -> Arc<App> {
    let app = start(store);
    app.deliver_notices(options).unwrap();
    app
}

/// The reseller with all the quota it needs, and the customer with a credit of 100.
pub(crate) async fn furnish(app: &App) {
    furnish_with(app, 100_000).await;
}

/// An application on this store that queues and sends, with the two.
pub(crate) async fn furnished(store: Arc<dyn Store>, options: NoticeOptions) -> Arc<App> {
    let app = start_sending(store, options);
    furnish(&app).await;
    app
}

/// Tells an account by these channels.
pub(crate) async fn subscribe(app: &App, number: u64, email: bool, webhook: bool) {
    let subscription = Subscription { email, webhook, ..Subscription::default() };
    app.command(platform(), None, Command::from(book::notices::Subscribe { uin: uin(number), subscription }))
        .await
        .unwrap();
}

/// The customer spends this much.
pub(crate) async fn spend(app: &App, amount: i64) {
    app.command(platform(), None, order(amount)).await.unwrap();
}

pub(crate) async fn add_hook(app: &App, account: Option<u64>, receiver: &Receiver, kinds: &[&str]) -> AddedWebhook {
    let url = app.read_webhook_url(&receiver.url()).unwrap();
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    app.add_webhook(platform(), None, NewWebhook { account: account.map(uin), url, kinds }).await.unwrap()
}

/// Waits until a webhook's deliveries are so.
pub(crate) async fn until(app: &App, hook: &AddedWebhook, so: impl Fn(&[DeliveryView]) -> bool) -> Vec<DeliveryView> {
    let mut rows = Vec::new();
    let looked = async {
        loop {
            rows = app.webhook_deliveries(platform(), hook.id, None, 100).await.unwrap();
            if so(&rows) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, looked).await.is_err() {
        panic!("the deliveries stay {:?}", app.webhook_deliveries(platform(), hook.id, None, 100).await);
    }
    rows
}

/// The names of the states, newest occurrence first.
pub(crate) fn states(rows: &[DeliveryView]) -> Vec<&'static str> {
    rows.iter().map(|row| row.state.name()).collect()
}

/// The customer runs the resource `ins-1` and uses more than its credit.
pub(crate) async fn run_up_arrears(app: &App) {
    let now = app.now().await.unwrap();
    let resource = commands::activate(uin(CUSTOMER), "ins-1", "cvm", Amount::whole(1));
    let record = usage(Amount::whole(101), now);
    app.command(platform(), None, Command::from(resource)).await.unwrap();
    let usage = UsageRequest { key: KeyUse { key: [1; 16], content: [1; 16] }, record };
    let settled = app.settle_usage(platform(), vec![usage]).await.unwrap();
    assert!(matches!(settled[0].0, UsageStatus::Settled { .. }), "{settled:?}");
}

/// The customer gets enough credit again.
pub(crate) async fn pay_arrears(app: &App) {
    app.command(platform(), None, allocate(10)).await.unwrap();
}
