//! Organizations: what an admin may do for its members, and the list of conditions under which it pays on their behalf
//! (O49-O73). Types and pure rules; how they change the whole is the business of `book`.

mod check;
mod condition;
mod creation;
mod facts;
mod failure;
mod ids;
mod interval;
mod member;
mod permission;
mod relation;
mod settings;
mod transfer;

pub use check::{Joining, Row, Verdict, check_joining, check_leaving};
pub use condition::{Condition, Subject};
pub use creation::{Creation, CreationState};
pub use facts::{CheckRules, Facts, OpenOrder};
pub use failure::Failure;
pub use ids::{InvitationId, NodeId, OrganizationId, RecordId, RelationId};
pub use interval::{EndedBy, PayerInterval, StartedBy};
pub use member::{Asked, INVITATION_SECONDS, Invitation, InvitationEnd, Member, MemberKind, Organization};
pub use permission::{Feature, Permission, Permissions};
pub use relation::{EntityRelation, RELATIONS_MAX, RelationState};
pub use settings::{Quotas, QuotasChange, Settings};
pub use transfer::{Transfer, transferable};
