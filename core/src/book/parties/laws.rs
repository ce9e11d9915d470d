//! The laws of parties: what was handed down sums up, every line holds what is set aside on it, and bindings and payers follow
//! one another.

use crate::book::Book;
use crate::book::law::{Laws, SetAside, customers, units};
use crate::channel::{PartnerKind, Uin};
use crate::ledger::Line;
use crate::money::Amount;
use std::collections::BTreeMap;

/// What a partner's customers and second-level resellers come to.
#[derive(Default)]
struct Sums {
    handed_out: i128,
    total: i128,
    available: i128,
    customers: usize,
}

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    check_intervals(book, laws);
    check_paying(book, laws);
    let mut sums: BTreeMap<Uin, Sums> = BTreeMap::new();
    for (uin, customer) in customers(book) {
        let line = &customer.line;
        let set_aside = laws.on_credit.remove(&uin).unwrap_or_default();
        check_set_aside(laws, uin, (line.prepay_frozen(), line.postpay_frozen()), &set_aside);
        laws.expect(uin, "a total is not below zero", units(line.limit().min(Amount::ZERO)), 0);
        laws.must(uin, "a customer's partner exists", book.partner(customer.partner).is_some());
        let sums = sums.entry(customer.partner).or_default();
        sums.handed_out += units(line.limit());
        sums.total += units(line.limit());
        sums.available += available(line);
        sums.customers += 1;
    }
    for account in book.accounts() {
        let (uin, finance) = (account.uin, &account.own().finance);
        let set_aside = laws.on_money.remove(&uin).unwrap_or_default();
        check_set_aside(laws, uin, (finance.prepay_frozen(), finance.postpay_frozen()), &set_aside);
    }
    for (uin, left) in std::mem::take(&mut laws.on_credit) {
        laws.expect(uin, "only a customer's credit is set aside", 0, left.held + left.frozen);
    }
    for partner in book.parties.partners.iter() {
        if let Some(above) = partner.distributor {
            sums.entry(above).or_default().handed_out += units(partner.allocation_quota);
        }
    }
    for partner in book.parties.partners.iter() {
        let uin = partner.uin;
        let sums = sums.remove(&uin).unwrap_or_default();
        laws.expect(uin, "allocated is the sum of what was handed down", units(partner.allocated), sums.handed_out);
        laws.expect(uin, "customers' totals sum up", units(partner.customers_total), sums.total);
        laws.expect(uin, "customers' available sums up", partner.customers_available, sums.available);
        laws.expect(uin, "customers are listed", book.customers_of(uin).len() as i128, sums.customers as i128);
        let over = (units(partner.allocated) - units(partner.allocation_quota)).max(0);
        laws.expect(uin, "allocated is within the quota", over, 0);
        let set_aside = laws.on_spend.remove(&uin).unwrap_or_default();
        let frozen = partner.spend.map(|line| (line.prepay_frozen(), line.postpay_frozen())).unwrap_or_default();
        check_set_aside(laws, uin, frozen, &set_aside);
        let second_level = partner.kind == PartnerKind::SecondLevelReseller;
        let law = "a second-level reseller, and nobody else, has a distributor";
        laws.expect(uin, law, i128::from(partner.distributor.is_some()), i128::from(second_level));
    }
    for uin in sums.into_keys().chain(std::mem::take(&mut laws.on_spend).into_keys()) {
        laws.must(uin, "whoever hands out or pays is a partner", false);
    }
}

/// Who pays for what is open is the account itself or was named as its payer, and the partner is the one above the binding
/// that it is paid under, or the account where it is a partner's own, or nobody where money of one's own pays.
fn check_paying(book: &Book, laws: &mut Laws) {
    let orders = book.buying.orders.values().map(|one| (one.account, one.paying, one.binding));
    let authorizations = book.buying.authorizations.values().map(|one| (one.account, one.paying, one.binding));
    let resources = book.metering.resources.values().map(|one| (one.account, one.paying, one.binding));
    for (account, paying, binding) in orders.chain(authorizations).chain(resources) {
        let named = book.payer_intervals(account).iter().any(|one| one.payer == paying.payer);
        laws.must(account, "who pays is the account or was named", named || paying.payer == account);
        let uses_its_own = binding.is_none() && paying.partner.is_some();
        let managing = binding.map(|binding| binding.partner).or(uses_its_own.then_some(account));
        let managing = managing.and_then(|managing| book.partner(managing));
        let above = managing.and_then(|managing| book.paying_partner(managing)).map(|partner| partner.uin);
        laws.must(account, "the paying partner is the one above", paying.partner == above);
    }
}

/// What is set aside is the sum of what is open.
fn check_set_aside(laws: &mut Laws, uin: Uin, (held, frozen): (Amount, Amount), set_aside: &SetAside) {
    laws.expect(uin, "what is held is the sum of open holds", units(held), set_aside.held);
    laws.expect(uin, "what is frozen is the sum over resources", units(frozen), set_aside.frozen);
}

fn check_intervals(book: &Book, laws: &mut Laws) {
    for (account, former) in book.parties.former.iter() {
        let current = book.customer(*account).map_or(book.now, |customer| customer.bound_at);
        let starts = former.iter().skip(1).map(|next| next.from).chain([current]);
        let apart = former.iter().zip(starts).all(|(one, next)| one.from <= one.until && one.until <= next);
        laws.must(*account, "one binding ends before the next begins", apart);
    }
}

fn available(line: &Line) -> i128 {
    let [limit, used, prepay, postpay] =
        [line.limit(), line.used(), line.prepay_frozen(), line.postpay_frozen()].map(units);
    limit - used - prepay - postpay
}
