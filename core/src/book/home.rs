//! Where commands are decided: each shard has a writer and a book of its own.

use crate::channel::Uin;
use crate::ledger::Shard;

/// Where a command is decided: with the state that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// With what is the whole deployment's: products, platform keys, its own webhooks, the numbering of accounts.
    Deployment,
    /// With this account and the tree that it is in.
    Account(Uin),
    /// With the thing that has this number, which says its shard.
    Id(u64),
}

impl Home {
    /// The shard that it is in; `None` for a number that no shard gives. Accounts are all in the first one, as the
    /// deployment's own state is.
    pub fn shard(self) -> Option<Shard> {
        match self {
            Home::Deployment | Home::Account(_) => Some(Shard::FIRST),
            Home::Id(number) => Shard::of(number),
        }
    }
}
