//! One resident of the demonstration is in hospital: the forms were issued, one lies in the hospital's inbox, another was
//! opened by a page, and the ward has begun to write about the discharge.

use serde_json::json;

use super::Failure;
use super::fill::{Account, denied, new_password, set_up};
use super::places::{GENERAL, INSTITUTIONS};
use crate::domain::answer::Inputs;
use crate::domain::date::Day;
use crate::domain::handoff::Part;
use crate::domain::handoff::capability::Capability;
use crate::domain::handoff::sending::{DeskKind, Method};
use crate::domain::id::{DeskId, DocumentId, FacilityId, ResidentId, SendingId, StaffId};
use crate::domain::permit::{
    Actor, EditFacility, IssueDocument, OperateService, ReadResident, Role, WriteHandoff,
};
use crate::store::desk::{self, NewDesk};
use crate::store::facility::{self, FacilityText};
use crate::store::handoff::{self, Writer};
use crate::store::sending::{self, NewSending};
use crate::store::staff::NewStaff;
use crate::store::{capability, document};
use crate::web::App;
use crate::web::auth::totp;
use crate::web::handoff::{begin_stay, issue_form};

const PEOPLE: [(&str, &str); 2] = [
    ("shiosai-msw1", "勅使河原 真理子"),
    ("shiosai-ward1", "大磯 美咲"),
];

/// Adds the general hospital with an MSW and a ward nurse.
pub(super) async fn open_hospital(
    app: &App,
    operator: &Actor,
    accounts: &mut Vec<Account>,
) -> Result<FacilityId, Failure> {
    let known = INSTITUTIONS.iter().find(|known| known.name == GENERAL);
    let known = known.ok_or_else(|| Failure("病院がありません".to_owned()))?;
    let id = FacilityId::new(app.clock.as_ref(), app.entropy.as_ref());
    let body = json!({
        "facility_name": known.name, "facility_type": "hospital", "facility_phone": known.phone,
        "facility_address": known.address,
    });
    let body = body.to_string();
    let mut staff = Vec::new();
    for (login, name) in PEOPLE {
        let password = new_password(app.entropy.as_ref());
        let hash = app.passwords.hash(&password, app.entropy.as_ref());
        let secret = totp::fresh(app.entropy.as_ref());
        staff.push((
            StaffId::new(app.clock.as_ref(), app.entropy.as_ref()),
            login,
            name,
            hash,
            secret,
        ));
        accounts.push(Account {
            totp_secret: totp::base32(&secret),
            role: Role::HospitalStaff,
            facility: Some(known.name.to_owned()),
            name,
            login: login.to_owned(),
            password,
        });
    }
    let people: Vec<NewStaff<'_>> = staff
        .iter()
        .map(|(id, login, name, hash, _)| NewStaff {
            id,
            login,
            name,
            role: Role::HospitalStaff,
            password_hash: hash,
        })
        .collect();
    let text = FacilityText {
        name: known.name,
        kind: "hospital",
        body: body.as_bytes(),
    };
    let permit = operator.permit::<OperateService>().map_err(denied)?;
    facility::create(&app.store, &permit, &id, text, &people, app.now()).await?;
    for (person, _, name, _, secret) in &staff {
        let person = Actor {
            staff: person.clone(),
            name: (*name).to_owned(),
            role: Role::HospitalStaff,
            facility: id.clone(),
            source: "console".to_owned(),
        };
        set_up(app, &person, secret, app.now()).await?;
    }
    Ok(id)
}

