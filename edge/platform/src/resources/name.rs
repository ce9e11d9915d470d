//! The caller's name for a resource, in bodies and in paths.

use crate::problem::Problem;
use crate::wire::NO_CONTROL_CHARACTER;
use credere_core::book::{Rejection, metering};
use credere_core::channel::ResourceName;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A resource's name in a body.
#[derive(Debug, Clone)]
pub(crate) struct NameText(pub(crate) ResourceName);

impl<'de> Deserialize<'de> for NameText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NameText, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = NameText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<NameText, E> {
                let detail = "a resource's id has 1 to 256 characters, and no control characters";
                text.parse().map(NameText).map_err(|_| E::custom(detail))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

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
