//! From the positions that rows have to the numbers that are shown, and back.

use credere_store::contract::{Fault, ShardId, StoreError};

/// The number of what is at this position of a shard.
///
/// # Errors
/// [`StoreError::Corrupt`] for a position that has none: no row can be there.
pub(crate) fn number_at(shard: ShardId, position: u64) -> Result<u64, StoreError> {
    shard.number_at(position).map_err(|error| StoreError::corrupt(Fault::of(error)))
}
