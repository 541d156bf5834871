//! Residents: who lives in the facility, where, and what lists and searches show of them.
//!
//! A resident's facts are in the sheet's revisions; the columns here are what is queried, and are written together with
//! the revision from which they are taken.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::db::{AnyRow, Arg, FromRow};
use super::writer::Tx;
use super::{Store, StoreError, directive, link, sheet};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::{FacilityId, ResidentId};
use crate::domain::kana::next_key;
use crate::domain::link::EndReason;
use crate::domain::permit::{ImportResidents, MoveResident, Permit, ReadResident};
use crate::domain::resident::{Head, Status};

/// The columns of `ResidentHead`, for a table named `r`.
macro_rules! head {
    () => {
        "r.id, r.number, r.name, r.name_kana, r.kana_key, r.birth_date, r.sex, r.floor, r.room, r.place_key, \
         r.name_key, r.photo_id, r.revision, r.status, r.status_on, r.verified_at, r.created_at, r.drill"
    };
}
pub(super) use head;

/// A page of residents with their current sheets. One lower bound on (key, id) and nothing else on the key:
/// with two, SQLite may scan from the start of the list.
macro_rules! page {
    ($key:literal, $where:literal) => {
        concat!(
            "select ",
            head!(),
            ", s.body, s.created_at as revised_at from resident r
            join sheet_revision s
                on s.facility_id = r.facility_id and s.resident_id = r.id and s.revision = r.revision
            where r.facility_id = $1 and r.status = $2 and r.drill = 0 and (r.",
            $key,
            ", r.id) > ($3, $4)",
            $where,
            " order by r.",
            $key,
            ", r.id limit $5"
        )
    };
}

statements! {
    ADMIT = "insert into resident (facility_id, id, number, name, name_kana, kana_key, name_key, birth_date, sex,
            floor, room, place_key, photo_id, like_head, like_tail, revision, status, status_on, verified_at, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, 'living_in', null, $16, $17)
        on conflict do nothing";
    /// Writes the head of the next revision, unless somebody else wrote it first.
    ADVANCE = "update resident set number = $4, name = $5, name_kana = $6, kana_key = $7, name_key = $8,
            birth_date = $9, sex = $10, floor = $11, room = $12, place_key = $13, photo_id = $14,
            like_head = $15, like_tail = $16, verified_at = coalesce($17, verified_at), revision = revision + 1
        where facility_id = $1 and id = $2 and revision = $3";
    /// An update that changes nothing: PostgreSQL then holds the row until the transaction ends.
    HOLD = "update resident set status = status where facility_id = $1 and id = $2 returning status";
    REVISION = "select revision, status from resident where facility_id = $1 and id = $2";
    GET = concat!("select ", head!(), " from resident r where r.facility_id = $1 and r.id = $2");
    BY_NUMBER = "select id, revision from resident where facility_id = $1 and number = $2";
    NUMBERS = "select number, id, revision, status from resident
        where facility_id = $1 and number is not null order by number";
    COUNT = "select status, count(*) as residents from resident
        where facility_id = $1 and drill = 0 group by status";
    SET_STATUS = "update resident set status = $3, status_on = $4 where facility_id = $1 and id = $2";
    BY_PLACE = page!("place_key", "");
    BY_KANA = page!("kana_key", "");
    BY_KANA_PREFIX = page!("kana_key", " and r.kana_key < $6");
    BY_NAME_PREFIX = page!("name_key", " and r.name_key < $6");
    /// Candidates only: whether two names are alike is for the domain to say.
    ALIKE = concat!("select ", head!(), " from resident r
        where r.facility_id = $1 and r.status = 'living_in' and r.drill = 0 and (r.like_head = $2 or r.like_tail = $3) limit $4");
    /// The same for one page of a list at once.
    ALIKE_PAGE = concat!("select ", head!(), " from resident r
        where r.facility_id = $1 and r.status = 'living_in' and r.drill = 0 and (
            r.like_head in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61)
            or r.like_tail in ($62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, $117, $118, $119, $120, $121))
        limit $122");
}

code_cell!(Status);

fn head_args(head: &Head) -> Vec<Arg> {
    let (like_head, like_tail) = like_keys(&head.kana_key);
    args![
        head.number.as_ref(),
        &head.name,
        &head.name_kana,
        &head.kana_key,
        &head.name_key,
        head.birth_date,
        head.sex.as_ref(),
        head.floor.as_ref(),
        head.room.as_ref(),
        &head.place_key,
        head.photo_id.as_ref(),
        like_head,
        like_tail
    ]
}

/// Two readings that differ in one kana agree in their first two or their last two.
fn like_keys(kana_key: &[u8]) -> (&[u8], &[u8]) {
    const KANA: usize = 2;
    let edge = kana_key.len().min(KANA);
    (&kana_key[..edge], &kana_key[kana_key.len() - edge..])
}

row! {
    /// A resident as lists show them, without the sheet.
    pub struct ResidentHead {
        id: ResidentId,
        number: Option<String>,
        name: String,
        name_kana: String,
        kana_key: Vec<u8>,
        name_key: Vec<u8>,
        birth_date: Option<Day>,
        sex: Option<String>,
        floor: Option<String>,
        room: Option<String>,
        place_key: Vec<u8>,
        photo_id: Option<String>,
        /// The current revision of the sheet, from 1.
        revision: i64,
        status: Status,
        /// The day of leaving or death.
        status_on: Option<Day>,
        /// When somebody last stood by the whole sheet, with or without a change.
        verified_at: Option<Moment>,
        created_at: Moment,
        /// 1 for the made-up resident of the facility's drills.
        drill: i64,
    }
}

impl ResidentHead {
    pub fn is_drill(&self) -> bool {
        self.drill != 0
    }
}

/// A resident with the current sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub head: ResidentHead,
    pub sheet: CurrentSheet,
}

