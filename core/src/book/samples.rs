//! One rejection of each kind in order of precedence, for the reference page and for tests.

use super::rejection::{Party, Rejection};
use crate::access::Denial;
use crate::channel::{AllowlistItem, OrderState, PartnerKind, ResourceState, Side, Uin, VoucherStatus};
use crate::ledger::{Moment, Month};
use crate::money::Amount;

impl Rejection {
    /// One rejection of each kind for the reference page and for tests, in order of precedence; a kind whose code depends
    /// on what it holds comes once for each code. The figures in them mean nothing.
    pub fn catalogue() -> Vec<Rejection> {
        // INVARIANT: the first number that the server gives out is a number.
        let uin = Uin::new(Uin::FIRST_GIVEN).expect("the first number is in range");
        let (one, two, moment) = (Amount::whole(1), Amount::whole(2), Moment::from_micros(0));
        let short = |side| Rejection::InsufficientCredit { side, account: uin, required: two, available: one };
        let order = |state, needed| Rejection::OrderNot { state, needed };
        vec![
            Rejection::KeyReused,
            Rejection::NotPermitted(Denial::ReadOnlyKey),
            Rejection::NotPermitted(Denial::WrongRole),
            Rejection::NotPermitted(Denial::NotYours),
            Rejection::PartyNotFound(Party::Account, uin),
            Rejection::PartyNotFound(Party::Partner, uin),
            Rejection::PartyNotFound(Party::Customer, uin),
            Rejection::PartyNotFound(Party::Distributor, uin),
            Rejection::PartyNotFound(Party::SecondLevel, uin),
            Rejection::ProductNotFound,
            Rejection::DiscountNotFound,
            Rejection::OrderNotFound,
            Rejection::AuthorizationNotFound,
            Rejection::PlatformKeyNotFound,
            Rejection::CredentialNotFound,
            Rejection::ResourceNotFound,
            Rejection::VoucherNotFound,
            Rejection::LineNotFound,
            Rejection::WebhookNotFound,
            Rejection::DeliveryNotFound,
            Rejection::DecisionNotFound,
            Rejection::AccountExists(uin),
            Rejection::AlreadyPartner(uin),
            Rejection::AlreadyBound(uin),
            Rejection::ProductExists,
            Rejection::ResourceExists,
            Rejection::WrongPartnerKind(PartnerKind::Agent),
            Rejection::DistributorRequired,
            Rejection::NotManaged { customer: uin, partner: uin },
            Rejection::NotYourResource,
            Rejection::NotAllowlisted(AllowlistItem::ForceSuspension),
            Rejection::ProductTrialNotYours,
            Rejection::NoCredit(uin),
            Rejection::Unverified(uin),
            Rejection::AccountSuspended(uin),
            Rejection::NonStopOn(uin),
            Rejection::HasOpenHolds(uin),
            Rejection::HasParkedOrders(uin),
            order(OrderState::Delivered, OrderState::ToBePaid),
            order(OrderState::Delivered, OrderState::Processing),
            order(OrderState::Canceled, OrderState::Delivered),
            order(OrderState::Delivered, OrderState::Canceled),
            Rejection::ResourceNotActive(ResourceState::Terminated),
            Rejection::VoucherNotIssued(VoucherStatus::Expired),
            Rejection::AuthorizationNotOpen,
            Rejection::AuthorizationNotDue,
            Rejection::DiscountEnded,
            Rejection::WebhookRemoved,
            Rejection::NothingDue,
            Rejection::ClockIsRight,
            Rejection::LastFullKey,
            Rejection::ClockGoesBack { now: moment },
            Rejection::ResourceRequired,
            Rejection::DowngradeIsImmediate,
            Rejection::EmptyPeriod,
            Rejection::PeriodTooOld,
            Rejection::PeriodTooEarly,
            Rejection::MonthNotIssued { month: Month::from_number(0), issued_at: moment },
            Rejection::ActionTypeNotMetered,
            Rejection::LevelOutOfRange,
            Rejection::ExpiryOutOfRange { latest: moment },
            Rejection::AmountZero,
            Rejection::AmountNotPositive,
            Rejection::AmountNegative,
            Rejection::QuotaNegative,
            Rejection::PoolAmountOutOfRange { limit: one },
            Rejection::VoucherAmountOutOfRange { limit: one },
            Rejection::QuantityNotPositive,
            Rejection::ExceedsAllocatable { partner: uin, requested: two, allocatable: one },
            Rejection::ExceedsAvailable { customer: uin, requested: two, available: one },
            Rejection::ExceedsPool { second_level: uin, requested: two, remaining: one },
            Rejection::BelowAllocated { requested: one, allocated: two },
            Rejection::BelowIssued { requested: one, issued: two },
            Rejection::ExceedsVoucherQuota { issuer: uin, requested: two, remaining: one },
            Rejection::Overdue { customer: uin, available: Amount::from_units(-1) },
            short(Side::Customer),
            short(Side::Partner),
            Rejection::ExceedsAuthorization { requested: two, open: one },
            Rejection::ExceedsRefundable { requested: two, refundable: one },
            Rejection::ExceedsPaid { account: uin, requested: two, paid: one },
            Rejection::AmountOverflow,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Retry;
    use std::collections::BTreeSet;

    /// The kinds by name, and which one a rejection is. A kind that is missing here does not compile.
    macro_rules! kinds {
        ($($kind:ident)*) => {
            const KINDS: &[&str] = &[$(stringify!($kind)),*];

            fn kind(rejection: &Rejection) -> &'static str {
                match rejection { $(Rejection::$kind { .. } => stringify!($kind),)* }
            }
        };
    }

    kinds! {
        KeyReused NotPermitted PartyNotFound ProductNotFound DiscountNotFound OrderNotFound AuthorizationNotFound
        PlatformKeyNotFound CredentialNotFound ResourceNotFound VoucherNotFound LineNotFound WebhookNotFound
        DeliveryNotFound DecisionNotFound
        AccountExists AlreadyPartner AlreadyBound ProductExists ResourceExists WrongPartnerKind DistributorRequired
        NotManaged NotYourResource NotAllowlisted ProductTrialNotYours NoCredit Unverified AccountSuspended NonStopOn
        HasOpenHolds HasParkedOrders OrderNot ResourceNotActive VoucherNotIssued AuthorizationNotOpen
        AuthorizationNotDue DiscountEnded WebhookRemoved NothingDue ClockIsRight LastFullKey ClockGoesBack ResourceRequired
        DowngradeIsImmediate EmptyPeriod PeriodTooOld PeriodTooEarly MonthNotIssued ActionTypeNotMetered
        LevelOutOfRange ExpiryOutOfRange AmountZero AmountNotPositive AmountNegative QuotaNegative
        PoolAmountOutOfRange VoucherAmountOutOfRange
        QuantityNotPositive ExceedsAllocatable ExceedsAvailable ExceedsPool BelowAllocated BelowIssued
        ExceedsVoucherQuota Overdue InsufficientCredit ExceedsAuthorization ExceedsRefundable ExceedsPaid
        AmountOverflow
    }

    #[test]
    fn the_catalogue_has_every_kind_in_order() {
        let mut listed: Vec<_> = Rejection::catalogue().iter().map(kind).collect();
        listed.dedup();
        assert_eq!(listed, KINDS);
    }

    #[test]
    fn what_is_left_of_a_figure_may_be_more_later() {
        // What was authorized is what it is.
        let for_good = |code: &str| code == "exceeds_authorization";
        for one in Rejection::catalogue().iter().filter(|one| one.code().starts_with("exceeds_")) {
            assert_eq!(one.retry() == Retry::Never, for_good(one.code()), "{}", one.code());
        }
    }

    #[test]
    fn a_code_stands_for_one_kind() {
        let codes: BTreeSet<_> = Rejection::catalogue().iter().map(|one| (one.code(), kind(one))).collect();
        let distinct: BTreeSet<_> = codes.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), distinct.len());
        for (code, _) in &codes {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }
}
