//! The invitations that an account got, or that an admin sent, newest first, of both versions. No bound is published for a page.

use crate::actions::membership::{LIMIT_DEFAULT, ORGANIZATION_TYPE, Slice, malformed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::{
    ListOrganizationInvitationsRequest, ListOrganizationInvitationsResponse, OrgInvitation,
};
use crate::request::Call;
use credere_app::App;
use credere_app::members::{InvitationState, InvitationView, InvitationsOf};
use credere_core::organization::InvitationEnd;

offered! {
    "ListOrganizationInvitations": ListOrganizationInvitationsRequest::PARAMS, Some(20), ReadOrganization,
    [OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = ListOrganizationInvitationsRequest::read(&call.args)?;
    let whose = match request.invited {
        0 => InvitationsOf::Admin(call.caller),
        1 => InvitationsOf::Member(call.caller),
        _ => return Err(malformed("Invited", "must be 0 for invitations that were sent, or 1 for those received")),
    };
    let limit = request.limit.unwrap_or(LIMIT_DEFAULT);
    let slice = Slice::read(request.offset.unwrap_or(0), limit, reading::PAGE_SIZE_MAX)?;
    let found = app.invitations(caller(call), whose, slice.skip, slice.limit).await;
    let (found, total_count) = found.map_err(errors::of(ERRORS))?;
    let invitations = found.into_iter().map(|view| invitation(app, view)).collect();
    Reply::of(&ListOrganizationInvitationsResponse { invitations, total_count })
}

fn invitation(app: &App, view: InvitationView) -> OrgInvitation {
    OrgInvitation {
        id: view.id.0,
        uin: view.member.number(),
        host_uin: view.admin.number(),
        host_name: view.admin_name.unwrap_or_default(),
        host_mail: view.admin_email.unwrap_or_default(),
        status: status(view.state),
        name: view.member_name.unwrap_or_default(),
        remark: view.member_remark.unwrap_or_default(),
        org_type: ORGANIZATION_TYPE,
        invite_time: app.local_time(view.sent_at),
        expire_time: app.local_time(view.expires_at),
    }
}

/// What has become of it, by its published number (O39).
fn status(state: InvitationState) -> i64 {
    match state {
        InvitationState::Expired => -1,
        InvitationState::Open => 0,
        InvitationState::Ended(InvitationEnd::Accepted) => 1,
        InvitationState::Ended(InvitationEnd::Denied | InvitationEnd::Void) => 2,
        InvitationState::Ended(InvitationEnd::Canceled) => 3,
    }
}
