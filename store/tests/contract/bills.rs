//! Bills: lines, sums and receipts. What a store answers is compared with what a plain walk over all rows gives.

use crate::{Behind, Subject, at, uin};
use credere_core::channel::{ActionType, PayMode};
use credere_core::ledger::Month;
use credere_core::money::{Amount, Rate};
use credere_store::contract::{
    Bill, BillTotalRow, BillsHistory, History, HistoryFold, LineFilter, LineRow, ReceiptPartRow, ReceiptRow,
    StoreError, View,
};
use std::collections::BTreeMap;

pub(crate) const ACTIONS: [ActionType; 3] =
    [ActionType::PostpayDeduct, ActionType::PrepayPurchase, ActionType::ReconIncrease];

pub(crate) fn month(number: u8) -> Month {
    Month::new(2026, number).unwrap()
}

pub(crate) fn bill(account: u64, number: u8) -> Bill {
    Bill::paid(uin(account), month(number))
}

/// A line whose every field depends on its number.
pub(crate) fn line(seq: u64) -> LineRow {
    let binding_seq = [0, 5, 9][(seq / 2 % 3) as usize];
    let details = match seq % 4 {
        0 => format!(
            "{{\"tags\":{{\"team\":\"team {}\",\"env\":\"{}\"}}}}",
            seq % 5,
            ["", "prod"][(seq / 4 % 2) as usize]
        ),
        1 => "{\"zone\":\"a\"}".to_owned(),
        _ => "{}".to_owned(),
    };
    LineRow {
        seq,
        account: uin(1 + seq % 3),
        month: month(if seq.is_multiple_of(7) { 9 } else { 10 }),
        day: 1 + (seq % 31) as u8,
        managing: (binding_seq > 0).then(|| uin(40 + binding_seq)),
        binding_seq,
        // Who pays itself, somebody who pays for nobody, and one of the others.
        owner: [uin(1 + seq % 3), uin(70), uin(1 + (seq + 1) % 3)][(seq / 3 % 3) as usize],
        partner: (seq % 4 != 1).then(|| uin(80)),
        product: ["cvm", "cdn"][(seq / 3 % 2) as usize].into(),
        action: ACTIONS[(seq / 5 % 3) as usize],
        region: ["", "south", "north"][(seq / 4 % 3) as usize].into(),
        project: if seq.is_multiple_of(11) { "project" } else { "" }.into(),
        resource: ["", "ins-2", "ins-1", "ins-30", "ébène"][(seq % 5) as usize].into(),
        order_seq: seq.is_multiple_of(3).then_some(seq / 2),
        period_start: at(-(seq as i64)),
        period_end: at(seq as i64 * 2),
        list_amount: Amount::from_units(seq as i64 * 1_000),
        discount_rate: Rate::from_units(90_000_000).unwrap(),
        voucher_amount: Amount::from_units(seq as i64 % 4),
        amount: Amount::from_units(if seq.is_multiple_of(6) { -(seq as i64) } else { seq as i64 * 900 }),
        partner_amount: Amount::from_units(seq as i64 * 800),
        posted_at: at(seq as i64 * 3),
        details,
        confirmed: false,
    }
}

pub(crate) fn receipt(seq: u64, of: Bill, parts: &[(u64, ActionType)], line_seqs: &[u64]) -> ReceiptRow {
    ReceiptRow {
        seq,
        account: of.account,
        month: of.month,
        operator: uin(45),
        parts: parts.iter().map(|&(binding_seq, action)| ReceiptPartRow { binding_seq, action }).collect(),
        line_seqs: line_seqs.to_vec(),
        lines: 3,
        returned: Amount::from_units(-5),
        available_after: seq.is_multiple_of(2).then(|| Amount::from_units(7)),
        at: at(seq as i64),
    }
}

