//! What draws do to organizations: they form and dissolve, invite, join, change what an admin may do for whom, and leave.
//! Mostly what can succeed as things stand, so that many accounts are paid for; sometimes anything at all.

use crate::scene::{Scene, pick};
use crate::workload::{Money, money};
use credere_auditor::facts::{Bound, Invitation, Member};
use credere_auditor::{NEVER, units};
use credere_core::book::{Book, Command, Event, buying, members, metering, notices, parties, standing, transfers};
use credere_core::channel::{ActionType, Frozen, NoticeKind, OrderId, OrderState, Standing, TransferId, Uin};
use credere_core::organization::{
    CreationState, Feature, InvitationId, OrganizationId, Permission, Permissions, QuotasChange,
};
use proptest::bool::weighted;
use proptest::option::of as maybe;
use proptest::prelude::*;

/// A command about organizations in symbols.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Create { party: u8 },
    Change { which: u8, features: Option<u8>, accounts: Option<u8>, open: Option<u8>, creations: Option<u8> },
    Delete { which: u8 },
    Invite { which: u8, party: u8, permissions: u8, payer: u8, allow_quit: bool, applied: bool },
    Cancel { which: u8 },
    Answer { which: u8, party: u8, accept: bool },
    Permit { which: u8, permissions: Option<u8>, payer: u8, allow_quit: Option<bool> },
    Consent { which: u8, accept: bool },
    Remove { which: u8, more: Option<u8> },
    Quit { which: u8 },
    Transfer { which: u8, amount: Money },
    Return { which: u8, amount: Money },
}

pub(crate) fn sketch() -> impl Strategy<Value = Sketch> {
    let n = any::<u8>;
    prop_oneof![
        2 => n().prop_map(|party| Sketch::Create { party }),
        3 => (n(), maybe(0..4_u8), maybe(1..6_u8), maybe(0..3_u8), maybe(0..4_u8)).prop_map(
            |(which, features, accounts, open, creations)| Sketch::Change { which, features, accounts, open, creations }
        ),
        1 => n().prop_map(|which| Sketch::Delete { which }),
        10 => (n(), n(), n(), n(), weighted(0.4), weighted(0.2)).prop_map(
            |(which, party, permissions, payer, allow_quit, applied)| {
                Sketch::Invite { which, party, permissions, payer, allow_quit, applied }
            }
        ),
        1 => n().prop_map(|which| Sketch::Cancel { which }),
        8 => (n(), n(), weighted(0.9)).prop_map(|(which, party, accept)| Sketch::Answer { which, party, accept }),
        11 => (n(), maybe(n()), n(), maybe(weighted(0.5))).prop_map(
            |(which, permissions, payer, allow_quit)| Sketch::Permit { which, permissions, payer, allow_quit }
        ),
        6 => (n(), weighted(0.8)).prop_map(|(which, accept)| Sketch::Consent { which, accept }),
        6 => (n(), maybe(n())).prop_map(|(which, more)| Sketch::Remove { which, more }),
        5 => n().prop_map(|which| Sketch::Quit { which }),
        5 => (n(), money()).prop_map(|(which, amount)| Sketch::Transfer { which, amount }),
        5 => (n(), money()).prop_map(|(which, amount)| Sketch::Return { which, amount }),
    ]
}

/// Mostly what every member gives, with or without being paid for; sometimes anything.
pub(crate) fn permissions(which: u8) -> Permissions {
    let base: Permissions = Permissions::ALWAYS.into_iter().collect();
    let paid = base.with(Permission::PayOnBehalf);
    match which {
        0..80 => paid,
        80..110 => paid.with(Permission::InheritOffers),
        110..180 => base,
        180..190 => base.with(Permission::InheritOffers),
        190..205 => base.with(Permission::AllocateFunds),
        205..215 => paid.with(Permission::InheritOffers),
        215..225 => base.with(Permission::ConsolidateBills).with(Permission::CreditSetting),
        225..235 => paid.with(Permission::AllocateFunds),
        235..242 => paid.without(Permission::ViewBills),
        _ => paid.with(Permission::Invoice),
    }
}

