//! `hikitsugi audit verify`: walks every facility's chain and names the first break.

use super::Failure;
use crate::config::Settings;
use crate::domain::id::FacilityId;
use crate::domain::permit::{Actor, Role};
use crate::store::audit::{self, Verdict};
use crate::store::{Store, facility};

/// Facilities read at once.
const PAGE: i64 = 500;

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
    let operator = Actor::console(FacilityId::from("console"), Role::Operator)
        .permit()
        .map_err(|_| Failure("運用担当の権限がありません".to_owned()))?;
    let mut broken = 0;
    let mut found = |name: &str, verdict: &Verdict| {
        broken += usize::from(matches!(verdict, Verdict::Broken { .. }));
        tell(name, verdict);
    };
    found("共通", &audit::verify_system(store, &operator).await?);
    let mut after: Option<FacilityId> = None;
    loop {
        let page = facility::list(store, &operator, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        for known in &page {
            let permit = Actor::console(known.id.clone(), Role::Manager)
                .permit()
                .map_err(|_| Failure("記録を読む権限がありません".to_owned()))?;
            found(&known.name, &audit::verify(store, &permit).await?);
        }
    }
    match broken {
        0 => Ok(()),
        chains => Err(Failure(format!("{chains}つの記録に切れ目があります"))),
    }
}
