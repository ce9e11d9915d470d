//! What an organization's admin may do for a member (O49, O50).

use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// One thing that an organization's admin may do for a member. The numbers are those that the Cloud API shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Permission {
    /// Sees the member's bills.
    ViewBills = 1,
    /// Sees the member's balance.
    ViewBalance = 2,
    /// Gives the member money of its own, and takes back what is left of it (O95).
    AllocateFunds = 3,
    /// Puts the member's bills and its own together in one report (O98).
    ConsolidateBills = 4,
    /// Issues invoices for the member (O99).
    Invoice = 5,
    /// The member has the admin's offers (O84, O100).
    InheritOffers = 6,
    /// Pays on the member's behalf (O50).
    PayOnBehalf = 7,
    /// Sees what the member's costs are made of.
    CostExplorer = 8,
    /// Sets the member's budgets.
    Budget = 9,
    /// Sets the member's credit limit.
    CreditSetting = 10,
}

impl Permission {
    /// Its number in the Cloud API, 1 to 10.
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The permission with this number.
    pub fn from_id(id: u64) -> Option<Permission> {
        Permission::ALL.into_iter().find(|one| u64::from(one.id()) == id)
    }

    /// The feature that an organization needs to be granted for it.
    pub const fn feature(self) -> Option<Feature> {
        match self {
            Permission::AllocateFunds => Some(Feature::FundAllocation),
            Permission::CreditSetting => Some(Feature::CreditSetting),
            Permission::ViewBills
            | Permission::ViewBalance
            | Permission::ConsolidateBills
            | Permission::Invoice
            | Permission::InheritOffers
            | Permission::PayOnBehalf
            | Permission::CostExplorer
            | Permission::Budget => None,
        }
    }
}

/// What the platform grants to single organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Feature {
    /// Permission 3 may be given (O49).
    FundAllocation = 1,
    /// Permission 10 may be given (O49).
    CreditSetting = 2,
}

/// A set of permissions, without an order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct Permissions(u16);

impl Permissions {
    /// What every member gives its admin: its bills and its balance are seen (O49).
    pub const ALWAYS: [Permission; 2] = [Permission::ViewBills, Permission::ViewBalance];

    /// Whether it is among them.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission.id()) != 0
    }

    /// These and one more.
    pub const fn with(self, permission: Permission) -> Permissions {
        Permissions(self.0 | (1 << permission.id()))
    }

    /// These without one.
    pub const fn without(self, permission: Permission) -> Permissions {
        Permissions(self.0 & !(1 << permission.id()))
    }

    /// All of them, by their numbers.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |one| self.has(*one))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Permissions {
        permissions.into_iter().fold(Permissions::default(), Permissions::with)
    }
}

/// A set as it comes from a journal or snapshot, which is input: it may hold what is no permission.
impl TryFrom<u16> for Permissions {
    type Error = &'static str;

    fn try_from(bits: u16) -> Result<Permissions, &'static str> {
        let known: Permissions = Permission::ALL.into_iter().collect();
        if bits & !known.0 == 0 { Ok(Permissions(bits)) } else { Err("a permission that there is not") }
    }
}

impl std::fmt::Debug for Permissions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(Permission::id)).finish()
    }
}

/// As a list of their numbers: `[1, 2, 7]`.
impl std::fmt::Display for Permissions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let permissions: Permissions = [Permission::PayOnBehalf, Permission::ViewBills].into_iter().collect();
        assert_eq!(permissions.to_string(), "[1, 7]");
        assert!(permissions.has(Permission::PayOnBehalf) && !permissions.has(Permission::ViewBalance));
        assert_eq!(permissions.without(Permission::PayOnBehalf).to_string(), "[1]");
        assert_eq!(Permission::from_id(10), Some(Permission::CreditSetting));
        assert_eq!([0, 11, 263].map(Permission::from_id), [None; 3]);
    }

    #[test]
    fn bits_that_are_no_permission_are_not_read() {
        for permissions in [Permissions::default(), Permission::ALL.into_iter().collect()] {
            let bytes = postcard::to_allocvec(&permissions).unwrap();
            assert_eq!(postcard::from_bytes::<Permissions>(&bytes), Ok(permissions));
        }
        for bits in [1_u16, 1 << 11] {
            let bytes = postcard::to_allocvec(&bits).unwrap();
            assert!(postcard::from_bytes::<Permissions>(&bytes).is_err());
        }
    }
}
