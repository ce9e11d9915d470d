//! Signatures that requests came with, kept for as long as they could be sent again: a captured request must not be good
//! for another action after a restart. They belong to this process and its followers on the same machine, not to the
//! truth: no backup has them, and where they are not known to be complete, the store says so.

use super::StoreError;
use credere_core::channel::Uin;

/// What of a signature is kept: half of a hash.
pub type SignatureMark = [u8; 16];

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureRow {
    /// A signature was seen.
    Seen {
        /// The account that signed.
        account: Uin,
        /// When it was signed, by the signer's clock, in seconds since 1970.
        signed_at: i64,
        /// What the signature is recognised by.
        mark: SignatureMark,
    },
    /// Which signatures were seen is no longer known of those that were signed up to then.
    Forgotten {
        /// Whose; everybody's where absent.
        account: Option<Uin>,
        /// The last such second.
        upto: i64,
    },
}

/// The signatures of the last minutes.
pub trait Signatures: Send + Sync {
    /// All rows, in the order noted. `None` where they are not known to be complete: none were kept yet, the rows are
    /// damaged, or the machine was started anew since.
    ///
    /// # Errors
    /// [`StoreError`]
    fn signatures(&self) -> Result<Option<Vec<SignatureRow>>, StoreError>;

    /// Adds a row, so that the end of this process does not lose it.
    ///
    /// # Errors
    /// [`StoreError`]; the rows are then not complete, until they are replaced.
    fn note_signature(&self, row: &SignatureRow) -> Result<(), StoreError>;

    /// Puts these rows in place of all others; they are complete from now on.
    ///
    /// # Errors
    /// [`StoreError`]; the rows are then not complete.
    fn replace_signatures(&self, rows: &[SignatureRow]) -> Result<(), StoreError>;
}
