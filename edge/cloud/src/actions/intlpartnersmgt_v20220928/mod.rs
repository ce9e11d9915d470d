//! Partner Center, version 2022-09-28: customers, their credit, bills and vouchers, and a distributor's second-level
//! resellers. One folder a subject, and in it one file an action, which bears the action's name in small letters.

mod bills;
mod credit;
mod customers;
mod partners;
mod receipts;
mod vouchers;

use super::offered::Room;
use crate::versions::Service;

/// Every action that is offered, sorted by name.
pub(super) const ROOM: Room = Room {
    service: Service::Intlpartnersmgt,
    version: "2022-09-28",
    actions: &[
        partners::allocate_credit_pool::ACTION,
        credit::allocate_customer_credit::ACTION,
        receipts::confirm_receipt::ACTION,
        receipts::confirm_receipts::ACTION,
        bills::describe_bill_detail::ACTION,
        bills::describe_bill_summary::ACTION,
        bills::describe_bill_summary_by_pay_mode::ACTION,
        bills::describe_bill_summary_by_product::ACTION,
        bills::describe_bill_summary_by_region::ACTION,
        bills::describe_customer_bill_detail::ACTION,
        bills::describe_customer_bill_detail_by_day::ACTION,
        bills::describe_customer_bill_summary::ACTION,
        customers::describe_customer_info::ACTION,
        vouchers::describe_customer_own_voucher_list::ACTION,
        vouchers::describe_customer_own_voucher_usage_details::ACTION,
        customers::describe_customer_uin::ACTION,
        vouchers::describe_customer_voucher_list::ACTION,
        vouchers::describe_customer_voucher_usage_details::ACTION,
        customers::force_qn::ACTION,
        customers::get_country_codes::ACTION,
        customers::modify_client_remark::ACTION,
        customers::query_account_verification_status::ACTION,
        credit::query_credit_allocation_history::ACTION,
        credit::query_credit_by_uin_list::ACTION,
        credit::query_customer_billing_quota::ACTION,
        credit::query_customers_credit::ACTION,
        credit::query_direct_customers_credit::ACTION,
        credit::query_partner_credit::ACTION,
        partners::query_sub_agents_detail_v2::ACTION,
        partners::query_t1_indirect_customers_detail::ACTION,
        vouchers::query_voucher_amount_by_uin::ACTION,
        vouchers::query_voucher_list_by_uin::ACTION,
        vouchers::query_voucher_pool::ACTION,
    ],
};
