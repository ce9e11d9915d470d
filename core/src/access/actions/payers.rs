//! What can be asked for about who pays for whom.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Payers"
            CheckPayOnBehalf = "check_pay_on_behalf", PLATFORM_READ;
            ReadPayers = "read_payers", PLATFORM_READ;
    } } };
}
pub(super) use rows;
