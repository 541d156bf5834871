//! Who may do what: few roles, one table, default no.
//!
//! Store functions take a `&Permit<Action>`, so that a page or call that forgot to ask does not compile.
//! A permit also carries its facility, which every query uses: there is no way to name another one.

use std::marker::PhantomData;

use super::id::{FacilityId, StaffId};

/// What a signed-in person is, in one facility (or, for `Operator`, in the city office).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    CareWorker,
    Nurse,
    Manager,
    /// Signs orders for the residents of one facility.
    Physician,
    /// Runs the service for the city. Sees no resident's data.
    Operator,
    /// MSW or ward nurse of a hospital. Sees what facilities sent to that hospital, and nothing else.
    HospitalStaff,
    /// Whoever opened the facility's sealed envelope at night: as a care worker, for one session.
    Sealed,
}

impl Role {
    pub const ALL: [Self; 7] = [
        Self::CareWorker,
        Self::Nurse,
        Self::Manager,
        Self::Physician,
        Self::Operator,
        Self::HospitalStaff,
        Self::Sealed,
    ];

    /// The stored and transmitted code.
    pub fn code(self) -> &'static str {
        match self {
            Self::CareWorker => "care_worker",
            Self::Nurse => "nurse",
            Self::Manager => "manager",
            Self::Physician => "physician",
            Self::Operator => "operator",
            Self::HospitalStaff => "hospital_staff",
            Self::Sealed => "sealed",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::CareWorker => "介護職",
            Self::Nurse => "看護職",
            Self::Manager => "管理者",
            Self::Physician => "医師",
            Self::Operator => "市の運用担当",
            Self::HospitalStaff => "病院の職員",
            Self::Sealed => "非常用",
        }
    }

    /// `None` for a code this version does not know: such a person may do nothing.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One thing that can be allowed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ActionKind { $($(#[$doc])* $name),* }

        impl ActionKind {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
            }
        )*
    };
}

/// A marker type for one row of the permission table.
pub trait Action {
    const KIND: ActionKind;
}

actions! {
    /// See residents, sheets, revisions, documents and scans of the own facility.
    ReadResident,
    /// Keep a draft of a sheet, and confirm it as the next revision.
    EditSheet,
    /// Bring in a resident, change the room, record leaving or death.
    MoveResident,
    /// Bring in residents from a file.
    ImportResidents,
    /// Freeze a sheet as a document and print it.
    IssueDocument,
    /// End a document and its link: lost, wrong or replaced paper.
    WithdrawDocument,
    /// Suspend or revoke whatever was said about resuscitation, and take down an objection: one step, for anyone.
    RaiseProtection,
    /// Take down a talk about the last stage of life.
    RecordTalk,
    /// Begin the record of an emergency and note what happened.
    RecordTransport,
    /// Begin the record of a stay in hospital, and write its forms.
    WriteHandoff,
    /// See and write what only some may know: a suspicion of abuse, want of money.
    HandleSensitive,
    /// Decide on what conditions a resident comes back, and what of a hospital's papers enters the record.
    DecideReturn,
    /// Take down wishes and orders, put an order before the physician, keep a scan of the signed original.
    RecordDirective,
    /// Sign an order, resume it, review it: the physician's own act.
    SignOrder,
    /// Compare the scan of a signed original as the second person.
    VerifyOriginal,
    /// Mark scans as seen.
    ReviewScans,
    /// Change the facility's own address, phones and entrance.
    EditFacility,
    /// Add and disable people of the own facility.
    ManageStaff,
    /// Read the facility's audit, and export.
    ReadAudit,
    /// Add facilities and their first manager.
    OperateService,
    /// Take what a document says out of the program, as JSON or CSV.
    ExportDocument,
    /// Read and answer what facilities sent to the own hospital.
    ReadInbox,
}

/// The permission table. A new action is one arm; what is not named is refused.
pub fn allowed(role: Role, action: ActionKind) -> bool {
    use ActionKind as A;
    match action {
        A::ReadResident | A::RaiseProtection | A::RecordTalk | A::RecordTransport => {
            !matches!(role, Role::Operator | Role::HospitalStaff)
        }
        A::IssueDocument | A::ReviewScans | A::WriteHandoff => {
            matches!(
                role,
                Role::CareWorker | Role::Nurse | Role::Manager | Role::Sealed
            )
        }
        A::ExportDocument => matches!(
            role,
            Role::CareWorker | Role::Nurse | Role::Manager | Role::Physician
        ),
        A::RecordDirective | A::VerifyOriginal => matches!(role, Role::Nurse | Role::Manager),
        A::SignOrder => role == Role::Physician,
        A::EditSheet
        | A::MoveResident
        | A::ImportResidents
        | A::WithdrawDocument
        | A::DecideReturn => {
            matches!(role, Role::Nurse | Role::Manager)
        }
        A::EditFacility | A::ManageStaff | A::ReadAudit | A::HandleSensitive => {
            role == Role::Manager
        }
        A::OperateService => role == Role::Operator,
        A::ReadInbox => role == Role::HospitalStaff,
    }
}

