//! Orders: those that an account has or pays, and paying them.

pub(super) mod describe_deals_by_cond;
pub(super) mod pay_deals;
