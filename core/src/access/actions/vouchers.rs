//! What can be asked for about vouchers and what is left to issue.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Vouchers"
            IssueVoucher = "issue_voucher", PLATFORM_WRITE;
            InvalidateVoucher = "invalidate_voucher", PLATFORM_WRITE;
            ExpireVoucher = "expire_voucher", SYSTEM_WRITE;
            ReadVouchers = "read_vouchers", PLATFORM_READ.and(SELLERS, Reach::DirectCustomers);
            ReadOwnVouchers = "read_own_vouchers", PLATFORM_READ.and(BUYERS, Reach::Own);
            ReadVoucherPool = "read_voucher_pool", PLATFORM_READ.and(SELLERS, Reach::Own);
    } } };
}
pub(super) use rows;
