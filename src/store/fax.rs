//! Papers sent by FAX: what was prepared, and what happened to it since; both only ever grow.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::{Store, StoreError, key, sending};
use crate::domain::clock::Moment;
use crate::domain::fax::{Event, State, may_check};
use crate::domain::id::{DocumentId, FaxId, ResidentId, StaffId};
use crate::domain::permit::{IssueDocument, Permit, ReadResident};

/// The columns of `Fax`, for tables named `x`, `d` and `r`.
macro_rules! fax {
    () => {
        "x.id, x.document_id, d.resident_id, r.name as resident_name, r.room, d.serial, d.form, x.recipient, \
         x.department, x.person, x.number, x.subject, x.masked, x.pages, x.at, x.by_staff, x.by_name
         from fax x
         join document d on d.facility_id = x.facility_id and d.id = x.document_id
         join resident r on r.facility_id = d.facility_id and r.id = d.resident_id"
    };
}

statements! {
    OWNER = "select resident_id from document where facility_id = $1 and id = $2";
    PREPARE = "insert into fax (facility_id, id, document_id, recipient, department, person, number, subject, masked,
            pages, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    GET = concat!("select ", fax!(), " where x.facility_id = $1 and x.id = $2");
    OF_DOCUMENT = concat!("select ", fax!(), " where x.facility_id = $1 and x.document_id = $2
        order by x.id desc limit $3");
    OPEN = concat!("select ", fax!(), " where x.facility_id = $1 and not exists (select 1 from fax_event e
            where e.facility_id = x.facility_id and e.fax_id = x.id and e.kind in ('arrived', 'failed', 'cancelled'))
        order by x.id limit $2");
    EVENTS = "select kind, words, at, by_staff, by_name from fax_event
        where facility_id = $1 and fax_id = $2 order by seq";
    RECORD = "insert into fax_event (facility_id, fax_id, seq, kind, words, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
}

/// What is to be sent, and to whom.
#[derive(Clone, Debug)]
pub struct NewFax<'a> {
    pub id: &'a FaxId,
    pub document: &'a DocumentId,
    pub recipient: &'a str,
    /// Empty when nobody said.
    pub department: &'a str,
    /// Empty when nobody said.
    pub person: &'a str,
    pub number: &'a str,
    /// Empty when nobody said.
    pub subject: &'a str,
    /// The cover alone, with the name half hidden.
    pub masked: bool,
    /// All that go through the machine, the cover too.
    pub pages: i64,
}

row! {
    pub struct Fax {
        id: FaxId,
        document_id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        serial: String,
        form: String,
        recipient: String,
        department: String,
        person: String,
        number: String,
        subject: String,
        masked: i64,
        pages: i64,
        at: Moment,
        /// Who prepared it, and typed the number first.
        by_staff: StaffId,
        by_name: String,
    }
}

code_cell!(Event);

row! {
    /// What happened, with the words of whoever noted it.
    pub struct FaxEvent {
        kind: Event,
        words: String,
        at: Moment,
        by_staff: StaffId,
        by_name: String,
    }
}

impl FaxEvent {
    /// How far a sending is after these events.
    pub fn state(events: &[Self]) -> State {
        State::of(events.iter().map(|event| event.kind))
    }
}

row! {
    struct Owner { resident_id: ResidentId }
}

/// Prepares the sending of a document.
///
/// # Errors
/// `NotFound` without such a document.
pub async fn prepare(
    store: &Store,
    permit: &Permit<IssueDocument>,
    fax: NewFax<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let owner: Owner = tx.one(OWNER, args![facility, fax.document]).await?;
        let args = args![
            facility, fax.id, fax.document, fax.recipient, fax.department, fax.person, fax.number, fax.subject,
            i64::from(fax.masked), fax.pages, at, &actor.staff, &actor.name
        ];
        tx.exec(PREPARE, args).await?;
        let detail = json!({
            "fax": fax.id, "document": fax.document, "recipient": fax.recipient, "masked": fax.masked, "pages": fax.pages,
        });
        let entry = Entry::new("fax.prepared", Some(&owner.resident_id), detail);
        audit::append(tx, &Author::from(permit), at, entry).await
    })
}

/// Notes what happened to a sending.
///
/// # Errors
/// `NotFound`; `Moved` when the event may not come next; `FaxAlone` when whoever prepared it would check it.
pub async fn record(
    store: &Store,
    permit: &Permit<IssueDocument>,
    fax: &FaxId,
    event: Event,
    words: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let known: Fax = tx.one(GET, args![facility, fax]).await?;
        let events: Vec<FaxEvent> = tx.all(EVENTS, args![facility, fax]).await?;
        if !FaxEvent::state(&events).allows(event) {
            return Err(StoreError::Moved);
        }
        let checks = matches!(event, Event::Checked | Event::Mismatched);
        if checks && !may_check(&known.by_staff, &actor.staff) {
            return Err(StoreError::FaxAlone);
        }
        let seq = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let sealed = key::of_resident(tx, facility, &known.resident_id).await?.seal_text(words)?;
        let args = args![facility, fax, seq, event.code(), sealed, at, &actor.staff, &actor.name];
        if tx.exec(RECORD, args).await? == 0 {
            return Err(StoreError::Moved);
        }
        let detail = json!({"fax": fax, "document": known.document_id});
        let action = match event {
            Event::Checked => "fax.checked",
            Event::Mismatched => "fax.mismatched",
            Event::Sent => "fax.sent",
            Event::Arrived => "fax.arrived",
            Event::Failed => "fax.failed",
            Event::Cancelled => "fax.cancelled",
        };
        let entry = Entry::new(action, Some(&known.resident_id), detail);
        audit::append(tx, &Author::from(permit), at, entry).await?;
        sending::of_fax(tx, permit, &known, event, words, at).await
    })
}

/// A sending and what happened to it, oldest first.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    fax: &FaxId,
) -> Result<(Fax, Vec<FaxEvent>), StoreError> {
    let known = store.db().one(GET, args![permit.facility(), fax]).await?;
    Ok((known, events(store, permit, fax).await?))
}

async fn events(
    store: &Store,
    permit: &Permit<ReadResident>,
    fax: &FaxId,
) -> Result<Vec<FaxEvent>, StoreError> {
    store
        .db()
        .all(EVENTS, args![permit.facility(), fax])
        .await
}

/// Up to `limit` sendings of a document with how far they are, newest first.
pub async fn of_document(
    store: &Store,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
    limit: i64,
) -> Result<Vec<(Fax, State)>, StoreError> {
    let args = args![permit.facility(), document, limit];
    with_states(store, permit, store.db().all(OF_DOCUMENT, args).await?).await
}

/// Up to `limit` sendings on which somebody still has to do something, oldest first.
pub async fn open(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<(Fax, State)>, StoreError> {
    let args = args![permit.facility(), limit];
    with_states(store, permit, store.db().all(OPEN, args).await?).await
}

async fn with_states(
    store: &Store,
    permit: &Permit<ReadResident>,
    faxes: Vec<Fax>,
) -> Result<Vec<(Fax, State)>, StoreError> {
    let mut all = Vec::with_capacity(faxes.len());
    for fax in faxes {
        let state = FaxEvent::state(&events(store, permit, &fax.id).await?);
        all.push((fax, state));
    }
    Ok(all)
}
