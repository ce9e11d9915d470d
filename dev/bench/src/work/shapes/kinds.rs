//! Every kind of command, so that none is left out: a new one does not compile before it is named here, and fails the
//! measurement until something is measured of it.

use credere_core::book::{
    Command, bills, buying, catalogue, deployment, finance, members, metering, notices, packs, parties, standing,
    transfers, vouchers,
};
use std::collections::BTreeSet;

macro_rules! kinds {
    ($($area:ident($module:ident): $($kind:ident)*;)*) => {
        const KINDS: &[&str] = &[$($(stringify!($kind),)*)*];

        fn kind(command: &Command) -> &'static str {
            match command {
                $(Command::$area(command) => match command {
                    $($module::Command::$kind(_) => stringify!($kind),)*
                },)*
            }
        }
    };
}

kinds! {
    Parties(parties): OpenAccount ChangeAccount IssueCredential RevokeCredential RegisterPartner ChangePartner AllocatePool
        BindCustomer UnbindCustomer AllocateCredit NoteCustomer;
    Catalogue(catalogue): AddProduct ChangeProduct SetDiscount EndDiscount;
    Buying(buying): PlaceOrder PayOrder DeliverOrder CancelOrder RefundOrder ReturnShare Authorize Capture Release
        Expire;
    Metering(metering): ActivateResource ResizeResource TerminateResource SettleUsage ResumeResource SuspendResource
        DeleteResource;
    Vouchers(vouchers): IssueVoucher InvalidateVoucher ExpireVoucher;
    Bills(bills): ConfirmReceipt PayPlatform IssueBills;
    Standing(standing): ChangeCustomer ForceSuspension ReviewCustomer;
    Notices(notices): Subscribe AddWebhook RotateWebhookSecret RemoveWebhook RequestPayment;
    Finance(finance): TopUp ChangeFinance AddCard RemoveCard InheritOffers EndInheritance;
    Members(members): CreateOrganization ChangeOrganization DeleteOrganization InviteMember CancelInvitation DenyInvitation
        AcceptInvitation ChangeMember DecidePermissions RemoveMembers QuitOrganization CreateMember RetryCreation DecideCreation
        AssociateEntity ChangeEntity DecideEntity EndEntity;
    Packs(packs): AddPack;
    Transfers(transfers): TransferFunds ReturnTransfer;
    Deployment(deployment): IssuePlatformKey RevokePlatformKey ResetPlatformKey AdvanceClock AcceptClock AcceptLoss;
}

/// The kinds of which something was measured.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeSet<&'static str>);

impl Seen {
    pub(super) fn note(&mut self, command: &Command) {
        self.0.insert(kind(command));
    }

    /// Those of which nothing was.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        KINDS.iter().copied().filter(|kind| !self.0.contains(kind)).collect()
    }
}
