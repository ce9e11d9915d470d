//! Bills: sums and lines, for partners and for the customers themselves, and what these actions share.

pub(super) mod describe_bill_detail;
pub(super) mod describe_bill_summary;
pub(super) mod describe_bill_summary_by_pay_mode;
pub(super) mod describe_bill_summary_by_product;
pub(super) mod describe_bill_summary_by_region;
pub(super) mod describe_customer_bill_detail;
pub(super) mod describe_customer_bill_detail_by_day;
pub(super) mod describe_customer_bill_summary;
mod lines;
pub(super) mod requests;
