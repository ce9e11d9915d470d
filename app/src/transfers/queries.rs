//! Reading what an organization's admin handed to members.

use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Event, members};
use credere_core::channel::{TransferId, Uin};
use credere_core::organization::{OrganizationId, Transfer};

/// Which transfers are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferQuery {
    /// In which organization.
    pub organization: OrganizationId,
    /// To whom; to anybody where absent.
    pub member: Option<Uin>,
}

impl App {
    /// What was handed over in an organization, newest first, before a transfer, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such organization.
    pub async fn transfers(
        &self,
        caller: Caller,
        query: TransferQuery,
        before: Option<TransferId>,
        limit: usize,
    ) -> Result<Vec<Transfer>, Failure> {
        let TransferQuery { organization, member } = query;
        self.read_as(caller, Action::ReadTransfers, None, |book| {
            book.organization(organization).ok_or(members::Reason::OrganizationNotFound)?;
            let all = book.transfers_before(organization, before);
            Ok(all.filter(|one| member.is_none_or(|member| one.member == member)).take(limit).copied().collect())
        })
        .await
    }
}

impl Done {
    /// The transfer that was made, or of which a part came back.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it was neither.
    pub fn transfer(&self) -> Result<Transfer, Failure> {
        let Event::Transfers(event) = &*self.event else { return Err(unexpected()) };
        Ok(*event.transfer())
    }
}
