//! Giving documents to hospitals: what was given in which way, what happened since, and the page that a hospital opens
//! without an account.
//!
//! That page has no permit. What it may see follows from the token on paper, then from the passcode told by telephone:
//! [`Found`] is a live page, [`Visit`] a browser that gave the passcode.

use serde_json::json;

use super::audit::{self, Author, Entry};
use super::writer::Tx;
use super::attachment::NewAttachment;
use super::fax::Fax;
use super::handoff::StayFile;
use super::{Store, StoreError, handoff, key};
use crate::domain::clock::Moment;
use crate::domain::fax;
use crate::domain::handoff::Part;
use crate::domain::handoff::sending::{Event, Method, Progress, TRIES};
use crate::domain::id::{DocumentId, FacilityId, FaxId, HandoffId, ResidentId, SendingId, StaffId};
use crate::domain::permit::{IssueDocument, Permit, ReadInbox, ReadResident};

/// The columns of `Sending`, for tables named `s`, `h`, `d` and `r`.
macro_rules! sending {
    () => {
        "s.facility_id, s.id, s.handoff_id, s.document_id, h.resident_id, r.name as resident_name, d.serial, d.form,
         d.edition, s.method, s.recipient, s.department, s.person, s.role, s.pages, s.attachments, s.note, s.fax_id,
         s.at, s.by_name
         from sending s
         join handoff h on h.facility_id = s.facility_id and h.id = s.handoff_id
         join resident r on r.facility_id = h.facility_id and r.id = h.resident_id
         join document d on d.facility_id = s.facility_id and d.id = s.document_id"
    };
}

