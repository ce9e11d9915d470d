//! The pack that was added, as it is shown to whoever asked for it.

use super::queries::PackView;
use crate::app::App;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::book::{Event, packs};

impl App {
    /// The pack that was added, as it was then.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn added_pack(&self, done: &Done) -> Result<PackView, Failure> {
        let Event::Packs(packs::Event::PackAdded(fact)) = &*done.event else { return Err(unexpected()) };
        let pack = fact.pack.as_ref().clone();
        let product = self.product_code(pack.product).ok_or(unexpected())?;
        let state = pack.state(pack.created_at);
        Ok(PackView { pack, product, state })
    }
}
