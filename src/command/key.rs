//! `hikitsugi key rotate` and `key list`: the key that seals the records.

use super::Failure;
use super::system::SystemClock;
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::store::key;
use crate::store::{MasterKey, Store, StoreError};

/// A new key takes over, without a pause: a service that is running does the sealing itself.
pub async fn rotate(settings: Settings) -> Result<(), Failure> {
    if let MasterKey::File(path) = &settings.master_key {
        key::add_master(&settings.master_key)?;
        println!(
            "{} の先頭に新しい鍵を加えました。写しも取り直してください",
            path.display()
        );
    }
    match Store::open(&settings.database, settings.master_key).await {
        Ok(store) => {
            let resealed = key::reseal(&store, SystemClock.now()).await;
            store.close().await;
            println!("{}施設の鍵を、新しい鍵で閉じ直しました", resealed?.anew);
        }
        Err(StoreError::Locked { .. }) => {
            println!("動いているサービスが、1分以内に新しい鍵で閉じ直します");
        }
        Err(error) => return Err(error.into()),
    }
    println!("hikitsugi key list で古い鍵が0施設になったら、その行を消せます");
    Ok(())
}

pub async fn list(settings: Settings) -> Result<(), Failure> {
    let store = Store::open_to_read(&settings.database, settings.master_key).await?;
    let listed = key::list(&store).await;
    store.close().await;
    for (place, key) in listed?.iter().enumerate() {
        let use_ = if place == 0 {
            "使用中"
        } else {
            "開くだけ"
        };
        println!("{} {use_} {}施設", key.name, key.facilities);
    }
    Ok(())
}
