//! Rows made for reading. Lists are compared with what a plain filter over all rows gives.

use crate::{Behind, Subject, at, commit, uin};
use credere_core::channel::Uin;
use credere_core::money::{Amount, Rate};
use credere_store::contract::{
    AllocationRow, AuditFilter, AuditHistory, AuditRow, AuthorizationRow, BuyingHistory, History, HistoryFold,
    OrderFilter, OrderRow, PartiesHistory, StoreError,
};
use std::fmt::Debug;

pub(crate) fn allocation(seq: u64, account: u64) -> AllocationRow {
    AllocationRow {
        seq,
        account: uin(account),
        operator: uin(99),
        amount: Amount::from_units(-(seq as i64)),
        total_after: Amount::from_units(i64::MAX),
        available_after: Amount::from_units(i64::MIN),
        remark: seq.is_multiple_of(2).then(|| format!("remark {seq}")),
        at: at(seq as i64),
    }
}

pub(crate) fn order(seq: u64, account: u64, state: &str) -> OrderRow {
    OrderRow {
        seq,
        account: uin(account),
        payer: uin(50),
        partner: (!seq.is_multiple_of(3)).then(|| uin(60)),
        product: "cvm".into(),
        kind: "purchase".into(),
        state: state.into(),
        list_amount: Amount::from_units(9),
        discount_rate: Rate::ONE,
        voucher_amount: Amount::from_units(1),
        amount: Amount::from_units(8),
        partner_amount: Amount::from_units(7),
        refunded_amount: Amount::ZERO,
        created_at: at(seq as i64),
        updated_at: at(seq as i64 + 1),
        details: "{\"region\":\"x\"}".into(),
        facts: seq.to_le_bytes().to_vec(),
    }
}

pub(crate) fn audit(seq: u64, micros: i64, action: &str, account: Option<u64>) -> AuditRow {
    AuditRow {
        seq,
        at: at(micros),
        request_id: format!("request-{seq}"),
        actor: "platform:key_1".into(),
        by: None,
        face: "platform".into(),
        action: action.into(),
        account: account.map(uin),
        outcome: "refused".into(),
        code: seq.is_multiple_of(2).then(|| "insufficient_credit".into()),
        detail: "{}".into(),
    }
}

/// Three accounts' rows over 60 positions, some eight segments, folded in three parts and out of order.
fn with_allocations<S: Subject>() -> (S, Vec<AllocationRow>) {
    let subject = S::fresh();
    for _ in 0..60 {
        commit(subject.store(), &[]);
    }
    let mut rows: Vec<_> = (1..=60).filter(|seq| seq % 5 != 0).map(|seq| allocation(seq, 1 + seq % 3)).collect();
    // One event may move two accounts.
    rows.push(allocation(7, 40));
    for (upto_seq, part) in [(20, 0..=20), (21, 21..=21), (60, 22..=60)] {
        let mut allocations: Vec<_> = rows.iter().filter(|row| part.contains(&row.seq)).cloned().collect();
        allocations.reverse();
        subject.store().fold_on(HistoryFold { upto_seq, allocations, ..HistoryFold::default() }).unwrap();
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
    (subject, rows)
}

pub(crate) fn allocations_are_paged_across_segments<S: Subject>() {
    let (mut subject, rows) = with_allocations::<S>();
    subject.restart();
    let store = subject.store();
    for account in [1, 2, 3, 40, 41] {
        let of_account: Vec<_> = rows.iter().filter(|row| row.account == uin(account)).cloned().collect();
        assert_eq!(store.allocation_count(uin(account), 0..u64::MAX).unwrap(), of_account.len() as u64);
        let ends = [0, 1, 8, 9, 33, 60, 61, u64::MAX];
        for seqs in ends.into_iter().flat_map(|end| [0, 1, 8, 34].map(|start| start..end)) {
            let within: Vec<_> = of_account.iter().filter(|row| seqs.contains(&row.seq)).cloned().collect();
            assert_eq!(store.allocation_count(uin(account), seqs.clone()).unwrap(), within.len() as u64);
            for skip in [0, 1, 3, 4, 7, 16, 100, u64::MAX] {
                for limit in [0, 1, 5, 100] {
                    let skipped = usize::try_from(skip).unwrap_or(usize::MAX);
                    let expected: Vec<_> = within.iter().skip(skipped).take(limit).cloned().collect();
                    let found = store.allocations(uin(account), seqs.clone(), skip, limit).unwrap();
                    assert_eq!(found, expected, "account {account} at {seqs:?} skip {skip} limit {limit}");
                }
            }
        }
    }
}

pub(crate) fn a_fold_moves_the_position<S: Subject>() {
    let mut subject = S::fresh();
    assert_eq!(subject.store().history_seq().unwrap(), 0);
    subject.store().fold_on(HistoryFold { upto_seq: 5, ..HistoryFold::default() }).unwrap();
    let back = HistoryFold { upto_seq: 4, allocations: vec![allocation(4, 1)], ..HistoryFold::default() };
    assert!(matches!(subject.store().fold_on(back), Err(StoreError::Corrupt(_))));
    assert_eq!(subject.store().allocation_count(uin(1), 0..u64::MAX).unwrap(), 0);
    assert_eq!(subject.store().history_seq().unwrap(), 5);
    // A store on disk throws history away that reaches further than the journal.
    for _ in 0..5 {
        commit(subject.store(), &[]);
    }
    subject.restart();
    assert_eq!(subject.store().history_seq().unwrap(), 5);
}

pub(crate) fn an_order_is_replaced_by_its_newer_row<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let placed = vec![order(3, 1, "to_be_paid"), order(3, 1, "processing"), order(4, 1, "processing")];
    store.fold_on(HistoryFold { upto_seq: 4, orders: placed, ..HistoryFold::default() }).unwrap();
    assert_eq!(store.order(3).unwrap(), Some(order(3, 1, "processing")));
    let delivered = vec![order(3, 1, "delivered")];
    store.fold_on(HistoryFold { upto_seq: 30, orders: delivered, ..HistoryFold::default() }).unwrap();
    assert_eq!(store.order(3).unwrap(), Some(order(3, 1, "delivered")));
    assert_eq!(store.order(5).unwrap(), None);
    let processing = OrderFilter { state: Some("processing"), ..OrderFilter::default() };
    assert_eq!(store.orders(processing, None, 9).unwrap(), [order(4, 1, "processing")]);
    let all = [order(4, 1, "processing"), order(3, 1, "delivered")];
    let account = Some(uin(1));
    assert_eq!(store.orders(OrderFilter { account, ..OrderFilter::default() }, None, 9).unwrap(), all);
}

