//! Webhooks: added, listed, given a new secret, removed. That there is one, whose it is and what it is told of is in the
//! journal; where it is and what it is signed with only in the directory, sealed.

use super::address::{Reach, UrlFault, WebhookUrl, without_secrets};
use super::registered::{all_webhooks, find_webhook};
use super::webhook::Endpoint;
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use crate::secrets::SecretText;
use credere_core::access::{Action, Actor, KeyAccess};
use credere_core::book::{Command, KeyUse, Rejection, notices};
use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_store::contract::{DirectoryWrite, ShardStore, StoreError, WebhookRow};
use credere_store::outbox::{DeliveryState, Lane};

/// A webhook to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Whose; the platform's own where absent.
    pub account: Option<Uin>,
    /// The address that notices are sent to.
    pub url: WebhookUrl,
    /// Which kinds of messages it is sent, of [`super::message_kinds`]; all where empty.
    pub kinds: Vec<String>,
}

/// A webhook that was added, or the answer to the same request again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedWebhook {
    /// Its number.
    pub id: WebhookId,
    /// What its messages are signed with; absent in a repeated answer.
    pub secret: Option<SecretText>,
    /// When it was added.
    pub created_at: Moment,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

/// A webhook's new secret, or the answer to the same request again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedSecret {
    /// What its messages are signed with from now on; absent in a repeated answer.
    pub secret: Option<SecretText>,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

/// A webhook as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    /// Its number.
    pub id: WebhookId,
    /// Whose; the platform's own where absent.
    pub account: Option<Uin>,
    /// Where it is; empty when that does not open under the master key, and without its user part and query for whoever
    /// may only read.
    pub url: String,
    /// Which kinds of messages it is sent; all where empty.
    pub kinds: Vec<String>,
    /// When it was added.
    pub created_at: Moment,
    /// Since when it is switched off because its receiver answered 410, by the machine's clock.
    pub off_since: Option<Moment>,
}

impl App {
    /// Reads a webhook's address and looks whether the deployment permits it.
    ///
    /// # Errors
    /// [`UrlFault`]
    pub fn read_webhook_url(&self, text: &str) -> Result<WebhookUrl, UrlFault> {
        let reach = self.notices.get().map_or(Reach::default(), |notices| notices.reach);
        WebhookUrl::read(text, reach)
    }

    /// Adds a webhook. It is told of what happens from now on.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such account.
    pub async fn add_webhook(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        new: NewWebhook,
    ) -> Result<AddedWebhook, Failure> {
        let NewWebhook { account, url, kinds } = new;
        let (endpoint, secret) = Endpoint::new(&url).map_err(broken)?;
        let sealed = endpoint.seal(account, &self.master_key).map_err(broken)?;
        let command = Command::from(notices::AddWebhook { account, kinds: kinds.clone() });
        let write = Box::new(move |number: Option<u64>, _: &_, created_at| {
            let row = |number| WebhookRow { id: WebhookId(number), account, kinds, sealed, created_at };
            number.map(row).map(DirectoryWrite::Webhook).into_iter().collect()
        });
        let done = self.command_with(caller, key, command, Some(write)).await?;
        Ok(AddedWebhook {
            id: WebhookId(done.number()?),
            secret: (!done.replayed).then_some(secret),
            created_at: done.at,
            replayed: done.replayed,
        })
    }

    /// Webhooks, oldest first: all of them, or those of one account.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn webhooks(&self, caller: Caller, account: Option<Uin>) -> Result<Vec<WebhookView>, Failure> {
        self.read_as(caller, Action::ReadWebhooks, account, |_| Ok(())).await?;
        let deployment = self.deployment.clone();
        let found = move |store: &dyn ShardStore| Ok((all_webhooks(store, &*deployment)?, store.lanes_off()?));
        let (rows, off) = self.engine.directory(found).await?;
        let wanted = rows.into_iter().filter(|row| account.is_none() || row.account == account);
        Ok(wanted.map(|row| self.webhook_view(caller, row, &off)).collect())
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn webhook(&self, caller: Caller, id: WebhookId) -> Result<WebhookView, Failure> {
        self.read_as(caller, Action::ReadWebhooks, None, |_| Ok(())).await?;
        let deployment = self.deployment.clone();
        let found = move |store: &dyn ShardStore| Ok((find_webhook(store, &*deployment, id)?, store.lanes_off()?));
        let (row, off) = self.engine.directory(found).await?;
        let row = row.ok_or(Failure::refused(Rejection::Notices(notices::Reason::WebhookNotFound)))?;
        Ok(self.webhook_view(caller, row, &off))
    }

