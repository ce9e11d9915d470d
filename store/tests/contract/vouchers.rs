//! Vouchers and their payments.

use crate::bills::month;
use crate::{Behind, Subject, at, uin};
use credere_core::channel::ActionType;
use credere_core::money::Amount;
use credere_store::contract::{
    HistoryFold, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow, VouchersHistory,
};

pub(crate) fn voucher(id: u64) -> VoucherRow {
    let pick = |from: &[&str], by: u64| from[(id / by) as usize % from.len()].to_owned();
    VoucherRow {
        id,
        kind: pick(&["partner_all", "partner_customer", "customer"], 1),
        owner: uin(1 + id % 3),
        customer: id.is_multiple_of(2).then(|| uin(8)),
        issuer: (!id.is_multiple_of(4)).then(|| uin(1 + id % 5)),
        amount: Amount::from_units(10),
        remaining: Amount::from_units((id % 3 * 5) as i64),
        status: pick(&["issued", "invalidated", "used", "expired"], 2),
        usage: pick(&["CustomerOffer", "ProductTrial"], 3),
        payment_mode: pick(&["all", "prepaid", "postpaid"], 2),
        products_mode: pick(&["all", "only", "except"], 5),
        products: (0..id % 3).map(|number| format!("product {number}")).collect(),
        effective_at: at(1),
        expires_at: at((id % 50) as i64),
        issued_at: at(3),
        changed_at: at(4),
    }
}

pub(crate) fn payment(line_seq: u64, voucher: u64, in_month: u8) -> VoucherUseRow {
    VoucherUseRow {
        line_seq,
        voucher,
        account: uin(1 + line_seq % 3),
        order_seq: line_seq.is_multiple_of(2).then_some(line_seq / 2),
        product: "cvm".into(),
        action: ActionType::PrepayRenew,
        amount: Amount::from_units(line_seq as i64),
        month: month(in_month),
        at: at(line_seq as i64),
    }
}

fn filters() -> Vec<VoucherFilter> {
    let mut filters = Vec::new();
    let text = |text: Option<&str>| text.map(str::to_owned);
    for owner in [None, Some(uin(1)), Some(uin(9))] {
        for issuer in [None, Some(uin(1)), Some(uin(2))] {
            for (kind, payment_mode) in [(None, None), (Some("customer"), None), (Some("partner_all"), Some("prepaid"))]
            {
                for (status, usage) in [(None, None), (Some("invalidated"), None), (None, Some("ProductTrial"))] {
                    for (expires_from, unless_whole) in [
                        (None, None),
                        (Some(at(0)), Some("invalidated")),
                        (Some(at(20)), None),
                        (Some(at(20)), Some("used")),
                        (Some(at(90)), None),
                    ] {
                        for (id, products_mode) in [(None, None), (Some(31), None), (None, Some("only"))] {
                            filters.push(VoucherFilter {
                                id,
                                kind: text(kind),
                                owner,
                                issuer,
                                status: text(status),
                                usage: text(usage),
                                payment_mode: text(payment_mode),
                                products_mode: text(products_mode),
                                expires_from,
                                unless_whole: text(unless_whole),
                            });
                        }
                    }
                }
            }
        }
    }
    filters
}

fn meant(filter: &VoucherFilter, row: &VoucherRow) -> bool {
    let VoucherFilter { id, kind, owner, issuer, status, usage, payment_mode, products_mode, .. } = filter;
    let is = |wanted: &Option<String>, text: &str| wanted.as_deref().is_none_or(|wanted| wanted == text);
    let too_old = filter.expires_from.is_some_and(|from| row.expires_at < from);
    let whole = row.remaining == row.amount && filter.unless_whole.as_deref() == Some(&*row.status);
    id.is_none_or(|id| id == row.id)
        && is(kind, &row.kind)
        && owner.is_none_or(|owner| owner == row.owner)
        && (issuer.is_none() || *issuer == row.issuer)
        && is(status, &row.status)
        && is(usage, &row.usage)
        && is(payment_mode, &row.payment_mode)
        && is(products_mode, &row.products_mode)
        && !too_old
        && !whole
}

