//! What was said about the last stage of life: append-only, one log a resident.
//!
//! A statement is admitted by the domain's rules inside the transaction that appends it, while the resident's row is
//! held, so that two people who act at once are heard one after the other. The standing is not here: it is derived from
//! the log whenever it is read (safety.md S7).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::audit::{self, Author, Entry};
use super::link::FoundLink;
use super::writer::Tx;
use super::resident::PAGE;
use super::{Store, StoreError, key, resident};
use crate::domain::answer::{Coded, Inputs, Problems};
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::{Limits, may_follow};
use crate::domain::directive::state::State;
use crate::domain::directive::{Kind, Said, Speaker, Speaks, Statement, SuspendReason, Suspension, triggers};
use crate::domain::id::{FacilityId, ResidentId, StaffId, StatementId};
use crate::domain::permit::{Actor, Permit, ReadResident, Role};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::resident::Status;
use crate::domain::standing::lapsed;

statements! {
    LOG = "select resident_id, seq, id, kind, about, at, by_id, by_name, by_role, body from statement
        where facility_id = $1 and resident_id = $2 order by seq";
    /// The logs of one page of a list; unused parameters are the empty id, which no resident has.
    LOGS = "select resident_id, seq, id, kind, about, at, by_id, by_name, by_role, body from statement
        where facility_id = $1 and resident_id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61)
        order by resident_id, seq";
    OF_FACILITY = "select s.resident_id, s.seq, s.id, s.kind, s.about, s.at, s.by_id, s.by_name, s.by_role, s.body
        from statement s
        join resident r on r.facility_id = s.facility_id and r.id = s.resident_id
        where s.facility_id = $1 and r.status = 'living_in' and r.drill = 0 order by s.resident_id, s.seq";
    FACILITIES = "select id from facility order by id";
    RAISED = "select s.resident_id, r.name as resident_name, r.room, s.kind, s.at, s.by_name
        from statement s
        join resident r on r.facility_id = s.facility_id and r.id = s.resident_id
        where s.facility_id = $1 and s.at >= $2 and r.drill = 0 and s.kind in ('revoked', 'suspended', 'objection_raised')
        order by s.at desc limit $3";
    NEXT = "select coalesce(max(seq), 0) + 1 as next from statement where facility_id = $1 and resident_id = $2";
    APPEND = "insert into statement
            (facility_id, resident_id, seq, id, kind, about, at, by_id, by_name, by_role, body)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    VOUCHED_BY = "select id, vouched_by from staff where facility_id = $1";
}

row! {
    /// Protection that was raised: an order or a wish that holds no more, or an objection to it (safety.md S11).
    pub struct Raised {
        resident_id: ResidentId,
        resident_name: String,
        room: Option<String>,
        kind: Kind,
        at: Moment,
        by_name: String,
    }
}

code_cell!(Kind);

/// Up to `limit` of what was raised since an instant, newest first.
pub async fn raised_since(
    store: &Store,
    permit: &Permit<ReadResident>,
    since: Moment,
    limit: i64,
) -> Result<Vec<Raised>, StoreError> {
    let args = args![permit.facility(), since, limit];
    store.db().all(RAISED, args).await
}

/// Something to be said.
#[derive(Clone, Debug)]
pub struct NewStatement<'a> {
    pub about: Option<&'a StatementId>,
    pub statement: &'a Statement,
}

row! {
    struct Row {
        resident_id: ResidentId,
        seq: i64,
        id: String,
        kind: String,
        about: Option<String>,
        at: Moment,
        by_id: StaffId,
        by_name: String,
        by_role: Role,
        body: Vec<u8>,
    }
}

row! {
    struct Next { next: i64 }
}

row! {
    struct VouchedBy { id: StaffId, vouched_by: Option<StaffId> }
}

impl Row {
    /// The statement, through the same border as what was typed.
    fn read(self) -> Result<Said, StoreError> {
        let unreadable = |what: &str| StoreError::Unreadable(format!("statement {}: {what}", self.seq));
        let kind = Kind::from_code(&self.kind).ok_or_else(|| unreadable("kind"))?;
        let body: Value = serde_json::from_slice(&self.body).map_err(|_| unreadable("body"))?;
        let statement = Statement::read(kind, &Inputs::from_json(&body)).map_err(|_| unreadable("fields"))?;
        Ok(Said {
            id: StatementId(self.id),
            seq: self.seq,
            about: self.about.map(StatementId),
            at: self.at,
            by: Speaker {
                staff: self.by_id,
                name: self.by_name,
                role: self.by_role,
            },
            statement,
        })
    }
}

