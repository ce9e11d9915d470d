//! Orders and authorizations as they are shown, whether they come from what was just decided, from the book or from
//! history.

use super::rows;
use crate::app::App;
use crate::command::unexpected;
use crate::failure::Failure;
use crate::rows::number_at;
use credere_core::book::{Event, buying, notices};
use credere_core::channel::{Authorization, AuthorizationId, Details, Order, Paying, Share, Uin};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Overflow};
use credere_store::contract::{AuthorizationRow, OrderRow, ShardId, StoreError};

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// The order as the core knows it.
    pub order: Order,
    /// The product's code.
    pub product: String,
    /// What vouchers cover.
    pub voucher_amount: Amount,
    /// What the customer is charged.
    pub amount: Amount,
    /// What the paying partner is charged.
    pub partner_amount: Amount,
    /// What it was placed with besides.
    pub details: Details,
    /// What it gives back to whom, by payer, those first that had paid first; empty of what costs something. In the answer to a
    /// refund what that gave back.
    pub refunds: Vec<(Uin, Amount)>,
}

impl OrderView {
    fn new(order: Order, product: String) -> Result<OrderView, Overflow> {
        Ok(OrderView {
            voucher_amount: order.voucher_amount()?,
            amount: order.amount()?,
            partner_amount: order.partner_amount()?,
            details: Details::read(&order.details),
            refunds: by_payer(&order.shares)?,
            order,
            product,
        })
    }

    /// An order as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row does not hold it: it is damaged.
    pub(super) fn of_row(row: OrderRow) -> Result<OrderView, StoreError> {
        let order = rows::order_of(&row)?;
        OrderView::new(order, row.product).map_err(|Overflow| {
            StoreError::corrupt(format!("the order at event {} is out of the range of an amount", row.seq))
        })
    }
}

impl App {
    /// The order as it stands after what happened to it, or would happen. Its product's code comes from the book: products
    /// stay, and so do their codes.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it was not an order that something happened to.
    pub fn order_after(&self, event: &Event) -> Result<OrderView, Failure> {
        let (order, shares) = match event {
            Event::Buying(buying::Event::OrderChanged(fact)) => (&fact.order, &fact.order.shares),
            Event::Buying(buying::Event::OrderRefunded(fact)) => (&fact.order, &fact.shares),
            Event::Notices(notices::Event::PaymentRequested(fact)) => (&fact.order, &fact.order.shares),
            _ => return Err(unexpected()),
        };
        let product = self.product_code(order.product).ok_or(unexpected())?;
        let view = OrderView::new((**order).clone(), product).map_err(|Overflow| unexpected())?;
        Ok(OrderView { refunds: by_payer(shares).map_err(|Overflow| unexpected())?, ..view })
    }
}

/// What goes back to each payer: of several purses of one, all of them.
fn by_payer(shares: &[Share]) -> Result<Vec<(Uin, Amount)>, Overflow> {
    let mut refunds: Vec<(Uin, Amount)> = Vec::new();
    for share in shares {
        let (payer, amount) = (share.paying.payer, share.amount()?);
        match refunds.iter_mut().find(|(known, _)| *known == payer) {
            Some((_, sum)) => *sum = sum.plus(amount)?,
            None => refunds.push((payer, amount)),
        }
    }
    Ok(refunds)
}

/// How far an authorization has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AuthorizationState {
    Open,
    Captured,
    Released,
    Expired,
}

impl AuthorizationState {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            AuthorizationState::Open => "open",
            AuthorizationState::Captured => "captured",
            AuthorizationState::Released => "released",
            AuthorizationState::Expired => "expired",
        }
    }
}

/// An authorization, open or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationView {
    /// Its identifier, which says who buys.
    pub id: AuthorizationId,
    /// Whose credit and whose spend line it holds, or held.
    pub paying: Paying,
    /// The product's code.
    pub product: String,
    /// How far it has come; expired from the moment on at which its time is over.
    pub state: AuthorizationState,
    /// What was authorized, at list price.
    pub list_amount: Amount,
    /// What is (or was) held on the customer's side.
    pub amount: Amount,
    /// What is (or was) held on the partner's side.
    pub partner_amount: Amount,
    /// What was captured, at list price.
    pub captured_list_amount: Amount,
    /// What the customer was charged.
    pub captured_amount: Amount,
    /// What the paying partner was charged.
    pub captured_partner_amount: Amount,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it expires, or would have.
    pub expires_at: Moment,
    /// When it closed.
    pub closed_at: Option<Moment>,
}

impl AuthorizationView {
    /// One that the book has open; its time may be over already, so that it is about to be ended.
    pub(super) fn of_open(id: AuthorizationId, open: &Authorization, product: String, now: Moment) -> Self {
        let lapsed = now >= open.expires_at;
        AuthorizationView {
            id,
            paying: open.paying,
            product,
            state: if lapsed { AuthorizationState::Expired } else { AuthorizationState::Open },
            list_amount: open.price.list,
            amount: open.price.customer,
            partner_amount: open.price.partner,
            captured_list_amount: Amount::ZERO,
            captured_amount: Amount::ZERO,
            captured_partner_amount: Amount::ZERO,
            opened_at: open.opened_at,
            expires_at: open.expires_at,
            closed_at: lapsed.then_some(open.expires_at),
        }
    }

    /// One that is closed.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: AuthorizationRow) -> Result<AuthorizationView, StoreError> {
        let ended = [AuthorizationState::Captured, AuthorizationState::Released, AuthorizationState::Expired];
        let state = ended.into_iter().find(|state| state.name() == row.state).ok_or_else(|| {
            let text = format!("the authorization of record {} ended as `{}`", row.opened_seq, row.state);
            StoreError::corrupt(text)
        })?;
        Ok(AuthorizationView {
            id: AuthorizationId { account: row.account, opened_seq: number_at(shard, row.opened_seq)? },
            paying: Paying { payer: row.payer, partner: row.partner },
            product: row.product,
            state,
            list_amount: row.list_amount,
            amount: row.amount,
            partner_amount: row.partner_amount,
            captured_list_amount: row.captured_list_amount,
            captured_amount: row.captured_amount,
            captured_partner_amount: row.captured_partner_amount,
            opened_at: row.opened_at,
            expires_at: row.expires_at,
            closed_at: Some(row.closed_at),
        })
    }
}
