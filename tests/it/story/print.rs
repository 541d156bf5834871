//! What hangs on the walls: cards, copies, places, and what became of papers that hold no longer.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::service::{Person, Service};
use crate::support::sheet;
use crate::support::tools::{Pdf, Sight};

async fn order(nurse: &Person<'_>, resident: &str, fields: &[(&str, &str)]) -> String {
    let to = nurse
        .does(&format!("/residents/{resident}/documents"), fields)
        .await;
    to.split('?').next().unwrap().to_owned()
}

async fn pdf(service: &Service, nurse: &Person<'_>, paper: &str) -> Pdf {
    let answer = nurse.get(&format!("{paper}/pdf")).await;
    assert_eq!(answer.status, StatusCode::OK);
    Pdf::new(service.bench.folder.path(), "paper", &answer.body)
}

async fn resident(service: &Service) -> (String, Value) {
    let record = sheet::ordinary();
    let id = sheet::admit(&service.api("nurse").await, &record).await;
    (id, record)
}

/// Writes the sheet anew with something changed.
async fn changes(service: &Service, id: &str, record: &Value) {
    let api = service.api("nurse").await;
    let path = format!("/api/v1/residents/{id}/sheet");
    let etag = api.get(&path).await.etag();
    let body = json!({"record": record, "reason": "聞き取り", "verified": true});
    let kept = api
        .json(Method::PUT, &path, &[("if-match", &etag)], &body)
        .await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());
}

