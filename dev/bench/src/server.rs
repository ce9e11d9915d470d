//! A `credere serve` of its own for the work over HTTP, and the world that is opened on it through the platform API.

use crate::http::{Connection, PLATFORM_KEY, request};
use crate::options::Options;
use crate::place::master_key;
use crate::reporter::Reporter;
use crate::world::{CREDIT, PRODUCTS, World};
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Connections that open the world.
const BUILDERS: u64 = 32;

/// Opens the world through the platform API.
pub(crate) async fn build(address: SocketAddr, world: World, reporter: &dyn Reporter) -> anyhow::Result<()> {
    let (distributor, mut first) = (World::distributor(), Connection::open(address).await?);
    for product in PRODUCTS {
        let product = format!(r#"{{"code":"{product}","settlement":"monthly","name":"Machines"}}"#);
        first.post("/v1/products", &product).await?;
    }
    first.post("/v1/accounts", &account(distributor.number())).await?;
    let quota = CREDIT * i64::try_from(world.customers + 1)?;
    let partner = format!(r#"{{"uin":{distributor},"kind":"distributor","allocation_quota":"{quota}.00"}}"#);
    first.post("/v1/partners", &partner).await?;
    reporter.begin("opening customers over HTTP", world.customers);
    let (next, mut builders) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
    for _ in 0..BUILDERS {
        let next = next.clone();
        builders.spawn_local(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let place = next.fetch_add(1, Relaxed);
                if place >= world.customers {
                    return anyhow::Ok(());
                }
                let customer = World::customer(place);
                connection.post("/v1/accounts", &account(customer.number())).await?;
                let bind = format!(r#"{{"uin":{customer},"partner_uin":{distributor}}}"#);
                connection.post("/v1/customers", &bind).await?;
                let allocate = format!(r#"{{"amount":"{CREDIT}.00"}}"#);
                connection.post(&format!("/v1/customers/{customer}/allocations"), &allocate).await?;
            }
        });
    }
    let mut shown = 0;
    while let Some(built) = builders.join_next().await {
        built??;
        let now = next.load(Relaxed).min(world.customers);
        reporter.advance(now - shown);
        shown = now;
    }
    reporter.end();
    Ok(())
}

fn account(uin: u64) -> String {
    format!(
        r#"{{"uin":{uin},"name":"Customer {uin} Ltd","email":"billing@customer-{uin}.example.test","verification":{{"level":"enterprise","entity_id":"ENT{uin}","entity_name":"Customer {uin} Ltd"}}}}"#
    )
}

/// A `credere serve` of its own. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it on the folder `data` within `folder`, with these further words.
    ///
    /// # Errors
    /// When the program has no `serve`, or does not start.
    pub(crate) fn start(options: &Options, folder: &Path, words: &[&str]) -> anyhow::Result<Server> {
        let program = match &options.credere {
            Some(path) => path.clone(),
            None => std::env::current_exe()?,
        };
        // Taken and given back: nobody else is likely to take it in between.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        std::fs::create_dir_all(folder)?;
        let log = File::create(folder.join("server.log"))?;
        let child = Command::new(&program)
            .arg("serve")
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--listen")
            .arg(address.to_string())
            .args(words)
            .env("CREDERE_MASTER_KEY", master_key())
            .env("CREDERE_PLATFORM_KEY", PLATFORM_KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log))
            .spawn()
            .with_context(|| format!("`{} serve` does not start", program.display()))?;
        let mut server = Server { child, address };
        // A program that has no `serve` says so at once.
        std::thread::sleep(Duration::from_millis(300));
        if let Some(status) = server.child.try_wait()? {
            let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
            let said = log.lines().next().unwrap_or_default();
            bail!("`{} serve` ended with {status}: {said}", program.display());
        }
        Ok(server)
    }

    /// Waits until it is.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        let (since, ask) = (Instant::now(), request("GET", "/readyz", ""));
        loop {
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.exchange(&ask).await.is_ok_and(|reply| reply.status == 200)
            {
                return Ok(());
            }
            if since.elapsed() > Duration::from_secs(20) {
                bail!("the server was not ready within 20 s");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end and waits.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
