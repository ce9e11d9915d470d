//! Who buys and whose lines that touches: the ground that orders and authorizations share. One check and one way of
//! changing both lines, so that the two can never drift apart.

use super::super::because::{Because, Figure, Finding, Rule};
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::accounts;
use crate::channel::{Customer, Need, Partner, Price, Side, Uin, Verdict, Verification, check_purchase};
use crate::ledger::{Line, Moment};
use crate::money::{Amount, Overflow};

/// An account about to buy, with the partner that pays the platform for it.
pub(super) struct Buyer<'a> {
    pub(super) account: Uin,
    /// Absent when a partner buys for itself: then only the spend line counts.
    pub(super) customer: Option<&'a Customer>,
    pub(super) paying: &'a Partner,
    pub(super) spend: &'a Line,
}

impl<'a> Buyer<'a> {
    /// Finds both sides, whatever their credit.
    pub(super) fn of(book: &'a Book, uin: Uin) -> Result<Buyer<'a>, Rejection> {
        let account = accounts::existing(book, uin)?;
        let managing = match &account.customer {
            Some(customer) => {
                book.partner(customer.partner).ok_or(Rejection::PartyNotFound(Party::Partner, customer.partner))?
            }
            None => book.partner(uin).ok_or(Rejection::NoCredit(uin))?,
        };
        let paying = book.paying_partner(managing).ok_or(Rejection::NoCredit(uin))?;
        let spend = paying.spend.as_ref().ok_or(Rejection::NoCredit(uin))?;
        Ok(Buyer { account: uin, customer: account.customer.as_ref(), paying, spend })
    }

    /// A customer whose identity is not verified buys nothing new (R58).
    pub(super) fn must_be_verified(&self, book: &Book) -> Result<(), Rejection> {
        let verification = accounts::existing(book, self.account)?.verification;
        match (self.customer, verification) {
            (Some(_), Verification::None) => Err(Rejection::Unverified(self.account)),
            (Some(_), Verification::Personal | Verification::Enterprise) | (None, _) => Ok(()),
        }
    }

    pub(super) fn own_use(&self) -> bool {
        self.customer.is_none()
    }

    pub(super) fn price(&self, book: &Book, product: u32, list: Amount, now: Moment) -> Result<Price, Rejection> {
        let customer = self.customer.map(|_| self.account);
        Ok(book.price(customer, self.paying.uin, product, list, now)?)
    }

    /// Judges both sides (R54-R56). `skip_customer` leaves the customer's out (A5).
    pub(super) fn check(&self, price: &Price, skip_customer: bool) -> Result<Because, Rejection> {
        let customer = self.customer.filter(|_| !skip_customer);
        let verdict = check_purchase(
            customer.map(|customer| Need { account: self.account, line: &customer.line, required: price.customer }),
            Need { account: self.paying.uin, line: self.spend, required: price.partner },
        );
        match verdict.failed() {
            None => Ok(findings(&verdict)),
            Some(failed) => Err(Rejection::InsufficientCredit {
                side: failed.side,
                account: failed.account,
                required: failed.required,
                available: failed.available,
            }),
        }
    }

    /// Both lines after `change`, which is given each line with that side's amount.
    pub(super) fn lines(
        &self,
        price: &Price,
        change: impl Fn(Line, Amount) -> Result<Line, Overflow>,
    ) -> Result<(Option<Line>, Line), Rejection> {
        let customer = self.customer.map(|customer| change(customer.line, price.customer)).transpose()?;
        Ok((customer, change(*self.spend, price.partner)?))
    }

    /// Both lines after a hold of `held` became a charge of `charged`.
    pub(super) fn captured(&self, held: &Price, charged: &Price) -> Result<(Option<Line>, Line), Rejection> {
        let customer =
            self.customer.map(|customer| customer.line.captured(held.customer, charged.customer)).transpose()?;
        Ok((customer, self.spend.captured(held.partner, charged.partner)?))
    }
}

fn findings(verdict: &Verdict) -> Because {
    [verdict.customer, verdict.partner]
        .into_iter()
        .flatten()
        .map(|check| {
            let (rule, figure) = match check.side {
                Side::Customer => (Rule::R55, Figure::CustomerAvailable),
                Side::Partner => (Rule::R56, Figure::SpendAvailable),
            };
            Finding { rule, account: check.account, figure, required: check.required, found: check.available }
        })
        .collect()
}
