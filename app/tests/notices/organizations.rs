//! What webhooks are told of organizations, and of orders that wait for whoever pays on behalf of a member.

use crate::receiver::{Does, Receiver};
use crate::world::*;
use credere_app::App;
use credere_app::members::NewMemberLabel;
use credere_app::notices::ORGANIZATION_KINDS;
use credere_core::book::{Command, members, notices, parties};
use credere_core::channel::{OrderId, Site, Verification};
use credere_core::money::Amount;
use credere_core::organization::{
    InvitationId, OrganizationId, Permission, Permissions, QuotasChange, RecordId, RelationId,
};
use credere_store::memory::MemoryStore;
use credere_testkit::commands;
use serde_json::{Value, json};
use std::sync::Arc;

const ADMIN: u64 = 40;
const MEMBER: u64 = 41;
/// Of another entity.
const OTHER: u64 = 42;

async fn does(app: &App, command: impl Into<Command>) -> u64 {
    app.command(platform(), None, command.into()).await.unwrap().number().unwrap()
}

async fn enterprises(app: &App) {
    for number in [ADMIN, MEMBER] {
        enterprise(app, number, "E1", None).await;
    }
}

async fn enterprise(app: &App, number: u64, entity: &str, site: Option<Site>) {
    let (verification, entity) = (Verification::Enterprise, entity.parse().ok());
    does(app, parties::OpenAccount { verification, entity, site, ..commands::open(uin(number)) }).await;
}

/// The member joins the admin's new organization, on terms by which it is paid for.
async fn joined(app: &App) -> OrganizationId {
    let organization = OrganizationId(does(app, commands::create_organization(uin(ADMIN))).await);
    let paid: Permissions = Permissions::ALWAYS.into_iter().chain([Permission::PayOnBehalf]).collect();
    let invitation = InvitationId(does(app, commands::invite(uin(ADMIN), uin(MEMBER), paid)).await);
    does(app, commands::accept(uin(MEMBER), invitation)).await;
    organization
}

fn told(got: &[crate::receiver::Got]) -> Vec<(String, Value)> {
    let message = |one: &crate::receiver::Got| {
        let mut message = one.message();
        let mut data = message["data"].take();
        assert_eq!(data["id"], one.id);
        data.as_object_mut().unwrap().remove("id");
        (message["type"].as_str().unwrap().to_owned(), data)
    };
    got.iter().map(message).collect()
}

#[tokio::test]
async fn webhooks_are_told_of_organizations() {
    let app = start_sending(Arc::new(MemoryStore::new()), brisk());
    enterprises(&app).await;
    let (all, admins, members_own, none) = (
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
        Receiver::new(|_| Does::Answers(200)).await,
    );
    add_hook(&app, None, &all, &ORGANIZATION_KINDS).await;
    let admins_hook = add_hook(&app, Some(ADMIN), &admins, &["organization.created", "organization.changed"]).await;
    let members_hook = add_hook(&app, Some(MEMBER), &members_own, &[]).await;
    add_hook(&app, None, &none, &["resumed"]).await;

    let organization = joined(&app).await;
    let (features, quotas, member_deletion) = (None, QuotasChange::default(), Some(true));
    does(&app, members::ChangeOrganization { organization, features, quotas, member_deletion }).await;
    let (admin, member, permissions, payer) = (uin(ADMIN), uin(MEMBER), None, None);
    does(&app, members::ChangeMember { admin, member, permissions, payer, allow_quit: Some(false) }).await;
    does(&app, commands::remove_member(admin, member)).await;
    does(&app, members::DeleteOrganization { admin }).await;

    let (id, ids) = (organization.0, json!([1, 2, 7]));
    let of_member = |outcome: Option<&str>, permissions: bool| {
        let mut data = json!({ "org_id": id, "admin_uin": ADMIN, "member_uin": MEMBER });
        if permissions {
            data["permission_ids"] = ids.clone();
        }
        if let Some(outcome) = outcome {
            data["outcome"] = outcome.into();
        }
        data
    };
    let whole = json!({ "org_id": id, "admin_uin": ADMIN });
    let of = |kind: &str, data: &Value| (format!("organization.{kind}"), data.clone());
    let expected = [
        of("created", &whole),
        of("invitation_sent", &of_member(None, true)),
        of("invitation_ended", &of_member(Some("accepted"), false)),
        of("member_joined", &of_member(None, true)),
        of("changed", &whole),
        of("member_changed", &of_member(None, true)),
        of("member_left", &of_member(Some("removed"), false)),
        of("deleted", &whole),
    ];
    let mut found = told(&all.after(8).await);
    // The organization may be gone when it is told that it was changed.
    found.iter_mut().filter(|(kind, _)| kind == "organization.changed").for_each(|(_, data)| {
        data["admin_uin"] = ADMIN.into();
    });
    assert_eq!(found, expected);
    // Whoever it is about is told as well, and nobody else.
    assert_eq!(told(&members_own.after(5).await), [&expected[1..4], &expected[5..7]].concat());
    until(&app, &members_hook, |rows| rows.len() == 5).await;
    assert_eq!(told(&admins.after(1).await)[0], expected[0]);
    until(&app, &admins_hook, |rows| rows.iter().all(|row| row.state.name() == "delivered")).await;
    assert_eq!(none.so_far().len(), 0);
    app.close();
}

