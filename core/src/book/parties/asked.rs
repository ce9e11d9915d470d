//! The commands about accounts, partners and customers, told from their events.

use super::command::{
    AllocateCredit, AllocatePool, BindCustomer, ChangeAccount, ChangePartner, RegisterPartner, UnbindCustomer,
};
use super::event::{AccountChanged, CreditAllocated, CustomerBound, CustomerUnbound, Event, PoolAllocated};
use crate::book::{Book, Command};

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        match self {
            Event::PoolAllocated(PoolAllocated { second_level, amount, remark, .. }) => {
                let (second_level, amount) = (*second_level, *amount);
                Some(AllocatePool { second_level, amount, remark: remark.clone() }.into())
            }
            Event::CustomerBound(CustomerBound { customer, partner, .. }) => {
                Some(BindCustomer { customer: *customer, partner: *partner }.into())
            }
            Event::CustomerUnbound(CustomerUnbound { customer, .. }) => {
                Some(UnbindCustomer { customer: *customer }.into())
            }
            Event::CreditAllocated(CreditAllocated { customer, amount, remark, .. }) => {
                Some(AllocateCredit { customer: *customer, amount: *amount, remark: remark.clone() }.into())
            }
            Event::AccountChanged(AccountChanged { uin, class, verification, tier, entity, followed }) => {
                let (class, verification, tier) = (Some(*class), Some(*verification), Some(*tier));
                let (entity, followed) = (Some(entity.clone()), Some(*followed));
                Some(ChangeAccount { uin: *uin, class, verification, tier, entity, followed }.into())
            }
            Event::PartnerRegistered(registered) => Some(
                RegisterPartner {
                    uin: registered.uin,
                    kind: registered.kind,
                    distributor: registered.distributor,
                    allocation_quota: registered.allocation_quota,
                    spend_line: registered.spend_line,
                    voucher_quota: registered.voucher_quota,
                    allowlist: registered.allowlist.clone(),
                }
                .into(),
            ),
            Event::PartnerChanged(changed) => Some(
                ChangePartner {
                    uin: changed.uin,
                    allocation_quota: Some(changed.allocation_quota),
                    spend_line: changed.spend_line,
                    // A quota that stayed was not judged.
                    voucher_quota: (before.partner(changed.uin)?.voucher_quota != changed.voucher_quota)
                        .then_some(changed.voucher_quota),
                    allowlist: Some(changed.allowlist.clone()),
                }
                .into(),
            ),
            // Nothing was looked at but that the account is there, or is not.
            Event::AccountOpened(_)
            | Event::CustomerNoted(_)
            | Event::CredentialIssued(_)
            | Event::CredentialRevoked(_) => None,
        }
    }
}
