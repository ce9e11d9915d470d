//! Kept sums of bills: by day, by resource, by the values of tags; and everything that is asked of bills, of lines that
//! nobody thought of, against a plain walk over them.

use crate::bills::{ACTIONS, bill, filters, line, meant, on, receipt, totals_of, with_lines};
use crate::{Behind, Subject, Wide, uin};
use credere_core::channel::{Details, Uin};
use credere_core::money::Amount;
use credere_store::contract::{
    Bill, BillsHistory, DayTotalRow, History, HistoryFold, LineFilter, LineRow, NamedTotalRow, ReceiptRow, StoreError,
    View,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

fn plus(one: Amount, two: Amount) -> Amount {
    one.plus(two).unwrap()
}

/// Those of a bill's lines that are charged under one of these partners.
fn under<'l>(lines: &'l [LineRow], of: Bill, managing: Option<&'l [Uin]>) -> impl Iterator<Item = &'l LineRow> {
    on(lines, of).filter(move |line| {
        managing.is_none_or(|managing| line.managing.is_some_and(|under| managing.contains(&under)))
    })
}

/// A page of sums by name and product, line by line.
fn named<'l>(
    lines: impl Iterator<Item = &'l LineRow>,
    name_of: impl Fn(&LineRow) -> String,
    after: Option<&str>,
    limit: usize,
) -> Vec<NamedTotalRow> {
    let mut all: BTreeMap<(String, String), Vec<&LineRow>> = BTreeMap::new();
    for line in lines {
        all.entry((name_of(line), line.product.clone())).or_default().push(line);
    }
    let names: BTreeSet<String> = all.keys().map(|(name, _)| name.clone()).collect();
    let page: Vec<String> =
        names.into_iter().filter(|name| after.is_none_or(|after| name.as_str() > after)).take(limit).collect();
    let shown = all.into_iter().filter(|((name, _), _)| page.contains(name));
    let row = |((name, product), lines): ((String, String), Vec<&LineRow>)| {
        let (lines, [list_amount, voucher_amount, amount, partner_amount]) = come_to(&lines);
        NamedTotalRow { name, product, lines, list_amount, voucher_amount, amount, partner_amount }
    };
    shown.map(row).collect()
}

fn value_of(line: &LineRow, tag: &str) -> String {
    Details::read(&line.details).tags.remove(tag).unwrap_or_default()
}

fn of_day(lines: &[LineRow], of: Bill, day: u8) -> Vec<DayTotalRow> {
    let mut all: BTreeMap<_, Vec<&LineRow>> = BTreeMap::new();
    for line in on(lines, of).filter(|line| line.day == day) {
        all.entry((line.binding_seq, line.managing, line.action)).or_default().push(line);
    }
    let row = |((binding_seq, managing, action), lines): (_, Vec<&LineRow>)| {
        let (lines, [list_amount, voucher_amount, amount, partner_amount]) = come_to(&lines);
        DayTotalRow { binding_seq, managing, action, lines, list_amount, voucher_amount, amount, partner_amount }
    };
    all.into_iter().map(row).collect()
}

/// How many they are, and what they come to: list price, paid by vouchers, charged, and charged to the partner.
fn come_to(lines: &[&LineRow]) -> (u64, [Amount; 4]) {
    let sum = |part: fn(&LineRow) -> Amount| lines.iter().map(|line| part(line)).fold(Amount::ZERO, plus);
    let sums = [
        sum(|line| line.list_amount),
        sum(|line| line.voucher_amount),
        sum(|line| line.amount),
        sum(|line| line.partner_amount),
    ];
    (lines.len() as u64, sums)
}

fn partners() -> [Option<Vec<Uin>>; 5] {
    [None, Some(vec![uin(45)]), Some(vec![uin(49), uin(45), uin(49)]), Some(vec![uin(99)]), Some(Vec::new())]
}

pub(crate) fn a_bill_is_summed_by_resource_in_pages<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    let mut told = 0;
    for of in [bill(1, 10), bill(2, 10), bill(9, 10), bill(1, 8)] {
        for managing in partners() {
            let managing = managing.as_deref();
            for after in [None, Some(""), Some("ins-1"), Some("ins-15"), Some("z"), Some("ébène")] {
                for limit in [0, 1, 2, 9] {
                    let expected = named(under(&lines, of, managing), |line| line.resource.clone(), after, limit);
                    let found = subject.store().resource_totals(of, managing, after, limit).unwrap();
                    assert_eq!(found, expected, "{of:?} {managing:?} {after:?} {limit}");
                    told += found.len();
                }
            }
        }
    }
    assert!(told > 100, "{told}");
}

