//! From the application's refusals and failures to the codes of the Cloud API, in one place. Where several codes could say
//! the same, the one that is published for the action is used (R150), which is why every translation is given that list.

mod members;

use crate::error::{CloudError, ErrorCode, quoted};
use credere_app::Failure;
use credere_core::access::Denial;
use credere_core::book::{Rejection, bills, buying as purchases, finance, parties, standing};
use credere_core::money::Overflow;

/// Codes that any call may be answered with, beside those that are published for its action.
pub const EVERY_CALL: &[ErrorCode] = &[
    ErrorCode::InvalidAuthorization,
    ErrorCode::SecretIdNotFound,
    ErrorCode::SignatureExpire,
    ErrorCode::SignatureFailure,
    ErrorCode::TokenFailure,
    ErrorCode::InternalError,
    ErrorCode::InvalidAction,
    ErrorCode::InvalidParameter,
    ErrorCode::InvalidParameterValue,
    ErrorCode::InvalidRequest,
    ErrorCode::MissingParameter,
    ErrorCode::NoSuchVersion,
    ErrorCode::ServiceBusy,
    ErrorCode::RequestLimitExceeded,
    ErrorCode::RequestSizeLimitExceeded,
    ErrorCode::UinNoAuth,
    ErrorCode::UnknownParameter,
    ErrorCode::UnsupportedProtocol,
];

/// Translates what the application did not carry out, for an action with these published codes.
pub(super) fn of(listed: &'static [ErrorCode]) -> impl Fn(Failure) -> CloudError {
    move |failure| match failure {
        Failure::Refused { rejection, .. } => refusal(listed, &rejection),
        Failure::Overloaded | Failure::NotReady => {
            CloudError::new(ErrorCode::ServiceBusy, "the server is busy; sign the request anew and try again")
        }
        Failure::ClockJumped => {
            let message = "nothing is written at the moment, because the server's clock is in doubt; sign the request anew and try again later";
            CloudError::new(ErrorCode::ServiceBusy, message)
        }
        Failure::TooManyLongReads { most } => {
            let message = format!("an account may have {most} searches and sums at a time; wait for one of them");
            CloudError::new(ErrorCode::RequestLimitExceeded, message)
        }
        Failure::OutcomeUnknown(_) | Failure::Store(_) | Failure::Internal(_) => CloudError::internal(failure),
    }
}

/// A figure left the range of an amount where no request could have caused it.
pub(super) fn overflow(overflow: Overflow) -> CloudError {
    CloudError::internal(overflow)
}

/// The account that a request names is not the caller's, or does not exist: the two look the same from outside. Where
/// nothing that fits is published, it is like a wrong role, which any call may be told.
pub(super) fn foreign(listed: &[ErrorCode]) -> CloudError {
    use ErrorCode::{
        FailedOperation, InvalidParameter, InvalidSubAgentUin, NotCustomerUin, UinNoAuth, UserNotRegister,
    };
    let fitting = [InvalidSubAgentUin, NotCustomerUin, UserNotRegister, UinNoAuth, FailedOperation, InvalidParameter];
    let code = fitting.into_iter().find(|code| listed.contains(code)).unwrap_or(UinNoAuth);
    let message = match code {
        InvalidSubAgentUin => "the account is not a second-level reseller of the caller",
        NotCustomerUin => "an account that the request names is not a customer of the caller",
        UserNotRegister | InvalidParameter => "an account that the request names does not exist",
        _ => "an account that the request names is not one that the caller may do this to",
    };
    CloudError::new(code, message)
}

/// A parameter has the right type and a value that is not permitted.
pub(super) fn bad_value(parameter: &str, why: &str) -> CloudError {
    CloudError::new(ErrorCode::InvalidParameterValue, format!("the parameter {} {why}", quoted(parameter)))
}

/// The first of some codes that is published for the action.
fn first_listed(listed: &[ErrorCode], codes: &[ErrorCode]) -> Option<ErrorCode> {
    codes.iter().copied().find(|code| listed.contains(code))
}

