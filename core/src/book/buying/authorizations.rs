//! Authorizations at high rate: hold on both sides, capture once, release, expire (R54-R61).

use super::command::{Authorize, Capture};
use super::event::{AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased};
use super::reason::Reason;
use crate::book::buyer::{Buyer, Draw, Occasion};
use crate::book::{Because, Book, Context, Decision, Rejection, Rule};
use crate::channel::{
    ActionType, Authorization, AuthorizationId, EXPIRES_AFTER_DEFAULT, EXPIRES_AFTER_MAX, Lines, PayMode, Price,
    Purchase, VoucherCase,
};
use crate::ledger::{Funds, Line, Moment, Movement};
use crate::money::Amount;

pub(super) fn authorize(book: &Book, context: &Context<'_>, asked: &Authorize) -> Result<Decision, Rejection> {
    let Authorize { account, ref product, amount, expires_at } = *asked;
    let buyer = Buyer::at(book, account, context.now)?;
    let (product, _) = book.existing_product(product)?;
    buyer.must_be_free_to_buy(book)?;
    let latest = context.now.plus_seconds(EXPIRES_AFTER_MAX);
    let expires_at = expires_at.unwrap_or(context.now.plus_seconds(EXPIRES_AFTER_DEFAULT));
    if expires_at <= context.now || expires_at > latest {
        return Err(Reason::ExpiryOutOfRange { latest }.into());
    }
    if !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let price = buyer.price(book, product, amount, context.now)?;
    let because = buyer.check(price.customer, price.partner, false, Purchase::Order)?;
    let lines = buyer.lines(Movement::held(price.customer), Movement::held(price.partner))?;
    book.next_number()?;
    Ok(Decision {
        event: AuthorizationOpened {
            account,
            paying: buyer.paying(),
            binding: buyer.binding,
            product,
            price,
            expires_at,
            payer_frozen_after: lines.payer.as_ref().map(Funds::prepay_frozen),
            partner_frozen_after: lines.partner.as_ref().map(Line::prepay_frozen),
        }
        .into(),
        because,
    })
}

/// Charges `amount` of list price (all of it when absent) at the rates of the opening; the rest is released. The hold was
/// credit alone (R114); the charge is a purchase, so vouchers pay first (R112) and less of the hold is used.
pub(super) fn capture(book: &Book, context: &Context<'_>, asked: &Capture) -> Result<Decision, Rejection> {
    let Capture { authorization: id, amount } = *asked;
    let open = usable(book, context.now, id)?;
    let list = amount.unwrap_or(open.price.list);
    if !list.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let exceeds = Reason::ExceedsAuthorization { account: id.account, requested: list, open: open.price.list };
    let held = Rejection::from(exceeds).unless_met()?;
    let price = Price::at(list, open.price.customer_rate, open.price.partner_rate)?;
    let buyer = Buyer::kept(book, id.account, open.paying, open.binding)?;
    let case = VoucherCase { mode: PayMode::PrePay, product: open.product, now: context.now };
    let cost = buyer.cost(book, price, &case)?;
    let lines_after = buyer.captured((open.price.customer, open.price.partner), &cost)?;
    let occasion = Occasion::at(book, open.product, ActionType::PrepayPurchase, context.now);
    let vouchers_after = Draw::Pay.from(book, cost.uses())?;
    let vouchers = buyer.paid_by_vouchers(&cost)?;
    let charge = buyer.charge(book, occasion, cost)?;
    let frozen = buyer.frozen(Rule::R61, &lines_after);
    let because = held.into_iter().chain(vouchers).chain(frozen).collect();
    let open = Box::new(open.clone());
    let event = AuthorizationCaptured { id, open, charge, vouchers_after, lines_after };
    Ok(Decision { event: event.into(), because })
}

pub(super) fn release(book: &Book, context: &Context<'_>, id: AuthorizationId) -> Result<Decision, Rejection> {
    let open = usable(book, context.now, id)?;
    let (lines_after, because) = given_back(book, id, open)?;
    let open = Box::new(open.clone());
    let event = AuthorizationReleased { id, open, lines_after };
    Ok(Decision { event: event.into(), because })
}

pub(super) fn expire(book: &Book, context: &Context<'_>, id: AuthorizationId) -> Result<Decision, Rejection> {
    let open = book.existing_authorization(id)?;
    if context.now < open.expires_at {
        return Err(Reason::AuthorizationNotDue.into());
    }
    let (lines_after, because) = given_back(book, id, open)?;
    let open = Box::new(open.clone());
    let event = AuthorizationExpired { id, open, lines_after };
    Ok(Decision { event: event.into(), because })
}

/// The lines without what was held, and what that changes.
fn given_back(book: &Book, id: AuthorizationId, open: &Authorization) -> Result<(Lines, Because), Rejection> {
    let buyer = Buyer::kept(book, id.account, open.paying, open.binding)?;
    let [payer, partner] = [open.price.customer, open.price.partner].map(Amount::negated);
    let lines = buyer.lines(Movement::held(payer?), Movement::held(partner?))?;
    let because = buyer.frozen(Rule::R61, &lines).collect();
    Ok((lines, because))
}

fn usable(book: &Book, now: Moment, id: AuthorizationId) -> Result<&Authorization, Rejection> {
    let open = book.existing_authorization(id)?;
    if now < open.expires_at { Ok(open) } else { Err(Reason::AuthorizationNotOpen.into()) }
}
