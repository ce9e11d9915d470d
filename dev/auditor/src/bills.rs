//! Bill lines, receipts, and what partners pay the platform (R12-R13, R27, R81, R88-R95, R141).

use super::arithmetic::Units;
use super::facts::{BillLine, Buyer, Means, Parts, Price, Uses};
use super::range::must_fit;
use super::{Auditor, Judged, refuse, zone};
use credere_core::access::Actor;
use credere_core::book::bills;
use credere_core::channel::{ActionType, LineId, PayMode, Uin};
use credere_core::ledger::{Moment, Month};

/// Something that is charged.
pub(super) struct Posting {
    pub(super) seq: u64,
    pub(super) buyer: Buyer,
    pub(super) month: Month,
    pub(super) action: ActionType,
    pub(super) product: u32,
    pub(super) price: Price,
    pub(super) uses: Uses,
    /// Which payments it gives back, below zero, where the account's own money had paid them.
    pub(super) back: Option<Parts>,
    /// The moment by which it was told who pays; nothing of what goes back to whoever had paid.
    pub(super) paid_as_at: Option<Moment>,
}

impl Auditor {
    /// Puts a line on a bill: the customer's `used` and the paying partner's rise by it (R13, R27), or the account's own
    /// money pays it (O3), of which nothing is to be confirmed. A line of a binding that has ended is on the old binding's
    /// bill and in nobody's `used` (R141). Answers which parts of the account's own money paid.
    pub(super) fn post(&mut self, posting: Posting) -> Option<Parts> {
        let Posting { seq, buyer, month, action, product, price, uses, back, paid_as_at } = posting;
        let (account, current) = (buyer.account, self.has_payers_side(&buyer));
        let (late, confirmed) = (buyer.tie().is_some() && !current, false);
        let parts = None;
        let mut line = BillLine { seq, buyer, late, month, action, product, price, uses, parts, confirmed, paid_as_at };
        self.touched.extend([account, buyer.payer]);
        self.touched.extend(buyer.partner);
        let payer = self.accounts.get_mut(&buyer.payer);
        match (buyer.means, payer) {
            (Means::Money, Some(payer)) => {
                let parts = back.unwrap_or_else(|| payer.own.paying(line.amount()));
                payer.own.pay(parts);
                line.parts = Some(parts);
            }
            (Means::Credit(_), Some(payer)) => {
                if let Some(bound) = payer.bound.as_mut().filter(|_| current) {
                    bound.used += line.amount();
                }
            }
            (Means::SpendLine, _) | (_, None) => {}
        }
        self.owe_platform(buyer.partner, line.partner_amount());
        let (parts, place) = (line.parts, self.lines.len());
        if buyer.tie().is_some() {
            self.unpaid.entry(buyer.payer).or_default().push(place);
        }
        self.bill_lines.entry((buyer.payer, month)).or_default().push(place);
        self.lines.push(line);
        parts
    }

    /// What a partner owes the platform rises by this (R27).
    fn owe_platform(&mut self, partner: Option<Uin>, by: Units) {
        let partner = partner.and_then(|partner| self.partners.get_mut(&partner));
        if let Some(spend) = partner.and_then(|partner| partner.spend.as_mut()) {
            spend.used += by;
        }
    }

    /// Confirms a month, or a pay mode or type of it.
    pub(super) fn confirm(&mut self, actor: Actor, customer: Uin, month: Month, lines: &bills::ReceiptLines) -> Judged {
        let wanted = |line: &BillLine| match lines {
            bills::ReceiptLines::All { pay_mode, action } => {
                pay_mode.is_none_or(|mode| line.action.pay_mode() == mode) && action.is_none_or(|it| line.action == it)
            }
            bills::ReceiptLines::Named(named) => named.iter().any(|one| one.id.0 == line.seq),
        };
        self.confirm_where(actor, customer, month, wanted)
    }

    /// Confirms single lines. Every one of them must be on that bill, and charged under a binding to whoever was paid.
    pub(super) fn confirm_lines(&mut self, actor: Actor, customer: Uin, month: Month, named: &[LineId]) -> Judged {
        let paid = self.paid_partner(actor, customer).ok();
        let on_bill = |id: &LineId| {
            let places = self.bill_lines.get(&(customer, month)).into_iter().flatten();
            let mut lines = places.map(|at| &self.lines[*at]);
            lines.any(|line| line.seq == id.0 && line.buyer.tie().map(|(partner, _)| partner) == paid)
        };
        if !named.iter().all(on_bill) {
            return refuse("line_not_found");
        }
        self.confirm_where(actor, customer, month, |line| named.iter().any(|id| id.0 == line.seq))
    }

    fn confirm_where(
        &mut self,
        actor: Actor,
        customer: Uin,
        month: Month,
        wanted: impl Fn(&BillLine) -> bool,
    ) -> Judged {
        let partner = self.paid_partner(actor, customer)?;
        if !zone::is_issued(month, self.now) {
            return refuse("month_not_issued");
        }
        let current = self.line_of(customer).map(|line| line.tie());
        let paid = |line: &BillLine| {
            line.month == month && line.buyer.tie().is_some_and(|(managing, _)| managing == partner) && wanted(line)
        };
        let open = self.unpaid.get(&customer).cloned().unwrap_or_default();
        let (paid, kept): (Vec<usize>, Vec<usize>) = open.into_iter().partition(|at| paid(&self.lines[*at]));
        let amount = |at: &usize| self.lines[*at].amount();
        let all: Units = paid.iter().map(amount).sum();
        must_fit([all])?;
        let returned: Units = paid.iter().filter(|at| self.lines[**at].buyer.tie() == current).map(amount).sum();
        let confirmed = paid.iter().map(|at| self.lines[*at].seq).collect();
        for at in paid {
            self.lines[at].confirmed = true;
        }
        if kept.is_empty() {
            self.unpaid.remove(&customer);
        } else {
            self.unpaid.insert(customer, kept);
        }
        let account = self.accounts.get_mut(&customer);
        let bound = account.and_then(|account| account.bound.as_mut()).filter(|bound| bound.partner == partner);
        if let Some(bound) = bound {
            bound.used -= returned;
        }
        self.last_receipt = (all, confirmed);
        self.note_change(customer);
        Ok(())
    }

    /// Who was paid (R93): the partner that says so; for the platform the managing partner, or the last one of a customer
    /// that is no longer bound.
    fn paid_partner(&self, actor: Actor, customer: Uin) -> Result<Uin, super::Refusal> {
        let last = || self.former.get(&customer).and_then(|former| former.last().map(|former| former.tie.0));
        match actor {
            Actor::Account { uin: partner, .. } => Ok(partner),
            Actor::Platform { .. } | Actor::System => {
                let managing = self.binding_of(customer).map(|bound| bound.partner);
                managing.or_else(last).map_or_else(|| refuse("customer_not_found"), Ok)
            }
        }
    }

    pub(super) fn pay_platform(&mut self, partner: Uin, amount: Units) -> Judged {
        let Some(paying) = self.partners.get(&partner) else { return refuse("partner_not_found") };
        if paying.spend.is_none() {
            return refuse("wrong_partner_kind");
        }
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        self.touched.insert(partner);
        self.owe_platform(Some(partner), -amount);
        Ok(())
    }
}

/// What usage of this type pays with (R81).
pub(super) fn mode_of(action: ActionType) -> PayMode {
    match action {
        ActionType::PrepayPurchase
        | ActionType::PrepayRenew
        | ActionType::PrepayModify
        | ActionType::PrepayReturn
        | ActionType::RipayPurchase => PayMode::PrePay,
        _ => PayMode::PostPay,
    }
}
