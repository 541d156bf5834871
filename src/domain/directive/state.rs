//! A log of statements, read once from its beginning: what still lives, and which order rules.
//!
//! **An activation holds until something is said against it.** A suspension, an objection, a wish that says otherwise,
//! a number that is not in use, leaving, or another order put before the physician each end it, and only a new act of
//! the physician, on a new request by somebody else, makes it hold again (safety.md S4, S11, S12).
//!
//! **And nothing activates over what is open.** While an objection or a contradiction is open, or the number is known to
//! be dead, no signature counts: whoever settled it alone afterwards would otherwise be the one who lowers protection.
//! A signed paper tells only its day, so a paper signed no later than the newest thing that raised protection counts for
//! nothing, whichever order it is shown for: the same old paper brings nothing back.
//!
//! Why so: docs/decisions/0006-what-ends-an-order.md.
//!
//! What a log should not hold (a signature by a nurse, a scan verified by who uploaded it) has no effect here, however
//! it came into the store.

use super::{
    CprInstruction, CprWish, Inference, Kind, Order, PhoneResult, PhoneTested, Said,
    SignaturePurpose, Speaker, Statement, Wish,
};
use crate::domain::answer::{Known, YesNo};
use crate::domain::date::Day;
use crate::domain::id::StatementId;
use crate::domain::permit::{ActionKind, Role, allowed};

/// The log could not be read; which is never a reason to do less (safety.md S1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// What lives of a log.
#[derive(Clone, Debug, Default)]
pub struct State<'a> {
    /// The newest revocation, when nothing about resuscitation was said after it.
    pub revoked: Option<&'a Said>,
    /// The newest wish that says something about resuscitation.
    pub wish: Option<(&'a Said, &'a Wish)>,
    /// The newest inference of the family that says something about resuscitation.
    pub inference: Option<(&'a Said, &'a Inference)>,
    /// Objections that are not settled.
    pub objections: Vec<&'a Said>,
    /// Every order since the last revocation, oldest first.
    pub orders: Vec<OrderState<'a>>,
    /// The newest day on which something was said that raises protection, about whichever order.
    raised_on: Option<Day>,
}

#[derive(Clone, Debug)]
pub struct OrderState<'a> {
    pub said: &'a Said,
    pub order: &'a Order,
    /// The newest request to the physician.
    pub submitted: Option<&'a Said>,
    /// The newest activation, whether it still holds or not.
    pub activation: Option<Activation<'a>>,
    /// What was said against it since, oldest first.
    pub against: Vec<&'a Said>,
    /// A scan that waits for its second person.
    pub scan: Option<&'a Said>,
    /// The newest test of the 24-hour number; a number that is not in use stays so until somebody answers.
    pub phone_test: Option<(&'a Said, PhoneResult)>,
}

/// The physician's signature, as it reached us.
#[derive(Clone, Debug)]
pub struct Activation<'a> {
    pub said: &'a Said,
    pub purpose: SignaturePurpose,
    pub signed_on: Day,
    pub review_due_on: Day,
    pub evidence: Evidence<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence<'a> {
    /// The physician signed in and signed.
    OwnAct(&'a Speaker),
    /// The signed original, by the SHA-256 of its scan, compared by a second person.
    Original(&'a str),
}

/// Why no signature can count now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    Objection,
    /// The person or the family wants full treatment.
    Contradiction,
    /// At the last call the 24-hour number was not in use.
    DeadPhone,
}

/// Whether a statement asks for more than was asked for before, whatever that was.
fn raises_protection(statement: &Statement) -> bool {
    match statement {
        Statement::Suspended(_)
        | Statement::Revoked(_)
        | Statement::ObjectionRaised(_)
        | Statement::Closed(_) => true,
        Statement::Wish(wish) => wish.cpr.value().is_some_and(|cpr| *cpr != CprWish::NoCpr),
        Statement::Inference(inference) => inference
            .cpr
            .value()
            .is_some_and(|cpr| *cpr != CprWish::NoCpr),
        Statement::PhoneTested(test) => {
            test.number.is(&PhoneTested::Phone24h) && test.result.is(&PhoneResult::NotInUse)
        }
        _ => false,
    }
}

impl<'a> State<'a> {
    /// # Errors
    /// When the log has a gap or names what it does not hold.
    pub fn read(log: &'a [Said]) -> Result<Self, Unreadable> {
        let mut state = Self::default();
        for (index, said) in log.iter().enumerate() {
            let expected = i64::try_from(index + 1).map_err(|_| Unreadable)?;
            let about_known = said
                .about
                .as_ref()
                .is_none_or(|about| log[..index].iter().any(|earlier| earlier.id == *about));
            if said.seq != expected || !about_known {
                return Err(Unreadable);
            }
            if raises_protection(&said.statement) {
                state.raised_on = state.raised_on.max(Some(Day::of(said.at)));
            }
            state.take(said);
        }
        Ok(state)
    }

