//! Organizations and their members: who is in one, and what its admin may do for whom (O4-O20, O32, O38-O44, O49, O71-O72).
//! What follows for money when somebody begins or ceases to be paid for is `payers`'.

mod admission;
mod asked;
mod command;
mod event;
mod evolve;
mod invitations;
mod joining;
mod laws;
mod leaving;
mod organizations;
mod permissions;
mod reason;
mod seeing;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{
    AcceptInvitation, CancelInvitation, ChangeMember, ChangeOrganization, Command, CreateOrganization,
    DecidePermissions, DeleteOrganization, DenyInvitation, InviteMember, QuitOrganization, RemoveMembers,
};
pub use event::{
    Event, InvitationEnded, InvitationSent, MemberChanged, MemberJoined, MembersLeft, OrganizationChanged,
    OrganizationCreated, OrganizationDeleted, PermissionsDecided,
};
pub use reason::Reason;

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use state::State;

/// Judges a command about organizations.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::CreateOrganization(asked) => organizations::create(book, asked),
        Command::ChangeOrganization(asked) => organizations::change(book, asked),
        Command::DeleteOrganization(asked) => organizations::delete(book, asked),
        Command::InviteMember(asked) => invitations::send(book, context, asked),
        Command::CancelInvitation(asked) => invitations::cancel(book, context, asked),
        Command::DenyInvitation(asked) => invitations::deny(book, context, asked),
        Command::AcceptInvitation(asked) => joining::accept(book, context, asked),
        Command::ChangeMember(asked) => permissions::change(book, context, asked),
        Command::DecidePermissions(asked) => permissions::agree(book, context, asked),
        Command::RemoveMembers(asked) => leaving::remove(book, context, asked),
        Command::QuitOrganization(asked) => leaving::quit(book, context, asked),
    }
}
