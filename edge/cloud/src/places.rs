//! Places for calls that are worked on. A call takes one when it is proven and permitted, so that nobody who is unknown, and
//! no body that has not arrived, holds one; an account gets at most half of them; and whoever waits for one is turned away
//! after a while.

use crate::error::{CloudError, ErrorCode};
use credere_app::shares::{Share, Shares};
use credere_core::channel::Uin;
use std::time::Duration;

/// Calls that are worked on at once, of which one account gets at most half.
const CALLS_MAX: usize = 256;
/// How long a call waits for a place.
const PLACE_WITHIN: Duration = Duration::from_secs(5);

/// All places.
#[derive(Debug)]
pub struct Places {
    shares: Shares<Uin>,
    within: Duration,
}

impl Default for Places {
    /// 256 places, for which a call waits at most 5 s.
    fn default() -> Places {
        Places::new(CALLS_MAX, PLACE_WITHIN)
    }
}

impl Places {
    /// So many places, for which a call waits so long.
    pub fn new(most: usize, within: Duration) -> Places {
        Places { shares: Shares::new(most), within }
    }

    /// A place for one call, given back when it is dropped.
    ///
    /// # Errors
    /// `OperationDenied.ServiceBusy` when none has become free in time.
    pub async fn take(&self, caller: Uin) -> Result<Share, CloudError> {
        let place = tokio::time::timeout(self.within, self.shares.take(caller, 1)).await;
        place.ok().flatten().ok_or_else(CloudError::busy)
    }
}

impl CloudError {
    /// Too much at once.
    pub(crate) fn busy() -> CloudError {
        CloudError::new(ErrorCode::ServiceBusy, "too much is waiting already, nothing was done; try again shortly")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_no_place_is_turned_away_and_one_account_does_not_keep_out_others() {
        let (one, other) = (Uin::new(1).unwrap(), Uin::new(2).unwrap());
        let places = Places::new(2, Duration::from_millis(2));
        let held = places.take(one).await.unwrap();
        assert_eq!(places.take(one).await.unwrap_err().code(), ErrorCode::ServiceBusy);
        let _held_too = places.take(other).await.unwrap();
        drop(held);
        assert!(places.take(one).await.is_ok());
    }
}
