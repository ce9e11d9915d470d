//! Prepaid orders, in one step and in two, parked, paid, delivered, cancelled, given back (R55-R61, R87-R88, R128-R131).

use super::super::because::{Because, Figure, Finding, Rule};
use super::super::command::{NewOrder, PayBy};
use super::super::event::{Event, OrderChange};
use super::super::rejection::Rejection;
use super::super::state::Book;
use super::buyer::{Buyer, Cost, Draw, Occasion};
use super::{Context, Decision, catalogue, partners};
use crate::book::Party;
use crate::channel::{
    ActionType, Charge, Customer, Order, OrderId, OrderKind, OrderState, PaidFor, PayMode, Price, VoucherCase,
};
use crate::ledger::Line;
use crate::money::{Amount, Overflow};

pub(super) fn place(book: &Book, context: &Context<'_>, new: &NewOrder) -> Result<Decision, Rejection> {
    let buyer = Buyer::of(book, new.account)?;
    let (product, _) = catalogue::existing(book, &new.product)?;
    let gives_back = new.kind == OrderKind::Downgrade;
    if !gives_back {
        buyer.must_be_free_to_buy(book)?;
    }
    if gives_back && new.resource.is_none() {
        return Err(Rejection::ResourceRequired);
    }
    if gives_back && (!new.capture || new.park) {
        return Err(Rejection::DowngradeIsImmediate);
    }
    if !new.amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let list = if gives_back { new.amount.negated()? } else { new.amount };
    let price = buyer.price(book, product, list, context.now)?;
    let returned = match &new.resource {
        Some(resource) if gives_back => Some(returned(book, &buyer.paid_for(resource.clone()), price)?),
        Some(_) | None => None,
    };
    let price = returned.map_or(price, |(price, _)| price);
    let cost = if gives_back { Cost::bare(price) } else { buyer.cost(book, price, &case(product, context))? };
    let checked = match returned {
        Some((_, finding)) => Ok(Because::from_iter([finding])),
        None => buyer.check_cost(&cost, false),
    };
    let (state, because) = match checked {
        Ok(because) if new.capture => (OrderState::Delivered, because),
        Ok(because) => (OrderState::Processing, because),
        Err(refused @ Rejection::InsufficientCredit { .. }) if new.park => (OrderState::ToBePaid, refused.because()),
        Err(refused) => return Err(refused),
    };
    // What is only parked keeps its price, and vouchers pay when it is paid.
    let cost = if state == OrderState::ToBePaid { Cost::bare(price) } else { cost };
    let order = Order {
        id: OrderId(book.seq() + 1),
        account: new.account,
        paying_partner: buyer.paying.uin,
        binding: buyer.binding,
        product,
        kind: new.kind,
        state,
        capture: new.capture,
        price,
        vouchers: cost.vouchers.clone(),
        partner_vouchers: cost.partner_vouchers.clone(),
        paid_by_partner: false,
        refunded: Amount::ZERO,
        partner_refunded: Amount::ZERO,
        created_at: context.now,
        updated_at: context.now,
        resource: new.resource.clone(),
        details: new.details.clone(),
    };
    paid(book, context, &buyer, OrderChange::Placed, order, cost, because)
}

/// Pays a parked order at the price it was placed at; the same check again (A5). Vouchers pay first when the customer
/// pays, and not at all when its partner does (R114, R130).
pub(super) fn pay(book: &Book, context: &Context<'_>, id: OrderId, by: PayBy) -> Result<Decision, Rejection> {
    let order = open_in(book, id, OrderState::ToBePaid)?;
    let buyer = Buyer::of(book, order.account)?;
    buyer.must_be_free_to_buy(book)?;
    let (cost, skip_customer) = match by {
        PayBy::Customer => (buyer.cost(book, order.price, &case(order.product, context))?, false),
        PayBy::Partner => (Cost::bare(order.price), context.rules.pay_on_behalf_skips_customer_check),
    };
    let because = buyer.check_cost(&cost, skip_customer)?;
    let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
    let order = Order {
        state,
        vouchers: cost.vouchers.clone(),
        partner_vouchers: cost.partner_vouchers.clone(),
        paid_by_partner: by == PayBy::Partner,
        updated_at: context.now,
        ..order.clone()
    };
    paid(book, context, &buyer, OrderChange::Paid, order, cost, because)
}

