//! The sequences through the whole program: statements and sheets come in by the API, and after every step every
//! surface is read that shows the standing: lists, pages, the API, the crew's page of each paper, the paper itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::id::{FacilityId, ResidentId};
use hikitsugi::domain::permit::Actor;
use hikitsugi::store::Store;
use serde_json::{Value, json};

use super::model::{Act, Checked, Door, Ground, Outcome, Run, START, hold, sheet_json};
use super::steps::{Step, Who, draw};
use crate::support::service::{Answer, HOME, Keys, OTHER, Service};
use crate::support::sheet::issue;
use crate::support::tools::{Pdf, bare};
use crate::support::{Bench, Folder, number};

/// On each database.
const SEQUENCES: u64 = 24;
/// Papers of one resident at most.
const PAPERS: usize = 3;
const ORDER: &str = "order_on_file";

/// Statements and sheets come in by the API, the rest at the store.
#[derive(Clone)]
struct Api {
    service: Arc<Service>,
    tokens: Arc<Mutex<HashMap<String, Keys>>>,
}

impl Api {
    fn new(service: Service) -> Self {
        Self {
            service: Arc::new(service),
            tokens: Arc::default(),
        }
    }

    /// With a token of before, or with a new one if that is over.
    async fn sends(
        &self,
        login: &str,
        method: Method,
        path: &str,
        seen: Option<i64>,
        body: &Value,
    ) -> Answer {
        let seen = seen.map(|seen| format!("\"{seen}\""));
        let headers: Vec<(&str, &str)> = seen
            .iter()
            .map(|seen| ("if-match", seen.as_str()))
            .collect();
        let known = self.tokens.lock().unwrap().get(login).cloned();
        if let Some(keys) = known {
            let person = self.service.returning(keys);
            let answer = person.json(method.clone(), path, &headers, body).await;
            if answer.status != StatusCode::UNAUTHORIZED {
                return answer;
            }
        }
        let person = self.service.api(login).await;
        self.tokens
            .lock()
            .unwrap()
            .insert(login.to_owned(), person.keys());
        person.json(method, path, &headers, body).await
    }
}

impl Door for Api {
    fn store(&self) -> &Store {
        &self.service.bench.store
    }

    async fn perform(
        &self,
        actor: &Actor,
        resident: &ResidentId,
        act: &Act,
        limits: Limits,
        at: Moment,
    ) -> Checked<Outcome> {
        self.service.clock.set(at);
        let by = act.by().staff();
        let path = format!("/api/v1/residents/{resident}");
        let answer = match act {
            // The original is uploaded on a page and closing is nobody's word: neither is said by the API.
            Act::Say {
                kind,
                about,
                seen,
                body,
                ..
            } if !matches!(*kind, "scanned" | "closed") => {
                let said = json!({"kind": kind, "about": about, "body": body});
                let path = format!("{path}/statements");
                self.sends(by, Method::POST, &path, *seen, &said).await
            }
            Act::Revise {
                expected, sheet, ..
            } => {
                let whole = json!({"record": sheet_json(*sheet), "reason": "", "verified": false});
                let path = format!("{path}/sheet");
                self.sends(by, Method::PUT, &path, Some(*expected), &whole)
                    .await
            }
            _ => return self.store().perform(actor, resident, act, limits, at).await,
        };
        match answer.status {
            StatusCode::CREATED => {
                let said = &answer.value()["statement"];
                Ok(Outcome::Said {
                    seq: said["seq"].as_i64().ok_or("no number")?,
                    id: said["id"].as_str().ok_or("no id")?.to_owned(),
                })
            }
            StatusCode::OK => Ok(Outcome::Done),
            status if status.is_client_error() && status != StatusCode::UNAUTHORIZED => {
                Ok(Outcome::Refused(answer.text()))
            }
            status => Err(format!("{act:?}: {status} {}", answer.text())),
        }
    }
}

