//! Residents from a file, in steps: choose the file, match its columns and try, look at what would change, import.
//!
//! The file travels with each step's form, and is read again from its bytes each time: nothing of it is kept until it
//! is imported, and nothing that the browser sends back is believed.

pub mod run;

use axum::Form;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};
use serde::Deserialize;

use self::run::{Failed, Residents};
use super::icon::{Icon, icon};
use super::page::{NoticeKind, Page, Place, notice};
use super::{App, WebError, session, walk};
use crate::domain::answer::{Inputs, Problems};
use crate::domain::date::Day;
use crate::domain::import::{
    Action, Column, ImportError, MAX_BYTES, Mapping, Plan, PlannedRow, Table, Target,
};
use crate::domain::permit::{ImportResidents, Permit, ReadResident};
use crate::store::Entry;

/// The most bytes of an upload: the file, and what a browser writes around it.
pub const UPLOAD_MAX: usize = MAX_BYTES + 64 * 1024;
/// The most bytes of a later step: the file at 4 characters for 3 bytes, and the columns.
pub const REPOST_MAX: usize = MAX_BYTES / 3 * 4 + 256 * 1024;
/// Rows of each kind that a page shows; the rest is counted.
const ROWS_SHOWN: usize = 200;
const TITLE: &str = "名簿の取り込み";
const PATH: &str = "/residents/import";

pub async fn form(page: Page, _: Permit<ImportResidents>) -> Markup {
    form_page(&page, None)
}

fn form_page(page: &Page, refused: Option<&ImportError>) -> Markup {
    page.show_narrow(
        Place::Import,
        TITLE,
        html! {
            h1 { (TITLE) }
            (steps(0))
            @if let Some(error) = refused {
                (refused_notice("このファイルは読めませんでした", html! {
                    ul { li { a href="#file" { (error) } } }
                }))
            }
            form .form method="post" action=(PATH) enctype="multipart/form-data" {
                div .field .invalid[refused.is_some()] {
                    label for="file" { "CSVまたはExcelのファイル" }
                    p .hint #file-hint {
                        "介護ソフトから書き出したものをそのまま使えます(Shift_JISも可)。1人1行、見出しの行が必要です。5MB、5000行まで。"
                    }
                    input #file type="file" name="file" accept=".csv,.tsv,.txt,.xlsx" required
                        aria-describedby="file-hint" aria-invalid=[refused.map(|_| "true")];
                }
                div .actions {
                    button .button { "次へ: 列を合わせる" }
                    a .button .text href="/residents/import/sample.csv" { "見本のファイル" }
                }
            }
            (notice(NoticeKind::Info, "取り込みの決まり", html! {
                ul {
                    li { "1行でも直すところがあれば、何も取り込みません。" }
                    li { "同じ利用者番号の人は、ファイルにある列だけを更新します。空のセルとファイルにない人は、そのまま残します。" }
                    li { "心肺蘇生・延命・看取りについての列は取り込みません。" }
                }
            }))
        },
    )
}

/// What stands in the way, before anything is imported.
fn refused_notice(title: &str, body: Markup) -> Markup {
    html! {
        div .notice .errors data-type="error" role="alert" tabindex="-1" {
            (icon(Icon::Stop))
            div { h2 { (title) } (body) }
        }
    }
}

fn steps(current: usize) -> Markup {
    let names = [
        "ファイルを選ぶ",
        "列を合わせて試す",
        "変わるところを確かめる",
        "取り込む",
    ];
    html! {
        ol .steps {
            @for (at, name) in names.iter().enumerate() {
                li data-step=[(at < current).then_some("done")] aria-current=[(at == current).then_some("step")] { (name) }
            }
        }
    }
}

/// A file as it travels from step to step.
#[derive(Clone)]
struct Sent {
    name: String,
    bytes: Vec<u8>,
}

