//! Keys: what is known of people is kept sealed, so that a database file or a stolen disk alone tells nothing of it.
//!
//! The master key (a file, the environment, a command) seals each facility's key, a facility's key seals the key of each
//! of its residents, and a resident's key seals what is known of them: sheets, statements, papers, emergencies, stays.
//! A binder has a key of its own; what belongs to nobody alone (pictures, somebody's second factor) is sealed by the
//! facility's.
//! AES-256-GCM with a random nonce, the name of the key authenticated with it.
//!
//! A sealed value says in its first bytes that it is one and by which key, so [`super::db`] opens it wherever it is read.
//! Columns that are searched (names, rooms, times, codes) are not sealed.
//!
//! Without its key a value is lost for good, which is why every backup holds the facilities' keys.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde_json::json;

use super::audit::{self, Author, Entry};
use super::db::Rows;
use super::writer::Tx;
use super::{Store, StoreError};
use crate::domain::clock::Moment;
use crate::domain::id::{BinderId, FacilityId, ResidentId};

statements! {
    OF_FACILITY = "select id, facility_id, subject, sealed from data_key
        where subject = '' and facility_id = (select facility_id from data_key where id = $1)";
    OF_RESIDENTS = "select id, facility_id, subject, sealed from data_key
        where subject <> '' and facility_id = (select facility_id from data_key where id = $1)";
    OWN = "select id, facility_id, subject, sealed from data_key where facility_id = $1 and subject = $2";
    ANY = "select id, facility_id, subject, sealed from data_key
        where subject = '' and facility_id > '' order by facility_id limit 1";
    MAKE = "insert into data_key (id, facility_id, subject, sealed, created_at) values ($1, $2, $3, $4, $5)
        on conflict do nothing";
    FACILITIES = "select id, facility_id, subject, sealed from data_key
        where subject = '' and facility_id > '' order by facility_id";
    SEAL_AGAIN = "update data_key set sealed = $2 where id = $1";
}

row! {
    /// A key and whose it is; opened by the key above it.
    pub(super) struct KeyRow {
        id: Vec<u8>,
        facility_id: String,
        subject: String,
        sealed: Vec<u8>,
    }
}

/// How a master key is written: these words and 64 hexadecimal digits.
const WRITTEN: &str = "hikitsugi-key-";
/// No digest, no picture and no JSON begins like this.
const SEALED: &[u8] = b"\0hikits1";
/// Nor does a text: U+0001 is not written by people, and [`super::db`] refuses it at the beginning.
pub(super) const SEALED_TEXT: &str = "\u{1}hikits1:";
const ID_LEN: usize = 16;
const KEY_LEN: usize = 32;

/// The name of a key, which tells nothing of it.
pub(super) type KeyId = [u8; ID_LEN];

/// Where the master key is.
#[derive(Clone, PartialEq, Eq)]
pub enum MasterKey {
    /// A file that only its owner may read; a line a key, the newest first, `#` before what is not one. Where nothing
    /// was sealed yet, a missing file is made.
    File(PathBuf),
    /// The text of such a file.
    Text(String),
    /// A program and its arguments, divided by spaces, that prints such a text. No shell is asked.
    Command(String),
}

/// Never the key itself.
impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Text(_) => f.write_str("a text"),
            Self::Command(line) => write!(f, "{line}"),
        }
    }
}

impl MasterKey {
    /// A key that nobody keeps, for a database that is thrown away.
    ///
    /// # Errors
    /// `Key` when the machine gives no random bytes.
    pub fn fresh() -> Result<Self, StoreError> {
        fresh_line().map(Self::Text)
    }

