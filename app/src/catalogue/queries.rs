//! What products are called.

use crate::app::App;
use crate::failure::Failure;
use std::collections::{BTreeMap, BTreeSet};

impl App {
    /// The code of the product with this number. Products stay, and so do their codes.
    pub fn product_code(&self, number: u32) -> Option<String> {
        self.engine.peek(|book| book.product_numbered(number).map(|product| product.code.to_string()))
    }

    /// What products are called, by their codes; one without a name by its code.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn product_names(&self, codes: BTreeSet<String>) -> Result<BTreeMap<String, String>, Failure> {
        self.read(|book| {
            let name = |code: String| {
                let product = code.parse().ok().and_then(|code| book.product(&code));
                let name = product.map(|(_, product)| product.name.clone()).filter(|name| !name.is_empty());
                let name = name.unwrap_or_else(|| code.clone());
                (code, name)
            };
            codes.into_iter().map(name).collect()
        })
        .await
    }
}
