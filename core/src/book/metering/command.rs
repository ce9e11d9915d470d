//! The commands about resources and usage.

use crate::access::Action;
use crate::book::command::commands;
use crate::book::home::Home;
use crate::book::named::Named;
use crate::channel::{ActionType, ProductCode, ResourceId, ResourceName, ResourceState, Uin};
use crate::ledger::Moment;
use crate::money::{Amount, Factor};

/// One request for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Activates a postpaid resource and freezes what its product asks for (R57).
    ActivateResource(Box<ActivateResource>),
    /// Changes a resource's size or price, and its freeze with it.
    ResizeResource(ResizeResource),
    /// Ends a resource: the last settlement and the release of its freeze in one step (R71).
    TerminateResource(TerminateResource),
    /// Settles one usage record. Never refused for lack of credit (R62).
    SettleUsage(Box<SettleUsage>),
    /// Starts a stopped resource again (R104).
    ResumeResource(ResumeResource),
    /// Stops a resource for arrears (R103).
    SuspendResource(SuspendResource),
    /// Deletes a resource that has been stopped for too long, which releases its freeze (R73, R107).
    DeleteResource(DeleteResource),
}

/// A new postpaid resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivateResource {
    /// Who runs it.
    pub account: Uin,
    /// The caller's name for it.
    pub name: ResourceName,
    /// Of which product.
    pub product: ProductCode,
    /// List price of one unit in one settlement period, not negative.
    pub unit_price: Amount,
    /// How many units, above zero.
    pub quantity: Factor,
    /// A JSON object that the core does not read: region, tags, ...
    pub details: String,
}

/// Changes a resource's size or price, and its freeze with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResizeResource {
    /// The resource; absent where none ever had the name that it was asked for by.
    pub resource: Option<Named<ResourceId, ResourceState>>,
    /// New list price of a unit.
    pub unit_price: Option<Amount>,
    /// New number of units.
    pub quantity: Option<Factor>,
}

/// Ends a resource: the last settlement and the release of its freeze in one step (R71).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminateResource {
    /// The resource; absent where none ever had the name that it was asked for by.
    pub resource: Option<Named<ResourceId, ResourceState>>,
    /// List price of what was used since the last settlement; nothing where absent.
    pub final_amount: Option<Amount>,
}

/// What was used of a product, or a correction of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleUsage {
    /// Who used it.
    pub account: Uin,
    /// The product that was used.
    pub product: ProductCode,
    /// List price, not negative; what a compensation gives back.
    pub amount: Amount,
    /// The moment from which it was used.
    pub period_start: Moment,
    /// Until when; not before the start.
    pub period_end: Moment,
    /// By which resource. Need not be one that was activated here.
    pub resource: Option<ResourceName>,
    /// What for (R81); as its product settles where absent.
    pub action: Option<ActionType>,
    /// A JSON object that the core does not read: region, tags, components, ...
    pub details: String,
}

/// Starts a stopped resource again (R104).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeResource {
    /// The resource that runs on.
    pub id: ResourceId,
}

/// Stops a resource for arrears (R103).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspendResource {
    /// The resource that is stopped.
    pub id: ResourceId,
}

/// Deletes a resource that has been stopped for too long, which releases its freeze (R73, R107).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteResource {
    /// The resource whose data goes.
    pub id: ResourceId,
}

commands!(Metering: [ActivateResource], ResizeResource, TerminateResource, [SettleUsage], ResumeResource, SuspendResource, DeleteResource);

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::ActivateResource(new) => (Action::ActivateResource, Some(new.account)),
            Command::ResizeResource(_) => (Action::ResizeResource, None),
            Command::TerminateResource(_) => (Action::TerminateResource, None),
            Command::SettleUsage(record) => (Action::SettleUsage, Some(record.account)),
            Command::ResumeResource(_) => (Action::ResumeResource, None),
            Command::SuspendResource(_) => (Action::SuspendResource, None),
            Command::DeleteResource(_) => (Action::DeleteResource, None),
        }
    }

    /// Where it is decided. A name that nobody has is the deployment's.
    pub fn home(&self) -> Home {
        match self {
            Command::ActivateResource(new) => Home::Account(new.account),
            Command::ResizeResource(ResizeResource { resource, .. })
            | Command::TerminateResource(TerminateResource { resource, .. }) => {
                resource.as_ref().map_or(Home::Deployment, |resource| Home::Id(resource.id.0))
            }
            Command::SettleUsage(record) => Home::Account(record.account),
            Command::ResumeResource(ResumeResource { id })
            | Command::SuspendResource(SuspendResource { id })
            | Command::DeleteResource(DeleteResource { id }) => Home::Id(id.0),
        }
    }
}
