//! Requests of many operations as bytes made beforehand, in which keys and accounts are overwritten in place, so that the
//! load generator costs next to nothing.

use crate::http::request;
use crate::spread::mixed;
use crate::world::{PRODUCT, PRODUCTS, REGIONS, World};
use memchr::memmem;

/// A request whose keys and accounts change in place.
pub(crate) struct Template {
    bytes: Vec<u8>,
    keys: Vec<usize>,
    accounts: Vec<usize>,
}

const KEY_BLANK: &str = "................";
const ACCOUNT_BLANK: &str = "000000000000";

impl Template {
    /// So many authorizations of one cent.
    pub(crate) fn authorizations(operations: u64) -> Template {
        let one = |_| {
            format!(
                r#"{{"key":"{KEY_BLANK}","op":"authorize","account_uin":{ACCOUNT_BLANK},"product_code":"{PRODUCT}","amount":"0.01"}}"#
            )
        };
        Template::of("/v1/authorizations", "operations", (0..operations).map(one))
    }

    /// So many usage records of this period, of every product in every region, from one cent to a unit.
    pub(crate) fn usage(records: u64, (start, end): (&str, &str)) -> Template {
        let one = |place: u64| {
            let product = PRODUCTS[(place % PRODUCTS.len() as u64) as usize];
            let region = REGIONS[(place / PRODUCTS.len() as u64 % REGIONS.len() as u64) as usize];
            let cents = 1 + place % 99;
            format!(
                r#"{{"key":"{KEY_BLANK}","account_uin":{ACCOUNT_BLANK},"product_code":"{product}","amount":"0.{cents:02}","period_start":"{start}","period_end":"{end}","region":"{region}"}}"#
            )
        };
        Template::of("/v1/usage", "records", (0..records).map(one))
    }

    fn of(path: &str, name: &str, operations: impl Iterator<Item = String>) -> Template {
        let all: Vec<String> = operations.collect();
        let bytes = request("POST", path, &format!(r#"{{"{name}":[{}]}}"#, all.join(",")));
        let keys = memmem::find_iter(&bytes, KEY_BLANK).collect();
        let accounts = memmem::find_iter(&bytes, ACCOUNT_BLANK).collect();
        Template { bytes, keys, accounts }
    }

    /// The request for the operations from this place on, each under a key that no other place has.
    pub(crate) fn at(&mut self, world: World, from: u64) -> &[u8] {
        for (place, (key, account)) in (from..).zip(self.keys.iter().zip(&self.accounts)) {
            let number = mixed(place);
            for (nibble, byte) in self.bytes[*key..*key + KEY_BLANK.len()].iter_mut().enumerate() {
                *byte = b"0123456789abcdef"[(number >> (nibble * 4) & 15) as usize];
            }
            write_account(&mut self.bytes, *account, World::customer(mixed(!place) % world.customers).number());
        }
        &self.bytes
    }

    /// The same with the first operation for this account.
    pub(crate) fn with_first(&mut self, world: World, from: u64, account: u64) -> &[u8] {
        self.at(world, from);
        if let Some(first) = self.accounts.first() {
            write_account(&mut self.bytes, *first, account);
        }
        &self.bytes
    }
}

fn write_account(bytes: &mut [u8], at: usize, mut uin: u64) {
    for byte in bytes[at..at + ACCOUNT_BLANK.len()].iter_mut().rev() {
        *byte = b'0' + (uin % 10) as u8;
        uin /= 10;
    }
}

/// How many results of an answer have this status.
pub(crate) fn count(body: &[u8], status: &str) -> u64 {
    memmem::find_iter(body, format!("\"{status}\"").as_bytes()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn body(request: &[u8]) -> Value {
        serde_json::from_slice(&request[memmem::find(request, b"\r\n\r\n").unwrap() + 4..]).unwrap()
    }

    #[test]
    fn a_template_keeps_its_length_and_changes_its_keys() {
        let (mut template, world) = (Template::authorizations(3), World { customers: 10 });
        let first = template.at(world, 0).to_vec();
        let second = template.at(world, 3).to_vec();
        assert_eq!(first.len(), second.len());
        assert_ne!(first, second);
        let json = body(&second);
        let operations = json["operations"].as_array().unwrap();
        let mut keys: Vec<&str> = operations.iter().map(|one| one["key"].as_str().unwrap()).collect();
        keys.dedup();
        assert_eq!(keys.len(), 3);
        assert!(operations.iter().all(|one| one["account_uin"].as_u64().unwrap() > World::distributor().number()));
    }

    #[test]
    fn usage_is_of_every_product_in_every_region() {
        let mut template = Template::usage(12, ("2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z"));
        let json = body(template.with_first(World { customers: 10 }, 0, 100_000_000_099));
        let records = json["records"].as_array().unwrap();
        let mut kinds: Vec<String> =
            records.iter().map(|record| format!("{} {}", record["product_code"], record["region"])).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 12);
        assert_eq!(records[0]["account_uin"], 100_000_000_099_u64);
        assert!(records[1]["account_uin"].as_u64().unwrap() > World::distributor().number());
    }

    #[test]
    fn results_are_counted_by_their_status() {
        let body = br#"[{"status":"approved"},{"status":"declined"},{"status":"approved"}]"#;
        assert_eq!(count(body, "approved"), 2);
    }
}
