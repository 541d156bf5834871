//! A nurse and an ambulance crew with real browsers: from signing in to the page behind the paper's code.
//!
//! Pictures of every page are kept in `target/screens/NAME-WIDTH.png`.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::story::directive::Home;
use crate::support::browser::{Browser, Screen, get, key};
use crate::support::screens;
use crate::support::service::{HOME, PASSWORD, Service, door};
use crate::support::sheet;
use crate::support::tools::{Pdf, Sight};

/// What somebody without a tap must not see.
const SECRETS: [&str; 7] = [
    "髙﨑",
    "𠮷子",
    "たかさき",
    "1937",
    "昭和12年",
    "髙﨑 一郎",
    "090-0000-1234",
];

/// On SQLite: which database answers makes no difference to a browser, and the stories ask both.
#[tokio::test]
async fn from_signing_in_to_the_crews_page() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let (base, port) = (service.base_url.clone(), service.port());
    let folder = service.bench.folder.path().to_owned();
    // The browsers are waited for, and the service answers them meanwhile.
    let journey = move || Journey::new(&base, port, &folder).go();
    tokio::task::spawn_blocking(journey).await.unwrap();
}

struct Journey {
    base: String,
    port: u16,
    folder: PathBuf,
    nurse: Browser,
    crew: Browser,
}

impl Journey {
    fn new(base: &str, port: u16, folder: &Path) -> Self {
        let browser = |screen| Browser::start(screen).keeping(&screens());
        Self {
            base: base.to_owned(),
            port,
            folder: folder.to_owned(),
            nurse: browser(Screen::Desk),
            crew: browser(Screen::Phone),
        }
    }

    fn go(&self) {
        sign_in(&self.nurse, &self.base, "nurse");
        self.admits();
        self.edits_who_it_is();
        self.adds_a_contact_by_keyboard();
        self.records_consent();
        let resident = self.confirms();
        let address = self.prints();
        self.crew_scans(&address);
        self.nurse_is_told(&resident);
        self.prints_for_everybody();
    }

    fn admits(&self) {
        let nurse = &self.nurse;
        nurse.look("residents-empty");
        nurse.press("入居の登録");
        nurse.by_id("name").type_in("髙﨑 𠮷子");
        nurse.by_id("name_kana").type_in("たかさき よしこ");
        nurse.by_id("room").type_in("203");
        nurse.look("admit");
        nurse.find("main .bar button:not(.outline)").click();
        // Whom to call comes first.
        nurse.find("button[value='add:emergency_contacts']");
        nurse.look("edit-contacts-empty");
    }

    fn edits_who_it_is(&self) {
        let nurse = &self.nurse;
        nurse.find("button[value='go:identity']").click();
        // An era never had that year: nothing typed is lost, and the reader is led to what is wrong.
        nurse.by_id("birth_date").type_in("昭和65年1月1日");
        nurse.press("変更を確かめる");
        nurse.see("1か所を直してください");
        assert!(
            nurse.focused().text().contains("生年月日"),
            "{}",
            nurse.focused().text()
        );
        let date = nurse.by_id("birth_date");
        assert_eq!(
            (
                date.property("value").as_str(),
                date.property("ariaInvalid").as_str()
            ),
            ("昭和65年1月1日", "true")
        );
        nurse.look("edit-error");
        nurse.press("生年月日: ");
        assert_eq!(nurse.focused().property("id"), "birth_date");
        nurse.focused().retype("S12.3.4");
        nurse.press("下書き保存");
        nurse.see("昭和12年3月4日(1937年) 89歳");
        assert_eq!(nurse.by_id("birth_date").property("ariaInvalid"), "");
        nurse.look("edit-identity");
    }

    fn adds_a_contact_by_keyboard(&self) {
        let nurse = &self.nurse;
        nurse.press("次の項目: 連絡先・医師");
        nurse
            .find("button[value='add:emergency_contacts']")
            .type_in(key::ENTER);
        nurse.by_id("emergency_contacts.0.name");
        // The new row's first input has the focus; the mouse is not touched.
        assert_eq!(nurse.focused().property("id"), "emergency_contacts.0.name");
        for (id, keys) in [
            ("name", "髙﨑 一郎"),
            ("name_kana", "たかさき いちろう"),
            ("relationship", "息子"),
            ("phone_mobile", "090-0000-1234"),
        ] {
            assert_eq!(
                nurse.focused().property("id"),
                format!("emergency_contacts.0.{id}")
            );
            nurse.focused().type_in(keys);
            nurse.focused().type_in(key::TAB);
        }
        assert_eq!(
            nurse
                .by_id("emergency_contacts.0.relationship")
                .property("value"),
            "son"
        );
        nurse
            .by_id("emergency_contacts.0.last_confirmed_on")
            .type_in("令和8年13月1日");
        // Enter in an input saves the draft and leads nowhere else.
        nurse.focused().type_in(key::ENTER);
        nurse.see("1か所を直してください");
        nurse.look("edit-contacts-error");
        nurse
            .by_id("emergency_contacts.0.last_confirmed_on")
            .retype("令和8年11月1日");
        nurse
            .find("button[value='add:physicians']")
            .type_in(key::ENTER);
        nurse
            .by_id("physicians.0.institution")
            .type_in("見本内科クリニック");
        nurse
            .by_id("physicians.0.phone_24h")
            .type_in("090-0000-7890");
        nurse.look("edit-contacts");
    }

