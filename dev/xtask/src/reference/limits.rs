//! The page of limits. Everything that is bounded is named here with the constant that bounds it. Constants that other
//! crates show are taken from there; the others are read from their files, so that a page never says what the code does
//! not, and a constant that has moved or changed its shape stops the run.

mod declared;
mod figure;

use super::page::{Page, grouped, table};
use anyhow::Result;
use credere_app::engine::{AT_ONCE_MAX, EngineOptions};
use credere_cloud::limit::DEFAULT_PER_SECOND;
use credere_cloud::params::{MAX_DEPTH, MAX_VALUES};
use credere_cloud::replay::{ACCOUNT_MARKS_MAX, MARKS_MAX};
use credere_cloud::request::HEAD_MAX;
use credere_cloud::sign::WINDOW_SECONDS;
use credere_cloud::sign::tc3::SIGNED_HEADERS_MAX;
use credere_core::channel::{EXPIRES_AFTER_DEFAULT, EXPIRES_AFTER_MAX, Uin};
use credere_core::money::{Amount, Rate};
use credere_platform::PlatformOptions;
use credere_store::sqlite::{OpenOptions, READERS_OF_LISTS};
use declared::texts;
use figure::{Limit, Unit, bytes, duration, known, read, seconds, shown, whole};
use std::path::Path;

const APP: &str = "app/src";
const CLI: &str = "edge/cli/src";
const CLOUD: &str = "edge/cloud/src";
const CORE: &str = "core/src";
const PLATFORM: &str = "edge/platform/src";
const STORE: &str = "store/src";

pub(super) fn page(root: &Path) -> Result<Page> {
    let mut body = String::new();
    for (title, limits) in [
        ("Values", values()),
        ("Platform API", platform()),
        ("Cloud API", cloud()),
        ("Engine and store", engine()),
        ("Connections", connections()),
    ] {
        let rows = limits.iter().map(|limit| limit.row(root)).collect::<Result<Vec<_>>>()?;
        body.push_str(&format!("## {title}\n\n{}\n", table(&["what", "limit", "beyond it", "source"], &rows)));
    }
    body.push_str(&format!(
        "## Texts of the platform API\n\nIn characters; control characters are refused. Beyond it: 400.\n\n{}\n",
        table(&["field", "length"], &texts(root, PLATFORM)?)
    ));
    body.push_str(
        "Limits that a deployment chooses are [settings](settings.md), among them `limits.connections` and \
         `limits.keep_alive`; what stands here is their default. A client that moves nothing is waited for as long as is \
         said; one that moves something earns that time back at the least rate, and never more than that.\n",
    );
    Ok(Page {
        name: "limits",
        title: "Limits",
        about: "Everything that is bounded, with what happens beyond the bound and the constant that sets it.",
        body,
    })
}

fn values() -> Vec<Limit> {
    const IDS: &str = "core/src/channel/ids.rs";
    const REJECTED: &str = "refused by the rules";
    const UNREADABLE: &str = "400, Cloud API `InvalidParameterValue`";
    vec![
        known("an amount of money, either way", shown(Amount::INPUT_MAX), CORE, "INPUT_MAX", UNREADABLE),
        read("decimal places of an amount or rate", Unit::Count, CORE, "PLACES", UNREADABLE),
        known(
            "a rate, above 0 and at most",
            whole(&Rate::MAX.to_string()),
            "core/src/money/rate.rs",
            "MAX",
            UNREADABLE,
        ),
        known("an account's number, from 1", grouped(Uin::MAX), IDS, "MAX", UNREADABLE),
        known("the first number that the server gives out", Uin::FIRST_GIVEN, IDS, "FIRST_GIVEN", "-"),
        read("one grant to a pool, or pull from one (R49)", Unit::Count, CORE, "POOL_AMOUNT_MAX", REJECTED),
        known(
            "an authorization's time",
            seconds(EXPIRES_AFTER_DEFAULT.unsigned_abs()),
            CORE,
            "EXPIRES_AFTER_DEFAULT",
            "expired",
        ),
        known(
            "an authorization's time at most",
            seconds(EXPIRES_AFTER_MAX.unsigned_abs()),
            CORE,
            "EXPIRES_AFTER_MAX",
            REJECTED,
        ),
    ]
}