pub(super) fn deliver(book: &Book, context: &Context<'_>, id: OrderId) -> Result<Decision, Rejection> {
    let order = open_in(book, id, OrderState::Processing)?;
    let buyer = Buyer::of(book, order.account)?;
    let cost = Cost::with(order.price, order.vouchers.clone(), order.partner_vouchers.clone())?;
    let (customer_after, partner_after) = buyer.captured((cost.customer, cost.partner), &cost)?;
    let vouchers_after = Draw::PayReserved.from(book, cost.uses())?;
    let delivered = Order { state: OrderState::Delivered, updated_at: context.now, ..order.clone() };
    let occasion = Occasion::at(book, order.product, order.kind.action(), context.now);
    Ok(Event::OrderChanged {
        change: OrderChange::Delivered,
        order: Box::new(delivered),
        charge: Some(buyer.charge(book, occasion, cost)?),
        vouchers_after,
        customer_after,
        partner_after,
    }
    .into())
}

pub(super) fn cancel(book: &Book, context: &Context<'_>, id: OrderId) -> Result<Decision, Rejection> {
    let order = open(book, id)?;
    let buyer = Buyer::of(book, order.account)?;
    let held = order.state == OrderState::Processing;
    let (customer, partner) =
        if held { (order.amount()?, order.partner_amount()?) } else { (Amount::ZERO, Amount::ZERO) };
    let (customer_after, partner_after) = buyer.lines(customer, partner, Line::released)?;
    let reserved = order.vouchers.iter().chain(&order.partner_vouchers);
    let vouchers_after = Draw::Release.from(book, reserved.filter(|_| held))?;
    let canceled = Order { state: OrderState::Canceled, updated_at: context.now, ..order.clone() };
    Ok(Event::OrderChanged {
        change: OrderChange::Canceled,
        order: Box::new(canceled),
        charge: None,
        vouchers_after,
        customer_after,
        partner_after,
    }
    .into())
}

