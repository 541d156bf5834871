//! What was observed, what happened and how it went, as chips and numbers for one thumb.
//!
//! Nothing is filled in beforehand: an entry says only what its author adds, so that two people who note something at
//! once never take back each other's words. A number's buttons begin at what was measured last, or at what is usual.

use maud::{Markup, html};

use super::Typed;
use super::steps::Form;
use crate::domain::answer::{Choice, Field, Grouped, Inputs, Kind, Problems, UNMEASURABLE};
use crate::domain::record::Usual;
use crate::domain::transport::Event;
use crate::domain::transport::at_call::{AtCall, Observation, Review, Situation};
use crate::web::icon::{Icon, icon};
use crate::web::walk::edit;

/// One form of what is noted now.
pub struct Asking<'a> {
    fields: &'static [Field],
    event: Event,
    typed: Option<&'a Typed>,
}

impl<'a> Asking<'a> {
    fn of<T: Grouped>(event: Event, typed: &'a Typed) -> Self {
        Self {
            fields: T::FIELDS,
            event,
            typed: (typed.event == Some(event)).then_some(typed),
        }
    }

    fn inputs(&self) -> Inputs {
        self.typed
            .map(|typed| typed.inputs.clone())
            .unwrap_or_default()
    }

    fn problems(&self) -> Problems {
        self.typed
            .map(|typed| typed.problems.clone())
            .unwrap_or_default()
    }

    /// The card around the inputs; open when something has to be put right.
    fn card(&self, title: &str, form: &Form, hint: &str, inside: &Markup) -> Markup {
        let code = self.event.code();
        html! {
            section .card .asking id=(code) {
                details open[self.typed.is_some()] {
                    summary { h2 { (title) } }
                    p .hint { (hint) }
                    (edit::error_summary_among(self.fields, &self.problems(), &self.inputs()))
                    (form.around(code, &html! {
                        (inside)
                        div .actions { button .button name="do" value=(code) { "いまの時刻で記録する" } }
                    }))
                }
            }
        }
    }

    fn control(&self, field: &Field, start: Option<String>, beside: Option<String>) -> Markup {
        let (inputs, problems) = (self.inputs(), self.problems());
        let control = Control {
            field,
            typed: inputs.all(field.key),
            problem: problems.at(field.key),
            start,
            beside,
        };
        control.show()
    }
}

/// Consciousness, breathing and the rest, each time anew.
pub fn observation(at_call: &AtCall, usual: &Usual, form: &Form, typed: &Typed) -> Markup {
    let asking = Asking::of::<Observation>(Event::Observation, typed);
    let last = at_call
        .observations
        .last()
        .map(|(_, observation)| observation);
    let control = |field: &Field| {
        let baseline = usual_number(field.key, usual);
        let before = last.and_then(|last| measured(last, field.key));
        let words = [
            baseline.as_ref().map(|number| format!("普段 {number}")),
            before.as_ref().map(|number| format!("前回 {number}")),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        let beside = (!words.is_empty()).then(|| words.join("、"));
        asking.control(field, before.or(baseline), beside)
    };
    asking.card(
        "観察を記録する",
        form,
        "測ったもの、見たものだけで構いません。何度でも記録できます。",
        &html! { @for field in Observation::FIELDS { (control(field)) } },
    )
}

/// What happened; what is said later takes the place of what was said before.
pub fn situation(at_call: &AtCall, form: &Form, typed: &Typed) -> Markup {
    let asking = Asking::of::<Situation>(Event::Situation, typed);
    let known: Vec<_> = at_call.situation.answered().collect();
    asking.card(
        "起きたことを記録する",
        form,
        "分かるものだけで構いません。あとから足したり、書き直したりできます。",
        &html! {
            @if !known.is_empty() {
                dl .facts { @for (label, shown) in &known { div { dt { (label) } dd { (shown.line()) } } } }
            }
            @for field in Situation::FIELDS { (asking.control(field, None, None)) }
        },
    )
}

/// How it went, looked back at.
pub fn review(form: &Form, typed: &Typed) -> Markup {
    let asking = Asking::of::<Review>(Event::Review, typed);
    asking.card(
        "振り返りを書く",
        form,
        "施設の中だけの記録です。救急隊の画面には出ません。分かるものだけで構いません。",
        &html! { @for field in Review::FIELDS { (asking.control(field, None, None)) } },
    )
}

/// What a number's buttons begin with: the digits of what is usual.
fn usual_number(key: &str, usual: &Usual) -> Option<String> {
    let number = match key {
        "bp" => usual.usual_bp.value()?.to_string(),
        "pulse" => usual.usual_pulse.value()?.decimal().to_string(),
        "spo2" => usual.usual_spo2.value()?.decimal().to_string(),
        "temp" => usual.usual_temp.value()?.decimal().to_string(),
        _ => return None,
    };
    Some(number)
}

fn measured(observation: &Observation, key: &str) -> Option<String> {
    use crate::domain::answer::Group;
    let mut inputs = Inputs::default();
    let (field, answer) = observation.walk().find(|(field, _)| field.key == key)?;
    answer.write(&mut inputs, field.key);
    let written = inputs.get(field.key);
    written
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| written.to_owned())
}

