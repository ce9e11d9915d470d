//! Request bodies: JSON, strict, and bounded. A body is read fast first; only one that does not read is looked at
//! again, for the field at fault. How long bodies are waited for, and how much of them is held at once over all requests,
//! is the server's business, which ends a body with an error of its own.

use crate::call::Call;
use crate::problem::{Own, Problem, malformed};
use crate::state::Platform;
use crate::wire::Object;
use axum::body::{Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::error::Error;
use std::io;
use utoipa::ToSchema;

/// The largest body, in bytes: 10,000 operations of a generous size.
const BODY_MAX: usize = 8 * 1024 * 1024;

/// The caller, and the bytes that it sent.
pub(crate) struct RawBody {
    pub(crate) call: Call,
    pub(crate) bytes: Bytes,
}

impl FromRequest<Platform> for RawBody {
    type Rejection = Problem;

    /// A key that may not write is told so before anything of the body is read.
    async fn from_request(request: Request, state: &Platform) -> Result<RawBody, Problem> {
        let RawBody { mut call, bytes } = RawBody::read(request, state, Call::may_write).await?;
        call.recall().await?;
        Ok(RawBody { call, bytes })
    }
}

impl RawBody {
    /// Reads a body of whoever may ask this. A request takes its place among those that are worked on once its body is complete.
    async fn read(
        request: Request,
        state: &Platform,
        may_ask: impl Fn(&Call) -> Result<(), Problem>,
    ) -> Result<RawBody, Problem> {
        let (parts, body) = request.into_parts();
        let mut call = Call::identify(&parts, state)?;
        may_ask(&call)?;
        must_come_plain(&parts.headers)?;
        let too_large = || Problem::own(Own::BodyTooLarge, format!("a body may have at most {BODY_MAX} bytes"));
        if declared_length(&parts.headers).is_some_and(|length| length > BODY_MAX as u64) {
            return Err(too_large());
        }
        let bytes = match Limited::new(body, BODY_MAX).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
            Err(error) => return Err(unread(&*error)),
        };
        if !bytes.is_empty() && !is_json(&parts.headers) {
            return Err(Problem::own(Own::UnsupportedMediaType, "the body must be sent as `application/json`"));
        }
        call.take_place()?;
        Ok(RawBody { call, bytes })
    }
}

/// Why a body did not arrive. The server says by the kind of the error that it gave up on it.
fn unread(error: &(dyn Error + 'static)) -> Problem {
    let causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    match causes.filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind).next() {
        Some(io::ErrorKind::ResourceBusy) => Problem::overloaded(),
        Some(io::ErrorKind::TimedOut) => Problem::own(Own::BodyTimeout, "the body took too long, or came too slowly"),
        _ => Problem::own(Own::IncompleteBody, "the connection ended before the body did"),
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
}

impl<T: DeserializeOwned> FromRequest<Platform> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Platform) -> Result<Json<T>, Problem> {
        let RawBody { call, bytes } = RawBody::from_request(request, state).await?;
        Ok(Json { value: read(&bytes)?, call, bytes })
    }
}

/// A question that is too long for a path: it changes nothing, so a key that only reads may ask it, and nothing of it is
/// remembered.
pub(crate) struct Question<T> {
    pub(crate) call: Call,
    pub(crate) value: T,
}

impl<T: DeserializeOwned> FromRequest<Platform> for Question<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Platform) -> Result<Question<T>, Problem> {
        let RawBody { call, bytes } = RawBody::read(request, state, |_| Ok(())).await?;
        // A key is read, so that a malformed one is told as everywhere, and not used.
        call.claim(&bytes)?;
        Ok(Question { value: read(&bytes)?, call })
    }
}

/// The body of an operation that has nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Nothing, example = json!({}))]
pub(crate) struct NothingBody {}

/// A request that has nothing to say: without a body, or with an object without fields.
pub(crate) struct Nothing {
    pub(crate) call: Call,
    /// As it was sent, for the idempotency key.
    pub(crate) bytes: Bytes,
}

impl FromRequest<Platform> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Platform) -> Result<Nothing, Problem> {
        if request.body().is_end_stream() {
            let (mut parts, _) = request.into_parts();
            let mut call = Call::from_request_parts(&mut parts, state).await?;
            call.recall().await?;
            return Ok(Nothing { call, bytes: Bytes::new() });
        }
        let Json { call, value: NothingBody {}, bytes } = Json::from_request(request, state).await?;
        Ok(Nothing { call, bytes })
    }
}

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
