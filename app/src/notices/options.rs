//! How notices are sent, and whether they can be.

use super::mail::{self, MailOptions};
use super::webhook::{Caller, WebhookOptions};
use crate::failure::UnusableOption;

/// How notices are sent.
#[derive(Debug, Clone, Default)]
pub struct NoticeOptions {
    /// The mail server; without one nothing is sent by e-mail.
    pub mail: Option<MailOptions>,
    /// How webhooks are called.
    pub webhooks: WebhookOptions,
}

impl NoticeOptions {
    /// Looks whether notices can be sent with these options, before anything is begun.
    ///
    /// # Errors
    /// [`UnusableOption`], which names what is wrong.
    pub fn check(&self) -> Result<(), UnusableOption> {
        let mail = self.mail.as_ref().map_or(Ok(()), |mail| mail::check(mail).map(|_| ()));
        mail.and_then(|()| Caller::new(self.webhooks.clone()).map(|_| ()))
    }
}
