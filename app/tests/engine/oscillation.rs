//! Credit that crosses its warning levels again and again: whoever is warned is warned once a day.

use crate::world::*;
use credere_app::buying::{OperationRequest, OperationStatus};
use credere_core::book::{Command, buying};
use credere_core::channel::{AuthorizationId, NoticeKind};
use credere_core::money::Amount;
use credere_store::contract::NoticeFilter;
use credere_store::memory::MemoryStore;
use std::collections::BTreeMap;
use std::sync::Arc;

const DAYS: usize = 11;
const A_DAY: u64 = 10_000;

#[tokio::test]
async fn a_hundred_thousand_crossings_warn_once_for_each_level_recipient_and_day() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let mut number = 0;
    for day in 0..DAYS {
        if day > 0 {
            let now = app.now().await.unwrap();
            app.advance_clock(platform(), None, now.plus_seconds(86_400)).await.unwrap();
        }
        for _ in 0..A_DAY / 1_000 {
            // Each holds 91 of 100, below 25 and 10 percent, and lets go before the next one.
            let opened = app.read(|book| book.seq()).await.unwrap();
            let mut seq = opened;
            let mut operations = Vec::new();
            for at in 0..1_000 {
                number += 2;
                operations.push(OperationRequest { key: key(number, 1), command: authorize(91) });
                seq += 1;
                let authorization = AuthorizationId { account: uin(CUSTOMER), opened_seq: seq };
                // What the first crossing of the day is told in lies between its hold and its release.
                let told = at == 0 && operations.len() == 1 && number % (2 * A_DAY) == 2;
                seq += u64::from(told);
                operations.push(OperationRequest {
                    key: key(number + 1, 1),
                    command: Command::from(buying::Release { authorization }),
                });
                seq += 1;
            }
            let results = app.operate(platform(), operations).await.unwrap();
            let released = results.iter().filter(|(status, _)| matches!(status, OperationStatus::Released(_))).count();
            assert_eq!((results.len(), released), (2_000, 1_000));
        }
        assert_eq!(available(&app).await, Amount::whole(100));
    }
    let notices = app.notices(platform(), NoticeFilter::default(), None, 10_000).await.unwrap();
    let mut slots: BTreeMap<(String, u64, NoticeKind), usize> = BTreeMap::new();
    for notice in &notices {
        let day = app.local_time(notice.at).chars().take(10).collect();
        *slots.entry((day, notice.recipient.number(), notice.kind)).or_default() += 1;
    }
    // Two recipients and two levels a day.
    assert_eq!((slots.len(), notices.len()), (DAYS * 4, DAYS * 4));
    assert!(slots.values().all(|times| *times == 1));
}
