//! `hikitsugi audit verify`: walks every facility's chain and names the first break.

use super::{Failure, print};
use crate::config::Settings;
use crate::domain::permit::Actor;
use crate::store::Store;
use crate::store::audit::{self, Verdict};

pub async fn verify(settings: Settings) -> Result<(), Failure> {
    let store = Store::open_to_read(&settings.database, settings.master_key).await?;
    let walked = walk(&store, &mut |name, verdict| match verdict {
        Verdict::Whole { entries, .. } => println!("{name}: {entries}件、切れ目なし"),
        Verdict::Broken { seq, what } => {
            println!("{name}: {seq}番で切れています({})", what.label());
        }
    })
    .await;
    store.close().await;
    walked
}

/// Walks every chain; `tell` hears what is found in each.
///
/// # Errors
/// At least one is broken.
pub async fn walk(
    store: &Store,
    tell: &mut (dyn FnMut(&str, &Verdict) + Send),
) -> Result<(), Failure> {
    let operator = super::permit(&Actor::console_of_all())?;
    let mut broken = 0;
    let mut found = |name: &str, verdict: &Verdict| {
        broken += usize::from(matches!(verdict, Verdict::Broken { .. }));
        tell(name, verdict);
    };
    found("共通", &audit::verify_system(store, &operator).await?);
    for known in print::facilities(store).await? {
        let permit = super::permit(&print::console(&known.id))?;
        found(&known.name, &audit::verify(store, &permit).await?);
    }
    match broken {
        0 => Ok(()),
        chains => Err(Failure(format!("{chains}つの記録に切れ目があります"))),
    }
}
