//! The commands about money that moves within an organization. They name the organization, as whoever keeps its books does.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{TransferId, Uin};
use crate::money::Amount;
use crate::organization::OrganizationId;

commands!(Transfers {
    TransferFunds(asked) => Some(asked.member), Home::Account(asked.member);
    ReturnTransfer(asked) => None, Home::Id(asked.transfer.0);
});

/// Hands cash of an organization's admin to a member that pays for itself (O95). At the member it first repays what is owed on
/// credit, as all cash does that is paid in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferFunds {
    /// Whose admin and member.
    pub organization: OrganizationId,
    /// To whom.
    pub member: Uin,
    /// How much; above zero, and at most what the admin can hand over (O96).
    pub amount: Amount,
}

/// Gives an admin back what a member has not spent of a transfer (O95).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTransfer {
    /// In which organization.
    pub organization: OrganizationId,
    /// Of which transfer.
    pub transfer: TransferId,
    /// How much; above zero, and at most what can come back (O96).
    pub amount: Amount,
}
