//! The same key never acts twice, also after a restart and after its generation has left memory; refusals are
//! remembered; another content under a used key is refused.

use crate::world::*;
use credere_app::Failure;
use credere_app::buying::{OperationStatus, RefundRequest};
use credere_app::engine::Kept;
use credere_app::parties::AccountChange;
use credere_core::access::Action;
use credere_core::book::{Rejection, buying};
use credere_core::channel::Tier;
use credere_core::money::Amount;
use credere_store::contract::{Journal, KeyRow, Keys};
use credere_store::memory::MemoryStore;
use std::sync::Arc;

#[tokio::test]
async fn a_repeat_gives_the_first_answer_and_does_nothing() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let first = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    let again = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!((first.seq, first.at, &first.event), (again.seq, again.at, &again.event));
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn a_refusal_is_remembered_even_when_it_would_pass_now() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    assert_eq!(code(app.command(platform(), Some(key(1, 1)), order(101)).await), "insufficient_credit");
    app.command(platform(), None, allocate(100)).await.unwrap();
    let again = app.command(platform(), Some(key(1, 1)), order(101)).await;
    assert!(matches!(
        again,
        Err(Failure::Refused { rejection: Rejection::Buying(buying::Reason::InsufficientCredit { available, .. }), replayed: true })
            if available == Amount::whole(100)
    ));
    assert_eq!(available(&app).await, Amount::whole(200));
}

#[tokio::test]
async fn a_used_key_with_another_content_is_refused() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert_eq!(code(app.command(platform(), Some(key(1, 2)), order(31)).await), "idempotency_key_reused");
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn two_operations_with_one_key_in_one_batch_act_once() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let one = credere_app::buying::OperationRequest { key: key(1, 1), command: authorize(60) };
    let results = app.operate(platform(), vec![one.clone(), one]).await.unwrap();
    assert_eq!(results[0].0, results[1].0);
    assert_eq!((results[0].1, results[1].1), (false, true));
    assert_eq!(available(&app).await, Amount::whole(40));
}

#[tokio::test]
async fn keys_survive_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let (first, _) = operate(&app, key(1, 1), authorize(30)).await;
    let (declined, _) = operate(&app, key(2, 2), authorize(71)).await;
    app.close();
    let app = start(store);
    assert_eq!(operate(&app, key(1, 1), authorize(30)).await, (first, true));
    assert_eq!(operate(&app, key(2, 2), authorize(71)).await, (declined, true));
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn keys_that_left_memory_are_found_in_the_store() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let (first, _) = operate(&app, key(0, 0), authorize(1)).await;
    // Refusals are remembered as well, and fill a generation without filling the customer's line.
    let batch = |from: u64| {
        let one = |n| credere_app::buying::OperationRequest { key: key(n, n), command: authorize(1_000) };
        (from..from + 10_000).map(one).collect::<Vec<_>>()
    };
    // Several wait at once, so that more is decided while a commit is on its way.
    for rounds in (0..54).collect::<Vec<u64>>().chunks(6) {
        let asked = rounds.iter().map(|round| (app.clone(), batch(1 + round * 10_000)));
        let asked = asked.map(|(app, batch)| tokio::spawn(async move { app.operate(platform(), batch).await }));
        for answered in asked.collect::<Vec<_>>() {
            answered.await.unwrap().unwrap();
        }
    }
    // Closing lets the run that is on its way reach the store.
    app.close();
    assert!(store.sealed_keys_seq().unwrap() > 0, "no generation was sealed");
    let app = start(store);
    assert_eq!(operate(&app, key(0, 0), authorize(1)).await, (first, true));
    // In the run, about where it ends, and behind it.
    for number in [5, 259_999, 260_001, 270_000, 279_999, 539_999] {
        let (status, replayed) = operate(&app, key(number, number), authorize(1_000)).await;
        let OperationStatus::Declined(why) = status else { panic!("{number}: {status:?}") };
        assert!(replayed && matches!(why, Rejection::Buying(buying::Reason::InsufficientCredit { .. })), "{number}");
    }
    assert_eq!(available(&app).await, Amount::whole(99));
    // Another content is refused as well; and what still waits for the journal at the end is answered.
    let other = credere_app::buying::OperationRequest { key: key(5, 6), command: authorize(1_000) };
    let refused = app.operate(platform(), vec![other]).await.unwrap();
    assert!(matches!(&refused[0].0, OperationStatus::Declined(Rejection::KeyReused)), "{refused:?}");
    // Of two at once which have some in common, each hears of all of its own, beside what is new.
    let asked = |numbers: &[u64]| {
        let one = |&n: &u64| credere_app::buying::OperationRequest { key: key(n, n), command: authorize(1_000) };
        let (app, asked) = (app.clone(), numbers.iter().map(one).collect::<Vec<_>>());
        tokio::spawn(async move { app.operate(platform(), asked).await })
    };
    let answers = [asked(&[5]), asked(&[5, 100_007, 600_001]), asked(&[100_007, 30_009, 5])];
    let mut replayed = Vec::new();
    for answer in answers {
        replayed.push(answer.await.unwrap().unwrap().iter().map(|(_, replayed)| *replayed).collect::<Vec<_>>());
    }
    assert_eq!(replayed, [vec![true], vec![true, true, false], vec![true; 3]]);
    // At the end all of them are answered, and so is what was decided meanwhile.
    let last = [asked(&(1..9_000).collect::<Vec<_>>()), asked(&[11]), asked(&(10_000..20_000).collect::<Vec<_>>())];
    let new = asked(&(700_000..702_000).collect::<Vec<_>>());
    tokio::task::yield_now().await;
    app.close();
    for last in last {
        assert!(last.await.unwrap().unwrap().iter().all(|(_, replayed)| *replayed));
    }
    assert!(new.await.unwrap().unwrap().iter().all(|(_, replayed)| !replayed));
}

