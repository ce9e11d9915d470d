//! A partner reads what the lines of a customer's bill come to, with the filters of the detail action (R91-R92). The sum
//! is a number here, as published, and exact.

use super::requests;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerBillSummaryRequest, DescribeCustomerBillSummaryResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeCustomerBillSummary": DescribeCustomerBillSummaryRequest::PARAMS, Some(1), ReadBills,
    [InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeCustomerBillSummaryRequest::read(&call.args)?;
    let (mode, action) = (request.pay_mode.as_deref(), request.action_type.as_deref());
    let filter = requests::filter(mode, action, request.is_confirmed.as_deref())?;
    let month = requests::month(app, "Month", &request.month).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let sum = app.bill_sum(caller, bill, filter).await.map_err(errors::of(ERRORS))?;
    Reply::of(&DescribeCustomerBillSummaryResponse { total_cost: Figure(sum.amount) })
}
