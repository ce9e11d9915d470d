//! `credere demo`: a sandbox server, a world on it, traffic through its own API, and what one needs to look around. It
//! uses the same doors as everybody else, so whatever it shows can be done by hand.

mod past;
mod receiver;
mod traffic;
mod world;

use crate::args::{DemoOptions, ServeOptions};
use crate::client::Client;
use crate::exit::Failed;
use crate::serve::{Server, log_to_stderr, runtime, stop_signal};
use crate::settings::{Settings, secret_variable};
use receiver::Receiver;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use world::{World, listen_in};

/// `credere demo`.
pub(crate) fn run(options: &DemoOptions) -> Result<(), Failed> {
    let (data, temporary) = match &options.data {
        Some(data) => (data.clone(), None),
        None => {
            let folder = tempfile::Builder::new().prefix("credere-demo-").tempdir();
            let folder = folder.map_err(|error| Failed::Store(format!("no temporary folder: {error}")))?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let serve = ServeOptions {
        config: Some(settings_file(&data)?),
        data: Some(data.clone()),
        listen: Some(options.listen.clone()),
        sandbox: true,
        ..ServeOptions::default()
    };
    let settings = Settings::resolve(&serve)?;
    log_to_stderr(&settings)?;
    let mut server = Server::prepare(&settings, &serve)?;
    let key = platform_key(&server, &data)?;
    let stopping = Arc::new(AtomicBool::new(false));
    runtime()?.block_on(async {
        let listening = server.listen()?;
        let address = format!("{}://{}", listening.scheme(), listening.address);
        let client = Client::new(&address, &key, None)?;
        let (customers, traffic, stop) = (options.customers, options.traffic, stopping.clone());
        let receiver = Receiver::listen().await?;
        let (failed, mut failure) = tokio::sync::mpsc::channel(1);
        let mut show = tokio::task::spawn_blocking(move || {
            let shown = world(&client, customers, &receiver).and_then(|world| {
                world.introduce(&address, &key, &receiver);
                traffic::run(&client, &world, traffic, &stop)
            });
            if let Err(error) = shown
                && !stop.load(SeqCst)
            {
                let _ = failed.blocking_send(error);
            }
        });
        let signal = stop_signal()?;
        let (mut outcome, mut shown) = (Ok(()), false);
        let stop = async {
            tokio::select! {
                () = signal => {}
                Some(error) = failure.recv() => outcome = Err(error),
            }
            stopping.store(true, SeqCst);
            // The server goes on for what is being asked of it; a world that is being made is left as it is.
            shown = tokio::time::timeout(LAST_ACT, &mut show).await.is_ok();
        };
        listening.until(stop).await?;
        if !shown {
            let _ = show.await;
        }
        outcome
    })?;
    server.app.close();
    drop(temporary);
    Ok(())
}

/// The world with months behind it, or the one that is there.
fn world(client: &Client, customers: u32, receiver: &Receiver) -> Result<World, Failed> {
    listen_in(client, receiver)?;
    if let Some(world) = World::find(client)? {
        return Ok(world);
    }
    let mut world = World::make(client, customers)?;
    world.past = Some(past::live(client, &world)?);
    Ok(world)
}

/// How long the act that is under way at the end may take.
const LAST_ACT: Duration = Duration::from_secs(1);

/// The demo's own settings: its receiver is on this machine and without TLS, which webhooks must not reach otherwise.
const SETTINGS: &str = "[webhooks]\nallow_private = true\nallow_http = true\n";

fn settings_file(data: &Path) -> Result<PathBuf, Failed> {
    let file = data.join("demo.toml");
    let written = std::fs::create_dir_all(data).and_then(|()| std::fs::write(&file, SETTINGS));
    written.map_err(|error| Failed::Store(format!("{}: {error}", file.display())))?;
    Ok(file)
}

/// The key that the demo itself uses: the one just made, or the one that an earlier demo left beside the data.
fn platform_key(server: &Server, data: &Path) -> Result<String, Failed> {
    let file: PathBuf = data.join("demo.key");
    let failed = |error: std::io::Error| Failed::Store(format!("{}: {error}", file.display()));
    if let Some(key) = server.app.first_key() {
        write_private(&file, key.expose()).map_err(failed)?;
        return Ok(key.expose().to_owned());
    }
    if let Some(key) = secret_variable("CREDERE_PLATFORM_KEY")?
        && server.app.platform_key(key.expose()).is_some()
    {
        return Ok(key.expose().to_owned());
    }
    let key = std::fs::read_to_string(&file).map_err(failed)?;
    if server.app.platform_key(&key).is_some() {
        Ok(key)
    } else {
        Err(Failed::Usage(format!("{} is no key to this data; use another --data folder", file.display())))
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
