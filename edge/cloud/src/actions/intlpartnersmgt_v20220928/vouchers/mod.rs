//! Vouchers: lists, what they paid, sums, the quota, and what these actions share.

pub(super) mod describe_customer_own_voucher_list;
pub(super) mod describe_customer_own_voucher_usage_details;
pub(super) mod describe_customer_voucher_list;
pub(super) mod describe_customer_voucher_usage_details;
mod issued;
pub(super) mod query_voucher_amount_by_uin;
pub(super) mod query_voucher_list_by_uin;
pub(super) mod query_voucher_pool;
mod uses;
mod words;
