//! Every action there is, and its row in the matrix.

use super::actor::Role;
use crate::channel::PartnerKind::{Distributor, Reseller, SecondLevelReseller};

/// Something that can be asked for, through whichever face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; `Action::name` is what people see")]
pub enum Action {
    OpenAccount,
    ChangeAccount,
    ReadAccounts,
    IssueCredential,
    RevokeCredential,
    ReadCredentials,
    IssuePlatformKey,
    RevokePlatformKey,
    ResetPlatformKey,
    AcceptLoss,
    ReadPlatformKeys,
    RegisterPartner,
    ChangePartner,
    ReadPartners,
    ReadOwnPartner,
    AllocatePool,
    ReadSecondLevels,
    ReadIndirectCustomers,
    BindCustomer,
    UnbindCustomer,
    ReadCustomers,
    ReadCustomerInfo,
    ReadCustomerVerification,
    ReadOwnCredit,
    NoteCustomer,
    AllocateCredit,
    ReadAllocations,
    AddProduct,
    ChangeProduct,
    ReadProducts,
    SetDiscount,
    EndDiscount,
    ReadDiscounts,
    PlaceOrder,
    PayOrder,
    DeliverOrder,
    CancelOrder,
    RefundOrder,
    ReadOrders,
    ActivateResource,
    ResizeResource,
    TerminateResource,
    ReadResources,
    SettleUsage,
    IssueVoucher,
    InvalidateVoucher,
    ReadVouchers,
    ReadOwnVouchers,
    ReadVoucherPool,
    ReadBills,
    ReadOwnBills,
    ConfirmReceipt,
    PayPlatform,
    ChangeCustomer,
    ForceSuspension,
    Subscribe,
    ReadNotices,
    AddWebhook,
    RotateWebhookSecret,
    RemoveWebhook,
    ReadWebhooks,
    ReviewCustomer,
    ResumeResource,
    SuspendResource,
    DeleteResource,
    ExpireVoucher,
    IssueBills,
    Authorize,
    Capture,
    Release,
    Expire,
    ReadAuthorizations,
    AdvanceClock,
    ReadClock,
    AcceptClock,
    ReadAudit,
    ReadDecisions,
    ReadCountryCodes,
}

/// Whom an account may do something to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Itself only.
    Own,
    /// Customers bound to it directly.
    DirectCustomers,
    /// Customers bound to it directly, and those that once were and still have bills of that time to pay.
    BilledCustomers,
    /// Those, and the customers of its second-level resellers.
    OwnTree,
    /// Its second-level resellers.
    SecondLevels,
    /// Whatever there is: the action shows nothing that belongs to anybody.
    Anything,
}

/// One row of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Permission {
    /// Whether it changes anything; platform keys with read access may not do it then.
    pub writes: bool,
    /// Whether the platform's own systems may do it (to any account).
    pub platform: bool,
    /// Whether Credere itself may do it.
    pub system: bool,
    /// Which accounts may do it, by role.
    pub roles: &'static [Role],
    /// And to whom.
    pub reach: Reach,
}

const SELLERS: &[Role] = &[Role::Partner(Reseller), Role::Partner(Distributor), Role::Partner(SecondLevelReseller)];
const FIRST_LEVEL: &[Role] = &[Role::Partner(Reseller), Role::Partner(Distributor)];
const DISTRIBUTORS: &[Role] = &[Role::Partner(Distributor)];
const CUSTOMERS: &[Role] = &[Role::Customer];
/// Whoever bought on a partner's credit, now or once.
const BUYERS: &[Role] = &[Role::Customer, Role::FormerCustomer];
const ACCOUNTS: &[Role] = &[
    Role::Partner(Reseller),
    Role::Partner(Distributor),
    Role::Partner(SecondLevelReseller),
    Role::Partner(crate::channel::PartnerKind::Agent),
    Role::Customer,
    Role::FormerCustomer,
    Role::Unaffiliated,
];

const PLATFORM_WRITE: Permission =
    Permission { writes: true, platform: true, system: false, roles: &[], reach: Reach::Own };
const PLATFORM_READ: Permission = Permission { writes: false, ..PLATFORM_WRITE };
const SYSTEM_WRITE: Permission = Permission { platform: false, system: true, ..PLATFORM_WRITE };

