//! Hash maps inside the book hash alike in every run.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A hash map with a fixed seed.
pub(super) type Map<K, V> = HashMap<K, V, FixedState>;
