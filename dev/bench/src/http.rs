//! The smallest HTTP/1.1 client that can load a server: it sends bytes, and of an answer it reads the status and as many
//! bytes as the length says. It shares the machine with the server, so what it does not do the server may.

use anyhow::{Context, bail};
use memchr::memmem;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The platform key that the measured server is started with.
pub(crate) const PLATFORM_KEY: &str = "cred_measure_measure_measure_1234";

/// A connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as far as it is read.
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(1 << 16) })
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut searched = 0;
        let head = loop {
            self.fill().await?;
            if let Some(end) = memmem::find(&self.buffer[searched..], b"\r\n\r\n") {
                break searched + end + 4;
            }
            searched = self.buffer.len().saturating_sub(3);
        };
        let (status, length) = read_head(&self.buffer[..head])?;
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        Ok(Reply { status, body: &self.buffer[head..head + length] })
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    /// Sends a JSON body and expects success.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let reply = self.exchange(&request("POST", path, body)).await?;
        if !(200..300).contains(&reply.status) {
            bail!("{path} was answered with {}: {}", reply.status, String::from_utf8_lossy(reply.body));
        }
        Ok(())
    }
}

/// Reads a long text under this platform key to its end, on a connection of its own; answers how many lines and bytes it
/// has, or nothing where the caller was turned away.
///
/// # Errors
/// When the answer is something else than a text.
pub(crate) async fn count_lines(address: SocketAddr, key: &str, path: &str) -> anyhow::Result<Option<(u64, u64)>> {
    let mut stream = TcpStream::connect(address).await?;
    // By HTTP/1.0 the body ends with the connection, and comes without further marks in it.
    let request = format!("GET {path} HTTP/1.0\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(1 << 18);
    let body = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        if let Some(end) = memmem::find(&buffer, b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = str::from_utf8(&buffer[..body])?;
    match head.split(' ').nth(1) {
        Some("200") => {}
        Some("429" | "503") => return Ok(None),
        _ => bail!("{path} was answered with {}", head.lines().next().unwrap_or_default()),
    }
    let (mut lines, mut bytes) = (0, 0);
    let mut count = |part: &[u8]| {
        lines += memchr::memchr_iter(b'\n', part).count() as u64;
        bytes += part.len() as u64;
    };
    count(&buffer[body..]);
    loop {
        buffer.clear();
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(Some((lines, bytes)));
        }
        count(&buffer);
    }
}

/// The status and the body's length.
fn read_head(head: &[u8]) -> anyhow::Result<(u16, usize)> {
    let head = str::from_utf8(head)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("an answer without a status")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without a length")?;
    Ok((status.parse()?, length.1.trim().parse()?))
}

/// The bytes of a request under the key that the server was started with.
pub(crate) fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {PLATFORM_KEY}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_by_its_head() {
        let head = b"HTTP/1.1 402 Payment Required\r\nContent-Type: a\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(read_head(head).unwrap(), (402, 12));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
