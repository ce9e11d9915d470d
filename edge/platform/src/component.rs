//! One component of a usage record as it is sent and shown. How it is kept, and what it comes to, is the core's.

use crate::wire::{Money, Quantity, Text};
use credere_core::channel;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

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

impl From<Component> for channel::Component {
    fn from(sent: Component) -> channel::Component {
        let Component { code, name, list_price, usage, unit, duration, duration_unit } = sent;
        channel::Component {
            code,
            name,
            list_price: list_price.0,
            usage: usage.0,
            unit,
            duration: duration.0,
            duration_unit,
        }
    }
}

impl From<channel::Component> for Component {
    fn from(kept: channel::Component) -> Component {
        let channel::Component { code, name, list_price, usage, unit, duration, duration_unit } = kept;
        Component {
            code,
            name,
            list_price: Money(list_price),
            usage: Quantity(usage),
            unit,
            duration: Quantity(duration),
            duration_unit,
        }
    }
}
