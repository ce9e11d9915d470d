//! Where a webhook may point to. Whoever may add one must not reach into the network that the server stands in, so
//! addresses that are not public are refused: when the webhook is added, as far as its text says, and again when it is
//! called, after its name was resolved. The connection then goes to the very address that was looked at.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use thiserror::Error;
use url::{Host, Url};

/// The longest address of a webhook.
pub const URL_MAX: usize = 2_048;

/// What is permitted beyond public addresses and HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Addresses inside the network of the server, and plain HTTP.
    pub private: bool,
    /// Plain HTTP.
    pub http: bool,
}

/// Why an address is refused. The text does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlFault {
    /// Not an address at all.
    #[error("is not a URL")]
    Malformed,
    /// Longer than [`URL_MAX`].
    #[error("is longer than {URL_MAX} characters")]
    TooLong,
    /// Neither HTTP nor HTTPS.
    #[error("must begin with https:// (or http:// where the deployment permits it)")]
    Scheme,
    /// HTTP where only HTTPS is permitted.
    #[error("must begin with https://, the deployment does not permit http://")]
    NotEncrypted,
    /// With a part after `#`.
    #[error("must not have a part after `#`")]
    Fragment,
    /// Not a public address.
    #[error("points to an address that is not public, which the deployment does not permit")]
    Private,
}

/// A webhook's address that has been looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl std::fmt::Debug for WebhookUrl {
    /// Only the host: the rest may carry a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.host())
    }
}

impl WebhookUrl {
    /// Reads an address and looks whether it is permitted, as far as its text says.
    ///
    /// # Errors
    /// [`UrlFault`]
    pub fn read(text: &str, reach: Reach) -> Result<WebhookUrl, UrlFault> {
        if text.len() > URL_MAX {
            return Err(UrlFault::TooLong);
        }
        let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
        match url.scheme() {
            "https" => {}
            "http" if reach.http || reach.private => {}
            "http" => return Err(UrlFault::NotEncrypted),
            _ => return Err(UrlFault::Scheme),
        }
        if url.fragment().is_some() {
            return Err(UrlFault::Fragment);
        }
        let public = match url.host().ok_or(UrlFault::Malformed)? {
            Host::Ipv4(address) => is_public(IpAddr::V4(address)),
            Host::Ipv6(address) => is_public(IpAddr::V6(address)),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                name != "localhost" && !name.ends_with(".localhost")
            }
        };
        if public || reach.private { Ok(WebhookUrl(url)) } else { Err(UrlFault::Private) }
    }

    /// The host, which may be logged.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

/// An address without what may be a secret of its receiver: its user part and its query.
pub(super) fn without_secrets(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return String::new() };
    // Neither fails for an address that has a host, which every webhook's has; nothing is shown of one that has none.
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return String::new();
    }
    url.set_query(None);
    url.into()
}

/// Whether an address can be reached from anywhere: none that is private, local, shared, reserved, for documentation or
/// for many at once, and none that only wraps such an address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match a {
        // This network, and this machine.
        0 | 127 => true,
        // Shared behind a carrier's translation.
        100 => (64..128).contains(&b),
        // Assigned for protocols, and a withdrawn relay.
        192 => (b == 0 && c == 0) || (b == 88 && c == 99),
        // For measuring.
        198 => b == 18 || b == 19,
        // For many at once, reserved, and for all.
        224..=255 => true,
        _ => false,
    };
    !(special || address.is_private() || address.is_link_local() || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(wrapped) = address.to_ipv4_mapped() {
        return is_public_v4(wrapped);
    }
    let segments = address.segments();
    match segments {
        // A translator's prefix before an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(joined(high, low)),
        // An IPv4 address wrapped by 6to4.
        [0x2002, high, low, ..] => is_public_v4(joined(high, low)),
        // Protocol assignments (tunnels among them), and for documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Only this eighth of all addresses is given out for the open network.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

/// Resolves names and keeps back the addresses that are not permitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guarded(pub(super) Reach);

/// A name has addresses, but none that is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name stands for addresses that are not public, which the deployment does not permit")]
pub(super) struct NothingPublic;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<SocketAddr> =
                found.into_iter().filter(|address| reach.private || is_public(address.ip())).collect();
            if permitted.is_empty() {
                return Err(NothingPublic.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<UrlFault> {
        WebhookUrl::read(text, Reach::default()).err()
    }

    #[test]
    fn only_public_addresses_pass() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::",
            "2606:4700::1111",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn the_text_of_an_address_is_looked_at() {
        assert_eq!(fault("https://hooks.example.com/a?token=1"), None);
        assert_eq!(fault("https://1.1.1.1:8443/"), None);
        assert_eq!(fault("http://hooks.example.com/"), Some(UrlFault::NotEncrypted));
        assert_eq!(fault("ftp://hooks.example.com/"), Some(UrlFault::Scheme));
        assert_eq!(fault("hooks.example.com"), Some(UrlFault::Malformed));
        assert_eq!(fault("https://"), Some(UrlFault::Malformed));
        assert_eq!(fault("https://hooks.example.com/#part"), Some(UrlFault::Fragment));
        assert_eq!(fault(&format!("https://hooks.example.com/{}", "a".repeat(URL_MAX))), Some(UrlFault::TooLong));
        // However it is written.
        for private in [
            "127.0.0.1",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "169.254.169.254",
        ] {
            assert_eq!(fault(&format!("https://{private}/")), Some(UrlFault::Private), "{private}");
        }
    }

    #[test]
    fn a_deployment_may_permit_more() {
        let http = Reach { http: true, private: false };
        assert!(WebhookUrl::read("http://hooks.example.com/", http).is_ok());
        assert_eq!(WebhookUrl::read("http://127.0.0.1/", http), Err(UrlFault::Private));
        assert!(WebhookUrl::read("http://127.0.0.1:1/", Reach { private: true, http: false }).is_ok());
    }

    #[test]
    fn a_webhook_shows_no_more_than_its_host() {
        let url = WebhookUrl::read("https://user:pass@hooks.example.com/secret?token=1", Reach::default()).unwrap();
        assert_eq!(format!("{url:?}"), "hooks.example.com");
    }

    #[test]
    fn what_may_be_secret_in_an_address_is_left_out() {
        assert_eq!(
            without_secrets("https://user:pass@hooks.example.com:8443/a/b?token=1"),
            "https://hooks.example.com:8443/a/b"
        );
        assert_eq!(without_secrets("https://hooks.example.com/"), "https://hooks.example.com/");
        assert_eq!(without_secrets("mailto:someone@example.com"), "");
        assert_eq!(without_secrets("no address"), "");
    }

    #[tokio::test]
    async fn a_name_that_stands_for_a_private_address_is_not_resolved() {
        let refused = Guarded(Reach::default()).resolve("localhost".parse().unwrap()).await;
        assert!(refused.err().unwrap().is::<NothingPublic>());
        let permitted = Guarded(Reach { private: true, http: false }).resolve("localhost".parse().unwrap()).await;
        assert!(permitted.unwrap().next().is_some());
    }
}
