//! Prepaid orders, in one step and in two, parked, paid, delivered, cancelled (R55-R61, R128-R131).

use super::command::{CancelOrder, DeliverOrder, PayBy, PayOrder, PlaceOrder};
use super::event::{OrderChange, OrderChanged};
use super::reason::Reason;
use super::refunds::{self, at_most};
use super::returns::{self, basis, first_of, from_todays_purses, of_purse};
use super::split::{left_of, split};
use crate::access::Actor;
use crate::book::buyer::{Buyer, Cost, Draw, Occasion};
use crate::book::catalogue::PriceOf;
use crate::book::parties::Party;
use crate::book::{Because, Book, Context, Decision, Named, Rejection, Rule, parties};
use crate::channel::{
    Lines, Order, OrderId, OrderKind, OrderState, PayMode, PrepaidResource, Price, Share, Uin, VoucherCase,
};
use crate::ledger::{Funds, Movement, Parts};
use crate::money::{Amount, Overflow};

pub(super) fn place(book: &Book, context: &Context<'_>, new: &PlaceOrder) -> Result<Decision, Rejection> {
    let buyer = Buyer::at(book, new.account, context.now)?;
    let (product, _) = book.existing_product(&new.product)?;
    match new.kind {
        OrderKind::Downgrade => return downgrade(book, context, &buyer, product, new),
        // It is asked for of an order that there is.
        OrderKind::Refund => return Err(Reason::OrderNotFound.into()),
        OrderKind::Purchase | OrderKind::Renew | OrderKind::Upgrade => buyer.must_be_free_to_buy(book)?,
    }
    if !new.amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let price = buyer.price(book, product, new.amount, context.now)?;
    let cost = buyer.cost(book, price, &case(product, context))?;
    let (state, because) = match buyer.check_cost(&cost, false) {
        Ok(because) if new.capture => (OrderState::Delivered, because),
        Ok(because) => (OrderState::Processing, because),
        // Who pays for others pays what it can, and what is left is for it to pay or to cancel (O74).
        Err(refused @ Rejection::Buying(Reason::InsufficientCredit { .. })) if new.park || buyer.is_paid_for() => {
            (OrderState::ToBePaid, refused.because())
        }
        Err(refused) => return Err(refused),
    };
    // What is only parked keeps its price, and vouchers pay when it is paid.
    let cost = if state == OrderState::ToBePaid { Cost::bare(cost.price) } else { cost };
    let order = Order {
        state,
        vouchers: cost.vouchers.clone(),
        partner_vouchers: cost.partner_vouchers.clone(),
        ..placed(book, context, &buyer, product, new, cost.price)?
    };
    paid(book, context, &buyer, OrderChange::Placed, order, cost, because)
}

/// An order as it is placed, before anything is paid.
fn placed(
    book: &Book,
    context: &Context<'_>,
    buyer: &Buyer<'_>,
    product: u32,
    new: &PlaceOrder,
    price: Price,
) -> Result<Order, Rejection> {
    Ok(Order {
        id: OrderId(book.next_number()?),
        account: new.account,
        paying: buyer.paying(),
        binding: buyer.binding,
        product,
        kind: new.kind,
        state: OrderState::ToBePaid,
        capture: new.capture,
        price,
        vouchers: Vec::new(),
        partner_vouchers: Vec::new(),
        parts: None,
        paid_by_partner: false,
        refunded: Amount::ZERO,
        partner_refunded: Amount::ZERO,
        created_at: context.now,
        updated_at: context.now,
        resource: new.resource.clone(),
        details: new.details.clone(),
        shares: Vec::new(),
        refund: None,
    })
}