row! {
    /// The revision that `ResidentHead::revision` names.
    pub struct CurrentSheet {
        /// The record as JSON.
        body: Vec<u8>,
        revised_at: Moment,
    }
}

impl FromRow for Listed {
    fn from_row(row: &AnyRow<'_>) -> Result<Self, StoreError> {
        let (head, sheet) = FromRow::from_row(row)?;
        Ok(Self { head, sheet })
    }
}

row! {
    struct Held { status: Status }
}

row! {
    struct Moving { revision: i64, status: Status }
}

row! {
    struct Known { id: ResidentId, revision: i64 }
}

row! {
    /// The facility's own number and whose it is.
    pub struct Numbered { number: String, id: ResidentId, revision: i64, status: Status }
}

row! {
    struct Count { status: Status, residents: i64 }
}

/// A new resident's first sheet.
#[derive(Clone, Debug)]
pub struct Admission<'a> {
    pub id: &'a ResidentId,
    pub head: &'a Head,
    pub sheet: sheet::NewRevision<'a>,
}

/// Brings in a resident with revision 1 of the sheet.
///
/// # Errors
/// `NumberTaken` names the resident who has this number already, so that a repeated admission finds its first result;
/// `Exists` for a known id.
pub async fn admit(
    store: &Store,
    permit: &Permit<MoveResident>,
    admission: Admission<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        insert(tx, permit, &admission, at).await?;
        let entry = Entry::new("resident.admitted", Some(admission.id), json!({"revision": 1}));
        audit::append(tx, &author, at, entry).await
    })
}

pub(super) async fn insert<A>(
    tx: &mut Tx,
    permit: &Permit<A>,
    admission: &Admission<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let mut args = args![facility, admission.id];
    args.extend(head_args(admission.head));
    args.extend(args![admission.sheet.verified.then_some(at), at]);
    if tx.exec(ADMIT, args).await? == 0 {
        return Err(
            match number_holder(tx, facility, admission.head.number.as_deref()).await? {
                Some(known) => StoreError::NumberTaken(known.id),
                None => StoreError::Exists,
            },
        );
    }
    sheet::insert(tx, permit.actor(), admission.id, 1, &admission.sheet, at).await
}

async fn number_holder(
    tx: &mut Tx,
    facility: &FacilityId,
    number: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    match number {
        Some(number) => tx.opt(BY_NUMBER, args![facility, number]).await,
        None => Ok(None),
    }
}

