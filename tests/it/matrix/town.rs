//! A city in which two facilities hold one of everything, each under a word of its own that stands in every text.

use axum::http::{Method, StatusCode};
use hikitsugi::domain::permit::Role;
use serde_json::{Value, json};

use crate::support::service::{HOME, Person, Service, between};
use crate::support::{Bench, picture, sheet};

/// The facility next door.
pub const NEXT: &str = "tonari";
pub const SCAN: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n";

/// What a part of a path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    Resident,
    Document,
    Binder,
    Handoff,
    /// A document of a stay in hospital.
    Paper,
    Sending,
    Fax,
    Drill,
    Transport,
    Staff,
    /// A signed original.
    Original,
    /// Facility and number of what lies in a hospital's inbox.
    From,
    Laid,
    /// What opens without an account.
    Link,
    Page,
    Invitation,
    /// Somebody whom the office may shut out, and where.
    Hospital,
    Outsider,
    /// Of a resident or of a stay: the same in every facility.
    Number,
    Scan,
    Revision,
    File,
    Form,
    Section,
    Asset,
    Blank,
    /// What the row of the table names itself.
    Said,
}

impl Slot {
    /// Those that name something of one facility.
    pub const OWNED: [Self; 13] = [
        Self::Resident,
        Self::Document,
        Self::Binder,
        Self::Handoff,
        Self::Paper,
        Self::Sending,
        Self::Fax,
        Self::Drill,
        Self::Transport,
        Self::Staff,
        Self::Original,
        Self::From,
        Self::Laid,
    ];

    /// What `{name}` means between what stands before and after it.
    pub fn of(before: &str, name: &str, then: &str) -> Self {
        let last = before
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        match (last, name) {
            ("people", "facility") => Self::Hospital,
            _ if before.starts_with("/facilities/people/") => Self::Outsider,
            ("residents", "id") => Self::Resident,
            ("documents", "id") => Self::Document,
            ("binders", "id") => Self::Binder,
            ("handoffs", "id") => Self::Handoff,
            ("documents", "document") => Self::Paper,
            ("sendings", "id") => Self::Sending,
            ("faxes", "id") => Self::Fax,
            ("drills", "id") => Self::Drill,
            ("transports", "id") => Self::Transport,
            ("staff", "id") => Self::Staff,
            ("original", "hash") => Self::Original,
            ("inbox", "facility") => Self::From,
            (_, "sending") => Self::Laid,
            ("q" | "Q", "token") => Self::Link,
            ("h", "token") => Self::Page,
            ("join", "token") => Self::Invitation,
            ("revisions", _) => Self::Revision,
            (_, "number") if then.starts_with("/compare") => Self::Scan,
            (_, "number") => Self::Number,
            ("files", "seq") => Self::File,
            ("forms", "form") => Self::Form,
            ("blank", "form") => Self::Blank,
            ("edit", "section") => Self::Section,
            ("assets", "name") => Self::Asset,
            ("parts", "part") | (_, "kind") => Self::Said,
            _ => panic!("{before}{{{name}}}: say in Slot::of what stands there"),
        }
    }
}

/// One of everything that a facility has.
pub struct Place {
    pub facility: String,
    /// In every text of the facility, and nowhere else: letters, and a reading.
    pub canary: &'static str,
    pub reading: &'static str,
    values: Vec<(Slot, String)>,
}

impl Place {
    pub fn value(&self, slot: Slot) -> &str {
        let known = self.values.iter().find(|(of, _)| *of == slot);
        known.map_or_else(
            || panic!("{slot:?} of {}", self.facility),
            |(_, value)| value,
        )
    }

    fn keep(&mut self, slot: Slot, value: impl Into<String>) {
        self.values.push((slot, value.into()));
    }
}

/// What no facility has, in the same form.
pub fn absent(slot: Slot) -> &'static str {
    match slot {
        Slot::Original => "0000000000000000000000000000000000000000000000000000000000000000",
        Slot::From => "dokonimonai",
        Slot::Staff => "dare-demo-nai",
        _ => "00000000-0000-7000-8000-000000000000",
    }
}

/// The people of a facility, by login.
pub struct People {
    pub care: &'static str,
    pub nurse: &'static str,
    pub second: &'static str,
    pub manager: &'static str,
    pub physician: &'static str,
    /// Somebody about whom the others may do what they like.
    pub spare: &'static str,
}

