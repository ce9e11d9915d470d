//! Orders and authorizations: open ones are in the book, closed ones in history.

use super::rows::row_of;
use super::views::{AuthorizationView, OrderView};
use crate::app::App;
use crate::caller::Caller;
use crate::engine::was_opened;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Rejection, buying};
use credere_core::channel::{AuthorizationId, OrderId, OrderState, Uin};
use credere_store::contract::{OrderFilter, ShardStore, StoreError};

/// Which orders. Everything may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrdersWanted {
    /// Whose.
    pub account: Option<Uin>,
    /// Who pays for them.
    pub payer: Option<Uin>,
    /// How far they have come.
    pub state: Option<OrderState>,
}

impl App {
    /// One order.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn order(&self, caller: Caller, id: OrderId) -> Result<OrderView, Failure> {
        self.read_as(caller, Action::ReadOrders, None, |_| Ok(())).await?;
        let row = self.engine.history(move |store| row_of(store, id)).await?;
        let row = row.ok_or(Failure::refused(Rejection::Buying(buying::Reason::OrderNotFound)))?;
        Ok(OrderView::of_row(row)?)
    }

    /// Orders, newest first, before `before_seq`, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn orders(
        &self,
        caller: Caller,
        wanted: OrdersWanted,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderView>, Failure> {
        let OrdersWanted { account, payer, state } = wanted;
        self.read_as(caller, Action::ReadOrders, account, |_| Ok(())).await?;
        let wanted = OrderFilter { account, payer, state: state.map(OrderState::name) };
        // By account or by state there is a list, by both, or by who pays, there is none.
        let passes_over = payer.is_some() || (account.is_some() && state.is_some());
        let look = move |store: &dyn ShardStore| {
            store.orders(wanted, before_seq, limit)?.into_iter().map(OrderView::of_row).collect()
        };
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
                let open = book.open_authorization(id).map(|open| {
                    let product = book.product_numbered(open.product).map(|p| p.code.to_string()).unwrap_or_default();
                    AuthorizationView::of_open(id, open, product, clock.now(book.now()))
                });
                Ok((open, book.may_have_opened(id)))
            })
            .await?;
        if let Some(open) = open {
            return Ok(open);
        }
        let look = move |store: &dyn ShardStore| {
            let Some(position) = store.id().position_of(id.opened_seq) else { return Ok(None) };
            let row = store.closed_authorization(position)?;
            // It is not open: so where the journal has its opening, history must have its end.
            if row.is_none() && seen && was_opened(store, id)? {
                let text = format!("history.db: the authorization of record {position} is missing");
                return Err(StoreError::corrupt(text));
            }
            row.filter(|row| row.account == id.account)
                .map(|row| AuthorizationView::of_row(store.id(), row))
                .transpose()
        };
        let closed = self.engine.history(look).await?;
        closed.ok_or(Failure::refused(Rejection::Buying(buying::Reason::AuthorizationNotFound)))
    }
}
