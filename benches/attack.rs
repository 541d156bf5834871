//! The crew's page while the service is attacked: how long a phone waits before and during a flood of sign-ins, a thousand
//! connections that never finish asking, unknown tokens, and people who print, all together.
//!
//! `cargo bench --bench attack`

#[path = "support/run.rs"]
mod run;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hikitsugi::command::system::SystemClock;
use hikitsugi::domain::clock::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use totp_rs::{Builder, Secret};

/// Phones that open the page at the same time, and how long each rests in between.
const PHONES: usize = 2;
const REST: Duration = Duration::from_millis(20);
/// A phone that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);
const SLOW: usize = 1000;
const SIGN_INS: usize = 64;
const GUESSERS: usize = 32;
const PRINTERS: usize = 8;

/// The demonstration's city, served by a process of its own.
struct Demo {
    process: Child,
    told: Value,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Demo {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
            .args(["demo", "--json", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let out = process.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(out)
            .read_line(&mut line)
            .expect("the first line");
        let told = serde_json::from_str(&line).expect("one line of JSON");
        Self { process, told }
    }

    fn address(&self) -> SocketAddr {
        let url = self.told["url"].as_str().expect("an address");
        let host = url.trim_start_matches("http://");
        host.parse().expect("an address with its port")
    }

    /// The path of the paper that is held up.
    fn paper(&self) -> String {
        let url = self.told["scan_url"].as_str().expect("a link");
        let (_, token) = url.rsplit_once('/').expect("a link");
        format!("/Q/{token}")
    }
}

/// Answers by their status; 0 where none came.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<BTreeMap<u16, u64>>>);

impl Tally {
    fn count(&self, status: u16) {
        let mut all = self.0.lock().expect("nobody panics with it");
        *all.entry(status).or_default() += 1;
    }

    fn words(&self) -> String {
        let all = self.0.lock().expect("nobody panics with it");
        let words = all.iter().map(|(status, count)| match status {
            0 => format!("{count} × none"),
            _ => format!("{count} × {status}"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

fn main() {
    let (before, during) = if run::wants_figures() {
        (Duration::from_secs(15), Duration::from_secs(30))
    } else {
        (Duration::from_millis(200), Duration::from_millis(200))
    };
    let demo = Demo::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime for the load");
    runtime.block_on(measure(&demo, before, during));
}

async fn measure(demo: &Demo, before: Duration, during: Duration) {
    let (address, paper) = (demo.address(), demo.paper());
    let (token, residents) = at_the_desk(demo).await;
    crew(address, &paper, before / 10).await;
    let calm = crew(address, &paper, before).await;

    let tallies: [(&str, Tally); 4] = [
        ("sign-ins", Tally::default()),
        ("slow connections", Tally::default()),
        ("unknown tokens", Tally::default()),
        ("papers", Tally::default()),
    ];
    let [(_, sign_ins), (_, slow), (_, guesses), (_, papers)] = &tallies;
    let mut attack = JoinSet::new();
    for number in 0..SIGN_INS {
        let body = format!("login=somebody{number}&password=a-wrong-one-{number}");
        let request = request("POST", "/signin", FORM, &body);
        attack.spawn(again(address, request, sign_ins.clone()));
    }
    for _ in 0..SLOW {
        attack.spawn(asks_slowly(address, slow.clone()));
    }
    for number in 0..GUESSERS {
        let unknown = format!("/q/{:0>26}", number * 7919);
        attack.spawn(again(
            address,
            request("GET", &unknown, "", ""),
            guesses.clone(),
        ));
    }
    for number in 0..PRINTERS {
        let path = format!(
            "/api/v1/residents/{}/documents",
            residents[number % residents.len()]
        );
        let headers =
            format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        let body = json!({"form": "emergency"}).to_string();
        let request = request("POST", &path, &headers, &body);
        attack.spawn(again(address, request, papers.clone()));
    }
    crew(address, &paper, during / 10).await;
    let attacked = crew(address, &paper, during).await;
    attack.shutdown().await;

    println!(
        "## {PHONES} phones, a new connection for each page; {SIGN_INS} signing in, {SLOW} slow connections, {GUESSERS} guessing tokens, {PRINTERS} printing\n"
    );
    println!(
        "| the crew's page | opened | of all | p50 ms | p99 ms | longest ms |\n| --- | --- | --- | --- | --- | --- |"
    );
    println!("| before | {calm}");
    println!("| during | {attacked}");
    println!();
    for (name, tally) in &tallies {
        println!("{name}: {}", tally.words());
    }
}

/// What phones saw.
struct Seen {
    waits: Vec<Duration>,
    failed: usize,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let opened = self.waits.len();
        let share = 100.0 * opened as f64 / (opened + self.failed).max(1) as f64;
        let ms = |at: usize| {
            self.waits
                .get(at)
                .map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
        };
        let (half, most) = (ms(opened / 2), ms(opened * 99 / 100));
        let longest = ms(opened.saturating_sub(1));
        write!(
            f,
            "{opened} | {share:.2} % | {half:.1} | {most:.1} | {longest:.1} |"
        )
    }
}

/// Opens the page again and again, each time as a phone that was never here: the cover, then the tap.
async fn crew(address: SocketAddr, paper: &str, time: Duration) -> Seen {
    let mut phones = JoinSet::new();
    for _ in 0..PHONES {
        let taps = [
            request("GET", paper, "", ""),
            request("POST", paper, FORM, ""),
        ];
        phones.spawn(async move {
            let end = Instant::now() + time;
            let (mut waits, mut failed) = (Vec::new(), 0);
            while Instant::now() < end {
                for tap in &taps {
                    let began = Instant::now();
                    match ask(address, tap).await {
                        Some(200) => waits.push(began.elapsed()),
                        _ => failed += 1,
                    }
                }
                sleep(REST).await;
            }
            (waits, failed)
        });
    }
    let mut seen = Seen {
        waits: Vec::new(),
        failed: 0,
    };
    while let Some(phone) = phones.join_next().await {
        let (waits, failed) = phone.expect("no phone panics");
        seen.waits.extend(waits);
        seen.failed += failed;
    }
    seen.waits.sort_unstable();
    seen
}

async fn again(address: SocketAddr, request: Vec<u8>, tally: Tally) {
    loop {
        let status = ask(address, &request).await;
        tally.count(status.unwrap_or_default());
    }
}

/// Begins a request and goes on with a letter a second until the server has enough of it; then comes again.
async fn asks_slowly(address: SocketAddr, tally: Tally) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(address).await {
            let mut letters = &b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: "[..];
            while stream.write_all(letters).await.is_ok() {
                letters = b"a";
                sleep(Duration::from_secs(1)).await;
            }
        }
        tally.count(0);
    }
}

const FORM: &str =
    "sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n";

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// The status of an answer that came whole.
async fn ask(address: SocketAddr, request: &[u8]) -> Option<u16> {
    let answer = timeout(PATIENCE, whole(address, request)).await.ok()??;
    let status = std::str::from_utf8(answer.get(9..12)?).ok()?;
    status.parse().ok()
}

async fn whole(address: SocketAddr, request: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::with_capacity(16 * 1024);
    stream.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}

/// A nurse signs in: the token, and residents to print for.
async fn at_the_desk(demo: &Demo) -> (String, Vec<String>) {
    let accounts = demo.told["accounts"].as_array().expect("accounts");
    let mut nurses = accounts.iter().filter(|account| account["role"] == "nurse");
    let first = nurses.next().expect("a nurse");
    // Of another facility than the paper's, so its link goes on living.
    let nurse = nurses
        .find(|nurse| nurse["facility"] != first["facility"])
        .expect("a nurse of another facility");
    let secret = nurse["totp_secret"].as_str().expect("a secret");
    let secret = Secret::try_from_base32(secret).expect("a secret in base32");
    let now = u64::try_from(SystemClock.now().0 / 1000).expect("after 1970");
    let totp = Builder::new()
        .with_secret(secret)
        .build()
        .expect("a secret long enough");
    let who = json!({"login": nurse["login"], "password": nurse["password"], "otp": totp.generate(now).to_string()});
    let headers = "content-type: application/json\r\n";
    let token = call(demo, "POST", "/api/v1/token", headers, &who.to_string()).await;
    let token = token["access_token"].as_str().expect("a token").to_owned();
    let headers = format!("authorization: Bearer {token}\r\n");
    let listed = call(demo, "GET", "/api/v1/residents?limit=20", &headers, "").await;
    let residents = listed["items"].as_array().expect("residents").iter();
    let ids = residents.map(|resident| resident["id"].as_str().expect("an id").to_owned());
    (token, ids.collect())
}

async fn call(demo: &Demo, method: &str, path: &str, headers: &str, body: &str) -> Value {
    let answer = whole(demo.address(), &request(method, path, headers, body)).await;
    let answer = String::from_utf8(answer.expect("an answer")).expect("an answer in UTF-8");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}
