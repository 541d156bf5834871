//! The whole service over HTTP, without a port: what people send and what they see.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, LazyLock, Mutex};

use crate::support::master_key;
use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hikitsugi::command::system::SystemClock;
use hikitsugi::domain::clock::{Clock, Entropy, Moment};
use hikitsugi::domain::form::Forms;
use hikitsugi::domain::id::{FacilityId, StaffId};
use hikitsugi::domain::permit::{Actor, OperateService, Permit, Role};
use hikitsugi::domain::protocol::Protocols;
use hikitsugi::store::Store;
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::staff::{self, NewStaff};
use hikitsugi::web::auth::Passwords;
use hikitsugi::web::listen::{self, Listening};
use hikitsugi::web::mail::Mailer;
use hikitsugi::web::{App, Net, Parts, router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use totp_rs::{Builder, Secret};
use tower::ServiceExt;

use super::Bench;
use super::doubles::{FixedClock, SeededEntropy};
use super::program::wire;

/// Everybody's password in the stories.
pub const PASSWORD: &str = "うみべのさんぽみちで会いましょう";
pub const HOME: &str = "sazanami";
pub const OTHER: &str = "yamabiko";

struct SharedClock(Arc<FixedClock>);

impl Clock for SharedClock {
    fn now(&self) -> Moment {
        self.0.now()
    }
}

struct SharedEntropy(Arc<SeededEntropy>);

impl Entropy for SharedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// A city with two facilities: さざなみ苑 with a care worker, two nurses and a manager, やまびこ荘 with a nurse, and an
/// operator.
pub struct Service {
    router: Router,
    /// The port of the program that answers instead of the router.
    program: Option<u16>,
    pub app: App,
    door: Arc<Door>,
    pub clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
    pub bench: Bench,
    /// What QR codes hold.
    pub base_url: String,
}

/// What the people of a service keep beside their passwords.
pub struct Door {
    clock: Arc<FixedClock>,
    /// By login.
    kept: Mutex<HashMap<String, Kept>>,
}

/// What one person keeps: a browser that was remembered, and codes on paper.
#[derive(Clone, Default)]
struct Kept {
    device: String,
    /// The key of the digits, and the half minute whose digits were given last.
    key: String,
    step: i64,
    codes: Vec<String>,
    /// A token of the API and since when: a program asks for a new one when it must.
    token: Option<(String, Moment)>,
}

/// The doors of services that listen, by address: a test that drives a browser knows nothing else.
static DOORS: LazyLock<Mutex<HashMap<String, Arc<Door>>>> = LazyLock::new(Mutex::default);

/// The door of the service at this address.
pub fn door(base_url: &str) -> Arc<Door> {
    DOORS.lock().unwrap()[base_url].clone()
}

impl Door {
    /// The six digits of the key that the page of the set-up shows.
    pub fn digits(&self, key: &str) -> String {
        let secret = Secret::try_from_base32(key.replace(' ', "")).expect("a key in base32");
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let seconds = u64::try_from(self.clock.now().0 / 1000).unwrap();
        totp.generate(seconds).to_string()
    }

    /// Keeps the codes of the page that shows them once.
    pub fn keep_codes(&self, login: &str, page: &str) {
        let (_, list) = page.split_once("class=\"codes\"").expect("a list of codes");
        let (list, _) = list.split_once("</ol>").unwrap();
        let codes = list.split("<li class=\"number\">").skip(1);
        let codes = codes.map(|code| code.split('<').next().unwrap().to_owned());
        let mut kept = self.kept.lock().unwrap();
        let kept = kept.entry(login.to_owned()).or_default();
        kept.codes = codes.collect();
        kept.token = None;
    }

    /// Keeps the key whose digits are given now.
    pub fn keep_key(&self, login: &str, key: &str) {
        let mut kept = self.kept.lock().unwrap();
        let kept = kept.entry(login.to_owned()).or_default();
        (kept.key, kept.step) = (key.to_owned(), self.step());
    }

    /// The key of somebody's digits.
    pub fn key(&self, login: &str) -> String {
        self.kept.lock().unwrap()[login].key.clone()
    }

    fn step(&self) -> i64 {
        self.clock.now().0 / 30_000
    }

    /// The digits, or a code from paper where those of this half minute were given: the clock of a story stands.
    pub fn code(&self, login: &str) -> String {
        let mut kept = self.kept.lock().unwrap();
        let kept = kept.get_mut(login).expect("somebody who is set up");
        if !kept.key.is_empty() && self.step() > kept.step {
            kept.step = self.step();
            return self.digits(&kept.key);
        }
        kept.codes.pop().expect("ten codes are enough for a story")
    }

    pub fn knows(&self, login: &str) -> bool {
        self.kept.lock().unwrap().contains_key(login)
    }

    fn device(&self, login: &str) -> Option<String> {
        let kept = self.kept.lock().unwrap();
        let device = &kept.get(login)?.device;
        (!device.is_empty()).then(|| device.clone())
    }

    fn keep_device(&self, login: &str, device: &str) {
        let mut kept = self.kept.lock().unwrap();
        kept.entry(login.to_owned()).or_default().device = device.to_owned();
    }
}

/// The address on papers, where no browser follows it.
const HERE: &str = "https://q.minato.example.jp";

impl Service {
    pub async fn start(bench: Bench) -> Self {
        Self::with_forms(bench, Forms::built_in()).await
    }

    pub async fn with_forms(bench: Bench, forms: Forms) -> Self {
        Self::settled(bench, forms, HERE.to_owned(), None).await
    }

    /// With a mail server: what happens is told by e-mail too.
    pub async fn mailing(bench: Bench, server: &str) -> Self {
        let mailer = Mailer::new(server, "hikitsugi@city.minato.example.jp");
        let mailer = Some(mailer.expect("the server's address can be read"));
        Self::settled(bench, Forms::built_in(), HERE.to_owned(), mailer).await
    }

    /// The service on a port of this machine, for as long as the test runs; the codes on its papers lead there.
    pub async fn listen(bench: Bench) -> Self {
        Self::listening(bench, Listening::default(), Net::default(), pending()).await
    }

    /// The same with connections treated as `how` says, until `stop` is done.
    pub async fn listening(
        bench: Bench,
        how: Listening,
        net: Net,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let scheme = if how.tls.is_some() { "https" } else { "http" };
        let base_url = format!("{scheme}://{address}");
        let service = Self::with_net(bench, Forms::built_in(), base_url, None, net).await;
        let address = service.base_url.clone();
        DOORS.lock().unwrap().insert(address, service.door.clone());
        let router = service.router.clone();
        tokio::spawn(listen::serve(listener, router, how, stop));
        service
    }

    /// The port of [`Service::listen`].
    pub fn port(&self) -> u16 {
        let port = self.base_url.rsplit(':').next();
        port.and_then(|port| port.parse().ok())
            .expect("the service listens")
    }

    async fn settled(bench: Bench, forms: Forms, base_url: String, mailer: Option<Mailer>) -> Self {
        Self::with_net(bench, forms, base_url, mailer, Net::default()).await
    }

    async fn with_net(
        bench: Bench,
        forms: Forms,
        base_url: String,
        mailer: Option<Mailer>,
        net: Net,
    ) -> Self {
        let clock = Arc::new(FixedClock::default());
        let entropy = Arc::new(SeededEntropy::default());
        settle(&bench, &quick_hash(), clock.now()).await;
        let (of_app, chance) = (clock.clone(), entropy.clone());
        let app = app(&bench, forms, of_app, chance, &base_url, mailer, net);
        Self {
            router: router(app.clone()),
            program: None,
            app,
            door: Arc::new(Door {
                clock: clock.clone(),
                kept: Mutex::default(),
            }),
            clock,
            entropy,
            bench,
            base_url,
        }
    }

    /// From now on the program on this port answers, on the same database and by the machine's clock.
    pub async fn hands_over_to(&mut self, database: impl FnOnce(&str) -> u16) {
        self.router = Router::new();
        self.bench.store.close().await;
        // Whoever gave digits by the clock of the story gives others now.
        let fresh = "update second_factor set last_step = 0";
        self.bench.at_the_shell(fresh).await.unwrap();
        self.program = Some(database(&self.bench.url));
        self.clock.set(SystemClock.now());
        for kept in self.door.kept.lock().unwrap().values_mut() {
            (kept.step, kept.token) = (0, None);
        }
    }

    /// What the people keep beside their passwords.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Stops the program and starts it again.
    pub async fn restart(&mut self) {
        self.router = Router::new();
        self.bench.store.close().await;
        let store = Store::open(&self.bench.url, master_key()).await;
        self.bench.store = store.expect("the database opens again");
        let (clock, entropy) = (self.clock.clone(), self.entropy.clone());
        let forms = Forms::built_in();
        let net = Net::default();
        let bench = &self.bench;
        self.app = app(bench, forms, clock, entropy, &self.base_url, None, net);
        self.router = router(self.app.clone());
    }

    /// A physician whom the city office added to さざなみ苑; the id is the login too.
    pub async fn employs_physician(&self, id: &str, name: &str) {
        self.employs(HOME, id, name, Role::Physician).await;
    }

    /// Somebody more, in any facility, with [`PASSWORD`]; the id is the login too.
    pub async fn employs(&self, facility: &str, id: &str, name: &str, role: Role) {
        let hash = quick_hash();
        let person = NewStaff {
            id: &StaffId::from(id),
            login: id,
            name,
            role,
            password_hash: &hash,
        };
        let (store, facility) = (&self.bench.store, FacilityId::from(facility));
        staff::create_by_office(store, &office(), &facility, person, self.clock.now())
            .await
            .unwrap();
    }

    /// One facility or hospital more, without people.
    pub async fn founds(&self, id: &str, name: &str, kind: &str) {
        let body = json!({
            "facility_name": name, "facility_type": kind, "facility_phone": "0463-00-1234",
            "night_phone": "0463-00-5678", "ambulance_entrance": "北側 職員通用口",
        });
        let body = body.to_string();
        let text = FacilityText {
            name,
            kind,
            body: body.as_bytes(),
        };
        let (store, id) = (&self.bench.store, FacilityId::from(id));
        facility::create(store, &office(), &id, text, &[], self.clock.now())
            .await
            .unwrap();
    }

    /// A hand at the database, past everything that the program forbids.
    pub async fn sql(&self, on_sqlite: &str, on_postgres: &str) {
        let url = &self.bench.url;
        if self.bench.is_sqlite() {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            let sql = AssertSqlSafe(on_sqlite.to_owned());
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let sql = AssertSqlSafe(on_postgres.to_owned());
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        if let Some(port) = self.program {
            return over_the_wire(port, request).await;
        }
        answered(self.router.clone(), request).await
    }

    /// The same as [`Self::send`] for many, none of which waits for another. In the order in which they are answered.
    pub async fn at_once(&self, requests: Vec<Request<Body>>) -> Vec<Answer> {
        let mut running = tokio::task::JoinSet::new();
        for request in requests {
            let router = self.router.clone();
            running.spawn(async move { answered(router, request).await });
        }
        running.join_all().await
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Person<'_> {
        self.returning(Keys::default())
    }

    /// Somebody who was here before.
    pub fn returning(&self, keys: Keys) -> Person<'_> {
        Person {
            service: self,
            keys,
        }
    }

    /// Signs in by the page, sets the digits up the first time, has the browser remembered, and keeps the cookie.
    pub async fn sign_in(&self, login: &str) -> Person<'_> {
        let browser = self.with_cookie(self.door.device(login));
        let answer = browser
            .post("/signin", &[("login", login), ("password", PASSWORD)])
            .await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{login} signs in: {}",
            answer.text()
        );
        self.second_step(login, answer).await
    }

    /// What follows a right password.
    async fn second_step(&self, login: &str, answer: Answer) -> Person<'_> {
        let Some(step) = answer.cookie("-step") else {
            return self.with_cookie(answer.cookie(""));
        };
        let to = answer.location();
        let browser = self.with_cookie(Some(step));
        let answer = if to.starts_with("/signin/setup") {
            let page = browser.see(&to).await;
            let key = between(&page, "id=\"key\">", "<");
            let code = self.door.digits(key);
            self.door.keep_key(login, key);
            let typed = [("code", code.as_str()), ("remember", "yes")];
            let answer = browser.post("/signin/setup", &typed).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            self.door.keep_codes(login, &answer.text());
            answer
        } else {
            let code = self.door.code(login);
            let typed = [("code", code.as_str()), ("remember", "yes")];
            browser.post("/signin/code", &typed).await
        };
        let device = answer.cookie("-device-");
        let device = device.unwrap_or_else(|| panic!("{login} comes in: {}", answer.text()));
        self.door.keep_device(login, &device);
        self.with_cookie(answer.cookie(""))
    }

    /// A browser in which this person was remembered, before the password.
    pub fn remembered(&self, login: &str) -> Person<'_> {
        self.with_cookie(self.door.device(login))
    }

    pub fn with_cookie(&self, cookie: Option<String>) -> Person<'_> {
        self.returning(Keys {
            cookie,
            token: None,
        })
    }

    /// Whom a page invites chooses [`PASSWORD`] and sets the digits up.
    pub async fn joins(&self, login: &str, page: &str) -> Person<'_> {
        let address = between(page, "id=\"invitation\">", "<");
        let (_, token) = address.split_once("/join/").unwrap();
        let chosen = [("password", PASSWORD), ("again", PASSWORD)];
        let path = format!("/join/{token}");
        let answer = self.stranger().post(&path, &chosen).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        self.second_step(login, answer).await
    }

    /// Obtains a token of the API.
    pub async fn api(&self, login: &str) -> Person<'_> {
        if !self.door.knows(login) {
            self.sign_in(login).await;
        }
        let now = self.clock.now();
        let known = self.door.kept.lock().unwrap()[login].token.clone();
        if let Some((token, since)) = known
            && since <= now
            && now < since.plus_minutes(10)
        {
            return self.returning(Keys {
                cookie: None,
                token: Some(token),
            });
        }
        let body = json!({"login": login, "password": PASSWORD, "otp": self.door.code(login)});
        let answer = self
            .stranger()
            .json(Method::POST, "/api/v1/token", &[], &body)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let token = answer.value()["access_token"].as_str().unwrap().to_owned();
        let mut kept = self.door.kept.lock().unwrap();
        kept.get_mut(login).unwrap().token = Some((token.clone(), now));
        self.returning(Keys {
            cookie: None,
            token: Some(token),
        })
    }
}

