//! An admin reads one member of its organization. All members are in the root.

use crate::actions::membership::{self, NO_NODE, ROOT_NAME};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::{GetOrganizationMemberRequest, GetOrganizationMemberResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "GetOrganizationMember": GetOrganizationMemberRequest::PARAMS, Some(20), ReadOrganization,
    [MemberNotExist, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = GetOrganizationMemberRequest::read(&call.args)?;
    let organization = membership::own_organization(app, call, ERRORS).await?.organization;
    let uin = reading::uin(request.member_uin).ok_or_else(|| membership::no_member(ERRORS))?;
    let view = app.member(caller(call), call.caller, uin).await.map_err(errors::of(ERRORS))?;
    Reply::of(&GetOrganizationMemberResponse {
        uin: uin.number(),
        name: view.name.unwrap_or_default(),
        remark: view.remark.unwrap_or_default(),
        join_time: app.local_time(view.member.joined_at),
        node_id: organization.id.root().0,
        node_name: ROOT_NAME.to_owned(),
        parent_node_id: NO_NODE,
    })
}
