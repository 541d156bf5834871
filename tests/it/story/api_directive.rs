//! Another program tells and reads what was said about the last stage of life.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::Bench;
use crate::support::service::{Answer, Person, Service};

/// さざなみ苑 with its physician, and a resident who lives there.
pub(super) async fn with_physician(bench: Bench) -> (Service, String) {
    let service = Service::start(bench).await;
    service.employs_physician("physician", "神谷 修一").await;
    let id = service
        .sign_in("nurse")
        .await
        .admits("髙﨑 𠮷子", "たかさき よしこ", "203")
        .await;
    (service, format!("/api/v1/residents/{id}"))
}

pub(super) fn order() -> Value {
    json!({
        "cpr_instruction": "no_cpr",
        "scope": "老衰による心停止のときの心肺蘇生のみ",
        "basis_disease": "慢性心不全(ステージD)",
        "expected_event": "食事がとれなくなり、眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
        "irreversible": "yes",
        "person_wish_basis": "self_stated",
        "participants": {"state": "present", "rows": [{"name": "髙﨑 誠", "role": "長男"}]},
        "dissent": {"state": "none", "confirmed_on": "2026-11-20"},
        "discussed_on": "2026-11-20",
        "physician_name": "神谷 修一",
        "institution": "みなと在宅クリニック",
        "phone_24h": "0463-00-1199",
        "phone_backup": "0463-00-2299",
        "phone_backup_of": "みなと訪問看護ステーション",
        "phone_tested_on": "2026-11-22",
        "original_location": "1階 医務室の赤いファイル",
        "effective_from": "2026-11-23",
        "expires_on": "2027-11-23",
        "antibiotics": "wanted",
    })
}

pub(super) fn signature() -> Value {
    json!({"signed_on": "2026-11-23", "review_due_on": "2027-05-20"})
}

/// Says something, with what the log says of its length.
pub(super) async fn says(
    who: &Person<'_>,
    resident: &str,
    kind: &str,
    about: Option<&str>,
    body: Value,
) -> Answer {
    let path = format!("{resident}/statements");
    let seen = who.get(&path).await.etag();
    who.json(
        Method::POST,
        &path,
        &[("if-match", &seen)],
        &json!({"kind": kind, "about": about, "body": body}),
    )
    .await
}

/// Says something that must be accepted; gives its id and the code of the standing.
pub(super) async fn said(
    who: &Person<'_>,
    resident: &str,
    kind: &str,
    about: Option<&str>,
    body: Value,
) -> (String, String) {
    let answer = says(who, resident, kind, about, body).await;
    assert_eq!(
        answer.status,
        StatusCode::CREATED,
        "{kind}: {}",
        answer.text()
    );
    let answer = answer.value();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&answer["statement"]["id"]),
        text(&answer["standing"]["code"]),
    )
}

/// The order of [`order`], put before the physician by a nurse and signed; gives its id.
async fn signed(service: &Service, resident: &str) -> String {
    let (nurse, physician) = (service.api("nurse").await, service.api("physician").await);
    signed_by(&nurse, &physician, resident).await
}

pub(super) async fn signed_by(
    nurse: &Person<'_>,
    physician: &Person<'_>,
    resident: &str,
) -> String {
    let (order, code) = said(nurse, resident, "physician_order", None, order()).await;
    assert_eq!(code, "full_cpr_invalid_order");
    let (_, code) = said(nurse, resident, "submitted", Some(&order), json!({})).await;
    assert_eq!(code, "full_cpr_invalid_order", "a request is no order");
    let (_, code) = said(physician, resident, "signed", Some(&order), signature()).await;
    assert_eq!(code, "order_on_file");
    order
}

pub(super) async fn code(who: &Person<'_>, resident: &str) -> String {
    who.get(&format!("{resident}/standing")).await.value()["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.text()
    );
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let problem = answer.value();
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
}

/// What no answer may tell anybody to do (safety.md S2).
const NEVER: [&str; 8] = [
    "蘇生不要",
    "蘇生は不要",
    "蘇生しないで",
    "蘇生をしないで",
    "蘇生を行わないで",
    "蘇生を中止してください",
    "DNAR対応",
    "do not resuscitate",
];

