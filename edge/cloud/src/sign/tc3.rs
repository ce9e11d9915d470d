//! TC3-HMAC-SHA256. What is signed: method, path, the query as it arrived, the listed headers as they arrived, and a hash
//! of the body, bound to a second and to a credential scope.
//!
//! The host is signed as the raw `Host` header, which with `tccli --endpoint http://host:port` has the scheme in it. There
//! is one tolerance: the Node SDK sends `Host: host:port` but signs the host without its port, so when the header is a
//! plain host with a port, a signature over it without the port is accepted too. Both are then always computed.

use super::{Lookup, Proof, check_timestamp, malformed, prove};
use crate::error::{CloudError, ErrorCode, quoted};
use crate::incoming::Incoming;
use crate::mark::Mark;
use crate::versions::Service;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";
/// The value of `X-TC-Content-SHA256` that leaves the body out of the signature.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// Headers that one signature may cover. The SDKs sign two or three; each one costs its value once more before anybody
/// is known.
pub const SIGNED_HEADERS_MAX: usize = 20;

/// The `Authorization` header, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Authorization<'a> {
    secret_id: &'a str,
    date: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads `TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=HEX`.
    fn parse(header: &'a str) -> Result<Authorization<'a>, CloudError> {
        let rest = header.split_once(' ').filter(|(algorithm, _)| *algorithm == ALGORITHM).map(|(_, rest)| rest);
        let rest =
            rest.ok_or_else(|| malformed(format!("the `Authorization` header must begin with `{ALGORITHM}`")))?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in rest.split(',') {
            let (name, value) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
            let slot = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(malformed(format!("the `Authorization` header has an unknown part {}", quoted(name)))),
            };
            if slot.replace(value).is_some() {
                return Err(malformed(format!("the `Authorization` header gives {} twice", quoted(name))));
            }
        }
        let lacks = |name: &str| malformed(format!("the `Authorization` header has no `{name}`"));
        let credential = credential.ok_or_else(|| lacks("Credential"))?;
        let signed_headers = signed_headers.ok_or_else(|| lacks("SignedHeaders"))?;
        let signature = signature.ok_or_else(|| lacks("Signature"))?;

        let mut scope = credential.split('/');
        let scope = [(); 5].map(|()| scope.next());
        let [Some(secret_id), Some(date), Some(service), Some(TERMINATOR), None] = scope else {
            return Err(malformed(format!("the credential must be secret id, date, service and `{TERMINATOR}`")));
        };
        let signed_headers = names(signed_headers)?;
        for name in ["content-type", "host"] {
            if !signed_headers.contains(&name) {
                return Err(malformed(format!("the signed headers must include `{name}`")));
            }
        }
        Ok(Authorization { secret_id, date, service, signed_headers, signature })
    }
}

/// The names of signed headers, each of which stands there once.
fn names(text: &str) -> Result<Vec<&str>, CloudError> {
    let mut names: Vec<&str> = Vec::with_capacity(SIGNED_HEADERS_MAX);
    for name in text.split(';') {
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(malformed(format!("the signed headers name {} twice", quoted(name))));
        }
        if names.len() == SIGNED_HEADERS_MAX {
            return Err(malformed(format!("more than {SIGNED_HEADERS_MAX} headers are signed")));
        }
        names.push(name);
    }
    Ok(names)
}

