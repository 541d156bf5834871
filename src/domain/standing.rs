//! The resuscitation standing: derived at every read, never typed, never stored (safety.md S1–S17).
//!
//! [`standing`] is one pure function of the log of statements, the person, the area's protocol and the clock. A
//! [`Standing`] can be made by nothing else, except the two that need no log: [`Standing::by_failure`] and
//! [`Standing::withheld`]. Its [`Band`] holds every word that a surface shows; the words are written here once.

use serde_json::{Value, json};

use super::answer::{Answer, Rows, Scalar};
use super::clock::Moment;
use super::date::Day;
use super::directive::rules::{self, Limits};
pub use super::directive::state::Unreadable;
use super::directive::state::{Activation, Evidence, OrderState, State};
use super::directive::{CprInstruction, CprWish, PhoneResult, Said, Statement};
use super::phone::Phone;
use super::protocol::{Protocol, RESUSCITATE_AND_TRANSPORT};
use super::record::{PhysicianRole, Record};

/// How far the server's clock may stand behind the newest statement before it is not believed, in minutes.
const CLOCK_TOLERANCE_MINUTES: i64 = 5;
/// An order speaks of an adult (safety.md S14).
const ADULT_AGE: u32 = 18;

/// What holds now about cardiopulmonary resuscitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandingKind {
    /// Something could not be read, parsed or decided.
    FullCprByFailure,
    Revoked,
    Conflict,
    FullCprInvalidOrder,
    OrderOnFile,
    FullCprWishOnly,
    /// Nothing is recorded, or the wish is full treatment.
    FullCpr,
}

impl StandingKind {
    pub const ALL: [Self; 7] = [
        Self::FullCprByFailure,
        Self::Revoked,
        Self::Conflict,
        Self::FullCprInvalidOrder,
        Self::OrderOnFile,
        Self::FullCprWishOnly,
        Self::FullCpr,
    ];

    /// The code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::FullCprByFailure => "full_cpr_by_failure",
            Self::Revoked => "revoked",
            Self::Conflict => "conflict",
            Self::FullCprInvalidOrder => "full_cpr_invalid_order",
            Self::OrderOnFile => "order_on_file",
            Self::FullCprWishOnly => "full_cpr_wish_only",
            Self::FullCpr => "full_cpr",
        }
    }

    /// What to do, in one sentence. The strongest of them keeps resuscitation going (safety.md S2).
    pub fn headline(self) -> &'static str {
        match self {
            Self::FullCprByFailure => "心肺蘇生を実施してください",
            Self::Revoked => "以前の指示は撤回されています。心肺蘇生を実施してください",
            Self::Conflict => "心肺蘇生を実施してください。記録に食い違いがあります",
            Self::FullCprInvalidOrder => "心肺蘇生を実施してください。過去の指示は現在無効です",
            Self::OrderOnFile => {
                "医師の指示書があります(心停止時のみ)。中止の判断は必ず医師へ電話で確認してから。確認まで心肺蘇生を続けてください。"
            }
            Self::FullCprWishOnly => {
                "心肺蘇生を実施してください。本人の希望の記録あり・医師の指示なし"
            }
            Self::FullCpr => "心肺蘇生を実施してください(通常どおり)",
        }
    }
}

/// That CPR continues until a physician says otherwise (safety.md S3).
pub const UNTIL: &str = "医師が電話で確認するまで、心肺蘇生を続けてください";
/// To what an order applies, said before everything else (safety.md S13, S14).
pub const ONLY_IN_ARREST: &str = "心停止時のみ。窒息・転落・けがには適用されません";
/// When an order does not speak at all (safety.md S14).
pub const NOT_COVERED: &str = "けが・窒息・転落・やけど・溺水・自傷・虐待の疑い、18歳未満、心停止ではないときは、指示の対象外です。心肺蘇生を含む救命処置を通常どおり実施してください";
/// What is blank in an order, said in words (domain/emergency.md §2.4).
pub const BLANK_IS_FULL: &str =
    "心肺蘇生のほかの治療で、ここに書かれていないものは、すべて通常どおり行います";
/// What an order never touches (safety.md S13).
pub const EVERYTHING_ELSE: &str =
    "救急要請・搬送・酸素・吸引・AED・応急手当・苦痛の緩和は、指示書があっても通常どおり行います";

/// What a card says, whatever the standing is: it is carried for a year, and what was printed would go stale (S7, S9).
pub const ON_CARDS: &str = "心停止には心肺蘇生を。医師が電話で確認するまで続けてください";

/// What the standing depends on besides the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    pub birth_date: Option<Day>,
    /// Physicians of the sheet who answer at night, in the order in which to call.
    pub physicians: Vec<Call>,
}

impl Subject {
    pub fn of(record: &Record) -> Self {
        let physicians = record.contacts.physicians.rows().iter();
        Self {
            birth_date: record.identity.birth_date.value().copied(),
            physicians: physicians
                .filter(|row| !row.role.is(&PhysicianRole::VisitingNurseStation))
                .filter_map(|row| {
                    let phone = row.phone_24h.reachable()?.clone();
                    let who = row.name.value().map_or_else(
                        || row.institution.to_string(),
                        |name| physician(name.as_ref(), &row.institution.to_string()),
                    );
                    Some(Call { who, phone })
                })
                .collect(),
        }
    }
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub who: String,
    pub phone: Phone,
}

/// A physician with the institution; the title is said once, also of a name that was written with it.
fn physician(name: &str, institution: &str) -> String {
    let name = name.strip_suffix("医師").unwrap_or(name).trim_end();
    format!("{name}医師({institution})")
}

