//! Everything that can be asked of the book, by area.

use super::home::Home;
use super::{
    bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing, transfers,
    vouchers,
};
use crate::access::Action;
use crate::channel::Uin;

/// One request for a change. A `Change…` carries what was sent and nothing else, and what is absent stays as it is when
/// the command is decided: two that change different things at once both hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the areas say what they are about")]
pub enum Command {
    Parties(parties::Command),
    Catalogue(catalogue::Command),
    Buying(buying::Command),
    Metering(metering::Command),
    Vouchers(vouchers::Command),
    Bills(bills::Command),
    Standing(standing::Command),
    Notices(notices::Command),
    Finance(finance::Command),
    Members(members::Command),
    Packs(packs::Command),
    Transfers(transfers::Command),
    Deployment(deployment::Command),
}

impl Command {
    /// What this is in the access matrix, and the account that it is done to.
    pub fn action(&self) -> (Action, Option<Uin>) {
        match self {
            Command::Parties(command) => command.action(),
            Command::Catalogue(command) => command.action(),
            Command::Buying(command) => command.action(),
            Command::Metering(command) => command.action(),
            Command::Vouchers(command) => command.action(),
            Command::Bills(command) => command.action(),
            Command::Standing(command) => command.action(),
            Command::Notices(command) => command.action(),
            Command::Finance(command) => command.action(),
            Command::Members(command) => command.action(),
            Command::Packs(command) => command.action(),
            Command::Transfers(command) => command.action(),
            Command::Deployment(command) => command.action(),
        }
    }

    /// Where it is decided.
    pub fn home(&self) -> Home {
        match self {
            Command::Parties(command) => command.home(),
            Command::Catalogue(command) => command.home(),
            Command::Buying(command) => command.home(),
            Command::Metering(command) => command.home(),
            Command::Vouchers(command) => command.home(),
            Command::Bills(command) => command.home(),
            Command::Standing(command) => command.home(),
            Command::Notices(command) => command.home(),
            Command::Finance(command) => command.home(),
            Command::Members(command) => command.home(),
            Command::Packs(command) => command.home(),
            Command::Transfers(command) => command.home(),
            Command::Deployment(command) => command.home(),
        }
    }
}

macro_rules! kinds {
    ($($folder:ident)*) => {
        impl Command {
            /// Every kind by the name of its row in the access matrix, area by area.
            pub fn kinds() -> impl Iterator<Item = &'static str> {
                [$(&$folder::Command::NAMES[..]),*].into_iter().flatten().copied()
            }
        }
    };
}
kinds!(parties catalogue buying metering vouchers bills standing notices finance members packs transfers deployment);

/// The commands of an area: each has a row of its name in the access matrix, the account that it is done to, and its home.
/// Each is a [`Command`] of the book: `BindCustomer { .. }.into()`. Large ones are boxed.
macro_rules! commands {
    ($area:ident { $($name:ident $([$boxed:ident])? ($asked:pat) => $target:expr, $home:expr;)* }) => {
        /// One request for a change.
        #[derive(Debug, Clone, PartialEq, Eq, credere_numbered::Named)]
        #[expect(missing_docs, reason = "the types say what they are")]
        pub enum Command {
            $($name(commands!(@held $name $($boxed)?)),)*
        }

        impl Command {
            /// What this is in the access matrix, and the account that it is done to.
            #[allow(unused_variables, reason = "a row has one name for both tables")]
            pub fn action(&self) -> (crate::access::Action, Option<crate::channel::Uin>) {
                match self {
                    $(Command::$name($asked) => (crate::access::Action::$name, $target),)*
                }
            }

            /// Where it is decided.
            #[allow(unused_variables, reason = "a row has one name for both tables")]
            pub fn home(&self) -> crate::book::Home {
                match self {
                    $(Command::$name($asked) => $home,)*
                }
            }
        }

        $(
            impl From<$name> for crate::book::Command {
                fn from(asked: $name) -> crate::book::Command {
                    crate::book::Command::$area(Command::$name(asked.into()))
                }
            }
        )*
    };
    (@held $name:ident) => { $name };
    (@held $name:ident boxed) => { Box<$name> };
}
pub(super) use commands;
