//! One rejection of each kind in order of precedence, for the reference page and for tests.

use crate::access::Denial;
use crate::book::parties::Party;
use crate::book::{
    Rejection, bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing,
    transfers, vouchers,
};
use crate::channel::{
    AllowlistItem, OrderState, PartnerKind, Purchase, ResourceState, Side, Uin, Verification, VoucherStatus,
};
use crate::ledger::{Moment, Month};
use crate::money::Amount;
use crate::organization::{Condition, Failure, Permission};

impl Rejection {
    /// One rejection of each kind for the reference page and for tests, in order of precedence; a kind whose code depends
    /// on what it holds comes once for each code. The figures in them mean nothing.
    pub fn catalogue() -> Vec<Rejection> {
        // INVARIANT: the first number that the server gives out is a number.
        let uin = Uin::new(Uin::FIRST_GIVEN).expect("the first number is in range");
        let (one, two, moment) = (Amount::whole(1), Amount::whole(2), Moment::from_micros(0));
        let short = |side| {
            Rejection::Buying(buying::Reason::InsufficientCredit {
                side,
                account: uin,
                required: two,
                available: one,
                other: None,
                kind: Purchase::Order,
            })
        };
        let order = |state, needed| Rejection::Buying(buying::Reason::OrderNot { state, needed });
        vec![
            Rejection::KeyReused,
            Rejection::NotPermitted(Denial::ReadOnlyKey),
            Rejection::NotPermitted(Denial::WrongRole),
            Rejection::NotPermitted(Denial::NotYours),
            Rejection::Members(members::Reason::NotTheAdmin(uin)),
            Rejection::Parties(parties::Reason::PartyNotFound(Party::Account, uin)),
            Rejection::Parties(parties::Reason::PartyNotFound(Party::Partner, uin)),
            Rejection::Parties(parties::Reason::PartyNotFound(Party::Customer, uin)),
            Rejection::Parties(parties::Reason::PartyNotFound(Party::Distributor, uin)),
            Rejection::Parties(parties::Reason::PartyNotFound(Party::SecondLevel, uin)),
            Rejection::Catalogue(catalogue::Reason::ProductNotFound),
            Rejection::Catalogue(catalogue::Reason::DiscountNotFound),
            Rejection::Buying(buying::Reason::OrderNotFound),
            Rejection::Buying(buying::Reason::AuthorizationNotFound),
            Rejection::Deployment(deployment::Reason::PlatformKeyNotFound),
            Rejection::Parties(parties::Reason::CredentialNotFound),
            Rejection::Metering(metering::Reason::ResourceNotFound),
            Rejection::Vouchers(vouchers::Reason::VoucherNotFound),
            Rejection::Bills(bills::Reason::LineNotFound),
            Rejection::Finance(finance::Reason::CardNotFound),
            Rejection::Finance(finance::Reason::InheritanceNotFound),
            Rejection::Members(members::Reason::OrganizationNotFound),
            Rejection::Members(members::Reason::MemberNotFound(uin)),
            Rejection::Members(members::Reason::InvitationNotFound),
            Rejection::Members(members::Reason::RelationNotFound),
            Rejection::Members(members::Reason::CreationNotFound),
            Rejection::Transfers(transfers::Reason::TransferNotFound),
            Rejection::Notices(notices::Reason::WebhookNotFound),
            Rejection::Notices(notices::Reason::DeliveryNotFound),
            Rejection::Deployment(deployment::Reason::DecisionNotFound),
            Rejection::Parties(parties::Reason::AccountExists(uin)),
            Rejection::Parties(parties::Reason::AlreadyPartner(uin)),
            Rejection::Parties(parties::Reason::AlreadyBound(uin)),
            Rejection::Catalogue(catalogue::Reason::ProductExists),
            Rejection::Metering(metering::Reason::ResourceExists),
            Rejection::Finance(finance::Reason::TooManyCards),
            Rejection::Parties(parties::Reason::InOrganization(uin)),
            Rejection::Members(members::Reason::CreatedForOrganization(uin)),
            Rejection::Members(members::Reason::AlreadyInOrganization(uin)),
            Rejection::Members(members::Reason::AdminStays(uin)),
            Rejection::Members(members::Reason::EntityAdminStays(uin)),
            Rejection::Members(members::Reason::CreatedStays(uin)),
            Rejection::Members(members::Reason::PaysForOthers(uin)),
            Rejection::Members(members::Reason::EntityRelated),
            Rejection::Members(members::Reason::InvitationOpen(uin)),
            Rejection::Members(members::Reason::SiteDiffers(uin)),
            Rejection::Members(members::Reason::OrganizationNotEmpty),
            Rejection::Members(members::Reason::TooManyMembers),
            Rejection::Members(members::Reason::TooManyInvitations),
            Rejection::Members(members::Reason::TooManyCreations),
            Rejection::Members(members::Reason::TooManyRelations),
            Rejection::Members(members::Reason::QuotaTooLow),
            Rejection::Parties(parties::Reason::WrongPartnerKind(PartnerKind::Agent)),
            Rejection::Parties(parties::Reason::DistributorRequired),
            Rejection::Catalogue(catalogue::Reason::NotManaged { customer: uin, partner: uin }),
            Rejection::Metering(metering::Reason::NotYourResource),
            Rejection::Standing(standing::Reason::NotAllowlisted {
                partner: uin,
                feature: AllowlistItem::ForceSuspension,
            }),
            Rejection::Vouchers(vouchers::Reason::ProductTrialNotYours),
            Rejection::Buying(buying::Reason::NoCredit(uin)),
            Rejection::Finance(finance::Reason::NoFinance(uin)),
            Rejection::Finance(finance::Reason::InheritsFromItself),
            Rejection::Finance(finance::Reason::OffersNotAlike { account: uin, from: uin }),
            Rejection::Buying(buying::Reason::Unverified(uin)),
            Rejection::Buying(buying::Reason::AccountSuspended(uin)),
            Rejection::Parties(parties::Reason::NonStopOn(uin)),
            Rejection::Parties(parties::Reason::HasOpenHolds(uin)),
            Rejection::Parties(parties::Reason::HasParkedOrders(uin)),
            order(OrderState::Delivered, OrderState::ToBePaid),
            order(OrderState::Delivered, OrderState::Processing),
            order(OrderState::Canceled, OrderState::Delivered),
            order(OrderState::Delivered, OrderState::Canceled),
            Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Terminated)),
            Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(VoucherStatus::Expired)),
            Rejection::Buying(buying::Reason::AuthorizationNotOpen),
            Rejection::Buying(buying::Reason::AuthorizationNotDue),
            Rejection::Buying(buying::Reason::PaidOnBehalf { account: uin, payer: uin }),
            Rejection::Members(members::Reason::PermissionMissing {
                member: uin,
                permission: Permission::ConsolidateBills,
            }),
            Rejection::Transfers(transfers::Reason::EntityDiffers(uin)),
            Rejection::Members(members::Reason::EnterpriseRequired(Verification::Personal)),
            Rejection::Members(members::Reason::EntityAdminDiffers(uin)),
            Rejection::Members(members::Reason::RelationNotActive),
            Rejection::Members(members::Reason::RelationNotApplied),
            Rejection::Members(members::Reason::EntityAdminMissing),
            Rejection::Members(members::Reason::CreationNotWaiting),
            Rejection::Members(members::Reason::CreationNotFailed { done: true }),
            Rejection::Members(members::Reason::InvitationNotOpen),
            Rejection::Members(members::Reason::NoPermissionChange),
            Rejection::Members(members::Reason::PermissionChangePending),
            Rejection::Members(members::Reason::QuitExcludesPayOnBehalf),
            Rejection::Members(members::Reason::CreatedMayNotQuit(uin)),
            Rejection::Members(members::Reason::QuitNotAllowed(uin)),
            Rejection::Members(members::Reason::AlwaysPaidFor(uin)),
            Rejection::Members(members::Reason::StillPaidFor(uin)),
            Rejection::Members(members::Reason::ConditionsNotMet(vec![
                (Condition::O52, Failure::AuthInfoNotSame),
                (Condition::O57, Failure::MemberAccountArrears),
            ])),
            Rejection::Catalogue(catalogue::Reason::DiscountEnded),
            Rejection::Notices(notices::Reason::WebhookRemoved),
            Rejection::Notices(notices::Reason::NobodyElsePays(uin)),
            Rejection::Notices(notices::Reason::RequestedLately { again_at: moment }),
            Rejection::NothingDue,
            Rejection::Deployment(deployment::Reason::ClockIsRight),
            Rejection::Deployment(deployment::Reason::LastFullKey),
            Rejection::Deployment(deployment::Reason::ClockGoesBack { now: moment }),
            Rejection::Buying(buying::Reason::ResourceRequired),
            Rejection::Buying(buying::Reason::DowngradeIsImmediate),
            Rejection::EmptyPeriod,
            Rejection::Metering(metering::Reason::PeriodTooOld),
            Rejection::Metering(metering::Reason::PeriodTooEarly),
            Rejection::Bills(bills::Reason::MonthNotIssued {
                month: Month::from_number(0),
                issued_at: moment,
                customer: uin,
                unconfirmed: one,
            }),
            Rejection::Metering(metering::Reason::ActionTypeNotMetered),
            Rejection::Finance(finance::Reason::CardExpired),
            Rejection::Standing(standing::Reason::LevelOutOfRange),
            Rejection::Buying(buying::Reason::ExpiryOutOfRange { latest: moment }),
            Rejection::AmountZero,
            Rejection::AmountNotPositive,
            Rejection::AmountNegative,
            Rejection::Parties(parties::Reason::QuotaNegative),
            Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit: one }),
            Rejection::Vouchers(vouchers::Reason::VoucherAmountOutOfRange { limit: one }),
            Rejection::Metering(metering::Reason::QuantityNotPositive),
            Rejection::Packs(packs::Reason::UnitsNotPositive),
            Rejection::Packs(packs::Reason::CompensationHasUnits),
            Rejection::Parties(parties::Reason::ExceedsAllocatable { partner: uin, requested: two, allocatable: one }),
            Rejection::Parties(parties::Reason::ExceedsAvailable { customer: uin, requested: two, available: one }),
            Rejection::Parties(parties::Reason::ExceedsPool { second_level: uin, requested: two, remaining: one }),
            Rejection::Parties(parties::Reason::BelowAllocated { partner: uin, requested: one, allocated: two }),
            Rejection::Parties(parties::Reason::BelowIssued { partner: uin, requested: one, issued: two }),
            Rejection::Vouchers(vouchers::Reason::ExceedsVoucherQuota { issuer: uin, requested: two, remaining: one }),
            Rejection::Transfers(transfers::Reason::ExceedsTransferable {
                admin: uin,
                requested: two,
                transferable: one,
            }),
            Rejection::Transfers(transfers::Reason::ExceedsReturnable { member: uin, requested: two, returnable: one }),
            Rejection::Parties(parties::Reason::Overdue { customer: uin, available: Amount::from_units(-1) }),
            short(Side::Customer),
            short(Side::Partner),
            short(Side::Payer),
            Rejection::Buying(buying::Reason::ExceedsAuthorization { account: uin, requested: two, open: one }),
            Rejection::Buying(buying::Reason::ExceedsRefundable {
                account: uin,
                requested: two,
                refundable: one,
                paid: two,
                given_back: one,
            }),
            Rejection::Buying(buying::Reason::ExceedsUnrefunded { account: uin, requested: two, refundable: one }),
            Rejection::Buying(buying::Reason::ExceedsPaid { account: uin, requested: two, paid: one }),
            Rejection::AmountOverflow,
            Rejection::NumbersExhausted,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Retry;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_has_every_kind_once() {
        let mut listed: Vec<_> = Rejection::catalogue().iter().map(Rejection::kind).collect();
        listed.dedup();
        let distinct: BTreeSet<_> = listed.iter().copied().collect();
        assert_eq!(listed.len(), distinct.len(), "the samples of one kind stand together");
        assert_eq!(distinct, Rejection::kinds().collect());
    }

    #[test]
    fn the_first_finding_that_failed_is_the_refusal() {
        for one in Rejection::catalogue() {
            let because = one.because();
            let failed = because.iter().find_map(|finding| finding.code());
            assert_eq!(failed, (!because.is_empty()).then_some(one.code()));
        }
    }

    #[test]
    fn a_refusal_whose_figures_do_not_suffice_or_that_has_none_is_not_met() {
        for one in Rejection::catalogue() {
            assert_eq!(one.clone().unless_met(), Err(one));
        }
    }

    #[test]
    fn what_is_left_of_a_figure_may_be_more_later() {
        // What was authorized is what it is.
        let for_good = |code: &str| code == "exceeds_authorization";
        for one in Rejection::catalogue().iter().filter(|one| one.code().starts_with("exceeds_")) {
            assert_eq!(one.meaning().retry == Retry::Never, for_good(one.code()), "{}", one.code());
        }
    }

    #[test]
    fn a_code_stands_for_one_kind() {
        let codes: BTreeSet<_> = Rejection::catalogue().iter().map(|one| (one.code(), one.kind())).collect();
        let distinct: BTreeSet<_> = codes.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), distinct.len());
        for (code, _) in &codes {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }
}
