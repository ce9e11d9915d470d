//! The journal's unit: what one commit appends. Frames are chained by hash, so that a missing, altered or reordered
//! frame shows.

use credere_core::ledger::Moment;

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// A place in the journal: the last event before it and the hash of the frame that holds that event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Sequence number of the last event; 0 before the first.
    pub seq: u64,
    /// Hash of the last frame; zeros before the first.
    pub hash: Hash,
}

/// The events of one commit, encoded, with their place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Sequence number of the first event in the payload; events count from 1.
    pub first_seq: u64,
    /// Sequence number of the last event in the payload.
    pub last_seq: u64,
    /// Business time of the commit.
    pub at: Moment,
    /// Hash of the frame before.
    pub prev: Hash,
    /// Hash over all of the above and the payload.
    pub hash: Hash,
    /// The encoded events, opaque to the store.
    pub payload: Vec<u8>,
}

impl Frame {
    /// Chains `events` encoded events behind `after`. `events` must be at least 1.
    pub fn seal(after: &Position, events: u64, at: Moment, payload: Vec<u8>) -> Frame {
        let (first_seq, last_seq) = (after.seq + 1, after.seq + events);
        let hash = chain(&after.hash, first_seq, last_seq, at, &payload);
        Frame { first_seq, last_seq, at, prev: after.hash, hash, payload }
    }

    /// Whether this frame follows `after` and is what was sealed.
    pub fn follows(&self, after: &Position) -> bool {
        self.first_seq == after.seq + 1
            && self.last_seq >= self.first_seq
            && self.prev == after.hash
            && self.hash == chain(&self.prev, self.first_seq, self.last_seq, self.at, &self.payload)
    }

    /// Where the journal stands when this is its last frame.
    pub fn position(&self) -> Position {
        Position { seq: self.last_seq, hash: self.hash }
    }
}

/// Every part has a fixed length but the last, so no two different frames feed the hasher the same bytes.
fn chain(prev: &Hash, first_seq: u64, last_seq: u64, at: Moment, payload: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new_derive_key("credere journal frame v1");
    hasher.update(prev);
    hasher.update(&first_seq.to_le_bytes());
    hasher.update(&last_seq.to_le_bytes());
    hasher.update(&at.micros().to_le_bytes());
    hasher.update(payload);
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_follows_only_its_own_place() {
        let start = Position::default();
        let one = Frame::seal(&start, 2, Moment::from_micros(5), b"ab".to_vec());
        let two = Frame::seal(&one.position(), 1, Moment::from_micros(6), b"c".to_vec());
        assert!(one.follows(&start) && two.follows(&one.position()));
        assert!(!two.follows(&start) && !one.follows(&one.position()));
        for change in [
            Frame { payload: b"x".to_vec(), ..two.clone() },
            Frame { at: Moment::from_micros(7), ..two.clone() },
            Frame { last_seq: 4, ..two.clone() },
            Frame { prev: [1; 32], ..two.clone() },
        ] {
            assert!(!change.follows(&one.position()), "{change:?}");
        }
    }
}
