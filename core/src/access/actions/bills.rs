//! What can be asked for about bills, receipts, and what partners pay.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Bills"
            // A distributor also reads the bills of its second-level resellers' customers (R84).
            ReadBills = "read_bills", PLATFORM_READ.and(SELLERS, Reach::OwnTree);
            ReadOwnBills = "read_own_bills", PLATFORM_READ.and(BUYERS, Reach::Own);
            // The bill of any account, also of one that pays for itself, and what others pay for it (O86).
            ReadAccountBills = "read_account_bills", PLATFORM_READ.and(ACCOUNTS, Reach::Own);
            ConfirmReceipt = "confirm_receipt", PLATFORM_WRITE.and(SELLERS, Reach::BilledCustomers);
            PayPlatform = "pay_platform", PLATFORM_WRITE;
            IssueBills = "issue_bills", SYSTEM_WRITE;
    } } };
}
pub(super) use rows;