/// Why the standing is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    NothingRecorded,
    Unreadable,
    /// The server's clock stands before the newest statement.
    ClockProblem,
    /// Consent is missing; the record is not shown (safety.md S22).
    Withheld,
    Revoked {
        on: Day,
        by: String,
        words: String,
    },
    /// The family's objection, open since.
    Objection {
        on: Day,
        who: String,
        words: String,
    },
    /// Somebody did not agree when the order was made.
    Dissent {
        who: String,
    },
    /// Two records say different things.
    Contradiction {
        one: String,
        other: String,
    },
    WishOfPerson {
        on: Option<Day>,
        how: String,
    },
    /// The family's inference, never the person's own wish (safety.md S5).
    WishOfFamily {
        on: Option<Day>,
        who: String,
    },
    WishIsFullTreatment {
        on: Option<Day>,
    },
    WishUndecided {
        on: Option<Day>,
    },
    OrderIsFullTreatment {
        on: Day,
    },
    /// The physician did not sign; says how far the order came.
    Unsigned(&'static str),
    Suspended {
        on: Day,
        why: String,
    },
    /// Another order was put before the physician.
    Superseded {
        on: Day,
    },
    NotYetEffective {
        from: Day,
    },
    Expired {
        on: Day,
    },
    /// Past the day of review and the grace after it, if there is one.
    ReviewOverdue {
        due: Day,
        grace_days: i64,
        asked: Asked,
    },
    /// Past the day of review, within the grace: the order still holds, until that day.
    ReviewDue {
        due: Day,
        until: Day,
        asked: Asked,
    },
    Lacks(String),
    /// The order does not speak of this person or this day (safety.md S14).
    OutOfScope(&'static str),
    /// The last call to the physician's number was not answered.
    PhoneNotAnswered {
        on: Day,
    },
    OrderHolds {
        on: Day,
    },
    /// The order rests on what the family inferred.
    RestsOnFamily,
}

/// Whether anybody asked the physician to go through an order again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Nobody,
    /// Somebody did on that day, and the physician has not signed yet.
    On(Day),
    /// The signed original waits for its second person since that day.
    Scanned(Day),
}

impl Asked {
    fn of(order: &OrderState<'_>) -> Self {
        match (order.scan, order.request()) {
            (Some(scan), _) => Self::Scanned(Day::of(scan.at)),
            (None, Some(request)) => Self::On(Day::of(request.at)),
            (None, None) => Self::Nobody,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Nobody => "再確認はまだ医師に依頼されていません".to_owned(),
            Self::On(day) => format!("{day}に再確認を医師に依頼し、署名を待っています"),
            Self::Scanned(day) => {
                format!("{day}に登録された署名の原本が、照合を待っています")
            }
        }
    }
}

impl Reason {
    /// The code in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingRecorded => "nothing_recorded",
            Self::Unreadable => "unreadable",
            Self::ClockProblem => "clock_problem",
            Self::Withheld => "withheld",
            Self::Revoked { .. } => "revoked",
            Self::Objection { .. } => "objection",
            Self::Dissent { .. } => "dissent",
            Self::Contradiction { .. } => "contradiction",
            Self::WishOfPerson { .. } => "wish_of_person",
            Self::WishOfFamily { .. } => "wish_of_family",
            Self::WishIsFullTreatment { .. } => "wish_is_full_treatment",
            Self::WishUndecided { .. } => "wish_undecided",
            Self::OrderIsFullTreatment { .. } => "order_is_full_treatment",
            Self::Unsigned(_) => "unsigned",
            Self::Suspended { .. } => "suspended",
            Self::Superseded { .. } => "superseded",
            Self::NotYetEffective { .. } => "not_yet_effective",
            Self::Expired { .. } => "expired",
            Self::ReviewOverdue { .. } => "review_overdue",
            Self::ReviewDue { .. } => "review_due",
            Self::Lacks(_) => "lacks",
            Self::OutOfScope(_) => "out_of_scope",
            Self::PhoneNotAnswered { .. } => "phone_not_answered",
            Self::OrderHolds { .. } => "order_holds",
            Self::RestsOnFamily => "rests_on_family",
        }
    }

    /// The reason in one sentence, without a full stop.
    pub fn words(&self) -> String {
        fn on(day: &Option<Day>) -> String {
            day.map_or_else(|| "日付未確認".to_owned(), |day| day.to_string())
        }
        match self {
            Self::NothingRecorded => {
                "心肺蘇生についての医師の指示書や意思の記録はありません".to_owned()
            }
            Self::Unreadable => "記録を読み取れないため、通常どおりの対応とします".to_owned(),
            Self::ClockProblem => {
                "時計の異常で期限を確かめられないため、通常どおりの対応とします".to_owned()
            }
            Self::Withheld => {
                "同意がないため記録を表示せず、通常どおりの対応を示しています".to_owned()
            }
            Self::Revoked { on, by, words } => {
                let words = if words.is_empty() {
                    String::new()
                } else {
                    format!("「{words}」")
                };
                format!("{on} {by}が撤回{words}")
            }
            Self::Objection { on, who, words } => {
                let words = if words.is_empty() {
                    String::new()
                } else {
                    format!("「{words}」")
                };
                format!("{on} {who}から異議があり、解消していません{words}")
            }
            Self::Dissent { who } => format!("指示の話し合いで反対した人がいます({who})"),
            Self::Contradiction { one, other } => {
                format!("「{one}」と「{other}」が食い違っています")
            }
            Self::WishOfPerson { on: day, how } => {
                format!(
                    "本人が心肺蘇生を望まないと示した記録があります({} {how})",
                    on(day)
                )
            }
            Self::WishOfFamily { on: day, who } => format!(
                "家族({who})による推定の記録があります({})。本人の意思の記録ではありません",
                on(day)
            ),
            Self::WishIsFullTreatment { on: day } => {
                format!("心肺蘇生を望むという記録があります({})", on(day))
            }
            Self::WishUndecided { on: day } => {
                format!("まだ決めていないという記録があります({})", on(day))
            }
            Self::OrderIsFullTreatment { on } => {
                format!("心肺蘇生を行うという医師の指示があります({on})")
            }
            Self::Unsigned(stage) => format!("医師の署名がありません({stage})"),
            Self::Suspended { on, why } => format!("{on}から停止中({why})"),
            Self::Superseded { on } => format!("{on}に別の指示書が提出されました"),
            Self::NotYetEffective { from } => format!("{from}から有効の指示です"),
            Self::Expired { on } => format!("{on}で期限が切れました"),
            Self::ReviewOverdue {
                due,
                grace_days,
                asked,
            } => {
                let grace = match grace_days {
                    0 => String::new(),
                    days => format!("と猶予{days}日"),
                };
                let asked = asked.words();
                format!("次回確認日({due}){grace}を過ぎても再確認されていません。{asked}")
            }
            Self::ReviewDue { due, until, asked } => {
                let asked = asked.words();
                format!(
                    "再確認期限超過({due}まで)。{asked}。再確認されなければ{until}で無効になります"
                )
            }
            Self::Lacks(what) => format!("{what}がありません"),
            Self::OutOfScope(why) => format!("指示の対象外({why})"),
            Self::PhoneNotAnswered { on } => {
                format!("{on}に確かめたとき、医師の電話に応答がありませんでした")
            }
            Self::OrderHolds { on } => format!("医師の指示日 {on}"),
            Self::RestsOnFamily => "本人の意思は家族による推定です".to_owned(),
        }
    }
}

