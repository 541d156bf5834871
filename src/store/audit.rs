//! Who read and changed what: one append-only hash chain a facility, written in the transaction it describes.
//!
//! Each entry's hash covers the entry and the hash before it, and `chain_head` remembers where the chain ends, so
//! [`verify`] finds a changed row, a missing row and a cut-off tail. Whoever can rewrite the whole database can rewrite
//! the chain too: that is what printing the heads elsewhere is for ([`heads`]).
//!
//! A change appends its entries inside its own transaction. A read only waits for its entry: all reads that wait at the
//! same time share one transaction, because the disk's answer to a commit is what bounds us ([`Store::note_read`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use aws_lc_rs::digest::{Context, SHA256};
use tokio::sync::{mpsc, oneshot};

use super::db::Arg;
use super::error::StoreError;
use super::writer::Tx;
use super::{Core, Store};
use crate::domain::clock::Moment;
use crate::domain::id::{FacilityId, ResidentId};
use crate::domain::permit::{Actor, OperateService, Permit, ReadAudit};

statements! {
    /// Takes the next numbers, and PostgreSQL's lock on the chain until the commit. `hash` is still the old head's.
    TAKE = "insert into chain_head (facility_id, seq, hash) values ($1, $2, $3)
        on conflict (facility_id) do update set seq = chain_head.seq + $2
        returning seq, hash";
    APPEND = "insert into audit
            (facility_id, seq, at, actor_id, actor, action, subject, detail, source, prev_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SET_HEAD = "update chain_head set hash = $2 where facility_id = $1";
    HEAD = "select seq, hash from chain_head where facility_id = $1";
    HEADS = "select facility_id, seq, hash from chain_head order by facility_id";
    WALK = "select seq, at, actor_id, actor, action, subject, detail, source, prev_hash, hash from audit
        where facility_id = $1 and seq > $2 order by seq limit $3";
    IS_FACILITY = "select count(*) as facilities from facility where id = $1";
    LIST = "select seq, at, actor_id, actor, action, subject, detail, source, prev_hash, hash from audit
        where facility_id = $1 and seq < $2 order by seq desc limit $3";
    LIST_OF_SUBJECT = "select seq, at, actor_id, actor, action, subject, detail, source, prev_hash, hash from audit
        where facility_id = $1 and subject = $2 and seq < $3 order by seq desc limit $4";
}

/// The chain of what happens before a facility is known: an unknown login, for one.
const SYSTEM_CHAIN: &str = "system";
const NOTHING_BEFORE: [u8; 32] = [0; 32];

/// What happened, in whose chain and by whom is the [`Author`]'s.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A verb and its object, `sheet.confirmed`; never changed once released.
    pub action: &'static str,
    pub subject: Option<ResidentId>,
    /// Facts of the event, without the resident's data.
    pub detail: serde_json::Value,
}

impl Entry {
    pub fn new(
        action: &'static str,
        subject: Option<&ResidentId>,
        detail: serde_json::Value,
    ) -> Self {
        Self {
            action,
            subject: subject.cloned(),
            detail,
        }
    }
}

/// Whom an entry names, and the chain it goes to.
#[derive(Clone, Debug)]
pub struct Author {
    facility: FacilityId,
    id: String,
    name: String,
    source: String,
}

impl Author {
    /// The holder of a sheet's QR code, of whom nothing but the network address is known.
    pub(super) fn crew(facility: &FacilityId, source: &str) -> Self {
        Self {
            facility: facility.clone(),
            id: "crew".to_owned(),
            name: "QRコードの読み取り".to_owned(),
            source: source.to_owned(),
        }
    }

    /// Somebody of a hospital who gave a page's passcode, by the name they gave.
    pub(super) fn visitor(facility: &FacilityId, who: &str, source: &str) -> Self {
        Self {
            facility: facility.clone(),
            id: "hospital".to_owned(),
            name: format!("病院: {who}"),
            source: source.to_owned(),
        }
    }

    /// The program itself, for a facility.
    pub fn program(facility: &FacilityId, what: &str) -> Self {
        Self {
            facility: facility.clone(),
            id: "program".to_owned(),
            name: "自動".to_owned(),
            source: what.to_owned(),
        }
    }

