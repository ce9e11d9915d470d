//! Metering: many records in one request, each under its own key and settled by itself (R62).

use crate::app::App;
use crate::caller::Caller;
use crate::command::unexpected;
use crate::engine::{Answer, Operation, Request, Work};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection, metering};
use credere_core::channel::{LineId, Paying};
use credere_core::money::Amount;

/// One record to settle.
#[derive(Debug, Clone)]
pub struct UsageRequest {
    /// Its idempotency key, unique within the account and the month of the period's start.
    pub key: KeyUse,
    /// What was used.
    pub record: metering::SettleUsage,
}

/// What one record came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageStatus {
    /// It is on the bill.
    Settled {
        /// What credit pays.
        amount: Amount,
        /// What vouchers paid.
        voucher_amount: Amount,
        /// Who pays.
        paying: Paying,
        /// The line that it became.
        line: LineId,
    },
    /// Refused; nothing changed.
    Rejected(Rejection),
}

impl App {
    /// Settles records in order, each by itself; answers in the same order, with whether each was a repeat.
    ///
    /// # Errors
    /// [`Failure`]; refused as a whole only when the caller may not do this at all.
    pub async fn settle_usage(
        &self,
        caller: Caller,
        records: Vec<UsageRequest>,
    ) -> Result<Vec<(UsageStatus, bool)>, Failure> {
        self.engine.peek(|book| book.permit(caller.actor, Action::SettleUsage, None)).map_err(Failure::refused)?;
        let operation = |one: UsageRequest| Operation { key: Some(one.key), command: Command::from(one.record) };
        let work = Work::Batch(records.into_iter().map(operation).collect());
        let outcomes = self.engine.submit(Request { info: caller.info(), work }).await?;
        outcomes.into_iter().map(|outcome| Ok((status(outcome.number, outcome.answer)?, outcome.replayed))).collect()
    }
}

fn status(number: Option<u64>, answer: Answer) -> Result<UsageStatus, Failure> {
    match answer {
        Answer::Settled { amount, voucher_amount, paying } => {
            let line = LineId(number.ok_or(unexpected())?);
            Ok(UsageStatus::Settled { amount, voucher_amount, paying, line })
        }
        Answer::Refused(rejection) => Ok(UsageStatus::Rejected(*rejection)),
        // Only records are kept under keys of this namespace.
        Answer::Opened(_) | Answer::Captured(_) | Answer::Released(_) | Answer::Done(_) | Answer::Kept => {
            Err(unexpected())
        }
    }
}
