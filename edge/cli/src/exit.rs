//! How a command ends: a line on standard error, and a code that scripts can rely on.

use std::process::ExitCode;
use thiserror::Error;

/// Why a command did not succeed. The numbers are documented in the help text and stay.
#[derive(Debug, Error)]
pub(crate) enum Failed {
    /// 1: the server refused, or something went wrong that has no code of its own.
    #[error("{0}")]
    Refused(String),
    /// 2: the command line, the settings file or the environment is wrong; nothing was done.
    #[error("{0}")]
    Usage(String),
    /// 3: the store cannot be used: in use, damaged, incomplete, too new, full.
    #[error("{0}")]
    Store(String),
    /// 4: the check found something broken.
    #[error("{0}")]
    Broken(String),
    /// 5: the server cannot be reached, or is not ready.
    #[error("{0}")]
    Unreachable(String),
}

/// The text that every help ends with.
pub(crate) const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  refused, or failed for another reason\n  \
2  wrong command line, settings or environment; nothing was done\n  3  the store cannot be used (in use, damaged, \
incomplete, too new, full)\n  4  verify found something broken\n  5  the server cannot be reached or is not ready";

impl Failed {
    fn number(&self) -> u8 {
        match self {
            Failed::Refused(_) => 1,
            Failed::Usage(_) => 2,
            Failed::Store(_) => 3,
            Failed::Broken(_) => 4,
            Failed::Unreachable(_) => 5,
        }
    }
}

impl From<credere_store::contract::StoreError> for Failed {
    fn from(error: credere_store::contract::StoreError) -> Failed {
        Failed::Store(error.to_string())
    }
}

impl From<credere_app::StartError> for Failed {
    fn from(error: credere_app::StartError) -> Failed {
        match error {
            credere_app::StartError::Store(error) => error.into(),
            other => Failed::Usage(other.to_string()),
        }
    }
}

/// Says what went wrong and gives the code.
pub(crate) fn code(done: Result<(), Failed>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("credere: {failed}");
            ExitCode::from(failed.number())
        }
    }
}
