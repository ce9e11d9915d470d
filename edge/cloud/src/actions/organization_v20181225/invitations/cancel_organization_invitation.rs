//! An admin takes an invitation back that is still open.

use crate::actions::offered::{Answered, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::published::organization_v20181225::CancelOrganizationInvitationRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};
use credere_core::organization::InvitationId;

offered! {
    "CancelOrganizationInvitation": CancelOrganizationInvitationRequest::PARAMS, Some(20), CancelInvitation,
    [InvitationNotExist, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = CancelOrganizationInvitationRequest::read(&call.args)?;
    let invitation = InvitationId(request.id);
    let command = members::CancelInvitation { admin: call.caller, invitation };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
