//! Operations as they are sent, read without copies, and turned into commands under their keys.

use crate::problem::Problem;
use crate::wire::{AccountNumber, Money, Object, Time, names};
use credere_app::buying::OperationRequest;
use credere_app::idempotency::KeyMaker;
use credere_core::book::{Command, buying};
use credere_core::channel::{AuthorizationId, ProductCode, is_plain};
use serde::Deserialize;
use std::borrow::Cow;

/// Operations in one request at most.
pub(super) const OPERATIONS_MAX: usize = 10_000;
/// The longest key of an operation, in bytes.
const KEY_MAX: usize = 255;

/// A request of many operations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchWire<'a> {
    #[serde(borrow)]
    pub(super) operations: Vec<Object<OperationWire<'a>>>,
}

/// A text of the request, borrowed unless it has escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Borrowed<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// One operation, with the fields of all three kinds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationWire<'a> {
    #[serde(borrow)]
    pub(super) key: Borrowed<'a>,
    op: OperationName,
    account_uin: Option<AccountNumber>,
    #[serde(borrow)]
    product_code: Option<Borrowed<'a>>,
    amount: Option<Money>,
    expires_at: Option<Time>,
    #[serde(borrow)]
    pub(super) authorization_id: Option<Borrowed<'a>>,
}

names! {
    enum OperationName {
        Authorize,
        Capture,
        Release,
    }
}

/// What becomes of an operation before the engine sees it.
pub(super) enum Prepared {
    /// It goes to the engine.
    Sent(OperationRequest),
    /// It names something that cannot exist by its form: declined with this code, as if it were not there.
    Declined(&'static str),
}

/// Turns operations into commands. Most batches name few products, so a code that was read is not read again.
#[derive(Default)]
pub(super) struct Reader<'a> {
    codes: Vec<(&'a str, ProductCode)>,
    keys: KeyMaker,
}

impl<'a> Reader<'a> {
    /// The command and key of the operation at `position`.
    ///
    /// # Errors
    /// A 400 that names the field.
    pub(super) fn prepare(&mut self, position: usize, wire: &'a OperationWire<'_>) -> Result<Prepared, Problem> {
        let field = |name: &str| format!("operations[{position}].{name}");
        let key = wire.key.0.as_bytes();
        if key.is_empty() || key.len() > KEY_MAX || !is_plain(&wire.key.0) {
            let detail = format!("a key has 1 to {KEY_MAX} bytes and no control characters");
            return Err(Problem::invalid(field("key"), detail));
        }
        let none_of = |fields: &[(&str, bool)]| match fields.iter().find(|(_, there)| *there) {
            Some((name, _)) => Err(Problem::unknown(field(name))),
            None => Ok(()),
        };
        match wire.op {
            OperationName::Authorize => {
                none_of(&[("authorization_id", wire.authorization_id.is_some())])?;
                let account = wire.account_uin.ok_or_else(|| Problem::missing(field("account_uin")))?.0;
                let code = wire.product_code.as_ref().ok_or_else(|| Problem::missing(field("product_code")))?;
                let amount = wire.amount.ok_or_else(|| Problem::missing(field("amount")))?.0;
                let expires_at = wire.expires_at.map(|time| time.0);
                let Some(product) = self.product(&code.0) else { return Ok(Prepared::Declined("product_not_found")) };
                let number = account.number().to_le_bytes();
                let expiry = expires_at.map(|at| at.micros().to_le_bytes());
                let content: [&[u8]; 5] = [
                    b"authorize",
                    &number,
                    product.as_str().as_bytes(),
                    &amount.units().to_le_bytes(),
                    expiry.as_ref().map_or(b"", |at| at.as_slice()),
                ];
                let key = self.keys.of_operation(key, account, &content);
                let command = Command::from(buying::Authorize { account, product, amount, expires_at });
                Ok(Prepared::Sent(OperationRequest { key, command }))
            }
            OperationName::Capture | OperationName::Release => {
                none_of(&[
                    ("account_uin", wire.account_uin.is_some()),
                    ("product_code", wire.product_code.is_some()),
                    ("expires_at", wire.expires_at.is_some()),
                    ("amount", wire.amount.is_some() && wire.op == OperationName::Release),
                ])?;
                let id = wire.authorization_id.as_ref().ok_or_else(|| Problem::missing(field("authorization_id")))?;
                let Ok(authorization) = id.0.parse::<AuthorizationId>() else {
                    return Ok(Prepared::Declined("authorization_not_found"));
                };
                let amount = wire.amount.map(|money| money.0);
                let (name, command): (&[u8], _) = match wire.op {
                    OperationName::Release => (b"release", Command::from(buying::Release { authorization })),
                    _ => (b"capture", Command::from(buying::Capture { authorization, amount })),
                };
                let opened = authorization.opened_seq.to_le_bytes();
                let units = amount.map(|amount| amount.units().to_le_bytes());
                let content = [name, &opened, units.as_ref().map_or(b"", |units| units.as_slice())];
                let key = self.keys.of_operation(key, authorization.account, &content);
                Ok(Prepared::Sent(OperationRequest { key, command }))
            }
        }
    }

    fn product(&mut self, text: &'a str) -> Option<ProductCode> {
        if let Some((_, code)) = self.codes.iter().find(|(known, _)| *known == text) {
            return Some(code.clone());
        }
        let code: ProductCode = text.parse().ok()?;
        // A batch with many products pays for each look; it need not pay for more than a few.
        if self.codes.len() < 16 {
            self.codes.push((text, code.clone()));
        }
        Some(code)
    }
}
