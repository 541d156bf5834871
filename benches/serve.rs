//! Requests a second over loopback sockets, beside an empty route of the same server, by turns.
//!
//! `cargo bench --bench serve`

#[path = "support/load.rs"]
mod load;
#[path = "support/meter.rs"]
mod meter;
#[path = "support/run.rs"]
mod run;
#[path = "support/town.rs"]
mod town;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hikitsugi::command::system::{SystemClock, SystemEntropy};
use hikitsugi::domain::clock::Clock;
use hikitsugi::domain::form::Forms;
use hikitsugi::domain::id::{FacilityId, ResidentId, StaffId};
use hikitsugi::domain::permit::{Actor, Role};
use hikitsugi::domain::protocol::Protocols;
use hikitsugi::store::staff::NewStaff;
use hikitsugi::store::{Store, factor};
use hikitsugi::web::listen::{self, Listening};
use hikitsugi::web::{self, App, Net, Parts, auth::Passwords, sha256};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use load::{Answer, Load, request};
use meter::{median, micros};
use town::Town;

/// Connections that ask at the same time, each again as soon as it is answered.
const CONNECTIONS: usize = 16;
const RESIDENTS: usize = 100;
const PASSWORD: &str = "うみべのさんぽみちで会いましょう";

fn main() {
    let (turn, turns) = if run::wants_figures() {
        (Duration::from_millis(1500), 7)
    } else {
        (Duration::from_millis(20), 1)
    };
    let house = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the server");
    let crowd = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime for the load");
    let (town, residents) = house.block_on(people());
    let service = house.block_on(serve(web::router(app(town.store.clone()))));
    let empty = house.block_on(serve(Router::new().route("/", get(|| async {}))));
    crowd.block_on(async {
        let routes = routes(service, empty, &residents).await;
        measure(&routes, turn, turns).await;
    });
    house.block_on(town.close());
}

/// A facility with a manager and its residents.
async fn people() -> (Town, Vec<ResidentId>) {
    let town = Town::open("bench-serve").await;
    let facility = FacilityId::from("home");
    let hash = Passwords::new(&SystemEntropy).hash(PASSWORD, &SystemEntropy);
    let manager = NewStaff {
        id: &StaffId::from("manager"),
        login: "manager",
        name: "青木 修",
        role: Role::Manager,
        password_hash: &hash,
    };
    town.found(&facility, &[manager]).await;
    let manager = Actor {
        staff: StaffId::from("manager"),
        name: "青木 修".to_owned(),
        role: Role::Manager,
        facility: facility.clone(),
        source: "bench".to_owned(),
    };
    let codes = CODES.map(|code| sha256(code.as_bytes()));
    let now = SystemClock.now();
    let known = factor::start(&town.store, &manager, &[7; 20], now).await;
    known.expect("a new key");
    let set_up = factor::confirm(&town.store, &manager, 0, &codes, now).await;
    set_up.expect("a key that waits");
    let people = town.fill(&facility, 0, RESIDENTS).await;
    (town, people.into_iter().map(|(id, _)| id).collect())
}

fn app(store: Store) -> App {
    App::new(Parts {
        store,
        forms: Forms::built_in(),
        protocols: Protocols::default(),
        clocks: hikitsugi::domain::handoff::clock::Rules::built_in(),
        clock: Box::new(SystemClock),
        entropy: Box::new(SystemEntropy),
        base_url: "http://localhost".to_owned(),
        mailer: None,
        token_key: vec![7; 32],
        passwords: Passwords::new(&SystemEntropy),
        shows_digits: false,
        net: Net::default(),
    })
}

/// Serves on a port that the system chooses, until the runtime ends.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    let how = Listening::default();
    tokio::spawn(listen::serve(listener, router, how, std::future::pending()));
    address
}

