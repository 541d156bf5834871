//! Papers of an order and papers about it: what they say, when they end, and what a crew is told of them.

use axum::http::{Method, StatusCode};
use hikitsugi::domain::answer::Inputs;
use hikitsugi::domain::clock::Clock;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::directive::{Kind, Said, Speaks, Statement};
use hikitsugi::domain::id::{FacilityId, ResidentId, StaffId, StatementId};
use hikitsugi::domain::permit::{
    Actor, RaiseProtection, RecordDirective, RecordTalk, Role, SignOrder,
};
use hikitsugi::export::pdf::directive::DirectivePaper;
use hikitsugi::store::directive::{self, NewStatement};
use serde_json::{Value, json};

use crate::support::service::{Answer, HOME, Service};
use crate::support::tools::{Pdf, bare};

/// A resident at whose bed hangs a paper.
struct Bedside<'a> {
    service: &'a Service,
    id: String,
    /// What the QR code holds, behind the host.
    code: String,
    document: Value,
}

impl<'a> Bedside<'a> {
    async fn new(service: &'a Service) -> Self {
        let record = json!({
            "name": "髙﨑 𠮷子", "name_kana": "たかさき よしこ", "birth_date": "1937-03-04", "sex": "female",
            "floor": "2階", "room": "203号", "consent_to_share_ems": "consented_by_resident",
        });
        let api = service.api("nurse").await;
        let created = api
            .json(Method::POST, "/api/v1/residents", &[], &record)
            .await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
        Self {
            service,
            id: created.value()["id"].as_str().unwrap().to_owned(),
            code: String::new(),
            document: Value::Null,
        }
    }

    async fn say<A: Speaks>(
        &self,
        (staff, name, role): (&str, &str, Role),
        kind: Kind,
        about: Option<&StatementId>,
        body: Value,
    ) -> Said {
        let actor = Actor {
            staff: StaffId::from(staff),
            name: name.to_owned(),
            role,
            facility: FacilityId::from(HOME),
            source: "192.0.2.7".to_owned(),
        };
        let statement = Statement::read(kind, &Inputs::from_json(&body)).unwrap();
        let new = NewStatement {
            about,
            statement: &statement,
        };
        directive::record(
            &self.service.bench.store,
            &actor.permit::<A>().unwrap(),
            &ResidentId::from(self.id.as_str()),
            new,
            None,
            Limits::default(),
            self.service.clock.now(),
        )
        .await
        .unwrap()
    }

    async fn order(&self, physician: &str, phone: &str) -> StatementId {
        let body = json!({
            "cpr_instruction": "no_cpr", "scope": "心停止のときの心肺蘇生のみ",
            "basis_disease": "慢性心不全(ステージD)", "irreversible": "yes",
            "expected_event": "眠る時間が増え、呼吸と脈が静かに弱くなって止まる",
            "person_wish_basis": "self_stated", "participants": [{"name": "髙﨑 𠮷子", "role": "本人"}],
            "dissent": {"state": "none", "confirmed_on": "2026-11-20"},
            "discussed_on": "2026-11-20", "physician_name": physician, "institution": "みなと在宅クリニック",
            "phone_24h": phone, "phone_backup": "0463-00-2299", "phone_backup_of": "みなと訪問看護ステーション",
            "phone_tested_on": "2026-11-21", "original_location": "1階 医務室の赤いファイル",
            "effective_from": "2026-11-23", "review_due_on": "2027-02-20", "expires_on": "2027-04-30",
            "intubation": "unwanted",
        });
        let order = self
            .say::<RecordDirective>(NURSE, Kind::Order, None, body)
            .await;
        self.say::<RecordDirective>(NURSE, Kind::Submitted, Some(&order.id), json!({}))
            .await;
        let signature = json!({"signed_on": "2026-11-23", "review_due_on": "2027-02-20"});
        self.say::<SignOrder>(PHYSICIAN, Kind::Signed, Some(&order.id), signature)
            .await;
        order.id
    }

