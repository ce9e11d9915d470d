//! Bills, balances and orders of one's own account: what the actions of `billing` 2018-07-09 answer to whom, and each refusal by its
//! code.

use crate::market::*;
use crate::organizations::*;
use crate::signer::Api;
use credere_core::book::{Command, buying, finance, parties};
use credere_core::channel::{OrderKind, TopUpKind, Verification};
use serde_json::{Value, json};

const BILLING: Api = Api { service: "billing", version: "2018-07-09" };

/// An organization whose admin has money and pays for a member, with another member that pays for itself.
async fn paid() -> Market {
    with_cash("500", "100").await
}

/// The same with other sums of money.
async fn with_cash(admins: &str, frees: &str) -> Market {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    join(&market, ADMIN, organization, MEMBER, "team", true).await;
    join(&market, ADMIN, organization, FREE, "free", false).await;
    top_up(&market, ADMIN, admins).await;
    top_up(&market, FREE, frees).await;
    market
}

async fn top_up(market: &Market, account: u64, sum: &str) {
    let amount = amount(sum);
    market.platform(Command::from(finance::TopUp { account: uin(account), amount, kind: TopUpKind::Cash })).await;
}

/// An account buys something for a resource.
async fn buys(market: &Market, account: u64, price: &str, resource: &str, details: &str) {
    market
        .platform(Command::from(buying::PlaceOrder {
            account: uin(account),
            product: "cvm".parse().unwrap(),
            kind: OrderKind::Purchase,
            amount: amount(price),
            capture: true,
            park: false,
            resource: Some(resource.parse().unwrap()),
            details: details.to_owned(),
        }))
        .await;
}

async fn ask(market: &Market, caller: u64, action: &str, body: &Value) -> Value {
    done(market, BILLING, caller, action, &body.to_string()).await
}

async fn code(market: &Market, caller: u64, action: &str, body: &Value) -> String {
    code_of(&market.call_in(BILLING, caller, action, &body.to_string()).await)
}

/// These fields of an object.
fn some(value: &Value, fields: &str) -> Value {
    fields.split_whitespace().map(|field| (field.to_owned(), value[field].clone())).collect()
}

fn page() -> Value {
    json!({ "Offset": 0, "Limit": 100, "Month": "2100-01" })
}

/// A request with these fields besides, or instead.
fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn an_account_reads_what_it_has_to_spend() {
    let market = paid().await;
    let change = finance::ChangeFinance { account: uin(FREE), credit_limit: Some(amount("50")), overdue_amount: None };
    market.platform(Command::from(change)).await;
    let answer = ask(&market, FREE, "DescribeAccountBalance", &json!({})).await;
    let figures = "Balance Uin RealBalance CashAccountBalance PresentAccountBalance FreezeAmount OweAmount CreditAmount \
                   CreditBalance IsAllowArrears TempCredit";
    assert_eq!(
        some(&answer, figures),
        json!({
            "Balance": 15_000, "Uin": FREE, "RealBalance": 15_000, "CashAccountBalance": 10_000,
            "PresentAccountBalance": 0, "FreezeAmount": 0, "OweAmount": 0, "CreditAmount": 5_000, "CreditBalance": 15_000,
            "IsAllowArrears": true, "TempCredit": null
        })
    );
    let answer = ask(&market, FREE, "DescribeAccountBalance", &json!({ "TempCredit": true })).await;
    assert_eq!(some(&answer, "TempCredit TempAmountInfoList"), json!({ "TempCredit": 0, "TempAmountInfoList": [] }));
    market.allocate(RESELLERS_CUSTOMER, "30").await;
    // A sub-customer has credit, an agent money, and who hands credit down has neither.
    let credit = ask(&market, RESELLERS_CUSTOMER, "DescribeAccountBalance", &json!({})).await;
    let figures = some(&credit, "CashAccountBalance CreditAmount IsCreditLimited");
    assert_eq!(figures, json!({ "CashAccountBalance": 0, "CreditAmount": 3_000, "IsCreditLimited": true }));
    for caller in [AGENT, UNAFFILIATED, MEMBER] {
        assert_eq!(ask(&market, caller, "DescribeAccountBalance", &json!({})).await["Balance"], 0);
    }
    for caller in [RESELLER, DISTRIBUTOR, SECOND_LEVEL] {
        assert_eq!(code(&market, caller, "DescribeAccountBalance", &json!({})).await, "UnsupportedOperation");
    }
    assert_eq!(code(&market, FREE, "DescribeAccountBalance", &json!({ "X": 1 })).await, "UnknownParameter");
}

