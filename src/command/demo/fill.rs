//! Lives a city's past through in a fresh database: everything is written by the store functions that pages use, as
//! the person who did it and at the time when it was done, so that histories and the audit chains are real.

use super::super::Failure;
use super::city::{City, Facility, Paper, Resident, Revision, Spoken, Staff, Stay, When};
use super::stay;
use crate::domain::clock::{Entropy, Moment};
use crate::domain::date::Day;
use crate::domain::directive::rules::Limits;
use crate::domain::directive::{Kind, Speaks};
use crate::domain::id::{FacilityId, ResidentId, StaffId, StatementId};
use crate::domain::link::LinkToken;
use crate::domain::permit::{
    Action, Actor, Denied, EditSheet, OperateService, Permit, RaiseProtection, ReadResident,
    RecordDirective, RecordTalk, Role, SignOrder, VerifyOriginal,
};
use crate::domain::resident::{Head, Status};
use crate::export::pdf::directive::{self as directive_paper, DirectivePaper};
use crate::store::attachment::{self, NewAttachment};
use crate::store::directive::{self, NewStatement};
use crate::store::document::{self, PrintOrder};
use crate::store::facility::{self, FacilityText};
use crate::store::factor;
use crate::store::link;
use crate::store::resident::{self, Admission};
use crate::store::scan::{self, NewScan};
use crate::store::sheet::{self, NewRevision};
use crate::store::staff::{self, NewStaff};
use crate::web::auth::totp;
use crate::web::{App, Issued, issue_document, issue_paper, sha256};

/// What somebody who runs the demonstration is told.
pub(super) struct Filled {
    pub accounts: Vec<Account>,
    /// The page of the paper that the demonstration holds up.
    pub scan_url: String,
    /// One paper of each form: the form's key and the PDF.
    pub papers: Vec<(String, Vec<u8>)>,
}

pub(super) struct Account {
    pub role: Role,
    /// `None` for the city's operator, whose office is no care home.
    pub facility: Option<String>,
    pub name: &'static str,
    pub login: String,
    pub password: String,
    /// The key of the digits, in base32.
    pub totp_secret: String,
}

/// Fills the app's database, which is empty. `tell` hears how many of how many residents are there.
pub(super) async fn fill(
    app: &App,
    city: &City,
    tell: impl Fn(usize, usize),
) -> Result<Filled, Failure> {
    let mut accounts = Vec::new();
    let (mut homes, hospital) = open_facilities(app, city, &mut accounts).await?;
    let count = city
        .facilities
        .iter()
        .map(|facility| facility.residents.len())
        .sum();
    let mut done = 0;
    for home in &mut homes {
        live_through(app, home, &mut || {
            done += 1;
            tell(done, count);
        })
        .await?;
    }
    let mut shown = None;
    for home in &mut homes {
        if let Some(paper) = hand_out_papers(app, home).await? {
            shown = Some((home.facility.key, paper));
        }
        say_what_is_new(app, home).await?;
        begin_a_draft(app, home).await?;
        end_stays(app, home).await?;
    }
    let no_paper = || Failure("見せる紙がありません".to_owned());
    let (key, (resident, address)) = shown.ok_or_else(no_paper)?;
    let shown_at = homes.iter().find(|home| home.facility.key == key);
    let home = shown_at.ok_or_else(no_paper)?;
    let token = address.rsplit('/').next().unwrap_or_default();
    scanned_once(app, token).await?;
    let mut papers = one_of_each_form(app, home, &resident).await?;
    papers.extend(in_hospital(app, home, &resident, &hospital).await?);
    Ok(Filled {
        accounts,
        scan_url: format!("{}/q/{token}", app.base_url),
        papers,
    })
}

/// Somebody else of the home that the demonstration holds up is in hospital.
async fn in_hospital(
    app: &App,
    home: &Home<'_>,
    shown: &ResidentId,
    hospital: &FacilityId,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let known = home.facility.residents.iter().zip(&home.residents);
    let mut living = known.filter(|(resident, id)| resident.stay == Stay::LivingIn && *id != shown);
    let (_, resident) = living
        .next()
        .ok_or_else(|| Failure("入院する人がいません".to_owned()))?;
    let by = |role| {
        let person = home.people.iter().find(|person| person.role == role);
        person.ok_or_else(|| Failure("職員がいません".to_owned()))
    };
    let (nurse, manager) = (by(Role::Nurse)?, by(Role::Manager)?);
    stay::send_to_hospital(app, nurse, manager, resident, hospital).await
}

