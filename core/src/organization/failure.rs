//! What a condition that does not hold is called.

use credere_numbered::Numbered;

/// What is wrong, under the name that it has in the Cloud API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Failure {
    /// Permissions that are missing, exclude each other, or are not granted to the organization (O49, O54).
    OrganizationPermissionIllegal = 1,
    /// Somebody else than the admin is to pay (O59).
    PayUinIllegal = 2,
    /// An identity is not verified (O52).
    AuthInfoEmpty = 3,
    /// An identity is a person's (O52).
    AuthNotEnterprise = 4,
    /// The two are of different entities (O40, O52).
    AuthInfoNotSame = 5,
    /// The member is an agent or an agent's customer (O53).
    MemberIsAgent = 6,
    /// The member or the admin is an agent or a reseller (O53, O60).
    ExistedAgent = 7,
    /// One of them is a second-level reseller's customer (O55).
    SecondaryDistributorSubClientExisted = 8,
    /// Only the admin is a sub-customer (O55).
    MemberIsNotClient = 9,
    /// The admin is a customer that must not pay, or only the member is a sub-customer (O55, O60).
    ExistedClient = 10,
    /// They are sub-customers of different partners (O55).
    AgentNotSame = 11,
    /// The member has a voucher that can still pay (O56).
    MemberHasVoucher = 12,
    /// The member owes something (O57, O67).
    MemberAccountArrears = 13,
    /// A sub-customer that is to be a member owes something (O57).
    AbnormalFinancialStatusOfMember = 14,
    /// The member has an order that is to be paid or processing (O58, O68).
    OrderInProgressExisted = 15,
    /// The payer has an overdue bill and owes something (O61).
    PayerArrearsAndNoCreditAccount = 16,
    /// A sub-customer that is to pay owes something (O61).
    AbnormalFinancialStatusOfAdmin = 17,
    /// One of them is paid for already, or the member pays for somebody (O62).
    AddDelegatePayerNotAllow = 18,
    /// The member inherits offers already (O63).
    MemberDiscountInheritExisted = 19,
    /// The admin inherits offers itself (O63).
    OwnerDiscountInheritExisted = 20,
    /// The member has an offer of its own account (O63).
    MemberExistAccountLevelDiscountInherit = 21,
    /// The admin has an offer of its own account (O63).
    PayerExistAccountLevelDiscountInherit = 22,
    /// Others inherit from the member (O63).
    AddDiscountInheritNotAllow = 23,
    /// One is the platform's own account, and the other is not (O65).
    InconsistentUserTypes = 24,
    /// A mid-size or long-tail account that nobody follows has no card that counts (O69).
    MemberNoPayment = 25,
}

impl Failure {
    /// Its code, as the Cloud API publishes it.
    pub const fn code(self) -> &'static str {
        match self {
            Failure::OrganizationPermissionIllegal => "FailedOperation.OrganizationPermissionIllegal",
            Failure::PayUinIllegal => "FailedOperation.PayUinIllegal",
            Failure::AuthInfoEmpty => "FailedOperation.AuthInfoEmpty",
            Failure::AuthNotEnterprise => "FailedOperation.AuthNotEnterprise",
            Failure::AuthInfoNotSame => "FailedOperation.AuthInfoNotSame",
            Failure::MemberIsAgent => "UnsupportedOperation.MemberIsAgent",
            Failure::ExistedAgent => "UnsupportedOperation.ExistedAgent",
            Failure::SecondaryDistributorSubClientExisted => {
                "UnsupportedOperation.SecondaryDistributorSubClientExisted"
            }
            Failure::MemberIsNotClient => "UnsupportedOperation.MemberIsNotClient",
            Failure::ExistedClient => "UnsupportedOperation.ExistedClient",
            Failure::AgentNotSame => "UnsupportedOperation.AgentNotSame",
            Failure::MemberHasVoucher => "UnsupportedOperation.MemberHasVoucher",
            Failure::MemberAccountArrears => "UnsupportedOperation.MemberAccountArrears",
            Failure::AbnormalFinancialStatusOfMember => "UnsupportedOperation.AbnormalFinancialStatusOfMember",
            Failure::OrderInProgressExisted => "UnsupportedOperation.OrderInProgressExisted",
            Failure::PayerArrearsAndNoCreditAccount => "UnsupportedOperation.PayerArrearsAndNoCreditAccount",
            Failure::AbnormalFinancialStatusOfAdmin => "UnsupportedOperation.AbnormalFinancialStatusOfAdmin",
            Failure::AddDelegatePayerNotAllow => "UnsupportedOperation.AddDelegatePayerNotAllow",
            Failure::MemberDiscountInheritExisted => "UnsupportedOperation.MemberDiscountInheritExisted",
            Failure::OwnerDiscountInheritExisted => "UnsupportedOperation.OwnerDiscountInheritExisted",
            Failure::MemberExistAccountLevelDiscountInherit => {
                "UnsupportedOperation.MemberExistAccountLevelDiscountInherit"
            }
            Failure::PayerExistAccountLevelDiscountInherit => {
                "UnsupportedOperation.PayerExistAccountLevelDiscountInherit"
            }
            Failure::AddDiscountInheritNotAllow => "UnsupportedOperation.AddDiscountInheritNotAllow",
            Failure::InconsistentUserTypes => "UnsupportedOperation.InconsistentUserTypes",
            Failure::MemberNoPayment => "UnsupportedOperation.MemberNoPayment",
        }
    }
}
