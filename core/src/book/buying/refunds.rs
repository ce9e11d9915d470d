//! Giving back what was paid for a delivered order (R87-R88, R121), or for the resource that it names, by whoever paid (O76, O77);
//! at once, or promised by an order of its own until that is delivered.

use super::command::RefundOrder;
use super::event::{OrderChange, OrderChanged, OrderRefunded};
use super::reason::Reason;
use super::returns::{self, basis, first_of, of_purse};
use super::split::{left_of, split};
use super::state::Refunds;
use crate::book::buyer::Occasion;
use crate::book::{Because, Book, Context, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::{
    ActionType, Lines, Order, OrderId, OrderKind, OrderState, Paid, Price, Refund, RefundScope, Share,
};
use crate::ledger::Parts;
use crate::money::{Amount, Overflow, Rate};

/// What is to go back, to whom, and how the order that is asked about stands once it has.
struct Given {
    shares: Vec<Share>,
    order: Order,
    because: Because,
}

/// Gives back a part of what was paid, or all of it; vouchers do not come back (R87, R121). What is given back at once is told of
/// the order; what is only promised (`capture` is false) is an order of its own, and nobody can be given the same money
/// meanwhile.
///
/// An order that names none as it was delivered gives nothing back, and one that gives money back itself has nothing to give.
pub(super) fn refund(book: &Book, context: &Context<'_>, asked: &RefundOrder) -> Result<Decision, Rejection> {
    let RefundOrder { ref order, scope, capture, .. } = *asked;
    let order = book.open_order(order.id).or(order.ended.as_deref()).ok_or(Reason::OrderNotFound)?;
    let state = order.state;
    if !matches!(state, OrderState::Delivered | OrderState::Refunded) {
        return Err(Reason::OrderNot { state, needed: OrderState::Delivered }.into());
    }
    let given = match scope {
        RefundScope::Order => of_order(book, context, asked, order)?,
        RefundScope::Resource => of_resource(book, context, asked, order)?,
    };
    let Given { shares, order: after, because } = given;
    let occasion = Occasion::at(book, order.product, ActionType::PrepayReturn, context.now);
    let (charge, lines_after) = first_of(book, order.account, occasion, &shares)?;
    if capture {
        let event = OrderRefunded { order: Box::new(after), scope, shares, charge, lines_after };
        return Ok(Decision { event: event.into(), because });
    }
    let last = shares.last().ok_or(Overflow)?;
    let promised = Order {
        id: OrderId(book.next_number()?),
        account: order.account,
        paying: last.paying,
        binding: last.binding,
        product: order.product,
        kind: OrderKind::Refund,
        state: OrderState::Processing,
        capture,
        price: returns::total(&shares)?,
        vouchers: Vec::new(),
        partner_vouchers: Vec::new(),
        parts: None,
        paid_by_partner: false,
        refunded: Amount::ZERO,
        partner_refunded: Amount::ZERO,
        created_at: context.now,
        updated_at: context.now,
        resource: order.resource.clone(),
        details: order.details.clone(),
        shares,
        refund: Some(Box::new(Refund { of: order.clone(), scope })),
    };
    Ok(Decision { event: changed(OrderChange::Placed, promised).into(), because })
}

/// Of one order, back to who paid it, and of what its partner paid in the same proportion. The parts of several refunds sum up
/// to the whole to the last digit. An order that cost the customer nothing, since vouchers paid it in full, is closed by giving
/// back nothing, at once: its partner has its part again.
///
/// What is left of an order is what was paid for it and is neither given back nor promised, and no more than its resource has
/// left once downgrades, and refunds of the whole resource, have given back their part. A refund that leaves nothing makes the
/// order refunded for good: what is paid for the resource afterwards is given back of the orders that paid it.
fn of_order(book: &Book, context: &Context<'_>, asked: &RefundOrder, order: &Order) -> Result<Given, Rejection> {
    let (amount, account) = (asked.amount, order.account);
    let (paid, before) = (order.amount()?, book.refunds(order.id).unwrap_or_default());
    // Of what cost the customer nothing there is nothing to give back, but its partner's part.
    let free = paid == Amount::ZERO && order.price.list.is_positive();
    let closes = free && amount == Amount::ZERO && asked.capture;
    if closes && before.ended {
        return Err(Reason::OrderNot { state: OrderState::Refunded, needed: OrderState::Delivered }.into());
    }
    if !closes && !amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    // What downgrades have given back of the resource is not given back again.
    let purse = order.paid_for().map(|paid_for| (book.paid(&paid_for), book.paid_last(&paid_for)));
    let left = purse.map(|(left, _)| left);
    let refundable = refundable(paid, before, left)?;
    let given_back = before.customer;
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
    // A refund that was promised and given up may have been rounded up by a digit that is due no more.
    let due = due.minus(before.partner)?.max(Amount::ZERO);
    let partner = match left {
        Some(left) => at_most(due, left.partner)?,
        None => due,
    };
    let price =
        Price { list: list.negated()?, customer: amount.negated()?, partner: partner.negated()?, ..order.price };
    let parts = order.parts.map(|paid| returned(paid, before.parts, amount, left)?.negated()).transpose()?;
    let paid_last = purse.map_or(0, |(_, last)| last);
    let share = Share { paying: order.paying, binding: order.binding, price, parts, paid_last };
    let ends = amount == refundable && before.promised == Amount::ZERO;
    let after = Order {
        state: if ends { OrderState::Refunded } else { OrderState::Delivered },
        refunded: customer.minus(before.promised)?,
        partner_refunded: before.partner.plus(partner)?.minus(before.partner_promised)?,
        updated_at: context.now,
        ..order.clone()
    };
    // What was given back does not only matter, it becomes more.
    because.retain(|finding| finding.figure != Figure::GivenBack);
    because.push(Finding::becomes(Rule::R87, (account, Figure::GivenBack), given_back, customer));
    Ok(Given { shares: vec![share], order: after, because })
}

/// Of the resource that an order names: of what all its orders have paid, and has neither gone back nor been promised, to each
/// payer its part (O77), and to its partner in the same proportion. The order itself stays as it is.
fn of_resource(book: &Book, context: &Context<'_>, asked: &RefundOrder, order: &Order) -> Result<Given, Rejection> {
    let (account, requested) = (order.account, asked.amount);
    let what = order.prepaid().ok_or(Reason::ResourceRequired)?;
    if !requested.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let purses = book.purses(&what);
    let refundable = Amount::clamped(left_of(purses));
    let mut because = Rejection::from(Reason::ExceedsUnrefunded { account, requested, refundable }).unless_met()?;
    because.extend(basis(purses));
    let mut shares = Vec::new();
    for (purse, amount) in split(purses, requested)? {
        let (paid, partner) = (Amount::from_wide(purse.paid.customer)?, Amount::from_wide(purse.paid.partner)?);
        // What comes back was paid at several prices: it comes back as it is.
        let price = Price {
            list: amount.negated()?,
            customer: amount.negated()?,
            partner: partner.share(amount, paid)?.negated()?,
            customer_rate: Rate::ONE,
            partner_rate: purse.paying.partner.map(|_| Rate::ONE),
        };
        shares.push(of_purse(purse, price)?);
    }
    Ok(Given { shares, order: Order { updated_at: context.now, ..order.clone() }, because })
}

/// Delivers a refund that was promised: whoever is to have it gets it, also who no longer pays.
pub(super) fn deliver(book: &Book, context: &Context<'_>, order: &Order) -> Result<Decision, Rejection> {
    let occasion = Occasion::at(book, order.product, order.kind.action(), context.now);
    let (charge, lines_after) = first_of(book, order.account, occasion, &order.shares)?;
    let refund = order.refund.as_deref().map(|refund| given(book, context, order, refund)).transpose()?;
    let delivered =
        Order { state: OrderState::Delivered, updated_at: context.now, refund: refund.map(Box::new), ..order.clone() };
    let event = OrderChanged { charge: Some(charge), lines_after, ..changed(OrderChange::Delivered, delivered) };
    Ok(event.into())
}

/// What a promised refund is of, once it has been given. Only one of the order alone changes that.
fn given(book: &Book, context: &Context<'_>, order: &Order, refund: &Refund) -> Result<Refund, Rejection> {
    let Refund { of, scope } = refund;
    if *scope == RefundScope::Resource {
        return Ok(refund.clone());
    }
    let after = book.refunds(of.id).unwrap_or_default().kept(order)?;
    let left = of.paid_for().map(|paid_for| book.paid(&paid_for));
    let ends = refundable(of.amount()?, after, left)? == Amount::ZERO && after.promised == Amount::ZERO;
    let of = Order {
        state: if ends { OrderState::Refunded } else { of.state },
        refunded: after.customer.minus(after.promised)?,
        partner_refunded: after.partner.minus(after.partner_promised)?,
        updated_at: context.now,
        ..of.clone()
    };
    Ok(Refund { of, scope: *scope })
}

/// Gives up a refund that was promised: what it was to give back may be given back again.
pub(super) fn cancel(context: &Context<'_>, order: &Order) -> Decision {
    let canceled = Order { state: OrderState::Canceled, updated_at: context.now, ..order.clone() };
    changed(OrderChange::Canceled, canceled).into()
}

/// A refund order changes and moves no line.
fn changed(change: OrderChange, order: Order) -> OrderChanged {
    let (order, charge, vouchers_after) = (Box::new(order), None, Vec::new());
    OrderChanged { change, order, charge, vouchers_after, lines_after: Lines::default(), payer_told: None }
}

/// What an order can still give back.
fn refundable(paid: Amount, before: Refunds, left: Option<Paid>) -> Result<Amount, Overflow> {
    let own = if before.ended { Amount::ZERO } else { paid.minus(before.customer)? };
    left.map_or(Ok(own), |left| at_most(own, left.customer))
}

/// What goes back to each part of the payer's money: in the opposite order in which they paid (O3), to each at most what it had
/// paid for the order and has not got back and, where that names a resource, what the resource has left of it.
fn returned(paid: Parts, before: Parts, amount: Amount, left: Option<Paid>) -> Result<Parts, Overflow> {
    let paid = Parts {
        granted: paid.granted.minus(before.granted)?,
        cash: paid.cash.minus(before.cash)?,
        credit: paid.credit.minus(before.credit)?,
    };
    let own = paid.returned(Amount::ZERO, amount)?;
    match left {
        Some(left) => left.nearest(own),
        None => Ok(own),
    }
}

/// The amount, or what is left where that is less.
pub(super) fn at_most(amount: Amount, left: i128) -> Result<Amount, Overflow> {
    Amount::from_wide(left.min(i128::from(amount.units())))
}
