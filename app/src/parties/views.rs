//! Accounts and partners as they are shown.

use credere_core::channel::{Account, Partner};
use credere_store::contract::Profile;

/// An account with everything that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Figures and classes.
    pub account: Account,
    /// Names and contact data.
    pub profile: Profile,
    /// What it is as a partner.
    pub partner: Option<Partner>,
    /// Whether it is a customer with a line of credit; an agent's customers are not (R4).
    pub has_credit: bool,
    /// What is left on its usable vouchers (R20), in units of 10^-8.
    pub voucher_balance: i128,
}

/// A second-level reseller as its distributor sees it (R52).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondLevelView {
    /// Its figures, without lists.
    pub partner: Partner,
    /// How many customers it has.
    pub customers: usize,
    /// Names and contact data.
    pub profile: Profile,
}
