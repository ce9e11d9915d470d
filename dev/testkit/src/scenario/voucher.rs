//! A voucher in the words of a scenario.

use super::moments::{Name, Time};
use credere_core::channel::VoucherMode;
use credere_core::money::Amount;

/// A new voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVoucher {
    /// What to call it afterwards.
    pub name: Option<Name>,
    /// What to call the customer's voucher that comes with a type II.
    pub linked: Option<Name>,
    /// Whose it is, and of which type.
    pub whose: VoucherFor,
    /// What it is issued over.
    pub amount: Amount,
    /// For a trial, and not as an offer.
    pub trial: bool,
    /// Which way of paying.
    pub mode: VoucherMode,
    /// Which products.
    pub products: VoucherScope,
    /// From when it pays; from now where absent.
    pub from: Option<Time>,
    /// From when it no longer pays; a year from now where absent.
    pub until: Option<Time>,
}

/// Whose a voucher is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherFor {
    /// Type I.
    Partner(Name),
    /// Type II.
    PartnerCustomer {
        /// The partner.
        partner: Name,
        /// For the trial of which customer.
        customer: Name,
    },
    /// Type III.
    Customer {
        /// The customer.
        customer: Name,
        /// Who issues it; the managing partner where absent.
        issuer: Option<Name>,
    },
}

/// Which products a voucher fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherScope {
    /// Every one.
    All,
    /// These.
    Only(Vec<String>),
    /// Every one but these.
    Except(Vec<String>),
}
