//! Random requests that mix the ids of two facilities: not one byte of another facility comes out (security.md rows
//! 56 and 59), and nothing breaks. `HIKITSUGI_CROSSINGS=50000 HIKITSUGI_SEED=7` gives more of them, or others.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use hikitsugi::domain::clock::Entropy;
use hikitsugi::domain::permit::Role;
use serde_json::json;

use super::table::TABLE;
use super::town::{NEXT_DOOR, Place, SCAN, Slot, Town, absent};
use super::{Asked, Seats, asked, asks_to_sign_in, said, sends};
use crate::support::doubles::SeededEntropy;
use crate::support::service::{Answer, Person, urlencoded};
use crate::support::tools::Pdf;
use crate::support::{Bench, number};

/// In an ordinary run, on each database.
const CROSSINGS: u64 = 2_000;
const SEED: u64 = 59;
/// What ends the session of whoever asks, and what costs a hundred others.
const LEFT_OUT: [&str; 4] = ["/signin", "/account", "/signout", "/join"];
const COSTLY: [&str; 9] = [
    "/documents/binder",
    "/residents/{id}/documents",
    "/api/v1/residents/{id}/documents",
    "/residents/{id}/directive/papers",
    "/api/v1/handoffs/{id}/documents",
    "/documents/{id}/lost",
    "/papers/door.pdf",
    "/papers/blank/{form}",
    "/papers/explanation.pdf",
];
/// What forms and calls name, beside what the table sends.
const NAMES: [&str; 24] = [
    "resident",
    "id",
    "transport",
    "hospital",
    "about",
    "form",
    "do",
    "words",
    "revision",
    "seen",
    "version",
    "take",
    "on",
    "facility_id",
    "role",
    "facility",
    "outcome",
    "until",
    "q",
    "after",
    "before",
    "limit",
    "next",
    "need",
];

struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, sides: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % sides as u64).unwrap()
    }

    fn of<'t, T>(&self, many: &'t [T]) -> &'t T {
        &many[self.below(many.len())]
    }

    /// So many times of a hundred.
    fn falls(&self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What can stand in a place of a request.
struct Pool<'a> {
    town: &'a Town,
    dice: Dice,
    words: Vec<String>,
}

impl Pool<'_> {
    fn value(&self, slot: Slot) -> String {
        // A token opens its page for whoever holds it: only one's own, or one that opens nothing.
        if matches!(slot, Slot::Link | Slot::Page | Slot::Invitation) {
            let own = self.town.home.value(slot);
            let broken: String = own.chars().rev().collect();
            return broken;
        }
        match self.dice.below(100) {
            0..45 => self.town.next.value(slot).to_owned(),
            45..80 => self.town.home.value(slot).to_owned(),
            80..90 if Slot::OWNED.contains(&slot) => absent(slot).to_owned(),
            _ => self.dice.of(&self.words).replace('/', "%2F"),
        }
    }

    fn pairs(&self) -> String {
        let many = 1 + self.dice.below(4);
        let pairs: Vec<(&str, &str)> = (0..many)
            .map(|_| (*self.dice.of(&NAMES), self.dice.of(&self.words).as_str()))
            .collect();
        urlencoded(&pairs)
    }

    fn draw(&self) -> Asked {
        let row = loop {
            let row = self.dice.of(TABLE);
            let is_out = LEFT_OUT.iter().any(|path| row.1.starts_with(path));
            let is_costly = row.0 == "POST" && COSTLY.contains(&row.1) || row.1.ends_with(".pdf");
            if !is_out && (!is_costly || self.dice.falls(3)) {
                break row;
            }
        };
        let code = *self.dice.of(&said(row.2));
        let mut drawn = asked(row, code, |slot| self.value(slot));
        if drawn.method == Method::GET && self.dice.falls(40) {
            drawn.path = format!("{}?{}", drawn.path, self.pairs());
        }
        if self.dice.falls(40) {
            if drawn.sends.starts_with('{') {
                let (name, word) = (self.dice.of(&NAMES), self.dice.of(&self.words));
                let more = json!({*name: word}).to_string();
                drawn.sends = more.replace('}', ",") + &drawn.sends[1..];
                drawn.sends = drawn.sends.replace(",}", "}");
            } else if !drawn.sends.starts_with("file ") && drawn.method != Method::GET {
                drawn.sends = format!("{}&{}", drawn.sends, self.pairs());
            }
        }
        drawn
    }

    fn headers(&self) -> Vec<(&'static str, &'static str)> {
        let mut headers = vec![("sec-fetch-site", "same-origin")];
        if self.dice.falls(30) {
            headers.push((
                "if-match",
                *self.dice.of(&["\"1\"", "\"2\"", "\"3\"", "W/\"5\""]),
            ));
        }
        if self.dice.falls(20) {
            headers.push(("idempotency-key", "the-same-everywhere"));
        }
        if self.dice.falls(20) {
            headers.push(("accept", "application/json"));
        }
        headers
    }
}