/// Everything that was said about a resident, oldest first.
///
/// # Errors
/// `Unreadable` when one statement cannot be read: then nothing may be concluded from the others (safety.md S1).
pub async fn log(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
) -> Result<Vec<Said>, StoreError> {
    let rows: Vec<Row> = store.db().all(LOG, args![permit.facility(), resident]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The number of the newest statement, 0 without any; also of a log that cannot be read.
///
/// Whoever prints a standing asks for it before deriving the standing, so that a paper can be refused when something was
/// said meanwhile (`document::issue`).
pub async fn newest(
    store: &Store,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
) -> Result<i64, StoreError> {
    let Next { next } = store.db().one(NEXT, args![permit.facility(), resident]).await?;
    Ok(next - 1)
}

/// [`log`] for the resident whose sheet a token opened.
pub async fn log_of_link(store: &Store, found: &FoundLink) -> Result<Vec<Said>, StoreError> {
    let resident = &found.resident().id;
    let rows: Vec<Row> = store.db().all(LOG, args![found.facility(), resident]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The log of each resident: a log that cannot be read is an error of its own, and no resident's error is another's.
pub type Logs = BTreeMap<ResidentId, Result<Vec<Said>, StoreError>>;

/// The logs of at most [`PAGE`] residents; who has none is not named.
///
/// # Errors
/// When the database does not answer, or a row is no statement at all: then no log may be trusted.
pub async fn logs(
    store: &Store,
    permit: &Permit<ReadResident>,
    residents: &[&ResidentId],
) -> Result<Logs, StoreError> {
    debug_assert!(residents.len() <= PAGE, "a page of {}", residents.len());
    let mut args = args![permit.facility()];
    for index in 0..PAGE {
        args.extend(args![residents.get(index).map_or("", |id| id.as_str())]);
    }
    Ok(by_resident(store.db().all(LOGS, args).await?))
}

/// The logs of everybody who lives in the facility and of whom something was said.
///
/// # Errors
/// As [`logs`].
pub async fn logs_of_facility(
    store: &Store,
    permit: &Permit<ReadResident>,
) -> Result<Logs, StoreError> {
    Ok(by_resident(store.db().all(OF_FACILITY, args![permit.facility()]).await?))
}

row! {
    struct FacilityRow { id: FacilityId }
}

fn by_resident(rows: Vec<Row>) -> Logs {
    let mut logs = Logs::new();
    for row in rows {
        let log = logs.entry(row.resident_id.clone()).or_insert_with(|| Ok(Vec::new()));
        match (log.as_mut(), row.read()) {
            (Ok(log), Ok(said)) => log.push(said),
            (Ok(_), Err(error)) => *log = Err(error),
            (Err(_), _) => {}
        }
    }
    logs
}

/// Says something; gives what was said, with its number.
///
/// `expected` is the number of statements that the caller has seen, for what may not be said over something newer. What
/// raises protection is said without it, and is heard whatever the log holds (safety.md S11).
///
/// # Errors
/// `Refused` names why not, `Conflict` a newer statement, `NotLivingIn`, `NotFound`, `Unreadable`.
pub async fn record<A: Speaks>(
    store: &Store,
    permit: &Permit<A>,
    resident: &ResidentId,
    new: NewStatement<'_>,
    expected: Option<i64>,
    limits: Limits,
    at: Moment,
) -> Result<Said, StoreError> {
    let facility = permit.facility();
    let author = Author::from(permit);
    let kind = new.statement.kind();
    if !A::SAYS.contains(&kind) {
        return Err(refused("kind", "この操作では記録できない種類です"));
    }
    let speaker = speaker(permit.actor());
    in_tx!(store, at, tx => {
        let status = resident::hold(tx, facility, resident).await?;
        if !raises_protection(kind) {
            if status != Status::LivingIn {
                return Err(StoreError::NotLivingIn);
            }
            let log = log_in(tx, facility, resident).await?;
            let seen = i64::try_from(log.len()).unwrap_or(i64::MAX);
            if expected.is_some_and(|expected| expected != seen) {
                return Err(StoreError::Conflict { current: seen });
            }
            let state = State::read(&log).map_err(|_| StoreError::Unreadable("statement log".to_owned()))?;
            may_follow(&state, new.about, new.statement, &speaker, limits, Day::of(at))
                .map_err(StoreError::Refused)?;
            if kind == Kind::Verified {
                two_people(tx, facility, &state, new.about, &speaker).await?;
            }
        } else {
            may_follow(&State::default(), new.about, new.statement, &speaker, limits, Day::of(at))
                .map_err(StoreError::Refused)?;
        }
        let said = append(tx, facility, resident, new.about, new.statement, &speaker, at).await?;
        let detail = json!({"statement": said.id, "seq": said.seq, "kind": kind.code(), "about": said.about});
        audit::append(tx, &author, at, Entry::new("directive.recorded", Some(resident), detail)).await?;
        Ok(said)
    })
}

fn raises_protection(kind: Kind) -> bool {
    matches!(kind, Kind::Suspended | Kind::Revoked | Kind::ObjectionRaised)
}

fn refused(key: &str, message: &str) -> StoreError {
    let mut problems = Problems::default();
    problems.add(key, message);
    StoreError::Refused(problems)
}

/// Whoever made an account, or set its password, could be its holder. So two accounts are two people only if nobody else
/// stands behind both: neither the one behind the other, nor a third behind the two.
async fn two_people(
    tx: &mut Tx,
    facility: &FacilityId,
    state: &State<'_>,
    scan: Option<&StatementId>,
    second: &Speaker,
) -> Result<(), StoreError> {
    let first = state
        .orders
        .iter()
        .filter_map(|order| order.scan)
        .find(|said| Some(&said.id) == scan)
        .map(|said| &said.by.staff);
    let Some(first) = first else { return Ok(()) };
    let rows: Vec<VouchedBy> = tx.all(VOUCHED_BY, args![facility]).await?;
    let vouched: BTreeMap<&StaffId, &StaffId> = rows
        .iter()
        .filter_map(|row| Some((&row.id, row.vouched_by.as_ref()?)))
        .collect();
    // The account itself, who made it, who made that one; two who vouch for each other end it.
    let behind = |account: &StaffId| {
        let mut people = vec![account.clone()];
        while let Some(voucher) = people.last().and_then(|last| vouched.get(last)) {
            if people.contains(voucher) {
                break;
            }
            people.push((*voucher).clone());
        }
        people
    };
    let (one, other) = (behind(first), behind(&second.staff));
    if one.iter().any(|person| other.contains(person)) {
        return Err(refused(
            "about",
            "登録した人と照合する人のアカウントを、同じ人が登録したか、一方がもう一方のパスワードを決めています。市が登録した別の職員が照合するか、医師本人が署名してください",
        ));
    }
    Ok(())
}

fn speaker(actor: &Actor) -> Speaker {
    Speaker {
        staff: actor.staff.clone(),
        name: actor.name.clone(),
        role: actor.role,
    }
}

async fn log_in(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<Vec<Said>, StoreError> {
    let rows: Vec<Row> = tx.all(LOG, args![facility, resident]).await?;
    rows.into_iter().map(Row::read).collect()
}

async fn append(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
    about: Option<&StatementId>,
    statement: &Statement,
    speaker: &Speaker,
    at: Moment,
) -> Result<Said, StoreError> {
    let Next { next: seq } = tx.one(NEXT, args![facility, resident]).await?;
    let id = StatementId(format!("{resident}.{seq}"));
    let key = key::of_resident(tx, facility, resident).await?;
    let body = statement.json().to_string();
    let args = args![
        facility,
        resident,
        seq,
        id.as_str(),
        statement.kind().code(),
        about.map(|about| about.0.clone()),
        at,
        &speaker.staff,
        &speaker.name,
        speaker.role.code(),
        key.seal(body.as_bytes())?
    ];
    tx.exec(APPEND, args).await?;
    Ok(Said {
        id,
        seq,
        about: about.cloned(),
        at,
        by: speaker.clone(),
        statement: statement.clone(),
    })
}

/// Suspends what was said about an order when a new revision of the sheet changes what it rests on: called for every
/// revision there is, inside its transaction.
pub(super) async fn on_revision(
    tx: &mut Tx,
    actor: &Actor,
    resident: &ResidentId,
    before: &[u8],
    after: &[u8],
    at: Moment,
) -> Result<(), StoreError> {
    let facility = &actor.facility;
    // A log that cannot be read is full CPR already.
    let Ok(log) = log_in(tx, facility, resident).await else {
        return Ok(());
    };
    let Ok(state) = State::read(&log) else {
        return Ok(());
    };
    let opposed = |order: &crate::domain::directive::state::OrderState<'_>| {
        order.request().is_some() || (order.activation.is_some() && order.against.is_empty())
    };
    if !state.orders.iter().any(opposed) {
        return Ok(());
    }
    let record = |body: &[u8]| {
        let value = serde_json::from_slice(body).ok()?;
        Record::from_json(&value).ok()
    };
    let reasons = match (record(before), record(after)) {
        (Some(before), Some(after)) => triggers(&before, &after),
        // What changed cannot be told, so it may be what the order rests on.
        _ => vec![SuspendReason::Contradiction],
    };
    for reason in reasons {
        suspend(tx, actor, resident, reason, at).await?;
    }
    Ok(())
}

/// Suspends every order that longer limits of the facility would bring back: its time was over, and one person's setting
/// is no physician's act (safety.md S12). Called for every change of the facility, inside its transaction.
pub(super) async fn on_limits(
    tx: &mut Tx,
    actor: &Actor,
    before: &[u8],
    after: &[u8],
    at: Moment,
) -> Result<(), StoreError> {
    let limits = |body: &[u8]| {
        let facts = serde_json::from_slice(body).ok();
        let facts = facts.and_then(|value| FacilityFacts::from_json(&value).ok());
        facts.map(|facts| Limits::of(&facts))
    };
    // Facts that cannot be read gave no standing: for them stand the shortest limits, by which most is over.
    let before = limits(before).unwrap_or(Limits::SHORTEST);
    let after = limits(after).unwrap_or_default();
    if before == after {
        return Ok(());
    }
    let facility = &actor.facility;
    let today = Day::of(at);
    let rows: Vec<Row> = tx.all(OF_FACILITY, args![facility]).await?;
    let mut coming_back = Vec::new();
    for (resident, log) in by_resident(rows) {
        // A log that cannot be read is full CPR already.
        let Ok(log) = log else { continue };
        let Ok(state) = State::read(&log) else { continue };
        let comes_back = state.orders.iter().any(|order| {
            order.activation.is_some()
                && order.against.is_empty()
                && lapsed(order, before, today)
                && !lapsed(order, after, today)
        });
        if comes_back {
            coming_back.push(resident);
        }
    }
    // All rows are held before the audit's, as everywhere, so that nobody waits in a circle.
    for resident in &coming_back {
        resident::hold(tx, facility, resident).await?;
    }
    for resident in &coming_back {
        suspend(tx, actor, resident, SuspendReason::LimitsChanged, at).await?;
    }
    Ok(())
}

/// Suspends every order of a database that came back from a backup: what was taken back since then is not in it.
pub(super) async fn on_restore(tx: &mut Tx, at: Moment) -> Result<(), StoreError> {
    let facilities: Vec<FacilityRow> = tx.all(FACILITIES, args![]).await?;
    for FacilityRow { id } in facilities {
        let actor = Actor::console(id, Role::Manager);
        let rows: Vec<Row> = tx.all(OF_FACILITY, args![&actor.facility]).await?;
        for (resident, log) in by_resident(rows) {
            // A log that cannot be read is full CPR already.
            let Ok(log) = log else { continue };
            let Ok(state) = State::read(&log) else { continue };
            let stands = |order: &crate::domain::directive::state::OrderState<'_>| {
                order.request().is_some() || (order.activation.is_some() && order.against.is_empty())
            };
            if state.orders.iter().any(stands) {
                resident::hold(tx, &actor.facility, &resident).await?;
                suspend(tx, &actor, &resident, SuspendReason::Restored, at).await?;
            }
        }
        let entry = Entry::new("database.restored", None, json!({}));
        audit::append(tx, &Author::from(&actor), at, entry).await?;
    }
    Ok(())
}

async fn suspend(
    tx: &mut Tx,
    actor: &Actor,
    resident: &ResidentId,
    reason: SuspendReason,
    at: Moment,
) -> Result<(), StoreError> {
    let suspension = Suspension {
        reason: reason.into(),
        ..Default::default()
    };
    let statement = Statement::Suspended(Box::new(suspension));
    let speaker = speaker(actor);
    let said = append(tx, &actor.facility, resident, None, &statement, &speaker, at).await?;
    let detail = json!({
        "statement": said.id,
        "seq": said.seq,
        "kind": Kind::Suspended.code(),
        "trigger": reason.choice().code,
    });
    let entry = Entry::new("directive.recorded", Some(resident), detail);
    audit::append(tx, &Author::from(actor), at, entry).await
}

/// Closes what was said when the resident leaves or dies.
pub(super) async fn on_status(
    tx: &mut Tx,
    actor: &Actor,
    resident: &ResidentId,
    status: Status,
    at: Moment,
) -> Result<(), StoreError> {
    use crate::domain::directive::{Closing, ClosingReason};
    let reason = match status {
        Status::LivingIn => return Ok(()),
        Status::Left => ClosingReason::Left,
        Status::Died => ClosingReason::Died,
    };
    let Next { next } = tx.one(NEXT, args![&actor.facility, resident]).await?;
    if next == 1 {
        return Ok(());
    }
    let statement = Statement::Closed(Box::new(Closing {
        reason: reason.into(),
    }));
    let said = append(tx, &actor.facility, resident, None, &statement, &speaker(actor), at).await?;
    let detail = json!({"statement": said.id, "seq": said.seq, "kind": Kind::Closed.code()});
    let entry = Entry::new("directive.recorded", Some(resident), detail);
    audit::append(tx, &Author::from(actor), at, entry).await
}

/// [`newest`], inside a transaction that holds the resident.
pub(super) async fn newest_in(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<i64, StoreError> {
    let Next { next } = tx.one(NEXT, args![facility, resident]).await?;
    Ok(next - 1)
}