    fn records_consent(&self) {
        let nurse = &self.nurse;
        nurse.press("同意・意向・伝言");
        let consent = "input[name='consent_to_share_ems'][value='consented_by_resident']";
        nurse.find(consent).type_in(key::SPACE);
        nurse.look("edit-wishes");
        nurse.press("変更を確かめる");
    }

    /// Gives the address of the resident's page.
    fn confirms(&self) -> String {
        let nurse = &self.nurse;
        nurse.see("変わるところ");
        for change in [
            "髙﨑 一郎",
            "090-0000-1234",
            "昭和12年3月4日",
            "見本内科クリニック",
            "本人が同意",
        ] {
            nurse.see(change);
        }
        nurse.by_id("reason").type_in("入居時の聞き取り");
        nurse.find("input[name='verified']").click();
        nurse.look("confirm");
        nurse.press("この内容で確定する");
        nurse.see("まだ発行していません");
        nurse.find("a[href='tel:09000001234']");
        nurse.address()
    }

    /// Gives what the code on the paper says.
    fn prints(&self) -> String {
        let nurse = &self.nurse;
        nurse.press("紙を発行・印刷");
        nurse.look("issue");
        nurse.press("発行して印刷へ");
        nurse.see("発行しました");
        nurse.look("document-issued");
        let to_pdf = nurse.find("a[href$='/pdf']").property("pathname");
        let (status, pdf) = get(self.port, &to_pdf, &format!("Cookie: {}", nurse.cookies()));
        assert_eq!(status, 200, "{to_pdf}");
        let (stranger, _) = get(self.port, &to_pdf, "X-Nobody: here");
        assert_ne!(stranger, 200, "only who is signed in gets {to_pdf}");
        let pdf = Pdf::new(&self.folder, "journey", &pdf);
        let text = pdf.text();
        for words in ["髙﨑𠮷子", "髙﨑一郎", "090-0000-1234", "昭和12年3月4日"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let codes = pdf.codes(1, &Sight::Scanner);
        assert_eq!(codes.len(), 1, "{codes:?}");
        assert!(
            codes[0].starts_with(&format!("{}/Q/", self.base.to_uppercase())),
            "{codes:?}"
        );
        codes[0].clone()
    }

    fn crew_scans(&self, address: &str) {
        let crew = &self.crew;
        crew.open(address);
        crew.see("救急活動のため表示する");
        let cover = crew.source();
        for secret in SECRETS {
            assert!(!cover.contains(secret), "{secret} on the cover: {cover}");
        }
        crew.look("crew-cover");
        crew.press("救急活動のため表示する");
        crew.see("髙﨑 𠮷子");
        for words in [
            "心肺蘇生を実施してください",
            "医師が電話で確認するまで",
            "この紙は最新です",
            "昭和12年3月4日",
            "203",
        ] {
            crew.see(words);
        }
        for number in ["09000001234", "09000007890"] {
            crew.find(&format!("a[href='tel:{number}']"));
        }
        // One answer is the whole page, and nothing of it stays in the phone. Its own script only asks for what is newer.
        let asked = crew.js(
            "return performance.getEntriesByType('resource').every((one) => one.name.endsWith('/newer'))",
            json!([]),
        );
        assert_eq!(asked, true);
        assert_eq!(crew.cookies(), "");
        crew.look("crew");
        crew.look_in_the_dark("crew-dark");
    }

    fn nurse_is_told(&self, resident: &str) {
        let nurse = &self.nurse;
        nurse.open(resident);
        nurse.find(".sitenav a[href='/scans'] .count");
        nurse.see("シートを表示");
        nurse.look("resident-after-scan");
        nurse.find(".sitenav a[href='/scans']").click();
        nurse.see("髙﨑 𠮷子");
        nurse.look("scans-unseen");
        nurse.press("確認済みにする");
        nurse.see("確認");
        nurse.look("scans");
        let left = nurse.js(
            "return document.querySelectorAll('.sitenav .count').length",
            json!([]),
        );
        assert_eq!(
            left, 0,
            "a notice that was looked at is not counted any more"
        );
    }

    fn prints_for_everybody(&self) {
        let nurse = &self.nurse;
        nurse.open(&format!("{}/documents/binder?form=wallet", self.base));
        // The page that tells how far it is leads on by itself.
        nurse.press("選んだ方の紙を発行する");
        nurse.see("1人分を発行しました");
        nurse.look("binder-issued");
    }
}

fn sign_in(browser: &Browser, base: &str, login: &str) {
    browser.open(base);
    browser.by_id("login").type_in(login);
    browser.by_id("password").type_in(PASSWORD);
    browser.look(&format!("signin-{login}"));
    browser.by_id("password").type_in(key::ENTER);
    second_step(browser, base, login);
}

/// Sets the digits up the first time; later gives a code from paper, because the clock stands and none is used twice.
pub fn second_step(browser: &Browser, base: &str, login: &str) {
    let door = door(base);
    browser.find("#code");
    let key = "return document.getElementById('key')?.textContent ?? ''";
    let key = browser.js(key, json!([]));
    let key = key.as_str().unwrap();
    if key.is_empty() {
        browser.look(&format!("signin-code-{login}"));
        browser.by_id("code").type_in(&door.code(login));
        browser.by_id("code").type_in(key::ENTER);
    } else {
        browser.look(&format!("signin-setup-{login}"));
        browser.by_id("code").type_in(&door.digits(key));
        door.keep_key(login, key);
        browser.by_id("code").type_in(key::ENTER);
        browser.find(".codes");
        browser.look(&format!("signin-codes-{login}"));
        let page = browser.js("return document.body.innerHTML", json!([]));
        door.keep_codes(login, page.as_str().unwrap());
        browser.find("main a.button").click();
    }
    browser.find(".who");
}

/// What a facility wrote for an emergency: somebody for every hour, a step of its own, a physician's words.
const FLOW: [(&str, &str); 23] = [
    ("callees.0.who", "当番の看護師 髙﨑 𠮷子"),
    ("callees.0.role", "nurse"),
    ("callees.0.phone", "090-0000-0001"),
    ("callees.0.remark", "3回鳴らし、出なければ次へ"),
    ("callees.1.who", "配置医 神谷 進(みなと在宅クリニック)"),
    ("callees.1.role", "physician"),
    ("callees.1.phone", "0463-00-0002"),
    ("callees.1.days", "every"),
    ("callees.1.hours", "0:00〜24:00"),
    ("callees.2.who", "管理者 佐々木 美由紀"),
    ("callees.2.role", "manager"),
    ("callees.2.phone", "090-0000-0003"),
    ("own_steps.0.place", "waiting"),
    (
        "own_steps.0.say",
        "エレベーターを1階に止め、北側の職員通用口の鍵を開ける",
    ),
    ("own_steps.1.place", "first"),
    ("own_steps.1.say", "PHSで別棟の夜勤者を呼ぶ"),
    (
        "instructions.0.state",
        "38.5℃以上の熱だけで、ほかはいつもどおりのとき",
    ),
    (
        "instructions.0.words",
        "わきの下を冷やし、水分をとってもらう。1時間後に測り直す。",
    ),
    (
        "instructions.0.call_when",
        "39.0℃以上、または水分がとれない",
    ),
    ("instructions.0.physician", "神谷 進"),
    ("instructions.0.written_on", "2026-10-01"),
    ("version", "0"),
    ("do", "save"),
];

/// One care worker, no nurse: from something is wrong to the ambulance leaving. On a phone by touch, then at the desk by
/// keyboard alone.
#[tokio::test]
async fn three_in_the_morning_from_one_tap_to_the_ambulance_leaving() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let resident = sheet::admit(&api, &sheet::full()).await;
    let paper = sheet::issue(&api, &resident).await.address().to_owned();
    sheet::admit(&api, &sheet::overflowing()).await;
    let manager = service.sign_in("manager").await;
    assert_eq!(manager.post("/facility/flow", &FLOW).await.status, 200);
    let base = service.base_url.clone();
    // From noon to three in the morning.
    service.clock.advance_minutes(15 * 60);
    tokio::task::spawn_blocking(move || {
        let phone = Browser::start(Screen::Phone)
            .keeping(&screens())
            .for_everybody();
        sign_in(&phone, &base, "care");
        phone.find("a[href='/transports']").click();
        phone.see("どなたですか");
        phone.look("transports");
        phone
            .find(&format!(
                "form[action='/residents/{resident}/transports'] button"
            ))
            .click();
        // Two taps, and what to do stands there.
        phone.find("#script");
        // The third one issues the paper and opens it beside the page: what is left is to print it.
        phone.find("#papers form button").click();
        phone.closes_the_other_window("/pdf");
        desk_sees_a_new_paper(&base);
        phone.look("transport-script");
        for tap in ["injury", "call_119", "cpr", "door"] {
            let button = format!(".branch button[value='{tap}']");
            phone.find(&button).click();
            // Noted only on the page that comes then.
            phone.find(&format!("{button} svg"));
        }
        // The network is gone for a while: what is tapped and typed stays, and goes off in its order, once.
        phone.without_network(true);
        phone.find(".branch button[value='aed']").click();
        phone.see("サーバーにつながりません。記録はこの画面に残し");
        phone
            .by_id("words")
            .type_in("血圧 測定不能、右向きに寝かせた");
        phone.find("button[value='observed']").click();
        phone.see("いまの時刻で記録する「血圧 測定不能、右向きに寝かせた」");
        phone.look("transport-without-network");
        phone.without_network(false);
        phone.find(".branch button[value='aed'] svg");
        phone.see_in("timeline", "血圧 測定不能、右向きに寝かせた");
        let happened = phone.by_id("timeline").text();
        let at = |words: &str| {
            happened
                .find(words)
                .unwrap_or_else(|| panic!("{words} in {happened}"))
        };
        assert!(at("AEDを使った") < at("血圧 測定不能"), "{happened}");
        for words in ["AEDを使った 介木", "血圧 測定不能"] {
            assert_eq!(happened.matches(words).count(), 1, "{words} in {happened}");
        }
        phone.find("#observation summary").click();
        phone
            .find("#observation [data-for='spo2'][data-step='-1']")
            .click();
        phone
            .find("#observation input[name='bp'][type='checkbox'] + span")
            .click();
        phone
            .find("#observation input[name='jcs'][value='10'] + span")
            .click();
        phone.look("transport-observation");
        // The crew has the page open, and it grows under their eyes; so does the nurse's list, before anybody asks.
        let crew = Browser::start(Screen::Phone)
            .keeping(&screens())
            .for_everybody();
        crew.open(&paper);
        crew.press("救急活動のため表示する");
        crew.see("AEDを使った");
        let desk = Browser::start(Screen::Desk)
            .keeping(&screens())
            .for_everybody();
        sign_in(&desk, &base, "nurse");
        desk.see("急変の対応中");
        desk.look("residents-emergency");
        desk.find(".sudden-strip a").type_in(key::ENTER);
        desk.by_id("words").type_in("まだ送っていない言葉");
        phone.find("button[value='observation']").click();
        phone.see("血圧 測定不能(普段");
        crew.see("観察 03:00");
        crew.see_in("live", "新しい記録を表示しました");
        crew.look("crew-live");
        desk.see_in("timeline", "QRコードが読み取られた");
        desk.see_in("timeline", "血圧 測定不能(普段");
        assert_eq!(
            desk.by_id("words").property("value"),
            "まだ送っていない言葉"
        );
        crew.without_network(true);
        crew.see_in("live", "いま更新できません");
        crew.look("crew-without-network");
        crew.without_network(false);
        crew.see_in("live", "自動で更新中");
        phone.find("button[value='nurse.no_answer']").click();
        phone.find("#calls .tag[data-tone='ok']");
        phone.look("transport-calls");
        for tap in ["crew_arrived", "handed_over"] {
            phone
                .find(&format!(".branch button[value='{tap}']"))
                .click();
            phone.find(&format!(".branch button[value='{tap}'] svg"));
        }
        phone.find("button[value='family.no_answer']").click();
        phone.see("家族に電話");
        phone
            .by_id("destination")
            .type_in("みなと市民病院 介木が同乗");
        phone.find("button[value='departed']").click();
        phone.see("みなと市民病院 介木が同乗");
        phone.look("transport-timeline");
        phone.press("読み上げる文を大きな文字にする");
        phone.find(".script[data-size='large']");
        phone.look("transport-large");

        desk.find("#ending");
        desk.find(".branch button[value='belongings']")
            .type_in(key::ENTER);
        desk.find(".branch button[value='belongings'] svg");
        desk.by_id("ending").type_in("搬送した");
        desk.by_id("ending").type_in(key::ENTER);
        desk.see("この急変の記録は終わっています");
        desk.find(".branch button[value='manager']")
            .type_in(key::ENTER);
        desk.find(".branch button[value='manager'] svg");
        desk.find("#review summary").type_in(key::ENTER);
        desk.by_id("change_next").type_in("電話番号を毎月確かめる");
        desk.look("transport-ended");
        desk.find("button[value='review']").type_in(key::ENTER);
        desk.see("次から変えること 電話番号を毎月確かめる");
    })
    .await
    .unwrap();
}

