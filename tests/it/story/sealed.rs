//! The account in a sealed envelope: for the night on which nobody has digits (security.md J-11).

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::support::service::{HOME, OTHER, Person, Service, between};

const WHO: &str = "夜野 当番";

/// The manager seals one: what stands on the paper, login and code.
pub async fn seals(manager: &Person<'_>) -> (String, String) {
    let answer = manager.post("/staff/sealed", &[("do", "seal")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let page = answer.text();
    assert!(
        page.contains("この画面は一度だけ") && page.contains("先に119番"),
        "{page}"
    );
    let of = |id: &str| between(&page, &format!("id=\"{id}\">"), "<").to_owned();
    (of("sealed-login"), of("sealed-code"))
}

pub async fn opens<'a>(
    service: &'a Service,
    login: &str,
    code: &str,
) -> Result<Person<'a>, String> {
    let typed = [("login", login), ("code", code), ("who", WHO)];
    let answer = service.stranger().post("/signin/sealed", &typed).await;
    if answer.status == StatusCode::SEE_OTHER {
        assert_eq!(answer.location(), "/transports");
        return Ok(service.with_cookie(answer.cookie("")));
    }
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.cookie("").is_none());
    Err(answer.text())
}

both_databases! {
    async fn an_envelope_opens_once_alerts_everybody_works_a_shift_and_is_renewed(bench: Bench) {
        let service = Service::start(bench).await;
        let (manager, nurse) = (service.sign_in("manager").await, service.sign_in("nurse").await);
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        assert!(manager.see("/staff/sealed").await.contains("いまはありません"), "off until somebody seals one");
        let (login, code) = seals(&manager).await;
        let state = manager.see("/staff/sealed").await;
        assert!(state.contains("封印されています") && state.contains("管野 治") && !state.contains(&code), "{state}");
        for other in ["care", "nurse", "other-nurse", "operator"] {
            let person = service.sign_in(other).await;
            assert_eq!(person.get("/staff/sealed").await.status, StatusCode::FORBIDDEN, "{other}");
            assert_eq!(person.post("/staff/sealed", &[("do", "seal")]).await.status, StatusCode::FORBIDDEN, "{other}");
        }
        // Nobody is told before it is opened, and nothing else opens it.
        assert!(!nurse.see("/notices").await.contains("非常用"));
        let wrong = code.replace(&code[..1], if code.starts_with('0') { "1" } else { "0" });
        for (login, code) in [(login.as_str(), wrong.as_str()), ("hijo-none", code.as_str()), (login.as_str(), ""), ("nurse", code.as_str())] {
            let Err(page) = opens(&service, login, code).await else { panic!("{login} {code}") };
            assert!(page.contains("ログイン名か符号が違う"), "{page}");
        }
        let nameless = service.stranger().post("/signin/sealed", &[("login", &login), ("code", &code), ("who", " ")]).await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY, "it asks who it is");
        let by_password = service.stranger().post("/signin", &[("login", &login), ("password", &code)]).await;
        assert!(by_password.text().contains("違います"));
        // However many guessed, the right code opens.
        for _ in 0..15 {
            assert!(opens(&service, &login, &wrong).await.is_err());
        }
        let night = opens(&service, &login, &code.to_lowercase()).await.unwrap_or_else(|page| panic!("{page}"));

        // At once on every page of the facility, and in what the pages ask for; nobody else is told.
        for page in [nurse.see("/residents").await, nurse.see("/notices").await, manager.see("/staff").await, night.see("/residents").await] {
            assert!(page.contains("封筒の非常用アカウントが開かれました") && page.contains(WHO), "{page}");
        }
        assert!(!service.sign_in("other-nurse").await.see("/residents").await.contains("非常用"));
        let state = manager.see("/staff/sealed").await;
        assert!(state.contains("使われています") && state.contains(WHO) && state.contains("不明な端末"), "{state}");

        // As a care worker: sees, records an emergency, takes back; and changes, signs and takes out nothing.
        night.see(&format!("/residents/{id}")).await;
        let emergency = night.does(&format!("/residents/{id}/transports"), &[]).await;
        assert!(night.see(&emergency).await.contains(&format!("非常用: {WHO}")));
        let raise = format!("/residents/{id}/directive/raise");
        night.see(&raise).await;
        for path in ["/staff", "/audit", "/facility", "/residents/new", "/residents/import", "/facilities", "/handoffs/x/documents/y/json", "/handoffs/x/documents/y/csv"] {
            assert_eq!(night.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let account = night.see("/account").await;
        assert!(!account.contains("/account/password") && account.contains("非常用"), "{account}");

        // Never twice.
        assert!(opens(&service, &login, &code).await.is_err());
        // The lock opens by the same code and by nothing else.
        night.does("/lock", &[]).await;
        assert!(night.see("/unlock").await.contains("封筒の符号"));
        assert_eq!(night.post("/unlock", &[("password", &wrong)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        night.does("/unlock", &[("password", &code)]).await;

        service.clock.advance_minutes(12 * 60 - 1);
        night.does("/unlock", &[("password", &code)]).await;
        night.see("/residents").await;
        service.clock.advance_minutes(1);
        assert!(night.get("/residents").await.location().starts_with("/signin"));
        assert!(opens(&service, &login, &code).await.is_err());
        let manager = service.sign_in("manager").await;
        assert!(manager.see("/staff/sealed").await.contains("使い終わりました"));
        service.clock.advance_minutes(24 * 60);
        let (manager, nurse) = (service.sign_in("manager").await, service.sign_in("nurse").await);
        assert!(manager.see("/staff").await.contains("確かめて作り直す"), "until it is renewed");
        assert!(!nurse.see("/residents").await.contains("非常用アカウントが開かれました"), "a day later everybody has seen it");
        let (again, fresh) = seals(&manager).await;
        assert!(again == login && fresh != code);
        assert!(!manager.see("/staff").await.contains("開かれました"));
        assert!(opens(&service, &login, &code).await.is_err());
        assert!(opens(&service, &login, &fresh).await.is_ok());
        let audit = manager.see("/audit").await;
        for words in ["非常用アカウントを封印", "非常用アカウントを開封", "非常用アカウントの符号の間違い", &format!("非常用: {WHO}")] {
            assert!(audit.contains(words), "{words}: {audit}");
        }
    }

    async fn of_twenty_who_try_at_once_one_opens_it(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let (login, code) = seals(&manager).await;
        let requests = (0..20).map(|number| {
            Request::builder()
                .method(Method::POST)
                .uri("/signin/sealed")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(format!("login={login}&code={code}&who=Yoruno+Toban+{number}")))
                .unwrap()
        });
        let answers = service.at_once(requests.collect()).await;
        let won = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        let sessions = answers.iter().filter(|answer| answer.cookie("").is_some()).count();
        assert_eq!((won, sessions), (1, 1), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    }

    async fn a_withdrawn_or_renewed_envelope_opens_nothing_and_ends_who_is_in(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let (login, code) = seals(&manager).await;
        let other = service.sign_in("other-manager").await;
        let (theirs, their_code) = seals(&other).await;
        assert_ne!(login, theirs);
        assert!(opens(&service, &theirs, &code).await.is_err(), "{HOME} and {OTHER} have one each");
        let night = opens(&service, &login, &code).await.unwrap_or_else(|page| panic!("{page}"));
        night.see("/residents").await;
        manager.does("/staff/sealed", &[("do", "withdraw")]).await;
        assert!(night.get("/residents").await.location().starts_with("/signin"));
        assert!(manager.see("/staff/sealed").await.contains("いまはありません"));
        manager.does("/staff/sealed", &[("do", "withdraw")]).await;
        let (_, second) = seals(&manager).await;
        let night = opens(&service, &login, &second).await.unwrap_or_else(|page| panic!("{page}"));
        let (_, third) = seals(&manager).await;
        assert!(night.get("/residents").await.location().starts_with("/signin"));
        manager.does("/staff/sealed", &[("do", "withdraw")]).await;
        for code in [&code, &second, &third] {
            assert!(opens(&service, &login, code).await.is_err());
        }
        assert!(opens(&service, &theirs, &their_code).await.is_ok(), "the other facility's is untouched");
        // The account is no person of the list, whom an invitation would give a password.
        assert!(!manager.see("/staff").await.contains(&login));
        let operator = service.sign_in("operator").await;
        let refused = operator.post("/facilities/invite", &[("invite_login", &login)]).await;
        assert!(refused.text().contains("このログイン名の人はいない"), "{}", refused.text());
    }
}
