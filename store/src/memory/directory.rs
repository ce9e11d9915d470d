//! The directory in memory: every row with the last event of the frame that made it, as on disk.

use super::MemoryStore;
use crate::contract::{
    CredentialRow, CustomerSearch, CustomersFound, Directory, DirectoryEntry, DirectoryWrite, KeptAnswer, KeyHash,
    PlatformKeyRow, Profile, ProfileField, SearchTerm, StoreError, Visit, WebhookRow,
};
use crate::profile::{Matcher, field};
use credere_core::channel::{Binding, Uin, WebhookId};
use std::collections::{BTreeMap, BTreeSet};

/// Names and secrets, versioned.
#[derive(Default)]
pub(super) struct Names {
    /// The last event that readers may see.
    pub(super) durable: u64,
    profiles: BTreeMap<Uin, BTreeMap<u64, Profile>>,
    /// The newest version of one that has ended is empty.
    bindings: BTreeMap<Uin, BTreeMap<u64, Option<Binding>>>,
    credentials: Vec<Stamped<CredentialRow>>,
    platform_keys: Vec<Stamped<PlatformKeyRow>>,
    /// A removed one's newest version is empty.
    webhooks: BTreeMap<WebhookId, BTreeMap<u64, Option<WebhookRow>>>,
    /// Each with its stamp.
    answers: BTreeMap<KeyHash, (u64, KeptAnswer)>,
    erased: BTreeSet<Uin>,
}

struct Stamped<R> {
    row: R,
    seq: u64,
    revoked_seq: Option<u64>,
}

impl<R> Stamped<R> {
    fn valid(&self, durable: u64) -> bool {
        self.seq <= durable && self.revoked_seq.is_none_or(|revoked| revoked > durable)
    }
}

impl Names {
    pub(super) fn write(&mut self, seq: u64, writes: &[DirectoryWrite]) -> Result<(), StoreError> {
        for write in writes {
            match write {
                DirectoryWrite::Profile { uin, patch } => {
                    let versions = self.profiles.entry(*uin).or_default();
                    let newest = versions.last_key_value().map(|(&at, profile)| (at, profile.clone()));
                    let mut profile = Profile::default();
                    if let Some((at, newest)) = newest {
                        if at < seq {
                            *versions = versions.split_off(&at);
                        }
                        profile = newest;
                    }
                    patch.apply(&mut profile);
                    versions.insert(seq, profile);
                }
                DirectoryWrite::Bound { customer, binding } => {
                    self.bindings.entry(*customer).or_default().insert(seq, Some(*binding));
                }
                DirectoryWrite::Unbound { customer } => {
                    self.bindings.entry(*customer).or_default().insert(seq, None);
                }
                DirectoryWrite::Credential(row) => {
                    let name = |row: &CredentialRow| row.secret_id.clone();
                    insert_new(&mut self.credentials, row, seq, name)?;
                }
                DirectoryWrite::CredentialRevoked { secret_id } => {
                    revoke(&mut self.credentials, seq, |row| row.secret_id == *secret_id);
                }
                DirectoryWrite::PlatformKey(row) => {
                    insert_new(&mut self.platform_keys, row, seq, |row: &PlatformKeyRow| row.id.clone())?;
                }
                DirectoryWrite::PlatformKeyRevoked { id } => revoke(&mut self.platform_keys, seq, |row| row.id == *id),
                DirectoryWrite::Webhook(row) => {
                    self.webhooks.entry(row.id).or_default().insert(seq, Some(row.clone()));
                }
                DirectoryWrite::WebhookRemoved { id } => {
                    if let Some(versions) = self.webhooks.get_mut(id) {
                        versions.insert(seq, None);
                    }
                }
                DirectoryWrite::Answer(answer) => {
                    self.answers.insert(answer.key, (seq, answer.clone()));
                }
                DirectoryWrite::AnswersForgotten { before } => self.answers.retain(|_, (_, kept)| kept.at >= *before),
            }
        }
        Ok(())
    }

