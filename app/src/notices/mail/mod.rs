//! E-mail: one letter to one recipient over SMTP, as plain text and HTML, in the deployment's language. The address is
//! looked up when the letter is sent, so that one that was changed or erased meanwhile counts.

mod letter;
mod mailbox;
mod words;

pub use letter::Language;
pub use mailbox::{EMAIL_MAX, EmailAddress, EmailFault};

use super::attempt::{AttemptResult, Outcome};
use super::occurrence::{Message, MessageData, NoticeId};
use super::schedule::Schedule;
use super::webhook::shown;
use crate::failure::UnusableOption;
use crate::secrets::SecretText;
use credere_core::channel::Uin;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use std::error::Error as _;
use std::str::FromStr;
use std::time::Duration;

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// It begins in the clear and must change to TLS before anything is said.
    StartTls,
    /// It is TLS from its first byte.
    Tls,
    /// It stays in the clear: for a server on the same machine.
    Plain,
}

impl MailSecurity {
    /// The port that goes with it.
    pub const fn port(self) -> u16 {
        match self {
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::Plain => 25,
        }
    }
}

impl FromStr for MailSecurity {
    type Err = String;

    /// Reads `starttls`, `tls` or `none`.
    fn from_str(text: &str) -> Result<MailSecurity, String> {
        match text {
            "starttls" => Ok(MailSecurity::StartTls),
            "tls" => Ok(MailSecurity::Tls),
            "none" => Ok(MailSecurity::Plain),
            _ => Err(format!("`{text}` must be starttls, tls or none")),
        }
    }
}

/// How letters are sent.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// The mail server's name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// User name and password, where the server asks for them.
    pub login: Option<(String, SecretText)>,
    /// Whom letters are from, `Credere <credere@example.com>`.
    pub from: String,
    /// In which language they are written.
    pub language: Language,
    /// How long each step of sending may take.
    pub timeout: Duration,
    /// When to try again.
    pub retries: Schedule,
    /// Certificate authorities that are trusted besides the public ones, in PEM.
    pub authorities: Option<Vec<u8>>,
}

/// Delays between attempts unless the settings say otherwise.
pub const DEFAULT_MAIL_RETRIES: &str = "1m 5m 30m 2h 6h 12h 24h";

/// Connections to the mail server at most, and letters that are on their way at once.
pub(super) const AT_ONCE: u32 = 4;

/// Codes that refuse the deployment and not the letter: they pass once the settings are right.
const LOGIN_CODES: [u16; 5] = [454, 530, 534, 535, 538];

/// A mail server that letters are handed to.
pub(super) struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    language: Language,
    timeout: Duration,
    pub(super) retries: Schedule,
}

/// Whom a letter goes to and about whom it is, as the directory says now.
pub(super) struct Correspondents {
    pub(super) address: Option<String>,
    pub(super) customer_name: Option<String>,
    pub(super) currency: String,
}

impl MailServer {
    /// Must be called on the runtime that is to send.
    ///
    /// # Errors
    /// [`UnusableOption`]
    pub(super) fn new(options: MailOptions) -> Result<MailServer, UnusableOption> {
        let (from, security) = check(&options)?;
        let pool = PoolConfig::new().max_size(AT_ONCE).idle_timeout(Duration::from_secs(30));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.server)
            .port(options.port)
            .tls(security)
            .timeout(Some(options.timeout))
            .pool_config(pool);
        if let Some((user, password)) = options.login {
            builder = builder.credentials(Credentials::new(user, password.expose().to_owned()));
        }
        let MailOptions { language, timeout, retries, .. } = options;
        Ok(MailServer { transport: builder.build(), from, language, timeout, retries })
    }

    /// One attempt.
    pub(super) async fn send(&self, to: Correspondents, notice: NoticeId, message: &str) -> AttemptResult {
        let Some(address) = to.address.clone() else {
            return AttemptResult::of(Outcome::Skipped, "the recipient has no e-mail address");
        };
        let recipient = match EmailAddress::read(&address) {
            Ok(recipient) => recipient,
            Err(fault) => {
                return AttemptResult::of(Outcome::Refused, format!("the recipient's e-mail address {fault}"));
            }
        };
        let mail = match self.write(&recipient, &to, notice, message) {
            Ok(mail) => mail,
            Err(fault) => return AttemptResult::of(Outcome::Refused, fault),
        };
        // Each step has its time; all of them together have this much.
        let sent = tokio::time::timeout(self.timeout * 4, self.transport.send(mail)).await;
        match sent {
            Err(_) => AttemptResult::failed("the mail server did not answer in time"),
            Ok(Ok(response)) => AttemptResult {
                outcome: Outcome::Delivered,
                status: Some(u16::from(response.code())),
                error: None,
                answer: response.first_line().map(|line| without(&recipient, &address, line)),
            },
            Ok(Err(error)) => judge(&error, &recipient, &address),
        }
    }

    fn write(
        &self,
        recipient: &EmailAddress,
        to: &Correspondents,
        notice: NoticeId,
        message: &str,
    ) -> Result<Mail, String> {
        let message: Message =
            serde_json::from_str(message).map_err(|_| "the queued message does not decode".to_owned())?;
        let laid = letter::lay_out(&message, to.customer_name.as_deref(), &to.currency, self.language)
            .ok_or_else(|| "there is no letter for this kind of message".to_owned())?
            .map_err(|error| format!("the letter cannot be laid out: {error}"))?;
        // The same letter has the same number at each attempt, so that two copies can be told to be one.
        let number = format!("<{}@{}>", notice, self.from.email.domain());
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let receiver = sendable(recipient);
        // Said outright: reading it out of the headers knows fewer forms of addresses.
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![receiver.clone()])
            .map_err(|error| format!("the letter cannot be addressed: {error}"))?;
        Mail::builder()
            .envelope(envelope)
            .from(self.from.clone())
            .to(Mailbox::new(None, receiver))
            .message_id(Some(number))
            .raw_header(words::subject(laid.subject))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(laid.plain, laid.html))
            .map_err(|error| format!("the letter cannot be written: {error}"))
    }
}

