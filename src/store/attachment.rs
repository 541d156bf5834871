//! Pictures and scanned papers, each kept once a facility under the SHA-256 of its bytes.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::link::FoundLink;
use super::writer::Tx;
use super::{Store, StoreError, key};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, ResidentId};
use crate::domain::permit::{EditSheet, Permit, ReadResident, RecordDirective};

statements! {
    PUT = "insert into attachment (facility_id, id, media_type, created_at, thumbnail, body)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    GET = "select media_type, thumbnail, body from attachment where facility_id = $1 and id = $2";
}

/// A file to be kept.
#[derive(Clone, Debug)]
pub struct NewAttachment<'a> {
    /// SHA-256 of `body`, in hex.
    pub id: &'a str,
    pub media_type: &'a str,
    pub thumbnail: Option<&'a [u8]>,
    pub body: &'a [u8],
}

row! {
    pub struct Attachment {
        media_type: String,
        thumbnail: Option<Vec<u8>>,
        body: Vec<u8>,
    }
}

/// Keeps a picture; one that is already kept is left as it is.
pub async fn put(
    store: &Store,
    permit: &Permit<EditSheet>,
    attachment: NewAttachment<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    keep(store, permit, None, attachment, at).await
}

/// Keeps a scan of a signed order, in the name of the resident of whom it speaks.
pub async fn keep_original(
    store: &Store,
    permit: &Permit<RecordDirective>,
    resident: &ResidentId,
    attachment: NewAttachment<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    keep(store, permit, Some(resident), attachment, at).await
}

/// Keeps a file in somebody's transaction, without an entry of its own: whoever keeps it says what it is for.
pub(super) async fn put_in(
    tx: &mut Tx,
    facility: &FacilityId,
    attachment: &NewAttachment<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    insert(tx, facility, attachment, at).await?;
    Ok(())
}

/// How many rows were added: one, or none where the file is kept already.
async fn insert(
    tx: &mut Tx,
    facility: &FacilityId,
    attachment: &NewAttachment<'_>,
    at: Moment,
) -> Result<u64, StoreError> {
    let key = key::of_facility(tx, facility).await?;
    let thumbnail = attachment.thumbnail.map(|bytes| key.seal(bytes)).transpose()?;
    let body = key.seal(attachment.body)?;
    let args = args![facility, attachment.id, attachment.media_type, at, thumbnail, body];
    tx.exec(PUT, args).await
}

async fn keep<A>(
    store: &Store,
    permit: &Permit<A>,
    resident: Option<&ResidentId>,
    attachment: NewAttachment<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if insert(tx, permit.facility(), &attachment, at).await? > 0 {
            let entry = Entry::new("attachment.kept", resident, json!({"attachment": attachment.id}));
            audit::append(tx, &author, at, entry).await?;
        }
        Ok(())
    })
}

/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &str,
) -> Result<Attachment, StoreError> {
    store.db().one(GET, args![permit.facility(), id]).await
}

/// The photograph of the resident whose sheet a token opened.
pub async fn photo(store: &Store, found: &FoundLink) -> Result<Option<Attachment>, StoreError> {
    match &found.resident().photo_id {
        Some(id) => store.db().opt(GET, args![found.facility(), id]).await,
        None => Ok(None),
    }
}
