//! What the conditions look at.

use crate::channel::{AccountClass, ChannelRole, OrderState, Tier, Uin, Verification};
use crate::money::Amount;

/// What is set for all organizations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRules {
    /// The internal types whose balance is looked at, as an external account's is (`rules.balance_checked_internal_types`).
    pub balance_checked_types: Vec<u8>,
    /// Whether payer and member must both be internal or both be external (O65, `rules.consistent_account_classes`).
    pub consistent_classes: bool,
    /// Whether the admin of the member's entity may pay instead of the organization's (O59, `rules.entity_admin_pays`).
    pub entity_admin_pays: bool,
    /// Whether a member must pay for itself before it leaves (O71, `rules.strict_exit`).
    pub strict_exit: bool,
}

impl Default for CheckRules {
    fn default() -> CheckRules {
        CheckRules {
            balance_checked_types: vec![4, 6, 9],
            consistent_classes: false,
            entity_admin_pays: false,
            strict_exit: false,
        }
    }
}

impl CheckRules {
    /// Whether an account of this class is looked at as to what it owes (O57, O61, O67).
    pub fn checks_balance(&self, class: AccountClass) -> bool {
        match class {
            AccountClass::External => true,
            AccountClass::Internal(kind) => self.balance_checked_types.contains(&kind),
        }
    }
}

/// What an account is, as far as the conditions ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its number.
    pub uin: Uin,
    /// Anybody's, or the platform's own.
    pub class: AccountClass,
    /// How far its identity is verified.
    pub verification: Verification,
    /// Who it is verified as. Compared as it stands; names are not.
    pub entity: Option<&'a str>,
    /// Its place in the channel.
    pub role: ChannelRole,
    /// What it may spend of its own; nothing where it has neither finance nor credit, as a reseller.
    pub available: Option<Amount>,
    /// Its unpaid bills that are overdue.
    pub overdue_amount: Amount,
    /// How the platform's sales follow it.
    pub tier: Tier,
    /// Whether a channel manager follows it.
    pub followed: bool,
    /// Whether it has a card that is not expired.
    pub card: bool,
    /// Who pays on its behalf.
    pub payer: Option<Uin>,
    /// Whether it pays on somebody's behalf.
    pub pays: bool,
    /// Whose offers it has.
    pub inherits_from: Option<Uin>,
    /// Whether others have its offers.
    pub inherited: bool,
    /// Whether it has an offer of its own account, which nobody inherits (O63).
    pub account_offer: bool,
    /// What is left on a voucher of its own that can still pay (O56).
    pub voucher: Option<Amount>,
    /// An order of its own that is to be paid or processing (O58).
    pub open_order: Option<OpenOrder>,
}

impl Facts<'_> {
    /// An account that has just been opened: anybody's, not verified, at its start of everything, with no money and owing none.
    pub const fn without_history(uin: Uin) -> Facts<'static> {
        Facts {
            uin,
            class: AccountClass::External,
            verification: Verification::None,
            entity: None,
            role: ChannelRole::Direct,
            available: Some(Amount::ZERO),
            overdue_amount: Amount::ZERO,
            tier: Tier::None,
            followed: false,
            card: false,
            payer: None,
            pays: false,
            inherits_from: None,
            inherited: false,
            account_offer: false,
            voucher: None,
            open_order: None,
        }
    }
}

/// An order that keeps its account from entering or leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenOrder {
    /// An order in this state.
    Order(OrderState),
    /// An open authorization, which counts as one that is processing.
    Authorization,
}
