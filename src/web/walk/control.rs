//! One answer as an input: what each kind needs to be typed, chosen and corrected.
//!
//! The id of every input is its name, which is its dotted key, so that a problem's link leads to it. What was typed is
//! shown again as it was typed, readable or not: a length is a hint and never cuts, and a choice that the list does
//! not have stays chosen until somebody changes it.

use maud::{Markup, html};

use super::edit::Typed;
use crate::domain::answer::{
    Choice, Field, Inputs, Kind, NOT_ASKED, ROWS_MAX, UNKNOWN, says_unknown,
};
use crate::domain::date::{Day, Era, PartialDay};
use crate::domain::form::Level;
use crate::domain::number::BloodPressure;
use crate::domain::phone::{Phone, Postcode};
use crate::domain::record::Record;
use crate::domain::text;
use crate::web::icon::{Icon, icon};

/// The most choices that are laid out side by side; with 未確認 and 不明 they are two more.
const RADIOS_MAX: usize = 4;

pub(super) struct Control<'a> {
    pub key: String,
    pub label: &'a str,
    pub kind: Kind,
    pub level: Level,
    pub hint: Option<&'a str>,
    /// Whether it stands in a row among others, where a choice takes one line and not several.
    pub in_row: bool,
    pub typed: &'a Typed<'a>,
}

