//! Runs drawn sequences on a store, and holds the log, the audit and the standing against what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use hikitsugi::domain::answer::Inputs;
use hikitsugi::domain::clock::Moment;
use hikitsugi::domain::date::Day;
use hikitsugi::domain::directive::rules::Limits;
use hikitsugi::domain::directive::{Kind, Said, Speaks, Statement};
use hikitsugi::domain::id::{FacilityId, ResidentId, StaffId, StatementId};
use hikitsugi::domain::permit::{
    Actor, EditFacility, EditSheet, MoveResident, OperateService, ReadAudit, ReadResident, Role,
};
use hikitsugi::domain::protocol::Protocols;
use hikitsugi::domain::record::{FacilityFacts, Record};
use hikitsugi::domain::resident::{Head, Status};
use hikitsugi::domain::standing::{Subject, standing};
use hikitsugi::store::audit::{self, Verdict};
use hikitsugi::store::directive::{self, NewStatement};
use hikitsugi::store::facility::{self, FacilityText};
use hikitsugi::store::resident::{self, Admission};
use hikitsugi::store::sheet::{self, NewRevision};
use hikitsugi::store::{Store, StoreError};
use serde_json::{Value, json};

use super::oracle::{self, Allowed, Fact, Oracle};
use super::steps::{About, Part, Saying, Seen, Sheet, Step, Who, on, raises};

/// What went wrong, in words.
pub type Checked<T = ()> = Result<T, String>;

macro_rules! hold {
    ($holds:expr, $($why:tt)*) => {
        if !$holds {
            return Err(format!($($why)*));
        }
    };
}
pub(super) use hold;

/// Where the sequences of a store happen: another facility, and an order of a resident there.
#[derive(Clone)]
pub struct Ground {
    pub other: FacilityId,
    pub order_of_another: StatementId,
}

/// What happened in all sequences, to see that they were worth it.
#[derive(Debug, Default)]
pub struct Tally {
    pub sequences: u64,
    pub steps: u64,
    pub said: u64,
    pub refused: u64,
    pub restarts: u64,
    pub by_the_system: u64,
    pub standings: BTreeMap<String, u64>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.sequences += other.sequences;
        self.steps += other.steps;
        self.said += other.said;
        self.refused += other.refused;
        self.restarts += other.restarts;
        self.by_the_system += other.by_the_system;
        for (code, count) in other.standings {
            *self.standings.entry(code).or_default() += count;
        }
    }
}

impl Ground {
    /// In a facility made for it.
    pub async fn prepare(store: &Store) -> Checked<Self> {
        let other = Run::open_facility(store, "yamabiko").await?;
        Self::in_facility(store, other).await
    }

    /// In a facility that is there.
    pub async fn in_facility(store: &Store, other: FacilityId) -> Checked<Self> {
        let mut ground = Self {
            other: other.clone(),
            order_of_another: StatementId("nobody.1".to_owned()),
        };
        let mut run = Run::admit(store, &ground, other, "of-yamabiko", START).await?;
        let saying = Saying {
            by: Who::Nurse,
            kind: "physician_order",
            about: About::Nothing,
            seen: Seen::All,
            body: super::steps::order(),
            watched: false,
        };
        run.step(store, &Step::Say(saying)).await?;
        ground.order_of_another = StatementId(run.facts[0].id.clone());
        Ok(ground)
    }
}

/// One sequence in a facility of its own, as far as it came.
pub struct Run {
    facility: FacilityId,
    pub resident: ResidentId,
    ground: Ground,
    pub now: i64,
    /// What was acknowledged, in order.
    facts: Vec<Fact>,
    sheet: Sheet,
    revision: i64,
    pub status: &'static str,
    version: i64,
    allowed: Allowed,
    limits: Limits,
    subject: Subject,
    pub tally: Tally,
}

/// Something to do, with all that it names found.
#[derive(Clone, Debug)]
pub enum Act {
    Say {
        by: Who,
        kind: &'static str,
        about: Option<String>,
        seen: Option<i64>,
        body: Value,
    },
    Revise {
        by: Who,
        expected: i64,
        sheet: Sheet,
    },
    Move {
        by: Who,
        status: &'static str,
    },
    Limits {
        by: Who,
        expected: i64,
        limits: [i64; 4],
    },
}