/// Holds a resident's row until the transaction ends, so that whoever else wants to act on it waits; gives its status.
///
/// # Errors
/// `NotFound`.
pub(super) async fn hold(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<Status, StoreError> {
    let held: Held = tx.one(HOLD, args![facility, resident]).await?;
    Ok(held.status)
}

/// Writes head and body of the revision after `expected`; gives its number.
pub(super) async fn advance<A>(
    tx: &mut Tx,
    permit: &Permit<A>,
    resident: &ResidentId,
    expected: i64,
    head: &Head,
    sheet: &sheet::NewRevision<'_>,
    at: Moment,
) -> Result<i64, StoreError> {
    let facility = permit.facility();
    // Asked beforehand, because a clash in the update itself would spoil the transaction.
    if let Some(known) = number_holder(tx, facility, head.number.as_deref()).await?
        && known.id != *resident
    {
        return Err(StoreError::NumberTaken(known.id));
    }
    let mut args = args![facility, resident, expected];
    args.extend(head_args(head));
    args.extend(args![sheet.verified.then_some(at)]);
    if tx.exec(ADVANCE, args).await? == 0 {
        let now: Moving = tx.one(REVISION, args![facility, resident]).await?;
        return Err(StoreError::Conflict {
            current: now.revision,
        });
    }
    let revision = expected + 1;
    let before = sheet::body_in(tx, facility, resident, expected).await?;
    directive::on_revision(tx, permit.actor(), resident, &before, sheet.body, at).await?;
    sheet::insert(tx, permit.actor(), resident, revision, sheet, at).await?;
    Ok(revision)
}

/// One row of an import.
#[derive(Clone, Debug)]
pub enum ImportRow<'a> {
    Admit(Admission<'a>),
    Update {
        id: &'a ResidentId,
        expected_revision: i64,
        head: &'a Head,
        sheet: sheet::NewRevision<'a>,
    },
}

/// Brings in or changes many residents, all or nothing.
///
/// # Errors
/// `Row` names the first row that is refused, and why, as [`admit`] and `sheet::confirm` would.
pub async fn import(
    store: &Store,
    permit: &Permit<ImportResidents>,
    rows: &[ImportRow<'_>],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let mut entries = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            entries.push(import_row(tx, permit, row, at).await.map_err(|cause| in_row(index, cause))?);
        }
        let entries: Vec<_> = entries.iter().map(|entry| (&author, at, entry)).collect();
        audit::append_all(tx, permit.facility(), &entries).await
    })
}

/// A fault is not the row's.
fn in_row(index: usize, cause: StoreError) -> StoreError {
    if cause.is_fault() || cause.is_retryable() {
        return cause;
    }
    StoreError::Row {
        index,
        cause: Box::new(cause),
    }
}

async fn import_row(
    tx: &mut Tx,
    permit: &Permit<ImportResidents>,
    row: &ImportRow<'_>,
    at: Moment,
) -> Result<Entry, StoreError> {
    let (id, revision) = match row {
        ImportRow::Admit(admission) => {
            insert(tx, permit, admission, at).await?;
            (admission.id, 1)
        }
        ImportRow::Update {
            id,
            expected_revision,
            head,
            sheet,
        } => {
            let revision = advance(tx, permit, id, *expected_revision, head, sheet, at).await?;
            (*id, revision)
        }
    };
    Ok(Entry::new(
        "resident.imported",
        Some(id),
        json!({"revision": revision}),
    ))
}

/// Records that a resident left or died on a day, which ends all links, or came back (`LivingIn`).
///
/// # Errors
/// `NotFound`.
pub async fn set_status(
    store: &Store,
    permit: &Permit<MoveResident>,
    resident: &ResidentId,
    status: Status,
    on: Option<Day>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    let end_reason = match status {
        Status::LivingIn => None,
        Status::Left => Some(EndReason::Left),
        Status::Died => Some(EndReason::Died),
    };
    in_tx!(store, at, tx => {
        if tx.exec(SET_STATUS, args![facility, resident, status.code(), on]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        directive::on_status(tx, permit.actor(), resident, status, at).await?;
        let ended = match end_reason {
            Some(reason) => link::end_of_resident(tx, facility, resident, reason, at).await?,
            None => 0,
        };
        let detail = json!({
            "status": status.code(),
            "on": on.map(|day| day.iso()),
            "links_ended": ended,
        });
        audit::append(tx, &author, at, Entry::new("resident.status_set", Some(resident), detail)).await
    })
}

/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
) -> Result<ResidentHead, StoreError> {
    store
        .db()
        .one(GET, args![permit.facility(), resident])
        .await
}

/// Which residents a list shows, and in which order.
#[derive(Clone, Copy, Debug)]
pub enum Find<'a> {
    /// All, by floor and room.
    ByPlace,
    /// All, by reading.
    ByKana,
    /// Whose reading's key begins so.
    KanaPrefix(&'a [u8]),
    /// Whose name's key begins so.
    NamePrefix(&'a [u8]),
}

/// Where a page ends, and the next one begins. Opaque, except that pages need to put it into an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: Vec<u8>,
    pub id: ResidentId,
}