pub(crate) fn orders_are_found_by_who_pays<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let paid_by = |payer, row| OrderRow { payer: uin(payer), ..row };
    let (parked, other) = (paid_by(7, order(3, 1, "to_be_paid")), paid_by(7, order(5, 2, "delivered")));
    let orders = vec![parked, paid_by(1, order(4, 1, "delivered")), other.clone()];
    store.fold_on(HistoryFold { upto_seq: 5, orders, ..HistoryFold::default() }).unwrap();
    // Who pays may be somebody else once it is paid.
    let paid = paid_by(8, order(3, 1, "delivered"));
    store.fold_on(HistoryFold { upto_seq: 30, orders: vec![paid.clone()], ..HistoryFold::default() }).unwrap();
    let found = |payer, account: Option<u64>, state| {
        store.orders(OrderFilter { account: account.map(uin), payer: Some(uin(payer)), state }, None, 9).unwrap()
    };
    assert_eq!(found(7, None, None), std::slice::from_ref(&other));
    assert_eq!(found(7, Some(2), Some("delivered")), [other]);
    assert_eq!(found(8, Some(1), None), [paid]);
    assert_eq!(found(7, Some(1), None), []);
}

/// Whatever is asked of a list by account, state and position, `found` is what a plain filter of `rows` gives.
pub(crate) fn are_filtered_and_paged<T: Clone + Debug + PartialEq>(
    rows: &[T],
    states: [&str; 3],
    of: impl Fn(&T) -> (Uin, &str, u64),
    found: impl Fn(Option<Uin>, Option<&str>, Option<u64>, usize) -> Vec<T>,
) {
    for account in [None, Some(uin(1)), Some(uin(3)), Some(uin(9))] {
        for state in std::iter::once(None).chain(states.map(Some)) {
            for before in [None, Some(1), Some(16), Some(17), Some(50)] {
                for limit in [0, 1, 4, 100] {
                    let matching = rows.iter().filter(|row| {
                        let (its_account, its_state, seq) = of(row);
                        account.is_none_or(|account| its_account == account)
                            && state.is_none_or(|state| its_state == state)
                            && before.is_none_or(|before| seq < before)
                    });
                    let expected: Vec<_> = matching.take(limit).cloned().collect();
                    let found = found(account, state, before, limit);
                    assert_eq!(found, expected, "{account:?} {state:?} before {before:?} limit {limit}");
                }
            }
        }
    }
}

pub(crate) fn orders_are_filtered_and_paged<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let states = ["delivered", "processing", "failed"];
    let mut rows: Vec<_> =
        (1..=50).map(|seq| order(seq, 1 + seq % 4, states[(seq as usize / 4) % states.len()])).collect();
    store.fold_on(HistoryFold { upto_seq: 50, orders: rows.clone(), ..HistoryFold::default() }).unwrap();
    rows.reverse();
    are_filtered_and_paged(
        &rows,
        ["delivered", "failed", "refunded"],
        |row| (row.account, row.state.as_str(), row.seq),
        |account, state, before, limit| {
            store.orders(OrderFilter { account, payer: None, state }, before, limit).unwrap()
        },
    );
}