fn platform() -> Vec<Limit> {
    let platform = PlatformOptions::default();
    vec![
        read("a request's body", Unit::Bytes, PLATFORM, "BODY_MAX", "413"),
        known(
            "requests that are worked on at once, of one key half",
            grouped(platform.in_flight_max as u64),
            PLATFORM,
            "in_flight_max",
            "503",
        ),
        read("operations in one request", Unit::Count, PLATFORM, "OPERATIONS_MAX", "400"),
        read("records in one request", Unit::Count, PLATFORM, "RECORDS_MAX", "400"),
        read("components of one record", Unit::Count, PLATFORM, "COMPONENTS_MAX", "the record is rejected"),
        read("lines that one receipt names", Unit::Count, PLATFORM, "LINES_MAX", "400"),
        read("products that one voucher names", Unit::Count, PLATFORM, "CODES_MAX", "400"),
        read("bill files that are downloaded at once, of one key half", Unit::Count, PLATFORM, "FILES_MAX", "503"),
        read("things on a page, unless asked otherwise", Unit::Count, PLATFORM, "LIMIT_DEFAULT", "-"),
        read("things on a page at most", Unit::Count, PLATFORM, "LIMIT_MAX", "400"),
        read("characters of an idempotency key", Unit::Count, "edge/platform/src/idempotency.rs", "KEY_MAX", "400"),
        read(
            "characters of an operation's key",
            Unit::Count,
            "edge/platform/src/authorizations/wire.rs",
            "KEY_MAX",
            "400",
        ),
        read("tags of an order", Unit::Count, PLATFORM, "TAGS_MAX", "400"),
        read("characters of a tag's key", Unit::Count, PLATFORM, "TAG_KEY_MAX", "400"),
        read("characters of a tag's value", Unit::Count, PLATFORM, "TAG_VALUE_MAX", "400"),
    ]
}

fn cloud() -> Vec<Limit> {
    const VALUE: &str = "`InvalidParameterValue` or `InvalidParameter.Page`";
    const UIN_LIST: &str = "`InvalidParameterValue.UinList`";
    vec![
        known(
            "how far a timestamp may be from the machine's clock, either way",
            seconds(WINDOW_SECONDS.unsigned_abs()),
            CLOUD,
            "WINDOW_SECONDS",
            "`AuthFailure.SignatureExpire`",
        ),
        known(
            "signatures that are remembered of one account until they expire",
            grouped(ACCOUNT_MARKS_MAX as u64),
            CLOUD,
            "ACCOUNT_MARKS_MAX",
            "the oldest go, and what the account signed up to then only reads",
        ),
        known(
            "signatures that are remembered of all accounts",
            grouped(MARKS_MAX as u64),
            CLOUD,
            "MARKS_MAX",
            "the oldest of the account with most go",
        ),
        known("request line and headers", bytes(HEAD_MAX as u64), CLOUD, "HEAD_MAX", "`RequestSizeLimitExceeded`"),
        known(
            "headers that one signature covers",
            SIGNED_HEADERS_MAX,
            CLOUD,
            "SIGNED_HEADERS_MAX",
            "`AuthFailure.InvalidAuthorization`",
        ),
        known(
            "calls per second, one account and action, where none is published",
            DEFAULT_PER_SECOND,
            CLOUD,
            "DEFAULT_PER_SECOND",
            "`RequestLimitExceeded`",
        ),
        known("nesting of parameters", MAX_DEPTH, CLOUD, "MAX_DEPTH", "`InvalidParameter`"),
        known("values in one request", grouped(MAX_VALUES as u64), CLOUD, "MAX_VALUES", "`InvalidParameter`"),
        read("entries on a page, unless asked otherwise", Unit::Count, CLOUD, "PAGE_SIZE_DEFAULT", "-"),
        read("entries on a page at most, where none is published", Unit::Count, CLOUD, "PAGE_SIZE_MAX", VALUE),
        read("a request's body", Unit::Bytes, CLI, "CLOUD_BODY_MAX", "`RequestSizeLimitExceeded`"),
        read(
            "calls that are worked on at once, of one account half",
            Unit::Count,
            CLOUD,
            "CALLS_MAX",
            "wait for a place",
        ),
        read(
            "how long a call waits for a place",
            Unit::Seconds,
            CLOUD,
            "PLACE_WITHIN",
            "`OperationDenied.ServiceBusy`",
        ),
        read("characters of a remark", Unit::Count, CLOUD, "REMARK_MAX", VALUE),
        read("tags that a bill is summed by in one call", Unit::Count, CLOUD, "TAG_KEYS_MAX", "`InvalidParameter`"),
        read("orders that a `PayDeals` names", Unit::Count, CLOUD, "ORDERS_MAX", VALUE),
        read("months back of which `billing` tells bills", Unit::Count, CLOUD, "MONTHS_BACK", VALUE),
        read("vouchers of a customer in a list without pages", Unit::Count, CLOUD, "SHOWN_MAX", "the newest are shown"),
        read("lines that a receipt names", Unit::Count, CLOUD, "LINE_IDS_MAX", "`InvalidParameterValue`"),
        read("customers of one `ConfirmReceipts`", Unit::Count, CLOUD, "CUSTOMERS_MAX", UIN_LIST),
    ]
}