/// 150 lines over many segments, in folds that end anywhere, with some receipts between them.
pub(crate) fn with_lines<S: Subject>() -> (S, Vec<LineRow>) {
    let subject = S::fresh();
    let mut lines: Vec<LineRow> = (1..=150).map(line).collect();
    for (upto_seq, part) in [(3, 1..=3), (77, 4..=77), (78, 78..=78), (150, 79..=150_u64)] {
        let mut part: Vec<_> = lines.iter().filter(|line| part.contains(&line.seq)).cloned().collect();
        part.reverse();
        subject.store().fold_on(HistoryFold { upto_seq, lines: part, ..HistoryFold::default() }).unwrap();
    }
    let receipts = vec![
        receipt(151, bill(1, 10), &[(5, ACTIONS[0]), (0, ACTIONS[1])], &[]),
        receipt(152, bill(2, 10), &[(9, ACTIONS[2])], &[1, 4, 10, 97, 100]),
        receipt(153, bill(2, 10), &[], &[13, 16]),
        // Of another month, and says nothing of this one.
        receipt(154, bill(1, 9), &[(9, ACTIONS[0])], &[2]),
    ];
    subject.store().fold_on(HistoryFold { upto_seq: 160, receipts, ..HistoryFold::default() }).unwrap();
    for line in &mut lines {
        let (binding, action) = (line.binding_seq, line.action);
        line.confirmed = match (line.account.number(), line.month.month()) {
            (1, 10) => [(5, ACTIONS[0]), (0, ACTIONS[1])].contains(&(binding, action)),
            (2, 10) => (binding, action) == (9, ACTIONS[2]) || [1, 4, 10, 97, 100, 13, 16].contains(&line.seq),
            (1, 9) => (binding, action) == (9, ACTIONS[0]),
            _ => false,
        };
    }
    (subject, lines)
}

pub(crate) fn on(lines: &[LineRow], of: Bill) -> impl Iterator<Item = &LineRow> {
    let is_on = move |line: &LineRow| {
        let (pays, owns) = (line.account == of.account, line.owner == of.account);
        match of.view {
            View::Paid => pays,
            View::Own => pays && owns,
            View::OnBehalf => pays && !owns,
            View::OnBehalfOf(owner) => pays && line.owner == owner,
            View::PaidByOthers => owns && !pays,
        }
    };
    lines.iter().filter(move |line| line.month == of.month && is_on(line))
}

/// Bills with lines and without, by every view.
pub(crate) fn bills() -> Vec<Bill> {
    let paid = [bill(1, 10), bill(2, 10), bill(3, 10), bill(1, 9), bill(9, 10), bill(1, 8)];
    let one = bill(1, 10);
    let owned = [bill(70, 10), bill(2, 10), bill(9, 10)].map(|of| of.viewed(View::PaidByOthers));
    let parts = [View::Own, View::OnBehalf, View::OnBehalfOf(uin(70)), View::OnBehalfOf(uin(9))];
    paid.into_iter().chain(owned).chain(parts.map(|view| one.viewed(view))).collect()
}

pub(crate) fn filters() -> Vec<LineFilter> {
    let mut filters = Vec::new();
    for pay_mode in [None, Some(PayMode::PrePay), Some(PayMode::PostPay)] {
        for action in [None, Some(ACTIONS[0]), Some(ActionType::SvpHourPay)] {
            for confirmed in [None, Some(false), Some(true)] {
                for managing in [None, Some(vec![uin(45)]), Some(vec![uin(99)]), Some(vec![uin(99), uin(45)])] {
                    for day in [None, Some(1), Some(17)] {
                        let managing = managing.clone();
                        filters.push(LineFilter { pay_mode, action, confirmed, managing, day });
                    }
                }
            }
        }
    }
    filters
}

pub(crate) fn meant(filter: &LineFilter, line: &LineRow) -> bool {
    filter.pay_mode.is_none_or(|mode| line.action.pay_mode() == mode)
        && filter.action.is_none_or(|action| line.action == action)
        && filter.confirmed.is_none_or(|confirmed| line.confirmed == confirmed)
        && filter.managing.as_ref().is_none_or(|managing| line.managing.is_some_and(|under| managing.contains(&under)))
        && filter.day.is_none_or(|day| line.day == day)
}