/// The sheet of the binder, and the one that was just printed.
fn desk_sees_a_new_paper(base: &str) {
    let desk = Browser::start(Screen::Desk);
    sign_in(&desk, base, "nurse");
    desk.open(&format!("{base}/documents"));
    desk.see("2026-0002");
}

/// The same at the desk without a pointer: every step is reached by the tab key.
#[tokio::test]
async fn three_in_the_morning_by_keyboard_alone() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let resident = sheet::admit(&api, &sheet::full()).await;
    sheet::admit(&api, &sheet::overflowing()).await;
    let base = service.base_url.clone();
    tokio::task::spawn_blocking(move || {
        let desk = Browser::start(Screen::Desk);
        sign_in(&desk, &base, "care");
        desk.tab_to("a[href='/transports']").type_in(key::ENTER);
        desk.see("どなたですか");
        desk.tab_to("#q").type_in("たかさき");
        desk.focused().type_in(key::ENTER);
        desk.see("「たかさき」で");
        desk.tab_to(&format!(
            "form[action='/residents/{resident}/transports'] button"
        ))
        .type_in(key::ENTER);
        desk.find("#script");
        println!(
            "from the first page to the script: tab {} times, enter 3 times",
            desk.tabs()
        );
        for event in ["injury", "call_119", "cpr", "aed"] {
            let button = format!(".branch button[value='{event}']");
            desk.tab_to(&button).type_in(key::ENTER);
            desk.find(&format!("{button} svg"));
            // Whoever goes on stands where they were.
            let stays = desk.js(
                "return document.activeElement.matches(arguments[0])",
                json!([button]),
            );
            assert_eq!(stays, true, "{event}");
        }
        desk.tab_to("#observation summary").type_in(key::ENTER);
        desk.tab_to("#observation input[name='jcs']")
            .type_in(key::SPACE);
        desk.tab_to("#observation input[name='spo2']").type_in("88");
        desk.tab_to("button[value='observation']")
            .type_in(key::ENTER);
        desk.see_in("timeline", "SpO2 88%");
        desk.tab_to("#calls button[value='family.answered']")
            .type_in(key::ENTER);
        desk.see_in("timeline", "家族に電話");
        for event in ["crew_arrived", "handed_over"] {
            let button = format!(".branch button[value='{event}']");
            desk.tab_to(&button).type_in(key::ENTER);
            desk.find(&format!("{button} svg"));
        }
        desk.tab_to("#destination")
            .type_in("みなと市民病院 介木が同乗");
        desk.focused().type_in(key::ENTER);
        desk.see_in("timeline", "みなと市民病院 介木が同乗");
        desk.tab_to("#ending").type_in("搬送した");
        desk.focused().type_in(key::ENTER);
        desk.see("この急変の記録は終わっています");
    })
    .await
    .unwrap();
}

