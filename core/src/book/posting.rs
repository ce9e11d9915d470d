//! The changes to the book that several events share: a charge is posted, vouchers change and end, bills
//! grow and are confirmed, and what is due by itself is scheduled anew. Like all of [`super::evolve`] these copy facts
//! and check that they fit.

use super::duties::is_low;
use super::event::ReceiptPart;
use super::evolve::{Fit, OUT_OF_RANGE};
use super::state::Book;
use crate::channel::{Charge, LineId, OpenBill, OpenPart, Uin, Voucher, VoucherStatus};
use crate::ledger::Month;
use crate::money::{Amount, Overflow};
use std::collections::BTreeSet;

const fn out_of_range(_: Overflow) -> &'static str {
    OUT_OF_RANGE
}

impl Book {
    /// Posts a charge: what it owes goes on the customer's open bill. Vouchers have been drawn before.
    pub(super) fn post(&mut self, charge: &Charge) -> Fit<()> {
        let amount = charge.amount().map_err(out_of_range)?;
        let Some(binding) = charge.binding else { return Ok(()) };
        if let Ok(customer) = self.customer_mut(charge.account)
            && customer.binding() == binding
        {
            customer.has_spent = true;
        }
        let bills = self.bills.entry(charge.account).or_default();
        let at = bills.iter().position(|bill| bill.binding == binding && bill.month == charge.month);
        let at = at.unwrap_or_else(|| {
            bills.push(OpenBill { binding, month: charge.month, parts: Vec::new() });
            bills.len() - 1
        });
        let parts = &mut bills[at].parts;
        let at = parts.iter().position(|part| part.action == charge.action).unwrap_or_else(|| {
            let confirmed = BTreeSet::new();
            parts.push(OpenPart { action: charge.action, lines: 0, amount: Amount::ZERO, confirmed });
            parts.len() - 1
        });
        let part = &mut parts[at];
        part.lines = part.lines.checked_add(1).ok_or(OUT_OF_RANGE)?;
        part.amount = part.amount.plus(amount).map_err(out_of_range)?;
        Ok(())
    }

    /// Takes what was confirmed off a customer's open bills. A part of which nothing is left is dropped, and with it the
    /// memory of its single lines.
    pub(super) fn confirm(
        &mut self,
        customer: Uin,
        month: Month,
        parts: &[ReceiptPart],
        named: Option<&[LineId]>,
    ) -> Fit<()> {
        let named: BTreeSet<u64> = named.unwrap_or_default().iter().map(|line| line.0).collect();
        let bills = self.bills.entry(customer).or_default();
        for confirmed in parts {
            let bill = bills.iter_mut().find(|bill| bill.binding.seq == confirmed.binding_seq && bill.month == month);
            let part = bill.and_then(|bill| bill.parts.iter_mut().find(|part| part.action == confirmed.action));
            let part = part.ok_or("the customer has no such open bill")?;
            part.lines = part.lines.checked_sub(confirmed.lines).ok_or("more lines are confirmed than are open")?;
            part.amount = part.amount.minus(confirmed.amount).map_err(out_of_range)?;
            part.confirmed.extend(&named);
        }
        for bill in bills.iter_mut() {
            bill.parts.retain(|part| part.lines > 0);
        }
        bills.retain(|bill| !bill.parts.is_empty());
        if bills.is_empty() {
            self.bills.remove(&customer);
        }
        Ok(())
    }

    /// Leaves vouchers as they are given. One that can pay nothing any more, and of which no open order has a part set
    /// aside, is forgotten.
    pub(super) fn set_vouchers(&mut self, after: &[Voucher]) -> Fit<()> {
        for voucher in after {
            let kept = self.vouchers.get_mut(&voucher.id).ok_or("no such voucher")?;
            kept.clone_from(voucher);
            let ended = voucher.status != VoucherStatus::Issued;
            if ended {
                self.voucher_expiries.remove(&(voucher.expires_at, voucher.id));
            }
            if ended && voucher.reserved == Amount::ZERO {
                self.vouchers.remove(&voucher.id);
                if let Some(ids) = self.vouchers_of.get_mut(&voucher.owner) {
                    ids.retain(|kept| *kept != voucher.id);
                    if ids.is_empty() {
                        self.vouchers_of.remove(&voucher.owner);
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes whether a customer is below a warning level now, so that the day's sweep finds it.
    pub(super) fn note_low(&mut self, uin: Uin) -> Fit<()> {
        let today = self.calendar.day(self.now);
        let customer = self.customer_mut(uin)?;
        match (is_low(customer), customer.low_since) {
            (true, None) => {
                customer.low_since = Some(today);
                self.low.insert((today, uin));
            }
            (false, Some(day)) => {
                customer.low_since = None;
                self.low.remove(&(day, uin));
            }
            (true, Some(_)) | (false, None) => {}
        }
        Ok(())
    }

    /// Finds anew when something falls due for an account's resources.
    pub(super) fn reschedule(&mut self, account: Uin) {
        let next = self
            .customer(account)
            .and_then(|customer| self.steps(account, customer, self.now).map(|(at, ..)| at).min());
        let before = match next {
            Some(at) => self.deadline_of.insert(account, at),
            None => self.deadline_of.remove(&account),
        };
        if let Some(before) = before {
            self.deadlines.remove(&(before, account));
        }
        if let Some(at) = next {
            self.deadlines.insert((at, account));
        }
    }
}
