//! What somebody must have beside the password: digits on a phone, codes on paper, a browser remembered for both.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::writer::Tx;
use super::{Store, StoreError, key};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, StaffId};
use crate::domain::permit::{Actor, Role};

statements! {
    FIND = "select secret, confirmed_at, last_step from second_factor where facility_id = $1 and staff_id = $2";
    START = "insert into second_factor (facility_id, staff_id, secret, last_step, created_at)
        values ($1, $2, $3, 0, $4) on conflict (facility_id, staff_id) do nothing";
    CONFIRM = "update second_factor set confirmed_at = $3, last_step = $4
        where facility_id = $1 and staff_id = $2 and confirmed_at is null";
    USE_STEP = "update second_factor set last_step = $3
        where facility_id = $1 and staff_id = $2 and confirmed_at is not null and last_step < $3";
    FORGET = "delete from second_factor where facility_id = $1 and staff_id = $2";
    ADD_CODE = "insert into recovery_code (facility_id, staff_id, code_hash) values ($1, $2, $3)";
    USE_CODE = "update recovery_code set used_at = $4
        where facility_id = $1 and staff_id = $2 and code_hash = $3 and used_at is null";
    CODES_LEFT = "select count(*) as number from recovery_code
        where facility_id = $1 and staff_id = $2 and used_at is null";
    FORGET_CODES = "delete from recovery_code where facility_id = $1 and staff_id = $2";
    REMEMBER = "insert into remembered_device (token_hash, facility_id, staff_id, label, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)";
    REMEMBERED = "select count(*) as number from remembered_device d
        join second_factor s on s.facility_id = d.facility_id and s.staff_id = d.staff_id
        where d.token_hash = $1 and d.facility_id = $2 and d.staff_id = $3 and d.expires_at > $4
            and s.confirmed_at is not null";
    DEVICES = "select label, created_at, expires_at from remembered_device
        where facility_id = $1 and staff_id = $2 and expires_at > $3 limit 100";
    FORGET_DEVICES = "delete from remembered_device where facility_id = $1 and staff_id = $2";
    FORGET_OLD_DEVICES = "delete from remembered_device where facility_id = $1 and staff_id = $2 and expires_at <= $3";
    BEGIN = "insert into sign_in (token_hash, facility_id, staff_id, tries, created_at, expires_at)
        values ($1, $2, $3, 0, $4, $5)";
    PENDING = "select s.facility_id, s.staff_id, p.name, p.login, p.role from sign_in s
        join staff p on p.facility_id = s.facility_id and p.id = s.staff_id
        where s.token_hash = $1 and s.expires_at > $2 and p.disabled_at is null";
    TRY = "update sign_in set tries = tries + 1 where token_hash = $1 and tries < $2";
    DONE = "delete from sign_in where token_hash = $1";
    FORGET_OLD_SIGN_INS = "delete from sign_in where facility_id = $1 and staff_id = $2 and expires_at <= $3";
    FORGET_SIGN_INS = "delete from sign_in where facility_id = $1 and staff_id = $2";
}

row! {
    pub struct Factor {
        secret: Vec<u8>,
        /// `None` while it was shown and nobody gave its first digits.
        confirmed_at: Option<Moment>,
        last_step: i64,
    }
}

row! {
    /// A browser that needs no digits until a date.
    pub struct Device {
        label: String,
        created_at: Moment,
        expires_at: Moment,
    }
}

row! {
    /// Somebody whose password was right and whose digits are awaited.
    pub struct Pending {
        facility_id: FacilityId,
        staff_id: StaffId,
        name: String,
        login: String,
        role: Role,
    }
}

row! {
    struct Count { number: i64 }
}

/// What somebody has beside the password; `None` before anything was shown.
pub async fn find(store: &Store, actor: &Actor) -> Result<Option<Factor>, StoreError> {
    store
        .db()
        .opt(FIND, args![&actor.facility, &actor.staff])
        .await
}

/// The key to be shown: `fresh` where there is none yet, else the one that was shown before.
pub async fn start(
    store: &Store,
    actor: &Actor,
    fresh: &[u8],
    at: Moment,
) -> Result<Factor, StoreError> {
    in_tx!(store, at, tx => {
        let secret = key::of_facility(tx, &actor.facility).await?.seal(fresh)?;
        tx.exec(START, args![&actor.facility, &actor.staff, secret, at]).await?;
        tx.one(FIND, args![&actor.facility, &actor.staff]).await
    })
}

/// The first digits were right: from now on they are asked for. The codes are for paper.
///
/// # Errors
/// `NotFound` where nothing waits to be confirmed.
pub async fn confirm(
    store: &Store,
    actor: &Actor,
    step: i64,
    codes: &[[u8; 32]],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        if tx.exec(CONFIRM, args![&actor.facility, &actor.staff, at, step]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        put_codes(tx, actor, codes).await?;
        audit::append(tx, &author, at, Entry::new("factor.set_up", None, json!({}))).await
    })
}

async fn put_codes(tx: &mut Tx, actor: &Actor, codes: &[[u8; 32]]) -> Result<(), StoreError> {
    tx.exec(FORGET_CODES, args![&actor.facility, &actor.staff])
        .await?;
    for code in codes {
        tx.exec(ADD_CODE, args![&actor.facility, &actor.staff, code])
            .await?;
    }
    Ok(())
}

