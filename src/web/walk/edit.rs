//! The edit page: one section of a form as inputs that work without JavaScript.

use maud::{Markup, html};

use super::control::Control;
use crate::domain::answer::{Field, Inputs, Kind, Problems};
use crate::domain::date::Day;
use crate::domain::form::{Form, Item, Level, Section, Source};
use crate::domain::record::Record;
use crate::domain::sheet::{Missing, progress};
use crate::web::icon::{Icon, icon};

/// The id of the form around the inputs; the buttons of [`nav`] stand outside it and belong to it.
pub const FORM_ID: &str = "sheet";

/// What was typed so far, and what is to be said about it.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    pub inputs: &'a Inputs,
    pub problems: &'a Problems,
    pub missing: &'a [Missing],
    /// For the age beside a date of birth.
    pub today: Day,
    /// The address of the photograph's thumbnail, if there is one.
    pub photo: Option<&'a str>,
    /// The input that has the focus when the page comes.
    pub focus: Option<&'a str>,
}

/// The inputs of one section: what crews need first in a box on top, the rest below.
///
/// Only answers of the record can be edited here; a form that places facts of the facility shows them elsewhere.
pub fn section(section: &Section, typed: &Typed<'_>) -> Markup {
    let mut seen = Vec::new();
    let (first, rest): (Vec<&Item>, Vec<&Item>) = section
        .items
        .iter()
        .filter(|item| matches!(item.source, Source::Record(_)))
        .filter(|item| {
            let fresh = !seen.contains(&item.source.key());
            seen.push(item.source.key());
            fresh
        })
        .partition(|item| item.level >= Level::Priority);
    html! {
        section id=(section.key) {
            h2 { (section.title) }
            p .hint { "わからない項目には「不明」と入力するか「不明」を選びます。空のままの項目は「未確認」になります。" }
            @if !first.is_empty() {
                div .priority {
                    p .priority-note { "救急隊が最初に見る項目です。" }
                    @for item in first { (item_control(item, typed)) }
                }
            }
            @for item in rest { (item_control(item, typed)) }
        }
    }
}

fn item_control(item: &Item, typed: &Typed<'_>) -> Markup {
    match item.source {
        Source::Record(field) => Control {
            key: field.key.to_owned(),
            label: &item.label,
            kind: field.kind,
            level: item.level,
            hint: item.hint.as_deref(),
            in_row: false,
            typed,
        }
        .show(),
        Source::Facility(_) | Source::Stay(_) | Source::Computed(_) => html! {},
    }
}

/// Inputs for fields outside a form: admitting a resident, the facility's own facts.
pub fn fields<'a>(
    fields: impl IntoIterator<Item = &'a Field>,
    required: &[&str],
    typed: &Typed<'_>,
) -> Markup {
    let level = |key: &str| match required.contains(&key) {
        true => Level::Required,
        false => Level::Optional,
    };
    html! {
        @for field in fields {
            (Control {
                key: field.key.to_owned(),
                label: field.label,
                kind: field.kind,
                level: level(field.key),
                hint: None,
                in_row: false,
                typed,
            }.show())
        }
    }
}

/// One input outside a form, with what is to be said beside it; in a row of others, a choice takes one line.
pub fn field(field: &Field, about: About<'_>, typed: &Typed<'_>) -> Markup {
    Control {
        key: field.key.to_owned(),
        label: field.label,
        kind: field.kind,
        level: match about.required {
            true => Level::Required,
            false => Level::Optional,
        },
        hint: about.hint,
        in_row: about.in_row,
        typed,
    }
    .show()
}

/// What [`field`] says of an input.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    pub required: bool,
    pub hint: Option<&'a str>,
    pub in_row: bool,
}

/// Where the sections of a form are edited.
#[derive(Clone, Copy, Debug)]
pub struct Pages<'a> {
    pub form: &'a Form,
    /// The address of the edit pages without a section: `/residents/ID/edit`.
    pub base: &'a str,
    /// The section on this page, if it is an edit page.
    pub current: Option<&'a str>,
}