/// What is looked at while a sequence goes on.
struct Eyes {
    reader: Option<Keys>,
    /// Where the codes on the papers lead.
    papers: Vec<String>,
    printed: &'static str,
    folder: Folder,
    seen: Sights,
}

/// How often a surface was read, and how often it showed an order.
#[derive(Debug, Default)]
struct Sights {
    reads: u64,
    orders: u64,
}

impl Eyes {
    /// A page as the care worker sees it.
    async fn page(&mut self, service: &Service, path: &str) -> Checked<String> {
        if let Some(keys) = &self.reader {
            let answer = service.returning(keys.clone()).get(path).await;
            if answer.status == StatusCode::OK {
                return Ok(answer.text());
            }
            hold!(
                answer.status == StatusCode::SEE_OTHER,
                "{path}: {}",
                answer.text()
            );
        }
        let person = service.sign_in("care").await;
        self.reader = Some(person.keys());
        let answer = person.get(path).await;
        hold!(answer.status == StatusCode::OK, "{path}: {}", answer.text());
        Ok(answer.text())
    }

    /// Every standing that was shown is the one of the second opinion, and there was one.
    fn compare(&mut self, place: &str, shown: &[String], expected: &str) -> Checked {
        hold!(!shown.is_empty(), "{place} shows no standing");
        hold!(
            shown.iter().all(|code| code == expected),
            "{place} shows {shown:?}, the oracle says {expected}"
        );
        self.seen.reads += 1;
        self.seen.orders += u64::from(expected == ORDER);
        Ok(())
    }

    async fn look(&mut self, api: &Api, run: &Run) -> Checked {
        let service = &api.service;
        service.clock.set(Moment(run.now));
        let expected = run.code_by_oracle();
        let here = run.status == "living_in";
        let id = &run.resident;

        let page = format!("/residents/{id}");
        let mut pages = vec![page.clone(), format!("{page}/directive")];
        if here {
            pages.push("/residents".to_owned());
        }
        for path in pages {
            let text = self.page(service, &path).await?;
            self.compare(&path, &on_page(&text), expected)?;
        }
        let work = on_page(&self.page(service, "/directives").await?);
        hold!(
            work.iter().all(|code| code == expected),
            "the calendar shows {work:?}, the oracle says {expected}"
        );

        let resident = format!("/api/v1/residents/{id}");
        let mut answers = vec![
            resident.clone(),
            format!("{resident}/standing"),
            format!("{resident}/statements"),
            format!("{resident}/sheet"),
        ];
        if here {
            answers.push("/api/v1/residents".to_owned());
        }
        for path in answers {
            let answer = api
                .sends("care", Method::GET, &path, None, &json!({}))
                .await;
            hold!(answer.status == StatusCode::OK, "{path}: {}", answer.text());
            let mut codes = Vec::new();
            match path.ends_with("/standing") {
                true => codes.push(
                    answer.value()["code"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                ),
                false => in_json(&answer.value(), &mut codes),
            }
            self.compare(&path, &codes, expected)?;
        }

        if here && self.papers.len() < PAPERS && self.printed != expected {
            self.print(api, run, expected).await?;
        }
        for path in self.papers.clone() {
            let page = scan(service, &path, "text/html").await;
            let json = scan(service, &path, "application/json").await;
            let mut codes = on_page(&page.text());
            in_json(&json.value(), &mut codes);
            if page.status == StatusCode::OK {
                self.compare(&path, &codes, expected)?;
            }
            hold!(
                expected == ORDER || codes.iter().all(|code| code != ORDER),
                "the ended paper {path} shows {codes:?}, the oracle says {expected}"
            );
        }
        Ok(())
    }

    /// Prints the sheet, and reads it.
    async fn print(&mut self, api: &Api, run: &Run, expected: &'static str) -> Checked {
        let nurse = api.service.api("nurse").await;
        let issued = issue(&nurse, &run.resident.0).await;
        let name = format!("{}-{}", run.resident, self.papers.len());
        let text = bare(&Pdf::new(self.folder.path(), &name, &issued.pdf).text());
        let says = text.contains("医師の指示書があります");
        hold!(
            says == (expected == ORDER),
            "the paper of {expected} says {text}"
        );
        let address = issued.address();
        let path = address.find("/Q/").ok_or("a paper's code leads here")?;
        self.papers.push(address[path..].to_owned());
        self.printed = expected;
        Ok(())
    }
}

/// The standings that a page marks.
fn on_page(html: &str) -> Vec<String> {
    let marks = html.split("data-standing=\"").skip(1);
    marks
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

/// The standings that a JSON answer holds.
fn in_json(value: &Value, codes: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if key == "standing" {
                    codes.extend(value["code"].as_str().map(str::to_owned));
                }
                in_json(value, codes);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| in_json(item, codes)),
        _ => {}
    }
}

