//! What each action refuses besides a wrong role or a foreign account (those are in the matrix), and that a refusal changes
//! nothing.

use crate::market::*;
use crate::signer::{Credential, signed, signed_as_number};
use credere_app::audit::AuditFilter;
use credere_cloud::CloudOptions;
use credere_store::contract::StoreError;

/// Calls with each body; the code must be the one beside it.
async fn refuses(market: &Market, caller: u64, action: &str, cases: &[(&str, &str)]) {
    for (body, code) in cases {
        assert_eq!(market.code(caller, action, body).await, *code, "{action} {body}");
    }
}

#[tokio::test]
async fn amounts_beyond_what_there_is() {
    // Vectors T2 and T3 of the rules, at the last digit.
    let market = Market::open().await;
    let action = "AllocateCustomerCredit";
    let cases = [
        (r#"{"ClientUin": 300000000011, "AddedCredit": 0}"#, "InvalidParameterValue"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": -0.00000001}"#, "FailedOperation.BalanceInsufficient"),
        (
            r#"{"ClientUin": 300000000011, "AddedCredit": 1050.10000001}"#,
            "InvalidParameterValue.CreditAmountOutOfRange",
        ),
        (r#"{"ClientUin": 300000000011, "AddedCredit": 92000000000}"#, "InvalidParameterValue.CreditAmountOutOfRange"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": 0.000000001}"#, "InvalidParameterValue"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": 1e30}"#, "InvalidParameterValue"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": 1050.1}"#, "ok"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": -1050.10000001}"#, "FailedOperation.BalanceInsufficient"),
    ];
    refuses(&market, RESELLER, action, &cases).await;
    let figures = market.call(RESELLER, "QueryPartnerCredit", "{}").await;
    assert!(figures.contains(r#""AllocatedCredit":1050.1,"#), "{figures}");
    let refused = market.call(RESELLER, action, r#"{"ClientUin": 300000000011, "AddedCredit": 7.5}"#).await;
    assert!(refused.contains("7.50 is more than the 0.00 that can still be handed out"), "{refused}");
    let history = market.call(RESELLER, "QueryCreditAllocationHistory", r#"{"ClientUin": 300000000011}"#).await;
    assert!(history.contains(r#""Total":1,"#), "{history}");
}

#[tokio::test]
async fn frozen_credit_cannot_be_taken_back() {
    let market = Market::open().await;
    let action = "AllocateCustomerCredit";
    market.call(RESELLER, action, r#"{"ClientUin": 300000000011, "AddedCredit": 10}"#).await;
    market.reserve(RESELLERS_CUSTOMER, "4").await;
    let cases = [
        (r#"{"ClientUin": 300000000011, "AddedCredit": -6.00000001}"#, "FailedOperation.BalanceInsufficient"),
        (r#"{"ClientUin": 300000000011, "AddedCredit": -6}"#, "ok"),
    ];
    refuses(&market, RESELLER, action, &cases).await;
}

#[tokio::test]
async fn every_pool_amount_that_will_not_do_has_one_code() {
    let market = Market::open().await;
    let out = "InvalidParameterValue.VoucherAmountOutOfRange";
    let cases = [
        (r#"{"SubAgentUin": 200000000002, "Credit": 0}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": 1000000.00000001}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": -1000000.00000001}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": 6500.00000001}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": -3000.00000001}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": -3000}"#, "ok"),
        (r#"{"SubAgentUin": 200000000002, "Credit": -0.00000001}"#, out),
        (r#"{"SubAgentUin": 200000000002, "Credit": 9500}"#, "ok"),
    ];
    refuses(&market, DISTRIBUTOR, "AllocateCreditPool", &cases).await;
}

#[tokio::test]
async fn remarks_that_are_too_long() {
    let market = Market::open().await;
    let remark = |length| "é".repeat(length);
    let allocate =
        |length| format!(r#"{{"ClientUin": 300000000011, "AddedCredit": 1, "Remark": "{}"}}"#, remark(length));
    let modify = |length| format!(r#"{{"ClientUin": "300000000011", "Remark": "{}"}}"#, remark(length));
    for (length, code) in [(257, "InvalidParameterValue"), (256, "ok")] {
        assert_eq!(market.code(RESELLER, "AllocateCustomerCredit", &allocate(length)).await, code);
        assert_eq!(market.code(RESELLER, "ModifyClientRemark", &modify(length)).await, code);
    }
}

#[tokio::test]
async fn texts_that_are_no_account_number() {
    let market = Market::open().await;
    for text in ["", "x", "0", "-1", "0300000000011", "300000000011 ", "9007199254740992"] {
        let body = format!(r#"{{"ClientUin": "{text}", "Remark": "x"}}"#);
        let code = market.code(RESELLER, "ModifyClientRemark", &body).await;
        assert_eq!(code, "InvalidParameterValue.InvalidUin", "{text}");
        if !text.is_empty() {
            let body = format!(r#"{{"FilterType": "ClientUin", "Filter": "{text}"}}"#);
            let code = market.code(RESELLER, "QueryCustomersCredit", &body).await;
            assert_eq!(code, "InvalidParameterValue.InvalidUin", "{text}");
            for kind in ["SubAgentUin", "ClientUin"] {
                let body = format!(r#"{{"Page": 1, "PageSize": 1, "FilterType": "{kind}", "Filter": "{text}"}}"#);
                let code = market.code(DISTRIBUTOR, "QuerySubAgentsDetailV2", &body).await;
                assert_eq!(code, "InvalidParameterValue", "{kind} {text}");
            }
        }
    }
    for number in ["0", "-1", "9007199254740992", "-9223372036854775808"] {
        let body = format!(r#"{{"ClientUin": {number}}}"#);
        let code = market.code(RESELLER, "QueryAccountVerificationStatus", &body).await;
        assert_eq!(code, "FailedOperation.UinInvalid", "{number}");
    }
}

#[tokio::test]
async fn pages_out_of_range() {
    let market = Market::open().await;
    let value = "InvalidParameterValue";
    for (caller, action, own, max, code) in [
        (RESELLER, "QueryCreditAllocationHistory", r#""ClientUin": 300000000011, "#, 200, value),
        (RESELLER, "QueryCustomersCredit", "", 200, value),
        (RESELLER, "DescribeCustomerUin", "", 200, "InvalidParameter.Page"),
        (DISTRIBUTOR, "QuerySubAgentsDetailV2", "", 100, value),
        (DISTRIBUTOR, "QueryT1IndirectCustomersDetail", r#""SubAgentUin": 200000000002, "#, 100, value),
        (RESELLER, "DescribeCustomerBillDetail", r#""CustomerUin": 300000000011, "Month": "2100-01", "#, 200, value),
        (RESELLERS_CUSTOMER, "DescribeBillDetail", r#""Month": "2100-01", "#, 200, value),
        (RESELLER, "DescribeCustomerVoucherList", "", 100, value),
        (RESELLERS_CUSTOMER, "DescribeCustomerOwnVoucherList", "", 100, value),
    ] {
        for (page, size, code) in
            [(1, max, "ok"), (i64::MAX, max, "ok"), (0, 1, code), (1, 0, code), (1, max + 1, code)]
        {
            let body = format!(r#"{{{own}"Page": {page}, "PageSize": {size}}}"#);
            assert_eq!(market.code(caller, action, &body).await, code, "{action} {body}");
        }
        if action != "QueryCreditAllocationHistory" {
            for (page, size) in [(-1, 1), (1, -1), (i64::MIN, i64::MIN)] {
                let body = format!(r#"{{{own}"Page": {page}, "PageSize": {size}}}"#);
                assert_eq!(market.code(caller, action, &body).await, code, "{action} {body}");
            }
        }
    }
}

#[tokio::test]
async fn a_forced_suspension_needs_a_grant_and_a_state() {
    let market = Market::open().await;
    for force in [1, 3, u64::MAX] {
        let body = format!(r#"{{"ClientUin": 300000000011, "Type": {force}}}"#);
        assert_eq!(market.code(RESELLER, "ForceQN", &body).await, "InvalidParameterValue", "{force}");
    }
    let refused = market.call(SIBLING, "ForceQN", r#"{"ClientUin": 200000000031, "Type": 2}"#).await;
    assert_eq!(code_of(&refused), "UnauthorizedOperation.UinNoAuth");
    assert!(refused.contains("has not granted `force_suspension`"), "{refused}");
    let told = market.call(SIBLING, "QueryCustomersCredit", "{}").await;
    assert!(told.contains(r#""Force":0"#), "{told}");
}

#[tokio::test]
async fn filters_and_orders_that_are_not_known() {
    let market = Market::open().await;
    let cases = [
        (r#""FilterType": "Phone", "Filter": "x""#, "InvalidParameterValue"),
        (r#""FilterType": "name", "Filter": "x""#, "InvalidParameterValue"),
        (r#""FilterType": "Phone""#, "InvalidParameterValue"),
        (r#""Filter": "x""#, "InvalidParameterValue"),
        (r#""Order": "up""#, "InvalidParameterValue"),
        (r#""FilterType": "Name", "Filter": """#, "ok"),
        (r#""FilterType": "Name""#, "ok"),
    ];
    for (filter, code) in cases {
        let body = format!("{{{filter}}}");
        assert_eq!(market.code(RESELLER, "QueryCustomersCredit", &body).await, code, "{filter}");
        let body = format!(r#"{{"Page": 1, "PageSize": 1, {filter}}}"#);
        assert_eq!(market.code(DISTRIBUTOR, "QuerySubAgentsDetailV2", &body).await, code, "{filter}");
    }
    refuses(&market, RESELLER, "QueryCustomersCredit", &[(r#"{"Order": "acs"}"#, "InvalidParameterValue")]).await;
}

#[tokio::test]
async fn lists_that_are_too_short_or_too_long() {
    let market = Market::open().await;
    for (action, name, max, code) in [
        ("QueryCreditByUinList", "UinList", 50, "InvalidParameterValue.UinList"),
        ("DescribeCustomerInfo", "CustomerUin", 20, "InvalidParameterValue"),
        ("QueryVoucherAmountByUin", "ClientUins", 20, "InvalidParameterValue"),
        ("QueryVoucherListByUin", "ClientUins", 20, "InvalidParameterValue"),
    ] {
        for (length, code) in [(0, code), (1, "ok"), (max, "ok"), (max + 1, code)] {
            let list = vec![RESELLERS_CUSTOMER.to_string(); length].join(",");
            let body = format!(r#"{{"{name}": [{list}]}}"#);
            assert_eq!(market.code(RESELLER, action, &body).await, code, "{action} {length}");
        }
    }
}

#[tokio::test]
async fn one_foreign_account_fails_the_whole_list() {
    let market = Market::open().await;
    for foreign in [STRANGERS_CUSTOMER, SECOND_LEVELS_CUSTOMER, SECOND_LEVEL, DISTRIBUTOR, NOBODY, 0, u64::MAX] {
        let body = format!(r#"{{"UinList": [200000000011, {foreign}]}}"#);
        let code = market.code(DISTRIBUTOR, "QueryCreditByUinList", &body).await;
        assert_eq!(code, "UnauthorizedOperation.NotCustomerUin", "{foreign}");
        let body = format!(r#"{{"ClientUins": [200000000011, {foreign}]}}"#);
        for action in ["QueryVoucherAmountByUin", "QueryVoucherListByUin"] {
            let code = market.code(DISTRIBUTOR, action, &body).await;
            assert_eq!(code, "UnauthorizedOperation.UinNoAuth", "{action} {foreign}");
        }
        let Ok(foreign) = i64::try_from(foreign) else { continue };
        let body = format!(r#"{{"CustomerUin": [200000000011, {foreign}]}}"#);
        let code = market.code(DISTRIBUTOR, "DescribeCustomerInfo", &body).await;
        assert_eq!(code, "UnauthorizedOperation.UinNoAuth", "{foreign}");
    }
}

#[tokio::test]
async fn parameters_come_before_the_role_and_the_role_before_the_account() {
    let market = Market::open().await;
    for (caller, action, body, code) in [
        (UNAFFILIATED, "QueryCreditByUinList", r#"{"UinList": []}"#, "InvalidParameterValue.UinList"),
        (UNAFFILIATED, "QueryCreditByUinList", r#"{"UinList": [1]}"#, "UnauthorizedOperation.UinNoAuth"),
        (AGENT, "QueryCustomersCredit", r#"{"Page": 0}"#, "InvalidParameterValue"),
        (AGENT, "QueryCustomersCredit", "{}", "UnauthorizedOperation.UinNoAuth"),
        (
            RESELLER,
            "QueryT1IndirectCustomersDetail",
            r#"{"SubAgentUin": 1, "Page": 1, "PageSize": 101}"#,
            "InvalidParameterValue",
        ),
        (
            RESELLER,
            "QueryT1IndirectCustomersDetail",
            r#"{"SubAgentUin": 0, "Page": 1, "PageSize": 1}"#,
            "UnauthorizedOperation.UinNoAuth",
        ),
        (
            RESELLER,
            "AllocateCustomerCredit",
            r#"{"ClientUin": 600000000011, "AddedCredit": 0}"#,
            "UnauthorizedOperation.UinNoAuth",
        ),
        (
            RESELLER,
            "AllocateCreditPool",
            r#"{"SubAgentUin": 200000000002, "Credit": 0}"#,
            "UnauthorizedOperation.UinNoAuth",
        ),
    ] {
        assert_eq!(market.code(caller, action, body).await, code, "{action} {body}");
    }
}

#[tokio::test]
async fn a_revoked_credential_and_a_wrong_secret() {
    use credere_core::channel::Uin;
    let market = Market::open().await;
    let mut wrong = market.credential(RESELLER).clone();
    wrong.secret_key.push('x');
    let request = signed_as_number(&wrong, "QueryPartnerCredit", "{}", now(), "0");
    let refused = market.send("QueryPartnerCredit", request).await;
    assert_eq!(code_of(&refused), "AuthFailure.SignatureFailure");
    let secret_id = market.credential(RESELLER).secret_id.clone();
    market.app.revoke_credential(platform(), None, Uin::new(RESELLER).unwrap(), secret_id).await.unwrap();
    assert_eq!(market.code(RESELLER, "QueryPartnerCredit", "{}").await, "AuthFailure.SecretIdNotFound");
}

#[tokio::test]
async fn the_audit_names_the_credential_that_a_call_was_signed_with() {
    let market = Market::open().await;
    let reseller = uin(RESELLER);
    let given = market.app.issue_credential(platform(), None, reseller).await.unwrap();
    let second =
        Credential { secret_id: given.secret_id.clone(), secret_key: given.secret_key.unwrap().expose().to_owned() };
    for (credential, added) in [(market.credential(RESELLER), "1"), (&second, "9999999")] {
        let body = format!(r#"{{"ClientUin": {RESELLERS_CUSTOMER}, "AddedCredit": {added}}}"#);
        market.send("AllocateCustomerCredit", signed(credential, "AllocateCustomerCredit", &body, now())).await;
    }
    market.app.revoke_credential(platform(), None, reseller, given.secret_id.clone()).await.unwrap();
    let of_credit = AuditFilter { action: Some("allocate_credit".to_owned()), ..AuditFilter::default() };
    let audit = market.app.audit(platform(), of_credit, None, 2).await.unwrap();
    let by: Vec<_> =
        audit.into_iter().map(|entry| (entry.actor, entry.by.unwrap_or_default(), entry.outcome)).collect();
    let actor = format!("account:{RESELLER}");
    let first = &market.credential(RESELLER).secret_id;
    assert_eq!(
        by,
        [
            (actor.clone(), format!("credential:{}", second.secret_id), "refused".to_owned()),
            (actor, format!("credential:{first}"), "done".to_owned()),
        ]
    );
}

#[tokio::test]
async fn an_action_that_is_not_offered_yet_says_so() {
    let market = Market::open().await;
    let refused = market.call(RESELLER, "CreateAccount", "{}").await;
    assert_eq!(code_of(&refused), "InvalidAction");
    assert!(refused.contains("the action `CreateAccount` is published, but this server does not offer it yet"));
    let refused = market.call(RESELLER, "CreateAccounts", "{}").await;
    assert!(refused.contains("has no action `CreateAccounts`"), "{refused}");
}

#[tokio::test]
async fn the_published_limit_holds_for_each_account_and_action() {
    let market = Market::open_with(CloudOptions::default()).await;
    let mut codes = Vec::new();
    for _ in 0..100 {
        codes.push(market.code(RESELLER, "QueryPartnerCredit", "{}").await);
    }
    assert_eq!(codes[..5], ["ok"; 5]);
    assert!(codes.iter().any(|code| code == "RequestLimitExceeded"));
    assert_eq!(market.code(RESELLER, "QueryCustomersCredit", "{}").await, "ok");
    assert_eq!(market.code(DISTRIBUTOR, "QueryPartnerCredit", "{}").await, "ok");
}

#[tokio::test]
async fn a_repeated_allocation_acts_once() {
    let market = Market::open().await;
    let (action, at) = ("AllocateCustomerCredit", now());
    let body = r#"{"ClientUin": 300000000011, "AddedCredit": 10}"#;
    let request = || signed_as_number(market.credential(RESELLER), action, body, at, "1");
    assert_eq!(code_of(&market.send(action, request()).await), "ok");
    assert_eq!(code_of(&market.send(action, request()).await), "RequestLimitExceeded");
    let figures = market.call(RESELLER, "QueryPartnerCredit", "{}").await;
    assert!(figures.contains(r#""AllocatedCredit":10,"#), "{figures}");
}

#[tokio::test]
async fn a_restart_does_not_forget_an_allocation() {
    let market = Market::open().await;
    let (action, at) = ("AllocateCustomerCredit", now());
    let signed = |market: &Market, body| signed_as_number(market.credential(RESELLER), action, body, at, "1");
    let (done, refused) =
        (r#"{"ClientUin": 300000000011, "AddedCredit": 10}"#, r#"{"ClientUin": 300000000011, "AddedCredit": -11}"#);
    assert_eq!(code_of(&market.send(action, signed(&market, done)).await), "ok");
    assert_eq!(code_of(&market.send(action, signed(&market, refused)).await), "FailedOperation.BalanceInsufficient");
    let market = market.behind_another_door();
    for body in [done, refused] {
        assert_eq!(code_of(&market.send(action, signed(&market, body)).await), "RequestLimitExceeded", "{body}");
    }
    let figures = market.call(RESELLER, "QueryPartnerCredit", "{}").await;
    assert!(figures.contains(r#""AllocatedCredit":10,"#), "{figures}");
}

#[tokio::test]
async fn an_old_note_does_not_come_back() {
    let market = Market::open().await;
    let (action, at) = ("ModifyClientRemark", now());
    let note = |number: &str, text: &str| {
        let body = format!(r#"{{"ClientUin": "{RESELLERS_CUSTOMER}", "Remark": "{text}"}}"#);
        signed_as_number(market.credential(RESELLER), action, &body, at, number)
    };
    let (first, again, second) = (note("1", "old"), note("1", "old"), note("2", "new"));
    assert_eq!(code_of(&market.send(action, first).await), "ok");
    assert_eq!(code_of(&market.send(action, second).await), "ok");
    // Also where nothing but the journal remembers.
    market.app.signatures().replace_signatures(&[]).unwrap();
    let market = market.behind_another_door();
    assert_eq!(code_of(&market.send(action, again).await), "RequestLimitExceeded");
    let shown = market.call(RESELLER, "DescribeCustomerInfo", r#"{"CustomerUin": [300000000011]}"#).await;
    assert!(shown.contains(r#""Mark":"new""#), "{shown}");
}

#[tokio::test]
async fn a_failed_commit_and_a_server_that_stops() {
    let market = Market::open().await;
    let body = r#"{"ClientUin": 300000000011, "AddedCredit": 10}"#;
    market.store.fail_next_append(StoreError::io("the disk is on fire"));
    let failed = market.call(RESELLER, "AllocateCustomerCredit", body).await;
    assert_eq!(code_of(&failed), "InternalError");
    assert!(!failed.contains("fire"), "{failed}");

    let app = market.app.clone();
    tokio::task::spawn_blocking(move || app.close()).await.unwrap();
    for (action, body) in [
        ("AllocateCustomerCredit", body),
        ("QueryPartnerCredit", "{}"),
        ("QueryCreditAllocationHistory", r#"{"ClientUin": 300000000011}"#),
        ("QueryDirectCustomersCredit", "{}"),
    ] {
        assert_eq!(market.code(RESELLER, action, body).await, "OperationDenied.ServiceBusy", "{action}");
    }
    assert_eq!(market.code(RESELLER, "GetCountryCodes", "{}").await, "ok");
}

#[tokio::test]
async fn a_remark_commands_nobodys_terminal() {
    let market = Market::open().await;
    for command in ["\\u001b[31m", "\\u0000", "\\r", "\\n", "\\t", "\\u007f", "\\u0085", "\\u009b31m"] {
        for (action, body) in [
            ("ModifyClientRemark", format!(r#"{{"ClientUin": "{RESELLERS_CUSTOMER}", "Remark": "a{command}b"}}"#)),
            (
                "AllocateCustomerCredit",
                format!(r#"{{"ClientUin": {RESELLERS_CUSTOMER}, "AddedCredit": 1, "Remark": "a{command}b"}}"#),
            ),
        ] {
            assert_eq!(market.code(RESELLER, action, &body).await, "InvalidParameterValue", "{action} {command}");
        }
    }
    let figures = market.call(RESELLER, "QueryPartnerCredit", "{}").await;
    assert!(figures.contains(r#""AllocatedCredit":0,"#), "{figures}");
}
