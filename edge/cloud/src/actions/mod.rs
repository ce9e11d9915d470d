//! What the server offers: the one list of actions, and what all of them share. Each action is one file in the room of its
//! service: its rules, its published types, the codes that it may answer, and a function that translates and calls the
//! application. The rules themselves are in the core; nothing is decided here.

mod bills;
mod console;
mod errors;
mod intlpartnersmgt;
mod lines;
mod once;
mod reading;
mod regions;
mod vouchers;

pub use errors::EVERY_CALL;

use crate::error::{CloudError, ErrorCode};
use crate::limit::DEFAULT_PER_SECOND;
use crate::params::ParamDef;
use crate::registry::{Action, Registry, Running, Service};
use crate::request::Call;
use credere_app::App;
use credere_app::commands::Caller;
use credere_core::access::{self, Actor, Face, Role};
use std::num::NonZeroU32;
use std::sync::Arc;

/// The actions of one version of a service.
struct Room {
    service: Service,
    version: &'static str,
    actions: &'static [Offered],
}

/// Every action that is offered. One that is published and not here answers `InvalidAction`.
const OFFERED: &[Room] = &[Room {
    service: Service::Intlpartnersmgt,
    version: "2022-09-28",
    actions: &[
        intlpartnersmgt::allocate_credit_pool::ACTION,
        intlpartnersmgt::allocate_customer_credit::ACTION,
        console::confirm_receipt::ACTION,
        console::confirm_receipts::ACTION,
        intlpartnersmgt::describe_bill_detail::ACTION,
        intlpartnersmgt::describe_bill_summary::ACTION,
        intlpartnersmgt::describe_bill_summary_by_pay_mode::ACTION,
        intlpartnersmgt::describe_bill_summary_by_product::ACTION,
        intlpartnersmgt::describe_bill_summary_by_region::ACTION,
        intlpartnersmgt::describe_customer_bill_detail::ACTION,
        intlpartnersmgt::describe_customer_bill_detail_by_day::ACTION,
        intlpartnersmgt::describe_customer_bill_summary::ACTION,
        intlpartnersmgt::describe_customer_info::ACTION,
        intlpartnersmgt::describe_customer_own_voucher_list::ACTION,
        intlpartnersmgt::describe_customer_own_voucher_usage_details::ACTION,
        intlpartnersmgt::describe_customer_uin::ACTION,
        intlpartnersmgt::describe_customer_voucher_list::ACTION,
        intlpartnersmgt::describe_customer_voucher_usage_details::ACTION,
        intlpartnersmgt::force_qn::ACTION,
        intlpartnersmgt::get_country_codes::ACTION,
        intlpartnersmgt::modify_client_remark::ACTION,
        intlpartnersmgt::query_account_verification_status::ACTION,
        intlpartnersmgt::query_credit_allocation_history::ACTION,
        intlpartnersmgt::query_credit_by_uin_list::ACTION,
        intlpartnersmgt::query_customer_billing_quota::ACTION,
        intlpartnersmgt::query_customers_credit::ACTION,
        intlpartnersmgt::query_direct_customers_credit::ACTION,
        intlpartnersmgt::query_partner_credit::ACTION,
        intlpartnersmgt::query_sub_agents_detail_v2::ACTION,
        intlpartnersmgt::query_t1_indirect_customers_detail::ACTION,
        intlpartnersmgt::query_voucher_amount_by_uin::ACTION,
        intlpartnersmgt::query_voucher_list_by_uin::ACTION,
        intlpartnersmgt::query_voucher_pool::ACTION,
    ],
}];

/// Those of them that are not published: the console's, with definitions of our own (R90).
#[cfg(test)]
const UNPUBLISHED: [&str; 2] = ["ConfirmReceipt", "ConfirmReceipts"];

/// One action, as its file describes it.
struct Offered {
    /// The published name, or the console's.
    name: &'static str,
    /// Calls per second and account, where a figure is published (R148).
    per_second: Option<NonZeroU32>,
    /// Its row in the access matrix, which says who may call it and whether it writes.
    access: access::Action,
    /// The definition of its request.
    params: &'static [ParamDef],
    /// The codes published for it; the general ones besides are [`EVERY_CALL`].
    errors: &'static [ErrorCode],
    /// Translates and calls the application.
    run: for<'a> fn(&'a Arc<App>, &'a Call) -> Running<'a>,
}

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

/// A published figure for calls per second and account.
const fn published(per_second: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(per_second)
}

/// Who calls, in the application's words.
fn caller(call: &Call) -> Caller {
    Caller { request_id: call.request_id, actor: Actor::Account(call.caller), face: Face::Cloud }
}

/// The result of an action's function.
type Answered = Result<crate::envelope::Reply, CloudError>;

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
