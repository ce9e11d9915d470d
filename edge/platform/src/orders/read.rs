//! `GET /v1/orders` and `GET /v1/orders/{id}`

use super::TAG;
use super::step::id_in_path;
use super::view::OrderBody;
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::{AccountNumber, names};
use credere_app::buying::OrdersWanted;
use credere_core::channel::OrderState;

/// Cursors hold the journal position of an order's placing.
const LIST: List = List(b'o');

names! {
    /// How far orders have come.
    #[schema(as = OrderState)]
    enum StateName {
        ToBePaid,
        Processing,
        Delivered,
        Canceled,
        /// No order fails after it was placed.
        Failed,
        Refunded,
    }
}

list_query! {
    /// Which orders.
    pub(crate) struct OrdersQuery {
        /// Of this account.
        #[param(inline)]
        account_uin: Option<AccountNumber>,
        /// That this account pays for: its own, or those of members that it pays for.
        #[param(inline)]
        payer_uin: Option<AccountNumber>,
        /// In this state.
        #[param(inline)]
        state: Option<StateName>,
    }
}

/// Lists orders.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/orders",
    tag = TAG,
    params(OrdersQuery),
    responses((status = 200, description = "A page of orders", body = Page<OrderBody>))
)]
pub(crate) async fn list_orders(call: Call, Query(query): Query<OrdersQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (account, payer) = (query.account_uin.map(|number| number.0), query.payer_uin.map(|number| number.0));
    let (state, none) = match query.state {
        None => (None, false),
        Some(StateName::ToBePaid) => (Some(OrderState::ToBePaid), false),
        Some(StateName::Processing) => (Some(OrderState::Processing), false),
        Some(StateName::Delivered) => (Some(OrderState::Delivered), false),
        Some(StateName::Canceled) => (Some(OrderState::Canceled), false),
        Some(StateName::Refunded) => (Some(OrderState::Refunded), false),
        Some(StateName::Failed) => (None, true),
    };
    let limit = if none { 0 } else { wanted.limit + 1 };
    let asked = OrdersWanted { account, payer, state };
    let found = call.app().orders(call.caller, asked, wanted.from, limit).await?;
    shown(&LIST.page(wanted, found, |view| view.order.id.position(), |view| OrderBody::new(&call, view)))
}

/// Shows an order.
///
/// As it stands, open or closed.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    responses(
        (status = 200, description = "The order", body = OrderBody),
        (status = 404, description = "`order_not_found`"),
    )
)]
pub(crate) async fn show_order(call: Call, At(id): At<String>) -> Answer {
    let id = id_in_path(&id)?;
    let view = call.app().order(call.caller, id).await?;
    shown(&OrderBody::new(&call, view))
}
