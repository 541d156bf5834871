//! Safety rules that no single page owns, through the whole service and on paper.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::api_directive::{code, order, said, says, signature, signed_by, with_physician};
use crate::support::service::{Person, Service};
use crate::support::sheet::issue;
use crate::support::tools::{Pdf, bare};

/// Every surface that shows the standing of one resident, read now.
struct Surfaces<'a> {
    service: &'a Service,
    /// Of the API.
    resident: String,
    /// Where the code on a paper leads.
    paper: Option<String>,
}

impl Surfaces<'_> {
    /// The one standing that all of them show.
    async fn code(&self) -> String {
        let care = self.service.api("care").await;
        let id = self.resident.rsplit('/').next().unwrap();
        let mut codes = Vec::new();
        for path in [
            self.resident.clone(),
            format!("{}/sheet", self.resident),
            format!("{}/statements", self.resident),
        ] {
            codes.push(care.get(&path).await.value()["standing"]["code"].clone());
        }
        codes.push(
            care.get(&format!("{}/standing", self.resident))
                .await
                .value()["code"]
                .clone(),
        );
        let list = care.get("/api/v1/residents").await.value();
        let listed = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == id)
            .unwrap();
        codes.push(listed["standing"]["code"].clone());
        let person = self.service.sign_in("care").await;
        for path in [
            "/residents".to_owned(),
            format!("/residents/{id}"),
            format!("/residents/{id}/directive"),
        ] {
            let page = person.get(&path).await;
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            let page = page.text();
            codes.push(
                page.split("data-standing=\"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
                    .into(),
            );
        }
        if let Some(paper) = &self.paper {
            let crew = self.service.stranger();
            let answer = crew
                .json(
                    Method::POST,
                    paper,
                    &[("accept", "application/json")],
                    &json!({}),
                )
                .await;
            assert_eq!(answer.headers["cache-control"], "no-store");
            codes.push(answer.value()["standing"]["code"].clone());
        }
        codes.dedup();
        assert_eq!(codes.len(), 1, "{codes:?}");
        codes[0].as_str().unwrap().to_owned()
    }

    /// Prints the sheet; gives its text.
    async fn print(&mut self) -> String {
        let nurse = self.service.api("nurse").await;
        let issued = issue(&nurse, self.resident.rsplit('/').next().unwrap()).await;
        let address = issued.address().to_owned();
        self.paper = Some(address[address.find("/Q/").unwrap()..].to_owned());
        bare(
            &Pdf::new(
                self.service.bench.folder.path(),
                issued.serial(),
                &issued.pdf,
            )
            .text(),
        )
    }
}

/// Lets crews read the sheet.
async fn consents(nurse: &Person<'_>, resident: &str) {
    changes(
        nurse,
        resident,
        &json!({"consent_to_share_ems": "consented_by_resident"}),
    )
    .await;
}

async fn changes(nurse: &Person<'_>, resident: &str, answers: &Value) {
    let path = format!("{resident}/sheet");
    let sheet = nurse.get(&path).await;
    let mut body = sheet.value();
    for (key, value) in answers.as_object().unwrap() {
        body["record"][key] = value.clone();
    }
    let changed = nurse
        .json(Method::PUT, &path, &[("if-match", &sheet.etag())], &body)
        .await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
}