    fn read(&self) -> Result<Vec<Arc<Key>>, StoreError> {
        match self {
            Self::File(path) => {
                let shown = path.display();
                let is_open = fs::metadata(path).map(|file| file.permissions().mode() & 0o077 != 0);
                let is_open =
                    is_open.map_err(|error| wrong(&format!("{shown} を読めません: {error}")))?;
                if is_open {
                    return Err(wrong(&format!(
                        "{shown} はほかの利用者にも読めます。chmod 600 で、このサービスの利用者だけにしてください"
                    )));
                }
                let text = fs::read_to_string(path);
                parse(&text.map_err(|error| wrong(&format!("{shown} を読めません: {error}")))?)
            }
            Self::Text(text) => parse(text),
            Self::Command(line) => {
                let mut words = line.split_whitespace();
                let program = words.next().unwrap_or_default();
                let said = Command::new(program).args(words).output();
                let said =
                    said.map_err(|error| wrong(&format!("{program} を動かせません: {error}")))?;
                if !said.status.success() {
                    return Err(wrong(&format!("{program} が失敗しました({})", said.status)));
                }
                parse(&String::from_utf8_lossy(&said.stdout))
            }
        }
    }

    fn is_missing(&self) -> bool {
        matches!(self, Self::File(path) if !path.exists())
    }
}

fn wrong(words: &str) -> StoreError {
    StoreError::Key(words.to_owned())
}

fn parse(text: &str) -> Result<Vec<Arc<Key>>, StoreError> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Vec<Arc<Key>> = lines
        .map(master)
        .collect::<Option<_>>()
        .ok_or_else(|| wrong(&format!("{WRITTEN} と64桁の16進数ではない行があります")))?;
    if keys.is_empty() {
        return Err(wrong("鍵が1つも書かれていません"));
    }
    Ok(keys)
}

fn master(line: &str) -> Option<Arc<Key>> {
    let digits = line
        .strip_prefix(WRITTEN)
        .filter(|digits| digits.len() == 2 * KEY_LEN)?;
    let mut bytes = [0; KEY_LEN];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    let name = digest(
        &SHA256,
        &[b"hikitsugi master key", bytes.as_slice()].concat(),
    );
    let mut id = KeyId::default();
    id.copy_from_slice(&name.as_ref()[..ID_LEN]);
    Some(Arc::new(Key::of(id, &bytes)?))
}

/// A line of a new master key.
fn fresh_line() -> Result<String, StoreError> {
    let bytes: [u8; KEY_LEN] = random()?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{WRITTEN}{digits}\n"))
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| wrong("乱数を得られません"))?;
    Ok(bytes)
}

const ABOUT: &str = "# 引き継ぎ 記録を閉じる鍵。これがないと、データベースの中身は読めません。\n\
    # データベースとは別の媒体に写しを置いてください。控え(hikitsugi backup)からは、この鍵がなくても戻せます。\n";

/// Puts a text where a file was or was not: whole or not at all, and for its owner alone.
fn put(path: &Path, text: &str, may_replace: bool) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let made = (|| {
        fs::remove_file(&beside).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if may_replace {
            fs::rename(&beside, path)?;
        } else {
            // Unlike a rename, a link never takes the place of a file that somebody else just made.
            fs::hard_link(&beside, path)?;
            fs::remove_file(&beside)?;
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
    })();
    made.inspect_err(|_| fs::remove_file(&beside).unwrap_or_default())
}

/// One key, ready to seal and open.
pub(super) struct Key {
    id: KeyId,
    cipher: RandomizedNonceKey,
}

/// What [`Key::seal`] made of bytes.
#[derive(Clone, Debug)]
pub(super) struct Sealed(pub Vec<u8>);

/// What [`Key::seal_text`] made of a text.
#[derive(Clone, Debug)]
pub(super) struct SealedText(pub String);