/// A signed-in person, or the console of the machine on which the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub staff: StaffId,
    pub name: String,
    pub role: Role,
    pub facility: FacilityId,
    /// From where: a network address, or `console`.
    pub source: String,
}

impl Actor {
    /// Whoever holds the machine acts through its command line, in one facility, and is named so in the audit.
    pub fn console(facility: FacilityId, role: Role) -> Self {
        Self {
            staff: StaffId("console".to_owned()),
            name: "コンソール".to_owned(),
            role,
            facility,
            source: "console".to_owned(),
        }
    }

    /// Whoever holds the machine, where nothing of one facility is asked: as the city's operator, who sees no resident.
    pub fn console_of_all() -> Self {
        Self::console(FacilityId::from("console"), Role::Operator)
    }

    /// The one way to obtain a permit.
    pub fn permit<A: Action>(&self) -> Result<Permit<A>, Denied> {
        if allowed(self.role, A::KIND) {
            Ok(Permit {
                actor: self.clone(),
                action: PhantomData,
            })
        } else {
            Err(Denied(A::KIND))
        }
    }
}

/// The role does not include the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied(pub ActionKind);

/// Proof that `actor` may do `A` in its own facility.
#[derive(Clone, Debug)]
pub struct Permit<A> {
    actor: Actor,
    action: PhantomData<A>,
}

impl<A> Permit<A> {
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn facility(&self) -> &FacilityId {
        &self.actor.facility
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_holds_no_permit_on_residents() {
        for action in ActionKind::ALL {
            assert_eq!(
                allowed(Role::Operator, *action),
                *action == ActionKind::OperateService,
                "{action:?}"
            );
        }
    }

    #[test]
    fn a_hospital_holds_one_permit_and_it_is_its_inbox() {
        for action in ActionKind::ALL {
            let is_inbox = *action == ActionKind::ReadInbox;
            assert_eq!(
                allowed(Role::HospitalStaff, *action),
                is_inbox,
                "{action:?}"
            );
        }
    }

    #[test]
    fn whoever_opened_the_envelope_may_what_a_care_worker_may_but_take_nothing_out() {
        for action in ActionKind::ALL {
            let may = allowed(Role::CareWorker, *action) && *action != ActionKind::ExportDocument;
            assert_eq!(allowed(Role::Sealed, *action), may, "{action:?}");
        }
    }

    #[test]
    fn s12_no_role_both_asks_for_a_signature_and_signs() {
        use ActionKind as A;
        let of = |action| {
            let roles = Role::ALL.into_iter();
            roles
                .filter(|role| allowed(*role, action))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(A::SignOrder), [Role::Physician]);
        for action in [A::RecordDirective, A::VerifyOriginal] {
            assert_eq!(of(action), [Role::Nurse, Role::Manager], "{action:?}");
        }
    }

    #[test]
    fn s11_everyone_who_sees_a_resident_raises_protection() {
        for role in Role::ALL {
            let sees = allowed(role, ActionKind::ReadResident);
            let is_outside = matches!(role, Role::Operator | Role::HospitalStaff);
            assert_eq!(sees, !is_outside, "{role:?}");
            assert_eq!(allowed(role, ActionKind::RaiseProtection), sees, "{role:?}");
            assert_eq!(allowed(role, ActionKind::RecordTransport), sees, "{role:?}");
        }
    }

    #[test]
    fn people_read_what_each_of_them_is() {
        let labels = Role::ALL.map(Role::label);
        assert_eq!(
            labels,
            [
                "介護職",
                "看護職",
                "管理者",
                "医師",
                "市の運用担当",
                "病院の職員",
                "非常用"
            ]
        );
    }

    #[test]
    fn an_unknown_role_code_is_nobody() {
        assert_eq!(Role::from_code("administrator"), None);
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }
}
