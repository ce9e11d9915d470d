//! Credit: handed out and taken back, and the figures of customers and of the calling partner.

pub(super) mod allocate_customer_credit;
pub(super) mod query_credit_allocation_history;
pub(super) mod query_credit_by_uin_list;
pub(super) mod query_customer_billing_quota;
pub(super) mod query_customers_credit;
pub(super) mod query_direct_customers_credit;
pub(super) mod query_partner_credit;
