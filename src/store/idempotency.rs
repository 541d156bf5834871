//! `Idempotency-Key`: a call that is sent twice is done once, and answered twice.
//!
//! A key is claimed before the work and settled after it. If the process dies between, the key stays claimed until it
//! is forgotten, and a repeat is refused rather than done twice.

use super::{Store, StoreError, key as seal};
use crate::domain::clock::Moment;
use crate::domain::permit::Permit;

statements! {
    FORGET_OLD = "delete from idempotency where created_at < $1";
    CLAIM = "insert into idempotency (facility_id, staff_id, key, request_hash, status, body, created_at)
        values ($1, $2, $3, $4, 0, $5, $6) on conflict do nothing";
    GET = "select request_hash, status, body from idempotency where facility_id = $1 and staff_id = $2 and key = $3";
    SETTLE = "update idempotency set status = $4, body = $5
        where facility_id = $1 and staff_id = $2 and key = $3 and status = 0";
    RELEASE = "delete from idempotency where facility_id = $1 and staff_id = $2 and key = $3 and status = 0";
}

row! {
    struct Kept { request_hash: Vec<u8>, status: i64, body: Vec<u8> }
}

/// What a key says about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The call is new: do it, then `settle` or `release`.
    New,
    /// It was done; this was the answer.
    Done { status: i64, body: Vec<u8> },
    /// The same call is being done, or was cut off.
    Running,
    /// The key was used for another call.
    Mismatch,
}

/// Claims a key for a call, and forgets the keys of everybody that are older than `since`.
pub async fn claim<A>(
    store: &Store,
    permit: &Permit<A>,
    key: &str,
    request_hash: &[u8; 32],
    since: Moment,
    at: Moment,
) -> Result<Claim, StoreError> {
    let (facility, staff) = (permit.facility(), &permit.actor().staff);
    in_tx!(store, at, tx => {
        tx.exec(FORGET_OLD, args![since]).await?;
        let args = args![facility, staff, key, request_hash, &[][..], at];
        if tx.exec(CLAIM, args).await? > 0 {
            return Ok(Claim::New);
        }
        let kept: Kept = tx.one(GET, args![facility, staff, key]).await?;
        Ok(match kept.status {
            _ if kept.request_hash != request_hash => Claim::Mismatch,
            0 => Claim::Running,
            status => Claim::Done { status, body: kept.body },
        })
    })
}

/// Keeps the answer of a claimed call; `status` is the HTTP status.
pub async fn settle<A>(
    store: &Store,
    permit: &Permit<A>,
    key: &str,
    status: u16,
    body: &[u8],
    at: Moment,
) -> Result<(), StoreError> {
    let (facility, staff) = (permit.facility(), &permit.actor().staff);
    in_tx!(store, at, tx => {
        let body = seal::of_facility(tx, facility).await?.seal(body)?;
        tx.exec(SETTLE, args![facility, staff, key, i64::from(status), body]).await?;
        Ok(())
    })
}

/// Lets go of a claimed key whose call failed without a trace, so that it can be sent again.
pub async fn release<A>(
    store: &Store,
    permit: &Permit<A>,
    key: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let (facility, staff) = (permit.facility(), &permit.actor().staff);
    in_tx!(store, at, tx => {
        tx.exec(RELEASE, args![facility, staff, key]).await?;
        Ok(())
    })
}
