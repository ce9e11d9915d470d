//! What can be asked for about money that moves within organizations.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Transfers"
            TransferFunds = "transfer_funds", PLATFORM_WRITE;
            ReturnTransfer = "return_transfer", PLATFORM_WRITE;
            ReadTransfers = "read_transfers", PLATFORM_READ;
    } } };
}
pub(super) use rows;
