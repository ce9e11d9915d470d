//! Vouchers as partners and customers read them: quotas, lists, what they paid, and which are hidden from whom.

use crate::market::*;
use credere_core::book::{Command, parties, vouchers};
use credere_core::channel::{PartnerKind, VoucherMode, VoucherUsage};
use credere_core::money::Amount;

/// A trial for the reseller's customer, of one product and paid after use, for 30 days.
async fn trial(market: &Market) -> u64 {
    let now = market.app.now().await.unwrap();
    let terms = vouchers::IssueVoucher {
        kind: vouchers::NewVoucherKind::Customer(None),
        owner: uin(RESELLERS_CUSTOMER),
        amount: Amount::whole(5),
        usage: VoucherUsage::ProductTrial,
        mode: VoucherMode::Postpaid,
        products: vouchers::NewVoucherProducts::Only(vec!["cvm".parse().unwrap()]),
        effective_at: now,
        expires_at: now.plus_seconds(30 * DAY),
    };
    market.issue_as(terms).await.0
}

async fn take_back(market: &Market, voucher: credere_core::channel::VoucherId) {
    market.platform(Command::from(vouchers::InvalidateVoucher { voucher: voucher.into() })).await;
}

#[tokio::test]
async fn a_quota_is_what_is_given_and_what_is_left() {
    let market = Market::open().await;
    let pool = |name: &str, kind: u8, remaining: &str, issued: u8| {
        response(&format!(
            r#""AgentName":"{name}","AccountType":{kind},"TotalQuota":250,"RemainingQuota":{remaining},
            "IssuedNum":{issued}"#
        ))
    };
    for (partner, name, kind) in
        [(RESELLER, "Rivers Resale", 1), (DISTRIBUTOR, "Dawn Distribution", 2), (SECOND_LEVEL, "Second Level", 3)]
    {
        assert_eq!(market.call(partner, "QueryVoucherPool", "{}").await, pool(name, kind, "250", 0));
    }
    market.issue(SECOND_LEVELS_CUSTOMER, "100.5", 30).await;
    market.issue(SECOND_LEVELS_SECOND, "149.5", 30).await;
    assert_eq!(market.call(SECOND_LEVEL, "QueryVoucherPool", "{}").await, pool("Second Level", 3, "0", 2));
    // The quota of a reseller binds nobody, and of one that it has gone beyond nothing remains.
    let beyond = market.issue(RESELLERS_CUSTOMER, "300", 30).await;
    assert_eq!(market.call(RESELLER, "QueryVoucherPool", "{}").await, pool("Rivers Resale", 1, "0", 1));
    take_back(&market, beyond).await;
    assert_eq!(market.call(RESELLER, "QueryVoucherPool", "{}").await, pool("Rivers Resale", 1, "250", 1));
}

