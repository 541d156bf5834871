//! Who registers a signed original and who compares it are two people (safety.md S12), and no facility makes its own
//! physician.

use hikitsugi::domain::answer::Inputs;
use hikitsugi::domain::date::Day;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::directive::{Kind, Said, Speaks, Statement};
use hikitsugi::domain::id::{ResidentId, StaffId, StatementId};
use hikitsugi::domain::permit::{
    Actor, ManageStaff, OperateService, RecordDirective, Role, VerifyOriginal,
};
use hikitsugi::store::StoreError;
use hikitsugi::store::directive::{self, NewStatement};
use hikitsugi::store::invitation;
use hikitsugi::store::staff::{self, NewStaff};
use serde_json::{Value, json};

use super::town::{HILL_NURSE, Town, head};

async fn say<A: Speaks>(
    town: &Town,
    by: &Actor,
    resident: &ResidentId,
    kind: Kind,
    about: Option<&StatementId>,
    body: Value,
) -> Result<Said, StoreError> {
    let statement = Statement::read(kind, &Inputs::from_json(&body)).unwrap();
    let new = NewStatement {
        about,
        statement: &statement,
    };
    let permit = by.permit::<A>().unwrap();
    directive::record(
        town.store(),
        &permit,
        resident,
        new,
        None,
        Limits::default(),
        town.now(),
    )
    .await
}

fn person(town: &Town, id: &str, role: Role) -> Actor {
    Actor {
        role,
        ..town.manager(&town.hill, id)
    }
}

/// A scan that waits for its second person, registered by `by`.
async fn scanned(town: &Town, by: &Actor, room: &str) -> (ResidentId, StatementId) {
    let resident = town.admit(&head("髙﨑 キヨ", "たかさき きよ", room)).await;
    let today = Day::of(town.now());
    let day = |days: i64| today.plus_days(days).iso();
    let order = json!({
        "cpr_instruction": "no_cpr", "basis_disease": "老衰", "expected_event": "眠る時間が増え、呼吸と脈が静かに止まる",
        "irreversible": "yes", "person_wish_basis": "self_stated", "dissent": {"state": "none", "confirmed_on": day(-3)},
        "discussed_on": day(-3), "physician_name": "神谷 修一", "institution": "みなと在宅クリニック",
        "phone_24h": "0463-00-1199", "phone_tested_on": day(-3), "original_location": "医務室の赤いファイル",
        "effective_from": day(0), "expires_on": day(300),
    });
    let order = say::<RecordDirective>(town, by, &resident, Kind::Order, None, order)
        .await
        .unwrap();
    say::<RecordDirective>(
        town,
        by,
        &resident,
        Kind::Submitted,
        Some(&order.id),
        json!({}),
    )
    .await
    .unwrap();
    let scan = json!({"original": "a".repeat(64), "purpose": "activate", "signed_on": day(0), "review_due_on": day(100)});
    let scan = say::<RecordDirective>(town, by, &resident, Kind::Scanned, Some(&order.id), scan)
        .await
        .unwrap();
    (resident, scan.id)
}

async fn compared(
    town: &Town,
    by: &Actor,
    (resident, scan): &(ResidentId, StatementId),
) -> Result<Said, StoreError> {
    say::<VerifyOriginal>(
        town,
        by,
        resident,
        Kind::Verified,
        Some(scan),
        json!({"compared": "yes"}),
    )
    .await
}

