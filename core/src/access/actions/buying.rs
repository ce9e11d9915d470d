//! What can be asked for about orders, their refunds, and authorizations.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Buying"
            PlaceOrder = "place_order", PLATFORM_WRITE;
            // An account pays what is its own to pay: which orders are is judged with the order (O75).
            PayOrder = "pay_order", PLATFORM_WRITE.and(ACCOUNTS, Reach::Own);
            DeliverOrder = "deliver_order", PLATFORM_WRITE;
            CancelOrder = "cancel_order", PLATFORM_WRITE;
            RefundOrder = "refund_order", PLATFORM_WRITE;
            ReturnShare = "return_share", SYSTEM_WRITE;
            ReadOrders = "read_orders", PLATFORM_READ;
            ReadOwnOrders = "read_own_orders", PLATFORM_READ.and(ACCOUNTS, Reach::Own);
            Authorize = "authorize", PLATFORM_WRITE;
            Capture = "capture", PLATFORM_WRITE;
            Release = "release", PLATFORM_WRITE;
            Expire = "expire", SYSTEM_WRITE;
            ReadAuthorizations = "read_authorizations", PLATFORM_READ;
    } } };
}
pub(super) use rows;
