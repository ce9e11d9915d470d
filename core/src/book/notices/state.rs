//! The part of the book about who is told, and where: the webhooks of accounts. The platform's own are the deployment's.

use super::reason::Reason;
use crate::book::pages::{PageKey, Pages};
use crate::book::{Book, Rejection};
use crate::channel::{OrderId, Uin, WebhookId};
use crate::ledger::Moment;

/// Webhooks of accounts, and who was asked to pay.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) webhooks: Pages<WebhookId, Uin>,
    /// Webhooks that are gone are told from those that never were, for ever: each one that was removed leaves its number
    /// here, 8 bytes.
    pub(in crate::book) removed_webhooks: Pages<WebhookId, ()>,
    /// When somebody was last asked to pay an order that waits.
    pub(in crate::book) requests: Pages<OrderId, Moment>,
}

impl Book {
    /// Whose a webhook is; `None` for the platform's own.
    ///
    /// # Errors
    /// [`Rejection::WebhookRemoved`], [`Rejection::WebhookNotFound`]
    pub fn webhook(&self, id: WebhookId) -> Result<Option<Uin>, Rejection> {
        let removed = self.notices.removed_webhooks.contains_key(&id);
        let missing =
            if removed { Rejection::from(Reason::WebhookRemoved) } else { Rejection::from(Reason::WebhookNotFound) };
        let platforms = self.deployment.webhooks.contains(&id).then_some(None);
        platforms.or_else(|| self.notices.webhooks.get(&id).map(|account| Some(*account))).ok_or(missing)
    }

    /// All webhooks and whose they are, in no order.
    pub fn webhooks(&self) -> impl Iterator<Item = (WebhookId, Option<Uin>)> {
        let of_accounts = self.notices.webhooks.iter().map(|(id, account)| (*id, Some(*account)));
        self.deployment.webhooks.iter().map(|id| (*id, None)).chain(of_accounts)
    }

    pub(in crate::book) fn index_webhook(&mut self, id: WebhookId, account: Option<Uin>) {
        match account {
            Some(account) => drop(self.notices.webhooks.insert(id, account)),
            None => drop(self.deployment.webhooks.insert(id)),
        }
    }
}

impl PageKey for WebhookId {
    fn number(&self) -> u64 {
        self.0
    }
}