/// A facility whose people can act.
struct Home<'a> {
    facility: &'a Facility,
    /// In the order of the facility's staff.
    people: Vec<Actor>,
    /// In the order of the facility's residents, as far as they have been admitted.
    residents: Vec<ResidentId>,
    /// What was said of each resident so far.
    said: Vec<Vec<StatementId>>,
}

impl Home<'_> {
    fn permit<A: Action>(&self, by: usize) -> Result<Permit<A>, Failure> {
        self.people[by].permit().map_err(denied)
    }

    /// Somebody who may keep sheets, hand out papers and record an end.
    fn nurse<A: Action>(&self) -> Result<Permit<A>, Failure> {
        let nurse = self
            .people
            .iter()
            .position(|person| person.role == Role::Nurse);
        self.permit(nurse.unwrap_or(0))
    }
}

pub(super) fn denied(denied: Denied) -> Failure {
    Failure(format!("{:?} の権限がありません", denied.0))
}

// ---- facilities and accounts ------------------------------------------------------------------------------------

async fn open_facilities<'a>(
    app: &App,
    city: &'a City,
    accounts: &mut Vec<Account>,
) -> Result<(Vec<Home<'a>>, FacilityId), Failure> {
    let at = first_moment(city, app.now()).plus_days(-30);
    let is_office = |facility: &Facility| {
        facility
            .staff
            .iter()
            .any(|staff| staff.role == Role::Operator)
    };
    let (offices, homes): (Vec<&Facility>, Vec<&Facility>) = city
        .facilities
        .iter()
        .partition(|facility| is_office(facility));
    let office = offices
        .first()
        .ok_or(Failure("運用担当がいません".to_owned()))?;
    let office_id = FacilityId::new(app.clock.as_ref(), app.entropy.as_ref());
    let console = Actor::console(office_id.clone(), Role::Operator);
    let office = open_facility(app, &console, office_id, office, at, accounts).await?;
    let operator = &office.people[0];
    let mut opened = Vec::new();
    for facility in homes {
        let id = FacilityId::new(app.clock.as_ref(), app.entropy.as_ref());
        opened.push(open_facility(app, operator, id, facility, at, accounts).await?);
    }
    let hospital = stay::open_hospital(app, operator, accounts).await?;
    Ok((opened, hospital))
}

async fn open_facility<'a>(
    app: &App,
    operator: &Actor,
    id: FacilityId,
    facility: &'a Facility,
    at: Moment,
    accounts: &mut Vec<Account>,
) -> Result<Home<'a>, Failure> {
    let people: Vec<Actor> = facility
        .staff
        .iter()
        .map(|staff| actor(app, &id, staff))
        .collect();
    let name = facility.facts.facility_name.to_string();
    let mut hashes = Vec::new();
    let mut secrets = Vec::new();
    for staff in &facility.staff {
        let password = new_password(app.entropy.as_ref());
        hashes.push(app.passwords.hash(&password, app.entropy.as_ref()));
        let secret = totp::fresh(app.entropy.as_ref());
        secrets.push(secret);
        accounts.push(Account {
            totp_secret: totp::base32(&secret),
            role: staff.role,
            facility: (staff.role != Role::Operator).then(|| name.clone()),
            name: staff.name,
            login: staff.login.clone(),
            password,
        });
    }
    let staff = facility.staff.iter().zip(people.iter().zip(&hashes));
    let staff = staff.map(|(staff, (person, hash))| NewStaff {
        id: &person.staff,
        login: &staff.login,
        name: staff.name,
        role: staff.role,
        password_hash: hash,
    });
    let (physicians, staff): (Vec<_>, Vec<_>) =
        staff.partition(|person| person.role == Role::Physician);
    let facts = facility.facts.json();
    let kind = facts["facility_type"]
        .as_str()
        .unwrap_or("other")
        .to_owned();
    let body = facts.to_string();
    let text = FacilityText {
        name: &name,
        kind: &kind,
        body: body.as_bytes(),
    };
    let permit: Permit<OperateService> = operator.permit().map_err(denied)?;
    facility::create(&app.store, &permit, &id, text, &staff, at).await?;
    for physician in physicians {
        staff::create_by_office(&app.store, &permit, &id, physician, at).await?;
    }
    for (person, secret) in people.iter().zip(&secrets) {
        set_up(app, person, secret, at).await?;
    }
    Ok(Home {
        facility,
        people,
        residents: Vec::new(),
        said: Vec::new(),
    })
}

