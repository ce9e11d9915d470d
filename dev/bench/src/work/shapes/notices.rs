//! Webhooks: the platform's, one account's, and those that were removed.

use super::grown::{Grown, RICH, nth, uin};
use super::shape::{Shape, platform};
use credere_core::book::notices;
use credere_core::channel::{Subscription, Uin, WebhookId};

fn add(account: Option<Uin>) -> notices::AddWebhook {
    notices::AddWebhook { account, kinds: Vec::new() }
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for place in 0..grown.size {
        grown.obey(add(None))?;
        grown.obey(add(Some(uin(RICH))))?;
        let id = WebhookId(grown.book.seq());
        if grown.keeps(place) {
            grown.webhooks.push(id);
        }
        grown.obey(add(None))?;
        let id = WebhookId(grown.book.seq());
        grown.obey(notices::RemoveWebhook { id })?;
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("subscribe", |_, round| {
            let subscription = Subscription { email: round % 2 == 0, ..Subscription::default() };
            platform(notices::Subscribe { uin: uin(RICH), subscription })
        }),
        Shape::of("add a webhook", |_, _| platform(add(None))),
        Shape::of("add a webhook of an account", |_, _| platform(add(Some(uin(RICH))))),
        Shape::of("give a webhook a new secret", |grown, round| {
            platform(notices::RotateWebhookSecret { id: nth(&grown.webhooks, round)? })
        }),
        Shape::of("remove a webhook", |grown, round| {
            platform(notices::RemoveWebhook { id: nth(&grown.webhooks, round)? })
        }),
    ]
}