both_databases! {
    async fn s04_s07_every_surface_follows_the_clock_and_what_was_said(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        consents(&nurse, &resident).await;
        let physician = service.api("physician").await;
        signed_by(&nurse, &physician, &resident).await;
        let mut surfaces = Surfaces { service: &service, resident: resident.clone(), paper: None };
        let paper = surfaces.print().await;
        assert!(paper.contains("医師の指示書があります(心停止時のみ)"), "{paper}");
        assert_eq!(surfaces.code().await, "order_on_file");

        // Nobody writes anything: the review on 2027-05-20 passes, then its grace of 30 days.
        const DAY: i64 = 24 * 60;
        service.clock.advance_minutes(178 * DAY);
        assert_eq!(surfaces.code().await, "order_on_file");
        service.clock.advance_minutes(31 * DAY);
        surfaces.paper = None;
        assert_eq!(surfaces.code().await, "full_cpr_invalid_order");
        service.clock.advance_minutes(-209 * DAY);
        assert_eq!(surfaces.code().await, "order_on_file");

        let nurse = service.api("nurse").await;
        let (_, standing) = said(&nurse, &resident, "suspended", None, json!({"reason": "admission"})).await;
        assert_eq!(standing, "full_cpr_invalid_order");
        assert_eq!(surfaces.code().await, standing);
        let paper = surfaces.print().await;
        assert!(paper.contains("過去の指示は現在無効です") && !paper.contains("医師の指示書があります"), "{paper}");
        let (_, standing) = said(&nurse, &resident, "revoked", None, json!({"revoked_by": "resident"})).await;
        assert_eq!(standing, "revoked");
        assert_eq!(surfaces.code().await, standing);
        let paper = surfaces.print().await;
        assert!(paper.contains("以前の指示は撤回されています") && !paper.contains("医師の指示書があります"), "{paper}");
        // The code holds an address and nothing of what is printed beside it.
        let code = surfaces.paper.unwrap();
        assert_eq!(code.len(), "/Q/".len() + 26, "{code}");
    }

    async fn s14_nobody_under_18_or_of_unknown_age_has_an_order(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let (nurse, physician) = (service.api("nurse").await, service.api("physician").await);
        consents(&nurse, &resident).await;
        signed_by(&nurse, &physician, &resident).await;
        let mut surfaces = Surfaces { service: &service, resident: resident.clone(), paper: None };
        let paper = surfaces.print().await;
        for words in ["心停止時のみ。窒息・転落・けがには適用されません", "18歳未満", "指示の対象外です"] {
            assert!(paper.contains(words), "{words}: {paper}");
        }
        let crew = bare(&service.stranger().post(surfaces.paper.as_deref().unwrap(), &[]).await.text());
        let scope = crew.find("心停止時のみ").unwrap();
        assert!(scope < crew.find("医師の指示書があります").unwrap(), "{crew}");
        assert!(crew.contains("18歳未満"), "{crew}");
        for born in [json!("2012-05-05"), Value::Null] {
            changes(&nurse, &resident, &json!({"birth_date": born})).await;
            // A corrected birth date suspends; the physician signs again, and it does not help.
            let order = said(&nurse, &resident, "physician_order", None, order()).await.0;
            said(&nurse, &resident, "submitted", Some(&order), json!({})).await;
            says(&physician, &resident, "signed", Some(&order), signature()).await;
            assert_eq!(surfaces.code().await, "full_cpr_invalid_order", "{born}");
        }
    }

    async fn s02_nobody_types_an_order_to_withhold_onto_a_sheet_or_into_an_order(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        let path = format!("{resident}/sheet");
        for (key, words) in [
            ("message_to_ems", "DNARです。何もせず看取ってください"),
            ("usual_condition_note", "胸骨圧迫しないでください"),
            ("wish_of_family", "救急車は呼ばないでほしい"),
        ] {
            let sheet = nurse.get(&path).await;
            let mut body = sheet.value();
            body["record"][key] = words.into();
            let refused = nurse.json(Method::PUT, &path, &[("if-match", &sheet.etag())], &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(refused.text().contains(key) && refused.text().contains("意思と指示"), "{}", refused.text());
        }
        for (key, words) in [("scope", "蘇生不要。何もしないでください"), ("expected_event", "呼吸が止まっても胸骨圧迫をしないこと")] {
            let mut body = order();
            body[key] = words.into();
            let refused = says(&nurse, &resident, "physician_order", None, body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(refused.text().contains(key), "{}", refused.text());
        }
        assert_eq!(code(&nurse, &resident).await, "full_cpr");
    }

    async fn the_signature_is_that_of_who_signed(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        service.employs_physician("physician2", "髙橋 葛子").await;
        let (nurse, other) = (service.api("nurse").await, service.api("physician2").await);
        signed_by(&nurse, &other, &resident).await;
        let standing = nurse.get(&format!("{resident}/standing")).await.value();
        assert_eq!(standing["order"]["physician"], "神谷 修一");
        assert_eq!(standing["order"]["signed_by"], "髙橋 葛子");
        let mut surfaces = Surfaces { service: &service, resident, paper: None };
        let paper = surfaces.print().await;
        assert!(paper.contains("髙橋葛子(医師として登録された本人)の電子署名"), "{paper}");
    }

    async fn s17_no_word_on_a_sheet_or_in_a_file_is_an_order(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        consents(&nurse, &resident).await;
        changes(&nurse, &resident, &json!({
            "message_to_ems": "DNARの希望を聞いています。延命希望なし",
            "wish_of_person": "心肺蘇生を望まない",
            "wish_of_family": "家で看取ってほしい",
            "usual_condition_note": "看取り介護加算の対象。ホスピスから入居",
            "acp_discussions": [{"held_on": "2026-04-10", "summary": "延命治療は望まないと話された"}],
            "surrogate_basis": "看取りの契約書に長女が署名",
        })).await;
        let mut surfaces = Surfaces { service: &service, resident: resident.clone(), paper: None };
        let paper = surfaces.print().await;
        assert!(paper.contains("心肺蘇生を実施してください(通常どおり)"), "{paper}");
        assert!(!paper.contains("医師の指示書があります"), "{paper}");
        assert_eq!(surfaces.code().await, "full_cpr");
        assert_eq!(code(&nurse, &resident).await, "full_cpr");
    }
}