impl Control<'_> {
    pub fn show(&self) -> Markup {
        match self.kind {
            Kind::Text { .. } | Kind::Name => self.line(&Line::text()),
            Kind::Lines { .. } => self.field(None, |notes| self.area(notes)),
            Kind::Kana => self.line(&Line::text().lang("ja-Hira")),
            Kind::Day => self.day(),
            Kind::PartialDay => self.line(&Line::text().hint("年だけ、年月だけでも入力できます")),
            Kind::Phone => self.line(&Line::text().input("tel", "tel").class("w-m")),
            Kind::Postcode => self.line(&Line::digits().class("w-s")),
            Kind::Digits { len } => {
                self.line(&Line::digits().class("w-m").hint(format!("{len}桁")))
            }
            Kind::Number { unit, .. } => {
                self.line(&Line::text().input("text", "decimal").unit(unit))
            }
            Kind::BloodPressure => self.line(&Line::text().class("w-s").unit("mmHg")),
            Kind::Choice(choices) if choices.len() <= RADIOS_MAX && !self.in_row => {
                self.radios(choices)
            }
            Kind::Choice(choices) => self.select(choices),
            Kind::Checks(choices) => self.checks(choices),
            Kind::Rows(fields) => self.rows(fields),
            Kind::Photo => self.photo(),
        }
    }

    fn raw(&self) -> &str {
        self.typed.inputs.get(&self.key)
    }

    fn under(&self, part: &str) -> String {
        format!("{}.{part}", self.key)
    }

    /// An answer that belongs to this one: the day of なし, the note beside boxes, a cell of a row.
    fn part<'b>(&'b self, part: &str, label: &'b str, kind: Kind) -> Control<'b> {
        Control {
            key: self.under(part),
            label,
            kind,
            level: Level::Optional,
            hint: None,
            in_row: self.in_row,
            typed: self.typed,
        }
    }

    fn words(&self) -> Markup {
        html! {
            (self.label)
            @if self.level == Level::Required { span .required { "必須" } }
            @if let Kind::Text { max } | Kind::Lines { max } = self.kind {
                span .limit { (max) "文字まで" }
            }
            @if self.is_wanted() {
                span .tag data-tone="warn" { (NOT_ASKED) }
            }
        }
    }

    /// Whether the form wants an answer and there is none at all.
    fn is_wanted(&self) -> bool {
        self.level >= Level::Priority
            && !self
                .typed
                .inputs
                .part(&self.key)
                .iter()
                .any(|(_, values)| values.iter().any(|value| !text::clean(value).is_empty()))
    }

    /// A label, what is to be said, and one input.
    fn field(&self, hint: Option<String>, input: impl FnOnce(&Notes) -> Markup) -> Markup {
        let mut notes = Notes::of(self, hint);
        notes.understood(self);
        html! {
            div .field .invalid[notes.invalid] {
                label for=(self.key) { (self.words()) }
                (notes.before)
                (input(&notes))
                (notes.after)
            }
        }
    }

    fn line(&self, line: &Line) -> Markup {
        self.field(line.hint.clone(), |notes| match line.unit {
            Some(unit) => html! {
                div .with-unit { (self.line_input(line, notes)) span id={ (self.key) "-unit" } { (unit) } }
            },
            None => self.line_input(line, notes),
        })
    }

    fn line_input(&self, line: &Line, notes: &Notes) -> Markup {
        // A browser takes line ends out of a one-line input; typed ones are kept until somebody removes them.
        if self.raw().contains(['\n', '\r']) {
            return self.area(notes);
        }
        let unit = line.unit.map(|_| format!("{}-unit", self.key));
        let described = notes.ids(unit);
        html! {
            input class=[line.class] id=(self.key) name=(self.key) type=(line.kind) inputmode=[line.mode]
                lang=[line.lang] value=(self.raw()) aria-describedby=[described]
                aria-invalid=[notes.invalid.then_some("true")]
                aria-required=[(self.level == Level::Required).then_some("true")]
                autofocus[self.typed.focus == Some(self.key.as_str())];
        }
    }

    fn area(&self, notes: &Notes) -> Markup {
        html! {
            textarea id=(self.key) name=(self.key) aria-describedby=[notes.ids(None)]
                aria-invalid=[notes.invalid.then_some("true")] {
                // A browser takes the first line end of a textarea for the page's own.
                "\n" (self.raw())
            }
        }
    }

    fn day(&self) -> Markup {
        let line = Line::text().class("w-m");
        self.field(None, |notes| {
            html! {
                div .date { (self.era()) (self.line_input(&line, notes)) }
            }
        })
    }

    fn era(&self) -> Markup {
        let key = self.under("era");
        let raw = self.typed.inputs.get(&key);
        let chosen = text::clean(raw).chars().next().and_then(Era::from_letter);
        html! {
            select id=(key) name=(key) aria-label={ (self.label) "の元号" } {
                option value="" { "元号" }
                @for era in Era::ALL.into_iter().rev() {
                    option value=(era.letter()) selected[chosen == Some(era)] { (era.name()) }
                }
                @if chosen.is_none() && !raw.is_empty() { option value=(raw) selected { (raw) } }
            }
        }
    }

    fn radios(&self, choices: &[Choice]) -> Markup {
        let notes = Notes::of(self, None);
        html! {
            fieldset .field .invalid[notes.invalid] id=(self.key) tabindex="-1" role="radiogroup"
                aria-describedby=[notes.ids(None)] aria-invalid=[notes.invalid.then_some("true")] {
                legend { (self.words()) }
                (notes.before)
                div .choices {
                    @for option in options(choices, self.raw()) { (option.radio(&self.key)) }
                }
                (notes.after)
            }
        }
    }

    fn select(&self, choices: &[Choice]) -> Markup {
        self.field(None, |notes| {
            html! {
                select id=(self.key) name=(self.key) aria-describedby=[notes.ids(None)]
                    aria-invalid=[notes.invalid.then_some("true")] {
                    @for option in options(choices, self.raw()) {
                        option value=(option.value) selected[option.chosen] { (option.label) }
                    }
                }
            }
        })
    }

    fn checks(&self, choices: &[Choice]) -> Markup {
        let notes = Notes::of(self, None);
        let typed = self.typed.inputs.all(&self.key);
        let listed = |value: &str| choices.iter().any(|choice| is_named(choice, value));
        let unknown =
            matches!(typed, [only] if says_unknown(&text::clean(only))) && self.stands_alone();
        let note = text::clean(self.typed.inputs.get(&self.under("note")));
        let filled = !note.is_empty() || typed.iter().any(|value| listed(&text::clean(value)));
        let stray = |value: &&String| {
            let value = text::clean(value);
            !value.is_empty() && !listed(&value)
        };
        html! {
            fieldset .field .invalid[notes.invalid] id=(self.key) tabindex="-1" aria-describedby=[notes.ids(None)] {
                legend { (self.words()) }
                (notes.before)
                (self.state(unknown, filled))
                div .checks role="group" aria-label={ (self.label) "の内容" } {
                    @for choice in choices {
                        (Choosable {
                            value: choice.code.to_owned(),
                            label: choice.label.to_owned(),
                            chosen: typed.iter().any(|value| is_named(choice, &text::clean(value))),
                        }.tick(&self.key))
                    }
                    @if !unknown {
                        @for value in typed.iter().filter(stray) {
                            (Choosable::stray(value).tick(&self.key))
                        }
                    }
                }
                (self.part("note", "補足", Kind::Text { max: 200 }).show())
                (notes.after)
            }
        }
    }

    /// Whether nothing else was said beside a word that stands for the whole list.
    fn stands_alone(&self) -> bool {
        self.typed.inputs.part(&self.key).iter().count() == 1
    }

    /// 未確認, 不明, なし and あり (safety.md S18).
    fn state(&self, unknown: bool, filled: bool) -> Markup {
        let key = self.under("state");
        let raw = self.typed.inputs.get(&key);
        let said = text::clean(raw);
        let said = match said.as_str() {
            _ if unknown => "unknown",
            "" if filled => "present",
            said => said,
        };
        // Beside something filled in, 未確認 is a contradiction and has to be said out loud; otherwise it is silence.
        let silent = if filled { "not_asked" } else { "" };
        let states = [
            (silent, NOT_ASKED, matches!(said, "" | "not_asked")),
            ("unknown", UNKNOWN, said == "unknown"),
            ("none", "なし", said == "none"),
            ("present", "あり", said == "present"),
        ];
        let stray = !states.iter().any(|(_, _, chosen)| *chosen);
        let control = self.part("state", self.label, self.kind);
        let notes = Notes::of(&control, None);
        html! {
            (notes.before)
            div .state {
                div .choices id=(key) tabindex="-1" role="radiogroup" aria-label={ (self.label) "の有無" }
                    aria-describedby=[notes.ids(None)] aria-invalid=[notes.invalid.then_some("true")] {
                    @for (value, label, chosen) in states {
                        @let value = if said == "not_asked" && label == NOT_ASKED { raw } else { value };
                        (Choosable { value: value.to_owned(), label: label.to_owned(), chosen }.radio(&key))
                    }
                    @if stray { (Choosable::stray(raw).radio(&key)) }
                }
                (self.part("confirmed_on", CONFIRMED_ON, Kind::Day).show())
            }
        }
    }

    fn rows(&self, fields: &'static [Field]) -> Markup {
        let inputs = self.typed.inputs;
        let notes = Notes::of(self, None);
        let numbers = inputs.rows(&self.key);
        let filled = self.has_rows(&numbers);
        let bare = text::clean(self.raw());
        let unknown = says_unknown(&bare) && self.stands_alone();
        html! {
            fieldset .rows id=(self.key) tabindex="-1" aria-describedby=[notes.ids(None)] {
                legend { (self.words()) }
                (notes.before)
                (self.state(unknown, filled))
                @if !unknown && !bare.is_empty() { (Choosable::stray(self.raw()).tick(&self.key)) }
                @if !numbers.is_empty() {
                    ol {
                        @for (at, number) in numbers.iter().enumerate() {
                            li { (self.row(fields, at, *number, numbers.len())) }
                        }
                    }
                }
                (notes.after)
                button .button .outline name="do" value={ "add:" (self.key) } formnovalidate
                    disabled[numbers.len() >= ROWS_MAX] {
                    "＋ 追加" span .visually-hidden { ": " (self.label) }
                }
            }
        }
    }

    /// Whether anything in the rows counts as an answer: by the record's own reading where the list is the record's,
    /// else whether anything was typed.
    fn has_rows(&self, numbers: &[usize]) -> bool {
        let mut rows = Inputs::default();
        for number in numbers {
            let row = self.under(&number.to_string());
            rows.replace(&row, self.typed.inputs.part(&row));
        }
        if Record::fields().any(|field| field.key == self.key) {
            let (record, problems) = Record::read(&rows);
            let is_answered = record
                .get(&self.key)
                .is_some_and(|(_, answer)| !answer.shown().is_not_asked());
            return is_answered || !problems.is_empty();
        }
        rows.iter()
            .filter(|(key, _)| !key.ends_with(".row"))
            .any(|(_, values)| values.iter().any(|value| !text::clean(value).is_empty()))
    }

    fn row(&self, fields: &'static [Field], at: usize, number: usize, count: usize) -> Markup {
        let key = self.under(&number.to_string());
        let place = format!("{}番目", at + 1);
        let name = self.row_name(fields, &key);
        let hidden = format!(": {} {place} {name}", self.label);
        let tool = |verb: &str, words: &str, disabled: bool| {
            html! {
                button .button .text .small name="do" value={ (verb) ":" (self.key) ":" (number) } formnovalidate
                    disabled[disabled] {
                    (words) span .visually-hidden { (hidden) }
                }
            }
        };
        html! {
            div .row-card .invalid[self.typed.problems.under(&key)] id=(key) tabindex="-1" role="group"
                aria-labelledby={ (key) "-name" } {
                div .row-head {
                    h3 id={ (key) "-name" } {
                        (place)
                        @if !name.is_empty() { ": " bdi { (name) } }
                    }
                    div .row-tools {
                        (tool("up", "↑ 上へ", at == 0))
                        (tool("down", "↓ 下へ", at + 1 == count))
                        (tool("remove", "削除", false))
                    }
                }
                // Keeps a row of which nothing was filled in.
                input type="hidden" name={ (key) ".row" } value="new";
                div .row-fields {
                    @for field in fields {
                        (self.cell(field, &key))
                    }
                }
            }
        }
    }

    fn cell(&self, field: &'static Field, row: &str) -> Markup {
        let control = Control {
            key: format!("{row}.{}", field.key),
            label: field.label,
            kind: field.kind,
            level: Level::Optional,
            hint: None,
            in_row: true,
            typed: self.typed,
        };
        let is_wide = match field.kind {
            Kind::Lines { .. } | Kind::Checks(_) | Kind::Rows(_) => true,
            Kind::Text { max } => max > 80,
            _ => false,
        };
        html! {
            @if is_wide { div .full { (control.show()) } } @else { (control.show()) }
        }
    }

    /// What a person calls the row: the first thing typed in it.
    fn row_name(&self, fields: &'static [Field], row: &str) -> String {
        let named = fields.iter().filter_map(|field| {
            let raw = text::clean(self.typed.inputs.get(&format!("{row}.{}", field.key)));
            let words = match field.kind {
                Kind::Text { .. } | Kind::Name => raw,
                Kind::Choice(choices) => choices
                    .iter()
                    .find(|choice| is_named(choice, &raw))
                    .map_or(raw, |choice| choice.label.to_owned()),
                _ => return None,
            };
            (!words.is_empty()).then_some(words)
        });
        let name = named.take(1).collect::<String>();
        match name.char_indices().nth(NAME_CHARS) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name,
        }
    }

    fn photo(&self) -> Markup {
        let notes = Notes::of(self, None);
        let has_one = !self.raw().is_empty();
        html! {
            fieldset .field .invalid[notes.invalid] id=(self.key) tabindex="-1" aria-describedby=[notes.ids(None)] {
                legend { (self.words()) }
                (notes.before)
                @if let Some(address) = self.typed.photo {
                    p { span .face { img src=(address) alt="登録してある顔写真"; } }
                } @else if has_one {
                    p { "登録済み" }
                }
                // A button of this form, so that what was typed is kept before the photograph's own form is sent.
                button .button .outline name="do" value="photo" formnovalidate {
                    @if has_one { "写真を替える" } @else { "写真を選ぶ" }
                }
                (notes.after)
            }
        }
    }
}