/// Sends a resident to hospital, and gives one of each form of the stay.
pub(super) async fn send_to_hospital(
    app: &App,
    nurse: &Actor,
    manager: &Actor,
    resident: &ResidentId,
    hospital: &FacilityId,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let unwell = |error| Failure(format!("入院の記録を作れません: {error:?}"));
    let now = app.now();
    let today = Day::of(now);
    let write = nurse.permit::<WriteHandoff>().map_err(denied)?;
    let read = nurse.permit::<ReadResident>().map_err(denied)?;
    let issue = nurse.permit::<IssueDocument>().map_err(denied)?;
    let new = NewDesk {
        kind: DeskKind::Hospital,
        hospital: GENERAL,
        department: "入退院支援センター",
        person: "勅使河原 真理子",
        phone: "0463-00-1003",
        fax: "0463-00-1004",
        hours: "平日 8時30分〜17時",
        confirmed_on: today.plus_months(-2),
        removed: false,
    };
    let desk = DeskId::new(app.clock.as_ref(), app.entropy.as_ref());
    desk::write(&app.store, &write, &desk, 0, new, now).await?;
    for (kind, name, phone) in [
        (DeskKind::CareTaxi, "しおかぜ介護タクシー", "0463-00-7100"),
        (
            DeskKind::WelfareTransport,
            "NPO法人 みなと移動サービス",
            "0463-00-7200",
        ),
    ] {
        let new = NewDesk {
            kind,
            hospital: name,
            department: "",
            person: "",
            phone,
            fax: "",
            hours: "前日までに予約",
            confirmed_on: today.plus_months(-1),
            removed: false,
        };
        let desk = DeskId::new(app.clock.as_ref(), app.entropy.as_ref());
        desk::write(&app.store, &write, &desk, 0, new, now).await?;
    }
    let matrix = [
        ("P01", "accept", "accept", ""),
        ("P05", "accept", "condition", "交換は病院で"),
        ("P07", "accept", "cannot", "夜間は看護師がいません"),
        ("P10", "accept", "accept", "2L/分まで"),
        ("P26", "accept", "accept", ""),
        (
            "P34",
            "condition",
            "cannot",
            "通院の付き添いを家族ができるとき",
        ),
    ];
    let pairs = matrix
        .into_iter()
        .flat_map(|(code, day, night, condition)| {
            [("day", day), ("night", night), ("condition", condition)]
                .map(|(name, value)| (format!("{code}.{name}"), value.to_owned()))
        });
    let (matrix, _) = Capability::read(&Inputs::from_pairs(pairs));
    let edit = manager.permit::<EditFacility>().map_err(denied)?;
    capability::write(&app.store, &edit, 0, &matrix.json().to_string(), now).await?;

    let stay = begin_stay(app, &write, resident, None)
        .await
        .map_err(unwell)?;
    let admitted = today.plus_days(-6).iso();
    let parts = [
        (
            Part::Admission,
            json!({
                "hospital_name": GENERAL, "hospital_ward": "3階東病棟", "hospital_contact_name": "勅使河原 真理子",
                "hospital_contact_role": "医療ソーシャルワーカー", "hospital_phone": "0463-00-1003",
                "admitted_on": admitted, "transported_on": admitted, "status_as_of": admitted,
                "admission_reason": "誤嚥性肺炎の疑い。発熱38.6℃、痰がらみ", "sender_name": nurse.name, "sender_role": "看護師",
                "points_of_living": "右から声をかけると落ち着く。食事は30度に起こし、ひと口ごとに飲み込みを確かめる。",
                "cognition_note": "顔なじみの職員の名前は覚えている。急に体に触れると手を払う。",
                "return_requirements": "喀痰吸引は日中のみ(夜間は看護師がいません)。点滴が終わっていること。",
                "bed_hold_until": today.plus_days(60).iso(),
            }),
        ),
        (
            Part::Discharge,
            json!({
                "discharge_expected_on": today.plus_days(9).iso(), "discharge_primary_cause": "誤嚥性肺炎",
                "discharge_adl_mobility": "full", "discharge_adl_eating": "full", "discharge_thickener": "medium",
                "discharge_procedures_national": {"state": "present", "items": ["suction"]},
                "discharge_procedures": {"state": "present", "rows": [{"code": "P07", "detail": "口腔・鼻腔 10Fr", "frequency": "1日4回"}]},
            }),
        ),
    ];
    for (part, body) in parts {
        let body = part
            .body(&Inputs::from_json(&body))
            .map_err(|problems| Failure(format!("{problems:?}")))?;
        handoff::write(
            &app.store,
            Writer::Facility(&write),
            &stay,
            part,
            0,
            &body,
            now,
        )
        .await?;
    }
    let mut papers = Vec::new();
    let mut first: Option<DocumentId> = None;
    for form in app.forms.handoff() {
        let by = if form.restricted { manager } else { nurse };
        let permit = by.permit::<IssueDocument>().map_err(denied)?;
        let issued = issue_form(app, &permit, &stay, form)
            .await
            .map_err(unwell)?;
        papers.push((
            form.key.clone(),
            document::pdf(&app.store, &read, &issued).await?,
        ));
        if form.key == "transfer" {
            first = Some(issued);
        }
    }
    let document = first.ok_or_else(|| Failure("様式がありません".to_owned()))?;
    let id = SendingId::new(app.clock.as_ref(), app.entropy.as_ref());
    let new = NewSending {
        id: &id,
        document: &document,
        method: Method::Inbox,
        recipient: GENERAL,
        department: "入退院支援センター",
        person: "勅使河原 真理子",
        role: "医療ソーシャルワーカー",
        pages: 3,
        attachments: "お薬手帳の写し",
        note: "",
        fax: None,
        hospital: Some(hospital),
        link: None,
    };
    sending::send(&app.store, &issue, new, now).await?;
    Ok(papers)
}
