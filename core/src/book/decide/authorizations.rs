//! Authorizations at high rate: hold on both sides, capture once, release, expire (R54-R61).

use super::super::because::Rule;
use super::super::event::Event;
use super::super::rejection::Rejection;
use super::super::state::Book;
use super::buyer::{Buyer, Draw, Occasion};
use super::{Context, Decision, catalogue};
use crate::channel::{
    ActionType, Authorization, AuthorizationId, EXPIRES_AFTER_DEFAULT, EXPIRES_AFTER_MAX, PayMode, Price, ProductCode,
    Uin, VoucherCase,
};
use crate::ledger::{Line, Moment};
use crate::money::Amount;

pub(super) fn authorize(
    book: &Book,
    context: &Context<'_>,
    account: Uin,
    product: &ProductCode,
    amount: Amount,
    expires_at: Option<Moment>,
) -> Result<Decision, Rejection> {
    let buyer = Buyer::of(book, account)?;
    let (product, _) = catalogue::existing(book, product)?;
    buyer.must_be_free_to_buy(book)?;
    let latest = context.now.plus_seconds(EXPIRES_AFTER_MAX);
    let expires_at = expires_at.unwrap_or(context.now.plus_seconds(EXPIRES_AFTER_DEFAULT));
    if expires_at <= context.now || expires_at > latest {
        return Err(Rejection::ExpiryOutOfRange { latest });
    }
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let price = buyer.price(book, product, amount, context.now)?;
    let because = buyer.check(price.customer, price.partner, false, [Rule::R55, Rule::R56])?;
    let (customer_after, partner_after) = buyer.lines(price.customer, price.partner, Line::held)?;
    Ok(Decision {
        event: Event::AuthorizationOpened {
            account,
            paying_partner: buyer.paying.uin,
            binding: buyer.binding,
            product,
            price,
            expires_at,
            customer_frozen_after: customer_after.as_ref().map(Line::prepay_frozen),
            partner_frozen_after: partner_after.prepay_frozen(),
        },
        because,
    })
}

/// Charges `amount` of list price (all of it when absent) at the rates of the opening; the rest is released. The hold was
/// credit alone (R114); the charge is a purchase, so vouchers pay first (R112) and less of the hold is used.
pub(super) fn capture(
    book: &Book,
    context: &Context<'_>,
    id: AuthorizationId,
    amount: Option<Amount>,
) -> Result<Decision, Rejection> {
    let open = usable(book, context.now, id)?;
    let list = amount.unwrap_or(open.price.list);
    if !list.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    if list > open.price.list {
        return Err(Rejection::ExceedsAuthorization { requested: list, open: open.price.list });
    }
    let price = Price::at(list, open.price.customer_rate, open.price.partner_rate)?;
    let buyer = Buyer::of(book, id.account)?;
    let case = VoucherCase { mode: PayMode::PrePay, product: open.product, now: context.now };
    let cost = buyer.cost(book, price, &case)?;
    let (customer_after, partner_after) = buyer.captured((open.price.customer, open.price.partner), &cost)?;
    let occasion = Occasion::at(book, open.product, ActionType::PrepayPurchase, context.now);
    let vouchers_after = Draw::Pay.from(book, cost.uses())?;
    let charge = buyer.charge(book, occasion, cost)?;
    let open = Box::new(open.clone());
    Ok(Event::AuthorizationCaptured { id, open, charge, vouchers_after, customer_after, partner_after }.into())
}

pub(super) fn release(book: &Book, context: &Context<'_>, id: AuthorizationId) -> Result<Decision, Rejection> {
    let open = usable(book, context.now, id)?;
    let (customer_after, partner_after) = given_back(book, id, open)?;
    let open = Box::new(open.clone());
    Ok(Event::AuthorizationReleased { id, open, customer_after, partner_after }.into())
}

pub(super) fn expire(book: &Book, context: &Context<'_>, id: AuthorizationId) -> Result<Decision, Rejection> {
    let open = existing(book, id)?;
    if context.now < open.expires_at {
        return Err(Rejection::AuthorizationNotDue);
    }
    let (customer_after, partner_after) = given_back(book, id, open)?;
    let open = Box::new(open.clone());
    Ok(Event::AuthorizationExpired { id, open, customer_after, partner_after }.into())
}

fn given_back(book: &Book, id: AuthorizationId, open: &Authorization) -> Result<(Option<Line>, Line), Rejection> {
    Buyer::of(book, id.account)?.lines(open.price.customer, open.price.partner, Line::released)
}

/// Closed authorizations leave the book, but their numbers say that they were there: a number beyond the journal's end
/// never was an authorization.
fn existing(book: &Book, id: AuthorizationId) -> Result<&Authorization, Rejection> {
    book.open_authorization(id).ok_or(if id.opened_seq > book.seq() {
        Rejection::AuthorizationNotFound
    } else {
        Rejection::AuthorizationNotOpen
    })
}

/// One whose time is over cannot be used any more, even when the job has not ended it yet.
fn usable(book: &Book, now: Moment, id: AuthorizationId) -> Result<&Authorization, Rejection> {
    let open = existing(book, id)?;
    if now < open.expires_at { Ok(open) } else { Err(Rejection::AuthorizationNotOpen) }
}
