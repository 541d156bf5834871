//! Each order: how far it came, what the next step is, and who may do it.

use maud::{Markup, html};

use super::{Desk, address, history};
use crate::domain::directive::rules::missing;
use crate::domain::directive::state::{OrderState, State};
use crate::domain::directive::{Kind, SignaturePurpose, Statement};
use crate::domain::permit::ActionKind;
use crate::domain::standing::{Reason, StandingKind};
use crate::web::page::Page;
use crate::web::walk;

/// How far an order came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Draft,
    /// Put before the physician; an older signature may still hold meanwhile.
    AwaitingPhysician {
        holds: bool,
    },
    /// A scan waits for its second person.
    AwaitingComparison {
        holds: bool,
    },
    Holds,
    /// Something was said against it.
    Stopped,
    /// Another order was put before the physician.
    Replaced,
    /// Signed, and yet without effect: past a date, or it lacks something.
    Lapsed,
}

impl Stage {
    pub fn of(
        order: &OrderState<'_>,
        state: &State<'_>,
        desk_kind: StandingKind,
        by_order: bool,
    ) -> Self {
        let rules = state
            .ruling()
            .is_some_and(|ruling| ruling.said.id == order.said.id);
        let signed = order.activation.is_some() && order.against.is_empty();
        let holds = rules
            && signed
            && (desk_kind == StandingKind::OrderOnFile
                || (desk_kind == StandingKind::FullCpr && by_order));
        let replaced = |against: &&crate::domain::directive::Said| {
            matches!(against.statement, Statement::Submitted(_))
        };
        if order.scan.is_some() {
            Self::AwaitingComparison { holds }
        } else if order.request().is_some() {
            Self::AwaitingPhysician { holds }
        } else if order.submitted.is_none() && order.activation.is_none() {
            Self::Draft
        } else if order.against.iter().any(replaced) && !rules {
            Self::Replaced
        } else if !order.against.is_empty() {
            Self::Stopped
        } else if holds {
            Self::Holds
        } else {
            Self::Lapsed
        }
    }

    /// Word and tone of the tag.
    fn tag(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("下書き(効力なし)", "off"),
            Self::AwaitingPhysician { holds: true } => ("署名あり・再確認を依頼中", "key"),
            Self::AwaitingPhysician { holds: false } => ("医師の署名待ち(効力なし)", "warn"),
            Self::AwaitingComparison { holds: true } => ("署名あり・原本の照合待ち", "key"),
            Self::AwaitingComparison { holds: false } => ("原本の照合待ち(効力なし)", "warn"),
            Self::Holds => ("医師の署名あり", "key"),
            Self::Stopped => ("停止中(効力なし)", "bad"),
            Self::Replaced => ("別の指示書に替わりました(効力なし)", "off"),
            Self::Lapsed => ("無効", "bad"),
        }
    }
}

/// The order that counts first, then the others, the newest first.
pub fn cards(page: &Page, desk: &Desk, state: &State<'_>) -> Markup {
    let ruling = state.ruling().map(|order| &order.said.id);
    let (first, rest): (Vec<_>, Vec<_>) = state
        .orders
        .iter()
        .rev()
        .partition(|order| Some(&order.said.id) == ruling);
    let (live, old): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|order| !matches!(stage(desk, state, order), Stage::Replaced));
    html! {
        @for order in first.iter().chain(&live) { (card(page, desk, state, order)) }
        @if !old.is_empty() {
            details {
                summary { "前の指示書 " (old.len()) "件" }
                div .stack-v { @for order in &old { (card(page, desk, state, order)) } }
            }
        }
    }
}

pub fn stage(desk: &Desk, state: &State<'_>, order: &OrderState<'_>) -> Stage {
    let standing = &desk.loaded.view.standing;
    let by_order = standing
        .reasons()
        .iter()
        .any(|reason| matches!(reason, Reason::OrderIsFullTreatment { .. }));
    Stage::of(order, state, standing.kind(), by_order)
}

fn card(page: &Page, desk: &Desk, state: &State<'_>, order: &OrderState<'_>) -> Markup {
    let stage = stage(desk, state, order);
    let (word, tone) = stage.tag();
    let body = order.order;
    html! {
        section .card .task id={ "order-" (order.said.seq) } {
            div .card-head {
                h2 { "医師の指示書" }
                span .tag data-tone=(tone) { (word) }
            }
            dl .facts {
                div { dt { "心停止のときの指示" } dd { (body.cpr_instruction) } }
                div { dt { "医師" } dd { (body.physician_name) "(" (body.institution) ")" } }
                @if let Some(activation) = &order.activation {
                    div { dt { "署名日" } dd .number { (activation.signed_on) } }
                    div { dt { "次回確認日" } dd .number { (activation.review_due_on) } }
                }
                div { dt { "有効期限" } dd .number { (body.expires_on) } }
                @if let Some((said, result)) = order.phone_test {
                    div { dt { "電話の確認" } dd { (crate::domain::date::Day::of(said.at)) " " (crate::domain::answer::Coded::choice(result).label) } }
                }
            }
            (next(page, desk, order, stage))
            details {
                summary { "指示書の全文" }
                (walk::read::answers(&order.said.statement.walk()))
                p .small { (history::by(order.said)) }
            }
        }
    }
}