impl Find<'_> {
    /// The cursor after this resident in this order.
    pub fn cursor(self, head: &ResidentHead) -> Cursor {
        let key = match self {
            Self::ByPlace => &head.place_key,
            Self::ByKana | Self::KanaPrefix(_) => &head.kana_key,
            Self::NamePrefix(_) => &head.name_key,
        };
        Cursor {
            key: key.clone(),
            id: head.id.clone(),
        }
    }
}

/// Up to `limit` residents of one status with their current sheets, after the cursor.
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    find: Find<'_>,
    status: Status,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (sql, prefix) = match find {
        Find::ByPlace => (BY_PLACE, None),
        Find::ByKana => (BY_KANA, None),
        Find::KanaPrefix(prefix) => (BY_KANA_PREFIX, Some(prefix)),
        Find::NamePrefix(prefix) => (BY_NAME_PREFIX, Some(prefix)),
    };
    // (key, "") stands before every row of that key: no id is empty.
    let (key, id) = after.map_or((prefix.unwrap_or_default(), ""), |cursor| {
        (cursor.key.as_slice(), cursor.id.as_str())
    });
    let mut args = args![permit.facility(), status.code(), key, id, limit];
    if let Some(prefix) = prefix {
        // No key holds 0xFF, so it bounds an empty prefix.
        args.extend(args![next_key(prefix).unwrap_or_else(|| vec![0xFF])]);
    }
    store.db().all(sql, args).await
}

/// How many residents of each status; a status without residents is not named.
pub async fn count(
    store: &Store,
    permit: &Permit<ReadResident>,
) -> Result<Vec<(Status, i64)>, StoreError> {
    let counts: Vec<Count> = store.db().all(COUNT, args![permit.facility()]).await?;
    Ok(counts
        .into_iter()
        .map(|count| (count.status, count.residents))
        .collect())
}

/// Every resident with a number, of any status, in the order of the numbers.
pub async fn numbers(
    store: &Store,
    permit: &Permit<ImportResidents>,
) -> Result<Vec<Numbered>, StoreError> {
    store.db().all(NUMBERS, args![permit.facility()]).await
}

/// Residents living in whose reading may be taken for this one: at least all that differ in one kana, if the reading
/// has five or more, the resident themself included; at most 500.
pub async fn alike(
    store: &Store,
    permit: &Permit<ReadResident>,
    kana_key: &[u8],
) -> Result<Vec<ResidentHead>, StoreError> {
    alike_in(store, permit.facility(), kana_key).await
}

/// As many residents as one page of a list has at most.
pub const PAGE: usize = 60;
/// No key holds this byte, so it stands where a parameter is not used.
const NO_KEY: &[u8] = &[0xFF];

/// [`alike`] for each of at most [`PAGE`] residents, in their order, by one look at the database.
pub async fn alike_page(
    store: &Store,
    permit: &Permit<ReadResident>,
    heads: &[&ResidentHead],
) -> Result<Vec<Vec<ResidentHead>>, StoreError> {
    debug_assert!(heads.len() <= PAGE, "a page of {}", heads.len());
    let mut args = args![permit.facility()];
    let keys: Vec<_> = heads.iter().map(|head| like_keys(&head.kana_key)).collect();
    let padded = |key: Option<&[u8]>| key.filter(|key| !key.is_empty()).unwrap_or(NO_KEY).to_vec();
    args.extend((0..PAGE).map(|at| padded(keys.get(at).map(|(head, _)| *head)).into()));
    args.extend((0..PAGE).map(|at| padded(keys.get(at).map(|(_, tail)| *tail)).into()));
    args.extend(args![500 * i64::try_from(heads.len()).unwrap_or(i64::MAX / 500)]);
    let found: Vec<ResidentHead> = store.db().all(ALIKE_PAGE, args).await?;
    let found: Vec<_> = found
        .iter()
        .map(|candidate| (like_keys(&candidate.kana_key), candidate))
        .collect();
    Ok(keys
        .iter()
        .map(|(head, tail)| {
            found
                .iter()
                .filter(|(other, _)| !head.is_empty() && (other.0 == *head || other.1 == *tail))
                .map(|(_, candidate)| (*candidate).clone())
                .collect()
        })
        .collect())
}

pub(super) async fn alike_in(
    store: &Store,
    facility: &FacilityId,
    kana_key: &[u8],
) -> Result<Vec<ResidentHead>, StoreError> {
    let (head, tail) = like_keys(kana_key);
    if head.is_empty() {
        return Ok(Vec::new());
    }
    store
        .db()
        .all(ALIKE, args![facility, head, tail, 500_i64])
        .await
}
