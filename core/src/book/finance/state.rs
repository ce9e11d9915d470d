//! Finding the money of an account that pays for itself.

use super::reason::Reason;
use crate::book::{Book, Rejection};
use crate::channel::{Own, Uin};

impl Book {
    /// What an account has of its own; nothing where it does not pay for itself. What it had before a partner took over its
    /// credit is set aside meanwhile.
    pub fn own(&self, uin: Uin) -> Option<&Own> {
        let account = self.account(uin)?;
        self.channel_role(uin).pays_for_itself().then(|| account.own())
    }

    /// The money of an account that pays for itself.
    pub(in crate::book) fn existing_own(&self, uin: Uin) -> Result<&Own, Rejection> {
        self.existing_account(uin)?;
        self.own(uin).ok_or(Reason::NoFinance(uin).into())
    }
}
