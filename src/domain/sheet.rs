//! A sheet over time: what is missing, what changed, how stale it is, and how two editors' work comes together.

use std::collections::BTreeMap;

use super::answer::{Field, Inputs, Kind, Known, Problems, Shown, YesNo};
use super::computed::day_and_age;
use super::date::Day;
use super::form::{Form, Level, Source};
use super::record::{ConsentToShare, Record, SpecialCare};
use super::withhold::order_to_withhold;

/// How long ago somebody last went through the whole sheet (safety.md S21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Within six months.
    Fresh {
        verified_on: Day,
        today: Day,
    },
    /// More than six months.
    Amber {
        verified_on: Day,
        today: Day,
    },
    /// More than twelve months.
    Red {
        verified_on: Day,
        today: Day,
    },
    Never,
}

impl Staleness {
    pub fn of(verified_on: Option<Day>, today: Day) -> Self {
        match verified_on {
            None => Self::Never,
            Some(verified_on) if today > verified_on.plus_months(12) => {
                Self::Red { verified_on, today }
            }
            Some(verified_on) if today > verified_on.plus_months(6) => {
                Self::Amber { verified_on, today }
            }
            Some(verified_on) => Self::Fresh { verified_on, today },
        }
    }

    /// The state in words, with the day and its age; never by colour alone.
    pub fn words(self) -> String {
        match self {
            Self::Fresh { verified_on, today } => day_and_age(verified_on, today),
            Self::Amber { verified_on, today } => {
                format!("{} 6か月を超えています", day_and_age(verified_on, today))
            }
            Self::Red { verified_on, today } => {
                format!("{} 12か月を超えています", day_and_age(verified_on, today))
            }
            Self::Never => "全項目の確認記録なし".to_owned(),
        }
    }

    /// [`Self::words`] where room is short: the day and its age.
    pub fn short_words(self) -> String {
        match self {
            Self::Fresh { verified_on, today }
            | Self::Amber { verified_on, today }
            | Self::Red { verified_on, today } => day_and_age(verified_on, today),
            Self::Never => "記録なし".to_owned(),
        }
    }

    pub fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh { .. })
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Fresh { .. } => "fresh",
            Self::Amber { .. } => "amber",
            Self::Red { .. } => "red",
            Self::Never => "never",
        }
    }
}

/// Something that surveys of real sheets find missing; a warning, never an error (domain/forms.md §6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub key: &'static str,
    pub message: String,
}

/// What is still missing: the form's priority items without an answer, and details without which an answer is of
/// little use.
pub fn missing(record: &Record, form: &Form) -> Vec<Missing> {
    let mut found: Vec<Missing> = form
        .items()
        .filter(|item| item.level >= Level::Priority)
        .filter_map(|item| match item.source {
            Source::Record(field) => Some((field, &item.label)),
            _ => None,
        })
        .filter_map(|(field, label)| {
            let (_, answer) = record.get(field.key)?;
            match answer.shown() {
                Shown::NotAsked => Some(Missing {
                    key: field.key,
                    message: format!("{label}が未確認です"),
                }),
                Shown::Unknown => Some(Missing {
                    key: field.key,
                    message: format!("{label}が不明のままです"),
                }),
                Shown::None(None) => Some(Missing {
                    key: field.key,
                    message: format!("{label}「なし」を確認した日がありません"),
                }),
                _ => None,
            }
        })
        .collect();
    found.extend(missing_details(record));
    found
}