    async fn print(&mut self) {
        // What is said at the same instant could be on the paper, or not.
        self.service.clock.advance_minutes(1);
        let api = self.service.api("nurse").await;
        let path = format!("/api/v1/residents/{}/documents", self.id);
        let issued = api
            .json(Method::POST, &path, &[], &json!({"form": "emergency"}))
            .await;
        assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text());
        self.document = issued.value();
        let url = self.document["scan_url"].as_str().unwrap();
        self.code = url
            .strip_prefix("HTTPS://Q.MINATO.EXAMPLE.JP")
            .unwrap()
            .to_owned();
        self.service.clock.advance_minutes(1);
    }

    async fn pdf(&self) -> Pdf {
        let api = self.service.api("nurse").await;
        let pdf = api.get(self.document["pdf"].as_str().unwrap()).await;
        Pdf::new(self.service.bench.folder.path(), "sheet", &pdf.body)
    }

    async fn tap(&self) -> Answer {
        self.service.stranger().post(&self.code, &[]).await
    }

    async fn cover(&self) -> String {
        self.service.stranger().get(&self.code).await.text()
    }
}

const NURSE: (&str, &str, Role) = ("nurse", "佐々木 美由紀", Role::Nurse);
const CARE: (&str, &str, Role) = ("care", "介木 夜子", Role::CareWorker);
const PHYSICIAN: (&str, &str, Role) = ("doctor", "神谷 修一", Role::Physician);
const ON_FILE: &str = "医師の指示書があります(心停止時のみ)";

