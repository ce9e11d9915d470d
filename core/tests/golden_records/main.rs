//! The journal's encoding, held fast: one record of every kind with values set by hand, and the bytes that they must
//! come to. A journal that some build has written must be read for ever, so the file may only grow: new values go to
//! the end of the list, and `BLESS=1` refuses to write a file that does not begin with the old one. A change of shape
//! needs a new `RECORD_VERSION`, and with it a new file. (As long as no release has written this version, deleting the
//! file and blessing it again is honest.)

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod later;
mod values;

use credere_core::access::{Action, Actor, By, Denial, Face, KeyAccess};
use credere_core::book::{
    ActionName, Book, DecodeError, Event, KeyUse, RECORD_VERSION, Record, RecordV2, Rejection, RequestInfo, bills,
    buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing, transfers, vouchers,
};
use credere_core::channel::{
    AllowlistItem, Check, OrderState, PartnerKind, Purchase, Resource, ResourceState, Side, Standing, Uin,
    Verification, VoucherStatus,
};
use credere_core::organization::{Condition, Failure, Permission};
use later::later_events;
use std::collections::BTreeSet;
use std::path::PathBuf;
use values::*;

fn rejections() -> Vec<Rejection> {
    let mut all = vec![Rejection::KeyReused];
    all.extend(Denial::ALL.map(Rejection::NotPermitted));
    all.extend(parties::Party::ALL.map(|party| Rejection::Parties(parties::Reason::PartyNotFound(party, uin(404)))));
    all.extend([
        Rejection::Catalogue(catalogue::Reason::ProductNotFound),
        Rejection::Catalogue(catalogue::Reason::DiscountNotFound),
        Rejection::Buying(buying::Reason::OrderNotFound),
        Rejection::Buying(buying::Reason::AuthorizationNotFound),
        Rejection::Deployment(deployment::Reason::PlatformKeyNotFound),
        Rejection::Parties(parties::Reason::CredentialNotFound),
        Rejection::Metering(metering::Reason::ResourceNotFound),
        Rejection::Vouchers(vouchers::Reason::VoucherNotFound),
        Rejection::Bills(bills::Reason::LineNotFound),
        Rejection::Notices(notices::Reason::WebhookNotFound),
        Rejection::Deployment(deployment::Reason::DecisionNotFound),
        Rejection::Parties(parties::Reason::AccountExists(uin(1))),
        Rejection::Parties(parties::Reason::AlreadyPartner(uin(2))),
        Rejection::Parties(parties::Reason::AlreadyBound(uin(5))),
        Rejection::Catalogue(catalogue::Reason::ProductExists),
        Rejection::Metering(metering::Reason::ResourceExists),
        Rejection::Metering(metering::Reason::NotYourResource),
        Rejection::Vouchers(vouchers::Reason::ProductTrialNotYours),
        Rejection::Buying(buying::Reason::AccountSuspended(uin(5))),
        Rejection::Parties(parties::Reason::NonStopOn(uin(5))),
        Rejection::NothingDue,
        Rejection::Metering(metering::Reason::PeriodTooOld),
        Rejection::Metering(metering::Reason::PeriodTooEarly),
        Rejection::Bills(bills::Reason::MonthNotIssued {
            month: month(),
            issued_at: moment(345_600),
            customer: uin(5),
            unconfirmed: amount("1.00"),
        }),
        Rejection::Metering(metering::Reason::ActionTypeNotMetered),
        Rejection::Standing(standing::Reason::LevelOutOfRange),
        Rejection::AmountNegative,
        Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit: amount("1000000.00") }),
        Rejection::Metering(metering::Reason::QuantityNotPositive),
        Rejection::Parties(parties::Reason::BelowIssued {
            partner: uin(4),
            requested: amount("1.00"),
            issued: amount("2.00"),
        }),
        Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota {
            issuer: uin(4),
            requested: amount("0.01"),
            remaining: amount("0"),
        }),
        Rejection::Buying(buying::Reason::ExceedsRefundable {
            account: uin(5),
            requested: amount("2.00"),
            refundable: amount("1.00"),
            paid: amount("3.00"),
            given_back: amount("2.00"),
        }),
    ]);
    all.extend(
        AllowlistItem::ALL
            .map(|feature| standing::Reason::NotAllowlisted { partner: uin(4), feature })
            .map(Rejection::from),
    );
    all.extend(ResourceState::ALL.map(metering::Reason::ResourceNotActive).map(Rejection::from));
    all.extend(VoucherStatus::ALL.map(vouchers::Reason::VoucherNotIssued).map(Rejection::from));
    all.extend(PartnerKind::ALL.map(parties::Reason::WrongPartnerKind).map(Rejection::from));
    all.extend([
        Rejection::Parties(parties::Reason::DistributorRequired),
        Rejection::Catalogue(catalogue::Reason::NotManaged { customer: uin(5), partner: uin(2) }),
        Rejection::Buying(buying::Reason::NoCredit(uin(6))),
        Rejection::Buying(buying::Reason::Unverified(uin(7))),
        Rejection::Parties(parties::Reason::HasOpenHolds(uin(5))),
        Rejection::Buying(buying::Reason::OrderNot { state: OrderState::ToBePaid, needed: OrderState::Processing }),
        Rejection::Buying(buying::Reason::OrderNot { state: OrderState::Processing, needed: OrderState::ToBePaid }),
        Rejection::Buying(buying::Reason::OrderNot { state: OrderState::Delivered, needed: OrderState::Canceled }),
        Rejection::Buying(buying::Reason::OrderNot { state: OrderState::Refunded, needed: OrderState::Delivered }),
        Rejection::Buying(buying::Reason::AuthorizationNotOpen),
        Rejection::Buying(buying::Reason::AuthorizationNotDue),
        Rejection::Deployment(deployment::Reason::LastFullKey),
        Rejection::Deployment(deployment::Reason::ClockGoesBack { now: moment(0) }),
        Rejection::Buying(buying::Reason::DowngradeIsImmediate),
        Rejection::EmptyPeriod,
        Rejection::Buying(buying::Reason::ExpiryOutOfRange { latest: moment(2_592_000) }),
        Rejection::AmountZero,
        Rejection::AmountNotPositive,
        Rejection::Parties(parties::Reason::QuotaNegative),
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit: amount("1000000.00") }),
        Rejection::Parties(parties::Reason::ExceedsAllocatable {
            partner: uin(2),
            requested: amount("2.00"),
            allocatable: amount("1.00"),
        }),
        Rejection::Parties(parties::Reason::ExceedsAvailable {
            customer: uin(5),
            requested: amount("2.00"),
            available: amount("-1.00"),
        }),
        Rejection::Parties(parties::Reason::ExceedsPool {
            second_level: uin(4),
            requested: amount("2.00"),
            remaining: amount("1.00"),
        }),
        Rejection::Parties(parties::Reason::BelowAllocated {
            partner: uin(4),
            requested: amount("1.00"),
            allocated: amount("2.00"),
        }),
        Rejection::Parties(parties::Reason::Overdue { customer: uin(5), available: amount("-5.00") }),
        Rejection::AmountOverflow,
        Rejection::Notices(notices::Reason::DeliveryNotFound),
        Rejection::Buying(buying::Reason::ExceedsAuthorization {
            account: uin(5),
            requested: amount("2.00"),
            open: amount("1.00"),
        }),
        Rejection::Parties(parties::Reason::HasParkedOrders(uin(5))),
        Rejection::Catalogue(catalogue::Reason::DiscountEnded),
        Rejection::Notices(notices::Reason::WebhookRemoved),
        Rejection::Buying(buying::Reason::ResourceRequired),
        Rejection::Buying(buying::Reason::ExceedsPaid {
            account: uin(5),
            requested: amount("2.00"),
            paid: amount("1.00"),
        }),
        Rejection::Deployment(deployment::Reason::ClockIsRight),
    ]);
    let other = |side| Check { side, account: uin(4), required: amount("90.00"), available: amount("80.00") };
    all.extend([Side::Customer, Side::Partner, Side::Payer].map(|side| {
        Rejection::Buying(buying::Reason::InsufficientCredit {
            side,
            account: uin(5),
            required: amount("100.01"),
            available: amount("100.00"),
            other: (side == Side::Customer).then(|| other(Side::Partner)),
            kind: if side == Side::Customer { Purchase::Order } else { Purchase::Freeze },
        })
    }));
    all
}

