//! Printing again what still holds, so that nobody's paper ends without need.

use serde_json::Value;

use super::{PaperState, frozen};
use crate::domain::form::Form;
use crate::domain::id::ResidentId;
use crate::domain::permit::{Permit, ReadResident};
use crate::store::document::{self, Document};
use crate::web::load::{self, Loaded};
use crate::web::{App, WebError};

/// As many of a resident's papers as are looked through.
const PAPERS: i64 = 50;

/// The newest live paper of this form, when a new one would say nothing else but the time of its printing.
///
/// # Errors
/// `NotFound`.
pub async fn still_true(
    app: &App,
    permit: &Permit<ReadResident>,
    resident: &ResidentId,
    form: &Form,
) -> Result<Option<Document>, WebError> {
    let papers = document::list(&app.store, permit, resident, PAPERS).await?;
    let now = app.now();
    let live =
        |paper: &Document| paper.form == form.key && PaperState::of(paper, now) == PaperState::Live;
    let Some(paper) = papers.into_iter().find(live) else {
        return Ok(None);
    };
    let (_, printed) = document::get(&app.store, permit, &paper.id).await?;
    let Loaded { view, .. } = load::resident(app, permit, resident).await?;
    let printed = serde_json::from_slice(&printed.body).map(timeless);
    let is_same = printed.is_ok_and(|printed| printed == timeless(frozen(form, &view)));
    Ok(is_same.then_some(paper))
}

fn timeless(mut frozen: Value) -> Value {
    frozen["issued_at"] = Value::Null;
    frozen
}
