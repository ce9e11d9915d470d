//! Receipts: what customers paid. These are actions that the vendor's console has and whose definitions are not published (R90): they are offered under the names
//! that its access policies use, in the shape of their published siblings, to any client that calls actions by name. Their
//! definitions are written by hand, each beside its action.

pub(super) mod confirm_receipt;
pub(super) mod confirm_receipts;
