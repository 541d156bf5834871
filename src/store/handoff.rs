//! Stays in hospital: their beginning, every version of what was written about them, and how they ended.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::attachment::{self, NewAttachment};
use super::writer::Tx;
use super::{Store, StoreError, key, resident};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::handoff::{Ending, Part};
use crate::domain::id::{DocumentId, FacilityId, HandoffId, ResidentId, StaffId, TransportId};
use crate::domain::permit::{
    Actor, DecideReturn, HandleSensitive, Permit, ReadResident, WriteHandoff,
};

/// The columns of `Handoff`, for tables named `h`, `r` and `n`.
macro_rules! handoff {
    () => {
        "h.id, h.resident_id, r.name as resident_name, r.room, h.transport_id, h.baseline, h.at, h.by_name, n.ending,
         n.ended_on, n.at as ended_at
         from handoff h
         join resident r on r.facility_id = h.facility_id and r.id = h.resident_id
         left join handoff_ended n on n.facility_id = h.facility_id and n.handoff_id = h.id"
    };
}

statements! {
    BEGIN = "insert into handoff (facility_id, id, resident_id, transport_id, baseline, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    GET = concat!("select ", handoff!(), " where h.facility_id = $1 and h.id = $2");
    OPEN_OF = concat!("select ", handoff!(), " where h.facility_id = $1 and h.resident_id = $2 and n.ending is null
        order by h.id desc limit 1");
    OF_RESIDENT = concat!("select ", handoff!(), " where h.facility_id = $1 and h.resident_id = $2
        order by h.id desc limit $3");
    RECENT = concat!("select ", handoff!(), " where h.facility_id = $1 and h.id < $2 order by h.id desc limit $3");
    OPEN = concat!("select ", handoff!(), " where h.facility_id = $1 and n.ending is null order by h.id desc limit $2");
    BASELINE = "select revision from resident where facility_id = $1 and id = $2";
    NEWEST = "select p.part, p.version, p.body, p.at, p.by_staff, p.by_name from handoff_part p
        where p.facility_id = $1 and p.handoff_id = $2 and p.version = (select max(q.version) from handoff_part q
            where q.facility_id = p.facility_id and q.handoff_id = p.handoff_id and q.part = p.part)";
    PART = "select part, version, body, at, by_staff, by_name from handoff_part
        where facility_id = $1 and handoff_id = $2 and part = $3 order by version desc limit 1";
    WRITE = "insert into handoff_part (facility_id, handoff_id, part, version, body, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    END = "insert into handoff_ended (facility_id, handoff_id, ending, ended_on, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    FILES = "select seq, attachment_id, label, at, by_staff, by_name from handoff_file
        where facility_id = $1 and handoff_id = $2 order by seq";
    ADD_FILE = "insert into handoff_file (facility_id, handoff_id, seq, attachment_id, label, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    KEEP_DOCUMENT = "insert into handoff_document (facility_id, document_id, handoff_id, restricted)
        values ($1, $2, $3, $4)";
    OF_DOCUMENT = "select handoff_id, restricted from handoff_document where facility_id = $1 and document_id = $2";
    COUNTED = "select n.ending, n.ended_on,
            (select p.body from handoff_part p where p.facility_id = h.facility_id and p.handoff_id = h.id
                and p.part = 'admission' order by p.version desc limit 1) as admission,
            (select min(p.at) from handoff_part p where p.facility_id = h.facility_id and p.handoff_id = h.id
                and p.part = 'discharge' and (p.body like '%discharge_expected_on%' or p.body like '%discharged_on%')) as notice_at,
            (select min(s.at) from sending s
                join document d on d.facility_id = s.facility_id and d.id = s.document_id
                where s.facility_id = h.facility_id and s.handoff_id = h.id and $4 like '%,' || d.form || ',%'
                and not exists (select 1 from sending_event e where e.facility_id = s.facility_id
                    and e.sending_id = s.id and (e.kind = 'recalled' or e.kind = 'failed'
                    and not exists (select 1 from sending_event l where l.facility_id = e.facility_id
                        and l.sending_id = e.sending_id and l.seq > e.seq and l.kind = 'received')))) as sent_at,
            (select min(e.at) from sending s join sending_event e on e.facility_id = s.facility_id
                and e.sending_id = s.id and e.kind = 'received'
                join document d on d.facility_id = s.facility_id and d.id = s.document_id
                where s.facility_id = h.facility_id and s.handoff_id = h.id
                and $4 like '%,' || d.form || ',%') as received_at,
            (select count(*) from statement t where t.facility_id = h.facility_id and t.resident_id = h.resident_id
                and t.kind = 'suspended' and t.at >= h.at and t.at <= n.at) as stopped,
            (select count(*) from statement t where t.facility_id = h.facility_id and t.resident_id = h.resident_id
                and t.kind in ('signed', 'resumed', 'reviewed') and t.at >= n.at) as signed
        from handoff h left join handoff_ended n on n.facility_id = h.facility_id and n.handoff_id = h.id
        where h.facility_id = $1 and h.id >= $2 order by h.id limit $3";
    DOCUMENTS = "select document_id, restricted from handoff_document where facility_id = $1 and handoff_id = $2
        order by document_id desc limit $3";
}

row! {
    pub struct Handoff {
        id: HandoffId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        /// The emergency that led to it.
        transport_id: Option<TransportId>,
        /// The revision of the sheet on the day it began.
        baseline: i64,
        at: Moment,
        by_name: String,
        ending: Option<Ending>,
        ended_on: Option<Day>,
        ended_at: Option<Moment>,
    }
}

code_cell!(Ending);
code_cell!(Part);

row! {
    /// The newest version of a part.
    pub struct Written {
        part: Part,
        /// From 1.
        version: i64,
        body: String,
        at: Moment,
        /// Empty when the hospital wrote.
        by_staff: StaffId,
        by_name: String,
    }
}

row! {
    /// To which stay a document belongs.
    pub struct Belongs {
        handoff_id: HandoffId,
        /// 1: it takes an own permission to see it.
        restricted: i64,
    }
}

row! {
    /// A file that was added to a stay.
    pub struct StayFile {
        /// From 0.
        seq: i64,
        attachment_id: String,
        label: String,
        at: Moment,
        /// Empty when the hospital added it.
        by_staff: StaffId,
        by_name: String,
    }
}

row! {
    /// A document of a stay.
    pub struct Kept {
        document_id: DocumentId,
        restricted: i64,
    }
}

row! {
    /// What one stay counts for in the facility's figures.
    pub struct Row {
        ending: Option<Ending>,
        ended_on: Option<Day>,
        /// The newest of what was written of the admission, as JSON.
        admission: Option<String>,
        notice_at: Option<Moment>,
        sent_at: Option<Moment>,
        received_at: Option<Moment>,
        stopped: i64,
        signed: i64,
    }
}

row! {
    struct Baseline { revision: i64 }
}

impl Handoff {
    pub fn is_open(&self) -> bool {
        self.ending.is_none()
    }
}

/// Who may write which part.
pub enum Writer<'a> {
    Facility(&'a Permit<WriteHandoff>),
    Sensitive(&'a Permit<HandleSensitive>),
    Assessment(&'a Permit<DecideReturn>),
}

impl Writer<'_> {
    fn actor(&self) -> &Actor {
        match self {
            Self::Facility(permit) => permit.actor(),
            Self::Sensitive(permit) => permit.actor(),
            Self::Assessment(permit) => permit.actor(),
        }
    }

    fn may_write(&self, part: Part) -> bool {
        match self {
            Self::Facility(_) => !matches!(part, Part::Sensitive | Part::Assessment),
            Self::Sensitive(_) => part == Part::Sensitive,
            Self::Assessment(_) => part == Part::Assessment,
        }
    }
}

/// Begins the record of a stay; gives the one that is open already, if there is one.
///
/// # Errors
/// `NotFound` without such a resident.
pub async fn begin(
    store: &Store,
    permit: &Permit<WriteHandoff>,
    resident: &ResidentId,
    transport: Option<&TransportId>,
    id: HandoffId,
    at: Moment,
) -> Result<HandoffId, StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        resident::hold(tx, facility, resident).await?;
        let open: Vec<Handoff> = tx.all(OPEN_OF, args![facility, resident]).await?;
        if let Some(open) = open.into_iter().next() {
            return Ok(open.id);
        }
        let baseline: Baseline = tx.one(BASELINE, args![facility, resident]).await?;
        let args = args![
            facility, &id, resident, transport, baseline.revision, at, &actor.staff, &actor.name
        ];
        tx.exec(BEGIN, args).await?;
        let detail = json!({"handoff": id, "baseline": baseline.revision});
        audit::append(tx, &Author::from(permit), at, Entry::new("handoff.begun", Some(resident), detail)).await?;
        Ok(id.clone())
    })
}

/// Writes the version of a part after `seen` (0: the first).
///
/// # Errors
/// `NotFound`; `Moved` when the stay has ended; `Conflict` when somebody wrote another version meanwhile.
pub async fn write(
    store: &Store,
    writer: Writer<'_>,
    id: &HandoffId,
    part: Part,
    seen: i64,
    body: &str,
    at: Moment,
) -> Result<(), StoreError> {
    if !writer.may_write(part) {
        return Err(StoreError::NotFound);
    }
    let actor = writer.actor();
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        let by = (&actor.staff, actor.name.as_str());
        put(tx, &actor.facility, id, part, seen, body, by, at, &author).await
    })
}

