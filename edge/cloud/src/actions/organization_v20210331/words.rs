//! What permissions are called in answers, in the two languages that are published, and how the published answers write the
//! rest of what an admin may do: the policy type, and whether a member may leave.

use crate::actions::membership::malformed;
use crate::error::CloudError;
use crate::published::organization_v20210331::OrgPermission;
use credere_core::organization::{Permission, Permissions};

/// The only type of policy.
pub(super) const POLICY_TYPE: &str = "Financial";

/// In which language names are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// Reads `en`, also when nothing is said, or `zh`.
    ///
    /// # Errors
    /// `InvalidParameter` for anything else.
    pub(super) fn read(text: Option<&str>) -> Result<Language, CloudError> {
        match text {
            None | Some("" | "en") => Ok(Language::English),
            Some("zh") => Ok(Language::Chinese),
            Some(_) => Err(malformed("Lang", "must be `en` or `zh`")),
        }
    }

    /// What the policy is called.
    pub(super) fn policy(self) -> String {
        self.of("Financial management", "财务管理")
    }

    /// Permissions with their names, by their numbers.
    pub(super) fn permissions(self, permissions: Permissions) -> Vec<OrgPermission> {
        let shown = |one: Permission| OrgPermission { id: u64::from(one.id()), name: self.permission(one) };
        permissions.iter().map(shown).collect()
    }

    fn permission(self, permission: Permission) -> String {
        match permission {
            Permission::ViewBills => self.of("View bills", "查看账单"),
            Permission::ViewBalance => self.of("View balance", "查看余额"),
            Permission::AllocateFunds => self.of("Allocate funds", "资金划拨"),
            Permission::ConsolidateBills => self.of("Consolidate bills", "合并出账"),
            Permission::Invoice => self.of("Issue invoices", "开票"),
            Permission::InheritOffers => self.of("Inherit offers", "优惠继承"),
            Permission::PayOnBehalf => self.of("Pay on behalf", "代付费"),
            Permission::CostExplorer => self.of("Analyze costs", "成本分析"),
            Permission::Budget => self.of("Manage budgets", "预算管理"),
            Permission::CreditSetting => self.of("Set the credit limit", "信用额度设置"),
        }
    }

    fn of(self, english: &str, chinese: &str) -> String {
        match self {
            Language::English => english.to_owned(),
            Language::Chinese => chinese.to_owned(),
        }
    }
}

/// Whether a member may leave by itself, as answers say it.
pub(super) fn quitting(allowed: bool) -> String {
    if allowed { "Allow" } else { "Denied" }.to_owned()
}

/// Reads whether a member may leave by itself, where that is said.
///
/// # Errors
/// `InvalidParameter` for other words.
pub(super) fn may_quit(text: Option<&str>) -> Result<Option<bool>, CloudError> {
    match text {
        None | Some("") => Ok(None),
        Some("Allow") => Ok(Some(true)),
        Some("Denied") => Ok(Some(false)),
        Some(_) => Err(malformed("IsAllowQuit", "must be `Allow` or `Denied`")),
    }
}