    /// The program itself, for all facilities.
    pub(super) fn program_of_all(what: &str) -> Self {
        Self::program(&FacilityId::from(SYSTEM_CHAIN), what)
    }

    /// Somebody at the sign-in page who is not signed in.
    pub fn stranger(source: &str) -> Self {
        Self {
            facility: FacilityId::from(SYSTEM_CHAIN),
            id: "stranger".to_owned(),
            name: "未ログイン".to_owned(),
            source: source.to_owned(),
        }
    }

    /// The same author in another facility's chain: an operator who adds that facility.
    pub(super) fn in_chain(&self, facility: &FacilityId) -> Self {
        Self {
            facility: facility.clone(),
            ..self.clone()
        }
    }
}

impl From<&Actor> for Author {
    fn from(actor: &Actor) -> Self {
        Self {
            facility: actor.facility.clone(),
            id: actor.staff.0.clone(),
            name: actor.name.clone(),
            source: actor.source.clone(),
        }
    }
}

impl<A> From<&Permit<A>> for Author {
    fn from(permit: &Permit<A>) -> Self {
        Self::from(permit.actor())
    }
}

row! {
    /// An entry as it stands in the chain.
    pub struct Stored {
        /// 1, 2, 3 … without a gap.
        seq: i64,
        at: Moment,
        actor_id: String,
        actor: String,
        action: String,
        subject: Option<ResidentId>,
        /// JSON text.
        detail: String,
        source: String,
        prev_hash: Vec<u8>,
        hash: Vec<u8>,
    }
}

impl Stored {
    /// SHA-256 over every field, each behind its length, so that no two entries read the same.
    fn digest(&self, chain: &FacilityId) -> Vec<u8> {
        let mut context = Context::new(&SHA256);
        let mut field = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
            context.update(&length.to_be_bytes());
            context.update(bytes.unwrap_or_default());
        };
        field(Some(&self.prev_hash));
        field(Some(chain.as_str().as_bytes()));
        field(Some(&self.seq.to_be_bytes()));
        field(Some(&self.at.0.to_be_bytes()));
        field(Some(self.actor_id.as_bytes()));
        field(Some(self.actor.as_bytes()));
        field(Some(self.action.as_bytes()));
        field(self.subject.as_ref().map(|subject| subject.0.as_bytes()));
        field(Some(self.detail.as_bytes()));
        field(Some(self.source.as_bytes()));
        context.finish().as_ref().to_vec()
    }
}

row! {
    struct Head { seq: i64, hash: Vec<u8> }
}

row! {
    struct IsFacility { facilities: i64 }
}

row! {
    /// Where a chain ends. Kept outside the database, it proves later that nothing before it was rewritten.
    pub struct ChainHead { facility_id: FacilityId, seq: i64, hash: Vec<u8> }
}

/// Appends one entry in the open transaction.
pub(super) async fn append(
    tx: &mut Tx,
    author: &Author,
    at: Moment,
    entry: Entry,
) -> Result<(), StoreError> {
    append_all(tx, &author.facility, &[(author, at, &entry)]).await
}

/// Appends several entries to one chain in the open transaction.
pub(super) async fn append_all(
    tx: &mut Tx,
    chain: &FacilityId,
    entries: &[(&Author, Moment, &Entry)],
) -> Result<(), StoreError> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(());
    }
    let head: Head = tx.one(TAKE, args![chain, count, &NOTHING_BEFORE]).await?;
    let mut seq = head.seq - count;
    let mut prev_hash = head.hash;
    for (author, at, entry) in entries {
        seq += 1;
        let mut stored = Stored {
            seq,
            at: *at,
            actor_id: author.id.clone(),
            actor: author.name.clone(),
            action: entry.action.to_owned(),
            subject: entry.subject.clone(),
            detail: entry.detail.to_string(),
            source: author.source.clone(),
            prev_hash,
            hash: Vec::new(),
        };
        stored.hash = stored.digest(chain);
        prev_hash = stored.hash.clone();
        tx.exec(APPEND, to_args(chain, stored)).await?;
    }
    tx.exec(SET_HEAD, args![chain, &prev_hash]).await?;
    tx.must_find(chain, seq, prev_hash);
    Ok(())
}

