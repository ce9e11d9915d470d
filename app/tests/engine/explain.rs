//! Explaining decisions afterwards: the same figures as when they were taken, however much has happened since.

use crate::world::*;
use credere_app::Caller;
use credere_app::audit::{Decided, DecisionView};
use credere_app::buying::OperationRequest;
use credere_app::idempotency::KeyMaker;
use credere_app::metering::UsageRequest;
use credere_app::{App, Failure};
use credere_core::access::Action;
use credere_core::book::{Rule, Value};
use credere_core::money::Amount;
use credere_store::contract::Journal;
use credere_store::memory::MemoryStore;
use std::sync::Arc;

async fn explained(app: &App, caller: Caller) -> DecisionView {
    app.decision(platform(), caller.request_id.to_string(), None).await.unwrap()
}

fn figures(decided: &Decided) -> Vec<(Rule, u64, Amount, Amount)> {
    let amount = |value| match value {
        Value::Amount(amount) => amount,
        other => panic!("{other} is no amount"),
    };
    let findings = decided.because.iter();
    let figures = findings.map(|one| {
        (one.rule, one.account.number(), amount(one.required().expect("something was needed")), amount(one.found))
    });
    figures.collect()
}

#[tokio::test]
async fn a_purchase_names_both_sides_as_they_were() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let (bought, refused) = (platform(), platform());
    let done = app.command(bought, None, order(60)).await.unwrap();
    assert_eq!(code(app.command(refused, None, order(60)).await), "insufficient_credit");
    for _ in 0..30 {
        app.command(platform(), None, allocate(1)).await.unwrap();
    }
    // Before a snapshot, with one that is too young, and after a restart from it.
    for round in 0..2 {
        let app = if round == 0 { app.clone() } else { start(store.clone()) };
        let view = explained(&app, bought).await;
        let decided = view.decided.unwrap();
        assert_eq!((view.request.action.as_str(), decided.seq), ("place_order", done.seq));
        let (hundred, thousand, sixty) = (Amount::whole(100), Amount::whole(1_000), Amount::whole(60));
        let both = [(Rule::R55, CUSTOMER, sixty, hundred), (Rule::R56, RESELLER, sixty, thousand)];
        assert_eq!(figures(&decided), both);
        assert_eq!(decided.outcome.as_deref(), Ok(&*done.event));
        let decided = explained(&app, refused).await.decided.unwrap();
        assert_eq!(decided.outcome.as_ref().unwrap_err().code(), "insufficient_credit");
        let (forty, left) = (Amount::whole(40), Amount::whole(940));
        assert_eq!(figures(&decided), [(Rule::R55, CUSTOMER, sixty, forty), (Rule::R56, RESELLER, sixty, left)]);
        app.close();
    }
    assert!(store.last().unwrap().seq > 30);
}

#[tokio::test]
async fn what_followed_is_told_with_it() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let bought = platform();
    app.command(bought, None, order(80)).await.unwrap();
    let decided = explained(&app, bought).await.decided.unwrap();
    let [review] = decided.followed.as_slice() else { panic!("{:?}", decided.followed) };
    let told: Vec<u64> = review.notices.iter().map(|(_, notice)| notice.recipient.number()).collect();
    assert_eq!(told, [RESELLER, CUSTOMER]);
}

#[tokio::test]
async fn an_operation_of_a_batch_is_found_by_its_key() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let (caller, amounts) = (platform(), [30, 90, 20]);
    let mut keys = KeyMaker::default();
    let operations = amounts.iter().zip(1..).map(|(amount, at)| OperationRequest {
        key: keys.of_operation(format!("key {at}").as_bytes(), uin(CUSTOMER), &[]),
        command: authorize(*amount),
    });
    app.operate(caller, operations.collect()).await.unwrap();
    let by_key = |at: u64| app.decision(platform(), caller.request_id.to_string(), Some(format!("key {at}")));
    assert_eq!(explained(&app, caller).await.decided, None);
    let third = by_key(3).await.unwrap().decided.unwrap();
    assert_eq!(figures(&third)[0], (Rule::R55, CUSTOMER, Amount::whole(20), Amount::whole(70)));
    let second = by_key(2).await.unwrap().decided.unwrap();
    assert_eq!((second.action, second.account), (Some(Action::Authorize), Some(uin(CUSTOMER))));
    assert_eq!(second.outcome.unwrap_err().code(), "insufficient_credit");
    let unknown = by_key(9).await.unwrap_err();
    assert!(matches!(&unknown, Failure::Refused { rejection, .. } if rejection.code() == "decision_not_found"));
    let never = app.decision(platform(), platform().request_id.to_string(), None).await;
    assert!(never.is_err());
}

#[tokio::test]
async fn an_allocation_through_a_partners_own_door_is_explained_as_the_partners() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let actor = credere_testkit::signer(uin(RESELLER));
    let caller = Caller { actor, face: credere_core::access::Face::Cloud, ..platform() };
    app.command(caller, None, allocate(-40)).await.unwrap();
    let decided = explained(&app, caller).await.decided.unwrap();
    assert_eq!(figures(&decided), [(Rule::R33, CUSTOMER, Amount::whole(40), Amount::whole(100))]);
}

#[tokio::test]
async fn a_settled_record_tells_what_there_was_although_nothing_was_refused() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let now = app.now().await.unwrap();
    let record = usage(Amount::whole(130), now);
    let caller = platform();
    let key = KeyMaker::default().of_usage(b"key", uin(CUSTOMER), app.calendar().month(now), &[]);
    app.settle_usage(caller, vec![UsageRequest { key, record }]).await.unwrap();
    let view = app.decision(platform(), caller.request_id.to_string(), Some("key".to_owned())).await.unwrap();
    let used = Amount::whole(130);
    let both = [(Rule::R62, CUSTOMER, used, Amount::whole(100)), (Rule::R62, RESELLER, used, Amount::whole(1_000))];
    assert_eq!(figures(&view.decided.unwrap()), both);
}