/// Every page with everything on it, for everybody who may see it, at every width.
#[tokio::test]
async fn no_page_is_wider_than_the_screen_or_breaks_the_policy() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let full = sheet::admit(&api, &sheet::full()).await;
    let long = sheet::admit(&api, &sheet::overflowing()).await;
    let bare = sheet::admit(&api, &sheet::bare()).await;
    let issued = sheet::issue(&api, &full).await;
    let second = service.sign_in("nurse2").await;
    second
        .does(
            &format!("/residents/{full}/edit/usual"),
            &[("usual_pulse", "72"), ("do", "save")],
        )
        .await;
    let changed = json!({"room": "411"});
    let moved = api
        .json(
            axum::http::Method::PATCH,
            &format!("/api/v1/residents/{full}"),
            &[("if-match", "\"2\"")],
            &changed,
        )
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text());
    let base = service.base_url.clone();
    let paper = issued.document["id"].as_str().unwrap().to_owned();
    let sent = [
        (
            "recipient",
            "地方独立行政法人 みなと市民病院機構 みなと総合医療センター",
        ),
        ("department", "入退院支援センター 地域医療連携室"),
        ("number", "0463-21-1234"),
        ("way", "paper"),
    ];
    let manager = service.sign_in("manager").await;
    assert_eq!(manager.post("/facility/flow", &FLOW).await.status, 200);
    let nurse = service.sign_in("nurse").await;
    let fax = nurse.does(&format!("/documents/{paper}/fax"), &sent).await;
    let scan = issued.address().to_owned();
    let drill = nurse.does("/drills", &[]).await;
    for (number, event) in ["call_119", "cpr", "door", "handed_over", "closed"]
        .iter()
        .enumerate()
    {
        service.clock.advance_minutes(1);
        nurse
            .does(&drill, &[("do", event), ("tap", &number.to_string())])
            .await;
    }
    let visits = move || {
        let browser = Browser::start(Screen::Desk)
            .keeping(&screens())
            .for_everybody();
        let visit = |name: &str, path: &str| {
            browser.open(&format!("{base}{path}"));
            browser.find("main");
            browser.look(name);
        };
        sign_in(&browser, &base, "nurse2");
        visit("residents", "/residents");
        visit("residents-found", "/residents?q=%E3%81%9F");
        visit("residents-left", "/residents?show=left");
        visit("import", "/residents/import");
        for (name, id) in [("full", &full), ("long", &long), ("bare", &bare)] {
            visit(&format!("resident-{name}"), &format!("/residents/{id}"));
        }
        for section in [
            "identity",
            "contacts",
            "alerts",
            "usual",
            "conditions",
            "medicines",
            "wishes",
            "food",
            "care",
            "treatment",
            "insurance",
        ] {
            visit(
                &format!("full-edit-{section}"),
                &format!("/residents/{full}/edit/{section}"),
            );
        }
        visit("merge", &format!("/residents/{full}/merge"));
        visit("revisions", &format!("/residents/{full}/revisions"));
        visit("revision", &format!("/residents/{full}/revisions/2"));
        visit("move", &format!("/residents/{full}/move"));
        visit("end", &format!("/residents/{full}/end"));
        visit("issue-again", &format!("/residents/{full}/documents"));
        visit("document-old", &format!("/documents/{paper}"));
        visit("documents", "/documents");
        visit("fax-new", &format!("/documents/{paper}/fax"));
        visit("fax", &fax);
        browser.press("ログアウト");
        sign_in(&browser, &base, "manager");
        for name in ["facility", "staff", "audit"] {
            visit(name, &format!("/{name}"));
        }
        visit("account", "/account");
        visit("staff-invite", "/staff/nurse2/invite");
        browser.press("本人がいます。作り直す");
        browser.find("#invitation");
        browser.look("staff-invited");
        let invitation = browser.find("#invitation").text();
        let (_, join) = invitation.split_once("/join/").unwrap();
        visit("join", &format!("/join/{join}"));
        visit("flow", "/facility/flow");
        visit("drills", "/drills");
        visit("drill", &drill);
        visit("drill-result", &drill.replace("/transports/", "/drills/"));
        browser.press("ログアウト");
        sign_in(&browser, &base, "operator");
        visit("facilities", "/facilities");
        visit("people", "/facilities/people");
        browser.open(&scan);
        browser.press("救急活動のため表示する");
        browser.find("#changed");
        browser.look("crew-changed");
        browser.look_in_the_dark("crew-changed-dark");
    };
    tokio::task::spawn_blocking(visits).await.unwrap();
}