fn to_args(chain: &FacilityId, stored: Stored) -> Vec<Arg> {
    args![
        chain,
        stored.seq,
        stored.at,
        stored.actor_id,
        stored.actor,
        stored.action,
        stored.subject.as_ref(),
        stored.detail,
        stored.source,
        stored.prev_hash,
        stored.hash
    ]
}

/// Up to `limit` entries, newest first, older than `before` (`None`: from the newest).
pub async fn list(
    store: &Store,
    permit: &Permit<ReadAudit>,
    subject: Option<&ResidentId>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let before = before.unwrap_or(i64::MAX);
    match subject {
        None => {
            store
                .db()
                .all(LIST, args![permit.facility(), before, limit])
                .await
        }
        Some(subject) => {
            store
                .db()
                .all(
                    LIST_OF_SUBJECT,
                    args![permit.facility(), subject, before, limit],
                )
                .await
        }
    }
}

/// What walking a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it holds together, up to this head.
    Whole { entries: i64, head: Vec<u8> },
    /// The first break.
    Broken { seq: i64, what: Break },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The entry is not there.
    Missing,
    /// The entry is not what was written.
    Changed,
    /// The entry does not follow the one before it.
    Unlinked,
    /// Entries stand after the end that the chain remembers, or its end is forgotten.
    HeadDisagrees,
}

impl Break {
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "記録が欠けています",
            Self::Changed => "記録が書き換えられています",
            Self::Unlinked => "前の記録とつながっていません",
            Self::HeadDisagrees => "記録の末尾が一致しません",
        }
    }
}

/// Walks the facility's chain from its first entry.
pub async fn verify(store: &Store, permit: &Permit<ReadAudit>) -> Result<Verdict, StoreError> {
    let verdict = verify_chain(store, permit.facility()).await?;
    if matches!(verdict, Verdict::Whole { entries: 0, .. }) {
        // A facility's chain begins with the facility: an empty one was emptied.
        let known: IsFacility = store
            .db()
            .one(IS_FACILITY, args![permit.facility()])
            .await?;
        if known.facilities > 0 {
            return Ok(Verdict::Broken {
                seq: 1,
                what: Break::Missing,
            });
        }
    }
    Ok(verdict)
}

/// Walks the chain of what happened before a facility was known.
pub async fn verify_system(
    store: &Store,
    _: &Permit<OperateService>,
) -> Result<Verdict, StoreError> {
    verify_chain(store, &FacilityId::from(SYSTEM_CHAIN)).await
}

async fn verify_chain(store: &Store, chain: &FacilityId) -> Result<Verdict, StoreError> {
    const PAGE: i64 = 1000;
    // The head first: entries that arrive while we walk stand after it and are not a break.
    let head: Option<Head> = store.db().opt(HEAD, args![chain]).await?;
    let (end, end_hash) = head.map_or((0, NOTHING_BEFORE.to_vec()), |head| (head.seq, head.hash));
    let mut last = 0;
    let mut last_hash = NOTHING_BEFORE.to_vec();
    let broken = |seq, what| Ok(Verdict::Broken { seq, what });
    loop {
        let page: Vec<Stored> = store.db().all(WALK, args![chain, last, PAGE]).await?;
        let full = page.len() as i64 == PAGE;
        for entry in page {
            if last == end {
                break;
            }
            if entry.seq != last + 1 {
                return broken(last + 1, Break::Missing);
            }
            if entry.digest(chain) != entry.hash {
                return broken(entry.seq, Break::Changed);
            }
            if entry.prev_hash != last_hash {
                return broken(entry.seq, Break::Unlinked);
            }
            last = entry.seq;
            last_hash = entry.hash;
        }
        if last == end || !full {
            break;
        }
    }
    if last < end {
        return broken(last + 1, Break::Missing);
    }
    if last_hash != end_hash {
        return broken(last, Break::HeadDisagrees);
    }
    if end == 0 {
        return forgotten_head(store, chain).await;
    }
    Ok(Verdict::Whole {
        entries: end,
        head: end_hash,
    })
}

