//! Drills: emergencies of a made-up resident, whom no list and no count has.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::resident::{self, Admission};
use super::transport::{self, Noted, Transport};
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::{ResidentId, TransportId};
use crate::domain::permit::{Permit, ReadResident, RecordTransport};

statements! {
    RESIDENT = "select id from resident where facility_id = $1 and drill = 1 and status = 'living_in' order by id limit 1";
    MARK = "update resident set drill = 1 where facility_id = $1 and id = $2";
    EVERY = "select id from resident where facility_id = $1 and drill = 1 order by id limit $2";
}

/// A made-up resident who was ended is followed by another.
const RESIDENTS: i64 = 20;

row! {
    struct Known { id: ResidentId }
}

/// Begins a drill with the facility's made-up resident, who is `admission` where there is none yet; gives the drill that
/// goes on, if there is one.
pub async fn begin(
    store: &Store,
    permit: &Permit<RecordTransport>,
    admission: Admission<'_>,
    id: TransportId,
    at: Moment,
) -> Result<TransportId, StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let known: Option<Known> = tx.opt(RESIDENT, args![facility]).await?;
        let resident = match known {
            Some(known) => known.id,
            None => {
                resident::insert(tx, permit, &admission, at).await?;
                tx.exec(MARK, args![facility, admission.id]).await?;
                let entry = Entry::new("drill.prepared", Some(admission.id), json!({"revision": 1}));
                audit::append(tx, &author, at, entry).await?;
                admission.id.clone()
            }
        };
        transport::begin_in(tx, permit, &resident, &id, at).await
    })
}

/// Up to `limit` drills since an instant, newest first, each with what was noted, oldest first.
pub async fn since(
    store: &Store,
    permit: &Permit<ReadResident>,
    from: Moment,
    limit: i64,
) -> Result<Vec<(Transport, Vec<Noted>)>, StoreError> {
    let residents: Vec<Known> = store.db().all(EVERY, args![permit.facility(), RESIDENTS]).await?;
    let mut drills = Vec::new();
    for known in residents {
        drills.extend(transport::of_resident(store, permit, &known.id, limit).await?);
    }
    drills.retain(|drill| drill.at >= from);
    drills.sort_by(|one, other| other.id.cmp(&one.id));
    let mut with_entries = Vec::with_capacity(drills.len());
    for drill in drills {
        let entries = transport::entries(store, permit.facility(), &drill.id).await?;
        with_entries.push((drill, entries));
    }
    Ok(with_entries)
}