/// Proves the signature of a request that carries an `Authorization` header.
///
/// # Errors
/// `AuthFailure.InvalidAuthorization` when the header cannot be read or does not fit the request, `MissingParameter` and
/// `InvalidParameter` for the timestamp, `AuthFailure.SignatureExpire`, `AuthFailure.SecretIdNotFound`,
/// `AuthFailure.SignatureFailure`; and what `lookup` fails with.
pub fn verify(incoming: &Incoming<'_>, authorization: &str, now: i64, lookup: Lookup<'_>) -> Result<Proof, CloudError> {
    let given = Authorization::parse(authorization)?;
    let timestamp_text = incoming.header("X-TC-Timestamp")?.ok_or_else(|| {
        CloudError::new(ErrorCode::MissingParameter, "the required header `X-TC-Timestamp` is missing")
    })?;
    let timestamp = check_timestamp("X-TC-Timestamp", timestamp_text, now)?;
    if utc_date(timestamp).as_deref() != Some(given.date) {
        let message = format!("the date {} in the credential is not that of the timestamp", quoted(given.date));
        return Err(malformed(message));
    }
    let host = incoming.host()?;
    let body_signed = incoming.header_bytes("X-TC-Content-SHA256")? != Some(UNSIGNED.as_bytes());
    let payload = hex(&Sha256::digest(if body_signed { incoming.body } else { UNSIGNED.as_bytes() }));
    let mut texts = vec![string_to_sign(incoming, &given, timestamp_text, host, &payload)?];
    if let Some(without_port) = without_port(host) {
        texts.push(string_to_sign(incoming, &given, timestamp_text, without_port, &payload)?);
    }

    let found = lookup(given.secret_id)?;
    let (caller, secret_id) = prove(given.secret_id, found, |secret| {
        let key = signing_key(secret.key(), given.date, given.service);
        texts.iter().fold(Choice::from(0), |matched, text| {
            matched | hex(&*mac(&*key, text.as_bytes())).as_bytes().ct_eq(given.signature.as_bytes())
        })
    })?;

    // The action is not part of what the SDKs sign, and it is not part of the mark: whatever a captured request is sent
    // as, its signature is the same.
    Ok(Proof {
        caller,
        secret_id,
        service: Service::named(given.service),
        signed_at: timestamp,
        mark: Mark::of(&["tc3", given.secret_id, given.signature]),
        nonce: None,
        body_signed,
    })
}

fn string_to_sign(
    incoming: &Incoming<'_>,
    given: &Authorization<'_>,
    timestamp: &str,
    host: &[u8],
    payload: &str,
) -> Result<String, CloudError> {
    let mut canonical = Sha256::new();
    for part in [incoming.method.as_str(), incoming.uri.path(), incoming.uri.query().unwrap_or_default()] {
        canonical.update(part);
        canonical.update("\n");
    }
    for &name in &given.signed_headers {
        canonical.update(name);
        canonical.update(":");
        match name {
            "host" => canonical.update(host),
            "content-type" => canonical.update(incoming.header_bytes(name)?.ok_or_else(|| absent(name))?),
            // The published rule is lower case; the SDKs sign the two above as they are sent.
            _ => {
                let value = incoming.header_bytes(name)?.ok_or_else(|| absent(name))?;
                canonical.update(value.to_ascii_lowercase());
            }
        }
        canonical.update("\n");
    }
    canonical.update("\n");
    for (number, name) in given.signed_headers.iter().enumerate() {
        canonical.update(if number == 0 { "" } else { ";" });
        canonical.update(name);
    }
    canonical.update("\n");
    canonical.update(payload);

    let scope = format!("{}/{}/{TERMINATOR}", given.date, given.service);
    Ok(format!("{ALGORITHM}\n{timestamp}\n{scope}\n{}", hex(&canonical.finalize())))
}

fn absent(header: &str) -> CloudError {
    malformed(format!("the signed header {} is not in the request", quoted(header)))
}

/// The host of a plain `host:port`; `None` when there is no port or the header is a whole address with its scheme.
fn without_port(host: &[u8]) -> Option<&[u8]> {
    let colon = host.iter().rposition(|&b| b == b':')?;
    let (name, port) = (&host[..colon], &host[colon + 1..]);
    let port_ok = !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    let name_ok = !name.is_empty() && !name.contains(&b'/') && (!name.contains(&b':') || name.ends_with(b"]"));
    (port_ok && name_ok).then_some(name)
}

fn signing_key(secret: &str, date: &str, service: &str) -> Zeroizing<[u8; 32]> {
    let mut first = Zeroizing::new(String::with_capacity(3 + secret.len()));
    first.extend(["TC3", secret]);
    let key = mac(first.as_bytes(), date.as_bytes());
    let key = mac(&*key, service.as_bytes());
    mac(&*key, TERMINATOR.as_bytes())
}

