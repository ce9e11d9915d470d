//! The values that came later than the golden file, behind the others: one event of every kind, each field set by hand.

use crate::values::*;
use credere_core::book::payers::{Begun, Ended};
use credere_core::book::{
    Event, buying, catalogue, finance, members, metering, notices, packs, parties, standing, transfers, vouchers,
};
use credere_core::channel::{
    AccountClass, ActionType, CardId, Charge, Covered, DiscountScope, EntityId, FreezeModel, Lines, NonStop,
    OfferLevel, Order, OrderId, OrderKind, OrderState, Pack, PackId, PackUse, PayerTerms, PayerTold, Paying, Price,
    Refund, RefundScope, ResourceState, Return, Settlement, Share, Site, Standing, Subscription, Tier, TopUpKind,
    TransferId, Verification, VoucherKind, VoucherProducts, VoucherStatus,
};
use credere_core::ledger::{Day, Finance, Funds};
use credere_core::money::{Factor, Rate};
use credere_core::organization::{
    Asked, Condition, Creation, CreationState, EndedBy, EntityRelation, Failure, Feature, Invitation, InvitationEnd,
    InvitationId, OrganizationId, Permission, Permissions, Quotas, RecordId, RelationId, RelationState, Settings,
    StartedBy, Transfer,
};

/// Events that came later than the golden file of version 2: those of an account that pays for itself.
pub(crate) fn later_events() -> Vec<Event> {
    let (account, finance_after, overdue_amount) = (uin(100_000_000_001), money(), amount("10"));
    let paying = Paying { payer: account, partner: None };
    let price = Price::at(amount("33.30"), Rate::ONE, None).unwrap();
    let lines_after = Lines { payer: Some(Funds::Money(finance_after)), partner: None };
    let order =
        Order { paying, binding: None, price, parts: Some(parts()), ..*order(OrderKind::Renew, OrderState::Delivered) };
    let charged =
        Charge { paying, binding: None, price, parts: Some(parts()), ..*charge(ActionType::PrepayRenew, "33.30") };
    let told = PayerTold { channels: Subscription::default(), available: amount("-7.5"), total: amount("40") };
    let kind = VoucherKind::Customer { issuer: None };
    let voucher = Box::new(voucher(kind, VoucherProducts::All, VoucherStatus::Issued));
    let mut all: Vec<Event> = TopUpKind::ALL
        .map(|kind| {
            finance::ToppedUp {
                account,
                amount: amount("1.4"),
                kind,
                finance_after,
                overdue_amount,
                inherits_from: None,
            }
            .into()
        })
        .into();
    all.push(finance::FinanceChanged { account, finance_after, overdue_amount, inherits_from: Some(account) }.into());
    all.push(
        buying::OrderChanged {
            change: buying::OrderChange::Paid,
            order: Box::new(order),
            charge: Some(Box::new(charged)),
            vouchers_after: Vec::new(),
            lines_after,
            payer_told: Some(told),
        }
        .into(),
    );
    all.push(vouchers::VoucherIssued { voucher, linked: None }.into());
    all.push(parties::CustomerBound { customer: uin(5), partner: uin(4), referred: true }.into());
    let (class, verification, tier) = (AccountClass::External, Verification::Enterprise, Tier::LongTail);
    let (uin, entity, followed) = (uin(6), "E-2019 é".parse().ok(), true);
    all.push(
        parties::AccountOpened { uin, class, verification, tier, site: Site::Cn, entity: entity.clone(), followed }
            .into(),
    );
    all.push(parties::AccountChanged { uin, class, verification, tier, entity, followed }.into());
    all.push(finance::CardAdded { account: uin, last4: "0042".parse().unwrap(), expires: month() }.into());
    all.push(finance::CardRemoved { account: uin, card: CardId(70_003) }.into());
    all.extend(of_members());
    all.extend(of_refunds());
    all.extend(of_offers_and_packs());
    all.extend(of_transfers());
    all.push(notices::PaymentRequested { order: waits(), payer: self::uin(6), told }.into());
    all
}

