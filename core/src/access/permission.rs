//! What a row of the matrix says, and the rows that many actions share. Which action has which row is said by the areas
//! (`actions`); what a row means to a caller is judged elsewhere (`judgement`).

use super::actor::Role;
use crate::channel::PartnerKind::{Agent, Distributor, Reseller, SecondLevelReseller};

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

impl Permission {
    /// The same, and Credere itself may do it, too.
    pub(super) const fn and_system(self) -> Permission {
        Permission { system: true, ..self }
    }

    /// The same, and accounts in these roles may do it to whom they reach, too.
    pub(super) const fn and(self, roles: &'static [Role], reach: Reach) -> Permission {
        Permission { roles, reach, ..self }
    }
}

pub(super) const PLATFORM_WRITE: Permission =
    Permission { writes: true, platform: true, system: false, roles: &[], reach: Reach::Own };
pub(super) const PLATFORM_READ: Permission = Permission { writes: false, ..PLATFORM_WRITE };
pub(super) const SYSTEM_WRITE: Permission = Permission { platform: false, system: true, ..PLATFORM_WRITE };

pub(super) const SELLERS: &[Role] =
    &[Role::Partner(Reseller), Role::Partner(Distributor), Role::Partner(SecondLevelReseller)];
pub(super) const FIRST_LEVEL: &[Role] = &[Role::Partner(Reseller), Role::Partner(Distributor)];
pub(super) const DISTRIBUTORS: &[Role] = &[Role::Partner(Distributor)];
pub(super) const CUSTOMERS: &[Role] = &[Role::Customer];
/// Whoever bought on a partner's credit, now or once.
pub(super) const BUYERS: &[Role] = &[Role::Customer, Role::FormerCustomer];
pub(super) const ACCOUNTS: &[Role] = &[
    Role::Partner(Reseller),
    Role::Partner(Distributor),
    Role::Partner(SecondLevelReseller),
    Role::Partner(Agent),
    Role::Customer,
    Role::FormerCustomer,
    Role::Unaffiliated,
];
