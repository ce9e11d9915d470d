//! What the worlds of the tests have in common: one reseller with one verified customer and one product, on whichever store.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![allow(dead_code, unreachable_pub, reason = "each test uses its part, and the lint sees one test at a time")]

use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::parties::NewAccount;
use credere_app::{App, Caller, MasterKey, Options, Quiet, SecretText, random};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Command, buying, metering, parties};
use credere_core::channel::{AccountClass, PartnerKind, Tier, Uin, Verification};
use credere_core::ledger::Moment;
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

/// What the customer used of the product at this moment, at this price.
pub(crate) fn usage(amount: Amount, now: Moment) -> metering::SettleUsage {
    commands::usage(uin(CUSTOMER), "cvm", amount, (now, now))
}

pub(crate) fn platform() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: random::id(), actor, face: Face::Platform }
}

/// Opens the reseller, with this quota and spend line, and the customer (credit 100).
pub(crate) async fn furnish_with(app: &App, quota: i64) {
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
            site: None,
            profile,
        };
        app.open_account(platform(), None, new).await.unwrap();
    }
    let commands = [
        Command::from(commands::register(uin(RESELLER), PartnerKind::Reseller, Amount::whole(quota))),
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