/// Details without which an answer is of little use (domain/forms.md §6.5).
pub fn missing_details(record: &Record) -> Vec<Missing> {
    let mut found = Vec::new();
    let mut warn = |key: &'static str, wrong: bool, message: &str| {
        if wrong {
            found.push(Missing {
                key,
                message: message.to_owned(),
            });
        }
    };
    let contacts = record.contacts.emergency_contacts.rows();
    let any = !contacts.is_empty();
    warn(
        "emergency_contacts",
        contacts.len() == 1,
        "緊急連絡先が1人だけです。2人以上を登録してください",
    );
    warn(
        "emergency_contacts",
        contacts
            .iter()
            .any(|row| row.phone_mobile.value().is_none() && row.phone_home.value().is_none()),
        "電話番号のない緊急連絡先があります",
    );
    warn(
        "emergency_contacts",
        any && !contacts.iter().any(|row| row.is_key_person.is(&YesNo::Yes)),
        "キーパーソンが決まっていません",
    );
    warn(
        "emergency_contacts",
        any && contacts
            .iter()
            .all(|row| row.reachable_hours.value().is_none()),
        "緊急連絡先のつながる時間が未確認です",
    );
    let physicians = record.contacts.physicians.rows();
    warn(
        "physicians",
        !physicians.is_empty()
            && physicians
                .iter()
                .all(|row| row.phone_24h.reachable().is_none()),
        "夜間につながる医師の電話(24時間電話)がありません",
    );
    warn(
        "physicians",
        physicians
            .iter()
            .any(|row| row.phone_24h.value().is_some() && row.phone_24h.reachable().is_none()),
        "119・#7119など、医師につながらない番号が24時間電話に入っています",
    );
    let medical = &record.medical;
    warn(
        "allergies",
        medical
            .allergies
            .rows()
            .iter()
            .any(|row| row.substance.value().is_none() || row.reaction.value().is_none()),
        "アレルギーの原因か症状が書かれていません",
    );
    warn(
        "infections",
        medical
            .infections
            .rows()
            .iter()
            .any(|row| row.status.value().is_none() || row.tested_on.value().is_none()),
        "感染症の結果か検査日が書かれていません",
    );
    warn(
        "medication_as_of",
        !medical.medications.rows().is_empty() && medical.medication_as_of.value().is_none(),
        "服用薬をいつ確認したかが書かれていません",
    );
    warn(
        "dialysis_detail",
        medical.special_care.has(SpecialCare::Dialysis)
            && medical.dialysis_detail.value().is_none(),
        "透析の曜日・シャント側・病院が書かれていません",
    );
    warn(
        "oxygen_detail",
        medical.special_care.has(SpecialCare::Oxygen) && medical.oxygen_detail.value().is_none(),
        "酸素の流量と機器が書かれていません",
    );
    warn(
        "special_care",
        medical.special_care.has(SpecialCare::Other) && medical.special_care.note().is_empty(),
        "医療処置「その他」の内容が書かれていません",
    );
    found
}

/// What the record says as a whole that cannot be true on `today`. One border with [`Record::read`], which sees
/// answers one by one.
pub fn contradictions(record: &Record, today: Day) -> Problems {
    let mut problems = Problems::default();
    let past: [(&str, &Known<Day>); 6] = [
        ("moved_in_on", &record.identity.moved_in_on),
        ("weight_measured_on", &record.identity.weight_measured_on),
        ("consented_on", &record.consent.consented_on),
        ("medication_as_of", &record.medical.medication_as_of),
        (
            "certification_applied_on",
            &record.usual.certification_applied_on,
        ),
        ("care_assessed_on", &record.care.care_assessed_on),
    ];
    for (key, day) in past {
        if day.value().is_some_and(|day| *day > today) {
            problems.add(key, "今日より後の日付です。年を確認してください");
        }
    }
    if let Known::Value(born) = record.identity.birth_date {
        if born > today {
            problems.add(
                "birth_date",
                "今日より後の日付です。元号と年を確認してください",
            );
        } else if born.age_on(today) > 125 {
            problems.add(
                "birth_date",
                "125歳を超えています。元号と年を確認してください",
            );
        }
    }
    if let (Known::Value(from), Known::Value(to)) = (
        &record.usual.care_level_valid_from,
        &record.usual.care_level_valid_to,
    ) && to < from
    {
        problems.add("care_level_valid_to", "終わりの日が始まりの日より前です");
    }
    for (key, words) in record.inputs().iter() {
        if let Some(found) = order_to_withhold(&words.join(" ")) {
            let message = format!(
                "「{found}」のような指示はシートに書けません。心肺蘇生についての本人の意思や医師の指示は「意思と指示」に記録してください"
            );
            problems.add(key, message);
        }
    }
    problems
}

