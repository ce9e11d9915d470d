//! Who may ask for what (R30, R45, R93, R108, R141): the platform for everything; a partner to lend to, note, suspend and
//! confirm for the customers bound to itself, and a distributor to feed the pools of its second-level resellers.

use super::{Auditor, Judged, refuse};
use crate::act::Step;
use credere_core::access::Actor;
use credere_core::book::{Command, bills, parties, standing};
use credere_core::channel::{PartnerKind, Uin};

impl Auditor {
    pub(super) fn permit(&self, actor: Actor, step: &Step) -> Judged {
        let Actor::Account(actor) = actor else { return Ok(()) };
        let kind = self.partners.get(&actor).map(|partner| partner.kind);
        let sells =
            matches!(kind, Some(PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::SecondLevelReseller));
        let (role, reached) = match step {
            Step::Command(
                Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit { customer, .. }))
                | Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer }))
                | Command::Standing(standing::Command::ForceSuspension(standing::ForceSuspension { customer, .. })),
            ) => (sells, self.is_direct(*customer, actor)),
            Step::Command(Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt {
                customer, ..
            })))
            | Step::ConfirmLines { customer, .. } => {
                (sells, self.is_direct(*customer, actor) || self.was_bound_to(*customer, actor))
            }
            Step::Command(Command::Parties(parties::Command::AllocatePool(parties::AllocatePool {
                second_level,
                ..
            }))) => {
                let above = self.partners.get(second_level).and_then(|partner| partner.above);
                (kind == Some(PartnerKind::Distributor), above == Some(actor))
            }
            Step::Command(_) | Step::Refund { .. } => (false, false),
        };
        match (role, reached) {
            (false, _) => refuse("wrong_role"),
            (true, false) => refuse("not_yours"),
            (true, true) => Ok(()),
        }
    }

    fn is_direct(&self, customer: Uin, partner: Uin) -> bool {
        let bound = self.accounts.get(&customer).and_then(|account| account.bound.as_ref());
        bound.is_some_and(|bound| bound.partner == partner)
    }

    /// Whether the account was once bound to this partner, which may still confirm what was charged then (R141).
    fn was_bound_to(&self, customer: Uin, partner: Uin) -> bool {
        self.former.get(&customer).is_some_and(|former| former.iter().any(|former| former.tie.0 == partner))
    }
}
