//! The job that ends authorizations whose time is over. What is due follows from the book alone, so it may run at any
//! moment, twice, or not for a while: an authorization past its time cannot be used anyway.

use super::Caller;
use crate::engine::{Operation, Request, Work};
use crate::failure::{Failure, StartError};
use crate::start::App;
use credere_core::access::{Actor, Face};
use credere_core::book::Command;
use std::sync::{Arc, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;

/// Expiries that one request ends.
const AT_ONCE: usize = 1_000;

impl App {
    pub(crate) fn due_expiries(&self) -> Option<Request> {
        let clock = self.engine.clock();
        let due = self.engine.peek(|book| book.due_to_expire(clock.now(book.now()), AT_ONCE));
        if due.is_empty() {
            return None;
        }
        let operations = due
            .into_iter()
            .map(|authorization| Operation { key: None, command: Command::Expire { authorization } })
            .collect();
        let caller = Caller { request_id: Uuid::new_v4(), actor: Actor::System, face: Face::System };
        Some(Request { info: caller.info(), work: Work::Batch(operations) })
    }

    pub(crate) async fn expire_due(&self) -> Result<(), Failure> {
        while let Some(request) = self.due_expiries() {
            self.engine.submit(request).await?;
        }
        Ok(())
    }
}

/// Looks once a second of the machine's time. Ends when the sender is dropped or the application is gone.
pub(crate) fn expire_by_the_second(app: &Arc<App>) -> Result<(mpsc::Sender<()>, JoinHandle<()>), StartError> {
    let (stop, stopped) = mpsc::channel();
    let app: Weak<App> = Arc::downgrade(app);
    let work = move || {
        while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_secs(1)) {
            let Some(app) = app.upgrade() else { return };
            while let Some(request) = app.due_expiries() {
                if let Err(error) = app.engine.submit_blocking(request) {
                    tracing::warn!(%error, "due authorizations cannot be ended yet");
                    break;
                }
            }
        }
    };
    let thread = std::thread::Builder::new().name("expiry".to_owned()).spawn(work);
    Ok((stop, thread.map_err(|error| StartError::Setting(format!("no thread for `expiry`: {error}")))?))
}
