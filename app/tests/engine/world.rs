//! A small world to test on, and short ways to ask something of it.

pub(crate) use crate::support::*;
use credere_app::buying::{OperationRequest, OperationStatus};
use credere_app::clock::{Clock, Machine, Reading};
use credere_app::{App, Done, Failure, Options};
use credere_core::book::{Command, KeyUse, vouchers};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::Store;
use credere_testkit::commands;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The reseller with a quota and spend line of 1000, and the customer with a credit of 100.
pub(crate) async fn furnish(app: &App) {
    furnish_with(app, 1_000).await;
}

/// An application on this store, with the two.
pub(crate) async fn furnished(store: Arc<dyn Store>) -> Arc<App> {
    let app = start(store);
    furnish(&app).await;
    app
}

pub(crate) fn authorize(amount: i64) -> Command {
    commands::authorize(uin(CUSTOMER), "cvm", Amount::whole(amount)).into()
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

/// Long enough for whatever waits for nothing that a test holds back.
pub(crate) async fn a_while() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits until the book is back.
pub(crate) async fn until_ready(app: &App) {
    while !app.engine().ready() {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn code(outcome: Result<Done, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused { rejection, .. }) => rejection.code(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A machine's two clocks, in seconds: the time of day, and what has gone by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hands(Arc<Mutex<(i64, u64)>>);

impl Hands {
    pub(crate) fn pass(&self, seconds: i64) {
        let mut hands = self.0.lock().unwrap();
        *hands = (hands.0 + seconds, hands.1 + seconds.unsigned_abs());
    }

    pub(crate) fn set_off_by(&self, seconds: i64) {
        self.0.lock().unwrap().0 += seconds;
    }

    pub(crate) fn wall(&self) -> Moment {
        at(self.0.lock().unwrap().0)
    }

    pub(crate) fn options(&self) -> Options {
        let hands = self.clone();
        let machine = Machine::new(move || {
            let (wall, steady) = *hands.0.lock().unwrap();
            Reading { wall: at(wall), steady: Duration::from_secs(steady) }
        });
        let mut options = options();
        options.engine.clock = Clock::System;
        options.engine.machine = machine;
        options
    }
}

fn at(seconds: i64) -> Moment {
    Moment::from_micros((1_900_000_000 + seconds) * 1_000_000)
}