/// Refusals that came later than the golden file: their records stand at its end.
fn later_rejections() -> Vec<Rejection> {
    let members = [
        members::Reason::OrganizationNotFound,
        members::Reason::MemberNotFound(uin(2)),
        members::Reason::InvitationNotFound,
        members::Reason::NotTheAdmin(uin(2)),
        members::Reason::AlreadyInOrganization(uin(2)),
        members::Reason::EnterpriseRequired(Verification::Personal),
        members::Reason::CreatedForOrganization(uin(2)),
        members::Reason::OrganizationNotEmpty,
        members::Reason::SiteDiffers(uin(2)),
        members::Reason::InvitationOpen(uin(2)),
        members::Reason::TooManyInvitations,
        members::Reason::TooManyMembers,
        members::Reason::InvitationNotOpen,
        members::Reason::QuitExcludesPayOnBehalf,
        members::Reason::ConditionsNotMet(vec![
            (Condition::O40, Failure::AuthInfoEmpty),
            (Condition::O69, Failure::MemberNoPayment),
        ]),
        members::Reason::PermissionChangePending,
        members::Reason::NoPermissionChange,
        members::Reason::AlwaysPaidFor(uin(2)),
        members::Reason::QuitNotAllowed(uin(2)),
        members::Reason::AdminStays(uin(2)),
        members::Reason::StillPaidFor(uin(2)),
        members::Reason::QuotaTooLow,
        members::Reason::RelationNotFound,
        members::Reason::EntityRelated,
        members::Reason::RelationNotApplied,
        members::Reason::RelationNotActive,
        members::Reason::EntityAdminMissing,
        members::Reason::EntityAdminDiffers(uin(2)),
        members::Reason::TooManyRelations,
        members::Reason::TooManyCreations,
        members::Reason::CreationNotFound,
        members::Reason::CreationNotWaiting,
        members::Reason::CreationNotFailed { done: true },
        members::Reason::CreatedMayNotQuit(uin(2)),
        members::Reason::CreatedStays(uin(2)),
        members::Reason::EntityAdminStays(uin(2)),
        members::Reason::PaysForOthers(uin(2)),
        members::Reason::PermissionMissing { member: uin(2), permission: Permission::ConsolidateBills },
    ];
    let others = [
        Rejection::NumbersExhausted,
        Rejection::Finance(finance::Reason::NoFinance(uin(2))),
        Rejection::Finance(finance::Reason::CardNotFound),
        Rejection::Finance(finance::Reason::CardExpired),
        Rejection::Finance(finance::Reason::TooManyCards),
        Rejection::Parties(parties::Reason::InOrganization(uin(2))),
        Rejection::Buying(buying::Reason::PaidOnBehalf { account: uin(2), payer: uin(3) }),
        Rejection::Buying(buying::Reason::ExceedsUnrefunded {
            account: uin(2),
            requested: amount("2.00"),
            refundable: amount("1.00"),
        }),
        Rejection::Notices(notices::Reason::NobodyElsePays(uin(2))),
        Rejection::Notices(notices::Reason::RequestedLately { again_at: moment(9) }),
    ];
    let transfers = [
        transfers::Reason::TransferNotFound,
        transfers::Reason::EntityDiffers(uin(2)),
        transfers::Reason::ExceedsTransferable { admin: uin(3), requested: amount("2"), transferable: amount("1.5") },
        transfers::Reason::ExceedsReturnable { member: uin(2), requested: amount("2"), returnable: amount("0") },
    ];
    let offers_and_packs = [
        Rejection::Finance(finance::Reason::InheritanceNotFound),
        Rejection::Finance(finance::Reason::InheritsFromItself),
        Rejection::Finance(finance::Reason::OffersNotAlike { account: uin(2), from: uin(3) }),
        Rejection::Packs(packs::Reason::UnitsNotPositive),
        Rejection::Packs(packs::Reason::CompensationHasUnits),
    ];
    others
        .into_iter()
        .chain(members.map(Rejection::from))
        .chain(offers_and_packs)
        .chain(transfers.map(Rejection::from))
        .collect()
}

