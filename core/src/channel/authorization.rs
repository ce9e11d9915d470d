//! Authorizations: a hold on both sides, which is captured once, released, or expires.

use super::{Binding, Paying, Price, Uin};
use crate::ledger::Moment;
use serde::{Deserialize, Serialize};

/// How long an authorization stays open unless it says otherwise: 7 days.
pub const EXPIRES_AFTER_DEFAULT: i64 = 7 * 86_400;
/// The longest that one may stay open: 30 days.
pub const EXPIRES_AFTER_MAX: i64 = 30 * 86_400;

/// An open authorization. Closed ones leave the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Who buys.
    pub account: Uin,
    /// Whose credit and whose spend line are held.
    pub paying: Paying,
    /// Under which of the payer's bindings; `None` when a partner holds for itself, so that there is no payer's side, and where
    /// money of one's own is held.
    pub binding: Option<Binding>,
    /// The product's number.
    pub product: u32,
    /// What is held on each side, and the rates at which a part is captured.
    pub price: Price,
    /// When it was opened.
    pub opened_at: Moment,
    /// From this moment on it can no longer be captured.
    pub expires_at: Moment,
}
