//! Shards, and the numbers that they give: every thing that the server numbers has one that says in which journal its
//! making is, and where. The one place where a number is made.

use std::fmt;
use thiserror::Error;

/// Bits of a number that say the position; the shard's ten are above them.
const POSITION_BITS: u32 = 43;

/// No number is left to give out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no number is left to give out")]
pub struct NumbersExhausted;

/// A part of the deployment that has a journal of its own: 0 to 1,023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shard(u16);

impl Shard {
    /// The first one, which every deployment has, and most have no other. What is the whole deployment's is in its journal.
    pub const FIRST: Shard = Shard(0);
    /// The last one there can be: with it numbers end at 2^53-1, the largest that every JSON reader holds exactly.
    pub const LAST: Shard = Shard((1 << (53 - POSITION_BITS)) - 1);

    /// The shard with this number; `None` beyond [`Shard::LAST`].
    pub const fn new(number: u16) -> Option<Shard> {
        if number > Shard::LAST.0 { None } else { Some(Shard(number)) }
    }

    /// The number itself.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The number of what is at this position of the shard: `shard * 2^43 + position`.
    ///
    /// # Errors
    /// [`NumbersExhausted`] for a position of 2^43 and beyond.
    pub const fn number_at(self, position: u64) -> Result<u64, NumbersExhausted> {
        if position >> POSITION_BITS == 0 {
            Ok((self.0 as u64) << POSITION_BITS | position)
        } else {
            Err(NumbersExhausted)
        }
    }

    /// At which position of this shard the thing with this number is; `None` for one that another shard gave, or none.
    pub fn position_of(self, number: u64) -> Option<u64> {
        (Shard::of(number) == Some(self)).then(|| Shard::within(number))
    }

    /// At which position of its own shard, whichever that is, the thing with this number is.
    pub const fn within(number: u64) -> u64 {
        number & ((1 << POSITION_BITS) - 1)
    }

    /// The shard that gave this number; `None` for one that no shard gives.
    pub fn of(number: u64) -> Option<Shard> {
        u16::try_from(number >> POSITION_BITS).ok().and_then(Shard::new)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
