//! What can be asked for about notices, subscriptions and webhooks.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Notices"
            Subscribe = "subscribe", PLATFORM_WRITE;
            ReadNotices = "read_notices", PLATFORM_READ;
            AddWebhook = "add_webhook", PLATFORM_WRITE;
            RotateWebhookSecret = "rotate_webhook_secret", PLATFORM_WRITE;
            // Credere itself takes back what has lost its secret with the end of a journal.
            RemoveWebhook = "remove_webhook", PLATFORM_WRITE.and_system();
            RequestPayment = "request_payment", PLATFORM_WRITE;
            ReadWebhooks = "read_webhooks", PLATFORM_READ;
    } } };
}
pub(super) use rows;
