//! `POST /v1/usage`

use super::TAG;
use super::result::Refused;
use super::wire::{BatchWire, RECORDS_MAX, Reader};
use crate::batch::{Results, sized};
use crate::body::{RawBody, read};
use crate::call::Answer;
use crate::component::Component;
use crate::problem::Problem;
use credere_app::metering::UsageRequest;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// Usage records, settled in this order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UsageBatch, example = json!({ "records": [{
    "key": "m-1", "account_uin": 100_000_000_777_u64, "product_code": "cvm", "amount": "0.30",
    "period_start": "2026-01-31T08:00:00+08:00", "period_end": "2026-01-31T09:00:00+08:00", "resource_id": "ins-1",
    "region": "ap-singapore", "tags": { "team": "web" }, "components": [{
        "code": "cpu", "name": "CPU", "list_price": "0.05", "usage": "2", "unit": "core", "duration": "3",
        "duration_unit": "hour"
    }]
}] }))]
struct BatchBody {
    #[schema(min_items = 1, max_items = 10_000)]
    records: Vec<RecordBody>,
}

/// What was used in a period; `key`, `account_uin`, `product_code`, `amount`, `period_start` and `period_end` are
/// required.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageRecord)]
struct RecordBody {
    /// Its idempotency key, unique for ever within the account and the month of `period_start`: 1 to 255 bytes without control characters. A
    /// repeat
    /// gives the first outcome.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    key: String,
    /// Who used it: a customer, or a partner for its own use.
    #[schema(value_type = crate::wire::AccountNumber)]
    account_uin: u64,
    product_code: String,
    /// The list price, before discounts, not below zero; for a compensation (`recon_increase`) what is given back.
    #[schema(value_type = crate::wire::Money)]
    amount: String,
    /// How many units of the product that was, above zero. The account's own packs cover them, the one that is over first before the
    /// others, whoever pays, and `amount` falls in proportion: what is left is rounded up to whole cents, and is never more than
    /// `amount` (O82). Without it packs cover nothing. A compensation has none.
    #[schema(value_type = Option<crate::wire::Quantity>)]
    units: Option<String>,
    /// Decides which month's bill the record is on (R94). At most 18 months back, and 31 days ahead.
    #[schema(value_type = crate::wire::Time)]
    period_start: String,
    /// Not before the start. Whoever managed the account then (or now, where that is earlier) has the record on its bill,
    /// also when it has been unbound or moved since; a binding lasts up to, not including, its end.
    #[schema(value_type = crate::wire::Time)]
    period_end: String,
    /// By which resource. Need not be one that was activated here; one that was before the period is the same account's.
    #[schema(value_type = Option<crate::resources::NameText>)]
    resource_id: Option<String>,
    /// What for: one of the metered types of R81; as the product settles where absent.
    #[schema(value_type = Option<crate::described::ActionTypeText>, inline)]
    action_type: Option<String>,
    #[schema(max_length = 256)]
    region: Option<String>,
    #[schema(max_length = 256)]
    zone: Option<String>,
    #[schema(max_length = 256)]
    project: Option<String>,
    /// At most 50; keys of 1 to 127 characters, values of up to 255.
    #[schema(value_type = Option<crate::wire::Tags>, inline)]
    tags: Option<std::collections::BTreeMap<String, String>>,
    #[schema(max_length = 256)]
    resource_name: Option<String>,
    /// Who acted, where that is not the account itself.
    #[schema(value_type = Option<crate::wire::AccountNumber>)]
    operator_uin: Option<u64>,
    /// What the amount is made up of: list price times usage times duration, over all of them, is the amount exactly.
    #[schema(max_items = 100)]
    components: Option<Vec<Component>>,
}

/// What came of the records, in the same order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageResults, example = json!({ "results": [
    { "key": "m-1", "status": "settled", "amount": "0.27", "voucher_amount": "0.00",
      "payer_uin": 100_000_000_777_u64, "partner_uin": 100_000_000_001_u64, "line_id": "line_99" },
    { "key": "m-2", "status": "rejected", "amount": "0.00", "voucher_amount": "0.00", "payer_uin": null,
      "partner_uin": null, "code": "empty_period", "field": "period_end", "detail": "the end lies before the start" }
] }))]
struct ResultsBody {
    results: Vec<ResultBody>,
}

/// What came of one record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageResult)]
struct ResultBody {
    key: String,
    /// `settled` or `rejected`.
    status: String,
    /// What credit pays: below zero for a compensation, nothing for what was rejected.
    #[schema(value_type = crate::wire::Money)]
    amount: String,
    /// What vouchers paid (R112).
    #[schema(value_type = crate::wire::Money)]
    voucher_amount: String,
    /// Whose money, credit or voucher pays; `null` for what was rejected.
    #[schema(value_type = Option<crate::wire::AccountNumber>)]
    payer_uin: Option<u64>,
    /// The partner that owes the platform for it; `null` without one, and for what was rejected.
    #[schema(value_type = Option<crate::wire::AccountNumber>)]
    partner_uin: Option<u64>,
    /// The bill line that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_id: Option<String>,
    /// Why it was rejected. By its form: `invalid_value`, `missing_field`, `unknown_field`, `duplicate_field`,
    /// `components_do_not_sum`. By the rules: `account_not_found`, `no_credit`, `product_not_found`,
    /// `resource_of_other_account`, `empty_period`, `period_too_old`, `period_too_early`, `action_type_not_metered`,
    /// `amount_negative`, `amount_overflow`, `units_not_positive`, `compensation_has_units`, `idempotency_key_reused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The field of the record at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Why, in a sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// `true` when it repeats the first outcome under this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
}

/// Settles usage, many records at once.
///
/// 1 to 10,000 records, in this order, each by itself; the answer comes when all of it is durable. Settlement is never
/// refused for lack of credit: vouchers pay first, then credit, which may go below zero (R62, R70). A record of an issued
/// month is posted to the current one (R94). A bad record is rejected by itself, whatever is wrong with it, as long as
/// its key can be read. A header key is not looked at.
#[utoipa::path(
    post,
    path = "/v1/usage",
    tag = TAG,
    request_body = BatchBody,
    responses((status = 200, description = "What came of each", body = ResultsBody))
)]
pub(crate) async fn settle_usage(RawBody { call, bytes }: RawBody) -> Answer {
    let batch: BatchWire<'_> = read(&bytes)?;
    let count = batch.records.len();
    sized("records", count, RECORDS_MAX)?;
    let mut requests: Vec<UsageRequest> = Vec::with_capacity(count);
    // By its key, whether the engine was asked about a record, or why it was not.
    let mut asked: Vec<(Cow<'_, str>, Result<(), Refused>)> = Vec::with_capacity(count);
    {
        let mut reader = Reader::new(call.app().calendar());
        for (position, raw) in batch.records.iter().enumerate() {
            let prepared = reader.prepare(position, raw)?;
            asked.push((prepared.key, prepared.asked.map(|request| requests.push(request))));
        }
    }
    let outcomes = call.app().settle_usage(call.caller, requests).await?;
    let mut results = Results::with_room(count, 128);
    let mut outcomes = outcomes.iter();
    for (key, asked) in &asked {
        match asked {
            Ok(()) => {
                let (status, replayed) = outcomes.next().ok_or_else(Problem::internal)?;
                results.settled(key, status, *replayed);
            }
            Err(refused) => results.rejected(key, refused, false),
        }
    }
    results.answer(&call)
}
