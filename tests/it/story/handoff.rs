//! A stay in hospital, whole: from the ambulance to the same bed, with a hospital that has no account.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::directive::Home;
use crate::support::service::{Answer, Person, Service, between};
use crate::support::sheet;
use crate::support::tools::{Pdf, bare};

pub(super) const ADMISSION: [(&str, &str); 8] = [
    ("hospital_name", "みなと総合病院"),
    ("hospital_ward", "3階東病棟"),
    ("admitted_on", "2026-11-23"),
    ("status_as_of", "2026-11-22"),
    ("sender_name", "佐々木 美由紀"),
    ("points_of_living", "右から声をかけると落ち着く。"),
    ("return_requirements", "夜間の吸引はできません。"),
    ("admission_reason", "誤嚥性肺炎の疑い"),
];

/// Begins a stay of a resident, and gives its page.
pub(super) async fn begun(person: &Person<'_>, resident: &str) -> String {
    person
        .does(&format!("/residents/{resident}/handoffs"), &[])
        .await
}

/// Fills in a form of a stay as its page offers it.
async fn fills(
    person: &Person<'_>,
    stay: &str,
    form: &str,
    fields: &[(&str, &str)],
    order: &str,
) -> Answer {
    let path = format!("{stay}/forms/{form}");
    let page = person.see(&path).await;
    let mut all: Vec<(String, String)> = page
        .split("name=\"version.")
        .skip(1)
        .map(|rest| {
            (
                format!("version.{}", rest.split('"').next().unwrap()),
                between(rest, "value=\"", "\"").to_owned(),
            )
        })
        .collect();
    all.extend(
        fields
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
    );
    all.push(("do".to_owned(), order.to_owned()));
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    person.post(&path, &all).await
}

/// Fills in and issues; gives the document's page.
pub(super) async fn issues(
    person: &Person<'_>,
    stay: &str,
    form: &str,
    fields: &[(&str, &str)],
) -> String {
    let answer = fills(person, stay, form, fields, "issue").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location()
}

/// What the facility reads aloud, and what it writes down.
pub(super) struct Told {
    pub address: String,
    pub passcode: String,
    pub sending: String,
}

/// Opens a page for the hospital.
pub(super) async fn links(person: &Person<'_>, document: &str) -> Told {
    let fields = [
        ("method", "link"),
        ("recipient", "みなと総合病院"),
        ("department", "入退院支援センター"),
        ("person", "勅使河原 真理子"),
        ("pages", "3"),
    ];
    let answer = person.post(&format!("{document}/send"), &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let page = answer.text();
    let address = between(&page, "address\">", "<");
    Told {
        address: address[address.find("/h/").unwrap()..].to_owned(),
        passcode: between(&page, "passcode number\">", "<").to_owned(),
        sending: format!("/sendings/{}", between(&page, "href=\"/sendings/", "\"")),
    }
}

/// A browser in the hospital, with the cookie that it was given.
pub(super) struct Hospital<'a> {
    person: Person<'a>,
    address: String,
    cookie: String,
}

impl<'a> Hospital<'a> {
    pub fn at(service: &'a Service, told: &Told) -> Self {
        Self {
            person: service.stranger(),
            address: told.address.clone(),
            cookie: String::new(),
        }
    }

    pub async fn knocks(&mut self, passcode: &str) -> Answer {
        let fields = [
            ("person", "勅使河原 真理子"),
            ("department", "入退院支援センター"),
            ("passcode", passcode),
        ];
        let answer = self.posts("", &fields).await;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            self.cookie = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned();
        }
        answer
    }

    pub async fn gets(&self, below: &str) -> Answer {
        self.person
            .get_with(
                &format!("{}{below}", self.address),
                &[("cookie", &self.cookie)],
            )
            .await
    }

    async fn posts(&self, below: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("cookie", self.cookie.as_str()),
        ];
        self.person
            .post_with(&format!("{}{below}", self.address), fields, &headers)
            .await
    }

    /// Writes about the discharge as the page offers it.
    async fn writes(&self, fields: &[(&str, &str)]) -> Answer {
        let page = self.gets("/discharge").await.text();
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let mut all = fields.to_vec();
        all.extend([("version", version.as_str()), ("do", "save")]);
        self.posts("/discharge", &all).await
    }
}

const DISCHARGE: [(&str, &str); 22] = [
    ("discharge_expected_on", "2026-12-14"),
    ("discharge_primary_cause", "誤嚥性肺炎"),
    ("discharge_adl_mobility", "full"),
    ("discharge_thickener", "medium"),
    ("discharge_medications.state", "present"),
    ("discharge_medications.0.name", "ランソプラゾールOD錠15mg"),
    ("discharge_medications.0.dose", "1錠"),
    ("discharge_medications.0.timing", "朝食後"),
    ("discharge_medications.0.change", "started"),
    ("discharge_procedures.state", "present"),
    ("discharge_procedures.0.code", "P07"),
    ("discharge_procedures.0.detail", "口腔 10Fr"),
    ("discharge_procedures_national", "suction"),
    ("new_allergies.state", "present"),
    ("new_allergies.0.substance", "セフトリアキソン"),
    ("new_allergies.0.reaction", "全身の発疹"),
    ("hospital_dnar", "existed"),
    ("hospital_dnar_note", "田中医師 入院中のみ"),
    ("hospital_acp_held", "yes"),
    ("retransport_criteria", "SpO2 90%未満が続くとき"),
    ("return_transport", "care_taxi"),
    ("msw_phone", "0463-21-5503"),
];

