//! A partner reads what a customer's bill comes to by product (R85), in the order of their codes.

use super::requests;
use crate::actions::bill_words::Costs;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::published::intlpartnersmgt_v20220928::{
    BusinessSummaryOverviewItem, DescribeBillSummaryByProductRequest, DescribeBillSummaryByProductResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeBillSummaryByProduct": DescribeBillSummaryByProductRequest::PARAMS, Some(1), ReadBills,
    [InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeBillSummaryByProductRequest::read(&call.args)?;
    let month = requests::month(app, "BillMonth", &request.bill_month).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let bill = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
    let products = bill.by(|part| part.product.clone()).map_err(errors::overflow)?;
    let names = products::names(app, products.keys(), ERRORS).await?;
    let item = |(code, sum)| {
        let Costs { original, voucher, total } = Costs::from(&sum);
        BusinessSummaryOverviewItem {
            business_code_name: names.get(&code).unwrap_or(&code).clone(),
            business_code: code,
            original_cost: original,
            voucher_pay_amount: voucher,
            total_cost: total,
        }
    };
    Reply::of(&DescribeBillSummaryByProductResponse {
        summary_overview: Some(products.into_iter().map(item).collect()),
    })
}