/// A downgrade gives its amount back at once, at the price of now: at most what was paid for the resource and is neither given
/// back nor promised, and from purses that still pay, to each who paid its part (R82, O76, O77). Each payer's partner gets its own side of that back, at its
/// price of now, and at most what it has paid.
fn downgrade(
    book: &Book,
    context: &Context<'_>,
    buyer: &Buyer<'_>,
    product: u32,
    new: &PlaceOrder,
) -> Result<Decision, Rejection> {
    let (account, resource) = (new.account, new.resource.clone().ok_or(Reason::ResourceRequired)?);
    if !new.capture || new.park {
        return Err(Reason::DowngradeIsImmediate.into());
    }
    if !new.amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let price = buyer.price(book, product, new.amount.negated()?, context.now)?;
    let purses = from_todays_purses(book, context.now, book.purses(&PrepaidResource { account, resource }));
    let (requested, left) = (price.customer.negated()?, Amount::clamped(left_of(&purses)));
    let mut because = Rejection::from(Reason::ExceedsPaid { account, requested, paid: left }).unless_met()?;
    if purses.len() > 1 {
        because.extend(basis(&purses));
    }
    let mut shares = Vec::new();
    let mut before = Amount::ZERO;
    for (purse, amount) in split(&purses, requested)? {
        let after = before.plus(amount)?;
        let at_list = |amount: Amount| new.amount.share(amount, requested);
        let list = at_list(after)?.minus(at_list(before)?)?.negated()?;
        let (paying, inherits_from) = (purse.paying.partner, book.inherits_offers_from(account));
        let of = PriceOf { account, binding: buyer.own, paying, inherits_from };
        let Price { partner, partner_rate, .. } = book.price(of, product, list, context.now)?;
        let partner = at_most(partner.negated()?, purse.paid.partner)?.negated()?;
        let price = Price { list, customer: amount.negated()?, partner, partner_rate, ..price };
        shares.push(of_purse(purse, price)?);
        before = after;
    }
    if shares.is_empty() {
        // So little that its price is nothing.
        let parts = matches!(buyer.funds, Some(Funds::Money(_))).then(Parts::default);
        let price = Price { partner: Amount::ZERO, ..price };
        shares.push(Share { paying: buyer.paying(), binding: buyer.binding, price, parts, paid_last: 0 });
    }
    let last = shares.last().ok_or(Overflow)?;
    let order = Order {
        state: OrderState::Delivered,
        paying: last.paying,
        binding: last.binding,
        ..placed(book, context, buyer, product, new, returns::total(&shares)?)?
    };
    let occasion = Occasion::at(book, product, new.kind.action(), context.now);
    let (charge, lines_after) = first_of(book, account, occasion, &shares)?;
    let event = OrderChanged {
        change: OrderChange::Placed,
        order: Box::new(Order { shares, ..order }),
        charge: Some(charge),
        vouchers_after: Vec::new(),
        lines_after,
        payer_told: None,
    };
    Ok(Decision { event: event.into(), because })
}

/// Pays a parked order at the price it was placed at; the same check again (A5). Vouchers pay first when the customer
/// pays, and not at all when its partner does (R114, R130).
pub(super) fn pay(book: &Book, context: &Context<'_>, asked: &PayOrder) -> Result<Decision, Rejection> {
    let PayOrder { ref order, by } = *asked;
    if let (Actor::Account { uin, .. }, Some(open)) = (context.actor, book.open_order(order.id)) {
        must_be_its_own(book, context, open.account, (uin, by))?;
    }
    let order = open_in(book, order, OrderState::ToBePaid)?;
    let buyer = Buyer::at(book, order.account, context.now)?;
    if buyer.is_paid_for() && by != PayBy::Payer {
        return Err(Reason::PaidOnBehalf { account: order.account, payer: buyer.payer }.into());
    }
    if by == PayBy::Partner && buyer.partner.is_none() {
        return Err(parties::Reason::PartyNotFound(Party::Partner, order.account).into());
    }
    buyer.must_be_free_to_buy(book)?;
    let (cost, skip_customer) = match by {
        PayBy::Customer | PayBy::Payer => (buyer.cost(book, order.price, &case(order.product, context))?, false),
        PayBy::Partner => (Cost::bare(order.price), context.rules.pay_on_behalf_skips_customer_check),
    };
    let because = buyer.check_cost(&cost, skip_customer)?;
    let state = if order.capture { OrderState::Delivered } else { OrderState::Processing };
    let order = Order {
        state,
        paying: buyer.paying(),
        binding: buyer.binding,
        vouchers: cost.vouchers.clone(),
        partner_vouchers: cost.partner_vouchers.clone(),
        paid_by_partner: by == PayBy::Partner,
        updated_at: context.now,
        ..order.clone()
    };
    paid(book, context, &buyer, OrderChange::Paid, order, cost, because)
}

/// An account pays an order for itself or on behalf of whoever it pays for, and a partner those of its own customers; whose order
/// it is besides learns who pays, and to everybody else there is no such order (O75).
fn must_be_its_own(
    book: &Book,
    context: &Context<'_>,
    account: Uin,
    (actor, by): (Uin, PayBy),
) -> Result<(), Rejection> {
    let payer = Buyer::at(book, account, context.now)?.payer;
    let pays = match by {
        PayBy::Customer | PayBy::Payer => payer == actor,
        PayBy::Partner => book.customer(account).is_some_and(|customer| customer.partner == actor),
    };
    match () {
        () if pays => Ok(()),
        () if account == actor && payer != actor => Err(Reason::PaidOnBehalf { account, payer }.into()),
        () => Err(Reason::OrderNotFound.into()),
    }
}

