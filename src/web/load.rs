//! From rows of the store to what a page shows, and from what was typed to a record that may be kept.

use super::{App, WebError};
use crate::domain::answer::Problems;
use crate::domain::clock::Moment;
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::state::State;
use crate::domain::directive::{Said, last_talk};
use crate::domain::form::{Level, Source};
use crate::domain::id::ResidentId;
use crate::domain::permit::{Action, EditSheet, Permit, ReadResident};
use crate::domain::record::{FacilityFacts, Record};
use crate::domain::resident::{Head, Status, alike};
use crate::domain::sheet as rules;
use crate::domain::standing::{Standing, Subject, Unreadable, standing};
use crate::domain::view::{Marks, SheetView};
use crate::export::pdf::Fonts;
use crate::store::resident::{Find, ResidentHead};
use crate::store::sheet::{NewRevision, Revision};
use crate::store::{Entry, StoreError, directive, facility, resident, sheet};

/// A resident with the current sheet and all that was said, ready to be shown.
pub struct Loaded {
    pub head: ResidentHead,
    pub view: SheetView,
    /// What the standing was derived from; an error means that it was derived from nothing.
    pub log: Result<Vec<Said>, Unreadable>,
}

impl Loaded {
    /// Whether what was said is known, whole and in its order.
    pub fn is_log_readable(&self) -> bool {
        self.log
            .as_deref()
            .is_ok_and(|log| State::read(log).is_ok())
    }

    /// How many statements there are, for whoever acts on what was seen.
    pub fn statements(&self) -> i64 {
        self.log
            .as_ref()
            .map_or(-1, |log| i64::try_from(log.len()).unwrap_or(i64::MAX))
    }
}

/// Loads a resident of the permit's facility.
///
/// # Errors
/// `NotFound`, also for another facility's resident; `Unreadable` when the stored record cannot be read.
pub async fn resident(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
) -> Result<Loaded, WebError> {
    let head = resident::get(&app.store, permit, id).await?;
    let revision = sheet::current(&app.store, permit, id).await?;
    let record = read_record(&revision.body)?;
    let facts = facility_facts(app, permit).await?;
    let alike = names_like(app, permit, &head).await?;
    let log = readable(directive::log(&app.store, permit, id).await);
    let standing = standing_of(app, &log, Some(&record), &facts);
    let view = SheetView {
        facility: facts,
        record,
        standing,
        last_talk: log.as_deref().ok().and_then(last_talk),
        marks: marks(&head, &revision),
        alike,
        as_of: app.now(),
        issue: None,
        at_call: None,
        stay: None,
    };
    Ok(Loaded { head, view, log })
}

/// What cannot be read is logged by its cause; whoever derives a standing from it gets full CPR (safety.md S1).
pub fn readable(log: Result<Vec<Said>, StoreError>) -> Result<Vec<Said>, Unreadable> {
    log.map_err(|error| {
        tracing::error!(%error, "statements not read");
        Unreadable
    })
}

/// The standing now (safety.md S7). Without a readable record nothing is known of the person.
pub fn standing_of(
    app: &App,
    log: &Result<Vec<Said>, Unreadable>,
    record: Option<&Record>,
    facility: &FacilityFacts,
) -> Standing {
    let area = facility.mc_area.value().map(|area| area.as_str());
    standing(
        log.as_deref().map_err(|_| Unreadable),
        &record.map(Subject::of).unwrap_or_default(),
        app.protocols.area(area),
        Limits::of(facility),
        app.now(),
    )
}

