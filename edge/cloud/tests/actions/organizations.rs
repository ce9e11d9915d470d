//! Organizations through both versions of their service: an organization is made, accounts are invited, join, are shown, changed
//! and leave. What is refused, and to whom, stands in a file of its own.

use crate::market::*;
use crate::signer::Api;
use credere_core::book::{Command, buying, members};
use credere_core::channel::OrderKind;
use credere_core::organization::OrganizationId;

pub(crate) const NEW: Api = Api { service: "organization", version: "2021-03-31" };
pub(crate) const OLD: Api = Api { service: "organization", version: "2018-12-25" };

/// Enterprises of one entity: the admin, and those that it invites.
pub(crate) const ADMIN: u64 = 700_000_000_001;
pub(crate) const MEMBER: u64 = 700_000_000_011;
pub(crate) const INVITED: u64 = 700_000_000_012;
pub(crate) const FREE: u64 = 700_000_000_013;
/// The admin of another organization, of the same entity, and its member.
pub(crate) const RIVAL: u64 = 700_000_000_002;
pub(crate) const RIVALS_MEMBER: u64 = 700_000_000_021;
/// Of another entity.
pub(crate) const FOREIGNER: u64 = 800_000_000_001;

/// A market with enterprises that are in no organization.
pub(crate) async fn open() -> Market {
    let mut market = Market::open().await;
    for (number, name, entity) in [
        (ADMIN, "Example", "E1"),
        (MEMBER, "Team", "E1"),
        (INVITED, "Guest", "E1"),
        (FREE, "Free", "E1"),
        (RIVAL, "Rival", "E1"),
        (RIVALS_MEMBER, "Theirs", "E1"),
        (FOREIGNER, "Abroad", "E2"),
    ] {
        market.enterprise(number, name, entity).await;
    }
    market
}

/// An organization with a member that is paid for, an invitation that is open, and a rival with a member that pays for itself.
pub(crate) async fn founded() -> (Market, u64) {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    join(&market, ADMIN, organization, MEMBER, "team", true).await;
    let rival = found(&market, RIVAL).await;
    join(&market, RIVAL, rival, RIVALS_MEMBER, "theirs", false).await;
    done(&market, NEW, ADMIN, "InviteOrganizationMember", &invitation(ADMIN, organization, INVITED, "guest", true))
        .await;
    (market, organization)
}

/// Calls that must succeed; the answer's fields.
pub(crate) async fn done(market: &Market, api: Api, caller: u64, action: &str, body: &str) -> serde_json::Value {
    let answer = market.call_in(api, caller, action, body).await;
    assert_eq!(code_of(&answer), "ok", "{action} {body} {answer}");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["Response"].clone()
}

pub(crate) async fn refuses(market: &Market, api: Api, caller: u64, action: &str, cases: &[(&str, &str)]) {
    for (body, code) in cases {
        let answer = market.call_in(api, caller, action, body).await;
        assert_eq!(code_of(&answer), *code, "{action} {body} {answer}");
    }
}

pub(crate) async fn found(market: &Market, admin: u64) -> u64 {
    done(market, NEW, admin, "CreateOrganization", "{}").await["OrgId"].as_u64().unwrap()
}

pub(crate) fn invitation(admin: u64, organization: u64, member: u64, name: &str, paid: bool) -> String {
    let (ids, payer) = if paid { ("1, 2, 7", format!(r#", "PayUin": "{admin}""#)) } else { ("1, 2", String::new()) };
    format!(
        r#"{{"MemberUin": {member}, "Name": "{name}", "PolicyType": "Financial", "PermissionIds": [{ids}],
            "NodeId": {organization}{payer}}}"#
    )
}

/// An account that the admin has created, and pays for.
pub(crate) fn creation(organization: u64, more: &str) -> String {
    format!(
        r#"{{"Name": "made", "AccountName": "Own-1", "PolicyType": "Financial", "PermissionIds": [1, 2, 7],
            "NodeId": {organization}, "PayUin": "{ADMIN}"{more}}}"#
    )
}

