//! `hikitsugi print`: one resident's paper as a file, issued as the service issues it.

use std::path::PathBuf;

use clap::Args;

use super::out::Out;
use super::system::SystemEntropy;
use super::{Failure, permit, serve};
use crate::config::{Given, Settings};
use crate::domain::form::Form;
use crate::domain::id::{DocumentId, FacilityId, ResidentId};
use crate::domain::permit::{Actor, OperateService, Permit, Role};
use crate::export::pdf::directive::DirectivePaper;
use crate::store::document::PrintOrder;
use crate::store::facility::{self, Facility};
use crate::store::{Store, StoreError, resident};
use crate::web::{App, issue_document, issue_paper, printed_document, still_true};

/// Facilities read at once.
const PAGE: i64 = 500;
/// As many facilities as an error lists.
const LISTED: usize = 20;

#[derive(Args)]
pub struct Wanted {
    #[command(flatten)]
    settings: Given,
    /// 様式の key(例 emergency)
    #[arg(long, value_name = "KEY")]
    form: String,
    /// 入居者のID(入居者の画面のアドレス /residents/ID にあります)
    #[arg(long, value_name = "ID")]
    resident: String,
    /// 書き込むPDFファイル。前に作った紙があれば置き換えます
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(wanted: Wanted) -> Result<(), Failure> {
    let settings = wanted.settings.settle()?;
    let out = Out::prepare(&wanted.out, &SystemEntropy)?;
    let app = open(&settings).await?;
    let kind = kind(&app, &wanted.form)?;
    let resident = ResidentId::from(wanted.resident.as_str());
    let actor = home_of(&app.store, &resident).await?;
    warn_of_address(&settings);
    let (id, is_new) = paper(&app, &actor, &resident, kind).await?;
    let (paper, bytes) = printed_document(&app, &permit(&actor)?, &id).await?;
    out.keep(&bytes).map_err(|error| {
        Failure(format!(
            "{}。紙 No. {} は発行済みです。「発行した紙」の画面からも印刷できます",
            error.0, paper.serial
        ))
    })?;
    app.store.close().await;
    let told = match (is_new, paper.link_created_at) {
        (true, Some(_)) => {
            "発行しました。同じ様式の前の紙があれば、QRコードは無効です。差し替えてください"
        }
        (true, None) => "発行しました",
        (false, _) => "変わったことがないので、使用中の紙をもう一度書きました",
    };
    println!("{}: No. {} {told}", wanted.out.display(), paper.serial);
    Ok(())
}

/// The service's parts, without its pages.
pub(super) async fn open(settings: &Settings) -> Result<App, Failure> {
    let data = serve::Data::read(settings)?;
    let store = Store::open(&settings.database, settings.master_key.clone()).await?;
    serve::app(store, data, settings.base_url.clone(), None).await
}

/// Says before anything is issued that its codes would lead nowhere.
pub(super) fn warn_of_address(settings: &Settings) {
    if is_here_only(&settings.base_url) {
        eprintln!(
            "注意: QRコードのアドレスは {} で、この機械でしか開けません。--base-url でサービスの公開アドレスを指定してください",
            settings.base_url
        );
    }
}

/// Whether no telephone can open `base_url`.
fn is_here_only(base_url: &str) -> bool {
    let host = base_url.split("//").nth(1).unwrap_or_default();
    host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("0.0.0.0")
}

enum Kind<'a> {
    Sheet(&'a Form),
    Directive(DirectivePaper),
}

fn kind<'a>(app: &'a App, key: &str) -> Result<Kind<'a>, Failure> {
    let sheet = app.forms.printable().find(|form| form.key == key);
    if let Some(form) = sheet {
        return Ok(Kind::Sheet(form));
    }
    if let Some(paper) = DirectivePaper::from_key(key) {
        return Ok(Kind::Directive(paper));
    }
    let mut known: Vec<&str> = app
        .forms
        .printable()
        .map(|form| form.key.as_str())
        .collect();
    known.extend(DirectivePaper::ALL.map(DirectivePaper::key));
    Err(Failure(format!(
        "様式「{key}」はありません。あるのは {} です",
        known.join("、")
    )))
}

/// The paper to write, and whether it was issued just now.
async fn paper(
    app: &App,
    actor: &Actor,
    resident: &ResidentId,
    kind: Kind<'_>,
) -> Result<(DocumentId, bool), Failure> {
    let issue = permit(actor)?;
    match kind {
        Kind::Directive(paper) => Ok((issue_paper(app, &issue, resident, paper).await?, true)),
        Kind::Sheet(form) => match still_true(app, &permit(actor)?, resident, form).await? {
            Some(paper) => Ok((paper.id, false)),
            None => Ok((
                issue_document(app, &issue, resident, form, PrintOrder::default())
                    .await?
                    .id,
                true,
            )),
        },
    }
}

/// Whoever holds the machine, in the facility of `resident`.
async fn home_of(store: &Store, resident: &ResidentId) -> Result<Actor, Failure> {
    let homes = facilities(store).await?;
    for home in &homes {
        let actor = console(&home.id);
        match resident::get(store, &permit(&actor)?, resident).await {
            Ok(_) => return Ok(actor),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure(format!(
        "入居者「{resident}」はありません。IDは入居者の画面のアドレス /residents/ID にあります。施設は {} です",
        listed(&homes)
    )))
}

pub(super) fn console(facility: &FacilityId) -> Actor {
    Actor::console(facility.clone(), Role::Manager)
}

/// All facilities, in the order in which they were added.
pub(super) async fn facilities(store: &Store) -> Result<Vec<Facility>, Failure> {
    let operator = Actor::console_of_all();
    let operator: Permit<OperateService> = permit(&operator)?;
    let mut found: Vec<Facility> = Vec::new();
    loop {
        let after = found.last().map(|last| &last.id);
        let page = facility::list(store, &operator, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// `ID(名前)`, for an error.
pub(super) fn listed(facilities: &[Facility]) -> String {
    let mut words: Vec<String> = facilities
        .iter()
        .take(LISTED)
        .map(|one| format!("{}({})", one.id, one.name))
        .collect();
    match facilities.len() {
        0 => words.push("まだありません".to_owned()),
        many if many > LISTED => words.push(format!("ほか{}か所", many - LISTED)),
        _ => {}
    }
    words.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_no_telephone_opens_is_known() {
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://0.0.0.0:80",
        ] {
            assert!(is_here_only(here), "{here}");
        }
        assert!(!is_here_only("https://q.example.lg.jp"));
    }
}