/// [`write`], in somebody's transaction; also for the hospital, which is no staff.
#[expect(clippy::too_many_arguments, reason = "one row, one call")]
pub(super) async fn put(
    tx: &mut Tx,
    facility: &FacilityId,
    id: &HandoffId,
    part: Part,
    seen: i64,
    body: &str,
    by: (&StaffId, &str),
    at: Moment,
    author: &Author,
) -> Result<(), StoreError> {
    let known: Handoff = tx.one(GET, args![facility, id]).await?;
    resident::hold(tx, facility, &known.resident_id).await?;
    if !known.is_open() {
        return Err(StoreError::Moved);
    }
    let newest: Option<Written> = tx.opt(PART, args![facility, id, part.code()]).await?;
    let current = newest.map_or(0, |written| written.version);
    if current != seen {
        return Err(StoreError::Conflict { current });
    }
    let version = seen + 1;
    let (staff, name) = by;
    let body = key::of_resident(tx, facility, &known.resident_id).await?.seal_text(body)?;
    let args = args![facility, id, part.code(), version, body, at, staff, name];
    tx.exec(WRITE, args).await?;
    let detail = json!({"handoff": id, "part": part.code(), "version": version});
    let entry = Entry::new("handoff.written", Some(&known.resident_id), detail);
    audit::append(tx, author, at, entry).await
}

