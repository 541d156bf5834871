//! What was said, as people read it: what, when, by whom with which role, and the words.

use maud::{Markup, html};

use crate::domain::answer::Kind as AnswerKind;
use crate::domain::directive::{Said, Statement};
use crate::domain::id::ResidentId;
use crate::domain::standing::mark;
use crate::web::{load, walk};

/// Everything that was said, the newest first.
pub fn timeline(id: &ResidentId, log: &[Said]) -> Markup {
    html! {
        ol .timeline reversed {
            @for said in log.iter().rev() {
                li id={ "said-" (said.seq) } data-new[said.seq == log.last().map_or(0, |last| last.seq)] {
                    h3 { (said.statement.kind().label()) }
                    p .small { (by(said)) (about(log, said)) }
                    (body(id, said))
                }
            }
        }
    }
}

/// When it was taken down, and by whom.
pub fn by(said: &Said) -> Markup {
    html! {
        time .number { (load::when(said.at)) } " " (said.by.name) "(" (said.by.role.label()) ")が記録"
    }
}

fn about(log: &[Said], said: &Said) -> Markup {
    let earlier = said
        .about
        .as_ref()
        .and_then(|about| log.iter().find(|earlier| earlier.id == *about));
    html! {
        @if let Some(earlier) = earlier {
            " ・ " a href={ "#said-" (earlier.seq) } { (load::when(earlier.at)) "の" (earlier.statement.kind().label()) "について" }
        }
    }
}

/// The words: orders are long and lie folded.
pub fn body(id: &ResidentId, said: &Said) -> Markup {
    let all = said.statement.walk();
    let walk: Vec<_> = all
        .into_iter()
        .filter(|(field, _)| !matches!(field.kind, AnswerKind::Photo))
        .collect();
    html! {
        @match &said.statement {
            Statement::Order(_) => details { summary { "指示書の全文" } (walk::read::answers(&walk)) },
            Statement::Scanned(scan) => {
                (walk::read::answers(&walk))
                @if let Some(original) = scan.original.value() { (original_link(id, original.as_str())) }
            }
            _ => (walk::read::answers(&walk)),
        }
    }
}

/// A link to the kept file, with the mark that also stands on paper.
pub fn original_link(id: &ResidentId, hash: &str) -> Markup {
    html! {
        p {
            a href={ (super::address(id)) "/original/" (hash) } { "署名された原本を開く" }
            " " span .code { "照合符号 " (mark(hash)) }
        }
    }
}
