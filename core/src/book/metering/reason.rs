//! The reasons for which a command about resources and usage is refused.

use crate::channel::ResourceState;
use credere_numbered::{Named, Numbered, Refused};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// No resource of this name runs or is stopped, and none ever did.
    #[refused(NotFound, Later)]
    ResourceNotFound = 1,
    /// A resource of this name runs or is stopped already.
    #[refused(Conflict, Later)]
    ResourceExists = 2,
    /// The resource belongs to another account than the record says.
    #[refused(Unprocessable, Never, "resource_of_other_account")]
    NotYourResource = 3,
    /// The resource is stopped, or it has ended.
    #[refused(Conflict, Later)]
    ResourceNotActive(ResourceState) = 4,
    /// The period began more than 18 months ago.
    #[refused(Unprocessable, Never)]
    PeriodTooOld = 5,
    /// The period begins more than 31 days from now.
    #[refused(Unprocessable, Later)]
    PeriodTooEarly = 6,
    /// Orders and their refunds post lines of this type, usage does not (R81).
    #[refused(Unprocessable, Never)]
    ActionTypeNotMetered = 7,
    /// The quantity must be above zero.
    #[refused(Unprocessable, Never)]
    QuantityNotPositive = 8,
}
