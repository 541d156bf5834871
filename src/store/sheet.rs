//! A resident's sheet: confirmed revisions that never change, one draft a person, and verifications.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::{key, resident};
use super::writer::Tx;
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, ResidentId, StaffId};
use crate::domain::permit::{Actor, EditSheet, Permit, ReadResident, Role};
use crate::domain::resident::Head;

statements! {
    INSERT = "insert into sheet_revision
            (facility_id, resident_id, revision, reason, author_id, author_name, author_role, created_at, body)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    CURRENT = "select s.revision, s.reason, s.author_id, s.author_name, s.author_role, s.created_at, s.body
        from resident r
        join sheet_revision s on s.facility_id = r.facility_id and s.resident_id = r.id and s.revision = r.revision
        where r.facility_id = $1 and r.id = $2";
    GET = "select revision, reason, author_id, author_name, author_role, created_at, body from sheet_revision
        where facility_id = $1 and resident_id = $2 and revision = $3";
    LIST = "select revision, reason, author_id, author_name, author_role, created_at from sheet_revision
        where facility_id = $1 and resident_id = $2 and revision < $3 order by revision desc limit $4";
    EXISTS = "select revision from resident where facility_id = $1 and id = $2";
    VERIFY = "update resident set verified_at = $4 where facility_id = $1 and id = $2 and revision = $3";
    VERIFIED = "insert into sheet_verification
            (facility_id, resident_id, at, revision, staff_id, staff_name, staff_role)
        values ($1, $2, $3, $4, $5, $6, $7)";
    VERIFICATIONS = "select at, revision, staff_id, staff_name, staff_role from sheet_verification
        where facility_id = $1 and resident_id = $2 order by at desc limit $3";
    SAVE_DRAFT = "insert into sheet_draft (facility_id, resident_id, staff_id, base_revision, saved_at, body)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (facility_id, resident_id, staff_id)
        do update set base_revision = excluded.base_revision, saved_at = excluded.saved_at, body = excluded.body";
    DRAFT = "select base_revision, saved_at, body from sheet_draft
        where facility_id = $1 and resident_id = $2 and staff_id = $3";
    DROP_DRAFT = "delete from sheet_draft where facility_id = $1 and resident_id = $2 and staff_id = $3";
    DRAFTS_OF_OTHERS = "select d.staff_id, coalesce(p.name, d.staff_id) as staff_name, d.base_revision, d.saved_at
        from sheet_draft d
        left join staff p on p.facility_id = d.facility_id and p.id = d.staff_id
        where d.facility_id = $1 and d.resident_id = $2 and d.staff_id <> $3 order by d.saved_at desc";
}

/// What becomes the next revision.
#[derive(Clone, Debug)]
pub struct NewRevision<'a> {
    /// The record as JSON.
    pub body: &'a [u8],
    /// Why it was changed; may be empty.
    pub reason: &'a str,
    /// Somebody stands by the whole sheet, not only by the change.
    pub verified: bool,
}

row! {
    pub struct Revision {
        revision: i64,
        reason: String,
        author_id: StaffId,
        author_name: String,
        author_role: Role,
        created_at: Moment,
        /// The record as JSON.
        body: Vec<u8>,
    }
}

row! {
    /// A revision without its record.
    pub struct RevisionMeta {
        revision: i64,
        reason: String,
        author_id: StaffId,
        author_name: String,
        author_role: Role,
        created_at: Moment,
    }
}

row! {
    pub struct Verification {
        at: Moment,
        revision: i64,
        staff_id: StaffId,
        staff_name: String,
        staff_role: Role,
    }
}

row! {
    pub struct Draft {
        /// The revision that was current when the draft was begun.
        base_revision: i64,
        saved_at: Moment,
        /// JSON, of the caller's own shape.
        body: Vec<u8>,
    }
}

row! {
    /// Somebody else's draft: that it exists, not what is in it.
    pub struct DraftOfOther {
        staff_id: StaffId,
        staff_name: String,
        base_revision: i64,
        saved_at: Moment,
    }
}

row! {
    struct Exists { revision: i64 }
}

/// The current revision.
///
/// # Errors
/// `NotFound`.
pub async fn current(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
) -> Result<Revision, StoreError> {
    store
        .db()
        .one(CURRENT, args![permit.facility(), resident])
        .await
}

/// Revision `revision`, from 1.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    revision: i64,
) -> Result<Revision, StoreError> {
    store
        .db()
        .one(GET, args![permit.facility(), resident, revision])
        .await
}

/// Up to `limit` revisions, newest first, older than `before` (`None`: from the newest).
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<RevisionMeta>, StoreError> {
    let before = before.unwrap_or(i64::MAX);
    store
        .db()
        .all(LIST, args![permit.facility(), resident, before, limit])
        .await
}

