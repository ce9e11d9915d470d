//! A member leaves its organization by itself, where its admin lets it (O15, O43).

use crate::actions::errors;
use crate::actions::offered::{Answered, offered};
use crate::actions::{membership, once};
use crate::envelope::Reply;
use crate::published::organization_v20181225::QuitOrganizationRequest;
use crate::request::Call;
use credere_app::{App, Failure};
use credere_core::book::Command;
use credere_core::book::members::{self, Reason};
use credere_core::organization::OrganizationId;

// That it may not leave, and the conditions for leaving, are told by the codes of the newer version.
offered! {
    "QuitOrganization": QuitOrganizationRequest::PARAMS, Some(20), QuitOrganization,
    [DisableQuitSelfCreatedOrganization, MemberExistDelegatePayerNotAllowDelete, MemberIsDelegatePayerNotAllowDelete, OrganizationAuthManageNotAllowDelete, OrganizationNotExist, CreateMemberNotAllowQuit, MemberAccountArrears, MemberNoPayment, MemberNotAllowQuit, OrderInProgressExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = QuitOrganizationRequest::read(&call.args)?;
    let organization = OrganizationId(request.org_id);
    // Another organization than its own is like none: no code says that it is not a member there.
    if membership::organization(app, call, ERRORS).await?.organization.id != organization {
        return Err(errors::of(ERRORS)(Failure::refused(Reason::OrganizationNotFound.into())));
    }
    let command = members::QuitOrganization { member: call.caller, organization };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