#[tokio::test]
async fn sums_and_lists_by_customer() {
    let market = Market::open().await;
    market.allocate(DISTRIBUTORS_CUSTOMER, "100").await;
    let ended = market.issue(DISTRIBUTORS_CUSTOMER, "7", 1).await;
    market.wait_until(OPENED + 2 * DAY).await;
    let used = market.issue(DISTRIBUTORS_CUSTOMER, "2.5", 10).await;
    let left = market.issue(DISTRIBUTORS_CUSTOMER, "20", 20).await;
    let gone = market.issue(DISTRIBUTORS_CUSTOMER, "40", 30).await;
    take_back(&market, gone).await;
    market.buy(DISTRIBUTORS_CUSTOMER, "10").await;
    let body = r#"{"ClientUins": [200000000012, 200000000011]}"#;
    assert_eq!(
        market.call(DISTRIBUTOR, "QueryVoucherAmountByUin", body).await,
        response(
            r#""Data":[{"ClientUin":200000000012,"TotalAmount":0,"RemainAmount":0},
            {"ClientUin":200000000011,"TotalAmount":29.5,"RemainAmount":12.5}]"#
        )
    );
    let voucher = |id: credere_core::channel::VoucherId, status: &str, total: &str, left: &str| {
        format!(r#"{{"VoucherId":"{id}","VoucherStatus":"{status}","TotalAmount":{total},"RemainAmount":{left}}}"#)
    };
    let unused = voucher(left, "Unused", "20", "12.5");
    let used = voucher(used, "Used", "2.5", "0");
    let expired = voucher(ended, "Expired", "7", "7");
    let all = [unused.clone(), used.clone(), expired.clone()].join(",");
    for (status, count, expected) in [
        ("", 3, &all),
        (r#", "Status": """#, 3, &all),
        (r#", "Status": "Unused""#, 1, &unused),
        (r#", "Status": "Used""#, 1, &used),
        (r#", "Status": "Expired""#, 1, &expired),
    ] {
        let body = format!(r#"{{"ClientUins": [200000000011, 200000000012]{status}}}"#);
        assert_eq!(
            market.call(DISTRIBUTOR, "QueryVoucherListByUin", &body).await,
            response(&format!(
                r#""Data":[{{"ClientUin":200000000011,"TotalCount":{count},"Data":[{expected}]}},
                {{"ClientUin":200000000012,"TotalCount":0,"Data":[]}}]"#
            )),
            "{status}"
        );
    }
    for status in ["Issued", "unused", "Invalidated"] {
        let body = format!(r#"{{"ClientUins": [200000000011], "Status": "{status}"}}"#);
        let code = market.code(DISTRIBUTOR, "QueryVoucherListByUin", &body).await;
        assert_eq!(code, "InvalidParameterValue", "{status}");
    }
}

#[tokio::test]
async fn a_partner_and_a_customer_list_vouchers_with_filters() {
    let market = Market::open().await;
    let offer = market.issue(RESELLERS_CUSTOMER, "1", 30).await.0;
    let trial = trial(&market).await;
    market.uses(RESELLERS_CUSTOMER, ("4.202896", "cvm"), None, OPENED, "{}").await;
    let times = r#""EffectiveTime":"2100-01-01 08:07:00","ExpireTime":"2100-01-31 08:07:00""#;
    let entry = |id: u64, state: &str, amounts: [&str; 2], usage: &str, mode: &str, scope: &str, own: bool| {
        let usage = if own { String::new() } else { format!(r#""Usage":"{usage}","#) };
        let reason = if own { "" } else { r#","ApplyReason":"""# };
        let [remaining, total] = amounts;
        format!(
            r#"{{"VoucherId":{id},"CustomerUin":300000000011,"VoucherStatus":"{state}","RemainingAmount":{remaining},
            "TotalAmount":{total},{usage}"PaymentMode":"{mode}","ProductScope":"{scope}",{times}{reason}}}"#
        )
    };
    // Both expire together: the one that pays more is used first (R113).
    let trial_entry =
        |own| entry(trial, "Issued", ["0.797104", "5"], "ProductTrial", "Postpaid", "SpecifyProducts", own);
    let offer_entry =
        |own| entry(offer, "Issued", ["1", "1"], "CustomerOffer", "AllPayment", "SpecifyProductsBlacklist", own);
    let list =
        |entries: &[String]| response(&format!(r#""TotalCount":{},"Data":[{}]"#, entries.len(), entries.join(",")));
    for (more, trials, offers) in [
        ("".to_owned(), true, true),
        (r#", "VoucherStatus": "Issued""#.to_owned(), true, true),
        (r#", "VoucherStatus": "Used""#.to_owned(), false, false),
        (r#", "PaymentMode": "Postpaid""#.to_owned(), true, false),
        (r#", "PaymentMode": "AllPayment""#.to_owned(), false, true),
        (r#", "ProductScope": "SpecifyProductsBlacklist""#.to_owned(), false, true),
        (r#", "ProductScope": "AllProducts""#.to_owned(), false, false),
        (format!(r#", "VoucherId": {trial}"#), true, false),
        (r#", "VoucherId": 0"#.to_owned(), false, false),
        (r#", "VoucherId": -1"#.to_owned(), false, false),
    ] {
        let body = format!(r#"{{"Page": 1, "PageSize": 100{more}}}"#);
        let chosen = |own| {
            let both = [(trials, trial_entry(own)), (offers, offer_entry(own))];
            both.into_iter().filter(|(wanted, _)| *wanted).map(|(_, entry)| entry).collect::<Vec<_>>()
        };
        let seen = market.call(RESELLER, "DescribeCustomerVoucherList", &body).await;
        assert_eq!(seen, list(&chosen(false)), "{more}");
        let seen = market.call(RESELLERS_CUSTOMER, "DescribeCustomerOwnVoucherList", &body).await;
        assert_eq!(seen, list(&chosen(true)), "{more}");
    }
    let body = r#"{"Page": 1, "PageSize": 100, "Usage": "ProductTrial", "CustomerUin": 300000000011}"#;
    let seen = market.call(RESELLER, "DescribeCustomerVoucherList", body).await;
    assert_eq!(seen, list(&[trial_entry(false)]));
    let second = market.call(RESELLER, "DescribeCustomerVoucherList", r#"{"Page": 2, "PageSize": 1}"#).await;
    assert_eq!(second, response(&format!(r#""TotalCount":2,"Data":[{}]"#, offer_entry(false))));
    // Another partner sees none of them, and neither does another customer.
    let all = r#"{"Page": 1, "PageSize": 100}"#;
    assert_eq!(market.call(DISTRIBUTOR, "DescribeCustomerVoucherList", all).await, list(&[]));
    assert_eq!(market.call(DISTRIBUTORS_CUSTOMER, "DescribeCustomerOwnVoucherList", all).await, list(&[]));
    for more in [
        r#""VoucherStatus": "issued""#,
        r#""VoucherStatus": "Canceled""#,
        r#""PaymentMode": "all""#,
        r#""ProductScope": "only""#,
        r#""Usage": "Offer""#,
    ] {
        let body = format!(r#"{{"Page": 1, "PageSize": 1, {more}}}"#);
        let code = market.code(RESELLER, "DescribeCustomerVoucherList", &body).await;
        assert_eq!(code, "InvalidParameterValue", "{more}");
    }
}

#[tokio::test]
async fn what_a_voucher_paid() {
    let market = Market::open().await;
    market.allocate(RESELLERS_CUSTOMER, "100").await;
    let id = market.issue(RESELLERS_CUSTOMER, "10", 60).await.0;
    market.buy(RESELLERS_CUSTOMER, "4").await;
    market.wait_until(OPENED + 31 * DAY).await;
    market.uses(RESELLERS_CUSTOMER, ("1.5", "tke"), None, OPENED + 31 * DAY - 3_600, "{}").await;
    let payment = |line: &str, order: &str, amount: &str, mode: &str, product: [&str; 2], at: &str| {
        let [code, name] = product;
        format!(
            r#"{{"Id":{line},"VoucherId":"{id}","DealName":"{order}","BillId":"{line}","Amount":{amount},
            "PayMode":"{mode}","ProductCode":"{code}","SubProductCode":"{code}","ProductCodeName":"{name}",
            "SubProductCodeName":"{name}","PayTime":"{at}","CompletionTime":"{at}","OwnerUin":300000000011}}"#
        )
    };
    let lines = async |month: &str| {
        let body = format!(r#"{{"Month": "{month}", "Page": 1, "PageSize": 1}}"#);
        let bill = market.call(RESELLERS_CUSTOMER, "DescribeBillDetail", &body).await;
        let bill: serde_json::Value = serde_json::from_str(&bill).unwrap();
        bill["Response"]["DetailSet"][0]["Id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (lines("2100-01").await, lines("2100-02").await);
    let bought = payment(&first, &first, "4", "Prepaid", ["cvm", "CVM"], "2100-01-01 08:07:00");
    let used = payment(&second, "", "1.5", "Postpaid", ["tke", "Clusters"], "2100-02-01 08:00:00");
    let both = [used.clone(), bought.clone()].join(",");
    for (more, data, month, selected) in [
        (r#""Page": 1, "PageSize": 100"#, &*both, "", 2),
        (r#""Page": 2, "PageSize": 1"#, &bought, "", 2),
        (r#""Page": 1, "PageSize": 100, "Month": "2100-01""#, &bought, "2100-01", 1),
        (r#""Page": 1, "PageSize": 100, "Month": "2100-02""#, &used, "2100-02", 1),
        (r#""Page": 1, "PageSize": 100, "Month": "2100-03""#, "", "2100-03", 0),
        (r#""Page": 1, "PageSize": 100, "Month": """#, &both, "", 2),
    ] {
        let rest = format!(
            r#""VoucherId":{id},"TotalAmount":10,"RemainAmount":4.5,"TotalRecordsCount":2,"Month":"{month}",
            "RecordsCountByMonth":{selected}"#
        );
        let body = format!(r#"{{"CustomerUin": 300000000011, "VoucherId": {id}, {more}}}"#);
        let seen = market.call(RESELLER, "DescribeCustomerVoucherUsageDetails", &body).await;
        assert_eq!(seen, response(&format!(r#""Data":[{data}],"CustomerUin":300000000011,{rest}"#)), "{more}");
        let body = format!(r#"{{"VoucherId": {id}, {more}}}"#);
        let seen = market.call(RESELLERS_CUSTOMER, "DescribeCustomerOwnVoucherUsageDetails", &body).await;
        assert_eq!(seen, response(&format!(r#""Data":[{data}],{rest}"#)), "{more}");
    }
    let refused = async |caller: u64, action: &str, body: &str| market.code(caller, action, body).await;
    let partner = "DescribeCustomerVoucherUsageDetails";
    let own = "DescribeCustomerOwnVoucherUsageDetails";
    for (caller, action, body, code) in [
        (
            RESELLER,
            partner,
            format!(r#"{{"CustomerUin": 300000000011, "VoucherId": {}, "Page": 1, "PageSize": 1}}"#, id + 1),
            "FailedOperation",
        ),
        (
            RESELLER,
            partner,
            r#"{"CustomerUin": 300000000011, "VoucherId": -1, "Page": 1, "PageSize": 1}"#.to_owned(),
            "FailedOperation",
        ),
        (
            DISTRIBUTOR,
            partner,
            format!(r#"{{"CustomerUin": 200000000011, "VoucherId": {id}, "Page": 1, "PageSize": 1}}"#),
            "FailedOperation",
        ),
        (
            RESELLER,
            partner,
            format!(r#"{{"CustomerUin": 300000000011, "VoucherId": {id}, "Page": 1, "PageSize": 101}}"#),
            "InvalidParameterValue",
        ),
        (
            RESELLER,
            partner,
            format!(
                r#"{{"CustomerUin": 300000000011, "VoucherId": {id}, "Page": 1, "PageSize": 1, "Month": "2100-1"}}"#
            ),
            "InvalidParameterValue",
        ),
        (DISTRIBUTORS_CUSTOMER, own, format!(r#"{{"VoucherId": {id}, "Page": 1, "PageSize": 1}}"#), "FailedOperation"),
        (RESELLERS_CUSTOMER, own, r#"{"VoucherId": 0, "Page": 1, "PageSize": 1}"#.to_owned(), "FailedOperation"),
        (
            RESELLERS_CUSTOMER,
            own,
            format!(r#"{{"VoucherId": {id}, "Page": 0, "PageSize": 1}}"#),
            "InvalidParameterValue",
        ),
    ] {
        assert_eq!(refused(caller, action, &body).await, code, "{action} {body}");
    }
}

#[tokio::test]
async fn what_is_long_over_or_was_taken_back_unused_is_hidden_from_the_customer() {
    let market = Market::open().await;
    market.allocate(RESELLERS_CUSTOMER, "100").await;
    let expired = market.issue(RESELLERS_CUSTOMER, "1", 1).await;
    let used = market.issue(RESELLERS_CUSTOMER, "2", 400).await;
    market.buy(RESELLERS_CUSTOMER, "1.5").await;
    let unused = market.issue(RESELLERS_CUSTOMER, "3", 400).await;
    take_back(&market, used).await;
    take_back(&market, unused).await;
    let state = async |caller: u64, action: &str| {
        let listed = market.call(caller, action, r#"{"Page": 1, "PageSize": 100}"#).await;
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let data = listed["Response"]["Data"].as_array().unwrap().clone();
        data.iter().map(|entry| entry["VoucherId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let uses = async |voucher: u64| {
        let body = format!(r#"{{"VoucherId": {voucher}, "Page": 1, "PageSize": 1}}"#);
        market.code(RESELLERS_CUSTOMER, "DescribeCustomerOwnVoucherUsageDetails", &body).await
    };
    let own = "DescribeCustomerOwnVoucherList";
    // The purchase drew on the one that ends first, and then on the other.
    let ends = OPENED + 7 * 60 + DAY;
    assert_eq!(state(RESELLERS_CUSTOMER, own).await, [used.0, expired.0]);
    assert_eq!(uses(unused.0).await, "FailedOperation");
    // Six months of the calendar after its end: 2100-01-02 and 2100-07-02.
    let half_a_year = (31 + 28 + 31 + 30 + 31 + 30) * DAY;
    market.wait_until(ends + half_a_year).await;
    assert_eq!(state(RESELLERS_CUSTOMER, own).await, [used.0, expired.0]);
    assert_eq!(uses(expired.0).await, "ok");
    market.wait_until(ends + half_a_year + 1).await;
    assert_eq!(state(RESELLERS_CUSTOMER, own).await, [used.0]);
    assert_eq!(uses(expired.0).await, "FailedOperation");
    assert_eq!(state(RESELLER, "DescribeCustomerVoucherList").await, [unused.0, used.0, expired.0]);
}

/// What the two older queries and the newer list show of one customer's vouchers to a partner: sums, and numbers.
async fn seen(market: &Market, partner: u64, customer: u64) -> (serde_json::Value, Vec<u64>, Vec<u64>) {
    let read = async |action: &str, body: String| -> serde_json::Value {
        let answer: serde_json::Value = serde_json::from_str(&market.call(partner, action, &body).await).unwrap();
        answer["Response"]["Data"].clone()
    };
    let by_uin = format!(r#"{{"ClientUins": [{customer}]}}"#);
    let sums = read("QueryVoucherAmountByUin", by_uin.clone()).await;
    let old = read("QueryVoucherListByUin", by_uin).await;
    let new = read("DescribeCustomerVoucherList", r#"{"Page": 1, "PageSize": 100}"#.to_owned()).await;
    let old = old[0]["Data"].as_array().unwrap().iter();
    let new = new.as_array().unwrap().iter().filter(|entry| entry["CustomerUin"] == customer);
    (
        serde_json::json!([sums[0]["TotalAmount"], sums[0]["RemainAmount"]]),
        old.map(|entry| entry["VoucherId"].as_str().unwrap().parse().unwrap()).collect(),
        new.map(|entry| entry["VoucherId"].as_u64().unwrap()).collect(),
    )
}

#[tokio::test]
async fn a_partner_sees_the_vouchers_that_it_issued_in_every_query() {
    let market = Market::open().await;
    let offer = market.issue(SECOND_LEVELS_CUSTOMER, "10", 60).await;
    let now = market.app.now().await.unwrap();
    let trial = market
        .issue_as(vouchers::IssueVoucher {
            kind: vouchers::NewVoucherKind::Customer(Some(uin(DISTRIBUTOR))),
            owner: uin(SECOND_LEVELS_CUSTOMER),
            amount: Amount::whole(7),
            usage: VoucherUsage::ProductTrial,
            mode: VoucherMode::All,
            products: vouchers::NewVoucherProducts::All,
            effective_at: now,
            expires_at: now.plus_seconds(DAY),
        })
        .await;
    market.buy(SECOND_LEVELS_CUSTOMER, "8").await;
    // The trial ends first and is used first.
    let (sums, old, new) = seen(&market, SECOND_LEVEL, SECOND_LEVELS_CUSTOMER).await;
    assert_eq!((sums, &old, &new), (serde_json::json!([10, 9]), &vec![offer.0], &vec![offer.0]));
    let uses = async |partner: u64, voucher: credere_core::channel::VoucherId| {
        let body = format!(
            r#"{{"CustomerUin": {SECOND_LEVELS_CUSTOMER}, "VoucherId": {}, "Page": 1, "PageSize": 10}}"#,
            voucher.0
        );
        let answer = market.call(partner, "DescribeCustomerVoucherUsageDetails", &body).await;
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        match answer["Response"]["Error"]["Code"].as_str() {
            Some(code) => code.to_owned(),
            None => answer["Response"]["Data"][0]["Amount"].to_string(),
        }
    };
    // Whoever bears a voucher reads what it paid, and nobody else.
    assert_eq!(uses(DISTRIBUTOR, trial).await, "7");
    assert_eq!(uses(SECOND_LEVEL, offer).await, "1");
    for (partner, voucher) in [(DISTRIBUTOR, offer), (SECOND_LEVEL, trial), (RESELLER, trial)] {
        assert_eq!(uses(partner, voucher).await, "FailedOperation");
    }
    // After a move the new partner sees its own, and the former one what it had issued.
    market.platform(Command::from(parties::UnbindCustomer { customer: uin(SECOND_LEVELS_CUSTOMER) })).await;
    market
        .platform(Command::from(parties::BindCustomer {
            customer: uin(SECOND_LEVELS_CUSTOMER),
            partner: uin(RESELLER),
        }))
        .await;
    let (sums, old, new) = seen(&market, RESELLER, SECOND_LEVELS_CUSTOMER).await;
    assert_eq!((sums, &old, &new), (serde_json::json!([0, 0]), &vec![], &vec![]));
    let later = market.issue(SECOND_LEVELS_CUSTOMER, "3", 60).await;
    let (sums, old, new) = seen(&market, RESELLER, SECOND_LEVELS_CUSTOMER).await;
    assert_eq!((sums, &old, &new), (serde_json::json!([3, 3]), &vec![later.0], &vec![later.0]));
    assert_eq!(uses(RESELLER, offer).await, "FailedOperation");
    assert_eq!(uses(SECOND_LEVEL, offer).await, "1");
    let body = format!(r#"{{"ClientUins": [{SECOND_LEVELS_CUSTOMER}]}}"#);
    assert_eq!(market.code(SECOND_LEVEL, "QueryVoucherListByUin", &body).await, "UnauthorizedOperation.UinNoAuth");
}

#[tokio::test]
async fn a_former_customer_reads_its_own_bills_and_vouchers_of_then() {
    let market = Market::open().await;
    market.allocate(RESELLERS_CUSTOMER, "100").await;
    let used = market.issue(RESELLERS_CUSTOMER, "2", 400).await;
    market.buy(RESELLERS_CUSTOMER, "10").await;
    let bill = r#"{"Month": "2100-01", "Page": 1, "PageSize": 10}"#;
    let sums = r#"{"Month": "2100-01", "GroupType": "product"}"#;
    let vouchers = r#"{"Page": 1, "PageSize": 10}"#;
    let uses = format!(r#"{{"VoucherId": {}, "Page": 1, "PageSize": 10}}"#, used.0);
    let asked = [
        ("DescribeBillDetail", bill),
        ("DescribeBillSummary", sums),
        ("DescribeCustomerOwnVoucherList", vouchers),
        ("DescribeCustomerOwnVoucherUsageDetails", &uses),
    ];
    let mut before = Vec::new();
    for (action, body) in asked {
        before.push(market.call(RESELLERS_CUSTOMER, action, body).await);
    }
    market.platform(Command::from(parties::UnbindCustomer { customer: uin(RESELLERS_CUSTOMER) })).await;
    for ((action, body), before) in asked.into_iter().zip(&before) {
        assert_eq!(market.call(RESELLERS_CUSTOMER, action, body).await, *before, "{action}");
    }
    // Also as a partner that it has become, whose vouchers are others.
    let as_partner = Command::from(parties::RegisterPartner {
        uin: uin(RESELLERS_CUSTOMER),
        kind: PartnerKind::Reseller,
        distributor: None,
        allocation_quota: Amount::whole(100),
        spend_line: None,
        voucher_quota: Amount::ZERO,
        allowlist: Vec::new(),
    });
    market.platform(as_partner).await;
    for ((action, body), before) in asked.into_iter().zip(&before) {
        assert_eq!(market.call(RESELLERS_CUSTOMER, action, body).await, *before, "{action}");
    }
    let issued = market.call(RESELLERS_CUSTOMER, "DescribeCustomerVoucherList", vouchers).await;
    assert!(issued.contains(r#""TotalCount":0"#), "{issued}");
    // Credit it has none, and what is another's stays another's.
    let code = market.code(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", "{}").await;
    assert_eq!(code, "UnauthorizedOperation.UinNoAuth");
    let other = market.issue(DISTRIBUTORS_CUSTOMER, "1", 30).await;
    let uses = format!(r#"{{"VoucherId": {}, "Page": 1, "PageSize": 10}}"#, other.0);
    let code = market.code(RESELLERS_CUSTOMER, "DescribeCustomerOwnVoucherUsageDetails", &uses).await;
    assert_eq!(code, "FailedOperation");
    assert_eq!(market.code(UNAFFILIATED, "DescribeBillDetail", bill).await, "UnauthorizedOperation.UinNoAuth");
}
