//! What is set for a single organization, and what the platform grants it (O18, O22, O32, O36, O39).

use super::permission::Feature;
use serde::{Deserialize, Serialize};

/// How many of each an organization may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quotas {
    /// Accounts, its admin among them (O32).
    pub accounts: u32,
    /// Departments besides the root (O23).
    pub departments: u32,
    /// Invitations that are open at one moment (O39).
    pub open_invitations: u32,
    /// Accounts that are created for it in a day (O36).
    pub creations_per_day: u32,
}

impl Default for Quotas {
    fn default() -> Quotas {
        Quotas { accounts: 100, departments: 1_000, open_invitations: 20, creations_per_day: 100 }
    }
}

/// What changes of them; what is absent stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotasChange {
    /// Accounts.
    pub accounts: Option<u32>,
    /// Departments.
    pub departments: Option<u32>,
    /// Open invitations.
    pub open_invitations: Option<u32>,
    /// Creations in a day.
    pub creations_per_day: Option<u32>,
}

impl QuotasChange {
    /// The quotas after the change, where these held before.
    pub fn over(self, before: Quotas) -> Quotas {
        Quotas {
            accounts: self.accounts.unwrap_or(before.accounts),
            departments: self.departments.unwrap_or(before.departments),
            open_invitations: self.open_invitations.unwrap_or(before.open_invitations),
            creations_per_day: self.creations_per_day.unwrap_or(before.creations_per_day),
        }
    }
}

/// What is set for an organization.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// What it was granted, each once and in order.
    pub features: Vec<Feature>,
    /// How many of each it may have.
    pub quotas: Quotas,
    /// Whether accounts that were created for it may be closed while they have resources (O18).
    pub member_deletion: bool,
}