impl Pages<'_> {
    /// The address of an input, on this page or another; `None` for a name that no section has.
    fn address(&self, key: &str) -> Option<String> {
        let section = section_of(self.form, key)?;
        Some(match self.current {
            Some(current) if current == section.key => format!("#{key}"),
            _ => format!("{}/{}#{key}", self.base, section.key),
        })
    }
}

fn section_of<'a>(form: &'a Form, key: &str) -> Option<&'a Section> {
    let field = key.split('.').next().unwrap_or(key);
    form.sections.iter().find(|section| {
        section
            .items
            .iter()
            .any(|item| item.source.key() == field && matches!(item.source, Source::Record(_)))
    })
}

/// What has to be put right before the sheet can be confirmed, each with a link to its input.
pub fn error_summary(problems: &Problems, inputs: &Inputs, pages: &Pages<'_>) -> Markup {
    summary(
        problems,
        |key| Some(words(key, inputs, Some(pages.form))),
        |key| pages.address(key),
    )
}

/// The same for [`fields`], whose inputs all stand on this page.
pub fn error_summary_here(problems: &Problems, inputs: &Inputs) -> Markup {
    summary(
        problems,
        |key| Some(words(key, inputs, None)),
        |key| Some(format!("#{key}")),
    )
}

/// The same for fields that are not the record's; what concerns none of `known` is said without a link.
pub fn error_summary_among(known: &[Field], problems: &Problems, inputs: &Inputs) -> Markup {
    let field = |key: &str| {
        let top = key.split('.').next().unwrap_or(key);
        known.iter().find(|field| field.key == top)
    };
    summary(
        problems,
        |key| field(key).map(|field| words_below(key, inputs, field.label, Some(field.kind))),
        |key| field(key).map(|_| format!("#{key}")),
    )
}

