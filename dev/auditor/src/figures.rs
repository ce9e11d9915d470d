//! Figures by name: what a book says and what it must say are both told as such a list, so that they can be compared one by
//! one. `found` asks the book, `expected` the auditor's account; both in the same order and under the same names.

use super::facts::{Asked, Creation, PrepaidResource, Relation, State};
use super::{Difference, Units};
use credere_core::channel::{AccountClass, ActionType, ResourceName, Site, Tier, Uin, Verification};
use credere_core::ledger::{Moment, Month};
use credere_core::organization::{Condition, EndedBy, Failure, Feature, Permission, Permissions, Quotas, StartedBy};
use std::fmt;

/// Figures of accounts, their vouchers, bills and resources, and of the book itself.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub(super) figures: Vec<(FigureOwner, &'static str, Units)>,
}

/// Whose a figure is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FigureOwner {
    Account(Uin),
    Voucher(u64),
    Pack(u64),
    /// The lines of one type on a bill, under one binding, that are not confirmed.
    Bill(Uin, u64, Month, ActionType),
    Resource(ResourceName),
    Prepaid(PrepaidResource),
    Organization(u64),
    Invitation(u64),
    Creation(u64),
    Relation(u64),
    Transfer(u64),
    Book,
}

impl fmt::Display for FigureOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FigureOwner::Account(uin) => write!(f, "account {uin}"),
            FigureOwner::Voucher(id) => write!(f, "voucher {id}"),
            FigureOwner::Pack(id) => write!(f, "pack {id}"),
            FigureOwner::Bill(uin, binding, month, action) => {
                write!(f, "{} on the bill of {uin} for {month} (binding {binding})", action.name())
            }
            FigureOwner::Resource(name) => write!(f, "resource {name}"),
            FigureOwner::Prepaid((uin, payer, binding, name)) => {
                write!(f, "prepaid resource {name} of {uin} (paid by {payer} from {binding})")
            }
            FigureOwner::Organization(id) => write!(f, "organization {id}"),
            FigureOwner::Invitation(id) => write!(f, "invitation {id}"),
            FigureOwner::Creation(id) => write!(f, "creation {id}"),
            FigureOwner::Relation(id) => write!(f, "relation {id}"),
            FigureOwner::Transfer(id) => write!(f, "transfer {id}"),
            FigureOwner::Book => f.write_str("the book"),
        }
    }
}

impl Seen {
    pub(super) fn add(&mut self, whose: &FigureOwner, figures: impl IntoIterator<Item = (&'static str, Units)>) {
        self.figures.extend(figures.into_iter().map(|(name, value)| (whose.clone(), name, value)));
    }

    /// How an account is sorted.
    pub(super) fn sorted(
        &mut self,
        whose: &FigureOwner,
        class: AccountClass,
        verification: Verification,
        tier: Tier,
        site: Site,
    ) {
        let class = match class {
            AccountClass::External => 0,
            AccountClass::Internal(kind) => 1 + Units::from(kind),
        };
        let verification = match verification {
            Verification::None => 0,
            Verification::Personal => 1,
            Verification::Enterprise => 2,
        };
        let tier = match tier {
            Tier::None => 0,
            Tier::Key => 1,
            Tier::Mid => 2,
            Tier::LongTail => 3,
        };
        let site = Units::from(site == Site::Cn);
        self.add(whose, [("class", class), ("how far verified", verification), ("tier", tier), ("site", site)]);
    }

    /// What is told of an account: a text as the number that its bytes are.
    pub(super) fn told(
        &mut self,
        whose: &FigureOwner,
        entity: Option<&str>,
        followed: bool,
        cards: impl Iterator<Item = u64>,
    ) {
        let entity = entity.map_or(NONE, bytes);
        self.add(whose, [("verified as", entity), ("followed", Units::from(followed))]);
        self.add(whose, cards.map(|card| ("card", Units::from(card))));
    }

    /// The first figure of this name, whosever it is.
    pub fn first_mut(&mut self, name: &str) -> Option<&mut Units> {
        self.figures.iter_mut().find(|(_, other, _)| *other == name).map(|(_, _, value)| value)
    }

    /// This figure of an account.
    pub fn of_account_mut(&mut self, uin: Uin, name: &str) -> Option<&mut Units> {
        let theirs = |whose: &FigureOwner, other: &str| *whose == FigureOwner::Account(uin) && other == name;
        self.figures.iter_mut().find(|(whose, other, _)| theirs(whose, other)).map(|(_, _, value)| value)
    }
}

/// What is told of how whoever spends stands, as a customer that has its credit from a partner.
pub(super) const OF_CREDIT: [&str; 9] = [
    "standing",
    "told suspension",
    "overdue since",
    "forced since",
    "orders that are processing",
    "parked orders",
    "open authorizations",
    "non-stop for prepaid",
    "non-stop for postpaid",
];

/// The same of who pays for itself, which has no settings.
pub(super) const OF_OWN_MONEY: [&str; 9] = [
    "own standing",
    "told own suspension",
    "own overdue since",
    "own forced since",
    "own orders that are processing",
    "own parked orders",
    "own open authorizations",
    "own non-stop for prepaid",
    "own non-stop for postpaid",
];

/// What is said of an organization.
pub(super) struct OrganizationSeen<'a> {
    pub(super) id: u64,
    pub(super) admin: Uin,
    pub(super) created_at: Moment,
    pub(super) features: &'a [Feature],
    pub(super) quotas: Quotas,
    pub(super) member_deletion: bool,
    /// Its members, oldest first.
    pub(super) members: Vec<Uin>,
}

