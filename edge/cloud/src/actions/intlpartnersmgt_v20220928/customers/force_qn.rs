//! A partner suspends one of its direct customers by force, or ends that (R108-R109). Only partners that the platform has
//! granted it to may; a distributor does not reach the customers of its second-level resellers (A23). Credit does not
//! move. Both fields of the answer are given up in the published definition, and say nothing.

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, once, reading};
use crate::envelope::Reply;
use crate::published::intlpartnersmgt_v20220928::{ForceQNRequest, ForceQNResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, standing};
use credere_core::channel::Customer;

/// Not suspended by force.
const NORMAL: u64 = 0;
/// Suspended by force.
const FORCED: u64 = 2;

offered! {
    "ForceQN": ForceQNRequest::PARAMS, Some(2), ForceSuspension,
    [InvalidParameterValue, ServiceBusy]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = ForceQNRequest::read(&call.args)?;
    let forced = match request.r#type {
        NORMAL => false,
        FORCED => true,
        _ => return Err(errors::bad_value("Type", "must be 0 for normal or 2 for suspended by force")),
    };
    let customer = reading::account(app, caller(call), ACCESS, request.client_uin, ERRORS).await?;
    once::command(app, call, Command::from(standing::ForceSuspension { customer, forced }), ERRORS).await?;
    Reply::of(&ForceQNResponse { c: 0, m: String::new() })
}

/// How the other actions show whether a customer is suspended by force (R108).
pub(in crate::actions) fn shown(customer: &Customer) -> u64 {
    if customer.spending.forced_since.is_some() { FORCED } else { NORMAL }
}
