//! Giving back what was paid for a delivered order (R87-R88, R121).

use super::command::RefundOrder;
use super::event::OrderRefunded;
use super::reason::Reason;
use crate::book::buyer::{Buyer, Cost, Occasion};
use crate::book::{Book, Context, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::{ActionType, Order, OrderState, Paid, Price};
use crate::ledger::Parts;
use crate::money::{Amount, Overflow};

/// Gives back a part of what the customer paid, and of what its partner did in the same proportion; vouchers do not come
/// back (R87, R121). The parts of several refunds sum up to the whole to the last digit. An order that cost the customer
/// nothing, since vouchers paid it in full, is closed by giving back nothing: its partner has its part again.
///
/// What is left of an order is what was paid for it, and no more than its resource has left once downgrades have given
/// back their part. A refund that leaves nothing makes the order refunded for good: what is paid for the resource
/// afterwards is given back of the orders that paid it.
pub(super) fn refund(book: &Book, context: &Context<'_>, asked: &RefundOrder) -> Result<Decision, Rejection> {
    let RefundOrder { ref order, amount } = *asked;
    let order = book.open_order(order.id).or(order.ended.as_deref()).ok_or(Reason::OrderNotFound)?;
    let state = order.state;
    if !matches!(state, OrderState::Delivered | OrderState::Refunded) {
        return Err(Reason::OrderNot { state, needed: OrderState::Delivered }.into());
    }
    let payer = Buyer::kept(book, order.account, order.paying, order.binding)?;
    let (paid, before) = (order.amount()?, book.refunds(order.id).unwrap_or_default());
    // Of what cost the customer nothing there is nothing to give back, but its partner's part.
    let free = paid == Amount::ZERO && order.price.list.is_positive();
    let closes = free && amount == Amount::ZERO;
    if closes && before.ended {
        return Err(Reason::OrderNot { state: OrderState::Refunded, needed: OrderState::Delivered }.into());
    }
    if !closes && !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let mut refundable = if before.ended { Amount::ZERO } else { paid.minus(before.customer)? };
    // What downgrades have given back of the resource is not given back again.
    let left = order.paid_for().map(|paid_for| book.paid(&paid_for));
    if let Some(left) = left {
        refundable = at_most(refundable, left.customer)?;
    }
    let (account, given_back) = (order.account, before.customer);
    let exceeds = Reason::ExceedsRefundable { account, requested: amount, refundable, paid, given_back };
    let mut because = Rejection::from(exceeds).unless_met()?;
    let customer = before.customer.plus(amount)?;
    let (due, list) = if closes {
        (order.partner_amount()?, Amount::ZERO)
    } else {
        // At list price only what credit paid comes back, so that a line's price times its rate is its amount (R79).
        let at_list = |refunded| order.price.list.share(refunded, order.price.customer);
        (order.partner_amount()?.share(customer, paid)?, at_list(customer)?.minus(at_list(before.customer)?)?)
    };
    let partner = match left {
        Some(left) => before.partner.plus(at_most(due.minus(before.partner)?, left.partner)?)?,
        None => due,
    };
    let price = Price {
        list: list.negated()?,
        customer: amount.negated()?,
        partner: before.partner.minus(partner)?,
        ..order.price
    };
    let back = order.parts.map(|paid| returned(paid, before.customer, amount, left)).transpose()?;
    let cost = Cost { back: back.map(|back| back.negated()).transpose()?, ..Cost::bare(price) };
    let (to_payer, to_partner) = payer.charged_with(&cost)?;
    let occasion = Occasion::at(book, order.product, ActionType::PrepayReturn, context.now);
    let state = if amount == refundable { OrderState::Refunded } else { OrderState::Delivered };
    let refunded =
        Order { state, refunded: customer, partner_refunded: partner, updated_at: context.now, ..order.clone() };
    let event = OrderRefunded {
        order: Box::new(refunded),
        charge: payer.charge(book, occasion, cost)?,
        lines_after: payer.lines(to_payer, to_partner)?,
    };
    // What was given back does not only matter, it becomes more.
    because.retain(|finding| finding.figure != Figure::GivenBack);
    because.push(Finding::becomes(Rule::R87, (account, Figure::GivenBack), given_back, customer));
    Ok(Decision { event: event.into(), because })
}

/// What goes back to each part of the payer's money: in the opposite order in which they paid (O3), to each at most what it had
/// paid for the order and, where that names a resource, what downgrades have left of it.
fn returned(paid: Parts, before: Amount, amount: Amount, left: Option<Paid>) -> Result<Parts, Overflow> {
    let own = paid.returned(before, amount)?;
    match left {
        Some(left) => left.nearest(own),
        None => Ok(own),
    }
}

/// The amount, or what is left where that is less.
pub(super) fn at_most(amount: Amount, left: i128) -> Result<Amount, Overflow> {
    Amount::from_wide(left.min(i128::from(amount.units())))
}
