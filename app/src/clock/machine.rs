//! The one place that reads the machine's clocks.

use credere_core::ledger::Moment;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One look at both of the machine's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time of day, which can be set.
    pub wall: Moment,
    /// What has gone by since some fixed point; it is never set, and goes on while the machine sleeps.
    pub steady: Duration,
}

/// Where readings come from: the machine, or whatever plays its part.
#[derive(Clone)]
pub struct Machine(Arc<dyn Fn() -> Reading + Send + Sync>);

impl Machine {
    /// A machine whose clocks are read by this.
    pub fn new(read: impl Fn() -> Reading + Send + Sync + 'static) -> Machine {
        Machine(Arc::new(read))
    }

    pub(super) fn read(&self) -> Reading {
        (self.0)()
    }
}

impl Default for Machine {
    /// The machine that this runs on.
    fn default() -> Machine {
        Machine::new(|| Reading { wall: machine_now(), steady: steady_now() })
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

/// The machine's time, believed or not. Whatever has an application asks its [`BusinessClock::time_of_day`] instead.
#[expect(clippy::disallowed_methods, reason = "this is the one system clock")]
pub fn machine_now() -> Moment {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_micros(micros(since_epoch))
}

/// What has gone by since the machine was started, also while it slept.
fn steady_now() -> Duration {
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    let (seconds, nanos) = (u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0));
    Duration::new(seconds, nanos)
}

/// A stopwatch for how far history trails; not a time of day.
pub(crate) fn ticks() -> Instant {
    Instant::now()
}

/// A span in microseconds, as moments count.
pub(super) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
