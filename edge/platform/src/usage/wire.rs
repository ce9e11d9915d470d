//! Usage records as they are sent, each read by itself, and turned into commands under their keys. What is wrong with the
//! form of a record rejects that record alone; only one whose key cannot be read has nothing that an answer could name.

use super::result::Refused;
use crate::component::Component;
use crate::problem::{Own, Problem, malformed};
use crate::resources::NameText;
use crate::wire::{AccountNumber, Money, Object, Quantity, Tags, Text, Time, from_text, present, quoted};
use credere_app::idempotency::KeyMaker;
use credere_app::metering::UsageRequest;
use credere_core::book::{KeyUse, metering};
use credere_core::channel::{self, ActionType, Details, ProductCode, is_plain};
use credere_core::ledger::Calendar;
use credere_core::money::Amount;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Records in one request at most.
pub(super) const RECORDS_MAX: usize = 10_000;
/// The longest key of a record, in bytes.
const KEY_MAX: usize = 255;
/// Components of one record at most: a bill shows them all.
const COMPONENTS_MAX: usize = 100;

/// A request of many records, none of which has been looked at yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchWire<'a> {
    #[serde(borrow)]
    pub(super) records: Vec<&'a RawValue>,
}

/// One record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordWire<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    account_uin: AccountNumber,
    #[serde(borrow)]
    product_code: Cow<'a, str>,
    amount: Money,
    units: Option<Quantity>,
    period_start: Time,
    period_end: Time,
    resource_id: Option<NameText>,
    action_type: Option<ActionName>,
    region: Option<Text<0, 256>>,
    zone: Option<Text<0, 256>>,
    project: Option<Text<0, 256>>,
    tags: Option<Tags>,
    resource_name: Option<Text<0, 256>>,
    operator_uin: Option<AccountNumber>,
    components: Option<Vec<Object<Component>>>,
}

/// What for, by one of the names of R81.
#[derive(Debug, Clone, Copy)]
struct ActionName(ActionType);

from_text!(ActionName, "the name of an action type such as \"postpay_deduct_h\"", |name| {
    let known = ActionType::from_name(name).map(ActionName);
    known.ok_or_else(|| format!("{} is not an action type (R81)", quoted(name)))
});

/// The key of a record, whatever else is in it.
#[derive(Deserialize)]
struct KeyWire<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    key: Option<&'a RawValue>,
}

/// A record that has been looked at.
pub(super) struct Prepared<'a> {
    /// Its key, which the answer repeats.
    pub(super) key: Cow<'a, str>,
    /// What goes to the engine, or why nothing does.
    pub(super) asked: Result<UsageRequest, Refused>,
}

/// Turns records into commands. Most batches name few products, so a code that was read is not read again.
pub(super) struct Reader {
    calendar: Calendar,
    codes: Vec<ProductCode>,
    keys: KeyMaker,
}

impl Reader {
    /// For records whose keys are kept by the months of this calendar.
    pub(super) fn new(calendar: Calendar) -> Reader {
        Reader { calendar, codes: Vec::new(), keys: KeyMaker::default() }
    }