impl Sent {
    async fn upload(mut form: Multipart) -> Result<Self, WebError> {
        while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
            if field.name() != Some("file") {
                continue;
            }
            let name = field.file_name().unwrap_or_default().to_owned();
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                bytes.extend_from_slice(&chunk);
            }
            return Ok(Self { name, bytes });
        }
        Err(WebError::Bad(
            "ファイルを選んでから送ってください".to_owned(),
        ))
    }

    /// Takes the file out of a later step's inputs.
    fn repost(inputs: &mut Inputs) -> Result<Self, WebError> {
        let again = || WebError::Bad("ファイルを選び直してください".to_owned());
        let bytes = URL_SAFE_NO_PAD
            .decode(inputs.get("file"))
            .map_err(|_| again())?;
        let name = inputs.get("name").to_owned();
        inputs.remove("file");
        inputs.remove("name");
        Ok(Self { name, bytes })
    }

    fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="name" value=(self.name);
            input type="hidden" name="file" value=(URL_SAFE_NO_PAD.encode(&self.bytes));
        }
    }
}

fn unreadable(error: MultipartError) -> WebError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        WebError::TooLarge(ImportError::TooLarge { bytes: UPLOAD_MAX }.to_string())
    } else {
        WebError::Bad(error.body_text())
    }
}

/// A file that was tried with a choice of columns.
struct Trial {
    sent: Sent,
    table: Table,
    mapping: Mapping,
    /// What is wrong with the choice of columns.
    problems: Problems,
    plan: Plan,
    residents: Residents,
}

impl Trial {
    /// Tries the file with the columns that were chosen, or as its headers suggest.
    async fn run(
        app: &App,
        permit: &Permit<ImportResidents>,
        sent: Sent,
        chosen: Option<Inputs>,
    ) -> Result<Result<Self, ImportError>, WebError> {
        let read = permit.actor().permit::<ReadResident>()?;
        let residents = Residents::load(&app.store, &read).await?;
        let today = Day::of(app.now());
        let work = move || {
            let table = Table::read(&sent.bytes, &sent.name)?;
            let (mapping, problems) = match &chosen {
                Some(inputs) => Mapping::from_inputs(&table, inputs),
                None => (Mapping::guess(&table), Problems::default()),
            };
            let plan = run::dry_run(&table, &mapping, &residents, today);
            Ok(Self {
                sent,
                table,
                mapping,
                problems,
                plan,
                residents,
            })
        };
        let tried = app.net.costly(work).await?;
        let rows = tried.as_ref().map_or(0, |trial: &Self| trial.table.len());
        let entry = Entry::new("import.tried", None, serde_json::json!({"rows": rows}));
        app.store.note_read(&read, app.now(), entry).await?;
        Ok(tried)
    }

    fn may_go_on(&self) -> bool {
        self.problems.is_empty() && self.plan.is_importable()
    }

    /// Changes when what would be done changes: a plan is carried out only as it was looked at.
    fn digest(&self) -> String {
        let seen: Vec<String> = self
            .plan
            .rows
            .iter()
            .map(|row| format!("{} {:?} {}", row.line, row.action, row.record.json()))
            .collect();
        URL_SAFE_NO_PAD.encode(session::sha256(seen.join("\n").as_bytes()))
    }

    fn counts(&self) -> Markup {
        let plan = &self.plan;
        html! {
            dl .facts {
                div { dt { "新しく登録" } dd .number { (plan.added()) "人" } }
                div { dt { "更新" } dd .number { (plan.updated()) "人" } }
                div { dt { "変わりなし" } dd .number { (plan.same()) "人" } }
                div { dt { "ファイルにない入居者" } dd .number { (self.residents.left_alone(plan)) "人(そのまま残します)" } }
            }
        }
    }
}

pub async fn upload(
    State(app): State<App>,
    page: Page,
    permit: Permit<ImportResidents>,
    form: Multipart,
) -> Result<Response, WebError> {
    let sent = Sent::upload(form).await?;
    Ok(match Trial::run(&app, &permit, sent, None).await? {
        Ok(trial) => columns_page(&page, &trial).into_response(),
        Err(error) => refusal(&page, &error),
    })
}

fn refusal(page: &Page, error: &ImportError) -> Response {
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        form_page(page, Some(error)),
    )
        .into_response()
}