fn refusal(listed: &[ErrorCode], rejection: &Rejection) -> CloudError {
    use ErrorCode::{
        BalanceInsufficient, CreditAmountOutOfRange, FailedOperation, InvalidMonth, InvalidParameterValue, UinNoAuth,
        VoucherAmountOutOfRange,
    };
    let first_of = |codes: &[ErrorCode], otherwise| first_listed(listed, codes).unwrap_or(otherwise);
    let out_of_range = || first_of(&[CreditAmountOutOfRange, VoucherAmountOutOfRange], InvalidParameterValue);
    match rejection {
        Rejection::NotPermitted(Denial::WrongRole | Denial::ReadOnlyKey) => {
            CloudError::new(UinNoAuth, "the calling account's role may not call this action")
        }
        Rejection::NotPermitted(Denial::NotYours) | Rejection::Parties(parties::Reason::PartyNotFound(..)) => {
            foreign(listed)
        }
        Rejection::Standing(standing::Reason::NotAllowlisted { feature: item, .. }) => {
            let message = format!("the platform has not granted `{}` to the calling account", item.name());
            CloudError::new(UinNoAuth, message)
        }
        Rejection::Bills(bills::Reason::MonthNotIssued { month, .. }) => {
            let message = format!("the bill of {month} is not issued yet");
            CloudError::new(first_of(&[InvalidMonth], InvalidParameterValue), message)
        }
        Rejection::AmountZero => {
            // A pool has one code for every amount that will not do (R49).
            let code = first_of(&[VoucherAmountOutOfRange], InvalidParameterValue);
            CloudError::new(code, "the amount must not be zero")
        }
        Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit }) => {
            let message =
                format!("a pool is given at most {limit} at a time, and where pulling is permitted, gives as much");
            CloudError::new(out_of_range(), message)
        }
        Rejection::Parties(parties::Reason::ExceedsAllocatable { requested, allocatable, .. }) => {
            let message = format!("{requested} is more than the {allocatable} that can still be handed out");
            CloudError::new(out_of_range(), message)
        }
        Rejection::Parties(parties::Reason::ExceedsPool { requested, remaining, .. }) => {
            let message = format!("{requested} is more than the {remaining} that remain in the pool");
            CloudError::new(out_of_range(), message)
        }
        Rejection::Parties(parties::Reason::ExceedsAvailable { requested, available, .. }) => {
            let message = format!("{requested} is more than the {available} that can be taken back");
            CloudError::new(first_of(&[BalanceInsufficient], FailedOperation), message)
        }
        Rejection::Buying(reason) => buying(listed, reason),
        Rejection::Finance(finance::Reason::NoFinance(_)) => {
            let code = first_of(&[ErrorCode::UnsupportedOperation], FailedOperation);
            CloudError::new(code, "the account hands credit down, and has neither money nor credit of its own")
        }
        Rejection::AmountOverflow => CloudError::new(out_of_range(), "the figures would become too large"),
        Rejection::Members(reason) => members::refusal(listed, reason),
        other => CloudError::new(FailedOperation, format!("the operation is refused: {}", other.code())),
    }
}

