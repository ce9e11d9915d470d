//! Secrets: how they are made, sealed under the deployment's master key, and kept out of logs. API secrets must be
//! readable again (signatures are computed with them), so they are encrypted; platform keys are only ever compared, so
//! their hash is enough.

use crate::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fmt;
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// A secret text that never shows in a log or an error, and is overwritten when it is let go.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Wraps a secret.
    pub fn new(text: String) -> SecretText {
        SecretText(Zeroizing::new(text))
    }

    /// The secret itself: for the one answer that shows it, and for computing with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Random letters and digits of a secret.
const RANDOM_CHARACTERS: usize = 32;

/// A new random secret: `prefix` and 32 letters and digits (190 bits). No other characters, since a secret that begins
/// with `-` is taken for an option on a command line.
///
/// # Errors
/// A text when the system gives no randomness.
pub fn new_secret(prefix: &str) -> Result<SecretText, String> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // The largest multiple of 62 that a byte can hold: bytes beyond it would favour some characters.
    const FAIR: u8 = 248;
    let whole = prefix.len() + RANDOM_CHARACTERS;
    // Large enough from the start: a text that grows leaves its beginning behind.
    let mut secret = Zeroizing::new(String::with_capacity(whole));
    secret.push_str(prefix);
    while secret.len() < whole {
        let mut bytes = Zeroizing::new([0_u8; 48]);
        random::fill(&mut *bytes)?;
        let fair = bytes.iter().filter(|byte| **byte < FAIR).map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        let missing = whole - secret.len();
        secret.extend(fair.take(missing));
    }
    Ok(SecretText(secret))
}

/// What the public half of a credential begins with.
pub(crate) const SECRET_ID_PREFIX: &str = "AKID";

/// Whether a text may be the public half of a credential: whatever a stranger sends that cannot be one is not looked for.
pub(crate) fn may_be_secret_id(text: &str) -> bool {
    let rest = text.strip_prefix(SECRET_ID_PREFIX);
    rest.is_some_and(|rest| rest.len() == RANDOM_CHARACTERS && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether a text that somebody chose can be a platform key: 16 to 255 visible ASCII characters. A shorter one is guessed,
/// and any other character does not arrive in a header as it was meant.
///
/// # Errors
/// The rule, for people; never the text.
pub fn check_platform_key(key: &str) -> Result<(), String> {
    let visible = key.bytes().all(|b| b.is_ascii_graphic());
    if visible && (16..=255).contains(&key.len()) {
        Ok(())
    } else {
        Err("a platform key is 16 to 255 visible ASCII characters, without blanks".to_owned())
    }
}

/// The key that API secrets are sealed under. Overwritten when it is let go.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[master key]")
    }
}

impl MasterKey {
    /// A new random key.
    ///
    /// # Errors
    /// A text when the system gives no randomness.
    pub fn random() -> Result<MasterKey, String> {
        let mut key = Zeroizing::new([0_u8; 32]);
        random::fill(&mut *key)?;
        Ok(MasterKey(key))
    }

    /// Reads a key as [`MasterKey::to_text`] wrote it: 32 bytes in URL-safe Base64.
    ///
    /// # Errors
    /// A text that does not repeat the key.
    pub fn from_text(text: &str) -> Result<MasterKey, String> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default());
        let mut key = Zeroizing::new([0_u8; 32]);
        if bytes.len() != key.len() {
            return Err("a master key is 32 bytes in URL-safe Base64".to_owned());
        }
        key.copy_from_slice(&bytes);
        Ok(MasterKey(key))
    }

    /// The key as text, for its file.
    pub fn to_text(&self) -> SecretText {
        SecretText::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// Encrypts a secret; it can be opened only together with the same `context` (its public half).
    pub(crate) fn seal(&self, secret: &str, context: &str) -> Result<Vec<u8>, String> {
        let mut sealed = vec![0_u8; NONCE];
        random::fill(&mut sealed)?;
        let nonce = XNonce::try_from(&sealed[..]).map_err(|_| "a nonce has 24 bytes".to_owned())?;
        let payload = Payload { msg: secret.as_bytes(), aad: context.as_bytes() };
        let body = self.cipher().encrypt(&nonce, payload).map_err(|_| "sealing failed".to_owned())?;
        sealed.extend(body);
        Ok(sealed)
    }

    /// Decrypts what [`MasterKey::seal`] made; `None` when key, context or bytes are not the same.
    pub(crate) fn open(&self, sealed: &[u8], context: &str) -> Option<SecretText> {
        let (nonce, body) = sealed.split_at_checked(NONCE)?;
        let payload = Payload { msg: body, aad: context.as_bytes() };
        let secret = self.cipher().decrypt(&XNonce::try_from(nonce).ok()?, payload).ok()?;
        match String::from_utf8(secret) {
            Ok(text) => Some(SecretText::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                None
            }
        }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_the_name_of_a_credential_is_looked_for() {
        let made = new_secret(SECRET_ID_PREFIX).unwrap();
        assert!(may_be_secret_id(made.expose()));
        let made = made.expose();
        let replaced = |text: &str| made.replacen(&made[8..8 + text.len()], text, 1);
        for other in ["", "A", "AKID", &made[..35], &made[1..], &format!("{made}a"), &replaced("-"), &replaced("é")] {
            assert!(!may_be_secret_id(other), "{other}");
        }
        assert!(!may_be_secret_id(&"AKID".repeat(1 << 20)));
    }

    #[test]
    fn a_platform_key_is_long_enough_and_visible() {
        for good in ["cred_0123456789a", &"k".repeat(255), "!\"#$%&'()*+,-./~"] {
            assert_eq!(check_platform_key(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "k",
            "fifteen-letters",
            &"k".repeat(256),
            "cred_0123456789 a",
            "cred_0123456789\n",
            "schlüssel-schlüssel",
        ] {
            assert!(
                check_platform_key(bad).is_err_and(|rule| bad.is_empty() || !rule.contains(bad) || bad == "k"),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_context() {
        let (key, other) = (MasterKey::random().unwrap(), MasterKey::random().unwrap());
        let sealed = key.seal("s3cret", "id").unwrap();
        assert_eq!(key.open(&sealed, "id").unwrap().expose(), "s3cret");
        assert!(key.open(&sealed, "other").is_none() && other.open(&sealed, "id").is_none());
        assert!(key.open(&sealed[..10], "id").is_none());
        assert!(!sealed.windows(6).any(|part| part == b"s3cret"));
    }

    #[test]
    fn what_is_secret_is_overwritten_when_it_is_let_go() {
        // Holds for types, so that it is the compiler that checks it.
        fn overwritten(_: &impl zeroize::ZeroizeOnDrop) {}
        let key = MasterKey::random().unwrap();
        overwritten(&key.0);
        overwritten(&key.cipher());
        overwritten(&new_secret("cred_").unwrap().0);
    }

    #[test]
    fn a_new_secret_is_letters_and_digits() {
        let (one, other) = (new_secret("cred_").unwrap(), new_secret("cred_").unwrap());
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), 5 + 32);
        assert!(one.expose()["cred_".len()..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn a_master_key_reads_back() {
        let key = MasterKey::random().unwrap();
        let again = MasterKey::from_text(key.to_text().expose()).unwrap();
        assert_eq!(again.0, key.0);
        assert!(MasterKey::from_text("short").is_err());
        assert_eq!(format!("{key:?} {:?}", key.to_text()), "[master key] [secret]");
    }
}