statements! {
    SEND = "insert into sending (facility_id, id, handoff_id, document_id, method, recipient, department, person, role,
            pages, attachments, note, fax_id, hospital_id, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    GET = concat!("select ", sending!(), " where s.facility_id = $1 and s.id = $2");
    OF_HANDOFF = concat!("select ", sending!(), " where s.facility_id = $1 and s.handoff_id = $2
        order by s.id desc limit $3");
    EVENTS = "select kind, words, at, by_staff, by_name from sending_event
        where facility_id = $1 and sending_id = $2 order by seq";
    EVENTS_OF = "select e.sending_id, e.kind, e.words, e.at, e.by_name from sending_event e
        join sending s on s.facility_id = e.facility_id and s.id = e.sending_id
        where s.facility_id = $1 and s.handoff_id = $2 order by e.sending_id, e.seq";
    /// With a question that nobody answered yet.
    ASKING = concat!("select ", sending!(), " where s.facility_id = $1 and exists (select 1 from sending_event q
            where q.facility_id = s.facility_id and q.sending_id = s.id and q.kind = 'asked'
            and not exists (select 1 from sending_event a where a.facility_id = q.facility_id
                and a.sending_id = q.sending_id and a.seq > q.seq and a.kind in ('answered', 'recalled')))
        order by s.id limit $2");
    RECORD = "insert into sending_event (facility_id, sending_id, seq, kind, words, at, by_staff, by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    OPEN_LINK = "insert into sending_link (token_hash, facility_id, sending_id, created_at, expires_at, passcode_hash, tries)
        values ($1, $2, $3, $4, $5, $6, 0)";
    LINK = "select token_hash, facility_id, sending_id, expires_at, tries, ended_at from sending_link where token_hash = $1";
    LINK_OF = "select token_hash, facility_id, sending_id, expires_at, tries, ended_at from sending_link
        where facility_id = $1 and sending_id = $2";
    /// Counted before it is compared, so that no number of guesses at one time is more than the limit.
    TRY = "update sending_link set tries = tries + 1
        where token_hash = $1 and ended_at is null and expires_at > $2 and tries < $3";
    IS_RIGHT = "select count(*) as rows from sending_link where token_hash = $1 and passcode_hash = $2";
    FORGET_TRIES = "update sending_link set tries = 0 where token_hash = $1";
    NEW_PASSCODE = "update sending_link set passcode_hash = $3, tries = 0, expires_at = $4
        where facility_id = $1 and sending_id = $2 and ended_at is null";
    END_LINK = "update sending_link set ended_at = $3 where facility_id = $1 and sending_id = $2 and ended_at is null";
    VISIT = "insert into sending_visit (session_hash, token_hash, person, department, at, expires_at)
        values ($1, $2, $3, $4, $5, $6)";
    VISITOR = "select person, department from sending_visit where session_hash = $1 and token_hash = $2 and expires_at > $3";
    HOSPITALS = "select id, name from facility where kind = 'hospital' order by id limit $1";
    IS_HOSPITAL = "select count(*) as rows from facility where id = $1 and kind = 'hospital'";
    OF_INBOX = concat!("select ", sending!(), " where s.hospital_id = $1 and s.facility_id = $2 and s.id = $3");
    /// What was recalled is not there at all.
    INBOX = "select s.facility_id, s.id, f.name as facility_name, r.name as resident_name, d.form, d.serial, s.department,
            s.person, s.at,
            (select count(*) from sending_event e where e.facility_id = s.facility_id and e.sending_id = s.id
                and e.kind = 'opened') as opened,
            (select count(*) from sending_event e where e.facility_id = s.facility_id and e.sending_id = s.id
                and e.kind = 'received') as received
        from sending s
        join facility f on f.id = s.facility_id
        join handoff h on h.facility_id = s.facility_id and h.id = s.handoff_id
        join resident r on r.facility_id = h.facility_id and r.id = h.resident_id
        join document d on d.facility_id = s.facility_id and d.id = s.document_id
        where s.hospital_id = $1 and s.id < $2 and not exists (select 1 from sending_event e
            where e.facility_id = s.facility_id and e.sending_id = s.id and e.kind = 'recalled')
        order by s.id desc limit $3";
    BODY = "select body from document where facility_id = $1 and id = $2";
    PDF = "select pdf from document where facility_id = $1 and id = $2";
    FACILITY = "select body from facility where id = $1";
    SINCE = "select r.revision, (select count(*) from statement t
            where t.facility_id = h.facility_id and t.resident_id = h.resident_id) as statements
        from handoff h join resident r on r.facility_id = h.facility_id and r.id = h.resident_id
        where h.facility_id = $1 and h.id = $2";
}

row! {
    pub struct Sending {
        facility_id: FacilityId,
        id: SendingId,
        handoff_id: HandoffId,
        document_id: DocumentId,
        resident_id: ResidentId,
        resident_name: String,
        serial: String,
        form: String,
        edition: String,
        method: Method,
        recipient: String,
        department: String,
        person: String,
        role: String,
        pages: i64,
        attachments: String,
        note: String,
        fax_id: Option<FaxId>,
        at: Moment,
        by_name: String,
    }
}

code_cell!(Method);
code_cell!(Event);

row! {
    pub struct Noted {
        kind: Event,
        words: String,
        at: Moment,
        /// Empty when the hospital did it.
        by_staff: StaffId,
        by_name: String,
    }
}

row! {
    /// [`Noted`] of any sending of a stay.
    pub struct NotedOf {
        sending_id: SendingId,
        kind: Event,
        words: String,
        at: Moment,
        by_name: String,
    }
}

row! {
    pub struct Link {
        token_hash: Vec<u8>,
        facility_id: FacilityId,
        sending_id: SendingId,
        expires_at: Moment,
        /// Wrong ones since the passcode was told.
        tries: i64,
        ended_at: Option<Moment>,
    }
}

row! {
    /// Who gave the passcode in a browser.
    pub struct Visitor { person: String, department: String }
}

row! {
    /// How much there is by now of what a document was made from.
    pub struct Since { revision: i64, statements: i64 }
}

row! {
    struct Rows { rows: i64 }
}