const CONFIRMED_ON: &str = "「なし」を確認した日";
/// The most characters of a row's name in its heading.
const NAME_CHARS: usize = 40;

/// How a one-line input looks and which keyboard it brings up.
struct Line {
    kind: &'static str,
    mode: Option<&'static str>,
    lang: Option<&'static str>,
    class: Option<&'static str>,
    unit: Option<&'static str>,
    hint: Option<String>,
}

impl Line {
    fn text() -> Self {
        Self {
            kind: "text",
            mode: None,
            lang: None,
            class: None,
            unit: None,
            hint: None,
        }
    }

    fn digits() -> Self {
        Self::text().input("text", "numeric")
    }

    fn input(mut self, kind: &'static str, mode: &'static str) -> Self {
        self.kind = kind;
        self.mode = Some(mode);
        self
    }

    fn lang(mut self, lang: &'static str) -> Self {
        self.lang = Some(lang);
        self
    }

    fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What is said around an input, and the ids by which it is described.
struct Notes {
    before: Markup,
    after: Markup,
    ids: Vec<String>,
    invalid: bool,
}

impl Notes {
    fn of(control: &Control<'_>, own_hint: Option<String>) -> Self {
        let key = &control.key;
        let error = control.typed.problems.at(key);
        let hints: Vec<&str> = control
            .hint
            .into_iter()
            .chain(own_hint.as_deref())
            .collect();
        // A value that could not be read also counts as missing; its error says more.
        let missing: Vec<&str> = control
            .typed
            .missing
            .iter()
            .filter(|item| item.key == *key && !control.is_wanted())
            .filter(|_| !control.typed.problems.under(key))
            .map(|item| item.message.as_str())
            .collect();
        let id = |name: &str| format!("{key}-{name}");
        let ids = [
            (!hints.is_empty()).then(|| id("hint")),
            error.map(|_| id("error")),
            (!missing.is_empty()).then(|| id("missing")),
        ];
        Self {
            before: html! {
                @if !hints.is_empty() { p .hint id=(id("hint")) { (hints.join("。")) } }
                @if let Some(error) = error {
                    p .error id=(id("error")) { (icon(Icon::Stop)) span { (error) } }
                }
            },
            after: html! {
                @if !missing.is_empty() {
                    p .after id=(id("missing")) {
                        @for message in &missing {
                            span .tag data-tone="warn" { (icon(Icon::Warn)) (message) } " "
                        }
                    }
                }
            },
            ids: ids.into_iter().flatten().collect(),
            invalid: error.is_some(),
        }
    }

