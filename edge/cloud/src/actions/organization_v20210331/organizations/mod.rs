//! An organization: made, shown, left by a member, ended.

pub(super) mod create_organization;
pub(super) mod delete_organization;
pub(super) mod describe_organization;
pub(super) mod quit_organization;
