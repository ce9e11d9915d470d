//! The part of the book about who is told, and where: webhooks.

use super::reason::Reason;
use crate::book::{Book, Rejection};
use crate::channel::{Uin, WebhookId};
use std::collections::{BTreeMap, BTreeSet};

/// Webhooks.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) webhooks: BTreeMap<WebhookId, Option<Uin>>,
    /// Webhooks that are gone are told from those that never were, for ever: each one that was removed leaves its number
    /// here, 8 bytes.
    pub(in crate::book) removed_webhooks: BTreeSet<WebhookId>,
}

impl Book {
    /// Whose a webhook is; `None` for the platform's own.
    ///
    /// # Errors
    /// [`Rejection::WebhookRemoved`], [`Rejection::WebhookNotFound`]
    pub fn webhook(&self, id: WebhookId) -> Result<Option<Uin>, Rejection> {
        let removed = self.notices.removed_webhooks.contains(&id);
        let missing =
            if removed { Rejection::from(Reason::WebhookRemoved) } else { Rejection::from(Reason::WebhookNotFound) };
        self.notices.webhooks.get(&id).copied().ok_or(missing)
    }

    /// All webhooks, oldest first.
    pub fn webhooks(&self) -> impl Iterator<Item = (WebhookId, Option<Uin>)> {
        self.notices.webhooks.iter().map(|(id, account)| (*id, *account))
    }
}
