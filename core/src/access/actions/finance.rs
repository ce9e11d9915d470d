//! What can be asked for about the money of accounts that pay for themselves, and about whose offers an account has.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Finance"
            TopUp = "top_up", PLATFORM_WRITE;
            ChangeFinance = "change_finance", PLATFORM_WRITE;
            AddCard = "add_card", PLATFORM_WRITE;
            RemoveCard = "remove_card", PLATFORM_WRITE;
            InheritOffers = "inherit_offers", PLATFORM_WRITE;
            EndInheritance = "end_inheritance", PLATFORM_WRITE;
            ReadOwnBalance = "read_own_balance", PLATFORM_READ.and(ACCOUNTS, Reach::Own);
    } } };
}
pub(super) use rows;
