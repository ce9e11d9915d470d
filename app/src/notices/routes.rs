//! Who is told of an occurrence, in which way: the webhooks there are, sorted by whose they are, and what a notice says
//! about its recipient's wishes. The message center needs no way, it shows history.

use super::occurrence::{Occurrence, Subject};
use super::registered::all_webhooks;
use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_store::contract::{DeploymentStore, ShardId, ShardStore, StoreError};
use credere_store::outbox::{DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use std::collections::{HashMap, HashSet};

/// Why nothing is sent to a webhook that is switched off.
pub(super) const SWITCHED_OFF: &str = "the webhook is switched off";
/// Why nothing is sent by e-mail.
pub(super) const NO_SERVER: &str = "the deployment has no mail server";

/// The webhooks there are.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Whose occurrences they are for.
    shard: ShardId,
    /// By whose they are; the platform's own under `None`.
    hooks: HashMap<Option<Uin>, Vec<Hook>>,
    off: HashSet<Lane>,
    /// Whether there is a mail server.
    pub(super) mail: bool,
}

#[derive(Debug)]
struct Hook {
    id: WebhookId,
    kinds: Box<[String]>,
}

impl Routes {
    /// Reads the webhooks from the directory.
    pub(super) fn load(
        store: &dyn ShardStore,
        deployment: &dyn DeploymentStore,
        mail: bool,
    ) -> Result<Routes, StoreError> {
        let mut hooks: HashMap<_, Vec<Hook>> = HashMap::new();
        for row in all_webhooks(store, deployment)? {
            hooks.entry(row.account).or_default().push(Hook { id: row.id, kinds: row.kinds.into() });
        }
        Ok(Routes { shard: store.id(), hooks, off: HashSet::new(), mail })
    }

    /// Reads which webhooks are switched off.
    pub(super) fn see_switches(&mut self, store: &dyn Outbox) -> Result<(), StoreError> {
        self.off = store.lanes_off()?.into_iter().map(|(lane, _)| lane).collect();
        Ok(())
    }

