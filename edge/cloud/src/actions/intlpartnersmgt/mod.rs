//! Partner Center, version 2022-09-28: customers, their credit, bills and vouchers, and a distributor's second-level
//! resellers. One file an action; a file here bears the name of a published action in small letters.

pub(super) mod allocate_credit_pool;
pub(super) mod allocate_customer_credit;
pub(super) mod describe_bill_detail;
pub(super) mod describe_bill_summary;
pub(super) mod describe_bill_summary_by_pay_mode;
pub(super) mod describe_bill_summary_by_product;
pub(super) mod describe_bill_summary_by_region;
pub(super) mod describe_customer_bill_detail;
pub(super) mod describe_customer_bill_detail_by_day;
pub(super) mod describe_customer_bill_summary;
pub(super) mod describe_customer_info;
pub(super) mod describe_customer_own_voucher_list;
pub(super) mod describe_customer_own_voucher_usage_details;
pub(super) mod describe_customer_uin;
pub(super) mod describe_customer_voucher_list;
pub(super) mod describe_customer_voucher_usage_details;
pub(super) mod force_qn;
pub(super) mod get_country_codes;
pub(super) mod modify_client_remark;
pub(super) mod query_account_verification_status;
pub(super) mod query_credit_allocation_history;
pub(super) mod query_credit_by_uin_list;
pub(super) mod query_customer_billing_quota;
pub(super) mod query_customers_credit;
pub(super) mod query_direct_customers_credit;
pub(super) mod query_partner_credit;
pub(super) mod query_sub_agents_detail_v2;
pub(super) mod query_t1_indirect_customers_detail;
pub(super) mod query_voucher_amount_by_uin;
pub(super) mod query_voucher_list_by_uin;
pub(super) mod query_voucher_pool;
