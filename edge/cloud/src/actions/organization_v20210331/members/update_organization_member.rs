//! An admin changes what a member is called, what it may do for it, and whether the member may leave by itself (O42). An invited
//! member's permissions change once it agrees. The account's own nickname is not the admin's to change.

use crate::actions::membership::{self, malformed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::organization_v20210331::words::{POLICY_TYPE, may_quit};
use crate::actions::{once, reading};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::organization_v20210331::UpdateOrganizationMemberRequest;
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberLabelChange;
use credere_core::book::members;
use credere_core::organization::{Permission, Permissions};

offered! {
    "UpdateOrganizationMember": UpdateOrganizationMemberRequest::PARAMS, Some(20), ChangeMember,
    [AuthInfoEmpty, AuthInfoNotSame, AuthNotEnterprise, ChangePermissionRecordExist, OrganizationPermissionIllegal, OrganizationPolicyIllegal, PayUinIllegal, AllowQuitIllegal, MemberNotExist, OrganizationNotExist, UnauthorizedOperation, UnsupportedOperation, AbnormalFinancialStatusOfAdmin, AbnormalFinancialStatusOfMember, AddDelegatePayerNotAllow, AddDiscountInheritNotAllow, AgentNotSame, DeleteDelegatePayerNotAllow, ExistedAgent, ExistedClient, InconsistentUserTypes, MemberAccountArrears, MemberDiscountInheritExisted, MemberExistAccountLevelDiscountInherit, MemberHasVoucher, MemberIsAgent, MemberIsNotClient, MemberNoPayment, MemberNotAllowQuit, OrderInProgressExisted, OwnerDiscountInheritExisted, PayerArrearsAndNoCreditAccount, PayerExistAccountLevelDiscountInherit, SecondaryDistributorSubClientExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = UpdateOrganizationMemberRequest::read(&call.args)?;
    let name = request.name.map(membership::name).transpose()?;
    let remark = request.remark.map(membership::remark).transpose()?;
    let permissions = permissions(request.policy_type.as_deref(), request.permission_ids.as_deref())?;
    let allow_quit = may_quit(request.is_allow_quit.as_deref())?;
    if allow_quit == Some(true) && permissions.is_some_and(|asked| asked.has(Permission::PayOnBehalf)) {
        let message = "a member that is paid for may not be let leave by itself";
        return Err(CloudError::new(ErrorCode::AllowQuitIllegal, message));
    }
    let payer = membership::payer(app, call, request.pay_uin.as_deref())?;
    match request.is_modify_nick_name {
        None | Some(0) => {}
        Some(1) => {
            let message = "this server does not change the nicknames of members";
            return Err(CloudError::new(ErrorCode::UnsupportedOperation, message));
        }
        Some(_) => return Err(malformed("IsModifyNickName", "must be 0 or 1")),
    }
    membership::own_organization(app, call, ERRORS).await?;
    let member = reading::uin(request.member_uin).ok_or_else(|| membership::no_member(ERRORS))?;
    let asked = members::ChangeMember { admin: call.caller, member, permissions, payer, allow_quit };
    let label = MemberLabelChange { name, remark };
    once::done(app.change_member(caller(call), once::key(call), asked, label).await, ERRORS)?;
    Ok(Reply::empty())
}

/// The policy type and the permissions, which come together or not at all.
fn permissions(policy_type: Option<&str>, ids: Option<&[u64]>) -> Result<Option<Permissions>, CloudError> {
    let ids = ids.filter(|ids| !ids.is_empty());
    match policy_type.filter(|text| !text.is_empty()) {
        None if ids.is_none() => Ok(None),
        Some(POLICY_TYPE) => membership::permissions(ids.unwrap_or_default()).map(Some),
        None | Some(_) => {
            let message = "the policy type must be `Financial`, and comes together with the permissions";
            Err(CloudError::new(ErrorCode::OrganizationPolicyIllegal, message))
        }
    }
}
