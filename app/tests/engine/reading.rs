//! Whatever was answered is seen by the next reader, in the book as well as in history; names come with figures.

use crate::world::*;
use credere_app::Caller;
use credere_app::buying::AuthorizationState;
use credere_app::buying::{OperationStatus, OrdersWanted, RefundRequest};
use credere_app::metering::UsageRequest;
use credere_app::{App, Failure, Quiet};
use credere_core::access::{Action, Actor, Face, KeyAccess};
use credere_core::book::{Command, Event, buying, parties, vouchers};
use credere_core::channel::OrderState;
use credere_core::money::Amount;
use credere_store::contract::{AuditFilter, Bill, LineFilter, ShardStore};
use credere_store::memory::MemoryStore;
use credere_testkit::commands;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;

#[tokio::test]
async fn history_shows_what_was_just_answered() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    for round in 1..=20_i64 {
        app.command(platform(), None, allocate(1)).await.unwrap();
        let (rows, total) = app.allocations(platform(), uin(CUSTOMER), None, 0, 1).await.unwrap();
        assert_eq!((rows[0].total_after, total), (Amount::whole(100 + round), 1 + round.unsigned_abs()));
    }
}

#[tokio::test]
async fn an_orders_resource_is_the_one_that_rules_decide_on_and_on_its_lines() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let Command::Buying(buying::Command::PlaceOrder(mut new)) = order(10) else { panic!("{:?}", order(10)) };
    new.resource = Some("vm-1".parse().unwrap());
    new.details = r#"{"resource_id":"told","region":"north"}"#.into();
    let placed = app.command(platform(), None, Command::Buying(buying::Command::PlaceOrder(new))).await.unwrap();
    let Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. })) = *placed.event else {
        panic!("{:?}", placed.event)
    };
    app.refund_order(platform(), None, order.id, RefundRequest::of_order(Amount::whole(4))).await.unwrap();
    let shown = app.order(platform(), order.id).await.unwrap();
    assert_eq!(shown.order.resource.unwrap().as_str(), "vm-1");
    let month = app.bill_months(platform(), uin(CUSTOMER)).await.unwrap()[0];
    let bill = Bill::paid(uin(CUSTOMER), month);
    let lines = app.bill_lines(platform(), bill, LineFilter::default(), None, 9).await.unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.resource.as_str(), line.region.as_str())).collect();
    assert_eq!(shown, [("vm-1", "north"); 2]);
}

#[tokio::test]
async fn an_authorization_is_shown_open_and_closed() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let (OperationStatus::Approved(id), _) = operate(&app, key(1, 1), authorize(40)).await else { panic!() };
    assert_eq!(app.authorization(platform(), id).await.unwrap().state, AuthorizationState::Open);
    let capture = Command::from(buying::Capture { authorization: id, amount: Some(Amount::whole(15)) });
    assert_eq!(operate(&app, key(2, 2), capture).await.0, OperationStatus::Captured(id));
    let closed = app.authorization(platform(), id).await.unwrap();
    assert_eq!(
        (closed.state, closed.captured_amount, closed.amount),
        (AuthorizationState::Captured, Amount::whole(15), Amount::whole(40))
    );
    assert_eq!(available(&app).await, Amount::whole(85));
}

#[tokio::test]
async fn a_partner_acts_on_its_own_customers_only() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let as_account =
        |number| credere_app::Caller { actor: credere_testkit::signer(uin(number)), face: Face::Cloud, ..platform() };
    app.command(as_account(RESELLER), None, allocate(5)).await.unwrap();
    assert_eq!(code(app.command(as_account(CUSTOMER), None, allocate(5)).await), "wrong_role");
    let foreign = Command::from(commands::allocate(uin(999), Amount::whole(1)));
    assert_eq!(code(app.command(as_account(RESELLER), None, foreign).await), "not_yours");
    assert_eq!(available(&app).await, Amount::whole(105));
    let audit =
        app.audit(platform(), AuditFilter { account: Some(uin(CUSTOMER)), ..Default::default() }, None, 9).await;
    let actors: Vec<_> = audit.unwrap().into_iter().map(|row| (row.actor, row.outcome)).collect();
    assert_eq!(actors[0], ("account:20".into(), "refused".into()));
    assert_eq!(actors[1], ("account:10".into(), "done".into()));
}

#[tokio::test]
async fn many_requests_at_once_never_oversell() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let asks = (0..500_u64).map(|number| {
        let app = app.clone();
        tokio::spawn(async move { operate(&app, key(number, number), authorize(7)).await.0 })
    });
    let mut approved = 0;
    for ask in asks.collect::<Vec<_>>() {
        approved += i64::from(matches!(ask.await.unwrap(), OperationStatus::Approved(_)));
    }
    assert_eq!(approved, 14, "100 holds 14 times 7");
    assert_eq!(available(&app).await, Amount::whole(2));
}

