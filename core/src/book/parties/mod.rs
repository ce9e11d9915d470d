//! Who there is and who stands under whom: accounts, partners, customers, and the credit that is handed down (R1-R10,
//! R22-R26, R30-R50, R139-R141). The figures of one line (R12-R16) are in `ledger::line`.

mod accounts;
mod allocation;
mod asked;
mod binding;
mod command;
mod event;
mod evolve;
mod laws;
mod numbers;
mod partners;
mod reason;
mod runs;
mod state;
mod taking_over;

use crate::book::{Book, Context, Decision, Rejection};

pub use command::{
    AllocateCredit, AllocatePool, BindCustomer, ChangeAccount, ChangePartner, Command, IssueCredential, NoteCustomer,
    OpenAccount, RegisterPartner, RevokeCredential, UnbindCustomer,
};
pub use event::{
    AccountChanged, AccountOpened, CredentialIssued, CredentialRevoked, CreditAllocated, CustomerBound, CustomerNoted,
    CustomerUnbound, Event, PartnerChanged, PartnerRegistered, PoolAllocated,
};
pub use reason::{Party, Reason};

pub(super) use evolve::apply;
pub(super) use laws::check_laws;
pub(super) use runs::Runs;
pub(super) use state::State;

/// Judges a command about accounts, partners and customers.
pub(super) fn decide(book: &Book, context: &Context<'_>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::OpenAccount(asked) => accounts::open(book, context.rules, asked),
        Command::ChangeAccount(asked) => accounts::change(book, asked),
        Command::IssueCredential(asked) => accounts::issue_credential(book, asked),
        Command::RevokeCredential(asked) => accounts::revoke_credential(book, asked),
        Command::RegisterPartner(asked) => partners::register(book, asked),
        Command::ChangePartner(asked) => partners::change(book, asked),
        Command::AllocatePool(asked) => allocation::pool(book, context, asked),
        Command::BindCustomer(asked) => binding::bind(book, asked),
        Command::UnbindCustomer(asked) => binding::unbind(book, asked),
        Command::AllocateCredit(asked) => allocation::credit(book, asked),
        Command::NoteCustomer(asked) => binding::note(book, asked),
    }
}
