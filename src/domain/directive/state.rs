//! A log of statements, read once from its beginning: what still lives, and which order rules.
//!
//! **An activation holds until something is said against it.** A suspension, an objection, a wish that says otherwise,
//! a number that is not in use, leaving, or another order put before the physician each end it, and only a new act of
//! the physician, on a new request by somebody else, makes it hold again (safety.md S4, S11, S12).
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
use crate::domain::permit::Role;

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
    /// The newest test of the 24-hour number.
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
                if let (Some(order), (Some(signed_on), Some(review_due_on))) =
                    (self.order_mut(said.about.as_ref()), dates)
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
                    && order.request().is_some()
                {
                    order.scan = Some(said);
                }
            }
            Statement::Verified(verification) => {
                if verification.compared.is(&YesNo::Yes) {
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
                    order.phone_test = Some((said, *result));
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
        let order = self.orders.iter_mut().find(|order| {
            order.scan.is_some() && order.scan.map(|scan| &scan.id) == said.about.as_ref()
        });
        let Some(order) = order else { return };
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
        if scan.by.staff != said.by.staff {
            order.activate(Activation {
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
