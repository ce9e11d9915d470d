//! An admin takes members out of its organization: all that it names, or none (O43, O44). Their accounts stay as they are.

use crate::actions::membership::{self, malformed};
use crate::actions::offered::{Answered, offered};
use crate::actions::{once, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::DeleteOrganizationMembersRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};
use credere_core::channel::Uin;

// Who stays, and the conditions for leaving, are told by the codes of the newer version.
offered! {
    "DeleteOrganizationMembers": DeleteOrganizationMembersRequest::PARAMS, Some(20), RemoveMembers,
    [DisableQuitSelfCreatedOrganization, MemberExistDelegatePayerNotAllowDelete, MemberIsDelegatePayerNotAllowDelete, OrganizationAuthManageNotAllowDelete, MemberNotExist, OrganizationNotExist, UnauthorizedOperation, CreateMemberNotAllowDelete, MemberAccountArrears, MemberNoPayment, OrderInProgressExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DeleteOrganizationMembersRequest::read(&call.args)?;
    if request.uins.is_empty() {
        return Err(malformed("Uins", "must name at least one member"));
    }
    membership::own_organization(app, call, ERRORS).await?;
    let named: Option<Vec<Uin>> = request.uins.into_iter().map(reading::uin).collect();
    let named = named.ok_or_else(|| membership::no_member(ERRORS))?;
    let command = members::RemoveMembers { admin: call.caller, members: named };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