pub(crate) fn a_bill_is_summed_by_the_values_of_a_tag_in_pages<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    let mut told = 0;
    for of in [bill(1, 10), bill(3, 10), bill(9, 10)] {
        for tag in ["team", "env", "", "tea", "team\0", "nobody's"] {
            for managing in partners() {
                let managing = managing.as_deref();
                for after in [None, Some(""), Some("prod"), Some("team 1"), Some("z")] {
                    for limit in [0, 1, 2, 99] {
                        let expected = named(under(&lines, of, managing), |line| value_of(line, tag), after, limit);
                        let found = subject.store().tag_totals(of, managing, tag, after, limit).unwrap();
                        assert_eq!(found, expected, "{of:?} {tag} {managing:?} {after:?} {limit}");
                        told += found.len();
                    }
                }
            }
        }
    }
    assert!(told > 100, "{told}");
}

pub(crate) fn a_bill_is_summed_by_day<S: Subject>() {
    let (subject, lines) = with_lines::<S>();
    for of in [bill(1, 10), bill(3, 9), bill(9, 10)] {
        for day in 0..=32 {
            assert_eq!(subject.store().day_totals(of, day).unwrap(), of_day(&lines, of, day), "{of:?} {day}");
        }
    }
    assert!((1..=31).any(|day| of_day(&lines, bill(1, 10), day).len() > 1));
}

/// What of a line is drawn, and how many positions it comes after the one before.
#[derive(Debug, Clone)]
struct Drawn {
    gap: u64,
    account: u64,
    month: u8,
    day: u8,
    binding: usize,
    action: usize,
    product: usize,
    resource: String,
    tags: BTreeMap<String, String>,
    amount: i64,
}

/// Texts of which one is the beginning of another, and with bytes that keys have to take care of.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ab]{1,2}", Just("a\0".to_owned()), Just("a\0b".to_owned()), Just("é".to_owned())]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let tags = proptest::collection::btree_map("[kl]{1,2}", text(), 0..3);
    let which = (prop_oneof![9 => 1..3_u64, 1 => 3..20_u64], 1..3_u64, 9..11_u8, 1..4_u8, 0..3_usize);
    (which, 0..3_usize, 0..2_usize, text(), tags, any::<i32>()).prop_map(
        |(which, action, product, resource, tags, amount)| {
            let (gap, account, month, day, binding) = which;
            Drawn { gap, account, month, day, binding, action, product, resource, tags, amount: i64::from(amount) }
        },
    )
}

fn line_of(seq: u64, drawn: &Drawn) -> LineRow {
    let binding_seq = [0, 5, 9][drawn.binding];
    LineRow {
        seq,
        account: uin(drawn.account),
        month: crate::bills::month(drawn.month),
        day: drawn.day,
        managing: (binding_seq > 0).then(|| uin(40 + binding_seq)),
        binding_seq,
        product: ["cvm", "cdn"][drawn.product].into(),
        action: ACTIONS[drawn.action],
        resource: drawn.resource.clone(),
        list_amount: Amount::from_units(drawn.amount),
        voucher_amount: Amount::from_units(drawn.amount / 3),
        amount: Amount::from_units(-drawn.amount),
        details: Details { tags: drawn.tags.clone(), ..Details::default() }.text(),
        ..line(seq)
    }
}

/// Folds the lines, cut after these many of them, with receipts at the end, and starts again in between.
fn filled<S: Subject>(lines: &mut [LineRow], cuts: &[usize], single: &[usize]) -> S {
    let mut subject = S::fresh();
    let last = lines.last().map_or(0, |line| line.seq);
    let (mut from, mut cuts) = (0, cuts.iter().cycle());
    while from < lines.len() {
        let until = (from + cuts.next().unwrap()).min(lines.len());
        // Some folds reach on beyond their last line.
        let upto_seq = lines.get(until).map_or(last + 3, |next| next.seq - 1);
        let fold = HistoryFold { upto_seq, lines: lines[from..until].to_vec(), ..HistoryFold::default() };
        subject.store().fold_on(fold).unwrap();
        if until.is_multiple_of(3) {
            subject.restart();
        }
        from = until;
    }
    let of = bill(1, 10);
    let named: Vec<u64> = single.iter().filter_map(|place| Some(lines.get(*place)?.seq)).collect();
    let receipts: Vec<ReceiptRow> =
        vec![receipt(last + 4, of, &[(5, ACTIONS[0])], &[]), receipt(last + 5, of, &[], &named)];
    subject.store().fold_on(HistoryFold { upto_seq: last + 5, receipts, ..HistoryFold::default() }).unwrap();
    for line in lines {
        let own = (line.account, line.month) == (of.account, of.month);
        let whole = (line.binding_seq, line.action) == (5, ACTIONS[0]);
        line.confirmed = own && (whole || named.contains(&line.seq));
    }
    subject
}

