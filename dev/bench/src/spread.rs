//! Numbers spread over their whole range, and keys made of them: the same for the same load, and costing next to nothing.

use credere_core::book::KeyUse;

/// A key that looks like a hash and costs next to nothing.
pub(crate) fn key_use(salt: u64, at: u64) -> KeyUse {
    let halves = |seed: u64| {
        let (high, low) = (mixed(seed), mixed(!seed));
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    };
    let seed = mixed(salt).wrapping_add(at);
    KeyUse { key: halves(seed), content: halves(seed ^ u64::MAX >> 1) }
}

/// SplitMix64's finisher: spreads neighbouring numbers over the whole range, one to one.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
