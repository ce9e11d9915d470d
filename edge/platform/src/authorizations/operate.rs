//! `POST /v1/authorizations`

use super::TAG;
use super::wire::{BatchWire, OPERATIONS_MAX, Prepared, Reader};
use crate::batch::{Results, sized};
use crate::body::{RawBody, read};
use crate::call::Answer;
use crate::problem::Problem;
use credere_app::buying::OperationRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// Operations, carried out in this order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperationBatch, example = json!({ "operations": [
    { "key": "a-1", "op": "authorize", "account_uin": 100_000_000_777_u64, "product_code": "cvm", "amount": "12.50" },
    { "key": "c-1", "op": "capture", "authorization_id": "auth_100000000777_42", "amount": "10.00" },
    { "key": "r-1", "op": "release", "authorization_id": "auth_100000000777_43" }
] }))]
struct BatchBody {
    #[schema(min_items = 1, max_items = 10_000)]
    operations: Vec<OperationBody>,
}

/// One operation. `authorize` takes account, product and amount; `capture` and `release` take an authorization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
struct OperationBody {
    /// Its idempotency key, in a namespace of the account: 1 to 255 bytes without control characters. A
    /// repeat gives the first outcome.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    key: String,
    /// `authorize`, `capture` or `release`.
    #[schema(pattern = "^(authorize|capture|release)$")]
    op: String,
    /// For `authorize`: whose credit is held.
    #[schema(value_type = Option<crate::wire::AccountNumber>)]
    account_uin: Option<u64>,
    /// For `authorize`.
    product_code: Option<String>,
    /// At list price. For `authorize` required; for `capture` all that is held where absent.
    #[schema(value_type = Option<crate::wire::Money>)]
    amount: Option<String>,
    /// For `authorize`: from when it can no longer be captured; 7 days later where absent, at most 30.
    #[schema(value_type = Option<crate::wire::Time>)]
    expires_at: Option<String>,
    /// For `capture` and `release`.
    authorization_id: Option<String>,
}

/// What came of the operations, in the same order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationResults, example = json!({ "results": [
    { "key": "a-1", "status": "approved", "authorization_id": "auth_100000000777_44" },
    { "key": "c-1", "status": "captured", "authorization_id": "auth_100000000777_42", "replayed": true },
    { "key": "a-2", "status": "declined", "code": "insufficient_credit", "side": "customer" }
] }))]
struct ResultsBody {
    results: Vec<ResultBody>,
}

/// What came of one operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationResult)]
struct ResultBody {
    key: String,
    /// `approved`, `captured`, `released` or `declined`.
    status: String,
    /// The authorization; absent when none was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_id: Option<String>,
    /// Why it was declined: `insufficient_credit`, `account_not_found`, `product_not_found`, `account_unverified`,
    /// `account_suspended`, `amount_not_positive`, `amount_overflow`, `expiry_out_of_range`,
    /// `authorization_not_found`, `authorization_not_open`, `exceeds_authorization`, or `idempotency_key_reused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// With `insufficient_credit`: whose does not suffice: `customer`, `partner`, or `payer` where an account pays with its own
    /// money.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<String>,
    /// `true` when it repeats the first outcome under this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
}

/// Authorizes, captures and releases, many at once.
///
/// 1 to 10,000 operations, in this order, each atomic on both sides by itself (R54-R61); the batch is not. The answer
/// comes when all of it is durable. An authorization holds its amount at the customer's price and at the partner's. It
/// is captured once, in whole or in part; the rest is released. It ends by itself after 7 days unless `expires_at` says
/// otherwise. Operation keys are remembered for at least 30 days; a header key is not looked at.
#[utoipa::path(
    post,
    path = "/v1/authorizations",
    tag = TAG,
    request_body = BatchBody,
    responses((status = 200, description = "What came of each", body = ResultsBody))
)]
pub(crate) async fn operate(RawBody { call, bytes }: RawBody) -> Answer {
    let batch: BatchWire<'_> = read(&bytes)?;
    let count = batch.operations.len();
    sized("operations", count, OPERATIONS_MAX)?;
    let mut requests: Vec<OperationRequest> = Vec::with_capacity(count);
    // What was declined by its form alone, by its place in the batch; almost always nothing.
    let mut declined: Vec<(usize, &'static str)> = Vec::new();
    {
        let mut reader = Reader::default();
        for (position, operation) in batch.operations.iter().enumerate() {
            match reader.prepare(position, &operation.0)? {
                Prepared::Sent(request) => requests.push(request),
                Prepared::Declined(code) => declined.push((position, code)),
            }
        }
    }
    let outcomes = call.app().operate(call.caller, requests).await?;
    let mut results = Results::with_room(count, 112);
    let mut outcomes = outcomes.iter();
    let mut declined = declined.into_iter().peekable();
    for (position, operation) in batch.operations.iter().enumerate() {
        let (key, asked) = (&operation.0.key.0, operation.0.authorization_id.as_ref().map(|id| id.0.as_ref()));
        match declined.next_if(|(at, _)| *at == position) {
            Some((_, code)) => results.declined(key, asked, code, None, false),
            None => {
                let (status, replayed) = outcomes.next().ok_or_else(Problem::internal)?;
                results.operated(key, asked, status, *replayed);
            }
        }
    }
    results.answer(&call)
}
