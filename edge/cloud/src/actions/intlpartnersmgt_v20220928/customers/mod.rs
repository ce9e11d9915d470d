//! Customers: who they are, notes on them, their verification, suspension by force.

pub(super) mod describe_customer_info;
pub(super) mod describe_customer_uin;
pub(super) mod force_qn;
pub(super) mod get_country_codes;
pub(super) mod modify_client_remark;
pub(super) mod query_account_verification_status;
