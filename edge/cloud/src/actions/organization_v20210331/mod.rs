//! Organizations, version 2021-03-31: an organization, its departments, its members. One folder a subject, and in it one file an
//! action, which bears the action's name in small letters.

mod departments;
mod members;
mod organizations;
mod words;

use super::offered::Room;
use crate::versions::Service;

/// Every action that is offered, sorted by name.
pub(super) const ROOM: Room = Room {
    service: Service::Organization,
    version: "2021-03-31",
    actions: &[
        organizations::create_organization::ACTION,
        members::create_organization_member::ACTION,
        organizations::delete_organization::ACTION,
        members::delete_organization_members::ACTION,
        organizations::describe_organization::ACTION,
        members::describe_organization_members::ACTION,
        departments::describe_organization_nodes::ACTION,
        members::invite_organization_member::ACTION,
        organizations::quit_organization::ACTION,
        members::update_organization_member::ACTION,
    ],
};
