//! Trying and carrying out an import: the same for the page and the command line.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::answer::Problems;
use crate::domain::clock::{Clock, Entropy};
use crate::domain::date::Day;
use crate::domain::id::ResidentId;
use crate::domain::import::{Action, Existing, Mapping, Plan, PlannedRow, Table, plan};
use crate::domain::permit::{ImportResidents, Permit, ReadResident};
use crate::domain::resident::{Head, Status};
use crate::export::pdf::Fonts;
use crate::store::resident::{Admission, Find, ImportRow};
use crate::store::sheet::NewRevision;
use crate::store::{Store, StoreError, resident};
use crate::web::WebError;
use crate::web::load::{read_record, record_body};

/// Residents read at once.
const PAGE: i64 = 500;
/// What the history says of a revision that an import made.
const REASON: &str = "名簿の取り込み";

/// Everybody whom the facility has, of any status, and the revision at which each was read.
#[derive(Clone, Debug, Default)]
pub struct Residents {
    existing: Vec<Existing>,
    revisions: BTreeMap<ResidentId, i64>,
}

impl Residents {
    /// # Errors
    /// Those of the store.
    pub async fn load(store: &Store, permit: &Permit<ReadResident>) -> Result<Self, StoreError> {
        let mut residents = Self::default();
        for status in Status::ALL {
            let mut after = None;
            loop {
                let page =
                    resident::list(store, permit, Find::ByPlace, status, after.as_ref(), PAGE)
                        .await?;
                let Some(last) = page.last() else { break };
                after = Some(Find::ByPlace.cursor(&last.head));
                for listed in page {
                    let record = read_record(&listed.sheet.body).map_err(stored)?;
                    residents
                        .revisions
                        .insert(listed.head.id.clone(), listed.head.revision);
                    residents.existing.push(Existing {
                        id: listed.head.id,
                        number: listed.head.number,
                        status,
                        record,
                    });
                }
            }
        }
        Ok(residents)
    }

    /// How many residents living in the plan does not mention.
    pub fn left_alone(&self, plan: &Plan) -> usize {
        let mentioned = |id: &ResidentId| {
            plan.rows.iter().any(|row| match &row.action {
                Action::Add => false,
                Action::Update { id: known, .. } | Action::Same { id: known } => known == id,
            })
        };
        self.existing
            .iter()
            .filter(|resident| resident.status == Status::LivingIn && !mentioned(&resident.id))
            .count()
    }
}

fn stored(error: WebError) -> StoreError {
    match error {
        WebError::Store(error) => error,
        other => StoreError::Unreadable(format!("{other:?}")),
    }
}

/// What carrying out would do, and every problem. A name that could not be printed is one (safety.md S25).
pub fn dry_run(table: &Table, mapping: &Mapping, residents: &Residents, today: Day) -> Plan {
    let mut plan = plan(table, mapping, &residents.existing, today);
    plan.refuse(unprintable);
    plan
}

fn unprintable(row: &PlannedRow) -> Problems {
    let mut problems = Problems::default();
    if matches!(row.action, Action::Same { .. }) {
        return problems;
    }
    for (key, values) in row.record.inputs().iter() {
        for missing in Fonts::embedded().missing(&values.join(" ")) {
            problems.add(
                key,
                format!("{missing}は印刷できる字形がありません。別の字にしてください"),
            );
        }
    }
    problems
}

/// Why a plan was not carried out; nothing of it was kept.
#[derive(Debug)]
pub enum Failed {
    /// Somebody changed this row's resident since the plan was made.
    Outrun {
        line: usize,
    },
    Store(StoreError),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outrun { line } => write!(
                f,
                "{line}行目の人の記録を、ほかの人が同時に変えました。何も取り込んでいません。もう一度試してください"
            ),
            Self::Store(error) => write!(f, "何も取り込んでいません: {error}"),
        }
    }
}

/// One row made ready for the store.
struct Ready {
    line: usize,
    id: ResidentId,
    /// `None` for somebody new.
    expected: Option<i64>,
    head: Head,
    body: Vec<u8>,
}

impl Ready {
    fn of(
        row: &PlannedRow,
        residents: &Residents,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Option<Self> {
        let (id, expected) = match &row.action {
            Action::Same { .. } => return None,
            Action::Add => (ResidentId::new(clock, entropy), None),
            Action::Update { id, .. } => (id.clone(), residents.revisions.get(id).copied()),
        };
        Some(Self {
            line: row.line,
            id,
            expected,
            head: Head::of(&row.record),
            body: record_body(&row.record),
        })
    }

    fn row(&self) -> ImportRow<'_> {
        let sheet = NewRevision {
            body: &self.body,
            reason: REASON,
            // Nobody went through the whole sheet.
            verified: false,
        };
        match self.expected {
            None => ImportRow::Admit(Admission {
                id: &self.id,
                head: &self.head,
                sheet,
            }),
            Some(expected_revision) => ImportRow::Update {
                id: &self.id,
                expected_revision,
                head: &self.head,
                sheet,
            },
        }
    }
}

/// Carries out a plan, all or nothing. A plan with problems changes nothing.
///
/// # Errors
/// `Outrun` when somebody was faster; those of the store.
pub async fn carry_out(
    store: &Store,
    permit: &Permit<ImportResidents>,
    plan: &Plan,
    residents: &Residents,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), Failed> {
    if !plan.is_importable() {
        return Ok(());
    }
    let ready: Vec<Ready> = plan
        .rows
        .iter()
        .filter_map(|row| Ready::of(row, residents, clock, entropy))
        .collect();
    if ready.is_empty() {
        return Ok(());
    }
    let rows: Vec<ImportRow<'_>> = ready.iter().map(Ready::row).collect();
    resident::import(store, permit, &rows, clock.now())
        .await
        .map_err(|error| match error {
            StoreError::Row { index, .. } => Failed::Outrun {
                line: ready.get(index).map_or(0, |row| row.line),
            },
            error => Failed::Store(error),
        })
}
