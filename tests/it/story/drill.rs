//! 訓練: the same screens with a made-up resident, marked everywhere, on no list and in no count.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::service::{Person, Service};
use crate::support::sheet;
use crate::support::tools::Pdf;

const DRILL: &str = "訓練です。本物の患者ではありません";

async fn taps(person: &Person<'_>, drill: &str, number: &str, event: &str) {
    person.does(drill, &[("do", event), ("tap", number)]).await;
}

fn resident_of(page: &str) -> String {
    let at = page
        .find("href=\"/residents/0")
        .expect("the resident is linked");
    page[at + 17..].split('"').next().unwrap().to_owned()
}

both_databases! {
    async fn a_drill_is_marked_on_every_page_paper_and_link_and_is_on_no_list(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let before = nurse.see("/residents").await;
        let drill = care.does("/drills", &[]).await;
        assert_eq!(care.does("/drills", &[]).await, drill, "one goes on at a time");

        let page = care.see(&drill).await;
        assert!(page.contains(DRILL) && page.contains("訓練 花子"), "{page}");
        // Nobody is called by mistake: 119 and the facility's people are no links, only the made-up physician's number is.
        // 119 in the masthead stays, for what happens during a drill.
        let inside = page.split("<main").nth(1).unwrap();
        for link in inside.split("href=\"tel:").skip(1) {
            assert!(link.starts_with("0463000000\""), "{link}");
        }
        assert!(page.contains("href=\"tel:119\""));
        let resident = resident_of(&page);
        for path in ["", "/directive", "/documents", "/edit/contacts"] {
            let page = care.get(&format!("/residents/{resident}{path}")).await;
            assert!(page.status == StatusCode::FORBIDDEN || page.text().contains("訓練 花子"), "{path}");
        }
        assert!(nurse.see(&format!("/residents/{resident}")).await.contains(DRILL));
        for path in ["/scans", "/documents"] {
            let told = nurse.see(path).await;
            assert!(told.contains("訓練中: ") && !told.contains("急変の対応中"), "{path}");
        }

        // The paper, and what its code opens.
        let print = format!("/residents/{resident}/documents");
        let pdf = care.does(&print, &[("form", "emergency"), ("then", "pdf")]).await;
        let pdf = Pdf::new(service.bench.folder.path(), "drill", &care.get(&pdf).await.body);
        let text = pdf.text();
        assert!(text.contains("【訓練】救急連絡シート") && text.contains(DRILL), "{text}");
        let other = care.post(&print, &[("form", "wallet")]).await;
        assert!(other.status == StatusCode::BAD_REQUEST && other.text().contains("訓練の方の紙は"), "{}", other.text());
        let code = pdf.codes(1, &crate::support::tools::Sight::Scanner).remove(0);
        let path = format!("/{}", code.splitn(4, '/').nth(3).unwrap());
        let scan = async |request: Request<Body>| service.send(request).await.text();
        let cover = scan(Request::get(&path).body(Body::empty()).unwrap()).await;
        assert!(cover.contains(DRILL) && !cover.contains("花子"), "{cover}");
        let opened = scan(Request::post(&path).body(Body::empty()).unwrap()).await;
        assert!(opened.contains(DRILL) && opened.contains("訓練 花子"));
        let json = Request::get(&path).header("accept", "application/json").body(Body::empty()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&scan(json).await).unwrap();
        assert_eq!(json["document"]["drill"], true);

        // On no list and in no count: what the others see is what it was.
        let after = nurse.see("/residents").await;
        let list = |page: &str| page.split("<main").nth(1).unwrap().to_owned();
        assert_eq!(list(&before), list(&after));
        assert!(!list(&nurse.see("/residents?q=くんれん").await).contains("訓練 花子"));
        assert!(!list(&care.see("/transports").await).contains("花子"));
        let api = service.api("nurse").await.get("/api/v1/residents").await.text();
        assert!(!api.contains("花子"), "{api}");
        taps(&care, &drill, "1", "closed").await;
        assert!(!care.see("/transports").await.contains("花子"));
        let told = nurse.see("/notices").await;
        assert!(!told.contains("急変の記録がないときに"), "{told}");
    }

    async fn a_drill_gives_times_a_result_and_counts_for_the_year(bench: Bench) {
        let service = Service::start(bench).await;
        let (care, manager) = (service.sign_in("care").await, service.sign_in("manager").await);
        let empty = manager.see("/drills").await;
        assert!(empty.contains("2026年度に訓練をした人") && empty.contains("まだいません") && empty.contains("介木 夜子"), "{empty}");
        let drill = care.does("/drills", &[]).await;
        let id = drill.rsplit('/').next().unwrap().to_owned();
        for (minutes, number, event) in [(1, "1", "call_119"), (1, "2", "cpr"), (0, "3", "aed"), (3, "4", "handed_over")] {
            service.clock.advance_minutes(minutes);
            taps(&care, &drill, number, event).await;
        }
        // A wrong tap gives no time.
        care.does(&drill, &[("do", "corrected"), ("about", "2"), ("words", "使っていない"), ("tap", "5")]).await;
        let nurse = service.sign_in("nurse").await;
        taps(&nurse, &drill, "6", "door").await;
        let page = care.see(&format!("/drills/{id}")).await;
        assert!(page.contains("まだ終わっていません"));
        assert!(care.see("/drills").await.contains("まだいません"), "an open drill does not count");
        taps(&care, &drill, "7", "closed").await;

        let page = care.see(&format!("/drills/{id}")).await;
        let row = |event: &str| page.split("<tr").find(|row| row.contains(event)).unwrap_or_else(|| panic!("{event} in {page}")).to_owned();
        assert!(row("119番に電話した").contains("1分00秒") && row("119番に電話した").contains("12:01"));
        assert!(row("シートを渡した").contains("5分00秒") && row("シートを渡した").contains("3分00秒"), "{}", row("シートを渡した"));
        assert!(!page.split("<tbody").nth(1).unwrap().split("</tbody>").next().unwrap().contains("AEDを使った"));
        let left = page.split("記録されなかった手順").nth(1).unwrap();
        assert!(left.contains("AEDを使った") && left.contains("応援を呼んだ") && !left.contains("胸骨圧迫"), "{left}");
        assert!(page.contains("日勤") && page.contains("2026年度") && page.contains("介木 夜子、"), "{page}");

        let year = manager.see("/drills").await;
        let (took_part, missing) = year.split_once("まだの人").unwrap();
        assert!(took_part.contains("<dt>介木 夜子</dt><dd class=\"number\">1回</dd>"), "{took_part}");
        assert!(!missing.split("</p>").next().unwrap().contains("介木 夜子"), "{missing}");
        assert!(!care.see("/drills").await.contains("まだの人"), "who works here is the manager's to see");
        // Another facility has none of it, and an emergency is no drill.
        let other = service.sign_in("other-nurse").await;
        assert_eq!(other.get(&format!("/drills/{id}")).await.status, StatusCode::NOT_FOUND);
        assert!(!other.see("/drills").await.contains("介木"));
        let real = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let real = care.does(&format!("/residents/{real}/transports"), &[]).await;
        let path = real.replace("/transports/", "/drills/");
        assert_eq!(care.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}
