//! What is paid on behalf of others in an organization by product, project, region, pay mode or the values of tags, each with its
//! products: its admin reads all that it pays, a member what is paid for it (O86).

use super::{details, requests};
use crate::actions::bill_words::{TAG_KEYS_MAX, eight_places, or_default, pay_mode_name};
use crate::actions::membership::malformed;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode, quoted};
use crate::published::billing_v20180709::{
    BusinessSummaryInfo, DescribeBillSummaryForOrganizationRequest, DescribeBillSummaryForOrganizationResponse,
    SummaryDetail,
};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::{Bill, BillPartView, BillSum};
use credere_core::money::Amount;
use std::collections::BTreeMap;

offered! {
    "DescribeBillSummaryForOrganization": DescribeBillSummaryForOrganizationRequest::PARAMS, Some(5), ReadAccountBills,
    [TagKeyNotExist, InternalError, InvalidParameter, InvalidParameterValue, UnsupportedOperation]
}

/// A key, a value and a product.
type Group = (String, String, String);

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeBillSummaryForOrganizationRequest;
    let request = Request::read(&call.args)?;
    let tags = request.tag_key.unwrap_or_default();
    let kind = &*request.group_type;
    if !Request::GROUP_TYPE_VALUES.contains(&kind) {
        let why = format!("must be business, project, region, payMode or tag, not {}", quoted(kind));
        return Err(errors::bad_value("GroupType", &why));
    }
    if kind == "tag" && !(1..=TAG_KEYS_MAX).contains(&tags.len()) {
        return Err(malformed("TagKey", &format!("must name 1 to {TAG_KEYS_MAX} tags")));
    }
    let month = requests::month(app, &request.month).await?;
    let caller = caller(call);
    let view = app.on_behalf_view(caller, call.caller).await.map_err(errors::of(ERRORS))?;
    let bill = Bill { account: call.caller, month, view };
    let mut groups: BTreeMap<Group, BillSum> = BTreeMap::new();
    if kind == "tag" {
        let sums = app.bill_tag_products(caller, bill, tags.clone()).await.map_err(errors::of(ERRORS))?;
        for (key, parts) in tags.into_iter().zip(sums) {
            if parts.keys().all(|(value, _)| value.is_empty()) {
                let message = format!("no line has the tag {}", quoted(&key));
                return Err(CloudError::new(ErrorCode::TagKeyNotExist, message));
            }
            groups.extend(parts.into_iter().map(|((value, product), sum)| ((key.clone(), value, product), sum)));
        }
    } else {
        let view = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
        groups = view.by(|part| group(kind, part)).map_err(errors::overflow)?;
    }
    let names = products::names(app, groups.keys().map(|(.., product)| product), ERRORS).await?;
    let name = |code: &String| names.get(code).unwrap_or(code).clone();
    let mut products_of: BTreeMap<(String, String), Vec<(String, BillSum)>> = BTreeMap::new();
    for ((key, value, product), sum) in groups {
        products_of.entry((key, value)).or_default().push((product, sum));
    }
    let mut summary_detail = Vec::with_capacity(products_of.len());
    for ((key, value), products) in products_of {
        let value = if kind == "business" { name(&value) } else { value };
        let mut whole = BillSum::default();
        let mut parts = Vec::with_capacity(products.len());
        for (product, sum) in products {
            whole = whole.plus_sum(&sum).map_err(errors::overflow)?;
            let named = name(&product);
            parts.push(business(product, named, &sum)?);
        }
        summary_detail.push(entry(key, value, &whole, parts)?);
    }
    Reply::of(&DescribeBillSummaryForOrganizationResponse { ready: 1, summary_detail })
}

/// What a part of a bill is grouped by.
fn group(kind: &str, part: &BillPartView) -> Group {
    let (key, value) = match kind {
        "business" => (part.product.clone(), part.product.clone()),
        "project" => (details::project_id(&part.project).to_string(), or_default(&part.project)),
        "region" => (details::region_id(&part.region).to_string(), or_default(&part.region)),
        _ => {
            let mode = part.action.pay_mode();
            (mode.name().to_owned(), pay_mode_name(mode).to_owned())
        }
    };
    (key, value, part.product.clone())
}

fn entry(
    key: String,
    value: String,
    sum: &BillSum,
    business: Vec<BusinessSummaryInfo>,
) -> Result<SummaryDetail, CloudError> {
    let none = eight_places(Amount::ZERO);
    Ok(SummaryDetail {
        group_key: key,
        group_value: value,
        total_cost: eight_places(sum.list_amount),
        real_total_cost: eight_places(details::discounted(sum.amount, sum.voucher_amount)?),
        cash_pay_amount: eight_places(sum.amount),
        incentive_pay_amount: none.clone(),
        voucher_pay_amount: eight_places(sum.voucher_amount),
        transfer_pay_amount: none,
        business,
    })
}

fn business(code: String, name: String, sum: &BillSum) -> Result<BusinessSummaryInfo, CloudError> {
    let none = eight_places(Amount::ZERO);
    Ok(BusinessSummaryInfo {
        business_code: code,
        business_code_name: name,
        total_cost: eight_places(sum.list_amount),
        real_total_cost: eight_places(details::discounted(sum.amount, sum.voucher_amount)?),
        cash_pay_amount: eight_places(sum.amount),
        incentive_pay_amount: none.clone(),
        voucher_pay_amount: eight_places(sum.voucher_amount),
        transfer_pay_amount: none,
    })
}
