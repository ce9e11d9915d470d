//! From an HTTP request to a proven request to a call. This file knows where each part of the protocol is found (headers
//! with TC3, parameters with the older signature) and which content types there are; signatures are proven in `sign`,
//! and the order of the checks is laid down in `door`.

use crate::error::{CloudError, ErrorCode, quoted};
use crate::params::{self, Args, Pairs, Value};
use crate::registry::Service;
use crate::replay::Mark;
use crate::sign::form::{self, PROTOCOL_NAMES};
use crate::sign::{Lookup, Proof, tc3};
use axum::http::{HeaderMap, Method, Uri, header};
use credere_core::channel::Uin;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The largest head of a request, in bytes: request line, and names and values of all headers; for the server's connections
/// the same, from the request line to the empty line.
pub const HEAD_MAX: usize = 32 * 1024;

/// An HTTP request as it arrived. Whoever reads the body limits its size.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// GET or POST; anything else is refused.
    pub method: &'a Method,
    /// Path and raw query.
    pub uri: &'a Uri,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// The bytes of a header that may be sent once.
    ///
    /// # Errors
    /// `InvalidRequest` when it is sent more than once.
    pub fn header_bytes(&self, name: &str) -> Result<Option<&'a [u8]>, CloudError> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next();
        if values.next().is_some() {
            let message = format!("the header {} is sent more than once", quoted(name));
            return Err(CloudError::new(ErrorCode::InvalidRequest, message));
        }
        Ok(first.map(|value| value.as_bytes()))
    }

    /// The text of a header that may be sent once.
    ///
    /// # Errors
    /// `InvalidRequest` when it is sent more than once or is not text.
    pub fn header(&self, name: &str) -> Result<Option<&'a str>, CloudError> {
        let text = self.header_bytes(name)?.map(std::str::from_utf8).transpose();
        text.map_err(|_| {
            CloudError::new(ErrorCode::InvalidRequest, format!("the header {} is not UTF-8 text", quoted(name)))
        })
    }

    /// The host as the client named it: the raw `Host` header, or what stands in its place in HTTP/2.
    ///
    /// # Errors
    /// `AuthFailure.InvalidAuthorization` when there is none, because both signatures include it.
    pub fn host(&self) -> Result<&'a [u8], CloudError> {
        let authority = || self.uri.authority().map(|authority| authority.as_str().as_bytes());
        self.header_bytes(header::HOST.as_str())?.or_else(authority).ok_or_else(|| {
            CloudError::new(ErrorCode::InvalidAuthorization, "the request has no `Host` header, which must be signed")
        })
    }

    /// What the head comes to: the target, and each header with the four bytes that part its name, value and line.
    fn head_bytes(&self) -> usize {
        let line = |name: usize, value: usize| name.saturating_add(value).saturating_add(4);
        let query = self.uri.query().unwrap_or_default();
        let target = line(self.uri.path().len(), query.len());
        let headers = self.headers.iter().map(|(name, value)| line(name.as_str().len(), value.len()));
        headers.fold(target, usize::saturating_add)
    }

    fn content_type(&self) -> Result<ContentType<'a>, CloudError> {
        Ok(ContentType::of(self.header(header::CONTENT_TYPE.as_str())?.unwrap_or_default()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ContentType<'a> {
    Json,
    Form,
    Other(&'a str),
}

impl<'a> ContentType<'a> {
    /// Reads `application/json; charset=utf-8`. Another parameter, or another character set, is another type.
    fn of(text: &'a str) -> ContentType<'a> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let utf8 = |parameter: &str| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.trim().eq_ignore_ascii_case("charset") && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        };
        let plain = parameters.split(';').map(str::trim).filter(|p| !p.is_empty()).all(utf8);
        let is = |name: &str| plain && essence.trim().eq_ignore_ascii_case(name);
        match () {
            () if is("application/json") => ContentType::Json,
            () if is("application/x-www-form-urlencoded") => ContentType::Form,
            () => ContentType::Other(text),
        }
    }
}

/// Where the parameters of a proven request are.
#[derive(Debug)]
enum Payload<'a> {
    Json(&'a [u8]),
    Query(&'a str),
    Pairs(Pairs<'a>),
}

/// A request whose signature is proven. Its parameters are not read yet.
#[derive(Debug)]
pub struct Request<'a> {
    /// Who signed it, with what.
    pub proof: Proof,
    action: Option<String>,
    version: Option<String>,
    region: Option<String>,
    language: Option<String>,
    has_token: bool,
    payload: Payload<'a>,
}

/// Proves who sent a request. `now` is the machine's clock in seconds since 1970.
///
/// # Errors
/// `RequestSizeLimitExceeded` for a head beyond [`HEAD_MAX`], `UnsupportedProtocol` for another method, content type or
/// content encoding, and the refusals of [`tc3::verify`] and [`form::verify`].
pub fn authenticate<'a>(incoming: Incoming<'a>, now: i64, lookup: Lookup<'_>) -> Result<Request<'a>, CloudError> {
    if incoming.head_bytes() > HEAD_MAX {
        let message = format!("the request's head has more than {HEAD_MAX} bytes");
        return Err(CloudError::new(ErrorCode::RequestSizeLimitExceeded, message));
    }
    let get = match *incoming.method {
        Method::GET => true,
        Method::POST => false,
        _ => {
            let message = format!("the method {} is not supported; use GET or POST", quoted(incoming.method.as_str()));
            return Err(CloudError::new(ErrorCode::UnsupportedProtocol, message));
        }
    };
    // What is signed is the body as it came; no encoding is undone.
    let encoding = incoming.header(header::CONTENT_ENCODING.as_str())?.unwrap_or("identity");
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        let message = format!("the content encoding {} is not offered; send the body as it is", quoted(encoding));
        return Err(CloudError::new(ErrorCode::UnsupportedProtocol, message));
    }
    let query = incoming.uri.query().unwrap_or_default();
    if let Some(authorization) = incoming.header(header::AUTHORIZATION.as_str())? {
        let proof = tc3::verify(&incoming, authorization, now, lookup)?;
        let payload = match (get, incoming.content_type()?) {
            (false, ContentType::Json) => Payload::Json(incoming.body),
            (true, ContentType::Form) => Payload::Query(query),
            (false, ContentType::Form | ContentType::Other(_)) => {
                return Err(unsupported(&incoming, "POST with `Authorization`", "application/json"));
            }
            (true, ContentType::Json | ContentType::Other(_)) => {
                return Err(unsupported(&incoming, "GET with `Authorization`", "application/x-www-form-urlencoded"));
            }
        };
        let text = |name: &str| Ok(incoming.header(name)?.filter(|text| !text.is_empty()).map(str::to_owned));
        // The Node SDK writes `null` when it has no region.
        let region = text("X-TC-Region")?.filter(|region| region != "null");
        return Ok(Request {
            proof,
            action: text("X-TC-Action")?,
            version: text("X-TC-Version")?,
            region,
            language: text("X-TC-Language")?,
            has_token: text("X-TC-Token")?.is_some(),
            payload,
        });
    }

    let encoded = match (get, incoming.content_type()?) {
        (true, _) => query,
        (false, ContentType::Form) => std::str::from_utf8(incoming.body)
            .map_err(|_| CloudError::new(ErrorCode::InvalidParameter, "the request body is not UTF-8 text"))?,
        (false, ContentType::Json) => {
            let message = "a JSON request needs an `Authorization` header with a TC3-HMAC-SHA256 signature";
            return Err(CloudError::new(ErrorCode::InvalidAuthorization, message));
        }
        (false, ContentType::Other(_)) => {
            return Err(unsupported(&incoming, "POST without `Authorization`", "application/x-www-form-urlencoded"));
        }
    };
    let pairs = Pairs::decode(encoded)?;
    let proof = form::verify(&incoming, &pairs, now, lookup)?;
    let text = |name| pairs.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let has_token = text("Token").is_some();
    let (action, version, region, language) = (text("Action"), text("Version"), text("Region"), text("Language"));
    let payload = Payload::Pairs(pairs.without(&PROTOCOL_NAMES));
    Ok(Request { proof, action, version, region, language, has_token, payload })
}

fn unsupported(incoming: &Incoming<'_>, how: &str, wanted: &str) -> CloudError {
    let sent = incoming.header(header::CONTENT_TYPE.as_str()).ok().flatten();
    let sent = sent.map_or_else(|| "no content type".to_owned(), |text| format!("the content type {}", quoted(text)));
    CloudError::new(ErrorCode::UnsupportedProtocol, format!("{how} needs the content type `{wanted}`, not {sent}"))
}

impl Request<'_> {
    /// The action that the request names.
    ///
    /// # Errors
    /// `MissingParameter`.
    pub fn action(&self) -> Result<&str, CloudError> {
        self.action.as_deref().ok_or_else(|| absent("Action"))
    }

    /// The version that the request names.
    ///
    /// # Errors
    /// `MissingParameter`.
    pub fn version(&self) -> Result<&str, CloudError> {
        self.version.as_deref().ok_or_else(|| absent("Version"))
    }

    /// Refuses a token.
    ///
    /// # Errors
    /// `AuthFailure.TokenFailure` when there is one.
    pub fn no_token(&self) -> Result<(), CloudError> {
        if self.has_token {
            let message = "this server issues no temporary credentials; send no token";
            return Err(CloudError::new(ErrorCode::TokenFailure, message));
        }
        Ok(())
    }

    /// Reads the action's own parameters into a tree.
    ///
    /// # Errors
    /// `InvalidParameter` when they cannot be read.
    pub fn parameters(&mut self) -> Result<BTreeMap<String, Value>, CloudError> {
        match &mut self.payload {
            Payload::Json(body) => params::read_json(body),
            Payload::Query(query) => Pairs::decode(query).and_then(params::fold),
            Payload::Pairs(pairs) => params::fold(std::mem::take(pairs)),
        }
    }

    /// The call that this request makes, once its action is found and its parameters are checked.
    pub fn into_call(self, service: Service, version: &'static str, action: &'static str, made: Made) -> Call {
        Call {
            service,
            version,
            action,
            region: self.region,
            language: self.language,
            caller: self.proof.caller,
            secret_id: self.proof.secret_id,
            mark: self.proof.mark,
            request_id: made.request_id,
            args: made.args,
        }
    }
}