    /// The record at `position`.
    ///
    /// # Errors
    /// A 400 when it has no key that the answer could name.
    pub(super) fn prepare<'a>(&mut self, position: usize, raw: &'a RawValue) -> Result<Prepared<'a>, Problem> {
        match serde_json::from_str::<Object<RecordWire<'a>>>(raw.get()) {
            Ok(Object(wire)) if !key_fits(&wire.key) => Err(unusable(position)),
            Ok(Object(wire)) => {
                let key = wire.key.clone();
                Ok(Prepared { key, asked: self.request(wire) })
            }
            Err(_) => {
                let key = key_of(position, raw)?;
                let problem = malformed::body::<Object<RecordWire<'a>>>(raw.get().as_bytes());
                Ok(Prepared { key, asked: Err(Refused::malformed(&problem)) })
            }
        }
    }

    fn request(&mut self, wire: RecordWire<'_>) -> Result<UsageRequest, Refused> {
        let components = components_of(wire.components, wire.amount.0)?;
        let Some(product) = self.product(&wire.product_code) else { return Err(Refused::no_product()) };
        let details = Details {
            region: wire.region.map(|text| text.0),
            zone: wire.zone.map(|text| text.0),
            project: wire.project.map(|text| text.0),
            tags: wire.tags.unwrap_or_default().0,
            resource_name: wire.resource_name.map(|text| text.0),
            operator_uin: wire.operator_uin.map(|number| number.0),
            components,
        };
        let record = metering::SettleUsage {
            account: wire.account_uin.0,
            product,
            amount: wire.amount.0,
            units: wire.units.map(|units| units.0),
            period_start: wire.period_start.0,
            period_end: wire.period_end.0,
            resource: wire.resource_id.map(|name| name.0),
            action: wire.action_type.map(|name| name.0),
            details: details.text(),
        };
        Ok(UsageRequest { key: self.key_use(wire.key.as_bytes(), &record), record })
    }

    /// Keys are unique within the account and the month in which the period starts.
    fn key_use(&mut self, key: &[u8], record: &metering::SettleUsage) -> KeyUse {
        let month = self.calendar.month(record.period_start);
        let units = record.units.map(|units| units.units().to_le_bytes());
        let content: [&[u8]; 9] = [
            b"usage",
            record.product.as_str().as_bytes(),
            &record.amount.units().to_le_bytes(),
            &record.period_start.micros().to_le_bytes(),
            &record.period_end.micros().to_le_bytes(),
            // A name is never empty.
            record.resource.as_ref().map_or(b"", |name| name.as_str().as_bytes()),
            record.action.map_or("", ActionType::name).as_bytes(),
            record.details.as_bytes(),
            units.as_ref().map_or(b"", |units| units.as_slice()),
        ];
        // A record without units has the hash that it had before there were any.
        let content = if units.is_some() { &content[..] } else { &content[..8] };
        self.keys.of_usage(key, record.account, month, content)
    }

    fn product(&mut self, text: &str) -> Option<ProductCode> {
        if let Some(code) = self.codes.iter().find(|code| code.as_str() == text) {
            return Some(code.clone());
        }
        let code: ProductCode = text.parse().ok()?;
        // A batch with many products pays for each look; it need not pay for more than a few.
        if self.codes.len() < 16 {
            self.codes.push(code.clone());
        }
        Some(code)
    }
}

/// The components of a record, which sum up to its amount to the last digit.
fn components_of(sent: Option<Vec<Object<Component>>>, amount: Amount) -> Result<Vec<channel::Component>, Refused> {
    let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return Ok(Vec::new()) };
    if sent.len() > COMPONENTS_MAX {
        return Err(Refused::malformed(&Problem::invalid(
            "components",
            format!("there are {} components; a record has at most {COMPONENTS_MAX}", sent.len()),
        )));
    }
    let components: Vec<channel::Component> = sent.into_iter().map(|Object(component)| component.into()).collect();
    let sum = components.iter().try_fold(0_i128, |sum, component| sum.checked_add(component.product()?));
    // A product of three carries three times eight places.
    let wanted = i128::from(amount.units()).checked_mul(10_i128.pow(16));
    if sum.is_none() || sum != wanted {
        let detail = format!("list price x usage x duration over all components does not come to {amount} (R79)");
        return Err(Refused::malformed(&Problem::own(Own::ComponentsDoNotSum, detail).at("components")));
    }
    Ok(components)
}

fn key_fits(key: &str) -> bool {
    !key.is_empty() && key.len() <= KEY_MAX && is_plain(key)
}

fn key_of(position: usize, raw: &RawValue) -> Result<Cow<'_, str>, Problem> {
    if !raw.get().starts_with('{') {
        return Err(Problem::invalid(format!("records[{position}]"), "a record is an object"));
    }
    let KeyWire { key } = serde_json::from_str(raw.get()).map_err(|_| unusable(position))?;
    let key = key.ok_or_else(|| Problem::missing(format!("records[{position}].key")))?;
    let key: Borrowed<'_> = serde_json::from_str(key.get()).map_err(|_| unusable(position))?;
    if key_fits(&key.0) { Ok(key.0) } else { Err(unusable(position)) }
}

/// A text, borrowed unless it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

fn unusable(position: usize) -> Problem {
    Problem::invalid(
        format!("records[{position}].key"),
        format!("a key is a string of 1 to {KEY_MAX} bytes without control characters"),
    )
}