/// What is said of an invitation that can still be accepted.
pub(super) struct InvitationSeen {
    pub(super) id: u64,
    pub(super) organization: u64,
    pub(super) member: Uin,
    pub(super) permissions: Permissions,
    pub(super) payer: Option<Uin>,
    pub(super) allow_quit: bool,
    pub(super) sent_at: Moment,
}

/// What is said of a member.
pub(super) struct MemberSeen {
    pub(super) organization: u64,
    /// Whether its account was opened for the organization.
    pub(super) created: bool,
    pub(super) permissions: Permissions,
    pub(super) asked: Option<Asked>,
    pub(super) allow_quit: bool,
    pub(super) joined_at: Moment,
}

/// When somebody else paid for an account, as it is said.
pub(super) struct IntervalSeen {
    pub(super) payer: Uin,
    pub(super) organization: u64,
    pub(super) from: Moment,
    pub(super) until: Option<(Moment, EndedBy)>,
    pub(super) started_by: StartedBy,
}

impl Seen {
    pub(super) fn organization(&mut self, seen: &OrganizationSeen<'_>) {
        let quotas = seen.quotas;
        let whose = FigureOwner::Organization(seen.id);
        self.add(
            &whose,
            [
                ("admin", account(Some(seen.admin))),
                ("created at", moment(Some(seen.created_at))),
                ("features", bits(&Feature::ALL, seen.features)),
                ("quota of accounts", Units::from(quotas.accounts)),
                ("quota of departments", Units::from(quotas.departments)),
                ("quota of open invitations", Units::from(quotas.open_invitations)),
                ("quota of creations", Units::from(quotas.creations_per_day)),
                ("member deletion", Units::from(seen.member_deletion)),
            ],
        );
        self.add(&whose, seen.members.iter().map(|member| ("member", account(Some(*member)))));
    }

    pub(super) fn invitation(&mut self, seen: &InvitationSeen) {
        self.add(
            &FigureOwner::Invitation(seen.id),
            [
                ("of organization", Units::from(seen.organization)),
                ("invited", account(Some(seen.member))),
                ("invited with permissions", permissions(Some(seen.permissions))),
                ("invited with payer", account(seen.payer)),
                ("invited with allow quit", Units::from(seen.allow_quit)),
                ("sent at", moment(Some(seen.sent_at))),
            ],
        );
    }

    pub(super) fn member(&mut self, whose: &FigureOwner, seen: &MemberSeen) {
        self.add(
            whose,
            [
                ("member of", Units::from(seen.organization)),
                ("permissions", permissions(Some(seen.permissions))),
                ("was created for it", Units::from(seen.created)),
                ("permissions asked for", permissions(seen.asked.map(|asked| asked.permissions))),
                ("payer asked for", account(seen.asked.and_then(|asked| asked.payer))),
                ("allow quit", Units::from(seen.allow_quit)),
                ("joined at", moment(Some(seen.joined_at))),
            ],
        );
    }