/// The same of actions, behind those refusals, and of events behind these.
const LATER_ACTIONS: [&str; 38] = [
    "top_up",
    "change_finance",
    "add_card",
    "remove_card",
    "check_pay_on_behalf",
    "create_organization",
    "change_organization",
    "delete_organization",
    "read_organizations",
    "read_organization",
    "invite_member",
    "cancel_invitation",
    "deny_invitation",
    "accept_invitation",
    "change_member",
    "decide_permissions",
    "remove_members",
    "quit_organization",
    "read_payers",
    "create_member",
    "retry_creation",
    "decide_creation",
    "associate_entity",
    "change_entity",
    "decide_entity",
    "end_entity",
    "return_share",
    "inherit_offers",
    "end_inheritance",
    "add_pack",
    "read_packs",
    "read_account_bills",
    "read_own_orders",
    "read_own_balance",
    "transfer_funds",
    "return_transfer",
    "read_transfers",
    "request_payment",
];

/// The names of every action, in the order of the records that keep them: the matrix may be printed in another one.
#[rustfmt::skip]
const ACTIONS: [&str; Action::ALL.len() - LATER_ACTIONS.len()] = [
    "open_account", "change_account", "read_accounts", "issue_credential", "revoke_credential", "read_credentials",
    "issue_platform_key", "revoke_platform_key", "reset_platform_key", "accept_loss", "read_platform_keys",
    "register_partner", "change_partner", "read_partners", "read_own_partner", "allocate_pool",
    "read_second_levels", "read_indirect_customers", "bind_customer", "unbind_customer", "read_customers",
    "read_customer_info", "read_customer_verification", "read_own_credit", "note_customer", "allocate_credit",
    "read_allocations", "add_product", "change_product", "read_products", "set_discount", "end_discount",
    "read_discounts", "place_order", "pay_order", "deliver_order", "cancel_order", "refund_order", "read_orders",
    "activate_resource", "resize_resource", "terminate_resource", "read_resources", "settle_usage", "issue_voucher",
    "invalidate_voucher", "read_vouchers", "read_own_vouchers", "read_voucher_pool", "read_bills", "read_own_bills",
    "confirm_receipt", "pay_platform", "change_customer", "force_suspension", "subscribe", "read_notices",
    "add_webhook", "rotate_webhook_secret", "remove_webhook", "read_webhooks", "review_customer", "resume_resource",
    "suspend_resource", "delete_resource", "expire_voucher", "issue_bills", "authorize", "capture", "release",
    "expire", "read_authorizations", "advance_clock", "read_clock", "accept_clock", "read_audit", "read_decisions",
    "read_country_codes",
];

