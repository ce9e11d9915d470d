//! How long a client is waited for: an alarm that costs nothing as long as it is only moved on, and patience with
//! somebody who moves bytes, which wears off while nothing comes and is earned back with every byte. Patience is a
//! deadline for progress and a least rate in one.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// Wakes a task at a moment that may change.
#[derive(Debug, Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready once `at` has come; the task is woken then. A moment that moves on does not touch the timer until it fires.
    pub(super) fn poll(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.deadline() > at {
            timer.as_mut().reset(at);
        }
        while timer.as_mut().poll(cx).is_ready() {
            if timer.deadline() >= at {
                return Poll::Ready(());
            }
            timer.as_mut().reset(at);
        }
        Poll::Pending
    }
}

/// Patience with one client.
#[derive(Debug)]
pub(super) struct Patience {
    /// How long it may do nothing at all.
    most: Duration,
    /// Bytes that earn a second.
    rate: u32,
    left: Duration,
    /// Since when it is being waited for.
    since: Option<Instant>,
    alarm: Alarm,
}

impl Patience {
    /// With a client that may do nothing for `most`, and must move at least `rate` bytes a second over time.
    pub(super) fn new(most: Duration, rate: u32) -> Patience {
        Patience { most, rate, left: most, since: None, alarm: Alarm::default() }
    }

    /// The client moved so many bytes.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.moved_at(bytes, Instant::now);
    }

    fn moved_at(&mut self, bytes: usize, now: impl FnOnce() -> Instant) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(now().saturating_duration_since(since));
        }
        let earned = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(1_000_000_000) / u64::from(self.rate);
        self.left = self.left.saturating_add(Duration::from_nanos(earned)).min(self.most);
    }

    /// The client is being waited for. Ready when there is no patience left; the task is woken then.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.alarm.poll(since + self.left, cx)
    }

    /// From now on it may do nothing for at most this long.
    pub(super) fn shorten(&mut self, most: Duration) {
        self.most = self.most.min(most);
        self.left = self.left.min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What is left when so many bytes come after so many seconds of waiting, again and again.
    fn left_after(steps: impl IntoIterator<Item = (u32, usize)>) -> Duration {
        let mut patience = Patience::new(30 * SECOND, 1_000);
        let mut now = Instant::now();
        for (seconds, bytes) in steps {
            patience.since = Some(now);
            now += seconds * SECOND;
            patience.moved_at(bytes, || now);
        }
        patience.left
    }

    #[test]
    fn patience_is_earned_and_never_saved_up() {
        assert_eq!(left_after([]), 30 * SECOND);
        assert_eq!(left_after([(10, 0)]), 20 * SECOND);
        assert_eq!(left_after([(10, 5_000)]), 25 * SECOND);
        assert_eq!(left_after([(10, usize::MAX)]), 30 * SECOND);
    }

    #[test]
    fn a_byte_now_and_then_is_not_enough() {
        assert_eq!(left_after([(10, 1), (10, 1), (9, 1)]), SECOND + Duration::from_millis(3));
        assert_eq!(left_after(std::iter::repeat_n((2, 1_000), 40)), Duration::from_secs(1));
        assert_eq!(left_after(std::iter::repeat_n((2, 2_000), 40)), 30 * SECOND, "the least rate is enough");
    }

    #[tokio::test]
    async fn an_alarm_fires_at_the_moment_that_holds_last() {
        let start = Instant::now();
        let mut alarm = Alarm::default();
        let far = start + 3_600 * SECOND;
        assert!(std::future::poll_fn(|cx| Poll::Ready(alarm.poll(far, cx))).await.is_pending());
        let soon = start + Duration::from_millis(2);
        std::future::poll_fn(|cx| alarm.poll(soon, cx)).await;
        assert!(Instant::now() >= soon);
        assert!(std::future::poll_fn(|cx| Poll::Ready(alarm.poll(far, cx))).await.is_pending());
        let next = Instant::now() + Duration::from_millis(2);
        std::future::poll_fn(|cx| alarm.poll(next, cx)).await;
        assert!(Instant::now() >= next);
    }

    #[tokio::test]
    async fn without_any_progress_patience_ends() {
        let mut patience = Patience::new(3_600 * SECOND, 1_000);
        patience.shorten(Duration::from_millis(2));
        std::future::poll_fn(|cx| patience.poll(cx)).await;
        assert!(patience.since.is_some());
    }
}
