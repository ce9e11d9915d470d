//! A small world to test on: one reseller with one verified customer and one product.

use credere_app::buying::{OperationRequest, OperationStatus};
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::parties::NewAccount;
use credere_app::{App, Failure, MasterKey, Options, Quiet, SecretText, random};
use credere_app::{Caller, Done};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Command, KeyUse, buying, metering, parties, vouchers};
use credere_core::channel::{AccountClass, PartnerKind, Tier, Uin, Verification};
use credere_core::money::Amount;
use credere_store::contract::{ProfilePatch, Store};
use credere_testkit::commands;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const KEY: &str = "a-platform-key-for-tests";

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

pub(crate) const RESELLER: u64 = 10;
pub(crate) const CUSTOMER: u64 = 20;

pub(crate) fn options() -> Options {
    Options {
        currency: "USD".into(),
        zone: "+08:00".into(),
        master_key: MasterKey::from_text(&"A".repeat(43)).unwrap(),
        platform_key: Some(SecretText::new(KEY.into())),
        clock_ahead: false,
        engine: EngineOptions {
            clock: Clock::Test,
            // However busy the machine is: no test here is about history that trails.
            history_lag_max: Duration::from_secs(3_600),
            ..EngineOptions::default()
        },
    }
}

pub(crate) fn start(store: Arc<dyn Store>) -> Arc<App> {
    App::start(store, options(), &Quiet).unwrap()
}

pub(crate) fn platform() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: random::id(), actor, face: Face::Platform }
}

/// Opens the reseller (quota and spend line 1000) and the customer (credit 100).
pub(crate) async fn furnish(app: &App) {
    for number in [RESELLER, CUSTOMER] {
        let new = NewAccount {
            uin: Some(uin(number)),
            class: AccountClass::External,
            verification: Verification::Enterprise,
            tier: Tier::None,
            profile: ProfilePatch { name: Some(Some(format!("account {number}"))), ..ProfilePatch::default() },
        };
        app.open_account(platform(), None, new).await.unwrap();
    }
    let commands = [
        Command::from(commands::register(uin(RESELLER), PartnerKind::Reseller, Amount::whole(1_000))),
        Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) }),
        Command::from(commands::add_product("cvm")),
        allocate(100),
    ];
    for command in commands {
        app.command(platform(), None, command).await.unwrap();
    }
}

pub(crate) fn allocate(amount: i64) -> Command {
    commands::allocate(uin(CUSTOMER), Amount::whole(amount)).into()
}

pub(crate) fn order(amount: i64) -> Command {
    purchase(amount).into()
}

pub(crate) fn purchase(amount: i64) -> buying::PlaceOrder {
    commands::order(uin(CUSTOMER), "cvm", Amount::whole(amount))
}

pub(crate) fn authorize(amount: i64) -> Command {
    commands::authorize(uin(CUSTOMER), "cvm", Amount::whole(amount)).into()
}

/// What the customer has used just now.
pub(crate) async fn usage(app: &App, amount: Amount) -> metering::SettleUsage {
    let now = app.now().await.unwrap();
    commands::usage(uin(CUSTOMER), "cvm", amount, (now, now))
}

/// A voucher for the customer, for so many days.
pub(crate) async fn voucher(app: &App, amount: i64, days: i64) -> vouchers::IssueVoucher {
    let now = app.now().await.unwrap();
    let (kind, pays) = (vouchers::NewVoucherKind::Customer(None), (now, now.plus_seconds(days * 86_400)));
    commands::voucher(kind, uin(CUSTOMER), Amount::whole(amount), pays)
}

/// A key use made from two small numbers: which key, and what was asked under it.
pub(crate) fn key(key: u64, content: u64) -> KeyUse {
    let wide = |number: u64| u128::from(number).to_le_bytes();
    KeyUse { key: wide(key), content: wide(content) }
}

pub(crate) async fn operate(app: &App, key: KeyUse, command: Command) -> (OperationStatus, bool) {
    app.operate(platform(), vec![OperationRequest { key, command }]).await.unwrap().remove(0)
}

pub(crate) async fn available(app: &App) -> Amount {
    app.read(|book| book.customer(uin(CUSTOMER)).unwrap().line.available()).await.unwrap()
}

pub(crate) fn code(outcome: Result<Done, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused { rejection, .. }) => rejection.code(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}
