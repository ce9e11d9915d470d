//! What can be asked for about how customers stand: their switches, force, and reviews.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Standing"
            ChangeCustomer = "change_customer", PLATFORM_WRITE;
            ForceSuspension = "force_suspension", PLATFORM_WRITE.and(SELLERS, Reach::DirectCustomers);
            ReviewCustomer = "review_customer", SYSTEM_WRITE;
    } } };
}
pub(super) use rows;
