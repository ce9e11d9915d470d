//! Postpaid resources: activated, resized and terminated by their account's vendor, stopped, started and deleted by what
//! falls due (R57, R65-R73, R103-R107).

use super::command::{ActivateResource, ResizeResource, TerminateResource};
use super::cycle::first_of_cycle;
use super::event::{
    ResourceActivated, ResourceDeleted, ResourceResized, ResourceResumed, ResourceSuspended, ResourceTerminated,
};
use super::reason::Reason;
use super::usage;
use crate::book::buyer::{Buyer, Draw, Occasion};
use crate::book::{Because, Book, Context, Decision, Event, Figure, Finding, Rejection, Rule};
use crate::channel::{
    FreezeModel, FreezeTerms, Frozen, PayMode, Price, Purchase, Resource, ResourceId, ResourceState, ResourceStep, Uin,
    VoucherCase, freeze_at_start, next_step,
};
use crate::ledger::{Moment, Movement};
use crate::money::{Amount, Factor, Rate};

/// Freezes on both sides or on neither; no voucher pays for it (R57, R72).
pub(super) fn activate(book: &Book, context: &Context<'_>, new: &ActivateResource) -> Result<Decision, Rejection> {
    let buyer = Buyer::at(book, new.account, context.now)?;
    let (number, product) = book.existing_product(&new.product)?;
    if book.resource(&new.name).is_some() {
        return Err(Reason::ResourceExists.into());
    }
    buyer.must_be_free_to_buy(book)?;
    size_is_valid(new.unit_price, new.quantity)?;
    let rates = buyer.price(book, number, Amount::ZERO, context.now)?;
    let frozen = freeze(&buyer, rates, &product.freeze, new.unit_price, new.quantity)?;
    let because = buyer.check(frozen.customer, frozen.partner, false, Purchase::Freeze)?;
    let lines_after = buyer.lines(Movement::frozen(frozen.customer), Movement::frozen(frozen.partner))?;
    let resource = Resource {
        id: ResourceId(book.next_number()?),
        name: new.name.clone(),
        account: new.account,
        paying: buyer.paying(),
        binding: buyer.binding,
        product: number,
        unit_price: new.unit_price,
        quantity: new.quantity,
        frozen,
        state: ResourceState::Active,
        since: context.now,
        activated_at: context.now,
        cycle_ended_at: None,
        details: new.details.clone(),
    };
    Ok(Decision { event: ResourceActivated { resource: Box::new(resource), lines_after }.into(), because })
}

/// Prices the freeze anew with today's terms (A18). What grows must pass the check by what it freezes more; what does not
/// grow always may, also when today's terms freeze more for it. A re-estimated freeze stays until its next cycle.
pub(super) fn resize(book: &Book, context: &Context<'_>, asked: &ResizeResource) -> Result<Decision, Rejection> {
    let ResizeResource { ref resource, unit_price, quantity } = *asked;
    let resource = book.existing_resource(resource.as_ref())?;
    let buyer = Buyer::of_resource(book, resource, context.now)?;
    let product = book.product_of(resource)?;
    if resource.state != ResourceState::Active {
        return Err(Reason::ResourceNotActive(resource.state).into());
    }
    let (unit_price, quantity) = (unit_price.unwrap_or(resource.unit_price), quantity.unwrap_or(resource.quantity));
    let grows = size(unit_price, quantity) > size(resource.unit_price, resource.quantity);
    if grows {
        buyer.must_be_free_to_buy(book)?;
    }
    size_is_valid(unit_price, quantity)?;
    let frozen = match product.freeze.model {
        FreezeModel::ReEstimate => resource.frozen,
        FreezeModel::None | FreezeModel::Coefficient | FreezeModel::Fixed | FreezeModel::MinimumFee => {
            let rates = buyer.price(book, resource.product, Amount::ZERO, context.now)?;
            freeze(&buyer, rates, &product.freeze, unit_price, quantity)?
        }
    };
    let more = frozen.minus(resource.frozen)?;
    let judged = if grows {
        let (customer, partner) = (more.customer.max(Amount::ZERO), more.partner.max(Amount::ZERO));
        buyer.check(customer, partner, false, Purchase::Freeze)?
    } else {
        Because::new()
    };
    let lines_after = buyer.lines(Movement::frozen(more.customer), Movement::frozen(more.partner))?;
    let because = judged.into_iter().chain(buyer.frozen(Rule::R72, &lines_after)).collect();
    let resource =
        Resource { unit_price, quantity, frozen, paying: buyer.paying(), binding: buyer.binding, ..resource.clone() };
    Ok(Decision { event: ResourceResized { resource: Box::new(resource), lines_after }.into(), because })
}