fn actor(app: &App, facility: &FacilityId, staff: &Staff) -> Actor {
    Actor {
        staff: StaffId::new(app.clock.as_ref(), app.entropy.as_ref()),
        name: staff.name.to_owned(),
        role: staff.role,
        facility: facility.clone(),
        source: "console".to_owned(),
    }
}

/// The digits of somebody's phone, as if they had been set up.
pub(super) async fn set_up(
    app: &App,
    person: &Actor,
    secret: &[u8],
    at: Moment,
) -> Result<(), Failure> {
    factor::start(&app.store, person, secret, at).await?;
    Ok(factor::confirm(&app.store, person, 0, &[], at).await?)
}

/// Before anything happened.
fn first_moment(city: &City, now: Moment) -> Moment {
    city.facilities
        .iter()
        .flat_map(|facility| &facility.residents)
        .filter_map(|resident| resident.revisions.first())
        .map(|revision| revision.at)
        .min()
        .unwrap_or(now)
}

/// Letters and digits that cannot be taken for one another, in groups as people type them: 80 random bits.
pub(super) fn new_password(entropy: &dyn Entropy) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    letters
        .chunks(4)
        .map(String::from_iter)
        .collect::<Vec<_>>()
        .join("-")
}

// ---- sheets -----------------------------------------------------------------------------------------------------

/// What happened in a home, each with its place among residents, and among revisions, verifications or statements.
#[derive(Clone, Copy)]
enum Event {
    Revised(usize, usize),
    Verified(usize, usize),
    Said(usize, usize),
}

async fn live_through(
    app: &App,
    home: &mut Home<'_>,
    admitted: &mut impl FnMut(),
) -> Result<(), Failure> {
    home.residents = home
        .facility
        .residents
        .iter()
        .map(|_| ResidentId::new(app.clock.as_ref(), app.entropy.as_ref()))
        .collect();
    home.said = vec![Vec::new(); home.residents.len()];
    for event in events(home.facility) {
        match event {
            Event::Revised(resident, revision) => {
                let written = &home.facility.residents[resident].revisions[revision];
                revise(app, home, resident, revision, written.at).await?;
                if revision == 0 {
                    admitted();
                }
            }
            Event::Verified(resident, verification) => {
                let told = home.facility.residents[resident].verifications[verification];
                let revision = i64::try_from(told.revision)?;
                sheet::verify(
                    &app.store,
                    &home.permit(told.by)?,
                    &home.residents[resident],
                    revision,
                    told.at,
                )
                .await?;
            }
            Event::Said(resident, number) => {
                let spoken = &home.facility.residents[resident].said[number];
                if let When::At(at) = spoken.when {
                    say(app, home, resident, spoken, at).await?;
                }
            }
        }
    }
    Ok(())
}

/// In the order of time, so that each audit chain is told as it happened.
fn events(facility: &Facility) -> Vec<Event> {
    let mut events: Vec<(Moment, Event)> = Vec::new();
    for (number, resident) in facility.residents.iter().enumerate() {
        let now = &resident.revisions[..revisions_before_paper(resident)];
        events.extend(
            now.iter()
                .enumerate()
                .map(|(at, revision)| (revision.at, Event::Revised(number, at))),
        );
        events.extend(
            resident
                .verifications
                .iter()
                .enumerate()
                .map(|(at, verification)| (verification.at, Event::Verified(number, at))),
        );
        events.extend(resident.said.iter().enumerate().filter_map(
            |(at, spoken)| match spoken.when {
                When::At(moment) => Some((moment, Event::Said(number, at))),
                When::AfterThePapers => None,
            },
        ));
    }
    events.sort_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, event)| event).collect()
}

/// The last revision of a paper that is out of date comes after the paper.
fn revisions_before_paper(resident: &Resident) -> usize {
    let all = resident.revisions.len();
    if resident.paper == Paper::Outdated {
        all - 1
    } else {
        all
    }
}

