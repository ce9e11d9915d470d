//! What products are called, for answers that show a name beside a product's code.

use super::errors::of;
use crate::error::{CloudError, ErrorCode};
use credere_app::App;
use std::collections::BTreeMap;

/// What the names of these products are.
///
/// # Errors
/// `ServiceBusy`
pub(super) async fn names<'a>(
    app: &App,
    codes: impl IntoIterator<Item = &'a String>,
    listed: &'static [ErrorCode],
) -> Result<BTreeMap<String, String>, CloudError> {
    app.product_names(codes.into_iter().cloned().collect()).await.map_err(of(listed))
}
