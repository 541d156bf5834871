//! An ambulance crew scans the paper at the bed.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::support::service::{Answer, Service};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1";
const JSON: (&str, &str) = ("accept", "application/json");

/// A resident with a sheet, and the paper at the bed.
struct Bedside<'a> {
    service: &'a Service,
    resident: String,
    document: String,
    /// What the QR code holds, behind the host.
    code: String,
}

impl<'a> Bedside<'a> {
    async fn new(service: &'a Service, consent: &str) -> Self {
        let record = json!({
            "name": "髙﨑 𠮷子", "name_kana": "たかさき よしこ", "birth_date": "1937-03-04", "sex": "female",
            "floor": "2階", "room": "203号", "consent_to_share_ems": consent,
            "physicians": {"state": "present", "rows": [{"institution": "みなと医院", "phone_24h": "0463-00-0000"}]},
            "allergies": {"state": "present", "rows": [{"substance": "ペニシリン", "reaction": "発疹"}]},
        });
        let api = service.api("nurse").await;
        let created = api
            .json(Method::POST, "/api/v1/residents", &[], &record)
            .await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
        let resident = created.value()["id"].as_str().unwrap().to_owned();
        let mut bedside = Self {
            service,
            resident,
            document: String::new(),
            code: String::new(),
        };
        bedside.print().await;
        bedside
    }

    async fn print(&mut self) {
        let path = format!("/api/v1/residents/{}/documents", self.resident);
        let api = self.service.api("nurse").await;
        let issued = api
            .json(Method::POST, &path, &[], &json!({"form": "emergency"}))
            .await;
        assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
        let issued = issued.value();
        self.document = issued["id"].as_str().unwrap().to_owned();
        let url = issued["scan_url"].as_str().unwrap();
        self.code = url
            .strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP")
            .unwrap()
            .to_owned();
    }

    async fn change(&self, changes: &[(&str, Value)]) {
        let path = format!("/api/v1/residents/{}/sheet", self.resident);
        let api = self.service.api("nurse").await;
        let sheet = api.get(&path).await;
        let mut body = sheet.value();
        for (key, value) in changes {
            body["record"][*key] = value.clone();
        }
        let etag = sheet.etag();
        let changed = api
            .json(Method::PUT, &path, &[("if-match", &etag)], &body)
            .await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    }

    async fn scan(&self, method: Method, headers: &[(&str, &str)], body: &str) -> Answer {
        scan(self.service, method, &self.code, headers, body).await
    }

    async fn cover(&self) -> Answer {
        self.scan(Method::GET, &[], "").await
    }

    async fn tap(&self) -> Answer {
        self.scan(Method::POST, &[], "").await
    }

    /// What the facility is told of views.
    async fn notices(&self) -> String {
        self.service.sign_in("nurse").await.see("/scans").await
    }

    async fn views_in_audit(&self) -> usize {
        let audit = self.service.api("manager").await;
        let audit = audit.get("/api/v1/audit?limit=200").await.value();
        let entries = audit["items"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["action"] == "scan.viewed")
            .count()
    }
}

/// A phone without an account, a cookie, or any header that a browser need not send.
async fn scan(
    service: &Service,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "q.minato.example.jp")
        .header(header::USER_AGENT, IPHONE)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    service
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

