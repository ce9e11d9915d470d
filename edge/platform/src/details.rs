//! What an order, a resource or a usage record was made with besides what the core knows: where it runs, whom inside the
//! account it belongs to, what it is made up of. The core carries it along as a text and bills show it; this is the one
//! shape of that text. Stored, so that a field once there stays readable.

use crate::wire::{AccountNumber, Money, Tags, Text, quoted};
use credere_core::money::{Factor, ParseDecimalError};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Everything that may be carried along; each kind of thing has its part of it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    #[serde(skip_serializing_if = "no_tags")]
    pub(crate) tags: Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operator_uin: Option<AccountNumber>,
    /// A usage record's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) components: Vec<Component>,
}

fn no_tags(tags: &Tags) -> bool {
    tags.0.is_empty()
}

impl Details {
    /// What was written by [`Details::text`]. Should that ever not read, the thing is shown without it.
    pub(crate) fn read(text: &str) -> Details {
        if text == NONE { Details::default() } else { serde_json::from_str(text).unwrap_or_default() }
    }

    /// As the core carries it; `None` cannot be, since all of it has a JSON form.
    pub(crate) fn text(&self) -> Option<String> {
        if self.is_empty() { Some(NONE.to_owned()) } else { serde_json::to_string(self).ok() }
    }

    fn is_empty(&self) -> bool {
        let Details { region, zone, project, tags, resource_name, operator_uin, components } = self;
        let texts = [region, zone, project, resource_name];
        texts.iter().all(|text| text.is_none()) && no_tags(tags) && operator_uin.is_none() && components.is_empty()
    }
}

/// The text of details that say nothing.
const NONE: &str = "{}";

/// One component of what was used: its list price, times how much of it, times for how long (R79).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "cpu", "name": "CPU", "list_price": "0.05", "usage": "2", "unit": "core", "duration": "3",
    "duration_unit": "hour"
}))]
pub(crate) struct Component {
    #[serde(deserialize_with = "text::<_, 1, 64>")]
    #[schema(min_length = 1, max_length = 64)]
    pub(crate) code: String,
    #[serde(default, deserialize_with = "text::<_, 0, 256>")]
    #[schema(max_length = 256)]
    pub(crate) name: String,
    /// For one unit, and one unit of time. Not below zero.
    pub(crate) list_price: Money,
    /// How many units; one where absent.
    #[serde(default = "Quantity::one")]
    pub(crate) usage: Quantity,
    #[serde(default, deserialize_with = "text::<_, 0, 64>")]
    #[schema(max_length = 64)]
    pub(crate) unit: String,
    /// How many units of time; one where absent.
    #[serde(default = "Quantity::one")]
    pub(crate) duration: Quantity,
    #[serde(default, deserialize_with = "text::<_, 0, 64>")]
    #[schema(max_length = 64)]
    pub(crate) duration_unit: String,
}

fn text<'de, D: Deserializer<'de>, const MIN: usize, const MAX: usize>(deserializer: D) -> Result<String, D::Error> {
    Text::<MIN, MAX>::deserialize(deserializer).map(|text| text.0)
}

impl Component {
    /// What it comes to at list price, in parts of 10^-24; `None` for a list price below zero, and for what does not fit
    /// into 128 bits, which is more than 10^14 and beyond any amount.
    pub(crate) fn product(&self) -> Option<i128> {
        if self.list_price.0.is_negative() {
            return None;
        }
        let once = i128::from(self.list_price.0.units()).checked_mul(i128::from(self.usage.0.units()))?;
        once.checked_mul(i128::from(self.duration.0.units()))
    }
}

/// How many of something, or how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quantity(pub(crate) Factor);

impl Quantity {
    /// One.
    pub(crate) fn one() -> Quantity {
        Quantity(Factor::ONE)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Quantity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity as a decimal string such as \"2.5\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
                text.parse().map(Quantity).map_err(|error| match error {
                    ParseDecimalError::OutOfRange => E::custom(format!("{} is not from 0 to 10^9", quoted(text))),
                    error => E::custom(format!("{} {error}", quoted(text))),
                })
            }
            /// A quantity is no money: a whole one may come as the number that it is.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Number)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl ToSchema for Quantity {}
impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^0*([0-9]{1,9}(\\.[0-9]{1,8})?|1000000000(\\.0{1,8})?)$"))
            .description(Some(
                "How many of something: a decimal string from 0 to 1,000,000,000, up to 8 places. Whole numbers are \
                 also taken as JSON integers.",
            ))
            .examples([serde_json::json!("2.5")])
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(list_price: &str, usage: &str, duration: &str) -> Component {
        let json = serde_json::json!({ "code": "x", "list_price": list_price, "usage": usage, "duration": duration });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_component_comes_to_its_exact_product() {
        assert_eq!(component("0.00000001", "0.00000001", "0.00000001").product(), Some(1));
        assert_eq!(component("0.05", "2", "3").product(), Some(3 * 10_i128.pow(23)));
        assert_eq!(component("92000000000", "1000000000", "0.00000001").product(), Some(92 * 10_i128.pow(34)));
        assert_eq!(component("92000000000", "1000000000", "1000000000").product(), None);
        assert_eq!(component("-0.01", "1", "1").product(), None);
    }

    #[test]
    fn a_quantity_is_a_decimal_string_or_a_whole_number() {
        let read = |json: &str| serde_json::from_str::<Quantity>(json).map(|quantity| quantity.0.to_string());
        assert_eq!(read("\"2.5\"").unwrap(), "2.50");
        assert_eq!(read("3").unwrap(), "3.00");
        for wrong in ["-1", "\"-1\"", "2.5", "\"1e3\"", "\"0.000000001\"", "1000000001", "null", "true", "\"\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn details_read_what_they_wrote() {
        let details =
            Details { zone: Some("z".to_owned()), components: vec![component("1", "2", "3")], ..Details::default() };
        let read = Details::read(&details.text().unwrap());
        assert_eq!((read.zone.as_deref(), read.components.len()), (Some("z"), 1));
        assert_eq!(Details::default().text().unwrap(), "{}");
        assert!(Details::read("not written by this server").zone.is_none());
    }
}
