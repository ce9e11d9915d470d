//! Idempotency keys as the journal keeps them: two hashes, of the key with its namespace, and of what was asked under it.
//! A namespace is what a key is unique within. All of them are made here, so that no two can meet; what a face reads as
//! the key, and what it counts as content, is its own matter.

use credere_core::book::{ContentHash, KeyHash, KeyUse};
use credere_core::channel::Uin;
use credere_core::ledger::{Calendar, Moment, Month};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static NAMESPACE: LazyLock<[u8; 32]> = LazyLock::new(|| blake3::derive_key("credere platform idempotency key v1", b""));
static CONTENT: LazyLock<[u8; 32]> = LazyLock::new(|| blake3::derive_key("credere platform request content v1", b""));

/// Months before a request's own in which the period of a usage record may have begun, with some to spare for those that
/// were refused for that.
const MONTHS_BACK: u32 = 24;
/// And after it.
const MONTHS_AHEAD: u32 = 2;

/// Makes keys; many of them with one buffer.
#[derive(Debug, Default)]
pub struct KeyMaker {
    buffer: Vec<u8>,
}

impl KeyMaker {
    /// The key of one request, unique among requests of this method to this path, whoever sends them: so a platform key can
    /// be rotated between a try and its repetition. The path comes in segments, since one may hold a slash; the content is
    /// one text for each thing that can be asked.
    pub fn of_request(&mut self, key: &[u8], method: &str, path: &[impl AsRef<[u8]>], content: &[u8]) -> KeyUse {
        let parts = [key, method.as_bytes()].into_iter().chain(path.iter().map(AsRef::as_ref));
        let key = self.hash(&NAMESPACE, parts);
        KeyUse { key, content: first_half(blake3::keyed_hash(&CONTENT, content)) }
    }

    /// The key that version 2 made of a request, whose path it took as it was sent; unique among those of one platform key.
    pub fn of_request_v2(&mut self, key: &[u8], platform_key: u32, method: &str, path: &str) -> KeyHash {
        self.hash(&NAMESPACE, [&platform_key.to_le_bytes()[..], method.as_bytes(), path.as_bytes(), key])
    }

    /// The key of an authorization, capture or release: unique within the account.
    pub fn of_operation(&mut self, key: &[u8], account: Uin, content: &[&[u8]]) -> KeyUse {
        KeyUse { key: self.operation(key, account), content: self.content(content) }
    }

    /// The key of a usage record: unique within the account and the month in which its period begins.
    pub fn of_usage(&mut self, key: &[u8], account: Uin, month: Month, content: &[&[u8]]) -> KeyUse {
        KeyUse { key: self.usage(key, account, month), content: self.content(content) }
    }

    /// The keys that an operation of a batch may have been kept under if it was this account's; of usage records, the month
    /// is told to some years by when the batch came.
    pub(crate) fn of_past(&mut self, key: &[u8], account: Uin, batch: PastBatch) -> Vec<KeyHash> {
        match batch {
            PastBatch::Operations => vec![self.operation(key, account)],
            PastBatch::Usage(at, calendar) => {
                let now = calendar.month(at).number();
                let months = now.saturating_sub(MONTHS_BACK)..=now.saturating_add(MONTHS_AHEAD);
                months.map(|month| self.usage(key, account, Month::from_number(month))).collect()
            }
        }
    }

    fn operation(&mut self, key: &[u8], account: Uin) -> KeyHash {
        self.hash(&NAMESPACE, [b"authorizations", &account.number().to_le_bytes()[..], key])
    }

    fn usage(&mut self, key: &[u8], account: Uin, month: Month) -> KeyHash {
        self.hash(&NAMESPACE, [b"usage", &account.number().to_le_bytes()[..], &month.number().to_le_bytes(), key])
    }

    fn content(&mut self, parts: &[&[u8]]) -> ContentHash {
        self.hash(&CONTENT, parts.iter().copied())
    }

    /// Hashes parts, each with its length before it.
    fn hash<'p>(&mut self, key: &[u8; 32], parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 16] {
        self.buffer.clear();
        for part in parts {
            self.buffer.extend((part.len() as u64).to_le_bytes());
            self.buffer.extend(part);
        }
        first_half(blake3::keyed_hash(key, &self.buffer))
    }
}

/// What a batch was of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PastBatch {
    /// Authorizations, captures and releases.
    Operations,
    /// Usage records that came at this moment, in this calendar.
    Usage(Moment, Calendar),
}

