//! The part of the book about receipts, payments and bills: what is not confirmed yet.

use crate::access::Actor;
use crate::book::Book;
use crate::book::pages::Pages;
use crate::channel::{OpenBill, Uin};
use crate::ledger::Month;

/// What is not confirmed yet.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) open: Pages<Uin, Vec<OpenBill>>,
    /// The last month whose bills were noted as issued.
    pub(in crate::book) issued: Option<Month>,
}

impl Book {
    /// What a customer still owes its partners, by binding and month, oldest first.
    pub fn open_bills(&self, customer: Uin) -> &[OpenBill] {
        self.bills.open.get(&customer).map_or(&[], Vec::as_slice)
    }

    /// What a customer still owes for a month, under bindings to this partner.
    pub(super) fn open_bills_of(
        &self,
        customer: Uin,
        partner: Option<Uin>,
        month: Month,
    ) -> impl Iterator<Item = &OpenBill> {
        let bills = self.open_bills(customer).iter();
        bills.filter(move |bill| bill.month == month && Some(bill.binding.partner) == partner)
    }

    /// Which partner a receipt for this customer says was paid: the caller itself; for the platform the managing partner
    /// (R93), or the last one of a customer that is no longer bound.
    pub fn paid_partner(&self, actor: Actor, customer: Uin) -> Option<Uin> {
        match actor {
            Actor::Account { uin: partner, .. } => Some(partner),
            Actor::Platform { .. } | Actor::System => {
                let bound = self.customer(customer).map(|bound| bound.partner);
                bound.or_else(|| self.former_bindings(customer).last().map(|former| former.binding.partner))
            }
        }
    }

    /// The last month whose bills were noted as issued.
    pub fn issued(&self) -> Option<Month> {
        self.bills.issued
    }
}
