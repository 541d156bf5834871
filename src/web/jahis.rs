//! Medicines from a pharmacy's QR code, pasted as text into a discharge form.

use maud::{Markup, html};

use super::page::{NoticeKind, notice};
use crate::domain::answer::{Answer, Inputs, Known, ROWS_MAX, Rows, Scalar};
use crate::domain::date::Day;
use crate::domain::handoff::DischargeMedication;
use crate::domain::jahis::{Form, Medicine, Notebook, read};
use crate::domain::record::MedicationForm;

const LIST: &str = "discharge_medications";
/// Where the text of a code that was not taken stays.
const TEXT: &str = "jahis";

/// Where the text of a code is pasted; it belongs to the form with the id `sheet`.
pub fn paste(inputs: &Inputs) -> Markup {
    let typed = inputs.get(TEXT);
    html! {
        details .more open[!typed.is_empty()] {
            summary { "お薬手帳のQRコードから処方を入れる" }
            div .field {
                label for="jahis" { "QRコードの文字" }
                p .hint #jahis-hint { "薬局の説明書のQRコードを読み取った文字(JAHISTCで始まる)を、すべて続けて貼り付けます" }
                textarea #jahis form="sheet" name=(TEXT) rows="4" aria-describedby="jahis-hint" { (typed) }
            }
            button .button .outline form="sheet" name="do" value="jahis" { "処方の欄に加える" }
        }
    }
}

/// Adds the medicines of a pasted text to the list of the discharge, unless the text is of somebody else, and says what
/// was added, what was not understood and what else the notebook says.
pub fn take(inputs: &mut Inputs, text: &str, born: Option<Day>) -> Markup {
    let notebook = match read(text) {
        Ok(notebook) => notebook,
        Err(refused) => {
            inputs.set(TEXT, text);
            return notice(
                NoticeKind::Warn,
                "処方を加えていません",
                html! { p { (refused.0) } },
            );
        }
    };
    let theirs = notebook
        .patient
        .as_ref()
        .and_then(|patient| patient.birth_date);
    if let (Some(born), Some(theirs)) = (born, theirs)
        && born != theirs
    {
        return notice(
            NoticeKind::Warn,
            "別の人のお薬手帳かもしれません。加えていません",
            html! {
                p { "お薬手帳の生年月日は " (theirs.iso()) " です。入居者の生年月日と違います。" }
            },
        );
    }
    let rows = inputs.rows(LIST);
    let room = ROWS_MAX - rows.len().min(ROWS_MAX);
    let left_out = notebook.medicines.len().saturating_sub(room);
    let added: Vec<DischargeMedication> = notebook.medicines.iter().take(room).map(row).collect();
    let count = added.len();
    // Behind the rows that are there, of which nothing is read anew: what was typed stays as it was typed.
    let first = rows.iter().max().map_or(0, |last| last + 1);
    let mut list = Inputs::default();
    Rows::Some(added).write(&mut list, LIST);
    inputs.append(LIST, first, &list);
    told(&notebook, count, left_out, theirs.is_none())
}

/// A text cut to what the answer holds; what is cut is still in the notice.
fn text<T: Scalar>(words: &str, max: usize) -> Known<T> {
    let cut: String = words.chars().take(max).collect();
    match cut.is_empty() {
        true => Known::NotAsked,
        false => T::parse(&cut).map_or(Known::NotAsked, Known::Value),
    }
}

fn row(medicine: &Medicine) -> DischargeMedication {
    let form = medicine.form.map(|form| match form {
        Form::Oral | Form::OralDrops | Form::Decoction => MedicationForm::Oral,
        Form::AsNeeded => MedicationForm::AsNeeded,
        Form::Topical => MedicationForm::Topical,
        Form::Injection => MedicationForm::Injection,
        Form::Bath | Form::Material | Form::Other => MedicationForm::Other,
    });
    let is_days = medicine.quantity_unit.contains('日');
    let notes = medicine.notes.join("、");
    DischargeMedication {
        name: text(&medicine.name, 80),
        dose: text(&format!("{}{}", medicine.amount, medicine.unit), 40),
        timing: text(&medicine.usage, 40),
        form: form.map_or(Known::NotAsked, Known::Value),
        days: if is_days {
            text(&medicine.quantity, 3)
        } else {
            Known::NotAsked
        },
        left: if is_days {
            Known::NotAsked
        } else {
            text(
                &format!("{}{}", medicine.quantity, medicine.quantity_unit),
                20,
            )
        },
        reason: text(&notes, 60),
        ..DischargeMedication::default()
    }
}

