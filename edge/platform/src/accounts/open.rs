//! `POST /v1/accounts`

use super::view::{ClassBody, SentVerification, SiteName, TierName, VerificationChange};
use super::{AccountBody, FIELDS, TAG};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::wire::{AccountNumber, EmailText, Object, Text};
use credere_app::parties::{NewAccount, Profile, ProfilePatch};
use credere_core::channel::{AccountClass, Site, Tier, Verification};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new account; only its name is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAccount, example = json!({
    "name": "Example Ltd", "email": "ops@example.test", "phone": "+6591234567", "class": { "kind": "external" },
    "verification": { "level": "enterprise", "entity_id": "201912345A", "entity_name": "Example Ltd" }, "tier": "mid"
}))]
pub(crate) struct NewAccountBody {
    /// The number it shall have; the next free one from 100000000001 upward where absent.
    uin: Option<AccountNumber>,
    /// Display name.
    #[schema(value_type = crate::described::Name)]
    name: Text<1, 256>,
    /// Contact address.
    #[schema(inline)]
    email: Option<EmailText>,
    /// Contact number.
    #[schema(inline)]
    phone: Option<Text<0, 64>>,
    /// `external` where absent.
    #[schema(value_type = Option<ClassBody>)]
    class: Option<Object<ClassBody>>,
    /// Level `none` where absent.
    #[schema(value_type = Option<VerificationChange>)]
    verification: SentVerification,
    /// `none` where absent.
    tier: Option<TierName>,
    /// Who looks after the account on the platform's side.
    #[schema(inline)]
    channel_manager: Option<Text<0, 256>>,
    /// On which of the vendor's sites it is; that of `deployment.site` where absent. Never changes.
    site: Option<SiteName>,
}

/// Opens an account.
///
/// The account has no credit until it is bound to a partner (`POST /v1/customers`) and given some
/// (`POST /v1/customers/{uin}/allocations`), and buys nothing until it is verified (R58).
#[utoipa::path(
    post,
    path = "/v1/accounts",
    tag = TAG,
    request_body = NewAccountBody,
    responses(
        (status = 201, description = "The account", body = AccountBody),
        (status = 409, description = "`account_exists`: the number is taken"),
    )
)]
pub(crate) async fn open_account(Json { call, value, bytes, .. }: Json<NewAccountBody>) -> Answer {
    let class = value.class.map(|Object(class)| class.read()).transpose()?.unwrap_or(AccountClass::External);
    let verification = value.verification.map(|Object(sent)| sent).unwrap_or_default();
    let level = verification.level.map_or(Verification::None, Verification::from);
    let profile = Profile {
        name: Some(value.name.0),
        email: value.email.map(|text| text.0),
        phone: value.phone.map(|text| text.0),
        entity_id: verification.entity_id.flatten().map(|text| text.0),
        entity_name: verification.entity_name.flatten().map(|text| text.0),
        channel_manager: value.channel_manager.map(|text| text.0),
        ..Profile::default()
    };
    let new = NewAccount {
        uin: value.uin.map(|number| number.0),
        class,
        verification: level,
        tier: value.tier.map_or(Tier::None, Tier::from),
        site: value.site.map(Site::from),
        profile: ProfilePatch {
            name: Some(profile.name.clone()),
            email: Some(profile.email.clone()),
            phone: Some(profile.phone.clone()),
            entity_id: Some(profile.entity_id.clone()),
            entity_name: Some(profile.entity_name.clone()),
            channel_manager: Some(profile.channel_manager.clone()),
            ..ProfilePatch::default()
        },
    };
    let claim = call.claim(&bytes)?;
    let done = call.judged(call.app().open_account(call.caller, claim.key, new).await, FIELDS)?;
    let body = AccountBody::plain(call.app(), &done.opened()?, done.site()?, profile);
    created(&body, done.replayed)
}
