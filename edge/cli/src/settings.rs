//! Settings: one table says what there is, its default and meaning; flags come before the environment, that before the
//! settings file, that before the defaults. `credere config` prints the outcome, and the reference page is generated
//! from the same table.

mod kind;
mod secrets;

use crate::args::{ConfigOptions, ServeOptions};
use crate::exit::Failed;
use crate::terminal::{complain, marked, say, say_json, say_raw};
use credere_app::notices::{DEFAULT_MAIL_RETRIES, DEFAULT_RETRIES};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use kind::{Kind, log_filter};
pub(crate) use secrets::{secret_in_file, secret_variable, variable, without_line_end};

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its name in the file: `key`, or `section.key`.
    pub(crate) name: &'static str,
    /// What holds when nothing is said; empty means none.
    pub(crate) default: &'static str,
    /// What its text must be.
    pub(crate) kind: Kind,
    /// What it does.
    pub(crate) meaning: &'static str,
}

const fn setting(name: &'static str, default: &'static str, kind: Kind, meaning: &'static str) -> Setting {
    Setting { name, default, kind, meaning }
}

/// Every setting there is.
pub(crate) const SETTINGS: &[Setting] = &[
    setting("data", "./credere-data", Kind::Path, "data folder of the embedded store"),
    setting("database", "", Kind::Text, "PostgreSQL address; not offered by this version"),
    setting("listen", "127.0.0.1:7070", Kind::Address, "address that all faces listen on"),
    setting(
        "sandbox",
        "false",
        Kind::Flag,
        "adds the test clock, which stands still until it is advanced; fixed at the first start",
    ),
    setting("tls_cert", "", Kind::Path, "TLS certificate chain (PEM); needs tls_key"),
    setting("tls_key", "", Kind::Path, "TLS private key (PEM); needs tls_cert"),
    setting("deployment.currency", "USD", Kind::Currency, "currency code; fixed at the first start"),
    setting("deployment.zone", "+08:00", Kind::Zone, "offset of calendar rules from UTC; fixed at the first start"),
    setting(
        "deployment.site",
        "intl",
        Kind::Choice(&["intl", "cn"]),
        "on which of the vendor's sites an account is that is opened without one",
    ),
    setting(
        "clock.max_gap",
        "31d",
        Kind::Span(60, 3_650 * 86_400),
        "how far the machine's clock may lie after the last record at a start before nothing is written",
    ),
    setting(
        "rules.pool_api_allow_negative",
        "true",
        Kind::Flag,
        "whether a pool may be pulled from with a negative amount (A7)",
    ),
    setting(
        "rules.pay_on_behalf_skips_customer_check",
        "false",
        Kind::Flag,
        "whether a partner that pays on behalf may push a customer below zero (A5)",
    ),
    setting(
        "rules.balance_checked_internal_types",
        "4 6 9",
        Kind::Types,
        "internal types whose balance is looked at before somebody pays for them, or they for others (O57, O61, O67)",
    ),
    setting(
        "rules.consistent_account_classes",
        "false",
        Kind::Flag,
        "whether payer and member must both be internal accounts, or neither (O65)",
    ),
    setting(
        "rules.entity_admin_pays",
        "false",
        Kind::Flag,
        "whether the admin of a member's entity may pay instead of the organization's (O59)",
    ),
    setting("rules.strict_exit", "false", Kind::Flag, "whether a member must pay for itself before it leaves (O71)"),
    setting(
        "cloud.unsigned_payload",
        "reads",
        Kind::Choice(&["reads", "all", "off"]),
        "which Cloud API actions may be called with `UNSIGNED-PAYLOAD`, whose body anybody may exchange",
    ),
    setting("cloud.rate_limits", "true", Kind::Flag, "whether the Cloud API limits calls per account and action"),
    setting(
        "limits.connections",
        "4096",
        Kind::Number(1, 1_000_000),
        "open connections; a new one beyond them takes the place of the oldest idle one",
    ),
    setting(
        "limits.keep_alive",
        "75s",
        Kind::Span(1, 3_600),
        "how long an idle connection is kept; longer than a proxy in front keeps its own",
    ),
    setting(
        "limits.waiting_operations",
        "200000",
        Kind::Number(1, 10_000_000),
        "operations that may wait for a decision, of one caller half; more are answered 503",
    ),
    setting("store.cache_mib", "48", Kind::Number(4, 65_536), "memory for the store's page caches"),
    setting(
        "store.key_filter_mib",
        "256",
        Kind::Number(1, 65_536),
        "memory for the filters before old idempotency keys",
    ),
    setting("store.snapshot_every", "1500000", Kind::Number(1_000, 100_000_000), "journal records between snapshots"),
    setting("mail.server", "", Kind::Host, "mail server; without one nothing is sent by e-mail"),
    setting("mail.port", "0", Kind::Number(0, 65_535), "its port; 0 for the one that goes with mail.security"),
    setting(
        "mail.security",
        "starttls",
        Kind::Choice(&["starttls", "tls", "none"]),
        "how the connection to it is protected (587, 465, 25)",
    ),
    setting(
        "mail.user",
        "",
        Kind::Text,
        "user name for it; the password is in CREDERE_MAIL_PASSWORD or mail.password_file",
    ),
    setting("mail.password_file", "", Kind::Path, "file that holds the password for it"),
    setting("mail.from", "", Kind::Text, "whom letters are from: `Name <address>`; needed with mail.server"),
    setting("mail.language", "en", Kind::Choice(&["en", "zh"]), "in which language letters are written"),
    setting("mail.timeout_seconds", "30", Kind::Number(1, 600), "how long each step of sending a letter may take"),
    setting("mail.retry_schedule", DEFAULT_MAIL_RETRIES, Kind::Schedule, "delays between attempts to send a letter"),
    setting("mail.ca_file", "", Kind::Path, "certificate authorities (PEM) trusted for it besides the public ones"),
    setting(
        "webhooks.allow_private",
        "false",
        Kind::Flag,
        "whether webhooks may point into private networks, and to this machine; permits http:// too",
    ),
    setting("webhooks.allow_http", "false", Kind::Flag, "whether webhooks may be called without TLS"),
    setting("webhooks.timeout_seconds", "15", Kind::Number(1, 300), "how long one attempt to call a webhook may take"),
    setting("webhooks.retry_schedule", DEFAULT_RETRIES, Kind::Schedule, "delays between attempts to call a webhook"),
    setting(
        "webhooks.ca_file",
        "",
        Kind::Path,
        "certificate authorities (PEM) trusted for webhooks besides the public ones",
    ),
    setting("log.level", "info", Kind::LogFilter, "what is logged: error, warn, info, debug, trace, or a filter"),
    setting("log.format", "text", Kind::Choice(&["text", "json"]), "how log lines look"),
];

