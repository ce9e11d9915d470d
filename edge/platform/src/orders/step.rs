//! What the steps of an order share, each of which has a file of its own: the order that a path names, and the answer.

use super::view::OrderBody;
use crate::call::{Answer, Call, changed};
use crate::problem::{Fields, Problem};
use credere_app::Done;
use credere_app::Failure;
use credere_core::book::{Rejection, buying};
use credere_core::channel::OrderId;

/// The order that a path names.
///
/// # Errors
/// `order_not_found`
pub(super) fn id_in_path(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::Buying(buying::Reason::OrderNotFound)))
}

/// The order as a step left it.
///
/// # Errors
/// The refusal or failure; `fields` says which refusal is about which field.
pub(super) fn stepped(call: &Call, outcome: Result<Done, Failure>, fields: &Fields) -> Answer {
    let done = call.judged(outcome, fields)?;
    let order = call.app().order_after(&done.event)?;
    changed(&OrderBody::new(call, order), done.replayed)
}