fn absent(name: &str) -> CloudError {
    let message = format!("the required common parameter `{name}` is missing (`X-TC-{name}` as a header)");
    CloudError::new(ErrorCode::MissingParameter, message)
}

/// What the door adds to a request to make it a call.
#[derive(Debug)]
pub struct Made {
    /// Given out by the door.
    pub request_id: Uuid,
    /// The checked parameters.
    pub args: Args,
}

/// One call of an action: authenticated, found, within its limits, its parameters checked.
#[derive(Debug)]
pub struct Call {
    /// The service called.
    pub service: Service,
    /// The version called.
    pub version: &'static str,
    /// The action called.
    pub action: &'static str,
    /// The region that the client names; it means nothing here.
    pub region: Option<String>,
    /// The language that the client asks for, such as `en-US`.
    pub language: Option<String>,
    /// The calling account.
    pub caller: Uin,
    /// The credential that it called with.
    pub secret_id: String,
    /// What the request's signature is recognised by when it comes again.
    pub mark: Mark,
    /// The id that the answer carries.
    pub request_id: Uuid,
    /// The checked parameters.
    pub args: Args,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_read_with_their_charset() {
        for text in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert_eq!(ContentType::of(text), ContentType::Json, "{text}");
        }
        assert_eq!(ContentType::of("application/x-www-form-urlencoded; charset=UTF-8"), ContentType::Form);
        for text in [
            "",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "application/json; charset=latin-1",
            "application/json; version=1",
            "application/jsonp",
        ] {
            assert_eq!(ContentType::of(text), ContentType::Other(text), "{text}");
        }
    }
}