impl Act {
    pub fn by(&self) -> Who {
        match self {
            Self::Say { by, .. }
            | Self::Revise { by, .. }
            | Self::Move { by, .. }
            | Self::Limits { by, .. } => *by,
        }
    }
}

/// What became of an act.
#[derive(Clone, Debug)]
pub enum Outcome {
    Said { seq: i64, id: String },
    Done,
    Refused(String),
}

/// Where acts come in.
pub trait Door: Clone + Send + Sync + 'static {
    fn store(&self) -> &Store;

    /// Does one act.
    ///
    /// # Errors
    ///
    /// Whatever is neither done nor refused.
    fn perform(
        &self,
        actor: &Actor,
        resident: &ResidentId,
        act: &Act,
        limits: Limits,
        at: Moment,
    ) -> impl Future<Output = Checked<Outcome>> + Send;
}

/// As the store's own functions.
impl Door for Store {
    fn store(&self) -> &Store {
        self
    }

    async fn perform(
        &self,
        actor: &Actor,
        resident: &ResidentId,
        act: &Act,
        limits: Limits,
        at: Moment,
    ) -> Checked<Outcome> {
        perform(self, actor, resident, act, limits, at).await
    }
}

pub const START: i64 = 1_795_402_800_000;
const BORN: [Option<&str>; 3] = [Some("1937-03-04"), Some("2012-05-05"), None];

fn facility_body(limits: [i64; 4]) -> Value {
    json!({
        "facility_name": "特別養護老人ホーム さざなみ苑",
        "facility_type": "special_nursing_home",
        "facility_phone": "0463-00-1234",
        "night_phone": "0463-00-5678",
        "directive_review_months": limits[0],
        "directive_end_of_life_review_months": limits[1],
        "directive_expiry_months": limits[2],
        "directive_grace_days": limits[3],
    })
}

/// A sheet in which each part has one of three wordings.
pub fn sheet_json(sheet: Sheet) -> Value {
    let of = |words: [&str; 3], index: u8| words[usize::from(index)].to_owned();
    let doctors = ["神谷 修一", "高橋 直樹", "髙橋 葛子"];
    let mut record = json!({
        "name": of(["髙﨑 キヨ", "高崎 キヨ", "髙﨑 きよ"], sheet.name),
        "name_kana": "たかさき　きよ",
        "consent_to_share_ems": "consented_by_resident",
        "room": of(["201", "202", "310"], sheet.other),
        "physicians": {"state": "present", "rows": [{
            "role": "visiting_doctor", "institution": "みなと在宅クリニック", "name": of(doctors, sheet.physician),
            "phone_24h": of(["0463-00-1199", "0463-00-2299", "0463-00-3399"], sheet.physician),
        }]},
        "emergency_contacts": {"state": "present", "rows": [
            {"name": of(["髙﨑 誠", "髙﨑 和夫", "渡邉 幸子"], sheet.key_person), "is_key_person": "yes"},
        ]},
        "current_conditions": {"state": "present", "rows": [{"name": of(["慢性心不全", "誤嚥性肺炎", "胃がん"], sheet.diagnosis)}]},
        "message_to_ems": of(["左耳に大きめの声で", "延命希望なし", "看取り介護加算の対象"], sheet.other),
    });
    if sheet.stay > 0 {
        record["admission_last_6m"] = "yes".into();
        let stays = ["", "8月 誤嚥性肺炎で10日間", "11月 骨折で入院中"];
        record["admission_last_6m_detail"] = of(stays, sheet.stay).into();
    }
    if let Some(born) = BORN[usize::from(sheet.born)] {
        record["birth_date"] = born.into();
    }
    record
}

/// Why a change of the sheet suspends what rests on it (domain/emergency.md §2.6).
pub fn reasons(before: Sheet, after: Sheet) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    let mut when = |changed: bool, reason| {
        if changed {
            reasons.push(reason);
        }
    };
    when(before.physician != after.physician, "physician_changed");
    when(before.key_person != after.key_person, "key_person_changed");
    when(before.diagnosis != after.diagnosis, "diagnosis_changed");
    when(
        before.name != after.name || before.born != after.born,
        "identity_changed",
    );
    when(after.stay > 0 && before.stay != after.stay, "admission");
    reasons
}

