//! The one place that makes randomness, and identifiers from it. Whatever must be guessed by nobody, or meet nothing else,
//! comes from here; what decides anything gets it as an argument, so that a decision can be taken again.

use std::hash::RandomState;
use uuid::Uuid;

/// Fills a secret, or a number used once.
///
/// # Errors
/// A text when the system gives no randomness.
#[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
pub fn fill(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("no randomness: {error}"))
}

/// A new identifier that meets no other.
#[expect(clippy::disallowed_methods, reason = "this is the one source of identifiers")]
pub fn id() -> Uuid {
    Uuid::new_v4()
}

/// A new identifier that sorts by when it was made: the machine's clock has part in it, believed or not, so that it tells no
/// time.
#[expect(clippy::disallowed_methods, reason = "this is the one source of identifiers")]
pub fn id_in_order() -> Uuid {
    Uuid::now_v7()
}

/// The seed of a run that may go otherwise each time: a demonstration, a test that tells its seed.
pub fn seed() -> u64 {
    id().as_u64_pair().1
}

/// Hashes that differ from process to process, where strangers choose what is hashed.
#[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
pub fn hasher() -> RandomState {
    RandomState::new()
}
