//! Wishes and orders through the pages: who may do which step, and that one press raises protection.

use std::collections::BTreeSet;

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::picture;
use crate::support::service::{Answer, HOME, Person, Service, between};

/// A complete order, as a nurse copies it from the physician's paper on 2026-11-23.
const ORDER: [(&str, &str); 20] = [
    ("cpr_instruction", "no_cpr"),
    ("scope", "老衰による心停止のときの心肺蘇生のみ"),
    ("basis_disease", "慢性心不全(ステージD)"),
    (
        "expected_event",
        "食事がとれなくなり、呼吸が静かに弱くなって止まる",
    ),
    (
        "call_physician_first",
        "食べられなくなってからの、苦しみのない呼吸の変化。夜でも電話してください",
    ),
    ("irreversible", "yes"),
    ("end_of_life_phase", "no"),
    ("person_wish_basis", "self_stated"),
    ("participants.0.name", "髙﨑 誠"),
    ("participants.0.role", "長男"),
    ("dissent.state", "none"),
    ("dissent.confirmed_on", "令和8年11月20日"),
    ("discussed_on", "令和8年11月20日"),
    ("physician_name", "神谷 修一"),
    ("institution", "みなと在宅クリニック"),
    ("phone_24h", "0463-00-1199"),
    ("phone_tested_on", "令和8年11月22日"),
    ("original_location", "1階 医務室の赤いファイル"),
    ("effective_from", "令和8年11月23日"),
    ("expires_on", "令和9年11月22日"),
];
const SIGNED: [(&str, &str); 3] = [
    ("signed_on", "令和8年11月23日"),
    ("review_due_on", "令和9年5月23日"),
    ("confirm", "yes"),
];
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n";

/// The people of さざなみ苑, and one resident.
pub struct Home<'a> {
    pub nurse: Person<'a>,
    second_nurse: Person<'a>,
    pub care: Person<'a>,
    pub manager: Person<'a>,
    doctor: Person<'a>,
    /// The resident's page of wishes and orders.
    page: String,
    pub id: String,
}

impl<'a> Home<'a> {
    pub async fn new(service: &'a Service) -> Self {
        let operator = service.sign_in("operator").await;
        let physician = [
            ("person_facility", HOME),
            ("person_role", "physician"),
            ("person_name", "神谷 修一"),
            ("person_login", "doctor"),
        ];
        operator
            .invites("doctor", "/facilities/people", &physician)
            .await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 キヨ", "たかさき きよ", "203").await;
        Self {
            nurse,
            second_nurse: service.sign_in("nurse2").await,
            care: service.sign_in("care").await,
            manager: service.sign_in("manager").await,
            doctor: service.sign_in("doctor").await,
            page: format!("/residents/{id}/directive"),
            id,
        }
    }

    /// The standing that the resident's page, the page of wishes and orders, and the list show: all the same.
    pub async fn standing(&self) -> String {
        let mut shown = Vec::new();
        for path in [
            self.page.clone(),
            format!("/residents/{}", self.id),
            "/residents".to_owned(),
        ] {
            let page = self.care.see(&path).await;
            assert!(page.contains("医師が電話で確認するまで"), "{path}: {page}");
            shown.push(between(&page, "data-standing=\"", "\"").to_owned());
        }
        shown.dedup();
        assert_eq!(shown.len(), 1, "{shown:?}");
        shown.remove(0)
    }

    /// Opens a form, fills it in and sends it.
    async fn sends(&self, person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}/{path}", self.page);
        let form = person.see(&path).await;
        let seen = between(&form, "name=\"seen\" value=\"", "\"").to_owned();
        let mut fields = fields.to_vec();
        fields.push(("seen", &seen));
        person.post(&path, &fields).await
    }

    pub async fn does(&self, person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.sends(person, path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{path}: {}",
            answer.text()
        );
        answer.location()
    }

    /// Written down by the nurse and put before the physician; gives the order's number.
    async fn submits(&self) -> i64 {
        let mut order = ORDER.to_vec();
        order.push(("do", "submit"));
        let to = self.does(&self.nurse, "say/physician_order", &order).await;
        let number = to.split('/').rev().nth(1).unwrap().parse().unwrap();
        self.does(&self.nurse, &format!("{number}/submitted"), &[])
            .await;
        number
    }

    pub async fn signed(&self) -> i64 {
        let number = self.submits().await;
        self.does(&self.doctor, &format!("{number}/sign"), &SIGNED)
            .await;
        assert_eq!(self.standing().await, "order_on_file");
        number
    }

    /// One press, as the button in the list sends it.
    async fn presses(&self, person: &Person<'_>, button: &str) -> String {
        let to = person
            .does(&format!("{}/raise", self.page), &[("do", button)])
            .await;
        person.see(&to).await
    }

    async fn uploads(&self, person: &Person<'_>, number: i64, name: &str, bytes: &[u8]) -> Answer {
        let path = format!("{}/{number}/scan", self.page);
        let form = person.see(&path).await;
        let seen = between(&form, "name=\"seen\" value=\"", "\"").to_owned();
        let fields = [SIGNED[0], SIGNED[1], ("seen", &seen)];
        person
            .upload_with(&path, &fields, "original", name, bytes)
            .await
    }
}

