//! A member leaves its organization by itself, where its admin lets it (O15, O43).

use crate::actions::offered::{Answered, offered};
use crate::actions::{membership, once};
use crate::envelope::Reply;
use crate::published::organization_v20210331::QuitOrganizationRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};
use credere_core::organization::OrganizationId;

// The conditions for leaving are told by their own codes, published for this action or not.
offered! {
    "QuitOrganization": QuitOrganizationRequest::PARAMS, Some(20), QuitOrganization,
    [DisableQuitSelfCreatedOrganization, MemberExistDelegatePayerNotAllowDelete, MemberIsDelegatePayerNotAllowDelete, OrganizationAuthManageNotAllowDelete, InvalidParameter, OrganizationMemberNotExist, OrganizationNotExist, CreateMemberNotAllowQuit, MemberAccountArrears, MemberNoPayment, MemberNotAllowQuit, OrderInProgressExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = QuitOrganizationRequest::read(&call.args)?;
    membership::organization(app, call, ERRORS).await?;
    let organization = OrganizationId(request.org_id);
    let command = members::QuitOrganization { member: call.caller, organization };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