/// Gives back a part of what the customer paid, and of what its partner did in the same proportion; vouchers do not come
/// back (R87, R121). The parts of several refunds sum up to the whole to the last digit. An order that cost the customer
/// nothing, since vouchers paid it in full, is closed by giving back nothing: its partner has its part again.
///
/// What is left of an order is what was paid for it, and no more than its resource has left once downgrades have given
/// back their part. A refund that leaves nothing makes the order refunded for good: what is paid for the resource
/// afterwards is given back of the orders that paid it.
pub(super) fn refund(book: &Book, context: &Context<'_>, order: &Order, amount: Amount) -> Result<Decision, Rejection> {
    let state = book.open_order(order.id).map_or(order.state, |open| open.state);
    if !matches!(state, OrderState::Delivered | OrderState::Refunded) {
        return Err(Rejection::OrderNot { state, needed: OrderState::Delivered });
    }
    let paying = partners::existing(book, order.paying_partner, Party::Partner)?;
    let spend = paying.spend.as_ref().ok_or(Rejection::NoCredit(paying.uin))?;
    let (paid, before) = (order.amount()?, book.refunds(order.id).unwrap_or_default());
    // Of what cost the customer nothing there is nothing to give back, but its partner's part.
    let free = paid == Amount::ZERO && order.price.list.is_positive();
    let closes = free && amount == Amount::ZERO;
    if closes && before.ended {
        return Err(Rejection::OrderNot { state: OrderState::Refunded, needed: OrderState::Delivered });
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
    if amount > refundable {
        return Err(Rejection::ExceedsRefundable { requested: amount, refundable });
    }
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
    // Only the binding that it was charged under gets it back; a later one never had it.
    let bound = book.customer(order.account).filter(|now| Some(Customer::binding(now)) == order.binding);
    let customer_after = bound.map(|now| now.line.charged(price.customer)).transpose()?;
    let occasion = Occasion::at(book, order.product, ActionType::PrepayReturn, context.now);
    let state = if amount == refundable { OrderState::Refunded } else { OrderState::Delivered };
    let charge = Charge {
        account: order.account,
        binding: order.binding,
        paying_partner: order.paying_partner,
        product: occasion.product,
        action: occasion.action,
        month: occasion.month,
        period_start: occasion.period_start,
        period_end: occasion.period_end,
        price,
        vouchers: Vec::new(),
        partner_vouchers: Vec::new(),
    };
    book.can_post(&charge)?;
    let refunded =
        Order { state, refunded: customer, partner_refunded: partner, updated_at: context.now, ..order.clone() };
    Ok(Event::OrderRefunded {
        order: Box::new(refunded),
        charge: Box::new(charge),
        customer_after,
        partner_after: spend.charged(price.partner)?,
    }
    .into())
}

/// The price of a downgrade: its buyer gets back at most what it has paid for the resource, and its paying partner its
/// side of that, at most what the partner has paid (R82).
fn returned(book: &Book, what: &PaidFor, price: Price) -> Result<(Price, Finding), Rejection> {
    let (account, paid, required) = (what.account, book.paid(what), price.customer.negated()?);
    // What was paid in all may be more than an amount holds, and is then told as the largest there is.
    let found = Amount::from_wide(paid.customer.min(i64::MAX.into()))?;
    let finding = Finding { rule: Rule::R82, account, figure: Figure::Paid, required, found };
    if !finding.passed() {
        return Err(Rejection::ExceedsPaid { account, requested: required, paid: found });
    }
    Ok((Price { partner: at_most(price.partner.negated()?, paid.partner)?.negated()?, ..price }, finding))
}

/// The amount, or what is left where that is less.
fn at_most(amount: Amount, left: i128) -> Result<Amount, Overflow> {
    Amount::from_wide(left.min(i128::from(amount.units())))
}

/// The event of an order that was placed or paid: charged when it is delivered at once, held while it is processing,
/// nothing while it is parked.
fn paid(
    book: &Book,
    context: &Context<'_>,
    buyer: &Buyer<'_>,
    change: OrderChange,
    order: Order,
    cost: Cost,
    because: Because,
) -> Result<Decision, Rejection> {
    let (charge, vouchers_after, (customer_after, partner_after)) = match order.state {
        OrderState::Delivered => {
            let lines = buyer.lines(cost.customer, cost.partner, Line::charged)?;
            let vouchers = Draw::Pay.from(book, cost.uses())?;
            let occasion = Occasion::at(book, order.product, order.kind.action(), context.now);
            (Some(buyer.charge(book, occasion, cost)?), vouchers, lines)
        }
        OrderState::Processing => {
            let vouchers = Draw::Reserve.from(book, cost.uses())?;
            (None, vouchers, buyer.lines(cost.customer, cost.partner, Line::held)?)
        }
        OrderState::ToBePaid | OrderState::Canceled | OrderState::Refunded => {
            (None, Vec::new(), buyer.lines(Amount::ZERO, Amount::ZERO, |line, _| Ok(line))?)
        }
    };
    let order = Box::new(order);
    Ok(Decision {
        event: Event::OrderChanged { change, order, charge, vouchers_after, customer_after, partner_after },
        because,
    })
}

fn case(product: u32, context: &Context<'_>) -> VoucherCase {
    VoucherCase { mode: PayMode::PrePay, product, now: context.now }
}

/// An order that is still open. A closed one is gone from the book; its number tells that it was there.
fn open(book: &Book, id: OrderId) -> Result<&Order, Rejection> {
    book.open_order(id).ok_or(Rejection::OrderNotFound)
}

fn open_in(book: &Book, id: OrderId, needed: OrderState) -> Result<&Order, Rejection> {
    let order = open(book, id)?;
    if order.state == needed { Ok(order) } else { Err(Rejection::OrderNot { state: order.state, needed }) }
}
