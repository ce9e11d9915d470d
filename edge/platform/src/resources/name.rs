//! The caller's name for a resource, in bodies and in paths.

use crate::problem::Problem;
use crate::wire::{NO_CONTROL_CHARACTER, from_text};
use credere_core::book::{Rejection, metering};
use credere_core::channel::ResourceName;
use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A resource's name in a body.
#[derive(Debug, Clone)]
pub(crate) struct NameText(pub(crate) ResourceName);

from_text!(NameText, "a string", |text| {
    let detail = "a resource's id has 1 to 256 characters, and no control characters";
    text.parse().map(NameText).map_err(|_| detail.to_owned())
});

impl ToSchema for NameText {
    fn name() -> Cow<'static, str> {
        "ResourceId".into()
    }
}
impl PartialSchema for NameText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(256))
            .pattern(Some(NO_CONTROL_CHARACTER))
            .description(Some("The caller's name for a resource, unique among those that run or are stopped."))
            .examples([serde_json::json!("ins-1")])
            .into()
    }
}

/// The resource that a path names.
///
/// # Errors
/// 404: what cannot be a name is no resource's.
pub(super) fn name_in_path(text: &str) -> Result<ResourceName, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::Metering(metering::Reason::ResourceNotFound)))
}
