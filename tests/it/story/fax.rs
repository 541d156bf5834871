//! A paper goes to a hospital by FAX: two people type the number, and somebody asks whether it arrived.

use axum::http::StatusCode;

use crate::support::Bench;
use crate::support::service::{Person, Service};
use crate::support::sheet;
use crate::support::tools::{Pdf, bare};

const HOSPITAL: [(&str, &str); 4] = [
    ("recipient", "みなと市民病院"),
    ("department", "地域医療連携室"),
    ("person", "髙橋 誠"),
    ("subject", "救急搬送の件"),
];

/// Issues the sheet of a resident, and gives its page.
async fn paper(service: &Service, nurse: &Person<'_>) -> String {
    let id = sheet::admit(&service.api("nurse").await, &sheet::ordinary()).await;
    let to = nurse
        .does(
            &format!("/residents/{id}/documents"),
            &[("form", "emergency")],
        )
        .await;
    to.split('?').next().unwrap().to_owned()
}

async fn prepare(person: &Person<'_>, paper: &str, number: &str, way: &str) -> String {
    let mut fields = HOSPITAL.to_vec();
    fields.extend([("number", number), ("way", way)]);
    person.does(&format!("{paper}/fax"), &fields).await
}

async fn start(bench: Bench) -> Service {
    Service::start(bench).await
}