fn action_named(name: &str) -> Action {
    Action::ALL.into_iter().find(|action| action.name() == name).expect("an action has this name")
}

fn records() -> Vec<Record> {
    let actors = [
        Actor::Platform { key: 1, access: KeyAccess::Full },
        Actor::Platform { key: u32::MAX, access: KeyAccess::Read },
        Actor::signed(uin(100_000_000_001), "AKIDexample".parse().unwrap()),
        Actor::System,
    ];
    let request = |n: usize| Box::new(RequestInfo { id: [n as u8; 16], actor: actors[n % 4], face: Face::ALL[n % 6] });
    let key = |n: usize| KeyUse { key: [n as u8; 16], content: [255 - n as u8; 16] };
    let ask = (Action::Authorize, Some(uin(5)));
    let mut all = Vec::new();
    for (n, event) in events().into_iter().enumerate() {
        all.push(match n % 3 {
            0 => Record::operated((n % 2 == 0).then(|| key(n)), ask, Ok(event)),
            _ => Record::Decided {
                request: request(n),
                key: (n % 2 == 0).then(|| key(n)),
                action: ActionName(Action::AllocateCredit),
                target: (n % 2 == 1).then(|| uin(5)),
                outcome: Ok(event),
            },
        });
    }
    for (n, rejection) in rejections().into_iter().enumerate() {
        all.push(match n % 3 {
            0 => Record::operated(Some(key(n)), ask, Err(rejection)),
            _ => Record::Decided {
                request: request(n),
                key: Some(key(n)),
                action: ActionName(Action::PlaceOrder),
                target: None,
                outcome: Err(rejection),
            },
        });
    }
    all.extend(ACTIONS.into_iter().map(action_named).enumerate().map(|(n, action)| Record::Decided {
        request: request(n),
        key: None,
        action: ActionName(action),
        target: None,
        outcome: Err(Rejection::KeyReused),
    }));
    all.push(Record::BatchClosed {
        request: request(1),
        action: ActionName(Action::SettleUsage),
        target: Some(uin(100_000_000_001)),
        done: 9_998,
        refused: 1,
        replayed: 1,
        records: 10_003,
    });
    all.push(Record::BatchClosed {
        request: request(3),
        action: ActionName(Action::Authorize),
        target: None,
        done: 0,
        refused: u32::MAX,
        replayed: 0,
        records: u32::MAX,
    });
    all.push(Record::Followed {
        event: Event::from(metering::ResourceSuspended { resource: resource(ResourceState::Suspended) }),
    });
    all.extend(
        [None, Some(Rejection::Notices(notices::Reason::DeliveryNotFound))]
            .map(|refused| Record::Kept { key: key(7), refused }),
    );
    all.extend(later_rejections().into_iter().map(|refused| Record::Kept { key: key(8), refused: Some(refused) }));
    all.extend(LATER_ACTIONS.map(action_named).map(|action| Record::Decided {
        request: request(0),
        key: None,
        action: ActionName(action),
        target: None,
        outcome: Err(Rejection::KeyReused),
    }));
    all.extend(later_events().into_iter().map(|event| Record::Followed { event }));
    all
}

