//! An account that is verified as an enterprise makes an organization and is its admin from then on (O8-O10).

use crate::actions::membership::{self, ORGANIZATION_TYPE, malformed};
use crate::actions::offered::{Answered, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::published::organization_v20181225::{CreateOrganizationRequest, CreateOrganizationResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, members};

offered! {
    "CreateOrganization": CreateOrganizationRequest::PARAMS, Some(20), CreateOrganization,
    [FailedOperation, OrganizationExistAlready, OrganizationNotExist]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = CreateOrganizationRequest::read(&call.args)?;
    if request.org_type != ORGANIZATION_TYPE {
        return Err(malformed("OrgType", "must be 1"));
    }
    let command = members::CreateOrganization { admin: call.caller };
    once::command(app, call, Command::from(command), ERRORS).await?;
    let view = membership::organization(app, call, ERRORS).await?;
    let admin = membership::profile(app, call.caller, ERRORS).await?;
    Reply::of(&CreateOrganizationResponse {
        org_id: view.organization.id.0,
        nickname: admin.name.unwrap_or_default(),
        mail: admin.email.unwrap_or_default(),
        org_type: ORGANIZATION_TYPE,
    })
}
