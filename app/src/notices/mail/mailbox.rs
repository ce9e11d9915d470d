//! Addresses of mailboxes, as people write them and as mail servers take them: names of domains go in ASCII, since few
//! servers take anything else, while a local part is the receiver's own and goes as it is (RFC 5321, RFC 6531).

use std::net::{Ipv4Addr, Ipv6Addr};
use thiserror::Error;

/// Bytes of a whole address, as mail servers take it.
pub const EMAIL_MAX: usize = 254;
/// Bytes of a local part.
const LOCAL_MAX: usize = 64;
/// Bytes of a domain.
const DOMAIN_MAX: usize = 253;
/// Bytes of one name in a domain.
const LABEL_MAX: usize = 63;

/// Why a text is no address of a mailbox. The text does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmailFault {
    /// Nothing before or behind the `@`, or none.
    #[error("is not an e-mail address such as `ops@example.com`")]
    Parts,
    /// Longer than an address may be.
    #[error("is longer than an e-mail address may be ({EMAIL_MAX} bytes, {LOCAL_MAX} of them before the `@`)")]
    TooLong,
    /// What stands before the `@` is neither a name nor quoted.
    #[error("has something before the `@` that needs quotes, or quotes that do not fit")]
    Local,
    /// What stands behind it is neither a domain nor an address in brackets.
    #[error("does not name a domain behind the `@`, nor an address in brackets")]
    Domain,
}

/// An address of a mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    local: String,
    /// In ASCII.
    domain: String,
}

impl std::fmt::Debug for EmailAddress {
    /// Only the domain: the rest is somebody's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[...]@{}", self.domain)
    }
}

impl EmailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`EmailFault`]
    pub fn read(text: &str) -> Result<EmailAddress, EmailFault> {
        let (local, domain) = text.rsplit_once('@').ok_or(EmailFault::Parts)?;
        if local.is_empty() || domain.is_empty() {
            return Err(EmailFault::Parts);
        }
        let quoted = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|_| local.len() > 1);
        if !quoted.map_or_else(|| is_dotted(local), is_quotable) {
            return Err(EmailFault::Local);
        }
        let domain = match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(literal) if is_literal(literal) => domain.to_owned(),
            Some(_) => return Err(EmailFault::Domain),
            None => in_ascii(domain).ok_or(EmailFault::Domain)?,
        };
        if local.len() > LOCAL_MAX || local.len() + 1 + domain.len() > EMAIL_MAX {
            return Err(EmailFault::TooLong);
        }
        Ok(EmailAddress { local: local.to_owned(), domain })
    }

    /// What stands before the `@`, quotes included.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands behind it, in ASCII.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether a mail server takes it that knows nothing but ASCII.
    pub fn is_ascii(&self) -> bool {
        self.local.is_ascii()
    }
}

/// Names with dots between them.
fn is_dotted(local: &str) -> bool {
    let fits = |c: char| {
        let outside_ascii = !c.is_ascii() && !c.is_control() && !c.is_whitespace();
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || outside_ascii
    };
    local.split('.').all(|name| !name.is_empty() && name.chars().all(fits))
}

/// What may stand between quotes: anything in one line, a quote or a backslash behind a backslash.
fn is_quotable(inner: &str) -> bool {
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let fits = match c {
            '\\' => chars.next().is_some_and(|escaped| matches!(escaped, ' '..='~')),
            '"' => false,
            c => !c.is_control(),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// The address of a machine.
fn is_literal(text: &str) -> bool {
    let v6 = text.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).and_then(|_| text.get(5..));
    match v6 {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => text.parse::<Ipv4Addr>().is_ok(),
    }
}

/// A domain as it is asked for, each name that is not ASCII as punycode.
fn in_ascii(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let is_label = |label: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let hangs = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= LABEL_MAX && label.chars().all(plain) && !hangs
    };
    let last = ascii.rsplit('.').next()?;
    // Only digits at the end would be a machine's address without its brackets.
    let named =
        ascii.len() <= DOMAIN_MAX && ascii.split('.').all(is_label) && !last.chars().all(|c| c.is_ascii_digit());
    named.then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String, bool), EmailFault> {
        EmailAddress::read(text).map(|it| (it.local().to_owned(), it.domain().to_owned(), it.is_ascii()))
    }

    #[test]
    fn addresses_of_every_kind_are_read() {
        let long = format!("{}@example.com", "x".repeat(64));
        for (text, local, domain, ascii) in [
            ("ops@example.com", "ops", "example.com", true),
            ("Ops.Team+a=b@EXAMPLE.com", "Ops.Team+a=b", "example.com", true),
            ("ops@bücher.example", "ops", "xn--bcher-kva.example", true),
            ("ops@xn--bcher-kva.example", "ops", "xn--bcher-kva.example", true),
            ("ops@例え.テスト", "ops", "xn--r8jz45g.xn--zckzah", true),
            ("жук@example.com", "жук", "example.com", false),
            ("\"john doe\"@example.com", "\"john doe\"", "example.com", true),
            ("\"a@b\"@example.com", "\"a@b\"", "example.com", true),
            ("\"a\\\"b\\\\\"@example.com", "\"a\\\"b\\\\\"", "example.com", true),
            ("\"\"@example.com", "\"\"", "example.com", true),
            ("ops@[192.0.2.1]", "ops", "[192.0.2.1]", true),
            ("ops@[IPv6:2001:db8::1]", "ops", "[IPv6:2001:db8::1]", true),
            ("root@localhost", "root", "localhost", true),
            (&*long, &long[..64], "example.com", true),
        ] {
            assert_eq!(read(text), Ok((local.to_owned(), domain.to_owned(), ascii)), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_by_what_is_wrong() {
        let many = format!("a@{}com", "x23456789.".repeat(25));
        for (text, fault) in [
            ("", EmailFault::Parts),
            ("ops", EmailFault::Parts),
            ("@example.com", EmailFault::Parts),
            ("ops@", EmailFault::Parts),
            ("a b@example.com", EmailFault::Local),
            ("a@b@example.com", EmailFault::Local),
            (".a@example.com", EmailFault::Local),
            ("a..b@example.com", EmailFault::Local),
            ("a.@example.com", EmailFault::Local),
            ("a\r\nRCPT TO:<x>@example.com", EmailFault::Local),
            ("<a@example.com", EmailFault::Local),
            ("a\u{a0}b@example.com", EmailFault::Local),
            ("\"@example.com", EmailFault::Local),
            ("\"a\"b\"@example.com", EmailFault::Local),
            ("\"a\\\"@example.com", EmailFault::Local),
            ("\"a\nb\"@example.com", EmailFault::Local),
            ("ops@example.com>", EmailFault::Domain),
            ("ops@exa mple.com", EmailFault::Domain),
            ("ops@-example.com", EmailFault::Domain),
            ("ops@example..com", EmailFault::Domain),
            ("ops@example.com.", EmailFault::Domain),
            ("ops@exa_mple.com", EmailFault::Domain),
            ("ops@192.0.2.1", EmailFault::Domain),
            ("ops@[192.0.2.256]", EmailFault::Domain),
            ("ops@[2001:db8::1]", EmailFault::Domain),
            ("ops@[IPv6:x]", EmailFault::Domain),
            ("ops@[]", EmailFault::Domain),
            (&*format!("{}@example.com", "x".repeat(65)), EmailFault::TooLong),
            (&many, EmailFault::TooLong),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }
}