/// A nurse writes an order, the physician signs it, a care worker takes it back at night, and the page says so.
#[tokio::test]
async fn an_order_is_written_signed_and_taken_back() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let resident = sheet::admit(&api, &sheet::full()).await;
    sheet::issue(&api, &resident).await;
    let operator = service.sign_in("operator").await;
    let physician = [
        ("person_facility", HOME),
        ("person_role", "physician"),
        ("person_name", "髙橋 葛\u{e0100}子"),
        ("person_login", "doctor"),
    ];
    operator
        .invites("doctor", "/facilities/people", &physician)
        .await;
    let base = service.base_url.clone();
    let clock = service.clock.clone();
    let journey = move || {
        let browser = || Browser::start(Screen::Desk).keeping(&screens());
        let directive = Directive {
            page: format!("{base}/residents/{resident}/directive"),
            nurse: browser(),
            physician: browser(),
            care: Browser::start(Screen::Phone).keeping(&screens()),
            clock,
            base,
        };
        directive.go();
    };
    tokio::task::spawn_blocking(journey).await.unwrap();
}

struct Directive {
    clock: std::sync::Arc<crate::support::FixedClock>,
    base: String,
    page: String,
    nurse: Browser,
    physician: Browser,
    care: Browser,
}

impl Directive {
    fn go(&self) {
        sign_in(&self.nurse, &self.base, "nurse");
        sign_in(&self.physician, &self.base, "doctor");
        sign_in(&self.care, &self.base, "care");
        self.nurse_takes_down_the_wish();
        self.nurse_writes_the_order();
        self.physician_signs();
        self.care_worker_takes_it_back();
        self.nurse_keeps_the_signed_paper();
        self.everybody_finds_the_work();
    }

