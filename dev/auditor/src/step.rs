//! What can be asked for, as the auditor judges it. Most of it is a command; what else there is names a thing by its
//! number or its caller's name and leaves it to whoever is audited to look it up.

use credere_core::book::{Command, bills};
use credere_core::channel::{LineId, OrderId, RefundScope, ResourceName, Uin};
use credere_core::ledger::Month;
use credere_core::money::{Amount, Factor};

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A command.
    Command(Command),
    /// A refund of an order, by its number.
    Refund {
        /// Which order.
        order: OrderId,
        /// How much of what was paid.
        amount: Amount,
        /// Of the order alone, or of all that paid for its resource.
        scope: RefundScope,
        /// At once, or once it is delivered.
        capture: bool,
    },
    /// Another size or price for a resource, by its name.
    Resize {
        /// Which resource.
        name: ResourceName,
        /// New list price of a unit.
        unit_price: Option<Amount>,
        /// New number of units.
        quantity: Option<Factor>,
    },
    /// The end of a resource, by its name.
    Terminate {
        /// Which resource.
        name: ResourceName,
        /// List price of what was used since the last settlement.
        final_amount: Option<Amount>,
    },
    /// A receipt for single lines, by their numbers.
    ConfirmLines {
        /// Who paid.
        customer: Uin,
        /// Of which month's bill.
        month: Month,
        /// Which lines.
        lines: Vec<LineId>,
    },
}

impl Step {
    /// Its name in tallies: the action's, and one of their own for single lines.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Command(Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt {
                lines: bills::ReceiptLines::Named(_),
                ..
            })))
            | Step::ConfirmLines { .. } => "confirm_lines",
            Step::Command(command) => command.action().0.name(),
            Step::Refund { .. } => "refund_order",
            Step::Resize { .. } => "resize_resource",
            Step::Terminate { .. } => "terminate_resource",
        }
    }
}

impl From<Command> for Step {
    fn from(command: Command) -> Step {
        Step::Command(command)
    }
}
