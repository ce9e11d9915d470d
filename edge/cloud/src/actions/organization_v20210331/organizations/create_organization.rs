//! An account that is verified as an enterprise makes an organization and is its admin from then on (O8-O10).

use crate::actions::offered::{Answered, offered};
use crate::actions::{membership, once};
use crate::envelope::Reply;
use crate::published::organization_v20210331::{CreateOrganizationRequest, CreateOrganizationResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};

offered! {
    "CreateOrganization": CreateOrganizationRequest::PARAMS, Some(20), CreateOrganization,
    [AuthInfoEmpty, AuthNotEnterprise, OrganizationExistAlready, InvalidParameter, OrganizationNotExist, UnsupportedOperation, CreateMemberNotAllowCreateOrganization]
}

async fn run(app: &App, call: &Call) -> Answered {
    CreateOrganizationRequest::read(&call.args)?;
    let command = members::CreateOrganization { admin: call.caller };
    once::command(app, call, Command::from(command), ERRORS).await?;
    let view = membership::organization(app, call, ERRORS).await?;
    let nickname = membership::profile(app, call.caller, ERRORS).await?.name;
    Reply::of(&CreateOrganizationResponse { org_id: view.organization.id.0, nick_name: nickname.unwrap_or_default() })
}
