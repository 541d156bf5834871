//! The dry run: what each row of a table would do, and every reason why the whole is not carried out.

use std::collections::BTreeMap;

use super::cell::{Columns, RowReading};
use super::overlay::overlay;
use super::{Line, Mapping, Table, column_letter};
use crate::domain::answer::{Known, Problems};
use crate::domain::date::Day;
use crate::domain::id::ResidentId;
use crate::domain::kana::search_key;
use crate::domain::record::Record;
use crate::domain::resident::Status;
use crate::domain::sheet::{Change, changes, contradictions};

/// A resident whom the facility already has.
#[derive(Clone, Debug, PartialEq)]
pub struct Existing {
    pub id: ResidentId,
    /// The facility's own number.
    pub number: Option<String>,
    pub status: Status,
    pub record: Record,
}

/// What carrying out a row would do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Add,
    Update {
        id: ResidentId,
        changes: Vec<Change>,
    },
    /// The file says nothing new.
    Same {
        id: ResidentId,
    },
}

/// One row without problems of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRow {
    /// As the spreadsheet numbers it.
    pub line: usize,
    pub action: Action,
    /// The whole record afterwards.
    pub record: Record,
    pub warnings: Vec<String>,
}

/// What is wrong in one row, or with the columns as a whole (then the line is the header's).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    pub line: usize,
    /// From 0; `None` when no single cell is at fault.
    pub column: Option<usize>,
    pub header: String,
    /// As in the file, cut after [`VALUE_SHOWN`] characters.
    pub value: String,
    pub message: String,
}

/// How much of a cell a problem repeats, in characters.
const VALUE_SHOWN: usize = 40;

impl RowProblem {
    /// As spreadsheets call the column.
    pub fn column_letter(&self) -> Option<String> {
        self.column.map(column_letter)
    }
}

