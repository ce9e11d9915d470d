//! Who and what symbols mean as things stand; what is asked of them is `asked`'s.
//! Mostly something that suits the command, so that most draws get as far as the figures; sometimes anything at all.

use crate::known::Known;
use crate::workload::{Money, Step, Who};
use credere_auditor::facts::{Account, Bound, Partner};
use credere_auditor::{Auditor, NEVER, Step as Asked};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Book, Command, bills, buying, metering, parties, standing, vouchers};
use credere_core::channel::{AuthorizationId, OrderId, OrderState, PartnerKind, ProductCode, ResourceName, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_testkit::signer;

const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

/// One of `things`, or something that was never made.
pub(crate) fn pick<T: Copy>(things: &[T], which: u8, never: T) -> T {
    let at = usize::from(which) % (things.len() + 1);
    things.get(at).copied().unwrap_or(never)
}

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).expect("the numbers of the tests are in range")
}

pub(crate) fn product_code(which: u8) -> ProductCode {
    ["cvm", "cvm", "cvm", "cvm", "cos", "cos", "cos", "cdn"][usize::from(which) % 8]
        .parse()
        .expect("the codes of the tests are codes")
}

impl Step {
    /// What is asked for and who does, as things stand.
    pub(crate) fn made_concrete(&self, known: &Known, book: &Book, world: &Auditor, now: Moment) -> (Actor, Asked) {
        let scene = Scene { known, book, world, now };
        let asked = scene.asked(&self.sketch);
        let actor = match self.who {
            Who::Platform => PLATFORM,
            Who::Reader => Actor::Platform { key: 2, access: KeyAccess::Read },
            Who::System => Actor::System,
            Who::Party(party) => signer(scene.party(party)),
            Who::Fitting => scene.fitting(&asked),
        };
        (actor, asked)
    }
}

pub(crate) struct Scene<'a> {
    pub(crate) known: &'a Known,
    pub(crate) book: &'a Book,
    pub(crate) world: &'a Auditor,
    pub(crate) now: Moment,
}

