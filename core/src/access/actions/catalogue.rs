//! What can be asked for about products and discounts.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Catalogue"
            AddProduct = "add_product", PLATFORM_WRITE;
            ChangeProduct = "change_product", PLATFORM_WRITE;
            ReadProducts = "read_products", PLATFORM_READ;
            SetDiscount = "set_discount", PLATFORM_WRITE;
            EndDiscount = "end_discount", PLATFORM_WRITE;
            ReadDiscounts = "read_discounts", PLATFORM_READ;
    } } };
}
pub(super) use rows;
