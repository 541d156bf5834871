//! Bringing residents in, finding them, and keeping facilities apart.

use hikitsugi::domain::date::Day;
use hikitsugi::domain::id::ResidentId;
use hikitsugi::domain::kana;
use hikitsugi::domain::permit::{EditSheet, ImportResidents, MoveResident, ReadResident};
use hikitsugi::domain::resident::{Head, Status};
use hikitsugi::store::resident::{self, Admission, Cursor, Find, ImportRow};
use hikitsugi::store::sheet::{self, NewRevision};
use hikitsugi::store::{StoreError, attachment};

use super::town::{HILL_NURSE, Town, head, revision};

async fn names(town: &Town, find: Find<'_>, status: Status) -> Vec<String> {
    let mut after: Option<Cursor> = None;
    let mut names = Vec::new();
    // Pages of two, so that every list here crosses a page.
    loop {
        let page = resident::list(
            town.store(),
            &town.permit(),
            find,
            status,
            after.as_ref(),
            2,
        )
        .await
        .unwrap();
        let Some(last) = page.last() else {
            return names;
        };
        after = Some(find.cursor(&last.head));
        names.extend(page.into_iter().map(|listed| listed.head.name));
    }
}

async fn people(town: &Town) -> Vec<ResidentId> {
    let mut ids = Vec::new();
    for (name, kana, room) in [
        ("山田 花子", "やまだ はなこ", "203"),
        ("高橋 一郎", "たかはし いちろう", "201"),
        ("髙橋 二郎", "タカハシ ジロウ", "202"),
        ("佐藤 三郎", "さとう さぶろう", "204"),
        ("佐藤 三郎", "さとう さぶろう", "204"),
    ] {
        ids.push(town.admit(&head(name, kana, room)).await);
    }
    ids
}