pub(crate) fn lines_are_filtered_and_paged<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    let store = subject.store();
    let mut told = 0;
    for of in bills() {
        // These bindings are not one payer's each, as they are outside of tests: what is confirmed is not told by them.
        let several_pay = of == bill(70, 10).viewed(View::PaidByOthers);
        let told_of = |line: LineRow| LineRow { confirmed: line.confirmed && !several_pay, ..line };
        for filter in filters().into_iter().filter(|filter| filter.confirmed.is_none() || !several_pay) {
            let all: Vec<_> = on(&lines, of).filter(|line| meant(&filter, line)).cloned().map(told_of).collect();
            assert_eq!(store.line_count(of, &filter).unwrap(), all.len() as u64, "{of:?} {filter:?}");
            for (after, skip, limit) in
                [(None, 0, 1_000), (None, 3, 4), (None, 21, 9), (Some(8), 0, 3), (Some(70), 5, 100), (Some(150), 0, 9)]
            {
                let rest = all.iter().filter(|line| after.is_none_or(|after| line.seq > after));
                let expected: Vec<_> = rest.skip(skip).take(limit).cloned().collect();
                let found = store.lines(of, &filter, after, skip as u64, limit).unwrap();
                let found: Vec<_> = found.into_iter().map(told_of).collect();
                assert_eq!(found, expected, "{of:?} {filter:?} after {after:?} skip {skip} limit {limit}");
                told += found.len();
            }
        }
        let none = LineFilter::default();
        for skip in 0..60 {
            let expected: Vec<_> = on(&lines, of).skip(skip).take(2).map(|line| line.seq).collect();
            let found = store.lines(of, &none, None, skip as u64, 2).unwrap();
            assert_eq!(found.iter().map(|line| line.seq).collect::<Vec<_>>(), expected);
        }
        assert_eq!(store.lines(of, &none, None, u64::MAX, 2).unwrap(), []);
        assert_eq!(store.lines(of, &none, Some(u64::MAX), 0, 2).unwrap(), []);
        assert_eq!(store.lines(of, &none, None, 0, 0).unwrap(), []);
    }
    assert!(told > 1_000);
}

pub(crate) fn lines_are_visited_and_found_by_number<S: Subject>() {
    let (mut subject, lines) = with_lines::<S>();
    for _ in 0..160 {
        crate::commit(subject.store(), &[]);
    }
    subject.restart();
    let store = subject.store();
    let (of, paid) = (bill(2, 10), LineFilter { confirmed: Some(true), ..LineFilter::default() });
    let expected: Vec<_> = on(&lines, of).filter(|line| line.confirmed).cloned().collect();
    let mut visited = Vec::new();
    store
        .visit_lines(of, &paid, &mut |line| {
            // The visitor may ask the store something else.
            assert_eq!(store.lines_by_seq(of, &[line.seq]).unwrap(), std::slice::from_ref(&line));
            visited.push(line);
            Ok(())
        })
        .unwrap();
    assert!(visited.len() > 7);
    assert_eq!(visited, expected);
    let mut first = 0;
    let ended = store.visit_lines(of, &paid, &mut |line| {
        first = line.seq;
        Err(StoreError::io("enough"))
    });
    assert!(matches!(ended, Err(StoreError::Io(fault)) if fault.text() == "enough"));
    assert_eq!(first, expected[0].seq);
    // 2 and 3 are on other accounts' bills, 7 on another month's, 900 is none; 4 and 97 are confirmed one by one.
    let expected: Vec<_> = on(&lines, of).filter(|line| [4, 97, 148].contains(&line.seq)).cloned().collect();
    assert_eq!(expected.len(), 3);
    assert_eq!(store.lines_by_seq(of, &[148, 97, 4, 2, 3, 7, 900, u64::MAX, 97]).unwrap(), expected);
    assert_eq!(store.lines_by_seq(of, &[]).unwrap(), []);
}

pub(crate) fn a_long_bill_is_visited_to_its_end<S: Subject>() {
    let subject = S::fresh();
    let of = bill(1, 10);
    let lines: Vec<_> = (1..=2_500).map(|seq| LineRow { account: of.account, month: of.month, ..line(seq) }).collect();
    subject.store().fold_on(HistoryFold { upto_seq: 2_500, lines, ..HistoryFold::default() }).unwrap();
    let mut seqs = Vec::new();
    subject
        .store()
        .visit_lines(of, &LineFilter::default(), &mut |line| {
            seqs.push(line.seq);
            Ok(())
        })
        .unwrap();
    assert_eq!(seqs, (1..=2_500).collect::<Vec<_>>());
}

