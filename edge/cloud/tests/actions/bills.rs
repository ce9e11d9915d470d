//! Bills as partners and customers read them: lines to the letter, sums by everything that they are grouped by, months and
//! days that are not told, and what a customer does not see.

use crate::market::*;
use credere_core::book::{Command, metering, parties};
use credere_core::channel::{ActionType, DiscountScope};

/// 2099-12-31 23:00:00 in the market's zone: an hour that ends with the month before.
const LAST_HOUR: i64 = OPENED - 9 * 3_600;
/// What the customer's machine told of itself.
const MACHINE: &str = r#"{"resource_name": "web", "region": "ap-singapore", "zone": "one",
    "project": "shop", "tags": {"team": "web"}, "operator_uin": 200000000099, "components": [
    {"code": "cpu", "name": "CPU", "list_price": "0.05", "usage": "2.00", "unit": "core", "duration": "3.00",
    "duration_unit": "hour"}, {"code": "disk", "name": "Disk", "list_price": "0.7", "usage": "1", "unit": "GB",
    "duration": "1", "duration_unit": ""}]}"#;

/// A customer of the reseller's with two months of lines: December has usage of one hour; January a purchase at a discount
/// with a voucher, usage with details, and a compensation.
async fn spent() -> Market {
    let market = Market::open().await;
    let customer = RESELLERS_CUSTOMER;
    market.allocate(customer, "1000").await;
    market.uses(customer, ("7.5", "cdb"), None, LAST_HOUR, "{}").await;
    market.discount(DiscountScope::Customer(uin(customer)), RESELLER, "0.9").await;
    market.discount(DiscountScope::Partner(uin(RESELLER)), RESELLER, "0.8").await;
    market.issue(customer, "30", 30).await;
    // Vector T19 of the rules.
    market.buy(customer, "200").await;
    market
        .settles(metering::SettleUsage {
            account: uin(customer),
            product: "cvm".parse().unwrap(),
            amount: amount("1"),
            units: None,
            period_start: moment(OPENED),
            period_end: moment(OPENED + 3_600),
            resource: Some("ins-1".parse().unwrap()),
            action: None,
            details: MACHINE.to_owned(),
        })
        .await;
    let back = Some(ActionType::ReconIncrease);
    market.uses(customer, ("0.5", "cdb"), back, OPENED + 60, r#"{"tags": {"team": ""}}"#).await;
    market
}

fn detail(market_month: &str, more: &str) -> String {
    format!(r#"{{"CustomerUin": 300000000011, "Month": "{market_month}", "Page": 1, "PageSize": 200{more}}}"#)
}

/// A body with the numbers of its lines and their transactions replaced: they are journal positions.
fn without_ids(body: &str) -> String {
    ["\"Id\":\"", "\"TransactionId\":\""].into_iter().fold(body.to_owned(), |body, field| {
        let mut parts = body.split(field);
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|sign: char| sign.is_ascii_digit());
            assert!(rest.len() < part.len() && rest.starts_with('"'), "an id has digits and nothing else: {part}");
            text.push_str(field);
            text.push('N');
            text.push_str(rest);
        }
        text
    })
}

