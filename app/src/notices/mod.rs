//! Notices that arrive. What the core decided to tell is in the journal; from there it is queued in the outbox, once for
//! each receiver, and sent from there, at least once, with a number that stays the same. Both happen behind the commit on
//! threads of their own. The message center needs neither: it shows history.
//!
//! [`occurrence`] says what there is to tell, `routes` to whom of those that are `registered`, [`feed`] and `queueing` bring
//! it into the outbox, `dispatch` takes it out, `webhook` and [`mail`] send it, `threads` runs all of that, `webhooks` and
//! `deliveries` are the doors.

pub mod address;
mod attempt;
mod deliveries;
mod dispatch;
mod feed;
mod figures;
mod mail;
mod occurrence;
mod options;
mod organizations;
mod queries;
mod queueing;
mod registered;
mod routes;
mod schedule;
mod threads;
mod views;
mod webhook;
mod webhooks;

pub use crate::failure::UnusableOption;
pub use address::{Reach, UrlFault, WebhookUrl};
pub(crate) use feed::Feed;
pub use figures::NoticeGauges;
pub use mail::{DEFAULT_MAIL_RETRIES, EMAIL_MAX, EmailAddress, EmailFault, Language, MailOptions, MailSecurity};
pub use occurrence::{Message, MessageData, NoticeId, Occurrence, RESOURCE_KINDS, Subject, message_kinds, occurrences};
pub use options::NoticeOptions;
pub use organizations::{ORGANIZATION_KINDS, OrganizationNews};
pub use queries::{NoticeFilter, NoticeKey};
pub(crate) use registered::all_webhooks;
pub use schedule::Schedule;
pub(crate) use threads::Notices;
pub use views::{AttemptView, DeliveryState, DeliveryView, NoticeDelivery, NoticeView};
pub use webhook::{DEFAULT_RETRIES, OLD_SECRET_SECONDS, WebhookOptions};
pub use webhooks::{AddedWebhook, NewWebhook, RotatedSecret, WebhookView};

use crate::app::App;
use crate::failure::StartError;
use occurrence::Known;
use queueing::{Look, Seen};
use std::sync::{Arc, Weak};
use threads::Needs;

impl App {
    /// Begins to queue and send notices, from where the outbox stands; what happened while nobody did is caught up with.
    /// At most once; a second call changes nothing.
    ///
    /// # Errors
    /// [`StartError`] when an option cannot be used, the store cannot be read, or there are no threads to be had.
    pub fn deliver_notices(self: &Arc<Self>, options: NoticeOptions) -> Result<(), StartError> {
        if self.notices.get().is_some() {
            return Ok(());
        }
        let needs = Needs {
            clock: self.engine.clock(),
            store: self.engine.store(),
            deployment: self.deployment.clone(),
            feed: self.engine.feed(),
            look: look(Arc::downgrade(self)),
            master_key: self.master_key.clone(),
            currency: self.currency.clone(),
        };
        // Where two threads call at once, the one that comes second stops what it has begun.
        drop(self.notices.set(Notices::start(needs, options)?));
        Ok(())
    }

    /// Figures about notices, for the metrics page; all zero where none are sent.
    pub fn notice_gauges(&self) -> NoticeGauges {
        self.notices.get().map(Notices::gauges).unwrap_or_default()
    }
}

/// What the book knows about an occurrence besides.
fn look(app: Weak<App>) -> Look {
    Box::new(move |id, occurrence| {
        let app = app.upgrade()?;
        let (managing, known) = app.engine.peek(|book| {
            let code = |number| book.product_numbered(number).map(|product| product.code.to_string());
            match &occurrence.subject {
                Subject::Notice { customer, payer, .. } => {
                    // Of a member its payer's figures are told.
                    let pays_for_itself = payer.is_none() && book.own(*customer).is_some();
                    (None, Known { pays_for_itself, ..Known::default() })
                }
                Subject::Order { order, .. } => {
                    (None, Known { product: code(order.product).unwrap_or_default(), ..Known::default() })
                }
                Subject::Organization(news) => {
                    let admin = news.organization.and_then(|id| book.organization(id)).map(|one| one.admin);
                    (news.admin.or(admin), Known { admin, ..Known::default() })
                }
                Subject::Resource { resource, .. } => {
                    let managing = book.customer(resource.account).map(|customer| customer.partner);
                    (managing, Known { product: code(resource.product).unwrap_or_default(), ..Known::default() })
                }
            }
        });
        let message = Message::of(id, occurrence, &known, |at| app.rfc3339(at));
        // A message of texts and numbers always has a JSON form.
        Some(Seen { managing, message: serde_json::to_string(&message).unwrap_or_default() })
    })
}
