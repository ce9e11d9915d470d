//! What the directory should hold, as far as the journal knows: which credentials, platform keys and webhooks there are,
//! whose, since when, and which were taken back when; which accounts have a profile; and which answers may be kept. Names,
//! secrets and answers themselves are not in the journal; of them only the rows' seals are checked.

use crate::deployment::{access_name, name_of};
use credere_core::book::{Book, Event, Record, deployment, notices, parties};
use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_store::contract::{DeploymentStore, Directory, DirectoryEntry, KeyHash, ShardId, ShardStore, StoreError};
use credere_store::frame::Frame;
use std::collections::{BTreeMap, HashSet};

/// What the journal says of names and secrets. One entry for each is held, as the book holds one for each account, and
/// one for each answer that is kept at the moment, which are those of a month.
pub(super) struct ExpectedNames {
    shard: ShardId,
    entries: BTreeMap<Name, DirectoryEntry>,
    /// Each answer that the directory keeps and the journal has not told of so far: its key, when it was given, and the
    /// last event of its frame. Which others it should have kept, and still have, the journal does not know.
    answers: HashSet<(KeyHash, Moment, u64)>,
    /// How many answers the journal has told of.
    answers_agree: u64,
}

/// What an entry is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Credential(String),
    PlatformKey(String),
    Webhook(WebhookId),
}

impl ExpectedNames {
    /// Begins with the answers that the directory keeps.
    pub(super) fn new(store: &dyn ShardStore) -> Result<ExpectedNames, StoreError> {
        let mut answers = HashSet::new();
        store.directory_entries(&mut |entry| {
            if let DirectoryEntry::Answer { key, at, made_seq } = entry {
                answers.insert((key, at, made_seq));
            }
            Ok(())
        })?;
        Ok(ExpectedNames { shard: store.id(), entries: BTreeMap::new(), answers, answers_agree: 0 })
    }

    /// Takes the next record in.
    pub(super) fn take(&mut self, frame: &Frame, seq: u64, record: &Record) {
        let (created_at, made_seq) = (frame.at, frame.last_seq);
        if let Record::Kept { key, refused: None } = record {
            self.answers_agree += u64::from(self.answers.remove(&(key.key, frame.at, made_seq)));
        }
        match record.event() {
            Some(Event::Parties(parties::Event::CredentialIssued(parties::CredentialIssued { uin, secret_id }))) => {
                let (uin, revoked_seq) = (*uin, None);
                let entry =
                    DirectoryEntry::Credential { secret_id: secret_id.clone(), uin, created_at, made_seq, revoked_seq };
                self.entries.insert(Name::Credential(secret_id.clone()), entry);
            }
            Some(Event::Parties(parties::Event::CredentialRevoked(parties::CredentialRevoked {
                secret_id, ..
            }))) => {
                self.revoke(&Name::Credential(secret_id.clone()), made_seq);
            }
            Some(Event::Deployment(deployment::Event::PlatformKeyIssued(deployment::PlatformKeyIssued {
                key,
                access,
            }))) => {
                let (id, access) = (name_of(*key), access_name(*access).to_owned());
                let name = Name::PlatformKey(id.clone());
                let revoked_seq = None;
                self.entries
                    .insert(name, DirectoryEntry::PlatformKey { id, access, created_at, made_seq, revoked_seq });
            }
            Some(Event::Deployment(deployment::Event::PlatformKeyRevoked(deployment::PlatformKeyRevoked { key }))) => {
                self.revoke(&Name::PlatformKey(name_of(*key)), made_seq)
            }
            Some(Event::Notices(notices::Event::WebhookAdded(notices::WebhookAdded { account, kinds }))) => {
                // INVARIANT: the book has taken the event in, and takes none in that has no number.
                if let Ok(number) = self.shard.number_at(seq) {
                    let (id, account, kinds) = (WebhookId(number), *account, kinds.clone());
                    self.entries.insert(Name::Webhook(id), DirectoryEntry::Webhook { id, account, kinds, created_at });
                }
            }
            Some(Event::Notices(notices::Event::WebhookRemoved(notices::WebhookRemoved { id }))) => {
                drop(self.entries.remove(&Name::Webhook(*id)))
            }
            _ => {}
        }
    }

    fn revoke(&mut self, name: &Name, seq: u64) {
        if let Some(DirectoryEntry::Credential { revoked_seq, .. } | DirectoryEntry::PlatformKey { revoked_seq, .. }) =
            self.entries.get_mut(name)
        {
            revoked_seq.get_or_insert(seq);
        }
    }