row! {
    struct Body { body: Vec<u8> }
}

row! {
    struct Pdf { pdf: Vec<u8> }
}

/// What was given, and to whom.
#[derive(Clone, Debug)]
pub struct NewSending<'a> {
    pub id: &'a SendingId,
    pub document: &'a DocumentId,
    pub method: Method,
    pub recipient: &'a str,
    pub department: &'a str,
    pub person: &'a str,
    pub role: &'a str,
    pub pages: i64,
    pub attachments: &'a str,
    pub note: &'a str,
    pub fax: Option<&'a FaxId>,
    /// The hospital in whose inbox it is laid.
    pub hospital: Option<&'a FacilityId>,
    pub link: Option<NewLink<'a>>,
}

/// The page that the hospital opens.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    pub token_hash: &'a [u8; 32],
    pub passcode_hash: &'a [u8; 32],
    pub expires_at: Moment,
}

/// Writes down that a document was given.
///
/// # Errors
/// `NotFound` without such a document of a stay.
pub async fn send(
    store: &Store,
    permit: &Permit<IssueDocument>,
    new: NewSending<'_>,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    let read = actor.permit::<ReadResident>().map_err(|_| StoreError::NotFound)?;
    let belongs = handoff::of_document(store, &read, new.document).await?.ok_or(StoreError::NotFound)?;
    let stay = handoff::get(store, &read, &belongs.handoff_id).await?;
    in_tx!(store, at, tx => {
        if let Some(hospital) = new.hospital {
            let known: Rows = tx.one(IS_HOSPITAL, args![hospital]).await?;
            if known.rows == 0 {
                return Err(StoreError::NotFound);
            }
        }
        let key = key::of_resident(tx, facility, &stay.resident_id).await?;
        let args = args![
            facility, new.id, &stay.id, new.document, new.method.code(), new.recipient, new.department, new.person,
            new.role, new.pages, new.attachments, key.seal_text(new.note)?, new.fax, new.hospital, at, &actor.staff, &actor.name
        ];
        tx.exec(SEND, args).await?;
        if let Some(link) = new.link {
            let args = args![link.token_hash, facility, new.id, at, link.expires_at, link.passcode_hash];
            tx.exec(OPEN_LINK, args).await?;
        }
        let detail = json!({
            "sending": new.id, "handoff": stay.id, "document": new.document, "method": new.method.code(),
            "recipient": new.recipient, "pages": new.pages,
        });
        audit::append(tx, &Author::from(permit), at, Entry::new("sending.sent", Some(&stay.resident_id), detail)).await
    })
}

/// Takes over what happened to a FAX of a document of a stay, so that one record serves every way. Nothing for another
/// document.
pub(super) async fn of_fax(
    tx: &mut Tx,
    permit: &Permit<IssueDocument>,
    fax: &Fax,
    event: fax::Event,
    words: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    let author = Author::from(permit);
    let Some(belongs) = handoff::belongs(tx, facility, &fax.document_id).await? else {
        return Ok(());
    };
    let id = SendingId(fax.id.0.clone());
    let by = (&actor.staff, actor.name.as_str());
    match event {
        fax::Event::Sent => {
            let args = args![
                facility, &id, &belongs.handoff_id, &fax.document_id, Method::Fax.code(), &fax.recipient, &fax.department,
                &fax.person, "", fax.pages, "", if fax.masked != 0 { "送付状のみ・氏名を隠した" } else { "" }, &fax.id,
                None::<&FacilityId>, at, &actor.staff, &actor.name
            ];
            tx.exec(SEND, args).await?;
            let detail = json!({"sending": id, "handoff": belongs.handoff_id, "document": fax.document_id, "method": "fax"});
            audit::append(tx, &author, at, Entry::new("sending.sent", Some(&fax.resident_id), detail)).await
        }
        fax::Event::Arrived => note(tx, facility, &id, Event::Received, words, by, &author, at).await,
        fax::Event::Failed => note(tx, facility, &id, Event::Failed, words, by, &author, at).await,
        fax::Event::Checked | fax::Event::Mismatched | fax::Event::Cancelled => Ok(()),
    }
}

