//! Coming in: a password and a second factor, for everybody, everywhere (security.md J-01, ASVS 6).

use std::process::{Command, Output};

use axum::http::{Method, StatusCode, header};
use hikitsugi::domain::id::{FacilityId, StaffId};
use hikitsugi::domain::permit::{Actor, OperateService, ReadAudit, Role};
use hikitsugi::store::{StoreError, audit, staff};
use serde_json::json;

use crate::support::MASTER_KEY;
use crate::support::service::{PASSWORD, Person, Service, between};

/// Gives the password; the cookie of whose digits are awaited, and where.
async fn step<'a>(service: &'a Service, login: &str) -> (Person<'a>, String) {
    let answer = service
        .stranger()
        .post("/signin", &[("login", login), ("password", PASSWORD)])
        .await;
    let to = answer.location();
    let cookie = answer.cookie("-step").expect("digits are awaited");
    (service.with_cookie(Some(cookie)), to)
}

fn key(page: &str) -> &str {
    between(page, "id=\"key\">", "<")
}

/// The program itself, on the story's database.
fn console_invites(service: &Service, login: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hikitsugi"))
        .args(["invite", "--login", login])
        .args(["--database", &service.bench.url])
        .args(["--base-url", &service.base_url])
        .env_clear()
        .envs([MASTER_KEY])
        .output()
        .unwrap()
}

