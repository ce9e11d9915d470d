//! The outbox's rows as columns: deliveries, attempts, and lanes that are switched off.

use super::FILE;
use crate::contract::{NoticeKey, StoreError};
use crate::outbox::{AttemptRow, Channel, DeliveryKey, DeliveryRow, DeliveryState, Lane};
use crate::sqlite::rows::{Fields, Stored, value};
use credere_core::ledger::Moment;
use rusqlite::types::ValueRef;

impl Stored for DeliveryRow {
    const TABLE: &'static str = "delivery";
    const COLUMNS: &'static [&'static str] = &[
        "channel",
        "target",
        "seq",
        "place",
        "recipient",
        "kind",
        "message",
        "at",
        "state",
        "next_at",
        "reason",
        "attempts",
        "retries",
        "changed_at",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let next_at = match self.state {
            DeliveryState::Waiting(next_at) => value::moment(next_at),
            DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Skipped => ValueRef::Null,
        };
        let mut values = key_values(&self.key)?.to_vec();
        values.extend([
            value::optional_uin(self.recipient)?,
            value::text(&self.kind),
            value::text(&self.message),
            value::moment(self.at),
            value::text(self.state.name()),
            next_at,
            value::optional_text(&self.reason),
            value::small(self.attempts),
            value::small(self.retries),
            value::moment(self.changed_at),
        ]);
        Ok(values)
    }

    fn read(fields: &mut Fields<'_>) -> Result<DeliveryRow, StoreError> {
        let (key, recipient) = (read_key(fields)?, fields.optional_uin()?);
        let (kind, message, at) = (fields.text()?, fields.text()?, fields.moment()?);
        let (state, next_at) = (fields.text()?, fields.optional_whole()?);
        let settled = [DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Skipped];
        let state = match next_at {
            Some(next_at) => {
                let next_at = Moment::from_micros(i64::try_from(next_at).unwrap_or(i64::MAX));
                Some(DeliveryState::Waiting(next_at)).filter(|waiting| waiting.name() == state)
            }
            None => settled.into_iter().find(|settled| settled.name() == state),
        };
        Ok(DeliveryRow {
            key,
            recipient,
            kind,
            message,
            at,
            state: state.ok_or_else(|| StoreError::corrupt(format!("{FILE}: a delivery has no state")))?,
            reason: fields.optional_text()?,
            attempts: fields.small()?,
            retries: fields.small()?,
            changed_at: fields.moment()?,
        })
    }
}

/// A lane that is switched off.
pub(super) struct LaneOff {
    pub(super) lane: Lane,
    pub(super) since: Moment,
}

impl Stored for LaneOff {
    const TABLE: &'static str = "lane_off";
    const COLUMNS: &'static [&'static str] = &["channel", "target", "since"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let Lane { channel, target } = self.lane;
        Ok(vec![value::text(channel.name()), value::whole(target)?, value::moment(self.since)])
    }

    fn read(fields: &mut Fields<'_>) -> Result<LaneOff, StoreError> {
        Ok(LaneOff { lane: lane_of(&fields.text()?, fields.whole()?)?, since: fields.moment()? })
    }
}

/// An attempt with the delivery that it belongs to.
pub(in crate::sqlite) struct Attempted {
    pub(in crate::sqlite) key: DeliveryKey,
    pub(in crate::sqlite) row: AttemptRow,
}

impl Stored for Attempted {
    const TABLE: &'static str = "attempt";
    const COLUMNS: &'static [&'static str] =
        &["channel", "target", "seq", "place", "number", "at", "took_ms", "status", "error", "answer"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let AttemptRow { number, at, took_ms, status, error, answer } = &self.row;
        let mut values = key_values(&self.key)?.to_vec();
        values.extend([
            value::small(*number),
            value::moment(*at),
            value::whole(*took_ms)?,
            status.map_or(ValueRef::Null, value::small),
            value::optional_text(error),
            value::optional_text(answer),
        ]);
        Ok(values)
    }

    fn read(fields: &mut Fields<'_>) -> Result<Attempted, StoreError> {
        let key = read_key(fields)?;
        let (number, at, took_ms) = (fields.small()?, fields.moment()?, fields.whole()?);
        let status = fields.optional_whole()?.map(|status| {
            u16::try_from(status).map_err(|_| StoreError::corrupt(format!("{FILE}: `{status}` is no status")))
        });
        let row = AttemptRow {
            number,
            at,
            took_ms,
            status: status.transpose()?,
            error: fields.optional_text()?,
            answer: fields.optional_text()?,
        };
        Ok(Attempted { key, row })
    }
}

pub(super) fn lane_of(channel: &str, target: u64) -> Result<Lane, StoreError> {
    let channel =
        Channel::from_name(channel).ok_or_else(|| StoreError::corrupt(format!("{FILE}: `{channel}` is no channel")))?;
    Ok(Lane { channel, target })
}

fn read_key(fields: &mut Fields<'_>) -> Result<DeliveryKey, StoreError> {
    let lane = lane_of(&fields.text()?, fields.whole()?)?;
    let (seq, place) = (fields.whole()?, fields.small()?);
    Ok(DeliveryKey { lane, notice: NoticeKey { seq, place } })
}

fn key_values(key: &DeliveryKey) -> Result<[ValueRef<'_>; 4], StoreError> {
    Ok([
        value::text(key.lane.channel.name()),
        value::whole(key.lane.target)?,
        value::whole(key.notice.seq)?,
        value::small(key.notice.place),
    ])
}