async fn revise(
    app: &App,
    home: &Home<'_>,
    resident: usize,
    number: usize,
    at: Moment,
) -> Result<(), Failure> {
    let Revision {
        author,
        reason,
        record,
        ..
    } = &home.facility.residents[resident].revisions[number];
    let body = record.json().to_string();
    let sheet = NewRevision {
        body: body.as_bytes(),
        reason,
        verified: false,
    };
    let (id, head) = (&home.residents[resident], &Head::of(record));
    if number == 0 {
        resident::admit(
            &app.store,
            &home.permit(*author)?,
            Admission { id, head, sheet },
            at,
        )
        .await?;
    } else {
        sheet::confirm(
            &app.store,
            &home.permit(*author)?,
            id,
            i64::try_from(number)?,
            head,
            sheet,
            at,
        )
        .await?;
    }
    Ok(())
}

// ---- statements -------------------------------------------------------------------------------------------------

async fn say(
    app: &App,
    home: &mut Home<'_>,
    resident: usize,
    spoken: &Spoken,
    at: Moment,
) -> Result<(), Failure> {
    if let Some(original) = &spoken.original {
        let id: String = sha256(original)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let kept = NewAttachment {
            id: &id,
            media_type: "application/pdf",
            thumbnail: None,
            body: original,
        };
        let permit: Permit<EditSheet> = home.permit(spoken.by)?;
        attachment::put(&app.store, &permit, kept, at).await?;
    }
    let kind = spoken.statement.kind();
    let said = |says: &[Kind]| says.contains(&kind);
    let id = if said(RaiseProtection::SAYS) {
        record::<RaiseProtection>(app, home, resident, spoken, at).await?
    } else if said(RecordTalk::SAYS) {
        record::<RecordTalk>(app, home, resident, spoken, at).await?
    } else if said(SignOrder::SAYS) {
        record::<SignOrder>(app, home, resident, spoken, at).await?
    } else if said(VerifyOriginal::SAYS) {
        record::<VerifyOriginal>(app, home, resident, spoken, at).await?
    } else {
        record::<RecordDirective>(app, home, resident, spoken, at).await?
    };
    home.said[resident].push(id);
    Ok(())
}

async fn record<A: Speaks>(
    app: &App,
    home: &Home<'_>,
    resident: usize,
    spoken: &Spoken,
    at: Moment,
) -> Result<StatementId, Failure> {
    let new = NewStatement {
        about: spoken.about.map(|number| &home.said[resident][number]),
        statement: &spoken.statement,
    };
    let permit: Permit<A> = home.permit(spoken.by)?;
    let limits = Limits::of(&home.facility.facts);
    let id = &home.residents[resident];
    let said = directive::record(&app.store, &permit, id, new, None, limits, at).await?;
    Ok(said.id)
}

/// What is said while the papers are already in the folders.
async fn say_what_is_new(app: &App, home: &mut Home<'_>) -> Result<(), Failure> {
    let facility = home.facility;
    for (number, resident) in facility.residents.iter().enumerate() {
        let new = resident
            .said
            .iter()
            .filter(|spoken| spoken.when == When::AfterThePapers);
        for spoken in new {
            say(app, home, number, spoken, app.now()).await?;
        }
    }
    Ok(())
}

// ---- papers -----------------------------------------------------------------------------------------------------

/// Prints what the home's residents have in their folders; gives the resident and the address of the paper that is
/// held up.
async fn hand_out_papers(
    app: &App,
    home: &Home<'_>,
) -> Result<Option<(ResidentId, String)>, Failure> {
    let mut shown = None;
    for (number, resident) in home.facility.residents.iter().enumerate() {
        if resident.paper == Paper::None {
            continue;
        }
        let id = &home.residents[number];
        let issued = issue(app, home, id, app.forms.emergency()).await?;
        match resident.paper {
            Paper::Shown => shown = Some((id.clone(), issued.address)),
            Paper::Outdated => {
                revise(app, home, number, resident.revisions.len() - 1, app.now()).await?
            }
            Paper::None | Paper::Current => {}
        }
    }
    Ok(shown)
}

async fn issue(
    app: &App,
    home: &Home<'_>,
    resident: &ResidentId,
    form: &crate::domain::form::Form,
) -> Result<Issued, Failure> {
    issue_document(app, &home.nurse()?, resident, form, PrintOrder::default())
        .await
        .map_err(|error| Failure(format!("紙を発行できません: {error:?}")))
}

