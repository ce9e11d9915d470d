//! Sending to a webhook as the Standard Webhooks specification has it: one POST with the message's number, the time of
//! the attempt and a signature over both and the body. Where a webhook is and what it is signed with is sealed in the
//! directory; here it is opened for one attempt and never shown.

use super::address::{Guarded, Reach, URL_MAX, UrlFault, WebhookUrl};
use super::attempt::{AttemptResult, Outcome};
use super::occurrence::NoticeId;
use super::schedule::Schedule;
use crate::failure::UnusableOption;
use crate::random;
use crate::secrets::{MasterKey, SecretText};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::WebhookRow;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a replaced secret still signs beside the new one: 24 hours.
pub const OLD_SECRET_SECONDS: i64 = 86_400;
/// How many secrets sign at most, the newest first.
const SECRETS_MAX: usize = 4;
/// What begins every secret.
const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret; the specification permits 24 to 64.
const SECRET_BYTES: usize = 32;
/// So much of an answer's body is kept, in bytes.
const ANSWER_MAX: usize = 1_024;
/// The longest rest that a receiver may ask for.
const REST_MAX: Duration = Duration::from_secs(3_600);

/// How webhooks are called.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Where they may point to.
    pub reach: Reach,
    /// How long one attempt may take in all.
    pub timeout: Duration,
    /// When to try again.
    pub retries: Schedule,
    /// Certificate authorities that are trusted besides the public ones, in PEM.
    pub authorities: Option<Vec<u8>>,
}

impl Default for WebhookOptions {
    fn default() -> WebhookOptions {
        WebhookOptions {
            reach: Reach::default(),
            timeout: Duration::from_secs(15),
            retries: DEFAULT_RETRIES.parse().expect("it is tested that the default reads"),
            authorities: None,
        }
    }
}

/// What the specification recommends, after the first attempt at once.
pub const DEFAULT_RETRIES: &str = "5s 5m 30m 2h 5h 10h 14h 20h 24h";

/// Where a webhook is, and what it is signed with.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) url: String,
    secrets: Vec<Signing>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Signing {
    secret: Zeroizing<String>,
    /// Until when it signs, in microseconds of the machine's clock; the newest one for as long as it stays that.
    until: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    url: String,
    secrets: Vec<Signing>,
}

impl Endpoint {
    pub(super) fn new(url: &WebhookUrl) -> Result<(Endpoint, SecretText), String> {
        let secret = new_signing_secret()?;
        let signing = Signing { secret: secret.expose().to_owned().into(), until: None };
        Ok((Endpoint { url: url.as_str().to_owned(), secrets: vec![signing] }, secret))
    }

    /// Opens what [`Endpoint::seal`] made for a webhook of this account.
    pub(super) fn open(row: &WebhookRow, key: &MasterKey) -> Option<Endpoint> {
        let text = key.open(&row.sealed, &context(row.account))?;
        let Sealed { url, secrets } = serde_json::from_str(text.expose()).ok()?;
        Some(Endpoint { url, secrets })
    }

    pub(super) fn seal(&self, account: Option<Uin>, key: &MasterKey) -> Result<Vec<u8>, String> {
        let sealed = Sealed { url: self.url.clone(), secrets: self.secrets.clone() };
        // Large enough from the start: what grows leaves its beginning behind.
        let mut text = Zeroizing::new(Vec::with_capacity(2 * URL_MAX + SECRETS_MAX * 256));
        serde_json::to_writer(&mut *text, &sealed).map_err(|error| error.to_string())?;
        let text = std::str::from_utf8(&text).map_err(|error| error.to_string())?;
        key.seal(text, &context(account))
    }

