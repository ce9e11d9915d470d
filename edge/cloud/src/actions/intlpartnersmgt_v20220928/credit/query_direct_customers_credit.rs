//! A partner reads the credit of all its direct customers at once, the latest binding first (R12-R14). A distributor sees
//! none of its second-level resellers' customers here (A21).

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    QueryDirectCustomersCreditData, QueryDirectCustomersCreditRequest, QueryDirectCustomersCreditResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_core::channel::Account;

offered! {
    "QueryDirectCustomersCredit": QueryDirectCustomersCreditRequest::PARAMS, Some(5), ReadCustomers,
    [InternalError, InvalidParameterValue, ServiceBusy, RequestLimitExceeded, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let customers = app.own_customer_accounts(caller(call), ACCESS, None).await.map_err(errors::of(ERRORS))?;
    Reply::of(&QueryDirectCustomersCreditResponse { data: customers.iter().filter_map(figures).collect() })
}

/// A customer's credit; `None` for an account that is not a customer.
pub(super) fn figures(account: &Account) -> Option<QueryDirectCustomersCreditData> {
    let customer = account.customer.as_ref()?;
    Some(QueryDirectCustomersCreditData {
        uin: account.uin.number(),
        total_credit: Figure(customer.line.limit()),
        remaining_credit: Figure(customer.line.available()),
    })
}
