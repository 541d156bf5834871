//! Issuing the sheets of a whole home at once, and later only what changed.

use axum::http::{Method, StatusCode};
use hikitsugi::domain::form::Forms;
use serde_json::json;

use crate::support::service::{OTHER, Person, Service};
use crate::support::tools::{Pdf, Sight, bare};

const PATH: &str = "/documents/binder";

/// Three residents, two of whom have nearly the same name.
async fn home(nurse: &Person<'_>) -> [String; 3] {
    [
        nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await,
        nurse.admits("髙﨑 𠮷江", "たかさき よしえ", "101").await,
        nurse
            .admits("勅使河原 喜久右衛門", "てしがわら きくえもん", "112")
            .await,
    ]
}

async fn issue(person: &Person<'_>, residents: &[&String]) -> String {
    issued(person, &fields(residents)).await
}

fn fields<'a>(residents: &[&'a String]) -> Vec<(&'a str, &'a str)> {
    let chosen = residents.iter().map(|id| ("resident", id.as_str()));
    std::iter::once(("form", "emergency"))
        .chain(chosen)
        .collect()
}

/// Issues, and gives the page to which the growing page leads on.
async fn issued(person: &Person<'_>, fields: &[(&str, &str)]) -> String {
    let answer = person.post(PATH, fields).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::OK, "{page}");
    let [_, to] = page.split("content=\"0; url=").collect::<Vec<_>>()[..] else {
        panic!("{page}");
    };
    to.split('?').next().unwrap().to_owned()
}

/// Who is ticked on a page.
fn ticked(page: &str, residents: &[String]) -> Vec<bool> {
    residents
        .iter()
        .map(|id| page.contains(&format!("value=\"{id}\" checked")))
        .collect()
}

