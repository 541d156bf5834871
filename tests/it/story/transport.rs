//! Three in the morning: one care worker, no nurse, from 急変 until the ambulance leaves.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::service::{Person, Service};
use crate::support::sheet;
use crate::support::tools::Pdf;

/// A resident with an ordinary sheet, and the emergency that the care worker began.
async fn begun(service: &Service, care: &Person<'_>) -> (String, String) {
    let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
    let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
    (id, emergency)
}

fn number_of_tap(page: &str) -> String {
    let begin = page.find("name=\"tap\" value=\"").unwrap() + 18;
    page[begin..].split('"').next().unwrap().to_owned()
}

/// The number of the entry that says something.
fn told_seq(page: &str, words: &str) -> String {
    let entry = page.split("<li id=\"e").find(|entry| entry.contains(words));
    entry.unwrap().split('"').next().unwrap().to_owned()
}

/// What the list of what happened says, without markup.
fn happened(page: &str) -> String {
    let list = page.split("id=\"timeline\"").nth(1).unwrap();
    let list = list.split("</ol>").next().unwrap();
    let mut words = String::new();
    let mut inside = false;
    for c in list.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words
}

/// Opens the page and taps.
pub async fn taps(person: &Person<'_>, emergency: &str, fields: &[(&str, &str)]) {
    let page = person.see(emergency).await;
    let tap = number_of_tap(&page);
    let mut fields = fields.to_vec();
    fields.push(("tap", &tap));
    person.does(emergency, &fields).await;
}

