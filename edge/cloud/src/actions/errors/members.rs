//! What refusals about organizations are called. Many of them have a code of their own, and often another one in each of the
//! two versions; the action's list says which. Of conditions that are not met, the first one is told by its code (A20).

use super::first_listed;
use crate::error::{CloudError, ErrorCode};
use credere_core::book::members::Reason;
use credere_core::channel::Verification;
use credere_core::organization::{Condition, Failure};

/// Translates a refusal for an action with these published codes.
pub(super) fn refusal(listed: &[ErrorCode], reason: &Reason) -> CloudError {
    let (codes, message) = told(reason);
    // The last one is there for actions whose list has none of them.
    let code = first_listed(listed, &codes).or(codes.last().copied()).unwrap_or(ErrorCode::FailedOperation);
    CloudError::new(code, message)
}

/// The codes that a reason may have, the best one first, and what is said of it.
fn told(reason: &Reason) -> (Vec<ErrorCode>, String) {
    use ErrorCode as Code;
    let one = |code, message: &str| (vec![code], message.to_owned());
    let either = |codes: &[ErrorCode], message: String| (codes.to_vec(), message);
    match reason {
        Reason::OrganizationNotFound => either(
            // Where the first is published for nothing, as among bills, the second one is.
            &[Code::OrganizationNotExist, Code::UnsupportedOperation, Code::OrganizationNotExist],
            "the account is in no organization, or there is none with this number".to_owned(),
        ),
        Reason::MemberNotFound(uin) => either(
            &[Code::OrganizationMemberNotExist, Code::MemberNotExist, Code::InvalidParameter],
            format!("the account `{uin}` is not a member of the organization"),
        ),
        Reason::InvitationNotFound => {
            one(Code::InvitationNotExist, "there is no such invitation, or it is somebody else's")
        }
        Reason::InvitationNotOpen => {
            one(Code::InvitationNotExist, "the invitation was answered or taken back, or is expired")
        }
        Reason::NotTheAdmin(uin) => either(
            &[Code::UnauthorizedOperation, Code::UnsupportedOperation, Code::UnauthorizedOperation],
            format!("only the organization's admin may do this, and `{uin}` is a member"),
        ),
        Reason::AlreadyInOrganization(uin) => either(
            &[
                Code::OrganizationExistAlready,
                Code::InOrganizationAlready,
                Code::UserInOrganization,
                Code::MemberExistInOtherOrganization,
            ],
            format!("the account `{uin}` is in an organization already"),
        ),
        Reason::EnterpriseRequired(level) => {
            let (code, what) = match level {
                Verification::None => (Code::AuthInfoEmpty, "the account is not verified"),
                Verification::Personal => (Code::AuthNotEnterprise, "the account is verified as a person"),
                Verification::Enterprise => (Code::FailedOperation, "the account is verified as an enterprise"),
            };
            either(&[code, Code::FailedOperation], format!("{what}, and an organization is an enterprise's"))
        }
        Reason::CreatedForOrganization(uin) => either(
            &[Code::CreateMemberNotAllowCreateOrganization, Code::FailedOperation],
            format!("the account `{uin}` was created for an organization and makes none of its own"),
        ),
        Reason::OrganizationNotEmpty => one(Code::OrganizationNotEmpty, "the organization still has members"),
        Reason::SiteDiffers(uin) => {
            either(&[Code::NotSameRegion], format!("the account `{uin}` is on another site than the organization"))
        }
        Reason::InvitationOpen(uin) => either(
            &[Code::InvitationExist, Code::ReSentInvitation],
            format!("the account `{uin}` has an invitation that is open"),
        ),
        Reason::TooManyInvitations => either(
            &[Code::InvitationOverLimit, Code::FailedOperation],
            "the organization has as many open invitations as it may have".to_owned(),
        ),
        Reason::TooManyMembers => either(
            &[Code::OrganizationMemberOverLimit, Code::TooManyMembers],
            "the organization has as many accounts as it may have, its admin among them".to_owned(),
        ),
        Reason::QuitExcludesPayOnBehalf => either(
            &[Code::AllowQuitIllegal, Code::InvalidParameter],
            "a member that is paid for may not be let leave by itself".to_owned(),
        ),
        Reason::ConditionsNotMet(failed) => conditions(failed),
        Reason::PermissionChangePending => {
            one(Code::ChangePermissionRecordExist, "the member has not answered yet what it was asked before")
        }
        Reason::NoPermissionChange => one(Code::FailedOperation, "the member was not asked for other permissions"),
        Reason::AlwaysPaidFor(uin) => either(
            &[Code::DeleteDelegatePayerNotAllow],
            format!("the account `{uin}` is a partner's sub-customer, which is paid for as long as it is a member"),
        ),
        Reason::QuitNotAllowed(uin) => {
            either(&[Code::MemberNotAllowQuit], format!("the admin does not let `{uin}` leave by itself"))
        }
        Reason::AdminStays(uin) => either(
            &[Code::DisableQuitSelfCreatedOrganization],
            format!("the account `{uin}` is the organization's admin, which neither leaves nor is removed"),
        ),
        Reason::StillPaidFor(uin) => either(
            &[Code::MemberExistDelegatePayerNotAllowDelete],
            format!("the member `{uin}` must pay for itself before it leaves"),
        ),
        Reason::RelationNotFound => {
            one(Code::OrganizationAuthRelationNotExist, "the organization has no such relation to an entity")
        }
        Reason::RelationNotActive => one(
            Code::OrganizationAuthRelationNotExist,
            "the organization asks for trust in this entity, and that is not decided yet",
        ),
        Reason::EntityAdminMissing => {
            one(Code::FailedOperation, "nobody answers for this entity, so nobody could agree to an account under it")
        }
        Reason::EntityRelated | Reason::RelationNotApplied => {
            one(Code::FailedOperation, "the organization trusts this entity already")
        }
        Reason::EntityAdminDiffers(uin) => {
            either(&[Code::FailedOperation], format!("the account `{uin}` is not verified as this entity"))
        }
        Reason::TooManyRelations => either(
            &[Code::InvitationOverLimit, Code::FailedOperation],
            "the organization has relations to as many entities as it may have".to_owned(),
        ),
        Reason::TooManyCreations => {
            one(Code::CreateMemberOverLimit, "as many accounts were created for the organization today as may be")
        }
        Reason::CreationNotFound => {
            one(Code::CreateRecordNotExist, "no account was created for the organization under this record")
        }
        Reason::CreationNotFailed { done: true } => {
            one(Code::CreateRecordAlreadySuccess, "the account of this record is a member")
        }
        Reason::CreationNotFailed { done: false } => {
            one(Code::CreateRecordNotExist, "only a creation that failed is tried again")
        }
        Reason::CreationNotWaiting => one(Code::FailedOperation, "it is decided already whether this account joins"),
        Reason::CreatedMayNotQuit(uin) => either(
            &[Code::CreateMemberNotAllowQuit],
            format!("the account `{uin}` was created for the organization, and does not leave it by itself"),
        ),
        Reason::CreatedStays(uin) => either(
            &[Code::CreateMemberNotAllowDelete],
            format!("the account `{uin}` was created for the organization, and has no contact data of its own"),
        ),
        Reason::EntityAdminStays(uin) => either(
            &[Code::OrganizationAuthManageNotAllowDelete],
            format!("the account `{uin}` answers for an entity of the organization"),
        ),
        Reason::PaysForOthers(uin) => either(
            &[Code::MemberIsDelegatePayerNotAllowDelete],
            format!("the account `{uin}` pays on behalf of others"),
        ),
        Reason::PermissionMissing { member, permission } => either(
            &[Code::OrganizationPermissionIllegal, Code::UnsupportedOperation],
            format!("the member `{member}` has not permission {}", permission.id()),
        ),
        Reason::QuotaTooLow => one(Code::FailedOperation, "the organization has more accounts than that"),
    }
}

