//! What happens in a simulated world: one act is one request to the application, as whoever asks it.

use credere_auditor::Step;
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Command, buying, metering, parties, vouchers};
use credere_core::channel::Uin;

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

/// An account, by its API credential.
pub(crate) fn signer(uin: Uin) -> Actor {
    let by = "AKIDexample".parse().unwrap_or_else(|_| unreachable!("the text is plain"));
    Actor::signed(uin, by)
}

/// The platform, with its first key.
pub(crate) const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

impl Act {
    /// The platform asks for this.
    pub(crate) fn platform(command: Command) -> Act {
        Act { actor: PLATFORM, asked: Asked::One(None, Step::Command(command)) }
    }

    /// What it asks for, where that is something that can be asked beforehand and is worth it.
    pub(crate) fn foretold(&self) -> Option<&Command> {
        let Asked::One(None, Step::Command(command)) = &self.asked else { return None };
        let wanted = matches!(
            command,
            Command::Buying(buying::Command::PlaceOrder(_))
                | Command::Metering(metering::Command::ActivateResource(_))
                | Command::Vouchers(vouchers::Command::IssueVoucher(_))
                | Command::Parties(
                    parties::Command::AllocateCredit(_)
                        | parties::Command::AllocatePool(_)
                        | parties::Command::UnbindCustomer(_)
                )
                | Command::Members(_)
        );
        wanted.then_some(command)
    }
}
