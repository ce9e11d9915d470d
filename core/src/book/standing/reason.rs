//! The reasons for which a command about how customers stand is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
use crate::channel::{AllowlistItem, Uin};
use credere_numbered::Numbered;

const NOT_ALLOWLISTED: &str = "not_allowlisted";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// The partner has not been granted this.
    NotAllowlisted {
        /// Who is not granted it.
        partner: Uin,
        /// What.
        feature: AllowlistItem,
    } = 1,
    /// A warning level is a percentage from 0 to 100 (R100).
    LevelOutOfRange = 2,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::NotAllowlisted { .. } => Meaning::of(NOT_ALLOWLISTED, Status::Forbidden, Retry::Later),
            Reason::LevelOutOfRange => Meaning::of("level_out_of_range", Status::Unprocessable, Retry::Never),
        }
    }

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
