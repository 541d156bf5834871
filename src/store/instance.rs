//! What one installation keeps for itself, such as the keys that sign its tokens. All its processes share it.

use super::{Store, StoreError};
use crate::domain::clock::Moment;

statements! {
    PING = "select count(*) as answers from instance";
    GET = "select value from instance where name = $1";
    CREATE = "insert into instance (name, value, created_at) values ($1, $2, $3) on conflict (name) do nothing";
}

row! {
    struct Value { value: Vec<u8> }
}

row! {
    struct Answers { answers: i64 }
}

/// The value of this name; `fresh` bytes become it when there is none yet.
pub async fn get_or_create(
    store: &Store,
    name: &str,
    fresh: &[u8],
    at: Moment,
) -> Result<Vec<u8>, StoreError> {
    if let Some(known) = store.db().opt::<Value>(GET, args![name]).await? {
        return Ok(known.value);
    }
    in_tx!(store, at, tx => {
        tx.exec(CREATE, args![name, fresh, at]).await?;
        let value: Value = tx.one(GET, args![name]).await?;
        Ok(value.value)
    })
}

pub(super) async fn ping(store: &Store) -> Result<(), StoreError> {
    let row: Answers = store.db().one(PING, args![]).await?;
    match row.answers {
        ..0 => Err(StoreError::Unreadable("count".to_owned())),
        _ => Ok(()),
    }
}