pub(crate) fn totals_of<'l>(lines: impl Iterator<Item = &'l LineRow>) -> Vec<BillTotalRow> {
    let mut all: BTreeMap<_, BillTotalRow> = BTreeMap::new();
    for line in lines {
        let key = (line.binding_seq, line.action, line.product.clone(), line.region.clone(), line.project.clone());
        let row = all.entry(key).or_insert_with(|| BillTotalRow {
            binding_seq: line.binding_seq,
            managing: line.managing,
            action: line.action,
            product: line.product.clone(),
            region: line.region.clone(),
            project: line.project.clone(),
            lines: 0,
            list_amount: Amount::ZERO,
            voucher_amount: Amount::ZERO,
            amount: Amount::ZERO,
            partner_amount: Amount::ZERO,
        });
        row.lines += 1;
        row.list_amount = row.list_amount.plus(line.list_amount).unwrap();
        row.voucher_amount = row.voucher_amount.plus(line.voucher_amount).unwrap();
        row.amount = row.amount.plus(line.amount).unwrap();
        row.partner_amount = row.partner_amount.plus(line.partner_amount).unwrap();
    }
    all.into_values().collect()
}

pub(crate) fn a_bills_sums_are_those_of_its_lines<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    for of in bills().into_iter().chain([bill(3, 9), bill(3, 8)]) {
        assert_eq!(subject.store().bill_totals(of).unwrap(), totals_of(on(&lines, of)), "{of:?}");
    }
    assert!(totals_of(on(&lines, bill(1, 10))).iter().any(|row| row.lines > 1));
}

pub(crate) fn a_fold_that_is_written_again_adds_to_no_sum<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let fold = |upto_seq, seqs: std::ops::RangeInclusive<u64>| {
        let lines = seqs.map(line).collect();
        HistoryFold { upto_seq, lines, ..HistoryFold::default() }
    };
    store.fold_on(fold(40, 1..=40)).unwrap();
    store.fold_on(fold(40, 1..=40)).unwrap();
    // One that overlaps adds only what is new, and one that names a line twice adds it once.
    store.fold_on(fold(60, 30..=60)).unwrap();
    let mut twice = fold(70, 61..=70);
    twice.lines.extend((61..=70).map(line));
    store.fold_on(twice).unwrap();
    let lines: Vec<_> = (1..=70).map(line).collect();
    for of in bills() {
        assert_eq!(store.bill_totals(of).unwrap(), totals_of(on(&lines, of)));
        assert_eq!(store.line_count(of, &LineFilter::default()).unwrap(), on(&lines, of).count() as u64);
    }
    assert!(matches!(store.fold_on(fold(69, 61..=69)), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.fold_on(fold(80, 80..=81)), Err(StoreError::Corrupt(_))));
    assert_eq!(store.history_seq().unwrap(), 70);
    assert_eq!(store.bill_totals(bill(1, 10)).unwrap(), totals_of(on(&lines, bill(1, 10))));
}

