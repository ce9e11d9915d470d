//! Organizations: as many of them, one that has as many members and pays for all of them, and as many invitations.

use super::buying::place;
use super::grown::{BOUGHT, Grown, PLATFORM, code, uin};
use super::metering::usage;
use super::shape::{Asked, Shape, platform};
use anyhow::{Context as _, anyhow, bail};
use credere_core::access::Actor;
use credere_core::book::{Event, Named, buying, finance, members, metering, notices, parties, standing};
use credere_core::channel::{AccountClass, OrderId, RefundScope, Tier, TopUpKind, Uin, Verification};
use credere_core::money::{Amount, Factor};
use credere_core::organization::{InvitationId, OrganizationId, Permission, Permissions, QuotasChange};

/// The admin that has all members.
const ADMIN: u64 = 5;
/// Its members, admins of organizations without any, and those that are still to join, each in a block of their own.
const MEMBERS: u64 = 5 << 32;
const ADMINS: u64 = 6 << 32;
const INVITED: u64 = 7 << 32;
const NEW: u64 = 8 << 32;

pub(super) fn enterprise(number: u64) -> parties::OpenAccount {
    let (class, verification, tier) = (AccountClass::External, Verification::Enterprise, Tier::None);
    let (uin, entity) = (uin(number), "E1".parse().ok());
    parties::OpenAccount { uin: Some(uin), class, verification, tier, site: None, entity, followed: false }
}

pub(super) fn permissions(paid: bool) -> Permissions {
    let both = [Permission::ViewBills, Permission::ViewBalance];
    both.into_iter().chain(paid.then_some(Permission::PayOnBehalf)).collect()
}

fn invite(member: Uin, paid: bool) -> members::InviteMember {
    invite_with(member, permissions(paid))
}

fn invite_with(member: Uin, permissions: Permissions) -> members::InviteMember {
    let (admin, paid) = (uin(ADMIN), permissions.has(Permission::PayOnBehalf));
    let (payer, allow_quit) = (paid.then_some(admin), !paid);
    members::InviteMember { admin, member, permissions, payer, allow_quit, applied: None }
}

fn invitation_of(grown: &Grown, member: Uin) -> anyhow::Result<InvitationId> {
    Ok(grown.book.invitation_to(member, grown.now).context("it has no invitation")?.id)
}

fn join(grown: &mut Grown, member: Uin, paid: bool) -> anyhow::Result<()> {
    join_with(grown, member, permissions(paid))
}

pub(super) fn join_with(grown: &mut Grown, member: Uin, permissions: Permissions) -> anyhow::Result<()> {
    grown.obey(invite_with(member, permissions))?;
    let invitation = invitation_of(grown, member)?;
    grown.obey(members::AcceptInvitation { member, invitation })?;
    Ok(())
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    grown.obey(enterprise(ADMIN))?;
    grown.obey(members::CreateOrganization { admin: uin(ADMIN) })?;
    let organization = organization(grown)?;
    let (accounts, open_invitations) = (Some(u32::MAX), Some(u32::MAX));
    let quotas = QuotasChange { accounts, open_invitations, ..QuotasChange::default() };
    grown.obey(members::ChangeOrganization { organization, features: None, quotas, member_deletion: None })?;
    grown.obey(finance::TopUp { account: uin(ADMIN), amount: Amount::whole(1_000), kind: TopUpKind::Cash })?;
    for place in 0..grown.size {
        grown.obey(enterprise(MEMBERS + place))?;
        join(grown, uin(MEMBERS + place), true)?;
        grown.obey(enterprise(ADMINS + place))?;
        grown.obey(members::CreateOrganization { admin: uin(ADMINS + place) })?;
        grown.obey(enterprise(INVITED + place))?;
        // Each by another admin: how many one has open at a time is bounded.
        let (admin, permissions) = (uin(ADMINS + place), permissions(false));
        let (member, payer, allow_quit) = (uin(INVITED + place), None, false);
        grown.obey(members::InviteMember { admin, member, permissions, payer, allow_quit, applied: None })?;
    }
    Ok(())
}

pub(super) fn organization(grown: &Grown) -> anyhow::Result<OrganizationId> {
    Ok(grown.book.organization_of_admin(uin(ADMIN)).context("there is no organization")?.id)
}

/// An account that is in no organization yet, another one each time.
pub(super) fn newcomer(grown: &mut Grown, kind: u64, round: u64) -> anyhow::Result<Uin> {
    let number = NEW + (kind << 20) + round;
    grown.obey(enterprise(number))?;
    Ok(uin(number))
}

