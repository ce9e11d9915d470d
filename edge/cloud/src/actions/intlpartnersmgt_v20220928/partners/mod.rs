//! A distributor's second-level resellers, their pools and their customers.

pub(super) mod allocate_credit_pool;
pub(super) mod query_sub_agents_detail_v2;
pub(super) mod query_t1_indirect_customers_detail;
