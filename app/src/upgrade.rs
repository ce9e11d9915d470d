//! Making a store of today out of one that an older build has written: record by record, at the same positions and in the
//! same commits; the directory and the outbox are carried over, and history and keys follow from the journal.

use crate::clock::Clock;
use crate::deployment::SANDBOX;
use crate::engine::{Engine, EngineOptions, calendar_of};
use crate::failure::StartError;
use crate::parties::{entity_of, followed_by};
use crate::progress::{Phase, Progress};
use crate::recover::{carry_out, directory_writes};
use credere_core::book::{Book, DecodeError, Event, Record, RecordV2, deployment as events, parties};
use credere_core::ledger::{Calendar, Moment};
use credere_store::contract::{
    DeploymentStore, DirectoryWrite, Fault, ProfilePatch, ShardId, ShardStore, Store, StoreError,
};
use credere_store::frame::{Frame, Position};
use credere_store::sqlite::upgrade::OldFolder;
use std::sync::Arc;

/// The fact that says when version 2 recorded its last, in microseconds.
const VERSION_2_UNTIL: &str = "version_2_until";

/// When version 2 recorded its last in this store; `None` where it never did.
///
/// # Errors
/// [`StoreError::Corrupt`] when the fact does not read.
pub(crate) fn version_2_until(store: &dyn DeploymentStore) -> Result<Option<Moment>, StoreError> {
    let Some(text) = store.fact(VERSION_2_UNTIL)? else { return Ok(None) };
    let micros = text.parse().map_err(|_| StoreError::corrupt(format!("`{text}` is no moment")))?;
    Ok(Some(Moment::from_micros(micros)))
}

/// Fills an empty store with what an old one holds. What version 2 did not tell anybody and today's rules do, above all
/// that a customer is suspended by force (R102b), is told behind its last record, at the time of that.
///
/// # Errors
/// [`StartError`] when either store cannot be read or written, or the old one's journal does not fit together. The new one
/// is then to be thrown away.
pub fn upgrade(old: &OldFolder, store: &Arc<dyn Store>, progress: &dyn Progress) -> Result<(), StartError> {
    let (shard, deployment) = (store.clone().shard(ShardId::FIRST)?, store.clone().deployment());
    for (name, value) in old.facts()? {
        deployment.fix_fact(&name, &value)?;
    }
    let calendar = calendar_of(&*deployment)?;
    let mut book = Book::in_calendar(calendar);
    let (mut place, mut sandbox) = (Position::default(), false);
    progress.begin(Phase::Upgrade, old.last_seq());
    old.frames(&mut |frame| {
        let records = upgraded(&mut book, &frame, old)?;
        // Only a test clock was ever set. Today that is fixed at the first start.
        let sets_clock =
            |record: &Record| matches!(record.event(), Some(Event::Deployment(events::Event::ClockAdvanced(_))));
        sandbox |= records.iter().any(sets_clock);
        let payload = Record::payload(&records).map_err(corrupt)?;
        let frame = Frame::seal(&place, records.len() as u64, frame.at, payload);
        let writes =
            directory_writes(&frame)?.into_iter().map(|write| old.known(write)).collect::<Result<Vec<_>, _>>()?;
        shard.append(&frame, &writes)?;
        place = frame.position();
        progress.reached(place.seq);
        Ok(())
    })?;
    progress.end();
    if place.seq > 0 {
        deployment.fix_fact(SANDBOX, if sandbox { "true" } else { "false" })?;
        deployment.fix_fact(VERSION_2_UNTIL, &book.now().micros().to_string())?;
    }
    let outbox = old.outbox()?;
    shard.queue_deliveries(outbox.upto_seq, outbox.deliveries.iter().map(|(row, _)| row.clone()).collect())?;
    for (row, attempts) in &outbox.deliveries {
        attempts.iter().try_for_each(|attempt| shard.settle_delivery(row, Some(attempt)))?;
    }
    outbox.off.into_iter().try_for_each(|(lane, since)| shard.switch_lane(lane, Some(since)))?;
    tell(shard, calendar, progress)
}

/// The records of a frame as they are today, applied to the book.
fn upgraded(book: &mut Book, frame: &Frame, old: &OldFolder) -> Result<Vec<Record>, StoreError> {
    let mut records = Vec::new();
    let written = RecordV2::read_payload(&frame.payload).map_err(|error| match error {
        DecodeError::Version(version) => {
            StoreError::io(format!("the journal holds records of version {version}; those of version 2 are upgraded"))
        }
        DecodeError::Malformed(_) => corrupt(error),
    })?;
    for (seq, record) in (frame.first_seq..).zip(written) {
        let record = told(record.upgraded(book, frame.at).map_err(corrupt)?, old)?;
        match record.event() {
            Some(event) => book.evolve(seq, frame.at, event),
            None => book.skip(seq, frame.at),
        }
        .map_err(corrupt)?;
        records.push(record);
    }
    if book.seq() == frame.last_seq {
        Ok(records)
    } else {
        Err(StoreError::corrupt(format!("the frame at event {} has a wrong count", frame.first_seq)))
    }
}

/// The record with who an account is verified as, and whether somebody follows it: version 2 had that in its directory alone,
/// as it was last told.
fn told(mut record: Record, old: &OldFolder) -> Result<Record, StoreError> {
    use parties::Event::{AccountChanged, AccountOpened};
    let (Record::Decided { outcome: Ok(Event::Parties(event)), .. }
    | Record::Operated { outcome: Ok(Event::Parties(event)), .. }) = &mut record
    else {
        return Ok(record);
    };
    let (uin, entity, followed) = match event {
        AccountOpened(fact) => (fact.uin, &mut fact.entity, &mut fact.followed),
        AccountChanged(fact) => (fact.uin, &mut fact.entity, &mut fact.followed),
        _ => return Ok(record),
    };
    if let DirectoryWrite::Profile { patch, .. } =
        old.known(DirectoryWrite::Profile { uin, patch: ProfilePatch::default() })?
    {
        (*entity, *followed) = (entity_of(&patch).flatten(), followed_by(&patch).unwrap_or(false));
    }
    Ok(record)
}

/// Fills history, and tells what nobody has been told yet.
fn tell(shard: Arc<dyn ShardStore>, calendar: Calendar, progress: &dyn Progress) -> Result<(), StartError> {
    // The clock of a sandbox, which moves nothing: what fell due meanwhile is for the next start.
    let options = EngineOptions { clock: Clock::Test, ..EngineOptions::default() };
    let engine = Engine::start(shard, calendar, options, progress)?;
    let due = engine.peek(|book| {
        let accounts = book.accounts();
        accounts.filter_map(|account| book.consequence(account.uin, book.now())).collect::<Vec<_>>()
    });
    let told = due.into_iter().try_for_each(|command| match carry_out(&engine, command, None) {
        Ok(None) => Ok(()),
        Ok(Some(code)) => Err(StoreError::corrupt(format!("what is due at the last record is refused as `{code}`"))),
        Err(failure) => Err(StoreError::io(Fault::of(failure))),
    });
    engine.close();
    Ok(told?)
}

fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::corrupt(Fault::of(error))
}
