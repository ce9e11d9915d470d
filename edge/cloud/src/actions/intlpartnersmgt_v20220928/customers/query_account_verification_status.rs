//! A reseller or distributor asks whether one of its direct customers has a verified identity, without which nothing new
//! may be bought (R58). A number that no account can have is told from an account that is not the caller's.

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{
    QueryAccountVerificationStatusRequest, QueryAccountVerificationStatusResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_core::channel::Verification;

offered! {
    "QueryAccountVerificationStatus": QueryAccountVerificationStatusRequest::PARAMS, Some(20), ReadCustomerVerification,
    [UinInvalid, InvalidParameter, InvalidParameterValue, MissingParameter, ServiceBusy, NotCustomerUin,
     UnknownParameter]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = QueryAccountVerificationStatusRequest::read(&call.args)?;
    let Some(customer) = reading::uin(request.client_uin) else {
        let message = format!("`{}` is not an account number", request.client_uin);
        return Err(CloudError::new(ErrorCode::UinInvalid, message));
    };
    let found = app.own_customer_accounts(caller(call), ACCESS, Some(vec![customer])).await;
    let found = found.map_err(errors::of(ERRORS))?;
    let account = found.first().ok_or_else(|| errors::foreign(ERRORS))?;
    Reply::of(&QueryAccountVerificationStatusResponse { account_status: account.verification != Verification::None })
}
