//! An admin invites an account to be a member, with the permissions that it asks for (O38, O49). All conditions are judged now,
//! and again when the account accepts. It may
//! apply for trust in the account's entity (O40), and is accepted once the vendor has decided on that. Tags cannot be kept, so they are
//! refused.

use crate::actions::errors;
use crate::actions::membership::{self, Invited, malformed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::organization_v20210331::words::{POLICY_TYPE, may_quit};
use crate::actions::{once, reading};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::organization_v20210331::InviteOrganizationMemberRequest;
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberLabel;
use credere_core::access::Action;
use credere_core::channel::{Uin, is_plain};
use credere_core::organization::Permission;

/// Characters in an entity's name at most.
const ENTITY_NAME_MAX: usize = 100;

offered! {
    "InviteOrganizationMember": InviteOrganizationMemberRequest::PARAMS, Some(20), InviteMember,
    [AuthInfoEmpty, AuthInfoNotSame, AuthNotEnterprise, InvitationExist, MemberExistInOtherOrganization, NotSameRegion, OrganizationMemberExist, OrganizationPermissionIllegal, OrganizationPolicyIllegal, PayUinIllegal, TagResourcesError, InvalidParameter, InvitationOverLimit, OrganizationMemberOverLimit, OrganizationNodeNotExist, OrganizationNotExist, UnauthorizedOperation, AbnormalFinancialStatusOfAdmin, AbnormalFinancialStatusOfMember, AddDelegatePayerNotAllow, AddDiscountInheritNotAllow, AgentNotSame, ExistedAgent, ExistedClient, InconsistentUserTypes, MemberAccountArrears, MemberDiscountInheritExisted, MemberExistAccountLevelDiscountInherit, MemberHasVoucher, MemberIsAgent, MemberIsNotClient, OrderInProgressExisted, OwnerDiscountInheritExisted, PayerArrearsAndNoCreditAccount, PayerExistAccountLevelDiscountInherit, SecondaryDistributorSubClientExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = InviteOrganizationMemberRequest::read(&call.args)?;
    let invited = invited(app, call, &request)?;
    let organization = membership::own_organization(app, call, ERRORS).await?.organization;
    membership::node(organization.id, request.node_id)?;
    let member = reading::uin(request.member_uin).ok_or_else(|| errors::foreign(ERRORS))?;
    let outcome = membership::invite(app, call, member, invited).await;
    match once::done(outcome, ERRORS) {
        Err(refused)
            if refused.code() == ErrorCode::MemberExistInOtherOrganization && is_own(app, call, member).await? =>
        {
            let message = format!("the account `{member}` is in the organization already");
            Err(CloudError::new(ErrorCode::OrganizationMemberExist, message))
        }
        other => other.map(|_| Reply::empty()),
    }
}

/// What is asked, as far as the request alone says whether it may be.
fn invited(app: &App, call: &Call, request: &InviteOrganizationMemberRequest) -> Result<Invited, CloudError> {
    let name = membership::name(request.name.clone())?;
    let remark = membership::remark(request.remark.clone().unwrap_or_default())?;
    if request.policy_type != POLICY_TYPE {
        return Err(CloudError::new(ErrorCode::OrganizationPolicyIllegal, "the policy type must be `Financial`"));
    }
    let permissions = membership::permissions(&request.permission_ids)?;
    let paid = permissions.has(Permission::PayOnBehalf);
    let allow_quit = may_quit(request.is_allow_quit.as_deref())?.unwrap_or(false);
    if allow_quit && paid {
        return Err(malformed("IsAllowQuit", "must not be `Allow` for a member that is paid for"));
    }
    let payer = membership::payer(app, call, request.pay_uin.as_deref())?;
    if paid && payer.is_none() {
        return Err(membership::illegal_payer());
    }
    let applied = applied(request)?;
    if request.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
        return Err(CloudError::new(ErrorCode::TagResourcesError, "this server binds no tags to members"));
    }
    Ok(Invited { permissions, payer, allow_quit, applied, label: MemberLabel { name, remark } })
}

/// What the member's entity is called, where the invitation applies for trust in it. The proofs are looked at by the vendor,
/// which has them by their addresses; here they must be there.
fn applied(request: &InviteOrganizationMemberRequest) -> Result<Option<String>, CloudError> {
    let name = request.relation_auth_name.as_deref().filter(|name| !name.is_empty());
    let proofs = request.auth_file.as_ref().is_some_and(|files| !files.is_empty());
    match name {
        None if proofs => Err(malformed("AuthFile", "proves nothing without `RelationAuthName`")),
        None => Ok(None),
        Some(_) if !proofs => Err(malformed("AuthFile", "must hold a proof where `RelationAuthName` is given")),
        Some(name) if name.chars().nth(ENTITY_NAME_MAX).is_some() || !is_plain(name) => {
            let why = format!("must have at most {ENTITY_NAME_MAX} characters, none of them a control character");
            Err(malformed("RelationAuthName", &why))
        }
        Some(name) => Ok(Some(name.to_owned())),
    }
}

/// Whether an account is in the caller's own organization.
async fn is_own(app: &App, call: &Call, account: Uin) -> Result<bool, CloudError> {
    let admin = call.caller;
    let found = app.read_as(caller(call), Action::ReadOrganization, Some(admin), |book| {
        let number_of = |uin| book.organization_of(uin).map(|organization| organization.id);
        Ok(number_of(account) == number_of(admin))
    });
    found.await.map_err(errors::of(ERRORS))
}
