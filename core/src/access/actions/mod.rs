//! Every action there is. Each area's file says its own, once: the action, its name, and its row; here the rows of all
//! become one enum, so that an action is named without its area wherever it is asked for.

mod audit;
mod bills;
mod buying;
mod catalogue;
mod deployment;
mod finance;
mod members;
mod metering;
mod notices;
mod packs;
mod parties;
mod payers;
mod standing;
mod transfers;
mod vouchers;

use super::permission::{
    ACCOUNTS, BUYERS, CUSTOMERS, DISTRIBUTORS, FIRST_LEVEL, PLATFORM_READ, PLATFORM_WRITE, Permission, Reach, SELLERS,
    SYSTEM_WRITE,
};

/// Adds the rows of one area after the other, and makes the enum of them.
macro_rules! gather {
    ([] $($areas:tt)*) => { actions! { $($areas)* } };
    ([$first:ident $($others:ident)*] $($areas:tt)*) => { $first::rows! { gather [$($others)*] $($areas)* } };
}

macro_rules! actions {
    ($({ $area:literal $($action:ident = $name:literal, $permission:expr;)* })*) => {
        /// Something that can be asked for, through whichever face.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names say it; `Action::name` is what people see")]
        pub enum Action { $($($action,)*)* }

        impl Action {
            /// Every area by its name, with its actions, in the order of the printed matrix.
            pub const AREAS: &[(&str, &[Action])] = &[$(($area, &[$(Action::$action),*]),)*];

            /// Every action, in the same order.
            pub const ALL: [Action; [$($(Action::$action,)*)*].len()] = [$($(Action::$action,)*)*];

            /// Its row.
            pub const fn permission(self) -> Permission {
                match self { $($(Action::$action => $permission,)*)* }
            }

            /// Its name in the journal, in the audit and in the printed matrix.
            pub const fn name(self) -> &'static str {
                match self { $($(Action::$action => $name,)*)* }
            }
        }
    };
}

gather! { [parties catalogue buying metering vouchers packs bills standing notices finance members payers transfers deployment audit] }