/// The addresses of our own to which a page links, and those to which its forms post.
fn offered(page: &str, here: &str) -> (Vec<String>, Vec<String>) {
    let quoted = |text: &str| {
        text.split('"')
            .next()
            .unwrap_or_default()
            .replace("&amp;", "&")
    };
    let links = page
        .split("href=\"")
        .skip(1)
        .map(quoted)
        .filter(|link| link.starts_with('/') && !link.starts_with("/assets/"))
        .map(|link| link.split('#').next().unwrap_or_default().to_owned());
    let forms = page
        .split("<form")
        .skip(1)
        .filter_map(|form| form.split('>').next())
        .filter(|form| form.contains("method=\"post\""))
        .map(|form| {
            form.split(" action=\"")
                .nth(1)
                .map_or_else(|| here.to_owned(), quoted)
        });
    (links.collect(), forms.collect())
}

both_databases! {
    async fn from_a_spoken_wish_to_the_physicians_signature(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        assert!(home.care.see(&home.page).await.contains("まだ何も記録されていません"));
        assert_eq!(home.standing().await, "full_cpr");
        let wish = [("cpr", "no_cpr"), ("stated_on", "令和8年11月1日"), ("stated_how", "spoken"), ("words", "静かに逝かせてほしい")];
        home.does(&home.nurse, "say/patient_wish", &wish).await;
        assert_eq!(home.standing().await, "full_cpr_wish_only");
        let mut draft = ORDER.to_vec();
        draft.push(("do", "save"));
        home.does(&home.nurse, "say/physician_order", &draft).await;
        let page = home.nurse.see(&home.page).await;
        assert!(page.contains("下書き(効力なし)") && page.contains("看護職か管理者が医師へ提出します"), "{page}");
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        home.does(&home.nurse, "2/submitted", &[("note", "ご家族も同席されました")]).await;
        let page = home.doctor.see(&home.page).await;
        assert!(page.contains("医師の署名待ち(効力なし)") && page.contains("内容を読んで署名する"), "{page}");
        let form = home.doctor.see(&format!("{}/2/sign", home.page)).await;
        for words in ["慢性心不全(ステージD)", "0463-00-1199", "1階 医務室の赤いファイル", "静かに逝かせてほしい", "ご家族も同席されました", "心停止時のみ"] {
            assert!(form.contains(words), "{words}: {form}");
        }
        let unread = home.sends(&home.doctor, "2/sign", &SIGNED[..2]).await;
        assert!(unread.text().contains("全文を読んだことを確かめて"), "{}", unread.text());
        let late = home.sends(&home.doctor, "2/sign", &[SIGNED[0], ("review_due_on", "令和9年5月24日"), SIGNED[2]]).await;
        assert!(late.text().contains("までです") && late.text().contains("令和9年5月24日"), "{}", late.text());
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let to = home.does(&home.doctor, "2/sign", &SIGNED).await;
        assert!(home.doctor.see(&to).await.contains("医師の署名を記録しました"));
        assert_eq!(home.standing().await, "order_on_file");
        let page = home.care.see(&home.page).await;
        for words in ["心停止時のみ。窒息・転落・けがには適用されません", "神谷 修一(みなと在宅クリニック)", "tel:0463001199", "令和9年5月23日", "神谷 修一(医師として登録された本人)の電子署名", "佐々木 美由紀(看護職)"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let scope = page.find("心停止時のみ").unwrap();
        assert!(scope < page.find("医師の指示書があります").unwrap(), "applicability comes first");
    }

    async fn s11_anyone_raises_protection_by_one_press_in_the_list(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        for (person, button, standing) in [
            (&home.care, "revoke", "revoked"),
            (&home.doctor, "suspend", "full_cpr_invalid_order"),
            (&home.manager, "object", "conflict"),
        ] {
            home.signed().await;
            let list = person.see("/residents").await;
            assert!(list.contains(&format!("action=\"{}/raise\"", home.page)), "{list}");
            let page = home.presses(person, button).await;
            assert!(page.contains(&format!("data-standing=\"{standing}\"")), "{button}: {page}");
            assert!(page.contains("心肺蘇生を実施してください") && page.contains("を記録しました"), "{page}");
            assert_eq!(home.standing().await, standing);
            // The next round begins with a clean slate.
            home.presses(&home.care, "revoke").await;
        }
        let page = home.care.see(&home.page).await;
        assert!(page.contains("介木 夜子(介護職)") && page.contains("神谷 修一(医師)"), "{page}");
    }

    async fn s11_nothing_typed_wrong_stops_a_withdrawal(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let words = "助けて".repeat(100);
        let typed = [("do", "revoke"), ("words", words.as_str()), ("revoked_by", "somebody"), ("name", "\u{7}"), ("reason", "x"), ("stray", "1")];
        let answer = home.care.post(&format!("{}/raise", home.page), &typed).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains("次の入力は記録に入っていません") && answer.text().contains(&words), "{}", answer.text());
        assert_eq!(home.standing().await, "revoked");
        assert!(home.care.see(&home.page).await.contains("本人が撤回"));
    }

    async fn after_a_withdrawal_the_papers_are_named(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let to = home.nurse.does(&format!("/residents/{}/documents", home.id), &[("form", "emergency")]).await;
        let paper = home.nurse.see(to.split('?').next().unwrap()).await;
        let serial = between(&paper, "class=\"code\">No. ", "<").to_owned();
        let page = home.presses(&home.care, "revoke").await;
        assert!(page.contains(&format!("No. {serial}")) && page.contains("回収し、発行し直してください"), "{serial}: {page}");
    }

    async fn s16_admission_and_return_each_stop_the_order_by_one_press(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        for (button, words) in [("admission", "入院した"), ("discharge", "退院した")] {
            let number = home.signed().await;
            home.presses(&home.care, button).await;
            assert_eq!(home.standing().await, "full_cpr_invalid_order");
            let page = home.nurse.see(&home.page).await;
            assert!(page.contains(&format!("停止中({words})")) && page.contains("再開を医師へ依頼する"), "{page}");
            // The physician alone cannot make it hold again: somebody else asks first.
            let form = home.doctor.see(&format!("{}/{number}/sign", home.page)).await;
            assert!(form.contains("署名を待っている依頼はありません"), "{form}");
            let alone = home.doctor.post(&format!("{}/{number}/sign", home.page), &SIGNED).await;
            assert!(alone.text().contains("医師へ提出されていません"), "{}", alone.text());
            home.does(&home.nurse, &format!("{number}/submitted"), &[]).await;
            home.does(&home.doctor, &format!("{number}/sign"), &SIGNED).await;
            assert_eq!(home.standing().await, "order_on_file");
            assert!(home.care.see(&home.page).await.contains("医師による再開"));
            home.presses(&home.care, "revoke").await;
        }
    }

    async fn s13_s14_an_order_hides_no_step_of_an_emergency_and_speaks_of_no_choking(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let emergency = home.care.does(&format!("/residents/{}/transports", home.id), &[]).await;
        let page = home.care.see(&emergency).await;
        for words in ["data-standing=\"order_on_file\"", "心停止時のみ", "href=\"tel:119\"", "value=\"call_119\"", "value=\"cpr\"", "value=\"aed\"", "指示書があっても通常どおり"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        home.care.does(&emergency, &[("do", "choking"), ("tap", "1")]).await;
        let page = home.care.see(&emergency).await;
        for words in ["data-standing=\"full_cpr\"", "指示の対象外(のどに詰まった)", "医師が電話で確認するまで"] {
            assert!(page.contains(words), "{words} in {page}");
        }
        assert!(!page.contains("data-standing=\"order_on_file\""));
        // It was tapped by mistake.
        home.care.does(&emergency, &[("do", "corrected"), ("about", "0"), ("words", "詰まっていない"), ("tap", "2")]).await;
        assert!(home.care.see(&emergency).await.contains("data-standing=\"order_on_file\""));
        // Whoever withdraws does so from here, in one press (safety.md S11).
        assert!(home.care.see(&emergency).await.contains(&format!("action=\"{}/raise\"", home.page)));
    }

    async fn s12_nobody_makes_an_order_hold_alone(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.submits().await;
        let sign = format!("{}/{number}/sign", home.page);
        for person in [&home.nurse, &home.second_nurse, &home.manager, &home.care] {
            assert_eq!(person.get(&sign).await.status, StatusCode::FORBIDDEN);
            assert_eq!(person.post(&sign, &SIGNED).await.status, StatusCode::FORBIDDEN);
        }
        // Who signs cannot write, submit, upload or compare; a care worker records talks and nothing more.
        for path in ["say/patient_wish", "say/family_inference", "say/physician_order"] {
            let path = format!("{}/{path}", home.page);
            for person in [&home.doctor, &home.care] {
                assert_eq!(person.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
                assert_eq!(person.post(&path, &ORDER).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        for path in ["submitted", "scan", "phone_tested", "compare"] {
            let path = format!("{}/{number}/{path}", home.page);
            for person in [&home.doctor, &home.care] {
                assert_eq!(person.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        // No address says what has a page of its own, or what only the program says.
        for kind in ["signed", "resumed", "reviewed", "scanned", "verified", "closed", "revoked", "suspended"] {
            for path in [format!("{}/say/{kind}", home.page), format!("{}/{number}/{kind}", home.page)] {
                for person in [&home.nurse, &home.doctor] {
                    assert_eq!(person.post(&path, &SIGNED).await.status, StatusCode::NOT_FOUND, "{path}");
                }
            }
        }
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
    }

    async fn s12_the_signed_original_needs_a_second_person(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.submits().await;
        let uploaded = home.uploads(&home.nurse, number, "原本.png", &picture(900, 1200)).await;
        assert_eq!(uploaded.status, StatusCode::SEE_OTHER, "{}", uploaded.text());
        let page = home.nurse.see(&home.page).await;
        assert!(page.contains("原本の照合待ち(効力なし)") && page.contains("あなたは照合できません"), "{page}");
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let compare = format!("{}/{}/compare", home.page, number + 2);
        let own = home.nurse.see(&compare).await;
        assert!(own.contains("登録した人は照合できません") && !own.contains("value=\"same\""), "{own}");
        let own = home.nurse.post(&compare, &[("do", "same"), ("seen", "3")]).await;
        assert!(own.text().contains("登録した人は照合できません"), "{}", own.text());
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let form = home.second_nurse.see(&compare).await;
        assert!(form.contains("慢性心不全(ステージD)") && form.contains("照合符号"), "{form}");
        let original = between(&form, "<img class=\"scan\" src=\"", "\"").to_owned();
        let shown = home.second_nurse.get(&original).await;
        assert_eq!((shown.status, shown.headers[CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "image/jpeg"));
        assert!(shown.headers[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox"));
        assert_eq!(shown.headers["x-content-type-options"], "nosniff");
        home.does(&home.second_nurse, &format!("{}/compare", number + 2), &[("do", "same")]).await;
        assert_eq!(home.standing().await, "order_on_file");
        assert!(home.care.see(&home.page).await.contains("署名された原本と照合済み"));
        let stranger = service.sign_in("other-nurse").await;
        assert_eq!(stranger.get(&original).await.status, StatusCode::NOT_FOUND);
        let other = home.nurse.admits("小林 トメ", "こばやし とめ", "204").await;
        let elsewhere = original.replace(&home.id, &other);
        assert_eq!(home.nurse.get(&elsewhere).await.status, StatusCode::NOT_FOUND, "a file belongs to one resident");
    }

    async fn an_original_that_differs_stops_the_order(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.submits().await;
        let uploaded = home.uploads(&home.nurse, number, "原本.pdf", PDF).await;
        assert_eq!(uploaded.status, StatusCode::SEE_OTHER, "{}", uploaded.text());
        let form = home.manager.see(&format!("{}/{}/compare", home.page, number + 2)).await;
        let shown = home.manager.get(&format!("{}/original/{}", home.page, between(&form, "/original/", "\""))).await;
        assert_eq!(shown.body, PDF);
        assert!(shown.headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        home.does(&home.manager, &format!("{}/compare", number + 2), &[("do", "different")]).await;
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let late = home.second_nurse.post(&format!("{}/{}/compare", home.page, number + 2), &[("do", "same"), ("seen", "4")]).await;
        assert!(late.text().contains("照合を待っている原本ではありません"), "{}", late.text());
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
    }

    async fn what_is_no_scan_is_refused_with_the_dates_kept(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.submits().await;
        let script = b"%PDF-1.7\n<< /OpenAction << /S /JavaScript >> >>\n%%EOF\n".to_vec();
        let large = [PDF, &vec![b' '; 10 * 1024 * 1024]].concat();
        for (bytes, words) in [
            (b"MZ\x90\x00".to_vec(), "ファイルを読めません"),
            (b"<html><script>alert(1)</script>".to_vec(), "ファイルを読めません"),
            (PDF[..30].to_vec(), "途中で切れています"),
            (script, "動作(スクリプトや添付ファイル)"),
            (Vec::new(), "ファイルを選んでください"),
            (large, "10MBまで"),
        ] {
            let answer = home.uploads(&home.nurse, number, "原本.pdf", &bytes).await;
            assert!(answer.text().contains(words), "{words}: {}", answer.text());
            assert!(answer.text().contains("令和9年5月23日"), "what was typed is kept");
        }
        assert!(home.nurse.see(&home.page).await.contains("医師の署名待ち(効力なし)"));
    }

    /// D, the physician's signed plan: only where the area's approval is written down, only while the order holds, never for
    /// what came from outside; and never without 119.
    async fn s13_s14_a_signed_plan_is_shown_where_the_area_approved_it_and_takes_no_step_away(bench: Bench) {
        const PLAN: &str = "苦しみのない呼吸の変化。夜でも電話してください";
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let begin = format!("/residents/{}/transports", home.id);
        let emergency = home.care.does(&begin, &[]).await;
        let shows = async || home.care.see(&emergency).await.contains(PLAN);
        assert!(!shows().await, "no approval of the area is written down");
        let half = [("plans_approved_by", "平塚市医師会"), ("version", "0"), ("do", "save")];
        let refused = home.manager.post("/facility/flow", &half).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("承認した相手・日・文書をそろえて"));
        let approval = [
            ("plans_approved_by", "平塚市医師会・平塚市消防本部"), ("plans_approved_on", "令和8年10月1日"),
            ("plans_document", "看取りの計画に関する申し合わせ(事務室 棚3)"), ("plans_wait", "5"), ("version", "0"), ("do", "save"),
        ];
        assert_eq!(home.manager.post("/facility/flow", &approval).await.status, StatusCode::OK);

        let page = home.care.see(&emergency).await;
        let plan = between(&page, "id=\"d\"", "</section>");
        for words in [PLAN, "神谷 修一", "tel:0463001199", "けが・窒息・転落ではない", "12:05(気づいてから5分)", "119番", "href=\"tel:119\"", "息をしていない・分からないときはA"] {
            assert!(plan.contains(words), "{words} in {plan}");
        }
        // A and B stand before it, with all that they had.
        let order = ["id=\"a\"", "胸骨圧迫を始める", "id=\"b\"", "指示書のあるなしは関係ない", "id=\"d\""];
        let places: Vec<_> = order.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
        assert!(places.is_sorted(), "{places:?}");
        // What the physician said is noted as a call.
        let answer = [("do", "physician.answered"), ("who", "神谷 修一医師(みなと在宅クリニック)"), ("words", "30分で行く"), ("tap", "1")];
        home.care.does(&emergency, &answer).await;
        assert!(home.care.see(&emergency).await.contains("30分で行く"));
        // A cause from outside, and whatever raises protection, take it off the page; the crew's page never has it.
        home.care.does(&emergency, &[("do", "choking"), ("tap", "2")]).await;
        assert!(!shows().await);
        home.care.does(&emergency, &[("do", "corrected"), ("about", "1"), ("words", "つまっていなかった"), ("tap", "3")]).await;
        assert!(shows().await);
        home.presses(&home.care, "revoke").await;
        assert!(!shows().await);
    }

    async fn s06_an_objection_makes_a_conflict_until_the_physician_signs_anew(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.signed().await;
        let words = [("do", "object"), ("name", "髙﨑 和夫"), ("relationship", "son"), ("words", "聞いていない")];
        home.care.does(&format!("{}/raise", home.page), &words).await;
        assert_eq!(home.standing().await, "conflict");
        let page = home.nurse.see(&home.page).await;
        assert!(page.contains("解消していない異議") && page.contains("息子(髙﨑 和夫)から異議があり"), "{page}");
        let objection = number + 3;
        assert_eq!(home.care.get(&format!("{}/{objection}/objection_settled", home.page)).await.status, StatusCode::FORBIDDEN);
        let empty = home.sends(&home.nurse, &format!("{objection}/objection_settled"), &[]).await;
        assert!(empty.text().contains("どう話し合われたかを入力してください"), "{}", empty.text());
        home.does(&home.nurse, &format!("{objection}/objection_settled"), &[("words", "主治医と3人で話し、納得された")]).await;
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        home.does(&home.nurse, &format!("{number}/submitted"), &[]).await;
        home.does(&home.doctor, &format!("{number}/sign"), &SIGNED).await;
        assert_eq!(home.standing().await, "order_on_file");
    }

    async fn s05_what_the_family_infers_is_called_the_familys(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let form = home.nurse.see(&format!("{}/say/family_inference", home.page)).await;
        assert!(form.contains("本人の意思の記録でもありません"), "{form}");
        let inference = [
            ("cpr", "no_cpr"), ("inferred_by", "髙﨑 誠"), ("relationship", "son"),
            ("why_person_cannot", "認知症が進み言葉が出ない"), ("stated_on", "令和8年11月10日"), ("grounds", "延命はいらないと元気な頃に話していた"),
        ];
        home.does(&home.nurse, "say/family_inference", &inference).await;
        assert_eq!(home.standing().await, "full_cpr_wish_only");
        let page = home.care.see(&home.page).await;
        assert!(page.contains("家族による推定の記録あり・医師の指示なし") && !page.contains("本人の希望の記録あり"), "{page}");
    }

    async fn a_wish_for_life_ends_the_order_and_names_the_papers(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let wish = [("cpr", "full_cpr"), ("stated_on", "令和8年11月23日"), ("words", "やっぱり生きたい")];
        let to = home.does(&home.nurse, "say/patient_wish", &wish).await;
        let page = home.nurse.see(&to).await;
        assert!(page.contains("data-standing=\"conflict\"") && page.contains("紙を取り替えてください"), "{page}");
    }

    async fn a_care_worker_keeps_the_talks(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let talk = [
            ("held_on", "令和8年11月20日"), ("attendance", "resident"), ("attendance", "family"),
            ("words", "家のにおいのするところで過ごしたい"), ("next_on", "令和8年11月23日"),
        ];
        home.does(&home.care, "say/acp_talk", &talk).await;
        assert_eq!(home.standing().await, "full_cpr");
        assert!(home.care.see(&home.page).await.contains("家のにおいのするところで過ごしたい"));
        let list = home.care.see("/directives").await;
        assert!(list.contains("人生会議の予定日が来た") && list.contains("髙﨑 キヨ"), "{list}");
    }

    async fn every_problem_stands_at_its_field_and_nothing_typed_is_lost(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let typed = [
            ("cpr_instruction", "no_cpr"), ("basis_disease", "慢性心不全"), ("phone_24h", "夜はつながらない"),
            ("discussed_on", "令和9年1月1日"), ("effective_from", "令和8年11月23日"), ("expires_on", "令和10年1月1日"), ("do", "submit"),
        ];
        let page = home.sends(&home.nurse, "say/physician_order", &typed).await.text();
        // One that cannot be read, two that the rules refuse, and one that is missing: at once.
        for key in ["phone_24h", "discussed_on", "expires_on", "expected_event"] {
            assert!(page.contains(&format!("href=\"#{key}\"")) && page.contains(&format!("id=\"{key}-error\"")), "{key}: {page}");
        }
        for words in ["慢性心不全", "夜はつながらない", "令和9年1月1日", "令和10年1月1日"] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("basis_disease-error"));
        let added = home.sends(&home.nurse, "say/physician_order", &[("basis_disease", "慢性心不全"), ("do", "add:participants")]).await.text();
        assert!(added.contains("id=\"participants.0.name\"") && added.contains("autofocus") && added.contains("慢性心不全"), "{added}");
        assert!(home.nurse.see(&home.page).await.contains("まだ何も記録されていません"));
    }

    async fn s10_a_service_number_is_refused_at_its_field(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        for button in ["save", "submit"] {
            let mut typed: Vec<(&str, &str)> = ORDER.into_iter().filter(|(key, _)| *key != "phone_24h").collect();
            typed.extend([("phone_24h", "119"), ("phone_backup", "#7119"), ("do", button)]);
            let answer = home.sends(&home.nurse, "say/physician_order", &typed).await;
            assert_eq!(answer.status, StatusCode::OK);
            let page = answer.text();
            for (key, number) in [("phone_24h", "119"), ("phone_backup", "#7119")] {
                assert!(page.contains(&format!("id=\"{key}-error\"")) && page.contains(&format!("value=\"{number}\"")), "{page}");
                assert!(page.contains(&format!("「{number}」では医師につながりません")), "{page}");
            }
            assert!(page.contains("食事がとれなくなり"), "{page}");
            assert!(home.nurse.see(&home.page).await.contains("まだ何も記録されていません"));
        }
    }

    async fn a_physician_begins_with_what_waits_for_a_signature(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        for (person, first) in [(&home.doctor, "/directives"), (&home.care, "/residents"), (&home.nurse, "/residents"), (&home.manager, "/residents")] {
            assert_eq!(person.get("/").await.location(), first);
        }
        home.presses(&home.care, "object").await;
        let list = home.doctor.see("/directives").await;
        assert!(list.contains("署名を待っている指示書はありません"), "{list}");
        home.does(&home.nurse, "1/objection_settled", &[("words", "長男と話し合い、納得された")]).await;
        let number = home.submits().await;
        home.presses(&home.care, "object").await;
        home.does(&home.nurse, &format!("{number}/submitted"), &[]).await;
        let order = |page: &str| page.find("医師の署名待ち").unwrap() < page.find("解消していない異議").unwrap();
        assert!(order(&home.doctor.see("/directives").await));
        assert!(!order(&home.nurse.see("/directives").await));
    }

    /// Follows every link, and presses every button without filling anything in.
    async fn nothing_that_a_page_offers_is_refused_to_whom_it_is_offered(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        let issued = service.api("nurse").await.json(Method::POST, &format!("/api/v1/residents/{}/documents", home.id), &[], &json!({"form": "emergency"})).await.value();
        let code = issued["scan_url"].as_str().unwrap().strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP").unwrap().to_owned();
        service.stranger().post(&code, &[]).await;
        home.does(&home.nurse, "1/submitted", &[]).await;
        let talk = [("held_on", "令和8年11月20日"), ("words", "庭の花を見ていたい")];
        home.does(&home.care, "say/acp_talk", &talk).await;
        let operator = service.sign_in("operator").await;
        for (who, person, least) in [
            ("doctor", &home.doctor, 12), ("care", &home.care, 12), ("manager", &home.manager, 30), ("nurse", &home.nurse, 25), ("operator", &operator, 1),
        ] {
            let (mut waiting, mut seen) = (vec!["/".to_owned()], BTreeSet::new());
            let mut buttons = BTreeSet::new();
            while let Some(path) = waiting.pop() {
                if !seen.insert(path.clone()) {
                    continue;
                }
                let answer = person.get(&path).await;
                let told = answer.status.is_success() || answer.status.is_redirection();
                assert!(told, "{who} is led to {path}: {}", answer.status);
                if answer.status.is_redirection() {
                    waiting.push(answer.location());
                    continue;
                }
                let (links, forms) = offered(&answer.text(), &path);
                waiting.extend(links);
                buttons.extend(forms);
            }
            assert!(seen.len() >= least, "{who}: {seen:?}");
            // These shut out whoever comes after; identity.rs and lock.rs press them.
            let goes_on = |action: &&String| !["/signout", "/lock"].contains(&action.as_str()) && !action.ends_with("/invite");
            for action in buttons.iter().filter(goes_on) {
                let status = person.post(action, &[]).await.status;
                assert!(status != StatusCode::FORBIDDEN && !status.is_server_error(), "{who} may press {action}: {status}");
            }
        }
    }

    async fn a_draft_may_lack_what_submitting_asks_for(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.does(&home.nurse, "say/physician_order", &[("cpr_instruction", "no_cpr"), ("do", "save")]).await;
        let page = home.nurse.see(&format!("{}/1/submitted", home.page)).await;
        assert!(page.contains("提出できません") && page.contains("医師が24時間出る電話を入力してください"), "{page}");
        let forced = home.nurse.post(&format!("{}/1/submitted", home.page), &[("seen", "1")]).await;
        assert_eq!(forced.status, StatusCode::OK);
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let again = home.nurse.see(&format!("{}/say/physician_order?from=1", home.page)).await;
        assert!(again.contains("href=\"#phone_24h\"") && again.contains("value=\"no_cpr\" checked"), "{again}");
        assert!(!home.doctor.see(&home.page).await.contains("内容を読んで署名する"));
    }

    async fn submitting_another_order_says_that_it_ends_the_first(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let first = home.signed().await;
        let mut order = ORDER.to_vec();
        order.push(("do", "submit"));
        let to = home.does(&home.nurse, "say/physician_order", &order).await;
        assert_eq!(home.standing().await, "order_on_file", "a draft takes nothing away");
        assert!(home.nurse.see(&to).await.contains("提出すると効力がなくなります"));
        let second: i64 = to.split('/').rev().nth(1).unwrap().parse().unwrap();
        let to = home.does(&home.nurse, &format!("{second}/submitted"), &[]).await;
        assert!(home.nurse.see(&to).await.contains("紙を取り替えてください"));
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        let page = home.nurse.see(&home.page).await;
        assert!(page.contains("前の指示書 1件") && page.contains(&format!("id=\"order-{first}\"")), "{page}");
    }

    async fn what_was_said_meanwhile_is_seen_before_anything_is_signed(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.submits().await;
        let path = format!("{}/{number}/sign", home.page);
        let form = home.doctor.see(&path).await;
        let seen = between(&form, "name=\"seen\" value=\"", "\"").to_owned();
        let talk = [("held_on", "令和8年11月23日"), ("words", "まだ迷っている")];
        home.does(&home.care, "say/acp_talk", &talk).await;
        let mut fields = SIGNED.to_vec();
        fields.push(("seen", &seen));
        let answer = home.doctor.post(&path, &fields).await;
        assert!(answer.text().contains("ほかの人が記録しました") && answer.text().contains("令和9年5月23日"), "{}", answer.text());
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        // Without the number nothing is signed either.
        let blind = home.doctor.post(&path, &SIGNED).await;
        assert!(blind.text().contains("ほかの人が記録しました"), "{}", blind.text());
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
    }

    async fn a_number_that_is_not_in_use_stops_the_order(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.signed().await;
        let backup = home.sends(&home.nurse, &format!("{number}/phone_tested"), &[("number", "phone_backup"), ("result", "answered")]).await;
        assert!(backup.text().contains("つながらないときの電話がありません"), "{}", backup.text());
        home.does(&home.nurse, &format!("{number}/phone_tested"), &[("number", "phone_24h"), ("result", "no_answer")]).await;
        assert_eq!(home.standing().await, "order_on_file");
        assert!(home.nurse.see("/directives").await.contains("前回は出なかった"));
        let to = home.does(&home.nurse, &format!("{number}/phone_tested"), &[("number", "phone_24h"), ("result", "not_in_use")]).await;
        assert!(home.nurse.see(&to).await.contains("紙を取り替えてください"));
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
    }

    async fn the_work_list_follows_the_order_through_its_year(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        assert!(home.nurse.see("/directives").await.contains("いま済ませる仕事はありません"));
        let number = home.submits().await;
        assert!(home.doctor.see("/directives").await.contains("医師の署名待ち"));
        let minutes = 24 * 60;
        home.does(&home.doctor, &format!("{number}/sign"), &SIGNED).await;
        // To 2027-05-01, then past the day of review, then past the grace. Sessions do not live that long.
        for (days, words, standing) in [
            (159, "今月が再確認の期限", "order_on_file"),
            (23, "再確認の期限が過ぎた", "order_on_file"),
            (30, "再確認の期限が過ぎた", "full_cpr_invalid_order"),
        ] {
            service.clock.advance_minutes(days * minutes);
            let nurse = service.sign_in("nurse").await;
            let list = nurse.see("/directives").await;
            assert!(list.contains(words) && list.contains(&home.page), "{words}: {list}");
            let page = nurse.see(&home.page).await;
            assert!(page.contains(&format!("data-standing=\"{standing}\"")), "{standing}: {page}");
        }
    }

    async fn s13_no_page_with_an_order_hides_the_119_or_what_goes_on(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.signed().await;
        for path in [
            home.page.clone(), format!("{}/raise", home.page), format!("{}/say/acp_talk", home.page), format!("/residents/{}", home.id),
            format!("/residents/{}/documents", home.id), format!("/residents/{}/end", home.id), format!("/residents/{}/move", home.id),
            format!("/residents/{}/revisions", home.id), format!("{}/{number}/phone_tested", home.page), format!("{}/{number}/scan", home.page),
        ] {
            let page = home.nurse.see(&path).await;
            assert!(page.contains("href=\"tel:119\""), "{path}");
            assert!(page.contains("心停止時のみ。窒息・転落・けがには適用されません"), "{path}: {page}");
            assert!(page.contains("医師が電話で確認するまで、心肺蘇生を続けてください"), "{path}");
        }
        let page = home.care.see(&home.page).await;
        assert!(page.contains("救急要請・搬送・酸素・吸引・AED・応急手当・苦痛の緩和は、指示書があっても通常どおり行います"), "{page}");
    }

    async fn s26_another_facility_finds_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let number = home.signed().await;
        let stranger = service.sign_in("other-nurse").await;
        for path in [String::new(), "/raise".into(), format!("/said/{number}"), "/say/acp_talk".into(), format!("/{number}/submitted"), format!("/{number}/scan"), format!("/{number}/compare")] {
            let path = format!("{}{path}", home.page);
            assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(stranger.post(&format!("{}/raise", home.page), &[("do", "revoke")]).await.status, StatusCode::NOT_FOUND);
        assert!(!stranger.see("/directives").await.contains("髙﨑"));
        assert_eq!(home.standing().await, "order_on_file");
        let operator = service.sign_in("operator").await;
        for path in [home.page.clone(), "/directives".into()] {
            assert_eq!(operator.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn only_the_city_registers_physicians(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        assert!(home.manager.see("/staff").await.contains("医師の登録とパスワードの作り直しは、市の運用担当が行います"));
        let person = [("name", "偽野 医師"), ("login", "fake"), ("role", "physician")];
        let refused = home.manager.post("/staff", &person).await;
        assert!(refused.text().contains("医師の登録は市の運用担当が行います"), "{}", refused.text());
        assert_eq!(home.manager.post("/facilities/people", &person).await.status, StatusCode::FORBIDDEN);
        let operator = service.sign_in("operator").await;
        let again = [("person_facility", HOME), ("person_role", "physician"), ("person_name", "神谷 修一"), ("person_login", "doctor")];
        let refused = operator.post("/facilities/people", &again).await;
        assert!(refused.text().contains("すでに使われています"), "{}", refused.text());
        let nowhere = [("person_facility", "nowhere"), ("person_role", "physician"), ("person_name", "神谷 修一"), ("person_login", "doctor2")];
        assert!(operator.post("/facilities/people", &nowhere).await.text().contains("この施設は見つかりません"));
        let staff = home.manager.see("/staff").await;
        assert!(staff.contains("神谷 修一"));
        // Nor does a facility let one in anew: whoever held that page could sign.
        let doctor = between(&staff, "神谷 修一", "</tr>");
        let doctor = between(doctor, "action=\"", "\"");
        assert!(!staff.contains(&format!("{doctor}/invite")), "{staff}");
        let path = format!("{doctor}/invite");
        assert_eq!(home.manager.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(home.manager.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
        service.sign_in("doctor").await.see("/directives").await;
    }

    async fn s15_the_facility_names_its_area_and_only_shortens(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let page = home.care.see(&home.page).await;
        assert!(page.contains("この地域では救急隊は蘇生を行い搬送します"), "{page}");
        let form = home.manager.see("/facility").await;
        assert!(form.contains("未確認(蘇生を行い搬送)") && form.contains("短くすることだけができます"), "{form}");
        let facts = [("version", "1"), ("facility_name", "さざなみ苑"), ("facility_type", "special_nursing_home"), ("mc_area", "kobe"), ("directive_review_months", "3")];
        let long = home.manager.post("/facility", &[facts[0], facts[1], facts[2], facts[3], ("directive_review_months", "7")]).await;
        assert!(long.text().contains("directive_review_months-error"), "{}", long.text());
        assert!(home.manager.post("/facility", &facts).await.text().contains("保存しました"));
        let page = home.care.see(&home.page).await;
        assert!(page.contains("次の条件がすべて必要です") && !page.contains("この地域では救急隊は蘇生を行い搬送します"), "{page}");
        let number = home.submits().await;
        let late = home.sends(&home.doctor, &format!("{number}/sign"), &SIGNED).await;
        assert!(late.text().contains("review_due_on-error"), "{}", late.text());
        let form = home.doctor.see(&format!("{}/{number}/sign", home.page)).await;
        assert!(form.contains("令和9年2月23日"), "the latest allowed is filled in: {form}");
    }

    async fn s20_the_audit_tells_who_looked_and_who_spoke(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        home.signed().await;
        home.presses(&home.care, "revoke").await;
        home.care.see("/directives").await;
        let audit = home.manager.see(&format!("/audit?resident={}", home.id)).await;
        for words in ["意思・指示を記録", "意思と指示の画面を表示", "介木 夜子", "神谷 修一"] {
            assert!(audit.contains(words), "{words}: {audit}");
        }
        assert!(home.manager.see("/audit").await.contains("意思と指示の一覧を表示"));
    }
}
