//! The message center: what was told to whom, as history tells it.

use super::views::NoticeView;
use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Event, notices};
use credere_core::channel::Subscription;
use credere_store::contract::{NoticeRow, ShardStore};
use credere_store::outbox::DeliveryRow;
use std::collections::HashMap;

pub use credere_store::contract::{NoticeFilter, NoticeKey};

impl App {
    /// Notices that match, newest first, before this one, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn notices(
        &self,
        caller: Caller,
        filter: NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeView>, Failure> {
        self.read_as(caller, Action::ReadNotices, None, |_| Ok(())).await?;
        // There is a list by each party, and none by both or by what was told.
        let both = filter.recipient.is_some() && filter.customer.is_some();
        let passes_over = filter.kind.is_some() || both;
        let look = move |store: &dyn ShardStore| {
            let notices = store.notices(&filter, before, limit)?;
            let keys: Vec<NoticeKey> = notices.iter().map(|notice| notice.key).collect();
            let mut sent: HashMap<NoticeKey, Vec<DeliveryRow>> = HashMap::new();
            for row in store.deliveries_of(&keys)? {
                sent.entry(row.key.notice).or_default().push(row);
            }
            let view = |notice: NoticeRow| {
                let of_it = sent.remove(&notice.key).unwrap_or_default();
                NoticeView::of_row(store.id(), notice, of_it)
            };
            notices.into_iter().map(view).collect()
        };
        self.engine.history_by(caller.actor, passes_over, look).await
    }
}

impl Done {
    /// What an account wants to be told of from now on.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it said nothing of that.
    pub fn subscription(&self) -> Result<Subscription, Failure> {
        match &*self.event {
            Event::Notices(notices::Event::Subscribed(fact)) => Ok(fact.subscription),
            _ => Err(unexpected()),
        }
    }
}
