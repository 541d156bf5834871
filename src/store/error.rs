//! What can come back instead of an answer. `Display` is one line for the operator and the log: causes and ids, never people.

use std::sync::Arc;

use crate::domain::answer::Problems;
use crate::domain::id::ResidentId;

#[derive(Clone, Debug)]
pub enum StoreError {
    /// The database address cannot be used as it is written.
    Address(String),
    /// The database cannot be opened: which, and why.
    Unusable { database: String, cause: String },
    /// Another process holds the same file.
    Locked { database: String },
    /// The schema is of a newer version of this program, or was changed by hand.
    Schema { database: String, cause: String },

    /// The master key is missing, cannot be read, or is not the one by which the records were sealed.
    Key(String),
    /// Something is sealed by a key that this process has not read yet: `db` and `writer` read it and try again.
    KeyNeeded(super::key::KeyId),

    /// No such row in the permit's facility; another facility's row gives the same answer.
    NotFound,
    /// The row moved since the caller read it; `current` is its version or revision now.
    Conflict { current: i64 },
    /// Somebody already signs in by this login.
    LoginTaken,
    /// The facility's own number belongs to this resident.
    NumberTaken(ResidentId),
    /// An identifier that must be new exists already.
    Exists,
    /// The resident left or died: no paper or link can be issued.
    NotLivingIn,
    /// The rules do not let this be said now; each reason stands at the field it concerns.
    Refused(Problems),
    /// The document was already withdrawn.
    AlreadyWithdrawn,
    /// The document's link still opens, so it is not yet one to collect.
    StillLive,
    /// What was said about a sending by FAX or an emergency cannot come after what is known of it.
    Moved,
    /// Who prepared a sending by FAX cannot be the second person who checks its number.
    FaxAlone,
    /// One row of many was refused (counted from 0); nothing was written.
    Row {
        index: usize,
        cause: Box<StoreError>,
    },
    /// Text that PostgreSQL cannot keep (it holds U+0000), refused on both engines.
    Unstorable,

    /// Writes failed repeatedly: reading goes on, writing is tried again every few seconds.
    ReadOnly,
    /// The commit was answered with an error and could not be looked up: the change may or may not be there.
    Unconfirmed,
    /// A stored value is not what the schema promises.
    Unreadable(String),
    /// The database failed. Nothing of the transaction was kept.
    Engine(Arc<sqlx::Error>),
}

impl StoreError {
    /// The failure of a disk, a connection or a server, not the refusal of a request.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Engine(error) => !is_constraint(error),
            Self::Unconfirmed | Self::Unreadable(_) | Self::Key(_) => true,
            _ => false,
        }
    }

    /// Two transactions met; the same one may succeed when run again.
    pub(super) fn is_retryable(&self) -> bool {
        let Self::Engine(error) = self else {
            return false;
        };
        let code = error.as_database_error().and_then(|error| error.code());
        matches!(code.as_deref(), Some("40001" | "40P01"))
    }
}

fn is_constraint(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.is_unique_violation()
            || error.is_foreign_key_violation()
            || error.is_check_violation()
            || error.kind() == sqlx::error::ErrorKind::NotNullViolation
    })
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(Arc::new(error))
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(error) => Some(error.as_ref()),
            Self::Row { cause, .. } => Some(cause.as_ref()),
            _ => None,
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(cause) => write!(
                f,
                "データベースの指定が正しくありません: {cause}(例: sqlite:hikitsugi.db、postgres://利用者@ホスト/データベース)"
            ),
            Self::Unusable { database, cause } => {
                write!(f, "データベース {database} を開けません: {cause}")
            }
            Self::Locked { database } => write!(
                f,
                "データベース {database} は別の hikitsugi が使用中です。先にそちらを止めてください"
            ),
            Self::Key(cause) => write!(f, "記録を開く鍵を使えません: {cause}"),
            Self::KeyNeeded(_) => f.write_str("a key was not read"),
            Self::Schema { database, cause } => write!(
                f,
                "データベース {database} の構造がこの版の hikitsugi と合いません: {cause}"
            ),
            Self::NotFound => f.write_str("見つかりません"),
            Self::Conflict { current } => {
                write!(f, "ほかの人が先に更新しました(現在の版: {current})")
            }
            Self::LoginTaken => f.write_str("このログイン名はすでに使われています"),
            Self::NumberTaken(resident) => {
                write!(f, "この利用者番号はすでに使われています({resident})")
            }
            Self::Exists => f.write_str("同じ識別子がすでに登録されています"),
            Self::NotLivingIn => f.write_str("入居中ではないため発行できません"),
            Self::Refused(problems) => {
                let messages: Vec<&str> = problems.iter().map(|(_, message)| message).collect();
                f.write_str(&messages.join("。"))
            }
            Self::AlreadyWithdrawn => f.write_str("この紙はすでに無効になっています"),
            Self::StillLive => f.write_str(
                "この紙はまだ使われています。無効にするか、発行し直してから回収してください",
            ),
            Self::Moved => f.write_str(
                "ほかの人が先に操作したか、いまの状態ではできない操作です。画面を開き直して確かめてください",
            ),
            Self::FaxAlone => f.write_str("番号の確認は、準備した人とは別の職員がしてください"),
            Self::Row { index, cause } => write!(f, "{}件目: {cause}", index + 1),
            Self::Unstorable => f.write_str("保存できない文字(U+0000)が含まれています"),
            Self::ReadOnly => f.write_str(
                "書き込みに繰り返し失敗したため、閲覧のみできます。自動的に再試行します",
            ),
            Self::Unconfirmed => f.write_str("保存できたかどうか確認できませんでした"),
            Self::Unreadable(cause) => write!(f, "保存されている値を読めません: {cause}"),
            Self::Engine(error) => write!(f, "データベースの障害です: {error}"),
        }
    }
}
