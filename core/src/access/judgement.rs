//! The judgement of one action: what its row says of the caller's role, and of how the caller stands to the account.

use super::actions::Action;
use super::actor::{Denial, Relation, Role};
use super::permission::Reach;

/// Whether `role` may do `action` to an account that it stands to as `relation`; `None` when the action has no such
/// account. Role first, then relation (the order of the Cloud API's errors).
///
/// # Errors
/// The [`Denial`].
pub fn judge(action: Action, role: Role, relation: Option<Relation>) -> Result<(), Denial> {
    let permission = action.permission();
    match role {
        Role::Platform => {
            return if permission.platform { Ok(()) } else { Err(Denial::WrongRole) };
        }
        Role::PlatformRead if !permission.platform => return Err(Denial::WrongRole),
        Role::PlatformRead => {
            return if permission.writes { Err(Denial::ReadOnlyKey) } else { Ok(()) };
        }
        Role::System => {
            return if permission.system { Ok(()) } else { Err(Denial::WrongRole) };
        }
        Role::Partner(_) | Role::Customer | Role::FormerCustomer | Role::Unaffiliated => {}
    }
    if !permission.roles.contains(&role) {
        return Err(Denial::WrongRole);
    }
    let reached = match (permission.reach, relation) {
        (Reach::Anything, _) | (_, None) => true,
        (Reach::Own, Some(relation)) => relation == Relation::Own,
        (Reach::DirectCustomers, Some(relation)) => relation == Relation::DirectCustomer,
        (Reach::BilledCustomers, Some(relation)) => {
            matches!(relation, Relation::DirectCustomer | Relation::FormerCustomer)
        }
        (Reach::OwnTree, Some(relation)) => {
            matches!(relation, Relation::DirectCustomer | Relation::IndirectCustomer | Relation::FormerCustomer)
        }
        (Reach::SecondLevels, Some(relation)) => relation == Relation::SecondLevel,
    };
    if reached { Ok(()) } else { Err(Denial::NotYours) }
}
