//! An admin lists the members of its organization, oldest first. No bound is published for a page.

use crate::actions::membership::{self, LIMIT_DEFAULT, Slice};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::{
    ListOrganizationMembersRequest, ListOrganizationMembersResponse, OrgMember,
};
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberView;

offered! {
    "ListOrganizationMembers": ListOrganizationMembersRequest::PARAMS, Some(20), ReadOrganization,
    [FailedOperation, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = ListOrganizationMembersRequest::read(&call.args)?;
    let limit = request.limit.unwrap_or(LIMIT_DEFAULT);
    let slice = Slice::read(request.offset.unwrap_or(0), limit, reading::PAGE_SIZE_MAX)?;
    membership::own_organization(app, call, ERRORS).await?;
    let found = app.members(caller(call), call.caller, slice.skip_in_memory(), slice.limit).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    let member = |view: MemberView| OrgMember {
        uin: view.member.uin.number(),
        name: view.name.unwrap_or_default(),
        remark: view.remark.unwrap_or_default(),
        join_time: app.local_time(view.member.joined_at),
    };
    let members = found.into_iter().map(member).collect();
    Reply::of(&ListOrganizationMembersResponse { members, total_count: total as u64 })
}
