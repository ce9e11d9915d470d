//! Tags: what an account sorts its things by.

use super::shape::described;
use super::text::Text;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use utoipa::openapi::schema::ObjectBuilder;

/// The details that a body says of an order or a resource, as they are kept; they are its fields of these names.
macro_rules! details_said {
    ($body:ident) => {
        credere_core::channel::Details {
            region: $body.region.map(|text| text.0),
            zone: $body.zone.map(|text| text.0),
            project: $body.project.map(|text| text.0),
            tags: $body.tags.unwrap_or_default().0,
            resource_name: $body.resource_name.map(|text| text.0),
            operator_uin: $body.operator_uin.map(|number| number.0),
            ..Default::default()
        }
        .text()
    };
}
pub(crate) use details_said;

/// Tags that one order may carry.
const TAGS_MAX: usize = 50;
/// Characters of a tag's key, as the cloud's own tags have them.
const TAG_KEY_MAX: usize = 127;
/// Characters of a tag's value.
const TAG_VALUE_MAX: usize = 255;

/// Tags of an order: at most 50, each key once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Tags(pub(crate) BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tags, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Tags;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
                let mut tags = BTreeMap::new();
                while let Some(key) = map.next_key::<Text<1, TAG_KEY_MAX>>()? {
                    let value = map.next_value::<Text<0, TAG_VALUE_MAX>>()?;
                    if tags.contains_key(&key.0) {
                        return Err(A::Error::custom(format!("duplicate field `{}`", key.0)));
                    }
                    tags.insert(key.0, value.0);
                    if tags.len() > TAGS_MAX {
                        return Err(A::Error::custom(format!("there are more than {TAGS_MAX} tags")));
                    }
                }
                Ok(Tags(tags))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

described!(
    Tags,
    ObjectBuilder::new()
        .property_names(Some(Text::<1, TAG_KEY_MAX>::schema()))
        .additional_properties(Some(Text::<0, TAG_VALUE_MAX>::schema()))
        .max_properties(Some(TAGS_MAX))
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read_json as read;

    #[test]
    fn tags_are_few_short_and_named_once() {
        assert_eq!(read::<Tags>("{\"a\":\"1\",\"b\":\"\"}").unwrap().0.len(), 2);
        let many: Vec<String> = (0..51).map(|n| format!("\"{n}\":\"\"")).collect();
        for wrong in ["{\"a\":\"1\",\"a\":\"1\"}", "{\"a\":1}", "{\"\":\"1\"}", &format!("{{{}}}", many.join(","))] {
            assert!(read::<Tags>(wrong).is_err(), "{wrong}");
        }
    }
}