/// What holds now, why, and what would change it. It can only be derived.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    kind: StandingKind,
    reasons: Vec<Reason>,
    order: Option<OrderFacts>,
    calls: Vec<Call>,
    area: Area,
    changes: Vec<&'static str>,
}

/// The order that holds, as a crew needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderFacts {
    pub physician: String,
    pub institution: String,
    /// The day of the newest signature.
    pub signed_on: Day,
    pub review_due_on: Day,
    pub expires_on: Day,
    pub basis_disease: String,
    pub expected_event: String,
    /// The physician's own words for states in which the physician is called before 119; empty when none were written. Only
    /// for the page of an emergency, in a facility whose area approved such plans.
    pub call_physician_first: String,
    pub person_wish: String,
    pub scope: String,
    pub original_location: String,
    /// The first characters of the signed original's hash, to compare paper and record; none for the physician's own
    /// signature in the program.
    pub original_mark: Option<String>,
    /// Who signed in the program. It may be another physician than the one whom the order names.
    pub signed_by: Option<String>,
    /// The last day on which this standing can hold without anything new being said.
    pub valid_until: Day,
    /// Treatments beyond CPR about which something was said: label and words. All others: full treatment.
    pub treatments: Vec<(&'static str, String)>,
}

/// What the area's crews do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Area {
    words: String,
    conditions: Vec<String>,
    calls: Vec<String>,
    source: String,
}

impl Area {
    fn of(protocol: &Protocol) -> Self {
        let mut conditions = Vec::new();
        if protocol.stop_possible {
            conditions.extend(protocol.conditions.iter().cloned());
            conditions.extend(protocol.limits());
        }
        Self {
            words: protocol.words(),
            conditions,
            calls: protocol.calls.clone(),
            source: format!("{}({} 確認)", protocol.source, protocol.confirmed_on),
        }
    }

    /// Where nothing of the area is known.
    fn unknown() -> Self {
        Self {
            words: RESUSCITATE_AND_TRANSPORT.to_owned(),
            conditions: Vec::new(),
            calls: Vec::new(),
            source: String::new(),
        }
    }
}

/// The standing from what was said. The first rule of safety.md's table that matches wins; anything unreadable is full
/// CPR (S1).
pub fn standing(
    log: Result<&[Said], Unreadable>,
    subject: &Subject,
    protocol: &Protocol,
    limits: Limits,
    now: Moment,
) -> Standing {
    match log.and_then(History::read) {
        Ok(history) => history.standing(subject, protocol, limits, now),
        Err(Unreadable) => Standing {
            area: Area::of(protocol),
            ..Standing::by_failure()
        },
    }
}

/// Everything that was said, understood; what follows from it hangs on the day.
struct History<'a> {
    state: State<'a>,
    newest: Option<Moment>,
}

impl<'a> History<'a> {
    fn read(log: &'a [Said]) -> Result<Self, Unreadable> {
        Ok(Self {
            state: State::read(log)?,
            newest: log.iter().map(|said| said.at).max(),
        })
    }

    fn standing(
        &self,
        subject: &Subject,
        protocol: &Protocol,
        limits: Limits,
        now: Moment,
    ) -> Standing {
        let area = Area::of(protocol);
        let latest = now.plus_minutes(CLOCK_TOLERANCE_MINUTES);
        if self.newest.is_some_and(|newest| newest > latest) {
            return Standing {
                area,
                reasons: vec![Reason::ClockProblem],
                ..Standing::by_failure()
            };
        }
        let today = Day::of(now);
        let (kind, reasons) = decide(&self.state, subject, limits, today);
        let order = self.state.ruling();
        let facts = match kind {
            StandingKind::OrderOnFile => order.and_then(|order| OrderFacts::of(order, limits)),
            _ => None,
        };
        if kind == StandingKind::OrderOnFile && facts.is_none() {
            return Standing {
                area,
                ..Standing::by_failure()
            };
        }
        Standing {
            kind,
            reasons,
            calls: calls(order, subject),
            order: facts,
            area,
            changes: changes(kind),
        }
    }
}

