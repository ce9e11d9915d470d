//! `GET /v1/accounts` and `GET /v1/accounts/{uin}`

use super::{AccountBody, TAG};
use crate::call::{Answer, At, Call, shown, uin_in_path};
use crate::page::{List, Page, PageQuery};
use crate::query::Query;
use credere_core::book::parties;

/// Cursors hold the position in the order of opening, which is stable.
const LIST: List = List(b'a');

/// Lists accounts.
///
/// In the order of their opening.
#[utoipa::path(
    get,
    path = "/v1/accounts",
    tag = TAG,
    params(PageQuery),
    responses((status = 200, description = "A page of accounts", body = Page<AccountBody>))
)]
pub(crate) async fn list_accounts(call: Call, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let from = usize::try_from(wanted.from.unwrap_or(0)).unwrap_or(usize::MAX);
    let (accounts, next) = call.app().accounts(call.caller, from, wanted.limit).await?;
    let data = accounts.into_iter().map(|view| AccountBody::new(call.app(), view)).collect::<Result<_, _>>()?;
    let next_cursor = next.map(|position| LIST.cursor(position as u64));
    shown(&Page { data, next_cursor })
}

/// Shows an account.
///
/// With its credit when it is a customer (R12-R16), and its ledgers when it is a partner (R22-R27).
#[utoipa::path(
    get,
    path = "/v1/accounts/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    responses(
        (status = 200, description = "The account", body = AccountBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn show_account(call: Call, At(uin): At<String>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    let view = call.app().account(call.caller, uin).await?;
    shown(&AccountBody::new(call.app(), view)?)
}