/// Offers, who inherits them, and packs with usage that they cover.
fn of_offers_and_packs() -> Vec<Event> {
    let (account, from) = (uin(6), uin(7));
    let id = PackId(70_006);
    let units = |text: &str| text.parse::<Factor>().unwrap();
    let pack = Box::new(Pack {
        id,
        account,
        product: 1,
        units: Factor::MAX,
        remaining: Factor::MAX,
        created_at: moment(1),
        expires_at: moment(2),
    });
    let mut all: Vec<Event> = OfferLevel::ALL
        .map(|level| {
            catalogue::DiscountSet {
                scope: DiscountScope::Account(account, level),
                partner: account,
                product: None,
                rate: Rate::ONE,
                starts_at: None,
                ends_at: None,
            }
            .into()
        })
        .into();
    all.push(finance::OffersInherited { account, from }.into());
    all.push(finance::InheritanceEnded { account, from }.into());
    all.push(packs::PackAdded { pack }.into());
    all.push(
        catalogue::ProductAdded {
            number: 2,
            code: "own".parse().unwrap(),
            name: "Own".to_owned(),
            settlement: Settlement::Monthly,
            grace_hours: None,
            retention_days: 15,
            freeze: freeze(FreezeModel::None, Factor::ONE),
            inheritable: false,
        }
        .into(),
    );
    let uses = vec![PackUse { pack: id, units: units("30"), remaining_after: units("70.00000001") }];
    all.extend([uses, Vec::new()].map(|packs| {
        metering::UsageSettled {
            charge: charge(ActionType::PostpayDeductH, "2.40"),
            resource_name: None,
            details: "{}".to_owned(),
            resource: None,
            covered: Some(Box::new(Covered { units: units("30"), list: amount("3.00"), packs })),
            vouchers_after: Vec::new(),
            lines_after: Lines::default(),
        }
        .into()
    }));
    all
}

/// A refund that is promised, and one that goes back to several payers.
fn of_refunds() -> impl Iterator<Item = Event> {
    let back = charge(ActionType::PrepayReturn, "-12.30");
    let shares = vec![share(&back), Share { parts: parts().negated().ok(), paid_last: 70_001, ..share(&back) }];
    let of = *order(OrderKind::Upgrade, OrderState::Delivered);
    let refund = Some(Box::new(Refund { of: of.clone(), scope: RefundScope::Resource }));
    let promised = Order {
        id: OrderId(70_009),
        shares: shares.clone(),
        refund,
        ..*order(OrderKind::Refund, OrderState::Processing)
    };
    let lines_after = Lines { payer: Some(Funds::Money(money())), partner: None };
    [
        buying::OrderChanged {
            change: buying::OrderChange::Placed,
            order: Box::new(promised),
            charge: None,
            vouchers_after: Vec::new(),
            lines_after: Lines::default(),
            payer_told: None,
        }
        .into(),
        buying::OrderRefunded {
            order: Box::new(of),
            scope: RefundScope::Resource,
            shares,
            charge: back.clone(),
            lines_after,
        }
        .into(),
        buying::ShareReturned {
            back: Box::new(Return {
                order: OrderId(70_000),
                resource: "ins-1".parse().ok(),
                details: "{}".to_owned(),
                charge: *back,
            }),
            lines_after,
        }
        .into(),
    ]
    .into_iter()
}

fn waits() -> Box<Order> {
    order(OrderKind::Purchase, OrderState::ToBePaid)
}

/// Money that was handed over, and a part that came back.
fn of_transfers() -> [Event; 2] {
    let transfer = Transfer {
        id: TransferId(70_006),
        organization: OrganizationId(70_004),
        admin: uin(6),
        member: uin(7),
        amount: amount("60.01"),
        returned: amount("0"),
        made_at: moment(5),
    };
    let (admin_after, member_after) = (money(), Finance::NOTHING.topped_up(amount("60.01")).unwrap());
    let returned = Transfer { returned: amount("0.01"), ..transfer };
    [
        transfers::FundsTransferred { transfer, admin_after, member_after }.into(),
        transfers::TransferReturned { transfer: returned, amount: amount("0.01"), admin_after, member_after }.into(),
    ]
}

