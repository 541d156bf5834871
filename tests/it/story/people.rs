//! Who may do what, and what nobody may see.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::support::service::{PASSWORD, Service};

both_databases! {
    async fn s26_another_facilitys_resident_is_like_one_that_does_not_exist(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        let other = service.sign_in("other-nurse").await;
        let nobody = "00000000-0000-7000-8000-000000000000";
        for tail in ["", "/edit/identity", "/confirm", "/merge", "/revisions", "/revisions/1", "/documents", "/move", "/end", "/photo"] {
            let theirs = other.get(&format!("/residents/{id}{tail}")).await;
            let absent = other.get(&format!("/residents/{nobody}{tail}")).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{tail}");
            assert_eq!((theirs.status, theirs.body), (absent.status, absent.body), "{tail}");
        }
        for (tail, fields) in [
            ("/verify", vec![("revision", "1")]),
            ("/documents", vec![("form", "emergency")]),
            ("/end", vec![("status", "left"), ("on", "2026-11-01")]),
            ("/confirm", vec![("revision", "1")]),
        ] {
            let theirs = other.post(&format!("/residents/{id}{tail}"), &fields).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{tail}");
        }
        for path in ["/residents", "/residents?q=%E3%81%9F", "/documents", "/scans"] {
            let page = other.see(path).await;
            assert!(!page.contains("髙﨑") && !page.contains(&id), "{path}");
        }
        let manager = service.sign_in("other-manager").await;
        assert!(!manager.see("/audit").await.contains(&id));
        assert!(!manager.see(&format!("/audit?resident={id}")).await.contains("佐々木"));
    }

    async fn a_care_worker_reads_and_prints_but_does_not_change(bench: Bench) {
        let service = Service::start(bench).await;
        let id = service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let care = service.sign_in("care").await;
        let page = care.see(&format!("/residents/{id}")).await;
        assert!(!page.contains("/edit"), "no button that would be refused: {page}");
        care.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        for path in ["/residents/new".to_owned(), format!("/residents/{id}/edit/usual"), "/audit".to_owned(), "/staff".to_owned(), "/facility".to_owned()] {
            assert_eq!(care.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(care.post(&format!("/residents/{id}/verify"), &[("revision", "1")]).await.status, StatusCode::FORBIDDEN);
    }

    async fn an_operator_sees_no_resident(bench: Bench) {
        let service = Service::start(bench).await;
        let id = service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let operator = service.sign_in("operator").await;
        assert_eq!(operator.get("/").await.location(), "/facilities");
        for path in ["/residents".to_owned(), format!("/residents/{id}"), "/scans".to_owned(), "/audit".to_owned()] {
            assert_eq!(operator.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        operator
            .invites("shiomi", "/facilities", &[
                ("facility_name", "介護付有料老人ホーム 汐見の丘"),
                ("facility_type", "paid_home_with_care"),
                ("manager_name", "汐見 丘子"),
                ("manager_login", "shiomi"),
            ])
            .await;
        assert!(operator.see("/facilities").await.contains("汐見の丘"));
        assert!(service.sign_in("shiomi").await.see("/residents").await.contains("ここに表示する方はまだいません"));
    }

    async fn without_a_session_every_page_asks_to_sign_in(bench: Bench) {
        let service = Service::start(bench).await;
        let stranger = service.stranger();
        for path in ["/", "/residents", "/residents/x", "/residents/x/edit", "/documents", "/scans", "/audit", "/staff", "/facilities"] {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.location().starts_with("/signin"), "{path}");
        }
        assert_eq!(stranger.get("/api/v1/residents").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_session_ends_by_signing_out_by_time_and_by_disabling(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        nurse.does("/signout", &[]).await;
        assert_eq!(nurse.get("/residents").await.status, StatusCode::SEE_OTHER);

        let nurse = service.sign_in("nurse").await;
        let manager = service.sign_in("manager").await;
        manager.does("/staff/nurse", &[("do", "disable")]).await;
        assert_eq!(nurse.get("/residents").await.status, StatusCode::SEE_OTHER);
        let refused = service.stranger().post("/signin", &[("login", "nurse"), ("password", PASSWORD)]).await;
        assert!(refused.text().contains("違います"));

        let care = service.sign_in("care").await;
        service.clock.advance_minutes(12 * 60 + 1);
        assert_eq!(care.get("/residents").await.status, StatusCode::SEE_OTHER);
    }

    async fn guessing_a_password_has_to_wait_and_the_right_one_works_again_later(bench: Bench) {
        let service = Service::start(bench).await;
        for _ in 0..10 {
            let answer = service.stranger().post("/signin", &[("login", "care"), ("password", "まちがったあいことば")]).await;
            assert!(answer.text().contains("違います"));
        }
        let answer = service.stranger().post("/signin", &[("login", "care"), ("password", PASSWORD)]).await;
        assert!(answer.text().contains("15分"), "{}", answer.text());
        service.clock.advance_minutes(16);
        service.sign_in("care").await;
    }

    async fn another_sites_page_cannot_give_orders(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let end = format!("/residents/{id}/end");
        let fields = [("status", "died"), ("on", "2026-11-01")];
        for headers in [
            [("sec-fetch-site", "cross-site"), ("x", "y")],
            [("sec-fetch-site", "same-site"), ("x", "y")],
            [("origin", "https://evil.example"), ("x", "y")],
            [("origin", "null"), ("x", "y")],
        ] {
            assert_eq!(nurse.post_with(&end, &fields, &headers).await.status, StatusCode::FORBIDDEN, "{headers:?}");
        }
        assert!(nurse.see("/residents").await.contains("髙﨑"));
    }

    async fn every_answer_carries_the_guards(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        for path in ["/residents", "/nowhere", "/signin", "/healthz", "/api/v1/residents"] {
            let answer = nurse.get(path).await;
            for name in ["content-security-policy", "referrer-policy", "x-content-type-options", "cross-origin-opener-policy"] {
                assert!(answer.headers.contains_key(name), "{path} {name}");
            }
        }
        assert_eq!(nurse.get("/residents").await.headers[header::CACHE_CONTROL], "no-store");
    }

    async fn a_manager_adds_a_nurse_who_then_signs_in(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let odd = manager.post("/staff", &[("name", "新田 看"), ("login", "新田"), ("role", "nurse")]).await;
        assert!(odd.text().contains("英数字"));
        let taken = manager.post("/staff", &[("name", "新田 看"), ("login", "nurse"), ("role", "nurse")]).await;
        assert!(taken.text().contains("すでに使われています"));
        let operator = manager.post("/staff", &[("name", "新田 看"), ("login", "nitta"), ("role", "operator")]).await;
        assert!(operator.text().contains("役割を選んでください"), "nobody makes an operator here");
        manager.invites("nitta", "/staff", &[("name", "新田 看"), ("login", "nitta"), ("role", "nurse")]).await;
        service.sign_in("nitta").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let own = manager.post("/staff/manager", &[("do", "disable")]).await;
        assert_eq!(own.status, StatusCode::BAD_REQUEST, "a manager cannot lock herself out");
    }

    async fn s20_reading_and_changing_stand_in_the_audit(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.see("/residents").await;
        nurse.see(&format!("/residents/{id}")).await;
        nurse.see(&format!("/residents/{id}/edit/usual")).await;
        nurse.see(&format!("/residents/{id}/revisions")).await;
        nurse.see(&format!("/residents/{id}/revisions/1")).await;
        nurse.does(&format!("/residents/{id}/verify"), &[("revision", "1")]).await;
        let paper = nurse.does(&format!("/residents/{id}/documents"), &[("form", "emergency")]).await;
        let paper = paper.split('?').next().unwrap().to_owned();
        nurse.see(&paper).await;
        assert_eq!(nurse.get(&format!("{paper}/pdf")).await.status, StatusCode::OK);
        let api = service.api("nurse").await;
        api.see(&format!("/api/v1/residents/{id}/sheet")).await;
        api.see(&format!("/api/v1/residents/{id}/standing")).await;

        let manager = service.api("manager").await;
        let audit = manager.get(&format!("/api/v1/audit?resident={id}&limit=200")).await.value();
        let actions: Vec<&str> = audit["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        for action in [
            "resident.admitted", "resident.viewed", "sheet.opened", "sheet.history_viewed", "sheet.revision_viewed",
            "sheet.verified", "document.issued", "document.viewed", "document.printed", "sheet.read", "standing.read",
        ] {
            assert!(actions.contains(&action), "{action}: {actions:?}");
        }
        let page = service.sign_in("manager").await.see("/audit").await;
        assert!(page.contains("佐々木 美由紀") && page.contains("紙を発行"), "{page}");
    }

    async fn a_facility_keeps_its_own_facts(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let fields = [
            ("version", "1"),
            ("facility_name", "特別養護老人ホーム さざなみ苑"),
            ("facility_type", "special_nursing_home"),
            ("night_phone", "12"),
            ("ambulance_entrance", "東側 玄関"),
        ];
        let wrong = manager.post("/facility", &fields).await;
        assert!(wrong.text().contains("night_phone-error") && wrong.text().contains("東側 玄関"), "{}", wrong.text());
        let mut fields = fields;
        fields[3].1 = "0463-00-9999";
        assert!(manager.post("/facility", &fields).await.text().contains("保存しました"));
        // A second tab with the old version does not overwrite it.
        assert_eq!(manager.post("/facility", &fields).await.status, StatusCode::PRECONDITION_FAILED);
    }

    async fn bodies_have_a_limit(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let huge = "x".repeat(50 * 1024 * 1024);
        let answer = nurse.post("/residents/new", &[("name", &huge)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let api = service.api("nurse").await;
        let answer = api.json(Method::POST, "/api/v1/residents", &[], &json!({"name": huge})).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