/// Variables that are not settings: secrets, and those of the client part.
const OTHER_VARIABLES: &[&str] = &[
    "CREDERE_CONFIG",
    "CREDERE_PLATFORM_KEY",
    "CREDERE_MASTER_KEY",
    "CREDERE_MAIL_PASSWORD",
    "CREDERE_SERVER",
    "CREDERE_BENCH_DIR",
];

impl Setting {
    /// Its environment variable: `CREDERE_SECTION_KEY`.
    pub(crate) fn variable(&self) -> String {
        format!("CREDERE_{}", self.name.replace('.', "_").to_uppercase())
    }

    fn check(&self, text: &str) -> Result<(), String> {
        if self.kind.fits(text, self.default.is_empty()) {
            return Ok(());
        }
        let wanted = if kind::clean(text) {
            self.kind.wanted()
        } else {
            "without control characters, and without blanks at its ends".to_owned()
        };
        Err(format!("`{}` is {}, but must be {wanted}", self.name, shown(text)))
    }
}

/// A value in a message: as it is, or with marks for what cannot be seen.
fn shown(text: &str) -> String {
    if kind::clean(text) { format!("`{text}`") } else { format!("{text:?}") }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Variable(name) => f.write_str(name),
            Origin::Flag => f.write_str("command line"),
        }
    }
}

