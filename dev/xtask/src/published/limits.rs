//! Limits and permitted values of parameters. The definitions state them in running text only, each in another way, so
//! they are kept here as a list that was read by a person. A limit that fits no member is an error of the generator.
//! What a limit depends on besides its own parameter (dates, roles, other parameters) is a rule, and lives in the action.

use super::definitions::{Service, Shape};
use Limit::{AtLeast, Length, OneOf, Range};

/// A limit on one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// A whole number from the first to the second, both included.
    Range(i64, i64),
    /// A whole number not below this.
    AtLeast(i64),
    /// A list with this many items, or a text with this many characters, both included.
    Length(usize, usize),
    /// A text that is one of these.
    OneOf(&'static [&'static str]),
}

impl Limit {
    /// Whether a member of this shape can have such a limit.
    pub(super) fn fits(self, shape: &Shape) -> bool {
        match self {
            Limit::Range(..) | Limit::AtLeast(_) => matches!(shape, Shape::Signed | Shape::Unsigned),
            Limit::Length(..) => matches!(shape, Shape::List(_) | Shape::Text),
            Limit::OneOf(_) => matches!(shape, Shape::Text),
        }
    }
}

const ACTION_TYPES: Limit = OneOf(&[
    "prepay_purchase",
    "prepay_renew",
    "prepay_modify",
    "prepay_return",
    "postpay_deduct",
    "postpay_deduct_h",
    "postpay_deduct_d",
    "postpay_deduct_m",
    "offline_deduct",
    "online_deduct",
    "recon_deduct",
    "recon_increase",
    "ripay_purchase",
    "postpay_deduct_s",
    "ri_hour_pay",
    "prePurchase",
    "preRenew",
    "preUpgrade",
    "preDowngrade",
    "svp_hour_pay",
    "recon_guarantee",
    "pre_purchase",
    "pre_renew",
    "pre_upgrade",
    "pre_downgrade",
]);
const PAY_MODES: Limit = OneOf(&["prePay", "postPay"]);
const PERIOD_TYPES: Limit = OneOf(&["byUsedTime", "byPayTime"]);
const CONFIRMED: Limit = OneOf(&["0", "1", "2"]);
const DECISIONS: Limit = OneOf(&["pass", "reject"]);
const VOUCHER_STATES: Limit = OneOf(&["Issued", "Used", "Expired", "Invalidated"]);
const PAYMENT_MODES: Limit = OneOf(&["AllPayment", "Prepaid", "Postpaid"]);
const PRODUCT_SCOPES: Limit = OneOf(&["AllProducts", "SpecifyProducts", "SpecifyProductsBlacklist"]);
const PERIODS: Limit = OneOf(&["day", "month"]);
const ORDERS: Limit = OneOf(&["desc", "asc"]);
const LANGUAGES: Limit = OneOf(&["en", "zh"]);
const MEMBER_NAME: Limit = Length(1, 25);
const POLICY_TYPES: Limit = OneOf(&["Financial"]);
const QUITTING: Limit = OneOf(&["Allow", "Denied"]);
const TAGS: Limit = Length(0, 10);

