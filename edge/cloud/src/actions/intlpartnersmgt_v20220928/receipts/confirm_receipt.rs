//! A partner confirms that one of its customers paid: a month's bill, or of it one pay mode, one type, or single lines. What
//! was unpaid is available to the customer again before the answer leaves; confirming again returns nothing (R89-R95).

use crate::actions::errors::bad_value;
use crate::actions::intlpartnersmgt_v20220928::bills::requests;
use crate::actions::offered::{Answered, Offered, caller};
use crate::actions::{errors, once, reading};
use crate::envelope::{Figure, Reply};
use crate::error::{CloudError, ErrorCode, quoted};
use crate::params::{Args, Kind, ParamDef};
use crate::request::Call;
use credere_app::App;
use credere_app::Done;
use credere_app::bills::ReceiptRequest;
use credere_core::access::Action;
use credere_core::channel::LineId;
use serde::Serialize;

pub(super) const ACCESS: Action = Action::ConfirmReceipt;
pub(super) const ERRORS: &[ErrorCode] =
    &[ErrorCode::FailedOperation, ErrorCode::InvalidMonth, ErrorCode::ServiceBusy, ErrorCode::UinNoAuth];

/// Single lines in one receipt at most: what one journal record should hold.
const LINE_IDS_MAX: usize = 1_000;

const PARAMS: &[ParamDef] = &[
    ParamDef::required("CustomerUin", Kind::Uint),
    ParamDef::required("Month", Kind::Str),
    ParamDef::optional("PayMode", Kind::Str),
    ParamDef::optional("ActionType", Kind::Str),
    ParamDef::optional("LineIds", Kind::List(&Kind::Str)),
];

pub(in crate::actions) const ACTION: Offered = Offered {
    name: "ConfirmReceipt",
    per_second: None,
    access: ACCESS,
    params: PARAMS,
    errors: ERRORS,
    run: |app, call| Box::pin(run(app, call)),
};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Confirmed {
    /// What the lines that became paid come to.
    pub(super) returned: Figure,
    /// The customer's available credit after it; absent when it is no longer bound to the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) available: Option<Figure>,
    /// How many lines became paid.
    pub(super) lines: u32,
}

async fn run(app: &App, call: &Call) -> Answered {
    let args: &Args = &call.args;
    let pay_mode = requests::pay_mode(args.get("PayMode")?)?;
    let action = requests::action_type(args.get("ActionType")?)?;
    let lines = args.get::<Vec<&str>>("LineIds")?.map(|lines| line_ids(&lines)).transpose()?;
    let month = requests::month(app, "Month", args.need("Month")?).await?;
    let caller = caller(call);
    let customer = reading::account(app, caller, ACCESS, args.need::<u64>("CustomerUin")?, ERRORS).await?;
    let receipt = ReceiptRequest { customer, month, pay_mode, action, lines };
    let outcome = app.confirm_receipt(caller, once::key(call), receipt).await;
    Reply::of(&confirmed(once::done(outcome, ERRORS)?)?)
}

/// What a recorded receipt says.
///
/// # Errors
/// `InternalError` when it is none.
pub(super) fn confirmed(done: Done) -> Result<Confirmed, CloudError> {
    let receipt = done.receipt().map_err(errors::of(ERRORS))?;
    Ok(Confirmed { returned: Figure(receipt.returned), available: receipt.available.map(Figure), lines: receipt.lines })
}

fn line_ids(texts: &[&str]) -> Result<Vec<LineId>, CloudError> {
    if texts.is_empty() || texts.len() > LINE_IDS_MAX {
        return Err(bad_value("LineIds", &format!("must name 1 to {LINE_IDS_MAX} lines")));
    }
    texts.iter().map(|text| line_id(text)).collect()
}

/// A line as the detail actions name it, by its digits, or as the platform does: `7` or `line_7`.
fn line_id(text: &str) -> Result<LineId, CloudError> {
    let name = if text.starts_with("line_") { text.to_owned() } else { format!("line_{text}") };
    name.parse().map_err(|_| bad_value("LineIds", &format!("has {}, which is no line's id", quoted(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_as_bills_name_them() {
        assert_eq!(line_ids(&["line_7", "42"]).unwrap(), [LineId(7), LineId(42)]);
        for wrong in [
            &[][..],
            &["07"],
            &["-7"],
            &[""],
            &["7.0"],
            &["line_line_7"],
            &["line_7", "line_07"],
            &["ord_7"],
            &["line_1"; 1_001],
        ] {
            assert_eq!(line_ids(wrong).unwrap_err().code(), ErrorCode::InvalidParameterValue, "{}", wrong.len());
        }
    }
}