/// The effective settings.
#[derive(Debug, Clone)]
pub(crate) struct Settings(BTreeMap<&'static str, (String, Origin)>);

impl Settings {
    /// Puts the settings together.
    ///
    /// # Errors
    /// [`Failed::Usage`] for an unknown key in the file, a value that does not fit, or a file that cannot be read.
    pub(crate) fn resolve(options: &ServeOptions) -> Result<Settings, Failed> {
        let file = match &options.config {
            Some(path) => Some(path.clone()),
            None => variable("CREDERE_CONFIG")?.map(PathBuf::from),
        };
        let mut in_file = match &file {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        warn_of_unknown_variables();
        let mut flags = flags(options)?;
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            let from_file = in_file.remove(setting.name);
            let name = setting.variable();
            let (value, origin) = match (flags.remove(setting.name), variable(&name)?, from_file, &file) {
                (Some(value), ..) => (value, Origin::Flag),
                (None, Some(value), ..) => (value, Origin::Variable(name)),
                (None, None, Some(value), Some(path)) => (value, Origin::File(path.clone())),
                _ => (setting.default.to_owned(), Origin::Default),
            };
            setting.check(&value).map_err(|error| Failed::Usage(format!("{error} (from {origin})")))?;
            values.insert(setting.name, (value, origin));
        }
        if let Some(unknown) = in_file.keys().next() {
            let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
            return Err(Failed::Usage(format!("unknown setting `{unknown}`; there are: {}", known.join(", "))));
        }
        let settings = Settings(values);
        if settings.text("database").is_some() {
            let fault = "the PostgreSQL store is not offered by this version; leave it out and use `data`";
            return Err(settings.wrong("database", fault));
        }
        match (settings.text("tls_cert"), settings.text("tls_key")) {
            (Some(_), None) => return Err(settings.wrong("tls_cert", "`tls_cert` and `tls_key` go together")),
            (None, Some(_)) => return Err(settings.wrong("tls_key", "`tls_cert` and `tls_key` go together")),
            _ => {}
        }
        Ok(settings)
    }

    /// A text, unless it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A flag.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// Types of internal accounts.
    pub(crate) fn types(&self, name: &str) -> Vec<u8> {
        self.text(name).and_then(kind::types_of).unwrap_or_default()
    }

    /// A number. Every number has been checked against its range.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.text(name).and_then(kind::number_of).unwrap_or_default()
    }

    /// A span of time. Every span has been checked against its range.
    pub(crate) fn span(&self, name: &str) -> Duration {
        self.text(name).and_then(kind::span_of).unwrap_or_default()
    }

    /// What is wrong with a setting that only its use shows, with where its value comes from.
    pub(crate) fn wrong(&self, name: &str, fault: impl std::fmt::Display) -> Failed {
        let origin = self.0.get(name).map_or(&Origin::Default, |(_, origin)| origin);
        Failed::Usage(format!("`{name}`: {fault} (from {origin})"))
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        PathBuf::from(self.text("data").unwrap_or("./credere-data"))
    }
}

fn flags(options: &ServeOptions) -> Result<BTreeMap<&'static str, String>, Failed> {
    let mut flags = BTreeMap::new();
    let paths = [("data", &options.data), ("tls_cert", &options.tls_cert), ("tls_key", &options.tls_key)];
    for (name, path) in paths {
        if let Some(path) = path {
            let text = path.to_str().ok_or_else(|| Failed::Usage(format!("`{name}` is not valid UTF-8")))?;
            flags.insert(name, text.to_owned());
        }
    }
    flags.extend(options.database.clone().map(|value| ("database", value)));
    flags.extend(options.listen.clone().map(|value| ("listen", value)));
    flags.extend(options.sandbox.then(|| ("sandbox", "true".to_owned())));
    Ok(flags)
}

/// Reads a settings file into `section.key` → text.
fn read_file(path: &Path) -> Result<BTreeMap<String, String>, Failed> {
    let wrong = |error: String| Failed::Usage(format!("settings file {}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    let mut flat = BTreeMap::new();
    flatten("", table, &mut flat).map_err(wrong)?;
    Ok(flat)
}

fn flatten(prefix: &str, table: toml::Table, flat: &mut BTreeMap<String, String>) -> Result<(), String> {
    for (key, value) in table {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, flat)?,
            toml::Value::String(text) => drop(flat.insert(name, without_line_end(&text).to_owned())),
            toml::Value::Integer(number) => drop(flat.insert(name, number.to_string())),
            toml::Value::Boolean(flag) => drop(flat.insert(name, flag.to_string())),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) => {
                return Err(format!("`{name}` must be a text, a whole number, or true or false"));
            }
        }
    }
    Ok(())
}

