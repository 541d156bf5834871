//! One resident's sheet as every surface shows it: facts, standing, marks of revision and of issue.

use super::answer::{Field, Kind, Shown};
use super::clock::Moment;
use super::date::Day;
use super::form::{Cell, Item, Source};
use super::handoff::StayView;
use super::record::{FacilityFacts, Record};
use super::sheet::Staleness;
use super::standing::Standing;
use super::transport::at_call::AtCall;

/// Everything a walker needs to show a sheet.
#[derive(Clone, Debug)]
pub struct SheetView {
    pub facility: FacilityFacts,
    pub record: Record,
    /// Derived when the view was made; never read from the store.
    pub standing: Standing,
    /// The newest talk of the log (人生会議); talks that were kept as rows of the record are in the record.
    pub last_talk: Option<Day>,
    pub marks: Marks,
    /// Residents of the same facility with nearly the same name, in words (safety.md S19).
    pub alike: Vec<String>,
    /// For when ages and staleness are computed.
    pub as_of: Moment,
    pub issue: Option<IssueMarks>,
    /// What was noted until now, when the resident's emergency is open.
    pub at_call: Option<AtCall>,
    /// The stay in hospital that a form is about.
    pub stay: Option<Box<StayView>>,
}

/// Which revision is shown, who recorded it, and when somebody last went through all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    pub revision: i64,
    pub recorded_at: Moment,
    pub recorded_by: String,
    pub verified_at: Option<Moment>,
    /// The made-up resident of a drill; every surface says so.
    pub is_drill: bool,
}

/// What every surface of a drill says.
pub const DRILL: &str = "訓練です。本物の患者ではありません";

/// What an issued document carries besides the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueMarks {
    pub serial: String,
    pub match_code: String,
    pub issued_at: Moment,
    pub issued_by: String,
    pub form_title: String,
    pub form_edition: String,
    pub valid_until: Day,
    /// How many of it are printed.
    pub copies: u8,
}

impl SheetView {
    /// Facts and standing alone, for comparing what two surfaces show: without the marks of a revision or an issue.
    pub fn of(record: Record, facility: FacilityFacts, standing: Standing, as_of: Moment) -> Self {
        Self {
            facility,
            record,
            standing,
            last_talk: None,
            marks: Marks {
                revision: 0,
                recorded_at: as_of,
                recorded_by: String::new(),
                verified_at: None,
                is_drill: false,
            },
            alike: Vec::new(),
            as_of,
            issue: None,
            at_call: None,
            stay: None,
        }
    }

    /// The day on which the view is looked at, in Japan.
    pub fn today(&self) -> Day {
        Day::of(self.as_of)
    }

    pub fn staleness(&self) -> Staleness {
        Staleness::of(self.marks.verified_at.map(Day::of), self.today())
    }

    pub fn shown(&self, source: Source) -> Shown {
        match source {
            Source::Record(field) => self
                .record
                .get(field.key)
                .map_or(Shown::NotAsked, |(_, answer)| answer.shown()),
            Source::Facility(field) => {
                use super::answer::Group;
                self.facility
                    .walk()
                    .find(|(known, _)| known.key == field.key)
                    .map_or(Shown::NotAsked, |(_, answer)| answer.shown())
            }
            Source::Stay(field) => self
                .stay
                .as_ref()
                .and_then(|view| view.stay.get(field.key))
                .map_or(Shown::NotAsked, |(_, answer)| answer.shown()),
            Source::Computed(computed) => computed.shown(self),
        }
    }

    /// The answer's JSON form; `null` for what nobody types.
    pub fn json(&self, source: Source) -> serde_json::Value {
        use super::answer::Group;
        match source {
            Source::Record(field) => self.record.get(field.key).map(|(_, answer)| answer.json()),
            Source::Facility(field) => {
                let mut facts = self.facility.walk();
                let found = facts.find(|(known, _)| known.key == field.key);
                found.map(|(_, answer)| answer.json())
            }
            Source::Stay(field) => {
                let stay = self.stay.as_ref();
                stay.and_then(|view| view.stay.get(field.key))
                    .map(|(_, answer)| answer.json())
            }
            Source::Computed(_) => None,
        }
        .unwrap_or_default()
    }

    /// The JSON form of the answer with this key.
    pub fn json_of(&self, key: &str) -> serde_json::Value {
        Source::find(key).map_or(serde_json::Value::Null, |source| self.json(source))
    }

    /// What an item shows, with only the columns it names.
    pub fn item(&self, item: &Item) -> Shown {
        only(self.shown(item.source), &item.columns)
    }

    /// What a printed cell shows, with only the columns and as many rows as it names; rows with a telephone number come
    /// before those without where not all are shown.
    pub fn cell(&self, cell: &Cell) -> Shown {
        let mut shown = only(self.shown(cell.source), &cell.columns);
        if let (Shown::Rows(rows), Some(most)) = (&mut shown, cell.most) {
            rows.sort_by_key(|row| !row.iter().any(|(field, shown)| is_number(field, shown)));
            rows.truncate(most);
        }
        shown
    }
}

fn is_number(field: &Field, shown: &Shown) -> bool {
    matches!((field.kind, shown), (Kind::Phone, Shown::Text(_)))
}

fn only(shown: Shown, columns: &[&'static super::answer::Field]) -> Shown {
    match shown {
        Shown::Rows(rows) if !columns.is_empty() => Shown::Rows(
            rows.into_iter()
                .map(|row| {
                    columns
                        .iter()
                        .filter_map(|column| {
                            row.iter()
                                .find(|(field, _)| field.key == column.key)
                                .cloned()
                        })
                        .collect()
                })
                .collect(),
        ),
        shown => shown,
    }
}
