//! Where on a connection a request's head begins and ends, and its body: followed byte by byte beside the HTTP parser, for
//! two things that the parser does not tell. A head's lines must end in CR LF, since proxies and servers that disagree
//! about a bare line feed can be made to see different requests; and whether a client owes the rest of a request decides
//! how long it is waited for. What the parser refuses anyway is not refused here once more.

use credere_cloud::request::HEAD_MAX;

/// Bytes of the line before a chunk: more than any size and the extensions that anybody sends. The parser would read
/// zeros and blanks without end.
const CHUNK_LINE_MAX: u16 = 1_024;

/// What may be done with bytes that were followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    /// All of them belong to requests.
    Well,
    /// The byte at this place is a line feed without its carriage return, in a head.
    BareLineFeed(usize),
    /// Behind the byte at this place nothing has a meaning: the parser refuses it, or the line before a chunk has no end.
    Lost(usize),
}

/// The requests of one connection as they arrive.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    /// The head's line as far as it came in earlier reads.
    line: Vec<u8>,
    head: Head,
    /// Requests that have arrived to their last byte.
    pub(super) complete: u64,
}

/// Where the next byte belongs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    Between,
    Head,
    Length(u64),
    Chunk(Chunk),
    Lost,
}

/// What a head has said so far.
#[derive(Debug, Default)]
struct Head {
    /// The request line was there.
    begun: bool,
    /// Bytes of it.
    bytes: usize,
    length: u64,
    chunked: bool,
}

/// Where the next byte of a chunked body belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunk {
    /// So many bytes of its line have come, of an extension too.
    Size {
        size: u64,
        bytes: u16,
    },
    Extension {
        size: u64,
        bytes: u16,
    },
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataEnd,
    DataEndFeed,
    Trailer {
        empty: bool,
    },
    TrailerEnd {
        empty: bool,
    },
}

/// What a connection owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    /// Nothing: no request has begun.
    Nothing,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
}

impl Framing {
    /// What is missing of the request that has begun.
    pub(super) fn owed(&self) -> Owed {
        match self.at {
            At::Between => Owed::Nothing,
            At::Head => Owed::Head,
            At::Length(_) | At::Chunk(_) | At::Lost => Owed::Body,
        }
    }

    /// Follows the next bytes. After anything but [`Followed::Well`] no more bytes may come.
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Followed {
        let mut next = 0;
        while next < bytes.len() {
            let rest = &bytes[next..];
            next += match self.at {
                At::Between | At::Head => match self.head(rest) {
                    Ok(taken) => taken,
                    Err(feed) => {
                        self.at = At::Lost;
                        return Followed::BareLineFeed(next + feed);
                    }
                },
                At::Length(left) => {
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    self.at = At::Length(left - taken as u64);
                    if self.at == At::Length(0) {
                        self.end();
                    }
                    taken
                }
                At::Chunk(Chunk::Data { left }) => {
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    let left = left - taken as u64;
                    self.at = At::Chunk(if left == 0 { Chunk::DataEnd } else { Chunk::Data { left } });
                    taken
                }
                At::Chunk(chunk) => match after(chunk, rest[0]) {
                    Some(Some(chunk)) => {
                        self.at = At::Chunk(chunk);
                        1
                    }
                    Some(None) => {
                        self.end();
                        1
                    }
                    None => {
                        self.at = At::Lost;
                        return Followed::Lost(next);
                    }
                },
                At::Lost => return Followed::Lost(next),
            };
        }
        Followed::Well
    }

