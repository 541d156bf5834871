//! The one written table: every route, who may take it, and what is sent to it. A route without a row fails the build.

use hikitsugi::domain::permit::{ActionKind as A, Role, allowed};

/// Who may take a route.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// Anybody, with or without an account.
    Anybody,
    /// Whoever holds what is in the address; a cookie gives nothing more.
    Holder,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever the permission table allows this.
    May(A),
    /// Any of these is enough.
    AnyOf(&'static [A]),
    /// All of these are needed.
    AllOf(&'static [A]),
    /// It depends on the last part of the path, or on `kind` in the body.
    By(&'static [(&'static str, A)]),
}

impl Who {
    /// Whether somebody of this role may, where `said` stands for the part on which it depends.
    pub fn allows(self, role: Role, said: &str) -> bool {
        match self {
            Self::Anybody | Self::Holder | Self::SignedIn => true,
            Self::May(action) => allowed(role, action),
            Self::AnyOf(actions) => actions.iter().any(|action| allowed(role, *action)),
            Self::AllOf(actions) => actions.iter().all(|action| allowed(role, *action)),
            Self::By(kinds) => kinds
                .iter()
                .any(|(code, action)| *code == said && allowed(role, *action)),
        }
    }

    pub fn is_open(self) -> bool {
        matches!(self, Self::Anybody | Self::Holder)
    }
}

/// Who may say what about resuscitation; `web::directive` has no pages for the rest.
const TAKEN_DOWN: Who = Who::By(&[
    ("patient_wish", A::RecordDirective),
    ("family_inference", A::RecordDirective),
    ("physician_order", A::RecordDirective),
    ("acp_talk", A::RecordTalk),
]);
const TAKEN_DOWN_LATER: Who = Who::By(&[
    ("submitted", A::RecordDirective),
    ("phone_tested", A::RecordDirective),
    ("objection_settled", A::RecordDirective),
]);
const SAID_BY_CALL: Who = Who::By(&[
    ("suspended", A::RaiseProtection),
    ("revoked", A::RaiseProtection),
    ("objection_raised", A::RaiseProtection),
    ("acp_talk", A::RecordTalk),
    ("patient_wish", A::RecordDirective),
    ("family_inference", A::RecordDirective),
    ("physician_order", A::RecordDirective),
    ("submitted", A::RecordDirective),
    ("phone_tested", A::RecordDirective),
    ("objection_settled", A::RecordDirective),
    ("signed", A::SignOrder),
    ("resumed", A::SignOrder),
    ("reviewed", A::SignOrder),
    ("verified", A::VerifyOriginal),
]);
const PARTS: Who = Who::By(&[
    ("admission", A::WriteHandoff),
    ("discharge", A::WriteHandoff),
    ("conference", A::WriteHandoff),
    ("sensitive", A::HandleSensitive),
    ("assessment", A::DecideReturn),
]);

use Who::{AllOf, AnyOf, Anybody, Holder, May, SignedIn};