fn engine() -> Vec<Limit> {
    let engine = EngineOptions::default();
    let store = OpenOptions::default();
    let count = |number: usize| grouped(number as u64);
    vec![
        known(
            "operations that wait for a decision, of one caller half",
            count(engine.waiting_max),
            APP,
            "waiting_max",
            "503",
        ),
        known("operations in one commit", count(engine.commit_max), APP, "commit_max", "wait for the next"),
        known(
            "long reads of one key, at work and waiting (searches, lists that are filtered, audits, explanations)",
            engine.long_reads_per_key,
            APP,
            "long_reads_per_key",
            "503 `overloaded`, Cloud API `RequestLimitExceeded`",
        ),
        known(
            "long reads at work at once, files included, of one key half: half as many as processors, at most",
            AT_ONCE_MAX,
            APP,
            "AT_ONCE_MAX",
            "wait their turn",
        ),
        known(
            "how long a long read waits for its first turn",
            duration(engine.long_read_within),
            APP,
            "long_read_within",
            "503",
        ),
        read("lines of a file before others have a turn", Unit::Count, APP, "LINES_OF_TURN", "its next turn"),
        read("things that a short read skips", Unit::Count, APP, "SKIP_MAX", "it is a long read"),
        known("reads of history at once, and of the directory", READERS_OF_LISTS, STORE, "READERS_OF_LISTS", "wait"),
        read("look-ups of credentials at once, beside those", Unit::Count, STORE, "CREDENTIAL_READERS", "wait"),
        known(
            "how far history may trail before usage waits",
            duration(engine.history_lag_paced),
            APP,
            "history_lag_paced",
            "batches of usage wait",
        ),
        known("how far history may trail", duration(engine.history_lag_max), APP, "history_lag_max", "503 for writes"),
        known("how long history gathers rows", duration(engine.history_gather), APP, "history_gather", "written"),
        known(
            "journal records between snapshots",
            grouped(engine.snapshot_every),
            APP,
            "snapshot_every",
            "a snapshot is taken",
        ),
        known("journal records after the newest snapshot", grouped(engine.tail_max), APP, "tail_max", "503 for writes"),
        read("how long a key is remembered at least", Unit::Seconds, APP, "KEYS_KEPT", "forgotten with its run"),
        read("keys in memory before they go to disk", Unit::Count, APP, "GENERATION_KEYS", "sealed"),
        read("journal records that keys in memory may span", Unit::Count, APP, "GENERATION_RECORDS", "sealed"),
        read("rows in one fold of history", Unit::Count, APP, "FOLD_ROWS", "the next fold"),
        read("duties that one commit does", Unit::Count, "app/src/duties.rs", "AT_ONCE", "the next commit"),
        read("resources that one commit stops or starts", Unit::Count, APP, "FOLLOW_MAX", "the next commits"),
        read(
            "how long a settled record's key is remembered at least",
            Unit::Seconds,
            APP,
            "LASTING_KEPT",
            "forgotten with its run",
        ),
        known(
            "memory for the store's page caches",
            bytes(store.page_cache_bytes),
            STORE,
            "page_cache_bytes",
            "read again",
        ),
        known(
            "memory for the filters before old keys",
            bytes(store.key_filter_bytes),
            STORE,
            "key_filter_bytes",
            "asked on disk",
        ),
        read("chains of snapshots that are kept", Unit::Count, STORE, "KEPT", "the oldest goes"),
    ]
}

