//! What a refusal means to a program, whatever its reason.

/// What a refusal means to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The stable code.
    pub code: &'static str,
    /// Of which sort it is.
    pub status: Status,
    /// Whether the same request may succeed another time.
    pub retry: Retry,
    /// When it comes, in a sentence for the reference.
    pub when: &'static str,
}

impl Meaning {
    pub(super) const fn of(code: &'static str, status: Status, retry: Retry, when: &'static str) -> Meaning {
        Meaning { code, status, retry, when }
    }
}

/// What a refusal means to a program, apart from its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The caller may not (403).
    Forbidden,
    /// What was named does not exist (404).
    NotFound,
    /// The state does not permit it (409).
    Conflict,
    /// Credit does not suffice (402).
    PaymentRequired,
    /// Well-formed, but against a rule (422).
    Unprocessable,
}

/// Whether the same request may succeed another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Not before it is changed.
    Never,
    /// Once the state or a figure has changed.
    Later,
}
