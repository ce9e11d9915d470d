//! What is timed: one thing that is done, another one each round.

use super::grown::{Grown, PLATFORM};
use credere_core::access::Actor;
use credere_core::book::Command;
use credere_core::channel::Uin;

/// One thing that is done.
pub(super) struct Shape {
    pub(super) name: &'static str,
    /// Makes it possible, and says what is to be timed; another one each round.
    pub(super) ask: fn(&mut Grown, u64) -> anyhow::Result<Asked>,
}

/// What is timed.
pub(super) enum Asked {
    /// A command that goes through, with the first of what follows from it.
    Command(Actor, Command),
    /// A command that is refused.
    Refused(Actor, Command),
    /// What follows at once from how an account stands.
    Consequence(Uin),
    /// What falls due next.
    Duty,
}

impl Shape {
    pub(super) fn of(name: &'static str, ask: fn(&mut Grown, u64) -> anyhow::Result<Asked>) -> Shape {
        Shape { name, ask }
    }
}

/// What the platform asks for.
pub(super) fn platform(command: impl Into<Command>) -> anyhow::Result<Asked> {
    Ok(Asked::Command(PLATFORM, command.into()))
}

/// What Credere does by itself.
pub(super) fn by_itself(command: impl Into<Command>) -> anyhow::Result<Asked> {
    Ok(Asked::Command(Actor::System, command.into()))
}