both_databases! {
    /// Transport → papers with receipt → discharge without an account → difference → assessment → home → signed anew.
    async fn from_the_ambulance_to_the_same_bed(bench: Bench) {
        let service = Service::start(bench).await;
        let home = Home::new(&service).await;
        let order = home.signed().await;
        let old_sheet = home.nurse.does(&format!("/residents/{}/documents", home.id), &[("form", "emergency")]).await;
        let old_sheet = old_sheet.split('?').next().unwrap().to_owned();
        let api = service.api("nurse").await;
        let path = format!("/api/v1/residents/{}/sheet", home.id);
        let sheet = api.get(&path).await;
        let mut record = sheet.value()["record"].clone();
        record["adl_mobility"] = json!("partial");
        record["medications"] = json!({"state": "present", "rows": [{"name": "ワーファリン錠1mg", "dose": "2錠", "timing": "夕食後"}]});
        let written = api.json(Method::PUT, &path, &[("if-match", &sheet.etag())], &json!({"record": record})).await;
        assert_eq!(written.status, StatusCode::OK, "{}", written.text());
        let transport = home.care.does(&format!("/residents/{}/transports", home.id), &[]).await;
        home.care.does(&transport, &[("do", "situation"), ("tap", "1"), ("chief_complaint", "dyspnea"), ("incident_course", "痰がからみ苦しそうだった")]).await;

        // The stay begins with one press; the order stops with it (S16).
        let stay = begun(&home.care, &home.id).await;
        assert_eq!(home.standing().await, "full_cpr_invalid_order");
        assert_eq!(begun(&home.nurse, &home.id).await, stay, "one stay at a time");
        let form = home.nurse.see(&format!("{stay}/forms/transfer")).await;
        for words in ["痰がからみ苦しそうだった", "急変の記録 2026", "シート 2026-11-23", "足りないものが", "この様式では選択肢が少なくなる項目"] {
            assert!(form.contains(words), "{words} in {form}");
        }
        let document = issues(&home.nurse, &stay, "transfer", &ADMISSION).await;
        let page = home.nurse.see(&document).await;
        assert!(page.contains("右から声をかけると落ち着く。") && page.contains("未確認"), "{page}");
        let pdf = format!("/documents/{}/pdf", document.rsplit('/').next().unwrap());
        let paper = Pdf::new(service.bench.folder.path(), "transfer", &home.nurse.get(&pdf).await.body);
        paper.check();
        let text = bare(&paper.text());
        for words in ["みなと総合病院", "誤嚥性肺炎の疑い", "過去の指示は現在無効です", "神谷修一", "R6項目・2026-11", "公式の別紙様式13のファイルとは照合していません"] {
            assert!(text.contains(words), "{words} in {text}");
        }

        // Sent by a page of its own, with a passcode that is told once.
        let told = links(&home.nurse, &document).await;
        let later = home.nurse.see(&told.sending).await;
        assert!(!later.contains(&told.passcode) && !later.contains("/h/"), "{later}");
        let mut hospital = Hospital::at(&service, &told);
        let cover = hospital.gets("").await.text();
        assert!(cover.contains("さざなみ苑") && cover.contains("0463-00-1234") && !cover.contains("髙﨑"), "{cover}");
        for below in ["/pdf", "/json", "/csv", "/discharge"] {
            let answer = hospital.gets(below).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{below}");
        }
        assert_eq!(hospital.knocks("0000 0000").await.status, StatusCode::FORBIDDEN);
        assert_eq!(hospital.knocks(&told.passcode).await.status, StatusCode::SEE_OTHER);
        let opened = hospital.gets("").await.text();
        for words in ["髙﨑 キヨ", "右から声をかけると落ち着く。", "過去の指示は現在無効です", "全部受け取りました"] {
            assert!(opened.contains(words), "{words} in {opened}");
        }
        assert!(!opened.contains("この書類のあとで記録が変わりました"), "nothing changed yet");
        assert!(hospital.gets("/pdf").await.body == home.nurse.get(&pdf).await.body, "the same bytes");
        let machine: Value = serde_json::from_slice(&hospital.gets("/json").await.body).unwrap();
        assert_eq!((&machine["format"], &machine["version"]), (&json!("hikitsugi.handoff"), &json!(1)));
        assert!(hospital.gets("/csv").await.text().starts_with('\u{feff}'));
        hospital.posts("/say", &[("do", "received")]).await;
        hospital.posts("/say", &[("do", "asked"), ("words", "義歯はありますか")]).await;
        let sent = home.care.see(&told.sending).await;
        for words in ["受け取りを確認", "義歯はありますか", "入退院支援センター 勅使河原 真理子", "問い合わせあり"] {
            assert!(sent.contains(words), "{words} in {sent}");
        }
        home.nurse.does(&told.sending, &[("do", "answered"), ("words", "上下とも総義歯です")]).await;
        assert!(hospital.gets("").await.text().contains("上下とも総義歯です"));

        // Whoever hears something about resuscitation now has to call the hospital too.
        let to = home.care.does(&format!("/residents/{}/directive/raise", home.id), &[("do", "suspend")]).await;
        assert!(home.care.see(&to).await.contains("病院へ電話してください"));
        assert!(hospital.gets("").await.text().contains("この書類のあとで記録が変わりました"));

        // The ward writes, half of it first, from its own page.
        let saved = hospital.writes(&DISCHARGE[..3]).await;
        assert!(saved.status == StatusCode::OK && saved.text().contains("保存しました"), "{}", saved.text());
        let wrong = hospital.writes(&[("discharge_expected_on", "令和8年13月1日"), ("hospital_course", "解熱した")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("解熱した") && wrong.text().contains("令和8年13月1日"), "nothing typed is lost");
        assert_eq!(hospital.writes(&DISCHARGE).await.status, StatusCode::OK);
        let compared = home.nurse.see(&stay).await;
        for words in ["介助が増えた", "ランソプラゾールOD錠15mg", "始まった", "退院時の処方にない", "病院から未確認", "12月14日"] {
            assert!(compared.contains(words), "{words} in {compared}");
        }

        // What the matrix says is proposed; a person decides.
        let matrix = [("version", "0"), ("P07.day", "accept"), ("P07.night", "cannot"), ("P07.condition", "夜間は看護師がいません")];
        home.manager.does("/capability", &matrix).await;
        let proposed = home.nurse.see(&stay).await;
        assert!(proposed.contains("日中 できる・夜間 できない(夜間は看護師がいません)"), "{proposed}");
        let decided = [
            ("return_verdict", "conditional"), ("return_conditions", "夜間の吸引が要らないこと"), ("reply_due_on", "2026-12-10"),
            ("assessment_decided_by", "管野 治"), ("assessed_items.state", "present"), ("assessed_items.0.item", "喀痰吸引"),
            ("assessed_items.0.verdict", "conditional"),
        ];
        let filled = fills(&home.manager, &stay, "assessment", &[], "propose").await.text();
        assert!(filled.contains("受け入れ表から1件を入れました") && filled.contains("喀痰吸引(1日8回未満) 口腔 10Fr"), "{filled}");
        let by_care = fills(&home.care, &stay, "assessment", &decided, "save").await;
        assert!(by_care.status == StatusCode::SEE_OTHER, "{}", by_care.text());
        assert!(!home.nurse.see(&format!("{stay}/forms/assessment")).await.contains("夜間の吸引が要らないこと"), "a care worker decides nothing");
        let document = issues(&home.manager, &stay, "assessment", &decided).await;
        assert!(home.nurse.see(&document).await.contains("夜間の吸引が要らないこと"));

        // Home again: item by item.
        service.clock.advance_minutes(21 * 24 * 60);
        let nurse = service.sign_in("nurse").await;
        let ask = nurse.see(&format!("{stay}/home")).await;
        assert!(ask.contains("病院での話し合い・蘇生の指示は入りません"), "{ask}");
        assert!(!ask.contains("田中医師"), "{ask}");
        let revision = between(&ask, "name=\"revision\" value=\"", "\"").to_owned();
        let taken = [
            ("revision", revision.as_str()), ("on", "2026-12-14"), ("take", "medications"), ("take", "allergies"), ("issue", "yes"),
        ];
        let early = nurse.post(&format!("{stay}/home"), &taken).await;
        assert!(early.text().contains("急変の記録がまだ開いています"), "{}", early.text());
        assert!(early.text().contains("value=\"allergies\" checked"), "what was chosen stays: {}", early.text());
        nurse.does(&transport, &[("do", "closed"), ("tap", "end")]).await;
        let issued = nurse.does(&format!("{stay}/home"), &taken).await;
        assert!(nurse.see(&issued).await.contains("発行しました"));
        let record = service.api("nurse").await.get(&format!("/api/v1/residents/{}/sheet", home.id)).await.value();
        assert_eq!(record["record"]["medications"]["rows"][0]["name"], "ランソプラゾールOD錠15mg");
        assert_eq!(record["record"]["allergies"]["rows"][0]["substance"], "セフトリアキソン");
        assert_eq!(record["record"]["adl_mobility"], "partial", "what nobody chose stays");
        let standing = service.api("nurse").await.get(&format!("/api/v1/residents/{}/standing", home.id)).await.value();
        assert_eq!(standing["code"], "full_cpr_invalid_order", "{standing}");
        assert!(nurse.see(&old_sheet).await.contains("無効(発行し直し)"), "the old paper is dead");
        assert!(nurse.see("/handoffs").await.contains("0/1件(0%)"), "nobody signed anew yet");

        // Only the physician brings the order back.
        home.does(&nurse, &format!("{order}/submitted"), &[]).await;
        let doctor = service.sign_in("doctor").await;
        let anew = [("signed_on", "令和8年12月14日"), ("review_due_on", "令和9年6月14日"), ("confirm", "yes")];
        home.does(&doctor, &format!("{order}/sign"), &anew).await;
        let list = nurse.see("/handoffs").await;
        for words in ["施設に戻った", "入院当日に渡した", "1/1件(100%)", "1件の中央値 21日"] {
            assert!(list.contains(words), "{words} in {list}");
        }
        // The hospital hears how it went.
        assert!(nurse.see(&stay).await.contains("病院へ、戻ったあとの様子を知らせる"), "it is due");
        nurse.does(&told.sending, &[("do", "feedback"), ("words", "食事は7割。夜間の吸引はなし")]).await;
        hospital.knocks(&told.passcode).await;
        assert!(hospital.gets("").await.text().contains("夜間の吸引はなし"));
        service.clock.advance_minutes(13 * 60);
        let again = hospital.gets("").await.text();
        assert!(again.contains("合言葉"), "half a day is over: {again}");
    }

    async fn what_was_recalled_before_it_was_opened_leaves_nothing_to_read(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        let told = links(&nurse, &document).await;
        nurse.does(&told.sending, &[("do", "recalled"), ("words", "別の病院でした")]).await;
        let mut hospital = Hospital::at(&service, &told);
        for answer in [hospital.gets("").await, hospital.knocks(&told.passcode).await, hospital.gets("/pdf").await] {
            assert_eq!(answer.status, StatusCode::GONE);
            assert!(answer.text().contains("さざなみ苑") && !answer.text().contains("様"), "{}", answer.text());
        }
        assert!(nurse.see(&told.sending).await.contains("開かれる前に取り消し"));
        assert_eq!(nurse.post(&told.sending, &[("do", "received")]).await.status, StatusCode::CONFLICT);

        // After it was opened the page ends too, and the record says which.
        let told = links(&nurse, &document).await;
        let mut hospital = Hospital::at(&service, &told);
        hospital.knocks(&told.passcode).await;
        nurse.does(&told.sending, &[("do", "recalled")]).await;
        assert_eq!(hospital.gets("").await.status, StatusCode::GONE);
        assert!(nurse.see(&told.sending).await.contains("開かれたあとに取り消し"));
        let stranger = service.stranger();
        assert_eq!(stranger.get("/h/0TV5Z8K3M9QW2XR7CDH4EJ6PYB").await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get("/h/short").await.status, StatusCode::NOT_FOUND);
    }

    /// 500 at once are no more than five, and the right hospital still gets in by a call.
    async fn no_number_of_guesses_at_one_time_is_more_than_the_limit(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        let told = links(&nurse, &document).await;
        // Somebody who was in before stays in.
        let mut early = Hospital::at(&service, &told);
        assert_eq!(early.knocks(&told.passcode).await.status, StatusCode::SEE_OTHER);
        let right: u32 = told.passcode.replace(' ', "").parse().unwrap();
        let guesses = (0..500).map(|at: u32| {
            let guess = format!("{:08}", (right + 1 + at) % 100_000_000);
            Request::post(&told.address)
                .header(header::HOST, "q.minato.example.jp")
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(format!("person=a&department=b&passcode={guess}")))
                .unwrap()
        });
        let answers = service.at_once(guesses.collect()).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::FORBIDDEN));
        let compared = answers.iter().filter(|answer| answer.text().contains("合言葉が違います")).count();
        // The fifth wrong one is told that it was the last.
        assert_eq!(compared, 4);
        let audit = service.api("manager").await.get("/api/v1/audit?limit=200").await.value();
        let wrong = audit["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "sending.wrong_passcode").count();
        assert_eq!(wrong, 5);
        let mut late = Hospital::at(&service, &told);
        assert_eq!(late.knocks(&told.passcode).await.status, StatusCode::FORBIDDEN, "the right one is dead too");
        assert_eq!(early.gets("").await.status, StatusCode::OK);

        // The documented way: the hospital calls, the facility tells another one; the address stays.
        assert!(nurse.see(&told.sending).await.contains("新しい合言葉"));
        let renewed = nurse.post(&told.sending, &[("do", "new_passcode")]).await;
        let passcode = between(&renewed.text(), "passcode number\">", "<").to_owned();
        assert_ne!(passcode, told.passcode);
        assert_eq!(late.knocks(&told.passcode).await.status, StatusCode::FORBIDDEN);
        assert_eq!(late.knocks(&passcode).await.status, StatusCode::SEE_OTHER);
        assert!(late.gets("").await.text().contains("全部受け取りました"));
    }

    async fn what_only_some_may_see_is_on_no_other_page(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, manager) = (service.sign_in("nurse").await, service.sign_in("manager").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        const SECRET: &str = "前腕のあざについて市へ相談中";
        let document = issues(&manager, &stay, "sensitive", &[("abuse_suspicion", "yes"), ("abuse_note", SECRET)]).await;
        assert!(manager.see(&document).await.contains(SECRET));
        let pdf = format!("/documents/{}/pdf", document.rsplit('/').next().unwrap());
        assert_eq!(manager.get(&pdf).await.status, StatusCode::OK);
        let fax = format!("/documents/{}/fax", document.rsplit('/').next().unwrap());
        let paths = [document.clone(), format!("{document}/json"), format!("{document}/csv"), format!("{document}/send"), pdf, fax, format!("{stay}/forms/sensitive")];
        for path in paths {
            assert_eq!(nurse.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let page = nurse.see(&stay).await;
        assert!(!page.contains("取扱注意") && !page.contains(SECRET), "{page}");
        assert!(!nurse.see(&format!("/residents/{id}/documents")).await.contains("取扱注意"));
        let ordinary = issues(&nurse, &stay, "admission", &ADMISSION).await;
        assert!(!nurse.see(&ordinary).await.contains(SECRET));
        let typed = fills(&nurse, &stay, "admission", &[("abuse_note", "x")], "save").await;
        assert_eq!(typed.status, StatusCode::SEE_OTHER);
        assert!(manager.see(&format!("{stay}/forms/sensitive")).await.contains(SECRET));
    }

    async fn s26_another_facility_finds_no_stay_no_paper_and_no_sending(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        let told = links(&nurse, &document).await;
        let other = service.sign_in("other-nurse").await;
        for path in [stay.clone(), format!("{stay}/forms/ward"), format!("{stay}/home"), document.clone(), format!("{document}/json"), told.sending.clone()] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(other.post(&format!("/residents/{id}/handoffs"), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&told.sending, &[("do", "recalled")]).await.status, StatusCode::NOT_FOUND);
        assert!(!other.see("/handoffs").await.contains(&stay));
        let operator = service.sign_in("operator").await;
        assert_eq!(operator.get(&stay).await.status, StatusCode::FORBIDDEN);
    }

    async fn two_nurses_on_one_form_lose_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, second) = (service.sign_in("nurse").await, service.sign_in("nurse2").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let path = format!("{stay}/forms/ward");
        let first = [("version.admission", "0"), ("do", "save"), ("hospital_name", "みなと総合病院")];
        nurse.does(&path, &first).await;
        let late = [("version.admission", "0"), ("do", "save"), ("hospital_name", "別の病院"), ("admission_reason", "骨折")];
        let answer = second.post(&path, &late).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        let page = answer.text();
        assert!(page.contains("別の病院") && page.contains("骨折") && page.contains("ほかの人が先に保存しました"), "{page}");
        assert_eq!(between(&page, "name=\"version.admission\" value=\"", "\""), "1");
        let wrong = [("version.admission", "1"), ("do", "save"), ("admitted_on", "令和8年2月30日"), ("hospital_name", "別の病院")];
        let answer = second.post(&path, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("令和8年2月30日") && answer.text().contains("href=\"#admitted_on\""));
        assert!(nurse.see(&path).await.contains("みなと総合病院"), "the old one is there");
    }

    /// A colleague ended the stay while the form was open: nothing is said to be saved, and nothing typed is lost.
    async fn s24_what_is_typed_after_the_end_is_refused_and_stays_on_the_page(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, second) = (service.sign_in("nurse").await, service.sign_in("nurse2").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        fills(&nurse, &stay, "ward", &ADMISSION, "save").await;
        second.does(&format!("{stay}/end"), &[("ending", "elsewhere"), ("on", "2026-11-23")]).await;
        for order in ["save", "issue"] {
            let late = [("version.admission", "1"), ("do", order), ("hospital_name", "みなと総合病院"), ("admission_reason", "左大腿骨の骨折")];
            let answer = nurse.post(&format!("{stay}/forms/ward"), &late).await;
            let page = answer.text();
            assert_eq!(answer.status, StatusCode::CONFLICT, "{order}: {page}");
            assert!(page.contains("保存していません") && page.contains("左大腿骨の骨折"), "{page}");
        }
        assert!(!nurse.see(&format!("{stay}/forms/ward")).await.contains("左大腿骨の骨折"));
        // What is there can still be printed.
        nurse.does(&format!("{stay}/forms/ward"), &[("version.admission", "1"), ("do", "issue")]).await;
    }

    async fn s19_another_residents_emergency_begins_no_stay(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let mine = sheet::admit(&api, &sheet::ordinary()).await;
        let other = sheet::admit(&api, &sheet::full()).await;
        let emergency = nurse.does(&format!("/residents/{other}/transports"), &[]).await;
        let emergency = emergency.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        let begin = async |resident: &str| {
            let path = format!("/api/v1/residents/{resident}/handoffs");
            api.json(Method::POST, &path, &[], &json!({"transport": emergency})).await
        };
        assert_eq!(begin(&mine).await.status, StatusCode::NOT_FOUND);
        assert!(!nurse.see("/handoffs").await.contains(&mine));
        assert_eq!(begin(&other).await.status, StatusCode::CREATED);
    }

    async fn only_who_may_see_it_handles_what_only_some_may_see(bench: Bench) {
        let service = Service::start(bench).await;
        let (care, manager) = (service.sign_in("care").await, service.sign_in("manager").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&manager, &id).await;
        let secret = [("abuse_suspicion", "yes"), ("abuse_note", "前腕のあざについて市へ相談中")];
        let document = issues(&manager, &stay, "sensitive", &secret).await;
        let crew = [("method", "crew_by_hand"), ("recipient", "みなと消防"), ("pages", "1")];
        let refused = manager.post(&format!("{document}/send"), &crew).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("救急隊に渡しません"), "{}", refused.text());
        let told = links(&manager, &document).await;
        for order in ["new_passcode", "received", "recalled"] {
            let answer = care.post(&told.sending, &[("do", order)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{order}");
            assert!(!answer.text().contains("passcode"));
        }
        let whole = service.api("care").await.get(&format!("/api/v1{stay}")).await.value();
        assert_eq!(whole["sendings"], json!([]));
        assert!(manager.see(&told.sending).await.contains("到着確認待ち"));
    }

    /// A stay lasts longer than a link: a new passcode opens the same address again.
    async fn after_thirty_days_a_new_passcode_opens_the_page_again(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let told = links(&nurse, &issues(&nurse, &stay, "ward", &ADMISSION).await).await;
        service.clock.advance_minutes(31 * 24 * 60);
        let nurse = service.sign_in("nurse").await;
        let mut hospital = Hospital::at(&service, &told);
        assert_eq!(hospital.knocks(&told.passcode).await.status, StatusCode::GONE);
        assert!(nurse.see(&told.sending).await.contains("同じ番地がまた開きます"));
        let page = nurse.post(&told.sending, &[("do", "new_passcode")]).await.text();
        let passcode = between(&page, "passcode number\">", "<").to_owned();
        assert_eq!(hospital.knocks(&passcode).await.status, StatusCode::SEE_OTHER);
        assert!(hospital.gets("").await.text().contains("全部受け取りました"));
    }

    /// One browser, two residents: each page keeps its own visit, and what was typed outlives it.
    async fn two_documents_stay_open_and_what_is_typed_outlives_a_visit(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, api) = (service.sign_in("nurse").await, service.api("nurse").await);
        let mut open = Vec::new();
        for record in [sheet::ordinary(), sheet::full()] {
            let id = sheet::admit(&api, &record).await;
            let stay = begun(&nurse, &id).await;
            let told = links(&nurse, &issues(&nurse, &stay, "ward", &ADMISSION).await).await;
            let mut hospital = Hospital::at(&service, &told);
            let answer = hospital.knocks(&told.passcode).await;
            let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
            assert!(cookie.contains(&format!("Path={};", told.address)), "{cookie}");
            open.push((hospital, told));
        }
        let (first, _) = &mut open[0];
        assert!(first.writes(&[("discharge_skin", "食事はきざみ")]).await.text().contains("保存しました"));
        service.clock.advance_minutes(13 * 60);
        for (below, fields) in [("/discharge", [("version", "1"), ("do", "save"), ("discharge_skin", "食事はやわらかい物")]), ("/say", [("do", "asked"), ("words", "装具はありますか"), ("x", "y")])] {
            let answer = first.posts(below, &fields).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{below}");
            let typed = fields[if below == "/say" { 1 } else { 2 }].1;
            assert!(answer.text().contains(typed) && answer.text().contains("もう一度送る"), "{}", answer.text());
        }
    }

    /// One record of what was given, whatever the way; a FAX enters it by itself.
    async fn every_way_of_giving_is_in_one_record(bench: Bench) {
        let service = Service::start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "transfer", &ADMISSION).await;
        let send = format!("{document}/send");
        let refused = nurse.post(&send, &[("method", "post"), ("recipient", " "), ("pages", "x"), ("note", "午後の便")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("午後の便") && refused.text().contains("渡した病院"), "{}", refused.text());
        for method in ["crew_by_hand", "hospital_by_hand", "meeting", "phone", "post", "email", "ict"] {
            let sending = nurse.does(&send, &[("method", method), ("recipient", "みなと総合病院"), ("pages", "3")]).await;
            nurse.does(&sending, &[("do", "received"), ("words", "病棟の大磯さん")]).await;
        }
        let fax = nurse.post(&send, &[("method", "fax"), ("recipient", "みなと総合病院"), ("department", "地域医療連携室"), ("pages", "3")]).await.text();
        assert!(fax.contains("value=\"みなと総合病院\"") && fax.contains("value=\"地域医療連携室\""), "{fax}");
        let fax = between(&fax, "<form class=\"form\" method=\"post\" action=\"", "\"").to_owned();
        let fields = [("recipient", "みなと総合病院"), ("department", ""), ("person", ""), ("subject", ""), ("number", "0463-21-1234"), ("way", "paper")];
        let prepared = nurse.does(&fax, &fields).await;
        care.does(&prepared, &[("do", "check"), ("number", "0463-21-1234")]).await;
        care.does(&prepared, &[("do", "sent")]).await;
        care.does(&prepared, &[("do", "arrived"), ("words", "全部届いた")]).await;
        let page = nurse.see(&stay).await;
        for words in ["手渡し(救急隊)", "手渡し(病院)", "面談", "電話", "郵送", "電子メール", "ICTシステム", "FAX"] {
            assert!(page.contains(&format!("{words} → みなと総合病院")), "{words} in {page}");
        }
        assert_eq!(page.matches("受け取りを確認").count(), 8, "{page}");
        // Given on the day of admission: the timer is done, and a claim is hinted at once a month.
        assert!(page.contains("対象になり得ます") && page.contains("同じ月に同じ病院へ渡しているため対象外の可能性"), "{page}");
        assert!(page.contains("目安です。請求はこの画面ではしません"));
    }

    /// Accounts of a hospital: an inbox over all facilities with what was sent to it, and nothing else at all.
    async fn a_hospital_with_accounts_has_only_what_was_sent_to_it(bench: Bench) {
        let service = Service::start(bench).await;
        let operator = service.sign_in("operator").await;
        for (name, login) in [("みなと総合病院", "msw"), ("平和台病院", "other-msw")] {
            let hospital = [
                ("facility_name", name), ("facility_type", "hospital"), ("facility_phone", "0463-21-5500"),
                ("manager_name", "勅使河原 真理子"), ("manager_login", login),
            ];
            operator.invites(login, "/facilities", &hospital).await;
        }
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let name = sheet::ordinary()["name"].as_str().unwrap().to_owned();
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        let send = format!("{document}/send");
        let page = nurse.see(&send).await;
        let (before, _) = page.split_once("\">みなと総合病院</option>").unwrap();
        let hospital = before.rsplit('"').next().unwrap().to_owned();
        let fields = [("method", "inbox"), ("recipient", "みなと総合病院"), ("department", "3階東"), ("pages", "1")];
        let refused = nurse.post(&send, &fields).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("どの病院の受信箱"), "{}", refused.text());
        let lay = async |to: &str| {
            let mut all = fields.to_vec();
            all.push(("hospital", to));
            nurse.post(&send, &all).await
        };
        assert_eq!(lay("yamabiko").await.status, StatusCode::UNPROCESSABLE_ENTITY, "a facility is no hospital");
        let sending = lay(&hospital).await.location();

        let msw = service.sign_in("msw").await;
        assert_eq!(msw.get("/").await.location(), "/inbox");
        let list = msw.see("/inbox").await;
        assert!(list.contains(&name) && list.contains("新着") && list.contains("さざなみ苑"), "{list}");
        let here = format!("/inbox/{}", between(&list, "href=\"/inbox/", "\""));
        assert!(msw.see(&here).await.contains("全部受け取りました"));
        assert_eq!(msw.get(&format!("{here}/pdf")).await.status, StatusCode::OK);
        msw.does(&format!("{here}/say"), &[("do", "received")]).await;
        let form = msw.see(&format!("{here}/discharge")).await;
        let version = between(&form, "name=\"version\" value=\"", "\"").to_owned();
        let written = msw.post(&format!("{here}/discharge"), &[("version", &version), ("do", "save"), ("discharge_expected_on", "2026-12-14")]).await;
        assert!(written.text().contains("保存しました"), "{}", written.text());
        assert!(nurse.see(&sending).await.contains("受け取りを確認"));
        assert!(msw.see("/inbox").await.contains("受け取り確認済み"));

        assert!(msw.see("/capability/search?need=P05").await.contains("見つかった施設"));
        // Nothing else: no resident, no list, no other hospital's.
        for path in ["/residents", "/handoffs", "/documents", "/transports", "/scans", "/staff", "/audit", "/facilities", "/desks", &stay, &format!("/residents/{id}")] {
            assert_eq!(msw.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let other = service.sign_in("other-msw").await;
        assert!(other.see("/inbox").await.contains("まだありません"));
        for path in [here.clone(), format!("{here}/pdf"), format!("{here}/discharge")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(nurse.get("/inbox").await.status, StatusCode::FORBIDDEN);
        assert!(nurse.see(&sending).await.contains("取り消す(受信箱から消す)"));
        nurse.does(&sending, &[("do", "recalled")]).await;
        assert!(!msw.see("/inbox").await.contains(&name));
        assert_eq!(msw.get(&here).await.status, StatusCode::NOT_FOUND);
        let wrong = [("person_facility", hospital.as_str()), ("person_role", "nurse"), ("person_name", "看護 師"), ("person_login", "ward9")];
        assert!(operator.post("/facilities/people", &wrong).await.text().contains("「病院の職員」は病院だけに"));
    }

    /// Letters and photographs come beside the form, checked as signed originals are.
    async fn a_hospital_adds_a_letter_and_nothing_that_could_do_more_than_be_read(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        let told = links(&nurse, &document).await;
        let mut hospital = Hospital::at(&service, &told);
        hospital.knocks(&told.passcode).await;
        let path = format!("{}/files", told.address);
        let cookie = [("sec-fetch-site", "same-origin"), ("cookie", hospital.cookie.as_str())];
        const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n";
        let add = async |bytes: &[u8], label: &str| {
            hospital.person.upload_as(&path, &[("label", label)], "file", "a.pdf", bytes, &cookie).await
        };
        assert_eq!(add(PDF, "看護サマリー").await.status, StatusCode::SEE_OTHER);
        let acts = b"%PDF-1.7\n<< /OpenAction << /S /JavaScript >> >>\n%%EOF\n";
        let refused = add(acts, "x").await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("動作"), "{}", refused.text());
        assert!(add(b"<svg onload=alert(1)>", "x").await.text().contains("ファイルを読めません"));
        assert!(hospital.gets("/discharge").await.text().contains("看護サマリー"));
        let page = nurse.see(&stay).await;
        assert!(page.contains("看護サマリー") && page.contains("勅使河原 真理子(病院)"), "{page}");
        let file = nurse.get(&format!("{stay}/files/0")).await;
        assert_eq!((file.status, file.body.as_slice()), (StatusCode::OK, PDF));
        assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        nurse.upload_with(&format!("{stay}/files"), &[("label", "ベッドまわりの写真")], "file", "b.pdf", PDF).await;
        assert!(nurse.see(&stay).await.contains("ベッドまわりの写真"));
        assert!(!hospital.gets("/discharge").await.text().contains("ベッドまわりの写真"), "the facility's own is not the hospital's");
        let other = service.sign_in("other-nurse").await;
        assert_eq!(other.get(&format!("{stay}/files/0")).await.status, StatusCode::NOT_FOUND);
        let stranger = service.stranger().upload_as(&path, &[], "file", "a.pdf", PDF, &[("sec-fetch-site", "same-origin")]).await;
        assert_eq!(stranger.location(), told.address);
    }

    async fn the_city_is_searched_by_condition_and_tells_of_no_resident(bench: Bench) {
        let service = Service::start(bench).await;
        let (manager, other) = (service.sign_in("manager").await, service.sign_in("other-manager").await);
        sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let empty = other.see("/capability/search?need=P05").await;
        assert!(empty.contains("見つかった施設 0か所") && empty.contains("受け入れ表を書いていない施設が2か所"), "{empty}");
        manager.does("/capability", &[("version", "0"), ("P05.day", "accept"), ("P05.night", "condition"), ("P05.condition", "交換は病院で")]).await;
        let found = other.see("/capability/search?need=P05").await;
        assert!(found.contains("さざなみ苑") && found.contains("日中 できる・夜間 条件つき(交換は病院で)"), "{found}");
        assert!(other.see("/capability/search?need=P05&need=P34").await.contains("見つかった施設 0か所"));
        let name = sheet::ordinary()["name"].as_str().unwrap().to_owned();
        assert!(!found.contains(&name));
        let nurse = service.sign_in("nurse").await;
        assert_eq!(nurse.post("/capability", &[("version", "1")]).await.status, StatusCode::FORBIDDEN);
        let stale = manager.post("/capability", &[("version", "0"), ("P01.condition", "相談")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text().contains("相談"));
    }

    async fn a_desk_is_kept_with_the_day_on_which_somebody_asked(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let desk = [
            ("id", ""), ("version", "0"), ("kind", "hospital"), ("hospital", "みなと総合病院"), ("department", "入退院支援センター"), ("person", "勅使河原"),
            ("phone", "0463-21-5503"), ("fax", "0463-21-5504"), ("hours", "平日 9時〜17時"), ("confirmed_on", "2025-10-01"), ("do", "save"),
        ];
        let mut wrong = desk;
        wrong[6].1 = "119番";
        let refused = nurse.post("/desks", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("119番") && refused.text().contains("平日 9時〜17時"));
        nurse.does("/desks", &desk).await;
        let page = nurse.see("/desks").await;
        assert!(page.contains("0463-21-5503") && page.contains("1年以上確かめていません"), "{page}");
        // Who drives people home is known to the whole city, hospitals too.
        let taxi = [("id", ""), ("version", "0"), ("kind", "care_taxi"), ("hospital", "しおかぜ介護タクシー"), ("phone", "0463-21-7100"), ("confirmed_on", "2026-11-01"), ("do", "save")];
        nurse.does("/desks", &taxi).await;
        let other = service.sign_in("other-nurse").await;
        let search = other.see("/capability/search").await;
        assert!(search.contains("しおかぜ介護タクシー") && search.contains("0463-21-7100"), "{search}");
        assert!(!other.see("/desks").await.contains("しおかぜ") && !search.contains("0463-21-5503"));
        // It stands before whoever sends something there.
        let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
        let stay = begun(&nurse, &id).await;
        let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
        assert!(nurse.see(&format!("{document}/send")).await.contains("0463-21-5503"));
    }
}

#[tokio::test]
async fn a_program_reads_and_writes_the_whole_stay() {
    let service = Service::start(crate::support::Bench::sqlite().await).await;
    let api = service.api("nurse").await;
    let id = sheet::admit(&api, &sheet::ordinary()).await;
    let path = format!("/api/v1/residents/{id}/handoffs");
    let begun = api.json(Method::POST, &path, &[], &json!({})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    let again = api.json(Method::POST, &path, &[], &json!({})).await;
    assert_eq!(again.status, StatusCode::OK);
    let stay = format!("/api/v1/handoffs/{}", begun.value()["id"].as_str().unwrap());
    let part = format!("{stay}/parts/admission");
    let answers = json!({"hospital_name": "みなと総合病院", "admitted_on": "2026-11-23"});
    assert_eq!(
        api.json(Method::PUT, &part, &[], &answers).await.status,
        StatusCode::PRECONDITION_REQUIRED
    );
    let wrong = api
        .json(
            Method::PUT,
            &part,
            &[("if-match", "\"0\"")],
            &json!({"admitted_on": "13月"}),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("admitted_on"), "{}", wrong.text());
    let written = api
        .json(Method::PUT, &part, &[("if-match", "\"0\"")], &answers)
        .await;
    assert_eq!(
        (written.status, written.etag()),
        (StatusCode::OK, "\"1\"".to_owned())
    );
    let late = api
        .json(Method::PUT, &part, &[("if-match", "\"0\"")], &answers)
        .await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let secret = api
        .json(
            Method::PUT,
            &format!("{stay}/parts/sensitive"),
            &[("if-match", "\"0\"")],
            &json!({}),
        )
        .await;
    assert_eq!(secret.status, StatusCode::FORBIDDEN);
    let unknown = api
        .json(
            Method::POST,
            &format!("{stay}/documents"),
            &[],
            &json!({"form": "tranfer"}),
        )
        .await;
    assert!(
        unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.text().contains("transfer"),
        "{}",
        unknown.text()
    );
    let issued = api
        .json(
            Method::POST,
            &format!("{stay}/documents"),
            &[],
            &json!({"form": "transfer"}),
        )
        .await;
    assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
    assert_eq!(
        api.get(issued.value()["pdf"].as_str().unwrap())
            .await
            .status,
        StatusCode::OK
    );
    let document = format!(
        "{stay}/documents/{}",
        issued.value()["id"].as_str().unwrap()
    );
    let said = api.get(&document).await.value();
    assert_eq!(said["format"], "hikitsugi.handoff");
    let sent = json!({"method": "link", "recipient": "みなと総合病院", "pages": "3"});
    let sent = api
        .json(Method::POST, &format!("{document}/sendings"), &[], &sent)
        .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    let told = Told {
        address: sent.value()["address"]
            .as_str()
            .unwrap()
            .split_once("example.jp")
            .unwrap()
            .1
            .to_owned(),
        passcode: sent.value()["passcode"].as_str().unwrap().to_owned(),
        sending: String::new(),
    };
    let mut hospital = Hospital::at(&service, &told);
    assert_eq!(
        hospital.knocks(&told.passcode).await.status,
        StatusCode::SEE_OTHER
    );
    hospital.writes(&[("discharge_adl_mobility", "full")]).await;
    let difference = api.get(&format!("{stay}/difference")).await.value();
    assert!(
        difference["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["item"] == "移動")
    );
    let whole = api.get(&stay).await.value();
    assert_eq!(whole["sendings"][0]["opened"], true);
    assert_eq!(
        whole["parts"]["discharge"]["answers"]["discharge_adl_mobility"],
        "full"
    );
    let other = service.api("other-nurse").await;
    for path in [stay.clone(), document, format!("{stay}/difference")] {
        assert_eq!(
            other.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let (code, _, _) = encoding_rs::SHIFT_JIS
        .encode("JAHISTC08,1\r\n5,20261201,1\r\n201,1,アムロジピン錠5mg,1,錠,2,,1,,,\r\n");
    let read = api.bytes("/api/v1/notebook", &code).await;
    assert_eq!(read.value()["medicines"][0]["name"], "アムロジピン錠5mg");
}

#[tokio::test]
async fn the_pharmacys_code_fills_the_list_on_the_wards_page() {
    let service = Service::start(crate::support::Bench::sqlite().await).await;
    let nurse = service.sign_in("nurse").await;
    let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
    let stay = begun(&nurse, &id).await;
    let document = issues(&nurse, &stay, "ward", &ADMISSION).await;
    let told = links(&nurse, &document).await;
    let mut hospital = Hospital::at(&service, &told);
    hospital.knocks(&told.passcode).await;
    let born = sheet::ordinary()["birth_date"]
        .as_str()
        .unwrap()
        .replace('-', "");
    let text = format!(
        "JAHISTC08,1\r\n1,佐藤 ハル,2,{born},,,,,,,\r\n5,20261201,1\r\n201,1,アムロジピン錠5mg,1,錠,2,,1,,,\r\n301,1,朝食後,14,日分,1,1,,1\r\n"
    );
    let page = hospital.gets("/discharge").await.text();
    assert!(page.contains("お薬手帳のQRコードから処方を入れる"));
    let filled = hospital
        .posts(
            "/discharge",
            &[("version", "0"), ("do", "jahis"), ("jahis", &text)],
        )
        .await
        .text();
    assert!(
        filled.contains("1件加えました") && filled.contains("value=\"アムロジピン錠5mg\""),
        "{filled}"
    );
    let theirs = text.replace(&born, "19010101");
    let refused = hospital
        .posts(
            "/discharge",
            &[("version", "0"), ("do", "jahis"), ("jahis", &theirs)],
        )
        .await
        .text();
    assert!(
        refused.contains("別の人のお薬手帳かもしれません"),
        "{refused}"
    );
    let by_hand = fills(&nurse, &stay, "discharge", &[("jahis", &text)], "jahis")
        .await
        .text();
    assert!(by_hand.contains("1件加えました"), "{by_hand}");
}
