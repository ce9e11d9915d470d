//! Products and discounts.

use super::super::command::{Command, DiscountTerms};
use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Decision, binding, partners};
use crate::channel::{DiscountId, DiscountScope, FreezeTerms, Product, ProductCode, RETENTION_DAYS, Uin};

pub(super) fn existing<'a>(book: &'a Book, code: &ProductCode) -> Result<(u32, &'a Product), Rejection> {
    book.product(code).ok_or(Rejection::ProductNotFound)
}

pub(super) fn add_product(book: &Book, command: &Command) -> Result<Decision, Rejection> {
    let Command::AddProduct { code, name, settlement, grace_hours, retention_days, freeze } = command else {
        unreachable!("only called for this command");
    };
    if book.product(code).is_some() {
        return Err(Rejection::ProductExists);
    }
    freeze_is_valid(freeze)?;
    Ok(Event::ProductAdded {
        number: u32::try_from(book.products().len()).map_err(|_| Rejection::AmountOverflow)?,
        code: code.clone(),
        name: name.clone(),
        settlement: *settlement,
        grace_hours: *grace_hours,
        retention_days: retention_days.unwrap_or(RETENTION_DAYS),
        freeze: *freeze,
    }
    .into())
}

pub(super) fn change_product(book: &Book, command: &Command) -> Result<Decision, Rejection> {
    let Command::ChangeProduct { code, name, settlement, grace_hours, retention_days, freeze } = command else {
        unreachable!("only called for this command");
    };
    let (number, product) = existing(book, code)?;
    let freeze = freeze.over(product.freeze);
    freeze_is_valid(&freeze)?;
    Ok(Event::ProductChanged {
        number,
        code: code.clone(),
        name: name.as_ref().unwrap_or(&product.name).clone(),
        settlement: settlement.unwrap_or(product.settlement),
        grace_hours: grace_hours.or(product.own_grace_hours),
        retention_days: retention_days.unwrap_or(product.retention_days),
        freeze,
    }
    .into())
}

fn freeze_is_valid(terms: &FreezeTerms) -> Result<(), Rejection> {
    if terms.amount.is_negative() { Err(Rejection::AmountNegative) } else { Ok(()) }
}

pub(super) fn set_discount(book: &Book, terms: &DiscountTerms) -> Result<Decision, Rejection> {
    let partner = partners::existing(book, terms.partner, Party::Partner)?;
    match terms.scope {
        DiscountScope::Partner(whose) if whose != partner.uin || partner.spend.is_none() => {
            return Err(Rejection::WrongPartnerKind(partner.kind));
        }
        DiscountScope::Partner(_) => {}
        DiscountScope::Customer(customer) => {
            let managing = binding::existing(book, customer)?.partner;
            if managing != partner.uin && !is_under(book, managing, partner.uin) {
                return Err(Rejection::NotManaged { customer, partner: partner.uin });
            }
        }
    }
    let product = match &terms.product {
        Some(code) => Some(existing(book, code)?.0),
        None => None,
    };
    if let (Some(start), Some(end)) = (terms.starts_at, terms.ends_at)
        && end <= start
    {
        return Err(Rejection::EmptyPeriod);
    }
    Ok(Event::DiscountSet {
        scope: terms.scope,
        partner: partner.uin,
        product,
        rate: terms.rate,
        starts_at: terms.starts_at,
        ends_at: terms.ends_at,
    }
    .into())
}

pub(super) fn end_discount(book: &Book, id: DiscountId) -> Result<Decision, Rejection> {
    book.discount(id)?;
    Ok(Event::DiscountEnded { id }.into())
}

fn is_under(book: &Book, second_level: Uin, distributor: Uin) -> bool {
    book.partner(second_level).is_some_and(|partner| partner.distributor == Some(distributor))
}