/// An organization with what can become of its members.
fn of_members() -> impl Iterator<Item = Event> {
    let (organization, admin, member) = (OrganizationId(70_004), uin(6), uin(7));
    let paying = Paying { payer: member, partner: None };
    let lines_after = vec![(paying, Lines { payer: Some(Funds::Money(money())), partner: None })];
    let permissions: Permissions = Permission::ALL.into_iter().collect();
    let invitation = Invitation {
        id: InvitationId(70_005),
        organization,
        member,
        permissions,
        payer: Some(admin),
        allow_quit: false,
        sent_at: moment(1),
    };
    let begun = StartedBy::ALL.map(|started_by| Begun {
        payer: admin,
        started_by,
        resources: vec![*resource(ResourceState::Active)],
    });
    let ended = EndedBy::ALL.map(|ended_by| Ended {
        payer: admin,
        ended_by,
        resources: vec![*resource(ResourceState::Active), *resource(ResourceState::Suspended)],
    });
    let settings = Settings { features: Feature::ALL.to_vec(), quotas: Quotas::default(), member_deletion: true };
    let entity: EntityId = "E2".parse().unwrap();
    let relation = |state| EntityRelation {
        id: RelationId(7),
        organization,
        entity: entity.clone(),
        name: "Example Holding".to_owned(),
        state,
        admin: Some(member),
    };
    let applied = Some(relation(RelationState::Applied));
    let sent = members::InvitationSent { admin, invitation: invitation.clone(), applied };
    let invitations = vec![invitation.clone()];
    let mut all: Vec<Event> = vec![
        members::OrganizationCreated { admin }.into(),
        members::OrganizationChanged { organization, settings }.into(),
        members::OrganizationDeleted { organization, admin, invitations }.into(),
        sent.into(),
    ];
    all.extend(InvitationEnd::ALL.map(|end| {
        let invitation = invitation.clone();
        members::InvitationEnded { invitation, admin, end }.into()
    }));
    all.extend(begun.map(|begun| {
        let (invitation, lines_after) = (invitation.clone(), lines_after.clone());
        members::MemberJoined { admin, invitation, begun: Some(begun), lines_after }.into()
    }));
    let left = ended.clone().map(|ended| (member, Some(ended))).to_vec();
    let [.., ended] = ended;
    let changed = members::MemberChanged {
        organization,
        admin,
        member,
        permissions,
        asked: Some(Asked { permissions: Permissions::default(), payer: Some(admin) }),
        allow_quit: true,
        begun: None,
        ended: Some(ended.clone()),
        lines_after: lines_after.clone(),
    };
    let decided = members::PermissionsDecided {
        organization,
        admin,
        member,
        accept: true,
        permissions,
        begun: None,
        ended: Some(ended),
        lines_after: lines_after.clone(),
    };
    all.push(changed.into());
    all.push(decided.into());
    let lines = lines_after.clone();
    all.push(members::MembersLeft { organization, admin, quit: true, members: left, lines_after }.into());
    let states = [
        CreationState::Done,
        CreationState::Waiting,
        CreationState::Refused,
        CreationState::Failed(vec![(Condition::O57, Failure::MemberAccountArrears)]),
    ];
    let (record, relation_id) = (RecordId(8), RelationId(7));
    let begun = Begun { payer: admin, started_by: StartedBy::Create, resources: Vec::new() };
    let opened = parties::AccountOpened {
        uin: member,
        class: AccountClass::External,
        verification: Verification::Enterprise,
        tier: Tier::None,
        site: Site::Cn,
        entity: Some(entity.clone()),
        followed: false,
    };
    let bound = parties::CustomerBound { customer: member, partner: uin(4), referred: false };
    for state in states {
        let creation = Creation {
            id: record,
            organization,
            uin: member,
            relation: Some(relation_id),
            permissions,
            payer: Some(admin),
            at: moment(3),
            state: state.clone(),
        };
        let created = members::MemberCreated {
            admin,
            creation,
            opened: opened.clone(),
            bound: Some(bound.clone()),
            begun: Some(begun.clone()),
            lines_after: lines.clone(),
        };
        let decided = members::CreationDecided {
            organization,
            admin,
            record,
            member,
            permissions,
            approve: true,
            state,
            begun: Some(begun.clone()),
            lines_after: lines.clone(),
        };
        all.extend([created.into(), decided.into()]);
    }
    let retried = members::CreationRetried {
        organization,
        admin,
        record,
        member,
        permissions,
        payer: Some(admin),
        begun: Some(begun),
        lines_after: lines,
    };
    all.extend([
        retried.into(),
        members::EntityAssociated { relation: relation(RelationState::Active) }.into(),
        members::EntityChanged { organization, relation: relation_id, admin: None }.into(),
        members::EntityDecided { organization, relation: relation_id, approve: true }.into(),
        members::EntityEnded { organization, relation: relation_id }.into(),
    ]);
    let terms = PayerTerms {
        forced_since: Some(moment(2)),
        non_stop: NonStop { prepaid: true, postpaid: false },
        special_suspension: true,
    };
    let reviewed = standing::CustomerReviewed {
        customer: member,
        day: Day(20_454),
        overdue_since: None,
        available: amount("-7"),
        total: amount("0"),
        notices: Vec::new(),
        suspension: Standing::Forced,
        payer: Some(standing::ReviewedPayer { payer: admin, terms, available: amount("0.01") }),
    };
    all.push(reviewed.into());
    all.into_iter()
}
