//! A partner reads what a customer is charged for one day, from 2025-06-01 on (R78). A line counts on the day on which its
//! period began, or, when that month's bill was issued already, on the day of its posting.

use super::requests;
use crate::actions::bill_words as words;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::Reply;
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerBillDetailByDayRequest, DescribeCustomerBillDetailByDayResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::LineQuery;

offered! {
    "DescribeCustomerBillDetailByDay": DescribeCustomerBillDetailByDayRequest::PARAMS, Some(20), ReadBills,
    [InvalidParameterValue, InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeCustomerBillDetailByDayRequest::read(&call.args)?;
    let (month, day) = requests::day(app, "Date", &request.date).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let filter = LineQuery { day: Some(day), ..LineQuery::default() };
    let sum = app.bill_sum(caller, bill, filter).await.map_err(errors::of(ERRORS))?;
    Reply::of(&DescribeCustomerBillDetailByDayResponse { total_cost: Some(words::eight_places(sum.amount)) })
}