/// The last settlement and the release in one step (R71). Never refused for lack of credit (R62).
pub(super) fn terminate(book: &Book, context: &Context<'_>, asked: &TerminateResource) -> Result<Decision, Rejection> {
    let TerminateResource { ref resource, final_amount } = *asked;
    let resource = book.existing_resource(resource.as_ref())?;
    let product = book.product_of(resource)?;
    if final_amount.is_some_and(Amount::is_negative) {
        return Err(Rejection::AmountNegative);
    }
    let buyer = Buyer::of_resource(book, resource, context.now)?;
    let ended = ended(resource, ResourceState::Terminated, &buyer, context.now);
    let released = resource.frozen.negated()?;
    let mut because = Because::new();
    let (lines_after, vouchers_after, charge) = match final_amount {
        None => {
            let lines = buyer.lines(Movement::frozen(released.customer), Movement::frozen(released.partner))?;
            (lines, Vec::new(), None)
        }
        Some(list) => {
            let action = usage::action_of(product.settlement);
            let begun = first_of_cycle(book.calendar(), product.settlement, context.now);
            let price = buyer.price_of_usage(book, begun, (resource.product, list), context.now)?;
            let case = VoucherCase { mode: PayMode::PostPay, product: resource.product, now: context.now };
            let cost = buyer.cost(book, price, &case)?;
            let lines = buyer.settled(&cost, released)?;
            let occasion = Occasion::at(book, resource.product, action, context.now);
            let vouchers = Draw::Pay.from(book, cost.uses())?;
            because = buyer.charged(&cost)?;
            (lines, vouchers, Some(buyer.charge(book, occasion, cost)?))
        }
    };
    because.extend(buyer.frozen(Rule::R71, &lines_after));
    let event = ResourceTerminated {
        resource: Box::new(ended),
        released: resource.frozen,
        charge,
        vouchers_after,
        lines_after,
    };
    Ok(Decision { event: event.into(), because })
}

/// Stops, starts or deletes a resource for which that is due now.
pub(super) fn step(
    book: &Book,
    context: &Context<'_>,
    id: ResourceId,
    step: ResourceStep,
) -> Result<Decision, Rejection> {
    let resource = book.resource_numbered(id).ok_or(Reason::ResourceNotFound)?;
    let (account, spending) = (book.existing_account(resource.account)?, book.runs_under(resource.account));
    let (Some(spender), Some(spending)) = (book.stands(account), spending) else { return Err(Rejection::NothingDue) };
    match next_step(resource, book.product_of(resource)?, &spending, context.now) {
        Some((at, due)) if due == step && at <= context.now => {}
        Some(_) | None => return Err(Rejection::NothingDue),
    }
    let in_state = |state| Box::new(Resource { state, since: context.now, ..resource.clone() });
    let available = |rule| {
        let payer = book.payer_of(resource.account).unwrap_or(resource.account);
        Finding::waived(rule, (payer, book.available_figure(payer)), Amount::ZERO, spender.available)
    };
    let whose = (book.forced_account(resource.account), Figure::Forced);
    let forced = Finding::noted(Rule::R108, whose, spending.forced_since.is_some());
    let (event, because): (Event, _) = match step {
        ResourceStep::Resume => (
            ResourceResumed { resource: in_state(ResourceState::Active) }.into(),
            Because::from_iter([available(Rule::R104), forced]),
        ),
        ResourceStep::Suspend => (
            ResourceSuspended { resource: in_state(ResourceState::Suspended) }.into(),
            Because::from_iter([available(Rule::R105), forced]),
        ),
        ResourceStep::Delete => {
            let buyer = Buyer::of_resource(book, resource, context.now)?;
            let deleted = ended(resource, ResourceState::Deleted, &buyer, context.now);
            let Frozen { customer, partner } = resource.frozen.negated()?;
            let lines_after = buyer.lines(Movement::frozen(customer), Movement::frozen(partner))?;
            let released = buyer.frozen(Rule::R73, &lines_after);
            let because = [available(Rule::R105), forced].into_iter().chain(released).collect();
            let event = ResourceDeleted { resource: Box::new(deleted), released: resource.frozen, lines_after };
            (event.into(), because)
        }
    };
    Ok(Decision { event, because })
}

/// A resource that ends in this state, with nothing frozen for it any more.
fn ended(resource: &Resource, state: ResourceState, buyer: &Buyer<'_>, now: Moment) -> Resource {
    let (paying, binding) = (buyer.paying(), buyer.binding);
    Resource { frozen: Frozen::default(), state, since: now, paying, binding, ..resource.clone() }
}

fn size(unit_price: Amount, quantity: Factor) -> i128 {
    i128::from(unit_price.units()) * i128::from(quantity.units())
}

fn size_is_valid(unit_price: Amount, quantity: Factor) -> Result<(), Rejection> {
    if unit_price.is_negative() {
        return Err(Rejection::AmountNegative);
    }
    if quantity.is_positive() { Ok(()) } else { Err(Reason::QuantityNotPositive.into()) }
}

/// What a resource freezes on all sides at today's prices where this buyer pays for it, with this account's offers instead of
/// its own (R68, R72).
pub(in crate::book) fn freeze_of(
    book: &Book,
    buyer: &Buyer<'_>,
    inherits_from: Option<Uin>,
    resource: &Resource,
    now: Moment,
) -> Result<Frozen, Rejection> {
    let terms = &book.product_of(resource)?.freeze;
    let rates = buyer.price_inheriting(book, inherits_from, (resource.product, Amount::ZERO), now)?;
    freeze(buyer, rates, terms, resource.unit_price, resource.quantity)
}

/// What a resource freezes on all sides at these rates (R68, R72).
fn freeze(
    buyer: &Buyer<'_>,
    rates: Price,
    terms: &FreezeTerms,
    unit_price: Amount,
    quantity: Factor,
) -> Result<Frozen, Rejection> {
    let at =
        |rate: Option<Rate>| rate.map_or(Ok(Amount::ZERO), |rate| freeze_at_start(terms, unit_price, quantity, rate));
    let customer_rate = buyer.funds.is_some().then_some(rates.customer_rate);
    Ok(Frozen { customer: at(customer_rate)?, partner: at(rates.partner_rate)? })
}