    fn ids(&self, more: Option<String>) -> Option<String> {
        let ids: Vec<String> = self.ids.iter().cloned().chain(more).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Says how the typed text is read where that is not plain to see.
    fn understood(&mut self, control: &Control<'_>) {
        if self.invalid {
            return;
        }
        if let Some(words) = understood(control) {
            let id = format!("{}-read", control.key);
            self.after = html! { p .after id=(id) { (words) } (self.after) };
            self.ids.push(id);
        }
    }
}

/// How typed text is read, if that differs from what was typed.
fn understood(control: &Control<'_>) -> Option<String> {
    let typed = text::clean(control.raw());
    if says_unknown(&typed) && !matches!(control.kind, Kind::Choice(_)) {
        return (typed != UNKNOWN).then(|| format!("{UNKNOWN}として記録します"));
    }
    let words = match control.kind {
        Kind::Day => {
            let day = read_day(control, &typed)?;
            match control.key.ends_with("birth_date") {
                true => format!("{day} {}歳", day.age_on(control.typed.today)),
                false => day.to_string(),
            }
        }
        Kind::PartialDay => PartialDay::parse(&typed).ok()?.to_string(),
        Kind::Phone => Phone::parse(&typed).ok()?.to_string(),
        Kind::Postcode => Postcode::parse(&typed).ok()?.input(),
        Kind::BloodPressure => BloodPressure::parse(&typed).ok()?.input(),
        _ => return None,
    };
    (words != typed).then_some(words)
}

fn read_day(control: &Control<'_>, typed: &str) -> Option<Day> {
    let era = text::clean(control.typed.inputs.get(&control.under("era")));
    let era = era.chars().next().and_then(Era::from_letter);
    let with_era = || Day::parse_with_era(typed, era?).ok();
    Day::parse(typed).ok().or_else(with_era)
}

/// One thing that can be chosen on the page.
struct Choosable {
    value: String,
    label: String,
    chosen: bool,
}

impl Choosable {
    /// What was typed or imported and stands in no list.
    fn stray(raw: &str) -> Self {
        Self {
            value: raw.to_owned(),
            label: format!("「{raw}」(一覧にありません)"),
            chosen: true,
        }
    }

