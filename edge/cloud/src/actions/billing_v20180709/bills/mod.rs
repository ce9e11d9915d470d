//! What is on bills, and what these actions share.

pub(super) mod describe_bill_detail;
pub(super) mod describe_bill_detail_for_organization;
pub(super) mod describe_bill_resource_summary_for_organization;
pub(super) mod describe_bill_summary_for_organization;
mod details;
mod requests;
