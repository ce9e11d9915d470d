//! `GET /v1/customers` and `GET /v1/customers/{uin}`

use super::TAG;
use crate::accounts::AccountBody;
use crate::call::{Answer, At, Call, shown, uin_in_path};
use crate::page::{List, Page, list_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_core::book::parties;

/// Of one partner's: cursors hold the journal position of a binding.
const LIST: List = List(b'b');
/// Of all: cursors hold a position in the order of the accounts' opening.
const ALL: List = List(b'B');

list_query! {
    /// Whose customers.
    pub(crate) struct CustomersQuery {
        /// The partner that manages them; all customers where absent.
        #[param(inline)]
        partner_uin: Option<AccountNumber>,
    }
}

/// Lists customers.
///
/// With `partner_uin` those bound to that partner directly, the earliest binding first; not the customers of a
/// distributor's second-level resellers (R5). Without it all there are, in the order of their accounts' opening.
#[utoipa::path(
    get,
    path = "/v1/customers",
    tag = TAG,
    params(CustomersQuery),
    responses(
        (status = 200, description = "A page of accounts", body = Page<AccountBody>),
        (status = 404, description = "`partner_not_found`"),
    )
)]
pub(crate) async fn list_customers(call: Call, Query(query): Query<CustomersQuery>) -> Answer {
    let (limit, cursor) = (query.limit.as_deref(), query.cursor.as_deref());
    let (customers, next_cursor) = match query.partner_uin {
        Some(AccountNumber(partner)) => {
            let wanted = LIST.wanted(limit, cursor)?;
            let found = call.app().customers_of(call.caller, partner, wanted.from.unwrap_or(0), wanted.limit).await;
            let fields = [("partner_not_found", "partner_uin")];
            let (customers, more) = found.map_err(|failure| Problem::of(failure, &fields))?;
            let last = customers.last().filter(|_| more).and_then(|view| view.account.customer.as_ref());
            let next_cursor = last.map(|customer| LIST.cursor(customer.bound_seq));
            (customers, next_cursor)
        }
        None => {
            let wanted = ALL.wanted(limit, cursor)?;
            let from = usize::try_from(wanted.from.unwrap_or(0)).unwrap_or(usize::MAX);
            let (customers, next) = call.app().customers(call.caller, from, wanted.limit).await?;
            (customers, next.map(|position| ALL.cursor(position as u64)))
        }
    };
    let data = customers.into_iter().map(|view| AccountBody::new(call.app(), view)).collect::<Result<_, _>>()?;
    shown(&Page { data, next_cursor })
}

/// Shows a customer.
///
/// The same as `GET /v1/accounts/{uin}`, for an account that is bound to a partner.
#[utoipa::path(
    get,
    path = "/v1/customers/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number")),
    responses(
        (status = 200, description = "The account", body = AccountBody),
        (status = 404, description = "`customer_not_found`"),
    )
)]
pub(crate) async fn show_customer(call: Call, At(uin): At<String>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Customer)?;
    let view = call.app().customer(call.caller, uin).await?;
    shown(&AccountBody::new(call.app(), view)?)
}