fn compare<S: Subject>(subject: &S, lines: &[LineRow]) -> Result<(), TestCaseError> {
    let store = subject.store();
    let views = [View::Paid, View::Own, View::OnBehalf, View::OnBehalfOf(uin(70))].map(|view| bill(1, 10).viewed(view));
    for of in views.into_iter().chain([bill(2, 9), bill(70, 10).viewed(View::PaidByOthers)]) {
        prop_assert_eq!(store.bill_totals(of).unwrap(), totals_of(on(lines, of)));
        for day in 1..4 {
            prop_assert_eq!(store.day_totals(of, day).unwrap(), of_day(lines, of, day));
        }
        for managing in partners() {
            let managing = managing.as_deref();
            for (after, limit) in [(None, 99), (None, 2), (Some("a"), 2), (Some("a\0"), 9)] {
                let expected = named(under(lines, of, managing), |line| line.resource.clone(), after, limit);
                prop_assert_eq!(store.resource_totals(of, managing, after, limit).unwrap(), expected);
                for tag in ["k", "kl", "l"] {
                    let expected = named(under(lines, of, managing), |line| value_of(line, tag), after, limit);
                    prop_assert_eq!(store.tag_totals(of, managing, tag, after, limit).unwrap(), expected);
                }
            }
        }
        if of.view == View::PaidByOthers {
            // Bindings drawn at random are not one payer's each, as they are outside of tests.
            continue;
        }
        // Every kind of filter is among them.
        for filter in filters().into_iter().step_by(5) {
            let all: Vec<_> = on(lines, of).filter(|line| meant(&filter, line)).cloned().collect();
            prop_assert_eq!(store.line_count(of, &filter).unwrap(), all.len() as u64);
            let middle = all.get(all.len() / 2).map_or(7, |line| line.seq);
            for (after, skip, limit) in [(None, 0, 999), (None, 2, 3), (Some(middle), 0, 2), (Some(middle - 1), 1, 9)] {
                let rest = all.iter().filter(|line| after.is_none_or(|after| line.seq > after));
                let expected: Vec<_> = rest.skip(skip).take(limit).cloned().collect();
                prop_assert_eq!(store.lines(of, &filter, after, skip as u64, limit).unwrap(), expected);
            }
        }
        let asked: Vec<u64> = (0..lines.last().map_or(9, |line| line.seq + 2)).collect();
        let expected: Vec<_> = on(lines, of).cloned().collect();
        prop_assert_eq!(store.lines_by_seq(of, &asked).unwrap(), expected);
    }
    Ok(())
}

pub(crate) fn whatever_is_asked_of_a_bill_is_what_its_lines_say<S: Subject>() {
    ask_of_bills::<S>(1..60, 20, 16);
}

/// With segments in which a bill has more lines than fit on one page, and more than one mark tells.
#[test]
fn whatever_is_asked_of_a_large_bill_is_what_its_lines_say() {
    ask_of_bills::<Wide>(2_500..3_000, 900, 2);
}

/// With a large segment that was merged slice by slice.
#[test]
fn whatever_is_asked_of_a_large_bill_beyond_a_large_segment_is_what_its_lines_say() {
    ask_of_bills::<Wide>(3_700..4_000, 900, 2);
}

/// All that is kept of bills, and how many pages of it are of a large segment.
fn kept(subject: &Wide) -> (Vec<String>, i64) {
    let connection = Connection::open(subject.0.folder.path().join("history.db")).unwrap();
    let rows = "SELECT 'page ' || id || ' ' || quote(first_key) || quote(next_key) || quote(body) FROM bill_page
        UNION ALL SELECT 'segment ' || level || ' ' || segment || ' ' || quote(months) FROM bill_segment
        UNION ALL SELECT 'tally ' || kind || ' ' || entries FROM tally WHERE kind IN (9, 10) ORDER BY 1";
    let mut statement = connection.prepare(rows).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let large = connection.query_row("SELECT count(*) FROM bill_page WHERE level = 2", [], |row| row.get(0)).unwrap();
    (rows, large)
}

