//! Applying the events about orders and authorizations.

use super::event::{
    AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased, Event, OrderChange,
    OrderChanged, OrderRefunded,
};
use super::state::Refunds;
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{Authorization, AuthorizationId, Charge, Customer, Order, OrderState, Paid};
use crate::ledger::{Line, Moment};
use crate::money::Overflow;

/// Applies an event at journal position `seq`, decided at `at`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, at: Moment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::OrderChanged(OrderChanged { change, order, charge, vouchers_after, customer_after, partner_after }) => {
            book.change_order(*change, order)?;
            book.set_vouchers(vouchers_after)?;
            book.set_lines(order.account, *customer_after, order.paying_partner, *partner_after)?;
            if let Some(charge) = charge {
                book.post(charge)?;
                book.pay_for(order, charge)?;
            }
        }
        Event::OrderRefunded(OrderRefunded { order, charge, customer_after, partner_after }) => {
            let refunds = Refunds {
                customer: order.refunded,
                partner: order.partner_refunded,
                ended: order.state == OrderState::Refunded,
            };
            book.buying.refunds.insert(order.id, refunds);
            book.set_lines(order.account, *customer_after, order.paying_partner, *partner_after)?;
            book.post(charge)?;
            book.pay_for(order, charge)?;
        }
        Event::AuthorizationOpened(AuthorizationOpened {
            account,
            paying_partner,
            binding,
            product,
            price,
            expires_at,
            customer_frozen_after,
            partner_frozen_after,
        }) => {
            let open = Authorization {
                account: *account,
                paying_partner: *paying_partner,
                binding: *binding,
                product: *product,
                price: *price,
                opened_at: at,
                expires_at: *expires_at,
            };
            if let Some(after) = customer_frozen_after {
                let customer = book.customer_mut(*account)?;
                customer.open_authorizations += 1;
                let line = customer.line;
                book.set_customer_line(*account, line.held(after.minus(line.prepay_frozen())?)?)?;
            }
            let spend = book.spend_mut(*paying_partner)?;
            *spend = spend.held(partner_frozen_after.minus(spend.prepay_frozen())?)?;
            book.index_authorization(book.number_at(seq)?, open);
        }
        Event::AuthorizationCaptured(AuthorizationCaptured {
            id,
            charge,
            vouchers_after,
            customer_after,
            partner_after,
            ..
        }) => {
            book.close_authorization(*id, *customer_after, *partner_after)?;
            book.set_vouchers(vouchers_after)?;
            book.post(charge)?;
        }
        Event::AuthorizationReleased(AuthorizationReleased { id, customer_after, partner_after, .. })
        | Event::AuthorizationExpired(AuthorizationExpired { id, customer_after, partner_after, .. }) => {
            book.close_authorization(*id, *customer_after, *partner_after)?;
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
        if !order.own_use() {
            let customer = self.customer_mut(order.account)?;
            if let Some(count) = before.and_then(|state| orders_in(customer, state)) {
                *count = count.checked_sub(1).ok_or("the customer has no such open order")?;
            }
            if let Some(count) = orders_in(customer, order.state) {
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
        let paid = self.buying.paid.entry(key.clone()).or_default();
        paid.customer += i128::from(customer.units());
        paid.partner += i128::from(partner.units());
        if paid.customer < 0 || paid.partner < 0 {
            return Err("more is given back than was paid for the resource".into());
        }
        if *paid == Paid::default() {
            self.buying.paid.remove(&key);
        }
        Ok(())
    }

    fn close_authorization(&mut self, id: AuthorizationId, customer: Option<Line>, partner: Line) -> Fit<()> {
        let open = self.buying.authorizations.remove(&id.opened_seq).ok_or("no such open authorization")?;
        self.buying.expiries.remove(&(open.expires_at, id.opened_seq));
        if open.binding.is_some() {
            let holder = self.customer_mut(id.account)?;
            holder.open_authorizations =
                holder.open_authorizations.checked_sub(1).ok_or("the customer has no open authorization")?;
        }
        self.set_lines(id.account, customer, open.paying_partner, partner)
    }
}

/// How many orders in this state a customer has, where such are counted.
fn orders_in(customer: &mut Customer, state: OrderState) -> Option<&mut u32> {
    match state {
        OrderState::ToBePaid => Some(&mut customer.parked_orders),
        OrderState::Processing => Some(&mut customer.processing_orders),
        OrderState::Delivered | OrderState::Canceled | OrderState::Refunded => None,
    }
}