fn golden_file(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/records-v{version}.bin"))
}

fn encoded() -> Vec<u8> {
    Record::payload(&records()).expect("records encode")
}

#[test]
fn the_encoding_is_what_it_was() {
    let (file, encoded) = (golden_file(RECORD_VERSION), encoded());
    if std::env::var_os("BLESS").is_some() {
        let before = std::fs::read(&file).unwrap_or_default();
        assert!(
            encoded.starts_with(&before),
            "the encoding of what was there has changed: that needs a new RECORD_VERSION"
        );
        std::fs::write(&file, &encoded).unwrap();
    }
    let golden = std::fs::read(&file).expect("the golden file is in the repository; BLESS=1 writes it");
    assert_eq!(Record::read_payload(&golden).expect("what was written must be read"), records());
    assert!(golden == encoded, "the encoding has changed: journals of older builds would no longer verify");
}

/// The shapes of version 2 were other ones: read as what they are now, some of its records would say something else.
#[test]
fn records_of_version_2_are_told_by_their_version() {
    let golden = std::fs::read(golden_file(2)).expect("the golden file of version 2 is in the repository");
    let error = Record::read_payload(&golden).expect_err("version 2 is upgraded, and not read");
    assert_eq!(error, DecodeError::Version(2));
    assert_eq!(error.to_string(), format!("the records have version 2, this build knows {RECORD_VERSION}"));
    assert_eq!(RecordV2::read_payload(&encoded()).unwrap_err(), DecodeError::Version(RECORD_VERSION));
}