/// A crew's tap on the cover.
async fn scan(service: &Service, path: &str, accept: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "q.minato.example.jp")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    service.send(request.body(Body::empty()).unwrap()).await
}

async fn play(api: &mut Api, seed: u64, ground: &Ground) -> Checked<Sights> {
    let mut eyes = Eyes {
        reader: None,
        papers: Vec::new(),
        printed: "",
        folder: Folder::new(),
        seen: Sights::default(),
    };
    let home = FacilityId::from(HOME);
    let mut run = Run::admit(api.store(), ground, home, &seed.to_string(), START).await?;
    for (index, step) in draw(seed).iter().enumerate() {
        let at = |why: String| format!("at step {index} ({step:?}): {why}");
        if let Step::Restart = step {
            let service = Arc::get_mut(&mut api.service).ok_or("something still goes on")?;
            service.restart().await;
        }
        run.step(api, step).await.map_err(at)?;
        eyes.look(api, &run).await.map_err(at)?;
    }
    run.end(api.store()).await?;
    // The next one finds an empty house with the limits of before.
    let limits = Step::Limits {
        by: Who::Manager,
        limits: [6, 3, 12, 30],
    };
    run.step(api, &limits).await?;
    let left = Step::Move {
        by: Who::Manager,
        status: "left",
    };
    run.step(api, &left).await?;
    Ok(eyes.seen)
}

async fn plays(bench: Bench, first: u64) {
    let service = Service::start(bench).await;
    service.employs_physician("physician", "神谷 修一").await;
    service.employs_physician("physician2", "髙橋 葛子").await;
    let mut api = Api::new(service);
    let ground = Ground::in_facility(api.store(), FacilityId::from(OTHER)).await;
    let ground = ground.expect("somebody lives in the other facility");
    let mut seen = Sights::default();
    for seed in first..first + SEQUENCES {
        let sights = play(&mut api, seed, &ground).await;
        let sights = sights.unwrap_or_else(|why| {
            let steps: String = draw(seed)
                .iter()
                .map(|step| format!("  {step:?}\n"))
                .collect();
            panic!("sequence {seed}: {why}\n{steps}")
        });
        seen.reads += sights.reads;
        seen.orders += sights.orders;
    }
    println!("{seen:?}");
    assert!(
        seen.orders * 50 > seen.reads,
        "too few orders to mean anything: {seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_no_surface_shows_an_order_unless_the_second_opinion_says_so_on_sqlite() {
    let folder = Folder::fast();
    let url = format!("sqlite:{}", folder.path().join("surfaces.db").display());
    plays(
        Bench::open(url, folder).await,
        number("HIKITSUGI_SEED", 119) << 32,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_no_surface_shows_an_order_unless_the_second_opinion_says_so_on_postgres() {
    let first = (number("HIKITSUGI_SEED", 119) << 32) + (1 << 31);
    plays(Bench::postgres().await, first).await;
}
