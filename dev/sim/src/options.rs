//! What to simulate, from the command line.

use std::ops::Range;

/// Which worlds, how large, and for how long.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Simulate the world of this one seed.
    #[arg(long, value_name = "N", conflicts_with = "seeds", default_value_t = 1)]
    pub seed: u64,
    /// Simulate the worlds of these seeds, the last one excluded: `0..200`.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub seeds: Option<Seeds>,
    /// Days of each world.
    #[arg(long, value_name = "D", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..))]
    pub days: u32,
    /// How large each world is.
    #[command(flatten)]
    pub size: Size,
    /// Worlds at a time [default: as many as there are processors].
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Look at the whole world after every act, which finds a failure where it begins, and takes longer.
    #[arg(long)]
    pub thorough: bool,
    /// Print every act, and at the end how often each came to what.
    #[arg(long)]
    pub verbose: bool,
}

/// How large a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Size {
    /// Partners: resellers, distributors and second-level resellers in turn.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=900))]
    pub partners: u32,
    /// Customers.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=900))]
    pub customers: u32,
    /// Acts a day.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub acts: u32,
}

impl Default for Size {
    fn default() -> Size {
        Size { partners: 3, customers: 50, acts: 20 }
    }
}

/// Seeds from the first up to, not including, the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeds(pub Range<u64>);

fn seeds(text: &str) -> Result<Seeds, String> {
    let wrong = || format!("`{text}` is not a range like `0..200`");
    let (first, end) = text.split_once("..").ok_or_else(wrong)?;
    let (first, end) = (first.parse().map_err(|_| wrong())?, end.parse().map_err(|_| wrong())?);
    if first < end { Ok(Seeds(first..end)) } else { Err(wrong()) }
}

/// One world and how long it is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The integer that everything follows from.
    pub seed: u64,
    /// For how many days.
    pub days: u32,
    /// How large.
    pub size: Size,
    /// Whether the whole world is looked at after every act.
    pub thorough: bool,
}

impl Plan {
    /// The command that runs it again.
    pub(crate) fn again(&self) -> String {
        let (defaults, mut text) =
            (Size::default(), format!("credere simulate --seed {} --days {}", self.seed, self.days));
        for (name, value, default) in [
            ("partners", self.size.partners, defaults.partners),
            ("customers", self.size.customers, defaults.customers),
            ("acts", self.size.acts, defaults.acts),
        ] {
            if value != default {
                text.push_str(&format!(" --{name} {value}"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seeds("3..5"), Ok(Seeds(3..5)));
        for wrong in ["5..3", "3..3", "3", "a..b", "-1..2", ".."] {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_plan_says_how_to_run_it_again() {
        let plan = Plan { seed: 7, days: 30, size: Size { acts: 5, ..Size::default() }, thorough: false };
        assert_eq!(plan.again(), "credere simulate --seed 7 --days 30 --acts 5");
    }
}
