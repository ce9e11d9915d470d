//! What happened: allocation records, orders, authorizations, the audit.

use super::skips_far;
use crate::app::App;
use crate::commands::Caller;
use crate::engine::was_opened;
use crate::failure::Failure;
use credere_core::access::{Action, scope};
use credere_core::book::{Rejection, buying, parties};
use credere_core::channel::{Authorization, AuthorizationId, Order, OrderId, OrderState, Uin};
use credere_core::ledger::Moment;
use credere_store::contract::{AllocationRow, AuditFilter, AuditRow, AuthorizationRow, OrderRow, Store, StoreError};

/// An order as it stands.
pub type OrderView = OrderRow;

/// The order as the core knows it.
///
/// # Errors
/// [`Failure::Store`] when the row does not hold it: it is damaged.
pub fn order_of(row: &OrderView) -> Result<Order, Failure> {
    crate::engine::order_of(row).ok_or_else(|| {
        let what = format!("the order at event {} does not decode", row.seq);
        Failure::Store(StoreError::corrupt(what))
    })
}

/// An authorization, open (from the book) or closed (from history).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizationView {
    /// Open, with its product's code, and whether its time is over already.
    Open {
        /// What is held.
        authorization: Authorization,
        /// The product's code.
        product: String,
        /// Past its time, and about to be ended.
        lapsed: bool,
    },
    /// Closed.
    Closed(AuthorizationRow),
}

impl App {
    /// Allocation records of a customer, newest first, before `before_seq`, after skipping `skip`, at most `limit`; and
    /// how many there are in all. A partner sees those of the customer's binding to it (R42), the platform sees all.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such customer, or it is not the caller's.
    pub async fn allocations(
        &self,
        caller: Caller,
        customer: Uin,
        before_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<AllocationRow>, u64), Failure> {
        let from = self
            .read_as(caller, Action::ReadAllocations, Some(customer), |book| {
                let account = book
                    .account(customer)
                    .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, customer)))?;
                let bound_seq = account.customer.as_ref().map(|bound| bound.bound_seq);
                Ok(scope::allocations_from(caller.actor, bound_seq))
            })
            .await?;
        let look = move |store: &dyn Store| {
            let page = store.allocations(customer, from..before_seq.unwrap_or(u64::MAX), skip, limit)?;
            Ok((page, store.allocation_count(customer, from..u64::MAX)?))
        };
        self.engine.history_by(caller.actor, skips_far(skip), look).await
    }

    /// One order.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn order(&self, caller: Caller, id: OrderId) -> Result<OrderView, Failure> {
        self.read_as(caller, Action::ReadOrders, None, |_| Ok(())).await?;
        let row = self.engine.history(move |store| store.order(id.0)).await?;
        row.ok_or(Failure::refused(Rejection::Buying(buying::Reason::OrderNotFound)))
    }

    /// Orders, newest first, before `before_seq`, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn orders(
        &self,
        caller: Caller,
        account: Option<Uin>,
        state: Option<OrderState>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderView>, Failure> {
        self.read_as(caller, Action::ReadOrders, account, |_| Ok(())).await?;
        let state = state.map(OrderState::name);
        // By account or by state there is a list, by both there is none.
        let passes_over = account.is_some() && state.is_some();
        let look = move |store: &dyn Store| store.orders(account, state, before_seq, limit);
        self.engine.history_by(caller.actor, passes_over, look).await
    }

    /// One authorization.
    ///
    /// # Errors
    /// [`Failure`]; refused when there never was one.
    pub async fn authorization(&self, caller: Caller, id: AuthorizationId) -> Result<AuthorizationView, Failure> {
        let clock = self.engine.clock();
        let (open, seen) = self
            .read_as(caller, Action::ReadAuthorizations, Some(id.account), |book| {
                let open = book.open_authorization(id).map(|open| AuthorizationView::Open {
                    authorization: open.clone(),
                    product: book.product_numbered(open.product).map(|p| p.code.to_string()).unwrap_or_default(),
                    lapsed: clock.now(book.now()) >= open.expires_at,
                });
                Ok((open, book.seq()))
            })
            .await?;
        if let Some(open) = open {
            return Ok(open);
        }
        let look = move |store: &dyn Store| {
            let row = store.closed_authorization(id.opened_seq)?;
            // It is not open: so where the journal has its opening, history must have its end.
            if row.is_none() && id.opened_seq <= seen && was_opened(store, id)? {
                let text = format!("history.db: the authorization of record {} is missing", id.opened_seq);
                return Err(StoreError::corrupt(text));
            }
            Ok(row.filter(|row| row.account == id.account))
        };
        let row = self.engine.history(look).await?;
        row.map(AuthorizationView::Closed)
            .ok_or(Failure::refused(Rejection::Buying(buying::Reason::AuthorizationNotFound)))
    }

    /// Audit entries, newest first, before `before_seq`, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn audit(
        &self,
        caller: Caller,
        filter: AuditFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, Failure> {
        self.read_as(caller, Action::ReadAudit, None, |_| Ok(())).await?;
        self.engine.long_history(caller.actor, move |store| store.audit(&filter, before_seq, limit)).await
    }

    /// Business time as text in the deployment's zone, `2026-01-31 08:00:00` (R41).
    pub fn local_time(&self, at: Moment) -> String {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        at.to_zoned(self.zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Business time as RFC 3339 in the deployment's zone, `2026-01-31T08:00:00+08:00`.
    pub fn rfc3339(&self, at: Moment) -> String {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        at.to_zoned(self.zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
    }
}
