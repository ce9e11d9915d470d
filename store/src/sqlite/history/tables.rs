//! History's tables. Those whose key is the journal position are ordered by it themselves, as in the journal. The others
//! have no row number: their key is the table. What is ordered by account (or name, or voucher) has a segment of the
//! journal before that, so that a fold touches few pages however many accounts there are. Only small things have none:
//! which accounts have a bill in a month, its receipts, and what a voucher paid in a month. `nth` is an entry's number in
//! its list; see [`super::tally`]. Up to where history has been filled is its place in the journal. Every row has a seal but
//! those of `request`, which are sealed together: the sum of what stands for them is in a tally.

/// Raised when the tables change; history of another layout is made anew.
pub(super) const LAYOUT: i64 = 4;

/// The columns of sums have no type: they are whole numbers, or bytes where those are too small, and SQLite is to leave
/// them as they are.
pub(super) const TABLES: &str = "
    CREATE TABLE setup (shard INTEGER PRIMARY KEY, segment_bits INTEGER NOT NULL, seal INTEGER NOT NULL);
    CREATE TABLE tally (shard INTEGER NOT NULL, kind INTEGER NOT NULL, segment INTEGER NOT NULL,
        whose INTEGER NOT NULL, month INTEGER NOT NULL, entries INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, kind, segment, whose, month)) WITHOUT ROWID;

    CREATE TABLE allocation_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, amount INTEGER NOT NULL, total_after INTEGER NOT NULL,
        available_after INTEGER NOT NULL, remark TEXT, at INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;

    CREATE TABLE order_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, payer INTEGER NOT NULL, product TEXT NOT NULL, kind TEXT NOT NULL,
        state TEXT NOT NULL, list_amount INTEGER NOT NULL, discount_rate INTEGER NOT NULL,
        voucher_amount INTEGER NOT NULL, amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL,
        refunded_amount INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        details TEXT NOT NULL, facts BLOB NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX order_by_state ON order_row (shard, state);
    CREATE TABLE order_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;

    CREATE TABLE authorization_row (shard INTEGER NOT NULL CHECK (shard = 0), opened_seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, product TEXT NOT NULL, state TEXT NOT NULL, list_amount INTEGER NOT NULL,
        amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL, captured_list_amount INTEGER NOT NULL,
        captured_amount INTEGER NOT NULL, captured_partner_amount INTEGER NOT NULL, opened_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, seal INTEGER NOT NULL);

    CREATE TABLE audit_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        request_id TEXT NOT NULL, actor TEXT NOT NULL, face TEXT NOT NULL, action TEXT NOT NULL, account INTEGER,
        outcome TEXT NOT NULL, code TEXT, detail TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX audit_by_action ON audit_row (shard, action);
    CREATE TABLE audit_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE audit_span (shard INTEGER NOT NULL, nth INTEGER NOT NULL, span INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, span)) WITHOUT ROWID;
    CREATE TABLE request (shard INTEGER NOT NULL, part INTEGER NOT NULL, hash INTEGER NOT NULL,
        seq INTEGER NOT NULL, PRIMARY KEY (shard, part, hash, seq)) WITHOUT ROWID;

    CREATE TABLE line_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        month INTEGER NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL, managing INTEGER,
        binding_seq INTEGER NOT NULL, action INTEGER NOT NULL, payer INTEGER NOT NULL, product TEXT NOT NULL,
        region TEXT NOT NULL, project TEXT NOT NULL, resource TEXT NOT NULL, order_seq INTEGER,
        period_start INTEGER NOT NULL, period_end INTEGER NOT NULL, list_amount INTEGER NOT NULL,
        discount_rate INTEGER NOT NULL, voucher_amount INTEGER NOT NULL, amount INTEGER NOT NULL,
        partner_amount INTEGER NOT NULL, posted_at INTEGER NOT NULL, details TEXT NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, month, seq)) WITHOUT ROWID;
    CREATE TABLE line_segment (shard INTEGER NOT NULL, nth INTEGER NOT NULL, month INTEGER NOT NULL,
        segment INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, month, segment)) WITHOUT ROWID;
    CREATE TABLE bill (shard INTEGER NOT NULL, month INTEGER NOT NULL, account INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, month, account)) WITHOUT ROWID;
    CREATE TABLE bill_total (shard INTEGER NOT NULL, segment INTEGER NOT NULL, account INTEGER NOT NULL,
        month INTEGER NOT NULL, binding_seq INTEGER NOT NULL, managing INTEGER, action INTEGER NOT NULL,
        product TEXT NOT NULL, region TEXT NOT NULL, project TEXT NOT NULL, lines INTEGER NOT NULL,
        list_amount NOT NULL, voucher_amount NOT NULL, amount NOT NULL, partner_amount NOT NULL,
        seal INTEGER NOT NULL,
        PRIMARY KEY (shard, segment, account, month, binding_seq, action, product, region, project)) WITHOUT ROWID;
    CREATE TABLE receipt_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, month INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, operator INTEGER NOT NULL, parts BLOB NOT NULL, line_seqs BLOB NOT NULL,
        lines INTEGER NOT NULL, returned INTEGER NOT NULL, available_after INTEGER, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, month, account, seq)) WITHOUT ROWID;

    CREATE TABLE voucher_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        owner INTEGER NOT NULL, customer INTEGER, issuer INTEGER, amount INTEGER NOT NULL,
        remaining INTEGER NOT NULL, status TEXT NOT NULL, usage TEXT NOT NULL, payment_mode TEXT NOT NULL,
        products_mode TEXT NOT NULL, products BLOB NOT NULL, effective_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, issued_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
        seal INTEGER NOT NULL);
    CREATE TABLE voucher_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        id INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, id)) WITHOUT ROWID;
    CREATE TABLE voucher_use (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        voucher INTEGER NOT NULL,
        line_seq INTEGER NOT NULL, account INTEGER NOT NULL, order_seq INTEGER, product TEXT NOT NULL,
        action INTEGER NOT NULL, amount INTEGER NOT NULL, month INTEGER NOT NULL, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, voucher, line_seq)) WITHOUT ROWID;
    CREATE TABLE voucher_month (shard INTEGER NOT NULL, voucher INTEGER NOT NULL, month INTEGER NOT NULL,
        uses INTEGER NOT NULL, amount NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, voucher, month)) WITHOUT ROWID;

    CREATE TABLE resource_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        name TEXT NOT NULL, account INTEGER NOT NULL, product TEXT NOT NULL, unit_price INTEGER NOT NULL,
        quantity INTEGER NOT NULL, frozen INTEGER NOT NULL, partner_frozen INTEGER NOT NULL, state TEXT NOT NULL,
        since INTEGER NOT NULL, activated_at INTEGER NOT NULL, details TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX resource_by_state ON resource_row (shard, state);
    CREATE TABLE resource_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE resource_name (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        hash INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, hash, seq)) WITHOUT ROWID;

    CREATE TABLE notice_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
        recipient INTEGER NOT NULL, customer INTEGER NOT NULL, kind TEXT NOT NULL, level INTEGER,
        available INTEGER NOT NULL, total INTEGER NOT NULL, channels INTEGER NOT NULL, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, seq, place)) WITHOUT ROWID;
    CREATE TABLE notice_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, place INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq, place)) WITHOUT ROWID;";
