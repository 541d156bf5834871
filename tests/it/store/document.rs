//! Papers, their links, and who opened them.

use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::id::DocumentId;
use hikitsugi::domain::link::EndReason;
use hikitsugi::domain::permit::{ReadResident, ReviewScans, WithdrawDocument};
use hikitsugi::domain::resident::Status;
use hikitsugi::store::document::{self, NewLink};
use hikitsugi::store::link::{self, LinkState};
use hikitsugi::store::scan::{self, NewScan};
use hikitsugi::store::{StoreError, audit, resident, sheet};

use super::town::{Town, head, new_link, revision};

async fn state(town: &Town, token: u8) -> LinkState {
    town.scan(token).await.state(town.now())
}

both_databases! {
    async fn a_paper_gives_the_same_bytes_for_ever(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let paper = town.issue(&id, 1, new_link()).await.unwrap();
        let permit = town.permit::<ReadResident>();
        let (document, frozen) = document::get(town.store(), &permit, &paper).await.unwrap();
        assert_eq!((document.serial.as_str(), document.issued_by_name.as_str()), ("2026-0001", "hill-managerさん"));
        assert_eq!(frozen.body, b"{\"printed\":true}");
        assert_eq!(document::pdf(town.store(), &permit, &paper).await.unwrap(), b"%PDF-");
        assert_eq!(document::list(town.store(), &permit, &id, 9).await.unwrap(), [document]);
    }

    async fn s26_another_facilitys_paper_does_not_exist(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let paper = town.issue(&id, 1, new_link()).await.unwrap();
        let read = town.lake_permit::<ReadResident>();
        let withdraw = town.lake_permit::<WithdrawDocument>();
        for refusal in [
            document::get(town.store(), &read, &paper).await.map(drop),
            document::pdf(town.store(), &read, &paper).await.map(drop),
            document::withdraw(town.store(), &withdraw, &paper, "", town.now()).await,
        ] {
            assert!(matches!(refusal, Err(StoreError::NotFound)), "{refusal:?}");
        }
        assert_eq!(document::list(town.store(), &read, &id, 9).await.unwrap(), []);
        assert_eq!(document::live(town.store(), &read, town.now(), None, 9).await.unwrap(), []);
        assert_eq!(state(&town, 1).await, LinkState::Live);
    }

    async fn a_token_opens_the_current_sheet_and_knows_the_paper(bench: Bench) {
        let town = Town::new(bench).await;
        let person = head("山田 花子", "やまだ はなこ", "201");
        let id = town.admit(&person).await;
        let paper = town.issue(&id, 1, new_link()).await.unwrap();
        let edit = town.permit();
        sheet::confirm(town.store(), &edit, &id, 1, &person, revision("newer"), town.now())
            .await
            .unwrap();
        let found = town.scan(1).await;
        assert_eq!(found.link().document_id, paper);
        assert_eq!((found.link().printed_revision, found.resident().revision), (1, 2));
        assert_eq!(found.sheet().body, b"newer");
        assert_eq!(found.link().facility_name, "hill");
        assert_eq!(link::printed(town.store(), &found).await.unwrap().body, b"{\"printed\":true}");
        assert_eq!(link::find(town.store(), &[9; 32]).await.unwrap(), None);
    }

    async fn a_reprint_ends_the_older_paper_when_asked(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let neighbour = town.admit(&head("佐藤 三郎", "さとう さぶろう", "202")).await;
        town.issue(&id, 1, new_link()).await.unwrap();
        town.issue(&neighbour, 2, new_link()).await.unwrap();
        town.issue(&id, 3, new_link()).await.unwrap();
        assert_eq!(state(&town, 1).await, LinkState::Live);
        town.issue(&id, 4, NewLink { replaces_older: true, ..new_link() }).await.unwrap();
        assert_eq!(state(&town, 1).await, LinkState::Ended(EndReason::Reprinted));
        assert_eq!(state(&town, 2).await, LinkState::Live);
        assert_eq!(state(&town, 3).await, LinkState::Ended(EndReason::Reprinted));
        assert_eq!(state(&town, 4).await, LinkState::Live);
        let live = document::live(town.store(), &town.permit(), town.now(), None, 9).await.unwrap();
        let serials: Vec<_> = live.iter().map(|paper| paper.serial.as_str()).collect();
        assert_eq!(serials.len(), 2, "{serials:?}");
        let rest = document::live(town.store(), &town.permit(), town.now(), Some(&live[0].id), 9).await.unwrap();
        assert_eq!(rest, live[1..]);
    }

    async fn a_withdrawn_paper_says_so(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let paper = town.issue(&id, 1, new_link()).await.unwrap();
        let permit = town.permit::<WithdrawDocument>();
        document::withdraw(town.store(), &permit, &paper, "紛失", town.now()).await.unwrap();
        assert_eq!(state(&town, 1).await, LinkState::Ended(EndReason::Withdrawn));
        let (document, _) = document::get(town.store(), &town.permit(), &paper).await.unwrap();
        assert_eq!(document.withdrawn_reason.as_deref(), Some("紛失"));
        let again = document::withdraw(town.store(), &permit, &paper, "", town.now()).await.unwrap_err();
        assert!(matches!(again, StoreError::AlreadyWithdrawn), "{again:?}");
        let none = document::withdraw(town.store(), &permit, &DocumentId::from("x"), "", town.now()).await.unwrap_err();
        assert!(matches!(none, StoreError::NotFound), "{none:?}");
    }

    async fn leaving_and_death_end_every_link_and_forbid_new_ones(bench: Bench) {
        let town = Town::new(bench).await;
        for (token, status, reason) in [(1, Status::Left, EndReason::Left), (2, Status::Died, EndReason::Died)] {
            let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
            town.issue(&id, token, new_link()).await.unwrap();
            resident::set_status(town.store(), &town.permit(), &id, status, None, town.now()).await.unwrap();
            assert_eq!(state(&town, token).await, LinkState::Ended(reason));
            let refusal = town.issue(&id, 9, new_link()).await.unwrap_err();
            assert!(matches!(refusal, StoreError::NotLivingIn), "{refusal:?}");
        }
    }

    async fn a_link_dies_on_its_date(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        let end = town.now().plus_minutes(10);
        town.issue(&id, 1, NewLink { expires_at: Some(end), ..new_link() }).await.unwrap();
        let found = town.scan(1).await;
        assert_eq!(found.state(Moment(end.0 - 1)), LinkState::Live);
        assert_eq!(found.state(end), LinkState::Expired);
        assert_eq!(document::live(town.store(), &town.permit(), end, None, 9).await.unwrap(), []);
    }

    async fn s20_a_scan_is_recorded_and_shown_to_the_facility(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        town.issue(&id, 1, new_link()).await.unwrap();
        let found = town.scan(1).await;
        let scans: Vec<String> = (0..30).map(|_| town.new_id()).collect();
        let views = scans.iter().map(|id| {
            let (store, found, id, at) = (town.store().clone(), found.clone(), id.clone(), town.now());
            tokio::spawn(async move {
                let view = NewScan { id: &id, tier: "full", source: "198.51.100.7", agent: "phone" };
                scan::record(&store, &found, view, at).await
            })
        });
        for view in views.collect::<Vec<_>>() {
            view.await.unwrap().unwrap();
        }
        let (read, review) = (town.permit::<ReadResident>(), town.permit::<ReviewScans>());
        assert_eq!(scan::count_unseen(town.store(), &read).await.unwrap(), 30);
        assert_eq!(scan::count_unseen(town.store(), &town.lake_permit()).await.unwrap(), 0);

        scan::mark_seen(town.store(), &review, &scans[0], town.now()).await.unwrap();
        let unseen = scan::unseen(town.store(), &read, 99).await.unwrap();
        assert_eq!(unseen.len(), 29);
        assert!(unseen.iter().all(|scan| scan.id != scans[0] && scan.resident_name == "山田 花子"));
        let refusal = scan::mark_seen(town.store(), &town.lake_permit(), &scans[1], town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::NotFound), "{refusal:?}");
        assert_eq!(scan::mark_all_seen(town.store(), &review, town.now(), town.now()).await.unwrap(), 29);
        assert_eq!(scan::count_unseen(town.store(), &read).await.unwrap(), 0);
        assert_eq!(scan::list(town.store(), &read, None, 99).await.unwrap().len(), 30);
        let first = scan::list(town.store(), &read, None, 20).await.unwrap();
        let before = (first[19].at, first[19].id.as_str());
        let rest = scan::list(town.store(), &read, Some(before), 20).await.unwrap();
        assert_eq!(rest.len(), 10, "views of one instant are not lost between pages");
        assert_eq!(scan::of_resident(town.store(), &read, &id, 99).await.unwrap().len(), 30);
        assert_eq!(scan::list(town.store(), &read, Some((town.now(), "")), 99).await.unwrap(), []);

        let audit = audit::list(town.store(), &town.permit(), Some(&id), None, 999).await.unwrap();
        assert_eq!(audit.iter().filter(|entry| entry.action == "scan.viewed").count(), 30);
    }

    async fn s20_a_scan_that_cannot_be_kept_takes_no_other_with_it(bench: Bench) {
        let town = Town::new(bench).await;
        let id = town.admit(&head("山田 花子", "やまだ はなこ", "201")).await;
        town.issue(&id, 1, new_link()).await.unwrap();
        let found = town.scan(1).await;
        // The same id twice is refused by its key; the one between them is not.
        let (once, other) = (town.new_id(), town.new_id());
        let view = |id| scan::record(
            town.store(), &found, NewScan { id, tier: "full", source: "198.51.100.7", agent: "phone" }, town.now(),
        );
        let (first, twice, between) = tokio::join!(view(&once), view(&once), view(&other));
        assert!(first.is_ok() != twice.is_ok());
        between.unwrap();
        assert_eq!(scan::count_unseen(town.store(), &town.permit()).await.unwrap(), 2);
        assert!(town.store().is_writable());
    }
}
