//! A partner lists its direct customers with their credit (R12-R14, A22). Pages have 20 entries unless asked otherwise,
//! at most 200; the latest binding comes first. `ClientUin` and `Email` are searched for exactly, `Name` and `Remark` for
//! a part in any case. A customer that is not the caller's is not found; it is no error to search for it.

use crate::actions::errors;
use crate::actions::intlpartnersmgt_v20220928::customers::force_qn;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Page};
use crate::envelope::{Figure, Reply};
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{
    QueryCustomersCreditData, QueryCustomersCreditRequest, QueryCustomersCreditResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::{AccountView, CustomerFilter, ProfileField, SearchTerm};
use credere_core::channel::Verification;

/// How a customer came to its partner. It is always one that the partner brought itself.
const TYPE: &str = "new";
/// A field that the published definition fixes (R110).
const ARREARS: &str = "-";

offered! {
    "QueryCustomersCredit": QueryCustomersCreditRequest::PARAMS, Some(5), ReadCustomers,
    [FailedOperation, InvalidUin, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = QueryCustomersCreditRequest;
    let request = Request::read(&call.args)?;
    let size = request.page_size.unwrap_or(PAGE_SIZE_DEFAULT.into());
    let page = Page::read(ErrorCode::InvalidParameterValue, request.page.unwrap_or(1), size, PAGE_SIZE_MAX)?;
    let order = reading::order(request.order.as_deref(), &["asc"])?;
    let filter =
        reading::filter(request.filter_type.as_deref(), request.filter.as_deref(), Request::FILTER_TYPE_VALUES)?;
    let filter = filter.map(|(kind, text)| search(kind, text)).transpose()?;
    let found = app
        .own_customers(caller(call), filter, order, page.skip_in_memory(), page.limit)
        .await
        .map_err(errors::of(ERRORS))?;
    let data = found.customers.into_iter().filter_map(|customer| entry(app, customer)).collect();
    Reply::of(&QueryCustomersCreditResponse { data, total: found.total as u64 })
}

fn search(kind: &str, text: &str) -> Result<CustomerFilter, CloudError> {
    let exact = SearchTerm::Exact(text.to_owned());
    let part = SearchTerm::Contains(text.to_owned());
    Ok(match kind {
        "ClientUin" => CustomerFilter::Uin(reading::uin_text(ErrorCode::InvalidUin, text)?),
        "Email" => CustomerFilter::Profile(ProfileField::Email, exact),
        "Remark" => CustomerFilter::Profile(ProfileField::Remark, part),
        _ => CustomerFilter::Profile(ProfileField::Name, part),
    })
}

fn entry(app: &App, view: AccountView) -> Option<QueryCustomersCreditData> {
    let customer = view.account.customer?;
    Some(QueryCustomersCreditData {
        name: view.profile.name.unwrap_or_default(),
        r#type: TYPE.to_owned(),
        mobile: view.profile.phone.unwrap_or_default(),
        email: view.profile.email.unwrap_or_default(),
        arrears: ARREARS.to_owned(),
        association_time: app.local_time(customer.bound_at),
        recent_expiry: String::new(),
        client_uin: view.account.uin.number(),
        credit: Figure(customer.line.limit()),
        remaining_credit: Figure(customer.line.available()),
        identify_type: match view.account.verification {
            Verification::None => 0,
            Verification::Personal => 1,
            Verification::Enterprise => 2,
        },
        remark: view.profile.remark.unwrap_or_default(),
        force: force_qn::shown(&customer).cast_signed(),
    })
}
