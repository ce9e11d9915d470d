//! The reasons for which a command about how customers stand is refused.

use crate::book::{Because, Figure, Finding, Rule};
use crate::channel::{AllowlistItem, Uin};
use credere_numbered::{Named, Numbered, Refused};

const NOT_ALLOWLISTED: &str = "not_allowlisted";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// The partner has not been granted this (R107, R108, R124).
    #[refused(Forbidden, Later)]
    NotAllowlisted {
        /// Who is not granted it.
        partner: Uin,
        /// What.
        feature: AllowlistItem,
    } = 1,
    /// A warning level is a percentage from 0 to 100 (R100).
    #[refused(Unprocessable, Never)]
    LevelOutOfRange = 2,
}

impl Reason {
    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::NotAllowlisted { partner, feature } => Because::from_iter([granted(partner, feature, false)]),
            Reason::LevelOutOfRange => Because::new(),
        }
    }
}

/// Whether a partner is granted what it asks for.
pub(super) fn granted(partner: Uin, feature: AllowlistItem, found: bool) -> Finding {
    let rule = match feature {
        AllowlistItem::ForceSuspension => Rule::R108,
        AllowlistItem::SpecialSuspension => Rule::R107,
        AllowlistItem::CustomerDiscounts => Rule::R124,
        AllowlistItem::Invitations | AllowlistItem::CreateAccount => Rule::R133,
    };
    Finding::must_be(rule, (partner, Figure::Granted), true, found, NOT_ALLOWLISTED)
}
