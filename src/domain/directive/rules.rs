//! Which statement may follow which (the transition table of domain/emergency.md §2.6).
//!
//! Raising protection is always possible and asks for nothing. Lowering it needs a complete order, a request by one
//! person, and the physician's own act, or a scan of the signed original by one person and its comparison by another.

use super::state::{Open, OrderState, State};
use super::{
    Inference, Kind, Order, PhoneTested, Said, Scan, SignatureAct, SignaturePurpose, Speaker,
    Statement, Talk, Wish,
};
use crate::domain::answer::{Known, Problems, Rows, Scalar, YesNo};
use crate::domain::date::Day;
use crate::domain::id::StatementId;
use crate::domain::permit::Role;
use crate::domain::record::FacilityFacts;
use crate::domain::withhold::order_to_withhold;

/// How long an order holds at most. A facility can only shorten these (domain/emergency.md §2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the next review.
    pub review_months: i32,
    /// The same in the last phase of life (看取り期).
    pub end_of_life_review_months: i32,
    /// From the day on which the order takes effect.
    pub expiry_months: i32,
    /// After the day of review.
    pub grace_days: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            review_months: 6,
            end_of_life_review_months: 3,
            expiry_months: 12,
            grace_days: 30,
        }
    }
}

impl Limits {
    /// The shortest that a facility can set.
    pub const SHORTEST: Self = Self {
        review_months: 1,
        end_of_life_review_months: 1,
        expiry_months: 1,
        grace_days: 0,
    };

    pub fn of(facility: &FacilityFacts) -> Self {
        fn whole(text: Option<String>) -> Option<i32> {
            text?.parse().ok()
        }
        let longest = Self::default();
        let shorter = |set: Option<i32>, longest: i32| set.map_or(longest, |set| set.min(longest));
        Self {
            review_months: shorter(
                whole(facility.directive_review_months.value().map(Scalar::input)),
                longest.review_months,
            ),
            end_of_life_review_months: shorter(
                whole(
                    facility
                        .directive_end_of_life_review_months
                        .value()
                        .map(Scalar::input),
                ),
                longest.end_of_life_review_months,
            ),
            expiry_months: shorter(
                whole(facility.directive_expiry_months.value().map(Scalar::input)),
                longest.expiry_months,
            ),
            grace_days: whole(facility.directive_grace_days.value().map(Scalar::input))
                .map_or(longest.grace_days, |set| {
                    i64::from(set).min(longest.grace_days)
                }),
        }
    }

    /// The last day of review for an order signed on `signed_on`.
    pub fn review_by(self, order: &Order, signed_on: Day) -> Day {
        let months = if order.end_of_life_phase.is(&YesNo::Yes) {
            self.review_months.min(self.end_of_life_review_months)
        } else {
            self.review_months
        };
        signed_on.plus_months(months)
    }

    /// The last day of an order that takes effect on `effective_from`.
    pub fn expires_by(self, effective_from: Day) -> Day {
        effective_from.plus_months(self.expiry_months)
    }
}

/// Whether `statement` may be said now by `speaker`.
///
/// # Errors
/// Every reason why not, at the field it concerns, or at `about` when it concerns what came before.
pub fn may_follow(
    state: &State<'_>,
    about: Option<&StatementId>,
    statement: &Statement,
    speaker: &Speaker,
    limits: Limits,
    today: Day,
) -> Result<(), Problems> {
    let mut check = Check {
        state,
        about,
        speaker,
        limits,
        today,
        problems: Problems::default(),
    };
    match statement {
        Statement::Wish(wish) => check.wish(wish),
        Statement::Inference(inference) => check.inference(inference),
        Statement::Talk(talk) => check.talk(talk),
        Statement::Order(order) => check.order(order),
        Statement::Submitted(_) => check.submitted(),
        Statement::Signed(act) => check.signed(act, SignaturePurpose::Activate),
        Statement::Resumed(act) => check.signed(act, SignaturePurpose::Resume),
        Statement::Reviewed(act) => check.signed(act, SignaturePurpose::Review),
        Statement::Scanned(scan) => check.scanned(scan),
        Statement::Verified(verification) => check.verified(&verification.compared),
        Statement::Suspended(suspension) => {
            check.answered("reason", &suspension.reason, "理由を選んでください")
        }
        Statement::Revoked(revocation) => {
            check.answered(
                "revoked_by",
                &revocation.revoked_by,
                "だれが撤回したかを選んでください",
            );
        }
        Statement::ObjectionRaised(_) => {}
        Statement::ObjectionSettled(settlement) => {
            check.answered(
                "words",
                &settlement.words,
                "どう話し合われたかを入力してください",
            );
            let open = check
                .state
                .objections
                .iter()
                .any(|open| Some(&open.id) == check.about);
            check.refuse(!open, "about", "この異議は開いていません");
        }
        Statement::PhoneTested(test) => {
            check.answered("number", &test.number, "かけた番号を選んでください");
            check.answered("result", &test.result, "結果を選んでください");
            let order = check.order_about();
            let backup = order.is_some_and(|order| order.order.phone_backup.value().is_none());
            check.refuse(
                backup && test.number.is(&PhoneTested::Backup),
                "number",
                "この指示書には、つながらないときの電話がありません",
            );
        }
        // Said by leaving and death alone.
        Statement::Closed(_) => {}
    }
    let takes_no_about = matches!(
        statement.kind(),
        Kind::Wish
            | Kind::Inference
            | Kind::Talk
            | Kind::Order
            | Kind::Suspended
            | Kind::Revoked
            | Kind::ObjectionRaised
            | Kind::Closed
    );
    check.refuse(
        takes_no_about && about.is_some(),
        "about",
        "この記録は、ほかの記録を指すことができません",
    );
    if check.problems.is_empty() {
        Ok(())
    } else {
        Err(check.problems)
    }
}

