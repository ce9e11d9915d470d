//! From an HTTP request to a proven request to a call. This file knows where each part of the protocol is found (headers
//! with TC3, parameters with the older signature); signatures are proven in `sign`, and the order of the checks is laid
//! down in `door`.

use crate::error::{CloudError, ErrorCode, quoted};
use crate::incoming::{ContentType, Incoming};
use crate::mark::Mark;
use crate::params::{self, Args, Pairs, Value};
use crate::sign::form::{self, PROTOCOL_NAMES};
use crate::sign::{Lookup, Proof, tc3};
use crate::versions::Service;
use axum::http::{Method, header};
use credere_core::access::SecretId;
use credere_core::channel::Uin;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The largest head of a request, in bytes: request line, and names and values of all headers; for the server's connections
/// the same, from the request line to the empty line.
pub const HEAD_MAX: usize = 32 * 1024;

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
    pub secret_id: SecretId,
    /// What the request's signature is recognised by when it comes again.
    pub mark: Mark,
    /// The id that the answer carries.
    pub request_id: Uuid,
    /// The checked parameters.
    pub args: Args,
}