    fn webhook_view(&self, caller: Caller, row: WebhookRow, off: &[(Lane, Moment)]) -> WebhookView {
        let url = Endpoint::open(&row, &self.master_key).map(|endpoint| endpoint.url).unwrap_or_default();
        // Whoever may only read could otherwise call the receiver in the deployment's name.
        let whole = match caller.actor {
            Actor::Platform { access, .. } => access == KeyAccess::Full,
            Actor::Account { .. } | Actor::System => false,
        };
        let lane = Lane::webhook(row.id.0);
        WebhookView {
            id: row.id,
            account: row.account,
            url: if whole { url } else { without_secrets(&url) },
            kinds: row.kinds,
            created_at: row.created_at,
            off_since: off.iter().find(|(known, _)| *known == lane).map(|(_, since)| *since),
        }
    }

    /// Gives a webhook a new secret; the one before signs beside it for [`super::OLD_SECRET_SECONDS`].
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such webhook.
    pub async fn rotate_webhook_secret(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        id: WebhookId,
    ) -> Result<RotatedSecret, Failure> {
        // Two at once would each replace the same secret, and one of them would be lost.
        let _alone = self.webhook_changes.lock().await;
        let (mut secret, mut writes) = (None, Vec::new());
        // Without one, what is asked is still judged: it may repeat an answer from when there was one.
        let deployment = self.deployment.clone();
        if let Some(row) = self.engine.directory(move |store| find_webhook(store, &*deployment, id)).await? {
            let mut endpoint = Endpoint::open(&row, &self.master_key)
                .ok_or_else(|| Failure::Store(StoreError::corrupt(format!("the secret of `{id}` does not open"))))?;
            secret = Some(endpoint.rotate(self.time_of_day()).map_err(broken)?);
            let sealed = endpoint.seal(row.account, &self.master_key).map_err(broken)?;
            writes.push(DirectoryWrite::Webhook(WebhookRow { sealed, ..row }));
        }
        let command = Command::from(notices::RotateWebhookSecret { id });
        let done = self.command_with(caller, key, command, Some(Box::new(move |_, _: &_, _| writes))).await?;
        Ok(RotatedSecret { secret: secret.filter(|_| !done.replayed), replayed: done.replayed })
    }

    /// Removes a webhook. What waits for it is not sent any more.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such webhook.
    pub async fn remove_webhook(&self, caller: Caller, key: Option<KeyUse>, id: WebhookId) -> Result<Done, Failure> {
        let _alone = self.webhook_changes.lock().await;
        let write = Box::new(move |_, _: &_, _| vec![DirectoryWrite::WebhookRemoved { id }]);
        let done = self.command_with(caller, key, Command::from(notices::RemoveWebhook { id }), Some(write)).await?;
        let lane = Lane::webhook(id.0);
        let now = self.time_of_day();
        let ended = self.engine.directory(move |store| {
            store.end_lane(lane, &DeliveryState::Skipped, "the webhook was removed", now)?;
            store.switch_lane(lane, None)?;
            store.waiting_deliveries()
        });
        // The webhook is gone whatever comes of this: an attempt would find none.
        match ended.await {
            Ok(waiting) => self.note_waiting(waiting),
            Err(error) => tracing::warn!(%error, "what waits for a removed webhook cannot be ended yet"),
        }
        Ok(done)
    }
}

fn broken(error: String) -> Failure {
    Failure::Store(StoreError::io(error))
}
