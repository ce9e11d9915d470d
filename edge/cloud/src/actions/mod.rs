//! What the server offers: each version of a service has a room with the list of its actions, and each action is one file
//! in the room of its subject: its published types, the codes that it may answer, and a function that translates and calls
//! the application. What all of them share stands beside the rooms. The rules are in the core; nothing is decided here.

mod bill_words;
mod billing_v20180709;
mod errors;
mod intlpartnersmgt_v20220928;
mod membership;
mod offered;
mod once;
mod organization_v20181225;
mod organization_v20210331;
mod products;
mod reading;
mod regions;

pub use errors::EVERY_CALL;

use crate::error::ErrorCode;
use crate::limit::DEFAULT_PER_SECOND;
use crate::registry::{Action, Registry};
use crate::versions::Service;
use credere_app::App;
use credere_core::access::Role;
use offered::{Offered, Room};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Every action that is offered. One that is published and not here answers `InvalidAction`.
const OFFERED: &[Room] = &[
    billing_v20180709::ROOM,
    intlpartnersmgt_v20220928::ROOM,
    organization_v20181225::ROOM,
    organization_v20210331::ROOM,
];

/// Those of them that are not published: the console's, with definitions of our own (R90).
#[cfg(test)]
const UNPUBLISHED: [&str; 2] = ["ConfirmReceipt", "ConfirmReceipts"];

/// What is to be known of an action from outside, for the reference pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionReference {
    /// The service it belongs to.
    pub service: Service,
    /// The version it belongs to.
    pub version: &'static str,
    /// The published name.
    pub name: &'static str,
    /// Whether it changes anything.
    pub writes: bool,
    /// Calls per second and account.
    pub per_second: NonZeroU32,
    /// Who may call it.
    pub roles: &'static [Role],
    /// The codes published for it, besides [`EVERY_CALL`].
    pub errors: &'static [ErrorCode],
}

/// Every action that is offered, by service, version and name.
pub fn reference() -> Vec<ActionReference> {
    let described = |room: &Room, action: &Offered| ActionReference {
        service: room.service,
        version: room.version,
        name: action.name,
        writes: action.access.permission().writes,
        per_second: action.per_second.unwrap_or(DEFAULT_PER_SECOND),
        roles: action.access.permission().roles,
        errors: action.errors,
    };
    OFFERED.iter().flat_map(|room| room.actions.iter().map(move |action| described(room, action))).collect()
}

/// The registry of every action that is offered.
pub(crate) fn registry() -> Registry<Arc<App>> {
    let entry = |room: &Room, action: &Offered| Action {
        name: action.name,
        service: room.service,
        version: room.version,
        writes: action.access.permission().writes,
        per_second: action.per_second.unwrap_or(DEFAULT_PER_SECOND),
        params: action.params,
        run: action.run,
    };
    let entries = OFFERED.iter().flat_map(|room| room.actions.iter().map(move |action| entry(room, action)));
    Registry::new(entries).expect("the list above names every action once, under a version of its service")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::catalogue::SERVICES;

    #[test]
    fn what_is_offered_is_published_and_sorted() {
        let mut seen = Vec::new();
        for action in reference() {
            let published = SERVICES.iter().find(|s| s.name == action.service.name() && s.version == action.version);
            let own = UNPUBLISHED.contains(&action.name);
            assert!(
                published.is_some_and(|service| service.has(action.name) != own),
                "{} is not published",
                action.name
            );
            assert!(!action.roles.is_empty(), "nobody may call {}", action.name);
            seen.push((action.service, action.version, action.name));
        }
        assert!(seen.is_sorted());
        assert_eq!(registry().iter().count(), seen.len());
    }

    #[test]
    fn calls_per_second_are_those_that_are_published() {
        const VERSION: &str = "2022-09-28";
        let registry = registry();
        for (name, per_second) in [
            ("QueryCreditByUinList", 5),
            ("QueryCustomerBillingQuota", 5),
            ("ModifyClientRemark", 5),
            ("DescribeBillSummary", 1),
            ("DescribeBillSummaryByProduct", 1),
            ("DescribeBillSummaryByRegion", 1),
            ("QuerySubAgentsDetailV2", 20),
            ("QueryT1IndirectCustomersDetail", 20),
            ("DescribeCustomerBillDetailByDay", 20),
        ] {
            let action = registry.find(Some(Service::Intlpartnersmgt), VERSION, name).unwrap();
            assert_eq!(action.per_second.get(), per_second, "{name}");
        }
    }

    #[test]
    fn codes_are_listed_once_and_sorted() {
        for action in reference() {
            assert!(action.errors.is_sorted_by(|one, next| one < next), "{}: {:?}", action.name, action.errors);
        }
        assert!(EVERY_CALL.is_sorted_by(|one, next| one < next));
    }
}
