//! Organizations, version 2018-12-25: the same organizations and members as in the newer version, and the only way to list and
//! answer invitations. One folder a subject, and in it one file an action, which bears the action's name in small letters.

mod invitations;
mod members;
mod organizations;

use super::offered::Room;
use crate::versions::Service;

/// Every action that is offered, sorted by name.
pub(super) const ROOM: Room = Room {
    service: Service::Organization,
    version: "2018-12-25",
    actions: &[
        invitations::accept_organization_invitation::ACTION,
        invitations::cancel_organization_invitation::ACTION,
        organizations::create_organization::ACTION,
        organizations::delete_organization::ACTION,
        members::delete_organization_members::ACTION,
        invitations::deny_organization_invitation::ACTION,
        organizations::get_organization::ACTION,
        members::get_organization_member::ACTION,
        invitations::list_organization_invitations::ACTION,
        members::list_organization_members::ACTION,
        organizations::quit_organization::ACTION,
        invitations::send_organization_invitation::ACTION,
        members::update_organization_member::ACTION,
    ],
};
