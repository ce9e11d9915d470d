//! What a scenario says of accounts, products and resources, as commands take it.

use crate::scenario::Profile;
use crate::world::Failure;
use credere_core::book::parties;
use credere_core::channel::{AccountClass, EntityId, ProductCode, ResourceName, Tier, Uin, Verification};

/// The name by which a scenario asks for a resource.
///
/// # Errors
/// [`Failure`] when it is none.
pub(crate) fn resource(name: &str) -> Result<ResourceName, Failure> {
    name.parse().map_err(|_| Failure::new(format!("`{name}` is not the name of a resource")))
}

/// A new account; an enterprise, and anybody's, unless its scenario says otherwise.
pub(crate) fn opened(uin: Option<Uin>, profile: &Profile) -> Result<parties::OpenAccount, Failure> {
    Ok(parties::OpenAccount {
        uin,
        class: profile.class.unwrap_or(AccountClass::External),
        verification: profile.verification.unwrap_or(Verification::Enterprise),
        tier: profile.tier.unwrap_or(Tier::None),
        site: profile.site,
        entity: entity(profile)?,
        followed: profile.followed.unwrap_or(false),
    })
}

/// The entity that an account is verified as.
pub(crate) fn entity(profile: &Profile) -> Result<Option<EntityId>, Failure> {
    profile.entity.as_deref().map(entity_of).transpose()
}

/// The entity that a scenario calls so.
pub(crate) fn entity_of(name: &str) -> Result<EntityId, Failure> {
    name.parse().map_err(|_| Failure::new(format!("`{name}` is no entity")))
}

/// The product that a scenario calls so.
pub(crate) fn product(code: &str) -> Result<ProductCode, Failure> {
    code.parse().map_err(|_| Failure::new(format!("`{code}` is not a product code")))
}