/// Notes what happened to a sending; a recall ends its page.
///
/// # Errors
/// `NotFound`; `Moved` when it may not come next.
pub async fn record(
    store: &Store,
    permit: &Permit<IssueDocument>,
    id: &SendingId,
    event: Event,
    words: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        note(tx, facility, id, event, words, (&actor.staff, actor.name.as_str()), &author, at).await?;
        if event == Event::Recalled {
            tx.exec(END_LINK, args![facility, id, at]).await?;
        }
        Ok(())
    })
}

/// Replaces the passcode of a page by another one, and forgets wrong tries.
///
/// # Errors
/// `NotFound`; `Moved` when the page was ended.
pub async fn renew_passcode(
    store: &Store,
    permit: &Permit<IssueDocument>,
    id: &SendingId,
    passcode_hash: &[u8; 32],
    expires_at: Moment,
    at: Moment,
) -> Result<(), StoreError> {
    let facility = permit.facility();
    let actor = permit.actor();
    let author = Author::from(permit);
    in_tx!(store, at, tx => {
        if tx.exec(NEW_PASSCODE, args![facility, id, passcode_hash, expires_at]).await? == 0 {
            return Err(StoreError::Moved);
        }
        note(tx, facility, id, Event::NewPasscode, "", (&actor.staff, actor.name.as_str()), &author, at).await
    })
}

#[expect(clippy::too_many_arguments, reason = "one row, one call")]
async fn note(
    tx: &mut Tx,
    facility: &FacilityId,
    id: &SendingId,
    event: Event,
    words: &str,
    by: (&StaffId, &str),
    author: &Author,
    at: Moment,
) -> Result<(), StoreError> {
    let known: Sending = tx.one(GET, args![facility, id]).await?;
    let noted: Vec<Noted> = tx.all(EVENTS, args![facility, id]).await?;
    if !Progress::of(noted.iter().map(|noted| noted.kind)).allows(event) {
        return Err(StoreError::Moved);
    }
    let seq = i64::try_from(noted.len()).unwrap_or(i64::MAX);
    let (staff, name) = by;
    let words = key::of_resident(tx, facility, &known.resident_id).await?.seal_text(words)?;
    let args = args![facility, id, seq, event.code(), words, at, staff, name];
    if tx.exec(RECORD, args).await? == 0 {
        return Err(StoreError::Moved);
    }
    let action = match event {
        Event::Opened => "sending.opened",
        Event::Printed => "sending.printed",
        Event::Received => "sending.received",
        Event::Asked => "sending.asked",
        Event::Answered => "sending.answered",
        Event::Feedback => "sending.feedback",
        Event::Failed => "sending.failed",
        Event::NewPasscode => "sending.new_passcode",
        Event::Recalled => "sending.recalled",
    };
    let detail = json!({"sending": id, "document": known.document_id});
    audit::append(tx, author, at, Entry::new(action, Some(&known.resident_id), detail)).await
}

/// A sending and what happened to it, oldest first.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &SendingId,
) -> Result<(Sending, Vec<Noted>), StoreError> {
    let facility = permit.facility();
    let known = store.db().one(GET, args![facility, id]).await?;
    let noted = store.db().all(EVENTS, args![facility, id]).await?;
    Ok((known, noted))
}

/// Up to `limit` sendings of which a hospital asked something that nobody answered yet, oldest first.
pub async fn asking(
    store: &Store,
    permit: &Permit<ReadResident>,
    limit: i64,
) -> Result<Vec<Sending>, StoreError> {
    store.db().all(ASKING, args![permit.facility(), limit]).await
}