/// The number of the invitation that an account got last.
pub(crate) async fn last_invitation(market: &Market, member: u64) -> u64 {
    let list = done(market, OLD, member, "ListOrganizationInvitations", r#"{"Invited": 1}"#).await;
    list["Invitations"][0]["Id"].as_u64().unwrap()
}

pub(crate) async fn join(market: &Market, admin: u64, organization: u64, member: u64, name: &str, paid: bool) {
    let body = invitation(admin, organization, member, name, paid);
    done(market, NEW, admin, "InviteOrganizationMember", &body).await;
    let id = last_invitation(market, member).await;
    done(market, OLD, member, "AcceptOrganizationInvitation", &format!(r#"{{"Id": {id}}}"#)).await;
}

/// An answer without fields.
fn empty() -> String {
    response("").replace("{,", "{")
}

pub(crate) fn named(member: u64) -> String {
    format!(r#"{{"MemberUin": {member}}}"#)
}

#[tokio::test]
async fn an_organization_is_made_and_shown_in_both_versions() {
    let market = open().await;
    let made = market.call_in(NEW, ADMIN, "CreateOrganization", "{}").await;
    let number = serde_json::from_str::<serde_json::Value>(&made).unwrap()["Response"]["OrgId"].clone();
    assert_eq!(made, response(&format!(r#""OrgId":{number},"NickName":"Example""#)));
    let shown = market.call_in(NEW, ADMIN, "DescribeOrganization", r#"{"Lang": "en"}"#).await;
    let described = |names: [&str; 3]| {
        let [policy, bills, balance] = names;
        response(&format!(
            r#""OrgId":{number},"HostUin":700000000001,"NickName":"Example","OrgType":1,"IsManager":true,
            "OrgPolicyType":"Financial","OrgPolicyName":"{policy}",
            "OrgPermission":[{{"Id":1,"Name":"{bills}"}},{{"Id":2,"Name":"{balance}"}}],"RootNodeId":{number},
            "CreateTime":"2100-01-01 08:07:00","JoinTime":"2100-01-01 08:07:00","IsAllowQuit":"Denied",
            "PayUin":"","PayName":"","IsAssignManager":false,"IsAuthManager":false"#
        ))
    };
    assert_eq!(shown, described(["Financial management", "View bills", "View balance"]));
    let chinese = market.call_in(NEW, ADMIN, "DescribeOrganization", r#"{"Lang": "zh"}"#).await;
    assert_eq!(chinese, described(["财务管理", "查看账单", "查看余额"]));
    let got = |empty| {
        response(&format!(
            r#""OrgId":{number},"HostUin":700000000001,"Nickname":"Example","Mail":"700000000001@example.com","OrgType":1,
            "IsEmpty":{empty}"#
        ))
    };
    assert_eq!(market.call_in(OLD, ADMIN, "GetOrganization", "{}").await, got(1));
    join(&market, ADMIN, number.as_u64().unwrap(), MEMBER, "team", false).await;
    assert_eq!(market.call_in(OLD, MEMBER, "GetOrganization", "{}").await, got(0));

    let old = market.call_in(OLD, RIVAL, "CreateOrganization", r#"{"OrgType": 1}"#).await;
    let number = serde_json::from_str::<serde_json::Value>(&old).unwrap()["Response"]["OrgId"].clone();
    assert_eq!(
        old,
        response(&format!(r#""OrgId":{number},"Nickname":"Rival","Mail":"700000000002@example.com","OrgType":1"#))
    );
    let nodes = market.call_in(NEW, RIVAL, "DescribeOrganizationNodes", r#"{"Limit": 10, "Offset": 0}"#).await;
    let root = format!(
        r#"{{"NodeId":{number},"Name":"Root","ParentNodeId":0,"Remark":"","CreateTime":"2100-01-01 08:07:00",
        "UpdateTime":"2100-01-01 08:07:00","Tags":[]}}"#
    );
    assert_eq!(nodes, response(&format!(r#""Total":1,"Items":[{root}]"#)));
    for (body, items, total) in [
        (r#"{"Limit": 1, "Offset": 1}"#, "", 1),
        (r#"{"Limit": 1, "Offset": 0, "Tags": [{"TagKey": "k", "TagValue": "v"}]}"#, "", 0),
    ] {
        let nodes = market.call_in(NEW, RIVAL, "DescribeOrganizationNodes", body).await;
        assert_eq!(nodes, response(&format!(r#""Total":{total},"Items":[{items}]"#)));
    }
    assert_eq!(market.call_in(OLD, RIVAL, "DeleteOrganization", "{}").await, empty());
    refuses(&market, NEW, RIVAL, "DescribeOrganization", &[("{}", "ResourceNotFound.OrganizationNotExist")]).await;
}

#[tokio::test]
async fn an_account_is_invited_joins_and_is_shown() {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    let body = format!(
        r#"{{"MemberUin": {MEMBER}, "Name": "team", "PolicyType": "Financial", "PermissionIds": [7, 2, 1, 6, 1],
            "NodeId": {organization}, "Remark": "our team", "IsAllowQuit": "Denied", "PayUin": "{ADMIN}"}}"#
    );
    assert_eq!(market.call_in(NEW, ADMIN, "InviteOrganizationMember", &body).await, empty());
    let id = last_invitation(&market, MEMBER).await;
    // What the admin notes is not told to whoever is invited.
    let listed = |status: i64, remark: &str| {
        response(&format!(
            r#""Invitations":[{{"Id":{id},"Uin":700000000011,"HostUin":700000000001,"HostName":"Example",
            "HostMail":"700000000001@example.com","Status":{status},"Name":"team","Remark":"{remark}","OrgType":1,
            "InviteTime":"2100-01-01 08:07:00","ExpireTime":"2100-01-16 08:07:00"}}],"TotalCount":1"#
        ))
    };
    for (caller, invited, remark) in [(ADMIN, 0, "our team"), (MEMBER, 1, "")] {
        let body = format!(r#"{{"Invited": {invited}, "Offset": 0, "Limit": 10}}"#);
        assert_eq!(market.call_in(OLD, caller, "ListOrganizationInvitations", &body).await, listed(0, remark));
    }
    market.wait_until(OPENED + DAY).await;
    done(&market, OLD, MEMBER, "AcceptOrganizationInvitation", &format!(r#"{{"Id": {id}}}"#)).await;
    assert_eq!(
        market.call_in(OLD, ADMIN, "ListOrganizationInvitations", r#"{"Invited": 0}"#).await,
        listed(1, "our team")
    );

    let seen = done(&market, NEW, MEMBER, "DescribeOrganization", "{}").await;
    assert_eq!(seen["IsManager"], false);
    assert_eq!((&seen["PayUin"], &seen["PayName"]), (&ADMIN.to_string().into(), &"Example".into()));
    assert_eq!((&seen["JoinTime"], &seen["IsAllowQuit"]), (&"2100-01-02 08:00:00".into(), &"Denied".into()));
    assert_eq!(seen["OrgPermission"].as_array().unwrap().len(), 4);

    let member = format!(
        r#"{{"MemberUin":700000000011,"Name":"team","MemberType":"Invite","OrgPolicyType":"Financial",
        "OrgPolicyName":"Financial management","OrgPermission":[{{"Id":1,"Name":"View bills"}},
        {{"Id":2,"Name":"View balance"}},{{"Id":6,"Name":"Inherit offers"}},{{"Id":7,"Name":"Pay on behalf"}}],
        "NodeId":{organization},"NodeName":"Root","Remark":"our team","CreateTime":"2100-01-02 08:00:00",
        "UpdateTime":"2100-01-02 08:00:00","IsAllowQuit":"Denied","PayUin":"700000000001","PayName":"Example",
        "OrgIdentity":[],"BindStatus":"Unbound","PermissionStatus":"Confirmed","Tags":[],"NickName":"Team"}}"#
    );
    for (more, found) in [
        (String::new(), true),
        (r#", "SearchKey": "TEA""#.to_owned(), true),
        (format!(r#", "SearchKey": "{MEMBER}""#), true),
        (r#", "SearchKey": "70000000001""#.to_owned(), false),
        (r#", "AuthName": "E1 Ltd""#.to_owned(), true),
        (r#", "AuthName": "E2 Ltd""#.to_owned(), false),
        (format!(r#", "NodeId": {organization}, "NodeName": "Root""#), true),
        (r#", "NodeName": "Sales""#.to_owned(), false),
        (r#", "Tags": [{"TagKey": "k", "TagValue": "v"}]"#.to_owned(), false),
    ] {
        let body = format!(r#"{{"Offset": 0, "Limit": 10{more}}}"#);
        let listed = market.call_in(NEW, ADMIN, "DescribeOrganizationMembers", &body).await;
        let (items, total) = if found { (&*member, 1) } else { ("", 0) };
        assert_eq!(listed, response(&format!(r#""Items":[{items}],"Total":{total}"#)), "{more}");
    }
    let beyond = market.call_in(NEW, ADMIN, "DescribeOrganizationMembers", r#"{"Offset": 10, "Limit": 10}"#).await;
    assert_eq!(beyond, response(r#""Items":[],"Total":1"#));

    assert_eq!(
        market.call_in(OLD, ADMIN, "ListOrganizationMembers", "{}").await,
        response(
            r#""Members":[{"Uin":700000000011,"Name":"team","Remark":"our team","JoinTime":"2100-01-02 08:00:00"}],
            "TotalCount":1"#
        )
    );
    assert_eq!(
        market.call_in(OLD, ADMIN, "GetOrganizationMember", &named(MEMBER)).await,
        response(&format!(
            r#""Uin":700000000011,"Name":"team","Remark":"our team","JoinTime":"2100-01-02 08:00:00",
            "NodeId":{organization},"NodeName":"Root","ParentNodeId":0"#
        ))
    );
}

#[tokio::test]
async fn members_are_listed_by_age_and_in_pages() {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    for (member, name) in [(MEMBER, "one"), (INVITED, "two"), (FREE, "three")] {
        join(&market, ADMIN, organization, member, name, false).await;
    }
    let names = async |api, action, body: &str, list: &str| -> Vec<String> {
        let page = done(&market, api, ADMIN, action, body).await;
        assert_eq!(page.get("Total").or(page.get("TotalCount")).unwrap(), &3);
        let items = page[list].as_array().unwrap();
        items.iter().map(|item| item["Name"].as_str().unwrap().to_owned()).collect()
    };
    let new = async |body| names(NEW, "DescribeOrganizationMembers", body, "Items").await;
    assert_eq!(new(r#"{"Offset": 0, "Limit": 2}"#).await, ["one", "two"]);
    assert_eq!(new(r#"{"Offset": 2, "Limit": 2}"#).await, ["three"]);
    let old = async |body| names(OLD, "ListOrganizationMembers", body, "Members").await;
    assert_eq!(old("{}").await, ["one", "two", "three"]);
    assert_eq!(old(r#"{"Offset": 1, "Limit": 2}"#).await, ["two", "three"]);
    assert_eq!(old(r#"{"Offset": 3}"#).await, [""; 0]);
    let invitations =
        done(&market, OLD, ADMIN, "ListOrganizationInvitations", r#"{"Invited": 0, "Offset": 1, "Limit": 1}"#).await;
    assert_eq!(invitations["TotalCount"], 3);
    assert_eq!(invitations["Invitations"][0]["Uin"], INVITED);
}

#[tokio::test]
async fn members_are_changed_and_agree_to_other_permissions() {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    join(&market, ADMIN, organization, MEMBER, "team", false).await;
    let action = "UpdateOrganizationMember";
    let shown = async || {
        let list = done(&market, NEW, ADMIN, "DescribeOrganizationMembers", r#"{"Offset": 0, "Limit": 10}"#).await;
        list["Items"][0].clone()
    };
    let change = async |more: &str| {
        let body = format!(r#"{{"MemberUin": {MEMBER}{more}}}"#);
        done(&market, NEW, ADMIN, action, &body).await
    };
    change(r#", "Name": "crew", "Remark": "new", "IsAllowQuit": "Allow""#).await;
    let after = shown().await;
    assert_eq!(
        (&after["Name"], &after["Remark"], &after["IsAllowQuit"]),
        (&"crew".into(), &"new".into(), &"Allow".into())
    );
    let old = format!(r#"{{"MemberUin": {MEMBER}, "Remark": ""}}"#);
    done(&market, OLD, ADMIN, action, &old).await;
    let after = shown().await;
    assert_eq!((&after["Name"], &after["Remark"]), (&"crew".into(), &"".into()));

    let paid = format!(
        r#"{{"MemberUin": {MEMBER}, "PolicyType": "Financial", "PermissionIds": [1, 2, 7], "PayUin": "{ADMIN}"}}"#
    );
    // It may leave by itself, so nobody pays for it.
    refuses(&market, NEW, ADMIN, action, &[(&paid, "InvalidParameter.AllowQuitIllegal")]).await;
    change(r#", "IsAllowQuit": "Denied""#).await;
    done(&market, NEW, ADMIN, action, &paid).await;
    let waiting = shown().await;
    assert_eq!((&waiting["PermissionStatus"], &waiting["PayUin"]), (&"UnConfirmed".into(), &"".into()));
    refuses(&market, NEW, ADMIN, action, &[(&paid, "FailedOperation.ChangePermissionRecordExist")]).await;
    let decide =
        members::DecidePermissions { member: uin(MEMBER), organization: OrganizationId(organization), accept: true };
    market.platform(Command::from(decide)).await;
    let agreed = shown().await;
    assert_eq!((&agreed["PermissionStatus"], &agreed["PayUin"]), (&"Confirmed".into(), &ADMIN.to_string().into()));
    let quitting = format!(r#"{{"MemberUin": {MEMBER}, "IsAllowQuit": "Allow"}}"#);
    refuses(&market, NEW, ADMIN, action, &[(&quitting, "InvalidParameter.AllowQuitIllegal")]).await;
    // It stays paid for without being told again who pays.
    change(r#", "PolicyType": "Financial", "PermissionIds": [1, 2, 7]"#).await;
}

#[tokio::test]
async fn members_leave_by_themselves_only_where_they_may() {
    let (market, organization) = founded().await;
    let action = "QuitOrganization";
    let own = format!(r#"{{"OrgId": {organization}}}"#);
    let rivals = done(&market, OLD, RIVAL, "GetOrganization", "{}").await["OrgId"].clone();
    let other = format!(r#"{{"OrgId": {rivals}}}"#);
    let nowhere = "ResourceNotFound.OrganizationNotExist";
    let cases = [(&*own, "UnsupportedOperation.MemberNotAllowQuit"), (r#"{"OrgId": 1}"#, nowhere)];
    refuses(&market, NEW, MEMBER, action, &cases).await;
    refuses(&market, NEW, MEMBER, action, &[(&other, "ResourceNotFound.OrganizationMemberNotExist")]).await;
    refuses(&market, OLD, MEMBER, action, &cases).await;
    refuses(&market, OLD, MEMBER, action, &[(&other, nowhere)]).await;
    for api in [NEW, OLD] {
        refuses(&market, api, FREE, action, &[(&own, nowhere)]).await;
        let stays = "FailedOperation.DisableQuitSelfCreatedOrganization";
        refuses(&market, api, ADMIN, action, &[(&own, stays)]).await;
    }
    let let_go = format!(r#"{{"MemberUin": {RIVALS_MEMBER}, "IsAllowQuit": "Allow"}}"#);
    done(&market, NEW, RIVAL, "UpdateOrganizationMember", &let_go).await;
    assert_eq!(market.call_in(NEW, RIVALS_MEMBER, action, &other).await, empty());
    refuses(&market, NEW, RIVALS_MEMBER, "DescribeOrganization", &[("{}", nowhere)]).await;
    assert_eq!(market.call_in(NEW, RIVAL, "DeleteOrganization", "{}").await, empty());
}

#[tokio::test]
async fn members_are_taken_out_together_or_not_at_all() {
    let (market, _) = founded().await;
    let id = last_invitation(&market, INVITED).await;
    done(&market, OLD, INVITED, "AcceptOrganizationInvitation", &format!(r#"{{"Id": {id}}}"#)).await;
    let action = "DeleteOrganizationMembers";
    let stays = "FailedOperation.DisableQuitSelfCreatedOrganization";
    for (api, list, missing) in
        [(NEW, "MemberUin", "InvalidParameter"), (OLD, "Uins", "ResourceNotFound.MemberNotExist")]
    {
        for (members, code) in [
            ("".to_owned(), "InvalidParameter"),
            ("0".to_owned(), missing),
            (format!("{MEMBER}, {FREE}"), missing),
            (format!("{MEMBER}, {RIVALS_MEMBER}"), missing),
            (format!("{MEMBER}, {ADMIN}"), stays),
        ] {
            refuses(&market, api, ADMIN, action, &[(&format!(r#"{{"{list}": [{members}]}}"#), code)]).await;
        }
    }
    // Neither has money, so that the order waits to be paid, and both stay.
    order(&market, INVITED).await;
    let both = format!("[{MEMBER}, {INVITED}]");
    for (api, body) in [(NEW, format!(r#"{{"MemberUin": {both}}}"#)), (OLD, format!(r#"{{"Uins": {both}}}"#))] {
        refuses(&market, api, ADMIN, action, &[(&body, "UnsupportedOperation.OrderInProgressExisted")]).await;
    }
    assert_eq!(done(&market, OLD, ADMIN, "ListOrganizationMembers", "{}").await["TotalCount"], 2);
    let one = format!(r#"{{"MemberUin": [{MEMBER}, {MEMBER}]}}"#);
    assert_eq!(market.call_in(NEW, ADMIN, action, &one).await, empty());
    let left = done(&market, OLD, ADMIN, "ListOrganizationMembers", "{}").await;
    assert_eq!((&left["TotalCount"], &left["Members"][0]["Uin"]), (&1.into(), &INVITED.into()));
    refuses(&market, NEW, ADMIN, "DeleteOrganization", &[("{}", "FailedOperation.OrganizationNotEmpty")]).await;
    refuses(&market, OLD, ADMIN, "DeleteOrganization", &[("{}", "FailedOperation.OrganizationNotEmpty")]).await;
    // It may join another organization at once.
    let rivals = done(&market, OLD, RIVAL, "GetOrganization", "{}").await["OrgId"].as_u64().unwrap();
    join(&market, RIVAL, rivals, MEMBER, "team", true).await;
}

/// An order that is paid at once, or waits.
pub(crate) async fn order(market: &Market, account: u64) {
    market
        .platform(Command::from(buying::PlaceOrder {
            account: uin(account),
            product: "cvm".parse().unwrap(),
            kind: OrderKind::Purchase,
            amount: amount("10"),
            capture: true,
            park: true,
            resource: None,
            details: "{}".to_owned(),
        }))
        .await;
}

#[tokio::test]
async fn invitations_end_in_each_of_their_ways() {
    let market = open().await;
    let organization = found(&market, ADMIN).await;
    let statuses = async |caller, invited: u8| {
        let body = format!(r#"{{"Invited": {invited}}}"#);
        let list = done(&market, OLD, caller, "ListOrganizationInvitations", &body).await;
        let list = list["Invitations"].as_array().unwrap().clone();
        list.iter().map(|one| one["Status"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let send = async |member: u64, name: &str| {
        let body = format!(r#"{{"InviteUin": {member}, "Name": "{name}", "Remark": ""}}"#);
        done(&market, OLD, ADMIN, "SendOrganizationInvitation", &body).await;
        format!(r#"{{"Id": {}}}"#, last_invitation(&market, member).await)
    };
    let gone = "ResourceNotFound.InvitationNotExist";
    // Denied by the newer version's invitee, through the only version that can.
    let body = invitation(ADMIN, organization, MEMBER, "team", true);
    done(&market, NEW, ADMIN, "InviteOrganizationMember", &body).await;
    let id = format!(r#"{{"Id": {}}}"#, last_invitation(&market, MEMBER).await);
    refuses(&market, OLD, INVITED, "DenyOrganizationInvitation", &[(&id, gone)]).await;
    assert_eq!(market.call_in(OLD, MEMBER, "DenyOrganizationInvitation", &id).await, empty());
    // Taken back.
    let taken = send(MEMBER, "team").await;
    refuses(&market, OLD, RIVAL, "CancelOrganizationInvitation", &[(&taken, "ResourceNotFound.OrganizationNotExist")])
        .await;
    assert_eq!(market.call_in(OLD, ADMIN, "CancelOrganizationInvitation", &taken).await, empty());
    // Expired: the last moment is outside.
    let expired = send(MEMBER, "team").await;
    assert_eq!(statuses(MEMBER, 1).await, [0, 3, 2]);
    market.wait_until(OPENED + 420 + 15 * DAY).await;
    assert_eq!(statuses(ADMIN, 0).await, [-1, 3, 2]);
    // Accepted.
    let accepted = send(MEMBER, "team").await;
    for (action, caller) in [
        ("AcceptOrganizationInvitation", INVITED),
        ("DenyOrganizationInvitation", ADMIN),
        ("AcceptOrganizationInvitation", MEMBER),
        ("DenyOrganizationInvitation", MEMBER),
        ("CancelOrganizationInvitation", ADMIN),
    ] {
        let cases = [(&*id, gone), (&*taken, gone), (&*expired, gone), (r#"{"Id": 0}"#, gone)];
        refuses(&market, OLD, caller, action, &cases).await;
    }
    assert_eq!(market.call_in(OLD, MEMBER, "AcceptOrganizationInvitation", &accepted).await, empty());
    assert_eq!(statuses(MEMBER, 1).await, [1, -1, 3, 2]);
    // It pays for itself, and its admin sees bills and balance.
    let seen = done(&market, NEW, MEMBER, "DescribeOrganization", "{}").await;
    assert_eq!((&seen["PayUin"], seen["OrgPermission"].as_array().unwrap().len()), (&"".into(), 2));
    // Void with its organization; an invitation to one that is in another organization by now stays open until then.
    let late = send(INVITED, "guest").await;
    done(&market, NEW, ADMIN, "DeleteOrganizationMembers", &format!(r#"{{"MemberUin": [{MEMBER}]}}"#)).await;
    done(&market, OLD, INVITED, "CreateOrganization", r#"{"OrgType": 1}"#).await;
    let already = "FailedOperation.InOrganizationAlready";
    refuses(&market, OLD, INVITED, "AcceptOrganizationInvitation", &[(&late, already)]).await;
    done(&market, OLD, ADMIN, "DeleteOrganization", "{}").await;
    assert_eq!(statuses(INVITED, 1).await, [2]);
    refuses(&market, OLD, INVITED, "AcceptOrganizationInvitation", &[(&late, gone)]).await;
}