impl Scene<'_> {
    /// Mostly the admin of an organization, sometimes anybody.
    pub(crate) fn admin(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.world.organization_of_admin(uin).is_some())
    }

    /// Mostly a member, such a one where there is any, and its admin.
    fn member(&self, which: u8, suits: impl Fn(&Member) -> bool) -> (Uin, Uin) {
        let some = self.world.members.values().any(&suits);
        let member = self.mostly(which, |uin| self.world.members.get(&uin).is_some_and(|it| !some || suits(it)));
        let organization = self.world.organization_of(member).and_then(|id| self.world.organizations.get(&id));
        let admin = organization.map(|organization| organization.admin);
        (member, admin.filter(|_| which % 16 != 1).unwrap_or(self.admin(which)))
    }

    /// Mostly an invitation that can be answered, sometimes any.
    fn invitation(&self, which: u8) -> (InvitationId, Option<&Invitation>) {
        let open: Vec<u64> = self.world.invitations.keys().copied().collect();
        let id = match open.get(usize::from(which / 8) % open.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => InvitationId(*id),
            _ => pick(&self.known.invitations, which / 8, InvitationId(NEVER)),
        };
        (id, self.world.invitations.get(&id.0))
    }

    /// Mostly somebody that is in no organization, and like the admin as to where its credit comes from; of another entity where
    /// that is asked for.
    fn guest(&self, admin: Uin, which: u8, other: bool) -> Uin {
        let from = |uin: Uin| self.bound(uin).map(|bound| bound.partner);
        let entity = |uin: Uin| self.book.account_facts(uin).entity.as_ref();
        let suits = |uin: Uin| !other || (entity(uin).is_some() && entity(uin) != entity(admin));
        self.mostly(which, |uin| self.world.organization_of(uin).is_none() && from(uin) == from(admin) && suits(uin))
    }

    pub(crate) fn payer_named(&self, admin: Uin, which: u8) -> Option<Uin> {
        match which {
            0..224 => Some(admin),
            224..244 => None,
            _ => Some(self.party(which)),
        }
    }

    fn organization(&self, member: Uin, which: u8) -> OrganizationId {
        let theirs = self.world.organization_of(member).map(OrganizationId);
        let any = || pick(&self.known.organizations, which / 8, OrganizationId(NEVER));
        theirs.filter(|_| which % 8 != 3).unwrap_or_else(any)
    }

    pub(crate) fn on_organization(&self, sketch: &Sketch) -> Command {
        match *sketch {
            Sketch::Create { party } => {
                let admin = self.mostly(party, |uin| self.world.organization_of(uin).is_none());
                Command::from(members::CreateOrganization { admin })
            }
            Sketch::Change { which, features, accounts, open, creations } => {
                let granted =
                    |bits: u8| Feature::ALL.into_iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
                Command::from(members::ChangeOrganization {
                    organization: pick(&self.known.organizations, which, OrganizationId(NEVER)),
                    features: features.map(|bits| granted(bits).map(|(_, feature)| feature).collect()),
                    quotas: QuotasChange {
                        accounts: accounts.map(u32::from),
                        open_invitations: open.map(u32::from),
                        creations_per_day: creations.map(u32::from),
                        ..QuotasChange::default()
                    },
                    member_deletion: (which % 4 == 0).then_some(which % 8 == 0),
                })
            }
            Sketch::Delete { which } => Command::from(members::DeleteOrganization { admin: self.admin(which) }),
            Sketch::Invite { which, party, permissions: wanted, payer, allow_quit, applied } => {
                let admin = self.admin(which);
                Command::from(members::InviteMember {
                    admin,
                    member: self.guest(admin, party, applied),
                    permissions: permissions(wanted),
                    payer: self.payer_named(admin, payer),
                    allow_quit: allow_quit && (which % 4 == 0 || !permissions(wanted).has(Permission::PayOnBehalf)),
                    applied: applied.then(|| "Example Works".to_owned()),
                })
            }
            Sketch::Cancel { which } => {
                let (invitation, there) = self.invitation(which);
                let organization = there.and_then(|there| self.world.organizations.get(&there.organization));
                let admin = organization.map_or(self.admin(which), |organization| organization.admin);
                Command::from(members::CancelInvitation { admin, invitation })
            }
            Sketch::Answer { which, party, accept } => {
                let (invitation, there) = self.invitation(which);
                let member = there.map(|there| there.member).filter(|_| party % 16 != 0).unwrap_or(self.party(party));
                if accept {
                    Command::from(members::AcceptInvitation { member, invitation })
                } else {
                    Command::from(members::DenyInvitation { member, invitation })
                }
            }
            Sketch::Permit { which, permissions: wanted, payer, allow_quit } => {
                let (member, admin) = self.member(which, |member| member.asked.is_some() == (which % 4 == 1));
                let kept = self.world.members.get(&member).map(|member| member.permissions).unwrap_or_default();
                let turned = match kept.has(Permission::PayOnBehalf) {
                    true => kept.without(Permission::PayOnBehalf),
                    false => kept.with(Permission::PayOnBehalf),
                };
                let wanted = wanted.map(|wanted| if wanted % 3 == 0 { permissions(wanted) } else { turned });
                // Who is to be paid for mostly may not leave by itself from then on.
                let paid = wanted.is_some_and(|wanted| wanted.has(Permission::PayOnBehalf));
                let allow_quit = if paid && which % 8 < 6 { Some(false) } else { allow_quit };
                Command::from(members::ChangeMember {
                    admin,
                    member,
                    permissions: wanted,
                    payer: self.payer_named(admin, payer),
                    allow_quit,
                })
            }
            Sketch::Consent { which, accept } => {
                let (member, _) = self.member(which, |member| member.asked.is_some());
                let organization = self.organization(member, which);
                Command::from(members::DecidePermissions { member, organization, accept })
            }
            Sketch::Remove { which, more } => {
                let (member, admin) = self.member(which, |_| true);
                let others = more.map(|more| if more % 8 == 0 { admin } else { self.member(more, |_| true).0 });
                let members = [member].into_iter().chain(others).collect();
                Command::from(members::RemoveMembers { admin, members })
            }
            Sketch::Quit { which } => {
                let likely = |member: &Member| member.allow_quit;
                let (member, admin) = self.member(which, likely);
                let member = if which % 16 == 2 { admin } else { member };
                Command::from(members::QuitOrganization { member, organization: self.organization(member, which) })
            }
            Sketch::Transfer { which, ref amount } => {
                let (member, admin) = self.member(which, |member| member.permissions.has(Permission::AllocateFunds));
                let (organization, amount) = (self.organization(member, which), self.amount(amount, admin));
                Command::from(transfers::TransferFunds { organization, member, amount })
            }
            Sketch::Return { which, ref amount } => self.returned(which, amount),
        }
    }

    /// Of somebody's binding; often one that has nothing open, and owes something.
    pub(crate) fn unbinding(&self, which: u8) -> Command {
        let owes = |bound: &Bound| bound.available() < 0 && bound.held + bound.frozen == 0;
        let customer = match which % 4 {
            1 => self.mostly(which, |uin| self.bound(uin).is_some_and(owes)),
            _ => self.customer(which),
        };
        Command::from(parties::UnbindCustomer { customer })
    }

    /// For an order that is to be paid; often one for which that was asked before.
    pub(crate) fn request_of_payment(&self, which: u8) -> Command {
        let again = self.known.requested.last().copied().filter(|_| which.is_multiple_of(2));
        let order = again.unwrap_or_else(|| self.order(which, &[OrderState::ToBePaid]));
        Command::from(notices::RequestPayment { order: order.into() })
    }

    /// Mostly an order that is to be paid; often one that whoever pays for its account can pay by now.
    pub(crate) fn order_to_pay(&self, which: u8) -> OrderId {
        let has = |uin: Uin| self.world.accounts.get(&uin).map_or(0, |known| known.available());
        let can_pay = |id: &&OrderId| {
            let order = self.book.open_order(**id).filter(|order| order.state == OrderState::ToBePaid);
            let payer = order.and_then(|order| self.world.payer_of(order.account));
            order.zip(payer).is_some_and(|(order, payer)| units(order.price.customer) <= has(payer))
        };
        let payable = self.known.orders.iter().find(can_pay).filter(|_| which.is_multiple_of(2));
        payable.copied().unwrap_or_else(|| self.order(which, &[OrderState::ToBePaid]))
    }

    /// Mostly of a transfer that was made, in its own organization.
    fn returned(&self, which: u8, amount: &Money) -> Command {
        let made: Vec<u64> = self.world.transfers.keys().copied().collect();
        let id = pick(&made, which / 4, NEVER);
        let there = self.world.transfers.get(&id);
        let theirs = there.map(|there| OrganizationId(there.organization)).filter(|_| which % 16 != 5);
        let organization = theirs.unwrap_or_else(|| pick(&self.known.organizations, which / 16, OrganizationId(NEVER)));
        let about = there.map_or_else(|| self.party(which), |there| there.member);
        let amount = self.amount(amount, about);
        Command::from(transfers::ReturnTransfer { organization, transfer: TransferId(id), amount })
    }

    /// Whoever speaks in such a command.
    pub(crate) fn speaks(&self, command: &members::Command) -> Option<Uin> {
        match command {
            members::Command::ChangeOrganization(_)
            | members::Command::DecideCreation(_)
            | members::Command::AssociateEntity(_)
            | members::Command::ChangeEntity(_)
            | members::Command::DecideEntity(_)
            | members::Command::EndEntity(_) => None,
            members::Command::CreateOrganization(asked) => Some(asked.admin),
            members::Command::DeleteOrganization(asked) => Some(asked.admin),
            members::Command::InviteMember(asked) => Some(asked.admin),
            members::Command::CancelInvitation(asked) => Some(asked.admin),
            members::Command::ChangeMember(asked) => Some(asked.admin),
            members::Command::RemoveMembers(asked) => Some(asked.admin),
            members::Command::CreateMember(asked) => Some(asked.admin),
            members::Command::RetryCreation(asked) => Some(asked.admin),
            members::Command::DenyInvitation(asked) => Some(asked.member),
            members::Command::AcceptInvitation(asked) => Some(asked.member),
            members::Command::DecidePermissions(asked) => Some(asked.member),
            members::Command::QuitOrganization(asked) => Some(asked.member),
        }
    }
}

