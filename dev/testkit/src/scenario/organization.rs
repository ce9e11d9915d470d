//! What can be done in organizations: a part of what can be done in a scenario.

use super::moments::Name;
use credere_core::money::Amount;
use credere_core::organization::{Feature, Permissions};

/// What happens in an organization, which goes by its admin's name. An invitation that is given no name goes by that of
/// whoever is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format")]
pub enum Organizing {
    /// The account becomes the admin of a new one.
    Make {
        admin: Name,
    },
    /// The platform grants it something.
    Grant {
        admin: Name,
        accounts: Option<u32>,
        invitations: Option<u32>,
        /// So many accounts are created for it in a day.
        creations: Option<u32>,
        features: Option<Vec<Feature>>,
    },
    /// It is no more.
    End {
        admin: Name,
    },
    Invite {
        invitation: Name,
        admin: Name,
        member: Name,
        terms: MemberTerms,
        /// What to call the relation to its entity, where the invitation applies for one.
        applying: Option<Name>,
    },
    Cancel {
        admin: Name,
        invitation: Name,
    },
    Accept {
        member: Name,
        invitation: Name,
    },
    Deny {
        member: Name,
        invitation: Name,
    },
    /// Other terms; what is absent stays.
    ChangeMember {
        admin: Name,
        member: Name,
        terms: MemberTerms,
    },
    /// A member answers what its admin asks for.
    Decide {
        member: Name,
        admin: Name,
        agrees: bool,
    },
    Remove {
        admin: Name,
        members: Vec<Name>,
    },
    Quit {
        member: Name,
        admin: Name,
    },
    /// An account is opened for the organization, under another entity where one is named. What was created goes by the
    /// account's name.
    Create {
        member: Name,
        admin: Name,
        terms: MemberTerms,
        under: Option<Name>,
    },
    /// A creation that failed is tried again.
    Retry {
        member: Name,
        admin: Name,
        terms: MemberTerms,
    },
    /// The platform tells what the entity's admin says to a creation.
    DecideCreation {
        admin: Name,
        member: Name,
        approve: bool,
    },
    /// The organization trusts an entity, for which this account answers.
    Associate {
        relation: Name,
        admin: Name,
        entity: String,
        answers: Option<Name>,
    },
    /// Somebody else answers for it, or nobody.
    ChangeEntity {
        admin: Name,
        relation: Name,
        answers: Option<Name>,
    },
    /// The platform decides on an entity that was applied for.
    DecideEntity {
        admin: Name,
        relation: Name,
        approve: bool,
    },
    EndEntity {
        admin: Name,
        relation: Name,
    },
    /// Hands money to a member.
    Transfer {
        transfer: Name,
        admin: Name,
        member: Name,
        amount: Amount,
    },
    /// Takes back what a member has not spent.
    TakeBack {
        admin: Name,
        amount: Amount,
        transfer: Name,
    },
}

/// What an admin may do for a member, who pays, and whether the member may leave by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the words of the format")]
pub struct MemberTerms {
    pub permissions: Option<Permissions>,
    pub payer: Option<Name>,
    pub may_quit: Option<bool>,
}
