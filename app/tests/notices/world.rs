//! A reseller with a customer that is told of its credit, on whichever store.

use crate::receiver::{PATIENCE, Receiver};
use credere_app::Caller;
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::notices::{AddedWebhook, DeliveryView, NewWebhook, NoticeOptions, Reach, WebhookOptions};
use credere_app::parties::NewAccount;
use credere_app::{App, MasterKey, Options, Quiet, SecretText, random};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{self, Command, KeyUse, parties};
use credere_core::channel::{AccountClass, PartnerKind, Subscription, Tier, Uin, Verification};
use credere_core::money::Amount;
use credere_store::contract::{ProfilePatch, Store};
use credere_testkit::commands;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const RESELLER: u64 = 10;
pub(crate) const CUSTOMER: u64 = 20;

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

pub(crate) fn platform() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: random::id(), actor, face: Face::Platform }
}

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

/// The application without the threads that queue and send.
pub(crate) fn start_silent(store: Arc<dyn Store>) -> Arc<App> {
    let options = Options {
        currency: "USD".into(),
        zone: "+08:00".into(),
        master_key: MasterKey::from_text(&"A".repeat(43)).unwrap(),
        platform_key: Some(SecretText::new("a-platform-key-for-tests".into())),
        clock_ahead: false,
        engine: EngineOptions {
            clock: Clock::Test,
            // However busy the machine is: no test here is about history that trails.
            history_lag_max: Duration::from_secs(3_600),
            ..EngineOptions::default()
        },
    };
    App::start(store, options, &Quiet).unwrap()
}

pub(crate) fn start(store: Arc<dyn Store>, options: NoticeOptions) -> Arc<App> {
    let app = start_silent(store);
    app.deliver_notices(options).unwrap();
    app
}

/// Opens the reseller and the customer, which has a credit of 100.
pub(crate) async fn furnish(app: &App) {
    for number in [RESELLER, CUSTOMER] {
        let profile = ProfilePatch {
            name: Some(Some(format!("Account {number}"))),
            email: Some(Some(format!("a{number}@example.test"))),
            ..ProfilePatch::default()
        };
        let new = NewAccount {
            uin: Some(uin(number)),
            class: AccountClass::External,
            verification: Verification::Enterprise,
            tier: Tier::None,
            profile,
        };
        app.open_account(platform(), None, new).await.unwrap();
    }
    let commands = [
        Command::from(commands::register(uin(RESELLER), PartnerKind::Reseller, Amount::whole(100_000))),
        Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) }),
        Command::from(commands::add_product("cvm")),
        Command::from(commands::allocate(uin(CUSTOMER), Amount::whole(100))),
    ];
    for command in commands {
        app.command(platform(), None, command).await.unwrap();
    }
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
    let order = commands::order(uin(CUSTOMER), "cvm", Amount::whole(amount));
    app.command(platform(), None, order.into()).await.unwrap();
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
    let usage = commands::usage(uin(CUSTOMER), "cvm", Amount::whole(101), (now, now));
    app.command(platform(), None, Command::from(resource)).await.unwrap();
    let usage = UsageRequest { key: KeyUse { key: [1; 16], content: [1; 16] }, record: usage };
    let settled = app.settle_usage(platform(), vec![usage]).await.unwrap();
    assert!(matches!(settled[0].0, UsageStatus::Settled { .. }), "{settled:?}");
}

/// The customer gets enough credit again.
pub(crate) async fn pay_arrears(app: &App) {
    let allocate = commands::allocate(uin(CUSTOMER), Amount::whole(10));
    app.command(platform(), None, allocate.into()).await.unwrap();
}
