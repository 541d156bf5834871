//! The people who sign in, and the sign-ins that failed.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::writer::Tx;
use super::{Store, StoreError, session};
use crate::domain::answer::Problems;
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{ManageStaff, OperateService, Permit, Role};

statements! {
    CREATE = "insert into staff (facility_id, id, login, name, role, password_hash, created_at, vouched_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (login) do nothing";
    LIST = "select id, login, name, role, disabled_at, created_at from staff
        where facility_id = $1 and role <> 'sealed' order by id";
    BY_LOGIN = "select facility_id, id, name, role, password_hash, disabled_at from staff where login = $1";
    DISABLE = "update staff set disabled_at = $3 where facility_id = $1 and id = $2 and disabled_at is null
        and role <> 'sealed'";
    ENABLE = "update staff set disabled_at = null where facility_id = $1 and id = $2 and disabled_at is not null";
    FACILITY = "select id from facility where id = $1";
    /// From the few places to their people.
    OF_CITY = "select f.id as facility_id, f.name as facility_name, p.id, p.login, p.name, p.role, p.disabled_at
        from facility f cross join staff p
        where f.kind in ('hospital', 'city_office') and p.facility_id = f.id and p.role in ('hospital_staff', 'operator')";
    ONE_OF_CITY = "select p.role from staff p where p.facility_id = $1 and p.id = $2
        and p.role in ('hospital_staff', 'operator')";
    /// Who can sign in, or was let in by now: a password, digits, and not disabled.
    OPERATORS = "select count(*) as number from facility f cross join staff p cross join second_factor s
        where f.kind = 'city_office' and p.facility_id = f.id and p.role = 'operator' and p.disabled_at is null
            and p.password_hash <> '' and s.facility_id = p.facility_id and s.staff_id = p.id
            and s.confirmed_at is not null";
    FAILED = "insert into login_failure (login_key, at) values ($1, $2)";
    FORGET_OLD = "delete from login_failure where at < $1";
    FORGET = "delete from login_failure where login_key = $1";
    FAILURES = "select count(*) as failures from login_failure where login_key = $1 and at >= $2";
}

code_cell!(Role);

/// What no password matches: somebody who was invited and has not chosen one.
pub const NO_PASSWORD: &str = "";

/// A person to be added.
#[derive(Clone, Debug)]
pub struct NewStaff<'a> {
    pub id: &'a StaffId,
    /// What is typed to sign in, in the one spelling in which it is looked up; unique in the whole service.
    pub login: &'a str,
    pub name: &'a str,
    pub role: Role,
    /// Text with algorithm, cost and salt (PHC string), or [`NO_PASSWORD`].
    pub password_hash: &'a str,
}

row! {
    pub struct Staff {
        id: StaffId,
        login: String,
        name: String,
        role: Role,
        disabled_at: Option<Moment>,
        created_at: Moment,
    }
}

row! {
    /// What signing in needs to know; the password is not checked here.
    pub struct Credentials {
        facility_id: FacilityId,
        id: StaffId,
        name: String,
        role: Role,
        password_hash: String,
        disabled_at: Option<Moment>,
    }
}

row! {
    /// Somebody whom no facility's manager looks after: a hospital's people and the city's operators.
    pub struct OfCity {
        facility_id: FacilityId,
        facility_name: String,
        id: StaffId,
        login: String,
        name: String,
        role: Role,
        disabled_at: Option<Moment>,
    }
}

row! {
    struct Known { id: FacilityId }
}

row! {
    struct RoleOf { role: Role }
}

row! {
    struct Count { number: i64 }
}

row! {
    struct Failures { failures: i64 }
}

/// Adds somebody to the facility. A physician is added by the city office ([`create_by_office`]).
///
/// # Errors
/// `LoginTaken`, in whatever facility the login is; `Refused` for a physician.
pub async fn create(
    store: &Store,
    permit: &Permit<ManageStaff>,
    person: NewStaff<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    if person.role == Role::Physician {
        let mut problems = Problems::default();
        problems.add("role", "医師の登録は市の運用担当が行います");
        return Err(StoreError::Refused(problems));
    }
    in_tx!(store, at, tx => {
        insert(tx, permit.facility(), &person, Some(&permit.actor().staff), at).await?;
        audit::append(tx, &author, at, created(&person)).await
    })
}

/// Adds somebody whose identity the city office has checked: physicians, so that no facility can sign its own orders,
/// and staff who can be the second person beside one whom a colleague made (safety.md S12).
///
/// # Errors
/// `LoginTaken`, `NotFound` without such a facility.
pub async fn create_by_office(
    store: &Store,
    permit: &Permit<OperateService>,
    facility: &FacilityId,
    person: NewStaff<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let known: Known = tx.one(FACILITY, args![facility]).await?;
        insert(tx, &known.id, &person, None, at).await?;
        audit::append(tx, &author.in_chain(facility), at, created(&person)).await
    })
}