impl Key {
    fn of(id: KeyId, bytes: &[u8]) -> Option<Self> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, bytes).ok()?;
        Some(Self { id, cipher })
    }

    fn sealed(&self, before: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut body = plain.to_vec();
        let nonce = self
            .cipher
            .seal_in_place_append_tag(Aad::from(self.id), &mut body)
            .map_err(|_| wrong("閉じられません"))?;
        Ok([before, &self.id, nonce.as_ref().as_slice(), &body].concat())
    }

    pub fn seal(&self, plain: &[u8]) -> Result<Sealed, StoreError> {
        self.sealed(SEALED, plain).map(Sealed)
    }

    pub fn seal_text(&self, plain: &str) -> Result<SealedText, StoreError> {
        let sealed = self.sealed(&[], plain.as_bytes())?;
        Ok(SealedText(format!(
            "{SEALED_TEXT}{}",
            BASE64_STANDARD_NO_PAD.encode(sealed)
        )))
    }

    fn open(&self, nonce: &[u8], body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let changed = || StoreError::Unreadable("a sealed value was changed".to_owned());
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| changed())?;
        let mut body = body.to_vec();
        let length = self
            .cipher
            .open_in_place(nonce, Aad::from(self.id), &mut body)
            .map_err(|_| changed())?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// Whose key it is: a facility's, or one of its residents' (the facility's own stands under an empty resident).
type Owner = (String, String);

/// The keys that this process has seen, opened.
pub(super) struct Keys {
    source: MasterKey,
    /// The newest first: it seals.
    masters: RwLock<Vec<Arc<Key>>>,
    /// By name, to open with.
    known: RwLock<HashMap<KeyId, Arc<Key>>>,
    /// By owner, to seal with: only keys that are committed.
    own: RwLock<HashMap<Owner, Arc<Key>>>,
}

impl Keys {
    pub fn new(source: MasterKey) -> Self {
        Self {
            source,
            masters: RwLock::default(),
            known: RwLock::default(),
            own: RwLock::default(),
        }
    }

    /// A value as it was before it was sealed; one that is not sealed, as it is.
    pub fn open(&self, bytes: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        match bytes.strip_prefix(SEALED) {
            None => Ok(bytes),
            Some(sealed) => self.open_sealed(sealed),
        }
    }

    pub fn open_text(&self, text: String) -> Result<String, StoreError> {
        let Some(sealed) = text.strip_prefix(SEALED_TEXT) else {
            return Ok(text);
        };
        let broken = || StoreError::Unreadable("a sealed text is broken".to_owned());
        let sealed = BASE64_STANDARD_NO_PAD
            .decode(sealed)
            .map_err(|_| broken())?;
        String::from_utf8(self.open_sealed(&sealed)?).map_err(|_| broken())
    }

