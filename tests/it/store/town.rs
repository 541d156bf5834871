//! Two facilities with a nurse and a manager each, and shorthand for what stories do all the time.

use hikitsugi::domain::clock::{Clock, Moment};
use hikitsugi::domain::id::{DocumentId, FacilityId, ResidentId, StaffId, new_uuid};
use hikitsugi::domain::kana;
use hikitsugi::domain::permit::{Action, Actor, Permit, Role};
use hikitsugi::domain::resident::Head;
use hikitsugi::store::document::{self, NewDocument, NewLink, PrintOrder};
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::link::{self, FoundLink};
use hikitsugi::store::resident::{self, Admission};
use hikitsugi::store::sheet::NewRevision;
use hikitsugi::store::staff::NewStaff;
use hikitsugi::store::{Store, StoreError};

use crate::support::Bench;

/// `hill` is where stories happen; `lake` is the other facility, which must notice nothing.
pub struct Town {
    pub bench: Bench,
    pub hill: FacilityId,
    pub lake: FacilityId,
}

pub const HILL_NURSE: &str = "hill-nurse";

impl Town {
    pub async fn new(bench: Bench) -> Self {
        let town = Self {
            hill: FacilityId::new(&bench.clock, &bench.entropy),
            lake: FacilityId::new(&bench.clock, &bench.entropy),
            bench,
        };
        town.add_facility(&town.hill, "hill").await;
        town.add_facility(&town.lake, "lake").await;
        town
    }

    async fn add_facility(&self, id: &FacilityId, name: &str) {
        let nurse = StaffId(format!("{name}-nurse"));
        let manager = StaffId(format!("{name}-manager"));
        let text = FacilityText {
            name,
            kind: "special_nursing_home",
            body: b"{}",
        };
        let people = [
            new_staff(&nurse, Role::Nurse),
            new_staff(&manager, Role::Manager),
        ];
        let operator = Actor::console(FacilityId::from("city"), Role::Operator);
        let permit = operator.permit().unwrap();
        facility::create(self.store(), &permit, id, text, &people, self.now())
            .await
            .unwrap();
    }

    pub fn store(&self) -> &Store {
        &self.bench.store
    }

    pub fn now(&self) -> Moment {
        self.bench.clock.now()
    }

    /// What the manager of the hill may do.
    pub fn permit<A: Action>(&self) -> Permit<A> {
        self.manager(&self.hill, "hill-manager").permit().unwrap()
    }

    /// The same, of the other facility.
    pub fn lake_permit<A: Action>(&self) -> Permit<A> {
        self.manager(&self.lake, "lake-manager").permit().unwrap()
    }

    pub fn nurse_permit<A: Action>(&self) -> Permit<A> {
        let nurse = Actor {
            role: Role::Nurse,
            ..self.manager(&self.hill, HILL_NURSE)
        };
        nurse.permit().unwrap()
    }

    pub fn manager(&self, facility: &FacilityId, staff: &str) -> Actor {
        Actor {
            staff: StaffId::from(staff),
            name: format!("{staff}さん"),
            role: Role::Manager,
            facility: facility.clone(),
            source: "192.0.2.1".to_owned(),
        }
    }

    pub fn new_id(&self) -> String {
        new_uuid(&self.bench.clock, &self.bench.entropy)
    }

    /// Brings in a resident of the hill.
    pub async fn admit(&self, head: &Head) -> ResidentId {
        self.try_admit(head).await.unwrap()
    }

    pub async fn try_admit(&self, head: &Head) -> Result<ResidentId, StoreError> {
        let id = ResidentId(self.new_id());
        let admission = Admission {
            id: &id,
            head,
            sheet: revision(&head.name),
        };
        resident::admit(self.store(), &self.permit(), admission, self.now()).await?;
        Ok(id)
    }

    /// Prints the resident's sheet with a link whose token's hash is `token` repeated.
    pub async fn issue(
        &self,
        resident: &ResidentId,
        token: u8,
        link: NewLink<'_>,
    ) -> Result<DocumentId, StoreError> {
        let id = DocumentId(self.new_id());
        let serial =
            document::take_serials(self.store(), &self.permit(), 2026, 1, self.now()).await?;
        let document = NewDocument {
            statements: 0,
            id: &id,
            resident,
            serial: &format!("2026-{serial:04}"),
            form: "emergency",
            edition: "1",
            revision: 1,
            valid_until: None,
            match_code: "あ-482",
            order: PrintOrder::default(),
            sha256: &[7; 32],
            body: b"{\"printed\":true}",
            pdf: b"%PDF-",
            link: Some(NewLink {
                token_hash: &[token; 32],
                ..link
            }),
            stay: None,
        };
        document::issue(self.store(), &self.permit(), document, self.now()).await?;
        Ok(id)
    }

    pub async fn scan(&self, token: u8) -> FoundLink {
        link::find(self.store(), &[token; 32])
            .await
            .unwrap()
            .unwrap()
    }
}

/// A link without an end that leaves older ones alone.
pub fn new_link() -> NewLink<'static> {
    NewLink {
        token_hash: &[0; 32],
        expires_at: None,
        replaces_older: false,
    }
}

fn new_staff(id: &StaffId, role: Role) -> NewStaff<'_> {
    NewStaff {
        id,
        login: id.as_str(),
        name: id.as_str(),
        role,
        password_hash: "$argon2id$…",
    }
}

/// A person of a name and a reading, in a room of the second floor.
pub fn head(name: &str, kana: &str, room: &str) -> Head {
    Head {
        name: name.to_owned(),
        name_kana: kana.to_owned(),
        kana_key: kana::search_key(kana),
        name_key: kana::name_key(name),
        floor: Some("2階".to_owned()),
        room: Some(room.to_owned()),
        place_key: format!("2-{room}").into_bytes(),
        ..Head::default()
    }
}

pub fn revision(text: &str) -> NewRevision<'_> {
    NewRevision {
        body: text.as_bytes(),
        reason: "",
        verified: false,
    }
}
