//! The reasons for which a command about resources and usage is refused.

use crate::book::{Meaning, Retry, Status};
use crate::channel::ResourceState;
use credere_numbered::Numbered;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such resource that runs or is stopped.
    ResourceNotFound = 1,
    /// A resource with this name runs or is stopped already.
    ResourceExists = 2,
    /// The resource, which ran when the period ended, belongs to another account.
    NotYourResource = 3,
    /// The resource does not run.
    ResourceNotActive(ResourceState) = 4,
    /// The period began more than 18 months ago.
    PeriodTooOld = 5,
    /// The period begins more than 31 days from now.
    PeriodTooEarly = 6,
    /// A usage record cannot be of this type: orders and their refunds post it.
    ActionTypeNotMetered = 7,
    /// The quantity must be above zero.
    QuantityNotPositive = 8,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::ResourceNotFound => Meaning::of("resource_not_found", Status::NotFound, Retry::Later),
            Reason::ResourceExists => Meaning::of("resource_exists", Status::Conflict, Retry::Later),
            Reason::NotYourResource => Meaning::of("resource_of_other_account", Status::Unprocessable, Retry::Never),
            Reason::ResourceNotActive(_) => Meaning::of("resource_not_active", Status::Conflict, Retry::Later),
            Reason::PeriodTooOld => Meaning::of("period_too_old", Status::Unprocessable, Retry::Never),
            Reason::PeriodTooEarly => Meaning::of("period_too_early", Status::Unprocessable, Retry::Later),
            Reason::ActionTypeNotMetered => Meaning::of("action_type_not_metered", Status::Unprocessable, Retry::Never),
            Reason::QuantityNotPositive => Meaning::of("quantity_not_positive", Status::Unprocessable, Retry::Never),
        }
    }
}
