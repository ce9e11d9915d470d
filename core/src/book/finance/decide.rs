//! Paying in and limiting (O3).

use super::command::{ChangeFinance, TopUp};
use super::event::{FinanceChanged, ToppedUp};
use crate::book::{Book, Decision, Rejection};
use crate::channel::{Own, TopUpKind};

pub(super) fn top_up(book: &Book, asked: &TopUp) -> Result<Decision, Rejection> {
    let TopUp { account, amount, kind } = *asked;
    let own = *book.existing_own(account)?;
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let finance = match kind {
        TopUpKind::Cash => own.finance.topped_up(amount)?,
        TopUpKind::Granted => own.finance.given(amount)?,
    };
    // A top-up has the number of its position.
    book.next_number()?;
    Ok(ToppedUp { account, amount, kind, own_after: Own { finance, ..own } }.into())
}

pub(super) fn change(book: &Book, asked: &ChangeFinance) -> Result<Decision, Rejection> {
    let ChangeFinance { account, credit_limit, overdue_amount } = *asked;
    let own = *book.existing_own(account)?;
    if credit_limit.into_iter().chain(overdue_amount).any(|amount| amount.is_negative()) {
        return Err(Rejection::AmountNegative);
    }
    let finance = own.finance.limited(credit_limit.unwrap_or(own.finance.credit_limit()))?;
    let own_after = Own { finance, overdue_amount: overdue_amount.unwrap_or(own.overdue_amount) };
    Ok(FinanceChanged { account, own_after }.into())
}

#[cfg(test)]
mod tests;
