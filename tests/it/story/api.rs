//! Another program keeps sheets through the API.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::support::service::Service;

both_databases! {
    async fn a_program_admits_reads_changes_and_prints(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let sent = json!({
            "name": "髙﨑 𠮷子", "name_kana": "タカサキ ヨシコ", "birth_date": "S12.3.4", "sex": "female", "room": "203",
            "allergies": {"state": "present", "rows": [{"kind": "drug", "substance": "ペニシリン", "reaction": "発疹"}]},
        });
        let created = api.json(Method::POST, "/api/v1/residents", &[("idempotency-key", "k1")], &sent).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
        let resident = created.value();
        assert_eq!(resident["birth_date"], "1937-03-04");
        let id = resident["id"].as_str().unwrap().to_owned();

        // Sent again, it is not done again; with other contents the key is refused.
        let again = api.json(Method::POST, "/api/v1/residents", &[("idempotency-key", "k1")], &sent).await;
        assert_eq!((again.status, again.value()["id"].as_str()), (StatusCode::CREATED, Some(id.as_str())));
        let other = api.json(Method::POST, "/api/v1/residents", &[("idempotency-key", "k1")], &json!({"name": "別人"})).await;
        assert_eq!(other.status, StatusCode::BAD_REQUEST);
        assert_eq!(api.get("/api/v1/residents").await.value()["items"].as_array().unwrap().len(), 1);

        let path = format!("/api/v1/residents/{id}/sheet");
        let sheet = api.get(&path).await;
        assert_eq!(sheet.etag(), "\"1\"");
        let mut body = sheet.value();
        assert_eq!(body["record"]["allergies"]["rows"][0]["substance"], "ペニシリン");
        body["record"]["usual_spo2"] = json!(96);

        let without = api.json(Method::PUT, &path, &[], &body).await;
        assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
        let changed = api.json(Method::PUT, &path, &[("if-match", "\"1\"")], &body).await;
        assert_eq!((changed.status, changed.etag()), (StatusCode::OK, "\"2\"".to_owned()), "{}", changed.text());
        let late = api.json(Method::PUT, &path, &[("if-match", "\"1\"")], &body).await;
        assert_eq!((late.status, late.value()["current"].as_i64()), (StatusCode::PRECONDITION_FAILED, Some(2)));

        let revision = api.get(&format!("{path}/revisions/2")).await.value();
        assert_eq!(revision["changes"][0]["field"], "usual_spo2");
        assert_eq!(api.get(&format!("{path}/revisions")).await.value()["items"].as_array().unwrap().len(), 2);

        let issued = api
            .json(Method::POST, &format!("/api/v1/residents/{id}/documents"), &[("idempotency-key", "d1")], &json!({"form": "emergency"}))
            .await;
        assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
        let document = issued.value();
        assert!(document["scan_url"].as_str().unwrap().starts_with("HTTPS://Q.MINATO.EXAMPLE.JP/Q/"));
        let repeated = api
            .json(Method::POST, &format!("/api/v1/residents/{id}/documents"), &[("idempotency-key", "d1")], &json!({"form": "emergency"}))
            .await
            .value();
        assert_eq!((&repeated["id"], repeated.get("scan_url")), (&document["id"], None));
        let pdf = document["pdf"].as_str().unwrap();
        let first = api.get(pdf).await;
        assert_eq!(first.headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(api.get(pdf).await.body, first.body);
        let withdrawn = api
            .json(Method::POST, &format!("/api/v1/documents/{}/withdraw", document["id"].as_str().unwrap()), &[], &json!({"reason": "紛失"}))
            .await;
        assert_eq!(withdrawn.value()["state"], "withdrawn", "{}", withdrawn.text());
    }

    async fn every_invalid_field_is_named_by_its_key(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let answer = api
            .json(Method::POST, "/api/v1/residents", &[], &json!({
                "name": "髙﨑 𠮷子", "name_kana": "Takasaki", "birth_date": "昭和65年1月1日", "naem": "x",
                "emergency_contacts": {"state": "present", "rows": [{"phone_mobile": "090"}]},
            }))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        let problem = answer.value();
        let fields: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        for field in ["name_kana", "birth_date", "naem", "emergency_contacts.0.phone_mobile"] {
            assert!(fields.contains(&field), "{field}: {fields:?}");
        }
    }

    async fn a_patch_changes_only_what_it_names(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        let id = service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let path = format!("/api/v1/residents/{id}");
        let moved = api.json(Method::PATCH, &path, &[("if-match", "\"1\"")], &json!({"room": "311"})).await.value();
        assert_eq!((moved["room"].as_str(), moved["name"].as_str()), (Some("311"), Some("髙﨑 𠮷子")));
        let stale = api.json(Method::PATCH, &path, &[("if-match", "\"1\"")], &json!({"status": "left", "status_on": "2026-11-20"})).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "a status is not changed on an old view");
        let left = api.json(Method::PATCH, &path, &[("if-match", "\"2\"")], &json!({"status": "left", "status_on": "2026-11-20"})).await.value();
        assert_eq!(left["status"], "left");
    }

    async fn lists_page_by_cursor_and_show_everybody_once(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        for (index, kana) in ["あい", "かい", "さい", "たい", "ない"].iter().enumerate() {
            nurse.admits(&format!("甲{index}"), kana, &format!("10{index}")).await;
        }
        let api = service.api("care").await;
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = api.get(&format!("/api/v1/residents?limit=2&after={after}")).await.value();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["name_kana"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["あい", "かい", "さい", "たい", "ない"]);
        assert_eq!(api.get("/api/v1/residents?after=zzz").await.status, StatusCode::BAD_REQUEST);
    }

    async fn tokens_end_and_forged_ones_are_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let api = service.api("nurse").await;
        assert_eq!(api.get("/api/v1/residents").await.status, StatusCode::OK);
        service.clock.advance_minutes(16);
        assert_eq!(api.get("/api/v1/residents").await.status, StatusCode::UNAUTHORIZED);
        // alg none, and a token signed with another key.
        for token in [
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJoaWtpdHN1Z2kiLCJhdWQiOiJoaWtpdHN1Z2ktYXBpIiwic3ViIjoibnVyc2UiLCJsb2dpbiI6Im51cnNlIiwiaWF0IjoxNzk1NDAyODAwLCJleHAiOjk5OTk5OTk5OTl9.",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJoaWtpdHN1Z2kiLCJhdWQiOiJoaWtpdHN1Z2ktYXBpIiwic3ViIjoibnVyc2UiLCJsb2dpbiI6Im51cnNlIiwiaWF0IjoxNzk1NDAyODAwLCJleHAiOjk5OTk5OTk5OTl9.c2lnbmVkLXdpdGgtYW5vdGhlci1rZXk",
            "x",
        ] {
            let bearer = format!("Bearer {token}");
            let answer = service.stranger().get_with("/api/v1/residents", &[("authorization", &bearer)]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
    }

    async fn the_openapi_document_names_every_call(bench: Bench) {
        let service = Service::start(bench).await;
        let document = service.stranger().get("/api/openapi.json").await.value();
        assert_eq!(document["openapi"], "3.1.0");
        for path in ["/api/v1/token", "/api/v1/residents", "/api/v1/residents/{id}/sheet", "/api/v1/documents/{id}/pdf", "/api/v1/audit"] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
    }
}