async fn routes(service: SocketAddr, empty: SocketAddr, residents: &[ResidentId]) -> Vec<Load> {
    let mut tokens = Vec::new();
    let bearer = bearer(service).await;
    for resident in &residents[..CONNECTIONS] {
        let path = format!("/api/v1/residents/{resident}/documents");
        let issued = call(service, &path, &bearer, &json!({"form": "emergency"})).await;
        let address = issued["scan_url"]
            .as_str()
            .expect("an issued paper has a link");
        let token = address.rsplit('/').next().unwrap_or_default();
        tokens.push(format!("/q/{token}"));
    }
    let form = "login=manager&password=".to_owned() + &percent(PASSWORD);
    let signed_in = load::once(
        service,
        &request("POST", "/signin", OWN_FORM, form.as_bytes()),
    )
    .await;
    let step = cookie(&signed_in);
    let form = format!("code={}", CODES[0]);
    let headers = format!("{OWN_FORM}{step}");
    let signed_in = load::once(
        service,
        &request("POST", "/signin/code", &headers, form.as_bytes()),
    )
    .await;
    let cookie = cookie(&signed_in);

    let every = |method: &str, headers: &str| -> Vec<Vec<u8>> {
        tokens
            .iter()
            .map(|path| request(method, path, headers, b""))
            .collect()
    };
    let load = |name, address, requests| Load {
        name,
        address,
        requests,
    };
    vec![
        load("an empty route", empty, vec![request("GET", "/", "", b"")]),
        load(
            "GET /healthz, through all guards",
            service,
            vec![request("GET", "/healthz", "", b"")],
        ),
        load("GET /q/…, the cover", service, every("GET", "")),
        load(
            "POST /q/…, the crew's page, each view on disk",
            service,
            every("POST", OWN_FORM),
        ),
        load(
            "the same, compressed",
            service,
            every("POST", &format!("{OWN_FORM}accept-encoding: gzip\r\n")),
        ),
        load(
            "GET /residents, 60 of 100",
            service,
            vec![request("GET", "/residents", &cookie, b"")],
        ),
        load(
            "GET /residents?q=さと",
            service,
            vec![request(
                "GET",
                &format!("/residents?q={}", percent("さと")),
                &cookie,
                b"",
            )],
        ),
    ]
}

/// The first cookie of an answer, as a header that sends it back.
fn cookie(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    let cookie = cookie.and_then(|cookie| cookie.split(';').next());
    format!("cookie: {}\r\n", cookie.expect("the manager signs in"))
}

/// What a browser sends with a form of our own page.
const OWN_FORM: &str =
    "sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n";

/// Codes on paper: one for the pages, one for the API.
const CODES: [&str; 2] = ["7K0M4QZ91XAB", "7K0M4QZ91XAC"];

async fn bearer(service: SocketAddr) -> String {
    let who = json!({"login": "manager", "password": PASSWORD, "otp": CODES[1]});
    let token = call(service, "/api/v1/token", "", &who).await;
    let token = token["access_token"]
        .as_str()
        .expect("a token for the manager");
    format!("authorization: Bearer {token}\r\n")
}

async fn call(service: SocketAddr, path: &str, headers: &str, body: &Value) -> Value {
    let headers = format!("{headers}content-type: application/json\r\n");
    let answer: Answer = load::once(
        service,
        &request("POST", path, &headers, body.to_string().as_bytes()),
    )
    .await;
    serde_json::from_slice(&answer.body).expect("the API answers JSON")
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Each route in turn, several times over, so that a busy moment of the machine falls on all of them.
async fn measure(routes: &[Load], turn: Duration, turns: usize) {
    let mut runs = vec![Vec::new(); routes.len()];
    let mut slowest = vec![Duration::ZERO; routes.len()];
    let mut sizes = vec![0; routes.len()];
    // The first turn warms connections, caches and prepared statements.
    for at in 0..=turns {
        for (index, route) in routes.iter().enumerate() {
            let done = route.run(CONNECTIONS, turn).await;
            sizes[index] = done.bytes;
            if at > 0 {
                runs[index].push(done.cost.each(done.count));
                slowest[index] = slowest[index].max(done.p99);
            }
        }
    }
    let costs: Vec<_> = runs.iter().map(|run| median(run)).collect();
    println!(
        "## {CONNECTIONS} connections on loopback, median of {turns} turns of {turn:?}, server and load on the same cores\n"
    );
    println!(
        "| | requests/s | of the empty route | server's CPU µs | with the load's | worst p99 ms | bytes |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    for ((route, cost), (slowest, bytes)) in
        routes.iter().zip(&costs).zip(slowest.iter().zip(sizes))
    {
        println!(
            "| {} | {:.0} | {:.3} | {:.0} | {:.0} | {:.1} | {bytes} |",
            route.name,
            1.0 / cost.wall.as_secs_f64(),
            costs[0].wall.as_secs_f64() / cost.wall.as_secs_f64(),
            micros(cost.others),
            micros(cost.cpu()),
            micros(*slowest) / 1e3,
        );
    }
}
