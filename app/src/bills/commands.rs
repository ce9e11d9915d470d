//! Receipts: the lines that a receipt names are looked up here, since only history has them; what they come to is
//! decided in the core (R89-R95).

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use crate::rows::number_at;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection, bills};
use credere_core::channel::{ActionType, LineId, PayMode, Uin};
use credere_core::ledger::Month;
use credere_store::contract::{Bill, ShardStore};

/// Which lines of a customer's bill were paid: those that satisfy all that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRequest {
    /// Whose bill.
    pub customer: Uin,
    /// Which month's.
    pub month: Month,
    /// Only those paid this way.
    pub pay_mode: Option<PayMode>,
    /// Only those of this type.
    pub action: Option<ActionType>,
    /// Only these.
    pub lines: Option<Vec<LineId>>,
}

impl App {
    /// Confirms that a customer paid its partner; the event says what came back.
    ///
    /// # Errors
    /// [`Failure`]; refused with [`Rejection::Bills(bills::Reason::LineNotFound)`] when a named line is not on that bill.
    pub async fn confirm_receipt(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        receipt: ReceiptRequest,
    ) -> Result<Done, Failure> {
        let ReceiptRequest { customer, month, pay_mode, action, lines } = receipt;
        let what = (Action::ConfirmReceipt, Some(customer));
        self.engine.peek(|book| book.permit(caller.actor, what.0, what.1)).map_err(Failure::refused)?;
        if let Some(done) = self.answered(caller, key).await? {
            return Ok(done);
        }
        let lines = match lines {
            None => bills::ReceiptLines::All { pay_mode, action },
            Some(named) => {
                let mut named = named;
                named.sort_unstable();
                named.dedup();
                let wanted = named.len();
                let bill = Bill::paid(customer, month);
                let look = move |store: &dyn ShardStore| {
                    // A line of another shard is not on this bill.
                    let seqs: Vec<u64> = named.iter().filter_map(|line| store.id().position_of(line.0)).collect();
                    let lines = store.lines_by_seq(bill, &seqs)?.into_iter();
                    lines.map(|row| Ok((LineId(number_at(store.id(), row.seq)?), row))).collect()
                };
                let found: Vec<_> = self.engine.history(look).await?;
                // A line of another partner's time looks like one that does not exist.
                let paid = self.engine.peek(|book| book.paid_partner(caller.actor, customer));
                let found: Vec<_> = found.into_iter().filter(|(_, line)| line.managing == paid).collect();
                if found.len() != wanted {
                    return Err(self.refuse(caller, key, what, Rejection::Bills(bills::Reason::LineNotFound)).await);
                }
                let fits = found.iter().filter(|(_, line)| {
                    pay_mode.is_none_or(|mode| line.action.pay_mode() == mode)
                        && action.is_none_or(|only| line.action == only)
                });
                let named = fits.map(|(id, line)| bills::NamedLine {
                    id: *id,
                    binding_seq: line.binding_seq,
                    action: line.action,
                    amount: line.amount,
                });
                bills::ReceiptLines::Named(named.collect())
            }
        };
        self.command(caller, key, Command::from(bills::ConfirmReceipt { customer, month, lines })).await
    }
}
