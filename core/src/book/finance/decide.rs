//! Paying in and limiting (O3).

use super::command::{ChangeFinance, TopUp};
use super::event::{FinanceChanged, ToppedUp};
use crate::book::{Book, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::TopUpKind;

pub(super) fn top_up(book: &Book, asked: &TopUp) -> Result<Decision, Rejection> {
    let TopUp { account, amount, kind } = *asked;
    let own = book.existing_own(account)?;
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let finance = match kind {
        TopUpKind::Cash => own.finance.topped_up(amount)?,
        TopUpKind::Granted => own.finance.given(amount)?,
    };
    // A top-up has the number of its position.
    book.next_number()?;
    let of = (account, Figure::PayerAvailable);
    let because = [Finding::becomes(Rule::O3, of, own.finance.available(), finance.available())];
    let (overdue_amount, inherits_from) = (own.overdue_amount, book.inherits_offers_from(account));
    let event = ToppedUp { account, amount, kind, finance_after: finance, overdue_amount, inherits_from };
    Ok(Decision { event: event.into(), because: because.into_iter().collect() })
}

pub(super) fn change(book: &Book, asked: &ChangeFinance) -> Result<Decision, Rejection> {
    let ChangeFinance { account, credit_limit, overdue_amount } = *asked;
    let own = book.existing_own(account)?;
    if credit_limit.into_iter().chain(overdue_amount).any(|amount| amount.is_negative()) {
        return Err(Rejection::AmountNegative);
    }
    let finance = own.finance.limited(credit_limit.unwrap_or(own.finance.credit_limit()))?;
    let overdue_amount = overdue_amount.unwrap_or(own.overdue_amount);
    let figures = [
        (Figure::CreditLimit, own.finance.credit_limit(), finance.credit_limit()),
        (Figure::OverdueAmount, own.overdue_amount, overdue_amount),
    ];
    let moved = figures.into_iter().filter(|(_, before, after)| before != after);
    let because = moved.map(|(figure, before, after)| Finding::becomes(Rule::O3, (account, figure), before, after));
    let because = because.collect();
    let inherits_from = book.inherits_offers_from(account);
    let event = FinanceChanged { account, finance_after: finance, overdue_amount, inherits_from };
    Ok(Decision { event: event.into(), because })
}

#[cfg(test)]
mod tests;
