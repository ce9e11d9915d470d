//! Signatures in memory: complete from the start, since a store in memory is always a new one.

use super::MemoryStore;
use crate::contract::{SignatureRow, Signatures, StoreError};

impl Signatures for MemoryStore {
    fn signatures(&self) -> Result<Option<Vec<SignatureRow>>, StoreError> {
        Ok(Some(self.inner.lock().signatures.clone()))
    }

    fn note_signature(&self, row: &SignatureRow) -> Result<(), StoreError> {
        self.inner.lock().signatures.push(*row);
        Ok(())
    }

    fn replace_signatures(&self, rows: &[SignatureRow]) -> Result<(), StoreError> {
        self.inner.lock().signatures = rows.to_vec();
        Ok(())
    }
}
