//! The program as a process of its own, and bytes on its line.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::{MASTER_KEY, free_port, listens};

/// `hikitsugi serve` on a port of this machine, with what it writes to its log in a file.
pub struct Program {
    process: Child,
    pub port: u16,
    log: PathBuf,
}

impl Program {
    pub fn start(database: &str, folder: &Path, more: &[&str]) -> Self {
        let port = free_port();
        let log = folder.join("serve.log");
        let file = std::fs::File::create(&log).expect("the test's folder is writable");
        let mut process = Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
            .args(["serve", "--database", database, "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .args(more)
            .envs([MASTER_KEY])
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the program starts");
        listens(&mut process, port);
        Self { process, port, log }
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill").success());
        self.process.wait().expect("a child can be waited for")
    }

    /// All that it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log in UTF-8")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// HTTP by hand.
pub mod wire {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use crate::support::service::Answer;

    pub async fn connect(port: u16) -> TcpStream {
        TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("the service listens")
    }

    /// Sends bytes and reads until the other end closes.
    pub async fn ask(port: u16, bytes: &[u8]) -> Vec<u8> {
        let mut stream = connect(port).await;
        // Whoever is refused at the head may be cut off while sending the rest.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }

    /// A GET that ends the connection.
    pub async fn get(port: u16, path: &str, headers: &str) -> Answer {
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}\r\n");
        read(&ask(port, head.as_bytes()).await)
    }

    /// An answer that came whole.
    pub fn read(bytes: &[u8]) -> Answer {
        let at = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let at = at.unwrap_or_else(|| panic!("no head: {}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..at]).expect("a head in ASCII");
        let (first, lines) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut headers = HeaderMap::new();
        for (name, value) in lines.lines().filter_map(|line| line.split_once(": ")) {
            let name: HeaderName = name.parse().expect("the name of a header");
            headers.append(
                name,
                HeaderValue::from_str(value).expect("a header's value"),
            );
        }
        let mut body = bytes[at + 4..].to_vec();
        if headers.contains_key("transfer-encoding") {
            body = joined(&body);
        }
        Answer {
            status: StatusCode::from_u16(status.expect("a status")).expect("a status"),
            headers,
            body,
        }
    }

    fn joined(mut chunks: &[u8]) -> Vec<u8> {
        let mut whole = Vec::new();
        while let Some(at) = chunks.windows(2).position(|two| two == b"\r\n") {
            let length = std::str::from_utf8(&chunks[..at]).expect("a length");
            let length = usize::from_str_radix(length, 16).expect("a length");
            whole.extend_from_slice(&chunks[at + 2..at + 2 + length]);
            chunks = &chunks[at + 4 + length..];
            if length == 0 {
                break;
            }
        }
        whole
    }
}
