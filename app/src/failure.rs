//! Why a request came to nothing. Refusals (the rules said no) and failures (the machine could not) are kept apart.

use credere_core::book::Rejection;
pub use credere_store::contract::{Fault, StoreError};
use thiserror::Error;

/// A request that was not carried out.
#[derive(Debug, Error)]
pub enum Failure {
    /// The rules refuse it; nothing changed.
    #[error("refused: {}", .rejection.code())]
    Refused {
        /// The rule that refuses it, with its figures.
        rejection: Rejection,
        /// Whether this is the remembered answer to an earlier request with the same key.
        replayed: bool,
    },
    /// Too much is waiting already, or history trails too far; nothing changed. Try again shortly.
    #[error("overloaded, try again shortly")]
    Overloaded,
    /// The key that asks has as many long reads at work and waiting as it may. Try again when one of them is done.
    #[error("a key may have {most} long reads at a time, try again shortly")]
    TooManyLongReads {
        /// How many it may have.
        most: usize,
    },
    /// The server is starting, stopping, or bringing its store back; nothing changed.
    #[error("not ready, try again shortly")]
    NotReady,
    /// The machine's clock has jumped, so that nothing is written; nothing changed. It lasts until the clock is right again,
    /// or is accepted.
    #[error("the machine's clock has jumped, nothing is written until it is right again or accepted")]
    ClockJumped,
    /// The commit failed: whether it holds is unknown until the same request is repeated with the same key.
    #[error("the commit failed, its outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// Reading from the store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What cannot happen did: a fault of Credere's own, named for the log.
    #[error("a fault of the server's own: {0}")]
    Internal(&'static str),
}

impl Failure {
    /// A refusal that was decided just now.
    pub fn refused(rejection: Rejection) -> Failure {
        Failure::Refused { rejection, replayed: false }
    }
}

/// Why the application does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A deployment fact was fixed at the first start and cannot change.
    #[error("the {name} was fixed as `{fixed}` at the first start; the settings say `{wanted}`")]
    Fixed {
        /// Which fact.
        name: &'static str,
        /// What holds.
        fixed: String,
        /// What the settings say.
        wanted: String,
    },
    /// Whether it is a sandbox was fixed at the first start and cannot change.
    #[error("{}", if *.fixed {
        "this folder is a sandbox since its first start; start it with --sandbox (sandbox = true)"
    } else {
        "this folder is no sandbox since its first start; start it without --sandbox (sandbox = false)"
    })]
    Sandbox {
        /// Whether it is one.
        fixed: bool,
    },
    /// The master key does not open what was sealed before.
    #[error("the master key is not the one that this store's secrets are sealed with")]
    WrongMasterKey,
    /// Something else in the settings.
    #[error("{0}")]
    Setting(String),
}

/// An option with which notices cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{setting}`: {fault}")]
pub struct UnusableOption {
    /// The setting that it comes from.
    pub setting: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

impl From<UnusableOption> for StartError {
    fn from(unusable: UnusableOption) -> StartError {
        StartError::Setting(unusable.to_string())
    }
}
