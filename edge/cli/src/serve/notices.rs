//! How notices are sent under the settings: the mail server, and where webhooks may point to.

use crate::exit::Failed;
use crate::settings::{Settings, secret_in_file, secret_variable};
use credere_app::SecretText;
use credere_app::notices::{MailOptions, MailSecurity, NoticeOptions, Reach, Schedule, WebhookOptions};
use std::time::Duration;

/// Reads the sections `[mail]` and `[webhooks]`.
pub(super) fn options(settings: &Settings) -> Result<NoticeOptions, Failed> {
    let webhooks = WebhookOptions {
        reach: Reach { private: settings.flag("webhooks.allow_private"), http: settings.flag("webhooks.allow_http") },
        timeout: Duration::from_secs(settings.number("webhooks.timeout_seconds")),
        retries: schedule(settings, "webhooks.retry_schedule")?,
        authorities: file(settings, "webhooks.ca_file")?,
    };
    let options = NoticeOptions { mail: mail(settings)?, webhooks };
    options.check().map_err(|unusable| settings.wrong(unusable.setting, unusable.fault))?;
    Ok(options)
}

fn mail(settings: &Settings) -> Result<Option<MailOptions>, Failed> {
    let Some(server) = settings.text("mail.server") else { return Ok(None) };
    let from = settings.text("mail.from");
    let from = from.ok_or_else(|| settings.wrong("mail.server", "it needs `mail.from`"))?;
    let security: MailSecurity = read(settings, "mail.security")?;
    let login = match (settings.text("mail.user"), password(settings)?) {
        (Some(user), Some(password)) => Some((user.to_owned(), password)),
        (Some(_), None) => {
            let fault = "it needs a password: CREDERE_MAIL_PASSWORD or `mail.password_file`";
            return Err(settings.wrong("mail.user", fault));
        }
        (None, Some(_)) => return Err(Failed::Usage("a mail password needs `mail.user`".to_owned())),
        (None, None) => None,
    };
    Ok(Some(MailOptions {
        server: server.to_owned(),
        port: match u16::try_from(settings.number("mail.port")) {
            Ok(port) if port > 0 => port,
            _ => security.port(),
        },
        security,
        login,
        from: from.to_owned(),
        language: read(settings, "mail.language")?,
        timeout: Duration::from_secs(settings.number("mail.timeout_seconds")),
        retries: schedule(settings, "mail.retry_schedule")?,
        authorities: file(settings, "mail.ca_file")?,
    }))
}

/// The password from the environment, else from its file; neither is shown by `credere config`.
fn password(settings: &Settings) -> Result<Option<SecretText>, Failed> {
    if let Some(password) = secret_variable("CREDERE_MAIL_PASSWORD")? {
        return Ok(Some(password));
    }
    let Some(bytes) = file(settings, "mail.password_file")? else { return Ok(None) };
    secret_in_file(bytes, "the file of `mail.password_file`").map(Some)
}

fn schedule(settings: &Settings, name: &'static str) -> Result<Schedule, Failed> {
    read(settings, name)
}

fn read<T: std::str::FromStr<Err = String>>(settings: &Settings, name: &'static str) -> Result<T, Failed> {
    let text = settings.text(name).unwrap_or_default();
    text.parse().map_err(|error| settings.wrong(name, error))
}

fn file(settings: &Settings, name: &'static str) -> Result<Option<Vec<u8>>, Failed> {
    let Some(path) = settings.text(name) else { return Ok(None) };
    let bytes = std::fs::read(path).map_err(|error| settings.wrong(name, format!("{path}: {error}")))?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ServeOptions;

    fn read_file(text: &str) -> Result<NoticeOptions, Failed> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credere.toml");
        std::fs::write(&path, text).unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, "s3cret\n").unwrap();
        let text = text.replace("PASSWORD_FILE", password.to_str().unwrap());
        std::fs::write(&path, text).unwrap();
        options(&Settings::resolve(&ServeOptions { config: Some(path), ..ServeOptions::default() })?)
    }

    fn refused(text: &str) -> String {
        match read_file(text) {
            Err(Failed::Usage(message)) => message,
            other => panic!("expected a usage error, got {other:?}"),
        }
    }

    #[test]
    fn without_settings_nothing_goes_by_mail_and_webhooks_stay_outside() {
        let options = read_file("").unwrap();
        assert!(options.mail.is_none());
        assert_eq!(options.webhooks.reach, Reach { private: false, http: false });
        assert_eq!(options.webhooks.timeout, Duration::from_secs(15));
        assert_eq!(options.webhooks.retries.attempts(), 10);
    }

    #[test]
    fn a_mail_server_is_read_with_its_login() {
        let text = "[mail]\nserver = \"mx.example.test\"\nfrom = \"Credere <c@example.test>\"\nsecurity = \"tls\"\n\
            user = \"u\"\npassword_file = \"PASSWORD_FILE\"\nlanguage = \"zh\"\nretry_schedule = \"1s 2s\"\n";
        let mail = read_file(text).unwrap().mail.unwrap();
        assert_eq!((mail.port, mail.security), (465, MailSecurity::Tls));
        let (user, password) = mail.login.unwrap();
        assert_eq!((user.as_str(), password.expose()), ("u", "s3cret"));
        assert_eq!(mail.retries.attempts(), 3);
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        assert!(refused("[mail]\nserver = \"mx\"").contains("`mail.from`"));
        assert!(refused("[mail]\nserver = \"mx\"\nfrom = \"c@d\"\nuser = \"u\"").contains("CREDERE_MAIL_PASSWORD"));
        let from_nobody = refused("[mail]\nserver = \"mx\"\nfrom = \"nobody\"");
        assert!(from_nobody.contains("`mail.from`") && from_nobody.contains("`nobody`"), "{from_nobody}");
        assert!(from_nobody.contains("credere.toml"), "where it is said: {from_nobody}");
        assert!(refused("[webhooks]\nretry_schedule = \"5x\"").contains("`webhooks.retry_schedule`"));
        assert!(refused("[webhooks]\nca_file = \"/nowhere/ca.pem\"").contains("`webhooks.ca_file`"));
    }
}
