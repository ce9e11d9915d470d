//! Who reaches whom: every action as every role against its own, its parent's, its sibling's and a stranger's accounts,
//! printed as one table. A change of this table is a change of who may do what.

use crate::market::*;
use credere_cloud::actions::reference;
use credere_core::access::Role;
use std::fmt::Write as _;

/// A request of an action for one account; `None` when the action names none.
fn body(action: &str, target: u64) -> Option<String> {
    Some(match action {
        "AllocateCustomerCredit" => format!(r#"{{"ClientUin": {target}, "AddedCredit": 0.01}}"#),
        "AllocateCreditPool" => format!(r#"{{"SubAgentUin": {target}, "Credit": 0.01}}"#),
        "QueryCreditAllocationHistory" | "QueryAccountVerificationStatus" => format!(r#"{{"ClientUin": {target}}}"#),
        "QueryCreditByUinList" => format!(r#"{{"UinList": [{target}]}}"#),
        "DescribeCustomerInfo" => format!(r#"{{"CustomerUin": [{target}]}}"#),
        "ModifyClientRemark" => format!(r#"{{"ClientUin": "{target}", "Remark": "seen"}}"#),
        "QueryT1IndirectCustomersDetail" => format!(r#"{{"SubAgentUin": {target}, "Page": 1, "PageSize": 10}}"#),
        "DescribeCustomerUin"
        | "GetCountryCodes"
        | "QueryCustomerBillingQuota"
        | "QueryCustomersCredit"
        | "QueryDirectCustomersCredit"
        | "QueryPartnerCredit"
        | "QuerySubAgentsDetailV2" => return None,
        other => panic!("say how `{other}` names an account, or that it names none"),
    })
}

/// A request of an action that names no account.
fn plain(action: &str) -> &'static str {
    match action {
        "DescribeCustomerUin" | "QuerySubAgentsDetailV2" => r#"{"Page": 1, "PageSize": 10}"#,
        _ => "{}",
    }
}

/// What an account is to a caller, and the account.
type Target = (&'static str, u64);

/// Every role with an account of it, and what other accounts are to that one.
const CALLERS: [(&str, u64, &[Target]); 6] = [
    (
        "reseller",
        RESELLER,
        &[
            ("own", RESELLER),
            ("customer", RESELLERS_CUSTOMER),
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
        "unaffiliated",
        UNAFFILIATED,
        &[("own", UNAFFILIATED), ("stranger", DISTRIBUTOR), ("stranger's customer", DISTRIBUTORS_CUSTOMER)],
    ),
];

#[tokio::test]
async fn every_action_as_every_role_against_everybody() {
    let market = Market::open().await;
    let mut table = String::new();
    for action in reference() {
        let name = action.name;
        let _ = writeln!(table, "{name}");
        for (role, caller, targets) in CALLERS {
            if body(name, 0).is_none() {
                let code = market.code(caller, name, plain(name)).await;
                let _ = writeln!(table, "  {role:<22} {code}");
                continue;
            }
            let mut codes: Vec<(String, Vec<&str>)> = Vec::new();
            for (label, target) in targets.iter().copied().chain([("nobody", NOBODY)]) {
                let code = market.code(caller, name, &body(name, target).unwrap()).await;
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
    let market = Market::open().await;
    for action in reference() {
        for (name, caller, targets) in CALLERS {
            let spoken = |role: &Role| role.name().replace("second_level_", "second-level ");
            let permitted = action.roles.iter().any(|role| spoken(role) == name);
            let mut done = false;
            for (_, target) in targets {
                let request = body(action.name, *target);
                done |=
                    market.code(caller, action.name, request.as_deref().unwrap_or(plain(action.name))).await == "ok";
            }
            assert_eq!(done, permitted, "{} as {name}", action.name);
        }
    }
}