fn summary(
    problems: &Problems,
    words: impl Fn(&str) -> Option<String>,
    address: impl Fn(&str) -> Option<String>,
) -> Markup {
    let line = |key: &str, message: &str| match words(key) {
        Some(words) => format!("{words}: {message}"),
        None => message.to_owned(),
    };
    html! {
        @if !problems.is_empty() {
            div .notice .errors data-type="error" role="alert" tabindex="-1" {
                (icon(Icon::Stop))
                div {
                    h2 { (problems.len()) "か所を直してください" }
                    ul {
                        @for (key, message) in problems.iter() {
                            li {
                                @if let Some(address) = address(key) {
                                    a href=(address) { (line(key, message)) }
                                } @else {
                                    (line(key, message))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is missing; a warning that nobody has to heed (domain/forms.md §6.5).
pub fn missing_summary(missing: &[Missing], pages: &Pages<'_>) -> Markup {
    html! {
        @if !missing.is_empty() {
            div .notice data-type="warn" {
                (icon(Icon::Warn))
                div {
                    h2 { "足りない項目が" (missing.len()) "件あります" }
                    ul {
                        @for item in missing {
                            li {
                                @match pages.address(item.key) {
                                    Some(address) => a href=(address) { (item.message) },
                                    None => (item.message),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The words for a dotted key: `緊急連絡先 2番目 携帯電話`.
fn words(key: &str, inputs: &Inputs, form: Option<&Form>) -> String {
    let top = key.split('.').next().unwrap_or(key);
    let Some(source) = Source::find(top) else {
        return key.to_owned();
    };
    let placed = form.and_then(|form| form.items().find(|item| item.source.key() == top));
    let label = placed.map_or_else(|| source.label().to_owned(), |item| item.label.clone());
    let kind = match source {
        Source::Record(field) => Some(field.kind),
        _ => None,
    };
    words_below(key, inputs, &label, kind)
}

fn words_below(key: &str, inputs: &Inputs, label: &str, kind: Option<Kind>) -> String {
    let mut parts = key.split('.');
    let top = parts.next().unwrap_or(key);
    let mut words = label.to_owned();
    let mut known: &[Field] = match kind {
        Some(Kind::Rows(fields)) => fields,
        _ => &[],
    };
    for part in parts {
        let field = known.iter().find(|field| field.key == part);
        let word = match (part.parse::<usize>(), field) {
            (Ok(number), _) => {
                let place = inputs.rows(top).iter().position(|row| *row == number);
                format!("{}番目", place.unwrap_or(number).saturating_add(1))
            }
            (_, Some(field)) => {
                known = &[];
                field.label.to_owned()
            }
            _ => match part {
                "state" => "有無".to_owned(),
                "note" => "補足".to_owned(),
                "confirmed_on" => "「なし」を確認した日".to_owned(),
                other => other.to_owned(),
            },
        };
        words.push(' ');
        words.push_str(&word);
    }
    words
}

/// How far a section is, in a word and a shape.
struct Mark {
    code: &'static str,
    icon: Icon,
    word: &'static str,
    count: Option<(usize, usize)>,
}

impl Mark {
    fn of(section: &Section, record: &Record, problems: &Problems) -> Self {
        let mark = |code, icon, word, count| Self {
            code,
            icon,
            word,
            count,
        };
        let wrong = |item: &Item| problems.under(item.source.key());
        if section.items.iter().any(wrong) {
            return mark("error", Icon::Stop, "誤りあり", None);
        }
        let progress = progress(record, &section.items);
        let count = Some((progress.settled, progress.wanted));
        let answered = section.items.iter().any(|item| {
            record
                .get(item.source.key())
                .is_some_and(|(_, answer)| !answer.shown().is_not_asked())
        });
        match (progress.settled, progress.wanted) {
            (_, 0) if answered => mark("part", Icon::Half, "任意・記入あり", None),
            (_, 0) => mark("none", Icon::Ring, "任意", None),
            (settled, wanted) if settled == wanted => mark("done", Icon::Ok, "記入済み", count),
            (0, _) if !answered => mark("none", Icon::Ring, "未記入", count),
            _ => mark("part", Icon::Half, "一部記入", count),
        }
    }
}

/// The sections with how far each is. Going to another section is a button of the form ([`FORM_ID`], `do` =
/// `go:SECTION`), so that what was typed is kept on the way.
pub fn nav(form: &Form, record: &Record, problems: &Problems, current: &str) -> Markup {
    html! {
        nav .sections aria-label="項目" {
            h2 { "項目" }
            ol {
                @for section in &form.sections {
                    @let mark = Mark::of(section, record, problems);
                    li data-progress=(mark.code) {
                        button form=(FORM_ID) name="do" value={ "go:" (section.key) } formnovalidate
                            aria-current=[(section.key == current).then_some("step")] {
                            (icon(mark.icon))
                            span { (section.title) }
                            " "
                            span .done {
                                (mark.word)
                                @if let Some((settled, wanted)) = mark.count {
                                    " " span .number { (settled) "/" (wanted) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Buttons to the sections before and after, which keep what was typed.
pub fn previous_next(form: &Form, current: &str) -> Markup {
    let at = form
        .sections
        .iter()
        .position(|section| section.key == current);
    let previous = at
        .and_then(|at| at.checked_sub(1))
        .and_then(|at| form.sections.get(at));
    let next = at.and_then(|at| form.sections.get(at + 1));
    let go = |section: &Section, words: Markup| {
        html! {
            button .button .text name="do" value={ "go:" (section.key) } formnovalidate { (words) }
        }
    };
    html! {
        div .actions {
            @if let Some(section) = previous {
                (go(section, html! { "← 前の項目: " (section.title) }))
            }
            @if let Some(section) = next {
                (go(section, html! { "次の項目: " (section.title) " →" }))
            }
        }
    }
}
