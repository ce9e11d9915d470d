//! The design that everybody writes first: a database transaction per purchase that locks the customer's row and the
//! distributor's, checks both, changes both and writes a history row. It stands beside ours in the same run, on the same
//! disk.

use super::authorize;
use super::run::Run;
use crate::load::micros;
use crate::postgres::{Postgres, programs};
use crate::report::{Figure, Latency, Quantity, Verdict, grouped, histogram};
use crate::spread::mixed;
use anyhow::bail;
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_postgres::Client;

const WORK: &str = "PostgreSQL, a transaction per purchase";
const RATIO: &str = "ours in process against that";
/// Ours must be so many times as fast.
const TARGET: u64 = 100;
const CLIENTS: [u64; 3] = [1, 8, 32];

const TABLES: &str = "
    CREATE TABLE distributor (uin bigint PRIMARY KEY, line bigint NOT NULL, used bigint NOT NULL, frozen bigint NOT NULL);
    CREATE TABLE customer (uin bigint PRIMARY KEY, distributor bigint NOT NULL REFERENCES distributor,
        total bigint NOT NULL, used bigint NOT NULL, frozen bigint NOT NULL);
    CREATE TABLE purchase (id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, customer bigint NOT NULL,
        distributor bigint NOT NULL, amount bigint NOT NULL, customer_frozen bigint NOT NULL,
        distributor_frozen bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX purchase_by_customer ON purchase (customer, id);";

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let Some(programs) = programs() else {
        let reason = "PostgreSQL is not installed".to_owned();
        return Ok(vec![Figure::skipped(RATIO, "a transaction per purchase".to_owned(), reason)]);
    };
    let ours = authorize::ours(run)?;
    let customers = run.options.size(1_000, 100_000);
    let time = Duration::from_millis(run.options.size(200, 5_000));
    let folder = run.path("postgres");
    run.reporter.begin(WORK, CLIENTS.len() as u64);
    let server = Postgres::start(&programs, &folder)?;
    let measured = run.runtime.block_on(async {
        fill(&server.connect().await?, customers).await?;
        let mut figures = Vec::new();
        for clients in CLIENTS {
            let (done, took, latency) = load(&server, clients, customers, time).await?;
            let parameters = format!("{}, {} customers, {clients} clients", server.version, grouped(customers));
            let latency = Some(Latency::of(&latency));
            figures.push(Figure { latency, ..Figure::new(WORK, parameters, done, took) });
            run.reporter.advance(1);
        }
        anyhow::Ok(figures)
    });
    drop(server);
    run.reporter.end();
    let mut figures = measured?;
    std::fs::remove_dir_all(folder)?;
    let best = figures.iter().filter_map(|figure| figure.measured).map(Quantity::number).max().unwrap_or(0);
    let times = ours.number() / best.max(1);
    figures.push(Figure {
        measured: Some(Quantity::Times(times)),
        yardstick: Some(("the naive design at its best".to_owned(), Quantity::PerSecond(best))),
        verdict: Verdict::of(times >= TARGET, format!("at least {}", Quantity::Times(TARGET))),
        ..Figure::new(RATIO, format!("ours at {ours}"), 0, Duration::ZERO)
    });
    Ok(figures)
}

async fn fill(client: &Client, customers: u64) -> anyhow::Result<()> {
    client.batch_execute(TABLES).await?;
    let rows = format!(
        "INSERT INTO distributor VALUES (1, 1000000000000000000, 0, 0);
         INSERT INTO customer SELECT n, 1, 1000000000000, 0, 0 FROM generate_series(1, {customers}) AS n;
         VACUUM ANALYZE;"
    );
    // Outside one transaction: a vacuum does not go into one.
    for statement in rows.split_inclusive(';') {
        client.batch_execute(statement).await?;
    }
    Ok(())
}

async fn load(
    server: &Postgres,
    clients: u64,
    customers: u64,
    time: Duration,
) -> anyhow::Result<(u64, Duration, Histogram<u64>)> {
    let mut callers = JoinSet::new();
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(server.connect().await?);
    }
    let started = Instant::now();
    for (caller, client) in (0..).zip(connections) {
        callers.spawn(async move {
            let purchase = Purchase::prepare(client).await?;
            let (mut done, mut latency) = (0, histogram());
            while started.elapsed() < time {
                let number = mixed(clients << 48 | caller << 40 | done);
                let asked = Instant::now();
                purchase.make(i64::try_from(number % customers + 1)?, &format!("{number:016x}")).await?;
                latency.saturating_record(micros(asked.elapsed()));
                done += 1;
            }
            anyhow::Ok((done, latency))
        });
    }
    let (mut done, mut latency) = (0, histogram());
    while let Some(part) = callers.join_next().await {
        let (its_done, its_latency) = part??;
        done += its_done;
        latency.add(its_latency)?;
    }
    Ok((done, started.elapsed(), latency))
}

/// The statements of one purchase, prepared once a connection.
struct Purchase {
    client: Client,
    customer: tokio_postgres::Statement,
    distributor: tokio_postgres::Statement,
    hold_customer: tokio_postgres::Statement,
    hold_distributor: tokio_postgres::Statement,
    history: tokio_postgres::Statement,
}

impl Purchase {
    async fn prepare(client: Client) -> anyhow::Result<Purchase> {
        let customer = "SELECT distributor, total - used - frozen, frozen FROM customer WHERE uin = $1 FOR UPDATE";
        let distributor = "SELECT line - used - frozen, frozen FROM distributor WHERE uin = $1 FOR UPDATE";
        let hold_customer = "UPDATE customer SET frozen = $2 WHERE uin = $1";
        let hold_distributor = "UPDATE distributor SET frozen = $2 WHERE uin = $1";
        let history = "INSERT INTO purchase (key, customer, distributor, amount, customer_frozen, distributor_frozen)
            VALUES ($1, $2, $3, $4, $5, $6)";
        Ok(Purchase {
            customer: client.prepare(customer).await?,
            distributor: client.prepare(distributor).await?,
            hold_customer: client.prepare(hold_customer).await?,
            hold_distributor: client.prepare(hold_distributor).await?,
            history: client.prepare(history).await?,
            client,
        })
    }

    async fn make(&self, customer: i64, key: &str) -> anyhow::Result<()> {
        const AMOUNT: i64 = 1_000_000;
        self.client.batch_execute("BEGIN").await?;
        let row = self.client.query_one(&self.customer, &[&customer]).await?;
        let (distributor, available, frozen): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let row = self.client.query_one(&self.distributor, &[&distributor]).await?;
        let (spendable, spend_frozen): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if available < AMOUNT || spendable < AMOUNT {
            self.client.batch_execute("ROLLBACK").await?;
            bail!("the comparison's credit is used up");
        }
        let (frozen, spend_frozen) = (frozen + AMOUNT, spend_frozen + AMOUNT);
        self.client.execute(&self.hold_customer, &[&customer, &frozen]).await?;
        self.client.execute(&self.hold_distributor, &[&distributor, &spend_frozen]).await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
            [&key, &customer, &distributor, &AMOUNT, &frozen, &spend_frozen];
        self.client.execute(&self.history, &values).await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(())
    }
}
