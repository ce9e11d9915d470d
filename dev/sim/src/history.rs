//! Holding history against the auditor's account: every notice exactly once, orders, vouchers and resources as they
//! stand, and each issued bill down to its last line.

use crate::subject::{Broken, Subject};
use crate::tamper::{Falsified, Tamper, falsifies};
use credere_auditor::facts::{DueNotice, total};
use credere_auditor::{Auditor, Difference, Units, expect_equal, units};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Month;
use credere_store::contract::{Bill, LineFilter, NoticeFilter, NoticeKey, NoticeRow};
use std::collections::BTreeMap;

/// Rows beyond what is expected that are looked at, so that too many are seen as well.
const MORE: usize = 20;

/// How far history's list of notices has been looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looked(Option<NoticeKey>);

/// A bill's lines by managing binding, type and product: how many, list price, vouchers, both sides' amounts.
type Parts = BTreeMap<(u64, ActionType, String), [Units; 5]>;

/// What has happened since the last look: differences, and how far that was.
pub(crate) fn check_history(
    world: &mut Auditor,
    subject: &Subject,
    looked: &mut Looked,
    (tamper, act): (Option<&Tamper>, u64),
) -> Result<Vec<Difference>, Broken> {
    let mut told = std::mem::take(&mut world.due_notices);
    let orders: Vec<u64> = std::mem::take(&mut world.changed_orders).into_iter().collect();
    let vouchers: Vec<u64> = std::mem::take(&mut world.changed_vouchers).into_iter().collect();
    let ended = std::mem::take(&mut world.ended_resources);
    let wanted = told.len() + MORE;
    let (wanted_orders, wanted_vouchers) = (orders.clone(), vouchers.clone());
    let names: Vec<String> = ended.iter().map(|(name, ..)| name.as_str().to_owned()).collect();
    let (notices, order_rows, voucher_rows, resource_rows) = subject.history(move |store| {
        let notices = store.notices(&NoticeFilter::default(), None, wanted)?;
        let orders = wanted_orders.iter().map(|id| store.order(*id)).collect::<Result<Vec<_>, _>>()?;
        let vouchers = wanted_vouchers.iter().map(|id| store.voucher(*id)).collect::<Result<Vec<_>, _>>()?;
        let resources = names.iter().map(|name| store.resource(name)).collect::<Result<Vec<_>, _>>()?;
        Ok((notices, orders, vouchers, resources))
    })?;
    let mut all = Vec::new();
    let new = |row: &&NoticeRow| looked.0.is_none_or(|last| row.key > last);
    let mut listed: Vec<DueNotice> = notices.iter().filter(new).map(notice_of).collect();
    looked.0 = notices.iter().map(|row| row.key).max().max(looked.0);
    falsify_notices(&mut listed, tamper, act);
    told.sort_unstable();
    listed.sort_unstable();
    if told != listed {
        let missing = without(&told, &listed);
        let surplus = without(&listed, &told);
        expect_equal(&mut all, "notices", &missing, &surplus);
    }
    for (id, row) in orders.iter().zip(order_rows) {
        let Some(order) = world.orders.get(id) else { continue };
        let mut expected = (order.state.name().to_owned(), order.refunded, order.paid(), order.partner_paid());
        let row = row.map(|row| (row.state, units(row.refunded_amount), units(row.amount), units(row.partner_amount)));
        if falsifies(tamper, act, Falsified::OrderState) {
            expected.0.push('!');
        }
        if falsifies(tamper, act, Falsified::OrderRefunded) {
            expected.1 += 1;
        }
        expect_equal(&mut all, &format!("history of order {id}"), &Some(expected), &row);
    }
    for (id, row) in vouchers.iter().zip(voucher_rows) {
        let Some(voucher) = world.vouchers.get(id) else { continue };
        let state = if falsifies(tamper, act, Falsified::VoucherRow) { "falsified" } else { voucher.state.name() };
        let row = row.map(|row| (row.status, units(row.amount)));
        let expected = Some((state.to_owned(), voucher.amount));
        expect_equal(&mut all, &format!("history of voucher {id}"), &expected, &row);
    }
    // A name may be used again: only the newest of a name is listed under it.
    for ((name, id, state), row) in ended.iter().zip(resource_rows) {
        let newest = ended.iter().filter(|(other, ..)| other == name).map(|(_, id, _)| id).max();
        if newest != Some(id) || world.resources.contains_key(name) {
            continue;
        }
        let row = row.map(|row| (row.seq, row.state));
        let expected = Some((*id, (*state).to_owned()));
        expect_equal(&mut all, &format!("history of resource {name}"), &expected, &row);
    }
    Ok(all)
}