impl Action {
    /// Every action, in the order of the printed matrix.
    pub const ALL: [Action; 78] = [
        Action::OpenAccount,
        Action::ChangeAccount,
        Action::ReadAccounts,
        Action::IssueCredential,
        Action::RevokeCredential,
        Action::ReadCredentials,
        Action::IssuePlatformKey,
        Action::RevokePlatformKey,
        Action::ResetPlatformKey,
        Action::AcceptLoss,
        Action::ReadPlatformKeys,
        Action::RegisterPartner,
        Action::ChangePartner,
        Action::ReadPartners,
        Action::ReadOwnPartner,
        Action::AllocatePool,
        Action::ReadSecondLevels,
        Action::ReadIndirectCustomers,
        Action::BindCustomer,
        Action::UnbindCustomer,
        Action::ReadCustomers,
        Action::ReadCustomerInfo,
        Action::ReadCustomerVerification,
        Action::ReadOwnCredit,
        Action::NoteCustomer,
        Action::AllocateCredit,
        Action::ReadAllocations,
        Action::AddProduct,
        Action::ChangeProduct,
        Action::ReadProducts,
        Action::SetDiscount,
        Action::EndDiscount,
        Action::ReadDiscounts,
        Action::PlaceOrder,
        Action::PayOrder,
        Action::DeliverOrder,
        Action::CancelOrder,
        Action::RefundOrder,
        Action::ReadOrders,
        Action::ActivateResource,
        Action::ResizeResource,
        Action::TerminateResource,
        Action::ReadResources,
        Action::SettleUsage,
        Action::IssueVoucher,
        Action::InvalidateVoucher,
        Action::ReadVouchers,
        Action::ReadOwnVouchers,
        Action::ReadVoucherPool,
        Action::ReadBills,
        Action::ReadOwnBills,
        Action::ConfirmReceipt,
        Action::PayPlatform,
        Action::ChangeCustomer,
        Action::ForceSuspension,
        Action::Subscribe,
        Action::ReadNotices,
        Action::AddWebhook,
        Action::RotateWebhookSecret,
        Action::RemoveWebhook,
        Action::ReadWebhooks,
        Action::ReviewCustomer,
        Action::ResumeResource,
        Action::SuspendResource,
        Action::DeleteResource,
        Action::ExpireVoucher,
        Action::IssueBills,
        Action::Authorize,
        Action::Capture,
        Action::Release,
        Action::Expire,
        Action::ReadAuthorizations,
        Action::AdvanceClock,
        Action::ReadClock,
        Action::AcceptClock,
        Action::ReadAudit,
        Action::ReadDecisions,
        Action::ReadCountryCodes,
    ];

    /// Its row.
    pub const fn permission(self) -> Permission {
        match self {
            Action::OpenAccount
            | Action::ChangeAccount
            | Action::IssueCredential
            | Action::RegisterPartner
            | Action::ChangePartner
            | Action::BindCustomer
            | Action::UnbindCustomer
            | Action::AddProduct
            | Action::ChangeProduct
            | Action::SetDiscount
            | Action::EndDiscount
            | Action::PlaceOrder
            | Action::PayOrder
            | Action::DeliverOrder
            | Action::CancelOrder
            | Action::Authorize
            | Action::Capture
            | Action::Release
            | Action::RefundOrder
            | Action::ActivateResource
            | Action::ResizeResource
            | Action::TerminateResource
            | Action::SettleUsage
            | Action::IssueVoucher
            | Action::InvalidateVoucher
            | Action::PayPlatform
            | Action::ChangeCustomer
            | Action::Subscribe
            | Action::AddWebhook
            | Action::RotateWebhookSecret => PLATFORM_WRITE,
            // Credere itself makes the first key and sets the test clock at its first start; whoever has the folder may
            // have a start accept the clock.
            Action::IssuePlatformKey | Action::AdvanceClock | Action::AcceptClock => {
                Permission { system: true, ..PLATFORM_WRITE }
            }
            // And it takes back whatever has lost its secret with the end of a journal, and keys when a lost one is
            // replaced.
            Action::RevokeCredential | Action::RevokePlatformKey | Action::RemoveWebhook => {
                Permission { system: true, ..PLATFORM_WRITE }
            }
            Action::ReadAccounts
            | Action::ReadCredentials
            | Action::ReadPlatformKeys
            | Action::ReadPartners
            | Action::ReadProducts
            | Action::ReadDiscounts
            | Action::ReadOrders
            | Action::ReadAuthorizations
            | Action::ReadClock
            | Action::ReadAudit
            | Action::ReadResources
            | Action::ReadNotices
            | Action::ReadWebhooks
            | Action::ReadDecisions => PLATFORM_READ,
            Action::ResetPlatformKey
            | Action::AcceptLoss
            | Action::Expire
            | Action::ReviewCustomer
            | Action::ResumeResource
            | Action::SuspendResource
            | Action::DeleteResource
            | Action::ExpireVoucher
            | Action::IssueBills => SYSTEM_WRITE,
            Action::ConfirmReceipt => Permission { roles: SELLERS, reach: Reach::BilledCustomers, ..PLATFORM_WRITE },
            Action::AllocateCredit | Action::NoteCustomer | Action::ForceSuspension => {
                Permission { roles: SELLERS, reach: Reach::DirectCustomers, ..PLATFORM_WRITE }
            }
            Action::ReadCustomers | Action::ReadAllocations | Action::ReadVouchers => {
                Permission { roles: SELLERS, reach: Reach::DirectCustomers, ..PLATFORM_READ }
            }
            Action::ReadCustomerInfo | Action::ReadCustomerVerification => {
                Permission { roles: FIRST_LEVEL, reach: Reach::DirectCustomers, ..PLATFORM_READ }
            }
            // A distributor also reads the bills of its second-level resellers' customers (R84).
            Action::ReadBills => Permission { roles: SELLERS, reach: Reach::OwnTree, ..PLATFORM_READ },
            Action::ReadOwnPartner | Action::ReadVoucherPool => Permission { roles: SELLERS, ..PLATFORM_READ },
            Action::ReadOwnCredit => Permission { roles: CUSTOMERS, ..PLATFORM_READ },
            Action::ReadOwnBills | Action::ReadOwnVouchers => Permission { roles: BUYERS, ..PLATFORM_READ },
            Action::AllocatePool => Permission { roles: DISTRIBUTORS, reach: Reach::SecondLevels, ..PLATFORM_WRITE },
            Action::ReadSecondLevels | Action::ReadIndirectCustomers => {
                Permission { roles: DISTRIBUTORS, reach: Reach::SecondLevels, ..PLATFORM_READ }
            }
            Action::ReadCountryCodes => Permission { roles: ACCOUNTS, reach: Reach::Anything, ..PLATFORM_READ },
        }
    }

