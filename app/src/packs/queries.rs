//! Packs as they stand. The book has all of them, also those that are used up or over.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::channel::{Pack, PackId, PackState, Uin};

/// A pack as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackView {
    /// The pack.
    pub pack: Pack,
    /// The product's code.
    pub product: String,
    /// Whether it can still cover something.
    pub state: PackState,
}

impl App {
    /// An account's packs, or everybody's, oldest first, those after one, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn packs(
        &self,
        caller: Caller,
        account: Option<Uin>,
        after: PackId,
        limit: usize,
    ) -> Result<Vec<PackView>, Failure> {
        let clock = self.engine.clock();
        self.read_as(caller, Action::ReadPacks, account, |book| {
            let now = clock.now(book.now());
            let view = |pack: &Pack| {
                let product = book.product_numbered(pack.product)?.code.to_string();
                Some(PackView { pack: pack.clone(), product, state: pack.state(now) })
            };
            Ok(match account {
                Some(account) => book.packs_of_after(account, after).take(limit).filter_map(view).collect(),
                None => book.packs_after(after).take(limit).filter_map(view).collect(),
            })
        })
        .await
    }
}
