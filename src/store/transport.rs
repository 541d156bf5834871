//! Emergencies of residents, from 急変 until the record is ended: both only ever grow.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::link::FoundLink;
use super::writer::Tx;
use super::{Store, StoreError, key, resident};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, ResidentId, StaffId, TransportId};
use crate::domain::permit::{Actor, Permit, ReadResident, RecordTransport};
use crate::domain::transport::at_call::{self, AtCall, Body};
use crate::domain::transport::{Event, Outcome, Progress};

/// The columns of `Transport`, for tables named `t` and `r`.
macro_rules! transport {
    () => {
        "t.id, t.resident_id, r.name as resident_name, r.room, r.drill, t.at, t.by_staff, t.by_name
         from transport t
         join resident r on r.facility_id = t.facility_id and r.id = t.resident_id"
    };
}

/// Nobody ended it, or who did put that right.
macro_rules! is_open {
    () => {
        "not exists (select 1 from transport_event e
            where e.facility_id = t.facility_id and e.transport_id = t.id and e.kind = 'closed'
            and not exists (select 1 from transport_event c
                where c.facility_id = e.facility_id and c.transport_id = e.transport_id and c.about = e.seq))"
    };
}

statements! {
    BEGIN = "insert into transport (facility_id, id, resident_id, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6)";
    GET = concat!("select ", transport!(), " where t.facility_id = $1 and t.id = $2");
    OPEN_OF = concat!("select ", transport!(), " where t.facility_id = $1 and t.resident_id = $2 and ", is_open!(),
        " order by t.id desc limit 1");
    OPEN = concat!("select ", transport!(), " where t.facility_id = $1 and ", is_open!(), " order by t.id desc limit $2");
    OPEN_SINCE = concat!("select count(*) as number from transport t
        where t.facility_id = $1 and t.at >= $2 and t.at < $3 and ", is_open!());
    RECENT = concat!("select ", transport!(), " where t.facility_id = $1 order by t.id desc limit $2");
    OF_RESIDENT = concat!("select ", transport!(), " where t.facility_id = $1 and t.resident_id = $2
        order by t.id desc limit $3");
    EVENTS = "select seq, kind, about, who, outcome, words, body, tap, at, by_staff, by_name from transport_event
        where facility_id = $1 and transport_id = $2 order by seq";
    NEWEST = "select (select count(*) from transport_event e
            where e.facility_id = t.facility_id and e.transport_id = t.id) as entries,
        (select count(*) from scan c
            where c.facility_id = t.facility_id and c.resident_id = t.resident_id and c.at >= t.at) as scans
        from transport t where t.facility_id = $1 and t.id = $2";
    RECORD = "insert into transport_event (facility_id, transport_id, seq, kind, about, who, outcome, words, body, tap,
            at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

row! {
    pub struct Transport {
        id: TransportId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        /// 1 in a drill.
        drill: i64,
        /// When 急変 was tapped.
        at: Moment,
        by_staff: StaffId,
        by_name: String,
    }
}

row! {
    /// How much there is of an emergency: more as soon as anything was noted or scanned.
    pub struct Newest { entries: i64, scans: i64 }
}

row! {
    struct Count { number: i64 }
}

code_cell!(Event);
code_cell!(Outcome);

row! {
    /// One entry, with the words of whoever noted it.
    pub struct Noted {
        seq: i64,
        kind: Event,
        about: Option<i64>,
        who: String,
        outcome: Option<Outcome>,
        words: String,
        /// What it says beside its words, as JSON.
        body: String,
        tap: String,
        at: Moment,
        by_staff: StaffId,
        by_name: String,
    }
}

impl Noted {
    /// What the entry says.
    pub fn entry(&self) -> at_call::Entry {
        at_call::Entry {
            seq: self.seq,
            at: self.at,
            event: self.kind,
            about: self.about,
            who: self.who.clone(),
            outcome: self.outcome,
            words: self.words.clone(),
            body: Body::stored(self.kind, &self.body),
        }
    }

    /// What entries come to.
    pub fn progress(entries: &[Self]) -> Progress {
        let entries = entries.iter();
        Progress::of(entries.map(|noted| (noted.seq, noted.kind, noted.about)))
    }
}

impl Transport {
    pub fn is_drill(&self) -> bool {
        self.drill != 0
    }

    /// What is known of it, from its entries.
    pub fn at_call(&self, entries: &[Noted]) -> AtCall {
        AtCall::of(self.at, entries.iter().map(Noted::entry).collect())
    }
}

/// What is to be noted.
#[derive(Clone, Copy, Debug)]
pub struct NewNote<'a> {
    pub event: Event,
    /// The entry that is put right.
    pub about: Option<i64>,
    /// Who was called; empty when it was no call.
    pub who: &'a str,
    pub outcome: Option<Outcome>,
    /// Empty when nobody said.
    pub words: &'a str,
    /// What is said beside the words.
    pub body: &'a Body,
    /// Which tap it was: the same one sent again is noted once.
    pub tap: &'a str,
    /// When it was tapped, if that could only be sent later. Never before the emergency began.
    pub tapped_at: Option<Moment>,
}

/// Begins the record of an emergency; gives the one that is open already, if there is one.
///
/// # Errors
/// `NotFound` without such a resident.
pub async fn begin(
    store: &Store,
    permit: &Permit<RecordTransport>,
    resident: &ResidentId,
    id: TransportId,
    at: Moment,
) -> Result<TransportId, StoreError> {
    in_tx!(store, at, tx => { begin_in(tx, permit, resident, &id, at).await })
}

pub(super) async fn begin_in(
    tx: &mut Tx,
    permit: &Permit<RecordTransport>,
    resident: &ResidentId,
    id: &TransportId,
    at: Moment,
) -> Result<TransportId, StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    resident::hold(tx, facility, resident).await?;
    let open: Vec<Transport> = tx.all(OPEN_OF, args![facility, resident]).await?;
    if let Some(open) = open.into_iter().next() {
        return Ok(open.id);
    }
    let args = args![facility, id, resident, at, &actor.staff, &actor.name];
    tx.exec(BEGIN, args).await?;
    let entry = Entry::new("transport.begun", Some(resident), json!({"transport": id}));
    audit::append(tx, &Author::from(permit), at, entry).await?;
    Ok(id.clone())
}