/// As many files as one stay may have.
pub const FILES_MAX: usize = 30;

/// Adds a file to a stay.
///
/// # Errors
/// `NotFound`; `Moved` when the stay has ended, or has as many files as it may have.
pub async fn add_file(
    store: &Store,
    permit: &Permit<WriteHandoff>,
    id: &HandoffId,
    file: NewAttachment<'_>,
    label: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let actor = permit.actor();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let by = (&actor.staff, actor.name.as_str());
        keep_file(tx, permit.facility(), id, &file, label, by, at, &author).await
    })
}

/// [`add_file`], in somebody's transaction; also for the hospital, which is no staff.
#[expect(clippy::too_many_arguments, reason = "one row, one call")]
pub(super) async fn keep_file(
    tx: &mut Tx,
    facility: &FacilityId,
    id: &HandoffId,
    file: &NewAttachment<'_>,
    label: &str,
    by: (&StaffId, &str),
    at: Moment,
    author: &Author,
) -> Result<(), StoreError> {
    let known: Handoff = tx.one(GET, args![facility, id]).await?;
    resident::hold(tx, facility, &known.resident_id).await?;
    let files: Vec<StayFile> = tx.all(FILES, args![facility, id]).await?;
    if !known.is_open() || files.len() >= FILES_MAX {
        return Err(StoreError::Moved);
    }
    attachment::put_in(tx, facility, file, at).await?;
    let seq = i64::try_from(files.len()).unwrap_or(i64::MAX);
    let (staff, name) = by;
    tx.exec(ADD_FILE, args![facility, id, seq, file.id, label, at, staff, name]).await?;
    let detail = json!({"handoff": id, "file": seq, "attachment": file.id});
    audit::append(tx, author, at, Entry::new("handoff.file_added", Some(&known.resident_id), detail)).await
}

/// The files of a stay, oldest first.
pub async fn files(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
) -> Result<Vec<StayFile>, StoreError> {
    files_of(store, permit.facility(), id).await
}

pub(super) async fn files_of(
    store: &Store,
    facility: &FacilityId,
    id: &HandoffId,
) -> Result<Vec<StayFile>, StoreError> {
    store.db().all(FILES, args![facility, id]).await
}

