//! What a deployment chooses once: its currency, the zone of its calendar, and whether it is a sandbox. All of it is fixed
//! at the first start, as facts beside the journal, since the book's figures and times mean nothing without it.

use crate::engine::{ZONE, offset_of};
use crate::failure::StartError;
use credere_core::money::is_currency;
use credere_store::contract::{DeploymentStore, StoreError};

const CURRENCY: &str = "currency";
pub(crate) const SANDBOX: &str = "sandbox";

/// What is fixed at the first start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The currency's code.
    pub currency: String,
    /// Offset of calendar rules from UTC, `+08:00`.
    pub zone: String,
    /// Whether business time is a test clock's.
    pub sandbox: bool,
}

impl Deployment {
    /// What a store was fixed as; `None` before its first start.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn of(store: &dyn DeploymentStore) -> Result<Option<Deployment>, StoreError> {
        let (Some(currency), Some(zone)) = (store.fact(CURRENCY)?, store.fact(ZONE)?) else { return Ok(None) };
        Ok(sandbox_of(store)?.map(|sandbox| Deployment { currency, zone, sandbox }))
    }

    /// The zone of calendar rules.
    ///
    /// # Errors
    /// [`StartError::Setting`] where its text is no offset.
    pub(crate) fn calendar_zone(&self) -> Result<jiff::tz::TimeZone, StartError> {
        let wrong = || StartError::Setting(format!("the zone `{}` is not an offset like `+08:00`", self.zone));
        let seconds = offset_of(&self.zone).ok_or_else(wrong)?;
        Ok(jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(seconds).map_err(|_| wrong())?))
    }

    /// Fixes what is not fixed yet. Everything is looked at before anything is fixed, so that a start that is refused leaves
    /// nothing behind.
    ///
    /// # Errors
    /// [`StartError`] where something was fixed as something else, or cannot be fixed.
    pub(crate) fn fix(&self, store: &dyn DeploymentStore) -> Result<(), StartError> {
        for (name, wanted) in [(CURRENCY, &self.currency), (ZONE, &self.zone)] {
            if let Some(fixed) = store.fact(name)?.filter(|fixed| fixed != wanted) {
                return Err(StartError::Fixed { name, fixed, wanted: wanted.clone() });
            }
        }
        if let Some(fixed) = sandbox_of(store)?.filter(|fixed| *fixed != self.sandbox) {
            return Err(StartError::Sandbox { fixed });
        }
        if store.fact(CURRENCY)?.is_none() && !is_currency(&self.currency) {
            let message = format!("the currency `{}` is no ISO 4217 code of a currency in use", self.currency);
            return Err(StartError::Setting(message));
        }
        let sandbox = if self.sandbox { "true" } else { "false" };
        for (name, fixed) in [(CURRENCY, &*self.currency), (ZONE, &*self.zone), (SANDBOX, sandbox)] {
            store.fix_fact(name, fixed)?;
        }
        Ok(())
    }
}

/// Whether a store is a sandbox's; `None` before its first start.
fn sandbox_of(store: &dyn DeploymentStore) -> Result<Option<bool>, StoreError> {
    match store.fact(SANDBOX)?.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(StoreError::corrupt(format!("whether it is a sandbox is said to be `{other}`"))),
    }
}
