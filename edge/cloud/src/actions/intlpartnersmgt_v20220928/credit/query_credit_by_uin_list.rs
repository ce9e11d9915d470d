//! A partner reads the credit of 1 to 50 of its direct customers, in the order in which it names them (R12-R14). One
//! that is not its own fails the whole call (A21).

use super::query_direct_customers_credit::figures;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{QueryCreditByUinListRequest, QueryCreditByUinListResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "QueryCreditByUinList": QueryCreditByUinListRequest::PARAMS, Some(5), ReadCustomers,
    [UinNotAgent, InternalError, InvalidParameterValue, UinList, OperationDenied, ServiceBusy, RequestLimitExceeded,
     NotCustomerUin]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = QueryCreditByUinListRequest::read(&call.args)?;
    if !QueryCreditByUinListRequest::UIN_LIST_LENGTH.contains(&request.uin_list.len()) {
        let message = format!("the parameter `UinList` must name 1 to 50 accounts, not {}", request.uin_list.len());
        return Err(CloudError::new(ErrorCode::UinList, message));
    }
    let caller = caller(call);
    let named = reading::accounts(app, caller, ACCESS, request.uin_list, ERRORS).await?;
    let customers = app.own_customer_accounts(caller, ACCESS, Some(named)).await.map_err(errors::of(ERRORS))?;
    Reply::of(&QueryCreditByUinListResponse { data: customers.iter().filter_map(figures).collect() })
}