/// Version 2 wrote the same values, as far as it knew them.
#[test]
fn records_of_version_2_become_those_of_today() {
    let golden = std::fs::read(golden_file(2)).expect("the golden file of version 2 is in the repository");
    let (book, at) = (Book::new(), moment(1_000_000));
    let old = RecordV2::read_payload(&golden).expect("what was written must be read");
    let upgraded: Vec<Record> = old.into_iter().map(|record| record.upgraded(&book, at).unwrap()).collect();

    let mut expected = events();
    expected.retain(|event| !["clock_accepted", "loss_accepted"].contains(&event.name()));
    expected.push(metering::ResourceSuspended { resource: resource(ResourceState::Suspended) }.into());
    let happened: Vec<Event> = upgraded.iter().filter_map(Record::event).cloned().map(known_to_v2).collect();
    assert_eq!(happened, expected.into_iter().map(known_to_v2).collect::<Vec<_>>());

    let later = [
        "delivery_not_found",
        "has_parked_orders",
        "discount_ended",
        "webhook_removed",
        "resource_required",
        "exceeds_paid",
        "clock_is_right",
    ];
    let mut expected = rejections();
    let payer = |rejection: &Rejection| {
        matches!(rejection, Rejection::Buying(buying::Reason::InsufficientCredit { side: Side::Payer, .. }))
    };
    expected.retain(|rejection| !later.contains(&rejection.code()) && !payer(rejection));
    let refused = upgraded.iter().filter_map(|record| record.outcome()?.err()).cloned().map(told_by_v2);
    let refused: Vec<Rejection> = refused.take(expected.len()).collect();
    assert_eq!(refused, expected.into_iter().map(told_by_v2).collect::<Vec<_>>());

    let settled = upgraded.iter().find_map(|record| match record.event()? {
        Event::Metering(metering::Event::UsageSettled(settled)) => settled.resource.as_ref()?.cycle_ended_at,
        _ => None,
    });
    let asked = upgraded.iter().filter_map(|record| match record {
        Record::Decided { request, .. } => Some((request.actor, request.face)),
        _ => None,
    });
    let by_key = Actor::Platform { key: u32::MAX, access: KeyAccess::Read };
    let by_account = Actor::Account { uin: uin(100_000_000_001), by: By::NotRecorded };
    assert!(asked.take(2).eq([(by_key, Face::Cloud), (by_account, Face::System)]));
    assert_eq!(settled, Some(moment(0)), "usage that moved a freeze closed a cycle");
    let declined = upgraded.iter().find_map(|record| match record {
        Record::Operated { outcome: Err(declined), .. } => Some((declined.action, declined.account)),
        _ => None,
    });
    let batch = (ActionName(Action::SettleUsage), Some(uin(100_000_000_001)));
    assert_eq!(declined, Some(batch), "what was asked of whom is told by the batch");

    let payload = Record::payload(&upgraded).expect("records encode");
    assert_eq!(Record::read_payload(&payload).unwrap(), upgraded);
}