    fn open_sealed(&self, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let broken = || StoreError::Unreadable("a sealed value is too short".to_owned());
        let (id, rest) = sealed.split_first_chunk::<ID_LEN>().ok_or_else(broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let known = read(&self.known).get(id).cloned();
        match known {
            None => Err(StoreError::KeyNeeded(*id)),
            Some(key) => key.open(nonce, body),
        }
    }

    fn master(&self) -> Result<Arc<Key>, StoreError> {
        let newest = read(&self.masters).first().cloned();
        match newest {
            Some(key) => Ok(key),
            None => {
                self.load()?;
                let newest = read(&self.masters).first().cloned();
                newest.ok_or_else(|| wrong("鍵が読まれていません"))
            }
        }
    }

    /// Reads the master keys anew: one that was added since takes over.
    fn load(&self) -> Result<(), StoreError> {
        let masters = self.source.read()?;
        let mut known = write(&self.known);
        for key in &masters {
            known.insert(key.id, Arc::clone(key));
        }
        *write(&self.masters) = masters;
        Ok(())
    }

    /// Takes in the keys of one facility, so that `wanted` is known.
    pub fn learn(
        &self,
        wanted: KeyId,
        facility: &Rows,
        residents: &Rows,
    ) -> Result<Vec<KeyRow>, StoreError> {
        let mut learnt = self.rows(facility)?;
        for row in &learnt {
            self.take_in(row)?;
        }
        for row in self.rows(residents)? {
            self.take_in(&row)?;
            learnt.push(row);
        }
        if !read(&self.known).contains_key(&wanted) {
            self.load()?;
        }
        if !read(&self.known).contains_key(&wanted) {
            return Err(wrong(
                "この鍵では開けません。記録を閉じたときの鍵が要ります",
            ));
        }
        Ok(learnt)
    }

    fn rows(&self, rows: &Rows) -> Result<Vec<KeyRow>, StoreError> {
        match rows.read(self) {
            Err(StoreError::KeyNeeded(_)) => {
                self.load()?;
                rows.read(self).map_err(|error| match error {
                    StoreError::KeyNeeded(_) => {
                        wrong("この鍵では開けません。記録を閉じたときの鍵が要ります")
                    }
                    other => other,
                })
            }
            read => read,
        }
    }

    fn take_in(&self, row: &KeyRow) -> Result<Arc<Key>, StoreError> {
        let broken = || StoreError::Unreadable("data_key".to_owned());
        let id = KeyId::try_from(row.id.as_slice()).map_err(|_| broken())?;
        let key = Arc::new(Key::of(id, &row.sealed).ok_or_else(broken)?);
        write(&self.known).insert(id, Arc::clone(&key));
        Ok(key)
    }

    /// These keys are on disk: from now on they seal without being looked up.
    pub fn committed(&self, rows: &[KeyRow]) {
        let known = read(&self.known);
        let mut own = write(&self.own);
        for row in rows {
            let key = KeyId::try_from(row.id.as_slice())
                .ok()
                .and_then(|id| known.get(&id).cloned());
            if let Some(key) = key {
                own.insert((row.facility_id.clone(), row.subject.clone()), key);
            }
        }
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// The statements that [`Keys::learn`] reads, for one unknown key.
pub(super) const LEARN: [&str; 2] = [OF_FACILITY, OF_RESIDENTS];

/// The key that seals what is known of one resident; made where there is none yet.
pub(super) async fn of_resident(
    tx: &mut Tx,
    facility: &FacilityId,
    resident: &ResidentId,
) -> Result<Arc<Key>, StoreError> {
    of_subject(tx, facility, &resident.0).await
}

/// [`of_resident`], for a binder: the papers of many.
pub(super) async fn of_binder(
    tx: &mut Tx,
    facility: &FacilityId,
    binder: &BinderId,
) -> Result<Arc<Key>, StoreError> {
    of_subject(tx, facility, &binder.0).await
}

async fn of_subject(
    tx: &mut Tx,
    facility: &FacilityId,
    subject: &str,
) -> Result<Arc<Key>, StoreError> {
    if let Some(key) = at_hand(tx, facility, subject) {
        return Ok(key);
    }
    let above = of_facility(tx, facility).await?;
    find_or_make(tx, facility, subject, &above).await
}

/// The key that seals what belongs to no resident alone.
pub(super) async fn of_facility(
    tx: &mut Tx,
    facility: &FacilityId,
) -> Result<Arc<Key>, StoreError> {
    if let Some(key) = at_hand(tx, facility, "") {
        return Ok(key);
    }
    let master = tx.keys().master()?;
    find_or_make(tx, facility, "", &master).await
}

fn at_hand(tx: &Tx, facility: &FacilityId, subject: &str) -> Option<Arc<Key>> {
    let keys = tx.keys();
    let mine = tx
        .new_keys()
        .iter()
        .find(|row| row.facility_id == facility.0 && row.subject == subject);
    match mine {
        Some(row) => keys.take_in(row).ok(),
        None => read(&keys.own)
            .get(&(facility.0.clone(), subject.to_owned()))
            .cloned(),
    }
}

async fn find_or_make(
    tx: &mut Tx,
    facility: &FacilityId,
    subject: &str,
    above: &Key,
) -> Result<Arc<Key>, StoreError> {
    let mut row: Option<KeyRow> = tx.opt(OWN, args![facility, subject]).await?;
    if row.is_none() {
        if subject.is_empty() {
            // Another process may have another master key: what the two seal, neither could read.
            tx.opt::<KeyRow>(ANY, args![]).await?;
        }
        let (id, bytes): (KeyId, [u8; KEY_LEN]) = (random()?, random()?);
        let args = args![
            id.as_slice(),
            facility,
            subject,
            above.seal(&bytes)?,
            tx.at()
        ];
        tx.exec(MAKE, args).await?;
        row = tx.opt(OWN, args![facility, subject]).await?;
    }
    let row = row.ok_or(StoreError::NotFound)?;
    let key = tx.keys().take_in(&row)?;
    tx.hold_key(row);
    Ok(key)
}

/// Looks whether the master key opens what is sealed, and makes one where nothing is.
pub(super) async fn settle(store: &Store, may_make: bool) -> Result<(), StoreError> {
    let keys = store.db().keys();
    if !keys.source.is_missing() {
        keys.load()?;
        store.db().opt::<KeyRow>(ANY, args![]).await?;
        return Ok(());
    }
    let MasterKey::File(path) = &keys.source else {
        return Ok(());
    };
    let shown = path.display();
    match store.db().opt::<KeyRow>(ANY, args![]).await {
        Ok(None) if !may_make => Ok(()),
        Ok(None) => {
            let text = format!("{ABOUT}{}", fresh_line()?);
            put(path, &text, false)
                .map_err(|error| wrong(&format!("{shown} を作れません: {error}")))?;
            tracing::info!(file = %shown, "made a master key");
            keys.load()
        }
        _ => Err(wrong(&format!(
            "{shown} がありません。記録はこの鍵で閉じられています。写しを戻すか、控えから別の場所に戻してください"
        ))),
    }
}

/// Adds a master key, the newest, to the file. What is sealed is sealed by it from the next [`reseal`] on; the older
/// ones go on opening.
///
/// # Errors
/// `Key` where the key is not in a file, or the file cannot be written.
pub fn add_master(source: &MasterKey) -> Result<(), StoreError> {
    let MasterKey::File(path) = source else {
        return Err(wrong(
            "鍵がファイルではありません。新しい鍵の行を、渡している文の先頭に加えてください",
        ));
    };
    source.read()?;
    let shown = path.display();
    let failed = |error: io::Error| wrong(&format!("{shown} を書けません: {error}"));
    let text = fs::read_to_string(path).map_err(failed)?;
    put(path, &format!("{}{text}", fresh_line()?), true).map_err(failed)
}

/// How many facilities' keys there are, and how many were sealed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    pub facilities: usize,
    pub anew: usize,
}

/// Reads the master keys again and seals every facility's key by the newest. Safe while others read and write, and as
/// often as one likes: what is sealed by it already stays.
pub async fn reseal(store: &Store, at: Moment) -> Result<Resealed, StoreError> {
    let keys = Arc::clone(store.db().keys());
    keys.load()?;
    let newest = keys.master()?;
    let raw = store.db().sealed_by(FACILITIES).await?;
    let stale: Vec<&Vec<u8>> = raw
        .iter()
        .filter(|(_, by)| *by != newest.id)
        .map(|(id, _)| id)
        .collect();
    let count = Resealed {
        facilities: raw.len(),
        anew: stale.len(),
    };
    if stale.is_empty() {
        return Ok(count);
    }
    in_tx!(store, at, tx => {
        let rows: Vec<KeyRow> = tx.all(FACILITIES, args![]).await?;
        for row in rows.iter().filter(|row| stale.contains(&&row.id)) {
            let plain = &row.sealed;
            tx.exec(SEAL_AGAIN, args![&row.id, newest.seal(plain)?]).await?;
        }
        let entry = Entry::new("key.rotated", None, json!({"facilities": count.anew}));
        audit::append(tx, &Author::program_of_all("key rotate"), at, entry).await?;
        Ok(count)
    })
}

/// A master key, told without the key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The first digits of its name.
    pub name: String,
    /// How many facilities' keys it seals.
    pub facilities: usize,
}

/// The master keys, the newest first. One that seals nothing can go.
pub async fn list(store: &Store) -> Result<Vec<Named>, StoreError> {
    let sealed = store.db().sealed_by(FACILITIES).await?;
    let masters = read(&store.db().keys().masters);
    let named = masters.iter().map(|key| Named {
        name: key.id[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        facilities: sealed.iter().filter(|(_, by)| *by == key.id).count(),
    });
    Ok(named.collect())
}

/// The key by whose name a value is sealed.
pub(super) fn sealed_by(bytes: &[u8]) -> Option<KeyId> {
    bytes.strip_prefix(SEALED)?.first_chunk().copied()
}

/// A facility's key for a backup, which is sealed by other means; any other value as it is.
pub(super) fn for_backup(keys: &Keys, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let by = sealed_by(&sealed);
    let is_masters = by.is_some_and(|by| read(&keys.masters).iter().any(|key| key.id == by));
    if is_masters {
        keys.open(sealed)
    } else {
        Ok(sealed)
    }
}

/// What [`for_backup`] made, sealed by this database's master key.
pub(super) fn from_backup(keys: &Keys, bytes: &[u8]) -> Result<Sealed, StoreError> {
    if bytes.starts_with(SEALED) {
        return Ok(Sealed(bytes.to_vec()));
    }
    keys.master()?.seal(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str =
        "hikitsugi-key-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn keys(text: &str) -> Keys {
        let keys = Keys::new(MasterKey::Text(text.to_owned()));
        keys.load().unwrap();
        keys
    }

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same_twice() {
        let keys = keys(MASTER);
        let key = keys.master().unwrap();
        for plain in ["", "髙﨑 𠮷子", &"長い".repeat(9000)] {
            let (one, other) = (
                key.seal(plain.as_bytes()).unwrap(),
                key.seal(plain.as_bytes()).unwrap(),
            );
            assert_ne!(one.0, other.0);
            assert_eq!(keys.open(one.0).unwrap(), plain.as_bytes());
            let text = key.seal_text(plain).unwrap();
            assert!(plain.is_empty() || !text.0.contains(plain));
            assert_eq!(keys.open_text(text.0).unwrap(), plain);
        }
    }

    #[test]
    fn what_was_never_sealed_is_read_as_it_is() {
        let keys = keys(MASTER);
        for plain in ["", "{}", "hikits1", "\u{1}"] {
            assert_eq!(
                keys.open(plain.as_bytes().to_vec()).unwrap(),
                plain.as_bytes()
            );
            assert_eq!(keys.open_text(plain.to_owned()).unwrap(), plain);
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_refused() {
        let keys = keys(MASTER);
        let sealed = keys.master().unwrap().seal(b"full CPR").unwrap().0;
        for bit in 8 * SEALED.len()..8 * sealed.len() {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            keys.open(changed).unwrap_err();
        }
        for length in SEALED.len()..sealed.len() {
            keys.open(sealed[..length].to_vec()).unwrap_err();
        }
    }

    #[test]
    fn an_unknown_key_is_asked_for_by_its_name() {
        let other = keys(&MASTER.replace("00", "ff"));
        let key = other.master().unwrap();
        let sealed = key.seal(b"words").unwrap().0;
        let Err(StoreError::KeyNeeded(id)) = keys(MASTER).open(sealed) else {
            panic!("opened without its key");
        };
        assert_eq!(id, key.id);
    }

    #[test]
    fn a_master_key_is_read_line_by_line_and_what_is_none_is_refused() {
        let two = format!("# 2026\n{}\n\n  {MASTER}  \n", MASTER.replace("00", "ff"));
        assert_eq!(parse(&two).unwrap().len(), 2);
        for broken in [
            "",
            "# only",
            "hikitsugi-key-00",
            &MASTER[1..],
            &MASTER.replace('f', "g"),
            "AGE-SECRET-KEY-1",
        ] {
            assert!(matches!(parse(broken), Err(StoreError::Key(_))), "{broken}");
        }
    }

    #[test]
    fn a_master_key_never_stands_in_a_message() {
        let text = format!("{:?}", MasterKey::Text(MASTER.to_owned()));
        assert!(!text.contains(&MASTER[14..]));
        let broken = format!("{MASTER}0");
        let Err(error) = parse(&broken) else {
            panic!("65 digits")
        };
        assert!(!error.to_string().contains(&MASTER[14..]));
    }
}