/// The standing of each resident of a list, in its order.
///
/// # Errors
/// When the facility cannot be read. Statements that cannot be read are full CPR, for whom they are about.
pub async fn standings(
    app: &App,
    permit: &Permit<ReadResident>,
    heads: &[&ResidentHead],
) -> Result<Vec<Standing>, WebError> {
    let facts = facility_facts(app, permit).await?;
    let area = facts.mc_area.value().map(|area| area.as_str());
    let protocol = app.protocols.area(area);
    let limits = Limits::of(&facts);
    let now = app.now();
    let mut standings = Vec::with_capacity(heads.len());
    for page in heads.chunks(resident::PAGE) {
        let ids: Vec<&ResidentId> = page.iter().map(|head| &head.id).collect();
        let mut logs = directive::logs(&app.store, permit, &ids)
            .await
            .map_err(|error| {
                tracing::error!(%error, "statements not read");
                Unreadable
            });
        for head in page {
            let log = match &mut logs {
                Ok(logs) => logs.remove(&head.id).map_or(Ok(Vec::new()), readable),
                Err(Unreadable) => Err(Unreadable),
            };
            let subject = Subject {
                birth_date: head.birth_date,
                physicians: Vec::new(),
            };
            let log = log.as_deref().map_err(|_| Unreadable);
            standings.push(standing(log, &subject, protocol, limits, now));
        }
    }
    Ok(standings)
}

fn marks(head: &ResidentHead, revision: &Revision) -> Marks {
    Marks {
        revision: revision.revision,
        recorded_at: revision.created_at,
        recorded_by: format!("{}({})", revision.author_name, revision.author_role.label()),
        verified_at: head.verified_at,
        is_drill: head.is_drill(),
    }
}

pub async fn facility_facts<A>(app: &App, permit: &Permit<A>) -> Result<FacilityFacts, WebError> {
    let row = facility::get(&app.store, permit).await?;
    read_facts(&row.body)
}

/// The facility's facts from their stored form.
pub fn read_facts(body: &[u8]) -> Result<FacilityFacts, WebError> {
    let value = serde_json::from_slice(body).map_err(unreadable)?;
    FacilityFacts::from_json(&value).map_err(|problems| unreadable(keys(&problems)))
}

/// A record from its stored form.
pub fn read_record(body: &[u8]) -> Result<Record, WebError> {
    let value = serde_json::from_slice(body).map_err(unreadable)?;
    Record::from_json(&value).map_err(|problems| unreadable(keys(&problems)))
}

/// A record as it is stored.
pub fn record_body(record: &Record) -> Vec<u8> {
    record.json().to_string().into_bytes()
}

/// Names keys, never values: the log holds no person's data.
fn keys(problems: &Problems) -> String {
    problems
        .iter()
        .map(|(key, _)| key)
        .collect::<Vec<_>>()
        .join(", ")
}

fn unreadable(cause: impl std::fmt::Display) -> WebError {
    WebError::Store(StoreError::Unreadable(cause.to_string()))
}

/// Others in the facility with nearly the same name, in words (safety.md S19).
pub async fn names_like(
    app: &App,
    permit: &Permit<ReadResident>,
    head: &ResidentHead,
) -> Result<Vec<String>, WebError> {
    let others = resident::alike(&app.store, permit, &head.kana_key).await?;
    Ok(names_like_among(head, others))
}

/// [`names_like`] for each resident of a list, in its order.
pub async fn names_like_each(
    app: &App,
    permit: &Permit<ReadResident>,
    heads: &[&ResidentHead],
) -> Result<Vec<Vec<String>>, WebError> {
    let mut names = Vec::with_capacity(heads.len());
    for page in heads.chunks(resident::PAGE) {
        let others = resident::alike_page(&app.store, permit, page).await?;
        names.extend(
            page.iter()
                .zip(others)
                .map(|(head, others)| names_like_among(head, others)),
        );
    }
    Ok(names)
}

/// Those of `others` who could be taken for this resident, each with room, name and reading.
pub fn names_like_among(head: &ResidentHead, mut others: Vec<ResidentHead>) -> Vec<String> {
    others.retain(|other| other.id != head.id);
    let found = alike(
        &head.name_kana,
        others.iter().map(|other| other.name_kana.as_str()),
    );
    found
        .into_iter()
        .map(|index| {
            let other = &others[index];
            format!(
                "{} {}({})",
                other.room.as_deref().unwrap_or("居室未記入"),
                other.name,
                other.name_kana
            )
        })
        .collect()
}