    fn nurse_takes_down_the_wish(&self) {
        let nurse = &self.nurse;
        nurse.open(&self.page);
        nurse.see("まだ何も記録されていません");
        nurse.look("directive-empty");
        nurse.press("本人の意思");
        nurse
            .find("input[name='cpr'][value='no_cpr']")
            .type_in(key::SPACE);
        nurse
            .by_id("words")
            .type_in("もう十分生きたから、静かに逝かせてほしい");
        nurse.press("記録する");
        nurse.see("話した日・書いた日を入力してください");
        nurse.look("directive-wish-error");
        nurse.by_id("stated_on").type_in("令和8年11月1日");
        nurse.press("記録する");
        nurse.see("本人の希望の記録あり・医師の指示なし");
    }

    fn nurse_writes_the_order(&self) {
        let nurse = &self.nurse;
        nurse.press("医師の指示書を書く");
        // The sheet's physician is filled in already.
        assert_eq!(nurse.by_id("phone_24h").property("value"), "090-0000-7890");
        nurse.look("directive-order-new");
        nurse
            .find("input[name='cpr_instruction'][value='no_cpr']")
            .type_in(key::SPACE);
        nurse.press("記録して提出へ進む");
        nurse.see("もとになる病気を入力してください");
        nurse.look("directive-order-error");
        for (name, value) in [
            ("irreversible", "yes"),
            ("end_of_life_phase", "yes"),
            ("person_wish_basis", "self_stated"),
            ("dissent.state", "none"),
        ] {
            let radio = format!("input[name='{name}'][value='{value}']");
            nurse.find(&radio).type_in(key::SPACE);
        }
        for (id, words) in [
            ("scope", "老衰による心停止のときの心肺蘇生のみ"),
            (
                "basis_disease",
                "慢性心不全(ステージD)・アルツハイマー型認知症",
            ),
            (
                "expected_event",
                "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
            ),
            ("dissent.confirmed_on", "令和8年11月20日"),
            ("discussed_on", "令和8年11月20日"),
            ("phone_tested_on", "令和8年11月22日"),
            ("original_location", "1階 医務室の赤いファイル"),
        ] {
            nurse.by_id(id).type_in(words);
        }
        nurse
            .find("button[value='add:participants']")
            .type_in(key::ENTER);
        nurse.by_id("participants.0.name");
        assert_eq!(nurse.focused().property("id"), "participants.0.name");
        nurse.focused().type_in("渡邉 槗子");
        nurse.by_id("participants.0.role").type_in("長女");
        nurse.press("記録して提出へ進む");
        nurse.see("医師への提出");
        nurse.look("directive-submit");
        nurse.press("医師へ提出する");
        nurse.see("医師の署名待ち(効力なし)");
        nurse.look("directive-waiting");
    }

    fn physician_signs(&self) {
        let physician = &self.physician;
        physician.find(".sitenav a[href='/directives']").click();
        physician.see("医師が署名するか、署名された原本を登録します");
        physician.look("directives-physician");
        physician.press("髙﨑 𠮷子");
        physician.press("内容を読んで署名する");
        physician.look("directive-sign");
        // 看取り期: three months at the latest.
        assert_eq!(
            physician.by_id("review_due_on").property("value"),
            "令和9年2月23日"
        );
        physician.press("署名する");
        physician.see("全文を読んだことを確かめて、印を付けてください");
        physician.look("directive-sign-error");
        physician.by_id("confirm").type_in(key::SPACE);
        physician.press("署名する");
        physician.see("医師の署名を記録しました");
        physician.look("directive-signed");
        self.nurse.open(&self.page);
        self.nurse.find("[data-standing='order_on_file']");
        self.nurse.look("directive-holds");
        self.nurse.open(&self.page.replace("/directive", ""));
        self.nurse.look("resident-with-order");
    }

