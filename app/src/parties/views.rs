//! Accounts and partners as they are shown.

use crate::rows::number_at;
use credere_core::channel::{Account, ChannelRole, Customer, Partner, Site, Uin};
use credere_core::ledger::{Finance, Moment};
use credere_core::money::Amount;
use credere_store::contract::{AllocationRow, Profile, ShardId, StoreError};

/// One allocation or reclaim (R41), or one grant to or pull from a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationView {
    /// Its number.
    pub number: u64,
    /// Whose credit or pool.
    pub account: Uin,
    /// The partner that acted.
    pub operator: Uin,
    /// Signed increment.
    pub amount: Amount,
    /// The account's total after it.
    pub total_after: Amount,
    /// The account's available (a pool's remaining) after it.
    pub available_after: Amount,
    /// What the operator noted.
    pub remark: Option<String>,
    /// When it was allocated.
    pub at: Moment,
}

impl AllocationView {
    /// An allocation as history has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: AllocationRow) -> Result<AllocationView, StoreError> {
        let AllocationRow { seq, account, operator, amount, total_after, available_after, remark, at } = row;
        let number = number_at(shard, seq)?;
        Ok(AllocationView { number, account, operator, amount, total_after, available_after, remark, at })
    }
}

/// An account with everything that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Figures and classes.
    pub account: Account,
    /// Names and contact data.
    pub profile: Profile,
    /// What it is as a partner.
    pub partner: Option<Partner>,
    /// Its place in the channel.
    pub channel: ChannelRole,
    /// What is left on its usable vouchers (R20), in units of 10^-8.
    pub voucher_balance: i128,
    /// On which of the vendor's sites it is.
    pub site: Site,
    /// Whose offers it has instead of its own.
    pub inherits_from: Option<Uin>,
}

impl AccountView {
    /// Its own money, where it pays for itself.
    pub fn finance(&self) -> Option<FinanceView> {
        let inherits_from = self.inherits_from;
        self.channel.pays_for_itself().then(|| FinanceView { inherits_from, ..FinanceView::of(&self.account) })
    }

    /// Its credit, where a partner hands some down to it; an agent's customers have none (R4).
    pub fn credit(&self) -> Option<&Customer> {
        self.account.customer.as_ref().filter(|_| self.channel.is_sub_customer())
    }
}

/// The money of an account that pays for itself (O3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinanceView {
    /// What it has, and may owe.
    pub finance: Finance,
    /// Its unpaid bills that are overdue, as the platform says (O61).
    pub overdue_amount: Amount,
    /// Whose offers it has instead of its own.
    pub inherits_from: Option<Uin>,
}

impl FinanceView {
    /// What an account has, whoever pays for it, with its own offers.
    pub fn of(account: &Account) -> FinanceView {
        let own = account.own();
        FinanceView { finance: own.finance, overdue_amount: own.overdue_amount, inherits_from: None }
    }
}

/// A second-level reseller as its distributor sees it (R52).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondLevelView {
    /// Its figures, without lists.
    pub partner: Partner,
    /// How many customers it has.
    pub customers: usize,
    /// Names and contact data.
    pub profile: Profile,
}

/// A customer as it was bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundView {
    /// Its number.
    pub uin: Uin,
    /// The binding, with nothing handed out yet.
    pub customer: Customer,
}

/// A binding that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnboundView {
    /// Who is a customer no longer.
    pub customer: Uin,
    /// The partner that it had.
    pub partner: Uin,
    /// The total that went back to the partner's allocatable quota (R141).
    pub returned: Amount,
}

/// A customer's credit after an allocation, or a second-level reseller's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocatedView {
    /// Whose it is.
    pub account: Uin,
    /// The increment.
    pub amount: Amount,
    /// The total after it.
    pub total: Amount,
    /// What is available after it; of a pool what remains.
    pub available: Amount,
}

/// A credential as it is listed, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialView {
    /// The public half.
    pub secret_id: String,
    /// When it was made.
    pub created_at: Moment,
}