impl std::fmt::Display for RowProblem {
    /// `3行目 D列 生年月日「昭和65年1月1日」: …`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}行目", self.line)?;
        if let Some(letter) = self.column_letter() {
            write!(f, " {letter}列")?;
        }
        if !self.header.is_empty() {
            write!(f, " {}", self.header)?;
        }
        if !self.value.is_empty() {
            write!(f, "「{}」", self.value)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The outcome of a dry run. All or nothing: see [`Plan::is_importable`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub rows: Vec<PlannedRow>,
    /// In the order of lines.
    pub problems: Vec<RowProblem>,
}

impl Plan {
    pub fn is_importable(&self) -> bool {
        self.problems.is_empty() && !self.rows.is_empty()
    }

    /// Takes the rows for which `why` names problems, by key of the record, out of the plan and into the problems: for
    /// what the domain cannot know, such as letters that no font has.
    pub fn refuse(&mut self, why: impl Fn(&PlannedRow) -> Problems) {
        let mut kept = Vec::with_capacity(self.rows.len());
        for row in std::mem::take(&mut self.rows) {
            let problems = why(&row);
            if problems.is_empty() {
                kept.push(row);
                continue;
            }
            for (key, message) in problems.iter() {
                let field = key.split('.').next().unwrap_or(key);
                let label = row.record.get(field).map_or("", |(field, _)| field.label);
                self.problems.push(RowProblem {
                    line: row.line,
                    column: None,
                    header: label.to_owned(),
                    value: String::new(),
                    message: message.to_owned(),
                });
            }
        }
        self.rows = kept;
        self.problems.sort_by_key(|problem| problem.line);
    }

    pub fn added(&self) -> usize {
        self.count(|action| matches!(action, Action::Add))
    }

    pub fn updated(&self) -> usize {
        self.count(|action| matches!(action, Action::Update { .. }))
    }

    pub fn same(&self) -> usize {
        self.count(|action| matches!(action, Action::Same { .. }))
    }

    fn count(&self, is: impl Fn(&Action) -> bool) -> usize {
        self.rows.iter().filter(|row| is(&row.action)).count()
    }
}

/// Tries every row against the record's border, the other rows and the residents already there.
pub fn plan(table: &Table, mapping: &Mapping, existing: &[Existing], today: Day) -> Plan {
    let mut planner = Planner::new(table, mapping, existing, today);
    for line in &table.rows {
        planner.row(line);
    }
    planner.finish()
}

/// Reading and birth date: who has both is taken for the same person until a number says otherwise.
type Likeness = (Vec<u8>, Day);

fn likeness(record: &Record) -> Option<Likeness> {
    let kana = record.identity.name_kana.value()?;
    let born = record.identity.birth_date.value()?;
    Some((search_key(kana.as_str()), *born))
}

/// What nobody is brought in without.
const NEEDED: [(&str, &str); 2] = [("name", "氏名"), ("name_kana", "ふりがな")];

struct Planner<'a> {
    table: &'a Table,
    mapping: &'a Mapping,
    columns: Columns,
    today: Day,
    by_number: BTreeMap<&'a str, &'a Existing>,
    by_likeness: BTreeMap<Likeness, &'a Existing>,
    /// Number → the line that had it first.
    numbers: BTreeMap<String, usize>,
    people: BTreeMap<Likeness, usize>,
    /// Whether a row brings in somebody new.
    adds: bool,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(table: &'a Table, mapping: &'a Mapping, existing: &'a [Existing], today: Day) -> Self {
        let by_number = existing
            .iter()
            .filter_map(|resident| Some((resident.number.as_deref()?, resident)));
        let by_likeness = existing
            .iter()
            .filter_map(|resident| Some((likeness(&resident.record)?, resident)));
        Self {
            table,
            mapping,
            columns: Columns::new(mapping),
            today,
            by_number: by_number.collect(),
            by_likeness: by_likeness.collect(),
            numbers: BTreeMap::new(),
            people: BTreeMap::new(),
            adds: false,
            plan: Plan::default(),
        }
    }

    fn row(&mut self, line: &Line) {
        let reading = self.columns.read(line);
        let before = self.plan.problems.len();
        for (column, message) in &reading.problems {
            self.problem(line, Some(*column), message.clone());
        }
        let (file, problems) = Record::read(&reading.inputs);
        self.problems(line, &reading, &problems);

        let number = self.number(line, &reading, &file);
        let resident = number
            .as_deref()
            .and_then(|number| self.by_number.get(number).copied());
        let mut warnings = reading.warnings.clone();
        let (record, action) = match resident {
            Some(resident) => self.over(line, &reading, &file, resident, &mut warnings),
            None => (file, Action::Add),
        };
        if action == Action::Add {
            self.complete(line, &reading, &record);
        }
        let known = resident.map(|resident| contradictions(&resident.record, self.today));
        let mut new = Problems::default();
        for (key, message) in contradictions(&record, self.today).iter() {
            if known.as_ref().is_none_or(|known| known.at(key).is_none()) {
                new.add(key, message);
            }
        }
        self.problems(line, &reading, &new);
        self.once(
            line,
            &reading,
            &record,
            resident,
            number.is_some(),
            &mut warnings,
        );
        if self.plan.problems.len() == before {
            self.plan.rows.push(PlannedRow {
                line: line.number,
                action,
                record,
                warnings,
            });
        }
    }

    /// The facility's own number, which no other row may have.
    fn number(&mut self, line: &Line, reading: &RowReading, file: &Record) -> Option<String> {
        let Known::Value(number) = &file.identity.resident_number else {
            return None;
        };
        let number = number.as_str().to_owned();
        let first = *self.numbers.entry(number.clone()).or_insert(line.number);
        if first != line.number {
            self.problem_at(
                line,
                reading,
                "resident_number",
                format!("{first}行目と同じ番号です。どちらかの番号か行を直してください"),
            );
        }
        Some(number)
    }

    /// The row laid over the resident who has its number.
    fn over(
        &mut self,
        line: &Line,
        reading: &RowReading,
        file: &Record,
        resident: &Existing,
        warnings: &mut Vec<String>,
    ) -> (Record, Action) {
        self.same_person(line, reading, file, resident, warnings);
        if resident.status != Status::LivingIn {
            warnings.push(format!(
                "「{}」と登録されている人です。取り込んでも入居中には戻りません",
                resident.status.label()
            ));
        }
        let overlay = overlay(&resident.record.inputs(), &file.inputs());
        for (key, message) in overlay.contradictions {
            self.problem_at(line, reading, key, message);
        }
        warnings.extend(overlay.warnings);
        let (record, problems) = Record::read(&overlay.inputs);
        self.problems(line, reading, &problems);
        let id = resident.id.clone();
        let changes = changes(&resident.record, &record);
        let action = if record == resident.record {
            Action::Same { id }
        } else {
            Action::Update { id, changes }
        };
        (record, action)
    }

    /// A number that now stands beside another person's name and birth date is a mistake, not a change (safety.md S19).
    fn same_person(
        &mut self,
        line: &Line,
        reading: &RowReading,
        file: &Record,
        resident: &Existing,
        warnings: &mut Vec<String>,
    ) {
        let (then, now) = (&resident.record.identity, &file.identity);
        let kana_differs = match (then.name_kana.value(), now.name_kana.value()) {
            (Some(then), Some(now)) => search_key(then.as_str()) != search_key(now.as_str()),
            _ => false,
        };
        let birth_differs = match (then.birth_date.value(), now.birth_date.value()) {
            (Some(then), Some(now)) => then != now,
            _ => false,
        };
        match (kana_differs, birth_differs) {
            (true, true) => self.problem_at(
                line,
                reading,
                "resident_number",
                format!(
                    "この番号は別の人({}さん)が使っています。番号を確かめてください",
                    then.name
                ),
            ),
            (true, false) => warnings.push(format!("ふりがなが変わります(今は{})", then.name_kana)),
            (false, true) => {
                warnings.push(format!("生年月日が変わります(今は{})", then.birth_date))
            }
            (false, false) => {}
        }
    }

    /// A new resident needs a name and its reading. A column that nobody matched is said once, at the end.
    fn complete(&mut self, line: &Line, reading: &RowReading, record: &Record) {
        self.adds = true;
        for (key, label) in NEEDED {
            let missing = match record.get(key) {
                Some((_, answer)) => !answer.shown().is_settled(),
                None => true,
            };
            let column = self.column_for(key);
            let said = column.is_some_and(|column| {
                let is_at = |problem: &RowProblem| {
                    problem.line == line.number && problem.column == Some(column)
                };
                self.plan.problems.iter().any(is_at) || reading.column_of(key).is_some()
            });
            if missing && !said && column.is_some() {
                self.problem(
                    line,
                    column,
                    format!("{label}がありません。記入してください"),
                );
            }
        }
    }

    fn column_for(&self, key: &str) -> Option<usize> {
        let of_key = |target_key: &str| {
            target_key
                .strip_prefix(key)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut columns = self.mapping.iter();
        columns
            .find(|(_, target)| of_key(target.key))
            .map(|(column, _)| column)
    }

    /// Nobody comes in twice: not from two rows, and not beside a resident who is already there.
    fn once(
        &mut self,
        line: &Line,
        reading: &RowReading,
        record: &Record,
        resident: Option<&Existing>,
        numbered: bool,
        warnings: &mut Vec<String>,
    ) {
        let Some(likeness) = likeness(record) else {
            return;
        };
        let there = self.by_likeness.get(&likeness).copied();
        if resident.is_none()
            && let Some(there) = there
        {
            let message = match (&there.number, numbered) {
                (Some(number), false) => format!(
                    "同じふりがなと生年月日の{}さんが登録されています。同じ人なら利用者番号「{number}」を書いてください",
                    there.record.identity.name
                ),
                (Some(number), true) => format!(
                    "同じふりがなと生年月日の{}さんが、利用者番号「{number}」で登録されています。番号を確かめてください",
                    there.record.identity.name
                ),
                (None, _) => format!(
                    "同じふりがなと生年月日の{}さんが、利用者番号なしで登録されています。登録されている人に番号を付けるか、この行を消してください",
                    there.record.identity.name
                ),
            };
            self.problem_at(line, reading, "name_kana", message);
        }
        let first = *self.people.entry(likeness).or_insert(line.number);
        if first != line.number {
            if numbered {
                warnings.push(format!(
                    "{first}行目とふりがな・生年月日が同じです。別の人か確かめてください"
                ));
            } else {
                self.problem_at(
                    line,
                    reading,
                    "name_kana",
                    format!(
                        "{first}行目と同じ人です。別の人なら、それぞれに利用者番号を書いてください"
                    ),
                );
            }
        }
    }

    fn problems(&mut self, line: &Line, reading: &RowReading, problems: &Problems) {
        for (key, message) in problems.iter() {
            self.problem_at(line, reading, key, message.to_owned());
        }
    }

    fn problem_at(&mut self, line: &Line, reading: &RowReading, key: &str, message: String) {
        self.problem(line, reading.column_of(key), message);
    }

    fn problem(&mut self, line: &Line, column: Option<usize>, message: String) {
        let header = column.map_or("", |column| self.table.header.cell(column));
        let cell = column.map_or("", |column| line.cell(column));
        let problem = RowProblem {
            line: line.number,
            column,
            header: one_line(header),
            value: one_line(cell),
            message,
        };
        if !self.plan.problems.contains(&problem) {
            self.plan.problems.push(problem);
        }
    }

    fn finish(mut self) -> Plan {
        for (key, label) in NEEDED {
            if self.adds && self.column_for(key).is_none() {
                self.plan.problems.push(RowProblem {
                    line: self.table.header.number,
                    column: None,
                    header: String::new(),
                    value: String::new(),
                    message: format!(
                        "{label}の列がありません。列を合わせるか、見出しを直してください"
                    ),
                });
            }
        }
        self.plan.problems.sort_by_key(|problem| problem.line);
        self.plan
    }
}

/// A cell as a problem repeats it: one line, cut short.
fn one_line(cell: &str) -> String {
    let mut shown: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(VALUE_SHOWN)
        .collect();
    if cell.chars().count() > VALUE_SHOWN {
        shown.push('…');
    }
    shown
}
