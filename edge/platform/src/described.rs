//! What texts look like that handlers read by hand, for the OpenAPI document: nothing of these types is ever made, and
//! what a value is refused for stands where it is read.

use crate::wire::{Text, described};
use credere_app::notices::message_kinds;
use credere_core::channel::{ActionType, NoticeKind, PayMode};
use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What people call something: a text that is not empty.
pub(crate) struct Name;

described!(Name, Text::<1, 256>::schema());

/// A figure in an answer that may go beyond what an amount in a request may be.
pub(crate) struct Figure;

described!(
    Figure,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^-?[0-9]+\\.[0-9]{2,8}$"))
        .description(Some("Money in the deployment's currency: a decimal string with 2 to 8 places."))
        .examples([serde_json::json!("12.50")])
);

/// A code or identifier, whether it is known or not.
pub(crate) struct Code;

described!(Code, Text::<1, 64>::schema());

/// A calendar month, `2026-10`.
pub(crate) struct MonthText;

described!(
    MonthText,
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[0-9]{4}-(0[1-9]|1[0-2])$"))
        .examples([serde_json::json!("2026-10")])
);

/// What an organization's admin is allowed (O49).
pub(crate) struct PermissionNumber;

described!(
    PermissionNumber,
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1_u64))
        .maximum(Some(10_u64))
        .description(Some(
            "What an admin may do for a member: 1 sees bills, 2 the balance, 6 passes its offers on, 7 pays."
        ))
        .examples([serde_json::json!(7)])
);

/// One of the action types of R81, by its own name or by one that the Cloud API has for it.
pub(crate) struct ActionTypeText;

described!(ActionTypeText, {
    let own = ActionType::ALL.iter().map(|action| action.name());
    names(own.chain(ActionType::ALIASES.iter().map(|(name, _)| *name)))
});

/// `prePay` or `postPay`.
pub(crate) struct PayModeText;

described!(PayModeText, names(PayMode::ALL.iter().map(|mode| mode.name())));

/// Which lines of an account's bill.
pub(crate) struct BillViewText;

described!(BillViewText, names(["self", "payer", "member"].into_iter()));

/// The kinds of notices.
pub(crate) struct NoticeKindText;

described!(NoticeKindText, names(NoticeKind::ALL.into_iter().map(NoticeKind::name)));

/// The kinds of messages that webhooks are sent.
pub(crate) struct MessageKindText;

impl ToSchema for MessageKindText {
    fn name() -> Cow<'static, str> {
        "MessageKind".into()
    }
}
impl PartialSchema for MessageKindText {
    fn schema() -> RefOr<Schema> {
        names(message_kinds())
    }
}

fn names(all: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all)).into()
}