/// One bill, down to its lines: its sums by what it is grouped by, what is confirmed of it, and each line's status.
pub(crate) fn check_bill(
    world: &Auditor,
    subject: &Subject,
    (account, month): (Uin, Month),
    (tamper, act): (Option<&Tamper>, u64),
) -> Result<Vec<Difference>, Broken> {
    let bill = Bill::paid(account, month);
    let (totals, lines) = subject.history(move |store| {
        Ok((store.bill_totals(bill)?, store.lines(bill, &LineFilter::default(), None, 0, usize::MAX)?))
    })?;
    let mut expected_parts = Parts::new();
    let mut expected_lines = Vec::new();
    for at in world.bill_lines.get(&(account, month)).into_iter().flatten() {
        let line = &world.lines[*at];
        let code = world.products[line.product as usize].code.to_string();
        let figures = [1, line.price.list, total(&line.uses.customer), line.amount(), line.partner_amount()];
        let part = expected_parts.entry((line.buyer.binding(), line.action, code)).or_default();
        part.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
        let whose = (line.buyer.account, line.buyer.partner);
        expected_lines.push((line.seq, whose, line.amount(), line.partner_amount(), line.confirmed));
    }
    let mut parts = Parts::new();
    for row in totals {
        let figures = [
            Units::from(row.lines),
            units(row.list_amount),
            units(row.voucher_amount),
            units(row.amount),
            units(row.partner_amount),
        ];
        let part = parts.entry((row.binding_seq, row.action, row.product)).or_default();
        part.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
    }
    let mut found: Vec<_> = lines
        .iter()
        .map(|line| {
            (line.seq, (line.owner, line.partner), units(line.amount), units(line.partner_amount), line.confirmed)
        })
        .collect();
    if falsifies(tamper, act, Falsified::BillTotal) {
        parts.values_mut().take(1).for_each(|part| part[3] += 1);
    }
    if falsifies(tamper, act, Falsified::LineConfirmed) {
        found.iter_mut().take(1).for_each(|line| line.4 = !line.4);
    }
    let mut all = Vec::new();
    let name = |what: &str| format!("{what} of account {account} for {month}");
    if expected_parts != parts {
        all.push(Difference {
            what: name("the bill's totals"),
            expected: format!("{expected_parts:?}"),
            found: format!("{parts:?}"),
        });
    }
    for (expected, found) in differing(&expected_lines, &found) {
        all.push(Difference { what: name("a line of the bill"), expected, found });
    }
    Ok(all)
}

/// The bills that have lines, of this month.
pub(crate) fn bills_of(world: &Auditor, month: Month) -> Vec<(Uin, Month)> {
    world.bill_lines.keys().filter(|(_, of)| *of == month).copied().collect()
}

fn notice_of(row: &NoticeRow) -> DueNotice {
    DueNotice { recipient: row.recipient, customer: row.customer, kind: row.kind, level: row.level }
}

fn falsify_notices(listed: &mut Vec<DueNotice>, tamper: Option<&Tamper>, act: u64) {
    if falsifies(tamper, act, Falsified::NoticeMissing) {
        listed.pop();
    }
    if falsifies(tamper, act, Falsified::NoticeTwice)
        && let Some(last) = listed.last().copied()
    {
        listed.push(last);
    }
}

/// What of `all` is not in `other`, counted.
fn without(all: &[DueNotice], other: &[DueNotice]) -> Vec<DueNotice> {
    let mut left = other.to_vec();
    let kept = all.iter().filter(|one| match left.iter().position(|it| it == *one) {
        Some(at) => {
            left.remove(at);
            false
        }
        None => true,
    });
    kept.copied().collect()
}

/// The first places in which two lists differ.
fn differing<T: PartialEq + std::fmt::Debug>(expected: &[T], found: &[T]) -> Vec<(String, String)> {
    let places = (0..expected.len().max(found.len())).filter(|at| expected.get(*at) != found.get(*at));
    places.take(5).map(|at| (format!("{:?}", expected.get(at)), format!("{:?}", found.get(at)))).collect()
}