/// The page of a sending, if it has one.
pub async fn link_of(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &SendingId,
) -> Result<Option<Link>, StoreError> {
    let rows: Vec<Link> = store.db().all(LINK_OF, args![permit.facility(), id]).await?;
    Ok(rows.into_iter().next())
}

/// Up to `limit` sendings of a stay, newest first, each with what happened, oldest first.
pub async fn of_handoff(
    store: &Store,
    permit: &Permit<ReadResident>,
    id: &HandoffId,
    limit: i64,
) -> Result<Vec<(Sending, Vec<NotedOf>)>, StoreError> {
    let facility = permit.facility();
    let all: Vec<Sending> = store.db().all(OF_HANDOFF, args![facility, id, limit]).await?;
    let noted: Vec<NotedOf> = store.db().all(EVENTS_OF, args![facility, id]).await?;
    let of = |sending: &Sending| noted.iter().filter(|noted| noted.sending_id == sending.id).cloned().collect();
    Ok(all.into_iter().map(|sending| { let noted = of(&sending); (sending, noted) }).collect())
}

/// A page whose token somebody has; without the passcode nothing personal follows from it.
#[derive(Clone, Debug)]
pub struct Found {
    pub link: Link,
    sending: Sending,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    Right,
    /// So many tries are left.
    Wrong { left: i64 },
    /// None is left, or the page was ended.
    Dead,
}

/// A browser that gave the passcode of a live page.
#[derive(Clone, Debug)]
pub struct Visit {
    sending: Sending,
    visitor: Visitor,
    source: String,
}

impl Found {
    pub fn facility(&self) -> &FacilityId {
        &self.sending.facility_id
    }

    /// Whether the page is neither ended nor past its date.
    pub fn is_live(&self, now: Moment) -> bool {
        self.link.ended_at.is_none() && self.link.expires_at > now
    }
}

impl Visit {
    pub fn sending(&self) -> &Sending {
        &self.sending
    }

    pub fn facility(&self) -> &FacilityId {
        &self.sending.facility_id
    }

    /// Department and person, as they named themselves.
    pub fn who(&self) -> String {
        format!("{} {}", self.visitor.department, self.visitor.person)
    }

    fn author(&self) -> Author {
        Author::visitor(self.facility(), &self.who(), &self.source)
    }
}

/// The page of a token.
pub async fn find(store: &Store, token_hash: &[u8; 32]) -> Result<Option<Found>, StoreError> {
    let links: Vec<Link> = store.db().all(LINK, args![token_hash]).await?;
    let Some(link) = links.into_iter().next() else {
        return Ok(None);
    };
    let sending = store.db().one(GET, args![&link.facility_id, &link.sending_id]).await?;
    Ok(Some(Found { link, sending }))
}

/// Who wants in, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a> {
    pub passcode_hash: &'a [u8; 32],
    pub person: &'a str,
    pub department: &'a str,
    pub source: &'a str,
    pub session_hash: &'a [u8; 32],
    pub until: Moment,
}

/// Tries a passcode. The try is counted before it is compared.
pub async fn knock(
    store: &Store,
    found: &Found,
    knock: Knock<'_>,
    at: Moment,
) -> Result<Tried, StoreError> {
    let facility = found.facility();
    let id = &found.sending.id;
    let who = format!("{} {}", knock.department, knock.person);
    let author = Author::visitor(facility, &who, knock.source);
    in_tx!(store, at, tx => {
        if tx.exec(TRY, args![&found.link.token_hash, at, TRIES]).await? == 0 {
            return Ok(Tried::Dead);
        }
        let right: Rows = tx.one(IS_RIGHT, args![&found.link.token_hash, knock.passcode_hash]).await?;
        if right.rows == 0 {
            let link: Link = tx.one(LINK, args![&found.link.token_hash]).await?;
            let detail = json!({"sending": id, "left": TRIES - link.tries});
            let entry = Entry::new("sending.wrong_passcode", Some(&found.sending.resident_id), detail);
            audit::append(tx, &author, at, entry).await?;
            return Ok(Tried::Wrong { left: TRIES - link.tries });
        }
        tx.exec(FORGET_TRIES, args![&found.link.token_hash]).await?;
        let args = args![
            knock.session_hash, &found.link.token_hash, knock.person, knock.department, at, knock.until
        ];
        tx.exec(VISIT, args).await?;
        note(tx, facility, id, Event::Opened, "", (&StaffId(String::new()), &who), &author, at).await?;
        Ok(Tried::Right)
    })
}

