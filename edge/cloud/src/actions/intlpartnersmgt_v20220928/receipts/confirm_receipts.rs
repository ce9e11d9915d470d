//! A partner confirms for 1 to 50 of its customers at once that they paid a month's bill, or of it one pay mode or one type
//! (R90-R95). A customer that is not its own, and a month that is not issued, fail the whole call before anything is
//! confirmed. After that each customer is confirmed by itself, in the order named, and has its own result.

use super::confirm_receipt::{ACCESS, ERRORS, confirmed};
use crate::actions::intlpartnersmgt_v20220928::bills::requests;
use crate::actions::offered::{Answered, Offered, caller};
use crate::actions::{errors, once, reading};
use crate::envelope::{Figure, Reply};
use crate::error::{CloudError, ErrorCode};
use crate::params::{Args, Kind, ParamDef};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::ReceiptRequest;
use credere_core::channel::Uin;
use serde::Serialize;

/// Its codes: those of a single receipt, and that of the lists of customers.
const LIST_ERRORS: &[ErrorCode] = &[
    ErrorCode::FailedOperation,
    ErrorCode::InvalidMonth,
    ErrorCode::UinList,
    ErrorCode::ServiceBusy,
    ErrorCode::UinNoAuth,
];

/// Customers in one call at most, as in the other lists of customers.
const CUSTOMERS_MAX: usize = 50;

const PARAMS: &[ParamDef] = &[
    ParamDef::required("CustomerUins", Kind::List(&Kind::Uint)),
    ParamDef::required("Month", Kind::Str),
    ParamDef::optional("PayMode", Kind::Str),
    ParamDef::optional("ActionType", Kind::Str),
];

pub(in crate::actions) const ACTION: Offered = Offered {
    name: "ConfirmReceipts",
    per_second: None,
    access: ACCESS,
    params: PARAMS,
    errors: LIST_ERRORS,
    run: |app, call| Box::pin(run(app, call)),
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    data: Vec<Entry>,
}

/// What became of one customer's receipt: figures, or a code and a text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    customer_uin: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    returned: Option<Figure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<Figure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

async fn run(app: &App, call: &Call) -> Answered {
    let args: &Args = &call.args;
    let numbers = args.need::<Vec<u64>>("CustomerUins")?;
    if numbers.is_empty() || numbers.len() > CUSTOMERS_MAX {
        let message =
            format!("the parameter `CustomerUins` must name 1 to {CUSTOMERS_MAX} accounts, not {}", numbers.len());
        return Err(CloudError::new(ErrorCode::UinList, message));
    }
    let pay_mode = requests::pay_mode(args.get("PayMode")?)?;
    let action = requests::action_type(args.get("ActionType")?)?;
    let month = requests::month(app, "Month", args.need("Month")?).await?;
    let caller = caller(call);
    let customers = reading::accounts(app, caller, ACCESS, numbers, ERRORS).await?;
    let now = app.now().await.map_err(errors::of(ERRORS))?;
    let permitted = app.read_as(caller, ACCESS, None, |book| {
        customers.iter().try_for_each(|customer| book.permit(caller.actor, ACCESS, Some(*customer)))?;
        let calendar = book.calendar();
        match customers.first() {
            Some(first) if !calendar.issued(month, now) => {
                Err(book.not_issued(*first, book.paid_partner(caller.actor, *first), month))
            }
            Some(_) | None => Ok(()),
        }
    });
    permitted.await.map_err(errors::of(ERRORS))?;
    let mut data = Vec::with_capacity(customers.len());
    let mut repeated = 0;
    for (number, customer) in customers.iter().copied().enumerate() {
        let receipt = ReceiptRequest { customer, month, pay_mode, action, lines: None };
        // A part of a request that was received before has its first answer again, since the others may not have one.
        let outcome = app.confirm_receipt(caller, once::part_key(call, number), receipt).await;
        repeated += usize::from(outcome.as_ref().is_ok_and(|done| done.replayed));
        data.push(entry(customer, outcome.map_err(errors::of(ERRORS)).and_then(confirmed)));
    }
    if repeated == customers.len() {
        return Err(once::repeated());
    }
    Reply::of(&Answer { data })
}

fn entry(customer: Uin, outcome: Result<super::confirm_receipt::Confirmed, CloudError>) -> Entry {
    let customer_uin = customer.number();
    match outcome {
        Ok(one) => Entry {
            customer_uin,
            returned: Some(one.returned),
            available: one.available,
            lines: Some(one.lines),
            code: None,
            message: None,
        },
        Err(error) => Entry {
            customer_uin,
            returned: None,
            available: None,
            lines: None,
            code: Some(error.code().name()),
            message: Some(error.message().to_owned()),
        },
    }
}