fn connections() -> Vec<Limit> {
    const LET_GO: &str = "disconnected";
    const BUSY: &str = "503, Cloud API `OperationDenied.ServiceBusy`";
    const LATE: &str = "408, Cloud API `InvalidRequest`";
    vec![
        read("connections that wait to be accepted", Unit::Count, CLI, "BACKLOG", "the client tries again"),
        known("a request's head", bytes(HEAD_MAX as u64), CLOUD, "HEAD_MAX", "431"),
        read("lines of a head", Unit::Count, CLI, "HEADERS_MAX", "431"),
        read("bytes read ahead on one connection", Unit::Bytes, CLI, "READ_AHEAD_MAX", "read later"),
        read("bytes of the line before a chunk of a body", Unit::Count, CLI, "CHUNK_LINE_MAX", "400"),
        read("how long a head may take from its first byte on", Unit::Seconds, CLI, "HEAD_WITHIN", LET_GO),
        read("how long a TLS handshake may take", Unit::Seconds, CLI, "HANDSHAKE_WITHIN", LET_GO),
        read(
            "bytes of bodies in flight together, of one key half, of the Cloud API half",
            Unit::Bytes,
            CLI,
            "BODIES_MAX",
            BUSY,
        ),
        read("bytes counted for each piece of a body besides its own", Unit::Count, CLI, "PIECE_COST", "-"),
        read("bytes of each body that are not counted there", Unit::Bytes, CLI, "UNCOUNTED", "-"),
        read("how long a body may take to arrive", Unit::Seconds, CLI, "BODY_WITHIN", LATE),
        read("how long nothing of a body may come", Unit::Seconds, CLI, "BODY_SILENCE_MAX", LATE),
        read("bytes a second of a body over time, at least", Unit::Count, CLI, "BODY_RATE_MIN", LATE),
        read("how long a client may take nothing of its answer", Unit::Seconds, CLI, "ANSWER_STALL_MAX", LET_GO),
        read(
            "bytes a second of an answer that a client takes over time, at least",
            Unit::Count,
            CLI,
            "ANSWER_RATE_MIN",
            LET_GO,
        ),
        read("bytes of an answer that the system holds for a client", Unit::Bytes, CLI, "SEND_BUFFER", "written later"),
        read(
            "bytes of a body passed over when its request was answered without it",
            Unit::Bytes,
            CLI,
            "REST_MAX",
            LET_GO,
        ),
        read("how long that rest is passed over", Unit::Seconds, CLI, "REST_WITHIN", LET_GO),
        read(
            "how long a client may take nothing of its answer when places have run out",
            Unit::Seconds,
            CLI,
            "STALLED_FOR",
            LET_GO,
        ),
        read("how long requests in flight have at a stop", Unit::Seconds, CLI, "FINISH_WITHIN", "cut off"),
        read(
            "how long a client may take nothing of its answer, be sending a head, or the rest of a body, at a stop",
            Unit::Seconds,
            CLI,
            "STALL_MAX_AT_STOP",
            "cut off",
        ),
        read("how long work beside the connections has at a stop", Unit::Seconds, CLI, "END_WITHIN", "cut off"),
        read(
            "file descriptors kept for the store and deliveries",
            Unit::Count,
            CLI,
            "DESCRIPTORS_KEPT",
            "fewer connections",
        ),
    ]
}
