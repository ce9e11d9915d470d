//! Who reaches whom: every action as every role against its own, its parent's, its sibling's and a stranger's accounts,
//! printed as one table. A change of this table is a change of who may do what.

use crate::market::*;
use credere_cloud::actions::{ActionReference, reference};
use credere_cloud::versions::Service;
use credere_core::access::Role;
use credere_core::book::{Command, parties};
use credere_core::channel::VoucherId;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A request of an action for one account; `None` when the action names none.
fn body(action: &str, target: u64, vouchers: &Vouchers) -> Option<String> {
    let voucher = vouchers.get(&target).map_or(1, |voucher| voucher.0);
    Some(match action {
        "AllocateCustomerCredit" => format!(r#"{{"ClientUin": {target}, "AddedCredit": 0.01}}"#),
        "AllocateCreditPool" => format!(r#"{{"SubAgentUin": {target}, "Credit": 0.01}}"#),
        "QueryCreditAllocationHistory" | "QueryAccountVerificationStatus" => format!(r#"{{"ClientUin": {target}}}"#),
        "QueryCreditByUinList" => format!(r#"{{"UinList": [{target}]}}"#),
        "DescribeCustomerInfo" => format!(r#"{{"CustomerUin": [{target}]}}"#),
        "ModifyClientRemark" => format!(r#"{{"ClientUin": "{target}", "Remark": "seen"}}"#),
        "QueryT1IndirectCustomersDetail" => format!(r#"{{"SubAgentUin": {target}, "Page": 1, "PageSize": 10}}"#),
        "ConfirmReceipt" => format!(r#"{{"CustomerUin": {target}, "Month": "2099-11"}}"#),
        "ConfirmReceipts" => format!(r#"{{"CustomerUins": [{target}], "Month": "2099-11"}}"#),
        "DescribeBillSummaryByPayMode" | "DescribeBillSummaryByProduct" | "DescribeBillSummaryByRegion" => {
            format!(r#"{{"CustomerUin": {target}, "BillMonth": "2100-01"}}"#)
        }
        "DescribeCustomerBillDetail" => {
            format!(r#"{{"CustomerUin": {target}, "Month": "2100-01", "Page": 1, "PageSize": 10}}"#)
        }
        "DescribeCustomerBillDetailByDay" => format!(r#"{{"CustomerUin": {target}, "Date": "2100-01-01"}}"#),
        "DescribeCustomerBillSummary" => format!(r#"{{"CustomerUin": {target}, "Month": "2100-01"}}"#),
        "DescribeCustomerVoucherList" => format!(r#"{{"CustomerUin": {target}, "Page": 1, "PageSize": 10}}"#),
        "DescribeCustomerVoucherUsageDetails" => {
            format!(r#"{{"CustomerUin": {target}, "VoucherId": {voucher}, "Page": 1, "PageSize": 10}}"#)
        }
        // A customer names no account, but a voucher, which is somebody's.
        "DescribeCustomerOwnVoucherUsageDetails" => {
            format!(r#"{{"VoucherId": {voucher}, "Page": 1, "PageSize": 10}}"#)
        }
        "ForceQN" => format!(r#"{{"ClientUin": {target}, "Type": 0}}"#),
        "QueryVoucherAmountByUin" | "QueryVoucherListByUin" => format!(r#"{{"ClientUins": [{target}]}}"#),
        "DescribeBillDetail"
        | "DescribeBillSummary"
        | "DescribeCustomerOwnVoucherList"
        | "DescribeCustomerUin"
        | "GetCountryCodes"
        | "QueryCustomerBillingQuota"
        | "QueryCustomersCredit"
        | "QueryDirectCustomersCredit"
        | "QueryPartnerCredit"
        | "QuerySubAgentsDetailV2"
        | "QueryVoucherPool" => return None,
        other => panic!("say how `{other}` names an account, or that it names none"),
    })
}

/// A request of an action that names no account.
fn plain(action: &str) -> &'static str {
    match action {
        "DescribeBillDetail" => r#"{"Month": "2100-01", "Page": 1, "PageSize": 10}"#,
        "DescribeBillSummary" => r#"{"Month": "2100-01", "GroupType": "product"}"#,
        "DescribeCustomerOwnVoucherList" | "DescribeCustomerUin" | "QuerySubAgentsDetailV2" => {
            r#"{"Page": 1, "PageSize": 10}"#
        }
        _ => "{}",
    }
}

/// A voucher of every customer's.
type Vouchers = BTreeMap<u64, VoucherId>;

/// The market, in which every customer has a voucher from its partner.
async fn open() -> (Market, Vouchers) {
    let market = Market::open().await;
    let mut vouchers = Vouchers::new();
    market.platform(Command::from(parties::BindCustomer { customer: uin(FORMER), partner: uin(RESELLER) })).await;
    for customer in [
        DISTRIBUTORS_CUSTOMER,
        DISTRIBUTORS_SECOND,
        SECOND_LEVELS_CUSTOMER,
        SECOND_LEVELS_SECOND,
        SIBLINGS_CUSTOMER,
        RESELLERS_CUSTOMER,
        STRANGERS_CUSTOMER,
        FORMER,
    ] {
        vouchers.insert(customer, market.issue(customer, "1", 30).await);
    }
    // It keeps sight of the one that has paid something.
    market.buy(FORMER, "0.5").await;
    market.platform(Command::from(parties::UnbindCustomer { customer: uin(FORMER) })).await;
    (market, vouchers)
}

/// What an account is to a caller, and the account.
type Target = (&'static str, u64);

/// Every role with an account of it, and what other accounts are to that one.
const CALLERS: [(&str, u64, &[Target]); 7] = [
    (
        "reseller",
        RESELLER,
        &[
            ("own", RESELLER),
            ("customer", RESELLERS_CUSTOMER),
            ("former customer", FORMER),
            ("stranger", DISTRIBUTOR),
            ("stranger's second level", SECOND_LEVEL),
            ("stranger's customer", DISTRIBUTORS_CUSTOMER),
            ("stranger's indirect customer", SECOND_LEVELS_CUSTOMER),
        ],
    ),
    (
        "distributor",
        DISTRIBUTOR,
        &[
            ("own", DISTRIBUTOR),
            ("customer", DISTRIBUTORS_CUSTOMER),
            ("second level", SECOND_LEVEL),
            ("indirect customer", SECOND_LEVELS_CUSTOMER),
            ("stranger", STRANGER),
            ("stranger's second level", STRANGERS_SECOND_LEVEL),
            ("stranger's customer", STRANGERS_CUSTOMER),
        ],
    ),
    (
        "second-level reseller",
        SECOND_LEVEL,
        &[
            ("own", SECOND_LEVEL),
            ("customer", SECOND_LEVELS_CUSTOMER),
            ("parent", DISTRIBUTOR),
            ("parent's customer", DISTRIBUTORS_CUSTOMER),
            ("sibling", SIBLING),
            ("sibling's customer", SIBLINGS_CUSTOMER),
            ("stranger", STRANGER),
            ("stranger's second level", STRANGERS_SECOND_LEVEL),
            ("stranger's customer", STRANGERS_CUSTOMER),
        ],
    ),
    (
        "agent",
        AGENT,
        &[
            ("own", AGENT),
            ("stranger", DISTRIBUTOR),
            ("stranger's second level", SECOND_LEVEL),
            ("stranger's customer", DISTRIBUTORS_CUSTOMER),
        ],
    ),
    (
        "customer",
        SECOND_LEVELS_CUSTOMER,
        &[
            ("own", SECOND_LEVELS_CUSTOMER),
            ("parent", SECOND_LEVEL),
            ("parent's parent", DISTRIBUTOR),
            ("sibling", SECOND_LEVELS_SECOND),
            ("stranger", STRANGER),
            ("stranger's customer", STRANGERS_CUSTOMER),
        ],
    ),
    (
        "former customer",
        FORMER,
        &[
            ("own", FORMER),
            ("former parent", RESELLER),
            ("former sibling", RESELLERS_CUSTOMER),
            ("stranger's customer", DISTRIBUTORS_CUSTOMER),
        ],
    ),
    (
        "unaffiliated",
        UNAFFILIATED,
        &[("own", UNAFFILIATED), ("stranger", DISTRIBUTOR), ("stranger's customer", DISTRIBUTORS_CUSTOMER)],
    ),
];

/// The actions whose callers are told apart by their place in the channel. Those of organizations have a table of their own.
fn actions() -> impl Iterator<Item = ActionReference> {
    reference().into_iter().filter(|action| action.service == Service::Intlpartnersmgt)
}

#[tokio::test]
async fn every_action_as_every_role_against_everybody() {
    let (market, vouchers) = open().await;
    let mut table = String::new();
    for action in actions() {
        let name = action.name;
        let _ = writeln!(table, "{name}");
        for (role, caller, targets) in CALLERS {
            if body(name, 0, &vouchers).is_none() {
                let code = market.code(caller, name, plain(name)).await;
                let _ = writeln!(table, "  {role:<22} {code}");
                continue;
            }
            let mut codes: Vec<(String, Vec<&str>)> = Vec::new();
            for (label, target) in targets.iter().copied().chain([("nobody", NOBODY)]) {
                let code = market.code(caller, name, &body(name, target, &vouchers).unwrap()).await;
                match codes.iter_mut().find(|(known, _)| *known == code) {
                    Some((_, labels)) => labels.push(label),
                    None => codes.push((code, vec![label])),
                }
            }
            codes.sort_by_key(|(code, _)| code != "ok");
            for (code, labels) in codes {
                let _ = writeln!(table, "  {role:<22} {code}: {}", labels.join(", "));
            }
        }
        let _ = writeln!(table);
    }
    insta::assert_snapshot!("matrix", table);
}

#[tokio::test]
async fn the_matrix_of_the_core_says_the_same_of_roles() {
    let (market, vouchers) = open().await;
    for action in actions() {
        for (name, caller, targets) in CALLERS {
            let spoken = |role: &Role| role.name().replace("second_level_", "second-level ").replace('_', " ");
            let permitted = action.roles.iter().any(|role| spoken(role) == name);
            let mut done = false;
            for (_, target) in targets {
                let request = body(action.name, *target, &vouchers);
                done |=
                    market.code(caller, action.name, request.as_deref().unwrap_or(plain(action.name))).await == "ok";
            }
            assert_eq!(done, permitted, "{} as {name}", action.name);
        }
    }
}