fn mac(key: &[u8], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn utc_date(timestamp: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_second(timestamp).ok()?;
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_with_and_without_spaces() {
        let expected = Authorization {
            secret_id: "AKID",
            date: "2023-11-14",
            service: "localhost:7070",
            signed_headers: vec!["content-type", "host"],
            signature: "ab",
        };
        for text in [
            "TC3-HMAC-SHA256 Credential=AKID/2023-11-14/localhost:7070/tc3_request, SignedHeaders=content-type;host, Signature=ab",
            "TC3-HMAC-SHA256 Signature=ab,SignedHeaders=content-type;host,Credential=AKID/2023-11-14/localhost:7070/tc3_request",
        ] {
            assert_eq!(Authorization::parse(text).unwrap(), expected);
        }
    }

    #[test]
    fn malformed_headers_say_what_is_wrong() {
        let credential = "Credential=A/2023-11-14/x/tc3_request";
        for (rest, part) in [
            (String::new(), "unknown part"),
            (format!("{credential}, SignedHeaders=content-type;host"), "no `Signature`"),
            (format!("{credential}, Signature=a"), "no `SignedHeaders`"),
            ("SignedHeaders=content-type;host, Signature=a".to_owned(), "no `Credential`"),
            (format!("{credential}, SignedHeaders=host, Signature=a"), "`content-type`"),
            (format!("{credential}, SignedHeaders=content-type, Signature=a"), "`host`"),
            (format!("{credential}, {credential}, Signature=a"), "twice"),
            ("Credential=A/2023-11-14/x, SignedHeaders=content-type;host, Signature=a".to_owned(), "tc3_request"),
            (
                "Credential=A/2023-11-14/x/tc4_request, SignedHeaders=content-type;host, Signature=a".to_owned(),
                "tc3_request",
            ),
            (
                "Credential=A/2023-11-14/x/y/tc3_request, SignedHeaders=content-type;host, Signature=a".to_owned(),
                "tc3_request",
            ),
            (format!("{credential}, SignedHeaders=content-type;host, Signature=a, More=1"), "`More`"),
            (
                format!("{credential}, SignedHeaders=content-type;host;content-type, Signature=a"),
                "`content-type` twice",
            ),
            (format!("{credential}, SignedHeaders=content-type;host;x-a;X-A, Signature=a"), "`X-A` twice"),
            (format!("{credential}, SignedHeaders=content-type;host{}, Signature=a", numbered(19)), "more than 20"),
            (format!("{credential}, SignedHeaders={}, Signature=a", "x;".repeat(100_000)), "`x` twice"),
        ] {
            let header = format!("TC3-HMAC-SHA256 {rest}");
            let error = Authorization::parse(&header).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidAuthorization);
            assert!(error.message().contains(part), "{error}");
        }
        for header in ["", "SKIP", "Bearer x", "TC3-HMAC-SHA256", "TC3-HMAC-SHA512 Credential=A"] {
            assert!(Authorization::parse(header).unwrap_err().message().contains("must begin"), "{header}");
        }
    }

    fn numbered(count: usize) -> String {
        (0..count).map(|n| format!(";x-{n}")).collect()
    }

    #[test]
    fn twenty_headers_may_be_signed() {
        let signed = format!("content-type;host{}", numbered(18));
        let header =
            format!("TC3-HMAC-SHA256 Credential=A/2023-11-14/x/tc3_request, SignedHeaders={signed}, Signature=a");
        assert_eq!(Authorization::parse(&header).unwrap().signed_headers.len(), SIGNED_HEADERS_MAX);
    }

    #[test]
    fn only_a_plain_host_loses_its_port() {
        for (host, name) in [
            ("127.0.0.1:7070", Some("127.0.0.1")),
            ("localhost:80", Some("localhost")),
            ("[::1]:7070", Some("[::1]")),
            ("localhost", None),
            ("[::1]", None),
            ("::1", None),
            (":80", None),
            ("localhost:", None),
            ("localhost:80a", None),
            ("http://127.0.0.1:7070", None),
            ("http://127.0.0.1", None),
        ] {
            assert_eq!(without_port(host.as_bytes()), name.map(str::as_bytes), "{host}");
        }
    }

    /// The three derivation steps as Python's `hmac` computes them for this secret, date and service.
    #[test]
    fn the_signing_key_is_derived_in_three_steps() {
        let key = signing_key("Vq3xT9mWb7RkLz2YsD5hGn8PcJf4EaUo", "2023-11-14", "billing");
        assert_eq!(hex(&*key), "34c5c2cf8e1fd0d8119894995c54c827e07494d18815029747f420578d579a0e");
    }

    #[test]
    fn the_date_changes_at_utc_midnight() {
        assert_eq!(utc_date(1_700_006_399).as_deref(), Some("2023-11-14"));
        assert_eq!(utc_date(1_700_006_400).as_deref(), Some("2023-11-15"));
        assert_eq!(utc_date(i64::MAX), None);
    }
}
