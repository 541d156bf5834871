//! Issued documents: frozen when they are printed, and the same bytes ever after.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::db::FromRow;
use super::writer::Tx;
use super::{Store, StoreError, directive, handoff, key, link, resident};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::{DocumentId, HandoffId, ResidentId, StaffId};
use crate::domain::link::EndReason;
use crate::domain::permit::{IssueDocument, Permit, ReadResident, WithdrawDocument};
use crate::domain::resident::Status;

/// The columns of `Document`, for tables named `d` and `l`.
macro_rules! document {
    () => {
        "d.id, d.resident_id, d.serial, d.form, d.edition, d.revision, d.issued_at, d.issued_by, d.issued_by_name, \
         d.valid_until, d.match_code, d.copies, d.kept_at, d.sha256, d.withdrawn_at, d.withdrawn_by, d.withdrawn_reason, \
         l.created_at as link_created_at, l.expires_at as link_expires_at, l.ended_at as link_ended_at, \
         l.end_reason as link_end_reason"
    };
}

statements! {
    TAKE_SERIALS = "insert into document_serial (facility_id, year, last) values ($1, $2, $3)
        on conflict (facility_id, year) do update set last = document_serial.last + excluded.last
        returning last";
    ISSUE = "insert into document (facility_id, id, resident_id, serial, form, edition, revision, issued_at,
            issued_by, issued_by_name, valid_until, match_code, copies, kept_at, sha256, body, pdf)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        on conflict do nothing";
    GET = concat!("select ", document!(), ", d.body from document d
        left join link l on l.facility_id = d.facility_id and l.document_id = d.id
        where d.facility_id = $1 and d.id = $2");
    PDF = "select pdf from document where facility_id = $1 and id = $2";
    /// Without what is about a stay in hospital, which its stay lists.
    LIST = concat!("select ", document!(), " from document d
        left join link l on l.facility_id = d.facility_id and l.document_id = d.id
        where d.facility_id = $1 and d.resident_id = $2 and not exists (select 1 from handoff_document b
            where b.facility_id = d.facility_id and b.document_id = d.id)
        order by d.issued_at desc, d.id desc limit $3");
    LIVE = "select d.id, d.resident_id, r.name as resident_name, r.room, d.serial, d.form, d.edition, d.revision,
            r.revision as current_revision, d.issued_at, d.issued_by_name, d.copies, d.kept_at, d.valid_until, l.expires_at
        from link l
        join document d on d.facility_id = l.facility_id and d.id = l.document_id
        join resident r on r.facility_id = l.facility_id and r.id = l.resident_id
        where l.facility_id = $1 and l.ended_at is null and (l.expires_at is null or l.expires_at > $2)
            and l.document_id > $3
        order by l.document_id limit $4";
    /// Also those whose date has passed: such a paper may still hang on a wall. The empty id is every resident. Ids begin
    /// with the time, so their order is that of issuing.
    NOT_COLLECTED = "select d.id, d.resident_id, r.name as resident_name, r.room, d.serial, d.form, d.revision,
            r.revision as current_revision, d.issued_at, d.issued_by_name, d.copies, d.kept_at, d.valid_until,
            l.expires_at, d.body as printed, s.body as sheet
        from link l
        join document d on d.facility_id = l.facility_id and d.id = l.document_id
        join resident r on r.facility_id = l.facility_id and r.id = l.resident_id
        join sheet_revision s on s.facility_id = r.facility_id and s.resident_id = r.id and s.revision = r.revision
        where l.facility_id = $1 and l.ended_at is null and ($2 = '' or l.resident_id = $2)
        order by l.document_id limit $3";
    /// Papers whose link ended while they hang somewhere, oldest first. The empty id is every resident.
    TO_COLLECT = "select d.id, d.resident_id, r.name as resident_name, r.room, d.serial, d.form, d.issued_at,
            d.issued_by_name, d.copies, d.kept_at, l.ended_at, l.end_reason
        from link l
        join document d on d.facility_id = l.facility_id and d.id = l.document_id
        join resident r on r.facility_id = l.facility_id and r.id = l.resident_id
        where l.facility_id = $1 and l.ended_at is not null and ($2 = '' or l.resident_id = $2)
            and not exists (select 1 from document_collected c
                where c.facility_id = d.facility_id and c.document_id = d.id)
        order by l.document_id limit $3";
    COLLECT = "insert into document_collected (facility_id, document_id, outcome, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    STILL_LIVE = "select count(*) as live from link where facility_id = $1 and document_id = $2 and ended_at is null";
    WITHDRAW = "update document set withdrawn_at = $3, withdrawn_by = $4, withdrawn_reason = $5
        where facility_id = $1 and id = $2 and withdrawn_at is null";
    OWNER = "select resident_id from document where facility_id = $1 and id = $2";
}

/// How many of a paper, and where they are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOrder<'a> {
    pub copies: u8,
    /// In the facility's words; empty when nobody said.
    pub kept_at: &'a str,
}

