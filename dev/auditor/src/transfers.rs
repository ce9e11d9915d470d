//! Money that an admin hands to a member that pays for itself, and what comes back of it (O95, O96). Neither makes any: what one
//! has less, the other has more.

use super::arithmetic::Units;
use super::figures::{FigureOwner, Seen, account, moment};
use super::refusal::refuse_for;
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::book::Book;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::Permission;
use std::collections::BTreeMap;

/// Money that an admin handed to a member.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// In which organization.
    pub organization: u64,
    /// Whose money it was.
    pub admin: Uin,
    /// Who was handed it.
    pub member: Uin,
    /// How much.
    pub amount: Units,
    /// How much of that came back.
    pub returned: Units,
    made_at: Moment,
}

impl Auditor {
    /// Whose organization it is, and that this account is its member.
    fn between(&self, organization: u64, member: Uin) -> Result<Uin, Refusal> {
        let Some(there) = self.organizations.get(&organization) else { return refuse("organization_not_found") };
        let belongs = self.members.get(&member).is_some_and(|member| member.organization == organization);
        if belongs { Ok(there.admin) } else { refuse("member_not_found") }
    }

    pub(super) fn transfer(&mut self, seq: u64, organization: u64, member: Uin, amount: Units) -> Judged {
        let admin = self.between(organization, member)?;
        if self.payer_of(member).is_some() {
            return refuse("paid_on_behalf");
        }
        if !self.members.get(&member).is_some_and(|one| one.permissions.has(Permission::AllocateFunds)) {
            return refuse("permission_missing");
        }
        let entity = |uin: Uin| self.told.get(&uin).and_then(|told| told.entity.clone());
        if entity(member).is_none() || entity(member) != entity(admin) {
            return refuse("entity_differs");
        }
        let from = self.own_mut(admin)?;
        let has = from.cash.min(from.available()).max(0);
        self.own_mut(member)?;
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        if amount > has {
            return refuse_for("exceeds_transferable", Some(admin), [("requested", amount), ("transferable", has)]);
        }
        self.hand_over(admin, member, amount)?;
        let made_at = self.now;
        self.transfers.insert(seq, Transfer { organization, admin, member, amount, returned: 0, made_at });
        Ok(())
    }

    pub(super) fn return_transfer(&mut self, organization: u64, id: u64, amount: Units) -> Judged {
        if !self.organizations.contains_key(&organization) {
            return refuse("organization_not_found");
        }
        let there = self.transfers.get(&id).filter(|one| one.organization == organization).cloned();
        let Some(Transfer { admin, member, amount: handed, returned, .. }) = there else {
            return refuse("transfer_not_found");
        };
        self.between(organization, member)?;
        self.own_mut(admin)?;
        let back = (handed - returned).min(self.own_mut(member)?.cash).max(0);
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        if amount > back {
            return refuse_for("exceeds_returnable", Some(member), [("requested", amount), ("returnable", back)]);
        }
        self.hand_over(member, admin, amount)?;
        if let Some(transfer) = self.transfers.get_mut(&id) {
            transfer.returned += amount;
        }
        Ok(())
    }

    /// Cash leaves one, and repays what the other owes before it is its cash.
    fn hand_over(&mut self, from: Uin, to: Uin, amount: Units) -> Judged {
        self.own_mut(from)?.cash -= amount;
        let to_own = self.own_mut(to)?;
        to_own.pay(to_own.paying(-amount));
        [from, to].into_iter().for_each(|uin| self.note_change(uin));
        Ok(())
    }

    /// What each account has more or less by what was handed over and is not back.
    pub(super) fn handed_over(&self, sums: &mut BTreeMap<Uin, Units>) {
        for Transfer { admin, member, amount, returned, .. } in self.transfers.values() {
            *sums.entry(*admin).or_default() -= amount - returned;
            *sums.entry(*member).or_default() += amount - returned;
        }
    }

    pub(super) fn expect_transfers(&self, seen: &mut Seen, uin: Uin) {
        for (id, transfer) in self.transfers.iter().filter(|(_, one)| one.member == uin) {
            let Transfer { organization, admin, amount, returned, made_at, .. } = *transfer;
            seen.transfer(*id, organization, admin, [amount, returned], made_at);
        }
    }
}

impl Seen {
    /// What the book says of transfers to this account.
    pub(super) fn transfers(&mut self, book: &Book, uin: Uin) {
        let units = super::units;
        for one in book.transfers().filter(|one| one.member == uin) {
            let amounts = [units(one.amount), units(one.returned)];
            self.transfer(one.id.0, one.organization.0, one.admin, amounts, one.made_at);
        }
    }

    fn transfer(&mut self, id: u64, organization: u64, admin: Uin, [amount, returned]: [Units; 2], made_at: Moment) {
        self.add(
            &FigureOwner::Transfer(id),
            [
                ("in organization", Units::from(organization)),
                ("handed over by", account(Some(admin))),
                ("handed over", amount),
                ("came back", returned),
                ("handed over at", moment(Some(made_at))),
            ],
        );
    }
}
