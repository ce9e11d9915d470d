//! A partner gives one of its own customers credit, or with a negative amount takes credit back (R30-R44). The amount is
//! an increment; it counts at once, and the answer has the customer's figures after it. A distributor does not reach the
//! customers of its second-level resellers (A20).

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, once, reading};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{AllocateCustomerCreditRequest, AllocateCustomerCreditResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, parties};

offered! {
    "AllocateCustomerCredit": AllocateCustomerCreditRequest::PARAMS, Some(5), AllocateCredit,
    [FailedOperation, BalanceInsufficient, CreditAmountOutOfRange, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = AllocateCustomerCreditRequest::read(&call.args)?;
    let remark = request.remark.map(reading::remark).transpose()?;
    let caller = caller(call);
    let customer = reading::account(app, caller, ACCESS, request.client_uin, ERRORS).await?;
    let command = Command::from(parties::AllocateCredit { customer, amount: request.added_credit, remark });
    let done = once::command(app, call, command, ERRORS).await?;
    let after = done.allocated().map_err(errors::of(ERRORS))?;
    Reply::of(&AllocateCustomerCreditResponse {
        total_credit: Figure(after.total),
        remaining_credit: Figure(after.available),
    })
}
