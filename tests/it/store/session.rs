//! Signing in and out, and calls sent twice.

use hikitsugi::domain::id::StaffId;
use hikitsugi::domain::permit::{ManageStaff, ReadResident, Role};
use hikitsugi::store::idempotency::{self, Claim};
use hikitsugi::store::staff::{self, NewStaff};
use hikitsugi::store::{StoreError, instance, invitation, session};

use super::town::{HILL_NURSE, Town};

const TOKEN: [u8; 32] = [5; 32];

async fn signed_in(bench: crate::support::Bench) -> Town {
    let town = Town::new(bench).await;
    let nurse = town.nurse_permit::<ReadResident>();
    let end = town.now().plus_minutes(60);
    session::open(
        town.store(),
        nurse.actor(),
        &TOKEN,
        "Windows Edge",
        end,
        town.now(),
    )
    .await
    .unwrap();
    town
}

async fn holds(town: &Town) -> bool {
    session::find(town.store(), &TOKEN, town.now())
        .await
        .unwrap()
        .is_some()
}

both_databases! {
    async fn a_session_names_its_person_and_facility(bench: Bench) {
        let town = signed_in(bench).await;
        town.bench.clock.advance_minutes(5);
        session::touch(town.store(), &TOKEN, town.now()).await.unwrap();
        let found = session::find(town.store(), &TOKEN, town.now()).await.unwrap().unwrap();
        assert_eq!((found.role, found.facility_name.as_str(), found.seen_at), (Role::Nurse, "hill", town.now()));
        let actor = found.actor("192.0.2.7");
        assert_eq!((actor.facility, actor.staff.as_str()), (town.hill.clone(), HILL_NURSE));
        assert_eq!(session::find(town.store(), &[6; 32], town.now()).await.unwrap(), None);
    }

    async fn a_session_ends_on_its_date_and_by_signing_out(bench: Bench) {
        let town = signed_in(bench).await;
        town.bench.clock.advance_minutes(59);
        assert!(holds(&town).await);
        town.bench.clock.advance_minutes(1);
        assert!(!holds(&town).await);
        town.bench.clock.advance_minutes(-30);
        let nurse = town.nurse_permit::<ReadResident>();
        session::end(town.store(), nurse.actor(), &TOKEN, town.now()).await.unwrap();
        session::end(town.store(), nurse.actor(), &TOKEN, town.now()).await.unwrap();
        assert!(!holds(&town).await);
    }

    async fn who_is_disabled_is_signed_out_everywhere(bench: Bench) {
        let town = signed_in(bench).await;
        let nurse = StaffId::from(HILL_NURSE);
        let stranger = town.lake_permit::<ManageStaff>();
        let refusal = staff::disable(town.store(), &stranger, &nurse, town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::NotFound), "{refusal:?}");
        assert!(holds(&town).await);
        let permit = town.permit::<ManageStaff>();
        staff::disable(town.store(), &permit, &nurse, town.now()).await.unwrap();
        assert!(!holds(&town).await);
        assert!(staff::by_login(town.store(), HILL_NURSE).await.unwrap().unwrap().disabled_at.is_some());
        staff::enable(town.store(), &permit, &nurse, town.now()).await.unwrap();
        assert!(!holds(&town).await, "the old session stays ended");
    }

    async fn whoever_is_let_in_anew_is_out_everywhere_and_the_page_opens_once(bench: Bench) {
        let town = signed_in(bench).await;
        let nurse = StaffId::from(HILL_NURSE);
        let permit = town.permit::<ManageStaff>();
        let (page, until) = ([9; 32], town.now().plus_days(1));
        invitation::invite(town.store(), &permit, &nurse, &page, until, town.now()).await.unwrap();
        assert!(!holds(&town).await);
        let locked = staff::by_login(town.store(), HILL_NURSE).await.unwrap().unwrap();
        assert_eq!(locked.password_hash, staff::NO_PASSWORD);

        let person = invitation::find(town.store(), &page, town.now()).await.unwrap().unwrap();
        assert_eq!(invitation::find(town.store(), &page, until).await.unwrap(), None, "a day is over");
        let person = person.actor("console");
        let accept = async || invitation::accept(town.store(), &page, &person, "$argon2id$new", town.now()).await;
        accept().await.unwrap();
        assert!(matches!(accept().await, Err(StoreError::NotFound)));
        assert_eq!(invitation::find(town.store(), &page, town.now()).await.unwrap(), None);
        let credentials = staff::by_login(town.store(), HILL_NURSE).await.unwrap().unwrap();
        assert_eq!(credentials.password_hash, "$argon2id$new");
    }

    async fn a_manager_can_sign_somebody_out_everywhere(bench: Bench) {
        let town = signed_in(bench).await;
        let nurse = StaffId::from(HILL_NURSE);
        session::end_all_of(town.store(), &town.lake_permit(), &nurse, town.now()).await.unwrap();
        assert!(holds(&town).await);
        session::end_all_of(town.store(), &town.permit(), &nurse, town.now()).await.unwrap();
        assert!(!holds(&town).await);
    }

    async fn a_login_is_given_once_in_the_whole_service(bench: Bench) {
        let town = Town::new(bench).await;
        let person = NewStaff {
            id: &StaffId(town.new_id()), login: HILL_NURSE, name: "佐藤", role: Role::CareWorker, password_hash: "x",
        };
        let refusal = staff::create(town.store(), &town.lake_permit(), person.clone(), town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::LoginTaken), "{refusal:?}");
        staff::create(town.store(), &town.lake_permit(), NewStaff { login: "sato", ..person }, town.now()).await.unwrap();
        let people = staff::list(town.store(), &town.lake_permit()).await.unwrap();
        assert_eq!(people.len(), 3);
        assert_eq!(staff::by_login(town.store(), "nobody").await.unwrap(), None);
    }

    async fn failed_sign_ins_count_within_their_window(bench: Bench) {
        let town = Town::new(bench).await;
        let window = |town: &Town| town.now().plus_minutes(-15);
        for _ in 0..3 {
            staff::login_failed(town.store(), "sato", window(&town), town.now()).await.unwrap();
            town.bench.clock.advance_minutes(6);
        }
        assert_eq!(staff::login_failures(town.store(), "sato", window(&town)).await.unwrap(), 2);
        assert_eq!(staff::login_failures(town.store(), "suzuki", window(&town)).await.unwrap(), 0);
        staff::forget_login_failures(town.store(), "sato", town.now()).await.unwrap();
        assert_eq!(staff::login_failures(town.store(), "sato", window(&town)).await.unwrap(), 0);
    }

    async fn a_call_sent_twice_is_answered_twice_and_done_once(bench: Bench) {
        let town = Town::new(bench).await;
        let (nurse, manager) = (town.nurse_permit::<ReadResident>(), town.permit::<ReadResident>());
        let (one, other) = ([1; 32], [2; 32]);
        let day_ago = town.now().plus_days(-1);
        let claim = |permit, hash| idempotency::claim(town.store(), permit, "key", hash, day_ago, town.now());
        assert_eq!(claim(&nurse, &one).await.unwrap(), Claim::New);
        assert_eq!(claim(&nurse, &one).await.unwrap(), Claim::Running);
        assert_eq!(claim(&nurse, &other).await.unwrap(), Claim::Mismatch);
        assert_eq!(claim(&manager, &other).await.unwrap(), Claim::New);
        idempotency::settle(town.store(), &nurse, "key", 201, b"made", town.now()).await.unwrap();
        let done = Claim::Done { status: 201, body: b"made".to_vec() };
        assert_eq!(claim(&nurse, &one).await.unwrap(), done);
        idempotency::release(town.store(), &nurse, "key", town.now()).await.unwrap();
        assert_eq!(claim(&nurse, &one).await.unwrap(), done, "what is done is not let go");
        idempotency::release(town.store(), &manager, "key", town.now()).await.unwrap();
        assert_eq!(claim(&manager, &one).await.unwrap(), Claim::New);
        let later = town.now().plus_days(2);
        let again = idempotency::claim(town.store(), &nurse, "key", &other, later.plus_days(-1), later).await.unwrap();
        assert_eq!(again, Claim::New);
    }

    async fn a_secret_of_the_installation_is_made_once(bench: Bench) {
        let town = Town::new(bench).await;
        let first = instance::get_or_create(town.store(), "jwt", &[1; 32], town.now()).await.unwrap();
        let second = instance::get_or_create(town.store(), "jwt", &[2; 32], town.now()).await.unwrap();
        assert_eq!((first, second), (vec![1; 32], vec![1; 32]));
    }
}