fn told(notebook: &Notebook, count: usize, left_out: usize, nobody: bool) -> Markup {
    let kind = if notebook.issues.is_empty() && left_out == 0 && !nobody {
        NoticeKind::Info
    } else {
        NoticeKind::Warn
    };
    notice(
        kind,
        &format!("処方の欄に{count}件加えました。まだ保存していません"),
        html! {
            p { "飲み方と数を説明書と見比べてから保存してください。" }
            @if nobody { p { b { "お薬手帳に生年月日がありません。この方のものか確かめてください。" } } }
            @if left_out > 0 { p { b { "欄が足りず、" (left_out) "件は入っていません。" } } }
            @for words in &notebook.handling { p { b { "退院後の服薬: " } (words) } }
            @for (what, words) in notebook.remarks.iter().chain(&notebook.notes) { p { (what) ": " (words) } }
            @for name in &notebook.over_the_counter { p { "市販薬: " (name) } }
            @if !notebook.issues.is_empty() {
                details open[notebook.issues.len() < 6] {
                    summary { "読み取りで気になるところ " (notebook.issues.len()) "件" }
                    ul { @for issue in &notebook.issues { li { (issue.line) "行目" @if !issue.field.is_empty() { " " (issue.field) } ": " (issue.message) } } }
                }
            }
            @if !notebook.unknown.is_empty() {
                details { summary { "そのまま残した記録" } ul { @for (line, words) in &notebook.unknown { li { (line) "行目 " span .code { (words) } } } } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "JAHISTC08,1\n1,鈴木 太郎,1,S330303\n5,R080401,1\n201,1,アムロジピン錠5mg,1,錠\n301,1,朝食後,14,日分,1\n\
        201,2,ロキソニン錠60mg,1,錠\n281,2,胃薬と飲む,1\n301,2,痛い時,10,回分,3\n";

    fn born(text: &str) -> Option<Day> {
        Some(Day::parse(text).unwrap())
    }

    fn listed(inputs: &Inputs) -> Vec<DischargeMedication> {
        let mut reader = crate::domain::answer::Reader::new(inputs);
        let mut rows = Rows::<DischargeMedication>::default();
        rows.read(&mut reader, LIST);
        rows.rows().to_vec()
    }

    #[test]
    fn medicines_stand_behind_those_that_are_there() {
        let mut inputs = Inputs::from_pairs([
            (
                "discharge_medications.0.name".to_owned(),
                "ワーファリン錠1mg".to_owned(),
            ),
            (
                "discharge_medications.state".to_owned(),
                "present".to_owned(),
            ),
        ]);
        let told = take(&mut inputs, TEXT, born("1958-03-03")).into_string();
        assert!(told.contains("2件加えました"), "{told}");
        let rows = listed(&inputs);
        let line = |row: &DischargeMedication| {
            format!("{} {} {} {}", row.name, row.dose, row.timing, row.days)
        };
        assert_eq!(
            rows.iter().map(line).collect::<Vec<_>>(),
            [
                "ワーファリン錠1mg 未確認 未確認 未確認",
                "アムロジピン錠5mg 1錠 朝食後 14日分",
                "ロキソニン錠60mg 1錠 痛い時 未確認",
            ]
        );
        assert_eq!(rows[2].left.to_string(), "10回分");
        assert_eq!(rows[2].reason.to_string(), "胃薬と飲む");
    }

    #[test]
    fn s19_the_notebook_of_somebody_else_adds_nothing() {
        let mut inputs = Inputs::default();
        let told = take(&mut inputs, TEXT, born("1937-03-04")).into_string();
        assert!(told.contains("別の人のお薬手帳かもしれません"), "{told}");
        assert!(listed(&inputs).is_empty());
    }

    #[test]
    fn what_cannot_be_read_says_why_and_adds_nothing() {
        let mut inputs = Inputs::default();
        assert!(
            take(&mut inputs, "JAHIS10,1", None)
                .into_string()
                .contains("院外処方箋")
        );
        assert!(listed(&inputs).is_empty());
    }
}