/// Without a head there must be no entry. Looked at once more together, because the first entry may just have come.
async fn forgotten_head(store: &Store, chain: &FacilityId) -> Result<Verdict, StoreError> {
    let first: Vec<Stored> = store.db().all(WALK, args![chain, 0_i64, 1_i64]).await?;
    let head: Option<Head> = store.db().opt(HEAD, args![chain]).await?;
    if first.is_empty() || head.is_some_and(|head| head.seq > 0) {
        return Ok(Verdict::Whole {
            entries: 0,
            head: NOTHING_BEFORE.to_vec(),
        });
    }
    Ok(Verdict::Broken {
        seq: 1,
        what: Break::HeadDisagrees,
    })
}

/// Where every chain ends, to be kept outside the database.
pub async fn heads(
    store: &Store,
    _: &Permit<OperateService>,
) -> Result<Vec<ChainHead>, StoreError> {
    store.db().all(HEADS, args![]).await
}

impl Store {
    /// Writes down that something was read, and answers when that is on disk.
    ///
    /// # Errors
    /// When it could not be written. Whether the page is shown nevertheless is the caller's rule, not ours.
    pub async fn note_read(
        &self,
        author: impl Into<Author>,
        at: Moment,
        entry: Entry,
    ) -> Result<(), StoreError> {
        self.note(author.into(), at, entry, Vec::new()).await
    }

    /// The same, with rows that go into the same transaction. Their statements must not be able to clash.
    pub(super) async fn note(
        &self,
        author: Author,
        at: Moment,
        entry: Entry,
        rows: Vec<(&'static str, Vec<Arg>)>,
    ) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let note = Note {
            author,
            at,
            entry,
            rows,
        };
        let gone = |_| StoreError::Engine(Arc::new(sqlx::Error::PoolClosed));
        self.queue
            .sender
            .send((note, answer))
            .await
            .map_err(|error| gone(error.to_string()))?;
        answered
            .await
            .map_err(|error| gone(error.to_string()))
            .and_then(std::convert::identity)
    }
}

struct Note {
    author: Author,
    at: Moment,
    entry: Entry,
    rows: Vec<(&'static str, Vec<Arg>)>,
}

type Waiting = (Note, oneshot::Sender<Result<(), StoreError>>);

/// The notes that wait for the next common transaction.
#[derive(Clone)]
pub(super) struct Queue {
    sender: mpsc::Sender<Waiting>,
}

impl Queue {
    /// As many notes as one transaction takes.
    const BATCH: usize = 256;

    pub fn start(core: &Arc<Core>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(4 * Self::BATCH);
        // The task must not keep the database open after the last `Store` is gone.
        let core: Weak<Core> = Arc::downgrade(core);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(Self::BATCH);
            while receiver.recv_many(&mut batch, Self::BATCH).await > 0 {
                let Some(core) = core.upgrade() else { break };
                write_batch(&core, std::mem::take(&mut batch)).await;
            }
        });
        Self { sender }
    }
}

async fn write_batch(core: &Core, batch: Vec<Waiting>) {
    let (notes, answers): (Vec<Note>, Vec<_>) = batch.into_iter().unzip();
    let outcome = write_notes(core, &notes).await;
    match outcome {
        // One note that the database refuses must not take the others with it.
        Err(error) if notes.len() > 1 && !error.is_fault() => {
            for (note, answer) in notes.iter().zip(answers) {
                let outcome = write_notes(core, std::slice::from_ref(note)).await;
                answer.send(outcome).unwrap_or_default();
            }
        }
        outcome => {
            for answer in answers {
                // A reader that went away has no ear for the answer.
                answer.send(outcome.clone()).unwrap_or_default();
            }
        }
    }
}

async fn write_notes(core: &Core, notes: &[Note]) -> Result<(), StoreError> {
    let at = notes.iter().map(|note| note.at).max().unwrap_or_default();
    // Chains in one order everywhere, so that two processes never wait for each other.
    let mut chains: BTreeMap<&FacilityId, Vec<(&Author, Moment, &Entry)>> = BTreeMap::new();
    for note in notes {
        chains
            .entry(&note.author.facility)
            .or_default()
            .push((&note.author, note.at, &note.entry));
    }
    in_tx!(core, at, tx => {
        for (sql, args) in notes.iter().flat_map(|note| &note.rows) {
            tx.exec(sql, args.clone()).await?;
        }
        for (chain, entries) in &chains {
            append_all(tx, chain, entries).await?;
        }
        Ok(())
    })
}
