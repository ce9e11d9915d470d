//! Platform keys: made and shown once, listed, taken back.

use crate::body::{Json, Nothing};
use crate::call::{Answer, At, Call, created_once, gone, shown};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::state::Platform;
use crate::wire::{Text, names};
use credere_app::deployment::PlatformKeyView;
use credere_core::access::KeyAccess;
use credere_core::book::{Rejection, deployment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Platform keys";

/// Cursors hold a key's number.
const LIST: List = List(b'k');

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(issue_key, list_keys)).routes(routes!(revoke_key))
}

names! {
    /// What a key may do.
    #[schema(as = KeyAccess)]
    enum AccessName of KeyAccess {
        /// Everything.
        Full,
        /// Reading only.
        Read,
    }
}

/// A new platform key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey, example = json!({ "name": "metering", "access": "full" }))]
pub(crate) struct NewKeyBody {
    /// What people call it; the audit names the key by its id.
    #[schema(value_type = crate::described::Name)]
    name: Text<1, 256>,
    access: AccessName,
}

/// A platform key as it was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedKey, example = json!({
    "id": "key_2", "name": "metering", "access": "full", "key": "cred_Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
}))]
pub(crate) struct IssuedKeyBody {
    id: String,
    name: String,
    access: AccessName,
    /// The key itself. Shown this once: `null` in a repeated answer.
    key: Option<String>,
}

/// A platform key as it is listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct KeyBody {
    id: String,
    name: String,
    /// `full` or `read`.
    access: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Makes a platform key.
///
/// The key is shown once; only its hash is kept.
#[utoipa::path(
    post,
    path = "/v1/keys",
    tag = TAG,
    request_body = NewKeyBody,
    responses((status = 201, description = "The key", body = IssuedKeyBody))
)]
pub(crate) async fn issue_key(Json { call, value, bytes, .. }: Json<NewKeyBody>) -> Answer {
    let claim = call.claim(&bytes)?;
    let issued = call.app().issue_platform_key(call.caller, claim.key, &value.name.0, value.access.into()).await;
    let issued = call.judged(issued, &[])?;
    let body = IssuedKeyBody {
        id: format!("key_{}", issued.number),
        name: value.name.0,
        access: value.access,
        key: issued.key.map(|key| key.expose().to_owned()),
    };
    created_once(&body, issued.replayed)
}

/// Lists platform keys.
///
/// Oldest first, without the keys themselves, and only those that have not been taken back.
#[utoipa::path(
    get,
    path = "/v1/keys",
    tag = TAG,
    params(PageQuery),
    responses((status = 200, description = "A page of keys", body = Page<KeyBody>))
)]
pub(crate) async fn list_keys(call: Call, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let mut keys = call.app().platform_keys(call.caller).await?;
    keys.sort_unstable_by_key(|key| key.number);
    keys.retain(|key| u64::from(key.number) > wanted.from.unwrap_or(0));
    keys.truncate(wanted.limit + 1);
    let view = |key: PlatformKeyView| KeyBody {
        id: format!("key_{}", key.number),
        name: key.name,
        access: if key.access == KeyAccess::Full { "full" } else { "read" },
        created_at: call.time(key.created_at),
    };
    shown(&LIST.page(wanted, keys, |key| u64::from(key.number), view))
}

fn number_of(id: &str) -> Option<u32> {
    let digits = id.strip_prefix("key_")?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

/// Takes a platform key back.
///
/// It opens nothing any more from this moment on. The last key with full access stays.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The key's id, such as `key_2`")),
    responses(
        (status = 204, description = "It is taken back"),
        (status = 404, description = "`key_not_found`"),
        (status = 409, description = "`last_full_key`"),
    )
)]
pub(crate) async fn revoke_key(At(id): At<String>, Nothing { call, bytes }: Nothing) -> Answer {
    let claim = call.claim(&bytes)?;
    let number =
        number_of(&id).ok_or_else(|| Problem::refused(&Rejection::Deployment(deployment::Reason::PlatformKeyNotFound)));
    let number = call.formal(&claim, number).await?;
    let done = call.judged(call.app().revoke_platform_key(call.caller, claim.key, number).await, &[])?;
    gone(done.replayed)
}
