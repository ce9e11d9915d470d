//! What can be asked for about platform keys, the clock, and losses that are accepted.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Deployment"
            // Credere itself makes the first key.
            IssuePlatformKey = "issue_platform_key", PLATFORM_WRITE.and_system();
            // And it takes keys back when a lost one is replaced.
            RevokePlatformKey = "revoke_platform_key", PLATFORM_WRITE.and_system();
            ResetPlatformKey = "reset_platform_key", SYSTEM_WRITE;
            ReadPlatformKeys = "read_platform_keys", PLATFORM_READ;
            // It sets the test clock at its first start; whoever has the folder may have a start accept the clock.
            AdvanceClock = "advance_clock", PLATFORM_WRITE.and_system();
            AcceptClock = "accept_clock", PLATFORM_WRITE.and_system();
            ReadClock = "read_clock", PLATFORM_READ;
            AcceptLoss = "accept_loss", SYSTEM_WRITE;
    } } };
}
pub(super) use rows;
