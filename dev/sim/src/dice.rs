//! Chance, from one integer. Every random choice of a simulated world is a throw of these dice, so that the same seed
//! gives the same world on every machine and in every build; a test holds the sequence fast.

use oorandom::Rand64;

/// The dice of one world.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Rand64);

impl Dice {
    /// The dice of this seed.
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(Rand64::new(u128::from(seed)))
    }

    /// Any 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.rand_u64()
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.rand_range(0..end) }
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(span.saturating_add(1))).unwrap_or(0))
    }

    /// True `part` times in `whole`.
    pub(crate) fn chance(&mut self, part: u64, whole: u64) -> bool {
        self.below(whole) < part
    }

    /// One of these; `None` of nothing.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(at)
    }

    /// The place of one of these, each as likely as its weight.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_throws_for_ever() {
        let mut dice = Dice::new(1);
        let first: Vec<u64> = (0..4).map(|_| dice.below(1_000_000)).collect();
        let mut again = Dice::new(1);
        assert_eq!((0..4).map(|_| again.below(1_000_000)).collect::<Vec<_>>(), first);
        assert_eq!(first, FIRST_THROWS_OF_SEED_1);
        assert_ne!((0..4).map(|_| Dice::new(2).below(1_000_000)).collect::<Vec<_>>(), first);
    }

    const FIRST_THROWS_OF_SEED_1: [u64; 4] = [243_481, 348_241, 257_960, 706_714];

    #[test]
    fn throws_stay_within_their_bounds() {
        let mut dice = Dice::new(7);
        for _ in 0..1_000 {
            assert!((-3..=3).contains(&dice.between(-3, 3)));
            assert_eq!(dice.below(0), 0);
            assert_eq!(dice.weighted(&[0, 5, 0]), 1);
            assert!(dice.chance(1, 1) && !dice.chance(0, 1));
        }
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
