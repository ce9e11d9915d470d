//! The changes to the book that several events share: a charge is posted, vouchers change and end, bills
//! grow and are confirmed, and what is due by itself is scheduled anew. Like all of [`super::evolve`] these copy facts
//! and check that they fit.

use crate::book::bills::{BillKey, ReceiptPart};
use crate::book::duties::is_low;
use crate::book::fit::{Fit, Misfit};
use crate::book::{Book, Rejection};
use crate::channel::{Binding, Charge, LineId, Lines, OpenPart, Paying, Uin, Voucher, VoucherKind, VoucherStatus};
use crate::ledger::{Funds, Line, Month};
use crate::money::{Amount, Overflow};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Book {
    /// Posts a charge: what it owes goes on the payer's open bill. Vouchers have been drawn before.
    pub(super) fn post(&mut self, charge: &Charge) -> Fit<()> {
        let amount = charge.amount()?;
        self.bills.charged_upto = self.bills.charged_upto.max(Some(charge.month));
        let Some(binding) = charge.binding else { return Ok(()) };
        if let Ok(customer) = self.customer_mut(charge.paying.payer)
            && customer.binding() == binding
        {
            customer.has_spent = true;
        }
        let parts = &mut self.bills.open.open(charge.paying.payer, charge.month, binding).parts;
        let at = parts.iter().position(|part| part.action == charge.action).unwrap_or_else(|| {
            let confirmed = Arc::default();
            parts.push(OpenPart { action: charge.action, lines: 0, amount: Amount::ZERO, confirmed });
            parts.len() - 1
        });
        let part = &mut parts[at];
        part.lines = part.lines.checked_add(1).ok_or(Overflow)?;
        part.amount = part.amount.plus(amount)?;
        Ok(())
    }

    /// Whether a charge can be posted: its line gets a number, and the sum of its part of the bill must stay an amount.
    pub(super) fn can_post(&self, charge: &Charge) -> Result<(), Rejection> {
        self.next_number()?;
        let Some(binding) = charge.binding else { return Ok(()) };
        let bill = self.bills.open.get(&BillKey::new(charge.paying.payer, charge.month, binding));
        let part = bill.and_then(|bill| bill.parts.iter().find(|part| part.action == charge.action));
        if let Some(part) = part {
            part.amount.plus(charge.amount()?)?;
            part.lines.checked_add(1).ok_or(Overflow)?;
        }
        Ok(())
    }

    /// Takes what was confirmed off the open bills of a customer of this partner. A part of which nothing is left is dropped,
    /// and with it the memory of its single lines.
    pub(super) fn confirm(
        &mut self,
        (customer, partner): (Uin, Uin),
        month: Month,
        parts: &[ReceiptPart],
        named: Option<&[LineId]>,
    ) -> Fit<()> {
        let named: BTreeSet<u64> = named.unwrap_or_default().iter().map(|line| line.0).collect();
        for confirmed in parts {
            let binding = Binding { partner, seq: confirmed.binding_seq };
            self.bills.open.change(BillKey::new(customer, month, binding), |bill| {
                let part = bill.parts.iter_mut().find(|part| part.action == confirmed.action);
                let part = part.ok_or("the customer has no such open bill")?;
                part.lines = part.lines.checked_sub(confirmed.lines).ok_or("more lines are confirmed than are open")?;
                part.amount = part.amount.minus(confirmed.amount)?;
                if !named.is_empty() {
                    Arc::make_mut(&mut part.confirmed).extend(&named);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Leaves vouchers as they are given, and their issuers' quotas as that leaves them. One that can pay nothing any
    /// more, and of which no open order has a part set aside, is forgotten.
    pub(super) fn set_vouchers(&mut self, after: &[Voucher]) -> Fit<()> {
        for voucher in after {
            let before = self.vouchers.take(voucher.id).ok_or("no such voucher")?;
            if let VoucherKind::Customer { issuer: Some(issuer) } = voucher.kind {
                let counted = |one: &Voucher| one.counted();
                let (more, less) = (counted(voucher)?, counted(&before)?);
                let issuer = self.partner_mut(issuer)?;
                let issued = issuer.vouchers_issued.minus(less).and_then(|left| left.plus(more));
                issuer.vouchers_issued = issued?;
            }
            if voucher.status == VoucherStatus::Issued || voucher.reserved != Amount::ZERO {
                self.vouchers.put(voucher.clone());
            }
        }
        Ok(())
    }

    /// Notes whether a customer is below a warning level now, so that the day's sweep finds it.
    pub(super) fn note_low(&mut self, uin: Uin) -> Fit<()> {
        self.change_customer_line(uin, Ok)
    }

    /// The only place where a customer's line changes, so that its managing partner's sums follow, and the list of those that
    /// are low.
    pub(super) fn change_customer_line(&mut self, uin: Uin, change: impl FnOnce(Line) -> Fit<Line>) -> Fit<()> {
        let Book { parties, standing, deployment, now, .. } = self;
        let customer = parties.customer_mut(uin)?;
        let before = customer.line;
        let after = change(before)?;
        customer.line = after;
        match (is_low(customer), customer.low_since) {
            (true, None) => {
                let today = deployment.calendar.day(*now);
                customer.low_since = Some(today);
                standing.low.insert((today, uin));
            }
            (false, Some(day)) => {
                customer.low_since = None;
                standing.low.remove(&(day, uin));
            }
            (true, Some(_)) | (false, None) => {}
        }
        let partner = customer.partner;
        if before == after { Ok(()) } else { self.shift_sums(partner, Some(&before), Some(&after)) }
    }

    pub(super) fn shift_sums(&mut self, partner: Uin, before: Option<&Line>, after: Option<&Line>) -> Fit<()> {
        let available = |line: Option<&Line>| line.map_or(0, |line| i128::from(line.available().units()));
        let total = |line: Option<&Line>| line.map_or(Amount::ZERO, Line::limit);
        let partner = self.partner_mut(partner)?;
        partner.customers_available += available(after) - available(before);
        partner.customers_total =
            partner.customers_total.minus(total(before)).and_then(|sum| sum.plus(total(after)))?;
        Ok(())
    }

    /// Changes what who pays pays with: its credit, or its own money where nobody stands between it and the platform.
    pub(super) fn change_funds(&mut self, paying: &Paying, change: impl FnOnce(Funds) -> Fit<Funds>) -> Fit<()> {
        let wrong = Misfit("it is not what the payer pays with");
        if paying.partner.is_some() {
            return self.change_customer_line(paying.payer, |line| match change(Funds::Credit(line))? {
                Funds::Credit(after) => Ok(after),
                Funds::Money(_) => Err(wrong),
            });
        }
        let own = self.own_mut(paying.payer)?;
        match change(Funds::Money(own.finance))? {
            Funds::Money(after) => own.finance = after,
            Funds::Credit(_) => return Err(wrong),
        }
        Ok(())
    }

    /// Leaves what who pays has as it is given.
    pub(super) fn set_lines(&mut self, paying: Paying, after: &Lines) -> Fit<()> {
        if let Some(funds) = after.payer {
            self.change_funds(&paying, |_| Ok(funds))?;
        }
        if let Some(line) = after.partner {
            *self.spend_mut(paying.partner.ok_or("no partner owes for it")?)? = line;
        }
        Ok(())
    }
}