fn decide(
    state: &State<'_>,
    subject: &Subject,
    limits: Limits,
    today: Day,
) -> (StandingKind, Vec<Reason>) {
    if let Some(said) = state.revoked
        && let Statement::Revoked(revocation) = &said.statement
    {
        let by = match revocation.name.value() {
            Some(name) => format!("{}({name})", revocation.revoked_by),
            None => revocation.revoked_by.to_string(),
        };
        let words = revocation
            .words
            .value()
            .map(Scalar::shown)
            .unwrap_or_default();
        let on = Day::of(said.at);
        return (
            StandingKind::Revoked,
            vec![Reason::Revoked { on, by, words }],
        );
    }
    let conflicts = conflicts(state);
    if !conflicts.is_empty() {
        return (StandingKind::Conflict, conflicts);
    }
    if let Some(order) = state.ruling() {
        return by_order(order, subject, limits, today);
    }
    by_wish(state)
}

/// Everything that contradicts something else; shown, and never resolved silently (safety.md S6).
fn conflicts(state: &State<'_>) -> Vec<Reason> {
    let mut found: Vec<Reason> = state
        .objections
        .iter()
        .filter_map(|said| match &said.statement {
            Statement::ObjectionRaised(objection) => Some(Reason::Objection {
                on: Day::of(said.at),
                who: match (objection.name.value(), objection.relationship.value()) {
                    (Some(name), Some(relationship)) => format!("{}({name})", relationship.shown()),
                    (Some(name), None) => name.to_string(),
                    (None, Some(relationship)) => relationship.shown(),
                    (None, None) => "家族等".to_owned(),
                },
                words: objection
                    .words
                    .value()
                    .map(Scalar::shown)
                    .unwrap_or_default(),
            }),
            _ => None,
        })
        .collect();
    // An order that was only begun contradicts nobody yet.
    let order = state.ruling().filter(|order| order.submitted.is_some());
    if let Some(order) = order
        && let Rows::Some(rows) = &order.order.dissent
    {
        let who: Vec<String> = rows.iter().map(|row| row.name.to_string()).collect();
        found.push(Reason::Dissent {
            who: who.join("、"),
        });
    }
    let mut says: Vec<(bool, String)> = Vec::new();
    let mut add = |full: Option<bool>, words: String| {
        if let Some(full) = full {
            says.push((full, words));
        }
    };
    let full = |cpr: &CprWish| match cpr {
        CprWish::FullCpr => Some(true),
        CprWish::NoCpr => Some(false),
        CprWish::Undecided => None,
    };
    if let Some((_, wish)) = state.wish {
        add(
            wish.cpr.value().and_then(full),
            format!("本人: {}({})", wish.cpr, wish.stated_on),
        );
    }
    if let Some((_, inference)) = state.inference {
        add(
            inference.cpr.value().and_then(full),
            format!("家族の推定: {}({})", inference.cpr, inference.stated_on),
        );
    }
    if let Some(order) = order {
        add(
            order
                .order
                .cpr_instruction
                .value()
                .map(|instruction| *instruction == CprInstruction::FullCpr),
            format!(
                "医師の指示書: {}({} {})",
                order.order.cpr_instruction, order.order.physician_name, order.order.discussed_on
            ),
        );
    }
    if let Some((first_full, first)) = says.first()
        && let Some((_, other)) = says.iter().find(|(full, _)| full != first_full)
    {
        found.push(Reason::Contradiction {
            one: first.clone(),
            other: other.clone(),
        });
    }
    found
}

fn by_order(
    order: &OrderState<'_>,
    subject: &Subject,
    limits: Limits,
    today: Day,
) -> (StandingKind, Vec<Reason>) {
    let invalid = invalid(order, subject, limits, today);
    if !invalid.is_empty() {
        return (StandingKind::FullCprInvalidOrder, invalid);
    }
    let Some(activation) = &order.activation else {
        return (
            StandingKind::FullCprInvalidOrder,
            vec![Reason::Unsigned("署名の記録なし")],
        );
    };
    let on = activation.signed_on;
    match order.order.cpr_instruction.value() {
        Some(CprInstruction::NoCpr) => {
            let mut reasons = vec![Reason::OrderHolds { on }];
            if let Some(due) = review_due(order, activation, limits)
                && today > due
            {
                reasons.push(Reason::ReviewDue {
                    due,
                    until: due.plus_days(limits.grace_days),
                    asked: Asked::of(order),
                });
            }
            if order
                .order
                .person_wish_basis
                .is(&super::directive::WishBasis::InferredByFamily)
            {
                reasons.push(Reason::RestsOnFamily);
            }
            if let Some((said, PhoneResult::NoAnswer)) = order.phone_test {
                reasons.push(Reason::PhoneNotAnswered {
                    on: Day::of(said.at),
                });
            }
            (StandingKind::OrderOnFile, reasons)
        }
        Some(CprInstruction::FullCpr) => (
            StandingKind::FullCpr,
            vec![Reason::OrderIsFullTreatment { on }],
        ),
        None => (
            StandingKind::FullCprInvalidOrder,
            vec![Reason::Lacks("心停止のときの指示".to_owned())],
        ),
    }
}

