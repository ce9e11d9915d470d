//! Reading for a caller. Figures come from the book as it stands once that much is durable; lists of what happened come from
//! history; names come from the directory. Who may read what is judged here, by the matrix of the core, before anything is
//! looked at; what there is to read is said by the areas.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Book, Rejection};
use credere_core::channel::Uin;

/// Things that a read may skip and still be a short one: two of the largest pages.
const SKIP_MAX: u64 = 400;

/// Whether a read skips so many that it is a long one.
pub(crate) fn skips_far(skip: u64) -> bool {
    skip > SKIP_MAX
}

impl App {
    /// Reads the book for a caller who must be permitted to.
    ///
    /// # Errors
    /// [`Failure`]; refused when the matrix says so, or when `look` does.
    pub async fn read_as<T>(
        &self,
        caller: Caller,
        action: Action,
        target: Option<Uin>,
        look: impl FnOnce(&Book) -> Result<T, Rejection>,
    ) -> Result<T, Failure> {
        let seen = self.read(|book| book.permit(caller.actor, action, target).and_then(|()| look(book))).await?;
        seen.map_err(Failure::refused)
    }
}
