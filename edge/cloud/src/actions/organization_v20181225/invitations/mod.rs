//! Invitations, of both versions: sent and taken back by an admin, accepted or turned down by whoever is invited.

pub(super) mod accept_organization_invitation;
pub(super) mod cancel_organization_invitation;
pub(super) mod deny_organization_invitation;
pub(super) mod list_organization_invitations;
pub(super) mod send_organization_invitation;
