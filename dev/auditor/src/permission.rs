//! Who may ask for what (R30, R45, R93, R108, R141): the platform for everything that does not fall due by itself, and
//! with a key for reading only for nothing; a partner to lend to, note, suspend and confirm for the customers bound to
//! itself, and a distributor to feed the pools of its second-level resellers.

use super::{Auditor, Judged, Step, refuse};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::Command;
use credere_core::channel::{PartnerKind, Uin};

/// Who besides accounts may ask for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Platform,
    /// What Credere does by itself, and nobody else.
    System,
    Both,
}

fn whose(step: &Step) -> Whose {
    match step {
        Step::Command(
            Command::Expire { .. }
            | Command::ReviewCustomer { .. }
            | Command::ResumeResource { .. }
            | Command::SuspendResource { .. }
            | Command::DeleteResource { .. }
            | Command::ExpireVoucher { .. }
            | Command::IssueBills { .. }
            | Command::ResetPlatformKey
            | Command::AcceptLoss { .. },
        ) => Whose::System,
        // Credere itself sets the test clock and makes the first key at its first start, takes back what has lost its
        // secret and keys when a lost one is replaced, and accepts the clock when it is started with that.
        Step::Command(
            Command::AdvanceClock { .. }
            | Command::AcceptClock { .. }
            | Command::IssuePlatformKey { .. }
            | Command::RevokePlatformKey { .. }
            | Command::RevokeCredential { .. }
            | Command::RemoveWebhook { .. },
        ) => Whose::Both,
        Step::Command(_) | Step::Refund { .. } | Step::ConfirmLines { .. } => Whose::Platform,
    }
}

impl Auditor {
    pub(super) fn permit(&self, actor: Actor, step: &Step) -> Judged {
        match (actor, whose(step)) {
            (Actor::System, Whose::System | Whose::Both) => Ok(()),
            (Actor::System, Whose::Platform) | (Actor::Platform { .. }, Whose::System) => refuse("wrong_role"),
            (Actor::Platform { access: KeyAccess::Full, .. }, Whose::Platform | Whose::Both) => Ok(()),
            (Actor::Platform { access: KeyAccess::Read, .. }, Whose::Platform | Whose::Both) => refuse("read_only_key"),
            (Actor::Account(actor), _) => self.permit_account(actor, step),
        }
    }

    fn permit_account(&self, actor: Uin, step: &Step) -> Judged {
        let kind = self.partners.get(&actor).map(|partner| partner.kind);
        let sells =
            matches!(kind, Some(PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::SecondLevelReseller));
        let (role, reached) = match step {
            Step::Command(
                Command::AllocateCredit { customer, .. }
                | Command::NoteCustomer { customer }
                | Command::ForceSuspension { customer, .. },
            ) => (sells, self.is_direct(*customer, actor)),
            Step::Command(Command::ConfirmReceipt { customer, .. }) | Step::ConfirmLines { customer, .. } => {
                (sells, self.is_direct(*customer, actor) || self.was_bound_to(*customer, actor))
            }
            Step::Command(Command::AllocatePool { second_level, .. }) => {
                (kind == Some(PartnerKind::Distributor), self.is_below(*second_level, actor))
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
        self.line_of(customer).is_some_and(|bound| bound.partner == partner)
    }

    fn is_below(&self, second_level: Uin, distributor: Uin) -> bool {
        self.partners.get(&second_level).is_some_and(|partner| partner.above == Some(distributor))
    }

    /// Whether the account was once bound to this partner, which may still confirm what was charged then (R141). What has
    /// become a second-level reseller of that partner is that, and no former customer.
    fn was_bound_to(&self, customer: Uin, partner: Uin) -> bool {
        let former = self.former.get(&customer).is_some_and(|all| all.iter().any(|former| former.tie.0 == partner));
        former && customer != partner && !self.is_below(customer, partner)
    }
}
