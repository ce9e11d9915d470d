//! When a delivery that failed is tried again: a list of delays, one after each attempt, and a little more by chance, so
//! that what failed together does not come back together.

use crate::random;
use credere_core::ledger::Moment;
use std::str::FromStr;
use std::time::Duration;

/// Delays are lengthened by up to this part of themselves.
const JITTER_PART: u64 = 10;
/// More delays than this are refused: nobody waits for the thirty-third attempt.
const DELAYS_MAX: usize = 32;

/// The delays between attempts. After the last of them a delivery is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

impl Schedule {
    /// The delay after an attempt that has had this many retries before it; `None` when it was the last.
    pub fn delay(&self, retries: u32) -> Option<Duration> {
        self.0.get(usize::try_from(retries).ok()?).copied()
    }

    /// How many attempts there are in all.
    pub fn attempts(&self) -> usize {
        self.0.len() + 1
    }
}

impl FromStr for Schedule {
    type Err = String;

    /// Reads `5s 5m 2h`: whole numbers with one of `ms`, `s`, `m`, `h`, `d`, separated by spaces or commas.
    fn from_str(text: &str) -> Result<Schedule, String> {
        let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
        let delays: Vec<Duration> = parts.map(read_delay).collect::<Result<_, _>>()?;
        if delays.is_empty() || delays.len() > DELAYS_MAX {
            return Err(format!("`{text}` must name 1 to {DELAYS_MAX} delays"));
        }
        Ok(Schedule(delays))
    }
}

fn read_delay(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no delay like `5s`, `30m` or `2h`");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = text[..digits].parse().map_err(|_| wrong())?;
    let unit = match &text[digits..] {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(3_600),
        "d" => Duration::from_secs(86_400),
        _ => return Err(wrong()),
    };
    Ok(unit * number)
}

/// `delay`, lengthened by chance. Without randomness it stays as it is.
pub(super) fn with_jitter(delay: Duration) -> Duration {
    let most = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX) / JITTER_PART;
    let mut bytes = [0; 8];
    if most == 0 || random::fill(&mut bytes).is_err() {
        return delay;
    }
    delay + Duration::from_millis(u64::from_le_bytes(bytes) % (most + 1))
}

/// This much later.
pub(super) fn later(at: Moment, by: Duration) -> Moment {
    Moment::from_micros(at.micros().saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_read_in_order() {
        let schedule: Schedule = "100ms, 5s 30m,2h 1d".parse().unwrap();
        let millis: Vec<u128> = (0..6).map_while(|retries| schedule.delay(retries)).map(|d| d.as_millis()).collect();
        assert_eq!(millis, [100, 5_000, 1_800_000, 7_200_000, 86_400_000]);
        assert_eq!(schedule.attempts(), 6);
    }

    #[test]
    fn what_is_no_delay_is_named() {
        for wrong in ["", " , ", "5", "s", "5x", "-5s", "99999999999s", "5 s"] {
            assert!(wrong.parse::<Schedule>().is_err(), "{wrong}");
        }
        assert!("5s ".repeat(33).parse::<Schedule>().is_err());
        assert!("5s 7y".parse::<Schedule>().unwrap_err().contains("`7y`"));
    }

    #[test]
    fn jitter_only_lengthens_and_by_a_tenth_at_most() {
        let delay = Duration::from_secs(10);
        for _ in 0..100 {
            let lengthened = with_jitter(delay);
            assert!(lengthened >= delay && lengthened <= delay + delay / 10, "{lengthened:?}");
        }
        assert_eq!(with_jitter(Duration::from_millis(9)), Duration::from_millis(9));
    }
}
