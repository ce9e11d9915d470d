//! Accounts, partners, customers: as many of each, and one that was bound as often.

use super::grown::{DISTRIBUTOR, FORMER, Grown, RESELLER, RICH, customer, second_level, stranger, uin};
use super::metering::usage;
use super::shape::{Asked, Shape, platform};
use credere_core::access::Actor;
use credere_core::book::parties;
use credere_core::channel::{AccountClass, PartnerKind, Tier, Uin, Verification};
use credere_core::money::Amount;

/// What each partner may hand out, owe, and issue in vouchers; a hundred times what a million customers take.
const QUOTA: Amount = Amount::whole(10_000_000_000);
/// What each customer is given.
pub(super) const CREDIT: Amount = Amount::whole(100);
/// What the one with everything is given.
const MUCH: Amount = Amount::whole(1_000_000_000);

fn open(uin: Uin) -> parties::OpenAccount {
    let (class, verification, tier) = (AccountClass::External, Verification::Personal, Tier::None);
    parties::OpenAccount { uin: Some(uin), class, verification, tier, site: None, entity: None, followed: false }
}

fn register(
    uin: Uin,
    kind: PartnerKind,
    distributor: Option<Uin>,
    allocation_quota: Amount,
) -> parties::RegisterPartner {
    let (spend_line, voucher_quota, allowlist) = (None, allocation_quota, Vec::new());
    parties::RegisterPartner { uin, kind, distributor, allocation_quota, spend_line, voucher_quota, allowlist }
}

fn bind(customer: Uin, partner: u64) -> parties::BindCustomer {
    parties::BindCustomer { customer, partner: uin(partner) }
}

pub(super) fn allocate(customer: Uin, amount: Amount) -> parties::AllocateCredit {
    parties::AllocateCredit { customer, amount, remark: None }
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for (partner, kind) in [(DISTRIBUTOR, PartnerKind::Distributor), (RESELLER, PartnerKind::Reseller)] {
        grown.obey(open(uin(partner)))?;
        grown.obey(register(uin(partner), kind, None, QUOTA))?;
    }
    for place in 0..grown.size {
        grown.obey(open(stranger(place)))?;
        grown.obey(open(second_level(place)))?;
        let above = Some(uin(DISTRIBUTOR));
        grown.obey(register(second_level(place), PartnerKind::SecondLevelReseller, above, Amount::whole(1)))?;
        grown.obey(open(customer(place)))?;
        grown.obey(bind(customer(place), RESELLER))?;
        grown.obey(allocate(customer(place), CREDIT))?;
    }
    grown.obey(open(uin(RICH)))?;
    grown.obey(bind(uin(RICH), RESELLER))?;
    grown.obey(allocate(uin(RICH), MUCH))?;
    // Bound for a second each time, with a bill left of it; once to the other partner.
    grown.obey(open(uin(FORMER)))?;
    for place in 0..grown.size {
        grown.obey(bind(uin(FORMER), if place == 0 { DISTRIBUTOR } else { RESELLER }))?;
        grown.obey(allocate(uin(FORMER), Amount::whole(1)))?;
        grown.obey(usage(grown.now, uin(FORMER), Amount::whole(1)))?;
        grown.now = grown.now.plus_seconds(1);
        grown.obey(parties::UnbindCustomer { customer: uin(FORMER) })?;
    }
    Ok(())
}

/// New accounts beyond those that there are.
fn newcomer(grown: &Grown, round: u64) -> Uin {
    stranger(grown.size + round)
}

/// An account that acts by one of its credentials.
pub(super) fn signed(number: u64) -> Actor {
    Actor::signed(uin(number), "AKIDexample".parse().expect("it is a plain text"))
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("open an account", |grown, round| platform(open(newcomer(grown, round)))),
        Shape::of("open an account, the next number", |_, _| {
            platform(parties::OpenAccount { uin: None, ..open(uin(RICH)) })
        }),
        Shape::of("change an account", |_, _| {
            platform(parties::ChangeAccount {
                uin: uin(RICH),
                class: None,
                verification: None,
                tier: Some(Tier::Key),
                entity: None,
                followed: None,
            })
        }),
        Shape::of("issue a credential", |_, round| {
            platform(parties::IssueCredential { uin: uin(RICH), secret_id: format!("id{round}") })
        }),
        Shape::of("revoke a credential", |_, round| {
            platform(parties::RevokeCredential { uin: uin(RICH), secret_id: format!("id{round}") })
        }),
        Shape::of("register a partner", |grown, round| {
            let (kind, above) = (PartnerKind::SecondLevelReseller, Some(uin(DISTRIBUTOR)));
            platform(register(newcomer(grown, round), kind, above, Amount::whole(1)))
        }),
        Shape::of("change a partner", |_, _| {
            let (spend_line, voucher_quota, allowlist) = (None, None, None);
            let (uin, allocation_quota) = (uin(RESELLER), Some(QUOTA));
            platform(parties::ChangePartner { uin, allocation_quota, spend_line, voucher_quota, allowlist })
        }),
        Shape::of("grant to a pool", |_, round| {
            let (second_level, amount) = (second_level(round), Amount::whole(1));
            platform(parties::AllocatePool { second_level, amount, remark: None })
        }),
        Shape::of("bind a customer", |_, round| platform(bind(stranger(round), RESELLER))),
        Shape::of("allocate credit", |_, round| platform(allocate(customer(round), Amount::whole(1)))),
        Shape::of("allocate credit by the partner", |_, round| {
            Ok(Asked::Command(signed(RESELLER), allocate(customer(round), Amount::whole(1)).into()))
        }),
        Shape::of("note a former customer, which is refused", |_, _| {
            Ok(Asked::Refused(signed(DISTRIBUTOR), parties::NoteCustomer { customer: uin(FORMER) }.into()))
        }),
        Shape::of("note a customer", |_, round| {
            Ok(Asked::Command(signed(RESELLER), parties::NoteCustomer { customer: customer(round) }.into()))
        }),
        // Old ones, so that many were bound after them.
        Shape::of("unbind a customer", |grown, round| {
            platform(parties::UnbindCustomer { customer: customer(grown.size / 4 + round) })
        }),
    ]
}
