//! Why a command is refused, by area. Each reason has a stable code, its figures, and whether it may succeed later. Stored
//! under the numbers beside them; in which order they take precedence is another matter (`Rejection::catalogue`), and may
//! change. The reference page is generated from that.

use super::because::Because;
use super::status::{Meaning, Retry, Status};
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

macro_rules! reasons {
    ($($area:ident $folder:ident),*) => {
        $(
            impl From<$folder::Reason> for Rejection {
                fn from(reason: $folder::Reason) -> Rejection {
                    Rejection::$area(reason)
                }
            }
        )*
    };
}
reasons!(Parties parties, Catalogue catalogue, Buying buying, Metering metering, Vouchers vouchers, Bills bills,
    Standing standing, Notices notices, Deployment deployment);

impl Rejection {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.meaning().code
    }

    /// What it means to a program.
    pub const fn meaning(&self) -> Meaning {
        match self {
            Rejection::KeyReused => Meaning::of("idempotency_key_reused", Status::Unprocessable, Retry::Never),
            Rejection::NotPermitted(Denial::ReadOnlyKey) => {
                Meaning::of("read_only_key", Status::Forbidden, Retry::Never)
            }
            Rejection::NotPermitted(Denial::WrongRole) => Meaning::of("wrong_role", Status::Forbidden, Retry::Never),
            Rejection::NotPermitted(Denial::NotYours) => Meaning::of("not_yours", Status::Forbidden, Retry::Never),
            Rejection::NothingDue => Meaning::of("nothing_due", Status::Conflict, Retry::Later),
            Rejection::EmptyPeriod => Meaning::of("empty_period", Status::Unprocessable, Retry::Never),
            Rejection::AmountZero => Meaning::of("amount_zero", Status::Unprocessable, Retry::Never),
            Rejection::AmountNotPositive => Meaning::of("amount_not_positive", Status::Unprocessable, Retry::Never),
            Rejection::AmountNegative => Meaning::of("amount_negative", Status::Unprocessable, Retry::Never),
            Rejection::AmountOverflow => Meaning::of("amount_overflow", Status::Unprocessable, Retry::Later),
            Rejection::NumbersExhausted => Meaning::of("numbers_exhausted", Status::Conflict, Retry::Never),
            Rejection::Parties(reason) => reason.meaning(),
            Rejection::Catalogue(reason) => reason.meaning(),
            Rejection::Buying(reason) => reason.meaning(),
            Rejection::Metering(reason) => reason.meaning(),
            Rejection::Vouchers(reason) => reason.meaning(),
            Rejection::Bills(reason) => reason.meaning(),
            Rejection::Standing(reason) => reason.meaning(),
            Rejection::Notices(reason) => reason.meaning(),
            Rejection::Deployment(reason) => reason.meaning(),
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
