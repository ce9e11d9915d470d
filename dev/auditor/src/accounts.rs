//! Accounts, platform keys, API credentials and webhooks: what there is, under which number, and which of it has ended.

use super::facts::{Account, Own};
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::access::KeyAccess;
use credere_core::channel::{Uin, Verification};

/// The lowest number that is given out to an account without one (R1).
const FIRST: u64 = 100_000_000_001;

impl Auditor {
    /// Under its own number, or under the lowest free one of those that are given out (R1).
    pub(super) fn open_account(&mut self, named: Option<Uin>, verification: Verification) -> Result<Uin, Refusal> {
        let free = || (FIRST..).map_while(|number| Uin::new(number).ok()).find(|uin| !self.accounts.contains_key(uin));
        let Some(uin) = named.or_else(free) else { return refuse("numbers_exhausted") };
        if self.accounts.contains_key(&uin) {
            return refuse("account_exists");
        }
        let verified = verification != Verification::None;
        self.accounts.insert(uin, Account { verified, subscribed: true, bound: None, own: Own::default() });
        self.touched.insert(uin);
        Ok(uin)
    }

    pub(super) fn change_account(&mut self, uin: Uin, verification: Option<Verification>) -> Judged {
        let Some(account) = self.accounts.get_mut(&uin) else { return refuse("account_not_found") };
        if let Some(verification) = verification {
            account.verified = verification != Verification::None;
        }
        self.touched.insert(uin);
        Ok(())
    }

    pub(super) fn known(&self, uin: Uin) -> Judged {
        if self.accounts.contains_key(&uin) { Ok(()) } else { refuse("account_not_found") }
    }

    pub(super) fn issue_key(&mut self, access: KeyAccess) -> Judged {
        self.keys_made += 1;
        self.keys.insert(self.keys_made, access);
        Ok(())
    }

    /// One key with full access stays, so that somebody can make others.
    pub(super) fn revoke_key(&mut self, key: u32) -> Judged {
        let full = |access: &&KeyAccess| **access == KeyAccess::Full;
        match self.keys.get(&key) {
            None => refuse("key_not_found"),
            Some(KeyAccess::Full) if self.keys.values().filter(full).count() == 1 => refuse("last_full_key"),
            Some(_) => {
                self.keys.remove(&key);
                Ok(())
            }
        }
    }

    pub(super) fn add_webhook(&mut self, seq: u64, account: Option<Uin>) -> Judged {
        account.map_or(Ok(()), |account| self.known(account))?;
        self.webhooks.insert(seq);
        Ok(())
    }

    pub(super) fn webhook(&self, id: u64) -> Judged {
        match (self.webhooks.contains(&id), self.removed_webhooks.contains(&id)) {
            (true, _) => Ok(()),
            (false, true) => refuse("webhook_removed"),
            (false, false) => refuse("webhook_not_found"),
        }
    }

    pub(super) fn remove_webhook(&mut self, id: u64) -> Judged {
        self.webhook(id)?;
        self.webhooks.remove(&id);
        self.removed_webhooks.insert(id);
        Ok(())
    }
}