/// Every reason why the order does not hold now (safety.md S4, S10, S14).
fn invalid(order: &OrderState<'_>, subject: &Subject, limits: Limits, today: Day) -> Vec<Reason> {
    let mut found = Vec::new();
    let body = order.order;
    match (&order.activation, order.submitted, order.scan) {
        (Some(_), _, _) => {}
        (None, _, Some(_)) => found.push(Reason::Unsigned("署名された原本の照合待ち")),
        (None, Some(_), None) => found.push(Reason::Unsigned("医師へ提出、署名待ち")),
        (None, None, None) => found.push(Reason::Unsigned("下書き")),
    }
    found.extend(order.against.iter().map(|said| ended_by(said)));
    let lacks: [(bool, &str); 3] = [
        (
            body.phone_24h.reachable().is_none(),
            "24時間つながる医師の電話",
        ),
        (body.basis_disease.value().is_none(), "もとになる病気"),
        (body.expected_event.value().is_none(), "想定された状態"),
    ];
    found.extend(
        lacks
            .into_iter()
            .filter(|(missing, _)| *missing)
            .map(|(_, what)| Reason::Lacks(what.to_owned())),
    );
    match body.effective_from.value() {
        Some(from) if today < *from => found.push(Reason::NotYetEffective { from: *from }),
        Some(_) => {}
        None => found.push(Reason::Lacks("有効になる日".to_owned())),
    }
    match expires_on(order, limits) {
        Some(until) if today > until => found.push(Reason::Expired { on: until }),
        Some(_) => {}
        None => found.push(Reason::Lacks("有効期限".to_owned())),
    }
    if let Some(activation) = &order.activation {
        match review_due(order, activation, limits) {
            Some(due) if today > due.plus_days(limits.grace_days) => {
                found.push(Reason::ReviewOverdue {
                    due,
                    grace_days: limits.grace_days,
                    asked: Asked::of(order),
                });
            }
            Some(_) => {}
            None => found.push(Reason::Lacks("次回確認日".to_owned())),
        }
        if today < activation.signed_on {
            found.push(Reason::NotYetEffective {
                from: activation.signed_on,
            });
        }
    }
    match subject.birth_date {
        None => found.push(Reason::OutOfScope("生年月日が未確認")),
        Some(born) if born > today || born.age_on(today) < ADULT_AGE => {
            found.push(Reason::OutOfScope("18歳未満"));
        }
        Some(_) => {}
    }
    found
}

fn ended_by(said: &Said) -> Reason {
    let on = Day::of(said.at);
    let why = match &said.statement {
        Statement::Submitted(_) => return Reason::Superseded { on },
        Statement::Suspended(suspension) => suspension.reason.to_string(),
        Statement::Wish(_) => "本人が違うことを話した".to_owned(),
        Statement::Inference(_) => "家族が違うことを話した".to_owned(),
        Statement::Closed(closing) => closing.reason.to_string(),
        other => other.kind().label().to_owned(),
    };
    Reason::Suspended { on, why }
}

/// Whether an activation that nothing was said against is over by its dates alone: `today` is past its last day, or past
/// its review and the grace.
pub fn lapsed(order: &OrderState<'_>, limits: Limits, today: Day) -> bool {
    let review = order
        .activation
        .as_ref()
        .and_then(|activation| review_due(order, activation, limits));
    expires_on(order, limits).is_some_and(|until| today > until)
        || review.is_some_and(|due| today > due.plus_days(limits.grace_days))
}

/// The last day of the order: its own, and never later than the limit.
fn expires_on(order: &OrderState<'_>, limits: Limits) -> Option<Day> {
    let from = *order.order.effective_from.value()?;
    let until = *order.order.expires_on.value()?;
    Some(until.min(limits.expires_by(from)))
}

/// The day of review: as signed, and never later than the limit.
fn review_due(order: &OrderState<'_>, activation: &Activation<'_>, limits: Limits) -> Option<Day> {
    let latest = limits.review_by(order.order, activation.signed_on);
    Some(activation.review_due_on.min(latest))
}

fn by_wish(state: &State<'_>) -> (StandingKind, Vec<Reason>) {
    let mut reasons = Vec::new();
    let mut only_wish = false;
    let mut said_by = |cpr: Option<&CprWish>, on: Option<Day>, no_cpr: Reason| match cpr {
        Some(CprWish::NoCpr) => {
            only_wish = true;
            reasons.push(no_cpr);
        }
        Some(CprWish::FullCpr) => reasons.push(Reason::WishIsFullTreatment { on }),
        Some(CprWish::Undecided) => reasons.push(Reason::WishUndecided { on }),
        None => {}
    };
    if let Some((_, wish)) = state.wish {
        let on = wish.stated_on.value().copied();
        let how = wish.stated_how.shown().line();
        said_by(wish.cpr.value(), on, Reason::WishOfPerson { on, how });
    }
    if let Some((_, inference)) = state.inference {
        let on = inference.stated_on.value().copied();
        let who = match inference.relationship.value() {
            Some(relationship) => format!("{} {}", relationship.shown(), inference.inferred_by),
            None => inference.inferred_by.to_string(),
        };
        said_by(inference.cpr.value(), on, Reason::WishOfFamily { on, who });
    }
    match (only_wish, reasons.is_empty()) {
        (true, _) => (StandingKind::FullCprWishOnly, reasons),
        (false, true) => (StandingKind::FullCpr, vec![Reason::NothingRecorded]),
        (false, false) => (StandingKind::FullCpr, reasons),
    }
}

/// Whom to call: the order's physician and the backup, then whoever of the sheet answers at night.
fn calls(order: Option<&OrderState<'_>>, subject: &Subject) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    if let Some(order) = order.map(|order| order.order) {
        if let Some(phone) = order.phone_24h.reachable() {
            calls.push(Call {
                who: physician(
                    &order.physician_name.to_string(),
                    &order.institution.to_string(),
                ),
                phone: phone.clone(),
            });
        }
        if let Some(phone) = order.phone_backup.reachable() {
            let who = order.phone_backup_of.value().map_or_else(
                || "つながらないとき".to_owned(),
                |of| format!("つながらないとき({})", of.as_str()),
            );
            calls.push(Call {
                who,
                phone: phone.clone(),
            });
        }
    }
    for call in &subject.physicians {
        if calls
            .iter()
            .all(|known| known.phone.dial() != call.phone.dial())
        {
            calls.push(call.clone());
        }
    }
    calls
}

