//! Who signed a request: the two signature families of the Cloud API and what they share. Proving a signature goes one
//! way for everyone: an unknown secret id is checked against a stand-in secret, so that it takes the same work as a wrong
//! signature. What the proven caller may do is not decided here.

pub mod form;
pub mod tc3;

use crate::error::{CloudError, ErrorCode, quoted};
use crate::mark::Mark;
use crate::versions::Service;
use credere_core::access::SecretId;
use credere_core::channel::{ParseIdError, Uin};
use std::{fmt, sync::LazyLock};
use subtle::Choice;
use zeroize::Zeroizing;

/// How far a timestamp may be from the machine's clock, in seconds, either way.
pub const WINDOW_SECONDS: i64 = 300;

/// A secret key. It never shows itself in logs or messages, and is overwritten when it is let go.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Wraps a secret key.
    pub fn new(key: impl Into<Box<str>>) -> Secret {
        Secret(Zeroizing::new(key.into()))
    }

    pub(crate) fn key(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Whose a secret id is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account that calls.
    pub uin: Uin,
    /// The secret that its requests are signed with.
    pub secret: Secret,
}

/// Finds the caller of a secret id; `None` when there is no such credential or it is switched off.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Result<Option<Caller>, CloudError>;

/// A proven signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The account that signed.
    pub caller: Uin,
    /// The credential that it signed with.
    pub secret_id: SecretId,
    /// The service that the credential scope names, if it is one of ours.
    pub service: Option<Service>,
    /// When it was signed, by the caller's clock, in seconds since 1970.
    pub signed_at: i64,
    /// What the signature is recognised by when it comes again, with whatever request.
    pub mark: Mark,
    /// What the signer's nonce is recognised by, in the signature family that has one.
    pub nonce: Option<Mark>,
    /// Whether the signature covers the body.
    pub body_signed: bool,
}

/// As long as the secrets that the server gives out, so that hashing it takes as many steps.
static STAND_IN: LazyLock<Secret> = LazyLock::new(|| Secret::new("no-credential-has-this-secret-00"));

/// Decides on a signature. `matches` is called exactly once, with the caller's secret or the stand-in.
///
/// # Errors
/// `AuthFailure.SecretIdNotFound`, `AuthFailure.SignatureFailure`.
fn prove(
    secret_id: &str,
    found: Option<Caller>,
    matches: impl FnOnce(&Secret) -> Choice,
) -> Result<(Uin, SecretId), CloudError> {
    let matched = bool::from(matches(found.as_ref().map_or(&STAND_IN, |caller| &caller.secret)));
    match (found, secret_id.parse()) {
        (None, _) | (Some(_), Err(ParseIdError)) => {
            let message = format!("the secret id {} is not known", quoted(secret_id));
            Err(CloudError::new(ErrorCode::SecretIdNotFound, message))
        }
        (Some(_), Ok(_)) if !matched => {
            let message = "the signature does not match the request; check the secret key and what was signed";
            Err(CloudError::new(ErrorCode::SignatureFailure, message))
        }
        (Some(caller), Ok(secret_id)) => Ok((caller.uin, secret_id)),
    }
}

/// Reads a timestamp in seconds since 1970 and compares it with the machine's clock.
///
/// # Errors
/// `InvalidParameter` when it is not a number, `AuthFailure.SignatureExpire` when it is too far from `now`.
fn check_timestamp(name: &str, text: &str, now: i64) -> Result<i64, CloudError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let Some(timestamp) = digits.then(|| text.parse::<i64>().ok()).flatten() else {
        let message = format!("{} must be a number of seconds, not {}", quoted(name), quoted(text));
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    };
    if timestamp.abs_diff(now) > WINDOW_SECONDS.unsigned_abs() {
        let message = format!(
            "the timestamp {timestamp} is more than {WINDOW_SECONDS} seconds away from the server's time {now}"
        );
        return Err(CloudError::new(ErrorCode::SignatureExpire, message));
    }
    Ok(timestamp)
}

fn malformed(message: impl Into<String>) -> CloudError {
    CloudError::new(ErrorCode::InvalidAuthorization, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn caller() -> Caller {
        Caller { uin: Uin::new(7).unwrap(), secret: Secret::new("hush") }
    }

    #[test]
    fn every_proof_is_computed_once_and_the_same_way() {
        for (found, secret, matched, expected) in [
            (None, STAND_IN.clone(), 0, Err(ErrorCode::SecretIdNotFound)),
            (None, STAND_IN.clone(), 1, Err(ErrorCode::SecretIdNotFound)),
            (Some(caller()), caller().secret, 0, Err(ErrorCode::SignatureFailure)),
            (Some(caller()), caller().secret, 1, Ok(caller().uin)),
        ] {
            let computed = Cell::new(0);
            let outcome = prove("id", found, |given| {
                computed.set(computed.get() + 1);
                assert_eq!(*given, secret);
                Choice::from(matched)
            });
            assert_eq!(outcome.map(|(caller, _)| caller).map_err(|e| e.code()), expected);
            assert_eq!(computed.get(), 1);
        }
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", caller()), "Caller { uin: Uin(7), secret: Secret(..) }");
    }

    #[test]
    fn the_window_is_300_seconds_either_way() {
        let at = |text: &str| check_timestamp("Timestamp", text, 1_000).map_err(|e| e.code());
        assert_eq!(at("1300"), Ok(1_300));
        assert_eq!(at("700"), Ok(700));
        for far in ["1301", "699", "0", "9223372036854775807"] {
            assert_eq!(at(far), Err(ErrorCode::SignatureExpire), "{far}");
        }
        for wrong in ["", "-1000", "+1000", "1000.0", "1e3", "9223372036854775808", "x"] {
            assert_eq!(at(wrong), Err(ErrorCode::InvalidParameter), "{wrong}");
        }
    }
}
