//! Members of an organization: invited, listed, changed, taken out.

pub(super) mod create_organization_member;
pub(super) mod delete_organization_members;
pub(super) mod describe_organization_members;
pub(super) mod invite_organization_member;
pub(super) mod update_organization_member;