    /// Takes the head's next line, or as much of it as is there. Fails with the place of a bare line feed.
    fn head(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        let Some(feed) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.head.bytes += bytes.len();
            // A longer head is refused by the parser, which has seen all of it.
            if self.head.bytes <= HEAD_MAX {
                self.line.extend_from_slice(bytes);
            }
            // An empty line before a request begins none, nor does its half.
            if self.head.bytes > 1 || self.line != b"\r" {
                self.at = At::Head;
            }
            return Ok(bytes.len());
        };
        let part = &bytes[..feed];
        if part.last().or(self.line.last()) != Some(&b'\r') {
            return Err(feed);
        }
        self.head.bytes += feed + 1;
        if self.line.is_empty() {
            self.line_ends(&part[..feed - 1]);
        } else {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(part);
            line.pop();
            self.line_ends(&line);
            line.clear();
            self.line = line;
        }
        Ok(feed + 1)
    }

    fn line_ends(&mut self, line: &[u8]) {
        match (line.is_empty(), self.head.begun) {
            // Empty lines before a request are passed over, as some clients send one behind a body.
            (true, false) => self.head = Head::default(),
            (true, true) => {
                self.at = match (self.head.chunked, self.head.length) {
                    (true, _) => At::Chunk(Chunk::Size { size: 0, bytes: 0 }),
                    (false, 0) => return self.end(),
                    (false, length) => At::Length(length),
                };
            }
            (false, false) => {
                self.head.begun = true;
                self.at = At::Head;
            }
            (false, true) => self.header(line),
        }
    }

    /// The two headers that say how long a body is. Heads in which they contradict each other or cannot be read are
    /// refused by the parser, but for a length beside chunks, where the chunks count.
    fn header(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            self.head.length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or_default();
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.head.chunked = true;
        }
    }

    fn end(&mut self) {
        self.complete += 1;
        self.head = Head::default();
        self.at = At::Between;
    }
}

/// Where a chunked body stands after one more byte: `Some(None)` at its end, `None` for a byte that has no place there.
fn after(chunk: Chunk, byte: u8) -> Option<Option<Chunk>> {
    let next = match (chunk, byte) {
        (Chunk::Size { size, bytes }, _) if byte.is_ascii_hexdigit() => {
            let digit = char::from(byte).to_digit(16)?;
            let size = size.checked_mul(16)?.checked_add(u64::from(digit))?;
            Chunk::Size { size, bytes: one_more(bytes)? }
        }
        (Chunk::Size { bytes: 0, .. }, _) => return None,
        (Chunk::Size { size, .. } | Chunk::Extension { size, .. }, b'\r') => Chunk::SizeEnd { size },
        (Chunk::Size { size, bytes }, b';' | b' ' | b'\t') => Chunk::Extension { size, bytes: one_more(bytes)? },
        (Chunk::Extension { .. }, b'\n') => return None,
        (Chunk::Extension { size, bytes }, _) => Chunk::Extension { size, bytes: one_more(bytes)? },
        (Chunk::SizeEnd { size: 0 }, b'\n') => Chunk::Trailer { empty: true },
        (Chunk::SizeEnd { size }, b'\n') => Chunk::Data { left: size },
        (Chunk::DataEnd, b'\r') => Chunk::DataEndFeed,
        (Chunk::DataEndFeed, b'\n') => Chunk::Size { size: 0, bytes: 0 },
        (Chunk::Trailer { empty }, b'\r') => Chunk::TrailerEnd { empty },
        (Chunk::Trailer { .. }, _) => Chunk::Trailer { empty: false },
        (Chunk::TrailerEnd { empty: true }, b'\n') => return Some(None),
        (Chunk::TrailerEnd { empty: false }, b'\n') => Chunk::Trailer { empty: true },
        (
            Chunk::Size { .. }
            | Chunk::SizeEnd { .. }
            | Chunk::Data { .. }
            | Chunk::DataEnd
            | Chunk::DataEndFeed
            | Chunk::TrailerEnd { .. },
            _,
        ) => return None,
    };
    Some(Some(next))
}