/// The key of a request that is recognised by the mark of its signature, a hash in which its account and the way of signing
/// have part already.
pub fn of_signature(mark: [u8; 16]) -> KeyUse {
    KeyUse { key: mark, content: mark }
}

/// The key of one part of a request that does several things under one signature, counted from 0.
pub fn of_signature_part(mark: [u8; 16], number: usize) -> KeyUse {
    let digest = Sha256::new().chain_update(mark).chain_update((number as u64).to_be_bytes()).finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    of_signature(half)
}

fn first_half(hash: blake3::Hash) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.as_bytes()[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    #[test]
    fn namespaces_do_not_meet() {
        let mut keys = KeyMaker::default();
        let (month, next) = (Month::from_number(1), Month::from_number(2));
        let path = ["", "v1", "a"];
        let made = [
            keys.of_request(b"k", "POST", &path, b""),
            keys.of_request(b"k", "DELETE", &path, b""),
            keys.of_request(b"k", "POST", &path[..2], b""),
            keys.of_request(b"l", "POST", &path, b""),
            keys.of_operation(b"k", uin(1), &[]),
            keys.of_operation(b"k", uin(2), &[]),
            keys.of_usage(b"k", uin(1), month, &[]),
            keys.of_usage(b"k", uin(2), month, &[]),
            keys.of_usage(b"k", uin(1), next, &[]),
            of_signature([1; 16]),
            of_signature_part([1; 16], 0),
            of_signature_part([1; 16], 1),
        ];
        let different: std::collections::BTreeSet<KeyHash> = made.iter().map(|made| made.key).collect();
        assert_eq!(different.len(), made.len());
    }

    #[test]
    fn keys_that_are_kept_stay_what_they_are() {
        let mut keys = KeyMaker::default();
        let hex = |hash: [u8; 16]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let made = [
            keys.of_request(b"k", "POST", &["", "v1", "orders"], b"{}"),
            keys.of_operation(b"k", uin(7), &[b"authorize", b"cvm"]),
            keys.of_usage(b"k", uin(7), Month::from_number(24_000), &[b"usage", b"cvm"]),
            of_signature_part([7; 16], 1),
        ];
        assert_eq!(hex(keys.of_request_v2(b"k", 1, "POST", "/v1/orders")), "60614dc4cb0198b99e3316e19e7ea63d");
        let kept = [
            ("d2cba1b4e46e96ef5177f8c983f5eb9c", "3e61d51ab9a3edb2df2df2ba67b06ede"),
            ("b6793a737ce6bac34c6034e94516057e", "5e1505e78108912549adf372fb95fbc8"),
            ("0dccdf72706bb2ab412c148fe58fb461", "bb8f1a63cc4c16088e1354e97175045d"),
            ("6b7ee88756f2bada47a5222710f3568f", "6b7ee88756f2bada47a5222710f3568f"),
        ];
        let made = made.map(|KeyUse { key, content }| (hex(key), hex(content)));
        assert_eq!(made.each_ref().map(|(key, content)| (key.as_str(), content.as_str())), kept);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let mut keys = KeyMaker::default();
        assert_ne!(keys.of_operation(b"k", uin(1), &[b"ab", b"c"]), keys.of_operation(b"k", uin(1), &[b"a", b"bc"]));
        assert_eq!(keys.of_operation(b"k", uin(1), &[b"a"]), keys.of_operation(b"k", uin(1), &[b"a"]));
    }

    #[test]
    fn keys_of_the_past_are_found_in_their_months() {
        let mut keys = KeyMaker::default();
        let (at, calendar) = (Moment::from_micros(1_700_000_000_000_000), Calendar::default());
        let now = calendar.month(at).number();
        let past = keys.of_past(b"k", uin(1), PastBatch::Usage(at, calendar));
        for month in [now - MONTHS_BACK, now, now + MONTHS_AHEAD] {
            assert!(past.contains(&keys.of_usage(b"k", uin(1), Month::from_number(month), &[]).key));
        }
        assert!(!past.contains(&keys.of_usage(b"k", uin(1), Month::from_number(now + MONTHS_AHEAD + 1), &[]).key));
        let past = keys.of_past(b"k", uin(1), PastBatch::Operations);
        assert_eq!(past, [keys.of_operation(b"k", uin(1), &[b"a"]).key]);
    }
}
