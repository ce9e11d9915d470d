//! Resources as they are shown, whether they come from what was just decided or from history.

use crate::app::App;
use crate::command::unexpected;
use crate::failure::Failure;
use crate::rows::number_at;
use credere_core::book::{Event, metering};
use credere_core::channel::{Details, Paying, Resource, ResourceId, ResourceState, Uin};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor, Overflow};
use credere_store::contract::{ResourceRow, ShardId, StoreError};

/// A resource as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceView {
    /// Its number.
    pub id: ResourceId,
    /// The caller's name for it.
    pub name: String,
    /// Who runs it.
    pub account: Uin,
    /// On whose credit and whose spend line its freeze is.
    pub paying: Paying,
    /// The product's code.
    pub product: String,
    /// List price of one unit in one settlement period.
    pub unit_price: Amount,
    /// How many units.
    pub quantity: Factor,
    /// What is set aside on the customer's side.
    pub frozen: Amount,
    /// What is set aside on the partner's side.
    pub partner_frozen: Amount,
    /// Whether it runs.
    pub state: ResourceState,
    /// Since when it is in that state.
    pub since: Moment,
    /// When it was activated.
    pub activated_at: Moment,
    /// Whatever else was told.
    pub details: Details,
}

/// A resource that has ended, with what was settled and released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminatedView {
    /// The resource as it ended.
    pub resource: ResourceView,
    /// What had been set aside on the customer's side.
    pub released: Amount,
    /// What had been set aside on the partner's side.
    pub partner_released: Amount,
    /// What the last settlement charged the customer, less vouchers.
    pub amount: Amount,
    /// What vouchers paid of it.
    pub voucher_amount: Amount,
    /// What the last settlement charged the paying partner.
    pub partner_amount: Amount,
}

impl ResourceView {
    /// A resource as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: ResourceRow) -> Result<ResourceView, StoreError> {
        let damaged = |what: &str| StoreError::corrupt(format!("the {what} of the resource at event {}", row.seq));
        let states =
            [ResourceState::Active, ResourceState::Suspended, ResourceState::Terminated, ResourceState::Deleted];
        Ok(ResourceView {
            id: ResourceId(number_at(shard, row.seq)?),
            account: row.account,
            paying: Paying { payer: row.payer, partner: row.partner },
            unit_price: row.unit_price,
            quantity: Factor::from_units(row.quantity).ok_or_else(|| damaged("quantity"))?,
            frozen: row.frozen,
            partner_frozen: row.partner_frozen,
            state: states.into_iter().find(|state| state.name() == row.state).ok_or_else(|| damaged("state"))?,
            since: row.since,
            activated_at: row.activated_at,
            details: Details::read(&row.details),
            name: row.name,
            product: row.product,
        })
    }

    fn new(resource: &Resource, product: String) -> ResourceView {
        ResourceView {
            id: resource.id,
            name: resource.name.as_str().to_owned(),
            account: resource.account,
            paying: resource.paying,
            product,
            unit_price: resource.unit_price,
            quantity: resource.quantity,
            frozen: resource.frozen.customer,
            partner_frozen: resource.frozen.partner,
            state: resource.state,
            since: resource.since,
            activated_at: resource.activated_at,
            details: Details::read(&resource.details),
        }
    }
}

impl App {
    /// The resource as it stands after it was activated or resized, or would be. Its product's code comes from the book:
    /// products stay, and so do their codes.
    ///
    /// # Errors
    /// [`Failure::Internal`] when neither happened.
    pub fn resource_after(&self, event: &Event) -> Result<ResourceView, Failure> {
        match event {
            Event::Metering(metering::Event::ResourceActivated(fact)) => self.resource_view(&fact.resource),
            Event::Metering(metering::Event::ResourceResized(fact)) => self.resource_view(&fact.resource),
            _ => Err(unexpected()),
        }
    }

    /// The resource that was terminated, with what was settled and released.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn terminated_by(&self, event: &Event) -> Result<TerminatedView, Failure> {
        let Event::Metering(metering::Event::ResourceTerminated(fact)) = event else { return Err(unexpected()) };
        let amounts = || match &fact.charge {
            None => Ok((Amount::ZERO, Amount::ZERO, Amount::ZERO)),
            Some(charge) => Ok((charge.amount()?, charge.voucher_amount()?, charge.partner_amount()?)),
        };
        let (amount, voucher_amount, partner_amount) = amounts().map_err(|Overflow| unexpected())?;
        Ok(TerminatedView {
            resource: self.resource_view(&fact.resource)?,
            released: fact.released.customer,
            partner_released: fact.released.partner,
            amount,
            voucher_amount,
            partner_amount,
        })
    }

    fn resource_view(&self, resource: &Resource) -> Result<ResourceView, Failure> {
        let product = self.product_code(resource.product).ok_or(unexpected())?;
        Ok(ResourceView::new(resource, product))
    }
}