#[tokio::test]
async fn a_partner_reads_lines_with_discounts_and_vouchers() {
    let market = spent().await;
    let answer = market.call(RESELLER, "DescribeCustomerBillDetail", &detail("2100-01", "")).await;
    let told = |operator: &str, product: (&str, &str), mode: &str, action: &str, times: [&str; 2]| {
        let [from, to] = times;
        let (code, name) = product;
        (
            format!(
                r#"{{"PayerAccountId":300000000001,"OwnerAccountId":300000000011,"OperatorAccountId":{operator},
                "ProductName":"{name}","BillingMode":"{mode}","#
            ),
            format!(
                r#""SubProductName":"{name}","TransactionType":"{action}","TransactionId":"N",
                "TransactionTime":"2100-01-01 08:07:00","UsageStartTime":"2100-01-01 {from}",
                "UsageEndTime":"2100-01-01 {to}","#
            ),
            format!(r#""BusinessCode":"{code}","ProductCode":"{code}","#),
        )
    };
    let nowhere = r#""ProjectName":"default","Region":"","AvailabilityZone":"","InstanceId":"","InstanceName":"","#;
    let nothing = r#""ComponentType":"","ComponentName":"","ComponentListPrice":"","ComponentPriceMeasurementUnit":"",
        "ComponentUsage":"","ComponentUsageUnit":"","UsageDuration":"","DurationUnit":"","#;
    let costs = |original: &str, discounted: &str, voucher: &str, total: &str| {
        format!(
            r#""OriginalCost":"{original}","DiscountRate":"1","Currency":"USD",
            "TotalAmountAfterDiscount":"{discounted}","VoucherDeduction":"{voucher}","TotalCost":"{total}",
            "Id":"N","CustomerDiscountRate":"0.9","#
        )
    };
    let codes = |codes: &str| format!(r#""ComponentCode":"{codes}","ItemCode":"{codes}"}}"#);
    let prepaid = "yearly/monthly subscription";
    let postpaid = "Pay-As-You-Go resources";
    let (a, b, c) = told("300000000011", ("cvm", "CVM"), prepaid, "Purchase", ["08:07:00", "08:07:00"]);
    let purchase = [a, nowhere.into(), b, nothing.into(), costs("200", "180", "30", "150"), c, codes("")].concat();
    let (a, b, c) = told("200000000099", ("cvm", "CVM"), postpaid, "Hourly settlement", ["08:00:00", "09:00:00"]);
    let place = r#""ProjectName":"shop","Region":"ap-singapore","AvailabilityZone":"one","InstanceId":"ins-1",
        "InstanceName":"web","#;
    let parts = r#""ComponentType":"CPU; Disk","ComponentName":"CPU; Disk","ComponentListPrice":"0.05; 0.7",
        "ComponentPriceMeasurementUnit":"USD/core/hour; USD/GB","ComponentUsage":"2; 1",
        "ComponentUsageUnit":"core; GB","UsageDuration":"3; 1","DurationUnit":"hour; ","#;
    let usage = [a, place.into(), b, parts.into(), costs("1", "0.9", "0", "0.9"), c, codes("cpu; disk")].concat();
    let (a, b, c) =
        told("300000000011", ("cdb", "cdb"), postpaid, "Adjustment - compensation", ["08:01:00", "09:01:00"]);
    let back = [a, nowhere.into(), b, nothing.into(), costs("-0.5", "-0.45", "0", "-0.45"), c, codes("")].concat();
    assert_eq!(without_ids(&answer), response(&format!(r#""Total":3,"DetailSet":[{purchase},{usage},{back}]"#)));
}

#[tokio::test]
async fn a_customer_reads_its_lines_without_discounts_and_vouchers_and_with_tags() {
    let market = spent().await;
    let body = r#"{"Month": "2100-01", "Page": 2, "PageSize": 1}"#;
    let answer = market.call(RESELLERS_CUSTOMER, "DescribeBillDetail", body).await;
    assert_eq!(
        without_ids(&answer),
        response(
            r#""DetailSet":[{"PayerAccountId":300000000001,"OwnerAccountId":300000000011,
            "OperatorAccountId":200000000099,"ProductName":"CVM","BillingMode":"Pay-As-You-Go resources",
            "ProjectName":"shop","Region":"ap-singapore","AvailabilityZone":"one","InstanceId":"ins-1",
            "InstanceName":"web","SubProductName":"CVM","TransactionType":"Hourly settlement",
            "TransactionId":"N","TransactionTime":"2100-01-01 08:07:00","UsageStartTime":"2100-01-01 08:00:00",
            "UsageEndTime":"2100-01-01 09:00:00","ComponentType":"CPU; Disk","ComponentName":"CPU; Disk",
            "ComponentListPrice":"0.05; 0.7","ComponentPriceMeasurementUnit":"USD/core/hour; USD/GB",
            "ComponentUsage":"2; 1","ComponentUsageUnit":"core; GB","UsageDuration":"3; 1","DurationUnit":"hour; ",
            "OriginalCost":"1","Currency":"USD","TotalCost":"0.9","Id":"N",
            "Tags":[{"TagKey":"team","TagValue":"web"}],"BusinessCode":"cvm","ProductCode":"cvm",
            "ComponentCode":"cpu; disk","ItemCode":"cpu; disk"}],"Total":3"#
        )
    );
    for hidden in ["Discount", "Voucher", "160", "180"] {
        let whole = market.call(RESELLERS_CUSTOMER, "DescribeBillDetail", &body.replace("2, \"P", "1, \"P")).await;
        assert!(!whole.contains(hidden), "{hidden}: {whole}");
    }
}

#[tokio::test]
async fn filters_choose_lines_and_the_sum_follows_them() {
    let market = spent().await;
    for (month, filter, lines, sum) in [
        ("2100-01", "", 3, "150.45"),
        ("2099-12", "", 1, "7.5"),
        ("2099-11", "", 0, "0"),
        ("2100-01", r#", "PayMode": "prePay""#, 1, "150"),
        ("2100-01", r#", "PayMode": "postPay""#, 2, "0.45"),
        ("2100-01", r#", "PayMode": """#, 3, "150.45"),
        ("2100-01", r#", "ActionType": "postpay_deduct_h""#, 1, "0.9"),
        ("2100-01", r#", "ActionType": "recon_increase""#, 1, "-0.45"),
        ("2100-01", r#", "ActionType": "prePurchase""#, 1, "150"),
        ("2100-01", r#", "ActionType": "pre_renew""#, 0, "0"),
        ("2100-01", r#", "PayMode": "prePay", "ActionType": "postpay_deduct_h""#, 0, "0"),
        ("2100-01", r#", "IsConfirmed": "0""#, 3, "150.45"),
        ("2100-01", r#", "IsConfirmed": "1""#, 0, "0"),
        ("2100-01", r#", "IsConfirmed": "2""#, 3, "150.45"),
    ] {
        let body = detail(month, filter);
        let found = market.call(RESELLER, "DescribeCustomerBillDetail", &body).await;
        assert!(found.contains(&format!(r#""Total":{lines},"#)), "{month} {filter}: {found}");
        assert_eq!(found.matches("TransactionId").count(), lines, "{month} {filter}");
        let body = body.replace(r#""Page": 1, "PageSize": 200, "#, "").replace(r#", "Page": 1, "PageSize": 200"#, "");
        let found = market.call(RESELLER, "DescribeCustomerBillSummary", &body).await;
        assert_eq!(found, response(&format!(r#""TotalCost":{sum}"#)), "{month} {filter}");
    }
}

#[tokio::test]
async fn a_day_has_the_lines_whose_period_began_on_it() {
    let market = spent().await;
    for (date, total) in [("2100-01-01", "150.45000000"), ("2099-12-31", "7.50000000"), ("2099-12-30", "0.00000000")] {
        let body = format!(r#"{{"CustomerUin": 300000000011, "Date": "{date}"}}"#);
        let found = market.call(RESELLER, "DescribeCustomerBillDetailByDay", &body).await;
        assert_eq!(found, response(&format!(r#""TotalCost":"{total}""#)), "{date}");
    }
}

#[tokio::test]
async fn sums_by_pay_mode_product_and_region() {
    let market = spent().await;
    let body = r#"{"CustomerUin": 300000000011, "BillMonth": "2100-01"}"#;
    let empty = r#"{"CustomerUin": 300000000011, "BillMonth": "2099-11"}"#;
    let costs = |original: &str, voucher: &str, total: &str| {
        format!(r#""OriginalCost":"{original}","VoucherPayAmount":"{voucher}","TotalCost":"{total}""#)
    };
    let action = |name: &str, shown: &str, costs: &str| {
        format!(r#"{{"ActionType":"{name}","ActionTypeName":"{shown}",{costs}}}"#)
    };
    let purchase = action("prepay_purchase", "Purchase", &costs("200.00000000", "30.00000000", "150.00000000"));
    let hourly = action("postpay_deduct_h", "Hourly settlement", &costs("1.00000000", "0.00000000", "0.90000000"));
    let back =
        action("recon_increase", "Adjustment - compensation", &costs("-0.50000000", "0.00000000", "-0.45000000"));
    for (action, expected) in [
        (
            "DescribeBillSummaryByPayMode",
            format!(
                r#"{{"PayMode":"prePay","PayModeName":"yearly/monthly subscription","OriginalCost":"200.00000000",
                "Detail":[{purchase}],"VoucherPayAmount":"30.00000000","TotalCost":"150.00000000"}},
                {{"PayMode":"postPay","PayModeName":"Pay-As-You-Go resources","OriginalCost":"0.50000000",
                "Detail":[{hourly},{back}],"VoucherPayAmount":"0.00000000","TotalCost":"0.45000000"}}"#
            ),
        ),
        (
            "DescribeBillSummaryByProduct",
            format!(
                r#"{{"BusinessCode":"cdb","BusinessCodeName":"cdb",{}}},
                {{"BusinessCode":"cvm","BusinessCodeName":"CVM",{}}}"#,
                costs("-0.50000000", "0.00000000", "-0.45000000"),
                costs("201.00000000", "30.00000000", "150.90000000")
            ),
        ),
        (
            "DescribeBillSummaryByRegion",
            format!(
                r#"{{"RegionId":"9","RegionName":"ap-singapore",{}}},
                {{"RegionId":"default","RegionName":"default",{}}}"#,
                costs("1.00000000", "0.00000000", "0.90000000"),
                costs("199.50000000", "30.00000000", "149.55000000")
            ),
        ),
    ] {
        let found = market.call(RESELLER, action, body).await;
        assert_eq!(found, response(&format!(r#""SummaryOverview":[{expected}]"#)), "{action}");
        let nothing = market.call(RESELLER, action, empty).await;
        assert_eq!(nothing, response(r#""SummaryOverview":[]"#), "{action}");
    }
}

#[tokio::test]
async fn a_customer_reads_its_sums_by_product_project_and_tag() {
    let market = spent().await;
    let costs = |original: &str, voucher: &str, total: &str| {
        format!(
            r#""OriginalCost":"{original}","VoucherPayAmount":"{voucher}","RICost":"0.00000000","TotalCost":"{total}""#
        )
    };
    let business = |code: &str, name: &str, costs: &str| {
        format!(r#"{{"BusinessCodeName":"{name}","BusinessCode":"{code}",{costs}}}"#)
    };
    let summary = |business: &str, costs: &str, key: &str, value: &str| {
        format!(r#"{{"Business":[{business}],{costs},"GroupKey":"{key}","GroupValue":"{value}"}}"#)
    };
    let back = costs("-0.50000000", "0.00000000", "-0.45000000");
    let usage = costs("1.00000000", "0.00000000", "0.90000000");
    let purchase = costs("200.00000000", "30.00000000", "150.00000000");
    let machines = costs("201.00000000", "30.00000000", "150.90000000");
    let rest = costs("199.50000000", "30.00000000", "149.55000000");
    let products = [summary("", &back, "cdb", "cdb"), summary("", &machines, "cvm", "CVM")].join(",");
    let both = [business("cdb", "cdb", &back), business("cvm", "CVM", &purchase)].join(",");
    let used = business("cvm", "CVM", &usage);
    let projects = [summary(&both, &rest, "0", "default"), summary(&used, &usage, "shop", "shop")].join(",");
    let tags = [summary(&both, &rest, "team", ""), summary(&used, &usage, "team", "web")].join(",");
    let all = [business("cdb", "cdb", &back), business("cvm", "CVM", &machines)].join(",");
    let total = costs("200.50000000", "30.00000000", "150.45000000");
    let unknown = summary(&all, &total, "owner", "");
    for (group, expected) in [
        (r#""GroupType": "product""#, &products),
        (r#""GroupType": "product", "TagKey": ["team"]"#, &products),
        (r#""GroupType": "project""#, &projects),
        (r#""GroupType": "tag", "TagKey": ["team"]"#, &tags),
        (r#""GroupType": "tag", "TagKey": ["owner", "team"]"#, &[unknown, tags.clone()].join(",")),
    ] {
        let body = format!(r#"{{"Month": "2100-01", {group}}}"#);
        let found = market.call(RESELLERS_CUSTOMER, "DescribeBillSummary", &body).await;
        assert_eq!(found, response(&format!(r#""SummaryDetail":[{expected}]"#)), "{group}");
    }
}

#[tokio::test]
async fn groups_that_are_none_and_tags_that_are_missing() {
    let market = Market::open().await;
    let tags = vec![r#""t""#; 21].join(",");
    for (group, code) in [
        (r#""GroupType": "region""#.to_owned(), "InvalidParameterValue.InvalidDimension"),
        (r#""GroupType": """#.to_owned(), "InvalidParameterValue.InvalidDimension"),
        (r#""GroupType": "tag""#.to_owned(), "InvalidParameter"),
        (r#""GroupType": "tag", "TagKey": []"#.to_owned(), "InvalidParameter"),
        (format!(r#""GroupType": "tag", "TagKey": [{tags}]"#), "InvalidParameter"),
    ] {
        let body = format!(r#"{{"Month": "2100-01", {group}}}"#);
        assert_eq!(market.code(RESELLERS_CUSTOMER, "DescribeBillSummary", &body).await, code, "{group}");
    }
}

#[tokio::test]
async fn a_distributor_reads_the_bills_of_its_whole_tree() {
    // The paying partner is the distributor, also for a second-level reseller's customer (R6, R84).
    let market = Market::open().await;
    market.allocate(SECOND_LEVELS_CUSTOMER, "100").await;
    market.buy(SECOND_LEVELS_CUSTOMER, "40").await;
    let body = r#"{"CustomerUin": 200000000021, "Month": "2100-01", "Page": 1, "PageSize": 10}"#;
    for partner in [DISTRIBUTOR, SECOND_LEVEL] {
        let found = market.call(partner, "DescribeCustomerBillDetail", body).await;
        assert!(found.contains(r#""Total":1,"DetailSet":[{"PayerAccountId":200000000001,"#), "{found}");
    }
    // What a customer was charged under an earlier partner is not the present one's business.
    market.platform(Command::from(parties::UnbindCustomer { customer: uin(SECOND_LEVELS_CUSTOMER) })).await;
    let again = Command::from(parties::BindCustomer { customer: uin(SECOND_LEVELS_CUSTOMER), partner: uin(RESELLER) });
    market.platform(again).await;
    for (partner, lines) in [(RESELLER, 0), (SECOND_LEVEL, 1)] {
        let found = market.call(partner, "DescribeCustomerBillDetail", body).await;
        assert!(found.contains(&format!(r#""Total":{lines},"#)), "{found}");
    }
    let own = r#"{"Month": "2100-01", "Page": 1, "PageSize": 10}"#;
    let found = market.call(SECOND_LEVELS_CUSTOMER, "DescribeBillDetail", own).await;
    assert!(found.contains(r#""Total":1}"#) || found.contains(r#""Total":1,"#), "{found}");
}

#[tokio::test]
async fn months_and_days_that_are_not_told() {
    let market = Market::open().await;
    let month = "InvalidParameterValue.InvalidMonth";
    for (text, code) in [
        ("2100-01", "ok"),
        ("2022-06", "ok"),
        ("2022-05", month),
        ("2100-02", month),
        ("9999-12", month),
        ("", month),
        ("2100-1", month),
        ("2100-13", month),
        ("2100/01", month),
        ("210001", month),
        ("2100-01-01", month),
    ] {
        for (caller, action, body) in [
            (RESELLER, "DescribeCustomerBillDetail", detail(text, "")),
            (RESELLER, "DescribeCustomerBillSummary", format!(r#"{{"CustomerUin": 300000000011, "Month": "{text}"}}"#)),
            (
                RESELLER,
                "DescribeBillSummaryByPayMode",
                format!(r#"{{"CustomerUin": 300000000011, "BillMonth": "{text}"}}"#),
            ),
            (
                RESELLER,
                "DescribeBillSummaryByProduct",
                format!(r#"{{"CustomerUin": 300000000011, "BillMonth": "{text}"}}"#),
            ),
            (
                RESELLER,
                "DescribeBillSummaryByRegion",
                format!(r#"{{"CustomerUin": 300000000011, "BillMonth": "{text}"}}"#),
            ),
            (RESELLERS_CUSTOMER, "DescribeBillDetail", format!(r#"{{"Month": "{text}", "Page": 1, "PageSize": 1}}"#)),
            (RESELLERS_CUSTOMER, "DescribeBillSummary", format!(r#"{{"Month": "{text}", "GroupType": "project"}}"#)),
        ] {
            assert_eq!(market.code(caller, action, &body).await, code, "{action} {text}");
        }
    }
    for (text, code) in [
        ("2100-01-01", "ok"),
        ("2025-06-01", "ok"),
        ("2025-05-31", month),
        ("2100-01-02", month),
        ("2099-02-29", "InvalidParameterValue"),
        ("2099-11-31", "InvalidParameterValue"),
        ("2099-11", "InvalidParameterValue"),
        ("2099-11-1", "InvalidParameterValue"),
        ("", "InvalidParameterValue"),
    ] {
        let body = format!(r#"{{"CustomerUin": 300000000011, "Date": "{text}"}}"#);
        assert_eq!(market.code(RESELLER, "DescribeCustomerBillDetailByDay", &body).await, code, "{text}");
    }
}

#[tokio::test]
async fn filters_of_bills_that_are_not_published() {
    let market = Market::open().await;
    for filter in [
        r#", "PayMode": "prepay""#,
        r#", "ActionType": "purchase""#,
        r#", "IsConfirmed": "3""#,
        r#", "IsConfirmed": "true""#,
    ] {
        let body = detail("2100-01", filter);
        let code = market.code(RESELLER, "DescribeCustomerBillDetail", &body).await;
        assert_eq!(code, "InvalidParameterValue", "{filter}");
        let body = format!(r#"{{"CustomerUin": 300000000011, "Month": "2100-01"{filter}}}"#);
        let code = market.code(RESELLER, "DescribeCustomerBillSummary", &body).await;
        assert_eq!(code, "InvalidParameterValue", "{filter}");
    }
}
