//! What is printed before anything happens: where things are, and forms to fill in by hand.

use axum::http::StatusCode;
use hikitsugi::domain::form::Forms;
use hikitsugi::domain::standing::{ON_CARDS, StandingKind, UNTIL};

use crate::support::service::{Person, Service};
use crate::support::tools::{Pdf, bare};

async fn paper(service: &Service, person: &Person<'_>, path: &str) -> Pdf {
    let answer = person.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    let pdf = Pdf::new(service.bench.folder.path(), "prepared", &answer.body);
    pdf.check();
    pdf
}

both_databases! {
    async fn the_night_desk_knows_where_things_are(bench: Bench) {
        let service = Service::start(bench).await;
        let (care, manager) = (service.sign_in("care").await, service.sign_in("manager").await);
        nurse_admits(&service).await;
        let list = care.see("/documents").await;
        assert!(list.contains("場所がまだ書かれていません") && list.contains("管理者が「施設の情報」に書けます"), "{list}");
        assert!(manager.see("/documents").await.contains("/facility#binder_place"));
        let places = [
            ("version", "1"), ("facility_name", "特別養護老人ホーム さざなみ苑"), ("facility_type", "special_nursing_home"),
            ("facility_address", "みなと市鴎浜二丁目14番3号"), ("facility_phone", "0463-00-1234"), ("ambulance_entrance", "北側 職員通用口"),
            ("binder_place", "2階ナースステーション 赤い綴り"), ("cards_place", "各居室の枕元"),
            ("originals_place", "医務室の書庫"), ("belongings_place", "医務室 入口の棚"),
        ];
        manager.post("/facility", &places).await;
        let list = care.see("/documents").await;
        assert!(!list.contains("場所がまだ書かれていません"), "{list}");
        let door = paper(&service, &care, "/papers/door.pdf").await;
        assert_eq!(door.pages(), 1);
        let text = bare(&door.text());
        for (_, words) in &places[3..] {
            assert!(text.contains(&bare(words)), "{words} in {text}");
        }
        assert!(text.contains(&bare(ON_CARDS)), "{text}");
        // It hangs where everybody passes.
        assert!(!text.contains("髙﨑"), "{text}");
    }

    async fn s03_s18_every_sheet_can_be_filled_in_by_hand(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        nurse_admits(&service).await;
        let forms = Forms::built_in();
        let list = care.see("/documents").await;
        for form in forms.printable() {
            let path = format!("/papers/blank/{}", form.key);
            if form.card.is_some() {
                assert_eq!(care.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
                continue;
            }
            assert!(list.contains(&path), "{path}");
            let blank = paper(&service, &care, &path).await;
            assert_eq!(blank.pages(), 1, "{path}");
            let first = bare(&blank.page_text(1));
            for words in [StandingKind::FullCpr.headline(), UNTIL, "手書き用", "書いた日時", "書いた人"] {
                assert!(first.contains(&bare(words)), "{path}: {words} in {first}");
            }
            let text = bare(&blank.text());
            for words in form.cells().map(|cell| cell.label.as_str()).chain(["未確認", "0463-00-1234"]) {
                assert!(text.contains(&bare(words)), "{path}: {words} in {text}");
            }
            assert!(!text.contains('☑') && !text.contains("髙﨑"), "{text}");
            assert!(blank.codes(1, &crate::support::tools::Sight::Scanner).is_empty());
        }
    }
}

async fn nurse_admits(service: &Service) {
    let nurse = service.sign_in("nurse").await;
    nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
}
