//! Departments of an organization. There is the root, and no other one.

pub(super) mod describe_organization_nodes;