    fn care_worker_takes_it_back(&self) {
        let care = &self.care;
        care.open(&format!("{}/residents", self.base));
        care.find(".resident [data-standing='order_on_file']");
        care.find(".resident .raise summary").click();
        care.find(".resident .raise[open]");
        care.look("residents-raise");
        care.find(".resident .raise input[name='words']")
            .type_in("やっぱり助けてほしい");
        care.find(".resident .raise button[value='revoke']").click();
        care.see("撤回を記録しました");
        care.see("以前の指示は撤回されています");
        care.see("紙を取り替えてください");
        care.look("directive-revoked");
        care.press("意思と指示へ");
        care.see("「やっぱり助けてほしい」");
        care.look("directive-after");
        care.open(&format!("{}/raise", self.page));
        care.look("directive-raise");
    }

    /// The same order again, this time on paper: a paper of the day on which it was taken back would not count.
    fn nurse_keeps_the_signed_paper(&self) {
        self.clock.advance_minutes(24 * 60);
        let nurse = &self.nurse;
        for (browser, login) in [(nurse, "nurse"), (&self.care, "care")] {
            sign_in(browser, &self.base, login);
        }
        nurse.open(&format!("{}/say/physician_order?from=2", self.page));
        nurse.press("記録して提出へ進む");
        nurse.press("医師へ提出する");
        nurse.press("署名された原本を登録する");
        nurse.look("directive-scan");
        let file = self.scan();
        nurse.by_id("original").type_in(file.to_str().unwrap());
        nurse.press("原本を登録する");
        nurse.see("あなたは照合できません");
        nurse.look("directive-own-scan");
        let manager = &self.physician;
        manager.press("ログアウト");
        sign_in(manager, &self.base, "manager");
        manager.open(&self.page);
        manager.press("原本と見比べる");
        manager.see("すべて一致した");
        manager.look("directive-compare");
        for name in ["facility", "staff"] {
            manager.open(&format!("{}/{name}", self.base));
            manager.look(&format!("directive-{name}"));
        }
    }

    fn scan(&self) -> PathBuf {
        let file = screens().join("signed-original.png");
        std::fs::write(&file, crate::support::picture(1240, 1754)).unwrap();
        file
    }

    fn everybody_finds_the_work(&self) {
        let care = &self.care;
        care.open(&format!("{}/say/acp_talk", self.page));
        care.by_id("held_on").type_in("令和8年11月20日");
        care.by_id("words")
            .type_in("家のにおいのするところで過ごしたい");
        care.by_id("next_on").type_in("令和8年11月23日");
        care.look("directive-talk");
        care.press("記録する");
        care.find(".timeline");
        care.find("summary");
        care.open(&format!("{}/raise", self.page));
        care.find("button[value='object']").click();
        care.see("異議を記録しました");
        care.open(&format!("{}/directives", self.base));
        care.see("解消していない異議");
        care.look("directives");
        self.nurse.open(&self.page);
        self.nurse.look("directive-conflict");
        self.nurse.open(&format!("{}/residents", self.base));
        self.nurse.look("residents-conflict");
        self.nurse.press("ログアウト");
        sign_in(&self.nurse, &self.base, "operator");
        self.nurse.open(&format!("{}/facilities", self.base));
        self.nurse.look("directive-facilities");
    }
}