/// A misspelt variable would otherwise do nothing without a word.
fn warn_of_unknown_variables() {
    let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with("CREDERE_")) else { continue };
        if !known.iter().any(|known| known == name) && !OTHER_VARIABLES.contains(&name) {
            complain(format_args!("credere: the variable {name} is not a setting and is ignored"));
        }
    }
}

/// `credere config`.
pub(crate) fn print(options: &ConfigOptions, as_json: bool) -> Result<(), Failed> {
    if options.reference {
        say_raw(reference().as_bytes());
        return Ok(());
    }
    let settings = Settings::resolve(&options.serve)?;
    if as_json {
        let settings = SETTINGS.iter().map(|setting| {
            let (value, origin) = &settings.0[setting.name];
            json!({
                "setting": setting.name, "value": value, "from": origin.to_string(), "variable": setting.variable(),
            })
        });
        say_json(&json!({ "data": settings.collect::<Vec<_>>() }));
        return Ok(());
    }
    let mut table = crate::client::table(&["setting", "value", "from", "variable"]);
    for setting in SETTINGS {
        let (value, origin) = &settings.0[setting.name];
        table.add_row([setting.name, &marked(value), &marked(&origin.to_string()), &setting.variable()]);
    }
    say(table);
    Ok(())
}

/// The body of the reference page; `cargo xtask reference` puts its title above it.
fn reference() -> String {
    let mut page = String::from(
        "Flags come before the environment, that before the settings file (`--config FILE` or `CREDERE_CONFIG`, TOML), \
         that before the defaults. `credere config` prints what holds.\n\n| setting | variable | default | must be | meaning |\n|---|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let kind = setting.kind.wanted();
        let default = if setting.default.is_empty() { "none".to_owned() } else { format!("`{}`", setting.default) };
        let line =
            format!("| `{}` | `{}` | {default} | {kind} | {} |\n", setting.name, setting.variable(), setting.meaning);
        page.push_str(&line);
    }
    page.push_str(
        "\nSecrets come from the environment only: `CREDERE_PLATFORM_KEY` sets the first platform key (one is made and \
         printed once otherwise), `CREDERE_MASTER_KEY` the key that API secrets are sealed with (the file `master.key` \
         in the data folder otherwise), `CREDERE_MAIL_PASSWORD` the mail server's password (unless it is in the file that \
         `mail.password_file` names). The client part reads `CREDERE_SERVER`, `CREDERE_PLATFORM_KEY` and `SSL_CERT_FILE`.\n\nOne line \
         end at the end of a value or secret is dropped; blanks at its ends and control characters refuse the start. A \
         platform key has 16 to 255 visible ASCII characters.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(file: &str) -> Result<Settings, Failed> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credere.toml");
        std::fs::write(&path, file).unwrap();
        Settings::resolve(&ServeOptions { config: Some(path), ..ServeOptions::default() })
    }

    fn refused(file: &str) -> String {
        match resolve(file) {
            Err(Failed::Usage(message)) => message,
            other => panic!("expected a usage error, got {other:?}"),
        }
    }

    #[test]
    fn defaults_fit_their_own_kinds() {
        for setting in SETTINGS {
            assert_eq!(setting.check(setting.default), Ok(()), "{}", setting.name);
        }
    }

    #[test]
    fn the_file_is_read_with_its_sections() {
        let settings = resolve("listen = \"127.0.0.1:1\"\n[limits]\nconnections = 7\n[cloud]\nrate_limits = false\n");
        let settings = settings.unwrap();
        assert_eq!(settings.text("listen"), Some("127.0.0.1:1"));
        assert_eq!(settings.number("limits.connections"), 7);
        assert!(!settings.flag("cloud.rate_limits"));
        assert_eq!(settings.text("deployment.zone"), Some("+08:00"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(refused("listne = \"x\"").contains("`listne`"));
        assert!(refused("[limits]\nconnections = 0").contains("`limits.connections`"));
        assert!(refused("sandbox = \"yes\"").contains("`true` or `false`"));
        assert!(refused("database = \"postgres://x\"").contains("not offered"));
        assert!(refused("tls_cert = \"a.pem\"").contains("go together"));
        assert!(refused("[log]\nformat = 1.5").contains("`log.format`"));
        assert!(refused("= nonsense").contains("settings file"));
    }
}