/// What an order still lacks before it can be put before the physician (safety.md S10).
pub fn missing(order: &Order, limits: Limits, today: Day) -> Problems {
    let mut problems = Problems::default();
    let required: [(&str, bool, &str); 14] = [
        (
            "cpr_instruction",
            order.cpr_instruction.value().is_some(),
            "心停止のときの指示を選んでください",
        ),
        (
            "basis_disease",
            filled(&order.basis_disease),
            "もとになる病気を入力してください",
        ),
        (
            "expected_event",
            filled(&order.expected_event),
            "想定された状態を入力してください",
        ),
        (
            "irreversible",
            order.irreversible.value().is_some(),
            "回復の見込みがない状態かどうかを選んでください",
        ),
        (
            "person_wish_basis",
            order.person_wish_basis != Known::NotAsked,
            "本人の意思をどう確かめたかを選んでください",
        ),
        (
            "dissent",
            !matches!(order.dissent, Rows::NotAsked),
            "反対した人がいるかどうかを答えてください",
        ),
        (
            "discussed_on",
            order.discussed_on.value().is_some(),
            "話し合った日を入力してください",
        ),
        (
            "physician_name",
            order.physician_name.value().is_some(),
            "医師の氏名を入力してください",
        ),
        (
            "institution",
            filled(&order.institution),
            "医療機関を入力してください",
        ),
        (
            "phone_24h",
            order.phone_24h.value().is_some(),
            "医師が24時間出る電話を入力してください",
        ),
        (
            "phone_tested_on",
            order.phone_tested_on.value().is_some(),
            "24時間電話にかけて、つながった日を入力してください",
        ),
        (
            "original_location",
            filled(&order.original_location),
            "原本の場所を入力してください",
        ),
        (
            "effective_from",
            order.effective_from.value().is_some(),
            "有効になる日を入力してください",
        ),
        (
            "expires_on",
            order.expires_on.value().is_some(),
            "有効期限を入力してください",
        ),
    ];
    for (key, there, message) in required {
        if !there {
            problems.add(key, message);
        }
    }
    problems.extend(unreachable_phones(order));
    problems.extend(orders_to_withhold(order));
    let mut refuse = |wrong: bool, key: &str, message: String| {
        if wrong {
            problems.add(key, message);
        }
    };
    for (key, day) in [
        ("discussed_on", &order.discussed_on),
        ("phone_tested_on", &order.phone_tested_on),
    ] {
        let future = day.value().is_some_and(|day| *day > today);
        refuse(future, key, "まだ来ていない日です".to_owned());
    }
    if let (Some(from), Some(until)) = (order.effective_from.value(), order.expires_on.value()) {
        let latest = limits.expires_by(*from);
        refuse(
            until < from,
            "expires_on",
            "有効になる日より前です".to_owned(),
        );
        refuse(
            *until > latest,
            "expires_on",
            format!("有効期限は{latest}までです({}か月)", limits.expiry_months),
        );
        refuse(
            *until < today,
            "expires_on",
            "有効期限がもう過ぎています".to_owned(),
        );
    }
    problems
}

/// Numbers that were typed and on which no physician can be called (safety.md S10).
fn unreachable_phones(order: &Order) -> Problems {
    let mut problems = Problems::default();
    for (key, phone) in [
        ("phone_24h", &order.phone_24h),
        ("phone_backup", &order.phone_backup),
    ] {
        if let (Some(typed), None) = (phone.value(), phone.reachable()) {
            let message = format!(
                "「{typed}」では医師につながりません。119・110・#7119などではなく、医師か訪問看護が出る番号を市外局番から入力してください"
            );
            problems.add(key, message);
        }
    }
    problems
}

