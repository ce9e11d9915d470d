//! Calls of the Cloud API, signed as the official SDKs do: a client's half of TC3-HMAC-SHA256, written from the published
//! description and not from the server's code. Figures are read as they were written, never through a binary float.

use crate::client::{Client, failure};
use credere_core::money::Amount;
use credere_testkit::Failure;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};
use ureq::http::Request;

/// A credential as the platform gave it out.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
}

/// A product of the Cloud API, and its version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    service: &'static str,
    version: &'static str,
}

/// What partners do.
pub(crate) const PARTNERS: Product = Product { service: "intlpartnersmgt", version: "2022-09-28" };
/// What admins and members of organizations do.
pub(crate) const ORGANIZATION: Product = Product { service: "organization", version: "2021-03-31" };

/// What an action answered.
#[derive(Debug)]
pub(crate) enum Reply {
    /// It went through; the fields as they were written.
    Done(BTreeMap<String, Box<RawValue>>),
    /// It did not; the published code.
    Refused(String),
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Response")]
    response: BTreeMap<String, Box<RawValue>>,
}

/// Calls an action. `nonce` is signed along, so that two equal calls in one second are two calls.
pub(crate) fn call(
    client: &Client,
    credential: &Credential,
    (product, action): (Product, &str),
    body: String,
    nonce: u64,
) -> Result<Reply, Failure> {
    let (head, text) = client.send(signed(&client.address, credential, (product, action), body, nonce)?)?;
    if head.status() != 200 || head.headers().get("content-type").is_none_or(|kind| kind != "application/json") {
        return Err(Failure::new(format!("{action}: {} {:?}", head.status(), head.headers())));
    }
    let mut response = serde_json::from_str::<Envelope>(&text).map_err(failure)?.response;
    let Some(error) = response.remove("Error") else { return Ok(Reply::Done(response)) };
    let error: Value = serde_json::from_str(error.get()).map_err(failure)?;
    Ok(Reply::Refused(crate::client::text(&error, "Code")?.to_owned()))
}

/// A figure of a reply, exactly.
pub(crate) fn figure(fields: &BTreeMap<String, Box<RawValue>>, name: &str) -> Result<Amount, Failure> {
    let found = fields.get(name).ok_or_else(|| Failure::new(format!("`{name}` is not in {fields:?}")))?;
    found.get().parse().map_err(|error| Failure::new(format!("`{name}` is {found}: {error}")))
}

fn signed(
    host: &str,
    credential: &Credential,
    (product, action): (Product, &str),
    body: String,
    nonce: u64,
) -> Result<Request<String>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "a signature counts by the machine's clock, also in a sandbox")]
    let at = SystemTime::now().duration_since(UNIX_EPOCH).map_err(failure)?.as_secs();
    let second = i64::try_from(at).ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
    let date = second.ok_or_else(|| Failure::new("the machine's clock is off"))?.strftime("%Y-%m-%d").to_string();
    let names = "content-type;host;x-nonce";
    let headers = format!("content-type:application/json\nhost:{host}\nx-nonce:{nonce}\n");
    let canonical = format!("POST\n/\n\n{headers}\n{names}\n{}", hash(body.as_bytes()));
    let Product { service, version } = product;
    let scope = format!("{date}/{service}/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", hash(canonical.as_bytes()));
    let mut key = mac(format!("TC3{}", credential.secret_key).as_bytes(), &date)?;
    for part in [service, "tc3_request"] {
        key = mac(&key, part)?;
    }
    let signature = hex(&mac(&key, &text)?);
    let credential = &credential.secret_id;
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={credential}/{scope}, SignedHeaders={names}, Signature={signature}");
    Request::post(format!("http://{host}/"))
        .header("host", host)
        .header("content-type", "application/json")
        .header("authorization", authorization)
        .header("x-tc-action", action)
        .header("x-tc-version", version)
        .header("x-tc-timestamp", at.to_string())
        .header("x-nonce", nonce.to_string())
        .body(body)
        .map_err(failure)
}

fn mac(key: &[u8], text: &str) -> Result<Vec<u8>, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(failure)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