/// The later steps: `do` says whether the columns are tried again, the plan is looked at, or it is carried out.
pub async fn check(
    State(app): State<App>,
    page: Page,
    permit: Permit<ImportResidents>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut inputs = Inputs::from_pairs(pairs);
    let sent = Sent::repost(&mut inputs)?;
    let (order, seen) = (inputs.get("do").to_owned(), inputs.get("seen").to_owned());
    let trial = match Trial::run(&app, &permit, sent, Some(inputs)).await? {
        Ok(trial) => trial,
        Err(error) => return Ok(refusal(&page, &error)),
    };
    if !trial.may_go_on() || order == "map" {
        return Ok(columns_page(&page, &trial).into_response());
    }
    if order != "import" {
        return Ok(confirm_page(&page, &trial, None).into_response());
    }
    if seen != trial.digest() {
        let changed =
            "確かめたあとで入居者の記録が変わりました。変わるところをもう一度確かめてください";
        return Ok(confirm_page(&page, &trial, Some(changed)).into_response());
    }
    let (clock, entropy) = (app.clock.as_ref(), app.entropy.as_ref());
    let (plan, residents) = (&trial.plan, &trial.residents);
    match run::carry_out(&app.store, &permit, plan, residents, clock, entropy).await {
        Ok(()) => {
            let (added, updated, same) = (plan.added(), plan.updated(), plan.same());
            let to = format!("{PATH}/done?added={added}&updated={updated}&same={same}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(outrun @ Failed::Outrun { .. }) => {
            Ok(confirm_page(&page, &trial, Some(&outrun.to_string())).into_response())
        }
        Err(Failed::Store(error)) => Err(error.into()),
    }
}

fn columns_page(page: &Page, trial: &Trial) -> Markup {
    let columns = trial.table.columns();
    let refused = columns.iter().find_map(Column::refused);
    page.show(
        Place::Import,
        TITLE,
        html! {
            h1 { (TITLE) }
            (steps(1))
            p { "「" (trial.sent.name) "」 " (trial.table.source) "、" (trial.table.len()) "行" }
            (outcome(trial))
            (problem_table(&trial.plan))
            @if let Some(why) = refused {
                (notice(NoticeKind::Info, "取り込まない列があります", html! { p { (why) "。" } }))
            }
            form .form method="post" action={ (PATH) "/check" } {
                (trial.sent.hidden())
                h2 { "列を合わせる" }
                p { "左の列を、右の項目に合わせます。見出しから選んであります。違うところを直して読み直してください。" }
                table .stack role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "ファイルの列" }
                            th role="columnheader" scope="col" { "はじめの値" }
                            th role="columnheader" scope="col" { "取り込む項目" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for column in &columns { (column_row(trial, column)) }
                    }
                }
                div .bar {
                    a .button .text href=(PATH) { "ファイルを選び直す" }
                    button .button .outline name="do" value="map" { "この列で読み直す" }
                    button .button name="do" value="confirm" { "次へ: 変わるところを確かめる" }
                }
            }
        },
    )
}