/// The visit of a browser, while the page lives.
pub async fn visit(
    store: &Store,
    found: Found,
    session_hash: &[u8; 32],
    source: &str,
    now: Moment,
) -> Result<Option<Visit>, StoreError> {
    if !found.is_live(now) {
        return Ok(None);
    }
    let args = args![session_hash, &found.link.token_hash, now];
    let rows: Vec<Visitor> = store.db().all(VISITOR, args).await?;
    Ok(rows.into_iter().next().map(|visitor| Visit { sending: found.sending, visitor, source: source.to_owned() }))
}

row! {
    /// A line of a hospital's inbox.
    pub struct Received {
        facility_id: FacilityId,
        id: SendingId,
        facility_name: String,
        resident_name: String,
        form: String,
        serial: String,
        department: String,
        person: String,
        at: Moment,
        opened: i64,
        received: i64,
    }
}

row! {
    /// A hospital whose people have accounts.
    pub struct Hospital { id: FacilityId, name: String }
}

/// Up to `limit` hospitals that have an inbox.
pub async fn hospitals(store: &Store, limit: i64) -> Result<Vec<Hospital>, StoreError> {
    store.db().all(HOSPITALS, args![limit]).await
}

/// Up to `limit` documents that facilities sent to the own hospital, newest first, before the given one. What was
/// recalled is not there.
pub async fn inbox(
    store: &Store,
    permit: &Permit<ReadInbox>,
    before: Option<&SendingId>,
    limit: i64,
) -> Result<Vec<Received>, StoreError> {
    // Behind every id, which begins with a digit or a letter up to f.
    let before = before.map_or("g", SendingId::as_str);
    store.db().all(INBOX, args![permit.facility(), before, limit]).await
}

/// The visit of somebody with an account to what was sent to the own hospital; `None` for anything else, and for what
/// was recalled.
pub async fn visit_inbox(
    store: &Store,
    permit: &Permit<ReadInbox>,
    facility: &FacilityId,
    id: &SendingId,
) -> Result<Option<Visit>, StoreError> {
    let args = args![permit.facility(), facility, id];
    let rows: Vec<Sending> = store.db().all(OF_INBOX, args).await?;
    let Some(sending) = rows.into_iter().next() else {
        return Ok(None);
    };
    let noted: Vec<Noted> = store.db().all(EVENTS, args![facility, id]).await?;
    if Progress::of(noted.iter().map(|noted| noted.kind)).recalled {
        return Ok(None);
    }
    let actor = permit.actor();
    Ok(Some(Visit {
        visitor: Visitor {
            person: actor.name.clone(),
            department: sending.recipient.clone(),
        },
        sending,
        source: actor.source.clone(),
    }))
}

/// The facility's own facts, which the page shows before anybody is named.
pub async fn facility_body(store: &Store, found: &Found) -> Result<Vec<u8>, StoreError> {
    body_of(store, found.facility()).await
}

/// The same for whoever is in.
pub async fn facility_of(store: &Store, visit: &Visit) -> Result<Vec<u8>, StoreError> {
    body_of(store, visit.facility()).await
}

async fn body_of(store: &Store, facility: &FacilityId) -> Result<Vec<u8>, StoreError> {
    let row: Body = store.db().one(FACILITY, args![facility]).await?;
    Ok(row.body)
}