/// An event without what version 2 did not record.
fn known_to_v2(mut event: Event) -> Event {
    match &mut event {
        Event::Catalogue(catalogue::Event::ProductAdded(product)) => {
            product.grace_hours = product.grace_hours.filter(|hours| *hours != 24);
        }
        Event::Buying(buying::Event::OrderChanged(changed)) => changed.order.resource = None,
        Event::Buying(buying::Event::OrderRefunded(refunded)) => refunded.order.resource = None,
        // Who owes for it is told of an authorization by version 2, and of a resource that changes by the book.
        Event::Buying(buying::Event::AuthorizationOpened(opened)) => opened.paying.partner = None,
        Event::Metering(metering::Event::ResourceActivated(fact)) => known_of_resource(&mut fact.resource),
        Event::Metering(metering::Event::ResourceResized(fact)) => known_of_resource(&mut fact.resource),
        Event::Metering(metering::Event::ResourceTerminated(fact)) => known_of_resource(&mut fact.resource),
        Event::Metering(metering::Event::ResourceDeleted(fact)) => known_of_resource(&mut fact.resource),
        Event::Metering(
            metering::Event::ResourceSuspended(metering::ResourceSuspended { resource })
            | metering::Event::ResourceResumed(metering::ResourceResumed { resource })
            | metering::Event::UsageSettled(metering::UsageSettled { resource: Some(resource), .. }),
        ) => {
            known_of_resource(resource);
            resource.paying.partner = None;
        }
        Event::Standing(standing::Event::CustomerReviewed(fact)) => fact.suspension = Standing::Normal,
        _ => {}
    }
    event
}

fn known_of_resource(resource: &mut Resource) {
    (resource.cycle_ended_at, resource.binding) = (None, None);
}

/// A refusal without what version 2 did not tell.
fn told_by_v2(mut rejection: Rejection) -> Rejection {
    match &mut rejection {
        Rejection::Bills(bills::Reason::MonthNotIssued { issued_at, customer, unconfirmed, .. }) => {
            (*issued_at, *customer, *unconfirmed) = (moment(0), Uin::LOWEST, amount("0"));
        }
        Rejection::Parties(
            parties::Reason::BelowIssued { partner, .. } | parties::Reason::BelowAllocated { partner, .. },
        )
        | Rejection::Standing(standing::Reason::NotAllowlisted { partner, .. }) => *partner = Uin::LOWEST,
        Rejection::Buying(buying::Reason::ExceedsAuthorization { account, .. }) => *account = Uin::LOWEST,
        Rejection::Buying(buying::Reason::ExceedsRefundable { account, refundable, paid, given_back, .. }) => {
            (*account, *paid, *given_back) = (Uin::LOWEST, *refundable, amount("0"));
        }
        Rejection::Buying(buying::Reason::InsufficientCredit { other, kind, .. }) => {
            (*other, *kind) = (None, Purchase::Order);
        }
        _ => {}
    }
    rejection
}

#[test]
fn every_event_and_every_refusal_is_in_the_golden_file() {
    let (events, later) = (events(), later_events());
    assert_eq!(events.iter().chain(&later).map(Event::kind).collect::<BTreeSet<_>>(), Event::kinds().collect());
    let rejections = rejections();
    let later = later_rejections();
    let refused: BTreeSet<_> = rejections.iter().chain(&later).map(Rejection::kind).collect();
    assert_eq!(refused, Rejection::kinds().collect());
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let whole = encoded();
    assert_eq!(Record::read_payload(&[]), Err(DecodeError::Malformed("it is empty".to_owned())));
    assert_eq!(Record::read_payload(&[RECORD_VERSION]), Ok(Vec::new()));
    assert_eq!(Record::read_payload(&[RECORD_VERSION + 1]), Err(DecodeError::Version(RECORD_VERSION + 1)));
    let all = records();
    for length in (1..whole.len()).step_by(7) {
        // A payload that was cut off gives fewer records, or an error; never others than were written.
        if let Ok(read) = Record::read_payload(&whole[..length]) {
            assert!(read.len() < all.len() && all.starts_with(&read), "cut after {length} bytes");
        }
    }
    for at in (1..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        // Nothing to compare: damage inside a number cannot be seen here, which is what the frame's hash is for.
        let _ = Record::read_payload(&damaged);
    }
}