/// What would change the standing, for the people of the facility.
fn changes(kind: StandingKind) -> Vec<&'static str> {
    match kind {
        StandingKind::FullCprByFailure => {
            vec!["記録が読めるようになると、記録に従った表示に戻ります"]
        }
        StandingKind::Revoked => vec!["新しい意思の記録か、新しい指示書への医師の署名で変わります"],
        StandingKind::Conflict => vec![
            "食い違いを話し合い、今の意思を記録してください",
            "そのうえで医師が改めて署名すると、指示書が有効になります",
        ],
        StandingKind::FullCprInvalidOrder => vec![
            "無効の理由を解消して医師へ提出し、医師が署名すると有効になります",
            "撤回はいつでも、だれでも一回の操作でできます",
        ],
        StandingKind::OrderOnFile => vec![
            "本人が違うことを話したら、だれでも一回の操作で撤回・停止できます",
            "主治医・キーパーソン・病名・入院をシートで変えたとき、家族の異議、期限で無効になります。入院・退院したときは、すぐに停止を記録してください",
        ],
        StandingKind::FullCprWishOnly => vec!["医師と話し合い、指示書に医師が署名すると変わります"],
        StandingKind::FullCpr => vec!["意思の記録か、医師の署名した指示書で変わります"],
    }
}

impl OrderFacts {
    fn of(order: &OrderState<'_>, limits: Limits) -> Option<Self> {
        let body = order.order;
        let activation = order.activation.as_ref()?;
        let expires_on = expires_on(order, limits)?;
        let review_due_on = review_due(order, activation, limits)?;
        let treatments = Statement::Order(Box::new(body.clone()))
            .walk()
            .into_iter()
            .filter(|(field, answer)| rules::is_treatment(field.key) && answer.shown().is_settled())
            .map(|(field, answer)| (field.label, answer.shown().line()))
            .collect();
        Some(Self {
            physician: body.physician_name.to_string(),
            institution: body.institution.to_string(),
            signed_on: activation.signed_on,
            review_due_on,
            expires_on,
            basis_disease: body.basis_disease.to_string(),
            expected_event: body.expected_event.to_string(),
            call_physician_first: body
                .call_physician_first
                .value()
                .map_or_else(String::new, |words| words.shown()),
            person_wish: body.person_wish_basis.to_string(),
            scope: body.scope.value().map_or_else(
                || "心停止時の心肺蘇生のみ".to_owned(),
                |scope| scope.as_str().to_owned(),
            ),
            original_location: body.original_location.to_string(),
            signed_by: match activation.evidence {
                Evidence::OwnAct(physician) => Some(physician.name.clone()),
                Evidence::Original(_) => None,
            },
            original_mark: match activation.evidence {
                Evidence::OwnAct(_) => None,
                Evidence::Original(hash) => Some(mark(hash)),
            },
            valid_until: expires_on.min(review_due_on.plus_days(limits.grace_days)),
            treatments,
        })
    }
}

/// The first 16 characters of a hash, in groups that a person can compare.
pub fn mark(hash: &str) -> String {
    hash.as_bytes()
        .chunks(4)
        .take(4)
        .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
        .collect::<Vec<_>>()
        .join("-")
}

impl Standing {
    /// Something could not be read, parsed or decided (safety.md S1).
    pub fn by_failure() -> Self {
        Self {
            kind: StandingKind::FullCprByFailure,
            reasons: vec![Reason::Unreadable],
            order: None,
            calls: Vec::new(),
            area: Area::unknown(),
            changes: changes(StandingKind::FullCprByFailure),
        }
    }

    /// What is shown where the record may not be: nothing of the person, and full CPR (safety.md S22).
    pub fn withheld() -> Self {
        Self {
            kind: StandingKind::FullCpr,
            reasons: vec![Reason::Withheld],
            order: None,
            calls: Vec::new(),
            area: Area::unknown(),
            changes: Vec::new(),
        }
    }

    pub fn kind(&self) -> StandingKind {
        self.kind
    }

    /// The code in JSON.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The order, when and only when it holds.
    pub fn order(&self) -> Option<&OrderFacts> {
        self.order.as_ref()
    }

    /// Whom to ask on the telephone, in this order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Whom the band itself names to call: nobody where no order and no wish waits for a physician's word, because the
    /// sheet names its physicians anyway.
    pub fn band_calls(&self) -> &[Call] {
        match self.kind {
            StandingKind::Conflict
            | StandingKind::FullCprInvalidOrder
            | StandingKind::OrderOnFile
            | StandingKind::FullCprWishOnly => &self.calls,
            StandingKind::FullCprByFailure | StandingKind::Revoked | StandingKind::FullCpr => &[],
        }
    }

    pub fn changes(&self) -> &[&'static str] {
        &self.changes
    }

    /// What the area's crews check before a physician's word lets them stop; empty where they cannot.
    pub fn conditions(&self) -> &[String] {
        &self.area.conditions
    }

    /// Whom the area's rules tell to call.
    pub fn area_calls(&self) -> &[String] {
        &self.area.calls
    }

    /// Where the area's rules are published, and when they were last compared.
    pub fn area_source(&self) -> &str {
        &self.area.source
    }

    /// What holds in an emergency with this cause from outside, if there is one: no order speaks of it (safety.md S14).
    pub fn in_emergency(self, external_cause: Option<&'static str>) -> Self {
        match (self.kind, external_cause) {
            (StandingKind::OrderOnFile, Some(cause)) => Self {
                kind: StandingKind::FullCpr,
                reasons: vec![Reason::OutOfScope(cause)],
                order: None,
                ..self
            },
            _ => self,
        }
    }

    /// The words that every surface shows. No form can leave them out.
    pub fn band(&self) -> Band {
        let reasons: Vec<String> = self.reasons.iter().map(Reason::words).collect();
        let order = self.order.as_ref();
        Band {
            scope: order.map(|_| ONLY_IN_ARREST),
            headline: self.headline(),
            reason: reasons.join("。"),
            until: UNTIL,
            area: self.area.words.clone(),
            facts: order.map(OrderFacts::facts).unwrap_or_default(),
        }
    }