pub(crate) fn a_closed_authorization_is_found<S: Subject>() {
    let subject = S::fresh();
    let row = AuthorizationRow {
        opened_seq: 2,
        account: uin(1),
        payer: uin(2),
        partner: None,
        product: "cdn".into(),
        state: "captured".into(),
        list_amount: Amount::from_units(10),
        amount: Amount::from_units(9),
        partner_amount: Amount::from_units(8),
        captured_list_amount: Amount::from_units(7),
        captured_amount: Amount::from_units(6),
        captured_partner_amount: Amount::from_units(5),
        opened_at: at(1),
        expires_at: at(2),
        closed_at: at(3),
    };
    let fold = HistoryFold { upto_seq: 9, authorizations: vec![row.clone()], ..HistoryFold::default() };
    subject.store().fold_on(fold).unwrap();
    assert_eq!(subject.store().closed_authorization(2).unwrap(), Some(row));
    assert_eq!(subject.store().closed_authorization(9).unwrap(), None);
}

pub(crate) fn audit_entries_are_filtered<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let actions = ["allocate_credit", "place_order", "bind_customer"];
    // Time stands still for a while and once goes back, which a test clock may do.
    let micros = |seq: u64| if seq > 40 { 20 } else { (seq / 3) as i64 };
    let row = |seq: u64| {
        let account = (!seq.is_multiple_of(5)).then_some(1 + seq % 3);
        audit(seq, micros(seq), actions[(seq as usize / 2) % actions.len()], account)
    };
    // With a hole of some segments in which nothing happened.
    let mut rows: Vec<_> = (1..=60).filter(|seq| !(20..36).contains(seq)).map(row).collect();
    for (upto_seq, part) in [(13, 0..=13), (60, 14..=60)] {
        let audit = rows.iter().filter(|row| part.contains(&row.seq)).cloned().collect();
        store.fold_on(HistoryFold { upto_seq, audit, ..HistoryFold::default() }).unwrap();
    }
    rows.reverse();
    let mut checked = 0;
    for account in [None, Some(uin(1)), Some(uin(2)), Some(uin(8))] {
        for action in [None, Some("place_order"), Some("nothing")] {
            for from in [None, Some(at(0)), Some(at(4)), Some(at(13)), Some(at(21))] {
                for to in [None, Some(at(0)), Some(at(5)), Some(at(20)), Some(at(21))] {
                    let filter = AuditFilter { account, action: action.map(str::to_owned), from, to };
                    for before in [None, Some(1), Some(17), Some(41)] {
                        for limit in [2, 100] {
                            let matching = rows.iter().filter(|row| {
                                account.is_none_or(|account| row.account == Some(account))
                                    && action.is_none_or(|action| row.action == action)
                                    && from.is_none_or(|from| row.at >= from)
                                    && to.is_none_or(|to| row.at < to)
                                    && before.is_none_or(|before| row.seq < before)
                            });
                            let expected: Vec<_> = matching.take(limit).cloned().collect();
                            let found = store.audit(&filter, before, limit).unwrap();
                            assert_eq!(found, expected, "{filter:?} before {before:?} limit {limit}");
                            checked += found.len();
                        }
                    }
                }
            }
        }
    }
    assert!(checked > 1_000);
}

pub(crate) fn an_audit_entry_is_found_by_its_request<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.audit_of_request("request-1").unwrap(), None);
    // More requests than one part holds, one fold twice, and one that overlaps with the one before.
    for (upto_seq, part) in [(5, 1..=5), (5, 1..=5), (30, 4..=30), (31, 31..=31), (60, 32..=60_u64)] {
        let audit = part.filter(|seq| seq % 4 != 0).map(|seq| audit(seq, 0, "place_order", None)).collect();
        store.fold_on(HistoryFold { upto_seq, audit, ..HistoryFold::default() }).unwrap();
    }
    for _ in 0..60 {
        commit(store, &[]);
    }
    subject.restart();
    for seq in 0..=61 {
        let expected = (seq > 0 && seq <= 60 && seq % 4 != 0).then(|| audit(seq, 0, "place_order", None));
        assert_eq!(subject.store().audit_of_request(&format!("request-{seq}")).unwrap(), expected);
    }
    assert_eq!(subject.store().audit_of_request("").unwrap(), None);
    subject.store().clear_history().unwrap();
    assert_eq!(subject.store().audit_of_request("request-1").unwrap(), None);
}

pub(crate) fn cleared_history_starts_again<S: Subject>() {
    let (subject, rows) = with_allocations::<S>();
    let store = subject.store();
    store.clear_history().unwrap();
    assert_eq!(store.history_seq().unwrap(), 0);
    assert_eq!(store.allocations(uin(1), 0..u64::MAX, 0, 10).unwrap(), []);
    let fold = HistoryFold { upto_seq: 60, allocations: rows.clone(), ..HistoryFold::default() };
    store.fold_on(fold).unwrap();
    let expected: Vec<_> = rows.into_iter().filter(|row| row.account == uin(1)).collect();
    assert_eq!(store.allocations(uin(1), 0..u64::MAX, 0, 100).unwrap(), expected);
}