both_databases! {
    async fn a_home_is_printed_at_once_and_later_only_what_changed(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        assert_eq!(ticked(&nurse.see(PATH).await, &residents), [true; 3]);
        let care = service.sign_in("care").await;
        let all: Vec<&String> = residents.iter().collect();
        let binder = issue(&care, &all).await;

        let page = care.see(&binder).await;
        assert!(page.contains("3人分") && !page.contains("もう使えません"), "{page}");
        let pdf = care.get(&format!("{binder}/pdf")).await;
        assert_eq!(pdf.status, StatusCode::OK);
        assert_eq!(care.get(&format!("{binder}/pdf")).await.body, pdf.body);
        let pdf = Pdf::new(service.bench.folder.path(), "binder", &pdf.body);
        pdf.check();
        let index = bare(&pdf.page_text(1));
        // In the order of the rooms, then in that of the readings.
        let places = ["部屋の順", "髙﨑𠮷江", "勅使河原喜久右衛門", "髙﨑𠮷子", "かなの順", "髙﨑𠮷江", "髙﨑𠮷子", "勅使河原喜久右衛門"];
        let mut rest = index.as_str();
        for place in places {
            let at = rest.find(place).unwrap_or_else(|| panic!("{place} in {index}"));
            rest = &rest[at + place.len()..];
        }
        assert_eq!(index.matches("似た名前の方がいます").count(), 4);
        for (page, name) in [(2, "髙﨑𠮷江"), (3, "勅使河原喜久右衛門"), (4, "髙﨑𠮷子")] {
            let text = bare(&pdf.page_text(page));
            assert!(text.contains(name) && text.contains(&format!("綴り{page}")), "{text}");
            // Each code opens the sheet of whom it is printed for.
            let codes = pdf.codes(page, &Sight::Scanner);
            let [code] = &codes[..] else { panic!("{codes:?}") };
            let path = &code[code.find("/Q/").unwrap()..];
            let crew = service.stranger().json(Method::POST, path, &[("accept", "application/json")], &json!({})).await.value();
            let paper = [&crew["document"]["serial"], &crew["document"]["match_code"]];
            assert!(paper.iter().all(|mark| text.contains(mark.as_str().unwrap())), "{crew}: {text}");
        }

        // Nobody needs a new paper until something changes.
        assert_eq!(ticked(&nurse.see(PATH).await, &residents), [false; 3]);
        assert_eq!(ticked(&nurse.see(&format!("{PATH}?which=all")).await, &residents), [true; 3]);
        nurse.does(&format!("/residents/{}/move", residents[0]), &[("revision", "1"), ("room", "301")]).await;
        let page = nurse.see(PATH).await;
        assert_eq!(ticked(&page, &residents), [true, false, false]);
        assert!(page.contains("内容が変わった"), "{page}");
        let second = issue(&nurse, &[&residents[0]]).await;
        assert!(nurse.see(&second).await.contains("1人分"));
        assert!(nurse.see(&binder).await.contains("このうち1人分は、もう使えません"));
        assert_eq!(ticked(&nurse.see(PATH).await, &residents), [false; 3]);
        // A paper that still holds ends only if somebody wants that.
        let fields = [("form", "emergency"), ("resident", residents[1].as_str())];
        let asked = nurse.post(PATH, &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.text().contains("1人には、そのまま使える最新の紙があります"), "{}", asked.text());
        assert_eq!(ticked(&asked.text(), &residents), [false, true, false]);
        assert!(nurse.see(&binder).await.contains("このうち1人分は、もう使えません"));
        issued(&nurse, &[fields[0], fields[1], ("sure", "yes")]).await;
        assert!(nurse.see(&binder).await.contains("このうち2人分は、もう使えません"));
        // The older file is what it was.
        assert_eq!(nurse.get(&format!("{binder}/pdf")).await.body, care.get(&format!("{binder}/pdf")).await.body);
    }

    async fn how_far_it_is_is_told_and_what_cannot_be_printed_is_named_with_nothing_issued(bench: Bench) {
        let text = include_str!("../../../forms/emergency.toml").replace("普段の様子", "普段の様子𪛔");
        let forms = Forms::with_folder(&[("emergency.toml".to_owned(), text)]).unwrap();
        let service = Service::with_forms(bench, forms).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        let all: Vec<&String> = residents.iter().collect();
        let page = nurse.post(PATH, &fields(&all)).await.text();
        // Each piece stands after the one that it takes the place of.
        let mut rest = page.as_str();
        for step in ["0 / 3", "1 / 3", "2 / 3", "3 / 3", "まだ発行していません", "髙﨑 𠮷江 様", "U+2A6D4"] {
            let at = rest.find(step).unwrap_or_else(|| panic!("{step} in {page}"));
            rest = &rest[at + step.len()..];
        }
        assert!(!page.contains("http-equiv"), "{page}");
        assert_eq!(ticked(&page, &residents), [true; 3]);
        assert!(page.trim_end().ends_with("</html>"), "{page}");
        assert_eq!(ticked(&nurse.see(PATH).await, &residents), [true; 3], "nobody has a paper");
        assert!(!nurse.see(PATH).await.contains("これまでにまとめて発行したもの"));
    }

    async fn it_goes_on_when_nobody_looks_any_more(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        let all: Vec<&String> = residents.iter().collect();
        nurse.leaves(PATH, &fields(&all)).await;
        nurse.waits_for(PATH, "これまでにまとめて発行したもの").await;
        assert_eq!(ticked(&nurse.see(PATH).await, &residents), [false; 3]);
    }

    async fn s20_every_resident_of_a_binder_is_in_the_audit_when_it_is_printed(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        let all: Vec<&String> = residents.iter().collect();
        let binder = issue(&nurse, &all).await;
        nurse.get(&format!("{binder}/pdf")).await;
        let audit = service.api("manager").await.get("/api/v1/audit?limit=200").await.value();
        let entries = audit["items"].as_array().unwrap();
        for action in ["document.issued", "document.printed"] {
            for id in &residents {
                let noted = entries.iter().filter(|entry| entry["action"] == action && entry["resident"] == id.as_str());
                assert_eq!(noted.count(), 1, "{action} of {id}: {audit}");
            }
        }
    }

    async fn s26_nobody_of_another_home_is_bound_or_seen(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        let binder = issue(&nurse, &[&residents[0]]).await;
        let other = service.sign_in("other-nurse").await;
        for path in [binder.clone(), format!("{binder}/pdf")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        }
        assert!(!other.see(PATH).await.contains(&residents[0]), "{OTHER}");
        let foreign = other.post(PATH, &[("form", "emergency"), ("resident", &residents[0])]).await;
        assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(foreign.text().contains("だれも選ばれていません"), "{}", foreign.text());
        service.employs_physician("physician", "神谷 修一").await;
        let physician = service.sign_in("physician").await;
        assert_eq!(physician.get(PATH).await.status, StatusCode::FORBIDDEN);
        assert_eq!(physician.post(PATH, &[("form", "emergency"), ("resident", &residents[0])]).await.status, StatusCode::FORBIDDEN);
    }

    async fn whoever_left_meanwhile_is_left_out_and_nobody_chosen_is_said(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let residents = home(&nurse).await;
        nurse.does(&format!("/residents/{}/end", residents[1]), &[("status", "left"), ("on", "2026-11-20")]).await;
        let all: Vec<&String> = residents.iter().collect();
        let binder = issue(&nurse, &all).await;
        assert!(nurse.see(&binder).await.contains("2人分"));
        let nobody = nurse.post(PATH, &[("form", "emergency")]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.text().contains("だれも選ばれていません"));
        assert_eq!(nurse.post(PATH, &[("form", "nothing"), ("resident", &residents[0])]).await.status, StatusCode::BAD_REQUEST);
    }
}