/// What refusals about orders are called.
fn buying(listed: &[ErrorCode], reason: &purchases::Reason) -> CloudError {
    use purchases::Reason;
    let (code, message) = match reason {
        Reason::OrderNotFound => (ErrorCode::InvalidDeal, "there is no such order of the caller's".to_owned()),
        Reason::OrderNot { state, .. } => {
            (ErrorCode::InvalidDeal, format!("the order is not to be paid: it is `{}`", state.name()))
        }
        Reason::InsufficientCredit { required, available, .. } => {
            (ErrorCode::BalanceInsufficient, format!("{required} is needed, and there is {available}"))
        }
        Reason::PaidOnBehalf { .. } => {
            (ErrorCode::AgentPayDealCannotDown, "another account pays the order on its owner's behalf".to_owned())
        }
        Reason::Unverified(_) => (ErrorCode::NotCertification, "the account's identity is not verified".to_owned()),
        other => (ErrorCode::FailedOperation, format!("the operation is refused: {}", other.meaning().code)),
    };
    CloudError::new(first_listed(listed, &[code]).unwrap_or(ErrorCode::FailedOperation), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_app::StoreError;
    use credere_core::channel::{PartnerKind, Uin};
    use credere_core::money::Amount;

    fn account() -> Uin {
        Uin::new(7).unwrap()
    }

    fn refused(listed: &'static [ErrorCode], rejection: Rejection) -> ErrorCode {
        of(listed)(Failure::refused(rejection)).code()
    }

    #[test]
    fn a_foreign_account_has_the_code_that_the_action_lists() {
        use ErrorCode::{FailedOperation, InvalidSubAgentUin, NotCustomerUin, UinNoAuth};
        for rejection in [
            Rejection::NotPermitted(Denial::NotYours),
            Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, account())),
        ] {
            assert_eq!(refused(&[UinNoAuth, NotCustomerUin], rejection.clone()), NotCustomerUin);
            assert_eq!(refused(&[FailedOperation, UinNoAuth], rejection.clone()), UinNoAuth);
            assert_eq!(refused(&[InvalidSubAgentUin, UinNoAuth], rejection.clone()), InvalidSubAgentUin);
            assert_eq!(refused(&[FailedOperation], rejection.clone()), FailedOperation);
            assert_eq!(refused(&[], rejection), UinNoAuth);
        }
    }

    #[test]
    fn a_wrong_role_has_one_code() {
        for listed in [&[][..], &[ErrorCode::NotCustomerUin], &[ErrorCode::UinNoAuth]] {
            assert_eq!(refused(listed, Rejection::NotPermitted(Denial::WrongRole)), ErrorCode::UinNoAuth);
        }
    }

    #[test]
    fn amounts_have_the_code_that_the_action_lists() {
        use ErrorCode::{BalanceInsufficient, CreditAmountOutOfRange, InvalidParameterValue, VoucherAmountOutOfRange};
        const CREDIT: &[ErrorCode] = &[BalanceInsufficient, CreditAmountOutOfRange];
        const POOL: &[ErrorCode] = &[VoucherAmountOutOfRange];
        let (requested, left) = (Amount::whole(2), Amount::whole(1));
        let allocatable = Rejection::Parties(parties::Reason::ExceedsAllocatable {
            partner: account(),
            requested,
            allocatable: left,
        });
        assert_eq!(refused(CREDIT, allocatable.clone()), CreditAmountOutOfRange);
        assert_eq!(refused(POOL, allocatable), VoucherAmountOutOfRange);
        assert_eq!(refused(CREDIT, Rejection::AmountZero), InvalidParameterValue);
        assert_eq!(refused(POOL, Rejection::AmountZero), VoucherAmountOutOfRange);
        assert_eq!(refused(CREDIT, Rejection::AmountOverflow), CreditAmountOutOfRange);
        assert_eq!(
            refused(POOL, Rejection::Parties(parties::Reason::PoolAmountOutOfRange { limit: left })),
            VoucherAmountOutOfRange
        );
        assert_eq!(
            refused(
                POOL,
                Rejection::Parties(parties::Reason::ExceedsPool {
                    second_level: account(),
                    requested,
                    remaining: left
                })
            ),
            VoucherAmountOutOfRange
        );
        assert_eq!(
            refused(
                CREDIT,
                Rejection::Parties(parties::Reason::ExceedsAvailable {
                    customer: account(),
                    requested,
                    available: left
                })
            ),
            BalanceInsufficient
        );
        assert_eq!(
            refused(CREDIT, Rejection::Parties(parties::Reason::WrongPartnerKind(PartnerKind::Agent))),
            ErrorCode::FailedOperation
        );
    }

    #[test]
    fn a_month_that_is_not_issued_and_a_feature_that_is_not_granted() {
        use credere_core::channel::AllowlistItem;
        let early = Rejection::Bills(bills::Reason::MonthNotIssued {
            month: "2026-10".parse().unwrap(),
            issued_at: credere_core::ledger::Moment::from_micros(0),
            customer: Uin::LOWEST,
            unconfirmed: credere_core::money::Amount::ZERO,
        });
        assert_eq!(refused(&[ErrorCode::InvalidMonth], early.clone()), ErrorCode::InvalidMonth);
        assert_eq!(refused(&[], early), ErrorCode::InvalidParameterValue);
        let ungranted = Rejection::Standing(standing::Reason::NotAllowlisted {
            partner: Uin::LOWEST,
            feature: AllowlistItem::ForceSuspension,
        });
        assert_eq!(refused(&[], ungranted), ErrorCode::UinNoAuth);
    }

    #[test]
    fn failures_say_whether_to_try_again() {
        let code = |failure| of(&[])(failure).code();
        assert_eq!(code(Failure::Overloaded), ErrorCode::ServiceBusy);
        assert_eq!(code(Failure::TooManyLongReads { most: 8 }), ErrorCode::RequestLimitExceeded);
        assert_eq!(code(Failure::NotReady), ErrorCode::ServiceBusy);
        assert_eq!(code(Failure::ClockJumped), ErrorCode::ServiceBusy);
        assert_eq!(code(Failure::OutcomeUnknown("fsync".to_owned())), ErrorCode::InternalError);
        assert_eq!(code(Failure::Store(StoreError::io("read"))), ErrorCode::InternalError);
        assert_eq!(code(Failure::Internal("a read ended in a panic")), ErrorCode::InternalError);
    }
}
