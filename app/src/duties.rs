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
/// Stops of the test clock after which the log says how far it has come.
const TOLD_EVERY: u64 = 10_000;
/// How long the test clock waits where too much waits already, and how often in turn: ten seconds, as long as a read waits.
const PAUSE: Duration = Duration::from_millis(10);
const OVERLOADS_MAX: u32 = 1_000;

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

    /// Moves the test clock to each moment before `to` at which time has to stop, and does there what is due by then. Each
    /// stop is a commit of its own and what is due there as many as it takes, so others get their turns between them and see
    /// how far the clock has come; whoever breaks off leaves it there.
    pub(crate) async fn do_duties_until(&self, to: Moment) -> Result<(), Failure> {
        let (mut stops, mut overloads) = (0_u64, 0);
        loop {
            let due = self.something_is_due();
            let step = if due { None } else { self.next_stop(to) };
            if !due && step.is_none() {
                return Ok(());
            }
            match self.engine.submit(duties(step)).await {
                Ok(_) => overloads = 0,
                // History is further behind than it may be: it catches up while nobody asks for more.
                Err(Failure::Overloaded) if overloads < OVERLOADS_MAX => {
                    overloads += 1;
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(failure) => return Err(failure),
            }
            stops += u64::from(step.is_some());
            if let Some(stop) = step.filter(|_| stops.is_multiple_of(TOLD_EVERY)) {
                tracing::info!(at = self.local_time(stop), stops, "the test clock is on its way");
            }
        }
    }

    /// The next moment up to `to` at which time has to stop.
    fn next_stop(&self, to: Moment) -> Option<Moment> {
        self.engine.peek(|book| book.next_stop()).filter(|stop| *stop <= to)
    }

    /// Moves the test clock to `to`, stopping where it has to, for a caller that is not asynchronous. It waits for nobody:
    /// where history trails too far, that is an error.
    ///
    /// # Errors
    /// [`Failure`]
    pub fn advance_clock_blocking(&self, to: Moment) -> Result<(), Failure> {
        loop {
            self.do_duties_blocking()?;
            let next = self.next_stop(to);
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
