//! What can be asked for about orders, their refunds, and authorizations.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Buying"
            PlaceOrder = "place_order", PLATFORM_WRITE;
            PayOrder = "pay_order", PLATFORM_WRITE;
            DeliverOrder = "deliver_order", PLATFORM_WRITE;
            CancelOrder = "cancel_order", PLATFORM_WRITE;
            RefundOrder = "refund_order", PLATFORM_WRITE;
            ReturnShare = "return_share", SYSTEM_WRITE;
            ReadOrders = "read_orders", PLATFORM_READ;
            Authorize = "authorize", PLATFORM_WRITE;
            Capture = "capture", PLATFORM_WRITE;
            Release = "release", PLATFORM_WRITE;
            Expire = "expire", SYSTEM_WRITE;
            ReadAuthorizations = "read_authorizations", PLATFORM_READ;
    } } };
}
pub(super) use rows;
