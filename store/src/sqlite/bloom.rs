//! A filter that says of a key either "surely not here" or "perhaps here". Split into blocks of one half cache line, so
//! that a question costs one look into memory, or one small row when the filter lies on disk.

use crate::contract::KeyHash;

/// Bits a key. At 16 about one strange key in 500 is taken for one of ours; at 10 it would be one in 80, which with
/// dozens of filters is a look at the disk for nearly every new key.
const BITS_PER_KEY: u64 = 16;

/// A block has eight words; a key sets one bit in each.
const WORDS: usize = 8;

/// Bytes of one block.
pub(super) const BLOCK_BYTES: usize = WORDS * 4;

/// Odd numbers that spread 32 bits of the key over the words of a block, one each; taken from the digits of the square
/// roots of the first primes.
const SPREAD: [u32; WORDS] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f373, 0xa54f_f53b, 0x510e_527f, 0x9b05_688d, 0x1f83_d9ab, 0x5be0_cd19];

type Block = [u32; WORDS];

/// A filter for a number of keys that is known beforehand.
pub(super) struct Filter {
    blocks: Vec<Block>,
}

/// How many blocks a filter for `keys` keys has.
pub(super) fn blocks_for(keys: u64) -> u64 {
    (keys * BITS_PER_KEY).div_ceil(BLOCK_BYTES as u64 * 8).max(1)
}

/// In which of `blocks` blocks a key is looked for.
pub(super) fn block_of(key: &KeyHash, blocks: u64) -> u64 {
    let (high, _) = halves(key);
    u64::try_from((u128::from(high) * u128::from(blocks)) >> 64).expect("a fraction of a 64-bit number has 64 bits")
}

/// Whether a block, as bytes, perhaps knows the key.
pub(super) fn block_has(block: &[u8; BLOCK_BYTES], key: &KeyHash) -> bool {
    has(&from_bytes(block), key)
}

impl Filter {
    /// An empty filter for up to `keys` keys.
    pub(super) fn new(keys: u64) -> Filter {
        Filter { blocks: vec![[0; WORDS]; usize::try_from(blocks_for(keys)).expect("a filter fits into memory")] }
    }

    /// A filter from its blocks' bytes, if they are whole blocks.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Filter> {
        let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
        (rest.is_empty() && !blocks.is_empty()).then(|| Filter { blocks: blocks.iter().map(from_bytes).collect() })
    }

    /// The blocks' bytes, `blocks` of them a part.
    pub(super) fn parts(&self, blocks: usize) -> impl Iterator<Item = Vec<u8>> {
        self.blocks.chunks(blocks).map(|part| part.iter().flatten().flat_map(|word| word.to_le_bytes()).collect())
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.blocks.len() as u64 * BLOCK_BYTES as u64
    }

    /// Takes a key in.
    pub(super) fn insert(&mut self, key: &KeyHash) {
        let index = self.index(key);
        for (word, bit) in self.blocks[index].iter_mut().zip(bits(key)) {
            *word |= bit;
        }
    }

    /// Whether the key is perhaps among those taken in.
    pub(super) fn has(&self, key: &KeyHash) -> bool {
        has(&self.blocks[self.index(key)], key)
    }

    fn index(&self, key: &KeyHash) -> usize {
        usize::try_from(block_of(key, self.blocks.len() as u64)).expect("a block's number is below their count")
    }
}

fn has(block: &Block, key: &KeyHash) -> bool {
    block.iter().zip(bits(key)).all(|(word, bit)| word & bit != 0)
}

/// The bit that the key has in each word: five bits of a product with an odd number.
fn bits(key: &KeyHash) -> [u32; WORDS] {
    let (_, low) = halves(key);
    let [a, b, c, d, ..] = low.to_le_bytes();
    let seed = u32::from_le_bytes([a, b, c, d]);
    SPREAD.map(|odd| 1 << (seed.wrapping_mul(odd) >> 27))
}

/// The key is a hash already: one half chooses the block, the other the bits.
fn halves(key: &KeyHash) -> (u64, u64) {
    let number = u128::from_le_bytes(*key);
    let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).expect("the upper half is masked away");
    (half(number >> 64), half(number))
}

fn from_bytes(bytes: &[u8; BLOCK_BYTES]) -> Block {
    let (words, _) = bytes.as_chunks::<4>();
    std::array::from_fn(|index| u32::from_le_bytes(words[index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> KeyHash {
        let mut key = KeyHash::default();
        key.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
        key
    }

    #[test]
    fn what_was_taken_in_is_always_found_and_a_stranger_seldom() {
        let mut filter = Filter::new(20_000);
        (0..20_000).for_each(|number| filter.insert(&key(number)));
        assert!((0..20_000).all(|number| filter.has(&key(number))));
        let false_alarms = (20_000..120_000).filter(|&number| filter.has(&key(number))).count();
        assert!(false_alarms < 400, "{false_alarms} of 100000 strangers were taken for ours");
    }

    #[test]
    fn a_filter_comes_back_from_its_parts_and_each_block_answers_alone() {
        let mut filter = Filter::new(1_000);
        (0..1_000).for_each(|number| filter.insert(&key(number)));
        let bytes: Vec<u8> = filter.parts(7).flatten().collect();
        let back = Filter::from_bytes(&bytes).expect("the parts are whole blocks");
        let (blocks, _) = bytes.as_chunks::<BLOCK_BYTES>();
        for number in 0..3_000 {
            let index = usize::try_from(block_of(&key(number), blocks.len() as u64)).unwrap();
            assert_eq!(back.has(&key(number)), filter.has(&key(number)));
            assert_eq!(block_has(&blocks[index], &key(number)), filter.has(&key(number)));
        }
        assert!(Filter::from_bytes(&bytes[1..]).is_none());
    }
}
