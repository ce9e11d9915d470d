//! An admin changes what a member is called and its note on it.

use crate::actions::membership;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{once, reading};
use crate::envelope::Reply;
use crate::published::organization_v20181225::UpdateOrganizationMemberRequest;
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberLabelChange;
use credere_core::book::members;

offered! {
    "UpdateOrganizationMember": UpdateOrganizationMemberRequest::PARAMS, Some(20), ChangeMember,
    [MemberNotExist, OrganizationNotExist, UnauthorizedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = UpdateOrganizationMemberRequest::read(&call.args)?;
    let name = request.name.map(membership::name).transpose()?;
    let remark = request.remark.map(membership::remark).transpose()?;
    membership::own_organization(app, call, ERRORS).await?;
    let member = reading::uin(request.member_uin).ok_or_else(|| membership::no_member(ERRORS))?;
    let (permissions, payer, allow_quit) = (None, None, None);
    let asked = members::ChangeMember { admin: call.caller, member, permissions, payer, allow_quit };
    let label = MemberLabelChange { name, remark };
    once::done(app.change_member(caller(call), once::key(call), asked, label).await, ERRORS)?;
    Ok(Reply::empty())
}