/// Looks whether letters can be sent with these options, without a connection.
///
/// # Errors
/// [`UnusableOption`]
pub(super) fn check(options: &MailOptions) -> Result<(Mailbox, Tls), UnusableOption> {
    let cannot = |why: String| UnusableOption {
        setting: "mail.from",
        fault: format!("letters cannot be from `{}`: {why}", options.from),
    };
    let Mailbox { name, email } = options.from.parse().map_err(|error: AddressError| cannot(error.to_string()))?;
    let email = EmailAddress::read(email.as_ref()).map_err(|fault| cannot(format!("it {fault}")))?;
    let from = Mailbox::new(name, sendable(&email));
    let tls = || {
        let builder = TlsParameters::builder(options.server.clone()).certificate_store(CertificateStore::WebpkiRoots);
        let builder = match &options.authorities {
            Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?),
            None => builder,
        };
        builder.build_rustls()
    };
    let unusable = |error: Error| UnusableOption {
        setting: if options.authorities.is_some() { "mail.ca_file" } else { "mail.server" },
        fault: format!("TLS to the mail server cannot be used: {error}"),
    };
    let security = match options.security {
        MailSecurity::StartTls => Tls::Required(tls().map_err(unusable)?),
        MailSecurity::Tls => Tls::Wrapper(tls().map_err(unusable)?),
        MailSecurity::Plain => Tls::None,
    };
    Ok((from, security))
}

/// The customer that a queued message is about.
pub(super) fn customer_of(message: &str) -> Option<Uin> {
    match serde_json::from_str(message).ok()? {
        Message { data: MessageData::Notice { customer_uin, .. }, .. } => Uin::new(customer_uin).ok(),
        Message { data: MessageData::Order { account_uin, .. }, .. } => Uin::new(account_uin).ok(),
        Message { data: MessageData::Resource { .. } | MessageData::Organization { .. }, .. } => None,
    }
}

/// An address as it is said to a mail server, whose own library knows fewer forms.
fn sendable(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local(), address.domain())
}

/// What a failure means: a refusal of the letter for good, or something that may pass.
fn judge(error: &Error, recipient: &EmailAddress, address: &str) -> AttemptResult {
    if error.is_client() && !recipient.is_ascii() {
        let reason = "the mail server takes no address with letters outside ASCII before the `@` (it has no SMTPUTF8)";
        return AttemptResult::of(Outcome::Refused, reason);
    }
    let status = error.status().map(u16::from);
    let for_good = error.is_permanent() && !status.is_some_and(|code| LOGIN_CODES.contains(&code));
    let outcome = if for_good { Outcome::Refused } else { Outcome::Failed };
    let mut text = error.to_string();
    if let Some(cause) = error.source().filter(|cause| !text.contains(&cause.to_string())) {
        text = format!("{text}: {cause}");
    }
    AttemptResult { outcome, status, error: Some(without(recipient, address, &text)), answer: None }
}

/// A mail server's words, without the recipient's address: it is not kept.
fn without(recipient: &EmailAddress, address: &str, text: &str) -> String {
    let said = format!("{}@{}", recipient.local(), recipient.domain());
    let mut text = shown(text).replace(&said, "[recipient]").replace(address, "[recipient]");
    text.truncate(text.floor_char_boundary(1_024));
    text
}
