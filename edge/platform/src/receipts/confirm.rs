//! `POST /v1/receipts`

use super::TAG;
use crate::body::Json;
use crate::call::{Answer, created};
use crate::problem::Problem;
use crate::wire::{AccountNumber, Money, Text, quoted};
use credere_app::bills::ReceiptRequest;
use credere_core::book::{Rejection, bills};
use credere_core::channel::{ActionType, LineId, PayMode};
use credere_core::ledger::Month;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lines that one receipt names at most.
const LINES_MAX: usize = 10_000;

/// A receipt; `customer_uin` and `month` are required. The rest narrows it to the lines that satisfy all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReceipt, example = json!({
    "customer_uin": 100_000_000_777_u64, "month": "2026-10", "pay_mode": "postPay"
}))]
pub(crate) struct NewReceiptBody {
    /// Who paid.
    customer_uin: AccountNumber,
    /// Whose bill is issued, such as `2026-10`.
    #[schema(value_type = crate::described::MonthText)]
    month: Text<0, 64>,
    /// Only lines that are paid like this: `prePay` or `postPay`.
    #[schema(value_type = Option<crate::described::PayModeText>, inline)]
    pay_mode: Option<Text<0, 64>>,
    /// Only lines of this type (R81).
    #[schema(value_type = Option<crate::described::ActionTypeText>, inline)]
    action_type: Option<Text<0, 64>>,
    /// Only these lines, 1 to 10,000.
    #[schema(value_type = Option<Vec<crate::described::Code>>, min_items = 1, max_items = 10_000)]
    line_ids: Option<Vec<Text<0, 64>>>,
}

/// What a receipt came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt, example = json!({
    "id": "rcpt_120", "customer_uin": 100_000_000_777_u64, "month": "2026-10", "returned": "650.00",
    "available": "950.00", "lines": 3
}))]
struct ReceiptBody {
    id: String,
    customer_uin: AccountNumber,
    month: String,
    /// What is available again: the sum of the lines that had not been confirmed (R92).
    returned: Money,
    /// The customer's available credit after it; `null` when it is no longer bound to that partner.
    available: Option<Money>,
    /// How many lines had not been confirmed.
    lines: u32,
}

impl NewReceiptBody {
    fn read(self) -> Result<ReceiptRequest, Problem> {
        let detail = |text: &str| format!("{} is not a month like `2026-10`", quoted(text));
        let month: Month = self.month.0.parse().map_err(|_| Problem::invalid("month", detail(&self.month.0)))?;
        let unknown = |field: &str, text: &str| Problem::invalid(field, format!("{} is not one (R81)", quoted(text)));
        let pay_mode = self
            .pay_mode
            .map(|text| PayMode::from_name(&text.0).ok_or_else(|| unknown("pay_mode", &text.0)))
            .transpose()?;
        let action = self
            .action_type
            .map(|text| ActionType::from_name(&text.0).ok_or_else(|| unknown("action_type", &text.0)))
            .transpose()?;
        let lines = self.line_ids.map(line_ids).transpose()?;
        Ok(ReceiptRequest { customer: self.customer_uin.0, month, pay_mode, action, lines })
    }
}

fn line_ids(named: Vec<Text<0, 64>>) -> Result<Vec<LineId>, Problem> {
    let count = named.len();
    if count == 0 || count > LINES_MAX {
        let detail = format!("there are {count} lines; a receipt names 1 to {LINES_MAX}");
        return Err(Problem::invalid("line_ids", detail));
    }
    let no_line =
        |at: usize| Problem::refused(&Rejection::Bills(bills::Reason::LineNotFound)).at(format!("line_ids[{at}]"));
    named.iter().enumerate().map(|(at, text)| text.0.parse().map_err(|_| no_line(at))).collect()
}

/// Confirms that a customer paid its partner.
///
/// What is confirmed is available to the customer again before the answer leaves (R89-R95). A line is confirmed once: the
/// same again returns nothing. The whole month unless narrowed; the month's bill must be issued. Final.
#[utoipa::path(
    post,
    path = "/v1/receipts",
    tag = TAG,
    request_body = NewReceiptBody,
    responses(
        (status = 201, description = "What came back", body = ReceiptBody),
        (status = 404, description = "`customer_not_found`, `line_not_found`"),
        (status = 422, description = "`month_not_issued` (R94)"),
    )
)]
pub(crate) async fn confirm_receipt(Json { call, value, bytes, .. }: Json<NewReceiptBody>) -> Answer {
    let (claim, receipt) = call.claim_of(&bytes, value.read()).await?;
    let fields = [
        ("customer_not_found", "customer_uin"),
        ("account_not_found", "customer_uin"),
        ("line_not_found", "line_ids"),
        ("month_not_issued", "month"),
    ];
    let done = call.judged(call.app().confirm_receipt(call.caller, claim.key, receipt).await, &fields)?;
    let receipt = done.receipt()?;
    let body = ReceiptBody {
        id: format!("rcpt_{}", done.number()?),
        customer_uin: AccountNumber(receipt.customer),
        month: receipt.month.to_string(),
        returned: Money(receipt.returned),
        available: receipt.available.map(Money),
        lines: receipt.lines,
    };
    created(&body, done.replayed)
}