both_databases! {
    async fn s12_whoever_set_the_others_password_is_not_the_second_person(bench: Bench) {
        let town = Town::new(bench).await;
        let manager = town.manager(&town.hill, "hill-manager");
        let other = town.manager(&town.hill, "hill-manager2");
        let permit = manager.permit::<ManageStaff>().unwrap();
        for (id, role) in [("hill-nurse2", Role::Nurse), ("hill-manager2", Role::Manager)] {
            let id = StaffId::from(id);
            let new = NewStaff { id: &id, login: id.as_str(), name: "職員", role, password_hash: "$argon2id$…" };
            staff::create(town.store(), &permit, new, town.now()).await.unwrap();
        }
        let (nurse, nurse2) = (person(&town, HILL_NURSE, Role::Nurse), person(&town, "hill-nurse2", Role::Nurse));

        // The manager made the second nurse's account: neither is the second person of the other.
        for (first, second) in [(&nurse2, &manager), (&manager, &nurse2), (&nurse, &nurse)] {
            let scan = scanned(&town, first, "201").await;
            let refused = compared(&town, second, &scan).await.unwrap_err();
            assert!(matches!(&refused, StoreError::Refused(problems) if problems.at("about").is_some()), "{refused}");
        }
        // Whoever made two accounts could be both of them, and so could whoever made the one that made them.
        let nurse3 = person(&town, "hill-nurse3", Role::Nurse);
        let new = NewStaff { id: &nurse3.staff, login: "hill-nurse3", name: "職員", role: Role::Nurse, password_hash: "$argon2id$…" };
        staff::create(town.store(), &other.permit::<ManageStaff>().unwrap(), new, town.now()).await.unwrap();
        for (first, second) in [(&nurse2, &other), (&nurse2, &nurse3), (&nurse3, &manager)] {
            let scan = scanned(&town, first, "204").await;
            let refused = compared(&town, second, &scan).await.unwrap_err();
            assert!(matches!(&refused, StoreError::Refused(problems) if problems.at("about").is_some()), "{refused}");
        }
        let scan = scanned(&town, &nurse2, "205").await;
        compared(&town, &nurse, &scan).await.unwrap();
        // The office made the first nurse's and the manager's.
        let scan = scanned(&town, &nurse, "202").await;
        compared(&town, &manager, &scan).await.unwrap();

        // Letting somebody in anew has the same effect as making the account, from then on.
        let second = other.permit::<ManageStaff>().unwrap();
        let (page, until) = ([9; 32], town.now().plus_days(1));
        invitation::invite(town.store(), &second, &nurse.staff, &page, until, town.now()).await.unwrap();
        let scan = scanned(&town, &nurse, "203").await;
        for second in [&other, &manager] {
            assert!(compared(&town, second, &scan).await.is_err());
        }
        // The office adds somebody behind whom nobody of the home stands.
        let nurse4 = person(&town, "hill-nurse4", Role::Nurse);
        let new = NewStaff { id: &nurse4.staff, login: "hill-nurse4", name: "職員", role: Role::Nurse, password_hash: "$argon2id$…" };
        let office = Actor::console(town.lake.clone(), Role::Operator).permit::<OperateService>().unwrap();
        staff::create_by_office(town.store(), &office, &town.hill, new, town.now()).await.unwrap();
        compared(&town, &nurse4, &scan).await.unwrap();
    }

    async fn s12_no_facility_makes_its_own_physician_or_sets_their_password(bench: Bench) {
        let town = Town::new(bench).await;
        let manager = town.permit::<ManageStaff>();
        let id = StaffId::from("hill-doctor");
        let doctor = || NewStaff { id: &id, login: "hill-doctor", name: "神谷 修一", role: Role::Physician, password_hash: "$argon2id$…" };
        let refused = staff::create(town.store(), &manager, doctor(), town.now()).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Refused(problems) if problems.at("role").is_some()), "{refused}");
        assert!(staff::by_login(town.store(), "hill-doctor").await.unwrap().is_none());

        let office = Actor::console(town.lake.clone(), Role::Operator).permit::<OperateService>().unwrap();
        staff::create_by_office(town.store(), &office, &town.hill, doctor(), town.now()).await.unwrap();
        let (page, until) = ([9; 32], town.now().plus_days(1));
        let refused = invitation::invite(town.store(), &manager, &id, &page, until, town.now()).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        let known = staff::by_login(town.store(), "hill-doctor").await.unwrap().unwrap();
        assert_eq!((known.role, known.password_hash.as_str()), (Role::Physician, "$argon2id$…"));
    }
}