/// One paper of each form for the shown resident, and the explanation for everybody; a form that was issued already is not issued again, so that the link
/// stays alive.
async fn one_of_each_form(
    app: &App,
    home: &Home<'_>,
    resident: &ResidentId,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read: Permit<ReadResident> = home.nurse()?;
    for form in app.forms.printable() {
        let issued = document::list(&app.store, &read, resident, 100).await?;
        if !issued.iter().any(|paper| paper.form == form.key) {
            issue(app, home, resident, form).await?;
        }
    }
    for paper in DirectivePaper::ALL {
        issue_paper(app, &home.nurse()?, resident, paper)
            .await
            .map_err(|error| Failure(format!("書面を発行できません: {error:?}")))?;
    }
    let mut papers = vec![("explanation".to_owned(), directive_paper::explanation()?)];
    for paper in document::list(&app.store, &read, resident, 100).await? {
        papers.push((
            paper.form.clone(),
            document::pdf(&app.store, &read, &paper.id).await?,
        ));
    }
    Ok(papers)
}

/// Somebody was called away while editing: the next sign-in finds the draft.
async fn begin_a_draft(app: &App, home: &Home<'_>) -> Result<(), Failure> {
    let unfinished = home
        .facility
        .residents
        .iter()
        .zip(&home.residents)
        .find(|(resident, _)| resident.paper == Paper::None && resident.revisions.len() > 1);
    let Some((resident, id)) = unfinished else {
        return Ok(());
    };
    let mut typed = resident.record().inputs();
    typed.set("usual_condition_note", "朝から食欲がなく、");
    let body = serde_json::to_vec(&typed)?;
    let base = i64::try_from(resident.revisions.len())?;
    Ok(sheet::save_draft(&app.store, &home.nurse()?, id, base, &body, app.now()).await?)
}

/// Ends the stays of those who left or died, and with them their links.
async fn end_stays(app: &App, home: &Home<'_>) -> Result<(), Failure> {
    for (resident, id) in home.facility.residents.iter().zip(&home.residents) {
        let (status, on): (Status, Day) = match resident.stay {
            Stay::LivingIn => continue,
            Stay::Left(on) => (Status::Left, on),
            Stay::Died(on) => (Status::Died, on),
        };
        resident::set_status(&app.store, &home.nurse()?, id, status, Some(on), app.now()).await?;
    }
    Ok(())
}

/// A crew has opened the shown paper before, so that the home has a notice to look at.
async fn scanned_once(app: &App, token: &str) -> Result<(), Failure> {
    let Some(token) = LinkToken::parse(token) else {
        return Ok(());
    };
    if let Some(found) = link::find(&app.store, &sha256(token.as_str().as_bytes())).await? {
        let id = crate::domain::id::new_uuid(app.clock.as_ref(), app.entropy.as_ref());
        let view = NewScan {
            id: &id,
            tier: "full",
            source: "203.0.113.119",
            agent: "救急隊の端末(架空)",
        };
        scan::record(&app.store, &found, view, app.now()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::system::SystemEntropy;
    use crate::web::auth::check_password;

    #[test]
    fn passwords_are_long_enough_and_never_the_same() {
        let (one, other) = (new_password(&SystemEntropy), new_password(&SystemEntropy));
        assert_eq!(check_password(&one, &[]), Ok(()));
        assert_ne!(one, other);
    }

    #[test]
    fn a_homes_past_is_told_in_the_order_of_time_and_each_revision_after_the_one_before() {
        let city = City::generate(3, Day::from_ymd(2026, 11, 23).unwrap());
        for facility in &city.facilities {
            let mut next = vec![0; facility.residents.len()];
            for event in events(facility) {
                match event {
                    Event::Revised(resident, revision) => {
                        assert_eq!(next[resident], revision);
                        next[resident] += 1;
                    }
                    Event::Verified(resident, verification) => {
                        assert_eq!(
                            facility.residents[resident].verifications[verification].revision,
                            next[resident]
                        );
                    }
                    Event::Said(resident, _) => assert!(next[resident] >= 1),
                }
            }
            for (resident, told) in facility.residents.iter().zip(next) {
                assert_eq!(told, revisions_before_paper(resident));
            }
        }
    }
}