pub const AT_HOME: People = People {
    care: "care",
    nurse: "nurse",
    second: "nurse2",
    manager: "manager",
    physician: "physician",
    spare: "spare",
};
pub const NEXT_DOOR: People = People {
    care: "tonari-care",
    nurse: "tonari-nurse",
    second: "tonari-nurse2",
    manager: "tonari-manager",
    physician: "tonari-physician",
    spare: "tonari-spare",
};

pub struct Town {
    pub service: Service,
    pub home: Place,
    pub next: Place,
}

/// Somebody of さざなみ苑 who leaves.
pub const LEAVER: &str = "leaver";
/// Somebody of the hospital, about whom the office may do what it likes.
const LEAVES_HOSPITAL: &str = "msw-goes";

/// Two hospitals with accounts: the one to which さざなみ苑 sends, and the one to which the facility next door sends.
pub const HOSPITAL: &str = "byouin";
pub const OTHER_HOSPITAL: &str = "betsu-byouin";
pub const MSW: &str = "msw";
pub const OTHER_MSW: &str = "other-msw";

impl Town {
    pub async fn new(bench: Bench) -> Self {
        Self::with(bench, ("qzvsazana", "さぬさぬ")).await
    }

    /// With other words in every text of さざなみ苑.
    pub async fn with(bench: Bench, words: (&'static str, &'static str)) -> Self {
        let service = Service::start(bench).await;
        for (id, name) in [(HOSPITAL, "みなと総合病院"), (OTHER_HOSPITAL, "平和台病院")]
        {
            service.founds(id, name, "hospital").await;
        }
        let msw = Role::HospitalStaff;
        service.employs(HOSPITAL, MSW, "勅使河原 真理子", msw).await;
        service
            .employs(HOSPITAL, LEAVES_HOSPITAL, "病院 去", msw)
            .await;
        service
            .employs(OTHER_HOSPITAL, OTHER_MSW, "平和 台子", msw)
            .await;
        service
            .employs(HOME, "physician", "神谷 修一", Role::Physician)
            .await;
        service
            .employs(HOME, "spare", "予備 一", Role::CareWorker)
            .await;
        service
            .employs(HOME, LEAVER, "去年 去", Role::Manager)
            .await;
        service
            .founds(NEXT, "特別養護老人ホーム となり苑", "special_nursing_home")
            .await;
        for (login, name, role) in [
            (NEXT_DOOR.care, "qzvtonari 夜子", Role::CareWorker),
            (NEXT_DOOR.nurse, "qzvtonari 看子", Role::Nurse),
            (NEXT_DOOR.second, "qzvtonari 看江", Role::Nurse),
            (NEXT_DOOR.manager, "qzvtonari 治", Role::Manager),
            (NEXT_DOOR.physician, "qzvtonari 医", Role::Physician),
            (NEXT_DOOR.spare, "qzvtonari 予備", Role::CareWorker),
        ] {
            service.employs(NEXT, login, name, role).await;
        }
        let home = furnished(&service, HOME, &AT_HOME, words, HOSPITAL).await;
        let words = ("qzvtonari", "とぬとぬ");
        let next = furnished(&service, NEXT, &NEXT_DOOR, words, OTHER_HOSPITAL).await;
        Self {
            service,
            home,
            next,
        }
    }
}

/// An ordinary record with the facility's word in every text of it.
fn marked(canary: &str, reading: &str) -> Value {
    let mut record = sheet::ordinary();
    for key in [
        "usual_condition_note",
        "communication_note",
        "message_to_ems",
    ] {
        record[key] = json!(format!("{canary} {key}"));
    }
    for (rows, key) in [
        ("emergency_contacts", "name"),
        ("physicians", "institution"),
        ("current_conditions", "name"),
        ("past_history", "name"),
        ("medications", "name"),
    ] {
        for row in record[rows].as_array_mut().unwrap() {
            row[key] = json!(format!("{} {canary}", row[key].as_str().unwrap()));
        }
    }
    record["name"] = json!(format!("{canary} ハル"));
    record["name_kana"] = json!(format!("{reading} はる"));
    // A floor has ten characters.
    record["floor"] = json!(canary.chars().take(10).collect::<String>());
    record
}

