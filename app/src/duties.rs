//! The job that does what falls due by itself: expiries, bills, the day's sweep, grace, deletion. What is due follows from
//! the book alone, so it may run at any moment, twice, or not for a while. Under a test clock it is the clock's move that
//! does it, stopping at each moment at which something falls due.

use crate::app::App;
use crate::caller::Caller;
use crate::engine::{Request, Work};
use crate::failure::{Failure, StartError};
use credere_core::ledger::Moment;
use std::sync::{Arc, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// Duties that one commit does at most.
const AT_ONCE: usize = 1_000;

fn duties(clock_to: Option<Moment>) -> Request {
    Request { info: Caller::system().info(), work: Work::Duties { clock_to, limit: AT_ONCE } }
}

impl App {
    /// Whether something is due now.
    fn something_is_due(&self) -> bool {
        let clock = self.engine.clock();
        self.engine.peek(|book| book.duty(clock.now(book.now())).is_some())
    }

    pub(crate) fn do_duties_blocking(&self) -> Result<(), Failure> {
        while self.something_is_due() {
            self.engine.submit_blocking(duties(None))?;
        }
        Ok(())
    }

    /// Does what is due now.
    pub(crate) async fn do_duties(&self) -> Result<(), Failure> {
        while self.something_is_due() {
            self.engine.submit(duties(None)).await?;
        }
        Ok(())
    }

    /// Moves the test clock to each moment before `to` at which something falls due, and does it there.
    pub(crate) async fn do_duties_until(&self, to: Moment) -> Result<(), Failure> {
        loop {
            self.do_duties().await?;
            let next = self.engine.peek(|book| book.next_due());
            match next.filter(|next| *next <= to) {
                Some(next) => drop(self.engine.submit(duties(Some(next))).await?),
                None => return Ok(()),
            }
        }
    }

    /// The same for a caller that is not asynchronous.
    ///
    /// # Errors
    /// [`Failure`]
    pub fn advance_clock_blocking(&self, to: Moment) -> Result<(), Failure> {
        loop {
            self.do_duties_blocking()?;
            let next = self.engine.peek(|book| book.next_due()).filter(|next| *next <= to);
            self.engine.submit_blocking(duties(Some(next.unwrap_or(to))))?;
            if next.is_none() {
                return self.do_duties_blocking();
            }
        }
    }
}

/// Looks once a second of the machine's time. Ends when the sender is dropped or the application is gone.
pub(crate) fn duties_by_the_second(app: &Arc<App>) -> Result<(mpsc::Sender<()>, JoinHandle<()>), StartError> {
    let (stop, stopped) = mpsc::channel();
    let app: Weak<App> = Arc::downgrade(app);
    let work = move || {
        while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(Duration::from_secs(1)) {
            let Some(app) = app.upgrade() else { return };
            // This look is also what finds a jump while nobody writes.
            if app.engine.clock().jump().is_some() {
                continue;
            }
            if let Err(error) = app.do_duties_blocking() {
                tracing::warn!(%error, "what is due cannot be done yet");
            }
        }
    };
    let thread = std::thread::Builder::new().name("duties".to_owned()).spawn(work);
    Ok((stop, thread.map_err(|error| StartError::Setting(format!("no thread for `duties`: {error}")))?))
}