impl Default for PrintOrder<'_> {
    fn default() -> Self {
        Self {
            copies: 1,
            kept_at: "",
        }
    }
}

/// Everything that is frozen.
#[derive(Clone, Debug)]
pub struct NewDocument<'a> {
    pub id: &'a DocumentId,
    pub resident: &'a ResidentId,
    /// Printed on the paper; made from [`take_serials`].
    pub serial: &'a str,
    pub form: &'a str,
    /// Which text of the form was printed.
    pub edition: &'a str,
    /// The revision of the sheet that was printed.
    pub revision: i64,
    /// The number of the newest statement before the printed standing was derived (`directive::newest`).
    pub statements: i64,
    /// The last day on which the paper may be trusted.
    pub valid_until: Option<Day>,
    pub match_code: &'a str,
    pub order: PrintOrder<'a>,
    /// SHA-256 of `pdf`.
    pub sha256: &'a [u8; 32],
    /// What was printed, as JSON.
    pub body: &'a [u8],
    pub pdf: &'a [u8],
    pub link: Option<NewLink<'a>>,
    /// The stay in hospital that it is about.
    pub stay: Option<OfStay<'a>>,
}

/// That a document is about a stay in hospital.
#[derive(Clone, Copy, Debug)]
pub struct OfStay<'a> {
    pub handoff: &'a HandoffId,
    /// It takes an own permission to see it.
    pub restricted: bool,
}

#[derive(Clone, Debug)]
pub struct NewLink<'a> {
    pub token_hash: &'a [u8; 32],
    pub expires_at: Option<Moment>,
    /// Ends the live links of this resident's older papers of the same form.
    pub replaces_older: bool,
}

row! {
    /// A document without its contents, and the state of its link (`link_created_at` is `None` without one).
    pub struct Document {
        id: DocumentId,
        resident_id: ResidentId,
        serial: String,
        form: String,
        edition: String,
        revision: i64,
        issued_at: Moment,
        issued_by: StaffId,
        issued_by_name: String,
        valid_until: Option<Day>,
        match_code: String,
        copies: i64,
        kept_at: String,
        sha256: Vec<u8>,
        withdrawn_at: Option<Moment>,
        withdrawn_by: Option<StaffId>,
        withdrawn_reason: Option<String>,
        link_created_at: Option<Moment>,
        link_expires_at: Option<Moment>,
        link_ended_at: Option<Moment>,
        link_end_reason: Option<EndReason>,
    }
}

row! {
    /// What was printed, as JSON.
    pub struct Frozen { body: Vec<u8> }
}

row! {
    /// A paper whose link is live, for the list of what hangs on the walls.
    pub struct LiveDocument {
        id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        serial: String,
        form: String,
        edition: String,
        /// As printed.
        revision: i64,
        /// The sheet's, now.
        current_revision: i64,
        issued_at: Moment,
        issued_by_name: String,
        copies: i64,
        kept_at: String,
        valid_until: Option<Day>,
        expires_at: Option<Moment>,
    }
}

row! {
    /// A paper that nobody replaced or took back, with what it says and what the sheet says now.
    pub struct NotCollected {
        id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        serial: String,
        form: String,
        /// As printed.
        revision: i64,
        /// The sheet's, now.
        current_revision: i64,
        issued_at: Moment,
        issued_by_name: String,
        copies: i64,
        kept_at: String,
        valid_until: Option<Day>,
        expires_at: Option<Moment>,
        /// What was printed, as JSON.
        printed: Vec<u8>,
        /// The sheet's current revision, as JSON.
        sheet: Vec<u8>,
    }
}

