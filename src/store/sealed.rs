//! The account in a sealed envelope: one a facility, off until a manager seals one, good for one session.
//!
//! Each sealing is a row; at most one of a facility is not closed. No password is ever set on the account's own staff row,
//! so there is no way in but [`open`].

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::staff::{self, NO_PASSWORD, NewStaff};
use super::writer::Tx;
use super::{Store, StoreError, session};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{Actor, ManageStaff, Permit, ReadResident, Role};
use crate::domain::sealed::{OPEN_HOURS, State, name_of};

statements! {
    ACCOUNT = "select id, login from staff where facility_id = $1 and role = 'sealed'";
    NUMBER = "select coalesce(max(number), 0) + 1 as number from sealed_account where facility_id = $1";
    SEAL = "insert into sealed_account (facility_id, number, staff_id, login, code_hash, sealed_at, sealed_by)
        values ($1, $2, $3, $4, $5, $6, $7)";
    CLOSE = "update sealed_account set closed_at = $2 where facility_id = $1 and closed_at is null";
    CURRENT = "select number, login, sealed_at, sealed_by, opened_at, opened_as, opened_source, opened_browser, closed_at
        from sealed_account where facility_id = $1 order by number desc limit 1";
    FIND = "select facility_id, number, staff_id from sealed_account
        where login = $1 and code_hash = $2 and opened_at is null and closed_at is null";
    OPEN = "update sealed_account set opened_at = $3, opened_as = $4, opened_source = $5, opened_browser = $6
        where facility_id = $1 and number = $2 and opened_at is null and closed_at is null";
    OWN_CODE = "select count(*) as number from sealed_account
        where facility_id = $1 and staff_id = $2 and code_hash = $3 and opened_at is not null and closed_at is null";
}

row! {
    struct Account { id: StaffId, login: String }
}

row! {
    struct Count { number: i64 }
}

row! {
    struct Found { facility_id: FacilityId, number: i64, staff_id: StaffId }
}

row! {
    /// The facility's newest envelope.
    pub struct Envelope {
        number: i64,
        login: String,
        sealed_at: Moment,
        sealed_by: String,
        opened_at: Option<Moment>,
        /// The name that was given when it was opened.
        opened_as: Option<String>,
        opened_source: Option<String>,
        opened_browser: Option<String>,
        closed_at: Option<Moment>,
    }
}

impl Envelope {
    pub fn state(&self, now: Moment) -> State {
        State::of(self.opened_at, self.closed_at, now)
    }
}

/// What a new envelope holds; id and login are for the facility's first one.
pub struct NewEnvelope<'a> {
    pub staff: &'a StaffId,
    pub login: &'a str,
    pub code_hash: &'a [u8; 32],
}

/// Who opens one, where, and the session that it is good for.
pub struct Opening<'a> {
    pub login: &'a str,
    pub code_hash: &'a [u8; 32],
    pub who: &'a str,
    pub source: &'a str,
    pub browser: &'a str,
    pub token_hash: &'a [u8; 32],
}

/// Seals a new one and gives its login. The one before opens nothing any more, and its session ends.
///
/// # Errors
/// `LoginTaken` for the facility's first one.
pub async fn seal(
    store: &Store,
    permit: &Permit<ManageStaff>,
    new: NewEnvelope<'_>,
    at: Moment,
) -> Result<String, StoreError> {
    let (facility, author) = (permit.facility(), Author::from(permit));
    in_tx!(store, at, tx => {
        // First: the entry waits for whoever seals in the same facility at this moment.
        audit::append(tx, &author, at, Entry::new("sealed.sealed", None, json!({}))).await?;
        let known: Option<Account> = tx.opt(ACCOUNT, args![facility]).await?;
        let account = match known {
            Some(account) => account,
            None => {
                let person = NewStaff {
                    id: new.staff,
                    login: new.login,
                    name: "非常用",
                    role: Role::Sealed,
                    password_hash: NO_PASSWORD,
                };
                staff::insert(tx, facility, &person, Some(&permit.actor().staff), at).await?;
                Account { id: new.staff.clone(), login: new.login.to_owned() }
            }
        };
        close(tx, facility, at).await?;
        let next: Count = tx.one(NUMBER, args![facility]).await?;
        let by = &permit.actor().name;
        let args = args![facility, next.number, &account.id, &account.login, new.code_hash, at, by];
        tx.exec(SEAL, args).await?;
        Ok(account.login)
    })
}

async fn close(tx: &mut Tx, facility: &FacilityId, at: Moment) -> Result<u64, StoreError> {
    let closed = tx.exec(CLOSE, args![facility, at]).await?;
    let known: Option<Account> = tx.opt(ACCOUNT, args![facility]).await?;
    if let Some(account) = known {
        session::end_all(tx, facility, &account.id, at).await?;
    }
    Ok(closed)
}

/// Turns it off: the envelope opens nothing, and a session that it opened ends.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn withdraw(
    store: &Store,
    permit: &Permit<ManageStaff>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        audit::append(tx, &author, at, Entry::new("sealed.withdrawn", None, json!({}))).await?;
        match close(tx, permit.facility(), at).await? {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        }
    })
}

/// The newest one, also when it is closed; `None` where there never was one.
pub async fn newest(
    store: &Store,
    permit: &Permit<ManageStaff>,
) -> Result<Option<Envelope>, StoreError> {
    store.db().opt(CURRENT, args![permit.facility()]).await
}

/// The one that was opened and not renewed or withdrawn since.
pub async fn opened(
    store: &Store,
    permit: &Permit<ReadResident>,
) -> Result<Option<Envelope>, StoreError> {
    let newest: Option<Envelope> = store.db().opt(CURRENT, args![permit.facility()]).await?;
    Ok(newest.filter(|one| one.opened_at.is_some() && one.closed_at.is_none()))
}

/// Opens an envelope, once, and with it the one session that it is good for; gives who acts from now on. `None` when
/// nothing is sealed under this login and code.
pub async fn open(
    store: &Store,
    opening: Opening<'_>,
    at: Moment,
) -> Result<Option<Actor>, StoreError> {
    in_tx!(store, at, tx => {
        let found: Option<Found> = tx.opt(FIND, args![opening.login, opening.code_hash]).await?;
        let Some(found) = found else { return Ok(None) };
        let args = args![&found.facility_id, found.number, at, opening.who, opening.source, opening.browser];
        // Of many who try at once, one changes the row.
        if tx.exec(OPEN, args).await? == 0 {
            return Ok(None);
        }
        let actor = Actor {
            staff: found.staff_id,
            name: name_of(opening.who),
            role: Role::Sealed,
            facility: found.facility_id,
            source: opening.source.to_owned(),
        };
        let until = at.plus_minutes(OPEN_HOURS * 60);
        session::open_as(tx, &actor, opening.token_hash, opening.browser, until, at).await?;
        let entry = Entry::new("sealed.opened", None, json!({"number": found.number}));
        audit::append(tx, &Author::from(&actor), at, entry).await?;
        Ok(Some(actor))
    })
}

/// Whether this is the code of the envelope by which the actor came in.
pub async fn is_own_code(
    store: &Store,
    actor: &Actor,
    code_hash: &[u8; 32],
) -> Result<bool, StoreError> {
    let args = args![&actor.facility, &actor.staff, code_hash];
    let own: Count = store.db().one(OWN_CODE, args).await?;
    Ok(own.number > 0)
}
