//! How a command names what the book may have forgotten.

use super::rejection::Rejection;

/// A thing that a command names, with how it ended: the book forgets what has ended, so whoever asks brings along what
/// history knows. A thing that the book has has not ended, whatever is said of it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<Id, End> {
    /// Which one.
    pub id: Id,
    /// How it ended, where history knows.
    pub ended: Option<End>,
}

impl<Id, End> From<Id> for Named<Id, End> {
    fn from(id: Id) -> Named<Id, End> {
        Named { id, ended: None }
    }
}

impl<Id, End> Named<Id, End> {
    /// The thing as the book has it, or the refusal that it has ended, or that it never was.
    pub(super) fn or_refused<'a, T>(
        &self,
        found: Option<&'a T>,
        ended: impl FnOnce(&End) -> Rejection,
        never: impl Into<Rejection>,
    ) -> Result<&'a T, Rejection> {
        found.ok_or_else(|| self.ended.as_ref().map_or_else(|| never.into(), ended))
    }
}