async fn answered(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("the router answers");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_vec(),
    }
}

/// One request on a connection of its own.
async fn over_the_wire(port: u16, request: Request<Body>) -> Answer {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\n",
        parts.method, parts.uri
    )
    .into_bytes();
    for (name, value) in &parts.headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    let answer = wire::ask(port, &[&head, &body[..]].concat()).await;
    wire::read(&answer)
}

/// The hash of [`PASSWORD`] with the least work that Argon2 allows: a story signs in often, and the check takes the
/// parameters from the hash. What the program hashes itself costs what it costs a user.
fn quick_hash() -> String {
    let least = Params::new(Params::MIN_M_COST, 1, 1, None).expect("the least is allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, least)
        .hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16])
        .expect("a salt of 16 bytes and a bounded password")
        .to_string()
}

fn app(
    bench: &Bench,
    forms: Forms,
    clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
    base_url: &str,
    mailer: Option<Mailer>,
    net: Net,
) -> App {
    let passwords = Passwords::new(entropy.as_ref());
    App::new(Parts {
        store: bench.store.clone(),
        forms,
        protocols: Protocols::default(),
        clocks: hikitsugi::domain::handoff::clock::Rules::built_in(),
        clock: Box::new(SharedClock(clock)),
        entropy: Box::new(SharedEntropy(entropy)),
        base_url: base_url.to_owned(),
        token_key: vec![7; 32],
        mailer,
        passwords,
        shows_digits: false,
        net,
    })
}

