//! Purchases in history: orders as they stand, and authorizations once they have closed. Open ones are in the book, and
//! only there.

use super::super::StoreError;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Rate};

/// Which orders. Everything may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderFilter<'a> {
    /// Whose.
    pub account: Option<Uin>,
    /// Who pays for them: the account itself, or who pays on its behalf.
    pub payer: Option<Uin>,
    /// How far they have come.
    pub state: Option<&'a str>,
}

impl OrderFilter<'_> {
    /// Whether it is such an order.
    pub fn matches(&self, row: &OrderRow) -> bool {
        let OrderFilter { account, payer, state } = *self;
        account.is_none_or(|account| row.account == account)
            && payer.is_none_or(|payer| row.payer == payer)
            && state.is_none_or(|state| row.state == state)
    }
}

/// What history says of purchases: orders as they stand, and authorizations that closed.
pub trait BuyingHistory {
    /// One order.
    ///
    /// # Errors
    /// [`StoreError`]
    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError>;

    /// Orders, newest first, before `before_seq`, at most `limit`. By account or by state there is a list; what else is wanted
    /// is looked for in it.
    ///
    /// # Errors
    /// [`StoreError`]
    fn orders(
        &self,
        wanted: OrderFilter<'_>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError>;

    /// A closed authorization (an open one is in the book only).
    ///
    /// # Errors
    /// [`StoreError`]
    fn closed_authorization(&self, opened_seq: u64) -> Result<Option<AuthorizationRow>, StoreError>;
}

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Journal position of its placing.
    pub seq: u64,
    /// Whose order.
    pub account: Uin,
    /// Whose money, credit or voucher pays.
    pub payer: Uin,
    /// The partner that owes it to the platform; `None` without one.
    pub partner: Option<Uin>,
    /// The product's code.
    pub product: String,
    /// `purchase`, `renew`, `upgrade`, `downgrade`.
    pub kind: String,
    /// `to_be_paid`, `processing`, `delivered`, `canceled`, `failed`, `refunded`.
    pub state: String,
    /// List price.
    pub list_amount: Amount,
    /// The customer's discount.
    pub discount_rate: Rate,
    /// What vouchers covered.
    pub voucher_amount: Amount,
    /// What the customer is charged.
    pub amount: Amount,
    /// What the paying partner is charged.
    pub partner_amount: Amount,
    /// What has been given back of `amount`.
    pub refunded_amount: Amount,
    /// When it was placed.
    pub created_at: Moment,
    /// When its state last changed.
    pub updated_at: Moment,
    /// What it was placed with besides (region, tags, ...), as a JSON object.
    pub details: String,
    /// The order as the core knows it, encoded; opaque to the store. What a refund is decided on.
    pub facts: Vec<u8>,
}

/// A closed authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// Journal position of its opening.
    pub opened_seq: u64,
    /// Who bought.
    pub account: Uin,
    /// Whose money, credit or voucher paid.
    pub payer: Uin,
    /// The partner that owed it to the platform; `None` without one.
    pub partner: Option<Uin>,
    /// The product's code.
    pub product: String,
    /// `captured`, `released`, `expired`.
    pub state: String,
    /// What was authorized, at list price.
    pub list_amount: Amount,
    /// What was held on the customer's side.
    pub amount: Amount,
    /// What was held on the partner's side.
    pub partner_amount: Amount,
    /// What was captured, at list price.
    pub captured_list_amount: Amount,
    /// What the customer was charged.
    pub captured_amount: Amount,
    /// What the paying partner was charged.
    pub captured_partner_amount: Amount,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it would have expired.
    pub expires_at: Moment,
    /// When it closed.
    pub closed_at: Moment,
}
