//! `hikitsugi demo` as a script uses it: the program is started, its first line is read, and what it promises is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hikitsugi::command::system::SystemClock;
use hikitsugi::domain::clock::Clock;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::support::Folder;

/// A running demonstration; ended with the test.
struct Demo {
    process: Child,
    told: Value,
}

impl Demo {
    fn start(data: &Path) -> Self {
        let mut process = hikitsugi(&["demo", "--json", "--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told = serde_json::from_str(&line).unwrap();
        Self { process, told }
    }

    /// Status and body of a request to an address on this machine.
    fn ask(method: &str, url: &str, token: &str, body: &str) -> (u16, String) {
        let (host, path) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.told["url"].as_str().unwrap())
    }

    fn sign_in(&self, account: &Value) -> String {
        let secret = Secret::try_from_base32(account["totp_secret"].as_str().unwrap()).unwrap();
        let now = u64::try_from(SystemClock.now().0 / 1000).unwrap();
        let digits = Builder::new()
            .with_secret(secret)
            .build()
            .unwrap()
            .generate(now);
        let who = json!({"login": account["login"], "password": account["password"], "otp": digits.to_string()});
        let body = who.to_string();
        let (status, answer) = Self::ask("POST", &self.url("/api/v1/token"), "", &body);
        assert_eq!(status, 200, "{answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Not there any more: nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn hikitsugi(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hikitsugi"));
    command.args(args).stderr(Stdio::piped());
    command
}

#[test]
fn a_script_gets_one_line_with_which_everything_opens() {
    let folder = Folder::new();
    let data = folder.path().join("demo");
    let demo = Demo::start(&data);

    let accounts = demo.told["accounts"].as_array().unwrap();
    for role in ["operator", "manager", "nurse", "care_worker", "physician"] {
        assert!(
            accounts.iter().any(|account| account["role"] == role),
            "{role}"
        );
    }
    let mut residents = 0;
    let mut standings = BTreeSet::new();
    let mut tokens = BTreeMap::new();
    for account in accounts {
        let token = demo.sign_in(account);
        tokens.insert(account["login"].as_str().unwrap(), token.clone());
        let (status, answer) =
            Demo::ask("GET", &demo.url("/api/v1/residents?limit=100"), &token, "");
        match account["role"].as_str().unwrap() {
            "operator" | "hospital_staff" => assert_eq!(status, 403),
            "manager" => {
                let answer: Value = serde_json::from_str(&answer).unwrap();
                let items = answer["items"].as_array().unwrap();
                residents += items.len();
                for resident in items {
                    let standing = &resident["standing"];
                    standings.insert(standing["code"].as_str().unwrap().to_owned());
                }
            }
            _ => assert_eq!(status, 200),
        }
    }
    assert!(residents >= 60, "{residents}");
    let standings: Vec<_> = standings.iter().map(String::as_str).collect();
    assert_eq!(
        standings,
        [
            "conflict",
            "full_cpr",
            "full_cpr_invalid_order",
            "full_cpr_wish_only",
            "order_on_file",
            "revoked"
        ]
    );

    let (status, cover) = Demo::ask("GET", demo.told["scan_url"].as_str().unwrap(), "", "");
    assert_eq!(status, 200, "{cover}");
    // The paper that is held up bears an order, and names who is asked by telephone before anybody stops.
    let token = &tokens["sazanami-nurse1"];
    let (_, found) = Demo::ask(
        "GET",
        &demo.url("/api/v1/residents?q=%E9%AB%99%EF%A8%91"),
        token,
        "",
    );
    let found: Value = serde_json::from_str(&found).unwrap();
    let standing = &found["items"][0]["standing"];
    assert_eq!(standing["code"], "order_on_file", "{found}");
    assert_eq!(
        standing["calls"][0]["who"],
        "磯貝 隆文医師(鴎浜ホームクリニック)"
    );
    assert_eq!(standing["conditions"].as_array().unwrap().len(), 9);
    for paper in [
        "emergency",
        "directive_consent",
        "directive_review",
        "acp_log",
        "explanation",
        "ward",
        "transfer",
        "discharge",
        "sensitive",
    ] {
        let file = data.join(format!("print/{paper}.pdf"));
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{paper}: {error}"));
        assert!(bytes.starts_with(b"%PDF-"), "{paper}");
    }

    let again = hikitsugi(&["demo", "--port", "0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.contains("--data") && said.lines().count() == 1,
        "{said}"
    );

    drop(demo);
    let database = format!("sqlite:{}", data.join("hikitsugi.db").display());
    let verified = hikitsugi(&["audit", "verify", "--database", &database])
        .output()
        .unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}
