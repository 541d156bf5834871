//! Issuing, reprinting, and taking back.

use axum::http::StatusCode;

use crate::support::service::Service;

both_databases! {
    async fn an_issued_document_gives_the_same_bytes_each_time(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let paper = nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        let paper = paper.split('?').next().unwrap().to_owned();
        let first = nurse.get(&format!("{paper}/pdf")).await;
        assert!(first.body.starts_with(b"%PDF-1.7"));
        service.clock.advance_minutes(60 * 24 * 100);
        let nurse = service.sign_in("nurse").await;
        nurse.does(&format!("/residents/{id}/move"), &[("revision", "1"), ("room", "301")]).await;
        assert_eq!(nurse.get(&format!("{paper}/pdf")).await.body, first.body);
        assert!(nurse.see(&paper).await.contains("古い内容"));
        assert!(nurse.see("/documents").await.contains("回収して刷り直す紙"));
    }

    async fn a_reprint_ends_the_older_paper_and_a_withdrawal_says_why(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let issue = format!("/residents/{id}/documents");
        let old = nurse.does(&issue, &[("form", "emergency")]).await;
        let new = nurse.does(&issue, &[("form", "emergency")]).await;
        assert!(nurse.see(&old).await.contains("無効(発行し直し)"));
        let new = new.split('?').next().unwrap().to_owned();
        let without_reason = nurse.post(&format!("{new}/withdraw"), &[("reason", " ")]).await;
        assert_eq!(without_reason.status, StatusCode::BAD_REQUEST);
        nurse.does(&format!("{new}/withdraw"), &[("reason", "紙を紛失")]).await;
        let page = nurse.see(&new).await;
        assert!(page.contains("無効(取り下げ)") && page.contains("紙を紛失"), "{page}");
        assert_eq!(nurse.post(&format!("{new}/withdraw"), &[("reason", "もう一度")]).await.status, StatusCode::CONFLICT);
    }

    async fn nobody_who_left_gets_a_paper(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.does(&format!("/residents/{id}/end"), &[("status", "left"), ("on", "2026-11-20")]).await;
        let answer = nurse.post(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(nurse.post(&format!("/residents/{id}/documents"), &[("form", "nothing")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn s03_every_page_of_a_resident_says_that_cpr_goes_on(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let paper = nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        let resident = format!("/residents/{id}");
        nurse.does(&format!("{resident}/edit/usual"), &[("usual_pulse", "72"), ("do", "save")]).await;
        for path in [
            "/residents".to_owned(), resident.clone(), format!("{resident}/edit/usual"), format!("{resident}/confirm"),
            format!("{resident}/revisions"), format!("{resident}/revisions/1"), format!("{resident}/documents"),
            format!("{resident}/move"), paper,
        ] {
            let page = nurse.see(&path).await;
            assert!(page.contains("心肺蘇生を実施してください"), "{path}");
            assert!(page.contains("医師が電話で確認するまで、心肺蘇生を続けてください"), "{path}");
            assert!(page.contains("この地域では救急隊は蘇生を行い搬送します"), "{path}");
        }
        let standing = service.api("nurse").await.get(&format!("/api/v1{resident}/standing")).await.value();
        assert_eq!(standing["code"], "full_cpr");
        assert!(standing["until"].as_str().unwrap().contains("心肺蘇生を続けてください"));
    }

    async fn a_photograph_is_kept_and_shown(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let photo = format!("/residents/{id}/photo");
        assert_eq!(nurse.get(&photo).await.status, StatusCode::NOT_FOUND);
        let refused = nurse.upload(&photo, "photo", "a.svg", b"<svg onload=alert(1)>").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let picture = crate::support::picture(300, 400);
        assert_eq!(nurse.upload(&photo, "photo", "顔.png", &picture).await.status, StatusCode::SEE_OTHER);
        let shown = nurse.get(&photo).await;
        assert!(shown.body.starts_with(&[0xff, 0xd8, 0xff]));
        assert!(nurse.see(&format!("/residents/{id}")).await.contains("顔写真"));
        let paper = nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        assert_eq!(nurse.get(&format!("{}/pdf", paper.split('?').next().unwrap())).await.status, StatusCode::OK);
        assert_eq!(service.sign_in("other-nurse").await.get(&photo).await.status, StatusCode::NOT_FOUND);
    }
}