/// Words in an order that a crew would read as an order to do nothing (safety.md S2).
fn orders_to_withhold(order: &Order) -> Problems {
    let mut problems = Problems::default();
    for (key, words) in [
        ("scope", order.scope.to_string()),
        ("basis_disease", order.basis_disease.to_string()),
        ("expected_event", order.expected_event.to_string()),
        (
            "call_physician_first",
            order.call_physician_first.to_string(),
        ),
        ("institution", order.institution.to_string()),
        ("phone_backup_of", order.phone_backup_of.to_string()),
        ("original_location", order.original_location.to_string()),
    ] {
        if let Some(found) = order_to_withhold(&words) {
            let message = format!(
                "「{found}」のような指示は書けません。心停止のときのことは「指示」で選び、ここには起きうることを書いてください"
            );
            problems.add(key, message);
        }
    }
    problems
}

fn filled<T: Scalar>(answer: &Known<T>) -> bool {
    answer
        .value()
        .is_some_and(|value| !value.input().trim().is_empty())
}

struct Check<'a, 'log> {
    state: &'a State<'log>,
    about: Option<&'a StatementId>,
    speaker: &'a Speaker,
    limits: Limits,
    today: Day,
    problems: Problems,
}

impl<'a, 'log> Check<'a, 'log> {
    fn refuse(&mut self, wrong: bool, key: &str, message: &str) {
        if wrong {
            self.problems.add(key, message);
        }
    }

    fn answered<T: Scalar>(&mut self, key: &str, answer: &Known<T>, message: &str) {
        self.refuse(answer.value().is_none(), key, message);
    }

    fn past(&mut self, key: &str, day: &Known<Day>, message: &str) {
        self.answered(key, day, message);
        let future = day.value().is_some_and(|day| *day > self.today);
        self.refuse(future, key, "まだ来ていない日です");
    }

    fn wish(&mut self, wish: &Wish) {
        self.past(
            "stated_on",
            &wish.stated_on,
            "話した日・書いた日を入力してください",
        );
        let silent = !filled(&wish.words) && !filled(&wish.document_location);
        self.refuse(
            silent,
            "words",
            "本人の言葉か、書面の保管場所を入力してください",
        );
        let treatments = Statement::Wish(Box::new(wish.clone()));
        let says_something = treatments.walk().iter().any(|(field, answer)| {
            (field.key == "cpr" || is_treatment(field.key)) && answer.shown().is_settled()
        });
        self.refuse(
            !says_something,
            "cpr",
            "心肺蘇生か、そのほかの治療の希望を選んでください",
        );
    }

    fn inference(&mut self, inference: &Inference) {
        self.answered(
            "cpr",
            &inference.cpr,
            "心肺蘇生についての推定を選んでください",
        );
        self.answered(
            "inferred_by",
            &inference.inferred_by,
            "推定した人の氏名を入力してください",
        );
        self.answered(
            "relationship",
            &inference.relationship,
            "続柄を選んでください",
        );
        self.answered(
            "why_person_cannot",
            &inference.why_person_cannot,
            "本人が話せない理由を入力してください",
        );
        self.past(
            "stated_on",
            &inference.stated_on,
            "話した日を入力してください",
        );
    }

    fn talk(&mut self, talk: &Talk) {
        self.past("held_on", &talk.held_on, "話し合った日を入力してください");
        self.answered(
            "words",
            &talk.words,
            "本人の言葉か話した内容を入力してください",
        );
    }

    /// A draft may be incomplete; submitting asks for the rest. What can never do is refused at once.
    fn order(&mut self, order: &Order) {
        self.problems.extend(unreachable_phones(order));
        self.problems.extend(orders_to_withhold(order));
        self.answered(
            "cpr_instruction",
            &order.cpr_instruction,
            "心停止のときの指示を選んでください",
        );
    }

    fn order_about(&mut self) -> Option<&'a OrderState<'log>> {
        let state = self.state;
        let found = self.about.and_then(|id| state.order(id));
        if found.is_none() {
            self.problems.add(
                "about",
                "この指示書は今は使われていません(撤回されたか、指示書ではありません)",
            );
        }
        found
    }

    fn submitted(&mut self) {
        if let Some(order) = self.order_about() {
            self.problems
                .extend(missing(order.order, self.limits, self.today));
            self.refuse(
                order.request().is_some(),
                "about",
                "もう医師へ提出されています",
            );
        }
    }