#[tokio::test]
async fn a_key_whose_record_is_not_to_be_found_is_neither_new_nor_done() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    app.close();
    // The first record opened an account, under no key.
    let end = store.last().unwrap().seq;
    let row = KeyRow { key: key(1, 1).key, seq: 1, at: app.now().await.unwrap_or_default(), lasting: false };
    store.seal_keys(0, end, vec![row]).unwrap();
    let app = start(store);
    let answer = app.command(platform(), Some(key(1, 1)), order(30)).await;
    assert!(matches!(answer, Err(Failure::OutcomeUnknown(_))), "{answer:?}");
    // Nobody else is concerned.
    app.command(platform(), Some(key(2, 2)), order(30)).await.unwrap();
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn an_answer_that_was_decided_but_never_given_is_given_late_and_kept_from_then_on() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let (what, once) = ((Action::ChangeAccount, Some(uin(CUSTOMER))), key(1, 1));
    let change = AccountChange { tier: Some(Tier::Key), ..AccountChange::default() };
    assert!(app.kept_answer(platform(), Some(once), what).await.unwrap().is_none());
    // The process ends between the decision and the answer.
    app.change_account(platform(), Some(once), uin(CUSTOMER), change.clone()).await.unwrap();
    app.close();
    let app = start(store.clone());
    assert!(app.kept_answer(platform(), Some(once), what).await.unwrap().is_none());
    assert!(app.change_account(platform(), Some(once), uin(CUSTOMER), change).await.unwrap().replayed);
    let shown = |body: &[u8]| Kept::Shown { account: Some(uin(CUSTOMER)), body: body.to_vec() };
    assert!(!app.keep_answer(platform(), once, shown(b"first")).await.unwrap());
    // Whoever comes second is told of the first.
    assert!(app.keep_answer(platform(), once, shown(b"second")).await.unwrap());
    app.close();
    let app = start(store);
    assert_eq!(app.kept_answer(platform(), Some(once), what).await.unwrap().as_deref(), Some(&b"first"[..]));
    let other = app.kept_answer(platform(), Some(key(1, 2)), what).await;
    assert!(matches!(other, Err(Failure::Refused { rejection: Rejection::KeyReused, .. })));
}

#[tokio::test]
async fn a_refusal_that_was_found_outside_the_book_is_told_in_the_audit_and_again() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let asked = platform();
    let refuse = app.refund_order(
        asked,
        Some(key(1, 1)),
        credere_core::channel::OrderId(9_999),
        RefundRequest::of_order(Amount::whole(1)),
    );
    assert_eq!(code(refuse.await), "order_not_found");
    let filter = credere_store::contract::AuditFilter { action: Some("refund_order".to_owned()), ..Default::default() };
    let audit = app.audit(platform(), filter, None, 10).await.unwrap();
    let [entry] = audit.as_slice() else { panic!("{audit:?}") };
    assert_eq!((entry.code.as_deref(), &entry.request_id), (Some("order_not_found"), &asked.request_id.to_string()));
    app.close();
    let app = start(store);
    let again = app.refund_order(
        platform(),
        Some(key(1, 1)),
        credere_core::channel::OrderId(9_999),
        RefundRequest::of_order(Amount::whole(1)),
    );
    assert!(matches!(
        again.await,
        Err(Failure::Refused { rejection: Rejection::Buying(buying::Reason::OrderNotFound), replayed: true })
    ));
}

#[tokio::test]
async fn a_kept_answer_and_its_key_are_forgotten_together() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let (what, once) = ((Action::ChangeAccount, Some(uin(CUSTOMER))), key(1, 1));
    let shown = |body: &[u8]| Kept::Shown { account: None, body: body.to_vec() };
    app.keep_answer(platform(), once, shown(b"first")).await.unwrap();
    let kept = || app.kept_answer(platform(), Some(once), what);
    let day = 86_400;
    let then = app.now().await.unwrap();
    app.advance_clock(platform(), None, then.plus_seconds(31 * day)).await.unwrap();
    app.keep_answer(platform(), key(2, 2), shown(b"other")).await.unwrap();
    assert_eq!(kept().await.unwrap().as_deref(), Some(&b"first"[..]));
    app.advance_clock(platform(), None, then.plus_seconds(31 * day + 1)).await.unwrap();
    app.keep_answer(platform(), key(3, 3), shown(b"other")).await.unwrap();
    assert_eq!(kept().await.unwrap(), None);
    assert!(!app.keep_answer(platform(), once, shown(b"again")).await.unwrap());
    assert_eq!(kept().await.unwrap().as_deref(), Some(&b"again"[..]));
}
