//! What a world must satisfy as to who is in which organization and who pays for whom, whatever was asked for: everybody is
//! in one organization at most, one other account pays at a time, nobody who pays is paid for, and everything that was
//! charged was charged to whoever paid then (O6, O11, O62, O80).

use super::facts::{BillLine, Interval};
use super::{Auditor, Difference};
use credere_core::channel::Uin;
use credere_core::organization::Permission;

impl Auditor {
    pub(super) fn recount_members(&self, all: &mut Vec<Difference>) {
        self.recount_organizations(all);
        self.recount_creations(all);
        for (account, intervals) in &self.intervals {
            recount_intervals(all, *account, intervals);
            if let Some(payer) = self.payer_of(*account) {
                must(all, *account, "who pays for it is paid for by nobody", self.payer_of(payer).is_none());
                must(all, *account, "who pays for it is no member", {
                    !self.members.contains_key(&payer) || self.choices.check.entity_admin_pays
                });
            }
        }
        for (id, transfer) in &self.transfers {
            let part = (0..=transfer.amount).contains(&transfer.returned);
            must(all, transfer.member, &format!("what came back of transfer {id} is a part of it"), part);
        }
        for line in &self.lines {
            self.recount_payer(all, line);
        }
        self.recount_heritage(all);
    }

    fn recount_organizations(&self, all: &mut Vec<Difference>) {
        for (id, organization) in &self.organizations {
            let admin = organization.admin;
            let leads = self.organizations.values().filter(|other| other.admin == admin).count();
            must(all, admin, "it is the admin of one organization, and a member of none", {
                leads == 1 && !self.members.contains_key(&admin)
            });
            let accounts = 1 + self.members_of(*id).count();
            must(all, admin, "its organization has as many accounts as it may", {
                accounts <= organization.quotas.accounts as usize
            });
        }
        for (uin, member) in &self.members {
            let paid = member.permissions.has(Permission::PayOnBehalf);
            let admin = self.organizations.get(&member.organization).map(|organization| organization.admin);
            must(all, *uin, "its organization is there", admin.is_some());
            let pays = self.payer_of(*uin);
            must(all, *uin, "somebody pays for it exactly where that is permitted", pays.is_some() == paid);
            must(all, *uin, "its admin pays for it, or who may instead", {
                pays.is_none() || pays == admin || self.choices.check.entity_admin_pays
            });
            must(all, *uin, "who is paid for may not leave by itself", !(paid && member.allow_quit));
        }
        let paid_for = self.intervals.keys().filter(|uin| self.payer_of(**uin).is_some());
        for uin in paid_for {
            must(all, *uin, "who is paid for is a member", self.members.contains_key(uin));
        }
        for (id, invitation) in &self.invitations {
            let same = |other: &&super::facts::Invitation| {
                other.member == invitation.member && other.is_open(self.now) && invitation.is_open(self.now)
            };
            must(all, invitation.member, "it has one open invitation at most", {
                self.invitations.iter().filter(|(other, _)| *other != id).map(|(_, it)| it).filter(same).count() == 0
            });
            must(all, invitation.member, "who invites it is there", {
                self.organizations.contains_key(&invitation.organization)
            });
        }
    }

    /// Nobody inherits from itself, and who is paid for and has permitted it has its payer's offers (O84).
    fn recount_heritage(&self, all: &mut Vec<Difference>) {
        for (account, told) in &self.heritage {
            let others = told.iter().all(|told| told.from != Some(*account));
            must(all, *account, "it does not inherit its own offers", others);
        }
        for (uin, member) in &self.members {
            if let Some(payer) = self.payer_of(*uin).filter(|_| member.permissions.has(Permission::InheritOffers)) {
                must(all, *uin, "it has its payer's offers", self.heir_now(*uin) == Some(payer));
            }
        }
    }

    /// One account was to pay at the moment by which that was told: the account itself, or whoever paid for it then.
    fn recount_payer(&self, all: &mut Vec<Difference>, line: &BillLine) {
        let theirs = self.intervals.get(&line.buyer.account).map_or(&[][..], Vec::as_slice);
        let Some(at) = line.paid_as_at else {
            let once = theirs.iter().any(|interval| interval.payer == line.buyer.payer);
            must(all, line.buyer.account, "what comes back goes to who once paid", once || !line.buyer.is_paid_for());
            return;
        };
        let mut then = theirs.iter().filter(|interval| interval.in_force(at)).map(|interval| interval.payer);
        let (first, others) = (then.next(), then.count());
        let pays = line.buyer.payer;
        // At the very moment at which somebody begins or ceases to pay, both are right.
        let ceased = theirs.iter().any(|it| it.payer == pays && it.until.is_some_and(|(until, _)| until == at));
        let began = pays == line.buyer.account && theirs.iter().any(|interval| interval.from == at);
        must(all, line.buyer.account, "what is charged is charged to the one that pays then", {
            others == 0 && (first.unwrap_or(line.buyer.account) == pays || ceased || began)
        });
    }
}

/// One after the other, by somebody else, and only the last goes on.
fn recount_intervals(all: &mut Vec<Difference>, account: Uin, intervals: &[Interval]) {
    let others = intervals.iter().all(|interval| interval.payer != account);
    must(all, account, "it does not pay on its own behalf", others);
    let forward = intervals.iter().all(|interval| interval.until.is_none_or(|(until, _)| interval.from <= until));
    must(all, account, "who pays for it begins before it ends", forward);
    let apart = intervals.windows(2).all(|pair| pair[0].until.is_some_and(|(until, _)| until <= pair[1].from));
    must(all, account, "one pays for it at a time", apart);
}

pub(super) fn must(all: &mut Vec<Difference>, account: Uin, law: &str, holds: bool) {
    if !holds {
        let what = format!("account {account}: {law}");
        all.push(Difference { what, expected: "so".to_owned(), found: "not so".to_owned() });
    }
}