/// The length of a chunk's line with one byte more, as long as it may have one.
fn one_more(bytes: u16) -> Option<u16> {
    (bytes < CHUNK_LINE_MAX).then(|| bytes + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const POST: &str = "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe\nlo";
    const CHUNKED: &str = "POST /c HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\
        3;x=y\r\na\nb\r\n1F\r\n0123456789012345678901234567890\r\n0\r\nTrailer: a\nb\r\n\r\n";

    /// What comes of a text, whichever way it is cut in two.
    fn followed(text: &str) -> (Followed, u64, Owed) {
        let bytes = text.as_bytes();
        let cut_at = |cut: usize| {
            let mut framing = Framing::default();
            let followed = match framing.follow(&bytes[..cut]) {
                Followed::Well => match framing.follow(&bytes[cut..]) {
                    Followed::Well => Followed::Well,
                    Followed::BareLineFeed(at) => Followed::BareLineFeed(cut + at),
                    Followed::Lost(at) => Followed::Lost(cut + at),
                },
                wrong => wrong,
            };
            (followed, framing.complete, framing.owed())
        };
        let whole = cut_at(0);
        for cut in 1..=bytes.len() {
            assert_eq!(cut_at(cut), whole, "{text:?} cut at {cut}");
        }
        whole
    }

    #[test]
    fn requests_are_told_apart_however_they_arrive() {
        let all = format!("{GET}{POST}{CHUNKED}\r\n{GET}{POST}");
        assert_eq!(followed(&all), (Followed::Well, 5, Owed::Nothing));
        assert_eq!(followed(&format!("{all}G")), (Followed::Well, 5, Owed::Head));
        assert_eq!(followed(&POST[..POST.len() - 1]), (Followed::Well, 0, Owed::Body));
        assert_eq!(followed(&CHUNKED[..CHUNKED.len() - 1]), (Followed::Well, 0, Owed::Body));
        let both = "POST / HTTP/1.1\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assert_eq!(followed(both), (Followed::Well, 1, Owed::Nothing));
    }

    #[test]
    fn a_line_feed_of_a_head_has_its_carriage_return() {
        for before in ["", GET, POST, CHUNKED] {
            for head in
                ["\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n", "GET / HTTP/1.1\r\nHost: a\r\n\n", "\r\r\n\n"]
            {
                let text = format!("{before}{head}");
                let (found, ..) = followed(&text);
                assert_eq!(found, Followed::BareLineFeed(text.len() - 1), "{text:?}");
            }
        }
    }

    #[test]
    fn a_chunked_body_without_sense_ends_there() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        for body in ["\r", "g", "5\n", "5;\n", "1\r\nab", "1\r\na\n", "0\r\n\rx", "fffffffffffffffff"] {
            let text = format!("{head}{body}");
            assert_eq!(followed(&text).0, Followed::Lost(text.len() - 1), "{text:?}");
        }
    }

    #[test]
    fn the_line_before_a_chunk_has_an_end() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let most = usize::from(CHUNK_LINE_MAX);
        for (begin, fill) in [("", "0"), ("0", " "), ("0;", "x"), ("0;", ";")] {
            let line = begin.to_owned() + &fill.repeat(most - begin.len());
            assert_eq!(followed(&format!("{head}{line}\r\n\r\n")), (Followed::Well, 1, Owed::Nothing), "{begin}");
            let text = format!("{head}{line}{fill}");
            assert_eq!(followed(&text).0, Followed::Lost(text.len() - 1), "{begin}");
        }
    }

    #[test]
    fn an_empty_line_before_a_request_begins_none() {
        for before in ["", GET, POST, CHUNKED] {
            let (_, complete, _) = followed(before);
            for (empty, owed) in [("\r", Owed::Nothing), ("\r\n", Owed::Nothing), ("\r\n\r\nG", Owed::Head)] {
                assert_eq!(followed(&format!("{before}{empty}")), (Followed::Well, complete, owed), "{empty:?}");
            }
        }
        // However many there are, the head behind them is followed from its own beginning.
        let mut framing = Framing::default();
        for _ in 0..HEAD_MAX {
            assert_eq!((framing.follow(b"\r\n"), framing.owed()), (Followed::Well, Owed::Nothing));
        }
        for byte in POST.bytes() {
            assert_eq!(framing.follow(&[byte]), Followed::Well);
        }
        assert_eq!((framing.complete, framing.owed()), (1, Owed::Nothing));
    }

    #[test]
    fn a_line_without_an_end_is_not_gathered() {
        let mut framing = Framing::default();
        for _ in 0..1_000 {
            assert_eq!(framing.follow(&[b'a'; 1_000]), Followed::Well);
        }
        assert!(framing.line.capacity() <= 2 * HEAD_MAX, "{}", framing.line.capacity());
        assert_eq!(framing.owed(), Owed::Head);
    }
}