pub fn revised(mut sheet: Sheet, parts: &[(Part, u8)]) -> Sheet {
    for (part, wording) in parts {
        *match part {
            Part::Physician => &mut sheet.physician,
            Part::KeyPerson => &mut sheet.key_person,
            Part::Diagnosis => &mut sheet.diagnosis,
            Part::Name => &mut sheet.name,
            Part::Born => &mut sheet.born,
            Part::Stay => &mut sheet.stay,
            Part::Other => &mut sheet.other,
        } = *wording;
    }
    sheet
}

pub fn born(sheet: Sheet) -> Option<&'static str> {
    BORN[usize::from(sheet.born)]
}

impl Run {
    /// Makes a facility and admits a resident. `name` is nobody else's in this store.
    pub async fn begin(store: &Store, ground: &Ground, name: &str) -> Checked<Self> {
        let facility = Self::open_facility(store, name).await?;
        Self::admit(store, ground, facility, name, START).await
    }

    async fn open_facility(store: &Store, name: &str) -> Checked<FacilityId> {
        let facility = FacilityId(format!("f-{name}"));
        let operator = Actor::console(FacilityId::from("city"), Role::Operator)
            .permit::<OperateService>()
            .map_err(|_| "an operator operates")?;
        let limits = facility_body([6, 3, 12, 30]).to_string();
        let text = FacilityText {
            name: "特別養護老人ホーム さざなみ苑",
            kind: "special_nursing_home",
            body: limits.as_bytes(),
        };
        facility::create(store, &operator, &facility, text, &[], Moment(START))
            .await
            .map_err(|error| error.to_string())?;
        Ok(facility)
    }

    /// Admits the resident to a facility that has the longest limits.
    pub async fn admit(
        store: &Store,
        ground: &Ground,
        facility: FacilityId,
        name: &str,
        now: i64,
    ) -> Checked<Self> {
        let mut run = Self {
            facility,
            resident: ResidentId(format!("r-{name}")),
            ground: ground.clone(),
            now,
            facts: Vec::new(),
            sheet: Sheet::default(),
            revision: 1,
            status: "living_in",
            version: 1,
            allowed: oracle::LONGEST,
            limits: Limits::default(),
            subject: Subject::default(),
            tally: Tally::default(),
        };
        let body = sheet_json(run.sheet);
        let record = Record::from_json(&body).map_err(|problems| format!("{problems:?}"))?;
        let body = body.to_string();
        let admission = Admission {
            id: &run.resident,
            head: &Head::of(&record),
            sheet: revision(body.as_bytes()),
        };
        let permit = run.permit::<ReadResident>(Who::CareWorker)?;
        let home = facility::get(store, &permit).await;
        run.version = home.map_err(|error| error.to_string())?.version;
        let permit = run.permit::<MoveResident>(Who::Nurse)?;
        resident::admit(store, &permit, admission, Moment(now))
            .await
            .map_err(|error| error.to_string())?;
        run.look_up(store).await?;
        Ok(run)
    }

    fn actor(&self, who: Who) -> Actor {
        Actor {
            staff: StaffId::from(who.staff()),
            name: who.staff().to_owned(),
            role: Role::from_code(who.role()).expect("a known role"),
            facility: match who {
                Who::Stranger => self.ground.other.clone(),
                _ => self.facility.clone(),
            },
            source: "192.0.2.1".to_owned(),
        }
    }

    fn permit<A: hikitsugi::domain::permit::Action>(
        &self,
        who: Who,
    ) -> Checked<hikitsugi::domain::permit::Permit<A>> {
        self.actor(who)
            .permit()
            .map_err(|_| format!("{who:?} holds no permit"))
    }