    fn take(&mut self, said: &'a Said) {
        match &said.statement {
            Statement::Wish(wish) => self.wish(said, wish),
            Statement::Inference(inference) => {
                if let Some(cpr) = inference.cpr.value() {
                    self.revoked = None;
                    self.inference = Some((said, inference));
                    self.says(said, *cpr);
                }
            }
            Statement::Order(order) => {
                self.revoked = None;
                self.orders.push(OrderState {
                    said,
                    order,
                    submitted: None,
                    activation: None,
                    against: Vec::new(),
                    scan: None,
                    phone_test: None,
                });
            }
            Statement::Submitted(_) => self.submitted(said),
            Statement::Signed(act) | Statement::Resumed(act) | Statement::Reviewed(act) => {
                let purpose = match said.statement.kind() {
                    Kind::Resumed => SignaturePurpose::Resume,
                    Kind::Reviewed => SignaturePurpose::Review,
                    _ => SignaturePurpose::Activate,
                };
                let dates = (act.signed_on.value(), act.review_due_on.value());
                let open = self.open_against(said.about.as_ref()).is_some();
                if let (Some(order), (Some(signed_on), Some(review_due_on))) =
                    (self.order_mut(said.about.as_ref()), dates)
                    && !open
                    && said.by.role == Role::Physician
                    && order.request_by_another(&said.by).is_some()
                {
                    order.activate(Activation {
                        said,
                        purpose,
                        signed_on: *signed_on,
                        review_due_on: *review_due_on,
                        evidence: Evidence::OwnAct(&said.by),
                    });
                }
            }
            Statement::Scanned(_) => {
                if let Some(order) = self.order_mut(said.about.as_ref())
                    && allowed(said.by.role, ActionKind::RecordDirective)
                    && order.request().is_some()
                {
                    order.scan = Some(said);
                }
            }
            Statement::Verified(verification) => {
                if verification.compared.is(&YesNo::Yes)
                    && allowed(said.by.role, ActionKind::VerifyOriginal)
                {
                    self.verified(said);
                }
            }
            Statement::Suspended(_) => self.against_all(said),
            Statement::ObjectionRaised(_) => {
                self.revoked = None;
                self.objections.push(said);
                self.against_all(said);
            }
            Statement::ObjectionSettled(_) => {
                self.objections
                    .retain(|objection| Some(&objection.id) != said.about.as_ref());
            }
            Statement::Revoked(_) => {
                self.revoked = Some(said);
                self.wish = None;
                self.inference = None;
                self.orders.clear();
            }
            Statement::PhoneTested(test) => {
                if let Some(order) = self.order_mut(said.about.as_ref())
                    && test.number.is(&PhoneTested::Phone24h)
                    && let Some(result) = test.result.value()
                {
                    // A dead number stays dead until somebody answers it.
                    let dead = matches!(order.phone_test, Some((_, PhoneResult::NotInUse)));
                    if !dead || *result != PhoneResult::NoAnswer {
                        order.phone_test = Some((said, *result));
                    }
                    if *result == PhoneResult::NotInUse {
                        order.against(said);
                    }
                }
            }
            Statement::Closed(_) => self.against_all(said),
            Statement::Talk(_) => {}
        }
    }

    fn wish(&mut self, said: &'a Said, wish: &'a Wish) {
        if let Some(cpr) = wish.cpr.value() {
            self.revoked = None;
            self.wish = Some((said, wish));
            self.says(said, *cpr);
        }
    }

    /// A wish for anything but the order's own instruction ends the order until the physician acts again.
    fn says(&mut self, said: &'a Said, cpr: CprWish) {
        if cpr != CprWish::NoCpr {
            let others = self
                .orders
                .iter_mut()
                .filter(|order| !order.order.cpr_instruction.is(&CprInstruction::FullCpr));
            others.for_each(|order| order.against(said));
        }
    }

    fn submitted(&mut self, said: &'a Said) {
        for order in &mut self.orders {
            if Some(&order.said.id) == said.about.as_ref() {
                order.submitted = Some(said);
                order.scan = None;
            } else if order.submitted.is_some() {
                order.against(said);
            }
        }
    }