both_databases! {
    /// A12, A07: the password alone opens no page, no call and no file.
    async fn a_password_alone_opens_nothing(bench: Bench) {
        let service = Service::start(bench).await;
        let id = service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        // Not by a browser that begins, whether the digits are set up or not.
        for (login, where_to) in [("nurse", "/signin/code"), ("nurse2", "/signin/setup")] {
            let (browser, to) = step(&service, login).await;
            assert!(to.starts_with(where_to), "{to}");
            for path in ["/", "/residents", "/account", &format!("/residents/{id}"), "/notices"] {
                let answer = browser.get(path).await;
                assert!(answer.location().starts_with("/signin?"), "{login} {path}");
            }
        }
        // Nor by a call.
        for otp in ["", "000000", "ABCD-EFGH-JKMN"] {
            let body = json!({"login": "nurse", "password": PASSWORD, "otp": otp});
            let answer = service.stranger().json(Method::POST, "/api/v1/token", &[], &body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{otp}");
            assert_eq!(answer.value()["type"], "urn:hikitsugi:problem:second_factor");
        }
        let body = json!({"login": "nurse2", "password": PASSWORD});
        let answer = service.stranger().json(Method::POST, "/api/v1/token", &[], &body).await;
        assert!(answer.status == StatusCode::UNAUTHORIZED && answer.text().contains("先に登録"), "{}", answer.text());
    }

    async fn digits_and_codes_open_once(bench: Bench) {
        let service = Service::start(bench).await;
        let (browser, to) = step(&service, "care").await;
        let page = browser.see(&to).await;
        assert_eq!(key(&page), key(&browser.see(&to).await), "looking again shows the same key");
        let key = key(&page).to_owned();
        let wrong = browser.post("/signin/setup", &[("code", "000000")]).await;
        assert!(wrong.text().contains("番号が違います") && wrong.text().contains(&key), "{}", wrong.text());
        let digits = service.door().digits(&key);
        let answer = browser.post("/signin/setup", &[("code", &digits)]).await;
        assert!(answer.cookie("-device-").is_none(), "nobody asked for it");
        let care = service.with_cookie(answer.cookie(""));
        assert_eq!(care.get("/residents").await.status, StatusCode::OK);
        service.door().keep_codes("care", &answer.text());

        // A second sign-in with the same digits, and the same page of the set-up again.
        let (browser, to) = step(&service, "care").await;
        assert_eq!(browser.get("/signin/setup").await.location(), "/signin/code");
        let again = browser.post("/signin/code", &[("code", &digits)]).await;
        assert!(again.text().contains("一度使った番号"), "{}", again.text());
        service.clock.advance_minutes(1);
        let fresh = service.door().digits(&key);
        let spaced = format!(" {} {} ", &fresh[..3], &fresh[3..]);
        let answer = browser.post("/signin/code", &[("code", &spaced), ("next", "/transports")]).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/transports"), "{to}");
        // What was awaited is not awaited any more.
        assert_eq!(browser.get("/signin/code").await.location(), "/signin");

        let code = service.door().code("care");
        for outcome in [StatusCode::SEE_OTHER, StatusCode::OK] {
            let (browser, _) = step(&service, "care").await;
            let answer = browser.post("/signin/code", &[("code", &code.to_lowercase())]).await;
            assert_eq!(answer.status, outcome, "{}", answer.text());
        }
        assert!(care.see("/account").await.contains("<b>9</b> / 10"));
    }

    async fn five_wrong_digits_lead_back_to_the_password_and_ten_failures_have_to_wait(bench: Bench) {
        let service = Service::start(bench).await;
        service.sign_in("care").await;
        for round in 0..2 {
            let (browser, _) = step(&service, "care").await;
            for _ in 0..5 {
                let wrong = browser.post("/signin/code", &[("code", "000000")]).await;
                assert!(wrong.text().contains("番号が違います"), "{round}: {}", wrong.text());
            }
            let code = service.door().code("care");
            let late = browser.post("/signin/code", &[("code", &code)]).await;
            assert!(late.text().contains("はじめから"), "a right one does not count any more: {}", late.text());
        }
        let typed = [("login", "care"), ("password", PASSWORD)];
        assert!(service.stranger().post("/signin", &typed).await.text().contains("15分"));
        // A45: the facility's own PC is not shut out by somebody who guesses elsewhere.
        service.sign_in("care").await.see("/residents").await;
    }

    /// Many press at the same moment: each code opens once, whoever is first.
    async fn a_race_for_one_code_has_one_winner(bench: Bench) {
        let service = Service::start(bench).await;
        service.sign_in("care").await;
        let code = service.door().code("care");
        let body = json!({"login": "care", "password": PASSWORD, "otp": code}).to_string();
        let requests = (0..8).map(|_| {
            axum::http::Request::builder()
                .method(Method::POST)
                .uri("/api/v1/token")
                .header(header::CONTENT_TYPE, "application/json")
                .body(axum::body::Body::from(body.clone()))
                .unwrap()
        });
        let answers = service.at_once(requests.collect()).await;
        let won = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(won, 1);
    }

    async fn a_remembered_browser_is_one_persons_and_ends(bench: Bench) {
        let service = Service::start(bench).await;
        let (browser, to) = step(&service, "care").await;
        let page = browser.see(&to).await;
        let digits = service.door().digits(key(&page));
        let answer = browser.post("/signin/setup", &[("code", digits.as_str()), ("remember", "yes")]).await;
        let device = answer.cookie("-device-").unwrap();
        let come = async |login: &str| {
            let typed = [("login", login), ("password", PASSWORD)];
            service.with_cookie(Some(device.clone())).post("/signin", &typed).await.location()
        };
        assert_eq!(come("care").await, "/");
        assert!(come("nurse").await.starts_with("/signin/setup"), "nobody else's");
        // A cookie under another's name is nobody's either.
        let nurse = service.sign_in("nurse").await;
        assert!(nurse.see("/account").await.contains("番号を省いている端末"));
        let care = service.with_cookie(answer.cookie(""));
        assert!(care.see("/account").await.contains("まで"));
        care.does("/account/devices", &[]).await;
        assert!(come("care").await.starts_with("/signin/code"));
        service.clock.advance_minutes(31 * 24 * 60);
        let nurse = service.sign_in("nurse").await;
        nurse.see("/residents").await;
    }

    async fn a_session_from_before_the_sign_in_is_replaced(bench: Bench) {
        let service = Service::start(bench).await;
        let planted = service.with_cookie(Some("__Host-hikitsugi=planted".to_owned()));
        let answer = planted.post("/signin", &[("login", "care"), ("password", PASSWORD)]).await;
        let step = answer.cookie("-step").unwrap();
        assert!(!step.contains("planted") && answer.cookie("").is_none());
        assert!(planted.get("/residents").await.location().starts_with("/signin"));
    }

    /// Invited, let in anew, and shut out: nobody knows another's password.
    async fn whoever_lost_the_phone_is_let_in_anew_by_the_manager(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let api = service.api("nurse").await;
        let manager = service.sign_in("manager").await;
        let asks = manager.see("/staff/nurse/invite").await;
        assert!(asks.contains("本人が目の前にいること") && asks.contains("ログイン中の画面も"), "{asks}");
        assert_eq!(nurse.get("/residents").await.status, StatusCode::OK, "asking does nothing");
        let answer = manager.post("/staff/nurse/invite", &[]).await;
        let page = answer.text();
        assert!(page.contains("佐々木 美由紀") && page.contains("1回だけ"), "{page}");
        // At once and everywhere: password, digits, remembered browser, session, token.
        assert!(nurse.get("/residents").await.location().starts_with("/signin"));
        assert_eq!(api.get("/api/v1/residents").await.status, StatusCode::UNAUTHORIZED);
        let typed = [("login", "nurse"), ("password", PASSWORD)];
        assert!(service.stranger().post("/signin", &typed).await.text().contains("違います"));

        let address = between(&page, "id=\"invitation\">", "<");
        let path = format!("/join/{}", address.split_once("/join/").unwrap().1);
        let stranger = service.stranger();
        for (chosen, again, words) in [
            ("みじかい", "みじかい", "13文字以上"),
            ("sazanami2026!!", "sazanami2026!!x", "2つの欄"),
            ("password12345", "password12345", "よく使われる言葉"),
            ("佐々木美由紀佐々木美由紀", "佐々木美由紀佐々木美由紀", "13文字以上"),
            ("佐々木美由紀さざなみ苑2026", "佐々木美由紀さざなみ苑2026", "よく使われる言葉"),
        ] {
            let refused = stranger.post(&path, &[("password", chosen), ("again", again)]).await;
            assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains(words), "{chosen}: {}", refused.text());
            assert!(!refused.text().contains(chosen), "no password in a page");
        }
        let nurse = service.joins("nurse", &page).await;
        nurse.see("/residents").await;
        let closed = stranger.get(&path).await;
        assert!(closed.status == StatusCode::NOT_FOUND && closed.text().contains("この案内は使えません"));
        // A new one closes the one before; a day closes each.
        let first = manager.post("/staff/care/invite", &[]).await.text();
        let second = manager.post("/staff/care/invite", &[]).await.text();
        let path = |page: &str| format!("/join/{}", between(page, "/join/", "<"));
        assert_eq!(stranger.get(&path(&first)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&path(&second)).await.status, StatusCode::OK);
        service.clock.advance_minutes(24 * 60);
        assert_eq!(stranger.get(&path(&second)).await.status, StatusCode::NOT_FOUND);
        let audit = service.sign_in("manager").await.see("/audit").await;
        for words in ["本人に渡す案内を作成", "スマートフォンの番号を登録"] {
            assert!(audit.contains(words), "{words}");
        }
    }

    async fn the_page_opens_once_however_many_press(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let page = manager.post("/staff/care/invite", &[]).await.text();
        let path = format!("/join/{}", between(&page, "/join/", "<"));
        let requests = (0..8).map(|_| {
            axum::http::Request::builder()
                .method(Method::POST)
                .uri(&path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(axum::body::Body::from("password=niwa+no+kaki+wo+mittu&again=niwa+no+kaki+wo+mittu"))
                .unwrap()
        });
        let answers = service.at_once(requests.collect()).await;
        let won = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(won, 1);
    }

    async fn nobody_lets_in_who_is_not_theirs(bench: Bench) {
        let service = Service::start(bench).await;
        let (manager, nurse) = (service.sign_in("manager").await, service.sign_in("nurse").await);
        for path in ["/staff/other-nurse/invite", "/staff/nobody/invite", "/staff/operator/invite"] {
            assert_eq!(manager.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(manager.post(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(manager.post("/staff/manager/invite", &[]).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(nurse.post("/staff/care/invite", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(manager.post("/facilities/invite", &[("invite_login", "other-nurse")]).await.status, StatusCode::FORBIDDEN);
        service.sign_in("other-nurse").await.see("/residents").await;

        let operator = service.sign_in("operator").await;
        let unknown = operator.post("/facilities/invite", &[("invite_login", "nobody")]).await;
        assert!(unknown.text().contains("このログイン名の人はいない"), "{}", unknown.text());
        operator.invites("manager", "/facilities/invite", &[("invite_login", "manager")]).await;
        service.sign_in("manager").await.see("/staff").await;
    }

    /// One's own page: where one is signed in, and what only both factors change.
    async fn everybody_sees_and_ends_their_own_ways_in(bench: Bench) {
        let service = Service::start(bench).await;
        let here = service.sign_in("care").await;
        let there = service.sign_in("care").await;
        let page = here.see("/account").await;
        assert_eq!(page.matches("にログイン<").count(), 2, "{page}");
        assert_eq!(page.matches("この端末</span>").count(), 1, "{page}");
        here.does("/account/elsewhere", &[]).await;
        assert!(there.get("/residents").await.location().starts_with("/signin"));
        assert_eq!(here.get("/residents").await.status, StatusCode::OK);

        const NEW: &str = "庭の柿を三つもらった朝のこと";
        let code = service.door().code("care");
        for (password, code, new, words) in [
            ("ちがう合言葉です", code.as_str(), NEW, "違います"),
            (PASSWORD, "000000", NEW, "番号が違います"),
            (PASSWORD, "", NEW, "番号が違います"),
            (PASSWORD, code.as_str(), "password12345", "よく使われる言葉"),
        ] {
            let refused = here.post("/account/password", &[("password", password), ("code", code), ("new", new)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(refused.text().contains(words), "{words}: {}", refused.text());
        }
        let there = service.sign_in("care").await;
        let changed = here.post("/account/password", &[("password", PASSWORD), ("code", &code), ("new", NEW)]).await;
        assert!(changed.text().contains("パスワードを変えました"), "{}", changed.text());
        assert!(there.get("/residents").await.location().starts_with("/signin"));
        assert_eq!(here.get("/residents").await.status, StatusCode::OK);
        let old = service.stranger().post("/signin", &[("login", "care"), ("password", PASSWORD)]).await;
        assert!(old.text().contains("違います"));
        let code = service.door().code("care");
        let renewed = here.post("/account/codes", &[("password", NEW), ("code", &code)]).await.text();
        let old = service.door().code("care");
        service.door().keep_codes("care", &renewed);
        let try_code = async |code: &str| {
            let body = json!({"login": "care", "password": NEW, "otp": code});
            service.stranger().json(Method::POST, "/api/v1/token", &[], &body).await.status
        };
        assert_eq!(try_code(&old).await, StatusCode::UNAUTHORIZED, "the old ones open nothing");
        assert_eq!(try_code(&service.door().code("care")).await, StatusCode::OK);
    }

    /// A13: whether a login exists, is invited or is disabled makes no difference to who has not its password.
    async fn a_stranger_learns_nothing_about_who_exists(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        manager.does("/staff/nurse2", &[("do", "disable")]).await;
        manager.post("/staff/care/invite", &[]).await;
        let mut answers = Vec::new();
        for login in ["nurse", "nurse2", "care", "nobody-here"] {
            let typed = [("login", login), ("password", "まちがったあいことばです")];
            let answer = service.stranger().post("/signin", &typed).await;
            answers.push((answer.status, answer.text().replace(login, "LOGIN")));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
    }

    /// Hospitals have no manager, and the office has nobody above it.
    async fn the_city_shuts_out_and_lets_in_whom_no_manager_looks_after(bench: Bench) {
        let service = Service::start(bench).await;
        service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let operator = service.sign_in("operator").await;
        let alone = operator.see("/facilities/people").await;
        assert!(alone.contains("運用担当が1人だけです") && !alone.contains("/facilities/people/city/operator"), "{alone}");
        operator.invites("msw", "/facilities", &[
            ("facility_name", "みなと総合病院"), ("facility_type", "hospital"), ("manager_name", "病野 相談"), ("manager_login", "msw"),
        ]).await;
        let taken = operator.post("/facilities/operators", &[("name", "市野 次"), ("login", "nurse")]).await;
        assert!(taken.status == StatusCode::UNPROCESSABLE_ENTITY && taken.text().contains("すでに使われています"), "{}", taken.text());
        operator.invites("operator2", "/facilities/operators", &[("name", "市野 次"), ("login", "operator2")]).await;
        let second = service.sign_in("operator2").await;
        let page = second.see("/facilities/people").await;
        for words in ["みなと総合病院", "病野 相談", "msw", "市野 運", "市野 次"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("髙﨑") && !page.contains("佐々木"), "no resident, and nobody of a home: {page}");
        assert!(!page.contains("1人だけ"));

        let msw = service.sign_in("msw").await;
        msw.see("/inbox").await;
        let action = |login: &str| {
            let (_, rest) = page.split_once(&format!("<span class=\"code\">{login}</span>")).unwrap();
            between(rest, "action=\"", "\"").to_owned()
        };
        operator.does(&action("msw"), &[("do", "disable")]).await;
        assert!(msw.get("/inbox").await.location().starts_with("/signin"));
        let typed = [("login", "msw"), ("password", PASSWORD)];
        assert!(service.stranger().post("/signin", &typed).await.text().contains("違います"));
        let twice = operator.post(&action("msw"), &[("do", "disable")]).await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
        operator.does(&action("msw"), &[("do", "enable")]).await;
        service.sign_in("msw").await.see("/inbox").await;

        // Neither a home's people, nor oneself; nor by anybody else.
        for path in ["/facilities/people/sazanami/nurse", "/facilities/people/sazanami/manager", "/facilities/people/city/nobody"] {
            for order in ["disable", "enable"] {
                assert_eq!(operator.post(path, &[("do", order)]).await.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        let own = operator.post("/facilities/people/city/operator", &[("do", "disable")]).await;
        assert!(own.status == StatusCode::BAD_REQUEST && own.text().contains("自分自身は停止できません"), "{}", own.text());
        let manager = service.sign_in("manager").await;
        for path in ["/facilities/operators", "/facilities/people/city/operator"] {
            assert_eq!(manager.post(path, &[("do", "disable"), ("name", "管野"), ("login", "kanno")]).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(manager.get("/facilities/people").await.status, StatusCode::FORBIDDEN);

        // Both at the same moment: one of them is left.
        let (first_on_second, second_on_first) = (action("operator2"), "/facilities/people/city/operator".to_owned());
        let order = [("do", "disable")];
        let (one, other) = tokio::join!(operator.post(&first_on_second, &order), second.post(&second_on_first, &order));
        let done = |answer: &crate::support::service::Answer| {
            answer.status == StatusCode::SEE_OTHER && answer.location() == "/facilities/people"
        };
        assert!(done(&one) != done(&other), "{} {}", one.text(), other.text());
        let left = if done(&one) { &operator } else { &second };
        assert!(left.see("/facilities/people").await.contains("停止中"));
    }

    async fn the_last_operator_who_can_sign_in_is_not_shut_out(bench: Bench) {
        let service = Service::start(bench).await;
        let console = Actor::console(FacilityId::from("console"), Role::Operator).permit::<OperateService>().unwrap();
        let (office, operator) = (FacilityId::from("city"), StaffId::from("operator"));
        let person = service.sign_in("operator").await;
        // Invited is not yet somebody who can sign in.
        let page = person.post("/facilities/operators", &[("name", "市野 次"), ("login", "operator2")]).await.text();
        let (store, now) = (&service.bench.store, service.clock.clone());
        let disable = async || {
            let now = hikitsugi::domain::clock::Clock::now(now.as_ref());
            staff::disable_by_office(store, &console, (&office, &operator), now).await
        };
        let refusal = disable().await.unwrap_err();
        assert!(matches!(refusal, StoreError::Refused(_)), "{refusal:?}");
        person.see("/facilities").await;
        service.joins("operator2", &page).await;
        disable().await.unwrap();
        assert!(person.get("/facilities").await.location().starts_with("/signin"));
    }

    /// The one operator lost phone and codes: whoever holds the machine holds the database anyway.
    async fn whoever_holds_the_machine_lets_a_shut_out_operator_in_again(bench: Bench) {
        let mut service = Service::start(bench).await;
        let (operator, nurse) = (service.sign_in("operator").await.keys(), service.sign_in("nurse").await.keys());
        service.bench.store.close().await;
        for login in ["nurse", "manager", "nobody"] {
            let refused = console_invites(&service, login);
            let words = String::from_utf8(refused.stderr).unwrap();
            assert!(refused.status.code() == Some(1) && words.contains("市の運用担当はいません"), "{words}");
            assert!(refused.stdout.is_empty(), "{login}");
        }
        let done = console_invites(&service, "operator");
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        let said = String::from_utf8(done.stdout).unwrap();
        let address = said.lines().next().unwrap().to_owned();
        assert!(address.starts_with(&format!("{}/join/", service.base_url)) && said.contains("市野 運"), "{said}");
        service.restart().await;
        // The program took the machine's own time; the story has another.
        let until = hikitsugi::domain::clock::Clock::now(service.clock.as_ref()).plus_days(1).0;
        service.bench.at_the_shell(&format!("update invitation set expires_at = {until}")).await.unwrap();
        assert!(service.returning(operator).get("/facilities").await.location().starts_with("/signin"));
        service.returning(nurse).see("/residents").await;
        let typed = [("login", "operator"), ("password", PASSWORD)];
        assert!(service.stranger().post("/signin", &typed).await.text().contains("違います"));
        let page = format!("id=\"invitation\">{address}<");
        service.joins("operator", &page).await.see("/facilities").await;
        let path = &address[address.find("/join/").unwrap()..];
        assert_eq!(service.stranger().get(path).await.status, StatusCode::NOT_FOUND, "once");
        let office = Actor::console(FacilityId::from("city"), Role::Manager).permit::<ReadAudit>().unwrap();
        let entries = audit::list(&service.bench.store, &office, None, None, 50).await.unwrap();
        let by_console = |entry: &&audit::Stored| entry.action == "staff.invited" && entry.source == "console";
        assert_eq!(entries.iter().filter(by_console).count(), 1, "{entries:?}");
    }
}
