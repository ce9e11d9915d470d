//! Receipts: what a partner confirms comes back to its customer at once, once, and only from issued months.

use crate::market::*;
use crate::signer::signed_as_number;
use credere_core::book::{Command, parties};
use credere_core::channel::ActionType;
use credere_core::money::Amount;

/// 2099-12-31 23:00:00 in the market's zone: an hour that ends with the month before.
const LAST_HOUR: i64 = OPENED - 9 * 3_600;
/// 2100-01-05 01:00:00 in the market's zone: December's bill is issued.
const ISSUED: i64 = OPENED + 4 * DAY - 7 * 3_600;

/// A customer of the reseller's with a total of 1,000 and three lines in December: 500, 150 and -20.
async fn billed() -> Market {
    let market = Market::open().await;
    let customer = RESELLERS_CUSTOMER;
    market.allocate(customer, "1000").await;
    market.uses(customer, ("500", "cvm"), Some(ActionType::RipayPurchase), LAST_HOUR, "{}").await;
    market.uses(customer, ("150", "cvm"), None, LAST_HOUR, "{}").await;
    market.uses(customer, ("20", "cvm"), Some(ActionType::ReconIncrease), LAST_HOUR, "{}").await;
    market
}

async fn confirm(market: &Market, more: &str) -> String {
    let body = format!(r#"{{"CustomerUin": 300000000011, "Month": "2099-12"{more}}}"#);
    market.call(RESELLER, "ConfirmReceipt", &body).await
}

fn returned(amount: &str, available: &str, lines: u32) -> String {
    response(&format!(r#""Returned":{amount},"Available":{available},"Lines":{lines}"#))
}

/// The ids of the lines of December's bill, oldest first.
async fn line_ids(market: &Market) -> Vec<String> {
    let body = r#"{"CustomerUin": 300000000011, "Month": "2099-12", "Page": 1, "PageSize": 200}"#;
    let bill = market.call(RESELLER, "DescribeCustomerBillDetail", body).await;
    let bill: serde_json::Value = serde_json::from_str(&bill).unwrap();
    let lines = bill["Response"]["DetailSet"].as_array().unwrap();
    lines.iter().map(|line| line["Id"].as_str().unwrap().to_owned()).collect()
}

/// What is paid of December's bill and what is not, as sums and as the lines that a filter finds.
async fn sums(market: &Market, paid: &str, unpaid: &str) {
    for (confirmed, sum) in [("1", paid), ("2", unpaid)] {
        let body = format!(r#"{{"CustomerUin": 300000000011, "Month": "2099-12", "IsConfirmed": "{confirmed}"}}"#);
        let found = market.call(RESELLER, "DescribeCustomerBillSummary", &body).await;
        assert_eq!(found, response(&format!(r#""TotalCost":{sum}"#)), "{confirmed}");
        let body = body.replace('}', r#", "Page": 1, "PageSize": 200}"#);
        let lines = market.call(RESELLER, "DescribeCustomerBillDetail", &body).await;
        let lines: serde_json::Value = serde_json::from_str(&lines).unwrap();
        let costs = lines["Response"]["DetailSet"].as_array().unwrap().iter().map(|line| &line["TotalCost"]);
        let total = costs.fold(Amount::ZERO, |sum, cost| sum.plus(cost.as_str().unwrap().parse().unwrap()).unwrap());
        assert_eq!(total, sum.parse().unwrap(), "{confirmed}");
    }
}

#[tokio::test]
async fn a_confirmed_bill_comes_back_once() {
    // Vector T10 of the rules, in its shape.
    let market = billed().await;
    assert_eq!(code_of(&confirm(&market, "").await), "InvalidParameterValue.InvalidMonth");
    market.wait_until(ISSUED - 1).await;
    assert_eq!(code_of(&confirm(&market, "").await), "InvalidParameterValue.InvalidMonth");
    market.wait_until(ISSUED).await;
    market.uses(RESELLERS_CUSTOMER, ("50", "cvm"), None, ISSUED, "{}").await;
    assert_eq!(confirm(&market, "").await, returned("630", "950", 3));
    let quota = market.call(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", "{}").await;
    assert!(quota.contains(r#""TotalCredit":1000,"RemainingCredit":950,"#), "{quota}");
    assert_eq!(confirm(&market, "").await, returned("0", "950", 0));
    sums(&market, "630", "0").await;
}

#[tokio::test]
async fn a_part_of_a_bill_is_confirmed_by_itself() {
    let market = billed().await;
    market.wait_until(ISSUED).await;
    let lines = line_ids(&market).await;
    assert_eq!(lines.len(), 3);
    sums(&market, "0", "630").await;
    assert_eq!(confirm(&market, r#", "PayMode": "prePay""#).await, returned("500", "870", 1));
    sums(&market, "500", "130").await;
    assert_eq!(confirm(&market, r#", "ActionType": "recon_increase""#).await, returned("-20", "850", 1));
    sums(&market, "480", "150").await;
    let named = format!(r#", "LineIds": ["{}", "{}", "{}"]"#, lines[0], lines[1], lines[1]);
    assert_eq!(confirm(&market, &named).await, returned("150", "1000", 1));
    sums(&market, "630", "0").await;
    assert_eq!(confirm(&market, &named).await, returned("0", "1000", 0));
    assert_eq!(confirm(&market, r#", "PayMode": "", "ActionType": """#).await, returned("0", "1000", 0));
}

#[tokio::test]
async fn a_line_confirmed_by_itself_counts_once_when_its_whole_part_is() {
    let market = billed().await;
    market.uses(RESELLERS_CUSTOMER, ("50", "cvm"), None, LAST_HOUR, "{}").await;
    market.wait_until(ISSUED).await;
    let lines = line_ids(&market).await;
    let named = format!(r#", "LineIds": ["{}"]"#, lines[1]);
    assert_eq!(confirm(&market, &named).await, returned("150", "470", 1));
    sums(&market, "150", "530").await;
    assert_eq!(confirm(&market, r#", "PayMode": "postPay""#).await, returned("30", "500", 2));
    sums(&market, "180", "500").await;
}

#[tokio::test]
async fn lines_that_are_not_on_the_bill_and_words_that_are_not_known() {
    let market = billed().await;
    market.wait_until(ISSUED).await;
    let many = vec![r#""1""#; 1_001].join(",");
    for (more, code) in [
        (r#", "LineIds": ["line_1"]"#.to_owned(), "FailedOperation"),
        (r#", "LineIds": ["line_99999999"]"#.to_owned(), "FailedOperation"),
        (r#", "LineIds": []"#.to_owned(), "InvalidParameterValue"),
        (r#", "LineIds": ["7.0"]"#.to_owned(), "InvalidParameterValue"),
        (format!(r#", "LineIds": [{many}]"#), "InvalidParameterValue"),
        (r#", "PayMode": "cash""#.to_owned(), "InvalidParameterValue"),
        (r#", "ActionType": "all""#.to_owned(), "InvalidParameterValue"),
        (r#", "Lines": []"#.to_owned(), "UnknownParameter"),
    ] {
        assert_eq!(code_of(&confirm(&market, &more).await), code, "{more}");
    }
    for month in ["2099-13", "2100-01", "2100-02", "2022-05", ""] {
        let body = format!(r#"{{"CustomerUin": 300000000011, "Month": "{month}"}}"#);
        let code = market.code(RESELLER, "ConfirmReceipt", &body).await;
        assert_eq!(code, "InvalidParameterValue.InvalidMonth", "{month}");
    }
    let quota = market.call(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", "{}").await;
    assert!(quota.contains(r#""RemainingCredit":370,"#), "{quota}");
}

#[tokio::test]
async fn several_customers_are_confirmed_each_by_itself() {
    let market = Market::open().await;
    for (customer, price) in [(DISTRIBUTORS_CUSTOMER, "10"), (DISTRIBUTORS_SECOND, "20.5")] {
        market.allocate(customer, "100").await;
        market.uses(customer, (price, "cvm"), None, LAST_HOUR, "{}").await;
    }
    let call = async |customers: &str, more: &str| {
        let body = format!(r#"{{"CustomerUins": [{customers}], "Month": "2099-12"{more}}}"#);
        market.call(DISTRIBUTOR, "ConfirmReceipts", &body).await
    };
    let month = "InvalidParameterValue.InvalidMonth";
    assert_eq!(code_of(&call("200000000011, 200000000012", "").await), month);
    market.wait_until(ISSUED).await;
    // A customer that is not its own fails the whole call, and nothing is confirmed.
    for foreign in [SECOND_LEVELS_CUSTOMER, STRANGERS_CUSTOMER, NOBODY, 0] {
        let refused = call(&format!("200000000011, {foreign}"), "").await;
        assert_eq!(code_of(&refused), "UnauthorizedOperation.UinNoAuth", "{foreign}");
    }
    for (length, code) in [(0, "InvalidParameterValue.UinList"), (51, "InvalidParameterValue.UinList")] {
        let list = vec!["200000000011"; length].join(",");
        assert_eq!(code_of(&call(&list, "").await), code, "{length}");
    }
    let entry = |customer: u64, returned: &str, available: &str, lines: u32| {
        format!(r#"{{"CustomerUin":{customer},"Returned":{returned},"Available":{available},"Lines":{lines}}}"#)
    };
    assert_eq!(
        call("200000000012", r#", "PayMode": "prePay""#).await,
        response(&format!(r#""Data":[{}]"#, entry(DISTRIBUTORS_SECOND, "0", "79.5", 0)))
    );
    assert_eq!(
        call("200000000012, 200000000011, 200000000012", "").await,
        response(&format!(
            r#""Data":[{},{},{}]"#,
            entry(DISTRIBUTORS_SECOND, "20.5", "100", 1),
            entry(DISTRIBUTORS_CUSTOMER, "10", "100", 1),
            entry(DISTRIBUTORS_SECOND, "0", "100", 0)
        ))
    );
}

#[tokio::test]
async fn a_former_customer_still_pays_its_bill() {
    let market = billed().await;
    market.wait_until(ISSUED).await;
    market.platform(Command::from(parties::UnbindCustomer { customer: uin(RESELLERS_CUSTOMER) })).await;
    assert_eq!(confirm(&market, "").await, response(r#""Returned":630,"Lines":3"#));
}

#[tokio::test]
async fn a_repeated_receipt_is_refused_also_after_a_restart() {
    let market = billed().await;
    market.wait_until(ISSUED).await;
    let at = now();
    let one = r#"{"CustomerUin": 300000000011, "Month": "2099-12"}"#;
    let many = r#"{"CustomerUins": [300000000011], "Month": "2099-12"}"#;
    let send = async |market: &Market, action: &str, body: &str| {
        code_of(&market.send(action, signed_as_number(market.credential(RESELLER), action, body, at, "1")).await)
    };
    for (action, body) in [("ConfirmReceipt", one), ("ConfirmReceipts", many)] {
        assert_eq!(send(&market, action, body).await, "ok");
        assert_eq!(send(&market, action, body).await, "RequestLimitExceeded");
    }
    let market = market.behind_another_door();
    for (action, body) in [("ConfirmReceipt", one), ("ConfirmReceipts", many)] {
        assert_eq!(send(&market, action, body).await, "RequestLimitExceeded", "{action}");
    }
}

/// The action is not signed: a partner's list of lines, recorded on its way, is sent again as a receipt.
#[tokio::test]
async fn a_captured_read_confirms_nothing_also_after_a_restart() {
    let market = billed().await;
    market.wait_until(ISSUED).await;
    let body = r#"{"CustomerUin": 300000000011, "Month": "2099-12"}"#;
    let at = now();
    let sent = |market: &Market, action: &str, number: &str| {
        signed_as_number(market.credential(RESELLER), action, body, at, number)
    };
    let (read, write) = ("DescribeCustomerBillSummary", "ConfirmReceipt");
    assert_eq!(code_of(&market.send(read, sent(&market, read, "1")).await), "ok");
    assert_eq!(code_of(&market.send(write, sent(&market, write, "1")).await), "RequestLimitExceeded");
    let market = market.behind_another_door();
    assert_eq!(code_of(&market.send(write, sent(&market, write, "1")).await), "RequestLimitExceeded");
    // Reads stay free, and what was signed in the same second and not seen before still writes.
    assert_eq!(code_of(&market.send(read, sent(&market, read, "1")).await), "ok");
    sums(&market, "0", "630").await;
    assert_eq!(market.send(write, sent(&market, write, "2")).await, returned("630", "1000", 3));
}