/// One entry: the service, the action, the parameter, its limit.
type Entry = (&'static str, &'static str, &'static str, Limit);

/// The list, by action, of the newest version of each service; older versions state no limits. A page size of a call that
/// states no upper bound has none here.
const LIMITS: &[Entry] = &[
    ("billing", "DescribeBillDetail", "Limit", Range(1, 300)),
    ("billing", "DescribeBillDetail", "NeedRecordNum", Range(0, 1)),
    ("billing", "DescribeBillDetail", "PayMode", PAY_MODES),
    ("billing", "DescribeBillDetail", "PeriodType", PERIOD_TYPES),
    ("billing", "DescribeBillDetailForOrganization", "Limit", Range(1, 100)),
    ("billing", "DescribeBillDetailForOrganization", "NeedRecordNum", Range(0, 1)),
    ("billing", "DescribeBillDetailForOrganization", "PayMode", PAY_MODES),
    ("billing", "DescribeBillDetailForOrganization", "PeriodType", PERIOD_TYPES),
    ("billing", "DescribeBillResourceSummaryForOrganization", "Limit", Range(1, 1_000)),
    ("billing", "DescribeBillResourceSummaryForOrganization", "NeedRecordNum", Range(0, 1)),
    ("billing", "DescribeBillResourceSummaryForOrganization", "PayMode", PAY_MODES),
    ("billing", "DescribeBillResourceSummaryForOrganization", "PeriodType", PERIOD_TYPES),
    (
        "billing",
        "DescribeBillSummaryForOrganization",
        "GroupType",
        OneOf(&["business", "project", "region", "payMode", "tag"]),
    ),
    ("billing", "DescribeDealsByCond", "Limit", Range(1, 1_000)),
    ("billing", "DescribeDealsByCond", "Status", Range(1, 12)),
    ("billing", "DescribeOrgMemberAccountBalance", "PageNumber", AtLeast(1)),
    ("billing", "DescribeOrgMemberAccountBalance", "PageSize", Range(1, 10)),
    ("billing", "DescribeOrgMemberAccountBalance", "MemberUins", Length(0, 10)),
    ("billing", "PayDeals", "AutoVoucher", Range(0, 1)),
    ("billing", "PayDeals", "VoucherIds", Length(0, 1)),
    ("intlpartnersmgt", "ApproveClientApply", "ApproveType", DECISIONS),
    ("intlpartnersmgt", "ApproveSubAgentApply", "ApproveType", DECISIONS),
    ("intlpartnersmgt", "CreateAccount", "AccountType", OneOf(&["personal", "company"])),
    ("intlpartnersmgt", "CreateAccount", "Password", Length(8, 20)),
    ("intlpartnersmgt", "CreateAccount", "PhoneNum", Length(1, 32)),
    ("intlpartnersmgt", "CreateAccount", "CustomerName", Length(2, 200)),
    ("intlpartnersmgt", "CreateAndSendClientInvitationMail", "InvitationRole", OneOf(&["Client", "SubAgent"])),
    ("intlpartnersmgt", "DescribeBillDetail", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeBillDetail", "PageSize", Range(1, 200)),
    ("intlpartnersmgt", "DescribeBillDetail", "PayMode", PAY_MODES),
    ("intlpartnersmgt", "DescribeBillDetail", "ActionType", ACTION_TYPES),
    ("intlpartnersmgt", "DescribeBillDownloadUrl", "FileType", OneOf(&["L2", "L3"])),
    ("intlpartnersmgt", "DescribeBillSummary", "GroupType", OneOf(&["product", "project", "tag"])),
    ("intlpartnersmgt", "DescribeCustomerBillDetail", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeCustomerBillDetail", "PageSize", Range(1, 200)),
    ("intlpartnersmgt", "DescribeCustomerBillDetail", "PayMode", PAY_MODES),
    ("intlpartnersmgt", "DescribeCustomerBillDetail", "ActionType", ACTION_TYPES),
    ("intlpartnersmgt", "DescribeCustomerBillDetail", "IsConfirmed", CONFIRMED),
    (
        "intlpartnersmgt",
        "DescribeCustomerBillDownloadUrl",
        "FileType",
        OneOf(&["billResource", "billDetail", "billResourcePack", "billDetailPack"]),
    ),
    (
        "intlpartnersmgt",
        "DescribeCustomerBillDownloadUrl",
        "CustomerUinType",
        OneOf(&["Customer", "Reseller", "ResellerCustomer"]),
    ),
    ("intlpartnersmgt", "DescribeCustomerBillDownloadUrl", "FileLanguage", OneOf(&["zh_cn", "en"])),
    ("intlpartnersmgt", "DescribeCustomerBillSummary", "PayMode", PAY_MODES),
    (
        "intlpartnersmgt",
        "DescribeCustomerBillSummary",
        "ActionType",
        OneOf(&[
            "prepay_purchase",
            "prepay_renew",
            "prepay_modify",
            "prepay_return",
            "postpay_deduct",
            "postpay_deduct_h",
            "postpay_deduct_d",
            "postpay_deduct_m",
            "offline_deduct",
            "online_deduct",
            "recon_deduct",
            "ripay_purchase",
            "postpay_deduct_s",
            "ri_hour_pay",
            "prePurchase",
            "preRenew",
            "preUpgrade",
        ]),
    ),
    ("intlpartnersmgt", "DescribeCustomerBillSummary", "IsConfirmed", CONFIRMED),
    ("intlpartnersmgt", "DescribeCustomerInfo", "CustomerUin", Length(1, 20)),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerFilter", "PeriodType", PERIODS),
    (
        "intlpartnersmgt",
        "DescribeCustomerOwnCostExplorerSummary",
        "Dimension",
        OneOf(&[
            "Default",
            "Business",
            "Product",
            "Region",
            "Zone",
            "ActionType",
            "PayMode",
            "Project",
            "PayerUin",
            "OwnerUin",
            "Tag",
        ]),
    ),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerSummary", "FeeType", OneOf(&["originalCost", "totalCost"])),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerSummary", "BillType", Range(1, 1)),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerSummary", "PeriodType", PERIODS),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerSummary", "Page", Range(1, 10_000)),
    ("intlpartnersmgt", "DescribeCustomerOwnCostExplorerSummary", "PageSize", Range(1, 200)),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherList", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherList", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherList", "VoucherStatus", VOUCHER_STATES),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherList", "PaymentMode", PAYMENT_MODES),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherList", "ProductScope", PRODUCT_SCOPES),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherUsageDetails", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeCustomerOwnVoucherUsageDetails", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "VoucherStatus", VOUCHER_STATES),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "PaymentMode", PAYMENT_MODES),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "Usage", OneOf(&["ProductTrial", "CustomerOffer"])),
    ("intlpartnersmgt", "DescribeCustomerVoucherList", "ProductScope", PRODUCT_SCOPES),
    ("intlpartnersmgt", "DescribeCustomerVoucherUsageDetails", "Page", AtLeast(1)),
    ("intlpartnersmgt", "DescribeCustomerVoucherUsageDetails", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "DescribeRebateDownloadUrl", "FileType", OneOf(&["CommissionDetail"])),
    ("intlpartnersmgt", "QueryCreditByUinList", "UinList", Length(1, 50)),
    ("intlpartnersmgt", "QueryCustomersCredit", "FilterType", OneOf(&["ClientUin", "Name", "Remark", "Email"])),
    ("intlpartnersmgt", "QueryCustomersCredit", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QueryCustomersCredit", "Order", ORDERS),
    ("intlpartnersmgt", "QueryInvitationInfo", "InvitationToken", Length(1, 100)),
    ("intlpartnersmgt", "QueryPendingClientsV2", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QueryPendingClientsV2", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "QueryPendingSubAgentsV2", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QueryPendingSubAgentsV2", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "QueryPolicyProductListByCode", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QueryPolicyProductListByCode", "PageSize", Range(1, 200)),
    (
        "intlpartnersmgt",
        "QuerySubAgentsDetailV2",
        "FilterType",
        OneOf(&["Name", "SubAgentUin", "Remark", "Mobile", "Email", "ClientUin"]),
    ),
    // The published text misspells the ascending order; the sibling action and the samples settle it.
    ("intlpartnersmgt", "QuerySubAgentsDetailV2", "Order", ORDERS),
    ("intlpartnersmgt", "QuerySubAgentsDetailV2", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QuerySubAgentsDetailV2", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "QueryT1IndirectCustomersDetail", "Page", AtLeast(1)),
    ("intlpartnersmgt", "QueryT1IndirectCustomersDetail", "PageSize", Range(1, 100)),
    ("intlpartnersmgt", "QueryVoucherAmountByUin", "ClientUins", Length(1, 20)),
    ("intlpartnersmgt", "QueryVoucherListByUin", "ClientUins", Length(1, 20)),
    ("intlpartnersmgt", "QueryVoucherListByUin", "Status", OneOf(&["Unused", "Used", "Expired"])),
    ("intlpartnersmgt", "SendVerifyCode", "PhoneNum", Length(1, 32)),
    ("organization", "DescribeOrganization", "Lang", LANGUAGES),
    ("organization", "DescribeOrganizationMembers", "Limit", Range(1, 50)),
    ("organization", "DescribeOrganizationMembers", "Lang", LANGUAGES),
    ("organization", "DescribeOrganizationMembers", "Tags", TAGS),
    ("organization", "DescribeOrganizationNodes", "Limit", Range(1, 50)),
    ("organization", "DescribeOrganizationNodes", "Tags", TAGS),
    ("organization", "InviteOrganizationMember", "Name", MEMBER_NAME),
    ("organization", "InviteOrganizationMember", "PolicyType", POLICY_TYPES),
    ("organization", "InviteOrganizationMember", "IsAllowQuit", QUITTING),
    ("organization", "InviteOrganizationMember", "Tags", TAGS),
    ("organization", "UpdateOrganizationMember", "Name", MEMBER_NAME),
    ("organization", "UpdateOrganizationMember", "Remark", Length(0, 40)),
    ("organization", "UpdateOrganizationMember", "PolicyType", POLICY_TYPES),
    ("organization", "UpdateOrganizationMember", "IsAllowQuit", QUITTING),
    ("organization", "UpdateOrganizationMember", "IsModifyNickName", Range(0, 1)),
];

/// The limits on the parameters of an action, each with its parameter.
pub(super) fn of<'a>(service: &'a Service, action: &'a str) -> impl Iterator<Item = (&'static str, Limit)> + 'a {
    LIMITS
        .iter()
        .filter(move |(owner, name, ..)| service.newest && *owner == service.name && *name == action)
        .map(|(.., parameter, limit)| (*parameter, *limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_parameter_is_limited_once() {
        let places: BTreeSet<_> =
            LIMITS.iter().map(|(service, action, parameter, _)| (service, action, parameter)).collect();
        assert_eq!(places.len(), LIMITS.len());
    }

    #[test]
    fn limits_are_not_empty() {
        for (_, action, parameter, limit) in LIMITS {
            let sensible = match limit {
                Range(from, to) => from <= to,
                AtLeast(from) => *from >= 0,
                Length(from, to) => from <= to && *to > 0,
                OneOf(values) => !values.is_empty() && values.iter().collect::<BTreeSet<_>>().len() == values.len(),
            };
            assert!(sensible, "{action} {parameter}");
        }
    }

    #[test]
    fn an_older_version_has_none() {
        let newest = Service { name: "organization", version: "2021-03-31", newest: true };
        let older = Service { version: "2018-12-25", newest: false, ..newest };
        assert_eq!(of(&newest, "UpdateOrganizationMember").count(), 5);
        assert_eq!(of(&older, "UpdateOrganizationMember").count(), 0);
    }

    #[test]
    fn a_limit_fits_only_its_shapes() {
        assert!(Range(1, 2).fits(&Shape::Signed) && !Range(1, 2).fits(&Shape::Decimal));
        assert!(Length(1, 2).fits(&Shape::List(Box::new(Shape::Unsigned))) && !Length(1, 2).fits(&Shape::Unsigned));
        assert!(OneOf(&["a"]).fits(&Shape::Text) && !OneOf(&["a"]).fits(&Shape::Flag));
    }
}