/// A stay in hospital on the facility's PC, the MSW's PC and the ward's phone.
#[tokio::test(flavor = "multi_thread")]
async fn to_hospital_and_back_on_three_screens() {
    let service = Service::listen(crate::support::Bench::sqlite().await).await;
    let home = Home::new(&service).await;
    let order = home.signed().await;
    let (resident, base) = (home.id.clone(), service.base_url.clone());
    tokio::task::spawn_blocking(move || {
        let desk = Browser::start(Screen::Desk)
            .keeping(&screens())
            .for_everybody();
        sign_in(&desk, &base, "nurse");
        desk.open(&format!("{base}/desks"));
        desk.see("まだありません");
        desk.look("desks-empty");
        desk.by_id("new-hospital").type_in("みなと総合病院");
        desk.by_id("new-department").type_in("入退院支援センター");
        desk.by_id("new-phone").type_in("0463-21-5503");
        desk.press("保存する");
        desk.see("0463-21-5503");
        desk.open(&format!("{base}/handoffs"));
        desk.see("入院の記録はまだありません");
        desk.look("handoffs-empty");
        // Out of an emergency, whose words the letter takes over.
        desk.open(&format!("{base}/residents/{resident}"));
        desk.find(&format!(
            "form[action='/residents/{resident}/transports'] button"
        ))
        .click();
        desk.find("#script");
        desk.find("button[value='closed']").click();
        desk.see("急変の記録を終えた");
        desk.open(&format!("{base}/residents/{resident}"));
        desk.press("入院の書類を始める");
        desk.see("いま分かっていること");
        let stay = desk.address();
        desk.look("handoff-new");
        desk.open(&format!("{stay}/forms/transfer"));
        desk.find("#hospital_name").type_in("みなと総合病院");
        desk.find("#admitted_on").type_in("2026-11-23");
        desk.find("#admission_reason").type_in("誤嚥性肺炎の疑い");
        desk.find("#points_of_living")
            .type_in("右から声をかけると落ち着く。");
        desk.look("handoff-form");
        desk.press("保存して発行(印刷・送付へ)");
        desk.see("送る・渡した記録");
        desk.look("handoff-document");
        desk.find("a[href$='/send']").click();
        desk.find("input[name='method'][value='link'] + span")
            .click();
        desk.look("handoff-send");
        desk.press("記録する・次へ");
        desk.see("電話で読み上げる合言葉");
        desk.look("handoff-passcode");
        let passcode = desk.find(".passcode").text();
        let address = desk.find(".address").text();

        // The MSW, at the hospital's PC.
        let msw = Browser::start(Screen::Desk)
            .keeping(&screens())
            .for_everybody();
        msw.open(&address);
        msw.see("8桁の合言葉");
        msw.look("hospital-cover");
        msw.by_id("department").type_in("入退院支援センター");
        msw.by_id("person").type_in("勅使河原 真理子");
        msw.by_id("passcode").type_in(&passcode);
        msw.find("main form .button").click();
        msw.see("施設へ返事をする");
        msw.see("右から声をかけると落ち着く。");
        msw.look("hospital-document");
        msw.press("全部受け取りました");
        msw.see("受け取りを確認");

        // The ward, on a phone, fills in what the facility needs.
        let ward = Browser::start(Screen::Phone)
            .keeping(&screens())
            .for_everybody();
        ward.open(&address);
        ward.by_id("department").type_in("3階東病棟");
        ward.by_id("person").type_in("大磯 美咲");
        ward.by_id("passcode").type_in(&passcode);
        ward.find("main form .button").click();
        ward.see("施設へ返事をする");
        ward.look("hospital-document-phone");
        ward.open(&format!("{}/discharge", ward.address()));
        ward.see("書けるところから書いて");
        ward.find("#discharge_expected_on").type_in("2026-12-14");
        ward.find("#discharge_primary_cause").type_in("誤嚥性肺炎");
        ward.find("#hospital_course").type_in("抗菌薬で解熱した。");
        ward.find("input[name='discharge_adl_mobility'][value='full'] + span")
            .click();
        ward.look("hospital-discharge-phone");
        ward.press("保存して施設へ知らせる");
        ward.see("施設の画面に出ています");

        desk.open(&stay);
        desk.see("病院から未確認");
        desk.look("handoff-difference");
        desk.open(&format!("{stay}/forms/conference"));
        desk.see("退院前カンファレンス記録");
        desk.look("handoff-conference");
        let manager = Browser::start(Screen::Desk)
            .keeping(&screens())
            .for_everybody();
        sign_in(&manager, &base, "manager");
        manager.open(&format!("{base}/capability"));
        manager.see("まだ書かれていません");
        manager.find("#P07-day option[value='accept']").click();
        manager.look("capability");
        manager.press("保存する");
        manager.see("第1版");
        manager.open(&format!("{base}/capability/search?need=P07"));
        manager.see("見つかった施設 0か所");
        manager.look("capability-search");
        manager.open(&format!("{stay}/forms/assessment"));
        manager.see("受け入れの判断(再入所)");
        manager
            .find("input[name='return_verdict'][value='accept'] + span")
            .click();
        manager.find("#assessment_decided_by").type_in("管野 治");
        manager.look("handoff-assessment");
        manager.press("保存する");
        manager.see("の内容を保存しました");
        desk.open(&format!("{stay}/home"));
        desk.see("シートに入れるものを選ぶ");
        desk.look("handoff-home");
        desk.find("input[name='take'][value='adl_mobility'] + span")
            .click();
        desk.find("#on").retype("2026-11-23");
        desk.press("選んだものを入れて、入院を終える");
        desk.see("発行しました");
        // The order is stopped until its physician has looked at it anew.
        let directive = format!("{base}/residents/{resident}/directive");
        desk.open(&directive);
        desk.see("退院した");
        desk.open(&format!("{directive}/{order}/submitted"));
        desk.find("#main form .button:not(.text)").click();
        desk.see("医師の署名待ち");
        let doctor = Browser::start(Screen::Desk).keeping(&screens());
        sign_in(&doctor, &base, "doctor");
        doctor.open(&format!("{directive}/{order}/sign"));
        doctor.by_id("confirm").click();
        doctor.press("再開に署名する");
        doctor.find("[data-standing='order_on_file']");
        desk.open(&format!("{base}/residents/{resident}/documents"));
        desk.press("発行して印刷へ");
        desk.see("発行しました");
        desk.open(&format!("{base}/handoffs"));
        desk.see("この施設の数字");
        desk.look("handoffs");
        for (who, browser) in [("desk", &desk), ("msw", &msw), ("ward", &ward)] {
            assert_eq!(browser.complaints(), Vec::<String>::new(), "{who}");
        }
    })
    .await
    .unwrap();
}