/// Reads the page of a form, and posts with what it holds.
async fn sends(person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let page = person.see(path).await;
    let mut fields = fields.to_vec();
    let seen = page.contains("name=\"seen\" value=\"");
    let seen = seen.then(|| between(&page, "name=\"seen\" value=\"", "\"").to_owned());
    if let Some(seen) = &seen {
        fields.push(("seen", seen));
    }
    person.does(path, &fields).await
}

fn last(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

async fn furnished(
    service: &Service,
    facility: &str,
    people: &People,
    (canary, reading): (&'static str, &'static str),
    hospital: &str,
) -> Place {
    let mut place = Place {
        facility: facility.to_owned(),
        canary,
        reading,
        values: Vec::new(),
    };
    let nurse = service.sign_in(people.nurse).await;
    let care = service.sign_in(people.care).await;
    let manager = service.sign_in(people.manager).await;
    let api = service.api(people.nurse).await;
    let id = sheet::admit(&api, &marked(canary, reading)).await;
    let resident = format!("/residents/{id}");
    nurse
        .upload(
            &format!("{resident}/photo"),
            "photo",
            "a.png",
            &picture(60, 60),
        )
        .await;
    // The stay first: an order that is put before the physician afterwards waits to be compared and signed.
    stays(service, &nurse, &mut place, &id, hospital).await;
    said(&nurse, &api, &mut place, &id).await;

    // Papers: a sheet by the API, a binder, a cover for the FAX; a scan of the sheet.
    let paper = sheet::issue(&api, &id).await;
    let link = last(paper.address());
    let opened = service.stranger().post(&format!("/q/{link}"), &[]).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let document = paper.document["id"].as_str().unwrap().to_owned();
    let binder = [
        ("form", "emergency"),
        ("resident", id.as_str()),
        ("sure", "yes"),
    ];
    let grown = nurse.post("/documents/binder", &binder).await.text();
    place.keep(
        Slot::Binder,
        last(between(&grown, "content=\"0; url=", "\"")),
    );
    let paper = sheet::issue(&api, &id).await;
    let link = last(paper.address());
    let document_now = paper.document["id"].as_str().unwrap().to_owned();
    assert_ne!(document, document_now);
    let cover = [
        ("recipient", canary),
        ("department", canary),
        ("person", canary),
        ("subject", canary),
        ("number", "0463-21-1234"),
        ("way", "paper"),
    ];
    let fax = nurse
        .does(&format!("/documents/{document_now}/fax"), &cover)
        .await;
    place.keep(Slot::Fax, last(&fax));
    place.keep(Slot::Document, document_now);
    place.keep(Slot::Link, link);

    // An emergency and a drill.
    let emergency = care.does(&format!("{resident}/transports"), &[]).await;
    let noted = [("do", "note"), ("words", canary), ("tap", "1")];
    care.post(&emergency, &noted).await;
    place.keep(Slot::Transport, last(&emergency));
    place.keep(Slot::Drill, last(&care.does("/drills", &[]).await));

    let desk = [
        ("kind", "hospital"),
        ("hospital", canary),
        ("department", canary),
        ("person", canary),
        ("phone", "0463-21-1234"),
        ("confirmed_on", "2026-11-20"),
        ("version", "0"),
        ("do", "save"),
    ];
    nurse.does("/desks", &desk).await;
    // Half of an edit, as a draft.
    let draft = [
        ("revision", "2"),
        ("usual_condition_note", canary),
        ("do", "save"),
    ];
    nurse.post(&format!("{resident}/edit/usual"), &draft).await;
    let invited = manager
        .post(&format!("/staff/{}/invite", people.spare), &[])
        .await;
    let token = between(&invited.text(), "/join/", "<").to_owned();
    place.keep(Slot::Invitation, token);
    place.keep(Slot::Staff, people.spare);
    place.keep(Slot::Hospital, HOSPITAL);
    place.keep(Slot::Outsider, LEAVES_HOSPITAL);
    place.keep(Slot::Resident, id);
    place.keep(Slot::Revision, "1");
    place.keep(Slot::File, "0");
    place.keep(Slot::Form, "ward");
    place.keep(Slot::Blank, "emergency");
    place.keep(Slot::Section, "usual");
    place.keep(Slot::Asset, "style.css");
    place
}

/// A wish, a talk, and an order with its scanned original that nobody has compared yet.
async fn said(nurse: &Person<'_>, api: &Person<'_>, place: &mut Place, id: &str) {
    let canary = place.canary;
    let path = format!("/api/v1/residents/{id}/statements");
    let says = async |kind: &str, about: Option<&str>, body: Value| {
        let seen = api.get(&path).await.etag();
        let said = json!({"kind": kind, "about": about, "body": body});
        let answer = api
            .json(Method::POST, &path, &[("if-match", &seen)], &said)
            .await;
        assert_eq!(
            answer.status,
            StatusCode::CREATED,
            "{kind}: {}",
            answer.text()
        );
        answer.value()["statement"].clone()
    };
    let wish = json!({"cpr": "no_cpr", "stated_on": "2026-11-01", "stated_how": "spoken", "words": canary});
    says("patient_wish", None, wish).await;
    says(
        "acp_talk",
        None,
        json!({"held_on": "2026-11-02", "words": canary}),
    )
    .await;
    let order = json!({
        "cpr_instruction": "no_cpr", "scope": canary, "basis_disease": canary, "expected_event": canary, "irreversible": "yes",
        "person_wish_basis": "self_stated", "participants": {"state": "present", "rows": [{"name": canary, "role": "長男"}]},
        "dissent": {"state": "none", "confirmed_on": "2026-11-20"}, "discussed_on": "2026-11-20", "physician_name": canary,
        "institution": canary, "phone_24h": "0463-00-1199", "phone_tested_on": "2026-11-22", "original_location": canary,
        "effective_from": "2026-11-23", "expires_on": "2027-11-23",
    });
    let order = says("physician_order", None, order).await;
    says("submitted", order["id"].as_str(), json!({})).await;
    let number = order["seq"].to_string();
    let path = format!("/residents/{id}/directive/{number}/scan");
    let page = nurse.see(&path).await;
    let fields = [
        ("signed_on", "令和8年11月23日"),
        ("review_due_on", "令和9年5月23日"),
        ("seen", between(&page, "name=\"seen\" value=\"", "\"")),
    ];
    // Another picture in each facility, or the two would be the same one.
    let original = picture(80 + u32::from(place.facility == HOME), 80);
    let sent = nurse
        .upload_with(&path, &fields, "original", "a.png", &original)
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let page = nurse.see(&format!("/residents/{id}/directive")).await;
    let hash = between(&page, "/directive/original/", "\"").to_owned();
    let scan = order["seq"].as_i64().unwrap() + 2;
    place.keep(Slot::Scan, scan.to_string());
    place.keep(Slot::Original, hash);
    place.keep(Slot::Number, number);
}

/// A stay whose form went out by a page of its own and into an inbox, with a file beside it.
async fn stays(service: &Service, nurse: &Person<'_>, place: &mut Place, id: &str, hospital: &str) {
    let canary = place.canary;
    let stay = nurse.does(&format!("/residents/{id}/handoffs"), &[]).await;
    let typed = [
        ("version.admission", "0"),
        ("hospital_name", "みなと総合病院"),
        ("admission_reason", canary),
        ("points_of_living", canary),
        ("do", "issue"),
    ];
    let paper = sends(nurse, &format!("{stay}/forms/ward"), &typed).await;
    let given = |method, hospital| {
        [
            ("method", method),
            ("recipient", "みなと総合病院"),
            ("department", canary),
            ("person", canary),
            ("pages", "1"),
            ("note", canary),
            ("hospital", hospital),
        ]
    };
    let page = nurse
        .post(&format!("{paper}/send"), &given("link", ""))
        .await;
    let page = page.text();
    let address = between(&page, "address\">", "<").to_owned();
    place.keep(Slot::Page, last(&address));
    let passcode = between(&page, "passcode number\">", "<").to_owned();
    let knock = [
        ("person", canary),
        ("department", canary),
        ("passcode", &passcode),
    ];
    let to = &address[address.find("/h/").unwrap()..];
    let came = service.stranger().post(to, &knock).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.text());
    let laid = nurse
        .does(&format!("{paper}/send"), &given("inbox", hospital))
        .await;
    let file = format!("{stay}/files");
    nurse
        .upload_with(&file, &[("label", canary)], "file", "b.pdf", SCAN)
        .await;
    place.keep(Slot::From, place.facility.clone());
    place.keep(Slot::Laid, last(&laid));
    place.keep(Slot::Sending, last(&laid));
    place.keep(Slot::Paper, last(&paper));
    place.keep(Slot::Handoff, last(&stay));
}
