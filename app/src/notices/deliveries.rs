//! How messages arrived at a webhook, and sending again by hand.

use super::occurrence::NoticeId;
use super::views::{DeliveryState, DeliveryView};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Rejection, notices};
use credere_core::channel::WebhookId;
use credere_core::ledger::Moment;
use credere_store::contract::{NoticeKey, ShardStore, StoreError};
use credere_store::outbox::{DeliveryKey, DeliveryRow, Lane};
use std::sync::atomic::Ordering::Relaxed;

/// A delivery that is sent again at this moment: at once, with the whole schedule before it.
fn sent_again(row: DeliveryRow, now: Moment) -> DeliveryRow {
    DeliveryRow { state: DeliveryState::Waiting(now), reason: None, retries: 0, changed_at: now, ..row }
}

/// A delivery with its attempts.
fn viewed(store: &dyn ShardStore, row: DeliveryRow) -> Result<DeliveryView, StoreError> {
    let attempts = store.attempts(&row.key)?;
    DeliveryView::of_row(store.id(), row, attempts)
}

impl App {
    /// A webhook's deliveries, newest occurrence first, before this one, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such webhook.
    pub async fn webhook_deliveries(
        &self,
        caller: Caller,
        id: WebhookId,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<DeliveryView>, Failure> {
        self.read_as(caller, Action::ReadWebhooks, None, |book| {
            // What is removed is not shown any more.
            book.webhook(id).map(|_| ()).map_err(|_| Rejection::Notices(notices::Reason::WebhookNotFound))
        })
        .await?;
        let lane = Lane::webhook(id.0);
        let read = self.engine.directory(move |store| {
            let rows = store.deliveries(lane, before, limit)?;
            rows.into_iter().map(|row| viewed(store, row)).collect()
        });
        read.await
    }

    /// One delivery of a webhook that may be sent again, as it will stand when it is; `None` is a number that is no
    /// notice's.
    ///
    /// # Errors
    /// As [`App::redeliver`].
    pub async fn redelivery(
        &self,
        caller: Caller,
        id: WebhookId,
        notice: Option<NoticeId>,
    ) -> Result<DeliveryView, Failure> {
        let now = self.time_of_day();
        self.known_delivery(caller, id, notice, move |row| sent_again(row, now)).await
    }

    /// One delivery of a webhook that may be sent again; `None` is a number that is no notice's.
    ///
    /// # Errors
    /// As [`App::redeliver`].
    pub async fn webhook_delivery(
        &self,
        caller: Caller,
        id: WebhookId,
        notice: Option<NoticeId>,
    ) -> Result<DeliveryView, Failure> {
        self.known_delivery(caller, id, notice, |row| row).await
    }

    async fn known_delivery(
        &self,
        caller: Caller,
        id: WebhookId,
        notice: Option<NoticeId>,
        shown_as: impl FnOnce(DeliveryRow) -> DeliveryRow + Send + 'static,
    ) -> Result<DeliveryView, Failure> {
        let key = self.may_redeliver(caller, id, notice).await?;
        let look =
            move |store: &dyn ShardStore| store.delivery(&key)?.map(|row| viewed(store, shown_as(row))).transpose();
        self.engine
            .directory(look)
            .await?
            .ok_or(Failure::refused(Rejection::Notices(notices::Reason::DeliveryNotFound)))
    }

    async fn may_redeliver(
        &self,
        caller: Caller,
        id: WebhookId,
        notice: Option<NoticeId>,
    ) -> Result<DeliveryKey, Failure> {
        // Whoever may add a webhook may have it called.
        self.read_as(caller, Action::AddWebhook, None, |book| book.webhook(id).map(|_| ())).await?;
        let notice = notice.and_then(|id| id.key_in(self.engine.store().id()));
        let notice = notice.ok_or(Failure::refused(Rejection::Notices(notices::Reason::DeliveryNotFound)))?;
        Ok(DeliveryKey { lane: Lane::webhook(id.0), notice })
    }

    /// Sends a delivery again, whatever came of it: at once, with the whole schedule before it. Switches the webhook on
    /// where it was off; `None` is a number that is no notice's. Answers the delivery as it stands now.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such webhook, or not any more, or no such delivery.
    pub async fn redeliver(
        &self,
        caller: Caller,
        id: WebhookId,
        notice: Option<NoticeId>,
    ) -> Result<DeliveryView, Failure> {
        let key = self.may_redeliver(caller, id, notice).await?;
        let now = self.time_of_day();
        let changed = self.engine.directory(move |store| {
            let Some(row) = store.delivery(&key)? else { return Ok(None) };
            let row = sent_again(row, now);
            store.switch_lane(key.lane, None)?;
            store.settle_delivery(&row, None)?;
            Ok(Some((viewed(store, row)?, store.waiting_deliveries()?)))
        });
        let (view, waiting) =
            changed.await?.ok_or(Failure::refused(Rejection::Notices(notices::Reason::DeliveryNotFound)))?;
        self.note_waiting(waiting);
        if let Some(notices) = self.notices.get() {
            notices.wake.lanes([key.lane]);
        }
        Ok(view)
    }

    /// Corrects the count of what waits.
    pub(super) fn note_waiting(&self, waiting: u64) {
        if let Some(notices) = self.notices.get() {
            notices.figures.waiting.store(i64::try_from(waiting).unwrap_or(i64::MAX), Relaxed);
        }
    }
}
