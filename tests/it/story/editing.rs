//! A nurse keeps a sheet; a second nurse keeps it at the same time.

use axum::http::StatusCode;

use crate::support::service::Service;

both_databases! {
    async fn a_nurse_admits_somebody_and_fills_in_the_contacts(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;

        let list = nurse.see("/residents").await;
        for seen in ["髙﨑 𠮷子", "たかさき　よしこ", "203", "89歳", "心肺蘇生を実施してください", "医師が電話で確認するまで"] {
            assert!(list.contains(seen), "{seen}: {list}");
        }

        let edit = format!("/residents/{id}/edit/contacts");
        let after_adding = nurse.does(&edit, &[("emergency_contacts.state", "present"), ("do", "add:emergency_contacts")]).await;
        assert!(after_adding.starts_with(&format!("{edit}#emergency_contacts.0")), "{after_adding}");
        assert!(nurse.see(&edit).await.contains("emergency_contacts.0.phone_mobile"));

        // A wrong number is shown again beside what is wrong with it.
        let typed = [
            ("emergency_contacts.state", "present"),
            ("emergency_contacts.0.name", "髙﨑 一郎"),
            ("emergency_contacts.0.relationship", "son"),
            ("emergency_contacts.0.phone_mobile", "090-12"),
            ("do", "confirm"),
        ];
        let refused = nurse.post(&edit, &typed).await;
        assert_eq!(refused.status, StatusCode::OK);
        let page = refused.text();
        assert!(page.contains("090-12") && page.contains("髙﨑 一郎") && page.contains("aria-invalid"), "{page}");

        // Nothing typed is lost, even when the browser is closed now.
        assert!(nurse.see(&edit).await.contains("090-12"));

        let mut typed = typed;
        typed[3].1 = "090-0000-1234";
        assert_eq!(nurse.does(&edit, &typed).await, format!("/residents/{id}/confirm"));
        let review = nurse.see(&format!("/residents/{id}/confirm")).await;
        assert!(review.contains("090-0000-1234"), "{review}");
        let confirmed = nurse
            .does(&format!("/residents/{id}/confirm"), &[("revision", "1"), ("reason", "家族に確認"), ("verified", "1")])
            .await;
        assert_eq!(confirmed, format!("/residents/{id}"));

        let page = nurse.see(&confirmed).await;
        assert!(page.contains("tel:09000001234"), "{page}");
        assert!(page.contains("今日"), "the sheet is verified today: {page}");
        let history = nurse.see(&format!("/residents/{id}/revisions/2")).await;
        assert!(history.contains("家族に確認") && history.contains("佐々木 美由紀"), "{history}");
    }

    async fn two_nurses_edit_and_nothing_is_lost(bench: Bench) {
        let service = Service::start(bench).await;
        let first = service.sign_in("nurse").await;
        let second = service.sign_in("nurse2").await;
        let id = first.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let usual = format!("/residents/{id}/edit/usual");

        // Both begin from revision 1 and change the same answer, and each another one alone.
        first.does(&usual, &[("usual_condition_note", "あいさつに笑顔で応える"), ("usual_spo2", "96"), ("do", "save")]).await;
        second.does(&usual, &[("usual_condition_note", "話しかけるとうなずく"), ("usual_pulse", "72"), ("do", "save")]).await;
        let page = first.see(&format!("/residents/{id}")).await;
        assert!(page.contains("鈴木 一") && page.contains("編集中"), "{page}");

        let confirm = format!("/residents/{id}/confirm");
        first.does(&confirm, &[("revision", "1"), ("reason", "")]).await;
        assert_eq!(second.does(&confirm, &[("revision", "1"), ("reason", "")]).await, format!("/residents/{id}/merge"));

        let merge = second.see(&format!("/residents/{id}/merge")).await;
        for seen in ["あいさつに笑顔で応える", "話しかけるとうなずく", "settle.usual_condition_note"] {
            assert!(merge.contains(seen), "{seen}: {merge}");
        }
        assert!(!merge.contains("settle.usual_spo2"), "only what both changed is asked");
        second
            .does(&format!("/residents/{id}/merge"), &[("revision", "2"), ("settle.usual_condition_note", "mine")])
            .await;
        second.does(&confirm, &[("revision", "2"), ("reason", "")]).await;

        let page = second.see(&format!("/residents/{id}")).await;
        for seen in ["話しかけるとうなずく", "96%", "72回/分"] {
            assert!(page.contains(seen), "{seen}: {page}");
        }
        assert!(second.see(&format!("/residents/{id}/revisions/2")).await.contains("あいさつに笑顔で応える"));
    }

    async fn verifying_without_a_change_renews_the_date_and_makes_no_revision(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        let page = format!("/residents/{id}");
        assert!(nurse.see(&page).await.contains("全項目の確認記録なし"));
        nurse.does(&format!("{page}/verify"), &[("revision", "1")]).await;
        assert!(nurse.see(&page).await.contains("2026-11-23(今日)"));
        assert!(!nurse.see(&format!("{page}/revisions")).await.contains("第2版"));
        // Looking at an older revision than the current one is no reason to say that all is right.
        assert_eq!(nurse.post(&format!("{page}/verify"), &[("revision", "7")]).await.status, StatusCode::PRECONDITION_FAILED);
    }

    async fn s21_staleness_is_said_in_words(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.does(&format!("/residents/{id}/verify"), &[("revision", "1")]).await;
        for (days, words) in [(190, "6か月を超えています"), (200, "12か月を超えています")] {
            service.clock.advance_minutes(days * 24 * 60);
            let nurse = service.sign_in("nurse").await;
            for path in ["/residents".to_owned(), format!("/residents/{id}")] {
                assert!(nurse.see(&path).await.contains(words), "{path} {words}");
            }
        }
    }

    async fn s25_names_keep_their_characters_and_what_cannot_be_printed_is_named(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("渡邉\u{e0100} 𠮷江", "わたなべ よしえ", "105").await;
        assert!(nurse.see(&format!("/residents/{id}")).await.contains("渡邉\u{e0100} 𠮷江"));

        let unprintable = [("name", "𪛔田 花"), ("name_kana", "ぬでた はな")];
        let answer = nurse.post("/residents/new", &unprintable).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains("U+2A6D4"), "{}", answer.text());
    }

    async fn what_was_typed_when_the_session_ended_is_sent_after_signing_in(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        service.clock.advance_minutes(13 * 60);
        let path = format!("/residents/{id}/edit/usual");
        let typed = [("usual_condition_note", "左耳に<大きめ>の声で。笑顔で会話する"), ("usual_pulse", "72"), ("do", "save")];
        let answer = nurse.post(&path, &typed).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let page = answer.text();
        assert!(page.contains("まだ保存されていません") && page.contains(&format!("action=\"{path}\"")), "{page}");
        for words in ["左耳に&lt;大きめ&gt;の声で。笑顔で会話する", "name=\"usual_pulse\" value=\"72\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let nurse = service.sign_in("nurse").await;
        nurse.does(&path, &typed).await;
        assert!(nurse.see(&path).await.contains("笑顔で会話する"));
    }

    async fn what_hurts_a_page_is_refused_at_its_field(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let long = "長".repeat(10_000);
        for name in ["\u{202e}子花 﨑髙", "花\u{0}子", "花\u{7}子", &long] {
            let answer = nurse.post("/residents/new", &[("name", name), ("name_kana", "はなこ")]).await;
            assert_eq!(answer.status, StatusCode::OK, "{name:?}");
            assert!(answer.text().contains("id=\"name-error\""), "{name:?}");
            assert!(!answer.text().contains("氏名を入力してください"), "it was typed: {name:?}");
        }
        let answer = nurse.post("/residents/new", &[("name", "<script>alert(1)</script>"), ("name_kana", "はなこ")]).await;
        let page = nurse.see(&answer.location()).await;
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"), "{page}");
    }

    async fn s27_impossible_dates_are_refused(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        for typed in ["昭和64年1月8日", "明治45.7.30", "平成31年5月1日", "2026-02-30", "令和9年1月1日", "12/3/4"] {
            let fields = [("name", "髙﨑 𠮷子"), ("name_kana", "たかさき よしこ"), ("birth_date", typed)];
            let answer = nurse.post("/residents/new", &fields).await;
            assert_eq!(answer.status, StatusCode::OK, "{typed}");
            assert!(answer.text().contains("birth_date-error"), "{typed}: {}", answer.text());
        }
    }

    async fn somebody_moves_and_somebody_leaves(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.does(&format!("/residents/{id}/move"), &[("revision", "1"), ("floor", "3階"), ("room", "311")]).await;
        assert!(nurse.see("/residents").await.contains("311"));
        let wrong = nurse.post(&format!("/residents/{id}/end"), &[("status", "left"), ("on", "令和9年1月1日")]).await;
        assert!(wrong.text().contains("今日より後"), "{}", wrong.text());
        nurse.does(&format!("/residents/{id}/end"), &[("status", "died"), ("on", "令和8年11月22日")]).await;
        assert!(!nurse.see("/residents").await.contains("髙﨑 𠮷子"));
        assert!(nurse.see("/residents?show=died").await.contains("髙﨑 𠮷子"));
    }

    async fn s19_nearly_the_same_name_is_flagged(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        let id = nurse.admits("髙﨑 和子", "たかさき かずこ", "203").await;
        nurse.admits("高崎 和江", "たかさき かずえ", "305").await;
        for path in ["/residents".to_owned(), format!("/residents/{id}"), format!("/residents/{id}/documents")] {
            let page = nurse.see(&path).await;
            assert!(page.contains("似た名前") && page.contains("高崎 和江"), "{path}: {page}");
        }
    }

    async fn a_resident_is_found_by_the_beginning_of_kana_or_name(bench: Bench) {
        let service = Service::start(bench).await;
        let nurse = service.sign_in("nurse").await;
        nurse.admits("髙﨑 𠮷子", "たかさき よしこ", "203").await;
        nurse.admits("渡邉\u{e0100} 花", "わたなべ はな", "204").await;
        for (asked, found, missed) in [
            ("たか", "髙﨑 𠮷子", "わたなべ"),
            ("タカサ", "髙﨑 𠮷子", "わたなべ"),
            ("高崎", "髙﨑 𠮷子", "わたなべ"),
            ("渡辺", "わたなべ　はな", "たかさき"),
        ] {
            let encoded: String = asked.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let page = nurse.see(&format!("/residents?q={encoded}")).await;
            assert!(page.contains(found) && !page.contains(missed), "{asked}: {page}");
        }
    }
}
