//! Prepaid orders, in one step and in two, parked, paid, delivered, cancelled (R55-R61, R128-R131).

use super::super::because::Because;
use super::super::command::{NewOrder, PayBy};
use super::super::event::{Event, OrderChange};
use super::super::rejection::Rejection;
use super::super::state::Book;
use super::buyer::Buyer;
use super::{Context, Decision, catalogue};
use crate::channel::{Order, OrderId, OrderKind, OrderState, Price};
use crate::ledger::Line;

pub(super) fn place(book: &Book, context: &Context<'_>, new: &NewOrder) -> Result<Decision, Rejection> {
    let buyer = Buyer::of(book, new.account)?;
    let (product, _) = catalogue::existing(book, &new.product)?;
    let gives_back = new.kind == OrderKind::Downgrade;
    if !gives_back {
        buyer.must_be_verified(book)?;
    }
    if gives_back && (!new.capture || new.park) {
        return Err(Rejection::DowngradeIsImmediate);
    }
    if !new.amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let list = if gives_back { new.amount.negated()? } else { new.amount };
    let price = buyer.price(book, product, list, context.now)?;
    let checked = if gives_back { Ok(Because::new()) } else { buyer.check(&price, false) };
    let (state, because) = match checked {
        Ok(because) if new.capture => (OrderState::Delivered, because),
        Ok(because) => (OrderState::Processing, because),
        Err(refused @ Rejection::InsufficientCredit { .. }) if new.park => (OrderState::ToBePaid, refused.because()),
        Err(refused) => return Err(refused),
    };
    let order = Order {
        id: OrderId(book.seq() + 1),
        account: new.account,
        paying_partner: buyer.paying.uin,
        own_use: buyer.own_use(),
        product,
        kind: new.kind,
        state,
        capture: new.capture,
        price,
        created_at: context.now,
        updated_at: context.now,
        details: new.details.clone(),
    };
    changed(&buyer, OrderChange::Placed, order, None, because)
}

/// Pays a parked order at the price it was placed at; the same check again (A5).
pub(super) fn pay(book: &Book, context: &Context<'_>, id: OrderId, by: PayBy) -> Result<Decision, Rejection> {
    let order = open_in(book, id, OrderState::ToBePaid)?;
    let buyer = Buyer::of(book, order.account)?;
    buyer.must_be_verified(book)?;
    let skip_customer = match by {
        PayBy::Customer => false,
        PayBy::Partner => context.rules.pay_on_behalf_skips_customer_check,
    };
    let because = buyer.check(&order.price, skip_customer)?;
    let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
    changed(&buyer, OrderChange::Paid, Order { state, updated_at: context.now, ..order.clone() }, None, because)
}

pub(super) fn deliver(book: &Book, context: &Context<'_>, id: OrderId) -> Result<Decision, Rejection> {
    let order = open_in(book, id, OrderState::Processing)?;
    let buyer = Buyer::of(book, order.account)?;
    let delivered = Order { state: OrderState::Delivered, updated_at: context.now, ..order.clone() };
    changed(&buyer, OrderChange::Delivered, delivered, Some(&order.price), Because::new())
}

pub(super) fn cancel(book: &Book, context: &Context<'_>, id: OrderId) -> Result<Decision, Rejection> {
    let order = open(book, id)?;
    let buyer = Buyer::of(book, order.account)?;
    let held = (order.state == OrderState::Processing).then_some(&order.price);
    let canceled = Order { state: OrderState::Canceled, updated_at: context.now, ..order.clone() };
    changed(&buyer, OrderChange::Canceled, canceled, held, Because::new())
}

/// The event that leaves `order` as it is given, with both lines as its state asks: what was `held` until now is let
/// go, and what the new state holds or charges is taken.
fn changed(
    buyer: &Buyer<'_>,
    change: OrderChange,
    order: Order,
    held: Option<&Price>,
    because: Because,
) -> Result<Decision, Rejection> {
    let (customer_after, partner_after) = match (order.state, held) {
        (OrderState::Delivered, Some(held)) => buyer.captured(held, &order.price)?,
        (OrderState::Delivered, None) => buyer.lines(&order.price, Line::charged)?,
        (OrderState::Processing, _) => buyer.lines(&order.price, Line::held)?,
        (OrderState::Canceled, Some(held)) => buyer.lines(held, Line::released)?,
        (OrderState::Canceled, None) | (OrderState::ToBePaid, _) => buyer.lines(&order.price, |line, _| Ok(line))?,
    };
    Ok(Decision {
        event: Event::OrderChanged { change, order: Box::new(order), customer_after, partner_after },
        because,
    })
}

/// An order that is still open. A closed one is gone from the book; its number tells that it was there.
fn open(book: &Book, id: OrderId) -> Result<&Order, Rejection> {
    book.open_order(id).ok_or(Rejection::OrderNotFound)
}

fn open_in(book: &Book, id: OrderId, needed: OrderState) -> Result<&Order, Rejection> {
    let order = open(book, id)?;
    if order.state == needed { Ok(order) } else { Err(Rejection::OrderNot { state: order.state, needed }) }
}