    /// Takes back what frames after `last` did.
    pub(super) fn take_back(&mut self, last: u64) {
        for versions in self.profiles.values_mut() {
            versions.retain(|&seq, _| seq <= last);
        }
        self.profiles.retain(|_, versions| !versions.is_empty());
        for versions in self.bindings.values_mut() {
            versions.retain(|&seq, _| seq <= last);
        }
        for versions in self.webhooks.values_mut() {
            versions.retain(|&seq, _| seq <= last);
        }
        self.answers.retain(|_, (seq, _)| *seq <= last);
        take_back(&mut self.credentials, last);
        take_back(&mut self.platform_keys, last);
    }

    fn profile(&self, uin: Uin) -> Option<&Profile> {
        self.profiles.get(&uin)?.range(..=self.durable).next_back().map(|(_, profile)| profile)
    }

    /// All customers with their bindings.
    fn bound(&self) -> impl Iterator<Item = (Uin, Binding)> {
        let shown = |versions: &BTreeMap<u64, Option<Binding>>| *versions.range(..=self.durable).next_back()?.1;
        self.bindings.iter().filter_map(move |(&uin, versions)| Some((uin, shown(versions)?)))
    }

    /// Looks at everybody.
    fn search(&self, search: &CustomerSearch) -> CustomersFound {
        let CustomerSearch { partner, field: searched, ref term, newest_first, skip, limit } = *search;
        let mut matcher = Matcher::new(term);
        let mut matches = |uin: Uin| {
            let text = self.profile(uin).and_then(|profile| field(profile, searched));
            text.is_some_and(|text| matcher.matches(text))
        };
        let own = self.bound().filter(|(_, binding)| binding.partner == partner);
        let mut found: Vec<(u64, Uin)> =
            own.filter(|(uin, _)| matches(*uin)).map(|(uin, binding)| (binding.seq, uin)).collect();
        found.sort_unstable();
        if newest_first {
            found.reverse();
        }
        let total = found.len();
        CustomersFound { page: found.into_iter().skip(skip).take(limit).collect(), total }
    }

    /// All webhooks, the platform's own among them.
    pub(super) fn webhooks(&self) -> impl Iterator<Item = &WebhookRow> {
        self.webhooks.values().filter_map(|versions| versions.range(..=self.durable).next_back()?.1.as_ref())
    }

    pub(super) fn platform_key_entries(&self) -> impl Iterator<Item = DirectoryEntry> {
        self.platform_keys.iter().map(|Stamped { row, seq, revoked_seq }| DirectoryEntry::PlatformKey {
            id: row.id.clone(),
            access: row.access.clone(),
            created_at: row.created_at,
            made_seq: *seq,
            revoked_seq: *revoked_seq,
        })
    }

    pub(super) fn valid_platform_keys(&self) -> Vec<PlatformKeyRow> {
        self.platform_keys.iter().filter(|row| row.valid(self.durable)).map(|row| row.row.clone()).collect()
    }

    fn valid_credentials(&self) -> impl Iterator<Item = &CredentialRow> {
        self.credentials.iter().filter(|row| row.valid(self.durable)).map(|row| &row.row)
    }
}

pub(super) fn webhook_entry(row: &WebhookRow) -> DirectoryEntry {
    let WebhookRow { id, account, kinds, created_at, .. } = row.clone();
    DirectoryEntry::Webhook { id, account, kinds, created_at }
}

fn insert_new<R: Clone>(
    rows: &mut Vec<Stamped<R>>,
    row: &R,
    seq: u64,
    name: impl Fn(&R) -> String,
) -> Result<(), StoreError> {
    if rows.iter().any(|known| name(&known.row) == name(row)) {
        return Err(StoreError::io(format!("`{}` is there already", name(row))));
    }
    rows.push(Stamped { row: row.clone(), seq, revoked_seq: None });
    Ok(())
}

fn revoke<R>(rows: &mut [Stamped<R>], seq: u64, which: impl Fn(&R) -> bool) {
    for row in rows.iter_mut().filter(|row| row.revoked_seq.is_none() && which(&row.row)) {
        row.revoked_seq = Some(seq);
    }
}