/// Three residents more, one of them made with a key that both facilities use.
async fn fuller(town: &Town, place: &Place, login: &str) -> Vec<String> {
    let nurse = town.service.sign_in(login).await;
    let mut ids = Vec::new();
    for number in 1..=2 {
        let name = format!("{} {number}子", place.canary);
        let reading = format!("{} あ", place.reading);
        ids.push(nurse.admits(&name, &reading, "101").await);
    }
    let body = json!({"name": format!("{} 三子", place.canary), "name_kana": format!("{} い", place.reading)});
    let key = [("idempotency-key", "the-same-everywhere")];
    let api = town.service.api(login).await;
    let made = api
        .json(Method::POST, "/api/v1/residents", &key, &body)
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    ids.push(made.value()["id"].as_str().unwrap().to_owned());
    ids
}

/// All that an answer says: its headers, its body, and the text of a paper.
struct Reader<'a> {
    bench: &'a Bench,
    read: BTreeSet<Vec<u8>>,
}

impl Reader<'_> {
    fn text(&mut self, answer: &Answer) -> String {
        let mut text = format!("{:?}\n{}", answer.headers, answer.text());
        let is_paper = answer.body.starts_with(b"%PDF") && answer.body != SCAN;
        if is_paper && self.read.insert(answer.body.clone()) {
            let pdf = Pdf::new(self.bench.folder.path(), "crossing", &answer.body);
            text.push_str(&pdf.text());
        }
        text
    }
}

both_databases! {
    async fn s26_not_a_byte_of_another_facility_comes_out(bench: Bench) {
        let town = Town::new(bench).await;
        let seats = Seats::new(&town.service).await;
        let mut words: Vec<String> = ["", "0", "1", "2", "-1", "99999999999999999999", "emergency", "ward", "save", "issue", "yes", "manager", "2026-11-20", "%", "_", "'", "200", "tonari", "sazanami"]
            .map(str::to_owned).into();
        words.extend(fuller(&town, &town.home, "nurse").await);
        words.extend(fuller(&town, &town.next, NEXT_DOOR.nurse).await);
        for place in [&town.home, &town.next] {
            words.extend(Slot::OWNED.map(|slot| place.value(slot).to_owned()));
        }
        // What somebody searches for is in the address of the search, and comes back in its input.
        let begun: String = town.next.reading.chars().take(2).collect();
        words.push(begun);
        let (many, seed) = (number("HIKITSUGI_CROSSINGS", CROSSINGS), number("HIKITSUGI_SEED", SEED));
        println!("{many} crossings from seed {seed}");
        let pool = Pool { town: &town, dice: Dice(SeededEntropy::new(seed)), words };
        let stranger = town.service.stranger();
        let mut reader = Reader { bench: &town.service.bench, read: BTreeSet::new() };
        let (mut own, mut refused) = (0, 0);
        for at in 0..many {
            let drawn = pool.draw();
            let is_call = drawn.path.starts_with("/api/");
            let (who, person): (&str, &Person<'_>) = match pool.dice.below(13) {
                12 => ("stranger", &stranger),
                chosen => {
                    let (role, browser, program) = &seats.0[chosen % seats.0.len()];
                    (role.code(), if is_call { program } else { browser })
                }
            };
            let answer = sends(person, &drawn, &pool.headers()).await;
            let told = format!("{at} of seed {seed}: {} {} {} as {who}", drawn.method, drawn.path, drawn.sends);
            assert!(!answer.status.is_server_error(), "{told}: {} {}", answer.status, answer.text());
            let text = reader.text(&answer);
            let theirs = [town.next.canary, town.next.reading];
            assert!(!theirs.iter().any(|word| text.contains(word)), "{told}: {text}");
            // Nobody outside the facilities sees either, but the hospital what さざなみ苑 sent it.
            let is_outside = who == "stranger" || who == Role::Operator.code();
            let is_own = text.contains(town.home.canary);
            assert!(!(is_outside && is_own), "{told}: {text}");
            own += u64::from(is_own);
            refused += u64::from(matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN));
        }
        // The words can be found where they belong, and everybody is still there.
        assert!(own > many / 20 && refused > many / 20, "{own} own, {refused} refused of {many}");
        for (role, browser, _) in &seats.0 {
            assert!(!asks_to_sign_in(&browser.get("/account").await), "{role:?}");
        }
    }
}
