//! Pages that were read lately, their seals checked: whoever asks for one bill after the other finds most of them here,
//! since those of many bills lie on one page. A page never changes once it is committed. Those of a segment that was merged
//! are asked for no more, and are forgotten with time.

use super::cut::Segment;
use super::held::Held;
use super::page::PageRow;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// What a page takes beside its own bytes, about.
const OVERHEAD_BYTES: usize = 200;

/// The pages, in two generations: one that grows, and the one before it. What was not asked for while a generation filled
/// up is forgotten.
pub(in super::super) struct PageCache {
    generations: Mutex<[Generation; 2]>,
    /// How many bytes a generation takes at most.
    most: usize,
}

#[derive(Default)]
struct Generation {
    pages: HashMap<Segment, Held>,
    bytes: usize,
}

impl PageCache {
    /// One that takes so many bytes.
    pub(in super::super) fn of(bytes: u64) -> PageCache {
        PageCache { generations: Mutex::default(), most: usize::try_from(bytes / 2).unwrap_or(usize::MAX) }
    }

    /// The page of a segment that has this key, if anything has; `None` where it is not here.
    pub(super) fn with(&self, segment: Segment, key: &[u8]) -> Option<Arc<PageRow>> {
        let mut generations = self.generations.lock();
        let [young, old] = &mut *generations;
        if let Some(page) = young.with(segment, key) {
            return Some(page);
        }
        let page = old.with(segment, key)?;
        let forgotten = self.put(&mut generations, segment, page.clone());
        // Nobody waits while what is forgotten is taken apart.
        drop(generations);
        drop(forgotten);
        Some(page)
    }

    /// Keeps a page that was read.
    pub(super) fn keep(&self, segment: Segment, page: Arc<PageRow>) {
        let forgotten = self.put(&mut self.generations.lock(), segment, page);
        drop(forgotten);
    }

    /// Answers the generation that makes room, where one does.
    fn put(&self, generations: &mut [Generation; 2], segment: Segment, page: Arc<PageRow>) -> Option<Generation> {
        let [young, old] = generations;
        if page.bytes() > self.most {
            return None;
        }
        young.put(segment, page);
        (young.bytes > self.most).then(|| std::mem::replace(old, std::mem::take(young)))
    }
}

impl Generation {
    fn with(&self, segment: Segment, key: &[u8]) -> Option<Arc<PageRow>> {
        self.pages.get(&segment)?.with(key)
    }

    fn put(&mut self, segment: Segment, page: Arc<PageRow>) {
        let bytes = page.bytes() + page.first_key.len() + OVERHEAD_BYTES;
        if self.pages.entry(segment).or_default().put(page) {
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut::Level;
    use super::*;

    fn segment(number: u64) -> Segment {
        Segment { level: Level::Small, number }
    }

    fn page(first_key: &[u8], next_key: &[u8]) -> Arc<PageRow> {
        Arc::new(PageRow::new(segment(0), first_key, next_key, vec![7; 1_000]))
    }

    #[test]
    fn a_page_is_found_by_the_keys_between_its_first_and_the_next_ones() {
        let cache = PageCache::of(1 << 20);
        cache.keep(segment(1), page(b"b", b"d"));
        cache.keep(segment(1), page(b"f", b""));
        let first_of = |number, key: &[u8]| cache.with(segment(number), key).map(|page| page.first_key.clone());
        assert_eq!(first_of(1, b"a"), None);
        assert_eq!(first_of(1, b"b"), Some(b"b".to_vec()));
        assert_eq!(first_of(1, b"c\xff"), Some(b"b".to_vec()));
        // The page between the two was not read yet.
        assert_eq!(first_of(1, b"d"), None);
        assert_eq!(first_of(1, b"z"), Some(b"f".to_vec()));
        assert_eq!(first_of(2, b"c"), None);
    }

    #[test]
    fn a_cache_without_room_keeps_nothing() {
        let cache = PageCache::of(0);
        cache.keep(segment(1), page(b"", b""));
        assert!(cache.with(segment(1), b"a").is_none());
    }

    #[test]
    fn what_is_not_asked_for_makes_room() {
        let cache = PageCache::of(8 * 1_300);
        let key = |number: u32| number.to_be_bytes();
        for number in 1..1_000 {
            cache.keep(segment(0), page(&key(number), &key(number + 1)));
            assert!(cache.with(segment(0), &key(1)).is_some(), "asked for all the time");
        }
        let there = (1..1_000).filter(|number| cache.with(segment(0), &key(*number)).is_some()).count();
        assert!(there <= 9, "{there}");
    }
}