#[tokio::test]
async fn a_credential_signs_until_it_is_revoked() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let made = app.issue_credential(platform(), Some(key(1, 1)), uin(CUSTOMER)).await.unwrap();
    let (whose, secret) = app.credential_secret(&made.secret_id).unwrap().unwrap();
    assert_eq!((whose, Some(secret)), (uin(CUSTOMER), made.secret_key));
    let again = app.issue_credential(platform(), Some(key(1, 1)), uin(CUSTOMER)).await.unwrap();
    assert!(again.replayed && again.secret_key.is_none() && again.secret_id == made.secret_id);
    app.revoke_credential(platform(), None, uin(CUSTOMER), made.secret_id.clone()).await.unwrap();
    assert_eq!(app.credential_secret(&made.secret_id).unwrap(), None);
    assert!(app.revoke_credential(platform(), None, uin(CUSTOMER), made.secret_id).await.is_err());
}

#[tokio::test]
async fn platform_keys_are_found_by_their_hash_only() {
    let app = start(Arc::new(MemoryStore::new()));
    assert!(app.platform_key(KEY).is_some() && app.platform_key("another").is_none());
    let access = credere_core::access::KeyAccess::Read;
    let made = app.issue_platform_key(platform(), None, "reports", access).await.unwrap();
    let secret = made.key.unwrap();
    assert_eq!(app.platform_key(secret.expose()), Some((made.number, access)));
    app.revoke_platform_key(platform(), None, made.number).await.unwrap();
    assert_eq!(app.platform_key(secret.expose()), None);
    let last = app.revoke_platform_key(platform(), None, 1).await;
    assert!(last.is_err_and(|failure| failure.to_string().contains("last_full_key")));
}

#[tokio::test]
async fn a_partner_sees_the_records_of_its_own_binding_only() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    app.unbind_customer(platform(), None, uin(CUSTOMER)).await.unwrap();
    app.command(
        platform(),
        None,
        Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) }),
    )
    .await
    .unwrap();
    app.command(platform(), None, allocate(7)).await.unwrap();
    let own = credere_app::Caller { actor: credere_testkit::signer(uin(RESELLER)), face: Face::Cloud, ..platform() };
    let amounts =
        |rows: Vec<credere_app::parties::AllocationView>| rows.into_iter().map(|row| row.amount).collect::<Vec<_>>();
    let (rows, total) = app.allocations(own, uin(CUSTOMER), None, 0, 9).await.unwrap();
    assert_eq!((amounts(rows), total), (vec![Amount::whole(7)], 1));
    let (rows, total) = app.allocations(platform(), uin(CUSTOMER), None, 0, 9).await.unwrap();
    assert_eq!((amounts(rows), total), ([7, -100, 100].map(Amount::whole).to_vec(), 3));
}

/// The caller with another platform key.
fn other(key: u32) -> Caller {
    Caller { actor: Actor::Platform { key, access: KeyAccess::Full }, ..platform() }
}

/// A long read of this caller that goes on until `ends` says so; `None` where it got no turn at once.
async fn held(app: &Arc<App>, caller: Caller, ends: Ends) -> Option<tokio::task::JoinHandle<Result<(), Failure>>> {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let app = app.clone();
    let read = tokio::spawn(async move {
        let look = move |_: &dyn ShardStore| {
            let _ = begun.send(());
            let _ = ends.lock().unwrap().recv();
            Ok(())
        };
        app.engine().long_history(caller.actor, look).await
    });
    has_begun.await.is_ok().then_some(read)
}

type Ends = Arc<Mutex<mpsc::Receiver<()>>>;

fn until_told() -> (mpsc::Sender<()>, Ends) {
    let (end, ends) = mpsc::channel();
    (end, Arc::new(Mutex::new(ends)))
}

#[tokio::test]
async fn a_file_that_is_under_way_is_read_to_its_end_whoever_else_reads() {
    const LINES: u64 = 3_000;
    let mut options = options();
    (options.engine.long_reads, options.engine.long_read_within) = (1, Duration::ZERO);
    let app = App::start(Arc::new(MemoryStore::new()), options, &Quiet).unwrap();
    furnish(&app).await;
    let now = app.now().await.unwrap();
    let record = |number: u64| UsageRequest { key: key(number, number), record: usage(Amount::from_units(1), now) };
    app.settle_usage(platform(), (0..LINES).map(record).collect()).await.unwrap();
    let bill = Bill::paid(uin(CUSTOMER), app.calendar().month(now));
    let mut lines = app.bill_stream(platform(), bill).await.unwrap();
    // Nobody takes a line, so after a moment the file leaves its place to another key's read.
    let (end, ends) = until_told();
    let read = loop {
        if let Some(read) = held(&app, other(2), ends.clone()).await {
            break read;
        }
    };
    let mut came = 0;
    for _ in 0..1_024 {
        lines.recv().await.unwrap().unwrap();
        came += 1;
    }
    // It wants to go on now, and whoever comes anew is turned away at once.
    for _ in 0..100 {
        assert!(matches!(lines.try_recv(), Err(TryRecvError::Empty)));
        tokio::task::yield_now().await;
    }
    let audit = app.audit(other(3), AuditFilter::default(), None, 9).await;
    assert!(matches!(audit, Err(Failure::Overloaded)), "{audit:?}");
    drop(end);
    read.await.unwrap().unwrap();
    while let Some(line) = lines.recv().await {
        line.unwrap();
        came += 1;
    }
    assert_eq!(came, LINES);
}

