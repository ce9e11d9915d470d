//! History: rows made for reading, filled in folds from the journal. Each area has a file with its rows, which of them
//! can be asked for, and a trait that a store implements; [`History`] is all of them, with what is the same for every
//! area: filling, forgetting and comparing. Everything a row says comes from the journal; names and types are those of
//! the core where it has them, and texts where a row only shows them.

mod audit;
mod bills;
mod buying;
mod members;
mod metering;
mod parties;
mod standing;
mod vouchers;

pub use audit::*;
pub use bills::*;
pub use buying::*;
pub use members::*;
pub use metering::*;
pub use parties::*;
pub use standing::*;
pub use vouchers::*;

use super::StoreError;
use std::path::Path;

/// Rows made for reading, of every area. Filled in folds from the journal; lost rows come back by filling again.
pub trait History:
    PartiesHistory
    + BuyingHistory
    + MeteringHistory
    + BillsHistory
    + VouchersHistory
    + StandingHistory
    + MembersHistory
    + AuditHistory
{
    /// The journal position up to which history has been filled.
    ///
    /// # Errors
    /// [`StoreError`]
    fn history_seq(&self) -> Result<u64, StoreError>;

    /// Adds the rows of all events up to `fold.upto_seq` in one transaction, and moves the position there. What happened
    /// at or before the position is there already and is passed over, so that a fold that is written again adds to no
    /// sum; what is shown as it stands (orders, vouchers, resources, invitations, closed authorizations) is replaced.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the fold is there then. [`StoreError::Corrupt`] for a fold that ends before the
    /// position, has a line or an invitation beyond its own end, or does not end where a frame does.
    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError>;

    /// Forgets everything, to be filled again from the journal's start.
    ///
    /// # Errors
    /// [`StoreError`]
    fn clear_history(&self) -> Result<(), StoreError>;

    /// Begins to compare history with what the journal says it should be: whoever asks fills a second one, which lies in
    /// `scratch` (an empty folder) where it does not fit into memory. `None` where there is no history at all.
    ///
    /// # Errors
    /// [`StoreError`]
    fn compare_history(&self, scratch: &Path) -> Result<Option<Box<dyn Comparison + '_>>, StoreError>;
}

/// Rows for one stretch of the journal. A store may sort them as its tables like it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFold {
    /// The last event that the rows cover.
    pub upto_seq: u64,
    /// Allocation records.
    pub allocations: Vec<AllocationRow>,
    /// Orders as they stand now; the later of two rows of one order wins, also over what is stored.
    pub orders: Vec<OrderRow>,
    /// Authorizations that closed.
    pub authorizations: Vec<AuthorizationRow>,
    /// Audit entries.
    pub audit: Vec<AuditRow>,
    /// Bill lines.
    pub lines: Vec<LineRow>,
    /// Receipts.
    pub receipts: Vec<ReceiptRow>,
    /// Vouchers as they stand now; the later of two rows of one voucher wins, also over what is stored.
    pub vouchers: Vec<VoucherRow>,
    /// What vouchers paid.
    pub voucher_uses: Vec<VoucherUseRow>,
    /// Resources as they stand now; the later of two rows of one resource wins, also over what is stored.
    pub resources: Vec<ResourceRow>,
    /// Notices.
    pub notices: Vec<NoticeRow>,
    /// Invitations as they stand now; the later of two rows of one invitation wins, also over what is stored.
    pub invitations: Vec<InvitationRow>,
}

/// What history should be, being filled from the journal, to be compared with what it is. Neither is changed by it.
pub trait Comparison {
    /// Adds rows, as [`History::fold`] does.
    ///
    /// # Errors
    /// [`StoreError`]
    fn fold(&self, fold: HistoryFold) -> Result<(), StoreError>;

    /// Compares row by row; answers how many rows there are. `progress` gets the rows compared and those in all.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the first row that is missing, too many, or another one.
    fn finish(self: Box<Self>, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, StoreError>;
}
