//! A client's half of TC3-HMAC-SHA256, written from the published description and not from the server's code, so that the
//! two can disagree. Each request carries a number of its own that is signed, so that no two are repetitions.

use axum::body::Body;
use axum::http::Request;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

static NUMBER: AtomicU64 = AtomicU64::new(1);

/// A credential, as the server gave it out.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
}

/// A service in one of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Api {
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
}

pub(crate) const PARTNER_CENTER: Api = Api { service: "intlpartnersmgt", version: "2022-09-28" };

/// A POST request to Partner Center that is signed for the second `at`.
pub(crate) fn signed(credential: &Credential, action: &str, body: &str, at: i64) -> Request<Body> {
    signed_to(PARTNER_CENTER, credential, action, body, at)
}

/// The same to any service.
pub(crate) fn signed_to(api: Api, credential: &Credential, action: &str, body: &str, at: i64) -> Request<Body> {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
    request(api, credential, action, body, at, &number)
}

/// A request to Partner Center with a number of the test's choosing: equal numbers make equal requests.
pub(crate) fn signed_as_number(
    credential: &Credential,
    action: &str,
    body: &str,
    at: i64,
    number: &str,
) -> Request<Body> {
    request(PARTNER_CENTER, credential, action, body, at, number)
}

/// The same to any service.
pub(crate) fn request(
    api: Api,
    credential: &Credential,
    action: &str,
    body: &str,
    at: i64,
    number: &str,
) -> Request<Body> {
    let date = jiff::Timestamp::from_second(at).unwrap().strftime("%Y-%m-%d").to_string();
    let headers = format!("content-type:application/json\nhost:localhost\nx-number:{number}\n");
    let names = "content-type;host;x-number";
    let canonical = format!("POST\n/\n\n{headers}\n{names}\n{}", hash(body.as_bytes()));
    let scope = format!("{date}/{}/tc3_request", api.service);
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", hash(canonical.as_bytes()));
    let mut key = mac(format!("TC3{}", credential.secret_key).as_bytes(), &date);
    for part in [api.service, "tc3_request"] {
        key = mac(&key, part);
    }
    let signature = hex(&mac(&key, &text));
    let authorization = format!(
        "TC3-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credential.secret_id
    );
    Request::post("/")
        .header("Host", "localhost")
        .header("Content-Type", "application/json")
        .header("Authorization", authorization)
        .header("X-TC-Action", action)
        .header("X-TC-Version", api.version)
        .header("X-TC-Timestamp", at.to_string())
        .header("X-Number", number)
        .body(Body::from(body.to_owned()))
        .unwrap()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
