//! Care facilities, and the city office that operates the service.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::staff::{self, NewStaff};
use super::{Store, StoreError, directive};
use crate::domain::clock::Moment;
use crate::domain::id::FacilityId;
use crate::domain::permit::{EditFacility, OperateService, Permit};

statements! {
    GET = "select id, name, kind, body, version, created_at from facility where id = $1";
    LIST = "select id, name, kind, body, version, created_at from facility where id > $1 order by id limit $2";
    CREATE = "insert into facility (id, name, kind, body, version, created_at) values ($1, $2, $3, $4, 1, $5)
        on conflict (id) do nothing";
    UPDATE = "update facility set name = $3, kind = $4, body = $5, version = version + 1
        where id = $1 and version = $2";
}

row! {
    pub struct Facility {
        id: FacilityId,
        name: String,
        kind: String,
        /// JSON: address, phones, entrance.
        body: Vec<u8>,
        /// Counts up with every change.
        version: i64,
        created_at: Moment,
    }
}

/// What somebody may change about a facility.
#[derive(Clone, Debug)]
pub struct FacilityText<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub body: &'a [u8],
}

/// Adds a facility with its first people, all or nothing.
///
/// # Errors
/// `Exists` for a known id, `LoginTaken`.
pub async fn create(
    store: &Store,
    permit: &Permit<OperateService>,
    id: &FacilityId,
    text: FacilityText<'_>,
    people: &[NewStaff<'_>],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if tx.exec(CREATE, args![id, text.name, text.kind, text.body, at]).await? == 0 {
            return Err(StoreError::Exists);
        }
        let detail = json!({"facility": id, "name": text.name, "kind": text.kind});
        // An operator setting up its own office has one chain, any other act stands in both.
        if permit.facility() != id {
            let entry = Entry::new("facility.created", None, detail.clone());
            audit::append(tx, &author, at, entry).await?;
        }
        let author = author.in_chain(id);
        audit::append(tx, &author, at, Entry::new("facility.created", None, detail)).await?;
        for person in people {
            staff::insert(tx, id, person, None, at).await?;
            audit::append(tx, &author, at, staff::created(person)).await?;
        }
        Ok(())
    })
}

/// The permit's own facility.
pub async fn get<A>(store: &Store, permit: &Permit<A>) -> Result<Facility, StoreError> {
    store.db().one(GET, args![permit.facility()]).await
}

/// Up to `limit` facilities in the order in which they were added, after the given id (`None`: from the first).
pub async fn list(
    store: &Store,
    _: &Permit<OperateService>,
    after: Option<&FacilityId>,
    limit: i64,
) -> Result<Vec<Facility>, StoreError> {
    let after = after.map_or("", FacilityId::as_str);
    store.db().all(LIST, args![after, limit]).await
}

/// Changes the permit's own facility; gives its new version.
///
/// # Errors
/// `Conflict` when it is no longer at `expected_version`.
pub async fn update(
    store: &Store,
    permit: &Permit<EditFacility>,
    expected_version: i64,
    text: FacilityText<'_>,
    at: Moment,
) -> Result<i64, StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let before: Facility = tx.one(GET, args![facility]).await?;
        let changed = tx
            .exec(UPDATE, args![facility, expected_version, text.name, text.kind, text.body])
            .await?;
        if changed == 0 {
            let now: Facility = tx.one(GET, args![facility]).await?;
            return Err(StoreError::Conflict { current: now.version });
        }
        directive::on_limits(tx, permit.actor(), &before.body, text.body, at).await?;
        let version = expected_version + 1;
        let entry = Entry::new("facility.updated", None, json!({"version": version}));
        audit::append(tx, &author, at, entry).await?;
        Ok(version)
    })
}
