//! What a signature is recognised by when it comes again. The door remembers marks and refuses repetitions, and what a
//! writing action did is in the journal under the mark as its idempotency key.

use credere_app::idempotency;
use credere_core::book::KeyUse;
use sha2::{Digest, Sha256};

/// What a repetition of a request is recognised by: half of a SHA-256 over its parts, each with its length before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark(pub(crate) [u8; 16]);

impl Mark {
    /// The mark as an idempotency key: what was carried out under it is known for longer than this memory lives.
    pub(crate) fn key(self) -> KeyUse {
        idempotency::of_signature(self.0)
    }

    /// The key of one part of a request that does several things, counted from 0.
    pub(crate) fn part_key(self, number: usize) -> KeyUse {
        idempotency::of_signature_part(self.0, number)
    }

    /// The mark of these parts, in this order.
    pub fn of(parts: &[&str]) -> Mark {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Mark::half_of(hash)
    }

    fn half_of(hash: Sha256) -> Mark {
        let digest = hash.finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Mark(half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Mark::of(&["ab", "c"]), Mark::of(&["a", "bc"]));
        assert_ne!(Mark::of(&["a", ""]), Mark::of(&["a"]));
        assert_eq!(Mark::of(&["a", "b"]), Mark::of(&["a", "b"]));
    }
}
