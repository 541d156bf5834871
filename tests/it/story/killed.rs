//! The program is killed between taps: nothing that was acknowledged is lost, nothing is doubled.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use hikitsugi::command::system::SystemClock;
use hikitsugi::domain::clock::Clock;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::support::service::{PASSWORD, Service};
use crate::support::sheet;
use crate::support::{MASTER_KEY, free_port, listens};

/// Taps in one emergency; the program is killed at every one.
const TAPS: usize = 75;

/// How often the program is killed on each database: `HIKITSUGI_KILLS`, or what the usual run has time for.
fn kills() -> usize {
    let asked = std::env::var("HIKITSUGI_KILLS").ok();
    asked.map_or(2 * TAPS, |kills| kills.parse().expect("a number of kills"))
}

/// The program as a process of its own, on a database that holds something already.
pub struct Program {
    process: Child,
    port: u16,
}

impl Program {
    fn start(database: &str) -> Self {
        Self::start_with(database, &[])
    }

    pub fn start_with(database: &str, environment: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut process = Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
            .envs([MASTER_KEY])
            .envs(environment.iter().copied())
            .args(["serve", "--database", database, "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        listens(&mut process, port);
        Self { process, port }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends a call and leaves the answer on the line.
    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )?;
        Ok(stream)
    }

    /// Status and body; `None` when the program was gone before it answered whole.
    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, Value)> {
        let mut answer = String::new();
        self.send(method, path, headers, body)
            .and_then(|mut stream| stream.read_to_string(&mut answer))
            .ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).ok()?))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What signs in anew: digits of this moment, for the program has the machine's own clock.
pub fn token(program: &Program, key: &str) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let now = u64::try_from(SystemClock.now().0 / 1000).unwrap();
    let digits = Builder::new()
        .with_secret(secret)
        .build()
        .unwrap()
        .generate(now)
        .to_string();
    let body = json!({"login": "care", "password": PASSWORD, "otp": digits}).to_string();
    let (status, token) = program.ask("POST", "/api/v1/token", "", &body).unwrap();
    assert_eq!(status, 200, "{token}");
    format!(
        "authorization: Bearer {}\r\n",
        token["access_token"].as_str().unwrap()
    )
}

fn taps_while_it_is_killed(database: &str, resident: &str, key: &str) {
    let mut program = Program::start(database);
    let token = token(&program, key);
    let begin = format!("/api/v1/residents/{resident}/transports");
    let (status, begun) = program.ask("POST", &begin, &token, "").unwrap();
    assert_eq!(status, 201, "{begun}");
    let emergency = format!("/api/v1/transports/{}", begun["id"].as_str().unwrap());
    let events = format!("{emergency}/events");
    for tap in 0..TAPS {
        let words = format!("観察その{tap}。");
        let body = json!({"event": "observed", "words": words}).to_string();
        let headers = format!("{token}idempotency-key: tap-{tap}\r\n");
        match tap % 3 {
            // Killed when it was acknowledged.
            0 => assert_eq!(
                program.ask("POST", &events, &headers, &body).unwrap().0,
                201
            ),
            // Killed with the call on the line: whether it was taken, nobody knows.
            1 => drop(program.send("POST", &events, &headers, &body).unwrap()),
            // Killed while its sender waits.
            _ => {
                let mut waiting = program.send("POST", &events, &headers, &body).unwrap();
                program.kill();
                let mut rest = String::new();
                let _ = waiting.read_to_string(&mut rest);
            }
        }
        program.kill();
        program = Program::start(database);
        // Whoever got no answer sends it again; so does who got one and lost it.
        let (status, answer) = program.ask("POST", &events, &headers, &body).unwrap();
        assert!(matches!(status, 200 | 201), "{tap}: {status} {answer}");
    }
    let (_, all) = program.ask("GET", &emergency, &token, "").unwrap();
    let noted: Vec<&str> = all["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["words"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (0..TAPS).map(|tap| format!("観察その{tap}。")).collect();
    assert_eq!(noted, expected, "all of them, once, in their order");
}

both_databases! {
    async fn a_killed_program_loses_and_doubles_no_tap(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let mut residents = Vec::new();
        for _ in 0..kills().div_ceil(TAPS) {
            residents.push(sheet::admit(&api, &sheet::ordinary()).await);
        }
        service.sign_in("care").await;
        let key = service.door().key("care");
        let url = service.bench.url.clone();
        service.bench.store.close().await;
        for resident in residents {
            // The machine's clock is not that of the story, and half a minute is long.
            let fresh = "update second_factor set last_step = 0";
            service.bench.at_the_shell(fresh).await.unwrap();
            let (url, key) = (url.clone(), key.clone());
            let work = move || taps_while_it_is_killed(&url, &resident, &key);
            tokio::task::spawn_blocking(work).await.unwrap();
        }
        let mut verify = Command::new(env!("CARGO_BIN_EXE_hikitsugi"));
        let chains = verify.envs([MASTER_KEY]).args(["audit", "verify", "--database", &url]).output().unwrap();
        assert!(chains.status.success(), "{}", String::from_utf8_lossy(&chains.stdout));
    }
}
