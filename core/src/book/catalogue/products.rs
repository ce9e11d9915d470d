//! What can be bought: products, how they settle and what they freeze.

use super::command::{AddProduct, ChangeProduct};
use super::event::{ProductAdded, ProductChanged};
use super::reason::Reason;
use crate::book::{Book, Decision, Rejection};
use crate::channel::{FreezeTerms, RETENTION_DAYS};

pub(super) fn add(book: &Book, asked: &AddProduct) -> Result<Decision, Rejection> {
    let AddProduct { code, name, settlement, grace_hours, retention_days, freeze, inheritable } = asked;
    if book.product(code).is_some() {
        return Err(Reason::ProductExists.into());
    }
    freeze_is_valid(freeze)?;
    Ok(ProductAdded {
        number: u32::try_from(book.products().len()).map_err(|_| Rejection::NumbersExhausted)?,
        code: code.clone(),
        name: name.clone(),
        settlement: *settlement,
        grace_hours: *grace_hours,
        retention_days: retention_days.unwrap_or(RETENTION_DAYS),
        freeze: *freeze,
        inheritable: *inheritable,
    }
    .into())
}

pub(super) fn change(book: &Book, asked: &ChangeProduct) -> Result<Decision, Rejection> {
    let ChangeProduct { code, name, settlement, grace_hours, retention_days, freeze, inheritable } = asked;
    let (number, product) = book.existing_product(code)?;
    let freeze = freeze.over(product.freeze);
    freeze_is_valid(&freeze)?;
    Ok(ProductChanged {
        number,
        code: code.clone(),
        name: name.as_ref().unwrap_or(&product.name).clone(),
        settlement: settlement.unwrap_or(product.settlement),
        grace_hours: grace_hours.or(product.own_grace_hours),
        retention_days: retention_days.unwrap_or(product.retention_days),
        freeze,
        inheritable: inheritable.unwrap_or(product.inheritable),
    }
    .into())
}

fn freeze_is_valid(terms: &FreezeTerms) -> Result<(), Rejection> {
    if terms.amount.is_negative() { Err(Rejection::AmountNegative) } else { Ok(()) }
}
