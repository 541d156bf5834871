//! Facilities, and the operator who adds them.

use hikitsugi::domain::id::{FacilityId, StaffId};
use hikitsugi::domain::permit::{Actor, EditFacility, OperateService, Permit, ReadResident, Role};
use hikitsugi::store::StoreError;
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::staff::{self, NewStaff};

use super::town::Town;

fn operator() -> Permit<OperateService> {
    Actor::console(FacilityId::from("city"), Role::Operator)
        .permit()
        .unwrap()
}

const TEXT: FacilityText<'_> = FacilityText {
    name: "丘の家",
    kind: "group_home",
    body: b"{\"tel\":\"03-0000-0000\"}",
};

both_databases! {
    async fn a_facility_changes_only_from_the_version_one_has_read(bench: Bench) {
        let town = Town::new(bench).await;
        let permit = town.permit::<EditFacility>();
        assert_eq!(facility::update(town.store(), &permit, 1, TEXT, town.now()).await.unwrap(), 2);
        let refusal = facility::update(town.store(), &permit, 1, TEXT, town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Conflict { current: 2 }), "{refusal:?}");
        let now = facility::get(town.store(), &town.permit::<ReadResident>()).await.unwrap();
        assert_eq!((now.name.as_str(), now.version, now.body.as_slice()), ("丘の家", 2, TEXT.body));
        let lake = facility::get(town.store(), &town.lake_permit::<ReadResident>()).await.unwrap();
        assert_eq!((lake.name.as_str(), lake.version), ("lake", 1));
    }

    async fn facilities_are_listed_page_by_page(bench: Bench) {
        let town = Town::new(bench).await;
        let first = facility::list(town.store(), &operator(), None, 1).await.unwrap();
        assert_eq!(first[0].id, town.hill);
        let rest = facility::list(town.store(), &operator(), Some(&first[0].id), 9).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].id, town.lake);
    }

    async fn a_facility_whose_manager_cannot_be_added_is_not_added(bench: Bench) {
        let town = Town::new(bench).await;
        let id = FacilityId(town.new_id());
        let staff_id = StaffId(town.new_id());
        let taken = NewStaff {
            id: &staff_id, login: "hill-nurse", name: "管理者", role: Role::Manager, password_hash: "x",
        };
        let refusal = facility::create(town.store(), &operator(), &id, TEXT, std::slice::from_ref(&taken), town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::LoginTaken), "{refusal:?}");
        assert_eq!(facility::list(town.store(), &operator(), None, 9).await.unwrap().len(), 2);
        let free = NewStaff { login: "new-manager", ..taken };
        facility::create(town.store(), &operator(), &id, TEXT, &[free], town.now()).await.unwrap();
        let credentials = staff::by_login(town.store(), "new-manager").await.unwrap().unwrap();
        assert_eq!((credentials.facility_id, credentials.role), (id.clone(), Role::Manager));
        let refusal = facility::create(town.store(), &operator(), &id, TEXT, &[], town.now()).await.unwrap_err();
        assert!(matches!(refusal, StoreError::Exists), "{refusal:?}");
    }
}
