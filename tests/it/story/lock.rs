//! A PC that somebody left: locked, not ended, and nobody is kept from an emergency (security.md J-18).

use axum::http::StatusCode;

use crate::support::service::{Answer, PASSWORD, Person, Service, between};

/// What a page's script asks for without anybody touching the page.
const BY_ITSELF: [(&str, &str); 1] = [("x-by-itself", "yes")];
const RIGHT: [(&str, &str); 1] = [("password", PASSWORD)];

/// Looks without using: a page of the own account needs no resident.
async fn look(person: &Person<'_>) -> Answer {
    person.get_with("/account", &BY_ITSELF).await
}

async fn is_open(person: &Person<'_>) -> bool {
    let answer = look(person).await;
    if answer.status == StatusCode::OK {
        return true;
    }
    let to = answer.location();
    assert!(to.starts_with("/unlock?next=/account"), "{to}");
    false
}

fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    between(page, &format!("name=\"{name}\" value=\""), "\"")
}

async fn ends(person: &Person<'_>, emergency: &str) {
    let page = person.see(emergency).await;
    let tap = hidden(&page, "tap").to_owned();
    person
        .does(emergency, &[("do", "closed"), ("tap", &tap)])
        .await;
}

both_databases! {
    async fn after_a_quarter_of_an_hour_the_password_alone_opens_it_again(bench: Bench) {
        let service = Service::start(bench).await;
        let manager = service.sign_in("manager").await;
        let facts = [
            ("version", "1"), ("facility_name", "特別養護老人ホーム さざなみ苑"), ("facility_type", "special_nursing_home"),
            ("binder_place", "事務室の赤い棚"),
        ];
        assert!(manager.post("/facility", &facts).await.text().contains("保存しました"));
        service.sign_in("nurse").await.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let care = service.sign_in("care").await;
        service.clock.advance_minutes(14);
        assert!(is_open(&care).await);
        service.clock.advance_minutes(1);
        assert!(!is_open(&care).await);
        // Every door is shut, and leads to the one page.
        for path in ["/", "/residents", "/transports", "/scans", "/notices"] {
            let to = care.get(path).await.location();
            assert_eq!(to, format!("/unlock?next={path}"));
        }
        assert_eq!(care.get("/signin").await.location(), "/");
        let page = care.see("/unlock?next=/transports").await;
        for words in ["ロックしています", "介木 夜子", "さざなみ苑", "tel:119", "事務室の赤い棚", "別の人としてログイン"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("髙﨑") && !page.contains("203"), "nobody is named: {page}");

        for wrong in ["", "ちがう合言葉です", "うみべのさんぽみちで会いましょう!"] {
            let refused = care.post("/unlock", &[("password", wrong), ("next", "/transports")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.text().contains("パスワードが違います") && hidden(&refused.text(), "next") == "/transports");
        }
        assert!(!is_open(&care).await);
        assert_eq!(care.does("/unlock", &[RIGHT[0], ("next", "/transports")]).await, "/transports");
        care.see("/transports").await;
        // Used again from now on; but the shift ends all the same.
        service.clock.advance_minutes(14);
        assert!(is_open(&care).await);
        service.clock.advance_minutes(12 * 60 - 29);
        assert!(look(&care).await.location().starts_with("/signin"));
        assert!(care.post("/unlock", &RIGHT).await.location().starts_with("/signin"));
        let audit = service.sign_in("manager").await.see("/audit").await;
        assert!(audit.contains("ロックを解いた") && audit.contains("ログインの失敗"), "{audit}");
    }

    async fn use_keeps_it_open_and_what_a_page_asks_by_itself_does_not(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        let seen = |page: &str| between(page, "最後の操作 ", "<").trim().to_owned();
        let before = seen(&look(&care).await.text());
        service.clock.advance_minutes(10);
        assert_eq!(seen(&look(&care).await.text()), before);
        care.see("/residents").await;
        // It is written beside the answer.
        let mut looks = 0;
        while seen(&look(&care).await.text()) == before {
            looks += 1;
            assert!(looks < 10_000, "that the page was used is remembered");
        }
        service.clock.advance_minutes(14);
        assert!(is_open(&care).await, "24 minutes after signing in");
        service.clock.advance_minutes(1);
        assert!(!is_open(&care).await, "looking was no use");
    }

    async fn a_press_of_the_button_locks_at_once_and_only_here(bench: Bench) {
        let service = Service::start(bench).await;
        let (here, there) = (service.sign_in("care").await, service.sign_in("care").await);
        assert!(here.see("/residents").await.contains("action=\"/lock\""));
        let from = [("sec-fetch-site", "same-origin"), ("referer", "https://q.minato.example.jp/residents?q=1")];
        let locked = here.post_with("/lock", &[], &from).await;
        assert_eq!((locked.status, locked.location().as_str()), (StatusCode::SEE_OTHER, "/unlock?next=/residents"));
        assert!(!is_open(&here).await && is_open(&there).await);
        let elsewhere = [("sec-fetch-site", "same-origin"), ("referer", "https://evil.example/a?b")];
        assert_eq!(here.post_with("/lock", &[], &elsewhere).await.location(), "/unlock?next=/a");
        // Nobody else's password, and no way past it.
        let manager = service.sign_in("manager").await;
        assert!(is_open(&manager).await);
        assert_eq!(here.post("/unlock", &[("password", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let other_site = here.post_with("/unlock", &RIGHT, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(other_site.status, StatusCode::FORBIDDEN);
        assert_eq!(here.does("/unlock", &RIGHT).await, "/");
        assert!(is_open(&here).await);
        // Another person signs in instead: what was locked is over.
        here.does("/lock", &[]).await;
        assert_eq!(here.does("/signout", &[]).await, "/signin");
        assert!(look(&here).await.location().starts_with("/signin"));
    }

    async fn what_was_typed_is_carried_over_the_lock_and_sent_once(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let typed = [
            ("name", "髙﨑 𠮷子"), ("name_kana", "たかさき よしこ"), ("password", "a \"field\" of this name"), ("birth_date", "昭和12年3月4日"),
            ("sex", "female"), ("room", "203"),
        ];
        service.clock.advance_minutes(15);
        let stopped = nurse.post("/residents/new", &typed).await;
        assert_eq!(stopped.status, StatusCode::UNAUTHORIZED);
        let mut page = stopped.text();
        for password in ["ちがう合言葉です", PASSWORD] {
            assert!(page.contains("まだ保存されていません"), "{page}");
            assert_eq!(hidden(&page, "to"), "/residents/new");
            assert_eq!(hidden(&page, "typed.password"), "a &quot;field&quot; of this name");
            assert!(!page.contains(PASSWORD) && !page.contains("ちがう合言葉です"), "no password in a page");
            let mut sent = vec![("password", password), ("to", "/residents/new")];
            let names = typed.map(|(name, value)| (format!("typed.{name}"), value));
            sent.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
            page = nurse.post("/unlock", &sent).await.text();
        }
        assert!(page.contains("data-send=\"yes\"") && page.contains("action=\"/residents/new\""), "{page}");
        assert_eq!(hidden(&page, "password"), "a &quot;field&quot; of this name");
        assert!(!nurse.see("/residents").await.contains("たかさき"), "nothing is saved before it is sent");
        let list = nurse.does("/residents/new", &typed[..2]).await;
        assert!(list.starts_with("/residents/"), "{list}");
        // Only our own pages are sent to; and after the shift nothing is lost either.
        for to in ["https://evil.example/", "//evil.example", "/residents?x=\"y\""] {
            assert_eq!(nurse.post("/unlock", &[RIGHT[0], ("to", to)]).await.status, StatusCode::BAD_REQUEST, "{to}");
        }
        service.clock.advance_minutes(12 * 60);
        let late = nurse.post("/unlock", &[RIGHT[0], ("to", "/residents/new"), ("typed.name", "髙﨑")]).await;
        assert!(late.status == StatusCode::UNAUTHORIZED && hidden(&late.text(), "name") == "髙﨑", "{}", late.text());
    }

    /// Safety before privacy, and no longer than the emergency.
    async fn no_screen_that_could_be_used_is_locked_by_time_while_an_emergency_is_open(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let (idle, care) = (service.sign_in("manager").await, service.sign_in("care").await);
        let other = service.sign_in("other-nurse").await;
        service.clock.advance_minutes(15);
        assert!(!is_open(&idle).await);
        care.does("/unlock", &RIGHT).await;
        nurse.does("/unlock", &RIGHT).await;
        other.does("/unlock", &RIGHT).await;
        let emergency = care.does(&format!("/residents/{id}/transports"), &[]).await;
        service.clock.advance_minutes(60);
        assert!(is_open(&care).await && is_open(&nurse).await, "whoever could use it then can use it now");
        care.see(&emergency).await;
        assert!(!is_open(&idle).await, "what was locked before is not opened by it");
        let page = idle.see("/unlock").await;
        assert!(page.contains("急変の対応中です") && !page.contains("髙﨑"), "{page}");
        assert!(!is_open(&other).await, "another facility's emergency");
        // The button locks nevertheless.
        nurse.does("/lock", &[]).await;
        assert!(!is_open(&nurse).await);
        nurse.does("/unlock", &RIGHT).await;
        service.clock.advance_minutes(20);
        assert!(is_open(&nurse).await);
        ends(&care, &emergency).await;
        assert!(!is_open(&nurse).await, "it is over");
        // One that somebody forgot to end keeps nothing open after a shift.
        nurse.does("/unlock", &RIGHT).await;
        nurse.does(&format!("/residents/{id}/transports"), &[]).await;
        service.clock.advance_minutes(11 * 60);
        let late = service.sign_in("nurse2").await;
        service.clock.advance_minutes(30);
        assert!(is_open(&late).await);
        service.clock.advance_minutes(31);
        assert!(!is_open(&late).await);
    }

    async fn wrong_passwords_at_the_lock_count_as_at_the_sign_in(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        care.does("/lock", &[]).await;
        for _ in 0..10 {
            let wrong = care.post("/unlock", &[("password", "まちがったあいことば")]).await;
            assert!(wrong.text().contains("パスワードが違います"), "{}", wrong.text());
        }
        assert!(care.post("/unlock", &RIGHT).await.text().contains("15分"));
        let typed = [("login", "care"), ("password", PASSWORD)];
        assert!(service.stranger().post("/signin", &typed).await.text().contains("15分"));
        service.clock.advance_minutes(16);
        care.does("/unlock", &RIGHT).await;
        assert!(is_open(&care).await);
    }

    /// A full disk at night: that a page is used cannot be remembered, so nobody is locked out for not using it.
    async fn while_nothing_can_be_written_time_locks_nobody_out(bench: Bench) {
        let service = Service::start(bench).await;
        let care = service.sign_in("care").await;
        service.clock.advance_minutes(5);
        service.sql(
            "create trigger no_more before update on session begin select raise(abort, 'no more'); end",
            "create function no_more() returns trigger language plpgsql as $$ begin raise exception 'no more'; end $$;
             create trigger no_more before update on session for each row execute function no_more()",
        ).await;
        care.see("/account").await;
        service.sql("drop trigger no_more", "drop trigger no_more on session").await;
        service.bench.at_the_shell("alter table audit rename to gone").await.unwrap();
        for _ in 0..3 {
            let failed = care.post("/lock", &[]).await;
            assert!(failed.status.is_server_error(), "{}", failed.status);
        }
        service.clock.advance_minutes(20);
        assert!(is_open(&care).await);
        service.bench.at_the_shell("alter table gone rename to audit").await.unwrap();
        assert_eq!(care.does("/lock", &[]).await, "/unlock?next=/");
        assert!(!is_open(&care).await);
    }
}
