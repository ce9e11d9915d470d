//! What has happened, by area. An event is a fact with the figures after it; it never asks anything of the book that
//! applies it but that the book stands where it stood when the event was decided. Stored under the numbers beside the
//! areas and, within an area, beside its events: a change of shape needs a new record version and a golden file.

use super::{
    bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing, transfers,
    vouchers,
};
use crate::channel::{Charge, Uin};
use credere_numbered::Numbered;

/// One fact. `…_after` is the figure once the fact holds. Things that get a number get the event's own journal position.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
#[expect(missing_docs, reason = "the areas say what they are about")]
pub enum Event {
    Parties(parties::Event) = 1,
    Catalogue(catalogue::Event) = 2,
    Buying(buying::Event) = 3,
    Metering(metering::Event) = 4,
    Vouchers(vouchers::Event) = 5,
    Bills(bills::Event) = 6,
    Standing(standing::Event) = 7,
    Notices(notices::Event) = 8,
    Deployment(deployment::Event) = 9,
    Finance(finance::Event) = 10,
    Members(members::Event) = 11,
    Packs(packs::Event) = 12,
    Transfers(transfers::Event) = 13,
}

impl Event {
    /// The event's name in logs and explanations: its kind, but of an order what has changed.
    pub const fn name(&self) -> &'static str {
        match self {
            Event::Buying(buying::Event::OrderChanged(changed)) => changed.change.name(),
            other => other.kind(),
        }
    }

    /// The charge that it posted: its bill line has the event's journal position.
    pub fn charge(&self) -> Option<&Charge> {
        match self {
            Event::Buying(event) => event.charge(),
            Event::Metering(event) => event.charge(),
            Event::Parties(_)
            | Event::Catalogue(_)
            | Event::Vouchers(_)
            | Event::Bills(_)
            | Event::Standing(_)
            | Event::Notices(_)
            | Event::Finance(_)
            | Event::Members(_)
            | Event::Packs(_)
            | Event::Transfers(_)
            | Event::Deployment(_) => None,
        }
    }

    /// The account that it is about, where it is about one: whose purchase, resource or money it is, or who joined.
    pub fn account(&self) -> Option<Uin> {
        match self {
            Event::Parties(event) => event.touches(),
            Event::Buying(event) => Some(event.touches()),
            Event::Metering(event) => Some(event.touches()),
            Event::Bills(event) => event.touches(),
            Event::Standing(event) => Some(event.touches()),
            Event::Finance(event) => Some(event.touches()),
            Event::Members(event) => event.account(),
            Event::Packs(event) => Some(event.touches()),
            Event::Transfers(event) => Some(event.member()),
            Event::Notices(event) => event.account(),
            Event::Catalogue(_) | Event::Vouchers(_) | Event::Deployment(_) => None,
        }
    }

    /// The account that it opened.
    pub fn opened(&self) -> Option<&parties::AccountOpened> {
        match self {
            Event::Parties(parties::Event::AccountOpened(opened)) => Some(opened),
            Event::Members(members::Event::MemberCreated(created)) => Some(&created.opened),
            _ => None,
        }
    }

    /// The binding that it began.
    pub fn bound(&self) -> Option<&parties::CustomerBound> {
        match self {
            Event::Parties(parties::Event::CustomerBound(bound)) => Some(bound),
            Event::Members(members::Event::MemberCreated(created)) => created.bound.as_ref(),
            _ => None,
        }
    }

    /// Who pays for it, where it is a purchase, or may pay, where it is about a member; whose money it was, where that was handed
    /// over.
    pub fn payer(&self) -> Option<Uin> {
        match self {
            Event::Buying(event) => Some(event.payer()),
            Event::Metering(event) => Some(event.payer()),
            Event::Members(event) => event.admin(),
            Event::Transfers(event) => Some(event.admin()),
            Event::Parties(_)
            | Event::Catalogue(_)
            | Event::Vouchers(_)
            | Event::Bills(_)
            | Event::Standing(_)
            | Event::Notices(_)
            | Event::Finance(_)
            | Event::Packs(_)
            | Event::Deployment(_) => None,
        }
    }

    /// The accounts whose credit line, standing or resources it may have changed, whoever pays for them last: what may follow is
    /// looked up there.
    pub fn touches(&self) -> impl Iterator<Item = Uin> {
        let (account, payer) = (self.account(), self.payer());
        let members = match self {
            Event::Members(event) => event.left(),
            _ => &[],
        };
        let members = members.iter().map(|(member, _)| *member).filter(move |member| Some(*member) != account);
        let shares = match self {
            Event::Buying(event) => event.shares(),
            _ => &[],
        };
        let payer = payer.filter(move |payer| Some(*payer) != account);
        let others = shares.iter().skip(1).map(|share| share.paying.payer);
        let others = others.filter(move |other| Some(*other) != account && Some(*other) != payer);
        account.into_iter().chain(members).chain(payer).chain(others)
    }
}

macro_rules! kinds {
    ($($area:ident $folder:ident),*) => {
        impl Event {
            /// Which kind of fact it is.
            pub const fn kind(&self) -> &'static str {
                match self { $(Event::$area(event) => event.name(),)* }
            }

            /// Every kind, area by area.
            pub fn kinds() -> impl Iterator<Item = &'static str> {
                [$(&$folder::Event::NAMES[..]),*].into_iter().flatten().copied()
            }
        }
    };
}
kinds!(Parties parties, Catalogue catalogue, Buying buying, Metering metering, Vouchers vouchers, Bills bills,
    Standing standing, Notices notices, Finance finance, Members members, Packs packs, Transfers transfers, Deployment deployment);

/// The events of an area, each with the number that it is stored under. Each is an [`Event`] of the book, and the decision
/// that needs no explanation.
macro_rules! events {
    ($area:ident { $($name:ident = $number:tt),* $(,)? }) => {
        /// One fact.
        #[derive(Debug, Clone, PartialEq, Eq, credere_numbered::Numbered, credere_numbered::Named)]
        #[repr(u8)]
        pub enum Event {
            $($name($name) = $number,)*
        }

        $(
            impl From<$name> for crate::book::Event {
                fn from(fact: $name) -> crate::book::Event {
                    crate::book::Event::$area(Event::$name(fact))
                }
            }

            impl From<$name> for crate::book::Decision {
                fn from(fact: $name) -> crate::book::Decision {
                    crate::book::Event::from(fact).into()
                }
            }
        )*
    };
}
pub(super) use events;