impl Scene<'_> {
    /// Any account, or one that does not exist.
    pub(crate) fn party(&self, which: u8) -> Uin {
        let all: Vec<Uin> = self.world.accounts.keys().copied().collect();
        pick(&all, which, uin(404))
    }

    /// Mostly an account that suits, sometimes any.
    pub(crate) fn mostly(&self, which: u8, suits: impl Fn(Uin) -> bool) -> Uin {
        let suitable: Vec<Uin> = self.world.accounts.keys().copied().filter(|uin| suits(*uin)).collect();
        match suitable.get(usize::from(which / 8) % suitable.len().max(1)) {
            Some(uin) if !which.is_multiple_of(8) => *uin,
            _ => self.party(which / 8),
        }
    }

    /// What an account is as a customer.
    pub(crate) fn bound(&self, account: Uin) -> Option<&Bound> {
        self.world.accounts.get(&account)?.bound.as_ref()
    }

    /// What an account is as a partner.
    pub(crate) fn sells(&self, account: Uin) -> Option<&Partner> {
        self.world.partners.get(&account)
    }

    pub(crate) fn customer(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.bound(uin).is_some())
    }

    pub(crate) fn partner(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.sells(uin).is_some())
    }

    pub(crate) fn outsider(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.bound(uin).is_none() && self.sells(uin).is_none())
    }

    /// Somebody that pays for members of an organization and is in none, where there is one.
    pub(crate) fn pays_from_outside(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.world.organization_of(uin).is_none() && !self.world.paid_for_by(uin).is_empty())
    }

    /// Somebody that pays for itself: nobody's customer, an agent, or an agent's customer.
    pub(crate) fn pays_for_itself(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.world.pays_for_itself(uin))
    }

    /// Somebody that may buy: a customer, often who pays for itself or is paid for, or once in a while a partner.
    pub(crate) fn buyer(&self, which: u8) -> Uin {
        match which {
            0..24 => self.partner(which * 8 + 1),
            _ if which % 3 == 1 => self.mostly(which, |uin| self.world.payer_of(uin).is_some()),
            _ if which.is_multiple_of(3) => self.pays_for_itself(which),
            _ => self.customer(which),
        }
    }

    pub(crate) fn kind(&self, which: u8, kind: PartnerKind) -> Uin {
        self.mostly(which, |uin| self.sells(uin).is_some_and(|partner| partner.kind == kind))
    }

    /// Mostly an order in such a state, sometimes any.
    pub(crate) fn order(&self, which: u8, states: &[OrderState]) -> OrderId {
        let suits = |id: &&OrderId| self.book.open_order(**id).is_some_and(|order| states.contains(&order.state));
        let suitable: Vec<OrderId> = self.known.orders.iter().filter(suits).copied().collect();
        match suitable.get(usize::from(which / 8) % suitable.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => *id,
            _ => pick(&self.known.orders, which / 8, OrderId(NEVER)),
        }
    }

    /// Mostly an open authorization, sometimes any.
    pub(crate) fn authorization(&self, which: u8) -> AuthorizationId {
        let open = |id: &&AuthorizationId| self.book.open_authorization(**id).is_some();
        let open: Vec<AuthorizationId> = self.known.authorizations.iter().filter(open).copied().collect();
        let never = AuthorizationId { account: uin(404), opened_seq: NEVER };
        match open.get(usize::from(which / 8) % open.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => *id,
            _ => pick(&self.known.authorizations, which / 8, never),
        }
    }

    /// An amount in a command about this party.
    pub(crate) fn amount(&self, money: &Money, about: Uin) -> Amount {
        match money {
            Money::Units(units) => Amount::from_units(*units),
            Money::Near { whose, figure, delta } => {
                // Of who is paid for mostly what its payer has.
                let about = self.world.payer_of(about).filter(|_| whose % 16 < 12).unwrap_or(about);
                let managing = self.bound(about).map(|bound| bound.partner);
                let above = self.sells(about).and_then(|partner| partner.above);
                let whose = match (whose % 8, managing.or(above)) {
                    (0..=3, _) | (4..=6, None) => about,
                    (4..=6, Some(partner)) => partner,
                    _ => self.party(whose / 8),
                };
                let of_credit = self.world.accounts.get(&whose).and_then(Account::lent);
                let of_credit = of_credit.map(|c| [c.available(), c.total, c.used, c.frozen]);
                let own = self.world.accounts.get(&whose).filter(|_| self.world.pays_for_itself(whose));
                let of_own = own.map(|known| {
                    let own = &known.own;
                    [own.available(), own.cash, own.owed, own.held + own.frozen]
                });
                let of_partner = self.sells(whose).map(|p| {
                    let spend = p.spend;
                    [
                        p.quota - p.allocated,
                        spend.map_or(p.quota, |spend| spend.available()),
                        p.allocated,
                        spend.map_or(0, |spend| spend.line),
                    ]
                });
                let known = of_credit.or(of_own).or(of_partner).unwrap_or([0; 4])[usize::from(*figure) % 4];
                let bound = i128::from(Amount::INPUT_MAX.units());
                Amount::from_wide((known + i128::from(*delta)).clamp(-bound, bound)).expect("what can be sent fits")
            }
        }
    }

    /// An amount that goes down, or comes back.
    pub(crate) fn signed(&self, money: &Money, about: Uin, back: bool) -> Amount {
        let amount = self.amount(money, about);
        if back { amount.negated().expect("what can be sent has an opposite") } else { amount }
    }

    pub(crate) fn later(&self, hours: i64) -> Moment {
        self.now.plus_seconds(hours * 3_600)
    }

    fn fitting(&self, asked: &Asked) -> Actor {
        let Asked::Command(command) = asked else { return PLATFORM };
        let bound_to = |customer: &Uin| self.bound(*customer).map(|bound| bound.partner);
        let above = |partner: &Uin| self.sells(*partner)?.above;
        match command {
            Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit { customer, .. }))
            | Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer }))
            | Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt { customer, .. }))
            | Command::Standing(standing::Command::ForceSuspension(standing::ForceSuspension { customer, .. })) => {
                bound_to(customer).map_or(PLATFORM, signer)
            }
            Command::Parties(parties::Command::AllocatePool(asked)) => {
                above(&asked.second_level).map_or(PLATFORM, signer)
            }
            Command::Buying(buying::Command::Expire(_) | buying::Command::ReturnShare(_))
            | Command::Standing(standing::Command::ReviewCustomer(_))
            | Command::Metering(metering::Command::SuspendResource(_))
            | Command::Metering(metering::Command::ResumeResource(_))
            | Command::Metering(metering::Command::DeleteResource(_))
            | Command::Vouchers(vouchers::Command::ExpireVoucher(_))
            | Command::Bills(bills::Command::IssueBills(_)) => Actor::System,
            Command::Members(command) if self.now.micros() / 1_000_000 % 2 == 0 => {
                self.speaks(command).map_or(PLATFORM, signer)
            }
            _ => PLATFORM,
        }
    }

    /// Mostly a resource that runs or is stopped, and its account.
    pub(crate) fn resource(&self, which: u8) -> (ResourceName, Uin) {
        let running: Vec<_> = self.book.resources().collect();
        match running.get(usize::from(which / 8) % running.len().max(1)) {
            Some(resource) if !which.is_multiple_of(8) => (resource.name.clone(), resource.account),
            _ => (name(which), self.customer(which)),
        }
    }

    /// Who pays the platform for a customer.
    pub(crate) fn payer(&self, customer: Uin) -> Option<Uin> {
        let managing = self.bound(customer)?.partner;
        Some(self.sells(managing)?.above.unwrap_or(managing))
    }

    /// From when until when accounts were bound to somebody, the last time that has ended, or paid for, the last time.
    pub(crate) fn turns(&self) -> Vec<(Uin, [Moment; 2])> {
        let accounts = self.book.accounts().map(|account| account.uin);
        let turns = accounts.flat_map(|uin| {
            let left = self.book.former_bindings(uin).last().map(|left| [left.from, left.until]);
            let paid_for = self.book.payer_intervals(uin).last();
            let paid_for = paid_for.map(|it| [it.from, it.until.map_or(self.now, |(until, _)| until)]);
            [left, paid_for].into_iter().flatten().map(move |turn| (uin, turn))
        });
        turns.collect()
    }

    /// What a customer's managing partner may still issue in vouchers.
    pub(crate) fn quota(&self, customer: Uin) -> Amount {
        let managing = self.bound(customer).and_then(|bound| self.sells(bound.partner));
        let left = managing.map_or(0, |partner| partner.voucher_quota - partner.vouchers_issued);
        Amount::from_wide(left).unwrap_or_default()
    }
}

pub(crate) fn name(which: u8) -> ResourceName {
    format!("vm-{which}").parse().expect("the names of the tests are names")
}
