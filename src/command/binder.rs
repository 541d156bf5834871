//! `hikitsugi binder`: the sheets of everybody who lives in a facility as one file, behind a cover and an index, for
//! the day on which no page opens.

use std::path::PathBuf;

use clap::Args;

use super::out::Out;
use super::print::{console, facilities, listed, open, warn_of_address};
use super::progress::Progress;
use super::system::SystemEntropy;
use super::{Failure, permit};
use crate::config::Given;
use crate::domain::form::Form;
use crate::domain::id::{BinderId, FacilityId};
use crate::domain::permit::Actor;
use crate::store::resident::ResidentHead;
use crate::web::App;
use crate::web::binder::{bind, everybody, printed, still_true};

#[derive(Args)]
pub struct Wanted {
    #[command(flatten)]
    settings: Given,
    /// 施設のID
    #[arg(long, value_name = "ID")]
    facility: String,
    /// 書き込むPDFファイル。前に作った綴りがあれば置き換えます
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(wanted: Wanted) -> Result<(), Failure> {
    let settings = wanted.settings.settle()?;
    let out = Out::prepare(&wanted.out, &SystemEntropy)?;
    let app = open(&settings).await?;
    let homes = facilities(&app.store).await?;
    let id = FacilityId::from(wanted.facility.as_str());
    let Some(home) = homes.iter().find(|home| home.id == id) else {
        return Err(Failure(format!(
            "施設「{id}」はありません。あるのは {} です",
            listed(&homes)
        )));
    };
    let actor = console(&home.id);
    let residents = everybody(&app, &permit(&actor)?).await?;
    if residents.is_empty() {
        return Err(Failure(format!("{}に入居している方はいません", home.name)));
    }
    warn_of_address(&settings);
    let (binder, is_new) = bound(&app, &actor, app.forms.emergency(), &residents).await?;
    let bytes = printed(&app, &permit(&actor)?, &binder).await?;
    out.keep(&bytes).map_err(|error| {
        Failure(format!(
            "{}。綴りは発行済みです。「まとめて発行・印刷」の画面からも印刷できます",
            error.0
        ))
    })?;
    app.store.close().await;
    let told = match is_new {
        true => "発行しました。前の紙のQRコードは無効です。差し替えてください",
        false => "変わったことがないので、前の綴りをもう一度書きました",
    };
    println!(
        "{}: {} {}人分 {told}",
        wanted.out.display(),
        home.name,
        residents.len()
    );
    Ok(())
}

/// The binder to write, and whether it was issued just now.
async fn bound(
    app: &App,
    actor: &Actor,
    form: &Form,
    residents: &[ResidentHead],
) -> Result<(BinderId, bool), Failure> {
    if let Some(binder) = still_true(app, &permit(actor)?, form, residents).await? {
        return Ok((binder, false));
    }
    let progress = Progress::of(residents.len(), "人分を作っています");
    let all: Vec<&ResidentHead> = residents.iter().collect();
    let drawn = |count| progress.done(count);
    let bound = bind(app, &permit(actor)?, form, &all, &drawn).await?;
    bound.map(|binder| (binder, true)).map_err(|problems| {
        let lines = problems.join("\n");
        Failure(format!(
            "{lines}\n何も発行していません。直してから、もう一度実行してください"
        ))
    })
}
