//! Going on without the end of a journal that is lost: what the journal tells of the directory, and, once the store is
//! in order, recording the loss, and taking back whatever has no secret any more. So nobody's access lives again that
//! was taken back in the records that are missing, and nothing is listed that nobody can use.

use crate::caller::Caller;
use crate::clock::Clock;
use crate::deployment::{access_name, name_of, number_of};
use crate::engine::{Answer, DirectoryDraft, Engine, EngineOptions, Request, Work, calendar_of, decode};
use crate::failure::{Failure, StartError};
use crate::notices::all_webhooks;
use crate::parties::rows::binding_write;
use crate::progress::Progress;
use crate::rows::number_at;
use credere_core::book::{Command, Event, Record, deployment, notices, parties};
use credere_core::channel::{Uin, WebhookId};
use credere_store::contract::{
    CredentialRow, DeploymentStore, DirectoryWrite, Fault, Journal, KeptAnswer, PlatformKeyRow, ProfilePatch, ShardId,
    ShardStore, Store, StoreError, WebhookRow,
};
use credere_store::frame::Frame;
use credere_store::tail::AcceptedLoss;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a frame did in the directory, as far as the journal knows: names, secrets and kept answers are empty.
///
/// # Errors
/// [`StoreError::Corrupt`] when a record does not decode.
pub fn directory_writes(frame: &Frame) -> Result<Vec<DirectoryWrite>, StoreError> {
    let at = frame.at;
    let mut writes = Vec::new();
    for (seq, record) in (frame.first_seq..).zip(decode(frame)?) {
        if let Record::Kept { key, refused: None } = &record {
            // Or it follows from the request alone, and the directory has never had it.
            writes.push(DirectoryWrite::Answer(KeptAnswer { key: key.key, account: None, body: Vec::new(), at }));
        }
        writes.extend(record.event().and_then(|event| binding_write(seq, event)));
        let opened = record.event().and_then(Event::opened);
        writes.extend(opened.map(|opened| DirectoryWrite::Profile { uin: opened.uin, patch: ProfilePatch::default() }));
        writes.extend(match record.event() {
            Some(Event::Parties(parties::Event::CredentialIssued(parties::CredentialIssued { uin, secret_id }))) => {
                Some(DirectoryWrite::Credential(CredentialRow {
                    secret_id: secret_id.clone(),
                    uin: *uin,
                    sealed_key: Vec::new(),
                    created_at: at,
                }))
            }
            Some(Event::Parties(parties::Event::CredentialRevoked(parties::CredentialRevoked {
                secret_id, ..
            }))) => Some(DirectoryWrite::CredentialRevoked { secret_id: secret_id.clone() }),
            Some(Event::Deployment(deployment::Event::PlatformKeyIssued(deployment::PlatformKeyIssued {
                key,
                access,
            }))) => Some(DirectoryWrite::PlatformKey(PlatformKeyRow {
                id: name_of(*key),
                name: String::new(),
                access: access_name(*access).to_owned(),
                digest: [0; 32],
                created_at: at,
            })),
            Some(Event::Deployment(deployment::Event::PlatformKeyRevoked(deployment::PlatformKeyRevoked { key }))) => {
                Some(DirectoryWrite::PlatformKeyRevoked { id: name_of(*key) })
            }
            Some(Event::Notices(notices::Event::WebhookAdded(notices::WebhookAdded { account, kinds }))) => {
                Some(DirectoryWrite::Webhook(WebhookRow {
                    // Only a folder is recovered, and a folder has the first shard.
                    id: WebhookId(number_at(ShardId::FIRST, seq)?),
                    account: *account,
                    kinds: kinds.clone(),
                    sealed: Vec::new(),
                    created_at: at,
                }))
            }
            Some(Event::Notices(notices::Event::WebhookRemoved(notices::WebhookRemoved { id }))) => {
                Some(DirectoryWrite::WebhookRemoved { id: *id })
            }
            Some(_) | None => None,
        });
    }
    Ok(writes)
}

/// Something in the directory without a secret, that nobody can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// An API credential.
    Credential {
        /// The account whose credential it was.
        uin: Uin,
        /// The public part of the credential.
        secret_id: String,
    },
    /// A platform key, by its number.
    PlatformKey(u32),
    /// A webhook.
    Webhook(WebhookId),
}

/// What bringing a store in order came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Where the journal ends now.
    pub seq: u64,
    /// What was taken back.
    pub taken: Vec<Taken>,
    /// What should have been taken back and could not, and why: the last platform key, for one.
    pub kept: Vec<(Taken, String)>,
}

/// Fills history, records the loss that was accepted, if any is not recorded yet, and takes back what has no secret.
/// Each is a record of Credere itself, at the time of the last record. A journal without any record is that of a store
/// that was never started, and stays so.
///
/// # Errors
/// [`StartError`] when the store cannot be read or written, or its journal does not fit together.
pub fn finish(store: &Arc<dyn Store>, progress: &dyn Progress) -> Result<Recovery, StartError> {
    let (shard, deployment) = (store.clone().shard(ShardId::FIRST)?, store.clone().deployment());
    let without = without_secret(&*shard, &*deployment)?;
    // The clock of a sandbox, which moves nothing: what fell due meanwhile is for the next start.
    let options = EngineOptions { clock: Clock::Test, ..EngineOptions::default() };
    let engine = Engine::start(shard.clone(), calendar_of(&*deployment)?, options, progress)?;
    let recovered = record_losses(&engine, &*shard, &*deployment).and_then(|()| take_all_back(&engine, without));
    engine.close();
    let recovery = recovered.map_err(|failure| StartError::Store(StoreError::io(Fault::of(failure))))?;
    Ok(Recovery { seq: shard.last()?.seq, ..recovery })
}