/// Whether a crew's page may show the whole sheet (safety.md S22). No recorded consent is no consent.
pub fn may_share_with_crews(record: &Record) -> bool {
    matches!(
        record.consent.consent_to_share_ems,
        Known::Value(ConsentToShare::ByResident | ConsentToShare::ByRepresentative)
    )
}

/// One difference between two revisions, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Dotted key of the answer, without row numbers.
    pub key: String,
    pub label: String,
    pub before: String,
    pub after: String,
}

/// Field by field, what `after` says differently from `before`; rows are compared row by row.
pub fn changes(before: &Record, after: &Record) -> Vec<Change> {
    let mut changes = Vec::new();
    for ((field, old), (_, new)) in before.walk().zip(after.walk()) {
        let (old, new) = (old.shown(), new.shown());
        if old == new {
            continue;
        }
        match (&old, &new) {
            (Shown::Rows(old), Shown::Rows(new)) => row_changes(field, old, new, &mut changes),
            _ => changes.push(Change {
                key: field.key.to_owned(),
                label: field.label.to_owned(),
                before: lines(&old),
                after: lines(&new),
            }),
        }
    }
    changes
}

fn lines(shown: &Shown) -> String {
    match shown {
        Shown::Rows(rows) => rows
            .iter()
            .map(|row| super::answer::row_line(row))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.line(),
    }
}

type Row = Vec<(Field, Shown)>;

/// Pairs rows by equality first; of the rest, the first old row is taken to have become the first new one.
fn row_changes(field: &Field, old: &[Row], new: &[Row], changes: &mut Vec<Change>) {
    let mut new_left: Vec<(usize, &Row)> = new.iter().enumerate().collect();
    let mut old_left: Vec<(usize, &Row)> = Vec::new();
    let mut kept_order = Vec::new();
    for (at, row) in old.iter().enumerate() {
        match new_left.iter().position(|(_, candidate)| *candidate == row) {
            Some(found) => kept_order.push(new_left.remove(found).0),
            None => old_left.push((at, row)),
        }
    }
    let mut push = |label: String, key: String, before: String, after: String| {
        changes.push(Change {
            key,
            label,
            before,
            after,
        });
    };
    if old_left.is_empty() && new_left.is_empty() {
        if !kept_order.is_sorted() {
            push(
                format!("{}の順番", field.label),
                field.key.to_owned(),
                lines(&Shown::Rows(old.to_vec())),
                lines(&Shown::Rows(new.to_vec())),
            );
        }
        return;
    }
    let pairs = old_left.len().min(new_left.len());
    for ((_, old_row), (at, new_row)) in old_left.iter().zip(&new_left).take(pairs) {
        for ((cell, old_cell), (_, new_cell)) in old_row.iter().zip(new_row.iter()) {
            if old_cell != new_cell {
                push(
                    format!("{} {}件目 {}", field.label, at + 1, cell.label),
                    format!("{}.{}", field.key, cell.key),
                    old_cell.line(),
                    new_cell.line(),
                );
            }
        }
    }
    for (at, row) in &old_left[pairs..] {
        push(
            format!("{} {}件目(削除)", field.label, at + 1),
            field.key.to_owned(),
            super::answer::row_line(row),
            "(なくなりました)".to_owned(),
        );
    }
    for (at, row) in &new_left[pairs..] {
        push(
            format!("{} {}件目(追加)", field.label, at + 1),
            field.key.to_owned(),
            "(ありませんでした)".to_owned(),
            super::answer::row_line(row),
        );
    }
}

/// A field that both editors changed differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub field: &'static Field,
    pub base: Inputs,
    pub mine: Inputs,
    pub theirs: Inputs,
}

/// Two editors' work brought together: what only one of them changed is taken, what both changed is a conflict.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// With `theirs` where there is a conflict.
    pub merged: Inputs,
    pub conflicts: Vec<Conflict>,
}

/// How a conflict is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    Mine,
    Theirs,
    /// For lists: their rows, then those of mine that they do not have.
    Both,
}