    /// The host, for logs: the rest of the address may carry a token.
    pub(super) fn host(&self) -> String {
        let url = url::Url::parse(&self.url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Adds a new secret; the one that it replaces signs beside it for a day.
    pub(super) fn rotate(&mut self, now: Moment) -> Result<SecretText, String> {
        let secret = new_signing_secret()?;
        let until = now.plus_seconds(OLD_SECRET_SECONDS).micros();
        self.secrets.retain(|old| old.until.is_none_or(|until| until > now.micros()));
        for old in self.secrets.iter_mut().filter(|old| old.until.is_none()) {
            old.until = Some(until);
        }
        self.secrets.insert(0, Signing { secret: secret.expose().to_owned().into(), until: None });
        self.secrets.truncate(SECRETS_MAX);
        Ok(secret)
    }

    /// The value of `webhook-signature`: one signature for each secret that counts, the newest first.
    fn signatures(&self, id: &str, seconds: i64, body: &str, now: Moment) -> String {
        let valid = self.secrets.iter().filter(|signing| signing.until.is_none_or(|until| until > now.micros()));
        let signed: Vec<String> = valid.filter_map(|signing| sign(&signing.secret, id, seconds, body)).collect();
        signed.join(" ")
    }
}

fn context(account: Option<Uin>) -> String {
    match account {
        Some(uin) => format!("webhook of {uin}"),
        None => "webhook of the platform".to_owned(),
    }
}

fn new_signing_secret() -> Result<SecretText, String> {
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    random::fill(&mut *bytes)?;
    let mut secret = String::with_capacity(SECRET_PREFIX.len() + SECRET_BYTES.div_ceil(3) * 4);
    secret.push_str(SECRET_PREFIX);
    STANDARD.encode_string(bytes.as_slice(), &mut secret);
    Ok(SecretText::new(secret))
}

/// `v1,` and the Base64 of HMAC-SHA256 over number, time and body.
fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = Zeroizing::new(STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// The client that calls webhooks. It follows no redirect, uses no proxy, and connects only to addresses that its
/// resolver let through.
pub(super) struct Caller {
    client: Client,
    pub(super) options: WebhookOptions,
}

impl Caller {
    /// # Errors
    /// [`UnusableOption`] when the trusted authorities cannot be read.
    pub(super) fn new(options: WebhookOptions) -> Result<Caller, UnusableOption> {
        let unusable = |fault| UnusableOption { setting: "webhooks.ca_file", fault };
        let client = Client::builder()
            .tls_backend_preconfigured(tls(options.authorities.as_deref()).map_err(unusable)?)
            .dns_resolver(Guarded(options.reach))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(options.timeout)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("Credere/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unusable(format!("webhooks cannot be called: {error}")))?;
        Ok(Caller { client, options })
    }

    /// One attempt.
    pub(super) async fn call(&self, endpoint: &Endpoint, notice: NoticeId, body: &str, now: Moment) -> AttemptResult {
        let url = match WebhookUrl::read(&endpoint.url, self.options.reach) {
            Ok(url) => url,
            // The settings permit less than when it was added; they may be changed back.
            Err(fault @ (UrlFault::Private | UrlFault::NotEncrypted)) => {
                return AttemptResult::failed(format!("it {fault}"));
            }
            Err(fault) => return AttemptResult::of(Outcome::Refused, format!("it {fault}")),
        };
        let (id, seconds) = (notice.to_string(), now.micros().div_euclid(1_000_000));
        let request = self
            .client
            .post(url.url())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", endpoint.signatures(&id, seconds, body, now))
            .body(body.to_owned());
        match request.send().await {
            Ok(response) => judge(response).await,
            Err(error) => AttemptResult::failed(what_failed(error)),
        }
    }
}

/// What an answer means: 2xx is taken, 410 asks for no more, 429, 502 and 504 for a rest; everything else, redirects
/// included, is a failure.
async fn judge(response: Response) -> AttemptResult {
    let status = response.status();
    let rest = asked_rest(response.headers());
    let answer = beginning(response).await;
    let outcome = match status {
        status if status.is_success() => Outcome::Delivered,
        StatusCode::GONE => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            Outcome::Throttled(rest)
        }
        _ => Outcome::Failed,
    };
    let error = (!status.is_success()).then(|| format!("the receiver answered {}", status.as_u16()));
    AttemptResult { outcome, status: Some(status.as_u16()), error, answer }
}

/// The seconds in `Retry-After`. (A date is not looked at: the receiver's clock may be anywhere.)
fn asked_rest(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(REST_MAX))
}

/// The beginning of the body, as text that can be shown. What comes after it is not read.
async fn beginning(mut response: Response) -> Option<String> {
    let mut kept = Vec::new();
    while kept.len() < ANSWER_MAX {
        let Ok(Some(part)) = response.chunk().await else { break };
        let room = ANSWER_MAX - kept.len();
        kept.extend_from_slice(&part[..part.len().min(room)]);
    }
    if kept.is_empty() { None } else { Some(shown(&String::from_utf8_lossy(&kept))) }
}

/// Text of somebody else's, without what could harm a terminal or a log.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// The chain of an error's causes, without the address that was called.
fn what_failed(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "the receiver did not answer in time".to_owned();
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    text.truncate(text.floor_char_boundary(ANSWER_MAX));
    shown(&text)
}

/// TLS with the public authorities, and those of the deployment.
fn tls(authorities: Option<&[u8]>) -> Result<rustls::ClientConfig, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in authorities.into_iter().flat_map(CertificateDer::pem_slice_iter) {
        let certificate = certificate.map_err(|error| format!("a trusted certificate cannot be read: {error}"))?;
        roots.add(certificate).map_err(|error| format!("a trusted certificate cannot be used: {error}"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(secrets: &[(&str, Option<i64>)]) -> Endpoint {
        let signing =
            |(secret, until): &(&str, Option<i64>)| Signing { secret: (*secret).to_owned().into(), until: *until };
        Endpoint { url: "https://hooks.example.com/".into(), secrets: secrets.iter().map(signing).collect() }
    }

    #[test]
    fn the_default_schedule_reads_and_has_ten_attempts() {
        assert_eq!(WebhookOptions::default().retries.attempts(), 10);
    }

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of the specification's own libraries.
        let signed = endpoint(&[("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", None)]).signatures(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            Moment::default(),
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_replaced_secret_signs_for_a_day_longer() {
        let url = WebhookUrl::read("https://hooks.example.com/", Reach::default()).unwrap();
        let (mut endpoint, first) = Endpoint::new(&url).unwrap();
        let now = Moment::from_micros(1_000_000);
        let second = endpoint.rotate(now).unwrap();
        assert_ne!(first, second);
        let signed = |at| endpoint.signatures("id", 1, "{}", at);
        let (by_first, by_second) =
            (sign(first.expose(), "id", 1, "{}").unwrap(), sign(second.expose(), "id", 1, "{}").unwrap());
        assert_eq!(signed(now.plus_seconds(OLD_SECRET_SECONDS - 1)), format!("{by_second} {by_first}"));
        assert_eq!(signed(now.plus_seconds(OLD_SECRET_SECONDS)), by_second);
    }

    #[test]
    fn what_was_rotated_often_is_bounded_and_forgotten() {
        let mut endpoint = endpoint(&[("whsec_AAAA", None)]);
        for _ in 0..9 {
            endpoint.rotate(Moment::default()).unwrap();
        }
        assert_eq!(endpoint.secrets.len(), SECRETS_MAX);
        endpoint.rotate(Moment::default().plus_seconds(OLD_SECRET_SECONDS)).unwrap();
        assert_eq!(endpoint.secrets.len(), 2);
    }

    #[test]
    fn an_endpoint_opens_for_its_own_account_only() {
        let key = MasterKey::random().unwrap();
        let account = Uin::new(7).ok();
        let sealed = endpoint(&[("whsec_AAAA", None)]).seal(account, &key).unwrap();
        let mut row = WebhookRow {
            id: credere_core::channel::WebhookId(1),
            account,
            kinds: Vec::new(),
            sealed,
            created_at: Moment::default(),
        };
        assert_eq!(Endpoint::open(&row, &key).unwrap().url, "https://hooks.example.com/");
        row.account = None;
        assert!(Endpoint::open(&row, &key).is_none());
    }

    #[test]
    fn a_rest_is_read_in_seconds_and_bounded() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            asked_rest(&headers)
        };
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked("999999"), Some(REST_MAX));
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }

    #[test]
    fn authorities_that_are_no_certificates_are_refused() {
        assert!(tls(None).is_ok());
        let wrong = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(tls(Some(wrong)).is_err());
    }
}
