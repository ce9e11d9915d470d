//! Request bodies: JSON, strict, and bounded. A body is read fast first; only one that does not read is looked at
//! again, for the field at fault. The bytes in flight over all requests are bounded as well.

use crate::call::Call;
use crate::problem::{Own, Problem, malformed};
use crate::wire::Object;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use credere_core::access::{Actor, KeyAccess};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

/// The unit in which bytes in flight are counted.
pub(crate) const BLOCK: usize = 64 * 1024;

/// How long a body may take to arrive, so that a slow sender does not hold its room for ever.
const ARRIVAL: Duration = Duration::from_secs(30);

/// The caller, and the bytes that it sent.
pub(crate) struct RawBody {
    pub(crate) call: Call,
    pub(crate) bytes: Bytes,
    /// Room among the bytes in flight, given back with the body.
    pub(crate) room: OwnedSemaphorePermit,
}

impl FromRequest<crate::Platform> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &crate::Platform) -> Result<RawBody, Problem> {
        let (mut parts, body) = request.into_parts();
        let call = Call::from_request_parts(&mut parts, state).await?;
        must_come_plain(&parts.headers)?;
        let declared = declared_length(&parts.headers);
        let limit = state.0.body_max;
        if declared.is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        let expected = declared.and_then(|length| usize::try_from(length).ok()).unwrap_or(limit);
        let blocks = u32::try_from(expected.div_ceil(BLOCK)).map_err(|_| too_large(limit))?;
        let room = state.0.bodies.clone().try_acquire_many_owned(blocks).map_err(|_| Problem::overloaded())?;
        let arrival = tokio::time::timeout(ARRIVAL, Limited::new(body, limit).collect());
        let bytes = match arrival.await {
            Ok(Ok(collected)) => collected.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large(limit)),
            Ok(Err(_)) => {
                let detail = "the connection ended before the body did";
                return Err(Problem::own(Own::IncompleteBody, detail));
            }
            Err(_) => {
                let detail = format!("the body took longer than {} seconds", ARRIVAL.as_secs());
                return Err(Problem::own(Own::BodyTimeout, detail));
            }
        };
        if !bytes.is_empty() && !is_json(&parts.headers) {
            return Err(Problem::own(Own::UnsupportedMediaType, "the body must be sent as `application/json`"));
        }
        Ok(RawBody { call, bytes, room })
    }
}

/// No encoding of bodies is offered: one that is not undone would be read as something else, or not at all.
fn must_come_plain(headers: &HeaderMap) -> Result<(), Problem> {
    let named = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.trim().eq_ignore_ascii_case("identity"));
    if headers.get_all(header::CONTENT_ENCODING).iter().all(named) {
        return Ok(());
    }
    let detail = "no `Content-Encoding` is offered: the body must be sent as it is";
    Err(Problem::own(Own::UnsupportedMediaType, detail))
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Problem {
    Problem::own(Own::BodyTooLarge, format!("a body may have at most {limit} bytes"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// A request with a JSON object as its body; in an operation without fields, it may be left out.
pub(crate) struct Json<T> {
    pub(crate) call: Call,
    pub(crate) value: T,
    /// As it was sent, for the idempotency key.
    pub(crate) bytes: Bytes,
    /// Held until the answer is there.
    _room: OwnedSemaphorePermit,
}

impl<T: DeserializeOwned> FromRequest<crate::Platform> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &crate::Platform) -> Result<Json<T>, Problem> {
        let RawBody { call, bytes, room } = RawBody::from_request(request, state).await?;
        match read(&bytes) {
            Ok(value) => Ok(Json { call, value, bytes, _room: room }),
            Err(problem) => Err(role_first(&call, problem)),
        }
    }
}

/// The body of an operation that has nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Nothing, example = json!({}))]
pub(crate) struct NothingBody {}

/// Reads a JSON object; nothing at all reads as one without fields.
///
/// # Errors
/// A 400 that names the field.
pub(crate) fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    match serde_json::from_slice::<Object<T>>(bytes) {
        Ok(Object(value)) => Ok(value),
        Err(_) => Err(malformed::body::<Object<T>>(bytes)),
    }
}

/// Whoever may not write at all learns that before what is wrong with the body.
pub(crate) fn role_first(call: &Call, problem: Problem) -> Problem {
    match call.caller.actor {
        Actor::Platform { access: KeyAccess::Read, .. } => Problem::read_only_key(),
        _ => problem,
    }
}
