//! What can be asked for about who did what, and why it was decided so.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Audit"
            ReadAudit = "read_audit", PLATFORM_READ;
            ReadDecisions = "read_decisions", PLATFORM_READ;
    } } };
}
pub(super) use rows;