row! {
    /// A paper that holds no longer and that nobody is known to have taken down.
    pub struct ToCollect {
        id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        serial: String,
        form: String,
        issued_at: Moment,
        issued_by_name: String,
        copies: i64,
        kept_at: String,
        ended_at: Option<Moment>,
        end_reason: Option<EndReason>,
    }
}

/// What became of a paper that holds no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken down and destroyed.
    Collected,
    /// Not to be found.
    Lost,
}

impl Outcome {
    fn code(self) -> &'static str {
        match self {
            Self::Collected => "collected",
            Self::Lost => "lost",
        }
    }
}

row! {
    struct Live { live: i64 }
}

row! {
    struct Pdf { pdf: Vec<u8> }
}

row! {
    struct Serial { last: i64 }
}

row! {
    struct Owner { resident_id: ResidentId }
}

/// Takes the next `count` numbers of a year, from 1, and gives the first. They are gone even if nothing is issued with
/// them, because the paper that shows a number is drawn before it is kept.
pub async fn take_serials(
    store: &Store,
    permit: &Permit<IssueDocument>,
    year: i32,
    count: i64,
    at: Moment,
) -> Result<i64, StoreError> {
    in_tx!(store, at, tx => {
        let serial: Serial =
            tx.one(TAKE_SERIALS, args![permit.facility(), i64::from(year), count]).await?;
        Ok(serial.last - count + 1)
    })
}

/// Keeps a document and its link.
///
/// # Errors
/// `NotFound` without such a resident, `NotLivingIn`, `Exists` for a known id or serial, `Conflict` when something was
/// said since the standing was derived: the paper would lie.
pub async fn issue(
    store: &Store,
    permit: &Permit<IssueDocument>,
    document: NewDocument<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => { keep(tx, permit, &document, at).await })
}

/// [`issue`], in somebody's transaction.
pub(super) async fn keep(
    tx: &mut Tx,
    permit: &Permit<IssueDocument>,
    document: &NewDocument<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    // Held, so nobody dies and nothing is revoked while the paper is kept.
    let status = resident::hold(tx, facility, document.resident).await?;
    // Who went to hospital may have left the facility by then; what the hospital needs is written all the same.
    if status != Status::LivingIn && document.stay.is_none() {
        return Err(StoreError::NotLivingIn);
    }
    let newest = directive::newest_in(tx, facility, document.resident).await?;
    if newest != document.statements {
        return Err(StoreError::Conflict { current: newest });
    }
    let key = key::of_resident(tx, facility, document.resident).await?;
    let args = args![
        facility,
        document.id,
        document.resident,
        document.serial,
        document.form,
        document.edition,
        document.revision,
        at,
        &actor.staff,
        &actor.name,
        document.valid_until,
        document.match_code,
        i64::from(document.order.copies),
        document.order.kept_at,
        document.sha256,
        key.seal(document.body)?,
        key.seal(document.pdf)?
    ];
    if tx.exec(ISSUE, args).await? == 0 {
        return Err(StoreError::Exists);
    }
    let mut replaced = 0;
    if let Some(link) = &document.link {
        if link.replaces_older {
            replaced = link::end_of_form(tx, facility, document.resident, document.form, at).await?;
        }
        link::insert(tx, facility, document, link, at).await?;
    }
    if let Some(stay) = document.stay {
        handoff::keep_in(tx, facility, stay.handoff, document.id, stay.restricted).await?;
    }
    let detail = json!({
        "document": document.id,
        "serial": document.serial,
        "form": document.form,
        "revision": document.revision,
        "copies": document.order.copies,
        "linked": document.link.is_some(),
        "links_ended": replaced,
    });
    let entry = Entry::new("document.issued", Some(document.resident), detail);
    audit::append(tx, &Author::from(permit), at, entry).await
}

/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
) -> Result<(Document, Frozen), StoreError> {
    store
        .db()
        .one(GET, args![permit.facility(), document])
        .await
}

/// The bytes that were printed.
///
/// # Errors
/// `NotFound`.
pub async fn pdf(
    store: &Store,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
) -> Result<Vec<u8>, StoreError> {
    let row: Pdf = store
        .db()
        .one(PDF, args![permit.facility(), document])
        .await?;
    Ok(row.pdf)
}

