//! Applying the events about orders and authorizations.

use super::event::{
    AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased, Event, OrderChange,
    OrderChanged, OrderRefunded, ShareReturned,
};
use super::state::Refunds;
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{
    Authorization, AuthorizationId, Binding, Charge, Lines, Order, OrderKind, OrderState, Paid, Paying,
    PrepaidResource, Purse, RefundScope, Return, Share, Spending,
};
use crate::ledger::{Moment, Movement};
use crate::money::{Amount, Overflow};

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::OrderChanged(OrderChanged { change, order, charge, vouchers_after, lines_after, .. }) => {
            book.change_order(*change, order)?;
            if order.kind == OrderKind::Refund {
                book.change_promise(*change, order)?;
            }
            book.end_request(order);
            book.set_vouchers(vouchers_after)?;
            book.set_lines(charge.as_ref().map_or(order.paying, |charge| charge.paying), lines_after)?;
            if let Some(charge) = charge {
                book.post(charge)?;
                if order.kind.gives_back() {
                    must_say(&order.shares, charge)?;
                    book.buying.returning.extend(Return::behind(order, charge, &order.shares));
                }
                match order.kind {
                    OrderKind::Purchase | OrderKind::Renew | OrderKind::Upgrade => book.pay_for(seq, order, charge)?,
                    OrderKind::Downgrade => book.take_back(order, &order.shares)?,
                    // It was taken when it was promised.
                    OrderKind::Refund => {}
                }
            }
        }
        Event::OrderRefunded(OrderRefunded { order, scope, shares, charge, lines_after }) => {
            if *scope == RefundScope::Order {
                let before = book.refunds(order.id).unwrap_or_default();
                let mut after = shares.iter().try_fold(before, |refunds, share| refunds.with(share))?;
                after.ended = order.state == OrderState::Refunded;
                book.buying.refunds.insert(order.id, after);
            }
            book.set_lines(charge.paying, lines_after)?;
            book.post(charge)?;
            must_say(shares, charge)?;
            book.take_back(order, shares)?;
            book.buying.returning.extend(Return::behind(order, charge, shares));
        }
        Event::ShareReturned(ShareReturned { back, lines_after }) => {
            if book.buying.returning.pop_front().as_ref() != Some(back) {
                return Err("nothing like it is about to go back".into());
            }
            book.set_lines(back.charge.paying, lines_after)?;
            book.post(&back.charge)?;
        }
        Event::AuthorizationOpened(AuthorizationOpened {
            account,
            paying,
            binding,
            product,
            price,
            expires_at,
            payer_frozen_after,
            partner_frozen_after,
        }) => {
            let open = Authorization {
                account: *account,
                paying: *paying,
                binding: *binding,
                product: *product,
                price: *price,
                opened_at: at,
                expires_at: *expires_at,
            };
            if !paying.is_own_use(*binding) {
                let count = &mut book.spending_mut(*account)?.open_authorizations;
                *count = count.checked_add(1).ok_or(Overflow)?;
            }
            let more = |before: Amount, after: &Amount| Ok::<_, Overflow>(Movement::held(after.minus(before)?));
            if let Some(after) = payer_frozen_after {
                book.change_funds(paying, |funds| Ok(funds.moved(more(funds.prepay_frozen(), after)?)?))?;
            }
            if let Some(after) = partner_frozen_after {
                let spend = book.spend_mut(paying.partner.ok_or("no partner owes for it")?)?;
                *spend = spend.moved(more(spend.prepay_frozen(), after)?)?;
            }
            book.index_authorization(book.number_at(seq)?, open);
        }
        Event::AuthorizationCaptured(AuthorizationCaptured { id, charge, vouchers_after, lines_after, .. }) => {
            book.close_authorization(*id, lines_after)?;
            book.set_vouchers(vouchers_after)?;
            book.post(charge)?;
        }
        Event::AuthorizationReleased(AuthorizationReleased { id, lines_after, .. })
        | Event::AuthorizationExpired(AuthorizationExpired { id, lines_after, .. }) => {
            book.close_authorization(*id, lines_after)?;
        }
    }
    Ok(())
}

impl Book {
    fn change_order(&mut self, change: OrderChange, order: &Order) -> Fit<()> {
        let before = match change {
            OrderChange::Placed => None,
            OrderChange::Paid | OrderChange::Delivered | OrderChange::Canceled => {
                Some(self.buying.orders.remove(&order.id).ok_or("no such open order")?.state)
            }
        };
        if order.state.open() {
            self.buying.orders.insert(order.id, order.clone());
        }
        if !order.paying.is_own_use(order.binding) {
            let spending = self.spending_mut(order.account)?;
            if let Some(count) = before.and_then(|state| orders_in(spending, state)) {
                *count = count.checked_sub(1).ok_or("the account has no such open order")?;
            }
            if let Some(count) = orders_in(spending, order.state) {
                *count = count.checked_add(1).ok_or(Overflow)?;
            }
        }
        Ok(())
    }

    /// A refund was promised, given, or given up. What it is of is not to be had for anybody else meanwhile.
    fn change_promise(&mut self, change: OrderChange, order: &Order) -> Fit<()> {
        let refund = order.refund.as_deref().ok_or("a refund is of something")?;
        match change {
            OrderChange::Placed => self.take_back(order, &order.shares)?,
            OrderChange::Delivered => {}
            OrderChange::Canceled => self.put_back(order)?,
            OrderChange::Paid => return Err("nobody pays a refund".into()),
        }
        if refund.scope == RefundScope::Resource {
            return Ok(());
        }
        let before = self.refunds(refund.of.id).unwrap_or_default();
        let mut after = match change {
            OrderChange::Placed => before.promised(order)?,
            OrderChange::Canceled => before.given_up(order)?,
            OrderChange::Delivered | OrderChange::Paid => before.kept(order)?,
        };
        if change == OrderChange::Delivered {
            after.ended = refund.of.state == OrderState::Refunded;
        }
        if after == Refunds::default() {
            self.buying.refunds.remove(&refund.of.id);
        } else {
            self.buying.refunds.insert(refund.of.id, after);
        }
        Ok(())
    }

