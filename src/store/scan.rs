//! Who opened a sheet by its QR code, and when the facility took notice.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::link::FoundLink;
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::{DocumentId, ResidentId, StaffId};
use crate::domain::permit::{Permit, ReadResident, ReviewScans};

/// The columns of `Scan`, and the joins they need.
macro_rules! scans {
    ($where:literal) => {
        concat!(
            "select c.id, c.resident_id, r.name as resident_name, r.room, c.document_id, d.serial, c.at, c.tier,
            c.source, c.agent, c.seen_by, c.seen_at
        from scan c
        join resident r on r.facility_id = c.facility_id and r.id = c.resident_id
        join document d on d.facility_id = c.facility_id and d.id = c.document_id
        where c.facility_id = $1",
            $where
        )
    };
}

statements! {
    RECORD = "insert into scan (facility_id, id, resident_id, document_id, at, tier, source, agent)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    UNSEEN = scans!(" and c.seen_at is null order by c.at desc, c.id desc limit $2");
    LIST = scans!(" and (c.at, c.id) < ($2, $3) order by c.at desc, c.id desc limit $4");
    OF_RESIDENT = scans!(" and c.resident_id = $2 order by c.at desc, c.id desc limit $3");
    SINCE = scans!(" and c.resident_id = $2 and c.at >= $3 order by c.at, c.id limit $4");
    COUNT_UNSEEN = "select count(*) as unseen from scan where facility_id = $1 and seen_at is null";
    /// Views that no emergency explains: none of the resident's was open when the code was scanned.
    UNEXPLAINED = scans!(" and c.seen_at is null and r.drill = 0 and not exists (select 1 from transport t
            where t.facility_id = c.facility_id and t.resident_id = c.resident_id and t.at <= c.at
            and not exists (select 1 from transport_event e
                where e.facility_id = t.facility_id and e.transport_id = t.id and e.kind = 'closed' and e.at < c.at
                and not exists (select 1 from transport_event f
                    where f.facility_id = e.facility_id and f.transport_id = e.transport_id and f.about = e.seq)))
        order by c.at desc, c.id desc limit $2");
    SEE = "update scan set seen_by = $3, seen_at = $4 where facility_id = $1 and id = $2 and seen_at is null";
    SEE_ALL = "update scan set seen_by = $3, seen_at = $4 where facility_id = $1 and at <= $2 and seen_at is null";
    OWNER = "select resident_id from scan where facility_id = $1 and id = $2";
}

/// A view by QR code.
#[derive(Clone, Debug)]
pub struct NewScan<'a> {
    /// A new UUIDv7.
    pub id: &'a str,
    /// How much was shown: the caller's code for it.
    pub tier: &'a str,
    /// The network address.
    pub source: &'a str,
    /// The browser, as it names itself.
    pub agent: &'a str,
}

row! {
    pub struct Scan {
        id: String,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        document_id: DocumentId,
        serial: String,
        at: Moment,
        tier: String,
        source: String,
        agent: String,
        seen_by: Option<StaffId>,
        seen_at: Option<Moment>,
    }
}

row! {
    struct Unseen { unseen: i64 }
}

row! {
    struct Owner { resident_id: ResidentId }
}

/// Records a view and its audit entry, and answers when both are on disk. Views that wait together share a commit.
///
/// # Errors
/// When it could not be written. Whether the sheet is shown nevertheless is the caller's rule: a crew at the door must
/// not wait for a disk.
pub async fn record(
    store: &Store,
    found: &FoundLink,
    scan: NewScan<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let resident = &found.resident().id;
    let document = &found.link().document_id;
    let args = args![
        found.facility(),
        scan.id,
        resident,
        document,
        at,
        scan.tier,
        scan.source,
        scan.agent
    ];
    let detail = json!({"scan": scan.id, "document": document, "tier": scan.tier});
    let entry = Entry::new("scan.viewed", Some(resident), detail);
    let author = Author::crew(found.facility(), scan.source);
    store.note(author, at, entry, vec![(RECORD, args)]).await
}

/// Up to `limit` views that nobody has taken notice of, newest first.
pub async fn unseen(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    store
        .db()
        .all(UNSEEN, args![permit.facility(), limit])
        .await
}

/// Up to `limit` views, newest first, that nobody has taken notice of and that happened outside an emergency.
pub async fn unexplained(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    let args = args![permit.facility(), limit];
    store.db().all(UNEXPLAINED, args).await
}

pub async fn count_unseen(store: &Store, permit: &Permit<ReadResident>) -> Result<i64, StoreError> {
    let row: Unseen = store
        .db()
        .one(COUNT_UNSEEN, args![permit.facility()])
        .await?;
    Ok(row.unseen)
}

/// Up to `limit` views, seen or not, newest first, before the given instant and id (`None`: from the newest).
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    before: Option<(Moment, &str)>,
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    let (at, id) = before.unwrap_or((Moment(i64::MAX), ""));
    store
        .db()
        .all(LIST, args![permit.facility(), at, id, limit])
        .await
}

/// Up to `limit` views of one resident, newest first.
pub async fn of_resident(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    store
        .db()
        .all(OF_RESIDENT, args![permit.facility(), resident, limit])
        .await
}

/// The first `limit` views of one resident from an instant on, oldest first.
pub async fn since(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    from: Moment,
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    let args = args![permit.facility(), resident, from, limit];
    store.db().all(SINCE, args).await
}

/// Takes notice of one view. Taking notice again changes nothing.
///
/// # Errors
/// `NotFound`.
pub async fn mark_seen(
    store: &Store,
    permit: &Permit<ReviewScans>,
    scan: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let owner: Owner = tx.one(OWNER, args![facility, scan]).await?;
        if tx.exec(SEE, args![facility, scan, &permit.actor().staff, at]).await? > 0 {
            let entry = Entry::new("scan.seen", Some(&owner.resident_id), json!({"scan": scan}));
            audit::append(tx, &author, at, entry).await?;
        }
        Ok(())
    })
}

/// Takes notice of every view up to an instant: the one at which the list was read.
pub async fn mark_all_seen(
    store: &Store,
    permit: &Permit<ReviewScans>,
    until: Moment,
    at: Moment,
) -> Result<u64, StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let seen = tx.exec(SEE_ALL, args![facility, until, &permit.actor().staff, at]).await?;
        if seen > 0 {
            let entry = Entry::new("scan.all_seen", None, json!({"scans": seen}));
            audit::append(tx, &author, at, entry).await?;
        }
        Ok(seen)
    })
}
