//! Organizations and their members: who is in one, and what its admin may do for whom (O4-O20, O32-O44, O49, O71-O72).
//! What follows for money when somebody begins or ceases to be paid for is `payers`'.

mod admission;
mod asked;
mod command;
mod creating;
mod creations;
mod entities;
mod event;
mod evolve;
mod invitations;
mod joining;
mod laws;
mod leaving;
mod organizations;
mod permissions;
mod reason;
mod relations;
mod seeing;
mod state;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{
    AcceptInvitation, AssociateEntity, CancelInvitation, ChangeEntity, ChangeMember, ChangeOrganization, Command,
    CreateMember, CreateOrganization, DecideCreation, DecideEntity, DecidePermissions, DeleteOrganization,
    DenyInvitation, EndEntity, InviteMember, QuitOrganization, RemoveMembers, RetryCreation,
};
pub use event::{
    CreationDecided, CreationRetried, EntityAssociated, EntityChanged, EntityDecided, EntityEnded, Event,
    InvitationEnded, InvitationSent, MemberChanged, MemberCreated, MemberJoined, MembersLeft, OrganizationChanged,
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
        Command::CreateMember(asked) => creating::create(book, context, asked),
        Command::RetryCreation(asked) => creating::retry(book, context, asked),
        Command::DecideCreation(asked) => creating::decide(book, context, asked),
        Command::AssociateEntity(asked) => entities::associate(book, asked),
        Command::ChangeEntity(asked) => entities::change(book, asked),
        Command::DecideEntity(asked) => entities::decide(book, asked),
        Command::EndEntity(asked) => entities::end(book, asked),
        Command::RemoveMembers(asked) => leaving::remove(book, context, asked),
        Command::QuitOrganization(asked) => leaving::quit(book, context, asked),
    }
}
