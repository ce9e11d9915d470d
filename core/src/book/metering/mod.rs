//! What is paid for after use: resources and what they freeze, usage records (R57, R62-R73, R77-R86, R94,
//! R103-R107).

mod asked;
mod command;
mod cycle;
mod event;
mod evolve;
mod falls_due;
mod lanes;
mod laws;
mod reason;
mod resources;
mod schedule;
mod state;
mod usage;

use crate::book::{Book, Context, Decision, Rejection};
use crate::channel::ResourceStep;

pub use command::{
    ActivateResource, Command, DeleteResource, ResizeResource, ResumeResource, SettleUsage, SuspendResource,
    TerminateResource,
};
pub use event::{
    Event, ResourceActivated, ResourceDeleted, ResourceResized, ResourceResumed, ResourceSuspended, ResourceTerminated,
    UsageSettled,
};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use resources::freeze_of;
pub(super) use state::State;

/// Judges a command about resources and usage.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::ActivateResource(asked) => resources::activate(book, context, asked),
        Command::ResizeResource(asked) => resources::resize(book, context, asked),
        Command::TerminateResource(asked) => resources::terminate(book, context, asked),
        Command::SettleUsage(asked) => usage::settle(book, context, asked),
        Command::ResumeResource(asked) => resources::step(book, context, asked.id, ResourceStep::Resume),
        Command::SuspendResource(asked) => resources::step(book, context, asked.id, ResourceStep::Suspend),
        Command::DeleteResource(asked) => resources::step(book, context, asked.id, ResourceStep::Delete),
    }
}