/// The first condition's code, whatever the action's list says; the others are told besides.
fn conditions(failed: &[(Condition, Failure)]) -> (Vec<ErrorCode>, String) {
    let first = failed.first().and_then(|(_, failure)| code(*failure));
    let each: Vec<String> = failed.iter().map(|(rule, failure)| format!("{rule} {}", failure.code())).collect();
    (first.into_iter().collect(), format!("these conditions are not met: {}", each.join(", ")))
}

fn code(failure: Failure) -> Option<ErrorCode> {
    ErrorCode::ALL.iter().copied().find(|code| code.name() == failure.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::Uin;

    #[test]
    fn every_condition_that_fails_has_a_code() {
        let failures: Vec<Failure> = (0..=u32::from(u8::MAX)).filter_map(Failure::from_number).collect();
        assert!(failures.len() > 20);
        for failure in failures {
            assert_eq!(code(failure).map(ErrorCode::name), Some(failure.code()));
        }
        let failed = [(Condition::O52, Failure::AuthInfoNotSame), (Condition::O57, Failure::MemberAccountArrears)];
        let error = refusal(&[], &Reason::ConditionsNotMet(failed.to_vec()));
        assert_eq!(error.code(), ErrorCode::AuthInfoNotSame);
        assert!(error.message().contains("O57 UnsupportedOperation.MemberAccountArrears"), "{error}");
    }

    #[test]
    fn the_same_reason_has_the_code_that_the_action_lists() {
        use ErrorCode as Code;
        let uin = Uin::LOWEST;
        let cases: [(Reason, &[(Code, Code)]); 4] = [
            (
                Reason::AlreadyInOrganization(uin),
                &[
                    (Code::OrganizationExistAlready, Code::OrganizationExistAlready),
                    (Code::UserInOrganization, Code::UserInOrganization),
                    (Code::InOrganizationAlready, Code::InOrganizationAlready),
                    (Code::OrganizationMemberExist, Code::MemberExistInOtherOrganization),
                ],
            ),
            (
                Reason::EnterpriseRequired(Verification::None),
                &[(Code::AuthInfoEmpty, Code::AuthInfoEmpty), (Code::AuthNotEnterprise, Code::FailedOperation)],
            ),
            (
                Reason::MemberNotFound(uin),
                &[
                    (Code::MemberNotExist, Code::MemberNotExist),
                    (Code::OrganizationMemberNotExist, Code::OrganizationMemberNotExist),
                    (Code::OrganizationNotExist, Code::InvalidParameter),
                ],
            ),
            (
                Reason::QuitExcludesPayOnBehalf,
                &[(Code::AllowQuitIllegal, Code::AllowQuitIllegal), (Code::InvitationExist, Code::InvalidParameter)],
            ),
        ];
        for (reason, lists) in cases {
            for (listed, code) in lists {
                assert_eq!(refusal(&[*listed], &reason).code(), *code, "{reason:?}");
            }
        }
    }
}
