//! The older signature, HmacSHA1 or HmacSHA256 over the parameters themselves, sent as one of them in a query or form.
//! What is signed: method, host and path without separators, `?`, and every parameter but the signature in the order of
//! their names, as plain text that is not encoded.
//!
//! The Python SDK writes `.` for `_` in the names before it sorts and signs them, the Node SDK does not; where a name has
//! a `_`, both spellings are computed.

use super::{Lookup, Proof, check_timestamp, malformed, prove};
use crate::error::{CloudError, ErrorCode, quoted};
use crate::replay::Mark;
use crate::request::Incoming;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::borrow::Cow;
use subtle::{Choice, ConstantTimeEq};

/// The parameters that belong to the protocol in this signature family; no action has a parameter of these names.
pub const PROTOCOL_NAMES: [&str; 11] = [
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

/// The longest nonce, in digits: Python draws from 63 bits, the published type is unsigned with 64.
const NONCE_DIGITS_MAX: usize = 20;

#[derive(Clone, Copy)]
enum Method {
    HmacSha1,
    HmacSha256,
}

/// The value of a parameter.
pub(crate) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Proves the signature of a request from its decoded parameters.
///
/// # Errors
/// `MissingParameter` when a parameter of the signature is not there, `InvalidParameter` when it cannot be read,
/// `AuthFailure.InvalidAuthorization` for an unknown method, `AuthFailure.SignatureExpire`,
/// `AuthFailure.SecretIdNotFound`, `AuthFailure.SignatureFailure`; and what `lookup` fails with.
pub fn verify(
    incoming: &Incoming<'_>,
    pairs: &[(String, String)],
    now: i64,
    lookup: Lookup<'_>,
) -> Result<Proof, CloudError> {
    let need = |name: &str| {
        let missing = || format!("the required parameter `{name}` is missing");
        find(pairs, name).ok_or_else(|| CloudError::new(ErrorCode::MissingParameter, missing()))
    };
    let secret_id = need("SecretId")?;
    let timestamp = need("Timestamp")?;
    let nonce = need("Nonce")?;
    let signature = need("Signature")?;
    let method = match find(pairs, "SignatureMethod") {
        None | Some("HmacSHA1") => Method::HmacSha1,
        Some("HmacSHA256") => Method::HmacSha256,
        Some(other) => return Err(malformed(format!("the signature method {} is not known", quoted(other)))),
    };
    check_timestamp("Timestamp", timestamp, now)?;
    if nonce.is_empty() || nonce.len() > NONCE_DIGITS_MAX || !nonce.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("`Nonce` must be a positive integer, not {}", quoted(nonce));
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    }
    let host = incoming.host()?;
    let mut texts = vec![text_to_sign(incoming, host, pairs, Cow::Borrowed)];
    if pairs.iter().any(|(name, _)| name.contains('_')) {
        texts.push(text_to_sign(incoming, host, pairs, |name| Cow::Owned(name.replace('_', "."))));
    }

    let found = lookup(secret_id)?;
    let caller = prove(secret_id, found, |secret| {
        texts.iter().fold(Choice::from(0), |matched, text| {
            matched | sign(method, secret.key().as_bytes(), text).as_bytes().ct_eq(signature.as_bytes())
        })
    })?;

    // The signed text is not encoded, so other parameters could be cut out of the same text: the signature is remembered
    // beside the nonce.
    let marks = vec![
        Mark::of(&["form nonce", secret_id, timestamp, nonce]),
        Mark::of(&["form signature", secret_id, signature]),
    ];
    Ok(Proof { caller, secret_id: secret_id.to_owned(), service: None, marks })
}

fn text_to_sign<'a>(
    incoming: &Incoming<'_>,
    host: &[u8],
    pairs: &'a [(String, String)],
    spell: impl Fn(&'a str) -> Cow<'a, str>,
) -> Vec<u8> {
    let signed = pairs.iter().filter(|(name, _)| name != "Signature");
    let mut signed: Vec<(Cow<'_, str>, &str)> = signed.map(|(name, value)| (spell(name), value.as_str())).collect();
    signed.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    let mut text = [incoming.method.as_str().as_bytes(), host, incoming.uri.path().as_bytes(), b"?"].concat();
    for (n, (name, value)) in signed.iter().enumerate() {
        if n > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(value.as_bytes());
    }
    text
}

fn sign(method: Method, key: &[u8], text: &[u8]) -> String {
    match method {
        Method::HmacSha1 => {
            let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
            mac.update(text);
            BASE64.encode(mac.finalize().into_bytes())
        }
        Method::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
            mac.update(text);
            BASE64.encode(mac.finalize().into_bytes())
        }
    }
}
