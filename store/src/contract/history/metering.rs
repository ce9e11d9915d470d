//! Resources in history: as they stand, and those that were terminated or deleted. Usage is in the lines of bills.

use super::super::StoreError;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::money::Amount;

/// What history says of resources, as they stand and as they ended.
pub trait MeteringHistory {
    /// The newest resource of this name, also when it is terminated or deleted.
    ///
    /// # Errors
    /// [`StoreError`]
    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError>;

    /// Resources, newest first, before `before_seq`, of one account and in one state where given, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError>;
}

/// A resource as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    /// Journal position of its activation.
    pub seq: u64,
    /// The caller's name for it.
    pub name: String,
    /// Who runs it.
    pub account: Uin,
    /// On whose credit its freeze is.
    pub payer: Uin,
    /// On which partner's spend line; `None` without one.
    pub partner: Option<Uin>,
    /// The product's code.
    pub product: String,
    /// List price of one unit in one settlement period.
    pub unit_price: Amount,
    /// How many units, in 10^-8.
    pub quantity: u64,
    /// What is set aside on the customer's side.
    pub frozen: Amount,
    /// What is set aside on the partner's side.
    pub partner_frozen: Amount,
    /// `active`, `suspended`, `terminated`, `deleted`.
    pub state: String,
    /// Since when.
    pub since: Moment,
    /// When it was activated.
    pub activated_at: Moment,
    /// Whatever else was told, as a JSON object.
    pub details: String,
}
