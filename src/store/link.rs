//! What stands behind a printed QR code. The paper holds a token, the table its SHA-256.

use super::db::{AnyRow, FromRow};
use super::document::{Frozen, NewDocument, NewLink};
use super::resident::{self, CurrentSheet, ResidentHead, head};
use super::writer::Tx;
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::id::{DocumentId, FacilityId, ResidentId};
use crate::domain::link::EndReason;
use crate::domain::permit::Role;

statements! {
    INSERT = "insert into link (token_hash, facility_id, resident_id, document_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)";
    FIND = concat!("select l.facility_id, l.document_id, l.created_at as linked_at, l.expires_at, l.ended_at,
            l.end_reason, d.serial, d.form, d.edition, d.revision as printed_revision, d.issued_at, d.valid_until,
            d.match_code, f.name as facility_name, f.kind as facility_kind, f.body as facility_body,
            s.body, s.created_at as revised_at, s.author_name as revised_by, s.author_role as revised_by_role, ",
            head!(), "
        from link l
        join document d on d.facility_id = l.facility_id and d.id = l.document_id
        join facility f on f.id = l.facility_id
        join resident r on r.facility_id = l.facility_id and r.id = l.resident_id
        join sheet_revision s on s.facility_id = r.facility_id and s.resident_id = r.id and s.revision = r.revision
        where l.token_hash = $1");
    PRINTED = "select body from document where facility_id = $1 and id = $2";
    END_OF_RESIDENT = "update link set ended_at = $3, end_reason = $4
        where facility_id = $1 and resident_id = $2 and ended_at is null";
    END_OF_FORM = "update link set ended_at = $4, end_reason = 'reprinted'
        where facility_id = $1 and resident_id = $2 and ended_at is null and document_id in
            (select id from document where facility_id = $1 and resident_id = $2 and form = $3)";
    END_OF_DOCUMENT = "update link set ended_at = $3, end_reason = 'withdrawn'
        where facility_id = $1 and document_id = $2 and ended_at is null";
}

code_cell!(EndReason);

row! {
    /// The link, the paper it is printed on, and the facility.
    pub struct Link {
        facility_id: FacilityId,
        document_id: DocumentId,
        linked_at: Moment,
        expires_at: Option<Moment>,
        ended_at: Option<Moment>,
        end_reason: Option<EndReason>,
        serial: String,
        form: String,
        edition: String,
        /// The sheet's revision on the paper.
        printed_revision: i64,
        issued_at: Moment,
        valid_until: Option<Day>,
        match_code: String,
        facility_name: String,
        facility_kind: String,
        /// JSON: address, phones, entrance.
        facility_body: Vec<u8>,
        /// Who confirmed the current sheet.
        revised_by: String,
        revised_by_role: Role,
    }
}

/// Whether a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    Live,
    Ended(EndReason),
    /// Its date has passed.
    Expired,
}

/// What a token opened. Holding one is the permission to read what it shows, if its [`state`](Self::state) says so.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundLink {
    link: Link,
    resident: ResidentHead,
    sheet: CurrentSheet,
}

impl FoundLink {
    pub fn state(&self, now: Moment) -> LinkState {
        match (self.link.ended_at, self.link.end_reason) {
            (Some(_), Some(reason)) => LinkState::Ended(reason),
            // Ended and nobody knows why: certainly not live.
            (Some(_), None) | (None, Some(_)) => LinkState::Ended(EndReason::Withdrawn),
            (None, None) if self.link.expires_at.is_some_and(|end| end <= now) => {
                LinkState::Expired
            }
            (None, None) => LinkState::Live,
        }
    }

    pub fn link(&self) -> &Link {
        &self.link
    }

    pub fn facility(&self) -> &FacilityId {
        &self.link.facility_id
    }

    pub fn resident(&self) -> &ResidentHead {
        &self.resident
    }

    /// The resident's current sheet, which may be newer than the paper.
    pub fn sheet(&self) -> &CurrentSheet {
        &self.sheet
    }
}

impl FromRow for FoundLink {
    fn from_row(row: &AnyRow<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            link: Link::from_row(row)?,
            resident: ResidentHead::from_row(row)?,
            sheet: CurrentSheet::from_row(row)?,
        })
    }
}

/// What stands behind a token, in whatever state.
pub async fn find(store: &Store, token_hash: &[u8; 32]) -> Result<Option<FoundLink>, StoreError> {
    store.db().opt(FIND, args![token_hash]).await
}

/// What the paper says, as JSON, to tell what changed since.
///
/// # Errors
/// `NotFound` cannot come: a link has its document.
pub async fn printed(store: &Store, found: &FoundLink) -> Result<Frozen, StoreError> {
    let link = &found.link;
    store
        .db()
        .one(PRINTED, args![&link.facility_id, &link.document_id])
        .await
}

/// [`resident::alike`] for the resident whose sheet a token opened.
pub async fn alike(store: &Store, found: &FoundLink) -> Result<Vec<ResidentHead>, StoreError> {
    resident::alike_in(store, &found.link.facility_id, &found.resident.kana_key).await
}

pub(super) async fn insert(
    tx: &mut Tx,
    facility: &FacilityId,
    document: &NewDocument<'_>,
    link: &NewLink<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let args = args![
        link.token_hash,
        facility,
        document.resident,
        document.id,
        at,
        link.expires_at
    ];
    tx.exec(INSERT, args).await?;
    Ok(())
}

pub(super) async fn end_of_resident(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
    reason: EndReason,
    at: Moment,
) -> Result<u64, StoreError> {
    tx.exec(
        END_OF_RESIDENT,
        args![facility, resident, at, reason.code()],
    )
    .await
}

pub(super) async fn end_of_form(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
    form: &str,
    at: Moment,
) -> Result<u64, StoreError> {
    tx.exec(END_OF_FORM, args![facility, resident, form, at])
        .await
}

pub(super) async fn end_of_document(
    tx: &mut Tx,
    facility: &FacilityId,
    document: &DocumentId,
    at: Moment,
) -> Result<u64, StoreError> {
    tx.exec(END_OF_DOCUMENT, args![facility, document, at])
        .await
}
