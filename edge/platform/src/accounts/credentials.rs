//! `POST`, `GET /v1/accounts/{uin}/credentials` and `DELETE /v1/accounts/{uin}/credentials/{secret_id}`

use super::TAG;
use crate::body::{Json, Nothing, NothingBody};
use crate::call::{Answer, At, Call, created_once, gone, shown, uin_in_path};
use crate::page::{List, Page, PageQuery};
use crate::query::Query;
use credere_app::parties::CredentialView;
use credere_core::book::parties;
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold how many were passed: credentials are listed oldest first, and new ones come last.
const LIST: List = List(b'c');

/// A new credential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewCredential)]
pub(crate) struct NewCredentialBody {
    /// The public half.
    #[schema(example = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA")]
    secret_id: String,
    /// The secret half. Shown this once: `null` in a repeated answer.
    #[schema(example = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")]
    secret_key: Option<String>,
}

/// A credential as it is listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credential)]
pub(crate) struct CredentialBody {
    /// The public half.
    secret_id: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Makes a credential.
///
/// It signs Cloud API calls as that account. The secret key is shown once.
#[utoipa::path(
    post,
    path = "/v1/accounts/{uin}/credentials",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 201, description = "The credential", body = NewCredentialBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn issue_credential(At(uin): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let made = call.judged(call.app().issue_credential(call.caller, claim.key, uin).await, &[])?;
    let secret_key = made.secret_key.map(|secret| secret.expose().to_owned());
    let body = NewCredentialBody { secret_id: made.secret_id, secret_key };
    created_once(&body, made.replayed)
}

/// Lists an account's credentials.
///
/// Oldest first, without their secrets, and only those that have not been taken back.
#[utoipa::path(
    get,
    path = "/v1/accounts/{uin}/credentials",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number"), PageQuery),
    responses(
        (status = 200, description = "A page of credentials", body = Page<CredentialBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_credentials(call: Call, At(uin): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Account)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let rows = call.app().credentials(call.caller, uin).await?;
    let from = wanted.from.unwrap_or(0);
    let found = (1..).zip(rows).filter(|(at, _)| *at > from).take(wanted.limit + 1).collect();
    let view = |(_, view): (u64, CredentialView)| CredentialBody {
        secret_id: view.secret_id,
        created_at: call.time(view.created_at),
    };
    shown(&LIST.page(wanted, found, |(at, _)| *at, view))
}

/// Takes a credential back.
///
/// It signs nothing any more from this moment on.
#[utoipa::path(
    delete,
    path = "/v1/accounts/{uin}/credentials/{secret_id}",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("secret_id" = String, Path, description = "The credential's public half")
    ),
    responses(
        (status = 204, description = "It is taken back"),
        (status = 404, description = "`credential_not_found`: the account has no such credential"),
    )
)]
pub(crate) async fn revoke_credential(
    At((uin, secret_id)): At<(String, String)>,
    Nothing { call, bytes }: Nothing,
) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let done = call.judged(call.app().revoke_credential(call.caller, claim.key, uin, secret_id).await, &[])?;
    gone(done.replayed)
}
