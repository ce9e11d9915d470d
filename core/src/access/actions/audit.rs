//! What is asked for about who did what, and why it was decided so: each action with the name that is printed and
//! recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Audit"
            ReadAudit = "read_audit", PLATFORM_READ;
            ReadDecisions = "read_decisions", PLATFORM_READ;
    } } };
}
pub(super) use rows;
