//! A webhook receiver and a mail server that do as they are told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Far longer than anything takes, so that it is only reached when something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What a receiver was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
}

impl Got {
    /// Whether one of the signatures is by this secret.
    pub(crate) fn signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let signed = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&signed)
    }

    pub(crate) fn message(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What a receiver does with the request that comes as this one, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Does {
    /// Answers with this status.
    Answers(u16),
    /// Takes it and never answers.
    Hangs,
    /// Sends elsewhere.
    Redirects,
}

type Script = Arc<dyn Fn(usize) -> Does + Send + Sync>;

/// A running receiver.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    got: watch::Sender<Vec<Got>>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn new(script: impl Fn(usize) -> Does + Send + Sync + 'static) -> Receiver {
        Receiver::at("127.0.0.1:0".parse().unwrap(), script).await
    }

    pub(crate) async fn at(address: SocketAddr, script: impl Fn(usize) -> Does + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (got, script): (watch::Sender<Vec<Got>>, Script) = (watch::Sender::default(), Arc::new(script));
        let task = tokio::spawn({
            let got = got.clone();
            async move {
                loop {
                    let Ok((stream, _)) = listener.accept().await else { continue };
                    tokio::spawn(serve(stream, got.clone(), script.clone()));
                }
            }
        });
        Receiver { address, got, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?token=secret", self.address)
    }

    pub(crate) fn so_far(&self) -> Vec<Got> {
        self.got.borrow().clone()
    }

    /// Waits until this many have come, and gives them all.
    pub(crate) async fn after(&self, count: usize) -> Vec<Got> {
        let mut got = self.got.subscribe();
        let come = tokio::time::timeout(PATIENCE, got.wait_for(|got| got.len() >= count)).await;
        come.unwrap_or_else(|_| panic!("only {:?} came", self.so_far())).unwrap().clone()
    }

    /// Stops listening; answers the address.
    pub(crate) async fn stop(self) -> SocketAddr {
        self.task.abort();
        let _ = self.task.await;
        self.address
    }
}

async fn serve(stream: TcpStream, got: watch::Sender<Vec<Got>>, script: Script) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = HashMap::new();
        let mut first = String::new();
        if stream.read_line(&mut first).await.unwrap_or(0) == 0 {
            return;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let mut body = vec![0; headers["content-length"].parse().unwrap()];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        assert_eq!(headers["content-type"], "application/json");
        let one = Got {
            id: headers["webhook-id"].clone(),
            timestamp: headers["webhook-timestamp"].clone(),
            signatures: headers["webhook-signature"].split(' ').map(str::to_owned).collect(),
            body: String::from_utf8(body).unwrap(),
        };
        let mut place = 0;
        got.send_modify(|got| {
            place = got.len();
            got.push(one);
        });
        let answer = match script(place) {
            Does::Answers(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok"),
            Does::Redirects => "HTTP/1.1 302 X\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Does::Hangs => std::future::pending().await,
        };
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A running mail server. Recipients are answered as `script` says: a reply line for each letter.
pub(crate) struct MailBox {
    pub(crate) address: SocketAddr,
    got: watch::Sender<Vec<String>>,
}

impl MailBox {
    pub(crate) async fn new(script: impl Fn(usize) -> &'static str + Send + Sync + 'static) -> MailBox {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (got, script) = (watch::Sender::default(), Arc::new(script));
        tokio::spawn({
            let got: watch::Sender<Vec<String>> = got.clone();
            async move {
                loop {
                    let Ok((stream, _)) = listener.accept().await else { continue };
                    tokio::spawn(receive(stream, got.clone(), script.clone()));
                }
            }
        });
        MailBox { address, got }
    }

    /// Waits until this many letters have come, refused ones included, and gives them all.
    pub(crate) async fn after(&self, count: usize) -> Vec<String> {
        let mut got = self.got.subscribe();
        let come = tokio::time::timeout(PATIENCE, got.wait_for(|got| got.len() >= count)).await;
        come.expect("the letters did not come").unwrap().clone()
    }
}

async fn receive(
    stream: TcpStream,
    got: watch::Sender<Vec<String>>,
    script: Arc<impl Fn(usize) -> &'static str + Send + Sync>,
) {
    let mut stream = BufReader::new(stream);
    let mut reply = "220 mail.test ESMTP".to_owned();
    loop {
        if stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        reply = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                while !letter.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut letter).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let mut place = 0;
                got.send_modify(|got| {
                    place = got.len();
                    got.push(letter);
                });
                script(place).to_owned()
            }
            _ => "250 ok".to_owned(),
        };
    }
}