    fn radio(&self, name: &str) -> Markup {
        self.button("radio", name)
    }

    fn tick(&self, name: &str) -> Markup {
        self.button("checkbox", name)
    }

    fn button(&self, kind: &str, name: &str) -> Markup {
        html! {
            label .choice {
                input type=(kind) name=(name) value=(self.value) checked[self.chosen];
                span { (self.label) }
            }
        }
    }
}

/// A closed list with 未確認 before and 不明 behind, and with what was typed if the list does not have it.
fn options(choices: &[Choice], raw: &str) -> Vec<Choosable> {
    let typed = text::clean(raw);
    let option = |value: &str, label: &str, chosen: bool| Choosable {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen,
    };
    let unknown = says_unknown(&typed);
    let mut options = vec![option("", NOT_ASKED, typed.is_empty())];
    let listed = choices.iter().map(|choice| {
        let chosen = !unknown && is_named(choice, &typed);
        option(choice.code, choice.label, chosen)
    });
    options.extend(listed);
    options.push(option("unknown", UNKNOWN, unknown));
    if !options.iter().any(|option| option.chosen) {
        options.push(Choosable::stray(raw));
    }
    options
}

fn is_named(choice: &Choice, typed: &str) -> bool {
    choice.code == typed || choice.label == typed
}
