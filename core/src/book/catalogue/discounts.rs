//! Discounts: set and ended (R123-R125). Which one counts is in `running` (R126).

use super::command::{EndDiscount, SetDiscount};
use super::event::{DiscountEnded, DiscountSet};
use super::reason::{Reason, managed};
use crate::book::parties::Party;
use crate::book::{Because, Book, Decision, Rejection, parties};
use crate::channel::{DiscountScope, Uin};

pub(super) fn set(book: &Book, terms: &SetDiscount) -> Result<Decision, Rejection> {
    let because = may_be_set(book, terms)?;
    let product = match &terms.product {
        Some(code) => Some(book.existing_product(code)?.0),
        None => None,
    };
    if let (Some(start), Some(end)) = (terms.starts_at, terms.ends_at)
        && end <= start
    {
        return Err(Rejection::EmptyPeriod);
    }
    book.next_number()?;
    let event = DiscountSet {
        scope: terms.scope,
        partner: terms.partner,
        product,
        rate: terms.rate,
        starts_at: terms.starts_at,
        ends_at: terms.ends_at,
    };
    Ok(Decision { event: event.into(), because })
}

/// Whether that partner sets that price, or the account has one that an offer can change.
fn may_be_set(book: &Book, terms: &SetDiscount) -> Result<Because, Rejection> {
    if let DiscountScope::Account(account, _) = terms.scope {
        book.existing_own(account)?;
        return Ok(Because::new());
    }
    let partner = book.existing_partner(terms.partner, Party::Partner)?;
    match terms.scope {
        DiscountScope::Partner(whose) if whose != partner.uin || partner.spend.is_none() => {
            Err(parties::Reason::WrongPartnerKind(partner.kind).into())
        }
        DiscountScope::Partner(_) | DiscountScope::Account(..) => Ok(Because::new()),
        DiscountScope::Customer(customer) => {
            let managing = book.existing_customer(customer)?.partner;
            if managing != partner.uin && !is_under(book, managing, partner.uin) {
                return Err(Reason::NotManaged { customer, partner: partner.uin }.into());
            }
            Ok(Because::from_iter([managed(customer, true)]))
        }
    }
}

pub(super) fn end(book: &Book, asked: &EndDiscount) -> Result<Decision, Rejection> {
    let EndDiscount { id } = *asked;
    book.discount(id)?;
    Ok(DiscountEnded { id }.into())
}

fn is_under(book: &Book, second_level: Uin, distributor: Uin) -> bool {
    book.partner(second_level).is_some_and(|partner| partner.distributor == Some(distributor))
}