#[rustfmt::skip]
/// Method, path, who, and what a form or call sends: urlencoded, JSON, `file NAME` for an upload, or nothing.
pub const TABLE: &[(&str, &str, Who, &str)] = &[
    // Without an account.
    ("GET", "/signin", Anybody, ""),
    ("POST", "/signin", Anybody, "login=nobody-here&password=x"),
    ("GET", "/signin/code", Anybody, ""),
    ("POST", "/signin/code", Anybody, "code=000000"),
    ("GET", "/signin/setup", Anybody, ""),
    ("GET", "/signin/sealed", Anybody, ""),
    ("POST", "/signin/sealed", Anybody, "login=nobody-here&code=x&name=x"),
    ("POST", "/signin/setup", Anybody, "code=000000"),
    ("GET", "/assets/{name}", Anybody, ""),
    ("GET", "/papers/explanation.pdf", Anybody, ""),
    ("GET", "/favicon.ico", Anybody, ""),
    ("GET", "/healthz", Anybody, ""),
    ("GET", "/readyz", Anybody, ""),
    ("GET", "/api/openapi.json", Anybody, ""),
    ("POST", "/api/v1/token", Anybody, r#"{"login":"nobody-here","password":"x"}"#),
    // By what is in the address.
    ("GET", "/join/{token}", Holder, ""),
    ("POST", "/join/{token}", Holder, "password=x&again=x"),
    ("GET", "/q/{token}", Holder, ""),
    ("POST", "/q/{token}", Holder, ""),
    ("GET", "/Q/{token}", Holder, ""),
    ("POST", "/Q/{token}", Holder, ""),
    ("POST", "/q/{token}/newer", Holder, ""),
    ("POST", "/Q/{token}/newer", Holder, ""),
    ("GET", "/h/{token}", Holder, ""),
    ("POST", "/h/{token}", Holder, "person=a&department=b&passcode=0"),
    ("POST", "/h/{token}/say", Holder, "do=received"),
    ("GET", "/h/{token}/pdf", Holder, ""),
    ("GET", "/h/{token}/json", Holder, ""),
    ("GET", "/h/{token}/csv", Holder, ""),
    ("POST", "/h/{token}/files", Holder, "file file"),
    ("GET", "/h/{token}/discharge", Holder, ""),
    ("POST", "/h/{token}/discharge", Holder, "version=0"),
    // Residents.
    ("GET", "/residents", May(A::ReadResident), ""),
    ("GET", "/residents/new", May(A::MoveResident), ""),
    ("POST", "/residents/new", May(A::MoveResident), "name="),
    ("GET", "/residents/import", May(A::ImportResidents), ""),
    ("POST", "/residents/import", May(A::ImportResidents), "file file"),
    ("POST", "/residents/import/check", May(A::ImportResidents), "x=y"),
    ("GET", "/residents/import/done", May(A::ImportResidents), ""),
    ("GET", "/residents/import/sample.csv", May(A::ImportResidents), ""),
    ("GET", "/residents/{id}", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/move", May(A::MoveResident), ""),
    ("POST", "/residents/{id}/move", AllOf(&[A::MoveResident, A::EditSheet]), "room=1&revision=0"),
    ("GET", "/residents/{id}/end", May(A::MoveResident), ""),
    ("POST", "/residents/{id}/end", May(A::MoveResident), "status=left&on=2099-01-01"),
    ("GET", "/residents/{id}/photo", May(A::ReadResident), ""),
    ("POST", "/residents/{id}/photo", May(A::EditSheet), "file photo"),
    ("GET", "/residents/{id}/revisions", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/revisions/{number}", May(A::ReadResident), ""),
    // The sheet.
    ("GET", "/residents/{id}/edit", May(A::EditSheet), ""),
    ("GET", "/residents/{id}/edit/{section}", May(A::EditSheet), ""),
    ("POST", "/residents/{id}/edit/{section}", May(A::EditSheet), "revision=0&do=save"),
    ("GET", "/residents/{id}/confirm", May(A::EditSheet), ""),
    ("POST", "/residents/{id}/confirm", May(A::EditSheet), "revision=0"),
    ("GET", "/residents/{id}/merge", May(A::EditSheet), ""),
    ("POST", "/residents/{id}/merge", May(A::EditSheet), "revision=0"),
    ("POST", "/residents/{id}/verify", May(A::EditSheet), "revision=0"),
    ("POST", "/residents/{id}/draft/discard", May(A::EditSheet), ""),
    // What was said about resuscitation.
    ("GET", "/directives", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/directive", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/directive/raise", May(A::RaiseProtection), ""),
    ("GET", "/residents/{id}/directive/said/{number}", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/directive/say/{kind}", TAKEN_DOWN, ""),
    ("POST", "/residents/{id}/directive/say/{kind}", TAKEN_DOWN, "seen=0"),
    ("GET", "/residents/{id}/directive/original/{hash}", May(A::ReadResident), ""),
    ("GET", "/residents/{id}/directive/{number}/sign", May(A::SignOrder), ""),
    ("POST", "/residents/{id}/directive/{number}/sign", May(A::SignOrder), "seen=0"),
    ("GET", "/residents/{id}/directive/{number}/scan", May(A::RecordDirective), ""),
    ("POST", "/residents/{id}/directive/{number}/scan", May(A::RecordDirective), "file original"),
    ("GET", "/residents/{id}/directive/{number}/compare", May(A::VerifyOriginal), ""),
    ("POST", "/residents/{id}/directive/{number}/compare", May(A::VerifyOriginal), "do=x&seen=0"),
    ("GET", "/residents/{id}/directive/{number}/{kind}", TAKEN_DOWN_LATER, ""),
    ("POST", "/residents/{id}/directive/{number}/{kind}", TAKEN_DOWN_LATER, "seen=0"),
    ("POST", "/residents/{id}/directive/raise", May(A::RaiseProtection), "do=suspend"),
    ("GET", "/residents/{id}/directive/papers", May(A::ReadResident), ""),
    ("POST", "/residents/{id}/directive/papers", May(A::IssueDocument), "paper=acp_log"),
    // Papers.
    ("GET", "/residents/{id}/documents", May(A::IssueDocument), ""),
    ("POST", "/residents/{id}/documents", May(A::IssueDocument), "form=bed"),
    ("GET", "/documents", May(A::ReadResident), ""),
    ("GET", "/documents/binder", May(A::IssueDocument), ""),
    ("POST", "/documents/binder", May(A::IssueDocument), "form=emergency"),
    ("GET", "/documents/binders/{id}", May(A::ReadResident), ""),
    ("GET", "/documents/binders/{id}/pdf", May(A::ReadResident), ""),
    ("GET", "/documents/{id}", May(A::ReadResident), ""),
    ("GET", "/documents/{id}/pdf", May(A::ReadResident), ""),
    ("POST", "/documents/{id}/collected", May(A::IssueDocument), "outcome=collected"),
    ("GET", "/documents/{id}/fax", May(A::IssueDocument), ""),
    ("POST", "/documents/{id}/fax", May(A::IssueDocument), "number=1&recipient=x&way=paper"),
    ("GET", "/faxes/{id}", May(A::ReadResident), ""),
    ("POST", "/faxes/{id}", May(A::IssueDocument), "do=check&number=0463-21-1234"),
    ("GET", "/faxes/{id}/pdf", May(A::IssueDocument), ""),
    ("POST", "/documents/{id}/lost", May(A::WithdrawDocument), "where=x"),
    ("POST", "/documents/{id}/withdraw", May(A::WithdrawDocument), "reason=x"),
    ("GET", "/papers/door.pdf", May(A::ReadResident), ""),
    ("GET", "/papers/blank/{form}", May(A::ReadResident), ""),
    ("GET", "/scans", May(A::ReadResident), ""),
    ("POST", "/scans", May(A::ReviewScans), "until=0"),
    // Emergencies.
    // Empty for whoever sees no residents: it also says whether the session is locked.
    ("GET", "/notices", SignedIn, ""),
    ("GET", "/transports", May(A::ReadResident), ""),
    ("POST", "/residents/{id}/transports", May(A::RecordTransport), ""),
    ("GET", "/transports/{id}", May(A::ReadResident), ""),
    ("GET", "/transports/{id}/newer", May(A::ReadResident), "?mark=x"),
    ("POST", "/transports/{id}", May(A::RecordTransport), "do=help&tap=1"),
    ("GET", "/drills", May(A::ReadResident), ""),
    ("POST", "/drills", May(A::RecordTransport), ""),
    ("GET", "/drills/{id}", May(A::ReadResident), ""),
    // Stays in hospital.
    ("GET", "/handoffs", May(A::ReadResident), ""),
    ("POST", "/residents/{id}/handoffs", May(A::WriteHandoff), ""),
    ("GET", "/handoffs/{id}", May(A::ReadResident), ""),
    ("POST", "/handoffs/{id}/files", May(A::WriteHandoff), "file file"),
    ("GET", "/handoffs/{id}/files/{seq}", May(A::ReadResident), ""),
    ("GET", "/handoffs/{id}/forms/{form}", May(A::ReadResident), ""),
    ("POST", "/handoffs/{id}/forms/{form}", May(A::WriteHandoff), "version.admission=0&do=save"),
    ("GET", "/handoffs/{id}/documents/{document}", May(A::ReadResident), ""),
    ("GET", "/handoffs/{id}/documents/{document}/json", AllOf(&[A::ReadResident, A::ExportDocument]), ""),
    ("GET", "/handoffs/{id}/documents/{document}/csv", AllOf(&[A::ReadResident, A::ExportDocument]), ""),
    ("GET", "/handoffs/{id}/documents/{document}/send", May(A::IssueDocument), ""),
    ("POST", "/handoffs/{id}/documents/{document}/send", May(A::IssueDocument), "method=phone&recipient=x&pages=1"),
    ("GET", "/sendings/{id}", May(A::ReadResident), ""),
    ("POST", "/sendings/{id}", May(A::IssueDocument), "do=failed&words=x"),
    ("GET", "/handoffs/{id}/home", May(A::DecideReturn), ""),
    ("POST", "/handoffs/{id}/home", May(A::DecideReturn), "revision=0"),
    ("POST", "/handoffs/{id}/end", May(A::DecideReturn), "ending=elsewhere"),
    ("GET", "/desks", May(A::ReadResident), ""),
    ("POST", "/desks", May(A::WriteHandoff), "kind=hospital&hospital=&phone="),
    ("GET", "/capability", May(A::ReadResident), ""),
    ("POST", "/capability", May(A::EditFacility), "version=9"),
    ("GET", "/capability/search", AnyOf(&[A::ReadResident, A::ReadInbox]), ""),
    // The facility and its people.
    ("GET", "/facility", May(A::EditFacility), ""),
    ("POST", "/facility", May(A::EditFacility), "version=0"),
    ("GET", "/facility/flow", May(A::EditFacility), ""),
    ("POST", "/facility/flow", May(A::EditFacility), "version=9"),
    ("GET", "/staff", May(A::ManageStaff), ""),
    ("POST", "/staff", May(A::ManageStaff), "name=&login=&role="),
    ("GET", "/staff/{id}/invite", May(A::ManageStaff), ""),
    ("POST", "/staff/{id}/invite", May(A::ManageStaff), ""),
    ("POST", "/staff/{id}", May(A::ManageStaff), "do=disable"),
    ("GET", "/staff/sealed", May(A::ManageStaff), ""),
    ("POST", "/staff/sealed", May(A::ManageStaff), "do=nothing"),
    ("GET", "/audit", May(A::ReadAudit), ""),
    // The city office.
    ("GET", "/facilities", May(A::OperateService), ""),
    ("POST", "/facilities", May(A::OperateService), "facility_name="),
    ("GET", "/facilities/people", May(A::OperateService), ""),
    ("POST", "/facilities/people", May(A::OperateService), "person_name="),
    ("POST", "/facilities/people/{facility}/{id}", May(A::OperateService), "do=disable"),
    ("POST", "/facilities/operators", May(A::OperateService), "name=&login="),
    ("POST", "/facilities/invite", May(A::OperateService), "invite_login=nobody-here"),
    // A hospital's people.
    ("GET", "/inbox", May(A::ReadInbox), ""),
    ("GET", "/inbox/{facility}/{sending}", May(A::ReadInbox), ""),
    ("POST", "/inbox/{facility}/{sending}/say", May(A::ReadInbox), "do=received"),
    ("GET", "/inbox/{facility}/{sending}/pdf", May(A::ReadInbox), ""),
    ("GET", "/inbox/{facility}/{sending}/json", May(A::ReadInbox), ""),
    ("GET", "/inbox/{facility}/{sending}/csv", May(A::ReadInbox), ""),
    ("POST", "/inbox/{facility}/{sending}/files", May(A::ReadInbox), "file file"),
    ("GET", "/inbox/{facility}/{sending}/discharge", May(A::ReadInbox), ""),
    ("POST", "/inbox/{facility}/{sending}/discharge", May(A::ReadInbox), "version=0"),
    // The API.
    ("GET", "/api/v1/residents", May(A::ReadResident), ""),
    ("POST", "/api/v1/residents", May(A::MoveResident), r#"{"name":""}"#),
    ("GET", "/api/v1/residents/{id}", May(A::ReadResident), ""),
    ("PATCH", "/api/v1/residents/{id}", May(A::MoveResident), r#"{"room":"1"}"#),
    ("GET", "/api/v1/residents/{id}/sheet", May(A::ReadResident), ""),
    ("PUT", "/api/v1/residents/{id}/sheet", May(A::EditSheet), r#"{"record":{"name":"x","name_kana":"あ"}}"#),
    ("GET", "/api/v1/residents/{id}/sheet/revisions", May(A::ReadResident), ""),
    ("GET", "/api/v1/residents/{id}/sheet/revisions/{revision}", May(A::ReadResident), ""),
    ("GET", "/api/v1/residents/{id}/standing", May(A::ReadResident), ""),
    ("GET", "/api/v1/residents/{id}/statements", May(A::ReadResident), ""),
    ("POST", "/api/v1/residents/{id}/statements", SAID_BY_CALL, r#"{"kind":"{kind}"}"#),
    ("POST", "/api/v1/residents/{id}/documents", May(A::IssueDocument), r#"{"form":"bed"}"#),
    ("GET", "/api/v1/documents/{id}/pdf", May(A::ReadResident), ""),
    ("POST", "/api/v1/documents/{id}/withdraw", May(A::WithdrawDocument), r#"{"reason":"x"}"#),
    ("GET", "/api/v1/residents/{id}/transports", May(A::ReadResident), ""),
    ("POST", "/api/v1/residents/{id}/transports", May(A::RecordTransport), ""),
    ("GET", "/api/v1/transports/{id}", May(A::ReadResident), ""),
    ("POST", "/api/v1/transports/{id}/events", May(A::RecordTransport), r#"{"event":"help"}"#),
    ("GET", "/api/v1/residents/{id}/handoffs", May(A::ReadResident), ""),
    ("POST", "/api/v1/residents/{id}/handoffs", May(A::WriteHandoff), "{}"),
    ("GET", "/api/v1/handoffs/{id}", May(A::ReadResident), ""),
    ("PUT", "/api/v1/handoffs/{id}/parts/{part}", PARTS, "{}"),
    ("GET", "/api/v1/handoffs/{id}/difference", May(A::ReadResident), ""),
    ("POST", "/api/v1/handoffs/{id}/documents", May(A::IssueDocument), r#"{"form":"ward"}"#),
    ("GET", "/api/v1/handoffs/{id}/documents/{document}", May(A::ReadResident), ""),
    ("POST", "/api/v1/handoffs/{id}/documents/{document}/sendings", May(A::IssueDocument), r#"{"method":"phone","recipient":"x","pages":"1"}"#),
    ("POST", "/api/v1/notebook", May(A::ReadResident), "JAHISTC01"),
    ("GET", "/api/v1/audit", May(A::ReadAudit), ""),
    // One's own way in; last, for it ends here.
    ("GET", "/", SignedIn, ""),
    ("GET", "/account", SignedIn, ""),
    ("POST", "/account/elsewhere", SignedIn, ""),
    ("POST", "/account/devices", SignedIn, ""),
    ("POST", "/account/codes", SignedIn, "password=x&code=x"),
    ("POST", "/account/password", SignedIn, "password=x&code=x&new=x"),
    // Last: whoever locked or left comes to no page any more.
    ("GET", "/unlock", Anybody, ""),
    ("POST", "/unlock", Anybody, "password=x"),
    ("POST", "/lock", Anybody, ""),
    ("POST", "/signout", Anybody, ""),
];

/// Nothing is there, for anybody.
pub const NOTHING: &str = "/api/{*rest}";

/// Who may do what, written once more and beside the program's own table: neither changes alone.
/// C care worker, N nurse, M manager, P physician, O the city office, H people of a hospital.
pub const PERMISSIONS: &[(A, &str)] = &[
    (A::ReadResident, "CNMPS"),
    (A::EditSheet, "NM"),
    (A::MoveResident, "NM"),
    (A::ImportResidents, "NM"),
    (A::IssueDocument, "CNMS"),
    (A::WithdrawDocument, "NM"),
    (A::RaiseProtection, "CNMPS"),
    (A::RecordTalk, "CNMPS"),
    (A::RecordTransport, "CNMPS"),
    (A::WriteHandoff, "CNMS"),
    (A::HandleSensitive, "M"),
    (A::DecideReturn, "NM"),
    (A::RecordDirective, "NM"),
    (A::SignOrder, "P"),
    (A::VerifyOriginal, "NM"),
    (A::ReviewScans, "CNMS"),
    (A::EditFacility, "M"),
    (A::ManageStaff, "M"),
    (A::ReadAudit, "M"),
    (A::OperateService, "O"),
    (A::ExportDocument, "CNMP"),
    (A::ReadInbox, "H"),
];