/// Records each loss that was accepted and is not recorded yet: by the facts in the journal, of which a recovery that
/// was stopped and begun again has left several. Of those with the same first record the one that knew furthest counts.
/// What was lost from record 1 on leaves a store that was never started, and is not told.
///
/// # Errors
/// [`Failure`]; the same again records what is left.
pub(crate) fn record_losses(
    engine: &Engine,
    journal: &dyn Journal,
    deployment: &dyn DeploymentStore,
) -> Result<(), Failure> {
    let (mut furthest, mut numbers): (BTreeMap<u64, u64>, _) = (BTreeMap::new(), Vec::new());
    let mut number = 1;
    while let Some(text) = deployment.fact(&AcceptedLoss::fact(number))? {
        let AcceptedLoss { from_seq, upto_seq } = AcceptedLoss::parse(&text)?;
        if from_seq > 1 && deployment.fact(&AcceptedLoss::recorded_fact(number))?.is_none() {
            let known = furthest.entry(from_seq).or_insert(upto_seq);
            *known = upto_seq.max(*known);
            numbers.push(number);
        }
        number += 1;
    }
    for (from_seq, upto_seq) in furthest {
        if !is_recorded(journal, from_seq, upto_seq)? {
            carry_out(engine, Command::from(deployment::AcceptLoss { from_seq, upto_seq }), None)?;
        }
    }
    for number in numbers {
        deployment.fix_fact(&AcceptedLoss::recorded_fact(number), "recorded")?;
    }
    Ok(())
}

/// Whether a record tells of this loss, or of a larger one from there on.
fn is_recorded(journal: &dyn Journal, first: u64, last: u64) -> Result<bool, StoreError> {
    let mut seq = first;
    while let Some(frame) = journal.frame_with(seq)? {
        let tells = |record: &Record| match record.event() {
            Some(Event::Deployment(deployment::Event::LossAccepted(deployment::LossAccepted {
                from_seq,
                upto_seq,
            }))) => *from_seq == first && *upto_seq >= last,
            Some(_) | None => false,
        };
        if decode(&frame)?.iter().any(tells) {
            return Ok(true);
        }
        seq = frame.last_seq + 1;
    }
    Ok(false)
}

fn take_all_back(engine: &Engine, without: Vec<Taken>) -> Result<Recovery, Failure> {
    let mut recovery = Recovery { seq: 0, taken: Vec::new(), kept: Vec::new() };
    for one in without {
        match take_back(engine, &one)? {
            None => recovery.taken.push(one),
            Some(refused) => recovery.kept.push((one, refused)),
        }
    }
    Ok(recovery)
}

/// Answers why it was refused, if it was.
fn take_back(engine: &Engine, one: &Taken) -> Result<Option<String>, Failure> {
    let (command, write) = match one.clone() {
        Taken::Credential { uin, secret_id } => {
            let write = DirectoryWrite::CredentialRevoked { secret_id: secret_id.clone() };
            (Command::from(parties::RevokeCredential { uin, secret_id }), write)
        }
        Taken::PlatformKey(key) => (
            Command::from(deployment::RevokePlatformKey { key }),
            DirectoryWrite::PlatformKeyRevoked { id: name_of(key) },
        ),
        Taken::Webhook(id) => (Command::from(notices::RemoveWebhook { id }), DirectoryWrite::WebhookRemoved { id }),
    };
    carry_out(engine, command, Some(write))
}

/// Has a command of Credere itself decided and recorded, with what it writes in the directory; answers why it was
/// refused.
pub(crate) fn carry_out(
    engine: &Engine,
    command: Command,
    write: Option<DirectoryWrite>,
) -> Result<Option<String>, Failure> {
    let info = Caller::system().info();
    let directory = write.map(|write| -> DirectoryDraft { Box::new(move |_, _, _| vec![write]) });
    let work = Work::Command { key: None, command, directory, held: None };
    let outcomes = engine.submit_blocking(Request { info, work })?;
    Ok(outcomes.into_iter().find_map(|outcome| match outcome.answer {
        Answer::Refused(rejection) => Some(rejection.code().to_owned()),
        _ => None,
    }))
}

fn without_secret(shard: &dyn ShardStore, deployment: &dyn DeploymentStore) -> Result<Vec<Taken>, StoreError> {
    let mut credentials: BTreeSet<(Uin, String)> = BTreeSet::new();
    shard.frames(0, shard.last()?.seq, &mut |frame| {
        for record in decode(&frame)? {
            match record.event() {
                Some(Event::Parties(parties::Event::CredentialIssued(parties::CredentialIssued {
                    uin,
                    secret_id,
                }))) => {
                    credentials.insert((*uin, secret_id.clone()));
                }
                Some(Event::Parties(parties::Event::CredentialRevoked(parties::CredentialRevoked {
                    uin,
                    secret_id,
                }))) => {
                    credentials.remove(&(*uin, secret_id.clone()));
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    })?;
    let mut without = Vec::new();
    for (uin, secret_id) in credentials {
        if shard.credential(&secret_id)?.is_none_or(|row| row.sealed_key.is_empty()) {
            without.push(Taken::Credential { uin, secret_id });
        }
    }
    let blank = |row: &PlatformKeyRow| row.digest == [0; 32];
    for row in deployment.platform_keys()?.iter().filter(|row| blank(row)) {
        let number =
            number_of(&row.id).ok_or_else(|| StoreError::corrupt(format!("`{}` names no platform key", row.id)))?;
        without.push(Taken::PlatformKey(number));
    }
    let webhooks = all_webhooks(shard, deployment)?;
    without.extend(webhooks.iter().filter(|row| row.sealed.is_empty()).map(|row| Taken::Webhook(row.id)));
    Ok(without)
}