#[tokio::test]
async fn an_admin_reads_what_its_members_have_to_spend() {
    let market = paid().await;
    let action = "DescribeOrgMemberAccountBalance";
    let all = ask(&market, ADMIN, action, &json!({})).await;
    assert_eq!(
        some(&all, "TotalCount PageSize PageNumber"),
        json!({ "TotalCount": 2, "PageSize": 2, "PageNumber": 1 })
    );
    assert_eq!(
        all["Data"][1],
        json!({
            "MemberUin": FREE.to_string(), "MemberName": "free", "IsCreditAccount": false, "RealBalance": 10_000,
            "CashAccountBalance": 10_000, "CreditAmount": 0, "TempCredit": 0, "BasicCreditAmount": 0, "OweAmount": 0
        })
    );
    let one = ask(&market, ADMIN, action, &json!({ "MemberUins": [FREE.to_string()] })).await;
    assert_eq!((one["TotalCount"].clone(), one["Data"][0].clone()), (json!(1), all["Data"][1].clone()));
    let second = ask(&market, ADMIN, action, &json!({ "PageNumber": 2, "PageSize": 1 })).await;
    assert_eq!((&second["Data"][0], &second["PageSize"]), (&all["Data"][1], &json!(1)));
    let eleven = vec![FREE.to_string(); 11];
    for (body, expected) in [
        (json!({ "PageSize": 11 }), "InvalidParameterValue"),
        (json!({ "PageNumber": 0 }), "InvalidParameterValue"),
        (json!({ "MemberUins": ["x"] }), "InvalidParameterValue"),
        (json!({ "MemberUins": eleven }), "InvalidParameterValue"),
        (json!({ "MemberUins": [RIVAL.to_string()] }), "InvalidParameter"),
        (json!({ "MemberUins": [ADMIN.to_string()] }), "InvalidParameter"),
    ] {
        assert_eq!(code(&market, ADMIN, action, &body).await, expected, "{body}");
    }
    // Neither a member nor a stranger, whatever it is, leads the organization.
    for caller in [MEMBER, FREE, RIVAL, AGENT, RESELLER, RESELLERS_CUSTOMER] {
        assert_eq!(code(&market, caller, action, &json!({})).await, "UnsupportedOperation", "{caller}");
    }
}

