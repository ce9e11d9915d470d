//! The commands about packs, told from their events.

use super::command::AddPack;
use super::event::{Event, PackAdded};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        let Event::PackAdded(PackAdded { pack }) = self;
        let product = before.product_numbered(pack.product)?.code.clone();
        Some(AddPack { account: pack.account, product, units: pack.units, expires_at: pack.expires_at }.into())
    }
}
