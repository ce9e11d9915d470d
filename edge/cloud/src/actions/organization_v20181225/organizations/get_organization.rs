//! An organization as its admin or one of its members sees it.

use crate::actions::membership::{self, ORGANIZATION_TYPE};
use crate::actions::offered::{Answered, offered};
use crate::envelope::Reply;
use crate::published::organization_v20181225::{GetOrganizationRequest, GetOrganizationResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "GetOrganization": GetOrganizationRequest::PARAMS, Some(20), ReadOrganization,
    [OrganizationNotExist]
}

async fn run(app: &App, call: &Call) -> Answered {
    GetOrganizationRequest::read(&call.args)?;
    let view = membership::organization(app, call, ERRORS).await?;
    let admin = membership::profile(app, view.organization.admin, ERRORS).await?;
    Reply::of(&GetOrganizationResponse {
        org_id: view.organization.id.0,
        host_uin: view.organization.admin.number(),
        nickname: admin.name.unwrap_or_default(),
        mail: admin.email.unwrap_or_default(),
        org_type: ORGANIZATION_TYPE,
        // The admin itself is in it, and no member.
        is_empty: u64::from(view.accounts <= 1),
    })
}
