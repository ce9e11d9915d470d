//! `PATCH /v1/accounts/{uin}/finance`, `POST /v1/accounts/{uin}/top-ups`

use super::TAG;
use super::view::FinanceBody;
use crate::body::Json;
use crate::call::{Answer, At, changed, created, uin_in_path};
use crate::wire::{Money, names, present};
use credere_core::book::{Command, finance, parties};
use credere_core::channel::TopUpKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What changes of an account's own money. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FinanceChange, example = json!({ "credit_limit": "200.00" }))]
pub(crate) struct FinanceChangeBody {
    /// How much it may owe; not below zero. Lowering it takes nothing back.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    credit_limit: Option<Money>,
    /// Its unpaid bills that are overdue; not below zero. Counts for who may pay on behalf of others (O61), and nothing else.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    overdue_amount: Option<Money>,
}

names! {
    /// What is paid in.
    #[schema(as = TopUpKind)]
    pub(crate) enum TopUpKindName of TopUpKind {
        /// Money; it first repays what is owed on credit.
        Cash,
        /// A gift, which pays before cash.
        Granted,
    }
}

/// Money that is paid in, or given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTopUp, example = json!({ "amount": "500.00", "kind": "cash" }))]
pub(crate) struct NewTopUpBody {
    /// How much; above zero.
    amount: Money,
    kind: TopUpKindName,
}

/// A top-up, and the account's money after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TopUp)]
pub(crate) struct TopUpBody {
    top_up_id: String,
    amount: Money,
    kind: TopUpKindName,
    finance: FinanceBody,
}

/// Changes how much an account may owe.
///
/// Moves no money: cash below zero stays there whatever the limit (O3). Only for accounts that pay for themselves.
#[utoipa::path(
    patch,
    path = "/v1/accounts/{uin}/finance",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = FinanceChangeBody,
    responses(
        (status = 200, description = "The account's money as it is now", body = FinanceBody),
        (status = 404, description = "`account_not_found`"),
        (status = 422, description = "`no_finance` (a reseller, or one that has its credit from one), `amount_negative`"),
    )
)]
pub(crate) async fn change_finance(
    At(uin): At<String>,
    Json { call, value, bytes, .. }: Json<FinanceChangeBody>,
) -> Answer {
    let (claim, account) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let credit_limit = value.credit_limit.map(|Money(amount)| amount);
    let overdue_amount = value.overdue_amount.map(|Money(amount)| amount);
    // The first one that is below zero is to blame.
    let below = credit_limit.is_some_and(|amount| amount.is_negative());
    let fields = [("amount_negative", if below { "credit_limit" } else { "overdue_amount" })];
    let command = Command::from(finance::ChangeFinance { account, credit_limit, overdue_amount });
    let done = call.decide(claim.key, command, &fields).await?;
    changed(&FinanceBody::new(done.finance()?), done.replayed)
}

/// Pays money into an account, or gives it some.
///
/// Cash first repays what is owed on credit; what was granted pays before cash (O3). Only for accounts that pay for
/// themselves.
#[utoipa::path(
    post,
    path = "/v1/accounts/{uin}/top-ups",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = NewTopUpBody,
    responses(
        (status = 201, description = "The top-up, and the account's money after it", body = TopUpBody),
        (status = 404, description = "`account_not_found`"),
        (status = 422, description = "`no_finance` (a reseller, or one that has its credit from one), \
            `amount_not_positive`"),
    )
)]
pub(crate) async fn top_up(At(uin): At<String>, Json { call, value, bytes, .. }: Json<NewTopUpBody>) -> Answer {
    let (claim, account) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let NewTopUpBody { amount, kind } = value;
    let command = Command::from(finance::TopUp { account, amount: amount.0, kind: kind.into() });
    let done = call.decide(claim.key, command, &[("amount_not_positive", "amount")]).await?;
    let top_up_id = format!("top_{}", done.number()?);
    let body = TopUpBody { top_up_id, amount, kind, finance: FinanceBody::new(done.finance()?) };
    created(&body, done.replayed)
}
