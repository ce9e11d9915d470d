//! A customer reads the lines of its own bill, oldest first, under whichever partner they were charged. It sees neither its
//! partner's cost nor any discount (R80). Pages have at most 200 entries.

use super::{lines, requests};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::Page;
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{DescribeBillDetailRequest, DescribeBillDetailResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeBillDetail": DescribeBillDetailRequest::PARAMS, Some(1), ReadOwnBills,
    [InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeBillDetailRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let filter = requests::filter(request.pay_mode.as_deref(), request.action_type.as_deref(), None)?;
    let month = requests::month(app, "Month", &request.month).await?;
    let caller = caller(call);
    let bill = requests::own(app, caller, month, ERRORS).await?;
    let found = app.bill_lines_counted(caller, bill, filter, page.skip, page.limit).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    let names = products::names(app, found.iter().map(|line| &line.product), ERRORS).await?;
    Reply::of(&DescribeBillDetailResponse {
        detail_set: Some(found.iter().map(|line| lines::for_customer(app, &names, line)).collect()),
        total: Some(i64::try_from(total).map_err(CloudError::internal)?),
    })
}
