//! A small load: connections that each ask again as soon as they are answered.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::meter::{Cost, Meter};

/// One address asked in the same way by every connection; the connections share out the requests.
pub struct Load {
    pub name: &'static str,
    pub address: SocketAddr,
    pub requests: Vec<Vec<u8>>,
}

/// What came of one turn.
pub struct Done {
    pub count: u32,
    pub cost: Cost,
    /// Only one answer in a hundred took longer.
    pub p99: Duration,
    /// Of one answer, with its head.
    pub bytes: usize,
}

pub struct Answer {
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

/// A whole request; `headers` are lines, each with its end.
pub fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{headers}\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Asks once on a connection of its own.
pub async fn once(address: SocketAddr, request: &[u8]) -> Answer {
    let mut connection = connect(address).await;
    ask(&mut connection, request).await
}

impl Load {
    /// Asks for `turn` on `connections` connections.
    ///
    /// # Panics
    /// When an answer is not a success.
    pub async fn run(&self, connections: usize, turn: Duration) -> Done {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            streams.push(connect(self.address).await);
        }
        let meter = Meter::start();
        let tasks: Vec<_> = streams
            .into_iter()
            .enumerate()
            .map(|(index, stream)| {
                let request = self.requests[index % self.requests.len()].clone();
                tokio::spawn(ask_again(stream, request, turn))
            })
            .collect();
        let (mut waits, mut bytes) = (Vec::new(), 0);
        for task in tasks {
            let (found, size) = task.await.expect("no connection fails");
            waits.extend(found);
            bytes = size;
        }
        let cost = meter.stop();
        waits.sort_unstable();
        Done {
            count: u32::try_from(waits.len()).expect("a turn is short"),
            cost,
            p99: waits[waits.len() * 99 / 100],
            bytes,
        }
    }
}

async fn ask_again(
    mut stream: TcpStream,
    request: Vec<u8>,
    turn: Duration,
) -> (Vec<Duration>, usize) {
    let end = tokio::time::Instant::now() + turn;
    let mut waits = Vec::new();
    loop {
        let asked = tokio::time::Instant::now();
        let answer = ask(&mut stream, &request).await;
        let answered = tokio::time::Instant::now();
        waits.push(answered - asked);
        if answered >= end {
            return (waits, answer.head.len() + answer.body.len());
        }
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    stream.set_nodelay(true).expect("a connected socket");
    stream
}

async fn ask(stream: &mut TcpStream, request: &[u8]) -> Answer {
    stream.write_all(request).await.expect("the server reads");
    let mut bytes = Vec::with_capacity(16 * 1024);
    let head_end = loop {
        if let Some(at) = find(&bytes, b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes).await;
    };
    let mut answer = Answer {
        head: String::from_utf8_lossy(&bytes[..head_end]).into_owned(),
        body: Vec::new(),
    };
    let status = answer.head.get(9..12).unwrap_or_default();
    assert!(
        matches!(status.as_bytes(), [b'2' | b'3', ..]),
        "{}",
        String::from_utf8_lossy(&bytes)
    );
    let length: Option<usize> = answer
        .header("content-length")
        .and_then(|text| text.parse().ok());
    loop {
        let done = match length {
            Some(length) => bytes.len() >= head_end + length,
            None if answer.header("transfer-encoding").is_some() => bytes.ends_with(b"0\r\n\r\n"),
            None => true,
        };
        if done {
            answer.body = bytes.split_off(head_end);
            return answer;
        }
        more(stream, &mut bytes).await;
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) {
    let read = stream.read_buf(bytes).await.expect("the server answers");
    assert!(
        read > 0,
        "the server hung up: {}",
        String::from_utf8_lossy(bytes)
    );
}