    /// Compares with what there is; answers how many entries agree.
    pub(super) fn compare(
        mut self,
        store: &dyn Directory,
        deployment: &dyn DeploymentStore,
        book: &Book,
    ) -> Result<u64, StoreError> {
        if let Some(made_seq) = self.answers.iter().map(|(_, _, made_seq)| made_seq).min() {
            return Err(wrong(&format!("an answer is kept that record {made_seq} did not give")));
        }
        let (mut known, mut bound): (HashSet<Uin>, usize) = (HashSet::new(), 0);
        let mut agree = self.answers_agree;
        let mut compare = |entry: DirectoryEntry| {
            let name = match &entry {
                DirectoryEntry::Credential { secret_id, .. } => Name::Credential(secret_id.clone()),
                DirectoryEntry::PlatformKey { id, .. } => Name::PlatformKey(id.clone()),
                DirectoryEntry::Webhook { id, .. } => Name::Webhook(*id),
                DirectoryEntry::Answer { .. } => return Ok(()),
                DirectoryEntry::Bound { customer, binding } => {
                    if book.customer(*customer).map(|found| found.binding()) != Some(*binding) {
                        return Err(wrong(&format!(
                            "{customer} is found by its name where the book has no such binding"
                        )));
                    }
                    bound += 1;
                    return Ok(());
                }
                DirectoryEntry::Profile { uin } | DirectoryEntry::Erased { uin } => {
                    if book.account(*uin).is_none() {
                        return Err(wrong(&format!("a profile of {uin} is there, and no such account")));
                    }
                    agree += u64::from(known.insert(*uin));
                    return Ok(());
                }
            };
            match self.entries.remove(&name) {
                Some(expected) if expected == entry => {
                    agree += 1;
                    Ok(())
                }
                Some(_) => Err(wrong(&format!("{} is not as the journal says", shown(&name)))),
                None => Err(wrong(&format!("{} is not in the journal", shown(&name)))),
            }
        };
        store.directory_entries(&mut compare)?;
        deployment.deployment_entries(&mut compare)?;
        if let Some(name) = self.entries.keys().next() {
            return Err(wrong(&format!("{} is missing", shown(name))));
        }
        let customers = book.accounts().filter(|account| account.customer.is_some()).count();
        if store.is_searchable()? && bound != customers {
            return Err(wrong(&format!("{bound} customers are found by their names where {customers} are bound")));
        }
        match book.accounts().find(|account| !known.contains(&account.uin)) {
            Some(account) => Err(wrong(&format!("the profile of {} is missing", account.uin))),
            None => Ok(agree),
        }
    }
}

fn shown(name: &Name) -> String {
    match name {
        Name::Credential(id) => format!("the credential `{id}`"),
        Name::PlatformKey(id) => format!("the platform key `{id}`"),
        Name::Webhook(id) => format!("the webhook `{id}`"),
    }
}

fn wrong(what: &str) -> StoreError {
    StoreError::corrupt(format!("directory.db: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::book::KeyUse;
    use credere_core::channel::Binding;
    use credere_store::contract::{DirectoryWrite, Journal, KeptAnswer};
    use credere_store::frame::Position;
    use credere_store::memory::MemoryStore;

    /// Whether a kept answer is what the journal says, whose key has this first byte and which was kept in the first frame.
    fn agrees(first_byte: u8, kept: &[Record]) -> Result<u64, StoreError> {
        let store = MemoryStore::new();
        let at = Moment::from_micros(7);
        let frame = Frame::seal(&Position::default(), 1, at, b"one record".to_vec());
        let answer = KeptAnswer { key: [first_byte; 16], account: None, body: b"an answer".to_vec(), at };
        store.append(&frame, &[DirectoryWrite::Answer(answer)])?;
        let mut expected = ExpectedNames::new(&store)?;
        kept.iter().for_each(|record| expected.take(&frame, 1, record));
        expected.compare(&store, &store, &Book::default())
    }

    #[test]
    fn a_kept_answer_is_one_that_the_journal_gave() {
        let key = KeyUse { key: [1; 16], content: [2; 16] };
        let given = Record::Kept { key, refused: None };
        assert!(matches!(agrees(1, std::slice::from_ref(&given)), Ok(1)));
        let refused = Record::Kept { key, refused: Some(credere_core::book::Rejection::KeyReused) };
        for (first_byte, kept) in [(1, vec![]), (3, vec![given]), (1, vec![refused])] {
            assert!(matches!(agrees(first_byte, &kept), Err(StoreError::Corrupt(_))), "{kept:?}");
        }
    }

    #[test]
    fn a_customer_that_is_found_by_its_name_is_bound_in_the_book() {
        let store = MemoryStore::new();
        let frame = Frame::seal(&Position::default(), 1, Moment::from_micros(7), b"one record".to_vec());
        let (customer, binding) = (Uin::new(20).unwrap(), Binding { partner: Uin::new(10).unwrap(), seq: 1 });
        store.append(&frame, &[DirectoryWrite::Bound { customer, binding }]).unwrap();
        let compared = ExpectedNames::new(&store).unwrap().compare(&store, &store, &Book::default());
        assert!(matches!(compared, Err(StoreError::Corrupt(_))), "{compared:?}");
    }

    #[test]
    fn an_answer_that_is_not_kept_may_have_been_erased_and_takes_no_room() {
        let store = MemoryStore::new();
        let mut expected = ExpectedNames::new(&store).unwrap();
        let frame = Frame::seal(&Position::default(), 1, Moment::from_micros(7), b"one record".to_vec());
        expected.take(&frame, 1, &Record::Kept { key: KeyUse { key: [1; 16], content: [2; 16] }, refused: None });
        assert!(expected.answers.is_empty());
        assert!(matches!(expected.compare(&store, &store, &Book::default()), Ok(0)));
    }
}