both_databases! {
    async fn s09_s13_an_orders_paper_says_what_it_is_and_until_when(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        let pdf = bed.pdf().await;
        assert_eq!(pdf.pages(), 1);
        pdf.check();
        for words in [
            "心停止時のみ。窒息・転落・けがには適用されません", ON_FILE, "確認まで心肺蘇生を続けてください",
            "☎ 0463-00-1199", "☎ 0463-00-2299", "神谷 修一医師(みなと在宅クリニック)", "令和9年3月22日(2027年)まで有効",
            "2027年3月22日まで", "眠る時間が増え", "1階 医務室の赤いファイル", "指示の対象外",
        ] {
            assert!(pdf.text().contains(&bare(words)), "{words}: {}", pdf.text());
        }
        assert!(bed.cover().await.contains("この紙は有効です"));
        let page = bed.tap().await.text();
        assert!(page.contains("この紙は最新です") && page.contains(ON_FILE) && page.contains("tel:0463001199"), "{page}");
    }

    /// A row that cannot be read, and then one that is not there: both times the paper comes, and says full CPR.
    async fn s01_a_sheet_is_printed_when_what_was_said_cannot_be_read(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        assert!(bed.pdf().await.text().contains(&bare(ON_FILE)));
        for (on_sqlite, on_postgres) in [
            (
                "drop trigger statement_no_update; update statement set body = x'7b' where seq = 1",
                "alter table statement disable trigger user; update statement set body = '\\x7b' where seq = 1",
            ),
            (
                "drop trigger statement_no_delete; delete from statement where seq = 1",
                "delete from statement where seq = 1",
            ),
        ] {
            service.sql(on_sqlite, on_postgres).await;
            bed.print().await;
            let text = bed.pdf().await.text();
            for words in [
                "心肺蘇生を実施してください", "記録を読み取れないため、通常どおりの対応とします",
                "医師が電話で確認するまで、心肺蘇生を続けてください", "この地域では救急隊は蘇生を行い搬送します",
            ] {
                assert!(text.contains(&bare(words)), "{words}: {text}");
            }
            assert!(!text.contains(&bare(ON_FILE)) && !text.contains("0463-00-1199"), "{text}");
            let page = bed.tap().await.text();
            assert!(page.contains("data-standing=\"full_cpr_by_failure\"") && page.contains("この紙は最新です"), "{page}");
            let nurse = service.sign_in("nurse").await;
            let to = nurse.does(&format!("/residents/{}/documents", bed.id), &[("form", "emergency")]).await;
            assert!(nurse.see(&to).await.contains("発行しました"));

            // A paper that tells what was said would tell that nothing was.
            let papers = format!("/residents/{}/directive/papers", bed.id);
            let list = nurse.see(&papers).await;
            assert!(list.contains("記録を読み取れません") && !list.contains("発行して印刷へ"), "{list}");
            for paper in DirectivePaper::ALL {
                let refused = nurse.post(&papers, &[("paper", paper.key())]).await;
                assert_eq!(refused.status, StatusCode::BAD_REQUEST);
                assert!(refused.text().contains("救急連絡シートは、心肺蘇生を行う表示で発行できます"), "{}", refused.text());
            }
        }
    }

    /// Kept before the program refused such numbers.
    async fn s10_a_stored_order_with_a_service_number_is_shown_as_without_a_phone(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        let permit = Actor::console(FacilityId::from(HOME), Role::Nurse).permit().unwrap();
        let log = directive::log(&service.bench.store, &permit, &ResidentId::from(bed.id.as_str())).await.unwrap();
        service.sql("drop trigger statement_no_update", "alter table statement disable trigger user").await;
        for said in log {
            // As it was kept before values were sealed, too.
            let body = said.statement.json().to_string().replace("0463-00-1199", "119").replace('\'', "''");
            let (update, of) = ("update statement set body =", format!("where seq = {}", said.seq));
            service
                .sql(&format!("{update} cast('{body}' as blob) {of}"), &format!("{update} convert_to('{body}', 'UTF8') {of}"))
                .await;
        }
        let standing = service.api("nurse").await.get(&format!("/api/v1/residents/{}/standing", bed.id)).await.value();
        assert_eq!(standing["code"], "full_cpr_invalid_order");
        assert_eq!(standing["reasons"], json!([{"code": "lacks", "text": "24時間つながる医師の電話がありません"}]));
        // The backup is a person's number and stays; nobody is told to reach a physician by 119.
        assert_eq!(standing["calls"].as_array().unwrap().len(), 1);
        let nurse = service.sign_in("nurse").await;
        for path in [format!("/residents/{}", bed.id), format!("/residents/{}/directive", bed.id), "/directives".to_owned()] {
            nurse.see(&path).await;
        }
        let again = nurse.see(&format!("/residents/{}/directive/say/physician_order?from=1", bed.id)).await;
        assert!(again.contains("phone_24h-error") && again.contains("value=\"119\""), "{again}");
        bed.print().await;
        let text = bed.pdf().await.text();
        assert!(text.contains(&bare("24時間つながる医師の電話がありません")), "{text}");
        let page = bed.tap().await.text();
        assert!(page.contains("data-standing=\"full_cpr_invalid_order\"") && page.contains("tel:0463002299"), "{page}");
    }

    async fn a_talk_of_the_log_stands_on_the_sheet_and_a_newer_one_makes_it_old(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        let talk = |day: &str| json!({"held_on": day, "words": "海の見える部屋で過ごしたい"});
        bed.say::<RecordTalk>(CARE, Kind::Talk, None, talk("2026-11-20")).await;
        bed.print().await;
        let text = bed.pdf().await.text();
        assert!(text.contains("2026-11-20話し合いの記録あり") && text.contains(&bare("医師の指示ではありません")), "{text}");
        assert!(bed.tap().await.text().contains("この画面の項目は紙と同じです") || bed.tap().await.text().contains("この紙は最新です"));
        bed.say::<RecordTalk>(CARE, Kind::Talk, None, talk("2026-11-23")).await;
        let page = bed.tap().await.text();
        assert!(page.contains("2026-11-20 話し合いの記録あり") && page.contains("2026-11-23 話し合いの記録あり"), "{page}");
        let nurse = service.sign_in("nurse").await;
        for path in ["", "/edit/wishes"] {
            let page = nurse.see(&format!("/residents/{}{path}", bed.id)).await;
            assert!(page.contains("directive/say/acp_talk") && page.contains("最新の記録: 令和8年11月23日"), "{page}");
        }
    }

    async fn s08_an_order_revoked_between_print_and_scan_is_said_first(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        let words = json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"});
        bed.say::<RaiseProtection>(CARE, Kind::Revoked, None, words).await;
        let cover = bed.cover().await;
        assert!(!cover.contains("この紙は有効です") && cover.contains("印刷のあとで記録が更新されています"), "{cover}");
        let page = bed.tap().await.text();
        let loud = "この紙の指示は撤回されました。心肺蘇生を実施してください";
        assert!(page.find(loud).unwrap() < page.find("髙﨑").unwrap(), "{page}");
        assert!(page.contains("data-standing=\"revoked\"") && page.contains("やっぱり助けてほしい"));

        // And it is a task on the list of papers, first of all, until somebody prints anew.
        let nurse = service.sign_in("nurse").await;
        let list = nurse.see("/documents").await;
        let serial = bed.document["serial"].as_str().unwrap().to_owned();
        for words in ["回収して刷り直す紙 1枚", "すぐに回収", "203号 髙﨑 𠮷子", &serial, "この紙の指示は撤回されました"] {
            assert!(list.contains(words), "{words}: {list}");
        }
        let new = nurse.does(&format!("/residents/{}/documents", bed.id), &[("form", "emergency")]).await;
        let issued = nurse.see(&new).await;
        assert!(issued.contains("すべて回収して破棄してください") && issued.contains(&format!("No. {serial}")), "{issued}");
        assert!(!nurse.see("/documents").await.contains("回収して刷り直す紙"));
        assert_eq!(bed.tap().await.status, StatusCode::GONE);
    }

    async fn s08_another_order_since_the_print_is_told_fact_by_fact(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        bed.order("北村 千尋", "0463-00-7777").await;
        let page = bed.tap().await.text();
        assert!(page.contains("この紙は最新ではありません") && page.contains(ON_FILE), "{page}");
        for words in ["指示書の医師", "神谷 修一", "北村 千尋", "tel:0463007777"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("tel:0463001199"), "the older number is not called");
        assert!(service.sign_in("care").await.see("/documents").await.contains("回収して刷り直す紙 1枚"));
    }

    async fn s09_s27_the_paper_ends_with_its_order_at_midnight_in_japan(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        // To 2027-03-22 23:59 in Japan, the last minute of the review's grace.
        let last = hikitsugi::domain::date::Day::from_ymd(2027, 3, 22).unwrap();
        let minutes = (last.ends_at().0 - service.clock.now().0) / 60_000;
        service.clock.advance_minutes(minutes - 1);
        let page = bed.tap().await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("data-standing=\"order_on_file\"") && page.text().contains("再確認期限超過"));
        service.clock.advance_minutes(1);
        let page = bed.tap().await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.text().contains("有効期限が切れています") && page.text().contains("心肺蘇生を実施してください"));
        // The paper still hangs there, so somebody has to fetch it.
        let list = service.sign_in("nurse").await.see("/documents").await;
        assert!(list.contains("回収して刷り直す紙 1枚") && list.contains("期限が切れました") && list.contains("今は有効ではありません"), "{list}");
        bed.print().await;
        assert!(!bed.pdf().await.text().contains(ON_FILE));
    }

    async fn a_paper_that_still_holds_is_no_task_and_a_new_revision_is_one(bench: Bench) {
        let service = Service::start(bench).await;
        let mut bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        bed.print().await;
        let nurse = service.sign_in("nurse").await;
        assert!(!nurse.see("/documents").await.contains("回収して刷り直す紙"));
        let talk = json!({"held_on": "2026-11-23", "words": "庭を見ていたい"});
        bed.say::<RecordTalk>(CARE, Kind::Talk, None, talk).await;
        assert!(!nurse.see("/documents").await.contains("回収して刷り直す紙"), "a talk changes no paper");
        nurse.does(&format!("/residents/{}/move", bed.id), &[("revision", "1"), ("room", "301")]).await;
        let list = nurse.see("/documents").await;
        assert!(list.contains("回収して刷り直す紙 1枚") && list.contains("第1版 → <b>第2版</b>"), "{list}");
        assert!(!list.contains("すぐに回収"));
        let other = service.sign_in("other-nurse").await;
        assert!(!other.see("/documents").await.contains("髙﨑"));
    }

    async fn the_papers_to_sign_to_review_and_to_keep_are_issued_and_never_change(bench: Bench) {
        let service = Service::start(bench).await;
        let bed = Bedside::new(&service).await;
        bed.order("神谷 修一", "0463-00-1199").await;
        let talk = json!({"held_on": "2026-11-20", "words": "庭の見える部屋で過ごしたい", "material": "acp_meeting"});
        bed.say::<RecordTalk>(CARE, Kind::Talk, None, talk).await;
        let nurse = service.sign_in("nurse").await;
        let place = format!("/residents/{}/directive/papers", bed.id);
        let list = nurse.see(&place).await;
        for words in ["意思確認書", "意思の再確認書", "人生会議の記録", "やさしい日本語の説明", ON_FILE] {
            assert!(list.contains(words), "{words}: {list}");
        }
        let mut first = Vec::new();
        for (key, words) in [
            ("directive_consent", "立会人(証人) 署名"),
            ("directive_review", "本人の気持ちは、いまも同じですか"),
            ("acp_log", "庭の見える部屋で過ごしたい"),
        ] {
            let to = nurse.does(&place, &[("paper", key)]).await;
            let page = nurse.see(&to).await;
            assert!(page.contains("保管する書面") && !page.contains("QRコードからは"), "{page}");
            let path = format!("{}/pdf", to.split('?').next().unwrap());
            let bytes = nurse.get(&path).await.body;
            let pdf = Pdf::new(service.bench.folder.path(), key, &bytes);
            pdf.check();
            for words in [words, "髙﨑 𠮷子", "医師が電話で確認するまで、心肺蘇生を続けてください", "口で一言いえば"] {
                assert!(pdf.text().contains(&bare(words)), "{key} {words}: {}", pdf.text());
            }
            for font in pdf.fonts() {
                assert!(font.contains("CID TrueType"), "{font}");
            }
            first.push((path, bytes));
        }
        let words = json!({"revoked_by": "resident", "words": "やっぱり助けてほしい"});
        bed.say::<RaiseProtection>(CARE, Kind::Revoked, None, words).await;
        service.clock.advance_minutes(60 * 24 * 30);
        let care = service.sign_in("care").await;
        for (path, bytes) in first {
            assert_eq!(care.get(&path).await.body, bytes);
            assert_eq!(service.sign_in("other-nurse").await.get(&path).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(care.post(&place, &[("paper", "emergency")]).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(service.sign_in("other-nurse").await.get(&place).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_explanation_is_for_everybody_and_its_text_is_the_words_alone(bench: Bench) {
        let service = Service::start(bench).await;
        let answer = service.stranger().get("/papers/explanation.pdf").await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
        let pdf = Pdf::new(service.bench.folder.path(), "explanation", &answer.body);
        pdf.check();
        assert_eq!((pdf.pages(), pdf.info("Tagged").as_str()), (1, "yes"));
        let text = pdf.text();
        assert!(text.contains("医師が電話で確かめるまで、心肺蘇生をつづけます"), "{text}");
        assert!(!text.contains("しんぱいそせい") && !text.contains("でんわ"), "a reading is no text: {text}");
        assert_eq!(service.stranger().get("/papers/explanation.pdf").await.body, answer.body);
    }
}