/// The standing wherever it stands in an answer: each keeps resuscitation going until a physician says otherwise.
fn s02_s03_lint(answer: &Value) -> usize {
    let text = answer.to_string();
    for words in NEVER {
        assert!(!text.contains(words), "{words}: {text}");
    }
    match answer {
        Value::Object(members) => {
            let mut found = 0;
            if members.contains_key("headline") {
                found += 1;
                assert!(
                    members["until"]
                        .as_str()
                        .unwrap()
                        .contains("医師が電話で確認するまで、心肺蘇生を続けてください")
                );
                assert!(
                    members["headline"].as_str().unwrap().contains("心肺蘇生を"),
                    "{answer}"
                );
                let order = !members["order"].is_null();
                assert_eq!(order, members["code"] == "order_on_file", "{answer}");
                assert_eq!(
                    order,
                    members["applies"]
                        .as_str()
                        .is_some_and(|words| words.contains("心停止時のみ")),
                    "{answer}"
                );
            }
            found + members.values().map(s02_s03_lint).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(s02_s03_lint).sum(),
        _ => 0,
    }
}

both_databases! {
    async fn an_order_is_told_by_a_nurse_signed_by_a_physician_and_read_by_anyone(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let order = signed(&service, &resident).await;
        let care = service.api("care").await;

        let standing = care.get(&format!("{resident}/standing")).await.value();
        for member in ["code", "headline", "until", "area", "applies", "reasons", "order", "calls", "conditions", "changes"] {
            assert!(standing.get(member).is_some(), "{member}");
        }
        assert_eq!(standing["order"]["physician"], "神谷 修一");
        assert_eq!(standing["calls"][0]["phone"], "0463-00-1199");
        assert_eq!(standing["calls"][1]["phone"], "0463-00-2299");
        assert_eq!(standing["area"], "この地域では救急隊は蘇生を行い搬送します");

        let log = care.get(&format!("{resident}/statements")).await;
        assert_eq!(log.etag(), "\"3\"");
        let log = log.value();
        let items = log["items"].as_array().unwrap();
        let kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["physician_order", "submitted", "signed"]);
        assert_eq!(items[0]["body"]["phone_24h"], "0463-00-1199");
        assert_eq!(items[2]["about"], order.as_str());
        assert_eq!(items[2]["by"], json!({"name": "神谷 修一", "role": "physician"}));
        assert_eq!(log["standing"]["code"], "order_on_file");

        // What was read can be said again as it stands: the answer's body is a request's body.
        let (draft, code) = said(&service.api("nurse").await, &resident, "physician_order", None, items[0]["body"].clone()).await;
        assert_ne!(draft, order);
        assert_eq!(code, "order_on_file", "a draft takes nothing away from an order that holds");
    }

    async fn a_physician_signs_in_reads_residents_and_keeps_no_sheet(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let page = resident.replace("/api/v1", "");
        let physician = service.sign_in("physician").await;
        let home = physician.get("/").await.location();
        assert!(physician.see(&home).await.contains("医師 神谷 修一"));
        assert!(physician.see(&page).await.contains("髙﨑 𠮷子"));
        for path in [format!("{page}/edit"), format!("{page}/move"), "/staff".to_owned(), "/facility".to_owned(), "/facilities".to_owned()] {
            assert_eq!(physician.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let api = service.api("physician").await;
        assert_eq!(api.get("/api/v1/residents").await.value()["items"].as_array().unwrap().len(), 1);
        let moved = api.json(Method::PATCH, &resident, &[("if-match", "\"1\"")], &json!({"room": "311"})).await;
        assert_eq!(moved.status, StatusCode::FORBIDDEN);
        let paper = api.json(Method::POST, &format!("{resident}/documents"), &[], &json!({"form": "emergency"})).await;
        assert_eq!(paper.status, StatusCode::FORBIDDEN);
    }

    async fn the_log_pages_by_number(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let care = service.api("care").await;
        for day in 1..=5 {
            said(&care, &resident, "acp_talk", None, json!({"held_on": format!("2026-10-0{day}"), "words": "孫の結婚式までは元気でいたい"})).await;
        }
        let mut seen = Vec::new();
        let mut after = 0;
        loop {
            let page = care.get(&format!("{resident}/statements?limit=2&after={after}")).await;
            assert_eq!(page.etag(), "\"5\"");
            let page = page.value();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
            match page["next"].as_i64() {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
    }

    async fn s05_neither_wish_nor_inference_nor_talk_becomes_an_order(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let (nurse, care) = (service.api("nurse").await, service.api("care").await);
        let (_, code) = said(&care, &resident, "acp_talk", None, json!({
            "held_on": "2026-11-01", "words": "管につながれるのは嫌だねと、食堂で話された", "next_on": "2027-05-01",
        })).await;
        assert_eq!(code, "full_cpr");
        let answer = says(&nurse, &resident, "family_inference", None, json!({
            "cpr": "no_cpr", "inferred_by": "髙﨑 誠", "relationship": "son", "why_person_cannot": "言葉での意思表示が難しい",
            "stated_on": "2026-11-10", "grounds": "父を看取ったとき、自分は静かに逝きたいと話していた",
        })).await.value();
        assert_eq!(answer["standing"]["code"], "full_cpr_wish_only");
        assert!(answer["standing"]["headline"].as_str().unwrap().contains("家族による推定"), "{answer}");
        let (_, code) = said(&nurse, &resident, "patient_wish", None, json!({
            "cpr": "no_cpr", "stated_on": "2026-11-12", "stated_how": "spoken", "words": "もう十分生きたから、静かに逝かせてほしい",
        })).await;
        assert_eq!(code, "full_cpr_wish_only");
    }

    async fn s12_nobody_lowers_protection_alone(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let (nurse, physician) = (service.api("nurse").await, service.api("physician").await);
        let (order, _) = said(&nurse, &resident, "physician_order", None, order()).await;

        // The physician signs nothing that nobody put before them.
        let early = says(&physician, &resident, "signed", Some(&order), signature()).await;
        assert!(fields(&early).contains(&"about".to_owned()));
        // A nurse signs nothing, and a physician submits nothing.
        for (who, kind) in [(&nurse, "signed"), (&nurse, "resumed"), (&nurse, "reviewed"), (&physician, "physician_order"), (&physician, "submitted")] {
            let refused = says(who, &resident, kind, Some(&order), signature()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{kind}: {}", refused.text());
        }
        // A scan is not told: its original is uploaded where it is checked.
        said(&nurse, &resident, "submitted", Some(&order), json!({})).await;
        let scan = json!({"original": "a".repeat(64), "purpose": "activate", "signed_on": "2026-11-23", "review_due_on": "2027-05-20"});
        assert_eq!(fields(&says(&nurse, &resident, "scanned", Some(&order), scan).await), ["kind"]);
        assert_eq!(fields(&says(&nurse, &resident, "closed", None, json!({"reason": "left"})).await), ["kind"]);
        // Comparing what was not registered does nothing either.
        assert_eq!(fields(&says(&nurse, &resident, "verified", Some(&order), json!({"compared": "yes"})).await), ["about"]);
        assert_eq!(code(&nurse, &resident).await, "full_cpr_invalid_order");
    }

    async fn s10_an_order_that_lacks_something_is_not_put_before_the_physician(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        for missing in ["phone_24h", "basis_disease", "expected_event"] {
            let mut body = order();
            body.as_object_mut().unwrap().remove(missing);
            let (order, _) = said(&nurse, &resident, "physician_order", None, body).await;
            assert_eq!(fields(&says(&nurse, &resident, "submitted", Some(&order), json!({})).await), [missing]);
        }
    }

    async fn s11_anyone_revokes_at_once_whatever_was_said_meanwhile(bench: Bench) {
        let (service, _) = with_physician(bench).await;
        for (kind, room) in [("revoked", "204"), ("suspended", "205"), ("objection_raised", "206")] {
            let id = service.sign_in("nurse").await.admits("渡邉 キヨ", "わたなべ きよ", room).await;
            let resident = format!("/api/v1/residents/{id}");
            signed(&service, &resident).await;
            let body = match kind {
                "revoked" => json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"}),
                "suspended" => json!({"reason": "admission"}),
                _ => json!({"name": "髙﨑 和夫", "relationship": "son", "words": "聞いていない"}),
            };
            let path = format!("{resident}/statements");
            let asked = json!({"kind": kind, "body": body});
            for (login, headers) in [("care", vec![]), ("physician", vec![("if-match", "\"1\"")])] {
                let who = service.api(login).await;
                let answer = who.json(Method::POST, &path, &headers, &asked).await;
                assert_eq!(answer.status, StatusCode::CREATED, "{login} {kind}: {}", answer.text());
                let expected = match kind {
                    "revoked" => "revoked",
                    "suspended" => "full_cpr_invalid_order",
                    _ => "conflict",
                };
                assert_eq!(answer.value()["standing"]["code"], expected);
                assert_eq!(code(&service.api("nurse").await, &resident).await, expected);
            }
        }
    }

    async fn what_can_lose_an_update_demands_the_number_of_statements_seen(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let (nurse, second) = (service.api("nurse").await, service.api("nurse2").await);
        let path = format!("{resident}/statements");
        let wish = |cpr: &str| json!({"kind": "patient_wish", "body": {
            "cpr": cpr, "stated_on": "2026-11-12", "stated_how": "spoken", "words": "静かに逝かせてほしい",
        }});
        let without = nurse.json(Method::POST, &path, &[], &wish("no_cpr")).await;
        assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
        let first = second.json(Method::POST, &path, &[("if-match", "\"0\"")], &wish("full_cpr")).await;
        assert_eq!((first.status, first.etag()), (StatusCode::CREATED, "\"1\"".to_owned()));
        let late = nurse.json(Method::POST, &path, &[("if-match", "\"0\"")], &wish("no_cpr")).await;
        assert_eq!((late.status, late.value()["current"].as_i64()), (StatusCode::PRECONDITION_FAILED, Some(1)));
        assert_eq!(code(&nurse, &resident).await, "full_cpr");
    }

    async fn s07_a_repeat_is_not_said_twice_and_is_told_what_holds_now(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let order = signed(&service, &resident).await;
        let care = service.api("care").await;
        let path = format!("{resident}/statements");
        let suspend = json!({"kind": "suspended", "body": {"reason": "admission"}});
        let headers = [("idempotency-key", "夜勤-1")];
        let refused = care.json(Method::POST, &path, &headers, &suspend).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "a key is plain letters");
        let headers = [("idempotency-key", "night-1")];
        let first = care.json(Method::POST, &path, &headers, &suspend).await.value();
        assert_eq!(first["standing"]["code"], "full_cpr_invalid_order");

        // Meanwhile the physician resumes the order, on a new request.
        said(&service.api("nurse").await, &resident, "submitted", Some(&order), json!({})).await;
        said(&service.api("physician").await, &resident, "resumed", Some(&order), signature()).await;

        let again = care.json(Method::POST, &path, &headers, &suspend).await;
        assert_eq!(again.status, StatusCode::CREATED);
        let again = again.value();
        assert_eq!(again["statement"], first["statement"]);
        assert_eq!(again["standing"]["code"], "order_on_file", "the kept answer holds no standing");
        let other = care.json(Method::POST, &path, &headers, &json!({"kind": "suspended", "body": {"reason": "other"}})).await;
        assert_eq!(other.status, StatusCode::BAD_REQUEST);
    }

    async fn every_wrong_field_is_named_by_its_key(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        let unknown = says(&nurse, &resident, "dnar", None, json!({})).await;
        assert_eq!(fields(&unknown), ["kind"]);
        assert!(unknown.text().contains("patient_wish") && !unknown.text().contains("scanned"), "{}", unknown.text());
        let wrong = says(&nurse, &resident, "physician_order", None, json!({
            "cpr_instruction": "stop", "phone_24h": "0463", "dnar": true, "discussed_on": "昭和65年1月1日",
            "dissent": {"state": "present", "rows": [{"relationship": "enemy"}]},
        })).await;
        let named = fields(&wrong);
        for key in ["cpr_instruction", "phone_24h", "dnar", "discussed_on", "dissent.0.relationship"] {
            assert!(named.contains(&key.to_owned()), "{key}: {named:?}");
        }
        let elsewhere = says(&nurse, &resident, "patient_wish", Some("r.1"), json!({
            "cpr": "no_cpr", "stated_on": "2026-11-12", "words": "静かに逝かせてほしい",
        })).await;
        assert_eq!(fields(&elsewhere), ["about"]);
        let path = format!("{resident}/statements");
        for body in [json!({"kind": "revoked", "standing": "order_on_file"}), json!({"kind": "revoked", "body": []}), json!({"body": {}}), json!([])] {
            let answer = nurse.json(Method::POST, &path, &[], &body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        }
    }

    async fn roles_say_only_what_the_permission_table_lets_them(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let path = format!("{resident}/statements");
        let kinds = [
            "patient_wish", "family_inference", "physician_order", "submitted", "objection_settled", "phone_tested", "signed", "resumed",
            "reviewed", "verified", "acp_talk", "suspended", "revoked", "objection_raised",
        ];
        let may: [(&str, &[&str]); 4] = [
            ("care", &["acp_talk", "suspended", "revoked", "objection_raised"]),
            ("nurse", &kinds),
            ("physician", &["acp_talk", "suspended", "revoked", "objection_raised", "signed", "resumed", "reviewed"]),
            ("operator", &[]),
        ];
        for (login, says) in may {
            let who = service.api(login).await;
            for kind in kinds {
                let answer = who.json(Method::POST, &path, &[("if-match", "\"999\"")], &json!({"kind": kind, "body": {"nothing": "x"}})).await;
                let nurse_signs = login == "nurse" && ["signed", "resumed", "reviewed"].contains(&kind);
                let allowed = says.contains(&kind) && !nurse_signs;
                assert_eq!(answer.status == StatusCode::FORBIDDEN, !allowed, "{login} {kind}: {}", answer.text());
            }
        }
        let operator = service.api("operator").await;
        assert_eq!(operator.get(&path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(service.stranger().get(&path).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(service.stranger().json(Method::POST, &path, &[], &json!({"kind": "revoked"})).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn what_an_order_rests_on_suspends_it_when_it_changes(bench: Bench) {
        let (service, _) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        let person = |name: &str, key: &str| json!({"name": name, "relationship": "son", "phone_mobile": "090-0000-1234", "is_key_person": key});
        let base = json!({
            "physicians": {"state": "present", "rows": [{"role": "visiting_doctor", "institution": "みなと在宅クリニック", "name": "神谷 修一", "phone_24h": "0463-00-1199"}]},
            "emergency_contacts": {"state": "present", "rows": [person("髙﨑 誠", "yes"), person("髙﨑 和夫", "no")]},
            "current_conditions": {"state": "present", "rows": [{"name": "慢性心不全"}]},
        });
        let changes = [
            ("physicians", json!({"state": "present", "rows": [{"role": "visiting_doctor", "institution": "いそべ医院", "name": "南雲 佳奈"}]}), "主治医かその電話が変わった"),
            ("emergency_contacts", json!({"state": "present", "rows": [person("髙﨑 誠", "no"), person("髙﨑 和夫", "yes")]}), "キーパーソンが変わった"),
            ("current_conditions", json!({"state": "present", "rows": [{"name": "慢性心不全"}, {"name": "胃がん"}]}), "病名・病状が変わった"),
            ("birth_date", json!("1938-03-04"), "氏名・生年月日が訂正された"),
        ];
        for (number, (key, value, why)) in changes.into_iter().enumerate() {
            let room = format!("30{number}");
            let id = service.sign_in("nurse").await.admits("渡邉 キヨ", "わたなべ きよ", &room).await;
            let resident = format!("/api/v1/residents/{id}");
            let put = async |changed: &[(&str, &Value)]| {
                let path = format!("{resident}/sheet");
                let sheet = nurse.get(&path).await;
                let (etag, mut body) = (sheet.etag(), sheet.value());
                for (key, value) in changed {
                    body["record"][*key] = (*value).clone();
                }
                let answer = nurse.json(Method::PUT, &path, &[("if-match", &etag)], &body).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
                answer.value()
            };
            let base: Vec<(&str, &Value)> = base.as_object().unwrap().iter().map(|(key, value)| (key.as_str(), value)).collect();
            put(&base).await;
            signed(&service, &resident).await;
            let weighed = put(&[("weight_kg", &json!(42.5))]).await;
            assert_eq!(weighed["standing"]["code"], "order_on_file", "a weight is no reason");
            let changed = put(&[(key, &value)]).await;
            assert_eq!(changed["standing"]["code"], "full_cpr_invalid_order", "{key}");
            assert!(changed["standing"]["reasons"][0]["text"].as_str().unwrap().contains(why), "{key}: {changed}");
        }
    }

    async fn s26_another_facilitys_resident_is_like_one_that_does_not_exist(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let other = service.api("other-nurse").await;
        let nobody = "/api/v1/residents/00000000-0000-7000-8000-000000000000";
        for (kind, body) in [
            ("revoked", json!({"revoked_by": "resident", "words": "助けてほしい"})),
            ("acp_talk", json!({"held_on": "2026-11-01", "words": "家の縁側の話"})),
            ("patient_wish", json!({"cpr": "no_cpr", "stated_on": "2026-11-12", "words": "静かに逝かせてほしい"})),
        ] {
            let asked = json!({"kind": kind, "body": body});
            let mut answers = Vec::new();
            for path in [&resident, nobody] {
                let answer = other.json(Method::POST, &format!("{path}/statements"), &[("if-match", "\"0\"")], &asked).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
                answers.push(answer.body);
            }
            assert_eq!(answers[0], answers[1]);
        }
        for path in ["statements", "standing"] {
            let (theirs, none) = (other.get(&format!("{resident}/{path}")).await, other.get(&format!("{nobody}/{path}")).await);
            assert_eq!((theirs.status, &theirs.body), (StatusCode::NOT_FOUND, &none.body));
        }
        assert_eq!(service.api("nurse").await.get(&format!("{resident}/statements")).await.etag(), "\"0\"");
    }

    async fn s02_s03_every_answer_keeps_resuscitation_going_until_a_physician_confirms(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let nurse = service.api("nurse").await;
        let paths = [format!("{resident}/standing"), format!("{resident}/statements"), resident.clone(), format!("{resident}/sheet"), "/api/v1/residents".to_owned()];
        let mut looked = 0;
        let mut codes = Vec::new();
        let mut look = async |code: &str| {
            for path in &paths {
                let answer = nurse.get(path).await.value();
                assert!(s02_s03_lint(&answer) >= 1, "{path} tells no standing");
                looked += 1;
            }
            codes.push(code.to_owned());
        };
        look("full_cpr").await;
        said(&nurse, &resident, "patient_wish", None, json!({
            "cpr": "no_cpr", "stated_on": "2026-11-12", "stated_how": "spoken", "words": "もう十分生きたから、静かに逝かせてほしい",
        })).await;
        look("full_cpr_wish_only").await;
        signed(&service, &resident).await;
        look("order_on_file").await;
        let (objection, code) = said(&nurse, &resident, "objection_raised", None, json!({"name": "髙﨑 和夫", "relationship": "son"})).await;
        look(&code).await;
        let (_, code) = said(&nurse, &resident, "objection_settled", Some(&objection), json!({"words": "本人の言葉を聞き、納得された"})).await;
        look(&code).await;
        let (_, code) = said(&nurse, &resident, "revoked", None, json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"})).await;
        look(&code).await;
        assert_eq!(looked, 30);
        assert_eq!(codes, ["full_cpr", "full_cpr_wish_only", "order_on_file", "conflict", "full_cpr_invalid_order", "revoked"]);
    }

    async fn s20_reading_and_saying_are_in_the_audit(bench: Bench) {
        let (service, resident) = with_physician(bench).await;
        let care = service.api("care").await;
        care.get(&format!("{resident}/statements")).await;
        care.get(&format!("{resident}/standing")).await;
        care.json(Method::POST, &format!("{resident}/statements"), &[], &json!({"kind": "revoked", "body": {"revoked_by": "resident", "words": "助けてほしい"}})).await;
        let audit = service.api("manager").await.get("/api/v1/audit").await.value();
        let entries = audit["items"].as_array().unwrap();
        let of = |action: &str| entries.iter().find(|entry| entry["action"] == action && entry["actor"] == "介木 夜子");
        for action in ["directive.read", "standing.read", "directive.recorded"] {
            let entry = of(action).unwrap_or_else(|| panic!("{action}"));
            assert!(resident.ends_with(entry["resident"].as_str().unwrap()));
            assert!(!entry.to_string().contains("助けてほしい"), "ids, never what was said");
        }
    }

    async fn the_openapi_document_says_what_every_kind_asks(bench: Bench) {
        let service = Service::start(bench).await;
        let document = service.stranger().get("/api/openapi.json").await.value();
        let path = &document["paths"]["/api/v1/residents/{id}/statements"];
        assert!(path["get"].is_object() && path["post"]["responses"]["428"].is_object());
        let if_match = path["post"]["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "If-Match").unwrap();
        assert_eq!(if_match["required"], false);
        let kinds = |schema: &str| -> Vec<String> {
            let shapes = document["components"]["schemas"][schema]["oneOf"].as_array().unwrap();
            shapes.iter().map(|shape| shape["properties"]["kind"]["const"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(kinds("Statement").len(), 16);
        let new = kinds("NewStatement");
        assert_eq!(new.len(), 14);
        assert!(!new.contains(&"closed".to_owned()) && !new.contains(&"scanned".to_owned()));
        for code in &new {
            assert!(kinds("Statement").contains(code));
        }
        let order = document["components"]["schemas"]["NewStatement"]["oneOf"].as_array().unwrap().iter().find(|shape| shape["properties"]["kind"]["const"] == "physician_order").unwrap();
        assert!(order["properties"]["body"]["properties"]["phone_24h"].is_object());
        assert_eq!(document["components"]["schemas"]["Standing"]["properties"]["code"]["enum"].as_array().unwrap().len(), 7);
    }
}