    /// The deliveries of one occurrence. `managing` is the partner whose direct customer runs the resource,
    /// or the admin of the organization, `message`
    /// what is told, `now` the machine's time.
    pub(super) fn deliveries(
        &self,
        occurrence: &Occurrence,
        managing: Option<Uin>,
        message: &str,
        now: Moment,
    ) -> Vec<DeliveryRow> {
        let (recipient, email, told) = match &occurrence.subject {
            Subject::Notice { notice, .. } | Subject::Order { notice, .. } => {
                let own = notice.channels.webhook.then_some(notice.recipient);
                (Some(notice.recipient), notice.channels.email, [own, None])
            }
            Subject::Organization(news) => (None, false, [news.member, managing]),
            Subject::Resource { resource, .. } => (None, false, [Some(resource.account), managing]),
        };
        let row = |lane, recipient, skipped: Option<&str>| DeliveryRow {
            key: DeliveryKey { lane, notice: occurrence.key },
            recipient,
            kind: occurrence.kind().to_owned(),
            message: message.to_owned(),
            at: occurrence.at,
            state: if skipped.is_some() { DeliveryState::Skipped } else { DeliveryState::Waiting(now) },
            reason: skipped.map(str::to_owned),
            attempts: 0,
            retries: 0,
            changed_at: now,
        };
        let mut rows = Vec::new();
        if email {
            rows.push(row(Lane::EMAIL, recipient, (!self.mail).then_some(NO_SERVER)));
        }
        let accounts = told.into_iter().flatten().map(Some).chain([None]);
        for account in accounts {
            for hook in self.hooks.get(&account).into_iter().flatten() {
                let wanted = hook.kinds.is_empty() || hook.kinds.iter().any(|kind| kind == occurrence.kind());
                // A webhook is told of what happens after it was added; one of another shard, of what happens while it is there.
                let later = self.shard.position_of(hook.id.0).is_none_or(|added| occurrence.key.seq > added);
                if wanted && later {
                    let lane = Lane::webhook(hook.id.0);
                    rows.push(row(lane, recipient.or(account), self.off.contains(&lane).then_some(SWITCHED_OFF)));
                }
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::{Notice, NoticeKind, Standing, Subscription};
    use credere_core::money::Amount;
    use credere_store::contract::{DirectoryWrite, Journal, NoticeKey, WebhookRow};
    use credere_store::frame::{Frame, Position};
    use credere_store::memory::MemoryStore;

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    fn hook(id: u64, account: Option<u64>, kinds: &[&str]) -> DirectoryWrite {
        DirectoryWrite::Webhook(WebhookRow {
            id: WebhookId(id),
            account: account.map(uin),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            sealed: Vec::new(),
            created_at: Moment::default(),
        })
    }

    fn notice(seq: u64, recipient: u64, channels: Subscription) -> Occurrence {
        let kind = NoticeKind::CreditBelow25;
        let notice = Notice { recipient: uin(recipient), kind, level: Some(25), channels };
        let (available, total, suspension) = (Amount::ZERO, Amount::whole(100), Standing::Normal);
        let subject = Subject::Notice { notice, customer: uin(20), available, total, suspension, payer: None };
        Occurrence { key: NoticeKey { seq, place: 0 }, at: Moment::default(), subject }
    }

    fn lanes(routes: &Routes, occurrence: &Occurrence) -> Vec<(Lane, &'static str)> {
        let rows = routes.deliveries(occurrence, None, "{}", Moment::default());
        rows.iter().map(|row| (row.key.lane, row.state.name())).collect()
    }

    #[test]
    fn a_webhook_of_another_shard_is_told_wherever_it_was_added() {
        let shard = ShardId::new(3).unwrap();
        let store = MemoryStore::of(shard);
        let frame = Frame::seal(&Position::default(), 9, Moment::default(), Vec::new());
        let own = shard.number_at(5).unwrap();
        store.append(&frame, &[hook(own, None, &[]), hook(70, None, &[])]).unwrap();
        let routes = Routes::load(&store, &store, false).unwrap();
        let all = Subscription { email: false, ..Subscription::default() };
        assert_eq!(lanes(&routes, &notice(5, 10, all)), [(Lane::webhook(70), "waiting")]);
        let both = [(Lane::webhook(70), "waiting"), (Lane::webhook(own), "waiting")];
        assert_eq!(lanes(&routes, &notice(6, 10, all)), both);
    }

    #[test]
    fn the_platform_gets_everything_and_a_recipient_what_it_subscribed_to() {
        let store = MemoryStore::new();
        let frame = Frame::seal(&Position::default(), 9, Moment::default(), Vec::new());
        let hooks = [
            hook(1, None, &[]),
            hook(2, None, &["resumed"]),
            hook(3, Some(10), &["suspended", "credit_below_25"]),
            hook(4, Some(20), &[]),
        ];
        store.append(&frame, &hooks).unwrap();
        let mut routes = Routes::load(&store, &store, true).unwrap();
        let quiet = Subscription { webhook: false, ..Subscription::default() };
        let all = Subscription { webhook: true, email: true, ..Subscription::default() };
        assert_eq!(lanes(&routes, &notice(10, 10, quiet)), [(Lane::webhook(1), "waiting")]);
        assert_eq!(
            lanes(&routes, &notice(10, 10, all)),
            [(Lane::EMAIL, "waiting"), (Lane::webhook(3), "waiting"), (Lane::webhook(1), "waiting")]
        );
        // What was before a webhook was added is not told to it.
        assert_eq!(lanes(&routes, &notice(2, 10, all)), [(Lane::EMAIL, "waiting"), (Lane::webhook(1), "waiting")]);
        store.switch_lane(Lane::webhook(1), Some(Moment::default())).unwrap();
        routes.see_switches(&store).unwrap();
        routes.mail = false;
        assert_eq!(
            lanes(&routes, &notice(10, 20, all)),
            [(Lane::EMAIL, "skipped"), (Lane::webhook(4), "waiting"), (Lane::webhook(1), "skipped")]
        );
    }
}
