//! A real Chromium, driven over WebDriver with a socket and JSON. A test without it fails.
//!
//! Nothing sleeps: the driver waits until a page has loaded, and for a thing that is not there yet.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// The W3C's name of an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A busy machine takes its time; a thing that never comes costs a failing test this long.
const WAIT_MS: u64 = 30_000;
const LOAD_MS: u64 = 120_000;
/// Longer than anything the driver itself waits for.
const ANSWER_WITHIN: Duration = Duration::from_secs(180);
/// Chromium draws no more than this.
const PICTURE_HEIGHT: u32 = 16_000;
const ARGUMENTS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--force-prefers-reduced-motion",
    "--lang=ja",
];

/// Keys without a letter, as WebDriver names them.
pub mod key {
    pub const TAB: &str = "\u{e004}";
    pub const ENTER: &str = "\u{e007}";
    pub const SPACE: &str = " ";
}

/// What people hold in their hands or have on their desks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Phone,
    Tablet,
    Desk,
}

impl Screen {
    pub const ALL: [Self; 3] = [Self::Phone, Self::Tablet, Self::Desk];

    /// Width and height in CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 800),
            Self::Tablet => (768, 1024),
            Self::Desk => (1366, 768),
        }
    }

    fn options(self) -> Value {
        let (width, height) = self.size();
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--window-size={width},{height}"));
        match self {
            // A window cannot be this narrow; only a mobile device can.
            Self::Phone => json!({
                "args": arguments,
                "mobileEmulation": {
                    "deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0, "touch": true},
                    "userAgent": "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
                },
            }),
            Self::Tablet | Self::Desk => json!({ "args": arguments }),
        }
    }
}

/// One browser with a profile of its own: no cookie, no cache, nobody signed in.
pub struct Browser {
    driver: Driver,
    session: String,
    screen: Screen,
    /// Where [`Browser::look`] keeps its pictures; without it they are only checked.
    pictures: Option<PathBuf>,
    /// Whether [`Browser::look`] asks axe.
    for_everybody: bool,
    /// Times that the tab key was pressed to come to a thing.
    tabs: Cell<u32>,
}

/// A thing on a page.
pub struct Found<'a> {
    browser: &'a Browser,
    id: String,
}

