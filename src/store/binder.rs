//! Binders: papers of many residents, issued together and printed as one file, the same bytes ever after.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::document::{self, NewDocument};
use super::{Store, StoreError, key};
use crate::domain::clock::Moment;
use crate::domain::id::{BinderId, DocumentId, ResidentId, StaffId};
use crate::domain::permit::{IssueDocument, Permit, ReadResident};

/// The columns of `Binder`, for a table named `b`.
macro_rules! binder {
    () => {
        "b.id, b.issued_at, b.issued_by, b.issued_by_name, b.pages, \
         (select count(*) from binder_document p where p.facility_id = b.facility_id and p.binder_id = b.id) as papers"
    };
}

statements! {
    ISSUE = "insert into binder (facility_id, id, issued_at, issued_by, issued_by_name, pages, sha256, pdf)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    HOLD = "insert into binder_document (facility_id, binder_id, document_id, page) values ($1, $2, $3, $4)";
    GET = concat!("select ", binder!(), " from binder b where b.facility_id = $1 and b.id = $2");
    PDF = "select pdf from binder where facility_id = $1 and id = $2";
    LIST = concat!("select ", binder!(), " from binder b where b.facility_id = $1 order by b.id desc limit $2");
    PAPERS = "select p.document_id, d.resident_id, r.name as resident_name, r.room, d.serial, d.form, p.page,
            l.ended_at as link_ended_at
        from binder_document p
        join document d on d.facility_id = p.facility_id and d.id = p.document_id
        join resident r on r.facility_id = d.facility_id and r.id = d.resident_id
        left join link l on l.facility_id = d.facility_id and l.document_id = d.id
        where p.facility_id = $1 and p.binder_id = $2 order by p.page";
}

/// The file, and which of its papers begins on which page.
#[derive(Clone, Debug)]
pub struct NewBinder<'a> {
    pub id: &'a BinderId,
    pub pages: i64,
    /// SHA-256 of `pdf`.
    pub sha256: &'a [u8; 32],
    pub pdf: &'a [u8],
}

row! {
    /// A binder without its contents.
    pub struct Binder {
        id: BinderId,
        issued_at: Moment,
        issued_by: StaffId,
        issued_by_name: String,
        pages: i64,
        papers: i64,
    }
}

row! {
    /// One paper of a binder, as it stands now.
    pub struct BoundPaper {
        document_id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        serial: String,
        form: String,
        /// On which it begins.
        page: i64,
        /// Somebody printed a newer one, or took it back.
        link_ended_at: Option<Moment>,
    }
}

row! {
    struct Pdf { pdf: Vec<u8> }
}

/// Keeps all papers of a binder, each with the page on which it begins, and the binder: all of them or none.
///
/// # Errors
/// Those of [`document::issue`], for any of the papers.
pub async fn issue(
    store: &Store,
    permit: &Permit<IssueDocument>,
    binder: NewBinder<'_>,
    papers: &[(NewDocument<'_>, i64)],
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    in_tx!(store, at, tx => {
        for (document, _) in papers {
            document::keep(tx, permit, document, at).await?;
        }
        let args = args![
            facility,
            binder.id,
            at,
            &actor.staff,
            &actor.name,
            binder.pages,
            binder.sha256,
            key::of_binder(tx, facility, binder.id).await?.seal(binder.pdf)?
        ];
        tx.exec(ISSUE, args).await?;
        for (document, page) in papers {
            tx.exec(HOLD, args![facility, binder.id, document.id, *page]).await?;
        }
        let detail = json!({"binder": binder.id, "papers": papers.len(), "pages": binder.pages});
        let entry = Entry::new("binder.issued", None, detail);
        audit::append(tx, &Author::from(permit), at, entry).await
    })
}

/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &BinderId,
) -> Result<Binder, StoreError> {
    store.db().one(GET, args![permit.facility(), id]).await
}

/// The bytes to print.
///
/// # Errors
/// `NotFound`.
pub async fn pdf(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &BinderId,
) -> Result<Vec<u8>, StoreError> {
    let row: Pdf = store.db().one(PDF, args![permit.facility(), id]).await?;
    Ok(row.pdf)
}

/// Up to `limit` binders, newest first.
pub async fn list(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Binder>, StoreError> {
    store.db().all(LIST, args![permit.facility(), limit]).await
}

/// The papers of a binder, in its order.
pub async fn papers(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &BinderId,
) -> Result<Vec<BoundPaper>, StoreError> {
    store.db().all(PAPERS, args![permit.facility(), id]).await
}