    /// Does the step and checks everything that safety.md promises of it.
    pub async fn step(&mut self, door: &impl Door, step: &Step) -> Checked {
        let store = door.store();
        self.tally.steps += 1;
        let (acts, watched) = match step {
            Step::Clock(minutes) => {
                self.now += minutes * 60_000;
                (Vec::new(), false)
            }
            // The store was closed and opened again in between.
            Step::Restart => {
                self.tally.restarts += 1;
                self.look_up(store).await?;
                (Vec::new(), false)
            }
            Step::Together(one, other) => (vec![self.act(one)?, self.act(other)?], true),
            Step::Say(saying) => (vec![self.act(step)?], saying.watched),
            _ => (vec![self.act(step)?], false),
        };
        let outcomes = self.perform(door, &acts, watched).await?;
        let known = self.facts.len();
        let before = self.code_by_oracle();
        let log = self.absorb(store, &acts, &outcomes).await?;
        self.check(&log)?;
        if let [Act::Limits { .. }] = acts[..] {
            hold!(
                before == "order_on_file" || self.code_by_oracle() != "order_on_file",
                "other limits of the facility brought an order back"
            );
        }
        self.tally.by_the_system += (self.facts.len() - known) as u64;
        for outcome in &outcomes {
            match outcome {
                Outcome::Said { .. } => {
                    self.tally.said += 1;
                    self.tally.by_the_system -= 1;
                }
                Outcome::Refused(_) => self.tally.refused += 1,
                Outcome::Done => {}
            }
        }
        Ok(())
    }

    fn act(&self, step: &Step) -> Checked<Act> {
        Ok(match step {
            Step::Say(saying) => {
                let nth = |kind: &str, from_end: usize| {
                    let mut found = self.facts.iter().rev().filter(|fact| fact.kind == kind);
                    found.nth(from_end).map(|fact| fact.id.clone())
                };
                let seen = self.facts.len() as i64;
                Act::Say {
                    by: saying.by,
                    kind: saying.kind,
                    about: match saying.about {
                        About::Nothing => None,
                        About::Newest(kind) => nth(kind, 0),
                        About::Older(kind) => nth(kind, 1),
                        About::OfAnother => Some(self.ground.order_of_another.0.clone()),
                        About::Unknown => Some(format!("{}.99", self.resident)),
                    },
                    seen: match saying.seen {
                        Seen::All => Some(seen),
                        Seen::AllButOne => Some(seen - 1),
                        Seen::Unsaid => None,
                    },
                    body: on(&saying.body, oracle::day_of(self.now)),
                }
            }
            Step::Revise { by, parts } => Act::Revise {
                by: *by,
                expected: self.revision,
                sheet: revised(self.sheet, parts),
            },
            Step::Move { by, status } => Act::Move { by: *by, status },
            Step::Limits { by, limits } => Act::Limits {
                by: *by,
                expected: self.version,
                limits: *limits,
            },
            Step::Clock(_) | Step::Restart | Step::Together(..) => {
                return Err(format!("{step:?} is nobody's act"));
            }
        })
    }

