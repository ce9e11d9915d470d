//! The reasons for which money does not move within an organization.

use crate::book::{Because, Figure, Finding, Rule};
use crate::channel::Uin;
use crate::money::Amount;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// There is no such transfer in this organization.
    #[refused(NotFound, Never)]
    TransferNotFound = 1,
    /// Admin and member are not one enterprise (O95).
    #[refused(Conflict, Later)]
    EntityDiffers(Uin) = 3,
    /// More is to be handed over than the admin has in cash and available (O96).
    #[refused(Unprocessable, Later)]
    ExceedsTransferable {
        /// Whose money it is.
        admin: Uin,
        /// What was asked.
        requested: Amount,
        /// What it can hand over.
        transferable: Amount,
    } = 4,
    /// More is to come back than is left of the transfer, or than the member has in cash (O96).
    #[refused(Unprocessable, Later)]
    ExceedsReturnable {
        /// Who was handed it.
        member: Uin,
        /// What was asked.
        requested: Amount,
        /// What can come back.
        returnable: Amount,
    } = 5,
}

impl Reason {
    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        let code = self.meaning().code;
        let finding = match *self {
            Reason::ExceedsTransferable { admin, requested, transferable } => {
                Finding::at_least(Rule::O96, (admin, Figure::Transferable), requested, transferable, code)
            }
            Reason::ExceedsReturnable { member, requested, returnable } => {
                Finding::at_least(Rule::O96, (member, Figure::Returnable), requested, returnable, code)
            }
            Reason::TransferNotFound | Reason::EntityDiffers(_) => return Because::new(),
        };
        Because::from_iter([finding])
    }
}
