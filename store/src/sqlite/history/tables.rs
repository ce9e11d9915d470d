//! What history's tables have in common. Those whose key is the journal position are ordered by it themselves, as in the
//! journal; their indexes do not begin with the shard, since SQLite would take them for the order of position as well, and
//! sort. The others have no row number: their key is the table. What is ordered by account (or name, or voucher) has a
//! segment of the journal before that, so that a fold touches few pages however many accounts there are. Only small things
//! have none: a bill's receipts, and what a voucher paid in a month. Bill lines lie in order of position, and what is asked
//! of them in sorted pages; see [`bills`]. `nth` is an entry's
//! number in its list; see [`super::tally`]. Up to where history has been filled is its place in the journal. Every row has
//! a seal but those of `request`, which are sealed together: the sum of what stands for them is in a tally.

use super::{audit, bills, buying, members, metering, parties, standing, vouchers};

/// Raised when the tables change; history of another layout is made anew.
pub(super) const LAYOUT: i64 = 8;

/// Makes the tables of every area, and those that belong to none.
pub(super) const TABLES: [&str; 12] = [
    "CREATE TABLE setup (shard INTEGER PRIMARY KEY, segment_bits INTEGER NOT NULL, seal INTEGER NOT NULL);
    CREATE TABLE tally (shard INTEGER NOT NULL, kind INTEGER NOT NULL, segment INTEGER NOT NULL,
        whose INTEGER NOT NULL, month INTEGER NOT NULL, entries INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, kind, segment, whose, month)) WITHOUT ROWID;",
    parties::TABLES,
    buying::TABLES,
    metering::TABLES,
    bills::TABLES[0],
    bills::TABLES[1],
    bills::TABLES[2],
    bills::TABLES[3],
    vouchers::TABLES,
    standing::TABLES,
    members::TABLES,
    audit::TABLES,
];