fn column_row(trial: &Trial, column: &Column<'_>) -> Markup {
    let key = Mapping::input_key(column.index);
    let target = trial.mapping.target(column.index);
    let problem = trial.problems.at(&key);
    let error_key = format!("{key}-error");
    let samples: Vec<String> = column.samples.iter().map(|sample| short(sample)).collect();
    html! {
        tr role="row" {
            th role="rowheader" scope="row" { (column.letter()) "列 " (column.header) }
            td .number role="cell" data-label="はじめの値" { (samples.join(" / ")) }
            td role="cell" data-label="取り込む項目" {
                @if column.refused().is_some() {
                    span .tag data-tone="off" { "取り込みません" }
                } @else {
                    div .field .invalid[problem.is_some()] {
                        @if let Some(problem) = problem {
                            p .error id=(error_key) { (icon(Icon::Stop)) span { (problem) } }
                        }
                        select id=(key) name=(key) aria-label={ (column.letter()) "列 " (column.header) " の取り込み先" }
                            aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem.map(|_| &error_key)] {
                            option value="" { "取り込まない" }
                            @for (heading, targets) in Target::groups() {
                                optgroup label=(heading) {
                                    @for option in *targets {
                                        option value=(option.key) selected[target == Some(option)] { (option.label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the dry run found, and what to do next.
fn outcome(trial: &Trial) -> Markup {
    let plan = &trial.plan;
    let warnings = warned(plan).count();
    html! {
        @if !trial.problems.is_empty() {
            (refused_notice("列の選び方を直してください", html! {
                ul { @for (key, message) in trial.problems.iter() { li { a href={ "#" (key) } { (message) } } } }
            }))
        } @else if plan.is_importable() {
            (notice(NoticeKind::Ok, "すべての行を読めました。まだ何も取り込んでいません", html! {
                p {
                    "列が合っていれば、次へ進んで変わるところを確かめてください。"
                    @if warnings > 0 { (warnings) "人に注意があります(次の画面に出ます)。" }
                }
            }))
        } @else {
            (refused_notice(&format!("{}か所に直すところがあります。まだ何も取り込んでいません", plan.problems.len()), html! {
                p {
                    (trial.table.len()) "行のうち" (plan.rows.len()) "行は読めました。列を選び直すか、ファイルを直してもう一度選んでください。"
                    "一部だけを取り込むことはありません。"
                }
            }))
        }
        (trial.counts())
    }
}

fn problem_table(plan: &Plan) -> Markup {
    let more = plan.problems.len().saturating_sub(ROWS_SHOWN);
    html! {
        @if !plan.problems.is_empty() {
            section .card {
                div .card-head { h2 { "直すところ" } }
                table .stack role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "行" }
                            th role="columnheader" scope="col" { "列" }
                            th role="columnheader" scope="col" { "値" }
                            th role="columnheader" scope="col" { "理由" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for problem in plan.problems.iter().take(ROWS_SHOWN) {
                            tr role="row" {
                                th .number .nowrap role="rowheader" scope="row" { (problem.line) "行目" }
                                td role="cell" data-label="列" {
                                    @if let Some(letter) = problem.column_letter() { (letter) "列 " }
                                    (problem.header)
                                }
                                td .number role="cell" data-label="値" {
                                    @if problem.value.is_empty() { "(空)" } @else { (problem.value) }
                                }
                                td role="cell" data-label="理由" { b { (problem.message) } }
                            }
                        }
                    }
                }
                @if more > 0 { p { "ほかに" (more) "か所あります。" } }
            }
        }
    }
}

fn warned(plan: &Plan) -> impl Iterator<Item = &PlannedRow> {
    plan.rows.iter().filter(|row| !row.warnings.is_empty())
}

fn confirm_page(page: &Page, trial: &Trial, changed: Option<&str>) -> Markup {
    let plan = &trial.plan;
    let writes = plan.added() + plan.updated();
    page.show(
        Place::Import,
        TITLE,
        html! {
            h1 { (TITLE) }
            (steps(2))
            @if let Some(words) = changed {
                (notice(NoticeKind::Warn, "まだ取り込んでいません", html! { p { (words) "。" } }))
            }
            p { "「" (trial.sent.name) "」 " (trial.table.source) }
            (trial.counts())
            (warnings(plan))
            (additions(plan))
            (updates(plan))
            form .form method="post" action={ (PATH) "/check" } {
                (trial.sent.hidden())
                @for (key, values) in trial.mapping.inputs().iter() {
                    @for value in values { input type="hidden" name=(key) value=(value); }
                }
                input type="hidden" name="seen" value=(trial.digest());
                div .bar {
                    button .button .outline name="do" value="map" { "列の画面に戻る" }
                    button .button name="do" value="import" disabled[writes == 0] {
                        @if writes == 0 { "変わるところはありません" } @else { (writes) "人を取り込む" }
                    }
                }
            }
        },
    )
}

fn warnings(plan: &Plan) -> Markup {
    let more = warned(plan).count().saturating_sub(ROWS_SHOWN);
    html! {
        @if warned(plan).next().is_some() {
            (notice(NoticeKind::Warn, "注意: 推し量って読んだところがあります", html! {
                ul {
                    @for row in warned(plan).take(ROWS_SHOWN) {
                        @for warning in &row.warnings {
                            li { (row.line) "行目 " (row.record.identity.name) ": " (warning) }
                        }
                    }
                }
                @if more > 0 { p { "ほかに" (more) "人あります。" } }
            }))
        }
    }
}

fn additions(plan: &Plan) -> Markup {
    let rows = || plan.rows.iter().filter(|row| row.action == Action::Add);
    let more = plan.added().saturating_sub(ROWS_SHOWN);
    html! {
        @if plan.added() > 0 {
            section .card {
                div .card-head { h2 { "新しく登録する人" } }
                table .stack role="table" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "行" }
                            th role="columnheader" scope="col" { "氏名" }
                            th role="columnheader" scope="col" { "生年月日" }
                            th role="columnheader" scope="col" { "居室" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for row in rows().take(ROWS_SHOWN) {
                            @let identity = &row.record.identity;
                            tr role="row" {
                                th .number .nowrap role="rowheader" scope="row" { (row.line) "行目" }
                                td role="cell" data-label="氏名" { (identity.name) " " span .small { (identity.name_kana) } }
                                td .number role="cell" data-label="生年月日" { (identity.birth_date) }
                                td .number role="cell" data-label="居室" { (identity.room) }
                            }
                        }
                    }
                }
                @if more > 0 { p { "ほかに" (more) "人を登録します。" } }
            }
        }
    }
}

fn updates(plan: &Plan) -> Markup {
    let more = plan.updated().saturating_sub(ROWS_SHOWN);
    let changed = plan.rows.iter().filter_map(|row| match &row.action {
        Action::Update { changes, .. } => Some((row, changes)),
        _ => None,
    });
    html! {
        @for (row, changes) in changed.take(ROWS_SHOWN) {
            section .card {
                div .card-head { h2 { (row.record.identity.name) "さんの更新 " span .small { (row.line) "行目" } } }
                (walk::change::changes(changes))
            }
        }
        @if more > 0 { p { "ほかに" (more) "人を更新します。" } }
    }
}

/// A sample in a cell of the page: one line, cut short.
fn short(sample: &str) -> String {
    const SHOWN: usize = 24;
    let mut line: String = sample.replace('\n', " ").chars().take(SHOWN).collect();
    if sample.chars().count() > SHOWN {
        line.push('…');
    }
    line
}

/// Counts of what was done, told by the address so that reloading does nothing.
#[derive(Deserialize)]
pub struct Done {
    added: usize,
    updated: usize,
    same: usize,
}

pub async fn done(page: Page, _: Permit<ImportResidents>, Query(done): Query<Done>) -> Markup {
    let title = format!("{}人を取り込みました", done.added + done.updated);
    page.show_narrow(
        Place::Import,
        TITLE,
        html! {
            h1 { (TITLE) }
            (steps(4))
            (notice(NoticeKind::Ok, &title, html! {
                p { "新しく登録 " (done.added) "人、更新 " (done.updated) "人、変わりなし " (done.same) "人。" }
                p { "取り込んだ内容は、まだ誰も全部を確かめていません。1人ずつシートを開いて確かめてください。" }
            }))
            div .actions {
                a .button href="/residents" { "入居者の一覧へ" }
                a .button .outline href=(PATH) { "続けて取り込む" }
            }
        },
    )
}

/// A file that can be filled in, with two people who do not exist.
pub const SAMPLE: &str = "\u{FEFF}利用者番号,氏名,フリガナ,生年月日,性別,階,居室,要介護度,現病歴,既往歴,アレルギー,感染症,服用薬,\
    かかりつけ医療機関,かかりつけ医電話,緊急連絡先1氏名,緊急連絡先1続柄,緊急連絡先1電話,緊急連絡先2氏名,緊急連絡先2続柄,緊急連絡先2電話,キーパーソン\r\n\
    1001,見本 花子,ミホン ハナコ,昭和12年3月4日,女,2階,201,要介護3,高血圧、糖尿病,脳梗塞(平成27年),ペニシリン,なし,\"アムロジピン錠5mg 朝1錠\nメトホルミン錠250mg 朝夕1錠\",\
    見本クリニック,0463-00-0000,見本 一郎,長男,090-0000-0000,見本 春子,長女,0463-00-0001,見本 一郎\r\n\
    1002,見本 太郎,ミホン タロウ,S15.10.1,男,2階,202,要介護2,慢性心不全,,不明,不明,,見本クリニック,0463-00-0000,見本 夏子,妻,0463-00-0002,,,,\r\n";

pub async fn sample(_: Permit<ImportResidents>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"residents.csv\"",
        ),
    ];
    (headers, SAMPLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_can_be_imported_as_it_is_and_every_column_is_known() {
        let table = Table::read(SAMPLE.as_bytes(), "residents.csv").unwrap();
        let mapping = Mapping::guess(&table);
        for column in table.columns() {
            assert!(mapping.target(column.index).is_some(), "{}", column.header);
        }
        let today = Day::from_ymd(2026, 11, 23).unwrap();
        let plan = run::dry_run(&table, &mapping, &Residents::default(), today);
        assert!(plan.is_importable(), "{:?}", plan.problems);
        assert_eq!(warned(&plan).count(), 0);
    }
}
