//! A partner reads the lines of a customer's bill, oldest first (L3, R79): those that were charged under it, a distributor
//! also those under its second-level resellers (R84). Pages have at most 200 entries.

use super::{lines, requests};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::Page;
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerBillDetailRequest, DescribeCustomerBillDetailResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeCustomerBillDetail": DescribeCustomerBillDetailRequest::PARAMS, Some(5), ReadBills,
    [InvalidMonth, ServiceBusy, NotCustomerUin, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeCustomerBillDetailRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let (mode, action) = (request.pay_mode.as_deref(), request.action_type.as_deref());
    let filter = requests::filter(mode, action, request.is_confirmed.as_deref())?;
    let month = requests::month(app, "Month", &request.month).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let found = app.bill_lines_counted(caller, bill, filter, page.skip, page.limit).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    let names = products::names(app, found.iter().map(|line| &line.product), ERRORS).await?;
    let detail_set = found.iter().map(|line| lines::for_partner(app, &names, line)).collect::<Result<_, _>>()?;
    Reply::of(&DescribeCustomerBillDetailResponse {
        total: i64::try_from(total).map_err(CloudError::internal)?,
        detail_set: Some(detail_set),
    })
}