    /// Its name in the audit and in the printed matrix.
    pub const fn name(self) -> &'static str {
        match self {
            Action::OpenAccount => "open_account",
            Action::ChangeAccount => "change_account",
            Action::ReadAccounts => "read_accounts",
            Action::IssueCredential => "issue_credential",
            Action::RevokeCredential => "revoke_credential",
            Action::ReadCredentials => "read_credentials",
            Action::IssuePlatformKey => "issue_platform_key",
            Action::RevokePlatformKey => "revoke_platform_key",
            Action::ResetPlatformKey => "reset_platform_key",
            Action::AcceptLoss => "accept_loss",
            Action::ReadPlatformKeys => "read_platform_keys",
            Action::RegisterPartner => "register_partner",
            Action::ChangePartner => "change_partner",
            Action::ReadPartners => "read_partners",
            Action::ReadOwnPartner => "read_own_partner",
            Action::AllocatePool => "allocate_pool",
            Action::ReadSecondLevels => "read_second_levels",
            Action::ReadIndirectCustomers => "read_indirect_customers",
            Action::BindCustomer => "bind_customer",
            Action::UnbindCustomer => "unbind_customer",
            Action::ReadCustomers => "read_customers",
            Action::ReadCustomerInfo => "read_customer_info",
            Action::ReadCustomerVerification => "read_customer_verification",
            Action::ReadOwnCredit => "read_own_credit",
            Action::NoteCustomer => "note_customer",
            Action::AllocateCredit => "allocate_credit",
            Action::ReadAllocations => "read_allocations",
            Action::AddProduct => "add_product",
            Action::ChangeProduct => "change_product",
            Action::ReadProducts => "read_products",
            Action::SetDiscount => "set_discount",
            Action::EndDiscount => "end_discount",
            Action::ReadDiscounts => "read_discounts",
            Action::PlaceOrder => "place_order",
            Action::PayOrder => "pay_order",
            Action::DeliverOrder => "deliver_order",
            Action::CancelOrder => "cancel_order",
            Action::RefundOrder => "refund_order",
            Action::ReadOrders => "read_orders",
            Action::ActivateResource => "activate_resource",
            Action::ResizeResource => "resize_resource",
            Action::TerminateResource => "terminate_resource",
            Action::ReadResources => "read_resources",
            Action::SettleUsage => "settle_usage",
            Action::IssueVoucher => "issue_voucher",
            Action::InvalidateVoucher => "invalidate_voucher",
            Action::ReadVouchers => "read_vouchers",
            Action::ReadOwnVouchers => "read_own_vouchers",
            Action::ReadVoucherPool => "read_voucher_pool",
            Action::ReadBills => "read_bills",
            Action::ReadOwnBills => "read_own_bills",
            Action::ConfirmReceipt => "confirm_receipt",
            Action::PayPlatform => "pay_platform",
            Action::ChangeCustomer => "change_customer",
            Action::ForceSuspension => "force_suspension",
            Action::Subscribe => "subscribe",
            Action::ReadNotices => "read_notices",
            Action::AddWebhook => "add_webhook",
            Action::RotateWebhookSecret => "rotate_webhook_secret",
            Action::RemoveWebhook => "remove_webhook",
            Action::ReadWebhooks => "read_webhooks",
            Action::ReviewCustomer => "review_customer",
            Action::ResumeResource => "resume_resource",
            Action::SuspendResource => "suspend_resource",
            Action::DeleteResource => "delete_resource",
            Action::ExpireVoucher => "expire_voucher",
            Action::IssueBills => "issue_bills",
            Action::Authorize => "authorize",
            Action::Capture => "capture",
            Action::Release => "release",
            Action::Expire => "expire",
            Action::ReadAuthorizations => "read_authorizations",
            Action::AdvanceClock => "advance_clock",
            Action::ReadClock => "read_clock",
            Action::AcceptClock => "accept_clock",
            Action::ReadAudit => "read_audit",
            Action::ReadDecisions => "read_decisions",
            Action::ReadCountryCodes => "read_country_codes",
        }
    }
}