    /// A family's inference is not called the person's wish (safety.md S5).
    fn headline(&self) -> &'static str {
        let only_family = self.kind == StandingKind::FullCprWishOnly
            && !self
                .reasons
                .iter()
                .any(|reason| matches!(reason, Reason::WishOfPerson { .. }));
        if only_family {
            "心肺蘇生を実施してください。家族による推定の記録あり・医師の指示なし"
        } else {
            self.kind.headline()
        }
    }

    /// The standing in JSON, always with the sentence of safety.md S3.
    pub fn json(&self) -> Value {
        let band = self.band();
        json!({
            "code": self.code(),
            "headline": band.headline,
            "until": band.until,
            "area": band.area,
            "applies": band.scope,
            "reasons": self.reasons.iter().map(|reason| json!({
                "code": reason.code(),
                "text": reason.words(),
            })).collect::<Vec<_>>(),
            "order": self.order.as_ref().map(OrderFacts::json),
            "calls": self.calls.iter().map(|call| json!({
                "who": call.who,
                "phone": call.phone.to_string(),
            })).collect::<Vec<_>>(),
            "conditions": self.area.conditions,
            "changes": self.changes,
        })
    }
}

impl OrderFacts {
    /// What stands beside the band: label and words.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("医師", format!("{}({})", self.physician, self.institution)),
            ("指示日", self.signed_on.to_string()),
            ("次回確認日", self.review_due_on.to_string()),
            ("有効期限", format!("{}まで有効", self.valid_until)),
            ("想定された状態", self.expected_event.clone()),
            ("もとになる病気", self.basis_disease.clone()),
            ("本人の意思", self.person_wish.clone()),
            ("指示の範囲", self.scope.clone()),
            ("原本の場所", self.original_location.clone()),
        ];
        facts.push((
            "署名",
            match &self.original_mark {
                Some(mark) => format!("署名された原本と照合済み(照合符号 {mark})"),
                None => format!(
                    "{}(医師として登録された本人)の電子署名",
                    self.signed_by.as_deref().unwrap_or_default()
                ),
            },
        ));
        facts
    }

    fn json(&self) -> Value {
        json!({
            "physician": self.physician,
            "institution": self.institution,
            "signed_on": self.signed_on.iso(),
            "review_due_on": self.review_due_on.iso(),
            "expires_on": self.expires_on.iso(),
            "valid_until": self.valid_until.iso(),
            "basis_disease": self.basis_disease,
            "expected_event": self.expected_event,
            "person_wish": self.person_wish,
            "scope": self.scope,
            "original_location": self.original_location,
            "original_mark": self.original_mark,
            "signed_by": self.signed_by,
            "treatments": self.treatments.iter().map(|(label, words)| json!({
                "label": label,
                "text": words,
            })).collect::<Vec<_>>(),
        })
    }
}