pub(super) fn deliver(book: &Book, context: &Context<'_>, asked: &DeliverOrder) -> Result<Decision, Rejection> {
    let order = open_in(book, &asked.order, OrderState::Processing)?;
    if order.kind == OrderKind::Refund {
        return refunds::deliver(book, context, order);
    }
    let buyer = Buyer::kept(book, order.account, order.paying, order.binding)?;
    let cost = Cost::with(order.price, order.vouchers.clone(), order.partner_vouchers.clone())?;
    let lines_after = buyer.captured((cost.customer, cost.partner), &cost)?;
    let vouchers_after = Draw::PayReserved.from(book, cost.uses())?;
    let parts = buyer.parts(&cost)?;
    let delivered = Order { state: OrderState::Delivered, parts, updated_at: context.now, ..order.clone() };
    let occasion = Occasion::at(book, order.product, order.kind.action(), context.now);
    let because = buyer.frozen(Rule::R61, &lines_after).collect();
    let event = OrderChanged {
        change: OrderChange::Delivered,
        order: Box::new(delivered),
        charge: Some(buyer.charge(book, occasion, cost)?),
        vouchers_after,
        lines_after,
        payer_told: None,
    };
    Ok(Decision { event: event.into(), because })
}

pub(super) fn cancel(book: &Book, context: &Context<'_>, asked: &CancelOrder) -> Result<Decision, Rejection> {
    // Either open state would do; of a closed one that is told, as `order_not_open`.
    let order = book.existing_order(&asked.order, OrderState::Canceled)?;
    if order.kind == OrderKind::Refund {
        return Ok(refunds::cancel(context, order));
    }
    let buyer = Buyer::kept(book, order.account, order.paying, order.binding)?;
    let held = order.state == OrderState::Processing;
    let (customer, partner) =
        if held { (order.amount()?, order.partner_amount()?) } else { (Amount::ZERO, Amount::ZERO) };
    let released = |held: Amount| Ok::<_, Overflow>(Movement::held(held.negated()?));
    let lines_after = buyer.lines(released(customer)?, released(partner)?)?;
    let reserved = order.vouchers.iter().chain(&order.partner_vouchers);
    let vouchers_after = Draw::Release.from(book, reserved.filter(|_| held))?;
    let canceled = Order { state: OrderState::Canceled, updated_at: context.now, ..order.clone() };
    let because = buyer.frozen(Rule::R131, &lines_after).collect();
    let event = OrderChanged {
        change: OrderChange::Canceled,
        order: Box::new(canceled),
        charge: None,
        vouchers_after,
        lines_after,
        payer_told: None,
    };
    Ok(Decision { event: event.into(), because })
}

/// The event of an order that was placed or paid: charged when it is delivered at once, held while it is processing,
/// nothing while it is parked.
fn paid(
    book: &Book,
    context: &Context<'_>,
    buyer: &Buyer<'_>,
    change: OrderChange,
    mut order: Order,
    cost: Cost,
    because: Because,
) -> Result<Decision, Rejection> {
    let (charge, vouchers_after, lines_after) = match order.state {
        OrderState::Delivered => {
            order.parts = buyer.parts(&cost)?;
            let (payer, partner) = buyer.charged_with(&cost)?;
            let lines = buyer.lines(payer, partner)?;
            let vouchers = Draw::Pay.from(book, cost.uses())?;
            let occasion = Occasion::at(book, order.product, order.kind.action(), context.now);
            (Some(buyer.charge(book, occasion, cost)?), vouchers, lines)
        }
        OrderState::Processing => {
            let vouchers = Draw::Reserve.from(book, cost.uses())?;
            (None, vouchers, buyer.lines(Movement::held(cost.customer), Movement::held(cost.partner))?)
        }
        OrderState::ToBePaid | OrderState::Canceled | OrderState::Refunded => (None, Vec::new(), Lines::default()),
    };
    let waits = order.state == OrderState::ToBePaid && buyer.is_paid_for();
    let payer_told = if waits { book.payer_told(buyer.payer) } else { None };
    let order = Box::new(order);
    let event = OrderChanged { change, order, charge, vouchers_after, lines_after, payer_told };
    Ok(Decision { event: event.into(), because })
}

fn case(product: u32, context: &Context<'_>) -> VoucherCase {
    VoucherCase { mode: PayMode::PrePay, product, now: context.now }
}

fn open_in<'a>(book: &'a Book, order: &Named<OrderId, OrderState>, needed: OrderState) -> Result<&'a Order, Rejection> {
    let order = book.existing_order(order, needed)?;
    if order.state == needed { Ok(order) } else { Err(Reason::OrderNot { state: order.state, needed }.into()) }
}