/// Notes what happened. A tap that was noted already is not noted again.
///
/// # Errors
/// `NotFound`; `Moved` when it may not be noted any more: the record was ended, or the entry was put right.
pub async fn record(
    store: &Store,
    permit: &Permit<RecordTransport>,
    id: &TransportId,
    note: NewNote<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let known: Transport = tx.one(GET, args![facility, id]).await?;
        // One after another, whoever taps: the numbers have no gap and no two entries one number.
        resident::hold(tx, facility, &known.resident_id).await?;
        let noted: Vec<Noted> = tx.all(EVENTS, args![facility, id]).await?;
        if noted.iter().any(|known| known.tap == note.tap) {
            return Ok(());
        }
        if !Noted::progress(&noted).allows(note.event, note.about) {
            return Err(StoreError::Moved);
        }
        let seq = i64::try_from(noted.len()).unwrap_or(i64::MAX);
        let tapped_at = note.tapped_at.map_or(at, |tapped| tapped.clamp(known.at, at.max(known.at)));
        let key = key::of_resident(tx, facility, &known.resident_id).await?;
        let args = args![
            facility, id, seq, note.event.code(), note.about, key.seal_text(note.who)?,
            note.outcome.map(|outcome| outcome.code().to_owned()), key.seal_text(note.words)?,
            key.seal_text(&note.body.json().to_string())?, note.tap, tapped_at, &actor.staff, &actor.name
        ];
        tx.exec(RECORD, args).await?;
        let detail = json!({"transport": id, "seq": seq, "event": note.event.code()});
        let entry = Entry::new("transport.noted", Some(&known.resident_id), detail);
        audit::append(tx, &Author::from(permit), at, entry).await
    })
}

/// An emergency and what was noted, oldest first.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &TransportId,
) -> Result<(Transport, Vec<Noted>), StoreError> {
    let facility = permit.facility();
    let known = store.db().one(GET, args![facility, id]).await?;
    Ok((known, entries(store, facility, id).await?))
}

/// What was noted, oldest first: what could only be sent later stands where it was tapped.
pub(super) async fn entries(
    store: &Store,
    facility: &FacilityId,
    id: &TransportId,
) -> Result<Vec<Noted>, StoreError> {
    let mut entries: Vec<Noted> = store.db().all(EVENTS, args![facility, id]).await?;
    entries.sort_by_key(|noted| (noted.at, noted.seq));
    Ok(entries)
}

/// How much there is of an emergency by now.
///
/// # Errors
/// `NotFound`.
pub async fn newest(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &TransportId,
) -> Result<Newest, StoreError> {
    store.db().one(NEWEST, args![permit.facility(), id]).await
}

/// What is known of the emergency of the resident whose paper was scanned, if one is open.
pub async fn at_call_of_link(
    store: &Store,
    found: &FoundLink,
) -> Result<Option<AtCall>, StoreError> {
    open_at_call(store, found.facility(), &found.resident().id).await
}

/// What is known of the emergency of a resident, if one is open.
pub async fn at_call_of(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
) -> Result<Option<AtCall>, StoreError> {
    open_at_call(store, permit.facility(), resident).await
}

async fn open_at_call(
    store: &Store,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<Option<AtCall>, StoreError> {
    let open: Vec<Transport> = store.db().all(OPEN_OF, args![facility, resident]).await?;
    let Some(open) = open.into_iter().next() else {
        return Ok(None);
    };
    let entries = entries(store, facility, &open.id).await?;
    Ok(Some(open.at_call(&entries)))
}

/// Up to `limit` emergencies whose record nobody ended, newest first.
pub async fn open(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Transport>, StoreError> {
    let args = args![permit.facility(), limit];
    store.db().all(OPEN, args).await
}

/// Whether an emergency of the actor's facility that began between two moments is open now.
pub async fn is_open_since(
    store: &Store,
    actor: &Actor,
    (from, until): (Moment, Moment),
) -> Result<bool, StoreError> {
    let args = args![&actor.facility, from, until];
    let open: Count = store.db().one(OPEN_SINCE, args).await?;
    Ok(open.number > 0)
}

/// The newest `limit` emergencies of one resident, open or ended.
pub async fn of_resident(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    limit: i64,
) -> Result<Vec<Transport>, StoreError> {
    let args = args![permit.facility(), resident, limit];
    store.db().all(OF_RESIDENT, args).await
}

/// The newest `limit` emergencies, open or ended.
pub async fn recent(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Transport>, StoreError> {
    let args = args![permit.facility(), limit];
    store.db().all(RECENT, args).await
}