/// A refund of a resource that an account has paid for, and whoever pays for it after it has joined.
fn paid_by_two(grown: &mut Grown, member: Uin) -> anyhow::Result<buying::RefundOrder> {
    let order = buying::PlaceOrder { resource: Some("vm".parse()?), ..place(member, true) };
    grown.obey(finance::TopUp { account: member, amount: Amount::whole(1), kind: TopUpKind::Cash })?;
    grown.obey(order.clone())?;
    join(grown, member, true)?;
    let Event::Buying(buying::Event::OrderChanged(placed)) = grown.obey(order)? else {
        bail!("an order came to something else");
    };
    let order = Named { id: placed.order.id, ended: Some(placed.order) };
    Ok(buying::RefundOrder { order, amount: Amount::whole(1), scope: RefundScope::Resource, capture: true })
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("create an organization", |grown, round| {
            let admin = newcomer(grown, 1, round)?;
            platform(members::CreateOrganization { admin })
        }),
        Shape::of("change an organization", |grown, _| {
            let (organization, quotas) = (organization(grown)?, QuotasChange::default());
            let (features, member_deletion) = (None, Some(true));
            platform(members::ChangeOrganization { organization, features, quotas, member_deletion })
        }),
        Shape::of("delete an organization", |grown, round| {
            let admin = newcomer(grown, 2, round)?;
            grown.obey(members::CreateOrganization { admin })?;
            platform(members::DeleteOrganization { admin })
        }),
        Shape::of("invite a member", |grown, round| platform(invite(newcomer(grown, 3, round)?, true))),
        Shape::of("cancel an invitation", |grown, round| {
            let member = newcomer(grown, 4, round)?;
            grown.obey(invite(member, true))?;
            let invitation = invitation_of(grown, member)?;
            platform(members::CancelInvitation { admin: uin(ADMIN), invitation })
        }),
        Shape::of("deny an invitation", |grown, round| {
            let member = newcomer(grown, 5, round)?;
            grown.obey(invite(member, true))?;
            let invitation = invitation_of(grown, member)?;
            platform(members::DenyInvitation { member, invitation })
        }),
        Shape::of("accept an invitation, to be paid for", |grown, round| {
            let member = newcomer(grown, 6, round)?;
            grown.obey(invite(member, true))?;
            let invitation = invitation_of(grown, member)?;
            platform(members::AcceptInvitation { member, invitation })
        }),
        Shape::of("buy as one of many members", |_, round| {
            platform(metering::ActivateResource {
                account: uin(MEMBERS + round),
                name: format!("members-{round}").parse()?,
                product: code(BOUGHT),
                unit_price: Amount::ZERO,
                quantity: Factor::ONE,
                details: "{}".to_owned(),
            })
        }),
        Shape::of("request payment of one of many orders", |grown, round| {
            let amount = Amount::whole(1_000_000);
            // Of members that nobody takes out.
            let plain = place(uin(MEMBERS + 40 + round), true);
            grown.obey(buying::PlaceOrder { amount, ..plain })?;
            let order = OrderId(grown.book.seq()).into();
            platform(notices::RequestPayment { order })
        }),
        Shape::of("ask for other permissions", |_, round| {
            let permissions = Some(permissions(true).with(Permission::ConsolidateBills));
            let (admin, payer) = (uin(ADMIN), Some(uin(ADMIN)));
            let member = uin(MEMBERS + round);
            platform(members::ChangeMember { admin, member, permissions, payer, allow_quit: None })
        }),
        Shape::of("agree to other permissions", |grown, round| {
            let (member, organization) = (uin(MEMBERS + round), organization(grown)?);
            platform(members::DecidePermissions { member, organization, accept: true })
        }),
        Shape::of("refund a resource that two have paid for", |grown, round| {
            let member = newcomer(grown, 8, round)?;
            platform(paid_by_two(grown, member)?)
        }),
        Shape::of("give the second payer its share", |grown, round| {
            // Nothing has followed yet from the refunds before.
            for earlier in (0..).map(|round| uin(NEW + (8 << 20) + round)) {
                let Some(next) = grown.book.consequence(earlier, grown.now) else { break };
                grown.act(Actor::System, &next)?;
            }
            let member = newcomer(grown, 9, round)?;
            let refund = paid_by_two(grown, member)?;
            grown.act(PLATFORM, &refund.into())?;
            Ok(Asked::Consequence(member))
        }),
        Shape::of("remove a member that was paid for", |_, round| {
            platform(members::RemoveMembers { admin: uin(ADMIN), members: vec![uin(MEMBERS + round)] })
        }),
        Shape::of("quit an organization", |grown, round| {
            let member = newcomer(grown, 7, round)?;
            join(grown, member, false)?;
            let organization = organization(grown)?;
            platform(members::QuitOrganization { member, organization })
        }),
    ]
}

/// Behind everything else: all members of one payer have to be reviewed from here on.
pub(super) fn falls() -> Vec<Shape> {
    vec![
        Shape::of("a payer of many falls below zero", fall),
        Shape::of("a member follows its payer", |grown, round| {
            if round == 0 {
                grown.act(Actor::System, &standing::ReviewCustomer { customer: uin(ADMIN) }.into())?;
            }
            Ok(Asked::Consequence(uin(ADMIN)))
        }),
    ]
}

/// The payer's own use takes it below zero by one, each round anew.
fn fall(grown: &mut Grown, _: u64) -> anyhow::Result<Asked> {
    let account = uin(ADMIN);
    let one = Amount::whole(1);
    let available = grown.book.own(account).context("it pays for itself")?.finance.available();
    if available.is_negative() {
        grown.act(PLATFORM, &finance::TopUp { account, amount: one, kind: TopUpKind::Cash }.into())?;
    }
    let available = grown.book.own(account).context("it pays for itself")?.finance.available();
    let amount = available.plus(one).map_err(|overflow| anyhow!("{overflow:?}"))?;
    platform(usage(grown.now, account, amount))
}
