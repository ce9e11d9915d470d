//! What a rate must reach beside its yardstick.

use crate::report::{Figure, Quantity, Verdict};

/// The share of the yardstick that suffices where the disk is slow: 40 % in process, 20 % over HTTP.
pub(super) fn due(target: u64, yardstick: Quantity, percent: u64) -> (u64, String) {
    let share = yardstick.number() / 100 * percent;
    if share < target {
        (share, format!("{} ({percent} % of raw)", Quantity::PerSecond(share)))
    } else {
        (target, Quantity::PerSecond(target).to_string())
    }
}

/// Holds a rate against what it must reach beside its yardstick.
pub(super) fn held_against(figure: Figure, name: String, yardstick: Quantity, target: u64, percent: u64) -> Figure {
    let (due, text) = due(target, yardstick, percent);
    let reached = figure.measured.is_some_and(|rate| rate.number() >= due);
    Figure { yardstick: Some((name, yardstick)), verdict: Verdict::of(reached, text), ..figure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_lowers_what_must_be_reached() {
        assert_eq!(due(300_000, Quantity::PerSecond(2_000_000), 40).0, 300_000);
        assert_eq!(due(300_000, Quantity::PerSecond(500_000), 40), (200_000, "200,000 /s (40 % of raw)".to_owned()));
    }
}
