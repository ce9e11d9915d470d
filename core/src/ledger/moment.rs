//! A point in time, as data. The core never asks what time it is.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z. Business time: what the deployment's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Moment(i64);

impl Moment {
    /// The moment this many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Moment {
        Moment(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This many seconds later (earlier when negative); stays at the end of the range instead of leaving it.
    pub const fn plus_seconds(self, seconds: i64) -> Moment {
        Moment(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}
