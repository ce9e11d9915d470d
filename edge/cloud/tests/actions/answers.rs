//! What each action answers when it succeeds, to the letter.

use crate::market::*;
use credere_app::parties::AccountChange;
use credere_core::channel::Verification;

#[tokio::test]
async fn an_allocation_shows_in_every_figure() {
    // Vector T1 of the rules.
    let market = Market::open().await;
    let allocated = market
        .call(
            RESELLER,
            "AllocateCustomerCredit",
            r#"{"ClientUin": 300000000011, "AddedCredit": 50, "Remark": "first"}"#,
        )
        .await;
    assert_eq!(allocated, response(r#""TotalCredit":50,"RemainingCredit":50"#));
    assert_eq!(
        market.call(RESELLER, "QueryPartnerCredit", "{}").await,
        response(
            r#""AllocatedCredit":50,"TotalCredit":1050.1,"RemainingCredit":1000.1,
            "CustomerTotalCredit":50,"CustomerRemainingCredit":50"#
        )
    );
    assert_eq!(
        market.call(RESELLER, "QueryCreditAllocationHistory", r#"{"ClientUin": 300000000011}"#).await,
        response(
            r#""Total":1,"History":[{"AllocatedTime":"2100-01-01 08:07:00","Operator":"Rivers Resale",
            "Credit":50,"AllocatedCredit":50,"ClientCreditAfter":50,"Remark":"first"}]"#
        )
    );
}

#[tokio::test]
async fn the_smallest_amounts_are_exact_both_ways() {
    let market = Market::open().await;
    for (added, total) in
        [("1e-08", "0.00000001"), ("0.1", "0.10000001"), ("0.2", "0.30000001"), ("-3E-1", "0.00000001")]
    {
        let body = format!(r#"{{"ClientUin": 300000000011, "AddedCredit": {added}}}"#);
        let answer = market.call(RESELLER, "AllocateCustomerCredit", &body).await;
        assert_eq!(answer, response(&format!(r#""TotalCredit":{total},"RemainingCredit":{total}"#)));
    }
}

#[tokio::test]
async fn history_is_paged_newest_first_and_follows_what_is_spent() {
    // Vector T3: a purchase between an allocation and a reclaim.
    let market = Market::open().await;
    let allocate = async |added: &str| {
        let body = format!(r#"{{"ClientUin": 300000000011, "AddedCredit": {added}}}"#);
        market.call(RESELLER, "AllocateCustomerCredit", &body).await
    };
    allocate("500").await;
    market.buy(RESELLERS_CUSTOMER, "200").await;
    assert_eq!(allocate("-300").await, response(r#""TotalCredit":200,"RemainingCredit":0"#));
    let newest = r#"{"AllocatedTime":"2100-01-01 08:07:00","Operator":"Rivers Resale","Credit":-300,
        "AllocatedCredit":200,"ClientCreditAfter":0,"Remark":""}"#;
    let oldest = r#"{"AllocatedTime":"2100-01-01 08:07:00","Operator":"Rivers Resale","Credit":500,
        "AllocatedCredit":500,"ClientCreditAfter":500,"Remark":""}"#;
    for (page, history) in [(1, newest), (2, oldest), (3, "")] {
        let body = format!(r#"{{"ClientUin": 300000000011, "Page": {page}, "PageSize": 1}}"#);
        let answer = market.call(RESELLER, "QueryCreditAllocationHistory", &body).await;
        assert_eq!(answer, response(&format!(r#""Total":2,"History":[{history}]"#)));
    }
    let whole = market.call(RESELLER, "QueryCreditAllocationHistory", r#"{"ClientUin": 300000000011}"#).await;
    assert_eq!(whole, response(&format!(r#""Total":2,"History":[{newest},{oldest}]"#)));
}

#[tokio::test]
async fn an_operator_without_a_name_is_shown_by_its_number() {
    use credere_app::parties::AccountChange;
    use credere_core::channel::Uin;
    use credere_store::contract::ProfilePatch;
    let market = Market::open().await;
    let profile = ProfilePatch { name: Some(None), ..ProfilePatch::default() };
    let change = AccountChange { profile, ..AccountChange::default() };
    market.app.change_account(platform(), None, Uin::new(RESELLER).unwrap(), change).await.unwrap();
    market.call(RESELLER, "AllocateCustomerCredit", r#"{"ClientUin": 300000000011, "AddedCredit": 1}"#).await;
    let history = market.call(RESELLER, "QueryCreditAllocationHistory", r#"{"ClientUin": 300000000011}"#).await;
    assert!(history.contains(r#""Operator":"300000000001""#), "{history}");
}

#[tokio::test]
async fn a_pool_is_fed_emptied_and_shown_to_its_distributor() {
    let market = Market::open().await;
    let fed =
        market.call(DISTRIBUTOR, "AllocateCreditPool", r#"{"SubAgentUin": 200000000002, "Credit": 234.345}"#).await;
    assert_eq!(fed, response(r#""RemainingCredit":3234.345,"TotalCredit":3234.345"#));
    market.call(SECOND_LEVEL, "AllocateCustomerCredit", r#"{"ClientUin": 200000000021, "AddedCredit": 1000}"#).await;
    let pulled =
        market.call(DISTRIBUTOR, "AllocateCreditPool", r#"{"SubAgentUin": 200000000002, "Credit": -234.345}"#).await;
    assert_eq!(pulled, response(r#""RemainingCredit":2000,"TotalCredit":3000"#));

    let second_level = r#"{"SubAgentUin":200000000002,"Name":"Second Level","Remark":"","Mobile":"+1200000000002",
        "Email":"200000000002@example.com","CountOfCustomers":2,"BindTime":"2100-01-01 08:00:00",
        "Credit":3000,"RemainingCredit":2000,"Voucher":250,"RemainingVoucher":250}"#;
    let sibling = r#"{"SubAgentUin":200000000003,"Name":"Sibling","Remark":"","Mobile":"+1200000000003",
        "Email":"200000000003@example.com","CountOfCustomers":1,"BindTime":"2100-01-01 08:00:00",
        "Credit":500,"RemainingCredit":500,"Voucher":250,"RemainingVoucher":250}"#;
    let both = [sibling, second_level].join(",");
    let turned = [second_level, sibling].join(",");
    for (more, total, data) in [
        ("", 2, &*both),
        (r#", "Order": "desc""#, 2, &both),
        (r#", "Order": "asc""#, 2, &turned),
        (r#", "Order": "acs""#, 2, &turned),
        (r#", "FilterType": "Name", "Filter": "SECOND""#, 1, second_level),
        (r#", "FilterType": "SubAgentUin", "Filter": "200000000003""#, 1, sibling),
        (r#", "FilterType": "SubAgentUin", "Filter": "600000000002""#, 0, ""),
        (r#", "FilterType": "ClientUin", "Filter": "200000000031""#, 1, sibling),
        (r#", "FilterType": "ClientUin", "Filter": "200000000011""#, 0, ""),
        (r#", "FilterType": "Mobile", "Filter": "00002""#, 1, second_level),
        (r#", "FilterType": "Email", "Filter": "200000000002@example.com""#, 1, second_level),
        (r#", "FilterType": "Email", "Filter": "200000000002@example""#, 0, ""),
        (r#", "FilterType": "Remark", "Filter": "x""#, 0, ""),
        (r#", "FilterType": "Name", "Filter": """#, 2, &both),
    ] {
        let body = format!(r#"{{"Page": 1, "PageSize": 10{more}}}"#);
        let answer = market.call(DISTRIBUTOR, "QuerySubAgentsDetailV2", &body).await;
        assert_eq!(answer, response(&format!(r#""Total":{total},"Data":[{data}]"#)), "{more}");
    }
    market.issue(SECOND_LEVELS_CUSTOMER, "100.5", 30).await;
    let issued = second_level.replace(r#""RemainingVoucher":250"#, r#""RemainingVoucher":149.5"#);
    let second = market.call(DISTRIBUTOR, "QuerySubAgentsDetailV2", r#"{"Page": 2, "PageSize": 1}"#).await;
    assert_eq!(second, response(&format!(r#""Total":2,"Data":[{issued}]"#)));
}

#[tokio::test]
async fn a_distributor_lists_the_customers_of_a_second_level_reseller() {
    let market = Market::open().await;
    let body = r#"{"SubAgentUin": 200000000002, "Page": 1, "PageSize": 10}"#;
    assert_eq!(
        market.call(DISTRIBUTOR, "QueryT1IndirectCustomersDetail", body).await,
        response(
            r#""Total":2,"SubAgentUin":200000000002,"SubAgentName":"Second Level","Data":[
            {"ClientUin":200000000022,"ClientName":"","ClientBindTime":"2100-01-01 08:04:00"},
            {"ClientUin":200000000021,"ClientName":"Inner","ClientBindTime":"2100-01-01 08:03:00"}]"#
        )
    );
    let body = r#"{"SubAgentUin": 200000000002, "Page": 3, "PageSize": 1}"#;
    assert_eq!(
        market.call(DISTRIBUTOR, "QueryT1IndirectCustomersDetail", body).await,
        response(r#""Total":2,"SubAgentUin":200000000002,"SubAgentName":"Second Level","Data":[]"#)
    );
}

#[tokio::test]
async fn a_partner_lists_searches_and_orders_its_own_customers() {
    let market = Market::open().await;
    market.call(DISTRIBUTOR, "AllocateCustomerCredit", r#"{"ClientUin": 200000000011, "AddedCredit": 100}"#).await;
    market.buy(DISTRIBUTORS_CUSTOMER, "0.123").await;
    market
        .call(DISTRIBUTOR, "ModifyClientRemark", r#"{"ClientUin": "200000000012", "Remark": "50% off_season"}"#)
        .await;
    let first = r#"{"Name":"Acme","Type":"new","Mobile":"+1200000000011","Email":"200000000011@example.com",
        "Arrears":"-","AssociationTime":"2100-01-01 08:01:00","RecentExpiry":"","ClientUin":200000000011,
        "Credit":100,"RemainingCredit":99.877,"IdentifyType":2,"Remark":"","Force":0}"#;
    let second = r#"{"Name":"acme Two","Type":"new","Mobile":"+1200000000012","Email":"200000000012@example.com",
        "Arrears":"-","AssociationTime":"2100-01-01 08:02:00","RecentExpiry":"","ClientUin":200000000012,
        "Credit":0,"RemainingCredit":0,"IdentifyType":0,"Remark":"50% off_season","Force":0}"#;
    let both = [second, first].join(",");
    let turned = [first, second].join(",");
    for (body, total, data) in [
        ("{}", 2, &*both),
        (r#"{"Order": "asc"}"#, 2, &turned),
        (r#"{"Order": ""}"#, 2, &both),
        (r#"{"Page": 2, "PageSize": 1}"#, 2, first),
        (r#"{"Page": 9223372036854775807, "PageSize": 200}"#, 2, ""),
        (r#"{"FilterType": "Name", "Filter": "ACME"}"#, 2, &both),
        (r#"{"FilterType": "Name", "Filter": "ACME", "PageSize": 1}"#, 2, second),
        (r#"{"FilterType": "Name", "Filter": "two"}"#, 1, second),
        (r#"{"FilterType": "Remark", "Filter": "50% OFF_"}"#, 1, second),
        (r#"{"FilterType": "Remark", "Filter": "%season"}"#, 0, ""),
        (r#"{"FilterType": "Email", "Filter": "200000000011@example.com"}"#, 1, first),
        (r#"{"FilterType": "Email", "Filter": "@example.com"}"#, 0, ""),
        (r#"{"FilterType": "ClientUin", "Filter": "200000000011"}"#, 1, first),
        (r#"{"FilterType": "ClientUin", "Filter": "200000000021"}"#, 0, ""),
        (r#"{"FilterType": "ClientUin", "Filter": "999999999999"}"#, 0, ""),
    ] {
        let answer = market.call(DISTRIBUTOR, "QueryCustomersCredit", body).await;
        assert_eq!(answer, response(&format!(r#""Data":[{data}],"Total":{total}"#)), "{body}");
    }
}

#[tokio::test]
async fn credit_of_all_and_of_named_customers() {
    let market = Market::open().await;
    market.call(SECOND_LEVEL, "AllocateCustomerCredit", r#"{"ClientUin": 200000000021, "AddedCredit": 100.01}"#).await;
    market.buy(SECOND_LEVELS_CUSTOMER, "100").await;
    let first = r#"{"Uin":200000000021,"TotalCredit":100.01,"RemainingCredit":0.01}"#;
    let second = r#"{"Uin":200000000022,"TotalCredit":0,"RemainingCredit":0}"#;
    assert_eq!(
        market.call(SECOND_LEVEL, "QueryDirectCustomersCredit", "{}").await,
        response(&format!(r#""Data":[{second},{first}]"#))
    );
    let body = r#"{"UinList": [200000000021, 200000000022, 200000000021]}"#;
    assert_eq!(
        market.call(SECOND_LEVEL, "QueryCreditByUinList", body).await,
        response(&format!(r#""Data":[{first},{second},{first}]"#))
    );
    // The distributor above sees its own customers only (A21), in its sums as well (R24).
    assert_eq!(
        market.call(DISTRIBUTOR, "QueryDirectCustomersCredit", "{}").await,
        response(
            r#""Data":[{"Uin":200000000012,"TotalCredit":0,"RemainingCredit":0},
            {"Uin":200000000011,"TotalCredit":0,"RemainingCredit":0}]"#
        )
    );
    assert_eq!(
        market.call(DISTRIBUTOR, "QueryPartnerCredit", "{}").await,
        response(
            r#""AllocatedCredit":3500,"TotalCredit":10000,"RemainingCredit":6500,
            "CustomerTotalCredit":0,"CustomerRemainingCredit":0"#
        )
    );
    assert_eq!(
        market.call(SECOND_LEVEL, "QueryPartnerCredit", "{}").await,
        response(
            r#""AllocatedCredit":100.01,"TotalCredit":3000,"RemainingCredit":2899.99,
            "CustomerTotalCredit":100.01,"CustomerRemainingCredit":0.01"#
        )
    );
}

#[tokio::test]
async fn a_customer_reads_its_quota_in_cents_rounded_down() {
    let market = Market::open().await;
    let quota = async || market.call(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", "{}").await;
    let figures = |total, remaining, frozen| {
        response(&format!(
            r#""Data":{{"TotalCredit":{total},"RemainingCredit":{remaining},"RemainingVoucher":0,"Force":0,
            "PrepayFrozen":{frozen},"PostpayFrozen":0}}"#
        ))
    };
    assert_eq!(quota().await, figures("0", "0", "0"));
    market.call(RESELLER, "AllocateCustomerCredit", r#"{"ClientUin": 300000000011, "AddedCredit": 10.009}"#).await;
    market.reserve(RESELLERS_CUSTOMER, "2.345").await;
    market.buy(RESELLERS_CUSTOMER, "0.00000001").await;
    assert_eq!(quota().await, figures("10", "7.66", "2.34"));
    let tagged = market
        .call(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", r#"{"EventId": 7, "ComponentName": "console"}"#)
        .await;
    assert_eq!(tagged, figures("10", "7.66", "2.34"));
}

#[tokio::test]
async fn a_quota_counts_vouchers_that_may_still_pay_and_what_resources_freeze() {
    let market = Market::open().await;
    market.allocate(RESELLERS_CUSTOMER, "100").await;
    market.issue(RESELLERS_CUSTOMER, "10.009", 30).await;
    market.issue(RESELLERS_CUSTOMER, "5", 1).await;
    market.activate(RESELLERS_CUSTOMER, "cls-1", "2.4").await;
    let quota = async || market.call(RESELLERS_CUSTOMER, "QueryCustomerBillingQuota", "{}").await;
    let figures = |voucher, force| {
        response(&format!(
            r#""Data":{{"TotalCredit":100,"RemainingCredit":97.6,"RemainingVoucher":{voucher},"Force":{force},
            "PrepayFrozen":0,"PostpayFrozen":2.4}}"#
        ))
    };
    assert_eq!(quota().await, figures("15", "0"));
    market.wait_until(OPENED + 2 * DAY).await;
    assert_eq!(quota().await, figures("10", "0"));
    market.call(RESELLER, "ForceQN", r#"{"ClientUin": 300000000011, "Type": 2}"#).await;
    assert_eq!(quota().await, figures("10", "2"));
}

#[tokio::test]
async fn a_customer_is_suspended_by_force_and_let_go() {
    let market = Market::open().await;
    for (force, shown) in [(2, "2"), (2, "2"), (0, "0"), (0, "0")] {
        let body = format!(r#"{{"ClientUin": 300000000011, "Type": {force}}}"#);
        assert_eq!(market.call(RESELLER, "ForceQN", &body).await, response(r#""C":0,"M":"""#));
        let listed = market.call(RESELLER, "QueryCustomersCredit", "{}").await;
        assert!(listed.contains(&format!(r#""Force":{shown}}}"#)), "{listed}");
        let told = market.call(RESELLER, "DescribeCustomerInfo", r#"{"CustomerUin": [300000000011]}"#).await;
        assert!(told.contains(&format!(r#""AccountStatus":"{shown}""#)), "{told}");
    }
    // Arrears are no forced suspension.
    market.uses(RESELLERS_CUSTOMER, ("1", "cvm"), None, OPENED, "{}").await;
    let told = market.call(RESELLER, "DescribeCustomerInfo", r#"{"CustomerUin": [300000000011]}"#).await;
    assert!(told.contains(r#""AccountStatus":"0""#) && told.contains(r#""HasExpense":1"#), "{told}");
}

#[tokio::test]
async fn numbers_of_customers_are_texts() {
    let market = Market::open().await;
    let list = async |page: u32| {
        let body = format!(r#"{{"Page": {page}, "PageSize": 1}}"#);
        market.call(DISTRIBUTOR, "DescribeCustomerUin", &body).await
    };
    assert_eq!(list(1).await, response(r#""Data":[{"CustomerUin":"200000000012"}],"Total":"2""#));
    assert_eq!(list(2).await, response(r#""Data":[{"CustomerUin":"200000000011"}],"Total":"2""#));
    assert_eq!(list(3).await, response(r#""Data":[],"Total":"2""#));
}

#[tokio::test]
async fn the_facts_on_customers() {
    let market = Market::open().await;
    market.call(DISTRIBUTOR, "AllocateCustomerCredit", r#"{"ClientUin": 200000000011, "AddedCredit": 1}"#).await;
    market.buy(DISTRIBUTORS_CUSTOMER, "1").await;
    market.call(DISTRIBUTOR, "ModifyClientRemark", r#"{"ClientUin": "200000000012", "Remark": "late payer"}"#).await;
    assert_eq!(
        market.call(DISTRIBUTOR, "DescribeCustomerInfo", r#"{"CustomerUin": [200000000012, 200000000011]}"#).await,
        response(
            r#""Data":[{"CustomerUin":"200000000012","Email":"200000000012@example.com","Phone":"+1200000000012",
            "Mark":"late payer","Name":"acme Two","BindTime":"2100-01-01 08:02:00","AccountStatus":"0",
            "AuthStatus":"-1","AuthType":-1,"CidRegisterTime":"2100-01-01 08:01:00",
            "UinRegisterTime":"2100-01-01 08:01:00","HasExpense":0},
            {"CustomerUin":"200000000011","Email":"200000000011@example.com","Phone":"+1200000000011",
            "Mark":"","Name":"Acme","BindTime":"2100-01-01 08:01:00","AccountStatus":"0",
            "AuthStatus":"3","AuthType":1,"CidRegisterTime":"2100-01-01 08:00:00",
            "UinRegisterTime":"2100-01-01 08:00:00","AuthPassTime":"2100-01-01 08:00:00","HasExpense":1}]"#
        )
    );
    // When an identity was verified is the moment of the change, and it goes with the verification.
    let info = async || market.call(DISTRIBUTOR, "DescribeCustomerInfo", r#"{"CustomerUin": [200000000012]}"#).await;
    let verify = async |to: Verification| {
        let change = AccountChange { verification: Some(to), ..AccountChange::default() };
        market.app.change_account(platform(), None, uin(DISTRIBUTORS_SECOND), change).await.unwrap();
    };
    market.wait_until(OPENED + DAY).await;
    verify(Verification::Personal).await;
    market.wait_until(OPENED + 2 * DAY).await;
    verify(Verification::Personal).await;
    let passed = info().await;
    assert!(passed.contains(r#""AuthStatus":"3","AuthType":0,"#), "{passed}");
    assert!(passed.contains(r#""AuthPassTime":"2100-01-02 08:00:00""#), "{passed}");
    verify(Verification::None).await;
    let taken_back = info().await;
    assert!(taken_back.contains(r#""AuthStatus":"-1""#) && !taken_back.contains("AuthPassTime"), "{taken_back}");
    let verified = async |customer: u64| {
        let body = format!(r#"{{"ClientUin": {customer}}}"#);
        market.call(DISTRIBUTOR, "QueryAccountVerificationStatus", &body).await
    };
    assert_eq!(verified(DISTRIBUTORS_CUSTOMER).await, response(r#""AccountStatus":true"#));
    assert_eq!(verified(DISTRIBUTORS_SECOND).await, response(r#""AccountStatus":false"#));
}

#[tokio::test]
async fn a_remark_is_changed_and_taken_away() {
    let market = Market::open().await;
    for remark in ["ü \\\" 漢", ""] {
        let given = serde_json::to_string(remark).unwrap();
        let body = format!(r#"{{"ClientUin": "300000000011", "Remark": {given}}}"#);
        let changed = market.call(RESELLER, "ModifyClientRemark", &body).await;
        assert_eq!(changed, response(&format!(r#""ClientRemark":{given}"#)));
        let listed = market.call(RESELLER, "QueryCustomersCredit", "{}").await;
        assert!(listed.contains(&format!(r#""Remark":{given}"#)), "{listed}");
    }
}

#[tokio::test]
async fn country_codes_are_told_to_anybody() {
    let market = Market::open().await;
    let codes = market.call(UNAFFILIATED, "GetCountryCodes", "{}").await;
    assert!(codes.starts_with(
        r#"{"Response":{"Data":[{"EnName":"Andorra","Name":"安道尔","IOS2":"AD","IOS3":"AND","Code":"376"},"#
    ));
    let body: serde_json::Value = serde_json::from_str(&codes).unwrap();
    assert_eq!(
        body["Response"]["Data"].as_array().unwrap().len(),
        include_str!("../../data/country-codes.tsv").lines().count() - 1
    );
}
