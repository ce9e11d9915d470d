//! How the journal is cut into blocks and segments of bill lines, by position alone.

/// At most so many bits of a position are within a large segment. Asking for a bill looks into each of its month's.
const LARGE_BITS: u32 = 18;
/// By so many bits is a small segment smaller: its lines are held in memory until it is closed, and summed when somebody
/// asks.
const SMALLER_BITS: u32 = 5;
/// At most so many bits of a position are within a block of lines, whose lines fill a part of a page.
const BLOCK_BITS: u32 = 4;

/// How positions are cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    bits: [u32; 3],
    block_bits: u32,
}

impl Cut {
    /// Where history's segments have so many bits.
    pub(super) fn of(segment_bits: u32) -> Cut {
        let large = segment_bits.min(LARGE_BITS);
        let small = large.saturating_sub(SMALLER_BITS).max(1).min(large);
        Cut { bits: [small, small + (large - small) / 2, large], block_bits: small.min(BLOCK_BITS) }
    }

    pub(super) fn block(self, seq: u64) -> u64 {
        seq >> self.block_bits
    }

    pub(super) fn first_of_block(self, block: u64) -> u64 {
        block << self.block_bits
    }

    /// The segment of this level that a position is in.
    pub(super) fn segment(self, level: Level, seq: u64) -> Segment {
        Segment { level, number: seq >> self.bits(level) }
    }

    pub(super) fn first_of(self, segment: Segment) -> u64 {
        segment.number << self.bits(segment.level)
    }

    /// The last position of a segment.
    pub(super) fn last_of(self, segment: Segment) -> u64 {
        let bits = self.bits(segment.level);
        (segment.number << bits) | ((1 << bits) - 1)
    }

    /// The segment of this level that is not past when the journal is known up to `position`.
    pub(super) fn open(self, level: Level, position: u64) -> Segment {
        self.segment(level, position.saturating_add(1))
    }

    /// The segment of a larger level that ends with a small one.
    pub(super) fn ends(self, small: Segment, level: Level) -> Option<Segment> {
        let larger = self.segment(level, self.last_of(small));
        (self.last_of(larger) == self.last_of(small)).then_some(larger)
    }

    /// Which of the small segments of a large one this is, counted from 0, and how many those are.
    pub(super) fn place_in_large(self, small: Segment) -> (u64, u64) {
        let count = 1 << (self.bits(Level::Large) - self.bits(Level::Small));
        (small.number % count, count)
    }

    /// Whether a position is in a segment.
    pub(super) fn holds(self, segment: Segment, seq: u64) -> bool {
        self.segment(segment.level, seq) == segment
    }

    fn bits(self, level: Level) -> u32 {
        self.bits[level as usize]
    }
}

/// How much of the journal a segment is. The numbers of the larger two are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Level {
    Small = 0,
    Middle = 1,
    Large = 2,
}

/// A part of the journal in which there are lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Segment {
    pub(super) level: Level,
    pub(super) number: u64,
}
