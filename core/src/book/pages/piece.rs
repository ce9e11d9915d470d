//! One piece of an image as bytes: the encoding's version, what kind of things it holds, and those.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Version of the encoding. Another one is not read: the book is then replayed from the journal.
pub(in crate::book) const VERSION: u8 = 8;

/// An image does not decode.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Written in another version.
    #[error("the image has version {0}")]
    Version(u8),
    /// Not what was written.
    #[error("the image does not decode: {0}")]
    Malformed(String),
}

/// A piece that holds this.
pub(in crate::book) fn encode(kind: u8, body: &impl Serialize) -> Vec<u8> {
    // INVARIANT: a piece holds numbers, text and lists only, which always encode into memory.
    postcard::to_extend(body, vec![VERSION, kind]).expect("a snapshot piece encodes")
}

/// What a piece holds, behind its version and kind.
///
/// # Errors
/// [`SnapshotError::Malformed`]
pub(in crate::book) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, SnapshotError> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(SnapshotError::Malformed("there is more behind it".to_owned())),
        Err(error) => Err(SnapshotError::Malformed(error.to_string())),
    }
}
