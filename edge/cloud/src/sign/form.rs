//! The older signature, HmacSHA1 or HmacSHA256 over the parameters themselves, sent as one of them in a query or form.
//! What is signed: method, host and path without separators, `?`, and every parameter but the signature in the order of
//! their names, as plain text that is not encoded.
//!
//! The Python SDK writes `.` for `_` in the names before it sorts and signs them, the Node SDK does not; where a name has
//! a `_`, both spellings are computed.

use super::{Lookup, Proof, check_timestamp, malformed, prove};
use crate::error::{CloudError, ErrorCode, quoted};
use crate::incoming::Incoming;
use crate::mark::Mark;
use crate::params::Pairs;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
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

/// Proves the signature of a request from its decoded parameters.
///
/// # Errors
/// `MissingParameter` when a parameter of the signature is not there, `InvalidParameter` when it cannot be read,
/// `AuthFailure.InvalidAuthorization` for an unknown method, `AuthFailure.SignatureExpire`,
/// `AuthFailure.SecretIdNotFound`, `AuthFailure.SignatureFailure`; and what `lookup` fails with.
pub fn verify(incoming: &Incoming<'_>, pairs: &Pairs<'_>, now: i64, lookup: Lookup<'_>) -> Result<Proof, CloudError> {
    let need = |name: &str| {
        let missing = || format!("the required parameter `{name}` is missing");
        pairs.get(name).ok_or_else(|| CloudError::new(ErrorCode::MissingParameter, missing()))
    };
    let secret_id = need("SecretId")?;
    let timestamp = need("Timestamp")?;
    let nonce = need("Nonce")?;
    let signature = need("Signature")?;
    let method = match pairs.get("SignatureMethod") {
        None | Some("HmacSHA1") => Method::HmacSha1,
        Some("HmacSHA256") => Method::HmacSha256,
        Some(other) => return Err(malformed(format!("the signature method {} is not known", quoted(other)))),
    };
    let signed_at = check_timestamp("Timestamp", timestamp, now)?;
    if nonce.is_empty() || nonce.len() > NONCE_DIGITS_MAX || !nonce.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("`Nonce` must be a positive integer, not {}", quoted(nonce));
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    }
    let host = incoming.host()?;
    let mut spellings = vec![in_order(pairs, |byte| byte)];
    if pairs.iter().any(|(name, _)| name.contains('_')) {
        spellings.push(in_order(pairs, dotted));
    }

    let found = lookup(secret_id)?;
    let (caller, proven) = prove(secret_id, found, |secret| {
        spellings.iter().fold(Choice::from(0), |matched, spelling| {
            let computed = match method {
                Method::HmacSha1 => sign::<Hmac<Sha1>>(secret.key(), incoming, host, spelling),
                Method::HmacSha256 => sign::<Hmac<Sha256>>(secret.key(), incoming, host, spelling),
            };
            matched | computed.as_bytes().ct_eq(signature.as_bytes())
        })
    })?;

    // The signed text is not encoded, so other parameters could be cut out of the same text: the signature is remembered
    // beside the nonce.
    Ok(Proof {
        caller,
        secret_id: proven,
        service: None,
        signed_at,
        mark: Mark::of(&["form signature", secret_id, signature]),
        nonce: Some(Mark::of(&["form nonce", secret_id, timestamp, nonce])),
        body_signed: true,
    })
}

/// One way of writing the names: what becomes of their bytes, and the parameters in the order of the names so written.
struct Spelling<'a> {
    letter: fn(u8) -> u8,
    pairs: Vec<(&'a str, &'a str)>,
}

/// How the Python SDK writes names.
fn dotted(byte: u8) -> u8 {
    if byte == b'_' { b'.' } else { byte }
}

/// Every parameter but the signature. The pairs are in the order of their names already, which is the order of most ways.
fn in_order<'a>(pairs: &'a Pairs<'_>, letter: fn(u8) -> u8) -> Spelling<'a> {
    let mut pairs: Vec<_> = pairs.iter().filter(|(name, _)| *name != "Signature").collect();
    pairs.sort_by(|(a, _), (b, _)| a.bytes().map(letter).cmp(b.bytes().map(letter)));
    Spelling { letter, pairs }
}

/// The signature over method, host, path and parameters. The signed text is never put together: it is as long as the
/// request, and nobody is known yet.
fn sign<M: Mac + KeyInit>(key: &str, incoming: &Incoming<'_>, host: &[u8], spelling: &Spelling<'_>) -> String {
    /// Names are respelt in pieces of this many bytes; hardly any is longer.
    const PIECE: usize = 64;
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    for part in [incoming.method.as_str().as_bytes(), host, incoming.uri.path().as_bytes(), b"?"] {
        mac.update(part);
    }
    for (number, (name, value)) in spelling.pairs.iter().enumerate() {
        if number > 0 {
            mac.update(b"&");
        }
        for part in name.as_bytes().chunks(PIECE) {
            let mut spelt = [0; PIECE];
            spelt.iter_mut().zip(part).for_each(|(to, byte)| *to = (spelling.letter)(*byte));
            mac.update(&spelt[..part.len()]);
        }
        mac.update(b"=");
        mac.update(value.as_bytes());
    }
    BASE64.encode(mac.finalize().into_bytes())
}
