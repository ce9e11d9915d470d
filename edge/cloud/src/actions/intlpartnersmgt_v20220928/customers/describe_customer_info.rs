//! A reseller or distributor reads the basic facts on 1 to 20 of its direct customers, in the order in which it names
//! them. One that is not its own fails the whole call (R150). The status says whether an account is suspended by force
//! (R108). `AuthPassTime` is there only where an identity is verified, and an account that has none has filed nothing.

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerInfoData, DescribeCustomerInfoRequest, DescribeCustomerInfoResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::Profile;
use credere_core::channel::{Account, Verification};

offered! {
    "DescribeCustomerInfo": DescribeCustomerInfoRequest::PARAMS, Some(20), ReadCustomerInfo,
    [ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeCustomerInfoRequest::read(&call.args)?;
    if !DescribeCustomerInfoRequest::CUSTOMER_UIN_LENGTH.contains(&request.customer_uin.len()) {
        return Err(errors::bad_value("CustomerUin", "must name 1 to 20 accounts"));
    }
    let caller = caller(call);
    let named = reading::accounts(app, caller, ACCESS, request.customer_uin, ERRORS).await?;
    let accounts = app.own_customer_accounts(caller, ACCESS, Some(named)).await.map_err(errors::of(ERRORS))?;
    let profiles = app.profiles(accounts.iter().map(|account| account.uin).collect()).await;
    let profiles = profiles.map_err(errors::of(ERRORS))?;
    let data = accounts.iter().zip(profiles).filter_map(|(account, profile)| entry(app, account, profile));
    Reply::of(&DescribeCustomerInfoResponse { data: Some(data.collect()) })
}

fn entry(app: &App, account: &Account, profile: Profile) -> Option<DescribeCustomerInfoData> {
    let customer = account.customer.as_ref()?;
    let (auth_status, auth_type) = match account.verification {
        Verification::None => ("-1", -1),
        Verification::Personal => ("3", 0),
        Verification::Enterprise => ("3", 1),
    };
    let registered = app.local_time(account.opened_at);
    Some(DescribeCustomerInfoData {
        customer_uin: Some(account.uin.to_string()),
        email: Some(profile.email.unwrap_or_default()),
        phone: Some(profile.phone.unwrap_or_default()),
        mark: Some(profile.remark.unwrap_or_default()),
        name: Some(profile.name.unwrap_or_default()),
        bind_time: Some(app.local_time(customer.bound_at)),
        account_status: Some(super::force_qn::shown(customer).to_string()),
        auth_status: Some(auth_status.to_owned()),
        auth_type: Some(auth_type),
        cid_register_time: Some(registered.clone()),
        uin_register_time: Some(registered),
        auth_pass_time: account.verified_at.map(|at| app.local_time(at)),
        has_expense: Some(i64::from(customer.has_spent)),
    })
}