#[tokio::test]
async fn an_account_that_is_created_joins_when_it_is_agreed_to() {
    let app = start_sending(Arc::new(MemoryStore::new()), brisk());
    // At home, where who is created may pay for itself.
    for (number, entity) in [(ADMIN, "E1"), (MEMBER, "E1"), (OTHER, "E2")] {
        enterprise(&app, number, entity, Some(Site::Cn)).await;
    }
    let organization = OrganizationId(does(&app, commands::create_organization(uin(ADMIN))).await);
    let (entity, name) = ("E2".parse().unwrap(), "Example Two".to_owned());
    let trusts = members::AssociateEntity { organization, entity, name, admin: Some(uin(OTHER)) };
    let relation = RelationId(does(&app, trusts).await);
    let all = Receiver::new(|_| Does::Answers(200)).await;
    add_hook(&app, None, &all, &ORGANIZATION_KINDS).await;

    let paid: Permissions = Permissions::ALWAYS.into_iter().chain([Permission::PayOnBehalf]).collect();
    let own: Permissions = Permissions::ALWAYS.into_iter().collect();
    let creates = async |permissions, relation| {
        let asked = members::CreateMember { relation, ..commands::create_member(uin(ADMIN), permissions) };
        let [name, account_name] = ["team", "Team"].map(str::to_owned);
        let label = NewMemberLabel { name, remark: None, account_name };
        let done = app.create_member(platform(), None, asked, label).await.unwrap();
        (done.created_member().unwrap().number(), RecordId(done.number().unwrap()))
    };
    let (at_once, _) = creates(paid, None).await;
    let (waits, record) = creates(own, Some(relation)).await;
    let (_, refused) = creates(own, Some(relation)).await;
    does(&app, members::DecideCreation { organization, record: refused, approve: false }).await;
    does(&app, members::DecideCreation { organization, record, approve: true }).await;
    does(&app, commands::invite(uin(ADMIN), uin(MEMBER), own)).await;

    let joined = |member: u64, ids: Value| {
        let data = json!({ "org_id": organization.0, "admin_uin": ADMIN, "member_uin": member, "permission_ids": ids });
        ("organization.member_joined".to_owned(), data)
    };
    let found = told(&all.after(3).await);
    assert_eq!(found[..2], [joined(at_once, json!([1, 2, 7])), joined(waits, json!([1, 2]))]);
    assert_eq!(
        (found.len(), found[2].0.as_str()),
        (3, "organization.invitation_sent"),
        "nothing is told of what waits"
    );
    app.close();
}

#[tokio::test]
async fn a_payer_is_told_of_orders_that_wait_for_it() {
    let app = start_sending(Arc::new(MemoryStore::new()), brisk());
    enterprises(&app).await;
    does(&app, commands::add_product("cvm")).await;
    joined(&app).await;
    subscribe(&app, ADMIN, false, true).await;
    let (payers, members_own) =
        (Receiver::new(|_| Does::Answers(200)).await, Receiver::new(|_| Does::Answers(200)).await);
    add_hook(&app, Some(ADMIN), &payers, &[]).await;
    subscribe(&app, MEMBER, false, true).await;
    add_hook(&app, Some(MEMBER), &members_own, &[]).await;
    let order = OrderId(does(&app, commands::order(uin(MEMBER), "cvm", Amount::whole(80))).await);
    does(&app, notices::RequestPayment { order: order.into() }).await;
    let data = json!({
        "recipient_uin": ADMIN, "order_id": order.to_string(), "account_uin": MEMBER, "product_code": "cvm",
        "amount": "80.00", "available": "0.00"
    });
    let kinds = ["order_to_be_paid", "payment_requested"];
    assert_eq!(told(&payers.after(2).await), kinds.map(|kind| (kind.to_owned(), data.clone())));
    app.close();
    assert_eq!(members_own.so_far().len(), 0, "who buys is not told of it");
}
