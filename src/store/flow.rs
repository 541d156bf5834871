//! What a facility wrote down for an emergency. Every version is kept; the newest holds.

use crate::domain::id::FacilityId;

versioned! { table "flow", action "facility.flow_written" }

/// [`newest`] for the program itself, which tells those whom the facility named.
pub async fn newest_of(
    store: &Store,
    facility: &FacilityId,
) -> Result<Option<Written>, StoreError> {
    let rows: Vec<Written> = store.db().all(NEWEST, args![facility]).await?;
    Ok(rows.into_iter().next())
}
