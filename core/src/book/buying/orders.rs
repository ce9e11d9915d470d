//! Prepaid orders, in one step and in two, parked, paid, delivered, cancelled (R55-R61, R128-R131).

use super::command::{CancelOrder, DeliverOrder, PayBy, PayOrder, PlaceOrder};
use super::event::{OrderChange, OrderChanged};
use super::reason::Reason;
use super::refunds::at_most;
use crate::book::buyer::{Buyer, Cost, Draw, Occasion};
use crate::book::parties::Party;
use crate::book::{Because, Book, Context, Decision, Named, Rejection, Rule, parties};
use crate::channel::{Lines, Order, OrderId, OrderKind, OrderState, PayMode, Price, ResourceName, VoucherCase};
use crate::ledger::{Funds, Movement};
use crate::money::{Amount, Overflow};

pub(super) fn place(book: &Book, context: &Context<'_>, new: &PlaceOrder) -> Result<Decision, Rejection> {
    let buyer = Buyer::at(book, new.account, context.now)?;
    let (product, _) = book.existing_product(&new.product)?;
    let gives_back = new.kind == OrderKind::Downgrade;
    if !gives_back {
        buyer.must_be_free_to_buy(book)?;
    }
    if gives_back && new.resource.is_none() {
        return Err(Reason::ResourceRequired.into());
    }
    if gives_back && (!new.capture || new.park) {
        return Err(Reason::DowngradeIsImmediate.into());
    }
    if !new.amount.is_positive() {
        return Err(Rejection::AmountNotPositive);
    }
    let list = if gives_back { new.amount.negated()? } else { new.amount };
    let price = buyer.price(book, product, list, context.now)?;
    let returned = match &new.resource {
        Some(resource) if gives_back => Some(returned(book, &buyer, resource, price)?),
        Some(_) | None => None,
    };
    let (cost, checked) = match returned {
        Some((cost, because)) => (cost, Ok(because)),
        None => {
            let cost = buyer.cost(book, price, &case(product, context))?;
            let checked = buyer.check_cost(&cost, false);
            (cost, checked)
        }
    };
    let (state, because) = match checked {
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
        id: OrderId(book.next_number()?),
        account: new.account,
        paying: buyer.paying(),
        binding: buyer.binding,
        product,
        kind: new.kind,
        state,
        capture: new.capture,
        price: cost.price,
        vouchers: cost.vouchers.clone(),
        partner_vouchers: cost.partner_vouchers.clone(),
        parts: None,
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
pub(super) fn pay(book: &Book, context: &Context<'_>, asked: &PayOrder) -> Result<Decision, Rejection> {
    let PayOrder { ref order, by } = *asked;
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

pub(super) fn deliver(book: &Book, context: &Context<'_>, asked: &DeliverOrder) -> Result<Decision, Rejection> {
    let order = open_in(book, &asked.order, OrderState::Processing)?;
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

/// The price of a downgrade: its buyer gets back at most what it has paid for the resource, and its paying partner its
/// side of that, at most what the partner has paid (R82).
fn returned(
    book: &Book,
    buyer: &Buyer<'_>,
    resource: &ResourceName,
    price: Price,
) -> Result<(Cost, Because), Rejection> {
    let what = buyer.paid_for(resource.clone());
    let (account, paid, requested) = (what.account, book.paid(&what), price.customer.negated()?);
    let found = Amount::clamped(paid.customer);
    let because = Rejection::from(Reason::ExceedsPaid { account, requested, paid: found }).unless_met()?;
    let price = Price { partner: at_most(price.partner.negated()?, paid.partner)?.negated()?, ..price };
    let back = match buyer.funds {
        Some(Funds::Money(_)) => Some(paid.returned(requested)?.negated()?),
        Some(Funds::Credit(_)) | None => None,
    };
    Ok((Cost { back, ..Cost::bare(price) }, because))
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