/// What the city office may do.
fn office() -> Permit<OperateService> {
    let office = Actor::console(FacilityId::from("city"), Role::Operator);
    office.permit().unwrap()
}

async fn settle(bench: &Bench, password_hash: &str, now: Moment) {
    let operator = office();
    let places = [
        (
            "city",
            "みなと市役所",
            "city_office",
            vec![("operator", "市野 運", Role::Operator)],
        ),
        (
            HOME,
            "特別養護老人ホーム さざなみ苑",
            "special_nursing_home",
            vec![
                ("care", "介木 夜子", Role::CareWorker),
                ("nurse", "佐々木 美由紀", Role::Nurse),
                ("nurse2", "鈴木 一", Role::Nurse),
                ("manager", "管野 治", Role::Manager),
            ],
        ),
        (
            OTHER,
            "グループホーム やまびこ荘",
            "group_home",
            vec![
                ("other-nurse", "山彦 看", Role::Nurse),
                ("other-manager", "山彦 理", Role::Manager),
            ],
        ),
    ];
    for (id, name, kind, people) in places {
        let body = json!({
            "facility_name": name, "facility_type": kind, "facility_phone": "0463-00-1234",
            "night_phone": "0463-00-5678", "ambulance_entrance": "北側 職員通用口",
        })
        .to_string();
        let ids: Vec<StaffId> = people
            .iter()
            .map(|(login, _, _)| StaffId::from(*login))
            .collect();
        let people: Vec<NewStaff<'_>> = people
            .iter()
            .zip(&ids)
            .map(|((login, name, role), id)| NewStaff {
                id,
                login,
                name,
                role: *role,
                password_hash,
            })
            .collect();
        let text = FacilityText {
            name,
            kind,
            body: body.as_bytes(),
        };
        facility::create(
            &bench.store,
            &operator,
            &FacilityId::from(id),
            text,
            &people,
            now,
        )
        .await
        .unwrap();
    }
}

