//! Entities that an organization trusts besides its admin's own (O40).

use super::ids::{OrganizationId, RelationId};
use crate::channel::{EntityId, Uin};
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// As many entities as an organization is associated with, or asks to be, at most.
pub const RELATIONS_MAX: usize = 100;

/// How far an entity is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum RelationState {
    /// An invitation asks for it, and the platform has not decided yet.
    Applied = 1,
    /// Its accounts may join, though the admin does not pay for them (O52).
    Active = 2,
}

/// An entity besides the admin's whose accounts may join an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRelation {
    /// Its number.
    pub id: RelationId,
    /// Which organization trusts it.
    pub organization: OrganizationId,
    /// Which entity. An organization has one relation to it at most.
    pub entity: EntityId,
    /// What the entity is called; decides nothing.
    pub name: String,
    /// How far it is trusted.
    pub state: RelationState,
    /// Who answers for the entity: agrees to accounts that are created under it (O34), and may not leave (O43).
    pub admin: Option<Uin>,
}

impl EntityRelation {
    /// Whether accounts of the entity may join.
    pub fn is_active(&self) -> bool {
        self.state == RelationState::Active
    }
}
