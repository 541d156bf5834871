//! Signed-in browsers. The cookie holds a token, the table its SHA-256.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::writer::Tx;
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{Actor, ManageStaff, Permit, Role};

statements! {
    OPEN = "insert into session (token_hash, facility_id, staff_id, created_at, seen_at, expires_at, source, browser)
        values ($1, $2, $3, $4, $4, $5, $6, $7)";
    OPEN_AS = "insert into session (token_hash, facility_id, staff_id, created_at, seen_at, expires_at, source, browser, as_name)
        values ($1, $2, $3, $4, $4, $5, $6, $7, $8)";
    OWN = "select token_hash, created_at, seen_at, locked_at, source, browser from session
        where facility_id = $1 and staff_id = $2 and ended_at is null and expires_at > $3 limit 100";
    END_OTHERS = "update session set ended_at = $4
        where facility_id = $1 and staff_id = $2 and token_hash <> $3 and ended_at is null";
    FIND = "select s.staff_id, p.login, coalesce(s.as_name, p.name) as staff_name, p.role, s.facility_id, f.name as facility_name,
            s.created_at, s.seen_at, s.expires_at, s.locked_at
        from session s
        join staff p on p.facility_id = s.facility_id and p.id = s.staff_id
        join facility f on f.id = s.facility_id
        where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and p.disabled_at is null";
    TOUCH = "update session set seen_at = $2 where token_hash = $1 and ended_at is null and seen_at < $2";
    LOCK = "update session set locked_at = $2 where token_hash = $1 and ended_at is null and locked_at is null";
    UNLOCK = "update session set locked_at = null, seen_at = $2 where token_hash = $1 and ended_at is null";
    END = "update session set ended_at = $2 where token_hash = $1 and ended_at is null";
    END_ALL = "update session set ended_at = $3 where facility_id = $1 and staff_id = $2 and ended_at is null";
    FORGET_OLD = "delete from session where facility_id = $1 and staff_id = $2 and expires_at < $3";
}

row! {
    /// A session that holds: not ended, not expired, and its person may sign in.
    pub struct Session {
        staff_id: StaffId,
        login: String,
        staff_name: String,
        role: Role,
        facility_id: FacilityId,
        facility_name: String,
        created_at: Moment,
        seen_at: Moment,
        expires_at: Moment,
        /// Since when it is locked by its person; by time it is locked without a word here.
        locked_at: Option<Moment>,
    }
}

impl Session {
    /// The person who acts, from a network address.
    pub fn actor(&self, source: &str) -> Actor {
        Actor {
            staff: self.staff_id.clone(),
            name: self.staff_name.clone(),
            role: self.role,
            facility: self.facility_id.clone(),
            source: source.to_owned(),
        }
    }
}

row! {
    /// Where somebody is signed in.
    pub struct Place {
        token_hash: Vec<u8>,
        created_at: Moment,
        seen_at: Moment,
        locked_at: Option<Moment>,
        source: String,
        browser: String,
    }
}

/// Opens a session for somebody who proved both factors. `browser`: what it says it is.
pub async fn open(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    browser: &str,
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        tx.exec(FORGET_OLD, args![&actor.facility, &actor.staff, at]).await?;
        tx.exec(OPEN, args![token_hash, &actor.facility, &actor.staff, at, expires_at, &actor.source, browser]).await?;
        audit::append(tx, &author, at, Entry::new("session.opened", None, json!({}))).await
    })
}

/// The same for somebody who gave a name of their own.
pub(super) async fn open_as(
    tx: &mut Tx,
    actor: &Actor,
    token_hash: &[u8; 32],
    browser: &str,
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let args = args![
        token_hash,
        &actor.facility,
        &actor.staff,
        at,
        expires_at,
        &actor.source,
        browser,
        &actor.name
    ];
    tx.exec(OPEN_AS, args).await?;
    Ok(())
}

/// The session behind a token, if it holds now.
pub async fn find(
    store: &Store,
    token_hash: &[u8; 32],
    now: Moment,
) -> Result<Option<Session>, StoreError> {
    store.db().opt(FIND, args![token_hash, now]).await
}

/// Where the person is signed in now.
pub async fn places(store: &Store, actor: &Actor, now: Moment) -> Result<Vec<Place>, StoreError> {
    let args = args![&actor.facility, &actor.staff, now];
    store.db().all(OWN, args).await
}

/// Signs the person out everywhere but here.
pub async fn end_others(
    store: &Store,
    actor: &Actor,
    here: &[u8; 32],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        let ended = end_elsewhere(tx, actor, here, at).await?;
        let entry = Entry::new("session.all_ended", None, json!({"staff": actor.staff, "ended": ended}));
        audit::append(tx, &author, at, entry).await
    })
}

pub(super) async fn end_elsewhere(
    tx: &mut Tx,
    actor: &Actor,
    here: &[u8; 32],
    at: Moment,
) -> Result<u64, StoreError> {
    tx.exec(END_OTHERS, args![&actor.facility, &actor.staff, here, at])
        .await
}

/// Remembers that the session was used. Once a minute is enough: it is a write.
pub async fn touch(store: &Store, token_hash: &[u8; 32], at: Moment) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        tx.exec(TOUCH, args![token_hash, at]).await?;
        Ok(())
    })
}

/// Locks the session at once. Locking a locked one is no error.
pub async fn lock(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        if tx.exec(LOCK, args![token_hash, at]).await? > 0 {
            audit::append(tx, &author, at, Entry::new("session.locked", None, json!({}))).await?;
        }
        Ok(())
    })
}

/// The person gave the password again; the session is used from now on.
pub async fn unlock(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        if tx.exec(UNLOCK, args![token_hash, at]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        audit::append(tx, &author, at, Entry::new("session.unlocked", None, json!({}))).await
    })
}

/// Signs out. Ending an ended session is no error.
pub async fn end(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        if tx.exec(END, args![token_hash, at]).await? > 0 {
            audit::append(tx, &author, at, Entry::new("session.ended", None, json!({}))).await?;
        }
        Ok(())
    })
}

/// Signs somebody of the own facility out everywhere.
pub async fn end_all_of(
    store: &Store,
    permit: &Permit<ManageStaff>,
    staff: &StaffId,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let ended = end_all(tx, permit.facility(), staff, at).await?;
        let entry = Entry::new("session.all_ended", None, json!({"staff": staff, "ended": ended}));
        audit::append(tx, &author, at, entry).await
    })
}

pub(super) async fn end_all(
    tx: &mut Tx,
    facility: &FacilityId,
    staff: &StaffId,
    at: Moment,
) -> Result<u64, StoreError> {
    tx.exec(END_ALL, args![facility, staff, at]).await
}