fn take_back<R>(rows: &mut Vec<Stamped<R>>, last: u64) {
    rows.retain(|row| row.seq <= last);
    for row in rows {
        row.revoked_seq = row.revoked_seq.filter(|&revoked| revoked <= last);
    }
}

impl Directory for MemoryStore {
    fn profile(&self, uin: Uin) -> Result<Option<Profile>, StoreError> {
        Ok(self.inner.lock().names.profile(uin).cloned())
    }

    fn profiles(&self, uins: &[Uin]) -> Result<Vec<Profile>, StoreError> {
        let names = &self.inner.lock().names;
        Ok(uins.iter().map(|&uin| names.profile(uin).cloned().unwrap_or_default()).collect())
    }

    fn matching_profiles(
        &self,
        uins: &[Uin],
        searched: ProfileField,
        term: &SearchTerm,
    ) -> Result<Vec<Uin>, StoreError> {
        let names = &self.inner.lock().names;
        let mut matcher = Matcher::new(term);
        let mut matches = |uin: &Uin| {
            names.profile(*uin).and_then(|profile| field(profile, searched)).is_some_and(|text| matcher.matches(text))
        };
        Ok(uins.iter().copied().filter(|uin| matches(uin)).collect())
    }

    fn search_customers(&self, search: &CustomerSearch) -> Result<CustomersFound, StoreError> {
        Ok(self.inner.lock().names.search(search))
    }

    fn place_loose(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn is_searchable(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn make_searchable(&self, bindings: &mut dyn Iterator<Item = (Uin, Binding)>) -> Result<(), StoreError> {
        let names = &mut self.inner.lock().names;
        names.bindings = bindings.map(|(uin, binding)| (uin, BTreeMap::from([(binding.seq, Some(binding))]))).collect();
        Ok(())
    }

    fn credential(&self, secret_id: &str) -> Result<Option<CredentialRow>, StoreError> {
        Ok(self.inner.lock().names.valid_credentials().find(|row| row.secret_id == secret_id).cloned())
    }

    fn credentials_of(&self, uin: Uin) -> Result<Vec<CredentialRow>, StoreError> {
        Ok(self.inner.lock().names.valid_credentials().filter(|row| row.uin == uin).cloned().collect())
    }

    fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        Ok(self.inner.lock().names.webhooks().filter(|row| row.account.is_some()).cloned().collect())
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
        Ok(self.webhooks()?.into_iter().find(|row| row.id == id))
    }

    fn kept_answer(&self, key: &KeyHash) -> Result<Option<KeptAnswer>, StoreError> {
        let names = &self.inner.lock().names;
        Ok(names.answers.get(key).filter(|(seq, _)| *seq <= names.durable).map(|(_, answer)| answer.clone()))
    }

    fn erase_profile(&self, uin: Uin) -> Result<(), StoreError> {
        let names = &mut self.inner.lock().names;
        names.profiles.remove(&uin);
        names.answers.retain(|_, (_, kept)| kept.account != Some(uin));
        names.erased.insert(uin);
        Ok(())
    }

    fn directory_entries(&self, visit: Visit<'_, DirectoryEntry>) -> Result<(), StoreError> {
        let names = &self.inner.lock().names;
        for Stamped { row, seq, revoked_seq } in &names.credentials {
            visit(DirectoryEntry::Credential {
                secret_id: row.secret_id.clone(),
                uin: row.uin,
                created_at: row.created_at,
                made_seq: *seq,
                revoked_seq: *revoked_seq,
            })?;
        }
        names.webhooks().filter(|row| row.account.is_some()).map(webhook_entry).try_for_each(&mut *visit)?;
        names.profiles.keys().try_for_each(|&uin| visit(DirectoryEntry::Profile { uin }))?;
        for (&key, (made_seq, answer)) in &names.answers {
            visit(DirectoryEntry::Answer { key, at: answer.at, made_seq: *made_seq })?;
        }
        names.erased.iter().try_for_each(|&uin| visit(DirectoryEntry::Erased { uin }))?;
        names.bound().try_for_each(|(customer, binding)| visit(DirectoryEntry::Bound { customer, binding }))
    }
}
