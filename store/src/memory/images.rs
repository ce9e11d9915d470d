//! Images of the book in memory.

use super::MemoryStore;
use crate::contract::{Snapshots, StoreError};
use crate::frame::Position;

#[derive(Debug, Clone)]
pub(super) struct Image {
    at: Position,
    whole: bool,
    chunks: Vec<Vec<u8>>,
}

impl Image {
    fn bytes(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

impl Snapshots for MemoryStore {
    fn keep_snapshot(
        &self,
        at: &Position,
        changed_since: Option<u64>,
        chunks: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<bool, StoreError> {
        // Nothing is held while the chunks are made.
        let image = Image { at: *at, whole: changed_since.is_none(), chunks: chunks.collect() };
        let mut inner = self.inner.lock();
        if inner.check_end(at.seq)? != *at {
            return Err(StoreError::corrupt(format!("the journal has another frame at {}", at.seq)));
        }
        if let Some(since) = changed_since
            && inner.snapshots.last().is_none_or(|newest| newest.at.seq < since || newest.at.seq >= at.seq)
        {
            let missing = format!("there is no image from event {since} on and before {} to build on", at.seq);
            return Err(StoreError::corrupt(missing));
        }
        let kept = &mut inner.snapshots;
        kept.push(image);
        let wholes: Vec<usize> = (0..kept.len()).filter(|place| kept[*place].whole).collect();
        if let [.., before, _] = wholes[..] {
            kept.drain(..before);
        }
        let newest = kept.iter().rposition(|image| image.whole).unwrap_or_default();
        let (whole, changes) = kept[newest..]
            .split_first()
            .map_or((0, 0), |(whole, changes)| (whole.bytes(), changes.iter().map(Image::bytes).sum()));
        Ok(changes > whole)
    }

    fn snapshot(
        &self,
        not_after_seq: u64,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<Option<Position>, StoreError> {
        let mut found = self.inner.lock().snapshots.clone();
        found.retain(|image| image.at.seq <= not_after_seq);
        let whole = found.iter().rposition(|image| image.whole).unwrap_or(found.len());
        for image in found[whole..].iter().rev() {
            image.chunks.iter().try_for_each(|chunk| visit(chunk))?;
        }
        Ok(found.last().filter(|_| whole < found.len()).map(|image| image.at))
    }

    fn forget_snapshots(&self, after_seq: u64) -> Result<(), StoreError> {
        self.inner.lock().snapshots.retain(|image| image.at.seq <= after_seq);
        Ok(())
    }
}
