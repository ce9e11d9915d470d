//! A partner lists the numbers of its direct customers (R5), the latest binding first. Pages have at most 200 entries.
//! Numbers and their count are texts here, as published.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{PAGE_SIZE_MAX, Page};
use crate::envelope::Reply;
use crate::error::ErrorCode;
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerUinData, DescribeCustomerUinRequest, DescribeCustomerUinResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::PageOrder;

offered! {
    "DescribeCustomerUin": DescribeCustomerUinRequest::PARAMS, Some(20), ReadCustomers,
    [InvalidPage, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeCustomerUinRequest::read(&call.args)?;
    let page = Page::read(ErrorCode::InvalidPage, request.page, request.page_size, PAGE_SIZE_MAX)?;
    let found = app
        .own_customers(caller(call), None, PageOrder::NewestFirst, page.skip_in_memory(), page.limit)
        .await
        .map_err(errors::of(ERRORS))?;
    let numbers = found
        .customers
        .into_iter()
        .map(|view| DescribeCustomerUinData { customer_uin: Some(view.account.uin.to_string()) });
    Reply::of(&DescribeCustomerUinResponse { data: Some(numbers.collect()), total: Some(found.total.to_string()) })
}
