//! An admin invites an account to be a member, in the root and with the permissions 1 and 2: it pays for itself.

use crate::actions::membership::{self, Invited};
use crate::actions::offered::{Answered, offered};
use crate::actions::{errors, once, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::SendOrganizationInvitationRequest;
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberLabel;
use credere_core::organization::Permissions;

// The conditions for joining are told by the codes of the newer version.
offered! {
    "SendOrganizationInvitation": SendOrganizationInvitationRequest::PARAMS, Some(20), InviteMember,
    [FailedOperation, AuthInfoEmpty, AuthInfoNotSame, AuthNotEnterprise, NotSameRegion, OrganizationPermissionIllegal, ReSentInvitation, UserInOrganization, UserNotRegister, TooManyMembers, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = SendOrganizationInvitationRequest::read(&call.args)?;
    let (name, remark) = (membership::name(request.name)?, membership::remark(request.remark)?);
    membership::own_organization(app, call, ERRORS).await?;
    let member = reading::uin(request.invite_uin).ok_or_else(|| errors::foreign(ERRORS))?;
    let permissions: Permissions = Permissions::ALWAYS.into_iter().collect();
    let label = MemberLabel { name, remark };
    let invited = Invited { permissions, payer: None, allow_quit: false, applied: None, label };
    once::done(membership::invite(app, call, member, invited).await, ERRORS)?;
    Ok(Reply::empty())
}
