//! Bills and money of one's own account, version 2018-07-09: balances, what is on bills, orders. One folder a subject, and in it one
//! file an action, which bears the action's name in small letters.

mod balances;
mod bills;
mod orders;

use super::offered::Room;
use crate::versions::Service;

/// Every action that is offered, sorted by name.
pub(super) const ROOM: Room = Room {
    service: Service::Billing,
    version: "2018-07-09",
    actions: &[
        balances::describe_account_balance::ACTION,
        bills::describe_bill_detail::ACTION,
        bills::describe_bill_detail_for_organization::ACTION,
        bills::describe_bill_resource_summary_for_organization::ACTION,
        bills::describe_bill_summary_for_organization::ACTION,
        orders::describe_deals_by_cond::ACTION,
        balances::describe_org_member_account_balance::ACTION,
        orders::pay_deals::ACTION,
    ],
};