pub(crate) fn vouchers_are_filtered_and_paged<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let mut rows: Vec<_> = (2..=120).map(voucher).collect();
    for part in rows.chunks(50) {
        store.fold_on(HistoryFold { upto_seq: 60, vouchers: part.to_vec(), ..HistoryFold::default() }).unwrap();
    }
    rows.reverse();
    let mut told = 0;
    for filter in filters() {
        let all: Vec<_> = rows.iter().filter(|row| meant(&filter, row)).collect();
        assert_eq!(store.voucher_count(&filter).unwrap(), all.len() as u64, "{filter:?}");
        for (before, skip, limit) in
            [(None, 0, 1_000), (None, 2, 3), (None, 11, 5), (Some(80), 0, 7), (Some(31), 1, 9), (Some(0), 0, 9)]
        {
            let older = all.iter().filter(|row| before.is_none_or(|before| row.id < before));
            let expected: Vec<_> = older.skip(skip).take(limit).map(|row| (*row).clone()).collect();
            let found = store.vouchers(&filter, before, skip as u64, limit).unwrap();
            assert_eq!(found, expected, "{filter:?} before {before:?} skip {skip} limit {limit}");
            told += found.len();
        }
    }
    assert!(told > 1_000);
    let none = VoucherFilter::default();
    assert_eq!(store.vouchers(&none, None, u64::MAX, 9).unwrap(), []);
    assert_eq!(store.vouchers(&none, None, 0, 0).unwrap(), []);
}

pub(crate) fn a_voucher_is_replaced_by_its_newer_row<S: Subject>() {
    let mut subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.voucher(6).unwrap(), None);
    let with = |remaining, status: &str| VoucherRow {
        remaining: Amount::from_units(remaining),
        status: status.into(),
        ..voucher(6)
    };
    let vouchers = vec![with(9, "issued"), voucher(7), with(4, "issued")];
    store.fold_on(HistoryFold { upto_seq: 4, vouchers, ..HistoryFold::default() }).unwrap();
    assert_eq!(store.voucher(6).unwrap(), Some(with(4, "issued")));
    let vouchers = vec![with(0, "used")];
    store.fold_on(HistoryFold { upto_seq: 5, vouchers, ..HistoryFold::default() }).unwrap();
    for _ in 0..5 {
        crate::commit(store, &[]);
    }
    subject.restart();
    let store = subject.store();
    assert_eq!(store.voucher(6).unwrap(), Some(with(0, "used")));
    assert_eq!(store.voucher(7).unwrap(), Some(voucher(7)));
    let owned = VoucherFilter { owner: Some(uin(1)), ..VoucherFilter::default() };
    assert_eq!(store.vouchers(&owned, None, 0, 9).unwrap(), [with(0, "used")]);
}

pub(crate) fn a_vouchers_payments_are_paged_and_counted_by_month<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    // Two vouchers pay one line; time goes back once, so that months and positions are not in one order.
    let in_month = |seq: u64| {
        if seq < 30 {
            8
        } else if (40..45).contains(&seq) {
            7
        } else {
            9
        }
    };
    let mut rows: Vec<_> =
        (1..=70).flat_map(|seq| [payment(seq, 2 + seq % 2, in_month(seq)), payment(seq, 9, in_month(seq))]).collect();
    for (upto_seq, part) in [(10, 1..=10), (10, 1..=10), (55, 9..=55), (70, 56..=70_u64)] {
        let voucher_uses = rows.iter().filter(|row| part.contains(&row.line_seq)).cloned().collect();
        store.fold_on(HistoryFold { upto_seq, voucher_uses, ..HistoryFold::default() }).unwrap();
    }
    rows.reverse();
    for voucher in [2, 3, 9, 10] {
        for in_month in [None, Some(month(7)), Some(month(8)), Some(month(9)), Some(month(1))] {
            let of = |row: &&VoucherUseRow| row.voucher == voucher && in_month.is_none_or(|month| row.month == month);
            for (skip, limit) in [(0, 100), (0, 1), (3, 4), (17, 30), (100, 1)] {
                let expected: Vec<_> = rows.iter().filter(of).skip(skip).take(limit).cloned().collect();
                let found = store.voucher_uses(voucher, in_month, skip as u64, limit).unwrap();
                assert_eq!(found, expected, "voucher {voucher} in {in_month:?} skip {skip} limit {limit}");
            }
        }
        let months: Vec<_> = [9, 8, 7]
            .into_iter()
            .filter_map(|number| {
                let of = |row: &&VoucherUseRow| row.voucher == voucher && row.month == month(number);
                let uses = rows.iter().filter(of).count() as u64;
                let amount = Amount::from_units(rows.iter().filter(of).map(|row| row.amount.units()).sum());
                (uses > 0).then_some(VoucherMonthRow { month: month(number), uses, amount })
            })
            .collect();
        assert_eq!(store.voucher_use_months(voucher).unwrap(), months, "voucher {voucher}");
    }
}