struct Control<'a> {
    field: &'a Field,
    typed: &'a [String],
    problem: Option<&'a str>,
    /// What the buttons of a number begin with.
    start: Option<String>,
    beside: Option<String>,
}

impl Control<'_> {
    fn show(&self) -> Markup {
        match self.field.kind {
            Kind::Choice(choices) => self.chips(choices),
            Kind::Number { unit, min, max } => self.stepper(unit, min, max),
            Kind::BloodPressure => {
                self.measure(&html! { (self.input("text", "例 128/74")) span { "mmHg" } })
            }
            _ => html! {
                div .field .invalid[self.problem.is_some()] {
                    label for=(self.field.key) { (self.field.label) }
                    (self.error())
                    (self.input("text", ""))
                }
            },
        }
    }

    fn error(&self) -> Markup {
        html! {
            @if let Some(problem) = self.problem {
                p .error id={ (self.field.key) "-error" } { (icon(Icon::Stop)) span { (problem) } }
            }
        }
    }

    /// What was typed, without the box beside it.
    fn text(&self) -> &str {
        let text = self.typed.iter().find(|value| *value != "unmeasurable");
        text.map_or("", String::as_str)
    }

    fn input(&self, mode: &str, example: &str) -> Markup {
        html! {
            input id=(self.field.key) name=(self.field.key) value=(self.text()) inputmode=(mode) autocomplete="off"
                placeholder=[(!example.is_empty()).then_some(example)]
                aria-describedby=[self.problem.map(|_| format!("{}-error", self.field.key))]
                aria-invalid=[self.problem.map(|_| "true")];
        }
    }

    fn chips(&self, choices: &[Choice]) -> Markup {
        let typed = self.text();
        let chosen = |code: &str| typed == code;
        html! {
            fieldset .field .invalid[self.problem.is_some()] id=(self.field.key) tabindex="-1" {
                legend { (self.field.label) }
                (self.error())
                div .choices {
                    (chip(self.field.key, "", "記録しない", typed.is_empty()))
                    @for choice in choices { (chip(self.field.key, choice.code, choice.label, chosen(choice.code))) }
                    @if !typed.is_empty() && !choices.iter().any(|choice| chosen(choice.code)) {
                        (chip(self.field.key, typed, typed, true))
                    }
                }
            }
        }
    }

    /// A number with buttons for less and more, which a script shows: without it the number is typed.
    fn stepper(&self, unit: &str, min: i32, max: i32) -> Markup {
        let (first, by) = steps(self.field.key);
        let step = |sign: &str, words: &str| {
            html! {
                button .button .outline .step type="button" data-for=(self.field.key) hidden
                    data-step={ @if sign == "−" { "-" } (by) }
                    aria-label={ (self.field.label) (words) } { (sign) }
            }
        };
        let start = self.start.as_deref().unwrap_or(first);
        self.measure(&html! {
            (step("−", "を減らす"))
            span .stepped data-start=(start) data-min={ (min / 10) } data-max={ (max / 10) } {
                (self.input("decimal", ""))
            }
            (step("＋", "を増やす"))
            span { (unit) }
        })
    }

    fn measure(&self, input: &Markup) -> Markup {
        let key = self.field.key;
        // Not everything that has a unit can also be tried in vain: how much oxygen flows is set, not measured.
        let may_fail = key != "oxygen";
        html! {
            div .field .measure .invalid[self.problem.is_some()] {
                label for=(key) {
                    (self.field.label)
                    @if let Some(beside) = &self.beside { " " span .small .muted { (beside) } }
                }
                (self.error())
                div .stepper {
                    (input)
                    @if may_fail {
                        label .choice {
                            input type="checkbox" name=(key) value="unmeasurable"
                                checked[self.typed.iter().any(|value| value == "unmeasurable")];
                            span { (UNMEASURABLE) span .visually-hidden { ": " (self.field.label) } }
                        }
                    }
                }
            }
        }
    }
}

/// Where the buttons of a number begin when nothing is known of this person, and how far one press goes.
fn steps(key: &str) -> (&'static str, &'static str) {
    match key {
        "pulse" => ("80", "1"),
        "spo2" => ("95", "1"),
        "resp_rate" => ("16", "1"),
        "temp" => ("36.5", "0.1"),
        "glucose" => ("100", "5"),
        _ => ("0", "0.5"),
    }
}

fn chip(name: &str, value: &str, label: &str, chosen: bool) -> Markup {
    html! {
        label .choice {
            input type="radio" name=(name) value=(value) checked[chosen];
            span { (label) }
        }
    }
}