/// Ends a stay.
///
/// # Errors
/// `NotFound`; `Moved` when it has ended before.
pub async fn end(
    store: &Store,
    permit: &Permit<DecideReturn>,
    id: &HandoffId,
    ending: Ending,
    on: Day,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        let known: Handoff = tx.one(GET, args![facility, id]).await?;
        let args = args![facility, id, ending.code(), on, at, &actor.staff, &actor.name];
        if tx.exec(END, args).await? == 0 {
            return Err(StoreError::Moved);
        }
        let detail = json!({"handoff": id, "ending": ending.code(), "on": on.iso()});
        audit::append(tx, &Author::from(permit), at, Entry::new("handoff.ended", Some(&known.resident_id), detail)).await
    })
}

/// A stay.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
) -> Result<Handoff, StoreError> {
    store.db().one(GET, args![permit.facility(), id]).await
}

/// What was written of a stay that everybody in the facility may read.
pub async fn parts(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
) -> Result<Vec<Written>, StoreError> {
    let mut parts = all_parts(store, permit.facility(), id).await?;
    parts.retain(|written| written.part != Part::Sensitive);
    Ok(parts)
}

pub(super) async fn all_parts(
    store: &Store,
    facility: &FacilityId,
    id: &HandoffId,
) -> Result<Vec<Written>, StoreError> {
    store.db().all(NEWEST, args![facility, id]).await
}

/// What was written that only some may read.
pub async fn sensitive(
    store: &Store,
    permit: &Permit<HandleSensitive>,
    id: &HandoffId,
) -> Result<Option<Written>, StoreError> {
    let args = args![permit.facility(), id, Part::Sensitive.code()];
    let rows: Vec<Written> = store.db().all(PART, args).await?;
    Ok(rows.into_iter().next())
}

/// Up to `limit` stays that nobody ended, newest first.
pub async fn open(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Handoff>, StoreError> {
    store.db().all(OPEN, args![permit.facility(), limit]).await
}

/// Up to `limit` stays before one, newest first; all of them without one.
pub async fn recent(
    store: &Store,
    permit: &Permit<ReadResident>,
    before: Option<&HandoffId>,
    limit: i64,
) -> Result<Vec<Handoff>, StoreError> {
    // Behind every id, which begins with a digit or a letter up to f.
    let before = before.map_or("g", HandoffId::as_str);
    store.db().all(RECENT, args![permit.facility(), before, limit]).await
}

/// The newest `limit` stays of one resident.
pub async fn of_resident(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    limit: i64,
) -> Result<Vec<Handoff>, StoreError> {
    store.db().all(OF_RESIDENT, args![permit.facility(), resident, limit]).await
}

/// Up to `limit` stays since an instant, for the facility's figures. `forms`: the keys of those that give the admission
/// information, of which alone giving and receiving are counted.
pub async fn counted(
    store: &Store,
    permit: &Permit<ReadResident>,
    since: Moment,
    forms: &[&str],
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let forms = format!(",{},", forms.join(","));
    // Ids begin with the time, in hexadecimal milliseconds.
    let from = format!("{:08x}", since.0.max(0) >> 16);
    store.db().all(COUNTED, args![permit.facility(), from, limit, forms]).await
}

/// Says to which stay a document belongs, in the transaction that issues it.
pub(super) async fn keep_in(
    tx: &mut Tx,
    facility: &FacilityId,
    handoff: &HandoffId,
    document: &DocumentId,
    restricted: bool,
) -> Result<(), StoreError> {
    let args = args![facility, document, handoff, i64::from(restricted)];
    tx.exec(KEEP_DOCUMENT, args).await?;
    Ok(())
}

/// The stay of a document; `None` for a document of another kind.
pub async fn of_document(
    store: &Store,
    permit: &Permit<ReadResident>,
    document: &DocumentId,
) -> Result<Option<Belongs>, StoreError> {
    let rows: Vec<Belongs> = store.db().all(OF_DOCUMENT, args![permit.facility(), document]).await?;
    Ok(rows.into_iter().next())
}

/// [`of_document`], in somebody's transaction.
pub(super) async fn belongs(
    tx: &mut Tx,
    facility: &FacilityId,
    document: &DocumentId,
) -> Result<Option<Belongs>, StoreError> {
    tx.opt(OF_DOCUMENT, args![facility, document]).await
}

/// The newest `limit` documents of a stay.
pub async fn documents(
    store: &Store,
    permit: &Permit<ReadResident>,
    handoff: &HandoffId,
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    store.db().all(DOCUMENTS, args![permit.facility(), handoff, limit]).await
}
