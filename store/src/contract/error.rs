//! Why a store did not do as asked. What the caller must know is the variant; what somebody who looks for the reason wants
//! to know is in the words, and in the error beneath that these came from.

use super::{FORMAT, UPGRADED_FORMAT};
use crate::tail::TailLost;
use std::error::Error;
use std::fmt;

/// Why a store did not do as asked. Nothing of the failed call has been applied, unless it says so.
#[derive(Debug)]
pub enum StoreError {
    /// The disk is full.
    Full(Fault),
    /// Reading, writing or syncing failed. After a failed append it is unknown whether the frame is on disk.
    Io(Fault),
    /// What was read is not what was written: a damaged page, a broken chain, a row that does not decode.
    Corrupt(Fault),
    /// Written by a build with another layout.
    OtherFormat {
        /// The format found.
        found: u32,
    },
    /// Another process has this store open.
    InUse(String),
    /// The files of the folder do not go together: the journal has lost its end, or the directory is an older one.
    TailLost(TailLost),
}

impl StoreError {
    /// [`StoreError::Full`].
    pub fn full(fault: impl Into<Fault>) -> StoreError {
        StoreError::Full(fault.into())
    }

    /// [`StoreError::Io`].
    pub fn io(fault: impl Into<Fault>) -> StoreError {
        StoreError::Io(fault.into())
    }

    /// [`StoreError::Corrupt`].
    pub fn corrupt(fault: impl Into<Fault>) -> StoreError {
        StoreError::Corrupt(fault.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full(fault) => write!(f, "the disk is full: {fault}"),
            StoreError::Io(fault) => write!(f, "the store cannot be read or written: {fault}"),
            StoreError::Corrupt(fault) => write!(f, "the store is damaged: {fault}"),
            StoreError::OtherFormat { found } => {
                write!(f, "the store has format {found}, this build reads and writes format {FORMAT} only; ")?;
                f.write_str(match *found {
                    UPGRADED_FORMAT => "`credere upgrade` makes one of this format of it",
                    _ => "use the credere that made it",
                })
            }
            StoreError::InUse(folder) => write!(f, "the data folder {folder} is in use by another process"),
            StoreError::TailLost(lost) => {
                write!(f, "the files of the data folder do not go together: {lost}; {}", lost.ways_out())
            }
        }
    }
}

impl Error for StoreError {
    /// The error beneath, where there was one; the text has its words already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StoreError::Full(fault) | StoreError::Io(fault) | StoreError::Corrupt(fault) => {
                fault.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
            }
            StoreError::OtherFormat { .. } | StoreError::InUse(_) | StoreError::TailLost(_) => None,
        }
    }
}

/// What went wrong, in words that name the file or the place, and the error beneath that it came from, where there was one.
#[derive(Debug)]
pub struct Fault {
    text: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// What an error beneath came to, in these words.
    pub fn new(text: impl Into<String>, cause: impl Error + Send + Sync + 'static) -> Fault {
        Fault { text: text.into(), cause: Some(Box::new(cause)) }
    }

    /// An error beneath, in its own words.
    pub fn of(cause: impl Error + Send + Sync + 'static) -> Fault {
        Fault::new(cause.to_string(), cause)
    }

    /// The words.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Fault {
        Fault { text, cause: None }
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Fault {
        Fault::from(text.to_owned())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
