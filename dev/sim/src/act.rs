//! What happens in a simulated world: one act is one request to the application, as whoever asks it.

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Command, bills};
use credere_core::channel::{LineId, OrderId, Uin};
use credere_core::ledger::Month;
use credere_core::money::Amount;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// Who asks.
    pub(crate) actor: Actor,
    /// One thing that is asked for, or several in one batch.
    pub(crate) asked: Asked,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// One thing, under an idempotency key where it has one.
    One(Option<u64>, Step),
    /// A batch of usage records or of operations, each under its own key.
    Batch(Vec<(u64, Step)>),
}

/// One thing that is asked for. Most are commands; these need something that the application looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A command.
    Command(Command),
    /// A refund of an order, by its number.
    Refund { order: OrderId, amount: Amount },
    /// A receipt for single lines, by their numbers.
    ConfirmLines { customer: Uin, month: Month, lines: Vec<LineId> },
}

/// The platform, with its first key.
pub(crate) const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

impl Act {
    /// The platform asks for this.
    pub(crate) fn platform(command: Command) -> Act {
        Act { actor: PLATFORM, asked: Asked::One(None, Step::Command(command)) }
    }
}

impl Step {
    /// Its name in tallies.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Step::Command(Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt {
                lines: bills::ReceiptLines::Named(_),
                ..
            })))
            | Step::ConfirmLines { .. } => "confirm_lines",
            Step::Command(command) => command.action().0.name(),
            Step::Refund { .. } => "refund_order",
        }
    }
}
