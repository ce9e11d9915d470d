//! A bill's line as a row of a file, the same in each format: which columns there are, and which of them hold what somebody
//! outside has told.

use credere_app::App;
use credere_app::bills::LineView;

/// The names of the columns.
pub(super) const COLUMNS: [&str; 25] = [
    "id",
    "pay_mode",
    "action_type",
    "product_code",
    "resource_id",
    "resource_name",
    "region",
    "zone",
    "project",
    "tags",
    "period_start",
    "period_end",
    "list_amount",
    "discount_rate",
    "voucher_amount",
    "amount",
    "partner_amount",
    "currency",
    "account_uin",
    "payer_uin",
    "partner_uin",
    "operator_uin",
    "order_id",
    "confirmed",
    "posted_at",
];

/// What is in one column of one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Written by this server: a figure, a time, an identifier of its own.
    Own(String),
    /// Told by somebody outside, and nothing that a spreadsheet may take for a formula.
    Given(String),
}

/// Characters that make a spreadsheet run a text that begins with them: signs, their full-width kin, and blanks that it
/// drops before it looks.
const RUNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// Whether a spreadsheet may take a text for a formula.
pub(super) fn may_run(text: &str) -> bool {
    text.starts_with(RUNS)
}

/// A line by columns.
pub(super) fn cells(app: &App, row: LineView) -> [Cell; COLUMNS.len()] {
    let details = row.details;
    let tags: Vec<String> = details.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    [
        Cell::Own(row.id.to_string()),
        Cell::Own(row.action.pay_mode().name().to_owned()),
        Cell::Own(row.action.name().to_owned()),
        Cell::Given(row.product),
        Cell::Given(row.resource),
        Cell::Given(details.resource_name.unwrap_or_default()),
        Cell::Given(row.region),
        Cell::Given(details.zone.unwrap_or_default()),
        Cell::Given(row.project),
        Cell::Given(tags.join("; ")),
        Cell::Own(app.rfc3339(row.period_start)),
        Cell::Own(app.rfc3339(row.period_end)),
        Cell::Own(row.list_amount.to_string()),
        Cell::Own(row.discount_rate.to_string()),
        Cell::Own(row.voucher_amount.to_string()),
        Cell::Own(row.amount.to_string()),
        Cell::Own(row.partner_amount.to_string()),
        Cell::Own(app.currency().to_owned()),
        Cell::Own(row.owner.to_string()),
        Cell::Own(row.account.to_string()),
        Cell::Own(row.partner.map(|partner| partner.to_string()).unwrap_or_default()),
        Cell::Own(details.operator_uin.map(|uin| uin.to_string()).unwrap_or_default()),
        Cell::Own(row.order.map(|order| order.to_string()).unwrap_or_default()),
        Cell::Own(row.confirmed.to_string()),
        Cell::Own(app.rfc3339(row.posted_at)),
    ]
}