async fn cover(service: &Service, person: &Person<'_>, fax: &str) -> Pdf {
    let answer = person.get(&format!("{fax}/pdf")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    Pdf::new(service.bench.folder.path(), "fax", &answer.body)
}

both_databases! {
    async fn two_people_type_the_number_and_one_asks_whether_it_arrived(bench: Bench) {
        let service = start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let paper = paper(&service, &nurse).await;
        assert!(nurse.see(&paper).await.contains("FAXで送る"));
        let fax = prepare(&nurse, &paper, "0463-21-1234", "paper").await;
        assert!(nurse.see(&fax).await.contains("0463-21-1234"));

        // The second person finds it, and does not see what the first one typed.
        let list = care.see("/documents").await;
        assert!(list.contains(&fax) && list.contains("番号確認待ち"), "{list}");
        assert!(!care.see(&fax).await.contains("0463-21-1234"));
        assert_eq!(care.get(&format!("{fax}/pdf")).await.status, StatusCode::BAD_REQUEST);
        care.does(&fax, &[("do", "check"), ("number", "０４６３（２１）１２３４")]).await;
        let checked = care.see(&fax).await;
        assert!(checked.contains("番号確認済み") && checked.contains("0463-21-1234"), "{checked}");

        let printed = cover(&service, &care, &fax).await;
        printed.check();
        assert_eq!(printed.pages(), 1);
        let text = bare(&printed.text());
        for words in ["みなと市民病院御中", "地域医療連携室", "髙橋誠様", "0463-21-1234", "この送付状を含めて全2枚", "佐々木美由紀", "介木夜子", "救急連絡シート"] {
            assert!(text.contains(&bare(words)), "{words} in {text}");
        }
        assert!(!text.contains("まだ2人目が確かめていません"), "{text}");

        care.does(&fax, &[("do", "sent")]).await;
        assert!(nurse.see("/documents").await.contains("到着確認待ち"));
        let silent = nurse.post(&fax, &[("do", "arrived"), ("words", " ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        nurse.does(&fax, &[("do", "arrived"), ("words", "連携室の髙橋さん。2枚とも届いた")]).await;
        let ended = nurse.see(&fax).await;
        assert!(ended.contains("連携室の髙橋さん。2枚とも届いた") && ended.contains("到着を確認"), "{ended}");
        assert!(!nurse.see("/documents").await.contains(&fax));
        assert!(nurse.see(&paper).await.contains(&fax));
        // It is over: nothing can be added.
        assert_eq!(nurse.post(&fax, &[("do", "cancelled"), ("words", "やめた")]).await.status, StatusCode::CONFLICT);
    }

    async fn different_numbers_are_told_to_both_and_sent_by_nobody(bench: Bench) {
        let service = start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let paper = paper(&service, &nurse).await;
        let fax = prepare(&nurse, &paper, "0463-21-1243", "paper").await;
        let own = nurse.post(&fax, &[("do", "check"), ("number", "0463-21-1243")]).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "nobody is two people");
        care.does(&fax, &[("do", "check"), ("number", "0463-21-1234")]).await;
        for person in [&nurse, &care] {
            assert!(person.see(&fax).await.contains("番号が一致しません"));
            assert_eq!(person.post(&fax, &[("do", "sent")]).await.status, StatusCode::CONFLICT);
            assert_eq!(person.get(&format!("{fax}/pdf")).await.status, StatusCode::BAD_REQUEST);
        }
        assert!(!care.see(&fax).await.contains("0463-21-1243"));
        let unread = care.post(&fax, &[("do", "check"), ("number", "病院")]).await;
        assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unread.text().contains("value=\"病院\""), "{}", unread.text());
        // The first one was wrong, and begins anew.
        nurse.does(&fax, &[("do", "cancelled"), ("words", "番号の打ち間違い")]).await;
        assert!(nurse.see(&fax).await.contains("番号の打ち間違い"));
        let again = prepare(&nurse, &paper, "0463-21-1234", "paper").await;
        care.does(&again, &[("do", "check"), ("number", "0463-21-1234")]).await;
        assert!(care.see(&again).await.contains("番号確認済み"));
    }

    async fn alone_at_night_the_cover_says_that_nobody_checked(bench: Bench) {
        let service = start(bench).await;
        let care = service.sign_in("care").await;
        let paper = paper(&service, &care).await;
        let fax = prepare(&care, &paper, "0463-21-1234", "paper").await;
        let text = bare(&cover(&service, &care, &fax).await.text());
        assert!(text.contains("まだ2人目が確かめていません") && text.contains("1人目"), "{text}");
        care.does(&fax, &[("do", "sent")]).await;
        assert!(care.see(&fax).await.contains("2人目の確認なしで送信した"));
    }

    async fn a_masked_cover_goes_alone_and_holds_neither_name_nor_standing(bench: Bench) {
        let service = start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let paper = paper(&service, &nurse).await;
        let fax = prepare(&nurse, &paper, "0463-21-1234", "masked").await;
        assert!(nurse.see(&fax).await.contains("全1枚"));
        let record = sheet::ordinary();
        let name = bare(record["name"].as_str().unwrap());
        let text = bare(&cover(&service, &nurse, &fax).await.text());
        assert!(!text.contains(&name) && text.contains('●'), "{text}");
        assert!(text.contains("全1枚"), "{text}");
        for medical in ["心肺蘇生", "生年月日", "アレルギー"] {
            assert!(!text.contains(medical), "{medical} in {text}");
        }
    }

    async fn what_is_typed_wrong_is_told_at_its_field_and_kept(bench: Bench) {
        let service = start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let paper = paper(&service, &nurse).await;
        let long = "長".repeat(61);
        for (fields, words) in [
            ([("recipient", ""), ("number", "0463-21-1234"), ("way", "paper"), ("subject", "件")], "送り先(病院などの名前)を入力"),
            ([("recipient", "病院"), ("number", ""), ("way", "paper"), ("subject", "件")], "FAX番号を市外局番から"),
            ([("recipient", "病院"), ("number", "119"), ("way", "paper"), ("subject", "件")], "この番号にはFAXを送れません"),
            ([("recipient", "病院"), ("number", "0463-21-1234"), ("way", ""), ("subject", "件")], "どちらかを選んで"),
            ([("recipient", &long), ("number", "0463-21-1234"), ("way", "paper"), ("subject", "件")], "長すぎます"),
        ] {
            let answer = nurse.post(&format!("{paper}/fax"), &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            let page = answer.text();
            assert!(page.contains(words) && page.contains("value=\"件\""), "{words}: {page}");
            assert!(fields[1].1.is_empty() || page.contains(&format!("value=\"{}\"", fields[1].1)), "{page}");
        }
        assert!(!nurse.see("/documents").await.contains("/faxes/"));
    }

    async fn a_paper_that_holds_no_longer_is_not_sent(bench: Bench) {
        let service = start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let paper = paper(&service, &nurse).await;
        let fax = prepare(&nurse, &paper, "0463-21-1234", "paper").await;
        nurse.does(&format!("{paper}/withdraw"), &[("reason", "間違えた")]).await;
        assert!(nurse.see(&fax).await.contains("この紙はもう使えません。送らないでください"));
        assert!(!nurse.see(&paper).await.contains("FAXで送る"));
        assert_eq!(nurse.get(&format!("{paper}/fax")).await.status, StatusCode::BAD_REQUEST);
    }

    async fn s20_s26_faxes_are_audited_and_stay_in_their_home(bench: Bench) {
        let service = start(bench).await;
        let (nurse, care) = (service.sign_in("nurse").await, service.sign_in("care").await);
        let paper = paper(&service, &nurse).await;
        let fax = prepare(&nurse, &paper, "0463-21-1234", "paper").await;
        care.does(&fax, &[("do", "check"), ("number", "0463-21-1234")]).await;
        cover(&service, &care, &fax).await;
        care.does(&fax, &[("do", "sent")]).await;
        let other = service.sign_in("other-nurse").await;
        for path in [fax.clone(), format!("{fax}/pdf"), format!("{paper}/fax")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(other.post(&fax, &[("do", "arrived"), ("words", "届いた")]).await.status, StatusCode::NOT_FOUND);
        assert!(!other.see("/documents").await.contains("/faxes/"));
        let audit = service.api("manager").await.get("/api/v1/audit?limit=200").await.value();
        let entries = audit["items"].as_array().unwrap();
        for action in ["fax.prepared", "fax.checked", "fax.printed", "fax.sent"] {
            assert_eq!(entries.iter().filter(|entry| entry["action"] == action).count(), 1, "{action}: {audit}");
        }
        assert!(!audit.to_string().contains("0463-21-1234"), "{audit}");
        for sql in ["update fax set number = '0'", "delete from fax", "update fax_event set kind = 'sent'", "delete from fax_event"] {
            let refusal = service.bench.at_the_shell(sql).await.unwrap_err();
            assert!(refusal.to_string().contains("append-only"), "{sql}: {refusal}");
        }
        service.employs_physician("physician", "神谷 修一").await;
        let physician = service.sign_in("physician").await;
        assert_eq!(physician.get(&format!("{paper}/fax")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(physician.post(&fax, &[("do", "arrived"), ("words", "届いた")]).await.status, StatusCode::FORBIDDEN);
    }
}