/// Why a record cannot be confirmed: required answers, contradictions, and names that could not be printed.
pub fn refusals(app: &App, record: &Record, today: Day) -> Problems {
    let mut problems = Problems::default();
    for item in app
        .forms
        .emergency()
        .items()
        .filter(|item| item.level == Level::Required)
    {
        let Source::Record(field) = item.source else {
            continue;
        };
        let answered = record
            .get(field.key)
            .is_some_and(|(_, answer)| answer.shown().is_settled());
        if !answered {
            problems.add(field.key, format!("{}を入力してください", item.label));
        }
    }
    problems.extend(rules::contradictions(record, today));
    for (key, value) in record.inputs().iter() {
        for missing in Fonts::embedded().missing(&value.join(" ")) {
            problems.add(
                key,
                format!("{missing}は印刷できる字形がありません。別の字にしてください"),
            );
        }
    }
    problems
}

/// Confirms `record` as the revision after `expected`.
///
/// # Errors
/// `Fields` when it may not be kept; `Conflict` when somebody was faster.
pub async fn confirm(
    app: &App,
    permit: &Permit<EditSheet>,
    id: &ResidentId,
    expected: i64,
    record: &Record,
    change: Change<'_>,
) -> Result<i64, WebError> {
    let now = app.now();
    let problems = refusals(app, record, Day::of(now));
    if !problems.is_empty() {
        return Err(WebError::Fields(problems));
    }
    let body = record_body(record);
    let sheet = NewRevision {
        body: &body,
        reason: change.reason,
        verified: change.verified,
    };
    Ok(sheet::confirm(
        &app.store,
        permit,
        id,
        expected,
        &Head::of(record),
        sheet,
        now,
    )
    .await?)
}

/// Why a revision is made, and whether its author went through the whole sheet.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    pub reason: &'a str,
    pub verified: bool,
}

/// Residents read at once by [`everybody`].
const EVERYBODY_PAGE: i64 = 200;

/// Everybody who lives in, floor by floor.
pub async fn everybody(
    app: &App,
    permit: &Permit<ReadResident>,
) -> Result<Vec<ResidentHead>, WebError> {
    let mut heads: Vec<ResidentHead> = Vec::new();
    let mut after = None;
    loop {
        let (find, status) = (Find::ByPlace, Status::LivingIn);
        let part = resident::list(
            &app.store,
            permit,
            find,
            status,
            after.as_ref(),
            EVERYBODY_PAGE,
        )
        .await?;
        let whole = part.len() == EVERYBODY_PAGE as usize;
        heads.extend(part.into_iter().map(|listed| listed.head));
        match heads.last() {
            Some(last) if whole => after = Some(Find::ByPlace.cursor(last)),
            _ => return Ok(heads),
        }
    }
}

/// Writes down that somebody looked at a resident, before the answer leaves (safety.md S20).
///
/// Where the database takes no writes, a page is shown all the same, for nobody waits for a disk at 3 a.m.; the log then
/// holds what the audit cannot. What leaves as data does not: [`note_export`].
pub async fn note_read(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
    what: &'static str,
) -> Result<(), WebError> {
    note_view(
        app,
        permit,
        Entry::new(what, Some(id), serde_json::json!({})),
    )
    .await
}

/// [`note_read`], with the whole entry.
pub async fn note_view<A: Action>(
    app: &App,
    permit: &Permit<A>,
    entry: Entry,
) -> Result<(), WebError> {
    let (what, subject) = (entry.action, entry.subject.clone());
    match app.store.note_read(permit, app.now(), entry).await {
        Err(error) if error.is_fault() || matches!(error, StoreError::ReadOnly) => {
            let (facility, staff) = (permit.facility(), &permit.actor().staff);
            tracing::error!(%error, what, ?subject, %facility, %staff, "a view is not in the audit");
            Ok(())
        }
        noted => Ok(noted?),
    }
}

/// Writes down that something of a resident leaves as data. Nothing leaves unless that is on disk.
pub async fn note_export(
    app: &App,
    permit: &Permit<ReadResident>,
    id: &ResidentId,
    what: &'static str,
) -> Result<(), WebError> {
    let entry = Entry::new(what, Some(id), serde_json::json!({}));
    Ok(app.store.note_read(permit, app.now(), entry).await?)
}

/// When an instant was, for people.
pub fn when(moment: Moment) -> String {
    crate::domain::date::moment_text(moment)
}