/// Up to `limit` documents of a resident, newest first; those about a stay in hospital are `handoff::documents`.
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    limit: i64,
) -> Result<Vec<Document>, StoreError> {
    store
        .db()
        .all(LIST, args![permit.facility(), resident, limit])
        .await
}

/// Up to `limit` papers whose link opens at `now`, oldest first, after the given one.
pub async fn live(
    store: &Store,
    permit: &Permit<ReadResident>,
    now: Moment,
    after: Option<&DocumentId>,
    limit: i64,
) -> Result<Vec<LiveDocument>, StoreError> {
    let after = after.map_or("", DocumentId::as_str);
    store
        .db()
        .all(LIVE, args![permit.facility(), now, after, limit])
        .await
}

/// Up to `limit` papers that nobody replaced or took back, oldest first; of one resident, or of the facility.
pub async fn not_collected(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: Option<&ResidentId>,
    limit: i64,
) -> Result<Vec<NotCollected>, StoreError> {
    of_resident(store, permit, NOT_COLLECTED, resident, limit).await
}

/// Up to `limit` papers that hold no longer and were not collected, oldest first; of one resident, or of the facility.
pub async fn to_collect(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: Option<&ResidentId>,
    limit: i64,
) -> Result<Vec<ToCollect>, StoreError> {
    of_resident(store, permit, TO_COLLECT, resident, limit).await
}

/// The rows of one resident, or with the empty id those of the facility.
async fn of_resident<T: FromRow>(
    store: &Store,
    permit: &Permit<ReadResident>,
    statement: &'static str,
    resident: Option<&ResidentId>,
    limit: i64,
) -> Result<Vec<T>, StoreError> {
    let resident = resident.map_or("", ResidentId::as_str);
    store
        .db()
        .all(statement, args![permit.facility(), resident, limit])
        .await
}

/// Notes what became of a paper that holds no longer. A second note changes nothing.
///
/// # Errors
/// `NotFound`; `StillLive` for a paper whose link opens.
pub async fn collect(
    store: &Store,
    permit: &Permit<IssueDocument>,
    document: &DocumentId,
    outcome: Outcome,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => { note_collected(tx, permit, document, outcome, at).await })
}

async fn note_collected<A>(
    tx: &mut Tx,
    permit: &Permit<A>,
    document: &DocumentId,
    outcome: Outcome,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    let owner: Owner = tx.one(OWNER, args![facility, document]).await?;
    let link: Live = tx.one(STILL_LIVE, args![facility, document]).await?;
    if link.live > 0 {
        return Err(StoreError::StillLive);
    }
    let args = args![facility, document, outcome.code(), at, &actor.staff, &actor.name];
    if tx.exec(COLLECT, args).await? == 0 {
        return Ok(());
    }
    let detail = json!({"document": document, "outcome": outcome.code()});
    let entry = Entry::new("document.collected", Some(&owner.resident_id), detail);
    audit::append(tx, &Author::from(permit), at, entry).await
}

/// Ends a document and its link, for good: the paper is not to be found.
///
/// # Errors
/// `NotFound`, `AlreadyWithdrawn`.
pub async fn lose(
    store: &Store,
    permit: &Permit<WithdrawDocument>,
    document: &DocumentId,
    reason: &str,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        end(tx, permit, document, reason, at).await?;
        note_collected(tx, permit, document, Outcome::Lost, at).await
    })
}

/// Ends a document and its link: the paper is wrong or not needed.
///
/// # Errors
/// `NotFound`, `AlreadyWithdrawn`.
pub async fn withdraw(
    store: &Store,
    permit: &Permit<WithdrawDocument>,
    document: &DocumentId,
    reason: &str,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => { end(tx, permit, document, reason, at).await })
}

async fn end(
    tx: &mut Tx,
    permit: &Permit<WithdrawDocument>,
    document: &DocumentId,
    reason: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let owner: Owner = tx.one(OWNER, args![facility, document]).await?;
    let args = args![facility, document, at, &permit.actor().staff, reason];
    if tx.exec(WITHDRAW, args).await? == 0 {
        return Err(StoreError::AlreadyWithdrawn);
    }
    link::end_of_document(tx, facility, document, at).await?;
    let detail = json!({"document": document});
    let entry = Entry::new("document.withdrawn", Some(&owner.resident_id), detail);
    audit::append(tx, &Author::from(permit), at, entry).await
}