/// What the next step is and who may do it, with the button for whoever may.
fn next(page: &Page, desk: &Desk, order: &OrderState<'_>, stage: Stage) -> Markup {
    let base = address(desk.id());
    let number = order.said.seq;
    let records = page.may(ActionKind::RecordDirective) && desk.lives_in();
    let signs = page.may(ActionKind::SignOrder) && desk.lives_in();
    let step =
        |path: String, words: &str, class: &str| html! { a class=(class) href=(path) { (words) } };
    let main = "button";
    let other = "button outline";
    let lacks = missing(order.order, desk.limits, desk.today);
    let submit = match order.purpose() {
        SignaturePurpose::Activate => "医師へ提出する",
        SignaturePurpose::Resume => "再開を医師へ依頼する",
        SignaturePurpose::Review => "再確認を医師へ依頼する",
    };
    let rewrite = || {
        step(
            format!("{base}/say/{}?from={number}", Kind::Order.code()),
            "書き直す",
            other,
        )
    };
    let phone = || {
        step(
            format!("{base}/{number}/{}", Kind::PhoneTested.code()),
            "医師の電話を確かめた",
            other,
        )
    };
    html! {
        @match stage {
            Stage::Draft => {
                @if lacks.is_empty() {
                    p .next { "次: 看護職か管理者が医師へ提出します。" }
                } @else {
                    p .next { "次: 足りない" (lacks.len()) "項目を書き足してから、看護職か管理者が医師へ提出します。" }
                    ul .plain-list { @for (_, message) in lacks.iter() { li { (message) } } }
                }
                @if records {
                    div .actions {
                        @if lacks.is_empty() { (step(format!("{base}/{number}/{}", Kind::Submitted.code()), submit, main)) }
                        (rewrite())
                    }
                }
            }
            Stage::AwaitingPhysician { .. } => {
                p .next {
                    "次: 医師本人がこの画面で署名します。または、紙に署名された原本を看護職か管理者が登録し、別の1人が見比べます。"
                }
                @if let Some(request) = order.request() { p .small { "提出: " (history::by(request)) } }
                @if signs {
                    div .actions { (step(format!("{base}/{number}/sign"), "内容を読んで署名する", main)) }
                }
                @if records {
                    div .actions {
                        (step(format!("{base}/{number}/scan"), "署名された原本を登録する", main))
                        (phone()) (rewrite())
                    }
                }
            }
            Stage::AwaitingComparison { .. } => {
                @if let Some(scan) = order.scan {
                    p .next { "次: " (scan.by.name) " さん以外の看護職か管理者が、原本と指示書を見比べます。" }
                    @if records && scan.by.staff != page.actor.staff {
                        div .actions { (step(format!("{base}/{}/compare", scan.seq), "原本と見比べる", main)) }
                    } @else if records {
                        p { "あなたが登録したので、あなたは照合できません。別の看護職か管理者に頼んでください。" }
                    }
                }
            }
            Stage::Holds => {
                p .next { "次: 次回確認日までに、看護職か管理者が再確認を依頼し、医師が署名します。" }
                @if records {
                    div .actions {
                        (step(format!("{base}/{number}/{}", Kind::Submitted.code()), submit, main))
                        (phone()) (rewrite())
                    }
                }
            }
            Stage::Stopped | Stage::Lapsed => {
                @if lacks.is_empty() {
                    p .next { "次: 理由を話し合って解消し、看護職か管理者が医師へ依頼します。医師が署名するまで心肺蘇生を行います。" }
                } @else {
                    p .next { "次: このままでは医師へ依頼できません。内容を書き直してください。" }
                    ul .plain-list { @for (_, message) in lacks.iter() { li { (message) } } }
                }
                @if records {
                    div .actions {
                        @if lacks.is_empty() { (step(format!("{base}/{number}/{}", Kind::Submitted.code()), submit, main)) }
                        (phone()) (rewrite())
                    }
                }
            }
            Stage::Replaced => { p .next { "この指示書は使われません。" } }
        }
    }
}