both_databases! {
    async fn residents_are_listed_by_place_and_by_reading(bench: Bench) {
        let town = Town::new(bench).await;
        people(&town).await;
        assert_eq!(
            names(&town, Find::ByPlace, Status::LivingIn).await,
            ["高橋 一郎", "髙橋 二郎", "山田 花子", "佐藤 三郎", "佐藤 三郎"]
        );
        assert_eq!(
            names(&town, Find::ByKana, Status::LivingIn).await,
            ["佐藤 三郎", "佐藤 三郎", "高橋 一郎", "髙橋 二郎", "山田 花子"]
        );
    }

    async fn residents_are_found_by_the_beginning_of_reading_or_name(bench: Bench) {
        let town = Town::new(bench).await;
        people(&town).await;
        let by_kana = kana::search_key("たか");
        assert_eq!(
            names(&town, Find::KanaPrefix(&by_kana), Status::LivingIn).await,
            ["高橋 一郎", "髙橋 二郎"]
        );
        let by_name = kana::name_key("髙");
        let mut found = names(&town, Find::NamePrefix(&by_name), Status::LivingIn).await;
        found.sort();
        assert_eq!(found, ["高橋 一郎", "髙橋 二郎"]);
        let nobody = kana::search_key("わ");
        assert_eq!(names(&town, Find::KanaPrefix(&nobody), Status::LivingIn).await, [""; 0]);
        assert_eq!(names(&town, Find::KanaPrefix(b""), Status::LivingIn).await.len(), 5);
        assert_eq!(names(&town, Find::NamePrefix(b""), Status::LivingIn).await.len(), 5);
    }

    async fn a_list_shows_the_current_sheet(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "203");
        let id = town.admit(&person).await;
        let moved = Head { room: Some("305".to_owned()), ..person };
        let next = NewRevision { body: b"{\"new\":1}", reason: "転室", verified: true };
        town.bench.clock.advance_minutes(10);
        sheet::confirm(town.store(), &town.permit(), &id, 1, &moved, next, town.now()).await.unwrap();
        let page = resident::list(town.store(), &town.permit(), Find::ByPlace, Status::LivingIn, None, 10).await.unwrap();
        let [listed] = &page[..] else { panic!("{page:?}") };
        assert_eq!(listed.sheet.body, b"{\"new\":1}");
        assert_eq!(listed.sheet.revised_at, town.now());
        assert_eq!(listed.head.revision, 2);
        assert_eq!(listed.head.room.as_deref(), Some("305"));
        assert_eq!(listed.head.verified_at, Some(town.now()));
    }

    async fn who_left_or_died_is_in_another_list(bench: Bench) {
        let town = Town::new(bench).await;
        let ids = people(&town).await;
        let permit = town.permit::<MoveResident>();
        let day = Day::from_ymd(2026, 11, 22);
        resident::set_status(town.store(), &permit, &ids[0], Status::Left, day, town.now()).await.unwrap();
        resident::set_status(town.store(), &permit, &ids[1], Status::Died, day, town.now()).await.unwrap();
        assert_eq!(names(&town, Find::ByPlace, Status::Left).await, ["山田 花子"]);
        assert_eq!(names(&town, Find::ByKana, Status::Died).await, ["高橋 一郎"]);
        assert_eq!(names(&town, Find::ByPlace, Status::LivingIn).await.len(), 3);
        let left = resident::get(town.store(), &town.permit(), &ids[0]).await.unwrap();
        assert_eq!((left.status, left.status_on), (Status::Left, day));
        let mut counts = resident::count(town.store(), &town.permit()).await.unwrap();
        counts.sort_by_key(|(_, count)| *count);
        assert_eq!(counts.last(), Some(&(Status::LivingIn, 3)));
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 5);
    }

    async fn s19_names_one_kana_apart_are_found_together(bench: Bench) {
        let town = Town::new(bench).await;
        for (kana, room) in [
            ("かとう はなこ", "1"), ("さとう はなこ", "2"), ("さとう はなえ", "3"), ("さとお はなこ", "4"), ("いしい じろう", "5"),
        ] {
            town.admit(&head(kana, kana, room)).await;
        }
        let key = kana::search_key("さとう はなこ");
        let alike = resident::alike(town.store(), &town.permit(), &key).await.unwrap();
        let mut alike: Vec<_> = alike.iter().filter_map(|head| head.room.as_deref()).collect();
        alike.sort_unstable();
        assert_eq!(alike, ["1", "2", "3", "4"]);
        assert_eq!(resident::alike(town.store(), &town.lake_permit(), &key).await.unwrap(), []);
        assert_eq!(resident::alike(town.store(), &town.permit(), b"").await.unwrap(), []);

        // A list asks for all its rows at once, and each gets what it would get alone.
        let everybody =
            resident::list(town.store(), &town.permit(), Find::ByPlace, Status::LivingIn, None, 60).await.unwrap();
        let heads: Vec<_> = everybody.iter().map(|listed| &listed.head).collect();
        let together = resident::alike_page(town.store(), &town.permit(), &heads).await.unwrap();
        for (head, mut found) in heads.iter().zip(together) {
            let mut alone = resident::alike(town.store(), &town.permit(), &head.kana_key).await.unwrap();
            found.sort_by(|one, other| one.id.cmp(&other.id));
            alone.sort_by(|one, other| one.id.cmp(&other.id));
            assert_eq!(found, alone, "{}", head.name);
        }
    }

    async fn a_number_that_is_taken_names_its_resident(bench: Bench) {
        let town = Town::new(bench).await;
        let numbered = |name: &str, number: &str| Head {
            number: Some(number.to_owned()),
            ..head(name, "やまだ はなこ", "201")
        };
        let first = town.admit(&numbered("山田 花子", "A-1")).await;
        let refusal = town.try_admit(&numbered("山田 花江", "A-1")).await.unwrap_err();
        assert!(matches!(&refusal, StoreError::NumberTaken(id) if *id == first), "{refusal:?}");

        let second = town.admit(&numbered("山田 花江", "A-2")).await;
        let permit = town.permit::<EditSheet>();
        let head = numbered("山田 花江", "A-1");
        let refusal = sheet::confirm(town.store(), &permit, &second, 1, &head, revision("{}"), town.now()).await.unwrap_err();
        assert!(matches!(&refusal, StoreError::NumberTaken(id) if *id == first), "{refusal:?}");
        let admission = Admission { id: &first, head: &numbered("山田 花子", "A-9"), sheet: revision("{}") };
        let refusal = resident::admit(town.store(), &town.permit(), admission, town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Exists), "{refusal:?}");
    }

    async fn an_import_is_all_or_nothing_and_can_be_repeated(bench: Bench) {
        let town = Town::new(bench).await;
        let known = town.admit(&Head { number: Some("1".to_owned()), ..head("山田 花子", "やまだ はなこ", "201") }).await;
        let permit = town.permit::<ImportResidents>();
        let (new, clash) = (ResidentId(town.new_id()), ResidentId(town.new_id()));
        let heads = [
            Head { number: Some("1".to_owned()), ..head("山田 花子", "やまだ はなこ", "202") },
            Head { number: Some("2".to_owned()), ..head("佐藤 三郎", "さとう さぶろう", "203") },
            Head { number: Some("2".to_owned()), ..head("佐藤 四郎", "さとう しろう", "204") },
        ];
        let rows = [
            ImportRow::Update { id: &known, expected_revision: 1, head: &heads[0], sheet: revision("moved") },
            ImportRow::Admit(Admission { id: &new, head: &heads[1], sheet: revision("new") }),
            ImportRow::Admit(Admission { id: &clash, head: &heads[2], sheet: revision("clash") }),
        ];
        let refusal = resident::import(town.store(), &permit, &rows, town.now()).await.unwrap_err();
        let StoreError::Row { index: 2, cause } = refusal else { panic!("{refusal:?}") };
        assert!(matches!(*cause, StoreError::NumberTaken(id) if id == new));
        assert_eq!(names(&town, Find::ByPlace, Status::LivingIn).await, ["山田 花子"]);
        assert_eq!(sheet::current(town.store(), &town.permit(), &known).await.unwrap().revision, 1);

        resident::import(town.store(), &permit, &rows[..2], town.now()).await.unwrap();
        let numbers = resident::numbers(town.store(), &permit).await.unwrap();
        let numbers: Vec<_> = numbers.iter().map(|row| (row.number.as_str(), &row.id, row.revision)).collect();
        assert_eq!(numbers, [("1", &known, 2), ("2", &new, 1)]);
    }

    async fn s26_another_facilitys_resident_does_not_exist(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "201");
        let id = town.admit(&person).await;
        let (store, at) = (town.store(), town.now());
        let read = town.lake_permit::<ReadResident>();
        let edit = town.lake_permit::<EditSheet>();
        let refusals = [
            resident::get(store, &read, &id).await.map(drop),
            resident::set_status(store, &town.lake_permit(), &id, Status::Died, None, at).await,
            sheet::current(store, &read, &id).await.map(drop),
            sheet::get(store, &read, &id, 1).await.map(drop),
            sheet::confirm(store, &edit, &id, 1, &person, revision("{}"), at).await.map(drop),
            sheet::verify(store, &edit, &id, 1, at).await,
            sheet::save_draft(store, &edit, &id, 1, b"{}", at).await,
        ];
        for (index, refusal) in refusals.into_iter().enumerate() {
            assert!(matches!(refusal, Err(StoreError::NotFound)), "{index}: {refusal:?}");
        }
        assert_eq!(resident::list(store, &read, Find::ByPlace, Status::LivingIn, None, 9).await.unwrap(), []);
        assert_eq!(resident::count(store, &read).await.unwrap(), []);
        assert_eq!(sheet::list(store, &read, &id, None, 9).await.unwrap(), []);
        assert_eq!(sheet::drafts_of_others(store, &edit, &id).await.unwrap(), []);
        assert_eq!(resident::get(store, &town.permit(), &id).await.unwrap().status, Status::LivingIn);
    }

    async fn s24_the_second_of_two_editors_is_told_and_keeps_the_draft(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "201");
        let id = town.admit(&person).await;
        let (first, second) = (town.permit::<EditSheet>(), town.nurse_permit::<EditSheet>());
        for permit in [&first, &second] {
            sheet::save_draft(town.store(), permit, &id, 1, b"old", town.now()).await.unwrap();
            sheet::save_draft(town.store(), permit, &id, 1, b"draft", town.now()).await.unwrap();
        }
        let others = sheet::drafts_of_others(town.store(), &first, &id).await.unwrap();
        let [other] = &others[..] else { panic!("{others:?}") };
        assert_eq!((other.staff_name.as_str(), other.saved_at), (HILL_NURSE, town.now()));

        let confirm = |permit| sheet::confirm(town.store(), permit, &id, 1, &person, revision("{}"), town.now());
        assert_eq!(confirm(&first).await.unwrap(), 2);
        let refusal = confirm(&second).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Conflict { current: 2 }), "{refusal:?}");
        assert_eq!(sheet::draft(town.store(), &first, &id).await.unwrap(), None);
        assert_eq!(sheet::draft(town.store(), &second, &id).await.unwrap().unwrap().body, b"draft");
        sheet::drop_draft(town.store(), &second, &id, town.now()).await.unwrap();
        assert_eq!(sheet::draft(town.store(), &second, &id).await.unwrap(), None);
    }

    async fn s21_verifying_renews_the_date_and_changes_nothing_else(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let permit = town.nurse_permit::<EditSheet>();
        let before = resident::get(town.store(), &town.permit(), &id).await.unwrap();
        assert_eq!(before.verified_at, None);
        sheet::verify(town.store(), &permit, &id, 1, town.now()).await.unwrap();
        let after = resident::get(town.store(), &town.permit(), &id).await.unwrap();
        assert_eq!(after, resident::ResidentHead { verified_at: Some(town.now()), ..before });
        let verifications = sheet::verifications(town.store(), &town.permit(), &id, 9).await.unwrap();
        assert_eq!(verifications[0].staff_id.as_str(), HILL_NURSE);
        let refusal = sheet::verify(town.store(), &permit, &id, 7, town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Conflict { current: 1 }), "{refusal:?}");
    }

    async fn a_picture_is_kept_once_a_facility(bench: Bench) {
        let town = Town::new(bench).await;
        let picture = attachment::NewAttachment { id: "ab12", media_type: "image/jpeg", thumbnail: None, body: b"jpeg" };
        for _ in 0..2 {
            attachment::put(town.store(), &town.permit(), picture.clone(), town.now()).await.unwrap();
        }
        let kept = attachment::get(town.store(), &town.permit(), "ab12").await.unwrap();
        assert_eq!((kept.media_type.as_str(), kept.body.as_slice(), kept.thumbnail), ("image/jpeg", &b"jpeg"[..], None));
        let refusal = attachment::get(town.store(), &town.lake_permit(), "ab12").await.unwrap_err();
        assert!(matches!(refusal, StoreError::NotFound), "{refusal:?}");
    }
}