/// Adds another operator to the own office.
///
/// # Errors
/// `LoginTaken`.
pub async fn create_operator(
    store: &Store,
    permit: &Permit<OperateService>,
    person: NewStaff<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    let person = NewStaff { role: Role::Operator, ..person };
    in_tx!(store, at, tx => {
        insert(tx, permit.facility(), &person, None, at).await?;
        audit::append(tx, &author, at, created(&person)).await
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    facility: &FacilityId,
    person: &NewStaff<'_>,
    vouched_by: Option<&StaffId>,
    at: Moment,
) -> Result<(), StoreError> {
    let args = args![
        facility,
        person.id,
        person.login,
        person.name,
        person.role.code(),
        person.password_hash,
        at,
        vouched_by
    ];
    match tx.exec(CREATE, args).await? {
        0 => Err(StoreError::LoginTaken),
        _ => Ok(()),
    }
}

pub(super) fn created(person: &NewStaff<'_>) -> Entry {
    let detail = json!({"staff": person.id, "role": person.role.code()});
    Entry::new("staff.created", None, detail)
}

/// Everybody of the facility, also who is disabled, in the order in which they were added.
pub async fn list(store: &Store, permit: &Permit<ManageStaff>) -> Result<Vec<Staff>, StoreError> {
    store.db().all(LIST, args![permit.facility()]).await
}

/// Stops somebody from signing in, and ends all their sessions.
///
/// # Errors
/// `NotFound` when there is nobody to disable.
pub async fn disable(
    store: &Store,
    permit: &Permit<ManageStaff>,
    staff: &StaffId,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if tx.exec(DISABLE, args![permit.facility(), staff, at]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        session::end_all(tx, permit.facility(), staff, at).await?;
        let entry = Entry::new("staff.disabled", None, json!({"staff": staff}));
        audit::append(tx, &author, at, entry).await
    })
}

/// Lets somebody sign in again.
///
/// # Errors
/// `NotFound` when nobody of this id is disabled.
pub async fn enable(
    store: &Store,
    permit: &Permit<ManageStaff>,
    staff: &StaffId,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if tx.exec(ENABLE, args![permit.facility(), staff]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        let entry = Entry::new("staff.enabled", None, json!({"staff": staff}));
        audit::append(tx, &author, at, entry).await
    })
}

/// The people of hospitals and the city's operators, also who is disabled. In no order.
pub async fn of_city(
    store: &Store,
    _: &Permit<OperateService>,
) -> Result<Vec<OfCity>, StoreError> {
    store.db().all(OF_CITY, args![]).await
}

/// Stops one of [`of_city`] from signing in, and ends all their sessions.
///
/// # Errors
/// `NotFound` for anybody else, and when there is nobody to disable; `Refused` for oneself and for the last operator
/// who can sign in.
pub async fn disable_by_office(
    store: &Store,
    permit: &Permit<OperateService>,
    (facility, staff): (&FacilityId, &StaffId),
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    let refused = |words: &str| {
        let mut problems = Problems::default();
        problems.add("do", words);
        StoreError::Refused(problems)
    };
    in_tx!(store, at, tx => {
        if (facility, staff) == (permit.facility(), &permit.actor().staff) {
            return Err(refused("自分自身は停止できません。ほかの運用担当に依頼してください"));
        }
        let known: RoleOf = tx.one(ONE_OF_CITY, args![facility, staff]).await?;
        // First, because the entry waits for whoever changes the same office at this moment: two operators who disable
        // each other come one after the other, and the second one finds what the first one did.
        let entry = Entry::new("staff.disabled", None, json!({"staff": staff}));
        audit::append(tx, &author.in_chain(facility), at, entry).await?;
        if tx.exec(DISABLE, args![facility, staff, at]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        let left: Count = tx.one(OPERATORS, args![]).await?;
        if known.role == Role::Operator && left.number == 0 {
            return Err(refused("ログインできる運用担当がいなくなるため、停止できません"));
        }
        session::end_all(tx, facility, staff, at).await?;
        Ok(())
    })
}

/// Lets one of [`of_city`] sign in again.
///
/// # Errors
/// `NotFound` when nobody of them is disabled.
pub async fn enable_by_office(
    store: &Store,
    permit: &Permit<OperateService>,
    (facility, staff): (&FacilityId, &StaffId),
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        let _: RoleOf = tx.one(ONE_OF_CITY, args![facility, staff]).await?;
        if tx.exec(ENABLE, args![facility, staff]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        let entry = Entry::new("staff.enabled", None, json!({"staff": staff}));
        audit::append(tx, &author.in_chain(facility), at, entry).await
    })
}

/// Who signs in by this login, also when disabled.
pub async fn by_login(store: &Store, login: &str) -> Result<Option<Credentials>, StoreError> {
    store.db().opt(BY_LOGIN, args![login]).await
}

/// Remembers a failed sign-in under what was typed, and forgets those from before `since`.
/// Whether such a login exists makes no difference here, so that nobody can find out.
pub async fn login_failed(
    store: &Store,
    login_key: &str,
    since: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        // Of everybody: a flood of made-up logins leaves nothing that stays.
        tx.exec(FORGET_OLD, args![since]).await?;
        tx.exec(FAILED, args![login_key, at]).await?;
        Ok(())
    })
}

/// How often signing in under this login failed since then.
pub async fn login_failures(
    store: &Store,
    login_key: &str,
    since: Moment,
) -> Result<i64, StoreError> {
    let row: Failures = store.db().one(FAILURES, args![login_key, since]).await?;
    Ok(row.failures)
}

/// Forgets the failures after a good sign-in.
pub async fn forget_login_failures(
    store: &Store,
    login_key: &str,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        tx.exec(FORGET, args![login_key]).await?;
        Ok(())
    })
}
