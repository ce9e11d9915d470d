//! Members of an organization: listed, renamed, taken out.

pub(super) mod delete_organization_members;
pub(super) mod get_organization_member;
pub(super) mod list_organization_members;
pub(super) mod update_organization_member;
