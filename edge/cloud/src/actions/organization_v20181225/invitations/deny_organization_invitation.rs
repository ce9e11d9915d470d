//! Whoever is invited turns the invitation down.

use crate::actions::offered::{Answered, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::published::organization_v20181225::DenyOrganizationInvitationRequest;
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};
use credere_core::organization::InvitationId;

offered! {
    "DenyOrganizationInvitation": DenyOrganizationInvitationRequest::PARAMS, Some(20), DenyInvitation,
    [InvitationNotExist]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DenyOrganizationInvitationRequest::read(&call.args)?;
    let invitation = InvitationId(request.id);
    let command = members::DenyInvitation { member: call.caller, invitation };
    once::command(app, call, Command::from(command), ERRORS).await?;
    Ok(Reply::empty())
}
