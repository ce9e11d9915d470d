//! Who may ask for what (R30, R45, R93, R108, R141): the platform for everything that does not fall due by itself, and
//! with a key for reading only for nothing; a partner to lend to, note, suspend and confirm for the customers bound to
//! itself, and a distributor to feed the pools of its second-level resellers; everybody for itself in an organization.

use super::{Auditor, Judged, Step, refuse};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Command, bills, bills::Command as Bills, buying::Command as Buying, deployment::Command as Deployment,
    members::Command as Members, metering::Command as Metering, notices::Command as Notices, parties,
    parties::Command as Parties, standing, standing::Command as Standing, vouchers::Command as Vouchers,
};
use credere_core::channel::{PartnerKind, Uin};

/// Who besides accounts may ask for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AllowedCaller {
    Platform,
    /// What Credere does by itself, and nobody else.
    System,
    Both,
}

fn whose(step: &Step) -> AllowedCaller {
    match step {
        Step::Command(
            Command::Buying(Buying::Expire(_) | Buying::ReturnShare(_))
            | Command::Standing(Standing::ReviewCustomer(_))
            | Command::Metering(Metering::ResumeResource(_))
            | Command::Metering(Metering::SuspendResource(_))
            | Command::Metering(Metering::DeleteResource(_))
            | Command::Vouchers(Vouchers::ExpireVoucher(_))
            | Command::Bills(Bills::IssueBills(_))
            | Command::Deployment(Deployment::ResetPlatformKey(_))
            | Command::Deployment(Deployment::AcceptLoss(_)),
        ) => AllowedCaller::System,
        // Credere itself sets the test clock and makes the first key at its first start, takes back what has lost its
        // secret and keys when a lost one is replaced, and accepts the clock when it is started with that.
        Step::Command(
            Command::Deployment(Deployment::AdvanceClock(_))
            | Command::Deployment(Deployment::AcceptClock(_))
            | Command::Deployment(Deployment::IssuePlatformKey(_))
            | Command::Deployment(Deployment::RevokePlatformKey(_))
            | Command::Parties(Parties::RevokeCredential(_))
            | Command::Notices(Notices::RemoveWebhook(_)),
        ) => AllowedCaller::Both,
        Step::Command(_)
        | Step::Refund { .. }
        | Step::Resize { .. }
        | Step::Terminate { .. }
        | Step::ConfirmLines { .. } => AllowedCaller::Platform,
    }
}

/// Who asks for it of an organization: its admin, or who is invited or a member. What the platform grants nobody does.
fn speaker(command: &Members) -> Option<Uin> {
    match command {
        Members::ChangeOrganization(_)
        | Members::DecideCreation(_)
        | Members::AssociateEntity(_)
        | Members::ChangeEntity(_)
        | Members::DecideEntity(_)
        | Members::EndEntity(_) => None,
        Members::CreateOrganization(asked) => Some(asked.admin),
        Members::DeleteOrganization(asked) => Some(asked.admin),
        Members::InviteMember(asked) => Some(asked.admin),
        Members::CancelInvitation(asked) => Some(asked.admin),
        Members::ChangeMember(asked) => Some(asked.admin),
        Members::RemoveMembers(asked) => Some(asked.admin),
        Members::CreateMember(asked) => Some(asked.admin),
        Members::RetryCreation(asked) => Some(asked.admin),
        Members::DenyInvitation(asked) => Some(asked.member),
        Members::AcceptInvitation(asked) => Some(asked.member),
        Members::DecidePermissions(asked) => Some(asked.member),
        Members::QuitOrganization(asked) => Some(asked.member),
    }
}

impl Auditor {
    pub(super) fn permit(&self, actor: Actor, step: &Step) -> Judged {
        match (actor, whose(step)) {
            (Actor::System, AllowedCaller::System | AllowedCaller::Both) => Ok(()),
            (Actor::System, AllowedCaller::Platform) | (Actor::Platform { .. }, AllowedCaller::System) => {
                refuse("wrong_role")
            }
            (Actor::Platform { access: KeyAccess::Full, .. }, AllowedCaller::Platform | AllowedCaller::Both) => Ok(()),
            (Actor::Platform { access: KeyAccess::Read, .. }, AllowedCaller::Platform | AllowedCaller::Both) => {
                refuse("read_only_key")
            }
            (Actor::Account { uin: actor, .. }, _) => self.permit_account(actor, step),
        }
    }

    fn permit_account(&self, actor: Uin, step: &Step) -> Judged {
        // In an organization everybody speaks for itself (O39, O43).
        if let Step::Command(Command::Members(command)) = step {
            return match speaker(command) {
                None => refuse("wrong_role"),
                Some(speaker) if speaker == actor => Ok(()),
                Some(_) => refuse("not_yours"),
            };
        }
        // Whose an order is to pay is judged with the order.
        if let Step::Command(Command::Buying(Buying::PayOrder(_))) = step {
            return Ok(());
        }
        let kind = self.partners.get(&actor).map(|partner| partner.kind);
        let sells =
            matches!(kind, Some(PartnerKind::Reseller | PartnerKind::Distributor | PartnerKind::SecondLevelReseller));
        let (role, reached) = match step {
            Step::Command(
                Command::Parties(Parties::AllocateCredit(parties::AllocateCredit { customer, .. }))
                | Command::Parties(Parties::NoteCustomer(parties::NoteCustomer { customer }))
                | Command::Standing(Standing::ForceSuspension(standing::ForceSuspension { customer, .. })),
            ) => (sells, self.is_direct(*customer, actor)),
            Step::Command(Command::Bills(Bills::ConfirmReceipt(bills::ConfirmReceipt { customer, .. })))
            | Step::ConfirmLines { customer, .. } => {
                (sells, self.is_direct(*customer, actor) || self.was_bound_to(*customer, actor))
            }
            Step::Command(Command::Parties(Parties::AllocatePool(asked))) => {
                (kind == Some(PartnerKind::Distributor), self.is_below(asked.second_level, actor))
            }
            Step::Command(_) | Step::Refund { .. } | Step::Resize { .. } | Step::Terminate { .. } => (false, false),
        };
        match (role, reached) {
            (false, _) => refuse("wrong_role"),
            (true, false) => refuse("not_yours"),
            (true, true) => Ok(()),
        }
    }

    fn is_direct(&self, customer: Uin, partner: Uin) -> bool {
        self.binding_of(customer).is_some_and(|bound| bound.partner == partner)
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
