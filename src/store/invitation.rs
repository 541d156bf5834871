//! How a new person, or one who lost password or phone, comes in: a page that opens once and within a day.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::writer::Tx;
use super::{Store, StoreError, factor, session};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{Actor, ManageStaff, OperateService, Permit, Role};

statements! {
    PERSON = "select p.facility_id, f.name as facility_name, p.id, p.login, p.name, p.role from staff p
        join facility f on f.id = p.facility_id where p.facility_id = $1 and p.id = $2 and p.disabled_at is null
        and p.role <> 'sealed'";
    BY_LOGIN = "select p.facility_id, f.name as facility_name, p.id, p.login, p.name, p.role from staff p
        join facility f on f.id = p.facility_id where p.login = $1 and p.disabled_at is null and p.role <> 'sealed'";
    CLOSE = "update invitation set used_at = $3 where facility_id = $1 and staff_id = $2 and used_at is null";
    FORGET_OLD = "delete from invitation where facility_id = $1 and staff_id = $2 and expires_at < $3";
    ADD = "insert into invitation (token_hash, facility_id, staff_id, created_at, expires_at) values ($1, $2, $3, $4, $5)";
    FIND = "select p.facility_id, f.name as facility_name, p.id, p.login, p.name, p.role from invitation i
        join staff p on p.facility_id = i.facility_id and p.id = i.staff_id
        join facility f on f.id = i.facility_id
        where i.token_hash = $1 and i.used_at is null and i.expires_at > $2 and p.disabled_at is null";
    USE = "update invitation set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2";
    /// Nobody signs in with what is no hash. vouched_by: who could have used the invitation in the other's place.
    LOCK = "update staff set password_hash = '', vouched_by = $3 where facility_id = $1 and id = $2";
    SET_PASSWORD = "update staff set password_hash = $3 where facility_id = $1 and id = $2";
}

row! {
    /// Who is invited.
    pub struct Invited {
        facility_id: FacilityId,
        facility_name: String,
        id: StaffId,
        login: String,
        name: String,
        role: Role,
    }
}

impl Invited {
    /// The invited person as who acts, from a network address.
    pub fn actor(&self, source: &str) -> Actor {
        Actor {
            staff: self.id.clone(),
            name: self.name.clone(),
            role: self.role,
            facility: self.facility_id.clone(),
            source: source.to_owned(),
        }
    }
}

/// Opens a page for somebody of the own facility. Password, digits, codes and browsers of before open nothing from now
/// on, and sessions end.
///
/// # Errors
/// `NotFound` for nobody, and for a physician: whoever held that page could sign orders (safety.md S12).
pub async fn invite(
    store: &Store,
    permit: &Permit<ManageStaff>,
    staff: &StaffId,
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<Invited, StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let person: Invited = tx.one(PERSON, args![permit.facility(), staff]).await?;
        if person.role == Role::Physician {
            return Err(StoreError::NotFound);
        }
        open(tx, &person, Some(&permit.actor().staff), token_hash, expires_at, at).await?;
        audit::append(tx, &author, at, invited(&person)).await?;
        Ok(person)
    })
}

/// The same by the city office, for anybody, after checking who it is.
///
/// # Errors
/// `NotFound` without such a login.
pub async fn invite_by_office(
    store: &Store,
    permit: &Permit<OperateService>,
    login: &str,
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<Invited, StoreError> {
    by_login(store, permit, (login, None), token_hash, expires_at, at).await
}

/// The same from the console of the machine, for an operator and nobody else: whoever holds the machine holds the
/// database, and the city would be shut out for good without it. It stands in the office's chain.
///
/// # Errors
/// `NotFound` without an operator of this login who is not disabled.
pub async fn invite_operator(
    store: &Store,
    permit: &Permit<OperateService>,
    login: &str,
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<Invited, StoreError> {
    let whom = (login, Some(Role::Operator));
    by_login(store, permit, whom, token_hash, expires_at, at).await
}

/// Invites whoever signs in by this login, of this role if one is asked for.
async fn by_login(
    store: &Store,
    permit: &Permit<OperateService>,
    (login, role): (&str, Option<Role>),
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<Invited, StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let person: Invited = tx.one(BY_LOGIN, args![login]).await?;
        if role.is_some_and(|role| role != person.role) {
            return Err(StoreError::NotFound);
        }
        open(tx, &person, None, token_hash, expires_at, at).await?;
        audit::append(tx, &author.in_chain(&person.facility_id), at, invited(&person)).await?;
        Ok(person)
    })
}

async fn open(
    tx: &mut Tx,
    person: &Invited,
    vouched_by: Option<&StaffId>,
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let (facility, staff) = (&person.facility_id, &person.id);
    tx.exec(FORGET_OLD, args![facility, staff, at]).await?;
    tx.exec(CLOSE, args![facility, staff, at]).await?;
    tx.exec(LOCK, args![facility, staff, vouched_by]).await?;
    factor::forget_all(tx, facility, staff).await?;
    session::end_all(tx, facility, staff, at).await?;
    tx.exec(ADD, args![token_hash, facility, staff, at, expires_at])
        .await?;
    Ok(())
}

fn invited(person: &Invited) -> Entry {
    Entry::new("staff.invited", None, json!({"staff": person.id}))
}

/// Whom the page invites, if it still opens.
pub async fn find(
    store: &Store,
    token_hash: &[u8; 32],
    now: Moment,
) -> Result<Option<Invited>, StoreError> {
    store.db().opt(FIND, args![token_hash, now]).await
}

/// The invited person chose a password; the page opens no more.
///
/// # Errors
/// `NotFound` when it was used or its time is over.
pub async fn accept(
    store: &Store,
    token_hash: &[u8; 32],
    person: &Actor,
    password_hash: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(person);
    in_tx!(store, at, tx => {
        if tx.exec(USE, args![token_hash, at]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        tx.exec(SET_PASSWORD, args![&person.facility, &person.staff, password_hash]).await?;
        let entry = Entry::new("staff.password_set", None, json!({"staff": person.staff}));
        audit::append(tx, &author, at, entry).await
    })
}

/// The signed-in person chose another password. Sessions elsewhere end, and every browser gives the digits again.
pub async fn change_password(
    store: &Store,
    person: &Actor,
    password_hash: &str,
    here: &[u8; 32],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(person);
    in_tx!(store, at, tx => {
        tx.exec(SET_PASSWORD, args![&person.facility, &person.staff, password_hash]).await?;
        session::end_elsewhere(tx, person, here, at).await?;
        factor::forget_browsers(tx, person).await?;
        let entry = Entry::new("staff.password_set", None, json!({"staff": person.staff}));
        audit::append(tx, &author, at, entry).await
    })
}