/// One person at a browser or with a token.
pub struct Person<'a> {
    service: &'a Service,
    keys: Keys,
}

/// What a person was given at the door.
#[derive(Clone, Default)]
pub struct Keys {
    cookie: Option<String>,
    token: Option<String>,
}

impl Person<'_> {
    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "q.minato.example.jp");
        if let Some(cookie) = &self.keys.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(token) = &self.keys.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
    }

    pub fn keys(&self) -> Keys {
        self.keys.clone()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.service
            .send(self.request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    /// Gets a page that must be there.
    pub async fn see(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "GET {path}: {}",
            answer.text()
        );
        answer.text()
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::GET, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service
            .send(request.body(Body::empty()).unwrap())
            .await
    }

    /// Posts a form as a browser on our own page does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, fields, &[("sec-fetch-site", "same-origin")])
            .await
    }

    pub async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service
            .send(request.body(Body::from(urlencoded(fields))).unwrap())
            .await
    }

    /// Posts a form and closes the page before it is whole.
    pub async fn leaves(&self, path: &str, fields: &[(&str, &str)]) {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(urlencoded(fields)));
        let router = self.service.router.clone();
        let answer = router.oneshot(request.unwrap()).await;
        drop(answer.expect("the router answers"));
    }

    /// Looks at a page again and again until it says `words`.
    pub async fn waits_for(&self, path: &str, words: &str) -> String {
        const LOOKS: usize = 10_000;
        for _ in 0..LOOKS {
            let page = self.see(path).await;
            if page.contains(words) {
                return page;
            }
        }
        panic!("{path} does not come to say {words}");
    }

    /// Posts a form that must be accepted, and gives the path it leads to.
    pub async fn does(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "POST {path}: {}",
            answer.text()
        );
        answer.location()
    }

    /// Posts a form that adds somebody; the person takes the invitation up.
    pub async fn invites(&self, login: &str, path: &str, fields: &[(&str, &str)]) {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        self.service.joins(login, &answer.text()).await;
    }

    /// Any request at all, with what this person was given at the door.
    pub async fn asks(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service
            .send(request.body(Body::from(body)).unwrap())
            .await
    }

    pub async fn json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = self
            .request(method, path)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Uploads one file.
    /// Posts bytes that are no form and no JSON.
    pub async fn bytes(&self, path: &str, bytes: &[u8]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "text/plain");
        self.service
            .send(request.body(Body::from(bytes.to_vec())).unwrap())
            .await
    }

    pub async fn upload(&self, path: &str, field: &str, file_name: &str, bytes: &[u8]) -> Answer {
        self.upload_with(path, &[], field, file_name, bytes).await
    }

    /// Uploads one file, with the other inputs of its form.
    pub async fn upload_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        file_name: &str,
        bytes: &[u8],
    ) -> Answer {
        let own = [("sec-fetch-site", "same-origin")];
        self.upload_as(path, fields, field, file_name, bytes, &own)
            .await
    }

    /// The same with headers of its own.
    pub async fn upload_as(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        file_name: &str,
        bytes: &[u8],
        headers: &[(&str, &str)],
    ) -> Answer {
        const BOUNDARY: &str = "----hikitsugi";
        let typed: String = fields
            .iter()
            .map(|(name, value)| {
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            })
            .collect();
        let mut body = format!(
            "{typed}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let mut request = self.request(Method::POST, path).header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        );
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.service
            .send(request.body(Body::from(body)).unwrap())
            .await
    }

    /// Admits a resident with a name and a reading, and gives the id.
    pub async fn admits(&self, name: &str, kana: &str, room: &str) -> String {
        let fields = [
            ("name", name),
            ("name_kana", kana),
            ("birth_date", "昭和12年3月4日"),
            ("sex", "female"),
            ("floor", "2階"),
            ("room", room),
        ];
        let to = self.does("/residents/new", &fields).await;
        to.split('/').nth(2).unwrap().to_owned()
    }
}

/// What stands between two texts, the first time.
pub fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split_once(after).unwrap().0
}

pub fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(b).to_string()
                }
                _ => format!("%{b:02X}"),
            })
            .collect()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The cookie of ours whose name goes on so, ready to be sent back.
    pub fn cookie(&self, part: &str) -> Option<String> {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        let is_meant = |pair: &&str| {
            let (name, value) = pair.split_once('=').unwrap();
            let (_, after) = name.split_once("hikitsugi").unwrap();
            !value.is_empty()
                && if part.is_empty() {
                    after.is_empty()
                } else {
                    after.starts_with(part)
                }
        };
        pairs.into_iter().find(is_meant).map(str::to_owned)
    }

    pub fn location(&self) -> String {
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    pub fn etag(&self) -> String {
        self.headers[header::ETAG].to_str().unwrap().to_owned()
    }
}