/// The words of the band, in the order in which a surface shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// To what an order applies; before everything else.
    pub scope: Option<&'static str>,
    /// What to do, in one sentence.
    pub headline: &'static str,
    /// Why, in a few words.
    pub reason: String,
    /// That CPR continues until a physician says otherwise (S3).
    pub until: &'static str,
    /// What crews of this area do (S15).
    pub area: String,
    /// The order that holds: label and words.
    pub facts: Vec<(&'static str, String)>,
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod words;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::answer::{Choice, Inputs, Kind as AnswerKind};
    use crate::domain::directive::{Kind, sample};
    use crate::domain::protocol::Protocols;

    #[test]
    fn each_standing_is_derived_from_its_sample() {
        for kind in StandingKind::ALL {
            let standing = sample::of(kind);
            assert_eq!(
                standing.order().is_some(),
                kind == StandingKind::OrderOnFile
            );
        }
    }

    #[test]
    fn s01_what_cannot_be_read_is_full_cpr() {
        let mut log = sample::log(StandingKind::OrderOnFile);
        log.0.remove(1);
        assert_eq!(log.standing().kind(), StandingKind::FullCprByFailure);
    }

    #[test]
    fn s01_a_clock_before_the_newest_statement_is_not_believed() {
        let log = sample::log(StandingKind::OrderOnFile);
        let said = log.0.last().unwrap().at;
        for (now, believed) in [
            (said, true),
            (said.plus_minutes(-CLOCK_TOLERANCE_MINUTES), true),
            (said.plus_minutes(-CLOCK_TOLERANCE_MINUTES - 1), false),
            (Moment(i64::MIN), false),
        ] {
            let kind = log.standing_at(now).kind();
            assert_eq!(kind != StandingKind::FullCprByFailure, believed, "{now:?}");
        }
    }

    /// Signed 40 days ago, to be reviewed in 80 days, with a grace of 30.
    #[test]
    fn a_review_that_is_due_says_whether_anybody_asked_for_it() {
        let on = |log: &sample::Log, days: i64| {
            let day = sample::today().plus_days(days);
            let standing = log.standing_at(day.starts_at().plus_minutes(600));
            (standing.kind(), standing.band().reason)
        };
        let nobody = sample::log(StandingKind::OrderOnFile);
        let mut asked = sample::log(StandingKind::OrderOnFile);
        asked.say(sample::nurse(), Kind::Submitted, Some(2), &json!({}));
        let mut scanned = sample::log(StandingKind::OrderOnFile);
        let scan = json!({
            "original": "5e".repeat(32), "purpose": "review",
            "signed_on": sample::today().plus_days(-39).iso(), "review_due_on": sample::today().plus_days(100).iso(),
        });
        scanned.say(sample::nurse(), Kind::Submitted, Some(2), &json!({}));
        scanned.say(sample::nurse(), Kind::Scanned, Some(2), &scan);
        for (log, words) in [
            (&nobody, "再確認はまだ医師に依頼されていません"),
            (&asked, "再確認を医師に依頼し、署名を待っています"),
            (&scanned, "署名の原本が、照合を待っています"),
        ] {
            let (kind, reason) = on(log, 80);
            assert_eq!(kind, StandingKind::OrderOnFile);
            assert!(!reason.contains("再確認"), "{reason}");
            for days in [81, 110] {
                let (kind, reason) = on(log, days);
                let end = sample::today().plus_days(110).to_string();
                assert_eq!(kind, StandingKind::OrderOnFile);
                assert!(
                    reason.contains("再確認期限超過") && reason.contains(words),
                    "{reason}"
                );
                assert!(
                    reason.contains(&format!("{end}で無効になります")),
                    "{reason}"
                );
            }
            let (kind, reason) = on(log, 111);
            assert_eq!(kind, StandingKind::FullCprInvalidOrder);
            assert!(
                reason.contains("と猶予30日を過ぎても") && reason.contains(words),
                "{reason}"
            );
        }
        let strict = Limits {
            grace_days: 0,
            ..Limits::default()
        };
        let now = sample::today().plus_days(81).starts_at();
        let standing = standing(
            Ok(&nobody.0),
            &sample::subject(),
            crate::domain::protocol::Protocols::default().area(None),
            strict,
            now,
        );
        let reason = standing.band().reason;
        assert!(
            reason.contains("を過ぎても") && !reason.contains("猶予"),
            "{reason}"
        );
    }

    /// Stored before such numbers were refused: read, without effect, and nobody is told to call 119 for a physician.
    #[test]
    fn s10_an_order_whose_phone_is_a_service_is_without_a_phone() {
        for number in ["119", "110", "#7119", "119 内線12"] {
            let mut body = sample::order_body();
            body["phone_24h"] = number.into();
            body["phone_backup"] = "#7119".into();
            let mut log = sample::Log::default();
            let standing = log.signed_order_of(&body).standing();
            assert_eq!(standing.kind(), StandingKind::FullCprInvalidOrder);
            assert_eq!(
                standing.reasons(),
                [Reason::Lacks("24時間つながる医師の電話".to_owned())]
            );
            assert!(standing.calls().is_empty(), "{:?}", standing.calls());
        }
    }

    #[test]
    fn s03_every_band_says_until_when() {
        for kind in StandingKind::ALL {
            assert!(
                sample::of(kind)
                    .band()
                    .until
                    .contains("医師が電話で確認するまで")
            );
        }
    }

    #[test]
    fn s15_the_default_protocol_stands_in_every_band() {
        for kind in StandingKind::ALL {
            assert_eq!(sample::of(kind).band().area, RESUSCITATE_AND_TRANSPORT);
        }
    }

    /// Words from which somebody in a hurry would infer an order.
    const TEMPTING: [&str; 8] = [
        "看取り介護加算の対象",
        "延命希望なし",
        "DNAR",
        "心肺蘇生を望まない",
        "ホスピスから入居。看取り期",
        "看取りの契約書あり",
        "急変時は救急要請しない方針",
        "full_cpr no",
    ];

    /// Answers a field by the next throw, as a form would post it.
    fn answer(
        key: &str,
        kind: AnswerKind,
        throws: &mut dyn Iterator<Item = u8>,
        into: &mut Inputs,
    ) {
        let throw = usize::from(throws.next().unwrap_or(0));
        let code = |choices: &[Choice]| choices[throw % choices.len()].code;
        match kind {
            AnswerKind::Rows(fields) => {
                for field in fields {
                    answer(&format!("{key}.0.{}", field.key), field.kind, throws, into);
                }
            }
            AnswerKind::Choice(choices) => into.set(key, code(choices)),
            AnswerKind::Checks(choices) => into.push(key.to_owned(), code(choices).to_owned()),
            AnswerKind::Day | AnswerKind::PartialDay => into.set(key, "1937-03-04"),
            AnswerKind::Kana => into.set(key, "かんごし"),
            AnswerKind::Phone => into.set(key, "0463-00-1199"),
            _ => into.set(key, TEMPTING[throw % TEMPTING.len()]),
        }
    }

    proptest! {
        #[test]
        fn s17_nothing_on_a_sheet_is_ever_an_order(throws in proptest::collection::vec(any::<u8>(), 400)) {
            let mut throws = throws.into_iter();
            let mut inputs = Inputs::default();
            for field in Record::fields() {
                if throws.next().is_some_and(|throw| throw > 40) {
                    answer(field.key, field.kind, &mut throws, &mut inputs);
                }
            }
            let (record, _) = Record::read(&inputs);
            let subject = Subject::of(&record);
            for area in Protocols::default().iter() {
                let now = sample::today().starts_at().plus_minutes(180);
                let limits = Limits::default();
                let empty = standing(Ok(&[]), &subject, area, limits, now);
                prop_assert_eq!(empty.kind(), StandingKind::FullCpr);
                for kind in StandingKind::ALL {
                    let log = sample::log(kind);
                    let found = standing(Ok(&log.0), &subject, area, limits, now);
                    prop_assert!(kind == StandingKind::OrderOnFile || found.order().is_none(), "{:?}", kind);
                }
            }
        }
    }

    #[test]
    fn s17_a_sheet_full_of_tempting_words_was_read() {
        let mut inputs = Inputs::default();
        for field in Record::fields() {
            answer(
                field.key,
                field.kind,
                &mut std::iter::repeat(1),
                &mut inputs,
            );
        }
        let (record, _) = Record::read(&inputs);
        let json = record.json().to_string();
        assert!(json.matches(TEMPTING[1]).count() > 30, "{json}");
    }
}