/// New codes for paper; the old ones open nothing any more.
pub async fn renew_codes(
    store: &Store,
    actor: &Actor,
    codes: &[[u8; 32]],
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        put_codes(tx, actor, codes).await?;
        audit::append(tx, &author, at, Entry::new("factor.codes_renewed", None, json!({}))).await
    })
}

/// Takes the digits of one half minute; `false` when they, or later ones, were taken before.
pub async fn use_step(
    store: &Store,
    actor: &Actor,
    step: i64,
    at: Moment,
) -> Result<bool, StoreError> {
    in_tx!(store, at, tx => {
        Ok(tx.exec(USE_STEP, args![&actor.facility, &actor.staff, step]).await? == 1)
    })
}

/// Takes a code from paper; `false` when it is none or was taken before.
pub async fn use_code(
    store: &Store,
    actor: &Actor,
    code: &[u8; 32],
    at: Moment,
) -> Result<bool, StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        if tx.exec(USE_CODE, args![&actor.facility, &actor.staff, code, at]).await? == 0 {
            return Ok(false);
        }
        let left: Count = tx.one(CODES_LEFT, args![&actor.facility, &actor.staff]).await?;
        let entry = Entry::new("factor.code_used", None, json!({"left": left.number}));
        audit::append(tx, &author, at, entry).await?;
        Ok(true)
    })
}

/// How many codes on paper still open.
pub async fn codes_left(store: &Store, actor: &Actor) -> Result<i64, StoreError> {
    let left: Count = store
        .db()
        .one(CODES_LEFT, args![&actor.facility, &actor.staff])
        .await?;
    Ok(left.number)
}

/// Remembers a browser until `expires_at`. `label`: what it says it is.
pub async fn remember(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    label: &str,
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        tx.exec(FORGET_OLD_DEVICES, args![&actor.facility, &actor.staff, at]).await?;
        let args = args![token_hash, &actor.facility, &actor.staff, label, at, expires_at];
        tx.exec(REMEMBER, args).await?;
        audit::append(tx, &author, at, Entry::new("device.remembered", None, json!({}))).await
    })
}

/// Whether the browser with this token gave this person's digits and is still remembered.
pub async fn is_remembered(
    store: &Store,
    facility: &FacilityId,
    staff: &StaffId,
    token_hash: &[u8; 32],
    now: Moment,
) -> Result<bool, StoreError> {
    let args = args![token_hash, facility, staff, now];
    let known: Count = store.db().one(REMEMBERED, args).await?;
    Ok(known.number > 0)
}

/// The browsers that need no digits of this person.
pub async fn devices(
    store: &Store,
    actor: &Actor,
    now: Moment,
) -> Result<Vec<Device>, StoreError> {
    let args = args![&actor.facility, &actor.staff, now];
    store.db().all(DEVICES, args).await
}

/// Every browser has to give the digits again.
pub async fn forget_devices(store: &Store, actor: &Actor, at: Moment) -> Result<(), StoreError> {
    let author = Author::from(actor);
    in_tx!(store, at, tx => {
        forget_browsers(tx, actor).await?;
        audit::append(tx, &author, at, Entry::new("device.forgotten", None, json!({}))).await
    })
}

pub(super) async fn forget_browsers(tx: &mut Tx, actor: &Actor) -> Result<(), StoreError> {
    tx.exec(FORGET_DEVICES, args![&actor.facility, &actor.staff])
        .await?;
    Ok(())
}

/// Takes everything beside the password from somebody: the next sign-in sets it up anew.
pub(super) async fn forget_all(
    tx: &mut Tx,
    facility: &FacilityId,
    staff: &StaffId,
) -> Result<(), StoreError> {
    for statement in [FORGET_DEVICES, FORGET_CODES, FORGET, FORGET_SIGN_INS] {
        tx.exec(statement, args![facility, staff]).await?;
    }
    Ok(())
}

/// The password was right; the digits are awaited until `expires_at`.
pub async fn begin(
    store: &Store,
    actor: &Actor,
    token_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        tx.exec(FORGET_OLD_SIGN_INS, args![&actor.facility, &actor.staff, at]).await?;
        let args = args![token_hash, &actor.facility, &actor.staff, at, expires_at];
        tx.exec(BEGIN, args).await?;
        Ok(())
    })
}

/// Whose digits are awaited.
pub async fn pending(
    store: &Store,
    token_hash: &[u8; 32],
    now: Moment,
) -> Result<Option<Pending>, StoreError> {
    store.db().opt(PENDING, args![token_hash, now]).await
}

/// Counts a try before it is compared; `false` when there were `most`.
pub async fn count_try(
    store: &Store,
    token_hash: &[u8; 32],
    most: i64,
    at: Moment,
) -> Result<bool, StoreError> {
    in_tx!(store, at, tx => {
        Ok(tx.exec(TRY, args![token_hash, most]).await? == 1)
    })
}

/// Nothing is awaited any more.
pub async fn done(store: &Store, token_hash: &[u8; 32], at: Moment) -> Result<(), StoreError> {
    in_tx!(store, at, tx => {
        tx.exec(DONE, args![token_hash]).await?;
        Ok(())
    })
}