both_databases! {
    async fn cards_are_issued_in_tens_and_open_the_residents_page(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let (id, record) = resident(&service).await;
        let paper = order(&nurse, &id, &[("form", "wallet"), ("copies", "10"), ("kept_at", "本人の財布")]).await;
        let pdf = pdf(&service, &nurse, &paper).await;
        pdf.check();
        assert_eq!(pdf.pages(), 1);
        let name = crate::support::tools::bare(record["name"].as_str().unwrap());
        assert_eq!(pdf.text().matches(&name).count(), 10);
        for sight in [Sight::Scanner, Sight::Fax] {
            let codes = pdf.codes(1, &sight);
            assert_eq!(codes.len(), 10);
            assert!(codes.windows(2).all(|pair| pair[0] == pair[1]));
        }
        let code = pdf.codes(1, &Sight::Scanner).remove(0);
        let path = code.strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP").unwrap();
        let opened = service.stranger().post(path, &[]).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
        assert!(opened.text().contains("心肺蘇生"));
        let page = nurse.see("/documents").await;
        assert!(page.contains("あんしんカード") && page.contains("10部") && page.contains("置き場所: 本人の財布"), "{page}");
    }

    async fn s09_a_card_is_to_be_reprinted_when_what_it_shows_changed_and_only_then(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let (id, mut record) = resident(&service).await;
        let wallet = order(&nurse, &id, &[("form", "wallet")]).await;
        let sheet = order(&nurse, &id, &[("form", "emergency")]).await;
        record["medications"][0]["dose"] = json!("2錠");
        changes(&service, &id, &record).await;
        let tasks = |page: String| {
            let after = page.split("回収して刷り直す紙").nth(1).unwrap_or_default();
            after.split("</section>").next().unwrap_or_default().to_owned()
        };
        assert!(tasks(nurse.see(&sheet).await).contains("救急連絡シート"));
        assert!(!tasks(nurse.see(&wallet).await).contains("あんしんカード"));
        record["emergency_contacts"][0]["phone_mobile"] = json!("090-0000-7777");
        changes(&service, &id, &record).await;
        let page = tasks(nurse.see(&wallet).await);
        assert!(page.contains("あんしんカード") && page.contains("090-0000-7777"), "{page}");
    }

    async fn s19_a_card_at_a_bed_is_to_be_taken_along_when_the_resident_moves(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let paper = order(&nurse, &id, &[("form", "bed"), ("copies", "2")]).await;
        let pdf = pdf(&service, &nurse, &paper).await;
        assert!(!pdf.info("Title").contains("髙﨑"));
        assert!(!nurse.see(&paper).await.contains("回収して刷り直す紙"));
        nurse.does(&format!("/residents/{id}/move"), &[("revision", "1"), ("room", "301")]).await;
        let page = nurse.see(&paper).await;
        assert!(page.contains("回収して刷り直す紙") && page.contains("居室"), "{page}");
    }

    async fn two_copies_of_a_sheet_are_for_the_crew_and_for_the_hospital(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let (id, _) = resident(&service).await;
        let paper = order(&nurse, &id, &[("form", "emergency"), ("copies", "２")]).await;
        let pdf = pdf(&service, &nurse, &paper).await;
        let half = pdf.pages() / 2;
        assert_eq!(half, 1, "an ordinary sheet is one page");
        assert!(pdf.page_text(1).contains("救急隊用") && pdf.page_text(2).contains("病院控え"));
        assert_eq!(pdf.codes(1, &Sight::Fax), pdf.codes(2, &Sight::Fax));
    }

    async fn a_wrong_order_is_told_at_its_field_and_keeps_what_was_typed(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let issue = format!("/residents/{id}/documents");
        for (form, copies) in [("emergency", "3"), ("emergency", "0"), ("wallet", "11"), ("bed", "たくさん"), ("file", "1.5")] {
            let fields = [("form", form), ("copies", copies), ("kept_at", "2階の赤いファイル")];
            let answer = nurse.post(&issue, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {copies}");
            let page = answer.text();
            assert!(page.contains("copies-error\"") && page.contains("2階の赤いファイル"), "{page}");
            assert!(page.contains(&format!("value=\"{copies}\"")), "{page}");
        }
        let long = "棚".repeat(41);
        let answer = nurse.post(&issue, &[("form", "emergency"), ("kept_at", &long)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(&long) && answer.text().contains("kept_at-error\""));
        assert!(!nurse.see("/documents").await.contains("No. 2026"), "nothing was issued");
    }

    async fn a_lost_paper_ends_and_is_printed_anew_as_it_was(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let old = order(&nurse, &id, &[("form", "wallet"), ("copies", "4"), ("kept_at", "財布")]).await;
        let code = pdf(&service, &nurse, &old).await.codes(1, &Sight::Scanner).remove(0);
        let path = code.strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP").unwrap();
        assert!(nurse.see(&old).await.contains("同じ紙4部すべて"));
        let new = nurse.does(&format!("{old}/lost"), &[("where", "受診の帰りのバス"), ("reprint", "yes")]).await;
        let page = nurse.see(&new).await;
        assert!(page.contains("4部") && page.contains("置き場所: 財布") && page.contains("使用中"), "{page}");
        assert!(!page.contains("回収がまだの古い紙"), "it cannot be collected");
        let page = nurse.see(&old).await;
        assert!(page.contains("紛失: 受診の帰りのバス"), "{page}");
        let scanned = service.stranger().get(path).await;
        assert_eq!(scanned.status, StatusCode::GONE);
        assert!(!scanned.text().contains("髙﨑"));
        assert_eq!(nurse.post(&format!("{old}/lost"), &[("where", "")]).await.status, StatusCode::CONFLICT);
    }

    async fn a_paper_that_holds_no_longer_is_listed_until_somebody_took_it_down(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let old = order(&nurse, &id, &[("form", "emergency"), ("kept_at", "居室の扉")]).await;
        let early = nurse.post(&format!("{old}/collected"), &[("outcome", "collected")]).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
        let new = order(&nurse, &id, &[("form", "emergency"), ("kept_at", "居室の扉")]).await;
        for page in ["/documents", &new] {
            let page = nurse.see(page).await;
            assert!(page.contains("回収がまだの古い紙") && page.contains("居室の扉") && page.contains("発行し直し"), "{page}");
        }
        assert_eq!(service.sign_in("other-nurse").await.post(&format!("{old}/collected"), &[("outcome", "collected")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(nurse.post(&format!("{old}/collected"), &[("outcome", "eaten")]).await.status, StatusCode::BAD_REQUEST);
        nurse.does(&format!("{old}/collected"), &[("outcome", "collected")]).await;
        nurse.does(&format!("{old}/collected"), &[("outcome", "lost")]).await;
        assert!(!nurse.see("/documents").await.contains("回収がまだの古い紙"));
        // Somebody who left: everything of theirs is to be taken down.
        nurse.does(&format!("/residents/{id}/end"), &[("status", "left"), ("on", "2026-11-20")]).await;
        let page = nurse.see("/documents").await;
        assert!(page.contains("回収がまだの古い紙") && page.contains("退居"), "{page}");
        let audit = service.sign_in("manager").await.see(&format!("/audit?resident={id}")).await;
        assert_eq!(audit.matches("古い紙の回収").count(), 1, "{audit}");
    }
}