both_databases! {
    async fn a_crew_scans_taps_and_reads_and_the_facility_is_told(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let cover = bed.cover().await;
        assert_eq!(cover.status, StatusCode::OK);
        assert!(cover.text().contains("救急活動のため表示する") && cover.text().contains("0463-00-5678"));
        for personal in ["髙﨑", "203号", "ペニシリン", "みなと医院"] {
            assert!(!cover.text().contains(personal), "{personal}");
        }
        assert!(bed.notices().await.contains("読み取りはまだありません"));

        let page = bed.tap().await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        for shown in ["この紙は最新です", "髙﨑 𠮷子", "たかさき", "203号", "ペニシリン 発疹", "tel:0463000000", "この表示は記録され"] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        let notices = bed.notices().await;
        assert!(notices.contains("シートを表示") && notices.contains("iPhone Safari"), "{notices}");
        assert!(!notices.contains("AppleWebKit"));
        assert_eq!(bed.views_in_audit().await, 1);

        let lower = bed.code.to_lowercase();
        assert_eq!(scan(&service, Method::POST, &lower, &[], "").await.status, StatusCode::OK);
        assert_eq!(bed.views_in_audit().await, 2);
    }

    async fn looking_at_the_cover_writes_nothing_however_often(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        for headers in [vec![], vec![("purpose", "prefetch")], vec![("accept", "text/html,application/json;q=0.9,*/*")]] {
            assert!(bed.scan(Method::GET, &headers, "").await.text().contains("救急活動のため表示する"));
        }
        for headers in [vec![], vec![JSON]] {
            let head = bed.scan(Method::HEAD, &headers, "").await;
            assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        }
        assert_eq!(bed.views_in_audit().await, 0);
        assert!(bed.notices().await.contains("読み取りはまだありません"));
    }

    async fn a_page_is_one_answer_that_nobody_keeps_and_never_tells_its_token(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let token = bed.code.rsplit('/').next().unwrap().to_owned();
        for answer in [bed.cover().await, bed.tap().await, bed.scan(Method::GET, &[JSON], "").await] {
            let text = answer.text();
            assert!(!text.to_uppercase().contains(&token), "{text}");
            assert!(answer.headers.get(header::SET_COOKIE).is_none());
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer");
            for asking in ["<script src", "url(", "src=\"/", "href=\"/", "http://", "https://"] {
                assert!(!text.contains(asking), "{asking}");
            }
        }
        let policy = bed.cover().await.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    }

    /// From the card at the bed: one tap leads who works here to the resident, the second begins. Nobody else learns whose it is.
    async fn staff_come_from_the_card_at_the_bed_to_the_resident(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service, "consented_by_resident").await;
        assert!(bed.cover().await.text().contains("href=\"?staff\""));
        let staff = format!("{}?staff", bed.code);
        let resident = format!("/residents/{}", bed.resident);
        let care = service.sign_in("care").await;
        let led = care.get(&staff).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, resident.clone()));
        assert!(care.see(&resident).await.contains(&format!("action=\"{resident}/transports\"")));
        // Also by a paper that was replaced.
        bed.print().await;
        assert_eq!(care.get(&staff).await.location(), resident);
        let others = [service.sign_in("other-nurse").await.get(&staff).await, scan(&service, Method::GET, &staff, &[], "").await];
        for other in others {
            assert_eq!(other.status, StatusCode::UNAUTHORIZED);
            let text = other.text();
            assert!(text.contains("職員のログインが必要です") && !text.contains("髙﨑") && !text.contains(&bed.resident), "{text}");
        }
        assert_eq!(scan(&service, Method::GET, "/q/0000000000000000000000000?staff", &[], "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(bed.views_in_audit().await, 0);
    }

    /// Asking whether anything is newer tells nothing of the person and is no view; whatever the page shows makes it newer.
    async fn an_open_page_asks_whether_anything_is_newer_and_is_told_nothing_else(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let care = service.sign_in("care").await;
        let asks = async |mark: &str| {
            let answer = scan(&service, Method::POST, &format!("{}/newer", bed.code), &[], &format!("mark={mark}")).await;
            assert!(answer.body.is_empty(), "{}", answer.text());
            answer.status
        };
        let mark_of = |page: &str| page.split("data-mark=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut mark = mark_of(&bed.tap().await.text());
        assert_eq!(asks(&mark).await, StatusCode::NO_CONTENT);
        assert_eq!(asks("").await, StatusCode::OK, "what no page has is not up to date");
        let views = bed.views_in_audit().await;
        let emergency = care.does(&format!("/residents/{}/transports", bed.resident), &[]).await;
        assert_eq!(asks(&mark).await, StatusCode::OK, "an emergency began");
        assert_eq!(bed.views_in_audit().await, views);
        mark = mark_of(&bed.tap().await.text());
        for fields in [[("do", "cpr"), ("tap", "1")], [("do", "aed"), ("tap", "2")]] {
            assert_eq!(asks(&mark).await, StatusCode::NO_CONTENT);
            care.does(&emergency, &fields).await;
            assert_eq!(asks(&mark).await, StatusCode::OK, "{fields:?}");
            mark = mark_of(&bed.tap().await.text());
        }
        bed.change(&[("room", json!("305"))]).await;
        assert_eq!(asks(&mark).await, StatusCode::OK, "the record changed");
        mark = mark_of(&bed.tap().await.text());
        let withdraw = format!("/documents/{}/lost", bed.document);
        service.sign_in("nurse").await.does(&withdraw, &[]).await;
        assert_eq!(asks(&mark).await, StatusCode::OK, "the paper ended");
    }

    /// Old browsers send `Origin: null` with a form of a page without referrers; the button must work all the same.
    async fn the_button_works_whatever_a_browser_says_of_itself(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        for headers in [vec![("origin", "null")], vec![("origin", "https://q.minato.example.jp"), ("sec-fetch-site", "same-origin")], vec![("content-type", "text/plain")]] {
            assert_eq!(bed.scan(Method::POST, &headers, "x").await.status, StatusCode::OK, "{headers:?}");
        }
    }

    async fn s08_the_page_says_what_changed_since_the_paper(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service, "consented_by_resident").await;
        bed.change(&[("room", json!("305")), ("allergies", json!({"state": "unknown"})), ("blood_type", json!("A"))]).await;
        assert!(bed.cover().await.text().contains("印刷のあとで記録が更新されています"));
        let page = bed.tap().await.text();
        for shown in ["この紙は最新ではありません", "2点が変わりました", "2階 203号", "2階 305", "ペニシリン 発疹", "不明"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        bed.print().await;
        assert!(bed.tap().await.text().contains("この紙は最新です"));
        bed.change(&[("blood_type", json!("B"))]).await;
        let page = bed.tap().await.text();
        assert!(page.contains("この紙は最新です") && page.contains("この画面の項目は紙と同じです"), "{page}");
    }

    async fn a_reprinted_paper_and_a_withdrawn_one_say_so_and_show_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service, "consented_by_resident").await;
        let old = bed.code.clone();
        bed.print().await;
        let withdrawn = bed.code.clone();
        let path = format!("/api/v1/documents/{}/withdraw", bed.document);
        service.api("nurse").await.json(Method::POST, &path, &[], &json!({"reason": "紛失"})).await;
        for (code, words, reason) in [(old, "新しい紙が発行されています", "reprinted"), (withdrawn, "取り下げられました", "withdrawn")] {
            for method in [Method::GET, Method::POST] {
                let page = scan(&service, method, &code, &[], "emergency=1").await;
                assert_eq!(page.status, StatusCode::GONE);
                let text = page.text();
                assert!(text.contains(words) && text.contains("0463-00-5678") && text.contains("心肺蘇生を実施してください"), "{text}");
                assert!(!text.contains("髙﨑") && !text.contains("203号"), "{text}");
            }
            let told = scan(&service, Method::GET, &code, &[JSON], "").await;
            assert_eq!(told.status, StatusCode::GONE);
            assert_eq!(told.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!((told.value()["reason"].as_str(), told.value()["resident"].as_str()), (Some(reason), None));
        }
        assert_eq!(bed.views_in_audit().await, 0);
    }

    async fn a_paper_ends_when_its_resident_goes_and_when_its_date_has_passed(bench: Bench) {
        let service = Service::start(bench).await;
        let gone = Bedside::new(&service, "consented_by_resident").await;
        service
            .sign_in("nurse")
            .await
            .does(&format!("/residents/{}/end", gone.resident), &[("status", "died"), ("on", "2026-11-20")])
            .await;
        let page = gone.tap().await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.text().contains("利用は終了しています") && !page.text().contains("亡"), "{}", page.text());

        let old = Bedside::new(&service, "consented_by_resident").await;
        service.clock.advance_minutes(60 * 24 * 366);
        let page = old.tap().await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.text().contains("有効期限が切れています"), "{}", page.text());
    }

    async fn a_code_that_nobody_printed_is_answered_with_what_to_do(bench: Bench) {
        let service = Service::start(bench).await;
        for code in ["/Q/00000000000000000000000000", "/q/abc", "/q/%00%FF", "/q/../../etc"] {
            let page = scan(&service, Method::GET, code, &[], "").await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{code}");
        }
        let page = scan(&service, Method::POST, "/Q/00000000000000000000000000", &[], "").await.text();
        assert!(page.contains("この紙を確認できません") && page.contains("心肺蘇生を実施してください"), "{page}");
        let told = scan(&service, Method::GET, "/q/abc", &[JSON], "").await;
        assert_eq!((told.status, told.value()["standing"]["code"].as_str()), (StatusCode::NOT_FOUND, Some("full_cpr")));
    }

    async fn s22_without_consent_a_crew_sees_whom_to_call_and_can_ask_for_more(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "refused").await;
        let page = bed.tap().await.text();
        assert!(page.contains("同意しないという意思") && page.contains("tel:0463000000"), "{page}");
        assert!(!page.contains("髙﨑") && !page.contains("ペニシリン"), "{page}");
        let told = bed.scan(Method::GET, &[JSON], "").await.value();
        assert_eq!((told["tier"].as_str(), told.get("resident")), (Some("contacts_only"), None));
        let page = bed.scan(Method::POST, &[], "emergency=1").await.text();
        assert!(page.contains("髙﨑 𠮷子") && page.contains("ペニシリン"), "{page}");
        let notices = bed.notices().await;
        assert!(notices.contains("連絡先だけを表示(同意なし)") && notices.contains("救命のため表示"), "{notices}");
        assert_eq!(bed.views_in_audit().await, 3);
    }

    async fn an_open_emergency_is_told_to_the_crew_as_it_grows(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        assert!(!bed.tap().await.text().contains("いま起きていること"));
        let care = service.sign_in("care").await;
        let emergency = care.does(&format!("/residents/{}/transports", bed.resident), &[]).await;
        care.does(&emergency, &[("do", "situation"), ("chief_complaint", "choking"), ("tap", "1")]).await;
        care.does(&emergency, &[("do", "back_blows"), ("tap", "2")]).await;
        let page = bed.tap().await.text();
        for words in ["いま起きていること", "のどに詰まった", "背中をたたいた", "最新の経過にする"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        care.does(&emergency, &[("do", "observation"), ("spo2", "82"), ("bp", "unmeasurable"), ("tap", "3")]).await;
        let page = bed.tap().await.text();
        assert!(page.contains("82%") && page.contains("測定不能"), "{page}");
        let told = bed.scan(Method::GET, &[JSON], "").await.value();
        assert_eq!(told["transport"]["situation"][0]["text"], "のどに詰まった");
        assert_eq!(told["transport"]["observations"][0]["findings"][0]["text"], "測定不能");
        care.does(&emergency, &[("do", "closed"), ("tap", "4")]).await;
        assert!(!bed.tap().await.text().contains("いま起きていること"));
        assert_eq!(bed.scan(Method::GET, &[JSON], "").await.value().get("transport"), None);
    }

    async fn a_view_by_qr_code_stands_in_the_emergency_where_it_falls_in_time(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let care = service.sign_in("care").await;
        bed.tap().await;
        service.clock.advance_minutes(5);
        let emergency = care.does(&format!("/residents/{}/transports", bed.resident), &[]).await;
        // A view before 急変 is none of it.
        assert!(!care.see(&emergency).await.contains("QRコードが読み取られた"));
        care.does(&emergency, &[("do", "crew_arrived"), ("tap", "1")]).await;
        service.clock.advance_minutes(1);
        bed.tap().await;
        service.clock.advance_minutes(1);
        // The page stands open and is read anew: still one line.
        bed.tap().await;
        care.does(&emergency, &[("do", "departed"), ("words", "みなと市民病院"), ("tap", "2")]).await;
        let page = care.see(&emergency).await;
        let list = page.split("id=\"timeline\"").nth(1).unwrap();
        let at = |words: &str| list.find(words).unwrap_or_else(|| panic!("{words} in {list}"));
        assert!(at("救急隊が着いた") < at("QRコードが読み取られた") && at("QRコードが読み取られた") < at("救急車が出発した"));
        assert!(list.contains("ほか1回、最後は12:07"), "{list}");
        // What is looked at after the end belongs to another time.
        care.does(&emergency, &[("do", "closed"), ("tap", "3")]).await;
        service.clock.advance_minutes(1);
        bed.tap().await;
        assert_eq!(care.see(&emergency).await.matches("QRコードが読み取られた").count(), 1);
    }

    async fn what_the_facility_writes_for_itself_is_not_told_to_the_crew(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let care = service.sign_in("care").await;
        let emergency = care.does(&format!("/residents/{}/transports", bed.resident), &[]).await;
        care.does(&emergency, &[("do", "incident"), ("words", "センサーの電源が切れていた"), ("tap", "1")]).await;
        care.does(&emergency, &[("do", "review"), ("would_have_helped", "夜の看護師の電話番号"), ("tap", "2")]).await;
        care.does(&emergency, &[("do", "return"), ("tap", "3")]).await;
        let told = care.see(&emergency).await;
        assert!(told.contains("センサーの電源") && told.contains("夜の看護師の電話番号"), "{told}");
        let page = bed.tap().await.text();
        let json = bed.scan(Method::GET, &[JSON], "").await.text();
        assert!(page.contains("いま起きていること"));
        for own in ["センサーの電源", "夜の看護師", "帰れる条件"] {
            assert!(!page.contains(own) && !json.contains(own), "{own}");
        }
    }

    async fn s22_without_consent_an_open_emergency_is_told_only_when_asked_for(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "refused").await;
        let care = service.sign_in("care").await;
        let emergency = care.does(&format!("/residents/{}/transports", bed.resident), &[]).await;
        care.does(&emergency, &[("do", "situation"), ("chief_complaint", "choking"), ("tap", "1")]).await;
        assert!(!bed.tap().await.text().contains("のどに詰まった"));
        let page = bed.scan(Method::POST, &[], "emergency=1").await.text();
        assert!(page.contains("のどに詰まった"), "{page}");
    }

    async fn s20_a_program_gets_the_same_page_as_json_and_its_view_is_recorded(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        bed.change(&[("room", json!("305"))]).await;
        let told = bed.scan(Method::GET, &[JSON], "").await.value();
        assert_eq!(told["resident"]["name"], "髙﨑 𠮷子");
        assert_eq!(told["standing"]["code"], "full_cpr");
        assert_eq!(told["changes"], json!([{"key": "place", "label": "居室", "before": "2階 203号", "after": "2階 305"}]));
        assert_eq!((&told["document"]["revision"], &told["revision"], &told["view_recorded"]), (&json!(1), &json!(2), &json!(true)));
        let alerts = told["items"].as_array().unwrap().iter().find(|item| item["key"] == "alerts").unwrap();
        assert_eq!(alerts["rows"][1][1]["text"], "ペニシリン 発疹");
        assert_eq!(bed.views_in_audit().await, 1);
    }

    async fn s19_like_names_are_flagged_to_the_crew(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        service.sign_in("nurse").await.admits("髙崎 良枝", "たかさき よしえ", "204").await;
        assert!(bed.tap().await.text().contains("204 髙崎 良枝"));
    }

    /// A crew must not wait for a disk.
    async fn a_view_that_cannot_be_recorded_is_shown_and_says_so(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        service.sql(
            "create trigger full before insert on scan begin select raise(abort, 'disk full'); end",
            "alter table scan add constraint disk_full check (at < 0) not valid",
        )
        .await;
        let page = bed.tap().await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("髙﨑 𠮷子") && text.contains("まだ記録できていません"), "{text}");
        assert_eq!(bed.scan(Method::GET, &[JSON], "").await.value()["view_recorded"], false);
    }

    async fn s01_a_record_that_cannot_be_read_is_full_cpr_and_the_facilitys_number(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        let spoil = "update sheet_revision set body = ";
        service.sql(
            &format!("drop trigger sheet_revision_no_update; {spoil} x'7b'"),
            &format!("alter table sheet_revision disable trigger user; {spoil} '\\x7b'"),
        )
        .await;
        let page = bed.scan(Method::POST, &[], "emergency=1").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        assert!(text.contains("full_cpr_by_failure") && text.contains("tel:0463005678"), "{text}");
        assert_eq!(bed.scan(Method::GET, &[JSON], "").await.value()["standing"]["code"], "full_cpr_by_failure");
    }

    async fn s01_a_database_that_does_not_answer_is_full_cpr(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service, "consented_by_resident").await;
        service.bench.store.close().await;
        for method in [Method::GET, Method::POST] {
            let page = bed.scan(method, &[], "").await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
            let text = page.text();
            assert!(text.contains("full_cpr_by_failure") && text.contains("紙の内容で活動してください"), "{text}");
        }
    }
}
