//! A customer reads what its own bill comes to by product, by project or by the values of tags, the latter two with their
//! products (L1, R75). A line without a project stands under `default` with the key
//! `0`, one without a tag under the empty value. Nothing is
//! ever paid by a reserved instance's deduction here, so that its part is zero.

use super::requests;
use crate::actions::bill_words::{self as words, Costs, DEFAULT, TAG_KEYS_MAX};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode, quoted};
use crate::published::intlpartnersmgt_v20220928::{
    BusinessInfo, DescribeBillSummaryRequest, DescribeBillSummaryResponse, SummaryDetails,
};
use crate::request::Call;
use credere_app::App;
use credere_app::Caller;
use credere_app::bills::{Bill, BillSum};
use credere_core::money::Amount;
use std::collections::BTreeMap;

/// The published key of the project that lines without one belong to.
const DEFAULT_KEY: &str = "0";

offered! {
    "DescribeBillSummary": DescribeBillSummaryRequest::PARAMS, Some(1), ReadOwnBills,
    [FailedOperation, InternalError, InvalidParameter, InvalidDimension, InvalidMonth]
}

/// What to sum by.
enum Group {
    Product,
    Project,
    Tags(Vec<String>),
}

/// Sums by the value that is grouped by and the product.
type Sums = BTreeMap<(String, String), BillSum>;

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeBillSummaryRequest::read(&call.args)?;
    let group = group(&request.group_type, request.tag_key)?;
    let month = requests::month(app, "Month", &request.month).await?;
    let caller = caller(call);
    let bill = requests::own(app, caller, month, ERRORS).await?;
    let summary_detail = match group {
        Group::Product => by_product(app, caller, bill).await?,
        Group::Project => {
            let view = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
            let parts = view.by(|part| (words::or_default(&part.project), part.product.clone()));
            details(app, None, parts.map_err(errors::overflow)?).await?
        }
        Group::Tags(keys) => {
            let sums = app.bill_tag_products(caller, bill, keys.clone()).await.map_err(errors::of(ERRORS))?;
            let mut all = Vec::new();
            for (key, parts) in keys.into_iter().zip(sums) {
                all.extend(details(app, Some(key), parts).await?);
            }
            all
        }
    };
    Reply::of(&DescribeBillSummaryResponse { summary_detail })
}

fn group(kind: &str, tags: Option<Vec<String>>) -> Result<Group, CloudError> {
    let wrong = |message: String| Err(CloudError::new(ErrorCode::InvalidParameter, message));
    match (kind, tags.unwrap_or_default()) {
        ("product", _) => Ok(Group::Product),
        ("project", _) => Ok(Group::Project),
        ("tag", tags) if tags.is_empty() || tags.len() > TAG_KEYS_MAX => {
            wrong(format!("the parameter `TagKey` must name 1 to {TAG_KEYS_MAX} tags"))
        }
        ("tag", tags) => Ok(Group::Tags(tags)),
        (other, _) => {
            let message = format!("the parameter `GroupType` must be product, project or tag, not {}", quoted(other));
            Err(CloudError::new(ErrorCode::InvalidDimension, message))
        }
    }
}

async fn by_product(app: &App, caller: Caller, bill: Bill) -> Result<Vec<SummaryDetails>, CloudError> {
    let view = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
    let products = view.by(|part| part.product.clone()).map_err(errors::overflow)?;
    let names = products::names(app, products.keys(), ERRORS).await?;
    let detail = |(code, sum)| {
        let name = names.get(&code).unwrap_or(&code).clone();
        summary(Vec::new(), &sum, code, name)
    };
    Ok(products.into_iter().map(detail).collect())
}

/// The entries of one grouping: one for each value, with its products. The key is the tag's, or the value itself.
async fn details(app: &App, key: Option<String>, parts: Sums) -> Result<Vec<SummaryDetails>, CloudError> {
    let names = products::names(app, parts.keys().map(|(_, product)| product), ERRORS).await?;
    let mut values: BTreeMap<String, (BillSum, Vec<BusinessInfo>)> = BTreeMap::new();
    for ((value, product), part) in parts {
        let (sum, products) = values.entry(value).or_default();
        *sum = sum.plus_sum(&part).map_err(errors::overflow)?;
        let name = names.get(&product).unwrap_or(&product).clone();
        products.push(business(product, name, &part));
    }
    let entries = values.into_iter().map(|(value, (sum, products))| {
        let key = key.clone().unwrap_or_else(|| if value == DEFAULT { DEFAULT_KEY.to_owned() } else { value.clone() });
        summary(products, &sum, key, value)
    });
    Ok(entries.collect())
}

fn summary(products: Vec<BusinessInfo>, sum: &BillSum, key: String, value: String) -> SummaryDetails {
    let Costs { original, voucher, total } = Costs::from(sum);
    SummaryDetails {
        business: Some(products),
        original_cost: original,
        voucher_pay_amount: voucher,
        ri_cost: words::eight_places(Amount::ZERO),
        total_cost: total,
        group_key: key,
        group_value: value,
    }
}

fn business(code: String, name: String, sum: &BillSum) -> BusinessInfo {
    let Costs { original, voucher, total } = Costs::from(sum);
    BusinessInfo {
        business_code_name: name,
        business_code: code,
        original_cost: original,
        voucher_pay_amount: voucher,
        ri_cost: words::eight_places(Amount::ZERO),
        total_cost: total,
    }
}