impl Browser {
    pub fn start(screen: Screen) -> Self {
        let driver = Driver::start();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": screen.options(),
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"implicit": WAIT_MS, "pageLoad": LOAD_MS, "script": WAIT_MS},
        }}});
        let opened = driver
            .call("POST", "/session", &wanted)
            .unwrap_or_else(|error| panic!("Chromium starts: {error}; tests/run installs it"));
        let session = opened["sessionId"]
            .as_str()
            .expect("a session has an id")
            .to_owned();
        Self {
            driver,
            session,
            screen,
            pictures: None,
            for_everybody: false,
            tabs: Cell::new(0),
        }
    }

    /// Every page that is looked at is also checked by axe, for who cannot see it or point at it.
    pub fn for_everybody(mut self) -> Self {
        self.for_everybody = true;
        self
    }

    /// What axe objects to: the rule, and the first things that break it.
    fn objections(&self) -> Vec<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/axe/node_modules/axe-core/axe.min.js");
        let axe =
            std::fs::read_to_string(path).expect("axe-core is there; tests/run setup brings it");
        self.js(
            &format!("{axe}; window.axe = window.axe || axe;"),
            json!([]),
        );
        let run = "const done = arguments[arguments.length - 1];
            window.axe.run(document, { resultTypes: ['violations'] }).then(
                (found) => done(found.passes.length < 10 ? [`axe checked only ${found.passes.length} rules`] : found.violations.map((one) => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' | ')}`)),
                (error) => done([String(error)]));";
        let found = self.call(
            "POST",
            "/execute/async",
            &json!({ "script": run, "args": [] }),
        );
        found.as_array().into_iter().flatten().map(words).collect()
    }

    /// Keeps every picture as `FOLDER/NAME-WIDTH.png`, so that people can look at the pages; `HIKITSUGI_PICTURES=no` where
    /// nobody will look.
    pub fn keeping(mut self, folder: &Path) -> Self {
        if std::env::var_os("HIKITSUGI_PICTURES").is_some_and(|wish| wish == "no") {
            return self;
        }
        std::fs::create_dir_all(folder).expect("the folder of pictures is writable");
        self.pictures = Some(folder.to_owned());
        self
    }

    fn try_call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.driver
            .call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_call(method, path, body).unwrap_or_else(|error| {
            let page = self.try_call("GET", "/url", &json!({})).unwrap_or_default();
            panic!("{method} {path} {body} at {page}: {error}")
        })
    }

    pub fn open(&self, address: &str) {
        self.call("POST", "/url", &json!({ "url": address }));
    }

    pub fn address(&self) -> String {
        words(&self.call("GET", "/url", &json!({})))
    }

    /// The document as the browser has it now.
    pub fn source(&self) -> String {
        words(&self.call("GET", "/source", &json!({})))
    }

    /// The first thing that a CSS selector names, as soon as it is there.
    pub fn find(&self, selector: &str) -> Found<'_> {
        self.found("css selector", selector)
    }

    /// A thing by its id, which may hold dots.
    pub fn by_id(&self, id: &str) -> Found<'_> {
        self.found("css selector", &format!("[id=\"{id}\"]"))
    }

    /// The first thing whose own words hold these, as soon as it is there.
    pub fn see(&self, words: &str) -> Found<'_> {
        self.found(
            "xpath",
            &format!("//body//*[contains(normalize-space(.), '{words}')]"),
        )
    }

    /// The same inside the thing of that id.
    pub fn see_in(&self, id: &str, words: &str) -> Found<'_> {
        let path = format!(
            "//*[@id='{id}']/descendant-or-self::*[contains(normalize-space(.), '{words}')]"
        );
        self.found("xpath", &path)
    }

    /// A link or button by the words on it.
    pub fn press(&self, words: &str) {
        let path = format!(
            "//*[self::a or self::button][not(@aria-hidden='true')][contains(normalize-space(.), '{words}')]"
        );
        self.found("xpath", &path).click();
    }

    fn found(&self, using: &str, value: &str) -> Found<'_> {
        let found = self.call(
            "POST",
            "/element",
            &json!({ "using": using, "value": value }),
        );
        Found {
            browser: self,
            id: words(&found[ELEMENT]),
        }
    }

    /// The thing that the keyboard speaks to.
    pub fn focused(&self) -> Found<'_> {
        let found = self.call("GET", "/element/active", &json!({}));
        Found {
            browser: self,
            id: words(&found[ELEMENT]),
        }
    }

    pub fn js(&self, script: &str, arguments: Value) -> Value {
        self.call(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// All cookies as one header line.
    pub fn cookies(&self) -> String {
        let cookies = self.call("GET", "/cookie", &json!({}));
        let pair =
            |cookie: &Value| format!("{}={}", words(&cookie["name"]), words(&cookie["value"]));
        cookies
            .as_array()
            .into_iter()
            .flatten()
            .map(pair)
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// What the browser complained about since this was last asked: errors, warnings, and violations of the policy.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.call("POST", "/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().into_iter().flatten();
        let is_bad = |entry: &&Value| {
            let level = entry["level"].as_str().unwrap_or_default();
            matches!(level, "SEVERE" | "WARNING")
        };
        entries
            .filter(is_bad)
            .map(|entry| words(&entry["message"]))
            // What the test itself took away is no fault of the page.
            .filter(|message| !message.contains("ERR_INTERNET_DISCONNECTED"))
            .collect()
    }

    /// Looks at the page on every screen: nothing may stand out to the right, and nothing be complained about.
    pub fn look(&self, name: &str) {
        for screen in Screen::ALL {
            self.hold(screen);
            let (width, _) = screen.size();
            let out = self.js(OVERFLOW, json!([width]));
            assert!(
                out.as_array().is_some_and(Vec::is_empty),
                "{name} is wider than {width}: {out:#}"
            );
            if let Some(folder) = &self.pictures {
                let picture = self.picture(screen);
                std::fs::write(folder.join(format!("{name}-{width}.png")), picture)
                    .expect("the folder of pictures is writable");
            }
        }
        self.hold(self.screen);
        if self.for_everybody {
            let objections = self.objections();
            assert!(objections.is_empty(), "{name}: {objections:#?}");
        }
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    }

    /// One picture in the colours of the night.
    pub fn look_in_the_dark(&self, name: &str) {
        let scheme =
            |value: &str| json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", scheme("dark"));
        self.look(name);
        self.devtools("Emulation.setEmulatedMedia", scheme("light"));
    }

    /// Goes on with the keyboard until it speaks to the thing that a CSS selector names.
    pub fn tab_to(&self, selector: &str) -> Found<'_> {
        const STEPS: usize = 300;
        let is_there = || {
            self.js(
                "return document.activeElement.matches(arguments[0])",
                json!([selector]),
            ) == true
        };
        for _ in 0..STEPS {
            if is_there() {
                return self.focused();
            }
            self.tabs.set(self.tabs.get() + 1);
            self.focused().type_in(key::TAB);
        }
        panic!("{selector} is not reached by the keyboard");
    }

    /// How often [`Browser::tab_to`] pressed the key so far.
    pub fn tabs(&self) -> u32 {
        self.tabs.get()
    }

    /// Closes the window that the page opened beside itself, as soon as it shows an address that ends so.
    pub fn closes_the_other_window(&self, address: &str) {
        let here = self.call("GET", "/window", &json!({}));
        let other = loop {
            let handles = self.call("GET", "/window/handles", &json!({}));
            let mut handles = handles.as_array().cloned().unwrap_or_default();
            handles.retain(|handle| *handle != here);
            if let Some(other) = handles.pop() {
                break other;
            }
        };
        self.call("POST", "/window", &json!({ "handle": other }));
        let shows = (0..10_000).any(|_| self.address().ends_with(address));
        assert!(shows, "the other window comes to no {address}");
        self.call("DELETE", "/window", &json!({}));
        self.call("POST", "/window", &json!({ "handle": here }));
    }

    /// Takes the network away, or gives it back.
    pub fn without_network(&self, is_gone: bool) {
        self.devtools("Network.enable", json!({}));
        let network = json!({"offline": is_gone, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.devtools("Network.emulateNetworkConditions", network);
    }

    /// A line of so many bits a second, on which an answer takes so many milliseconds to begin.
    pub fn on_a_line_of(&self, bits: u32, latency_ms: u32) {
        self.devtools("Network.enable", json!({}));
        let bytes = bits / 8;
        let network = json!({"offline": false, "latency": latency_ms, "downloadThroughput": bytes, "uploadThroughput": bytes});
        self.devtools("Network.emulateNetworkConditions", network);
    }

    /// Style and script are fetched anew.
    pub fn forgets_files(&self) {
        self.devtools("Network.clearBrowserCache", json!({}));
    }

    fn hold(&self, screen: Screen) {
        let (width, height) = screen.size();
        self.measure(screen, width, height);
    }

    fn measure(&self, screen: Screen, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": screen == Screen::Phone});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// The whole page as a PNG, also what one would have to scroll to: the screen is as high as the page, so that what
    /// sticks to its edge hides nothing.
    fn picture(&self, screen: Screen) -> Vec<u8> {
        let (width, height) = screen.size();
        let page = self.js("return document.documentElement.scrollHeight", json!([]));
        let page = page
            .as_u64()
            .and_then(|page| u32::try_from(page).ok())
            .unwrap_or(height);
        self.measure(screen, width, page.clamp(height, PICTURE_HEIGHT));
        let taken = self.devtools("Page.captureScreenshot", json!({ "format": "png" }));
        from_base64(taken["data"].as_str().expect("a picture has data"))
    }

    fn devtools(&self, command: &str, arguments: Value) -> Value {
        self.call(
            "POST",
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": arguments }),
        )
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is gone already is what is wanted; the driver's process ends with the field.
        self.try_call("DELETE", "", &json!({})).unwrap_or_default();
    }
}

/// The widest things of a page that is wider than it should be. What scrolls by itself may be wide inside.
const OVERFLOW: &str = r#"
const width = arguments[0];
if (document.documentElement.scrollWidth <= width) return [];
const found = [`the page is ${document.documentElement.scrollWidth} wide`];
for (const one of document.querySelectorAll("body *")) {
  const right = one.getBoundingClientRect().right;
  if (right > width + 1) found.push(`${one.tagName} class=${one.getAttribute("class")} id=${one.id} to ${Math.round(right)}: ${one.textContent.trim().slice(0, 40)}`);
}
return found.slice(0, 12);
"#;

impl Found<'_> {
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.browser
            .call(method, &format!("/element/{}{path}", self.id), body)
    }

    /// Brings the thing into the middle of the window, as a person does before pressing what a bar covers, and presses.
    pub fn click(&self) {
        let script = "arguments[0].scrollIntoView({ block: 'center' })";
        self.browser.js(script, json!([{ ELEMENT: self.id }]));
        self.call("POST", "/click", &json!({}));
    }

    /// Types as a keyboard does; the thing gets the focus.
    pub fn type_in(&self, keys: &str) {
        self.call("POST", "/value", &json!({ "text": keys }));
    }

    /// Empties an input and types.
    pub fn retype(&self, keys: &str) {
        self.call("POST", "/clear", &json!({}));
        self.type_in(keys);
    }

    pub fn text(&self) -> String {
        words(&self.call("GET", "/text", &json!({})))
    }

    /// A property as the page's own scripts would read it.
    pub fn property(&self, name: &str) -> String {
        words(&self.call("GET", &format!("/property/{name}"), &json!({})))
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(words) => words.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The process between us and Chromium, on a port of its own.
struct Driver {
    process: Child,
    port: u16,
    /// Kept open, so that the driver can go on writing to it.
    _said: BufReader<ChildStdout>,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver: {error}; tests/run installs it"));
        let mut said = BufReader::new(process.stdout.take().expect("the output is piped"));
        let mut whole = String::new();
        let port = loop {
            let mut line = String::new();
            let read = said
                .read_line(&mut line)
                .expect("chromedriver speaks UTF-8");
            assert!(read > 0, "chromedriver ended: {whole}");
            whole.push_str(&line);
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port
                    .trim()
                    .trim_end_matches('.')
                    .parse()
                    .expect("a port is a number");
            }
        };
        Self {
            process,
            port,
            _said: said,
        }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" {
            body.to_string()
        } else {
            String::new()
        };
        let headers = "Content-Type: application/json; charset=utf-8\r\n";
        let (_, answer) =
            exchange(self.port, method, path, headers, &body).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        let value = answer["value"].clone();
        match value.get("error") {
            Some(error) if value.get("stacktrace").is_some() => {
                Err(format!("{error}: {}", words(&value["message"])))
            }
            _ => Ok(value),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().unwrap_or_default();
        self.process.wait().map(|_| ()).unwrap_or_default();
    }
}

/// Gets one answer of a server on this machine with a header line of one's own: its status and body.
pub fn get(port: u16, path: &str, header: &str) -> (u16, Vec<u8>) {
    exchange(port, "GET", path, &format!("{header}\r\n"), "").expect("the service answers")
}

fn exchange(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> std::io::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let mut length = None;
    loop {
        line.clear();
        answer.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse::<usize>().ok()
            }
            Some(_) => {}
        }
    }
    let mut body = vec![0; length.unwrap_or(0)];
    match length {
        Some(_) => answer.read_exact(&mut body)?,
        None => {
            answer.read_to_end(&mut body)?;
        }
    }
    Ok((status, body))
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| -> u32 {
        u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        })
    };
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'=' | b'\n'))
        .collect();
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let bits = group
            .iter()
            .fold(0, |bits, digit| bits << 6 | value(*digit))
            << (6 * (4 - group.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}