    /// Notes what an order that names a prepaid resource paid for it.
    fn pay_for(&mut self, seq: u64, order: &Order, charge: &Charge) -> Fit<()> {
        let Some(what) = order.prepaid() else { return Ok(()) };
        let (customer, partner) = (charge.amount()?, charge.partner_amount()?);
        let parts = charge.parts.unwrap_or_default();
        let purses = self.buying.paid.get_or_insert_with(&what, Vec::new);
        let paid = &mut purse_for(purses, order.paying, order.binding, seq).paid;
        paid.customer += i128::from(customer.units());
        paid.partner += i128::from(partner.units());
        paid.granted += i128::from(parts.granted.units());
        paid.credit += i128::from(parts.credit.units());
        self.settle_purses(&what)
    }

    /// Takes what goes back, or is promised to, off what was paid for the resource.
    fn take_back(&mut self, order: &Order, shares: &[Share]) -> Fit<()> {
        let Some(what) = order.prepaid() else { return Ok(()) };
        for share in shares {
            let purses = self.buying.paid.get_or_insert_with(&what, Vec::new);
            let mine = |purse: &&mut Purse| {
                (purse.paying.payer, purse.purse_number()) == (share.paying.payer, share.purse_number())
            };
            let nothing = share.price.customer == Amount::ZERO && share.price.partner == Amount::ZERO;
            match purses.iter_mut().find(mine) {
                Some(purse) => move_share(&mut purse.paid, share, 1),
                None if nothing => {}
                None => return Err("more is given back than was paid for the resource".into()),
            }
        }
        self.settle_purses(&what)
    }

    /// Puts what is not to go back after all to what was paid for the resource, where it came from.
    fn put_back(&mut self, order: &Order) -> Fit<()> {
        let Some(what) = order.prepaid() else { return Ok(()) };
        for share in &order.shares {
            let purses = self.buying.paid.get_or_insert_with(&what, Vec::new);
            move_share(&mut purse_for(purses, share.paying, share.binding, share.paid_last).paid, share, -1);
        }
        self.settle_purses(&what)
    }

    /// What has given everything back is forgotten; and nothing gives back more than was paid.
    fn settle_purses(&mut self, what: &PrepaidResource) -> Fit<()> {
        let Some(purses) = self.buying.paid.get_mut(what) else { return Ok(()) };
        for Purse { paid, .. } in purses.iter() {
            let cash = paid.customer - paid.granted - paid.credit;
            if [paid.partner, paid.granted, paid.credit, cash].into_iter().any(|part| part < 0) {
                return Err("more is given back than was paid for the resource".into());
            }
        }
        purses.retain(|purse| purse.paid != Paid::default());
        if purses.is_empty() {
            self.buying.paid.remove(what);
        }
        Ok(())
    }

    fn close_authorization(&mut self, id: AuthorizationId, lines: &Lines) -> Fit<()> {
        let open = self.buying.authorizations.remove(&id.opened_seq).ok_or("no such open authorization")?;
        self.buying.expiries.remove(open.expires_at, id.opened_seq);
        if !open.paying.is_own_use(open.binding) {
            let count = &mut self.spending_mut(id.account)?.open_authorizations;
            *count = count.checked_sub(1).ok_or("the account has no open authorization")?;
        }
        self.set_lines(open.paying, lines)
    }
}

/// What comes back to the first is what its share says.
fn must_say(shares: &[Share], charge: &Charge) -> Fit<()> {
    let says = |share: &Share| {
        (share.paying, share.binding, share.price, share.parts)
            == (charge.paying, charge.binding, charge.price, charge.parts)
    };
    if shares.first().is_some_and(says) { Ok(()) } else { Err("what is given back is not what it says".into()) }
}

/// What was paid from this purse, last of all at this position of the journal.
fn purse_for(purses: &mut Vec<Purse>, paying: Paying, binding: Option<Binding>, paid_last: u64) -> &mut Purse {
    let new = Purse { paying, binding, paid: Paid::default(), paid_last };
    let known = purses
        .iter()
        .position(|purse| (purse.paying.payer, purse.purse_number()) == (paying.payer, new.purse_number()));
    let place = known.unwrap_or_else(|| {
        purses.push(new);
        purses.len() - 1
    });
    let purse = &mut purses[place];
    purse.paid_last = purse.paid_last.max(paid_last);
    purse
}

/// Takes a share off what was paid, or puts it back where `times` is -1. What it says is below zero.
fn move_share(paid: &mut Paid, share: &Share, times: i128) {
    let parts = share.parts.unwrap_or_default();
    let moved = |amount: Amount| times * i128::from(amount.units());
    paid.customer += moved(share.price.customer);
    paid.partner += moved(share.price.partner);
    paid.granted += moved(parts.granted);
    paid.credit += moved(parts.credit);
}

/// How many orders in this state are open, where such are counted.
fn orders_in(spending: &mut Spending, state: OrderState) -> Option<&mut u32> {
    match state {
        OrderState::ToBePaid => Some(&mut spending.parked_orders),
        OrderState::Processing => Some(&mut spending.processing_orders),
        OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => None,
    }
}
