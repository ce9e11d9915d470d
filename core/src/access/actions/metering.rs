//! What can be asked for about postpaid resources and usage.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Metering"
            ActivateResource = "activate_resource", PLATFORM_WRITE;
            ResizeResource = "resize_resource", PLATFORM_WRITE;
            TerminateResource = "terminate_resource", PLATFORM_WRITE;
            ResumeResource = "resume_resource", SYSTEM_WRITE;
            SuspendResource = "suspend_resource", SYSTEM_WRITE;
            DeleteResource = "delete_resource", SYSTEM_WRITE;
            ReadResources = "read_resources", PLATFORM_READ;
            SettleUsage = "settle_usage", PLATFORM_WRITE;
    } } };
}
pub(super) use rows;