/// Makes a sheet the next revision, drops the author's draft, and gives the revision's number.
///
/// # Errors
/// `Conflict` when `expected_revision` is no longer current: nothing is written, the draft stays. `NumberTaken`,
/// `NotFound`.
pub async fn confirm(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
    expected_revision: i64,
    head: &Head,
    sheet: NewRevision<'_>,
    at: Moment,
) -> Result<i64, StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let revision =
            resident::advance(tx, permit, resident, expected_revision, head, &sheet, at).await?;
        tx.exec(DROP_DRAFT, args![permit.facility(), resident, &permit.actor().staff]).await?;
        // The reason is in the revision: it is free text, and the audit holds no resident's data.
        let detail = json!({"revision": revision, "verified": sheet.verified});
        audit::append(tx, &author, at, Entry::new("sheet.confirmed", Some(resident), detail)).await?;
        Ok(revision)
    })
}

/// Records that somebody stands by the current sheet as it is.
///
/// # Errors
/// `Conflict` when `revision` is no longer current, `NotFound`.
pub async fn verify(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
    revision: i64,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if tx.exec(VERIFY, args![facility, resident, revision, at]).await? == 0 {
            let now = exists(tx, facility, resident).await?;
            return Err(StoreError::Conflict { current: now.revision });
        }
        verified(tx, permit.actor(), resident, revision, at).await?;
        let entry = Entry::new("sheet.verified", Some(resident), json!({"revision": revision}));
        audit::append(tx, &author, at, entry).await
    })
}

/// Up to `limit` verifications, newest first.
pub async fn verifications(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    limit: i64,
) -> Result<Vec<Verification>, StoreError> {
    store
        .db()
        .all(VERIFICATIONS, args![permit.facility(), resident, limit])
        .await
}

/// Writes a revision whose number the resident's row has already taken.
pub(super) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    resident: &ResidentId,
    revision: i64,
    sheet: &NewRevision<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let key = key::of_resident(tx, &actor.facility, resident).await?;
    let args = args![
        &actor.facility,
        resident,
        revision,
        key.seal_text(sheet.reason)?,
        &actor.staff,
        &actor.name,
        actor.role.code(),
        at,
        key.seal(sheet.body)?
    ];
    tx.exec(INSERT, args).await?;
    if sheet.verified {
        verified(tx, actor, resident, revision, at).await?;
    }
    Ok(())
}

/// The record of one revision, inside a transaction.
pub(super) async fn body_in(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
    revision: i64,
) -> Result<Vec<u8>, StoreError> {
    let row: Revision = tx.one(GET, args![facility, resident, revision]).await?;
    Ok(row.body)
}

async fn verified(
    tx: &mut Tx,
    actor: &Actor,
    resident: &ResidentId,
    revision: i64,
    at: Moment,
) -> Result<(), StoreError> {
    let args = args![
        &actor.facility,
        resident,
        at,
        revision,
        &actor.staff,
        &actor.name,
        actor.role.code()
    ];
    tx.exec(VERIFIED, args).await?;
    Ok(())
}

async fn exists(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<Exists, StoreError> {
    tx.one(EXISTS, args![facility, resident]).await
}

/// The permit holder's own draft.
pub async fn draft(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
) -> Result<Option<Draft>, StoreError> {
    store
        .db()
        .opt(
            DRAFT,
            args![permit.facility(), resident, &permit.actor().staff],
        )
        .await
}

/// Keeps the permit holder's draft in place of the one before.
///
/// # Errors
/// `NotFound`.
pub async fn save_draft(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
    base_revision: i64,
    body: &[u8],
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        exists(tx, facility, resident).await?;
        let body = key::of_resident(tx, facility, resident).await?.seal(body)?;
        let args = args![facility, resident, &permit.actor().staff, base_revision, at, body];
        tx.exec(SAVE_DRAFT, args).await?;
        let detail = json!({"base_revision": base_revision});
        audit::append(tx, &author, at, Entry::new("draft.saved", Some(resident), detail)).await
    })
}

/// Drops the permit holder's draft. Dropping none is no error.
pub async fn drop_draft(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let args = args![permit.facility(), resident, &permit.actor().staff];
        if tx.exec(DROP_DRAFT, args).await? > 0 {
            let entry = Entry::new("draft.dropped", Some(resident), json!({}));
            audit::append(tx, &author, at, entry).await?;
        }
        Ok(())
    })
}

/// Who else keeps a draft of this sheet.
pub async fn drafts_of_others(
    store: &Store,
    permit: &Permit<EditSheet>,
    resident: &ResidentId,
) -> Result<Vec<DraftOfOther>, StoreError> {
    store
        .db()
        .all(
            DRAFTS_OF_OTHERS,
            args![permit.facility(), resident, &permit.actor().staff],
        )
        .await
}