/// Merges field by field. A list counts as one field.
pub fn merge(base: &Inputs, mine: &Inputs, theirs: &Inputs) -> Merge {
    let [base, mine, theirs] = [base, mine, theirs].map(canonical);
    let mut merged = Inputs::default();
    let mut conflicts = Vec::new();
    for field in Record::fields() {
        let [in_base, in_mine, in_theirs] =
            [&base, &mine, &theirs].map(|inputs| inputs.part(field.key));
        let taken = if in_mine == in_base || in_mine == in_theirs {
            in_theirs
        } else if in_theirs == in_base {
            in_mine
        } else {
            conflicts.push(Conflict {
                field,
                base: in_base,
                mine: in_mine,
                theirs: in_theirs.clone(),
            });
            in_theirs
        };
        merged.replace(field.key, taken);
    }
    Merge { merged, conflicts }
}

impl Merge {
    /// The merged inputs with each conflict settled; a conflict without a choice keeps `theirs`.
    pub fn settle(self, choices: &BTreeMap<String, Settle>) -> Inputs {
        let mut merged = self.merged;
        for conflict in self.conflicts {
            let key = conflict.field.key;
            match choices.get(key) {
                Some(Settle::Mine) => merged.replace(key, conflict.mine),
                Some(Settle::Both) => {
                    merged.replace(key, both(key, &conflict.theirs, &conflict.mine))
                }
                Some(Settle::Theirs) | None => {}
            }
        }
        merged
    }
}

impl Conflict {
    /// Whether both sides' rows can be kept.
    pub fn is_list(&self) -> bool {
        matches!(self.field.kind, Kind::Rows(_))
    }

    /// One side in words.
    pub fn words(&self, side: &Inputs) -> String {
        let (record, problems) = Record::read(side);
        match record.get(self.field.key) {
            Some((_, answer)) if problems.is_empty() => lines(&answer.shown()),
            _ => side
                .iter()
                .flat_map(|(_, values)| values.iter())
                .filter(|value| !value.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

fn both(key: &str, theirs: &Inputs, mine: &Inputs) -> Inputs {
    let row = |side: &Inputs, number: usize| -> Vec<(String, Vec<String>)> {
        let row_key = format!("{key}.{number}");
        side.part(&row_key)
            .iter()
            .map(|(name, values)| (name[row_key.len()..].to_owned(), values.to_vec()))
            .collect()
    };
    let mut rows: Vec<Vec<(String, Vec<String>)>> = theirs
        .rows(key)
        .into_iter()
        .map(|number| row(theirs, number))
        .collect();
    for number in mine.rows(key) {
        let candidate = row(mine, number);
        if !rows.contains(&candidate) {
            rows.push(candidate);
        }
    }
    let mut inputs = Inputs::default();
    inputs.set(format!("{key}.state"), "present");
    for (number, row) in rows.into_iter().enumerate() {
        for (name, values) in row {
            for value in values {
                inputs.push(format!("{key}.{number}{name}"), value);
            }
        }
    }
    inputs
}

/// Each field as a page would write it, if it can be read; as typed, if not. So that S12.3.4 and 昭和12年3月4日 are
/// no difference.
fn canonical(inputs: &Inputs) -> Inputs {
    let (record, problems) = Record::read(inputs);
    let mut canonical = record.inputs();
    for field in Record::fields() {
        if problems.under(field.key) {
            canonical.replace(field.key, inputs.part(field.key));
        }
    }
    canonical
}

/// How far a section of a form is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Items of the form's priority and required levels that are settled.
    pub settled: usize,
    pub wanted: usize,
}

/// Progress over the wanted items among `fields`; optional items do not count.
pub fn progress(record: &Record, items: &[super::form::Item]) -> Progress {
    let wanted = items.iter().filter(|item| item.level >= Level::Priority);
    let settled = wanted.clone().filter(|item| {
        record
            .get(item.source.key())
            .is_some_and(|(_, answer)| answer.shown().is_settled())
    });
    Progress {
        settled: settled.count(),
        wanted: wanted.count(),
    }
}