#[tokio::test]
async fn whatever_passes_over_much_is_long() {
    let mut options = options();
    (options.engine.long_reads, options.engine.long_reads_per_key) = (1, 1);
    let app = App::start(Arc::new(MemoryStore::new()), options, &Quiet).unwrap();
    furnish(&app).await;
    let issue = voucher(&app, 1, 1).await;
    let issued = app.command(platform(), None, issue.into()).await.unwrap();
    let Event::Vouchers(vouchers::Event::VoucherIssued(made)) = &*issued.event else { panic!("{issued:?}") };
    let voucher = made.voucher.id;
    let (_end, ends) = until_told();
    let _read = held(&app, platform(), ends).await.unwrap();
    let who = platform();
    let customer = Some(uin(CUSTOMER));
    let of = |account, state| OrdersWanted { account, payer: None, state };
    macro_rules! is {
        (long $read:expr) => {
            assert!(matches!($read.await, Err(Failure::TooManyLongReads { most: 1 })), stringify!($read))
        };
        (short $read:expr) => {
            assert!($read.await.is_ok(), stringify!($read))
        };
    }
    is!(short app.orders(who, of(customer, None), None, 9));
    is!(short app.orders(who, of(None, Some(OrderState::Delivered)), None, 9));
    is!(long app.orders(who, of(customer, Some(OrderState::Delivered)), None, 9));
    let paid_for = OrdersWanted { payer: customer, ..OrdersWanted::default() };
    is!(long app.orders(who, paid_for, None, 9));
    is!(short app.allocations(who, uin(CUSTOMER), None, 400, 9));
    is!(long app.allocations(who, uin(CUSTOMER), None, 401, 9));
    is!(short app.voucher_uses(who, Action::ReadVouchers, voucher, None, 400, 9));
    is!(long app.voucher_uses(who, Action::ReadVouchers, voucher, None, 401, 9));
    is!(long app.decision(who, who.request_id.to_string(), None));
}

#[tokio::test]
async fn an_explanation_waits_for_its_turn_in_bounded_time() {
    let mut options = options();
    (options.engine.long_reads, options.engine.long_read_within) = (1, Duration::ZERO);
    let app = App::start(Arc::new(MemoryStore::new()), options, &Quiet).unwrap();
    furnish(&app).await;
    let asked = platform();
    app.command(asked, None, allocate(1)).await.unwrap();
    let explain = || app.decision(platform(), asked.request_id.to_string(), None);
    let (end, ends) = until_told();
    let read = held(&app, other(2), ends).await.unwrap();
    assert!(matches!(explain().await, Err(Failure::Overloaded)));
    drop(end);
    read.await.unwrap().unwrap();
    assert!(explain().await.unwrap().decided.is_some());
}

#[tokio::test]
async fn nothing_short_waits_for_what_is_long_and_a_key_has_its_limit() {
    let mut options = options();
    (options.engine.long_reads, options.engine.long_reads_per_key) = (1, 1);
    let app = App::start(Arc::new(MemoryStore::new()), options, &Quiet).unwrap();
    furnish(&app).await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let held = tokio::spawn({
        let app = app.clone();
        async move {
            // A read that takes as long as it likes: until it is told to end.
            let long = app.engine().long_history(platform().actor, move |_| {
                let _ = begun.send(());
                let _ = ends.recv();
                Ok(())
            });
            long.await
        }
    });
    has_begun.await.unwrap();
    let audit = |caller| app.audit(caller, AuditFilter::default(), None, 9);
    assert!(matches!(audit(platform()).await, Err(Failure::TooManyLongReads { most: 1 })));
    // Everything short is answered meanwhile, from history, from the directory, and for whoever proves who it is.
    assert_eq!(app.allocations(platform(), uin(CUSTOMER), None, 0, 9).await.unwrap().1, 1);
    assert_eq!(app.orders(platform(), OrdersWanted::default(), None, 9).await.unwrap(), []);
    assert!(app.customer(platform(), uin(CUSTOMER)).await.is_ok());
    assert!(app.credential_secret("nobody").unwrap().is_none());
    // Another key is admitted, and waits for its turn.
    let mut waits = Box::pin(audit(other(2)));
    tokio::select! {
        biased;
        _ = &mut waits => panic!("there is one turn, and it is taken"),
        () = std::future::ready(()) => {}
    }
    drop(end);
    held.await.unwrap().unwrap();
    assert!(!waits.await.unwrap().is_empty());
    assert!(audit(platform()).await.is_ok());
}