pub(crate) fn sums_beyond_an_amount_are_told_as_such_and_stop_nothing<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let huge = |seq| LineRow {
        list_amount: Amount::from_units(i64::MAX),
        amount: Amount::from_units(i64::MIN),
        ..LineRow { resource: "huge".into(), ..LineRow { seq, ..line(1) } }
    };
    let lines: Vec<_> = (1..=20).map(huge).chain([LineRow { seq: 21, ..line(2) }]).collect();
    for part in lines.chunks(3) {
        let upto_seq = part[part.len() - 1].seq;
        store.fold_on(HistoryFold { upto_seq, lines: part.to_vec(), ..HistoryFold::default() }).unwrap();
    }
    assert!(matches!(store.bill_totals(bill(2, 10)), Err(StoreError::Io(_))));
    assert!(matches!(store.resource_totals(bill(2, 10), None, None, 9), Err(StoreError::Io(_))));
    assert_eq!(store.line_count(bill(2, 10), &LineFilter::default()).unwrap(), 20);
    assert_eq!(store.bill_totals(bill(3, 10)).unwrap(), totals_of([lines[20].clone()].iter()));
    // What was too large fits again when enough has gone the other way: nothing was cut off.
    let back = |seq| {
        let LineRow { list_amount, amount, .. } = huge(seq);
        let turned = |amount: Amount| Amount::from_units(!amount.units());
        LineRow { list_amount: turned(list_amount), amount: turned(amount), ..huge(seq) }
    };
    store
        .fold_on(HistoryFold { upto_seq: 60, lines: (31..=50).map(back).collect(), ..HistoryFold::default() })
        .unwrap();
    let totals = store.bill_totals(bill(2, 10)).unwrap();
    let sums: Vec<_> = totals.iter().map(|row| (row.lines, row.list_amount.units(), row.amount.units())).collect();
    assert_eq!(sums, [(40, -20, -20)]);
}

pub(crate) fn the_months_of_an_accounts_bills_are_found<S: Subject>() {
    let (subject, _) = with_lines::<S>();
    let store = subject.store();
    assert_eq!(store.bill_months(uin(1)).unwrap(), [month(10), month(9)]);
    // One that pays for nobody, and owns what others pay.
    assert_eq!(store.bill_months(uin(70)).unwrap(), [month(10), month(9)]);
    assert_eq!(store.bill_months(uin(9)).unwrap(), []);
    let late = LineRow { account: uin(2), month: month(12), seq: 170, ..line(170) };
    store.fold_on(HistoryFold { upto_seq: 170, lines: vec![late], ..HistoryFold::default() }).unwrap();
    assert_eq!(store.bill_months(uin(2)).unwrap(), [month(12), month(10), month(9)]);
}

pub(crate) fn receipts_come_back_in_order<S: Subject>() {
    let (subject, _) = with_lines::<S>();
    let store = subject.store();
    let whole = receipt(152, bill(2, 10), &[(9, ACTIONS[2])], &[1, 4, 10, 97, 100]);
    let second = receipt(153, bill(2, 10), &[], &[13, 16]);
    assert_eq!(store.receipts(bill(2, 10)).unwrap(), [whole, second.clone()]);
    // Those for what an account paid, by whatever view, and for what those paid that pay for it.
    assert_eq!(store.receipts(bill(2, 10).viewed(View::Own)).unwrap().len(), 2);
    let paid_for: Vec<_> = store.receipts(bill(70, 10).viewed(View::PaidByOthers)).unwrap();
    assert_eq!(paid_for.iter().map(|row| row.seq).collect::<Vec<_>>(), [151, 152, 153]);
    assert_eq!(store.receipts(bill(9, 10).viewed(View::PaidByOthers)).unwrap(), []);
    assert_eq!(store.receipts(bill(3, 10)).unwrap(), []);
    assert_eq!(store.receipts(bill(2, 9)).unwrap(), []);
    // Written again, it is still one.
    let again = HistoryFold { upto_seq: 160, receipts: vec![second], ..HistoryFold::default() };
    store.fold_on(again).unwrap();
    assert_eq!(store.receipts(bill(2, 10)).unwrap().len(), 2);
}

pub(crate) fn cleared_bills_start_again<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    let store = subject.store();
    store.clear_history().unwrap();
    let of = bill(1, 10);
    assert_eq!(store.bill_totals(of).unwrap(), []);
    assert_eq!(store.bill_months(uin(1)).unwrap(), []);
    assert_eq!(store.receipts(of).unwrap(), []);
    let fold = HistoryFold { upto_seq: 150, lines: (1..=150).map(line).collect(), ..HistoryFold::default() };
    store.fold_on(fold).unwrap();
    assert_eq!(store.bill_totals(of).unwrap(), totals_of(on(&lines, of)));
    assert!(store.lines(of, &LineFilter::default(), None, 0, 999).unwrap().iter().all(|line| !line.confirmed));
}