#[tokio::test]
async fn everybody_reads_its_own_lines_and_an_admin_those_that_a_member_pays_itself() {
    let market = paid().await;
    buys(&market, ADMIN, "5", "own-1", "{}").await;
    buys(&market, MEMBER, "40", "ins-1", "{}").await;
    buys(&market, FREE, "7.5", "free-1", r#"{"region":"ap-singapore","project":"3","tags":{"team":"a"}}"#).await;
    let lines =
        |answer: &Value| answer["DetailSet"].as_array().unwrap().iter().map(|one| one["ResourceId"].clone()).collect();
    let of = async |caller, more| -> Vec<Value> {
        lines(&ask(&market, caller, "DescribeBillDetail", &with(page(), more)).await)
    };
    assert_eq!(of(ADMIN, json!({})).await, ["own-1"]);
    assert!(of(MEMBER, json!({})).await.is_empty(), "its admin has paid");
    assert_eq!(of(FREE, json!({})).await, ["free-1"]);
    assert_eq!(of(ADMIN, json!({ "PayerUin": FREE.to_string() })).await, ["free-1"]);
    assert!(of(ADMIN, json!({ "PayerUin": MEMBER.to_string() })).await.is_empty());
    let answer = ask(&market, FREE, "DescribeBillDetail", &page()).await;
    let fields = "PayerUin OwnerUin OperateUin ResourceId ActionType RegionId ProjectId BusinessCode BillMonth Tags";
    let free = FREE.to_string();
    assert_eq!(
        some(&answer["DetailSet"][0], fields),
        json!({
            "PayerUin": free, "OwnerUin": free, "OperateUin": free, "ResourceId": "free-1",
            "ActionType": "prepay_purchase", "RegionId": "9", "ProjectId": 3, "BusinessCode": "cvm",
            "BillMonth": "2100-01", "Tags": [{ "TagKey": "team", "TagValue": "a" }]
        })
    );
    let money = some(&answer["DetailSet"][0]["ComponentSet"][0], "Cost RealCost CashPayAmount VoucherPayAmount");
    let paid = json!({ "Cost": "7.5", "RealCost": "7.5", "CashPayAmount": "7.5", "VoucherPayAmount": "0" });
    assert_eq!((&answer["Total"], money), (&json!(1), paid));
    for (more, found) in [
        (json!({ "ResourceId": "free-1" }), 1),
        (json!({ "ResourceId": "free-2" }), 0),
        (json!({ "ProjectId": 3 }), 1),
        (json!({ "ProjectId": 0 }), 0),
        (json!({ "BusinessCode": "cvm", "ProductCode": "cvm" }), 1),
        (json!({ "BusinessCode": "cvm", "ProductCode": "cdn" }), 0),
        (json!({ "PayMode": "postPay" }), 0),
        (json!({ "ActionType": "New yearly/monthly subscription" }), 1),
        (json!({ "ActionType": "Prepaid" }), 0),
        (json!({ "Month": "", "BeginTime": "2100-01-01 00:00:00", "EndTime": "2100-01-31 23:59:59" }), 1),
        (json!({ "NeedRecordNum": 0, "Offset": 100 }), 0),
    ] {
        assert_eq!(of(FREE, more.clone()).await.len(), found, "{more}");
    }
    for (more, expected) in [
        (json!({ "Limit": 301 }), "InvalidParameter"),
        (json!({ "Offset": 7 }), "InvalidParameter"),
        (json!({ "Month": "2100-1" }), "InvalidParameterValue"),
        (json!({ "Month": "2100-02" }), "InvalidParameterValue"),
        (json!({ "Month": "2098-06" }), "InvalidParameterValue"),
        (json!({ "Month": "" }), "InvalidParameter"),
        (json!({ "BeginTime": "2100-01-01 00:00:00" }), "InvalidParameter"),
        (json!({ "BeginTime": "2099-12-31 00:00:00", "EndTime": "2100-01-01 00:00:00" }), "InvalidParameterValue"),
        (json!({ "PeriodType": "byTime" }), "InvalidParameterValue"),
        (json!({ "NeedRecordNum": 2 }), "InvalidParameterValue"),
        (json!({ "PayMode": "prepay" }), "InvalidParameterValue"),
        (json!({ "ActionType": "purchase" }), "InvalidParameterValue"),
        (json!({ "PayerUin": "x" }), "InvalidParameterValue"),
        (json!({ "PayerUin": RIVAL.to_string() }), "InvalidParameter"),
    ] {
        assert_eq!(code(&market, ADMIN, "DescribeBillDetail", &with(page(), more.clone())).await, expected, "{more}");
    }
    // A member is no admin, nor is anybody else's.
    let others = with(page(), json!({ "PayerUin": FREE.to_string() }));
    for caller in [MEMBER, RIVAL, RESELLER, AGENT, RESELLERS_CUSTOMER, UNAFFILIATED] {
        assert_eq!(code(&market, caller, "DescribeBillDetail", &others).await, "UnsupportedOperation", "{caller}");
        assert_eq!(code(&market, caller, "DescribeBillDetail", &page()).await, "ok", "{caller}");
    }
}

#[tokio::test]
async fn what_is_paid_on_behalf_is_its_payers_and_each_members_own_to_see() {
    let market = paid().await;
    buys(&market, ADMIN, "5", "own-1", "{}").await;
    buys(&market, MEMBER, "40", "ins-1", r#"{"region":"ap-singapore","tags":{"team":"a"}}"#).await;
    buys(&market, MEMBER, "2", "ins-1", "{}").await;
    buys(&market, FREE, "7", "free-1", "{}").await;
    let action = "DescribeBillDetailForOrganization";
    let seen = ask(&market, ADMIN, action, &page()).await;
    assert_eq!(seen["Total"], 2);
    assert_eq!(seen["DetailSet"][0]["OwnerUin"], MEMBER.to_string());
    assert_eq!(seen["DetailSet"][0].get("PayerUin"), None, "rows of these actions have no payer");
    let own = ask(&market, MEMBER, action, &page()).await;
    assert_eq!(own["DetailSet"], seen["DetailSet"]);
    assert_eq!(ask(&market, FREE, action, &page()).await["Total"], 0);
    assert_eq!(ask(&market, ADMIN, action, &with(page(), json!({ "NeedRecordNum": 0 }))).await["Total"], Value::Null);
    assert_eq!(code(&market, ADMIN, action, &with(page(), json!({ "Limit": 101 }))).await, "InvalidParameter");

    let action = "DescribeBillResourceSummaryForOrganization";
    for caller in [ADMIN, MEMBER] {
        let summed = ask(&market, caller, action, &page()).await;
        assert_eq!(summed["Total"], 2);
        let figures = "OwnerUin ResourceId TotalCost RealTotalCost CashPayAmount VoucherPayAmount RegionId BillMonth";
        assert_eq!(
            some(&summed["ResourceSummarySet"][1], figures),
            json!({
                "OwnerUin": MEMBER.to_string(), "ResourceId": "ins-1", "TotalCost": "40.00000000",
                "RealTotalCost": "40.00000000", "CashPayAmount": "40.00000000", "VoucherPayAmount": "0.00000000",
                "RegionId": 9, "BillMonth": "2100-01"
            })
        );
        let tagged = with(page(), json!({ "TagKey": "team", "TagValue": "a" }));
        assert_eq!(ask(&market, caller, action, &tagged).await["Total"], 1);
        let untagged = with(page(), json!({ "TagKey": "team" }));
        assert_eq!(ask(&market, caller, action, &untagged).await["Total"], 1);
    }
    assert_eq!(code(&market, ADMIN, action, &with(page(), json!({ "Limit": 1_001 }))).await, "InvalidParameter");

    let action = "DescribeBillSummaryForOrganization";
    let body = |group: &str| json!({ "Month": "2100-01", "GroupType": group });
    for (group, key, value) in
        [("business", "cvm", "CVM"), ("project", "0", "default"), ("payMode", "prePay", "yearly/monthly subscription")]
    {
        for caller in [ADMIN, MEMBER] {
            let summed = ask(&market, caller, action, &body(group)).await;
            assert_eq!(summed["Ready"], 1);
            let one = &summed["SummaryDetail"][0];
            let keys = (&one["GroupKey"], &one["RealTotalCost"], &one["Business"][0]["CashPayAmount"]);
            assert_eq!(keys, (&json!(key), &json!("42.00000000"), &json!("42.00000000")), "{group}");
            assert_eq!(one["GroupValue"], value);
        }
    }
    let regions = ask(&market, ADMIN, action, &body("region")).await;
    assert_eq!(regions["SummaryDetail"].as_array().unwrap().len(), 2);
    let tags = ask(&market, ADMIN, action, &with(body("tag"), json!({ "TagKey": ["team"] }))).await;
    let values: Vec<_> =
        tags["SummaryDetail"].as_array().unwrap().iter().map(|one| one["GroupValue"].clone()).collect();
    assert_eq!(values, ["", "a"]);
    for (body, expected) in [
        (with(body("tag"), json!({ "TagKey": ["none"] })), "FailedOperation.TagKeyNotExist"),
        (body("tag"), "InvalidParameter"),
        (body("day"), "InvalidParameterValue"),
        (with(body("region"), json!({ "Month": "2100-02" })), "InvalidParameterValue"),
    ] {
        assert_eq!(code(&market, ADMIN, action, &body).await, expected, "{body}");
    }
    // Who is in no organization has nothing of this.
    for caller in [RIVAL, AGENT, RESELLER, RESELLERS_CUSTOMER, UNAFFILIATED] {
        for action in [
            "DescribeBillDetailForOrganization",
            "DescribeBillResourceSummaryForOrganization",
            "DescribeBillSummaryForOrganization",
        ] {
            let body = if action.starts_with("DescribeBillS") { body("region") } else { page() };
            assert_eq!(code(&market, caller, action, &body).await, "UnsupportedOperation", "{caller} {action}");
        }
    }
}

/// When the orders of these tests were placed.
fn placed() -> Value {
    json!({ "StartTime": "2100-01-01 00:00:00", "EndTime": "2100-01-31 00:00:00", "Limit": 20 })
}

fn unpaid() -> Value {
    with(placed(), json!({ "Status": 1 }))
}

#[tokio::test]
async fn orders_are_shown_to_whoever_has_or_pays_them_and_paid_by_whoever_pays() {
    let market = with_cash("5", "100").await;
    let action = "DescribeDealsByCond";
    buys(&market, MEMBER, "3", "ins-1", "{}").await;
    order(&market, MEMBER).await;
    let deals = async |caller, body: Value| ask(&market, caller, action, &body).await;
    for caller in [ADMIN, MEMBER] {
        let paid = deals(caller, placed()).await;
        assert_eq!((&paid["TotalCount"], &paid["Deals"][0]["RealTotalCost"]), (&json!(1), &json!(300)));
        let waiting = deals(caller, unpaid()).await;
        let fields = "Status Payer Creator RealTotalCost TotalCost Policy ProductCode Action PayMode";
        assert_eq!(
            some(&waiting["Deals"][0], fields),
            json!({
                "Status": 1, "Payer": ADMIN.to_string(), "Creator": MEMBER.to_string(), "RealTotalCost": 1_000,
                "TotalCost": 1_000, "Policy": 100, "ProductCode": "cvm", "Action": "purchase", "PayMode": "prePay"
            })
        );
        let both = with(placed(), json!({ "StatusSet": [1, 4] }));
        assert_eq!(deals(caller, both).await["TotalCount"], 2);
        assert_eq!(deals(caller, with(placed(), json!({ "ResourceId": "ins-1" }))).await["TotalCount"], 1);
        assert_eq!(deals(caller, with(placed(), json!({ "Status": 12 }))).await["TotalCount"], 0);
        let earlier = json!({ "StartTime": "2099-01-01 00:00:00", "EndTime": "2099-02-01 00:00:00" });
        assert_eq!(deals(caller, with(placed(), earlier)).await["TotalCount"], 0);
    }
    for caller in [FREE, RIVAL, RESELLER, AGENT] {
        assert_eq!(deals(caller, unpaid()).await["TotalCount"], 0, "{caller}");
    }
    for more in [json!({ "Limit": 0 }), json!({ "Limit": 1_001 }), json!({ "Offset": 3 })] {
        assert_eq!(code(&market, ADMIN, action, &with(placed(), more.clone())).await, "InvalidParameter", "{more}");
    }
    for more in
        [json!({ "StartTime": "2100-01-01" }), json!({ "Status": 13 }), json!({ "EndTime": "2099-01-01 00:00:00" })]
    {
        assert_eq!(
            code(&market, ADMIN, action, &with(placed(), more.clone())).await,
            "InvalidParameterValue",
            "{more}"
        );
    }

    let action = "PayDeals";
    let id = deals(MEMBER, unpaid()).await["Deals"][0]["OrderId"].clone();
    let pay = |agent: i64| json!({ "OrderIds": [id], "AgentPay": agent });
    // Its owner cannot, its admin only as such, and to everybody else there is no such order.
    for (caller, agent, expected) in [
        (ADMIN, 3, "FailedOperation.BalanceInsufficient"),
        (ADMIN, 0, "FailedOperation.AgentPayDealCannotDown"),
        (ADMIN, 4, "FailedOperation.InvalidDeal"),
        (MEMBER, 0, "FailedOperation.AgentPayDealCannotDown"),
        (MEMBER, 3, "FailedOperation.AgentPayDealCannotDown"),
        (FREE, 0, "FailedOperation.InvalidDeal"),
        (RIVAL, 3, "FailedOperation.InvalidDeal"),
        (RESELLER, 4, "FailedOperation.InvalidDeal"),
        (AGENT, 0, "FailedOperation.InvalidDeal"),
        (RESELLERS_CUSTOMER, 0, "FailedOperation.InvalidDeal"),
        (ADMIN, 1, "InvalidParameterValue"),
    ] {
        assert_eq!(code(&market, caller, action, &pay(agent)).await, expected, "{caller} {agent}");
    }
    for (body, expected) in [
        (json!({}), "InvalidParameter"),
        (json!({ "OrderIds": [id], "BigDealIds": [id] }), "InvalidParameter"),
        (json!({ "OrderIds": ["order_1"], "AgentPay": 3 }), "FailedOperation.InvalidDeal"),
        (json!({ "OrderIds": ["x"], "AgentPay": 3 }), "FailedOperation.InvalidDeal"),
        (json!({ "OrderIds": [id], "VoucherIds": ["1"] }), "FailedOperation.InvalidVoucher"),
        (json!({ "OrderIds": [id], "AutoVoucher": 2 }), "InvalidParameterValue"),
    ] {
        assert_eq!(code(&market, ADMIN, action, &body).await, expected, "{body}");
    }
    assert_eq!(deals(MEMBER, unpaid()).await["TotalCount"], 1, "nothing has changed by all this");
    top_up(&market, ADMIN, "8").await;
    let paid = ask(&market, ADMIN, action, &json!({ "BigDealIds": [id, "x"], "AgentPay": 3 })).await;
    assert_eq!(paid["OrderIds"], json!([id]));
    assert_eq!(deals(MEMBER, unpaid()).await["TotalCount"], 0);
    let left = ask(&market, ADMIN, "DescribeAccountBalance", &json!({})).await;
    assert_eq!(left["Balance"], 0);
    assert_eq!(code(&market, ADMIN, action, &pay(3)).await, "FailedOperation.InvalidDeal", "it is paid");
    assert_eq!(code(&market, RIVAL, action, &pay(0)).await, "FailedOperation.InvalidDeal");
}

#[tokio::test]
async fn who_pays_for_itself_pays_its_own_order() {
    let market = with_cash("5", "5").await;
    order(&market, FREE).await;
    let id = ask(&market, FREE, "DescribeDealsByCond", &unpaid()).await["Deals"][0]["OrderId"].clone();
    let pay = json!({ "OrderIds": [id] });
    assert_eq!(code(&market, FREE, "PayDeals", &pay).await, "FailedOperation.BalanceInsufficient");
    top_up(&market, FREE, "5").await;
    assert_eq!(ask(&market, FREE, "PayDeals", &pay).await["BigDealIds"], json!([id]));
    // A verified identity is asked for as with every purchase.
    order(&market, FREE).await;
    let waiting = ask(&market, FREE, "DescribeDealsByCond", &unpaid()).await["Deals"][0]["OrderId"].clone();
    let unverified = parties::ChangeAccount {
        uin: uin(FREE),
        class: None,
        verification: Some(Verification::None),
        tier: None,
        entity: None,
        followed: None,
    };
    market.platform(Command::from(unverified)).await;
    let refused = code(&market, FREE, "PayDeals", &json!({ "OrderIds": [waiting] })).await;
    assert_eq!(refused, "UnauthorizedOperation.NotCertification");
}
