//! What is paid on behalf of others in an organization by resource: its admin reads all that it pays, a member what is paid for it
//! (O86). One entry for each owner, resource, product, type, region, project and order, in this order.

use super::{details, requests};
use crate::actions::bill_words::{action_name, eight_places, or_default, pay_mode_name, short_rate};
use crate::actions::membership::Slice;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::billing_v20180709::{
    BillDistributionResourceSummary, DescribeBillResourceSummaryForOrganizationRequest,
    DescribeBillResourceSummaryForOrganizationResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::{Bill, ResourceSum};
use credere_core::money::Amount;
use std::collections::BTreeMap;

offered! {
    "DescribeBillResourceSummaryForOrganization": DescribeBillResourceSummaryForOrganizationRequest::PARAMS, Some(5),
    ReadAccountBills, [InternalError, InvalidParameter, InvalidParameterValue, UnsupportedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeBillResourceSummaryForOrganizationRequest;
    let request = Request::read(&call.args)?;
    let slice = Slice::whole_pages(request.offset, request.limit, *Request::LIMIT_RANGE.end())?;
    requests::period_type(request.period_type.as_deref())?;
    let counts = requests::needs_number(request.need_record_num)?;
    let narrowed = requests::Narrowed {
        pay_mode: request.pay_mode.as_deref(),
        action: request.action_type.as_deref(),
        resource: request.resource_id.as_deref(),
        products: [request.business_code.as_deref(), None],
        tag: (request.tag_key.as_deref(), request.tag_value.as_deref()),
        ..requests::Narrowed::default()
    };
    let wanted = narrowed.read()?;
    let month = requests::month(app, &request.month).await?;
    let caller = caller(call);
    let view = app.on_behalf_view(caller, call.caller).await.map_err(errors::of(ERRORS))?;
    let bill = Bill { account: call.caller, month, view };
    let (found, total) = match wanted {
        Some(wanted) => {
            let found = app.bill_resource_sums(caller, bill, wanted, slice.skip_in_memory(), slice.limit).await;
            found.map_err(errors::of(ERRORS))?
        }
        None => (Vec::new(), 0),
    };
    let names = products::names(app, found.iter().map(|one| &one.line.product), ERRORS).await?;
    let entries = found.iter().map(|one| entry(app, &names, one)).collect::<Result<_, CloudError>>()?;
    let total = i64::try_from(total).map_err(CloudError::internal)?;
    Reply::of(&DescribeBillResourceSummaryForOrganizationResponse {
        resource_summary_set: entries,
        total: counts.then_some(total),
    })
}

fn entry(
    app: &App,
    names: &BTreeMap<String, String>,
    one: &ResourceSum,
) -> Result<BillDistributionResourceSummary, CloudError> {
    let ResourceSum { line, until, sum } = one;
    let (product, none) = (names.get(&line.product).unwrap_or(&line.product).clone(), eight_places(Amount::ZERO));
    Ok(BillDistributionResourceSummary {
        business_code_name: product.clone(),
        product_code_name: product,
        pay_mode_name: pay_mode_name(line.action.pay_mode()).to_owned(),
        project_name: or_default(&line.project),
        region_name: or_default(&line.region),
        zone_name: line.details.zone.clone().unwrap_or_default(),
        resource_id: line.resource.clone(),
        resource_name: line.details.resource_name.clone().unwrap_or_default(),
        action_type_name: action_name(line.action).to_owned(),
        order_id: line.order.map(|order| order.to_string()).unwrap_or_default(),
        pay_time: app.local_time(line.posted_at),
        fee_begin_time: app.local_time(line.period_start),
        fee_end_time: app.local_time(*until),
        config_desc: String::new(),
        extend_field1: String::new(),
        extend_field2: String::new(),
        total_cost: eight_places(sum.list_amount),
        discount: short_rate(line.discount_rate),
        reduce_type: String::new(),
        real_total_cost: eight_places(details::discounted(sum.amount, sum.voucher_amount)?),
        voucher_pay_amount: eight_places(sum.voucher_amount),
        cash_pay_amount: eight_places(sum.amount),
        incentive_pay_amount: none.clone(),
        transfer_pay_amount: none.clone(),
        extend_field3: String::new(),
        extend_field4: String::new(),
        extend_field5: String::new(),
        tags: details::tags(line),
        owner_uin: line.owner.to_string(),
        operate_uin: details::operator(line),
        business_code: line.product.clone(),
        product_code: line.product.clone(),
        region_id: i64::from(details::region_id(&line.region)),
        instance_type: String::new(),
        original_cost_with_ri: none.clone(),
        sp_deduction: none.clone(),
        original_cost_with_sp: none,
        bill_month: Some(line.month.to_string()),
    })
}
