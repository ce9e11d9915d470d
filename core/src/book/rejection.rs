//! Why a command is refused, by area. Each reason has a stable code, its figures, and whether it may succeed later. Stored
//! under the numbers beside them; in which order they take precedence is another matter (`Rejection::catalogue`), and may
//! change. The reference page is generated from that.

use super::because::Because;
use super::status::{Retry, Status};
use super::{bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers};
use crate::access::Denial;
use crate::ledger::NumbersExhausted;
use crate::money::Overflow;
use credere_numbered::Numbered;

/// Why nothing was done. A rejection changes nothing (I9).
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
#[expect(missing_docs, reason = "the areas say what they are about")]
pub enum Rejection {
    /// The idempotency key was used before for something else.
    KeyReused = 1,
    /// The caller may not do this.
    NotPermitted(Denial) = 2,
    /// Nothing is due for it.
    NothingDue = 3,
    /// The end lies before the start, or the moment is over.
    EmptyPeriod = 4,
    /// Nothing to do: the amount is zero.
    AmountZero = 5,
    /// The amount must be above zero.
    AmountNotPositive = 6,
    /// The amount must not be below zero.
    AmountNegative = 7,
    /// A figure would leave the range of an amount.
    AmountOverflow = 8,
    /// No number is left to give out: of accounts, products or platform keys, or in the shard's journal.
    NumbersExhausted = 9,
    Parties(parties::Reason) = 21,
    Catalogue(catalogue::Reason) = 22,
    Buying(buying::Reason) = 23,
    Metering(metering::Reason) = 24,
    Vouchers(vouchers::Reason) = 25,
    Bills(bills::Reason) = 26,
    Standing(standing::Reason) = 27,
    Notices(notices::Reason) = 28,
    Deployment(deployment::Reason) = 29,
}

impl From<Overflow> for Rejection {
    fn from(Overflow: Overflow) -> Rejection {
        Rejection::AmountOverflow
    }
}

impl From<NumbersExhausted> for Rejection {
    fn from(NumbersExhausted: NumbersExhausted) -> Rejection {
        Rejection::NumbersExhausted
    }
}

impl From<parties::Reason> for Rejection {
    fn from(reason: parties::Reason) -> Rejection {
        Rejection::Parties(reason)
    }
}

impl From<catalogue::Reason> for Rejection {
    fn from(reason: catalogue::Reason) -> Rejection {
        Rejection::Catalogue(reason)
    }
}

impl From<buying::Reason> for Rejection {
    fn from(reason: buying::Reason) -> Rejection {
        Rejection::Buying(reason)
    }
}

impl From<metering::Reason> for Rejection {
    fn from(reason: metering::Reason) -> Rejection {
        Rejection::Metering(reason)
    }
}

impl From<vouchers::Reason> for Rejection {
    fn from(reason: vouchers::Reason) -> Rejection {
        Rejection::Vouchers(reason)
    }
}

impl From<bills::Reason> for Rejection {
    fn from(reason: bills::Reason) -> Rejection {
        Rejection::Bills(reason)
    }
}

impl From<standing::Reason> for Rejection {
    fn from(reason: standing::Reason) -> Rejection {
        Rejection::Standing(reason)
    }
}

impl From<notices::Reason> for Rejection {
    fn from(reason: notices::Reason) -> Rejection {
        Rejection::Notices(reason)
    }
}

impl From<deployment::Reason> for Rejection {
    fn from(reason: deployment::Reason) -> Rejection {
        Rejection::Deployment(reason)
    }
}

impl Rejection {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Rejection::KeyReused => "idempotency_key_reused",
            Rejection::NotPermitted(Denial::ReadOnlyKey) => "read_only_key",
            Rejection::NotPermitted(Denial::WrongRole) => "wrong_role",
            Rejection::NotPermitted(Denial::NotYours) => "not_yours",
            Rejection::NothingDue => "nothing_due",
            Rejection::EmptyPeriod => "empty_period",
            Rejection::AmountZero => "amount_zero",
            Rejection::AmountNotPositive => "amount_not_positive",
            Rejection::AmountNegative => "amount_negative",
            Rejection::AmountOverflow => "amount_overflow",
            Rejection::NumbersExhausted => "numbers_exhausted",
            Rejection::Parties(reason) => reason.code(),
            Rejection::Catalogue(reason) => reason.code(),
            Rejection::Buying(reason) => reason.code(),
            Rejection::Metering(reason) => reason.code(),
            Rejection::Vouchers(reason) => reason.code(),
            Rejection::Bills(reason) => reason.code(),
            Rejection::Standing(reason) => reason.code(),
            Rejection::Notices(reason) => reason.code(),
            Rejection::Deployment(reason) => reason.code(),
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Rejection::NotPermitted(_) => Status::Forbidden,
            Rejection::NothingDue | Rejection::NumbersExhausted => Status::Conflict,
            Rejection::KeyReused
            | Rejection::EmptyPeriod
            | Rejection::AmountZero
            | Rejection::AmountNotPositive
            | Rejection::AmountNegative
            | Rejection::AmountOverflow => Status::Unprocessable,
            Rejection::Parties(reason) => reason.status(),
            Rejection::Catalogue(reason) => reason.status(),
            Rejection::Buying(reason) => reason.status(),
            Rejection::Metering(reason) => reason.status(),
            Rejection::Vouchers(reason) => reason.status(),
            Rejection::Bills(reason) => reason.status(),
            Rejection::Standing(reason) => reason.status(),
            Rejection::Notices(reason) => reason.status(),
            Rejection::Deployment(reason) => reason.status(),
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Rejection::NothingDue | Rejection::AmountOverflow => Retry::Later,
            Rejection::KeyReused
            | Rejection::NotPermitted(_)
            | Rejection::EmptyPeriod
            | Rejection::AmountZero
            | Rejection::AmountNotPositive
            | Rejection::AmountNegative
            | Rejection::NumbersExhausted => Retry::Never,
            Rejection::Parties(reason) => reason.retry(),
            Rejection::Catalogue(reason) => reason.retry(),
            Rejection::Buying(reason) => reason.retry(),
            Rejection::Metering(reason) => reason.retry(),
            Rejection::Vouchers(reason) => reason.retry(),
            Rejection::Bills(reason) => reason.retry(),
            Rejection::Standing(reason) => reason.retry(),
            Rejection::Notices(reason) => reason.retry(),
            Rejection::Deployment(reason) => reason.retry(),
        }
    }

    /// What was looked at, for the refusals that are about a figure; the first that failed has this code.
    pub fn because(&self) -> Because {
        match self {
            Rejection::Parties(reason) => reason.because(),
            Rejection::Catalogue(reason) => reason.because(),
            Rejection::Buying(reason) => reason.because(),
            Rejection::Vouchers(reason) => reason.because(),
            Rejection::Bills(reason) => reason.because(),
            Rejection::Standing(reason) => reason.because(),
            Rejection::KeyReused
            | Rejection::NotPermitted(_)
            | Rejection::NothingDue
            | Rejection::EmptyPeriod
            | Rejection::AmountZero
            | Rejection::AmountNotPositive
            | Rejection::AmountNegative
            | Rejection::AmountOverflow
            | Rejection::NumbersExhausted
            | Rejection::Metering(_)
            | Rejection::Notices(_)
            | Rejection::Deployment(_) => Because::new(),
        }
    }
}
