//! The demo's webhook receiver: what a vendor's own system would run. It checks each delivery's signature as Standard
//! Webhooks has it, says what it was told, and listens on this machine only.

use crate::exit::Failed;
use crate::terminal::say;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};

/// How much older or newer than now a delivery may be, in seconds: what the specification recommends.
const TOLERANCE_SECONDS: i64 = 300;

/// A receiver that listens.
#[derive(Debug, Clone)]
pub(super) struct Receiver {
    /// Where to send to.
    pub(super) url: String,
    inbox: Arc<Inbox>,
}

#[derive(Debug, Default)]
struct Inbox {
    /// Known once the webhook is added.
    secret: Mutex<Option<Vec<u8>>>,
    /// Whether deliveries are printed; before that they are only counted.
    aloud: AtomicBool,
    verified: AtomicU64,
}

impl Receiver {
    /// Listens on a free port. Only inside the runtime.
    ///
    /// # Errors
    /// [`Failed::Refused`] when there is no port.
    pub(super) async fn listen() -> Result<Receiver, Failed> {
        let failed = |error: std::io::Error| Failed::Refused(format!("the webhook receiver cannot listen: {error}"));
        let listener =
            tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let inbox = Arc::new(Inbox::default());
        let router = axum::Router::new().route("/credere", post(receive)).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Receiver { url: format!("http://{address}/credere"), inbox })
    }

    /// Learns what deliveries are signed with: `whsec_` and the key in base64.
    ///
    /// # Errors
    /// [`Failed::Refused`] when that is no secret.
    pub(super) fn trust(&self, secret: &str) -> Result<(), Failed> {
        let key = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
        let key = key.ok_or_else(|| Failed::Refused("the webhook's secret is not one".to_owned()))?;
        *self.inbox.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(())
    }

    /// Prints deliveries from now on; answers how many there were so far.
    pub(super) fn speak(&self) -> u64 {
        self.inbox.aloud.store(true, SeqCst);
        self.inbox.verified.load(SeqCst)
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let secret = inbox.secret.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // Not told the secret yet: it is sent again.
    let Some(secret) = secret else { return StatusCode::SERVICE_UNAVAILABLE };
    let now = credere_app::clock::machine_now().micros() / 1_000_000;
    if !verified(&secret, &headers, &body, now) {
        say("webhook: a delivery that is not signed as it should be was turned away");
        return StatusCode::UNAUTHORIZED;
    }
    inbox.verified.fetch_add(1, SeqCst);
    if inbox.aloud.load(SeqCst) {
        say(format_args!("{:<60} -> signature verified", format!("webhook: {}", gist(&body))));
    }
    StatusCode::NO_CONTENT
}

/// Whether one of the signatures is ours, and fresh.
fn verified(secret: &[u8], headers: &HeaderMap, body: &[u8], now: i64) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let all = (text("webhook-id"), text("webhook-timestamp"), text("webhook-signature"));
    let (Some(id), Some(timestamp), Some(signatures)) = all else { return false };
    if timestamp.parse().ok().is_none_or(|at: i64| now.abs_diff(at) > TOLERANCE_SECONDS.unsigned_abs()) {
        return false;
    }
    signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|one| {
        let Ok(signature) = STANDARD.decode(one) else { return false };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac.verify_slice(&signature).is_ok()
    })
}

/// A message in a few words: its kind, about whom, and to whom.
fn gist(body: &[u8]) -> String {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = message["type"].as_str().unwrap_or("a message").to_owned();
    let about = ["customer_uin", "account_uin", "resource_id"].iter().filter_map(|name| {
        let value = &message["data"][*name];
        value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
    });
    let told = message["data"]["recipient_uin"].as_u64().map(|recipient| format!("to {recipient}"));
    std::iter::once(kind).chain(about).chain(told).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const AT: i64 = 1_614_265_330;

    fn headers(id: &str) -> HeaderMap {
        let signature = "v1,bad v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let pairs = [("webhook-id", id), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)];
        let pair = |(name, value): (&'static str, &str)| {
            (name.parse().expect("a header's name"), value.parse().expect("a header's value"))
        };
        pairs.map(pair).into_iter().collect()
    }

    #[test]
    fn only_what_was_signed_with_the_secret_and_lately_is_believed() {
        let secret = STANDARD.decode(SECRET).unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        assert!(verified(&secret, &headers(id), BODY, AT));
        assert!(!verified(&secret, &headers("msg_other"), BODY, AT));
        assert!(!verified(&secret, &headers(id), b"{}", AT));
        assert!(!verified(&secret, &headers(id), BODY, AT + 301));
        assert!(!verified(b"another", &headers(id), BODY, AT));
    }

    #[test]
    fn a_message_is_told_in_a_few_words() {
        let body = br#"{"type":"resource.suspended","data":{"account_uin":7,"resource_id":"db-1"}}"#;
        assert_eq!(gist(body), "resource.suspended 7 db-1");
    }
}
