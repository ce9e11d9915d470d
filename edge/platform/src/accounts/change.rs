//! `PATCH /v1/accounts/{uin}`

use super::view::{ClassBody, SentVerification, TierName, VerificationChange};
use super::{AccountBody, TAG};
use crate::body::Json;
use crate::call::{Answer, At, uin_in_path};
use crate::problem::Problem;
use crate::wire::{EmailText, Object, Text, present};
use credere_app::parties::{AccountChange, ProfilePatch};
use credere_core::access::Action;
use credere_core::book::parties;
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes of an account. What is left out keeps its value; `null` empties a text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountChange, example = json!({ "verification": { "level": "enterprise" }, "phone": null }))]
pub(crate) struct AccountChangeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 256>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline)]
    email: Option<Option<EmailText>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline)]
    phone: Option<Option<Text<0, 64>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<ClassBody>, nullable = false)]
    class: Option<Object<ClassBody>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<VerificationChange>, nullable = false)]
    verification: SentVerification,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    tier: Option<TierName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline)]
    channel_manager: Option<Option<Text<0, 256>>>,
}

fn patch<const MAX: usize>(sent: Option<Option<Text<0, MAX>>>) -> Option<Option<String>> {
    sent.map(|value| value.map(|text| text.0))
}

/// Changes an account.
///
/// Any field but its number. A new verification counts for the next purchase (R58).
#[utoipa::path(
    patch,
    path = "/v1/accounts/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = AccountChangeBody,
    responses(
        (status = 200, description = "The account as it is now", body = AccountBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn change_account(
    At(uin): At<String>,
    Json { call, value, bytes, .. }: Json<AccountChangeBody>,
) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    if let Some(first) = call.kept(&claim, (Action::ChangeAccount, Some(uin)), &[]).await? {
        return Ok(first);
    }
    let verification = value.verification.map(|Object(sent)| sent).unwrap_or_default();
    let change = AccountChange {
        class: value.class.map(|Object(class)| class.read()).transpose()?,
        verification: verification.level.map(Into::into),
        tier: value.tier.map(Into::into),
        profile: ProfilePatch {
            name: value.name.map(|text| Some(text.0)),
            email: value.email.map(|sent| sent.map(|EmailText(text)| text)),
            phone: patch(value.phone),
            entity_id: patch(verification.entity_id),
            entity_name: patch(verification.entity_name),
            channel_manager: patch(value.channel_manager),
            ..ProfilePatch::default()
        },
    };
    let done = call.judged(call.app().change_account(call.caller, claim.key, uin, change).await, &[])?;
    let view = call.app().account(call.caller, uin).await.map_err(Problem::after_change)?;
    call.answer_shown(&claim, Some(uin), &AccountBody::new(call.app(), view)?, done.replayed)
        .await
        .map_err(Problem::after_change)
}