/// Lines beyond a large segment, of resources with names of their own, so that there are more pages than slices.
fn many_lines() -> Vec<LineRow> {
    let mut runner = TestRunner::deterministic();
    let mut seq = 0;
    let mut next = || {
        let drawn = drawn().new_tree(&mut runner).unwrap().current();
        seq += drawn.gap;
        LineRow { resource: format!("{:-<80}", seq * 7_919 % 10_007), ..line_of(seq, &drawn) }
    };
    (0..4_000).map(|_| next()).collect()
}

#[test]
fn what_is_kept_of_bills_follows_from_positions_alone() {
    let mut lines = many_lines();
    // Up to amid the slices of the first large segment, and beyond its last one.
    for count in [2_600, lines.len()] {
        let lines = &mut lines[..count];
        let (at_once, large) = kept(&filled(lines, &[count], &[]));
        assert!(large > 32, "{large} pages of a large segment");
        for cuts in [[1, 700], [37, 5]] {
            assert_eq!(kept(&filled(lines, &cuts, &[])).0, at_once, "folds of {cuts:?}");
        }
    }
}

#[test]
fn a_slice_does_not_go_on_behind_a_page_that_is_gone() {
    let mut lines = many_lines();
    let rest = lines.split_off(2_600);
    let subject: Wide = filled(&mut lines, &[700], &[]);
    let position = subject.store().history_seq().unwrap();
    let connection = Connection::open(subject.0.folder.path().join("history.db")).unwrap();
    // The last one of a large segment of which some slices are there.
    let gone = "DELETE FROM bill_page WHERE id = (SELECT max(id) FROM bill_page WHERE level = 2)";
    assert_eq!(connection.execute(gone, []).unwrap(), 1);
    let rest: Vec<_> = rest.into_iter().filter(|line| line.seq > position).collect();
    let upto_seq = rest.last().map_or(position, |line| line.seq);
    let fold = HistoryFold { upto_seq, lines: rest, ..HistoryFold::default() };
    assert!(matches!(subject.store().fold_on(fold), Err(StoreError::Corrupt(_))));
    assert_eq!(subject.store().history_seq().unwrap(), position);
}

fn ask_of_bills<S: Subject>(count: Range<usize>, fold_max: usize, cases: u32) {
    let single = proptest::collection::vec(0..count.end, 0..3);
    let lines = proptest::collection::vec(drawn(), count);
    let cuts = proptest::collection::vec(1..fold_max, 1..4);
    let config =
        ProptestConfig { cases, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(drawn in lines, cuts in cuts, single in single)| {
        let mut seq = 0;
        let mut lines: Vec<LineRow> = drawn.iter().map(|drawn| {
            seq += drawn.gap;
            line_of(seq, drawn)
        }).collect();
        let subject = filled::<S>(&mut lines, &cuts, &single);
        compare(&subject, &lines)?;
    });
}

pub(crate) fn a_bill_that_grows_is_told_as_of_one_moment<S: Subject>() {
    // Each fold has three lines, so that any other count is of no moment.
    const FOLDS: u64 = 60;
    let subject = S::fresh();
    let of = bill(1, 10);
    let fold = |number: u64| {
        let seqs = 3 * number + 1..=3 * number + 3;
        let lines = seqs.map(|seq| LineRow { account: of.account, month: of.month, ..line(seq) }).collect();
        HistoryFold { upto_seq: 3 * number + 3, lines, ..HistoryFold::default() }
    };
    subject.store().fold_on(fold(0)).unwrap();
    let store = subject.shared();
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| (1..FOLDS).for_each(|number| store.fold_on(fold(number)).unwrap()));
        let mut before = 0;
        loop {
            let last = writer.is_finished();
            let lines: u64 = subject.store().bill_totals(of).unwrap().iter().map(|row| row.lines).sum();
            assert!(lines.is_multiple_of(3) && lines >= before, "{lines} after {before}");
            let counted = subject.store().line_count(of, &LineFilter::default()).unwrap();
            assert!(counted.is_multiple_of(3) && counted >= lines, "{counted} after {lines}");
            before = counted;
            if last {
                break;
            }
        }
        assert_eq!(before, 3 * FOLDS);
    });
    assert_eq!(subject.store().history_seq().unwrap(), 3 * FOLDS);
}
