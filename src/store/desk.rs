//! 窓口一覧: whom to reach in a hospital, or for the way home. Every version is kept; the newest holds.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::handoff::sending::DeskKind;
use crate::domain::id::DeskId;
use crate::domain::permit::{Permit, ReadResident, WriteHandoff};

statements! {
    LIST = "select k.id, k.kind, k.hospital, k.department, k.person, k.phone, k.fax, k.hours, k.confirmed_on, k.version, k.at,
            k.by_name
        from desk k where k.facility_id = $1 and k.removed = 0 and k.version = (select max(o.version) from desk o
            where o.facility_id = k.facility_id and o.id = k.id)
        order by k.id limit $2";
    NEWEST = "select id, kind, hospital, department, person, phone, fax, hours, confirmed_on, version, at, by_name from desk
        where facility_id = $1 and id = $2 order by version desc limit 1";
    WRITE = "insert into desk (facility_id, id, kind, hospital, department, person, phone, fax, hours, confirmed_on, version,
            removed, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// Of every facility: businesses that take people home, and nothing of anybody whom they take.
    TRANSPORTS = "select k.id, k.kind, k.hospital, k.department, k.person, k.phone, k.fax, k.hours, k.confirmed_on,
            k.version, k.at, k.by_name
        from desk k where k.kind <> 'hospital' and k.removed = 0 and k.version = (select max(o.version) from desk o
            where o.facility_id = k.facility_id and o.id = k.id)
        order by k.facility_id, k.id limit $1";
}

row! {
    pub struct Desk {
        id: DeskId,
        kind: DeskKind,
        /// The hospital, or who drives.
        hospital: String,
        department: String,
        person: String,
        phone: String,
        fax: String,
        hours: String,
        /// When somebody asked whether all of it is still right.
        confirmed_on: Option<Day>,
        version: i64,
        at: Moment,
        by_name: String,
    }
}

/// A desk as somebody wrote it.
#[derive(Clone, Debug)]
pub struct NewDesk<'a> {
    pub kind: DeskKind,
    pub hospital: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub phone: &'a str,
    pub fax: &'a str,
    pub hours: &'a str,
    pub confirmed_on: Day,
    pub removed: bool,
}

code_cell!(DeskKind);

/// Up to `limit` of the businesses that facilities of the city know for the way home.
pub async fn transports(store: &Store, limit: i64) -> Result<Vec<Desk>, StoreError> {
    store.db().all(TRANSPORTS, args![limit]).await
}

/// Up to `limit` desks.
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Desk>, StoreError> {
    store.db().all(LIST, args![permit.facility(), limit]).await
}

/// Writes the version after `seen` (0: a new desk).
///
/// # Errors
/// `Conflict` when somebody wrote another one meanwhile.
pub async fn write(
    store: &Store,
    permit: &Permit<WriteHandoff>,
    id: &DeskId,
    seen: i64,
    desk: NewDesk<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let known: Option<Desk> = tx.opt(NEWEST, args![facility, id]).await?;
        let current = known.map_or(0, |desk| desk.version);
        if current != seen {
            return Err(StoreError::Conflict { current });
        }
        let version = seen + 1;
        let args = args![
            facility, id, desk.kind.code(), desk.hospital, desk.department, desk.person, desk.phone, desk.fax, desk.hours,
            desk.confirmed_on, version, i64::from(desk.removed), at, &actor.staff, &actor.name
        ];
        tx.exec(WRITE, args).await?;
        let detail = json!({"desk": id, "version": version, "removed": desk.removed});
        audit::append(tx, &Author::from(permit), at, Entry::new("desk.written", None, detail)).await
    })
}