both_databases! {
    async fn two_taps_lead_from_any_page_to_what_is_read_to_119(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let record = sheet::ordinary();
        let id = sheet::admit(&service.api("nurse").await, &record).await;
        let name = record["name"].as_str().unwrap();

        // The first tap is on every page, the second beside the resident, who is told from others before.
        for path in ["/residents", "/documents", "/directives", "/scans"] {
            assert!(care.see(path).await.contains("href=\"/transports\""), "{path}");
        }
        let choose = care.see("/transports").await;
        let begin = format!("/residents/{id}/transports");
        assert!(choose.contains(&format!("action=\"{begin}\"")) && choose.contains(name), "{choose}");
        assert!(choose.contains("href=\"tel:119\""));
        let page = care.see(&care.does(&begin, &[]).await).await;

        // Nothing was typed. What the dispatcher asks stands there in that order, and 119 and the standing before it.
        let mut rest = page.as_str();
        for words in [
            "href=\"tel:119\"", "119番に電話する", "まず: ", "data-standing=\"full_cpr\"", "医師が電話で確認するまで", "id=\"script\"",
            "救急", "場所", "特別養護老人ホーム さざなみ苑", "北側 職員通用口", "どうしましたか", "意識", "年齢", "病気", "介木 夜子", "0463-00-1234",
            "マイナ",
        ] {
            let at = rest.find(words).unwrap_or_else(|| panic!("{words} in its place in {page}"));
            rest = &rest[at..];
        }
        // From the resident's page one tap is enough, and it is the same emergency.
        assert!(care.see(&format!("/residents/{id}")).await.contains(&format!("action=\"{begin}\"")));
        assert!(page.contains("?size=large"));
        let large = care.see(&format!("{}?size=large", care.does(&begin, &[]).await)).await;
        assert!(large.contains("data-size=\"large\""));
        // A tap comes back to the same size.
        let to = large.split("<form method=\"post\" action=\"/transports/").nth(1).unwrap().split(['#', '"']).next().unwrap().to_owned();
        assert!(to.ends_with("?size=large"), "{to}");
        let back = care.does(&format!("/transports/{to}"), &[("do", "help"), ("tap", "1")]).await;
        assert!(back.ends_with("?size=large"), "{back}");
    }

    async fn every_signed_in_page_tells_of_an_open_emergency(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let (_, emergency) = begun(&service, &care).await;
        for path in ["/residents", "/documents", "/scans"] {
            let page = nurse.see(path).await;
            assert!(page.contains("急変の対応中") && page.contains(&emergency), "{path}");
        }
        taps(&care, &emergency, &[("do", "closed"), ("words", "搬送した")]).await;
        assert!(!nurse.see("/residents").await.contains("急変の対応中"));
        assert!(nurse.see("/transports").await.contains(&emergency), "it is found afterwards");
    }

    /// What the shell shows when a page is opened, and what it asks for while the page stands open.
    async fn everybody_is_told_at_once_of_emergencies_withdrawals_and_scans_without_an_emergency(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let notices = async || care.see("/notices").await;
        assert!(!notices().await.contains("strip"), "nothing happened yet");
        let paper = sheet::issue(&service.api("nurse").await, &id).await;
        let scans = async || {
            let path = paper.address().splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap();
            let request = axum::http::Request::post(path).body(axum::body::Body::empty()).unwrap();
            assert_eq!(service.send(request).await.status, StatusCode::OK);
        };
        const UNEXPLAINED: &str = "急変の記録がないときに";

        let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
        service.clock.advance_minutes(1);
        scans().await;
        let told = notices().await;
        assert!(told.contains("急変の対応中") && told.contains(&emergency) && !told.contains(UNEXPLAINED), "{told}");
        assert!(told.contains("id=\"unseen\"><span class=\"count\""), "it is counted all the same: {told}");
        assert!(!care.see("/notices?on=transports").await.contains("急変の対応中"), "that page names it itself");

        service.clock.advance_minutes(1);
        taps(&care, &emergency, &[("do", "closed")]).await;
        service.clock.advance_minutes(1);
        scans().await;
        let told = notices().await;
        assert!(told.contains(UNEXPLAINED) && !told.contains("急変の対応中"), "{told}");
        assert!(nurse.see("/documents").await.contains(UNEXPLAINED), "also without a script");
        nurse.does("/scans", &[("until", &i64::MAX.to_string())]).await;
        assert!(!notices().await.contains(UNEXPLAINED));

        let raise = [("do", "object"), ("name", "髙﨑 和夫"), ("relationship", "son"), ("words", "聞いていない")];
        care.does(&format!("/residents/{id}/directive/raise"), &raise).await;
        for page in [notices().await, nurse.see("/residents").await] {
            assert!(page.contains("異議: ") && page.contains(&format!("/residents/{id}/directive")), "{page}");
        }
        service.clock.advance_minutes(24 * 60 + 1);
        let nurse = service.sign_in("nurse").await;
        assert!(!nurse.see("/notices").await.contains("異議: "), "a day later everybody has seen it");
        // Another facility is told nothing, and nobody without an account.
        let other = service.sign_in("other-nurse").await;
        assert!(!other.see("/notices").await.contains("strip"));
    }

    /// Two taps after 急変: the paper has what was noted, and the one that the crew has in hand stays alive.
    async fn the_sheet_printed_now_carries_what_was_noted_and_ends_no_other_paper(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let older = sheet::issue(&service.api("nurse").await, &id).await;
        let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
        for fields in [
            vec![("do", "call_119")],
            vec![("do", "situation"), ("incident_type", "choking"), ("incident_course", "朝食のパンでむせた")],
            vec![("do", "observation"), ("bp", "unmeasurable"), ("spo2", "82")],
        ] {
            taps(&care, &emergency, &fields).await;
        }
        let page = care.see(&emergency).await;
        let print = format!("/residents/{id}/documents");
        let button = page.split(&format!("action=\"{print}\"")).nth(1).unwrap().split("</form>").next().unwrap();
        assert!(button.contains("target=\"_blank\"") && button.contains("value=\"emergency\"") && button.contains("value=\"pdf\""), "{button}");
        let pdf = care.does(&print, &[("form", "emergency"), ("then", "pdf")]).await;
        let answer = care.get(&pdf).await;
        assert_eq!(answer.headers["content-type"], "application/pdf");
        let text = Pdf::new(service.bench.folder.path(), "handed-over", &answer.body).text();
        for words in ["119番に電話した", "朝食のパンでむせた", "血圧測定不能", "SpO282%", "このあとのこと(手書き)", "2026年11月30日"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        // Neither paper ends the other; afterwards a sheet is as before, and ends the ones before it.
        let lives = async |path: &str| care.see(path).await.contains("使用中");
        let older_page = format!("/documents/{}", older.document["id"].as_str().unwrap());
        let newer_page = pdf.trim_end_matches("/pdf").to_owned();
        assert!(lives(&older_page).await && lives(&newer_page).await);
        taps(&care, &emergency, &[("do", "closed")]).await;
        let plain = care.does(&print, &[("form", "emergency")]).await;
        assert!(lives(plain.split('?').next().unwrap()).await);
        assert!(!lives(&older_page).await && !lives(&newer_page).await);
        let text = Pdf::new(service.bench.folder.path(), "plain", &care.get(&format!("{}/pdf", plain.split('?').next().unwrap())).await.body).text();
        assert!(!text.contains("119番に電話した") && text.contains("119番のときに手書き"), "{text}");
    }

    /// Every branch of the steps: what it is noted with, and what it changes on the page.
    async fn each_branch_of_the_steps_can_be_walked_to_its_end(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let nurse = service.api("nurse").await;
        let walks: [(&str, &[&str], &[&str]); 3] = [
            ("A", &["help", "call_119", "cpr", "aed"], &["胸骨圧迫を始めた", "AEDを使った"]),
            ("B", &["choking", "call_119", "back_blows", "suction"], &["のどに詰まった", "背中をたたいた"]),
            ("C", &["nurse.no_answer", "physician.no_answer", "hospital.no_answer", "advice.answered"], &["救急相談に電話"]),
        ];
        for (branch, events, told) in walks {
            let id = sheet::admit(&nurse, &sheet::ordinary()).await;
            let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
            for event in events {
                let who = if event.contains('.') { branch } else { "" };
                taps(&care, &emergency, &[("do", event), ("who", who)]).await;
            }
            for event in ["door", "belongings", "others", "crew_arrived", "handed_over", "departed", "destination", "manager", "return", "closed"] {
                taps(&care, &emergency, &[("do", event)]).await;
            }
            let page = care.see(&emergency).await;
            let happened = happened(&page);
            for words in told.iter().chain(&["救急車が出発した", "急変の記録を終えた"]) {
                assert!(happened.contains(words), "{branch}: {words} in {happened}");
            }
            assert!(page.contains("この急変の記録は終わっています"), "{branch}");
        }
    }

    /// Over midnight, a month's end and a year's end: each entry says its day where that is another.
    async fn an_emergency_over_midnight_at_the_end_of_a_year_says_which_day(bench: Bench) {
        let service = Service::start(bench).await;
        // From 2026-11-23 12:00 to 2026-11-30 23:58, and from there to 2026-12-31 23:58.
        for (days, first, second) in [(7, "11月30日", "12月1日"), (31, "12月31日", "1月1日")] {
            let until_evening = if days == 7 { 11 * 60 + 58 } else { -4 };
            service.clock.advance_minutes(days * 24 * 60 + until_evening);
            let care = service.sign_in("care").await;
            let (_, emergency) = begun(&service, &care).await;
            taps(&care, &emergency, &[("do", "call_119")]).await;
            service.clock.advance_minutes(4);
            taps(&care, &emergency, &[("do", "cpr")]).await;
            let page = care.see(&emergency).await;
            let told = happened(&page);
            assert!(told.contains("23:58 119番に電話した"), "{told}");
            assert!(told.contains(&format!("{second}(")) && told.contains("0:02 胸骨圧迫を始めた"), "{second} in {told}");
            assert!(page.contains(first), "{first}");
            taps(&care, &emergency, &[("do", "closed")]).await;
        }
    }

    async fn a_tap_that_could_only_be_sent_later_stands_where_it_was_tapped(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let (_, emergency) = begun(&service, &care).await;
        service.clock.advance_minutes(10);
        taps(&nurse, &emergency, &[("do", "call_119")]).await;
        // Tapped four minutes ago, without network; sent twice, because the first answer was lost.
        for _ in 0..2 {
            let late = [("do", "cpr"), ("tap", "offline-1"), ("ago", "240")];
            let answer = care.post(&emergency, &late).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        }
        let told = happened(&care.see(&emergency).await);
        let at = |words: &str| told.find(words).unwrap_or_else(|| panic!("{words} in {told}"));
        assert!(at("12:06 胸骨圧迫を始めた") < at("12:10 119番に電話した"), "{told}");
        assert_eq!(told.matches("12:06 胸骨圧迫を始めた 介木").count(), 1);
        // A device whose clock jumped cannot move anything to before the emergency, nor into the future.
        for (tap, ago) in [("far", "999999999999"), ("ahead", "-600")] {
            care.does(&emergency, &[("do", "suction"), ("tap", tap), ("ago", ago)]).await;
        }
        let told = happened(&care.see(&emergency).await);
        assert!(told.contains("12:00 吸引した") && told.contains("12:10 吸引した"), "{told}");
        assert_eq!(care.post(&emergency, &[("do", "aed"), ("tap", "x"), ("ago", "soon")]).await.status, StatusCode::BAD_REQUEST);
    }

    async fn what_is_tapped_is_kept_with_its_time_and_a_wrong_tap_is_put_right(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        service.clock.advance_minutes(1);
        taps(&care, &emergency, &[("do", "call_119")]).await;
        taps(&care, &emergency, &[("do", "cpr")]).await;
        taps(&care, &emergency, &[("do", "observed"), ("words", "血圧 測定不能")]).await;
        taps(&care, &emergency, &[("do", "physician.no_answer"), ("who", "みなと医院(24時間)")]).await;
        taps(&care, &emergency, &[("do", "family.answered"), ("who", "長女"), ("words", "すぐ病院へ行く")]).await;
        let told = happened(&care.see(&emergency).await);
        for words in ["119番に電話した", "胸骨圧迫を始めた", "血圧 測定不能", "みなと医院(24時間) つながらない", "長女 つながった: すぐ病院へ行く", "介木 夜子"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        // The compressions were tapped by mistake: the entry stays, and says so.
        taps(&care, &emergency, &[("do", "corrected"), ("about", "1"), ("words", "押していない")]).await;
        let page = care.see(&emergency).await;
        assert!(page.contains("<s><b>胸骨圧迫を始めた</b></s>") && happened(&page).contains("押していない"), "{page}");
        // What was put right cannot be put right again, and a correction not at all.
        for about in ["1", "5", "77"] {
            let answer = care.post(&emergency, &[("do", "corrected"), ("about", about), ("words", "違う"), ("tap", about)]).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{about}");
        }
    }

    async fn an_ended_record_takes_nothing_until_the_end_is_put_right(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (id, emergency) = begun(&service, &care).await;
        taps(&care, &emergency, &[("do", "closed")]).await;
        let ended = care.see(&emergency).await;
        assert!(ended.contains("この急変の記録は終わっています") && !ended.contains("value=\"cpr\""));
        assert_eq!(care.post(&emergency, &[("do", "cpr"), ("tap", "x")]).await.status, StatusCode::CONFLICT);
        taps(&care, &emergency, &[("do", "corrected"), ("about", "0"), ("words", "まだ終わっていない")]).await;
        taps(&care, &emergency, &[("do", "cpr")]).await;
        assert!(happened(&care.see(&emergency).await).contains("胸骨圧迫を始めた"));
        // Once it is over, the next emergency of the same resident is another.
        taps(&care, &emergency, &[("do", "closed")]).await;
        assert_ne!(care.does(&format!("/residents/{id}/transports"), &[]).await, emergency);
    }

    async fn when_the_ambulance_left_what_remains_is_listed_reported_and_looked_back_at(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        assert!(!care.see(&emergency).await.contains("救急車が出たあと"));
        taps(&care, &emergency, &[("do", "departed"), ("words", "みなと市民病院 介木が同乗")]).await;
        assert!(care.see(&emergency).await.contains("救急車が出たあと"));
        taps(&care, &emergency, &[("do", "destination")]).await;
        taps(&care, &emergency, &[("do", "closed")]).await;
        // The day after, with the record ended: nothing else can be noted any more.
        taps(&care, &emergency, &[("do", "return")]).await;
        taps(&care, &emergency, &[("do", "incident"), ("words", "ベッドから降りようとして転んだ")]).await;
        let review = [
            ("do", "review"), ("wished_transport", "never_asked"), ("sheet_use", "used"), ("sheet_fit", "old"),
            ("would_have_helped", "家族の新しい電話番号"), ("change_next", "毎月、電話番号を確かめる"),
        ];
        taps(&care, &emergency, &review).await;
        let told = happened(&care.see(&emergency).await);
        for words in ["家族に行き先を伝えた", "帰れる条件と日を病院に聞いた", "ベッドから降りようとして転んだ", "聞いていなかった", "渡した・読み取られた",
            "古いところがあった", "家族の新しい電話番号", "毎月、電話番号を確かめる"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert_eq!(care.post(&emergency, &[("do", "cpr"), ("tap", "x")]).await.status, StatusCode::CONFLICT);
        // An empty review and a report without words are told, and what was typed stays.
        let again = care.post(&emergency, &[("do", "review"), ("change_next", &"あ".repeat(201)), ("would_have_helped", "明かり"), ("tap", "y")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("value=\"明かり\"") && again.text().contains("id=\"change_next-error\""), "{}", again.text());
        let report = care.post(&emergency, &[("do", "incident"), ("words", ""), ("tap", "z")]).await;
        assert_eq!(report.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(report.text().contains("id=\"report-error\""));
        // A wrong report is put right by another entry.
        let seq = told_seq(&care.see(&emergency).await, "ベッドから降りようとして転んだ");
        taps(&care, &emergency, &[("do", "corrected"), ("about", &seq), ("words", "車いすから")]).await;
        assert!(care.see(&emergency).await.contains("<s><b>事故報告</b> ベッドから"));
    }

    async fn s24_two_people_on_one_emergency_lose_and_double_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let begin = format!("/residents/{id}/transports");
        let (first, second) = tokio::join!(care.does(&begin, &[]), nurse.does(&begin, &[]));
        assert_eq!(first, second, "one emergency");
        let people = [&care, &nurse];
        let words: Vec<String> = (0..12).map(|at| format!("観察その{at}。")).collect();
        let tap = |at: usize| {
            let (person, first, words) = (people[at % 2], &first, &words[at]);
            async move {
                let tap = format!("tap-{at}");
                let fields = [("do", "observed"), ("words", words.as_str()), ("tap", tap.as_str())];
                person.does(first, &fields).await;
                // The answer was lost on the way, so it is sent again.
                person.does(first, &fields).await;
            }
        };
        tokio::join!(tap(0), tap(1), tap(2), tap(3), tap(4), tap(5), tap(6), tap(7), tap(8), tap(9), tap(10), tap(11));
        let told = happened(&care.see(&first).await);
        for words in &words {
            assert_eq!(told.matches(words.as_str()).count(), 1, "{words} in {told}");
        }
        // Another button on the page of before is another tap.
        care.does(&first, &[("do", "help"), ("tap", "tap-0")]).await;
        assert!(happened(&care.see(&first).await).contains("応援を呼んだ"));
    }

    async fn s24_what_was_acknowledged_is_there_after_the_program_was_killed(bench: Bench) {
        let mut service = Service::start(bench).await;
        let keys;
        let emergency;
        {
            let care = service.sign_in("care").await;
            (_, emergency) = begun(&service, &care).await;
            taps(&care, &emergency, &[("do", "call_119")]).await;
            keys = care.keys();
        }
        service.restart().await;
        let care = service.returning(keys);
        assert!(happened(&care.see(&emergency).await).contains("119番に電話した"));
        taps(&care, &emergency, &[("do", "crew_arrived")]).await;
        assert!(happened(&care.see(&emergency).await).contains("救急隊が着いた"));
    }

    async fn an_emergency_over_midnight_and_the_end_of_a_month_says_which_day(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        service.clock.advance_minutes(24 * 60 * 8);
        let care = service.sign_in("care").await;
        taps(&care, &emergency, &[("do", "departed"), ("words", "みなと市民病院 介木が同乗")]).await;
        let told = happened(&care.see(&emergency).await);
        assert!(told.contains("2026年12月1日") && told.contains("みなと市民病院 介木が同乗"), "{told}");
    }

    async fn what_cannot_be_noted_is_told_and_nothing_typed_is_lost(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        let long = "長".repeat(201);
        for words in [" ", long.as_str()] {
            let answer = care.post(&emergency, &[("do", "observed"), ("words", words), ("tap", "t")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains("まだ記録していません") && answer.text().contains(words.trim()));
        }
        // What was said on the telephone has no line for its error of its own.
        let told = [("do", "family.answered"), ("who", "長女"), ("words", long.as_str()), ("tap", "t")];
        let answer = care.post(&emergency, &told).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("href=\"#words\"") && answer.text().contains(&format!("value=\"{long}\"")));
        for what in ["dance", "family", "cpr.answered", "family.maybe", ""] {
            let answer = care.post(&emergency, &[("do", what), ("tap", "t")]).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        }
        assert!(!happened(&care.see(&emergency).await).contains("みたこと"));
    }

    /// Nobody waits for a disk at 3 a.m.: what is said of it (見ることはできます) is so.
    async fn h21_a_database_that_takes_no_writes_is_still_read_from_the_list_to_the_paper(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let nurse = service.sign_in("nurse").await;
        let paper = nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        let paper = paper.split('?').next().unwrap();
        let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
        service
            .sql(
                "create trigger full before insert on audit begin select raise(abort, 'disk full'); end",
                "create trigger full_disk before insert on audit for each row execute function append_only()",
            )
            .await;
        for _ in 0..2 {
            for path in ["/residents".to_owned(), format!("/residents/{id}"), "/transports".to_owned(), emergency.clone(),
                format!("/residents/{id}/directive"), paper.to_owned(), format!("{paper}/pdf")] {
                let answer = nurse.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            }
            // What leaves as data, or would change something, does not.
            let refused = nurse.post(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        }
        let sheet = service.api("nurse").await.get(&format!("/api/v1/residents/{id}/sheet")).await;
        assert_eq!(sheet.status, StatusCode::SERVICE_UNAVAILABLE, "{}", sheet.text());
    }

    async fn what_is_read_to_119_is_shown_also_when_nothing_can_be_kept(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        service
            .sql(
                "create trigger full before insert on transport begin select raise(abort, 'disk full'); end",
                "create trigger full_disk before insert on transport for each row execute function append_only()",
            )
            .await;
        let answer = care.post(&format!("/residents/{id}/transports"), &[]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        let page = answer.text();
        for words in ["いまは記録できません。時刻を紙に書いてください", "href=\"tel:119\"", "data-standing=\"full_cpr\"", "id=\"script\"", "北側 職員通用口", "胸骨圧迫を始める"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        assert!(!page.contains("value=\"cpr\""), "nothing that could not be kept is offered");
    }

    async fn what_was_observed_stands_beside_what_is_usual(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        let fall = [
            ("do", "situation"), ("chief_complaint", "fall_hip_or_limb"), ("incident_type", "fall"), ("incident_course", "ベッドの横に倒れていた"),
            ("witnessed", "no"), ("last_meal", "18時 夕食8割"),
        ];
        taps(&care, &emergency, &fall).await;
        service.clock.advance_minutes(2);
        let first = [("do", "observation"), ("jcs", "10"), ("bp", ""), ("bp", "unmeasurable"), ("pulse", "104"), ("spo2", "88"), ("temp", "")];
        taps(&care, &emergency, &first).await;
        service.clock.advance_minutes(5);
        taps(&care, &emergency, &[("do", "observation"), ("spo2", "93")]).await;
        taps(&care, &emergency, &[("do", "oxygen"), ("words", "2L/分")]).await;
        let page = care.see(&emergency).await;
        let told = happened(&page);
        for words in ["ベッドの横に倒れていた", "血圧 測定不能(普段 128/74)", "SpO2 88%(普段 96%、差 -8)", "脈拍 104回/分", "SpO2 93%(普段 96%、差 -3)", "2L/分"] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert!(!told.contains("体温"), "what was left open is not said: {told}");
        // The half minute to the crew says it in the order of ISBAR, and no score.
        let handover = page.split("id=\"handover\"").nth(1).unwrap();
        for words in ["転倒して腰・手足を打った", "差 -3", "酸素"] {
            assert!(handover.contains(words), "{words} in {handover}");
        }
        assert!(!page.contains("スコア") && !page.contains("NEWS"));
    }

    async fn an_observation_that_cannot_be_noted_is_told_at_its_field_and_stays_typed(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        let both = [("do", "observation"), ("jcs", "20"), ("spo2", "88"), ("spo2", "unmeasurable"), ("temp", "381"), ("pupils", "左右差あり"), ("tap", "t")];
        let answer = care.post(&emergency, &both).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text();
        for words in ["どちらか一つにしてください", "id=\"temp-error\"", "value=\"381\"", "value=\"左右差あり\"", "value=\"20\" checked", "href=\"#spo2\""] {
            assert!(page.contains(words), "{words} in {page}");
        }
        let empty = care.post(&emergency, &[("do", "observation"), ("tap", "t")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().contains("一つ以上選ぶか、書いてください"));
        assert!(!happened(&care.see(&emergency).await).contains("観察"));
    }

    async fn s01_an_entry_that_cannot_be_read_says_so_and_the_page_goes_on(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        taps(&care, &emergency, &[("do", "situation"), ("chief_complaint", "dyspnea")]).await;
        // What a later version might have written.
        let later = "insert into transport_event (facility_id, transport_id, seq, kind, who, words, body, tap, at, by_staff, by_name) \
            select facility_id, transport_id, seq + 1, kind, who, words, '{\"incident_type\":\"later\"}', 'x', at, by_staff, by_name \
            from transport_event";
        service.sql(later, later).await;
        let page = care.see(&emergency).await;
        let told = happened(&page);
        assert!(told.contains("この記録は読み取れません") && told.contains("息が苦しい"), "{told}");
        assert!(page.contains("href=\"tel:119\"") && page.contains("data-standing=\"full_cpr\""));
    }

    async fn a_program_begins_notes_and_reads_what_people_noted(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let id = sheet::admit(&api, &sheet::ordinary()).await;
        let all = format!("/api/v1/residents/{id}/transports");
        assert_eq!(api.get(&all).await.value(), json!({"items": []}));
        let begun = api.json(Method::POST, &all, &[], &json!({})).await;
        assert_eq!((begun.status, &begun.value()["open"]), (StatusCode::CREATED, &json!(true)), "{}", begun.text());
        // Another program, or somebody at the bed, finds the same one.
        let again = api.json(Method::POST, &all, &[], &json!({})).await;
        assert_eq!((again.status, &again.value()["id"]), (StatusCode::OK, &begun.value()["id"]));
        let one = format!("/api/v1/transports/{}", begun.value()["id"].as_str().unwrap());
        let events = format!("{one}/events");
        let key = [("idempotency-key", "k1")];
        for _ in 0..2 {
            let spo2 = json!({"event": "observation", "body": {"spo2": 88, "bp": "unmeasurable"}});
            let noted = api.json(Method::POST, &events, &key, &spo2).await;
            assert_eq!(noted.status, StatusCode::CREATED, "{}", noted.text());
        }
        let other = api.json(Method::POST, &events, &key, &json!({"event": "cpr"})).await;
        assert_eq!(other.status, StatusCode::BAD_REQUEST, "a key is for one call: {}", other.text());
        let call = json!({"event": "physician", "who": "みなと医院", "outcome": "no_answer"});
        assert_eq!(api.json(Method::POST, &events, &[], &call).await.status, StatusCode::CREATED);
        let care = service.sign_in("care").await;
        let page = format!("/transports/{}", begun.value()["id"].as_str().unwrap());
        taps(&care, &page, &[("do", "corrected"), ("about", "1"), ("words", "かけていない")]).await;
        let told = happened(&care.see(&page).await);
        assert!(told.contains("SpO2 88%") && told.contains("みなと医院 つながらない"), "{told}");

        let read = api.get(&one).await.value();
        let seen = read["events"].as_array().unwrap();
        let codes: Vec<&str> = seen.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert_eq!(codes, ["observation", "physician", "corrected"]);
        assert_eq!((&seen[0]["body"]["bp"], &seen[1]["corrected"], &seen[2]["about"]), (&json!("unmeasurable"), &json!(true), &json!(1)));
        assert_eq!(api.get(&all).await.value()["items"][0]["id"], begun.value()["id"]);

        // What cannot be noted is told at its field.
        for (event, at) in [
            (json!({"event": "dance"}), "event"),
            (json!({"event": "physician"}), "outcome"),
            (json!({"event": "cpr", "outcome": "answered"}), "outcome"),
            (json!({"event": "observed"}), "words"),
            (json!({"event": "observation", "body": {"spo2": 188}}), "spo2"),
            (json!({"event": "observation"}), "nothing"),
        ] {
            let answer = api.json(Method::POST, &events, &[], &event).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{event}: {}", answer.text());
            assert!(answer.text().contains(&format!("\"{at}\"")), "{event}: {}", answer.text());
        }
        let other = service.api("other-nurse").await;
        for path in [&all, &one] {
            assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND);
        }
        for path in [&all, &events] {
            let answer = other.json(Method::POST, path, &[], &json!({"event": "cpr"})).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }

    async fn whom_to_call_follows_the_day_and_the_hour_until_nobody_is_left(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        assert!(manager.see("/facility").await.contains("href=\"/facility/flow\""));
        assert!(manager.see("/facility/flow").await.contains("まだ書かれていません"));
        let night = [
            ("callees.0.who", "当番の看護師 髙﨑"), ("callees.0.role", "nurse"), ("callees.0.phone", "090-0000-0001"),
            ("callees.0.days", "every"), ("callees.0.hours", "17:30〜8:30"), ("callees.0.remark", "3回鳴らす"),
            ("callees.1.who", "日中の看護師"), ("callees.1.role", "nurse"), ("callees.1.phone", "0463-00-0002"), ("callees.1.hours", "8時30分-17時30分"),
            ("callees.2.who", "管理者 佐々木"), ("callees.2.role", "manager"), ("callees.2.phone", "090-0000-0003"),
            ("own_steps.0.place", "waiting"), ("own_steps.0.say", "エレベーターを1階に止める"),
            ("instructions.0.state", "38.5℃以上の熱だけのとき"), ("instructions.0.words", "クーリングし、朝に電話"), ("instructions.0.physician", "神谷 進"),
            ("instructions.0.written_on", "2026-10-01"), ("version", "0"), ("do", "save"),
        ];
        let saved = manager.post("/facility/flow", &night).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
        assert!(saved.text().contains("保存しました"));
        // Who still has the empty page does not write over it.
        let late = manager.post("/facility/flow", &night).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text().contains("ほかの人が先に保存しました") && late.text().contains("当番の看護師 髙﨑"));

        // Noon: whoever is there by day, and the manager, who is there at any time.
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        let now = |page: &str| {
            let list = page.split("いま電話する相手").nth(1).unwrap();
            list.split("ほかの時間の相手").next().unwrap().to_owned()
        };
        let noon = care.see(&emergency).await;
        assert!(now(&noon).contains("日中の看護師") && now(&noon).contains("管理者 佐々木") && !now(&noon).contains("髙﨑"), "{noon}");
        assert!(noon.contains("当番の看護師 髙﨑") && noon.contains("tel:09000000001"), "who is off duty can be called too");
        assert!(noon.contains("エレベーターを1階に止める") && noon.contains("「クーリングし、朝に電話」") && noon.contains("神谷 進 医師"));
        // A step of the facility's own takes nothing away.
        assert!(noon.contains("119番に電話する。スピーカーにする"));

        service.clock.advance_minutes(15 * 60);
        let care = service.sign_in("care").await;
        let page = care.see(&emergency).await;
        assert!(now(&page).contains("髙﨑") && now(&page).contains("3回鳴らす") && !now(&page).contains("日中の看護師"), "{page}");
        let next = |page: &str| page.split("つぎ</span>").nth(1).map(|rest| rest.trim_start()[..9].to_owned());
        assert_eq!(next(&page).as_deref(), Some("当番の"));
        taps(&care, &emergency, &[("do", "nurse.no_answer"), ("who", "当番の看護師 髙﨑")]).await;
        let page = care.see(&emergency).await;
        assert_eq!(next(&page).as_deref(), Some("管理者"));
        assert!(!page.contains("どなたにもつながっていません"));
        taps(&care, &emergency, &[("do", "call_manager.no_answer"), ("who", "管理者 佐々木"), ("words", "留守電")]).await;
        let page = care.see(&emergency).await;
        assert!(page.contains("どなたにもつながっていません。つながらない・迷うときは救急相談か119番") && next(&page).is_none(), "{page}");
        taps(&care, &emergency, &[("do", "call_manager.answered"), ("who", "管理者 佐々木")]).await;
        assert!(!care.see(&emergency).await.contains("どなたにもつながっていません"));
    }

    async fn what_a_facility_writes_for_an_emergency_is_checked_at_its_field(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let wrong = [
            ("callees.0.who", "当番"), ("callees.0.hours", "夜"), ("own_steps.0.place", "a"), ("own_steps.0.say", "心肺蘇生をしないでください"),
            ("version", "0"), ("do", "save"),
        ];
        let answer = manager.post("/facility/flow", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["value=\"当番\"", "17:30〜8:30", "入力してください", "「意思と指示」に登録してください"] {
            assert!(answer.text().contains(words), "{words} in {}", answer.text());
        }
        assert!(manager.see("/facility/flow").await.contains("まだ書かれていません"));
        // A row more is not saved yet, and says so.
        let row = manager.post("/facility/flow", &[("callees.0.who", "当番"), ("version", "0"), ("do", "add:callees")]).await;
        assert!(row.status == StatusCode::OK && row.text().contains("callees.1.who") && row.text().contains("まだ保存していません"));
        // Only who keeps the facility's facts.
        let care = service.sign_in("care").await;
        assert_eq!(care.get("/facility/flow").await.status, StatusCode::FORBIDDEN);
        assert_eq!(care.post("/facility/flow", &wrong).await.status, StatusCode::FORBIDDEN);
    }

    async fn s01_what_cannot_be_read_of_the_facilitys_steps_takes_none_away(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let one = [("own_steps.0.place", "c"), ("own_steps.0.say", "毛布をかける"), ("version", "0"), ("do", "save")];
        assert_eq!(manager.post("/facility/flow", &one).await.status, StatusCode::OK);
        let broken = "insert into flow select facility_id, 2, '{\"callees\": 7', at, by_staff, by_name from flow";
        service.sql(broken, broken).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        let page = care.see(&emergency).await;
        assert!(page.contains("施設が決めた電話の順は、いま読めません") && page.contains("119番に電話する。スピーカーにする"), "{page}");
        assert!(page.contains("tel:0463001234") || page.contains("夜間連絡先"));
    }

    async fn nothing_noted_is_ever_changed_or_taken_away(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let (_, emergency) = begun(&service, &care).await;
        taps(&care, &emergency, &[("do", "call_119")]).await;
        for sql in ["update transport set at = 0", "delete from transport", "update transport_event set words = ''", "delete from transport_event"] {
            let refusal = service.bench.at_the_shell(sql).await.unwrap_err();
            assert!(refusal.to_string().contains("append-only"), "{sql}: {refusal}");
        }
    }

    async fn s26_another_facilitys_emergency_does_not_exist(bench: Bench) {
        let service = Service::start(bench).await;
        let (care, other) = (service.sign_in("care").await, service.sign_in("other-nurse").await);
        let (id, emergency) = begun(&service, &care).await;
        assert_eq!(other.get(&emergency).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&emergency, &[("do", "cpr"), ("tap", "t")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&format!("/residents/{id}/transports"), &[]).await.status, StatusCode::NOT_FOUND);
        assert!(!other.see("/residents").await.contains("急変の対応中"));
        assert!(!other.see("/transports").await.contains(&emergency));
    }

    async fn s20_beginning_looking_and_tapping_are_in_the_audit(bench: Bench) {
        let service = Service::start(bench).await;
        let (care, manager) = (service.sign_in("care").await, service.sign_in("manager").await);
        let (_, emergency) = begun(&service, &care).await;
        taps(&care, &emergency, &[("do", "call_119")]).await;
        let audit = manager.see("/audit").await;
        for words in ["急変の記録を開始", "急変の画面を表示", "急変の経過を記録"] {
            assert!(audit.contains(words), "{words} in {audit}");
        }
    }
}