    fn verified(&mut self, said: &'a Said) {
        let found = self.orders.iter().position(|order| {
            order.scan.is_some() && order.scan.map(|scan| &scan.id) == said.about.as_ref()
        });
        let Some(index) = found else { return };
        let order = &self.orders[index];
        let Some(scan) = order.scan else { return };
        let Statement::Scanned(body) = &scan.statement else {
            return;
        };
        let (Known::Value(original), Known::Value(purpose)) = (&body.original, &body.purpose)
        else {
            return;
        };
        let (Some(signed_on), Some(review_due_on)) =
            (body.signed_on.value(), body.review_due_on.value())
        else {
            return;
        };
        let fresh = self
            .paper_after(order)
            .is_none_or(|newest| *signed_on > newest);
        let open = self.open_against(Some(&order.said.id)).is_some();
        if scan.by.staff != said.by.staff && fresh && !open {
            self.orders[index].activate(Activation {
                said,
                purpose: *purpose,
                signed_on: *signed_on,
                review_due_on: *review_due_on,
                evidence: Evidence::Original(original.as_str()),
            });
        }
    }

    fn against_all(&mut self, said: &'a Said) {
        self.orders.iter_mut().for_each(|order| order.against(said));
    }

    fn order_mut(&mut self, id: Option<&StatementId>) -> Option<&mut OrderState<'a>> {
        self.orders
            .iter_mut()
            .find(|order| Some(&order.said.id) == id)
    }

    /// What is open against every signature on this order; nothing for an order of full treatment.
    pub fn open_against(&self, order: Option<&StatementId>) -> Option<Open> {
        let order = order.and_then(|id| self.order(id))?;
        if order.order.cpr_instruction.is(&CprInstruction::FullCpr) {
            return None;
        }
        let wish = self.wish.and_then(|(_, wish)| wish.cpr.value());
        let inference = self
            .inference
            .and_then(|(_, inference)| inference.cpr.value());
        if !self.objections.is_empty() {
            Some(Open::Objection)
        } else if [wish, inference].contains(&Some(&CprWish::FullCpr)) {
            Some(Open::Contradiction)
        } else if matches!(order.phone_test, Some((_, PhoneResult::NotInUse))) {
            Some(Open::DeadPhone)
        } else {
            None
        }
    }

    /// The day after which a paper has to be signed to count for this order: the newest day on which protection was
    /// raised, another order took its place, or it was signed before.
    pub fn paper_after(&self, order: &OrderState<'a>) -> Option<Day> {
        let opposed = order.against.iter().map(|said| Day::of(said.at));
        let signed = order.activation.as_ref().map(|last| last.signed_on);
        opposed.chain(self.raised_on).chain(signed).max()
    }

    pub fn order(&self, id: &StatementId) -> Option<&OrderState<'a>> {
        self.orders.iter().find(|order| order.said.id == *id)
    }

    /// The order that counts: the one last put before the physician; without one, the one last written down.
    ///
    /// So a draft beside an order that holds takes nothing away from it, and the moment it is submitted it rules.
    pub fn ruling(&self) -> Option<&OrderState<'a>> {
        self.orders
            .iter()
            .filter(|order| order.submitted.is_some())
            .max_by_key(|order| order.submitted.map(|said| said.seq))
            .or_else(|| self.orders.last())
    }
}

impl<'a> OrderState<'a> {
    fn against(&mut self, said: &'a Said) {
        self.against.push(said);
        self.scan = None;
    }

    fn activate(&mut self, activation: Activation<'a>) {
        self.activation = Some(activation);
        self.against.clear();
        self.scan = None;
    }

    /// The request to the physician that no activation has answered and nothing was said against.
    pub fn request(&self) -> Option<&'a Said> {
        let submitted = self.submitted?;
        let answered = self
            .activation
            .as_ref()
            .is_some_and(|activation| activation.said.seq > submitted.seq);
        let opposed = self
            .against
            .last()
            .is_some_and(|against| against.seq > submitted.seq);
        (!answered && !opposed).then_some(submitted)
    }

    /// The request, when somebody else than `signer` made it (safety.md S12: two people).
    pub fn request_by_another(&self, signer: &Speaker) -> Option<&'a Said> {
        self.request()
            .filter(|request| request.by.staff != signer.staff)
    }

    /// What a signature would be for now.
    pub fn purpose(&self) -> SignaturePurpose {
        match (&self.activation, self.against.is_empty()) {
            (None, _) => SignaturePurpose::Activate,
            (Some(_), false) => SignaturePurpose::Resume,
            (Some(_), true) => SignaturePurpose::Review,
        }
    }
}