/// What becomes of those that are paid for, besides what events and refusals are called.
pub(crate) const ON_BEHALF: [&str; 18] = [
    "a member's purchase is its payer's",
    "a sub-customer pays for another",
    "a payer's voucher pays for a member",
    "usage is charged to who paid before",
    "usage is charged to the member that paid for itself before",
    "what a payer paid comes back to it",
    "what a former payer paid comes back to it",
    "a member's order waits for its payer",
    "a payer pays a member's order",
    "a member stops as its payer is overdue",
    "a member stops as its payer is forced to",
    "a member goes on as its payer does",
    "what a member had frozen is let go",
    "what a member runs is frozen anew",
    "a member leaves by itself",
    "an account that was created waits",
    "an account that was created joins later",
    "an account that was created cannot join any more",
];

/// Which of that has come of an event, once the book knows of it.
pub(crate) fn on_behalf(book: &Book, event: &Event) -> impl Iterator<Item = &'static str> {
    let charge = event.charge();
    let paid_for = charge.is_some_and(|charge| charge.paying.payer != charge.account);
    let now = charge.is_some_and(|it| it.paying.payer == book.payer_of(it.account).unwrap_or(it.account));
    let usage = matches!(event, Event::Metering(metering::Event::UsageSettled(_)));
    let back = charge.is_some_and(|charge| charge.action == ActionType::PrepayReturn);
    let order = match event {
        Event::Buying(buying::Event::OrderChanged(fact)) if fact.order.paying.payer != fact.order.account => Some(fact),
        _ => None,
    };
    let review = match event {
        Event::Standing(standing::Event::CustomerReviewed(review)) if review.payer.is_some() => Some(review),
        _ => None,
    };
    let stops = |as_what| review.is_some_and(|it| it.suspension == as_what && !it.notices.is_empty());
    let told = |kind| review.is_some_and(|it| it.notices.iter().any(|notice| notice.kind == kind));
    let (lines, ended, left) = match event {
        Event::Members(members::Event::MemberJoined(fact)) => (&fact.lines_after[..], None, false),
        Event::Members(members::Event::PermissionsDecided(fact)) => (&fact.lines_after[..], fact.ended.as_ref(), false),
        Event::Members(members::Event::MembersLeft(fact)) => {
            (&fact.lines_after[..], fact.members.iter().find_map(|(_, ended)| ended.as_ref()), fact.quit)
        }
        _ => (&[][..], None, false),
    };
    let state = match event {
        Event::Members(members::Event::MemberCreated(fact)) => Some(&fact.creation.state),
        Event::Members(members::Event::CreationDecided(fact)) => Some(&fact.state),
        _ => None,
    };
    let decided = matches!(event, Event::Members(members::Event::CreationDecided(_)));
    let happened = [
        paid_for && !usage && !back,
        paid_for && charge.is_some_and(|charge| charge.binding.is_some()),
        paid_for && charge.is_some_and(|charge| !charge.vouchers.is_empty()),
        paid_for && usage && !now,
        !paid_for && usage && !now,
        paid_for && back && now,
        paid_for && back && !now,
        order.is_some_and(|fact| fact.order.state == OrderState::ToBePaid),
        order.is_some_and(|fact| fact.change == buying::OrderChange::Paid),
        stops(Standing::Overdue),
        stops(Standing::Forced),
        told(NoticeKind::Resumed),
        ended.is_none() && !lines.is_empty(),
        ended.is_some_and(|ended| ended.resources.iter().any(|resource| resource.frozen != Frozen::default())),
        left,
        state == Some(&CreationState::Waiting),
        decided && state == Some(&CreationState::Done),
        matches!(state, Some(CreationState::Failed(_))),
    ];
    ON_BEHALF.into_iter().zip(happened).filter_map(|(name, happened)| happened.then_some(name))
}
