//! Why a command is refused, by area. Each reason has a stable code, its figures, and whether it may succeed later. Stored
//! under the numbers beside them; in which order they take precedence is another matter (`Rejection::catalogue`), and may
//! change. The reference page is generated from that.

use super::because::{Because, Finding};
use super::status::{Meaning, Retry, Status};
use super::{
    bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing, transfers,
    vouchers,
};
use crate::access::Denial;
use crate::ledger::NumbersExhausted;
use crate::money::Overflow;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done. A rejection changes nothing (I9).
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
#[expect(missing_docs, reason = "the areas say what they are about")]
pub enum Rejection {
    /// The idempotency key was used before with another content.
    #[refused(Unprocessable, Never, "idempotency_key_reused")]
    KeyReused = 1,
    /// The caller may not do this.
    #[refused(not_permitted(*field_0))]
    NotPermitted(Denial) = 2,
    /// Nothing is due for it; only Credere itself can meet this.
    #[refused(Conflict, Later)]
    NothingDue = 3,
    /// The end lies before the start, or the time is over already.
    #[refused(Unprocessable, Never)]
    EmptyPeriod = 4,
    /// An amount of zero would change nothing (R39).
    #[refused(Unprocessable, Never)]
    AmountZero = 5,
    /// The amount must be above zero.
    #[refused(Unprocessable, Never)]
    AmountNotPositive = 6,
    /// The amount must not be below zero.
    #[refused(Unprocessable, Never)]
    AmountNegative = 7,
    /// A figure would leave the range of an amount.
    #[refused(Unprocessable, Later)]
    AmountOverflow = 8,
    /// No number is left for another account, product or platform key, or in the shard's journal.
    #[refused(Conflict, Never)]
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
    Finance(finance::Reason) = 30,
    Members(members::Reason) = 31,
    Packs(packs::Reason) = 32,
    Transfers(transfers::Reason) = 33,
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
        impl Rejection {
            /// Which kind of reason it is, whatever its figures.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Rejection::$area(reason) => reason.name(),)*
                    common => common.name(),
                }
            }

            /// Every kind, those of no area first.
            pub fn kinds() -> impl Iterator<Item = &'static str> {
                let common = Rejection::NAMES.into_iter().filter(|name| ![$(stringify!($folder)),*].contains(name));
                common.chain([$(&$folder::Reason::NAMES[..]),*].into_iter().flatten().copied())
            }
        }

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
    Standing standing, Notices notices, Finance finance, Members members, Packs packs, Transfers transfers, Deployment deployment);

impl Rejection {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.meaning().code
    }

    /// What was looked at where all of it sufficed, and otherwise the refusal: so that what is compared and what is refused
    /// stand once.
    ///
    /// # Errors
    /// Itself, also where it is about no figure.
    pub(super) fn unless_met(self) -> Result<Because, Rejection> {
        let because = self.because();
        let met = !because.is_empty() && because.iter().all(Finding::passed);
        if met { Ok(because) } else { Err(self) }
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
            Rejection::Transfers(reason) => reason.because(),
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
            | Rejection::Finance(_)
            | Rejection::Members(_)
            | Rejection::Packs(_)
            | Rejection::Deployment(_) => Because::new(),
        }
    }
}

const fn not_permitted(denial: Denial) -> Meaning {
    let when = match denial {
        Denial::ReadOnlyKey => "A platform key that may only read was used to write.",
        Denial::WrongRole => "The caller's role has no part in this action.",
        Denial::NotYours => "The role may do this, but not to this account.",
    };
    Meaning::of(denial.name(), Status::Forbidden, Retry::Never, when)
}
