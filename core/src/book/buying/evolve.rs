//! Applying the events about orders and authorizations.

use super::event::{
    AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased, Event, OrderChange,
    OrderChanged, OrderRefunded,
};
use super::state::Refunds;
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{Authorization, AuthorizationId, Charge, Lines, Order, OrderState, Paid, Spending};
use crate::ledger::{Moment, Movement};
use crate::money::{Amount, Overflow};

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::OrderChanged(OrderChanged { change, order, charge, vouchers_after, lines_after, .. }) => {
            book.change_order(*change, order)?;
            book.end_request(order);
            book.set_vouchers(vouchers_after)?;
            book.set_lines(order.paying, lines_after)?;
            if let Some(charge) = charge {
                book.post(charge)?;
                book.pay_for(order, charge)?;
            }
        }
        Event::OrderRefunded(OrderRefunded { order, charge, lines_after }) => {
            let refunds = Refunds {
                customer: order.refunded,
                partner: order.partner_refunded,
                ended: order.state == OrderState::Refunded,
            };
            book.buying.refunds.insert(order.id, refunds);
            book.set_lines(order.paying, lines_after)?;
            book.post(charge)?;
            book.pay_for(order, charge)?;
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

    /// Notes what an order that names a prepaid resource paid for it, or gave back.
    fn pay_for(&mut self, order: &Order, charge: &Charge) -> Fit<()> {
        let Some(key) = order.paid_for() else { return Ok(()) };
        let amounts = (charge.amount(), charge.partner_amount());
        let (Ok(customer), Ok(partner)) = amounts else { return Err(Overflow.into()) };
        let paid = self.buying.paid.get_or_insert_with(&key, Paid::default);
        paid.customer += i128::from(customer.units());
        paid.partner += i128::from(partner.units());
        let parts = charge.parts.unwrap_or_default();
        paid.granted += i128::from(parts.granted.units());
        paid.credit += i128::from(parts.credit.units());
        let cash = paid.customer - paid.granted - paid.credit;
        if [paid.partner, paid.granted, paid.credit, cash].into_iter().any(|part| part < 0) {
            return Err("more is given back than was paid for the resource".into());
        }
        if *paid == Paid::default() {
            self.buying.paid.remove(&key);
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

/// How many orders in this state are open, where such are counted.
fn orders_in(spending: &mut Spending, state: OrderState) -> Option<&mut u32> {
    match state {
        OrderState::ToBePaid => Some(&mut spending.parked_orders),
        OrderState::Processing => Some(&mut spending.processing_orders),
        OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => None,
    }
}
