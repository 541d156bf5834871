//! What the screens of an emergency cost: requests and bytes, and the time until they can be read on a slow line.
//!
//! Bytes and requests are bounded here. Times are only printed, on a line of 400 kb/s with 400 ms for each way there and back:
//!
//! ```text
//! HIKITSUGI_SLOW=yes cargo test --test it measured -- --nocapture
//! ```

use serde_json::{Value, json};

use crate::support::browser::{Browser, Screen};
use crate::support::service::{PASSWORD, Service};
use crate::support::sheet;

/// Bits of a second, and milliseconds.
const SLOW: (u32, u32) = (400_000, 400);
/// The most that the page of an emergency may weigh when style and script are not there yet, and when they are.
const FIRST_BYTES: u64 = 80_000;
const AGAIN_BYTES: u64 = 40_000;
/// The crew's page is one answer.
const CREW_BYTES: u64 = 40_000;

/// What the page that is open cost.
struct Cost {
    requests: u64,
    bytes: u64,
    /// Until something of it is drawn; 0 when the browser does not say.
    readable_ms: u64,
}

const COST: &str = "
const pages = performance.getEntriesByType('navigation');
const things = performance.getEntriesByType('resource').filter((one) => !/newer|notices/.test(one.name));
const drawn = performance.getEntriesByName('first-contentful-paint')[0];
const bytes = [...pages, ...things].reduce((sum, one) => sum + one.transferSize, 0);
return [pages.length + things.filter((one) => one.transferSize > 0).length, bytes, drawn ? Math.round(drawn.startTime) : 0];";

fn cost(browser: &Browser, name: &str) -> Cost {
    // The browser says when it drew a moment after it did.
    const LOOKS: usize = 500;
    let mut looks = (0..LOOKS).map(|_| browser.js(COST, json!([])));
    let told = looks.find(|told| told[2] != 0);
    let told = told.unwrap_or_else(|| browser.js(COST, json!([])));
    let number = |at: usize| told[at].as_f64().unwrap_or_default() as u64;
    let cost = Cost {
        requests: number(0),
        bytes: number(1),
        readable_ms: number(2),
    };
    println!(
        "{name}: {} requests, {} bytes, readable after {} ms",
        cost.requests, cost.bytes, cost.readable_ms
    );
    cost
}

#[tokio::test]
async fn the_screens_of_an_emergency_are_few_requests_and_small() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let id = sheet::admit(&api, &sheet::full()).await;
    for _ in 0..39 {
        sheet::admit(&api, &sheet::ordinary()).await;
    }
    let paper = sheet::issue(&api, &id).await.address().to_owned();
    let base = service.base_url.clone();
    let is_slow = std::env::var_os("HIKITSUGI_SLOW").is_some();
    if !is_slow {
        println!("times on a slow line are measured with HIKITSUGI_SLOW=yes");
    }
    let measures = move || {
        let phone = Browser::start(Screen::Phone);
        phone.open(&base);
        phone.by_id("login").type_in("care");
        phone.by_id("password").type_in(PASSWORD);
        phone.find("form button:not([type='button'])").click();
        crate::browser::second_step(&phone, &base, "care");
        if is_slow {
            phone.on_a_line_of(SLOW.0, SLOW.1);
        }
        // As if the browser had never been here.
        phone.forgets_files();
        phone.open(&format!("{base}/transports"));
        let first = cost(&phone, "the list of 40 residents, first time");
        phone.open(&format!("{base}/transports"));
        let list = cost(&phone, "the list of 40 residents");
        // The second tap.
        phone
            .find(&format!("form[action='/residents/{id}/transports'] button"))
            .click();
        phone.find("#script");
        let emergency = cost(&phone, "the page of an emergency");
        assert!(
            first.requests <= 3 && first.bytes <= FIRST_BYTES,
            "{} {}",
            first.requests,
            first.bytes
        );
        for one in [list, emergency] {
            assert!(
                one.requests <= 1 && one.bytes <= AGAIN_BYTES,
                "{} {}",
                one.requests,
                one.bytes
            );
        }
        let crew = Browser::start(Screen::Phone);
        if is_slow {
            crew.on_a_line_of(SLOW.0, SLOW.1);
        }
        crew.open(&paper);
        let cover = cost(&crew, "the crew's cover");
        crew.press("救急活動のため表示する");
        crew.see("髙﨑");
        let page = cost(&crew, "the crew's page");
        for one in [cover, page] {
            assert!(
                one.requests == 1 && one.bytes <= CREW_BYTES,
                "{} {}",
                one.requests,
                one.bytes
            );
        }
        Value::Null
    };
    tokio::task::spawn_blocking(measures).await.unwrap();
}