    /// What both ways of signing ask for.
    fn signature(
        &mut self,
        signed_on: &Known<Day>,
        review_due_on: &Known<Day>,
        purpose: SignaturePurpose,
    ) {
        self.past("signed_on", signed_on, "署名日を入力してください");
        self.answered(
            "review_due_on",
            review_due_on,
            "次回確認日を入力してください",
        );
        let Some(order) = self.order_about() else {
            return;
        };
        self.problems
            .extend(missing(order.order, self.limits, self.today));
        self.refuse(
            order.purpose() != purpose,
            "about",
            "この指示書の今の状態に合わない署名です。画面を開き直してください",
        );
        self.refuse(
            order.request().is_none(),
            "about",
            "医師へ提出されていません。職員が内容を確かめて提出すると署名できます",
        );
        let open = match self.state.open_against(self.about) {
            None => None,
            Some(Open::Objection) => {
                Some("異議が解消していません。解消を記録してから署名してください")
            }
            Some(Open::Contradiction) => Some(
                "心肺蘇生を望むという記録と食い違っています。今の意思を記録してから署名してください",
            ),
            Some(Open::DeadPhone) => Some(
                "24時間電話が使われていません。つながることを確かめるか、新しい番号の指示書を作ってください",
            ),
        };
        self.refuse(open.is_some(), "about", open.unwrap_or_default());
        if let (Some(signed_on), Some(due)) = (signed_on.value(), review_due_on.value()) {
            let latest = self.limits.review_by(order.order, *signed_on);
            self.refuse(
                *due <= *signed_on,
                "review_due_on",
                "署名日より後の日にしてください",
            );
            self.refuse(
                *due > latest,
                "review_due_on",
                &format!("次回確認日は{latest}までです"),
            );
        }
    }

    /// Nobody signs before it was talked about.
    fn after_the_talk(&mut self, signed_on: &Known<Day>) {
        let order = self.about.and_then(|id| self.state.order(id));
        let talked = order.and_then(|order| order.order.discussed_on.value());
        if let (Some(talked), Some(signed)) = (talked, signed_on.value()) {
            self.refuse(
                signed < talked,
                "signed_on",
                &format!("話し合った日({talked})より前です。どちらかの日付を確かめてください"),
            );
        }
    }

    fn signed(&mut self, act: &SignatureAct, purpose: SignaturePurpose) {
        self.after_the_talk(&act.signed_on);
        self.signature(&act.signed_on, &act.review_due_on, purpose);
        self.refuse(
            self.speaker.role != Role::Physician,
            "about",
            "署名できるのは医師だけです",
        );
        let own = self
            .about
            .and_then(|id| self.state.order(id))
            .and_then(OrderState::request)
            .is_some_and(|request| request.by.staff == self.speaker.staff);
        self.refuse(
            own,
            "about",
            "提出した人と署名する人は別でなければなりません",
        );
    }

    fn scanned(&mut self, scan: &Scan) {
        self.answered(
            "original",
            &scan.original,
            "署名された原本のファイルを選んでください",
        );
        self.answered("purpose", &scan.purpose, "署名の目的を選んでください");
        self.after_the_talk(&scan.signed_on);
        let purpose = scan
            .purpose
            .value()
            .copied()
            .unwrap_or(SignaturePurpose::Activate);
        self.signature(&scan.signed_on, &scan.review_due_on, purpose);
        let newest = self
            .about
            .and_then(|id| self.state.order(id))
            .and_then(|order| self.state.paper_after(order));
        if let (Some(newest), Some(signed_on)) = (newest, scan.signed_on.value()) {
            self.refuse(
                *signed_on <= newest,
                "signed_on",
                &format!(
                    "{newest}に停止・撤回・異議や前の署名があります。その翌日以降に医師が署名した原本だけを登録できます"
                ),
            );
        }
    }

    fn verified(&mut self, compared: &Known<YesNo>) {
        self.refuse(
            !compared.is(&YesNo::Yes),
            "compared",
            "原本と一致しないときは照合できません。食い違いとして停止するか、正しい原本を登録してください",
        );
        let scan: Option<(&OrderState<'_>, &Said)> = self.state.orders.iter().find_map(|order| {
            order
                .scan
                .filter(|scan| Some(&scan.id) == self.about)
                .map(|scan| (order, scan))
        });
        let Some((order, scan)) = scan else {
            self.refuse(true, "about", "照合を待っている原本ではありません");
            return;
        };
        self.problems
            .extend(missing(order.order, self.limits, self.today));
        self.refuse(
            scan.by.staff == self.speaker.staff,
            "about",
            "登録した人は照合できません。別の職員が原本と見比べてください",
        );
    }
}

/// Whether a field of a wish or an order is about a treatment beyond CPR.
pub fn is_treatment(key: &str) -> bool {
    matches!(
        key,
        "transfer_to_hospital"
            | "intubation"
            | "ventilation"
            | "vasopressors"
            | "antibiotics"
            | "fluids"
            | "tube_feeding"
            | "dialysis"
            | "transfusion"
            | "comfort"
    )
}

#[cfg(test)]
mod tests;
