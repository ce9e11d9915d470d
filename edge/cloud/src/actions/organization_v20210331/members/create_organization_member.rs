//! An admin has an account opened that is a member from the beginning (O33, O35), of its own entity or of another that the
//! organization trusts, whose admin agrees first (O34). A creation that failed then is tried again under its record (O36).
//! Tags cannot be kept, so they are refused.

use crate::actions::membership::{self, malformed};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::once;
use crate::actions::organization_v20210331::words::POLICY_TYPE;
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::organization_v20210331::{CreateOrganizationMemberRequest, CreateOrganizationMemberResponse};
use crate::request::Call;
use credere_app::App;
use credere_app::members::{MemberLabel, NewMemberLabel};
use credere_core::book::members::{CreateMember, RetryCreation};
use credere_core::channel::Uin;
use credere_core::organization::{Permission, Permissions, RecordId, RelationId};

/// The identity that every member gets unless others are named.
const USUAL_IDENTITY: u64 = 1;

offered! {
    "CreateOrganizationMember": CreateOrganizationMemberRequest::PARAMS, Some(20), CreateMember,
    [FailedOperation, AuthInfoEmpty, AuthInfoNotSame, AuthNotEnterprise, CreateRecordAlreadySuccess, CreateRecordNotExist, OrganizationPermissionIllegal, OrganizationPolicyIllegal, PayUinIllegal, TagResourcesError, InvalidParameter, CreateMemberOverLimit, OrganizationMemberOverLimit, OrganizationAuthRelationNotExist, OrganizationNodeNotExist, OrganizationNotExist, UnauthorizedOperation, AbnormalFinancialStatusOfAdmin, AddDelegatePayerNotAllow, AddDiscountInheritNotAllow, ExistedAgent, ExistedClient, InconsistentUserTypes, MemberAccountArrears, MemberDiscountInheritExisted, MemberExistAccountLevelDiscountInherit, MemberIsAgent, OrderInProgressExisted, OwnerDiscountInheritExisted, PayerArrearsAndNoCreditAccount, PayerExistAccountLevelDiscountInherit, SecondaryDistributorSubClientExisted]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = CreateOrganizationMemberRequest::read(&call.args)?;
    let (node, wanted) = (request.node_id, wanted(app, call, request)?);
    let organization = membership::own_organization(app, call, ERRORS).await?.organization;
    membership::node(organization.id, node)?;
    let Wanted { permissions, payer, record, relation, label } = wanted;
    let (admin, key) = (call.caller, once::key(call));
    let outcome = match record {
        Some(record) => {
            let asked = RetryCreation { admin, record, permissions, payer };
            let NewMemberLabel { name, remark, .. } = label;
            app.retry_creation(caller(call), key, asked, MemberLabel { name, remark }).await
        }
        None => {
            let asked = CreateMember { admin, permissions, payer, relation };
            app.create_member(caller(call), key, asked, label).await
        }
    };
    let created = once::done(outcome, ERRORS)?.created_member().map_err(CloudError::internal)?;
    Reply::of(&CreateOrganizationMemberResponse { uin: membership::signed(created.number())? })
}

/// What is asked for.
struct Wanted {
    permissions: Permissions,
    payer: Option<Uin>,
    record: Option<RecordId>,
    relation: Option<RelationId>,
    label: NewMemberLabel,
}

/// Reads that, as far as the request alone says whether it may be.
fn wanted(app: &App, call: &Call, request: CreateOrganizationMemberRequest) -> Result<Wanted, CloudError> {
    let name = membership::name(request.name)?;
    let account_name = membership::name_in("AccountName", request.account_name)?;
    let remark = membership::remark(request.remark.unwrap_or_default())?;
    if request.policy_type != POLICY_TYPE {
        return Err(CloudError::new(ErrorCode::OrganizationPolicyIllegal, "the policy type must be `Financial`"));
    }
    let permissions = membership::permissions(&request.permission_ids)?;
    let payer = membership::payer(app, call, request.pay_uin.as_deref())?;
    if permissions.has(Permission::PayOnBehalf) && payer.is_none() {
        return Err(membership::illegal_payer());
    }
    let identities = request.identity_role_id.unwrap_or_default();
    if identities.iter().any(|identity| *identity != USUAL_IDENTITY) {
        return Err(malformed("IdentityRoleID", "names an identity that this server does not have"));
    }
    if request.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
        return Err(CloudError::new(ErrorCode::TagResourcesError, "this server binds no tags to members"));
    }
    let record = number("RecordId", request.record_id)?.map(RecordId);
    let relation = number("AuthRelationId", request.auth_relation_id)?.map(RelationId);
    if record.is_some() && relation.is_some() {
        return Err(malformed("AuthRelationId", "must not be given with `RecordId`, which has it"));
    }
    Ok(Wanted { permissions, payer, record, relation, label: NewMemberLabel { name, remark, account_name } })
}

/// What is named by its number; 0 names nothing.
fn number(parameter: &str, number: Option<i64>) -> Result<Option<u64>, CloudError> {
    let number = number.unwrap_or(0);
    let number = u64::try_from(number).map_err(|_| malformed(parameter, "must be 0 or more"))?;
    Ok(Some(number).filter(|number| *number > 0))
}
