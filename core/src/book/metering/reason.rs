//! The reasons for which a command about resources and usage is refused.

use crate::book::{Retry, Status};
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
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Reason::ResourceNotFound => "resource_not_found",
            Reason::ResourceExists => "resource_exists",
            Reason::NotYourResource => "resource_of_other_account",
            Reason::ResourceNotActive(_) => "resource_not_active",
            Reason::PeriodTooOld => "period_too_old",
            Reason::PeriodTooEarly => "period_too_early",
            Reason::ActionTypeNotMetered => "action_type_not_metered",
            Reason::QuantityNotPositive => "quantity_not_positive",
        }
    }

    /// What it means to a program.
    pub const fn status(&self) -> Status {
        match self {
            Reason::ResourceNotFound => Status::NotFound,
            Reason::ResourceExists | Reason::ResourceNotActive(_) => Status::Conflict,
            Reason::NotYourResource
            | Reason::PeriodTooOld
            | Reason::PeriodTooEarly
            | Reason::ActionTypeNotMetered
            | Reason::QuantityNotPositive => Status::Unprocessable,
        }
    }

    /// Whether the same request may succeed another time.
    pub const fn retry(&self) -> Retry {
        match self {
            Reason::ResourceNotFound
            | Reason::ResourceExists
            | Reason::ResourceNotActive(_)
            | Reason::PeriodTooEarly => Retry::Later,
            Reason::NotYourResource
            | Reason::PeriodTooOld
            | Reason::ActionTypeNotMetered
            | Reason::QuantityNotPositive => Retry::Never,
        }
    }
}