/// What happened to the sending, oldest first.
pub async fn noted(store: &Store, visit: &Visit) -> Result<Vec<Noted>, StoreError> {
    store.db().all(EVENTS, args![visit.facility(), &visit.sending().id]).await
}

/// What was printed, as JSON.
pub async fn body(store: &Store, visit: &Visit) -> Result<Vec<u8>, StoreError> {
    let args = args![visit.facility(), &visit.sending().document_id];
    let row: Body = store.db().one(BODY, args).await?;
    Ok(row.body)
}

/// The bytes that were printed; that they left is noted before they do.
pub async fn pdf(store: &Store, visit: &Visit, at: Moment) -> Result<Vec<u8>, StoreError> {
    let row: Pdf = store.db().one(PDF, args![visit.facility(), &visit.sending().document_id]).await?;
    says(store, visit, Event::Printed, "", at).await?;
    Ok(row.pdf)
}

/// How much there is by now of what the document was made from.
pub async fn since(store: &Store, visit: &Visit) -> Result<Since, StoreError> {
    store.db().one(SINCE, args![visit.facility(), &visit.sending().handoff_id]).await
}

/// Notes what the hospital does on its page.
///
/// # Errors
/// `Moved` when it may not come next.
pub async fn says(
    store: &Store,
    visit: &Visit,
    event: Event,
    words: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let author = visit.author();
    let who = visit.who();
    in_tx!(store, at, tx => {
        note(tx, visit.facility(), &visit.sending().id, event, words, (&StaffId(String::new()), &who), &author, at).await
    })
}

/// Writes down that somebody of the hospital looked again, before the answer leaves (safety.md S20).
pub async fn note_look(store: &Store, visit: &Visit, at: Moment) -> Result<(), StoreError> {
    let detail = json!({"sending": visit.sending().id});
    let entry = Entry::new("sending.read", Some(&visit.sending().resident_id), detail);
    store.note_read(visit.author(), at, entry).await
}

/// What is written of the discharge by now, with its version (0: nothing).
pub async fn discharge(
    store: &Store,
    visit: &Visit,
) -> Result<(i64, Option<String>), StoreError> {
    let parts = handoff::all_parts(store, visit.facility(), &visit.sending().handoff_id).await?;
    let written = parts.into_iter().find(|written| written.part == Part::Discharge);
    Ok(written.map_or((0, None), |written| (written.version, Some(written.body))))
}

/// The files that the hospital itself added, oldest first.
pub async fn own_files(store: &Store, visit: &Visit) -> Result<Vec<StayFile>, StoreError> {
    let mut files = handoff::files_of(store, visit.facility(), &visit.sending().handoff_id).await?;
    files.retain(|file| file.by_staff.as_str().is_empty());
    Ok(files)
}

/// Adds a file of the hospital to the stay.
///
/// # Errors
/// `Moved` when the stay has ended, or has as many files as it may have.
pub async fn add_file(
    store: &Store,
    visit: &Visit,
    file: NewAttachment<'_>,
    label: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let author = visit.author();
    let who = format!("{}(病院)", visit.who());
    in_tx!(store, at, tx => {
        let by = (&StaffId(String::new()), who.as_str());
        handoff::keep_file(tx, visit.facility(), &visit.sending().handoff_id, &file, label, by, at, &author).await
    })
}

/// Writes what the hospital fills in about the discharge, as the version after `seen`.
///
/// # Errors
/// `Moved` when the stay has ended; `Conflict` when somebody wrote another version meanwhile.
pub async fn write_discharge(
    store: &Store,
    visit: &Visit,
    seen: i64,
    body: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let author = visit.author();
    let who = format!("{}(病院)", visit.who());
    let facility = visit.facility();
    in_tx!(store, at, tx => {
        let by = (&StaffId(String::new()), who.as_str());
        handoff::put(tx, facility, &visit.sending().handoff_id, Part::Discharge, seen, body, by, at, &author).await
    })
}
