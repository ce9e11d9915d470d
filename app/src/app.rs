//! Credere, running: what all use cases work with. It is put together in [`crate::start`]; what it can do stands in
//! the rooms of the areas.

use crate::deployment::PlatformKeys;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::notices::Notices;
use crate::secrets::{MasterKey, SecretText};
use credere_core::book::Book;
use credere_core::ledger::{Calendar, Moment};
use credere_store::contract::DeploymentStore;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

/// Credere, running.
pub struct App {
    pub(crate) engine: Engine,
    pub(crate) deployment: Arc<dyn DeploymentStore>,
    pub(crate) master_key: MasterKey,
    /// Something sealed that is opened in place of a credential that does not exist, so that both take as long.
    pub(crate) decoy: Vec<u8>,
    pub(crate) platform_keys: PlatformKeys,
    pub(crate) currency: String,
    pub(crate) zone: jiff::tz::TimeZone,
    pub(crate) first_key: Option<SecretText>,
    /// When version 2 recorded its last, in a store that was upgraded.
    pub(crate) version_2_until: Option<Moment>,
    /// The thread that looks for what is due; it ends when the sender is dropped.
    pub(crate) duties: parking_lot::Mutex<Option<(mpsc::Sender<()>, JoinHandle<()>)>>,
    pub(crate) notices: OnceLock<Notices>,
    /// Held while a webhook is changed.
    pub(crate) webhook_changes: tokio::sync::Mutex<()>,
}

impl App {
    /// The platform key that was made at this start, to be shown once.
    pub fn first_key(&self) -> Option<&SecretText> {
        self.first_key.as_ref()
    }

    /// The deployment's currency.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The zone of calendar rules.
    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }

    /// The deployment's calendar, which says on which month's bill a moment is.
    pub fn calendar(&self) -> Calendar {
        self.engine.peek(|book| book.calendar())
    }

    /// Business time as text in the deployment's zone, `2026-01-31 08:00:00` (R41).
    pub fn local_time(&self, at: Moment) -> String {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        at.to_zoned(self.zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The moment that a text of that form says; `None` for any other text.
    pub fn of_local_time(&self, text: &str) -> Option<Moment> {
        let at = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
        let at = at.to_zoned(self.zone().clone()).ok()?;
        Some(Moment::from_micros(at.timestamp().as_microsecond()))
    }

    /// Business time as RFC 3339 in the deployment's zone, `2026-01-31T08:00:00+08:00`.
    pub fn rfc3339(&self, at: Moment) -> String {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        at.to_zoned(self.zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
    }

    /// The engine, for reading and for figures.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Reads the book for a view; see [`Engine::read`].
    ///
    /// # Errors
    /// As there.
    pub async fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> Result<T, Failure> {
        self.engine.read(look).await
    }

    /// Finishes what waits and stops. Blocks until all of it is done.
    pub fn close(&self) {
        if let Some((stop, thread)) = self.duties.lock().take() {
            drop(stop);
            let _ = thread.join();
        }
        self.engine.close();
        if let Some(notices) = self.notices.get() {
            notices.close();
        }
    }
}
