//! What purchases leave in history: orders as they stand, authorizations that closed, and what both charged.

use crate::bills::rows::{Posting, post};
use crate::rows::{Basis, decided};
use crate::vouchers::rows::changed;
use credere_core::book::buying::Event;
use credere_core::channel::{
    Authorization, AuthorizationId, Charge, NoticeKind, Order, OrderId, PayerTold, RefundScope, ResourceName, Return,
    Uin,
};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{
    AuthorizationRow, Fault, HistoryFold, NoticeKey, NoticeRow, OrderRow, ShardStore, StoreError,
};

/// Adds the rows of one event.
pub(crate) fn add(
    fold: &mut HistoryFold,
    basis: &Basis<'_>,
    seq: u64,
    at: Moment,
    event: &Event,
) -> Result<(), StoreError> {
    match event {
        Event::OrderChanged(fact) => {
            fold.orders.push(order_row(&fact.order, basis.code_of(fact.order.product)?)?);
            if let Some(charge) = &fact.charge {
                post(fold, basis, seq, at, paid_for(&fact.order, charge))?;
                // What it was of has changed with it.
                if let Some(refund) = fact.order.refund.as_deref().filter(|refund| refund.scope == RefundScope::Order) {
                    fold.orders.push(order_row(&refund.of, basis.code_of(refund.of.product)?)?);
                }
            }
            changed(fold, basis, at, &fact.vouchers_after)?;
            let told =
                |told| told_row(NoticeKind::OrderToBePaid, fact.order.paying.payer, told, &fact.order, (seq, at));
            fold.notices.extend(fact.payer_told.map(told));
        }
        Event::OrderRefunded(fact) => {
            fold.orders.push(order_row(&fact.order, basis.code_of(fact.order.product)?)?);
            post(fold, basis, seq, at, paid_for(&fact.order, &fact.charge))?;
        }
        Event::ShareReturned(fact) => {
            let Return { order, resource, details, charge } = &*fact.back;
            let resource = resource.as_ref().map(ResourceName::as_str);
            post(fold, basis, seq, at, Posting { charge, details, resource, order_seq: Some(order.position()) })?;
        }
        Event::AuthorizationCaptured(fact) => {
            fold.authorizations.push(closed(fact.id, &fact.open, "captured", Some(&fact.charge), at, basis)?);
            post(
                fold,
                basis,
                seq,
                at,
                Posting { charge: &fact.charge, details: "{}", resource: None, order_seq: None },
            )?;
            changed(fold, basis, at, &fact.vouchers_after)?;
        }
        Event::AuthorizationReleased(fact) => {
            fold.authorizations.push(closed(fact.id, &fact.open, "released", None, at, basis)?);
        }
        Event::AuthorizationExpired(fact) => {
            fold.authorizations.push(closed(fact.id, &fact.open, "expired", None, at, basis)?);
        }
        // An open authorization is in the book only.
        Event::AuthorizationOpened(_) => {}
    }
    Ok(())
}

/// That a payer was told of an order that waits for it.
pub(crate) fn told_row(
    kind: NoticeKind,
    recipient: Uin,
    told: PayerTold,
    order: &Order,
    (seq, at): (u64, Moment),
) -> NoticeRow {
    let PayerTold { channels, available, total } = told;
    let key = NoticeKey { seq, place: 0 };
    let (customer, order) = (order.account, Some(order.id));
    NoticeRow { key, recipient, customer, kind, level: None, available, total, channels, order, at }
}

/// What an order is charged, or gives back.
fn paid_for<'a>(order: &'a Order, charge: &'a Charge) -> Posting<'a> {
    let resource = order.resource.as_ref().map(ResourceName::as_str);
    Posting { charge, details: &order.details, resource, order_seq: Some(order.id.position()) }
}

/// An order of the product with this code, as history shows it.
fn order_row(order: &Order, product: String) -> Result<OrderRow, StoreError> {
    Ok(OrderRow {
        seq: order.id.position(),
        account: order.account,
        payer: order.paying.payer,
        partner: order.paying.partner,
        product,
        kind: order.kind.name().to_owned(),
        state: order.state.name().to_owned(),
        list_amount: order.price.list,
        discount_rate: order.price.customer_rate,
        voucher_amount: decided(order.voucher_amount())?,
        amount: decided(order.amount())?,
        partner_amount: decided(order.partner_amount())?,
        refunded_amount: order.refunded,
        created_at: order.created_at,
        updated_at: order.updated_at,
        details: order.details.clone(),
        facts: postcard::to_stdvec(order).map_err(|error| StoreError::corrupt(Fault::of(error)))?,
    })
}

/// The row of the order with this number; `None` for what is no order of the store's shard.
///
/// # Errors
/// [`StoreError`]
pub(super) fn row_of(store: &dyn ShardStore, id: OrderId) -> Result<Option<OrderRow>, StoreError> {
    store.id().position_of(id.0).map_or(Ok(None), |position| store.order(position))
}

/// The order as the core holds it, from a row.
///
/// # Errors
/// [`StoreError`] when the row does not hold it: it is damaged.
pub(super) fn order_of(row: &OrderRow) -> Result<Order, StoreError> {
    postcard::from_bytes(&row.facts).map_err(|error| {
        StoreError::corrupt(Fault::new(format!("the order at event {} does not decode", row.seq), error))
    })
}

fn closed(
    id: AuthorizationId,
    open: &Authorization,
    state: &str,
    captured: Option<&Charge>,
    at: Moment,
    basis: &Basis<'_>,
) -> Result<AuthorizationRow, StoreError> {
    let (captured_amount, captured_partner_amount) = match captured {
        Some(charge) => (decided(charge.amount())?, decided(charge.partner_amount())?),
        None => (Amount::ZERO, Amount::ZERO),
    };
    Ok(AuthorizationRow {
        opened_seq: id.position(),
        account: id.account,
        payer: open.paying.payer,
        partner: open.paying.partner,
        product: basis.code_of(open.product)?,
        state: state.to_owned(),
        list_amount: open.price.list,
        amount: open.price.customer,
        partner_amount: open.price.partner,
        captured_list_amount: captured.map_or(Amount::ZERO, |charge| charge.price.list),
        captured_amount,
        captured_partner_amount,
        opened_at: open.opened_at,
        expires_at: open.expires_at,
        closed_at: at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::Uin;
    use credere_core::money::Rate;

    #[test]
    fn an_order_that_does_not_decode_is_damage() {
        let (account, nothing, at) = (Uin::new(100_000_000_001).unwrap(), Amount::ZERO, Moment::from_micros(0));
        let row = OrderRow {
            seq: 7,
            account,
            payer: account,
            partner: None,
            product: "cvm".to_owned(),
            kind: "purchase".to_owned(),
            state: "delivered".to_owned(),
            list_amount: nothing,
            discount_rate: Rate::ONE,
            voucher_amount: nothing,
            amount: nothing,
            partner_amount: nothing,
            refunded_amount: nothing,
            created_at: at,
            updated_at: at,
            details: "{}".to_owned(),
            facts: Vec::new(),
        };
        assert!(matches!(order_of(&row), Err(StoreError::Corrupt(_))));
    }
}
