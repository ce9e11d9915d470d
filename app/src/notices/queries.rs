//! The message center: what was told to whom, as history tells it.

use crate::app::App;
use crate::caller::Caller;
use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Event, notices};
use credere_core::channel::Subscription;

/// One notice to one recipient. History tells nothing of it that is not shown.
pub use credere_store::contract::NoticeRow as NoticeView;
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
        self.engine.history_by(caller.actor, passes_over, move |store| store.notices(&filter, before, limit)).await
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