    pub(super) fn creation(&mut self, id: u64, seen: &Creation) {
        let whose = FigureOwner::Creation(id);
        let (state, failed): (Units, &[_]) = match &seen.state {
            State::Done => (0, &[]),
            State::Waiting => (1, &[]),
            State::Refused => (2, &[]),
            State::Failed(failed) => (3, failed),
        };
        self.add(
            &whose,
            [
                ("created for organization", Units::from(seen.organization)),
                ("created account", account(Some(seen.uin))),
                ("created under", seen.relation.map_or(NONE, Units::from)),
                ("created with permissions", permissions(Some(seen.permissions))),
                ("created with payer", account(seen.payer)),
                ("opened at", moment(Some(seen.at))),
                ("state of the creation", state),
            ],
        );
        let told = |(condition, failure): &(Condition, Failure)| {
            (Units::from(*condition as u8) << 8) | Units::from(*failure as u8)
        };
        self.add(&whose, failed.iter().map(|one| ("condition that was not met", told(one))));
    }

    pub(super) fn relation(&mut self, id: u64, seen: &Relation) {
        self.add(
            &FigureOwner::Relation(id),
            [
                ("related organization", Units::from(seen.organization)),
                ("related entity", bytes(&seen.entity)),
                ("relation is active", Units::from(seen.active)),
                ("answers for the entity", account(seen.admin)),
            ],
        );
    }

    pub(super) fn interval(&mut self, whose: &FigureOwner, seen: &IntervalSeen) {
        let ended_by = seen.until.map_or(NONE, |(_, ended_by)| place(&EndedBy::ALL, &ended_by));
        self.add(
            whose,
            [
                ("paid for by", account(Some(seen.payer))),
                ("paid for in", Units::from(seen.organization)),
                ("paid for from", moment(Some(seen.from))),
                ("paid for until", moment(seen.until.map(|(until, _)| until))),
                ("paid for because of", place(&StartedBy::ALL, &seen.started_by)),
                ("paid for until because of", ended_by),
            ],
        );
    }
}

fn permissions(permissions: Option<Permissions>) -> Units {
    let bits =
        |all: Permissions| Permission::ALL.into_iter().filter(|one| all.has(*one)).map(|one| 1 << one.id()).sum();
    permissions.map_or(NONE, bits)
}

/// A text as the number that its bytes are.
fn bytes(text: &str) -> Units {
    text.bytes().fold(0, |all: Units, byte| (all << 8) | Units::from(byte))
}

/// Absent, among figures.
const NONE: Units = -1;

pub(super) fn moment(at: Option<Moment>) -> Units {
    at.map_or(NONE, |at| Units::from(at.micros()))
}

pub(super) fn month(month: Option<Month>) -> Units {
    month.map_or(NONE, |month| Units::from(month.number()))
}

pub(super) fn account(uin: Option<Uin>) -> Units {
    uin.map_or(NONE, |uin| Units::from(uin.number()))
}

pub(super) fn level(level: Option<u8>) -> Units {
    level.map_or(NONE, Units::from)
}

pub(super) fn count(number: usize) -> Units {
    Units::try_from(number).unwrap_or(NONE)
}

/// The place of something in a list of all that it could be.
pub(super) fn place<T: PartialEq>(all: &[T], one: &T) -> Units {
    all.iter().position(|other| other == one).map_or(NONE, count)
}

/// Which of a list there are, a bit each.
pub(super) fn bits<T: PartialEq>(all: &[T], some: &[T]) -> Units {
    all.iter().enumerate().filter(|(_, one)| some.contains(one)).map(|(at, _)| 1 << at).sum()
}

/// Every figure that differs, also one that only one of the two has.
pub fn differences(expected: &Seen, found: &Seen) -> Vec<Difference> {
    if expected.figures == found.figures {
        return Vec::new();
    }
    let told = |value: Option<Units>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    let look = |seen: &Seen, whose: &FigureOwner, name: &str| {
        seen.figures.iter().find(|(other, label, _)| other == whose && *label == name).map(|(_, _, value)| *value)
    };
    let mut all = Vec::new();
    for (whose, name, value) in &expected.figures {
        let other = look(found, whose, name);
        if other != Some(*value) {
            let what = format!("{whose}: {name}");
            all.push(Difference { what, expected: told(Some(*value)), found: told(other) });
        }
    }
    for (whose, name, value) in &found.figures {
        if look(expected, whose, name).is_none() {
            let what = format!("{whose}: {name}");
            all.push(Difference { what, expected: told(None), found: told(Some(*value)) });
        }
    }
    if all.is_empty() {
        let what = "the order of what the book lists".to_owned();
        all.push(Difference {
            what,
            expected: format!("{:?}", expected.figures),
            found: format!("{:?}", found.figures),
        });
    }
    all
}