    /// Does all acts at once, with somebody reading the whole time if `watched`.
    async fn perform(
        &self,
        door: &impl Door,
        acts: &[Act],
        watched: bool,
    ) -> Checked<Vec<Outcome>> {
        let store = door.store();
        let newest = Arc::new(AtomicI64::new(self.facts.len() as i64));
        let over = Arc::new(AtomicBool::new(false));
        let reader = match watched {
            true => Some(tokio::spawn(read_all_the_time(
                store.clone(),
                self.permit::<ReadResident>(Who::CareWorker)?,
                self.resident.clone(),
                Arc::clone(&newest),
                Arc::clone(&over),
            ))),
            false => None,
        };
        let tasks: Vec<_> = acts
            .iter()
            .map(|act| {
                let (door, resident, act) = (door.clone(), self.resident.clone(), act.clone());
                let (actor, newest) = (self.actor(act.by()), Arc::clone(&newest));
                let (limits, at) = (self.limits, Moment(self.now));
                async move {
                    let outcome = door.perform(&actor, &resident, &act, limits, at).await?;
                    if let Outcome::Said { seq, .. } = &outcome {
                        // From here on every read must find it.
                        newest.fetch_max(*seq, Ordering::SeqCst);
                    }
                    Ok::<_, String>(outcome)
                }
            })
            .collect();
        let mut outcomes = Vec::new();
        if tasks.len() == 1 {
            for task in tasks {
                outcomes.push(task.await?);
            }
        } else {
            for task in tasks.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
                outcomes.push(task.await.map_err(|error| error.to_string())??);
            }
        }
        over.store(true, Ordering::SeqCst);
        if let Some(reader) = reader {
            let read = reader.await.map_err(|error| error.to_string())??;
            let log = self.log(store).await?;
            for read in read {
                hold!(
                    log.starts_with(&read),
                    "a reader saw what is not in the log: {read:?}"
                );
            }
        }
        Ok(outcomes)
    }

    async fn log(&self, store: &Store) -> Checked<Vec<Said>> {
        let permit = self.permit::<ReadResident>(Who::CareWorker)?;
        directive::log(store, &permit, &self.resident)
            .await
            .map_err(|error| format!("the log is not read: {error}"))
    }

    /// Holds the log against what was acknowledged, and takes what is new into the facts.
    async fn absorb(
        &mut self,
        store: &Store,
        acts: &[Act],
        outcomes: &[Outcome],
    ) -> Checked<Vec<Said>> {
        let log = self.log(store).await?;
        let found: Vec<Fact> = log.iter().map(fact).collect();
        let known = self.facts.len();
        hold!(
            found.len() >= known && same(&found[..known], &self.facts),
            "what was acknowledged is not in the log any more: {found:?}"
        );
        let lived = Oracle::of(&self.facts).lives();
        let mut said: Vec<Fact> = Vec::new();
        let mut system: Vec<(Who, &str, Vec<&str>)> = Vec::new();
        let mut moved_to: Vec<&str> = Vec::new();
        for (act, outcome) in acts.iter().zip(outcomes) {
            self.expect(act, outcome)?;
            match (act, outcome) {
                (
                    Act::Say {
                        by,
                        kind,
                        about,
                        body,
                        ..
                    },
                    Outcome::Said { seq, id },
                ) => said.push(Fact {
                    seq: *seq,
                    id: id.clone(),
                    about: about.clone(),
                    at: self.now,
                    kind: (*kind).to_owned(),
                    by: by.staff().to_owned(),
                    role: by.role().to_owned(),
                    body: body.clone(),
                }),
                (Act::Revise { by, sheet, .. }, Outcome::Done) => {
                    system.push((*by, "suspended", reasons(self.sheet, *sheet)));
                    (self.sheet, self.revision) = (*sheet, self.revision + 1);
                    self.look_up(store).await?;
                }
                (Act::Move { by, status }, Outcome::Done) => {
                    let reason = match *status {
                        "living_in" => Vec::new(),
                        status => vec![status],
                    };
                    system.push((*by, "closed", reason));
                    moved_to.push(*status);
                }
                (Act::Limits { by, limits, .. }, Outcome::Done) => {
                    system.push((*by, "suspended", vec!["limits_changed"]));
                    self.version += 1;
                    self.allowed = Allowed {
                        review_months: limits[0],
                        end_of_life_review_months: limits[1],
                        expiry_months: limits[2],
                        grace_days: limits[3],
                    };
                    self.look_up(store).await?;
                }
                _ => {}
            }
        }
        if !moved_to.is_empty() {
            let permit = self.permit::<ReadResident>(Who::CareWorker)?;
            let head = resident::get(store, &permit, &self.resident).await;
            let head = head.map_err(|error| error.to_string())?;
            self.status = head.status.code();
            hold!(
                moved_to.contains(&self.status),
                "moved to {moved_to:?}, found {}",
                self.status
            );
        }
        let mut by_the_system = Vec::new();
        for fact in &found[known..] {
            match said.iter().position(|said| said.seq == fact.seq) {
                Some(index) => {
                    let acknowledged = said.swap_remove(index);
                    hold!(
                        same_fact(fact, &acknowledged),
                        "acknowledged {acknowledged:?}, kept {fact:?}"
                    );
                }
                None => {
                    let reason = fact.body["reason"].as_str().unwrap_or_default();
                    let of_act = system.iter().any(|(by, kind, reasons)| {
                        fact.kind == *kind && fact.by == by.staff() && reasons.contains(&reason)
                    });
                    hold!(of_act && fact.about.is_none(), "nobody said {fact:?}");
                    by_the_system.push(reason.to_owned());
                }
            }
            self.facts.push(fact.clone());
        }
        hold!(said.is_empty(), "acknowledged and lost: {said:?}");
        // Alone, what the system says is known exactly; the limits are judged by what they do.
        if let ([act], [(_, _, reasons)]) = (acts, &system[..]) {
            let expected = match act {
                Act::Revise { .. } => lived,
                Act::Move { .. } => known > 0,
                _ => return Ok(log),
            };
            let expected: &[&str] = if expected { reasons } else { &[] };
            hold!(
                by_the_system == expected,
                "the system said {by_the_system:?}, expected {expected:?}"
            );
        }
        Ok(log)
    }

    /// Whether an act may have had this outcome.
    fn expect(&self, act: &Act, outcome: &Outcome) -> Checked {
        let by = act.by();
        let here = !matches!(by, Who::Stranger);
        match (act, outcome) {
            (Act::Say { kind, .. }, Outcome::Said { .. }) => {
                hold!(here && by.may_say(kind), "{by:?} said {kind}");
            }
            (
                Act::Say {
                    kind, about, body, ..
                },
                Outcome::Refused(why),
            ) => {
                let whole = match *kind {
                    "suspended" => body["reason"].is_string(),
                    "revoked" => body["revoked_by"].is_string(),
                    _ => true,
                };
                let readable =
                    !body["cpr_instruction"].is_string() && !body["signed_on"].is_string();
                let plain = readable
                    && ["reason", "compared"]
                        .iter()
                        .filter(|key| body[**key].is_string())
                        .count()
                        < 2;
                hold!(
                    !(raises(kind)
                        && whole
                        && plain
                        && about.is_none()
                        && here
                        && by.may_say(kind)),
                    "{by:?} could not raise protection by {kind}: {why}"
                );
            }
            (Act::Revise { .. } | Act::Move { .. }, Outcome::Done) => {
                hold!(here && by.keeps_sheets(), "{by:?} did {act:?}");
            }
            (Act::Limits { .. }, Outcome::Done) => {
                hold!(by == Who::Manager, "{by:?} set the limits");
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads again what the standing depends on besides the log.
    async fn look_up(&mut self, store: &Store) -> Checked {
        let permit = self.permit::<ReadResident>(Who::CareWorker)?;
        let fault = |error: StoreError| error.to_string();
        let current = sheet::current(store, &permit, &self.resident)
            .await
            .map_err(fault)?;
        hold!(
            current.revision == self.revision,
            "revision {}",
            current.revision
        );
        let body: Value =
            serde_json::from_slice(&current.body).map_err(|error| error.to_string())?;
        hold!(body == sheet_json(self.sheet), "another sheet: {body}");
        let record = Record::from_json(&body).map_err(|problems| format!("{problems:?}"))?;
        self.subject = Subject::of(&record);
        let facility = facility::get(store, &permit).await.map_err(fault)?;
        let body: Value =
            serde_json::from_slice(&facility.body).map_err(|error| error.to_string())?;
        let facts = FacilityFacts::from_json(&body).map_err(|problems| format!("{problems:?}"))?;
        self.limits = Limits::of(&facts);
        hold!(
            i64::from(self.limits.review_months) == self.allowed.review_months
                && i64::from(self.limits.end_of_life_review_months)
                    == self.allowed.end_of_life_review_months
                && i64::from(self.limits.expiry_months) == self.allowed.expiry_months
                && self.limits.grace_days == self.allowed.grace_days,
            "other limits: {:?}",
            self.limits
        );
        Ok(())
    }

    /// What the second opinion says now.
    pub fn code_by_oracle(&self) -> &'static str {
        Oracle::of(&self.facts).standing(born(self.sheet), self.allowed, self.now)
    }

    /// The program's standing is the oracle's: now, and on days to come if nothing else is said.
    fn check(&mut self, log: &[Said]) -> Checked {
        let oracle = Oracle::of(&self.facts);
        static PROTOCOLS: LazyLock<Protocols> = LazyLock::new(Protocols::default);
        for days in [0, 1, 45, 190] {
            let now = self.now + days * 86_400_000;
            let expected = oracle.standing(born(self.sheet), self.allowed, now);
            let area = PROTOCOLS.area(None);
            let found = standing(Ok(log), &self.subject, area, self.limits, Moment(now));
            hold!(
                found.code() == expected,
                "in {days} days the program says {}, the oracle {expected}: {:?}",
                found.code(),
                found.reasons()
            );
            if days == 0 {
                *self.tally.standings.entry(expected.to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// What must hold when everything is over.
    pub async fn end(&mut self, store: &Store) -> Checked {
        self.tally.sequences += 1;
        let fault = |error: StoreError| error.to_string();
        let log = self.log(store).await?;
        let found: Vec<Fact> = log.iter().map(fact).collect();
        hold!(same(&found, &self.facts), "the log changed: {found:?}");

        let permit = self.permit::<ReadAudit>(Who::Manager)?;
        let verdict = audit::verify(store, &permit).await.map_err(fault)?;
        hold!(
            matches!(verdict, Verdict::Whole { .. }),
            "the audit: {verdict:?}"
        );
        let entries = audit::list(store, &permit, Some(&self.resident), None, 500)
            .await
            .map_err(fault)?;
        let mut audited: Vec<String> = Vec::new();
        for entry in entries
            .iter()
            .filter(|entry| entry.action == "directive.recorded")
        {
            let detail: Value =
                serde_json::from_str(&entry.detail).map_err(|error| error.to_string())?;
            audited.push(detail["statement"].as_str().unwrap_or_default().to_owned());
        }
        audited.reverse();
        let said: Vec<String> = self.facts.iter().map(|fact| fact.id.clone()).collect();
        hold!(audited == said, "said {said:?}, audited {audited:?}");

        let permit = self.permit::<ReadResident>(Who::CareWorker)?;
        let many = directive::logs(store, &permit, &[&self.resident])
            .await
            .map_err(fault)?;
        let of_facility = directive::logs_of_facility(store, &permit)
            .await
            .map_err(fault)?;
        let of_many = match many.get(&self.resident) {
            Some(Ok(log)) => log.clone(),
            _ => Vec::new(),
        };
        hold!(of_many == log, "the list reads another log: {of_many:?}");
        let here = self.status == "living_in" && !log.is_empty();
        hold!(
            of_facility.contains_key(&self.resident) == here,
            "the facility's logs: {of_facility:?}"
        );
        let stranger = self.permit::<ReadResident>(Who::Stranger)?;
        let foreign = directive::log(store, &stranger, &self.resident).await;
        hold!(
            foreign.as_ref().is_ok_and(Vec::is_empty),
            "another facility reads {foreign:?}"
        );
        Ok(())
    }
}

/// Reads until `over`; no read may miss what was acknowledged before it began.
async fn read_all_the_time(
    store: Store,
    permit: hikitsugi::domain::permit::Permit<ReadResident>,
    resident: ResidentId,
    newest: Arc<AtomicI64>,
    over: Arc<AtomicBool>,
) -> Checked<Vec<Vec<Said>>> {
    let mut read: Vec<Vec<Said>> = Vec::new();
    loop {
        let last = over.load(Ordering::SeqCst);
        let floor = newest.load(Ordering::SeqCst);
        let log = directive::log(&store, &permit, &resident)
            .await
            .map_err(|error| error.to_string())?;
        hold!(
            log.len() as i64 >= floor,
            "statement {floor} was acknowledged, and a read that began then found {}",
            log.len()
        );
        read.push(log);
        if last {
            return Ok(read);
        }
    }
}

async fn perform(
    store: &Store,
    actor: &Actor,
    resident: &ResidentId,
    act: &Act,
    limits: Limits,
    at: Moment,
) -> Checked<Outcome> {
    use hikitsugi::domain::permit::{
        RaiseProtection, RecordDirective, RecordTalk, SignOrder, VerifyOriginal,
    };
    let done = match act {
        Act::Say {
            kind,
            about,
            seen,
            body,
            ..
        } => {
            let kind = Kind::from_code(kind).ok_or("an unknown kind")?;
            let Ok(statement) = Statement::read(kind, &Inputs::from_json(body)) else {
                return Ok(Outcome::Refused("not readable".to_owned()));
            };
            let about = about.clone().map(StatementId);
            let new = NewStatement {
                about: about.as_ref(),
                statement: &statement,
            };
            let saying = (store, actor, resident, new, *seen, limits, at);
            match kind {
                Kind::Suspended | Kind::Revoked | Kind::ObjectionRaised => {
                    say::<RaiseProtection>(saying).await
                }
                Kind::Talk => say::<RecordTalk>(saying).await,
                Kind::Signed | Kind::Resumed | Kind::Reviewed => say::<SignOrder>(saying).await,
                Kind::Verified => say::<VerifyOriginal>(saying).await,
                // No permit says that somebody left.
                _ => say::<RecordDirective>(saying).await,
            }
        }
        Act::Revise {
            expected, sheet, ..
        } => {
            let Ok(permit) = actor.permit::<EditSheet>() else {
                return Ok(Outcome::Refused("no permit".to_owned()));
            };
            let body = sheet_json(*sheet);
            let record = Record::from_json(&body).map_err(|problems| format!("{problems:?}"))?;
            let (head, body) = (Head::of(&record), body.to_string());
            sheet::confirm(
                store,
                &permit,
                resident,
                *expected,
                &head,
                revision(body.as_bytes()),
                at,
            )
            .await
            .map(|_| Outcome::Done)
        }
        Act::Move { status, .. } => {
            let Ok(permit) = actor.permit::<MoveResident>() else {
                return Ok(Outcome::Refused("no permit".to_owned()));
            };
            let status = Status::from_code(status).ok_or("an unknown status")?;
            resident::set_status(store, &permit, resident, status, Some(Day::of(at)), at)
                .await
                .map(|()| Outcome::Done)
        }
        Act::Limits {
            expected, limits, ..
        } => {
            let Ok(permit) = actor.permit::<EditFacility>() else {
                return Ok(Outcome::Refused("no permit".to_owned()));
            };
            let body = facility_body(*limits).to_string();
            let text = FacilityText {
                name: "特別養護老人ホーム さざなみ苑",
                kind: "special_nursing_home",
                body: body.as_bytes(),
            };
            facility::update(store, &permit, *expected, text, at)
                .await
                .map(|_| Outcome::Done)
        }
    };
    match done {
        Err(error) if error.is_fault() || matches!(error, StoreError::ReadOnly) => {
            Err(format!("{act:?}: {error}"))
        }
        Err(error) => Ok(Outcome::Refused(error.to_string())),
        Ok(outcome) => Ok(outcome),
    }
}

type Utterance<'a> = (
    &'a Store,
    &'a Actor,
    &'a ResidentId,
    NewStatement<'a>,
    Option<i64>,
    Limits,
    Moment,
);

async fn say<A: Speaks>(saying: Utterance<'_>) -> Result<Outcome, StoreError> {
    let (store, actor, resident, new, seen, limits, at) = saying;
    let Ok(permit) = actor.permit::<A>() else {
        return Ok(Outcome::Refused("no permit".to_owned()));
    };
    directive::record(store, &permit, resident, new, seen, limits, at)
        .await
        .map(|said| Outcome::Said {
            seq: said.seq,
            id: said.id.0,
        })
}

fn revision(body: &[u8]) -> NewRevision<'_> {
    NewRevision {
        body,
        reason: "",
        verified: false,
    }
}

/// A statement as the oracle knows it.
fn fact(said: &Said) -> Fact {
    Fact {
        seq: said.seq,
        id: said.id.0.clone(),
        about: said.about.as_ref().map(|about| about.0.clone()),
        at: said.at.0,
        kind: said.statement.kind().code().to_owned(),
        by: said.by.staff.0.clone(),
        role: said.by.role.code().to_owned(),
        body: said.statement.json(),
    }
}

fn same(one: &[Fact], other: &[Fact]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| same_fact(one, other))
}

fn same_fact(one: &Fact, other: &Fact) -> bool {
    (one.seq, &one.id, &one.about, one.at) == (other.seq, &other.id, &other.about, other.at)
        && (&one.kind, &one.by, &one.role, &one.body)
            == (&other.kind, &other.by, &other.role, &other.body)
}
