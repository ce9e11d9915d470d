//! The part of the book about receipts, payments and bills: what is not confirmed yet.

use crate::access::Actor;
use crate::book::Book;
use crate::book::fit::Fit;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Binding, OpenBill, Uin, looked_at};
use crate::ledger::Month;
use serde::{Deserialize, Serialize};

/// What is not confirmed yet.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) open: Pages<BillKey, OpenBill>,
    /// The last month whose bills were noted as issued.
    pub(in crate::book) issued: Option<Month>,
    /// The last month that something was charged in, or a later one.
    pub(in crate::book) charged_upto: Option<Month>,
}

/// Which bill: who pays it, for which month, and under which binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::book) struct BillKey {
    payer: Uin,
    month: Month,
    partner: Uin,
    binding_seq: u64,
}

/// Months that the number of a bill tells apart; the last of them lie together, in the far future.
const MONTHS: u64 = 1 << 11;

impl PageKey for BillKey {
    /// By payer, and of one payer by month, from the year 1970 on.
    fn number(&self) -> u64 {
        let month = u64::from(self.month.number()).saturating_sub(1_970 * 12).min(MONTHS - 1);
        self.payer.number() * MONTHS + month
    }
}

impl BillKey {
    pub(in crate::book) fn new(payer: Uin, month: Month, binding: Binding) -> BillKey {
        BillKey { payer, month, partner: binding.partner, binding_seq: binding.seq }
    }
}

impl Pages<BillKey, OpenBill> {
    /// A bill, which is opened where it is not.
    pub(in crate::book) fn open(&mut self, payer: Uin, month: Month, binding: Binding) -> &mut OpenBill {
        let new = || OpenBill { binding, month, parts: Vec::new() };
        self.get_or_insert_with(&BillKey::new(payer, month, binding), new)
    }

    /// Changes a bill that is open, and drops it where nothing is left of it.
    pub(in crate::book) fn change(&mut self, key: BillKey, change: impl FnOnce(&mut OpenBill) -> Fit<()>) -> Fit<()> {
        let bill = self.get_mut(&key).ok_or("the customer has no such open bill")?;
        change(bill)?;
        bill.parts.retain(|part| part.lines > 0);
        if bill.parts.is_empty() {
            self.remove(&key);
        }
        Ok(())
    }
}

impl Book {
    /// What a customer still owes its partners, by month and binding, oldest first.
    pub fn open_bills(&self, customer: Uin) -> impl Iterator<Item = &OpenBill> {
        let key = |month, partner, binding_seq| BillKey { payer: customer, month, partner, binding_seq };
        let first = key(Month::from_number(0), Uin::LOWEST, 0);
        let last = key(Month::from_number(u32::MAX), Uin::HIGHEST, u64::MAX);
        self.bills.open.between(&first, &last).inspect(|_| looked_at()).map(|(_, bill)| bill)
    }

    /// What a customer still owes for a month, under bindings to this partner.
    pub(super) fn open_bills_of(&self, customer: Uin, partner: Uin, month: Month) -> impl Iterator<Item = &OpenBill> {
        let key = |binding_seq| BillKey { payer: customer, month, partner, binding_seq };
        self.bills.open.between(&key(0), &key(u64::MAX)).inspect(|_| looked_at()).map(|(_, bill)| bill)
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
