//! What can go wrong in a Cloud API call: the one closed list of error codes that this server answers with, each with
//! its meaning, and the error value that carries a code to the envelope. The names are the published ones; the reference
//! page is generated from [`ErrorCode::ALL`]. Texts for people are made where the error is found, not here.

use std::{error::Error, fmt};

macro_rules! codes {
    ($($variant:ident = $name:literal, $meaning:literal;)*) => {
        /// A published error code. The order is that of the reference page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl ErrorCode {
            /// Every code, once.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code as it is sent.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }

            /// One line on when it is sent.
            pub const fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    InvalidAuthorization = "AuthFailure.InvalidAuthorization", "The signature's form is wrong: the header cannot be read, or it leaves out what must be signed.";
    SecretIdNotFound = "AuthFailure.SecretIdNotFound", "No credential has this secret id, or it is switched off.";
    SignatureExpire = "AuthFailure.SignatureExpire", "The timestamp is more than 300 seconds away from the server's clock.";
    SignatureFailure = "AuthFailure.SignatureFailure", "The signature does not belong to this request and secret, or leaves out a body that must be signed.";
    TokenFailure = "AuthFailure.TokenFailure", "A token was sent, but this server issues no temporary credentials.";
    FailedOperation = "FailedOperation", "The operation cannot be done.";
    AgentPayDealCannotDown = "FailedOperation.AgentPayDealCannotDown", "Somebody else pays the order than whoever the call says.";
    AuthInfoEmpty = "FailedOperation.AuthInfoEmpty", "An identity that must be an enterprise's is not verified.";
    AuthInfoNotSame = "FailedOperation.AuthInfoNotSame", "The two accounts are not of one enterprise.";
    AuthNotEnterprise = "FailedOperation.AuthNotEnterprise", "An identity that must be an enterprise's is a person's.";
    BalanceInsufficient = "FailedOperation.BalanceInsufficient", "More is to be paid or taken back than is available.";
    ChangePermissionRecordExist = "FailedOperation.ChangePermissionRecordExist", "The member has not answered yet which permissions it agrees to.";
    CreateRecordAlreadySuccess = "FailedOperation.CreateRecordAlreadySuccess", "The account of this record is a member already.";
    CreateRecordNotExist = "FailedOperation.CreateRecordNotExist", "No creation of this record can be tried again.";
    DisableQuitSelfCreatedOrganization = "FailedOperation.DisableQuitSelfCreatedOrganization", "An organization's admin can neither leave nor be removed.";
    InOrganizationAlready = "FailedOperation.InOrganizationAlready", "The account is in an organization already.";
    InvalidDeal = "FailedOperation.InvalidDeal", "There is no such order of the caller's, or it is not to be paid.";
    InvalidSubAgentUin = "FailedOperation.InvalidSubAgentUin", "The account is not a second-level reseller of the caller.";
    InvalidVoucher = "FailedOperation.InvalidVoucher", "The order cannot be paid with that voucher.";
    InvitationExist = "FailedOperation.InvitationExist", "The account has an invitation that is open.";
    MemberExistDelegatePayerNotAllowDelete = "FailedOperation.MemberExistDelegatePayerNotAllowDelete", "The member must pay for itself before it leaves.";
    MemberExistInOtherOrganization = "FailedOperation.MemberExistInOtherOrganization", "The account is in another organization.";
    MemberIsDelegatePayerNotAllowDelete = "FailedOperation.MemberIsDelegatePayerNotAllowDelete", "The member pays on behalf of others.";
    NotSameRegion = "FailedOperation.NotSameRegion", "The account is on another site than the organization.";
    OrganizationAuthManageNotAllowDelete = "FailedOperation.OrganizationAuthManageNotAllowDelete", "The member answers for an entity of the organization.";
    OrganizationExistAlready = "FailedOperation.OrganizationExistAlready", "The account is in an organization already, and makes no other.";
    OrganizationMemberExist = "FailedOperation.OrganizationMemberExist", "The account is in the organization already.";
    OrganizationNotEmpty = "FailedOperation.OrganizationNotEmpty", "The organization still has members.";
    OrganizationPermissionIllegal = "FailedOperation.OrganizationPermissionIllegal", "The permissions lack 1 or 2, exclude each other, or are not granted to the organization.";
    OrganizationPolicyIllegal = "FailedOperation.OrganizationPolicyIllegal", "The policy type is not `Financial`.";
    PayUinIllegal = "FailedOperation.PayUinIllegal", "Somebody else than the organization's admin is to pay, or nobody.";
    ReSentInvitation = "FailedOperation.ReSentInvitation", "The account has an invitation that is open already.";
    TagKeyNotExist = "FailedOperation.TagKeyNotExist", "No line of the bill has the tag.";
    TagResourcesError = "FailedOperation.TagResourcesError", "Tags cannot be bound to it.";
    UinInvalid = "FailedOperation.UinInvalid", "The account number is not usable for this operation.";
    UinNotAgent = "FailedOperation.UinNotAgent", "The account is not a partner.";
    UserInOrganization = "FailedOperation.UserInOrganization", "The account is in an organization already, this one or another.";
    UserNotRegister = "FailedOperation.UserNotRegister", "There is no account with this number.";
    InternalError = "InternalError", "The server failed; the request id finds the cause in its log.";
    InvalidAction = "InvalidAction", "The service and version have no such action.";
    InvalidParameter = "InvalidParameter", "A parameter has the wrong type or cannot be read.";
    AllowQuitIllegal = "InvalidParameter.AllowQuitIllegal", "A member that is paid for may not be let leave by itself.";
    InvalidPage = "InvalidParameter.Page", "The page number or page size is not permitted.";
    InvalidParameterValue = "InvalidParameterValue", "A parameter has the right type and a value that is not permitted.";
    CreditAmountOutOfRange = "InvalidParameterValue.CreditAmountOutOfRange", "The allocation is more than the partner can still hand out.";
    InvalidDimension = "InvalidParameterValue.InvalidDimension", "A bill cannot be summed by what was asked.";
    InvalidMonth = "InvalidParameterValue.InvalidMonth", "The month cannot be read, lies ahead, is too long ago, or its bill is not issued yet.";
    InvalidUin = "InvalidParameterValue.InvalidUin", "The account number cannot be read.";
    UinList = "InvalidParameterValue.UinList", "The list must name 1 to 50 accounts.";
    VoucherAmountOutOfRange = "InvalidParameterValue.VoucherAmountOutOfRange", "The pool amount is outside the permitted range or the available quota.";
    InvalidRequest = "InvalidRequest", "The HTTP request itself is broken off, incomplete or contradictory.";
    CreateMemberOverLimit = "LimitExceeded.CreateMemberOverLimit", "As many accounts were created for the organization today as may be.";
    InvitationOverLimit = "LimitExceeded.InvitationOverLimit", "The organization has as many open invitations as it may have.";
    TooManyMembers = "LimitExceeded.Members", "The organization has as many accounts as it may have.";
    OrganizationMemberOverLimit = "LimitExceeded.OrganizationMemberOverLimit", "The organization has as many accounts as it may have.";
    MissingParameter = "MissingParameter", "A required parameter is not there.";
    NoSuchVersion = "NoSuchVersion", "The service has no such version.";
    OperationDenied = "OperationDenied", "The operation is not permitted.";
    ServiceBusy = "OperationDenied.ServiceBusy", "The server is too busy for this operation; try again.";
    RequestLimitExceeded = "RequestLimitExceeded", "Too many requests, or a writing request whose signature was seen before.";
    RequestSizeLimitExceeded = "RequestSizeLimitExceeded", "The request is too large: its body or its headers.";
    InvitationNotExist = "ResourceNotFound.InvitationNotExist", "There is no such invitation to answer: it is unknown, somebody else's, answered, taken back or expired.";
    MemberNotExist = "ResourceNotFound.MemberNotExist", "The account is not a member of the organization.";
    OrganizationAuthRelationNotExist = "ResourceNotFound.OrganizationAuthRelationNotExist", "The organization has no such relation to an entity, or it is not decided yet.";
    OrganizationMemberNotExist = "ResourceNotFound.OrganizationMemberNotExist", "The account is not a member of this organization.";
    OrganizationNodeNotExist = "ResourceNotFound.OrganizationNodeNotExist", "There is no such department in the organization.";
    OrganizationNotExist = "ResourceNotFound.OrganizationNotExist", "The account is in no organization, or there is none with this number.";
    OrganizationServiceNotExist = "ResourceNotFound.OrganizationServiceNotExist", "There is no such organization service.";
    UnauthorizedOperation = "UnauthorizedOperation", "The caller may not do this.";
    NotCertification = "UnauthorizedOperation.NotCertification", "The account's identity is not verified, so that nothing is bought for it.";
    NotCustomerUin = "UnauthorizedOperation.NotCustomerUin", "The account is not a customer of the caller.";
    UinNoAuth = "UnauthorizedOperation.UinNoAuth", "The caller's role may not do this, or not to this account.";
    UnknownParameter = "UnknownParameter", "The action has no such parameter.";
    UnsupportedOperation = "UnsupportedOperation", "The server does not offer what the request asks for.";
    AbnormalFinancialStatusOfAdmin = "UnsupportedOperation.AbnormalFinancialStatusOfAdmin", "A sub-customer that is to pay owes something.";
    AbnormalFinancialStatusOfMember = "UnsupportedOperation.AbnormalFinancialStatusOfMember", "A sub-customer that is to be a member owes something.";
    AddDelegatePayerNotAllow = "UnsupportedOperation.AddDelegatePayerNotAllow", "One of the two is paid for already, or the member pays for others.";
    AddDiscountInheritNotAllow = "UnsupportedOperation.AddDiscountInheritNotAllow", "Others inherit offers from the member.";
    AgentNotSame = "UnsupportedOperation.AgentNotSame", "The two are sub-customers of different partners.";
    CreateMemberNotAllowCreateOrganization = "UnsupportedOperation.CreateMemberNotAllowCreateOrganization", "An account that was created for an organization makes none of its own.";
    CreateMemberNotAllowDelete = "UnsupportedOperation.CreateMemberNotAllowDelete", "An account that was created for the organization has no contact data of its own yet.";
    CreateMemberNotAllowQuit = "UnsupportedOperation.CreateMemberNotAllowQuit", "An account that was created for the organization does not leave it by itself.";
    DeleteDelegatePayerNotAllow = "UnsupportedOperation.DeleteDelegatePayerNotAllow", "A sub-customer is paid for as long as it is a member.";
    ExistedAgent = "UnsupportedOperation.ExistedAgent", "The member or the payer is an agent or a reseller.";
    ExistedClient = "UnsupportedOperation.ExistedClient", "The payer is a customer that must not pay, or only the member is a sub-customer.";
    InconsistentUserTypes = "UnsupportedOperation.InconsistentUserTypes", "One account is the platform's own, and the other is not.";
    MemberAccountArrears = "UnsupportedOperation.MemberAccountArrears", "The member owes something.";
    MemberDiscountInheritExisted = "UnsupportedOperation.MemberDiscountInheritExisted", "The member inherits offers from another account.";
    MemberExistAccountLevelDiscountInherit = "UnsupportedOperation.MemberExistAccountLevelDiscountInherit", "The member has an offer at account level.";
    MemberHasVoucher = "UnsupportedOperation.MemberHasVoucher", "The member has a voucher that can still pay.";
    MemberIsAgent = "UnsupportedOperation.MemberIsAgent", "The member is an agent or an agent's customer.";
    MemberIsNotClient = "UnsupportedOperation.MemberIsNotClient", "Only the admin is a sub-customer.";
    MemberNoPayment = "UnsupportedOperation.MemberNoPayment", "The member has no card that counts, and nobody follows it.";
    MemberNotAllowQuit = "UnsupportedOperation.MemberNotAllowQuit", "The admin does not let the member leave by itself.";
    OrderInProgressExisted = "UnsupportedOperation.OrderInProgressExisted", "The member has an order that is to be paid or processing.";
    OwnerDiscountInheritExisted = "UnsupportedOperation.OwnerDiscountInheritExisted", "The admin inherits offers itself.";
    PayerArrearsAndNoCreditAccount = "UnsupportedOperation.PayerArrearsAndNoCreditAccount", "The payer has an overdue bill and owes something.";
    PayerExistAccountLevelDiscountInherit = "UnsupportedOperation.PayerExistAccountLevelDiscountInherit", "The admin has an offer at account level.";
    SecondaryDistributorSubClientExisted = "UnsupportedOperation.SecondaryDistributorSubClientExisted", "One of the two is a second-level reseller's customer.";
    UnsupportedProtocol = "UnsupportedProtocol", "The method, content type or content encoding is not one that the Cloud API speaks.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A refusal or failure of one call: a code and a text for the caller, and for failures the cause for the log.
#[derive(Debug)]
pub struct CloudError {
    code: ErrorCode,
    message: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl CloudError {
    /// A refusal with a text for the caller.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> CloudError {
        CloudError { code, message: message.into(), cause: None }
    }

    /// A failure of the server: the caller learns nothing but the request id, the log gets the cause.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> CloudError {
        CloudError {
            code: ErrorCode::InternalError,
            message: "the server could not complete the request".to_owned(),
            cause: Some(cause.into()),
        }
    }

    /// The code that is sent.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The text for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl Error for CloudError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// What a caller sent, for a message: in backticks and cut to a length that cannot flood an answer or a log.
pub(crate) fn quoted(text: &str) -> String {
    // Long enough for every published name and path, short enough to read.
    const SHOWN: usize = 96;
    match text.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("`{}…`", &text[..cut]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_sorted_and_explained() {
        let names: Vec<_> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
        assert!(names.is_sorted(), "the reference page shows them in this order");
        for code in ErrorCode::ALL {
            assert!(code.meaning().ends_with('.') && code.meaning().len() > 20, "{code}");
        }
    }

    #[test]
    fn an_internal_error_keeps_its_cause_from_the_caller() {
        let error = CloudError::internal("disk on fire");
        assert!(!error.to_string().contains("fire"));
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk on fire"));
    }

    #[test]
    fn quoted_input_is_cut_on_a_character_boundary() {
        assert_eq!(quoted("Remark"), "`Remark`");
        let long = "é".repeat(200);
        assert_eq!(quoted(&long), format!("`{}…`", "é".repeat(96)));
    }
}
