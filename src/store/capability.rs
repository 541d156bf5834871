//! What a facility can take on, by day and by night. Every version is kept; the newest holds.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::FacilityId;
use crate::domain::permit::{EditFacility, Permit, ReadResident};

statements! {
    NEWEST = "select version, body, at, by_name from capability where facility_id = $1 order by version desc limit 1";
    /// Only the facilities themselves: the office and hospitals have no matrix.
    OF_CITY = "select f.body, c.body as matrix, c.at from facility f
        left join capability c on c.facility_id = f.id and c.version = (select max(o.version) from capability o
            where o.facility_id = f.id)
        where f.kind not in ('city_office', 'hospital') order by f.id limit $1";
    WRITE = "insert into capability (facility_id, version, body, at, by_staff, by_name) values ($1, $2, $3, $4, $5, $6)";
}

row! {
    /// A facility of the city, with what it says that it can take on. Nothing of its residents.
    pub struct OfCity {
        /// The facility's facts, as JSON.
        body: Vec<u8>,
        matrix: Option<String>,
        at: Option<Moment>,
    }
}

row! {
    pub struct Written {
        /// From 1.
        version: i64,
        body: String,
        at: Moment,
        by_name: String,
    }
}

/// The newest version; `None` when nothing was written yet.
pub async fn newest(
    store: &Store,
    permit: &Permit<ReadResident>,
) -> Result<Option<Written>, StoreError> {
    newest_of(store, permit.facility()).await
}

/// The same for the program itself, which tells those whom the facility named.
pub async fn newest_of(
    store: &Store,
    facility: &FacilityId,
) -> Result<Option<Written>, StoreError> {
    let rows: Vec<Written> = store.db().all(NEWEST, args![facility]).await?;
    Ok(rows.into_iter().next())
}

/// Writes the version after `seen` (0: the first).
///
/// # Errors
/// `Conflict` when somebody wrote another one meanwhile.
pub async fn write(
    store: &Store,
    permit: &Permit<EditFacility>,
    seen: i64,
    body: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let rows: Vec<Written> = tx.all(NEWEST, args![facility]).await?;
        let current = rows.first().map_or(0, |written| written.version);
        if current != seen {
            return Err(StoreError::Conflict { current });
        }
        let version = seen + 1;
        tx.exec(WRITE, args![facility, version, body, at, &actor.staff, &actor.name]).await?;
        let entry = Entry::new("facility.capability_written", None, json!({"version": version}));
        audit::append(tx, &Author::from(permit), at, entry).await
    })
}

/// Up to `limit` facilities with their matrices: what a facility tells the whole city.
pub async fn of_city(store: &Store, limit: i64) -> Result<Vec<OfCity>, StoreError> {
    store.db().all(OF_CITY, args![limit]).await
}
