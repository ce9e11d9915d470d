//! SQLite's and the operating system's errors in the store's words. Every message names the file that it is about.

use crate::contract::{Fault, StoreError};
use rusqlite::{ErrorCode, ffi};
use std::io;

/// Turns a failure in one of the store's files into a [`StoreError`].
pub(super) trait Within<T> {
    /// Names the file that failed.
    fn within(self, file: &str) -> Result<T, StoreError>;
}

impl<T> Within<T> for rusqlite::Result<T> {
    fn within(self, file: &str) -> Result<T, StoreError> {
        use rusqlite::Error;
        self.map_err(|error| {
            let text = match &error {
                Error::SqliteFailure(failure, _) => format!("{file}: {error} (code {})", failure.extended_code),
                _ => format!("{file}: {error}"),
            };
            let kind: fn(Fault) -> StoreError = match &error {
                // There was no room to make the log's index larger.
                Error::SqliteFailure(failure, _) if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
                    StoreError::Full
                }
                Error::SqliteFailure(failure, _) => match failure.code {
                    ErrorCode::DiskFull => StoreError::Full,
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt,
                    _ => StoreError::Io,
                },
                Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::InvalidColumnType(..)
                | Error::Utf8Error(..)
                | Error::QueryReturnedNoRows => StoreError::Corrupt,
                _ => StoreError::Io,
            };
            kind(Fault::new(text, error))
        })
    }
}

impl<T> Within<T> for io::Result<T> {
    fn within(self, file: &str) -> Result<T, StoreError> {
        self.map_err(|error| {
            let kind: fn(Fault) -> StoreError = match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
                _ => StoreError::Io,
            };
            kind(Fault::new(format!("{file}: {error}"), error))
        })
    }
}

/// A number as SQLite keeps it.
pub(super) fn stored(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::io(format!("{number} is too large for a row")))
}

/// A number as an upper bound in a query: what is beyond SQLite's numbers is beyond every row.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that was read from a row and cannot be negative.
pub(super) fn read(number: i64, file: &str) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::corrupt(format!("{file}: a row holds {number} as a count")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn a_failure_keeps_its_words_and_its_cause() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let words = format!("the store cannot be read or written: a.db: {denied}");
        let error = Err::<(), _>(denied).within("a.db").unwrap_err();
        assert_eq!(error.to_string(), words);
        assert!(error.source().is_some_and(|cause| cause.is::<io::Error>()));

        let nothing = Err::<(), _>(rusqlite::Error::QueryReturnedNoRows).within("a.db").unwrap_err();
        assert!(matches!(nothing, StoreError::Corrupt(_)));
        assert!(nothing.source().is_some_and(|cause| cause.is::<rusqlite::Error>()));
        assert!(StoreError::corrupt("a page is missing").source().is_none());
    }
}
